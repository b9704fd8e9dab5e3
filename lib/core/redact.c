/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Redaction. In place, so that it cannot fail for want of memory. A provider that repeats what it
 * was sent may write it down in its own way: percent-encoded, escaped for JSON, or in base64, alone
 * or together with what was around it.
 */
#include "redact.h"

#include <string.h>

#include "base/ascii.h"

enum {
    SHORTEST = 6, /* what is shorter is no credential, and would be found in ordinary words */
    SHORTEST_IN_BASE64 = 8
};

/* After the name of the scheme: "Bearer x", "GCS v1Client:x". */
static const char *last_word(const char *value)
{
    const char *mark = strrchr(value, ' ');
    const char *colon = strrchr(mark ? mark : value, ':');

    mark = colon ? colon : mark;
    return mark ? mark + 1 : value;
}

/* A byte of two hexadecimal digits; -1 if they are none. */
static int hex_byte(const char *text)
{
    int high = spay__hex_value(text[0]);
    int low = high < 0 ? -1 : spay__hex_value(text[1]);

    return low < 0 ? -1 : high * 16 + low;
}

/* How many bytes of the text spell a byte: as it is, "%2F", "\/" or "\u002f". 0: they do not. */
static size_t spells(const char *text, char byte)
{
    if (*text == byte)
        return 1;
    if (*text == '%')
        return hex_byte(text + 1) == (unsigned char)byte ? 3 : 0;
    if (*text != '\\')
        return 0;
    if (text[1] == byte)
        return 2;
    return strncmp(text + 1, "u00", 3) == 0 && hex_byte(text + 4) == (unsigned char)byte ? 6 : 0;
}

/* Texts have limits: whether this is the rest of one that was cut, within an escape perhaps. */
static bool is_cut(const char *rest)
{
    size_t length = strlen(rest);

    return !length || (*rest == '%' && length < 3) || (*rest == '\\' && length < 6);
}

static size_t match_spelled(const char *text, const char *secret)
{
    size_t length = 0;
    size_t i;

    for (i = 0; secret[i]; i++) {
        size_t more = spells(text + length, secret[i]);

        if (!more)
            return i >= SHORTEST && is_cut(text + length) ? length + strlen(text + length) : 0;
        length += more;
    }
    return length;
}

/* The value of a digit of base64, of either alphabet; -1 if it is none. */
static int sextet(char c)
{
    if (spay__is_alpha(c))
        return c >= 'a' ? c - 'a' + 26 : c - 'A';
    if (spay__is_digit(c))
        return c - '0' + 52;
    if (c == '+' || c == '-')
        return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

/* The byte at an index of what the text says in base64; -1 if it says none. */
static int decode_at(const char *text, size_t index)
{
    const char *at = text + index / 3 * 4 + index % 3;
    unsigned shift = 2 * (unsigned)(index % 3);
    int high = sextet(at[0]);
    int low = high < 0 ? -1 : sextet(at[1]);

    return low < 0 ? -1 : ((high << (2 + shift)) | (low >> (4 - shift))) & 0xff;
}

/* Whether the digit can have the first bits of a byte in its last six, four or two. */
static bool may_begin(char digit, size_t before, unsigned char byte)
{
    return (sextet(digit) & (0x3f >> 2 * before)) == byte >> (2 + 2 * before);
}

/* A group of four digits begins there, and the secret with one of its three bytes. */
static size_t match_base64(const char *text, const char *secret)
{
    size_t before;

    for (before = 0; before < 3 && sextet(text[before]) >= 0; before++) {
        size_t i = before;
        size_t digits;

        if (!may_begin(text[before], before, (unsigned char)*secret))
            continue;
        while (secret[i - before] && decode_at(text, i) == (unsigned char)secret[i - before])
            i++;
        digits = (i * 8 + 5) / 6;
        if (!secret[i - before])
            return digits;
        if (i - before >= SHORTEST && strlen(text + digits) < 2) /* cut */
            return strlen(text);
    }
    return 0;
}

/* Where a text has the secret, and in how many bytes; its end, if nowhere. */
static char *find(char *text, const char *secret, size_t *length)
{
    size_t left = strlen(text);

    for (; left; text++, left--) {
        *length = match_spelled(text, secret);
        if (!*length && left >= SHORTEST_IN_BASE64)
            *length = match_base64(text, secret);
        if (*length)
            break;
    }
    return text;
}

static void overwrite(char *text, const char *secret)
{
    size_t length = 0;

    if (strlen(secret) < SHORTEST)
        return;
    for (text = find(text, secret, &length); *text; text = find(text + length, secret, &length))
        memset(text, '*', length);
}

/* A text with the whole value has its last word, too. */
static bool finds(const char *text, const char *value)
{
    const char *word = last_word(value);
    size_t length;

    if (strlen(word) < SHORTEST)
        word = value;
    return strlen(word) >= SHORTEST && *find((char *)text, word, &length);
}

bool spay__redact_finds(const spay_http_request *request, const char *text)
{
    size_t i;

    for (i = 0; request && i < request->header_count; i++)
        if (request->headers[i].secret && finds(text, spay_http_request_header_value(request, i)))
            return true;
    return false;
}

void spay__redact(const spay_http_request *request, char *text)
{
    size_t i;

    for (i = 0; request && text && i < request->header_count; i++) {
        const char *value = spay_http_request_header_value(request, i);

        if (!request->headers[i].secret)
            continue;
        overwrite(text, value);
        overwrite(text, last_word(value));
    }
}

void spay__redact_error(const spay_http_request *request, spay_error *error)
{
    size_t i;

    spay__redact(request, error->message);
    spay__redact(request, error->reason);
    spay__redact(request, error->provider_code);
    spay__redact(request, error->request_id);
    for (i = 0; i < error->field_count; i++) {
        spay__redact(request, error->fields[i].path);
        spay__redact(request, error->fields[i].code);
        spay__redact(request, error->fields[i].message);
    }
}
