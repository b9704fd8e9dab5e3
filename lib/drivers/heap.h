/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Timers: a binary heap of the things that wait, the earliest on top.
 */
#ifndef SPAY__DRIVERS_HEAP_H
#define SPAY__DRIVERS_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Part of whatever waits. place is 0 while it does not. */
typedef struct spay__timer {
    int64_t at_ms;
    size_t place;
} spay__timer;

/* Zero-initialize. */
typedef struct spay__heap {
    spay__timer **timers; /* from 1 on */
    size_t count;
    size_t capacity;
} spay__heap;

/* Make sure that `count` timers fit, so that setting one cannot fail. */
bool spay__heap_reserve(spay__heap *heap, size_t count);
void spay__heap_clear(spay__heap *heap);

/* Set a timer, which may be set already. */
void spay__heap_set(spay__heap *heap, spay__timer *timer, int64_t at_ms);

/* Unset a timer; one that is not set is ignored. */
void spay__heap_unset(spay__heap *heap, spay__timer *timer);

/* Restore the order after times were changed directly. */
void spay__heap_rebuild(spay__heap *heap);

/* The earliest; NULL if there is none. */
spay__timer *spay__heap_first(const spay__heap *heap);

#endif
