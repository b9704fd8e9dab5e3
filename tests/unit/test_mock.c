/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The mock that the library ships: its script, its clocks, and what it remembers.
 */
#include "unit.h"

#include <string.h>

#include <sessionpay/mock.h>

#include "base/alloc.h"
#include "http/message.h"

static spay_mock *mock;

static void set_up(void)
{
    ck_assert_int_eq(spay_mock_new(&mock, NULL), SPAY_OK);
}

static void tear_down(void)
{
    spay_mock_free(mock);
}

/* Send one request through the mock. */
static spay_status perform(spay_http_response *response)
{
    const spay_transport *transport = spay_mock_transport(mock);
    spay_http_request request;
    spay__buffer body;
    spay_status status;

    memset(&request, 0, sizeof(request));
    spay__http_request_set_url(&request, "https://example.com", "/v1");
    spay__http_request_add(&request, "Content-Type", "application/json");
    spay__http_request_add_secret(&request, "Authorization", "Bearer hush");
    spay__buffer_init(&body, 10);
    spay__buffer_append(&body, "{\0}", 3);
    spay__http_request_take_body(&request, &body);
    spay__http_response_init(response);
    status = transport->perform(transport->ctx, &request, response);
    spay__http_request_clear(&request);
    return status;
}

static spay_status perform_and_forget(void)
{
    spay_http_response response;
    spay_status status = perform(&response);

    spay__http_response_clear(&response);
    return status;
}

/* ---- script ---- */

START_TEST(replies_come_in_the_order_queued)
{
    static const int32_t statuses[] = {503, 201, 404};
    spay_http_response response;
    int i;

    for (i = 0; i < 3; i++)
        ck_assert_int_eq(spay_mock_reply(mock, statuses[i], NULL, "x", 1), SPAY_OK);
    for (i = 0; i < 3; i++) {
        ck_assert_int_eq(perform(&response), SPAY_OK);
        ck_assert_int_eq(spay_http_response_status(&response), statuses[i]);
        ck_assert(response.sent);
        spay__http_response_clear(&response);
    }
}
END_TEST

START_TEST(reply_has_the_body_byte_for_byte)
{
    spay_http_response response;
    size_t length;

    ck_assert_int_eq(spay_mock_reply(mock, 200, NULL, "a\0b", 3), SPAY_OK);
    ck_assert_int_eq(perform(&response), SPAY_OK);
    ck_assert_mem_eq(spay_http_response_body(&response, &length), "a\0b", 4);
    ck_assert_uint_eq(length, 3);
    spay__http_response_clear(&response);
}
END_TEST

START_TEST(reply_is_json_unless_told_otherwise)
{
    spay_http_response response;

    ck_assert_int_eq(spay_mock_reply(mock, 200, NULL, NULL, 0), SPAY_OK);
    ck_assert_int_eq(perform(&response), SPAY_OK);
    ck_assert_str_eq(spay_http_response_header(&response, "content-type"), "application/json");
    spay__http_response_clear(&response);
}
END_TEST

START_TEST(headers_of_a_reply_are_lines)
{
    spay_http_response response;

    ck_assert_int_eq(spay_mock_reply(mock, 200, "A: 1\nB:2\nC: x: y\nA: 3\nEmpty:", NULL, 0),
                     SPAY_OK);
    ck_assert_int_eq(perform(&response), SPAY_OK);
    ck_assert_str_eq(spay_http_response_header(&response, "A"), "1");
    ck_assert_str_eq(spay_http_response_header(&response, "B"), "2");
    ck_assert_str_eq(spay_http_response_header(&response, "C"), "x: y");
    ck_assert_str_eq(spay_http_response_header(&response, "Empty"), "");
    ck_assert_ptr_null(spay_http_response_header(&response, "Content-Type"));
    ck_assert_uint_eq(response.header_count, 5);
    spay__http_response_clear(&response);
}
END_TEST

START_TEST(reply_without_headers_has_none)
{
    spay_http_response response;

    ck_assert_int_eq(spay_mock_reply(mock, 204, "", NULL, 0), SPAY_OK);
    ck_assert_int_eq(perform(&response), SPAY_OK);
    ck_assert_uint_eq(response.header_count, 0);
    spay__http_response_clear(&response);
}
END_TEST

typedef struct fail_row {
    spay_status status;
    int32_t sent;
    bool good;
} fail_row;

static const fail_row fail_rows[] = {
    {SPAY_E_CONNECT, SPAY_NO, true},  {SPAY_E_TIMEOUT, SPAY_YES, true}, {SPAY_E_TLS, SPAY_NO, true},
    {SPAY_E_NETWORK, SPAY_YES, true}, {SPAY_OK, SPAY_NO, false},        {1, SPAY_NO, false},
    {SPAY_E_CONNECT, 0, false},       {SPAY_E_CONNECT, 3, false},
};

START_TEST(failure_is_reported_with_its_sent_mark)
{
    const fail_row *row = &fail_rows[_i];
    spay_http_response response;

    ck_assert_int_eq(spay_mock_fail(mock, row->status, row->sent),
                     row->good ? SPAY_OK : SPAY_E_INVALID_ARGUMENT);
    if (!row->good)
        return;
    ck_assert_int_eq(perform(&response), row->status);
    ck_assert_int_eq(response.sent, row->sent == SPAY_YES);
    ck_assert_int_eq(spay_http_response_status(&response), 0);
    spay__http_response_clear(&response);
}
END_TEST

START_TEST(request_beyond_the_script_is_not_connected)
{
    spay_http_response response;

    ck_assert_int_eq(perform(&response), SPAY_E_CONNECT);
    ck_assert(!response.sent);
    ck_assert_str_eq(response.reason, "mock_exhausted");
    ck_assert_uint_eq(spay_mock_request_count(mock), 1);
    spay__http_response_clear(&response);
}
END_TEST

START_TEST(bad_replies_are_refused)
{
    static const int32_t statuses[] = {0, 99, 600, -1};

    ck_assert_int_eq(spay_mock_reply(mock, statuses[_i], NULL, NULL, 0), SPAY_E_INVALID_ARGUMENT);
    ck_assert_int_eq(spay_mock_reply(mock, 200, NULL, NULL, 1), SPAY_E_INVALID_ARGUMENT);
    ck_assert_int_eq(spay_mock_reply(NULL, 200, NULL, NULL, 0), SPAY_E_INVALID_ARGUMENT);
    ck_assert_int_eq(spay_mock_fail(NULL, SPAY_E_TLS, SPAY_NO), SPAY_E_INVALID_ARGUMENT);
    ck_assert_int_eq(perform_and_forget(), SPAY_E_CONNECT);
}
END_TEST

START_TEST(reply_beyond_the_limits_is_reported_as_such)
{
    static char body[256 * 1024 + 1];
    size_t length = sizeof(body) - 1 + (size_t)_i;

    ck_assert_int_eq(spay_mock_reply(mock, 200, NULL, body, length), SPAY_OK);
    ck_assert_int_eq(perform_and_forget(), _i ? SPAY_E_LIMIT : SPAY_OK);
}
END_TEST

/* ---- memory of requests ---- */

START_TEST(requests_are_recorded)
{
    size_t length;

    spay_mock_advance(mock, 77);
    (void)perform_and_forget();
    ck_assert_uint_eq(spay_mock_request_count(mock), 1);
    ck_assert_str_eq(spay_mock_request_method(mock, 0), "POST");
    ck_assert_str_eq(spay_mock_request_url(mock, 0), "https://example.com/v1");
    ck_assert_str_eq(spay_mock_request_header(mock, 0, "AUTHORIZATION"), "Bearer hush");
    ck_assert_ptr_null(spay_mock_request_header(mock, 0, "Authorizatio"));
    ck_assert_str_eq(spay_mock_request_headers(mock, 0),
                     "Content-Type: application/json\nAuthorization: Bearer hush\n");
    ck_assert_mem_eq(spay_mock_request_body(mock, 0, &length), "{\0}", 4);
    ck_assert_uint_eq(length, 3);
    ck_assert_int_eq(spay_mock_request_at_ms(mock, 0), 77);
}
END_TEST

START_TEST(request_out_of_range_is_empty)
{
    static const size_t indexes[] = {1, 2, SIZE_MAX};
    size_t length = 5;

    (void)perform_and_forget();
    ck_assert_str_eq(spay_mock_request_method(mock, indexes[_i]), "");
    ck_assert_str_eq(spay_mock_request_url(mock, indexes[_i]), "");
    ck_assert_ptr_null(spay_mock_request_header(mock, indexes[_i], "A"));
    ck_assert_str_eq(spay_mock_request_headers(mock, indexes[_i]), "");
    ck_assert_str_eq(spay_mock_request_body(mock, indexes[_i], &length), "");
    ck_assert_uint_eq(length, 0);
    ck_assert_int_eq(spay_mock_request_at_ms(mock, indexes[_i]), -1);
    ck_assert_ptr_null(spay_mock_request_header(mock, 0, NULL));
}
END_TEST

START_TEST(no_mock_answers_with_nothing)
{
    size_t length = 5;

    ck_assert_ptr_null(spay_mock_transport(NULL));
    ck_assert_ptr_null(spay_mock_platform(NULL));
    ck_assert_uint_eq(spay_mock_request_count(NULL), 0);
    ck_assert_str_eq(spay_mock_request_method(NULL, 0), "");
    ck_assert_str_eq(spay_mock_request_url(NULL, 0), "");
    ck_assert_ptr_null(spay_mock_request_header(NULL, 0, "A"));
    ck_assert_str_eq(spay_mock_request_headers(NULL, 0), "");
    ck_assert_str_eq(spay_mock_request_body(NULL, 0, &length), "");
    ck_assert_uint_eq(length, 0);
    ck_assert_int_eq(spay_mock_request_at_ms(NULL, 0), -1);
    ck_assert_int_eq(spay_mock_now_ms(NULL), 0);
    spay_mock_set_latency(NULL, 1);
    spay_mock_advance(NULL, 1);
    spay_mock_set_wall(NULL, 1);
    spay_mock_free(NULL);
}
END_TEST

/* ---- time ---- */

static int64_t wall(void)
{
    const spay_platform *platform = spay_mock_platform(mock);

    return platform->wall_ms(platform->ctx);
}

static int64_t monotonic(void)
{
    const spay_platform *platform = spay_mock_platform(mock);

    return platform->monotonic_ms(platform->ctx);
}

START_TEST(clocks_start_at_zero_and_at_2026)
{
    ck_assert_int_eq(spay_mock_now_ms(mock), 0);
    ck_assert_int_eq(monotonic(), 0);
    ck_assert_int_eq(wall(), 1767225600000);
}
END_TEST

START_TEST(advancing_moves_both_clocks)
{
    spay_mock_advance(mock, 1500);
    ck_assert_int_eq(monotonic(), 1500);
    ck_assert_int_eq(spay_mock_now_ms(mock), 1500);
    ck_assert_int_eq(wall(), 1767225601500);
}
END_TEST

START_TEST(setting_the_wall_leaves_the_monotonic_clock)
{
    spay_mock_advance(mock, 5);
    spay_mock_set_wall(mock, 42);
    ck_assert_int_eq(wall(), 42);
    ck_assert_int_eq(monotonic(), 5);
    spay_mock_advance(mock, 1);
    ck_assert_int_eq(wall(), 43);
}
END_TEST

START_TEST(sleeping_is_advancing)
{
    const spay_platform *platform = spay_mock_platform(mock);

    platform->sleep_ms(platform->ctx, 3600000);
    ck_assert_int_eq(monotonic(), 3600000);
    ck_assert_int_eq(wall(), 1767229200000);
}
END_TEST

START_TEST(each_request_takes_the_latency)
{
    spay_mock_set_latency(mock, 250);
    (void)perform_and_forget();
    (void)perform_and_forget();
    ck_assert_int_eq(spay_mock_request_at_ms(mock, 0), 0);
    ck_assert_int_eq(spay_mock_request_at_ms(mock, 1), 250);
    ck_assert_int_eq(monotonic(), 500);
}
END_TEST

START_TEST(random_bytes_are_the_same_in_every_mock)
{
    const spay_platform *platform = spay_mock_platform(mock);
    unsigned char first[64];
    unsigned char second[64];
    spay_mock *other = NULL;

    ck_assert_int_eq(platform->random_bytes(platform->ctx, first, sizeof(first)), 1);
    ck_assert_int_eq(spay_mock_new(&other, NULL), SPAY_OK);
    platform = spay_mock_platform(other);
    ck_assert_int_eq(platform->random_bytes(platform->ctx, second, sizeof(second)), 1);
    ck_assert_mem_eq(first, second, sizeof(first));
    ck_assert_int_eq(platform->random_bytes(platform->ctx, second, sizeof(second)), 1);
    ck_assert_mem_ne(first, second, sizeof(first));
    spay_mock_free(other);
}
END_TEST

/* ---- making ---- */

START_TEST(tables_are_complete_and_sized)
{
    const spay_transport *transport = spay_mock_transport(mock);
    const spay_platform *platform = spay_mock_platform(mock);

    ck_assert_uint_eq(transport->struct_size, sizeof(*transport));
    ck_assert_uint_eq(platform->struct_size, sizeof(*platform));
    ck_assert(transport->perform != NULL);
    ck_assert(platform->monotonic_ms && platform->wall_ms && platform->sleep_ms &&
              platform->random_bytes);
}
END_TEST

START_TEST(mock_needs_a_place_to_go)
{
    spay_error *error = NULL;

    ck_assert_int_eq(spay_mock_new(NULL, &error), SPAY_E_INVALID_ARGUMENT);
    ck_assert_str_eq(spay_error_field_code(error, 0), "missing");
    spay_error_free(error);
}
END_TEST

static int no_memory(void)
{
    return 0;
}

START_TEST(mock_without_memory_says_so)
{
    spay_mock *other = mock;
    spay_error *error = NULL;
    spay_status status;

    spay__alloc_set_gate(no_memory);
    status = spay_mock_new(&other, &error);
    spay__alloc_set_gate(NULL);
    ck_assert_int_eq(status, SPAY_E_NO_MEMORY);
    ck_assert_ptr_null(other);
    ck_assert_int_eq(spay_error_status(error), SPAY_E_NO_MEMORY);
    spay_error_free(error);
}
END_TEST

Suite *mock_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("mock", &tests);

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, replies_come_in_the_order_queued);
    tcase_add_test(tests, reply_has_the_body_byte_for_byte);
    tcase_add_test(tests, reply_is_json_unless_told_otherwise);
    tcase_add_test(tests, headers_of_a_reply_are_lines);
    tcase_add_test(tests, reply_without_headers_has_none);
    tcase_add_loop_test(tests, failure_is_reported_with_its_sent_mark, 0, ROWS(fail_rows));
    tcase_add_test(tests, request_beyond_the_script_is_not_connected);
    tcase_add_loop_test(tests, bad_replies_are_refused, 0, 4);
    tcase_add_loop_test(tests, reply_beyond_the_limits_is_reported_as_such, 0, 2);
    tcase_add_test(tests, requests_are_recorded);
    tcase_add_loop_test(tests, request_out_of_range_is_empty, 0, 3);
    tcase_add_test(tests, no_mock_answers_with_nothing);
    tcase_add_test(tests, clocks_start_at_zero_and_at_2026);
    tcase_add_test(tests, advancing_moves_both_clocks);
    tcase_add_test(tests, setting_the_wall_leaves_the_monotonic_clock);
    tcase_add_test(tests, sleeping_is_advancing);
    tcase_add_test(tests, each_request_takes_the_latency);
    tcase_add_test(tests, random_bytes_are_the_same_in_every_mock);
    tcase_add_test(tests, tables_are_complete_and_sized);
    tcase_add_test(tests, mock_needs_a_place_to_go);
    tcase_add_test(tests, mock_without_memory_says_so);
    return suite;
}
