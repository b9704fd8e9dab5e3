/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The schedules: what the network does is rolled, what must follow from it is kept account of.
 */
#include "support/schedule.h"

#include <stdio.h>
#include <string.h>

#if ALL_PROVIDERS

#define TEN_MINUTES_ON "Thu, 01 Jan 2026 00:10:00 GMT"
#define WEPAY_CODE(code) "{\"error_code\":\"" code "\",\"error_message\":\"m\"}"
#define CONNECT_CODE(code) "{\"errorId\":\"e\",\"errors\":[{\"code\":\"" code "\"}]}"
#define IN_USE "CONCURRENT_UNIQUE_KEY_REQUEST_IS_PROCESSING"

/* What one schedule has seen, to compare with what the call says. */
typedef struct schedule {
    test_accounts accounts;
    uint64_t random;
    account_kind kind;
    spay_call *call; /* NULL until it is made: the blocking driver's transport has to know it */
    char url[256];
    char body[1024];
    int32_t attempts;
    int32_t sent;
    int32_t outcome; /* the worst */
    int64_t deadline_ms;
    const char *broken; /* the first rule that did not hold */
} schedule;

static uint32_t roll(schedule *run, uint32_t sides)
{
    run->random ^= run->random << 13;
    run->random ^= run->random >> 7;
    run->random ^= run->random << 17;
    return (uint32_t)(run->random >> 33) % sides;
}

static void must(schedule *run, bool holds, const char *rule)
{
    if (!holds && !run->broken)
        run->broken = rule;
}

static void note_outcome(schedule *run, bool token, bool sent, int32_t outcome)
{
    if (token)
        return;
    run->sent += sent;
    if (outcome > run->outcome)
        run->outcome = outcome;
}

static const char *request_header(const spay_http_request *request, const char *name)
{
    size_t i;

    for (i = 0; name && i < spay_http_request_header_count(request); i++)
        if (strcmp(spay_http_request_header_name(request, i), name) == 0)
            return spay_http_request_header_value(request, i);
    return "";
}

/* The promises about every single request. */
static void inspect(schedule *run, const spay_http_request *request, bool token)
{
    const char *key = request_header(request, account_facts_of(run->kind)->key_header);
    int64_t now = spay_mock_now_ms(run->accounts.mock);

    must(run, spay_http_request_timeout_ms(request) >= 1, "an attempt has time");
    must(run, now + spay_http_request_timeout_ms(request) <= run->deadline_ms,
         "an attempt ends before the deadline");
    if (token)
        return;
    must(run, !run->call || strcmp(key, spay_call_idempotency_key(run->call)) == 0,
         "every attempt has the call's key");
    if (run->attempts++ == 0) {
        snprintf(run->url, sizeof(run->url), "%s", spay_http_request_url(request));
        snprintf(run->body, sizeof(run->body), "%s", spay_http_request_body(request, NULL));
    }
    must(run, strcmp(run->url, spay_http_request_url(request)) == 0, "same URL");
    must(run, strcmp(run->body, spay_http_request_body(request, NULL)) == 0, "same body");
}

static const spay_status failures[] = {SPAY_E_CONNECT, SPAY_E_NETWORK,  SPAY_E_TIMEOUT,
                                       SPAY_E_NETWORK, SPAY_E_CONNECT,  SPAY_E_TLS,
                                       SPAY_E_LIMIT,   SPAY_E_PROTOCOL, SPAY_E_INTERNAL};

static spay_status fail_randomly(schedule *run, spay_http_response *response, bool token,
                                 spay_status status)
{
    bool sent = roll(run, 2);

    if (sent)
        spay_http_response_mark_sent(response);
    else if (roll(run, 4) == 0) {
        (void)spay_http_response_set_status(response, 201); /* a reply had begun */
        sent = true;
    }
    note_outcome(run, token, sent, sent ? SPAY_OUTCOME_UNKNOWN : SPAY_OUTCOME_NOT_SENT);
    return status;
}

static spay_status reply_randomly(schedule *run, spay_http_response *response, bool token)
{
    static const int32_t statuses[] = {503, 429, 500, 502, 401, 403, 400, 408, 409, 404, 302, 504};
    static const char *const asked[] = {NULL, NULL, "1", "0", "3", "86400", "nonsense"};
    static const char *const codes[] = {"{}",
                                        "",
                                        CONNECT_CODE("9002"),
                                        CONNECT_CODE("1409"),
                                        WEPAY_CODE(IN_USE),
                                        WEPAY_CODE("THROTTLE_EXCEEDED")};
    int32_t status = statuses[roll(run, 12)];
    const char *wait = asked[roll(run, 7)];
    const char *body = codes[roll(run, 6)];
    bool in_use =
        (run->kind == ACCOUNT_WEPAY && status < 500 && status >= 400 && strstr(body, IN_USE)) ||
        (run->kind == ACCOUNT_CONNECT_SERVER && status == 409 && strstr(body, "1409"));

    (void)spay_http_response_set_status(response, status);
    if (wait)
        (void)spay_http_response_add_header(response, "Retry-After", wait);
    if (roll(run, 3) == 0)
        (void)spay_http_response_add_header(response, "Date", TEN_MINUTES_ON);
    (void)spay_http_response_append_body(response, body, strlen(body));
    note_outcome(run, token, true,
                 status >= 500 || in_use ? SPAY_OUTCOME_UNKNOWN : SPAY_OUTCOME_REJECTED);
    return SPAY_OK;
}

/* A 2xx, good or cut short. */
static spay_status succeed_randomly(schedule *run, spay_http_response *response, bool token)
{
    const char *body = token ? good_token_reply : account_facts_of(run->kind)->reply;
    size_t length = strlen(body);
    bool good = roll(run, 4) > 0;

    (void)spay_http_response_set_status(response,
                                        token ? 200 : account_facts_of(run->kind)->status);
    (void)spay_http_response_append_body(response, body,
                                         good ? length : roll(run, (uint32_t)length));
    note_outcome(run, token, true, good ? 0 : SPAY_OUTCOME_UNKNOWN);
    return SPAY_OK;
}

/*
 * A network that is slow, lossy and misbehaving. It respects the timeout, as every transport must.
 */
static spay_status exchange(schedule *run, const spay_http_request *request,
                            spay_http_response *response)
{
    bool token = strstr(spay_http_request_url(request), "/authorize") != NULL;
    int64_t latency = roll(run, 3) ? roll(run, 300) : roll(run, 15000);
    int64_t timeout = spay_http_request_timeout_ms(request);
    uint32_t what = roll(run, 10);

    inspect(run, request, token);
    spay_mock_advance(run->accounts.mock, latency < timeout ? latency : timeout);
    if (latency >= timeout)
        return fail_randomly(run, response, token, SPAY_E_TIMEOUT);
    if (what < 4)
        return fail_randomly(run, response, token, failures[roll(run, 9)]);
    return what < 8 ? reply_randomly(run, response, token) : succeed_randomly(run, response, token);
}

static spay_status schedule_perform(void *ctx, const spay_http_request *request,
                                    spay_http_response *response)
{
    return exchange(ctx, request, response);
}

static bool open_schedule(schedule *run, uint64_t seed, spay_call_options *options)
{
    spay_client_options client = SPAY_CLIENT_OPTIONS_INIT;
    spay_transport transport = SPAY_TRANSPORT_INIT;

    memset(run, 0, sizeof(*run));
    run->random = seed * 0x9e3779b97f4a7c15u + 1;
    run->kind = (account_kind)roll(run, ACCOUNT_KINDS);
    run->outcome = SPAY_OUTCOME_NOT_SENT;
    transport.ctx = run;
    transport.perform = schedule_perform;
    client.transport = &transport;
    options->max_attempts = (int32_t)roll(run, 6);
    options->timeout_ms = roll(run, 2) ? 1 + roll(run, 30000) : 0;
    options->attempt_timeout_ms = roll(run, 2) ? 1 + roll(run, 15000) : 0;
    run->deadline_ms = options->timeout_ms                   ? options->timeout_ms
                       : run->kind == ACCOUNT_CONNECT_CLIENT ? 15000
                                                             : 25000;
    return accounts_open(&run->accounts, &client);
}

/* By hand, with a cancellation now and then. */
static void drive(schedule *run)
{
    int32_t next;

    while (!run->broken && (next = spay_call_step(run->call)) != SPAY_CALL_DONE) {
        if (next == SPAY_CALL_SEND) {
            const spay_http_request *request = spay_call_request(run->call);

            (void)spay_call_respond(run->call,
                                    exchange(run, request, spay_call_response(run->call)));
        } else {
            must(run, spay_call_wait_ms(run->call) > 0, "a wait is a wait");
            spay_mock_advance(run->accounts.mock, spay_call_wait_ms(run->call));
        }
        if (roll(run, 25) == 0)
            spay_call_cancel(run->call);
    }
}

static void judge(schedule *run)
{
    const spay_error *error = spay_call_error(run->call);
    spay_status status = spay_call_status(run->call);
    void *session = NULL;

    must(run, spay_mock_now_ms(run->accounts.mock) <= run->deadline_ms, "over before the deadline");
    must(run, spay_call_attempts(run->call) == run->attempts, "attempts are requests");
    must(run, accounts_take_session(run->kind, run->call, &session, NULL) == status,
         "status and session agree");
    must(run, !error == (session != NULL), "a session or an error");
    must(run, !error == (status == SPAY_OK), "status and error agree");
    if (error) {
        must(run, spay_error_attempts(error) == run->attempts, "the error's attempts");
        must(run, spay_error_requests_sent(error) == run->sent, "the error's requests sent");
        must(run, spay_error_outcome(error) == run->outcome, "the outcome is the worst");
        must(run, spay_error_elapsed_ms(error) == spay_mock_now_ms(run->accounts.mock), "elapsed");
    } else if (session) {
        must(run, accounts_session_info(session)->attempts == run->attempts,
             "the session's attempts");
        must(run, accounts_session_info(session)->requests_sent == run->sent,
             "the session's requests sent");
    }
    accounts_free_session(run->kind, session);
}

static void play(schedule *run, const spay_call_options *options)
{
    if (accounts_new_call(&run->accounts, run->kind, options, &run->call, NULL) != SPAY_OK) {
        must(run, false, "the call can be made");
        return;
    }
    if (roll(run, 2))
        (void)spay_call_perform(run->call, NULL);
    else
        drive(run);
    judge(run);
    spay_call_free(run->call);
}

const char *schedule_play(uint64_t seed, const char **kind)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    schedule run;

    if (open_schedule(&run, seed, &options))
        play(&run, &options);
    else
        must(&run, false, "the accounts open");
    *kind = account_facts_of(run.kind)->name;
    accounts_close(&run.accounts);
    return run.broken;
}

#else

typedef int schedule_not_built; /* ISO C forbids an empty translation unit */

#endif
