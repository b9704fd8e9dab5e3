/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Collecting a request and asking simple questions about it.
 */
#include "request.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *request_header(const struct request *request, const char *name)
{
    return headers_get(&request->headers, name);
}

void request_receive(struct request *request, const char *bytes, size_t length)
{
    if (length > REQUEST_BODY_LIMIT - request->body.length) {
        request->body_too_large = true;
        length = REQUEST_BODY_LIMIT - request->body.length;
    }
    buffer_append(&request->body, bytes, length);
}

bool request_says_json(const struct request *request)
{
    static const char json[] = "application/json";
    const char *type = request_header(request, "Content-Type");

    if (!type || strncasecmp(type, json, sizeof(json) - 1) != 0)
        return false;
    return strchr("; \t", type[sizeof(json) - 1]) != NULL;
}

void request_free(struct request *request)
{
    free(request->method);
    free(request->target);
    headers_free(&request->headers);
    buffer_free(&request->body);
}
