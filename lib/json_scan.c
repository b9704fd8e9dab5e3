/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A strict JSON scanner after RFC 8259. It allocates nothing; depth is bounded, so recursion is.
 */
#include "json_scan.h"

#include <string.h>

#include "ascii.h"

static bool fault(spay__json_scan *scan, const char *rule)
{
    if (!scan->fault)
        scan->fault = rule;
    return false;
}

static void skip_blanks(spay__json_scan *scan)
{
    while (scan->at < scan->end && strchr(" \t\r\n", *scan->at) && *scan->at)
        scan->at++;
}

static char peek(const spay__json_scan *scan)
{
    return scan->at < scan->end ? *scan->at : '\0';
}

static bool take(spay__json_scan *scan, char expected)
{
    if (peek(scan) != expected || scan->at == scan->end)
        return fault(scan, "not_json");
    scan->at++;
    return true;
}

static bool take_literal(spay__json_scan *scan, const char *literal)
{
    size_t length = strlen(literal);

    if ((size_t)(scan->end - scan->at) < length || memcmp(scan->at, literal, length) != 0)
        return fault(scan, "not_json");
    scan->at += length;
    return true;
}

static bool take_hex4(spay__json_scan *scan, unsigned *unit)
{
    int i;

    *unit = 0;
    for (i = 0; i < 4; i++) {
        int value = spay__hex_value(peek(scan));

        if (value < 0)
            return fault(scan, "not_json");
        *unit = *unit << 4 | (unsigned)value;
        scan->at++;
    }
    return true;
}

/* Behind "\u": a code point, which may need a second escape. NUL would cut C strings short. */
static bool take_unicode_escape(spay__json_scan *scan)
{
    unsigned unit;
    unsigned low;

    if (!take_hex4(scan, &unit))
        return false;
    if (unit == 0)
        return fault(scan, "nul_character");
    if (unit < 0xd800 || unit > 0xdfff)
        return true;
    if (unit > 0xdbff || scan->end - scan->at < 6 || scan->at[0] != '\\' || scan->at[1] != 'u')
        return fault(scan, "not_utf8");
    scan->at += 2;
    if (!take_hex4(scan, &low))
        return false;
    return (low >= 0xdc00 && low <= 0xdfff) || fault(scan, "not_utf8");
}

static bool take_string(spay__json_scan *scan)
{
    unsigned char all = 0; /* ASCII alone needs no second look */
    const char *start;
    size_t count;

    if (!take(scan, '"'))
        return false;
    for (start = scan->at; scan->at < scan->end && *scan->at != '"';) {
        unsigned char byte = (unsigned char)*scan->at++;

        all |= byte;
        if (byte < 0x20)
            return fault(scan, "not_json");
        if (byte != '\\')
            continue;
        if (peek(scan) == 'u') {
            scan->at++;
            if (!take_unicode_escape(scan))
                return false;
        } else if (peek(scan) && strchr("\"\\/bfnrt", peek(scan))) {
            scan->at++;
        } else {
            return fault(scan, "not_json");
        }
    }
    if (all >= 0x80 && !spay__utf8_count(start, (size_t)(scan->at - start), &count))
        return fault(scan, "not_utf8");
    return take(scan, '"');
}

static bool take_digits(spay__json_scan *scan)
{
    if (!spay__is_digit(peek(scan)))
        return fault(scan, "not_json");
    while (spay__is_digit(peek(scan)))
        scan->at++;
    return true;
}

static bool take_number(spay__json_scan *scan)
{
    if (peek(scan) == '-')
        scan->at++;
    if (peek(scan) == '0')
        scan->at++;
    else if (!take_digits(scan))
        return false;
    scan->fractions = scan->fractions || (peek(scan) && strchr(".eE", peek(scan)));
    if (peek(scan) == '.') {
        scan->at++;
        if (!take_digits(scan))
            return false;
    }
    if (peek(scan) == 'e' || peek(scan) == 'E') {
        scan->at++;
        if (peek(scan) == '+' || peek(scan) == '-')
            scan->at++;
        return take_digits(scan);
    }
    return true;
}

static bool take_value(spay__json_scan *scan, int depth);

static bool take_name(spay__json_scan *scan)
{
    skip_blanks(scan);
    if (!take_string(scan))
        return false;
    skip_blanks(scan);
    return take(scan, ':');
}

/* An array, or an object whose elements have names. */
static bool take_elements(spay__json_scan *scan, char close, int depth)
{
    if (depth == 0)
        return fault(scan, "too_deep");
    scan->at++;
    skip_blanks(scan);
    if (peek(scan) == close) {
        scan->at++;
        return true;
    }
    for (;;) {
        if (close == '}' && !take_name(scan))
            return false;
        if (!take_value(scan, depth - 1))
            return false;
        if (peek(scan) != ',')
            return take(scan, close);
        scan->at++;
    }
}

static bool take_plain(spay__json_scan *scan, int depth)
{
    switch (peek(scan)) {
    case '{':
        return take_elements(scan, '}', depth);
    case '[':
        return take_elements(scan, ']', depth);
    case '"':
        return take_string(scan);
    case 't':
        return take_literal(scan, "true");
    case 'f':
        return take_literal(scan, "false");
    case 'n':
        return take_literal(scan, "null");
    default:
        return take_number(scan);
    }
}

static bool take_value(spay__json_scan *scan, int depth)
{
    skip_blanks(scan);
    if (++scan->values > SPAY__JSON_MAX_VALUES)
        return fault(scan, "too_many_values");
    if (!take_plain(scan, depth))
        return false;
    skip_blanks(scan);
    return true;
}

static void begin(spay__json_scan *scan, const char *text, size_t length)
{
    memset(scan, 0, sizeof(*scan));
    scan->at = text;
    scan->end = text + length;
}

bool spay__json_scan_value(spay__json_scan *scan, const char *text, size_t length)
{
    begin(scan, text, length);
    if (!take_value(scan, SPAY__JSON_MAX_DEPTH))
        return false;
    return scan->at == scan->end || fault(scan, "trailing_bytes");
}

bool spay__json_scan_object(spay__json_scan *scan, const char *text, size_t length)
{
    if (!spay__json_scan_value(scan, text, length))
        return false;
    begin(scan, text, length);
    skip_blanks(scan);
    return peek(scan) == '{' || fault(scan, "not_an_object");
}

void spay__json_members(spay__json_scan *scan, const char *object, size_t length)
{
    begin(scan, object, length);
    skip_blanks(scan);
    (void)take(scan, '{');
}

bool spay__json_next_member(spay__json_scan *scan, spay__json_member *member)
{
    skip_blanks(scan);
    if (peek(scan) == ',') {
        scan->at++;
        skip_blanks(scan);
    }
    if (peek(scan) != '"')
        return false;
    member->name = scan->at + 1;
    (void)take_string(scan);
    member->name_length = (size_t)(scan->at - member->name) - 1;
    skip_blanks(scan);
    (void)take(scan, ':');
    skip_blanks(scan);
    member->value = scan->at;
    (void)take_plain(scan, SPAY__JSON_MAX_DEPTH);
    member->value_length = (size_t)(scan->at - member->value);
    return !scan->fault;
}

bool spay__json_find_member(const char *object, size_t length, const char *name, size_t name_length,
                            spay__json_member *member)
{
    spay__json_scan scan;

    spay__json_members(&scan, object, length);
    while (spay__json_next_member(&scan, member))
        if (member->name_length == name_length && memcmp(member->name, name, name_length) == 0)
            return true;
    return false;
}
