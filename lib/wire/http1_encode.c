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
#include "request.h"

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
    spay__request_target to;
    char *at = buffer;

    if (!request || !request->url)
        return 0;
    spay__request_target_parse(request->url, &to);
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
