/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A badly behaved provider on a loopback port, in a process of its own: it can be killed, it keeps
 * count of what reaches it, and it never shares a descriptor with the program that it vexes. It
 * speaks plain HTTP, or passes bytes on to the sandbox and back, which makes it a bad network.
 */
#ifndef TORTURE_PEER_H
#define TORTURE_PEER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <sessionpay/error.h>

enum {
    PEER_MOST_REQUESTS = 8192,
    PEER_KEY_SIZE = 48
};

/* How it treats a request. */
enum {
    PEER_ANSWER = 0,  /* with a good session, or a good token */
    PEER_SILENT,      /* take it, and never answer */
    PEER_DRIP_HEADER, /* a byte a second from the status line on */
    PEER_DRIP_BODY,   /* all headers at once, then a byte a second */
    PEER_BUSY,        /* 503 with Retry-After */
    PEER_RESET,       /* reset the connection */
    PEER_DECLINE,     /* refuse the request for good, as the provider does */
    PEER_THROTTLE,    /* 429 with Retry-After */
    PEER_CONFLICT,    /* 409: the key was used for another request */
    PEER_BAD_REPLY    /* a session, in JSON that ends half way */
};

/* What it does to the connections that are open. */
enum {
    PEER_CLOSE_ALL = 1,
    PEER_RESET_ALL,
    PEER_FORGET_ALL /* as a machine that lost its power: no farewell. Needs rights */
};

/* One request, in order of arrival. */
typedef struct peer_request {
    int32_t connection;      /* counts from 1 */
    int32_t made;            /* whether it made a session, answered or not */
    char key[PEER_KEY_SIZE]; /* the idempotency key; "token" for a token request */
} peer_request;

/* Shared between the two processes; set and read with __atomic. */
typedef struct peer_board {
    /* Orders. */
    int32_t session_mode;
    int32_t token_mode;
    int32_t mode_count; /* the modes are for so many requests; 0 for all */
    int32_t retry_after_s;
    int32_t token_lifetime_s;
    int32_t deaf;        /* do not read from any connection */
    int32_t deaf_until;  /* nor, ever, from those up to this number */
    int32_t close_after; /* close a connection after so many answers; 0 for never */
    int32_t reset_after; /* reset a connection when so many bytes have come; 0 for never */
    int32_t answer_late; /* milliseconds before each answer */
    int32_t relay_port;  /* pass bytes on to this port instead of answering */
    int32_t command;
    int32_t command_count;
    /* Findings. */
    int32_t accepted;
    int32_t open;
    int32_t waiting;   /* the last connection that had bytes for a peer that is deaf */
    int32_t farewells; /* connections that the other side ended */
    int32_t bytes;
    int32_t requests;
    int32_t sessions;
    int32_t tokens;
    int32_t refused_forget; /* the system does not let us forget connections */
    peer_request log[PEER_MOST_REQUESTS];
} peer_board;

typedef struct peer {
    peer_board *board;
    pid_t process;
    int lifeline; /* the process ends when the last copy of this is closed */
    uint16_t port;
} peer;

/* Start it. Port 0 takes any free one. Before the program has threads. */
bool peer_start(peer *started, uint16_t port);

/* Kill it, with all its connections; the board remains readable. */
void peer_kill(peer *started);

/* Start a killed one again on its port, with the same board. */
bool peer_revive(peer *killed);

/* Kill it and let go of the board. Harmless on one that never started. */
void peer_stop(peer *started);

/* "http://127.0.0.1:1234" */
const char *peer_url(const peer *started, const char *scheme, char url[40]);

int32_t peer_get(const int32_t *number);
void peer_set(int32_t *number, int32_t value);

/*
 * What is wrong in what a call told, when the peer has seen so many of its requests; or NULL. error
 * is NULL for a session.
 */
const char *peer_refutes(const spay_error *error, int32_t seen);

/* Do something to all connections, and wait until it is done. */
bool peer_command(peer *started, int32_t command);

#endif
