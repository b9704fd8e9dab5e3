/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The sockets that a driver watches, each with the connection that it belongs to. The program's own
 * event loop waits for them, which is told by a hook, or the driver does, with poll().
 */
#ifndef SPAY__DRIVERS_SOCKETS_H
#define SPAY__DRIVERS_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <poll.h>

#include <sessionpay/multi.h>

#include "transport/connection.h"

typedef struct spay__socket {
    spay__connection *connection; /* NULL: the socket is not watched */
    size_t place;                 /* in fds */
} spay__socket;

/* Zero-initialize. */
typedef struct spay__sockets {
    const spay_multi_options *options; /* with the hook, or without */
    spay__socket *table;               /* by descriptor */
    size_t table_size;
    struct pollfd *fds; /* without the hook; the first is wake_fds[0] */
    size_t count;
    size_t capacity;
    size_t at;       /* where spay__sockets_next() looks next */
    int wake_fds[2]; /* a byte sent into the second ends the wait; with the hook only as needed */
    bool wakeable;   /* they are open */
    bool listening;  /* with the hook: it watches the first */
} spay__sockets;

/* false: the system refuses memory or descriptors. */
bool spay__sockets_open(spay__sockets *sockets, const spay_multi_options *options);
void spay__sockets_close(spay__sockets *sockets);

/* Watch a socket for SPAY_SOCKET_... bits from now on; 0: no longer. false without memory. */
bool spay__sockets_watch(spay__sockets *sockets, spay__connection *connection, int fd,
                         int32_t events);

/* Whose socket it is; NULL if it is not watched. */
spay__connection *spay__sockets_connection(const spay__sockets *sockets, int64_t fd);

/* Without the hook: wait until a socket is ready, another thread wakes it, or time has passed. */
void spay__sockets_wait(spay__sockets *sockets, int64_t timeout_ms);

/*
 * The next socket that the wait found ready, each once; false: no more. Sockets may be watched and
 * let go of in between.
 */
bool spay__sockets_next(spay__sockets *sockets, int *fd, int32_t *events);

/*
 * With the hook: let the program's loop watch for spay__sockets_wake(), or no longer. false: there
 * is no descriptor for it.
 */
bool spay__sockets_listen(spay__sockets *sockets, bool on);

/* Take what woke the loop off its socket, if this is the one. */
void spay__sockets_drain(const spay__sockets *sockets, int64_t fd);

/* End the wait; any thread. */
void spay__sockets_wake(const spay__sockets *sockets);

#endif
