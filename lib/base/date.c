/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Dates: civil calendar arithmetic and the three parsers. No strftime, no strptime, no locale.
 */
#include "date.h"

#include <string.h>

#include "ascii.h"

static const char day_names[] = "SunMonTueWedThuFriSat";
static const char month_names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

typedef struct civil {
    int year;
    int month; /* 1 to 12 */
    int day;
    int weekday; /* 0 is Sunday; written, never read */
    int hour;
    int minute;
    int second;
} civil;

/*
 * Days since 1970-01-01. The year is taken to begin in March, so that the leap day is its last and
 * the days before a month follow one line (153 days in five months).
 */
static int days_from_civil(int year, int month, int day)
{
    int y = month <= 2 ? year - 1 : year;
    int era = (y >= 0 ? y : y - 399) / 400;
    int year_of_era = y - era * 400;
    int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

/* Years 1970 to 9999; other times are clamped. */
static void civil_from_seconds(int64_t unix_seconds, civil *date)
{
    const int64_t last = 253402300799; /* 9999-12-31 23:59:59 */
    int64_t seconds = unix_seconds < 0 ? 0 : unix_seconds > last ? last : unix_seconds;
    int rest = (int)(seconds % 86400);
    int z = (int)(seconds / 86400) + 719468;
    int era = z / 146097;
    int doe = z - era * 146097;
    int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int mp = (5 * doy + 2) / 153;

    date->day = doy - (153 * mp + 2) / 5 + 1;
    date->month = mp < 10 ? mp + 3 : mp - 9;
    date->year = yoe + era * 400 + (date->month <= 2);
    date->weekday = (z + 3) % 7;
    date->hour = rest / 3600;
    date->minute = rest / 60 % 60;
    date->second = rest % 60;
}

static void put_digits(char *out, int count, int value)
{
    while (count--) {
        out[count] = (char)('0' + value % 10);
        value /= 10;
    }
}

void spay__http_date_format(int64_t unix_seconds, char out[SPAY__HTTP_DATE_SIZE])
{
    civil date;

    civil_from_seconds(unix_seconds, &date);
    memcpy(out, "Ddd, 00 Mmm 0000 00:00:00 GMT", SPAY__HTTP_DATE_SIZE);
    memcpy(out, day_names + date.weekday * 3, 3);
    put_digits(out + 5, 2, date.day);
    memcpy(out + 8, month_names + (date.month - 1) * 3, 3);
    put_digits(out + 12, 4, date.year);
    put_digits(out + 17, 2, date.hour);
    put_digits(out + 20, 2, date.minute);
    put_digits(out + 23, 2, date.second);
}

/* A cursor over the text; ok turns false at the first thing that does not fit. */
typedef struct scan {
    const char *at;
    bool ok;
} scan;

static int take_digits(scan *s, int count)
{
    int value = 0;

    while (s->ok && count--) {
        s->ok = spay__is_digit(*s->at);
        if (s->ok)
            value = value * 10 + (*s->at++ - '0');
    }
    return value;
}

static void take(scan *s, char literal)
{
    s->ok = s->ok && *s->at == literal;
    s->at += s->ok;
}

/* Three letters; whether they are the right ones does not matter. */
static void take_day_name(scan *s)
{
    int i;

    for (i = 0; i < 3; i++) {
        s->ok = s->ok && spay__is_alpha(*s->at);
        s->at += s->ok;
    }
}

/* The same three letters. */
static bool begins_with(const char *text, const char *name)
{
    return text[0] == name[0] && text[1] == name[1] && text[2] == name[2];
}

static int take_month(scan *s)
{
    int month = 0;

    while (s->ok && month < 12 && !begins_with(s->at, month_names + month * 3))
        month++;
    s->ok = s->ok && month < 12;
    if (s->ok)
        s->at += 3;
    return month + 1;
}

/*
 * Reads by a pattern: small letters stand for members of the date, anything else for itself. Days
 * of one digit, before a blank, are seen in the wild.
 */
static void take_pattern(scan *s, const char *pattern, civil *date)
{
    for (; s->ok && *pattern; pattern++) {
        switch (*pattern) {
        case 'y':
            date->year = take_digits(s, 4);
            break;
        case 'm':
            date->month = take_digits(s, 2);
            break;
        case 'n': /* its name */
            date->month = take_month(s);
            break;
        case 'd':
            date->day = take_digits(s, s->at[0] && s->at[1] == ' ' ? 1 : 2);
            break;
        case 'w':
            take_day_name(s);
            break;
        case 'h':
            date->hour = take_digits(s, 2);
            break;
        case 'i':
            date->minute = take_digits(s, 2);
            break;
        case 's':
            date->second = take_digits(s, 2);
            break;
        default:
            take(s, *pattern);
        }
    }
}

static bool civil_is_valid(const civil *date)
{
    static const signed char days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (date->year % 4 == 0 && date->year % 100 != 0) || date->year % 400 == 0;

    return date->month >= 1 && date->month <= 12 && date->day >= 1 &&
           date->day <= days[date->month - 1] && (date->month != 2 || date->day <= 28 + leap) &&
           date->hour <= 23 && date->minute <= 59 && date->second <= 60;
}

static int64_t civil_seconds(const civil *date)
{
    return (int64_t)days_from_civil(date->year, date->month, date->day) * 86400 +
           date->hour * 3600 + date->minute * 60 + date->second;
}

/* The year that ends so, no more than 50 years from now. */
static int full_year(int ending, int64_t now_seconds)
{
    civil now;
    int year;

    civil_from_seconds(now_seconds, &now);
    year = ending + now.year - now.year % 100;
    return year > now.year + 50 ? year - 100 : year < now.year - 49 ? year + 100 : year;
}

/* "Sunday, 06-Nov-94 08:49:37 GMT", from the comma on */
static void scan_rfc850(scan *s, civil *date, int64_t now_seconds)
{
    take_pattern(s, ", d-n-", date);
    date->year = full_year(take_digits(s, 2), now_seconds);
    take_pattern(s, " h:i:s GMT", date);
}

/* "Sun Nov  6 08:49:37 1994" */
static void scan_asctime(scan *s, civil *date)
{
    take_pattern(s, "w n ", date);
    if (s->ok && *s->at == ' ')
        s->at++;
    take_pattern(s, "d h:i:s y", date);
}

bool spay__http_date_parse(const char *text, int64_t now_seconds, int64_t *unix_seconds)
{
    scan s = {text, true};
    civil date = {.year = 0};
    const char *comma = strchr(text, ',');

    if (!comma) {
        scan_asctime(&s, &date);
    } else if (comma == text + 3) {
        take_pattern(&s, "w, d n y h:i:s GMT", &date);
    } else {
        s.at = comma;
        scan_rfc850(&s, &date, now_seconds);
    }
    if (!s.ok || *s.at || !civil_is_valid(&date))
        return false;
    *unix_seconds = civil_seconds(&date);
    return true;
}

#ifndef SPAY_WITHOUT_ISO_DATES

/* ".123456789" as milliseconds */
static int take_fraction(scan *s)
{
    int value = 0;
    int digits = 0;

    take(s, '.');
    for (; s->ok && spay__is_digit(*s->at); s->at++, digits++)
        if (digits < 3)
            value = value * 10 + (*s->at - '0');
    s->ok = s->ok && digits >= 1 && digits <= 9;
    for (; digits < 3; digits++)
        value *= 10;
    return value;
}

/* "Z", "+02:00", "+0200" or "+02", in minutes east */
static int take_offset(scan *s)
{
    int sign = *s->at == '-' ? -1 : 1;
    int hours;
    int minutes = 0;

    if (*s->at == 'Z') {
        s->at++;
        return 0;
    }
    take(s, sign < 0 ? '-' : '+');
    hours = take_digits(s, 2);
    if (s->ok && *s->at) {
        s->at += *s->at == ':';
        minutes = take_digits(s, 2);
    }
    s->ok = s->ok && hours <= 23 && minutes <= 59;
    return sign * (hours * 60 + minutes);
}

bool spay__iso_date_parse(const char *text, int64_t *unix_ms)
{
    scan s = {text, true};
    civil date;
    int fraction = 0;
    int offset;

    take_pattern(&s, "y-m-dTh:i:s", &date);
    if (s.ok && *s.at == '.')
        fraction = take_fraction(&s);
    offset = s.ok ? take_offset(&s) : 0;
    if (!s.ok || *s.at || !civil_is_valid(&date))
        return false;
    *unix_ms = (civil_seconds(&date) - offset * 60) * 1000 + fraction;
    return true;
}

#endif
