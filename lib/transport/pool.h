/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Idle connections, kept by origin for the next request there. Any thread.
 */
#ifndef SPAY__TRANSPORT_POOL_H
#define SPAY__TRANSPORT_POOL_H

#include "base/thread.h"
#include "connection.h"

/* Scheme, host and port. Lives as long as its pool. */
typedef struct spay__origin {
    struct spay__origin *next;
    spay__connection *idle; /* the one used last comes first */
    int64_t keep_us;        /* how long an idle connection is trusted to live */
    int64_t learned_us;     /* when that was learned from one that died earlier */
    int64_t remember_us;    /* for how long */
    int32_t in_use;         /* for a driver that counts: connections that are not idle */
    int32_t connecting;     /* of them, those that may turn out to speak HTTP/2 */
    char name[];
} spay__origin;

/* Zero-initialize. */
typedef struct spay__pool {
    spay__mutex lock;
    spay__origin *origins;
    int32_t idle_count;
    int32_t max_idle;
    uint32_t fork_generation;
} spay__pool;

/* false: the system refuses. */
bool spay__pool_init(spay__pool *pool, int32_t max_idle);

/* Close what is idle; what is in use must have come back. */
void spay__pool_clear(spay__pool *pool);

/* Close what is idle. */
void spay__pool_drop(spay__pool *pool);

/* The origin of a URL, made if it is new; NULL without memory. */
spay__origin *spay__pool_origin(spay__pool *pool, const char *url);

/* Take a connection that can be used; NULL if there is none. */
spay__connection *spay__pool_take(spay__pool *pool, spay__origin *origin);

/* Keep a connection for reuse, or close it if there are enough. */
void spay__pool_give(spay__pool *pool, spay__connection *connection);

/*
 * Let the watchers go of what has been idle since this was called before: what is used again at once
 * need not be watched anew. true: something idle is watched still.
 */
bool spay__pool_unwatch(spay__pool *pool);

/*
 * A kept connection turned out to be dead. Those of its origin that have been idle for as long are
 * closed too. If the peer has closed it, the origin's are kept shorter for a while; not for ever,
 * since it may have been the network.
 */
void spay__pool_suspect(spay__pool *pool, const spay__connection *dead, bool closed);

#endif
