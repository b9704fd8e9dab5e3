/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * An allocator that fails when it is told to, for the whole process: the library, libcurl, OpenSSL
 * and the C library itself; and a list of what was allocated and not freed, by whose code. To be
 * preloaded. For glibc, which has the true one under other names.
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void __libc_free(void *memory);

void fail_heap_at(long nth, int for_good);
long fail_heap_count(void);
void fail_heap_watch(const void *from, const void *to);
long fail_heap_left(long *bytes_of_others);
void *malloc(size_t size);
void *calloc(size_t number, size_t size);
void *realloc(void *memory, size_t size);
void free(void *memory);

enum {
    PLACES = 1 << 16 /* far more than a process has blocks in these tests */
};

/* ---- failing ---- */

static long count;
static long failing; /* counted from 1; 0 for none */
static bool all_after;
static bool counting;

/* Count from now on, and fail the nth allocation, or it and all after it. 0 ends both. */
void fail_heap_at(long nth, int for_good)
{
    counting = nth != 0;
    if (!counting)
        return;
    count = 0;
    failing = nth;
    all_after = for_good != 0;
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
    if (number != failing && !(all_after && number > failing))
        return false;
    errno = ENOMEM;
    return true;
}

/* ---- what is not freed ---- */

typedef struct block {
    void *memory;
    size_t size;
    bool ours;
} block;

static bool watching;
static uintptr_t first; /* of our code */
static uintptr_t last;
static char busy;
static block blocks[PLACES]; /* each at its place, or at the next that was free */

/* List what is allocated from now on; our code is that between these addresses. */
void fail_heap_watch(const void *from, const void *to)
{
    first = (uintptr_t)from;
    last = (uintptr_t)to;
    watching = true;
}

static void enter(void)
{
    while (__atomic_test_and_set(&busy, __ATOMIC_ACQUIRE))
        continue;
}

static void leave(void)
{
    __atomic_clear(&busy, __ATOMIC_RELEASE);
}

static size_t place_of(const void *memory)
{
    return ((uintptr_t)memory >> 4) * 2654435761U % PLACES;
}

static size_t find(const void *memory)
{
    size_t place = place_of(memory);

    while (blocks[place].memory && blocks[place].memory != memory)
        place = (place + 1) % PLACES;
    return place;
}

static void *note(void *memory, size_t size, const void *caller)
{
    uintptr_t address = (uintptr_t)caller;

    if (!memory || !watching)
        return memory;
    enter();
    blocks[find(memory)] =
        (block){.memory = memory, .size = size, .ours = address >= first && address < last};
    leave();
    return memory;
}

/* Those after it move up, as far as their own places allow. */
static void drop(size_t gap)
{
    size_t next = gap;

    blocks[gap].memory = NULL;
    for (;;) {
        size_t home;

        next = (next + 1) % PLACES;
        if (!blocks[next].memory)
            return;
        home = place_of(blocks[next].memory);
        if ((next - home + PLACES) % PLACES < (next - gap + PLACES) % PLACES)
            continue;
        blocks[gap] = blocks[next];
        blocks[next].memory = NULL;
        gap = next;
    }
}

/* Before it is freed: another thread may have it right after. Returns what is known of it. */
static block forget(const void *memory)
{
    block known = {.memory = NULL};
    size_t place;

    if (!memory || !watching)
        return known;
    enter();
    place = find(memory);
    known = blocks[place];
    if (known.memory)
        drop(place);
    leave();
    return known;
}

/* How many blocks of ours are not freed; and the bytes of all others. */
long fail_heap_left(long *bytes_of_others)
{
    long ours = 0;

    *bytes_of_others = 0;
    enter();
    for (size_t i = 0; i < PLACES; i++) {
        ours += blocks[i].memory && blocks[i].ours;
        *bytes_of_others += blocks[i].memory && !blocks[i].ours ? (long)blocks[i].size : 0;
    }
    leave();
    return ours;
}

/* ---- in place of the C library's ---- */

void *malloc(size_t size)
{
    return refuse() ? NULL : note(__libc_malloc(size), size, __builtin_return_address(0));
}

void *calloc(size_t number, size_t size)
{
    return refuse() ? NULL
                    : note(__libc_calloc(number, size), number * size, __builtin_return_address(0));
}

void *realloc(void *memory, size_t size)
{
    block known;
    void *longer;

    if (refuse())
        return NULL;
    known = forget(memory);
    longer = __libc_realloc(memory, size);
    if (longer || !size)
        return note(longer, size, __builtin_return_address(0));
    if (known.memory)
        (void)note(memory, known.size, known.ours ? (const void *)first : NULL);
    return NULL;
}

void free(void *memory)
{
    (void)forget(memory);
    __libc_free(memory);
}
