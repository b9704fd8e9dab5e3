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

spay__token_cache *spay__token_cache_new(void)
{
    spay__token_cache *cache = spay__alloc(sizeof(*cache));

    if (!cache)
        return NULL;
    cache->fork_generation = spay__fork_generation();
    if (!spay__mutex_init(&cache->lock))
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
    if (!spay__forked(&cache->fork_generation))
        return;
    spay__waiters_forget(&cache->waiters);
    if (cache->fixed)
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

static spay__token_state wait_for_fetch(spay__token_cache *cache, spay__token_ticket *ticket,
                                        int64_t now_ms)
{
    int64_t half_ms = now_ms + (ticket->deadline_ms - now_ms) / 2;

    if (half_ms < cache->hastiest_ms)
        cache->hastiest_ms = half_ms;
    if (ticket->waiter)
        spay__waiters_add(&cache->waiters, ticket->waiter);
    ticket->waiting = true;
    ticket->failures = cache->failures;
    ticket->generation = cache->generation;
    return SPAY__TOKEN_WAIT;
}

/* A call that waited continues the fetch that ended; any other begins a new one. */
static spay__token_state begin_fetch(spay__token_cache *cache, spay__token_ticket *ticket)
{
    ticket->attempts = ticket->waiting ? cache->attempts : 0;
    ticket->retry_at_ms = ticket->waiting ? cache->retry_at_ms : INT64_MIN;
    ticket->cut_short = 0;
    ticket->fetching = true;
    ticket->epoch = cache->fork_generation;
    ticket->waiting = false;
    cache->fetching = true;
    cache->hastiest_ms = INT64_MAX;
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
    return cache->fetching ? wait_for_fetch(cache, ticket, now_ms) : begin_fetch(cache, ticket);
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

int64_t spay__token_cache_patience(spay__token_cache *cache, int64_t until_ms)
{
    int64_t hastiest_ms;

    lock(cache);
    hastiest_ms = cache->hastiest_ms;
    spay__unlock(&cache->lock);
    return hastiest_ms < until_ms ? hastiest_ms : until_ms;
}

/* In a forked child that goes on with a call of its parent: its fetch is none that others wait for. */
static bool is_parents(const spay__token_cache *cache, const spay__token_ticket *ticket)
{
    return ticket->epoch != cache->fork_generation;
}

/* With the lock held: the fetch of this ticket is over. */
static void end_fetch(spay__token_cache *cache, spay__token_ticket *ticket)
{
    ticket->fetching = false;
    if (!is_parents(cache, ticket)) {
        cache->fetching = false;
        cache->attempts = ticket->attempts - ticket->cut_short;
        cache->retry_at_ms = ticket->retry_at_ms;
    }
    spay__waiters_wake(&cache->waiters);
}

/* How long before its end a token is renewed. */
static int64_t margin_of(int64_t lifetime_ms)
{
    return lifetime_ms / 2 < RENEWAL_MARGIN_MS ? lifetime_ms / 2 : RENEWAL_MARGIN_MS;
}

void spay__token_cache_store(spay__token_cache *cache, spay__token_ticket *ticket,
                             const spay__secret *token, int64_t began_ms, int64_t lifetime_ms,
                             uint8_t random)
{
    int64_t margin = margin_of(lifetime_ms);

    lock(cache);
    spay__secret_share(&cache->token, token);
    ticket->generation = ++cache->generation;
    ticket->lifetime_ms = lifetime_ms;
    cache->refused = false;
    cache->dead_at_ms = began_ms + lifetime_ms;
    cache->renew_at_ms = cache->dead_at_ms - margin - margin / 4 * random / 256;
    end_fetch(cache, ticket);
    spay__unlock(&cache->lock);
}

bool spay__token_cache_wants(spay__token_cache *cache, const char *token, int64_t lifetime_ms,
                             int64_t left_ms)
{
    int64_t margin = margin_of(lifetime_ms);
    bool refused;

    lock(cache);
    refused = cache->refused && cache->token.text && strcmp(cache->token.text, token) == 0;
    spay__unlock(&cache->lock);
    return !refused && left_ms > margin + margin / 4;
}

bool spay__token_cache_postpone(spay__token_cache *cache, spay__token_ticket *ticket,
                                int64_t now_ms, int64_t until_ms)
{
    bool alive;

    lock(cache);
    alive = now_ms < cache->dead_at_ms;
    if (alive) {
        cache->renew_at_ms = until_ms < cache->dead_at_ms ? until_ms : cache->dead_at_ms;
        end_fetch(cache, ticket);
    }
    spay__unlock(&cache->lock);
    return alive;
}

void spay__token_cache_fail(spay__token_cache *cache, spay__token_ticket *ticket, spay_error *error,
                            bool final)
{
    lock(cache);
    if (!is_parents(cache, ticket)) {
        cache->failures++;
        cache->final = final;
        spay_error_free(cache->failure);
        cache->failure = spay__error_share(error);
    }
    end_fetch(cache, ticket);
    spay__unlock(&cache->lock);
}

void spay__token_cache_leave(spay__token_cache *cache, spay__token_ticket *ticket)
{
    if (!ticket->fetching && !ticket->waiting)
        return;
    lock(cache);
    if (ticket->fetching)
        end_fetch(cache, ticket);
    if (ticket->waiter)
        spay__waiters_remove(&cache->waiters, ticket->waiter);
    ticket->waiting = false;
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
