/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A growing byte buffer. Old memory is wiped on the way: request bodies and replies hold secrets.
 */
#include "buffer.h"

#include <string.h>

#include "alloc.h"
#include "ascii.h"
#include "crypto.h"

void spay__buffer_init(spay__buffer *buffer, size_t limit)
{
    memset(buffer, 0, sizeof(*buffer));
    buffer->limit = limit;
}

/* Nothing was ever written after the content, or it is wiped already. */
static void release(spay__buffer *buffer)
{
    if (buffer->data)
        spay__wipe(buffer->data, buffer->length);
    spay__free(buffer->data);
}

void spay__buffer_clear(spay__buffer *buffer)
{
    release(buffer);
    spay__buffer_init(buffer, buffer->limit);
}

void spay__buffer_truncate(spay__buffer *buffer, size_t length)
{
    if (length >= buffer->length)
        return;
    spay__wipe(buffer->data + length, buffer->length - length);
    buffer->length = length;
}

void spay__buffer_reset(spay__buffer *buffer)
{
    spay__buffer_truncate(buffer, 0);
    buffer->state = SPAY__BUFFER_GOOD;
}

/* Not realloc: it would leave a copy that is not wiped. */
static bool move(spay__buffer *buffer, size_t capacity)
{
    char *data = spay__alloc_bytes(capacity);

    if (!data)
        return false;
    if (buffer->length)
        memmove(data, buffer->data, buffer->length);
    data[buffer->length] = '\0';
    release(buffer);
    buffer->data = data;
    buffer->capacity = capacity;
    return true;
}

void spay__buffer_reserve(spay__buffer *buffer, size_t length)
{
    if (buffer->state == SPAY__BUFFER_GOOD && buffer->capacity - buffer->length <= length)
        (void)move(buffer, buffer->length + length + 1);
}

static bool grow(spay__buffer *buffer, size_t needed)
{
    size_t capacity = buffer->capacity ? buffer->capacity * 2 : 256;

    while (capacity < needed)
        capacity *= 2;
    if (!move(buffer, capacity))
        buffer->state = SPAY__BUFFER_NO_MEMORY;
    return buffer->state == SPAY__BUFFER_GOOD;
}

char *spay__buffer_extend(spay__buffer *buffer, size_t length)
{
    char *room;

    if (buffer->state != SPAY__BUFFER_GOOD)
        return NULL;
    if (length > buffer->limit - buffer->length) {
        buffer->state = SPAY__BUFFER_FULL;
        return NULL;
    }
    if (buffer->length + length + 1 > buffer->capacity &&
        !grow(buffer, buffer->length + length + 1))
        return NULL;
    room = buffer->data + buffer->length;
    buffer->length += length;
    buffer->data[buffer->length] = '\0';
    return room;
}

bool spay__buffer_append(spay__buffer *buffer, const void *bytes, size_t length)
{
    char *room = spay__buffer_extend(buffer, length);

    if (room && length)
        memmove(room, bytes, length);
    return room != NULL;
}

bool spay__buffer_text(spay__buffer *buffer, const char *text)
{
    return spay__buffer_append(buffer, text, strlen(text));
}

bool spay__buffer_byte(spay__buffer *buffer, char byte)
{
    if (buffer->state != SPAY__BUFFER_GOOD || buffer->length + 1 >= buffer->capacity ||
        buffer->length >= buffer->limit)
        return spay__buffer_append(buffer, &byte, 1);
    buffer->data[buffer->length++] = byte;
    buffer->data[buffer->length] = '\0';
    return true;
}

bool spay__buffer_integer(spay__buffer *buffer, int64_t number)
{
    char text[SPAY__INTEGER_SIZE];

    return spay__buffer_text(buffer, spay__integer_text(number, text));
}

char *spay__buffer_take(spay__buffer *buffer)
{
    char *data = NULL;

    if (buffer->state == SPAY__BUFFER_GOOD && spay__buffer_append(buffer, "", 0)) {
        data = buffer->data;
        buffer->data = NULL;
    }
    spay__buffer_clear(buffer);
    return data;
}
