/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A provider that goes away and comes back, with a pool full of connections to its former self: the
 * next call succeeds. Over plain HTTP, and through a bad network over TLS.
 */
#include <pthread.h>
#include <stdlib.h>

#include "torture/kit/peer.h"
#include "torture/kit/sandbox.h"
#include "torture/kit/torture.h"

enum {
    POOL = 8,
    ATTEMPT_MS = 1500,
    CONNECT_MS = 2000,
    HANGING_MS = 20000,
    LIMIT_MS = 10000
};

/* How the provider goes, and what the connections of the pool look like then. */
typedef enum outage {
    CLOSED,   /* properly */
    RESET,    /* torn */
    KILLED,   /* its machine closes them */
    FORGOTTEN /* its machine lost power: it knows nothing of them */
} outage;

static const char *const names[] = {"closed", "reset", "killed with their server",
                                    "forgotten by their server"};

typedef struct site {
    peer server;
    test_accounts accounts;
    const char *scheme;
} site;

static int64_t worst_ms;

static bool open_site(site *opened, const char *scheme)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    char url[40];

    options.attempt_timeout_ms = ATTEMPT_MS;
    options.connect_timeout_ms = CONNECT_MS;
    opened->scheme = scheme;
    if (!peer_start(&opened->server, 0))
        return false;
    if (scheme[4] == 's')
        opened->server.board->relay_port = sandbox_port();
    return open_at(&opened->accounts, peer_url(&opened->server, scheme, url), &options);
}

static void close_site(site *opened)
{
    accounts_close(&opened->accounts);
    peer_stop(&opened->server);
}

/* ---- a pool of idle connections ---- */

static void *pay(void *ctx)
{
    site *at = ctx;

    return create_session(&at->accounts, ACCOUNT_WEPAY, NULL, NULL, NULL) == SPAY_OK ? at : NULL;
}

/* Calls that all wait at once need a connection each. */
static bool fill_pool(site *at)
{
    peer_board *board = at->server.board;
    pthread_t threads[POOL];
    void *paid[POOL];
    bool good = true;
    int i;

    peer_set(&board->deaf, 1);
    for (i = 0; i < POOL; i++)
        if (pthread_create(&threads[i], NULL, pay, at) != 0)
            abort();
    good = torture_await_count(&board->open, POOL, LIMIT_MS);
    peer_set(&board->deaf, 0);
    for (i = 0; i < POOL; i++) {
        (void)pthread_join(threads[i], &paid[i]);
        good = good && paid[i];
    }
    return good && peer_get(&board->open) >= POOL;
}

static bool have_outage(site *at, outage kind)
{
    switch (kind) {
    case CLOSED:
        return peer_command(&at->server, PEER_CLOSE_ALL);
    case RESET:
        return peer_command(&at->server, PEER_RESET_ALL);
    case KILLED:
        peer_kill(&at->server);
        return true;
    case FORGOTTEN:
        break;
    }
    return peer_command(&at->server, PEER_FORGET_ALL);
}

/* ---- the next call ---- */

static bool is_quick(int64_t took_ms)
{
    if (took_ms > worst_ms)
        worst_ms = took_ms;
    return took_ms <= (torture_is_full() ? CONNECT_MS + 1000 : HANGING_MS);
}

/* Whoever drops the connections needs no second attempt. */
static bool recovers(site *at, bool drop, int64_t allowance_ms)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    spay_error *error = NULL;
    int64_t began = torture_now_ms();
    spay_status status;
    bool good;

    options.max_attempts = drop ? 1 : 0;
    if (drop)
        spay_client_drop_connections(at->accounts.client);
    status = create_session(&at->accounts, ACCOUNT_WEPAY, &options, NULL, &error);
    good = status == SPAY_OK && is_quick(torture_now_ms() - began - allowance_ms);
    if (good)
        spay_error_free(error);
    else
        explain_error(error);
    return good;
}

/* While it is down, calls fail and say so. */
static bool fails_meanwhile(site *at)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    spay_error *error = NULL;
    spay_status status;
    bool good;

    options.max_attempts = 1;
    status = create_session(&at->accounts, ACCOUNT_WEPAY, &options, NULL, &error);
    good = status == SPAY_E_CONNECT && spay_error_outcome(error) == SPAY_OUTCOME_NOT_SENT;
    if (good)
        spay_error_free(error);
    else
        explain_error(error);
    return good;
}

static void test_outage(outage kind, const char *scheme, bool drop)
{
    site at;
    bool good = open_site(&at, scheme) && fill_pool(&at) && have_outage(&at, kind);

    if (good && peer_get(&at.server.board->refused_forget)) {
        tap_skip(names[kind], "the system does not let a program forget its connections");
        close_site(&at);
        return;
    }
    if (good && kind == KILLED)
        good = fails_meanwhile(&at) && peer_revive(&at.server);
    good = good && recovers(&at, drop, 0);
    tap_ok(good, "%s, %d connections %s: the next call%s succeeds", scheme, POOL, names[kind],
           drop ? " after dropping them" : "");
    close_site(&at);
}

/* ---- connections that look alive, but nothing comes through any more ---- */

/* Without dropping them, only an attempt's time limit tells a dead line from a slow provider. */
static void test_black_hole(const char *scheme, bool drop)
{
    site at;
    bool good = open_site(&at, scheme) && fill_pool(&at);

    if (good)
        peer_set(&at.server.board->deaf_until, peer_get(&at.server.board->accepted));
    good = good && recovers(&at, drop, drop ? 0 : ATTEMPT_MS);
    tap_ok(good, "%s, %d connections into a black hole: the next call%s succeeds", scheme, POOL,
           drop ? " after dropping them" : "");
    close_site(&at);
}

/* ---- dropping does not disturb ---- */

static void test_running(void)
{
    site at;
    peer_board *board;
    pthread_t thread;
    void *paid = NULL;
    int32_t accepted;
    bool good = open_site(&at, "http") && fill_pool(&at);

    board = at.server.board;
    accepted = peer_get(&board->accepted);
    peer_set(&board->answer_late, 300);
    if (pthread_create(&thread, NULL, pay, &at) != 0)
        abort();
    good = good && torture_await_count(&board->sessions, POOL + 1, LIMIT_MS);
    spay_client_drop_connections(at.accounts.client);
    good = good && torture_await_count(&board->farewells, POOL - 1, LIMIT_MS);
    (void)pthread_join(thread, &paid);
    tap_ok(good && paid && peer_get(&board->accepted) == accepted &&
               peer_get(&board->farewells) == POOL - 1,
           "dropping closes the idle connections, and not the one that is busy");
    close_site(&at);
}

static void test_scheme(const char *scheme)
{
    int kind;

    for (kind = CLOSED; kind <= FORGOTTEN; kind++) {
        test_outage((outage)kind, scheme, false);
        test_outage((outage)kind, scheme, true);
    }
    test_black_hole(scheme, false);
    test_black_hole(scheme, true);
}

int main(void)
{
    int count = torture_pick(1, 25);
    int i;

    for (i = 0; i < count; i++) {
        test_running();
        test_scheme("http");
        if (sandbox_url())
            test_scheme("https");
        else
            tap_skip("https", "no sandbox runs");
    }
    tap_note("longest way back %d ms", (int)worst_ms);
    return tap_end();
}
