/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The few threading tools that the library uses, so that a build for a single-threaded machine
 * (SPAY_DISABLE_THREADS) needs no thread library.
 */
#ifndef SPAY__THREAD_H
#define SPAY__THREAD_H

#include <stdint.h>

#include <stdbool.h>

#ifndef SPAY_DISABLE_THREADS

#include <pthread.h>

/*
 * A mutex that a forked child can use even if another thread of its parent held it: the child's
 * first lock makes it anew. What it guards may be half changed then; see spay__forked().
 */
typedef struct spay__mutex {
    pthread_mutex_t mutex;
    uint32_t generation;
} spay__mutex;

typedef struct spay__condition {
    pthread_cond_t condition;
    uint32_t generation;
} spay__condition;

/* What is done once in a process, however many threads want it. Initialize with SPAY__ONCE_INIT. */
typedef struct spay__once {
    pthread_mutex_t lock;
    int32_t done;
} spay__once;

#define SPAY__ONCE_INIT                                                                            \
    {                                                                                              \
        PTHREAD_MUTEX_INITIALIZER, 0                                                               \
    }

/* Do it, unless it is done. Unlike pthread_once(), what failed is tried again by the next one. */
bool spay__do_once(spay__once *once, bool (*start)(void));

/* Start watching for forks, before anything else here. false: the system refuses. */
bool spay__threads_start(void);

/*
 * Whether the process has forked since the number was last looked at; the number is updated. Start
 * it with spay__fork_generation(). Under the lock of what it belongs to.
 */
bool spay__forked(uint32_t *generation);
uint32_t spay__fork_generation(void);

/*
 * Hold back forks while this thread is inside OpenSSL or libcurl, whose locks a child could never
 * take if one were held. Only for short calls; not nested; no callback to the program in between.
 */
void spay__hold_forks(void);
void spay__let_fork(void);

/* Initialize; 0 on success. A condition waits on the monotonic clock. */
int spay__mutex_init(spay__mutex *mutex);
int spay__condition_init(spay__condition *condition);
void spay__mutex_destroy(spay__mutex *mutex);
void spay__condition_destroy(spay__condition *condition);
void spay__lock(spay__mutex *mutex);
void spay__unlock(spay__mutex *mutex);
void spay__condition_broadcast(spay__condition *condition);
/* Wait until signalled, at most so long; may wake early. */
void spay__condition_wait_ms(spay__condition *condition, spay__mutex *mutex, int64_t duration_ms);

#define SPAY__ATOMIC_ADD(object, amount) __atomic_add_fetch(object, amount, __ATOMIC_ACQ_REL)
#define SPAY__ATOMIC_GET(object) __atomic_load_n(object, __ATOMIC_ACQUIRE)
#define SPAY__ATOMIC_SET(object, value) __atomic_store_n(object, value, __ATOMIC_RELEASE)

#else

typedef int spay__mutex;
typedef int spay__condition;
typedef bool spay__once;

#define SPAY__ONCE_INIT false
#define spay__do_once(once, start) (*(once) = *(once) || (start)())

#define spay__threads_start() true
#define spay__hold_forks() ((void)0)
#define spay__let_fork() ((void)0)
#define spay__fork_generation() 0
#define spay__forked(generation) ((void)(generation), false)
#define spay__mutex_init(mutex) (*(mutex) = 0)
#define spay__condition_init(condition) (*(condition) = 0)
#define spay__mutex_destroy(mutex) ((void)(mutex))
#define spay__condition_destroy(condition) ((void)(condition))
#define spay__lock(mutex) ((void)(mutex))
#define spay__unlock(mutex) ((void)(mutex))
#define spay__condition_broadcast(condition) ((void)(condition))
#define spay__condition_wait_ms(condition, mutex, duration_ms)                                     \
    ((void)(condition), (void)(mutex), (void)(duration_ms))

#define SPAY__ATOMIC_ADD(object, amount) (*(object) += (amount))
#define SPAY__ATOMIC_GET(object) (*(object))
#define SPAY__ATOMIC_SET(object, value) (*(object) = (value))

#endif

#endif
