/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Where calls wait: in line in front of their host, first come, first served; at rest until their
 * timer; parked until a token is there.
 */
#ifndef SPAY__TRANSPORT_CURL_MULTI_QUEUE_H
#define SPAY__TRANSPORT_CURL_MULTI_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "../call.h"
#include "heap.h"

/* Where a call is. */
typedef enum spay__place {
    SPAY__IN_LINE, /* for a handle at its host */
    SPAY__RUNNING, /* on a handle */
    SPAY__RESTING, /* until its timer */
    SPAY__PARKED,  /* until a token is there */
    SPAY__FINISHED /* done, to be handed out by spay_multi_next() */
} spay__place;

/* A call that was added. The timer is its first member, so that one leads to the other. */
typedef struct spay__job {
    spay__timer timer; /* end of its rest, or its deadline while it stands in line */
    struct spay__job *next;
    struct spay__job *previous;
    spay_call *call;
    void (*done)(void *ctx, spay_call *call);
    void *ctx;
    struct spay__lane *lane;
    struct spay__slot *slot; /* while it runs */
    spay__place place;
} spay__job;

typedef struct spay__jobs {
    spay__job *first;
    spay__job *last;
} spay__jobs;

void spay__jobs_append(spay__jobs *to, spay__job *added);
void spay__jobs_remove(spay__jobs *from, spay__job *removed);

/* The line in front of one host. The host's retry budget is what identifies it. */
typedef struct spay__lane {
    struct spay__lane *next;
    const spay__budget *host;
    int32_t running;
    int32_t http_version; /* that the host spoke last: 1, 2; 0 while it is not known */
    spay__jobs line;
} spay__lane;

/* Zero-initialise. */
typedef struct spay__queue {
    spay__lane *lanes;
    size_t lane_count;
    spay__heap timers;
    spay__jobs parked;
    int64_t parked_until_ms; /* when to look again for a token that somebody else fetches */
    bool grew;               /* somebody has joined a line */
} spay__queue;

void spay__queue_clear(spay__queue *queue);

/* The lane of a host, made if it is new; NULL without memory. */
spay__lane *spay__queue_lane(spay__queue *queue, const spay__budget *host);

/*
 * Put a call that is nowhere into a place. In line, its deadline is its timer, so that it does not
 * outlive it there. The heap has room, since there is one place for each call.
 */
void spay__queue_line_up(spay__queue *queue, spay__job *standing, bool in_front);
void spay__queue_rest(spay__queue *queue, spay__job *resting, int64_t until_ms);
void spay__queue_park(spay__queue *queue, spay__job *parked, int64_t until_ms);

/* All that are parked go back to the front of their lines, in the order in which they came. */
void spay__queue_unpark(spay__queue *queue);

/* Take the first in line; NULL if there is none. */
spay__job *spay__queue_take_first(spay__queue *queue, spay__lane *lane);

/* Take a call whose timer has run out; NULL if there is none. Its place says where it was. */
spay__job *spay__queue_take_due(spay__queue *queue, int64_t now_ms);

/* When something is due; -1 for nothing. */
int64_t spay__queue_next_ms(const spay__queue *queue);

/* Make cancelled calls due at once, wherever they wait: their next step says what they are. */
void spay__queue_wake_canceled(spay__queue *queue);

/* Cancel all that wait. */
void spay__queue_cancel_all(spay__queue *queue);

#endif
