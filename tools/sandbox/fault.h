/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * One scripted fault: which requests it is for and what it does to them.
 */
#ifndef SANDBOX_FAULT_H
#define SANDBOX_FAULT_H

#include "reply.h"
#include "request.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

enum fault_close {
    CLOSE_NEVER,
    CLOSE_BEFORE,
    CLOSE_MIDDLE,
    CLOSE_AFTER_PROCESSING
};

struct fault {
    char *name;   /* for the journal */
    char *path;   /* part of the target; NULL matches any */
    char *method; /* NULL matches any */
    long count;   /* requests it is still good for */
    long skip;    /* matching requests to let pass first */
    int status;   /* 0: the request is processed normally */
    struct headers headers;
    char *body; /* NULL: not given */
    long delay_ms;
    enum fault_close close;
    cJSON *patch; /* merged into the body of a normal 2xx answer, or NULL */

    /* Kept by the list of faults. */
    size_t users;
    struct fault *next;
};

/* A fault from its JSON description, or NULL and a complaint owned by the caller. */
struct fault *fault_parse(const cJSON *description, char **complaint);
bool fault_matches(const struct fault *fault, const struct request *request);
/* Puts the fault's headers, body and patch on an answer. */
void fault_alter(const struct fault *fault, struct reply *reply);
void fault_free(struct fault *fault);

#endif
