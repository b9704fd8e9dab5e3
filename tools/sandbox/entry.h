/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What is in an entry of the journal.
 */
#ifndef SANDBOX_ENTRY_H
#define SANDBOX_ENTRY_H

#include <cjson/cJSON.h>
#include <stdint.h>

/* The text of a member, or NULL. */
const char *entry_text(const cJSON *object, const char *name);

/* The value of a header in [["Name", "value"], ...], or NULL. */
const char *entry_header(const cJSON *message, const char *name);

/* Adds a text; null if that is NULL. */
void entry_add_text(cJSON *object, const char *name, const char *text);

/* What the console's list shows of an entry of the journal. No credential is in it. */
cJSON *entry_summary(uint64_t number, const cJSON *entry);

#endif
