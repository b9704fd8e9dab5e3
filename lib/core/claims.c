/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Claims of one process.
 */
#include "claims.h"

#include <string.h>

#include "base/alloc.h"

bool spay__claims_init(spay__claims *claims)
{
    claims->fork_generation = spay__fork_generation();
    return spay__mutex_init(&claims->lock) == 0;
}

void spay__claims_clear(spay__claims *claims)
{
    spay__mutex_destroy(&claims->lock);
}

/* The calls of a forked child's parent are none of its own. */
static void lock(spay__claims *claims)
{
    spay__lock(&claims->lock);
    if (spay__forked(&claims->fork_generation))
        claims->first = NULL;
}

static spay__claim *find(spay__claims *claims, const char *name)
{
    spay__claim *claim = claims->first;

    while (claim && strcmp(claim->name, name) != 0)
        claim = claim->next;
    return claim;
}

static spay__claim *add(spay__claims *claims, const char *name)
{
    spay__claim *claim = spay__alloc(sizeof(*claim));

    if (!claim)
        return NULL;
    memcpy(claim->name, name, sizeof(claim->name));
    claim->next = claims->first;
    claims->first = claim;
    return claim;
}

spay__claim *spay__claims_join(spay__claims *claims, const char *name)
{
    spay__claim *claim;

    lock(claims);
    claim = find(claims, name);
    if (!claim)
        claim = add(claims, name);
    if (claim)
        claim->users++;
    spay__unlock(&claims->lock);
    return claim;
}

spay__claim_answer spay__claim_try(spay__claims *claims, spay__claim *claim, spay__waiter *waiter,
                                   int64_t now_ms, spay__secret *record, int64_t *dead_at_ms)
{
    spay__claim_answer answer = SPAY__CLAIM_TAKEN;

    lock(claims);
    if (claim->record.text && now_ms < claim->dead_at_ms) {
        spay__secret_share(record, &claim->record);
        *dead_at_ms = claim->dead_at_ms;
        answer = SPAY__CLAIM_FOUND;
    } else if (claim->taken) {
        spay__waiters_add(&claim->waiters, waiter);
        answer = SPAY__CLAIM_WAIT;
    }
    if (answer == SPAY__CLAIM_TAKEN)
        claim->taken = true;
    spay__unlock(&claims->lock);
    return answer;
}

void spay__claim_hand_over(spay__claims *claims, spay__claim *claim, const spay__secret *record,
                           int64_t dead_at_ms)
{
    lock(claims);
    spay__secret_share(&claim->record, record);
    claim->dead_at_ms = dead_at_ms;
    spay__unlock(&claims->lock);
}

static void unlink_claim(spay__claims *claims, const spay__claim *claim)
{
    spay__claim **at = &claims->first;

    while (*at && *at != claim)
        at = &(*at)->next;
    if (*at)
        *at = claim->next;
}

void spay__claim_leave(spay__claims *claims, spay__claim *claim, spay__waiter *waiter, bool taken)
{
    bool last;

    lock(claims);
    spay__waiters_remove(&claim->waiters, waiter);
    if (taken) {
        claim->taken = false;
        spay__waiters_wake(&claim->waiters);
    }
    last = --claim->users == 0;
    if (last)
        unlink_claim(claims, claim);
    spay__unlock(&claims->lock);
    if (!last)
        return;
    spay__secret_clear(&claim->record);
    spay__free(claim);
}
