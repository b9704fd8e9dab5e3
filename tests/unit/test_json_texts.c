/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Texts with escapes against two witnesses: what the generator meant, and cJSON. Memory is as long
 * as the text, so that a sanitizer sees a byte too much.
 */
#include "unit.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "json/read.h"

enum {
    TEXTS = 20000,
    CUT_TEXTS = 2000,
    MOST_PIECES = 8
};

/* A text as it is written, and as it is meant. */
typedef struct draft {
    char raw[1024];
    size_t raw_length;
    char meant[1024];
    size_t meant_length;
    bool bad;
} draft;

static uint32_t random_state;

/* xorshift: the same texts in every run. */
static uint32_t random_below(uint32_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state % limit;
}

static void write_raw(draft *d, const char *bytes, size_t length)
{
    memcpy(d->raw + d->raw_length, bytes, length);
    d->raw_length += length;
}

static void mean(draft *d, const char *bytes, size_t length)
{
    memcpy(d->meant + d->meant_length, bytes, length);
    d->meant_length += length;
}

static void write_both(draft *d, const char *bytes, size_t length)
{
    write_raw(d, bytes, length);
    mean(d, bytes, length);
}

static void write_unit(draft *d, uint32_t unit)
{
    char escape[7];
    size_t length = (size_t)snprintf(escape, sizeof(escape),
                                     random_below(2) ? "\\u%04x" : "\\u%04X", (unsigned)unit);

    write_raw(d, escape, length);
}

static size_t encode(uint32_t point, char out[4])
{
    static const unsigned char marks[] = {0, 0, 0xc0, 0xe0, 0xf0};
    size_t size = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    size_t i;

    for (i = size - 1; i > 0; i--, point >>= 6)
        out[i] = (char)(0x80 | (point & 0x3f));
    out[0] = (char)(marks[size] | point);
    return size;
}

static void mean_point(draft *d, uint32_t point)
{
    char bytes[4];

    mean(d, bytes, encode(point, bytes));
}

/* ---- pieces that are good ---- */

static void plain_run(draft *d)
{
    uint32_t length = random_below(40);

    while (length--) {
        char c = (char)(0x20 + random_below(0x60));

        if (c != '"' && c != '\\')
            write_both(d, &c, 1);
    }
}

static void short_escape(draft *d)
{
    static const char kinds[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    uint32_t which = random_below(8);

    write_raw(d, "\\", 1);
    write_raw(d, kinds + which, 1);
    mean(d, meanings + which, 1);
}

/* A code point of one UTF-16 unit, often at an edge. */
static uint32_t basic_point(void)
{
    static const uint32_t edges[] = {1, 0x1f, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff};
    uint32_t point = random_below(2) ? edges[random_below(9)] : 1 + random_below(0xffff);

    return point >= 0xd800 && point <= 0xdfff ? point - 0x800 : point;
}

static void unicode_escape(draft *d)
{
    uint32_t point = basic_point();

    write_unit(d, point);
    mean_point(d, point);
}

static void surrogate_pair(draft *d)
{
    static const uint32_t edges[] = {0x10000, 0x103ff, 0x10400, 0xfffff, 0x10ffff};
    uint32_t point = random_below(2) ? edges[random_below(5)] : 0x10000 + random_below(0x100000);

    write_unit(d, 0xd800 + ((point - 0x10000) >> 10));
    write_unit(d, 0xdc00 + (point & 0x3ff));
    mean_point(d, point);
}

static void utf8(draft *d)
{
    uint32_t point = random_below(3) ? 0x10000 + random_below(0x100000) : basic_point();
    char bytes[4];

    if (point >= 0x80)
        write_both(d, bytes, encode(point, bytes));
}

/* ---- pieces that spoil a text; none can be mended by what follows ---- */

static const struct {
    const char *bytes;
    size_t length;
} spoiling[] = {
    {BYTES("\\ud800x")},
    {BYTES("\\uDBFF\\n")},
    {BYTES("\\ud900\\ud900\\udc00")},
    {BYTES("\\ud834\\u0041")},
    {BYTES("\\udc00")},
    {BYTES("\\uDFFFx")},
    {BYTES("\\ud800\\ue000")},
    {BYTES("\\ud800\\Udc00")},
    {BYTES("\\ud800\\udbff")},
    {BYTES("\\u0000")},
    {BYTES("\\u00")},
    {BYTES("\\u00g0")},
    {BYTES("\\u 041")},
    {BYTES("\\u+041")},
    {BYTES("\\x41")},
    {BYTES("\\'")},
    {BYTES("\\0")},
    {BYTES("\\\n")},
    {BYTES("\n")},
    {BYTES("\x1f")},
    {BYTES("\0")},
    {BYTES("\xff")},
    {BYTES("\x80")},
    {BYTES("\xc0\x80")},
    {BYTES("\xc3x")},
    {BYTES("\xed\xa0\x80")},
    {BYTES("\xf4\x90\x80\x80")},
    {BYTES("\xe2\x82x")},
    {BYTES("\xf0\x80\x80\x80")},
    {BYTES("\\\xc3\xa4")},
    {BYTES("\\ud83d\xed\xb8\x80")},
};

static void spoil(draft *d)
{
    uint32_t which = random_below((uint32_t)ROWS(spoiling));

    write_raw(d, spoiling[which].bytes, spoiling[which].length);
    if (d->raw[d->raw_length - 1] == '0' || d->raw[d->raw_length - 1] == 'f')
        write_raw(d, " ", 1); /* no digits after it */
    d->bad = true;
}

static void draw(draft *d, bool spoilt)
{
    static void (*const pieces[])(draft *) = {plain_run,      plain_run, short_escape,
                                              unicode_escape, utf8,      surrogate_pair};
    uint32_t count = random_below(MOST_PIECES);
    uint32_t bad = spoilt ? random_below(count + 1) : count + 1;
    uint32_t i;

    d->raw_length = 0;
    d->meant_length = 0;
    d->bad = false;
    for (i = 0; i <= count; i++) {
        pieces[random_below((uint32_t)ROWS(pieces))](d);
        if (i == bad)
            spoil(d);
    }
    d->meant[d->meant_length] = '\0';
}

/* {"text":"text"}, in memory of its own. */
static char *make_document(const draft *d, size_t *length)
{
    char *document;

    *length = 2 * d->raw_length + 7;
    document = malloc(*length);
    ck_assert_ptr_nonnull(document);
    memcpy(document, "{\"", 2);
    memcpy(document + 2, d->raw, d->raw_length);
    memcpy(document + 2 + d->raw_length, "\":\"", 3);
    memcpy(document + 5 + d->raw_length, d->raw, d->raw_length);
    memcpy(document + 5 + 2 * d->raw_length, "\"}", 2);
    return document;
}

static void check_with_cjson(const char *document, size_t length, const draft *d)
{
    cJSON *tree = cJSON_ParseWithLength(document, length);

    ck_assert_msg(tree && tree->child, "%.*s", (int)length, document);
    ck_assert_str_eq(tree->child->valuestring, d->meant);
    ck_assert_str_eq(tree->child->string, d->meant);
    cJSON_Delete(tree);
}

START_TEST(texts_are_read_as_they_are_meant)
{
    draft d;
    int i;

    random_state = 0x9e3779b9;
    for (i = 0; i < TEXTS; i++) {
        spay__json_reader reader;
        size_t length;
        char *document;

        draw(&d, i % 4 == 0);
        document = make_document(&d, &length);
        if (spay__json_read(&reader, document, length)) {
            spay__json value = spay__json_get(spay__json_root(&reader), d.meant);

            ck_assert_msg(!d.bad, "%.*s", (int)length, document);
            ck_assert_pstr_eq(spay__json_as_text(value), d.meant);
            check_with_cjson(document, length, &d);
        } else {
            ck_assert_msg(d.bad, "%s: %.*s", reader.fault, (int)length, document);
        }
        spay__json_clear(&reader);
        free(document);
    }
}
END_TEST

START_TEST(text_that_is_cut_is_refused_wherever_it_ends)
{
    draft d;
    int i;

    random_state = 0x12345678;
    for (i = 0; i < CUT_TEXTS; i++) {
        size_t length;
        char *document;

        draw(&d, false);
        document = make_document(&d, &length);
        while (length--) {
            spay__json_reader reader;
            char *cut = malloc(length ? length : 1);

            ck_assert_ptr_nonnull(cut);
            memcpy(cut, document, length);
            ck_assert_msg(!spay__json_read(&reader, cut, length), "%.*s", (int)length, cut);
            spay__json_clear(&reader);
            free(cut);
        }
        free(document);
    }
}
END_TEST

Suite *json_texts_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("json_texts", &tests);

    tcase_add_test(tests, texts_are_read_as_they_are_meant);
    tcase_add_test(tests, text_that_is_cut_is_refused_wherever_it_ends);
    return suite;
}
