/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * An array for poll(), and a table by descriptor that finds a socket in it.
 */
#include "sockets.h"

#include <string.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"

enum {
    FIRST_CAPACITY = 64
};

/* ---- memory ---- */

static size_t grown(size_t capacity, size_t needed)
{
    if (!capacity)
        capacity = FIRST_CAPACITY;
    while (capacity < needed)
        capacity *= 2;
    return capacity;
}

static bool reserve_table(spay__sockets *sockets, size_t size)
{
    size_t capacity = grown(sockets->table_size, size);
    spay__socket *table;

    if (size <= sockets->table_size)
        return true;
    table = spay__alloc(capacity * sizeof(*table));
    if (!table)
        return false;
    if (sockets->table)
        memcpy(table, sockets->table, sockets->table_size * sizeof(*table));
    spay__free(sockets->table);
    sockets->table = table;
    sockets->table_size = capacity;
    return true;
}

static bool reserve_fds(spay__sockets *sockets, size_t count)
{
    size_t capacity = grown(sockets->capacity, count);
    struct pollfd *fds;

    if (count <= sockets->capacity)
        return true;
    fds = spay__alloc(capacity * sizeof(*fds));
    if (!fds)
        return false;
    if (sockets->fds)
        memcpy(fds, sockets->fds, sockets->count * sizeof(*fds));
    spay__free(sockets->fds);
    sockets->fds = fds;
    sockets->capacity = capacity;
    return true;
}

/* ---- waking ---- */

/* Of a descriptor that is open, flags can be set. */
static void prepare(int fd)
{
    (void)fcntl(fd, F_SETFL, O_NONBLOCK);
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static bool open_wake_fds(spay__sockets *sockets)
{
    int *fds = sockets->wake_fds;

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0)
        return false;
    prepare(fds[0]);
    prepare(fds[1]);
    sockets->wakeable = true;
    return true;
}

bool spay__sockets_open(spay__sockets *sockets, const spay_multi_options *options)
{
    sockets->options = options;
    if (options->watch)
        return true;
    if (!reserve_fds(sockets, 1) || !open_wake_fds(sockets))
        return false;
    sockets->fds[0].fd = sockets->wake_fds[0];
    sockets->fds[0].events = POLLIN;
    sockets->count = 1;
    return true;
}

void spay__sockets_close(spay__sockets *sockets)
{
    if (sockets->wakeable) {
        (void)spay__sockets_listen(sockets, false);
        (void)close(sockets->wake_fds[0]);
        (void)close(sockets->wake_fds[1]);
    }
    spay__free(sockets->fds);
    spay__free(sockets->table);
    memset(sockets, 0, sizeof(*sockets));
}

void spay__sockets_drain(const spay__sockets *sockets, int64_t fd)
{
    char bytes[64];

    if (!sockets->wakeable || fd != sockets->wake_fds[0])
        return;
    while (recv(sockets->wake_fds[0], bytes, sizeof(bytes), 0) == (ssize_t)sizeof(bytes))
        continue;
}

bool spay__sockets_listen(spay__sockets *sockets, bool on)
{
    if (!sockets->options->watch)
        return true;
    if (on && !sockets->wakeable && !open_wake_fds(sockets))
        return false;
    if (sockets->listening != on)
        sockets->options->watch(sockets->options->loop_ctx, sockets->wake_fds[0],
                                on ? SPAY_SOCKET_READ : 0);
    sockets->listening = on;
    return true;
}

/* A full socket wakes as well. Its other end is open, so that no signal comes of it. */
void spay__sockets_wake(const spay__sockets *sockets)
{
    if (sockets->wakeable)
        (void)send(sockets->wake_fds[1], "", 1, 0);
}

/* ---- watching ---- */

/* The last takes the place of the one that goes. */
static void drop_place(spay__sockets *sockets, size_t place)
{
    struct pollfd last = sockets->fds[--sockets->count];

    if (place == sockets->count)
        return;
    sockets->fds[place] = last;
    sockets->table[last.fd].place = place;
}

static bool poll_for(spay__sockets *sockets, spay__socket *watched, int fd, int32_t events)
{
    if (!events) {
        if (watched->place)
            drop_place(sockets, watched->place);
        watched->place = 0;
        return true;
    }
    if (!watched->place) {
        if (!reserve_fds(sockets, sockets->count + 1))
            return false;
        watched->place = sockets->count++;
        sockets->fds[watched->place].fd = fd;
        sockets->fds[watched->place].revents = 0;
    }
    sockets->fds[watched->place].events = (short)((events & SPAY_SOCKET_READ ? POLLIN : 0) |
                                                  (events & SPAY_SOCKET_WRITE ? POLLOUT : 0));
    return true;
}

bool spay__sockets_watch(spay__sockets *sockets, spay__connection *connection, int fd,
                         int32_t events)
{
    spay__socket *watched;

    if (fd < 0 || (!events && (size_t)fd >= sockets->table_size))
        return true;
    if (!reserve_table(sockets, (size_t)fd + 1))
        return false;
    watched = &sockets->table[fd];
    if (sockets->options->watch) {
        if (events || watched->connection)
            sockets->options->watch(sockets->options->loop_ctx, fd, events);
    } else if (!poll_for(sockets, watched, fd, events)) {
        return false;
    }
    watched->connection = events ? connection : NULL;
    return true;
}

spay__connection *spay__sockets_connection(const spay__sockets *sockets, int64_t fd)
{
    return fd >= 0 && (uint64_t)fd < sockets->table_size ? sockets->table[fd].connection : NULL;
}

/* ---- waiting ---- */

void spay__sockets_wait(spay__sockets *sockets, int64_t timeout_ms)
{
    int timeout = timeout_ms > 0 ? (int)timeout_ms : 0;
    bool ready = poll(sockets->fds, (nfds_t)sockets->count, timeout) > 0;

    sockets->at = ready ? 1 : sockets->count;
    if (ready && sockets->fds[0].revents)
        spay__sockets_drain(sockets, sockets->wake_fds[0]);
}

/*
 * Stays where it is until that is not ready any more: the last takes the place of a socket that is
 * let go of. One that is passed over this way is still ready at the next wait.
 */
bool spay__sockets_next(spay__sockets *sockets, int *fd, int32_t *events)
{
    for (; sockets->at < sockets->count; sockets->at++) {
        struct pollfd *at = &sockets->fds[sockets->at];

        if (at->revents) {
            *fd = at->fd;
            *events = (at->revents & POLLIN ? SPAY_SOCKET_READ : 0) |
                      (at->revents & POLLOUT ? SPAY_SOCKET_WRITE : 0) |
                      (at->revents & (POLLERR | POLLHUP | POLLNVAL) ? SPAY_SOCKET_ERROR : 0);
            at->revents = 0;
            return true;
        }
    }
    return false;
}
