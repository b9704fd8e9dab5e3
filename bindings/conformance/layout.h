/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Public structs from JSON, and as JSON, by the tables that ../layouts.py makes.
 */
#ifndef CONFORMANCE_LAYOUT_H
#define CONFORMANCE_LAYOUT_H

#include <cjson/cJSON.h>

#include "layouts.h"

/*
 * The struct that an object of JSON describes. It points into the JSON. It stays until
 * layout_free_all(). Ends the program for a member that the struct does not have.
 */
void *layout_fill(const struct layout *layout, const cJSON *object);

void layout_free_all(void);

/* The other way. */
cJSON *layout_show(const struct layout *layout, const void *made);

#endif
