/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Masking of credentials that a provider repeats: in which forms they are found, and that nothing
 * else is.
 */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "base/crypto.h"
#include "core/redact.h"

#define TOKEN "stage_7/pq+Zr=x~9"

static spay_http_request request;

static void start(void)
{
    memset(&request, 0, sizeof(request));
    spay__http_request_add_secret(&request, "App-Token", TOKEN);
    spay__http_request_add_secret(&request, "Authorization", "Bearer abc123-def456");
    spay__http_request_add_secret(&request, "X-Short", "pin42");
    spay__http_request_add_secret(&request, "X-Six", "pin426");
    ck_assert(!request.failed);
}

static void stop(void)
{
    spay__http_request_clear(&request);
}

/* ---- forms ---- */

static const struct {
    const char *text;
    const char *masked;
} rows[] = {
    {"no " TOKEN "!", "no *****************!"},
    {TOKEN TOKEN, "**********************************"},
    {"stage_7%2Fpq%2BZr%3Dx%7E9 bad", "************************* bad"},
    {"stage_7%2fpq%2bZr%3dx~9", "***********************"},
    {"%73%74%61%67%65%5f%37%2f%70%71%2b%5a%72%3d%78%7e%39",
     "***************************************************"},
    {"stage_7\\/pq+Zr=x~9.", "******************."},
    {"stage_7\\u002fpq\\u002BZr=x~9.", "***************************."},
    {"Bearer abc123-def456", "********************"},
    {"a token abc123-def456 of yours", "a token ************* of yours"},
    {"abc123%2Ddef456", "***************"},
    /* what is not it */
    {"stage_7/pq+Zr=x~ ", "stage_7/pq+Zr=x~ "},
    {"stage_7%2Fpq%2BZr%3Dx%7E8", "stage_7%2Fpq%2BZr%3Dx%7E8"},
    {"stage_7%2F%", "***********"},
    {"stage_7\\n", "*********"},
    {"stage_8%2", "stage_8%2"},
    {"stage\\u005", "stage\\u005"},
    {"%\\", "%\\"},
    {"YWJjMTIzLWRlZjQ1 is cut", "YWJjMTIzLWRlZjQ1 is cut"},
    {"YWJjMTIz", "********"},
    {"YWJjMTI", "YWJjMTI"},
    /* its beginning, in a text that was cut */
    {"bad stage_7/pq", "bad **********"},
    {"bad stage_7%2", "bad *********"},
    {"bad stage_7\\u002", "bad ************"},
    {"bad YWJjMTIzLWRlZj", "bad **************"},
    {"bad stage_7%zz", "bad stage_7%zz"},
    {"bad stage_7\\pq+Zr", "bad stage_7\\pq+Zr"},
    {"bad stage_", "bad ******"},
    {"bad stage", "bad stage"},
    {"pin426 is not too short", "****** is not too short"},
    {"pin42 is too short to be told from words", "pin42 is too short to be told from words"},
    {"", ""},
    /* in base64, of which no bit stays */
    {"YWJjMTIzLWRlZjQ1Ng==", "******************=="},
    {"x: YWJjMTIzLWRlZjQ1Ngo", "x: ******************o"},
};

START_TEST(credential_is_masked_in_every_form)
{
    char text[256];

    snprintf(text, sizeof(text), "%s", rows[_i].text);
    spay__redact(&request, text);
    ck_assert_str_eq(text, rows[_i].masked);
    ck_assert_int_eq(spay__redact_finds(&request, rows[_i].text),
                     strcmp(rows[_i].text, rows[_i].masked) != 0);
}
END_TEST

/* As "user:token" has it, and what the alphabets differ in. */
START_TEST(credential_is_masked_wherever_it_stands_in_base64)
{
    size_t before;
    size_t after;

    for (before = 0; before < 9; before++)
        for (after = 0; after < 9; after++) {
            char plain[64];
            char text[128];
            char *c;

            snprintf(plain, sizeof(plain), "%.*s%s%.*s", (int)before, "{\"a\":\"?>>", TOKEN,
                     (int)after, ">?~}_____");
            spay__base64_encode(text, plain, strlen(plain));
            for (c = text; after % 2 && *c; c++)
                *c = *c == '+' ? '-' : *c == '/' ? '_' : *c;
            ck_assert(spay__redact_finds(&request, text));
            spay__redact(&request, text);
            ck_assert_msg(strstr(text, "**********************"), "%s: %s", plain, text);
            ck_assert(!spay__redact_finds(&request, text));
        }
}
END_TEST

Suite *redact_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("redact", &tests);

    tcase_add_checked_fixture(tests, start, stop);
    tcase_add_loop_test(tests, credential_is_masked_in_every_form, 0, ROWS(rows));
    tcase_add_test(tests, credential_is_masked_wherever_it_stands_in_base64);
    return suite;
}
