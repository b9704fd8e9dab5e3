/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Secrets: copy, share, wipe, free.
 */
#include "secret.h"

#include <string.h>

#include "alloc.h"
#include "crypto.h"
#include "thread.h"

/* What a secret's text points into. */
typedef struct shared_text {
    int32_t references;
    char text[];
} shared_text;

static shared_text *holder_of(const spay__secret *secret)
{
    return (shared_text *)(void *)(secret->text - offsetof(shared_text, text));
}

bool spay__secret_set(spay__secret *secret, const void *bytes, size_t length)
{
    shared_text *made = spay__alloc(sizeof(*made) + length + 1);

    if (!made)
        return false;
    memcpy(made->text, bytes, length);
    made->references = 1;
    spay__secret_clear(secret);
    secret->text = made->text;
    secret->length = length;
    return true;
}

void spay__secret_share(spay__secret *secret, const spay__secret *other)
{
    spay__secret shared = *other;

    (void)SPAY__ATOMIC_ADD(&holder_of(other)->references, 1);
    spay__secret_clear(secret);
    *secret = shared;
}

void spay__secret_clear(spay__secret *secret)
{
    if (secret->text && SPAY__ATOMIC_ADD(&holder_of(secret)->references, -1) == 0) {
        spay__wipe(secret->text, secret->length);
        spay__free(holder_of(secret));
    }
    secret->text = NULL;
    secret->length = 0;
}
