/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The client: its options, its hooks and its life.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "support/accounts.h"
#include "support/certificate.h"
#include "unit.h"

#if ALL_PROVIDERS

/* ---- options ---- */

static spay_status no_perform(void *ctx, const spay_http_request *request,
                              spay_http_response *response)
{
    (void)ctx;
    (void)request;
    (void)response;
    return SPAY_E_CONNECT;
}

static spay_transport own_transport(void)
{
    spay_transport transport = SPAY_TRANSPORT_INIT;

    transport.perform = no_perform;
    return transport;
}

/* Whether one of the error's fields is this one with this code. */
static bool has_fault(const spay_error *error, const char *field, const char *code)
{
    size_t i;

    for (i = 0; i < spay_error_field_count(error); i++)
        if (strcmp(spay_error_field_path(error, i), field) == 0 &&
            strcmp(spay_error_field_code(error, i), code) == 0)
            return true;
    return false;
}

static void refuse(const spay_client_options *options, const char *field, const char *code)
{
    spay_client *client = (spay_client *)(uintptr_t)1;
    spay_error *error = NULL;

    ck_assert_int_eq(spay_client_new(options, &client, &error), SPAY_E_INVALID_ARGUMENT);
    ck_assert_ptr_null(client);
    ck_assert_msg(has_fault(error, field, code), "expected %s %s, got %s %s", field, code,
                  spay_error_field_path(error, 0), spay_error_field_code(error, 0));
    ck_assert_int_eq(spay_error_stage(error), SPAY_STAGE_INPUT);
    ck_assert_int_eq(spay_error_outcome(error), SPAY_OUTCOME_NOT_SENT);
    ck_assert_int_eq(spay_error_provider(error), SPAY_PROVIDER_NONE);
    spay_error_free(error);
}

static void accept(const spay_client_options *options)
{
    spay_client *client = NULL;
    spay_error *error = NULL;
    spay_status status = spay_client_new(options, &client, &error);

    ck_assert_msg(status == SPAY_OK, "%s", spay_error_message(error));
    ck_assert_ptr_nonnull(client);
    ck_assert_ptr_null(error);
    spay_client_free(client);
}

/* A number among the options: where it is, and its range. */
typedef struct number_option {
    const char *name;
    size_t offset;
    bool wide; /* int64_t, else int32_t */
    int64_t most;
} number_option;

#define NUMBER(option, is_wide, limit)                                                             \
    {                                                                                              \
        .name = #option, .offset = offsetof(spay_client_options, option), .wide = (is_wide),       \
        .most = (limit)                                                                            \
    }
#define WIDE(option, limit) NUMBER(option, true, limit)
#define NARROW(option, limit) NUMBER(option, false, limit)

static const number_option numbers[] = {
    WIDE(timeout_ms, 3600000),          WIDE(attempt_timeout_ms, 3600000),
    WIDE(connect_timeout_ms, 3600000),  NARROW(max_attempts, 10),
    NARROW(log_level, SPAY_LOG_TRACE),  NARROW(recorded_attempts, 1000),
#ifndef SPAY_WITHOUT_CURL
    NARROW(max_idle_connections, 1024),
#endif
};

static void set_number(spay_client_options *options, const number_option *number, int64_t value)
{
    int32_t narrow = (int32_t)value;

    if (number->wide)
        memcpy((char *)options + number->offset, &value, sizeof(value));
    else
        memcpy((char *)options + number->offset, &narrow, sizeof(narrow));
}

START_TEST(numbers_have_a_range)
{
    const number_option *number = &numbers[_i];
    spay_transport transport = own_transport();
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;

    if (strcmp(number->name, "max_idle_connections") != 0)
        options.transport = &transport;
    set_number(&options, number, 0);
    accept(&options);
    set_number(&options, number, 1);
    accept(&options);
    set_number(&options, number, number->most);
    accept(&options);
    set_number(&options, number, number->most + 1);
    refuse(&options, number->name, "out_of_range");
    set_number(&options, number, -1);
    refuse(&options, number->name, "out_of_range");
    set_number(&options, number, number->wide ? INT64_MIN : INT32_MIN);
    refuse(&options, number->name, "out_of_range");
}
END_TEST

START_TEST(the_user_agent_is_visible_ascii)
{
    spay_transport transport = own_transport();
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    char longest[258];

    options.transport = &transport;
    memset(longest, 'a', sizeof(longest));
    longest[256] = '\0';
    options.user_agent = longest;
    accept(&options);
    longest[256] = 'a';
    longest[257] = '\0';
    refuse(&options, "user_agent", "too_long");
    options.user_agent = "";
    refuse(&options, "user_agent", "empty");
    options.user_agent = "Caf\xc3\xa9/1";
    refuse(&options, "user_agent", "forbidden_character");
    options.user_agent = "Shop/1\r\nX-Evil: 1";
    refuse(&options, "user_agent", "control_character");
    options.user_agent = "MyShop/1.2 (kiosk 7)";
    accept(&options);
}
END_TEST

START_TEST(the_key_secret_is_long_enough)
{
    static const unsigned char secret[16] = {0};
    spay_transport transport = own_transport();
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;

    options.transport = &transport;
    options.key_secret = secret;
    options.key_secret_length = 15;
    refuse(&options, "key_secret", "too_short");
    options.key_secret_length = 0;
    refuse(&options, "key_secret", "too_short");
    options.key_secret_length = 16;
    accept(&options);
    options.key_secret = NULL;
    refuse(&options, "key_secret", "missing");
}
END_TEST

START_TEST(all_faults_are_told_at_once)
{
    spay_transport transport = own_transport();
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    spay_client *client = NULL;
    spay_error *error = NULL;

    options.transport = &transport;
    options.timeout_ms = -1;
    options.max_attempts = 11;
    options.user_agent = "";
    ck_assert_int_eq(spay_client_new(&options, &client, &error), SPAY_E_INVALID_ARGUMENT);
    ck_assert(has_fault(error, "timeout_ms", "out_of_range"));
    ck_assert(has_fault(error, "max_attempts", "out_of_range"));
    ck_assert(has_fault(error, "user_agent", "empty"));
    spay_error_free(error);
}
END_TEST

START_TEST(the_arguments_themselves_are_checked)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    spay_client *client = NULL;
    spay_error *error = NULL;

    ck_assert_int_eq(spay_client_new(&options, NULL, &error), SPAY_E_INVALID_ARGUMENT);
    ck_assert_str_eq(spay_error_field_path(error, 0), "client");
    spay_error_free(error);
    options.struct_size = 0;
    refuse(&options, "options", "struct_size");
    options.struct_size = sizeof(options) - 1;
    refuse(&options, "options", "struct_size");
    ck_assert_int_eq(spay_client_new(&options, &client, NULL), SPAY_E_INVALID_ARGUMENT);
    spay_client_free(NULL);
    spay_client_drop_connections(NULL);
    spay_free(NULL);
}
END_TEST

/* A caller of tomorrow: a longer struct is fine as long as what we do not know is not used. */
START_TEST(longer_options_are_read_as_far_as_they_are_known)
{
    struct {
        spay_client_options known;
        int64_t unknown;
    } options;
    spay_transport transport = own_transport();

    spay_client_options_init(&options, sizeof(options));
    ck_assert_uint_eq(options.known.struct_size, sizeof(options));
    options.known.transport = &transport;
    accept(&options.known);
    options.unknown = 1;
    refuse(&options.known, "options", "struct_size");
}
END_TEST

#ifndef SPAY_WITHOUT_CURL

START_TEST(defaults_are_enough)
{
    accept(NULL);
}
END_TEST

/* Text options of the built-in transport, each with a value that is good by itself. */
typedef struct text_option {
    const char *name;
    size_t offset;
    const char *value;
} text_option;

#define TEXT(member, value)                                                                        \
    {                                                                                              \
#member, offsetof(spay_client_options, member), value                                      \
    }

static const text_option texts[] = {
    TEXT(ca_file, "/dev/null"),
    TEXT(ca_pem, "pem"),
    TEXT(client_certificate_file, "/dev/null"),
    TEXT(client_key_file, "/dev/null"),
    TEXT(client_key_password, "password"),
    TEXT(pinned_public_keys, "sha256//AAAA"),
    TEXT(proxy, "http://proxy.example:3128"),
    TEXT(proxy_credentials, "user:password"),
};

static void set_text(spay_client_options *options, const char *name, const char *value)
{
    size_t i;

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (strcmp(texts[i].name, name) == 0)
            memcpy((char *)options + texts[i].offset, &value, sizeof(value));
}

START_TEST(a_transport_of_ones_own_excludes_the_settings_of_the_built_in_one)
{
    spay_transport transport = own_transport();
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;

    options.transport = &transport;
    set_text(&options, texts[_i].name, texts[_i].value);
    refuse(&options, texts[_i].name, "conflict");
}
END_TEST

START_TEST(a_transport_of_ones_own_has_its_own_connections)
{
    spay_transport transport = own_transport();
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;

    options.transport = &transport;
    options.max_idle_connections = 4;
    refuse(&options, "max_idle_connections", "conflict");
}
END_TEST

/* Up to two text options, and what is wrong with them: no code if nothing is. */
typedef struct tls_case {
    const char *names[2];
    const char *values[2];
    const char *field;
    const char *code;
} tls_case;

static const tls_case tls_cases[] = {
    {.names = {"ca_file", NULL},
     .values = {"/dev/null", NULL},
     .field = "ca_file",
     .code = "no_certificate"},
    {.names = {"ca_pem", NULL}, .values = {TEST_CERTIFICATE, NULL}},
    {.names = {"ca_pem", NULL},
     .values = {"pem", NULL},
     .field = "ca_pem",
     .code = "no_certificate"},
    {.names = {"ca_file", "ca_pem"},
     .values = {"/dev/null", "pem"},
     .field = "ca_pem",
     .code = "conflict"},
    {.names = {"ca_file", NULL},
     .values = {"/nowhere/ca.pem", NULL},
     .field = "ca_file",
     .code = "not_readable"},
    {.names = {"client_certificate_file", "client_key_file"}, .values = {"/dev/null", "/dev/null"}},
    {.names = {"client_certificate_file", NULL},
     .values = {"/dev/null", NULL},
     .field = "client_key_file",
     .code = "missing"},
    {.names = {"client_key_file", NULL},
     .values = {"/dev/null", NULL},
     .field = "client_certificate_file",
     .code = "missing"},
    {.names = {"client_certificate_file", "client_key_file"},
     .values = {"/nowhere", "/dev/null"},
     .field = "client_certificate_file",
     .code = "not_readable"},
    {.names = {"client_certificate_file", "client_key_file"},
     .values = {"/dev/null", "/nowhere"},
     .field = "client_key_file",
     .code = "not_readable"},
    {.names = {"pinned_public_keys", NULL}, .values = {"sha256//AAAA;sha256//BBBB", NULL}},
    {.names = {"pinned_public_keys", NULL},
     .values = {"AAAA", NULL},
     .field = "pinned_public_keys",
     .code = "pattern"},
    {.names = {"pinned_public_keys", NULL},
     .values = {"/etc/hostname", NULL},
     .field = "pinned_public_keys",
     .code = "pattern"},
    {.names = {"proxy", NULL}, .values = {"http://proxy.example:3128", NULL}},
    {.names = {"proxy", NULL}, .values = {"https://proxy.example", NULL}},
    {.names = {"proxy", NULL}, .values = {"socks5h://proxy.example:1080", NULL}},
    {.names = {"proxy", NULL},
     .values = {"proxy.example:3128", NULL},
     .field = "proxy",
     .code = "not_a_url"},
    {.names = {"proxy", NULL},
     .values = {"socks4://proxy.example", NULL},
     .field = "proxy",
     .code = "not_a_url"},
    {.names = {"proxy", NULL}, .values = {"", NULL}, .field = "proxy", .code = "empty"},
    {.names = {"proxy", NULL},
     .values = {"http://user:pw@proxy.example", NULL},
     .field = "proxy",
     .code = "forbidden_character"},
    {.names = {"proxy", NULL},
     .values = {"http://proxy.example\r\n", NULL},
     .field = "proxy",
     .code = "control_character"},
    {.names = {"proxy", "proxy_credentials"}, .values = {"http://proxy.example", "user:password"}},
    {.names = {"proxy_credentials", NULL},
     .values = {"user:password", NULL},
     .field = "proxy",
     .code = "missing"},
};

START_TEST(settings_of_the_built_in_transport_are_checked)
{
    const tls_case *row = &tls_cases[_i];
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    int i;

    for (i = 0; i < 2 && row->names[i]; i++)
        set_text(&options, row->names[i], row->values[i]);
    if (row->code)
        refuse(&options, row->field, row->code);
    else
        accept(&options);
}
END_TEST

#else

START_TEST(a_build_without_a_transport_says_so)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    spay_error *error = NULL;
    void *session = NULL;
    test_accounts accounts;

    ck_assert(accounts_open_at(&accounts, NULL, &options));
    ck_assert_int_eq(accounts_create_session(&accounts, ACCOUNT_WEPAY, NULL, &session, &error),
                     SPAY_E_UNSUPPORTED);
    ck_assert_int_eq(spay_error_outcome(error), SPAY_OUTCOME_NOT_SENT);
    spay_error_free(error);
    accounts_close(&accounts);
    options.proxy = "http://proxy.example:3128";
    refuse(&options, "transport", "not_supported");
}
END_TEST

#endif

/* ---- tables ---- */

START_TEST(a_half_filled_transport_is_refused)
{
    spay_transport transport = own_transport();
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;

    options.transport = &transport;
    transport.perform = NULL;
    refuse(&options, "transport.perform", "missing");
    transport = own_transport();
    transport.struct_size = 0;
    refuse(&options, "transport", "struct_size");
    transport.struct_size = offsetof(spay_transport, destroy);
    refuse(&options, "transport", "struct_size");
}
END_TEST

START_TEST(a_platform_of_the_wrong_size_is_refused)
{
    spay_platform platform = SPAY_PLATFORM_INIT;
    spay_transport transport = own_transport();
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;

    options.transport = &transport;
    options.platform = &platform;
    accept(&options);
    platform.struct_size = 0;
    refuse(&options, "platform", "struct_size");
    platform.struct_size = offsetof(spay_platform, destroy);
    refuse(&options, "platform", "struct_size");
}
END_TEST

/* ---- hooks ---- */

/* Who was called, in order: a letter each. */
typedef struct hook_record {
    char calls[64];
    size_t count;
    spay_mock *mock;
} hook_record;

static void note(hook_record *kept, char what)
{
    if (kept->count + 1 < sizeof(kept->calls))
        kept->calls[kept->count++] = what;
}

static void note_transport(void *ctx)
{
    note(ctx, 't');
}

static void note_platform(void *ctx)
{
    note(ctx, 'p');
}

static void note_log(void *ctx)
{
    note(ctx, 'l');
}

static void note_event(void *ctx)
{
    note(ctx, 'e');
}

static void note_before_send(void *ctx)
{
    note(ctx, 'b');
}

static void note_drop(void *ctx)
{
    note(ctx, 'd');
}

static void ignore_line(void *ctx, int32_t level, const char *line)
{
    (void)ctx;
    (void)level;
    (void)line;
}

static spay_status forward(void *ctx, const spay_http_request *request,
                           spay_http_response *response)
{
    hook_record *kept = ctx;
    const spay_transport *mock = spay_mock_transport(kept->mock);

    return mock->perform(mock->ctx, request, response);
}

static int64_t forward_monotonic(void *ctx)
{
    return spay_mock_now_ms(((hook_record *)ctx)->mock);
}

/* A client with all hooks; the tables are gone when it is used. */
static void open_hooked(test_accounts *opened, hook_record *kept)
{
    spay_transport transport = SPAY_TRANSPORT_INIT;
    spay_platform platform = SPAY_PLATFORM_INIT;
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;

    memset(kept, 0, sizeof(*kept));
    transport.ctx = kept;
    transport.perform = forward;
    transport.drop_connections = note_drop;
    transport.destroy = note_transport;
    platform.ctx = kept;
    platform.monotonic_ms = forward_monotonic;
    platform.destroy = note_platform;
    options.transport = &transport;
    options.platform = &platform;
    options.log = ignore_line;
    options.log_ctx = kept;
    options.log_destroy = note_log;
    options.event_ctx = kept;
    options.event_destroy = note_event;
    options.before_send_ctx = kept;
    options.before_send_destroy = note_before_send;
    ck_assert_msg(accounts_open(opened, &options), "%s", spay_error_message(opened->error));
    kept->mock = opened->mock;
    memset(&transport, 0, sizeof(transport));
    memset(&platform, 0, sizeof(platform));
}

START_TEST(hooks_are_destroyed_once_when_all_is_gone)
{
    hook_record kept;
    test_accounts accounts;
    spay_call *call = NULL;
    spay_mock *mock;

    open_hooked(&accounts, &kept);
    ck_assert_int_eq(accounts_new_call(&accounts, ACCOUNT_WEPAY, NULL, &call, NULL), SPAY_OK);
    spay_client_free(accounts.client);
    accounts.client = NULL;
    ck_assert_str_eq(kept.calls, "");
    mock = accounts.mock;
    accounts.mock = NULL;
    accounts_close(&accounts);
    ck_assert_str_eq(kept.calls, "");
    (void)spay_mock_reply(mock, 201, NULL, account_facts_of(ACCOUNT_WEPAY)->reply,
                          strlen(account_facts_of(ACCOUNT_WEPAY)->reply));
    ck_assert_int_eq(spay_call_perform(call, NULL), SPAY_OK);
    ck_assert_str_eq(kept.calls, "");
    spay_call_free(call);
    ck_assert_str_eq(kept.calls, "tpleb");
    spay_mock_free(mock);
}
END_TEST

/* A transport that adds a header, and gives the request to another client. */
static spay_status add_and_forward(void *ctx, const spay_http_request *request,
                                   spay_http_response *response)
{
    spay_http_request *own;
    spay_status status;
    size_t i;

    ck_assert_int_eq(spay_http_request_new(request, NULL, NULL, &own), SPAY_OK);
    for (i = 0; i < spay_http_request_header_count(request); i++)
        ck_assert_int_eq(
            spay_http_request_add_header(own, spay_http_request_header_name(request, i),
                                         spay_http_request_header_value(request, i),
                                         spay_http_request_header_is_secret(request, i)),
            SPAY_OK);
    ck_assert_int_eq(spay_http_request_add_header(own, "X-Gateway", "blue", 1), SPAY_OK);
    status = spay_client_exchange(ctx, own, response);
    spay_http_request_free(own);
    return status;
}

START_TEST(a_transport_can_be_another_client)
{
    test_accounts inner;
    test_accounts outer;
    spay_transport transport = SPAY_TRANSPORT_INIT;
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    const account_facts *facts = account_facts_of(ACCOUNT_WEPAY);
    spay_call *call = NULL;

    ck_assert(accounts_open(&inner, NULL));
    transport.ctx = inner.client;
    transport.perform = add_and_forward;
    options.transport = &transport;
    ck_assert(accounts_open(&outer, &options));
    ck_assert_int_eq(spay_client_exchange(NULL, NULL, NULL), SPAY_E_INVALID_ARGUMENT);
    ck_assert_int_eq(spay_client_exchange(inner.client, NULL, NULL), SPAY_E_INVALID_ARGUMENT);
    (void)spay_mock_reply(inner.mock, 201, NULL, facts->reply, strlen(facts->reply));
    ck_assert_int_eq(accounts_new_call(&outer, ACCOUNT_WEPAY, NULL, &call, NULL), SPAY_OK);
    ck_assert_int_eq(spay_call_perform(call, NULL), SPAY_OK);
    ck_assert_str_eq(spay_mock_request_header(inner.mock, 0, "X-Gateway"), "blue");
    spay_call_free(call);
    accounts_close(&outer);
    accounts_close(&inner);
}
END_TEST

/* Until all has gone well, the hooks are the caller's. */
START_TEST(a_client_that_was_not_made_destroys_nothing)
{
    spay_transport transport = own_transport();
    spay_platform platform = SPAY_PLATFORM_INIT;
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    hook_record kept;

    memset(&kept, 0, sizeof(kept));
    transport.ctx = &kept;
    transport.destroy = note_transport;
    platform.ctx = &kept;
    platform.destroy = note_platform;
    options.transport = &transport;
    options.platform = &platform;
    options.log = ignore_line;
    options.log_ctx = &kept;
    options.log_destroy = note_log;
    options.event_ctx = &kept;
    options.event_destroy = note_event;
    options.before_send_ctx = &kept;
    options.before_send_destroy = note_before_send;
    if (_i == 0)
        options.timeout_ms = -1;
    if (_i == 1)
        transport.perform = NULL;
    if (_i == 2)
        platform.struct_size = 1;
    refuse(&options,
           _i == 0   ? "timeout_ms"
           : _i == 1 ? "transport.perform"
                     : "platform",
           _i == 0   ? "out_of_range"
           : _i == 1 ? "missing"
                     : "struct_size");
    ck_assert_str_eq(kept.calls, "");
}
END_TEST

START_TEST(a_log_context_is_destroyed_even_without_a_log)
{
    spay_transport transport = own_transport();
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    hook_record kept;

    memset(&kept, 0, sizeof(kept));
    options.transport = &transport;
    options.log_ctx = &kept;
    options.log_destroy = note_log;
    accept(&options);
    ck_assert_str_eq(kept.calls, "l");
}
END_TEST

START_TEST(connections_are_dropped_by_the_transport)
{
    hook_record kept;
    test_accounts accounts;

    open_hooked(&accounts, &kept);
    spay_client_drop_connections(accounts.client);
    spay_client_drop_connections(accounts.client);
    ck_assert_str_eq(kept.calls, "dd");
    accounts_close(&accounts);
    ck_assert(accounts_open(&accounts, NULL));
    spay_client_drop_connections(accounts.client); /* the mock has none to drop */
    accounts_close(&accounts);
}
END_TEST

static int64_t wall_of_2001(void *ctx)
{
    (void)ctx;
    return 1000000000000;
}

static int32_t sevens(void *ctx, void *buffer, size_t length)
{
    (void)ctx;
    memset(buffer, 7, length);
    return 1;
}

static void count_sleep(void *ctx, int64_t duration_ms)
{
    hook_record *kept = ctx;

    ck_assert_int_gt(duration_ms, 0);
    ck_assert_int_le(duration_ms, 50);
    note(kept, 's');
    spay_mock_advance(kept->mock, duration_ms);
}

/* Each function of the platform is used, with its context. */
START_TEST(the_platforms_clocks_sleep_and_randomness_are_used)
{
    spay_platform platform = SPAY_PLATFORM_INIT;
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    hook_record kept;
    test_accounts accounts;
    void *session;

    memset(&kept, 0, sizeof(kept));
    ck_assert_int_eq(spay_mock_new(&kept.mock, NULL), SPAY_OK);
    platform.ctx = &kept;
    platform.monotonic_ms = forward_monotonic;
    platform.wall_ms = wall_of_2001;
    platform.sleep_ms = count_sleep;
    platform.random_bytes = sevens;
    options.platform = &platform;
    ck_assert(accounts_open(&accounts, &options));
    accounts_reply(&accounts, 503, "Retry-After: 1", "");
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    ck_assert_int_eq(
        accounts_create_session(&accounts, ACCOUNT_CONNECT_SERVER, NULL, &session, NULL), SPAY_OK);
    ck_assert_str_eq(accounts_session_info(session)->idempotency_key,
                     "07070707-0707-4707-8707-070707070707");
    ck_assert_str_eq(spay_mock_request_header(accounts.mock, 0, "Date"),
                     "Sun, 09 Sep 2001 01:46:40 GMT");
    ck_assert_int_eq(accounts_session_info(session)->elapsed_ms, 1000);
    ck_assert_uint_eq(kept.count, 20); /* 1000 ms in slices of 50 */
    accounts_free_session(ACCOUNT_CONNECT_SERVER, session);
    accounts_close(&accounts);
    spay_mock_free(kept.mock);
}
END_TEST

/* ---- logging ---- */

typedef struct log_record {
    int lines[SPAY_LOG_TRACE + 1];
    bool broken; /* a newline, or a secret */
    char last[512];
} log_record;

static const char *const secrets[] = {"stage_not-a-real-token",
                                      "not-a-real-key",
                                      "token-1",
                                      "page-token",
                                      "stage_session",
                                      "client-session",
                                      "bm90LWEtcmVhbC1zZWNyZXQ=",
                                      "brought-token"};

static void keep_line(void *ctx, int32_t level, const char *line)
{
    log_record *kept = ctx;
    size_t i;

    ck_assert_int_ge(level, SPAY_LOG_ERROR);
    ck_assert_int_le(level, SPAY_LOG_TRACE);
    kept->lines[level]++;
    kept->broken = kept->broken || strchr(line, '\n') || strchr(line, '?');
    for (i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
        kept->broken = kept->broken || strstr(line, secrets[i]);
    snprintf(kept->last, sizeof(kept->last), "%s", line);
}

static void log_two_calls(log_record *kept, int32_t level)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    test_accounts accounts;
    void *session;

    memset(kept, 0, sizeof(*kept));
    options.log = keep_line;
    options.log_ctx = kept;
    options.log_level = level;
    ck_assert(accounts_open(&accounts, &options));
    accounts_reply(&accounts, 200, NULL, good_token_reply);
    accounts_reply(&accounts, 503, "", "");
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    ck_assert_int_eq(
        accounts_create_session(&accounts, ACCOUNT_HOSTED_FIELDS, NULL, &session, NULL), SPAY_OK);
    accounts_free_session(ACCOUNT_HOSTED_FIELDS, session);
    accounts_reply(&accounts, 400, "X-Correlation-Id: one\ntwo", "{}");
    ck_assert_int_eq(accounts_create_session(&accounts, ACCOUNT_WEPAY, NULL, &session, NULL),
                     SPAY_E_REJECTED);
    accounts_close(&accounts);
}

/* Each level tells what those before it tell, and more. */
START_TEST(the_log_level_decides_what_is_told)
{
    log_record kept;

    log_two_calls(&kept, _i);
    ck_assert_int_eq(kept.lines[SPAY_LOG_ERROR], 1);
    ck_assert_int_eq(kept.lines[SPAY_LOG_INFO], _i == 0 || _i >= SPAY_LOG_INFO ? 1 : 0);
    ck_assert_int_eq(kept.lines[SPAY_LOG_DEBUG] > 0, _i >= SPAY_LOG_DEBUG);
    ck_assert_int_eq(kept.lines[SPAY_LOG_TRACE] > 0, _i >= SPAY_LOG_TRACE);
    ck_assert(!kept.broken);
}
END_TEST

/* ---- events, and the last word before a request leaves ---- */

typedef struct witness {
    spay_mock *mock;
    int refuse_at; /* the attempt that may not leave; 0 for none */
    int sends;
    int events;
    bool broken;
    char key[64];
    char digest[65];
    int32_t types[8];
    int32_t decisions[8];
    const char *operation; /* of the last event; constant text */
    size_t requests;       /* that the mock had seen when before_send was asked last */
} witness;

static spay_status watch_send(void *ctx, const spay_send_record *record)
{
    witness *seen = ctx;

    seen->sends++;
    seen->requests = spay_mock_request_count(seen->mock);
    seen->broken = seen->broken || record->attempt != seen->sends ||
                   record->provider != SPAY_PROVIDER_HOSTED_FIELDS ||
                   strlen(record->body_sha256) != 64 ||
                   (*seen->key && strcmp(seen->key, record->idempotency_key) != 0) ||
                   (*seen->digest && strcmp(seen->digest, record->body_sha256) != 0);
    snprintf(seen->key, sizeof(seen->key), "%s", record->idempotency_key);
    snprintf(seen->digest, sizeof(seen->digest), "%s", record->body_sha256);
    return record->attempt == seen->refuse_at ? SPAY_E_INTERNAL : SPAY_OK;
}

static void watch_event(void *ctx, const spay_event *event)
{
    witness *seen = ctx;

    if (seen->events < 8) {
        seen->types[seen->events] = event->type;
        seen->decisions[seen->events] = event->decision;
    }
    seen->operation = strcmp(event->operation, "token") == 0 ? "token" : "session";
    seen->events++;
}

static void open_watched(test_accounts *opened, witness *seen)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;

    memset(seen, 0, sizeof(*seen));
    options.before_send = watch_send;
    options.before_send_ctx = seen;
    options.event = watch_event;
    options.event_ctx = seen;
    ck_assert(accounts_open(opened, &options));
    seen->mock = opened->mock;
    accounts_reply(opened, 200, NULL, good_token_reply);
    accounts_reply(opened, 503, "", "");
    accounts_reply_good(opened, ACCOUNT_HOSTED_FIELDS);
}

START_TEST(before_send_is_asked_before_each_attempt)
{
    spay_error *error = NULL;
    void *session;
    witness seen;
    test_accounts accounts;

    open_watched(&accounts, &seen);
    ck_assert_int_eq(
        accounts_create_session(&accounts, ACCOUNT_HOSTED_FIELDS, NULL, &session, &error), SPAY_OK);
    ck_assert_int_eq(seen.sends, 2); /* not for the token */
    ck_assert(!seen.broken);
    ck_assert_uint_eq(seen.requests, 2); /* token and first attempt: the second had not left */
    ck_assert_str_eq(accounts_session_info(session)->idempotency_key, seen.key);
    accounts_free_session(ACCOUNT_HOSTED_FIELDS, session);
    accounts_close(&accounts);
}
END_TEST

/* Refused at the first or the second attempt: that one stays here. */
START_TEST(what_before_send_refuses_is_not_sent)
{
    spay_error *error = NULL;
    void *session;
    witness seen;
    test_accounts accounts;

    open_watched(&accounts, &seen);
    seen.refuse_at = _i;
    ck_assert_int_eq(
        accounts_create_session(&accounts, ACCOUNT_HOSTED_FIELDS, NULL, &session, &error),
        SPAY_E_CANCELED);
    ck_assert_ptr_null(session);
    ck_assert_uint_eq(spay_mock_request_count(accounts.mock), (size_t)_i);
    ck_assert_int_eq(spay_error_attempts(error), _i - 1);
    ck_assert_int_eq(spay_error_requests_sent(error), _i - 1);
    ck_assert_int_eq(spay_error_outcome(error),
                     _i == 1 ? SPAY_OUTCOME_NOT_SENT : SPAY_OUTCOME_UNKNOWN);
    spay_error_free(error);
    accounts_close(&accounts);
}
END_TEST

START_TEST(each_attempt_and_each_call_is_an_event)
{
    static const int32_t decisions[] = {SPAY_DECISION_SUCCEED, SPAY_DECISION_RETRY,
                                        SPAY_DECISION_SUCCEED, SPAY_DECISION_SUCCEED};
    void *session;
    witness seen;
    test_accounts accounts;
    int i;

    open_watched(&accounts, &seen);
    ck_assert_int_eq(
        accounts_create_session(&accounts, ACCOUNT_HOSTED_FIELDS, NULL, &session, NULL), SPAY_OK);
    ck_assert_int_eq(seen.events, 4);
    for (i = 0; i < 4; i++) {
        ck_assert_int_eq(seen.types[i], i < 3 ? SPAY_EVENT_ATTEMPT : SPAY_EVENT_CALL);
        ck_assert_int_eq(seen.decisions[i], decisions[i]);
    }
    ck_assert_str_eq(seen.operation, "session");
    accounts_free_session(ACCOUNT_HOSTED_FIELDS, session);
    accounts_close(&accounts);
}
END_TEST

/* ---- limits of the client reach its calls ---- */

START_TEST(the_clients_limits_are_its_calls_limits)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    spay_call *call = NULL;
    test_accounts accounts;
    int i;

    options.timeout_ms = 9000;
    options.attempt_timeout_ms = 3000;
    options.connect_timeout_ms = 1000;
    options.max_attempts = 2;
    options.user_agent = "MyShop/1.2";
    ck_assert(accounts_open(&accounts, &options));
    ck_assert_int_eq(accounts_new_call(&accounts, ACCOUNT_WEPAY, NULL, &call, NULL), SPAY_OK);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_SEND);
    ck_assert_int_eq(spay_http_request_timeout_ms(spay_call_request(call)), 3000);
    ck_assert_int_eq(spay_http_request_connect_timeout_ms(spay_call_request(call)), 1000);
    spay_call_free(call);
    for (i = 0; i < 3; i++)
        accounts_reply(&accounts, 503, "Retry-After: 1", "");
    ck_assert_int_eq(accounts_new_call(&accounts, ACCOUNT_WEPAY, NULL, &call, NULL), SPAY_OK);
    ck_assert_int_eq(spay_call_perform(call, NULL), SPAY_E_PROVIDER);
    ck_assert_uint_eq(spay_mock_request_count(accounts.mock), 2);
    ck_assert_str_eq(spay_mock_request_header(accounts.mock, 0, "User-Agent"),
                     "MyShop/1.2 libsessionpay/" SPAY_VERSION_STRING);
    spay_call_free(call);
    accounts_close(&accounts);
}
END_TEST

/* ---- the suite ---- */

static void add_options(TCase *tests)
{
    tcase_add_loop_test(tests, numbers_have_a_range, 0, ROWS(numbers));
    tcase_add_test(tests, the_user_agent_is_visible_ascii);
    tcase_add_test(tests, the_key_secret_is_long_enough);
    tcase_add_test(tests, all_faults_are_told_at_once);
    tcase_add_test(tests, the_arguments_themselves_are_checked);
    tcase_add_test(tests, longer_options_are_read_as_far_as_they_are_known);
#ifndef SPAY_WITHOUT_CURL
    tcase_add_test(tests, defaults_are_enough);
    tcase_add_loop_test(tests, a_transport_of_ones_own_excludes_the_settings_of_the_built_in_one, 0,
                        ROWS(texts));
    tcase_add_test(tests, a_transport_of_ones_own_has_its_own_connections);
    tcase_add_loop_test(tests, settings_of_the_built_in_transport_are_checked, 0, ROWS(tls_cases));
#else
    tcase_add_test(tests, a_build_without_a_transport_says_so);
#endif
}

Suite *client_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("client", &tests);

    add_options(tests);
    tcase_add_test(tests, a_half_filled_transport_is_refused);
    tcase_add_test(tests, a_platform_of_the_wrong_size_is_refused);
    tcase_add_test(tests, a_transport_can_be_another_client);
    tcase_add_test(tests, hooks_are_destroyed_once_when_all_is_gone);
    tcase_add_loop_test(tests, a_client_that_was_not_made_destroys_nothing, 0, 3);
    tcase_add_test(tests, a_log_context_is_destroyed_even_without_a_log);
    tcase_add_test(tests, connections_are_dropped_by_the_transport);
    tcase_add_test(tests, the_platforms_clocks_sleep_and_randomness_are_used);
    tcase_add_loop_test(tests, the_log_level_decides_what_is_told, 0, SPAY_LOG_TRACE + 1);
    tcase_add_test(tests, before_send_is_asked_before_each_attempt);
    tcase_add_loop_test(tests, what_before_send_refuses_is_not_sent, 1, 3);
    tcase_add_test(tests, each_attempt_and_each_call_is_an_event);
    tcase_add_test(tests, the_clients_limits_are_its_calls_limits);
    return suite;
}

#else

Suite *client_suite(void)
{
    return suite_create("client");
}

#endif
