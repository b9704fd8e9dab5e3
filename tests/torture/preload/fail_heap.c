/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * An allocator that fails when it is told to, for the whole process: the library, libcurl, OpenSSL
 * and the C library itself. To be preloaded. For glibc, which has the true one under other names.
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);

void fail_heap_at(long nth, int for_good);
long fail_heap_count(void);
void *malloc(size_t size);
void *calloc(size_t number, size_t size);
void *realloc(void *memory, size_t size);

static long count;
static long failing; /* counted from 1; 0 for none */
static bool all_behind;
static bool counting;

/* Count from now on, and fail the nth allocation, or it and all after it. 0 ends both. */
void fail_heap_at(long nth, int for_good)
{
    counting = nth != 0;
    if (!counting)
        return;
    count = 0;
    failing = nth;
    all_behind = for_good != 0;
}

/* How many allocations there were since. */
long fail_heap_count(void)
{
    return count;
}

static bool refuse(void)
{
    long number;

    if (!counting)
        return false;
    number = __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);
    if (number != failing && !(all_behind && number > failing))
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return refuse() ? NULL : __libc_malloc(size);
}

void *calloc(size_t number, size_t size)
{
    return refuse() ? NULL : __libc_calloc(number, size);
}

void *realloc(void *memory, size_t size)
{
    return refuse() ? NULL : __libc_realloc(memory, size);
}
