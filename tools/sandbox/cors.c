/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Any origin is allowed and no cookie is asked for: what authorizes is in a header.
 */
#include "cors.h"

#include <string.h>

#include "exchange.h"

static bool is_for_browsers(const struct request *request)
{
    static const char *const prefixes[] = {"/client/", "/assets/", "/js/"};

    for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++) {
        if (strncmp(request->target, prefixes[i], strlen(prefixes[i])) == 0)
            return request_header(request, "Origin") != NULL;
    }
    return false;
}

bool cors_is_preflight(const struct request *request)
{
    return is_for_browsers(request) && strcmp(request->method, "OPTIONS") == 0 &&
           request_header(request, "Access-Control-Request-Method");
}

void cors_answer_preflight(struct exchange *exchange)
{
    const char *asked = request_header(&exchange->request, "Access-Control-Request-Headers");
    struct reply *reply = &exchange->reply;

    reply->status = 204;
    reply_header(reply, "Access-Control-Allow-Methods", "GET, POST, OPTIONS");
    if (asked)
        reply_header(reply, "Access-Control-Allow-Headers", asked);
    reply_header(reply, "Access-Control-Max-Age", "600");
}

/* A scripted header of the same name stays as it is. */
static void add(struct reply *reply, const char *name, const char *value)
{
    if (!headers_get(&reply->headers, name))
        reply_header(reply, name, value);
}

void cors_allow(struct exchange *exchange)
{
    if (!is_for_browsers(&exchange->request))
        return;
    add(&exchange->reply, "Access-Control-Allow-Origin", "*");
    add(&exchange->reply, "Access-Control-Expose-Headers", "X-Sandbox-Hint");
}
