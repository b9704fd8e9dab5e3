/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Idempotency keys: one per logical call, known before the first attempt.
 */
#ifndef SPAY__IDEMPOTENCY_H
#define SPAY__IDEMPOTENCY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/crypto.h"

enum {
    SPAY__UUID_SIZE = 37,
    SPAY__KEY_SIZE = 256
};

/* Shape 16 bytes as the text of a UUIDv4, in lower case. */
void spay__uuid_format(unsigned char bytes[16], char out[SPAY__UUID_SIZE]);

/* Whether text is a UUIDv4, in either case. */
bool spay__uuid_is_v4(const char *text);

/*
 * Derive the key of an intent: HMAC-SHA-256 under the secret, apart for each provider and for each
 * account, terminal or merchant, which is "" if there is none.
 */
bool spay__key_derive(const spay__hmac *secret, const char *provider, const char *subject,
                      const char *intent, char out[SPAY__UUID_SIZE]);

#endif
