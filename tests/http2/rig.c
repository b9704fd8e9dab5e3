/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The client's side of an HTTP/2 connection, and a peer that is written by hand.
 */
#include "rig.h"

#include <stdlib.h>
#include <string.h>

void bytes_append(bytes *to, const void *data, size_t length)
{
    if (to->length + length > to->capacity) {
        to->capacity = 2 * (to->length + length) + 1024;
        to->data = realloc(to->data, to->capacity);
        ck_assert_ptr_nonnull(to->data);
    }
    if (length)
        memcpy(to->data + to->length, data, length);
    to->length += length;
}

void bytes_free(bytes *freed)
{
    free(freed->data);
    memset(freed, 0, sizeof(*freed));
}

/* ---- what the peer says ---- */

static void put_integer(uint8_t *to, int size, uint32_t number)
{
    while (size-- > 0) {
        to[size] = (uint8_t)number;
        number >>= 8;
    }
}

uint32_t get_number(const uint8_t *from)
{
    return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 | from[3];
}

void put_frame(bytes *to, int type, int flags, int32_t stream, const void *payload, size_t length)
{
    uint8_t head[9];

    put_integer(head, 3, (uint32_t)length);
    head[3] = (uint8_t)type;
    head[4] = (uint8_t)flags;
    put_integer(head + 5, 4, (uint32_t)stream);
    bytes_append(to, head, sizeof(head));
    bytes_append(to, payload, length);
}

void put_settings(bytes *to, int id, uint32_t value)
{
    uint8_t setting[6];

    put_integer(setting, 2, (uint32_t)id);
    put_integer(setting + 2, 4, value);
    put_frame(to, SETTINGS, 0, 0, setting, id ? sizeof(setting) : 0);
}

/* HPACK: a string without Huffman coding, its length as an integer with a prefix of 7 bits. */
static void put_string(bytes *to, const char *text, size_t length)
{
    uint8_t byte = length < 127 ? (uint8_t)length : 127;
    size_t rest = length - byte;

    bytes_append(to, &byte, 1);
    if (byte == 127)
        for (;; rest >>= 7) {
            byte = (uint8_t)(rest & 127) | (rest > 127 ? 128 : 0);
            bytes_append(to, &byte, 1);
            if (rest <= 127)
                break;
        }
    bytes_append(to, text, length);
}

/* Literals without indexing. */
void put_fields(bytes *to, const char *lines)
{
    while (*lines) {
        size_t length = strcspn(lines, "\n");
        const char *colon = strstr(lines + (*lines == ':'), ": ");

        ck_assert(colon && colon < lines + length);
        bytes_append(to, "", 1);
        put_string(to, lines, (size_t)(colon - lines));
        put_string(to, colon + 2, length - (size_t)(colon + 2 - lines));
        lines += length + (lines[length] == '\n');
    }
}

void put_headers(bytes *to, int32_t stream, int flags, const char *lines)
{
    bytes block = {NULL, 0, 0};

    put_fields(&block, lines);
    put_frame(to, HEADERS, END_HEADERS | flags, stream, block.data, block.length);
    bytes_free(&block);
}

void put_data(bytes *to, int32_t stream, int flags, const char *text)
{
    put_frame(to, DATA, flags, stream, text, strlen(text));
}

void put_number(bytes *to, int type, int32_t stream, uint32_t number)
{
    uint8_t payload[4];

    put_integer(payload, 4, number);
    put_frame(to, type, 0, stream, payload, sizeof(payload));
}

void put_goaway(bytes *to, int32_t last, uint32_t code)
{
    uint8_t payload[8];

    put_integer(payload, 4, (uint32_t)last);
    put_integer(payload + 4, 4, code);
    put_frame(to, GOAWAY, 0, 0, payload, sizeof(payload));
}

void put_answer(bytes *to, int32_t stream)
{
    put_headers(to, stream, 0, ":status: 201\ncontent-type: application/json");
    put_data(to, stream, END_STREAM, GOOD_BODY);
}

/* ---- exchanges ---- */

void exchange_init(exchange *x, const char *body)
{
    spay__buffer copy;

    memset(x, 0, sizeof(*x));
    spay__http_response_init(&x->response);
    spay__http_request_set_url(&x->request, "https://api.example:443/v1", "/sessions");
    spay__http_request_add(&x->request, "Content-Type", "application/json");
    spay__http_request_add_secret(&x->request, "App-Token", "hush");
    spay__buffer_init(&copy, SPAY__MAX_REQUEST_BODY);
    spay__buffer_text(&copy, body);
    spay__http_request_take_body(&x->request, &copy);
    ck_assert(!x->request.failed);
}

void exchange_clear(exchange *x)
{
    spay__http_request_clear(&x->request);
    spay__http_response_clear(&x->response);
}

/* ---- the connection ---- */

void rig_open(rig *opened)
{
    bytes said = {NULL, 0, 0};

    memset(opened, 0, sizeof(*opened));
    opened->h2 = spay__http2_new();
    ck_assert_ptr_nonnull(opened->h2);
    put_settings(&said, MAX_CONCURRENT_STREAMS, 100);
    put_frame(&said, SETTINGS, ACK, 0, NULL, 0);
    rig_send(opened);
    ck_assert_int_eq(rig_receive(opened, &said), SPAY_OK);
    bytes_free(&said);
    opened->sent.length = 0;
}

void rig_close(rig *closed)
{
    spay__http2_free(closed->h2);
    bytes_free(&closed->sent);
}

void rig_start(rig *at, exchange *x, const char *body)
{
    exchange_init(x, body);
    ck_assert_int_eq(spay__http2_open(at->h2, &x->stream, &x->request, &x->response), SPAY_OK);
    rig_send(at);
}

void rig_send(rig *at)
{
    const void *output;
    size_t length;

    while ((output = spay__http2_output(at->h2, &length)) != NULL) {
        ck_assert_uint_gt(length, 0);
        if (at->step && length > at->step)
            length = at->step;
        bytes_append(&at->sent, output, length);
        spay__http2_output_taken(at->h2, length);
    }
    ck_assert_uint_eq(length, 0);
}

spay_status rig_receive(rig *at, bytes *said)
{
    spay_status status = SPAY_OK;
    size_t i;

    for (i = 0; i < said->length;) {
        size_t length = at->step ? at->step : said->length;

        if (length > said->length - i)
            length = said->length - i;
        status = spay__http2_input(at->h2, said->data + i, length, at->now_us);
        i += length;
    }
    said->length = 0;
    rig_send(at);
    return status;
}

int rig_count_ended(rig *at)
{
    spay__http2_stream *stream;
    int count = 0;

    for (; (stream = spay__http2_next_ended(at->h2)) != NULL; count++)
        ((exchange *)(void *)stream)->ended++;
    return count;
}

/* ---- what the client has sent ---- */

bool next_frame(const bytes *sent, size_t *at, wire_frame *out)
{
    const uint8_t *head = sent->data + *at;

    if (*at >= sent->length)
        return false;
    ck_assert_uint_ge(sent->length - *at, 9);
    out->length = get_number(head) >> 8;
    out->type = head[3];
    out->flags = head[4];
    out->stream = (int32_t)get_number(head + 5);
    out->payload = head + 9;
    *at += 9 + out->length;
    ck_assert_uint_le(*at, sent->length);
    return true;
}

bool find_frame(const rig *at, int type, int32_t stream, wire_frame *out)
{
    size_t position = 0;
    bool found = false;
    wire_frame next;

    while (next_frame(&at->sent, &position, &next))
        if (next.type == type && next.stream == stream) {
            *out = next;
            found = true;
        }
    return found;
}

int count_frames(const rig *at, int type, int32_t stream)
{
    size_t position = 0;
    int count = 0;
    wire_frame next;

    while (next_frame(&at->sent, &position, &next))
        count += next.type == type && next.stream == stream;
    return count;
}

int reset_code(const rig *at, int32_t stream)
{
    wire_frame found;

    return find_frame(at, RST_STREAM, stream, &found) ? (int)get_number(found.payload) : -1;
}

size_t body_sent(const rig *at, int32_t stream)
{
    size_t position = 0;
    size_t length = 0;
    wire_frame next;

    while (next_frame(&at->sent, &position, &next))
        if (next.type == DATA && next.stream == stream)
            length += next.length;
    return length;
}

/* ---- expectations ---- */

void expect_end(exchange *x, spay_status status, const char *reason, bool sent)
{
    ck_assert_int_eq(x->ended, 1);
    ck_assert_msg(x->stream.status == status, "%s, not %s", spay_status_name(x->stream.status),
                  spay_status_name(status));
    ck_assert_pstr_eq(x->response.reason, reason);
    ck_assert_int_eq(x->response.sent, sent);
}

void expect_open(const exchange *x)
{
    ck_assert_int_eq(x->ended, 0);
}
