/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A counter, and a condition to wait for the next count.
 */
#include "events.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "clock.h"
#include "xalloc.h"

struct events {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint64_t count;
    bool closed;
};

struct events *events_new(void)
{
    struct events *events = xcalloc(1, sizeof(*events));
    pthread_condattr_t attributes;

    pthread_mutex_init(&events->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&events->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    return events;
}

void events_notify(struct events *events)
{
    pthread_mutex_lock(&events->lock);
    events->count++;
    pthread_cond_broadcast(&events->changed);
    pthread_mutex_unlock(&events->lock);
}

bool events_wait(struct events *events, uint64_t *seen, long milliseconds)
{
    struct timespec until = clock_monotonic_after(milliseconds);

    pthread_mutex_lock(&events->lock);
    while (!events->closed && events->count == *seen) {
        if (pthread_cond_timedwait(&events->changed, &events->lock, &until) == ETIMEDOUT)
            break;
    }
    *seen = events->count;
    bool closed = events->closed;
    pthread_mutex_unlock(&events->lock);
    return !closed;
}

bool events_pause(struct events *events, long milliseconds)
{
    struct timespec until = clock_monotonic_after(milliseconds);

    pthread_mutex_lock(&events->lock);
    while (!events->closed) {
        if (pthread_cond_timedwait(&events->changed, &events->lock, &until) == ETIMEDOUT)
            break;
    }
    bool closed = events->closed;
    pthread_mutex_unlock(&events->lock);
    return !closed;
}

void events_close(struct events *events)
{
    pthread_mutex_lock(&events->lock);
    events->closed = true;
    pthread_cond_broadcast(&events->changed);
    pthread_mutex_unlock(&events->lock);
}

void events_free(struct events *events)
{
    pthread_cond_destroy(&events->changed);
    pthread_mutex_destroy(&events->lock);
    free(events);
}
