/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Checking what the caller gave: every fault is collected, each with its field and its rule, and
 * nothing is sent.
 */
#ifndef SPAY__INPUT_H
#define SPAY__INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include <sessionpay/error.h>

#include "base/url.h"

/* The faults so far. Zero-initialize, except for the provider. */
typedef struct spay__input {
    int32_t provider;
    spay_error *error;
} spay__input;

/* What a text must be, beyond UTF-8 without control characters. Bits. */
enum {
    SPAY__REQUIRED = 1,
    SPAY__VISIBLE = 2,    /* only visible ASCII: fit for a header */
    SPAY__CHARACTERS = 4, /* the limits count code points, not bytes */
    SPAY__SEGMENT = 8,    /* goes into a path: no "/", "?", "#", and neither "." nor ".." */
    SPAY__OPAQUE = 16,    /* bytes without control characters, UTF-8 or not */
    SPAY__SECRET = 32     /* no white space at either end, where copying leaves it */
};

/* A pointer that must not be NULL. */
typedef struct spay__argument {
    const char *name;
    const void *value;
} spay__argument;

/* Empty *error, then refuse the first argument that is NULL. Lists end with a NULL name. */
spay_status spay__require(int32_t provider, const spay__argument *arguments, spay_error **error);

/* Note a fault. */
void spay__input_fault(spay__input *input, const char *field, const char *code,
                       const char *message);

/* Note a fault of element `index` of a list. */
void spay__input_fault_at(spay__input *input, const char *field, size_t index, const char *code,
                          const char *message);

/* Check one text. NULL passes unless SPAY__REQUIRED. Returns whether it is set and good. */
bool spay__input_text(spay__input *input, const char *field, const char *value, size_t least,
                      size_t most, unsigned rules);

/* The same for element `index` of a list; SPAY__NO_INDEX for what is none. */
bool spay__input_text_at(spay__input *input, const char *field, size_t index, const char *value,
                         size_t least, size_t most, unsigned rules);

#define SPAY__NO_INDEX SIZE_MAX

/* Check a number against a range; 0 means not set and passes. */
void spay__input_range(spay__input *input, const char *field, int64_t value, int64_t least,
                       int64_t most);

/* Check a base URL: with_path says whether it may have one. Returns whether it is good. */
bool spay__input_base_url(spay__input *input, const char *field, const char *value, bool with_path,
                          spay__url *url);

/* Check that text is a JSON object. NULL passes. */
bool spay__input_json_object(spay__input *input, const char *field, const char *value);

/*
 * Copy a sized struct that is a member of another, as spay__options_load() does. Notes a fault and
 * returns false if its size is wrong.
 */
bool spay__input_load(spay__input *input, const char *field, const void *caller_struct, void *copy,
                      size_t copy_size, size_t first_size);

/* Hand out the faults: SPAY_OK if there are none. */
spay_status spay__input_end(spay__input *input, spay_error **error);

#endif
