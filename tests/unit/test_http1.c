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

#include "base/alloc.h"
#include "http/message.h"

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
    ck_assert_uint_eq(spay_http_request_encode(&request, NULL, sizeof(bytes)), length);
    ck_assert_uint_eq(spay_http_request_encode(NULL, bytes, sizeof(bytes)), 0);
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
#define INTERIM "HTTP/1.1 100 Continue\r\n\r\n"
#define CHUNKED OK_LINE "Transfer-Encoding: chunked\r\n\r\n"
#define KEEP SPAY_DECODE_KEEP
#define DONE SPAY_DECODE_DONE
#define MORE SPAY_DECODE_MORE

typedef struct good_row {
    const char *bytes;
    size_t length;
    int32_t result; /* DONE for a response that ends with the connection, too */
    int32_t status;
    const char *body;
} good_row;

#define GOOD(bytes_, result_, status_, body_)                                                      \
    {                                                                                              \
        .bytes = (bytes_), .length = sizeof(bytes_) - 1, .result = (result_), .status = (status_), \
        .body = (body_)                                                                            \
    }

static const good_row good_rows[] = {
    /* status lines */
    GOOD("HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}", KEEP, 201, "{}"),
    GOOD("HTTP/1.1 201 \r\nContent-Length: 2\r\n\r\n{}", KEEP, 201, "{}"),
    GOOD("HTTP/1.1 201\r\nContent-Length: 2\r\n\r\n{}", KEEP, 201, "{}"),
    GOOD("HTTP/1.1 201\nContent-Length: 2\n\n{}", KEEP, 201, "{}"),
    GOOD("HTTP/1.1 599 \xc3\xa9t\xe9\t:\x01\r\nContent-Length: 0\r\n\r\n", KEEP, 599, ""),
    GOOD("HTTP/1.2 200 OK\r\nContent-Length: 0\r\n\r\n", KEEP, 200, ""),
    GOOD("HTTP/1.9 200 OK\r\nContent-Length: 0\r\n\r\n", KEEP, 200, ""),

    /* lengths */
    GOOD(OK_LINE "Content-Length: 0\r\n\r\n", KEEP, 200, ""),
    GOOD(OK_LINE "Content-Length: 0002\r\n\r\n{}", KEEP, 200, "{}"),
    GOOD(OK_LINE "Content-Length:2\r\n\r\n{}", KEEP, 200, "{}"),
    GOOD(OK_LINE "content-length: \t2 \t\r\n\r\n{}", KEEP, 200, "{}"),
    GOOD(OK_LINE "CONTENT-LENGTH: 2\r\n\r\n{}", KEEP, 200, "{}"),
    GOOD(OK_LINE "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", KEEP, 200, "{}"),
    GOOD(OK_LINE "Content-Length: 2\r\nA: b\r\ncontent-length: 02\r\n\r\n{}", KEEP, 200, "{}"),
    GOOD(OK_LINE "Content-Length: 2, 2 ,\t2\r\n\r\n{}", KEEP, 200, "{}"),
    GOOD(OK_LINE "Content-Length:\r\n 2\r\n\r\n{}", KEEP, 200, "{}"),
    GOOD(OK_LINE "Content-Length: 2,\r\n 2\r\n\r\n{}", KEEP, 200, "{}"),
    GOOD(OK_LINE "X-Content-Length: 5\r\nContent-Lengths: 6\r\nContent-Length: 2\r\n\r\n{}", KEEP,
         200, "{}"),

    /* a body that ends with the connection */
    GOOD(OK_LINE "\r\n{}", DONE, 200, "{}"),
    GOOD(OK_LINE "\r\n", DONE, 200, ""),
    GOOD(OK_LINE "Connection: keep-alive\r\n\r\n{}", DONE, 200, "{}"),
    GOOD("HTTP/1.0 200 OK\r\n\r\nHTTP/1.1 500 No\r\n\r\n", DONE, 200, "HTTP/1.1 500 No\r\n\r\n"),

    /* chunks */
    GOOD(CHUNKED "0\r\n\r\n", KEEP, 200, ""),
    GOOD(CHUNKED "2\r\n{}\r\n0\r\n\r\n", KEEP, 200, "{}"),
    GOOD(CHUNKED "1\r\n{\r\n0001\r\n}\r\n000\r\n\r\n", KEEP, 200, "{}"),
    GOOD(CHUNKED "0000000000000002\r\n{}\r\n0000000000000000\r\n\r\n", KEEP, 200, "{}"),
    GOOD(CHUNKED "a\r\n0123456789\r\nB\r\nabcdefghijk\r\n0\r\n\r\n", KEEP, 200,
         "0123456789abcdefghijk"),
    GOOD(CHUNKED "2\r\n\r\n\r\n0\r\n\r\n", KEEP, 200, "\r\n"),
    GOOD(CHUNKED "2\n{}\n0\n\n", KEEP, 200, "{}"),
    GOOD(CHUNKED "2;name\r\n{}\r\n0;a=\"b;c\";\x80 d\t\r\n\r\n", KEEP, 200, "{}"),
    GOOD(CHUNKED "2 \t;name\r\n{}\r\n0  \r\n\r\n", KEEP, 200, "{}"),
    GOOD(CHUNKED "2\r\n{}\r\n0\r\nA: b\r\nC:\r\n d\r\n\r\n", KEEP, 200, "{}"),
    GOOD(CHUNKED "2\r\n{}\r\n0\r\nContent-Length: 7\r\nConnection: close\r\n\r\n", KEEP, 200, "{}"),
    GOOD(OK_LINE "transfer-encoding: \tChunked \r\n\r\n2\r\n{}\r\n0\r\n\r\n", KEEP, 200, "{}"),
    GOOD(OK_LINE "Transfer-Encoding:\r\n chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", KEEP, 200, "{}"),

    /* no body */
    GOOD("HTTP/1.1 204 No Content\r\n\r\n", KEEP, 204, ""),
    GOOD("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", KEEP, 204, ""),
    GOOD("HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n", DONE, 204, ""),
    GOOD("HTTP/1.1 204 No Content\r\nContent-Length: x\r\n\r\n", DONE, 204, ""),
    GOOD("HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n", DONE, 204, ""),
    GOOD("HTTP/1.1 304 Not Modified\r\n\r\n", KEEP, 304, ""),
    GOOD("HTTP/1.1 304 Not Modified\r\nContent-Length: 1234\r\n\r\n", DONE, 304, ""),

    /* interim responses */
    GOOD(INTERIM OK_LINE "Content-Length: 1\r\n\r\n1", KEEP, 200, "1"),
    GOOD(INTERIM INTERIM "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No\r\n\r\n",
         KEEP, 204, ""),
    GOOD("HTTP/1.1 199 Odd\r\nContent-Length: 0\r\n\r\n" OK_LINE "Content-Length: 0\r\n\r\n", KEEP,
         200, ""),
    GOOD("HTTP/1.1 100 Odd\r\nContent-Length: 5\r\n\r\n" OK_LINE "Content-Length: 0\r\n\r\n", DONE,
         200, ""),
    GOOD("HTTP/1.1 100 Odd\r\nTransfer-Encoding: chunked\r\n\r\n" OK_LINE
         "Content-Length: 0\r\n\r\n",
         DONE, 200, ""),

    /* what becomes of the connection */
    GOOD(OK_LINE "Connection: close\r\nContent-Length: 0\r\n\r\n", DONE, 200, ""),
    GOOD(OK_LINE "connection: a, CLOSE ,b\r\nContent-Length: 0\r\n\r\n", DONE, 200, ""),
    GOOD(OK_LINE "Connection: a\r\nConnection: b\r\nConnection:close\r\nContent-Length: 0\r\n\r\n",
         DONE, 200, ""),
    GOOD(OK_LINE "Connection: keep-alive, close\r\nContent-Length: 0\r\n\r\n", DONE, 200, ""),
    GOOD(OK_LINE "Connection: keep-alive,\r\n close\r\nContent-Length: 0\r\n\r\n", DONE, 200, ""),
    GOOD(OK_LINE "Connection: closed, x-close, other\r\nContent-Length: 0\r\n\r\n", KEEP, 200, ""),
    GOOD(OK_LINE "Connection:\r\nContent-Length: 0\r\n\r\n", KEEP, 200, ""),
    GOOD("HTTP/1.1 204 No\r\nConnection: close\r\n\r\n", DONE, 204, ""),
    GOOD("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}", DONE, 200, "{}"),
    GOOD("HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\n{}", KEEP, 200,
         "{}"),
    GOOD("HTTP/1.0 200 OK\r\nConnection: keep-alive, close\r\nContent-Length: 0\r\n\r\n", DONE, 200,
         ""),
    GOOD("HTTP/1.0 200 OK\r\nConnection: upgrade\r\nContent-Length: 0\r\n\r\n", DONE, 200, ""),

    /* odd fields */
    GOOD(OK_LINE "HTTP/1.1: x\r\n!#$%&'*+-.^_`|~(){}<>@,;\\\"/[]?=: y\r\nContent-Length: 0\r\n\r\n",
         KEEP, 200, ""),
    GOOD(OK_LINE "A:\r\nB: \t \r\nC:::\r\nContent-Length: 0\r\n\r\n", KEEP, 200, ""),
    GOOD(OK_LINE "A: b\r\n c\r\nContent-Length: 0\r\n\r\n", KEEP, 200, ""),
    GOOD(OK_LINE "A: b\n\tc\n\t\nContent-Length: 0\n\n", KEEP, 200, ""),
};

/* Feed all in one piece, and report the end of the connection if the response is not complete. */
static int32_t decode_all(spay_http_response *response, const char *bytes, size_t length)
{
    int32_t result = spay_http_response_decode(response, bytes, length);

    return result == MORE ? spay_http_response_decode_end(response) : result;
}

static void check_good(const spay_http_response *response, const good_row *row)
{
    size_t length;
    const char *body = spay_http_response_body(response, &length);

    ck_assert_int_eq(spay_http_response_status(response), row->status);
    ck_assert_uint_eq(length, strlen(row->body));
    ck_assert_mem_eq(body, row->body, length);
    ck_assert_uint_eq(response->bytes_received, row->length);
    ck_assert_ptr_null(response->reason);
    ck_assert_ptr_null(response->message);
}

START_TEST(good_response_is_read)
{
    const good_row *row = &good_rows[_i];
    spay_http_response response;

    spay__http_response_init(&response);
    ck_assert_int_eq(decode_all(&response, row->bytes, row->length), row->result);
    check_good(&response, row);
    spay__http_response_clear(&response);
}
END_TEST

START_TEST(bytes_after_the_response_close_the_connection)
{
    const good_row *row = &good_rows[_i];
    spay_http_response response;
    char bytes[512];
    int32_t result;

    ck_assert_uint_lt(row->length, sizeof(bytes));
    memcpy(bytes, row->bytes, row->length);
    bytes[row->length] = 'H';
    spay__http_response_init(&response);
    result = spay_http_response_decode(&response, bytes, row->length + 1);
    if (result != MORE) /* the connection is not the end of it */
        ck_assert_int_eq(result, DONE);
    spay__http_response_clear(&response);
}
END_TEST

static const struct {
    const char *lines;
    const char *name;
    const char *value;
} field_rows[] = {
    {"A: b\r\n", "A", "b"},
    {"A:b\r\n", "a", "b"},
    {"A: \t b c \t\r\n", "A", "b c"},
    {"A:\r\n", "A", ""},
    {"A: : \r\n", "A", ":"},
    {"A: \xc3\xa9\xff\x80\r\n", "A", "\xc3\xa9\xff\x80"},
    {"A: \x01\x1b[31m\x7f\r\n", "A", "\x01\x1b[31m\x7f"},
    {"A: b\n", "A", "b"},
    {"A: b\r\n c\r\n", "A", "b c"},
    {"A: b \t\r\n \t c \r\n\td\r\n", "A", "b c d"},
    {"A: b\n  c\n", "A", "b c"},
    {"A:\r\n b\r\n", "A", "b"},
    {"A: \r\n \r\n  b\r\n", "A", "b"},
    {"A: b\r\n \t\r\n c\r\n", "A", "b c"},
    {"A: b\r\n  \r\n", "A", "b"},
    {"A: b\r\n :c: d\r\nE: f\r\n", "A", "b :c: d"},
    {"A: b\r\n :c: d\r\nE: f\r\n", "E", "f"},
    {"A: b\r\nA: c\r\n", "A", "b"},
    {"HTTP/1.1: x\r\n", "HTTP/1.1", "x"},
    {"HTTP/1.1 200:x\r\n", NULL, NULL},
};

START_TEST(field_has_this_value)
{
    spay_http_response response;
    const char *value;
    char bytes[300];

    (void)snprintf(bytes, sizeof(bytes), OK_LINE "%s\r\n", field_rows[_i].lines);
    spay__http_response_init(&response);
    if (field_rows[_i].name) {
        ck_assert_int_eq(decode_all(&response, bytes, strlen(bytes)), DONE);
        value = spay_http_response_header(&response, field_rows[_i].name);
        ck_assert_ptr_nonnull(value);
        ck_assert_str_eq(value, field_rows[_i].value);
    } else {
        ck_assert_int_eq(decode_all(&response, bytes, strlen(bytes)), SPAY_E_PROTOCOL);
    }
    spay__http_response_clear(&response);
}
END_TEST

START_TEST(fields_of_interim_responses_and_trailers_are_dropped)
{
    static const char bytes[] = "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n" OK_LINE
                                "Transfer-Encoding: chunked\r\n\r\n0\r\nDate: b\r\n\r\n";
    spay_http_response response;

    spay__http_response_init(&response);
    ck_assert_int_eq(spay_http_response_decode(&response, bytes, sizeof(bytes) - 1), KEEP);
    ck_assert_ptr_null(spay_http_response_header(&response, "Link"));
    ck_assert_ptr_null(spay_http_response_header(&response, "Date"));
    ck_assert_str_eq(spay_http_response_header(&response, "Transfer-Encoding"), "chunked");
    ck_assert_uint_eq(response.header_count, 1);
    spay__http_response_clear(&response);
}
END_TEST

START_TEST(no_response_needs_a_byte_more_than_it_has)
{
    const good_row *row = &good_rows[_i];
    spay_http_response response;
    size_t length;

    spay__http_response_init(&response);
    for (length = 0; length + 1 < row->length; length++)
        ck_assert_int_eq(spay_http_response_decode(&response, row->bytes + length, 1), MORE);
    if (spay_http_response_decode(&response, row->bytes + length, 1) == MORE)
        ck_assert_int_eq(spay_http_response_decode_end(&response), row->result);
    check_good(&response, row);
    spay__http_response_clear(&response);
}
END_TEST

/* ---- responses that are refused ---- */

typedef struct bad_row {
    const char *bytes;
    size_t length;
    const char *reason; /* with SPAY_E_PROTOCOL */
} bad_row;

static const bad_row bad_rows[] = {
    {BYTES("S"), "not_http"},
    {BYTES("SSH-2.0-OpenSSH_9.2\r\n"), "not_http"},
    {BYTES("\x15\x03\x01"), "not_http"},
    {BYTES("HTTX"), "not_http"},
    {BYTES("http/1.1 200 OK\r\n"), "not_http"},
    {BYTES("HTTP/2.0 200 OK\r\n"), "not_http"},
    {BYTES("HTTP/2 200\r\n"), "not_http"},
    {BYTES("HTTP/1.10 200 OK\r\n"), "not_http"},
    {BYTES("HTTP/1.1\t200 OK\r\n"), "not_http"},
    {BYTES("HTTP/1.1  200 OK\r\n"), "not_http"},
    {BYTES("HTTP/1.1 20\r\n"), "not_http"},
    {BYTES("HTTP/1.1 42 Odd\r\n"), "not_http"},
    {BYTES("HTTP/1.1 2000\r\n"), "not_http"},
    {BYTES("HTTP/1.1 200OK\r\n"), "not_http"},
    {BYTES("HTTP/1.1 200\tOK\r\n"), "not_http"},
    {BYTES("HTTP/1.1 2x0 OK\r\n"), "not_http"},
    {BYTES("HTTP/1.1 -20 OK\r\n"), "not_http"},
    {BYTES("HTTP/1.1 099 Odd\r\n"), "not_http"},
    {BYTES("HTTP/1.1 000 Odd\r\n"), "not_http"},
    {BYTES("HTTP/1.1 600 Odd\r\n"), "not_http"},
    {BYTES("HTTP/1.1\r\n"), "not_http"},
    {BYTES("\r\nHTTP/1.1 200 OK\r\n"), "not_http"},
    {BYTES("\n"), "not_http"},
    {BYTES(" HTTP/1.1 200 OK\r\n"), "not_http"},
    {BYTES(INTERIM "HTTX"), "not_http"},
    {BYTES(INTERIM "\r\n"), "not_http"},

    {BYTES("HTTP/1.1 200 O\0K\r\n"), "malformed_header"},
    {BYTES("HTTP/1.1 200 O\rK\r\n"), "malformed_header"},
    {BYTES("HTTP/1.1 200\rOK\r\n"), "malformed_header"},
    {BYTES("HTTP/1.1 200 OK\r\r\n"), "malformed_header"},
    {BYTES(OK_LINE " A: b\r\n"), "malformed_header"},
    {BYTES(OK_LINE "\tA: b\r\n"), "malformed_header"},
    {BYTES(OK_LINE " \r\n"), "malformed_header"},
    {BYTES(INTERIM OK_LINE " A: b\r\n"), "malformed_header"},
    {BYTES("HTTP/1.1 100 Continue\r\nA: b\r\n\r\n" OK_LINE " c\r\n"), "malformed_header"},
    {BYTES(OK_LINE "A\r\n"), "malformed_header"},
    {BYTES(OK_LINE "Nonsense and more\r\n"), "malformed_header"},
    {BYTES(OK_LINE "HTTP/1.1 200 OK\r\n"), "malformed_header"},
    {BYTES(OK_LINE ": b\r\n"), "malformed_header"},
    {BYTES(OK_LINE "A : b\r\n"), "malformed_header"},
    {BYTES(OK_LINE "A B: c\r\n"), "malformed_header"},
    {BYTES(OK_LINE "A\t: b\r\n"), "malformed_header"},
    {BYTES(OK_LINE "A\x01: b\r\n"), "malformed_header"},
    {BYTES(OK_LINE "A\x7f: b\r\n"), "malformed_header"},
    {BYTES(OK_LINE "A\xc3\xa9: b\r\n"), "malformed_header"},
    {BYTES(OK_LINE "A\0: b\r\n"), "malformed_header"},
    {BYTES(OK_LINE "A: b\0c\r\n"), "malformed_header"},
    {BYTES(OK_LINE "A: b\rc\r\n"), "malformed_header"},
    {BYTES(OK_LINE "A: b\r\r\n"), "malformed_header"},
    {BYTES(OK_LINE "A: b\r\n c\0d\r\n"), "malformed_header"},
    {BYTES(OK_LINE "A: b\r\n c\rd\r\n"), "malformed_header"},
    {BYTES(OK_LINE "\r\r\n"), "malformed_header"},
    {BYTES(OK_LINE "\0\r\n"), "malformed_header"},
    {BYTES(CHUNKED "0\r\n A: b\r\n"), "malformed_header"},
    {BYTES(CHUNKED "0\r\nA\r\n"), "malformed_header"},
    {BYTES(CHUNKED "0\r\nA : b\r\n"), "malformed_header"},
    {BYTES(CHUNKED "0\r\nA: b\0\r\n"), "malformed_header"},
    {BYTES(CHUNKED "0\r\nHTTP/1.1 200 OK\r\n"), "malformed_header"},

    {BYTES(OK_LINE "Content-Length: 1\r\nContent-Length: 2\r\n\r\n"), "ambiguous_length"},
    {BYTES(OK_LINE "Content-Length: 1\r\nA: b\r\ncontent-length: 2\r\n\r\n"), "ambiguous_length"},
    {BYTES(OK_LINE "Content-Length: 1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"),
     "ambiguous_length"},
    {BYTES(OK_LINE "Content-Length: 1, 2\r\n\r\n"), "ambiguous_length"},
    {BYTES(OK_LINE "Content-Length: 1,\r\n 2\r\n\r\n"), "ambiguous_length"},
    {BYTES(OK_LINE "Content-Length: 1,\r\n\r\n"), "ambiguous_length"},
    {BYTES(OK_LINE "Content-Length: ,1\r\n\r\n"), "ambiguous_length"},
    {BYTES(OK_LINE "Content-Length: 1\r\n 2\r\n\r\n"), "ambiguous_length"},
    {BYTES(OK_LINE "Content-Length:\r\n\r\n"), "ambiguous_length"},
    {BYTES(OK_LINE "Content-Length: -1\r\n\r\n"), "ambiguous_length"},
    {BYTES(OK_LINE "Content-Length: +1\r\n\r\n"), "ambiguous_length"},
    {BYTES(OK_LINE "Content-Length: 1 1\r\n\r\n"), "ambiguous_length"},
    {BYTES(OK_LINE "Content-Length: 0x1\r\n\r\n"), "ambiguous_length"},
    {BYTES(OK_LINE "Content-Length: 1;\r\n\r\n"), "ambiguous_length"},
    {BYTES(OK_LINE "Content-Length: \"1\"\r\n\r\n"), "ambiguous_length"},
    {BYTES(OK_LINE "Content-Length: 1.0\r\n\r\n"), "ambiguous_length"},
    {BYTES(OK_LINE "Content-Length: 99999999999999999999999a\r\n\r\n"), "ambiguous_length"},
    {BYTES(OK_LINE "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"), "ambiguous_length"},
    {BYTES(OK_LINE "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n"), "ambiguous_length"},
    {BYTES(OK_LINE "Transfer-Encoding: x\r\nContent-Length: 0\r\n\r\n"), "ambiguous_length"},

    {BYTES(OK_LINE "Transfer-Encoding: gzip\r\n\r\n"), "transfer_coding"},
    {BYTES(OK_LINE "Transfer-Encoding: gzip, chunked\r\n\r\n"), "transfer_coding"},
    {BYTES(OK_LINE "Transfer-Encoding: chunked, gzip\r\n\r\n"), "transfer_coding"},
    {BYTES(OK_LINE "Transfer-Encoding: chunked, chunked\r\n\r\n"), "transfer_coding"},
    {BYTES(OK_LINE "Transfer-Encoding: chunked,\r\n\r\n"), "transfer_coding"},
    {BYTES(OK_LINE "Transfer-Encoding: chunked\r\n ,\r\n\r\n"), "transfer_coding"},
    {BYTES(OK_LINE "Transfer-Encoding: chunked;a=b\r\n\r\n"), "transfer_coding"},
    {BYTES(OK_LINE "Transfer-Encoding: xchunked\r\n\r\n"), "transfer_coding"},
    {BYTES(OK_LINE "Transfer-Encoding: chunke\r\n\r\n"), "transfer_coding"},
    {BYTES(OK_LINE "Transfer-Encoding: \"chunked\"\r\n\r\n"), "transfer_coding"},
    {BYTES(OK_LINE "Transfer-Encoding: \vchunked\r\n\r\n"), "transfer_coding"},
    {BYTES(OK_LINE "Transfer-Encoding: identity\r\n\r\n"), "transfer_coding"},
    {BYTES(OK_LINE "Transfer-Encoding:\r\n\r\n"), "transfer_coding"},
    {BYTES(OK_LINE "Transfer-Encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n"),
     "transfer_coding"},
    {BYTES(OK_LINE "Transfer-Encoding: chunked\r\nA: b\r\nTransfer-Encoding: gzip\r\n\r\n"),
     "transfer_coding"},
    {BYTES("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), "transfer_coding"},

    {BYTES(CHUNKED "\r\n"), "malformed_chunk"},
    {BYTES(CHUNKED "\n"), "malformed_chunk"},
    {BYTES(CHUNKED " 2\r\n"), "malformed_chunk"},
    {BYTES(CHUNKED ";a\r\n"), "malformed_chunk"},
    {BYTES(CHUNKED "x\r\n"), "malformed_chunk"},
    {BYTES(CHUNKED "-1\r\n"), "malformed_chunk"},
    {BYTES(CHUNKED "+1\r\n"), "malformed_chunk"},
    {BYTES(CHUNKED "0x2\r\n"), "malformed_chunk"},
    {BYTES(CHUNKED "2x\r\n"), "malformed_chunk"},
    {BYTES(CHUNKED "2 2\r\n"), "malformed_chunk"},
    {BYTES(CHUNKED "2\0\r\n"), "malformed_chunk"},
    {BYTES(CHUNKED "2;a\0\r\n"), "malformed_chunk"},
    {BYTES(CHUNKED "2;a\rb\r\n"), "malformed_chunk"},
    {BYTES(CHUNKED "2\r{}\r\n"), "malformed_chunk"},
    {BYTES(CHUNKED "2\r\r\n"), "malformed_chunk"},
    {BYTES(CHUNKED "00000000000000002\r\n"), "malformed_chunk"},
    {BYTES(CHUNKED "2\r\n{}}"), "malformed_chunk"},
    {BYTES(CHUNKED "2\r\n{}0\r\n"), "malformed_chunk"},
    {BYTES(CHUNKED "2\r\n{}\r0\r\n"), "malformed_chunk"},
    {BYTES(CHUNKED "2\r\n{}\r\r\n"), "malformed_chunk"},
    {BYTES(CHUNKED "2\r\n{}\r\n\r\n"), "malformed_chunk"},

    {BYTES("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"), "unexpected_upgrade"},
    {BYTES(INTERIM "HTTP/1.1 101 Switching Protocols\r\n\r\n"), "unexpected_upgrade"},
};

static void check_failure(const spay_http_response *response, const char *reason)
{
    ck_assert_ptr_nonnull(response->reason);
    ck_assert_str_eq(response->reason, reason);
    ck_assert_ptr_nonnull(response->message);
}

START_TEST(bad_response_is_refused)
{
    const bad_row *row = &bad_rows[_i];
    spay_http_response response;

    spay__http_response_init(&response);
    ck_assert_int_eq(spay_http_response_decode(&response, row->bytes, row->length),
                     SPAY_E_PROTOCOL);
    check_failure(&response, row->reason);
    ck_assert_int_eq(spay_http_response_decode(&response, "A", 1), SPAY_E_STATE);
    ck_assert_int_eq(spay_http_response_decode_end(&response), SPAY_E_STATE);
    check_failure(&response, row->reason);
    spay__http_response_clear(&response);
}
END_TEST

START_TEST(what_is_not_http_is_refused_at_the_first_wrong_byte)
{
    static const char good[] = "HTTP/1.1 200 ";
    spay_http_response response;
    size_t at = (size_t)_i;

    spay__http_response_init(&response);
    if (at)
        ck_assert_int_eq(spay_http_response_decode(&response, good, at), MORE);
    ck_assert_int_eq(spay_http_response_decode(&response, "x", 1), SPAY_E_PROTOCOL);
    check_failure(&response, "not_http");
    spay__http_response_clear(&response);
}
END_TEST

/* ---- limits ---- */

/* Feeds text and then a piece again and again, until the decoder has had enough; how many times. */
static size_t repeat(spay_http_response *response, const char *text, const char *piece,
                     int32_t *result)
{
    size_t count = 0;

    *result = spay_http_response_decode(response, text, strlen(text));
    while (*result == MORE && count < 1000000) {
        *result = spay_http_response_decode(response, piece, strlen(piece));
        count++;
    }
    return count;
}

typedef struct endless_row {
    const char *text;
    const char *piece;
    const char *reason;
} endless_row;

static const endless_row endless_rows[] = {
    {"HTTP/1.1 200 ", "O", "header_too_long"},
    {OK_LINE "A: ", "b", "header_too_long"},
    {OK_LINE, "A", "header_too_long"},
    {OK_LINE, "A: b\r\n", "header_too_long"},
    {OK_LINE,
     "A: bcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdef"
     "ghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghij"
     "klmnopqrstuvwxyz\r\n",
     "header_too_long"},
    {OK_LINE "A: b\r\n", " and more\r\n", "header_too_long"},
    {OK_LINE "A: b\r\n", " \n", "header_too_long"},
    {OK_LINE "A: b\r\n", " \r", "header_too_long"},
    {"", INTERIM, "header_too_long"},
    {"", "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n", "header_too_long"},
    {CHUNKED "2;", "a", "header_too_long"},
    {CHUNKED "2", " ", "header_too_long"},
    {CHUNKED, "1;extension\r\na\r\n", "header_too_long"},
    {CHUNKED "0\r\n", "A: b\r\n", "header_too_long"},
    {CHUNKED "0\r\nA: b\r\n", " c\r\n", "header_too_long"},
    {OK_LINE "\r\n", "body", "body_too_long"},
    {CHUNKED, "1\r\na\r\n", "body_too_long"},
    {CHUNKED, "10\r\n0123456789abcdef\r\n", "body_too_long"},
};

START_TEST(what_does_not_end_is_cut_off)
{
    const endless_row *row = &endless_rows[_i];
    spay_http_response response;
    int32_t result;

    spay__http_response_init(&response);
    repeat(&response, row->text, row->piece, &result);
    ck_assert_int_eq(result, SPAY_E_LIMIT);
    check_failure(&response, row->reason);
    ck_assert_uint_le(response.headers.capacity, 2 * SPAY__MAX_HEADER_BYTES);
    ck_assert_uint_le(response.line.capacity, 2 * SPAY__MAX_HEADER_BYTES);
    ck_assert_uint_le(response.body.capacity, 2 * SPAY__MAX_BODY);
    ck_assert_int_eq(spay_http_response_decode(&response, "A", 1), SPAY_E_STATE);
    spay__http_response_clear(&response);
}
END_TEST

/* The whole head, with the status line and the empty line at its end, in one piece and in bytes. */
START_TEST(header_may_have_32_kib)
{
    static char head[SPAY__MAX_HEADER_BYTES + 2];
    bool in_bytes = _i % 2;
    size_t length = SPAY__MAX_HEADER_BYTES + (size_t)(_i / 2);
    spay_http_response response;
    int32_t result = MORE;
    size_t i;

    memset(head, 'v', sizeof(head));
    memcpy(head, "HTTP/1.1 204 No\r\nA:", 19);
    memcpy(head + length - 4, "\r\n\r\n", 4);
    spay__http_response_init(&response);
    if (!in_bytes)
        result = spay_http_response_decode(&response, head, length);
    for (i = 0; in_bytes && i < length; i++)
        result = spay_http_response_decode(&response, head + i, 1);
    ck_assert_int_eq(result, _i / 2 ? SPAY_E_LIMIT : KEEP);
    spay__http_response_clear(&response);
}
END_TEST

/* Each may have all the room of a header; together they have that of a body. */
START_TEST(a_thousand_interim_responses_are_skipped_but_not_without_end)
{
    static const char interim[] = "HTTP/1.1 102 Processing\r\nA: b\r\n\r\n";
    spay_http_response response;
    size_t length = 0;
    int32_t result = MORE;
    int i;

    spay__http_response_init(&response);
    for (i = 0; i < 1000; i++)
        ck_assert_int_eq(spay_http_response_decode(&response, interim, strlen(interim)), MORE);
    for (length = 1000 * strlen(interim); result == MORE; length += strlen(interim))
        result = spay_http_response_decode(&response, interim, strlen(interim));
    ck_assert_int_eq(result, SPAY_E_LIMIT);
    ck_assert_uint_gt(length, SPAY__MAX_BODY);
    ck_assert_uint_le(length, SPAY__MAX_BODY + 2 * strlen(interim));
    spay__http_response_clear(&response);
}
END_TEST

START_TEST(time_for_which_a_connection_is_kept_is_read)
{
    static const struct {
        const char *fields;
        int64_t ms;
    } rows[] = {
        {"Keep-Alive: timeout=5, max=100\r\n", 5000},
        {"KEEP-ALIVE: max=7,  Timeout=12\r\n", 12000},
        {"Keep-Alive: timeout=0\r\n", 0},
        {"Keep-Alive: timeout=99999999999999999999\r\n", INT64_C(9999999000)},
        {"Keep-Alive: timeout=5s\r\n", 5000},
        {"Keep-Alive: timeout=\r\n", -1},
        {"Keep-Alive: timeouts=5\r\n", -1},
        {"Keep-Alive: timeout\r\n", -1},
        {"Keep-Alive: 5\r\n", -1},
        {"Connection: keep-alive\r\n", -1},
        {"", -1},
    };
    spay_http_response response;
    char head[256];

    spay__http_response_init(&response);
    snprintf(head, sizeof(head), OK_LINE "Content-Length: 0\r\n%s\r\n", rows[_i].fields);
    ck_assert_int_eq(spay_http_response_decode(&response, head, strlen(head)), KEEP);
    ck_assert_int_eq(spay__http_response_keep_alive_ms(&response), rows[_i].ms);
    spay__http_response_clear(&response);
}
END_TEST

START_TEST(header_may_have_256_fields)
{
    static const struct {
        const char *before;
        const char *ends[2]; /* good, and with one field more */
    } places[] = {
        {OK_LINE, {"Content-Length: 0\r\n\r\n", "B:\r\nContent-Length: 0\r\n\r\n"}},
        {"HTTP/1.1 103 Early Hints\r\n",
         {"B:\r\n\r\n" OK_LINE "B:\r\nContent-Length: 0\r\n\r\n", "B:\r\nB:\r\n"}},
        {CHUNKED "0\r\n", {"\r\n", "B:\r\n\r\n"}},
    };
    const char *before = places[_i / 2].before;
    const char *end = places[_i / 2].ends[_i % 2];
    spay_http_response response;
    int i;

    spay__http_response_init(&response);
    ck_assert_int_eq(spay_http_response_decode(&response, before, strlen(before)), MORE);
    for (i = 1; i < SPAY__MAX_HEADERS; i++)
        ck_assert_int_eq(spay_http_response_decode(&response, "A:\r\n", 4), MORE);
    ck_assert_int_eq(spay_http_response_decode(&response, end, strlen(end)),
                     _i % 2 ? SPAY_E_LIMIT : KEEP);
    spay__http_response_clear(&response);
}
END_TEST

typedef struct length_row {
    const char *head;
    int32_t result;
} length_row;

static const length_row length_rows[] = {
    {OK_LINE "Content-Length: 262144\r\n\r\n", MORE},
    {OK_LINE "Content-Length: 262145\r\n\r\n", SPAY_E_LIMIT},
    {OK_LINE "Content-Length: 00000000000000000262144\r\n\r\n", MORE},
    {OK_LINE "Content-Length: 2147483648\r\n\r\n", SPAY_E_LIMIT},
    {OK_LINE "Content-Length: 4294967297\r\n\r\n", SPAY_E_LIMIT},
    {OK_LINE "Content-Length: 18446744073709551617\r\n\r\n", SPAY_E_LIMIT},
    {OK_LINE "Content-Length: 1000000000000000000000000000000\r\n\r\n", SPAY_E_LIMIT},
    {OK_LINE "Content-Length: 2147483648, 18446744073709551617\r\n\r\n", SPAY_E_LIMIT},
    {CHUNKED "40000\r\n", MORE},
    {CHUNKED "40001\r\n", SPAY_E_LIMIT},
    {CHUNKED "0000000000040000\r\n", MORE},
    {CHUNKED "100000000", SPAY_E_LIMIT},
    {CHUNKED "10000000000000000", SPAY_E_LIMIT},
    {CHUNKED "1\r\na\r\n3ffff\r\n", MORE},
    {CHUNKED "1\r\na\r\n40000", SPAY_E_LIMIT},
};

START_TEST(body_that_is_too_long_is_refused_at_once)
{
    const length_row *row = &length_rows[_i];
    spay_http_response response;

    spay__http_response_init(&response);
    ck_assert_int_eq(spay_http_response_decode(&response, row->head, strlen(row->head)),
                     row->result);
    if (row->result < 0)
        check_failure(&response, "body_too_long");
    spay__http_response_clear(&response);
}
END_TEST

START_TEST(body_may_have_256_kib)
{
    static const char *const heads[] = {OK_LINE "\r\n", OK_LINE "Content-Length: 262144\r\n\r\n",
                                        CHUNKED "40000\r\n"};
    static char body[SPAY__MAX_BODY];
    spay_http_response response;
    int32_t result;
    size_t length;

    memset(body, 'b', sizeof(body));
    spay__http_response_init(&response);
    ck_assert_int_eq(spay_http_response_decode(&response, heads[_i], strlen(heads[_i])), MORE);
    result = spay_http_response_decode(&response, body, sizeof(body));
    if (_i == 2)
        result = spay_http_response_decode(&response, "\r\n0\r\n\r\n", 7);
    ck_assert_int_eq(result, _i == 0 ? MORE : KEEP);
    (void)spay_http_response_body(&response, &length);
    ck_assert_uint_eq(length, SPAY__MAX_BODY);
    if (_i == 0) {
        ck_assert_int_eq(spay_http_response_decode(&response, "b", 1), SPAY_E_LIMIT);
        check_failure(&response, "body_too_long");
    }
    spay__http_response_clear(&response);
}
END_TEST

/* ---- the end of the connection, and misuse ---- */

static const struct {
    const char *bytes;
    int32_t result;
    const char *reason;
} end_rows[] = {
    {"", SPAY_E_NETWORK, "connection_lost"},
    {"H", SPAY_E_NETWORK, "reply_cut"},
    {OK_LINE, SPAY_E_NETWORK, "reply_cut"},
    {OK_LINE "A: b\r\n", SPAY_E_NETWORK, "reply_cut"},
    {OK_LINE "A: b\r\n\r", SPAY_E_NETWORK, "reply_cut"},
    {INTERIM, SPAY_E_NETWORK, "reply_cut"},
    {OK_LINE "Content-Length: 2\r\n\r\n", SPAY_E_NETWORK, "reply_cut"},
    {OK_LINE "Content-Length: 2\r\n\r\n{", SPAY_E_NETWORK, "reply_cut"},
    {CHUNKED, SPAY_E_NETWORK, "reply_cut"},
    {CHUNKED "2", SPAY_E_NETWORK, "reply_cut"},
    {CHUNKED "2;a", SPAY_E_NETWORK, "reply_cut"},
    {CHUNKED "2\r\n{", SPAY_E_NETWORK, "reply_cut"},
    {CHUNKED "2\r\n{}", SPAY_E_NETWORK, "reply_cut"},
    {CHUNKED "2\r\n{}\r\n", SPAY_E_NETWORK, "reply_cut"},
    {CHUNKED "2\r\n{}\r\n0\r\n", SPAY_E_NETWORK, "reply_cut"},
    {CHUNKED "2\r\n{}\r\n0\r\nA: b\r\n", SPAY_E_NETWORK, "reply_cut"},
    {OK_LINE "\r\n", DONE, NULL},
    {OK_LINE "\r\n{", DONE, NULL},
};

START_TEST(end_of_the_connection_ends_some_responses)
{
    spay_http_response response;

    spay__http_response_init(&response);
    ck_assert_int_eq(
        spay_http_response_decode(&response, end_rows[_i].bytes, strlen(end_rows[_i].bytes)), MORE);
    ck_assert_int_eq(spay_http_response_decode_end(&response), end_rows[_i].result);
    if (end_rows[_i].reason)
        check_failure(&response, end_rows[_i].reason);
    ck_assert_int_eq(spay_http_response_decode_end(&response), SPAY_E_STATE);
    ck_assert_int_eq(spay_http_response_decode(&response, "A", 1), SPAY_E_STATE);
    spay__http_response_clear(&response);
}
END_TEST

START_TEST(complete_response_takes_no_more)
{
    static const char bytes[] = OK_LINE "Content-Length: 2\r\n\r\n{}";
    spay_http_response response;
    size_t length;

    spay__http_response_init(&response);
    ck_assert_int_eq(spay_http_response_decode(&response, bytes, sizeof(bytes) - 1), KEEP);
    ck_assert_int_eq(spay_http_response_decode(&response, "", 0), SPAY_E_STATE);
    ck_assert_int_eq(spay_http_response_decode(&response, "{}", 2), SPAY_E_STATE);
    ck_assert_int_eq(spay_http_response_decode_end(&response), SPAY_E_STATE);
    ck_assert_str_eq(spay_http_response_body(&response, &length), "{}");
    ck_assert_ptr_null(response.reason);
    spay__http_response_clear(&response);
}
END_TEST

START_TEST(nothing_is_not_decoded)
{
    spay_http_response response;

    spay__http_response_init(&response);
    ck_assert_int_eq(spay_http_response_decode(NULL, "A", 1), SPAY_E_INVALID_ARGUMENT);
    ck_assert_int_eq(spay_http_response_decode(&response, NULL, 1), SPAY_E_INVALID_ARGUMENT);
    ck_assert_int_eq(spay_http_response_decode_end(NULL), SPAY_E_INVALID_ARGUMENT);
    ck_assert_int_eq(spay_http_response_decode(&response, NULL, 0), MORE);
    ck_assert_int_eq(spay_http_response_decode(&response, "", 0), MORE);
    ck_assert_uint_eq(response.bytes_received, 0);
    spay__http_response_clear(&response);
}
END_TEST

/* The next attempt starts anew, wherever the last one ended. */
START_TEST(response_can_be_reset_anywhere)
{
    const good_row *row = &good_rows[_i];
    spay_http_response response;
    size_t length;

    spay__http_response_init(&response);
    for (length = 0; length <= row->length; length++) {
        (void)spay_http_response_decode(&response, row->bytes, length);
        spay__http_response_reset(&response);
        ck_assert_uint_eq(response.bytes_received, 0);
        ck_assert_int_eq(decode_all(&response, row->bytes, row->length), row->result);
        check_good(&response, row);
        spay__http_response_reset(&response);
    }
    spay__http_response_clear(&response);
}
END_TEST

/* Nobody should, but it must not do harm. */
START_TEST(response_survives_setters_in_between)
{
    const good_row *row = &good_rows[_i];
    spay_http_response response;
    size_t at;
    size_t i;

    for (at = 0; at < row->length; at++) {
        spay__http_response_init(&response);
        for (i = 0; i < row->length; i++) {
            if (i == at)
                spay_http_response_set_status(&response, 201);
            if (i == at && at % 2)
                spay_http_response_add_header(&response, "Connection", "close");
            if (i == at && at % 3)
                spay_http_response_append_body(&response, "more", 4);
            (void)spay_http_response_decode(&response, row->bytes + i, 1);
        }
        (void)spay_http_response_header(&response, "Nothing");
        spay__http_response_clear(&response);
    }
}
END_TEST

/* ---- cuts ---- */

/* What a stream of bytes comes to. */
typedef struct outcome {
    spay_http_response response;
    int32_t result;
} outcome;

/* The piece up to there. What follows a complete response makes KEEP a DONE. */
static void feed(outcome *got, const char *bytes, size_t from, size_t to)
{
    if (got->result == MORE)
        got->result = spay_http_response_decode(&got->response, bytes + from, to - from);
    else if (got->result == KEEP && to > from)
        got->result = DONE;
}

static void begin(outcome *got)
{
    spay__http_response_init(&got->response);
    got->result = MORE;
}

static void finish(outcome *got)
{
    if (got->result == MORE)
        got->result = spay_http_response_decode_end(&got->response);
}

static void check_same(outcome *got, const outcome *whole)
{
    const spay_http_response *a = &got->response;
    const spay_http_response *b = &whole->response;

    finish(got);
    ck_assert_int_eq(got->result, whole->result);
    ck_assert_int_eq(a->status, b->status);
    ck_assert_uint_eq(a->header_count, b->header_count);
    ck_assert_uint_eq(a->headers.length, b->headers.length);
    ck_assert(!a->headers.length || !memcmp(a->headers.data, b->headers.data, a->headers.length));
    ck_assert_uint_eq(a->body.length, b->body.length);
    ck_assert(!a->body.length || !memcmp(a->body.data, b->body.data, a->body.length));
    ck_assert_str_eq(a->reason ? a->reason : "", b->reason ? b->reason : "");
    ck_assert_uint_eq(a->line.length, 0);
    spay__http_response_clear(&got->response);
}

static void check_cuts(const char *bytes, size_t length, uint64_t seed)
{
    outcome whole;
    outcome got;
    size_t at;
    int i;

    begin(&whole);
    feed(&whole, bytes, 0, length);
    finish(&whole);
    for (at = 0; at <= length; at++) {
        begin(&got);
        feed(&got, bytes, 0, at);
        feed(&got, bytes, at, length);
        check_same(&got, &whole);
    }
    begin(&got);
    for (at = 0; at < length; at++)
        feed(&got, bytes, at, at + 1);
    check_same(&got, &whole);
    for (i = 0; i < 50; i++) {
        size_t first = unit_random(&seed) % (length + 1);
        size_t second = first + unit_random(&seed) % (length + 1 - first);

        begin(&got);
        feed(&got, bytes, 0, first);
        feed(&got, bytes, first, second);
        feed(&got, bytes, second, length);
        check_same(&got, &whole);
    }
    spay__http_response_clear(&whole.response);
}

START_TEST(good_response_may_be_cut_anywhere)
{
    check_cuts(good_rows[_i].bytes, good_rows[_i].length, (uint64_t)_i + 1);
}
END_TEST

START_TEST(bad_response_may_be_cut_anywhere)
{
    check_cuts(bad_rows[_i].bytes, bad_rows[_i].length, (uint64_t)_i + 1);
}
END_TEST

/* Good responses, with bytes that decide something put in, left out or written over. */
START_TEST(any_response_may_be_cut_anywhere)
{
    static const char odd[] = "\r\n\t :;,0192afxHTP/.\0\x80-";
    uint64_t seed = (uint64_t)_i * 7919 + 1;
    const good_row *row = &good_rows[unit_random(&seed) % ROWS(good_rows)];
    char bytes[600];
    size_t length = row->length;
    size_t changes;

    memcpy(bytes, row->bytes, length);
    for (changes = 1 + unit_random(&seed) % 4; changes; changes--) {
        size_t at = unit_random(&seed) % length;
        size_t how = unit_random(&seed) % 3;

        if (how)
            memmove(bytes + at + (how == 1), bytes + at + (how == 2), length - at - (how == 2));
        length += how == 1;
        length -= how == 2;
        if (how < 2)
            bytes[at] = odd[unit_random(&seed) % (sizeof(odd) - 1)];
    }
    check_cuts(bytes, length, seed);
}
END_TEST

/* A limit is met at the same byte, and before or after a fault. */
START_TEST(limits_do_not_depend_on_cuts)
{
    static char bytes[SPAY__MAX_HEADER_BYTES + 64];
    uint64_t seed = (uint64_t)_i * 104729 + 1;
    static const char *const tails[] = {"\r\n\r\n", "HTTX", "A\r\n", "\r", " b\r\n", "HTTP/1.1 2x"};
    size_t length = sizeof(bytes) - unit_random(&seed) % 80;
    const char *tail = tails[(size_t)_i % 6];
    bool interim = _i % 4 < 2;
    outcome whole;
    outcome got;
    size_t at;
    int i;

    memset(bytes, 'v', sizeof(bytes));
    memcpy(bytes, "HTTP/1.1 103 A\r\nA:", 18);
    at = length - strlen(tail) - 4;
    memcpy(bytes + at, interim ? "\r\n\r\n" : "vv\r\n", 4);
    memcpy(bytes + at + 4, tail, strlen(tail));
    begin(&whole);
    feed(&whole, bytes, 0, length);
    finish(&whole);
    for (i = 0; i < 60; i++) {
        size_t cut = length - 1 - (size_t)i;

        begin(&got);
        feed(&got, bytes, 0, cut);
        for (; cut < length; cut++)
            feed(&got, bytes, cut, cut + 1);
        check_same(&got, &whole);
    }
    spay__http_response_clear(&whole.response);
}
END_TEST

/* ---- no memory ---- */

static int allowed;

static int allow_some(void)
{
    return allowed-- > 0;
}

/* Every allocation fails once; the response ends with that, or did without the memory. */
static void check_without_memory(const char *bytes, size_t length, size_t piece, int32_t expected)
{
    int32_t result = SPAY_E_NO_MEMORY;
    int allocations;

    for (allocations = 0; result == SPAY_E_NO_MEMORY && allocations < 50; allocations++) {
        outcome got;
        size_t at;

        begin(&got);
        allowed = allocations;
        spay__alloc_set_gate(allow_some);
        for (at = 0; at < length; at += piece)
            feed(&got, bytes, at, at + piece < length ? at + piece : length);
        finish(&got);
        spay__alloc_set_gate(NULL);
        result = got.result;
        spay__http_response_clear(&got.response);
    }
    ck_assert_int_eq(result, expected);
    ck_assert_int_lt(allocations, 12);
}

START_TEST(response_without_memory_fails)
{
    const good_row *row = &good_rows[_i];

    check_without_memory(row->bytes, row->length, row->length, row->result);
    check_without_memory(row->bytes, row->length, 7, row->result);
    check_without_memory(row->bytes, row->length, 1, row->result);
}
END_TEST

START_TEST(refusal_needs_no_memory)
{
    const bad_row *row = &bad_rows[_i];

    check_without_memory(row->bytes, row->length, row->length, SPAY_E_PROTOCOL);
    check_without_memory(row->bytes, row->length, 1, SPAY_E_PROTOCOL);
}
END_TEST

/* One for the head and one for the body, though it arrives in pieces. */
START_TEST(usual_response_takes_two_allocations)
{
    static const char head[] = "HTTP/1.1 201 Created\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                               "Content-Type: application/json\r\n";
    static const char *const framing[] = {"Content-Length: 3000\r\n\r\n",
                                          "Transfer-Encoding: chunked\r\n\r\nbb8\r\n"};
    static char bytes[3300];
    size_t length = (size_t)snprintf(bytes, sizeof(bytes), "%s%s", head, framing[_i]) + 3000;
    outcome got;

    memset(bytes + length - 3000, 'b', 3000);
    memcpy(bytes + length, "\r\n0\r\n\r\n", 7);
    length += _i ? 7 : 0;
    begin(&got);
    allowed = 2;
    spay__alloc_set_gate(allow_some);
    feed(&got, bytes, 0, 1000);
    feed(&got, bytes, 1000, 2000);
    feed(&got, bytes, 2000, length);
    spay__alloc_set_gate(NULL);
    ck_assert_int_eq(got.result, KEEP);
    ck_assert_uint_eq(got.response.body.length, 3000);
    spay__http_response_clear(&got.response);
}
END_TEST

static void add_request_tests(TCase *tests)
{
    tcase_add_test(tests, request_is_written_with_host_fields_and_length);
    tcase_add_test(tests, request_without_fields_and_body_has_length_0);
    tcase_add_loop_test(tests, target_and_host_come_from_the_url, 0, ROWS(url_rows));
    tcase_add_test(tests, request_is_written_whole_or_not_at_all);
    tcase_add_test(tests, request_that_does_not_exist_takes_no_bytes);
    tcase_add_test(tests, length_of_a_large_body_is_written);
}

Suite *http1_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("http1", &tests);

    add_request_tests(tests);
    tcase_add_loop_test(tests, good_response_is_read, 0, ROWS(good_rows));
    tcase_add_loop_test(tests, bytes_after_the_response_close_the_connection, 0, ROWS(good_rows));
    tcase_add_loop_test(tests, field_has_this_value, 0, ROWS(field_rows));
    tcase_add_test(tests, fields_of_interim_responses_and_trailers_are_dropped);
    tcase_add_loop_test(tests, no_response_needs_a_byte_more_than_it_has, 0, ROWS(good_rows));
    tcase_add_loop_test(tests, bad_response_is_refused, 0, ROWS(bad_rows));
    tcase_add_loop_test(tests, what_is_not_http_is_refused_at_the_first_wrong_byte, 0, 13);
    tcase_add_loop_test(tests, what_does_not_end_is_cut_off, 0, ROWS(endless_rows));
    tcase_add_loop_test(tests, header_may_have_32_kib, 0, 4);
    tcase_add_loop_test(tests, header_may_have_256_fields, 0, 6);
    tcase_add_test(tests, a_thousand_interim_responses_are_skipped_but_not_without_end);
    tcase_add_loop_test(tests, time_for_which_a_connection_is_kept_is_read, 0, 8);
    tcase_add_loop_test(tests, body_that_is_too_long_is_refused_at_once, 0, ROWS(length_rows));
    tcase_add_loop_test(tests, body_may_have_256_kib, 0, 3);
    tcase_add_loop_test(tests, end_of_the_connection_ends_some_responses, 0, ROWS(end_rows));
    tcase_add_test(tests, complete_response_takes_no_more);
    tcase_add_test(tests, nothing_is_not_decoded);
    tcase_add_loop_test(tests, response_can_be_reset_anywhere, 0, ROWS(good_rows));
    tcase_add_loop_test(tests, response_survives_setters_in_between, 0, ROWS(good_rows));
    tcase_add_loop_test(tests, good_response_may_be_cut_anywhere, 0, ROWS(good_rows));
    tcase_add_loop_test(tests, bad_response_may_be_cut_anywhere, 0, ROWS(bad_rows));
    tcase_add_loop_test(tests, any_response_may_be_cut_anywhere, 0, 300);
    tcase_add_loop_test(tests, limits_do_not_depend_on_cuts, 0, 24);
    tcase_add_loop_test(tests, response_without_memory_fails, 0, ROWS(good_rows));
    tcase_add_loop_test(tests, refusal_needs_no_memory, 0, ROWS(bad_rows));
    tcase_add_loop_test(tests, usual_response_takes_two_allocations, 0, 2);
    return suite;
}
