/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The built-in transport, on libcurl. It uses the public transport interface, so it also shows how
 * to write one; only headers, in curl_exchange.c, take a shorter way.
 *
 * Each thread that sends takes a line from the pool: a libcurl handle with the connections that it
 * keeps alive.
 */
#include "curl.h"

#include "../alloc.h"
#include "../error.h"
#include "../thread.h"
#include "curl_exchange.h"

enum {
    POLL_MS = 25, /* how soon a cancelled call is noticed */
    DEFAULT_IDLE_LINES = 64
};

typedef struct line {
    struct line *next;
    CURLM *multi;
    CURL *easy;
    spay__curl_exchange x;
} line;

typedef struct pool {
    spay__curl_settings settings;
    spay__mutex lock;
    line *idle;
    int32_t idle_count;
    int32_t most_idle;
    uint32_t fork_generation;
} pool;

/* ---- lines ---- */

static void close_line(line *closed)
{
    spay__hold_forks();
    if (closed->easy)
        curl_easy_cleanup(closed->easy);
    if (closed->multi)
        (void)curl_multi_cleanup(closed->multi);
    spay__let_fork();
    spay__free(closed);
}

static line *open_line(const spay__curl_settings *settings)
{
    line *opened = spay__alloc(sizeof(*opened));

    if (!opened)
        return NULL;
    spay__hold_forks();
    opened->multi = curl_multi_init();
    opened->easy = spay__curl_open(settings, &opened->x);
    spay__let_fork();
    if (opened->multi && opened->easy)
        return opened;
    close_line(opened);
    return NULL;
}

/* The handle stays: what is set on it, and its memory, serve the next connection. */
static bool hang_up(line *idle)
{
    spay__hold_forks();
    (void)curl_multi_cleanup(idle->multi);
    idle->multi = curl_multi_init();
    spay__let_fork();
    return idle->multi != NULL;
}

/*
 * A forked child must not touch its parent's connections: closing them would talk to the parent's
 * peers. So it forgets them.
 */
static void lock(pool *lines)
{
    spay__lock(&lines->lock);
    if (spay__forked(&lines->fork_generation)) {
        lines->idle = NULL;
        lines->idle_count = 0;
    }
}

/* The last one back goes out first: its connection is the freshest. */
static line *take_line(pool *lines)
{
    line *taken;

    lock(lines);
    taken = lines->idle;
    if (taken) {
        lines->idle = taken->next;
        lines->idle_count--;
    }
    spay__unlock(&lines->lock);
    return taken ? taken : open_line(&lines->settings);
}

static void give_back_line(pool *lines, line *taken)
{
    bool kept;

    lock(lines);
    kept = lines->idle_count < lines->most_idle;
    if (kept) {
        taken->next = lines->idle;
        lines->idle = taken;
        lines->idle_count++;
    }
    spay__unlock(&lines->lock);
    if (!kept)
        close_line(taken);
}

static line *take_all_idle(pool *lines)
{
    line *taken;

    lock(lines);
    taken = lines->idle;
    lines->idle = NULL;
    lines->idle_count = 0;
    spay__unlock(&lines->lock);
    return taken;
}

static void drop_connections(void *ctx)
{
    line *next = take_all_idle(ctx);

    while (next) {
        line *dropped = next;

        next = dropped->next;
        if (hang_up(dropped))
            give_back_line(ctx, dropped);
        else
            close_line(dropped);
    }
}

/* ---- sending ---- */

/* Drive one transfer to its end. */
static spay_status drive(line *taken)
{
    spay__curl_exchange *x = &taken->x;
    int running = 1;
    int left;
    CURLMsg *message;

    for (;;) {
        CURLMcode code;

        spay__hold_forks();
        code = curl_multi_perform(taken->multi, &running);
        spay__let_fork();
        if (code != CURLM_OK || !running)
            break;
        if (spay_http_request_is_canceled(x->request)) {
            x->refused = SPAY_E_CANCELED;
            return spay__curl_exchange_result(x, CURLE_ABORTED_BY_CALLBACK);
        }
        (void)curl_multi_poll(taken->multi, NULL, 0, POLL_MS, NULL);
    }
    message = curl_multi_info_read(taken->multi, &left);
    return spay__curl_exchange_result(x, message ? message->data.result : CURLE_FAILED_INIT);
}

static spay_status transfer(line *taken)
{
    spay_status status;

    if (curl_multi_add_handle(taken->multi, taken->easy) != CURLM_OK)
        return SPAY_E_NO_MEMORY;
    status = drive(taken);
    spay__hold_forks();
    (void)curl_multi_remove_handle(taken->multi, taken->easy);
    spay__let_fork();
    return status;
}

static spay_status perform(void *ctx, const spay_http_request *request,
                           spay_http_response *response)
{
    line *taken = take_line(ctx);
    spay_status status;

    if (!taken)
        return SPAY_E_NO_MEMORY;
    status = spay__curl_exchange_begin(&taken->x, request, response);
    if (status == SPAY_OK)
        status = transfer(taken);
    spay__curl_exchange_end(&taken->x);
    give_back_line(ctx, taken);
    return status;
}

/* ---- the transport ---- */

static void destroy(void *ctx)
{
    pool *lines = ctx;
    line *next = take_all_idle(lines);

    while (next) {
        line *closed = next;

        next = closed->next;
        close_line(closed);
    }
    spay__curl_settings_clear(&lines->settings);
    spay__mutex_destroy(&lines->lock);
    spay__free(lines);
}

static CURLcode started;

static void start(void)
{
    started = curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* libcurl wants to be started once, before any thread uses it; it is the program's to stop. */
static bool start_libcurl(void)
{
#ifndef SPAY_DISABLE_THREADS
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    (void)pthread_once(&once, start);
#else
    start();
#endif
    return started == CURLE_OK;
}

const spay__curl_settings *spay__curl_settings_of(const spay_transport *transport)
{
    return transport->perform == perform ? &((const pool *)transport->ctx)->settings : NULL;
}

spay_status spay__curl_transport(const spay_client_options *options, spay_transport *transport,
                                 spay_error **error)
{
    pool *lines;

    if (!start_libcurl())
        return spay__fail(error, SPAY_E_INTERNAL, "libcurl could not be started");
    lines = spay__alloc(sizeof(*lines));
    if (!lines || spay__mutex_init(&lines->lock)) {
        spay__free(lines);
        return spay__fail(error, SPAY_E_NO_MEMORY, "out of memory");
    }
    lines->most_idle =
        options->max_idle_connections ? options->max_idle_connections : DEFAULT_IDLE_LINES;
    lines->fork_generation = spay__fork_generation();
    if (!spay__curl_settings_keep(&lines->settings, options)) {
        destroy(lines);
        return spay__fail(error, SPAY_E_NO_MEMORY, "out of memory");
    }
    spay_transport_init(transport, sizeof(*transport));
    transport->ctx = lines;
    transport->perform = perform;
    transport->drop_connections = drop_connections;
    transport->destroy = destroy;
    return SPAY_OK;
}
