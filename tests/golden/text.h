/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Memory, files and text for the golden runner. Running out of memory ends the program.
 */
#ifndef GOLDEN_TEXT_H
#define GOLDEN_TEXT_H

#include <stddef.h>

/* Zeroed memory; never NULL. */
void *golden_alloc(size_t size);

/* A new copy of `length` bytes, NUL-terminated. */
char *golden_copy(const char *bytes, size_t length);

/* What snprintf() would print, in new memory. */
char *golden_format(const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 1, 2)))
#endif
    ;

/* The file's bytes, NUL-terminated, in new memory; NULL if there is no such file. */
char *golden_read_file(const char *path);

/* The names in a directory, sorted, in new memory; the last is NULL. Hidden files do not count. */
char **golden_list(const char *path);

/* `text` with every `from` replaced by `to`, in new memory. `text` is freed. */
char *golden_replace(char *text, const char *from, const char *to);

#endif
