/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * System calls that fail: each socket, connect, poll, send, recv, open, clock and random call of the
 * whole process in turn, and each new lock and each start of a thread, alone or with all that follow,
 * in both drivers. Calls end in time, what they tell is true, and the next one works.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "support/memory_store.h"
#include "torture/kit/peer.h"
#include "torture/kit/preload.h"
#include "torture/kit/sandbox.h"
#include "torture/kit/torture.h"

/* From the library that is preloaded. */
#pragma weak fail_call_at
#pragma weak fail_call_count
void fail_call_at(int which, long nth, int for_good);
long fail_call_count(void);

/* In the order of preload/fail_call.c. */
static const char *const kinds[] = {"socket", "connect",       "poll",          "send",
                                    "recv",   "open",          "clock_gettime", "getrandom",
                                    "lock",   "pthread_create"};

enum {
    CLOCK = 6,
    THREAD = 9,
    MOST_CALLS = 2000,
    LIMIT_MS = 2000, /* of a call */
    SLACK_MS = 3000, /* on a machine with other things to do */
    STATUSES = 64
};

static peer server;
static char url[40];
static memory_store *store; /* of a trial's clients */

/* What trials find: each is a process of its own, so that random numbers are seeded anew. */
typedef struct findings {
    int statuses[STATUSES];
    bool reached; /* the call that was to fail */
    char wrong[80];
} findings;

static findings *found;

typedef struct trial {
    int kind;
    long nth;
    int for_good;
    account_kind account;
    bool in_multi;
    bool tls;
    bool named; /* the sandbox by a name for which it has no certificate */
} trial;

#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS 0x20 /* not POSIX, but everywhere */
#endif

static spay_status drive(const test_accounts *accounts, spay_call *call, bool in_multi)
{
    spay_multi *multi = NULL;
    spay_error *error = NULL;
    spay_status status;

    if (!in_multi)
        return spay_call_perform(call, NULL);
    status = spay_multi_new(accounts->client, NULL, &multi, &error);
    spay_error_free(error);
    if (status == SPAY_OK)
        status = spay_multi_add(multi, call, NULL, NULL);
    while (status == SPAY_OK && spay_multi_pending(multi))
        (void)spay_multi_poll(multi, LIMIT_MS);
    spay_multi_free(multi);
    return status == SPAY_OK ? spay_call_status(call) : status;
}

/* NULL, or what is wrong; the peer had seen so many requests before. */
static const char *judge(const trial *t, const spay_call *call, spay_status status, int32_t before)
{
    const spay_error *error = spay_call_error(call);
    int32_t *sessions = &server.board->sessions;

    if (status == SPAY_E_INVALID_ARGUMENT || status == SPAY_E_STATE || status == SPAY_E_REJECTED)
        return spay_status_name(status);
    if (t->tls)
        return NULL;
    if (spay_call_status(call) == SPAY_E_STATE)
        return peer_get(sessions) != before ? "sent by a call that never ran" : NULL;
    (void)torture_await_count(sessions, before + spay_error_requests_sent(error), SLACK_MS);
    return peer_refutes(error, peer_get(sessions) - before);
}

static const char *pay(const test_accounts *accounts, const trial *t, spay_status *status)
{
    int32_t before = peer_get(&server.board->sessions);
    spay_error *error = NULL;
    spay_call *call = NULL;
    const char *wrong;

    *status = accounts_new_call(accounts, t->account, NULL, &call, &error);
    if (*status == SPAY_OK)
        *status = drive(accounts, call, t->in_multi);
    fail_call_at(0, 0, 0);
    found->statuses[-*status]++;
    wrong = call ? judge(t, call, *status, before) : NULL;
    spay_call_free(call);
    spay_error_free(error);
    return wrong;
}

static const char *url_of(const trial *t)
{
    static char named[40];

    if (!t->named)
        return t->tls ? sandbox_url() : url;
    (void)snprintf(named, sizeof(named), "https://sandbox.test:%u", (unsigned)sandbox_port());
    return named;
}

/* From the client on. *status is what came of it. */
static const char *run(const trial *t, spay_status *status)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    test_accounts accounts;
    const char *wrong = NULL;

    options.timeout_ms = LIMIT_MS;
    options.max_attempts = 1;
    options.store = memory_store_table(store);
    if (open_at(&accounts, url_of(t), &options)) {
        wrong = pay(&accounts, t, status);
    } else {
        *status = spay_error_status(accounts.error);
        wrong = *status == SPAY_E_STATE ? "not set up, for no reason" : NULL;
    }
    fail_call_at(0, 0, 0);
    accounts_close(&accounts);
    return wrong;
}

static int try_in_child(void *ctx)
{
    const trial *t = ctx;
    int64_t began = torture_now_ms();
    spay_status status;
    const char *wrong;

    store = memory_store_new(NULL);
    if (!store)
        return 1;
    fail_call_at(t->kind, t->nth, t->for_good);
    wrong = run(t, &status);
    found->reached = fail_call_count() >= t->nth;
    if (!wrong && torture_now_ms() - began > LIMIT_MS + SLACK_MS)
        wrong = "later than its deadline";
    if (!wrong && !run(t, &status) && status != (t->named ? SPAY_E_TLS : SPAY_OK) &&
        (!sandbox_url() || sandbox_connects_libcurl(getenv("SPAY_CA_FILE"), LIMIT_MS)))
        wrong = "the next call does not work";
    if (wrong)
        (void)snprintf(found->wrong, sizeof(found->wrong), "%s", wrong);
    return 0;
}

/* NULL, or what is wrong. */
static const char *try_at(trial *t)
{
    int status;

    found->reached = false;
    *found->wrong = '\0';
    status = torture_reap(torture_fork(try_in_child, t), 4 * LIMIT_MS + SLACK_MS);
    if (status != 0)
        return torture_ending(status);
    return *found->wrong ? found->wrong : NULL;
}

static void torture(trial t, int step)
{
    long faults = 0;
    long trials = 0;

    for (t.nth = 1; t.nth < MOST_CALLS && faults < 10; t.nth += step, trials++) {
        const char *wrong = try_at(&t);

        faults += wrong != NULL;
        if (wrong)
            tap_note("%s %ld: %s", kinds[t.kind], t.nth, wrong);
        if (!wrong && !found->reached)
            break;
    }
    tap_ok(!faults && (trials || !t.named), "%s, %s, %s%s: %s: %ld trials", kinds[t.kind],
           account_facts_of(t.account)->name, t.in_multi ? "multi" : "blocking",
           t.tls ? ", TLS" : "", t.for_good ? "one fails and all after it" : "one fails", trials);
}

/* libcurl starts a thread to look up a name. */
static void torture_threads(void)
{
    for (int way = 0; way < 4; way++) {
        trial t = {.kind = THREAD,
                   .account = ACCOUNT_WEPAY,
                   .tls = true,
                   .named = true,
                   .for_good = way & 1,
                   .in_multi = way & 2};

        torture(t, 1);
    }
}

static void torture_all(account_kind account, bool tls)
{
    for (int kind = 0; kind < THREAD; kind++)
        for (int way = 0; way < 4; way++) {
            trial t = {.kind = kind,
                       .account = account,
                       .tls = tls,
                       .for_good = way & 1,
                       .in_multi = way & 2};

            torture(t, torture_pick(kind == CLOCK ? 11 : 1, 1));
        }
}

static void tell_statuses(void)
{
    for (int i = 0; i < STATUSES; i++)
        if (found->statuses[i])
            tap_note("%d times %s", found->statuses[i], spay_status_name(-i));
}

int main(int argc, char **argv)
{
    (void)argc;
    if (!fail_call_at)
        preload(argv, "fail_call");
    if (!fail_call_at) {
        tap_skip("system calls that fail", "the C library's cannot be replaced here");
        return tap_end();
    }
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    found = mmap(NULL, sizeof(*found), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (!tap_ok(found != MAP_FAILED && peer_start(&server, 0), "a server stands ready"))
        return tap_end();
    (void)peer_url(&server, "http", url);
    torture_all(ACCOUNT_WEPAY, false);
    torture_all(ACCOUNT_HOSTED_FIELDS, false);
    if (sandbox_url()) {
        torture_all(ACCOUNT_WEPAY, true);
        torture_threads();
    }
    tell_statuses();
    peer_stop(&server);
    return tap_end();
}
