/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Sixty-four threads on one client. Results are gathered by the threads and
 * judged when they are gone: a failed assertion must not jump across threads.
 */
#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "integration.h"
#include "sandbox.h"
#include "setup.h"
#include "support/leave.h"

enum {
    THREADS = 64,
    CALLS = 3
};

static test_accounts accounts;

static void open_accounts(void)
{
    static const spay_platform machine = SPAY_PLATFORM_INIT; /* real waits: the clock is shared */
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;

    options.platform = &machine;
    sandbox_reset();
    setup_open(&accounts, NULL, &options);
}

static void close_accounts(void)
{
    accounts_close(&accounts);
}

/* All threads begin at once. */
typedef struct gate {
    pthread_mutex_t lock;
    pthread_cond_t opened;
    bool open;
} gate;

typedef struct worker {
    pthread_t thread;
    gate *entrance;
    account_kind kind;
    int calls;
    call_result results[CALLS];
    spay_status made; /* of new accounts */
} worker;

static void wait_at(gate *entrance)
{
    (void)pthread_mutex_lock(&entrance->lock);
    while (!entrance->open)
        (void)pthread_cond_wait(&entrance->opened, &entrance->lock);
    (void)pthread_mutex_unlock(&entrance->lock);
}

static void *work(void *ctx)
{
    worker *self = ctx;
    int i;

    wait_at(self->entrance);
    for (i = 0; i < self->calls; i++)
        self->results[i] = blocking_call(&accounts, self->kind, NULL);
    return NULL;
}

/* Each account has a host, and eight threads have the same ones: the client keeps what it knows of them. */
static void *make_accounts(void *ctx)
{
    worker *self = ctx;
    spay_wepay_options options = SPAY_WEPAY_OPTIONS_INIT;
    int i;

    wait_at(self->entrance);
    options.app_id = options.app_token = "121212";
    for (i = 0; i < CALLS && self->made == SPAY_OK; i++) {
        spay_wepay *account = NULL;
        char url[64];

        (void)snprintf(url, sizeof(url), "https://host-%d.example", self->calls + i);
        options.base_url = url;
        self->made = spay_wepay_new(accounts.client, &options, &account, NULL);
        spay_wepay_free(account);
    }
    return NULL;
}

static void open_gate(gate *entrance)
{
    (void)pthread_mutex_lock(&entrance->lock);
    entrance->open = true;
    (void)pthread_cond_broadcast(&entrance->opened);
    (void)pthread_mutex_unlock(&entrance->lock);
}

/* Run all workers to their end; how many of them had been started. */
static int run_all(worker *workers, void *(*task)(void *))
{
    gate entrance = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false};
    int started = 0;
    int i;

    for (; started < THREADS; started++) {
        workers[started].entrance = &entrance;
        if (pthread_create(&workers[started].thread, NULL, task, &workers[started]) != 0)
            break;
    }
    open_gate(&entrance);
    for (i = 0; i < started; i++)
        (void)pthread_join(workers[i].thread, NULL);
    return started;
}

static int run(worker *workers)
{
    return run_all(workers, work);
}

static worker workers[THREADS];

static void expect_results(int calls)
{
    int i;
    int j;

    for (i = 0; i < THREADS; i++)
        for (j = 0; j < calls; j++)
            expect_call(&workers[i].results[j], SPAY_OK);
}

static size_t count_requests(const char *path)
{
    sandbox_journal *journal = sandbox_read(path);
    size_t count = sandbox_count(journal);

    sandbox_forget(journal);
    return count;
}

/* Each key once: no thread has another's session. */
static void expect_different_keys(int calls)
{
    int i;
    int j;

    for (i = 0; i < THREADS * calls; i++)
        for (j = 0; j < i; j++)
            ck_assert_str_ne(workers[i / calls].results[i % calls].key,
                             workers[j / calls].results[j % calls].key);
}

START_TEST(sixty_four_threads_share_a_client)
{
    static const account_kind kinds[] = {ACCOUNT_WEPAY, ACCOUNT_HOSTED_FIELDS,
                                         ACCOUNT_CONNECT_SERVER};
    int i;

    for (i = 0; i < THREADS; i++) {
        workers[i].kind = kinds[i % 3];
        workers[i].calls = CALLS;
    }
    ck_assert_int_eq(run(workers), THREADS);
    expect_results(CALLS);
    expect_different_keys(CALLS);
    ck_assert_uint_eq(count_requests("/authorize"), 1);
    ck_assert_uint_eq(count_requests("/"), THREADS * CALLS + 1);
}
END_TEST

/* All of them find the old token refused, one of them fetches the new one. */
START_TEST(an_expired_token_is_renewed_once_for_all_threads)
{
    call_result first = blocking_call(&accounts, ACCOUNT_HOSTED_FIELDS, NULL);
    int32_t token_requests = 0;
    size_t before;
    int i;

    expect_call(&first, SPAY_OK);
    sandbox_expire();
    before = count_requests("/authorize");
    for (i = 0; i < THREADS; i++) {
        workers[i].kind = ACCOUNT_HOSTED_FIELDS;
        workers[i].calls = 1;
    }
    ck_assert_int_eq(run(workers), THREADS);
    expect_results(1);
    for (i = 0; i < THREADS; i++)
        token_requests += workers[i].results[0].token_requests;
    ck_assert_uint_eq(before, 1);
    ck_assert_uint_eq(count_requests("/authorize"), 2);
    ck_assert_int_eq(token_requests, 1);
}
END_TEST

/* The same without any token to begin with. */
START_TEST(the_first_token_is_fetched_once_for_all_threads)
{
    int i;

    for (i = 0; i < THREADS; i++) {
        workers[i].kind = ACCOUNT_HOSTED_FIELDS;
        workers[i].calls = 1;
    }
    ck_assert_int_eq(run(workers), THREADS);
    expect_results(1);
    ck_assert_uint_eq(count_requests("/authorize"), 1);
    ck_assert_uint_eq(count_requests("hosted-fields-sessions"), THREADS);
}
END_TEST

/* A pre-fork server: the child must not use, or close, what is its parent's. */
START_TEST(parent_and_child_both_go_on)
{
    call_result result = blocking_call(&accounts, ACCOUNT_WEPAY, NULL);
    int status = -1;
    pid_t child;

    expect_call(&result, SPAY_OK);
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        result = blocking_call(&accounts, ACCOUNT_WEPAY, NULL);
        leave(result.status == SPAY_OK && result.attempts == 1 ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    result = blocking_call(&accounts, ACCOUNT_WEPAY, NULL);
    expect_call(&result, SPAY_OK);
    ck_assert_int_eq(result.attempts, 1);
    ck_assert_uint_eq(count_requests("/session_tokens"), 3);
}
END_TEST

/* While others send, connections are dropped again and again. */
static void *drop(void *ctx)
{
    int i;

    wait_at(ctx);
    for (i = 0; i < 200; i++)
        spay_client_drop_connections(accounts.client);
    return NULL;
}

START_TEST(dropping_connections_disturbs_nobody)
{
    gate entrance = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, true};
    pthread_t dropper;
    int i;

    for (i = 0; i < THREADS; i++) {
        workers[i].kind = ACCOUNT_WEPAY;
        workers[i].calls = CALLS;
    }
    ck_assert_int_eq(pthread_create(&dropper, NULL, drop, &entrance), 0);
    ck_assert_int_eq(run(workers), THREADS);
    (void)pthread_join(dropper, NULL);
    expect_results(CALLS);
    ck_assert_uint_eq(count_requests("/session_tokens"), THREADS * CALLS);
}
END_TEST

START_TEST(accounts_are_made_side_by_side)
{
    int i;

    for (i = 0; i < THREADS; i++) {
        workers[i].calls = CALLS * (i / 8);
        workers[i].made = SPAY_OK;
    }
    ck_assert_int_eq(run_all(workers, make_accounts), THREADS);
    for (i = 0; i < THREADS; i++)
        ck_assert_int_eq(workers[i].made, SPAY_OK);
}
END_TEST

Suite *threads_suite(void)
{
    Suite *suite = suite_create("threads");
    TCase *tests = tcase_create("threads");

    tcase_add_checked_fixture(tests, open_accounts, close_accounts);
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, sixty_four_threads_share_a_client);
    tcase_add_test(tests, an_expired_token_is_renewed_once_for_all_threads);
    tcase_add_test(tests, the_first_token_is_fetched_once_for_all_threads);
    tcase_add_test(tests, parent_and_child_both_go_on);
    tcase_add_test(tests, dropping_connections_disturbs_nobody);
    tcase_add_test(tests, accounts_are_made_side_by_side);
    suite_add_tcase(suite, tests);
    return suite;
}
