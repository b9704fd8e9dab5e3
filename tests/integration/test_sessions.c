/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A session of each provider, and what of it was on the wire.
 */
#include <stdlib.h>
#include <string.h>

#include "integration.h"
#include "sandbox.h"
#include "setup.h"

/* Where each kind's requests go, and which headers they must have. */
static const struct wire {
    const char *path;
    const char *headers[6];
} wires[ACCOUNT_KINDS] = {
    {"/session_tokens",
     {"App-Id", "App-Token", "Api-Version", "Unique-Key", "User-Agent", "Content-Type"}},
    {"hosted-fields-sessions",
     {"Authorization", "Idempotency-Key", "User-Agent", "Content-Type", "Accept", NULL}},
    {NULL, {NULL, NULL, NULL, NULL, NULL, NULL}},
    {"/v1/4217/sessions",
     {"Authorization", "Date", "X-GCS-ServerMetaInfo", "X-GCS-Idempotence-Key", "User-Agent",
      "Content-Type"}},
    {"/products/302/sessions",
     {"Authorization", "X-GCS-ClientMetaInfo", "User-Agent", "Content-Type", "Accept", NULL}},
};

static void expect_headers(const sandbox_journal *journal, const struct wire *wire)
{
    int i;

    for (i = 0; i < 6 && wire->headers[i]; i++)
        ck_assert_msg(*sandbox_header(journal, 0, wire->headers[i]), "no %s", wire->headers[i]);
    ck_assert_str_eq(sandbox_header(journal, 0, "Content-Type"), "application/json");
    ck_assert_ptr_nonnull(strstr(sandbox_header(journal, 0, "Accept"), "application/json"));
    ck_assert_str_eq(sandbox_header(journal, 0, "Expect"), "");
    ck_assert_str_eq(sandbox_header(journal, 0, "Accept-Encoding"), "");
    ck_assert_str_eq(sandbox_header(journal, 0, "Cookie"), "");
    ck_assert_str_eq(sandbox_header(journal, 0, "Transfer-Encoding"), "");
    ck_assert_uint_eq((size_t)atol(sandbox_header(journal, 0, "Content-Length")),
                      strlen(sandbox_body(journal, 0)));
}

START_TEST(a_session_takes_one_request)
{
    const struct wire *wire = &wires[_i];
    sandbox_journal *journal;
    call_result result;
    test_accounts accounts;

    if (!wire->path)
        return;
    sandbox_reset();
    setup_open(&accounts, NULL, NULL);
    if (_i == ACCOUNT_CONNECT_CLIENT)
        setup_open_client_account(&accounts);
    result = blocking_call(&accounts, (account_kind)_i, NULL);
    expect_call(&result, SPAY_OK);
    ck_assert_int_eq(result.attempts, 1);
    ck_assert_int_eq(result.requests_sent, 1);
    journal = sandbox_read(wire->path);
    ck_assert_uint_eq(sandbox_count(journal), 1);
    ck_assert_int_eq(sandbox_status(journal, 0), result.http_status);
    expect_headers(journal, wire);
    if (account_facts_of((account_kind)_i)->key_header)
        ck_assert_str_eq(sandbox_header(journal, 0, account_facts_of((account_kind)_i)->key_header),
                         result.key);
    sandbox_forget(journal);
    accounts_close(&accounts);
}
END_TEST

START_TEST(the_token_request_carries_the_api_key_alone)
{
    sandbox_journal *journal;
    call_result result;
    test_accounts accounts;

    sandbox_reset();
    setup_open(&accounts, NULL, NULL);
    result = blocking_call(&accounts, ACCOUNT_HOSTED_FIELDS, NULL);
    expect_call(&result, SPAY_OK);
    ck_assert_int_eq(result.token_requests, 1);
    result = blocking_call(&accounts, ACCOUNT_HOSTED_FIELDS, NULL);
    expect_call(&result, SPAY_OK);
    ck_assert_int_eq(result.token_requests, 0);
    journal = sandbox_read("/authorize");
    ck_assert_uint_eq(sandbox_count(journal), 1);
    ck_assert_str_eq(sandbox_header(journal, 0, "x-api-key"), setup_of_sandbox().api_key);
    ck_assert_str_eq(sandbox_header(journal, 0, "Authorization"), "");
    ck_assert_str_eq(sandbox_body(journal, 0), "");
    ck_assert_str_eq(sandbox_header(journal, 0, "Content-Length"), "0");
    sandbox_forget(journal);
    journal = sandbox_read("hosted-fields-sessions");
    ck_assert_uint_eq(sandbox_count(journal), 2);
    ck_assert_str_eq(sandbox_header(journal, 0, "x-api-key"), "");
    sandbox_forget(journal);
    accounts_close(&accounts);
}
END_TEST

START_TEST(apple_pay_takes_two_requests)
{
    spay_connect_server_session *first = NULL;
    spay_connect_client_session *second = NULL;
    spay_error *error = NULL;
    sandbox_journal *journal;
    test_accounts accounts;

    sandbox_reset();
    setup_open(&accounts, NULL, NULL);
    ck_assert_msg(accounts_apple_pay(&accounts, getenv("SPAY_APPLE_PAY_VALIDATION_URL"), NULL,
                                     &first, &second, &error) == SPAY_OK,
                  "%s", spay_error_message(error));
    journal = sandbox_read("/");
    ck_assert_uint_eq(sandbox_count(journal), 2);
    ck_assert_ptr_nonnull(strstr(sandbox_path(journal, 0), "/v1/4217/sessions"));
    ck_assert_ptr_nonnull(strstr(sandbox_path(journal, 1), first->customer_id));
    sandbox_forget(journal);
    spay_connect_server_session_free(first);
    spay_connect_client_session_free(second);
    accounts_close(&accounts);
}
END_TEST

Suite *sessions_suite(void)
{
    Suite *suite = suite_create("sessions");
    TCase *tests = tcase_create("sessions");

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, a_session_takes_one_request, 0, ACCOUNT_KINDS);
    tcase_add_test(tests, the_token_request_carries_the_api_key_alone);
    tcase_add_test(tests, apple_pay_takes_two_requests);
    suite_add_tcase(suite, tests);
    return suite;
}
