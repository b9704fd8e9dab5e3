/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Error envelopes, tolerantly: gateways answer with HTML, and even the providers' own examples
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

static void read_wepay_detail(spay__json detail, spay_error *error)
{
    spay__buffer path;

    if (!spay__json_is_object(detail))
        return;
    spay__buffer_init(&path, LONGEST_PATH);
    read_target(spay__json_get(detail, "target"), &path);
    spay__error_add_field(error, path.data ? path.data : "", member_text(detail, "reason_code"),
                          member_text(detail, "message"));
    spay__buffer_clear(&path);
}

static const char *read_wepay(spay__json root, spay_error *error)
{
    spay__json detail = spay__json_first(spay__json_get(root, "details"));

    spay__error_set(error, &error->provider_code, member_text(root, "error_code"));
    for (; detail.node; detail = spay__json_next(detail))
        read_wepay_detail(detail, error);
    return member_text(root, "error_message");
}

static void read_problem_item(spay__json item, spay_error *error)
{
    const char *parameter = member_text(item, "parameter");

    if (spay__json_is_object(item))
        spay__error_add_field(error, parameter ? parameter : "", member_text(item, "detail"),
                              member_text(item, "message"));
}

static const char *read_problem(spay__json root, spay_error *error)
{
    spay__json item = spay__json_first(spay__json_get(root, "errors"));
    const char *type = member_text(root, "type");
    const char *fragment = type ? strrchr(type, '#') : NULL;
    const char *detail = member_text(root, "detail");

    spay__error_set(error, &error->provider_code, fragment ? fragment + 1 : NULL);
    for (; item.node; item = spay__json_next(item))
        read_problem_item(item, error);
    return detail ? detail : member_text(root, "title");
}

/* The code is a string of digits, in old replies a number. */
static const char *read_code(spay__json item, char number[SPAY__INTEGER_SIZE])
{
    spay__json code = spay__json_get(item, "code");
    int64_t value;

    if (!spay__json_as_integer(code, &value))
        return spay__json_as_text(code);
    return spay__integer_text(value, number);
}

static const char *read_connect_item(spay__json item, spay_error *error)
{
    char number[SPAY__INTEGER_SIZE];
    const char *code = read_code(item, number);
    const char *property = member_text(item, "propertyName");
    const char *message = member_text(item, "message");

    if (!message)
        message = member_text(item, "id");
    if (!spay__json_is_object(item))
        return NULL;
    if (!error->provider_code)
        spay__error_set(error, &error->provider_code, code);
    spay__error_add_field(error, property ? property : "", code, message);
    return message;
}

static const char *read_connect(spay__json root, spay_error *error)
{
    spay__json item = spay__json_first(spay__json_get(root, "errors"));
    const char *first = NULL;

    spay__error_set(error, &error->request_id, member_text(root, "errorId"));
    for (; item.node; item = spay__json_next(item)) {
        const char *message = read_connect_item(item, error);

        first = first ? first : message;
    }
    return first;
}

static const char *read_body(spay__envelope kind, spay__json root, spay_error *error)
{
    switch (kind) {
    case SPAY__ENVELOPE_WEPAY:
        return read_wepay(root, error);
    case SPAY__ENVELOPE_PROBLEM:
        return read_problem(root, error);
    case SPAY__ENVELOPE_CONNECT:
        break;
    }
    return read_connect(root, error);
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

/* Where each envelope has codes: one of its own, and one in each element of a list. */
static const struct code_places {
    const char *own;
    bool fragment;
    const char *list;
    const char *each;
} code_places[] = {
    {"error_code", false, "details", "reason_code"},
    {"type", true, "errors", "detail"},
    {NULL, false, "errors", "code"},
};

static bool has_own_code(const struct code_places *places, spay__json root, const char *code)
{
    if (!places->own)
        return false;
    return places->fragment ? equals_fragment(spay__json_get(root, places->own), code)
                            : equals_code(spay__json_get(root, places->own), code);
}

bool spay__envelope_has_code(spay__envelope kind, spay__json_reader *json, const char *code)
{
    const struct code_places *places = &code_places[kind];
    spay__json root = spay__json_root(json);
    spay__json element = spay__json_first(spay__json_get(root, places->list));

    if (has_own_code(places, root, code))
        return true;
    while (element.node && !equals_code(spay__json_get(element, places->each), code))
        element = spay__json_next(element);
    return element.node != NULL;
}

const char *spay__envelope_request_id(spay__envelope kind, const spay_http_response *response)
{
    const char *id = NULL;
    const char *c;

    if (kind != SPAY__ENVELOPE_CONNECT)
        id = spay_http_response_header(response, kind == SPAY__ENVELOPE_WEPAY ? "X-Correlation-Id"
                                                                              : "X-Request-Id");
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

/* Behind the ">" of the tag that begins there; NULL if it has none. */
static const char *skip_tag(const char *tag, const char *end)
{
    const char *close = tag ? memchr(tag, '>', (size_t)(end - tag)) : NULL;

    return close ? close + 1 : NULL;
}

/* Gateways answer with pages: their title says most of what they know. */
static void tell_page(spay__buffer *message, const char *page, size_t length)
{
    const char *title = skip_tag(find_tag(page, length, "<title"), page + length);
    const char *end = title ? memchr(title, '<', length - (size_t)(title - page)) : NULL;
    size_t most = end ? (size_t)(end - title) : 0;

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
    else if (!said && find_tag(body, length, "<html"))
        tell_page(message, body, length);
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

void spay__envelope_read(spay__envelope kind, const spay_http_response *response,
                         spay__json_reader *json, spay_error *error)
{
    const char *message = NULL;
    const char *body;
    size_t length;

    body = spay_http_response_body(response, &length);
    spay__error_set_body(error, body, length);
    if (spay__envelope_request_id(kind, response))
        spay__error_set(error, &error->request_id, spay__envelope_request_id(kind, response));
    if (json->values)
        message = read_body(kind, spay__json_root(json), error);
    write_message(response, error, message);
}
