/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Nothing outlives its deadline, wherever it is stuck. The sample looks at how calls end; with full
 * figures the clock is looked at too.
 */
#include <stdio.h>

#include "torture/kit/private.h"
#include "torture/kit/sandbox.h"
#include "torture/kit/stall.h"
#include "torture/kit/torture.h"

enum {
    OVERSHOOT_MS = 250,
    HANGING_MS = 20000
};

typedef struct timing {
    spay_status status;
    int64_t call_ms;
    int64_t close_ms; /* to let go of everything afterwards */
} timing;

static int64_t worst_ms;

static void measure(stall *s, spay_call *call, timing *taken, spay_error **error)
{
    int64_t began = torture_now_ms();

    taken->status = spay_call_perform(call, error);
    taken->call_ms = torture_now_ms() - began;
    began = torture_now_ms();
    spay_call_free(call);
    if (s->place != STALL_OTHERS_TOKEN)
        spay_client_drop_connections(s->accounts.client);
    taken->close_ms = torture_now_ms() - began;
}

static bool is_punctual(const timing *taken, int64_t deadline_ms)
{
    int64_t over = taken->call_ms - deadline_ms;

    if (over > worst_ms)
        worst_ms = over;
    if (!torture_is_full())
        return taken->call_ms < HANGING_MS && taken->close_ms < HANGING_MS;
    return over <= OVERSHOOT_MS && taken->close_ms <= OVERSHOOT_MS;
}

/* A wait that cannot fit is not begun; every other place is left when time is up. */
static bool ends_rightly(const stall *s, const timing *taken, const spay_error *error,
                         int64_t deadline_ms)
{
    if (s->place == STALL_BACKING_OFF)
        return taken->status == SPAY_E_PROVIDER && spay_error_retry_after_ms(error) == 50000 &&
               spay_error_attempts(error) == 1;
    return taken->status == SPAY_E_TIMEOUT && taken->call_ms >= deadline_ms - 1;
}

static void test_stall(stall *s, int64_t deadline_ms)
{
    timing taken;
    spay_error *error = NULL;
    spay_call *call = stall_call(s, deadline_ms);
    bool good;

    measure(s, call, &taken, &error);
    good = ends_rightly(s, &taken, error, deadline_ms) && is_punctual(&taken, deadline_ms);
    tap_ok(good, "%s: a deadline of %d ms holds", stall_name(s->place), (int)deadline_ms);
    if (!good || torture_is_full())
        tap_note("returned after %d ms with %s, let go in %d ms", (int)taken.call_ms,
                 spay_status_name(taken.status), (int)taken.close_ms);
    if (!good)
        explain_error(error);
    else
        spay_error_free(error);
}

static void test_place(stall_place place, const char *no_network)
{
    static const int64_t deadlines[] = {700, 50, 1500, 6300};
    int count = torture_pick(1, 4);
    stall s;
    int i;

    for (i = 0; i < count; i++) {
        const char *why = place == STALL_RESOLVING ? no_network : NULL;

        if (!why)
            why = stall_open(&s, place);
        if (why)
            tap_skip(stall_name(place), why);
        else
            test_stall(&s, deadlines[i]);
        if (why != no_network || !why)
            stall_close(&s);
    }
}

/* ---- more than one attempt ---- */

typedef struct patience {
    const char *name;
    int32_t mode;
    int32_t retry_after_s;
    int32_t attempt_ms;
    int32_t attempts;
    spay_status status;
} patience;

static const patience patiences[] = {
    {.name = "attempts that time out one after another",
     .mode = PEER_SILENT,
     .attempt_ms = 300,
     .attempts = 10,
     .status = SPAY_E_TIMEOUT},
    {.name = "resets, again and again",
     .mode = PEER_RESET,
     .attempts = 10,
     .status = SPAY_E_NETWORK},
    {.name = "a Retry-After that fits once",
     .mode = PEER_BUSY,
     .retry_after_s = 1,
     .attempts = 10,
     .status = SPAY_E_PROVIDER},
};

static void test_attempts(const patience *p)
{
    const int64_t deadline_ms = 1600;
    spay_error *error = NULL;
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    timing taken = {SPAY_OK, 0, 0};
    char url[40];
    peer server;
    test_accounts accounts;
    bool good;

    options.timeout_ms = deadline_ms;
    options.attempt_timeout_ms = p->attempt_ms;
    options.max_attempts = p->attempts;
    good = peer_start(&server, 0);
    server.board->session_mode = p->mode;
    server.board->retry_after_s = p->retry_after_s;
    good = good && open_at(&accounts, peer_url(&server, "http", url), NULL);
    taken.call_ms = -torture_now_ms();
    taken.status =
        good ? create_session(&accounts, ACCOUNT_WEPAY, &options, NULL, &error) : SPAY_OK;
    taken.call_ms += torture_now_ms();
    /* A last wait that does not fit ends the call with what the last attempt came to. */
    good = good && (taken.status == p->status || taken.status == SPAY_E_TIMEOUT) &&
           spay_error_attempts(error) > 1 && is_punctual(&taken, deadline_ms);
    tap_ok(good, "%s: the deadline is the call's, not the attempt's", p->name);
    if (!good || torture_is_full())
        explain_error(error);
    else
        spay_error_free(error);
    accounts_close(&accounts);
    peer_stop(&server);
}

int main(void)
{
    const char *no_network = private_network();
    size_t i;
    int place;

    for (place = 0; place < STALL_PLACES; place++)
        test_place((stall_place)place, no_network);
    for (i = 0; i < sizeof(patiences) / sizeof(patiences[0]); i++)
        test_attempts(&patiences[i]);
    tap_note("worst overshoot %d ms", (int)worst_ms);
    return tap_end();
}
