/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * UTF-8, as RFC 3629 defines it.
 */
#ifndef SANDBOX_UTF8_H
#define SANDBOX_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* No overlong form, no surrogate, nothing above U+10FFFF. */
bool utf8_valid(const char *bytes, size_t length);
/* Number of code points in valid UTF-8. */
size_t utf8_length(const char *text);

#endif
