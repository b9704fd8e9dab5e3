/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A plain HTTP server on loopback that knows every byte it read, and misbehaves at any of them. It
 * serves one connection after the other on a thread of its own.
 */
#ifndef SUPPORT_RAW_SERVER_H
#define SUPPORT_RAW_SERVER_H

#include <stdbool.h>
#include <stddef.h>

typedef struct raw_server raw_server;

/* How a connection ends at the cut. */
typedef enum raw_end {
    RAW_CLOSE,
    RAW_RESET,
    RAW_SILENCE /* read on, but answer nothing more; until the client leaves */
} raw_end;

/* Good exchanges first, then so many that are cut, then good ones again. */
typedef struct raw_plan {
    int good;
    int cuts;
    bool in_reply; /* at that byte of the reply, else of the request */
    size_t at;     /* so many bytes are read or written before the end comes */
    raw_end end;
    bool hang_up; /* close after each good reply, without having said so */
} raw_plan;

typedef struct raw_counts {
    int connections;
    int whole;             /* requests read to their end */
    int partial;           /* requests of which at least one byte was read */
    size_t request_length; /* of the last whole request */
} raw_counts;

/* Start on a free port. The reply is sent as it is. NULL if that fails. */
raw_server *raw_server_start(const char *reply, size_t length);

/* Stop, whatever it is doing. NULL is ignored. */
void raw_server_stop(raw_server *server);

int raw_server_port(const raw_server *server);

/* Replace plan and counts. */
void raw_server_plan(raw_server *server, const raw_plan *plan);

/*
 * The counts, when all connections made before are served and closed: kept ones must have been
 * closed by the client. false if that takes more than ten seconds.
 */
bool raw_server_settle(raw_server *server, raw_counts *counts);

/* The counts as they are now. */
void raw_server_look(raw_server *server, raw_counts *counts);

#endif
