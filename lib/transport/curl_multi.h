/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The event-loop driver from inside: calls wait in the queue and run on handles, and the loop says
 * when something has happened.
 */
#ifndef SPAY__TRANSPORT_CURL_MULTI_H
#define SPAY__TRANSPORT_CURL_MULTI_H

#include "curl_exchange.h"
#include "curl_multi_loop.h"
#include "curl_multi_queue.h"

/* A libcurl handle, and what it is used for. */
typedef struct spay__slot {
    struct spay__slot *next;
    CURL *easy;
    spay__job *job;
    spay__curl_exchange x;
} spay__slot;

struct spay_multi {
    spay_client *client;
    spay_multi_options options; /* with the defaults filled in */
    spay__curl_loop loop;
    spay__queue queue;
    spay__slot *idle;
    size_t slot_count; /* idle or not */
    spay__jobs running;
    spay__jobs finished;
    int64_t pending;
    uint32_t cancels_seen; /* of the client's calls */
    bool entered;          /* within one of our functions: callbacks may add calls */
    bool closing;          /* and no more are taken */
};

/* Start what may run, in the order of the lines, until nobody joins one. */
void spay__multi_fill(spay_multi *multi);

/* After libcurl has had its turn: complete what is done, wake what is due, start what may run. */
void spay__multi_settle(spay_multi *multi);

/* Cancel and complete all. */
void spay__multi_finish(spay_multi *multi);

#endif
