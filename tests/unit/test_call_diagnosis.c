/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What log lines, events and the flight recorder tell about a failure, and what they must not.
 */
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "calls.h"

#if ALL_PROVIDERS

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

#define ECHOED(kind_, secret_, status_, headers_, body_)                                           \
    {                                                                                              \
        .kind = (kind_), .secret = (secret_), .status = (status_), .headers = (headers_),          \
        .body = (body_)                                                                            \
    }

static const struct echo {
    account_kind kind;
    const char *secret;
    int32_t status;
    const char *headers;
    const char *body;
} echoes[] = {
    ECHOED(ACCOUNT_WEPAY, "stage_not-a-real-token", 400, ECHO_HEADERS("stage_not-a-real-token"),
           ECHO_WEPAY("stage_not-a-real-token")),
    ECHOED(ACCOUNT_WEPAY, "stage_not-a-real-token", 201, ECHO_HEADERS("stage_not-a-real-token"),
           NULL),
    ECHOED(ACCOUNT_WEPAY, "stage_not-a-real-token", 201, ECHO_HEADERS("stage_not-a-real-token"),
           "{}"),
    ECHOED(ACCOUNT_WEPAY, "stage_not-a-real-token", 201, ECHO_HEADERS("stage_not-a-real-token"),
           WEPAY_UNTIL("1")),
    ECHOED(ACCOUNT_HOSTED_BEARER, "brought-token", 400, ECHO_HEADERS("brought-token"),
           ECHO_PROBLEM("brought-token")),
    ECHOED(ACCOUNT_HOSTED_FIELDS, "not-a-real-key", 400, ECHO_HEADERS("not-a-real-key"),
           ECHO_PROBLEM("not-a-real-key")),
    ECHOED(ACCOUNT_CONNECT_CLIENT, "client-session", 403, ECHO_HEADERS("client-session"),
           ECHO_CONNECT("client-session")),
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

#define DIAGNOSIS(failure_, sent_, reason_, said_, phase_)                                         \
    {                                                                                              \
        .failure = (failure_), .sent = (sent_), .reason = (reason_), .said = (said_),              \
        .phase = (phase_)                                                                          \
    }

static const struct diagnosis {
    spay_status failure; /* 0: a reply */
    bool sent;
    const char *reason;
    const char *said;
    const char *phase;
} diagnoses[] = {
    DIAGNOSIS(SPAY_E_TLS, false, "tls_authority_unknown", "no authority", "tls"),
    DIAGNOSIS(SPAY_E_CONNECT, false, "dns_failed", "no such name", "name_lookup"),
    DIAGNOSIS(SPAY_E_CONNECT, false, "connect_failed", "nobody there", "connect"),
    DIAGNOSIS(SPAY_E_CONNECT, false, "proxy_credentials", "407", "proxy"),
    DIAGNOSIS(SPAY_E_TIMEOUT, true, "reply_timeout", "too late", "wait"),
    DIAGNOSIS(SPAY_E_NETWORK, false, "connection_lost", "gone", "send"),
    DIAGNOSIS(0, true, "", "HTTP 400 E1: said so (f: C2)", "reply"),
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
    expect_in(record, "{\"at_ms\":1767225600000,\"provider\":\"wepay\",\"operation\":"
                      "\"session_create\",\"route\":\"\",\"idempotency_key\":\"\",\"attempt\":0,"
                      "\"status\":\"SPAY_E_INVALID_ARGUMENT\",\"reason\":\"\",\"stage\":\"input\","
                      "\"phase\":\"\",\"provider_code\":\"\",");
    expect_in(record, "\"host\":\"\",\"outcome\":\"not_sent\",\"decision\":\"give_up\","
                      "\"delay_ms\":0,\"http_status\":0,\"request_id\":\"\",\"elapsed_ms\":0,"
                      "\"name_lookup_us\":-1,\"connect_us\":-1,\"tls_us\":-1,"
                      "\"first_byte_us\":-1,\"total_us\":-1}");
    spay_free(record);
    spay_error_free(error);
}
END_TEST

static int count_of(const char *text, const char *part)
{
    int count = 0;

    for (; (text = strstr(text, part)) != NULL; text++)
        count++;
    return count;
}

START_TEST(a_record_has_the_last_attempts)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    char *record;
    int i;

    options.recorded_attempts = 2;
    reopen_accounts(&options);
    for (i = 0; i < 4; i++) {
        script_attempt(&(const attempt){.http = 400 + i});
        spay_call_free(perform(ACCOUNT_WEPAY, NULL));
    }
    record = spay_client_flight_record(accounts.client);
    ck_assert_int_eq(count_of(record, "\"http_status\""), 2);
    ck_assert_ptr_nonnull(strstr(record, "\"http_status\":402"));
    ck_assert_ptr_nonnull(strstr(record, "\"http_status\":403"));
    spay_free(record);
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

/* ---- the suite ---- */

static void add_echoes(Suite *suite)
{
    TCase *tests = new_case(suite, "echoes");

    tcase_add_loop_test(tests, a_credential_that_comes_back_is_told_nowhere, 0, ROWS(echoes));
    tcase_add_loop_test(tests, what_is_told_is_utf8, 0, 4);
    tcase_add_test(tests, what_a_transport_says_becomes_utf8);
}

static void add_diagnoses(Suite *suite)
{
    TCase *tests = new_case(suite, "diagnoses");

    tcase_add_loop_test(tests, line_event_and_record_know_what_the_error_knows, 0, ROWS(diagnoses));
    tcase_add_test(tests, the_token_endpoint_is_told_by_its_own_host);
    tcase_add_loop_test(tests, refused_input_leaves_a_line_and_a_record, 0, 4);
    tcase_add_test(tests, a_record_has_the_last_attempts);
    tcase_add_test(tests, a_refused_account_leaves_a_line_and_a_record);
}

Suite *call_diagnosis_suite(void)
{
    Suite *suite = suite_create("call_diagnosis");

    add_echoes(suite);
    add_diagnoses(suite);
    return suite;
}

#else

Suite *call_diagnosis_suite(void)
{
    return suite_create("call_diagnosis");
}

#endif
