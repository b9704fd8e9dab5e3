/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Error replies, tolerantly: gateways answer with HTML, and even the providers' own examples
 * leave members out.
 */
#include "envelope.h"

#include <string.h>

#include "base/ascii.h"
#include "base/buffer.h"
#include "json/read.h"

enum {
    LONGEST_PATH = 512,
    LONGEST_CODE = 512, /* and of the URL that has it for a fragment */
    LONGEST_PREAMBLE = 2048,
    LONGEST_TITLE = 120,
    LONGEST_MESSAGE = 16384, /* an error cuts it */
    FIELDS_TOLD = 3
};

static const char *member_text(spay__json object, const char *name)
{
    return spay__json_as_text(spay__json_get(object, name));
}

static void append_part(spay__json part, spay__buffer *path)
{
    const char *text = spay__json_as_text(part);

    if (text)
        spay__buffer_text(path, text);
}

/* ["mobile_session","account_id"], or a plain text, as "mobile_session.account_id". */
static void read_target(spay__json target, spay__buffer *path)
{
    spay__json part;

    append_part(target, path);
    for (part = spay__json_first(target); part.node; part = spay__json_next(part)) {
        if (path->length)
            spay__buffer_byte(path, '.');
        append_part(part, path);
    }
}

/* A text, or an integer as its digits: the same code comes as either. */
static const char *code_text(spay__json value, char number[SPAY__INTEGER_SIZE])
{
    int64_t integer;

    return spay__json_as_integer(value, &integer) ? spay__integer_text(integer, number)
                                                  : spay__json_as_text(value);
}

/* A member's text; that of another if it has none. NULL as a name is no member. */
static const char *text_of(spay__json object, const char *name, const char *name_else)
{
    const char *text = name ? member_text(object, name) : NULL;

    return text || !name_else ? text : member_text(object, name_else);
}

static void read_own_code(const spay__envelope *envelope, spay__json root, spay_error *error)
{
    char number[SPAY__INTEGER_SIZE];
    const char *code = code_text(spay__json_get(root, envelope->code), number);

    if (code && envelope->code_is_fragment) {
        code = strrchr(code, '#');
        code = code ? code + 1 : NULL;
    }
    spay__error_set(error, &error->provider_code, code);
}

/* Returns its message; NULL if it has none. */
static const char *read_field(const spay__envelope *envelope, spay__json field, spay_error *error)
{
    const char *message = text_of(field, envelope->field_message, envelope->field_message_else);
    char number[SPAY__INTEGER_SIZE];
    const char *code = code_text(spay__json_get(field, envelope->field_code), number);
    spay__buffer path;

    if (!spay__json_is_object(field))
        return NULL;
    spay__buffer_init(&path, LONGEST_PATH);
    read_target(spay__json_get(field, envelope->field_path), &path);
    if (!envelope->code && !error->provider_code)
        spay__error_set(error, &error->provider_code, code);
    spay__error_add_field(error, path.data ? path.data : "", code, message);
    spay__buffer_clear(&path);
    return message;
}

/* Returns the message. */
static const char *read_body(const spay__envelope *envelope, spay__json root, spay_error *error)
{
    const char *message = text_of(root, envelope->message, envelope->message_else);
    spay__json field = spay__json_first(spay__json_get(root, envelope->list));

    if (envelope->code)
        read_own_code(envelope, root, error);
    if (envelope->request_id)
        spay__error_set(error, &error->request_id, member_text(root, envelope->request_id));
    for (; field.node; field = spay__json_next(field)) {
        const char *told = read_field(envelope, field, error);

        if (!envelope->message && !message)
            message = told;
    }
    return message;
}

/* A text, or an integer in digits. */
static bool equals_code(spay__json value, const char *code)
{
    char text[LONGEST_CODE];
    int64_t number;

    if (spay__json_as_integer(value, &number))
        return strcmp(spay__integer_text(number, text), code) == 0;
    return spay__json_copy_text(value, text, sizeof(text)) && strcmp(text, code) == 0;
}

/* The same for what follows the last "#". */
static bool equals_fragment(spay__json value, const char *code)
{
    char text[LONGEST_CODE];
    const char *fragment =
        spay__json_copy_text(value, text, sizeof(text)) ? strrchr(text, '#') : NULL;

    return fragment && strcmp(fragment + 1, code) == 0;
}

static bool has_own_code(const spay__envelope *envelope, spay__json root, const char *code)
{
    if (!envelope->code)
        return false;
    return envelope->code_is_fragment ? equals_fragment(spay__json_get(root, envelope->code), code)
                                      : equals_code(spay__json_get(root, envelope->code), code);
}

bool spay__envelope_has_code(const spay__envelope *envelope, spay__json_reader *json,
                             const char *code)
{
    spay__json root = spay__json_root(json);
    spay__json field = spay__json_first(spay__json_get(root, envelope->list));

    if (has_own_code(envelope, root, code))
        return true;
    while (field.node && !equals_code(spay__json_get(field, envelope->field_code), code))
        field = spay__json_next(field);
    return field.node != NULL;
}

const char *spay__envelope_request_id(const spay__envelope *envelope,
                                      const spay_http_response *response)
{
    const char *id = envelope->request_id_header
                         ? spay_http_response_header(response, envelope->request_id_header)
                         : NULL;
    const char *c;

    for (c = id; c && *c; c++)
        if (!spay__is_visible(*c) || c - id >= SPAY__LONGEST_REQUEST_ID)
            return NULL;
    return id;
}

/* ---- the message ---- */

/* Where a tag begins in a page, not far from the start of it; NULL if it is not there. */
static const char *find_tag(const char *page, size_t length, const char *tag)
{
    size_t size = strlen(tag);
    size_t i;

    for (i = 0; i + size < length && i < LONGEST_PREAMBLE; i++)
        if (spay__starts_with_ignoring_case(page + i, tag))
            return page + i;
    return NULL;
}

/* After the ">" of the tag that begins there; NULL if it has none. */
static const char *skip_tag(const char *tag, const char *end)
{
    const char *close = tag ? memchr(tag, '>', (size_t)(end - tag)) : NULL;

    return close ? close + 1 : NULL;
}

void spay__envelope_tell_page(spay__buffer *message, const char *body, size_t length)
{
    const char *title = skip_tag(find_tag(body, length, "<title"), body + length);
    const char *end = title ? memchr(title, '<', length - (size_t)(title - body)) : NULL;
    size_t most = end ? (size_t)(end - title) : 0;

    if (!find_tag(body, length, "<html"))
        return;
    spay__buffer_text(message, ": an HTML page");
    if (!most)
        return;
    spay__buffer_text(message, ", ");
    spay__buffer_append(message, title, most < LONGEST_TITLE ? most : LONGEST_TITLE);
}

/* Scheme, host and path of where a redirect points; a user or a query may be secret. */
static void tell_target(spay__buffer *message, const char *location)
{
    const char *authority = strstr(location, "://");
    size_t scheme = authority ? (size_t)(authority + 3 - location) : 0;
    size_t length = strcspn(location, "?#");
    const char *at = memchr(location, '@', scheme + strcspn(location + scheme, "/?#"));

    spay__buffer_text(message, ": redirect to ");
    spay__buffer_append(message, location, scheme);
    if (at)
        scheme = (size_t)(at + 1 - location);
    if (length > scheme)
        spay__buffer_append(message, location + scheme, length - scheme);
}

/* " (path: CODE message; path: CODE)" */
static void tell_fields(spay__buffer *message, const spay_error *error, const char *said)
{
    const char *before = " (";
    size_t i;

    for (i = 0; i < error->field_count && i < FIELDS_TOLD; i++) {
        const char *text = spay_error_field_message(error, i);

        if (!*spay_error_field_path(error, i))
            continue;
        spay__buffer_text(message, before);
        spay__buffer_text(message, spay_error_field_path(error, i));
        spay__buffer_text(message, *spay_error_field_code(error, i) ? ": " : "");
        spay__buffer_text(message, spay_error_field_code(error, i));
        if (*text && (!said || strcmp(text, said) != 0)) {
            spay__buffer_byte(message, ' ');
            spay__buffer_text(message, text);
        }
        before = "; ";
    }
    if (*before == ';')
        spay__buffer_text(message, error->field_count > FIELDS_TOLD ? "; ...)" : ")");
}

static void tell_body(spay__buffer *message, const spay_http_response *response,
                      const spay_error *error, const char *said)
{
    const char *location = spay_http_response_header(response, "Location");
    const char *body;
    size_t length;

    body = spay_http_response_body(response, &length);
    if (response->status >= 300 && response->status <= 399 && location)
        tell_target(message, location);
    else if (!said)
        spay__envelope_tell_page(message, body, length);
    if (said) {
        spay__buffer_text(message, ": ");
        spay__buffer_text(message, said);
    }
    tell_fields(message, error, said);
}

static void write_message(const spay_http_response *response, spay_error *error, const char *said)
{
    spay__buffer message;

    spay__buffer_init(&message, LONGEST_MESSAGE);
    spay__buffer_text(&message, "HTTP ");
    spay__buffer_integer(&message, response->status);
    if (error->provider_code && *error->provider_code) {
        spay__buffer_byte(&message, ' ');
        spay__buffer_text(&message, error->provider_code);
    }
    tell_body(&message, response, error, said);
    if (message.length)
        spay__error_set(error, &error->message, message.data);
    spay__buffer_clear(&message);
}

void spay__envelope_read(const spay__envelope *envelope, const spay_http_response *response,
                         spay__json_reader *json, spay_error *error)
{
    const char *message = NULL;
    const char *body;
    size_t length;

    body = spay_http_response_body(response, &length);
    spay__error_set_body(error, body, length);
    if (spay__envelope_request_id(envelope, response))
        spay__error_set(error, &error->request_id, spay__envelope_request_id(envelope, response));
    if (json->values)
        message = read_body(envelope, spay__json_root(json), error);
    write_message(response, error, message);
}
