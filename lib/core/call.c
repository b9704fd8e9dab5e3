/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The call: the only place that decides. A state machine that never blocks; what it needs next it
 * says, and the drivers do it.
 */
#include "call.h"

#include <stdio.h>
#include <string.h>

#include "api/error.h"
#include "base/ascii.h"
#include "clock.h"
#include "envelope.h"
#include "event.h"
#include "log.h"
#include "redact.h"
#include "reply.h"
#include "retry.h"

enum {
    WHAT_SIZE = 384,
    LOOK_MS = 20 /* how soon to look again for what another call is about, where nobody is woken */
};

/* ---- the end ---- */

static const char *plural(int32_t count)
{
    return count == 1 ? "" : "s";
}

static void log_success(const spay_call *call, const char *elapsed)
{
    spay__log(call->client, SPAY_LOG_INFO, "%s %s: ok, HTTP %d, %d attempt%s, %s ms, key %s",
              call->operation->provider->name, call->operation->route, (int)call->response.status,
              (int)call->attempts, plural(call->attempts), elapsed,
              *call->key ? call->key : "none");
}

/* What there is to say about a failure, the most telling first: a line may be cut. */
static void log_failure(const spay_call *call, int32_t level, const char *what, bool token,
                        const spay_error *error)
{
    const char *reason = spay_error_reason(error);
    const char *phase = spay__event_phase(call, error);
    const char *code = spay_error_provider_code(error);
    const char *id = spay_error_request_id(error);
    char host[SPAY__HOST_SIZE];

    spay__event_host(token ? call->token_request : &call->request, host);
    spay__log(call->client, level,
              "%s %s: %s: %s%s%s, HTTP %d, outcome %s, stage %s%s%s, host %s%s%s%s%s: %s",
              call->operation->provider->name,
              token ? call->operation->token->route : call->operation->route, what,
              spay_error_name(error), *reason ? " " : "", reason, (int)call->response.status,
              spay_outcome_name(error->outcome), spay__stage_name(error->stage),
              *phase ? ", phase " : "", phase, host, *code ? ", code " : "", code,
              *id ? ", request id " : "", id, spay_error_message(error));
}

static void log_end(const spay_call *call)
{
    char digits[SPAY__INTEGER_SIZE];
    char what[WHAT_SIZE];
    const char *elapsed;

    if (call->client->log_level < SPAY_LOG_ERROR)
        return;
    elapsed = spay__integer_text(spay__client_now_ms(call->client) - call->started_ms, digits);
    if (!call->error) {
        log_success(call, elapsed);
        return;
    }
    (void)snprintf(what, sizeof(what), "%d attempt%s, %s ms, key %s", (int)call->attempts,
                   plural(call->attempts), elapsed, *call->key ? call->key : "none");
    log_failure(call, SPAY_LOG_ERROR, what, call->error->stage == SPAY_STAGE_TOKEN, call->error);
}

static void drop_secrets(spay_call *call)
{
    spay__http_request_clear(&call->request);
    spay__http_request_clear(call->token_request);
    spay__http_response_reset(&call->response);
    call->request_id = NULL;
    spay__secret_clear(&call->token);
}

/* Leaves the token that this call was to fetch to another call. */
static void leave_token(spay_call *call)
{
    if (call->operation->token)
        spay__token_cache_leave(call->account->tokens, &call->ticket);
}

/* Takes the error over; it must be this call's own. */
static void finish_with(spay_call *call, spay_error *error)
{
    leave_token(call);
    spay__call_leave_shared(call);
    error->provider = call->operation->provider->id;
    error->attempts = call->attempts;
    error->requests_sent = call->requests_sent;
    error->elapsed_ms = spay__client_now_ms(call->client) - call->started_ms;
    if (error->outcome < call->outcome)
        error->outcome = call->outcome;
    spay__error_lend_key(error, call->key, &call->spare);
    call->error = error;
    call->state = SPAY__CALL_FINISHED;
    log_end(call);
    spay__event_call(call);
    drop_secrets(call);
}

static void finish_early(spay_call *call, spay_status status, const char *message)
{
    spay_error *error = spay__call_error(
        call, status,
        call->state == SPAY__CALL_AWAITING_TOKEN || call->ticket.fetching ? SPAY_STAGE_TOKEN
                                                                          : SPAY_STAGE_REQUEST);

    spay__error_set(error, &error->message, message);
    error->retryable = status == SPAY_E_TIMEOUT;
    finish_with(call, error);
}

void spay__call_give_up(spay_call *call, spay_status status, const char *message)
{
    finish_early(call, status, message);
}

/* With an error that is not this call's own, and that it frees. */
static void finish_with_copy(spay_call *call, spay_error *other)
{
    spay_error *error = spay__call_error(call, spay_error_status(other), spay_error_stage(other));

    spay__error_copy(error, other);
    spay_error_free(other);
    finish_with(call, error);
}

/* With the session, unless there is a second operation. */
static void finish_well(spay_call *call)
{
    spay__sequel *sequel = call->sequel;
    spay_error *error = NULL;

    spay__call_leave_shared(call);
    call->state = SPAY__CALL_FINISHED;
    log_end(call);
    spay__event_call(call);
    drop_secrets(call);
    if (!sequel || sequel->begun)
        return;
    sequel->begun = true;
    if (sequel->begin(call, &error) != SPAY_OK)
        finish_with_copy(call, error);
}

/* The last attempt brought the session. */
static void succeed(spay_call *call)
{
    spay__clock_confirm(call);
    if (call->attempts == 1)
        spay__budget_spend(call->account->budget, -1);
    spay__event_attempt(call, false, NULL, SPAY_DECISION_SUCCEED, 0);
    spay__call_publish_session(call);
    finish_well(call);
}

/* ---- attempts ---- */

static int64_t time_left_ms(const spay_call *call)
{
    return call->deadline_ms - spay__client_now_ms(call->client);
}

/* Whichever request goes out next: limits, a clean response, and the clocks at its start. */
static void begin_exchange(spay_call *call, spay_http_request *request)
{
    int64_t now = spay__client_now_ms(call->client);
    int64_t left = call->deadline_ms - now;
    int64_t connect = call->client->connect_timeout_ms;

    if (left < 1)
        left = 1;
    request->timeout_ms = left < call->attempt_timeout_ms ? left : call->attempt_timeout_ms;
    request->connect_timeout_ms = connect < request->timeout_ms ? connect : request->timeout_ms;
    spay__http_response_reset(&call->response);
    call->request_id = NULL;
    call->attempt_began_ms = now;
    call->clock_offset_ms = spay__clock_offset_ms(call);
    call->attempt_began_wall_ms = spay__clock_wall_ms(call);
    spay__log_request(call->client, request, call->operation->provider->shown_headers);
}

static int32_t begin_attempt(spay_call *call)
{
    spay__http_request_next_attempt(&call->request);
    if (call->operation->sign)
        call->operation->sign(call->account, &call->request, &call->token,
                              spay__clock_wall_ms(call));
    if (call->request.failed) {
        finish_early(call, SPAY_E_NO_MEMORY, "out of memory");
        return SPAY_CALL_DONE;
    }
    if (!spay__event_before_send(call)) {
        finish_early(call, SPAY_E_CANCELED, "the before_send hook refused the attempt");
        return SPAY_CALL_DONE;
    }
    call->attempts++;
    call->state = SPAY__CALL_SENDING;
    begin_exchange(call, &call->request);
    return SPAY_CALL_SEND;
}

static void build_token_request(spay_call *call)
{
    spay_http_request *request = call->token_request;

    spay__http_request_add(request, "Accept", "application/json");
    spay__http_request_add(request, "User-Agent", call->client->user_agent);
    call->operation->token->build(call->account, request);
}

static int32_t begin_token_request(spay_call *call)
{
    if (!call->token_request->url)
        build_token_request(call);
    if (call->token_request->failed) {
        finish_early(call, SPAY_E_NO_MEMORY, "out of memory");
        return SPAY_CALL_DONE;
    }
    call->token_attempts++;
    call->ticket.attempts++;
    call->state = SPAY__CALL_SENDING_TOKEN;
    begin_exchange(call, call->token_request);
    return SPAY_CALL_SEND;
}

static int32_t await(spay_call *call, spay__call_state state)
{
    call->state = state;
    return SPAY_CALL_WAIT;
}

/* A fetch that another call has given up may have to wait before its next attempt. */
static int32_t begin_fetch(spay_call *call)
{
    if (call->ticket.retry_at_ms <= spay__client_now_ms(call->client))
        return begin_token_request(call);
    call->wake_ms = call->ticket.retry_at_ms;
    call->state = SPAY__CALL_BACKING_OFF;
    return SPAY_CALL_WAIT;
}

static int32_t take_token(spay_call *call);

/* This call is the one of its process that fetches, unless another process has. */
static int32_t fetch_token(spay_call *call)
{
    switch (spay__call_find_token(call)) {
    case SPAY__SHARE_WAIT:
        return await(call, SPAY__CALL_AWAITING_STORE);
    case SPAY__SHARE_FOUND:
        return take_token(call);
    case SPAY__SHARE_MAKE:
        break;
    }
    return begin_fetch(call);
}

/* With the session that another call made, or the error that takes its place. */
static int32_t finish_shared(spay_call *call)
{
    spay_error *error = call->error;

    call->error = NULL;
    if (error)
        finish_with(call, error);
    else
        finish_well(call);
    return call->state == SPAY__CALL_FINISHED ? SPAY_CALL_DONE : SPAY_CALL_WAIT;
}

/* An attempt needs its token first, if the operation has one. */
static int32_t take_token(spay_call *call)
{
    spay_error *shared = NULL;

    if (!call->operation->token || call->token.text)
        return begin_attempt(call);
    if (call->ticket.fetching)
        return fetch_token(call);
    switch (spay__token_cache_acquire(call->account->tokens, &call->ticket,
                                      spay__client_now_ms(call->client), &call->token, &shared)) {
    case SPAY__TOKEN_READY:
        return begin_attempt(call);
    case SPAY__TOKEN_FETCH:
        return fetch_token(call);
    case SPAY__TOKEN_WAIT:
        return await(call, SPAY__CALL_AWAITING_TOKEN);
    case SPAY__TOKEN_FAILED:
        break;
    }
    finish_with_copy(call, shared);
    return SPAY_CALL_DONE;
}

/* The session of its intent may be there already. */
static int32_t proceed(spay_call *call)
{
    switch (spay__call_find_session(call)) {
    case SPAY__SHARE_WAIT:
        return await(call, SPAY__CALL_AWAITING_STORE);
    case SPAY__SHARE_FOUND:
        return finish_shared(call);
    case SPAY__SHARE_MAKE:
        break;
    }
    return take_token(call);
}

void spay__call_start(spay_call *call)
{
    if (call->state != SPAY__CALL_NEW)
        return;
    call->started_ms = spay__client_now_ms(call->client);
    call->deadline_ms = call->started_ms + call->timeout_ms;
    call->ticket.waiter = &call->waiter;
    call->ticket.deadline_ms = call->deadline_ms;
    call->ticket.max_attempts = call->max_attempts;
    call->state = SPAY__CALL_READY;
}

int32_t spay_call_step(spay_call *call)
{
    if (!call || call->state == SPAY__CALL_FINISHED)
        return SPAY_CALL_DONE;
    if (call->state == SPAY__CALL_SENDING || call->state == SPAY__CALL_SENDING_TOKEN)
        return SPAY_CALL_SEND;
    spay__call_start(call);
    if (SPAY__ATOMIC_GET(&call->canceled)) {
        finish_early(call, SPAY_E_CANCELED, "the call was canceled");
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

/* ---- what follows from it ---- */

static spay__retry_situation situation_of(spay_call *call, const spay__verdict *verdict,
                                          int32_t attempts)
{
    spay__retry_situation situation = {
        .verdict = *verdict,
        .attempts = attempts,
        .max_attempts = call->max_attempts,
        .retry_after_ms = spay__retry_after_ms(&call->response, spay__clock_wall_ms(call)),
        .time_left_ms = time_left_ms(call),
        .budget = spay__budget_left(call->account->budget),
        .resent = call->resent,
        .token_renewed = call->token_renewed,
        .can_renew = call->operation->token && !call->account->tokens->fixed,
        .clock_off = !call->clock_corrected && spay__clock_is_off(call)};

    if (!spay__client_random(call->client, &situation.random, sizeof(situation.random)))
        situation.random = UINT32_MAX;
    return situation;
}

static spay__decision decide(spay_call *call, const spay__verdict *verdict, int32_t attempts)
{
    spay__retry_situation situation = situation_of(call, verdict, attempts);

    return spay__retry_decide(&situation);
}

/* Report how an attempt ended, and what is done about it. */
static void report(const spay_call *call, const spay_error *error, bool token,
                   const spay__decision *decision)
{
    static const char words[] = "giving up\0again after waiting\0again at once\0"
                                "again with a new token\0again with the clock corrected";
    char delay[SPAY__INTEGER_SIZE];
    char what[WHAT_SIZE];

    if (call->client->log_level >= SPAY_LOG_DEBUG) {
        (void)snprintf(what, sizeof(what), "attempt %d, %s, %s ms",
                       (int)(token ? call->token_attempts : call->attempts),
                       spay__list_at(words, decision->action),
                       spay__integer_text(decision->delay_ms, delay));
        log_failure(call, SPAY_LOG_DEBUG, what, token, error);
    }
    spay__event_attempt(call, token, error, SPAY_DECISION_GIVE_UP + (int32_t)decision->action,
                        decision->delay_ms);
}

static void back_off(spay_call *call, const spay__decision *decision)
{
    spay__budget_spend(call->account->budget, decision->cost);
    call->wake_ms = spay__client_now_ms(call->client) + decision->delay_ms;
    call->state = SPAY__CALL_BACKING_OFF;
}

static void renew_token(spay_call *call)
{
    call->token_renewed = true;
    call->free_attempts++;
}

static void correct_clock(spay_call *call)
{
    spay__clock_correct(call);
    call->free_attempts++;
}

static void give_up(spay_call *call, spay_error *error, const spay__verdict *verdict)
{
    bool canceled = SPAY__ATOMIC_GET(&call->canceled);

    if (canceled) {
        error->status = SPAY_E_CANCELED;
        error->retryable = 0;
        spay__error_set(error, &error->message, "the call was canceled");
    } else if (verdict->remedy == SPAY__REMEDY_CLOCK) {
        spay__clock_explain(call, error);
        spay__clock_note(call);
    }
    finish_with(call, error);
}

/* Act on a failed attempt. Takes the error over. */
static void follow_up(spay_call *call, spay_error *error, const spay__verdict *verdict)
{
    spay__decision decision = decide(call, verdict, call->attempts - call->free_attempts);

    if (SPAY__ATOMIC_GET(&call->canceled))
        decision.action = SPAY__GIVE_UP;
    report(call, error, false, &decision);
    if (verdict->outcome > call->outcome)
        call->outcome = verdict->outcome;
    if (verdict->remedy == SPAY__REMEDY_TOKEN)
        spay__token_cache_reject(call->account->tokens, &call->ticket);
    if (decision.action == SPAY__GIVE_UP) {
        give_up(call, error, verdict);
        return;
    }
    spay_error_free(error);
    spay__secret_clear(&call->token); /* it may be refused, or there may be a newer one */
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

static void take_reply(spay_call *call, spay_status status)
{
    spay__verdict verdict;
    spay_error *error;

    call->requests_sent += call->response.sent;
    error = spay__reply_read(call, status, &verdict);
    if (error)
        follow_up(call, error, &verdict);
    else
        succeed(call);
}

/* ---- the token request ---- */

/*
 * What one with more time and attempts than this call would do about its failure. Sets when the
 * next attempt may go out. false: nothing, so it fails all calls.
 */
static bool others_may_go_on(spay_call *call, const spay__verdict *verdict)
{
    spay__retry_situation situation = situation_of(call, verdict, call->ticket.attempts);
    spay__decision decision;

    situation.max_attempts = INT32_MAX;
    situation.time_left_ms = INT64_MAX;
    decision = spay__retry_decide(&situation);
    call->ticket.retry_at_ms = spay__client_now_ms(call->client) + decision.delay_ms;
    return decision.action != SPAY__GIVE_UP;
}

/* The token could not be had. Takes the error over; other calls that wait share a copy. */
static void fail_token(spay_call *call, spay_error *error, const spay__verdict *verdict)
{
    spay_error *shared;

    if (call->ticket.fetching && error->status != SPAY_E_NO_MEMORY) {
        shared = spay__error_clone(error);
        if (!shared->constant)
            spay__token_cache_fail(call->account->tokens, &call->ticket, shared,
                                   !others_may_go_on(call, verdict));
        spay_error_free(shared);
    }
    finish_with(call, error);
}

/*
 * Whether an attempt ran out of the time that this call gave it, and others might have given more.
 */
static bool was_cut_short(const spay_call *call, const spay__verdict *verdict)
{
    return verdict->status == SPAY_E_TIMEOUT &&
           call->token_request->timeout_ms < call->client->attempt_timeout_ms;
}

/* The token request is not the operation: whatever became of it, the operation was not sent. */
static void follow_up_token(spay_call *call, spay_error *error, const spay__verdict *verdict)
{
    spay__decision decision = decide(call, verdict, call->ticket.attempts);
    bool canceled = SPAY__ATOMIC_GET(&call->canceled);

    error->outcome = SPAY_OUTCOME_NOT_SENT;
    report(call, error, true, &decision);
    if (canceled || was_cut_short(call, verdict))
        call->ticket.cut_short++;
    if (canceled) {
        spay_error_free(error);
        finish_early(call, SPAY_E_CANCELED, "the call was canceled");
    } else if (decision.action == SPAY__REPEAT || decision.action == SPAY__RESEND) {
        call->resent = call->resent || decision.action == SPAY__RESEND;
        spay_error_free(error);
        back_off(call, &decision);
        call->ticket.retry_at_ms = call->wake_ms;
    } else {
        fail_token(call, error, verdict);
    }
}

static void proceed_with_token(spay_call *call)
{
    spay__call_publish_token(call);
    spay__event_attempt(call, true, NULL, SPAY_DECISION_SUCCEED, 0);
    call->state = SPAY__CALL_READY;
}

static void take_token_reply(spay_call *call, spay_status status)
{
    spay__verdict verdict;
    spay_error *error;

    call->token_requests += call->response.sent;
    error = spay__reply_read_token(call, status, &verdict);
    if (error)
        follow_up_token(call, error, &verdict);
    else
        proceed_with_token(call);
}

/* One that repeats a credential is no reference for support. */
static void take_request_id(spay_call *call)
{
    const char *id =
        spay__envelope_request_id(&call->operation->provider->envelope, &call->response);

    call->request_id = id && !spay__redact_finds(&call->request, id) &&
                               !spay__redact_finds(call->token_request, id)
                           ? id
                           : NULL;
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
    take_request_id(call);
    spay__log_response(call->client, &call->response, spay_call_request(call),
                       call->operation->provider->shown_headers);
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
    return call && call->state == SPAY__CALL_SENDING_TOKEN ? call->token_request : NULL;
}

spay_http_response *spay_call_response(spay_call *call)
{
    return spay_call_request(call) ? &call->response : NULL;
}

int64_t spay_call_wait_ms(const spay_call *call)
{
    int64_t wait = 0;
    int64_t left;
    int64_t now;

    if (!call)
        return 0;
    now = spay__client_now_ms(call->client);
    left = call->deadline_ms - now;
    if (call->state == SPAY__CALL_BACKING_OFF)
        wait = call->wake_ms - now;
    else if (call->state == SPAY__CALL_AWAITING_TOKEN)
        wait = call->waiter.wake ? left : LOOK_MS;
    else if (call->state == SPAY__CALL_AWAITING_STORE)
        wait = call->waiter.wake ? call->wake_ms - now : LOOK_MS;
    if (wait > left)
        wait = left;
    return wait > 0 ? wait : 0;
}

void spay_call_cancel(spay_call *call)
{
    if (!call)
        return;
    SPAY__ATOMIC_SET(&call->canceled, 1);
    (void)SPAY__ATOMIC_ADD(&call->client->cancels, 1);
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

/* Why a call has no session to give. */
static spay_status refuse_session(const spay__operation *operation, const spay_call *call,
                                  spay_error **error)
{
    if (call->operation != operation)
        return spay__fail_field(error, operation->provider->id, "call", "wrong_type",
                                "must be a call of this provider");
    if (!call->error)
        return spay__fail(error, SPAY_E_STATE,
                          call->state == SPAY__CALL_FINISHED ? "the session was taken already"
                                                             : "the call is not done");
    if (error)
        *error = spay__error_share(call->error);
    return spay_error_status(call->error);
}

spay_status spay__call_take(const spay__operation *operation, spay_call *call, void *session,
                            spay_error **error)
{
    const spay__argument arguments[] = {{"session", session}, {"call", call}, {NULL, NULL}};
    spay_status status = spay__require(operation->provider->id, arguments, error);
    void *taken = NULL;

    if (status == SPAY_OK && (call->operation != operation || !call->session))
        status = refuse_session(operation, call, error);
    if (status == SPAY_OK) {
        taken = call->session;
        call->session = NULL;
    }
    if (session)
        memcpy(session, &taken, sizeof(taken));
    return status;
}
