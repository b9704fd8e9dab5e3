/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * HTTP messages: what the library gives to a transport, and what it gets back.
 */
#include "message.h"

#include <string.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/crypto.h"
#include "base/thread.h"
#include "base/url.h"

enum {
    USUAL_HEADER_BYTES = 512
};

void spay__http_request_clear(spay_http_request *request)
{
    if (!request)
        return;
    spay__buffer_clear(&request->lines);
    if (request->body)
        spay__wipe(request->body, request->body_length);
    spay__free(request->body);
    if (!request->url_shared)
        spay__free(request->url);
    memset(request, 0, offsetof(spay_http_request, headers));
}

static void reserve_lines(spay_http_request *request, size_t length)
{
    spay__buffer_init(&request->lines, SPAY__MAX_REQUEST_HEADER_BYTES);
    spay__buffer_reserve(&request->lines, length);
}

void spay__http_request_begin(spay_http_request *request, const spay_http_request *common,
                              size_t more)
{
    request->method = common->method;
    request->url = common->url;
    request->url_shared = true;
    reserve_lines(request, common->lines.length + more);
    if (!spay__buffer_append(&request->lines, common->lines.data, common->lines.length))
        request->failed = true;
    memcpy(request->headers, common->headers, common->header_count * sizeof(*common->headers));
    request->header_count = common->header_count;
}

void spay__http_request_set_url(spay_http_request *request, const char *base, const char *path)
{
    spay__buffer url;

    spay__buffer_init(&url, SPAY__MAX_URL);
    spay__buffer_reserve(&url, strlen(base) + strlen(path));
    spay__buffer_text(&url, base);
    spay__buffer_text(&url, path);
    spay__http_request_take_url(request, &url);
}

void spay__http_request_set_url_around(spay_http_request *request, const char *base,
                                       const char *before, const char *segment, const char *after)
{
    spay__buffer url;

    spay__buffer_init(&url, SPAY__MAX_URL);
    spay__buffer_text(&url, base);
    spay__buffer_text(&url, before);
    spay__url_append_segment(&url, segment);
    spay__buffer_text(&url, after);
    spay__http_request_take_url(request, &url);
}

void spay__http_request_take_url(spay_http_request *request, spay__buffer *url)
{
    request->method = "POST";
    request->url = spay__buffer_take(url);
    request->url_shared = false;
    request->failed = request->failed || !request->url;
}

void spay__http_request_take_body(spay_http_request *request, spay__buffer *body)
{
    request->too_long = body->state == SPAY__BUFFER_FULL;
    request->body_length = body->length;
    request->body = spay__buffer_take(body);
    request->failed = request->failed || !request->body;
}

spay__buffer *spay__http_request_begin_header(spay_http_request *request, const char *name,
                                              bool secret)
{
    spay__buffer *lines = &request->lines;

    if (!lines->capacity)
        reserve_lines(request, USUAL_HEADER_BYTES);
    if (request->header_count < SPAY__MAX_REQUEST_HEADERS) {
        request->headers[request->header_count].name = name;
        request->headers[request->header_count].line = (uint32_t)lines->length;
        request->headers[request->header_count].secret = secret;
    }
    spay__buffer_text(lines, name);
    spay__buffer_append(lines, ": ", 2);
    return lines;
}

void spay__http_request_end_header(spay_http_request *request)
{
    if (spay__buffer_byte(&request->lines, '\0') &&
        request->header_count < SPAY__MAX_REQUEST_HEADERS)
        request->header_count++;
    else
        request->failed = true;
}

static void add_header(spay_http_request *request, const char *name, const char *value, bool secret)
{
    if (!value)
        return;
    spay__buffer_text(spay__http_request_begin_header(request, name, secret), value);
    spay__http_request_end_header(request);
}

void spay__http_request_add(spay_http_request *request, const char *name, const char *value)
{
    add_header(request, name, value, false);
}

void spay__http_request_add_secret(spay_http_request *request, const char *name, const char *value)
{
    add_header(request, name, value, true);
}

void spay__http_request_fix_headers(spay_http_request *request)
{
    request->fixed_header_count = request->header_count;
}

void spay__http_request_next_attempt(spay_http_request *request)
{
    if (request->header_count == request->fixed_header_count)
        return;
    request->header_count = request->fixed_header_count;
    spay__buffer_truncate(&request->lines, request->headers[request->header_count].line);
}

char *spay__http_request_line(const spay_http_request *request, size_t index)
{
    return request->lines.data + request->headers[index].line;
}

static const char *value_of(const spay_http_request *request, size_t index)
{
    return spay__http_request_line(request, index) + strlen(request->headers[index].name) + 2;
}

const char *spay__http_request_header(const spay_http_request *request, const char *name)
{
    size_t i;

    for (i = 0; i < request->header_count; i++)
        if (spay__equal_ignoring_case(request->headers[i].name, name))
            return value_of(request, i);
    return NULL;
}

const char *spay_http_request_method(const spay_http_request *request)
{
    return request ? request->method : "";
}

const char *spay_http_request_url(const spay_http_request *request)
{
    return request && request->url ? request->url : "";
}

size_t spay_http_request_header_count(const spay_http_request *request)
{
    return request ? request->header_count : 0;
}

const char *spay_http_request_header_name(const spay_http_request *request, size_t index)
{
    return index < spay_http_request_header_count(request) ? request->headers[index].name : "";
}

const char *spay_http_request_header_value(const spay_http_request *request, size_t index)
{
    return index < spay_http_request_header_count(request) ? value_of(request, index) : "";
}

int32_t spay_http_request_header_is_secret(const spay_http_request *request, size_t index)
{
    return index < spay_http_request_header_count(request) && request->headers[index].secret;
}

const char *spay_http_request_body(const spay_http_request *request, size_t *length)
{
    if (length)
        *length = request ? request->body_length : 0;
    return request && request->body ? request->body : "";
}

int64_t spay_http_request_timeout_ms(const spay_http_request *request)
{
    return request ? request->timeout_ms : 0;
}

int64_t spay_http_request_connect_timeout_ms(const spay_http_request *request)
{
    return request ? request->connect_timeout_ms : 0;
}

int32_t spay_http_request_is_canceled(const spay_http_request *request)
{
    return request && request->canceled ? SPAY__ATOMIC_GET(request->canceled) : 0;
}

static void forget_timings(spay_http_response *response)
{
    size_t i;

    for (i = 0; i < SPAY__TIMINGS; i++)
        response->timings_us[i] = -1;
}

void spay__http_response_init(spay_http_response *response)
{
    memset(response, 0, sizeof(*response));
    spay__buffer_init(&response->headers, SPAY__MAX_HEADER_BYTES);
    spay__buffer_init(&response->body, SPAY__MAX_BODY);
    spay__buffer_init(&response->line, SPAY__MAX_HEADER_BYTES);
    forget_timings(response);
}

static void forget_failure(spay_http_response *response)
{
    spay__free(response->reason);
    spay__free(response->message);
    response->reason = NULL;
    response->message = NULL;
    response->phase = NULL;
}

void spay__http_response_clear(spay_http_response *response)
{
    spay__buffer_clear(&response->headers);
    spay__buffer_clear(&response->body);
    spay__buffer_clear(&response->line);
    forget_failure(response);
}

static void forget_message(spay_http_response *response)
{
    response->status = 0;
    response->http_version = 0;
    response->header_count = 0;
    spay__buffer_reset(&response->headers);
    spay__buffer_reset(&response->body);
}

void spay__http_response_reset(spay_http_response *response)
{
    forget_message(response);
    forget_failure(response);
    forget_timings(response);
    memset(&response->decoder, 0, sizeof(response->decoder));
    spay__buffer_reset(&response->line);
    response->bytes_sent = -1;
    response->bytes_received = 0;
    response->sent = false;
}

void spay_http_response_mark_sent(spay_http_response *response)
{
    if (response)
        response->sent = true;
}

spay_status spay_http_response_set_status(spay_http_response *response, int32_t status)
{
    if (!response || status < 100 || status > 599)
        return SPAY_E_INVALID_ARGUMENT;
    forget_message(response);
    response->status = status;
    return SPAY_OK;
}

static spay_status append_status(const spay__buffer *buffer)
{
    static const spay_status statuses[] = {SPAY_OK, SPAY_E_LIMIT, SPAY_E_NO_MEMORY};

    return statuses[buffer->state];
}

spay_status spay__http_response_add(spay_http_response *response, const char *name,
                                    size_t name_length, const char *value, size_t value_length)
{
    spay__buffer *headers = &response->headers;
    char *room;

    if (response->header_count == SPAY__MAX_HEADERS)
        return SPAY_E_LIMIT;
    if (!headers->capacity)
        spay__buffer_reserve(headers, USUAL_HEADER_BYTES);
    room = spay__buffer_extend(headers, name_length + value_length + 2);
    if (!room)
        return append_status(headers);
    memmove(room, name, name_length);
    room[name_length] = '\0';
    memmove(room + name_length + 1, value, value_length);
    room[name_length + 1 + value_length] = '\0';
    response->header_count++;
    return SPAY_OK;
}

spay_status spay_http_response_add_header(spay_http_response *response, const char *name,
                                          const char *value)
{
    if (!response || !name || !value)
        return SPAY_E_INVALID_ARGUMENT;
    return spay__http_response_add(response, name, strlen(name), value, strlen(value));
}

spay_status spay_http_response_append_body(spay_http_response *response, const void *data,
                                           size_t length)
{
    if (!response || (!data && length))
        return SPAY_E_INVALID_ARGUMENT;
    spay__buffer_append(&response->body, data, length);
    return append_status(&response->body);
}

void spay_http_response_set_failure(spay_http_response *response, const char *reason,
                                    const char *message)
{
    if (!response)
        return;
    forget_failure(response);
    response->reason = spay__copy_text(reason);
    response->message = spay__copy_text(message);
}

void spay_http_response_set_timing(spay_http_response *response, int32_t moment,
                                   int64_t microseconds)
{
    if (response && moment >= 0 && moment < SPAY__TIMINGS)
        response->timings_us[moment] = microseconds;
}

int32_t spay_http_response_status(const spay_http_response *response)
{
    return response ? response->status : 0;
}

const char *spay__http_response_next(const spay_http_response *response, const char *name,
                                     const char *after)
{
    size_t length = strlen(name);
    const char *at;
    const char *end;

    if (!response->headers.length)
        return NULL;
    at = after ? after + strlen(after) + 1 : response->headers.data;
    end = response->headers.data + response->headers.length;
    while (at < end) {
        size_t own_length = strlen(at);
        const char *value = at + own_length + 1;

        if (own_length == length && spay__equal_ignoring_case(at, name))
            return value;
        at = value + strlen(value) + 1;
    }
    return NULL;
}

const char *spay_http_response_header(const spay_http_response *response, const char *name)
{
    return response && name ? spay__http_response_next(response, name, NULL) : NULL;
}

const char *spay_http_response_body(const spay_http_response *response, size_t *length)
{
    if (length)
        *length = response ? response->body.length : 0;
    return response && response->body.length ? response->body.data : "";
}
