/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * One block of memory for a whole object: a session, its info, and every text they point to.
 */
#ifndef SPAY__ARENA_H
#define SPAY__ARENA_H

#include <stdbool.h>

#include <stddef.h>

/* Memory under construction. A take that does not fit makes it fail for good. */
typedef struct spay__arena {
    unsigned char *memory;
    size_t used;
    size_t capacity;
    bool failed;
} spay__arena;

/* Begin with an object of this size, zeroed, and room for more. NULL without memory. */
void *spay__arena_new(spay__arena *arena, size_t first_size, size_t capacity);

/* Zeroed, aligned memory; NULL if the arena is too small. */
void *spay__arena_take(spay__arena *arena, size_t size);

/* Memory for bytes, neither zeroed nor aligned; NULL as above. */
char *spay__arena_bytes(spay__arena *arena, size_t size);

/* A copy of bytes and a NUL; NULL if bytes is NULL. */
const char *spay__arena_copy(spay__arena *arena, const char *bytes, size_t length);
const char *spay__arena_text(spay__arena *arena, const char *text);

/* Wipe and free the memory, by its first object. NULL is ignored. */
void spay__arena_free(void *first);

#endif
