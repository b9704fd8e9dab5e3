/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The thread that talks to Redis, and the queue in front of it. Each process has its own: after
 * fork() the child begins anew, and leaves alone what it inherited.
 */
#ifndef SPAY__REDIS_WORKER_H
#define SPAY__REDIS_WORKER_H

#include "redis/connection.h"

/* The settings of a worker, and its log. They live longer than the worker. */
typedef struct spay__redis_orders {
    spay__redis_settings settings;
    void (*log)(void *ctx, const char *line);
    void *log_ctx;
} spay__redis_orders;

typedef struct spay__redis_worker spay__redis_worker;

/* Notice forks from now on. false: the system refuses. */
bool spay__redis_watch_forks(void);

/* NULL without memory. The thread starts with the first job. */
spay__redis_worker *spay__redis_worker_new(const spay__redis_orders *orders);

/* Whether it is this process's, not one that the parent left. */
bool spay__redis_worker_is_ours(const spay__redis_worker *worker);

/* Take over a job, whose operation it ends: at once if the queue is full or there is no thread. */
void spay__redis_worker_push(spay__redis_worker *worker, spay__redis_job *job);

/*
 * End what waits, and the thread. true: done, the orders can go. false: this is the worker's own
 * thread, which frees them by `last`, and then itself, when it gets back to its loop.
 */
bool spay__redis_worker_stop(spay__redis_worker *worker, void (*last)(void *ctx), void *ctx);

/* In a child: close the parent's connection, which is shared with it. The rest stays, unused. */
void spay__redis_worker_abandon(spay__redis_worker *worker);

#endif
