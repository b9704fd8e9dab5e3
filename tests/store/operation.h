/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Operations of a store, each started and waited for. The functions that end them are here, in place
 * of the core.
 */
#ifndef SPAY_TESTS_STORE_OPERATION_H
#define SPAY_TESTS_STORE_OPERATION_H

#include <sessionpay/store.h>

/* How an operation ended, besides SPAY_STORE_... */
enum {
    FOUND = 100,
    ACQUIRED = 101,
    NEVER_ENDED = 102, /* not within a minute */
    ENDED_TWICE = 103
};

/* What came of an operation. The value is to be freed with drop(). */
typedef struct answer {
    int32_t result;
    uint64_t fence;
    unsigned char *value;
    size_t length;
    int64_t ttl_left_ms;
} answer;

/* One that has not been started, and one that never will be. */
spay_store_operation *prepare(void);
void forget(spay_store_operation *operation);

/* Start operations, to be waited for. */
spay_store_operation *start_get(const spay_store *store, const char *name);
spay_store_operation *start_put(const spay_store *store, const char *name, const void *value,
                                size_t length, int64_t ttl_ms, uint64_t fence);
spay_store_operation *start_acquire(const spay_store *store, const char *name, int64_t ttl_ms);
spay_store_operation *start_release(const spay_store *store, const char *name, uint64_t fence);
answer finish(spay_store_operation *operation);

/* Start a get whose end calls a function, on the thread that ends it. Is not finished. */
void start_get_then(const spay_store *store, const char *name, void (*then)(void *ctx), void *ctx);

/* Both at once. */
answer get(const spay_store *store, const char *name);
int32_t put(const spay_store *store, const char *name, const void *value, size_t length,
            int64_t ttl_ms, uint64_t fence);
/* The fence; 0 if the answer was another than expected, which *result tells; NULL is ignored. */
uint64_t acquire(const spay_store *store, const char *name, int64_t ttl_ms, int32_t *result);
int32_t release(const spay_store *store, const char *name, uint64_t fence);
void drop(answer *done);

#endif
