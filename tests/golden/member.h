/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Public structs by the names of their members: tables with which a struct is filled from JSON, and
 * a result compared with JSON.
 *
 * Text in JSON input may also be {"repeat": "ab", "times": 128}, or {"hex": "ff00"} for bytes that
 * are not UTF-8. Constants go by their names, see golden_word.
 */
#ifndef GOLDEN_MEMBER_H
#define GOLDEN_MEMBER_H

#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#include "golden/report.h"

enum {
    GOLDEN_TEXT,    /* const char * */
    GOLDEN_SECRET,  /* const char *; must not show up in a log line or message */
    GOLDEN_BYTES,   /* const void * and a size_t */
    GOLDEN_TEXTS,   /* const char *const * and a size_t */
    GOLDEN_NUMBERS, /* const int32_t * and a size_t */
    GOLDEN_INT32,
    GOLDEN_INT64,
    GOLDEN_BITS,   /* uint32_t; in JSON a list of words */
    GOLDEN_LENGTH, /* size_t, the length of the text at `other`; not in JSON */
    GOLDEN_STRUCT  /* pointer to another struct */
};

/* A constant's name. */
typedef struct golden_word {
    const char *name;
    int32_t value;
} golden_word;

typedef struct golden_shape golden_shape;

typedef struct golden_member {
    const char *name;
    int kind;
    size_t offset;
    size_t other;              /* offset of the count, or of the text that is measured */
    const golden_word *words;  /* names of the values, ended by NULL; may be NULL */
    const golden_shape *shape; /* of a GOLDEN_STRUCT */
} golden_member;

struct golden_shape {
    size_t size;
    const golden_member *members;          /* ended by a NULL name */
    void (*init)(void *base, size_t size); /* for structs that the caller fills */
};

/* Memory that is given back as a whole: what filled structs point to. */
typedef struct golden_arena {
    struct golden_block *blocks;
} golden_arena;

void *golden_arena_alloc(golden_arena *arena, size_t size);
void golden_arena_clear(golden_arena *arena);

/* Start a struct and fill it from a JSON object. A member that the table lacks is a fault. */
void golden_fill(golden_arena *arena, golden_report *report, const golden_shape *shape,
                 const cJSON *json, void *base);

/* Compare a struct with a JSON object, which must have exactly the members of the table. */
void golden_compare(golden_report *report, const char *path, const golden_shape *shape,
                    const cJSON *json, const void *base);

/* What golden_compare() would find equal to a struct. */
cJSON *golden_describe(const golden_shape *shape, const void *base);

/* Call `use` for every secret text of a filled struct. */
void golden_each_secret(const golden_shape *shape, const void *base,
                        void (*use)(const void *ctx, const char *secret), const void *ctx);

/* A whole number; a fault, and 0, if the JSON is something else. */
int64_t golden_number(golden_report *report, const char *what, const cJSON *json);

#endif
