/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A request as it was received, before anybody looked into it.
 */
#ifndef SANDBOX_REQUEST_H
#define SANDBOX_REQUEST_H

#include "buffer.h"
#include "headers.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    REQUEST_BODY_LIMIT = 256 * 1024
};

struct request {
    char *method;
    char *target; /* raw: path and query with their percent escapes */
    struct headers headers;
    struct buffer body;
    bool body_too_large;
};

const char *request_header(const struct request *request, const char *name);
/* Adds body bytes. Those past the limit are read and forgotten. */
void request_receive(struct request *request, const char *bytes, size_t length);
/* Content-Type is application/json, with or without parameters. */
bool request_says_json(const struct request *request);
void request_free(struct request *request);

#endif
