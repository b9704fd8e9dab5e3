/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Look, take the lease, look again, make; or wait for whoever has the lease.
 */
#include "share.h"

#include <string.h>

#include "call.h"
#include "event.h"
#include "store.h"

enum {
    FIRST_LOOK_MS = 20, /* while another has the lease; */
    LAST_LOOK_MS = 160  /* each wait is twice as long as the one before */
};

static spay__store *store_of(const spay__share *share)
{
    return &share->call->client->store;
}

/* ---- starting operations ---- */

static void look(spay__share *share, spay__share_state state, int64_t now_ms)
{
    share->state = state;
    share->began_ms = now_ms;
    share->wake_ms = now_ms + store_of(share)->timeout_ms;
    share->operation = spay__store_get(store_of(share), share->name, &share->call->waiter);
}

static void acquire(spay__share *share, int64_t now_ms)
{
    share->state = SPAY__SHARE_ACQUIRING;
    share->began_ms = now_ms;
    share->wake_ms = now_ms + store_of(share)->timeout_ms;
    share->operation =
        spay__store_acquire(store_of(share), share->name, share->lease_ms, &share->call->waiter);
}

/* Another makes the record. Waits grow, and differ from process to process. */
static void await(spay__share *share, int64_t now_ms)
{
    int64_t wait = FIRST_LOOK_MS;
    int32_t round = share->rounds++;
    uint8_t random = 0;

    for (; round && wait < LAST_LOOK_MS; round--)
        wait *= 2;
    (void)spay__client_random(share->call->client, &random, sizeof(random));
    share->state = SPAY__SHARE_AWAITING;
    share->wake_ms = now_ms + wait + wait * random / 512;
}

/* ---- their ends ---- */

/* Whether the operation in flight can end like that. */
static bool is_end_of(const spay__share *share, int32_t result)
{
    if (share->state == SPAY__SHARE_ACQUIRING)
        return result == SPAY__STORE_ACQUIRED || result == SPAY_STORE_HELD;
    return result == SPAY__STORE_FOUND || result == SPAY_STORE_MISS;
}

/* The result of the operation in flight: SPAY_STORE_..., or 0 while it is in flight. */
static int32_t result_of(spay__share *share, int64_t now_ms)
{
    int32_t result = share->operation ? spay__store_result(share->operation) : SPAY_STORE_ERROR;
    bool good = is_end_of(share, result);

    if (!result && now_ms < share->wake_ms)
        return 0;
    spay__store_note(store_of(share), good, now_ms);
    return good ? result : SPAY_STORE_ERROR;
}

static void drop_operation(spay__share *share)
{
    spay__store_drop(store_of(share), share->operation);
    share->operation = NULL;
}

static bool take_record(spay__share *share)
{
    const spay_store_operation *found = share->operation;

    spay__buffer_clear(&share->record);
    spay__buffer_init(&share->record, SPAY__LONGEST_RECORD);
    share->ttl_left_ms = found->ttl_left_ms;
    return spay__seal_open(share->call->account->seal, share->name, found->value, found->length,
                           &share->record);
}

static void tell(const spay__share *share, const char *operation, const char *result,
                 int64_t now_ms)
{
    spay__event_store(share->call, operation, result, now_ms - share->began_ms);
}

/* A get has ended. */
static void on_look(spay__share *share, int32_t result, int64_t now_ms)
{
    bool leased = share->state == SPAY__SHARE_CHECKING;

    if (result == SPAY__STORE_FOUND && take_record(share)) {
        share->state = SPAY__SHARE_READY;
        tell(share, "store_get", "found", now_ms);
        return;
    }
    tell(share, "store_get", result == SPAY_STORE_ERROR ? "error" : "miss", now_ms);
    share->state = SPAY__SHARE_MAKING;
    drop_operation(share);
    if (!leased && result != SPAY_STORE_ERROR)
        acquire(share, now_ms);
}

/* An acquire has ended. */
static void on_acquire(spay__share *share, int32_t result, int64_t now_ms)
{
    share->state = SPAY__SHARE_MAKING;
    if (result == SPAY__STORE_ACQUIRED)
        share->fence = spay__store_fence(share->operation);
    drop_operation(share);
    if (result == SPAY__STORE_ACQUIRED) {
        tell(share, "store_acquire", "acquired", now_ms);
        look(share, SPAY__SHARE_CHECKING, now_ms);
    } else if (result == SPAY_STORE_HELD) {
        tell(share, "store_acquire", "held", now_ms);
        await(share, now_ms);
    } else {
        tell(share, "store_acquire", "error", now_ms);
    }
}

/* ---- steps ---- */

/* Take one step. false: there is none before something happens. */
static bool advance(spay__share *share, int64_t now_ms)
{
    int32_t result;

    switch (share->state) { /* LCOV_EXCL_BR_LINE: each value has its case */
    case SPAY__SHARE_NEW:
        share->state = SPAY__SHARE_MAKING;
        if (spay__store_is_usable(store_of(share), now_ms))
            look(share, SPAY__SHARE_LOOKING, now_ms);
        return true;
    case SPAY__SHARE_LOOKING:
    case SPAY__SHARE_CHECKING:
        result = result_of(share, now_ms);
        if (result)
            on_look(share, result, now_ms);
        return result != 0;
    case SPAY__SHARE_ACQUIRING:
        result = result_of(share, now_ms);
        if (result)
            on_acquire(share, result, now_ms);
        return result != 0;
    case SPAY__SHARE_AWAITING:
        if (now_ms >= share->until_ms)
            share->state = SPAY__SHARE_MAKING;
        else if (now_ms >= share->wake_ms)
            look(share, SPAY__SHARE_LOOKING, now_ms);
        else
            return false;
        return true;
    case SPAY__SHARE_READY:
    case SPAY__SHARE_MAKING:
        break;
    }
    return false;
}

spay__share_answer spay__share_step(spay__share *share, int64_t now_ms)
{
    while (advance(share, now_ms))
        continue;
    if (share->state == SPAY__SHARE_READY)
        return SPAY__SHARE_FOUND;
    return share->state == SPAY__SHARE_MAKING ? SPAY__SHARE_MAKE : SPAY__SHARE_WAIT;
}

void spay__share_reject(spay__share *share)
{
    spay__buffer_clear(&share->record);
    drop_operation(share);
    share->state = SPAY__SHARE_MAKING;
    if (!share->fence)
        acquire(share, spay__client_now_ms(share->call->client));
}

void spay__share_publish(spay__share *share, const spay__buffer *record, int64_t ttl_ms)
{
    spay_client *client = share->call->client;
    unsigned char nonce[SPAY__AEAD_NONCE_SIZE];
    spay__buffer sealed;

    if (!share->fence)
        return;
    spay__buffer_init(&sealed, SPAY__LONGEST_RECORD);
    if (spay__client_random(client, nonce, sizeof(nonce)) &&
        spay__seal_close(share->call->account->seal, nonce, share->name, record, &sealed))
        spay__store_put(store_of(share), share->name, sealed.data, sealed.length, ttl_ms,
                        share->fence);
    spay__buffer_clear(&sealed);
}

void spay__share_end(spay__share *share)
{
    if (!share->call)
        return;
    drop_operation(share);
    if (share->fence)
        spay__store_release(store_of(share), share->name, share->fence);
    spay__buffer_clear(&share->record);
    memset(share, 0, sizeof(*share));
}
