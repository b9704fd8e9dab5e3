/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Event loops for the driver, one at a time in a process.
 */
#ifndef HTTP2_LOOPS_H
#define HTTP2_LOOPS_H

#include <sessionpay/sessionpay.h>

typedef enum loop_kind {
    LOOP_NONE, /* spay_multi_poll() */
    LOOP_POLL, /* poll(2) */
    LOOP_EPOLL /* epoll(7), on Linux */
} loop_kind;

/* Let the multi be driven by such a loop. Ends the process if the system has none. */
void loop_use(loop_kind kind, spay_multi_options *options);

/* Wait for something to happen, and tell the multi. */
void loop_turn(spay_multi *multi);

#endif
