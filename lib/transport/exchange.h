/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * One request and its response over one connection, HTTP/1.1. It never blocks; whoever drives it
 * waits for what the connection waits for, and keeps its limits.
 */
#ifndef SPAY__TRANSPORT_EXCHANGE_H
#define SPAY__TRANSPORT_EXCHANGE_H

#include "pool.h"

typedef enum spay__phase {
    SPAY__CONNECTING,
    SPAY__SENDING,
    SPAY__RECEIVING
} spay__phase;

typedef struct spay__exchange {
    const spay_http_request *request;
    spay_http_response *response;
    spay__connection *connection;
    spay__phase phase;
    int64_t began_us;
    size_t length;        /* of the request in bytes */
    size_t sent;          /* of it so far */
    bool keep;            /* the response is complete, and the connection may be used again */
    bool broken;          /* the connection takes no more; a response may be in it all the same */
    bool lost;            /* the connection ended before the response did */
    bool late;            /* its limit was reached */
    uint64_t received_at; /* what the connection had received before */
} spay__exchange;

/* Begin; its time runs. It has no connection yet. */
void spay__exchange_begin(spay__exchange *x, const spay_http_request *request,
                          spay_http_response *response);

/* Give it a connection that is idle or connecting; over HTTP/2, one that others use too. */
void spay__exchange_use(spay__exchange *x, spay__connection *connection);

/*
 * Go as far as it goes. Returns SPAY__AGAIN, or the status for spay_call_respond(); the response
 * has been explained then.
 */
int32_t spay__exchange_advance(spay__exchange *x);

/* What it waits for on the connection's socket, once that is connected: SPAY_SOCKET_... bits. */
int32_t spay__exchange_events(const spay__exchange *x);

/* How long it may take in all, as far as it is: less until the connection stands. */
int64_t spay__exchange_limit_ms(const spay__exchange *x);

/* There is no connection to be had: say what may be missing. Returns the status for that. */
spay_status spay__exchange_without(spay_http_response *response);

/* The connection that was to be its own, or one that it waited for, has failed. */
spay_status spay__exchange_fail(spay__exchange *x, const spay__connection *failed);

/* It has ended over HTTP/2: when its response began, or 0, is all that is not told yet. */
void spay__exchange_tell(spay__exchange *x, int64_t first_byte_us);

/* Its limit is reached, or its call is canceled: the status, and the response explained. */
spay_status spay__exchange_stop(spay__exchange *x, spay_status status);

/*
 * It is over: its connection, if it has one, goes back to the pool if it may be used again, or is
 * closed.
 */
void spay__exchange_end(spay__exchange *x, spay__pool *pool);

#endif
