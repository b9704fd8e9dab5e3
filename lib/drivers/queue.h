/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Where calls wait: in the queue of their host, first in, first out; backing off until their timer
 * fires; or until they are woken. Those that run have a timer here, too.
 */
#ifndef SPAY__DRIVERS_QUEUE_H
#define SPAY__DRIVERS_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/call.h"
#include "heap.h"

/* Where a call is. */
typedef enum spay__place {
    SPAY__QUEUED,      /* at its host */
    SPAY__RUNNING,     /* its request is out, or on its way */
    SPAY__BACKING_OFF, /* until its timer fires */
    SPAY__AWAITING,    /* until it is woken, or its timer fires */
    SPAY__FINISHED     /* to be handed out by spay_multi_next() */
} spay__place;

/* A call that was added. The timer is its first member, so that one leads to the other. */
typedef struct spay__job {
    spay__timer timer; /* the end of its pause; its deadline in the queue; its limit if it runs */
    struct spay__job *next;
    struct spay__job *previous;
    spay_call *call;
    void (*done)(void *ctx, spay_call *call);
    void *ctx;
    struct spay__host_queue *host;
    struct spay__slot *slot; /* while it runs */
    spay__place place;
    struct spay_multi *multi;
    struct spay__job *next_woken; /* under the lock of the woken ones */
    bool is_woken;
} spay__job;

typedef struct spay__jobs {
    spay__job *first;
    spay__job *last;
} spay__jobs;

void spay__jobs_append(spay__jobs *to, spay__job *added);
void spay__jobs_remove(spay__jobs *from, spay__job *removed);

/* The queue of one host, which its retry budget identifies. */
typedef struct spay__host_queue {
    struct spay__host_queue *next;
    const spay__budget *budget;
    int32_t running;
    int32_t http_version; /* that the host spoke last: 1, 2; 0 while it is not known */
    spay__jobs queued;
} spay__host_queue;

/* Zero-initialize. */
typedef struct spay__queue {
    spay__host_queue *hosts;
    spay__heap timers;
    bool grew; /* a call has been queued */
} spay__queue;

void spay__queue_clear(spay__queue *queue);

/* The queue of a host, made if it is new; NULL without memory. */
spay__host_queue *spay__queue_host(spay__queue *queue, const spay__budget *budget);

/*
 * Put a call that is nowhere into a place. In a host's queue its deadline is its timer, so that it
 * does not outlive it there. The heap has room, since there is one place for each call.
 */
void spay__queue_append(spay__queue *queue, spay__job *job);
void spay__queue_prepend(spay__queue *queue, spay__job *job);
void spay__queue_back_off(spay__queue *queue, spay__job *job, int64_t until_ms);
void spay__queue_await(spay__queue *queue, spay__job *job, int64_t until_ms);

/* One that awaits something goes to the front of its host's queue. */
void spay__queue_requeue(spay__queue *queue, spay__job *job);

/* Take the first of a host; NULL if there is none. */
spay__job *spay__queue_take_first(spay__queue *queue, spay__host_queue *host);

/*
 * Take a call whose timer has fired; NULL if there is none. Its place says where it was; one that
 * runs stays where it is, without a timer.
 */
spay__job *spay__queue_take_due(spay__queue *queue, int64_t now_ms);

/* When something is due; -1 for nothing. */
int64_t spay__queue_next_ms(const spay__queue *queue);

/* Make canceled calls due at once, wherever they wait: their next step says what they are. */
void spay__queue_wake_canceled(spay__queue *queue);

/* Cancel all that wait. */
void spay__queue_cancel_all(spay__queue *queue);

#endif
