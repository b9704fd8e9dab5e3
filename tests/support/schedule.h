/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Random fault schedules in virtual time: one call over a network that is slow, lossy and
 * misbehaving, and whether the library kept its promises.
 */
#ifndef SUPPORT_SCHEDULE_H
#define SUPPORT_SCHEDULE_H

#include <stdint.h>

#include "support/accounts.h"

#if ALL_PROVIDERS

/*
 * Play the schedule that a seed gives. Returns NULL, or the first promise that was broken; *kind
 * then names the account that it was made with.
 */
const char *schedule_play(uint64_t seed, const char **kind);

#endif
#endif
