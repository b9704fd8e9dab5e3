/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * Places in JSON: "$.errors[0].code", and "$.object#.nonce" for a member of the JSON in a string.
 */

#ifndef BELIEFS_PLACE_H
#define BELIEFS_PLACE_H

#include <cjson/cJSON.h>
#include <stdbool.h>

/* A copy of what is there, NULL if nothing is. */
cJSON *place_get(const cJSON *root, const char *place);

/* Put a value there, which is taken over, or with NULL remove what is there. */
void place_set(cJSON *root, const char *place, cJSON *value);

#endif
