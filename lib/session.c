/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Sessions: their memory, and what can be asked of all of them.
 */
#include "session.h"

#include <string.h>

#include "alloc.h"
#include "crypto.h"

enum {
    ALIGNMENT = 16
};

/* In front of the session, so that it can be wiped when all that is known is its address. */
typedef struct block_header {
    size_t used;
} block_header;

static size_t aligned(size_t size)
{
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

void *spay__block_new(spay__block *block, size_t session_size, size_t capacity)
{
    size_t header = aligned(sizeof(block_header));
    size_t whole = header + aligned(session_size) + capacity;

    memset(block, 0, sizeof(*block));
    block->memory = spay__alloc_bytes(whole);
    block->failed = !block->memory;
    if (block->failed)
        return NULL;
    block->capacity = whole;
    block->used = header;
    return spay__block_take(block, session_size);
}

static void *take(spay__block *block, size_t size)
{
    size_t at = block->used;

    block->failed = block->failed || size > block->capacity - at;
    if (block->failed)
        return NULL;
    block->used += size;
    memcpy(block->memory, &block->used, sizeof(block->used));
    return block->memory + at;
}

void *spay__block_take(spay__block *block, size_t size)
{
    void *memory;

    if (aligned(block->used) > block->capacity)
        block->failed = true;
    else
        block->used = aligned(block->used);
    memory = take(block, size);
    if (memory)
        memset(memory, 0, size);
    return memory;
}

char *spay__block_bytes(spay__block *block, size_t size)
{
    return take(block, size);
}

const char *spay__block_copy(spay__block *block, const char *bytes, size_t length)
{
    char *copy = bytes ? take(block, length + 1) : NULL;

    if (!copy)
        return NULL;
    if (length)
        memmove(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

const char *spay__block_text(spay__block *block, const char *text)
{
    return text ? spay__block_copy(block, text, strlen(text)) : NULL;
}

void spay__block_free(void *session)
{
    unsigned char *memory = session;
    size_t used;

    if (!session)
        return;
    memory -= aligned(sizeof(block_header));
    memcpy(&used, memory, sizeof(used));
    spay__wipe(memory, used);
    spay__free(memory);
}

int64_t spay_session_expires_in_ms(const spay_session_info *info, int64_t now_ms, int64_t margin_ms)
{
    int64_t end;

    if (!info)
        return 0;
    if (info->expires_at_ms < 0)
        return INT64_MAX;
    if (margin_ms < 0)
        margin_ms = 0;
    end = info->expires_at_ms > margin_ms ? info->expires_at_ms - margin_ms : 0;
    return now_ms < end ? end - (now_ms < 0 ? 0 : now_ms) : 0;
}
