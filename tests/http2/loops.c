/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * epoll is the strict one: a socket must be known to it to be changed or removed, unknown to be
 * added, and removed before it is closed. Any mistake ends the process.
 */
#include "loops.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <poll.h>
#include <time.h>

#ifdef __linux__
#include <sys/epoll.h>
#endif

enum {
    MOST_SOCKETS = 1024, /* and the highest descriptor */
    MOST_EVENTS = 64,
    LONGEST_WAIT_MS = 60000
};

static loop_kind used;
static int64_t timer_ms = -1;

static void fail(const char *what)
{
    perror(what);
    exit(2);
}

static int64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void wake_in(void *ctx, int64_t delay_ms)
{
    (void)ctx;
    timer_ms = delay_ms < 0 ? -1 : now_ms() + delay_ms;
}

static int until_timer(void)
{
    int64_t left = timer_ms < 0 ? LONGEST_WAIT_MS : timer_ms - now_ms();

    return left > 0 ? (int)left : 0;
}

/* ---- poll ---- */

static struct pollfd sockets[MOST_SOCKETS];
static int socket_count;

static void watch_by_poll(void *ctx, int64_t socket, int32_t events)
{
    int i = 0;

    (void)ctx;
    while (i < socket_count && sockets[i].fd != (int)socket)
        i++;
    if (i == socket_count && socket_count < MOST_SOCKETS)
        sockets[socket_count++].fd = (int)socket;
    if (events)
        sockets[i].events = (short)((events & SPAY_SOCKET_READ ? POLLIN : 0) |
                                    (events & SPAY_SOCKET_WRITE ? POLLOUT : 0));
    else
        sockets[i] = sockets[--socket_count];
}

static void turn_by_poll(spay_multi *multi)
{
    struct pollfd ready[MOST_SOCKETS];
    int count = socket_count;
    int i;

    memcpy(ready, sockets, sizeof(ready));
    (void)poll(ready, (nfds_t)count, until_timer());
    for (i = 0; i < count; i++) {
        short what = ready[i].revents;

        if (what)
            (void)spay_multi_on_socket(multi, ready[i].fd,
                                       (what & POLLIN ? SPAY_SOCKET_READ : 0) |
                                           (what & POLLOUT ? SPAY_SOCKET_WRITE : 0) |
                                           (what & (POLLERR | POLLHUP) ? SPAY_SOCKET_ERROR : 0));
    }
}

/* ---- epoll ---- */

#ifdef __linux__

static int epoll = -1;
static bool is_known[MOST_SOCKETS];

static void watch_by_epoll(void *ctx, int64_t socket, int32_t events)
{
    struct epoll_event wanted = {0};
    int operation;

    (void)ctx;
    if (socket < 0 || socket >= MOST_SOCKETS)
        fail("driver: more sockets than expected");
    wanted.data.fd = (int)socket;
    wanted.events = (events & SPAY_SOCKET_READ ? (uint32_t)EPOLLIN : 0) |
                    (events & SPAY_SOCKET_WRITE ? (uint32_t)EPOLLOUT : 0);
    operation = is_known[socket] ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    if (!events)
        operation = EPOLL_CTL_DEL;
    if (epoll_ctl(epoll, operation, (int)socket, &wanted) != 0)
        fail("driver: epoll_ctl");
    is_known[socket] = events != 0;
}

static void turn_by_epoll(spay_multi *multi)
{
    struct epoll_event ready[MOST_EVENTS];
    int count = epoll_wait(epoll, ready, MOST_EVENTS, until_timer());
    int i;

    for (i = 0; i < count; i++) {
        uint32_t what = ready[i].events;

        (void)spay_multi_on_socket(multi, ready[i].data.fd,
                                   (what & EPOLLIN ? SPAY_SOCKET_READ : 0) |
                                       (what & EPOLLOUT ? SPAY_SOCKET_WRITE : 0) |
                                       (what & (EPOLLERR | EPOLLHUP) ? SPAY_SOCKET_ERROR : 0));
    }
}

static void open_epoll(spay_multi_options *options)
{
    epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0)
        fail("driver: epoll_create1");
    options->watch = watch_by_epoll;
}

#else

static void open_epoll(spay_multi_options *options)
{
    (void)options;
    fail("driver: no epoll here");
}

static void turn_by_epoll(spay_multi *multi)
{
    (void)multi;
}

#endif

/* ---- either ---- */

void loop_use(loop_kind kind, spay_multi_options *options)
{
    used = kind;
    if (kind == LOOP_NONE)
        return;
    options->wake_in = wake_in;
    if (kind == LOOP_EPOLL)
        open_epoll(options);
    else
        options->watch = watch_by_poll;
}

void loop_turn(spay_multi *multi)
{
    if (used == LOOP_NONE)
        (void)spay_multi_poll(multi, LONGEST_WAIT_MS);
    else if (used == LOOP_POLL)
        turn_by_poll(multi);
    else
        turn_by_epoll(multi);
    if (timer_ms >= 0 && now_ms() >= timer_ms) {
        timer_ms = -1;
        (void)spay_multi_on_timer(multi);
    }
}
