/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The fingerprint: two worlds that have the same one have the same future, as far as the rules go. What
 * is past does not count, and of times only how far away they are. What is left out cannot matter
 * within the depth: the retry budget, of which world_happen() requires that it is never near its end,
 * and the order of random bytes, which are all the same.
 */
#include <string.h>

#include "core/call.h"
#include "core/client.h"
#include "core/store.h"
#include "model/world.h"

typedef struct print {
    uint64_t hash;
    int64_t now;
} print;

static void add_bytes(void *ctx, const void *bytes, size_t length)
{
    print *p = ctx;
    const unsigned char *at = bytes;

    for (; length > 0; length--)
        p->hash = (p->hash ^ *at++) * 0x100000001b3u;
}

static void add(print *p, int64_t number)
{
    p->hash ^= (uint64_t)number;
    p->hash *= 0x9e3779b97f4a7c15u;
    p->hash ^= p->hash >> 29;
}

/* How far away it is; what is past is all the same. */
static void add_time(print *p, int64_t at_ms)
{
    add(p, at_ms <= p->now ? 0 : at_ms == INT64_MAX ? INT64_MAX : at_ms - p->now);
}

static void add_secret(print *p, const spay__secret *secret)
{
    add(p, secret->text != NULL);
    if (secret->text)
        add_bytes(p, secret->text, secret->length);
}

static void add_waiters(print *p, const spay__waiters *waiters)
{
    const spay__waiter *at;

    for (at = waiters->first; at; at = at->next)
        add(p, at->ctx ? (int64_t)((const machine_call *)at->ctx -
                                   ((const machine_call *)at->ctx)->machine->calls)
                       : -1);
    add(p, -2);
}

static void add_share(print *p, const spay__share *share)
{
    add(p, share->state);
    add(p, share->operation ? spay__store_result(share->operation) : -1);
    add(p, (int64_t)share->fence);
    add(p, share->rounds);
    add_time(p, share->wake_ms);
    add_time(p, share->until_ms);
    add(p, share->until_ms == 0);
}

static void add_claim(print *p, const spay__shared_session *shared)
{
    add(p, shared->taken);
    add(p, shared->settled);
    add_share(p, &shared->share);
    add(p, shared->claim->users);
    add(p, shared->claim->taken);
    add_secret(p, &shared->claim->record);
    add_time(p, shared->claim->dead_at_ms);
    add_waiters(p, &shared->claim->waiters);
}

static void add_ticket(print *p, const spay_call *call)
{
    const spay__token_ticket *ticket = &call->ticket;
    const spay__token_cache *cache = call->account->tokens;

    add(p, ticket->fetching);
    add(p, ticket->waiting);
    add(p, ticket->attempts);
    add(p, ticket->cut_short);
    add_time(p, ticket->retry_at_ms);
    if (!cache)
        return;
    add(p, (int64_t)(cache->generation - ticket->generation));
    add(p, (int64_t)(cache->failures - ticket->failures));
}

static void add_progress(print *p, const spay_call *call)
{
    add(p, call->state);
    add(p, call->canceled);
    add(p, call->attempts);
    add(p, call->free_attempts);
    add(p, call->requests_sent);
    add(p, call->token_attempts);
    add(p, call->outcome);
    add(p, call->resent);
    add(p, call->token_renewed);
    add(p, call->clock_corrected);
    add(p, call->clock_offset_ms);
    add(p, call->sequel && call->sequel->begun);
    add_time(p, call->deadline_ms);
    add_time(p, call->wake_ms);
    add(p, call->waiter.epoch != 0);
}

static void add_call(print *p, const machine_call *one)
{
    const spay_call *call = one->call;

    add(p, one->begun);
    add(p, call != NULL);
    add(p, one->inherited);
    add(p, one->next);
    if (!call || !machine_is_live(one))
        return;
    add(p, one->woken);
    add(p, one->truth);
    add(p, one->good);
    add(p, one->tokens);
    add(p, one->refused);
    add_progress(p, call);
    add_ticket(p, call);
    add_secret(p, &call->token);
    if (one->next == SPAY_CALL_SEND) {
        add_time(p, one->expires_ms);
        add(p, p->now - call->attempt_began_ms);
    }
    if (call->shared_session)
        add_claim(p, call->shared_session);
    if (call->shared_token)
        add_share(p, call->shared_token);
}

static void add_cache(print *p, const spay__token_cache *cache)
{
    if (!cache)
        return;
    add(p, cache->refused);
    add(p, cache->fetching);
    add_secret(p, &cache->token);
    add_time(p, cache->renew_at_ms);
    add_time(p, cache->dead_at_ms);
    add(p, cache->failure != NULL);
    add(p, cache->final);
    add(p, cache->attempts);
    add_time(p, cache->retry_at_ms);
    add_time(p, cache->hastiest_ms);
    add(p, spay__fork_generation() - cache->fork_generation);
    add_waiters(p, &cache->waiters);
}

static void add_process(print *p, const test_accounts *accounts)
{
    const spay__account *account;

    if (!accounts->client)
        return;
    memcpy(&account, &accounts->hosted_fields, sizeof(account)); /* the first member of each */
    add_cache(p, account->tokens);
    memcpy(&account, &accounts->connect_server, sizeof(account));
    add(p, account->clock_offset_ms);
    add(p, accounts->client->store.failures);
    add_time(p, accounts->client->store.closed_until_ms);
    add(p, accounts->client->store.abandoned != NULL);
}

uint64_t world_fingerprint(const world *w)
{
    print p = {.hash = 0xcbf29ce484222325u, .now = machine_now_ms(&w->machine)};
    int i;

    add(&p, w->stalled);
    add(&p, w->forked);
    add(&p, w->machine.store_troubled);
    for (i = 0; i < MACHINE_PROCESSES; i++)
        add(&p, (int64_t)w->machine.refused_tokens[i]);
    for (i = 0; i < MACHINE_CALLS; i++)
        add_call(&p, &w->machine.calls[i]);
    for (i = 0; i < MACHINE_PROCESSES; i++)
        add_process(&p, &w->machine.accounts[i]);
    if (w->machine.store)
        memory_store_describe(w->machine.store, add_bytes, &p);
    return p.hash;
}
