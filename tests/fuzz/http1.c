/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The HTTP/1.1 decoder: any bytes, whole and in pieces, come to the same. The first byte of the
 * input decides about the pieces.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sessionpay/wire.h>

#include "http/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
    if (!condition)
        abort();
}

/* Pieces of at most so many bytes; 0 is all in one. */
static int32_t decode(spay_http_response *response, const uint8_t *data, size_t size, size_t piece)
{
    int32_t result = spay_http_response_decode(response, data, 0);
    size_t at = 0;

    while (result == SPAY_DECODE_MORE && at < size) {
        size_t length = !piece || size - at < piece ? size - at : piece;

        result = spay_http_response_decode(response, data + at, length);
        at += length;
    }
    require(response->bytes_received == at);
    if (result == SPAY_DECODE_MORE)
        result = spay_http_response_decode_end(response);
    return result == SPAY_DECODE_KEEP && at < size ? SPAY_DECODE_DONE : result;
}

static void check(const spay_http_response *response, int32_t result)
{
    const char *value = NULL;

    require(response->header_count <= SPAY__MAX_HEADERS);
    require(response->headers.length <= SPAY__MAX_HEADER_BYTES);
    require(response->body.length <= SPAY__MAX_BODY);
    require(response->line.length == 0);
    require(result != SPAY_DECODE_MORE && result != SPAY_E_STATE);
    require(result > 0 ? !response->reason && response->status >= 200 : response->reason != NULL);
    while ((value = spay__http_response_next(response, "Connection", value)) != NULL)
        require(strlen(value) < SPAY__MAX_HEADER_BYTES);
}

static int is_equal(const spay__buffer *a, const spay__buffer *b)
{
    return a->length == b->length && (!a->length || memcmp(a->data, b->data, a->length) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    spay_http_response whole;
    spay_http_response cut;
    int32_t result;

    if (!size)
        return 0;
    spay__http_response_init(&whole);
    spay__http_response_init(&cut);
    result = decode(&whole, data + 1, size - 1, 0);
    check(&whole, result);
    require(decode(&cut, data + 1, size - 1, 1 + data[0] % 32u) == result);
    check(&cut, result);
    require(cut.status == whole.status && is_equal(&cut.headers, &whole.headers) &&
            is_equal(&cut.body, &whole.body));
    require(!whole.reason || strcmp(cut.reason, whole.reason) == 0);
    spay__http_response_clear(&whole);
    spay__http_response_clear(&cut);
    return 0;
}
