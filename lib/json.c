/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Reading JSON. Members are read where they stand: a tree of them would cost three allocations for
 * each, doubles would lose digits of integers, and strtod() follows the locale.
 */
#include "json.h"

#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "ascii.h"
#include "crypto.h"

void spay__json_set_fault(spay__json_reader *reader, const char *fault, const char *parent,
                          const char *name)
{
    if (reader->fault)
        return;
    reader->fault = fault;
    (void)snprintf(reader->path, sizeof(reader->path), "%s%s%s", parent, *name ? "." : "", name);
}

/* ---- the document ---- */

/* A fault, or NULL: note all values, in memory of their own if they are many. */
static const char *note_values(spay__json_reader *reader)
{
    spay__json_scan scan;

    reader->nodes = reader->few;
    if (!spay__json_scan_nodes(&scan, reader->text, reader->length, reader->few,
                               SPAY__JSON_FEW_VALUES))
        return scan.fault;
    if (scan.values > SPAY__JSON_FEW_VALUES) {
        reader->many = spay__alloc(scan.values * sizeof(*reader->many));
        reader->nodes = reader->many;
        if (!reader->many)
            return "no_memory";
        (void)spay__json_scan_nodes(&scan, reader->text, reader->length, reader->many, scan.values);
    }
    reader->values = scan.values;
    return NULL;
}

bool spay__json_read(spay__json_reader *reader, const char *text, size_t length)
{
    const char *fault;

    memset(reader, 0, offsetof(spay__json_reader, few));
    reader->text = text;
    reader->length = length;
    fault = note_values(reader);
    if (!fault && text[reader->nodes[0].value] != '{')
        fault = "wrong_type";
    if (fault)
        spay__json_set_fault(reader, fault, "$", "");
    return !fault;
}

void spay__json_put_texts(spay__json_reader *reader, char *memory)
{
    reader->texts = memory;
}

/* Replies hold tokens, so texts are wiped. */
void spay__json_clear(spay__json_reader *reader)
{
    if (reader->own_texts)
        spay__wipe(reader->own_texts, reader->length);
    spay__free(reader->own_texts);
    spay__free(reader->many);
    reader->own_texts = NULL;
    reader->texts = NULL;
    reader->many = NULL;
    reader->values = 0;
}

/* ---- values ---- */

static spay__json at(spay__json_reader *reader, size_t index)
{
    spay__json value = {reader, &reader->nodes[index]};

    return value;
}

static spay__json nothing(void)
{
    spay__json value = {NULL, NULL};

    return value;
}

spay__json spay__json_root(spay__json_reader *reader)
{
    return reader->values ? at(reader, 0) : nothing();
}

/* '"', '{', '[', 't', 'f' and 'n' as in the text, '0' for all numbers; NUL if absent. */
static char kind_of(spay__json value)
{
    char first;

    if (!value.node)
        return '\0';
    first = value.reader->text[value.node->value];
    return first == '-' || spay__is_digit(first) ? '0' : first;
}

/* The first element of an object or an array: the node behind it, if that one is within it. */
static spay__json first_of(spay__json parent)
{
    size_t index = parent.node ? (size_t)(parent.node - parent.reader->nodes) + 1 : 0;

    if (!parent.node || index >= parent.reader->values ||
        parent.reader->nodes[index].value > parent.node->value + parent.node->value_length)
        return nothing();
    return at(parent.reader, index);
}

spay__json spay__json_next(spay__json element)
{
    return element.node && element.node->next ? at(element.reader, element.node->next) : nothing();
}

/* ---- texts ---- */

/* Four hexadecimal digits. */
static uint32_t code_unit(const char *digits)
{
    uint32_t unit = 0;
    int i;

    for (i = 0; i < 4; i++)
        unit = unit << 4 | (uint32_t)spay__hex_value(digits[i]);
    return unit;
}

/* Behind "\u": a code point, in one or two escapes. Where the escapes end. */
static const char *read_code_point(const char *digits, uint32_t *point)
{
    *point = code_unit(digits);
    if (*point < 0xd800 || *point > 0xdbff)
        return digits + 4;
    *point = 0x10000 + ((*point - 0xd800) << 10) + (code_unit(digits + 6) - 0xdc00);
    return digits + 10;
}

/* UTF-8; behind it. */
static char *write_code_point(char *out, uint32_t point)
{
    if (point < 0x80) {
        *out++ = (char)point;
        return out;
    }
    if (point < 0x800) {
        *out++ = (char)(0xc0 | point >> 6);
    } else {
        if (point < 0x10000) {
            *out++ = (char)(0xe0 | point >> 12);
        } else {
            *out++ = (char)(0xf0 | point >> 18);
            *out++ = (char)(0x80 | (point >> 12 & 0x3f));
        }
        *out++ = (char)(0x80 | (point >> 6 & 0x3f));
    }
    *out++ = (char)(0x80 | (point & 0x3f));
    return out;
}

static char plain_escape(char kind)
{
    switch (kind) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default: /* a quote, a slash or a backslash stands for itself */
        return kind;
    }
}

/* The scan let the text pass, so its escapes are whole and in pairs. No value is longer than it. */
static char *undo_escapes(const char *raw, const char *end, char *out)
{
    const char *escape;

    while ((escape = memchr(raw, '\\', (size_t)(end - raw))) != NULL) {
        uint32_t point;

        memcpy(out, raw, (size_t)(escape - raw));
        out += escape - raw;
        raw = escape + 2;
        if (escape[1] == 'u') {
            raw = read_code_point(raw, &point);
            out = write_code_point(out, point);
        } else {
            *out++ = plain_escape(escape[1]);
        }
    }
    memcpy(out, raw, (size_t)(end - raw));
    return out + (end - raw);
}

/* What stands between two quotes; where it stands in what is read, there is room for it. */
static const char *read_string(const spay__json_reader *reader, uint32_t start, uint32_t length,
                               bool escapes)
{
    const char *raw = reader->text + start;
    char *out = reader->texts + start;
    char *end = out + length;

    if (escapes)
        end = undo_escapes(raw, raw + length, out);
    else
        memcpy(out, raw, length);
    *end = '\0';
    return out;
}

static bool has_room(spay__json_reader *reader)
{
    if (!reader->texts) {
        reader->own_texts = spay__alloc_bytes(reader->length);
        reader->texts = reader->own_texts;
    }
    if (!reader->texts)
        spay__json_set_fault(reader, "no_memory", "$", "");
    return reader->texts != NULL;
}

const char *spay__json_as_text(spay__json value)
{
    spay__json_reader *reader = value.reader;

    if (kind_of(value) != '"' || !has_room(reader))
        return NULL;
    return read_string(reader, value.node->value + 1, value.node->value_length - 2,
                       value.node->escapes);
}

/* ---- members ---- */

/* Names are compared as they are meant: one with escapes is read first. */
static bool is_escaped_name(spay__json member, const char *name)
{
    const spay__json_node *node = member.node;

    return node->name_escapes && has_room(member.reader) &&
           strcmp(read_string(member.reader, node->name, node->name_length, true), name) == 0;
}

/* The next member of that name, from this one on. */
static spay__json find_from(spay__json member, const char *name, size_t length)
{
    while (member.node) {
        const spay__json_node *node = member.node;

        if ((node->name_length == length &&
             memcmp(member.reader->text + node->name, name, length) == 0) ||
            is_escaped_name(member, name))
            return member;
        member = spay__json_next(member);
    }
    return member;
}

spay__json spay__json_get(spay__json object, const char *name)
{
    return kind_of(object) == '{' ? find_from(first_of(object), name, strlen(name)) : nothing();
}

/*
 * A member of that kind, or nothing. Two members of one name count as none: the provider's view and
 * ours of what was said could differ.
 */
static spay__json find(spay__json_reader *reader, spay__json object, const char *parent,
                       const char *name, spay__presence presence, char kind)
{
    spay__json member = spay__json_get(object, name);
    bool absent = !member.node || kind_of(member) == 'n';

    if (find_from(spay__json_next(member), name, strlen(name)).node) {
        if (presence == SPAY__JSON_REQUIRED)
            spay__json_set_fault(reader, "duplicate", parent, name);
        reader->ignored = true;
        return nothing();
    }
    if (kind_of(member) == kind)
        return member;
    if (presence == SPAY__JSON_REQUIRED)
        spay__json_set_fault(reader, absent ? "missing" : "wrong_type", parent, name);
    else if (!absent)
        reader->ignored = true;
    return nothing();
}

spay__json spay__json_object(spay__json_reader *reader, spay__json object, const char *parent,
                             const char *name, spay__presence presence)
{
    return find(reader, object, parent, name, presence, '{');
}

const char *spay__json_text(spay__json_reader *reader, spay__json object, const char *parent,
                            const char *name, spay__presence presence)
{
    const char *text = spay__json_as_text(find(reader, object, parent, name, presence, '"'));

    if (text && presence == SPAY__JSON_REQUIRED && !*text) {
        spay__json_set_fault(reader, "empty", parent, name);
        return NULL;
    }
    return text;
}

/* ---- integers ---- */

/* Digits alone, without a sign, a fraction or an exponent, so that they are read exactly. */
static bool read_digits(const char *digits, size_t length, int64_t *number)
{
    size_t i;

    *number = 0;
    for (i = 0; i < length; i++) {
        int digit = digits[i] - '0';

        if (digit < 0 || digit > 9 || *number > (INT64_MAX - digit) / 10)
            return false;
        *number = *number * 10 + digit;
    }
    return true;
}

int64_t spay__json_count(spay__json_reader *reader, spay__json object, const char *parent,
                         const char *name, spay__presence presence)
{
    spay__json member = find(reader, object, parent, name, presence, '0');
    int64_t number;

    if (!member.node)
        return -1;
    if (read_digits(reader->text + member.node->value, member.node->value_length, &number))
        return number;
    if (presence == SPAY__JSON_REQUIRED)
        spay__json_set_fault(reader, "out_of_range", parent, name);
    else
        reader->ignored = true;
    return -1;
}

bool spay__json_as_integer(spay__json value, int64_t *number)
{
    const char *digits;
    size_t minus;

    if (kind_of(value) != '0')
        return false;
    digits = value.reader->text + value.node->value;
    minus = *digits == '-';
    if (!read_digits(digits + minus, value.node->value_length - minus, number))
        return false;
    *number = minus ? -*number : *number;
    return true;
}

/* ---- arrays and objects ---- */

spay__json spay__json_array(spay__json_reader *reader, spay__json object, const char *parent,
                            const char *name)
{
    return find(reader, object, parent, name, SPAY__JSON_OPTIONAL, '[');
}

spay__json spay__json_first(spay__json array)
{
    return kind_of(array) == '[' ? first_of(array) : nothing();
}

size_t spay__json_length(spay__json array)
{
    spay__json element;
    size_t length = 0;

    for (element = spay__json_first(array); element.node; element = spay__json_next(element))
        length++;
    return length;
}

bool spay__json_is_object(spay__json value)
{
    return kind_of(value) == '{';
}
