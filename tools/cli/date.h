/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * Reading dates, whatever the locale: UNIX time in milliseconds.
 */

#ifndef CLI_DATE_H
#define CLI_DATE_H

#include <stdbool.h>
#include <stdint.h>

/* RFC 9110's IMF-fixdate: "Tue, 03 Mar 2026 09:15:42 GMT", with any weekday. */
bool date_parse_http(const char *text, int64_t *ms);

/* "2026-03-03T11:15:42.512+02:00" or with "Z"; the fraction is left out. */
bool date_parse_iso(const char *text, int64_t *ms);

#endif
