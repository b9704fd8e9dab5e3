/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The client's side of an HTTP/2 connection, and a peer that is written by hand, frame by frame: it
 * can do what libraries refuse to do.
 */
#ifndef HTTP2_RIG_H
#define HTTP2_RIG_H

#include "unit/unit.h"

#include "http/message.h"
#include "wire/http2.h"

enum {
    DATA = 0,
    HEADERS = 1,
    PRIORITY = 2,
    RST_STREAM = 3,
    SETTINGS = 4,
    PUSH_PROMISE = 5,
    PING = 6,
    GOAWAY = 7,
    WINDOW_UPDATE = 8,
    CONTINUATION = 9
};

enum {
    END_STREAM = 1,
    ACK = 1,
    END_HEADERS = 4,
    PADDED = 8
};

enum {
    NO_ERROR = 0,
    PROTOCOL_ERROR = 1,
    INTERNAL_ERROR = 2,
    FLOW_CONTROL_ERROR = 3,
    STREAM_CLOSED = 5,
    REFUSED_STREAM = 7,
    CANCEL = 8,
    ENHANCE_YOUR_CALM = 11,
    HTTP_1_1_REQUIRED = 13
};

enum {
    ENABLE_PUSH = 2,
    MAX_CONCURRENT_STREAMS = 3,
    INITIAL_WINDOW_SIZE = 4,
    MAX_FRAME_SIZE = 5,
    MAX_HEADER_LIST_SIZE = 6
};

enum {
    PREFACE_LENGTH = 24
};

/* Bytes on the wire; not from the library's allocator, which tests make fail. Zero-initialize. */
typedef struct bytes {
    uint8_t *data;
    size_t length;
    size_t capacity;
} bytes;

void bytes_append(bytes *to, const void *data, size_t length);
void bytes_free(bytes *freed);

/* ---- what the peer says ---- */

void put_frame(bytes *to, int type, int flags, int32_t stream, const void *payload, size_t length);

/* One setting, or none if the id is 0. */
void put_settings(bytes *to, int id, uint32_t value);

/* Lines of "name: value" as HPACK literals; the text ends after the last value. */
void put_headers(bytes *to, int32_t stream, int flags, const char *lines);
void put_fields(bytes *to, const char *lines);

void put_data(bytes *to, int32_t stream, int flags, const char *text);

/* A frame whose payload is one number (RST_STREAM, WINDOW_UPDATE) or two (GOAWAY). */
void put_number(bytes *to, int type, int32_t stream, uint32_t number);
void put_goaway(bytes *to, int32_t last, uint32_t code);

/* A good response: 201, one field, a body. */
#define GOOD_BODY "{\"session\":1}"
void put_answer(bytes *to, int32_t stream);

/* ---- exchanges ---- */

typedef struct exchange {
    spay__http2_stream stream; /* first */
    spay_http_request request;
    spay_http_response response;
    int ended; /* how often; 1 at the end */
} exchange;

/* A POST of a body to https://api.example/v1/sessions, with some fields. */
void exchange_init(exchange *x, const char *body);
void exchange_clear(exchange *x);

/* ---- the connection ---- */

typedef struct rig {
    spay__http2 *h2;
    bytes sent;  /* all that the client has sent */
    size_t step; /* that go in or out at a time; 0: all */
    int64_t now_us;
} rig;

/* Open a connection whose peer allows 100 streams. Nothing of the beginning is left in sent. */
void rig_open(rig *opened);
void rig_close(rig *closed);

/* Open a stream and send what there is. */
void rig_start(rig *at, exchange *x, const char *body);

/* Take the output. */
void rig_send(rig *at);

/* Take what the peer says, which is emptied, and send what follows. Returns the input's status. */
spay_status rig_receive(rig *at, bytes *said);

/* Count the streams that have ended since, in their exchanges. */
int rig_count_ended(rig *at);

/* ---- what the client has sent ---- */

typedef struct wire_frame {
    size_t length;
    int type;
    int flags;
    int32_t stream;
    const uint8_t *payload;
} wire_frame;

/* The frame that begins at *at, which moves on; false at the end. */
bool next_frame(const bytes *sent, size_t *at, wire_frame *out);

/* The last frame of this type and stream; false if there is none. */
bool find_frame(const rig *at, int type, int32_t stream, wire_frame *out);
int count_frames(const rig *at, int type, int32_t stream);

/* The code with which the client has reset a stream; -1 if it has not. */
int reset_code(const rig *at, int32_t stream);

/* How many body bytes of a stream have been sent. */
size_t body_sent(const rig *at, int32_t stream);

uint32_t get_number(const uint8_t *from);

/* ---- expectations ---- */

/* The stream ended once, in this way; reason NULL for none. */
void expect_end(exchange *x, spay_status status, const char *reason, bool sent);
void expect_open(const exchange *x);

#endif
