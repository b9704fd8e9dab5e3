/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What the parsers of dates have in common.
 */
#ifndef SPAY__DATE_SCAN_H
#define SPAY__DATE_SCAN_H

#include <stdbool.h>
#include <stdint.h>

typedef struct spay__date {
    int year;
    int month; /* 1 to 12 */
    int day;
    int weekday; /* 0 is Sunday; told, never asked */
    int hour;
    int minute;
    int second;
} spay__date;

/* A cursor over the text; ok turns false at the first thing that does not fit. */
typedef struct spay__date_scan {
    const char *at;
    bool ok;
} spay__date_scan;

/* Exactly so many digits. */
int spay__date_digits(spay__date_scan *s, int count);

/* This text. */
void spay__date_take(spay__date_scan *s, const char *literal);

/* "08:49:37" */
void spay__date_clock(spay__date_scan *s, spay__date *date);

/* Whether there is such a day and time; the weekday does not count. */
bool spay__date_is_valid(const spay__date *date);

/* UNIX seconds of a valid date in UTC. */
int64_t spay__date_seconds(const spay__date *date);

#endif
