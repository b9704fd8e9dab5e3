/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Idempotency keys and the answers saved under them. Safe from any thread.
 */
#ifndef SANDBOX_IDEMPOTENCY_H
#define SANDBOX_IDEMPOTENCY_H

#include "reply.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct idempotency;

/* A request that carries a key. */
struct keyed_request {
    const char *provider;
    const char *key;
    const char *target;
    const struct buffer *content; /* what a repetition must equal */
    bool lenient;                 /* it need not: anything will do */
    long retention_s;
};

enum key_state {
    KEY_NONE,    /* nobody has asked for a key */
    KEY_NEW,     /* claimed: settle it */
    KEY_RUNNING, /* the first request has not been answered yet */
    KEY_DIFFERS, /* the first request was another one */
    KEY_REPLAY   /* here is the saved answer */
};

/* The right, and the duty, to settle a key. An empty claim is all zero. */
struct claim {
    char *name;
    uint64_t number;
    enum key_state state; /* what was found; settling leaves it */
};

/* What is known of an earlier request with the key. */
struct earlier {
    struct reply reply; /* only with KEY_REPLAY */
    char *target;
    bool differs;     /* the first request had other content */
    int64_t first_ms; /* this machine's wall clock */
};

struct idempotency *idempotency_new(void);
enum key_state idempotency_claim(struct idempotency *keys, const struct keyed_request *request,
                                 struct claim *claim, struct earlier *earlier);
void earlier_free(struct earlier *earlier);
/* Saves the answer, or forgets the key if reply is NULL. Does nothing for an empty claim. */
void idempotency_settle(struct idempotency *keys, struct claim *claim, const struct reply *reply);
size_t idempotency_count(struct idempotency *keys);
void idempotency_clear(struct idempotency *keys);
void idempotency_free(struct idempotency *keys);

#endif
