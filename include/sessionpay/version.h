/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The version of the library.
 */
#ifndef SESSIONPAY_VERSION_H
#define SESSIONPAY_VERSION_H

#include <sessionpay/abi.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The version of these headers. spay_version() is the version of the library in the process. */
#define SPAY_VERSION_MAJOR 0
#define SPAY_VERSION_MINOR 1
#define SPAY_VERSION_PATCH 0
#define SPAY_VERSION_STRING "0.1.0"

/**
 * The version of the linked library, such as "0.1.0".
 *
 * @return a constant string; never NULL. Any thread, any time. @static
 * @since 0.1.0
 */
SPAY_API const char *spay_version(void);

#ifdef __cplusplus
}
#endif

#endif
