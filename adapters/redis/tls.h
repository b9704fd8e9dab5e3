/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * TLS to Redis, where libhiredis has it.
 */
#ifndef SPAY__REDIS_TLS_H
#define SPAY__REDIS_TLS_H

#include <stdbool.h>

#include <sessionpay/error.h>

struct redisContext;

/* Whom to trust. */
typedef struct spay__redis_tls spay__redis_tls;

/* `ca_file` may be NULL: the system's authorities. */
spay_status spay__redis_tls_new(const char *ca_file, spay__redis_tls **tls, spay_error **error);
void spay__redis_tls_free(spay__redis_tls *tls);

/* The handshake, within the timeouts of the connection. false: not safe, or it broke. */
bool spay__redis_tls_start(spay__redis_tls *tls, struct redisContext *context, const char *host);

#endif
