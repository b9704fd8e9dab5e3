/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Writing JSON: compact, members in the order they are written, no number ever reformatted.
 */
#ifndef SPAY__JSON_WRITE_H
#define SPAY__JSON_WRITE_H

#include <stdint.h>

#include "base/buffer.h"

/* A writer over a buffer, whose state tells whether everything fitted. Zero-initialize the rest. */
typedef struct spay__json_writer {
    spay__buffer *out;
    bool comma; /* something stands before in the open object or array */
} spay__json_writer;

/* name is NULL for the elements of an array and for the outermost value. */
void spay__json_open(spay__json_writer *writer, const char *name, char bracket);
void spay__json_close(spay__json_writer *writer, char bracket);

/* NULL as value writes nothing at all, not even the name. */
void spay__json_write_text(spay__json_writer *writer, const char *name, const char *value);
void spay__json_write_integer(spay__json_writer *writer, const char *name, int64_t value);

/* Raw JSON text, checked before; name too as it stands between its quotes. Blanks are left out. */
void spay__json_write_raw(spay__json_writer *writer, const char *name, size_t name_length,
                          const char *value, size_t value_length);

#endif
