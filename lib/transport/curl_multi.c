/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The event-loop driver: its life, and how calls come in and go out. libcurl's cost for each
 * request grows with the number of handles it holds, so calls stand in line here, first come, first
 * served, and only as many as may run at once have a handle.
 */
#include "curl_multi.h"

#include "../alloc.h"
#include "../client.h"
#include "../error.h"
#include "../options.h"
#include "../thread.h"
#include "curl.h"

enum {
    DEFAULT_CONNECTIONS = 64,
    DEFAULT_REQUESTS = 64,
    LONGEST_POLL_MS = 1000
};

/* ---- turns ---- */

/* What is due now, ours and libcurl's; what has been started goes out. */
static void turn(spay_multi *multi)
{
    spay__multi_settle(multi);
    spay__curl_loop_ring(&multi->loop);
    spay__multi_settle(multi);
}

int64_t spay_multi_poll(spay_multi *multi, int64_t timeout_ms)
{
    int64_t before;

    if (!multi || multi->options.watch)
        return -1;
    before = multi->pending;
    multi->entered = true;
    turn(multi);
    if (timeout_ms > LONGEST_POLL_MS)
        timeout_ms = LONGEST_POLL_MS;
    if (multi->pending != before)
        timeout_ms = 0;
    spay__curl_loop_wait(&multi->loop, timeout_ms, spay__queue_next_ms(&multi->queue));
    turn(multi);
    multi->entered = false;
    return multi->pending;
}

static int64_t end_turn(spay_multi *multi)
{
    turn(multi);
    multi->entered = false;
    spay__curl_loop_tell(&multi->loop, spay__queue_next_ms(&multi->queue));
    return multi->pending;
}

int64_t spay_multi_on_socket(spay_multi *multi, int64_t socket, int32_t events)
{
    int bits = (events & SPAY_SOCKET_READ ? CURL_CSELECT_IN : 0) |
               (events & SPAY_SOCKET_WRITE ? CURL_CSELECT_OUT : 0) |
               (events & SPAY_SOCKET_ERROR ? CURL_CSELECT_ERR : 0);

    if (!multi || !multi->options.watch)
        return -1;
    multi->entered = true;
    spay__curl_loop_on_socket(&multi->loop, (curl_socket_t)socket, bits);
    return end_turn(multi);
}

int64_t spay_multi_on_timer(spay_multi *multi)
{
    if (!multi || !multi->options.watch)
        return -1;
    multi->entered = true;
    spay__curl_loop_rang(&multi->loop);
    return end_turn(multi);
}

/* ---- adding and taking ---- */

/*
 * libcurl keeps as many idle connections as may be in use at all hosts together, and one more each,
 * since a token can come from a host of its own.
 */
static spay__lane *find_lane(spay_multi *multi, const spay__budget *host)
{
    size_t before = multi->queue.lane_count;
    spay__lane *found = spay__queue_lane(&multi->queue, host);
    size_t each = (size_t)multi->options.max_connections + 1;

    if (multi->queue.lane_count != before)
        (void)curl_multi_setopt(multi->loop.curl, CURLMOPT_MAXCONNECTS,
                                (long)(multi->queue.lane_count * each));
    return found;
}

static spay__job *make_job(spay_multi *multi, const spay_call *call)
{
    spay__job *made = spay__alloc(sizeof(*made));

    if (!made)
        return NULL;
    made->lane = find_lane(multi, call->account->budget);
    if (made->lane && spay__heap_reserve(&multi->queue.timers, (size_t)multi->pending + 1))
        return made;
    spay__free(made);
    return NULL;
}

spay_status spay_multi_add(spay_multi *multi, spay_call *call,
                           void (*done)(void *ctx, spay_call *call), void *ctx)
{
    spay__job *added;

    if (!multi || !call)
        return SPAY_E_INVALID_ARGUMENT;
    if (multi->closing || call->state != SPAY__CALL_NEW || call->client != multi->client)
        return SPAY_E_STATE;
    added = make_job(multi, call);
    if (!added)
        return SPAY_E_NO_MEMORY;
    added->call = call;
    added->done = done;
    added->ctx = ctx;
    multi->pending++;
    spay__call_start(call);
    spay__queue_line_up(&multi->queue, added, false);
    if (multi->options.watch && !multi->entered) {
        multi->entered = true;
        spay__multi_fill(multi);
        multi->entered = false;
        spay__curl_loop_tell(&multi->loop, spay__queue_next_ms(&multi->queue));
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
    return multi ? multi->pending : 0;
}

void spay_multi_wakeup(spay_multi *multi)
{
    if (multi)
        spay__curl_loop_wake(&multi->loop);
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
    if (!options->watch != !options->wake_in)
        spay__input_fault(&input, options->watch ? "wake_in" : "watch", "missing",
                          "watch and wake_in belong together");
    if (input.error)
        return spay__input_end(&input, error);
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

static spay_status open_multi(spay_multi *opened, spay_client *client,
                              const spay_multi_options *options)
{
    bool http2 = options->http2 == SPAY_YES;
    spay_status status;

    opened->client = spay__client_share(client);
    opened->options = *options;
    fill_in(&opened->options);
    status = spay__curl_loop_open(&opened->loop, client, &opened->options);
    if (status != SPAY_OK)
        return status;
    (void)curl_multi_setopt(opened->loop.curl, CURLMOPT_MAX_HOST_CONNECTIONS,
                            (long)opened->options.max_connections);
    (void)curl_multi_setopt(opened->loop.curl, CURLMOPT_PIPELINING,
                            (long)(http2 ? CURLPIPE_MULTIPLEX : CURLPIPE_NOTHING));
    return SPAY_OK;
}

spay_status spay_multi_new(spay_client *client, const spay_multi_options *theirs, spay_multi **out,
                           spay_error **error)
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
                                    SPAY__SIZE_UP_TO(spay_multi_options, max_requests), theirs,
                                    SPAY_PROVIDER_NONE, "options", error);
    if (status == SPAY_OK)
        status = check(client, &options, error);
    if (status != SPAY_OK)
        return status;
    multi = spay__alloc(sizeof(*multi));
    if (!multi || open_multi(multi, client, &options) != SPAY_OK) {
        spay_multi_free(multi);
        return spay__fail(error, SPAY_E_NO_MEMORY, "out of memory or file descriptors");
    }
    *out = multi;
    return SPAY_OK;
}

static void close_slots(spay_multi *multi)
{
    while (multi->idle) {
        spay__slot *closed = multi->idle;

        multi->idle = closed->next;
        spay__hold_forks();
        curl_easy_cleanup(closed->easy);
        spay__let_fork();
        spay__free(closed);
    }
}

void spay_multi_free(spay_multi *multi)
{
    if (!multi)
        return;
    multi->entered = true;
    multi->closing = true;
    spay__multi_finish(multi);
    while (spay_multi_next(multi))
        continue;
    close_slots(multi);
    spay__curl_loop_close(&multi->loop);
    spay__queue_clear(&multi->queue);
    spay_client_free(multi->client);
    spay__free(multi);
}
