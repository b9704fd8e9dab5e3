/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The v1HMAC request signature, checked.
 */
#ifndef SANDBOX_V1HMAC_H
#define SANDBOX_V1HMAC_H

#include "buffer.h"
#include "request.h"

#include <stdbool.h>
#include <stdint.h>

struct v1hmac_key {
    const char *id;
    const char *secret; /* its text is the key: it is not decoded */
};

/* Appends the text that such a request has to sign. */
void v1hmac_string_to_sign(struct buffer *out, const struct request *request);
/* Is the request signed with this key, and dated within window seconds of now? If not, *why is a
 * sentence for whoever has to find the mistake, owned by the caller. */
bool v1hmac_authentic(const struct request *request, const struct v1hmac_key *key, int64_t now,
                      long window, char **why);

#endif
