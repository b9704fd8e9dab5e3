/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Who is trusted: certificates, credentials, proxies.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "integration.h"
#include "sandbox.h"
#include "setup.h"

/* A certificate authority that signed nothing here: O=Nobody, valid until 2126.
 */
static const char other_authority[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBpjCCAUugAwIBAgIUTflQrRZ8/O8u+Dp385sg892m1NQwCgYIKoZIzj0EAwIw\n"
    "JzEPMA0GA1UECgwGTm9ib2R5MRQwEgYDVQQDDAtOb2JvZHkncyBDQTAgFw0yNjEx\n"
    "MjAyMDE4MTBaGA8yMTI2MTAyNzIwMTgxMFowJzEPMA0GA1UECgwGTm9ib2R5MRQw\n"
    "EgYDVQQDDAtOb2JvZHkncyBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABLiT\n"
    "InVuNsVFKFD3uivQ35oHVstI2Feb4VAQ8JuZwK2TYwfj2JS9k0O4j5IszozK2g4S\n"
    "aFCmc2J5YnesMGbZcFejUzBRMB0GA1UdDgQWBBROwvqatijSvTUnhwI0vu+48Gfq\n"
    "5jAfBgNVHSMEGDAWgBROwvqatijSvTUnhwI0vu+48Gfq5jAPBgNVHRMBAf8EBTAD\n"
    "AQH/MAoGCCqGSM49BAMCA0kAMEYCIQCs/H7MzdIJ///QiIFR5XNOdtctSACIMlC5\n"
    "fuwbUV/NagIhAJsfMNzZPx16+0wPLRuFkT8cMn+aZDPJotsmLER6yFhm\n"
    "-----END CERTIFICATE-----\n";

static void expect_nothing_arrived(void)
{
    sandbox_journal *journal = sandbox_read("/");

    ck_assert_uint_eq(sandbox_count(journal), 0);
    sandbox_forget(journal);
}

static void expect_tls_failure(const spay_client_options *options, const accounts_setup *setup,
                               const char *reason)
{
    call_result result;
    test_accounts accounts;

    sandbox_reset();
    setup_open(&accounts, setup, options);
    result = blocking_call(&accounts, ACCOUNT_WEPAY, NULL);
    expect_call(&result, SPAY_E_TLS);
    ck_assert_str_eq(result.reason, reason);
    ck_assert_int_eq(result.outcome, SPAY_OUTCOME_NOT_SENT);
    ck_assert_int_eq(result.attempts, 1);
    ck_assert_int_eq(result.requests_sent, 0);
    expect_nothing_arrived();
    accounts_close(&accounts);
}

START_TEST(a_stranger_is_not_trusted)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;

    options.ca_pem = other_authority;
    expect_tls_failure(&options, NULL, "tls_authority_unknown");
}
END_TEST

/* The system's authorities do not know the sandbox either. */
START_TEST(the_sandbox_is_not_trusted_by_default)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    call_result result;
    accounts_setup setup = setup_of_sandbox();
    test_accounts accounts;

    sandbox_reset();
    options.platform = setup_platform();
    ck_assert(accounts_open_at(&accounts, &setup, &options));
    result = blocking_call(&accounts, ACCOUNT_WEPAY, NULL);
    expect_call(&result, SPAY_E_TLS);
    ck_assert_int_eq(result.outcome, SPAY_OUTCOME_NOT_SENT);
    expect_nothing_arrived();
    accounts_close(&accounts);
}
END_TEST

START_TEST(another_key_than_the_pinned_one_is_refused)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;

    options.pinned_public_keys = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    expect_tls_failure(&options, NULL, "tls_pin_mismatch");
}
END_TEST

START_TEST(a_wrong_api_key_fails_at_the_token)
{
    accounts_setup setup = setup_of_sandbox();
    call_result result;
    sandbox_journal *journal;
    test_accounts accounts;

    sandbox_reset();
    setup.api_key = "another-api-key";
    setup_open(&accounts, &setup, NULL);
    result = blocking_call(&accounts, ACCOUNT_HOSTED_FIELDS, NULL);
    expect_call(&result, SPAY_E_AUTH);
    ck_assert_int_eq(result.stage, SPAY_STAGE_TOKEN);
    ck_assert_int_eq(result.outcome, SPAY_OUTCOME_NOT_SENT);
    journal = sandbox_read("/");
    ck_assert_uint_eq(sandbox_count(journal), 1);
    sandbox_forget(journal);
    accounts_close(&accounts);
}
END_TEST

START_TEST(a_wrong_app_token_is_refused)
{
    accounts_setup setup = setup_of_sandbox();
    call_result result;
    test_accounts accounts;

    sandbox_reset();
    setup.app_token = "stage_another-token";
    setup_open(&accounts, &setup, NULL);
    result = blocking_call(&accounts, ACCOUNT_WEPAY, NULL);
    ck_assert(result.status == SPAY_E_AUTH || result.status == SPAY_E_FORBIDDEN);
    ck_assert_int_eq(result.outcome, SPAY_OUTCOME_REJECTED);
    ck_assert_int_eq(result.requests_sent, 1);
    accounts_close(&accounts);
}
END_TEST

/* Whichever byte of it is another. */
START_TEST(a_wrong_secret_makes_no_signature)
{
    accounts_setup setup = setup_of_sandbox();
    size_t length = strlen(setup.secret_api_key);
    char secret[256];
    size_t i;

    sandbox_reset();
    ck_assert_uint_lt(length + 1, sizeof(secret));
    for (i = 0; i <= length; i++) {
        call_result result;
        test_accounts accounts;

        memcpy(secret, setup.secret_api_key, length + 1);
        secret[i] = (char)(i < length ? secret[i] ^ 1 : '=');
        secret[length + (i == length)] = '\0';
        setup.secret_api_key = secret;
        setup_open(&accounts, &setup, NULL);
        setup.secret_api_key = setup_of_sandbox().secret_api_key;
        result = blocking_call(&accounts, ACCOUNT_CONNECT_SERVER, NULL);
        expect_call(&result, SPAY_E_AUTH);
        ck_assert_int_eq(result.attempts, 1);
        ck_assert_int_eq(result.outcome, SPAY_OUTCOME_REJECTED);
        accounts_close(&accounts);
    }
}
END_TEST

static int64_t ten_minutes_ahead(void *ctx)
{
    (void)ctx;
    return (int64_t)time(NULL) * 1000 + 600000;
}

/* The sandbox accepts five minutes. */
START_TEST(a_wrong_clock_is_corrected_on_the_wire)
{
    spay_platform platform = *setup_platform();
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    sandbox_journal *journal;
    call_result result;
    test_accounts accounts;

    sandbox_reset();
    platform.wall_ms = ten_minutes_ahead;
    options.platform = &platform;
    setup_open(&accounts, NULL, &options);
    result = blocking_call(&accounts, ACCOUNT_CONNECT_SERVER, NULL);
    expect_call(&result, SPAY_OK);
    ck_assert_int_eq(result.attempts, 2);
    result = blocking_call(&accounts, ACCOUNT_CONNECT_SERVER, NULL);
    expect_call(&result, SPAY_OK);
    ck_assert_int_eq(result.attempts, 1);
    journal = sandbox_read("/v1/4217/sessions");
    ck_assert_uint_eq(sandbox_count(journal), 3);
    ck_assert_str_eq(sandbox_body(journal, 0), sandbox_body(journal, 1));
    sandbox_forget(journal);
    accounts_close(&accounts);
}
END_TEST

/* Nobody listens where they point; a client that obeyed them would reach
 * nothing. */
START_TEST(proxies_of_the_environment_are_ignored)
{
    static const char *const names[] = {"http_proxy", "https_proxy", "HTTPS_PROXY",
                                        "all_proxy",  "ALL_PROXY",   "HTTP_PROXY"};
    raw_server *proxy = raw_server_start("HTTP/1.1 502 Bad Gateway\r\n\r\n", 28);
    raw_counts counts;
    call_result result;
    char url[64];
    test_accounts accounts;
    int i;

    ck_assert_ptr_nonnull(proxy);
    sandbox_reset();
    snprintf(url, sizeof(url), "http://127.0.0.1:%d", raw_server_port(proxy));
    for (i = 0; i < ROWS(names); i++)
        ck_assert_int_eq(setenv(names[i], url, 1), 0);
    setup_open(&accounts, NULL, NULL);
    result = blocking_call(&accounts, ACCOUNT_WEPAY, NULL);
    expect_call(&result, SPAY_OK);
    accounts_close(&accounts);
    ck_assert(raw_server_settle(proxy, &counts));
    ck_assert_int_eq(counts.connections, 0);
    raw_server_stop(proxy);
}
END_TEST

Suite *safety_suite(void)
{
    Suite *suite = suite_create("safety");
    TCase *tests = tcase_create("safety");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, a_stranger_is_not_trusted);
    tcase_add_test(tests, the_sandbox_is_not_trusted_by_default);
    tcase_add_test(tests, another_key_than_the_pinned_one_is_refused);
    tcase_add_test(tests, a_wrong_api_key_fails_at_the_token);
    tcase_add_test(tests, a_wrong_app_token_is_refused);
    tcase_add_test(tests, a_wrong_secret_makes_no_signature);
    tcase_add_test(tests, a_wrong_clock_is_corrected_on_the_wire);
    tcase_add_test(tests, proxies_of_the_environment_are_ignored);
    suite_add_tcase(suite, tests);
    return suite;
}
