/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * One way to drive libcurl, whoever waits: its socket and timer callbacks say what to wait for.
 */
#include "curl_multi_loop.h"

#include "../client.h"
#include "../thread.h"

enum {
    SOCKETS_A_REQUEST = 5 /* that libcurl watches at most: while it looks up and connects */
};

#define UNTOLD INT64_MIN

/* ---- what libcurl says ---- */

static int on_watch(CURL *easy, curl_socket_t socket, int what, void *ctx, void *socket_ctx)
{
    static const int32_t events[] = {0, SPAY_SOCKET_READ, SPAY_SOCKET_WRITE,
                                     SPAY_SOCKET_READ | SPAY_SOCKET_WRITE, 0};
    static const short polled[] = {0, POLLIN, POLLOUT, POLLIN | POLLOUT, 0};
    spay__curl_loop *loop = ctx;

    (void)easy;
    (void)socket_ctx;
    if (loop->options->watch)
        loop->options->watch(loop->options->loop_ctx, (int64_t)socket, events[what]);
    else
        spay__poll_set_watch(&loop->set, socket, polled[what]);
    return 0;
}

/*
 * libcurl does not repeat a timer that comes early, so it hears of it only when it is due: hence
 * the millisecond more.
 */
static int on_timer(CURLM *curl, long delay_ms, void *ctx)
{
    spay__curl_loop *loop = ctx;

    (void)curl;
    loop->timer_at_ms =
        delay_ms < 0 ? -1 : spay__client_now_ms(loop->client) + (int64_t)delay_ms + (delay_ms > 0);
    return 0;
}

/* ---- what libcurl is told ---- */

void spay__curl_loop_on_socket(spay__curl_loop *loop, curl_socket_t socket, int events)
{
    int running;

    spay__hold_forks();
    (void)curl_multi_socket_action(loop->curl, socket, events, &running);
    spay__let_fork();
}

void spay__curl_loop_ring(spay__curl_loop *loop)
{
    if (loop->timer_at_ms < 0 || spay__client_now_ms(loop->client) < loop->timer_at_ms)
        return;
    loop->timer_at_ms = -1;
    spay__curl_loop_on_socket(loop, CURL_SOCKET_TIMEOUT, 0);
}

/* How long until a timer runs out, libcurl's or ours; -1 if there is none. */
static int64_t left_ms(const spay__curl_loop *loop, int64_t own_ms, int64_t now_ms)
{
    int64_t at = own_ms;

    if (loop->timer_at_ms >= 0 && (at < 0 || loop->timer_at_ms < at))
        at = loop->timer_at_ms;
    if (at < 0)
        return -1;
    return at > now_ms ? at - now_ms : 0;
}

/* ---- waiting ---- */

static int happened(short events)
{
    return (events & POLLIN ? CURL_CSELECT_IN : 0) | (events & POLLOUT ? CURL_CSELECT_OUT : 0) |
           (events & (POLLERR | POLLHUP | POLLNVAL) ? CURL_CSELECT_ERR : 0);
}

void spay__curl_loop_wait(spay__curl_loop *loop, int64_t timeout_ms, int64_t own_ms)
{
    int64_t timer = left_ms(loop, own_ms, spay__client_now_ms(loop->client));
    short events;
    int fd;

    if (timer >= 0 && timer < timeout_ms)
        timeout_ms = timer;
    spay__poll_set_wait(&loop->set, timeout_ms > 0 ? (int)timeout_ms : 0);
    while (spay__poll_set_next(&loop->set, &fd, &events))
        spay__curl_loop_on_socket(loop, fd, happened(events));
}

void spay__curl_loop_wake(const spay__curl_loop *loop)
{
    if (!loop->options->watch)
        spay__poll_set_ring(&loop->set);
}

/* One that comes early may be set still, or not: so the loop is told again, whatever it needs. */
void spay__curl_loop_rang(spay__curl_loop *loop)
{
    loop->told_ms = spay__client_now_ms(loop->client) < loop->told_ms ? UNTOLD : -1;
}

void spay__curl_loop_tell(spay__curl_loop *loop, int64_t own_ms)
{
    int64_t now = spay__client_now_ms(loop->client);
    int64_t left = left_ms(loop, own_ms, now);
    int64_t at = left < 0 ? -1 : now + left;

    if (!loop->options->wake_in || at == loop->told_ms)
        return;
    loop->told_ms = at;
    loop->options->wake_in(loop->options->loop_ctx, left);
}

/* ---- the loop ---- */

spay_status spay__curl_loop_open(spay__curl_loop *loop, const spay_client *client,
                                 const spay_multi_options *options)
{
    loop->client = client;
    loop->options = options;
    loop->timer_at_ms = -1;
    loop->told_ms = -1;
    loop->curl = curl_multi_init();
    if (!loop->curl || (!options->watch && !spay__poll_set_open(&loop->set)))
        return SPAY_E_NO_MEMORY;
    (void)curl_multi_setopt(loop->curl, CURLMOPT_SOCKETFUNCTION, on_watch);
    (void)curl_multi_setopt(loop->curl, CURLMOPT_SOCKETDATA, loop);
    (void)curl_multi_setopt(loop->curl, CURLMOPT_TIMERFUNCTION, on_timer);
    (void)curl_multi_setopt(loop->curl, CURLMOPT_TIMERDATA, loop);
    return SPAY_OK;
}

void spay__curl_loop_close(spay__curl_loop *loop)
{
    spay__hold_forks();
    (void)curl_multi_cleanup(loop->curl);
    spay__let_fork();
    spay__poll_set_close(&loop->set);
}

bool spay__curl_loop_reserve(spay__curl_loop *loop, size_t requests)
{
    return loop->options->watch ||
           spay__poll_set_reserve(&loop->set, SOCKETS_A_REQUEST * requests + 1);
}
