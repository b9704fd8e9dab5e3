/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * One call after the other, over the mock.
 */
#include "calls.h"

#include <stdio.h>

#if ALL_PROVIDERS

test_accounts accounts;

static void open_accounts(void)
{
    ck_assert_msg(accounts_open(&accounts, NULL), "%s", spay_error_message(accounts.error));
}

static void close_accounts(void)
{
    accounts_close(&accounts);
}

void reopen_accounts(const spay_client_options *options)
{
    accounts_close(&accounts);
    ck_assert_msg(accounts_open(&accounts, options), "%s", spay_error_message(accounts.error));
}

size_t request_count(void)
{
    return spay_mock_request_count(accounts.mock);
}

const char *header(size_t index, const char *name)
{
    const char *value = spay_mock_request_header(accounts.mock, index, name);

    return value ? value : "(none)";
}

spay_call *new_call(account_kind kind, const spay_call_options *options)
{
    spay_call *call = NULL;
    spay_error *error = NULL;
    spay_status status = accounts_new_call(&accounts, kind, options, &call, &error);

    ck_assert_msg(status == SPAY_OK, "%s", spay_error_message(error));
    ck_assert_ptr_nonnull(call);
    return call;
}

/* Send what the call wants to send, through the mock. */
void serve(spay_call *call)
{
    const spay_transport *transport = spay_mock_transport(accounts.mock);
    spay_status status =
        transport->perform(transport->ctx, spay_call_request(call), spay_call_response(call));

    ck_assert_int_eq(spay_call_respond(call, status), SPAY_OK);
}

/* A foreign loop: step until the call is done. */
spay_status drive(spay_call *call)
{
    int32_t next;

    while ((next = spay_call_step(call)) != SPAY_CALL_DONE) {
        if (next == SPAY_CALL_SEND) {
            serve(call);
        } else {
            ck_assert_int_gt(spay_call_wait_ms(call), 0);
            spay_mock_advance(accounts.mock, spay_call_wait_ms(call));
        }
    }
    return spay_call_status(call);
}

/* Run a new call to its end, by the blocking driver. */
spay_call *perform(account_kind kind, const spay_call_options *options)
{
    spay_call *call = new_call(kind, options);

    (void)spay_call_perform(call, NULL);
    return call;
}

void expect_status(const spay_call *call, spay_status expected)
{
    const spay_error *error = spay_call_error(call);

    ck_assert_msg(spay_call_status(call) == expected, "expected %s, got %s: %s",
                  spay_status_name(expected), spay_status_name(spay_call_status(call)),
                  spay_error_message(error));
}

void succeed(account_kind kind)
{
    spay_call *call = perform(kind, NULL);

    expect_status(call, SPAY_OK);
    spay_call_free(call);
}

void expect_same_bytes(size_t first, size_t second)
{
    size_t first_length;
    size_t second_length;
    const char *first_body = spay_mock_request_body(accounts.mock, first, &first_length);
    const char *second_body = spay_mock_request_body(accounts.mock, second, &second_length);

    ck_assert_str_eq(spay_mock_request_url(accounts.mock, first),
                     spay_mock_request_url(accounts.mock, second));
    ck_assert_uint_eq(first_length, second_length);
    ck_assert_mem_eq(first_body, second_body, first_length);
}

void script_attempt(const attempt *scripted)
{
    if (scripted->http)
        accounts_reply(&accounts, scripted->http, "", "no JSON");
    else if (scripted->failure)
        (void)spay_mock_fail(accounts.mock, scripted->failure, scripted->sent ? SPAY_YES : SPAY_NO);
}

void script_token(account_kind kind)
{
    if (kind == ACCOUNT_HOSTED_FIELDS)
        accounts_reply(&accounts, 200, NULL, good_token_reply);
}

void reply_token(const char *token, int seconds)
{
    char body[128];

    snprintf(body, sizeof(body), "{\"access_token\":\"%s\",\"expires_in\":%d}", token, seconds);
    accounts_reply(&accounts, 200, NULL, body);
}

void begin_pair(spay_call **fetching, spay_call **waiting)
{
    *fetching = new_call(ACCOUNT_HOSTED_FIELDS, NULL);
    *waiting = new_call(ACCOUNT_HOSTED_FIELDS, NULL);
    ck_assert_int_eq(spay_call_step(*fetching), SPAY_CALL_SEND);
    ck_assert_int_eq(spay_call_step(*waiting), SPAY_CALL_WAIT);
    ck_assert_int_gt(spay_call_wait_ms(*waiting), 0);
    ck_assert_int_le(spay_call_wait_ms(*waiting), 100);
}

TCase *new_case(Suite *suite, const char *name)
{
    TCase *made = tcase_create(name);

    tcase_add_checked_fixture(made, open_accounts, close_accounts);
    tcase_set_timeout(made, 120);
    suite_add_tcase(suite, made);
    return made;
}

#else

typedef int calls_not_built; /* ISO C forbids an empty translation unit */

#endif
