/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Growing bytes: request bodies, strings to sign.
 */
#include "buffer.h"

#include <stdlib.h>
#include <string.h>

#include "xalloc.h"

void buffer_append(struct buffer *buffer, const char *bytes, size_t length)
{
    if (buffer->capacity - buffer->length <= length) {
        buffer->capacity = 2 * (buffer->length + length) + 64;
        buffer->data = xrealloc(buffer->data, buffer->capacity);
    }
    memcpy(buffer->data + buffer->length, bytes, length);
    buffer->length += length;
    buffer->data[buffer->length] = '\0';
}

void buffer_append_text(struct buffer *buffer, const char *text)
{
    buffer_append(buffer, text, strlen(text));
}

const char *buffer_text(const struct buffer *buffer)
{
    return buffer->data ? buffer->data : "";
}

void buffer_free(struct buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct buffer){0};
}
