/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A call that is canceled from another thread returns, wherever it is stuck. With full figures, it
 * returns within 100 ms.
 */
#include <pthread.h>
#include <stdlib.h>

#include "torture/kit/private.h"
#include "torture/kit/sandbox.h"
#include "torture/kit/stall.h"
#include "torture/kit/torture.h"

enum {
    PROMPT_MS = 100,
    HANGING_MS = 10000,
    LIFE_MS = 60000
};

typedef struct worker {
    spay_call *call;
    spay_status status;
    int32_t ended;
    int64_t ended_us;
} worker;

static int64_t worst_us;

static void *perform(void *ctx)
{
    worker *w = ctx;

    w->status = spay_call_perform(w->call, NULL);
    w->ended_us = torture_now_us();
    __atomic_store_n(&w->ended, 1, __ATOMIC_RELEASE);
    return NULL;
}

static bool is_prompt(int64_t took_us)
{
    if (took_us > worst_us)
        worst_us = took_us;
    return took_us <= (torture_is_full() ? PROMPT_MS : HANGING_MS) * 1000;
}

/* Before the session request is out, nothing can have happened; after that, nobody knows. */
static int32_t outcome_at(stall_place place)
{
    switch (place) {
    case STALL_REPLY:
    case STALL_HEADER:
    case STALL_BODY:
    case STALL_BACKING_OFF:
        return SPAY_OUTCOME_UNKNOWN;
    default:
        return SPAY_OUTCOME_NOT_SENT;
    }
}

static void test_cancel(stall *s)
{
    worker w = {.call = stall_call(s, LIFE_MS), .status = SPAY_OK};
    int32_t outcome;
    pthread_t thread;
    int64_t began;
    bool there;
    bool good;

    if (pthread_create(&thread, NULL, perform, &w) != 0)
        abort();
    there = stall_await(s, w.call);
    began = torture_now_us();
    spay_call_cancel(w.call);
    good = torture_await_count(&w.ended, 1, HANGING_MS);
    (void)pthread_join(thread, NULL);
    outcome = spay_error_outcome(spay_call_error(w.call));
    good = good && there && w.status == SPAY_E_CANCELED && is_prompt(w.ended_us - began) &&
           outcome == outcome_at(s->place);
    tap_ok(good, "%s: a canceled call returns", stall_name(s->place));
    if (!good)
        tap_note("%s; returned after %d us with %s, outcome %s",
                 there ? "stuck" : "not stuck there", (int)(w.ended_us - began),
                 spay_status_name(w.status), spay_outcome_name(outcome));
    spay_call_free(w.call);
}

static void test_place(stall_place place, const char *no_network)
{
    int count = torture_pick(1, 20);
    stall s;
    int i;

    if (place == STALL_RESOLVING && no_network) {
        tap_skip(stall_name(place), no_network);
        return;
    }
    for (i = 0; i < count; i++) {
        const char *why = stall_open(&s, place);

        if (why)
            tap_skip(stall_name(place), why);
        else
            test_cancel(&s);
        stall_close(&s);
    }
}

/* A cancel that comes before the first step, and one that comes too late. */
static void test_edges(void)
{
    peer server;
    test_accounts accounts;
    spay_call *call = NULL;
    char url[40];
    bool good = peer_start(&server, 0) &&
                open_at(&accounts, peer_url(&server, "http", url), NULL) &&
                accounts_new_call(&accounts, ACCOUNT_WEPAY, NULL, &call, NULL) == SPAY_OK;

    spay_call_cancel(call);
    tap_ok(good && spay_call_perform(call, NULL) == SPAY_E_CANCELED &&
               peer_get(&server.board->accepted) == 0,
           "a call canceled before it begins sends nothing");
    spay_call_free(call);
    call = NULL;
    good = accounts_new_call(&accounts, ACCOUNT_WEPAY, NULL, &call, NULL) == SPAY_OK &&
           spay_call_perform(call, NULL) == SPAY_OK;
    spay_call_cancel(call);
    tap_ok(good && spay_call_status(call) == SPAY_OK, "a call that is done stays as it is");
    spay_call_free(call);
    accounts_close(&accounts);
    peer_stop(&server);
}

int main(void)
{
    const char *no_network = private_network();
    int place;

    for (place = 0; place < STALL_PLACES; place++)
        test_place((stall_place)place, no_network);
    test_edges();
    tap_note("longest way back %d ms", (int)(worst_us / 1000));
    return tap_end();
}
