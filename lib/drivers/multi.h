/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The event-loop driver from inside: calls wait in the queue and run in slots, each an exchange
 * over a connection.
 */
#ifndef SPAY__DRIVERS_MULTI_H
#define SPAY__DRIVERS_MULTI_H

#include "../transport/exchange.h"
#include "queue.h"
#include "sockets.h"

/* Where a call runs. */
typedef struct spay__slot {
    struct spay__slot *next; /* in the list of free ones */
    spay__job *job;
    int64_t began_ms; /* on the client's clock, for its limits */
    spay__exchange x;
} spay__slot;

struct spay_multi {
    spay_client *client;
    spay_multi_options options; /* with the defaults filled in */
    spay__watcher watcher;
    spay__sockets sockets;
    spay__pool pool;
    spay__queue queue;
    spay__slot *free_slots;
    spay__jobs running;
    spay__jobs finished;
    int64_t pending;
    int64_t told_ms;       /* the foreign loop, last: -1 for no timer, or SPAY__UNTOLD */
    uint32_t cancels_seen; /* of the client's calls */
    bool entered;          /* within one of our functions: callbacks may add calls */
    bool closing;          /* and no more are taken */
};

/* Start what may run, in the order of the queues, until no call joins one. */
void spay__multi_fill(spay_multi *multi);

/* Complete what is canceled or late, and start what may run. */
void spay__multi_settle(spay_multi *multi);

/* Something has happened on a socket. */
void spay__multi_on_socket(spay_multi *multi, int64_t fd, int32_t events);

/* Cancel and complete all. */
void spay__multi_finish(spay_multi *multi);

#endif
