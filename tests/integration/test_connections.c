/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Kept connections: used again, dropped on request, and dead ones noticed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "integration.h"
#include "setup.h"

#define BODY                                                                                       \
    "{\"id\":\"1\",\"session_token\":\"token\",\"expire_time\":4102444800,"                        \
    "\"state\":\"active\","                                                                        \
    "\"type\":\"mobile_session\"}"

static raw_server *server;
static test_accounts accounts;

static raw_server *start(const char *head, const char *body)
{
    char *reply = malloc(strlen(head) + strlen(body) + 64);
    raw_server *started;
    int length;

    ck_assert_ptr_nonnull(reply);
    length = sprintf(reply, "%sContent-Length: %u\r\n\r\n%s", head, (unsigned)strlen(body), body);
    started = raw_server_start(reply, (size_t)length);
    free(reply);
    ck_assert_ptr_nonnull(started);
    return started;
}

static void open_accounts(void)
{
    server = start("HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n", BODY);
    setup_open_at(&accounts, raw_server_port(server), NULL);
}

static void close_accounts(void)
{
    accounts_close(&accounts);
    raw_server_stop(server);
}

static call_result succeed(void)
{
    call_result result = blocking_call(&accounts, ACCOUNT_WEPAY, NULL);

    expect_call(&result, SPAY_OK);
    return result;
}

static raw_counts settle(void)
{
    raw_counts counts;

    spay_client_drop_connections(accounts.client);
    ck_assert(raw_server_settle(server, &counts));
    return counts;
}

START_TEST(a_connection_is_used_again)
{
    raw_counts counts;
    int i;

    for (i = 0; i < 50; i++)
        (void)succeed();
    counts = settle();
    ck_assert_int_eq(counts.connections, 1);
    ck_assert_int_eq(counts.whole, 50);
    ck_assert_int_eq(counts.partial, 0);
}
END_TEST

START_TEST(dropped_connections_are_not_used_again)
{
    raw_counts counts;
    int i;

    for (i = 0; i < 5; i++) {
        (void)succeed();
        spay_client_drop_connections(accounts.client);
    }
    counts = settle();
    ck_assert_int_eq(counts.connections, 5);
    ck_assert_int_eq(counts.whole, 5);
}
END_TEST

/* A server that closes idle connections as it likes, each time just after its
 * answer. */
START_TEST(dead_connections_are_not_the_callers_trouble)
{
    static const raw_plan unannounced_close = {.end = RAW_CLOSE, .hang_up = true};
    int32_t requests = 0;
    raw_counts counts;
    int i;

    raw_server_plan(server, &unannounced_close);
    for (i = 0; i < 500; i++)
        requests += succeed().requests_sent;
    counts = settle();
    ck_assert_int_eq(counts.whole, 500);
    ck_assert_int_eq(counts.partial, 0);
    ck_assert_int_ge(requests, counts.whole);
}
END_TEST

/* An attempt ends, its connection with it: what comes late is nobody's answer.
 */
START_TEST(a_late_reply_is_not_taken_for_the_next_one)
{
    static const raw_plan silent = {
        .good = 1, .cuts = 1, .in_reply = true, .at = 40, .end = RAW_SILENCE};
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    call_result result;
    raw_counts counts;

    raw_server_plan(server, &silent);
    (void)succeed();
    options.attempt_timeout_ms = 1000;
    options.max_attempts = 1;
    result = blocking_call(&accounts, ACCOUNT_WEPAY, &options);
    expect_call(&result, SPAY_E_TIMEOUT);
    ck_assert_int_eq(result.outcome, SPAY_OUTCOME_UNKNOWN);
    (void)succeed();
    counts = settle();
    ck_assert_int_eq(counts.connections, 2);
    ck_assert_int_eq(counts.whole, 3);
}
END_TEST

/* ---- replies that are too much, or none at all ---- */

typedef struct odd_reply {
    const char *head;
    size_t filler; /* bytes of a header or the body, instead of %s in the head */
    spay_status status;
} odd_reply;

static const odd_reply odd_replies[] = {
    {"HTTP/1.1 201 Created\r\nX-Long: %s\r\nContent-Length: 0\r\n\r\n", 33 * 1024, SPAY_E_LIMIT},
    {"HTTP/1.1 201 Created\r\nX-Long: %s\r\nContent-Length: 0\r\n\r\n", 200 * 1024, SPAY_E_LIMIT},
    {"HTTP/1.1 201 Created\r\nX-Long: %s\r\nContent-Length: 0\r\n\r\n", 400 * 1024, SPAY_E_LIMIT},
    {"HTTP/1.1 201 Created\r\nContent-Length: 1000000\r\n\r\n%s", 300 * 1024, SPAY_E_LIMIT},
    {"HTTP/1.1 201 Created\r\nConnection: close\r\n\r\n%s", 300 * 1024, SPAY_E_LIMIT},
    {"SSH-2.0-OpenSSH_9.2\r\n%s", 0, SPAY_E_PROTOCOL},
    {"HTTP/0.9 nonsense\r\n\r\n%s", 0, SPAY_E_PROTOCOL},
    {"HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n%s", 0, SPAY_E_PROTOCOL},
    {"HTTP/1.1 700 Odd\r\nContent-Length: 0\r\n\r\n%s", 0, SPAY_E_PROTOCOL},
    {"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n%s", 0, SPAY_E_PROTOCOL},
    {"HTTP/1.1 201 Created\r\nContent-Length: -5\r\n\r\n%s", 0, SPAY_E_PROTOCOL},
    {"HTTP/1.1 201 Created\r\nContent-Encoding: gzip\r\nContent-Length: "
     "2\r\n\r\n{}%s",
     0, SPAY_E_PROTOCOL},
};

START_TEST(odd_replies_are_refused_and_may_have_taken_effect)
{
    static const raw_plan unannounced_close = {.end = RAW_CLOSE, .hang_up = true};
    const odd_reply *row = &odd_replies[_i];
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    char *filler = calloc(1, row->filler + 1);
    char *reply = malloc(strlen(row->head) + row->filler + 1);
    call_result result;
    raw_counts counts;

    ck_assert(filler && reply);
    memset(filler, 'a', row->filler);
    (void)sprintf(reply, row->head, filler);
    close_accounts();
    server = raw_server_start(reply, strlen(reply));
    ck_assert_ptr_nonnull(server);
    raw_server_plan(server, &unannounced_close);
    setup_open_at(&accounts, raw_server_port(server), NULL);
    options.max_attempts = 1;
    result = blocking_call(&accounts, ACCOUNT_WEPAY, &options);
    expect_call(&result, row->status);
    ck_assert_int_eq(result.outcome, SPAY_OUTCOME_UNKNOWN);
    ck_assert_int_eq(result.requests_sent, 1);
    counts = settle();
    ck_assert_int_eq(counts.whole, 1);
    free(filler);
    free(reply);
}
END_TEST

/* An interim answer is not the answer. */
START_TEST(an_interim_reply_is_skipped)
{
    close_accounts();
    server = start("HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 201 Created\r\n", BODY);
    setup_open_at(&accounts, raw_server_port(server), NULL);
    ck_assert_int_eq(succeed().http_status, 201);
}
END_TEST

Suite *connections_suite(void)
{
    Suite *suite = suite_create("connections");
    TCase *tests = tcase_create("connections");

    tcase_add_checked_fixture(tests, open_accounts, close_accounts);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, a_connection_is_used_again);
    tcase_add_test(tests, dropped_connections_are_not_used_again);
    tcase_add_test(tests, dead_connections_are_not_the_callers_trouble);
    tcase_add_test(tests, a_late_reply_is_not_taken_for_the_next_one);
    tcase_add_loop_test(tests, odd_replies_are_refused_and_may_have_taken_effect, 0,
                        ROWS(odd_replies));
    tcase_add_test(tests, an_interim_reply_is_skipped);
    suite_add_tcase(suite, tests);
    return suite;
}
