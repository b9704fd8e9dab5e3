/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A WePay over TLS that resumes sessions, and counts them. It has an authority of its own, and runs
 * in a process of its own, so that a test may fork as it likes. Each reply ends its connection.
 */
#ifndef INTEGRATION_TLS_PEER_H
#define INTEGRATION_TLS_PEER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    TLS_PEER_PEM_SIZE = 4096
};

/* Shared between the two processes; read with tls_peer_look(). */
typedef struct tls_counts {
    int32_t handshakes; /* that came to their end */
    int32_t resumed;    /* of those */
    int32_t replies;
} tls_counts;

typedef struct tls_peer {
    tls_counts *board;
    pid_t process;
    int lifeline; /* the process ends when the last copy of this is closed */
    int port;
    char url[40];
    char authority[TLS_PEER_PEM_SIZE]; /* as PEM */
    char authority_file[16];           /* its name in a hashed directory */
} tls_peer;

/* At most that version of TLS: TLS1_2_VERSION or TLS1_3_VERSION. A failure ends the test. */
void tls_peer_start(tls_peer *started, int version);
void tls_peer_stop(tls_peer *stopped);
tls_counts tls_peer_look(const tls_peer *seen);

#endif
