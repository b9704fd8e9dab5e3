/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * One connection to Redis: opening it, and running a batch of operations. Blocking; used by one
 * thread. The only file that knows libhiredis, besides tls.c.
 */
#ifndef SPAY__REDIS_CONNECTION_H
#define SPAY__REDIS_CONNECTION_H

#include <stdbool.h>

#include <sessionpay/store.h>

#include "adapter.h"
#include "redis/tls.h"
#include "redis/url.h"

enum {
    SPAY__MAX_PREFIX = 64,
    SPAY__REASON_SIZE = 64
};

typedef struct spay__redis_settings {
    spay__redis_url url;
    spay__redis_tls *tls; /* NULL without TLS */
    char prefix[SPAY__MAX_PREFIX + 1];
    int32_t connect_timeout_ms;
    int32_t command_timeout_ms;
} spay__redis_settings;

/* An operation that waits for its turn, or for its reply. */
typedef struct spay__redis_job {
    struct spay__redis_job *next;
    spay_store_operation *operation; /* NULL: it has ended */
    int32_t script;                  /* SPAY__GET and so on */
    bool unknown;                    /* the server does not have the script: again */
    int64_t ttl_ms;
    uint64_t fence;
    char name[SPAY__MAX_NAME + 1];
    size_t length;
    unsigned char value[];
} spay__redis_job;

typedef struct spay__redis_connection spay__redis_connection;

/* Connect; no more yet. NULL: not possible. `reason` receives a few words why. */
spay__redis_connection *spay__redis_open(const spay__redis_settings *settings,
                                         char reason[SPAY__REASON_SIZE]);

/* TLS, user and password, database. */
bool spay__redis_greet(spay__redis_connection *connection, char reason[SPAY__REASON_SIZE]);

/* Whether an idle connection can be used: the peer has neither closed it nor sent anything. */
bool spay__redis_is_idle(const spay__redis_connection *connection);

int spay__redis_descriptor(const spay__redis_connection *connection);

/*
 * Send all jobs of a list, and end their operations as the replies come. false: the connection is of
 * no use any more; some operations may not have ended.
 */
bool spay__redis_run(spay__redis_connection *connection, spay__redis_job *jobs,
                     char reason[SPAY__REASON_SIZE]);

/* NULL is ignored. */
void spay__redis_close(spay__redis_connection *connection);

#endif
