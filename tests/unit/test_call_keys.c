/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The idempotency key of a call, and that every attempt carries the same bytes.
 */
#include <stdio.h>
#include <string.h>

#include "calls.h"

#if ALL_PROVIDERS

/* ---- keys and bytes ---- */

/* Three attempts, or as many as the provider allows by itself. */
static void script_repeats(account_kind kind)
{
    int32_t i;

    for (i = 1; i < account_facts_of(kind)->most_attempts; i++)
        accounts_reply(&accounts, 503, "", "busy");
    accounts_reply_good(&accounts, kind);
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
    char long_intent[257] = "";

    memset(long_intent, 'i', 256);
    options.timeout_ms = -1;
    expect_option_refused(&options, "timeout_ms", "out_of_range");
    options.timeout_ms = 3600001;
    expect_option_refused(&options, "timeout_ms", "out_of_range");
    options = none;
    options.attempt_timeout_ms = 3600001;
    expect_option_refused(&options, "attempt_timeout_ms", "out_of_range");
    options = none;
    options.attempt_timeout_ms = -1;
    expect_option_refused(&options, "attempt_timeout_ms", "out_of_range");
    options = none;
    options.max_attempts = -1;
    expect_option_refused(&options, "max_attempts", "out_of_range");
    options.max_attempts = 11;
    expect_option_refused(&options, "max_attempts", "out_of_range");
    options = none;
    options.idempotency_key = "not-a-uuid";
    expect_option_refused(&options, "idempotency_key", "pattern");
    options.idempotency_key = "";
    expect_option_refused(&options, "idempotency_key", "empty");
    options.intent = "order 1";
    expect_option_refused(&options, "intent", "conflict");
    options.idempotency_key = NULL;
    options.intent = "";
    expect_option_refused(&options, "intent", "empty");
    options.intent = long_intent;
    expect_option_refused(&options, "intent", "too_long");
    options.intent++;
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

/* ---- the suite ---- */

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

Suite *call_keys_suite(void)
{
    Suite *suite = suite_create("call_keys");

    add_keys(suite);
    return suite;
}

#else

Suite *call_keys_suite(void)
{
    return suite_create("call_keys");
}

#endif
