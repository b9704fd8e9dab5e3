/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Apple Pay: which domains and validation URLs are let through. The URL comes from a browser, so
 * most rows here are attempts to get past.
 */
#include "unit.h"

#ifndef SPAY_DISABLE_CONNECT_CLIENT

#include <stdio.h>
#include <string.h>

#include <sessionpay/client.h>

#include "providers/apple_pay.h"

#define HOST "https://apple-pay-gateway.apple.com"
#define SESSION "/paymentservices/paymentSession"
#define START "/paymentservices/startSession"

/* ---- domains ---- */

typedef struct domain_row {
    const char *domain;
    const char *code; /* NULL: good */
} domain_row;

#define L63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const domain_row domain_rows[] = {
    {"checkout.example-bikes.test", NULL},
    {"example.com", NULL},
    {"a.b", NULL},
    {"Example.COM", NULL},
    {"xn--bcher-kva.example", NULL},
    {"1.example", NULL},
    {"a-b.c--d.example", NULL},
    {L63 ".example", NULL},
    {L63 "." L63 "." L63 "."
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     NULL},
    {L63 "." L63 "." L63 "."
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     "too_long"},
    {NULL, "missing"},
    {"", "empty"},
    {"example", "pattern"},
    {"localhost", "pattern"},
    {".", "pattern"},
    {"..", "pattern"},
    {".example.com", "pattern"},
    {"example.com.", "pattern"},
    {"example..com", "pattern"},
    {"-example.com", "pattern"},
    {"example-.com", "pattern"},
    {"example.-com", "pattern"},
    {"example.com-", "pattern"},
    {"-", "pattern"},
    {"a.-", "pattern"},
    {L63 "a.example", "pattern"},
    {"https://example.com", "pattern"},
    {"example.com/", "pattern"},
    {"example.com/path", "pattern"},
    {"example.com:443", "pattern"},
    {"user@example.com", "pattern"},
    {"example.com?x", "pattern"},
    {"example.com#x", "pattern"},
    {"exam ple.com", "pattern"},
    {" example.com", "pattern"},
    {"example.com ", "pattern"},
    {"exam_ple.com", "pattern"},
    {"*.example.com", "pattern"},
    {"exam%70le.com", "pattern"},
    {"example.com\\", "pattern"},
    {"example,com", "pattern"},
    {"\"example.com\"", "pattern"},
    {"[::1]", "pattern"},
    {"2001:db8::1", "pattern"},
    {"b\xc3\xbc"
     "cher.example",
     "pattern"},
    {"example\xe3\x80\x82"
     "com",
     "pattern"},
    {"exampl\xc3\xa9.com\n", "control_character"},
    {"example.com\r\nX: y", "control_character"},
    {"example\t.com", "control_character"},
    {"example.com\xff", "not_utf8"},
};

static void check(spay__input *input, const char *name, const char *field, const char *code)
{
    spay_error *error = NULL;
    spay_status status = spay__input_end(input, &error);

    ck_assert_msg((status == SPAY_OK) == !code, "%s: %s", name,
                  code ? "accepted" : spay_error_field_code(error, 0));
    ck_assert_msg(!code || strcmp(code, spay_error_field_code(error, 0)) == 0, "%s: %s", name,
                  spay_error_field_code(error, 0));
    ck_assert_str_eq(spay_error_field_path(error, 0), code ? field : "");
    ck_assert_uint_le(spay_error_field_count(error), 1);
    spay_error_free(error);
}

START_TEST(domain_is_fully_qualified_or_refused)
{
    const domain_row *row = &domain_rows[_i];
    spay__input input = {SPAY_PROVIDER_CONNECT_CLIENT, NULL};

    spay__apple_pay_check_domain(&input, row->domain);
    check(&input, row->domain ? row->domain : "NULL", "domain_name", row->code);
}
END_TEST

/* ---- hosts ---- */

/* In which settings a host is allowed. */
typedef struct host_row {
    const char *host;
    bool production;
    bool test;
    bool pods; /* in production with the older hosts allowed */
} host_row;

static const host_row host_rows[] = {
    {.host = "apple-pay-gateway.apple.com", .production = true, .test = true, .pods = true},
    {.host = "cn-apple-pay-gateway.apple.com", .production = true, .test = true, .pods = true},
    {.host = "APPLE-PAY-GATEWAY.apple.com", .production = true, .test = true, .pods = true},
    {.host = "Cn-Apple-Pay-Gateway.Apple.Com", .production = true, .test = true, .pods = true},
    {.host = "apple-pay-gateway-cert.apple.com", .test = true},
    {.host = "cn-apple-pay-gateway-cert.apple.com", .test = true},
    {.host = "apple-pay-gateway-nc-pod1.apple.com", .pods = true},
    {.host = "apple-pay-gateway-nc-pod2.apple.com", .pods = true},
    {.host = "apple-pay-gateway-nc-pod3.apple.com", .pods = true},
    {.host = "apple-pay-gateway-nc-pod4.apple.com", .pods = true},
    {.host = "apple-pay-gateway-nc-pod5.apple.com", .pods = true},
    {.host = "apple-pay-gateway-pr-pod1.apple.com", .pods = true},
    {.host = "apple-pay-gateway-pr-pod2.apple.com", .pods = true},
    {.host = "apple-pay-gateway-pr-pod3.apple.com", .pods = true},
    {.host = "apple-pay-gateway-pr-pod4.apple.com", .pods = true},
    {.host = "apple-pay-gateway-pr-pod5.apple.com", .pods = true},
    {.host = "cn-apple-pay-gateway-sh-pod1.apple.com", .pods = true},
    {.host = "cn-apple-pay-gateway-sh-pod2.apple.com", .pods = true},
    {.host = "cn-apple-pay-gateway-sh-pod3.apple.com", .pods = true},
    {.host = "cn-apple-pay-gateway-tj-pod1.apple.com", .pods = true},
    {.host = "cn-apple-pay-gateway-tj-pod2.apple.com", .pods = true},
    {.host = "cn-apple-pay-gateway-tj-pod3.apple.com", .pods = true},
    {.host = "apple-pay-gateway-nc-pod0.apple.com"},
    {.host = "apple-pay-gateway-nc-pod6.apple.com"},
    {.host = "apple-pay-gateway-nc-pod11.apple.com"},
    {.host = "apple-pay-gateway-pr-pod6.apple.com"},
    {.host = "cn-apple-pay-gateway-sh-pod4.apple.com"},
    {.host = "cn-apple-pay-gateway-tj-pod4.apple.com"},
    {.host = "apple-pay-gateway-sh-pod1.apple.com"},
    {.host = "cn-apple-pay-gateway-nc-pod1.apple.com"},
    {.host = "apple.com"},
    {.host = "www.apple.com"},
    {.host = "gateway.apple.com"},
};

static void check_host(const host_row *row, const char *path, int32_t environment, bool pods,
                       bool good)
{
    spay__input input = {SPAY_PROVIDER_CONNECT_CLIENT, NULL};
    char url[200];

    (void)snprintf(url, sizeof(url), "https://%s%s", row->host, path);
    spay__apple_pay_check_url(&input, url, environment, pods);
    check(&input, url, "validation_url", good ? NULL : "host_not_allowed");
}

START_TEST(host_is_allowed_in_its_environment)
{
    const host_row *row = &host_rows[_i];

    check_host(row, SESSION, SPAY_ENV_PRODUCTION, false, row->production);
    check_host(row, START, SPAY_ENV_PRODUCTION, false, row->production);
    check_host(row, SESSION, 0, false, row->production);
    check_host(row, SESSION, SPAY_ENV_TEST, false, row->test);
    check_host(row, SESSION, SPAY_ENV_PRODUCTION, true, row->pods);
    check_host(row, START, SPAY_ENV_TEST, true, row->pods || row->test);
}
END_TEST

/* ---- URLs ---- */

static const char *const good_urls[] = {
    HOST SESSION,
    HOST START,
    HOST ":443" SESSION,
    "https://APPLE-PAY-GATEWAY.apple.com:443" SESSION,
    "https://cn-apple-pay-gateway.apple.com" START,
};

START_TEST(apples_own_url_is_accepted)
{
    spay__input input = {SPAY_PROVIDER_CONNECT_CLIENT, NULL};

    spay__apple_pay_check_url(&input, good_urls[_i], SPAY_ENV_PRODUCTION, false);
    check(&input, good_urls[_i], "validation_url", NULL);
}
END_TEST

/* All of these are refused, whatever the environment and with the older hosts allowed. */
static const char *const bypasses[] = {
    /* scheme */
    "",
    "http://apple-pay-gateway.apple.com" SESSION,
    "HTTP://apple-pay-gateway.apple.com" SESSION,
    "http://localhost" SESSION,
    "http://127.0.0.1" SESSION,
    "//apple-pay-gateway.apple.com" SESSION,
    "apple-pay-gateway.apple.com" SESSION,
    SESSION,
    "https:apple-pay-gateway.apple.com" SESSION,
    "https:/apple-pay-gateway.apple.com" SESSION,
    "https:///apple-pay-gateway.apple.com" SESSION,
    "https:\\\\apple-pay-gateway.apple.com" SESSION,
    "httpss://apple-pay-gateway.apple.com" SESSION,
    "ftp://apple-pay-gateway.apple.com" SESSION,
    "file://apple-pay-gateway.apple.com" SESSION,
    "gopher://apple-pay-gateway.apple.com" SESSION,
    "javascript://apple-pay-gateway.apple.com" SESSION,
    "view-source:" HOST SESSION,
    "url:" HOST SESSION,

    /* another host that looks like it */
    "https://apple-pay-gateway.apple.com.evil.test" SESSION,
    "https://evilapple-pay-gateway.apple.com" SESSION,
    "https://evil.test.apple-pay-gateway.apple.com" SESSION,
    "https://x.apple-pay-gateway.apple.com" SESSION,
    "https://apple-pay-gateway-apple.com" SESSION,
    "https://apple-pay-gateway.apple.co" SESSION,
    "https://apple-pay-gateway.apple.com.au" SESSION,
    "https://apple-pay-gateway.appple.com" SESSION,
    "https://apple-pay-gateway.apple.comm" SESSION,
    "https://apple-pay-gateway.applecom" SESSION,
    "https://apple-pay-gatewayXapple.com" SESSION,
    "https://apple.pay.gateway.apple.com" SESSION,
    "https://cn.apple-pay-gateway.apple.com" SESSION,
    "https://apple-pay-gateway.evil.apple.com" SESSION,
    "https://evil.test" SESSION,
    "https://evil.test/apple-pay-gateway.apple.com" SESSION,
    "https://apple-pay-gateway.apple.com." SESSION,
    "https://apple-pay-gateway.apple.com.." SESSION,
    "https://.apple-pay-gateway.apple.com" SESSION,
    "https://apple-pay-gateway..apple.com" SESSION,

    /* user info */
    "https://apple-pay-gateway.apple.com@evil.test" SESSION,
    "https://apple-pay-gateway.apple.com:443@evil.test" SESSION,
    "https://user@apple-pay-gateway.apple.com" SESSION,
    "https://user:password@apple-pay-gateway.apple.com" SESSION,
    "https://@apple-pay-gateway.apple.com" SESSION,
    "https://evil.test\\@apple-pay-gateway.apple.com" SESSION,
    "https://evil.test#@apple-pay-gateway.apple.com" SESSION,
    "https://evil.test?@apple-pay-gateway.apple.com" SESSION,
    "https://evil.test/@apple-pay-gateway.apple.com" SESSION,
    "https://evil.test%2f@apple-pay-gateway.apple.com" SESSION,
    "https://apple-pay-gateway.apple.com%40evil.test" SESSION,

    /* bytes that parsers read in different ways */
    "https://apple-pay-gateway.apple.com\\.evil.test" SESSION,
    "https://apple-pay-gateway.apple.com\\" SESSION,
    "https://apple-pay-gateway.apple.com%00.evil.test" SESSION,
    "https://apple-pay-gateway.apple.com%2eevil.test" SESSION,
    "https://apple-pay-gateway%2eapple.com" SESSION,
    "https://%61pple-pay-gateway.apple.com" SESSION,
    "https://apple-pay-gateway.apple.com\t.evil.test" SESSION,
    "https://apple-pay-gateway.apple.com\r\n.evil.test" SESSION,
    "https://apple-pay-gateway.apple.com evil.test" SESSION,
    "https://apple-pay-gateway.apple.com,evil.test" SESSION,
    "https://apple-pay-gateway.apple.com;evil.test" SESSION,
    "https://apple-pay-gateway.apple.com&evil.test" SESSION,
    "https://apple-pay-gateway.apple.com\xe3\x80\x82"
    "evil.test" SESSION,
    "https://\xc9\x91pple-pay-gateway.apple.com" SESSION,
    "https://apple-pay-gateway.\xd0\xb0pple.com" SESSION,
    "https://\xef\xbd\x81pple-pay-gateway.apple.com" SESSION,
    "https://apple-pay-gateway.apple.com\xc2\xad" SESSION,
    " " HOST SESSION,
    HOST SESSION " ",
    "\n" HOST SESSION,
    HOST SESSION "\n",
    HOST SESSION "\r\nX: y",
    "\xef\xbb\xbf" HOST SESSION,
    "https ://apple-pay-gateway.apple.com" SESSION,
    "https:// apple-pay-gateway.apple.com" SESSION,

    /* addresses */
    "https://17.171.78.7" SESSION,
    "https://127.0.0.1" SESSION,
    "https://localhost" SESSION,
    "https://[::1]" SESSION,
    "https://[::ffff:17.171.78.7]" SESSION,
    "https://169.254.169.254" SESSION,
    "https://2130706433" SESSION,
    "https://0x7f000001" SESSION,
    "https://0" SESSION,
    "https://[apple-pay-gateway.apple.com]" SESSION,

    /* ports */
    HOST ":8443" SESSION,
    HOST ":80" SESSION,
    HOST ":0" SESSION,
    HOST ":" SESSION,
    HOST ":0443" SESSION,
    HOST ":00443" SESSION,
    HOST ":65979" SESSION, /* 443 in 16 bits */
    HOST ":4294967739" SESSION,
    HOST ":443:443" SESSION,
    HOST ":443evil" SESSION,
    HOST ":+443" SESSION,
    HOST ":-443" SESSION,
    HOST ":443.evil.test" SESSION,

    /* paths */
    HOST,
    HOST "/",
    HOST "/paymentservices",
    HOST "/paymentservices/",
    HOST "/paymentservices/../admin",
    HOST SESSION "/",
    HOST SESSION "/..",
    HOST SESSION "/../../admin",
    HOST SESSION "x",
    HOST SESSION ";x",
    HOST SESSION ".json",
    HOST "/" SESSION,
    HOST "//paymentservices/paymentSession",
    HOST "/./paymentservices/paymentSession",
    HOST "/x/../paymentservices/paymentSession",
    HOST "/paymentservices//paymentSession",
    HOST "/paymentservices/%70aymentSession",
    HOST "/paymentservices%2fpaymentSession",
    HOST "/paymentservices\\paymentSession",
    HOST "/paymentservices/paymentsession",
    HOST "/PaymentServices/PaymentSession",
    HOST "/paymentservices/startSessio",
    HOST "/paymentservices/endSession",
    HOST "/evil" SESSION,

    /* query and fragment */
    HOST SESSION "?",
    HOST SESSION "?x=1",
    HOST SESSION "#",
    HOST SESSION "#x",
    HOST "?" SESSION,
    HOST "#" SESSION,
    HOST "?/.evil.test" SESSION,
    HOST SESSION "?url=https://evil.test",
};

START_TEST(bypass_is_refused)
{
    static const int32_t environments[] = {SPAY_ENV_TEST, SPAY_ENV_PRODUCTION, 0, 101};
    size_t i;

    for (i = 0; i < 4; i++) {
        spay__input input = {SPAY_PROVIDER_CONNECT_CLIENT, NULL};

        spay__apple_pay_check_url(&input, bypasses[_i], environments[i], true);
        ck_assert_msg(spay__input_end(&input, NULL) == SPAY_E_INVALID_ARGUMENT, "accepted: %s",
                      bypasses[_i]);
    }
}
END_TEST

typedef struct code_row {
    const char *url;
    const char *code;
} code_row;

static const code_row code_rows[] = {
    {NULL, "missing"},
    {"", "empty"},
    {HOST SESSION "\n", "control_character"},
    {HOST " " SESSION, "forbidden_character"},
    {"http://apple-pay-gateway.apple.com" SESSION, "not_https"},
    {"http://localhost" SESSION, "not_https"},
    {"https://user@apple-pay-gateway.apple.com" SESSION, "not_a_url"},
    {"https://evil.test" SESSION, "host_not_allowed"},
    {"https://evil.test:8443/x", "host_not_allowed"},
    {HOST ":8443" SESSION, "pattern"},
    {HOST "/admin", "pattern"},
};

START_TEST(refusal_names_the_rule)
{
    const code_row *row = &code_rows[_i];
    spay__input input = {SPAY_PROVIDER_CONNECT_CLIENT, NULL};

    spay__apple_pay_check_url(&input, row->url, SPAY_ENV_PRODUCTION, false);
    check(&input, row->url ? row->url : "NULL", "validation_url", row->code);
}
END_TEST

START_TEST(no_single_changed_byte_passes)
{
    static const char good[] = HOST SESSION;
    char url[sizeof(good)];
    size_t at;
    int byte;

    for (at = 0; at < sizeof(good) - 1; at++)
        for (byte = 1; byte < 256; byte++) {
            spay__input input = {SPAY_PROVIDER_CONNECT_CLIENT, NULL};
            bool host = at < strlen(HOST);
            bool same_letter = host && (byte | 0x20) == good[at] && good[at] >= 'a';

            memcpy(url, good, sizeof(good));
            url[at] = (char)byte;
            if (url[at] == good[at] || same_letter)
                continue;
            spay__apple_pay_check_url(&input, url, SPAY_ENV_TEST, true);
            ck_assert_msg(spay__input_end(&input, NULL) != SPAY_OK, "byte %02x at %zu",
                          (unsigned)byte, at);
        }
}
END_TEST

START_TEST(url_of_very_many_bytes_is_refused)
{
    static char url[5000] = HOST SESSION;
    spay__input input = {SPAY_PROVIDER_CONNECT_CLIENT, NULL};

    memset(url + sizeof(HOST SESSION) - 1, 'x', 2049 - (sizeof(HOST SESSION) - 1));
    spay__apple_pay_check_url(&input, url, SPAY_ENV_PRODUCTION, false);
    check(&input, "2049 bytes", "validation_url", "too_long");
}
END_TEST

Suite *apple_pay_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("apple_pay", &tests);

    tcase_add_loop_test(tests, domain_is_fully_qualified_or_refused, 0, ROWS(domain_rows));
    tcase_add_loop_test(tests, host_is_allowed_in_its_environment, 0, ROWS(host_rows));
    tcase_add_loop_test(tests, apples_own_url_is_accepted, 0, ROWS(good_urls));
    tcase_add_loop_test(tests, bypass_is_refused, 0, ROWS(bypasses));
    tcase_add_loop_test(tests, refusal_names_the_rule, 0, ROWS(code_rows));
    tcase_add_test(tests, no_single_changed_byte_passes);
    tcase_add_test(tests, url_of_very_many_bytes_is_refused);
    return suite;
}

#else

Suite *apple_pay_suite(void)
{
    return suite_create("apple_pay");
}

#endif
