/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A store that answers later, from a thread of its own: several machines, each with threads that
 * block and a driver for an event loop, share one token and one session for each order.
 */
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "integration.h"
#include "sandbox.h"
#include "setup.h"
#include "support/memory_store.h"

enum {
    MACHINES = 3,
    THREADS = 8,
    DRIVEN = 40,
    ORDERS = 5
};

typedef struct machine {
    test_accounts accounts;
    spay_multi *multi;
    pthread_t threads[THREADS];
    pthread_t loop;
    spay_call *calls[DRIVEN];
    int good;   /* sessions */
    int shared; /* those of them that another call made */
} machine;

static memory_store *store;
static machine machines[MACHINES];
static int stop;

static void *answer_later(void *unused)
{
    while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE))
        if (!memory_store_answer(store))
            sched_yield();
    return unused;
}

static void set_up(void)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    int i;

    sandbox_reset();
    store = memory_store_new(NULL);
    memory_store_set_mode(store, MEMORY_STORE_DEFERS);
    options.store = memory_store_table(store);
    stop = 0;
    for (i = 0; i < MACHINES; i++) {
        static const spay_platform real = SPAY_PLATFORM_INIT;

        memset(&machines[i], 0, sizeof(machines[i]));
        options.platform = &real;
        setup_open(&machines[i].accounts, NULL, &options);
        ck_assert_int_eq(
            spay_multi_new(machines[i].accounts.client, NULL, &machines[i].multi, NULL), SPAY_OK);
    }
}

static void tear_down(void)
{
    int i;

    for (i = 0; i < MACHINES; i++) {
        spay_multi_free(machines[i].multi);
        accounts_close(&machines[i].accounts);
    }
    memory_store_free(store);
}

static void count(machine *m, account_kind kind, void *session)
{
    if (!session)
        return;
    (void)__atomic_add_fetch(&m->good, 1, __ATOMIC_ACQ_REL);
    if (accounts_session_info(session)->shared)
        (void)__atomic_add_fetch(&m->shared, 1, __ATOMIC_ACQ_REL);
    accounts_free_session(kind, session);
}

static spay_call_options for_order(char intent[20], int number)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;

    (void)snprintf(intent, 20, "order %d", number % ORDERS);
    options.intent = intent;
    return options;
}

static void *block(void *ctx)
{
    machine *m = ctx;
    int i;

    for (i = 0; i < ORDERS; i++) {
        char intent[20];
        spay_call_options options = for_order(intent, i);
        void *session = NULL;

        (void)accounts_create_session(&m->accounts, ACCOUNT_CONNECT_SERVER, &options, &session,
                                      NULL);
        count(m, ACCOUNT_CONNECT_SERVER, session);
        session = NULL;
        (void)accounts_create_session(&m->accounts, ACCOUNT_HOSTED_FIELDS, NULL, &session, NULL);
        count(m, ACCOUNT_HOSTED_FIELDS, session);
    }
    return NULL;
}

static account_kind kind_of(int number)
{
    return number % 2 ? ACCOUNT_HOSTED_FIELDS : ACCOUNT_CONNECT_SERVER;
}

static void *run_loop(void *ctx)
{
    machine *m = ctx;
    int i;

    for (i = 0; i < DRIVEN; i++) {
        char intent[20];
        spay_call_options options = for_order(intent, i);

        if (accounts_new_call(&m->accounts, kind_of(i), i % 2 ? NULL : &options, &m->calls[i],
                              NULL) == SPAY_OK)
            (void)spay_multi_add(m->multi, m->calls[i], NULL, NULL);
    }
    while (spay_multi_poll(m->multi, 1000) > 0)
        continue;
    while (spay_multi_next(m->multi))
        continue;
    for (i = 0; i < DRIVEN; i++) {
        void *session = NULL;

        (void)accounts_take_session(kind_of(i), m->calls[i], &session, NULL);
        count(m, kind_of(i), session);
        spay_call_free(m->calls[i]);
    }
    return NULL;
}

static void run_machines(void)
{
    int i;
    int j;

    for (i = 0; i < MACHINES; i++) {
        ck_assert_int_eq(pthread_create(&machines[i].loop, NULL, run_loop, &machines[i]), 0);
        for (j = 0; j < THREADS; j++)
            ck_assert_int_eq(pthread_create(&machines[i].threads[j], NULL, block, &machines[i]), 0);
    }
    for (i = 0; i < MACHINES; i++) {
        (void)pthread_join(machines[i].loop, NULL);
        for (j = 0; j < THREADS; j++)
            (void)pthread_join(machines[i].threads[j], NULL);
    }
}

static int journal_count(const char *path)
{
    sandbox_journal *journal = sandbox_read(path);
    int found = (int)sandbox_count(journal);

    sandbox_forget(journal);
    return found;
}

static const char *path_of_sessions(void)
{
    static char path[128];

    (void)snprintf(path, sizeof(path), "/v1/%s/sessions", setup_of_sandbox().merchant_id);
    return path;
}

START_TEST(machines_share_one_token_and_one_session_for_each_order)
{
    pthread_t answering;
    int shared = 0;
    int i;

    ck_assert_int_eq(pthread_create(&answering, NULL, answer_later, NULL), 0);
    run_machines();
    __atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
    (void)pthread_join(answering, NULL);
    for (i = 0; i < MACHINES; i++) {
        ck_assert_int_eq(machines[i].good, DRIVEN + 2 * ORDERS * THREADS);
        shared += machines[i].shared;
    }
    ck_assert_int_eq(journal_count("/authorize"), 1);
    ck_assert_int_eq(journal_count(path_of_sessions()), ORDERS);
    ck_assert_int_eq(shared, MACHINES * (DRIVEN / 2 + ORDERS * THREADS) - ORDERS);
}
END_TEST

Suite *store_suite(void)
{
    Suite *suite = suite_create("store");
    TCase *tests = tcase_create("store");

    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, machines_share_one_token_and_one_session_for_each_order);
    suite_add_tcase(suite, tests);
    return suite;
}
