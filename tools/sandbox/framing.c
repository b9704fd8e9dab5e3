/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What libmicrohttpd lets through in some of its versions, and a provider's front end would not.
 */
#include "framing.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "headers.h"

/* The bytes of a token in RFC 9110: no blank before the colon, for one. */
static bool is_token(const char *name)
{
    static const char allowed[] = "!#$%&'*+-.^_`|~0123456789"
                                  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    return *name && !name[strspn(name, allowed)];
}

static bool names_are_tokens(const struct headers *headers)
{
    for (size_t i = 0; i < headers->count; i++) {
        if (!is_token(headers->items[i].name))
            return false;
    }
    return true;
}

const char *framing_fault(const struct headers *headers, const char *version)
{
    size_t hosts = headers_count(headers, "Host");
    size_t lengths = headers_count(headers, "Content-Length");
    const char *coding = headers_get(headers, "Transfer-Encoding");

    if (!names_are_tokens(headers))
        return "the name of a header field has a byte that is not allowed there";
    if (hosts > 1)
        return "Host is there more than once";
    if (hosts == 0 && strcmp(version, "HTTP/1.1") == 0)
        return "there is no Host";
    if (lengths > 1)
        return "Content-Length is there more than once";
    if (lengths > 0 && coding)
        return "Content-Length and Transfer-Encoding are both there";
    if (coding && strcasecmp(coding, "chunked") != 0)
        return "Transfer-Encoding is not chunked";
    return NULL;
}
