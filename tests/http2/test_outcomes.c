/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What becomes of a request: how its stream ends, and whether it counts as sent.
 */
#include "fixture.h"
#include "suites.h"

#include <stdlib.h>
#include <string.h>

#define FIELDS ":status: 201\ncontent-type: application/json"

/* ---- one stream, whose request is out completely ---- */

static void answer(bytes *to)
{
    put_answer(to, 1);
}

static void answer_without_body(bytes *to)
{
    put_headers(to, 1, END_STREAM, FIELDS);
}

static void answer_in_pieces(bytes *to)
{
    bytes block = {NULL, 0, 0};

    put_fields(&block, FIELDS);
    put_frame(to, HEADERS, 0, 1, block.data, 5);
    put_frame(to, CONTINUATION, 0, 1, block.data + 5, 0);
    put_frame(to, CONTINUATION, END_HEADERS, 1, block.data + 5, block.length - 5);
    put_data(to, 1, 0, "{\"ses");
    put_data(to, 1, 0, "");
    put_data(to, 1, 0, "sion\":1}");
    put_data(to, 1, END_STREAM, "");
    bytes_free(&block);
}

static void answer_with_padding(bytes *to)
{
    put_headers(to, 1, 0, FIELDS);
    put_frame(to, DATA, PADDED, 1, "\3{\"session\":1}\0\0\0", 17);
    put_frame(to, DATA, PADDED | END_STREAM, 1, "\2\0\0", 3);
}

static void answer_among_other_frames(bytes *to)
{
    put_frame(to, 0xfa, 0xff, 1, "unknown", 7);
    put_frame(to, PING, 0, 0, "12345678", 8);
    put_number(to, WINDOW_UPDATE, 1, 1000);
    put_headers(to, 1, 0, FIELDS);
    put_frame(to, 0xfa, 0xff, 0, "unknown", 7);
    put_frame(to, PRIORITY, 0, 1, "\0\0\0\3\7", 5);
    put_settings(to, 0, 0);
    put_data(to, 1, END_STREAM, GOOD_BODY);
}

static void answer_after_interim_responses(bytes *to)
{
    put_headers(to, 1, 0, ":status: 100\nx-interim: 1");
    put_headers(to, 1, 0, ":status: 103\nlink: </style.css>\ncontent-type: text/css");
    put_answer(to, 1);
}

static void answer_with_trailers(bytes *to)
{
    put_headers(to, 1, 0, FIELDS);
    put_data(to, 1, 0, GOOD_BODY);
    put_headers(to, 1, END_STREAM, "content-type: text/plain\nx-trailer: 1");
}

static void answer_with_its_length(bytes *to)
{
    put_headers(to, 1, 0, FIELDS "\ncontent-length: 13");
    put_data(to, 1, END_STREAM, GOOD_BODY);
}

static void answer_and_reset(bytes *to)
{
    put_answer(to, 1);
    put_number(to, RST_STREAM, 1, NO_ERROR);
}

static void answer_and_cancel(bytes *to)
{
    put_answer(to, 1);
    put_number(to, RST_STREAM, 1, CANCEL);
}

static void answer_after_goaway(bytes *to)
{
    put_goaway(to, INT32_MAX, NO_ERROR);
    put_goaway(to, 1, NO_ERROR);
    put_answer(to, 1);
}

static void answer_after_goaway_with_an_error(bytes *to)
{
    put_goaway(to, 1, ENHANCE_YOUR_CALM);
    put_answer(to, 1);
}

static void refuse(bytes *to)
{
    put_number(to, RST_STREAM, 1, REFUSED_STREAM);
}

static void refuse_after_interim_response(bytes *to)
{
    put_headers(to, 1, 0, ":status: 103\nlink: </style.css>");
    refuse(to);
}

static void refuse_within_answer(bytes *to)
{
    put_headers(to, 1, 0, FIELDS);
    refuse(to);
}

static void want_http_1_1(bytes *to)
{
    put_number(to, RST_STREAM, 1, HTTP_1_1_REQUIRED);
}

static void want_http_1_1_within_answer(bytes *to)
{
    put_headers(to, 1, 0, FIELDS);
    want_http_1_1(to);
}

static void leave(bytes *to)
{
    put_goaway(to, 0, NO_ERROR);
}

static void leave_in_anger(bytes *to)
{
    put_goaway(to, 0, ENHANCE_YOUR_CALM);
}

static void leave_in_two_steps(bytes *to)
{
    put_goaway(to, INT32_MAX, NO_ERROR);
    put_frame(to, PING, 0, 0, "12345678", 8);
    put_goaway(to, 0, NO_ERROR);
}

static void leave_within_answer(bytes *to)
{
    put_headers(to, 1, 0, FIELDS);
    leave(to);
}

static void cancel(bytes *to)
{
    put_number(to, RST_STREAM, 1, CANCEL);
}

static void reset_without_error(bytes *to)
{
    put_number(to, RST_STREAM, 1, NO_ERROR);
}

static void reset_for_an_unknown_reason(bytes *to)
{
    put_number(to, RST_STREAM, 1, 0xdeadbeef);
}

static void reset_within_answer(bytes *to)
{
    put_headers(to, 1, 0, FIELDS);
    put_data(to, 1, 0, "{\"ses");
    put_number(to, RST_STREAM, 1, NO_ERROR);
}

typedef struct outcome {
    void (*say)(bytes *to);
    const char *reason; /* NULL for a success */
    spay_status status;
    bool sent;
} outcome;

static const outcome outcomes[] = {
    {.say = answer, .status = SPAY_OK, .sent = true},
    {.say = answer_in_pieces, .status = SPAY_OK, .sent = true},
    {.say = answer_with_padding, .status = SPAY_OK, .sent = true},
    {.say = answer_among_other_frames, .status = SPAY_OK, .sent = true},
    {.say = answer_after_interim_responses, .status = SPAY_OK, .sent = true},
    {.say = answer_with_trailers, .status = SPAY_OK, .sent = true},
    {.say = answer_with_its_length, .status = SPAY_OK, .sent = true},
    {.say = answer_and_reset, .status = SPAY_OK, .sent = true},
    {.say = answer_and_cancel, .status = SPAY_OK, .sent = true},
    {.say = answer_after_goaway, .status = SPAY_OK, .sent = true},
    {.say = answer_after_goaway_with_an_error, .status = SPAY_OK, .sent = true},
    {.say = refuse, .reason = "stream_refused", .status = SPAY_E_NETWORK},
    {.say = want_http_1_1, .reason = "http_1_1_required", .status = SPAY_E_PROTOCOL},
    {.say = leave, .reason = "goaway", .status = SPAY_E_NETWORK},
    {.say = leave_in_anger, .reason = "goaway", .status = SPAY_E_NETWORK},
    {.say = leave_in_two_steps, .reason = "goaway", .status = SPAY_E_NETWORK},
    {.say = refuse_after_interim_response,
     .reason = "connection_lost",
     .status = SPAY_E_NETWORK,
     .sent = true},
    {.say = refuse_within_answer,
     .reason = "connection_lost",
     .status = SPAY_E_NETWORK,
     .sent = true},
    {.say = want_http_1_1_within_answer,
     .reason = "connection_lost",
     .status = SPAY_E_NETWORK,
     .sent = true},
    {.say = leave_within_answer,
     .reason = "connection_lost",
     .status = SPAY_E_NETWORK,
     .sent = true},
    {.say = cancel, .reason = "connection_lost", .status = SPAY_E_NETWORK, .sent = true},
    {.say = reset_without_error,
     .reason = "connection_lost",
     .status = SPAY_E_NETWORK,
     .sent = true},
    {.say = reset_for_an_unknown_reason,
     .reason = "connection_lost",
     .status = SPAY_E_NETWORK,
     .sent = true},
    {.say = reset_within_answer,
     .reason = "connection_lost",
     .status = SPAY_E_NETWORK,
     .sent = true},
};

static void expect_good_response(const spay_http_response *response)
{
    ck_assert_int_eq(spay_http_response_status(response), 201);
    ck_assert_uint_ge(response->header_count, 1);
    ck_assert_uint_le(response->header_count, 2);
    ck_assert_str_eq(spay_http_response_header(response, "Content-Type"), "application/json");
    ck_assert_ptr_null(spay_http_response_header(response, "X-Interim"));
    ck_assert_ptr_null(spay_http_response_header(response, "X-Trailer"));
    ck_assert_str_eq(spay_http_response_body(response, NULL), GOOD_BODY);
}

/* However the bytes are cut; and if the connection is lost after it, that changes nothing. */
static void expect_outcome(const outcome *row, size_t step)
{
    exchange x;

    at.step = step;
    at.now_us = 77;
    rig_start(&at, &x, "{}");
    row->say(&said);
    ck_assert_int_eq(receive(), SPAY_OK);
    spay__http2_end(at.h2, SPAY_E_NETWORK, "connection_lost", "lost");
    (void)rig_count_ended(&at);
    expect_end(&x, row->status, row->reason, row->sent);
    if (row->status == SPAY_OK) {
        expect_good_response(&x.response);
        ck_assert_int_eq(x.stream.first_byte_us, 77);
    }
    exchange_clear(&x);
}

START_TEST(stream_ends_as_the_peer_says)
{
    expect_outcome(&outcomes[_i], 0);
}
END_TEST

/* nghttp2 takes the pieces of a cut CONTINUATION for as many frames, and eight are its limit. */
START_TEST(the_same_byte_by_byte)
{
    expect_outcome(&outcomes[_i], outcomes[_i].say == answer_in_pieces ? 4 : 1);
}
END_TEST

START_TEST(response_may_have_no_body)
{
    exchange x;

    rig_start(&at, &x, "");
    answer_without_body(&said);
    ck_assert_int_eq(receive(), SPAY_OK);
    expect_end(&x, SPAY_OK, NULL, true);
    ck_assert_uint_eq(x.response.body.length, 0);
    exchange_clear(&x);
}
END_TEST

START_TEST(bytes_received_are_those_of_the_stream)
{
    exchange x;
    size_t length;

    rig_start(&at, &x, "{}");
    put_answer(&said, 1);
    length = said.length;
    put_frame(&said, PING, 0, 0, "12345678", 8);
    ck_assert_int_eq(receive(), SPAY_OK);
    ck_assert_uint_eq(x.stream.bytes_received, length);
    exchange_clear(&x);
}
END_TEST

/* ---- the connection is lost ---- */

static void expect_lost(const exchange *x, const outcome *row)
{
    const char *reason = x->stream.begun ? "reply_cut" : "connection_lost";

    if (x->stream.status == row->status && x->stream.status == SPAY_OK)
        return;
    ck_assert_int_eq(x->stream.status, SPAY_E_NETWORK);
    ck_assert_str_eq(x->response.reason, reason);
    ck_assert(x->response.sent);
}

/* At every byte of every script; what the peer has said whole counts. */
START_TEST(lost_connection_ends_what_is_open)
{
    const outcome *row = &outcomes[_i];
    size_t cut;
    bytes script = {NULL, 0, 0};

    row->say(&script);
    for (cut = 0; cut < script.length; cut++) {
        exchange x;
        bool open;

        close_rig();
        open_rig();
        rig_start(&at, &x, "{}");
        bytes_append(&said, script.data, cut);
        ck_assert_int_eq(receive(), SPAY_OK);
        open = !x.ended;
        spay__http2_end(at.h2, SPAY_E_NETWORK, "connection_lost", "lost");
        (void)rig_count_ended(&at);
        ck_assert_int_eq(x.ended, 1);
        if (open)
            expect_lost(&x, row);
        exchange_clear(&x);
    }
    bytes_free(&script);
}
END_TEST

/* With TLS 1.3 a client certificate is refused when requests are on their way already. */
START_TEST(request_is_not_sent_to_a_peer_that_refuses_us)
{
    exchange xs[2];
    int i;

    for (i = 0; i < 2; i++)
        rig_start(&at, &xs[i], "{}");
    ck_assert(xs[0].response.sent);
    spay__http2_end(at.h2, SPAY_E_TLS, "tls_refused_by_peer", "refused");
    ck_assert_int_eq(rig_count_ended(&at), 2);
    for (i = 0; i < 2; i++) {
        expect_end(&xs[i], SPAY_E_TLS, "tls_refused_by_peer", false);
        exchange_clear(&xs[i]);
    }
}
END_TEST

START_TEST(after_the_end_nothing_is_left)
{
    exchange x;
    exchange late;
    size_t length;

    rig_start(&at, &x, "{}");
    spay__http2_end(at.h2, SPAY_E_TIMEOUT, "reply_timeout", "too late");
    ck_assert_int_eq(rig_count_ended(&at), 1);
    expect_end(&x, SPAY_E_TIMEOUT, "reply_timeout", true);
    ck_assert_str_eq(x.response.message, "too late");
    ck_assert_ptr_null(spay__http2_output(at.h2, &length));
    ck_assert(!spay__http2_wants_input(at.h2));
    ck_assert_int_eq(spay__http2_room(at.h2), 0);
    put_answer(&said, 1);
    ck_assert_int_eq(receive(), SPAY_E_TIMEOUT);
    expect_end(&x, SPAY_E_TIMEOUT, "reply_timeout", true);
    exchange_init(&late, "{}");
    ck_assert_int_eq(spay__http2_open(at.h2, &late.stream, &late.request, &late.response),
                     SPAY_E_STATE);
    exchange_clear(&late);
    exchange_clear(&x);
}
END_TEST

/* ---- when a request counts as sent ---- */

static void open_unsent(exchange *x)
{
    exchange_init(x, "{}");
    ck_assert_int_eq(spay__http2_open(at.h2, &x->stream, &x->request, &x->response), SPAY_OK);
}

START_TEST(request_is_sent_when_it_is_handed_out)
{
    exchange x;
    size_t length;

    open_unsent(&x);
    ck_assert(!x.response.sent);
    ck_assert_ptr_nonnull(spay__http2_output(at.h2, &length));
    ck_assert(x.response.sent);
    spay__http2_end(at.h2, SPAY_E_NETWORK, "connection_lost", "lost");
    (void)rig_count_ended(&at);
    expect_end(&x, SPAY_E_NETWORK, "connection_lost", true);
    exchange_clear(&x);
}
END_TEST

START_TEST(request_is_not_sent_before)
{
    exchange first;
    exchange x;
    size_t length;

    open_unsent(&first);
    ck_assert_ptr_nonnull(spay__http2_output(at.h2, &length));
    spay__http2_output_taken(at.h2, length - 1);
    open_unsent(&x);
    ck_assert_ptr_nonnull(spay__http2_output(at.h2, &length));
    ck_assert_uint_eq(length, 1);
    spay__http2_end(at.h2, SPAY_E_NETWORK, "connection_lost", "lost");
    ck_assert_ptr_null(spay__http2_output(at.h2, &length));
    (void)rig_count_ended(&at);
    expect_end(&first, SPAY_E_NETWORK, "connection_lost", true);
    expect_end(&x, SPAY_E_NETWORK, "connection_lost", false);
    exchange_clear(&first);
    exchange_clear(&x);
}
END_TEST

/* Even if the peer would have taken it. */
START_TEST(request_is_not_sent_after_goaway)
{
    exchange x;

    open_unsent(&x);
    put_goaway(&said, INT32_MAX, NO_ERROR);
    ck_assert_int_eq(receive(), SPAY_OK);
    expect_end(&x, SPAY_E_NETWORK, "goaway", false);
    ck_assert_int_eq(count_frames(&at, HEADERS, 1), 0);
    exchange_clear(&x);
}
END_TEST

/* A violation is not the request's fault, which another connection may carry. */
START_TEST(request_is_not_sent_after_a_violation)
{
    exchange sent;
    exchange x;

    rig_start(&at, &sent, "{}");
    open_unsent(&x);
    put_data(&said, 0, 0, "data on no stream");
    ck_assert_int_eq(receive(), SPAY_E_PROTOCOL);
    expect_end(&sent, SPAY_E_PROTOCOL, "http2_error", true);
    expect_end(&x, SPAY_E_NETWORK, "connection_lost", false);
    ck_assert_int_eq(count_frames(&at, HEADERS, 3), 0);
    ck_assert_int_eq(count_frames(&at, GOAWAY, 0), 1);
    exchange_clear(&sent);
    exchange_clear(&x);
}
END_TEST

/* ---- several streams ---- */

START_TEST(goaway_spares_what_it_has_taken)
{
    exchange x[4];
    int i;

    for (i = 0; i < 4; i++)
        rig_start(&at, &x[i], "{}");
    put_goaway(&said, 3, NO_ERROR);
    ck_assert_int_eq(receive(), SPAY_OK);
    expect_open(&x[0]);
    expect_open(&x[1]);
    expect_end(&x[2], SPAY_E_NETWORK, "goaway", false);
    expect_end(&x[3], SPAY_E_NETWORK, "goaway", false);
    ck_assert_int_eq(spay__http2_room(at.h2), 0);
    ck_assert(spay__http2_wants_input(at.h2));
    put_answer(&said, 3);
    put_answer(&said, 1);
    ck_assert_int_eq(receive(), SPAY_OK);
    expect_end(&x[0], SPAY_OK, NULL, true);
    expect_end(&x[1], SPAY_OK, NULL, true);
    ck_assert(spay__http2_is_idle(at.h2));
    ck_assert(!spay__http2_wants_input(at.h2));
    for (i = 0; i < 4; i++)
        exchange_clear(&x[i]);
}
END_TEST

START_TEST(streams_end_in_the_order_of_their_answers)
{
    exchange x[3];
    int i;

    for (i = 0; i < 3; i++)
        rig_start(&at, &x[i], "{}");
    put_answer(&said, 5);
    put_number(&said, RST_STREAM, 1, REFUSED_STREAM);
    put_answer(&said, 3);
    ck_assert_int_eq(rig_receive(&at, &said), SPAY_OK);
    ck_assert_ptr_eq(spay__http2_next_ended(at.h2), &x[2].stream);
    ck_assert_ptr_eq(spay__http2_next_ended(at.h2), &x[0].stream);
    ck_assert_ptr_eq(spay__http2_next_ended(at.h2), &x[1].stream);
    ck_assert_ptr_null(spay__http2_next_ended(at.h2));
    for (i = 0; i < 3; i++)
        exchange_clear(&x[i]);
}
END_TEST

START_TEST(stream_may_be_opened_again)
{
    exchange x;
    int i;

    exchange_init(&x, "{}");
    for (i = 0; i < 5; i++) {
        spay__http_response_reset(&x.response);
        x.ended = 0;
        ck_assert_int_eq(spay__http2_open(at.h2, &x.stream, &x.request, &x.response), SPAY_OK);
        rig_send(&at);
        put_answer(&said, 2 * i + 1);
        ck_assert_int_eq(receive(), SPAY_OK);
        expect_end(&x, SPAY_OK, NULL, true);
        expect_good_response(&x.response);
    }
    exchange_clear(&x);
}
END_TEST

/* ---- answers before the request is out ---- */

enum {
    LONG_BODY = 200000,
    WINDOW = 65535
};

/* As much of it goes out as the peer's window allows. */
static void start_long_request(exchange *x)
{
    char *body = malloc(LONG_BODY + 1);

    ck_assert_ptr_nonnull(body);
    memset(body, 'b', LONG_BODY);
    body[LONG_BODY] = '\0';
    rig_start(&at, x, body);
    free(body);
    ck_assert_uint_eq(body_sent(&at, 1), WINDOW);
}

/* The window opens; no more of the body may come. */
static void expect_no_more_body(void)
{
    put_number(&said, WINDOW_UPDATE, 0, LONG_BODY);
    put_number(&said, WINDOW_UPDATE, 1, LONG_BODY);
    ck_assert_int_eq(receive(), SPAY_OK);
    ck_assert_uint_eq(body_sent(&at, 1), WINDOW);
}

START_TEST(early_answer_is_a_success)
{
    exchange x;

    start_long_request(&x);
    put_answer(&said, 1);
    ck_assert_int_eq(receive(), SPAY_OK);
    expect_end(&x, SPAY_OK, NULL, true);
    expect_good_response(&x.response);
    exchange_clear(&x);
    ck_assert_int_eq(reset_code(&at, 1), CANCEL);
    expect_no_more_body();
    ck_assert_int_eq(count_frames(&at, RST_STREAM, 1), 1);
    ck_assert_int_eq(spay__http2_room(at.h2), 100);
}
END_TEST

/* A reset is not answered with a reset. */
START_TEST(early_answer_and_reset_are_a_success)
{
    exchange x;

    start_long_request(&x);
    put_answer(&said, 1);
    put_number(&said, RST_STREAM, 1, NO_ERROR);
    ck_assert_int_eq(receive(), SPAY_OK);
    expect_end(&x, SPAY_OK, NULL, true);
    exchange_clear(&x);
    expect_no_more_body();
    ck_assert_int_eq(reset_code(&at, 1), -1);
    ck_assert_int_eq(spay__http2_room(at.h2), 100);
}
END_TEST

/* What was handed out goes out, even if the answer is here before the socket takes it. */
START_TEST(early_answer_leaves_frames_whole)
{
    exchange x;
    size_t length;

    exchange_init(&x, "{\"request\":1}");
    ck_assert_int_eq(spay__http2_open(at.h2, &x.stream, &x.request, &x.response), SPAY_OK);
    bytes_append(&at.sent, spay__http2_output(at.h2, &length), 20);
    spay__http2_output_taken(at.h2, 20);
    put_answer(&said, 1);
    ck_assert_int_eq(receive(), SPAY_OK);
    expect_end(&x, SPAY_OK, NULL, true);
    exchange_clear(&x);
    ck_assert_uint_eq(body_sent(&at, 1), 13);
}
END_TEST

START_TEST(long_request_goes_on_after_interim_response)
{
    exchange x;

    start_long_request(&x);
    put_headers(&said, 1, 0, ":status: 100");
    put_number(&said, WINDOW_UPDATE, 0, LONG_BODY);
    put_number(&said, WINDOW_UPDATE, 1, LONG_BODY);
    ck_assert_int_eq(receive(), SPAY_OK);
    ck_assert_uint_eq(body_sent(&at, 1), LONG_BODY);
    put_answer(&said, 1);
    ck_assert_int_eq(receive(), SPAY_OK);
    expect_end(&x, SPAY_OK, NULL, true);
    ck_assert_int_eq(reset_code(&at, 1), -1);
    exchange_clear(&x);
}
END_TEST

/* ---- canceling ---- */

START_TEST(canceled_stream_is_forgotten)
{
    exchange x;
    exchange other;

    start_long_request(&x);
    rig_start(&at, &other, "{}");
    spay__http2_cancel(at.h2, &x.stream);
    ck_assert(x.response.sent);
    exchange_clear(&x);
    memset(&x, 0xee, sizeof(x));
    put_answer(&said, 1);
    put_number(&said, WINDOW_UPDATE, 0, LONG_BODY);
    put_number(&said, WINDOW_UPDATE, 1, LONG_BODY);
    put_answer(&said, 3);
    ck_assert_int_eq(rig_receive(&at, &said), SPAY_OK);
    ck_assert_int_eq(rig_count_ended(&at), 1);
    expect_end(&other, SPAY_OK, NULL, true);
    ck_assert_int_eq(reset_code(&at, 1), CANCEL);
    ck_assert_uint_eq(body_sent(&at, 1), WINDOW);
    ck_assert_int_eq(spay__http2_room(at.h2), 100);
    exchange_clear(&other);
}
END_TEST

START_TEST(canceled_request_is_not_sent_any_more)
{
    exchange x;
    exchange other;

    open_unsent(&x);
    spay__http2_cancel(at.h2, &x.stream);
    spay__http2_cancel(at.h2, &x.stream);
    ck_assert(!x.response.sent);
    exchange_clear(&x);
    memset(&x, 0xee, sizeof(x));
    rig_start(&at, &other, "{}");
    ck_assert_int_eq(count_frames(&at, HEADERS, 1), 0);
    ck_assert_int_eq(count_frames(&at, RST_STREAM, 1), 0);
    ck_assert_int_eq(count_frames(&at, HEADERS, 3), 1);
    put_answer(&said, 3);
    ck_assert_int_eq(receive(), SPAY_OK);
    expect_end(&other, SPAY_OK, NULL, true);
    exchange_clear(&other);
}
END_TEST

START_TEST(ended_or_idle_stream_can_be_canceled)
{
    exchange x;
    exchange idle;

    exchange_init(&idle, "{}");
    spay__http2_cancel(at.h2, &idle.stream);
    exchange_clear(&idle);
    rig_start(&at, &x, "{}");
    put_answer(&said, 1);
    ck_assert_int_eq(rig_receive(&at, &said), SPAY_OK);
    spay__http2_cancel(at.h2, &x.stream);
    ck_assert_int_eq(rig_count_ended(&at), 0);
    ck_assert_int_eq(reset_code(&at, 1), -1);
    exchange_clear(&x);
}
END_TEST

Suite *http2_outcomes_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("http2_outcomes", &tests);

    tcase_add_checked_fixture(tests, open_rig, close_rig);
    tcase_add_loop_test(tests, stream_ends_as_the_peer_says, 0, ROWS(outcomes));
    tcase_add_loop_test(tests, the_same_byte_by_byte, 0, ROWS(outcomes));
    tcase_add_test(tests, response_may_have_no_body);
    tcase_add_test(tests, bytes_received_are_those_of_the_stream);
    tcase_add_loop_test(tests, lost_connection_ends_what_is_open, 0, ROWS(outcomes));
    tcase_add_test(tests, request_is_not_sent_to_a_peer_that_refuses_us);
    tcase_add_test(tests, after_the_end_nothing_is_left);
    tcase_add_test(tests, request_is_sent_when_it_is_handed_out);
    tcase_add_test(tests, request_is_not_sent_before);
    tcase_add_test(tests, request_is_not_sent_after_goaway);
    tcase_add_test(tests, request_is_not_sent_after_a_violation);
    tcase_add_test(tests, goaway_spares_what_it_has_taken);
    tcase_add_test(tests, streams_end_in_the_order_of_their_answers);
    tcase_add_test(tests, stream_may_be_opened_again);
    tcase_add_test(tests, early_answer_is_a_success);
    tcase_add_test(tests, early_answer_and_reset_are_a_success);
    tcase_add_test(tests, early_answer_leaves_frames_whole);
    tcase_add_test(tests, long_request_goes_on_after_interim_response);
    tcase_add_test(tests, canceled_stream_is_forgotten);
    tcase_add_test(tests, canceled_request_is_not_sent_any_more);
    tcase_add_test(tests, ended_or_idle_stream_can_be_canceled);
    return suite;
}
