/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Reading JSON replies. The text is scanned strictly first, and its values are noted; then members
 * are taken one by one, and the first required one that is missing or wrong is remembered with its
 * path.
 */
#ifndef SPAY__JSON_H
#define SPAY__JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scan.h"

/* A value in a document; a node of NULL means that it is absent. */
typedef struct spay__json {
    struct spay__json_reader *reader;
    const spay__json_node *node;
} spay__json;

enum {
    SPAY__JSON_PATH_SIZE = 160,
    SPAY__JSON_FEW_VALUES = 48, /* what the providers' usual replies get by with */
    SPAY__JSON_MOST_FIELDS = 16,
    SPAY__JSON_NAME_SIZE = 24
};

/* A document and what was wrong with it. */
typedef struct spay__json_reader {
    const char *fault; /* NULL, or "not_json", "missing", "wrong_type", "out_of_range", ... */
    char path[SPAY__JSON_PATH_SIZE]; /* where, such as "$.expire_time" */
    bool ignored;                    /* an optional member was wrong and left out */
    const char *text;                /* what is read; it must outlive the reader */
    size_t length;
    char *texts;     /* texts that were asked for, each where it stands in what is read */
    char *own_texts; /* the same, unless the memory is the caller's */
    size_t values;   /* how many values the document has; 0 for none */
    spay__json_node *nodes;
    spay__json_node *many; /* NULL, or memory for more than a few */
    spay__json_node few[SPAY__JSON_FEW_VALUES];
} spay__json_reader;

/* How a member must be. */
typedef enum spay__presence {
    SPAY__JSON_OPTIONAL, /* absent, null or of another type all count as absent */
    SPAY__JSON_REQUIRED
} spay__presence;

/* What a member is read as. */
enum {
    SPAY__JSON_TEXT = '"', /* const char *, NULL if absent; not empty if it is required */
    SPAY__JSON_COUNT = '0' /* int64_t, 0 to 2^63 - 1, exactly as written; -1 if absent */
};

/* A member that is wanted, and where it goes in a struct. No pointers, so no relocations. */
typedef struct spay__json_field {
    char name[SPAY__JSON_NAME_SIZE];
    uint8_t name_length;
    char kind;
    uint8_t presence;
    uint8_t offset;
} spay__json_field;

#define SPAY__JSON_FIELD(type, member, key, holds, required)                                       \
    {                                                                                              \
        .name = {key}, .name_length = sizeof(key) - 1, .kind = SPAY__JSON_##holds,                 \
        .presence = SPAY__JSON_##required, .offset = offsetof(type, member)                        \
    }

/* Begin with an object. On failure the reader has the fault, and "$" as its path. */
bool spay__json_read(spay__json_reader *reader, const char *text, size_t length);

/* Put texts into this memory, which is as long as what is read, from the first one on. */
void spay__json_put_texts(spay__json_reader *reader, char *memory);

/* Note a fault, unless there is one already. parent and name as below; name "" for the parent. */
void spay__json_set_fault(spay__json_reader *reader, const char *fault, const char *parent,
                          const char *name);

/* Wipe and free what the reader holds; only its fault is kept. */
void spay__json_clear(spay__json_reader *reader);

spay__json spay__json_root(spay__json_reader *reader);

/* Members by exact name; parent is the path of the object, such as "$" or "$.owner". */
spay__json spay__json_object(spay__json_reader *reader, spay__json object, const char *parent,
                             const char *name, spay__presence presence);

/*
 * Read members into a struct, at most SPAY__JSON_MOST_FIELDS. Texts live as long as the reader, or
 * as the memory that was given for them.
 */
void spay__json_fill(spay__json_reader *reader, spay__json object, const char *parent,
                     const spay__json_field *fields, size_t count, void *out);

#define SPAY__JSON_FILL(reader, object, parent, fields, out)                                       \
    spay__json_fill(reader, object, parent, fields, sizeof(fields) / sizeof((fields)[0]), out)

/* Elements of an optional array: how many, and each. An absent array has none. */
spay__json spay__json_array(spay__json_reader *reader, spay__json object, const char *parent,
                            const char *name);
size_t spay__json_length(spay__json array);
spay__json spay__json_first(spay__json array);
spay__json spay__json_next(spay__json element);

/* Tolerant access, for error replies: NULL or absent for anything unexpected. */
spay__json spay__json_get(spay__json object, const char *name);
const char *spay__json_as_text(spay__json value);
/* A text, with its NUL, in the memory given; false if it is none or too long. Needs no memory. */
bool spay__json_copy_text(spay__json value, char *out, size_t size);
bool spay__json_as_integer(spay__json value, int64_t *number);
bool spay__json_is_object(spay__json value);

#endif
