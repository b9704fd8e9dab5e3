/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * ASCII without the locale: what ctype.h does for the machine's language, this does for the wire.
 */
#ifndef SPAY__ASCII_H
#define SPAY__ASCII_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline bool spay__is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool spay__is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline char spay__to_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* A byte below 0x20, or 0x7f. */
static inline bool spay__is_control(char c)
{
    unsigned char byte = (unsigned char)c;

    return byte < 0x20 || byte == 0x7f;
}

/* 0x21 to 0x7e. */
static inline bool spay__is_visible(char c)
{
    return c > 0x20 && c < 0x7f;
}

/* Of nothing but such bytes: fit for a header. */
bool spay__is_visible_text(const char *text);

enum {
    SPAY__INTEGER_SIZE = 21 /* "-9223372036854775808" and its NUL */
};

/*
 * The number in decimal digits, somewhere in the memory given. For formats: the printf() of small
 * C libraries knows no lengths but "l", and reads its arguments wrongly after any other.
 */
const char *spay__integer_text(int64_t number, char text[SPAY__INTEGER_SIZE]);

/* The hexadecimal digits by value; in capitals, as in percent-encoding. */
extern const char spay__hex_digits[17];
extern const char spay__hex_capitals[17];

/* The value of a hexadecimal digit, -1 if it is none. */
int spay__hex_value(char c);

/* Equal, except for the case of ASCII letters. */
bool spay__equal_ignoring_case(const char *a, const char *b);

/* Whether text begins with prefix, ignoring the case of ASCII letters. */
bool spay__starts_with_ignoring_case(const char *text, const char *prefix);

/*
 * A list of words in one text, each NUL-terminated, and an empty one at the end: unlike an
 * array of pointers it needs no relocations. This is the word of that index; there are more.
 */
const char *spay__list_at(const char *list, size_t index);

static inline const char *spay__list_next(const char *word)
{
    return word + strlen(word) + 1;
}

/*
 * Make a text one line of valid UTF-8, in place: control characters become blanks, bytes that
 * belong to no character question marks. A character that is cut off at the end is dropped.
 */
void spay__make_line(char *text);

/*
 * The number of code points in strict UTF-8: no overlong forms, no surrogates, nothing above
 * U+10FFFF. false if the bytes are not UTF-8.
 */
bool spay__utf8_count(const char *text, size_t length, size_t *count);

#endif
