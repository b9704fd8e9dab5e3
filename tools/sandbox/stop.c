/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Delays that do not hold up the end of the program.
 */
#include "stop.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "clock.h"
#include "xalloc.h"

struct stop {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool requested;
};

struct stop *stop_new(void)
{
    struct stop *stop = xcalloc(1, sizeof(*stop));
    pthread_condattr_t attributes;

    pthread_mutex_init(&stop->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&stop->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    return stop;
}

void stop_request(struct stop *stop)
{
    pthread_mutex_lock(&stop->lock);
    stop->requested = true;
    pthread_cond_broadcast(&stop->changed);
    pthread_mutex_unlock(&stop->lock);
}

bool stop_sleep(struct stop *stop, long milliseconds)
{
    struct timespec until = clock_monotonic_after(milliseconds);

    pthread_mutex_lock(&stop->lock);
    while (!stop->requested) {
        if (pthread_cond_timedwait(&stop->changed, &stop->lock, &until) == ETIMEDOUT)
            break;
    }
    bool requested = stop->requested;
    pthread_mutex_unlock(&stop->lock);
    return requested;
}

void stop_free(struct stop *stop)
{
    pthread_cond_destroy(&stop->changed);
    pthread_mutex_destroy(&stop->lock);
    free(stop);
}
