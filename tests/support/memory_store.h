/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A store in memory, for tests: several clients share it as several machines would. It answers at
 * once, when the test says so, wrongly, or not at all.
 */
#ifndef SUPPORT_MEMORY_STORE_H
#define SUPPORT_MEMORY_STORE_H

#include <sessionpay/sessionpay.h>

typedef enum memory_store_mode {
    MEMORY_STORE_ANSWERS,
    MEMORY_STORE_DEFERS,  /* until memory_store_answer() */
    MEMORY_STORE_FAILS,   /* every operation ends with SPAY_STORE_ERROR */
    MEMORY_STORE_HANGS,   /* no operation ends, before the store is destroyed */
    MEMORY_STORE_SPOILS,  /* values come back with a bit changed */
    MEMORY_STORE_DENIES,  /* nothing is found and all leases are held */
    MEMORY_STORE_PROLONGS /* values are said to live for a day longer */
} memory_store_mode;

typedef struct memory_store memory_store;

/* Its clock is the mock's, or the machine's if that is NULL. The store must outlive its clients. NULL without memory. */
memory_store *memory_store_new(const spay_mock *mock);
void memory_store_free(memory_store *store);

/* For a store that is made before its mock. */
void memory_store_set_clock(memory_store *store, const spay_mock *mock);

/* The table for spay_client_options::store. */
const spay_store *memory_store_table(memory_store *store);

void memory_store_set_mode(memory_store *store, memory_store_mode mode);

/* End all operations that were deferred. Returns how many. */
int memory_store_answer(memory_store *store);

/* How many are deferred. */
int memory_store_pending(const memory_store *store);

/*
 * End the first of those that were deferred. done: it takes effect. told: the library learns what came
 * of it; otherwise it hears of an error. false: there is none.
 */
int memory_store_answer_first(memory_store *store, int done, int told);

/* Tell everything that the store's future depends on, in bytes that are equal if it is. */
void memory_store_describe(const memory_store *store,
                           void (*add)(void *ctx, const void *bytes, size_t length), void *ctx);

/* How many operations of each kind there were. */
typedef struct memory_store_counts {
    int gets;
    int puts;
    int acquires;
    int releases;
    int stale; /* puts and releases that came too late */
} memory_store_counts;

memory_store_counts memory_store_count(const memory_store *store);

/* Whether any name or value has these bytes in it. */
int memory_store_holds(const memory_store *store, const char *text);

/* Write something else under every name that there is. */
void memory_store_overwrite(memory_store *store, const void *value, size_t length);

#endif
