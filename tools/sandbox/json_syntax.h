/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Is this text JSON, exactly as RFC 8259 says?
 */
#ifndef SANDBOX_JSON_SYNTAX_H
#define SANDBOX_JSON_SYNTAX_H

#include <stdbool.h>
#include <stddef.h>

/* One value in valid UTF-8, nothing after it, no \u0000, at most 64 levels deep. */
bool json_syntax_valid(const char *text, size_t length);

#endif
