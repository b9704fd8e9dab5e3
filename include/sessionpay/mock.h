/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A scripted transport with virtual time, to test a program that uses the library: replies come
 * from a queue, requests are recorded, and waiting takes no time.
 *
 *     spay_mock_new(&mock, NULL);
 *     copts.transport = spay_mock_transport(mock);
 *     copts.platform = spay_mock_platform(mock);
 *     spay_mock_reply(mock, 503, NULL, "busy", 4);
 *     spay_mock_reply(mock, 201, NULL, json, strlen(json));
 */
#ifndef SESSIONPAY_MOCK_H
#define SESSIONPAY_MOCK_H

#include <sessionpay/client.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A mock. It must live as long as the clients that use it. Any thread, any time. */
typedef struct spay_mock spay_mock;

/**
 * Make a mock with an empty script. Its monotonic clock starts at 0, its wall clock at
 * 2026-01-01 00:00:00 UTC, and its random bytes follow a fixed seed, so that runs are repeatable.
 *
 * @param mock  receives the mock; NULL on failure.
 * @param error receives what is wrong; may be NULL.
 * @return SPAY_OK; SPAY_E_INVALID_ARGUMENT if mock is NULL; SPAY_E_NO_MEMORY.
 */
SPAY_API spay_status spay_mock_new(spay_mock **mock, spay_error **error);

/** Free a mock after its clients. NULL is ignored. */
SPAY_API void spay_mock_free(spay_mock *mock);

/**
 * The table for spay_client_options::transport; lives as long as the mock. NULL for NULL. @nullable
 */
SPAY_API const spay_transport *spay_mock_transport(spay_mock *mock);

/**
 * The table for spay_client_options::platform; lives as long as the mock. NULL for NULL. @nullable
 */
SPAY_API const spay_platform *spay_mock_platform(spay_mock *mock);

/**
 * Queue a reply.
 *
 * @param http_status 100 to 599.
 * @param headers     "Name: value" lines separated by "\n"; NULL for
 *                    "Content-Type: application/json". @nullable
 * @param body        bytes, copied; NULL with length 0 for none. @nullable @count(length)
 * @param length      number of bytes.
 * @return SPAY_OK; SPAY_E_INVALID_ARGUMENT; SPAY_E_NO_MEMORY.
 */
SPAY_API spay_status spay_mock_reply(spay_mock *mock, int32_t http_status, const char *headers,
                                     const void *body, size_t length);

/**
 * Queue a failure of the network.
 *
 * @param status what the transport reports, such as SPAY_E_CONNECT or SPAY_E_TIMEOUT.
 * @param sent   SPAY_YES if request bytes may have been sent; SPAY_NO if none has.
 * @return SPAY_OK; SPAY_E_INVALID_ARGUMENT; SPAY_E_NO_MEMORY.
 */
SPAY_API spay_status spay_mock_fail(spay_mock *mock, spay_status status, int32_t sent);

/** Every later request takes this much virtual time; 0 at the start. */
SPAY_API void spay_mock_set_latency(spay_mock *mock, int64_t duration_ms);

/** Move both clocks forward. */
SPAY_API void spay_mock_advance(spay_mock *mock, int64_t duration_ms);

/** Set the wall clock, UNIX time in milliseconds; the monotonic clock is not changed. */
SPAY_API void spay_mock_set_wall(spay_mock *mock, int64_t unix_ms);

/** The monotonic clock: virtual milliseconds since the mock was made. */
SPAY_API int64_t spay_mock_now_ms(const spay_mock *mock);

/** How many requests have been made. A request beyond the script fails with SPAY_E_CONNECT. */
SPAY_API size_t spay_mock_request_count(const spay_mock *mock);

/** The method of request `index`; "" if out of range. Text lives as long as the mock. */
SPAY_API const char *spay_mock_request_method(const spay_mock *mock, size_t index);

/** The URL of request `index`; "" if out of range. */
SPAY_API const char *spay_mock_request_url(const spay_mock *mock, size_t index);

/**
 * A header field of request `index`, by name without regard to case; NULL if there is none.
 * @nullable @secret
 */
SPAY_API const char *spay_mock_request_header(const spay_mock *mock, size_t index,
                                              const char *name);

/**
 * All header fields of request `index` as "Name: value\n" lines, in the order sent; "" if out of
 * range. Secrets are in clear: this is a test tool. @secret
 */
SPAY_API const char *spay_mock_request_headers(const spay_mock *mock, size_t index);

/**
 * The body of request `index`, NUL-terminated.
 *
 * @param length receives the number of bytes without the NUL; may be NULL. @nullable
 * @return the bytes; "" if out of range. @count(length)
 */
SPAY_API const char *spay_mock_request_body(const spay_mock *mock, size_t index, size_t *length);

/** When request `index` was made, on the monotonic clock; -1 if out of range. */
SPAY_API int64_t spay_mock_request_at_ms(const spay_mock *mock, size_t index);

#ifdef __cplusplus
}
#endif

#endif
