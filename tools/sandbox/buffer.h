/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A growing run of bytes, always followed by a NUL that is not part of it.
 */
#ifndef SANDBOX_BUFFER_H
#define SANDBOX_BUFFER_H

#include <stddef.h>

struct buffer {
    char *data;
    size_t length;
    size_t capacity;
};

void buffer_append(struct buffer *buffer, const char *bytes, size_t length);
void buffer_append_text(struct buffer *buffer, const char *text);
/* The bytes, or "" for a buffer that never held any. */
const char *buffer_text(const struct buffer *buffer);
void buffer_free(struct buffer *buffer);

#endif
