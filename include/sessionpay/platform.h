/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What the library needs from the machine: two clocks, a way to wait, and random bytes. Replace
 * them for tests in virtual time, or on firmware that has its own.
 */
#ifndef SESSIONPAY_PLATFORM_H
#define SESSIONPAY_PLATFORM_H

#include <sessionpay/abi.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Platform hooks. spay_client_new() checks and copies the table; a function that is NULL keeps its
 * default; a library built WITHOUT_PLATFORM has no defaults and refuses NULL with
 * SPAY_E_INVALID_ARGUMENT. All of them are called from any thread, several at once.
 */
typedef struct spay_platform {
    /** Set by SPAY_PLATFORM_INIT or spay_platform_init(). */
    size_t struct_size;
    /** Passed to every function below. */
    void *ctx;
    /** A clock that never goes back, in milliseconds from any origin. */
    int64_t (*monotonic_ms)(void *ctx);
    /** The time of day: UNIX time in milliseconds. */
    int64_t (*wall_ms)(void *ctx);
    /**
     * Wait. The library asks for at most 50 ms at a time, so that a canceled call returns soon.
     */
    void (*sleep_ms)(void *ctx, int64_t duration_ms);
    /**
     * Fill a buffer with random bytes fit for keys.
     *
     * @param[out] buffer the bytes. @count(length)
     * @return 1 on success, 0 on failure: the call then fails with SPAY_E_INTERNAL, and nothing is
     *         sent.
     */
    int32_t (*random_bytes)(void *ctx, void *buffer, size_t length);
    /** Called once, when the client and all of its accounts and calls are freed. May be NULL. */
    void (*destroy)(void *ctx);
} spay_platform;

#define SPAY_PLATFORM_INIT SPAY_SIZED(spay_platform)

/**
 * Initialize a table: all zero except struct_size.
 *
 * @param platform    the struct to fill.
 * @param struct_size sizeof(the struct) where the caller was compiled.
 */
SPAY_API void spay_platform_init(void *platform, size_t struct_size);

#ifdef __cplusplus
}
#endif

#endif
