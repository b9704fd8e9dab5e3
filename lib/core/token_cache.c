/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The token cache: single flight, early renewal, failures shared as far as they concern others.
 */
#include "token_cache.h"

#include <string.h>

#include "api/error.h"
#include "base/alloc.h"

enum {
    RENEWAL_MARGIN_MS = 120000
};

static bool init(spay__token_cache *cache)
{
    cache->fork_generation = spay__fork_generation();
    if (spay__mutex_init(&cache->lock))
        return false;
    if (!spay__condition_init(&cache->changed))
        return true;
    spay__mutex_destroy(&cache->lock);
    return false;
}

spay__token_cache *spay__token_cache_new(void)
{
    spay__token_cache *cache = spay__alloc(sizeof(*cache));

    if (cache && init(cache))
        return cache;
    spay__free(cache);
    return NULL;
}

void spay__token_cache_free(spay__token_cache *cache)
{
    if (!cache)
        return;
    spay__secret_clear(&cache->token);
    spay_error_free(cache->failure);
    spay__condition_destroy(&cache->changed);
    spay__mutex_destroy(&cache->lock);
    spay__free(cache);
}

bool spay__token_cache_fix(spay__token_cache *cache, const char *token)
{
    bool done;

    spay__lock(&cache->lock);
    done = spay__secret_set(&cache->token, token, strlen(token));
    if (!cache->fixed) /* others read it without the lock, so it is written once, at the start */
        cache->fixed = true;
    cache->generation++;
    spay__unlock(&cache->lock);
    return done;
}

/*
 * With the lock held, first thing: a forked child fetches its own token. The parent's may have been
 * changing at the fork, so it is left alone, not even freed; and its fetch is not ours to wait for.
 */
static void forget_parent(spay__token_cache *cache)
{
    if (!spay__forked(&cache->fork_generation) || cache->fixed)
        return;
    cache->token.text = NULL;
    cache->token.length = 0;
    cache->fetching = false;
    cache->renew_at_ms = INT64_MIN;
    cache->dead_at_ms = INT64_MIN;
}

static void lock(spay__token_cache *cache)
{
    spay__lock(&cache->lock);
    forget_parent(cache);
}

/* Whether the token can serve: a fresh one, or an ageing one while somebody renews it. */
static bool is_usable(const spay__token_cache *cache, int64_t now_ms)
{
    if (cache->fixed)
        return true;
    return now_ms < (cache->fetching ? cache->dead_at_ms : cache->renew_at_ms);
}

static spay__token_state take_token(spay__token_cache *cache, spay__token_ticket *ticket,
                                    spay__secret *token)
{
    spay__secret_share(token, &cache->token);
    ticket->generation = cache->generation;
    ticket->waiting = false;
    return SPAY__TOKEN_READY;
}

/* A token that came while the call waited serves it, however short its life is. */
static bool was_waited_for(const spay__token_cache *cache, const spay__token_ticket *ticket)
{
    return ticket->waiting && cache->generation != ticket->generation && cache->token.text &&
           !cache->refused;
}

/* Whether the failure would have met this call too, had it been the one that fetched. */
static bool is_shared(const spay__token_cache *cache, const spay__token_ticket *ticket)
{
    return cache->final || cache->attempts >= ticket->max_attempts ||
           cache->retry_at_ms >= ticket->deadline_ms;
}

static spay__token_state wait_for_fetch(const spay__token_cache *cache, spay__token_ticket *ticket)
{
    ticket->waiting = true;
    ticket->failures = cache->failures;
    ticket->generation = cache->generation;
    return SPAY__TOKEN_WAIT;
}

/* Who waited continues the fetch that ended; anybody else begins a new one. */
static spay__token_state begin_fetch(spay__token_cache *cache, spay__token_ticket *ticket)
{
    ticket->attempts = ticket->waiting ? cache->attempts : 0;
    ticket->retry_at_ms = ticket->waiting ? cache->retry_at_ms : INT64_MIN;
    ticket->cut_short = 0;
    ticket->fetching = true;
    ticket->waiting = false;
    cache->fetching = true;
    return SPAY__TOKEN_FETCH;
}

static spay__token_state acquire(spay__token_cache *cache, spay__token_ticket *ticket,
                                 int64_t now_ms, spay__secret *token, spay_error **error)
{
    if (is_usable(cache, now_ms) || was_waited_for(cache, ticket))
        return take_token(cache, ticket, token);
    if (ticket->waiting && cache->failures != ticket->failures && is_shared(cache, ticket)) {
        ticket->waiting = false;
        *error = spay__error_share(cache->failure);
        return SPAY__TOKEN_FAILED;
    }
    return cache->fetching ? wait_for_fetch(cache, ticket) : begin_fetch(cache, ticket);
}

spay__token_state spay__token_cache_acquire(spay__token_cache *cache, spay__token_ticket *ticket,
                                            int64_t now_ms, spay__secret *token, spay_error **error)
{
    spay__token_state state;

    lock(cache);
    state = acquire(cache, ticket, now_ms, token, error);
    spay__unlock(&cache->lock);
    return state;
}

/* With the lock held: the fetch of this ticket is over. */
static void end_fetch(spay__token_cache *cache, spay__token_ticket *ticket)
{
    ticket->fetching = false;
    cache->fetching = false;
    cache->attempts = ticket->attempts - ticket->cut_short;
    cache->retry_at_ms = ticket->retry_at_ms;
    spay__condition_broadcast(&cache->changed);
}

void spay__token_cache_store(spay__token_cache *cache, spay__token_ticket *ticket,
                             const spay__secret *token, int64_t began_ms, int64_t lifetime_ms)
{
    int64_t margin = lifetime_ms / 2 < RENEWAL_MARGIN_MS ? lifetime_ms / 2 : RENEWAL_MARGIN_MS;

    lock(cache);
    spay__secret_share(&cache->token, token);
    ticket->generation = ++cache->generation;
    cache->refused = false;
    cache->dead_at_ms = began_ms + lifetime_ms;
    cache->renew_at_ms = cache->dead_at_ms - margin;
    end_fetch(cache, ticket);
    spay__unlock(&cache->lock);
}

void spay__token_cache_fail(spay__token_cache *cache, spay__token_ticket *ticket, spay_error *error,
                            bool final)
{
    lock(cache);
    cache->failures++;
    cache->final = final;
    spay_error_free(cache->failure);
    cache->failure = spay__error_share(error);
    end_fetch(cache, ticket);
    spay__unlock(&cache->lock);
}

void spay__token_cache_abandon(spay__token_cache *cache, spay__token_ticket *ticket)
{
    if (!ticket->fetching)
        return;
    lock(cache);
    end_fetch(cache, ticket);
    spay__unlock(&cache->lock);
}

void spay__token_cache_reject(spay__token_cache *cache, const spay__token_ticket *ticket)
{
    lock(cache);
    if (!cache->fixed && cache->generation == ticket->generation) {
        cache->renew_at_ms = INT64_MIN;
        cache->dead_at_ms = INT64_MIN;
        cache->refused = true;
    }
    spay__unlock(&cache->lock);
}

void spay__token_cache_wait(spay__token_cache *cache, int64_t duration_ms)
{
    lock(cache);
    if (cache->fetching)
        spay__condition_wait_ms(&cache->changed, &cache->lock, duration_ms);
    spay__unlock(&cache->lock);
}
