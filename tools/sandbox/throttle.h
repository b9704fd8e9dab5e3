/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * At most so many requests in a sliding window. Safe from any thread.
 */
#ifndef SANDBOX_THROTTLE_H
#define SANDBOX_THROTTLE_H

#include <stdbool.h>

struct throttle;

struct throttle *throttle_new(void);
/* Counts one request; false when it is one too many. A refused request is not counted. */
bool throttle_admit(struct throttle *throttle);
void throttle_clear(struct throttle *throttle);
void throttle_free(struct throttle *throttle);

#endif
