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
    uint64_t releases;
    unsigned delayed;  /* since the last release */
    unsigned released; /* before it, and not done yet */
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

uint64_t stop_delay_begin(struct stop *stop)
{
    pthread_mutex_lock(&stop->lock);
    uint64_t delay = stop->releases;
    stop->delayed++;
    pthread_mutex_unlock(&stop->lock);
    return delay;
}

bool stop_delay(struct stop *stop, uint64_t delay, long milliseconds)
{
    struct timespec until = clock_monotonic_after(milliseconds);

    pthread_mutex_lock(&stop->lock);
    while (!stop->requested && stop->releases == delay) {
        if (pthread_cond_timedwait(&stop->changed, &stop->lock, &until) == ETIMEDOUT)
            break;
    }
    bool requested = stop->requested;
    pthread_mutex_unlock(&stop->lock);
    return requested;
}

void stop_delay_end(struct stop *stop, uint64_t delay)
{
    pthread_mutex_lock(&stop->lock);
    if (delay == stop->releases)
        stop->delayed--;
    else if (--stop->released == 0)
        pthread_cond_broadcast(&stop->changed);
    pthread_mutex_unlock(&stop->lock);
}

void stop_release(struct stop *stop)
{
    pthread_mutex_lock(&stop->lock);
    stop->releases++;
    stop->released += stop->delayed;
    stop->delayed = 0;
    pthread_cond_broadcast(&stop->changed);
    while (stop->released > 0)
        pthread_cond_wait(&stop->changed, &stop->lock);
    pthread_mutex_unlock(&stop->lock);
}

void stop_free(struct stop *stop)
{
    pthread_cond_destroy(&stop->changed);
    pthread_mutex_destroy(&stop->lock);
    free(stop);
}
