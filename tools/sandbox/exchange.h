/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * One request on its way to an answer.
 */
#ifndef SANDBOX_EXCHANGE_H
#define SANDBOX_EXCHANGE_H

#include "beliefs/beliefs.h"
#include "idempotency.h"
#include "reply.h"
#include "request.h"
#include "sandbox.h"

#include <stdbool.h>

enum ending {
    ENDING_SEND,  /* send the answer */
    ENDING_HALF,  /* send headers and half of the body, then close */
    ENDING_CLOSE, /* close without a byte */
};

struct exchange {
    struct sandbox *sandbox;
    struct request request;
    struct reply reply;
    struct claim claim; /* of the idempotency key, when the request has a new one */
    enum ending ending;
    enum situation situation; /* what the provider found the request to be */
    bool complete;            /* the request came to its end */
    struct stream *stream;    /* in place of the reply's body, or NULL */
};

struct exchange *exchange_new(struct sandbox *sandbox, const char *target);
/* Everything between the last byte of the request and the first byte of the answer. */
void exchange_run(struct exchange *exchange);
/* For a request that will never be complete: its client went away. */
void exchange_abandon(struct exchange *exchange);
void exchange_free(struct exchange *exchange);

#endif
