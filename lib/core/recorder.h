/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The flight recorder: a client's last attempts, for a support ticket.
 */
#ifndef SPAY__RECORDER_H
#define SPAY__RECORDER_H

#include <sessionpay/hooks.h>

typedef struct spay__recorder spay__recorder;

/* NULL without memory. */
spay__recorder *spay__recorder_new(size_t capacity);

/* NULL is ignored. */
void spay__recorder_free(spay__recorder *recorder);

void spay__recorder_add(spay__recorder *recorder, const spay_event *event);

/* All entries as one JSON text, oldest first; NULL without memory. */
char *spay__recorder_json(spay__recorder *recorder);

#endif
