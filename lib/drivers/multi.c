/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The event-loop driver: its life, and how calls come in and go out.
 */
#include "multi.h"

#include "api/error.h"
#include "api/options.h"
#include "base/alloc.h"
#include "core/client.h"
#include "transport/settings.h"

enum {
    DEFAULT_CONNECTIONS = 64,
    DEFAULT_REQUESTS = 64,
    LONGEST_POLL_MS = 1000,
    LINGER_MS = 1,  /* an idle connection is watched for: the next call may come at once */
    MOST_OPENED = 2 /* connections in a turn: each takes about as long as ten sessions */
};

#define UNTOLD INT64_MIN

/* ---- turns ---- */

/* A turn of the loop. If connections were opened in the last one, more may be now. */
static void begin_turn(spay_multi *multi)
{
    multi->entered = true;
    multi->openings = MOST_OPENED;
}

/* Whether idle connections are watched that no event will make us let go of. */
static bool has_lingering(const spay_multi *multi)
{
    return multi->lingers && !multi->pending && multi->options.watch;
}

/* How long until the next timer; -1 if there is none. */
static int64_t timer_left_ms(const spay_multi *multi, int64_t now_ms)
{
    int64_t at = spay__queue_next_ms(&multi->queue);

    if (multi->openings < MOST_OPENED)
        return 0;
    if (has_lingering(multi))
        return LINGER_MS;
    if (at < 0 && at != INT64_MIN)
        return -1;
    return at > now_ms ? at - now_ms : 0;
}

static void wait_for_sockets(spay_multi *multi, int64_t timeout_ms)
{
    int64_t timer = timer_left_ms(multi, spay__client_now_ms(multi->client));
    int32_t events;
    int fd;

    if (timer >= 0 && timer < timeout_ms)
        timeout_ms = timer;
    if (!spay__multi_fall_asleep(multi))
        timeout_ms = 0;
    spay__sockets_wait(&multi->sockets, timeout_ms);
    spay__multi_awake(multi);
    while (spay__sockets_next(&multi->sockets, &fd, &events))
        spay__multi_on_socket(multi, fd, events);
}

int64_t spay_multi_poll(spay_multi *multi, int64_t timeout_ms)
{
    int64_t before;

    if (!multi || multi->options.watch)
        return -1;
    before = multi->pending;
    begin_turn(multi);
    spay__multi_settle(multi);
    if (timeout_ms > LONGEST_POLL_MS)
        timeout_ms = LONGEST_POLL_MS;
    if (multi->pending != before)
        timeout_ms = 0;
    wait_for_sockets(multi, timeout_ms);
    spay__multi_settle(multi);
    multi->entered = false;
    return spay_multi_pending(multi);
}

/* Tell the foreign loop when to come back, if that has changed. */
static void tell_timer(spay_multi *multi)
{
    int64_t now = spay__client_now_ms(multi->client);
    int64_t left = timer_left_ms(multi, now);
    int64_t at = left < 0 ? -1 : now + left;

    if (at == multi->told_ms)
        return;
    multi->told_ms = at;
    multi->options.wake_in(multi->options.loop_ctx, left);
}

static int64_t end_turn(spay_multi *multi)
{
    do
        spay__multi_settle(multi);
    while (!spay__multi_fall_asleep(multi));
    multi->entered = false;
    tell_timer(multi);
    return spay_multi_pending(multi);
}

int64_t spay_multi_on_socket(spay_multi *multi, int64_t socket, int32_t events)
{
    if (!multi || !multi->options.watch)
        return -1;
    multi->entered = true;
    spay__multi_on_socket(multi, socket, events);
    return end_turn(multi);
}

/* One that comes early may be set still, or not: so the loop is told again, whatever it needs. */
int64_t spay_multi_on_timer(spay_multi *multi)
{
    if (!multi || !multi->options.watch)
        return -1;
    begin_turn(multi);
    multi->told_ms = spay__client_now_ms(multi->client) < multi->told_ms ? UNTOLD : -1;
    return end_turn(multi);
}

/* ---- adding and taking ---- */

spay_status spay_multi_add(spay_multi *multi, spay_call *call,
                           void (*done)(void *ctx, spay_call *call), void *ctx)
{
    spay__job *added;

    if (!multi || !call)
        return SPAY_E_INVALID_ARGUMENT;
    if (multi->closing || call->state != SPAY__CALL_NEW || call->client != multi->client)
        return SPAY_E_STATE;
    added = spay__alloc(sizeof(*added));
    if (!added)
        return SPAY_E_NO_MEMORY;
    added->call = call;
    added->done = done;
    added->ctx = ctx;
    if (!spay__multi_find_place(multi, added)) {
        multi->pending--;
        spay__free(added);
        return SPAY_E_NO_MEMORY;
    }
    spay__multi_enlist(multi, added);
    spay__call_start(call);
    spay__queue_append(&multi->queue, added);
    if (multi->options.watch && !multi->entered) {
        multi->entered = true;
        (void)end_turn(multi);
    }
    return SPAY_OK;
}

spay_call *spay_multi_next(spay_multi *multi)
{
    spay__job *first = multi ? multi->finished.first : NULL;
    spay_call *call = first ? first->call : NULL;

    if (first)
        spay__jobs_remove(&multi->finished, first);
    spay__free(first);
    return call;
}

int64_t spay_multi_pending(const spay_multi *multi)
{
    return multi ? multi->pending + SPAY__ATOMIC_GET(&multi->submissions) : 0;
}

void spay_multi_wakeup(spay_multi *multi)
{
    if (multi && (!multi->options.watch || multi->options.submit == SPAY_YES))
        spay__sockets_wake(&multi->sockets);
}

/* ---- the driver ---- */

void spay_multi_options_init(void *options, size_t struct_size)
{
    spay__options_init(options, struct_size);
}

static spay_status check(spay_client *client, const spay_multi_options *options, spay_error **error)
{
    spay__input input = {SPAY_PROVIDER_NONE, NULL};

    spay__input_range(&input, "max_connections", options->max_connections, 1, 1024);
    spay__input_range(&input, "http2", options->http2, SPAY_YES, SPAY_NO);
    spay__input_range(&input, "max_requests", options->max_requests, 1, 1024);
    if (options->max_requests && options->http2 != SPAY_YES)
        spay__input_fault(&input, "max_requests", "conflict", "belongs to http2, which is not set");
    spay__input_range(&input, "submit", options->submit, SPAY_YES, SPAY_NO);
    if (!options->watch != !options->wake_in)
        spay__input_fault(&input, options->watch ? "wake_in" : "watch", "missing",
                          "watch and wake_in belong together");
    if (input.error)
        return spay__input_end(&input, error);
#ifndef SPAY_WITH_NGHTTP2
    if (options->http2 == SPAY_YES)
        return spay__fail(error, SPAY_E_UNSUPPORTED, "this build has no HTTP/2");
#endif
    if (!spay__curl_settings_of(&client->transport))
        return spay__fail(error, SPAY_E_UNSUPPORTED, "the client has a transport of its own");
    return SPAY_OK;
}

static void fill_in(spay_multi_options *options)
{
    if (!options->max_connections)
        options->max_connections = DEFAULT_CONNECTIONS;
    if (!options->max_requests)
        options->max_requests = options->max_connections > DEFAULT_REQUESTS
                                    ? options->max_connections
                                    : DEFAULT_REQUESTS;
}

static bool on_watch(void *ctx, spay__connection *connection, int fd, int32_t events)
{
    return spay__sockets_watch(&((spay_multi *)ctx)->sockets, connection, fd, events);
}

/* If it fails, the driver can be freed: both locks have been through their initialization. */
static bool open_multi(spay_multi *opened, spay_client *client, const spay_multi_options *options)
{
    bool locked;

    opened->client = spay__client_share(client);
    opened->options = *options;
    fill_in(&opened->options);
    opened->told_ms = -1;
    opened->openings = MOST_OPENED;
    opened->blocked_end = &opened->blocked;
    opened->watcher.watch = on_watch;
    opened->watcher.ctx = opened;
    locked = spay__multi_woken_init(opened);
    locked = spay__pool_init(&opened->pool, INT32_MAX) && locked;
    return locked && spay__sockets_open(&opened->sockets, &opened->options) &&
           (opened->options.submit != SPAY_YES || spay__sockets_listen(&opened->sockets, true));
}

spay_status spay_multi_new(spay_client *client, const spay_multi_options *caller_options,
                           spay_multi **out, spay_error **error)
{
    const spay__argument arguments[] = {{"multi", out}, {"client", client}, {NULL, NULL}};
    spay_multi_options options;
    spay_multi *multi;
    spay_status status;

    if (!out)
        return spay__require(SPAY_PROVIDER_NONE, arguments, error);
    *out = NULL;
    status = spay__require(SPAY_PROVIDER_NONE, arguments, error);
    if (status == SPAY_OK)
        status = spay__options_load(&options, sizeof(options),
                                    SPAY__SIZE_UP_TO(spay_multi_options, submit), caller_options,
                                    SPAY_PROVIDER_NONE, "options", error);
    if (status == SPAY_OK)
        status = check(client, &options, error);
    if (status != SPAY_OK)
        return status;
    multi = spay__alloc(sizeof(*multi));
    if (!multi || !open_multi(multi, client, &options)) {
        spay_multi_free(multi);
        return spay__fail(error, SPAY_E_NO_MEMORY, "out of memory or file descriptors");
    }
    *out = multi;
    return SPAY_OK;
}

static void free_slots(spay_multi *multi)
{
    while (multi->free_slots) {
        spay__slot *freed = multi->free_slots;

        multi->free_slots = freed->next;
        spay__free(freed);
    }
}

void spay_multi_free(spay_multi *multi)
{
    if (!multi)
        return;
    multi->entered = true;
    multi->closing = true;
    spay__multi_cancel_all(multi);
    while (spay_multi_next(multi))
        continue;
    free_slots(multi);
    spay__pool_clear(&multi->pool);
    spay__sockets_close(&multi->sockets);
    spay__queue_clear(&multi->queue);
    spay__multi_woken_clear(multi);
    spay_client_free(multi->client);
    spay__free(multi);
}
