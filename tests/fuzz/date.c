/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Dates of HTTP and ISO 8601: what is read is a time that exists; what is written is read back. And how long a
 * server wants us to wait, in numbers and dates.
 *
 * input: a text, then a server's date
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/date.h"
#include "core/retry.h"
#include "http/message.h"
#include "support/input.h"

enum {
    NOW = 1767225600 /* 2026-01-01 */
};

static const int64_t longest_ms = INT64_C(366) * 86400 * 1000;

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
    if (strlen(text) == strlen(written) && text[3] == ',' && strncmp(text + 23, "60", 2) != 0)
        REQUIRE(strncasecmp(text + 5, written + 5, 11) == 0);
}

static void check_iso(const char *text)
{
    int64_t ms = -1;

    if (spay__iso_date_parse(text, &ms))
        REQUIRE(ms >= -62167219200000 - 86400000 && ms <= 253402300799999 + 86400000);
}

static int64_t read_wait(int32_t status, const char *name, const char *value, const char *date)
{
    spay_http_response response;
    int64_t wait;

    spay__http_response_init(&response);
    REQUIRE(spay_http_response_set_status(&response, status) == SPAY_OK);
    if (*date)
        (void)spay_http_response_add_header(&response, "Date", date);
    (void)spay_http_response_add_header(&response, name, value);
    wait = spay__retry_after_ms(&response, NOW * INT64_C(1000));
    spay__http_response_clear(&response);
    return wait;
}

/* Digits alone are so many units, up to a year. Only what is a date can be longer. */
static void check_wait(const char *name, int64_t unit_ms, const char *value, const char *date)
{
    int64_t wait = read_wait(503, name, value, date);
    size_t digits = strspn(value, "0123456789");
    int64_t then = 0;

    REQUIRE(wait >= -1);
    if (*value && !value[digits] && digits < 18) {
        int64_t amount = strtoimax(value, NULL, 10);

        REQUIRE(wait == (amount > longest_ms / unit_ms ? longest_ms : amount * unit_ms));
    } else if (digits < strlen(value) && wait >= 0) {
        REQUIRE(unit_ms == 1000 && spay__http_date_parse(value, NOW, &then));
        REQUIRE(*date || wait == (then > NOW ? (then - NOW) * 1000 : 0));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    char *text = fuzz_text(&input);
    char *date = fuzz_text(&input);

    check_http(text);
    check_iso(text);
    check_wait("Retry-After", 1000, text, date);
    check_wait("x-ms-retry-after-ms", 1, text, date);
    REQUIRE(read_wait(429, "X-RateLimit-Reset", text, date) >= -1);
    free(date);
    free(text);
    return 0;
}
