/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The call: the only place that decides. A state machine that never blocks; what it needs next it
 * says, and the drivers do it.
 */
#include "call.h"

#include <string.h>

#include "alloc.h"
#include "ascii.h"
#include "date.h"
#include "error.h"
#include "log.h"
#include "options.h"

enum {
    LONGEST_TIMEOUT_MS = 3600000,
    MOST_ATTEMPTS = 10,
    TOKEN_POLL_MS = 20, /* how soon a foreign loop looks again for a token that another call fetches */
    TOKEN_WAIT_MS = 50, /* how long a thread waits before it looks whether it was cancelled */
    CLOCK_TOLERANCE_MS = 60000
};

/* ---- making a call ---- */

static void check_key(spay__input *input, const spay__key_rule *rule, const char *key)
{
    if (spay__input_text(input, "idempotency_key", key, 1, rule->longest, SPAY__VISIBLE) &&
        rule->uuid && !spay__uuid_is_v4(key))
        spay__input_fault(input, "idempotency_key", "pattern", "must be a UUID of version 4");
}

static void check_intent(spay__input *input, const spay_client *client, const char *intent)
{
    spay__input_text(input, "intent", intent, 1, 255, 0);
    if (!client->key_secret.text)
        spay__input_fault(input, "key_secret", "missing", "is required in the client for an intent");
}

static spay_status check_options(const spay_call *call, const spay_call_options *options,
                                 spay_error **error)
{
    spay__input input = {call->operation->provider, NULL};
    const spay__key_rule *rule = &call->operation->key;

    spay__input_range(&input, "timeout_ms", options->timeout_ms, 1, LONGEST_TIMEOUT_MS);
    spay__input_range(&input, "attempt_timeout_ms", options->attempt_timeout_ms, 1,
                      LONGEST_TIMEOUT_MS);
    spay__input_range(&input, "max_attempts", options->max_attempts, 1, MOST_ATTEMPTS);
    if (options->idempotency_key && options->intent)
        spay__input_fault(&input, "intent", "conflict", "must not be set with idempotency_key");
    if (rule->longest == 0 && (options->idempotency_key || options->intent))
        spay__input_fault(&input, options->intent ? "intent" : "idempotency_key", "not_supported",
                          "this operation has no idempotency keys");
    else if (options->idempotency_key)
        check_key(&input, rule, options->idempotency_key);
    else if (options->intent)
        check_intent(&input, call->client, options->intent);
    return spay__input_end(&input, error);
}

static bool make_random_key(spay_call *call)
{
    unsigned char bytes[16];

    if (!spay__client_random(call->client, bytes, sizeof(bytes)))
        return false;
    spay__uuid_format(bytes, call->key);
    return true;
}

static spay_status settle_key(spay_call *call, const spay_call_options *options, bool with_key,
                              spay_error **error)
{
    bool done = true;

    if (options->idempotency_key)
        memcpy(call->key, options->idempotency_key, strlen(options->idempotency_key) + 1);
    else if (options->intent)
        done = spay__key_derive(&call->client->key_secret,
                                spay_provider_name(call->operation->provider), options->intent,
                                call->key);
    else if (with_key || call->operation->key.automatic)
        done = make_random_key(call);
    return done ? SPAY_OK : spay__fail(error, SPAY_E_INTERNAL, "no idempotency key could be made");
}

static int64_t first_set(int64_t own, int64_t fallback, int64_t most)
{
    if (own)
        return own;
    return most && most < fallback ? most : fallback;
}

static void settle_limits(spay_call *call, const spay_call_options *options)
{
    call->timeout_ms =
        first_set(options->timeout_ms, call->client->timeout_ms, call->operation->longest_ms);
    call->attempt_timeout_ms =
        first_set(options->attempt_timeout_ms, call->client->attempt_timeout_ms, 0);
    call->max_attempts = (int32_t)first_set(options->max_attempts, call->client->max_attempts,
                                            call->operation->most_attempts);
}

static spay_status read_options(spay_call *call, const spay_call_options *theirs, bool with_key,
                                spay_error **error)
{
    spay_call_options options;
    spay_status status;

    status = spay__options_load(&options, sizeof(options),
                                SPAY__SIZE_UP_TO(spay_call_options, max_attempts), theirs,
                                call->operation->provider, "options", error);
    if (status == SPAY_OK)
        status = check_options(call, &options, error);
    if (status == SPAY_OK)
        status = settle_key(call, &options, with_key, error);
    if (status == SPAY_OK)
        settle_limits(call, &options);
    return status;
}

spay_status spay__call_new(spay__account *account, const spay__operation *operation,
                           const spay_call_options *options, bool with_key, spay_call **out,
                           spay_error **error)
{
    spay_call *call = spay__alloc(sizeof(*call));
    spay_status status;

    if (!call)
        return spay__fail(error, SPAY_E_NO_MEMORY, "out of memory");
    call->operation = operation;
    call->account = spay__account_share(account);
    call->client = account->client;
    call->outcome = SPAY_OUTCOME_NOT_SENT;
    call->request.canceled = &call->canceled;
    call->token_request.canceled = &call->canceled;
    spay__http_response_init(&call->response);
    status = read_options(call, options, with_key, error);
    if (status == SPAY_OK)
        *out = call;
    else
        spay_call_free(call);
    return status;
}

spay_status spay__call_seal(spay_call *built, spay_status status, spay_call **call,
                            spay_error **error)
{
    if (status == SPAY_OK && built->request.failed)
        status = spay__fail(error, SPAY_E_NO_MEMORY, "out of memory");
    if (status != SPAY_OK) {
        spay_call_free(built);
        return status;
    }
    spay__http_request_fix_headers(&built->request);
    *call = built;
    return SPAY_OK;
}

spay_status spay__call_set_subject(spay_call *call, const char *subject, spay_error **error)
{
    call->subject = spay__copy_text(subject);
    if (subject && !call->subject)
        return spay__fail(error, SPAY_E_NO_MEMORY, "out of memory");
    return SPAY_OK;
}

void spay_call_free(spay_call *call)
{
    if (!call)
        return;
    if (call->ticket.fetching)
        spay__token_cache_abandon(call->operation->token->cache(call->account), &call->ticket);
    spay__http_request_clear(&call->request);
    spay__http_request_clear(&call->token_request);
    spay__http_response_clear(&call->response);
    spay__secret_clear(&call->token);
    spay__block_free(call->session);
    spay_error_free(call->error);
    spay__free(call->subject);
    spay__account_free(call->account);
    spay__free(call);
}

/* ---- the end ---- */

static const char *plural(int32_t count)
{
    return count == 1 ? "" : "s";
}

static void log_end(const spay_call *call, int64_t elapsed_ms)
{
    const spay_error *error = call->error;

    spay__log(call->client, error ? SPAY_LOG_ERROR : SPAY_LOG_INFO,
              "%s %s: %s, HTTP %d, %d attempt%s, %lld ms, key %s%s%s%s%s",
              spay_provider_name(call->operation->provider), call->operation->route,
              error ? spay_error_name(error) : "ok", (int)call->response.status,
              (int)call->attempts, plural(call->attempts), (long long)elapsed_ms,
              *call->key ? call->key : "none", error ? ", outcome " : "",
              error ? spay_outcome_name(error->outcome) : "", error ? ", request id " : "",
              error ? spay_error_request_id(error) : "");
}

static void drop_secrets(spay_call *call)
{
    spay__http_request_clear(&call->request);
    spay__http_request_clear(&call->token_request);
    spay__http_response_reset(&call->response);
    spay__secret_clear(&call->token);
}

/* Takes the error over; it must be this call's own. */
static void finish_with(spay_call *call, spay_error *error)
{
    if (!error->constant) {
        error->provider = call->operation->provider;
        error->attempts = call->attempts;
        error->requests_sent = call->requests_sent;
        error->elapsed_ms = spay__client_now_ms(call->client) - call->started_ms;
        if (error->outcome < call->outcome)
            error->outcome = call->outcome;
        spay__error_set(error, &error->idempotency_key, call->key);
    }
    call->error = error;
    call->state = SPAY__CALL_FINISHED;
    log_end(call, spay__client_now_ms(call->client) - call->started_ms);
    drop_secrets(call);
}

static void finish_early(spay_call *call, spay_status status, const char *message)
{
    spay_error *error = spay__error_create(status, call->state == SPAY__CALL_AWAITING_TOKEN
                                                       ? SPAY_STAGE_TOKEN
                                                       : SPAY_STAGE_REQUEST);

    spay__error_format(error, "%s", message);
    if (!error->constant)
        error->retryable = status == SPAY_E_TIMEOUT;
    finish_with(call, error);
}

static void finish_well(spay_call *call)
{
    call->state = SPAY__CALL_FINISHED;
    spay__budget_spend(call->client, call->account->budget, -1);
    log_end(call, spay__client_now_ms(call->client) - call->started_ms);
    drop_secrets(call);
}

/* ---- attempts ---- */

static int64_t signing_time_ms(const spay_call *call)
{
    return spay__client_wall_ms(call->client) + SPAY__ATOMIC_GET(&call->account->clock_offset_ms);
}

static int64_t time_left_ms(const spay_call *call)
{
    return call->deadline_ms - spay__client_now_ms(call->client);
}

/* Whichever request goes out next: limits, a clean response, and the clocks at its start. */
static void begin_exchange(spay_call *call, spay_http_request *request)
{
    int64_t left = time_left_ms(call);
    int64_t connect = call->client->connect_timeout_ms;

    if (left < 1)
        left = 1;
    request->timeout_ms = left < call->attempt_timeout_ms ? left : call->attempt_timeout_ms;
    request->connect_timeout_ms = connect < request->timeout_ms ? connect : request->timeout_ms;
    spay__http_response_reset(&call->response);
    call->attempt_began_ms = spay__client_now_ms(call->client);
    call->attempt_began_wall_ms = signing_time_ms(call);
    spay__log_request(call->client, request);
}

static int32_t begin_attempt(spay_call *call)
{
    spay__http_request_next_attempt(&call->request);
    if (call->operation->sign)
        call->operation->sign(call->account, &call->request, &call->token, signing_time_ms(call));
    if (call->request.failed) {
        finish_early(call, SPAY_E_NO_MEMORY, "out of memory");
        return SPAY_CALL_DONE;
    }
    call->attempts++;
    call->state = SPAY__CALL_SENDING;
    begin_exchange(call, &call->request);
    return SPAY_CALL_SEND;
}

static int32_t begin_token_request(spay_call *call)
{
    if (!call->token_request.url)
        call->operation->token->build(call->account, &call->token_request);
    if (call->token_request.failed) {
        finish_early(call, SPAY_E_NO_MEMORY, "out of memory");
        return SPAY_CALL_DONE;
    }
    call->token_attempts++;
    call->state = SPAY__CALL_SENDING_TOKEN;
    begin_exchange(call, &call->token_request);
    return SPAY_CALL_SEND;
}

static int32_t await_token(spay_call *call)
{
    call->state = SPAY__CALL_AWAITING_TOKEN;
    return SPAY_CALL_WAIT;
}

static int32_t share_token_failure(spay_call *call, spay_error *shared)
{
    finish_with(call, spay__error_clone(shared));
    spay_error_free(shared);
    return SPAY_CALL_DONE;
}

/* An attempt needs its token first, if the operation has one. */
static int32_t proceed(spay_call *call)
{
    const spay__token_source *source = call->operation->token;
    spay_error *shared = NULL;

    if (!source || call->token.text)
        return begin_attempt(call);
    if (call->ticket.fetching)
        return begin_token_request(call);
    switch (spay__token_cache_acquire(source->cache(call->account), &call->ticket,
                                      spay__client_now_ms(call->client), &call->token, &shared)) {
    case SPAY__TOKEN_READY:
        return begin_attempt(call);
    case SPAY__TOKEN_FETCH:
        return begin_token_request(call);
    case SPAY__TOKEN_WAIT:
        return await_token(call);
    case SPAY__TOKEN_FAILED:
        break;
    }
    return share_token_failure(call, shared);
}

int32_t spay_call_step(spay_call *call)
{
    if (!call || call->state == SPAY__CALL_FINISHED)
        return SPAY_CALL_DONE;
    if (call->state == SPAY__CALL_SENDING || call->state == SPAY__CALL_SENDING_TOKEN)
        return SPAY_CALL_SEND;
    if (call->state == SPAY__CALL_NEW) {
        call->started_ms = spay__client_now_ms(call->client);
        call->deadline_ms = call->started_ms + call->timeout_ms;
        call->state = SPAY__CALL_READY;
    }
    if (SPAY__ATOMIC_GET(&call->canceled)) {
        finish_early(call, SPAY_E_CANCELED, "the call was cancelled");
        return SPAY_CALL_DONE;
    }
    if (time_left_ms(call) <= 0) {
        finish_early(call, SPAY_E_TIMEOUT, "the deadline passed before the next attempt");
        return SPAY_CALL_DONE;
    }
    if (call->state == SPAY__CALL_BACKING_OFF && spay_call_wait_ms(call) > 0)
        return SPAY_CALL_WAIT;
    return proceed(call);
}

/* ---- what came back ---- */

/* The provider's clock less ours, in ms; 0 if the reply does not tell. */
static int64_t clock_difference_ms(const spay_call *call)
{
    const char *date = spay_http_response_header(&call->response, "Date");
    int64_t ours = signing_time_ms(call);
    int64_t theirs;

    if (!date || !spay__http_date_parse(date, ours / 1000, &theirs))
        return 0;
    return theirs * 1000 - ours;
}

static bool clock_is_off(const spay_call *call)
{
    int64_t difference = clock_difference_ms(call);

    return difference > CLOCK_TOLERANCE_MS || difference < -CLOCK_TOLERANCE_MS;
}

static spay_error *transport_error(const spay_call *call, const spay__verdict *verdict,
                                   int32_t stage)
{
    spay_error *error = spay__error_create(verdict->status, stage);

    spay__error_set(error, &error->message, call->response.message);
    spay__error_set(error, &error->reason, call->response.reason);
    return error;
}

static spay_error *reply_error(const spay_call *call, int32_t stage)
{
    spay_error *error = spay__error_create(SPAY_E_PROTOCOL, stage);

    if (!error->constant)
        error->http_status = call->response.status;
    spay__envelope_read(call->operation->envelope, &call->response, error);
    return error;
}

/* A 2xx that is not a session. */
static spay_error *unreadable_error(const spay_call *call, const spay__json_reader *json,
                                    int32_t stage)
{
    bool memory = json->fault && strcmp(json->fault, "no_memory") == 0;
    spay_error *error = spay__error_create(memory ? SPAY_E_NO_MEMORY : SPAY_E_PROTOCOL, stage);
    const char *body;
    size_t length;

    body = spay_http_response_body(&call->response, &length);
    if (!error->constant) {
        error->http_status = call->response.status;
        error->outcome = SPAY_OUTCOME_UNKNOWN;
    }
    spay__error_set_body(error, body, length);
    spay__error_set(error, &error->request_id,
                    spay__envelope_request_id(call->operation->envelope, &call->response));
    spay__error_add_field(error, json->path, json->fault, "the reply cannot be read here");
    spay__error_format(error, "HTTP %d, but the reply is unusable: %s is %s",
                       (int)call->response.status, json->path, json->fault);
    return error;
}

static spay_error *stale_error(const spay_call *call)
{
    spay_error *error = reply_error(call, SPAY_STAGE_REPLY);

    if (!error->constant) {
        error->status = SPAY_E_EXPIRED;
        error->outcome = SPAY_OUTCOME_UNKNOWN;
    }
    spay__error_set(error, &error->reason, "stale_replay");
    spay__error_format(error, "the key was used before, and the session that it made has expired");
    return error;
}

static void fill_info(const spay_call *call, spay__block *block, spay_session_info *info)
{
    const char *id = spay__envelope_request_id(call->operation->envelope, &call->response);

    info->provider = call->operation->provider;
    info->idempotency_key = spay__block_text(block, call->key);
    info->request_id = spay__block_text(block, id ? id : "");
    info->http_status = call->response.status;
    info->attempts = call->attempts;
    info->requests_sent = call->requests_sent;
    info->token_requests = call->token_requests;
    info->elapsed_ms = spay__client_now_ms(call->client) - call->started_ms;
    info->raw_json = spay_http_response_body(&call->response, &info->raw_json_length);
    info->raw_json = spay__block_copy(block, info->raw_json, info->raw_json_length);
}

/*
 * Room for a session: each text of the reply at most once beside the raw reply, a pointer and its
 * alignment for each value, and what is not in the reply.
 */
static size_t block_capacity(const spay_call *call, const spay__json_reader *json)
{
    return sizeof(spay_session_info) + 2 * call->response.body.length + 32 * json->values +
           sizeof(call->key) + call->response.headers.length + 1024;
}

/* NULL and call->session on success. */
static spay_error *read_session(spay_call *call, spay__json_reader *json)
{
    spay__reply reply = {call->subject, call->number, call->attempt_began_wall_ms,
                         signing_time_ms(call) + clock_difference_ms(call)};
    spay_session_info *info;
    spay__block block;
    void *session;
    spay_status status;

    session = spay__block_new(&block, call->operation->session_size, block_capacity(call, json));
    info = session ? spay__block_take(&block, sizeof(*info)) : NULL;
    if (!info) {
        spay__block_free(session);
        return spay__error_create(SPAY_E_NO_MEMORY, SPAY_STAGE_REPLY);
    }
    status = call->operation->read(&reply, json, &block, session, info);
    if (json->ignored)
        info->warnings |= SPAY_SESSION_WARNING_MEMBER_IGNORED;
    fill_info(call, &block, info);
    if (!json->fault && status == SPAY_OK && !block.failed) {
        call->session = session;
        return NULL;
    }
    spay__block_free(session);
    if (json->fault)
        return unreadable_error(call, json, SPAY_STAGE_REPLY);
    return block.failed ? spay__error_create(SPAY_E_INTERNAL, SPAY_STAGE_REPLY) : stale_error(call);
}

static spay_error *read_success(spay_call *call)
{
    spay__json_reader json;
    spay_error *error;
    const char *body;
    size_t length;

    body = spay_http_response_body(&call->response, &length);
    if (spay__json_read(&json, body, length))
        error = read_session(call, &json);
    else
        error = unreadable_error(call, &json, SPAY_STAGE_REPLY);
    spay__json_clear(&json);
    return error;
}

/* ---- what follows from it ---- */

static void describe(spay_call *call, spay_error *error, const spay__verdict *verdict)
{
    if (error->constant)
        return;
    error->status = verdict->status;
    error->outcome = verdict->outcome;
    error->retryable = verdict->remedy == SPAY__REMEDY_RETRY ||
                       verdict->remedy == SPAY__REMEDY_SLOW_DOWN ||
                       verdict->status == SPAY_E_THROTTLED;
    error->retry_after_ms = spay__retry_after_ms(&call->response, signing_time_ms(call));
    if (verdict->reason)
        spay__error_set(error, &error->reason, verdict->reason);
}

static spay__decision decide(spay_call *call, const spay__verdict *verdict,
                             const spay_error *error, int32_t attempts)
{
    spay__retry_situation situation = {
        *verdict, attempts, call->max_attempts, error->retry_after_ms, time_left_ms(call),
        spay__budget_left(call->client, call->account->budget), call->resent, call->token_renewed,
        call->operation->token && !call->operation->token->cache(call->account)->fixed,
        !call->clock_corrected && clock_is_off(call), 0};

    if (!spay__client_random(call->client, &situation.random, sizeof(situation.random)))
        situation.random = UINT32_MAX;
    return spay__retry_decide(&situation);
}

static void log_decision(const spay_call *call, const spay_error *error, const char *what,
                         const spay__decision *decision)
{
    static const char *const words[] = {"giving up", "again after waiting", "again at once",
                                        "again with a new token", "again with the clock corrected"};

    spay__log(call->client, SPAY_LOG_DEBUG, "%s %s: %s %d: %s, HTTP %d, outcome %s; %s, %lld ms",
              spay_provider_name(call->operation->provider), call->operation->route, what,
              (int)(call->attempts), spay_error_name(error), (int)call->response.status,
              spay_outcome_name(error->outcome), words[decision->action],
              (long long)decision->delay_ms);
}

static void back_off(spay_call *call, const spay__decision *decision)
{
    spay__budget_spend(call->client, call->account->budget, decision->cost);
    call->wake_ms = spay__client_now_ms(call->client) + decision->delay_ms;
    call->state = SPAY__CALL_BACKING_OFF;
}

static void renew_token(spay_call *call)
{
    spay__token_cache_reject(call->operation->token->cache(call->account), &call->ticket);
    spay__secret_clear(&call->token);
    call->token_renewed = true;
    call->free_attempts++;
}

static void correct_clock(spay_call *call)
{
    int64_t offset = SPAY__ATOMIC_GET(&call->account->clock_offset_ms);

    SPAY__ATOMIC_SET(&call->account->clock_offset_ms, offset + clock_difference_ms(call));
    call->clock_corrected = true;
    call->free_attempts++;
}

/* A signature was refused, and the reply shows why. */
static void blame_clock(const spay_call *call, spay_error *error)
{
    int64_t off = -clock_difference_ms(call) / 1000;

    if (error->constant)
        return;
    error->status = SPAY_E_CLOCK;
    spay__error_format(error, "the signature was refused, and this machine's clock is %lld s %s",
                       (long long)(off < 0 ? -off : off), off < 0 ? "slow" : "fast");
}

static void give_up(spay_call *call, spay_error *error, const spay__verdict *verdict)
{
    bool canceled = SPAY__ATOMIC_GET(&call->canceled);

    if (canceled && !error->constant) {
        error->status = SPAY_E_CANCELED;
        error->retryable = 0;
        spay__error_set(error, &error->message, "the call was cancelled");
    } else if (verdict->remedy == SPAY__REMEDY_CLOCK &&
               (call->clock_corrected || clock_is_off(call))) {
        blame_clock(call, error);
    }
    finish_with(call, error);
}

/* Act on a failed attempt. Takes the error over. */
static void follow_up(spay_call *call, spay_error *error, const spay__verdict *verdict)
{
    spay__decision decision = decide(call, verdict, error, call->attempts - call->free_attempts);

    if (SPAY__ATOMIC_GET(&call->canceled))
        decision.action = SPAY__GIVE_UP;
    log_decision(call, error, "attempt", &decision);
    if (verdict->outcome > call->outcome)
        call->outcome = verdict->outcome;
    if (decision.action == SPAY__GIVE_UP) {
        give_up(call, error, verdict);
        return;
    }
    spay_error_free(error);
    call->state = SPAY__CALL_READY;
    switch (decision.action) {
    case SPAY__REPEAT:
        back_off(call, &decision);
        break;
    case SPAY__RESEND:
        call->resent = true;
        call->free_attempts++;
        break;
    case SPAY__RENEW_TOKEN:
        renew_token(call);
        break;
    case SPAY__CORRECT_CLOCK:
        correct_clock(call);
        break;
    case SPAY__GIVE_UP:
        break;
    }
}

static bool is_success(const spay_call *call)
{
    return call->response.status >= 200 && call->response.status <= 299;
}

static void take_reply(spay_call *call, spay_status status)
{
    spay__verdict verdict = spay__judge_failure(status, call->response.sent);
    spay_error *error;

    call->requests_sent += call->response.sent;
    if (status != SPAY_OK) {
        error = transport_error(call, &verdict, SPAY_STAGE_REQUEST);
        describe(call, error, &verdict);
    } else if (is_success(call)) {
        error = read_success(call);
        verdict.status = spay_error_status(error);
        verdict.outcome = SPAY_OUTCOME_UNKNOWN;
    } else {
        error = reply_error(call, SPAY_STAGE_REPLY);
        verdict = spay__judge_reply(call->operation->rules, error);
        describe(call, error, &verdict);
    }
    if (error)
        follow_up(call, error, &verdict);
    else
        finish_well(call);
}

/* ---- the token request ---- */

static bool is_header_text(const char *text)
{
    for (; *text; text++)
        if (!spay__is_visible(*text))
            return false;
    return true;
}

/* NULL if the token is stored, and the call has it. */
static spay_error *store_token(spay_call *call, spay__json_reader *json)
{
    spay__token_cache *cache = call->operation->token->cache(call->account);
    spay__json root = spay__json_root(json);
    const char *token = spay__json_text(json, root, "$", "access_token", SPAY__JSON_REQUIRED);
    int64_t seconds = spay__json_count(json, root, "$", "expires_in", SPAY__JSON_OPTIONAL);

    if (token && !is_header_text(token))
        spay__json_set_fault(json, "forbidden_character", "$", "access_token");
    if (json->fault)
        return unreadable_error(call, json, SPAY_STAGE_TOKEN);
    if (seconds < 0 || seconds > 86400)
        seconds = 3600;
    if (!spay__token_cache_store(cache, &call->ticket, token, call->attempt_began_ms,
                                 seconds * 1000) ||
        !spay__secret_set(&call->token, token, strlen(token)))
        return spay__error_create(SPAY_E_NO_MEMORY, SPAY_STAGE_TOKEN);
    return NULL;
}

static spay_error *read_token(spay_call *call)
{
    spay__json_reader json;
    spay_error *error;
    const char *body;
    size_t length;

    body = spay_http_response_body(&call->response, &length);
    if (spay__json_read(&json, body, length))
        error = store_token(call, &json);
    else
        error = unreadable_error(call, &json, SPAY_STAGE_TOKEN);
    spay__json_clear(&json);
    return error;
}

/* The token could not be had. Takes the error over; other calls that wait share a copy. */
static void fail_token(spay_call *call, spay_error *error)
{
    spay_error *shared = spay__error_clone(error);

    if (call->ticket.fetching)
        spay__token_cache_fail(call->operation->token->cache(call->account), &call->ticket, shared);
    spay_error_free(shared);
    finish_with(call, error);
}

/* The token request is not the operation: whatever became of it, the operation was not sent. */
static void follow_up_token(spay_call *call, spay_error *error, const spay__verdict *verdict)
{
    spay__decision decision = decide(call, verdict, error, call->token_attempts);
    bool canceled = SPAY__ATOMIC_GET(&call->canceled);

    if (!error->constant)
        error->outcome = SPAY_OUTCOME_NOT_SENT;
    log_decision(call, error, "token request of attempt", &decision);
    if (canceled) {
        spay__token_cache_abandon(call->operation->token->cache(call->account), &call->ticket);
        spay_error_free(error);
        finish_early(call, SPAY_E_CANCELED, "the call was cancelled");
    } else if (decision.action == SPAY__REPEAT || decision.action == SPAY__RESEND) {
        call->resent = call->resent || decision.action == SPAY__RESEND;
        spay_error_free(error);
        back_off(call, &decision);
    } else {
        fail_token(call, error);
    }
}

static void take_token_reply(spay_call *call, spay_status status)
{
    spay__verdict verdict = spay__judge_failure(status, call->response.sent);
    spay_error *error;

    call->token_requests += call->response.sent;
    if (status != SPAY_OK) {
        error = transport_error(call, &verdict, SPAY_STAGE_TOKEN);
        describe(call, error, &verdict);
    } else if (is_success(call)) {
        error = read_token(call);
        verdict.status = spay_error_status(error);
    } else {
        error = reply_error(call, SPAY_STAGE_TOKEN);
        verdict = spay__judge_reply(call->operation->token->rules, error);
        describe(call, error, &verdict);
    }
    if (error)
        follow_up_token(call, error, &verdict);
    else
        call->state = SPAY__CALL_READY;
}

spay_status spay_call_respond(spay_call *call, spay_status status)
{
    bool token = call && call->state == SPAY__CALL_SENDING_TOKEN;

    if (!call)
        return SPAY_E_INVALID_ARGUMENT;
    if (!token && call->state != SPAY__CALL_SENDING)
        return SPAY_E_STATE;
    if (status == SPAY_OK && !call->response.status)
        status = SPAY_E_INTERNAL;
    if (call->response.status)
        spay_http_response_mark_sent(&call->response);
    spay__log_response(call->client, &call->response);
    if (token)
        take_token_reply(call, status);
    else
        take_reply(call, status);
    return SPAY_OK;
}

/* ---- questions ---- */

const spay_http_request *spay_call_request(const spay_call *call)
{
    if (call && call->state == SPAY__CALL_SENDING)
        return &call->request;
    return call && call->state == SPAY__CALL_SENDING_TOKEN ? &call->token_request : NULL;
}

spay_http_response *spay_call_response(spay_call *call)
{
    return spay_call_request(call) ? &call->response : NULL;
}

int64_t spay_call_wait_ms(const spay_call *call)
{
    int64_t wait = 0;
    int64_t left;

    if (!call)
        return 0;
    left = time_left_ms(call);
    if (call->state == SPAY__CALL_BACKING_OFF)
        wait = call->wake_ms - spay__client_now_ms(call->client);
    else if (call->state == SPAY__CALL_AWAITING_TOKEN)
        wait = TOKEN_POLL_MS;
    if (wait > left)
        wait = left;
    return wait > 0 ? wait : 0;
}

void spay_call_cancel(spay_call *call)
{
    if (call)
        SPAY__ATOMIC_SET(&call->canceled, 1);
}

spay_status spay_call_status(const spay_call *call)
{
    if (!call)
        return SPAY_E_INVALID_ARGUMENT;
    return call->state == SPAY__CALL_FINISHED ? spay_error_status(call->error) : SPAY_E_STATE;
}

const spay_error *spay_call_error(const spay_call *call)
{
    return call ? call->error : NULL;
}

const char *spay_call_idempotency_key(const spay_call *call)
{
    return call ? call->key : "";
}

int32_t spay_call_attempts(const spay_call *call)
{
    return call ? call->attempts : 0;
}

/* ---- the blocking driver ---- */

static void send_blocking(spay_call *call)
{
    const spay_transport *transport = &call->client->transport;

    (void)spay_call_respond(call, transport->perform(transport->ctx, spay_call_request(call),
                                                     spay_call_response(call)));
}

static void wait_blocking(spay_call *call)
{
    int64_t wait = spay_call_wait_ms(call);

    if (call->state == SPAY__CALL_AWAITING_TOKEN && call->client->own_sleep)
        spay__token_cache_wait(call->operation->token->cache(call->account), TOKEN_WAIT_MS);
    else
        spay__client_sleep(call->client, wait, &call->canceled);
}

spay_status spay_call_perform(spay_call *call, spay_error **error)
{
    int32_t next;

    if (error)
        *error = NULL;
    if (!call)
        return spay__fail_field(error, SPAY_PROVIDER_NONE, "call", "missing", "is required");
    while ((next = spay_call_step(call)) != SPAY_CALL_DONE) {
        if (next == SPAY_CALL_SEND)
            send_blocking(call);
        else
            wait_blocking(call);
    }
    if (error)
        *error = spay__error_share(call->error);
    return spay_call_status(call);
}

spay_status spay__call_take(spay_call *call, const spay__operation *operation, const void *out,
                            void **session, spay_error **error)
{
    const spay__argument arguments[] = {{"session", out}, {"call", call}, {NULL, NULL}};
    spay_status status = spay__require(operation->provider, arguments, error);

    if (status != SPAY_OK)
        return status;
    if (call->operation != operation)
        return spay__fail_field(error, operation->provider, "call", "wrong_type",
                                "must be a call of this provider");
    if (call->error && error)
        *error = spay__error_share(call->error);
    if (call->error)
        return spay_error_status(call->error);
    if (!call->session)
        return spay__fail(error, SPAY_E_STATE, "%s",
                          call->state == SPAY__CALL_FINISHED ? "the session was taken already"
                                                             : "the call is not done");
    *session = call->session;
    call->session = NULL;
    return SPAY_OK;
}
