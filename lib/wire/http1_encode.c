/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A request as HTTP/1.1 (RFC 9112, section 3), without I/O.
 */
#include <sessionpay/wire.h>

#include <string.h>

#include "base/ascii.h"
#include "http/message.h"

/* What the request line and the Host field take from the URL. */
typedef struct target {
    const char *host;
    size_t host_length;
    const char *path;
    size_t path_length;
    bool needs_slash;
} target;

static bool has_suffix(const char *text, size_t length, const char *suffix, size_t suffix_length)
{
    return length > suffix_length &&
           memcmp(text + length - suffix_length, suffix, suffix_length) == 0;
}

/* The authority without the scheme's default port. */
static size_t host_length(const char *url, const char *host, size_t length)
{
    bool https = host - url == 8;

    if (https && has_suffix(host, length, ":443", 4))
        return length - 4;
    if (!https && has_suffix(host, length, ":80", 3))
        return length - 3;
    return length;
}

static bool parse_target(const char *url, target *out)
{
    const char *scheme_end = strstr(url, "://");
    const char *fragment;

    if (!scheme_end)
        return false;
    out->host = scheme_end + 3;
    out->path = out->host;
    while (*out->path && *out->path != '/' && *out->path != '?' && *out->path != '#')
        out->path++;
    out->host_length = host_length(url, out->host, (size_t)(out->path - out->host));
    fragment = strchr(out->path, '#');
    out->path_length = fragment ? (size_t)(fragment - out->path) : strlen(out->path);
    out->needs_slash = *out->path != '/';
    return true;
}

static char *put(char *at, const char *text, size_t length)
{
    memcpy(at, text, length);
    return at + length;
}

#define PUT(at, literal) put(at, literal, sizeof(literal) - 1)

/* Each line is followed by a NUL, where CR and LF go. */
static char *put_fields(char *at, const spay_http_request *request)
{
    size_t i;

    for (i = 0; i < request->header_count; i++) {
        bool last = i + 1 == request->header_count;
        size_t end = last ? request->lines.length : request->headers[i + 1].line;

        at = put(at, spay__http_request_line(request, i), end - request->headers[i].line - 1);
        at = PUT(at, "\r\n");
    }
    return at;
}

size_t spay_http_request_encode(const spay_http_request *request, void *buffer, size_t size)
{
    char digits[SPAY__INTEGER_SIZE];
    const char *number;
    size_t number_length;
    size_t method_length;
    size_t length;
    target to;
    char *at = buffer;

    if (!request || !request->url || !parse_target(request->url, &to))
        return 0;
    number = spay__integer_text((int64_t)request->body_length, digits);
    number_length = strlen(number);
    method_length = strlen(request->method);
    length = method_length + to.needs_slash + to.path_length + to.host_length +
             request->lines.length + request->header_count + number_length + request->body_length +
             sizeof("  HTTP/1.1\r\nHost: \r\nContent-Length: \r\n\r\n") - 1;
    if (length > size || !buffer)
        return length;
    at = put(at, request->method, method_length);
    at = to.needs_slash ? PUT(at, " /") : PUT(at, " ");
    at = put(at, to.path, to.path_length);
    at = PUT(at, " HTTP/1.1\r\nHost: ");
    at = put(at, to.host, to.host_length);
    at = put_fields(PUT(at, "\r\n"), request);
    at = put(PUT(at, "Content-Length: "), number, number_length);
    at = PUT(at, "\r\n\r\n");
    if (request->body_length)
        put(at, request->body, request->body_length);
    return length;
}
