/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What time it is, and how times are written.
 */
#ifndef SANDBOX_CLOCK_H
#define SANDBOX_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

enum {
    CLOCK_TEXT_MAX = 96
};

int64_t clock_monotonic_ms(void);
int64_t clock_monotonic_us(void);
/* The time of the monotonic clock that many milliseconds from now. */
struct timespec clock_monotonic_after(long milliseconds);
int64_t clock_wall_ms(void);

/* "Tue, 03 Mar 2026 09:15:42 GMT" */
void clock_format_http(char text[CLOCK_TEXT_MAX], int64_t seconds);
/* Reads that form, also with a one-digit day. The weekday must be the right one. */
bool clock_parse_http(const char *text, int64_t *seconds);
/* "2026-03-03T11:15:42.512+02:00": the same moment in a zone that is not UTC, so that readers
 * that ignore the offset are found out. */
void clock_format_iso(char text[CLOCK_TEXT_MAX], int64_t milliseconds);

#endif
