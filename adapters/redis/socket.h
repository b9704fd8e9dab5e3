/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A connected socket, within a time. libhiredis could connect too, but 0.14 ends the process when
 * it has no memory for that.
 */
#ifndef SPAY__REDIS_SOCKET_H
#define SPAY__REDIS_SOCKET_H

#include "redis/url.h"

/* A blocking socket that programs run by exec() do not inherit; -1: not possible. */
int spay__redis_socket_open(const spay__redis_url *url, int32_t timeout_ms);

#endif
