/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Messages: a request as the peer gets it, and responses that are malformed or too large.
 */
#include "fixture.h"
#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nghttp2/nghttp2.h>

/* ---- requests ---- */

/* A header section as lines; "!" in front of a field that is never to be indexed. */
static char section[4096];

static void decode_section(int32_t stream)
{
    nghttp2_hd_inflater *inflater = NULL;
    nghttp2_nv field;
    wire_frame headers;
    size_t used = 0;
    int flags = 0;

    section[0] = '\0';
    ck_assert(find_frame(&at, HEADERS, stream, &headers));
    ck_assert_int_eq(nghttp2_hd_inflate_new(&inflater), 0);
    while (!(flags & NGHTTP2_HD_INFLATE_FINAL)) {
        ssize_t length = nghttp2_hd_inflate_hd2(inflater, &field, &flags, headers.payload + used,
                                                headers.length - used, 1);

        ck_assert_int_ge(length, 0);
        used += (size_t)length;
        if (flags & NGHTTP2_HD_INFLATE_EMIT)
            snprintf(section + strlen(section), sizeof(section) - strlen(section), "%s%s: %s\n",
                     field.flags & NGHTTP2_NV_FLAG_NO_INDEX ? "!" : "", (const char *)field.name,
                     (const char *)field.value);
    }
    nghttp2_hd_inflate_del(inflater);
}

START_TEST(request_is_what_was_built)
{
    exchange x;
    wire_frame data;

    rig_start(&at, &x, "{\"request\":1}");
    decode_section(1);
    ck_assert_str_eq(section, ":method: POST\n"
                              ":scheme: https\n"
                              ":authority: api.example\n"
                              ":path: /v1/sessions\n"
                              "content-type: application/json\n"
                              "!app-token: hush\n"
                              "content-length: 13\n");
    ck_assert(find_frame(&at, HEADERS, 1, &data));
    ck_assert_int_eq(data.flags & END_STREAM, 0);
    ck_assert(find_frame(&at, DATA, 1, &data));
    ck_assert_int_eq(data.flags, END_STREAM);
    ck_assert_uint_eq(data.length, 13);
    ck_assert_mem_eq(data.payload, "{\"request\":1}", 13);
    spay__http2_cancel(at.h2, &x.stream);
    exchange_clear(&x);
}
END_TEST

START_TEST(request_without_body_ends_with_its_header)
{
    exchange x;
    wire_frame headers;

    rig_start(&at, &x, "");
    decode_section(1);
    ck_assert_ptr_nonnull(strstr(section, "content-length: 0\n"));
    ck_assert(find_frame(&at, HEADERS, 1, &headers));
    ck_assert_int_eq(headers.flags & END_STREAM, END_STREAM);
    ck_assert_int_eq(count_frames(&at, DATA, 1), 0);
    spay__http2_cancel(at.h2, &x.stream);
    exchange_clear(&x);
}
END_TEST

static void start_request(exchange *x)
{
    ck_assert(!x->request.failed);
    ck_assert_int_eq(spay__http2_open(at.h2, &x->stream, &x->request, &x->response), SPAY_OK);
    rig_send(&at);
    decode_section(x->stream.id);
    spay__http2_cancel(at.h2, &x->stream);
    exchange_clear(x);
}

static const struct {
    const char *url;
    const char *fields;
} urls[] = {
    {"https://host", ":scheme: https\n:authority: host\n:path: /\n"},
    {"https://host/", ":scheme: https\n:authority: host\n:path: /\n"},
    {"https://host:443/a", ":scheme: https\n:authority: host\n:path: /a\n"},
    {"https://host:8443/a/b?c=d", ":scheme: https\n:authority: host:8443\n:path: /a/b?c=d\n"},
    {"https://host:80/a", ":scheme: https\n:authority: host:80\n:path: /a\n"},
    {"http://127.0.0.1:80/a", ":scheme: http\n:authority: 127.0.0.1\n:path: /a\n"},
    {"http://127.0.0.1:443/a", ":scheme: http\n:authority: 127.0.0.1:443\n:path: /a\n"},
    {"https://[::1]:443/a", ":scheme: https\n:authority: [::1]\n:path: /a\n"},
    {"https://[::1]:9443/a", ":scheme: https\n:authority: [::1]:9443\n:path: /a\n"},
};

START_TEST(pseudo_fields_follow_from_the_url)
{
    exchange x;

    exchange_init(&x, "{}");
    free(x.request.url);
    spay__http_request_set_url(&x.request, urls[_i].url, "");
    start_request(&x);
    ck_assert_ptr_nonnull(strstr(section, urls[_i].fields));
}
END_TEST

START_TEST(fields_of_http_1_are_left_out)
{
    exchange x;

    exchange_init(&x, "{}");
    spay__http_request_add(&x.request, "Connection", "keep-alive, X-Hop");
    spay__http_request_add(&x.request, "Keep-Alive", "timeout=5");
    spay__http_request_add(&x.request, "Proxy-Connection", "keep-alive");
    spay__http_request_add(&x.request, "Transfer-Encoding", "chunked");
    spay__http_request_add(&x.request, "Upgrade", "h2c");
    spay__http_request_add(&x.request, "TE", "gzip");
    spay__http_request_add(&x.request, "Host", "elsewhere");
    spay__http_request_add(&x.request, "Content-Length", "99");
    spay__http_request_add(&x.request, "X-Last", "kept");
    start_request(&x);
    ck_assert_str_eq(section, ":method: POST\n"
                              ":scheme: https\n"
                              ":authority: api.example\n"
                              ":path: /v1/sessions\n"
                              "content-type: application/json\n"
                              "!app-token: hush\n"
                              "x-last: kept\n"
                              "content-length: 2\n");
}
END_TEST

START_TEST(request_may_have_as_many_fields_as_there_is_room_for)
{
    exchange x;
    int i;

    exchange_init(&x, "{}");
    for (i = 2; i < SPAY__MAX_REQUEST_HEADERS; i++)
        spay__http_request_add(&x.request, "X-Field", "value");
    start_request(&x);
    ck_assert_ptr_nonnull(strstr(section, "x-field: value\ncontent-length: 2\n"));
}
END_TEST

/* More than one frame of header, and more than nghttp2 sends by itself. */
START_TEST(long_header_is_sent_in_several_frames)
{
    size_t length = 400000;
    char *value = malloc(length + 1);
    exchange x;

    ck_assert_ptr_nonnull(value);
    memset(value, '~', length); /* which Huffman coding does not make shorter */
    value[length] = '\0';
    exchange_init(&x, "{}");
    spay__http_request_add_secret(&x.request, "X-Long", value);
    ck_assert(!x.request.failed);
    ck_assert_int_eq(spay__http2_open(at.h2, &x.stream, &x.request, &x.response), SPAY_OK);
    rig_send(&at);
    ck_assert(x.response.sent);
    ck_assert_int_eq(count_frames(&at, HEADERS, 1), 1);
    ck_assert_int_gt(count_frames(&at, CONTINUATION, 1), 20);
    ck_assert_int_eq(count_frames(&at, DATA, 1), 1);
    put_answer(&said, 1);
    ck_assert_int_eq(receive(), SPAY_OK);
    expect_end(&x, SPAY_OK, NULL, true);
    exchange_clear(&x);
    free(value);
}
END_TEST

/* ---- malformed responses: one stream is reset, another goes on ---- */

#define GOOD ":status: 201\ncontent-type: application/json"

/* The header section, the rest of the response, and whether that ends it. */
static const struct {
    const char *header;
    const char *body;
    const char *trailers;
} malformed[] = {
    {"content-type: text/plain", NULL, NULL},
    {":status: ", "", NULL},
    {":status: 20", "", NULL},
    {":status: 2000", "", NULL},
    {":status: abc", "", NULL},
    {":status: -20", "", NULL},
    {":status: 099", "", NULL},
    {":status: 600", "", NULL},
    {":status: 999", "", NULL},
    {":status: 101", "", NULL},
    {":status: 100", NULL, NULL},
    {":status: 100", "", NULL},
    {":status: 201\n:status: 201", "", NULL},
    {":status: 201\n:path: /", "", NULL},
    {":status: 201\n:unknown: 1", "", NULL},
    {"content-type: text/plain\n:status: 201", "", NULL},
    {":status: 201\nContent-Type: text/plain", "", NULL},
    {":status: 201\nx y: 1", "", NULL},
    {":status: 201\nx\t: 1", "", NULL},
    {":status: 201\nx\x80: 1", "", NULL},
    {":status: 201\nx(: 1", "", NULL},
    {":status: 201\nx: a\rb", "", NULL},
    {":status: 201\nx: a\x01", "", NULL},
    {":status: 201\nx: a\x7f", "", NULL},
    {":status: 201\nx:  a", "", NULL},
    {":status: 201\nx: a ", "", NULL},
    {":status: 201\nconnection: close", "", NULL},
    {":status: 201\nkeep-alive: timeout=5", "", NULL},
    {":status: 201\nproxy-connection: close", "", NULL},
    {":status: 201\ntransfer-encoding: chunked", "", NULL},
    {":status: 201\nupgrade: h2c", "", NULL},
    {":status: 201\nte: gzip", "", NULL},
    {":status: 201\ncontent-length: 3", NULL, NULL},
    {":status: 201\ncontent-length: 3", "ab", NULL},
    {":status: 201\ncontent-length: 3", "abcd", NULL},
    {":status: 201\ncontent-length: +3", "abc", NULL},
    {":status: 201\ncontent-length: 3a", "abc", NULL},
    {":status: 201\ncontent-length: 99999999999999999999", "abc", NULL},
    {":status: 201\ncontent-length: 3\ncontent-length: 3", "abc", NULL},
    {":status: 204\ncontent-length: 3", "abc", NULL},
    {":status: 204", "abc", NULL},
    {":status: 304", "abc", NULL},
    {":status: 103\ncontent-length: 3", "abc", NULL},
    {GOOD, "abc", ":status: 200"},
    {GOOD, "abc", "Trailer: 1"},
    {GOOD, "abc", "connection: close"},
};

static void put_malformed(int row)
{
    bool whole = malformed[row].body && !malformed[row].trailers;

    put_headers(&said, 1, malformed[row].body ? 0 : END_STREAM, malformed[row].header);
    if (malformed[row].body)
        put_data(&said, 1, whole ? END_STREAM : 0, malformed[row].body);
    if (malformed[row].trailers)
        put_headers(&said, 1, END_STREAM, malformed[row].trailers);
}

static void expect_malformed(exchange *x)
{
    exchange other;

    put_answer(&said, 3);
    rig_start(&at, &other, "{}");
    ck_assert_int_eq(receive(), SPAY_OK);
    (void)rig_count_ended(&at);
    expect_end(x, SPAY_E_PROTOCOL, "malformed_reply", true);
    expect_end(&other, SPAY_OK, NULL, true);
    ck_assert_int_eq(count_frames(&at, RST_STREAM, 1), 1);
    ck_assert_int_eq(count_frames(&at, GOAWAY, 0), 0);
    ck_assert_int_eq(spay__http2_room(at.h2), 100);
    exchange_clear(&other);
    exchange_clear(x);
}

START_TEST(malformed_response_is_a_protocol_error)
{
    exchange x;

    rig_start(&at, &x, "{}");
    put_malformed(_i);
    expect_malformed(&x);
}
END_TEST

START_TEST(malformed_response_byte_by_byte)
{
    exchange x;

    at.step = 1;
    rig_start(&at, &x, "{}");
    put_malformed(_i);
    expect_malformed(&x);
}
END_TEST

/* Before the peer reads our reset, which may take it a while. */
START_TEST(malformed_header_is_found_without_output)
{
    exchange x;

    rig_start(&at, &x, "{}");
    put_headers(&said, 1, 0, ":status: 201\nconnection: close");
    ck_assert_int_eq(spay__http2_input(at.h2, said.data, said.length, 0), SPAY_OK);
    ck_assert_int_eq(rig_count_ended(&at), 1);
    expect_end(&x, SPAY_E_PROTOCOL, "malformed_reply", true);
    exchange_clear(&x);
}
END_TEST

START_TEST(trailers_must_be_the_end)
{
    exchange x;

    rig_start(&at, &x, "{}");
    put_headers(&said, 1, 0, GOOD);
    put_data(&said, 1, 0, "{}");
    put_headers(&said, 1, 0, "x-trailer: 1");
    put_data(&said, 1, END_STREAM, "{}");
    expect_malformed(&x);
}
END_TEST

START_TEST(nul_in_a_field_is_malformed)
{
    static const char block[] = "\x08\x03"
                                "201\0\1x\3a\0b";
    exchange x;

    rig_start(&at, &x, "{}");
    put_frame(&said, HEADERS, END_HEADERS | END_STREAM, 1, block, sizeof(block) - 1);
    expect_malformed(&x);
}
END_TEST

START_TEST(field_without_a_name_is_malformed)
{
    static const char block[] = "\x08\x03"
                                "201\0\0\1a";
    exchange x;

    rig_start(&at, &x, "{}");
    put_frame(&said, HEADERS, END_HEADERS | END_STREAM, 1, block, sizeof(block) - 1);
    expect_malformed(&x);
}
END_TEST

/* What some servers do, and RFC 9113 lets pass or nghttp2 drops. */
static const char *const tolerable[] = {
    ":status: 204",
    ":status: 204\ncontent-length: 0",
    ":status: 201\nx: ",
    ":status: 201\nx: caf\xc3\xa9",
    ":status: 201\nx: a\tb",
    ":status: 201\nte: trailers",
    ":status: 201\ncontent-length: 0",
    ":status: 304\ncontent-length: 100",
};

START_TEST(tolerable_response_is_accepted)
{
    exchange x;

    rig_start(&at, &x, "{}");
    put_headers(&said, 1, END_STREAM, tolerable[_i]);
    ck_assert_int_eq(receive(), SPAY_OK);
    expect_end(&x, SPAY_OK, NULL, true);
    exchange_clear(&x);
}
END_TEST

/* ---- limits ---- */

/* The header section of a response: fields of so many bytes, name and value, each with two NULs. */
static void put_fields_of(int fields, size_t length)
{
    bytes block = {NULL, 0, 0};
    char *line = calloc(1, length + 3);
    size_t done = 0;
    int i;

    ck_assert_ptr_nonnull(line);
    memset(line, 'v', length + 2);
    memcpy(line, "n: ", 3);
    put_fields(&block, ":status: 201");
    for (i = 0; i < fields; i++)
        put_fields(&block, line);
    free(line);
    while (block.length - done > 16384) {
        put_frame(&said, done ? CONTINUATION : HEADERS, 0, 1, block.data + done, 16384);
        done += 16384;
    }
    put_frame(&said, done ? CONTINUATION : HEADERS, END_HEADERS, 1, block.data + done,
              block.length - done);
    bytes_free(&block);
}

static const struct {
    int fields;
    size_t length;
    bool fits;
} headers[] = {
    {256, 100, true}, {257, 100, false}, {32, 1022, true},  {32, 1023, false},
    {1, 32766, true}, {1, 32767, false}, {1, 65000, false}, {1000, 2, false},
};

START_TEST(header_ends_at_32_kib_and_256_fields)
{
    exchange x;
    exchange other;

    rig_start(&at, &x, "{}");
    rig_start(&at, &other, "{}");
    put_fields_of(headers[_i].fields, headers[_i].length);
    put_data(&said, 1, END_STREAM, GOOD_BODY);
    put_answer(&said, 3);
    ck_assert_int_eq(receive(), SPAY_OK);
    if (headers[_i].fits)
        expect_end(&x, SPAY_OK, NULL, true);
    else
        expect_end(&x, SPAY_E_LIMIT, "header_too_long", true);
    ck_assert_int_eq(reset_code(&at, 1), headers[_i].fits ? -1 : CANCEL);
    expect_end(&other, SPAY_OK, NULL, true);
    exchange_clear(&x);
    exchange_clear(&other);
}
END_TEST

/* Interim responses may come without number; each drops the one before. */
START_TEST(interim_responses_do_not_use_up_the_limit)
{
    exchange x;
    int i;

    rig_start(&at, &x, "{}");
    for (i = 0; i < 100; i++) {
        put_headers(&said, 1, 0, ":status: 103\nlink: </a>\nlink: </b>\nlink: </c>\nlink: </d>");
        ck_assert_int_eq(receive(), SPAY_OK);
    }
    put_answer(&said, 1);
    ck_assert_int_eq(receive(), SPAY_OK);
    expect_end(&x, SPAY_OK, NULL, true);
    ck_assert_uint_eq(x.response.header_count, 1);
    exchange_clear(&x);
}
END_TEST

START_TEST(long_trailers_are_dropped)
{
    exchange x;
    char lines[8000];

    memset(lines, 'v', sizeof(lines));
    memcpy(lines, "n: ", 3);
    lines[sizeof(lines) - 1] = '\0';
    rig_start(&at, &x, "{}");
    put_headers(&said, 1, 0, GOOD);
    put_data(&said, 1, 0, GOOD_BODY);
    put_headers(&said, 1, END_STREAM, lines);
    ck_assert_int_eq(receive(), SPAY_OK);
    expect_end(&x, SPAY_OK, NULL, true);
    ck_assert_uint_eq(x.response.header_count, 1);
    exchange_clear(&x);
}
END_TEST

static void put_body_of(size_t length)
{
    char *body = malloc(length);
    size_t done;

    ck_assert_ptr_nonnull(body);
    memset(body, 'b', length);
    for (done = 0; done < length; done += 8192) {
        size_t part = length - done < 8192 ? length - done : 8192;

        put_frame(&said, DATA, done + part == length ? END_STREAM : 0, 1, body + done, part);
        ck_assert_int_eq(receive(), SPAY_OK);
    }
    free(body);
}

START_TEST(body_ends_at_256_kib)
{
    exchange x;
    exchange other;

    rig_start(&at, &x, "{}");
    rig_start(&at, &other, "{}");
    put_headers(&said, 1, 0, GOOD);
    put_body_of(SPAY__MAX_BODY + (size_t)_i);
    put_answer(&said, 3);
    ck_assert_int_eq(receive(), SPAY_OK);
    if (_i)
        expect_end(&x, SPAY_E_LIMIT, "body_too_long", true);
    else
        expect_end(&x, SPAY_OK, NULL, true);
    ck_assert_int_eq(reset_code(&at, 1), _i ? CANCEL : -1);
    ck_assert_uint_eq(x.response.body.length, SPAY__MAX_BODY);
    expect_end(&other, SPAY_OK, NULL, true);
    exchange_clear(&x);
    exchange_clear(&other);
}
END_TEST

Suite *http2_messages_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("http2_messages", &tests);

    tcase_add_checked_fixture(tests, open_rig, close_rig);
    tcase_add_test(tests, request_is_what_was_built);
    tcase_add_test(tests, request_without_body_ends_with_its_header);
    tcase_add_loop_test(tests, pseudo_fields_follow_from_the_url, 0, ROWS(urls));
    tcase_add_test(tests, fields_of_http_1_are_left_out);
    tcase_add_test(tests, request_may_have_as_many_fields_as_there_is_room_for);
    tcase_add_test(tests, long_header_is_sent_in_several_frames);
    tcase_add_loop_test(tests, malformed_response_is_a_protocol_error, 0, ROWS(malformed));
    tcase_add_loop_test(tests, malformed_response_byte_by_byte, 0, ROWS(malformed));
    tcase_add_test(tests, malformed_header_is_found_without_output);
    tcase_add_test(tests, trailers_must_be_the_end);
    tcase_add_test(tests, nul_in_a_field_is_malformed);
    tcase_add_test(tests, field_without_a_name_is_malformed);
    tcase_add_loop_test(tests, tolerable_response_is_accepted, 0, ROWS(tolerable));
    tcase_add_loop_test(tests, header_ends_at_32_kib_and_256_fields, 0, ROWS(headers));
    tcase_add_test(tests, interim_responses_do_not_use_up_the_limit);
    tcase_add_test(tests, long_trailers_are_dropped);
    tcase_add_loop_test(tests, body_ends_at_256_kib, 0, 2);
    return suite;
}
