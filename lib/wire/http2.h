/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The client's side of one HTTP/2 connection (RFC 9113), without I/O: whoever owns the socket
 * passes in what it receives and sends what comes out. Only in builds WITH_NGHTTP2.
 *
 * To drive it: spay__http2_input() with what was received; spay__http2_output() and
 * spay__http2_output_taken() until there is nothing to send or the socket takes no more; then
 * spay__http2_next_ended() until it returns NULL. In this order, because some errors of the peer
 * are found while the output is made. SETTINGS and PING are acknowledged through the output.
 *
 * A request counts as sent from the moment in which bytes of its HEADERS are handed out, until the
 * peer says that it has not processed it (REFUSED_STREAM, or GOAWAY with a lower stream id).
 */
#ifndef SPAY__WIRE_HTTP2_H
#define SPAY__WIRE_HTTP2_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sessionpay/http.h>

typedef struct spay__http2 spay__http2;

/*
 * One request and its response. The user embeds it, zero-initialized; it must not move while it is
 * open. The first three members are for the user to read.
 */
typedef struct spay__http2_stream {
    spay_status status;    /* when it has ended: for spay_call_respond() */
    int64_t first_byte_us; /* when the response began, by the clock of spay__http2_input(); or 0 */
    size_t bytes_received; /* frames of this stream, with their headers */

    struct spay__http2_stream *next; /* private from here on */
    struct spay__http2_stream *previous;
    struct spay__http2_stream *next_collected;
    const spay_http_request *request;
    spay_http_response *response;
    size_t body_sent;
    int32_t id;
    uint8_t place;
    bool begun;    /* a response has begun, be it an interim one */
    bool trailing; /* the fields that come are trailers */
    bool unclosed; /* the response is complete before the request is */
} spay__http2_stream;

/* Queues the preface and SETTINGS. NULL without memory. */
spay__http2 *spay__http2_new(void);

/* Streams that are open or have ended are forgotten. NULL is ignored. */
void spay__http2_free(spay__http2 *h2);

/*
 * How many more streams may be opened now, by the peer's MAX_CONCURRENT_STREAMS; one in all until
 * its SETTINGS are here. 0 for good after GOAWAY, after an error, and when the stream ids have run
 * out.
 */
int32_t spay__http2_room(const spay__http2 *h2);

/*
 * Open a stream for a request. Request and response belong to the caller and must live until the
 * stream has been returned by spay__http2_next_ended(), or is canceled.
 *
 * Returns SPAY_OK; SPAY_E_STATE if there is no room; SPAY_E_NO_MEMORY.
 */
spay_status spay__http2_open(spay__http2 *h2, spay__http2_stream *stream,
                             const spay_http_request *request, spay_http_response *response);

/*
 * Forget a stream, whether it is open, has ended or was never opened. The peer is told by
 * RST_STREAM, and later frames of the stream are ignored. A request that was not handed out is
 * never sent.
 */
void spay__http2_cancel(spay__http2 *h2, spay__http2_stream *stream);

/*
 * The bytes to send next; NULL if there are none. The requests in them are marked as sent, since
 * they may leave from now on. Until all are taken, nothing is added to them and they do not move,
 * as OpenSSL demands of a write that is tried again.
 */
const void *spay__http2_output(spay__http2 *h2, size_t *length);

/* The socket has accepted so many of these bytes. */
void spay__http2_output_taken(spay__http2 *h2, size_t length);

/*
 * Bytes that were received, and when by the user's clock. Returns SPAY_OK, or the error of the
 * connection, after which all streams have ended: send the output, which tells the peer, and close.
 */
spay_status spay__http2_input(spay__http2 *h2, const void *bytes, size_t length, int64_t now_us);

/*
 * The connection is lost or given up: every open stream ends with this status. The reason
 * "connection_lost" becomes "reply_cut" for those whose response has begun; after SPAY_E_TLS the
 * peer has read none. No output follows.
 */
void spay__http2_end(spay__http2 *h2, spay_status why, const char *reason, const char *message);

/*
 * The next stream that has ended, each once and in the order in which they did; NULL if there is
 * none. stream->status and a failure's reason in the response are set. It may be freed or opened
 * again.
 */
spay__http2_stream *spay__http2_next_ended(spay__http2 *h2);

/* Whether the peer has said how many streams it takes. */
bool spay__http2_is_ready(const spay__http2 *h2);

/* Whether no stream is open. */
bool spay__http2_is_idle(const spay__http2 *h2);

/* Whether more can come: false after an error, and after GOAWAY once no stream is open. */
bool spay__http2_wants_input(const spay__http2 *h2);

#endif
