/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The HTTP request that the library wants sent, and the response that a transport or the caller's
 * own loop hands back. Only people who write a transport or drive a spay_call themselves need this.
 */
#ifndef SESSIONPAY_HTTP_H
#define SESSIONPAY_HTTP_H

#include <stddef.h>
#include <stdint.h>

#include <sessionpay/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A request, ready to be sent as it is. Read-only; valid until the response has been handed to
 * spay_call_respond(), or until the transport's perform function returns. The text that the getters
 * return is valid as long. All getters accept NULL. @nullable
 */
typedef struct spay_http_request spay_http_request;

/**
 * A response under construction, owned by the call. Use it from one thread at a time, and not after
 * spay_call_respond() or after perform has returned.
 */
typedef struct spay_http_response spay_http_response;

/** The method, such as "POST"; "" for NULL. */
SPAY_API const char *spay_http_request_method(const spay_http_request *request);

/** The absolute URL, `https` or loopback `http`; "" for NULL. It holds ids, but no secret. */
SPAY_API const char *spay_http_request_url(const spay_http_request *request);

/**
 * How many header fields to send. The transport adds `Host` and `Content-Length`, unless
 * spay_http_request_encode() writes the request.
 */
SPAY_API size_t spay_http_request_header_count(const spay_http_request *request);

/** The name of header field `index`; "" if index is out of range. */
SPAY_API const char *spay_http_request_header_name(const spay_http_request *request, size_t index);

/**
 * The value of header field `index`, without control bytes; "" if index is out of range. @secret
 */
SPAY_API const char *spay_http_request_header_value(const spay_http_request *request, size_t index);

/**
 * Whether header field `index` is a secret: 1 yes, 0 no. A transport must not log a secret value,
 * nor keep it, and should ask its HTTP/2 stack never to index it.
 */
SPAY_API int32_t spay_http_request_header_is_secret(const spay_http_request *request, size_t index);

/**
 * The body.
 *
 * @param length receives the number of bytes; 0 means: send `Content-Length: 0`. @nullable
 * @return the bytes; never NULL. @count(length)
 */
SPAY_API const char *spay_http_request_body(const spay_http_request *request, size_t *length);

/** How long this attempt may take in all, in milliseconds from now; at least 1. 0 for NULL. */
SPAY_API int64_t spay_http_request_timeout_ms(const spay_http_request *request);

/** How long a new connection, TLS included, may take, in milliseconds; at least 1. 0 for NULL. */
SPAY_API int64_t spay_http_request_connect_timeout_ms(const spay_http_request *request);

/**
 * Whether the call has been canceled: 1 yes, 0 no. A transport that blocks asks at least
 * ten times a second, and then returns SPAY_E_CANCELED.
 */
SPAY_API int32_t spay_http_request_is_canceled(const spay_http_request *request);

/**
 * Begin a request that takes the place of another: for a transport that changes what is sent, such
 * as one that adds a header field for a company's gateway, and hands it to another client with
 * spay_client_exchange(). It has the original's time limits, and is canceled with it; it has
 * no header field and no body yet.
 *
 * @param original the request that perform was given; it must outlive the new one.
 * @param method   1-16 capital letters, but neither "HEAD" nor "CONNECT", whose responses have
 *                 another form; NULL for the original's. @nullable
 * @param url      absolute, `https` or loopback `http`, without a query; NULL for the original's.
 *                 @nullable
 * @param request  receives the request, to be freed with spay_http_request_free(); NULL on failure.
 * @return SPAY_OK; SPAY_E_INVALID_ARGUMENT; SPAY_E_NO_MEMORY.
 */
SPAY_API spay_status spay_http_request_new(const spay_http_request *original, const char *method,
                                           const char *url, spay_http_request **request);

/**
 * Add one header field to a request of spay_http_request_new(). Name and value are copied.
 *
 * @param name   a token; not "Host", "Connection", "Content-Length" or "Transfer-Encoding", which
 *               belong to whoever sends it.
 * @param value  without control bytes, and without blanks at either end.
 * @param secret not 0: it must not be logged.
 * @return SPAY_OK; SPAY_E_INVALID_ARGUMENT; SPAY_E_LIMIT: there are 12 already; SPAY_E_NO_MEMORY.
 */
SPAY_API spay_status spay_http_request_add_header(spay_http_request *request, const char *name,
                                                  const char *value, int32_t secret);

/**
 * Set the body of a request of spay_http_request_new(). The bytes are copied.
 *
 * @param data the bytes; may be NULL if length is 0. @nullable @count(length)
 * @return SPAY_OK; SPAY_E_INVALID_ARGUMENT; SPAY_E_LIMIT: more than 1 MiB; SPAY_E_NO_MEMORY.
 */
SPAY_API spay_status spay_http_request_set_body(spay_http_request *request, const void *data,
                                                size_t length);

/** Wipe and free a request of spay_http_request_new(). NULL is ignored. */
SPAY_API void spay_http_request_free(spay_http_request *request);

/**
 * Report that request bytes may be sent from now on. A transport calls this before the first byte
 * of the request (not of the TLS handshake) can reach the network, or at the latest before it
 * returns. A response that is not marked is reported as SPAY_OUTCOME_NOT_SENT and may be sent again
 * freely, so when in doubt, mark it. NULL is ignored.
 */
SPAY_API void spay_http_response_mark_sent(spay_http_response *response);

/**
 * Set the HTTP status, 100 to 599. A new status drops header fields and body bytes added before,
 * so an interim response (1xx) needs no special care.
 *
 * @return SPAY_OK; SPAY_E_INVALID_ARGUMENT if response is NULL or status is out of range.
 */
SPAY_API spay_status spay_http_response_set_status(spay_http_response *response, int32_t status);

/**
 * Add one header field; pass every field of the response; the library selects what it needs. The
 * bytes are copied.
 *
 * @return SPAY_OK; SPAY_E_LIMIT when the fields exceed 32 KiB or 256 in number: stop and return it;
 *         SPAY_E_NO_MEMORY; SPAY_E_INVALID_ARGUMENT if response, name or value is NULL.
 */
SPAY_API spay_status spay_http_response_add_header(spay_http_response *response, const char *name,
                                                   const char *value);

/**
 * Append body bytes as they arrive. The bytes are copied.
 *
 * @param data the bytes; may be NULL if length is 0. @nullable @count(length)
 * @return SPAY_OK; SPAY_E_LIMIT when the body exceeds 256 KiB: stop reading and return it;
 *         SPAY_E_NO_MEMORY; SPAY_E_INVALID_ARGUMENT if response is NULL, or data is NULL
 *         and length is not 0.
 */
SPAY_API spay_status spay_http_response_append_body(spay_http_response *response, const void *data,
                                                    size_t length);

/**
 * Explain a failure. Optional: the status that perform returns is what counts.
 *
 * @param reason  a word in snake_case for spay_error_reason(), copied; NULL for none. @nullable
 * @param message one line for a developer, copied, without secrets; NULL for none. @nullable
 */
SPAY_API void spay_http_response_set_failure(spay_http_response *response, const char *reason,
                                             const char *message);

/** Moments of an exchange. */
enum {
    SPAY_TIMING_NAME_LOOKUP = 0, /**< the host's name is resolved */
    SPAY_TIMING_CONNECT = 1,     /**< the connection is established */
    SPAY_TIMING_TLS = 2,         /**< TLS is ready */
    SPAY_TIMING_FIRST_BYTE = 3,  /**< the first byte of the reply has arrived */
    SPAY_TIMING_TOTAL = 4        /**< the last byte has */
};

/**
 * Tell how long something took, for events. Optional.
 *
 * @param moment       SPAY_TIMING_...; anything else is ignored.
 * @param microseconds since the exchange began; 0 for what a reused connection did not need.
 */
SPAY_API void spay_http_response_set_timing(spay_http_response *response, int32_t moment,
                                            int64_t microseconds);

/** The HTTP status; 0 if none was set. */
SPAY_API int32_t spay_http_response_status(const spay_http_response *response);

/**
 * A header field of the response by name, compared without regard to case; the first if there are
 * several.
 *
 * @return the value; NULL if there is none. Lives until the response changes. @nullable
 */
SPAY_API const char *spay_http_response_header(const spay_http_response *response,
                                               const char *name);

/**
 * The body so far.
 *
 * @param length receives the number of bytes; may be NULL. @nullable
 * @return the bytes; never NULL. Valid until the response changes. @secret @count(length)
 */
SPAY_API const char *spay_http_response_body(const spay_http_response *response, size_t *length);

#ifdef __cplusplus
}
#endif

#endif
