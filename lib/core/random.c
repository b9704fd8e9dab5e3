/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Random bytes in blocks.
 */
#include "random.h"

#include <string.h>

#include "base/crypto.h"

bool spay__random_init(spay__random *random)
{
    random->fork_generation = spay__fork_generation();
    return spay__mutex_init(&random->lock) == 0;
}

void spay__random_clear(spay__random *random)
{
    spay__wipe(random->block, sizeof(random->block));
    spay__mutex_destroy(&random->lock);
}

#ifndef SPAY_WITHOUT_PLATFORM

/* From what is left of the block. false: that is not enough. */
static bool take_left(spay__random *random, void *buffer, size_t length)
{
    bool enough;

    spay__lock(&random->lock);
    if (spay__forked(&random->fork_generation))
        random->left = 0;
    enough = random->left >= length;
    if (enough) {
        random->left -= length;
        memcpy(buffer, random->block + random->left, length);
        spay__wipe(random->block + random->left, length);
    }
    spay__unlock(&random->lock);
    return enough;
}

/* A new block is drawn without the lock: it takes long, and others would wait. */
bool spay__random_take(spay__random *random, void *buffer, size_t length)
{
    unsigned char drawn[SPAY__RANDOM_BLOCK];
    size_t rest = sizeof(drawn) - length;

    if (take_left(random, buffer, length))
        return true;
    if (!spay__random_bytes(drawn, sizeof(drawn)))
        return false;
    memcpy(buffer, drawn + rest, length);
    spay__lock(&random->lock);
    memcpy(random->block, drawn, rest);
    random->left = rest;
    spay__unlock(&random->lock);
    spay__wipe(drawn, sizeof(drawn));
    return true;
}

#else

bool spay__random_take(spay__random *random, void *buffer, size_t length)
{
    (void)random;
    (void)buffer;
    (void)length;
    return false;
}

#endif
