/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Memory. Everything that the library allocates passes here, so that tests can make the Nth
 * allocation fail.
 */
#ifndef SPAY__ALLOC_H
#define SPAY__ALLOC_H

#include <stddef.h>

/* Zeroed memory, or NULL. size 0 gives one byte. */
void *spay__alloc(size_t size);

/* The same for bytes that the caller fills: they are not zeroed. */
void *spay__alloc_bytes(size_t size);

/* NULL is ignored. */
void spay__free(void *memory);

/* A NUL-terminated copy of length bytes, or NULL. */
char *spay__copy(const void *bytes, size_t length);

/* A copy of text, or NULL: also for NULL. */
char *spay__copy_text(const char *text);

/* For tests: asked before each allocation, it fails when the answer is 0. NULL allows all. */
void spay__alloc_set_gate(int (*gate)(void));

#endif
