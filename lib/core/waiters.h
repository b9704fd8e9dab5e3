/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Calls that wait for something that another call is about, and how they are woken: through their
 * driver, from any thread.
 */
#ifndef SPAY__WAITERS_H
#define SPAY__WAITERS_H

#include <stdint.h>

/* One call that may wait. Zero-initialize; its driver sets the hook, unless it looks by itself. */
typedef struct spay__waiter {
    struct spay__waiter *next;
    struct spay__waiter *previous;
    uint32_t epoch; /* of the list that it is on; 0: none */
    void (*wake)(void *ctx);
    void *ctx;
} spay__waiter;

/* In the order in which they came. Whoever owns the list has a lock for it. Zero-initialize. */
typedef struct spay__waiters {
    spay__waiter *first;
    spay__waiter *last;
    uint32_t epoch; /* counts how often the list was forgotten */
} spay__waiters;

/* Add one, or leave it where it is on this list already. */
void spay__waiters_add(spay__waiters *waiters, spay__waiter *added);

/* Take one off; nothing happens if it is not on the list. */
void spay__waiters_remove(spay__waiters *waiters, spay__waiter *removed);

/* Take all off, and wake them in their order. */
void spay__waiters_wake(spay__waiters *waiters);

/* In a forked child: the calls of the parent's threads are none of its own. */
void spay__waiters_forget(spay__waiters *waiters);

/* Wake one that waits on no list. */
void spay__waiter_wake(const spay__waiter *waiter);

#endif
