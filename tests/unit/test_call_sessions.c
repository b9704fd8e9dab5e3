/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What a call ends with: its session, or its error; and the two calls of Apple Pay.
 */
#include <string.h>

#include "calls.h"

#if ALL_PROVIDERS

/* ---- sessions ---- */

START_TEST(a_session_can_be_taken_once)
{
    account_kind kind = (account_kind)_i;
    spay_error *error = NULL;
    spay_call *call;
    void *session;

    script_token(kind);
    accounts_reply_good(&accounts, kind);
    call = new_call(kind, NULL);
    ck_assert_int_eq(accounts_take_session(kind, call, &session, &error), SPAY_E_STATE);
    ck_assert_ptr_null(session);
    spay_error_free(error);
    ck_assert_int_eq(spay_call_perform(call, NULL), SPAY_OK);
    ck_assert_int_eq(accounts_take_session(kind, call, &session, &error), SPAY_OK);
    ck_assert_ptr_null(error);
    accounts_free_session(kind, session);
    ck_assert_int_eq(accounts_take_session(kind, call, &session, &error), SPAY_E_STATE);
    ck_assert_ptr_null(session);
    ck_assert_ptr_nonnull(error);
    spay_error_free(error);
    spay_call_free(call);
}
END_TEST

START_TEST(another_providers_call_gives_no_session)
{
    account_kind kind = (account_kind)(_i / ACCOUNT_KINDS);
    account_kind other = (account_kind)(_i % ACCOUNT_KINDS);
    spay_error *error = NULL;
    spay_call *call;
    void *session;

    if (account_facts_of(kind)->provider == account_facts_of(other)->provider)
        return;
    script_token(kind);
    accounts_reply_good(&accounts, kind);
    call = perform(kind, NULL);
    ck_assert_int_eq(accounts_take_session(other, call, &session, &error), SPAY_E_INVALID_ARGUMENT);
    ck_assert_ptr_null(session);
    ck_assert_str_eq(spay_error_field_path(error, 0), "call");
    spay_error_free(error);
    ck_assert_int_eq(accounts_take_session(kind, call, &session, NULL), SPAY_OK);
    accounts_free_session(kind, session);
    spay_call_free(call);
}
END_TEST

START_TEST(a_failed_call_gives_its_error_instead_of_a_session)
{
    spay_error *error = NULL;
    spay_call *call;
    void *session;

    accounts_reply(&accounts, 400, "", "");
    call = perform(ACCOUNT_WEPAY, NULL);
    ck_assert_int_eq(accounts_take_session(ACCOUNT_WEPAY, call, &session, &error), SPAY_E_REJECTED);
    ck_assert_ptr_null(session);
    spay_call_free(call);
    ck_assert_int_eq(spay_error_status(error), SPAY_E_REJECTED);
    ck_assert_int_eq(spay_error_http_status(error), 400);
    spay_error_free(error);
}
END_TEST

/* Hosted Fields remembers a key for days, its session lives ten minutes. */
START_TEST(a_replay_of_a_dead_session_has_expired)
{
    static const char dead[] = "{\"token\":\"t\",\"expiresAt\":\"2025-12-31T23:59:59Z\"}";
    spay_call *call;

    accounts_reply(&accounts, 201, NULL, dead);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_BEARER);
    call = perform(ACCOUNT_HOSTED_BEARER, NULL);
    expect_status(call, SPAY_E_EXPIRED);
    ck_assert_str_eq(spay_error_reason(spay_call_error(call)), "stale_replay");
    ck_assert_uint_eq(request_count(), 1);
    spay_call_free(call);
}
END_TEST

/* Expired by whose clock? The provider's, if it tells. */
START_TEST(a_dead_session_is_judged_by_the_providers_clock)
{
    static const char reply[] = "{\"token\":\"t\",\"expiresAt\":\"2026-01-01T00:05:00Z\"}";
    spay_call *call;

    accounts_reply(&accounts, 201, _i ? "Date: " TEN_MINUTES_ON : "", reply);
    call = perform(ACCOUNT_HOSTED_BEARER, NULL);
    expect_status(call, _i ? SPAY_E_EXPIRED : SPAY_OK);
    spay_call_free(call);
}
END_TEST

/* ---- both steps of Apple Pay ---- */

typedef struct apple_pay {
    spay_connect_server_session *first;
    spay_connect_client_session *second;
    spay_error *error;
    spay_status status;
} apple_pay;

static void run_apple_pay(apple_pay *run, const char *validation_url,
                          const spay_call_options *options)
{
    memset(run, 0, sizeof(*run));
    run->status = accounts_apple_pay(&accounts, validation_url, options, &run->first, &run->second,
                                     &run->error);
}

static void free_apple_pay(apple_pay *run)
{
    spay_connect_server_session_free(run->first);
    spay_connect_client_session_free(run->second);
    spay_error_free(run->error);
}

START_TEST(apple_pay_makes_both_sessions)
{
    apple_pay run;

    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_CLIENT);
    run_apple_pay(&run, TEST_GATEWAY, NULL);
    ck_assert_int_eq(run.status, SPAY_OK);
    ck_assert_ptr_null(run.error);
    ck_assert_str_eq(run.first->client_session_id, "client-session");
    ck_assert_str_eq(run.second->session_object, "{\"nonce\":\"70e2\"}");
    ck_assert_uint_eq(request_count(), 2);
    ck_assert_str_eq(header(1, "Authorization"), "GCS v1Client:client-session");
    free_apple_pay(&run);
}
END_TEST

START_TEST(apple_pays_error_tells_the_first_step)
{
    apple_pay run;

    accounts_reply(&accounts, 400, NULL, "{}");
    run_apple_pay(&run, TEST_GATEWAY, NULL);
    ck_assert_int_eq(run.status, SPAY_E_REJECTED);
    ck_assert_int_eq(spay_error_provider(run.error), SPAY_PROVIDER_CONNECT_SERVER);
    ck_assert_ptr_null(run.first);
    ck_assert_ptr_null(run.second);
    ck_assert_uint_eq(request_count(), 1);
    free_apple_pay(&run);
}
END_TEST

START_TEST(apple_pays_error_tells_the_second_step)
{
    apple_pay run;

    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    accounts_reply(&accounts, 404, NULL, "{}");
    run_apple_pay(&run, TEST_GATEWAY, NULL);
    ck_assert_int_eq(run.status, SPAY_E_NOT_FOUND);
    ck_assert_int_eq(spay_error_provider(run.error), SPAY_PROVIDER_CONNECT_CLIENT);
    ck_assert_ptr_nonnull(run.first);
    ck_assert_ptr_null(run.second);
    ck_assert_uint_eq(request_count(), 2);
    free_apple_pay(&run);
}
END_TEST

START_TEST(apple_pays_second_request_is_checked_before_the_first_is_sent)
{
    apple_pay run;

    run_apple_pay(&run, "https://evil.example/paymentservices/paymentSession", NULL);
    ck_assert_int_eq(run.status, SPAY_E_INVALID_ARGUMENT);
    ck_assert_int_eq(spay_error_provider(run.error), SPAY_PROVIDER_CONNECT_CLIENT);
    ck_assert_str_eq(spay_error_field_path(run.error, 0), "validation_url");
    ck_assert_ptr_null(run.first);
    ck_assert_ptr_null(run.second);
    ck_assert_uint_eq(request_count(), 0);
    free_apple_pay(&run);
}
END_TEST

/* Each request takes 2 s; what is left decides whether the second step may wait for one more. */
START_TEST(one_deadline_covers_both_steps_of_apple_pay)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    apple_pay run;

    options.timeout_ms = _i ? 60000 : 5000;
    spay_mock_set_latency(accounts.mock, 2000);
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    accounts_reply(&accounts, 503, "Retry-After: 2", "");
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_CLIENT);
    run_apple_pay(&run, TEST_GATEWAY, &options);
    ck_assert_int_eq(run.status, _i ? SPAY_OK : SPAY_E_PROVIDER);
    ck_assert_uint_eq(request_count(), _i ? 3 : 2);
    ck_assert_int_eq(spay_mock_now_ms(accounts.mock), _i ? 8000 : 4000);
    free_apple_pay(&run);
}
END_TEST

/* A reply that comes at the deadline, or after it, brings the first session; nothing more is sent. */
START_TEST(apple_pays_second_step_is_not_sent_after_the_deadline)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    apple_pay run;

    options.timeout_ms = 5000;
    spay_mock_set_latency(accounts.mock, 5000 + _i);
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_CLIENT);
    run_apple_pay(&run, TEST_GATEWAY, &options);
    ck_assert_int_eq(run.status, SPAY_E_TIMEOUT);
    ck_assert_int_eq(spay_error_provider(run.error), SPAY_PROVIDER_CONNECT_CLIENT);
    ck_assert_int_eq(spay_error_outcome(run.error), SPAY_OUTCOME_NOT_SENT);
    ck_assert_ptr_nonnull(run.first);
    ck_assert_uint_eq(request_count(), 1);
    free_apple_pay(&run);
}
END_TEST

/* A key or an intent is the first step's alone. */
START_TEST(apple_pays_key_belongs_to_the_first_step)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    apple_pay run;

    options.idempotency_key = "order-1";
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_CLIENT);
    run_apple_pay(&run, TEST_GATEWAY, &options);
    ck_assert_int_eq(run.status, SPAY_OK);
    ck_assert_str_eq(header(0, "X-GCS-Idempotence-Key"), "order-1");
    ck_assert_ptr_null(spay_mock_request_header(accounts.mock, 1, "X-GCS-Idempotence-Key"));
    free_apple_pay(&run);
}
END_TEST

/* ---- both steps as one call ---- */

static spay_call *apple_pay_call(void)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    spay_call *call = NULL;

    options.idempotency_key = "order-1";
    ck_assert_int_eq(accounts_new_apple_pay_call(&accounts, TEST_GATEWAY, &options, &call, NULL),
                     SPAY_OK);
    return call;
}

static void take(apple_pay *run, spay_call *call)
{
    memset(run, 0, sizeof(*run));
    run->status =
        spay_connect_apple_pay_session_from_call(call, &run->first, &run->second, &run->error);
}

START_TEST(a_loop_drives_both_steps_as_one_call)
{
    spay_call *call = apple_pay_call();
    apple_pay run;

    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_CLIENT);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_SEND);
    ck_assert_str_eq(spay_call_idempotency_key(call), "order-1");
    serve(call);
    ck_assert_int_eq(spay_call_status(call), SPAY_E_STATE);
    ck_assert_int_eq(drive(call), SPAY_OK);
    ck_assert_str_eq(spay_call_idempotency_key(call), "");
    ck_assert_int_eq(spay_call_attempts(call), 1);
    take(&run, call);
    ck_assert_int_eq(run.status, SPAY_OK);
    ck_assert_str_eq(run.first->info->idempotency_key, "order-1");
    ck_assert_str_eq(run.second->session_object, "{\"nonce\":\"70e2\"}");
    free_apple_pay(&run);
    take(&run, call);
    ck_assert_int_eq(run.status, SPAY_E_STATE);
    ck_assert_ptr_null(run.first);
    free_apple_pay(&run);
    spay_call_free(call);
}
END_TEST

/* The second step has not been sent, and the first one's session is not lost. */
START_TEST(both_steps_are_canceled_as_one_call)
{
    spay_call *call = apple_pay_call();
    apple_pay run;

    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_SEND);
    serve(call);
    take(&run, call);
    ck_assert_int_eq(run.status, SPAY_E_STATE);
    ck_assert_ptr_null(run.first);
    free_apple_pay(&run);
    spay_call_cancel(call);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_DONE);
    take(&run, call);
    ck_assert_int_eq(run.status, SPAY_E_CANCELED);
    ck_assert_int_eq(spay_error_provider(run.error), SPAY_PROVIDER_CONNECT_CLIENT);
    ck_assert_int_eq(spay_error_outcome(run.error), SPAY_OUTCOME_NOT_SENT);
    ck_assert_int_eq(spay_error_requests_sent(run.error), 0);
    ck_assert_str_eq(run.first->client_session_id, "client-session");
    ck_assert_uint_eq(request_count(), 1);
    free_apple_pay(&run);
    spay_call_free(call);
}
END_TEST

/* At an address that nobody may name the second step fails before it is sent. */
START_TEST(the_second_steps_address_is_checked)
{
    static const char reply[] = "{\"clientSessionId\":\"s\",\"customerId\":\"c\","
                                "\"assetUrl\":\"https://assets.example\","
                                "\"clientApiUrl\":\"https://evil.example/client\"}";
    apple_pay run;

    accounts_reply(&accounts, 200, NULL, reply);
    run_apple_pay(&run, TEST_GATEWAY, NULL);
    ck_assert_int_eq(run.status, SPAY_E_INVALID_ARGUMENT);
    ck_assert_int_eq(spay_error_provider(run.error), SPAY_PROVIDER_CONNECT_CLIENT);
    ck_assert_int_eq(spay_error_outcome(run.error), SPAY_OUTCOME_NOT_SENT);
    ck_assert_int_eq(spay_error_attempts(run.error), 0);
    ck_assert_str_eq(spay_error_field_path(run.error, 0), "client_api_url");
    ck_assert_ptr_nonnull(run.first);
    ck_assert_uint_eq(request_count(), 1);
    free_apple_pay(&run);
}
END_TEST

START_TEST(another_call_has_no_sessions_of_both_steps)
{
    spay_call *call = perform(ACCOUNT_CONNECT_SERVER, NULL);
    apple_pay run;

    take(&run, call);
    ck_assert_int_eq(run.status, SPAY_E_INVALID_ARGUMENT);
    ck_assert_str_eq(spay_error_field_path(run.error, 0), "call");
    free_apple_pay(&run);
    spay_call_free(call);
    take(&run, NULL);
    ck_assert_int_eq(run.status, SPAY_E_INVALID_ARGUMENT);
    free_apple_pay(&run);
}
END_TEST

/* Nothing is lost if nobody takes the sessions: the sanitizers tell. */
START_TEST(a_call_of_both_steps_may_be_freed_at_any_time)
{
    spay_call *call = apple_pay_call();
    int step;

    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_CLIENT);
    for (step = 0; step < _i; step++) {
        ck_assert_int_eq(spay_call_step(call), SPAY_CALL_SEND);
        serve(call);
    }
    spay_call_free(call);
}
END_TEST

/* ---- the suite ---- */

/* A base URL alone is production, where Apple's test system has no business. */
START_TEST(a_base_url_alone_is_production)
{
    spay_connect_server_options options = SPAY_CONNECT_SERVER_OPTIONS_INIT;
    spay_connect_client_session_request request = SPAY_CONNECT_CLIENT_SESSION_REQUEST_INIT;
    spay_connect_client *client = NULL;
    spay_connect_server *server = NULL;
    spay_connect_server_session *session = NULL;
    spay_call *call = NULL;

    options.base_url = "https://connect.example";
    options.merchant_id = "4217";
    options.api_key_id = "key";
    options.secret_api_key = "not-a-real-secret";
    options.integrator = "Shop";
    ck_assert_int_eq(spay_connect_server_new(accounts.client, &options, &server, NULL), SPAY_OK);
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    ck_assert_int_eq(spay_connect_server_session_create(server, NULL, NULL, &session, NULL),
                     SPAY_OK);
    ck_assert_int_eq(spay_connect_client_from_session(server, session, &client, NULL), SPAY_OK);
    request.display_name = "Shop";
    request.domain_name = "shop.example";
    request.validation_url = TEST_GATEWAY;
    ck_assert_int_eq(spay_connect_client_session_call_new(client, &request, NULL, &call, NULL),
                     SPAY_E_INVALID_ARGUMENT);
    spay_call_free(call);
    spay_connect_client_free(client);
    spay_connect_server_session_free(session);
    spay_connect_server_free(server);
}
END_TEST

static void add_sessions(Suite *suite)
{
    TCase *sessions = new_case(suite, "sessions");

    tcase_add_test(sessions, a_base_url_alone_is_production);
    tcase_add_loop_test(sessions, a_session_can_be_taken_once, 0, ACCOUNT_KINDS);
    tcase_add_loop_test(sessions, another_providers_call_gives_no_session, 0,
                        ACCOUNT_KINDS * ACCOUNT_KINDS);
    tcase_add_test(sessions, a_failed_call_gives_its_error_instead_of_a_session);
    tcase_add_test(sessions, a_replay_of_a_dead_session_has_expired);
    tcase_add_loop_test(sessions, a_dead_session_is_judged_by_the_providers_clock, 0, 2);
    tcase_add_test(sessions, apple_pay_makes_both_sessions);
    tcase_add_test(sessions, apple_pays_error_tells_the_first_step);
    tcase_add_test(sessions, apple_pays_error_tells_the_second_step);
    tcase_add_test(sessions, apple_pays_second_request_is_checked_before_the_first_is_sent);
    tcase_add_loop_test(sessions, one_deadline_covers_both_steps_of_apple_pay, 0, 2);
    tcase_add_loop_test(sessions, apple_pays_second_step_is_not_sent_after_the_deadline, 0, 2);
    tcase_add_test(sessions, apple_pays_key_belongs_to_the_first_step);
    tcase_add_test(sessions, a_loop_drives_both_steps_as_one_call);
    tcase_add_test(sessions, both_steps_are_canceled_as_one_call);
    tcase_add_test(sessions, the_second_steps_address_is_checked);
    tcase_add_test(sessions, another_call_has_no_sessions_of_both_steps);
    tcase_add_loop_test(sessions, a_call_of_both_steps_may_be_freed_at_any_time, 0, 3);
}

Suite *call_sessions_suite(void)
{
    Suite *suite = suite_create("call_sessions");

    add_sessions(suite);
    return suite;
}

#else

Suite *call_sessions_suite(void)
{
    return suite_create("call_sessions");
}

#endif
