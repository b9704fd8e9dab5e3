/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What events and records tell about whose call it is, and where it went.
 */
#include <stdio.h>
#include <string.h>

#include "http/message.h"
#include "support/accounts.h"
#include "unit.h"

#if ALL_PROVIDERS

static struct {
    int events;
    int records;
    size_t body_length; /* of what is sent */
    void *call_ctx;
    char host[300];
    char server_host[300];
    int32_t server_port;
    char protocol_version[8];
    char line[400]; /* of the log, for information, the last one */
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
    seen.records += record->call_ctx == &seen && record->at_ms == 1767225600000 &&
                    strcmp(record->route, "POST /session_tokens") == 0 &&
                    record->body_length == seen.body_length;
    return SPAY_OK;
}

static void on_line(void *ctx, int32_t level, const char *line)
{
    (void)ctx;
    if (level == SPAY_LOG_INFO)
        (void)snprintf(seen.line, sizeof(seen.line), "%s", line);
}

#define LABEL "a-label-of-a-name-is-at-most-sixty-three-bytes-long-like-this-1"
#define LONGEST_NAME                                                                               \
    LABEL "." LABEL "." LABEL ".and-a-name-is-at-most-253-bytes-long-so-that-this-one-has-61"

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
    {.url = "https://" LONGEST_NAME ":8443",
     .host = LONGEST_NAME ":84", /* cut */
     .server_host = LONGEST_NAME,
     .port = 8443},
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
    options.log = on_line;
    options.log_level = SPAY_LOG_INFO;
    ck_assert(accounts_open(opened, &options));
    spay_wepay_free(opened->wepay);
    opened->wepay = NULL;
    wepay.base_url = url;
    wepay.app_id = "700123";
    wepay.app_token = "stage_not-a-real-token";
    ck_assert_int_eq(spay_wepay_new(opened->client, &wepay, &opened->wepay, NULL), SPAY_OK);
}

/* 63 bytes of the host, where it is longer. */
static void expect_recorded_host(const test_accounts *box, const char *host)
{
    char *record = spay_client_flight_record(box->client);
    char expected[100];

    (void)snprintf(expected, sizeof(expected), "\"host\":\"%.63s\"", host);
    ck_assert_msg(strstr(record, expected) != NULL, "%s is not in %s", expected, record);
    spay_free(record);
}

START_TEST(event_tells_the_server_and_whose_call_it_is)
{
    const struct place_row *row = &place_rows[_i];
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    void *session = NULL;
    test_accounts box;

    open_at(&box, row->url);
    options.call_ctx = &seen;
    seen.body_length = 96;
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
    expect_recorded_host(&box, row->host);
    ck_assert_ptr_nonnull(strstr(seen.line, ": ok, HTTP 201, 1 attempt, 0 ms, key "));
    accounts_free_session(ACCOUNT_WEPAY, session);
    accounts_close(&box);
}
END_TEST

static const struct version_row {
    int32_t version;
    const char *text;
} version_rows[] = {{10, "1.0"}, {11, "1.1"}, {20, "2"}, {0, ""}};

START_TEST(event_tells_the_version_of_http)
{
    spay_http_response *response;
    const account_facts *facts = account_facts_of(ACCOUNT_WEPAY);
    spay_call *call = NULL;
    test_accounts box;

    open_at(&box, "https://wepay.example");
    ck_assert_int_eq(accounts_new_call(&box, ACCOUNT_WEPAY, NULL, &call, NULL), SPAY_OK);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_SEND);
    response = spay_call_response(call);
    ck_assert_int_eq(spay_http_response_set_status(response, facts->status), SPAY_OK);
    ck_assert_int_eq(spay_http_response_append_body(response, facts->reply, strlen(facts->reply)),
                     SPAY_OK);
    response->http_version = version_rows[_i].version;
    ck_assert_int_eq(spay_call_respond(call, SPAY_OK), SPAY_OK);
    ck_assert_str_eq(seen.protocol_version, version_rows[_i].text);
    spay_call_free(call);
    accounts_close(&box);
}
END_TEST

/* ---- everything that events tell ---- */

/* What a transport did for one request: how it failed, or the reply and what it took. */
typedef struct exchange {
    const char *failure; /* NULL: `reply` came */
    const char *reply;
    int64_t advance_ms;
} exchange;

static const exchange exchanges[] = {
    {.failure = "connect_refused", .advance_ms = 7},
    {.reply = "HTTP/1.0 200 OK\r\nContent-Length: 41\r\n\r\n"
              "{\"access_token\":\"a\",   \"expires_in\":3600}",
     .advance_ms = 20},
    {.reply = "HTTP/1.1 429 Wait\r\nRetry-After: 3\r\nContent-Length: 0\r\n\r\n", .advance_ms = 11},
    {.reply = "HTTP/1.1 400 No\r\nContent-Length: 12\r\n\r\n{\"code\":\"C\"}", .advance_ms = 13},
};

static const char *const events_told[] = {
    "1 of 2: token POST /authorize, attempt 1 (0): SPAY_E_CONNECT, outcome 1, decision 3, "
    "HTTP 0 \"\", delay 81, at 7, took 7, us -1 -1 -1 -1 -1, key, bytes -1 -1, "
    "reason \"connect_refused\", stage 2, phase \"connect\", identity.example, \"so it was\"",
    "1 of 2: token POST /authorize, attempt 2 (1): SPAY_OK, outcome 0, decision 1, "
    "HTTP 200 \"1.0\", delay 0, at 108, took 20, us 2000 2001 2002 2003 2004, key, bytes -1 80, "
    "reason \"\", stage 0, phase \"\", identity.example, \"\"",
    "1 of 2: session_create POST /processing-terminals/{id}/hosted-fields-sessions, attempt 1 (1): "
    "SPAY_E_THROTTLED, outcome 2, decision 3, "
    "HTTP 429 \"1.1\", delay 3000, at 119, took 11, us 1100 1101 1102 1103 1104, key, bytes -1 56, "
    "reason \"\", stage 4, phase \"reply\", payroc.example, \"HTTP 429\"",
    "1 of 2: session_create POST /processing-terminals/{id}/hosted-fields-sessions, attempt 2 (2): "
    "SPAY_E_REJECTED, outcome 2, decision 2, "
    "HTTP 400 \"1.1\", delay 0, at 3132, took 13, us 1300 1301 1302 1303 1304, key, bytes -1 51, "
    "reason \"\", stage 4, phase \"reply\", payroc.example, \"HTTP 400\"",
    "2 of 2: session_create POST /processing-terminals/{id}/hosted-fields-sessions, attempt 2 (2): "
    "SPAY_E_REJECTED, outcome 2, decision 2, "
    "HTTP 400 \"1.1\", delay 0, at 3132, took 3132, us 1300 1301 1302 1303 1304, key, bytes -1 51, "
    "reason \"\", stage 4, phase \"reply\", payroc.example, \"HTTP 400\"",
};

/* How the record of them begins. */
static const char record_told[] =
    "{\"library\":\"libsessionpay " SPAY_VERSION_STRING "\",\"attempts\":["
    "{\"at_ms\":1767225600007,\"provider\":\"hosted_fields\",\"operation\":\"token\","
    "\"route\":\"POST /authorize\",\"idempotency_key\":\"aeb9910c-e0ce-442e-85d3-ff47f89be879\","
    "\"attempt\":1,\"status\":\"SPAY_E_CONNECT\",\"reason\":\"connect_refused\",\"stage\":\"token\","
    "\"phase\":\"connect\",\"provider_code\":\"\",\"message\":\"so it was\",\"host\":\"identity.example\","
    "\"outcome\":\"not_sent\",\"decision\":\"retry\",\"delay_ms\":81,\"http_status\":0,\"request_id\":\"\","
    "\"elapsed_ms\":7,\"name_lookup_us\":-1,\"connect_us\":-1,\"tls_us\":-1,\"first_byte_us\":-1,"
    "\"total_us\":-1},{\"at_ms\":1767225600108,\"provider\":\"hosted_fields\",\"operation\":\"token\","
    "\"route\":\"POST /authorize\",\"idempotency_key\":\"aeb9910c-e0ce-442e-85d3-ff47f89be879\","
    "\"attempt\":2,\"status\":\"SPAY_OK\",\"host\":\"identity.example\",\"outcome\":\"none\","
    "\"decision\":\"succeed\",\"delay_ms\":0,\"http_status\":200,\"request_id\":\"\",\"elapsed_ms\":20,"
    "\"name_lookup_us\":2000,\"connect_us\":2001,\"tls_us\":2002,\"first_byte_us\":2003,"
    "\"total_us\":2004},{";

static char told[8][400];

static void tell(void *ctx, const spay_event *event)
{
    (void)ctx;
    (void)snprintf(
        told[seen.events++ % 8], sizeof(told[0]),
        "%d of %d: %s %s, attempt %d (%d): %s, outcome %d, decision %d, "
        "HTTP %d \"%s\", delay %d, at %d, took %d, us %d %d %d %d %d, %s, bytes %d %d, "
        "reason \"%s\", stage %d, phase \"%s\", %s, \"%s\"",
        (int)event->type, (int)event->provider, event->operation, event->route, (int)event->attempt,
        (int)event->requests_sent, spay_status_name(event->status), (int)event->outcome,
        (int)event->decision, (int)event->http_status, event->protocol_version,
        (int)event->delay_ms, (int)(event->at_ms - 1767225600000), (int)event->elapsed_ms,
        (int)event->name_lookup_us, (int)event->connect_us, (int)event->tls_us,
        (int)event->first_byte_us, (int)event->total_us, *event->idempotency_key ? "key" : "",
        (int)event->bytes_sent, (int)event->bytes_received, event->reason, (int)event->stage,
        event->phase, event->host, event->message);
}

static void play(const test_accounts *box, spay_call *call, const exchange *step)
{
    spay_http_response *response = spay_call_response(call);
    int32_t moment;

    spay_mock_advance(box->mock, step->advance_ms);
    if (step->failure) {
        spay_http_response_set_failure(response, step->failure, "so it was");
        (void)spay_call_respond(call, SPAY_E_CONNECT);
        return;
    }
    spay_http_response_mark_sent(response);
    for (moment = SPAY_TIMING_NAME_LOOKUP; moment <= SPAY_TIMING_TOTAL; moment++)
        spay_http_response_set_timing(response, moment, 100 * step->advance_ms + moment);
    (void)spay_http_response_decode(response, step->reply, strlen(step->reply));
    (void)spay_call_respond(call, SPAY_OK);
}

static void play_all(const test_accounts *box, spay_call *call)
{
    const exchange *step = exchanges;
    int32_t next;

    while ((next = spay_call_step(call)) != SPAY_CALL_DONE) {
        if (next == SPAY_CALL_SEND)
            play(box, call, step++);
        else
            spay_mock_advance(box->mock, spay_call_wait_ms(call));
    }
}

START_TEST(events_tell_all_of_a_call)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    test_accounts box;
    spay_call *call = NULL;
    char *record;
    int i;

    memset(&seen, 0, sizeof(seen));
    options.event = tell;
    ck_assert(accounts_open(&box, &options));
    ck_assert_int_eq(accounts_new_call(&box, ACCOUNT_HOSTED_FIELDS, NULL, &call, NULL), SPAY_OK);
    play_all(&box, call);
    ck_assert_int_eq(seen.events, ROWS(events_told));
    for (i = 0; i < ROWS(events_told); i++)
        ck_assert_str_eq(told[i], events_told[i]);
    record = spay_client_flight_record(box.client);
    ck_assert_msg(strncmp(record, record_told, strlen(record_told)) == 0, "%s", record);
    spay_free(record);
    spay_call_free(call);
    accounts_close(&box);
}
END_TEST

Suite *event_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("event", &tests);

    tcase_add_test(tests, events_tell_all_of_a_call);
    tcase_add_loop_test(tests, event_tells_the_server_and_whose_call_it_is, 0, ROWS(place_rows));
    tcase_add_loop_test(tests, event_tells_the_version_of_http, 0, ROWS(version_rows));
    return suite;
}

#else

Suite *event_suite(void)
{
    return suite_create("event");
}

#endif
