/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What generate.py writes tables of: classes, their members, and how arguments become structs.
 */
#ifndef SESSIONPAY_TABLES_H
#define SESSIONPAY_TABLES_H

#include <php.h>

#include "layouts.h"

/* Where an argument goes: a member of one of the reader's structs, or a place of its own. */
struct argument {
    uint8_t part; /* 0, 1, or ARGUMENT_SPECIAL */
    uint8_t place;
};

enum {
    ARGUMENT_PARTS = 2,
    ARGUMENT_SPECIAL = ARGUMENT_PARTS
};

struct reader {
    const struct layout *parts[ARGUMENT_PARTS];
    const struct argument *arguments;
    uint32_t count;
    uint32_t required;
};

struct property {
    const char *name; /* NULL at the end */
    const char *class_name;
    uint32_t type;
    int is_secret;
};

struct constant {
    const char *name; /* NULL at the end */
    zend_long value;
};

enum class_kind {
    KIND_CONSTANTS,
    KIND_EXCEPTION,
    KIND_INPUT,
    KIND_VALUE,
    KIND_OBJECT
};

enum {
    CLASS_NONE = -1,
    CLASS_RUNTIME_EXCEPTION = -2
};

struct class_table {
    const char *name;
    enum class_kind kind;
    int parent; /* its number, or CLASS_... */
    const zend_function_entry *functions;
    const struct property *properties;
    const struct constant *constants;
    const struct layout *layout;
};

struct sensitive {
    int class_number;
    const char *function; /* in lower case; NULL at the end */
    uint32_t parameter;
};

#endif
