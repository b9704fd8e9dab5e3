/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Threads, on POSIX.
 */
#include "thread.h"

#ifndef SPAY_DISABLE_THREADS

#include <time.h>

int spay__mutex_init(spay__mutex *mutex)
{
    return pthread_mutex_init(mutex, NULL);
}

int spay__condition_init(spay__condition *condition)
{
    pthread_condattr_t attributes;
    int failed = pthread_condattr_init(&attributes);

    if (failed)
        return failed;
#ifndef __APPLE__
    failed = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
#endif
    if (!failed)
        failed = pthread_cond_init(condition, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    return failed;
}

void spay__mutex_destroy(spay__mutex *mutex)
{
    (void)pthread_mutex_destroy(mutex);
}

void spay__condition_destroy(spay__condition *condition)
{
    (void)pthread_cond_destroy(condition);
}

void spay__lock(spay__mutex *mutex)
{
    (void)pthread_mutex_lock(mutex);
}

void spay__unlock(spay__mutex *mutex)
{
    (void)pthread_mutex_unlock(mutex);
}

void spay__condition_broadcast(spay__condition *condition)
{
    (void)pthread_cond_broadcast(condition);
}

void spay__condition_wait_ms(spay__condition *condition, spay__mutex *mutex, int64_t duration_ms)
{
    struct timespec until;

#ifndef __APPLE__
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
#else
    (void)clock_gettime(CLOCK_REALTIME, &until);
#endif
    until.tv_sec += (time_t)(duration_ms / 1000);
    until.tv_nsec += (long)(duration_ms % 1000) * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec += 1;
        until.tv_nsec -= 1000000000L;
    }
    (void)pthread_cond_timedwait(condition, mutex, &until);
}

#else

typedef int spay__thread_unused; /* ISO C forbids an empty translation unit */

#endif
