/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Threads, on POSIX.
 */
#include "thread.h"

#ifndef SPAY_DISABLE_THREADS

#include <sched.h>
#include <time.h>

enum {
    FIRST_GENERATION = 1,
    BEING_RENEWED = 0
};

static uint32_t generation = FIRST_GENERATION;
static pthread_mutex_t one_fork = PTHREAD_MUTEX_INITIALIZER;
static int32_t forking;
static int32_t holders; /* threads that delay forks */

/* If a holder enters while a fork begins, one sees the other: hence sequential consistency. */
static int32_t look(const int32_t *object)
{
    return __atomic_load_n(object, __ATOMIC_SEQ_CST);
}

void spay__hold_forks(void)
{
    for (;;) {
        while (look(&forking))
            (void)sched_yield();
        (void)__atomic_add_fetch(&holders, 1, __ATOMIC_SEQ_CST);
        if (!look(&forking)) /* LCOV_EXCL_BR_LINE: a fork that begins between two looks */
            return;
        spay__let_fork(); /* LCOV_EXCL_LINE: as above */
    }
}

void spay__let_fork(void)
{
    (void)__atomic_sub_fetch(&holders, 1, __ATOMIC_SEQ_CST);
}

static void before_fork(void)
{
    (void)pthread_mutex_lock(&one_fork);
    __atomic_store_n(&forking, 1, __ATOMIC_SEQ_CST);
    while (look(&holders))
        (void)sched_yield();
}

static void after_fork(void)
{
    __atomic_store_n(&forking, 0, __ATOMIC_SEQ_CST);
    (void)pthread_mutex_unlock(&one_fork);
}

static void after_fork_in_child(void)
{
    (void)SPAY__ATOMIC_ADD(&generation, 1);
    /* A thread that was about to leave again does not exist in the child. */
    __atomic_store_n(&holders, 0, __ATOMIC_SEQ_CST);
    after_fork();
}

bool spay__do_once(spay__once *once, bool (*start)(void))
{
    if (SPAY__ATOMIC_GET(&once->done))
        return true;
    (void)pthread_mutex_lock(&once->lock);
    if (!once->done && start()) /* LCOV_EXCL_BR_LINE: another thread was quicker */
        SPAY__ATOMIC_SET(&once->done, 1);
    (void)pthread_mutex_unlock(&once->lock);
    return SPAY__ATOMIC_GET(&once->done);
}

static bool watch_forks(void)
{
    return pthread_atfork(before_fork, after_fork, after_fork_in_child) == 0;
}

bool spay__threads_start(void)
{
    static spay__once once = SPAY__ONCE_INIT;

    return spay__do_once(&once, watch_forks);
}

uint32_t spay__fork_generation(void)
{
    return SPAY__ATOMIC_GET(&generation);
}

bool spay__forked(uint32_t *seen)
{
    uint32_t now = spay__fork_generation();
    bool forked = *seen != now;

    *seen = now;
    return forked;
}

int spay__mutex_init(spay__mutex *mutex)
{
    mutex->generation = spay__fork_generation();
    return pthread_mutex_init(&mutex->mutex, NULL);
}

static int new_condition(pthread_cond_t *condition)
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

int spay__condition_init(spay__condition *condition)
{
    condition->generation = spay__fork_generation();
    return new_condition(&condition->condition);
}

/* In a forked child: one thread makes the mutex anew, the others wait until it has. */
static void renew_mutex(spay__mutex *mutex, uint32_t seen, uint32_t now)
{
    /* LCOV_EXCL_START: two threads of a child at one mutex at once */
    if (seen != BEING_RENEWED &&
        __atomic_compare_exchange_n(&mutex->generation, &seen, BEING_RENEWED, false,
                                    __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        /* LCOV_EXCL_STOP */
        (void)pthread_mutex_init(&mutex->mutex, NULL);
        SPAY__ATOMIC_SET(&mutex->generation, now);
    }
    while (SPAY__ATOMIC_GET(&mutex->generation) != now) /* LCOV_EXCL_BR_LINE: as above */
        (void)sched_yield();                            /* LCOV_EXCL_LINE: as above */
}

void spay__lock(spay__mutex *mutex)
{
    uint32_t now = spay__fork_generation();
    uint32_t seen = SPAY__ATOMIC_GET(&mutex->generation);

    if (seen != now)
        renew_mutex(mutex, seen, now);
    (void)pthread_mutex_lock(&mutex->mutex);
}

void spay__unlock(spay__mutex *mutex)
{
    (void)pthread_mutex_unlock(&mutex->mutex);
}

/* One that the parent's threads wait on cannot be used here, not even be destroyed. */
static pthread_cond_t *usable(spay__condition *condition)
{
    if (spay__forked(&condition->generation))
        (void)new_condition(&condition->condition);
    return &condition->condition;
}

void spay__mutex_destroy(spay__mutex *mutex)
{
    if (SPAY__ATOMIC_GET(&mutex->generation) == spay__fork_generation())
        (void)pthread_mutex_destroy(&mutex->mutex);
}

void spay__condition_destroy(spay__condition *condition)
{
    (void)pthread_cond_destroy(usable(condition));
}

void spay__condition_broadcast(spay__condition *condition)
{
    (void)pthread_cond_broadcast(usable(condition));
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
    (void)pthread_cond_timedwait(usable(condition), &mutex->mutex, &until);
}

#else

typedef int spay__thread_unused; /* ISO C forbids an empty translation unit */

#endif
