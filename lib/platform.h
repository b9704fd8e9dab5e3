/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The machine's own clocks, waiting and random bytes.
 */
#ifndef SPAY__PLATFORM_H
#define SPAY__PLATFORM_H

#include <sessionpay/platform.h>

/* Put the machine's own functions where a hook is NULL. */
void spay__platform_complete(spay_platform *platform);

/* The name of the system that the library was built for, such as "Linux". */
const char *spay__platform_name(void);

#endif
