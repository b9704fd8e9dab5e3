/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The set is an array for poll() and is searched from its end: it holds the sockets of the requests
 * that run, some dozens, and those that come and go are the last.
 */
#include "poll_set.h"

#include <string.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../alloc.h"

enum {
    FIRST_CAPACITY = 64
};

static bool prepare(int fd)
{
    return fcntl(fd, F_SETFL, O_NONBLOCK) == 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

bool spay__poll_set_open(spay__poll_set *set)
{
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, set->bell) != 0)
        return false;
    if (prepare(set->bell[0]) && prepare(set->bell[1]) && spay__poll_set_reserve(set, 0)) {
        spay__poll_set_watch(set, set->bell[0], POLLIN);
        return true;
    }
    (void)close(set->bell[0]);
    (void)close(set->bell[1]);
    return false;
}

void spay__poll_set_close(spay__poll_set *set)
{
    if (!set->count)
        return;
    (void)close(set->bell[0]);
    (void)close(set->bell[1]);
    spay__free(set->fds);
    memset(set, 0, sizeof(*set));
}

bool spay__poll_set_reserve(spay__poll_set *set, size_t count)
{
    size_t capacity = set->capacity ? set->capacity : FIRST_CAPACITY;
    struct pollfd *fds;

    if (count < set->capacity)
        return true;
    while (capacity <= count)
        capacity *= 2;
    fds = spay__alloc(capacity * sizeof(*fds));
    if (!fds)
        return false;
    if (set->fds)
        memcpy(fds, set->fds, set->count * sizeof(*fds));
    spay__free(set->fds);
    set->fds = fds;
    set->capacity = capacity;
    return true;
}

/* The count if it is not there. */
static size_t find(const spay__poll_set *set, int fd)
{
    size_t i = set->count;

    while (i > 0)
        if (set->fds[--i].fd == fd)
            return i;
    return set->count;
}

void spay__poll_set_watch(spay__poll_set *set, int fd, short events)
{
    size_t place = find(set, fd);

    if (place == set->count) {
        if (!events || !spay__poll_set_reserve(set, set->count + 1))
            return;
        set->fds[set->count].fd = fd;
        set->fds[set->count++].revents = 0;
    }
    if (events)
        set->fds[place].events = events;
    else
        set->fds[place] = set->fds[--set->count];
}

static void silence(const spay__poll_set *set)
{
    char rings[64];

    while (recv(set->bell[0], rings, sizeof(rings), 0) == (ssize_t)sizeof(rings))
        continue;
}

void spay__poll_set_wait(spay__poll_set *set, int timeout_ms)
{
    bool ready = poll(set->fds, (nfds_t)set->count, timeout_ms) > 0;

    set->at = ready ? 1 : set->count;
    if (ready && set->fds[0].revents)
        silence(set);
}

/*
 * Stays where it is until that is not ready any more: the last takes the place of a socket that is
 * let go. One that is passed over this way is still ready at the next wait.
 */
bool spay__poll_set_next(spay__poll_set *set, int *fd, short *events)
{
    for (; set->at < set->count; set->at++) {
        struct pollfd *at = &set->fds[set->at];

        if (at->revents) {
            *fd = at->fd;
            *events = at->revents;
            at->revents = 0;
            return true;
        }
    }
    return false;
}

/* Where the bell is full, it rings already. Its other end is open: no signal comes of it. */
void spay__poll_set_ring(const spay__poll_set *set)
{
    (void)send(set->bell[1], "", 1, 0);
}
