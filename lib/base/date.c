/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * HTTP dates, and civil calendar arithmetic. No strftime, no strptime, no locale.
 */
#include "date.h"

#include <string.h>

#include "ascii.h"
#include "date_scan.h"

static const char day_names[] = "SunMonTueWedThuFriSat";
static const char month_names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

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
static void civil_from_seconds(int64_t unix_seconds, spay__date *date)
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
    spay__date date;

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

int spay__date_digits(spay__date_scan *s, int count)
{
    int value = 0;

    while (s->ok && count--) {
        s->ok = spay__is_digit(*s->at);
        if (s->ok)
            value = value * 10 + (*s->at++ - '0');
    }
    return value;
}

void spay__date_take(spay__date_scan *s, const char *literal)
{
    for (; s->ok && *literal; literal++) {
        s->ok = *s->at == *literal;
        s->at += s->ok;
    }
}

/* Three letters; whether they are the right ones does not matter. */
static void take_day_name(spay__date_scan *s)
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

static int take_month(spay__date_scan *s)
{
    int month = 0;

    while (s->ok && month < 12 && !begins_with(s->at, month_names + month * 3))
        month++;
    s->ok = s->ok && month < 12;
    if (s->ok)
        s->at += 3;
    return month + 1;
}

void spay__date_clock(spay__date_scan *s, spay__date *date)
{
    date->hour = spay__date_digits(s, 2);
    spay__date_take(s, ":");
    date->minute = spay__date_digits(s, 2);
    spay__date_take(s, ":");
    date->second = spay__date_digits(s, 2);
}

bool spay__date_is_valid(const spay__date *date)
{
    static const signed char days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (date->year % 4 == 0 && date->year % 100 != 0) || date->year % 400 == 0;

    return date->month >= 1 && date->month <= 12 && date->day >= 1 &&
           date->day <= days[date->month - 1] && (date->month != 2 || date->day <= 28 + leap) &&
           date->hour <= 23 && date->minute <= 59 && date->second <= 60;
}

int64_t spay__date_seconds(const spay__date *date)
{
    return (int64_t)days_from_civil(date->year, date->month, date->day) * 86400 +
           date->hour * 3600 + date->minute * 60 + date->second;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT"; one digit for the day is seen in the wild. */
static void scan_fixdate(spay__date_scan *s, spay__date *date)
{
    take_day_name(s);
    spay__date_take(s, ", ");
    date->day = spay__date_digits(s, s->ok && s->at[0] && s->at[1] == ' ' ? 1 : 2);
    spay__date_take(s, " ");
    date->month = take_month(s);
    spay__date_take(s, " ");
    date->year = spay__date_digits(s, 4);
    spay__date_take(s, " ");
    spay__date_clock(s, date);
    spay__date_take(s, " GMT");
}

/* "Sunday, 06-Nov-94 08:49:37 GMT" */
static void scan_rfc850(spay__date_scan *s, spay__date *date, int64_t now_seconds)
{
    spay__date now;
    int year;

    s->at = strchr(s->at, ',');
    spay__date_take(s, ", ");
    date->day = spay__date_digits(s, 2);
    spay__date_take(s, "-");
    date->month = take_month(s);
    spay__date_take(s, "-");
    year = spay__date_digits(s, 2);
    spay__date_take(s, " ");
    spay__date_clock(s, date);
    spay__date_take(s, " GMT");
    civil_from_seconds(now_seconds, &now);
    year += now.year - now.year % 100;
    date->year = year > now.year + 50 ? year - 100 : year < now.year - 49 ? year + 100 : year;
}

/* "Sun Nov  6 08:49:37 1994" */
static void scan_asctime(spay__date_scan *s, spay__date *date)
{
    take_day_name(s);
    spay__date_take(s, " ");
    date->month = take_month(s);
    spay__date_take(s, " ");
    if (s->ok && *s->at == ' ')
        s->at++;
    date->day = spay__date_digits(s, s->ok && s->at[0] && s->at[1] == ' ' ? 1 : 2);
    spay__date_take(s, " ");
    spay__date_clock(s, date);
    spay__date_take(s, " ");
    date->year = spay__date_digits(s, 4);
}

bool spay__http_date_parse(const char *text, int64_t now_seconds, int64_t *unix_seconds)
{
    spay__date_scan s = {text, true};
    spay__date date = {0, 0, 0, 0, 0, 0, 0};
    const char *comma = strchr(text, ',');

    if (!comma)
        scan_asctime(&s, &date);
    else if (comma == text + 3)
        scan_fixdate(&s, &date);
    else
        scan_rfc850(&s, &date, now_seconds);
    if (!s.ok || *s.at || !spay__date_is_valid(&date))
        return false;
    *unix_seconds = spay__date_seconds(&date);
    return true;
}
