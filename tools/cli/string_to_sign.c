/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * The library's own requests have neither folded header lines nor a query.
 */

#include "string_to_sign.h"

#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *value_of(const spay_http_request *request, const char *name)
{
    for (size_t i = 0; i < spay_http_request_header_count(request); i++) {
        if (!strcasecmp(spay_http_request_header_name(request, i), name))
            return spay_http_request_header_value(request, i);
    }
    return "";
}

/* The next X-GCS header after a name, in order of names; the count if there is none. */
static size_t next_header(const spay_http_request *request, const char *after)
{
    size_t count = spay_http_request_header_count(request);
    size_t next = count;

    for (size_t i = 0; i < count; i++) {
        const char *name = spay_http_request_header_name(request, i);
        if (strncasecmp(name, "x-gcs", 5) != 0 || strcasecmp(name, after) <= 0)
            continue;
        if (next == count || strcasecmp(name, spay_http_request_header_name(request, next)) < 0)
            next = i;
    }
    return next;
}

static void put_lower_case(FILE *out, const char *text)
{
    for (; *text; text++)
        putc(*text >= 'A' && *text <= 'Z' ? *text - 'A' + 'a' : *text, out);
}

static void put_headers(FILE *out, const spay_http_request *request)
{
    const char *name = "";

    for (;;) {
        size_t i = next_header(request, name);
        if (i == spay_http_request_header_count(request))
            return;
        name = spay_http_request_header_name(request, i);
        put_lower_case(out, name);
        fprintf(out, ":%s\n", spay_http_request_header_value(request, i));
    }
}

char *string_to_sign(const spay_http_request *request)
{
    const char *url = spay_http_request_url(request);
    const char *authority = strstr(url, "://");
    const char *path = authority ? strchr(authority + 3, '/') : NULL;
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);

    if (!out) {
        fputs("sessionpay: out of memory\n", stderr);
        exit(CLI_USAGE);
    }
    fprintf(out, "%s\n%s\n%s\n", spay_http_request_method(request),
            value_of(request, "Content-Type"), value_of(request, "Date"));
    put_headers(out, request);
    fprintf(out, "%s\n", path ? path : "");
    fclose(out);
    return text;
}
