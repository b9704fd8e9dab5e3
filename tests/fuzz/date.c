/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Dates of HTTP and ISO 8601: what is read is a time that exists; what is written is read back.
 */
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "support/input.h"

enum {
    NOW = 1767225600 /* 2026-01-01 */
};

static void check_http(const char *text)
{
    char written[SPAY__HTTP_DATE_SIZE];
    int64_t seconds = -1;
    int64_t again = -1;

    if (!spay__http_date_parse(text, NOW, &seconds) || seconds < 0)
        return;
    REQUIRE(seconds <= 253402300799); /* year 9999 */
    spay__http_date_format(seconds, written);
    REQUIRE(strlen(written) == SPAY__HTTP_DATE_SIZE - 1);
    REQUIRE(spay__http_date_parse(written, NOW, &again) && again == seconds);
}

static void check_iso(const char *text)
{
    int64_t ms = -1;

    if (spay__iso_date_parse(text, &ms))
        REQUIRE(ms >= -62135596800000 - 86400000 && ms <= 253402300799999 + 86400000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    char *text = fuzz_text(&input);

    check_http(text);
    check_iso(text);
    free(text);
    return 0;
}
