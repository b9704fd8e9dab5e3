/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A growing byte buffer with a fixed limit. After a failed append every later one fails too, so a
 * writer appends everything and checks once.
 */
#ifndef SPAY__BUFFER_H
#define SPAY__BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum spay__buffer_state {
    SPAY__BUFFER_GOOD,
    SPAY__BUFFER_FULL, /* beyond the limit */
    SPAY__BUFFER_NO_MEMORY
} spay__buffer_state;

/* data is NUL-terminated once anything was appended; NULL before. */
typedef struct spay__buffer {
    char *data;
    size_t length;
    size_t capacity;
    size_t limit;
    spay__buffer_state state;
} spay__buffer;

void spay__buffer_init(spay__buffer *buffer, size_t limit);

/* Make room for so many more bytes at once. Only a hint: a failure shows later. */
void spay__buffer_reserve(spay__buffer *buffer, size_t length);

/* Wipe and free. */
void spay__buffer_clear(spay__buffer *buffer);

/* Drop the content, or all after the first bytes of it; wipe it, and keep the memory. */
void spay__buffer_reset(spay__buffer *buffer);
void spay__buffer_truncate(spay__buffer *buffer, size_t length);

/* Make room for bytes at the end, which the caller fills; NULL if the buffer fails. */
char *spay__buffer_extend(spay__buffer *buffer, size_t length);

bool spay__buffer_append(spay__buffer *buffer, const void *bytes, size_t length);
bool spay__buffer_text(spay__buffer *buffer, const char *text);
bool spay__buffer_byte(spay__buffer *buffer, char byte);
bool spay__buffer_integer(spay__buffer *buffer, int64_t number);

/* Hand the bytes over to the caller, who frees them; "" if empty, NULL if the buffer failed. */
char *spay__buffer_take(spay__buffer *buffer);

#endif
