/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Dates on the wire, independent of locale and time zone: HTTP dates and ISO 8601.
 */
#ifndef SPAY__DATE_H
#define SPAY__DATE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    SPAY__HTTP_DATE_SIZE = 30 /* "Sun, 06 Nov 1994 08:49:37 GMT" and its NUL */
};

/* Format UNIX seconds as an HTTP date (IMF-fixdate). Years 1970 to 9999; others are clamped. */
void spay__http_date_format(int64_t unix_seconds, char out[SPAY__HTTP_DATE_SIZE]);

/*
 * Read an HTTP date in any of the three forms of RFC 9110. The obsolete two-digit year is placed
 * within the century around now_seconds.
 */
bool spay__http_date_parse(const char *text, int64_t now_seconds, int64_t *unix_seconds);

/*
 * Read "2025-07-02T15:30:00.000+02:00": 0 to 9 digits of fraction, "Z" or an offset
 * ("+02:00", "+0200", "+02"). Left out of builds without a provider that needs it.
 */
bool spay__iso_date_parse(const char *text, int64_t *unix_ms);

#endif
