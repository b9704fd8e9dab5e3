/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The scripted transport with virtual time. It is part of the library, so that users can test their
 * side of it.
 */
#include <sessionpay/mock.h>

#include <string.h>

#include "api/error.h"
#include "base/alloc.h"
#include "base/ascii.h"
#include "base/thread.h"
#include "http/message.h"

typedef struct scripted {
    struct scripted *next;
    int32_t http_status; /* 0: fail with status */
    char *headers;
    char *body;
    size_t body_length;
    spay_status status;
    bool sent;
} scripted;

typedef struct recorded {
    struct recorded *next;
    char *method;
    char *url;
    char *headers; /* "Name: value\n" lines */
    char *fields;  /* "Name\0value\0" pairs, an empty name at the end */
    char *body;
    size_t body_length;
    int64_t at_ms;
} recorded;

struct spay_mock {
    spay__mutex lock;
    scripted *script;
    recorded *requests;
    size_t request_count;
    int64_t latency_ms;
    int64_t monotonic_ms;
    int64_t wall_ms;
    uint64_t random;
    spay_transport transport;
    spay_platform platform;
};

static void free_scripted(scripted *step)
{
    spay__free(step->headers);
    spay__free(step->body);
    spay__free(step);
}

static void free_recorded(recorded *request)
{
    spay__free(request->method);
    spay__free(request->url);
    spay__free(request->headers);
    spay__free(request->fields);
    spay__free(request->body);
    spay__free(request);
}

/* ---- platform: virtual time, repeatable randomness ---- */

static int64_t monotonic_ms(void *ctx)
{
    return spay_mock_now_ms(ctx);
}

static int64_t wall_ms(void *ctx)
{
    spay_mock *mock = ctx;
    int64_t now;

    spay__lock(&mock->lock);
    now = mock->wall_ms;
    spay__unlock(&mock->lock);
    return now;
}

static void sleep_ms(void *ctx, int64_t duration_ms)
{
    spay_mock_advance(ctx, duration_ms);
}

/* xorshift64: not for keys, only for tests that want to see the same thing twice */
static int32_t random_bytes(void *ctx, void *buffer, size_t length)
{
    spay_mock *mock = ctx;
    unsigned char *bytes = buffer;
    size_t i;

    spay__lock(&mock->lock);
    for (i = 0; i < length; i++) {
        mock->random ^= mock->random << 13;
        mock->random ^= mock->random >> 7;
        mock->random ^= mock->random << 17;
        bytes[i] = (unsigned char)(mock->random >> 32);
    }
    spay__unlock(&mock->lock);
    return 1;
}

/* ---- transport ---- */

static char *record_headers(const spay_http_request *request)
{
    spay__buffer lines;
    size_t i;

    spay__buffer_init(&lines, 64 * 1024);
    for (i = 0; i < spay_http_request_header_count(request); i++) {
        spay__buffer_text(&lines, spay_http_request_header_name(request, i));
        spay__buffer_text(&lines, ": ");
        spay__buffer_text(&lines, spay_http_request_header_value(request, i));
        spay__buffer_byte(&lines, '\n');
    }
    return spay__buffer_take(&lines);
}

static char *record_fields(const spay_http_request *request)
{
    spay__buffer fields;
    size_t i;

    spay__buffer_init(&fields, 64 * 1024);
    for (i = 0; i < spay_http_request_header_count(request); i++) {
        const char *name = spay_http_request_header_name(request, i);
        const char *value = spay_http_request_header_value(request, i);

        spay__buffer_append(&fields, name, strlen(name) + 1);
        spay__buffer_append(&fields, value, strlen(value) + 1);
    }
    return spay__buffer_take(&fields);
}

static recorded *record(const spay_http_request *request, int64_t at_ms)
{
    recorded *copy = spay__alloc(sizeof(*copy));
    const char *body = spay_http_request_body(request, copy ? &copy->body_length : NULL);

    if (!copy)
        return NULL;
    copy->at_ms = at_ms;
    copy->method = spay__copy_text(spay_http_request_method(request));
    copy->url = spay__copy_text(spay_http_request_url(request));
    copy->headers = record_headers(request);
    copy->fields = record_fields(request);
    copy->body = spay__copy(body, copy->body_length);
    if (copy->method && copy->url && copy->headers && copy->fields && copy->body)
        return copy;
    free_recorded(copy);
    return NULL;
}

static void append(spay_mock *mock, recorded *request)
{
    recorded **end = &mock->requests;

    while (*end)
        end = &(*end)->next;
    *end = request;
    mock->request_count++;
}

/* One "Name: value" line of the script. */
static spay_status reply_header(spay_http_response *response, const char *line, size_t length)
{
    char *name = spay__copy(line, length);
    char *value = name ? strchr(name, ':') : NULL;
    spay_status status = name ? SPAY_OK : SPAY_E_NO_MEMORY;

    if (value) {
        *value++ = '\0';
        status = spay_http_response_add_header(response, name, value + strspn(value, " "));
    }
    spay__free(name);
    return status;
}

static spay_status reply(const scripted *step, spay_http_response *response)
{
    const char *line = step->headers;
    spay_status status = spay_http_response_set_status(response, step->http_status);

    while (status == SPAY_OK && *line) {
        size_t length = strcspn(line, "\n");

        status = reply_header(response, line, length);
        line += length + (line[length] == '\n');
    }
    if (status == SPAY_OK)
        status = spay_http_response_append_body(response, step->body, step->body_length);
    return status;
}

static scripted *next_step(spay_mock *mock, const spay_http_request *request, spay_status *status)
{
    recorded *copy;
    scripted *step;

    spay__lock(&mock->lock);
    copy = record(request, mock->monotonic_ms);
    step = mock->script;
    if (step)
        mock->script = step->next;
    if (copy)
        append(mock, copy);
    spay__unlock(&mock->lock);
    *status = copy ? SPAY_OK : SPAY_E_NO_MEMORY;
    return step;
}

static spay_status perform(void *ctx, const spay_http_request *request,
                           spay_http_response *response)
{
    spay_mock *mock = ctx;
    spay_status status;
    scripted *step = next_step(mock, request, &status);

    spay_mock_advance(mock, mock->latency_ms);
    if (!step) {
        spay_http_response_set_failure(response, "mock_exhausted",
                                       "the mock's script is at its end");
        return SPAY_E_CONNECT;
    }
    if (step->sent)
        spay_http_response_mark_sent(response);
    if (status == SPAY_OK)
        status = step->http_status ? reply(step, response) : step->status;
    free_scripted(step);
    return status;
}

/* ---- the mock ---- */

static void fill_tables(spay_mock *mock)
{
    spay_transport_init(&mock->transport, sizeof(mock->transport));
    mock->transport.ctx = mock;
    mock->transport.perform = perform;
    spay_platform_init(&mock->platform, sizeof(mock->platform));
    mock->platform.ctx = mock;
    mock->platform.monotonic_ms = monotonic_ms;
    mock->platform.wall_ms = wall_ms;
    mock->platform.sleep_ms = sleep_ms;
    mock->platform.random_bytes = random_bytes;
}

spay_status spay_mock_new(spay_mock **out, spay_error **error)
{
    spay_mock *mock;

    if (error)
        *error = NULL;
    if (!out)
        return spay__fail_field(error, SPAY_PROVIDER_NONE, "mock", "missing", "is required");
    *out = NULL;
    mock = spay__alloc(sizeof(*mock));
    if (!mock || spay__mutex_init(&mock->lock)) {
        spay__free(mock);
        return spay__fail(error, SPAY_E_NO_MEMORY, "out of memory");
    }
    mock->wall_ms = 1767225600000; /* 2026-01-01 */
    mock->random = 0x9e3779b97f4a7c15u;
    fill_tables(mock);
    *out = mock;
    return SPAY_OK;
}

void spay_mock_free(spay_mock *mock)
{
    if (!mock)
        return;
    while (mock->script) {
        scripted *step = mock->script;

        mock->script = step->next;
        free_scripted(step);
    }
    while (mock->requests) {
        recorded *request = mock->requests;

        mock->requests = request->next;
        free_recorded(request);
    }
    spay__mutex_destroy(&mock->lock);
    spay__free(mock);
}

const spay_transport *spay_mock_transport(spay_mock *mock)
{
    return mock ? &mock->transport : NULL;
}

const spay_platform *spay_mock_platform(spay_mock *mock)
{
    return mock ? &mock->platform : NULL;
}

/* Takes the step over. */
static spay_status queue(spay_mock *mock, scripted *step)
{
    scripted **end;

    spay__lock(&mock->lock);
    for (end = &mock->script; *end;)
        end = &(*end)->next;
    *end = step;
    spay__unlock(&mock->lock);
    return SPAY_OK;
}

spay_status spay_mock_reply(spay_mock *mock, int32_t http_status, const char *headers,
                            const void *body, size_t length)
{
    scripted *step;

    if (!mock || http_status < 100 || http_status > 599 || (!body && length))
        return SPAY_E_INVALID_ARGUMENT;
    step = spay__alloc(sizeof(*step));
    if (!step)
        return SPAY_E_NO_MEMORY;
    step->http_status = http_status;
    step->sent = true;
    step->headers = spay__copy_text(headers ? headers : "Content-Type: application/json");
    step->body = spay__copy(body, length);
    step->body_length = length;
    if (step->headers && step->body)
        return queue(mock, step);
    free_scripted(step);
    return SPAY_E_NO_MEMORY;
}

spay_status spay_mock_fail(spay_mock *mock, spay_status status, int32_t sent)
{
    scripted *step;

    if (!mock || status >= 0 || (sent != SPAY_YES && sent != SPAY_NO))
        return SPAY_E_INVALID_ARGUMENT;
    step = spay__alloc(sizeof(*step));
    if (!step)
        return SPAY_E_NO_MEMORY;
    step->status = status;
    step->sent = sent == SPAY_YES;
    return queue(mock, step);
}

void spay_mock_set_latency(spay_mock *mock, int64_t duration_ms)
{
    if (!mock)
        return;
    spay__lock(&mock->lock);
    mock->latency_ms = duration_ms;
    spay__unlock(&mock->lock);
}

void spay_mock_advance(spay_mock *mock, int64_t duration_ms)
{
    if (!mock)
        return;
    spay__lock(&mock->lock);
    mock->monotonic_ms += duration_ms;
    mock->wall_ms += duration_ms;
    spay__unlock(&mock->lock);
}

void spay_mock_set_wall(spay_mock *mock, int64_t unix_ms)
{
    if (!mock)
        return;
    spay__lock(&mock->lock);
    mock->wall_ms = unix_ms;
    spay__unlock(&mock->lock);
}

/* Getters change nothing except the lock. */
static spay__mutex *lock_of(const spay_mock *mock)
{
    return &((spay_mock *)(uintptr_t)mock)->lock;
}

int64_t spay_mock_now_ms(const spay_mock *mock)
{
    int64_t now;

    if (!mock)
        return 0;
    spay__lock(lock_of(mock));
    now = mock->monotonic_ms;
    spay__unlock(lock_of(mock));
    return now;
}

size_t spay_mock_request_count(const spay_mock *mock)
{
    size_t count;

    if (!mock)
        return 0;
    spay__lock(lock_of(mock));
    count = mock->request_count;
    spay__unlock(lock_of(mock));
    return count;
}

static const recorded *request_at(const spay_mock *mock, size_t index)
{
    const recorded *request;

    if (!mock)
        return NULL;
    spay__lock(lock_of(mock));
    for (request = mock->requests; request && index; index--)
        request = request->next;
    spay__unlock(lock_of(mock));
    return request;
}

const char *spay_mock_request_method(const spay_mock *mock, size_t index)
{
    const recorded *request = request_at(mock, index);

    return request ? request->method : "";
}

const char *spay_mock_request_url(const spay_mock *mock, size_t index)
{
    const recorded *request = request_at(mock, index);

    return request ? request->url : "";
}

const char *spay_mock_request_header(const spay_mock *mock, size_t index, const char *name)
{
    const recorded *request = request_at(mock, index);
    const char *at = request ? request->fields : NULL;

    while (name && at && *at) {
        const char *value = at + strlen(at) + 1;

        if (spay__equal_ignoring_case(at, name))
            return value;
        at = value + strlen(value) + 1;
    }
    return NULL;
}

const char *spay_mock_request_headers(const spay_mock *mock, size_t index)
{
    const recorded *request = request_at(mock, index);

    return request ? request->headers : "";
}

const char *spay_mock_request_body(const spay_mock *mock, size_t index, size_t *length)
{
    const recorded *request = request_at(mock, index);

    if (length)
        *length = request ? request->body_length : 0;
    return request ? request->body : "";
}

int64_t spay_mock_request_at_ms(const spay_mock *mock, size_t index)
{
    const recorded *request = request_at(mock, index);

    return request ? request->at_ms : -1;
}
