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

#include "base/ascii.h"
#include "redact.h"

enum {
    LINE_SIZE = 1024
};

#define HIDDEN "[hidden]"

/* Headers whose values may be logged, whoever the provider is. Anything else is hidden. */
static const char common_headers[] = "Accept\0"
                                     "Content-Length\0"
                                     "Content-Type\0"
                                     "Date\0"
                                     "Retry-After\0"
                                     "User-Agent\0";

static bool is_listed(const char *names, const char *name)
{
    for (; *names; names = spay__list_next(names))
        if (spay__equal_ignoring_case(name, names))
            return true;
    return false;
}

static bool is_shown(const char *name, const char *shown)
{
    return is_listed(common_headers, name) || is_listed(shown, name);
}

/* Line is formatted: make it fit for the hook, and hand it out. */
static void tell(const spay_client *client, int32_t level, char line[LINE_SIZE])
{
    spay__make_line(line);
    client->log(client->log_ctx, level, line);
}

void spay__log(const spay_client *client, int32_t level, const char *format, ...)
{
    char line[LINE_SIZE];
    va_list arguments;

    if (level > client->log_level)
        return;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    tell(client, level, line);
}

void spay__log_request(const spay_client *client, const spay_http_request *request,
                       const char *shown)
{
    size_t i;

    if (client->log_level < SPAY_LOG_TRACE)
        return;
    for (i = 0; i < request->header_count; i++) {
        const char *name = request->headers[i].name;

        spay__log(client, SPAY_LOG_TRACE, "> %s: %s", name,
                  is_shown(name, shown) && !request->headers[i].secret
                      ? spay_http_request_header_value(request, i)
                      : HIDDEN);
    }
}

/* A peer may say anything, even our secrets, and even in a header's name. */
static void log_header(const spay_client *client, const spay_http_request *request,
                       const char *name, const char *value, const char *shown)
{
    char line[LINE_SIZE];

    if (spay__redact_finds(request, name))
        name = HIDDEN;
    if (!is_shown(name, shown) || spay__redact_finds(request, value))
        value = HIDDEN;
    (void)snprintf(line, sizeof(line), "< %s: %s", name, value);
    tell(client, SPAY_LOG_TRACE, line);
}

void spay__log_response(const spay_client *client, const spay_http_response *response,
                        const spay_http_request *request, const char *shown)
{
    const char *name = response->headers.data;
    size_t i;

    if (client->log_level < SPAY_LOG_TRACE)
        return;
    for (i = 0; i < response->header_count; i++) {
        const char *value = name + strlen(name) + 1;

        log_header(client, request, name, value, shown);
        name = value + strlen(value) + 1;
    }
}
