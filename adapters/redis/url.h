/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The address of a Redis server, and the user and password for it.
 */
#ifndef SPAY__REDIS_URL_H
#define SPAY__REDIS_URL_H

#include <stdbool.h>

#include <sessionpay/error.h>

/* Texts are parts of `memory`, NULL where the URL has none. */
typedef struct spay__redis_url {
    char *memory;
    size_t memory_length;
    char *user;
    char *password;
    char *host; /* NULL for a Unix socket */
    char *path; /* of the Unix socket */
    int32_t port;
    int32_t database;
    bool tls;
} spay__redis_url;

/* Refused URLs leave nothing to be cleared. Messages never have a part of the URL. */
spay_status spay__redis_url_parse(spay__redis_url *url, const char *text, spay_error **error);

/* Wipe and free. */
void spay__redis_url_clear(spay__redis_url *url);

#endif
