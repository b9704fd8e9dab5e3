/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Providers that fail: what is repeated, with which bytes, and what the caller
 * is told.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "integration.h"
#include "sandbox.h"
#include "setup.h"

#define TOKENS_PATH "/session_tokens"
#define TOKENS "{\"path\":\"/session_tokens\","

static test_accounts accounts;

static void open_accounts(void)
{
    sandbox_reset();
    setup_open(&accounts, NULL, NULL);
}

static void close_accounts(void)
{
    accounts_close(&accounts);
}

static void reopen_accounts(const spay_client_options *options)
{
    accounts_close(&accounts);
    setup_open(&accounts, NULL, options);
}

/* The journal's requests are those of the result, all alike. */
static void expect_wire(const char *path, const char *key_header, const call_result *result)
{
    sandbox_journal *journal = sandbox_read(path);
    size_t i;

    ck_assert_uint_eq(sandbox_count(journal), (size_t)result->requests_sent);
    for (i = 0; i < sandbox_count(journal); i++) {
        ck_assert_str_eq(sandbox_header(journal, i, key_header), result->key);
        ck_assert_str_eq(sandbox_body(journal, i), sandbox_body(journal, 0));
        ck_assert_str_eq(sandbox_path(journal, i), sandbox_path(journal, 0));
    }
    sandbox_forget(journal);
}

static const struct target {
    account_kind kind;
    const char *path;
} targets[] = {{ACCOUNT_WEPAY, TOKENS_PATH},
               {ACCOUNT_HOSTED_FIELDS, "hosted-fields-sessions"},
               {ACCOUNT_CONNECT_SERVER, "/v1/4217/sessions"}};

START_TEST(a_busy_provider_is_asked_again_with_key_and_body)
{
    const struct target *target = &targets[_i];
    call_result result;
    char fault[128];

    snprintf(fault, sizeof(fault), "{\"path\":\"%s\",\"status\":503,\"count\":2}", target->path);
    sandbox_fault(fault);
    result = blocking_call(&accounts, target->kind, NULL);
    expect_call(&result, SPAY_OK);
    ck_assert_int_eq(result.attempts, 3);
    ck_assert_int_eq(result.requests_sent, 3);
    expect_wire(target->path, account_facts_of(target->kind)->key_header, &result);
}
END_TEST

/* How an answer is lost, and whether the provider had done its work. */
static const struct loss {
    const char *close;
    bool processed;
} losses[] = {{"before", false}, {"after_processing", true}, {"middle", true}};

START_TEST(a_lost_answer_is_asked_for_again)
{
    call_result result;
    char fault[128];

    snprintf(fault, sizeof(fault), TOKENS "\"close\":\"%s\"}", losses[_i].close);
    sandbox_fault(fault);
    result = blocking_call(&accounts, ACCOUNT_WEPAY, NULL);
    expect_call(&result, SPAY_OK);
    ck_assert_int_eq(result.attempts, 2);
    ck_assert_int_eq(result.requests_sent, 2);
    expect_wire(TOKENS_PATH, "Unique-Key", &result);
}
END_TEST

/* The same key later gives the session that was made when the answer was lost.
 */
START_TEST(a_lost_answer_is_unknown_and_the_replay_gives_the_same_session)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    call_result lost;
    call_result replay;
    call_result again;
    char fault[128];

    snprintf(fault, sizeof(fault), TOKENS "\"close\":\"%s\"}", losses[_i].close);
    sandbox_fault(fault);
    options.max_attempts = 1;
    lost = blocking_call(&accounts, ACCOUNT_WEPAY, &options);
    expect_call(&lost, SPAY_E_NETWORK);
    ck_assert_int_eq(lost.outcome, SPAY_OUTCOME_UNKNOWN);
    ck_assert_int_eq(lost.attempts, 1);
    ck_assert_int_eq(lost.requests_sent, 1);
    options.idempotency_key = lost.key;
    replay = blocking_call(&accounts, ACCOUNT_WEPAY, &options);
    expect_call(&replay, SPAY_OK);
    again = blocking_call(&accounts, ACCOUNT_WEPAY, &options);
    ck_assert_str_eq(replay.value, again.value);
    ck_assert_str_eq(replay.key, lost.key);
}
END_TEST

START_TEST(nobody_there_means_not_sent)
{
    raw_server *server = raw_server_start("", 0);
    call_result result;
    test_accounts nowhere;
    int port;

    ck_assert_ptr_nonnull(server);
    port = raw_server_port(server);
    raw_server_stop(server);
    setup_open_at(&nowhere, port, NULL);
    result = blocking_call(&nowhere, ACCOUNT_WEPAY, NULL);
    expect_call(&result, SPAY_E_CONNECT);
    ck_assert_int_eq(result.outcome, SPAY_OUTCOME_NOT_SENT);
    ck_assert_int_eq(result.attempts, 3);
    ck_assert_int_eq(result.requests_sent, 0);
    accounts_close(&nowhere);
}
END_TEST

/* ---- time ---- */

/* A connection that is ready, so that the time of the attempt is the provider's. */
static void warm_up(void)
{
    call_result result = blocking_call(&accounts, ACCOUNT_WEPAY, NULL);

    expect_call(&result, SPAY_OK);
}

START_TEST(a_slow_attempt_times_out_and_the_next_one_serves)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    call_result result;

    sandbox_fault(TOKENS "\"delay_ms\":20000,\"status\":503}");
    options.attempt_timeout_ms = 2000;
    result = blocking_call(&accounts, ACCOUNT_WEPAY, &options);
    expect_call(&result, SPAY_OK);
    ck_assert_int_eq(result.attempts, 2);
    ck_assert_int_eq(result.requests_sent, 2);
}
END_TEST

START_TEST(the_attempts_timeout_is_unknown_once_it_was_sent)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    call_result result;

    warm_up();
    sandbox_fault(TOKENS "\"delay_ms\":20000}");
    options.attempt_timeout_ms = 1000;
    options.max_attempts = 1;
    result = blocking_call(&accounts, ACCOUNT_WEPAY, &options);
    expect_call(&result, SPAY_E_TIMEOUT);
    ck_assert_str_eq(result.reason, "reply_timeout");
    ck_assert_int_eq(result.outcome, SPAY_OUTCOME_UNKNOWN);
    ck_assert_int_eq(result.requests_sent, 1);
}
END_TEST

/* Its answers come after 3 s; the call has to be over before any of them can
 * have come. */
START_TEST(the_deadline_holds_over_all_attempts)
{
    spay_client_options client = SPAY_CLIENT_OPTIONS_INIT;
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    sandbox_journal *journal;
    call_result result;
    spay_platform real = SPAY_PLATFORM_INIT;
    size_t i;

    client.platform = &real;
    reopen_accounts(&client);
    warm_up();
    sandbox_fault(TOKENS "\"delay_ms\":20000,\"status\":503,\"count\":10}");
    options.attempt_timeout_ms = 1000;
    options.timeout_ms = 2200;
    options.max_attempts = 10;
    result = blocking_call(&accounts, ACCOUNT_WEPAY, &options);
    expect_call(&result, SPAY_E_TIMEOUT);
    ck_assert_int_eq(result.outcome, SPAY_OUTCOME_UNKNOWN);
    ck_assert_int_ge(result.attempts, 1);
    ck_assert_int_lt(result.attempts, 10);
    journal = sandbox_read(TOKENS_PATH);
    for (i = 1; i < sandbox_count(journal); i++)
        ck_assert_int_eq(sandbox_status(journal, i), 0); /* not answered yet */
    sandbox_forget(journal);
}
END_TEST

/* A server that takes the connection and lets no TLS come to pass. */
static const raw_plan bad_handshakes[] = {
    {.cuts = 100, .end = RAW_SILENCE},         {.cuts = 100, .end = RAW_CLOSE},
    {.cuts = 100, .end = RAW_RESET},           {.cuts = 100, .at = 60, .end = RAW_CLOSE},
    {.cuts = 100, .at = 60, .end = RAW_RESET},
};

START_TEST(without_a_handshake_nothing_is_sent)
{
    raw_server *server = raw_server_start("", 0);
    accounts_setup setup = setup_of_sandbox();
    spay_client_options client = SPAY_CLIENT_OPTIONS_INIT;
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    call_result result;
    test_accounts mute;
    char url[64];

    ck_assert_ptr_nonnull(server);
    raw_server_plan(server, &bad_handshakes[_i]);
    snprintf(url, sizeof(url), "https://127.0.0.1:%d", raw_server_port(server));
    setup.wepay_url = url;
    client.connect_timeout_ms = 300;
    setup_open(&mute, &setup, &client);
    options.max_attempts = 2;
    result = blocking_call(&mute, ACCOUNT_WEPAY, &options);
    ck_assert_int_lt(result.status, 0);
    ck_assert_int_eq(result.outcome, SPAY_OUTCOME_NOT_SENT);
    ck_assert_int_eq(result.requests_sent, 0);
    if (bad_handshakes[_i].end == RAW_SILENCE) {
        expect_call(&result, SPAY_E_TIMEOUT);
        ck_assert_str_eq(result.reason, "connect_timeout");
    }
    accounts_close(&mute);
    raw_server_stop(server);
}
END_TEST

/* ---- canceling ---- */

static void *cancel_when_it_has_arrived(void *ctx)
{
    (void)sandbox_await(TOKENS_PATH, 1);
    spay_call_cancel(ctx);
    return NULL;
}

/* The answer would take a minute, the test has half of one. */
START_TEST(another_thread_can_cancel_a_slow_call)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    spay_call *call = NULL;
    spay_error *error = NULL;
    pthread_t thread;

    sandbox_fault(TOKENS "\"delay_ms\":60000,\"status\":503}");
    options.timeout_ms = 600000;
    options.attempt_timeout_ms = 600000;
    ck_assert_int_eq(accounts_new_call(&accounts, ACCOUNT_WEPAY, &options, &call, NULL), SPAY_OK);
    ck_assert_int_eq(pthread_create(&thread, NULL, cancel_when_it_has_arrived, call), 0);
    ck_assert_int_eq(spay_call_perform(call, &error), SPAY_E_CANCELED);
    (void)pthread_join(thread, NULL);
    ck_assert_int_eq(spay_error_outcome(error), SPAY_OUTCOME_UNKNOWN);
    ck_assert_int_eq(spay_error_requests_sent(error), 1);
    ck_assert_int_eq(spay_error_attempts(error), 1);
    spay_error_free(error);
    spay_call_free(call);
}
END_TEST

/* ---- replies that are not what they should be ---- */

START_TEST(a_redirect_is_not_followed)
{
    static const int statuses[] = {301, 302, 303, 307, 308};
    raw_server *target = raw_server_start("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", 41);
    raw_counts counts;
    call_result result;
    char fault[256];

    ck_assert_ptr_nonnull(target);
    snprintf(fault, sizeof(fault),
             TOKENS "\"status\":%d,\"headers\":{\"Location\":\"http://127.0.0.1:%d/\"}}",
             statuses[_i], raw_server_port(target));
    sandbox_fault(fault);
    result = blocking_call(&accounts, ACCOUNT_WEPAY, NULL);
    expect_call(&result, SPAY_E_PROTOCOL);
    ck_assert_str_eq(result.reason, "redirect");
    ck_assert_int_eq(result.requests_sent, 1);
    ck_assert(raw_server_settle(target, &counts));
    ck_assert_int_eq(counts.connections, 0);
    raw_server_stop(target);
}
END_TEST

Suite *faults_suite(void)
{
    Suite *suite = suite_create("faults");
    TCase *tests = tcase_create("faults");

    tcase_add_checked_fixture(tests, open_accounts, close_accounts);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, a_busy_provider_is_asked_again_with_key_and_body, 0, ROWS(targets));
    tcase_add_loop_test(tests, a_lost_answer_is_asked_for_again, 0, ROWS(losses));
    tcase_add_loop_test(tests, a_lost_answer_is_unknown_and_the_replay_gives_the_same_session, 0,
                        ROWS(losses));
    tcase_add_test(tests, nobody_there_means_not_sent);
    tcase_add_test(tests, a_slow_attempt_times_out_and_the_next_one_serves);
    tcase_add_test(tests, the_attempts_timeout_is_unknown_once_it_was_sent);
    tcase_add_test(tests, the_deadline_holds_over_all_attempts);
    tcase_add_loop_test(tests, without_a_handshake_nothing_is_sent, 0, ROWS(bad_handshakes));
    tcase_add_test(tests, another_thread_can_cancel_a_slow_call);
    tcase_add_loop_test(tests, a_redirect_is_not_followed, 0, 5);
    suite_add_tcase(suite, tests);
    return suite;
}
