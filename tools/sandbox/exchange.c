/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The way of a request: journal, fault, provider, delay, key, answer.
 */
#include "exchange.h"

#include <stdlib.h>

#include "apis.h"
#include "clock.h"
#include "control.h"
#include "cors.h"
#include "deviation.h"
#include "events.h"
#include "faults.h"
#include "hint.h"
#include "journal.h"
#include "options.h"
#include "stop.h"
#include "stream.h"
#include "xalloc.h"

struct exchange *exchange_new(struct sandbox *sandbox, const char *target)
{
    struct exchange *exchange = xcalloc(1, sizeof(*exchange));

    exchange->sandbox = sandbox;
    exchange->request.target = xstrdup(target);
    return exchange;
}

/* With a scripted status the provider does not see the request, it only lends its error style. */
static void scripted_answer(struct exchange *exchange, const struct api *api, int status)
{
    if (status >= 400)
        api->refuse(exchange, status);
    else
        exchange->reply.status = status;
}

static void refuse_size(struct exchange *exchange, const struct api *api)
{
    char *hint = xasprintf("the body is longer than %d bytes, the limit of this sandbox",
                           REQUEST_BODY_LIMIT);

    hint_give(exchange, hint);
    api->refuse(exchange, 413);
    free(hint);
}

static void process(struct exchange *exchange, const struct api *api)
{
    if (cors_is_preflight(&exchange->request)) {
        cors_answer_preflight(exchange);
        return;
    }
    apis_hint(exchange);
    api->answer(exchange);
    deviation_apply(exchange);
}

static void answer(struct exchange *exchange, const struct fault *fault)
{
    const struct api *api = api_find(exchange->request.target);

    if (fault && fault->status)
        scripted_answer(exchange, api, fault->status);
    else if (exchange->request.body_too_large)
        refuse_size(exchange, api);
    else
        process(exchange, api);
    if (fault)
        fault_alter(fault, &exchange->reply);
}

/* The clients of a shifted clock must be able to see it. */
static void tell_shifted_time(struct exchange *exchange)
{
    char date[CLOCK_TEXT_MAX];

    if (exchange->sandbox->options->clock_offset == 0 ||
        headers_get(&exchange->reply.headers, "Date"))
        return;
    clock_format_http(date, sandbox_now_ms(exchange->sandbox) / 1000);
    reply_header(&exchange->reply, "Date", date);
}

static void settle_key(struct exchange *exchange, bool interrupted)
{
    bool failed = exchange->reply.status >= 400;
    bool keep = !interrupted && (!failed || exchange->sandbox->options->keep_failures);

    idempotency_settle(exchange->sandbox->keys, &exchange->claim, keep ? &exchange->reply : NULL);
}

static enum ending ending_of(const struct fault *fault)
{
    if (!fault || fault->close == CLOSE_NEVER)
        return ENDING_SEND;
    return fault->close == CLOSE_MIDDLE ? ENDING_HALF : ENDING_CLOSE;
}

/* Faults are scripted for the requests of a page, not for those that its browser adds. */
static const struct fault *take_fault(struct exchange *exchange)
{
    if (cors_is_preflight(&exchange->request))
        return NULL;
    return faults_take(exchange->sandbox->faults, &exchange->request);
}

/* What a person who looks at the journal would call it. */
static const char *name_of(enum key_state state)
{
    static const char *const names[] = {[KEY_NEW] = "new",
                                        [KEY_RUNNING] = "running",
                                        [KEY_DIFFERS] = "differs",
                                        [KEY_REPLAY] = "replay"};

    return names[state];
}

static const char *name_of_end(enum ending ending)
{
    static const char *const names[] = {
        [ENDING_SEND] = "answered", [ENDING_HALF] = "cut", [ENDING_CLOSE] = "closed"};

    return names[ending];
}

static uint64_t begin_entry(struct exchange *exchange, const struct fault *fault)
{
    struct sandbox *sandbox = exchange->sandbox;
    uint64_t number = journal_add(sandbox->journal, &exchange->request, fault ? fault->name : NULL);

    events_notify(sandbox->events);
    return number;
}

static void end_entry(struct exchange *exchange, uint64_t number, int64_t started_us)
{
    struct journal_end end = {
        .how = name_of_end(exchange->ending),
        .key = name_of(exchange->claim.state),
        .reply = exchange->ending == ENDING_SEND ? &exchange->reply : NULL,
        .us = clock_monotonic_us() - started_us,
    };

    journal_end(exchange->sandbox->journal, number, &end);
    events_notify(exchange->sandbox->events);
}

/* Its delay has begun when the journal shows the request. */
static void run(struct exchange *exchange, const struct fault *fault, uint64_t delay)
{
    struct sandbox *sandbox = exchange->sandbox;
    int64_t started_us = clock_monotonic_us();
    uint64_t number = begin_entry(exchange, fault);

    exchange->ending = ending_of(fault);
    if (!fault || fault->close != CLOSE_BEFORE)
        answer(exchange, fault);
    /* The key is still claimed while we sleep: a delay is how to meet a running request. */
    bool interrupted =
        fault && fault->delay_ms && stop_delay(sandbox->stop, delay, fault->delay_ms);
    if (interrupted)
        exchange->ending = ENDING_CLOSE;
    tell_shifted_time(exchange);
    cors_allow(exchange);
    settle_key(exchange, interrupted);
    end_entry(exchange, number, started_us);
    faults_give_back(sandbox->faults, fault);
}

void exchange_run(struct exchange *exchange)
{
    struct stop *stop = exchange->sandbox->stop;

    exchange->complete = true;
    if (control_owns(&exchange->request)) {
        control_answer(exchange);
        return;
    }
    const struct fault *fault = take_fault(exchange);
    uint64_t delay = stop_delay_begin(stop);
    run(exchange, fault, delay);
    stop_delay_end(stop, delay);
}

void exchange_abandon(struct exchange *exchange)
{
    struct journal *journal = exchange->sandbox->journal;
    const struct journal_end end = {.how = "incomplete"};

    if (control_owns(&exchange->request))
        return;
    journal_end(journal, journal_add(journal, &exchange->request, NULL), &end);
    events_notify(exchange->sandbox->events);
}

void exchange_free(struct exchange *exchange)
{
    request_free(&exchange->request);
    reply_free(&exchange->reply);
    free(exchange->claim.name);
    stream_free(exchange->stream);
    free(exchange);
}
