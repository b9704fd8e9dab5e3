/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Operations of the store, and the breaker.
 */
#include "store.h"

#include <string.h>

#include "api/input.h"
#include "api/options.h"
#include "base/alloc.h"
#include "base/crypto.h"

enum {
    MOST_FAILURES = 3,
    SHORTEST_PAUSE_MS = 1000,
    LONGEST_PAUSE_MS = 30000,
    LONGEST_VALUE = 300 * 1024,
    LONGEST_LIFETIME_MS = 24 * 3600 * 1000
};

bool spay__store_init(spay__store *store)
{
    store->fork_generation = spay__fork_generation();
    return spay__mutex_init(&store->lock) == 0 && spay__claims_init(&store->claims);
}

/* All of it is needed in the middle of a payment, and nothing of it may be missing then. */
spay_status spay__store_load(spay__store *store, const spay_client_options *options,
                             spay_error **error)
{
    spay_store *hook = &store->hook;
    spay_status status =
        spay__options_load(hook, sizeof(*hook), SPAY__SIZE_UP_TO(spay_store, destroy),
                           options->store, SPAY_PROVIDER_NONE, "store", error);
    const spay__argument functions[] = {{"store.get", hook->get ? store : NULL},
                                        {"store.put", hook->put ? store : NULL},
                                        {"store.acquire", hook->acquire ? store : NULL},
                                        {"store.release", hook->release ? store : NULL},
                                        {NULL, NULL}};

    store->timeout_ms =
        options->store_timeout_ms ? options->store_timeout_ms : SPAY__STORE_TIMEOUT_MS;
    if (status == SPAY_OK && options->store)
        status = spay__require(SPAY_PROVIDER_NONE, functions, error);
    return status;
}

void spay__store_clear(spay__store *store)
{
    spay__claims_clear(&store->claims);
    spay__mutex_destroy(&store->lock);
}

/* ---- the breaker ---- */

static int64_t pause_ms(int32_t failures)
{
    int64_t pause = SHORTEST_PAUSE_MS;

    for (; failures > MOST_FAILURES; failures--)
        pause *= 2;
    return pause < LONGEST_PAUSE_MS ? pause : LONGEST_PAUSE_MS;
}

bool spay__store_is_usable(spay__store *store, int64_t now_ms)
{
    bool usable;

    spay__lock(&store->lock);
    usable = store->failures < MOST_FAILURES || now_ms >= store->closed_until_ms;
    if (usable && store->failures >= MOST_FAILURES)
        store->closed_until_ms = now_ms + pause_ms(store->failures);
    spay__unlock(&store->lock);
    return usable;
}

void spay__store_note(spay__store *store, bool good, int64_t now_ms)
{
    spay__lock(&store->lock);
    if (good)
        store->failures = 0;
    else
        store->failures += pause_ms(store->failures) < LONGEST_PAUSE_MS;
    if (store->failures >= MOST_FAILURES)
        store->closed_until_ms = now_ms + pause_ms(store->failures);
    spay__unlock(&store->lock);
}

/* ---- operations ---- */

static spay_store_operation *new_operation(spay__waiter *waiter)
{
    spay_store_operation *made = spay__alloc(sizeof(*made));

    if (!made)
        return NULL;
    if (spay__mutex_init(&made->lock) != 0) {
        spay__free(made);
        return NULL;
    }
    made->waiter = waiter;
    made->references = waiter ? 2 : 1;
    return made;
}

static void unreference(spay_store_operation *operation)
{
    if (SPAY__ATOMIC_ADD(&operation->references, -1) > 0)
        return;
    if (operation->value)
        spay__wipe(operation->value, operation->length);
    spay__free(operation->value);
    spay__mutex_destroy(&operation->lock);
    spay__free(operation);
}

/* With what it tells filled in. An operation ends once, perhaps after the client is gone. */
static void end(spay_store_operation *operation, int32_t result)
{
    spay__lock(&operation->lock);
    operation->result = result;
    if (operation->waiter)
        spay__waiter_wake(operation->waiter);
    spay__unlock(&operation->lock);
    unreference(operation);
}

static bool take_value(spay_store_operation *operation, const void *value, size_t length)
{
    if (!value || length > LONGEST_VALUE)
        return false;
    operation->value = spay__alloc_bytes(length);
    if (operation->value)
        memcpy(operation->value, value, length);
    return operation->value != NULL;
}

void spay_store_found(spay_store_operation *operation, const void *value, size_t length,
                      int64_t ttl_left_ms)
{
    int32_t result = SPAY__STORE_FOUND;

    if (!operation)
        return;
    if (ttl_left_ms <= 0)
        result = SPAY_STORE_MISS;
    else if (!take_value(operation, value, length))
        result = SPAY_STORE_ERROR;
    operation->length = length;
    operation->ttl_left_ms = ttl_left_ms < LONGEST_LIFETIME_MS ? ttl_left_ms : LONGEST_LIFETIME_MS;
    end(operation, result);
}

void spay_store_acquired(spay_store_operation *operation, uint64_t fence)
{
    if (!operation)
        return;
    operation->fence = fence;
    end(operation, SPAY__STORE_ACQUIRED);
}

void spay_store_end(spay_store_operation *operation, int32_t result)
{
    if (operation)
        end(operation,
            result >= SPAY_STORE_DONE && result <= SPAY_STORE_ERROR ? result : SPAY_STORE_ERROR);
}

int32_t spay__store_result(spay_store_operation *operation)
{
    int32_t result;

    spay__lock(&operation->lock);
    result = operation->result;
    spay__unlock(&operation->lock);
    return result;
}

/* ---- leases that nobody waits for ---- */

/* In a forked child none is abandoned: those of the parent are the parent's to give back. */
static void lock_abandoned(spay__store *store)
{
    spay__lock(&store->lock);
    if (spay__forked(&store->fork_generation))
        store->abandoned = NULL;
}

static void abandon(spay__store *store, spay_store_operation *operation)
{
    lock_abandoned(store);
    operation->next = store->abandoned;
    store->abandoned = operation;
    spay__unlock(&store->lock);
}

/* Take one that has ended, or any, from the list; NULL if there is none. */
static spay_store_operation *next_abandoned(spay__store *store, bool ended)
{
    spay_store_operation **at;
    spay_store_operation *taken;

    lock_abandoned(store);
    at = &store->abandoned;
    while (*at && ended && !spay__store_result(*at))
        at = &(*at)->next;
    taken = *at;
    if (taken)
        *at = taken->next;
    spay__unlock(&store->lock);
    return taken;
}

static void give_back(spay__store *store)
{
    spay_store_operation *ended;

    while ((ended = next_abandoned(store, true)) != NULL) {
        if (ended->result == SPAY__STORE_ACQUIRED)
            spay__store_release(store, ended->name, ended->fence);
        unreference(ended);
    }
}

uint64_t spay__store_fence(spay_store_operation *operation)
{
    operation->name[0] = '\0';
    return operation->fence;
}

void spay__store_drop(spay__store *store, spay_store_operation *operation)
{
    if (operation) {
        spay__lock(&operation->lock);
        operation->waiter = NULL;
        spay__unlock(&operation->lock);
        if (operation->name[0])
            abandon(store, operation);
        else
            unreference(operation);
    }
    give_back(store);
}

void spay__store_close(spay__store *store)
{
    spay_store_operation *left;

    give_back(store);
    while ((left = next_abandoned(store, false)) != NULL)
        unreference(left);
    if (store->hook.destroy)
        store->hook.destroy(store->hook.ctx);
}

/* ---- starting operations ---- */

spay_store_operation *spay__store_get(spay__store *store, const char *name, spay__waiter *waiter)
{
    spay_store_operation *operation = new_operation(waiter);

    give_back(store);
    if (operation)
        store->hook.get(store->hook.ctx, name, operation);
    return operation;
}

spay_store_operation *spay__store_acquire(spay__store *store, const char *name, int64_t ttl_ms,
                                          spay__waiter *waiter)
{
    spay_store_operation *operation = new_operation(waiter);

    if (!operation)
        return NULL;
    memcpy(operation->name, name, strlen(name) + 1);
    store->hook.acquire(store->hook.ctx, name, ttl_ms, operation);
    return operation;
}

void spay__store_put(spay__store *store, const char *name, const void *value, size_t length,
                     int64_t ttl_ms, uint64_t fence)
{
    spay_store_operation *operation = new_operation(NULL);

    if (operation)
        store->hook.put(store->hook.ctx, name, value, length, ttl_ms, fence, operation);
}

void spay__store_release(spay__store *store, const char *name, uint64_t fence)
{
    spay_store_operation *operation = new_operation(NULL);

    if (operation)
        store->hook.release(store->hook.ctx, name, fence, operation);
}

void spay_store_init(void *store, size_t struct_size)
{
    spay__options_init(store, struct_size);
}
