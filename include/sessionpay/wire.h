/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * HTTP/1.1 without I/O, for programs that bring their own connection: a request becomes bytes, and
 * the bytes that arrive become a response.
 *
 *     const spay_http_request *request = spay_call_request(call);
 *     spay_http_response *response = spay_call_response(call);
 *     size_t length = spay_http_request_encode(request, buffer, sizeof buffer);
 *
 *     spay_http_response_mark_sent(response);
 *     send_all(connection, buffer, length);
 *     do {
 *         size_t received = receive(connection, buffer, sizeof buffer);
 *
 *         result = received ? spay_http_response_decode(response, buffer, received)
 *                           : spay_http_response_decode_end(response);
 *     } while (result == SPAY_DECODE_MORE);
 *     if (result != SPAY_DECODE_KEEP)
 *         close_connection(connection);
 *     spay_call_respond(call, result > 0 ? SPAY_OK : result);
 */
#ifndef SESSIONPAY_WIRE_H
#define SESSIONPAY_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include <sessionpay/http.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Write a request as HTTP/1.1: request line, `Host`, the request's header fields in their order,
 * `Content-Length`, and the body. `Host` has the port of the URL unless it is the scheme's default.
 *
 * Like snprintf(), it can be called first to learn the length. No terminating NUL is written. The
 * bytes hold credentials: wipe them once they are sent.
 *
 * @param request the request; it is not changed.
 * @param[out] buffer  receives the bytes; may be NULL if size is 0. @nullable @count(size)
 * @param size    how many bytes buffer holds. If that is not enough, nothing is written.
 * @return how many bytes the request takes; 0 if request is NULL.
 */
SPAY_API size_t spay_http_request_encode(const spay_http_request *request, void *buffer,
                                         size_t size);

/** What a response needs next. */
enum {
    SPAY_DECODE_MORE = 1, /**< it is not complete: receive more bytes, or report the end */
    SPAY_DECODE_DONE = 2, /**< it is complete: close the connection */
    SPAY_DECODE_KEEP = 3  /**< it is complete: the connection can carry another request */
};

/**
 * Read the next bytes of an HTTP/1.x response to a POST. Pieces may be of any size; the result does
 * not depend on where they begin and end. The bytes are copied: status, header fields and body are
 * then in the response, as if set with the functions of `sessionpay/http.h`. Interim responses
 * (1xx) are skipped and trailer fields are dropped. Nothing is allocated except the response's
 * own memory, which has the limits stated for spay_http_response_add_header() and
 * spay_http_response_append_body(). All header lines count towards the former, those of interim
 * responses, trailers and chunk extensions included.
 *
 * The decoder accepts what RFC 9112 lets a user agent accept: folded lines, a bare LF as a line
 * end, any byte but NUL, CR and LF in a value. It refuses whatever leaves the length in doubt.
 *
 * With each SPAY_CALL_SEND the response is empty again. Use it from one thread at a time.
 *
 * @param response the response of the call that is being sent.
 * @param data     the bytes; may be NULL if length is 0. @nullable @count(length)
 * @param length   how many bytes.
 * @return SPAY_DECODE_MORE; SPAY_DECODE_DONE or SPAY_DECODE_KEEP when the response is complete:
 *         pass SPAY_OK to spay_call_respond(). Bytes after the end of the response, if they are in
 *         the same piece, make it DONE.
 *         Or a negative status to pass to spay_call_respond(); close the connection, it cannot be
 *         used any more. The first three set a reason, see docs/errors.md, and a message:
 *         SPAY_E_PROTOCOL: this is not HTTP/1.x, or the RFC does not allow it;
 *         SPAY_E_LIMIT: header or body are longer than the limits;
 *         SPAY_E_NO_MEMORY;
 *         SPAY_E_STATE: the response is complete or has failed already, the bytes were not read;
 *         SPAY_E_INVALID_ARGUMENT: response is NULL, or data is NULL and length is not 0.
 *         @enum(status)
 */
SPAY_API int32_t spay_http_response_decode(spay_http_response *response, const void *data,
                                           size_t length);

/**
 * Say that the peer has closed its side of the connection. With TLS, only a close_notify may be
 * reported in this way if the response has no length of its own; an end without one is
 * SPAY_E_NETWORK.
 *
 * @return SPAY_DECODE_DONE if this is how the response ends;
 *         SPAY_E_NETWORK with the reason "connection_lost" if no byte of a response has arrived,
 *         and "reply_cut" if it is incomplete;
 *         SPAY_E_STATE: the response is complete or has failed already;
 *         SPAY_E_INVALID_ARGUMENT: response is NULL. @enum(status)
 */
SPAY_API int32_t spay_http_response_decode_end(spay_http_response *response);

#ifdef __cplusplus
}
#endif

#endif
