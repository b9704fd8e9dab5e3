/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Other readers of a URL's host: libcurl's parser, and the system's resolver, which is asked for
 * addresses alone, so that no name server hears of it.
 */
#ifndef WIRE_READERS_HOST_H
#define WIRE_READERS_HOST_H

#include "base/url.h"

typedef enum host_kind {
    HOST_NAME,
    HOST_IPV4,
    HOST_IPV6
} host_kind;

/* As the standard writes addresses. */
host_kind host_kind_of(const char *host);

/* What one of them reads differently from what our parser has made of the text; or NULL. */
const char *host_readers_differ(const char *text, const spay__url *ours);

#endif
