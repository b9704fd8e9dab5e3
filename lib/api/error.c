/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Errors: names, the object, its getters and its builder.
 */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "base/crypto.h"
#include "base/thread.h"

#define STATUSES(EACH)                                                                             \
    EACH(SPAY_OK, "success")                                                                       \
    EACH(SPAY_E_INVALID_ARGUMENT, "an argument breaks its rule")                                   \
    EACH(SPAY_E_STATE, "the object is not in a state that allows this")                            \
    EACH(SPAY_E_UNSUPPORTED, "this build leaves the feature out")                                  \
    EACH(SPAY_E_NO_MEMORY, "out of memory")                                                        \
    EACH(SPAY_E_AUTH, "the provider does not accept the credentials")                              \
    EACH(SPAY_E_FORBIDDEN, "the credentials may not do this")                                      \
    EACH(SPAY_E_CLOCK, "this machine's clock is wrong")                                            \
    EACH(SPAY_E_TLS, "the connection cannot be made safe")                                         \
    EACH(SPAY_E_PROXY, "the proxy refuses the way to the provider")                                \
    EACH(SPAY_E_REJECTED, "the provider refused the request")                                      \
    EACH(SPAY_E_NOT_FOUND, "the thing asked for does not exist")                                   \
    EACH(SPAY_E_CONFLICT, "the idempotency key was used for another request")                      \
    EACH(SPAY_E_EXPIRED, "the session has expired")                                                \
    EACH(SPAY_E_CONNECT, "the host cannot be reached")                                             \
    EACH(SPAY_E_NETWORK, "the connection broke")                                                   \
    EACH(SPAY_E_TIMEOUT, "the deadline passed")                                                    \
    EACH(SPAY_E_THROTTLED, "too many requests")                                                    \
    EACH(SPAY_E_PROVIDER, "the provider failed")                                                   \
    EACH(SPAY_E_CANCELED, "the call was canceled")                                                 \
    EACH(SPAY_E_BUSY, "an earlier request still runs")                                             \
    EACH(SPAY_E_PROTOCOL, "the reply is not what the provider documents")                          \
    EACH(SPAY_E_LIMIT, "the reply is too large")                                                   \
    EACH(SPAY_E_INTERNAL, "a fault in the library, the transport or the platform")

#define NUMBER(status, text) status,
#define WORDS(status, text) #status "\0" text "\0"

static const signed char statuses[] = {STATUSES(NUMBER)};
static const char status_words[] = STATUSES(WORDS);

/* Its name, or the text after that; NULL if there is no such status. */
static const char *find_status(spay_status status, size_t word)
{
    size_t i;

    for (i = 0; i < sizeof(statuses); i++)
        if (statuses[i] == status)
            return spay__list_at(status_words, 2 * i + word);
    return NULL;
}

const char *spay_status_name(spay_status status)
{
    const char *name = find_status(status, 0);

    return name ? name : "SPAY_E_?";
}

const char *spay_status_text(spay_status status)
{
    const char *text = find_status(status, 1);

    return text ? text : "an error of a newer version";
}

int32_t spay_status_group(spay_status status)
{
    if (status >= 0)
        return SPAY_GROUP_NONE;
    return status > -50 ? SPAY_GROUP_PROGRAM - status / 10 : SPAY_GROUP_SUPPORT;
}

const char *spay_outcome_name(int32_t outcome)
{
    bool known = outcome >= 0 && outcome <= SPAY_OUTCOME_UNKNOWN;

    return spay__list_at("none\0not_sent\0rejected\0unknown", known ? (size_t)outcome : 0);
}

const char *spay__stage_name(int32_t stage)
{
    bool known = stage >= 0 && stage <= SPAY_STAGE_REPLY;

    return spay__list_at("none\0input\0token\0request\0reply", known ? (size_t)stage : 0);
}

/*
 * Reporting that there is no memory must not need any. Where the arguments are read, nothing has
 * been sent.
 */
static spay_error out_of_memory = {
    .references = 1,
    .constant = true,
    .status = SPAY_E_NO_MEMORY,
    .outcome = SPAY_OUTCOME_UNKNOWN,
    .retry_after_ms = -1,
};
static spay_error out_of_memory_for_input = {
    .references = 1,
    .constant = true,
    .status = SPAY_E_NO_MEMORY,
    .outcome = SPAY_OUTCOME_NOT_SENT,
    .stage = SPAY_STAGE_INPUT,
    .retry_after_ms = -1,
};

void spay__error_init(spay_error *error, void *memory)
{
    memset(error, 0, sizeof(*error));
    error->references = 1;
    error->memory = memory;
}

static void begin(spay_error *error, spay_status status, int32_t stage)
{
    error->status = status;
    error->stage = stage;
    error->outcome = SPAY_OUTCOME_NOT_SENT;
    error->retry_after_ms = -1;
}

spay_error *spay__error_create(spay_status status, int32_t stage)
{
    spay_error *error = spay__alloc(sizeof(*error));

    if (!error)
        return stage == SPAY_STAGE_INPUT ? &out_of_memory_for_input : &out_of_memory;
    spay__error_init(error, error);
    begin(error, status, stage);
    return error;
}

spay_error *spay_error_new(spay_status status, int32_t outcome, const char *message)
{
    spay_error *error =
        spay__error_create(status < 0 ? status : SPAY_E_INTERNAL, SPAY_STAGE_REQUEST);

    if (error->constant)
        return error;
    error->outcome = outcome;
    spay__error_set(error, &error->message, message);
    return error;
}

spay_error *spay_error_new_input(const char *path, const char *code, const char *message)
{
    spay_error *error = spay__error_create(SPAY_E_INVALID_ARGUMENT, SPAY_STAGE_INPUT);

    if (!message)
        message = "is not valid";
    spay__error_format(error, "%s: %s", path ? path : "", message);
    spay__error_add_field(error, path, code, message);
    return error;
}

spay_error *spay__error_share(spay_error *error)
{
    if (error && !error->constant)
        (void)SPAY__ATOMIC_ADD(&error->references, 1);
    return error;
}

static void drop_key(spay_error *error)
{
    if (error->lender)
        spay_error_free(error->lender);
    else if (error->memory == error)
        spay__free(error->idempotency_key);
    error->lender = NULL;
    error->idempotency_key = NULL;
}

static void drop_texts(spay_error *error)
{
    size_t i;

    for (i = 0; i < error->field_count; i++) {
        spay__free(error->fields[i].path);
        spay__free(error->fields[i].code);
        spay__free(error->fields[i].message);
    }
    spay__free(error->fields);
    spay__free(error->message);
    spay__free(error->reason);
    spay__free(error->provider_code);
    spay__free(error->request_id);
    drop_key(error);
    if (error->body)
        spay__wipe(error->body, error->body_length);
    spay__free(error->body);
}

void spay_error_free(spay_error *error)
{
    if (!error || error->constant || SPAY__ATOMIC_ADD(&error->references, -1) > 0)
        return;
    drop_texts(error);
    spay__free(error->memory);
}

void spay__error_reset(spay_error *error, spay_status status, int32_t stage)
{
    int32_t references = error->references;

    drop_texts(error);
    spay__error_init(error, error->memory);
    error->references = references;
    begin(error, status, stage);
}

void spay__error_lend_key(spay_error *error, char *key, spay_error *lender)
{
    if (error->constant)
        return;
    drop_key(error);
    error->idempotency_key = key;
    if (error != lender)
        error->lender = spay__error_share(lender);
}

/* A copy on one line, not longer than an error should be, in valid UTF-8. */
static char *one_line(const char *text)
{
    size_t length = strlen(text);
    char *copy;

    if (length > SPAY__MAX_ERROR_TEXT)
        length = SPAY__MAX_ERROR_TEXT;
    copy = spay__copy(text, length);
    if (copy)
        spay__make_line(copy);
    return copy;
}

void spay__error_set(spay_error *error, char **member, const char *text)
{
    if (error->constant)
        return;
    spay__free(*member);
    *member = text ? one_line(text) : NULL;
}

void spay__error_format(spay_error *error, const char *format, ...)
{
    char line[SPAY__MAX_ERROR_TEXT + 8]; /* one_line() cuts, at the end of a character */
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    spay__error_set(error, &error->message, line);
}

void spay__error_add_field(spay_error *error, const char *path, const char *code,
                           const char *message)
{
    spay__field_error *fields;

    if (error->constant || error->field_count == SPAY__MAX_FIELD_ERRORS)
        return;
    fields = spay__alloc((error->field_count + 1) * sizeof(*fields));
    if (!fields)
        return;
    if (error->field_count)
        memcpy(fields, error->fields, error->field_count * sizeof(*fields));
    spay__free(error->fields);
    error->fields = fields;
    fields += error->field_count++;
    spay__error_set(error, &fields->path, path);
    spay__error_set(error, &fields->code, code);
    spay__error_set(error, &fields->message, message);
}

void spay__error_set_body(spay_error *error, const char *body, size_t length)
{
    if (error->constant)
        return;
    spay__free(error->body);
    error->body = spay__copy(body, length);
    error->body_length = error->body ? length : 0;
}

static void copy_texts(spay_error *copy, const spay_error *error)
{
    size_t i;

    spay__error_set(copy, &copy->message, error->message);
    spay__error_set(copy, &copy->reason, error->reason);
    spay__error_set(copy, &copy->provider_code, error->provider_code);
    spay__error_set(copy, &copy->request_id, error->request_id);
    spay__error_set(copy, &copy->idempotency_key, error->idempotency_key);
    spay__error_set_body(copy, spay_error_body(error, NULL), error->body_length);
    for (i = 0; i < error->field_count; i++)
        spay__error_add_field(copy, error->fields[i].path, error->fields[i].code,
                              error->fields[i].message);
}

void spay__error_copy(spay_error *copy, const spay_error *error)
{
    if (copy->constant)
        return;
    copy->status = error->status;
    copy->stage = error->stage;
    copy->outcome = error->outcome;
    copy->provider = error->provider;
    copy->http_status = error->http_status;
    copy->attempts = error->attempts;
    copy->requests_sent = error->requests_sent;
    copy->retryable = error->retryable;
    copy->elapsed_ms = error->elapsed_ms;
    copy->retry_after_ms = error->retry_after_ms;
    copy_texts(copy, error);
}

spay_error *spay__error_clone(const spay_error *error)
{
    spay_error *clone = spay__error_create(error->status, error->stage);

    spay__error_copy(clone, error);
    return clone;
}

spay_status spay__error_return(spay_error *error, spay_error **out)
{
    spay_status status = error->status;

    if (out)
        *out = error;
    else
        spay_error_free(error);
    return status;
}

spay_status spay__fail(spay_error **out, spay_status status, const char *message)
{
    spay_error *error = spay__error_create(status, SPAY_STAGE_INPUT);

    spay__error_set(error, &error->message, message);
    return spay__error_return(error, out);
}

spay_status spay__fail_field(spay_error **out, int32_t provider, const char *path, const char *code,
                             const char *message)
{
    spay_error *error = spay__error_create(SPAY_E_INVALID_ARGUMENT, SPAY_STAGE_INPUT);

    if (!error->constant)
        error->provider = provider;
    spay__error_add_field(error, path, code, message);
    spay__error_format(error, "%s: %s", path, message);
    return spay__error_return(error, out);
}

static const char *text_or_empty(const char *text)
{
    return text ? text : "";
}

spay_status spay_error_status(const spay_error *error)
{
    return error ? error->status : SPAY_OK;
}

const char *spay_error_name(const spay_error *error)
{
    return spay_status_name(spay_error_status(error));
}

const char *spay_error_message(const spay_error *error)
{
    if (!error)
        return "";
    return error->message ? error->message : spay_status_text(error->status);
}

const char *spay_error_reason(const spay_error *error)
{
    return text_or_empty(error ? error->reason : NULL);
}

int32_t spay_error_stage(const spay_error *error)
{
    return error ? error->stage : 0;
}

int32_t spay_error_provider(const spay_error *error)
{
    return error ? error->provider : SPAY_PROVIDER_NONE;
}

const char *spay_error_provider_code(const spay_error *error)
{
    return text_or_empty(error ? error->provider_code : NULL);
}

int32_t spay_error_http_status(const spay_error *error)
{
    return error ? error->http_status : 0;
}

const char *spay_error_request_id(const spay_error *error)
{
    return text_or_empty(error ? error->request_id : NULL);
}

int32_t spay_error_attempts(const spay_error *error)
{
    return error ? error->attempts : 0;
}

int32_t spay_error_requests_sent(const spay_error *error)
{
    return error ? error->requests_sent : 0;
}

int64_t spay_error_elapsed_ms(const spay_error *error)
{
    return error ? error->elapsed_ms : 0;
}

int32_t spay_error_retryable(const spay_error *error)
{
    return error ? error->retryable : 0;
}

int64_t spay_error_retry_after_ms(const spay_error *error)
{
    return error ? error->retry_after_ms : -1;
}

int32_t spay_error_outcome(const spay_error *error)
{
    return error ? error->outcome : 0;
}

const char *spay_error_idempotency_key(const spay_error *error)
{
    return text_or_empty(error ? error->idempotency_key : NULL);
}

size_t spay_error_field_count(const spay_error *error)
{
    return error ? error->field_count : 0;
}

static const spay__field_error *field_at(const spay_error *error, size_t index)
{
    return index < spay_error_field_count(error) ? &error->fields[index] : NULL;
}

const char *spay_error_field_path(const spay_error *error, size_t index)
{
    const spay__field_error *field = field_at(error, index);

    return text_or_empty(field ? field->path : NULL);
}

const char *spay_error_field_code(const spay_error *error, size_t index)
{
    const spay__field_error *field = field_at(error, index);

    return text_or_empty(field ? field->code : NULL);
}

const char *spay_error_field_message(const spay_error *error, size_t index)
{
    const spay__field_error *field = field_at(error, index);

    return text_or_empty(field ? field->message : NULL);
}

const char *spay_error_body(const spay_error *error, size_t *length)
{
    if (length)
        *length = error ? error->body_length : 0;
    return text_or_empty(error ? error->body : NULL);
}
