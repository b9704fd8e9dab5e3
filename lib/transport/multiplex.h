/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A connection that speaks HTTP/2: many exchanges at once. Built with WITH_NGHTTP2 only.
 */
#ifndef SPAY__TRANSPORT_MULTIPLEX_H
#define SPAY__TRANSPORT_MULTIPLEX_H

#include "connection.h"
#include "wire/http2.h"

/* Begin, once it is connected. false without memory. */
bool spay__multiplex_start(spay__connection *connection);

/* How many more streams may be opened now; and whether the peer has said how many it takes. */
int32_t spay__multiplex_room(const spay__connection *connection);
bool spay__multiplex_is_ready(const spay__connection *connection);

/* Open a stream; see spay__http2_open(). The request goes out with the next flush. */
spay_status spay__multiplex_open(spay__connection *connection, spay__http2_stream *stream,
                                 const spay_http_request *request, spay_http_response *response);

/* Forget a stream; see spay__http2_cancel(). */
void spay__multiplex_cancel(spay__connection *connection, spay__http2_stream *stream);

/* Take what has come; send what is to go out. An error ends all streams. */
void spay__multiplex_receive(spay__connection *connection);
void spay__multiplex_flush(spay__connection *connection);

/* A stream that has ended, each once; NULL if there is none. */
spay__http2_stream *spay__multiplex_next_ended(spay__connection *connection);

/* Whether it may be kept for further streams. */
bool spay__multiplex_is_alive(const spay__connection *connection);

/* What it waits for on its socket: SPAY_SOCKET_... bits. */
int32_t spay__multiplex_events(spay__connection *connection);

#endif
