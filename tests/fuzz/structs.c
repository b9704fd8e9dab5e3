/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Sized structs: of any size and with anything after the known members, a struct is taken as far as
 * it is known, or refused for its size.
 */
#include <stdlib.h>
#include <string.h>

#include "api/options.h"
#include "support/input.h"

enum {
    KNOWN = 64, /* of the library's own */
    FIRST = 24, /* in the first release */
    GROWTH = 4096
};

static int is_zero(const uint8_t *bytes, size_t length)
{
    while (length && !*bytes)
        bytes++, length--;
    return !length;
}

static void check_copied(const uint8_t *given, size_t size, const uint8_t *copy)
{
    size_t known = size < KNOWN ? size : KNOWN;

    REQUIRE(size >= FIRST && (size <= KNOWN || is_zero(given + KNOWN, size - KNOWN)));
    REQUIRE(memcmp(copy + sizeof(size_t), given + sizeof(size_t), known - sizeof(size_t)) == 0);
    REQUIRE(is_zero(copy + known, KNOWN - known));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t copy[KNOWN / 8];
    uint8_t *given;

    if (size < sizeof(size_t))
        return 0;
    given = malloc(size);
    REQUIRE(given);
    memcpy(given, data, size);
    memcpy(given, &size, sizeof(size));
    if (!spay__options_copy(copy, KNOWN, FIRST, given))
        check_copied(given, size, (const uint8_t *)copy);
    else
        REQUIRE(size < FIRST || size - KNOWN > GROWTH || !is_zero(given + KNOWN, size - KNOWN));
    free(given);
    return 0;
}
