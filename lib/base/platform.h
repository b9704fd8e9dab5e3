/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The machine's own clocks, waiting and random bytes, unless the build is WITHOUT_PLATFORM.
 */
#ifndef SPAY__PLATFORM_H
#define SPAY__PLATFORM_H

#include <sessionpay/platform.h>

/*
 * Put the machine's own functions where a hook is NULL.
 *
 * Returns NULL, or the hook that is missing: a build WITHOUT_PLATFORM has no functions of its own.
 */
const char *spay__platform_complete(spay_platform *platform);

/* The name of the system that the library was built for, such as "Linux". */
const char *spay__platform_name(void);

#endif
