/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Reading JSON. Members are read where they stand: a tree of them would cost three allocations for
 * each, doubles would lose digits of integers, and strtod() follows the locale.
 */
#include "read.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/crypto.h"

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
    if (!fault && reader->nodes[0].kind != '{')
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

static spay__json nothing(void)
{
    spay__json value = {NULL, NULL};

    return value;
}

/* The value of a node; a node of NULL means that there is none. */
static spay__json value_of(spay__json_reader *reader, const spay__json_node *node)
{
    spay__json value = {reader, node};

    return value;
}

spay__json spay__json_root(spay__json_reader *reader)
{
    return reader->values ? value_of(reader, reader->nodes) : nothing();
}

static bool is_a(spay__json value, char kind)
{
    return value.node && value.node->kind == kind;
}

/* The first element of an object or an array: the next node, if it is within the parent. */
static const spay__json_node *first_of(const spay__json_reader *reader,
                                       const spay__json_node *parent)
{
    const spay__json_node *next = parent + 1;

    return next < reader->nodes + reader->values &&
                   next->value < parent->value + parent->value_length
               ? next
               : NULL;
}

static const spay__json_node *next_of(const spay__json_reader *reader, const spay__json_node *node)
{
    return node->next ? reader->nodes + node->next : NULL;
}

spay__json spay__json_next(spay__json element)
{
    return element.node ? value_of(element.reader, next_of(element.reader, element.node)) : element;
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

/* After "\u": a code point, in one or two escapes. Where the escapes end. */
static const char *read_code_point(const char *digits, uint32_t *point)
{
    *point = code_unit(digits);
    if (*point < 0xd800 || *point > 0xdbff)
        return digits + 4;
    *point = 0x10000 + ((*point - 0xd800) << 10) + (code_unit(digits + 6) - 0xdc00);
    return digits + 10;
}

/* As UTF-8. The end of it. */
static char *write_code_point(char *out, uint32_t point)
{
    static const unsigned char first[] = {0, 0xc0, 0xe0, 0xf0};
    int more = point < 0x80 ? 0 : point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    int i;

    for (i = more; i > 0; i--, point >>= 6)
        out[i] = (char)(0x80 | (point & 0x3f));
    *out = (char)(first[more] | point);
    return out + more + 1;
}

/* A quote, a slash or a backslash stands for itself. */
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
    default:
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

/* There is room for it. */
static const char *text_of(const spay__json_reader *reader, const spay__json_node *node)
{
    return read_string(reader, node->value + 1, node->value_length - 2, node->escapes);
}

const char *spay__json_as_text(spay__json value)
{
    return is_a(value, SPAY__JSON_TEXT) && has_room(value.reader)
               ? text_of(value.reader, value.node)
               : NULL;
}

/* ---- members ---- */

/* Names are compared as they are meant: one with escapes is read first. */
static const char *name_of(spay__json_reader *reader, const spay__json_node *member, size_t *length)
{
    const char *name = reader->text + member->name;

    *length = member->name_length;
    if (!member->name_escapes || !has_room(reader))
        return name;
    name = read_string(reader, member->name, member->name_length, true);
    *length = strlen(name);
    return name;
}

static const spay__json_node *first_member(spay__json object)
{
    return is_a(object, '{') ? first_of(object.reader, object.node) : NULL;
}

/* This member or a later one of that name. */
static const spay__json_node *find_from(spay__json_reader *reader, const spay__json_node *member,
                                        const char *name)
{
    size_t length = strlen(name);

    for (; member; member = next_of(reader, member)) {
        size_t own_length;
        const char *own = name_of(reader, member, &own_length);

        if (own_length == length && memcmp(own, name, length) == 0)
            break;
    }
    return member;
}

spay__json spay__json_get(spay__json object, const char *name)
{
    return value_of(object.reader, find_from(object.reader, first_member(object), name));
}

/* Stands for members of one name of which there are several. */
static const spay__json_node several;

/* The members that bear the fields' names, in one walk; NULL where there is none. */
static void look_up(spay__json object, const spay__json_field *fields, size_t count,
                    const spay__json_node **found)
{
    const spay__json_node *member;
    size_t next = 0; /* they mostly come in the order of the table */

    memset(found, 0, count * sizeof(*found));
    for (member = first_member(object); member; member = next_of(object.reader, member)) {
        size_t length;
        const char *name = name_of(object.reader, member, &length);
        size_t tried;

        for (tried = 0; tried < count; tried++) {
            size_t i = next++;

            if (next == count)
                next = 0;
            if (fields[i].name_length == length && memcmp(fields[i].name, name, length) == 0) {
                found[i] = found[i] ? &several : member;
                break;
            }
        }
    }
}

/*
 * Note what is wrong with a member that is not there, or not of its kind. Two members of one name count
 * as none: the provider and the library could read them differently.
 */
static void refuse(spay__json_reader *reader, const spay__json_node *member, const char *parent,
                   const char *name, int presence)
{
    bool absent = !member || member->kind == 'n';

    if (presence == SPAY__JSON_REQUIRED)
        spay__json_set_fault(reader,
                             member == &several ? "duplicate"
                             : absent           ? "missing"
                                                : "wrong_type",
                             parent, name);
    if (member == &several || (presence == SPAY__JSON_OPTIONAL && !absent))
        reader->ignored = true;
}

static spay__json find(spay__json_reader *reader, spay__json object, const char *parent,
                       const char *name, spay__presence presence, char kind)
{
    const spay__json_node *member = find_from(reader, first_member(object), name);

    if (member && find_from(reader, next_of(reader, member), name))
        member = &several;
    if (member && member->kind == kind)
        return value_of(reader, member);
    refuse(reader, member, parent, name, (int)presence);
    return nothing();
}

spay__json spay__json_object(spay__json_reader *reader, spay__json object, const char *parent,
                             const char *name, spay__presence presence)
{
    return find(reader, object, parent, name, presence, '{');
}

/* Only digits, without a sign, a fraction or an exponent, so that they are read exactly. */
static bool read_digits(const char *digits, size_t length, int64_t *number)
{
    size_t i;

    *number = 0;
    for (i = 0; i < length; i++) {
        int digit = digits[i] - '0';

        if (digit < 0 || digit > 9 || *number > INT64_MAX / 10 || *number * 10 > INT64_MAX - digit)
            return false;
        *number = *number * 10 + digit;
    }
    return true;
}

/* The text of a member that was accepted. A required one must not be empty. */
static const char *take_text(spay__json_reader *reader, const spay__json_node *member,
                             const char *parent, const spay__json_field *field)
{
    if (field->presence == SPAY__JSON_OPTIONAL || member->value_length > 2)
        return text_of(reader, member);
    spay__json_set_fault(reader, "empty", parent, field->name);
    return NULL;
}

static int64_t take_count(spay__json_reader *reader, const spay__json_node *member,
                          const char *parent, const spay__json_field *field)
{
    int64_t number;

    if (read_digits(reader->text + member->value, member->value_length, &number))
        return number;
    if (field->presence == SPAY__JSON_REQUIRED)
        spay__json_set_fault(reader, "out_of_range", parent, field->name);
    else
        reader->ignored = true;
    return -1;
}

void spay__json_fill(spay__json_reader *reader, spay__json object, const char *parent,
                     const spay__json_field *fields, size_t count, void *out)
{
    const spay__json_node *found[SPAY__JSON_MOST_FIELDS];
    bool room = has_room(reader);
    size_t i;

    look_up(object, fields, count, found);
    for (i = 0; i < count; i++) {
        const spay__json_field *field = &fields[i];
        bool accepted = found[i] && found[i]->kind == field->kind;
        char *to = (char *)out + field->offset;

        if (!accepted)
            refuse(reader, found[i], parent, field->name, field->presence);
        if (field->kind == SPAY__JSON_COUNT) {
            int64_t number = accepted ? take_count(reader, found[i], parent, field) : -1;

            memcpy(to, &number, sizeof(number));
        } else {
            const char *text = accepted && room ? take_text(reader, found[i], parent, field) : NULL;

            memcpy(to, &text, sizeof(text));
        }
    }
}

bool spay__json_copy_text(spay__json value, char *out, size_t size)
{
    const char *raw;
    size_t length;

    if (!is_a(value, SPAY__JSON_TEXT) || value.node->value_length - 2 >= size)
        return false;
    raw = value.reader->text + value.node->value + 1;
    length = value.node->value_length - 2;
    *undo_escapes(raw, raw + length, out) = '\0';
    return true;
}

bool spay__json_as_integer(spay__json value, int64_t *number)
{
    const char *digits;
    size_t minus;

    if (!is_a(value, SPAY__JSON_COUNT))
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
    return is_a(array, '[') ? value_of(array.reader, first_of(array.reader, array.node))
                            : nothing();
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
    return is_a(value, '{');
}
