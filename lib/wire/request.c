/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

#include "request.h"

#include <string.h>

static bool has_suffix(const char *text, size_t length, const char *suffix, size_t suffix_length)
{
    return length > suffix_length &&
           memcmp(text + length - suffix_length, suffix, suffix_length) == 0;
}

/* The authority without the scheme's default port. */
static size_t host_length(const char *host, size_t length, bool https)
{
    if (https && has_suffix(host, length, ":443", 4))
        return length - 4;
    if (!https && has_suffix(host, length, ":80", 3))
        return length - 3;
    return length;
}

void spay__request_target_parse(const char *url, spay__request_target *target)
{
    const char *scheme_end = strstr(url, "://");

    target->scheme_length = (size_t)(scheme_end - url);
    target->host = scheme_end + 3;
    target->path = target->host + strcspn(target->host, "/?#");
    target->host_length = host_length(target->host, (size_t)(target->path - target->host),
                                      target->scheme_length == 5);
    target->path_length = strcspn(target->path, "#");
    target->needs_slash = *target->path != '/';
}
