/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * JSON, checked before anything is built from it: grammar, UTF-8, depth, number of values, end of
 * text. What passes here is safe for the reader behind it.
 */
#ifndef SPAY__JSON_SCAN_H
#define SPAY__JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

/* Limits on what comes in. */
enum {
    SPAY__JSON_MAX_DEPTH = 32,
    SPAY__JSON_MAX_VALUES = 2000
};

/*
 * A cursor. fault is the first rule that was broken, NULL while there is none: "not_json",
 * "not_utf8", "nul_character", "trailing_bytes", "too_deep", "too_many_values", "not_an_object".
 */
typedef struct spay__json_scan {
    const char *at;
    const char *end;
    size_t values;
    bool fractions; /* there are numbers with a fraction or an exponent */
    const char *fault;
} spay__json_scan;

/* Whether the bytes are one JSON value within the limits, and nothing else. */
bool spay__json_scan_value(spay__json_scan *scan, const char *text, size_t length);

/* The same, and the value is an object. */
bool spay__json_scan_object(spay__json_scan *scan, const char *text, size_t length);

/* A member of an object: raw text, the name without its quotes. */
typedef struct spay__json_member {
    const char *name;
    size_t name_length;
    const char *value;
    size_t value_length;
} spay__json_member;

/* Begin to walk the members of an object that passed the scan. */
void spay__json_members(spay__json_scan *scan, const char *object, size_t length);

/* The first member of that name, as it stands between its quotes; false if there is none. */
bool spay__json_find_member(const char *object, size_t length, const char *name, size_t name_length,
                            spay__json_member *member);

/* The next member; false at the end. */
bool spay__json_next_member(spay__json_scan *scan, spay__json_member *member);

#endif
