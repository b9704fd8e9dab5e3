/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Building answers.
 */
#include "reply.h"

#include <stdlib.h>
#include <string.h>

#include "xalloc.h"

void reply_set_body(struct reply *reply, const char *body, size_t length)
{
    char *copy = xstrndup(body, length);

    free(reply->body);
    reply->body = copy;
    reply->length = length;
}

void reply_text(struct reply *reply, int status, const char *type, const char *text)
{
    reply->status = status;
    reply_header(reply, "Content-Type", type);
    reply_set_body(reply, text, strlen(text));
}

void reply_json(struct reply *reply, int status, const char *type, cJSON *document)
{
    char *text = cJSON_PrintUnformatted(document);

    reply_text(reply, status, type, text);
    cJSON_free(text);
    cJSON_Delete(document);
}

void reply_header(struct reply *reply, const char *name, const char *value)
{
    headers_set(&reply->headers, name, value);
}

void reply_copy(struct reply *to, const struct reply *from)
{
    reply_free(to);
    to->status = from->status;
    headers_copy(&to->headers, &from->headers);
    if (from->body)
        reply_set_body(to, from->body, from->length);
}

void reply_free(struct reply *reply)
{
    headers_free(&reply->headers);
    free(reply->body);
    *reply = (struct reply){0};
}
