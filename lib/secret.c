/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Secrets: copy, wipe, free.
 */
#include "secret.h"

#include "alloc.h"
#include "crypto.h"

bool spay__secret_set(spay__secret *secret, const void *bytes, size_t length)
{
    spay__secret old = *secret;
    char *copy = spay__copy(bytes, length);

    if (!copy)
        return false;
    secret->text = copy;
    secret->length = length;
    spay__secret_clear(&old);
    return true;
}

void spay__secret_clear(spay__secret *secret)
{
    if (secret->text)
        spay__wipe(secret->text, secret->length);
    spay__free(secret->text);
    secret->text = NULL;
    secret->length = 0;
}
