/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The loop with poll(2).
 */
#include "foreign_loop.h"

#include <fcntl.h>
#include <string.h>

static struct pollfd *find_socket(loop *l, int fd)
{
    int i;

    for (i = 0; i < l->count; i++)
        if (l->fds[i].fd == fd)
            return &l->fds[i];
    return NULL;
}

static void watch(void *ctx, int64_t socket, int32_t events)
{
    loop *l = ctx;
    struct pollfd *found = find_socket(l, (int)socket);

    if (fcntl((int)socket, F_GETFD) < 0 || events < 0 || events > 3 || (!events && !found))
        l->misuses++;
    if (!events && found)
        *found = l->fds[--l->count];
    if (!events)
        return;
    if (!found && l->count < SOCKETS) {
        found = &l->fds[l->count++];
        found->fd = (int)socket;
        l->watched++;
    }
    if (found)
        found->events = (short)((events & SPAY_SOCKET_READ ? POLLIN : 0) |
                                (events & SPAY_SOCKET_WRITE ? POLLOUT : 0));
}

static void wake_in(void *ctx, int64_t delay_ms)
{
    loop *l = ctx;

    if (delay_ms < -1)
        l->misuses++;
    l->alarm_ms = delay_ms < 0 ? -1 : now_ms() + delay_ms;
}

/* Without a timer, nobody may be waiting for one: then only a socket ends the wait. */
static int wait_ms(const loop *l)
{
    int64_t left = l->alarm_ms - now_ms();

    if (l->alarm_ms < 0)
        return LIMIT_MS;
    return left > 0 ? (int)left : 0;
}

static void report(loop *l, const struct pollfd *ready)
{
    int32_t events = (ready->revents & POLLIN ? SPAY_SOCKET_READ : 0) |
                     (ready->revents & POLLOUT ? SPAY_SOCKET_WRITE : 0) |
                     (ready->revents & (POLLERR | POLLHUP) ? SPAY_SOCKET_ERROR : 0);

    if (!ready->revents || !find_socket(l, ready->fd))
        return;
    l->turns++;
    (void)spay_multi_on_socket(l->multi, ready->fd, events);
}

static int add_peer(const peer *p, struct pollfd *fds)
{
    int count = 0;
    int i;

    fds[count].fd = p->listener;
    fds[count++].events = POLLIN;
    for (i = 0; i < p->count; i++)
        if (p->clients[i].fd >= 0) {
            fds[count].fd = p->clients[i].fd;
            fds[count++].events = POLLIN;
        }
    return count;
}

/* One round: wait for the driver's sockets, its timer, or the peer's sockets. */
void loop_turn(loop *l, const peer *p)
{
    struct pollfd fds[SOCKETS + MOST_CONNECTIONS + 1];
    int watched = l->count;
    int count = watched;
    int i;

    memset(fds, 0, sizeof(fds));
    memcpy(fds, l->fds, (size_t)watched * sizeof(*fds));
    if (p)
        count += add_peer(p, fds + watched);
    (void)poll(fds, (nfds_t)count, wait_ms(l));
    for (i = 0; i < watched; i++)
        report(l, &fds[i]);
    if (l->alarm_ms >= 0 && now_ms() >= l->alarm_ms) {
        l->alarm_ms = -1;
        l->turns++;
        (void)spay_multi_on_timer(l->multi);
    }
}

void set_hooks(loop *l, spay_multi_options *options)
{
    memset(l, 0, sizeof(*l));
    l->alarm_ms = -1;
    spay_multi_options_init(options, sizeof(*options));
    options->watch = watch;
    options->wake_in = wake_in;
    options->loop_ctx = l;
}

rig *rig_in_loop(loop *l, int32_t max_connections)
{
    spay_multi_options options;
    rig *r;

    set_hooks(l, &options);
    options.max_connections = max_connections;
    r = rig_open(&options);
    l->multi = r->multi;
    return r;
}

/* Nothing is left to wait for, but perhaps for a timer that is of no use any more. */
void check_quiet(loop *l)
{
    int i;

    for (i = 0; i < 3 && l->alarm_ms >= 0; i++)
        loop_turn(l, NULL);
    ck_assert_int_eq(l->count, 0);
    ck_assert_int_eq(l->alarm_ms, -1);
    ck_assert_int_eq(l->misuses, 0);
}
