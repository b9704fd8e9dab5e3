/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The connection: its beginning, flow control, room for streams, and peers that break the rules.
 */
#include "fixture.h"
#include "suites.h"

#include <stdlib.h>
#include <string.h>

#include <nghttp2/nghttp2.h>

/* A connection whose peer has said nothing yet. */
static void reopen(void)
{
    spay__http2_free(at.h2);
    at.h2 = spay__http2_new();
    ck_assert_ptr_nonnull(at.h2);
    at.sent.length = 0;
}

/* ---- the beginning ---- */

static uint32_t setting(const wire_frame *settings, int id)
{
    size_t i;

    for (i = 0; i < settings->length; i += 6)
        if ((settings->payload[i] << 8 | settings->payload[i + 1]) == id)
            return get_number(settings->payload + i + 2);
    ck_abort_msg("setting %d is not there", id);
    return 0;
}

START_TEST(preface_and_settings_come_first)
{
    size_t position = PREFACE_LENGTH;
    wire_frame first;
    wire_frame window;

    reopen();
    rig_send(&at);
    ck_assert_uint_gt(at.sent.length, PREFACE_LENGTH);
    ck_assert_mem_eq(at.sent.data, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", PREFACE_LENGTH);
    ck_assert(next_frame(&at.sent, &position, &first));
    ck_assert_int_eq(first.type, SETTINGS);
    ck_assert_uint_eq(setting(&first, ENABLE_PUSH), 0);
    ck_assert_uint_eq(setting(&first, MAX_HEADER_LIST_SIZE), SPAY__MAX_HEADER_BYTES);
    ck_assert(next_frame(&at.sent, &position, &window));
    ck_assert_int_eq(window.type, WINDOW_UPDATE);
    ck_assert_uint_ge(get_number(window.payload) + 65535, 2 * SPAY__MAX_BODY);
    ck_assert_uint_eq(position, at.sent.length);
}
END_TEST

/* The request leaves in one piece with them. */
START_TEST(first_request_waits_for_nothing)
{
    exchange x;
    size_t length;
    const void *output;

    reopen();
    exchange_init(&x, "{}");
    ck_assert_int_eq(spay__http2_open(at.h2, &x.stream, &x.request, &x.response), SPAY_OK);
    output = spay__http2_output(at.h2, &length);
    bytes_append(&at.sent, (const char *)output + PREFACE_LENGTH, length - PREFACE_LENGTH);
    ck_assert_int_eq(count_frames(&at, HEADERS, 1), 1);
    ck_assert_int_eq(count_frames(&at, DATA, 1), 1);
    spay__http2_cancel(at.h2, &x.stream);
    exchange_clear(&x);
}
END_TEST

START_TEST(settings_and_pings_are_acknowledged)
{
    wire_frame ping;
    wire_frame settings;

    put_settings(&said, INITIAL_WINDOW_SIZE, 1000);
    put_frame(&said, PING, 0, 0, "8 octets", 8);
    ck_assert_int_eq(receive(), SPAY_OK);
    ck_assert(find_frame(&at, SETTINGS, 0, &settings));
    ck_assert_int_eq(settings.flags, ACK);
    ck_assert(find_frame(&at, PING, 0, &ping));
    ck_assert_int_eq(ping.flags, ACK);
    ck_assert_mem_eq(ping.payload, "8 octets", 8);
}
END_TEST

START_TEST(silence_makes_no_output)
{
    size_t length = 1;

    ck_assert_ptr_null(spay__http2_output(at.h2, &length));
    ck_assert_uint_eq(length, 0);
    put_frame(&said, SETTINGS, ACK, 0, NULL, 0);
    ck_assert_ptr_null(spay__http2_next_ended(at.h2));
}
END_TEST

/* ---- output ---- */

/* TLS wants the same bytes again, at the same place. */
START_TEST(output_stays_until_it_is_taken)
{
    exchange x;
    exchange other;
    const char *output;
    size_t length;
    size_t again;

    exchange_init(&x, "{}");
    ck_assert_int_eq(spay__http2_open(at.h2, &x.stream, &x.request, &x.response), SPAY_OK);
    output = spay__http2_output(at.h2, &length);
    exchange_init(&other, "{}");
    ck_assert_int_eq(spay__http2_open(at.h2, &other.stream, &other.request, &other.response),
                     SPAY_OK);
    put_frame(&said, PING, 0, 0, "8 octets", 8);
    ck_assert_int_eq(spay__http2_input(at.h2, said.data, said.length, 0), SPAY_OK);
    ck_assert_ptr_eq(spay__http2_output(at.h2, &again), output);
    ck_assert_uint_eq(again, length);
    ck_assert(!other.response.sent);
    spay__http2_output_taken(at.h2, length - 3);
    ck_assert_ptr_eq(spay__http2_output(at.h2, &again), output + length - 3);
    ck_assert_uint_eq(again, 3);
    ck_assert(!other.response.sent);
    spay__http2_output_taken(at.h2, 3);
    ck_assert_ptr_nonnull(spay__http2_output(at.h2, &again));
    ck_assert(other.response.sent);
    spay__http2_cancel(at.h2, &x.stream);
    spay__http2_cancel(at.h2, &other.stream);
    exchange_clear(&x);
    exchange_clear(&other);
}
END_TEST

START_TEST(output_is_the_same_however_it_is_taken)
{
    exchange x;
    bytes whole = {NULL, 0, 0};
    int i;

    for (i = 0; i < 2; i++) {
        reopen();
        at.step = i ? 1 : 0;
        rig_start(&at, &x, "{\"a body\":true}");
        put_settings(&said, MAX_CONCURRENT_STREAMS, 100);
        put_answer(&said, 1);
        ck_assert_int_eq(receive(), SPAY_OK);
        expect_end(&x, SPAY_OK, NULL, true);
        exchange_clear(&x);
        if (!i)
            bytes_append(&whole, at.sent.data, at.sent.length);
    }
    ck_assert_uint_eq(at.sent.length, whole.length);
    ck_assert_mem_eq(at.sent.data, whole.data, whole.length);
    bytes_free(&whole);
}
END_TEST

/* ---- flow control ---- */

START_TEST(tiny_window_lets_the_body_pass_slowly)
{
    static const char body[] = "0123456789";
    exchange x;
    size_t i;

    put_settings(&said, INITIAL_WINDOW_SIZE, 1);
    ck_assert_int_eq(receive(), SPAY_OK);
    rig_start(&at, &x, body);
    for (i = 1; i < sizeof(body) - 1; i++) {
        ck_assert_uint_eq(body_sent(&at, 1), i);
        put_number(&said, WINDOW_UPDATE, 1, 1);
        ck_assert_int_eq(receive(), SPAY_OK);
    }
    ck_assert_uint_eq(body_sent(&at, 1), sizeof(body) - 1);
    put_answer(&said, 1);
    ck_assert_int_eq(receive(), SPAY_OK);
    expect_end(&x, SPAY_OK, NULL, true);
    ck_assert_int_eq(reset_code(&at, 1), -1);
    exchange_clear(&x);
}
END_TEST

START_TEST(closed_window_holds_the_body_back)
{
    exchange x;

    put_settings(&said, INITIAL_WINDOW_SIZE, 0);
    ck_assert_int_eq(receive(), SPAY_OK);
    rig_start(&at, &x, "{}");
    ck_assert(x.response.sent);
    ck_assert_int_eq(count_frames(&at, DATA, 1), 0);
    put_settings(&said, INITIAL_WINDOW_SIZE, 10);
    ck_assert_int_eq(receive(), SPAY_OK);
    ck_assert_uint_eq(body_sent(&at, 1), 2);
    spay__http2_cancel(at.h2, &x.stream);
    exchange_clear(&x);
}
END_TEST

/* 65535 bytes for all streams together, until the peer allows more. */
START_TEST(window_of_the_connection_is_shared)
{
    char *body = calloc(1, 40001);
    exchange x[2];
    int i;

    ck_assert_ptr_nonnull(body);
    memset(body, 'b', 40000);
    for (i = 0; i < 2; i++)
        rig_start(&at, &x[i], body);
    ck_assert_uint_eq(body_sent(&at, 1) + body_sent(&at, 3), 65535);
    put_number(&said, WINDOW_UPDATE, 0, 100000);
    ck_assert_int_eq(receive(), SPAY_OK);
    ck_assert_uint_eq(body_sent(&at, 1) + body_sent(&at, 3), 80000);
    for (i = 0; i < 2; i++) {
        spay__http2_cancel(at.h2, &x[i].stream);
        exchange_clear(&x[i]);
    }
    free(body);
}
END_TEST

/* The peer may send as much as the library accepts, since windows are renewed on the way. */
START_TEST(windows_are_renewed)
{
    char *body = calloc(1, 16384);
    exchange x;
    int i;

    ck_assert_ptr_nonnull(body);
    for (i = 0; i < 10; i++) {
        int32_t id = 2 * i + 1;
        int part;

        rig_start(&at, &x, "{}");
        put_headers(&said, id, 0, ":status: 200");
        for (part = 0; part < SPAY__MAX_BODY / 16384; part++) {
            put_frame(&said, DATA, 0, id, body, 16384);
            ck_assert_int_eq(receive(), SPAY_OK);
        }
        put_data(&said, id, END_STREAM, "");
        ck_assert_int_eq(receive(), SPAY_OK);
        expect_end(&x, SPAY_OK, NULL, true);
        ck_assert_int_gt(count_frames(&at, WINDOW_UPDATE, id), 2);
        exchange_clear(&x);
    }
    ck_assert_int_gt(count_frames(&at, WINDOW_UPDATE, 0), 2);
    free(body);
}
END_TEST

START_TEST(peer_that_ignores_the_window_is_reset)
{
    char *body = calloc(1, 16384);
    exchange x;
    int i;

    ck_assert_ptr_nonnull(body);
    rig_start(&at, &x, "{}");
    put_headers(&said, 1, 0, ":status: 200");
    for (i = 0; i < 10; i++) /* in one go, so that no renewal can have reached it */
        put_frame(&said, DATA, 0, 1, body, 16384);
    (void)receive(); /* versions of nghttp2 differ in whether the connection goes on */
    ck_assert_int_eq(x.ended, 1);
    ck_assert_int_eq(x.stream.status, SPAY_E_PROTOCOL);
    ck_assert(x.response.sent);
    ck_assert_uint_le(x.response.body.length, 2 * 65535);
    exchange_clear(&x);
    free(body);
}
END_TEST

/* ---- room ---- */

START_TEST(room_is_what_the_peer_allows)
{
    exchange x[4];
    int i;

    reopen();
    ck_assert_int_eq(spay__http2_room(at.h2), 1);
    rig_start(&at, &x[0], "{}");
    ck_assert_int_eq(spay__http2_room(at.h2), 0);
    put_settings(&said, MAX_CONCURRENT_STREAMS, 3);
    ck_assert_int_eq(receive(), SPAY_OK);
    ck_assert_int_eq(spay__http2_room(at.h2), 2);
    rig_start(&at, &x[1], "{}");
    rig_start(&at, &x[2], "{}");
    ck_assert_int_eq(spay__http2_room(at.h2), 0);
    exchange_init(&x[3], "{}");
    ck_assert_int_eq(spay__http2_open(at.h2, &x[3].stream, &x[3].request, &x[3].response),
                     SPAY_E_STATE);
    put_settings(&said, MAX_CONCURRENT_STREAMS, 1);
    ck_assert_int_eq(receive(), SPAY_OK);
    ck_assert_int_eq(spay__http2_room(at.h2), 0);
    for (i = 0; i < 3; i++)
        put_answer(&said, 2 * i + 1);
    ck_assert_int_eq(receive(), SPAY_OK);
    ck_assert_int_eq(spay__http2_room(at.h2), 1);
    put_settings(&said, MAX_CONCURRENT_STREAMS, 0);
    ck_assert_int_eq(receive(), SPAY_OK);
    ck_assert_int_eq(spay__http2_room(at.h2), 0);
    ck_assert(spay__http2_wants_input(at.h2));
    put_settings(&said, MAX_CONCURRENT_STREAMS, UINT32_MAX);
    ck_assert_int_eq(receive(), SPAY_OK);
    ck_assert_int_gt(spay__http2_room(at.h2), 1000000);
    for (i = 0; i < 4; i++)
        exchange_clear(&x[i]);
}
END_TEST

START_TEST(peer_that_names_no_limit_has_none)
{
    reopen();
    put_settings(&said, 0, 0);
    ck_assert_int_eq(receive(), SPAY_OK);
    ck_assert_int_gt(spay__http2_room(at.h2), 1000000);
}
END_TEST

/* Opened, but not sent yet, when the limit falls: it waits. */
START_TEST(stream_beyond_a_new_limit_waits)
{
    exchange first;
    exchange x;

    rig_start(&at, &first, "{}");
    exchange_init(&x, "{}");
    ck_assert_int_eq(spay__http2_open(at.h2, &x.stream, &x.request, &x.response), SPAY_OK);
    put_settings(&said, MAX_CONCURRENT_STREAMS, 1);
    ck_assert_int_eq(receive(), SPAY_OK);
    ck_assert(!x.response.sent);
    put_answer(&said, 1);
    ck_assert_int_eq(receive(), SPAY_OK);
    ck_assert(x.response.sent);
    put_answer(&said, 3);
    ck_assert_int_eq(receive(), SPAY_OK);
    expect_end(&first, SPAY_OK, NULL, true);
    expect_end(&x, SPAY_OK, NULL, true);
    exchange_clear(&first);
    exchange_clear(&x);
}
END_TEST

/* The number of the next stream is nghttp2's, whose session is the first member. */
START_TEST(room_ends_with_the_last_stream_id)
{
    nghttp2_session *session = *(nghttp2_session **)(void *)at.h2;
    exchange x[2];

    put_settings(&said, MAX_CONCURRENT_STREAMS, UINT32_MAX);
    ck_assert_int_eq(receive(), SPAY_OK);
    ck_assert_int_eq(nghttp2_session_set_next_stream_id(session, INT32_MAX - 2), 0);
    ck_assert_int_eq(spay__http2_room(at.h2), 2);
    rig_start(&at, &x[0], "{}");
    ck_assert_int_eq(spay__http2_room(at.h2), 1);
    rig_start(&at, &x[1], "{}");
    ck_assert_int_eq(spay__http2_room(at.h2), 0);
    put_answer(&said, INT32_MAX - 2);
    put_answer(&said, INT32_MAX);
    ck_assert_int_eq(receive(), SPAY_OK);
    expect_end(&x[0], SPAY_OK, NULL, true);
    expect_end(&x[1], SPAY_OK, NULL, true);
    ck_assert_int_eq(spay__http2_room(at.h2), 0);
    exchange_clear(&x[0]);
    exchange_clear(&x[1]);
}
END_TEST

/* ---- violations ---- */

static void say_http_1(bytes *to)
{
    bytes_append(to, BYTES("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"));
}

static void say_data_on_no_stream(bytes *to)
{
    put_data(to, 0, 0, "data");
}

static void say_data_on_idle_stream(bytes *to)
{
    put_data(to, 3, 0, "data");
}

static void say_data_before_headers(bytes *to)
{
    put_data(to, 1, END_STREAM, "data");
}

static void say_headers_on_idle_stream(bytes *to)
{
    put_headers(to, 3, 0, ":status: 200");
}

static void say_headers_on_even_stream(bytes *to)
{
    put_headers(to, 2, 0, ":status: 200");
}

static void say_bad_hpack(bytes *to)
{
    put_frame(to, HEADERS, END_HEADERS, 1, "\xff\xff\xff\xff\xff\xff", 6);
}

static void say_long_frame(bytes *to)
{
    static const char payload[16385];

    put_frame(to, DATA, 0, 1, payload, sizeof(payload));
}

static void say_no_increment(bytes *to)
{
    put_number(to, WINDOW_UPDATE, 0, 0);
}

static void say_too_much_increment(bytes *to)
{
    put_number(to, WINDOW_UPDATE, 0, INT32_MAX);
}

static void say_push_enabled(bytes *to)
{
    put_settings(to, ENABLE_PUSH, 1);
}

static void say_bad_window(bytes *to)
{
    put_settings(to, INITIAL_WINDOW_SIZE, UINT32_MAX);
}

static void say_small_frames(bytes *to)
{
    put_settings(to, MAX_FRAME_SIZE, 100);
}

static void say_half_a_setting(bytes *to)
{
    put_frame(to, SETTINGS, 0, 0, "\0\1\0", 3);
}

static void say_short_ping(bytes *to)
{
    put_frame(to, PING, 0, 0, "1234", 4);
}

static void say_short_reset(bytes *to)
{
    put_frame(to, RST_STREAM, 0, 1, "12", 2);
}

static void say_goaway_for_a_stream(bytes *to)
{
    put_frame(to, GOAWAY, 0, 1, "\0\0\0\0\0\0\0\0", 8);
}

static void say_goaway_upwards(bytes *to)
{
    put_goaway(to, 1, NO_ERROR);
    put_goaway(to, 3, NO_ERROR);
}

static void say_data_among_headers(bytes *to)
{
    put_frame(to, HEADERS, 0, 1,
              "\x08\x03"
              "200",
              5);
    put_data(to, 1, 0, "data");
}

static void say_continuation_alone(bytes *to)
{
    put_frame(to, CONTINUATION, END_HEADERS, 1,
              "\x08\x03"
              "200",
              5);
}

static void say_too_many_continuations(bytes *to)
{
    int i;

    put_frame(to, HEADERS, 0, 1,
              "\x08\x03"
              "200",
              5);
    for (i = 0; i < 100; i++)
        put_frame(to, CONTINUATION, 0, 1, "", 0);
}

static void say_too_much_padding(bytes *to)
{
    put_headers(to, 1, 0, ":status: 200");
    put_frame(to, DATA, PADDED, 1, "\x50padding", 8);
}

static void say_push(bytes *to)
{
    put_frame(to, PUSH_PROMISE, END_HEADERS, 1, "\0\0\0\2\x88", 5);
}

static void say_unexpected_ack(bytes *to)
{
    put_frame(to, SETTINGS, ACK, 0, NULL, 0);
}

typedef void (*speech)(bytes *to);

static const speech violations[] = {
    say_data_on_no_stream,
    say_data_on_idle_stream,
    say_data_before_headers,
    say_headers_on_idle_stream,
    say_headers_on_even_stream,
    say_bad_hpack,
    say_long_frame,
    say_no_increment,
    say_too_much_increment,
    say_push_enabled,
    say_bad_window,
    say_small_frames,
    say_half_a_setting,
    say_short_ping,
    say_short_reset,
    say_goaway_for_a_stream,
    say_goaway_upwards,
    say_data_among_headers,
    say_continuation_alone,
    say_too_many_continuations,
    say_too_much_padding,
    say_push,
    say_unexpected_ack,
    say_http_1,
};

/* The status that input returns, or will return when the answer to the violation has been made. */
static void expect_violation(exchange *x)
{
    int i;

    for (i = 0; i < 2; i++) {
        (void)receive();
        put_frame(&said, PING, 0, 0, "8 octets", 8);
    }
    (void)receive();
    ck_assert_int_eq(spay__http2_input(at.h2, "", 0, 0), SPAY_E_PROTOCOL);
    expect_end(x, SPAY_E_PROTOCOL, "http2_error", true);
    ck_assert_int_eq(spay__http2_room(at.h2), 0);
    ck_assert(!spay__http2_wants_input(at.h2));
    exchange_clear(x);
}

START_TEST(violation_ends_the_connection)
{
    exchange x;

    rig_start(&at, &x, "{}");
    violations[_i](&said);
    expect_violation(&x);
}
END_TEST

START_TEST(violation_byte_by_byte)
{
    exchange x;

    at.step = 1;
    rig_start(&at, &x, "{}");
    violations[_i](&said);
    expect_violation(&x);
}
END_TEST

/* Found later, since nghttp2 tells nobody; but before the answer to it has left. */
START_TEST(violation_after_goaway)
{
    exchange x;

    rig_start(&at, &x, "{}");
    put_goaway(&said, 1, NO_ERROR);
    violations[_i](&said);
    expect_violation(&x);
}
END_TEST

START_TEST(peer_that_does_not_begin_with_settings)
{
    exchange x;

    reopen();
    exchange_init(&x, "{}");
    ck_assert_int_eq(spay__http2_open(at.h2, &x.stream, &x.request, &x.response), SPAY_OK);
    rig_send(&at);
    at.sent.length = 0;
    if (_i)
        say_http_1(&said);
    else
        put_frame(&said, PING, 0, 0, "8 octets", 8);
    ck_assert_int_eq(receive(), SPAY_E_PROTOCOL);
    expect_end(&x, SPAY_E_PROTOCOL, "http2_error", true);
    exchange_clear(&x);
}
END_TEST

/* Before it knows that we want none, a peer may push; it is told then. */
START_TEST(push_is_refused)
{
    exchange x;

    reopen();
    put_settings(&said, MAX_CONCURRENT_STREAMS, 100);
    ck_assert_int_eq(receive(), SPAY_OK);
    at.sent.length = 0;
    rig_start(&at, &x, "{}");
    put_headers(&said, 1, 0, ":status: 201\ncontent-type: application/json");
    put_frame(&said, PUSH_PROMISE, END_HEADERS, 1, "\0\0\0\2\x82\x84\x87", 7);
    put_headers(&said, 2, 0, ":status: 500\nx-pushed: 1");
    put_data(&said, 2, END_STREAM, "pushed");
    put_data(&said, 1, END_STREAM, GOOD_BODY);
    ck_assert_int_eq(receive(), SPAY_OK);
    expect_end(&x, SPAY_OK, NULL, true);
    ck_assert_int_eq(spay_http_response_status(&x.response), 201);
    ck_assert_uint_eq(x.response.header_count, 1);
    ck_assert_str_eq(spay_http_response_body(&x.response, NULL), GOOD_BODY);
    ck_assert_int_eq(reset_code(&at, 2), CANCEL);
    exchange_clear(&x);
}
END_TEST

/* ---- floods: the peer does not read what it asks for ---- */

static void put_ping(bytes *to, int number)
{
    (void)number;
    put_frame(to, PING, 0, 0, "8 octets", 8);
}

static void put_empty_settings(bytes *to, int number)
{
    (void)number;
    put_settings(to, 0, 0);
}

static void put_push(bytes *to, int number)
{
    uint8_t payload[7] = {0, 0, 0, 0, 0x82, 0x84, 0x87};

    payload[2] = (uint8_t)(number >> 7);
    payload[3] = (uint8_t)(number << 1);
    put_frame(to, PUSH_PROMISE, END_HEADERS, 1, payload, sizeof(payload));
}

static void (*const floods[])(bytes *to, int number) = {put_ping, put_empty_settings, put_push};

START_TEST(flood_ends_the_connection)
{
    spay_status status = SPAY_OK;
    exchange x;
    size_t length;
    int i;

    reopen();
    put_settings(&said, 0, 0);
    ck_assert_int_eq(receive(), SPAY_OK);
    rig_start(&at, &x, "{}");
    for (i = 1; i <= 1500 && status == SPAY_OK; i++) {
        said.length = 0;
        floods[_i](&said, i);
        status = spay__http2_input(at.h2, said.data, said.length, 0);
    }
    ck_assert_int_eq(status, SPAY_E_PROTOCOL);
    ck_assert_int_ge(i, 1000);
    ck_assert_int_eq(rig_count_ended(&at), 1);
    expect_end(&x, SPAY_E_PROTOCOL, "http2_flood", true);
    ck_assert_ptr_null(spay__http2_output(at.h2, &length));
    exchange_clear(&x);
}
END_TEST

START_TEST(a_peer_that_reads_may_ask_for_ever)
{
    int i;

    for (i = 0; i < 5000; i++) {
        put_ping(&said, i);
        put_empty_settings(&said, i);
        ck_assert_int_eq(receive(), SPAY_OK);
        at.sent.length = 0;
    }
    ck_assert(spay__http2_wants_input(at.h2));
}
END_TEST

/* ---- noise ---- */

enum {
    NOISY_STREAMS = 3
};

static void put_noise(bytes *to, uint64_t *random)
{
    int32_t id = (int32_t)(unit_random(random) % 8);
    uint8_t payload[24];
    size_t i;

    for (i = 0; i < sizeof(payload); i++)
        payload[i] =
            (uint8_t)(unit_random(random) % 16 ? unit_random(random) % 4 : unit_random(random));
    switch (unit_random(random) % 8) {
    case 0:
        put_headers(to, id, 0, ":status: 200\nx: y");
        break;
    case 1:
        put_headers(to, id, 0, ":status: 103");
        break;
    case 2:
        put_data(to, id, 0, "data");
        break;
    case 3:
        put_headers(to, id, END_STREAM, "x-trailer: 1");
        break;
    case 4:
        put_number(to, RST_STREAM, id, (uint32_t)(unit_random(random) % 14));
        break;
    default:
        put_frame(to, (int)(unit_random(random) % 11), (int)(unit_random(random) % 256), id,
                  payload, unit_random(random) % sizeof(payload));
    }
}

/* Whatever a peer says, each stream ends once. */
START_TEST(noise_ends_each_stream_once)
{
    uint64_t random = 0x2545f4914f6cdd1du + (uint64_t)_i;
    int round;

    for (round = 0; round < 500; round++) {
        exchange x[NOISY_STREAMS];
        int i;

        close_rig();
        open_rig();
        at.step = (size_t)(unit_random(&random) % 20);
        for (i = 0; i < NOISY_STREAMS; i++)
            rig_start(&at, &x[i], "{}");
        for (i = 0; i < 20; i++) {
            put_noise(&said, &random);
            (void)receive();
        }
        spay__http2_end(at.h2, SPAY_E_NETWORK, "connection_lost", "lost");
        (void)rig_count_ended(&at);
        for (i = 0; i < NOISY_STREAMS; i++) {
            ck_assert_int_eq(x[i].ended, 1);
            exchange_clear(&x[i]);
        }
    }
}
END_TEST

Suite *http2_connection_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("http2_connection", &tests);

    tcase_add_checked_fixture(tests, open_rig, close_rig);
    tcase_add_test(tests, preface_and_settings_come_first);
    tcase_add_test(tests, first_request_waits_for_nothing);
    tcase_add_test(tests, settings_and_pings_are_acknowledged);
    tcase_add_test(tests, silence_makes_no_output);
    tcase_add_test(tests, output_stays_until_it_is_taken);
    tcase_add_test(tests, output_is_the_same_however_it_is_taken);
    tcase_add_test(tests, tiny_window_lets_the_body_pass_slowly);
    tcase_add_test(tests, closed_window_holds_the_body_back);
    tcase_add_test(tests, window_of_the_connection_is_shared);
    tcase_add_test(tests, windows_are_renewed);
    tcase_add_test(tests, peer_that_ignores_the_window_is_reset);
    tcase_add_test(tests, room_is_what_the_peer_allows);
    tcase_add_test(tests, peer_that_names_no_limit_has_none);
    tcase_add_test(tests, stream_beyond_a_new_limit_waits);
    tcase_add_test(tests, room_ends_with_the_last_stream_id);
    tcase_add_loop_test(tests, violation_ends_the_connection, 0, ROWS(violations));
    tcase_add_loop_test(tests, violation_byte_by_byte, 0, ROWS(violations));
    tcase_add_loop_test(tests, violation_after_goaway, 0, ROWS(violations));
    tcase_add_loop_test(tests, peer_that_does_not_begin_with_settings, 0, 2);
    tcase_add_test(tests, push_is_refused);
    tcase_add_loop_test(tests, flood_ends_the_connection, 0, ROWS(floods));
    tcase_add_test(tests, a_peer_that_reads_may_ask_for_ever);
    tcase_add_loop_test(tests, noise_ends_each_stream_once, 0, 4);
    return suite;
}
