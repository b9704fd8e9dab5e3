/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * ASCII and UTF-8: the wire's rules, whatever the locale.
 */
#include "unit.h"

#include <ctype.h>
#include <locale.h>
#include <string.h>

#include "base/ascii.h"

/* ---- UTF-8 ---- */

typedef struct utf8_row {
    const char *name;
    const char *bytes;
    size_t length;
    int count; /* -1: not UTF-8 */
} utf8_row;

#define UTF8(name_, bytes_, count_)                                                                \
    {                                                                                              \
        .name = (name_), .bytes = (bytes_), .length = sizeof(bytes_) - 1, .count = (count_)        \
    }

static const utf8_row utf8_rows[] = {
    UTF8("nothing", "", 0),
    UTF8("ASCII", "abc", 3),
    UTF8("NUL inside", "a\0b", 3),
    UTF8("U+007F", "\x7f", 1),
    UTF8("U+0080", "\xc2\x80", 1),
    UTF8("U+07FF", "\xdf\xbf", 1),
    UTF8("U+0800", "\xe0\xa0\x80", 1),
    UTF8("U+D7FF, below the surrogates", "\xed\x9f\xbf", 1),
    UTF8("U+E000, above the surrogates", "\xee\x80\x80", 1),
    UTF8("U+FFFF", "\xef\xbf\xbf", 1),
    UTF8("U+10000", "\xf0\x90\x80\x80", 1),
    UTF8("U+10FFFF", "\xf4\x8f\xbf\xbf", 1),
    UTF8("one of each length", "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", 4),
    UTF8("byte order mark counts", "\xef\xbb\xbf", 1),
    UTF8("lone continuation byte", "\x80", -1),
    UTF8("last continuation byte alone", "\xbf", -1),
    UTF8("overlong slash, 2 bytes", "\xc0\xaf", -1),
    UTF8("overlong U+007F, 2 bytes", "\xc1\xbf", -1),
    UTF8("overlong NUL, 2 bytes", "\xc0\x80", -1),
    UTF8("overlong slash, 3 bytes", "\xe0\x80\xaf", -1),
    UTF8("overlong U+07FF, 3 bytes", "\xe0\x9f\xbf", -1),
    UTF8("overlong slash, 4 bytes", "\xf0\x80\x80\xaf", -1),
    UTF8("overlong U+FFFF, 4 bytes", "\xf0\x8f\xbf\xbf", -1),
    UTF8("first surrogate", "\xed\xa0\x80", -1),
    UTF8("last surrogate", "\xed\xbf\xbf", -1),
    UTF8("surrogate pair (CESU-8)", "\xed\xa0\xbd\xed\xb8\x80", -1),
    UTF8("U+110000", "\xf4\x90\x80\x80", -1),
    UTF8("F5 begins nothing", "\xf5\x80\x80\x80", -1),
    UTF8("5 byte form", "\xf8\x88\x80\x80\x80", -1),
    UTF8("6 byte form", "\xfc\x84\x80\x80\x80\x80", -1),
    UTF8("FE", "\xfe", -1),
    UTF8("FF", "\xff", -1),
    UTF8("2 bytes cut after 1", "\xc3", -1),
    UTF8("3 bytes cut after 2", "\xe2\x82", -1),
    UTF8("4 bytes cut after 3", "\xf0\x9f\x98", -1),
    UTF8("ASCII where a continuation belongs", "\xc3\x28", -1),
    UTF8("second continuation is ASCII", "\xe2\x82\x28", -1),
    UTF8("third continuation is a lead", "\xf0\x9f\x98\xc3", -1),
    UTF8("good, then bad", "\xc3\xa4\xff", -1),
    UTF8("ISO 8859-1 text", "caf\xe9", -1),
};

START_TEST(utf8_is_read_strictly)
{
    const utf8_row *row = &utf8_rows[_i];
    size_t count = 99;
    bool good = spay__utf8_count(row->bytes, row->length, &count);

    ck_assert_msg(good == (row->count >= 0), "%s", row->name);
    if (good)
        ck_assert_msg(count == (size_t)row->count, "%s: %zu", row->name, count);
}
END_TEST

static size_t encode(uint32_t point, char out[4])
{
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    if (point < 0x800) {
        out[0] = (char)(0xc0 | point >> 6);
        out[1] = (char)(0x80 | (point & 0x3f));
        return 2;
    }
    if (point < 0x10000) {
        out[0] = (char)(0xe0 | point >> 12);
        out[1] = (char)(0x80 | (point >> 6 & 0x3f));
        out[2] = (char)(0x80 | (point & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | point >> 18);
    out[1] = (char)(0x80 | (point >> 12 & 0x3f));
    out[2] = (char)(0x80 | (point >> 6 & 0x3f));
    out[3] = (char)(0x80 | (point & 0x3f));
    return 4;
}

START_TEST(every_code_point_but_surrogates_is_one)
{
    uint32_t point;

    for (point = 0; point <= 0x10ffff; point++) {
        bool surrogate = point >= 0xd800 && point <= 0xdfff;
        char bytes[4];
        size_t count = 0;
        bool good = spay__utf8_count(bytes, encode(point, bytes), &count);

        if (good == surrogate || (good && count != 1))
            ck_abort_msg("U+%04X", (unsigned)point);
    }
}
END_TEST

/* ---- single characters ---- */

static bool is_one_of(int c, const char *set)
{
    return c && strchr(set, c);
}

static void check_classes(const char *locale)
{
    static const char upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    static const char lower[] = "abcdefghijklmnopqrstuvwxyz";
    int i;

    for (i = 0; i < 256; i++) {
        char c = (char)i;
        char expected = is_one_of(i, upper) ? lower[strchr(upper, i) - upper] : c;

        ck_assert_msg(spay__is_digit(c) == is_one_of(i, "0123456789"), "%s: %02x", locale, i);
        ck_assert_msg(spay__is_alpha(c) == (is_one_of(i, upper) || is_one_of(i, lower)), "%s: %02x",
                      locale, i);
        ck_assert_msg(spay__to_lower(c) == expected, "%s: %02x", locale, i);
        ck_assert_msg(spay__is_control(c) == (i < 0x20 || i == 0x7f), "%s: %02x", locale, i);
        ck_assert_msg(spay__is_visible(c) == (i > 0x20 && i < 0x7f), "%s: %02x", locale, i);
    }
}

/* Locales where ctype.h answers otherwise; those that the machine lacks are the C locale again. */
static const char *const locales[] = {
    "C", "C.UTF-8", "tr_TR.UTF-8", "tr_TR.ISO8859-9", "de_DE.ISO8859-1", "ja_JP.SJIS", ""};

START_TEST(characters_are_classed_alike_in_every_locale)
{
    (void)setlocale(LC_ALL, locales[_i]);
    check_classes(locales[_i]);
    ck_assert(spay__equal_ignoring_case("X-GCS-ServerMetaInfo", "x-gcs-servermetainfo"));
    (void)setlocale(LC_ALL, "C");
}
END_TEST

START_TEST(hex_digits_have_their_value)
{
    static const char digits[] = "0123456789abcdef";
    int i;

    for (i = 0; i < 256; i++) {
        char c = (char)i;
        const char *found = i < 0x80 && i ? strchr(digits, tolower(i)) : NULL;

        ck_assert_msg(spay__hex_value(c) == (found ? (int)(found - digits) : -1), "%02x", i);
    }
}
END_TEST

/* ---- comparing ---- */

typedef struct pair_row {
    const char *a;
    const char *b;
    bool equal;
    bool starts; /* a begins with b */
} pair_row;

static const pair_row pair_rows[] = {
    {.a = "", .b = "", .equal = true, .starts = true},
    {.a = "a", .b = "", .starts = true},
    {.a = "", .b = "a"},
    {.a = "Content-Type", .b = "content-type", .equal = true, .starts = true},
    {.a = "CONTENT-TYPE", .b = "content-type", .equal = true, .starts = true},
    {.a = "Content-Type2", .b = "content-type", .starts = true},
    {.a = "Content-Typ", .b = "content-type"},
    {.a = "x-gcs-a", .b = "X-GCS", .starts = true},
    {.a = "xx-gcs", .b = "x-gcs"},
    {.a = "[", .b = "{"}, /* 0x20 apart, as letters are */
    {.a = "@", .b = "`"},
    {.a = "\xc3\x84", .b = "\xc3\xa4"}, /* A and a with diaeresis */
    {.a = "\xc4\xb0", .b = "i"},        /* I with a dot */
    {.a = "I", .b = "\xc4\xb1"},        /* i without a dot */
};

START_TEST(only_ascii_letters_ignore_case)
{
    const pair_row *row = &pair_rows[_i];

    ck_assert_msg(spay__equal_ignoring_case(row->a, row->b) == row->equal, "\"%s\" and \"%s\"",
                  row->a, row->b);
    ck_assert_msg(spay__starts_with_ignoring_case(row->a, row->b) == row->starts,
                  "\"%s\" and \"%s\"", row->a, row->b);
}
END_TEST

static const struct integer_row {
    int64_t number;
    const char *text;
} integer_rows[] = {
    {0, "0"},
    {7, "7"},
    {-1, "-1"},
    {1767225600000, "1767225600000"},
    {INT64_MAX, "9223372036854775807"},
    {INT64_MIN, "-9223372036854775808"},
};

START_TEST(integers_are_written_in_full)
{
    char text[SPAY__INTEGER_SIZE];

    ck_assert_str_eq(spay__integer_text(integer_rows[_i].number, text), integer_rows[_i].text);
}
END_TEST

static const struct line_row {
    const char *text;
    const char *line;
} line_rows[] = {
    {"", ""},
    {"plain", "plain"},
    {"a\r\n\tb\x7f", "a   b "},
    {"\xc3\xbc \xe2\x82\xac \xf0\x9f\x98\x80", "\xc3\xbc \xe2\x82\xac \xf0\x9f\x98\x80"},
    {"a\xff"
     "b",
     "a?b"},
    {"\xc3", ""},
    {"a\xe2\x82", "a"},
    {"a\xe2\x82 b", "a?? b"},
    {"a\xf0(", "a?("},
    {"\xf0\x9f\x98", ""},
    {"\xc0\x80", "??"},
    {"\xed\xa0\x80", "???"},
    {"\x80\x80\x80", "???"},
    {"\xf5\x80\x80\x80", "????"},
};

START_TEST(any_bytes_become_a_line_of_utf8)
{
    char text[32];
    size_t count;

    memcpy(text, line_rows[_i].text, strlen(line_rows[_i].text) + 1);
    spay__make_line(text);
    ck_assert_str_eq(text, line_rows[_i].line);
    ck_assert(spay__utf8_count(text, strlen(text), &count));
}
END_TEST

Suite *ascii_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("ascii", &tests);

    tcase_add_loop_test(tests, utf8_is_read_strictly, 0, ROWS(utf8_rows));
    tcase_add_test(tests, every_code_point_but_surrogates_is_one);
    tcase_add_loop_test(tests, characters_are_classed_alike_in_every_locale, 0, ROWS(locales));
    tcase_add_loop_test(tests, any_bytes_become_a_line_of_utf8, 0, ROWS(line_rows));
    tcase_add_loop_test(tests, integers_are_written_in_full, 0, ROWS(integer_rows));
    tcase_add_test(tests, hex_digits_have_their_value);
    tcase_add_loop_test(tests, only_ascii_letters_ignore_case, 0, ROWS(pair_rows));
    return suite;
}
