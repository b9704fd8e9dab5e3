/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * HTTP/2 on libnghttp2, which does frames, HPACK, flow control and the rules for messages; this
 * file says what they mean for a request. Tested with nghttp2 1.52, 1.64 and 1.70.
 *
 * nghttp2 makes one frame at a time and counts it as sent. Frames are collected, so that the two or
 * more frames of a request leave in one write and one TLS record. The memory for them is allocated
 * with the connection, since a frame that was made must be sent.
 *
 * A stream that has ended or was canceled has no user data in nghttp2 any more, so its callbacks
 * ignore it.
 */
#include "http2.h"

#include <string.h>

#include <nghttp2/nghttp2.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/crypto.h"
#include "http/message.h"
#include "request.h"

enum {
    FRAME_HEADER = 9,                     /* bytes */
    LONGEST_FRAME = FRAME_HEADER + 16384, /* that nghttp2 makes */
    ENOUGH_OUTPUT = 16384,                /* no more frames are collected then */
    CONNECTION_WINDOW = 1 << 20,          /* for all streams together; each has 64 KiB */
    MOST_QUEUED_FRAMES = 1000,            /* not counting those of open streams */
    PSEUDO_FIELDS = 4,                    /* of a request */
    MOST_FIELDS = PSEUDO_FIELDS + SPAY__MAX_REQUEST_HEADERS + 1 /* content-length */
};

static const char malformed[] = "the response is malformed HTTP/2";

/* Where a stream is. */
enum {
    NOWHERE,
    OPEN,
    ENDED
};

typedef struct stream_list {
    spay__http2_stream *first;
    spay__http2_stream *last;
} stream_list;

struct spay__http2 {
    nghttp2_session *session;
    spay__buffer output; /* what is handed out */
    size_t taken;        /* of it */
    stream_list open;
    stream_list ended;
    spay__http2_stream *collected; /* those whose HEADERS are in what is being collected */
    int32_t active;                /* streams that nghttp2 has, forgotten ones included */
    int64_t now_us;
    bool ready;          /* the peer's SETTINGS have come */
    bool going_away;     /* the peer sent GOAWAY */
    bool failed;         /* nghttp2 cannot go on */
    spay_status failure; /* the connection's */
};

/* ---- memory ---- */

/*
 * nghttp2 copies the fields of a request, and keeps what it has made of them until the next frame.
 * Its memory is the library's, and is wiped before it is freed: each block begins with its size.
 */
typedef union block {
    size_t size;
    int64_t integer; /* these are for alignment */
    void *pointer;
    long double number;
} block;

static void *new_block(block *made, size_t size)
{
    if (!made)
        return NULL;
    made->size = size;
    return made + 1;
}

static void *allocate(size_t size, void *ctx)
{
    (void)ctx;
    return size <= SIZE_MAX - sizeof(block)
               ? new_block(spay__alloc_bytes(sizeof(block) + size), size)
               : NULL;
}

static void *allocate_zeroed(size_t count, size_t size, void *ctx)
{
    (void)ctx;
    if (size && count > (SIZE_MAX - sizeof(block)) / size)
        return NULL;
    return new_block(spay__alloc(sizeof(block) + count * size), count * size);
}

static void release(void *memory, void *ctx)
{
    block *freed;

    (void)ctx;
    if (!memory)
        return;
    freed = (block *)memory - 1;
    spay__wipe(memory, freed->size);
    spay__free(freed);
}

static void *reallocate(void *memory, size_t size, void *ctx)
{
    void *moved = allocate(size, ctx);
    size_t old = memory ? ((block *)memory - 1)->size : 0;

    if (!moved)
        return NULL;
    if (old)
        memcpy(moved, memory, old < size ? old : size);
    release(memory, ctx);
    return moved;
}

/* ---- streams ---- */

static void append(stream_list *to, spay__http2_stream *stream)
{
    stream->next = NULL;
    stream->previous = to->last;
    if (to->last)
        to->last->next = stream;
    else
        to->first = stream;
    to->last = stream;
}

static void unlink_stream(stream_list *from, spay__http2_stream *stream)
{
    if (stream->previous)
        stream->previous->next = stream->next;
    else
        from->first = stream->next;
    if (stream->next)
        stream->next->previous = stream->previous;
    else
        from->last = stream->previous;
    stream->next = NULL;
    stream->previous = NULL;
}

/* The stream with this id; NULL if it has ended or was canceled. */
static spay__http2_stream *find(spay__http2 *h2, int32_t id)
{
    return nghttp2_session_get_stream_user_data(h2->session, id);
}

static void forget(spay__http2 *h2, const spay__http2_stream *stream)
{
    (void)nghttp2_session_set_stream_user_data(h2->session, stream->id, NULL);
}

/* Without memory for it nothing is lost: the stream is unknown, so what comes is ignored. */
static void reset(spay__http2 *h2, const spay__http2_stream *stream)
{
    (void)nghttp2_submit_rst_stream(h2->session, NGHTTP2_FLAG_NONE, stream->id, NGHTTP2_CANCEL);
}

static void end_stream(spay__http2 *h2, spay__http2_stream *stream, spay_status status,
                       const char *reason, const char *message)
{
    forget(h2, stream);
    unlink_stream(&h2->open, stream);
    append(&h2->ended, stream);
    stream->place = ENDED;
    stream->status = status;
    if (status != SPAY_OK)
        spay_http_response_set_failure(stream->response, reason, message);
}

/* The response cannot be used, and no more of it is wanted. */
static void refuse(spay__http2 *h2, spay__http2_stream *stream, spay_status status,
                   const char *reason, const char *message)
{
    end_stream(h2, stream, status, reason, message);
    reset(h2, stream);
}

static void refuse_malformed(spay__http2 *h2, spay__http2_stream *stream)
{
    refuse(h2, stream, SPAY_E_PROTOCOL, "malformed_reply", malformed);
}

/* The peer says that it has not processed the request; not if it has begun to answer it. */
static void end_unprocessed(spay__http2 *h2, spay__http2_stream *stream, spay_status status,
                            const char *reason, const char *message)
{
    if (stream->begun) {
        end_stream(h2, stream, SPAY_E_NETWORK, "connection_lost",
                   "the server reset the stream within its response");
        return;
    }
    stream->response->sent = false;
    end_stream(h2, stream, status, reason, message);
}

static void end_all(spay__http2 *h2, spay_status status, const char *reason, const char *message)
{
    bool lost = reason && strcmp(reason, "connection_lost") == 0;

    while (h2->open.first) {
        bool cut = lost && h2->open.first->begun;

        if (status == SPAY_E_TLS)
            h2->open.first->response->sent = false;
        end_stream(h2, h2->open.first, status, cut ? "reply_cut" : reason, message);
    }
}

/* An error of the connection. What was not sent may be sent over another one. */
static void fail(spay__http2 *h2, spay_status status, const char *reason, const char *message)
{
    spay__http2_stream *stream = h2->open.first;

    if (h2->failure == SPAY_OK)
        h2->failure = status;
    while (stream) {
        spay__http2_stream *next = stream->next;

        if (!stream->response->sent && status == SPAY_E_PROTOCOL)
            end_stream(h2, stream, SPAY_E_NETWORK, "connection_lost", message);
        stream = next;
    }
    end_all(h2, status, reason, message);
}

static void fail_protocol(spay__http2 *h2)
{
    fail(h2, SPAY_E_PROTOCOL, "http2_error", "the server violates HTTP/2");
}

/* nghttp2 cannot go on, and the peer is not told. */
static void fail_connection(spay__http2 *h2, ptrdiff_t code)
{
    h2->failed = true;
    if (code == NGHTTP2_ERR_NOMEM)
        fail(h2, SPAY_E_NO_MEMORY, NULL, NULL);
    else if (code == NGHTTP2_ERR_FLOODED)
        fail(h2, SPAY_E_PROTOCOL, "http2_flood", "the server wants more answers than it reads");
    else
        fail_protocol(h2); /* such as too many CONTINUATION frames */
}

/* ---- input ---- */

static int on_begin_frame(nghttp2_session *session, const nghttp2_frame_hd *header, void *ctx)
{
    spay__http2 *h2 = ctx;
    spay__http2_stream *stream = find(h2, header->stream_id);

    (void)session;
    if (!stream)
        return 0;
    stream->bytes_received += FRAME_HEADER;
    if (header->type != NGHTTP2_DATA)
        stream->bytes_received += header->length;
    if (header->type != NGHTTP2_HEADERS || stream->begun)
        return 0;
    stream->begun = true;
    stream->first_byte_us = h2->now_us;
    return 0;
}

/* After a final status come trailers only. */
static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *ctx)
{
    spay__http2_stream *stream = find(ctx, frame->hd.stream_id);

    (void)session;
    if (stream)
        stream->trailing = spay_http_response_status(stream->response) >= 200;
    return 0;
}

/* nghttp2 accepts any three digits except 101. */
static spay_status take_status(spay_http_response *response, const char *digits)
{
    int status = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0');

    response->http_version = 20;
    return spay_http_response_set_status(response, status) == SPAY_OK ? SPAY_OK : SPAY_E_PROTOCOL;
}

static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_length, const uint8_t *value, size_t value_length, uint8_t flags,
                     void *ctx)
{
    spay__http2_stream *stream = find(ctx, frame->hd.stream_id);
    spay_status status;

    (void)session;
    (void)flags;
    if (!stream || stream->trailing)
        return 0;
    if (name[0] == ':')
        status = take_status(stream->response, (const char *)value);
    else
        status = spay__http_response_add(stream->response, (const char *)name, name_length,
                                         (const char *)value, value_length);
    if (status == SPAY_E_LIMIT)
        refuse(ctx, stream, status, "header_too_long",
               "the response's header is longer than 32 KiB or 256 fields");
    else if (status == SPAY_E_PROTOCOL)
        refuse_malformed(ctx, stream);
    else if (status != SPAY_OK)
        refuse(ctx, stream, status, NULL, NULL);
    return 0;
}

/* Some versions of nghttp2 drop a malformed field by default; RFC 9113 has the message refused. */
static int on_invalid_header(nghttp2_session *session, const nghttp2_frame *frame,
                             const uint8_t *name, size_t name_length, const uint8_t *value,
                             size_t value_length, uint8_t flags, void *ctx)
{
    (void)session;
    (void)frame;
    (void)name;
    (void)name_length;
    (void)value;
    (void)value_length;
    (void)flags;
    (void)ctx;
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t id, const uint8_t *bytes,
                   size_t length, void *ctx)
{
    spay__http2_stream *stream = find(ctx, id);
    spay_status status;

    (void)session;
    (void)flags;
    if (!stream)
        return 0;
    stream->bytes_received += length;
    status = spay_http_response_append_body(stream->response, bytes, length);
    if (status == SPAY_E_LIMIT)
        refuse(ctx, stream, status, "body_too_long", "the response's body is longer than 256 KiB");
    else if (status != SPAY_OK)
        refuse(ctx, stream, status, NULL, NULL);
    return 0;
}

/* Success, even if the request is not out completely: the server does not need the rest. */
static void complete(spay__http2 *h2, spay__http2_stream *stream)
{
    stream->unclosed = nghttp2_session_get_stream_local_close(h2->session, stream->id) == 0;
    end_stream(h2, stream, SPAY_OK, NULL, NULL);
}

static void on_reset(spay__http2 *h2, spay__http2_stream *stream, uint32_t code)
{
    if (code == NGHTTP2_REFUSED_STREAM)
        end_unprocessed(h2, stream, SPAY_E_NETWORK, "stream_refused",
                        "the server refused the stream and has not processed the request");
    else if (code == NGHTTP2_HTTP_1_1_REQUIRED)
        end_unprocessed(h2, stream, SPAY_E_PROTOCOL, "http_1_1_required",
                        "the server wants this request over HTTP/1.1");
    else
        end_stream(h2, stream, SPAY_E_NETWORK, "connection_lost", "the server reset the stream");
}

/* Streams above the last one were not processed; those that are not sent yet will not be. */
static void on_goaway(spay__http2 *h2, int32_t last_id)
{
    spay__http2_stream *stream = h2->open.first;

    h2->going_away = true;
    while (stream) {
        spay__http2_stream *next = stream->next;

        if (stream->id > last_id || !stream->response->sent)
            end_unprocessed(h2, stream, SPAY_E_NETWORK, "goaway",
                            "the server takes no more requests over this connection");
        stream = next;
    }
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *ctx)
{
    spay__http2_stream *stream = find(ctx, frame->hd.stream_id);

    (void)session;
    switch (frame->hd.type) {
    case NGHTTP2_DATA:
    case NGHTTP2_HEADERS:
        if (stream && frame->hd.flags & NGHTTP2_FLAG_END_STREAM)
            complete(ctx, stream);
        break;
    case NGHTTP2_RST_STREAM:
        if (stream)
            on_reset(ctx, stream, frame->rst_stream.error_code);
        break;
    case NGHTTP2_SETTINGS:
        ((spay__http2 *)ctx)->ready = true;
        break;
    case NGHTTP2_GOAWAY:
        on_goaway(ctx, frame->goaway.last_stream_id);
        break;
    default:
        break;
    }
    return 0;
}

/* nghttp2 resets the stream by itself. Errors of the connection are found otherwise. */
static int on_invalid_frame(nghttp2_session *session, const nghttp2_frame *frame, int code,
                            void *ctx)
{
    spay__http2_stream *stream = find(ctx, frame->hd.stream_id);

    (void)session;
    if (stream && (code == NGHTTP2_ERR_HTTP_HEADER || code == NGHTTP2_ERR_HTTP_MESSAGING))
        refuse_malformed(ctx, stream);
    return 0;
}

/* ---- output ---- */

static int before_frame(nghttp2_session *session, const nghttp2_frame *frame, void *ctx)
{
    spay__http2 *h2 = ctx;
    spay__http2_stream *stream = find(h2, frame->hd.stream_id);

    (void)session;
    if (frame->hd.type == NGHTTP2_HEADERS && stream) {
        stream->next_collected = h2->collected;
        h2->collected = stream;
    } else if (frame->hd.type == NGHTTP2_GOAWAY) {
        fail_protocol(h2); /* nghttp2 has found an error, and sends GOAWAY for nothing else */
    }
    return 0;
}

/* A stream that has not ended yet was reset by nghttp2, for an error in its response. */
static int on_close(nghttp2_session *session, int32_t id, uint32_t code, void *ctx)
{
    spay__http2 *h2 = ctx;
    spay__http2_stream *stream = find(h2, id);

    (void)session;
    (void)code;
    h2->active--;
    if (stream)
        end_stream(h2, stream, SPAY_E_PROTOCOL, "malformed_reply", malformed);
    return 0;
}

static ssize_t read_body(nghttp2_session *session, int32_t id, uint8_t *out, size_t size,
                         uint32_t *flags, nghttp2_data_source *source, void *ctx)
{
    spay__http2_stream *stream = find(ctx, id);
    size_t length;
    const char *body;

    (void)session;
    (void)source;
    if (!stream)
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    body = spay_http_request_body(stream->request, &length);
    length -= stream->body_sent;
    if (length <= size)
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    else
        length = size;
    memcpy(out, body + stream->body_sent, length);
    stream->body_sent += length;
    return (ssize_t)length;
}

static bool is_pending(const spay__http2 *h2)
{
    return h2->output.length > h2->taken;
}

/* The buffer has room for the longest frame beyond the goal. */
static ssize_t collect_frames(spay__http2 *h2)
{
    ssize_t length = 1;

    while (length > 0 && h2->output.length < ENOUGH_OUTPUT) {
        const uint8_t *frame;

        length = nghttp2_session_mem_send(h2->session, &frame);
        if (length > 0)
            (void)spay__buffer_append(&h2->output, frame, (size_t)length);
    }
    return length;
}

/* What cannot be collected as a whole is not handed out, and no request in it is sent. */
static void collect_output(spay__http2 *h2)
{
    ssize_t result;

    h2->collected = NULL;
    result = collect_frames(h2);
    if (result < 0)
        fail_connection(h2, result);
    for (; !h2->failed && h2->collected; h2->collected = h2->collected->next_collected)
        spay_http_response_mark_sent(h2->collected->response);
}

const void *spay__http2_output(spay__http2 *h2, size_t *length)
{
    *length = 0;
    if (!h2->failed && !is_pending(h2))
        collect_output(h2);
    if (h2->failed || !is_pending(h2))
        return NULL;
    *length = h2->output.length - h2->taken;
    return h2->output.data + h2->taken;
}

void spay__http2_output_taken(spay__http2 *h2, size_t length)
{
    h2->taken += length;
    if (is_pending(h2))
        return;
    spay__buffer_reset(&h2->output);
    h2->taken = 0;
}

/* ---- the connection ---- */

static void set_callbacks(nghttp2_session_callbacks *callbacks)
{
    nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, on_begin_frame);
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks, on_invalid_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks, on_invalid_frame);
    nghttp2_session_callbacks_set_before_frame_send_callback(callbacks, before_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
}

static void set_options(nghttp2_option *option)
{
    nghttp2_option_set_peer_max_concurrent_streams(option, 1); /* until it says how many */
    nghttp2_option_set_max_reserved_remote_streams(option, 0);
    nghttp2_option_set_max_send_header_block_length(option, SPAY__MAX_REQUEST_HEADER_BYTES +
                                                                SPAY__MAX_URL + 4096);
}

/* nghttp2 allocates callbacks and options by itself, and copies them. */
static nghttp2_session *new_session(spay__http2 *h2)
{
    nghttp2_mem memory = {
        .malloc = allocate, .free = release, .calloc = allocate_zeroed, .realloc = reallocate};
    nghttp2_session_callbacks *callbacks = NULL;
    nghttp2_option *option = NULL;
    nghttp2_session *session = NULL;

    if (nghttp2_session_callbacks_new(&callbacks) == 0 && nghttp2_option_new(&option) == 0) {
        set_callbacks(callbacks);
        set_options(option);
        if (nghttp2_session_client_new3(&session, callbacks, h2, option, &memory) != 0)
            session = NULL;
    }
    nghttp2_option_del(option);
    nghttp2_session_callbacks_del(callbacks);
    return session;
}

static bool queue_preface(nghttp2_session *session)
{
    static const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, SPAY__MAX_HEADER_BYTES}};

    return nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings,
                                   sizeof(settings) / sizeof(settings[0])) == 0 &&
           nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0,
                                                 CONNECTION_WINDOW) == 0;
}

spay__http2 *spay__http2_new(void)
{
    spay__http2 *made = spay__alloc(sizeof(*made));

    if (!made)
        return NULL;
    spay__buffer_init(&made->output, ENOUGH_OUTPUT + LONGEST_FRAME);
    spay__buffer_reserve(&made->output, made->output.limit);
    made->session = made->output.capacity ? new_session(made) : NULL;
    if (made->session && queue_preface(made->session))
        return made;
    spay__http2_free(made);
    return NULL;
}

void spay__http2_free(spay__http2 *h2)
{
    if (!h2)
        return;
    if (h2->session)
        nghttp2_session_del(h2->session);
    spay__buffer_clear(&h2->output);
    spay__free(h2);
}

int32_t spay__http2_room(const spay__http2 *h2)
{
    int64_t ids;
    int64_t allowed;

    if (h2->failure != SPAY_OK || !nghttp2_session_check_request_allowed(h2->session))
        return 0;
    ids = ((int64_t)INT32_MAX - nghttp2_session_get_next_stream_id(h2->session)) / 2 + 1;
    allowed =
        nghttp2_session_get_remote_settings(h2->session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
    allowed = (allowed < INT32_MAX ? allowed : INT32_MAX) - h2->active;
    if (allowed > ids)
        allowed = ids;
    return allowed > 0 ? (int32_t)allowed : 0;
}

bool spay__http2_is_ready(const spay__http2 *h2)
{
    return h2->ready;
}

bool spay__http2_is_idle(const spay__http2 *h2)
{
    return !h2->open.first;
}

bool spay__http2_wants_input(const spay__http2 *h2)
{
    return h2->failure == SPAY_OK && nghttp2_session_want_read(h2->session);
}

/* ---- requests ---- */

static nghttp2_nv make_field(const char *name, size_t name_length, const char *value,
                             size_t value_length)
{
    nghttp2_nv made = {.name = (uint8_t *)(uintptr_t)name,
                       .value = (uint8_t *)(uintptr_t)value,
                       .namelen = name_length,
                       .valuelen = value_length,
                       .flags = NGHTTP2_NV_FLAG_NONE};

    return made;
}

#define FIELD(name, value, length) make_field(name, sizeof(name) - 1, value, length)

static void add_pseudo_fields(const spay_http_request *request, nghttp2_nv *fields)
{
    const char *url = spay_http_request_url(request);
    const char *method = spay_http_request_method(request);
    spay__request_target to = {0};

    spay__request_target_parse(url, &to);
    fields[0] = FIELD(":method", method, strlen(method));
    fields[1] = FIELD(":scheme", url, to.scheme_length);
    fields[2] = FIELD(":authority", to.host, to.host_length);
    fields[3] = to.path_length ? FIELD(":path", to.path, to.path_length) : FIELD(":path", "/", 1);
}

/* What belongs to HTTP/1.1, or is said otherwise here. */
static bool is_left_out(const char *name)
{
    static const char *const names[] = {"connection", "content-length",   "host",
                                        "keep-alive", "proxy-connection", "te",
                                        "upgrade",    "transfer-encoding"};
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (spay__equal_ignoring_case(name, names[i]))
            return true;
    return false;
}

/* nghttp2 lower-cases the names in its copy. */
static size_t add_fields(const spay_http_request *request, nghttp2_nv *fields)
{
    size_t added = 0;
    size_t i;

    for (i = 0; i < spay_http_request_header_count(request); i++) {
        const char *name = spay_http_request_header_name(request, i);
        const char *value = spay_http_request_header_value(request, i);

        if (is_left_out(name))
            continue;
        fields[added] = make_field(name, strlen(name), value, strlen(value));
        if (spay_http_request_header_is_secret(request, i))
            fields[added].flags |= NGHTTP2_NV_FLAG_NO_INDEX;
        added++;
    }
    return added;
}

static nghttp2_nv length_field(size_t length, char digits[SPAY__INTEGER_SIZE])
{
    const char *first = spay__integer_text((int64_t)length, digits);

    return FIELD("content-length", first, strlen(first));
}

/* The stream's id, or an error of nghttp2's. */
static int32_t submit(spay__http2 *h2, spay__http2_stream *stream)
{
    const nghttp2_data_provider body = {.read_callback = read_body};
    nghttp2_nv fields[MOST_FIELDS];
    size_t count = PSEUDO_FIELDS;
    size_t body_length;
    char digits[SPAY__INTEGER_SIZE];

    (void)spay_http_request_body(stream->request, &body_length);
    add_pseudo_fields(stream->request, fields);
    count += add_fields(stream->request, fields + PSEUDO_FIELDS);
    fields[count++] = length_field(body_length, digits);
    return nghttp2_submit_request(h2->session, NULL, fields, count, body_length ? &body : NULL,
                                  stream);
}

spay_status spay__http2_open(spay__http2 *h2, spay__http2_stream *stream,
                             const spay_http_request *request, spay_http_response *response)
{
    int32_t id;

    if (spay__http2_room(h2) <= 0)
        return SPAY_E_STATE;
    memset(stream, 0, sizeof(*stream));
    stream->request = request;
    stream->response = response;
    id = submit(h2, stream);
    if (id < 0)
        return id == NGHTTP2_ERR_NOMEM ? SPAY_E_NO_MEMORY : SPAY_E_INTERNAL;
    stream->id = id;
    stream->place = OPEN;
    append(&h2->open, stream);
    h2->active++;
    return SPAY_OK;
}

void spay__http2_cancel(spay__http2 *h2, spay__http2_stream *stream)
{
    if (stream->place == OPEN) {
        forget(h2, stream);
        reset(h2, stream);
        unlink_stream(&h2->open, stream);
    } else if (stream->place == ENDED) {
        unlink_stream(&h2->ended, stream);
    }
    stream->place = NOWHERE;
}

spay__http2_stream *spay__http2_next_ended(spay__http2 *h2)
{
    spay__http2_stream *first = h2->ended.first;

    if (!first)
        return NULL;
    unlink_stream(&h2->ended, first);
    first->place = NOWHERE;
    return first;
}

/* ---- errors of the connection, and its end ---- */

/*
 * Close our side of streams that were answered early; not before all input is read, since a server
 * often closes it by itself right after its answer.
 */
static void close_answered(spay__http2 *h2)
{
    spay__http2_stream *stream;

    for (stream = h2->ended.first; stream; stream = stream->next)
        if (stream->unclosed) {
            stream->unclosed = false;
            if (nghttp2_session_get_stream_local_close(h2->session, stream->id) == 0)
                reset(h2, stream);
        }
}

/* nghttp2 answers an error of the peer with GOAWAY, and takes no request from then on. */
static bool is_violated(spay__http2 *h2)
{
    return !h2->going_away && nghttp2_session_get_next_stream_id(h2->session) <= INT32_MAX &&
           !nghttp2_session_check_request_allowed(h2->session);
}

spay_status spay__http2_input(spay__http2 *h2, const void *bytes, size_t length, int64_t now_us)
{
    ssize_t read;

    if (h2->failure != SPAY_OK)
        return h2->failure;
    h2->now_us = now_us;
    read = nghttp2_session_mem_recv(h2->session, bytes, length);
    if (read < 0)
        fail_connection(h2, read);
    else if (is_violated(h2))
        fail_protocol(h2);
    else if (nghttp2_session_get_outbound_queue_size(h2->session) >
             (size_t)h2->active + MOST_QUEUED_FRAMES)
        fail_connection(h2, NGHTTP2_ERR_FLOODED);
    else
        close_answered(h2);
    return h2->failure;
}

void spay__http2_end(spay__http2 *h2, spay_status why, const char *reason, const char *message)
{
    h2->failed = true;
    if (h2->failure == SPAY_OK)
        h2->failure = why;
    end_all(h2, why, reason, message);
}
