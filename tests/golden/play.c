/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Playing a case; see play.h.
 */
#include <stdlib.h>
#include <string.h>

#include "golden/play.h"
#include "golden/text.h"

#define CLIENT(member) offsetof(spay_client_options, member)
#define CALL(member) offsetof(spay_call_options, member)

static const golden_member client_members[] = {
    {.name = "timeout_ms", .kind = GOLDEN_INT64, .offset = CLIENT(timeout_ms)},
    {.name = "attempt_timeout_ms", .kind = GOLDEN_INT64, .offset = CLIENT(attempt_timeout_ms)},
    {.name = "connect_timeout_ms", .kind = GOLDEN_INT64, .offset = CLIENT(connect_timeout_ms)},
    {.name = "max_attempts", .kind = GOLDEN_INT32, .offset = CLIENT(max_attempts)},
    {.name = "user_agent", .kind = GOLDEN_TEXT, .offset = CLIENT(user_agent)},
    {.name = "key_secret",
     .kind = GOLDEN_BYTES,
     .offset = CLIENT(key_secret),
     .other = CLIENT(key_secret_length)},
    {.name = NULL},
};

static const golden_shape client_shape = {sizeof(spay_client_options), client_members,
                                          spay_client_options_init};

static const golden_member call_members[] = {
    {.name = "idempotency_key", .kind = GOLDEN_TEXT, .offset = CALL(idempotency_key)},
    {.name = "intent", .kind = GOLDEN_TEXT, .offset = CALL(intent)},
    {.name = "timeout_ms", .kind = GOLDEN_INT64, .offset = CALL(timeout_ms)},
    {.name = "attempt_timeout_ms", .kind = GOLDEN_INT64, .offset = CALL(attempt_timeout_ms)},
    {.name = "max_attempts", .kind = GOLDEN_INT32, .offset = CALL(max_attempts)},
    {.name = NULL},
};

static const golden_shape call_shape = {sizeof(spay_call_options), call_members,
                                        spay_call_options_init};

static const cJSON *input(const golden_play *play, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(play->fixture->input, name);
}

/* A struct filled from a member of input.json; NULL if that is null or absent. */
static void *filled(golden_play *play, const char *name, const golden_shape *shape)
{
    const cJSON *json = input(play, name);
    void *made = NULL;

    if (cJSON_IsObject(json)) {
        made = golden_arena_alloc(&play->arena, shape->size);
        golden_fill(&play->arena, play->report, shape, json, made);
    }
    return made;
}

static void collect(void *ctx, int32_t level, const char *line)
{
    golden_play *play = ctx;
    char *longer = golden_format("%s%d %s\n", play->log ? play->log : "", (int)level, line);

    free(play->log);
    play->log = longer;
}

/* Queue the answers of the case. */
static void script(golden_play *play)
{
    for (size_t i = 0; i < play->fixture->count; i++) {
        const golden_exchange *exchange = &play->fixture->exchanges[i];
        if (exchange->http_status)
            spay_mock_reply(play->mock, exchange->http_status, exchange->headers, exchange->body,
                            strlen(exchange->body));
        else
            spay_mock_fail(play->mock, exchange->failure, exchange->sent);
    }
}

static void set_clock(golden_play *play)
{
    const cJSON *latency = input(play, "latency_ms");

    play->now_ms = golden_number(play->report, "now_ms", input(play, "now_ms"));
    spay_mock_set_wall(play->mock, play->now_ms);
    if (latency)
        spay_mock_set_latency(play->mock, golden_number(play->report, "latency_ms", latency));
}

static spay_status open_client(golden_play *play)
{
    spay_client_options *options = &play->client_options;

    golden_fill(&play->arena, play->report, &client_shape, input(play, "client"), options);
    options->transport = spay_mock_transport(play->mock);
    options->platform = spay_mock_platform(play->mock);
    options->log = collect;
    options->log_ctx = play;
    options->log_level = SPAY_LOG_TRACE;
    return spay_client_new(options, &play->client, &play->error);
}

/* Do what an event loop would do for this call. */
static void drive(golden_play *play, spay_call *call)
{
    const spay_transport *transport = spay_mock_transport(play->mock);

    for (int steps = 0; steps < 1000; steps++) {
        int32_t next = spay_call_step(call);
        if (next == SPAY_CALL_SEND) {
            spay_status status = transport->perform(transport->ctx, spay_call_request(call),
                                                    spay_call_response(call));
            spay_call_respond(call, status);
        } else if (next == SPAY_CALL_WAIT) {
            spay_mock_advance(play->mock, spay_call_wait_ms(call));
        } else {
            return;
        }
    }
    golden_fault(play->report, "the call does not end");
}

static spay_status run_steps(golden_play *play)
{
    spay_call *call = NULL;
    spay_status status = play->provider->call_new(play->account, play->request, play->call_options,
                                                  &call, &play->error);

    if (status == SPAY_OK) {
        drive(play, call);
        status = play->provider->from_call(call, &play->session, &play->error);
    }
    spay_call_free(call);
    return status;
}

static spay_status run_blocking(golden_play *play)
{
    return play->provider->create(play->account, play->request, play->call_options, &play->session,
                                  &play->error);
}

void golden_play_run(golden_play *play, int driver)
{
    const golden_provider *provider = play->provider;

    if (spay_mock_new(&play->mock, NULL) != SPAY_OK) {
        golden_fault(play->report, "no mock");
        return;
    }
    script(play);
    set_clock(play);
    play->options = filled(play, "account", &provider->options);
    play->request = filled(play, "request", &provider->request);
    play->call_options = filled(play, "call", &call_shape);

    play->status = open_client(play);
    if (play->status == SPAY_OK)
        play->status = provider->open(play->client, play->options, &play->account, &play->error);
    if (play->status == SPAY_OK)
        play->status = driver == GOLDEN_STEPS ? run_steps(play) : run_blocking(play);
}

void golden_play_end(golden_play *play)
{
    play->provider->free(play->session);
    spay_error_free(play->error);
    play->provider->close(play->account);
    spay_client_free(play->client);
    spay_mock_free(play->mock);
    golden_arena_clear(&play->arena);
    free(play->log);
}
