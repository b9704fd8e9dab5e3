/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The library's decoder for differential.py. A reply arrives in pieces, whose sizes follow from its
 * number: 0 is one piece.
 */
#include <stdint.h>

#include <sessionpay/wire.h>

#include "http/message.h"
#include "wire/frames.h"

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static int32_t decode(spay_http_response *response, const bytes *reply, uint32_t number)
{
    int32_t result = SPAY_DECODE_MORE;
    size_t at = 0;

    while (result == SPAY_DECODE_MORE && at < reply->length) {
        size_t piece = reply->length - at;

        if (number && next_random(&number) % 4)
            piece = 1 + next_random(&number) % piece;
        result = spay_http_response_decode(response, reply->data + at, piece);
        at += piece;
    }
    if (result == SPAY_DECODE_MORE)
        result = spay_http_response_decode_end(response);
    return result == SPAY_DECODE_KEEP && at < reply->length ? SPAY_DECODE_DONE : result;
}

int main(void)
{
    bytes reply;
    unsigned number;

    while (read_frame(&reply, &number)) {
        spay_http_response response;
        int32_t result;

        spay__http_response_init(&response);
        result = decode(&response, &reply, number);
        bytes fields = {response.headers.data, response.headers.length};
        bytes body = {response.body.data, response.body.length};
        print_outcome(result == SPAY_DECODE_KEEP   ? "keep"
                      : result == SPAY_DECODE_DONE ? "close"
                                                   : response.reason,
                      spay_http_response_status(&response), &fields, &body);
        spay__http_response_clear(&response);
        free(reply.data);
    }
    return 0;
}
