/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Log lines: levels, the allow-list, one line each, and no secret of whole calls at any level.
 */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include <sessionpay/sessionpay.h>

#include "core/log.h"

/* Every line so far, "level line\n" each. */
static char lines[65536];

static void note(void *ctx, int32_t level, const char *line)
{
    size_t used = strlen(lines);

    ck_assert_ptr_eq(ctx, lines);
    ck_assert_ptr_null(strpbrk(line, "\r\n"));
    (void)snprintf(lines + used, sizeof(lines) - used, "%d %s\n", (int)level, line);
}

/* As much of a client as logging looks at. */
static void make_client(spay_client *client, int32_t level)
{
    memset(client, 0, sizeof(*client));
    client->log = note;
    client->log_ctx = lines;
    client->log_level = level;
    lines[0] = '\0';
}

static const spay_http_request no_request;

/* ---- lines ---- */

START_TEST(level_includes_those_before_it)
{
    spay_client client;
    int32_t level;

    make_client(&client, _i);
    for (level = SPAY_LOG_ERROR; level <= SPAY_LOG_TRACE; level++) {
        lines[0] = '\0';
        spay__log(&client, level, "%s", "x");
        ck_assert_msg((lines[0] != '\0') == (level <= _i), "line of level %d at level %d",
                      (int)level, _i);
    }
}
END_TEST

START_TEST(silent_client_needs_no_hook)
{
    spay_client client;

    make_client(&client, 0);
    client.log = NULL;
    spay__log(&client, SPAY_LOG_ERROR, "%s", "x");
}
END_TEST

START_TEST(line_is_formatted_and_has_its_level)
{
    spay_client client;

    make_client(&client, SPAY_LOG_INFO);
    spay__log(&client, SPAY_LOG_INFO, "%s %d", "attempt", 2);
    ck_assert_str_eq(lines, "2 attempt 2\n");
}
END_TEST

START_TEST(control_bytes_are_removed)
{
    char text[2] = {(char)_i, '\0'};
    spay_client client;
    char expected[16];

    make_client(&client, SPAY_LOG_INFO);
    spay__log(&client, SPAY_LOG_INFO, "a%sb", text);
    (void)snprintf(expected, sizeof(expected), "2 a%sb\n", _i < 0x20 || _i == 0x7f ? " " : text);
    ck_assert_str_eq(lines, expected);
}
END_TEST

START_TEST(very_long_line_is_cut)
{
    static char text[5000];
    spay_client client;

    memset(text, 'x', sizeof(text) - 1);
    make_client(&client, SPAY_LOG_INFO);
    spay__log(&client, SPAY_LOG_INFO, "%s", text);
    ck_assert_uint_eq(strlen(lines), 1023 + 3);
}
END_TEST

/* ---- headers ---- */

typedef struct header_row {
    const char *name;
    bool shown;
} header_row;

static const header_row header_rows[] = {
    {"Accept", true},
    {"Api-Version", true},
    {"Content-Length", true},
    {"content-type", true},
    {"DATE", true},
    {"Retry-After", true},
    {"User-Agent", true},
    {"X-Correlation-Id", true},
    {"X-Request-Id", true},
    {"X-GCS-Idempotence-Request-Timestamp", true},
    {"Authorization", false},
    {"authorization", false},
    {"AUTHORIZATION", false},
    {"Authorizatio", false},
    {"App-Token", false},
    {"App-Id", false},
    {"x-api-key", false},
    {"X-API-KEY", false},
    {"Cookie", false},
    {"Set-Cookie", false},
    {"Location", false},
    {"Proxy-Authorization", false},
    {"WWW-Authenticate", false},
    {"WePay-Risk-Token", false},
    {"Client-IP", false},
    {"X-GCS-ServerMetaInfo", false},
    {"X-GCS-ClientMetaInfo", false},
    {"X-Date", false},
    {"Date2", false},
    {"Dat", false},
    {" Date", false},
    {"", false},
    {"Something-New", false},
};

/* What a provider may add to the headers that all have. */
static const char shown_headers[] = "Api-Version\0X-Correlation-Id\0X-Request-Id\0"
                                    "X-GCS-Idempotence-Request-Timestamp\0";

static void check_header(const header_row *row)
{
    ck_assert_msg((strstr(lines, "hush") != NULL) == row->shown, "%s: %s", row->name, lines);
    ck_assert_msg(strstr(lines, row->name) != NULL, "%s: %s", row->name, lines);
    ck_assert_msg((strstr(lines, "[hidden]") != NULL) == !row->shown, "%s: %s", row->name, lines);
}

START_TEST(request_header_shows_only_if_allowed)
{
    spay_http_request request;
    spay_client client;

    memset(&request, 0, sizeof(request));
    spay__http_request_add(&request, header_rows[_i].name, "hush");
    make_client(&client, SPAY_LOG_TRACE);
    spay__log_request(&client, &request, shown_headers);
    check_header(&header_rows[_i]);
    spay__http_request_clear(&request);
}
END_TEST

START_TEST(response_header_shows_only_if_allowed)
{
    spay_http_response response;
    spay_client client;

    spay__http_response_init(&response);
    spay_http_response_add_header(&response, header_rows[_i].name, "hush");
    make_client(&client, SPAY_LOG_TRACE);
    spay__log_response(&client, &response, &no_request, shown_headers);
    check_header(&header_rows[_i]);
    spay__http_response_clear(&response);
}
END_TEST

START_TEST(secret_header_is_hidden_whatever_its_name)
{
    spay_http_request request;
    spay_client client;

    memset(&request, 0, sizeof(request));
    spay__http_request_add_secret(&request, header_rows[_i].name, "hush");
    make_client(&client, SPAY_LOG_TRACE);
    spay__log_request(&client, &request, shown_headers);
    ck_assert_msg(strstr(lines, "hush") == NULL, "%s: %s", header_rows[_i].name, lines);
    spay__http_request_clear(&request);
}
END_TEST

START_TEST(headers_are_for_trace_alone)
{
    spay_http_response response;
    spay_http_request request;
    spay_client client;

    memset(&request, 0, sizeof(request));
    spay__http_request_add(&request, "Date", "x");
    spay__http_response_init(&response);
    spay_http_response_add_header(&response, "Date", "x");
    make_client(&client, SPAY_LOG_DEBUG);
    spay__log_request(&client, &request, shown_headers);
    spay__log_response(&client, &response, &no_request, shown_headers);
    ck_assert_str_eq(lines, "");
    spay__http_request_clear(&request);
    spay__http_response_clear(&response);
}
END_TEST

START_TEST(hostile_header_stays_on_one_line)
{
    spay_http_response response;
    spay_client client;

    spay__http_response_init(&response);
    spay_http_response_add_header(&response, "X\r\n\x1b[2J%s%n", "%s%n");
    spay_http_response_add_header(&response, "Date", "a\r\nfake: line\x1b[31m%s%n");
    make_client(&client, SPAY_LOG_TRACE);
    spay__log_response(&client, &response, &no_request, shown_headers);
    ck_assert_str_eq(lines, "4 < X   [2J%s%n: [hidden]\n4 < Date: a  fake: line [31m%s%n\n");
    spay__http_response_clear(&response);
}
END_TEST

/* ---- whole calls ---- */

#if !defined(SPAY_DISABLE_WEPAY) && !defined(SPAY_DISABLE_HOSTED_FIELDS) &&                        \
    !defined(SPAY_DISABLE_CONNECT_SERVER)

static const char *const secrets[] = {
    "API-KEY-hush",    "ACCESS-TOKEN-hush", "SESSION-TOKEN-hush", "APP-TOKEN-hush",
    "RISK-TOKEN-hush", "203.0.113.77",      "SECRET-KEY-hush",    "v1HMAC:",
    "BODY-hush",       "PATH-ID-hush",      "BEARER-hush",        "KEY-SECRET-hush-hush-hush",
};

static void reply(spay_mock *mock, int32_t status, const char *headers, const char *body)
{
    ck_assert_int_eq(spay_mock_reply(mock, status, headers, body, strlen(body)), SPAY_OK);
}

static void call_hosted_fields(spay_client *client, spay_mock *mock)
{
    spay_hosted_fields_options options = SPAY_HOSTED_FIELDS_OPTIONS_INIT;
    spay_hosted_fields_session_request request = SPAY_HOSTED_FIELDS_SESSION_REQUEST_INIT;
    spay_call_options call = SPAY_CALL_OPTIONS_INIT;
    spay_hosted_fields_session *session = NULL;
    spay_hosted_fields *account = NULL;

    options.environment = SPAY_ENV_TEST;
    options.api_key = "API-KEY-hush";
    ck_assert_int_eq(spay_hosted_fields_new(client, &options, &account, NULL), SPAY_OK);
    request.processing_terminal_id = "PATH-ID-hush";
    request.lib_version = "1.6.0.172441";
    request.scenario = "payment";
    request.secure_token_id = "BODY-hush";
    call.intent = "order 1";
    reply(mock, 200, NULL, "{\"access_token\":\"ACCESS-TOKEN-hush\",\"expires_in\":3600}");
    reply(mock, 503, "Set-Cookie: SESSION-TOKEN-hush", "BODY-hush");
    reply(mock, 201, NULL,
          "{\"token\":\"SESSION-TOKEN-hush\",\"expiresAt\":\"2026-01-01T00:10:00Z\"}");
    ck_assert_int_eq(spay_hosted_fields_session_create(account, &request, &call, &session, NULL),
                     SPAY_OK);
    spay_hosted_fields_session_free(session);
    reply(mock, 400, NULL, "{\"detail\":\"not so\",\"errors\":[{\"message\":\"not so\"}]}");
    ck_assert_int_lt(spay_hosted_fields_session_create(account, &request, NULL, &session, NULL), 0);
    spay_hosted_fields_free(account);
}

static void call_wepay(spay_client *client, spay_mock *mock)
{
    spay_wepay_options options = SPAY_WEPAY_OPTIONS_INIT;
    spay_wepay_session_request request = SPAY_WEPAY_SESSION_REQUEST_INIT;
    spay_wepay_session *session = NULL;
    spay_wepay *account = NULL;

    options.environment = SPAY_ENV_TEST;
    options.app_id = "121212";
    options.app_token = "APP-TOKEN-hush";
    ck_assert_int_eq(spay_wepay_new(client, &options, &account, NULL), SPAY_OK);
    request.type = "mobile_session";
    request.account_id = "BODY-hush";
    request.risk_token = "RISK-TOKEN-hush";
    request.client_ip = "203.0.113.77";
    reply(mock, 401, "X-Echo: APP-TOKEN-hush", "{\"error_message\":\"no APP-TOKEN-hush here\"}");
    ck_assert_int_lt(spay_wepay_session_create(account, &request, NULL, &session, NULL), 0);
    reply(mock, 302, "Location: https://evil.test/?t=APP-TOKEN-hush", "");
    ck_assert_int_lt(spay_wepay_session_create(account, &request, NULL, &session, NULL), 0);
    spay_wepay_free(account);
}

static void call_connect_server(spay_client *client, spay_mock *mock)
{
    spay_connect_server_options options = SPAY_CONNECT_SERVER_OPTIONS_INIT;
    spay_connect_server_session_request request = SPAY_CONNECT_SERVER_SESSION_REQUEST_INIT;
    spay_connect_server_session *session = NULL;
    spay_connect_server *account = NULL;

    options.environment = SPAY_ENV_TEST;
    options.merchant_id = "PATH-ID-hush";
    options.api_key_id = "key";
    options.secret_api_key = "SECRET-KEY-hush";
    options.integrator = "Shop";
    ck_assert_int_eq(spay_connect_server_new(client, &options, &account, NULL), SPAY_OK);
    reply(mock, 200, NULL,
          "{\"clientSessionId\":\"SESSION-TOKEN-hush\",\"customerId\":\"BODY-hush\","
          "\"clientApiUrl\":\"https://a.worldline-solutions.com/client\","
          "\"assetUrl\":\"https://a.worldline-solutions.com/\"}");
    ck_assert_int_eq(spay_connect_server_session_create(account, &request, NULL, &session, NULL),
                     SPAY_OK);
    spay_connect_server_session_free(session);
    spay_mock_fail(mock, SPAY_E_TIMEOUT, SPAY_YES);
    reply(mock, 403, NULL, "{\"errorId\":\"1\",\"errors\":[{\"message\":\"not so\"}]}");
    ck_assert_int_lt(spay_connect_server_session_create(account, &request, NULL, &session, NULL),
                     0);
    spay_connect_server_free(account);
}

static void run_calls(int32_t level)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    spay_client *client = NULL;
    spay_mock *mock = NULL;

    lines[0] = '\0';
    ck_assert_int_eq(spay_mock_new(&mock, NULL), SPAY_OK);
    options.transport = spay_mock_transport(mock);
    options.platform = spay_mock_platform(mock);
    options.key_secret = "KEY-SECRET-hush-hush-hush";
    options.key_secret_length = 25;
    options.log = note;
    options.log_ctx = lines;
    options.log_level = level;
    ck_assert_int_eq(spay_client_new(&options, &client, NULL), SPAY_OK);
    call_hosted_fields(client, mock);
    call_wepay(client, mock);
    call_connect_server(client, mock);
    spay_client_free(client);
    spay_mock_free(mock);
}

START_TEST(calls_log_no_secret_at_any_level)
{
    size_t i;

    run_calls(_i);
    ck_assert_str_ne(lines, "");
    for (i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
        ck_assert_msg(!strstr(lines, secrets[i]), "level %d: %s", _i, secrets[i]);
    ck_assert_ptr_null(strstr(lines, "hush"));
}
END_TEST

START_TEST(calls_log_more_at_each_level)
{
    size_t less;

    run_calls(_i);
    less = strlen(lines);
    run_calls(_i + 1);
    ck_assert_uint_gt(strlen(lines), less);
}
END_TEST

START_TEST(calls_log_names_statuses_and_keys)
{
    run_calls(SPAY_LOG_TRACE);
    ck_assert_ptr_nonnull(strstr(lines, "wepay"));
    ck_assert_ptr_nonnull(strstr(lines, "SPAY_E_AUTH"));
    ck_assert_ptr_nonnull(strstr(lines, "503"));
    ck_assert_ptr_nonnull(strstr(lines, "Authorization: [hidden]"));
}
END_TEST

static void add_calls(TCase *tests)
{
    tcase_add_loop_test(tests, calls_log_no_secret_at_any_level, SPAY_LOG_ERROR,
                        SPAY_LOG_TRACE + 1);
    tcase_add_loop_test(tests, calls_log_more_at_each_level, SPAY_LOG_ERROR, SPAY_LOG_TRACE);
    tcase_add_test(tests, calls_log_names_statuses_and_keys);
}

#else

static void add_calls(TCase *tests)
{
    (void)tests;
}

#endif

Suite *log_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("log", &tests);

    tcase_add_loop_test(tests, level_includes_those_before_it, 0, SPAY_LOG_TRACE + 1);
    tcase_add_test(tests, silent_client_needs_no_hook);
    tcase_add_test(tests, line_is_formatted_and_has_its_level);
    tcase_add_loop_test(tests, control_bytes_are_removed, 1, 0x80);
    tcase_add_test(tests, very_long_line_is_cut);
    tcase_add_loop_test(tests, request_header_shows_only_if_allowed, 0, ROWS(header_rows));
    tcase_add_loop_test(tests, response_header_shows_only_if_allowed, 0, ROWS(header_rows));
    tcase_add_loop_test(tests, secret_header_is_hidden_whatever_its_name, 0, ROWS(header_rows));
    tcase_add_test(tests, headers_are_for_trace_alone);
    tcase_add_test(tests, hostile_header_stays_on_one_line);
    add_calls(tests);
    return suite;
}
