/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A strict JSON scanner after RFC 8259. It allocates nothing; depth is bounded, so recursion is.
 */
#include "scan.h"

#include <string.h>

#include "base/ascii.h"

static bool fault(spay__json_scan *scan, const char *rule)
{
    if (!scan->fault)
        scan->fault = rule;
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void __attribute__((noinline)) skip_blank_run(spay__json_scan *scan)
{
    while (scan->at < scan->end && is_blank(*scan->at))
        scan->at++;
}

/* Most JSON that comes has none. */
static void skip_blanks(spay__json_scan *scan)
{
    if (scan->at < scan->end && (unsigned char)*scan->at <= ' ')
        skip_blank_run(scan);
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

/* After "\u": a code point, which may need a second escape. NUL would cut C strings short. */
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

static bool take_escape(spay__json_scan *scan)
{
    switch (peek(scan)) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        scan->at++;
        return true;
    case 'u':
        scan->at++;
        return take_unicode_escape(scan);
    default:
        return fault(scan, "not_json");
    }
}

/* Eight bytes, the first one lowest. Compilers make one load of it. */
static uint64_t load(const unsigned char *bytes)
{
    return (uint64_t)bytes[0] | (uint64_t)bytes[1] << 8 | (uint64_t)bytes[2] << 16 |
           (uint64_t)bytes[3] << 24 | (uint64_t)bytes[4] << 32 | (uint64_t)bytes[5] << 40 |
           (uint64_t)bytes[6] << 48 | (uint64_t)bytes[7] << 56;
}

/*
 * The high bits of those of the eight bytes that are a quote, a backslash, a control character or
 * not ASCII. Borrows can set others too, but only above the lowest that is right. With bit 1 turned
 * over, a quote is 0x20, next to the control characters, and what was below 0x20 still is.
 */
static uint64_t specials(uint64_t word)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);

    return (word | ((word ^ ones * 0x02) - ones * 0x21) | ((word ^ ones * '\\') - ones)) &
           ones * 0x80;
}

static bool is_plain(char c)
{
    return (unsigned char)c >= 0x20 && (unsigned char)c < 0x80 && c != '"' && c != '\\';
}

/* Most bytes are plain, so eight at a time. */
const char *spay__json_skip_plain(const char *at, const char *end)
{
    if (end - at >= 8) {
        const char *last = end - 8;

        do {
            uint64_t found = specials(load((const unsigned char *)at));

            if (found)
                return at + __builtin_ctzll(found) / 8;
            at += 8;
        } while (at <= last);
    }
    while (at < end && is_plain(*at))
        at++;
    return at;
}

/* The rest of a string, from its first byte that is not plain. */
static bool __attribute__((noinline)) take_special(spay__json_scan *scan, const char *start)
{
    bool ascii = true;
    size_t count;

    for (; scan->at < scan->end && *scan->at != '"';
         scan->at = spay__json_skip_plain(scan->at, scan->end)) {
        unsigned char byte = (unsigned char)*scan->at++;

        if (byte < 0x20)
            return fault(scan, "not_json");
        if (byte == '\\' && !take_escape(scan))
            return false;
        scan->escapes = scan->escapes || byte == '\\';
        ascii = ascii && byte < 0x80;
    }
    if (!ascii && !spay__utf8_count(start, (size_t)(scan->at - start), &count))
        return fault(scan, "not_utf8");
    return take(scan, '"');
}

static bool take_string(spay__json_scan *scan)
{
    const char *start;

    if (!take(scan, '"'))
        return false;
    start = scan->at;
    scan->escapes = false;
    scan->at = spay__json_skip_plain(start, scan->end);
    if (scan->at == scan->end || *scan->at != '"')
        return take_special(scan, start);
    scan->at++;
    return true;
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

static uint32_t offset(const spay__json_scan *scan)
{
    return (uint32_t)(scan->at - scan->text);
}

/* Where the next value is noted; NULL if it is one too many. */
static spay__json_node *next_node(spay__json_scan *scan)
{
    size_t index = scan->values++;

    if (index < scan->room)
        return &scan->nodes[index];
    if (index < SPAY__JSON_MAX_VALUES)
        return &scan->spare;
    (void)fault(scan, "too_many_values");
    return NULL;
}

static bool take_name(spay__json_scan *scan, spay__json_node *node)
{
    skip_blanks(scan);
    node->name = offset(scan) + 1;
    if (!take_string(scan))
        return false;
    node->name_length = offset(scan) - node->name - 1;
    node->name_escapes = scan->escapes;
    skip_blanks(scan);
    return take(scan, ':');
}

static bool take_value(spay__json_scan *scan, spay__json_node *node, int depth);

static bool take_element(spay__json_scan *scan, spay__json_node *node, bool named, int depth)
{
    if (named)
        return take_name(scan, node) && take_value(scan, node, depth);
    node->name = 0;
    node->name_length = 0;
    node->name_escapes = false;
    return take_value(scan, node, depth);
}

/* An array, or an object whose elements have names. */
static bool take_elements(spay__json_scan *scan, char close, int depth)
{
    spay__json_node *node;

    if (depth == 0)
        return fault(scan, "too_deep");
    scan->at++;
    skip_blanks(scan);
    if (peek(scan) == close) {
        scan->at++;
        return true;
    }
    for (;;) {
        node = next_node(scan);
        if (!node || !take_element(scan, node, close == '}', depth - 1))
            return false;
        if (peek(scan) != ',')
            break;
        scan->at++;
    }
    node->next = 0;
    return take(scan, close);
}

static bool take_plain(spay__json_scan *scan, spay__json_node *node, int depth)
{
    node->kind = peek(scan);
    switch (node->kind) {
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
        node->kind = '0';
        return take_number(scan);
    }
}

static bool take_value(spay__json_scan *scan, spay__json_node *node, int depth)
{
    skip_blanks(scan);
    node->value = offset(scan);
    if (!take_plain(scan, node, depth))
        return false;
    node->value_length = offset(scan) - node->value;
    node->next = (uint32_t)scan->values;
    node->escapes = scan->escapes;
    skip_blanks(scan);
    return true;
}

static void begin(spay__json_scan *scan, const char *text, size_t length)
{
    memset(scan, 0, sizeof(*scan));
    scan->text = text;
    scan->at = text;
    scan->end = text + length;
}

bool spay__json_scan_nodes(spay__json_scan *scan, const char *text, size_t length,
                           spay__json_node *nodes, size_t room)
{
    spay__json_node *node;

    begin(scan, text, length);
    scan->nodes = nodes;
    scan->room = room;
    node = next_node(scan);
    if (!take_element(scan, node, false, SPAY__JSON_MAX_DEPTH))
        return false;
    node->next = 0;
    return scan->at == scan->end || fault(scan, "trailing_bytes");
}

bool spay__json_scan_value(spay__json_scan *scan, const char *text, size_t length)
{
    return spay__json_scan_nodes(scan, text, length, NULL, 0);
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
    (void)take_plain(scan, &scan->spare, SPAY__JSON_MAX_DEPTH);
    member->value_length = (size_t)(scan->at - member->value);
    return !scan->fault;
}
