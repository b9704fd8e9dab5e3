/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What all accounts share: transport and connections, timeouts, retry, logging, clocks.
 * A program needs one.
 */
#ifndef SESSIONPAY_CLIENT_H
#define SESSIONPAY_CLIENT_H

#include <sessionpay/error.h>
#include <sessionpay/hooks.h>
#include <sessionpay/platform.h>
#include <sessionpay/store.h>
#include <sessionpay/transport.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A client. Any thread, any time; make one and keep it. Accounts and calls hold a reference, so it
 * may be freed while they live. After fork() parent and child may both keep using it.
 */
typedef struct spay_client spay_client;

/** Which of a provider's systems an account talks to. Some providers add values of their own. */
enum {
    SPAY_ENV_TEST = 1,
    SPAY_ENV_PRODUCTION = 2
};

/** What is logged. Each level includes those before it. */
enum {
    SPAY_LOG_DEFAULT = 0, /**< not set: SPAY_LOG_INFO, if there is a hook */
    SPAY_LOG_ERROR = 1,   /**< calls that failed */
    SPAY_LOG_INFO = 2,    /**< each call's end */
    SPAY_LOG_DEBUG = 3,   /**< each attempt and each decision to repeat or give up */
    SPAY_LOG_TRACE = 4    /**< header names, and the values on an allow-list */
};

/**
 * Settings of a client. Everything is optional: zero means "the default", never "without limit".
 * All text is copied.
 */
typedef struct spay_client_options {
    /** Set by SPAY_CLIENT_OPTIONS_INIT or spay_client_options_init(). */
    size_t struct_size;

    /** How long a call may take in all, waits and retries included, in ms. Default 25000. */
    int64_t timeout_ms;
    /** How long one attempt may take, in ms. Default 10000. */
    int64_t attempt_timeout_ms;
    /** How long a new connection may take, TLS included, in ms. Default 5000. */
    int64_t connect_timeout_ms;
    /**
     * How many attempts a call may make, 1 to 10. Default 3. These are not counted: one resend
     * when no byte had been sent, one after a token renewal and one after a clock correction. 1
     * turns them off too.
     */
    int32_t max_attempts;
    /** Idle connections kept for reuse, 1 to 1024. Default 64. */
    int32_t max_idle_connections;

    /** Precedes the library's own `User-Agent`, such as "MyShop/1.2"; ASCII, 1-256 bytes. */
    const char *user_agent;

    /**
     * A secret of at least 16 bytes from which idempotency keys are derived for calls that name
     * their `intent` (see spay_call_options). Wiped when the client is freed.
     * @secret @count(key_secret_length)
     */
    const void *key_secret;
    /** Length of key_secret in bytes. */
    size_t key_secret_length;

    /**
     * Certificate authorities to trust instead of the system's: a PEM file. For a company proxy
     * or the sandbox; a proxy with TLS is verified by them, too. Only one of ca_file and ca_pem may
     * be set. The file is read when the client is made, and again for the first connection after a
     * day: keep it there. Without either, the system's authorities are read as connections need
     * them, and read anew after a day.
     */
    const char *ca_file;
    /** The same as PEM text in memory. */
    const char *ca_pem;
    /** The client's own certificate, a PEM file, with its key file and the key's password. */
    const char *client_certificate_file;
    /** PEM file with the private key; required with client_certificate_file. */
    const char *client_key_file;
    /** Password of the private key; NULL if it has none. Wiped when the client is freed. @secret */
    const char *client_key_password;
    /**
     * Public keys to accept, beyond the verification that always happens: "sha256//BASE64", several
     * separated by ";". NULL accepts any key with a valid certificate.
     */
    const char *pinned_public_keys;
    /**
     * A proxy, such as "http://proxy.example:3128", also https or socks5h, without a user; NULL for
     * none. It is asked for a tunnel. To one with https the same versions of TLS and authorities
     * apply as to the provider, but neither client certificate nor pinned_public_keys. Plain http,
     * which is for loopback alone, does not go through it. Proxies named in environment variables
     * are never used.
     */
    const char *proxy;
    /** "user:password" for the proxy; NULL for none. Wiped when the client is freed. @secret */
    const char *proxy_credentials;

    /**
     * Send through this instead of the built-in transport. Then the settings above that belong to
     * the built-in one (TLS, proxy, idle connections) must not be set.
     */
    const spay_transport *transport;
    /** Clocks, waiting and random bytes; NULL for the machine's own. */
    const spay_platform *platform;

    /**
     * Receives log lines: no newline, no secret, no body, no query string. Called on the thread
     * that uses the library, by several at once; it must not call the library. NULL for none.
     *
     * @param level SPAY_LOG_ERROR to SPAY_LOG_TRACE.
     */
    void (*log)(void *ctx, int32_t level, const char *line);
    /** Passed to log. */
    void *log_ctx;
    /** Called once with log_ctx when the client is freed; NULL for nothing. */
    void (*log_destroy)(void *ctx);
    /** SPAY_LOG_...; default SPAY_LOG_INFO if log is set. */
    int32_t log_level;

    /** How many attempts the flight recorder keeps, 1 to 1000. Default 32. */
    int32_t recorded_attempts;
    /**
     * Receives an event at the end of each attempt and of each call. Called on the thread that uses
     * the library, by several at once; it must not call the library. NULL for none.
     */
    void (*event)(void *ctx, const spay_event *event);
    /** Passed to event. */
    void *event_ctx;
    /** Called once with event_ctx when the client is freed; NULL for nothing. */
    void (*event_destroy)(void *ctx);
    /**
     * Called before each attempt of a call, before any byte of it leaves: store the key here,
     * and the call can be repeated with it after a crash. Not called for token requests.
     * Threads as for event. NULL for none.
     *
     * @return SPAY_OK to go on; anything else ends the call with SPAY_E_CANCELED, and this attempt
     *         is not sent.
     */
    spay_status (*before_send)(void *ctx, const spay_send_record *record);
    /** Passed to before_send. */
    void *before_send_ctx;
    /** Called once with before_send_ctx when the client is freed; NULL for nothing. */
    void (*before_send_destroy)(void *ctx);
    /**
     * Share bearer tokens, and sessions of providers without idempotency keys, with other processes
     * and machines; see store.h. NULL for none.
     */
    const spay_store *store;
    /** How long to wait for an answer of the store, in ms, 1 to 60000. Default 500. */
    int64_t store_timeout_ms;
} spay_client_options;

#define SPAY_CLIENT_OPTIONS_INIT SPAY_SIZED(spay_client_options)

/**
 * Initialize an options struct: all zero except struct_size.
 *
 * @param options     the struct to fill.
 * @param struct_size sizeof(the struct) where the caller was compiled.
 */
SPAY_API void spay_client_options_init(void *options, size_t struct_size);

/**
 * Make a client. It opens no connection.
 *
 * @param options settings; NULL for all defaults. @nullable
 * @param client  receives the client, to be freed with spay_client_free(); NULL on failure.
 * @param error   receives what is wrong; may be NULL.
 * @return SPAY_OK; SPAY_E_INVALID_ARGUMENT: fix the field that the error names; SPAY_E_NO_MEMORY;
 *         SPAY_E_INTERNAL: libcurl could not be started. A build without libcurl has no transport
 *         of its own: blocking functions then fail with SPAY_E_UNSUPPORTED unless
 *         options->transport is set.
 */
SPAY_API spay_status spay_client_new(const spay_client_options *options, spay_client **client,
                                     spay_error **error);

/**
 * Release the caller's reference. The client is freed when its accounts and calls are freed too.
 * NULL is ignored.
 */
SPAY_API void spay_client_free(spay_client *client);

/**
 * Close all idle connections, for instance after a change of network. Running calls are not
 * affected. Any thread; NULL is ignored.
 */
SPAY_API void spay_client_drop_connections(spay_client *client);

/**
 * Send one request through the client's transport, as spay_transport::perform does: once, without
 * retry, hooks or record. A transport of your own uses it to pass what it was given, or a request
 * that takes its place, to a second client with the built-in transport. @blocks
 *
 * @param request  the request that perform was given, or one of spay_http_request_new().
 * @param response the response that perform was given.
 * @return what perform may return: SPAY_OK when a complete response has been set, whatever its HTTP
 *         status; SPAY_E_INVALID_ARGUMENT if one of the three is NULL.
 */
SPAY_API spay_status spay_client_exchange(spay_client *client, const spay_http_request *request,
                                          spay_http_response *response);

/**
 * The client's last attempts, oldest first, as one JSON object for a support ticket: times, routes
 * without ids, keys, statuses, decisions, the provider's references. No secret, no body.
 *
 * @return NUL-terminated text that the caller frees with spay_free(); NULL without memory, or if
 *         client is NULL. Any thread. @nullable @owned(spay_free)
 */
SPAY_API char *spay_client_flight_record(spay_client *client);

/**
 * Free memory that the library handed out with a note to free it so. NULL is ignored.
 */
SPAY_API void spay_free(void *memory);

#ifdef __cplusplus
}
#endif

#endif
