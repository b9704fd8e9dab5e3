/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * An answer under construction, independent of the HTTP server that will send it.
 */
#ifndef SANDBOX_REPLY_H
#define SANDBOX_REPLY_H

#include "headers.h"

#include <cjson/cJSON.h>
#include <stddef.h>

struct reply {
    int status;
    struct headers headers;
    char *body; /* NULL is an empty body */
    size_t length;
};

/* Status, Content-Type and body; takes over the document. Headers set before are kept. */
void reply_json(struct reply *reply, int status, const char *type, cJSON *document);
void reply_text(struct reply *reply, int status, const char *type, const char *text);
void reply_set_body(struct reply *reply, const char *body, size_t length);
void reply_header(struct reply *reply, const char *name, const char *value);
void reply_copy(struct reply *to, const struct reply *from);
void reply_free(struct reply *reply);

#endif
