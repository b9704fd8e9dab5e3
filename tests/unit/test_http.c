/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * HTTP messages: what a transport sees and what it may hand back, up to the limits.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sessionpay/wire.h>

#include "base/alloc.h"
#include "http/message.h"

static int no_memory(void)
{
    return 0;
}

/* ---- requests ---- */

START_TEST(no_request_has_nothing)
{
    size_t length = 5;

    ck_assert_str_eq(spay_http_request_method(NULL), "");
    ck_assert_str_eq(spay_http_request_url(NULL), "");
    ck_assert_uint_eq(spay_http_request_header_count(NULL), 0);
    ck_assert_str_eq(spay_http_request_header_name(NULL, 0), "");
    ck_assert_str_eq(spay_http_request_header_value(NULL, 0), "");
    ck_assert_int_eq(spay_http_request_header_is_secret(NULL, 0), 0);
    ck_assert_str_eq(spay_http_request_body(NULL, &length), "");
    ck_assert_uint_eq(length, 0);
    ck_assert_str_eq(spay_http_request_body(NULL, NULL), "");
    ck_assert_int_eq(spay_http_request_timeout_ms(NULL), 0);
    ck_assert_int_eq(spay_http_request_connect_timeout_ms(NULL), 0);
    ck_assert_int_eq(spay_http_request_is_canceled(NULL), 0);
}
END_TEST

static void make_request(spay_http_request *request)
{
    memset(request, 0, sizeof(*request));
    spay__http_request_set_url(request, "https://example.com/v1", "/sessions");
    spay__http_request_add(request, "Content-Type", "application/json");
    spay__http_request_add(request, "X-Absent", NULL);
    spay__http_request_add_secret(request, "Authorization", "Bearer hush");
}

START_TEST(request_is_what_was_built)
{
    spay_http_request request;

    make_request(&request);
    ck_assert(!request.failed);
    ck_assert_str_eq(spay_http_request_method(&request), "POST");
    ck_assert_str_eq(spay_http_request_url(&request), "https://example.com/v1/sessions");
    ck_assert_uint_eq(spay_http_request_header_count(&request), 2);
    ck_assert_str_eq(spay_http_request_header_name(&request, 0), "Content-Type");
    ck_assert_str_eq(spay_http_request_header_value(&request, 0), "application/json");
    ck_assert_int_eq(spay_http_request_header_is_secret(&request, 0), 0);
    ck_assert_str_eq(spay_http_request_header_value(&request, 1), "Bearer hush");
    ck_assert_int_eq(spay_http_request_header_is_secret(&request, 1), 1);
    spay__http_request_clear(&request);
}
END_TEST

START_TEST(request_begins_with_what_is_common)
{
    spay_http_request common;
    spay_http_request request;
    int i;

    make_request(&common);
    for (i = 0; i < 2; i++) {
        memset(&request, 0, sizeof(request));
        spay__http_request_begin(&request, &common, _i ? 0 : 100);
        spay__http_request_add(&request, "X-Own", "own");
        ck_assert(!request.failed);
        ck_assert_str_eq(spay_http_request_method(&request), "POST");
        ck_assert_str_eq(spay_http_request_url(&request), "https://example.com/v1/sessions");
        ck_assert_uint_eq(spay_http_request_header_count(&request), 3);
        ck_assert_str_eq(spay__http_request_header(&request, "Content-Type"), "application/json");
        ck_assert_str_eq(spay_http_request_header_value(&request, 1), "Bearer hush");
        ck_assert_int_eq(spay_http_request_header_is_secret(&request, 1), 1);
        ck_assert_str_eq(spay_http_request_header_value(&request, 2), "own");
        if (i)
            spay__http_request_set_url(&request, "https://example.com", "/other");
        spay__http_request_clear(&request);
    }
    ck_assert_uint_eq(spay_http_request_header_count(&common), 2);
    ck_assert_str_eq(spay_http_request_url(&common), "https://example.com/v1/sessions");
    spay__http_request_clear(&common);
}
END_TEST

START_TEST(request_that_cannot_begin_has_failed)
{
    spay_http_request common;
    spay_http_request request;

    make_request(&common);
    memset(&request, 0, sizeof(request));
    spay__alloc_set_gate(no_memory);
    spay__http_request_begin(&request, &common, 0);
    spay__alloc_set_gate(NULL);
    ck_assert(request.failed);
    spay__http_request_clear(&request);
    spay__http_request_clear(&common);
}
END_TEST

static const size_t beyond[] = {2, 3, 15, 16, 17, SIZE_MAX};

START_TEST(header_out_of_range_is_empty)
{
    spay_http_request request;

    make_request(&request);
    ck_assert_str_eq(spay_http_request_header_name(&request, beyond[_i]), "");
    ck_assert_str_eq(spay_http_request_header_value(&request, beyond[_i]), "");
    ck_assert_int_eq(spay_http_request_header_is_secret(&request, beyond[_i]), 0);
    spay__http_request_clear(&request);
}
END_TEST

START_TEST(request_header_is_found_whatever_its_case)
{
    spay_http_request request;

    make_request(&request);
    ck_assert_str_eq(spay__http_request_header(&request, "content-TYPE"), "application/json");
    ck_assert_ptr_null(spay__http_request_header(&request, "Content-Typ"));
    ck_assert_ptr_null(spay__http_request_header(&request, "X-Absent"));
    spay__http_request_clear(&request);
}
END_TEST

START_TEST(next_attempt_drops_the_headers_of_the_last)
{
    spay_http_request request;
    int i;

    make_request(&request);
    spay__http_request_fix_headers(&request);
    for (i = 0; i < 3; i++) {
        spay__http_request_next_attempt(&request);
        ck_assert_uint_eq(spay_http_request_header_count(&request), 2);
        spay__http_request_add(&request, "Date", i ? "later" : "now");
        ck_assert_str_eq(spay__http_request_header(&request, "Date"), i ? "later" : "now");
    }
    spay__http_request_clear(&request);
}
END_TEST

START_TEST(one_header_too_many_fails_the_request)
{
    spay_http_request request;
    int i;

    memset(&request, 0, sizeof(request));
    for (i = 0; i < SPAY__MAX_REQUEST_HEADERS; i++)
        spay__http_request_add(&request, "X", "y");
    ck_assert(!request.failed);
    spay__http_request_add(&request, "X", NULL);
    ck_assert(!request.failed);
    spay__http_request_add(&request, "X", "y");
    ck_assert(request.failed);
    ck_assert_uint_eq(spay_http_request_header_count(&request), SPAY__MAX_REQUEST_HEADERS);
    spay__http_request_clear(&request);
}
END_TEST

START_TEST(url_beyond_its_limit_fails_the_request)
{
    static char path[SPAY__MAX_URL + 1];
    spay_http_request request;

    memset(path, 'p', sizeof(path) - 1);
    memset(&request, 0, sizeof(request));
    spay__http_request_set_url(&request, "https://example.com/", path);
    ck_assert(request.failed);
    ck_assert_str_eq(spay_http_request_url(&request), "");
    spay__http_request_clear(&request);
}
END_TEST

START_TEST(body_is_taken_with_its_length)
{
    spay_http_request request;
    spay__buffer body;
    size_t length;

    make_request(&request);
    spay__buffer_init(&body, 100);
    spay__buffer_append(&body, "{\0}", 3);
    spay__http_request_take_body(&request, &body);
    ck_assert_ptr_null(body.data);
    ck_assert_mem_eq(spay_http_request_body(&request, &length), "{\0}", 4);
    ck_assert_uint_eq(length, 3);
    spay__http_request_clear(&request);
    ck_assert_str_eq(spay_http_request_body(&request, &length), "");
    ck_assert_uint_eq(length, 0);
}
END_TEST

START_TEST(failed_body_fails_the_request)
{
    spay_http_request request;
    spay__buffer body;

    make_request(&request);
    spay__buffer_init(&body, 1);
    spay__buffer_text(&body, "{}");
    spay__http_request_take_body(&request, &body);
    ck_assert(request.failed);
    spay__http_request_clear(&request);
}
END_TEST

/* ---- requests in place of others ---- */

static const struct own_rule {
    const char *name;
    const char *value;
    spay_status status;
} own_rules[] = {
    {"X-Gateway", "blue", SPAY_OK},
    {"X-Empty", "", SPAY_OK},
    {"", "x", SPAY_E_INVALID_ARGUMENT},
    {"X Gateway", "x", SPAY_E_INVALID_ARGUMENT},
    {"X-Gateway:", "x", SPAY_E_INVALID_ARGUMENT},
    {"content-length", "0", SPAY_E_INVALID_ARGUMENT},
    {"Transfer-Encoding", "chunked", SPAY_E_INVALID_ARGUMENT},
    {"Host", "example.com", SPAY_E_INVALID_ARGUMENT},
    {"Connection", "close", SPAY_E_INVALID_ARGUMENT},
    {"X-Gateway", "a\r\nX-Other: b", SPAY_E_INVALID_ARGUMENT},
    {"X-Gateway", " ", SPAY_E_INVALID_ARGUMENT},
    {"X-Gateway", " a", SPAY_E_INVALID_ARGUMENT},
    {"X-Gateway", "a ", SPAY_E_INVALID_ARGUMENT},
    {NULL, "a", SPAY_E_INVALID_ARGUMENT},
    {"X-Gateway", NULL, SPAY_E_INVALID_ARGUMENT},
};

START_TEST(own_header_breaks_no_request)
{
    spay_http_request original;
    spay_http_request *own;

    make_request(&original);
    ck_assert_int_eq(spay_http_request_new(&original, NULL, NULL, &own), SPAY_OK);
    ck_assert_int_eq(spay_http_request_add_header(own, own_rules[_i].name, own_rules[_i].value, _i),
                     own_rules[_i].status);
    ck_assert_uint_eq(spay_http_request_header_count(own), own_rules[_i].status == SPAY_OK);
    ck_assert_int_eq(spay_http_request_header_is_secret(own, 0), _i == 1);
    spay_http_request_free(own);
    spay__http_request_clear(&original);
}
END_TEST

START_TEST(own_request_stands_for_another)
{
    static const char wanted[] = "PUT /other HTTP/1.1\r\nHost: example.org\r\nX-One: 1\r\n"
                                 "Content-Length: 2\r\n\r\n{}";
    static const int32_t canceled = 1;
    spay_http_request original;
    spay_http_request *own;
    char bytes[200] = "";

    make_request(&original);
    original.timeout_ms = 77;
    original.connect_timeout_ms = 7;
    original.canceled = &canceled;
    ck_assert_int_eq(spay_http_request_new(&original, "PUT", "https://example.org/other", &own),
                     SPAY_OK);
    spay__http_request_clear(&original);
    ck_assert_int_eq(spay_http_request_timeout_ms(own), 77);
    ck_assert_int_eq(spay_http_request_connect_timeout_ms(own), 7);
    ck_assert_int_eq(spay_http_request_is_canceled(own), 1);
    ck_assert_int_eq(spay_http_request_add_header(own, "X-One", "1", 0), SPAY_OK);
    ck_assert_int_eq(spay_http_request_set_body(own, "[1]", 3), SPAY_OK);
    ck_assert_int_eq(spay_http_request_set_body(own, "{}", 2), SPAY_OK);
    (void)spay_http_request_encode(own, bytes, sizeof(bytes));
    ck_assert_str_eq(bytes, wanted);
    spay_http_request_free(own);
}
END_TEST

static const char *const own_targets[][2] = {
    {"post", NULL},
    {"", NULL},
    {"HEAD", NULL},
    {"CONNECT", NULL},
    {"ABCDEFGHIJKLMNOPQ", NULL},
    {"PUT1", NULL},
    {NULL, "http://example.com/"},
    {NULL, "https://user@example.com/"},
    {NULL, "example.com"},
};

START_TEST(own_request_goes_where_others_go)
{
    spay_http_request original;
    spay_http_request *own = &original;

    make_request(&original);
    ck_assert_int_eq(spay_http_request_new(&original, own_targets[_i][0], own_targets[_i][1], &own),
                     SPAY_E_INVALID_ARGUMENT);
    ck_assert_ptr_null(own);
    ck_assert_int_eq(spay_http_request_new(NULL, NULL, NULL, &own), SPAY_E_INVALID_ARGUMENT);
    ck_assert_int_eq(spay_http_request_new(&original, NULL, NULL, NULL), SPAY_E_INVALID_ARGUMENT);
    spay__http_request_clear(&original);
    ck_assert_int_eq(spay_http_request_new(&original, NULL, NULL, &own), SPAY_E_INVALID_ARGUMENT);
}
END_TEST

START_TEST(own_request_has_limits)
{
    spay_http_request original;
    spay_http_request *own;
    static char large[SPAY__MAX_REQUEST_BODY + 1];
    static char text[SPAY__MAX_REQUEST_HEADER_BYTES + SPAY__MAX_URL];
    int i;

    make_request(&original);
    memset(text, 'x', sizeof(text) - 1);
    memcpy(text, "https://example.com/", 20);
    text[SPAY__MAX_URL + 1] = '\0';
    ck_assert_int_eq(spay_http_request_new(&original, NULL, text, &own), SPAY_E_INVALID_ARGUMENT);
    text[SPAY__MAX_URL + 1] = 'x';
    ck_assert_int_eq(spay_http_request_new(&original, NULL, NULL, &own), SPAY_OK);
    ck_assert_int_eq(spay_http_request_add_header(own, "X", text, 0), SPAY_E_LIMIT);
    ck_assert_int_eq(spay_http_request_add_header(own, "X", NULL, 0), SPAY_E_INVALID_ARGUMENT);
    ck_assert_int_eq(spay_http_request_add_header(own, NULL, "y", 0), SPAY_E_INVALID_ARGUMENT);
    ck_assert_int_eq(spay_http_request_add_header(NULL, "X", "y", 0), SPAY_E_INVALID_ARGUMENT);
    for (i = 0; i < SPAY__MAX_REQUEST_HEADERS; i++)
        ck_assert_int_eq(spay_http_request_add_header(own, "X", "y", 0), SPAY_OK);
    ck_assert_int_eq(spay_http_request_add_header(own, "X", "y", 0), SPAY_E_LIMIT);
    ck_assert_int_eq(spay_http_request_set_body(own, large, sizeof(large)), SPAY_E_LIMIT);
    ck_assert_int_eq(spay_http_request_set_body(own, NULL, 1), SPAY_E_INVALID_ARGUMENT);
    ck_assert_int_eq(spay_http_request_set_body(own, NULL, 0), SPAY_OK);
    ck_assert_int_eq(spay_http_request_set_body(NULL, NULL, 0), SPAY_E_INVALID_ARGUMENT);
    spay_http_request_free(own);
    spay_http_request_free(NULL);
    spay__http_request_clear(&original);
}
END_TEST

static int allocations_left;

static int limited_memory(void)
{
    return allocations_left-- > 0;
}

START_TEST(own_request_without_memory_says_so)
{
    spay_http_request original;
    spay_http_request *own;
    spay_status status;

    make_request(&original);
    allocations_left = _i;
    spay__alloc_set_gate(limited_memory);
    status = spay_http_request_new(&original, NULL, NULL, &own);
    if (status == SPAY_OK)
        status = spay_http_request_add_header(own, "X", "y", 0);
    if (status == SPAY_OK)
        status = spay_http_request_set_body(own, "{}", 2);
    spay__alloc_set_gate(NULL);
    ck_assert_int_eq(status, _i < 6 ? SPAY_E_NO_MEMORY : SPAY_OK);
    spay_http_request_free(own);
    spay__http_request_clear(&original);
}
END_TEST

START_TEST(header_without_memory_fails_the_request)
{
    spay_http_request request;
    char value[1000]; /* more than there is memory for already */

    memset(value, 'y', sizeof(value) - 1);
    value[sizeof(value) - 1] = '\0';
    make_request(&request);
    spay__alloc_set_gate(no_memory);
    spay__http_request_add(&request, "X", value);
    spay__alloc_set_gate(NULL);
    ck_assert(request.failed);
    ck_assert_uint_eq(spay_http_request_header_count(&request), 2);
    spay__http_request_clear(&request);
}
END_TEST

START_TEST(request_sees_the_calls_cancellation)
{
    spay_http_request request;
    int32_t flag = 0;

    make_request(&request);
    ck_assert_int_eq(spay_http_request_is_canceled(&request), 0);
    request.canceled = &flag;
    ck_assert_int_eq(spay_http_request_is_canceled(&request), 0);
    flag = 1;
    ck_assert_int_eq(spay_http_request_is_canceled(&request), 1);
    spay__http_request_clear(&request);
}
END_TEST

/* ---- responses ---- */

START_TEST(no_response_refuses_everything)
{
    size_t length = 5;

    spay_http_response_mark_sent(NULL);
    spay_http_response_set_failure(NULL, "a", "b");
    spay_http_response_set_timing(NULL, SPAY_TIMING_TOTAL, 1);
    ck_assert_int_eq(spay_http_response_set_status(NULL, 200), SPAY_E_INVALID_ARGUMENT);
    ck_assert_int_eq(spay_http_response_add_header(NULL, "a", "b"), SPAY_E_INVALID_ARGUMENT);
    ck_assert_int_eq(spay_http_response_append_body(NULL, "a", 1), SPAY_E_INVALID_ARGUMENT);
    ck_assert_int_eq(spay_http_response_status(NULL), 0);
    ck_assert_ptr_null(spay_http_response_header(NULL, "a"));
    ck_assert_str_eq(spay_http_response_body(NULL, &length), "");
    ck_assert_uint_eq(length, 0);
    ck_assert_str_eq(spay_http_response_body(NULL, NULL), "");
}
END_TEST

typedef struct code_row {
    int32_t status;
    bool good;
} code_row;

static const code_row code_rows[] = {
    {100, true},   {101, true},        {200, true},        {204, true}, {418, true},
    {599, true},   {99, false},        {600, false},       {0, false},  {-200, false},
    {1000, false}, {INT32_MAX, false}, {INT32_MIN, false},
};

START_TEST(status_is_100_to_599)
{
    const code_row *row = &code_rows[_i];
    spay_http_response response;

    spay__http_response_init(&response);
    ck_assert_msg(spay_http_response_set_status(&response, row->status) ==
                      (row->good ? SPAY_OK : SPAY_E_INVALID_ARGUMENT),
                  "%d", (int)row->status);
    ck_assert_int_eq(spay_http_response_status(&response), row->good ? row->status : 0);
    spay__http_response_clear(&response);
}
END_TEST

START_TEST(bad_status_leaves_the_response_alone)
{
    spay_http_response response;

    spay__http_response_init(&response);
    spay_http_response_set_status(&response, 200);
    spay_http_response_add_header(&response, "A", "1");
    ck_assert_int_eq(spay_http_response_set_status(&response, 600), SPAY_E_INVALID_ARGUMENT);
    ck_assert_int_eq(spay_http_response_status(&response), 200);
    ck_assert_str_eq(spay_http_response_header(&response, "A"), "1");
    spay__http_response_clear(&response);
}
END_TEST

START_TEST(header_is_found_whatever_its_case)
{
    static const char *const names[] = {"Retry-After", "retry-after", "RETRY-AFTER", "rEtRy-aFtEr"};
    spay_http_response response;

    spay__http_response_init(&response);
    spay_http_response_add_header(&response, "X-Retry-After", "no");
    spay_http_response_add_header(&response, "reTRY-after", "yes");
    spay_http_response_add_header(&response, "Retry-After-X", "no");
    ck_assert_str_eq(spay_http_response_header(&response, names[_i]), "yes");
    spay__http_response_clear(&response);
}
END_TEST

START_TEST(values_are_no_names)
{
    spay_http_response response;

    spay__http_response_init(&response);
    spay_http_response_add_header(&response, "A", "Location");
    spay_http_response_add_header(&response, "B", "x");
    ck_assert_ptr_null(spay_http_response_header(&response, "Location"));
    ck_assert_ptr_null(spay_http_response_header(&response, "x"));
    ck_assert_ptr_null(spay_http_response_header(&response, ""));
    ck_assert_ptr_null(spay_http_response_header(&response, NULL));
    spay__http_response_clear(&response);
}
END_TEST

START_TEST(several_fields_of_one_name_are_visited_in_order)
{
    spay_http_response response;
    const char *value = NULL;
    char seen[16] = "";

    spay__http_response_init(&response);
    ck_assert_ptr_null(spay__http_response_next(&response, "A", NULL));
    spay_http_response_add_header(&response, "a", "1");
    spay_http_response_add_header(&response, "b", "2");
    spay_http_response_add_header(&response, "A", "");
    spay_http_response_add_header(&response, "A", "3");
    while ((value = spay__http_response_next(&response, "A", value)) != NULL) {
        strcat(seen, value);
        strcat(seen, ";");
    }
    ck_assert_str_eq(seen, "1;;3;");
    ck_assert_str_eq(spay_http_response_header(&response, "A"), "1");
    spay__http_response_clear(&response);
}
END_TEST

START_TEST(interim_status_is_forgotten)
{
    spay_http_response response;
    size_t length;

    spay__http_response_init(&response);
    spay_http_response_set_status(&response, 103);
    spay_http_response_add_header(&response, "Link", "x");
    spay_http_response_append_body(&response, "junk", 4);
    ck_assert_int_eq(spay_http_response_set_status(&response, 201), SPAY_OK);
    spay_http_response_add_header(&response, "Date", "y");
    ck_assert_int_eq(spay_http_response_status(&response), 201);
    ck_assert_ptr_null(spay_http_response_header(&response, "Link"));
    ck_assert_str_eq(spay_http_response_header(&response, "Date"), "y");
    ck_assert_str_eq(spay_http_response_body(&response, &length), "");
    ck_assert_uint_eq(length, 0);
    spay__http_response_clear(&response);
}
END_TEST

START_TEST(interim_statuses_do_not_use_up_the_limit)
{
    static char value[20000];
    spay_http_response response;
    int i;

    memset(value, 'v', sizeof(value) - 1);
    spay__http_response_init(&response);
    for (i = 0; i < 5; i++) {
        ck_assert_int_eq(spay_http_response_set_status(&response, 100), SPAY_OK);
        ck_assert_int_eq(spay_http_response_add_header(&response, "A", value), SPAY_OK);
    }
    spay__http_response_clear(&response);
}
END_TEST

START_TEST(header_count_ends_at_256)
{
    spay_http_response response;
    char name[16];
    int i;

    spay__http_response_init(&response);
    for (i = 0; i < SPAY__MAX_HEADERS; i++) {
        (void)snprintf(name, sizeof(name), "H%d", i);
        ck_assert_int_eq(spay_http_response_add_header(&response, name, ""), SPAY_OK);
    }
    ck_assert_int_eq(spay_http_response_add_header(&response, "H256", ""), SPAY_E_LIMIT);
    ck_assert_ptr_nonnull(spay_http_response_header(&response, "H255"));
    ck_assert_ptr_null(spay_http_response_header(&response, "H256"));
    spay__http_response_clear(&response);
}
END_TEST

/* A name of one byte and two NUL bytes belong to each field. */
START_TEST(header_bytes_end_at_32_kib)
{
    static char value[SPAY__MAX_HEADER_BYTES];
    spay_http_response response;
    bool fits = _i == 0;
    size_t length = SPAY__MAX_HEADER_BYTES - 3 + (fits ? 0 : 1);

    memset(value, 'v', sizeof(value) - 1);
    value[length] = '\0';
    spay__http_response_init(&response);
    ck_assert_int_eq(spay_http_response_add_header(&response, "A", value),
                     fits ? SPAY_OK : SPAY_E_LIMIT);
    ck_assert_int_eq(spay_http_response_add_header(&response, "B", ""), SPAY_E_LIMIT);
    spay__http_response_clear(&response);
}
END_TEST

START_TEST(field_that_did_not_fit_is_not_there)
{
    static char value[SPAY__MAX_HEADER_BYTES + 10];
    spay_http_response response;

    memset(value, 'v', sizeof(value) - 1);
    spay__http_response_init(&response);
    ck_assert_int_eq(spay_http_response_add_header(&response, "A", "1"), SPAY_OK);
    ck_assert_int_eq(spay_http_response_add_header(&response, "B", value), SPAY_E_LIMIT);
    ck_assert_str_eq(spay_http_response_header(&response, "A"), "1");
    ck_assert_ptr_null(spay_http_response_header(&response, "B"));
    spay__http_response_clear(&response);
}
END_TEST

START_TEST(header_needs_name_and_value)
{
    spay_http_response response;

    spay__http_response_init(&response);
    ck_assert_int_eq(spay_http_response_add_header(&response, NULL, "b"), SPAY_E_INVALID_ARGUMENT);
    ck_assert_int_eq(spay_http_response_add_header(&response, "a", NULL), SPAY_E_INVALID_ARGUMENT);
    ck_assert_ptr_null(spay_http_response_header(&response, "a"));
    spay__http_response_clear(&response);
}
END_TEST

START_TEST(body_grows_as_bytes_arrive)
{
    spay_http_response response;
    size_t length;

    spay__http_response_init(&response);
    ck_assert_int_eq(spay_http_response_append_body(&response, "{\0", 2), SPAY_OK);
    ck_assert_int_eq(spay_http_response_append_body(&response, NULL, 0), SPAY_OK);
    ck_assert_int_eq(spay_http_response_append_body(&response, "}", 1), SPAY_OK);
    ck_assert_mem_eq(spay_http_response_body(&response, &length), "{\0}", 4);
    ck_assert_uint_eq(length, 3);
    ck_assert_int_eq(spay_http_response_append_body(&response, NULL, 1), SPAY_E_INVALID_ARGUMENT);
    spay__http_response_clear(&response);
}
END_TEST

START_TEST(body_ends_at_256_kib)
{
    static const char chunk[4096];
    spay_http_response response;
    size_t length;
    int i;

    spay__http_response_init(&response);
    for (i = 0; i < 64; i++)
        ck_assert_int_eq(spay_http_response_append_body(&response, chunk, sizeof(chunk)), SPAY_OK);
    ck_assert_int_eq(spay_http_response_append_body(&response, chunk, 1), SPAY_E_LIMIT);
    ck_assert_int_eq(spay_http_response_append_body(&response, chunk, 1), SPAY_E_LIMIT);
    (void)spay_http_response_body(&response, &length);
    ck_assert_uint_eq(length, 256 * 1024);
    spay__http_response_clear(&response);
}
END_TEST

START_TEST(body_of_absurd_length_is_a_limit)
{
    spay_http_response response;

    spay__http_response_init(&response);
    ck_assert_int_eq(spay_http_response_append_body(&response, "x", SIZE_MAX), SPAY_E_LIMIT);
    spay__http_response_clear(&response);
}
END_TEST

START_TEST(response_without_memory_says_so)
{
    spay_http_response response;

    spay__http_response_init(&response);
    spay__alloc_set_gate(no_memory);
    ck_assert_int_eq(spay_http_response_add_header(&response, "a", "b"), SPAY_E_NO_MEMORY);
    ck_assert_int_eq(spay_http_response_append_body(&response, "x", 1), SPAY_E_NO_MEMORY);
    spay__alloc_set_gate(NULL);
    spay__http_response_clear(&response);
}
END_TEST

START_TEST(failure_is_explained_by_the_last_word)
{
    spay_http_response response;

    spay__http_response_init(&response);
    spay_http_response_set_failure(&response, "dns_failed", "no such host");
    spay_http_response_set_failure(&response, "reset", NULL);
    ck_assert_str_eq(response.reason, "reset");
    ck_assert_ptr_null(response.message);
    spay_http_response_set_failure(&response, NULL, NULL);
    ck_assert_ptr_null(response.reason);
    spay__http_response_clear(&response);
}
END_TEST

START_TEST(reset_response_is_as_new)
{
    spay_http_response response;
    int i;

    spay__http_response_init(&response);
    spay_http_response_set_status(&response, 500);
    spay_http_response_add_header(&response, "a", "b");
    spay_http_response_append_body(&response, "x", 1);
    spay_http_response_set_failure(&response, "reason", "message");
    spay_http_response_set_timing(&response, SPAY_TIMING_TOTAL, 5);
    spay_http_response_mark_sent(&response);
    ck_assert(response.sent);
    spay__http_response_reset(&response);
    ck_assert(!response.sent);
    ck_assert_int_eq(spay_http_response_status(&response), 0);
    ck_assert_ptr_null(spay_http_response_header(&response, "a"));
    ck_assert_str_eq(spay_http_response_body(&response, NULL), "");
    ck_assert_ptr_null(response.reason);
    ck_assert_ptr_null(response.message);
    for (i = 0; i < SPAY__TIMINGS; i++)
        ck_assert_int_eq(response.timings_us[i], -1);
    spay__http_response_clear(&response);
}
END_TEST

START_TEST(new_status_keeps_the_sent_mark)
{
    spay_http_response response;

    spay__http_response_init(&response);
    spay_http_response_mark_sent(&response);
    spay_http_response_set_status(&response, 100);
    spay_http_response_set_status(&response, 200);
    ck_assert(response.sent);
    spay__http_response_clear(&response);
}
END_TEST

static const int32_t odd_moments[] = {-1, 5, 100, INT32_MAX, INT32_MIN};

START_TEST(odd_moments_are_ignored)
{
    spay_http_response response;
    int i;

    spay__http_response_init(&response);
    spay_http_response_set_timing(&response, odd_moments[_i], 7);
    for (i = 0; i < SPAY__TIMINGS; i++)
        ck_assert_int_eq(response.timings_us[i], -1);
    spay__http_response_clear(&response);
}
END_TEST

Suite *http_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("http", &tests);

    tcase_add_test(tests, no_request_has_nothing);
    tcase_add_test(tests, request_is_what_was_built);
    tcase_add_loop_test(tests, request_begins_with_what_is_common, 0, 2);
    tcase_add_test(tests, request_that_cannot_begin_has_failed);
    tcase_add_loop_test(tests, header_out_of_range_is_empty, 0, ROWS(beyond));
    tcase_add_test(tests, request_header_is_found_whatever_its_case);
    tcase_add_test(tests, next_attempt_drops_the_headers_of_the_last);
    tcase_add_test(tests, one_header_too_many_fails_the_request);
    tcase_add_test(tests, url_beyond_its_limit_fails_the_request);
    tcase_add_test(tests, body_is_taken_with_its_length);
    tcase_add_test(tests, failed_body_fails_the_request);
    tcase_add_loop_test(tests, own_header_breaks_no_request, 0, ROWS(own_rules));
    tcase_add_test(tests, own_request_stands_for_another);
    tcase_add_loop_test(tests, own_request_goes_where_others_go, 0, ROWS(own_targets));
    tcase_add_test(tests, own_request_has_limits);
    tcase_add_loop_test(tests, own_request_without_memory_says_so, 0, 7);
    tcase_add_test(tests, header_without_memory_fails_the_request);
    tcase_add_test(tests, request_sees_the_calls_cancellation);
    tcase_add_test(tests, no_response_refuses_everything);
    tcase_add_loop_test(tests, status_is_100_to_599, 0, ROWS(code_rows));
    tcase_add_test(tests, bad_status_leaves_the_response_alone);
    tcase_add_loop_test(tests, header_is_found_whatever_its_case, 0, 4);
    tcase_add_test(tests, values_are_no_names);
    tcase_add_test(tests, several_fields_of_one_name_are_visited_in_order);
    tcase_add_test(tests, interim_status_is_forgotten);
    tcase_add_test(tests, interim_statuses_do_not_use_up_the_limit);
    tcase_add_test(tests, header_count_ends_at_256);
    tcase_add_loop_test(tests, header_bytes_end_at_32_kib, 0, 2);
    tcase_add_test(tests, field_that_did_not_fit_is_not_there);
    tcase_add_test(tests, header_needs_name_and_value);
    tcase_add_test(tests, body_grows_as_bytes_arrive);
    tcase_add_test(tests, body_ends_at_256_kib);
    tcase_add_test(tests, body_of_absurd_length_is_a_limit);
    tcase_add_test(tests, response_without_memory_says_so);
    tcase_add_test(tests, failure_is_explained_by_the_last_word);
    tcase_add_test(tests, reset_response_is_as_new);
    tcase_add_test(tests, new_status_keeps_the_sent_mark);
    tcase_add_loop_test(tests, odd_moments_are_ignored, 0, ROWS(odd_moments));
    return suite;
}
