/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Allocations of the whole process that fail when they are told to, and what is not freed: by
 * preload/fail_heap.c.
 */
#ifndef TORTURE_HEAP_H
#define TORTURE_HEAP_H

#include <stdbool.h>

/* Starts the program again if the allocator is not preloaded yet. false: it cannot be replaced. */
bool heap_can_fail(char *const *argv);

/* Count from now on, and fail the nth allocation, or it and all after it. 0 ends both. */
void heap_fail_at(long nth, bool for_good);

/* How many there were since. */
long heap_count(void);

/* Note what is allocated from now on. */
void heap_watch(void);

/*
 * What has not been freed since: the number of blocks that the program itself allocated, the library
 * with it, and the bytes of all others.
 */
long heap_left(long *bytes_of_others);

#endif
