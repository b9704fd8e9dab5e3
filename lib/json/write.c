/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Writing JSON.
 */
#include "write.h"

#include <string.h>

#include "base/ascii.h"
#include "scan.h"

static void write_escape(spay__buffer *out, char character)
{
    unsigned char byte = (unsigned char)character;

    if (byte < 0x20) {
        spay__buffer_text(out, "\\u00");
        spay__buffer_byte(out, spay__hex_digits[byte >> 4]);
        spay__buffer_byte(out, spay__hex_digits[byte & 15]);
    } else {
        spay__buffer_byte(out, '\\');
        spay__buffer_byte(out, character);
    }
}

/* To the next byte that has to be escaped. */
static const char *skip_unescaped(const char *at, const char *end)
{
    for (;;) {
        at = spay__json_skip_plain(at, end);
        if (at == end || (unsigned char)*at < 0x80)
            return at;
        at++;
    }
}

static void write_quoted(spay__buffer *out, const char *text, size_t length)
{
    char *room = spay__buffer_extend(out, length + 2);

    if (!room)
        return;
    room[0] = '"';
    memcpy(room + 1, text, length);
    room[length + 1] = '"';
}

static void write_escaped(spay__buffer *out, const char *text, const char *special, const char *end)
{
    spay__buffer_byte(out, '"');
    while (special < end) {
        spay__buffer_append(out, text, (size_t)(special - text));
        write_escape(out, *special);
        text = special + 1;
        special = skip_unescaped(text, end);
    }
    spay__buffer_append(out, text, (size_t)(end - text));
    spay__buffer_byte(out, '"');
}

/* Nearly always there is nothing to escape. */
static void write_string(spay__buffer *out, const char *text)
{
    const char *end = text + strlen(text);
    const char *special = skip_unescaped(text, end);

    if (special == end)
        write_quoted(out, text, (size_t)(end - text));
    else
        write_escaped(out, text, special, end);
}

static void write_name(spay__json_writer *writer, const char *name)
{
    if (writer->comma)
        spay__buffer_byte(writer->out, ',');
    if (name) {
        write_string(writer->out, name);
        spay__buffer_byte(writer->out, ':');
    }
    writer->comma = true;
}

void spay__json_open(spay__json_writer *writer, const char *name, char bracket)
{
    write_name(writer, name);
    spay__buffer_byte(writer->out, bracket);
    writer->comma = false;
}

void spay__json_close(spay__json_writer *writer, char bracket)
{
    spay__buffer_byte(writer->out, bracket);
    writer->comma = true;
}

void spay__json_write_text(spay__json_writer *writer, const char *name, const char *value)
{
    if (!value)
        return;
    write_name(writer, name);
    write_string(writer->out, value);
}

void spay__json_write_integer(spay__json_writer *writer, const char *name, int64_t value)
{
    write_name(writer, name);
    spay__buffer_integer(writer->out, value);
}

/* JSON text without the blanks between its tokens. */
static void write_compact(spay__buffer *out, const char *json, size_t length)
{
    bool string = false;
    size_t i;

    for (i = 0; i < length; i++) {
        if (string && json[i] == '\\')
            spay__buffer_byte(out, json[i++]);
        else if (json[i] == '"')
            string = !string;
        else if (!string && strchr(" \t\r\n", json[i]))
            continue;
        spay__buffer_byte(out, json[i]);
    }
}

void spay__json_write_raw(spay__json_writer *writer, const char *name, size_t name_length,
                          const char *value, size_t value_length)
{
    write_name(writer, NULL);
    spay__buffer_byte(writer->out, '"');
    spay__buffer_append(writer->out, name, name_length);
    spay__buffer_text(writer->out, "\":");
    write_compact(writer->out, value, value_length);
}
