/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A loop of the caller, which watches the driver's sockets and its timer.
 */
#ifndef INTEGRATION_FOREIGN_LOOP_H
#define INTEGRATION_FOREIGN_LOOP_H

#include <poll.h>

#include "multi_rig.h"

enum {
    SOCKETS = 128
};

/* poll(2), and what the driver has told it. */
typedef struct loop {
    spay_multi *multi;
    struct pollfd fds[SOCKETS];
    int count;
    int64_t alarm_ms; /* -1: none */
    int turns;        /* how often the driver was called */
    int watched;      /* sockets so far */
    int misuses;
} loop;

/* Prepare the loop, and a driver's options for it. */
void set_hooks(loop *l, spay_multi_options *options);

/* A rig whose driver is in the loop. */
rig *rig_in_loop(loop *l, int32_t max_connections);

/* One turn: wait for the driver's sockets, its timer, or the peer's sockets; p may be NULL. */
void loop_turn(loop *l, const peer *p);

#define LOOP_UNTIL(l, p, condition)                                                                \
    do {                                                                                           \
        int64_t end_ms_ = now_ms() + LIMIT_MS;                                                     \
                                                                                                   \
        while (!(condition)) {                                                                     \
            ck_assert_msg(now_ms() < end_ms_, "in vain: %s", #condition);                          \
            loop_turn(l, p);                                                                       \
            if (p)                                                                                 \
                peer_turn(p);                                                                      \
        }                                                                                          \
    } while (0)

/* Nothing is left to wait for, except a timer that has become useless. */
void check_quiet(loop *l);

#endif
