/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * JSON, checked before anything is built from it: grammar, UTF-8, depth, number of values, end of
 * text. What passes here is safe for the reader.
 */
#ifndef SPAY__JSON_SCAN_H
#define SPAY__JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Limits on what comes in. */
enum {
    SPAY__JSON_MAX_DEPTH = 32,
    SPAY__JSON_MAX_VALUES = 2000
};

/* A value in a text that passed; offsets and indexes, so that a list of them can move. */
typedef struct spay__json_node {
    uint32_t name; /* of a member: what stands between the quotes of its name */
    uint32_t name_length;
    uint32_t value;
    uint32_t value_length;
    uint32_t next;     /* the next element of the same object or array; 0 if it is the last */
    char kind;         /* '"', '{', '[', 't', 'f' and 'n' as in the text, '0' for all numbers */
    bool name_escapes; /* the name has escapes */
    bool escapes;      /* the value is a text with escapes */
} spay__json_node;

/*
 * A cursor. fault is the first rule that was broken, NULL while there is none: "not_json",
 * "not_utf8", "nul_character", "trailing_bytes", "too_deep", "too_many_values", "not_an_object".
 */
typedef struct spay__json_scan {
    const char *text;
    const char *at;
    const char *end;
    size_t values;
    bool escapes;           /* in the text that was read last */
    spay__json_node *nodes; /* where values are noted, the outermost first */
    size_t room;            /* for so many; the others are only counted */
    spay__json_node spare;  /* takes what is noted of them */
    const char *fault;
} spay__json_scan;

/* Whether the bytes are one JSON value within the limits, and nothing else. */
bool spay__json_scan_value(spay__json_scan *scan, const char *text, size_t length);

/* The same, and its values are noted. Each object and array comes before its elements. */
bool spay__json_scan_nodes(spay__json_scan *scan, const char *text, size_t length,
                           spay__json_node *nodes, size_t room);

/* The same, and the value is an object. */
bool spay__json_scan_object(spay__json_scan *scan, const char *text, size_t length);

/* To the next byte that is a quote, a backslash, a control character below 0x20, or not ASCII. */
const char *spay__json_skip_plain(const char *at, const char *end);

/* A member of an object: raw text, the name without its quotes. */
typedef struct spay__json_member {
    const char *name;
    size_t name_length;
    const char *value;
    size_t value_length;
} spay__json_member;

/* Begin to walk the members of an object that passed the scan. */
void spay__json_members(spay__json_scan *scan, const char *object, size_t length);

/* The next member; false at the end. */
bool spay__json_next_member(spay__json_scan *scan, spay__json_member *member);

#endif
