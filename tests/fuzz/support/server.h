/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A server on loopback that says what the input says, over TCP or TLS, as it is or in frames of HTTP/2. It
 * has no thread: it is served whenever the library waits. Nothing is read before the library has taken
 * all that was said, so each piece of the input is read by itself, and waiting takes no time.
 *
 * The program is linked with --wrap for the functions that support/server.c lists.
 *
 * pieces: how, length, with frames also flags and stream, then the bytes
 */
#ifndef FUZZ_SERVER_H
#define FUZZ_SERVER_H

#include <stdbool.h>

#include "input.h"

typedef struct server server;

/* What it speaks. */
typedef struct server_speech {
    bool tls;
    bool http2; /* over TLS, if the client offers it */
} server_speech;

/* The one server of this program; it stays. */
server *server_get(void);

/* Its address; the same for all inputs. */
int server_port(const server *s);

/* Its certificate as PEM, to be trusted. */
const char *server_certificate(const server *s);

/* From now on it is served, and says this. */
void server_begin(server *s, server_speech speech, fuzz_input script);

/* No longer. Returns how many requests it has seen, at least a byte of each, and has not denied. */
int server_end(server *s);

#endif
