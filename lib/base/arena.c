/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

#include "arena.h"

#include <string.h>

#include "alloc.h"
#include "crypto.h"

enum {
    ALIGNMENT = 16
};

/* Before the first object, so that all can be wiped when its address is all that is known. */
typedef struct arena_header {
    size_t used;
} arena_header;

static size_t aligned(size_t size)
{
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

void *spay__arena_new(spay__arena *arena, size_t first_size, size_t capacity)
{
    size_t header = aligned(sizeof(arena_header));
    size_t whole = header + aligned(first_size) + capacity;

    memset(arena, 0, sizeof(*arena));
    arena->memory = spay__alloc_bytes(whole);
    arena->failed = !arena->memory;
    if (arena->failed)
        return NULL;
    arena->capacity = whole;
    arena->used = header;
    return spay__arena_take(arena, first_size);
}

static void *take(spay__arena *arena, size_t size)
{
    size_t at = arena->used;

    arena->failed = arena->failed || size > arena->capacity - at;
    if (arena->failed)
        return NULL;
    arena->used += size;
    memcpy(arena->memory, &arena->used, sizeof(arena->used));
    return arena->memory + at;
}

void *spay__arena_take(spay__arena *arena, size_t size)
{
    void *memory;

    if (aligned(arena->used) > arena->capacity)
        arena->failed = true;
    else
        arena->used = aligned(arena->used);
    memory = take(arena, size);
    if (memory)
        memset(memory, 0, size);
    return memory;
}

char *spay__arena_bytes(spay__arena *arena, size_t size)
{
    return take(arena, size);
}

const char *spay__arena_copy(spay__arena *arena, const char *bytes, size_t length)
{
    char *copy = bytes ? take(arena, length + 1) : NULL;

    if (!copy)
        return NULL;
    if (length)
        memmove(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

const char *spay__arena_text(spay__arena *arena, const char *text)
{
    return text ? spay__arena_copy(arena, text, strlen(text)) : NULL;
}

void spay__arena_free(void *first)
{
    unsigned char *memory = first;
    size_t used;

    if (!first)
        return;
    memory -= aligned(sizeof(arena_header));
    memcpy(&used, memory, sizeof(used));
    spay__wipe(memory, used);
    spay__free(memory);
}
