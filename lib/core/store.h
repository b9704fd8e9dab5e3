/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The client's store from inside: operations that are started and end later, and a breaker that
 * keeps a store which does not answer from costing every call its timeout.
 */
#ifndef SPAY__STORE_H
#define SPAY__STORE_H

#include <stdbool.h>

#include <sessionpay/client.h>
#include <sessionpay/store.h>

#include "base/thread.h"
#include "claims.h"
#include "seal.h"
#include "waiters.h"

enum {
    SPAY__STORE_TIMEOUT_MS = 500,
    SPAY__STORE_FOUND = 100, /* how a get, and an acquire, end otherwise than by spay_store_end() */
    SPAY__STORE_ACQUIRED = 101
};

typedef struct spay__store {
    spay_store hook; /* all NULL: the client has no store */
    int64_t timeout_ms;
    spay__claims claims; /* of this process, on what its calls share */
    spay__mutex lock;    /* guards what follows */
    int32_t failures;    /* since the last success */
    int64_t closed_until_ms;
    spay_store_operation *abandoned; /* acquires; a lease that comes of them is given back */
    uint32_t fork_generation;
} spay__store;

struct spay_store_operation {
    spay_store_operation *next;       /* abandoned, too */
    char name[SPAY__STORE_NAME_SIZE]; /* of the lease that is to be given back; "": none */
    int32_t references;               /* the call's, and the store's */
    spay__mutex lock;                 /* guards what follows */
    spay__waiter *waiter;             /* NULL: nobody waits any more */
    int32_t result;                   /* 0 until it has ended */
    void *value;
    size_t length;
    int64_t ttl_left_ms;
    uint64_t fence;
};

/* false: the system has no more locks. */
bool spay__store_init(spay__store *store);

/* Take the caller's store, if there is one; all of its functions must be there. */
spay_status spay__store_load(spay__store *store, const spay_client_options *options,
                             spay_error **error);

/* Give back what can be given back, forget the rest, and destroy the caller's store. */
void spay__store_close(spay__store *store);
void spay__store_clear(spay__store *store);

/*
 * Whether to ask the store now. After failures it is left alone for a while, and then asked once to
 * see whether it is back.
 */
bool spay__store_is_usable(spay__store *store, int64_t now_ms);

/* Tell whether an operation went well, so that the above knows. */
void spay__store_note(spay__store *store, bool good, int64_t now_ms);

/* Start an operation that a call waits for; NULL without memory. */
spay_store_operation *spay__store_get(spay__store *store, const char *name, spay__waiter *waiter);
spay_store_operation *spay__store_acquire(spay__store *store, const char *name, int64_t ttl_ms,
                                          spay__waiter *waiter);

/* How it ended; 0 if it has not. The result does not change after that. */
int32_t spay__store_result(spay_store_operation *operation);

/* The fence of a lease that was acquired; it is the caller's to give back from now on. */
uint64_t spay__store_fence(spay_store_operation *operation);

/*
 * Wait no more, and forget it. A lease that nobody took is given back, also if it comes later: then
 * by whatever call asks the store, or ends, next. NULL is ignored.
 */
void spay__store_drop(spay__store *store, spay_store_operation *operation);

/* Start one that nobody waits for. */
void spay__store_put(spay__store *store, const char *name, const void *value, size_t length,
                     int64_t ttl_ms, uint64_t fence);
void spay__store_release(spay__store *store, const char *name, uint64_t fence);

#endif
