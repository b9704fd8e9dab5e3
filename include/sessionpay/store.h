/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A store that many processes and machines share, so that they fetch one bearer token for all, and
 * make one session for an order. The library seals what it stores: a store sees neither names nor
 * values in clear. A call never fails because its store does: it goes on by itself.
 *
 * Most programs take an adapter, sessionpay/redis.h or sessionpay/file.h, and need only `store` of
 * spay_client_options. This header is for those who write one.
 */
#ifndef SESSIONPAY_STORE_H
#define SESSIONPAY_STORE_H

#include <sessionpay/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How an operation of a store ended without a value and without a lease. */
enum {
    SPAY_STORE_DONE = 1,  /**< put, release: done */
    SPAY_STORE_MISS = 2,  /**< get: there is nothing of that name, or no longer */
    SPAY_STORE_HELD = 3,  /**< acquire: somebody else has the lease */
    SPAY_STORE_STALE = 4, /**< put, release: a later lease was given out */
    SPAY_STORE_ERROR = 5  /**< the store could not be asked, or gave no sense */
};

/**
 * An operation that the library started and waits for. It is ended exactly once, by one of
 * spay_store_found(), spay_store_acquired() and spay_store_end(): before the function that started
 * it returns, or later, from any thread.
 */
typedef struct spay_store_operation spay_store_operation;

/**
 * A store. spay_client_new() checks and copies the table; what `ctx` points to must live until
 * `destroy` has been called, or as long as the client if `destroy` is NULL.
 *
 * All functions are required, except destroy. They are called on the threads that use the library,
 * by several at once, and must not block: what takes longer than a read of a local file is started,
 * and ended later. They must not call the library except to end operations. The library itself
 * gives up waiting after `store_timeout_ms` of spay_client_options.
 *
 * What one thread starts about one name takes effect in that order.
 *
 * Names are NUL-terminated text of at most 80 letters, digits and "-". Values are up to 300 KiB of
 * binary data. Both are valid during the function alone.
 */
typedef struct spay_store {
    /** Set by SPAY_STORE_INIT or spay_store_init(). */
    size_t struct_size;
    /** Passed to every function below. */
    void *ctx;
    /**
     * Read a value. Ends with spay_store_found(), SPAY_STORE_MISS or SPAY_STORE_ERROR. @required
     */
    void (*get)(void *ctx, const char *name, spay_store_operation *operation);
    /**
     * Write a value that lives for ttl_ms. `fence` is that of a lease of the same name: if a later
     * one was given out, nothing is written. Ends with SPAY_STORE_DONE, SPAY_STORE_STALE or
     * SPAY_STORE_ERROR. @required
     *
     * @param value what to store. @count(length)
     */
    void (*put)(void *ctx, const char *name, const void *value, size_t length, int64_t ttl_ms,
                uint64_t fence, spay_store_operation *operation);
    /**
     * Take the lease of a name for ttl_ms, if nobody has it. Every lease of a name has a larger
     * fence than those before it. Ends with spay_store_acquired(), SPAY_STORE_HELD or
     * SPAY_STORE_ERROR. @required
     */
    void (*acquire)(void *ctx, const char *name, int64_t ttl_ms, spay_store_operation *operation);
    /**
     * Give back the lease with this fence, unless it is another's by now. Ends with
     * SPAY_STORE_DONE, SPAY_STORE_STALE or SPAY_STORE_ERROR. @required
     */
    void (*release)(void *ctx, const char *name, uint64_t fence, spay_store_operation *operation);
    /**
     * Called once, when the client and all of its accounts and calls are freed. Operations that
     * have not ended, such as a put that nobody waits for, may still be ended afterwards. Each has
     * memory until then. May be NULL.
     */
    void (*destroy)(void *ctx);
} spay_store;

#define SPAY_STORE_INIT SPAY_SIZED(spay_store)

/**
 * Initialize a table: all zero except struct_size.
 *
 * @param store       the struct to fill.
 * @param struct_size its size with which the caller was compiled.
 */
SPAY_API void spay_store_init(void *store, size_t struct_size);

/**
 * End a get with the value that was found. Any thread. NULL as operation is ignored.
 *
 * @param value       the value, which is copied. @count(length)
 * @param length      its length in bytes.
 * @param ttl_left_ms how long it is still to live; 0 or less counts as a miss.
 */
SPAY_API void spay_store_found(spay_store_operation *operation, const void *value, size_t length,
                               int64_t ttl_left_ms);

/** End an acquire with a lease and its fence. Any thread. NULL as operation is ignored. */
SPAY_API void spay_store_acquired(spay_store_operation *operation, uint64_t fence);

/**
 * End an operation with SPAY_STORE_DONE, _MISS, _HELD, _STALE or _ERROR; any other value, and one
 * that the operation does not have, counts as SPAY_STORE_ERROR. Any thread. NULL as operation is
 * ignored.
 */
SPAY_API void spay_store_end(spay_store_operation *operation, int32_t result);

#ifdef __cplusplus
}
#endif

#endif
