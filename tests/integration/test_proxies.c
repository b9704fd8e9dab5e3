/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Proxies that do not open the way, and addresses to which there is none: nothing was sent, and the
 * error says who has to do what.
 */
#include <stdio.h>
#include <string.h>

#include "drive.h"
#include "integration.h"
#include "server.h"

#define HEAD(status) "HTTP/1.1 " status "\r\nContent-Length: 0\r\n"

typedef struct refusal {
    const char *scheme;
    const char *answers[2]; /* to what it is sent; NULL: it hangs up */
    size_t lengths[2];      /* of SOCKS */
    spay_status status;
    const char *reason;
    const char *text; /* in the message */
} refusal;

#define HTTP(answer, status_, reason_, text_)                                                      \
    {                                                                                              \
        .scheme = "http", .answers = {answer, NULL}, .status = (status_), .reason = (reason_),     \
        .text = (text_)                                                                            \
    }
#define SOCKS(first, second, status_, reason_, text_)                                              \
    {                                                                                              \
        .scheme = "socks5h", .answers = {first, second},                                           \
        .lengths = {sizeof(first) - 1, sizeof(second) - 1}, .status = (status_),                   \
        .reason = (reason_), .text = (text_)                                                       \
    }

static const refusal refusals[] = {
    HTTP(HEAD("407 Proxy Authentication Required") "Proxy-Authenticate: Basic realm=\"p\"\r\n\r\n",
         SPAY_E_PROXY, "proxy_credentials", "other credentials"),
    HTTP(HEAD("403 Forbidden") "\r\n", SPAY_E_PROXY, "proxy_refused", "does not permit it"),
    HTTP(HEAD("302 Found") "Location: https://login.example/\r\n\r\n", SPAY_E_PROXY,
         "proxy_refused", "does not permit it"),
    HTTP(HEAD("408 Request Timeout") "\r\n", SPAY_E_CONNECT, "proxy_failed", "the proxy failed"),
    HTTP(HEAD("429 Too Many Requests") "\r\n", SPAY_E_CONNECT, "proxy_failed", "the proxy failed"),
    HTTP(HEAD("502 Bad Gateway") "\r\n", SPAY_E_CONNECT, "proxy_failed", "the proxy failed"),
    HTTP(NULL, SPAY_E_CONNECT, "proxy_failed", "may want https://"),
    SOCKS("\5\xff", "", SPAY_E_PROXY, "proxy_credentials", "other credentials"),
    SOCKS("\5\0", "\5\2\0\1\0\0\0\0\0\0", SPAY_E_PROXY, "proxy_refused", "does not permit it"),
    SOCKS("\5\0", "\5\1\0\1\0\0\0\0\0\0", SPAY_E_CONNECT, "proxy_failed", ""),
};

static void refuse(server_connection *c, void *ctx)
{
    const refusal *row = ctx;
    int i;

    if (strcmp(row->scheme, "http") == 0) {
        if (server_read_request(c) && row->answers[0])
            (void)server_write_text(c, row->answers[0]);
        return;
    }
    for (i = 0; i < 2; i++)
        if (server_await_bytes(c, -1) && server_read_bytes(c, 3))
            (void)server_write(c, row->answers[i], row->lengths[i]);
    (void)server_await_gone(c, 1000);
}

static void expect_failure(const spay_client_options *options, drive_kind kind, const char *url,
                           const refusal *row)
{
    drive_result result;
    drive d;

    drive_open(&d, kind, url, NULL, options, NULL);
    result = drive_call(&d);
    drive_expect(&d, &result, row->status, row->reason, SPAY_OUTCOME_NOT_SENT);
    ck_assert_msg(strstr(result.message, row->text), "%s", result.message);
    ck_assert_int_eq(result.requests_sent, 0);
    drive_close(&d);
}

START_TEST(a_proxy_that_does_not_open_the_way_says_who_has_to)
{
    const refusal *row = &refusals[_i / DRIVE_KINDS];
    refusal for_server = *row;
    server_options options = {.behave = refuse, .ctx = &for_server};
    spay_client_options client_options = SPAY_CLIENT_OPTIONS_INIT;
    server *proxy = server_start(&options);
    char url[64];

    (void)snprintf(url, sizeof(url), "%s://127.0.0.1:%d", row->scheme, server_port(proxy));
    client_options.proxy = url;
    expect_failure(&client_options, (drive_kind)(_i % DRIVE_KINDS), "https://wepay.test", row);
    server_stop(proxy);
}
END_TEST

/* Nothing is sent to either: the system refuses to. */
#ifdef __linux__
static const struct {
    const char *url;
    refusal failure;
} dead_ends[] = {
    {"https://255.255.255.255",
     {.status = SPAY_E_CONNECT, .reason = "connect_failed", .text = "no route to it"}},
    {"https://127.0.0.1:1",
     {.status = SPAY_E_CONNECT, .reason = "connect_failed", .text = "connection refused"}},
};

START_TEST(a_message_says_what_the_system_said)
{
    expect_failure(NULL, (drive_kind)(_i % DRIVE_KINDS), dead_ends[_i / DRIVE_KINDS].url,
                   &dead_ends[_i / DRIVE_KINDS].failure);
}
END_TEST
#endif

Suite *proxies_suite(void)
{
    Suite *suite = suite_create("proxies");
    TCase *tests = tcase_create("proxies");

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, a_proxy_that_does_not_open_the_way_says_who_has_to, 0,
                        DRIVE_KINDS * (int)(sizeof(refusals) / sizeof(refusals[0])));
#ifdef __linux__
    tcase_add_loop_test(tests, a_message_says_what_the_system_said, 0,
                        DRIVE_KINDS * (int)(sizeof(dead_ends) / sizeof(dead_ends[0])));
#endif
    suite_add_tcase(suite, tests);
    return suite;
}
