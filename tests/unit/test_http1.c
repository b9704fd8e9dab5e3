/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * HTTP/1.1: the bytes of a request, and responses in every form that is accepted or refused.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sessionpay/wire.h>

#include "alloc.h"
#include "http.h"

/* ---- requests ---- */

static void make_request(spay_http_request *request, const char *url, const char *content)
{
    spay__buffer body;

    memset(request, 0, sizeof(*request));
    spay__http_request_set_url(request, url, "");
    spay__buffer_init(&body, 1000);
    spay__buffer_text(&body, content);
    spay__http_request_take_body(request, &body);
}

static void check_encoded(const spay_http_request *request, const char *expected)
{
    char bytes[1000];
    size_t length = strlen(expected);

    ck_assert_uint_eq(spay_http_request_encode(request, bytes, sizeof(bytes)), length);
    bytes[length] = '\0';
    ck_assert_str_eq(bytes, expected);
}

START_TEST(request_is_written_with_host_fields_and_length)
{
    spay_http_request request;

    make_request(&request, "https://example.com/v1/sessions", "{\"a\":1}");
    spay__http_request_add(&request, "Content-Type", "application/json");
    spay__http_request_add_secret(&request, "Authorization", "Bearer hush");
    spay__http_request_add(&request, "X-Empty", "");
    check_encoded(&request, "POST /v1/sessions HTTP/1.1\r\n"
                            "Host: example.com\r\n"
                            "Content-Type: application/json\r\n"
                            "Authorization: Bearer hush\r\n"
                            "X-Empty: \r\n"
                            "Content-Length: 7\r\n"
                            "\r\n"
                            "{\"a\":1}");
    spay__http_request_clear(&request);
}
END_TEST

START_TEST(request_without_fields_and_body_has_length_0)
{
    spay_http_request request;

    make_request(&request, "https://example.com/authorize", "");
    check_encoded(&request, "POST /authorize HTTP/1.1\r\nHost: example.com\r\n"
                            "Content-Length: 0\r\n\r\n");
    spay__http_request_clear(&request);
}
END_TEST

static const struct {
    const char *url;
    const char *target;
    const char *host;
} url_rows[] = {
    {"https://example.com/a/b", "/a/b", "example.com"},
    {"https://example.com", "/", "example.com"},
    {"https://example.com?q=1", "/?q=1", "example.com"},
    {"https://example.com/a?q=1/2", "/a?q=1/2", "example.com"},
    {"https://example.com/a#part", "/a", "example.com"},
    {"https://example.com#part", "/", "example.com"},
    {"https://example.com:443/a", "/a", "example.com"},
    {"https://example.com:80/a", "/a", "example.com:80"},
    {"https://example.com:8443/a", "/a", "example.com:8443"},
    {"https://example.com:4433/a", "/a", "example.com:4433"},
    {"HTTPS://example.com:443/a", "/a", "example.com"},
    {"http://127.0.0.1:80/a", "/a", "127.0.0.1"},
    {"http://127.0.0.1:443/a", "/a", "127.0.0.1:443"},
    {"http://127.0.0.1:8080", "/", "127.0.0.1:8080"},
    {"https://[::1]/a", "/a", "[::1]"},
    {"https://[::1]:443/a", "/a", "[::1]"},
    {"https://[::1]:444/a", "/a", "[::1]:444"},
    {"https://[::443]/a", "/a", "[::443]"},
};

START_TEST(target_and_host_come_from_the_url)
{
    spay_http_request request;
    char expected[200];

    make_request(&request, url_rows[_i].url, "");
    (void)snprintf(expected, sizeof(expected),
                   "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Length: 0\r\n\r\n", url_rows[_i].target,
                   url_rows[_i].host);
    check_encoded(&request, expected);
    spay__http_request_clear(&request);
}
END_TEST

START_TEST(request_is_written_whole_or_not_at_all)
{
    spay_http_request request;
    char bytes[200];
    size_t length;
    size_t size;

    make_request(&request, "https://example.com/v1", "{}");
    spay__http_request_add(&request, "A", "b");
    length = spay_http_request_encode(&request, NULL, 0);
    ck_assert_uint_eq(length, 67);
    for (size = 0; size < length; size++) {
        memset(bytes, 'x', sizeof(bytes));
        ck_assert_uint_eq(spay_http_request_encode(&request, bytes, size), length);
        ck_assert_int_eq(bytes[0], 'x');
    }
    ck_assert_uint_eq(spay_http_request_encode(&request, bytes, length), length);
    ck_assert_mem_eq(bytes + length - 2, "{}x", 3);
    spay__http_request_clear(&request);
}
END_TEST

START_TEST(request_that_does_not_exist_takes_no_bytes)
{
    spay_http_request request;
    char bytes[8];

    memset(&request, 0, sizeof(request));
    ck_assert_uint_eq(spay_http_request_encode(NULL, bytes, sizeof(bytes)), 0);
    ck_assert_uint_eq(spay_http_request_encode(&request, bytes, sizeof(bytes)), 0);
}
END_TEST

START_TEST(length_of_a_large_body_is_written)
{
    static char body[SPAY__MAX_REQUEST_BODY];
    spay_http_request request;
    char *bytes = NULL;
    size_t length;

    make_request(&request, "https://example.com/", "");
    memset(body, 'b', sizeof(body));
    spay__free(request.body);
    request.body = body;
    request.body_length = sizeof(body);
    length = spay_http_request_encode(&request, NULL, 0);
    bytes = malloc(length);
    ck_assert_ptr_nonnull(bytes);
    ck_assert_uint_eq(spay_http_request_encode(&request, bytes, length), length);
    ck_assert_mem_eq(bytes + length - sizeof(body) - 27, "Content-Length: 1048576\r\n\r\nb", 28);
    ck_assert_int_eq(bytes[length - 1], 'b');
    free(bytes);
    request.body = NULL;
    spay__http_request_clear(&request);
}
END_TEST

/* ---- responses that are complete ---- */

#define OK_LINE "HTTP/1.1 200 OK\r\n"
#define CHUNKED OK_LINE "Transfer-Encoding: chunked\r\n\r\n"
#define KEEP SPAY_DECODE_KEEP
#define DONE SPAY_DECODE_DONE

typedef struct good_row {
    const char *bytes;
    size_t length;
    int32_t result;
    int32_t status;
    const char *body;
} good_row;

static const good_row good_rows[] = {
    {BYTES("HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}"), KEEP, 201, "{}"},
    {BYTES(OK_LINE "Content-Length: 0\r\n\r\n"), KEEP, 200, ""},
    {BYTES(CHUNKED "2\r\n{}\r\n0\r\n\r\n"), KEEP, 200, "{}"},
    {BYTES("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}"), DONE, 200, "{}"},
    {BYTES("HTTP/1.1 204 No Content\r\n\r\n"), KEEP, 204, ""},
    {BYTES("HTTP/1.1 100 Continue\r\n\r\n" OK_LINE "Content-Length: 1\r\n\r\n1"), KEEP, 200, "1"},
    {BYTES(OK_LINE "A: b\r\n c\r\nContent-Length: 1\r\n\r\n1"), KEEP, 200, "1"},
};

START_TEST(response_is_read)
{
    const good_row *row = &good_rows[_i];
    spay_http_response response;
    size_t length;
    const char *body;

    spay__http_response_init(&response);
    ck_assert_int_eq(spay_http_response_decode(&response, row->bytes, row->length), row->result);
    ck_assert_int_eq(spay_http_response_status(&response), row->status);
    body = spay_http_response_body(&response, &length);
    ck_assert_uint_eq(length, strlen(row->body));
    ck_assert_mem_eq(body, row->body, length);
    ck_assert_uint_eq(response.bytes_received, row->length);
    spay__http_response_clear(&response);
}
END_TEST

Suite *http1_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("http1", &tests);

    tcase_add_test(tests, request_is_written_with_host_fields_and_length);
    tcase_add_test(tests, request_without_fields_and_body_has_length_0);
    tcase_add_loop_test(tests, target_and_host_come_from_the_url, 0, ROWS(url_rows));
    tcase_add_test(tests, request_is_written_whole_or_not_at_all);
    tcase_add_test(tests, request_that_does_not_exist_takes_no_bytes);
    tcase_add_test(tests, length_of_a_large_body_is_written);
    tcase_add_loop_test(tests, response_is_read, 0, ROWS(good_rows));
    return suite;
}
