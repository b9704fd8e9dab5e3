/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Sockets to wait for with poll(), and a bell with which another thread ends the wait.
 */
#ifndef SPAY__TRANSPORT_POLL_SET_H
#define SPAY__TRANSPORT_POLL_SET_H

#include <stdbool.h>
#include <stddef.h>

#include <poll.h>

/* Zero-initialise. */
typedef struct spay__poll_set {
    struct pollfd *fds; /* the first is the bell */
    size_t count;
    size_t capacity;
    size_t at;   /* where spay__poll_set_next() looks next */
    int bell[2]; /* what is sent into the second makes the first readable */
} spay__poll_set;

/* false: the system refuses memory or descriptors, and the set is as before. */
bool spay__poll_set_open(spay__poll_set *set);
void spay__poll_set_close(spay__poll_set *set);

/* Make sure that `count` sockets fit, so that watching one cannot fail. */
bool spay__poll_set_reserve(spay__poll_set *set, size_t count);

/* Watch a socket for these bits of poll() from now on; 0: no longer. */
void spay__poll_set_watch(spay__poll_set *set, int fd, short events);

/* Wait until a socket is ready, the bell rings, or the time has passed. */
void spay__poll_set_wait(spay__poll_set *set, int timeout_ms);

/*
 * The next socket that the wait found ready, each once; false: no more. Sockets may be watched and
 * let go in between.
 */
bool spay__poll_set_next(spay__poll_set *set, int *fd, short *events);

/* Ring the bell; any thread. */
void spay__poll_set_ring(const spay__poll_set *set);

#endif
