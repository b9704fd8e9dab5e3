/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What the sandbox needs beyond plain cJSON.
 */
#ifndef SANDBOX_JSON_H
#define SANDBOX_JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The document, or NULL unless the bytes are strictly valid JSON. */
cJSON *json_parse(const char *bytes, size_t length);
/* The same, and NULL unless it is an object. */
cJSON *json_parse_object(const char *bytes, size_t length);

/* The member of exactly that name, or NULL. */
const cJSON *json_member(const cJSON *object, const char *name);
/* Is it a whole number within these bounds? NULL is not. */
bool json_is_integer(const cJSON *item, int64_t lowest, int64_t highest);
/* A string from bytes that may not be UTF-8: then each byte becomes one Latin-1 character. */
cJSON *json_text(const char *bytes, size_t length);

#endif
