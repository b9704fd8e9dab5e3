/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * An ordered list of HTTP header fields. Names are compared without regard to case.
 */
#ifndef SANDBOX_HEADERS_H
#define SANDBOX_HEADERS_H

#include <cjson/cJSON.h>
#include <stddef.h>

struct header {
    char *name;
    char *value;
};

struct headers {
    struct header *items;
    size_t count;
};

void headers_add(struct headers *headers, const char *name, const char *value);
/* Replaces the first field of that name, or adds one. */
void headers_set(struct headers *headers, const char *name, const char *value);
/* Removes the first field of that name. */
void headers_remove(struct headers *headers, const char *name);
/* The value of the first field of that name, or NULL. */
const char *headers_get(const struct headers *headers, const char *name);
/* How many fields have that name. */
size_t headers_count(const struct headers *headers, const char *name);
void headers_copy(struct headers *to, const struct headers *from);
/* [["Name", "value"], ...] */
cJSON *headers_to_json(const struct headers *headers);
void headers_free(struct headers *headers);

#endif
