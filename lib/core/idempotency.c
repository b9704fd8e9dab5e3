/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Idempotency keys: random and derived UUIDs.
 */
#include "idempotency.h"

#include <string.h>

#include "base/ascii.h"
#include "base/buffer.h"
#include "base/crypto.h"

void spay__uuid_format(unsigned char bytes[16], char out[SPAY__UUID_SIZE])
{
    const unsigned hyphens = 1u << 4 | 1u << 6 | 1u << 8 | 1u << 10; /* before these bytes */
    char *to = out;
    int i;

    bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40);
    bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
    for (i = 0; i < 16; i++) {
        if (hyphens >> i & 1)
            *to++ = '-';
        *to++ = spay__hex_digits[bytes[i] >> 4];
        *to++ = spay__hex_digits[bytes[i] & 15];
    }
    *to = '\0';
}

bool spay__uuid_is_v4(const char *text)
{
    size_t i;

    if (strlen(text) != SPAY__UUID_SIZE - 1)
        return false;
    for (i = 0; i < SPAY__UUID_SIZE - 1; i++) {
        bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;

        if (hyphen ? text[i] != '-' : spay__hex_value(text[i]) < 0)
            return false;
    }
    return text[14] == '4' && strchr("89abAB", text[19]);
}

bool spay__key_derive(const spay__hmac *secret, const char *provider, const char *subject,
                      const char *intent, char out[SPAY__UUID_SIZE])
{
    unsigned char mac[SPAY__SHA256_SIZE];
    spay__buffer message;
    bool done;

    /* No part holds a NUL byte, so no two triples give the same message. */
    spay__buffer_init(&message, 4096);
    spay__buffer_text(&message, "sessionpay idempotency key 1");
    spay__buffer_byte(&message, '\0');
    spay__buffer_text(&message, provider);
    spay__buffer_byte(&message, '\0');
    spay__buffer_text(&message, subject);
    spay__buffer_byte(&message, '\0');
    done = spay__buffer_text(&message, intent);
    if (done) {
        spay__hmac_make(secret, message.data, message.length, mac);
        spay__uuid_format(mac, out);
    }
    spay__buffer_clear(&message);
    return done;
}
