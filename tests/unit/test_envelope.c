/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Error envelopes: the providers' three kinds, and whatever else comes instead of them. An error
 * reply must never fail to be reported.
 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "core/envelope.h"
#include "providers/connect.h"

typedef enum format {
    WEPAY,
    PROBLEM,
    CONNECT
} format;

static const spay__envelope envelopes[] = {
    [WEPAY] = {.code = "error_code",
               .message = "error_message",
               .list = "details",
               .field_path = "target",
               .field_code = "reason_code",
               .field_message = "message",
               .request_id_header = "X-Correlation-Id"},
    [PROBLEM] = {.code = "type",
                 .code_is_fragment = true,
                 .message = "detail",
                 .message_else = "title",
                 .list = "errors",
                 .field_path = "parameter",
                 .field_code = "detail",
                 .field_message = "message",
                 .request_id_header = "X-Request-Id"},
    [CONNECT] = SPAY__CONNECT_ENVELOPE,
};

typedef struct reply {
    const char *name;
    format kind;
    const char *body;
    const char *code;
    const char *message;
    const char *request_id;
    const char *fields; /* "path|code|message;" each */
} reply;

#define TYPE "\"type\":\"https://docs.payroc.com/api/errors#"

#define REPLY(name_, kind_, body_, code_, message_, request_id_, fields_)                          \
    {                                                                                              \
        .name = (name_), .kind = (kind_), .body = (body_), .code = (code_), .message = (message_), \
        .request_id = (request_id_), .fields = (fields_)                                           \
    }

static const reply replies[] = {
    /* wepay */
    REPLY(
        "all members", WEPAY,
        "{\"error_code\":\"INVALID_PARAMS\",\"error_message\":\"Bad.\",\"details\":[{\"target\":"
        "[\"mobile_session\",\"account_id\"],\"target_type\":\"HTTP_REQUEST_BODY\",\"reason_code\":"
        "\"REQUIRED\",\"message\":\"Missing.\"}]}",
        "INVALID_PARAMS",
        "HTTP 400 INVALID_PARAMS: Bad. (mobile_session.account_id: REQUIRED Missing.)", "",
        "mobile_session.account_id|REQUIRED|Missing.;"),
    REPLY("target is a text", WEPAY, "{\"details\":[{\"target\":\"type\",\"reason_code\":\"X\"}]}",
          "", "HTTP 400 (type: X)", "", "type|X|;"),
    REPLY("no target", WEPAY, "{\"details\":[{\"reason_code\":\"X\"}]}", "", "HTTP 400", "",
          "|X|;"),
    REPLY("empty target", WEPAY, "{\"details\":[{\"target\":[],\"message\":\"m\"}]}", "",
          "HTTP 400", "", "||m;"),
    REPLY("target with numbers", WEPAY, "{\"details\":[{\"target\":[\"a\",1,\"b\"]}]}", "",
          "HTTP 400 (a..b)", "", "a..b||;"),
    REPLY("target is an object", WEPAY, "{\"details\":[{\"target\":{\"a\":\"b\"}}]}", "",
          "HTTP 400", "", "||;"),
    REPLY("two details", WEPAY,
          "{\"details\":[{\"target\":[\"a\"]},{\"target\":[\"b\",\"c\"],\"reason_code\":\"X\"}]}",
          "", "HTTP 400 (a; b.c: X)", "", "a||;b.c|X|;"),
    REPLY(
        "four details", WEPAY,
        "{\"details\":[{\"target\":\"a\"},{\"target\":\"b\"},{\"target\":\"c\"},{\"target\":\"d\"}]}",
        "", "HTTP 400 (a; b; c; ...)", "", "a||;b||;c||;d||;"),
    REPLY("details that are no objects", WEPAY,
          "{\"details\":[1,null,\"x\",[],{\"message\":\"m\"}]}", "", "HTTP 400", "", "||m;"),
    REPLY("details is no array", WEPAY, "{\"details\":{\"target\":[\"a\"]},\"error_code\":\"X\"}",
          "X", "HTTP 400 X", "", ""),
    REPLY("members of other types", WEPAY,
          "{\"error_code\":7,\"error_message\":{},\"details\":\"x\"}", "7", "HTTP 400 7", "", ""),
    REPLY("null members", WEPAY, "{\"error_code\":null,\"error_message\":null,\"details\":null}",
          "", "HTTP 400", "", ""),
    REPLY("members in another case", WEPAY, "{\"Error_Code\":\"X\"}", "", "HTTP 400", "", ""),
    REPLY("nothing", WEPAY, "{}", "", "HTTP 400", "", ""),
    REPLY("message without code", WEPAY, "{\"error_message\":\"Bad.\"}", "", "HTTP 400: Bad.", "",
          ""),
    REPLY("message on several lines", WEPAY, "{\"error_message\":\"a\\nb\\u001b[31m\"}", "",
          "HTTP 400: a b [31m", "", ""),

    /* problem details */
    REPLY("all members", PROBLEM,
          "{" TYPE
          "bad-request\",\"title\":\"Bad request\",\"status\":400,\"detail\":\"One is wrong\","
          "\"errors\":[{\"parameter\":\"scenario\",\"detail\":\"enum\",\"message\":\"Wrong.\"}]}",
          "bad-request", "HTTP 400 bad-request: One is wrong (scenario: enum Wrong.)", "",
          "scenario|enum|Wrong.;"),
    REPLY("title where there is no detail", PROBLEM, "{" TYPE "x\",\"title\":\"Bad request\"}", "x",
          "HTTP 400 x: Bad request", "", ""),
    REPLY("type without fragment", PROBLEM, "{\"type\":\"about:blank\",\"title\":\"Bad\"}", "",
          "HTTP 400: Bad", "", ""),
    REPLY("type with an empty fragment", PROBLEM, "{" TYPE "\"}", "", "HTTP 400", "", ""),
    REPLY("type with two fragments", PROBLEM, "{\"type\":\"https://x#a#b\"}", "b", "HTTP 400 b", "",
          ""),
    REPLY("error without parameter", PROBLEM, "{\"errors\":[{\"message\":\"m\"}]}", "", "HTTP 400",
          "", "||m;"),
    REPLY("errors that are no objects", PROBLEM, "{\"errors\":[1,\"x\",null,[{}]]}", "", "HTTP 400",
          "", ""),
    REPLY("errors is no array", PROBLEM, "{\"errors\":\"x\",\"detail\":7,\"title\":\"T\"}", "",
          "HTTP 400: T", "", ""),
    REPLY("nothing", PROBLEM, "{}", "", "HTTP 400", "", ""),

    /* connect */
    REPLY("all members", CONNECT,
          "{\"errorId\":\"0b5e-id\",\"errors\":[{\"category\":\"X\",\"code\":\"21000120\","
          "\"httpStatusCode\":400,\"id\":\"PARAMETER_NOT_FOUND_IN_REQUEST\","
          "\"propertyName\":\"paymentProductFilters\","
          "\"message\":\"missing\",\"requestId\":\"r\"}]}",
          "21000120", "HTTP 400 21000120: missing (paymentProductFilters: 21000120)", "0b5e-id",
          "paymentProductFilters|21000120|missing;"),
    REPLY("code is a number", CONNECT, "{\"errors\":[{\"code\":9002,\"message\":\"m\"}]}", "9002",
          "HTTP 400 9002: m", "", "|9002|m;"),
    REPLY("code is a fraction", CONNECT, "{\"errors\":[{\"code\":1.5,\"message\":\"m\"}]}", "",
          "HTTP 400: m", "", "||m;"),
    REPLY("code is huge", CONNECT, "{\"errors\":[{\"code\":1e300,\"message\":\"m\"}]}", "",
          "HTTP 400: m", "", "||m;"),
    REPLY("id stands in for the message", CONNECT, "{\"errors\":[{\"code\":\"1\",\"id\":\"ID\"}]}",
          "1", "HTTP 400 1: ID", "", "|1|ID;"),
    REPLY("first code counts", CONNECT,
          "{\"errors\":[{\"code\":\"1\",\"message\":\"a\"},{\"code\":\"2\",\"message\":\"b\"}]}",
          "1", "HTTP 400 1: a", "", "|1|a;|2|b;"),
    REPLY("first item has no message", CONNECT,
          "{\"errors\":[{\"code\":\"1\"},{\"code\":\"2\",\"message\":\"b\"}]}", "1",
          "HTTP 400 1: b", "", "|1|;|2|b;"),
    REPLY("items that are no objects", CONNECT, "{\"errorId\":\"e\",\"errors\":[null,7,\"x\",[]]}",
          "", "HTTP 400", "e", ""),
    REPLY("errors is no array", CONNECT, "{\"errorId\":\"e\",\"errors\":{\"code\":\"1\"}}", "",
          "HTTP 400", "e", ""),
    REPLY("errorId is a number", CONNECT, "{\"errorId\":7}", "", "HTTP 400", "", ""),
    REPLY("nothing", CONNECT, "{}", "", "HTTP 400", "", ""),
};

static void make_response(spay_http_response *response, const char *body, size_t length)
{
    spay__http_response_init(response);
    ck_assert_int_eq(spay_http_response_set_status(response, 400), SPAY_OK);
    ck_assert_int_eq(spay_http_response_append_body(response, body, length), SPAY_OK);
}

static void read_envelope(format kind, const spay_http_response *response, spay_error *error)
{
    spay__json_reader json;
    const char *body;
    size_t length;

    body = spay_http_response_body(response, &length);
    (void)spay__json_read(&json, body, length);
    spay__envelope_read(&envelopes[kind], response, &json, error);
    spay__json_clear(&json);
}

static spay_error *read_reply(format kind, const char *body, size_t length)
{
    spay_error *error = spay__error_create(SPAY_E_REJECTED, SPAY_STAGE_REPLY);
    spay_http_response response;

    make_response(&response, body, length);
    read_envelope(kind, &response, error);
    spay__http_response_clear(&response);
    return error;
}

static void join_fields(const spay_error *error, char *out)
{
    size_t i;

    for (*out = '\0', i = 0; i < spay_error_field_count(error); i++) {
        strcat(strcat(out, spay_error_field_path(error, i)), "|");
        strcat(strcat(out, spay_error_field_code(error, i)), "|");
        strcat(strcat(out, spay_error_field_message(error, i)), ";");
    }
}

START_TEST(envelope_is_read_as_far_as_it_is_documented)
{
    const reply *row = &replies[_i];
    spay_error *error = read_reply(row->kind, row->body, strlen(row->body));
    char fields[1000];

    join_fields(error, fields);
    ck_assert_msg(strcmp(spay_error_provider_code(error), row->code) == 0, "%s: code %s", row->name,
                  spay_error_provider_code(error));
    ck_assert_msg(strcmp(spay_error_message(error), row->message) == 0, "%s: %s", row->name,
                  spay_error_message(error));
    ck_assert_msg(strcmp(spay_error_request_id(error), row->request_id) == 0, "%s: id %s",
                  row->name, spay_error_request_id(error));
    ck_assert_msg(strcmp(fields, row->fields) == 0, "%s: fields %s", row->name, fields);
    ck_assert_str_eq(spay_error_body(error, NULL), row->body);
    spay_error_free(error);
}
END_TEST

/* ---- what is no envelope ---- */

typedef struct odd_row {
    const char *name;
    const char *body;
    size_t length;
} odd_row;

static const odd_row odd_rows[] = {
    {"empty", BYTES("")},
    {"blank", BYTES(" \r\n")},
    {"text", BYTES("upstream connect error")},
    {"XML", BYTES("<?xml version=\"1.0\"?><error code=\"1\"/>")},
    {"array", BYTES("[{\"error_code\":\"X\",\"errorId\":\"e\"}]")},
    {"string", BYTES("\"error\"")},
    {"number", BYTES("500")},
    {"null", BYTES("null")},
    {"cut JSON", BYTES("{\"error_code\":\"X\",\"errorId\":\"e\"")},
    {"trailing bytes", BYTES("{\"error_code\":\"X\",\"errorId\":\"e\"}}")},
    {"two objects", BYTES("{\"error_code\":\"X\"}{\"error_code\":\"Y\"}")},
    {"NUL bytes", BYTES("{\"error_code\":\"X\"}\0\0")},
    {"escaped NUL", BYTES("{\"error_code\":\"X\\u0000Y\",\"errorId\":\"e\"}")},
    {"bad UTF-8", BYTES("{\"error_code\":\"X\xff\",\"errorId\":\"e\"}")},
    {"binary", BYTES("\x1f\x8b\x08\x00\x00\xff\xfe")},
    {"UTF-16", BYTES("{\0\"\0e\0\"\0:\0"
                     "1\0}\0")},
};

START_TEST(anything_else_is_kept_as_it_came)
{
    const odd_row *row = &odd_rows[_i / 3];
    spay_error *error = read_reply((format)(_i % 3), row->body, row->length);
    size_t length;

    ck_assert_msg(strcmp(spay_error_message(error), "HTTP 400") == 0, "%s: %s", row->name,
                  spay_error_message(error));
    ck_assert_str_eq(spay_error_provider_code(error), "");
    ck_assert_str_eq(spay_error_request_id(error), "");
    ck_assert_uint_eq(spay_error_field_count(error), 0);
    ck_assert_mem_eq(spay_error_body(error, &length), row->body, row->length);
    ck_assert_uint_eq(length, row->length);
    ck_assert_int_eq(spay_error_body(error, NULL)[length], 0);
    spay_error_free(error);
}
END_TEST

/* ---- hostile sizes ---- */

static const char *const hostile[][3] = {
    /* before, again and again, after */
    {"{\"error_message\":\"", "\xc3\xa4", "\"}"},
    {"{\"error_message\":\"", "\xe2\x82\xac", "\"}"},
    {"{\"error_message\":\"x", "\xf0\x9f\x98\x80", "\"}"},
    {"{\"error_code\":\"", "C", "\"}"},
    {"{\"details\":[{}", ",{\"target\":[\"a\",\"b\"],\"message\":\"m\"}", "]}"},
    {"{\"details\":[{\"target\":[\"a\"", ",\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"", "]}]}"},
    {"{\"details\":[{\"reason_code\":\"", "R", "\"}]}"},
    {"{\"detail\":\"", "\xe2\x82\xac", "\"}"},
    {"{\"type\":\"#", "t", "\"}"},
    {"{\"errors\":[{}", ",{\"parameter\":\"p\",\"code\":\"c\"}", "]}"},
    {"{\"errorId\":\"", "e", "\"}"},
    {"{\"errors\":[{\"propertyName\":\"", "p", "\"}]}"},
    {"{\"errors\":[{\"code\":\"1\",\"message\":\"", "\xc3\xa4", "\"}]}"},
    {"", "[", ""},
    {"", "{\"errors\":", ""},
};

static char *inflate(const char *const parts[3], size_t length)
{
    char *text = malloc(length + 200);
    char *end = text;

    ck_assert_ptr_nonnull(text);
    end = strcpy(end, parts[0]) + strlen(parts[0]);
    while ((size_t)(end - text) < length)
        end = strcpy(end, parts[1]) + strlen(parts[1]);
    strcpy(end, parts[2]);
    return text;
}

static void check_text(const char *text)
{
    size_t count;

    ck_assert_uint_le(strlen(text), SPAY__MAX_ERROR_TEXT);
    ck_assert_msg(spay__utf8_count(text, strlen(text), &count), "cut inside a character");
}

static void check_texts(const spay_error *error)
{
    size_t i;

    check_text(spay_error_message(error));
    check_text(spay_error_provider_code(error));
    check_text(spay_error_request_id(error));
    ck_assert_uint_le(spay_error_field_count(error), SPAY__MAX_FIELD_ERRORS);
    for (i = 0; i < spay_error_field_count(error); i++) {
        check_text(spay_error_field_path(error, i));
        check_text(spay_error_field_code(error, i));
        check_text(spay_error_field_message(error, i));
    }
}

START_TEST(hostile_reply_stays_within_the_limits)
{
    static const size_t lengths[] = {1000, 3000, 20000, 260000};
    char *body = inflate(hostile[_i / 4], lengths[_i % 4]);
    int kind;

    for (kind = WEPAY; kind <= CONNECT; kind++) {
        spay_error *error = read_reply((format)kind, body, strlen(body));
        size_t length;

        check_texts(error);
        ck_assert_str_eq(spay_error_body(error, &length), body);
        ck_assert_uint_eq(length, strlen(body));
        spay_error_free(error);
    }
    free(body);
}
END_TEST

/* ---- request ids ---- */

typedef struct id_row {
    const char *name;
    const char *value;
    format kind;
    bool taken;
} id_row;

#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static const id_row id_rows[] = {
    {.name = "X-Correlation-Id", .value = "c-1", .kind = WEPAY, .taken = true},
    {.name = "x-correlation-id", .value = "c-1", .kind = WEPAY, .taken = true},
    {.name = "X-Request-Id", .value = "r-1", .kind = PROBLEM, .taken = true},
    {.name = "X-Request-Id", .value = "r-1", .kind = WEPAY},
    {.name = "X-Correlation-Id", .value = "c-1", .kind = PROBLEM},
    {.name = "X-Request-Id", .value = "r-1", .kind = CONNECT},
    {.name = "X-Correlation-Id", .value = "c-1", .kind = CONNECT},
    {.name = "X-Correlation-Id", .value = "two words", .kind = WEPAY},
    {.name = "X-Correlation-Id", .value = "a\x1b[31m", .kind = WEPAY},
    {.name = "X-Correlation-Id", .value = "\xc3\xa4", .kind = WEPAY},
    {.name = "X-Correlation-Id",
     .value = X50 X50 X50 X50 X50 "12345",
     .kind = WEPAY,
     .taken = true},
    {.name = "X-Correlation-Id", .value = X50 X50 X50 X50 X50 "123456", .kind = WEPAY},
};

START_TEST(request_id_comes_from_the_providers_header)
{
    const id_row *row = &id_rows[_i];
    spay_error *error = spay__error_create(SPAY_E_REJECTED, SPAY_STAGE_REPLY);
    spay_http_response response;

    make_response(&response, "{}", 2);
    spay_http_response_add_header(&response, row->name, row->value);
    ck_assert_pstr_eq(spay__envelope_request_id(&envelopes[row->kind], &response),
                      row->taken ? row->value : NULL);
    read_envelope(row->kind, &response, error);
    ck_assert_str_eq(spay_error_request_id(error), row->taken ? row->value : "");
    spay__http_response_clear(&response);
    spay_error_free(error);
}
END_TEST

static const struct page_row {
    const char *body;
    const char *message;
} page_rows[] = {
    {"<html><body><h1>502 Bad Gateway</h1></body></html>\r\n", "HTTP 400: an HTML page"},
    {"<html><head><title>502 Bad Gateway</title></head></html>",
     "HTTP 400: an HTML page, 502 Bad Gateway"},
    {"\n<!DOCTYPE html><HTML lang=en><HEAD><TITLE id=x>Just\na moment...</TITLE>",
     "HTTP 400: an HTML page, Just a moment..."},
    {"<html><title>cut", "HTTP 400: an HTML page"},
    {"<html><title></title></html>", "HTTP 400: an HTML page"},
    {"<html><title", "HTTP 400: an HTML page"},
};

START_TEST(a_page_is_told_by_its_title)
{
    spay_error *error = read_reply(WEPAY, page_rows[_i].body, strlen(page_rows[_i].body));

    ck_assert_str_eq(spay_error_message(error), page_rows[_i].message);
    spay_error_free(error);
}
END_TEST

static const struct target_row {
    int32_t http;
    const char *location;
    const char *message;
} target_rows[] = {
    {302, "https://login.example/path", "HTTP 302: redirect to https://login.example/path"},
    {302, "https://login.example/path?token=x#y",
     "HTTP 302: redirect to https://login.example/path"},
    {302, "https://user:pass@login.example/", "HTTP 302: redirect to https://login.example/"},
    {302, "/v2/sessions?x=1", "HTTP 302: redirect to /v2/sessions"},
    {302, "https://login.example?a@b", "HTTP 302: redirect to https://login.example"},
    {300, "/v2", "HTTP 300: redirect to /v2"},
    {399, "/v2", "HTTP 399: redirect to /v2"},
    {400, "/v2", "HTTP 400"},
    {302, "", "HTTP 302: redirect to "},
};

START_TEST(a_redirect_is_told_with_its_target)
{
    spay_error *error = spay__error_create(SPAY_E_PROTOCOL, SPAY_STAGE_REPLY);
    spay_http_response response;

    spay__http_response_init(&response);
    ck_assert_int_eq(spay_http_response_set_status(&response, target_rows[_i].http), SPAY_OK);
    spay_http_response_add_header(&response, "Location", target_rows[_i].location);
    read_envelope(WEPAY, &response, error);
    ck_assert_str_eq(spay_error_message(error), target_rows[_i].message);
    spay__http_response_clear(&response);
    spay_error_free(error);
}
END_TEST

START_TEST(constant_error_survives_a_reply)
{
    spay_error constant;

    memset(&constant, 0, sizeof(constant));
    constant.constant = true;
    constant.status = SPAY_E_NO_MEMORY;
    {
        spay_http_response response;

        make_response(&response, replies[0].body, strlen(replies[0].body));
        read_envelope(WEPAY, &response, &constant);
        spay__http_response_clear(&response);
    }
    ck_assert_uint_eq(spay_error_field_count(&constant), 0);
    ck_assert_str_eq(spay_error_body(&constant, NULL), "");
}
END_TEST

Suite *envelope_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("envelope", &tests);

    tcase_add_loop_test(tests, envelope_is_read_as_far_as_it_is_documented, 0, ROWS(replies));
    tcase_add_loop_test(tests, anything_else_is_kept_as_it_came, 0, 3 * ROWS(odd_rows));
    tcase_add_loop_test(tests, hostile_reply_stays_within_the_limits, 0, 4 * ROWS(hostile));
    tcase_add_loop_test(tests, request_id_comes_from_the_providers_header, 0, ROWS(id_rows));
    tcase_add_test(tests, constant_error_survives_a_reply);
    tcase_add_loop_test(tests, a_page_is_told_by_its_title, 0, ROWS(page_rows));
    tcase_add_loop_test(tests, a_redirect_is_told_with_its_target, 0, ROWS(target_rows));
    return suite;
}
