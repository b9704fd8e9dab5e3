/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Memory for a small tool: these calls succeed or end the program.
 */
#ifndef SANDBOX_XALLOC_H
#define SANDBOX_XALLOC_H

#include <stddef.h>

void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t size);
char *xstrdup(const char *text);
char *xstrndup(const char *text, size_t length);
#if defined(__GNUC__)
__attribute__((format(printf, 1, 2)))
#endif
char *
xasprintf(const char *format, ...);

#endif
