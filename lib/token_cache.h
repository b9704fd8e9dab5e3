/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * One account's bearer token, shared by all of its calls. Whoever finds it missing or old fetches
 * it; everyone else waits for that one fetch, and shares its failure.
 */
#ifndef SPAY__TOKEN_CACHE_H
#define SPAY__TOKEN_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include <sessionpay/error.h>

#include "secret.h"
#include "thread.h"

typedef struct spay__token_cache {
    spay__mutex lock;
    spay__condition changed;
    spay__secret token;
    bool fixed; /* the caller brought the token: never fetched, never dropped */
    bool fetching;
    uint32_t fork_generation;
    int64_t renew_at_ms; /* from here on, someone should fetch a new one */
    int64_t dead_at_ms;  /* from here on, the token is of no use */
    uint64_t generation; /* counts the tokens */
    uint64_t failures;   /* counts the fetches that failed */
    spay_error *failure; /* of the last one */
} spay__token_cache;

/* What one call knows of the cache. Zero-initialise. */
typedef struct spay__token_ticket {
    bool fetching; /* this call is the one that fetches */
    bool waiting;
    uint64_t failures;   /* when it began to wait */
    uint64_t generation; /* of the token it took */
} spay__token_ticket;

typedef enum spay__token_state {
    SPAY__TOKEN_READY,
    SPAY__TOKEN_FETCH, /* fetch one, then store, fail or abandon */
    SPAY__TOKEN_WAIT,
    SPAY__TOKEN_FAILED /* the fetch that this call waited for failed */
} spay__token_state;

bool spay__token_cache_init(spay__token_cache *cache);
void spay__token_cache_clear(spay__token_cache *cache);

/* Keep the caller's own token from now on. */
bool spay__token_cache_fix(spay__token_cache *cache, const char *token);

/* Share the token, or learn what to do. *error is set with FAILED. */
spay__token_state spay__token_cache_acquire(spay__token_cache *cache, spay__token_ticket *ticket,
                                            int64_t now_ms, spay__secret *token,
                                            spay_error **error);

/* Share what was fetched; it lives so long, counted from when its request began. */
void spay__token_cache_store(spay__token_cache *cache, spay__token_ticket *ticket,
                             const spay__secret *token, int64_t began_ms, int64_t lifetime_ms);

/* The fetch failed: all who wait for it share the error. */
void spay__token_cache_fail(spay__token_cache *cache, spay__token_ticket *ticket,
                            spay_error *error);

/* The fetching call was given up: somebody else fetches. */
void spay__token_cache_abandon(spay__token_cache *cache, spay__token_ticket *ticket);

/* The API refused the token that the ticket took: drop it, unless there is a newer one. */
void spay__token_cache_reject(spay__token_cache *cache, const spay__token_ticket *ticket);

/* Block until the fetch that runs has ended, at most so long. */
void spay__token_cache_wait(spay__token_cache *cache, int64_t duration_ms);

#endif
