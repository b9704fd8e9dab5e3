/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Log lines.
 */
#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ascii.h"

enum {
    LINE_SIZE = 512
};

/* Headers whose values may be logged. Anything else shows as "[hidden]". */
static const char *const allowed_headers[] = {
    "Accept",
    "Api-Version",
    "Content-Length",
    "Content-Type",
    "Date",
    "Retry-After",
    "User-Agent",
    "X-Correlation-Id",
    "X-GCS-Idempotence-Request-Timestamp",
    "X-Request-Id",
};

static bool is_allowed(const char *name)
{
    size_t i;

    for (i = 0; i < sizeof(allowed_headers) / sizeof(allowed_headers[0]); i++)
        if (spay__equal_ignoring_case(name, allowed_headers[i]))
            return true;
    return false;
}

void spay__log(const spay_client *client, int32_t level, const char *format, ...)
{
    char line[LINE_SIZE];
    va_list arguments;
    char *c;

    if (level > client->log_level)
        return;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    for (c = line; *c; c++)
        if (spay__is_control(*c))
            *c = ' ';
    client->log(client->log_ctx, level, line);
}

static void log_header(const spay_client *client, const char *arrow, const char *name,
                       const char *value, bool secret)
{
    spay__log(client, SPAY_LOG_TRACE, "%s %s: %s", arrow, name,
              is_allowed(name) && !secret ? value : "[hidden]");
}

void spay__log_request(const spay_client *client, const spay_http_request *request)
{
    size_t i;

    if (client->log_level < SPAY_LOG_TRACE)
        return;
    for (i = 0; i < request->header_count; i++)
        log_header(client, ">", request->headers[i].name,
                   spay_http_request_header_value(request, i), request->headers[i].secret);
}

void spay__log_response(const spay_client *client, const spay_http_response *response)
{
    const char *name = response->headers.data;
    size_t i;

    if (client->log_level < SPAY_LOG_TRACE)
        return;
    for (i = 0; i < response->header_count; i++) {
        const char *value = name + strlen(name) + 1;

        log_header(client, "<", name, value, false);
        name = value + strlen(value) + 1;
    }
}
