/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Connections that end at every byte of the request and of the answer. What
 * went over the wire is what the library says went over the wire.
 */
#include <string.h>

#include "integration.h"
#include "setup.h"

static const char created[] =
    "HTTP/1.1 201 Created\r\n"
    "Content-Type: application/json\r\n"
    "Content-Length: 100\r\n"
    "\r\n"
    "{\"id\":\"1\",\"session_token\":\"token\",\"expire_time\":4102444800,"
    "\"state\":\"active\",\"type\":\"mobile_session\"}";

static const char refused[] = "HTTP/1.1 400 Bad Request\r\n"
                              "Content-Type: application/json\r\n"
                              "Content-Length: 31\r\n"
                              "\r\n"
                              "{\"error_code\":\"INVALID_PARAMS\"}";

static const raw_plan no_cut = {.end = RAW_CLOSE};

static raw_server *server;
static test_accounts accounts;

static void open_accounts(void)
{
    ck_assert_ptr_nonnull(strstr(created, "\r\n\r\n"));
    ck_assert_uint_eq(strlen(strstr(created, "\r\n\r\n") + 4), 100);
    ck_assert_uint_eq(strlen(strstr(refused, "\r\n\r\n") + 4), 31);
    server = raw_server_start(created, strlen(created));
    ck_assert_ptr_nonnull(server);
    setup_open_at(&accounts, raw_server_port(server), NULL);
}

static void close_accounts(void)
{
    accounts_close(&accounts);
    raw_server_stop(server);
}

static void reopen_accounts(const char *reply)
{
    close_accounts();
    server = raw_server_start(reply, strlen(reply));
    ck_assert_ptr_nonnull(server);
    setup_open_at(&accounts, raw_server_port(server), NULL);
}

static raw_counts settle(void)
{
    raw_counts counts;

    spay_client_drop_connections(accounts.client);
    ck_assert(raw_server_settle(server, &counts));
    return counts;
}

static call_result call(int32_t max_attempts, int64_t attempt_timeout_ms)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;

    options.max_attempts = max_attempts;
    options.attempt_timeout_ms = attempt_timeout_ms;
    return blocking_call(&accounts, ACCOUNT_WEPAY, &options);
}

/* How long the request is; always the same, since keys are. */
static size_t request_length(void)
{
    call_result result;
    raw_counts counts;

    raw_server_plan(server, &no_cut);
    result = call(1, 0);
    ck_assert_int_lt(result.requests_sent, 2);
    counts = settle();
    ck_assert_uint_gt(counts.request_length, 100);
    return counts.request_length;
}

static const char *at_text(const raw_plan *plan)
{
    return plan->in_reply ? "reply" : "request";
}

/* A good exchange first, so that the next one goes over a connection that was
 * used before. */
static void warm_up(const raw_plan *plan)
{
    call_result result;

    if (!plan->good)
        return;
    result = call(1, 0);
    expect_call(&result, SPAY_OK);
}

#define RULE(holds)                                                                                \
    ck_assert_msg(holds,                                                                           \
                  "%s byte %u, end %d, after %d good: %s; status %s, outcome "                     \
                  "%s, sent %d; "                                                                  \
                  "server: %d whole, %d partial",                                                  \
                  at_text(plan), (unsigned)plan->at, (int)plan->end, plan->good, #holds,           \
                  spay_status_name(result->status), spay_outcome_name(result->outcome),            \
                  (int)result->requests_sent, counts->whole, counts->partial)

/* What must hold of a single attempt that was cut. */
static void judge(const raw_plan *plan, const call_result *result, const raw_counts *counts)
{
    int seen = counts->whole + counts->partial - plan->good;

    RULE(result->attempts == 1);
    /* at byte 0 of a second request the connection has ended before it: a new one may serve */
    RULE(result->status < 0 || (plan->at == 0 && !plan->in_reply && plan->good));
    RULE(result->requests_sent == (result->outcome != SPAY_OUTCOME_NOT_SENT));
    RULE(seen <= 1);
    RULE(counts->connections <= 2);
    if (plan->end == RAW_SILENCE && result->outcome == SPAY_OUTCOME_NOT_SENT) {
        RULE(seen == 0); /* a slow machine: the time was over before anything was sent */
    } else if (plan->at > 0 || plan->in_reply) {
        RULE(seen == 1);
        RULE(result->outcome == SPAY_OUTCOME_UNKNOWN);
        RULE(result->requests_sent == seen);
    } else {
        RULE(result->requests_sent >= seen);
    }
    if (plan->end == RAW_SILENCE)
        RULE(result->status == SPAY_E_TIMEOUT);
}

static void cut_once(const raw_plan *plan)
{
    call_result result;
    raw_counts counts;

    raw_server_plan(server, plan);
    warm_up(plan);
    result = call(1, plan->end == RAW_SILENCE ? 300 : 0);
    counts = settle();
    judge(plan, &result, &counts);
}

/* The four ways: closed or reset, on a new connection or on one that was used
 * before. */
static raw_plan way(int number, bool in_reply)
{
    raw_plan plan = no_cut;

    plan.good = number / 2;
    plan.cuts = 1;
    plan.in_reply = in_reply;
    plan.end = number % 2 ? RAW_RESET : RAW_CLOSE;
    return plan;
}

START_TEST(a_request_cut_at_any_byte_is_reported_as_it_was)
{
    raw_plan plan = way(_i, false);
    size_t length = request_length();

    for (plan.at = 0; plan.at < length; plan.at++)
        cut_once(&plan);
}
END_TEST

START_TEST(a_reply_cut_at_any_byte_is_unknown)
{
    raw_plan plan = way(_i, true);

    for (plan.at = 0; plan.at < strlen(created); plan.at++)
        cut_once(&plan);
}
END_TEST

/* A refusal of which a part is missing is not a refusal. */
START_TEST(a_refusal_cut_at_any_byte_is_unknown)
{
    raw_plan plan = way(_i, true);

    plan.good = 0;
    reopen_accounts(refused);
    for (plan.at = 0; plan.at < strlen(refused); plan.at++)
        cut_once(&plan);
}
END_TEST

START_TEST(a_reply_that_is_whole_counts_whatever_comes_then)
{
    raw_plan plan = way(_i, true);
    call_result result;
    raw_counts counts;

    plan.at = strlen(created);
    plan.end = _i % 2 ? RAW_SILENCE : RAW_CLOSE;
    raw_server_plan(server, &plan);
    warm_up(&plan);
    result = call(1, 0);
    expect_call(&result, SPAY_OK);
    counts = settle();
    ck_assert_int_eq(counts.whole, 1 + plan.good);
}
END_TEST

START_TEST(silence_at_any_byte_is_a_timeout)
{
    raw_plan plan = way(0, true);

    plan.end = RAW_SILENCE;
    plan.good = _i;
    for (plan.at = 0; plan.at < strlen(created); plan.at += 16)
        cut_once(&plan);
}
END_TEST

/* A torn reply is a lost connection, and so worth another try, wherever it was
 * torn. */
START_TEST(a_torn_exchange_is_repeated_with_every_request_counted)
{
    raw_plan plan = way(_i / 2, _i % 2);
    size_t length = _i % 2 ? strlen(created) : request_length();
    size_t at;

    for (at = 1; at < length; at += 3) {
        call_result result;
        raw_counts counts;

        plan.at = at;
        reopen_accounts(created); /* each client has its budget */
        raw_server_plan(server, &plan);
        warm_up(&plan);
        result = call(3, 0);
        counts = settle();
        ck_assert_msg(result.status == SPAY_OK, "%s byte %u: %s", at_text(&plan), (unsigned)at,
                      spay_status_name(result.status));
        ck_assert_int_eq(result.attempts, 2);
        ck_assert_int_eq(result.requests_sent, 2);
        ck_assert_int_eq(counts.whole + counts.partial, 2 + plan.good);
    }
}
END_TEST

/* However often: never more on the wire than was told. */
START_TEST(a_server_that_always_cuts_sees_what_was_reported)
{
    raw_plan plan = way(_i / 2, _i % 2);
    size_t length = _i % 2 ? strlen(created) : request_length();
    size_t at;

    plan.cuts = 100;
    for (at = 1; at < length; at += 29) {
        call_result result;
        raw_counts counts;

        plan.at = at;
        reopen_accounts(created);
        raw_server_plan(server, &plan);
        warm_up(&plan);
        result = call(3, 0);
        counts = settle();
        ck_assert_int_lt(result.status, 0);
        ck_assert_int_eq(result.outcome, SPAY_OUTCOME_UNKNOWN);
        ck_assert_int_eq(result.requests_sent, counts.whole + counts.partial - plan.good);
        ck_assert_int_eq(result.attempts, result.requests_sent);
    }
}
END_TEST

Suite *cuts_suite(void)
{
    Suite *suite = suite_create("cuts");
    TCase *tests = tcase_create("cuts");

    tcase_add_checked_fixture(tests, open_accounts, close_accounts);
    tcase_set_timeout(tests, 300);
    tcase_add_loop_test(tests, a_request_cut_at_any_byte_is_reported_as_it_was, 0, 4);
    tcase_add_loop_test(tests, a_reply_cut_at_any_byte_is_unknown, 0, 4);
    tcase_add_loop_test(tests, a_refusal_cut_at_any_byte_is_unknown, 0, 2);
    tcase_add_loop_test(tests, a_reply_that_is_whole_counts_whatever_comes_then, 0, 4);
    tcase_add_loop_test(tests, silence_at_any_byte_is_a_timeout, 0, 2);
    tcase_add_loop_test(tests, a_torn_exchange_is_repeated_with_every_request_counted, 0, 8);
    tcase_add_loop_test(tests, a_server_that_always_cuts_sees_what_was_reported, 0, 8);
    suite_add_tcase(suite, tests);
    return suite;
}
