/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Request targets: segments, percent escapes, query values.
 */
#ifndef SANDBOX_URL_H
#define SANDBOX_URL_H

#include "buffer.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    PATH_SEGMENTS_MAX = 8
};

/* The decoded pieces between the slashes: "/v1/a%20b/x" gives "v1", "a b", "x". */
struct path {
    char *segments[PATH_SEGMENTS_MAX];
    size_t count; /* PATH_SEGMENTS_MAX + 1 if there were more */
};

void path_split(struct path *path, const char *target);
void path_free(struct path *path);

/* Is this the target's path, whatever its query? */
bool target_path_is(const char *target, const char *path);
/* Appends the decoded form; a malformed escape stays as it is. */
void percent_decode(struct buffer *out, const char *text, size_t length);
/* The decoded value of a query parameter, owned by the caller, or NULL. */
char *query_value(const char *target, const char *name);

#endif
