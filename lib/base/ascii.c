/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * ASCII and UTF-8 without the locale.
 */
#include "ascii.h"

#include <string.h>

const char *spay__integer_text(int64_t number, char text[SPAY__INTEGER_SIZE])
{
    uint64_t rest = number < 0 ? (uint64_t)0 - (uint64_t)number : (uint64_t)number;
    char *at = text + SPAY__INTEGER_SIZE;

    *--at = '\0';
    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (number < 0)
        *--at = '-';
    return at;
}

const char spay__hex_digits[17] = "0123456789abcdef";
const char spay__hex_capitals[17] = "0123456789ABCDEF";

int spay__hex_value(char c)
{
    c = spay__to_lower(c);
    if (spay__is_digit(c))
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool spay__is_visible_text(const char *text)
{
    for (; *text; text++)
        if (!spay__is_visible(*text))
            return false;
    return true;
}

bool spay__starts_with_ignoring_case(const char *text, const char *prefix)
{
    for (; *prefix; text++, prefix++)
        if (spay__to_lower(*text) != spay__to_lower(*prefix))
            return false;
    return true;
}

bool spay__equal_ignoring_case(const char *a, const char *b)
{
    while (*a && spay__to_lower(*a) == spay__to_lower(*b)) {
        a++;
        b++;
    }
    return *a == *b;
}

/* How long a sequence of several bytes is that begins with this one, 0 if none does. */
static size_t sequence_length(unsigned char first)
{
    return first < 0xc2 || first > 0xf4 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* The length of the sequence of several bytes that starts at text, 0 if it is malformed. */
static size_t utf8_sequence(const unsigned char *text, size_t length)
{
    static const unsigned long smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t size = sequence_length(text[0]);
    unsigned long point;
    size_t i;

    if (!size || size > length)
        return 0;
    point = text[0] & (0xffu >> (size + 1));
    for (i = 1; i < size; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        point = point << 6 | (text[i] & 0x3fu);
    }
    if (point < smallest[size] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
        return 0;
    return size;
}

bool spay__utf8_count(const char *text, size_t length, size_t *count)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t at = 0;

    for (*count = 0; at < length; ++*count) {
        size_t size = bytes[at] < 0x80 ? 1 : utf8_sequence(bytes + at, length - at);

        if (!size)
            return false;
        at += size;
    }
    return true;
}

const char *spay__list_at(const char *list, size_t index)
{
    while (index--)
        list = spay__list_next(list);
    return list;
}

/* Whether the whole text is the beginning of one character whose rest is missing. */
static bool is_cut(const unsigned char *text, size_t length)
{
    size_t i;

    if (length >= sequence_length(text[0]))
        return false;
    for (i = 1; i < length; i++)
        if ((text[i] & 0xc0) != 0x80)
            return false;
    return true;
}

void spay__make_line(char *text)
{
    size_t left = strlen(text);

    while (left) {
        const unsigned char *bytes = (const unsigned char *)text;
        size_t size = *bytes < 0x80 ? 1 : utf8_sequence(bytes, left);

        if (spay__is_control(*text)) {
            *text = ' ';
        } else if (!size && is_cut(bytes, left)) {
            *text = '\0';
            return;
        } else if (!size) {
            *text = '?';
            size = 1;
        }
        text += size;
        left -= size;
    }
}
