/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What events and records tell about whose call it is, and where it went.
 */
#include <string.h>

#include "support/accounts.h"
#include "unit.h"

#if ALL_PROVIDERS

static struct {
    int events;
    int records;
    void *call_ctx;
    char host[300];
    char server_host[300];
    int32_t server_port;
    char protocol_version[8];
} seen;

static void on_event(void *ctx, const spay_event *event)
{
    (void)ctx;
    seen.events++;
    seen.call_ctx = event->call_ctx;
    seen.server_port = event->server_port;
    strcpy(seen.host, event->host);
    strcpy(seen.server_host, event->server_host);
    strcpy(seen.protocol_version, event->protocol_version);
}

static spay_status on_send(void *ctx, const spay_send_record *record)
{
    (void)ctx;
    seen.records += record->call_ctx == &seen;
    return SPAY_OK;
}

static const struct place_row {
    const char *url;
    const char *host;
    const char *server_host;
    int32_t port;
} place_rows[] = {
    {.url = "https://wepay.example",
     .host = "wepay.example",
     .server_host = "wepay.example",
     .port = 443},
    {.url = "https://WePay.example:8443/v3",
     .host = "WePay.example:8443",
     .server_host = "wepay.example",
     .port = 8443},
    {.url = "https://192.0.2.7", .host = "192.0.2.7", .server_host = "192.0.2.7", .port = 443},
    {.url = "https://[2001:db8::1]:444",
     .host = "[2001:db8::1]:444",
     .server_host = "2001:db8::1",
     .port = 444},
    {.url = "http://127.0.0.1:8080",
     .host = "127.0.0.1:8080",
     .server_host = "127.0.0.1",
     .port = 8080},
};

static void open_at(test_accounts *opened, const char *url)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    spay_wepay_options wepay = SPAY_WEPAY_OPTIONS_INIT;

    memset(&seen, 0, sizeof(seen));
    options.event = on_event;
    options.before_send = on_send;
    ck_assert(accounts_open(opened, &options));
    spay_wepay_free(opened->wepay);
    opened->wepay = NULL;
    wepay.base_url = url;
    wepay.app_id = "700123";
    wepay.app_token = "stage_not-a-real-token";
    ck_assert_int_eq(spay_wepay_new(opened->client, &wepay, &opened->wepay, NULL), SPAY_OK);
}

START_TEST(event_tells_the_server_and_whose_call_it_is)
{
    const struct place_row *row = &place_rows[_i];
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    void *session = NULL;
    test_accounts box;

    open_at(&box, row->url);
    options.call_ctx = &seen;
    accounts_reply_good(&box, ACCOUNT_WEPAY);
    ck_assert_int_eq(accounts_create_session(&box, ACCOUNT_WEPAY, &options, &session, NULL),
                     SPAY_OK);
    ck_assert_int_eq(seen.events, 2);
    ck_assert_int_eq(seen.records, 1);
    ck_assert_ptr_eq(seen.call_ctx, &seen);
    ck_assert_str_eq(seen.host, row->host);
    ck_assert_str_eq(seen.server_host, row->server_host);
    ck_assert_int_eq(seen.server_port, row->port);
    ck_assert_str_eq(seen.protocol_version, "");
    accounts_free_session(ACCOUNT_WEPAY, session);
    accounts_close(&box);
}
END_TEST

Suite *event_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("event", &tests);

    tcase_add_loop_test(tests, event_tells_the_server_and_whose_call_it_is, 0, ROWS(place_rows));
    return suite;
}

#else

Suite *event_suite(void)
{
    return suite_create("event");
}

#endif
