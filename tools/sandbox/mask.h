/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Hides credentials from a person who looks at the journal with others around.
 */
#ifndef SANDBOX_MASK_H
#define SANDBOX_MASK_H

#include <cjson/cJSON.h>
#include <stddef.h>

/* Replaces the credentials in an entry of the journal. Returns how many there were. */
size_t mask_entry(cJSON *entry);

#endif
