/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The connection's buffer holds the request while it is sent, then what comes back. Both can hold
 * credentials, so what has been used is wiped.
 */
#include "exchange.h"

#include <string.h>

#include <sessionpay/multi.h>
#include <sessionpay/wire.h>

#include "base/crypto.h"
#include "http/message.h"
#include "monotonic.h"

enum {
    EARLY_BYTES = 1024 /* of the buffer, for a response that comes before the request is out */
};

static void set_failure(const spay__exchange *x, const char *reason, const char *message)
{
    spay_http_response_set_failure(x->response, reason, message);
}

/* ---- times ---- */

static void tell(const spay__exchange *x, int32_t moment, int64_t microseconds)
{
    spay_http_response_set_timing(x->response, moment, microseconds);
}

static void tell_connecting(const spay__exchange *x, const spay__connection *c)
{
    tell(x, SPAY_TIMING_NAME_LOOKUP, c->used ? 0 : c->lookup_us);
    tell(x, SPAY_TIMING_CONNECT, c->used ? 0 : c->connect_us);
    tell(x, SPAY_TIMING_TLS, c->used ? 0 : c->tls_us);
}

static void tell_now(const spay__exchange *x, int32_t moment)
{
    tell(x, moment, spay__now_us() - x->began_us);
}

/* ---- connecting ---- */

/* Newer versions of libcurl need a descriptor of their own for that. */
spay_status spay__exchange_without(spay_http_response *response)
{
    spay_http_response_set_failure(response, NULL, "out of memory or file descriptors");
    return SPAY_E_NO_MEMORY;
}

spay_status spay__exchange_fail(spay__exchange *x, const spay__connection *failed)
{
    set_failure(x, failed->reason, failed->message);
    x->response->phase = failed->phase;
    tell_connecting(x, failed);
    return failed->status;
}

/* After the request there is room for what comes while it is being sent. */
static int32_t begin_sending(spay__exchange *x)
{
    spay__connection *c = x->connection;

    tell_connecting(x, x->connection);
    x->length = spay_http_request_encode(x->request, c->buffer, c->capacity - EARLY_BYTES);
    if (x->length > c->capacity - EARLY_BYTES) {
        if (!spay__connection_reserve(c, x->length + EARLY_BYTES))
            return SPAY_E_NO_MEMORY;
        (void)spay_http_request_encode(x->request, c->buffer, x->length);
    }
    x->phase = SPAY__SENDING;
    x->response->bytes_sent = 0;
    x->received_at = c->bytes_received;
    return SPAY_OK;
}

static int32_t connect_on(spay__exchange *x)
{
    spay__connection *c = x->connection;

    if (c->connected)
        return begin_sending(x);
    return c->status == SPAY_OK ? SPAY__AGAIN : spay__exchange_fail(x, c);
}

/* ---- receiving ---- */

static int32_t take_bytes(spay__exchange *x, char *bytes, size_t length)
{
    int32_t result;

    if (length && x->connection->bytes_received == x->received_at + length)
        tell_now(x, SPAY_TIMING_FIRST_BYTE);
    if (length)
        result = spay_http_response_decode(x->response, bytes, length);
    else
        result = spay_http_response_decode_end(x->response);
    spay__wipe(bytes, length);
    if (result <= 0)
        return result;
    x->keep = result == SPAY_DECODE_KEEP && x->sent == x->length;
    if (x->keep)
        x->connection->keep_us = 1000 * spay__http_response_keep_alive_ms(x->response);
    return result == SPAY_DECODE_MORE ? SPAY__AGAIN : SPAY_OK;
}

/* The connection is gone, and the response not complete. */
static int32_t lose(const spay__exchange *x, int32_t status)
{
    const spay__connection *c = x->connection;

    if (status == SPAY_E_NETWORK && c->bytes_received > x->received_at)
        set_failure(x, "reply_cut", "the connection broke before the reply was complete");
    else
        set_failure(x, c->reason, c->message);
    if (status == SPAY_E_TLS) /* the peer never came to read it */
        x->response->sent = false;
    return status;
}

/* Until the response is complete or nothing more is there: TLS may hold what no socket shows. */
static int32_t receive(spay__exchange *x)
{
    spay__connection *c = x->connection;
    size_t used = x->phase == SPAY__SENDING ? x->length : 0;

    for (;;) {
        size_t received;
        int32_t result =
            spay__connection_receive(c, c->buffer + used, c->capacity - used, &received);

        if (result == SPAY__AGAIN && x->broken)
            return lose(x, SPAY_E_NETWORK);
        if (result == SPAY__AGAIN)
            return result;
        if (result != SPAY_OK)
            return lose(x, result);
        result = take_bytes(x, c->buffer + used, received);
        if (result != SPAY__AGAIN)
            return result;
    }
}

/* ---- sending ---- */

/* What TLS has taken may be on its way, even if it says that it took nothing. */
static void mark_sent(const spay__exchange *x, int32_t result, size_t sent)
{
    if (sent || (result == SPAY__AGAIN && x->connection->encrypted))
        spay_http_response_mark_sent(x->response);
}

/*
 * A peer that takes no more may have answered already. One that has taken nothing has not: nothing
 * was sent.
 */
static int32_t break_off(spay__exchange *x, int32_t status)
{
    if (!x->response->sent)
        return lose(x, status);
    x->broken = true;
    x->connection->status = SPAY_OK;
    return SPAY_OK;
}

static int32_t send_on(spay__exchange *x)
{
    spay__connection *c = x->connection;

    while (x->sent < x->length && !x->broken) {
        size_t sent;
        int32_t result = spay__connection_send(c, c->buffer + x->sent, x->length - x->sent, &sent);

        mark_sent(x, result, sent);
        x->sent += sent;
        x->response->bytes_sent = (int64_t)x->sent;
        if (result == SPAY__AGAIN)
            return receive(x);
        if (result != SPAY_OK && (result = break_off(x, result)) != SPAY_OK)
            return result;
    }
    spay__wipe(c->buffer, x->length);
    x->phase = SPAY__RECEIVING;
    return x->broken ? receive(x) : SPAY__AGAIN;
}

/* ---- all of it ---- */

static int32_t advance(spay__exchange *x)
{
    if (x->phase == SPAY__CONNECTING) {
        int32_t result = connect_on(x);

        if (result != SPAY_OK)
            return result;
    }
    return x->phase == SPAY__SENDING ? send_on(x) : receive(x);
}

int32_t spay__exchange_advance(spay__exchange *x)
{
    int32_t result = advance(x);

    if (result == SPAY__AGAIN)
        return result;
    x->lost = result == SPAY_E_NETWORK;
    tell_now(x, SPAY_TIMING_TOTAL);
    return result;
}

int32_t spay__exchange_events(const spay__exchange *x)
{
    return SPAY_SOCKET_READ | (x->phase == SPAY__SENDING ? SPAY_SOCKET_WRITE : 0);
}

/* One that waits for the room of others has all its time for that. */
int64_t spay__exchange_limit_ms(const spay__exchange *x)
{
    return x->connection && !x->connection->connected
               ? spay_http_request_connect_timeout_ms(x->request)
               : spay_http_request_timeout_ms(x->request);
}

static void tell_late(spay__exchange *x)
{
    spay__connection *c = x->connection;

    if (c && c->connected) {
        set_failure(x, "reply_timeout", "no complete reply came in time");
    } else if (c) {
        spay__connection_explain_timeout(c);
        set_failure(x, "connect_timeout", c->message);
        x->response->phase = c->phase;
        tell_connecting(x, c);
    } else {
        set_failure(x, "connect_timeout", "no connection was ready in time");
    }
}

spay_status spay__exchange_stop(spay__exchange *x, spay_status status)
{
    tell_now(x, SPAY_TIMING_TOTAL);
    if (status == SPAY_E_TIMEOUT)
        tell_late(x);
    x->late = status == SPAY_E_TIMEOUT;
    x->keep = false;
    return status;
}

void spay__exchange_begin(spay__exchange *x, const spay_http_request *request,
                          spay_http_response *response)
{
    memset(x, 0, sizeof(*x));
    x->request = request;
    x->response = response;
    x->began_us = spay__now_us();
}

void spay__exchange_use(spay__exchange *x, spay__connection *connection)
{
    x->connection = connection;
    x->received_at = connection->bytes_received;
    if (connection->connected)
        tell_connecting(x, x->connection);
}

void spay__exchange_tell(spay__exchange *x, int64_t first_byte_us)
{
    if (first_byte_us)
        tell(x, SPAY_TIMING_FIRST_BYTE, first_byte_us - x->began_us);
    tell_now(x, SPAY_TIMING_TOTAL);
}

/* A kept connection that was dead teaches something about the others. */
void spay__exchange_end(spay__exchange *x, spay__pool *pool)
{
    spay__connection *c = x->connection;

    if (!c)
        return;
    if (x->keep) {
        spay__pool_give(pool, c);
        return;
    }
    if (c->used && c->bytes_received == x->received_at && (x->lost || x->late))
        spay__pool_suspect(pool, c, x->lost);
    spay__wipe(c->buffer, c->capacity);
    spay__connection_close(c);
}
