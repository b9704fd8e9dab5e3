/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Dates: HTTP's three forms and ISO 8601, against the C library's calendar.
 */
#if defined(__linux__) && !defined(_DEFAULT_SOURCE)
#define _DEFAULT_SOURCE /* timegm */
#endif

#include "unit.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/date.h"

enum {
    NOW = 1767225600 /* 2026-01-01 */
};

/* ---- formatting ---- */

typedef struct format_row {
    int64_t seconds;
    const char *text;
} format_row;

static const format_row format_rows[] = {
    {0, "Thu, 01 Jan 1970 00:00:00 GMT"},
    {784111777, "Sun, 06 Nov 1994 08:49:37 GMT"},
    {951782400, "Tue, 29 Feb 2000 00:00:00 GMT"},
    {951868799, "Tue, 29 Feb 2000 23:59:59 GMT"},
    {951868800, "Wed, 01 Mar 2000 00:00:00 GMT"},
    {1709164800, "Thu, 29 Feb 2024 00:00:00 GMT"},
    {1772529342, "Tue, 03 Mar 2026 09:15:42 GMT"},
    {1798761599, "Thu, 31 Dec 2026 23:59:59 GMT"},
    {2147483647, "Tue, 19 Jan 2038 03:14:07 GMT"},
    {2147483648, "Tue, 19 Jan 2038 03:14:08 GMT"},
    {4107542399, "Sun, 28 Feb 2100 23:59:59 GMT"},
    {4107542400, "Mon, 01 Mar 2100 00:00:00 GMT"},
    {253402300799, "Fri, 31 Dec 9999 23:59:59 GMT"},
    {253402300800, "Fri, 31 Dec 9999 23:59:59 GMT"}, /* clamped */
    {INT64_MAX, "Fri, 31 Dec 9999 23:59:59 GMT"},
    {-1, "Thu, 01 Jan 1970 00:00:00 GMT"},
    {INT64_MIN, "Thu, 01 Jan 1970 00:00:00 GMT"},
};

START_TEST(http_date_is_written_as_fixdate)
{
    char text[SPAY__HTTP_DATE_SIZE];

    spay__http_date_format(format_rows[_i].seconds, text);
    ck_assert_str_eq(text, format_rows[_i].text);
}
END_TEST

START_TEST(http_date_ignores_the_locale)
{
    static const char *const locales[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "tr_TR.UTF-8",
                                          "ja_JP.UTF-8", ""};
    char text[SPAY__HTTP_DATE_SIZE];
    int64_t seconds = 0;

    (void)setlocale(LC_ALL, locales[_i]);
    spay__http_date_format(1772529342, text);
    ck_assert_str_eq(text, "Tue, 03 Mar 2026 09:15:42 GMT");
    ck_assert(spay__http_date_parse(text, NOW, &seconds));
    ck_assert_int_eq(seconds, 1772529342);
    (void)setlocale(LC_ALL, "C");
}
END_TEST

/* ---- reading HTTP dates ---- */

typedef struct parse_row {
    const char *text;
    int64_t now;
    int64_t seconds;
} parse_row;

static const parse_row http_rows[] = {
    {"Sun, 06 Nov 1994 08:49:37 GMT", NOW, 784111777},
    {"Sunday, 06-Nov-94 08:49:37 GMT", NOW, 784111777},
    {"Sun Nov  6 08:49:37 1994", NOW, 784111777},
    {"Sun, 6 Nov 1994 08:49:37 GMT", NOW, 784111777},
    {"Sun Nov 16 08:49:37 1994", NOW, 784975777},
    {"Thu, 01 Jan 1970 00:00:00 GMT", NOW, 0},
    {"Wed, 31 Dec 1969 23:59:59 GMT", NOW, -1},
    {"Tue, 29 Feb 2000 12:00:00 GMT", NOW, 951825600},
    {"Thu, 29 Feb 2024 12:00:00 GMT", NOW, 1709208000},
    {"Fri, 31 Dec 9999 23:59:59 GMT", NOW, 253402300799},
    {"Sat, 31 Dec 2016 23:59:60 GMT", NOW, 1483228800}, /* a leap second */
    {"Thursday, 01-Jan-26 00:00:00 GMT", NOW, 1767225600},
    {"Tuesday, 31-Dec-75 23:59:59 GMT", NOW, 3345062399}, /* 49 years ahead */
    {"Friday, 01-Jan-77 00:00:00 GMT", NOW, 220924800},   /* more: 1977 */
    {"Friday, 31-Dec-99 23:59:59 GMT", NOW, 946684799},
    {"Saturday, 01-Jan-00 00:00:00 GMT", 946684799, 946684800}, /* seen in December 1999 */
    {"Friday, 01-Jan-00 00:00:00 GMT", 4102444799, 4102444800}, /* seen in December 2099 */
};

START_TEST(http_date_is_read_in_three_forms)
{
    const parse_row *row = &http_rows[_i];
    int64_t seconds = INT64_MIN;

    ck_assert_msg(spay__http_date_parse(row->text, row->now, &seconds), "%s", row->text);
    ck_assert_msg(seconds == row->seconds, "%s: %lld, not %lld", row->text, (long long)seconds,
                  (long long)row->seconds);
}
END_TEST

static const char *const bad_http_dates[] = {
    "",
    ",",
    "   ,",
    "GMT",
    "Sun",
    "Sun,",
    "Sun, ",
    "Sun, 06",
    "S1n Nov  6 08:49:37 1994",
    "Sun Now  6 08:49:37 1994",
    "Sun, 0x Nov 1994 08:49:37 GMT",
    "1994-11-06T08:49:37Z",
    "784111777",
    "Sun, 06 Nov 1994 08:49:37",
    "Sun, 06 Nov 1994 08:49:37 UTC",
    "Sun, 06 Nov 1994 08:49:37 +0000",
    "Sun, 06 Nov 1994 08:49:37 GMT ",
    "Sun, 06 Nov 1994 08:49:37 GMTX",
    " Sun, 06 Nov 1994 08:49:37 GMT",
    "Sun,16 Nov 1994 08:49:37 GMT",
    "Sun,\t06 Nov 1994 08:49:37 GMT",
    "Sun, 06 nov 1994 08:49:37 GMT",
    "Sun, 06 Nox 1994 08:49:37 GMT",
    "Sun, 06 November 1994 08:49:37 GMT",
    "Sun, 06 11 1994 08:49:37 GMT",
    "Sun, 006 Nov 1994 08:49:37 GMT",
    "Sun, 00 Nov 1994 08:49:37 GMT",
    "Sun, 0 Nov 1994 08:49:37 GMT",
    "Sun, 31 Nov 1994 08:49:37 GMT",
    "Sun, 32 Dec 1994 08:49:37 GMT",
    "Sun, -6 Nov 1994 08:49:37 GMT",
    "Sun, 29 Feb 1900 00:00:00 GMT",
    "Sun, 29 Feb 2023 00:00:00 GMT",
    "Sun, 29 Feb 2100 00:00:00 GMT",
    "Sun, 30 Feb 2024 00:00:00 GMT",
    "Sun, 06 Nov 94 08:49:37 GMT",
    "Sun, 06 Nov 11994 08:49:37 GMT",
    "Sun, 06 Nov 1994 24:00:00 GMT",
    "Sun, 06 Nov 1994 23:60:00 GMT",
    "Sun, 06 Nov 1994 23:59:61 GMT",
    "Sun, 06 Nov 1994 8:49:37 GMT",
    "Sun, 06 Nov 1994 08:49 GMT",
    "Sun, 06 Nov 1994 08.49.37 GMT",
    "Sunday, 06-Nov-1994 08:49:37 GMT",
    "Sunday, 06 Nov 94 08:49:37 GMT",
    "Sunday, 31-Nov-94 08:49:37 GMT",
    "Sunday, 6-Nov-94 08:49:37 GMT",
    "Sunday, 06-Nov-94 08:49:37",
    "Sun Nov  6 08:49:37 94",
    "Sun Nov  6 08:49:37 1994 GMT",
    "Sun Nov 31 08:49:37 1994",
    "Sun Nov  0 08:49:37 1994",
    "Sun Feb 29 08:49:37 2023",
    "Sun Nov",
    "Sun Nov  ",
    "Sun Nov  6",
};

START_TEST(anything_else_is_no_http_date)
{
    int64_t seconds = 42;

    ck_assert_msg(!spay__http_date_parse(bad_http_dates[_i], NOW, &seconds), "\"%s\" read as %lld",
                  bad_http_dates[_i], (long long)seconds);
    ck_assert_int_eq(seconds, 42);
}
END_TEST

START_TEST(every_cut_of_a_date_is_refused)
{
    static const char *const dates[] = {"Sun, 06 Nov 1994 08:49:37 GMT",
                                        "Sunday, 06-Nov-94 08:49:37 GMT",
                                        "Sun Nov  6 08:49:37 1994"};
    char text[40];
    size_t length = strlen(dates[_i]);

    while (length--) {
        int64_t seconds;

        memcpy(text, dates[_i], length);
        text[length] = '\0';
        ck_assert_msg(!spay__http_date_parse(text, NOW, &seconds), "\"%s\"", text);
    }
}
END_TEST

/* ---- against the C library ---- */

static int64_t random_instant(uint64_t *random)
{
    return (int64_t)(unit_random(random) % 253402300800u);
}

static void check_instant(int64_t seconds)
{
    static const char *const forms[] = {"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT",
                                        "%a %b %e %H:%M:%S %Y"};
    char ours[SPAY__HTTP_DATE_SIZE];
    char text[64];
    time_t time = (time_t)seconds;
    struct tm civil;
    size_t form;

    ck_assert_ptr_nonnull(gmtime_r(&time, &civil));
    for (form = 0; form < 3; form++) {
        int64_t read = -1;

        ck_assert_uint_ne(strftime(text, sizeof(text), forms[form], &civil), 0);
        ck_assert_msg(spay__http_date_parse(text, seconds, &read) && read == seconds, "%s: %lld",
                      text, (long long)read);
    }
    ck_assert_uint_ne(strftime(text, sizeof(text), forms[0], &civil), 0);
    spay__http_date_format(seconds, ours);
    ck_assert_str_eq(ours, text);
}

START_TEST(random_instants_agree_with_the_c_library)
{
    uint64_t random = (uint64_t)_i * 7919 + 1;
    int i;

    for (i = 0; i < 2000; i++)
        check_instant(random_instant(&random));
}
END_TEST

START_TEST(each_day_around_leap_days_agrees_with_the_c_library)
{
    static const int years[] = {1972, 1999, 2000, 2001, 2024, 2026, 2038, 2099, 2100, 2400, 9999};
    struct tm civil;
    int64_t start;
    int day;

    memset(&civil, 0, sizeof(civil));
    civil.tm_year = years[_i] - 1900;
    civil.tm_mday = 1;
    start = (int64_t)timegm(&civil);
    for (day = 0; day < 365; day++)
        check_instant(start + (int64_t)day * 86400 + 43201);
}
END_TEST

#ifndef SPAY_WITHOUT_ISO_DATES

/* ---- ISO 8601 ---- */

typedef struct iso_row {
    const char *text;
    int64_t ms;
} iso_row;

static const iso_row iso_rows[] = {
    {"1970-01-01T00:00:00Z", 0},
    {"2025-07-02T15:30:00Z", 1751470200000},
    {"2025-07-02T15:30:00.000Z", 1751470200000},
    {"2025-07-02T15:30:00.5Z", 1751470200500},
    {"2025-07-02T15:30:00.05Z", 1751470200050},
    {"2025-07-02T15:30:00.123Z", 1751470200123},
    {"2025-07-02T15:30:00.1239Z", 1751470200123},
    {"2025-07-02T15:30:00.12345Z", 1751470200123},
    {"2025-07-02T15:30:00.123456Z", 1751470200123},
    {"2025-07-02T15:30:00.1234567Z", 1751470200123},
    {"2025-07-02T15:30:00.12345678Z", 1751470200123},
    {"2025-07-02T15:30:00.999999999Z", 1751470200999},
    {"2025-07-02T15:30:00+00:00", 1751470200000},
    {"2025-07-02T15:30:00-00:00", 1751470200000},
    {"2025-07-02T15:30:00+02:00", 1751463000000},
    {"2025-07-02T15:30:00+0200", 1751463000000},
    {"2025-07-02T15:30:00+02", 1751463000000},
    {"2025-07-02T15:30:00.000-0230", 1751479200000},
    {"2025-07-02T15:30:00-02", 1751477400000},
    {"2025-07-02T15:30:00.250+02:00", 1751463000250},
    {"2025-07-02T15:30:00-05:30", 1751490000000},
    {"2025-07-02T00:00:00+14:00", 1751364000000},
    {"2025-12-31T23:59:59-12:00", 1767268799000},
    {"2025-07-02T15:30:00+23:59", 1751383860000},
    {"2024-02-29T00:00:00Z", 1709164800000},
    {"2000-02-29T00:00:00Z", 951782400000},
    {"2016-12-31T23:59:60Z", 1483228800000},
    {"9999-12-31T23:59:59.999Z", 253402300799999},
};

START_TEST(iso_date_is_read_with_fraction_and_offset)
{
    int64_t ms = INT64_MIN;

    ck_assert_msg(spay__iso_date_parse(iso_rows[_i].text, &ms), "%s", iso_rows[_i].text);
    ck_assert_msg(ms == iso_rows[_i].ms, "%s: %lld", iso_rows[_i].text, (long long)ms);
}
END_TEST

static const char *const bad_iso_dates[] = {
    "",
    "2025",
    "2025-07-02",
    "2025-07-02T15:30:00",
    "2025-07-02T15:30Z",
    "2025-07-02 15:30:00Z",
    "20250702T153000Z",
    "2025-7-2T15:30:00Z",
    "25-07-02T15:30:00Z",
    "+2025-07-02T15:30:00Z",
    "2025-00-02T15:30:00Z",
    "2025-13-02T15:30:00Z",
    "2025-07-00T15:30:00Z",
    "2025-07-32T15:30:00Z",
    "2025-06-31T15:30:00Z",
    "2025-02-29T15:30:00Z",
    "1900-02-29T15:30:00Z",
    "2025-07-02T24:00:00Z",
    "2025-07-02T15:60:00Z",
    "2025-07-02T15:30:61Z",
    "2025-07-02T15:30:00.Z",
    "2025-07-02T15:30:00.1234567890Z",
    "2025-07-02T15:30:00,123Z",
    "2025-07-02T15:30:00.12a3Z",
    "2025-07-02T15:30:00Z ",
    " 2025-07-02T15:30:00Z",
    "2025-07-02T15:30:00ZZ",
    "2025-07-02T15:30:00UTC",
    "2025-07-02T15:30:00+0",
    "2025-07-02T15:30:00+020",
    "2025-07-02T15:30:00+02000",
    "2025-07-02T15:30:00+24",
    "2025-07-02T15:30:00+0260",
    "2025-07-02T15:30:00+02:",
    "2025-07-02T15:30:00+02::00",
    "2025-07-02T15:30:00+2:00",
    "2025-07-02T15:30:00+24:00",
    "2025-07-02T15:30:00+02:60",
    "2025-07-02T15:30:00+02:00Z",
    "2025-07-02T15:30:00+-2:00",
    "2025-07-02T15:30:0",
    "-025-07-02T15:30:00Z",
    "1751470200",
    "null",
};

START_TEST(anything_else_is_no_iso_date)
{
    int64_t ms = 42;

    ck_assert_msg(!spay__iso_date_parse(bad_iso_dates[_i], &ms), "\"%s\" read as %lld",
                  bad_iso_dates[_i], (long long)ms);
    ck_assert_int_eq(ms, 42);
}
END_TEST

static void check_iso_instant(uint64_t *random)
{
    int64_t seconds = random_instant(random);
    int fraction = (int)(unit_random(random) % 1000);
    int hours = (int)(unit_random(random) % 24);
    int minutes = (int)(unit_random(random) % 60);
    bool west = unit_random(random) % 2;
    time_t time = (time_t)seconds;
    int64_t expected = seconds * 1000 + fraction;
    int64_t ms = 0;
    struct tm civil;
    char date[40];
    char text[64];

    ck_assert_ptr_nonnull(gmtime_r(&time, &civil));
    ck_assert_uint_ne(strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &civil), 0);
    (void)snprintf(text, sizeof(text), "%s.%03d%c%02d:%02d", date, fraction, west ? '-' : '+',
                   hours, minutes);
    expected += (west ? 1 : -1) * (int64_t)(hours * 60 + minutes) * 60000;
    ck_assert_msg(spay__iso_date_parse(text, &ms) && ms == expected, "%s: %lld", text,
                  (long long)ms);
}

START_TEST(random_iso_dates_agree_with_the_c_library)
{
    uint64_t random = (uint64_t)_i * 104729 + 3;
    int i;

    for (i = 0; i < 2000; i++)
        check_iso_instant(&random);
}
END_TEST

#endif

Suite *date_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("date", &tests);

    tcase_add_loop_test(tests, http_date_is_written_as_fixdate, 0, ROWS(format_rows));
    tcase_add_loop_test(tests, http_date_ignores_the_locale, 0, 5);
    tcase_add_loop_test(tests, http_date_is_read_in_three_forms, 0, ROWS(http_rows));
    tcase_add_loop_test(tests, anything_else_is_no_http_date, 0, ROWS(bad_http_dates));
    tcase_add_loop_test(tests, every_cut_of_a_date_is_refused, 0, 3);
    tcase_add_loop_test(tests, random_instants_agree_with_the_c_library, 0, 10);
    tcase_add_loop_test(tests, each_day_around_leap_days_agrees_with_the_c_library, 0, 11);
#ifndef SPAY_WITHOUT_ISO_DATES
    tcase_add_loop_test(tests, iso_date_is_read_with_fraction_and_offset, 0, ROWS(iso_rows));
    tcase_add_loop_test(tests, anything_else_is_no_iso_date, 0, ROWS(bad_iso_dates));
    tcase_add_loop_test(tests, random_iso_dates_agree_with_the_c_library, 0, 5);
#endif
    return suite;
}
