/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A store on Redis (5 or later) or Valkey. In a library of its own: pkg-config libsessionpay-redis.
 * See sessionpay/store.h for what a store is.
 */
#ifndef SESSIONPAY_REDIS_H
#define SESSIONPAY_REDIS_H

#include <sessionpay/store.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Settings of a store on Redis. All text is copied. */
typedef struct spay_redis_options {
    /** Set by SPAY_REDIS_OPTIONS_INIT or spay_redis_options_init(). */
    size_t struct_size;
    /**
     * Where it is, and who we are there:
     *   redis://[[user]:password@]host[:port][/database]
     *   rediss://..., the same with TLS, where the library was built with a libhiredis that has it
     *   unix://[[user]:password@]/path/of/socket[?db=database]
     * User and password may have any byte except NUL as %XX. The port is 6379 and the database 0 if
     * not given. Wiped when the store goes. @secret @required
     */
    const char *url;
    /**
     * What all keys begin with: up to 64 bytes of visible ASCII without blanks and braces. NULL:
     * "sessionpay:".
     */
    const char *key_prefix;
    /**
     * Certificate authorities to trust instead of the system's, a PEM file; only for rediss://. The
     * certificate must be for the host in the URL.
     */
    const char *ca_file;
    /** How long a connection may take, 1 to 60000 ms. Default 500. The host's name comes on top. */
    int32_t connect_timeout_ms;
    /** How long a log-in, or a command, may take, 1 to 60000 ms. Default 500. */
    int32_t command_timeout_ms;
    /**
     * Told in a few words when Redis stops to work, when the reason changes, and when it works
     * again: "cannot connect", "AUTH refused: WRONGPASS", "works again". Called on the store's own
     * thread; it must not call the library. No secret is in it. NULL for none.
     */
    void (*log)(void *ctx, const char *line);
    /** Passed to log. Must live as long as the store. */
    void *log_ctx;
} spay_redis_options;

#define SPAY_REDIS_OPTIONS_INIT SPAY_SIZED(spay_redis_options)

/**
 * Start options: all zero but for struct_size.
 *
 * @param options     the struct to fill.
 * @param struct_size its size as the caller compiled it.
 */
SPAY_API void spay_redis_options_init(void *options, size_t struct_size);

/**
 * Make a store on Redis. It does not connect yet: the first operation does.
 *
 * A thread, which starts with the first operation and has all signals blocked, talks to Redis over
 * one connection, and ends the operations; those that come at once go out at once. Up to 1024
 * operations, and 16 MiB of values, wait for their turn; what comes on top ends with
 * SPAY_STORE_ERROR. So does everything while Redis cannot be reached or does not answer in time. It
 * is tried again after 100 ms, then less often, up to every 5 s.
 *
 * Any thread. After fork() parent and child may both go on using it: the child gets a thread and a
 * connection of its own. What was under way at the fork goes on in the parent alone.
 *
 * @param options settings.
 * @param[in,out] store a table to fill, started with SPAY_STORE_INIT, to be given to
 *                spay_client_new(), which takes it over; a store that no client took is freed with
 *                store->destroy(store->ctx). That waits for the thread, at most as long as the
 *                timeouts.
 * @param error   receives what is wrong; may be NULL.
 * @return SPAY_OK; SPAY_E_INVALID_ARGUMENT: fix the field that the error names, its code is
 *         "missing", "too_long", "forbidden_character", "scheme", "host", "port", "database",
 *         "credentials", "percent_encoding", "path", "query", "tls_unsupported", "ca_file",
 *         "not_applicable" or "out_of_range"; SPAY_E_NO_MEMORY.
 */
SPAY_API spay_status spay_redis_store_new(const spay_redis_options *options, spay_store *store,
                                          spay_error **error);

#ifdef __cplusplus
}
#endif

#endif
