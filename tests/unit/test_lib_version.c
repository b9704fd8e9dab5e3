/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The version of the Hosted Fields page library: exactly what the provider's published pattern
 * takes, against rows computed with Python's re and against the C library's regular expressions.
 */
#include "unit.h"

#include <sessionpay/sessionpay.h>

#ifndef SPAY_DISABLE_HOSTED_FIELDS

#include <regex.h>
#include <stdbool.h>
#include <string.h>

static spay_mock *mock;
static spay_client *client;
static spay_hosted_fields *account;

static void set_up(void)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    spay_hosted_fields_options account_options = SPAY_HOSTED_FIELDS_OPTIONS_INIT;

    ck_assert_int_eq(spay_mock_new(&mock, NULL), SPAY_OK);
    options.transport = spay_mock_transport(mock);
    options.platform = spay_mock_platform(mock);
    ck_assert_int_eq(spay_client_new(&options, &client, NULL), SPAY_OK);
    account_options.environment = SPAY_ENV_TEST;
    account_options.bearer_token = "token";
    ck_assert_int_eq(spay_hosted_fields_new(client, &account_options, &account, NULL), SPAY_OK);
}

static void tear_down(void)
{
    spay_hosted_fields_free(account);
    spay_client_free(client);
    spay_mock_free(mock);
}

/* The code of the fault, "" if the version is accepted; lives until the next one. */
static const char *refusal(const char *version)
{
    static char code[64];
    spay_hosted_fields_session_request request = SPAY_HOSTED_FIELDS_SESSION_REQUEST_INIT;
    spay_call *call = NULL;
    spay_error *error = NULL;
    spay_status status;

    request.processing_terminal_id = "7702014";
    request.lib_version = version;
    request.scenario = "payment";
    status = spay_hosted_fields_session_call_new(account, &request, NULL, &call, &error);
    ck_assert_int_eq(status == SPAY_OK, call != NULL);
    ck_assert_str_eq(spay_error_field_path(error, 0), error ? "lib_version" : "");
    ck_assert_uint_le(spay_error_field_count(error), 1);
    strcpy(code, spay_error_field_code(error, 0));
    spay_error_free(error);
    spay_call_free(call);
    return code;
}

typedef struct version_row {
    const char *version;
    bool good;
} version_row;

static const version_row version_rows[] = {
    {"1.6.0.172441", true},
    {"1.7.0.261457", true},
    {"1.2.0-beta.135020", true},
    {"11.22.33.4", true},
    {"11.22.33-beta.4", true},
    {"1a6b0c1", true},
    {"1234567", true},
    {"12345678", true},
    {"1234567890", true},
    {"1.6.0-beta-1", true},
    {"1.6.0-betab1", true},
    {"1.6.0-1", true},
    {"v1.6.0.1", false},
    {"123456", false},
    {"1.6.0", false},
    {"1.6.0.", false},
    {"1.6.0-rc.1", false},
    {"1.6.0-Beta.1", false},
    {"1.6.0-beta1", false},
    {"1.6.0-beta.", false},
    {"1.6.0-beta-beta.1", false},
    {"1.6.0--beta.1", false},
    {"1.6.0.-beta.1", false},
    {"1.6.0.1.2", false},
    {"1.6.0..1", false},
    {"1.6.0.1x", false},
    {"100.1.1.1", false},
    {"111.22.33.4", false},
    {"1-beta.2.3", false},
    {"latest", false},
    /* from random pieces */
    {"0a212123", true},
    {"12-112-12", true},
    {"10a19110", true},
    {"10a12399", true},
    {"1a9.92123", true},
    {"1123123", true},
    {"9x01120", true},
    {"123123-beta.01010", true},
    {"909.9.12", true},
    {"99123-beta-11", true},
    {"11.910-0", true},
    {"2-12312", true},
    {"1022129a10", true},
    {"10912-beta10", true},
    {"12112310", true},
    {"12320121091910", true},
    {"12x112123", true},
    {"12x12312.12312", true},
    {"12112x12012310", true},
    {"2010123", true},
    {"1231212", true},
    {"12122-0", true},
    {"10a991123", true},
    {"12100012", true},
    {"1-102123", true},
    {"12321210", true},
    {"2a010109", true},
    {"12.123-beta10", true},
    {"110212310", true},
    {"1012123.019", true},
    {"9212123", true},
    {"102x12312", true},
    {"1012.123", true},
    {"1230122.12", true},
    {"9012.10121", true},
    {"123123210", true},
    {"1012x123", true},
    {"21210x29", true},
    {"123.12-910", true},
    {"9.10110210", true},
    {"2.212beta", false},
    {"12.12beta2123", false},
    {"0-betabeta", false},
    {"123-beta9123", false},
    {".x123122.10", false},
    {"beta9-rc", false},
    {"10beta212", false},
    {"-rc-rcx10-bet1212-10", false},
    {"122-beta-bet-betaax1", false},
    {"x9123102.", false},
    {"-beta0.aa10129-bet", false},
    {"-0beta-betax", false},
    {"a.01290..", false},
    {"10betax-rc", false},
    {"2-betaa", false},
    {"a12310a2.", false},
    {"-rc2123", false},
    {"112.a0-x", false},
    {"x1012312310-bet10", false},
    {"-beta120123-rc-", false},
    {"-beta12-x9x.-rc.", false},
    {"..a..10x", false},
    {"11-10-.x-bet", false},
    {"xx12.123.10.-rc", false},
    {"12123a.109beta-rc12", false},
    {"a-beta1299010", false},
    {"-bet010x001", false},
    {"1230beta", false},
    {"..1-.-beta.-rc-", false},
    {"beta02x-betbeta0", false},
};

START_TEST(version_is_judged_by_the_published_pattern)
{
    const version_row *row = &version_rows[_i];

    ck_assert_msg(strcmp(refusal(row->version), row->good ? "" : "pattern") == 0, "%s: %s",
                  row->version, refusal(row->version));
}
END_TEST

typedef struct other_row {
    const char *version;
    const char *code;
} other_row;

static const other_row other_rows[] = {
    {NULL, "missing"},
    {"", "empty"},
    {" 1.6.0.1", "forbidden_character"},
    {"1.6.0.1 ", "forbidden_character"},
    {"1.6.0.1\n", "control_character"}, /* Python's $ would let it pass */
    {"1\n6.0.1", "control_character"},
    {"1.6.0.\xd9\xa1", "forbidden_character"}, /* Python's \d would let it pass */
    {"1.6.0.1234567890123456789012345678901234567890123456789012345678", ""}, /* 64 bytes */
    {"1.6.0.12345678901234567890123456789012345678901234567890123456789", "too_long"},
};

START_TEST(odd_version_breaks_another_rule_first)
{
    ck_assert_str_eq(refusal(other_rows[_i].version), other_rows[_i].code);
}
END_TEST

/* ---- against the C library ---- */

static const char pattern[] = "^[0-9]{1,2}.[0-9]{1,2}.[0-9]{1,2}(-beta)?.[0-9]+$";

/* Four numbers with something between them, or not quite. */
static void make_version(uint64_t *random, char *version)
{
    static const char *const numbers[] = {"1", "12", "0", "99", "7", "123", "x", ""};
    static const char *const between[] = {".", ".", ".", "-", "x", "", "-beta.", "-bet"};
    int i;

    *version = '\0';
    for (i = 0; i < 4; i++) {
        strcat(version, numbers[(unit_random(random) >> 32) % 8]);
        if (i < 3)
            strcat(version, between[(unit_random(random) >> 32) % 8]);
    }
}

START_TEST(random_versions_are_judged_as_by_regcomp)
{
    uint64_t random = (uint64_t)_i + 1;
    int accepted = 0;
    regex_t regex;
    int i;

    ck_assert_int_eq(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
    for (i = 0; i < 1000; i++) {
        char version[80];
        bool good;

        do
            make_version(&random, version);
        while (!*version);
        good = regexec(&regex, version, 0, NULL, 0) == 0;
        ck_assert_msg(strcmp(refusal(version), good ? "" : "pattern") == 0, "%s", version);
        accepted += good;
    }
    regfree(&regex);
    ck_assert_int_gt(accepted, 50);
    ck_assert_int_lt(accepted, 950);
}
END_TEST

/* Every text of up to eight characters over an alphabet in which each stands for its kind. */
START_TEST(all_short_versions_are_judged_as_by_regcomp)
{
    static const char alphabet[] = "1.x";
    regex_t regex;
    unsigned number;
    char version[10];
    int length;

    ck_assert_int_eq(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
    for (number = 0; number < 6561; number++) {
        unsigned rest = number;
        bool good;

        for (length = 0; length < 8 - _i; length++, rest /= 3)
            version[length] = alphabet[rest % 3];
        version[length] = '\0';
        good = regexec(&regex, version, 0, NULL, 0) == 0;
        ck_assert_msg(strcmp(refusal(version), good ? "" : "pattern") == 0, "%s", version);
        if (rest)
            break;
    }
    regfree(&regex);
}
END_TEST

Suite *lib_version_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("lib_version", &tests);

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, version_is_judged_by_the_published_pattern, 0, ROWS(version_rows));
    tcase_add_loop_test(tests, odd_version_breaks_another_rule_first, 0, ROWS(other_rows));
    tcase_add_loop_test(tests, random_versions_are_judged_as_by_regcomp, 0, 4);
    tcase_add_loop_test(tests, all_short_versions_are_judged_as_by_regcomp, 0, 2);
    return suite;
}

#else

Suite *lib_version_suite(void)
{
    return suite_create("lib_version");
}

#endif
