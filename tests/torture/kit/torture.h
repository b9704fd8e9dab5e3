/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * How long a torture program goes on, how it waits (by looking, never by sleeping and hoping), and
 * the processes that it starts.
 */
#ifndef TORTURE_TORTURE_H
#define TORTURE_TORTURE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "support/tap.h"

/* Full figures (SPAY_TORTURE=1), or the sample that "make check" takes. */
bool torture_is_full(void);
int torture_pick(int sample, int full);

int64_t torture_now_us(void);
int64_t torture_now_ms(void);

/* Look every millisecond until done(ctx), at most so long. The last look. */
bool torture_await(bool (*done)(void *ctx), void *ctx, int64_t limit_ms);

/* The same, until a counter that another thread or process moves has reached a value. */
bool torture_await_count(const int32_t *counter, int32_t value, int64_t limit_ms);

/*
 * Fork, run, and leave with its result through _exit(), without a word on the parent's streams.
 * -1 if there is no process to be had.
 */
pid_t torture_fork(int (*run)(void *ctx), void *ctx);

/* Wait for a child of ours; it is killed when it takes longer. Its wait status, or -1. */
int torture_reap(pid_t child, int64_t limit_ms);

/* "exit status 1", "signal 11": a wait status for people. Static text. */
const char *torture_ending(int status);

#endif
