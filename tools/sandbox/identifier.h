/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Random identifiers.
 */
#ifndef SANDBOX_IDENTIFIER_H
#define SANDBOX_IDENTIFIER_H

#include <stdbool.h>
#include <stddef.h>

enum {
    UUID_SIZE = 37
};

/* Lower-case UUID version 4. */
void identifier_uuid(char uuid[UUID_SIZE]);
/* `digits` lower-case hexadecimal digits, an even number, and a NUL. */
void identifier_hex(char *text, size_t digits);
bool identifier_is_uuid4(const char *text);

#endif
