/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * libcurl's sockets and its timer, and who waits for them: the program's own loop, which is told by
 * two hooks, or the driver with poll(). libcurl hears of a socket when something has happened on
 * it, so that a request which merely waits costs nothing.
 */
#ifndef SPAY__TRANSPORT_CURL_MULTI_LOOP_H
#define SPAY__TRANSPORT_CURL_MULTI_LOOP_H

#include <sessionpay/multi.h>

#include <curl/curl.h>

#include "poll_set.h"

typedef struct spay__curl_loop {
    CURLM *curl;
    const spay_client *client;         /* whose clock it is */
    const spay_multi_options *options; /* with the hooks, or without */
    spay__poll_set set;                /* without hooks */
    int64_t timer_at_ms;               /* libcurl's; -1: it needs none */
    int64_t told_ms;                   /* the foreign loop, last: -1 for no timer, or UNTOLD */
} spay__curl_loop;

/* SPAY_OK or SPAY_E_NO_MEMORY. Close it in any case; it may be zero. */
spay_status spay__curl_loop_open(spay__curl_loop *loop, const spay_client *client,
                                 const spay_multi_options *options);
void spay__curl_loop_close(spay__curl_loop *loop);

/* Make sure that the sockets of so many requests can be watched. */
bool spay__curl_loop_reserve(spay__curl_loop *loop, size_t requests);

/* Let libcurl act on what has happened on a socket. */
void spay__curl_loop_on_socket(spay__curl_loop *loop, curl_socket_t socket, int events);

/* Let libcurl act on its timer if that is due. */
void spay__curl_loop_ring(spay__curl_loop *loop);

/*
 * Without hooks: wait for something to happen, at most so long and until the next timer, libcurl's
 * or the one at own_ms (-1: none), then let libcurl act on it.
 */
void spay__curl_loop_wait(spay__curl_loop *loop, int64_t timeout_ms, int64_t own_ms);

/* End that wait; any thread. */
void spay__curl_loop_wake(const spay__curl_loop *loop);

/* With hooks: the foreign loop's timer has run out, or is said to have. */
void spay__curl_loop_rang(spay__curl_loop *loop);

/* With hooks: tell the foreign loop when to come back, if that has changed. */
void spay__curl_loop_tell(spay__curl_loop *loop, int64_t own_ms);

#endif
