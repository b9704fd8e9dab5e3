/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * For a libhiredis without TLS.
 */
#include "redis/tls.h"

#include "adapter.h"

spay_status spay__redis_tls_new(const char *ca_file, spay__redis_tls **tls, spay_error **error)
{
    (void)ca_file;
    (void)tls;
    return spay__adapter_refuse(error, "url", "tls_unsupported",
                                "asks for TLS, which this build's libhiredis does not have");
}

void spay__redis_tls_free(spay__redis_tls *tls)
{
    (void)tls;
}

bool spay__redis_tls_start(spay__redis_tls *tls, struct redisContext *context, const char *host)
{
    (void)tls;
    (void)context;
    (void)host;
    return false;
}
