/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Many streams at once against nghttp2's own server, which answers out of order, early, in pieces
 * and with small windows, over a wire that cuts at random.
 */
#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nghttp2/nghttp2.h>

enum {
    CALLS = 800,
    MOST_AT_ONCE = 100,
    LONGEST_BODY = 30000
};

/* What the server knows of a stream. The body that it answers with is the request's number. */
typedef struct served {
    int number;
    size_t received;
    bool answered;
    bool done;
    size_t length; /* of the answer */
    size_t written;
} served;

typedef struct server {
    nghttp2_session *session;
    served streams[CALLS]; /* by id */
    uint64_t random;
    int finished;
} server;

static served *stream_of(server *of, int32_t id)
{
    ck_assert_int_lt(id / 2, CALLS);
    return &of->streams[id / 2];
}

static int below(server *of, int limit)
{
    return (int)(unit_random(&of->random) % (uint64_t)limit);
}

/* Byte i of a body with this number. */
static char byte_of(int number, size_t i)
{
    return (char)('a' + ((size_t)number + i * 7) % 26);
}

/* One assertion for all, since Check notes each in a file. */
static void expect_bytes(const void *data, int number, size_t from, size_t length)
{
    const char *found = data;
    size_t same;

    for (same = 0; same < length && found[same] == byte_of(number, from + same);)
        same++;
    ck_assert_uint_eq(same, length);
}

#define FIELD(name_, value_, length_)                                                              \
    {                                                                                              \
        .name = (uint8_t *)(uintptr_t)(name_), .namelen = sizeof(name_) - 1,                       \
        .value = (uint8_t *)(uintptr_t)(value_), .valuelen = (length_)                             \
    }

static ssize_t write_answer(nghttp2_session *session, int32_t id, uint8_t *out, size_t size,
                            uint32_t *flags, nghttp2_data_source *source, void *ctx)
{
    served *stream = stream_of(ctx, id);
    size_t i;

    (void)source;
    if (size > stream->length - stream->written)
        size = stream->length - stream->written;
    for (i = 0; i < size; i++)
        out[i] = (uint8_t)byte_of(stream->number, stream->written + i);
    stream->written += size;
    if (stream->written < stream->length)
        return (ssize_t)size;
    *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (stream->number % 5 == 0) {
        nghttp2_nv trailer = FIELD("x-trailer", "1", 1);

        *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
        ck_assert_int_eq(nghttp2_submit_trailer(session, id, &trailer, 1), 0);
    }
    return (ssize_t)size;
}

static void submit_answer(server *of, int32_t id)
{
    const nghttp2_data_provider body = {.read_callback = write_answer};
    served *stream = stream_of(of, id);
    char number[16];
    nghttp2_nv fields[] = {FIELD(":status", "201", 3), FIELD("x-number", number, 0)};
    nghttp2_nv interim = FIELD(":status", "103", 3);

    snprintf(number, sizeof(number), "%d", stream->number);
    fields[1].valuelen = strlen(number);
    stream->answered = true;
    stream->length = (size_t)below(of, LONGEST_BODY);
    if (below(of, 4) == 0)
        ck_assert_int_eq(nghttp2_submit_headers(of->session, 0, id, NULL, &interim, 1, NULL), 0);
    ck_assert_int_eq(nghttp2_submit_response(of->session, id, fields, 2, &body), 0);
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_length, const uint8_t *value, size_t value_length, uint8_t flags,
                     void *ctx)
{
    (void)session;
    (void)value_length;
    (void)flags;
    if (name_length == 8 && memcmp(name, "x-number", 8) == 0)
        stream_of(ctx, frame->hd.stream_id)->number = atoi((const char *)value);
    return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *data,
                   size_t length, void *ctx)
{
    served *stream = stream_of(ctx, id);

    (void)session;
    (void)flags;
    expect_bytes(data, stream->number, stream->received, length);
    stream->received += length;
    return 0;
}

/* One request in four is answered as soon as its header is there. */
static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *ctx)
{
    int32_t id = frame->hd.stream_id;
    bool ends = frame->hd.flags & NGHTTP2_FLAG_END_STREAM;

    (void)session;
    if (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA)
        return 0;
    stream_of(ctx, id)->done = ends;
    if (frame->hd.type == NGHTTP2_HEADERS && !ends && below(ctx, 4) == 0)
        submit_answer(ctx, id);
    return 0;
}

static void open_server(server *opened, uint64_t seed)
{
    nghttp2_session_callbacks *callbacks = NULL;
    nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, MOST_AT_ONCE},
                                         {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 0}};

    memset(opened, 0, sizeof(*opened));
    opened->random = seed;
    settings[1].value = (uint32_t)(100 + below(opened, 60000));
    ck_assert_int_eq(nghttp2_session_callbacks_new(&callbacks), 0);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    ck_assert_int_eq(nghttp2_session_server_new(&opened->session, callbacks, opened), 0);
    nghttp2_session_callbacks_del(callbacks);
    ck_assert_int_eq(nghttp2_submit_settings(opened->session, 0, settings, 2), 0);
}

/* Some of the requests that are there, in no order. */
static void answer_some(server *of, int32_t opened)
{
    int32_t id;

    for (id = 1; id < opened; id += 2) {
        served *stream = stream_of(of, id);

        if (stream->done && !stream->answered && below(of, 3) == 0)
            submit_answer(of, id);
    }
}

/* ---- the wire ---- */

typedef struct pipe_ends {
    bytes to_server;
    bytes to_client;
} pipe_ends;

static void drop_front(bytes *from, size_t length)
{
    from->length -= length;
    if (from->length)
        memmove(from->data, from->data + length, from->length);
}

static size_t some_of(server *of, const bytes *from)
{
    size_t length = (size_t)below(of, 5) ? (size_t)below(of, 20000) : (size_t)below(of, 10);

    return length < from->length ? length : from->length;
}

static void move_to_server(server *of, pipe_ends *wire, spay__http2 *h2)
{
    const void *output;
    size_t length;

    output = spay__http2_output(h2, &length);
    if (output && length > (size_t)1 + (size_t)below(of, 20000))
        length = 1 + length / 2;
    if (output) {
        bytes_append(&wire->to_server, output, length);
        spay__http2_output_taken(h2, length);
    }
    length = some_of(of, &wire->to_server);
    ck_assert_int_eq(nghttp2_session_mem_recv(of->session, wire->to_server.data, length),
                     (ssize_t)length);
    drop_front(&wire->to_server, length);
}

static void move_to_client(server *of, pipe_ends *wire, spay__http2 *h2)
{
    const uint8_t *output;
    ssize_t length = nghttp2_session_mem_send(of->session, &output);
    size_t part;

    ck_assert_int_ge(length, 0);
    bytes_append(&wire->to_client, output, (size_t)length);
    part = some_of(of, &wire->to_client);
    ck_assert_int_eq(spay__http2_input(h2, wire->to_client.data, part, 0), SPAY_OK);
    drop_front(&wire->to_client, part);
}

/* ---- the calls ---- */

static void start(server *of, spay__http2 *h2, exchange *x, int number)
{
    static char body[LONGEST_BODY];
    size_t length = (size_t)below(of, below(of, 10) ? 500 : LONGEST_BODY);
    char text[16];
    size_t i;

    for (i = 0; i < length; i++)
        body[i] = byte_of(number, i);
    body[length] = '\0';
    snprintf(text, sizeof(text), "%d", number);
    exchange_init(x, body);
    spay__http_request_add(&x->request, "X-Number", text);
    ck_assert_int_eq(spay__http2_open(h2, &x->stream, &x->request, &x->response), SPAY_OK);
}

static void expect_answer(server *of, exchange *x, int32_t id)
{
    const served *stream = stream_of(of, id);
    const char *number = spay_http_response_header(&x->response, "X-Number");

    expect_end(x, SPAY_OK, NULL, true);
    ck_assert_int_eq(spay_http_response_status(&x->response), 201);
    ck_assert_uint_eq(x->response.header_count, 1);
    ck_assert_int_eq(atoi(number), stream->number);
    ck_assert_uint_eq(x->response.body.length, stream->length);
    expect_bytes(x->response.body.data, stream->number, 0, stream->length);
    exchange_clear(x);
    of->finished++;
}

static void finish_ended(server *of, spay__http2 *h2)
{
    spay__http2_stream *stream;

    while ((stream = spay__http2_next_ended(h2)) != NULL) {
        exchange *x = (exchange *)(void *)stream;

        x->ended++;
        expect_answer(of, x, stream->id);
    }
}

START_TEST(many_streams_get_their_own_answers)
{
    static server peer;
    static exchange calls[CALLS];
    spay__http2 *h2 = spay__http2_new();
    pipe_ends wire = {{NULL, 0, 0}, {NULL, 0, 0}};
    int started = 0;

    open_server(&peer, 0x9e3779b97f4a7c15u + (uint64_t)_i);
    while (peer.finished < CALLS) {
        while (started < CALLS && spay__http2_room(h2) > 0 && below(&peer, 3)) {
            start(&peer, h2, &calls[started], started);
            started++;
            ck_assert_int_le(started - peer.finished, MOST_AT_ONCE);
        }
        move_to_server(&peer, &wire, h2);
        answer_some(&peer, 2 * started);
        move_to_client(&peer, &wire, h2);
        finish_ended(&peer, h2);
    }
    ck_assert(spay__http2_is_idle(h2));
    ck_assert(spay__http2_wants_input(h2));
    nghttp2_session_del(peer.session);
    spay__http2_free(h2);
    bytes_free(&wire.to_server);
    bytes_free(&wire.to_client);
}
END_TEST

Suite *http2_server_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("http2_server", &tests);

    tcase_add_loop_test(tests, many_streams_get_their_own_answers, 0, 4);
    return suite;
}
