/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The bytes of HTTP/2 between its codec and the socket.
 */
#include "multiplex.h"

#include <sessionpay/multi.h>

#include "base/crypto.h"
#include "monotonic.h"

static void fail(spay__connection *c, int32_t status, const char *reason, const char *message)
{
    spay__http2_end(c->h2, status, reason, message);
    if (c->status == SPAY_OK) {
        c->status = status;
        c->reason = reason;
        c->message = message;
    }
}

/* Returns whether there may be more. */
static bool receive_some(spay__connection *c)
{
    size_t received;
    int32_t result = spay__connection_receive(c, c->buffer, c->capacity, &received);
    spay_status status;

    if (result == SPAY__AGAIN)
        return false;
    if (result != SPAY_OK || received == 0) {
        fail(c, result == SPAY_OK ? SPAY_E_NETWORK : result,
             result == SPAY_OK ? "connection_lost" : c->reason,
             "the connection broke before a reply came");
        return false;
    }
    status = spay__http2_input(c->h2, c->buffer, received, spay__now_us());
    spay__wipe(c->buffer, received);
    return status == SPAY_OK;
}

void spay__multiplex_receive(spay__connection *connection)
{
    while (receive_some(connection))
        continue;
}

/* A peer that takes no more may have said before what it has not processed, or have answered. */
static void break_off(spay__connection *c)
{
    int32_t status = c->status;

    c->status = SPAY_OK;
    spay__multiplex_receive(c);
    fail(c, status, c->reason, c->message);
}

void spay__multiplex_flush(spay__connection *connection)
{
    const void *bytes;
    size_t length;

    while (connection->status == SPAY_OK &&
           (bytes = spay__http2_output(connection->h2, &length)) != NULL) {
        size_t sent;
        int32_t result = spay__connection_send(connection, bytes, length, &sent);

        spay__http2_output_taken(connection->h2, sent);
        if (result == SPAY__AGAIN)
            return;
        if (result != SPAY_OK)
            break_off(connection);
    }
}

/* ---- the rest is the codec's ---- */

int32_t spay__multiplex_room(const spay__connection *connection)
{
    bool usable = connection->status == SPAY_OK && !connection->silent;

    return usable ? spay__http2_room(connection->h2) : 0;
}

bool spay__multiplex_is_ready(const spay__connection *connection)
{
    return spay__http2_is_ready(connection->h2);
}

spay_status spay__multiplex_open(spay__connection *connection, spay__http2_stream *stream,
                                 const spay_http_request *request, spay_http_response *response)
{
    return spay__http2_open(connection->h2, stream, request, response);
}

void spay__multiplex_cancel(spay__connection *connection, spay__http2_stream *stream)
{
    spay__http2_cancel(connection->h2, stream);
}

spay__http2_stream *spay__multiplex_next_ended(spay__connection *connection)
{
    return spay__http2_next_ended(connection->h2);
}

bool spay__multiplex_is_alive(const spay__connection *connection)
{
    return connection->status == SPAY_OK && !connection->silent &&
           spay__http2_wants_input(connection->h2) &&
           (spay__http2_room(connection->h2) > 0 || !spay__http2_is_idle(connection->h2));
}

int32_t spay__multiplex_events(spay__connection *connection)
{
    size_t length;

    return SPAY_SOCKET_READ | (spay__http2_output(connection->h2, &length) ? SPAY_SOCKET_WRITE : 0);
}

/* ---- its life ---- */

/* While it was idle the peer may have sent something, or closed it. */
static bool is_usable(spay__connection *idle)
{
    spay__multiplex_receive(idle);
    return spay__multiplex_room(idle) > 0;
}

static void on_close(spay__connection *closed)
{
    spay__http2_free(closed->h2);
}

bool spay__multiplex_start(spay__connection *connection)
{
    connection->keep_us = -1;
    connection->h2 = spay__http2_new();
    connection->is_usable = is_usable;
    connection->on_close = on_close;
    return connection->h2 != NULL;
}
