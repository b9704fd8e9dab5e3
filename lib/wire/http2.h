/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * HTTP/2 (RFC 9113), the client's side of one connection, without I/O: whoever owns the socket
 * passes in the bytes that came and sends the bytes that come out. Built with WITH_NGHTTP2 only.
 *
 * A turn of the connection: spay__http2_input() with what was received; spay__http2_output() and
 * spay__http2_output_taken() until there is nothing or the socket takes no more; then the streams
 * that spay__http2_next_ended() returns. In that order, because some errors of the peer are found
 * while the answer to it is made. SETTINGS and PING are acknowledged through the output.
 *
 * What was sent is known for each stream: a request counts as sent from the moment in which bytes
 * of its HEADERS are handed out, and no longer if the peer says that it has not processed it.
 */
#ifndef SPAY__WIRE_HTTP2_H
#define SPAY__WIRE_HTTP2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sessionpay/http.h>

typedef struct spay__http2 spay__http2;

/*
 * One request and its response. The user embeds it, zero-initialised; it must not move while it is
 * open. The first three members are for the user to read.
 */
typedef struct spay__http2_stream {
    spay_status status;    /* when it has ended: for spay_call_respond() */
    int64_t first_byte_us; /* when the response began, by the clock of spay__http2_input(); or 0 */
    size_t bytes_received; /* frames of this stream, with their headers */

    struct spay__http2_stream *next; /* private from here on */
    struct spay__http2_stream *previous;
    struct spay__http2_stream *next_leaving;
    const spay_http_request *request;
    spay_http_response *response;
    size_t body_sent;
    int32_t id;
    uint8_t place;
    bool sent;     /* its HEADERS have been handed out */
    bool begun;    /* a response has begun, be it an interim one */
    bool trailing; /* the fields that come are trailers */
    bool unclosed; /* the response is complete before the request is */
} spay__http2_stream;

/* Queues the preface and SETTINGS. NULL without memory. */
spay__http2 *spay__http2_new(void);

/* Streams that are open or have ended are forgotten, as by spay__http2_cancel(). NULL is ignored. */
void spay__http2_free(spay__http2 *h2);

/*
 * How many more streams may be opened now: what the peer allows, one until its SETTINGS have come;
 * 0 when there will be none, after GOAWAY, an error, or the last stream id.
 */
int32_t spay__http2_room(const spay__http2 *h2);

/*
 * Open a stream for a request. Request and response stay with the user and must live until the
 * stream has been returned by spay__http2_next_ended(), or is cancelled.
 *
 * Returns SPAY_OK; SPAY_E_STATE if there is no room; SPAY_E_NO_MEMORY.
 */
spay_status spay__http2_open(spay__http2 *h2, spay__http2_stream *stream,
                             const spay_http_request *request, spay_http_response *response);

/*
 * Forget a stream, whether it is open, has ended or was never opened: the peer is told to stop, and
 * what it still says of the stream is ignored. A request that was not handed out is never sent.
 */
void spay__http2_cancel(spay__http2 *h2, spay__http2_stream *stream);

/*
 * The bytes to send next, NULL for none. The requests in them are marked as sent, for they may leave
 * from now on. The same bytes, at the same address, come back until some have been taken, which is
 * what TLS demands of whoever tries again.
 */
const void *spay__http2_output(spay__http2 *h2, size_t *length);

/* So many of these bytes have been accepted by the socket. */
void spay__http2_output_taken(spay__http2 *h2, size_t length);

/*
 * Bytes that came, and when by the user's clock. SPAY_OK, or the error of the connection, with which
 * all streams have ended: there may be output still, to tell the peer, and then it is to be closed.
 */
spay_status spay__http2_input(spay__http2 *h2, const void *bytes, size_t length, int64_t now_us);

/*
 * The connection is gone, or given up: every open stream ends with this status. In place of the
 * reason "connection_lost" it has "reply_cut" where a response had begun.
 */
void spay__http2_end(spay__http2 *h2, spay_status why, const char *reason, const char *message);

/*
 * A stream that has ended, each once, in the order in which they did; NULL if there is none. Its
 * response has been explained. From now on it may be freed or opened again.
 */
spay__http2_stream *spay__http2_next_ended(spay__http2 *h2);

/* Whether the peer has said how many streams it takes. */
bool spay__http2_is_ready(const spay__http2 *h2);

/* Whether no stream is open. */
bool spay__http2_is_idle(const spay__http2 *h2);

/* Whether the connection is of use: false after an error, or when the last stream after GOAWAY ended. */
bool spay__http2_wants_input(const spay__http2 *h2);

#endif
