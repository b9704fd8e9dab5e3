/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Timers in a binary heap. The children of place n are 2n and 2n + 1.
 */
#include "heap.h"

#include <string.h>

#include "base/alloc.h"

bool spay__heap_reserve(spay__heap *heap, size_t count)
{
    size_t capacity = heap->capacity ? heap->capacity : 64;
    spay__timer **timers;

    if (count < heap->capacity)
        return true;
    while (capacity <= count)
        capacity *= 2;
    timers = spay__alloc(capacity * sizeof(*timers));
    if (!timers)
        return false;
    if (heap->timers)
        memcpy(timers, heap->timers, (heap->count + 1) * sizeof(*timers));
    spay__free(heap->timers);
    heap->timers = timers;
    heap->capacity = capacity;
    return true;
}

void spay__heap_clear(spay__heap *heap)
{
    spay__free(heap->timers);
    memset(heap, 0, sizeof(*heap));
}

static void put(spay__heap *heap, size_t place, spay__timer *timer)
{
    heap->timers[place] = timer;
    timer->place = place;
}

static void rise(spay__heap *heap, spay__timer *timer)
{
    size_t place = timer->place;

    for (; place > 1 && heap->timers[place / 2]->at_ms > timer->at_ms; place /= 2)
        put(heap, place, heap->timers[place / 2]);
    put(heap, place, timer);
}

static void sink(spay__heap *heap, spay__timer *timer)
{
    size_t place = timer->place;
    size_t child;

    while ((child = 2 * place) <= heap->count) {
        if (child < heap->count && heap->timers[child + 1]->at_ms < heap->timers[child]->at_ms)
            child++;
        if (heap->timers[child]->at_ms >= timer->at_ms)
            break;
        put(heap, place, heap->timers[child]);
        place = child;
    }
    put(heap, place, timer);
}

void spay__heap_set(spay__heap *heap, spay__timer *timer, int64_t at_ms)
{
    timer->at_ms = at_ms;
    if (!timer->place)
        put(heap, ++heap->count, timer);
    rise(heap, timer);
    sink(heap, timer);
}

void spay__heap_unset(spay__heap *heap, spay__timer *timer)
{
    spay__timer *last;

    if (!timer->place)
        return;
    last = heap->timers[heap->count--];
    if (last != timer) {
        put(heap, timer->place, last);
        rise(heap, last);
        sink(heap, last);
    }
    timer->place = 0;
}

void spay__heap_rebuild(spay__heap *heap)
{
    size_t place;

    for (place = heap->count / 2; place >= 1; place--)
        sink(heap, heap->timers[place]);
}

spay__timer *spay__heap_first(const spay__heap *heap)
{
    return heap->count ? heap->timers[1] : NULL;
}
