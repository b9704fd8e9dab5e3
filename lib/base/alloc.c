/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Memory: the one place that calls the C allocator.
 */
#include "alloc.h"

#include <stdlib.h>
#include <string.h>

#include <sessionpay/client.h>

static int (*allocation_gate)(void);

void spay__alloc_set_gate(int (*gate)(void))
{
    allocation_gate = gate;
}

void *spay__alloc(size_t size)
{
    if (allocation_gate && !allocation_gate())
        return NULL;
    return calloc(1, size ? size : 1);
}

void *spay__alloc_bytes(size_t size)
{
    if (allocation_gate && !allocation_gate())
        return NULL;
    return malloc(size ? size : 1);
}

void spay__free(void *memory)
{
    free(memory);
}

char *spay__copy(const void *bytes, size_t length)
{
    char *copy = length < SIZE_MAX ? spay__alloc_bytes(length + 1) : NULL;

    if (!copy)
        return NULL;
    if (length)
        memcpy(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

char *spay__copy_text(const char *text)
{
    return text ? spay__copy(text, strlen(text)) : NULL;
}

void spay_free(void *memory)
{
    spay__free(memory);
}
