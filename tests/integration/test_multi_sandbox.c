/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The event-loop driver with thousands of calls, at the sandbox, over HTTPS.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "foreign_loop.h"
#include "sandbox.h"

/* ---- the sandbox ---- */

/* How many requests of such a path arrived. */
static int journal_count(const char *path)
{
    sandbox_journal *journal = sandbox_read(path);
    int count = (int)sandbox_count(journal);

    sandbox_forget(journal);
    return count;
}

/* A client session at the server API opens the account at the client API. */
static void open_sandbox_accounts(rig *r)
{
    test_accounts first = r->accounts;
    accounts_setup setup = setup_of_sandbox();
    void *session = NULL;

    open_accounts(&first, &setup);
    ck_assert_int_eq(accounts_create_session(&first, ACCOUNT_CONNECT_SERVER, NULL, &session, NULL),
                     SPAY_OK);
    setup.client_session_id = accounts_session_info(session)->value;
    setup.customer_id = accounts_session_info(session)->id;
    open_accounts(&r->accounts, &setup);
    accounts_free_session(ACCOUNT_CONNECT_SERVER, session);
    close_other_accounts(&first);
}

static rig *sandbox_rig(const spay_multi_options *options)
{
    spay_client_options client_options = SPAY_CLIENT_OPTIONS_INIT;
    rig *made = calloc(1, sizeof(*made));

    ck_assert_ptr_nonnull(made);
    sandbox_reset();
    open_client(made, &client_options);
    open_sandbox_accounts(made);
    made->start_count = STARTS; /* nobody looks */
    ck_assert_int_eq(spay_multi_new(made->accounts.client, options, &made->multi, NULL), SPAY_OK);
    return made;
}

static const account_kind four_kinds[] = {ACCOUNT_WEPAY, ACCOUNT_HOSTED_FIELDS,
                                          ACCOUNT_CONNECT_SERVER, ACCOUNT_CONNECT_CLIENT};

/* So many calls, over all four providers. */
static record *begin_many(rig *r, int count)
{
    record *made = calloc((size_t)count, sizeof(*made));
    int i;

    ck_assert_ptr_nonnull(made);
    for (i = 0; i < count; i++) {
        prepare(r, &made[i], four_kinds[i % 4], 0, LIFE_MS);
        add(&made[i]);
    }
    return made;
}

static int sum_sent(const record *records, int count, account_kind kind)
{
    int sum = 0;
    int i;

    for (i = 0; i < count; i++)
        if (records[i].kind == kind)
            sum += records[i].requests_sent;
    return sum;
}

/* Each answered once, and what was sent is what arrived. One session was made before. */
static void check_many(const record *records, int count)
{
    int tokens = 0;
    int i;

    for (i = 0; i < count; i++) {
        ck_assert_int_eq(records[i].times, 1);
        ck_assert_msg(records[i].status == SPAY_OK, "%s: %s",
                      account_facts_of(records[i].kind)->name, spay_status_name(records[i].status));
        tokens += records[i].token_requests;
    }
    ck_assert_int_eq(tokens, 1);
    ck_assert_int_eq(journal_count("/authorize"), 1);
    ck_assert_int_eq(journal_count("/session_tokens"), sum_sent(records, count, ACCOUNT_WEPAY));
    ck_assert_int_eq(journal_count("hosted-fields-sessions"),
                     sum_sent(records, count, ACCOUNT_HOSTED_FIELDS));
    ck_assert_int_eq(journal_count("/v1/4217/sessions"),
                     sum_sent(records, count, ACCOUNT_CONNECT_SERVER) + 1);
    ck_assert_int_eq(journal_count("/client/v1/"),
                     sum_sent(records, count, ACCOUNT_CONNECT_CLIENT));
}

static void poll_until_done(rig *r, int count)
{
    int64_t end = now_ms() + LIFE_MS;

    while (spay_multi_poll(r->multi, 1000) > 0)
        ck_assert_msg(now_ms() < end, "%d of %d calls are done", r->done, count);
    ck_assert_int_eq(r->done, count);
}

START_TEST(thousands_of_calls_are_answered_once)
{
    int count = getenv("SPAY_TORTURE") ? 10000 : 2000;
    rig *r = sandbox_rig(NULL);
    record *records = begin_many(r, count);

    poll_until_done(r, count);
    check_many(records, count);
    for (int i = 0; i < count; i++)
        ck_assert_int_eq(records[i].requests_sent, 1);
    rig_close(r);
    free(records);
}
END_TEST

START_TEST(calls_survive_failures_of_the_provider)
{
    static const char faults[] =
        "[{\"path\":\"/session_tokens\",\"skip\":20,\"status\":503,\"count\":8},"
        "{\"path\":\"/session_tokens\",\"close\":\"after_processing\",\"count\":8},"
        "{\"path\":\"/session_tokens\",\"close\":\"middle\",\"count\":4},"
        "{\"path\":\"hosted-fields-sessions\",\"skip\":20,\"close\":\"after_processing\","
        "\"count\":8}]";
    enum {
        CALLS = 400
    };
    spay_multi_options options = SPAY_MULTI_OPTIONS_INIT;
    rig *r;
    record *records;

    options.max_connections = 8;
    r = sandbox_rig(&options);
    sandbox_fault(faults);
    records = begin_many(r, CALLS);
    poll_until_done(r, CALLS);
    check_many(records, CALLS);
    ck_assert_int_ge(sum_sent(records, CALLS, ACCOUNT_WEPAY), CALLS / 4 + 20);
    ck_assert_int_ge(sum_sent(records, CALLS, ACCOUNT_HOSTED_FIELDS), CALLS / 4 + 8);
    rig_close(r);
    free(records);
}
END_TEST

/* Half of the calls are told to come back in a second; no other waits for them. */
START_TEST(calls_go_on_while_others_back_off)
{
    enum {
        CALLS = 48
    };
    static const char busy[] = "{\"path\":\"/session_tokens\",\"status\":503,"
                               "\"headers\":{\"Retry-After\":\"1\"},\"count\":24}";
    spay_multi_options options = SPAY_MULTI_OPTIONS_INIT;
    record records[CALLS];
    rig *r;
    int i;

    options.max_connections = 2;
    r = sandbox_rig(&options);
    sandbox_fault(busy);
    for (i = 0; i < CALLS; i++) {
        prepare(r, &records[i], i % 2 ? ACCOUNT_CONNECT_SERVER : ACCOUNT_WEPAY, 0, LIFE_MS);
        add(&records[i]);
    }
    poll_until_done(r, CALLS);
    for (i = 0; i < CALLS; i++) {
        ck_assert_int_eq(records[i].status, SPAY_OK);
        ck_assert_int_eq(records[i].requests_sent, i % 2 ? 1 : 2);
    }
    ck_assert_int_eq(journal_count("/session_tokens"), CALLS);
    rig_close(r);
}
END_TEST

#ifdef SPAY_WITH_NGHTTP2

START_TEST(http2_falls_back_to_what_the_host_speaks)
{
    spay_multi_options options = SPAY_MULTI_OPTIONS_INIT;
    record *records;
    rig *r;

    options.http2 = SPAY_YES;
    r = sandbox_rig(&options);
    records = begin_many(r, 40);
    poll_until_done(r, 40);
    check_many(records, 40);
    rig_close(r);
    free(records);
}
END_TEST

#else

START_TEST(http2_is_refused_by_a_build_without_it)
{
    spay_multi_options options = SPAY_MULTI_OPTIONS_INIT;
    spay_client *client = NULL;
    spay_multi *multi = NULL;

    options.http2 = SPAY_YES;
    ck_assert_int_eq(spay_client_new(NULL, &client, NULL), SPAY_OK);
    ck_assert_int_eq(spay_multi_new(client, &options, &multi, NULL), SPAY_E_UNSUPPORTED);
    ck_assert_ptr_null(multi);
    spay_client_free(client);
}
END_TEST

#endif

START_TEST(foreign_loop_drives_hundreds_of_calls)
{
    enum {
        CALLS = 400
    };
    spay_multi_options options;
    peer *none = NULL;
    record *records;
    loop l;
    rig *r;

    set_hooks(&l, &options);
    options.max_connections = 16;
    r = sandbox_rig(&options);
    l.multi = r->multi;
    records = begin_many(r, CALLS);
    LOOP_UNTIL(&l, none, r->done == CALLS);
    check_many(records, CALLS);
    check_quiet(&l);
    ck_assert_msg(l.turns < 20 * CALLS, "%d turns", l.turns);
    ck_assert_msg(l.watched <= 2 * CALLS, "%d sockets", l.watched);
    rig_close(r);
    ck_assert_int_eq(l.misuses, 0);
    free(records);
}
END_TEST

/* ---- threads ---- */

enum {
    PER_DRIVER = 200
};

/* A driver on a thread of its own, with the client and the accounts of the others. */
typedef struct worker {
    rig rig;
    record records[PER_DRIVER];
    pthread_t thread;
    bool added; /* each call, without trouble */
} worker;

static void *work(void *ctx)
{
    worker *w = ctx;
    int i;

    w->added = true;
    for (i = 0; i < PER_DRIVER; i++)
        if (spay_multi_add(w->rig.multi, w->records[i].call, on_done, &w->records[i]) != SPAY_OK)
            w->added = false;
    while (spay_multi_poll(w->rig.multi, 1000) > 0)
        continue;
    return NULL;
}

static void start_worker(worker *w, const rig *main)
{
    spay_multi_options options = SPAY_MULTI_OPTIONS_INIT;
    int i;

    options.max_connections = 8;
    w->rig.accounts = main->accounts;
    for (i = 0; i < PER_DRIVER; i++)
        prepare(&w->rig, &w->records[i], four_kinds[i % 4], 0, LIFE_MS);
    ck_assert_int_eq(spay_multi_new(main->accounts.client, &options, &w->rig.multi, NULL), SPAY_OK);
}

START_TEST(two_drivers_on_two_threads_share_a_token)
{
    rig *r = sandbox_rig(NULL);
    worker *workers = calloc(2, sizeof(*workers));
    record *all = calloc(2, sizeof(workers->records));
    int i;

    ck_assert_ptr_nonnull(workers);
    ck_assert_ptr_nonnull(all);
    r->start_count = STARTS;
    for (i = 0; i < 2; i++)
        start_worker(&workers[i], r);
    for (i = 0; i < 2; i++)
        ck_assert_int_eq(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    for (i = 0; i < 2; i++) {
        (void)pthread_join(workers[i].thread, NULL);
        spay_multi_free(workers[i].rig.multi);
        ck_assert(workers[i].added);
        memcpy(&all[i * PER_DRIVER], workers[i].records, sizeof(workers[i].records));
    }
    check_many(all, 2 * PER_DRIVER);
    rig_close(r);
    free(workers);
    free(all);
}
END_TEST

/* ---- the suite ---- */

static void add_sandbox(Suite *suite)
{
    TCase *tests = tcase_create("sandbox");

    tcase_set_timeout(tests, 1200);
    tcase_add_test(tests, thousands_of_calls_are_answered_once);
    tcase_add_test(tests, calls_survive_failures_of_the_provider);
    tcase_add_test(tests, calls_go_on_while_others_back_off);
#ifdef SPAY_WITH_NGHTTP2
    tcase_add_test(tests, http2_falls_back_to_what_the_host_speaks);
#else
    tcase_add_test(tests, http2_is_refused_by_a_build_without_it);
#endif
    tcase_add_test(tests, foreign_loop_drives_hundreds_of_calls);
    tcase_add_test(tests, two_drivers_on_two_threads_share_a_token);
    suite_add_tcase(suite, tests);
}

Suite *multi_sandbox_suite(void)
{
    Suite *suite = suite_create("multi_sandbox");

    add_sandbox(suite);
    return suite;
}
