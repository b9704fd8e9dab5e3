/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * HTTP/2 from any peer: frames of any type and content, whole and in pieces, to a connection with
 * three streams. Each stream ends once; one that was not handed out, or that the peer has not
 * processed, does not count as sent.
 *
 * input: size of pieces, then frames: type (and 128 long, 64 of zeros, 32 after its stream was canceled),
 * flags, stream, length, payload
 */
#include "support/input.h"

#ifdef SPAY_WITH_NGHTTP2

#include <stdlib.h>
#include <string.h>

#include "http/message.h"
#include "support/accounts.h"
#include "wire/http2.h"

enum {
    STREAMS = 3,
    FRAME_HEADER = 9
};

typedef struct exchange {
    spay__http2_stream stream; /* first */
    spay_http_response response;
    int opened;
    int ended;
} exchange;

typedef struct rig {
    spay__http2 *h2;
    spay_call *call;
    exchange exchanges[STREAMS];
    int64_t now_us;
    size_t piece;
    int is_deaf; /* what it says is not read */
} rig;

static void open_more(rig *r)
{
    for (int i = 0; i < STREAMS && spay__http2_room(r->h2) > 0; i++) {
        exchange *x = &r->exchanges[i];

        if (!x->opened && spay__http2_open(r->h2, &x->stream, spay_call_request(r->call),
                                           &x->response) == SPAY_OK)
            x->opened = 1;
    }
}

static void send_all(rig *r)
{
    size_t length;

    while (spay__http2_output(r->h2, &length))
        spay__http2_output_taken(r->h2, length);
}

static void collect(rig *r)
{
    spay__http2_stream *stream;

    while ((stream = spay__http2_next_ended(r->h2)) != NULL) {
        exchange *x = (exchange *)(void *)stream;

        REQUIRE(x->opened && !x->ended++);
        REQUIRE(stream->status == SPAY_OK ? x->response.status >= 200 : x->response.reason != NULL);
        REQUIRE(stream->status != SPAY_OK || x->response.sent);
        REQUIRE(!x->response.status || x->response.sent); /* it was answered */
        REQUIRE(x->response.body.length <= SPAY__MAX_BODY);
    }
}

static spay_status receive(rig *r, const uint8_t *data, size_t length)
{
    spay_status status = SPAY_OK;

    while (length && status == SPAY_OK) {
        size_t piece = r->piece && r->piece < length ? r->piece : length;

        status = spay__http2_input(r->h2, data, piece, ++r->now_us);
        data += piece;
        length -= piece;
    }
    if (!r->is_deaf)
        send_all(r);
    collect(r);
    return status;
}

/* The caller wants it no more. */
static void cancel(rig *r, int which)
{
    exchange *x = &r->exchanges[which];

    if (!x->opened || x->ended)
        return;
    spay__http2_cancel(r->h2, &x->stream);
    x->ended = 1;
}

static spay_status receive_frame(rig *r, fuzz_input *input)
{
    uint8_t kind = fuzz_byte(input);
    uint8_t flags = fuzz_byte(input);
    uint8_t stream = fuzz_byte(input) % 8;
    size_t length = (kind & 128 ? 64U : 1U) * fuzz_byte(input);
    size_t given = kind & 64 ? 0 : length < input->size ? length : input->size;
    uint8_t *frame = calloc(1, FRAME_HEADER + length);
    spay_status status;

    REQUIRE(frame);
    if (kind & 32)
        cancel(r, stream % STREAMS);
    frame[1] = (uint8_t)(length >> 8);
    frame[2] = (uint8_t)length;
    frame[3] = (kind & 31) % 12;
    frame[4] = flags;
    frame[8] = stream;
    if (given)
        memcpy(frame + FRAME_HEADER, input->data, given);
    input->data += given;
    input->size -= given;
    status = receive(r, frame, FRAME_HEADER + length);
    free(frame);
    return status;
}

static void open_rig(rig *r, const test_accounts *accounts, uint32_t how)
{
    memset(r, 0, sizeof(*r));
    r->piece = how % 16;
    r->is_deaf = (how & 16) != 0;
    r->h2 = spay__http2_new();
    REQUIRE(r->h2);
    REQUIRE(accounts_new_call(accounts, ACCOUNT_WEPAY, NULL, &r->call, NULL) == SPAY_OK);
    REQUIRE(spay_call_step(r->call) == SPAY_CALL_SEND);
    for (int i = 0; i < STREAMS; i++)
        spay__http_response_init(&r->exchanges[i].response);
    open_more(r);
    send_all(r);
}

/* The connection is lost: what is still open ends now. */
static void close_rig(rig *r)
{
    spay__http2_end(r->h2, SPAY_E_NETWORK, "connection_lost", "closed");
    collect(r);
    for (int i = 0; i < STREAMS; i++) {
        REQUIRE(r->exchanges[i].ended == r->exchanges[i].opened);
        spay__http_response_clear(&r->exchanges[i].response);
    }
    spay__http2_free(r->h2);
    spay_call_free(r->call);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static test_accounts accounts;
    fuzz_input input = {data, size};
    rig r;

    if (!accounts.client)
        REQUIRE(accounts_open(&accounts, NULL));
    open_rig(&r, &accounts, fuzz_byte(&input));
    while (input.size) {
        spay_status status = receive_frame(&r, &input);

        if (status != SPAY_OK) {
            REQUIRE(receive(&r, (const uint8_t *)"x", 1) == status);
            break;
        }
        open_more(&r);
        if (!r.is_deaf)
            send_all(&r);
    }
    close_rig(&r);
    return 0;
}

#else

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    (void)data;
    (void)size;
    return 0;
}

#endif
