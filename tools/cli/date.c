/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * Reading dates, whatever the locale.
 */

#include "date.h"

#include <stdio.h>
#include <string.h>

/* Days since 1970 of a date of the Gregorian calendar. */
static int64_t days_from(int64_t year, int64_t month, int64_t day)
{
    int64_t y = month > 2 ? year : year - 1;
    int64_t m = month > 2 ? month - 3 : month + 9;

    return y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

bool date_parse_http(const char *text, int64_t *ms)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char month[4] = "";
    int day, year, hour, minute, second, length = 0;

    if (sscanf(text, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n", &day, month, &year, &hour,
               &minute, &second, &length) != 6 ||
        length != (int)strlen(text))
        return false;
    const char *found = strlen(month) == 3 ? strstr(months, month) : NULL;
    if (!found || (found - months) % 3 || year < 1970 || day < 1 || day > 31 || hour < 0 ||
        hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
        return false;
    *ms = (days_from(year, (found - months) / 3 + 1, day) * 86400 + hour * 3600 + minute * 60 +
           second) *
          1000;
    return true;
}

/* An offset to UTC at the end of a time; minutes. */
static bool parse_offset(const char *text, int *minutes)
{
    char sign;
    int hour, minute, length = 0;

    *minutes = 0;
    if (!strcmp(text, "Z"))
        return true;
    if (sscanf(text, "%c%2d:%2d%n", &sign, &hour, &minute, &length) != 3 || text[length] ||
        (sign != '+' && sign != '-'))
        return false;
    *minutes = (hour * 60 + minute) * (sign == '-' ? -1 : 1);
    return true;
}

bool date_parse_iso(const char *text, int64_t *ms)
{
    int year, month, day, hour, minute, second, offset, length = 0;

    if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d%n", &year, &month, &day, &hour, &minute, &second,
               &length) != 6 ||
        year < 1970 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 ||
        second > 60)
        return false;
    text += length;
    if (*text == '.')
        text += 1 + strspn(text + 1, "0123456789");
    if (!parse_offset(text, &offset))
        return false;
    *ms = (days_from(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset * 60) *
          1000;
    return true;
}
