/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A connection to one origin. libcurl resolves, connects, does the proxy and TLS; then bytes are
 * sent and received here, and nobody but the caller decides which. It never blocks.
 *
 * While it connects, whoever waits watches some sockets, or lets libcurl wait, and advances it when
 * it is due; once it is connected, there is one socket.
 */
#ifndef SPAY__TRANSPORT_CONNECTION_H
#define SPAY__TRANSPORT_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sessionpay/http.h>

enum {
    SPAY__AGAIN = 1, /* no spay_status, none is positive: go on when a socket is ready */
    SPAY__CONNECTION_BUFFER = 16 * 1024
};

struct spay__curl_settings;
struct spay__origin;
typedef struct spay__connection spay__connection;

/*
 * Somebody who watches sockets: told of each with SPAY_SOCKET_... bits, 0 to let go of it. false
 * without memory.
 */
typedef struct spay__watcher {
    bool (*watch)(void *ctx, spay__connection *connection, int fd, int32_t events);
    void *ctx;
} spay__watcher;

struct spay__connection {
    spay__connection *next; /* in the list of its pool, or of its driver */
    struct spay__origin *origin;
    void *owner;     /* whoever drives it may note something here */
    bool connected;  /* bytes can be sent */
    bool encrypted;  /* by TLS */
    bool used;       /* it has carried a request before */
    bool undecided;  /* being made, and counted as one that may turn out to speak HTTP/2 */
    bool http2;      /* that is what the peer has chosen */
    bool lingers;    /* idle, and watched for a turn more */
    int fd;          /* once connected */
    int32_t watched; /* what the watcher has been told of fd */

    int32_t streams; /* that are open on it, over HTTP/2 */
    bool answered;   /* there: a response has begun since it was new or idle */
    bool silent;     /* there: nothing has come for as long as a request may take */

    struct spay__http2 *h2;                    /* with what reads and frees it; NULL: HTTP/1.1 */
    bool (*is_usable)(spay__connection *idle); /* in place of being quiet */
    void (*on_close)(spay__connection *closed);

    char *buffer; /* of SPAY__CONNECTION_BUFFER bytes or more, for whatever goes out or comes in */
    size_t capacity;

    int64_t lookup_us; /* how long it took until the name was resolved, and so on; -1: it was not */
    int64_t connect_us;
    int64_t tls_us;
    int64_t idle_since_us; /* in its pool */
    int64_t idle_us;       /* how long it was when it was taken out */
    int64_t keep_us;       /* how long the peer keeps it idle; below 0 if it does not say */

    uint64_t bytes_sent; /* of HTTP, not of TLS */
    uint64_t bytes_received;

    spay_status status; /* why it failed, once it has */
    const char *reason;
    const char *message;
    const char *phase; /* in which it failed to connect, for events */
};

/* How a connection is to be made. */
typedef struct spay__target {
    const struct spay__curl_settings *settings;
    const char *origin; /* scheme, host and port; lives as long as the connection */
    int64_t
        timeout_ms; /* libcurl spreads it over the host's addresses; the limit is the caller's */
    bool http2;     /* offer it */
    const spay__watcher *watcher; /* NULL: the caller lets libcurl wait */
} spay__target;

/* Begin to connect; NULL without memory. */
spay__connection *spay__connection_open(const spay__target *target);

/* Close it, whatever it is doing. NULL is ignored. */
void spay__connection_close(spay__connection *connection);

/*
 * Go on connecting: after a wait, or with SPAY_SOCKET_... events on a socket that is watched.
 * Returns SPAY__AGAIN, SPAY_OK, or the status with which it has failed.
 */
int32_t spay__connection_advance(spay__connection *connection);
int32_t spay__connection_on_socket(spay__connection *connection, int fd, int32_t events);

/* It has not connected in time: say so in its message, with its phase and times. */
void spay__connection_explain_timeout(spay__connection *connection);

/* How soon to advance it at the latest, while it connects. */
int64_t spay__connection_due_ms(const spay__connection *connection);

/* Without a watcher: wait until there may be something to do; events are those wanted of fd. */
void spay__connection_wait(spay__connection *connection, int32_t events, int64_t timeout_ms);

/* Tell the watcher what is wanted of fd; 0 for nothing. false without memory. */
bool spay__connection_watch(spay__connection *connection, int32_t events);

/*
 * Send what the socket takes. SPAY_OK and how much; SPAY__AGAIN if it takes nothing now, though
 * TLS may hold some of it already; or the status with which the connection has failed.
 */
int32_t spay__connection_send(spay__connection *connection, const void *bytes, size_t length,
                              size_t *sent);

/*
 * Receive what is there. SPAY_OK and how much, 0 at the end of the stream; SPAY__AGAIN; or the
 * status with which the connection has failed.
 */
int32_t spay__connection_receive(spay__connection *connection, void *buffer, size_t size,
                                 size_t *received);

/* Whether an idle connection may be used: the peer has neither closed it nor sent anything. */
bool spay__connection_is_usable(spay__connection *connection);

/* Have room for so many bytes in the buffer. false without memory. */
bool spay__connection_reserve(spay__connection *connection, size_t length);

#endif
