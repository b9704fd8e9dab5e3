/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What is refused before anything is sent, as far as the golden cases cannot say it: arguments that are
 * missing, lists that are not as long as they are said to be, and structs of a size that never was.
 */
#include <string.h>

#include "calls.h"

#if ALL_PROVIDERS

/* Of the call before: the status is that of input, and the first field is this one, for this reason. */
static spay_error *error;

static void expect_refused(spay_status status, const char *field, const char *code)
{
    ck_assert_int_eq(status, SPAY_E_INVALID_ARGUMENT);
    ck_assert_str_eq(spay_error_field_path(error, 0), field);
    ck_assert_str_eq(spay_error_field_code(error, 0), code);
    ck_assert_int_eq(spay_error_outcome(error), SPAY_OUTCOME_NOT_SENT);
    ck_assert_uint_eq(request_count(), 0);
    spay_error_free(error);
    error = NULL;
}

/* ---- arguments ---- */

static spay_wepay_session_request wepay_request(void)
{
    spay_wepay_session_request request = SPAY_WEPAY_SESSION_REQUEST_INIT;

    request.type = "mobile_session";
    request.account_id = "2f8d6c1b-70e4-4a39-9b5d-e61c03a7f852";
    return request;
}

static spay_connect_client_session_request apple_request(void)
{
    spay_connect_client_session_request request = SPAY_CONNECT_CLIENT_SESSION_REQUEST_INIT;

    request.display_name = "Example Bikes";
    request.domain_name = "checkout.example-bikes.test";
    request.validation_url = TEST_GATEWAY;
    return request;
}

START_TEST(an_account_needs_a_client_and_a_place)
{
    spay_wepay_options options = SPAY_WEPAY_OPTIONS_INIT;
    spay_wepay *made = accounts.wepay;
    spay_status status = spay_wepay_new(accounts.client, &options, NULL, &error);

    expect_refused(status, "wepay", "missing");
    status = spay_wepay_new(NULL, &options, &made, &error);
    expect_refused(status, "client", "missing");
    ck_assert_ptr_null(made);
    made = accounts.wepay;
    options.struct_size = 1;
    status = spay_wepay_new(accounts.client, &options, &made, &error);
    expect_refused(status, "options", "struct_size");
    ck_assert_ptr_null(made);
}
END_TEST

START_TEST(a_call_needs_an_account_a_request_and_a_place)
{
    spay_wepay_session_request request = wepay_request();
    spay_wepay_session *session = NULL;
    spay_call *call = NULL;
    spay_status status = spay_wepay_session_call_new(accounts.wepay, &request, NULL, NULL, &error);

    expect_refused(status, "call", "missing");
    status = spay_wepay_session_call_new(NULL, &request, NULL, &call, &error);
    expect_refused(status, "wepay", "missing");
    status = spay_wepay_session_create(accounts.wepay, NULL, NULL, &session, &error);
    expect_refused(status, "request", "missing");
    status = spay_wepay_session_create(accounts.wepay, &request, NULL, NULL, &error);
    expect_refused(status, "session", "missing");
    status = spay_wepay_session_from_call(NULL, &session, &error);
    expect_refused(status, "call", "missing");
}
END_TEST

START_TEST(a_session_needs_a_place)
{
    spay_call *call = new_call(ACCOUNT_WEPAY, NULL);

    expect_refused(spay_wepay_session_from_call(call, NULL, &error), "session", "missing");
    spay_call_free(call);
}
END_TEST

START_TEST(both_steps_of_apple_pay_need_what_each_needs)
{
    spay_connect_client_session_request request = apple_request();
    spay_connect_client_session_request of_no_size = request;
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    spay_connect_client_session *session = NULL;
    spay_call *call = NULL;
    spay_status status = spay_connect_apple_pay_session_call_new(accounts.connect_server, NULL,
                                                                 &request, NULL, NULL, &error);

    expect_refused(status, "call", "missing");
    status = spay_connect_apple_pay_session_call_new(NULL, NULL, &request, NULL, &call, &error);
    expect_refused(status, "server", "missing");
    status = spay_connect_apple_pay_session_call_new(accounts.connect_server, NULL, NULL, NULL,
                                                     &call, &error);
    expect_refused(status, "request", "missing");
    of_no_size.struct_size = 1;
    status = spay_connect_apple_pay_session_call_new(accounts.connect_server, NULL, &of_no_size,
                                                     NULL, &call, &error);
    expect_refused(status, "request", "struct_size");
    options.struct_size = 1;
    status = spay_connect_apple_pay_session_call_new(accounts.connect_server, NULL, &request,
                                                     &options, &call, &error);
    expect_refused(status, "options", "struct_size");
    ck_assert_ptr_null(call);
    status = spay_connect_apple_pay_session_create(accounts.connect_server, NULL, &request, NULL,
                                                   NULL, NULL, &error);
    expect_refused(status, "session", "missing");
    status = spay_connect_apple_pay_session_from_call(NULL, NULL, &session, &error);
    expect_refused(status, "call", "missing");
}
END_TEST

START_TEST(sessions_of_apple_pay_need_a_place)
{
    spay_call *call = NULL;

    ck_assert_int_eq(accounts_new_apple_pay_call(&accounts, TEST_GATEWAY, NULL, &call, NULL),
                     SPAY_OK);
    expect_refused(spay_connect_apple_pay_session_from_call(call, NULL, NULL, &error), "session",
                   "missing");
    spay_call_free(call);
}
END_TEST

START_TEST(a_client_account_comes_of_a_session)
{
    spay_connect_client *made = accounts.connect_client;

    expect_refused(spay_connect_client_from_session(accounts.connect_server, NULL, &made, &error),
                   "session", "missing");
    ck_assert_ptr_null(made);
    expect_refused(spay_connect_client_from_session(NULL, NULL, NULL, &error), "connect_client",
                   "missing");
}
END_TEST

START_TEST(a_bearer_token_is_set_in_an_account)
{
    expect_refused(spay_hosted_fields_set_bearer_token(NULL, "token", &error), "hosted_fields",
                   "missing");
    expect_refused(spay_hosted_fields_set_bearer_token(accounts.hosted_bearer, "to ken", &error),
                   "bearer_token", "forbidden_character");
}
END_TEST

START_TEST(nothing_has_no_flight_record)
{
    ck_assert_ptr_null(spay_client_flight_record(NULL));
}
END_TEST

/* ---- lists ---- */

enum {
    TOO_MANY = 1001
};

static const char *const too_many_texts[TOO_MANY] = {"a"};
static const int32_t too_many_products[TOO_MANY] = {1};
static const char *const hole[] = {NULL, "a", NULL};
static const char *const texts[] = {"a"};

static const struct list_row {
    spay_connect_server_filter filter;
    const char *const *tokens;
    size_t token_count;
    const char *field;
    const char *code;
} list_rows[] = {
    {.filter = {.groups = too_many_texts, .group_count = TOO_MANY},
     .field = "exclude.groups",
     .code = "too_long"},
    {.filter = {.group_count = 1}, .field = "exclude.groups", .code = "missing"},
    {.filter = {.groups = hole, .group_count = 2}, .field = "exclude.groups[0]", .code = "missing"},
    {.filter = {.products = too_many_products, .product_count = TOO_MANY},
     .field = "exclude.products",
     .code = "too_long"},
    {.filter = {.product_count = 1}, .field = "exclude.products", .code = "missing"},
    {.tokens = too_many_texts, .token_count = TOO_MANY, .field = "tokens", .code = "too_long"},
    {.token_count = 1, .field = "tokens", .code = "missing"},
    {.tokens = hole, .token_count = 3, .field = "tokens[0]", .code = "missing"},
};

START_TEST(a_list_is_as_long_as_it_is_said_to_be)
{
    const struct list_row *row = &list_rows[_i];
    spay_connect_server_session_request request = SPAY_CONNECT_SERVER_SESSION_REQUEST_INIT;
    spay_connect_server_filter filter = row->filter;
    spay_connect_server_session *session = NULL;
    spay_status status;

    filter.struct_size = sizeof(filter);
    request.exclude = &filter;
    request.tokens = row->tokens;
    request.token_count = row->token_count;
    status = spay_connect_server_session_create(accounts.connect_server, &request, NULL, &session,
                                                &error);
    expect_refused(status, row->field, row->code);
}
END_TEST

START_TEST(a_filter_has_one_of_its_sizes)
{
    spay_connect_server_session_request request = SPAY_CONNECT_SERVER_SESSION_REQUEST_INIT;
    spay_connect_server_filter filter = SPAY_CONNECT_SERVER_FILTER_INIT;
    spay_connect_server_session *session = NULL;
    spay_status status;

    filter.struct_size = 1;
    request.exclude = _i ? NULL : &filter;
    request.restrict_to = _i ? &filter : NULL;
    status = spay_connect_server_session_create(accounts.connect_server, &request, NULL, &session,
                                                &error);
    expect_refused(status, _i ? "restrict_to" : "exclude", "struct_size");
}
END_TEST

static const struct hosts_row {
    const char *const *hosts;
    size_t count;
    spay_status status;
} hosts_rows[] = {
    {too_many_texts, 65, SPAY_E_INVALID_ARGUMENT},
    {NULL, 1, SPAY_E_INVALID_ARGUMENT},
    {hole, 3, SPAY_OK},
    {texts, 1, SPAY_OK},
};

/* A host that the list does not have is refused, too; it has "a". */
START_TEST(allowed_hosts_are_counted)
{
    const struct hosts_row *row = &hosts_rows[_i];
    spay_connect_client_options options = SPAY_CONNECT_CLIENT_OPTIONS_INIT;
    spay_connect_client *made = NULL;
    spay_status status;

    options.client_session_id = "client-session";
    options.customer_id = "customer";
    options.client_api_url =
        row->status == SPAY_OK ? "https://a/client" : "https://eu.worldline-solutions.com";
    options.allowed_hosts = row->hosts;
    options.allowed_host_count = row->count;
    status = spay_connect_client_new(accounts.client, &options, &made, &error);
    if (row->status == SPAY_OK)
        ck_assert_msg(status == SPAY_OK, "%s", spay_error_message(error));
    else
        expect_refused(status, "allowed_hosts", "out_of_range");
    spay_connect_client_free(made);
}
END_TEST

/* ---- members of the caller's own ---- */

START_TEST(what_is_added_to_the_session_is_an_object)
{
    spay_wepay_session_request request = wepay_request();
    spay_wepay_session *session = NULL;
    spay_status status;

    request.extra_json = "{\"mobile_session\":[1]}";
    status = spay_wepay_session_create(accounts.wepay, &request, NULL, &session, &error);
    expect_refused(status, "extra_json", "conflict");
}
END_TEST

Suite *requests_suite(void)
{
    Suite *suite = suite_create("requests");
    TCase *tests = new_case(suite, "requests");

    tcase_add_test(tests, an_account_needs_a_client_and_a_place);
    tcase_add_test(tests, a_call_needs_an_account_a_request_and_a_place);
    tcase_add_test(tests, a_session_needs_a_place);
    tcase_add_test(tests, both_steps_of_apple_pay_need_what_each_needs);
    tcase_add_test(tests, sessions_of_apple_pay_need_a_place);
    tcase_add_test(tests, a_client_account_comes_of_a_session);
    tcase_add_test(tests, a_bearer_token_is_set_in_an_account);
    tcase_add_test(tests, nothing_has_no_flight_record);
    tcase_add_loop_test(tests, a_list_is_as_long_as_it_is_said_to_be, 0, ROWS(list_rows));
    tcase_add_loop_test(tests, a_filter_has_one_of_its_sizes, 0, 2);
    tcase_add_loop_test(tests, allowed_hosts_are_counted, 0, ROWS(hosts_rows));
    tcase_add_test(tests, what_is_added_to_the_session_is_an_object);
    return suite;
}

#else

Suite *requests_suite(void)
{
    return suite_create("requests");
}

#endif
