/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * The addresses of a host, and which of them answer.
 */

#ifndef CLI_DOCTOR_REACH_H
#define CLI_DOCTOR_REACH_H

#include <cjson/cJSON.h>

enum {
    REACH_MOST = 16 /* addresses that are tried */
};

struct reach_address {
    char text[64];
    const char *problem; /* NULL: it answers */
    int elapsed_ms;
};

struct reach {
    struct reach_address addresses[REACH_MOST];
    int count; /* 0: the name has none */
};

/* Connect to all addresses at once, and disconnect; nothing is sent. */
void reach_host(struct reach *reach, const char *host, int port, int limit_ms);

#endif
