/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A strict JSON recogniser. cJSON is forgiving (leading zeros, raw control characters, cut
 * surrogates); a judge of what a client sends must not be.
 */
#include "json_syntax.h"

#include <string.h>

#include "utf8.h"

enum {
    DEPTH_LIMIT = 64
};

/* What is left to read. Reading past the end finds a NUL, which fits nowhere in JSON. */
struct scan {
    const char *at;
    const char *end;
};

static bool value(struct scan *scan, int depth);

static char peek(const struct scan *scan)
{
    return scan->at < scan->end ? *scan->at : '\0';
}

static bool accept(struct scan *scan, char wanted)
{
    if (peek(scan) != wanted || scan->at == scan->end)
        return false;
    scan->at++;
    return true;
}

static void blanks(struct scan *scan)
{
    while (scan->at < scan->end && memchr(" \t\r\n", *scan->at, 4))
        scan->at++;
}

static bool word(struct scan *scan, const char *wanted)
{
    size_t length = strlen(wanted);

    if ((size_t)(scan->end - scan->at) < length || memcmp(scan->at, wanted, length) != 0)
        return false;
    scan->at += length;
    return true;
}

static bool digits(struct scan *scan)
{
    const char *start = scan->at;

    while (peek(scan) >= '0' && peek(scan) <= '9')
        scan->at++;
    return scan->at > start;
}

static bool number(struct scan *scan)
{
    accept(scan, '-');
    if (!accept(scan, '0') && !digits(scan))
        return false;
    if (accept(scan, '.') && !digits(scan))
        return false;
    if (accept(scan, 'e') || accept(scan, 'E')) {
        if (!accept(scan, '+'))
            accept(scan, '-');
        return digits(scan);
    }
    return true;
}

/* Four hex digits, or -1. */
static int unit(struct scan *scan)
{
    static const char hex[] = "0123456789abcdef";
    int code = 0;

    for (int i = 0; i < 4; i++) {
        char c = peek(scan);
        const char *digit = memchr(hex, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c, 16);
        if (!digit)
            return -1;
        code = code * 16 + (int)(digit - hex);
        scan->at++;
    }
    return code;
}

static bool unicode_escape(struct scan *scan)
{
    int high = unit(scan);

    if (high < 0xD800 || high > 0xDFFF)
        return high > 0;
    if (high > 0xDBFF || !word(scan, "\\u"))
        return false;
    int low = unit(scan);
    return low >= 0xDC00 && low <= 0xDFFF;
}

static bool escape(struct scan *scan)
{
    if (accept(scan, 'u'))
        return unicode_escape(scan);
    if (scan->at == scan->end || !memchr("\"\\/bfnrt", *scan->at, 8))
        return false;
    scan->at++;
    return true;
}

static bool string(struct scan *scan)
{
    if (!accept(scan, '"'))
        return false;
    while (!accept(scan, '"')) {
        if (accept(scan, '\\')) {
            if (!escape(scan))
                return false;
        } else if ((unsigned char)peek(scan) < 0x20) {
            return false;
        } else {
            scan->at++;
        }
    }
    return true;
}

static bool member(struct scan *scan, int depth)
{
    blanks(scan);
    if (!string(scan))
        return false;
    blanks(scan);
    return accept(scan, ':') && value(scan, depth);
}

/* The inside of an object or array up to its closing bracket. */
static bool list(struct scan *scan, char close, int depth)
{
    blanks(scan);
    if (accept(scan, close))
        return true;
    do {
        if (close == '}' ? !member(scan, depth) : !value(scan, depth))
            return false;
    } while (accept(scan, ','));
    return accept(scan, close);
}

static bool bare_value(struct scan *scan, int depth)
{
    switch (peek(scan)) {
    case '{':
    case '[':
        if (depth == DEPTH_LIMIT)
            return false;
        return list(scan, *scan->at++ == '{' ? '}' : ']', depth + 1);
    case '"':
        return string(scan);
    case 't':
        return word(scan, "true");
    case 'f':
        return word(scan, "false");
    case 'n':
        return word(scan, "null");
    default:
        return number(scan);
    }
}

static bool value(struct scan *scan, int depth)
{
    blanks(scan);
    if (!bare_value(scan, depth))
        return false;
    blanks(scan);
    return true;
}

bool json_syntax_valid(const char *text, size_t length)
{
    struct scan scan = {text, text + length};

    return utf8_valid(text, length) && value(&scan, 0) && scan.at == scan.end;
}
