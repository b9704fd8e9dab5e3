/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What becomes of a request: how its stream ends, and whether it counts as sent.
 */
#include "suites.h"

#include <string.h>

static rig at;
static bytes said;

static void open_rig(void)
{
    rig_open(&at);
}

static void close_rig(void)
{
    rig_close(&at);
    bytes_free(&said);
}

static spay_status receive(void)
{
    spay_status status = rig_receive(&at, &said);

    (void)rig_count_ended(&at);
    return status;
}

/* ---- whole responses ---- */

START_TEST(response_is_what_the_peer_says)
{
    exchange x;
    size_t length;

    rig_start(&at, &x, "{}");
    at.now_us = 77;
    put_answer(&said, 1);
    ck_assert_int_eq(receive(), SPAY_OK);
    expect_end(&x, SPAY_OK, NULL, true);
    ck_assert_int_eq(spay_http_response_status(&x.response), 201);
    ck_assert_str_eq(spay_http_response_header(&x.response, "Content-Type"), "application/json");
    ck_assert_str_eq(spay_http_response_body(&x.response, &length), GOOD_BODY);
    ck_assert_int_eq(x.stream.first_byte_us, 77);
    ck_assert(spay__http2_is_idle(at.h2));
    ck_assert(spay__http2_wants_input(at.h2));
    exchange_clear(&x);
}
END_TEST

Suite *http2_outcomes_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("http2_outcomes", &tests);

    tcase_add_checked_fixture(tests, open_rig, close_rig);
    tcase_add_test(tests, response_is_what_the_peer_says);
    return suite;
}
