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

#include "queue.h"
#include "sockets.h"
#include "transport/exchange.h"
#include "wire/http2.h"

/* Where a call runs. */
typedef struct spay__slot {
    struct spay__slot *next; /* in the list of free ones, or of blocked ones */
    spay__job *job;
    spay__origin *origin;
    int64_t began_ms;      /* on the client's clock, for its limits */
    int64_t connecting_ms; /* the same, of the connection that it makes */
    spay__exchange x;
    spay__http2_stream stream;
    bool on_stream;
} spay__slot;

/* Calls that another thread, or another call, has woken. */
typedef struct spay__woken {
    spay__mutex lock;
    spay__job *first; /* the last that was woken */
    bool sleeping;    /* the driver waits for sockets: one has to be written to */
} spay__woken;

struct spay_multi {
    spay_client *client;
    spay_multi_options options; /* with the defaults filled in */
    spay__watcher watcher;
    spay__sockets sockets;
    spay__pool pool;
    spay__queue queue;
    spay__slot *free_slots;
    spay__connection *shared; /* HTTP/2 with open streams */
    spay__slot *blocked;      /* until a connection has room, in their order */
    spay__slot **blocked_end;
    spay__woken woken;
    spay__jobs submitted; /* by other threads; under the same lock */
    int32_t submissions;  /* how many these are; atomic */
    int64_t awaiting;     /* how many calls wait to be woken */
    spay__jobs running;
    spay__jobs finished;
    int64_t pending;
    int64_t told_ms;       /* the foreign loop, last: -1 for no timer, or SPAY__UNTOLD */
    uint32_t cancels_seen; /* of the client's calls */
    int32_t openings;      /* how many connections may be opened in this turn of the loop */
    bool lingers;          /* idle connections are watched: no more after the next turn */
    bool entered;          /* within one of our functions: callbacks may add calls */
    bool closing;          /* and no more are taken */
};

/* ---- slots, see multi_slots.c ---- */

/* Have memory for a call that is added, which counts from now on. false: there is none. */
bool spay__multi_find_place(spay_multi *multi, spay__job *job);

/* Put a call that is nowhere into its host's queue; without memory it is completed. */
void spay__multi_queue(spay_multi *multi, spay__job *job,
                       void (*put)(spay__queue *queue, spay__job *job));

/* Let a call have a slot, but no connection yet; NULL without memory. */
spay__slot *spay__multi_begin(spay_multi *multi, spay__job *job);

/* Give it an idle connection, or one that is being made; NULL without memory. */
spay__connection *spay__multi_connect(spay_multi *multi, spay__slot *slot);

/* Let an exchange go on, over a connection of its own. */
void spay__multi_go_on(spay_multi *multi, spay__slot *slot);

/* When its time is up, on the client's clock. */
int64_t spay__multi_limit_ms(const spay__slot *slot);

/* Set its timer: its limit, or sooner while it connects. */
void spay__multi_arm(spay_multi *multi, spay__slot *slot);

/* It is over, and the connection that it has of its own goes: hand the call the result. */
void spay__multi_end(spay_multi *multi, spay__slot *slot, spay_status status);

/* Hand a call a result, and put it where that leads; or let it go, when it is done. */
void spay__multi_respond(spay_multi *multi, spay__job *answered, spay_status status);
void spay__multi_complete(spay_multi *multi, spay__job *finished);

/* Until when a call waits, on the client's clock. */
int64_t spay__multi_end_of_wait(const spay_multi *multi, const spay__job *waiting);

/* ---- HTTP/2, see multi_http2.c ---- */

#ifdef SPAY_WITH_NGHTTP2

/* Let a slot have a connection of its own, or a stream of another. */
void spay__multi_place(spay_multi *multi, spay__slot *slot);

/* Its connection, which may speak HTTP/2, is connected, or has failed to. */
void spay__multi_on_connected(spay_multi *multi, spay__slot *slot);

/* Something has come on a connection that does. */
void spay__multi_on_shared(spay_multi *multi, spay__connection *connection);

/* A slot leaves its stream, or stops waiting for one. */
void spay__multi_leave(spay_multi *multi, spay__slot *slot);

/* Send what is to go out on all of them, and let go of those that are not needed. */
void spay__multi_flush(spay_multi *multi);

#else

#define spay__multi_place(multi, slot) ((void)0)
#define spay__multi_on_connected(multi, slot) ((void)0)
#define spay__multi_on_shared(multi, connection) ((void)0)
#define spay__multi_leave(multi, slot) ((void)0)
#define spay__multi_flush(multi) ((void)0)

#endif

/* ---- calls that other threads hand in, see multi_submit.c ---- */

/* Queue them. */
void spay__multi_take_submitted(spay_multi *multi);

/* ---- calls that are woken, see multi_woken.c ---- */

/* false: the system has no more locks. */
bool spay__multi_woken_init(spay_multi *multi);
void spay__multi_woken_clear(spay_multi *multi);

/* Let a call be woken from now on, and no more. */
void spay__multi_enlist(spay_multi *multi, spay__job *job);
void spay__multi_delist(spay_multi *multi, spay__job *job);

/* Put a call where it waits to be woken. */
void spay__multi_await(spay_multi *multi, spay__job *job);

/* It waits no more. */
void spay__multi_end_await(spay_multi *multi);

/* Queue those that have been woken. */
void spay__multi_take_woken(spay_multi *multi);

/* The driver is about to wait. false: there are some already, or some that were handed in. */
bool spay__multi_fall_asleep(spay_multi *multi);

/* It has waited: until it does so again, others need not wake it. */
void spay__multi_awake(spay_multi *multi);

/* ---- all of them, see multi_run.c ---- */

/* Start what may run, in the order of the queues, until no call joins one. */
void spay__multi_start(spay_multi *multi);

/* Complete what is canceled or late, and start what may run. */
void spay__multi_settle(spay_multi *multi);

/* Something has happened on a socket. */
void spay__multi_on_socket(spay_multi *multi, int64_t fd, int32_t events);

/* Cancel and complete all. */
void spay__multi_cancel_all(spay_multi *multi);

#endif
