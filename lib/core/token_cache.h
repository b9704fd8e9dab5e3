/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * One account's bearer token, shared by all of its calls. Whoever finds it missing or old fetches
 * it; everyone else waits for that one fetch, and is woken when it is over. A failure is shared
 * with those whom it would have met as well; a fetch that ended because of the fetcher's own limits
 * is continued by one who waited.
 */
#ifndef SPAY__TOKEN_CACHE_H
#define SPAY__TOKEN_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include <sessionpay/error.h>

#include "base/secret.h"
#include "base/thread.h"
#include "waiters.h"

typedef struct spay__token_cache {
    spay__mutex lock;
    spay__waiters waiters; /* for the fetch that runs */
    spay__secret token;
    bool fixed;   /* the caller brought the token: never fetched, never dropped */
    bool refused; /* by the API: nobody gets it, not even who waited for it */
    bool fetching;
    uint32_t fork_generation;
    int64_t renew_at_ms; /* from here on, someone should fetch a new one */
    int64_t dead_at_ms;  /* from here on, the token is of no use */
    uint64_t generation; /* counts the tokens */
    uint64_t failures;   /* counts the fetches that failed */
    spay_error *failure; /* of the last one */
    bool final;          /* every call would have failed like that, whatever its limits */
    int32_t attempts;    /* of the fetch that ended last, for who continues it */
    int64_t retry_at_ms; /* its next attempt, no sooner */
    int64_t hastiest_ms; /* when the first of those who wait have waited for half of their time */
} spay__token_cache;

/* What one call knows of the cache. Zero-initialize, then set the waiter and the limits. */
typedef struct spay__token_ticket {
    spay__waiter *waiter; /* NULL: it looks by itself */
    bool fetching;        /* this call is the one that fetches, */
    uint32_t epoch;       /* in the process of this fork generation */
    bool waiting;
    uint64_t failures;    /* when it began to wait */
    uint64_t generation;  /* of the token it took, or that was there when it began to wait */
    int32_t max_attempts; /* the call's limits: what it would have tried itself */
    int64_t deadline_ms;
    int32_t attempts;    /* of the fetch, those of the calls that it was taken over from included */
    int32_t cut_short;   /* those of them that only this call's own limits ended */
    int64_t retry_at_ms; /* the next attempt, no sooner */
    int64_t lifetime_ms; /* of the token that it stored */
} spay__token_ticket;

typedef enum spay__token_state {
    SPAY__TOKEN_READY,
    SPAY__TOKEN_FETCH, /* fetch one, then store, fail or abandon */
    SPAY__TOKEN_WAIT,
    SPAY__TOKEN_FAILED /* the fetch that this call waited for failed */
} spay__token_state;

/* NULL without memory. */
spay__token_cache *spay__token_cache_new(void);

/* NULL is ignored. */
void spay__token_cache_free(spay__token_cache *cache);

/* Keep the caller's own token from now on. */
bool spay__token_cache_fix(spay__token_cache *cache, const char *token);

/*
 * Share the token, or learn what to do. *error is set with FAILED. With FETCH the ticket tells how
 * many attempts were made already, and when the next one may go out.
 */
spay__token_state spay__token_cache_acquire(spay__token_cache *cache, spay__token_ticket *ticket,
                                            int64_t now_ms, spay__secret *token,
                                            spay_error **error);

/*
 * Until when whoever is to fetch may wait for another process that is about it; at most until_ms.
 * Those who wait for this call have limits of their own.
 */
int64_t spay__token_cache_patience(spay__token_cache *cache, int64_t until_ms);

/*
 * Share what was fetched; it lives so long, counted from when its request began. A random byte
 * spreads the renewals of several processes; 0 renews as late as possible.
 */
void spay__token_cache_store(spay__token_cache *cache, spay__token_ticket *ticket,
                             const spay__secret *token, int64_t began_ms, int64_t lifetime_ms,
                             uint8_t random);

/*
 * The fetch failed. A final error is shared by all who wait for it; otherwise one of those who
 * could have tried more often, or longer, continues after the ticket's retry_at_ms.
 */
void spay__token_cache_fail(spay__token_cache *cache, spay__token_ticket *ticket, spay_error *error,
                            bool final);

/* The API refused the token that the ticket took: drop it, unless there is a newer one. */
void spay__token_cache_reject(spay__token_cache *cache, const spay__token_ticket *ticket);

/*
 * Whether a token that another process has fetched, and that has so long to live, is of use: it is
 * not the one that the API refused, nor about to be renewed.
 */
bool spay__token_cache_wants(spay__token_cache *cache, const char *token, int64_t lifetime_ms,
                             int64_t left_ms);

/*
 * Another process renews the token: the ticket fetches no more, and all go on with the one there is
 * until then. false: there is none to go on with.
 */
bool spay__token_cache_postpone(spay__token_cache *cache, spay__token_ticket *ticket,
                                int64_t now_ms, int64_t until_ms);

/* The call ends: it neither fetches nor waits any more. */
void spay__token_cache_leave(spay__token_cache *cache, spay__token_ticket *ticket);

#endif
