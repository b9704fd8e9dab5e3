/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The HTTP/1.1 decoder: any bytes come to the same, whole, byte by byte, and cut in two anywhere. Of what is
 * long only some of the cuts are tried; the first byte of the input says which.
 */
#include <string.h>

#include <sessionpay/wire.h>

#include "http/message.h"
#include "support/input.h"

enum {
    ALL_CUTS = 400,
    SOME_CUTS = 16
};

/* The first piece, then others that are as long as they may be. 0 is all in one. */
static int32_t decode(spay_http_response *response, const uint8_t *data, size_t size, size_t first,
                      size_t longest)
{
    int32_t result = spay_http_response_decode(response, data, 0);
    size_t length = first;
    size_t at = 0;

    while (result == SPAY_DECODE_MORE && at < size) {
        length = !length || size - at < length ? size - at : length;
        result = spay_http_response_decode(response, data + at, length);
        at += length;
        length = longest;
    }
    REQUIRE(response->bytes_received == at);
    if (result == SPAY_DECODE_MORE)
        result = spay_http_response_decode_end(response);
    return result == SPAY_DECODE_KEEP && at < size ? SPAY_DECODE_DONE : result;
}

static void check(const spay_http_response *response, int32_t result)
{
    const char *value = NULL;

    REQUIRE(response->header_count <= SPAY__MAX_HEADERS);
    REQUIRE(response->headers.length <= SPAY__MAX_HEADER_BYTES);
    REQUIRE(response->body.length <= SPAY__MAX_BODY);
    REQUIRE(response->line.length == 0);
    REQUIRE(spay__http_response_keep_alive_ms(response) >= -1);
    REQUIRE(result != SPAY_DECODE_MORE && result != SPAY_E_STATE);
    REQUIRE(result > 0 ? !response->reason && response->status >= 200 : response->reason != NULL);
    while ((value = spay__http_response_next(response, "Connection", value)) != NULL)
        REQUIRE(strlen(value) < SPAY__MAX_HEADER_BYTES);
}

static int is_equal(const spay__buffer *a, const spay__buffer *b)
{
    return a->length == b->length && (!a->length || memcmp(a->data, b->data, a->length) == 0);
}

typedef struct outcome {
    spay_http_response response;
    int32_t result;
} outcome;

static void check_cut(const outcome *whole, const uint8_t *data, size_t size, size_t first,
                      size_t longest)
{
    const spay_http_response *expected = &whole->response;
    spay_http_response cut;

    spay__http_response_init(&cut);
    REQUIRE(decode(&cut, data, size, first, longest) == whole->result);
    check(&cut, whole->result);
    REQUIRE(cut.status == expected->status && is_equal(&cut.headers, &expected->headers) &&
            is_equal(&cut.body, &expected->body));
    REQUIRE(!expected->reason || strcmp(cut.reason, expected->reason) == 0);
    spay__http_response_clear(&cut);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    uint32_t offset = fuzz_byte(&input);
    size_t step = input.size <= ALL_CUTS ? 1 : input.size / SOME_CUTS;
    outcome whole;

    spay__http_response_init(&whole.response);
    whole.result = decode(&whole.response, input.data, input.size, 0, 0);
    check(&whole.response, whole.result);
    check_cut(&whole, input.data, input.size, 1, 1);
    for (size_t at = 1 + offset % step; at < input.size; at += step)
        check_cut(&whole, input.data, input.size, at, 0);
    spay__http_response_clear(&whole.response);
    return 0;
}
