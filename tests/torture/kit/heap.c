/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

#include "torture/kit/heap.h"

#include "torture/kit/preload.h"

/* From the library that is preloaded. */
#pragma weak fail_heap_at
#pragma weak fail_heap_count
#pragma weak fail_heap_watch
#pragma weak fail_heap_left
void fail_heap_at(long nth, int for_good);
long fail_heap_count(void);
void fail_heap_watch(const void *from, const void *to);
long fail_heap_left(long *bytes_of_others);

/* The program's code, by the linker. */
extern const char __executable_start[];
extern const char etext[];

bool heap_can_fail(char *const *argv)
{
    if (!fail_heap_at)
        preload(argv, "fail_heap");
    return fail_heap_at;
}

void heap_fail_at(long nth, bool for_good)
{
    fail_heap_at(nth, for_good);
}

long heap_count(void)
{
    return fail_heap_count();
}

void heap_watch(void)
{
    fail_heap_watch(__executable_start, etext);
}

long heap_left(long *bytes_of_others)
{
    return fail_heap_left(bytes_of_others);
}
