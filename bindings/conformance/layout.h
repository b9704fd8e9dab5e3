/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Public structs from JSON, and as JSON, by the tables that tables.py makes.
 */
#ifndef CONFORMANCE_LAYOUT_H
#define CONFORMANCE_LAYOUT_H

#include <stddef.h>

#include <cjson/cJSON.h>

enum member_type {
    TEXT = 1,
    BYTES,
    INT32,
    UINT32,
    INT64,
    SIZE,
    CHOICE,
    TEXTS,
    INT32S,
    STRUCT
};

struct layout;

struct member {
    const char *name;
    enum member_type type;
    size_t offset;
    size_t count; /* offset of the member with the number of elements */
    const struct layout *points_to;
};

struct layout {
    const struct member *members; /* ends with one without a name */
    size_t size;
    void (*init)(void *made, size_t size); /* NULL for what the library alone makes */
};

#define LAYOUT(name) extern const struct layout layout_##name
LAYOUT(spay_client_options);
LAYOUT(spay_call_options);
LAYOUT(spay_wepay_options);
LAYOUT(spay_wepay_session_request);
LAYOUT(spay_wepay_session);
LAYOUT(spay_hosted_fields_options);
LAYOUT(spay_hosted_fields_session_request);
LAYOUT(spay_hosted_fields_session);
LAYOUT(spay_connect_server_options);
LAYOUT(spay_connect_server_session_request);
LAYOUT(spay_connect_server_session);
LAYOUT(spay_connect_client_options);
LAYOUT(spay_connect_client_session_request);
LAYOUT(spay_connect_client_session);
#undef LAYOUT

/*
 * The struct that an object of JSON describes. It points into the JSON. It stays until
 * layout_free_all(). Ends the program for a member that the struct does not have.
 */
void *layout_fill(const struct layout *layout, const cJSON *object);

void layout_free_all(void);

/* The other way. */
cJSON *layout_show(const struct layout *layout, const void *made);

#endif
