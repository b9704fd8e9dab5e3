/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What came back: replies become sessions, tokens and errors.
 */
#include "reply.h"

#include <string.h>

#include "api/error.h"
#include "base/ascii.h"
#include "clock.h"
#include "envelope.h"
#include "redact.h"
#include "retry.h"

enum {
    LONGEST_PAGE = 512 /* of what is told of a page */
};

static spay_error *transport_error(spay_call *call, const spay__verdict *verdict, int32_t stage)
{
    spay_error *error = spay__call_error(call, verdict->status, stage);

    error->http_status = call->response.status;
    spay__error_set(error, &error->message, call->response.message);
    spay__error_set(error, &error->reason, call->response.reason);
    return error;
}

static spay_error *reply_error(spay_call *call, spay__json_reader *json, int32_t stage)
{
    spay_error *error = spay__call_error(call, SPAY_E_PROTOCOL, stage);

    error->http_status = call->response.status;
    spay__envelope_read(&call->operation->provider->envelope, &call->response, json, error);
    return error;
}

static bool lacked_memory(const spay__json_reader *json)
{
    return json->fault && strcmp(json->fault, "no_memory") == 0;
}

/* What is no JSON may be a page; what is may hold a session, and is not looked into. */
static void tell_unusable(spay_error *error, const spay__json_reader *json, const char *body,
                          size_t length)
{
    const char *begin = body + strspn(body, " \t\r\n");
    spay__buffer page;

    spay__buffer_init(&page, LONGEST_PAGE);
    if (strcmp(json->fault, "not_json") == 0 && *begin == '<')
        spay__envelope_tell_page(&page, body, length);
    spay__error_format(error, "HTTP %d, but the reply is unusable: %s is %s%s",
                       (int)error->http_status, json->path, json->fault,
                       page.length ? page.data : "");
    spay__buffer_clear(&page);
}

/* A 2xx that is not a session. */
static spay_error *unreadable_error(spay_call *call, const spay__json_reader *json, int32_t stage)
{
    spay_error *error =
        spay__call_error(call, lacked_memory(json) ? SPAY_E_NO_MEMORY : SPAY_E_PROTOCOL, stage);
    const char *body;
    size_t length;

    body = spay_http_response_body(&call->response, &length);
    error->http_status = call->response.status;
    error->outcome = SPAY_OUTCOME_UNKNOWN;
    if (stage != SPAY_STAGE_TOKEN)
        spay__error_set_body(error, body, length);
    spay__error_set(error, &error->request_id, call->request_id);
    spay__error_add_field(error, json->path, json->fault, "the reply cannot be read here");
    tell_unusable(error, json, body, length);
    return error;
}

static spay_error *stale_error(spay_call *call, spay__json_reader *json)
{
    spay_error *error = reply_error(call, json, SPAY_STAGE_REPLY);

    error->status = SPAY_E_EXPIRED;
    error->outcome = SPAY_OUTCOME_UNKNOWN;
    spay__error_set(error, &error->reason, "stale_replay");
    spay__error_set(error, &error->message,
                    "the key was used before, and the session that it made has expired");
    return error;
}

static void fill_info(const spay_call *call, spay__arena *arena, spay_session_info *info)
{
    info->provider = call->operation->provider->id;
    info->idempotency_key = spay__arena_text(arena, call->key);
    info->request_id = spay__arena_text(arena, call->request_id ? call->request_id : "");
    info->http_status = call->response.status;
    info->attempts = call->attempts;
    info->requests_sent = call->requests_sent;
    info->token_requests = call->token_requests;
    info->elapsed_ms = spay__client_now_ms(call->client) - call->started_ms;
    info->raw_json = spay_http_response_body(&call->response, &info->raw_json_length);
    info->raw_json = spay__arena_copy(arena, info->raw_json, info->raw_json_length);
}

/*
 * Room for a session: the raw reply, the texts in it, a pointer for each value, and what is not in
 * the reply, with some room to align it all.
 */
static size_t arena_capacity(const spay_call *call, const spay__json_reader *json)
{
    return sizeof(spay_session_info) + 2 * (call->response.body.length + 1) +
           sizeof(char *) * json->values + SPAY__KEY_SIZE + SPAY__LONGEST_REQUEST_ID + 256;
}

/* Why the session that was read cannot be used; NULL if it can. */
static spay_error *find_fault(spay_call *call, const spay__reading *in, spay_status status)
{
    if (in->json->fault)
        return unreadable_error(call, in->json, SPAY_STAGE_REPLY);
    if (in->arena->failed)
        return spay__call_error(call, SPAY_E_INTERNAL, SPAY_STAGE_REPLY);
    return status == SPAY_OK ? NULL : stale_error(call, in->json);
}

static void add_warnings(const spay__reading *in)
{
    if (in->json->ignored)
        in->info->warnings |= SPAY_SESSION_WARNING_MEMBER_IGNORED;
    if (in->offset_ms)
        in->info->warnings |= SPAY_SESSION_WARNING_CLOCK_CORRECTED;
}

/* NULL, and the call has its session, on success. */
static spay_error *take_session(spay_call *call, spay__json_reader *json)
{
    spay__arena arena;
    void *session =
        spay__arena_new(&arena, call->operation->session_size, arena_capacity(call, json));
    spay__reading in = {
        .json = json,
        .arena = &arena,
        .info = session ? spay__arena_take(&arena, sizeof(spay_session_info)) : NULL,
        .subject = call->subject,
        .number = call->number,
        .began_ms = call->attempt_began_wall_ms - call->clock_offset_ms,
        .offset_ms = spay__clock_difference_ms(call),
        .now_ms = spay__client_wall_ms(call->client),
        .response = &call->response,
        .key = call->key,
    };
    spay_error *error;

    if (!in.info) {
        spay__arena_free(session);
        return spay__call_error(call, SPAY_E_NO_MEMORY, SPAY_STAGE_REPLY);
    }
    spay__json_put_texts(json, spay__arena_bytes(&arena, json->length));
    error = find_fault(call, &in, call->operation->read(&in, session));
    if (error) {
        spay__arena_free(session);
        return error;
    }
    add_warnings(&in);
    in.info->clock_offset_ms = in.offset_ms;
    fill_info(call, &arena, in.info);
    call->session = session;
    return NULL;
}

static void describe(spay_call *call, spay_error *error, const spay__verdict *verdict)
{
    error->status = verdict->status;
    error->outcome = verdict->outcome;
    error->retryable =
        verdict->remedy == SPAY__REMEDY_RETRY || verdict->remedy == SPAY__REMEDY_SLOW_DOWN ||
        verdict->remedy == SPAY__REMEDY_WINDOW || verdict->status == SPAY_E_THROTTLED;
    error->retry_after_ms = spay__retry_after_ms(&call->response, spay__clock_wall_ms(call));
    if (verdict->reason)
        spay__error_set(error, &error->reason, verdict->reason);
}

typedef struct token_reply {
    const char *token;
    int64_t seconds;
} token_reply;

static const spay__json_field token_fields[] = {
    SPAY__JSON_FIELD(token_reply, token, "access_token", TEXT, REQUIRED),
    SPAY__JSON_FIELD(token_reply, seconds, "expires_in", COUNT, OPTIONAL),
};

/* NULL if the token is stored, and the call has it. */
static spay_error *take_token(spay_call *call, spay__json_reader *json)
{
    spay__token_cache *cache = call->account->tokens;
    token_reply reply;

    SPAY__JSON_FILL(json, spay__json_root(json), "$", token_fields, &reply);
    if (reply.token && !spay__is_visible_text(reply.token))
        spay__json_set_fault(json, "forbidden_character", "$", "access_token");
    if (!reply.token || json->fault)
        return unreadable_error(call, json, SPAY_STAGE_TOKEN);
    if (!spay__secret_set(&call->token, reply.token, strlen(reply.token))) {
        spay__token_cache_leave(cache, &call->ticket);
        return spay__call_error(call, SPAY_E_NO_MEMORY, SPAY_STAGE_TOKEN);
    }
    if (reply.seconds < 0 || reply.seconds > 86400)
        reply.seconds = 3600;
    spay__token_cache_store(cache, &call->ticket, &call->token, call->attempt_began_ms,
                            reply.seconds * 1000, spay__call_random(call));
    return NULL;
}

static bool is_success(const spay_call *call)
{
    return call->response.status >= 200 && call->response.status <= 299;
}

/* What makes a session or a token of the JSON of a success. */
typedef spay_error *(*taker)(spay_call *call, spay__json_reader *json);

static spay_error *read_success(spay_call *call, int32_t stage, taker take)
{
    spay__json_reader json;
    spay_error *error;
    const char *body;
    size_t length;

    body = spay_http_response_body(&call->response, &length);
    error = spay__json_read(&json, body, length) ? take(call, &json)
                                                 : unreadable_error(call, &json, stage);
    spay__json_clear(&json);
    return error;
}

/* A key that is in use by an attempt of this very call: it got no answer, and may still run. */
static const spay__verdict still_running = {.status = SPAY_E_BUSY,
                                            .outcome = SPAY_OUTCOME_UNKNOWN,
                                            .remedy = SPAY__REMEDY_SLOW_DOWN,
                                            .reason = "key_in_use"};

static bool is_own_conflict(const spay_call *call, const spay__verdict *verdict)
{
    return verdict->status == SPAY_E_CONFLICT && *call->key &&
           call->outcome == SPAY_OUTCOME_UNKNOWN;
}

/* A key in use, although none was sent: another request is what this one collides with. */
static const spay__verdict conflict = {
    .status = SPAY_E_CONFLICT, .outcome = SPAY_OUTCOME_REJECTED, .remedy = SPAY__REMEDY_NONE};

static bool is_keyless_conflict(const spay_call *call, const spay__verdict *verdict)
{
    return verdict->status == SPAY_E_BUSY && verdict->outcome == SPAY_OUTCOME_UNKNOWN &&
           !*call->key;
}

/* A reply that could not be read well enough to know what it means. */
static const spay__verdict unread = {
    .status = SPAY_E_NO_MEMORY, .outcome = SPAY_OUTCOME_UNKNOWN, .remedy = SPAY__REMEDY_NONE};

/* What a refusal is searched for codes in. */
typedef struct refusal {
    const spay__envelope *envelope;
    spay__json_reader json;
} refusal;

static bool has_code(void *reply, const char *code)
{
    refusal *refused = reply;

    return spay__envelope_has_code(refused->envelope, &refused->json, code);
}

/* The verdict comes from the reply itself: the error's texts may be missing. */
static spay_error *read_refusal(spay_call *call, int32_t stage, const spay__rule *rules,
                                spay__verdict *verdict)
{
    refusal refused;
    spay_error *error;
    const char *body;
    size_t length;

    body = spay_http_response_body(&call->response, &length);
    refused.envelope = &call->operation->provider->envelope;
    (void)spay__json_read(&refused.json, body, length);
    *verdict = spay__judge_reply(rules, call->response.status, has_code, &refused);
    if (lacked_memory(&refused.json))
        *verdict = unread;
    else if (is_own_conflict(call, verdict))
        *verdict = still_running;
    else if (is_keyless_conflict(call, verdict))
        *verdict = conflict;
    error = reply_error(call, &refused.json, stage);
    spay__json_clear(&refused.json);
    return error;
}

static spay_error *redacted(const spay_call *call, spay_error *error)
{
    if (!error)
        return NULL;
    spay__redact_error(&call->request, error);
    spay__redact_error(call->token_request, error);
    return error;
}

static spay_error *read_answer(spay_call *call, spay_status status, int32_t stage,
                               const spay__rule *rules, taker take, spay__verdict *verdict)
{
    spay_error *error;

    *verdict = spay__judge_failure(status, call->response.sent);
    if (status == SPAY_OK && is_success(call)) {
        error = read_success(call, stage, take);
        verdict->status = (int8_t)spay_error_status(error);
        verdict->outcome = SPAY_OUTCOME_UNKNOWN;
        return redacted(call, error);
    }
    error = status == SPAY_OK ? read_refusal(call, stage, rules, verdict)
                              : transport_error(call, verdict, stage);
    describe(call, error, verdict);
    return redacted(call, error);
}

spay_error *spay__reply_read(spay_call *call, spay_status status, spay__verdict *verdict)
{
    return read_answer(call, status, status == SPAY_OK ? SPAY_STAGE_REPLY : SPAY_STAGE_REQUEST,
                       call->operation->rules, take_session, verdict);
}

spay_error *spay__reply_read_token(spay_call *call, spay_status status, spay__verdict *verdict)
{
    return read_answer(call, status, SPAY_STAGE_TOKEN, call->operation->token->rules, take_token,
                       verdict);
}

/* ---- replies that other calls have had ---- */

static bool set_reply(spay_call *call, int32_t http_status, const char *body, size_t length)
{
    spay__http_response_reset(&call->response);
    call->clock_offset_ms = 0;
    call->attempt_began_wall_ms = spay__client_wall_ms(call->client);
    return spay_http_response_set_status(&call->response, http_status) == SPAY_OK &&
           spay_http_response_append_body(&call->response, body, length) == SPAY_OK;
}

bool spay__reply_read_shared(spay_call *call, int32_t http_status, const char *request_id,
                             const char *body, size_t length, int64_t left_ms)
{
    spay_session_info *info;
    spay_error *error;

    if (!set_reply(call, http_status, body, length) || !is_success(call))
        return false;
    call->request_id = request_id;
    error = read_success(call, SPAY_STAGE_REPLY, take_session);
    call->request_id = NULL;
    spay_error_free(error);
    if (error)
        return false;
    memcpy(&info, call->session, sizeof(info)); /* the first member of every session */
    info->shared = SPAY_YES;
    info->expires_at_ms = spay__client_wall_ms(call->client) + left_ms;
    return true;
}

bool spay__reply_refuse_shared(spay_call *call)
{
    spay_error *error = spay__call_error(call, SPAY_E_CONFLICT, SPAY_STAGE_REQUEST);

    error->outcome = SPAY_OUTCOME_NOT_SENT;
    spay__error_set(error, &error->reason, "intent_reused");
    spay__error_set(error, &error->message,
                    "the intent was used before, for another request: nothing was sent");
    call->error = error;
    return true;
}
