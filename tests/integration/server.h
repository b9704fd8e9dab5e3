/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A server whose behaviour is a function of the test's, called for each connection on a thread of
 * its own. Plain HTTP or TLS. It counts the requests and the bytes that it reads.
 *
 * The functions that take a server_connection are for the behaviour; none of them fails a test.
 */
#ifndef INTEGRATION_SERVER_H
#define INTEGRATION_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct server server;
typedef struct server_connection server_connection;

typedef struct server_options {
    /* The connection is closed when it returns. */
    void (*behave)(server_connection *c, void *ctx);
    void *ctx;
    const char *address;  /* NULL: 127.0.0.1 */
    const char *tls_host; /* "DNS:..." or "IP:...", for its certificate; NULL: plain HTTP */
    int tls_version;      /* at most; 0: TLS 1.3 */
    int tls_days; /* its certificate becomes valid so many days after yesterday, for two days */
    bool tls_self_signed; /* the certificate is signed by nobody else */
    bool small_buffers;   /* of the kernel, on both sides: a large request does not fit */
} server_options;

typedef struct server_counts {
    int connections;
    int open;    /* of them, now */
    int whole;   /* requests read to their end */
    int partial; /* requests of which a part was read, on connections that are closed */
    int extra;   /* connections on which bytes came after the end of a request, unasked */
    int64_t bytes_read;
    int64_t bytes_written;
} server_counts;

/* Start on a free port. A failure ends the test. */
server *server_start(const server_options *options);

/* Stop, whatever its connections are doing. NULL is ignored. */
void server_stop(server *stopped);

int server_port(const server *s);

/* "http://127.0.0.1:1234"; for another host in the place of the address, if it is not NULL. */
const char *server_url(const server *s, const char *host, char url[64]);

/* The authority that signed its certificate, as PEM; NULL without TLS. */
const char *server_authority(const server *s);

server_counts server_look(server *s);

/* Wait until all connections are closed, at most ten seconds. */
bool server_await_closed(server *s, server_counts *counts);

/* The first from 1. */
int server_number(const server_connection *c);

/* Read until the request is whole. false: the client is gone, or the server is to stop. */
bool server_read_request(server_connection *c);

/* Read so many bytes of the request. false as above. */
bool server_read_bytes(server_connection *c, size_t count);

/* How many bytes the request has, as far as it was read, and the bytes of its head. */
size_t server_request_length(const server_connection *c);
const char *server_request_head(const server_connection *c);

/* false: not all of it could be written. */
bool server_write(server_connection *c, const void *bytes, size_t length);
bool server_write_text(server_connection *c, const char *text);

/* Wait so long for the client to leave; -1: for ever. What it sends is read. */
bool server_await_gone(server_connection *c, int timeout_ms);

/* Wait so long until there is something to read, or the end. */
bool server_await_bytes(server_connection *c, int timeout_ms);

/* Read nothing until the server is stopped, or for ten seconds. */
void server_await_stop(server_connection *c);

/* Write another session ticket: TLS 1.3. */
void server_write_ticket(server_connection *c);

/* Say no more, but go on reading: close_notify with TLS, and FIN. */
void server_shut_down(server_connection *c);

/* Without a farewell of TLS, or with a reset. The connection is closed then. */
void server_cut(server_connection *c);
void server_reset(server_connection *c);

/* ---- a listener that takes no more connections: SYNs to it are dropped ---- */

typedef struct black_hole {
    int listener;
    int fillers[8];
} black_hole;

/* false: it cannot be had on this system. Close it in any case. */
bool black_hole_open(black_hole *hole, const char *address, int port);
int black_hole_port(const black_hole *hole);
void black_hole_close(black_hole *hole);

#endif
