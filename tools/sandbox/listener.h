/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The loopback socket that everything arrives on.
 */
#ifndef SANDBOX_LISTENER_H
#define SANDBOX_LISTENER_H

/* A listening socket on a loopback address. *host becomes "127.0.0.1:PORT" or "[::1]:PORT", owned
 * by the caller. Returns -1 after a message on stderr. */
int listener_open(const char *address, int port, char **host);

#endif
