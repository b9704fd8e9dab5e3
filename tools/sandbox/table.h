/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A table of values by name, each with an end of life. Not locked: the owner does that.
 */
#ifndef SANDBOX_TABLE_H
#define SANDBOX_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct table;

struct table *table_new(void (*free_value)(void *));
/* Takes over the value; replaces one of the same name. The oldest goes when there are too many. */
void table_put(struct table *table, const char *name, void *value, int64_t expires_ms);
/* The value if it is there and has not expired, else NULL. */
void *table_get(struct table *table, const char *name);
void table_remove(struct table *table, const char *name);
void table_clear(struct table *table);
/* Number of values that have not expired. */
size_t table_count(struct table *table);
void table_free(struct table *table);

#endif
