/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The version of the library.
 */
#include <sessionpay/version.h>

const char *spay_version(void)
{
    return SPAY_VERSION_STRING;
}
