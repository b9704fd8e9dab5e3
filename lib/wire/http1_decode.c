/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Bytes of an HTTP/1.x response into the response (RFC 9112), without I/O.
 *
 * A header line is read where it arrived; only one that is cut waits in the response until its end
 * comes. Limits and faults are found at the same byte wherever the input is cut, so that the result
 * does not depend on it. Nothing that follows a fault is read.
 */
#include <sessionpay/wire.h>

#include <string.h>

#include "base/ascii.h"
#include "http/message.h"

/* What comes next. A response begins with the first one. */
enum {
    STATUS_LINE,
    FIELD,
    BODY,
    BODY_UNTIL_END,
    CHUNK_SIZE,
    CHUNK_SIZE_BLANK, /* after it, only an extension or the end of the line may come */
    CHUNK_EXTENSION,
    CHUNK_SIZE_LF,
    CHUNK_DATA,
    CHUNK_DATA_END,
    CHUNK_DATA_LF,
    TRAILER,
    COMPLETE,
    BROKEN
};

static const char *const framing_fields[SPAY__FRAMING_FIELDS] = {
    [SPAY__CONNECTION] = "connection",
    [SPAY__CONTENT_LENGTH] = "content-length",
    [SPAY__KEEP_ALIVE] = "keep-alive",
    [SPAY__TRANSFER_ENCODING] = "transfer-encoding",
};

enum {
    SWITCHING_PROTOCOLS = 101,
    NO_CONTENT = 204,
    NOT_MODIFIED = 304,
    STATUS_LINE_LENGTH = 12, /* "HTTP/1.1 200" */
    MAX_CHUNK_DIGITS = 16
};

typedef struct span {
    const char *at;
    const char *end;
} span;

static size_t length_of(const span *text)
{
    return (size_t)(text->end - text->at);
}

static int32_t fail(spay_http_response *response, spay_status status, const char *reason,
                    const char *message)
{
    response->decoder.part = BROKEN;
    spay__buffer_reset(&response->line);
    spay_http_response_set_failure(response, reason, message);
    return status;
}

static int32_t no_memory(spay_http_response *response)
{
    return fail(response, SPAY_E_NO_MEMORY, NULL, NULL);
}

static int32_t not_http(spay_http_response *response)
{
    return fail(response, SPAY_E_PROTOCOL, "not_http", "the peer does not answer in HTTP/1.x");
}

static int32_t malformed_header(spay_http_response *response)
{
    return fail(response, SPAY_E_PROTOCOL, "malformed_header",
                "the response has a malformed header line");
}

static int32_t malformed_chunk(spay_http_response *response)
{
    return fail(response, SPAY_E_PROTOCOL, "malformed_chunk",
                "the body's chunked coding is malformed");
}

static int32_t header_too_long(spay_http_response *response)
{
    return fail(response, SPAY_E_LIMIT, "header_too_long",
                "the response's header is longer than 32 KiB or 256 fields");
}

static int32_t body_too_long(spay_http_response *response)
{
    return fail(response, SPAY_E_LIMIT, "body_too_long",
                "the response's body is longer than 256 KiB");
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void trim(span *text)
{
    while (text->at < text->end && is_blank(*text->at))
        text->at++;
    while (text->at < text->end && is_blank(text->end[-1]))
        text->end--;
}

static bool equals(const span *text, const char *lower_case)
{
    const char *at;

    for (at = text->at; at < text->end && spay__to_lower(*at) == *lower_case; at++)
        lower_case++;
    return at == text->end && !*lower_case;
}

/* ---- Lines ----------------------------------------------------------------------------------- */

/* Whether what there is of a line, or all of it, can be a status line. */
static bool can_be_status_line(const span *line)
{
    static const char pattern[] = "HTTP/1.0 000";
    size_t length = length_of(line);
    size_t i;

    for (i = 0; i < length && i < STATUS_LINE_LENGTH; i++)
        if (pattern[i] == '0' ? !spay__is_digit(line->at[i]) : line->at[i] != pattern[i])
            return false;
    return length <= STATUS_LINE_LENGTH || line->at[i] == ' ' || line->at[i] == '\r';
}

/* Keeps the beginning of a line until the rest is here; a view of all that there is of it. */
static bool keep_partial(spay_http_response *response, span *line)
{
    if (!spay__buffer_append(&response->line, line->at, length_of(line)))
        return false;
    line->at = response->line.data;
    line->end = line->at + response->line.length;
    return true;
}

/*
 * Takes the next line, without its end. SPAY_DECODE_MORE if its end has not arrived. Bytes beyond
 * the limit for all lines are not looked at.
 */
static int32_t take_line(spay_http_response *response, span *input, span *line)
{
    spay__http1_decoder *decoder = &response->decoder;
    size_t room = SPAY__MAX_HEADER_BYTES - decoder->head_length;
    const char *newline = memchr(input->at, '\n', length_of(input));
    size_t length;
    bool too_long;

    line->at = input->at;
    line->end = newline ? newline + 1 : input->end;
    too_long = length_of(line) > room;
    if (too_long)
        line->end = line->at + room;
    length = length_of(line);
    input->at += length;
    decoder->head_length += (uint32_t)length;
    if (newline && !too_long)
        line->end--;
    if ((!newline || response->line.length) && !keep_partial(response, line))
        return no_memory(response);
    if (decoder->part == STATUS_LINE && !can_be_status_line(line))
        return not_http(response);
    if (too_long)
        return header_too_long(response);
    return newline ? SPAY_OK : SPAY_DECODE_MORE;
}

/* Drops the CR of a line's end. A CR elsewhere, or a NUL, is a fault. */
static bool check_line(span *line)
{
    size_t length;

    if (line->at < line->end && line->end[-1] == '\r')
        line->end--;
    length = length_of(line);
    return !memchr(line->at, '\r', length) && !memchr(line->at, '\0', length);
}

static int32_t read_status_line(spay_http_response *response, span *line)
{
    spay__http1_decoder *decoder = &response->decoder;
    const char *at = line->at;
    int32_t status;

    if (length_of(line) < STATUS_LINE_LENGTH)
        return not_http(response);
    if (!check_line(line))
        return malformed_header(response);
    status = (at[9] - '0') * 100 + (at[10] - '0') * 10 + (at[11] - '0');
    if (spay_http_response_set_status(response, status) != SPAY_OK)
        return not_http(response);
    decoder->minor_version = (uint8_t)(at[7] - '0');
    response->http_version = 10 + decoder->minor_version;
    decoder->repeated = 0;
    memset(decoder->values, 0, sizeof(decoder->values));
    decoder->part = FIELD;
    return SPAY_OK;
}

/* ---- Fields ---------------------------------------------------------------------------------- */

/* One or more visible characters up to the colon; false if it is anything else. */
static bool take_name(const span *line, span *name)
{
    const char *at = line->at;
    const char *end = line->end;

    while (at < end && spay__is_visible(*at) && *at != ':')
        at++;
    name->at = line->at;
    name->end = at;
    return at > line->at && at < end && *at == ':';
}

/* The framing field of that name, or SPAY__FRAMING_FIELDS. */
static int recognise(const span *name)
{
    int field = SPAY__FRAMING_FIELDS;

    if (length_of(name) == sizeof("Connection") - 1)
        field = spay__to_lower(*name->at) == 'c' ? SPAY__CONNECTION : SPAY__KEEP_ALIVE;
    else if (length_of(name) == sizeof("Content-Length") - 1)
        field = SPAY__CONTENT_LENGTH;
    else if (length_of(name) == sizeof("Transfer-Encoding") - 1)
        field = SPAY__TRANSFER_ENCODING;
    return field < SPAY__FRAMING_FIELDS && equals(name, framing_fields[field])
               ? field
               : SPAY__FRAMING_FIELDS;
}

static int32_t store_field(spay_http_response *response, const span *name, const span *value)
{
    spay__http1_decoder *decoder = &response->decoder;
    size_t value_at = response->headers.length + length_of(name) + 1;
    int field = recognise(name);

    if (spay__http_response_add(response, name->at, length_of(name), value->at, length_of(value)) !=
        SPAY_OK)
        return no_memory(response); /* the limits have been checked */
    if (field == SPAY__FRAMING_FIELDS)
        return SPAY_OK;
    if (decoder->values[field])
        decoder->repeated |= (uint8_t)(1u << field);
    else
        decoder->values[field] = (uint16_t)value_at;
    return SPAY_OK;
}

/* The first value of a framing field, or the one after; NULL if there is none. */
static const char *next_value(const spay_http_response *response, int field, const char *after)
{
    const spay__http1_decoder *decoder = &response->decoder;

    if (!after)
        return decoder->values[field] ? response->headers.data + decoder->values[field] : NULL;
    if (!(decoder->repeated & 1u << field))
        return NULL;
    return spay__http_response_next(response, framing_fields[field], after);
}

/* Continues the value of the last field, which is at the end of the buffer with its NUL. */
static int32_t fold(spay_http_response *response, const span *text)
{
    spay__buffer *headers = &response->headers;
    bool joined = headers->data[headers->length - 2] != '\0';

    if (text->at == text->end)
        return SPAY_OK;
    spay__buffer_truncate(headers, headers->length - 1);
    if (joined)
        spay__buffer_byte(headers, ' ');
    spay__buffer_append(headers, text->at, length_of(text));
    return spay__buffer_byte(headers, '\0') ? SPAY_OK : no_memory(response);
}

/* A line of the header section, or of the trailer section, which is checked and dropped. */
static int32_t read_field(spay_http_response *response, const span *line)
{
    spay__http1_decoder *decoder = &response->decoder;
    bool stored = decoder->part == FIELD;
    span name;
    span value = *line;

    if (is_blank(*line->at)) {
        trim(&value);
        if (stored ? !response->header_count : !decoder->has_trailer)
            return malformed_header(response);
        return stored ? fold(response, &value) : SPAY_OK;
    }
    if (!take_name(line, &name))
        return malformed_header(response);
    if (decoder->field_count == SPAY__MAX_HEADERS)
        return header_too_long(response);
    decoder->field_count++;
    decoder->has_trailer = !stored;
    value.at = name.end + 1;
    trim(&value);
    return stored ? store_field(response, &name, &value) : SPAY_OK;
}

/* The next member of a comma-separated list, which ends at a NUL; *list is NULL after the last. */
static span next_member(const char **list)
{
    const char *end = strchr(*list, ',');
    span member;

    member.at = *list;
    member.end = end ? end : member.at + strlen(member.at);
    *list = end ? end + 1 : NULL;
    trim(&member);
    return member;
}

static bool has_connection_option(const spay_http_response *response, const char *option)
{
    const char *value = NULL;

    while ((value = next_value(response, SPAY__CONNECTION, value)) != NULL) {
        const char *list = value;

        while (list) {
            span member = next_member(&list);

            if (equals(&member, option))
                return true;
        }
    }
    return false;
}

/* RFC 9112, section 9.3 */
static bool is_persistent(const spay_http_response *response)
{
    const spay__http1_decoder *decoder = &response->decoder;

    return !has_connection_option(response, "close") &&
           (decoder->minor_version > 0 || has_connection_option(response, "keep-alive"));
}

int64_t spay__http_response_keep_alive_ms(const spay_http_response *response)
{
    static const char name[] = "timeout=";
    uint16_t at = response->decoder.values[SPAY__KEEP_ALIVE];
    const char *list = at ? response->headers.data + at : NULL;

    while (list) {
        span member = next_member(&list);
        span key = {member.at, member.at + sizeof(name) - 1};

        if (length_of(&member) > length_of(&key) && equals(&key, name)) {
            int64_t seconds = 0;

            for (; key.end < member.end && spay__is_digit(*key.end) && seconds < 1000000; key.end++)
                seconds = seconds * 10 + (*key.end - '0');
            return seconds * 1000;
        }
    }
    return -1;
}

/* Digits and nothing else; numbers above the limit become the first one above it. -1: malformed. */
static int32_t parse_length(const span *text)
{
    int32_t length = 0;
    const char *at;

    for (at = text->at; at < text->end && spay__is_digit(*at); at++)
        if (length <= SPAY__MAX_BODY)
            length = length * 10 + (*at - '0');
    if (at == text->at || at < text->end)
        return -1;
    return length > SPAY__MAX_BODY ? SPAY__MAX_BODY + 1 : length;
}

/* What all Content-Length fields agree on; -1 if they do not, or if one is malformed. */
static int32_t content_length(const spay_http_response *response)
{
    const char *value = NULL;
    int32_t length = -1;

    while ((value = next_value(response, SPAY__CONTENT_LENGTH, value)) != NULL) {
        const char *list = value;

        while (list) {
            span member = next_member(&list);
            int32_t next = parse_length(&member);

            if (next < 0 || (length >= 0 && next != length))
                return -1;
            length = next;
        }
    }
    return length;
}

/* ---- What follows the header section --------------------------------------------------------- */

static int32_t begin_chunks(spay_http_response *response)
{
    spay__http1_decoder *decoder = &response->decoder;
    const char *coding = next_value(response, SPAY__TRANSFER_ENCODING, NULL);

    if (decoder->values[SPAY__CONTENT_LENGTH])
        return fail(response, SPAY_E_PROTOCOL, "ambiguous_length",
                    "the response has both Content-Length and Transfer-Encoding");
    if (decoder->minor_version == 0 || !spay__equal_ignoring_case(coding, "chunked") ||
        next_value(response, SPAY__TRANSFER_ENCODING, coding))
        return fail(response, SPAY_E_PROTOCOL, "transfer_coding",
                    "the response has a transfer coding other than chunked");
    decoder->part = CHUNK_SIZE;
    return SPAY_OK;
}

static int32_t begin_body(spay_http_response *response)
{
    spay__http1_decoder *decoder = &response->decoder;
    int32_t length = content_length(response);

    if (length < 0)
        return fail(response, SPAY_E_PROTOCOL, "ambiguous_length",
                    "the response has a malformed Content-Length, or several that differ");
    if (length > SPAY__MAX_BODY)
        return body_too_long(response);
    decoder->remaining = (uint32_t)length;
    decoder->part = length ? BODY : COMPLETE;
    if (length)
        spay__buffer_reserve(&response->body, (size_t)length);
    return SPAY_OK;
}

/* The next head has the limits for itself; all interim ones together have that of a body. */
static int32_t end_interim(spay_http_response *response)
{
    spay__http1_decoder *decoder = &response->decoder;

    decoder->interim_length += decoder->head_length;
    decoder->head_length = 0;
    decoder->field_count = 0;
    return decoder->interim_length > SPAY__MAX_BODY ? header_too_long(response) : SPAY_OK;
}

/* A response of this kind has no body, but its sender may believe that it has one. */
static int32_t end_without_body(spay_http_response *response)
{
    spay__http1_decoder *decoder = &response->decoder;

    if (response->status == SWITCHING_PROTOCOLS)
        return fail(response, SPAY_E_PROTOCOL, "unexpected_upgrade",
                    "the peer changes to another protocol");
    if (decoder->values[SPAY__TRANSFER_ENCODING] ||
        (decoder->values[SPAY__CONTENT_LENGTH] && content_length(response) != 0))
        decoder->must_close = true;
    decoder->part = response->status < 200 ? STATUS_LINE : COMPLETE;
    return decoder->part == STATUS_LINE ? end_interim(response) : SPAY_OK;
}

/* RFC 9112, section 6.3 */
static int32_t end_head(spay_http_response *response)
{
    spay__http1_decoder *decoder = &response->decoder;
    int32_t status = response->status;

    if (!is_persistent(response))
        decoder->must_close = true;
    if (status < 200 || status == NO_CONTENT || status == NOT_MODIFIED)
        return end_without_body(response);
    if (decoder->values[SPAY__TRANSFER_ENCODING])
        return begin_chunks(response);
    if (decoder->values[SPAY__CONTENT_LENGTH])
        return begin_body(response);
    decoder->part = BODY_UNTIL_END;
    return SPAY_OK;
}

static int32_t read_line(spay_http_response *response, span *input)
{
    spay__http1_decoder *decoder = &response->decoder;
    span line;
    int32_t result = take_line(response, input, &line);

    if (result != SPAY_OK)
        return result;
    if (decoder->part == STATUS_LINE)
        result = read_status_line(response, &line);
    else if (!check_line(&line))
        result = malformed_header(response);
    else if (line.at < line.end)
        result = read_field(response, &line);
    else if (decoder->part == FIELD)
        result = end_head(response);
    else
        decoder->part = COMPLETE;
    if (response->line.length)
        spay__buffer_reset(&response->line);
    return result;
}

/* ---- Bodies ---------------------------------------------------------------------------------- */

static int32_t append_body(spay_http_response *response, span *input, size_t length)
{
    if (!spay__buffer_append(&response->body, input->at, length))
        return no_memory(response); /* the limit has been checked */
    input->at += length;
    return SPAY_OK;
}

static int32_t read_sized(spay_http_response *response, span *input)
{
    spay__http1_decoder *decoder = &response->decoder;
    size_t length = length_of(input);

    if (length > decoder->remaining)
        length = decoder->remaining;
    decoder->remaining -= (uint32_t)length;
    if (!decoder->remaining)
        decoder->part = decoder->part == BODY ? COMPLETE : CHUNK_DATA_END;
    return append_body(response, input, length);
}

static int32_t read_until_end(spay_http_response *response, span *input)
{
    size_t room = SPAY__MAX_BODY - response->body.length;
    size_t length = length_of(input);
    int32_t result = append_body(response, input, length < room ? length : room);

    return result == SPAY_OK && length > room ? body_too_long(response) : result;
}

static int32_t add_digit(spay_http_response *response, int value)
{
    spay__http1_decoder *decoder = &response->decoder;

    if (decoder->digit_count == MAX_CHUNK_DIGITS)
        return malformed_chunk(response);
    decoder->digit_count++;
    decoder->remaining = decoder->remaining * 16 + (uint32_t)value;
    if (decoder->remaining > SPAY__MAX_BODY - response->body.length)
        return body_too_long(response);
    return SPAY_OK;
}

/* The line with the chunk's size has ended. */
static int32_t end_chunk_size(spay_http_response *response)
{
    spay__http1_decoder *decoder = &response->decoder;

    if (!decoder->digit_count)
        return malformed_chunk(response);
    decoder->digit_count = 0;
    decoder->part = decoder->remaining ? CHUNK_DATA : TRAILER;
    if (decoder->remaining && !response->body.capacity)
        spay__buffer_reserve(&response->body, decoder->remaining);
    return SPAY_OK;
}

/* Blanks after the size, and extensions, which nobody needs. */
static int32_t skip_extension(spay_http_response *response, char c)
{
    spay__http1_decoder *decoder = &response->decoder;

    if (!c)
        return malformed_chunk(response);
    if (c == ';')
        decoder->part = CHUNK_EXTENSION;
    else if (decoder->part != CHUNK_EXTENSION && is_blank(c))
        decoder->part = CHUNK_SIZE_BLANK;
    else if (decoder->part != CHUNK_EXTENSION)
        return malformed_chunk(response);
    if (decoder->head_length == SPAY__MAX_HEADER_BYTES)
        return header_too_long(response);
    decoder->head_length++;
    return SPAY_OK;
}

/* One byte of the line with the chunk's size. */
static int32_t read_chunk_size(spay_http_response *response, char c)
{
    spay__http1_decoder *decoder = &response->decoder;
    int value = decoder->part == CHUNK_SIZE ? spay__hex_value(c) : -1;

    if (value >= 0)
        return add_digit(response, value);
    if (c == '\n')
        return end_chunk_size(response);
    if (decoder->part == CHUNK_SIZE_LF)
        return malformed_chunk(response);
    if (c != '\r')
        return skip_extension(response, c);
    decoder->part = CHUNK_SIZE_LF;
    return SPAY_OK;
}

/* One byte of the line end that follows the chunk's data. */
static int32_t read_chunk_end(spay_http_response *response, char c)
{
    spay__http1_decoder *decoder = &response->decoder;

    if (c == '\n')
        decoder->part = CHUNK_SIZE;
    else if (c == '\r' && decoder->part == CHUNK_DATA_END)
        decoder->part = CHUNK_DATA_LF;
    else
        return malformed_chunk(response);
    return SPAY_OK;
}

/* ---- The decoder ----------------------------------------------------------------------------- */

static int32_t read_next(spay_http_response *response, span *input)
{
    switch (response->decoder.part) {
    case STATUS_LINE:
    case FIELD:
    case TRAILER:
        return read_line(response, input);
    case BODY:
    case CHUNK_DATA:
        return read_sized(response, input);
    case BODY_UNTIL_END:
        return read_until_end(response, input);
    case CHUNK_DATA_END:
    case CHUNK_DATA_LF:
        return read_chunk_end(response, *input->at++);
    default:
        return read_chunk_size(response, *input->at++);
    }
}

int32_t spay_http_response_decode(spay_http_response *response, const void *data, size_t length)
{
    int32_t result = SPAY_OK;
    spay__http1_decoder *decoder;
    span input;

    if (!response || (!data && length))
        return SPAY_E_INVALID_ARGUMENT;
    decoder = &response->decoder;
    if (decoder->part >= COMPLETE)
        return SPAY_E_STATE;
    response->bytes_received += length;
    input.at = data;
    input.end = length ? input.at + length : input.at;
    while (result == SPAY_OK && input.at < input.end && decoder->part != COMPLETE)
        result = read_next(response, &input);
    if (result != SPAY_OK)
        return result;
    if (decoder->part != COMPLETE)
        return SPAY_DECODE_MORE;
    return decoder->must_close || input.at < input.end ? SPAY_DECODE_DONE : SPAY_DECODE_KEEP;
}

int32_t spay_http_response_decode_end(spay_http_response *response)
{
    if (!response)
        return SPAY_E_INVALID_ARGUMENT;
    if (response->decoder.part >= COMPLETE)
        return SPAY_E_STATE;
    if (response->decoder.part == BODY_UNTIL_END) {
        response->decoder.part = COMPLETE;
        return SPAY_DECODE_DONE;
    }
    if (!response->bytes_received)
        return fail(response, SPAY_E_NETWORK, "connection_lost",
                    "the connection was closed before a response came");
    return fail(response, SPAY_E_NETWORK, "reply_cut",
                "the connection was closed before the response was complete");
}
