/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Random identifiers from OpenSSL's generator.
 */
#include "identifier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/rand.h>

static void random_bytes(unsigned char *bytes, size_t count)
{
    if (RAND_bytes(bytes, (int)count) != 1) {
        fputs("sessionpay-sandbox: no random numbers\n", stderr);
        abort();
    }
}

void identifier_hex(char *text, size_t digits)
{
    for (size_t i = 0; i < digits; i += 2) {
        unsigned char byte;
        random_bytes(&byte, 1);
        snprintf(text + i, 3, "%02x", byte);
    }
}

void identifier_uuid(char uuid[UUID_SIZE])
{
    unsigned char b[16];

    random_bytes(b, sizeof(b));
    b[6] = (unsigned char)((b[6] & 0x0F) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3F) | 0x80);
    snprintf(uuid, UUID_SIZE,
             "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
             b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14],
             b[15]);
}

bool identifier_is_uuid4(const char *text)
{
    static const char shape[] = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";

    if (strlen(text) != sizeof(shape) - 1)
        return false;
    for (size_t i = 0; shape[i]; i++) {
        const char *allowed = shape[i] == 'x'   ? "0123456789abcdefABCDEF"
                              : shape[i] == 'y' ? "89abAB"
                                                : NULL;
        if (allowed ? !strchr(allowed, text[i]) : text[i] != shape[i])
            return false;
    }
    return true;
}
