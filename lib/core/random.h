/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Random bytes of the machine, drawn in blocks: drawing a few costs as much as drawing many.
 */
#ifndef SPAY__RANDOM_H
#define SPAY__RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/thread.h"

enum {
    SPAY__RANDOM_BLOCK = 512
};

/* All members are guarded by the lock. */
typedef struct spay__random {
    spay__mutex lock;
    unsigned char block[SPAY__RANDOM_BLOCK];
    size_t left;
    uint32_t fork_generation;
} spay__random;

/* Zero-initialized. false: the system has no more locks. */
bool spay__random_init(spay__random *random);
void spay__random_clear(spay__random *random);

/* At most a block. No byte is handed out twice, not even after a fork. false: there are none. */
bool spay__random_take(spay__random *random, void *buffer, size_t length);

#endif
