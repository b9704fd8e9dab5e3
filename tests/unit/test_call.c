/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The call: keys, attempts, deadlines, retries, tokens, clocks and cancellation, in virtual time.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/date.h"
#include "support/accounts.h"
#include "support/schedule.h"
#include "unit.h"

#if ALL_PROVIDERS

#define CLOCK_REFUSAL "{\"errorId\":\"1\",\"errors\":[{\"code\":\"9002\",\"message\":\"MAC\"}]}"
#define TEN_MINUTES_ON "Thu, 01 Jan 2026 00:10:00 GMT"

static test_accounts accounts;

static void open_accounts(void)
{
    ck_assert_msg(accounts_open(&accounts, NULL), "%s", spay_error_message(accounts.error));
}

static void close_accounts(void)
{
    accounts_close(&accounts);
}

static void reopen_accounts(const spay_client_options *options)
{
    accounts_close(&accounts);
    ck_assert_msg(accounts_open(&accounts, options), "%s", spay_error_message(accounts.error));
}

static size_t request_count(void)
{
    return spay_mock_request_count(accounts.mock);
}

static const char *header(size_t index, const char *name)
{
    const char *value = spay_mock_request_header(accounts.mock, index, name);

    return value ? value : "(none)";
}

static spay_call *new_call(account_kind kind, const spay_call_options *options)
{
    spay_call *call = NULL;
    spay_error *error = NULL;
    spay_status status = accounts_new_call(&accounts, kind, options, &call, &error);

    ck_assert_msg(status == SPAY_OK, "%s", spay_error_message(error));
    ck_assert_ptr_nonnull(call);
    return call;
}

/* Send what the call wants to send, through the mock. */
static void serve(spay_call *call)
{
    const spay_transport *transport = spay_mock_transport(accounts.mock);
    spay_status status =
        transport->perform(transport->ctx, spay_call_request(call), spay_call_response(call));

    ck_assert_int_eq(spay_call_respond(call, status), SPAY_OK);
}

/* A foreign loop: step until the call is done. */
static spay_status drive(spay_call *call)
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
static spay_call *perform(account_kind kind, const spay_call_options *options)
{
    spay_call *call = new_call(kind, options);

    (void)spay_call_perform(call, NULL);
    return call;
}

static void expect_status(const spay_call *call, spay_status expected)
{
    const spay_error *error = spay_call_error(call);

    ck_assert_msg(spay_call_status(call) == expected, "expected %s, got %s: %s",
                  spay_status_name(expected), spay_status_name(spay_call_status(call)),
                  spay_error_message(error));
}

static void succeed(account_kind kind)
{
    spay_call *call = perform(kind, NULL);

    expect_status(call, SPAY_OK);
    spay_call_free(call);
}

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
    spay_call_free(call);
}
END_TEST

/* ---- keys and bytes ---- */

/* Three attempts, or as many as the provider allows by itself. */
static void script_repeats(account_kind kind)
{
    int32_t i;

    for (i = 1; i < account_facts_of(kind)->most_attempts; i++)
        accounts_reply(&accounts, 503, "", "busy");
    accounts_reply_good(&accounts, kind);
}

static void expect_same_bytes(size_t first, size_t second)
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

static void expect_equal_attempts(account_kind kind, const char *key)
{
    const account_facts *provider = account_facts_of(kind);
    size_t skip = kind == ACCOUNT_HOSTED_FIELDS; /* the token request */
    size_t i;

    ck_assert_uint_eq(request_count(), (size_t)provider->most_attempts + skip);
    for (i = skip; i < request_count(); i++) {
        expect_same_bytes(skip, i);
        if (provider->key_header)
            ck_assert_str_eq(header(i, provider->key_header), key);
    }
}

static void script_token(account_kind kind)
{
    if (kind == ACCOUNT_HOSTED_FIELDS)
        accounts_reply(&accounts, 200, NULL, good_token_reply);
}

/* Once with a foreign loop, once blocking. */
START_TEST(every_attempt_carries_the_key_and_bytes_of_the_first)
{
    account_kind kind = (account_kind)(_i / 2);
    spay_call *call = new_call(kind, NULL);
    char key[256];

    snprintf(key, sizeof(key), "%s", spay_call_idempotency_key(call));
    ck_assert_int_eq(*key != '\0', account_facts_of(kind)->key_header != NULL);
    script_token(kind);
    script_repeats(kind);
    ck_assert_int_eq(_i % 2 ? drive(call) : spay_call_perform(call, NULL), SPAY_OK);
    expect_equal_attempts(kind, key);
    ck_assert_str_eq(spay_call_idempotency_key(call), key);
    spay_call_free(call);
}
END_TEST

START_TEST(the_session_tells_key_and_attempts)
{
    account_kind kind = (account_kind)_i;
    const account_facts *provider = account_facts_of(kind);
    spay_call *call;
    void *session;

    spay_mock_set_latency(accounts.mock, 7);
    script_token(kind);
    script_repeats(kind);
    call = perform(kind, NULL);
    ck_assert_int_eq(accounts_take_session(kind, call, &session, NULL), SPAY_OK);
    ck_assert_str_eq(accounts_session_info(session)->value, provider->value);
    ck_assert_int_eq(accounts_session_info(session)->provider, provider->provider);
    ck_assert_int_eq(accounts_session_info(session)->http_status, provider->status);
    ck_assert_str_eq(accounts_session_info(session)->idempotency_key,
                     spay_call_idempotency_key(call));
    ck_assert_int_eq(accounts_session_info(session)->attempts, provider->most_attempts);
    ck_assert_int_eq(accounts_session_info(session)->requests_sent, provider->most_attempts);
    ck_assert_int_eq(accounts_session_info(session)->token_requests, kind == ACCOUNT_HOSTED_FIELDS);
    ck_assert_int_eq(accounts_session_info(session)->elapsed_ms, spay_mock_now_ms(accounts.mock));
    accounts_free_session(kind, session);
    spay_call_free(call);
}
END_TEST

START_TEST(two_calls_have_two_keys)
{
    spay_call *first = new_call(ACCOUNT_WEPAY, NULL);
    spay_call *second = new_call(ACCOUNT_WEPAY, NULL);

    ck_assert_str_ne(spay_call_idempotency_key(first), spay_call_idempotency_key(second));
    spay_call_free(first);
    spay_call_free(second);
}
END_TEST

START_TEST(the_callers_key_is_used)
{
    static const char key[] = "7d2f1c7e-9a55-4b6c-8e38-0d6a1b2c3d4e";
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    account_kind kind = (account_kind)_i;
    spay_call *call;

    options.idempotency_key = key;
    script_token(kind);
    script_repeats(kind);
    call = perform(kind, &options);
    expect_status(call, SPAY_OK);
    expect_equal_attempts(kind, key);
    spay_call_free(call);
}
END_TEST

START_TEST(connect_client_refuses_keys_and_intents)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    spay_call *call = NULL;
    spay_error *error = NULL;

    options.idempotency_key = _i ? NULL : "some-key";
    options.intent = _i ? "order 1" : NULL;
    ck_assert_int_eq(accounts_new_call(&accounts, ACCOUNT_CONNECT_CLIENT, &options, &call, &error),
                     SPAY_E_INVALID_ARGUMENT);
    ck_assert_ptr_null(call);
    ck_assert_str_eq(spay_error_field_path(error, 0), _i ? "intent" : "idempotency_key");
    ck_assert_str_eq(spay_error_field_code(error, 0), "not_supported");
    spay_error_free(error);
}
END_TEST

static void derive(const char *secret, account_kind kind, const char *intent, char key[64])
{
    spay_client_options client = SPAY_CLIENT_OPTIONS_INIT;
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    spay_call *call;

    client.key_secret = secret;
    client.key_secret_length = strlen(secret);
    options.intent = intent;
    reopen_accounts(&client);
    call = new_call(kind, &options);
    snprintf(key, 64, "%s", spay_call_idempotency_key(call));
    script_token(kind);
    script_repeats(kind);
    ck_assert_int_eq(spay_call_perform(call, NULL), SPAY_OK);
    expect_equal_attempts(kind, key);
    spay_call_free(call);
}

/* Another client is another process, another machine. */
START_TEST(an_intent_gives_the_same_key_everywhere)
{
    char first[64];
    char again[64];
    char other_intent[64];
    char other_secret[64];
    char other_provider[64];

    derive("sixteen bytes ok", (account_kind)_i, "order 1, try 1", first);
    derive("sixteen bytes ok", (account_kind)_i, "order 1, try 1", again);
    derive("sixteen bytes ok", (account_kind)_i, "order 1, try 2", other_intent);
    derive("sixteen bytes no", (account_kind)_i, "order 1, try 1", other_secret);
    derive("sixteen bytes ok", _i == ACCOUNT_WEPAY ? ACCOUNT_CONNECT_SERVER : ACCOUNT_WEPAY,
           "order 1, try 1", other_provider);
    ck_assert_str_eq(first, again);
    ck_assert_str_ne(first, other_intent);
    ck_assert_str_ne(first, other_secret);
    ck_assert_str_ne(first, other_provider);
    ck_assert_int_eq(first[14], '4');
}
END_TEST

static void expect_option_refused(const spay_call_options *options, const char *field,
                                  const char *code)
{
    spay_call *call = NULL;
    spay_error *error = NULL;

    ck_assert_int_eq(accounts_new_call(&accounts, ACCOUNT_HOSTED_BEARER, options, &call, &error),
                     SPAY_E_INVALID_ARGUMENT);
    ck_assert_ptr_null(call);
    ck_assert_str_eq(spay_error_field_path(error, 0), field);
    ck_assert_str_eq(spay_error_field_code(error, 0), code);
    ck_assert_int_eq(spay_error_outcome(error), SPAY_OUTCOME_NOT_SENT);
    ck_assert_int_eq(spay_error_stage(error), SPAY_STAGE_INPUT);
    spay_error_free(error);
}

START_TEST(options_of_a_call_are_checked)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    const spay_call_options none = options;

    options.timeout_ms = -1;
    expect_option_refused(&options, "timeout_ms", "out_of_range");
    options.timeout_ms = 3600001;
    expect_option_refused(&options, "timeout_ms", "out_of_range");
    options = none;
    options.attempt_timeout_ms = 3600001;
    expect_option_refused(&options, "attempt_timeout_ms", "out_of_range");
    options = none;
    options.max_attempts = 11;
    expect_option_refused(&options, "max_attempts", "out_of_range");
    options = none;
    options.idempotency_key = "not-a-uuid";
    expect_option_refused(&options, "idempotency_key", "pattern");
    options.intent = "order 1";
    expect_option_refused(&options, "intent", "conflict");
    options.idempotency_key = NULL;
    expect_option_refused(&options, "key_secret", "missing");
    options = none;
    options.struct_size = 0;
    expect_option_refused(&options, "options", "struct_size");
}
END_TEST

static int32_t no_random_bytes(void *ctx, void *buffer, size_t length)
{
    (void)ctx;
    (void)buffer;
    (void)length;
    return 0;
}

START_TEST(without_random_bytes_nothing_is_sent)
{
    spay_platform platform = *spay_mock_platform(accounts.mock);
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    spay_mock *clock = accounts.mock;
    spay_call *call = NULL;

    accounts.mock = NULL;
    platform.random_bytes = no_random_bytes;
    options.platform = &platform;
    reopen_accounts(&options);
    ck_assert_int_eq(accounts_new_call(&accounts, ACCOUNT_WEPAY, NULL, &call, NULL),
                     SPAY_E_INTERNAL);
    ck_assert_ptr_null(call);
    ck_assert_uint_eq(request_count(), 0);
    accounts_close(&accounts);
    spay_mock_free(clock);
}
END_TEST

/* ---- signing ---- */

START_TEST(each_attempt_is_dated_and_signed_afresh)
{
    static const char *const dates[] = {"Thu, 01 Jan 2026 00:00:00 GMT",
                                        "Thu, 01 Jan 2026 00:00:03 GMT",
                                        "Thu, 01 Jan 2026 00:00:06 GMT"};
    size_t i;

    accounts_reply(&accounts, 503, "Retry-After: 3", "busy");
    accounts_reply(&accounts, 503, "Retry-After: 3", "busy");
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    succeed(ACCOUNT_CONNECT_SERVER);
    for (i = 0; i < 3; i++)
        ck_assert_str_eq(header(i, "Date"), dates[i]);
    ck_assert_str_ne(header(0, "Authorization"), header(1, "Authorization"));
    ck_assert_str_ne(header(1, "Authorization"), header(2, "Authorization"));
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

/* ---- outcomes and counts ---- */

/* One attempt: an HTTP status, or a transport failure and whether it had sent. */
typedef struct attempt {
    int32_t http;
    spay_status failure;
    bool sent;
} attempt;

typedef struct sequence {
    attempt attempts[4];
    spay_status status;
    int32_t outcome;
    int32_t made;
    int32_t sent;
} sequence;

#define REFUSED_CONNECT                                                                            \
    {                                                                                              \
        0, SPAY_E_CONNECT, false                                                                   \
    }
#define LOST_AFTER                                                                                 \
    {                                                                                              \
        0, SPAY_E_NETWORK, true                                                                    \
    }
#define LOST_BEFORE                                                                                \
    {                                                                                              \
        0, SPAY_E_NETWORK, false                                                                   \
    }
#define LATE_AFTER                                                                                 \
    {                                                                                              \
        0, SPAY_E_TIMEOUT, true                                                                    \
    }
#define LATE_BEFORE                                                                                \
    {                                                                                              \
        0, SPAY_E_TIMEOUT, false                                                                   \
    }

static const sequence sequences[] = {
    {{REFUSED_CONNECT, REFUSED_CONNECT, REFUSED_CONNECT},
     SPAY_E_CONNECT,
     SPAY_OUTCOME_NOT_SENT,
     3,
     0},
    {{LATE_BEFORE, LATE_BEFORE, LATE_BEFORE}, SPAY_E_TIMEOUT, SPAY_OUTCOME_NOT_SENT, 3, 0},
    {{LATE_AFTER, LATE_BEFORE, REFUSED_CONNECT}, SPAY_E_CONNECT, SPAY_OUTCOME_UNKNOWN, 3, 1},
    {{LOST_AFTER, REFUSED_CONNECT, REFUSED_CONNECT}, SPAY_E_CONNECT, SPAY_OUTCOME_UNKNOWN, 3, 1},
    {{REFUSED_CONNECT, REFUSED_CONNECT, LOST_AFTER}, SPAY_E_NETWORK, SPAY_OUTCOME_UNKNOWN, 3, 1},
    {{{429, 0, true}, {429, 0, true}, {429, 0, true}},
     SPAY_E_THROTTLED,
     SPAY_OUTCOME_REJECTED,
     3,
     3},
    {{{429, 0, true}, REFUSED_CONNECT, REFUSED_CONNECT},
     SPAY_E_CONNECT,
     SPAY_OUTCOME_REJECTED,
     3,
     1},
    {{{429, 0, true}, LOST_AFTER, {429, 0, true}}, SPAY_E_THROTTLED, SPAY_OUTCOME_UNKNOWN, 3, 3},
    {{{503, 0, true}, {400, 0, true}}, SPAY_E_REJECTED, SPAY_OUTCOME_UNKNOWN, 2, 2},
    {{{503, 0, true}, {403, 0, true}}, SPAY_E_FORBIDDEN, SPAY_OUTCOME_UNKNOWN, 2, 2},
    {{{400, 0, true}}, SPAY_E_REJECTED, SPAY_OUTCOME_REJECTED, 1, 1},
    {{{408, 0, true}, {404, 0, true}}, SPAY_E_NOT_FOUND, SPAY_OUTCOME_REJECTED, 2, 2},
    {{{500, 0, true}, {502, 0, true}, {504, 0, true}}, SPAY_E_PROVIDER, SPAY_OUTCOME_UNKNOWN, 3, 3},
    {{REFUSED_CONNECT, {401, 0, true}}, SPAY_E_AUTH, SPAY_OUTCOME_REJECTED, 2, 1},
    {{{0, SPAY_E_TLS, false}}, SPAY_E_TLS, SPAY_OUTCOME_NOT_SENT, 1, 0},
    {{{503, 0, true}, {0, SPAY_E_TLS, false}}, SPAY_E_TLS, SPAY_OUTCOME_UNKNOWN, 2, 1},
    {{{0, SPAY_E_LIMIT, true}}, SPAY_E_LIMIT, SPAY_OUTCOME_UNKNOWN, 1, 1},
    {{{0, SPAY_E_PROTOCOL, true}}, SPAY_E_PROTOCOL, SPAY_OUTCOME_UNKNOWN, 1, 1},
    {{{0, SPAY_E_NO_MEMORY, true}}, SPAY_E_NO_MEMORY, SPAY_OUTCOME_UNKNOWN, 1, 1},
    {{{0, SPAY_E_NO_MEMORY, false}}, SPAY_E_NO_MEMORY, SPAY_OUTCOME_NOT_SENT, 1, 0},
    {{{0, SPAY_E_CANCELED, true}}, SPAY_E_CANCELED, SPAY_OUTCOME_UNKNOWN, 1, 1},
    {{{200, 0, true}}, SPAY_E_PROTOCOL, SPAY_OUTCOME_UNKNOWN, 1, 1},
    {{{429, 0, true}, {200, 0, true}}, SPAY_E_PROTOCOL, SPAY_OUTCOME_UNKNOWN, 2, 2},
    {{{302, 0, true}}, SPAY_E_PROTOCOL, SPAY_OUTCOME_REJECTED, 1, 1},
    /* the one free repetition, of what had not been sent */
    {{LOST_BEFORE, {400, 0, true}}, SPAY_E_REJECTED, SPAY_OUTCOME_REJECTED, 2, 1},
    {{LOST_BEFORE, {503, 0, true}, {503, 0, true}, {503, 0, true}},
     SPAY_E_PROVIDER,
     SPAY_OUTCOME_UNKNOWN,
     4,
     3},
    {{LOST_BEFORE, LOST_BEFORE, LOST_BEFORE, LOST_BEFORE},
     SPAY_E_NETWORK,
     SPAY_OUTCOME_NOT_SENT,
     4,
     0},
};

static void script_attempt(const attempt *scripted)
{
    if (scripted->http)
        accounts_reply(&accounts, scripted->http, "", "no JSON");
    else if (scripted->failure)
        (void)spay_mock_fail(accounts.mock, scripted->failure, scripted->sent ? SPAY_YES : SPAY_NO);
}

START_TEST(the_outcome_is_the_worst_of_all_attempts)
{
    const sequence *expected = &sequences[_i];
    const spay_error *error;
    spay_call *call;
    size_t i;

    for (i = 0; i < 4; i++)
        script_attempt(&expected->attempts[i]);
    call = perform(ACCOUNT_WEPAY, NULL);
    expect_status(call, expected->status);
    error = spay_call_error(call);
    ck_assert_str_eq(spay_outcome_name(spay_error_outcome(error)),
                     spay_outcome_name(expected->outcome));
    ck_assert_int_eq(spay_error_attempts(error), expected->made);
    ck_assert_int_eq(spay_error_requests_sent(error), expected->sent);
    ck_assert_int_eq(spay_call_attempts(call), expected->made);
    ck_assert_uint_eq(request_count(), (size_t)expected->made);
    ck_assert_str_eq(spay_error_idempotency_key(error), spay_call_idempotency_key(call));
    ck_assert_int_eq(spay_error_provider(error), SPAY_PROVIDER_WEPAY);
    spay_call_free(call);
}
END_TEST

START_TEST(the_free_repetition_takes_no_time)
{
    (void)spay_mock_fail(accounts.mock, SPAY_E_NETWORK, SPAY_NO);
    accounts_reply_good(&accounts, ACCOUNT_WEPAY);
    succeed(ACCOUNT_WEPAY);
    ck_assert_int_eq(spay_mock_now_ms(accounts.mock), 0);
    ck_assert_uint_eq(request_count(), 2);
}
END_TEST

START_TEST(one_attempt_means_one_request)
{
    static const attempt once[] = {LOST_BEFORE, LOST_AFTER, {503, 0, true}, {429, 0, true}};
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    spay_call *call;

    options.max_attempts = 1;
    script_attempt(&once[_i]);
    accounts_reply_good(&accounts, ACCOUNT_WEPAY);
    call = perform(ACCOUNT_WEPAY, &options);
    ck_assert_int_lt(spay_call_status(call), 0);
    ck_assert_uint_eq(request_count(), 1);
    spay_call_free(call);
}
END_TEST

/* ---- what is repeated, by provider ---- */

typedef struct refusal {
    account_kind kind;
    int32_t http;
    const char *body;
    spay_status status;
    int32_t outcome;
    bool repeats;
    const char *reason;
} refusal;

#define R SPAY_OUTCOME_REJECTED
#define U SPAY_OUTCOME_UNKNOWN
#define WEPAY_CODE(code) "{\"error_code\":\"" code "\",\"error_message\":\"m\"}"
#define WEPAY_REASON(code) "{\"error_code\":\"X\",\"details\":[{\"reason_code\":\"" code "\"}]}"
#define CONNECT_CODE(code) "{\"errorId\":\"e\",\"errors\":[{\"code\":\"" code "\"}]}"
#define IN_USE "CONCURRENT_UNIQUE_KEY_REQUEST_IS_PROCESSING"

static const refusal refusals[] = {
    {ACCOUNT_WEPAY, 400, WEPAY_CODE("INVALID_PARAMS"), SPAY_E_REJECTED, R, false, ""},
    {ACCOUNT_WEPAY, 400, WEPAY_CODE(IN_USE), SPAY_E_BUSY, U, true, "key_in_use"},
    {ACCOUNT_WEPAY, 409, WEPAY_REASON(IN_USE), SPAY_E_BUSY, U, true, "key_in_use"},
    {ACCOUNT_WEPAY, 400, WEPAY_CODE("THROTTLE_EXCEEDED"), SPAY_E_THROTTLED, R, true, ""},
    {ACCOUNT_WEPAY, 400, WEPAY_CODE("RESOURCE_CONFLICT"), SPAY_E_BUSY, R, true,
     "resource_conflict"},
    {ACCOUNT_WEPAY, 401, "", SPAY_E_AUTH, R, false, ""},
    {ACCOUNT_WEPAY, 403, WEPAY_CODE("NOT_AUTHORIZED"), SPAY_E_FORBIDDEN, R, false, ""},
    {ACCOUNT_WEPAY, 404, "", SPAY_E_NOT_FOUND, R, false, ""},
    {ACCOUNT_WEPAY, 408, "", SPAY_E_PROVIDER, R, true, ""},
    {ACCOUNT_WEPAY, 409, "", SPAY_E_BUSY, R, true, "resource_conflict"},
    {ACCOUNT_WEPAY, 422, "", SPAY_E_REJECTED, R, false, ""},
    {ACCOUNT_WEPAY, 429, "", SPAY_E_THROTTLED, R, true, ""},
    {ACCOUNT_WEPAY, 500, WEPAY_CODE("UNEXPECTED_ERROR"), SPAY_E_PROVIDER, U, true, ""},
    {ACCOUNT_WEPAY, 599, "", SPAY_E_PROVIDER, U, true, ""},
    {ACCOUNT_WEPAY, 301, "", SPAY_E_PROTOCOL, R, false, "redirect"},
    {ACCOUNT_HOSTED_BEARER, 400, "", SPAY_E_REJECTED, R, false, ""},
    {ACCOUNT_HOSTED_BEARER, 401, "", SPAY_E_AUTH, R, false, ""},
    {ACCOUNT_HOSTED_BEARER, 403, "", SPAY_E_FORBIDDEN, R, false, ""},
    {ACCOUNT_HOSTED_BEARER, 404, "", SPAY_E_NOT_FOUND, R, false, ""},
    {ACCOUNT_HOSTED_BEARER, 406, "", SPAY_E_REJECTED, R, false, ""},
    {ACCOUNT_HOSTED_BEARER, 408, "", SPAY_E_PROVIDER, R, true, ""},
    {ACCOUNT_HOSTED_BEARER, 409, "", SPAY_E_CONFLICT, R, false, "key_in_use"},
    {ACCOUNT_HOSTED_BEARER, 413, "", SPAY_E_REJECTED, R, false, ""},
    {ACCOUNT_HOSTED_BEARER, 429, "", SPAY_E_THROTTLED, R, true, ""},
    {ACCOUNT_HOSTED_BEARER, 500, "", SPAY_E_PROVIDER, U, true, ""},
    {ACCOUNT_HOSTED_BEARER, 503, "", SPAY_E_PROVIDER, U, true, ""},
    {ACCOUNT_CONNECT_SERVER, 400, CONNECT_CODE("20000000"), SPAY_E_REJECTED, R, false, ""},
    {ACCOUNT_CONNECT_SERVER, 401, "", SPAY_E_AUTH, R, false, ""},
    {ACCOUNT_CONNECT_SERVER, 403, CONNECT_CODE("9002"), SPAY_E_AUTH, R, false, ""},
    {ACCOUNT_CONNECT_SERVER, 403, CONNECT_CODE("9007"), SPAY_E_FORBIDDEN, R, false, ""},
    {ACCOUNT_CONNECT_SERVER, 404, "", SPAY_E_NOT_FOUND, R, false, ""},
    {ACCOUNT_CONNECT_SERVER, 409, CONNECT_CODE("1409"), SPAY_E_BUSY, U, true, "key_in_use"},
    {ACCOUNT_CONNECT_SERVER, 409, "", SPAY_E_CONFLICT, R, false, ""},
    {ACCOUNT_CONNECT_SERVER, 303, "", SPAY_E_PROTOCOL, U, false, "redirect"},
    {ACCOUNT_WEPAY, 303, "", SPAY_E_PROTOCOL, U, false, "redirect"},
    {ACCOUNT_CONNECT_SERVER, 429, "", SPAY_E_THROTTLED, R, true, ""},
    {ACCOUNT_CONNECT_SERVER, 500, "", SPAY_E_PROVIDER, U, true, ""},
    {ACCOUNT_CONNECT_SERVER, 502, "", SPAY_E_PROVIDER, U, true, ""},
    {ACCOUNT_CONNECT_SERVER, 503, "", SPAY_E_PROVIDER, U, true, ""},
    {ACCOUNT_CONNECT_CLIENT, 400, "", SPAY_E_REJECTED, R, false, ""},
    {ACCOUNT_CONNECT_CLIENT, 401, "", SPAY_E_AUTH, R, false, ""},
    {ACCOUNT_CONNECT_CLIENT, 403, CONNECT_CODE("9002"), SPAY_E_AUTH, R, false, ""},
    {ACCOUNT_CONNECT_CLIENT, 403, CONNECT_CODE("9008"), SPAY_E_EXPIRED, R, false, "client_session"},
    {ACCOUNT_CONNECT_CLIENT, 403, "", SPAY_E_FORBIDDEN, R, false, ""},
    {ACCOUNT_CONNECT_CLIENT, 404, CONNECT_CODE("1426"), SPAY_E_NOT_FOUND, R, false, ""},
    {ACCOUNT_CONNECT_CLIENT, 408, "", SPAY_E_PROVIDER, R, false, ""},
    {ACCOUNT_CONNECT_CLIENT, 429, "", SPAY_E_THROTTLED, R, false, ""},
    {ACCOUNT_CONNECT_CLIENT, 500, "", SPAY_E_PROVIDER, U, false, ""},
    {ACCOUNT_CONNECT_CLIENT, 501, "", SPAY_E_PROVIDER, U, false, ""},
    {ACCOUNT_CONNECT_CLIENT, 502, "", SPAY_E_PROVIDER, U, true, ""},
    {ACCOUNT_CONNECT_CLIENT, 503, "", SPAY_E_PROVIDER, U, true, ""},
    {ACCOUNT_CONNECT_CLIENT, 504, "", SPAY_E_PROVIDER, U, true, ""},
    {ACCOUNT_CONNECT_CLIENT, 505, "", SPAY_E_PROVIDER, U, false, ""},
};

START_TEST(each_provider_says_what_may_be_repeated)
{
    const refusal *row = &refusals[_i];
    int32_t most = account_facts_of(row->kind)->most_attempts;
    const spay_error *error;
    spay_call *call;
    int32_t i;

    for (i = 0; i < most; i++)
        accounts_reply(&accounts, row->http, NULL, row->body);
    call = perform(row->kind, NULL);
    expect_status(call, row->status);
    error = spay_call_error(call);
    ck_assert_int_eq(spay_error_outcome(error), row->outcome);
    ck_assert_int_eq(spay_error_attempts(error), row->repeats ? most : 1);
    ck_assert_uint_eq(request_count(), row->repeats ? (size_t)most : 1);
    ck_assert_str_eq(spay_error_reason(error), row->reason);
    ck_assert_int_eq(spay_error_http_status(error), row->http);
    ck_assert_int_eq(spay_error_stage(error), SPAY_STAGE_REPLY);
    if (row->repeats)
        ck_assert_int_eq(spay_error_retryable(error), 1);
    spay_call_free(call);
}
END_TEST

/*
 * A key in use is another's request, unless an attempt of this very call got no answer: then that one
 * may still run, and is worth waiting for.
 */
START_TEST(a_key_in_use_by_this_very_call_is_waited_for)
{
    spay_call *call;

    if (_i)
        accounts_reply(&accounts, 503, "", "");
    accounts_reply(&accounts, 409, "", "");
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_BEARER);
    call = perform(ACCOUNT_HOSTED_BEARER, NULL);
    expect_status(call, _i ? SPAY_OK : SPAY_E_CONFLICT);
    ck_assert_uint_eq(request_count(), _i ? 3 : 1);
    spay_call_free(call);
}
END_TEST

/* ---- Retry-After ---- */

typedef struct asked_wait {
    const char *headers;
    int64_t wait_ms; /* -1: not obeyed */
    int64_t told_ms;
} asked_wait;

static const asked_wait waits[] = {
    {"Retry-After: 2", 2000, 2000},
    {"retry-after: 2", 2000, 2000},
    {"retry-after-ms: 1500\nRetry-After: 9", 1500, 1500},
    {"x-ms-retry-after-ms: 1600\nRetry-After: 9", 1600, 1600},
    {"Retry-After: Thu, 01 Jan 2026 00:00:07 GMT", 7000, 7000},
    {"Date: Wed, 31 Dec 2025 23:59:58 GMT\nRetry-After: Thu, 01 Jan 2026 00:00:07 GMT", 9000, 9000},
    {"Retry-After: 24", 24000, 24000},
    {"Retry-After: 25", -1, 25000},
    {"Retry-After: 86400", -1, 86400000},
    {"Retry-After: 99999999999999999999", -1, 31622400000},
};

START_TEST(what_the_provider_asks_to_wait_is_obeyed_or_told)
{
    const asked_wait *row = &waits[_i];
    spay_call *call;

    accounts_reply(&accounts, 429, row->headers, "slow down");
    accounts_reply_good(&accounts, ACCOUNT_WEPAY);
    call = perform(ACCOUNT_WEPAY, NULL);
    if (row->wait_ms >= 0) {
        expect_status(call, SPAY_OK);
        ck_assert_int_eq(spay_mock_request_at_ms(accounts.mock, 1), row->wait_ms);
    } else {
        expect_status(call, SPAY_E_THROTTLED);
        ck_assert_int_eq(spay_mock_now_ms(accounts.mock), 0);
        ck_assert_int_eq(spay_error_retry_after_ms(spay_call_error(call)), row->told_ms);
        ck_assert_uint_eq(request_count(), 1);
    }
    spay_call_free(call);
}
END_TEST

START_TEST(more_than_a_minute_is_not_waited_for)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    spay_call *call;

    options.timeout_ms = 3600000;
    accounts_reply(&accounts, 429, _i ? "Retry-After: 61" : "Retry-After: 60", "slow down");
    accounts_reply_good(&accounts, ACCOUNT_WEPAY);
    call = perform(ACCOUNT_WEPAY, &options);
    expect_status(call, _i ? SPAY_E_THROTTLED : SPAY_OK);
    ck_assert_int_eq(spay_mock_now_ms(accounts.mock), _i ? 0 : 60000);
    spay_call_free(call);
}
END_TEST

START_TEST(backing_off_stays_within_its_bounds)
{
    bool slow = _i % 2;
    int64_t before;
    int64_t wait;

    accounts_reply(&accounts, slow ? 429 : 503, "", "");
    accounts_reply(&accounts, slow ? 429 : 503, "", "");
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    spay_mock_advance(accounts.mock, 1);
    before = spay_mock_now_ms(accounts.mock);
    succeed(ACCOUNT_CONNECT_SERVER);
    wait = spay_mock_request_at_ms(accounts.mock, 1) - before;
    ck_assert_int_ge(wait, slow ? 500 : 0);
    ck_assert_int_le(wait, slow ? 1000 : 100);
    wait = spay_mock_request_at_ms(accounts.mock, 2) - spay_mock_request_at_ms(accounts.mock, 1);
    ck_assert_int_ge(wait, slow ? 500 : 0);
    ck_assert_int_le(wait, slow ? 2000 : 200);
}
END_TEST

/* WePay counts the requests of any ten seconds: the last attempt must be later than that. */
START_TEST(the_throttle_of_wepay_is_waited_out)
{
    static const attempt throttled = {429, 0, true};

    if (_i) {
        accounts_reply(&accounts, 400, NULL, WEPAY_CODE("THROTTLE_EXCEEDED"));
        accounts_reply(&accounts, 400, NULL, WEPAY_CODE("THROTTLE_EXCEEDED"));
    } else {
        script_attempt(&throttled);
        script_attempt(&throttled);
    }
    accounts_reply_good(&accounts, ACCOUNT_WEPAY);
    succeed(ACCOUNT_WEPAY);
    ck_assert_int_ge(spay_mock_request_at_ms(accounts.mock, 1), 5000);
    ck_assert_int_ge(spay_mock_request_at_ms(accounts.mock, 2), 10000);
    ck_assert_int_le(spay_mock_request_at_ms(accounts.mock, 2), 15000);
}
END_TEST

/* ---- the budget ---- */

static const attempt outages[] = {REFUSED_CONNECT, LOST_AFTER,     LATE_AFTER,
                                  {503, 0, true},  {429, 0, true}, {500, 0, true}};

/* A call of which every attempt fails in the same way. */
static void fail_call(account_kind kind, const attempt *outage)
{
    size_t before = request_count();
    spay_call *call = new_call(kind, NULL);
    int32_t next;

    while ((next = spay_call_step(call)) != SPAY_CALL_DONE) {
        if (next == SPAY_CALL_SEND) {
            script_attempt(outage);
            serve(call);
        } else {
            spay_mock_advance(accounts.mock, spay_call_wait_ms(call));
        }
    }
    ck_assert_int_eq(spay_error_attempts(spay_call_error(call)),
                     (int32_t)(request_count() - before));
    spay_call_free(call);
}

/* A provider that is down must not be hit harder than one that is up. */
START_TEST(a_total_failure_costs_at_most_a_tenth_more_requests)
{
    int i;

    for (i = 0; i < 1000; i++)
        fail_call(_i % 2 ? ACCOUNT_CONNECT_SERVER : ACCOUNT_WEPAY, &outages[_i / 2]);
    ck_assert_uint_ge(request_count(), 1001);
    ck_assert_uint_le(request_count(), 1100);
}
END_TEST

/* How many requests a call makes whose first attempt is answered with 503. */
static size_t requests_after_a_failure(account_kind kind)
{
    size_t before = request_count();

    accounts_reply(&accounts, 503, "", "");
    accounts_reply_good(&accounts, kind);
    spay_call_free(perform(kind, NULL));
    return request_count() - before;
}

/* Drop what is left of the script of a call that did not use it up. */
static void use_up_script(account_kind kind)
{
    succeed(kind);
}

/* Good calls fill it again, and another host has its own. */
START_TEST(the_budget_is_per_host_and_recovers)
{
    int i;

    ck_assert_uint_eq(requests_after_a_failure(ACCOUNT_WEPAY), 2);
    for (i = 0; i < 40; i++)
        fail_call(ACCOUNT_WEPAY, &outages[3]);
    ck_assert_uint_eq(requests_after_a_failure(ACCOUNT_WEPAY), 1);
    use_up_script(ACCOUNT_WEPAY);
    ck_assert_uint_eq(requests_after_a_failure(ACCOUNT_CONNECT_SERVER), 2);
    for (i = 0; i < 14; i++) {
        accounts_reply_good(&accounts, ACCOUNT_WEPAY);
        succeed(ACCOUNT_WEPAY);
    }
    ck_assert_uint_eq(requests_after_a_failure(ACCOUNT_WEPAY), 2);
}
END_TEST

/* ---- tokens ---- */

static bool is_token_request(size_t index)
{
    return strcmp(spay_mock_request_url(accounts.mock, index),
                  "https://identity.example/authorize") == 0;
}

static void reply_token(const char *token, int seconds)
{
    char body[128];

    snprintf(body, sizeof(body), "{\"access_token\":\"%s\",\"expires_in\":%d}", token, seconds);
    accounts_reply(&accounts, 200, NULL, body);
}

START_TEST(the_first_call_fetches_a_token_and_the_second_has_it)
{
    reply_token("one", 3600);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    succeed(ACCOUNT_HOSTED_FIELDS);
    succeed(ACCOUNT_HOSTED_FIELDS);
    ck_assert_uint_eq(request_count(), 3);
    ck_assert(is_token_request(0));
    ck_assert_str_eq(header(0, "x-api-key"), "not-a-real-key");
    ck_assert_ptr_null(spay_mock_request_header(accounts.mock, 0, "Authorization"));
    ck_assert_str_eq(header(1, "Authorization"), "Bearer one");
    ck_assert_ptr_null(spay_mock_request_header(accounts.mock, 1, "x-api-key"));
    ck_assert_str_eq(header(2, "Authorization"), "Bearer one");
}
END_TEST

/* Lifetime, and how long the token serves: two minutes less, or half of a short one. */
static const int lifetimes[][2] = {{3600, 3480}, {600, 480}, {100, 50}, {2, 1}};

START_TEST(a_token_is_renewed_before_it_expires)
{
    int64_t serves_ms = lifetimes[_i][1] * 1000;

    reply_token("one", lifetimes[_i][0]);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    succeed(ACCOUNT_HOSTED_FIELDS);
    spay_mock_advance(accounts.mock, serves_ms - 1);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    succeed(ACCOUNT_HOSTED_FIELDS);
    ck_assert_uint_eq(request_count(), 3);
    spay_mock_advance(accounts.mock, 1);
    reply_token("two", 3600);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    succeed(ACCOUNT_HOSTED_FIELDS);
    ck_assert_uint_eq(request_count(), 5);
    ck_assert(is_token_request(3));
    ck_assert_str_eq(header(4, "Authorization"), "Bearer two");
}
END_TEST

/* Its life is counted from when it was asked for, not from when the answer came. */
START_TEST(a_slow_token_is_not_older_than_it_is)
{
    spay_mock_set_latency(accounts.mock, 9000);
    reply_token("one", 3600);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    succeed(ACCOUNT_HOSTED_FIELDS);
    spay_mock_set_latency(accounts.mock, 0);
    spay_mock_advance(accounts.mock, 3480000 - 18000);
    reply_token("two", 3600);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    succeed(ACCOUNT_HOSTED_FIELDS);
    ck_assert_uint_eq(request_count(), 4);
    ck_assert(is_token_request(2));
}
END_TEST

static void expect_replay(size_t first, size_t second)
{
    expect_same_bytes(first, second);
    ck_assert_str_eq(header(first, "Idempotency-Key"), header(second, "Idempotency-Key"));
}

/* Whether the refused token was this call's own or from the cache. */
START_TEST(a_refused_token_is_renewed_once_and_the_request_replayed)
{
    size_t before = 0;
    spay_call *call;
    void *session;

    if (_i) {
        reply_token("old", 3600);
        accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
        succeed(ACCOUNT_HOSTED_FIELDS);
        before = request_count();
    } else {
        reply_token("one", 3600);
    }
    accounts_reply(&accounts, 401, "", "");
    reply_token("two", 3600);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    call = perform(ACCOUNT_HOSTED_FIELDS, NULL);
    expect_status(call, SPAY_OK);
    before += _i ? 0 : 1;
    ck_assert_uint_eq(request_count(), before + 3);
    ck_assert(is_token_request(before + 1));
    expect_replay(before, before + 2);
    ck_assert_str_eq(header(before + 2, "Authorization"), "Bearer two");
    ck_assert_int_eq(spay_mock_now_ms(accounts.mock), 0);
    ck_assert_int_eq(accounts_take_session(ACCOUNT_HOSTED_FIELDS, call, &session, NULL), SPAY_OK);
    ck_assert_int_eq(accounts_session_info(session)->attempts, 2);
    ck_assert_int_eq(accounts_session_info(session)->token_requests, _i ? 1 : 2);
    accounts_free_session(ACCOUNT_HOSTED_FIELDS, session);
    spay_call_free(call);
}
END_TEST

START_TEST(a_token_refused_twice_is_an_auth_error)
{
    spay_call *call;

    reply_token("one", 3600);
    accounts_reply(&accounts, 401, "", "");
    reply_token("two", 3600);
    accounts_reply(&accounts, 401, "", "");
    call = perform(ACCOUNT_HOSTED_FIELDS, NULL);
    expect_status(call, SPAY_E_AUTH);
    ck_assert_uint_eq(request_count(), 4);
    expect_replay(1, 3);
    ck_assert_int_eq(spay_error_outcome(spay_call_error(call)), SPAY_OUTCOME_REJECTED);
    ck_assert_int_eq(spay_error_attempts(spay_call_error(call)), 2);
    ck_assert_int_eq(spay_error_requests_sent(spay_call_error(call)), 2);
    ck_assert_int_eq(spay_error_stage(spay_call_error(call)), SPAY_STAGE_REPLY);
    spay_call_free(call);
}
END_TEST

static const struct token_failure {
    attempt attempt;
    spay_status status;
    size_t requests;
} token_failures[] = {
    {{503, 0, true}, SPAY_E_PROVIDER, 3}, {{401, 0, true}, SPAY_E_AUTH, 1},
    {{400, 0, true}, SPAY_E_AUTH, 1},     {{403, 0, true}, SPAY_E_AUTH, 1},
    {{200, 0, true}, SPAY_E_PROTOCOL, 1}, {{429, 0, true}, SPAY_E_THROTTLED, 3},
    {LOST_AFTER, SPAY_E_NETWORK, 3},      {REFUSED_CONNECT, SPAY_E_CONNECT, 3},
    {LATE_AFTER, SPAY_E_TIMEOUT, 3},      {{0, SPAY_E_TLS, false}, SPAY_E_TLS, 1},
};

/* Whatever became of the token request, the operation was not sent. */
START_TEST(a_failing_token_endpoint_leaves_the_operation_unsent)
{
    const struct token_failure *row = &token_failures[_i];
    const spay_error *error;
    spay_call *call;
    int i;

    for (i = 0; i < 3; i++)
        script_attempt(&row->attempt);
    call = perform(ACCOUNT_HOSTED_FIELDS, NULL);
    expect_status(call, row->status);
    error = spay_call_error(call);
    ck_assert_int_eq(spay_error_stage(error), SPAY_STAGE_TOKEN);
    ck_assert_int_eq(spay_error_outcome(error), SPAY_OUTCOME_NOT_SENT);
    ck_assert_int_eq(spay_error_attempts(error), 0);
    ck_assert_int_eq(spay_error_requests_sent(error), 0);
    ck_assert_uint_eq(request_count(), row->requests);
    spay_call_free(call);
}
END_TEST

START_TEST(a_token_that_cannot_be_renewed_keeps_the_worst_outcome)
{
    spay_call *call;

    reply_token("one", 3600);
    accounts_reply(&accounts, 503, "", "");
    accounts_reply(&accounts, 401, "", "");
    accounts_reply(&accounts, 403, "", "");
    call = perform(ACCOUNT_HOSTED_FIELDS, NULL);
    expect_status(call, SPAY_E_AUTH);
    ck_assert_int_eq(spay_error_stage(spay_call_error(call)), SPAY_STAGE_TOKEN);
    ck_assert_int_eq(spay_error_outcome(spay_call_error(call)), SPAY_OUTCOME_UNKNOWN);
    ck_assert_int_eq(spay_error_attempts(spay_call_error(call)), 2);
    spay_call_free(call);
}
END_TEST

/* Two calls at the same point: the first is to fetch, the second to wait. */
static void begin_pair(spay_call **fetching, spay_call **waiting)
{
    *fetching = new_call(ACCOUNT_HOSTED_FIELDS, NULL);
    *waiting = new_call(ACCOUNT_HOSTED_FIELDS, NULL);
    ck_assert_int_eq(spay_call_step(*fetching), SPAY_CALL_SEND);
    ck_assert_int_eq(spay_call_step(*waiting), SPAY_CALL_WAIT);
    ck_assert_int_gt(spay_call_wait_ms(*waiting), 0);
    ck_assert_int_le(spay_call_wait_ms(*waiting), 100);
}

START_TEST(two_calls_share_one_token_request)
{
    spay_call *first;
    spay_call *second;

    begin_pair(&first, &second);
    reply_token("shared", 3600);
    serve(first);
    ck_assert_int_eq(spay_call_step(second), SPAY_CALL_SEND);
    ck_assert_int_eq(spay_call_step(first), SPAY_CALL_SEND);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    serve(second);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    serve(first);
    expect_status(first, SPAY_OK);
    expect_status(second, SPAY_OK);
    ck_assert_uint_eq(request_count(), 3);
    ck_assert_str_eq(header(1, "Authorization"), "Bearer shared");
    ck_assert_str_eq(header(2, "Authorization"), "Bearer shared");
    spay_call_free(first);
    spay_call_free(second);
}
END_TEST

START_TEST(calls_that_wait_for_a_token_share_its_failure)
{
    spay_call *first;
    spay_call *second;

    begin_pair(&first, &second);
    accounts_reply(&accounts, 401, "", "");
    serve(first);
    ck_assert_int_eq(spay_call_step(first), SPAY_CALL_DONE);
    ck_assert_int_eq(spay_call_step(second), SPAY_CALL_DONE);
    expect_status(first, SPAY_E_AUTH);
    expect_status(second, SPAY_E_AUTH);
    ck_assert_uint_eq(request_count(), 1);
    ck_assert_int_eq(spay_error_stage(spay_call_error(second)), SPAY_STAGE_TOKEN);
    ck_assert_int_eq(spay_error_outcome(spay_call_error(second)), SPAY_OUTCOME_NOT_SENT);
    ck_assert_str_eq(spay_error_idempotency_key(spay_call_error(second)),
                     spay_call_idempotency_key(second));
    ck_assert_str_ne(spay_error_idempotency_key(spay_call_error(first)),
                     spay_error_idempotency_key(spay_call_error(second)));
    spay_call_free(first);
    spay_call_free(second);
}
END_TEST

/* ---- one call's limits are its own ---- */

/* Serve a call's next request with what its endpoint answers when all is well. */
static void serve_well(spay_call *call)
{
    if (strstr(spay_http_request_url(spay_call_request(call)), "/authorize"))
        reply_token("token", 3600);
    else
        accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    serve(call);
}

static spay_status drive_well(spay_call *call)
{
    int32_t next;

    while ((next = spay_call_step(call)) != SPAY_CALL_DONE)
        if (next == SPAY_CALL_SEND)
            serve_well(call);
        else
            spay_mock_advance(accounts.mock, spay_call_wait_ms(call));
    return spay_call_status(call);
}

typedef struct limited {
    spay_call_options options;
    attempt attempt; /* how its only token request ends */
    int64_t after_ms;
    spay_status status;
} limited;

static const limited limited_fetchers[] = {
    {{sizeof(spay_call_options), NULL, NULL, 300, 0, 0}, LATE_AFTER, 300, SPAY_E_TIMEOUT},
    {{sizeof(spay_call_options), NULL, NULL, 300, 0, 0}, {503, 0, true}, 299, SPAY_E_PROVIDER},
    {{sizeof(spay_call_options), NULL, NULL, 0, 0, 1}, {503, 0, true}, 5, SPAY_E_PROVIDER},
    {{sizeof(spay_call_options), NULL, NULL, 0, 0, 1}, REFUSED_CONNECT, 5, SPAY_E_CONNECT},
    {{sizeof(spay_call_options), NULL, NULL, 0, 200, 1}, LATE_AFTER, 200, SPAY_E_TIMEOUT},
    {{sizeof(spay_call_options), NULL, NULL, 0, 0, 0},
     {0, SPAY_E_NO_MEMORY, false},
     5,
     SPAY_E_NO_MEMORY},
};

/* What ends the call that fetches alone does not fail the others, who have the usual limits. */
START_TEST(a_fetchers_own_limits_do_not_fail_those_who_wait)
{
    const limited *row = &limited_fetchers[_i];
    spay_call *fetching = new_call(ACCOUNT_HOSTED_FIELDS, &row->options);
    spay_call *waiting[3];
    size_t i;

    ck_assert_int_eq(spay_call_step(fetching), SPAY_CALL_SEND);
    for (i = 0; i < 3; i++) {
        waiting[i] = new_call(ACCOUNT_HOSTED_FIELDS, NULL);
        ck_assert_int_eq(spay_call_step(waiting[i]), SPAY_CALL_WAIT);
    }
    spay_mock_advance(accounts.mock, row->after_ms);
    script_attempt(&row->attempt);
    serve(fetching);
    ck_assert_int_eq(spay_call_step(fetching), SPAY_CALL_DONE);
    expect_status(fetching, row->status);
    for (i = 0; i < 3; i++) {
        (void)drive_well(waiting[i]);
        expect_status(waiting[i], SPAY_OK);
        spay_call_free(waiting[i]);
    }
    ck_assert_uint_eq(request_count(), 5);
    spay_call_free(fetching);
}
END_TEST

/* All the fetchers together try as often as one call would: then the failure is everybody's. */
START_TEST(a_service_that_is_down_is_not_asked_again_by_each_who_waits)
{
    spay_call_options once = SPAY_CALL_OPTIONS_INIT;
    spay_call *fetching;
    spay_call *waiting[4];
    size_t i;

    once.max_attempts = 1;
    fetching = new_call(ACCOUNT_HOSTED_FIELDS, &once);
    ck_assert_int_eq(spay_call_step(fetching), SPAY_CALL_SEND);
    for (i = 0; i < 4; i++) {
        waiting[i] = new_call(ACCOUNT_HOSTED_FIELDS, NULL);
        ck_assert_int_eq(spay_call_step(waiting[i]), SPAY_CALL_WAIT);
    }
    accounts_reply(&accounts, 503, "", "");
    accounts_reply(&accounts, 503, "", "");
    accounts_reply(&accounts, 503, "", "");
    serve(fetching);
    expect_status(fetching, SPAY_E_PROVIDER);
    for (i = 0; i < 4; i++) {
        ck_assert_int_eq(drive(waiting[i]), SPAY_E_PROVIDER);
        spay_call_free(waiting[i]);
    }
    ck_assert_uint_eq(request_count(), 3);
    spay_call_free(fetching);
}
END_TEST

/* Whoever takes the fetch over keeps to what the service asked for. */
START_TEST(retry_after_binds_the_next_fetcher_too)
{
    spay_call_options once = SPAY_CALL_OPTIONS_INIT;
    spay_call_options hasty = SPAY_CALL_OPTIONS_INIT;
    spay_call *calls[3];

    once.max_attempts = 1;
    hasty.timeout_ms = 6000;
    calls[0] = new_call(ACCOUNT_HOSTED_FIELDS, &once);
    calls[1] = new_call(ACCOUNT_HOSTED_FIELDS, &hasty);
    calls[2] = new_call(ACCOUNT_HOSTED_FIELDS, NULL);
    ck_assert_int_eq(spay_call_step(calls[0]), SPAY_CALL_SEND);
    ck_assert_int_eq(spay_call_step(calls[1]), SPAY_CALL_WAIT);
    ck_assert_int_eq(spay_call_step(calls[2]), SPAY_CALL_WAIT);
    accounts_reply(&accounts, 429, "Retry-After: 7", "");
    serve(calls[0]);
    ck_assert_int_eq(spay_call_step(calls[1]), SPAY_CALL_DONE);
    expect_status(calls[1], SPAY_E_THROTTLED);
    ck_assert_int_eq(drive_well(calls[2]), SPAY_OK);
    ck_assert_int_eq(spay_mock_request_at_ms(accounts.mock, 1), 7000);
    spay_call_free(calls[0]);
    spay_call_free(calls[1]);
    spay_call_free(calls[2]);
}
END_TEST

START_TEST(a_token_without_lifetime_serves_all_who_waited)
{
    spay_call *first;
    spay_call *second;

    begin_pair(&first, &second);
    reply_token("brief", 0);
    serve(first);
    ck_assert_int_eq(spay_call_step(second), SPAY_CALL_SEND);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    serve(second);
    ck_assert_int_eq(spay_call_step(first), SPAY_CALL_SEND);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    serve(first);
    expect_status(first, SPAY_OK);
    expect_status(second, SPAY_OK);
    ck_assert_uint_eq(request_count(), 3);
    ck_assert_str_eq(header(1, "Authorization"), "Bearer brief");
    spay_call_free(first);
    spay_call_free(second);
}
END_TEST

/* Ways in which a call that fetches can go. */
enum {
    FREED_WHILE_SENDING,
    FREED_WHILE_BACKING_OFF,
    CANCELED_WHILE_SENDING,
    CANCELED_WHILE_BACKING_OFF,
    TIMED_OUT_WHILE_BACKING_OFF,
    WAYS_TO_GO
};

static void fail_once(spay_call *call)
{
    accounts_reply(&accounts, 503, "Retry-After: 20", "");
    serve(call);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_WAIT);
}

static void go(spay_call *call, int way)
{
    if (way == FREED_WHILE_BACKING_OFF || way == CANCELED_WHILE_BACKING_OFF ||
        way == TIMED_OUT_WHILE_BACKING_OFF)
        fail_once(call);
    if (way == FREED_WHILE_SENDING || way == FREED_WHILE_BACKING_OFF) {
        spay_call_free(call);
        return;
    }
    if (way == TIMED_OUT_WHILE_BACKING_OFF)
        spay_mock_advance(accounts.mock, 25000);
    else
        spay_call_cancel(call);
    if (way == CANCELED_WHILE_SENDING)
        ck_assert_int_eq(spay_call_respond(call, SPAY_E_CANCELED), SPAY_OK);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_DONE);
    expect_status(call, way == TIMED_OUT_WHILE_BACKING_OFF ? SPAY_E_TIMEOUT : SPAY_E_CANCELED);
    ck_assert_int_eq(spay_error_outcome(spay_call_error(call)), SPAY_OUTCOME_NOT_SENT);
}

START_TEST(a_fetching_call_that_goes_lets_another_fetch)
{
    spay_call *first;
    spay_call *second;
    spay_call *third;

    begin_pair(&first, &second);
    go(first, _i);
    third = new_call(ACCOUNT_HOSTED_FIELDS, NULL);
    ck_assert_int_eq(spay_call_step(third), SPAY_CALL_SEND);
    reply_token("fresh", 3600);
    serve(third);
    ck_assert_int_eq(spay_call_step(third), SPAY_CALL_SEND);
    if (_i != TIMED_OUT_WHILE_BACKING_OFF)
        ck_assert_int_eq(spay_call_step(second), SPAY_CALL_SEND);
    if (_i != FREED_WHILE_SENDING && _i != FREED_WHILE_BACKING_OFF)
        spay_call_free(first);
    spay_call_free(second);
    spay_call_free(third);
}
END_TEST

START_TEST(a_token_request_that_ends_with_the_deadline_says_so)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    spay_call *call;

    options.timeout_ms = 5000;
    call = new_call(ACCOUNT_HOSTED_FIELDS, &options);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_SEND);
    accounts_reply(&accounts, 503, "Retry-After: 4", "");
    serve(call);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_WAIT);
    spay_mock_advance(accounts.mock, 5000);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_DONE);
    expect_status(call, SPAY_E_TIMEOUT);
    ck_assert_int_eq(spay_error_stage(spay_call_error(call)), SPAY_STAGE_TOKEN);
    spay_call_free(call);
}
END_TEST

/* Without a key there is none in use: the request collides with another one. */
START_TEST(a_key_in_use_without_a_key_is_a_conflict)
{
    spay_connect_server_options options = SPAY_CONNECT_SERVER_OPTIONS_INIT;
    spay_connect_server *keyless = NULL;
    spay_connect_server_session *session = NULL;
    spay_error *error = NULL;

    options.base_url = "https://connect.example";
    options.merchant_id = "4217";
    options.api_key_id = "key-id";
    options.secret_api_key = "secret";
    ck_assert_int_eq(spay_connect_server_new(accounts.client, &options, &keyless, NULL), SPAY_OK);
    accounts_reply(&accounts, 409, "", CONNECT_CODE("1409"));
    ck_assert_int_eq(spay_connect_server_session_create(keyless, NULL, NULL, &session, &error),
                     SPAY_E_CONFLICT);
    ck_assert_int_eq(spay_error_outcome(error), SPAY_OUTCOME_REJECTED);
    ck_assert_uint_eq(request_count(), 1);
    spay_error_free(error);
    spay_connect_server_free(keyless);
}
END_TEST

START_TEST(waiting_for_a_token_ends_with_the_deadline)
{
    spay_call *first;
    spay_call *second;

    begin_pair(&first, &second);
    while (spay_call_step(second) == SPAY_CALL_WAIT) {
        ck_assert_int_lt(spay_mock_now_ms(accounts.mock), 25000);
        spay_mock_advance(accounts.mock, spay_call_wait_ms(second));
    }
    expect_status(second, SPAY_E_TIMEOUT);
    ck_assert_int_eq(spay_mock_now_ms(accounts.mock), 25000);
    ck_assert_int_eq(spay_error_stage(spay_call_error(second)), SPAY_STAGE_TOKEN);
    ck_assert_int_eq(spay_error_outcome(spay_call_error(second)), SPAY_OUTCOME_NOT_SENT);
    spay_call_free(first);
    spay_call_free(second);
}
END_TEST

/* An ageing token still serves the others while one of them renews it. */
START_TEST(nobody_waits_while_the_old_token_lives)
{
    spay_call *first;
    spay_call *second;

    reply_token("old", 3600);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    succeed(ACCOUNT_HOSTED_FIELDS);
    spay_mock_advance(accounts.mock, 3500000);
    first = new_call(ACCOUNT_HOSTED_FIELDS, NULL);
    second = new_call(ACCOUNT_HOSTED_FIELDS, NULL);
    ck_assert_int_eq(spay_call_step(first), SPAY_CALL_SEND);
    ck_assert_int_eq(spay_call_step(second), SPAY_CALL_SEND);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    serve(second);
    ck_assert(!is_token_request(2));
    ck_assert_str_eq(header(2, "Authorization"), "Bearer old");
    spay_call_free(first);
    spay_call_free(second);
}
END_TEST

/* Both saw the old token refused; the second to say so must not drop the new one. */
START_TEST(one_refused_token_is_renewed_once_for_all)
{
    spay_call *first = new_call(ACCOUNT_HOSTED_FIELDS, NULL);
    spay_call *second = new_call(ACCOUNT_HOSTED_FIELDS, NULL);

    reply_token("old", 3600);
    ck_assert_int_eq(spay_call_step(first), SPAY_CALL_SEND);
    serve(first);
    ck_assert_int_eq(spay_call_step(first), SPAY_CALL_SEND);
    ck_assert_int_eq(spay_call_step(second), SPAY_CALL_SEND);
    accounts_reply(&accounts, 401, "", "");
    serve(first);
    ck_assert_int_eq(spay_call_step(first), SPAY_CALL_SEND);
    reply_token("new", 3600);
    serve(first);
    accounts_reply(&accounts, 401, "", "");
    serve(second);
    ck_assert_int_eq(spay_call_step(second), SPAY_CALL_SEND);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    serve(second);
    expect_status(second, SPAY_OK);
    ck_assert_int_eq(spay_call_step(first), SPAY_CALL_SEND);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    serve(first);
    expect_status(first, SPAY_OK);
    ck_assert_uint_eq(request_count(), 6);
    spay_call_free(first);
    spay_call_free(second);
}
END_TEST

START_TEST(the_callers_own_token_is_never_renewed)
{
    spay_call *call;

    accounts_reply(&accounts, 401, "", "");
    call = perform(ACCOUNT_HOSTED_BEARER, NULL);
    expect_status(call, SPAY_E_AUTH);
    ck_assert_uint_eq(request_count(), 1);
    ck_assert_str_eq(header(0, "Authorization"), "Bearer brought-token");
    spay_call_free(call);
}
END_TEST

START_TEST(the_callers_own_token_can_be_replaced)
{
    spay_error *error = NULL;

    ck_assert_int_eq(spay_hosted_fields_set_bearer_token(accounts.hosted_bearer, "second", &error),
                     SPAY_OK);
    ck_assert_ptr_null(error);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_BEARER);
    succeed(ACCOUNT_HOSTED_BEARER);
    ck_assert_str_eq(header(0, "Authorization"), "Bearer second");

    ck_assert_int_eq(spay_hosted_fields_set_bearer_token(accounts.hosted_bearer, "a b", &error),
                     SPAY_E_INVALID_ARGUMENT);
    ck_assert_str_eq(spay_error_field_path(error, 0), "bearer_token");
    spay_error_free(error);
    ck_assert_int_eq(spay_hosted_fields_set_bearer_token(accounts.hosted_fields, "second", &error),
                     SPAY_E_STATE);
    spay_error_free(error);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_BEARER);
    succeed(ACCOUNT_HOSTED_BEARER);
    ck_assert_str_eq(header(1, "Authorization"), "Bearer second");
}
END_TEST

/* "Calls that run keep the old one for the attempt in flight": the next attempt has the new one. */
START_TEST(a_replaced_token_serves_the_next_attempt)
{
    spay_call *call = new_call(ACCOUNT_HOSTED_BEARER, NULL);

    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_SEND);
    ck_assert_int_eq(spay_hosted_fields_set_bearer_token(accounts.hosted_bearer, "second", NULL),
                     SPAY_OK);
    accounts_reply(&accounts, 503, "", "");
    serve(call);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_BEARER);
    ck_assert_int_eq(drive(call), SPAY_OK);
    ck_assert_str_eq(header(0, "Authorization"), "Bearer brought-token");
    ck_assert_str_eq(header(1, "Authorization"), "Bearer second");
    spay_call_free(call);
}
END_TEST

/* ---- clocks ---- */

START_TEST(a_wrong_clock_is_corrected_once)
{
    static const int32_t statuses[] = {403, 401};
    spay_call *call;
    void *session;

    accounts_reply(&accounts, statuses[_i], "Date: " TEN_MINUTES_ON, CLOCK_REFUSAL);
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    call = perform(ACCOUNT_CONNECT_SERVER, NULL);
    expect_status(call, SPAY_OK);
    ck_assert_uint_eq(request_count(), 2);
    ck_assert_str_eq(header(1, "Date"), TEN_MINUTES_ON);
    ck_assert_str_ne(header(0, "Authorization"), header(1, "Authorization"));
    ck_assert_str_eq(header(0, "X-GCS-Idempotence-Key"), header(1, "X-GCS-Idempotence-Key"));
    expect_same_bytes(0, 1);
    ck_assert_int_eq(spay_mock_now_ms(accounts.mock), 0);
    ck_assert_int_eq(accounts_take_session(ACCOUNT_CONNECT_SERVER, call, &session, NULL), SPAY_OK);
    ck_assert_int_eq(accounts_session_info(session)->attempts, 2);
    accounts_free_session(ACCOUNT_CONNECT_SERVER, session);
    spay_call_free(call);
}
END_TEST

START_TEST(the_account_remembers_the_offset)
{
    accounts_reply(&accounts, 403, "Date: " TEN_MINUTES_ON, CLOCK_REFUSAL);
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    succeed(ACCOUNT_CONNECT_SERVER);
    spay_mock_advance(accounts.mock, 5000);
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    succeed(ACCOUNT_CONNECT_SERVER);
    ck_assert_uint_eq(request_count(), 3);
    ck_assert_str_eq(header(2, "Date"), "Thu, 01 Jan 2026 00:10:05 GMT");
}
END_TEST

/* How much this machine's clock is behind the provider's, in seconds; and one that was never set. */
static const int64_t skews[] = {61, 90, 300, 3600, 86400, -61, -300, -3600, -86400, 1767225600};

START_TEST(any_skew_costs_one_more_attempt_and_then_none)
{
    char date[SPAY__HTTP_DATE_SIZE];
    char field[SPAY__HTTP_DATE_SIZE + 8] = "Date: ";

    spay__http_date_format(1767225600, date);
    memcpy(field + 6, date, sizeof(date));
    spay_mock_set_wall(accounts.mock, (1767225600 - skews[_i]) * 1000);
    accounts_reply(&accounts, 403, field, CLOCK_REFUSAL);
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    succeed(ACCOUNT_CONNECT_SERVER);
    ck_assert_uint_eq(request_count(), 2);
    ck_assert_str_eq(header(1, "Date"), date);
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    succeed(ACCOUNT_CONNECT_SERVER);
    ck_assert_uint_eq(request_count(), 3);
    ck_assert_str_eq(header(2, "Date"), date);
}
END_TEST

/* A few seconds are no reason to distrust the clock: the key is what is wrong then. */
static const int64_t small_skews[] = {0, 5, 30, 59, -5, -59};

START_TEST(a_small_skew_is_not_the_clocks_fault)
{
    char date[SPAY__HTTP_DATE_SIZE];
    char field[SPAY__HTTP_DATE_SIZE + 8] = "Date: ";
    spay_call *call;

    spay__http_date_format(1767225600, date);
    memcpy(field + 6, date, sizeof(date));
    spay_mock_set_wall(accounts.mock, (1767225600 - small_skews[_i]) * 1000);
    accounts_reply(&accounts, 403, field, CLOCK_REFUSAL);
    call = perform(ACCOUNT_CONNECT_SERVER, NULL);
    expect_status(call, SPAY_E_AUTH);
    ck_assert_uint_eq(request_count(), 1);
    spay_call_free(call);
}
END_TEST

/* Refused at both times, it is not the clock: wrong secret and wrong clock, as at a new till. */
START_TEST(a_signature_refused_with_the_right_date_is_about_the_credentials)
{
    spay_call *call;
    int i;

    for (i = 0; i < 2; i++) {
        accounts_reply(&accounts, 403, "Date: " TEN_MINUTES_ON, CLOCK_REFUSAL);
        accounts_reply(&accounts, 403, "Date: " TEN_MINUTES_ON, CLOCK_REFUSAL);
        call = perform(ACCOUNT_CONNECT_SERVER, NULL);
        expect_status(call, SPAY_E_AUTH);
        ck_assert_uint_eq(request_count(), 2 * (size_t)(i + 1));
        ck_assert_ptr_null(strstr(spay_error_message(spay_call_error(call)), " 0 s "));
        ck_assert_ptr_nonnull(strstr(spay_error_message(spay_call_error(call)), "secret"));
        ck_assert_int_eq(spay_error_outcome(spay_call_error(call)), SPAY_OUTCOME_REJECTED);
        ck_assert_int_eq(spay_error_attempts(spay_call_error(call)), 2);
        spay_call_free(call);
    }
}
END_TEST

/* What was not accepted is not kept: the next call signs with this machine's time again. */
START_TEST(an_offset_that_did_not_help_is_dropped)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    spay_call *call;

    options.max_attempts = 2;
    accounts_reply(&accounts, 403, "Date: " TEN_MINUTES_ON, CLOCK_REFUSAL);
    accounts_reply(&accounts, 403, "Date: " TEN_MINUTES_ON, CLOCK_REFUSAL);
    call = perform(ACCOUNT_CONNECT_SERVER, &options);
    ck_assert_str_eq(header(1, "Date"), TEN_MINUTES_ON);
    spay_call_free(call);
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    succeed(ACCOUNT_CONNECT_SERVER);
    ck_assert_str_eq(header(2, "Date"), "Thu, 01 Jan 2026 00:00:00 GMT");
}
END_TEST

START_TEST(a_wrong_clock_that_may_not_be_corrected_is_a_clock_error)
{
    spay_call_options once = SPAY_CALL_OPTIONS_INIT;
    spay_call *call;

    once.max_attempts = 1;
    accounts_reply(&accounts, 403, "Date: " TEN_MINUTES_ON, CLOCK_REFUSAL);
    call = perform(ACCOUNT_CONNECT_SERVER, &once);
    expect_status(call, SPAY_E_CLOCK);
    ck_assert_ptr_nonnull(strstr(spay_error_message(spay_call_error(call)), "600 s slow"));
    spay_call_free(call);
}
END_TEST

static const struct doubtful_date {
    int64_t wall_ms;
    const char *date;
    spay_status status;
} doubtful_dates[] = {
    {1767225600000, "Date: Thu, 01 Jan 2015 00:00:00 GMT", SPAY_E_AUTH},
    {1767225600000, "Date: Thu, 01 Jan 1970 00:00:00 GMT", SPAY_E_AUTH},
    {1767225600000, "Date: Sat, 01 Jan 2028 00:00:00 GMT", SPAY_OK},
    {1767225600000, "Date: Mon, 01 Jan 2029 00:00:00 GMT", SPAY_E_AUTH},
    {1767225600000, "Date: Fri, 31 Dec 9999 00:00:00 GMT", SPAY_E_AUTH},
    {5000, "Date: Tue, 01 Jan 2030 00:00:00 GMT", SPAY_OK},
    {5000, "Date: Wed, 01 Jan 2070 00:00:00 GMT", SPAY_E_CLOCK},
    {1893456000000, "Date: Fri, 01 Jan 2027 00:00:00 GMT", SPAY_OK},
};

/* A server whose clock is wrong must not make the library sign with it on its word alone. */
START_TEST(a_date_that_cannot_be_right_needs_a_second_witness)
{
    const struct doubtful_date *row = &doubtful_dates[_i];
    spay_call *call;

    spay_mock_set_wall(accounts.mock, row->wall_ms);
    accounts_reply(&accounts, 403, row->date, CLOCK_REFUSAL);
    if (row->status == SPAY_OK)
        accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    call = perform(ACCOUNT_CONNECT_SERVER, NULL);
    expect_status(call, row->status);
    ck_assert_uint_eq(request_count(), row->status == SPAY_OK ? 2 : 1);
    spay_call_free(call);
    if (row->status != SPAY_OK) {
        accounts_reply(&accounts, 403, row->date, CLOCK_REFUSAL);
        accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
        succeed(ACCOUNT_CONNECT_SERVER);
        ck_assert_uint_eq(request_count(), 3);
    }
    ck_assert_str_eq(header(request_count() - 1, "Date"), row->date + 6);
}
END_TEST

START_TEST(two_doubtful_dates_that_differ_are_no_witnesses)
{
    static const char *const dates[] = {"Date: Fri, 01 Jan 2100 00:00:00 GMT",
                                        "Date: Fri, 01 Jan 2100 00:02:00 GMT"};
    spay_call *call;
    int i;

    for (i = 0; i < 2; i++) {
        accounts_reply(&accounts, 403, dates[i], CLOCK_REFUSAL);
        call = perform(ACCOUNT_CONNECT_SERVER, NULL);
        expect_status(call, SPAY_E_AUTH);
        spay_call_free(call);
    }
    ck_assert_uint_eq(request_count(), 2);
}
END_TEST

static char info_line[512];

static void keep_info(void *ctx, int32_t level, const char *line)
{
    (void)ctx;
    if (level == SPAY_LOG_INFO && strstr(line, "clock"))
        (void)snprintf(info_line, sizeof(info_line), "%s", line);
}

START_TEST(a_correction_is_a_warning_and_a_line_in_the_log)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    int i;

    options.log = keep_info;
    reopen_accounts(&options);
    info_line[0] = '\0';
    accounts_reply(&accounts, 403, "Date: " TEN_MINUTES_ON, CLOCK_REFUSAL);
    for (i = 0; i < 2; i++) {
        spay_call *call;
        void *session;

        accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
        call = perform(ACCOUNT_CONNECT_SERVER, NULL);
        ck_assert_int_eq(accounts_take_session(ACCOUNT_CONNECT_SERVER, call, &session, NULL),
                         SPAY_OK);
        ck_assert_uint_eq(accounts_session_info(session)->warnings,
                          SPAY_SESSION_WARNING_CLOCK_CORRECTED);
        accounts_free_session(ACCOUNT_CONNECT_SERVER, session);
        spay_call_free(call);
        ck_assert_str_eq(info_line, i ? ""
                                      : "connect_server: this machine's clock is 600 s slow; "
                                        "requests are signed with the provider's time");
        info_line[0] = '\0';
    }
}
END_TEST

/* The clock was set right meanwhile: the old offset is one that is wrong, and goes. */
START_TEST(a_clock_that_was_set_right_ends_the_correction)
{
    spay_call *call;
    void *session;

    accounts_reply(&accounts, 403, "Date: " TEN_MINUTES_ON, CLOCK_REFUSAL);
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    succeed(ACCOUNT_CONNECT_SERVER);
    spay_mock_set_wall(accounts.mock, 1767226200000);
    accounts_reply(&accounts, 403, "Date: " TEN_MINUTES_ON, CLOCK_REFUSAL);
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    call = perform(ACCOUNT_CONNECT_SERVER, NULL);
    ck_assert_int_eq(accounts_take_session(ACCOUNT_CONNECT_SERVER, call, &session, NULL), SPAY_OK);
    ck_assert_uint_eq(accounts_session_info(session)->warnings, 0);
    ck_assert_str_eq(header(3, "Date"), TEN_MINUTES_ON);
    accounts_free_session(ACCOUNT_CONNECT_SERVER, session);
    spay_call_free(call);
}
END_TEST

static const char *const good_clocks[] = {"", "Date: Thu, 01 Jan 2026 00:01:00 GMT",
                                          "Date: Wed, 31 Dec 2025 23:59:00 GMT", "Date: yesterday"};

START_TEST(a_refused_signature_with_a_right_clock_is_an_auth_error)
{
    spay_call *call;

    accounts_reply(&accounts, 403, good_clocks[_i], CLOCK_REFUSAL);
    call = perform(ACCOUNT_CONNECT_SERVER, NULL);
    expect_status(call, SPAY_E_AUTH);
    ck_assert_uint_eq(request_count(), 1);
    spay_call_free(call);
}
END_TEST

/* Other refusals, and other accounts, do not touch the clock. */
START_TEST(only_a_refused_signature_corrects_the_clock)
{
    spay_call *call;

    accounts_reply(&accounts, 400, "Date: " TEN_MINUTES_ON, "{}");
    call = perform(ACCOUNT_CONNECT_SERVER, NULL);
    expect_status(call, SPAY_E_REJECTED);
    spay_call_free(call);
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    succeed(ACCOUNT_CONNECT_SERVER);
    ck_assert_str_eq(header(1, "Date"), "Thu, 01 Jan 2026 00:00:00 GMT");
}
END_TEST

/* The second was signed with the wrong time too, before the first had learned better. */
START_TEST(calls_in_flight_with_a_wrong_clock_all_recover)
{
    spay_call *first = new_call(ACCOUNT_CONNECT_SERVER, NULL);
    spay_call *second = new_call(ACCOUNT_CONNECT_SERVER, NULL);

    ck_assert_int_eq(spay_call_step(first), SPAY_CALL_SEND);
    ck_assert_int_eq(spay_call_step(second), SPAY_CALL_SEND);
    accounts_reply(&accounts, 403, "Date: " TEN_MINUTES_ON, CLOCK_REFUSAL);
    serve(first);
    accounts_reply(&accounts, 403, "Date: " TEN_MINUTES_ON, CLOCK_REFUSAL);
    serve(second);
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    ck_assert_int_eq(drive(first), SPAY_OK);
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    (void)drive(second);
    expect_status(second, SPAY_OK);
    ck_assert_str_eq(header(2, "Date"), TEN_MINUTES_ON);
    ck_assert_str_eq(header(3, "Date"), TEN_MINUTES_ON);
    spay_call_free(first);
    spay_call_free(second);
}
END_TEST

/* ---- whose clock ---- */

#define MOCK_START_MS INT64_C(1767225600000)
#define WEPAY_UNTIL(seconds) "{\"id\":\"a\",\"session_token\":\"b\",\"expire_time\":" seconds "}"
#define HOSTED_UNTIL(text) "{\"token\":\"page-token\",\"expiresAt\":\"" text "\"}"
#define FIRST_REQUEST "X-GCS-Idempotence-Request-Timestamp: "

/* The provider's clock is ten minutes ahead unless the row says otherwise. */
static const struct told_time {
    account_kind kind;
    const char *headers;
    const char *body; /* NULL: a good one */
    int64_t from_now_ms;
    int64_t offset_ms;
} told_times[] = {
    {ACCOUNT_WEPAY, "Date: " TEN_MINUTES_ON, WEPAY_UNTIL("1767226800"), 600000, 600000},
    {ACCOUNT_WEPAY, "", WEPAY_UNTIL("1767226800"), 1200000, 0},
    {ACCOUNT_WEPAY, "Date: Thu, 01 Jan 2026 00:00:59 GMT", WEPAY_UNTIL("1767226800"), 1200000, 0},
    {ACCOUNT_WEPAY, "Date: Thu, 01 Jan 2015 00:00:00 GMT", WEPAY_UNTIL("1767226800"), 1200000, 0},
    {ACCOUNT_WEPAY, "Date: Wed, 31 Dec 2025 23:50:00 GMT", WEPAY_UNTIL("1767225001"), 0, 0},
    {ACCOUNT_HOSTED_BEARER, "Date: " TEN_MINUTES_ON, HOSTED_UNTIL("2026-01-01T00:20:00Z"), 600000,
     600000},
    {ACCOUNT_HOSTED_BEARER, "Date: " TEN_MINUTES_ON, HOSTED_UNTIL("soon"), 600000, 600000},
    {ACCOUNT_CONNECT_SERVER, "Date: " TEN_MINUTES_ON, NULL, 7200000, 600000},
    {ACCOUNT_CONNECT_SERVER, "Date: " TEN_MINUTES_ON "\n" FIRST_REQUEST "1767225000000", NULL,
     6000000, 600000},
    {ACCOUNT_CONNECT_CLIENT, "Date: " TEN_MINUTES_ON, NULL, 300000, 600000},
};

/* What comes out is for comparison with this machine's clock, and the difference stands beside it. */
START_TEST(times_are_told_in_the_callers_clock)
{
    const struct told_time *row = &told_times[_i];
    const account_facts *provider = account_facts_of(row->kind);
    const spay_session_info *info;
    spay_call *call;
    void *session;

    accounts_reply(&accounts, provider->status, row->headers,
                   row->body ? row->body : provider->reply);
    call = perform(row->kind, NULL);
    if (!row->from_now_ms) {
        expect_status(call, SPAY_E_EXPIRED);
        spay_call_free(call);
        return;
    }
    ck_assert_int_eq(accounts_take_session(row->kind, call, &session, NULL), SPAY_OK);
    info = accounts_session_info(session);
    ck_assert_int_eq(info->expires_at_ms - MOCK_START_MS, row->from_now_ms);
    ck_assert_int_eq(spay_session_expires_in_ms(info, MOCK_START_MS, 0), row->from_now_ms);
    ck_assert_int_eq(info->clock_offset_ms, row->offset_ms);
    ck_assert_int_eq((info->warnings & SPAY_SESSION_WARNING_CLOCK_CORRECTED) != 0,
                     row->offset_ms != 0);
    accounts_free_session(row->kind, session);
    spay_call_free(call);
}
END_TEST

START_TEST(a_corrected_signature_leaves_the_expiry_in_the_callers_clock)
{
    spay_call *call;
    void *session;

    accounts_reply(&accounts, 403, "Date: " TEN_MINUTES_ON, CLOCK_REFUSAL);
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    call = perform(ACCOUNT_CONNECT_SERVER, NULL);
    ck_assert_int_eq(accounts_take_session(ACCOUNT_CONNECT_SERVER, call, &session, NULL), SPAY_OK);
    ck_assert_int_eq(accounts_session_info(session)->expires_at_ms - MOCK_START_MS, 7200000);
    ck_assert_int_eq(accounts_session_info(session)->clock_offset_ms, 600000);
    accounts_free_session(ACCOUNT_CONNECT_SERVER, session);
    spay_call_free(call);
}
END_TEST

/* ---- cancelling and freeing ---- */

static void expect_canceled(spay_call *call, int32_t outcome)
{
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_DONE);
    expect_status(call, SPAY_E_CANCELED);
    ck_assert_str_eq(spay_outcome_name(spay_error_outcome(spay_call_error(call))),
                     spay_outcome_name(outcome));
    ck_assert_int_eq(spay_error_retryable(spay_call_error(call)), 0);
    spay_call_free(call);
}

START_TEST(a_call_can_be_cancelled_before_it_begins)
{
    spay_call *call = new_call(ACCOUNT_WEPAY, NULL);

    spay_call_cancel(call);
    expect_canceled(call, SPAY_OUTCOME_NOT_SENT);
    ck_assert_uint_eq(request_count(), 0);
}
END_TEST

START_TEST(a_call_can_be_cancelled_while_it_sends)
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
START_TEST(a_cancelled_call_is_not_repeated)
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

START_TEST(a_call_can_be_cancelled_while_it_waits)
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

START_TEST(a_call_can_be_cancelled_while_it_waits_for_a_token)
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

START_TEST(a_call_can_be_cancelled_while_it_fetches_a_token)
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

/* ---- what a provider repeats ---- */

/* Everything that the hooks were told. */
static char told[65536];

static void note(const char *text)
{
    size_t used = strlen(told);

    (void)snprintf(told + used, sizeof(told) - used, "%s\n", text);
}

static void note_line(void *ctx, int32_t level, const char *line)
{
    (void)ctx;
    (void)level;
    note(line);
}

static void note_event(void *ctx, const spay_event *event)
{
    (void)ctx;
    note(event->request_id);
    note(event->idempotency_key);
    note(event->reason);
    note(event->host);
    note(event->phase);
    note(event->provider_code);
    note(event->message);
}

static void note_error(const spay_error *error)
{
    size_t i;

    note(spay_error_message(error));
    note(spay_error_reason(error));
    note(spay_error_provider_code(error));
    note(spay_error_request_id(error));
    for (i = 0; i < spay_error_field_count(error); i++) {
        note(spay_error_field_path(error, i));
        note(spay_error_field_code(error, i));
        note(spay_error_field_message(error, i));
    }
}

static void note_record(void)
{
    char *record = spay_client_flight_record(accounts.client);

    note(record);
    spay_free(record);
}

static void open_redacted_accounts(void)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;

    options.log = note_line;
    options.log_level = SPAY_LOG_TRACE;
    options.event = note_event;
    reopen_accounts(&options);
    told[0] = '\0';
}

#define ECHO_HEADERS(secret)                                                                       \
    "X-Correlation-Id: " secret "\nX-Request-Id: " secret "\nX-" secret ": x\nDate: " secret       \
    "\nContent-Type: text/" secret
#define ECHO_WEPAY(secret)                                                                         \
    "{\"error_code\":\"" secret "\",\"error_message\":\"no " secret " here, " secret               \
    "\",\"details\":["                                                                             \
    "{\"target\":[\"" secret "\"],\"reason_code\":\"" secret "\",\"message\":\"" secret "\"}]}"
#define ECHO_PROBLEM(secret)                                                                       \
    "{\"type\":\"https://e.example/#" secret "\",\"detail\":\"" secret                             \
    "\",\"errors\":[{\"parameter\":\"" secret "\",\"detail\":\"" secret "\",\"message\":\"" secret \
    "\"}]}"
#define ECHO_CONNECT(secret)                                                                       \
    "{\"errorId\":\"" secret "\",\"errors\":[{\"code\":\"" secret "\",\"propertyName\":\"" secret  \
    "\",\"message\":\"" secret "\"}]}"

static const struct echo {
    account_kind kind;
    const char *secret;
    int32_t status;
    const char *headers;
    const char *body;
} echoes[] = {
    {ACCOUNT_WEPAY, "stage_not-a-real-token", 400, ECHO_HEADERS("stage_not-a-real-token"),
     ECHO_WEPAY("stage_not-a-real-token")},
    {ACCOUNT_WEPAY, "stage_not-a-real-token", 201, ECHO_HEADERS("stage_not-a-real-token"), NULL},
    {ACCOUNT_WEPAY, "stage_not-a-real-token", 201, ECHO_HEADERS("stage_not-a-real-token"), "{}"},
    {ACCOUNT_WEPAY, "stage_not-a-real-token", 201, ECHO_HEADERS("stage_not-a-real-token"),
     WEPAY_UNTIL("1")},
    {ACCOUNT_HOSTED_BEARER, "brought-token", 400, ECHO_HEADERS("brought-token"),
     ECHO_PROBLEM("brought-token")},
    {ACCOUNT_HOSTED_FIELDS, "not-a-real-key", 400, ECHO_HEADERS("not-a-real-key"),
     ECHO_PROBLEM("not-a-real-key")},
    {ACCOUNT_CONNECT_CLIENT, "client-session", 403, ECHO_HEADERS("client-session"),
     ECHO_CONNECT("client-session")},
};

START_TEST(a_credential_that_comes_back_is_told_nowhere)
{
    const struct echo *row = &echoes[_i];
    const char *body = row->body ? row->body : account_facts_of(row->kind)->reply;
    spay_call *call;

    open_redacted_accounts();
    accounts_reply(&accounts, row->status, row->headers, body);
    call = perform(row->kind, NULL);
    note_error(spay_call_error(call));
    note_record();
    ck_assert_uint_ge(request_count(), 1);
    ck_assert_msg(!strstr(told, row->secret), "%s", strstr(told, row->secret));
    spay_call_free(call);
}
END_TEST

#define FIFTY                                                                                      \
    "\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc"             \
    "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac"
#define THOUSAND                                                                                   \
    FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY      \
        FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY FIFTY

static void expect_utf8(void)
{
    size_t count;

    ck_assert(spay__utf8_count(told, strlen(told), &count));
}

/* Wherever it is cut. */
START_TEST(what_is_told_is_utf8)
{
    char body[4096];
    spay_call *call;

    open_redacted_accounts();
    (void)snprintf(body, sizeof(body),
                   "{\"errorId\":\"%.*s" THOUSAND "\",\"errors\":[{\"message\":\"%.*s" THOUSAND
                   "\"}]}",
                   _i, "aaaa", _i, "aaaa");
    accounts_reply(&accounts, 400, "Date: \xff\xfe\xc3", body);
    call = perform(ACCOUNT_CONNECT_SERVER, NULL);
    note_error(spay_call_error(call));
    note_record();
    expect_utf8();
    spay_call_free(call);
}
END_TEST

START_TEST(what_a_transport_says_becomes_utf8)
{
    spay_call_options once = SPAY_CALL_OPTIONS_INIT;
    spay_call *call;

    once.max_attempts = 1;
    open_redacted_accounts();
    call = new_call(ACCOUNT_WEPAY, &once);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_SEND);
    spay_http_response_set_failure(spay_call_response(call), "odd\xff",
                                   "k\xf6nnte \xe2\x82 nicht \xc3");
    (void)spay_call_respond(call, SPAY_E_CONNECT);
    ck_assert_str_eq(spay_error_message(spay_call_error(call)), "k?nnte ?? nicht ");
    note_error(spay_call_error(call));
    expect_utf8();
    spay_call_free(call);
}
END_TEST

/* ---- what there is to know about a failure ---- */

static const struct diagnosis {
    spay_status failure; /* 0: a reply */
    bool sent;
    const char *reason;
    const char *said;
    const char *phase;
} diagnoses[] = {
    {SPAY_E_TLS, false, "tls_authority_unknown", "no authority", "tls"},
    {SPAY_E_CONNECT, false, "dns_failed", "no such name", "name_lookup"},
    {SPAY_E_CONNECT, false, "connect_failed", "nobody there", "connect"},
    {SPAY_E_CONNECT, false, "proxy_credentials", "407", "proxy"},
    {SPAY_E_TIMEOUT, true, "reply_timeout", "too late", "wait"},
    {SPAY_E_NETWORK, false, "connection_lost", "gone", "send"},
    {0, true, "", "HTTP 400 E1: said so (f: C2)", "reply"},
};

static spay_event last_event;
static char event_texts[512];

static void keep_event(void *ctx, const spay_event *event)
{
    (void)ctx;
    last_event = *event;
    (void)snprintf(event_texts, sizeof(event_texts), "%s|%s|%s|%s|%s", event->reason, event->host,
                   event->phase, event->provider_code, event->message);
}

static char error_line[1100];

static void keep_error_line(void *ctx, int32_t level, const char *line)
{
    (void)ctx;
    if (level == SPAY_LOG_ERROR)
        (void)snprintf(error_line, sizeof(error_line), "%s", line);
}

static void open_watched_accounts(void)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;

    options.log = keep_error_line;
    options.event = keep_event;
    reopen_accounts(&options);
    error_line[0] = '\0';
    event_texts[0] = '\0';
    memset(&last_event, 0, sizeof(last_event));
}

static void expect_in(const char *text, const char *part)
{
    ck_assert_msg(strstr(text, part) != NULL, "\"%s\" is not in: %s", part, text);
}

static void expect_everywhere(const char *part)
{
    char *record = spay_client_flight_record(accounts.client);

    expect_in(error_line, part);
    expect_in(event_texts, part);
    expect_in(record, part);
    spay_free(record);
}

static void fail_as(spay_call *call, const struct diagnosis *row)
{
    static const char body[] = "{\"error_code\":\"E1\",\"error_message\":\"said so\",\"details\":"
                               "[{\"target\":\"f\",\"reason_code\":\"C2\"}]}";

    if (!row->failure) {
        accounts_reply(&accounts, 400, "", body);
        serve(call);
        return;
    }
    spay_http_response_set_failure(spay_call_response(call), row->reason, row->said);
    if (row->sent)
        spay_http_response_mark_sent(spay_call_response(call));
    (void)spay_call_respond(call, row->failure);
}

START_TEST(line_event_and_record_know_what_the_error_knows)
{
    const struct diagnosis *row = &diagnoses[_i];
    spay_call_options once = SPAY_CALL_OPTIONS_INIT;
    spay_call *call;

    once.max_attempts = 1;
    open_watched_accounts();
    call = new_call(ACCOUNT_WEPAY, &once);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_SEND);
    fail_as(call, row);
    expect_everywhere(row->reason);
    expect_everywhere(row->said);
    expect_everywhere("wepay.example");
    expect_everywhere(row->phase);
    ck_assert_str_eq(spay_error_message(spay_call_error(call)), row->said);
    ck_assert_int_eq(last_event.stage, row->failure ? SPAY_STAGE_REQUEST : SPAY_STAGE_REPLY);
    expect_in(error_line, row->failure ? "stage request" : "stage reply");
    expect_in(error_line, row->failure ? "" : "code E1");
    spay_call_free(call);
}
END_TEST

START_TEST(the_token_endpoint_is_told_by_its_own_host)
{
    open_watched_accounts();
    accounts_reply(&accounts, 401, "", "");
    spay_call_free(perform(ACCOUNT_HOSTED_FIELDS, NULL));
    expect_in(error_line, "host identity.example");
    expect_in(error_line, "stage token");
    expect_in(error_line, "POST /authorize");
}
END_TEST

/* Whether the caller wants the error or not. */
START_TEST(refused_input_leaves_a_line_and_a_record)
{
    spay_wepay_session_request request = SPAY_WEPAY_SESSION_REQUEST_INIT;
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    spay_call *call = NULL;
    spay_error *error = NULL;
    char *record;

    open_watched_accounts();
    request.type = "mobile_session";
    if (_i % 2)
        options.timeout_ms = -1;
    ck_assert_int_eq(spay_wepay_session_call_new(accounts.wepay, &request, &options, &call,
                                                 _i / 2 ? &error : NULL),
                     SPAY_E_INVALID_ARGUMENT);
    expect_in(error_line, "wepay session_create: SPAY_E_INVALID_ARGUMENT, stage input: ");
    expect_in(error_line, _i % 2 ? "timeout_ms: must be" : "account_id: is required");
    record = spay_client_flight_record(accounts.client);
    expect_in(record, _i % 2 ? "timeout_ms: must be" : "account_id: is required");
    expect_in(record, "\"stage\":\"input\"");
    spay_free(record);
    spay_error_free(error);
}
END_TEST

START_TEST(a_refused_account_leaves_a_line_and_a_record)
{
    spay_wepay_options options = SPAY_WEPAY_OPTIONS_INIT;
    spay_wepay *wepay = NULL;
    char *record;

    open_watched_accounts();
    options.environment = SPAY_ENV_TEST;
    options.app_id = "1";
    options.app_token = "stage_x ";
    ck_assert_int_eq(spay_wepay_new(accounts.client, &options, &wepay, NULL),
                     SPAY_E_INVALID_ARGUMENT);
    expect_in(error_line, "wepay account_new: SPAY_E_INVALID_ARGUMENT");
    expect_in(error_line, "app_token: must not begin or end with white space");
    record = spay_client_flight_record(accounts.client);
    expect_in(record, "app_token");
    spay_free(record);
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

/* ---- random fault schedules ---- */

/* Twenty slices, so that they can run side by side and a failure tells where. */
START_TEST(promises_hold_under_random_faults)
{
    uint64_t schedules = getenv("SPAY_TORTURE") ? 10000 : 2000;
    uint64_t seed;

    for (seed = (uint64_t)_i; seed < schedules; seed += 20) {
        const char *kind = "";
        const char *broken = schedule_play(seed, &kind);

        ck_assert_msg(!broken, "schedule %d, %s: not so: %s", (int)seed, kind, broken);
    }
}
END_TEST

/* ---- the suite ---- */

static TCase *new_case(Suite *suite, const char *name)
{
    TCase *made = tcase_create(name);

    tcase_add_checked_fixture(made, open_accounts, close_accounts);
    tcase_set_timeout(made, 120);
    suite_add_tcase(suite, made);
    return made;
}

static void add_stepping(Suite *suite)
{
    TCase *stepping = new_case(suite, "stepping");

    tcase_add_test(stepping, the_machine_asks_for_each_thing_once_and_stays_with_it);
    tcase_add_test(stepping, nothing_is_asked_of_no_call);
    tcase_add_test(stepping, a_transport_that_says_ok_without_a_reply_is_at_fault);
    tcase_add_loop_test(stepping, an_unknown_transport_status_is_internal, 0, 5);
    tcase_add_test(stepping, a_reply_that_broke_off_counts_as_sent);
}

static void add_diagnoses(Suite *suite)
{
    TCase *tests = new_case(suite, "diagnoses");

    tcase_add_loop_test(tests, line_event_and_record_know_what_the_error_knows, 0, ROWS(diagnoses));
    tcase_add_test(tests, the_token_endpoint_is_told_by_its_own_host);
    tcase_add_loop_test(tests, refused_input_leaves_a_line_and_a_record, 0, 4);
    tcase_add_test(tests, a_refused_account_leaves_a_line_and_a_record);
}

static void add_extras(Suite *suite)
{
    TCase *tests = new_case(suite, "extras");

    tcase_add_test(tests, extra_json_beyond_the_limit_says_so);
    tcase_add_loop_test(tests, extra_json_with_two_of_a_name_is_refused, 0, 3);
}

static void add_echoes(Suite *suite)
{
    TCase *tests = new_case(suite, "echoes");

    tcase_add_loop_test(tests, a_credential_that_comes_back_is_told_nowhere, 0, ROWS(echoes));
    tcase_add_loop_test(tests, what_is_told_is_utf8, 0, 4);
    tcase_add_test(tests, what_a_transport_says_becomes_utf8);
}

static void add_keys(Suite *suite)
{
    TCase *keys = new_case(suite, "keys");

    tcase_add_loop_test(keys, every_attempt_carries_the_key_and_bytes_of_the_first, 0,
                        2 * ACCOUNT_KINDS);
    tcase_add_loop_test(keys, the_session_tells_key_and_attempts, 0, ACCOUNT_KINDS);
    tcase_add_test(keys, two_calls_have_two_keys);
    tcase_add_loop_test(keys, the_callers_key_is_used, 0, ACCOUNT_CONNECT_CLIENT);
    tcase_add_loop_test(keys, connect_client_refuses_keys_and_intents, 0, 2);
    tcase_add_loop_test(keys, an_intent_gives_the_same_key_everywhere, 0, ACCOUNT_CONNECT_CLIENT);
    tcase_add_test(keys, options_of_a_call_are_checked);
    tcase_add_test(keys, without_random_bytes_nothing_is_sent);
    tcase_add_test(keys, each_attempt_is_dated_and_signed_afresh);
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

static void add_retries(Suite *suite)
{
    TCase *retries = new_case(suite, "retries");

    tcase_add_loop_test(retries, the_outcome_is_the_worst_of_all_attempts, 0, ROWS(sequences));
    tcase_add_test(retries, the_free_repetition_takes_no_time);
    tcase_add_loop_test(retries, one_attempt_means_one_request, 0, 4);
    tcase_add_loop_test(retries, each_provider_says_what_may_be_repeated, 0, ROWS(refusals));
    tcase_add_loop_test(retries, a_key_in_use_by_this_very_call_is_waited_for, 0, 2);
    tcase_add_loop_test(retries, what_the_provider_asks_to_wait_is_obeyed_or_told, 0, ROWS(waits));
    tcase_add_loop_test(retries, more_than_a_minute_is_not_waited_for, 0, 2);
    tcase_add_loop_test(retries, backing_off_stays_within_its_bounds, 0, 2);
    tcase_add_loop_test(retries, the_throttle_of_wepay_is_waited_out, 0, 2);
    tcase_add_loop_test(retries, a_total_failure_costs_at_most_a_tenth_more_requests, 0,
                        2 * ROWS(outages));
    tcase_add_test(retries, the_budget_is_per_host_and_recovers);
}

static void add_tokens(Suite *suite)
{
    TCase *tokens = new_case(suite, "tokens");

    tcase_add_test(tokens, the_first_call_fetches_a_token_and_the_second_has_it);
    tcase_add_loop_test(tokens, a_token_is_renewed_before_it_expires, 0, ROWS(lifetimes));
    tcase_add_test(tokens, a_slow_token_is_not_older_than_it_is);
    tcase_add_loop_test(tokens, a_refused_token_is_renewed_once_and_the_request_replayed, 0, 2);
    tcase_add_test(tokens, a_token_refused_twice_is_an_auth_error);
    tcase_add_loop_test(tokens, a_failing_token_endpoint_leaves_the_operation_unsent, 0,
                        ROWS(token_failures));
    tcase_add_test(tokens, a_token_that_cannot_be_renewed_keeps_the_worst_outcome);
    tcase_add_test(tokens, two_calls_share_one_token_request);
    tcase_add_test(tokens, calls_that_wait_for_a_token_share_its_failure);
    tcase_add_loop_test(tokens, a_fetchers_own_limits_do_not_fail_those_who_wait, 0,
                        ROWS(limited_fetchers));
    tcase_add_test(tokens, a_service_that_is_down_is_not_asked_again_by_each_who_waits);
    tcase_add_test(tokens, retry_after_binds_the_next_fetcher_too);
    tcase_add_test(tokens, a_token_without_lifetime_serves_all_who_waited);
    tcase_add_loop_test(tokens, a_fetching_call_that_goes_lets_another_fetch, 0, WAYS_TO_GO);
    tcase_add_test(tokens, waiting_for_a_token_ends_with_the_deadline);
    tcase_add_test(tokens, a_token_request_that_ends_with_the_deadline_says_so);
    tcase_add_test(tokens, a_key_in_use_without_a_key_is_a_conflict);
    tcase_add_test(tokens, nobody_waits_while_the_old_token_lives);
    tcase_add_test(tokens, one_refused_token_is_renewed_once_for_all);
    tcase_add_test(tokens, the_callers_own_token_is_never_renewed);
    tcase_add_test(tokens, the_callers_own_token_can_be_replaced);
    tcase_add_test(tokens, a_replaced_token_serves_the_next_attempt);
}

static void add_clocks(Suite *suite)
{
    TCase *clocks = new_case(suite, "clocks");

    tcase_add_loop_test(clocks, a_wrong_clock_is_corrected_once, 0, 2);
    tcase_add_test(clocks, the_account_remembers_the_offset);
    tcase_add_loop_test(clocks, any_skew_costs_one_more_attempt_and_then_none, 0, ROWS(skews));
    tcase_add_loop_test(clocks, a_small_skew_is_not_the_clocks_fault, 0, ROWS(small_skews));
    tcase_add_test(clocks, a_signature_refused_with_the_right_date_is_about_the_credentials);
    tcase_add_test(clocks, an_offset_that_did_not_help_is_dropped);
    tcase_add_test(clocks, a_wrong_clock_that_may_not_be_corrected_is_a_clock_error);
    tcase_add_loop_test(clocks, a_date_that_cannot_be_right_needs_a_second_witness, 0,
                        ROWS(doubtful_dates));
    tcase_add_test(clocks, two_doubtful_dates_that_differ_are_no_witnesses);
    tcase_add_test(clocks, a_correction_is_a_warning_and_a_line_in_the_log);
    tcase_add_test(clocks, a_clock_that_was_set_right_ends_the_correction);
    tcase_add_loop_test(clocks, times_are_told_in_the_callers_clock, 0, ROWS(told_times));
    tcase_add_test(clocks, a_corrected_signature_leaves_the_expiry_in_the_callers_clock);
    tcase_add_loop_test(clocks, a_refused_signature_with_a_right_clock_is_an_auth_error, 0,
                        ROWS(good_clocks));
    tcase_add_test(clocks, only_a_refused_signature_corrects_the_clock);
    tcase_add_test(clocks, calls_in_flight_with_a_wrong_clock_all_recover);
}

static void add_cancelling(Suite *suite)
{
    TCase *cancelling = new_case(suite, "cancelling");

    tcase_add_test(cancelling, a_call_can_be_cancelled_before_it_begins);
    tcase_add_loop_test(cancelling, a_call_can_be_cancelled_while_it_sends, 0, 2);
    tcase_add_loop_test(cancelling, a_cancelled_call_is_not_repeated, 0, 4);
    tcase_add_test(cancelling, a_session_that_came_in_spite_of_it_is_kept);
    tcase_add_loop_test(cancelling, a_call_can_be_cancelled_while_it_waits, 0, 2);
    tcase_add_test(cancelling, a_call_can_be_cancelled_while_it_waits_for_a_token);
    tcase_add_test(cancelling, a_call_can_be_cancelled_while_it_fetches_a_token);
    tcase_add_loop_test(cancelling, a_finished_call_stays_as_it_is, 0, 2);
    tcase_add_loop_test(cancelling, a_call_can_be_freed_in_every_state, 0, 10);
    tcase_add_loop_test(cancelling, a_call_outlives_its_account_and_client, 0, ACCOUNT_KINDS);
}

static void add_sessions(Suite *suite)
{
    TCase *sessions = new_case(suite, "sessions");

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
    tcase_add_test(sessions, apple_pays_key_belongs_to_the_first_step);
}

Suite *call_suite(void)
{
    Suite *suite = suite_create("call");

    add_stepping(suite);
    add_keys(suite);
    add_echoes(suite);
    add_extras(suite);
    add_diagnoses(suite);
    add_deadlines(suite);
    add_retries(suite);
    add_tokens(suite);
    add_clocks(suite);
    add_cancelling(suite);
    add_sessions(suite);
    tcase_add_loop_test(new_case(suite, "random faults"), promises_hold_under_random_faults, 0, 20);
    return suite;
}

#else

Suite *call_suite(void)
{
    return suite_create("call");
}

#endif
