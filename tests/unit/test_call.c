/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A call as a state machine: what each step asks for, its deadline, canceling and freeing it,
 * and what a caller adds to a request.
 */
#include <stdlib.h>
#include <string.h>

#include "calls.h"

#if ALL_PROVIDERS

/* ---- stepping ---- */

START_TEST(the_machine_asks_for_each_thing_once_and_stays_with_it)
{
    spay_call *call = new_call(ACCOUNT_WEPAY, NULL);

    ck_assert_ptr_null(spay_call_request(call));
    ck_assert_int_eq(spay_call_status(call), SPAY_E_STATE);
    ck_assert_int_eq(spay_call_respond(call, SPAY_OK), SPAY_E_STATE);

    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_SEND);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_SEND);
    ck_assert_int_eq(spay_call_attempts(call), 1);
    ck_assert_int_eq(spay_call_wait_ms(call), 0);
    ck_assert_ptr_nonnull(spay_call_request(call));

    accounts_reply(&accounts, 503, "Retry-After: 1", "busy");
    serve(call);
    ck_assert_ptr_null(spay_call_request(call));
    ck_assert_ptr_null(spay_call_response(call));
    ck_assert_int_eq(spay_call_respond(call, SPAY_OK), SPAY_E_STATE);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_WAIT);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_WAIT);
    ck_assert_int_eq(spay_call_wait_ms(call), 1000);
    spay_mock_advance(accounts.mock, 999);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_WAIT);
    ck_assert_int_eq(spay_call_wait_ms(call), 1);
    spay_mock_advance(accounts.mock, 1);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_SEND);
    ck_assert_int_eq(spay_call_attempts(call), 2);

    accounts_reply_good(&accounts, ACCOUNT_WEPAY);
    serve(call);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_DONE);
    expect_status(call, SPAY_OK);
    ck_assert_ptr_null(spay_call_error(call));
    ck_assert_int_eq(spay_call_respond(call, SPAY_OK), SPAY_E_STATE);
    spay_call_free(call);
}
END_TEST

START_TEST(nothing_is_asked_of_no_call)
{
    spay_error *error = NULL;

    ck_assert_int_eq(spay_call_step(NULL), SPAY_CALL_DONE);
    ck_assert_ptr_null(spay_call_request(NULL));
    ck_assert_ptr_null(spay_call_response(NULL));
    ck_assert_int_eq(spay_call_respond(NULL, SPAY_OK), SPAY_E_INVALID_ARGUMENT);
    ck_assert_int_eq(spay_call_wait_ms(NULL), 0);
    ck_assert_int_eq(spay_call_status(NULL), SPAY_E_INVALID_ARGUMENT);
    ck_assert_ptr_null(spay_call_error(NULL));
    ck_assert_str_eq(spay_call_idempotency_key(NULL), "");
    ck_assert_int_eq(spay_call_attempts(NULL), 0);
    ck_assert_int_eq(spay_call_perform(NULL, &error), SPAY_E_INVALID_ARGUMENT);
    ck_assert_str_eq(spay_error_field_path(error, 0), "call");
    spay_call_cancel(NULL);
    spay_call_free(NULL);
    spay_error_free(error);
}
END_TEST

START_TEST(a_transport_that_says_ok_without_a_reply_is_at_fault)
{
    spay_call *call = new_call(ACCOUNT_WEPAY, NULL);

    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_SEND);
    ck_assert_int_eq(spay_call_respond(call, SPAY_OK), SPAY_OK);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_DONE);
    expect_status(call, SPAY_E_INTERNAL);
    spay_call_free(call);
}
END_TEST

START_TEST(an_unknown_transport_status_is_internal)
{
    static const spay_status odd[] = {7, -77, SPAY_E_STATE, SPAY_E_AUTH, SPAY_E_REJECTED};
    spay_call *call = new_call(ACCOUNT_WEPAY, NULL);

    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_SEND);
    spay_http_response_mark_sent(spay_call_response(call));
    ck_assert_int_eq(spay_call_respond(call, odd[_i]), SPAY_OK);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_DONE);
    expect_status(call, SPAY_E_INTERNAL);
    ck_assert_int_eq(spay_error_outcome(spay_call_error(call)), SPAY_OUTCOME_UNKNOWN);
    ck_assert_int_eq(spay_error_requests_sent(spay_call_error(call)), 1);
    spay_call_free(call);
}
END_TEST

/* Headers had come, then the line broke: it was sent, whether the transport says so or not. */
START_TEST(a_reply_that_broke_off_counts_as_sent)
{
    spay_call_options once = SPAY_CALL_OPTIONS_INIT;
    spay_call *call;

    once.max_attempts = 1;
    call = new_call(ACCOUNT_WEPAY, &once);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_SEND);
    ck_assert_int_eq(spay_http_response_set_status(spay_call_response(call), 201), SPAY_OK);
    ck_assert_int_eq(spay_call_respond(call, SPAY_E_NETWORK), SPAY_OK);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_DONE);
    expect_status(call, SPAY_E_NETWORK);
    ck_assert_int_eq(spay_error_outcome(spay_call_error(call)), SPAY_OUTCOME_UNKNOWN);
    ck_assert_int_eq(spay_error_requests_sent(spay_call_error(call)), 1);
    ck_assert_int_eq(spay_error_http_status(spay_call_error(call)), 201);
    spay_call_free(call);
}
END_TEST

/* Of the same body, what the HTTP status makes; and what is told of a success that is none. */
START_TEST(a_success_is_between_200_and_299)
{
    static const struct {
        int32_t http;
        const char *body;
        spay_status status;
    } rows[] = {
        {199, NULL, SPAY_E_PROTOCOL}, {200, NULL, SPAY_OK},          {299, NULL, SPAY_OK},
        {300, NULL, SPAY_E_PROTOCOL}, {200, "[1]", SPAY_E_PROTOCOL},
    };
    const char *body = rows[_i].body ? rows[_i].body : account_facts_of(ACCOUNT_WEPAY)->reply;
    spay_call *call;

    accounts_reply(&accounts, rows[_i].http, "", body);
    call = perform(ACCOUNT_WEPAY, NULL);
    expect_status(call, rows[_i].status);
    if (rows[_i].body)
        ck_assert_str_eq(spay_error_body(spay_call_error(call), NULL), body);
    spay_call_free(call);
}
END_TEST

/* ---- deadlines ---- */

static int64_t timeout_of_next_request(const spay_call_options *options, int64_t *connect_ms)
{
    spay_call *call = new_call(ACCOUNT_WEPAY, options);
    int64_t timeout;

    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_SEND);
    timeout = spay_http_request_timeout_ms(spay_call_request(call));
    *connect_ms = spay_http_request_connect_timeout_ms(spay_call_request(call));
    spay_call_free(call);
    return timeout;
}

START_TEST(zero_means_the_default_and_never_forever)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    int64_t connect;

    ck_assert_int_eq(timeout_of_next_request(NULL, &connect), 10000);
    ck_assert_int_eq(connect, 5000);
    ck_assert_int_eq(timeout_of_next_request(&options, &connect), 10000);
    options.attempt_timeout_ms = 60000;
    ck_assert_int_eq(timeout_of_next_request(&options, &connect), 25000);
    options.timeout_ms = 4000;
    ck_assert_int_eq(timeout_of_next_request(&options, &connect), 4000);
    ck_assert_int_eq(connect, 4000);
}
END_TEST

START_TEST(an_attempt_gets_what_is_left)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    spay_call *call;

    options.timeout_ms = 12000;
    call = new_call(ACCOUNT_WEPAY, &options);
    spay_mock_set_latency(accounts.mock, 4000);
    accounts_reply(&accounts, 503, "Retry-After: 5", "busy");
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_SEND);
    serve(call);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_WAIT);
    spay_mock_advance(accounts.mock, spay_call_wait_ms(call));
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_SEND);
    ck_assert_int_eq(spay_http_request_timeout_ms(spay_call_request(call)), 3000);
    ck_assert_int_eq(spay_http_request_connect_timeout_ms(spay_call_request(call)), 3000);
    spay_call_free(call);
}
END_TEST

/* Time between making a call and its first step is the caller's. */
START_TEST(the_first_step_starts_the_deadline)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    spay_call *call;

    options.timeout_ms = 1000;
    call = new_call(ACCOUNT_WEPAY, &options);
    spay_mock_advance(accounts.mock, 5000);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_SEND);
    ck_assert_int_eq(spay_http_request_timeout_ms(spay_call_request(call)), 1000);
    spay_call_free(call);
}
END_TEST

START_TEST(a_loop_that_comes_back_too_late_finds_a_timeout)
{
    spay_call *call = new_call(ACCOUNT_WEPAY, NULL);

    accounts_reply(&accounts, 503, "Retry-After: 1", "busy");
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_SEND);
    serve(call);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_WAIT);
    spay_mock_advance(accounts.mock, 25000);
    ck_assert_int_eq(spay_call_wait_ms(call), 0);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_DONE);
    expect_status(call, SPAY_E_TIMEOUT);
    ck_assert_int_eq(spay_error_outcome(spay_call_error(call)), SPAY_OUTCOME_UNKNOWN);
    ck_assert_int_eq(spay_error_attempts(spay_call_error(call)), 1);
    ck_assert_int_eq(spay_error_retryable(spay_call_error(call)), 1);
    spay_call_free(call);
}
END_TEST

/* However attempts and waits add up. */
START_TEST(the_deadline_covers_attempts_and_waits)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    spay_call *call;
    int i;

    options.timeout_ms = 1 + 137 * _i;
    options.max_attempts = 10;
    spay_mock_set_latency(accounts.mock, _i % 7);
    for (i = 0; i < 10; i++)
        accounts_reply(&accounts, i % 2 ? 503 : 429, "", "busy");
    call = perform(ACCOUNT_WEPAY, &options);
    ck_assert_int_ne(spay_call_status(call), SPAY_OK);
    ck_assert_int_lt(spay_mock_now_ms(accounts.mock), options.timeout_ms + _i % 7);
    ck_assert_int_eq(spay_error_elapsed_ms(spay_call_error(call)), spay_mock_now_ms(accounts.mock));
    spay_call_free(call);
}
END_TEST

/* Apple's sheet does not wait for more than 15 s, unless the caller says otherwise. */
START_TEST(apple_pay_has_a_shorter_deadline)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    spay_call *call;

    options.attempt_timeout_ms = 60000;
    options.timeout_ms = _i ? 20000 : 0;
    call = new_call(ACCOUNT_CONNECT_CLIENT, &options);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_SEND);
    ck_assert_int_eq(spay_http_request_timeout_ms(spay_call_request(call)), _i ? 20000 : 15000);
    spay_call_free(call);
}
END_TEST

/* ---- canceling and freeing ---- */

static void expect_canceled(spay_call *call, int32_t outcome)
{
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_DONE);
    expect_status(call, SPAY_E_CANCELED);
    ck_assert_str_eq(spay_outcome_name(spay_error_outcome(spay_call_error(call))),
                     spay_outcome_name(outcome));
    ck_assert_int_eq(spay_error_retryable(spay_call_error(call)), 0);
    spay_call_free(call);
}

START_TEST(a_call_can_be_canceled_before_it_begins)
{
    spay_call *call = new_call(ACCOUNT_WEPAY, NULL);

    spay_call_cancel(call);
    expect_canceled(call, SPAY_OUTCOME_NOT_SENT);
    ck_assert_uint_eq(request_count(), 0);
}
END_TEST

START_TEST(a_call_can_be_canceled_while_it_sends)
{
    spay_call *call = new_call(ACCOUNT_WEPAY, NULL);

    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_SEND);
    ck_assert_int_eq(spay_http_request_is_canceled(spay_call_request(call)), 0);
    spay_call_cancel(call);
    ck_assert_int_eq(spay_http_request_is_canceled(spay_call_request(call)), 1);
    if (_i)
        spay_http_response_mark_sent(spay_call_response(call));
    ck_assert_int_eq(spay_call_respond(call, SPAY_E_CANCELED), SPAY_OK);
    expect_canceled(call, _i ? SPAY_OUTCOME_UNKNOWN : SPAY_OUTCOME_NOT_SENT);
}
END_TEST

/* Whatever the attempt came to, it is not repeated. */
START_TEST(a_canceled_call_is_not_repeated)
{
    static const attempt ends[] = {{503, 0, true}, LOST_BEFORE, LOST_AFTER, {429, 0, true}};
    static const int32_t outcomes[] = {SPAY_OUTCOME_UNKNOWN, SPAY_OUTCOME_NOT_SENT,
                                       SPAY_OUTCOME_UNKNOWN, SPAY_OUTCOME_REJECTED};
    spay_call *call = new_call(ACCOUNT_WEPAY, NULL);

    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_SEND);
    script_attempt(&ends[_i]);
    spay_call_cancel(call);
    serve(call);
    expect_canceled(call, outcomes[_i]);
    ck_assert_uint_eq(request_count(), 1);
}
END_TEST

START_TEST(a_session_that_came_in_spite_of_it_is_kept)
{
    spay_call *call = new_call(ACCOUNT_WEPAY, NULL);
    void *session;

    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_SEND);
    spay_call_cancel(call);
    accounts_reply_good(&accounts, ACCOUNT_WEPAY);
    serve(call);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_DONE);
    expect_status(call, SPAY_OK);
    ck_assert_int_eq(accounts_take_session(ACCOUNT_WEPAY, call, &session, NULL), SPAY_OK);
    accounts_free_session(ACCOUNT_WEPAY, session);
    spay_call_free(call);
}
END_TEST

START_TEST(a_call_can_be_canceled_while_it_waits)
{
    spay_call *call = new_call(ACCOUNT_WEPAY, NULL);

    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_SEND);
    accounts_reply(&accounts, _i ? 429 : 503, "Retry-After: 20", "");
    serve(call);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_WAIT);
    spay_call_cancel(call);
    expect_canceled(call, _i ? SPAY_OUTCOME_REJECTED : SPAY_OUTCOME_UNKNOWN);
    ck_assert_int_eq(spay_mock_now_ms(accounts.mock), 0);
}
END_TEST

START_TEST(a_call_can_be_canceled_while_it_waits_for_a_token)
{
    spay_call *first;
    spay_call *second;

    begin_pair(&first, &second);
    spay_call_cancel(second);
    expect_canceled(second, SPAY_OUTCOME_NOT_SENT);
    reply_token("one", 3600);
    serve(first);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    ck_assert_int_eq(drive(first), SPAY_OK);
    spay_call_free(first);
}
END_TEST

START_TEST(a_call_can_be_canceled_while_it_fetches_a_token)
{
    spay_call *call = new_call(ACCOUNT_HOSTED_FIELDS, NULL);

    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_SEND);
    spay_call_cancel(call);
    ck_assert_int_eq(spay_http_request_is_canceled(spay_call_request(call)), 1);
    spay_http_response_mark_sent(spay_call_response(call));
    ck_assert_int_eq(spay_call_respond(call, SPAY_E_CANCELED), SPAY_OK);
    expect_canceled(call, SPAY_OUTCOME_NOT_SENT);
}
END_TEST

START_TEST(a_finished_call_stays_as_it_is)
{
    spay_call *call;

    if (_i)
        accounts_reply_good(&accounts, ACCOUNT_WEPAY);
    else
        accounts_reply(&accounts, 400, "", "");
    call = perform(ACCOUNT_WEPAY, NULL);
    spay_call_cancel(call);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_DONE);
    expect_status(call, _i ? SPAY_OK : SPAY_E_REJECTED);
    ck_assert_int_eq(spay_call_perform(call, NULL), _i ? SPAY_OK : SPAY_E_REJECTED);
    ck_assert_uint_eq(request_count(), 1);
    spay_call_free(call);
}
END_TEST

/* Leaks and stray pointers are for the sanitizers to find. */
START_TEST(a_call_can_be_freed_in_every_state)
{
    spay_call *call = new_call(ACCOUNT_HOSTED_FIELDS, NULL);
    spay_call *waiting = new_call(ACCOUNT_HOSTED_FIELDS, NULL);
    int steps = 0;

    reply_token("one", 3600);
    accounts_reply(&accounts, 503, "Retry-After: 1", "");
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    while (steps++ < _i && spay_call_step(call) != SPAY_CALL_DONE) {
        (void)spay_call_step(waiting);
        if (spay_call_request(call) && steps++ < _i)
            serve(call);
        else
            spay_mock_advance(accounts.mock, spay_call_wait_ms(call));
    }
    spay_call_free(call);
    spay_call_free(waiting);
}
END_TEST

START_TEST(a_call_outlives_its_account_and_client)
{
    spay_call *call = new_call((account_kind)_i, NULL);

    script_token((account_kind)_i);
    accounts_reply_good(&accounts, (account_kind)_i);
    spay_wepay_free(accounts.wepay);
    spay_hosted_fields_free(accounts.hosted_fields);
    spay_hosted_fields_free(accounts.hosted_bearer);
    spay_connect_server_free(accounts.connect_server);
    spay_connect_client_free(accounts.connect_client);
    spay_client_free(accounts.client);
    accounts.wepay = NULL;
    accounts.hosted_fields = NULL;
    accounts.hosted_bearer = NULL;
    accounts.connect_server = NULL;
    accounts.connect_client = NULL;
    accounts.client = NULL;
    ck_assert_int_eq(spay_call_perform(call, NULL), SPAY_OK);
    spay_call_free(call);
}
END_TEST

/* ---- what a caller adds ---- */

static void expect_extra_refused(const char *extra, const char *code)
{
    spay_wepay_session_request request = SPAY_WEPAY_SESSION_REQUEST_INIT;
    spay_call *call = NULL;
    spay_error *error = NULL;

    request.type = "mobile_session";
    request.account_id = "account";
    request.extra_json = extra;
    ck_assert_int_eq(spay_wepay_session_call_new(accounts.wepay, &request, NULL, &call, &error),
                     SPAY_E_INVALID_ARGUMENT);
    ck_assert_str_eq(spay_error_field_path(error, 0), "extra_json");
    ck_assert_str_eq(spay_error_field_code(error, 0), code);
    spay_error_free(error);
}

START_TEST(extra_json_beyond_the_limit_says_so)
{
    static const char head[] = "{\"more\":\"";
    size_t length = 1100000;
    char *extra = malloc(length + 3);

    ck_assert_ptr_nonnull(extra);
    memset(extra, 'x', length);
    memcpy(extra, head, sizeof(head) - 1);
    memcpy(extra + length, "\"}", 3);
    expect_extra_refused(extra, "too_long");
    free(extra);
}
END_TEST

/* None of two is lost, because both are refused. */
START_TEST(extra_json_with_two_of_a_name_is_refused)
{
    static const char *const extras[] = {
        "{\"mobile_session\":{\"a\":1},\"mobile_session\":{\"b\":2}}",
        "{\"mobile_session\":{\"a\":1,\"a\":2}}",
        "{\"other\":1,\"other\":1}",
    };

    expect_extra_refused(extras[_i], "duplicate");
}
END_TEST

/* ---- the suite ---- */

static void add_stepping(Suite *suite)
{
    TCase *stepping = new_case(suite, "stepping");

    tcase_add_test(stepping, the_machine_asks_for_each_thing_once_and_stays_with_it);
    tcase_add_test(stepping, nothing_is_asked_of_no_call);
    tcase_add_test(stepping, a_transport_that_says_ok_without_a_reply_is_at_fault);
    tcase_add_loop_test(stepping, an_unknown_transport_status_is_internal, 0, 5);
    tcase_add_test(stepping, a_reply_that_broke_off_counts_as_sent);
    tcase_add_loop_test(stepping, a_success_is_between_200_and_299, 0, 5);
}

static void add_deadlines(Suite *suite)
{
    TCase *deadlines = new_case(suite, "deadlines");

    tcase_add_test(deadlines, zero_means_the_default_and_never_forever);
    tcase_add_test(deadlines, an_attempt_gets_what_is_left);
    tcase_add_test(deadlines, the_first_step_starts_the_deadline);
    tcase_add_test(deadlines, a_loop_that_comes_back_too_late_finds_a_timeout);
    tcase_add_loop_test(deadlines, the_deadline_covers_attempts_and_waits, 0, 60);
    tcase_add_loop_test(deadlines, apple_pay_has_a_shorter_deadline, 0, 2);
}

static void add_canceling(Suite *suite)
{
    TCase *canceling = new_case(suite, "canceling");

    tcase_add_test(canceling, a_call_can_be_canceled_before_it_begins);
    tcase_add_loop_test(canceling, a_call_can_be_canceled_while_it_sends, 0, 2);
    tcase_add_loop_test(canceling, a_canceled_call_is_not_repeated, 0, 4);
    tcase_add_test(canceling, a_session_that_came_in_spite_of_it_is_kept);
    tcase_add_loop_test(canceling, a_call_can_be_canceled_while_it_waits, 0, 2);
    tcase_add_test(canceling, a_call_can_be_canceled_while_it_waits_for_a_token);
    tcase_add_test(canceling, a_call_can_be_canceled_while_it_fetches_a_token);
    tcase_add_loop_test(canceling, a_finished_call_stays_as_it_is, 0, 2);
    tcase_add_loop_test(canceling, a_call_can_be_freed_in_every_state, 0, 10);
    tcase_add_loop_test(canceling, a_call_outlives_its_account_and_client, 0, ACCOUNT_KINDS);
}

static void add_extras(Suite *suite)
{
    TCase *tests = new_case(suite, "extras");

    tcase_add_test(tests, extra_json_beyond_the_limit_says_so);
    tcase_add_loop_test(tests, extra_json_with_two_of_a_name_is_refused, 0, 3);
}

Suite *call_suite(void)
{
    Suite *suite = suite_create("call");

    add_stepping(suite);
    add_deadlines(suite);
    add_canceling(suite);
    add_extras(suite);
    return suite;
}

#else

Suite *call_suite(void)
{
    return suite_create("call");
}

#endif
