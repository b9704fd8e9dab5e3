/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Sessions in one block of memory: the typed struct, its info, and every text they point to.
 */
#ifndef SPAY__SESSION_H
#define SPAY__SESSION_H

#include <stdbool.h>

#include <sessionpay/session.h>

/* Memory under construction. A take that does not fit makes it fail for good. */
typedef struct spay__block {
    unsigned char *memory;
    size_t used;
    size_t capacity;
    bool failed;
} spay__block;

/* Begin a block whose first object, zeroed, is the session. NULL without memory. */
void *spay__block_new(spay__block *block, size_t session_size, size_t capacity);

/* Zeroed, aligned memory; NULL if the block is too small. */
void *spay__block_take(spay__block *block, size_t size);

/* Memory for bytes, neither zeroed nor aligned; NULL as above. */
char *spay__block_bytes(spay__block *block, size_t size);

/* A copy of bytes with a NUL behind; NULL if bytes is NULL. */
const char *spay__block_copy(spay__block *block, const char *bytes, size_t length);
const char *spay__block_text(spay__block *block, const char *text);

/* Wipe and free the block that a session begins. NULL is ignored. */
void spay__block_free(void *session);

#endif
