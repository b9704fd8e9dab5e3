/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * Files that may hold secrets, and memory that does.
 */

#ifndef CLI_SECRETS_H
#define CLI_SECRETS_H

#include <stdbool.h>
#include <stddef.h>

/* Allocation that succeeds or ends the program. */
void *xmalloc(size_t size);
char *xstrdup(const char *text);

/* A secret from a file or descriptor: its text without the newline at the end. */
struct secret_source {
    const char *name; /* of the setting, for complaints */
    const char *path; /* NULL: take the descriptor */
    int descriptor;
};

/*
 * Read a whole regular file of up to 1 MiB. *problem is told on failure, and is a constant; the
 * caller frees the text with secret_free(). is_private tells whether others may neither read nor
 * write it, and it is the user's own. NULL on failure.
 */
char *file_read(const char *path, bool *is_private, const char **problem);

/* The secret, to be freed with secret_free(); NULL and *problem on failure. */
char *secret_read(const struct secret_source *source, const char **problem);

void secret_wipe(char *text, size_t length);

/* Wipe and free. NULL is ignored. */
void secret_free(char *text);

#endif
