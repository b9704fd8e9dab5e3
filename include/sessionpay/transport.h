/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Bring your own HTTP: the table of functions through which a client sends. The built-in transport
 * on libcurl uses this interface and nothing else.
 */
#ifndef SESSIONPAY_TRANSPORT_H
#define SESSIONPAY_TRANSPORT_H

#include <sessionpay/http.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A transport. spay_client_new() checks and copies the table; what `ctx` points to must live until
 * `destroy` has been called, or as long as the client if `destroy` is NULL.
 */
typedef struct spay_transport {
    /** Set by SPAY_TRANSPORT_INIT or spay_transport_init(). */
    size_t struct_size;
    /** Passed to every function below. */
    void *ctx;
    /**
     * Send one request and receive one response, once: never repeat it, never follow a redirect,
     * never send it to anyone but the host in its URL. @required
     *
     * It is called on the thread of the caller of the blocking function, by several threads at
     * once. It must return within the request's timeout. It may not call the client or the call.
     *
     * @return SPAY_OK when a complete response has been set, whatever its HTTP status. Otherwise
     *         SPAY_E_CONNECT, SPAY_E_TLS, SPAY_E_PROXY, SPAY_E_NETWORK, SPAY_E_TIMEOUT,
     *         SPAY_E_CANCELED, SPAY_E_LIMIT, SPAY_E_PROTOCOL (not HTTP), SPAY_E_UNSUPPORTED,
     *         SPAY_E_NO_MEMORY or SPAY_E_INTERNAL. Any other value counts as SPAY_E_INTERNAL.
     */
    spay_status (*perform)(void *ctx, const spay_http_request *request,
                           spay_http_response *response);
    /** Close idle connections; see spay_client_drop_connections(). Any thread. May be NULL. */
    void (*drop_connections)(void *ctx);
    /** Called once, when the client and all of its accounts and calls are freed. May be NULL. */
    void (*destroy)(void *ctx);
} spay_transport;

#define SPAY_TRANSPORT_INIT SPAY_SIZED(spay_transport)

/**
 * Initialize a table: all zero except struct_size.
 *
 * @param transport   the struct to fill.
 * @param struct_size sizeof(the struct) where the caller was compiled.
 */
SPAY_API void spay_transport_init(void *transport, size_t struct_size);

#ifdef __cplusplus
}
#endif

#endif
