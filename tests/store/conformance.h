/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What every store must do, whatever it is made of.
 */
#ifndef SPAY_TESTS_STORE_CONFORMANCE_H
#define SPAY_TESTS_STORE_CONFORMANCE_H

#include <check.h>
#include <stdbool.h>

#include "../support/leave.h"
#include "operation.h"

enum {
    MINUTE_MS = 60000
};

/* Another door to the store under test: all of them see the same. From the adapter's own file. */
spay_store open_store(void);
void close_store(spay_store *store);
/* The same where memory may be short. */
bool try_to_open_store(spay_store *store);

/* Names that no other test uses. */
const char *fresh_name(void);

Suite *conformance_suite(void);

/* From no_memory.c. Start this program again with an allocator that can fail; before all else. */
void preload(char **argv);
TCase *no_memory_case(void);

/* Wait until a lease that is about to expire can be had; its fence. */
uint64_t acquire_at_last(const spay_store *store, const char *name);

#endif
