/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Clocks and dates, independent of locale and time zone.
 */
#include "clock.h"

#include <stdio.h>
#include <string.h>

static const char days[7][4] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"}; /* since 1970 */
static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static int64_t read_clock(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_monotonic_ms(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

int64_t clock_monotonic_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

struct timespec clock_monotonic_after(long milliseconds)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += milliseconds / 1000;
    at.tv_nsec += milliseconds % 1000 * 1000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_nsec -= 1000000000;
        at.tv_sec++;
    }
    return at;
}

int64_t clock_wall_ms(void)
{
    return read_clock(CLOCK_REALTIME);
}

static int64_t day_of(int64_t seconds)
{
    return seconds >= 0 ? seconds / 86400 : -((86399 - seconds) / 86400);
}

static const char *weekday(int64_t seconds)
{
    return days[(day_of(seconds) % 7 + 7) % 7];
}

void clock_format_http(char text[CLOCK_TEXT_MAX], int64_t seconds)
{
    time_t time = (time_t)seconds;
    struct tm tm;

    gmtime_r(&time, &tm);
    snprintf(text, CLOCK_TEXT_MAX, "%s, %02d %s %04d %02d:%02d:%02d GMT", weekday(seconds),
             tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

/* Days since 1970-01-01. A year is counted from March, so that the leap day comes last. */
static int64_t days_from_date(int year, int month, int day)
{
    int64_t y = month > 2 ? year : year - 1;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return y * 365 + y / 4 - y / 100 + y / 400 + day_of_year - 719468;
}

static int month_number(const char *name)
{
    for (int i = 0; i < 12; i++) {
        if (strcmp(months[i], name) == 0)
            return i + 1;
    }
    return 0;
}

bool clock_parse_http(const char *text, int64_t *seconds)
{
    char day_name[4], month_name[4], written[CLOCK_TEXT_MAX];
    int day, year, hour, minute, second;

    if (strlen(text) > 29 ||
        sscanf(text, "%3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT", day_name, &day, month_name,
               &year, &hour, &minute, &second) != 7)
        return false;
    int month = month_number(month_name);
    if (month == 0 || year < 1970)
        return false;
    *seconds = days_from_date(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;

    /* Whatever sscanf let pass (31 February, blanks, signs, the wrong weekday) fails here. */
    clock_format_http(written, *seconds);
    if (strcmp(text, written) == 0)
        return true;
    if (written[5] != '0')
        return false;
    memmove(written + 5, written + 6, strlen(written + 6) + 1);
    return strcmp(text, written) == 0;
}

void clock_format_iso(char text[CLOCK_TEXT_MAX], int64_t milliseconds)
{
    time_t time = (time_t)(milliseconds / 1000 + 7200);
    struct tm tm;

    gmtime_r(&time, &tm);
    snprintf(text, CLOCK_TEXT_MAX, "%04d-%02d-%02dT%02d:%02d:%02d.%03d+02:00", tm.tm_year + 1900,
             tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
             (int)(milliseconds % 1000));
}
