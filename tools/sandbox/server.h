/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The HTTP server: libmicrohttpd on one side, exchanges on the other.
 */
#ifndef SANDBOX_SERVER_H
#define SANDBOX_SERVER_H

struct MHD_Daemon;
struct certificate;
struct sandbox;

/* Serves the listening socket, which it owns from now on. certificate is NULL for plain HTTP.
 * Returns NULL if it cannot start. */
struct MHD_Daemon *server_start(struct sandbox *sandbox, int listener,
                                const struct certificate *certificate);
/* Ends open connections and waits for their threads. */
void server_stop(struct MHD_Daemon *server);

#endif
