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

static bool take(spay__random *random, void *buffer, size_t length)
{
    if (spay__forked(&random->fork_generation))
        random->left = 0;
    if (random->left < length) {
        if (!spay__random_bytes(random->block, sizeof(random->block)))
            return false;
        random->left = sizeof(random->block);
    }
    random->left -= length;
    memcpy(buffer, random->block + random->left, length);
    spay__wipe(random->block + random->left, length);
    return true;
}

bool spay__random_take(spay__random *random, void *buffer, size_t length)
{
    bool done;

    spay__lock(&random->lock);
    done = take(random, buffer, length);
    spay__unlock(&random->lock);
    return done;
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
