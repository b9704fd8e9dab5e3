/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The simulated world, and its rules.
 */
#include "support/machine.h"

#include <stdio.h>
#include <string.h>

#if ALL_PROVIDERS

#include "core/call.h"

enum {
    MIDDLE = 0x80, /* of what a random byte can be */
    TIMEOUT_MS = 10000,
    FREE_ATTEMPTS = 3 /* resent, with a new token, with the clock corrected */
};

static void must(machine *m, bool holds, const char *rule)
{
    if (!holds && !m->broken)
        m->broken = rule;
}

/* ---- the world ---- */

static int64_t tell_time(void *ctx)
{
    return machine_now_ms(ctx);
}

static int64_t tell_wall(void *ctx)
{
    return INT64_C(1767225600000) + machine_now_ms(ctx); /* 2026-01-01 */
}

static void pass_time(void *ctx, int64_t duration_ms)
{
    machine_advance(ctx, duration_ms);
}

static int32_t give_random(void *ctx, void *bytes, size_t length)
{
    memset(bytes, ((const machine *)ctx)->random, length);
    return 1;
}

static void make_platform(machine *m)
{
    spay_platform_init(&m->platform, sizeof(m->platform));
    m->platform.ctx = m;
    m->platform.monotonic_ms = tell_time;
    m->platform.wall_ms = tell_wall;
    m->platform.sleep_ms = pass_time;
    m->platform.random_bytes = give_random;
    m->random = MIDDLE;
}

static bool open_process(machine *m, int process, const spay_store *store)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;

    options.timeout_ms = TIMEOUT_MS;
    options.attempt_timeout_ms = m->setup.attempt_timeout_ms;
    options.store = store;
    if (m->setup.even)
        options.platform = &m->platform;
    else if (process > 0) /* the same time */
        options.platform = spay_mock_platform(m->accounts[0].mock);
    return accounts_open(&m->accounts[process], &options);
}

bool machine_open(machine *m, const machine_setup *setup)
{
    const spay_store *table = NULL;
    bool opened;

    memset(m, 0, sizeof(*m));
    m->setup = *setup;
    make_platform(m);
    if (setup->with_store) {
        m->store = memory_store_new(NULL);
        if (!m->store)
            return false;
        table = memory_store_table(m->store);
    }
    opened = open_process(m, 0, table) && (!setup->two_processes || open_process(m, 1, table));
    if (m->store)
        memory_store_set_clock(m->store, m->accounts[0].mock);
    return opened;
}

void machine_close(machine *m)
{
    int i;

    for (i = 0; i < MACHINE_CALLS; i++) {
        spay_call_free(m->calls[i].call);
        spay_call_free(m->lost[i]);
    }
    for (i = MACHINE_PROCESSES - 1; i >= 0; i--)
        accounts_close(&m->accounts[i]);
    memory_store_free(m->store);
}

int64_t machine_now_ms(const machine *m)
{
    return spay_mock_now_ms(m->accounts[0].mock);
}

void machine_advance(machine *m, int64_t duration_ms)
{
    if (duration_ms > 0)
        spay_mock_advance(m->accounts[0].mock, duration_ms);
}

bool machine_is_live(const machine_call *one)
{
    return one->call && one->next != SPAY_CALL_DONE;
}

bool machine_sends_token(const machine_call *one)
{
    return one->call && one->next == SPAY_CALL_SEND && one->call->state == SPAY__CALL_SENDING_TOKEN;
}

/* ---- what must hold of one call ---- */

static const char *header_of(const spay_http_request *request, const char *name)
{
    size_t i;

    for (i = 0; name && i < spay_http_request_header_count(request); i++)
        if (strcmp(spay_http_request_header_name(request, i), name) == 0)
            return spay_http_request_header_value(request, i);
    return "";
}

static int32_t most_attempts(const machine_call *one)
{
    const spay__operation *operation = one->call->operation;
    int32_t own = one->machine->setup.max_attempts[one - one->machine->calls];

    if (own)
        return own;
    return operation->most_attempts && operation->most_attempts < 3 ? operation->most_attempts : 3;
}

/* Which token it carries, as a bit; 0 if none that was made here. */
static uint64_t token_of(const spay_http_request *request)
{
    int number = 0;

    if (sscanf(header_of(request, "Authorization"), "Bearer token-%d", &number) != 1)
        return 0;
    return UINT64_C(1) << (number & 63);
}

/* Key, URL and bytes are those of the first attempt. */
static void check_attempt(machine *m, machine_call *one, const spay_http_request *request)
{
    const char *name = strstr(spay_http_request_url(request), "/client/")
                           ? NULL
                           : account_facts_of(m->setup.kind)->key_header;
    const char *body = spay_http_request_body(request, NULL);
    int32_t most = most_attempts(one);

    must(m, strcmp(header_of(request, name), one->key) == 0, "every attempt has the call's key");
    if (one->asked++ == 0) {
        (void)snprintf(one->url, sizeof(one->url), "%s", spay_http_request_url(request));
        (void)snprintf(one->body, sizeof(one->body), "%s", body);
    }
    must(m, strcmp(one->url, spay_http_request_url(request)) == 0,
         "every attempt has the same URL");
    must(m, strcmp(one->body, body) == 0, "every attempt has the same body");
    must(m, one->asked <= (most == 1 ? 1 : most + FREE_ATTEMPTS), "no more attempts than allowed");
    must(m, one->call->attempts - one->call->free_attempts <= most,
         "no more attempts than allowed, free ones not counted");
    must(m, one->refused <= 1, "what is refused is tried once more");
    must(m, !(token_of(request) & m->refused_tokens[one->process]),
         "a token that was refused is not used again");
    must(m, spay_call_attempts(one->call) == one->asked, "attempts are requests");
}

/* A call that fetches without the lease has a reason to. */
static void check_token_request(machine *m, machine_call *one)
{
    const spay__share *share = one->call->shared_token;
    int32_t fetches =
        one->inherited ? 3 : 2; /* a renewal; and in a child, which forgets the token */

    one->tokens++;
    must(m, one->tokens <= fetches * (most_attempts(one) + 1),
         "no more token requests than allowed");
    must(m,
         !m->store || m->store_troubled || !share || share->fence ||
             machine_now_ms(m) >= share->until_ms,
         "nobody fetches without the lease, unless the store fails or keeps it waiting");
}

static void check_request(machine *m, machine_call *one)
{
    const spay_http_request *request = spay_call_request(one->call);
    int64_t now = machine_now_ms(m);

    must(m, spay_http_request_timeout_ms(request) >= 1, "a request has time");
    must(m, now + spay_http_request_timeout_ms(request) <= one->deadline_ms,
         "a request ends before the deadline");
    one->expires_ms = now + spay_http_request_timeout_ms(request);
    if (machine_sends_token(one))
        check_token_request(m, one);
    else
        check_attempt(m, one, request);
}

/* The session can be taken once. */
static void check_session(machine *m, machine_call *one)
{
    bool client = m->setup.apple_pay || m->setup.kind == ACCOUNT_CONNECT_CLIENT;
    account_kind kind = client ? ACCOUNT_CONNECT_CLIENT : m->setup.kind;
    void *session = NULL;
    void *again = NULL;

    must(m, accounts_take_session(kind, one->call, &session, NULL) == one->status && session,
         "a call that is well has a session");
    if (!session)
        return;
    must(m, one->good || accounts_session_info(session)->shared == SPAY_YES,
         "no session that no server made");
    must(m, accounts_session_info(session)->requests_sent == one->sent, "the session's requests");
    must(m, accounts_session_info(session)->attempts == one->asked, "the session's attempts");
    must(m, accounts_take_session(kind, one->call, &again, NULL) == SPAY_E_STATE && !again,
         "a session is taken once");
    accounts_free_session(kind, session);
}

static void check_error(machine *m, const machine_call *one, const spay_error *error)
{
    must(m, strcmp(spay_error_idempotency_key(error), one->key) == 0, "the error's key");
    must(m, spay_error_requests_sent(error) == one->sent, "the error's requests");
    must(m, spay_error_attempts(error) == one->asked, "the error's attempts");
    must(m, spay_error_outcome(error) >= one->truth, "no outcome is milder than the truth");
    must(m, one->sent || spay_error_outcome(error) == SPAY_OUTCOME_NOT_SENT,
         "what was not sent has that outcome");
    must(m, one->canceled || one->status != SPAY_E_CANCELED, "only what was canceled ends so");
}

static void check_done(machine *m, machine_call *one)
{
    const spay_error *error = spay_call_error(one->call);

    one->status = spay_call_status(one->call);
    one->ended_ms = machine_now_ms(m);
    must(m, one->status != SPAY_E_STATE && (one->status == SPAY_OK) == (error == NULL),
         "a call that is done says how");
    if (error)
        check_error(m, one, error);
    else
        check_session(m, one);
    must(m,
         spay_call_step(one->call) == SPAY_CALL_DONE && !spay_call_request(one->call) &&
             spay_call_respond(one->call, SPAY_OK) == SPAY_E_STATE,
         "done is done");
}

/* The second step of Apple Pay: another operation, without a key. */
static void follow_operation(machine_call *one)
{
    if (one->operation == one->call->operation)
        return;
    one->operation = one->call->operation;
    one->asked = one->sent = one->refused = 0;
    one->truth = SPAY_OUTCOME_NOT_SENT;
    one->good = false;
    (void)snprintf(one->key, sizeof(one->key), "%s", spay_call_idempotency_key(one->call));
}

static void check_step(machine *m, machine_call *one, int32_t before)
{
    int64_t now = machine_now_ms(m);

    must(m, one->next >= SPAY_CALL_SEND && one->next <= SPAY_CALL_DONE, "a step says what is next");
    must(m, before != SPAY_CALL_DONE || one->next == SPAY_CALL_DONE, "nothing follows the end");
    must(m, (spay_call_request(one->call) != NULL) == (one->next == SPAY_CALL_SEND),
         "there is a request when it is to be sent");
    must(m, strcmp(spay_call_idempotency_key(one->call), one->key) == 0, "the key stays");
    must(m, one->call->deadline_ms <= one->deadline_ms, "the deadline is never later");
    one->deadline_ms = one->call->deadline_ms;
    if (before == SPAY_CALL_SEND && one->next == SPAY_CALL_SEND)
        return;
    must(m, one->next == SPAY_CALL_DONE || !one->canceled, "what is canceled ends");
    must(m, one->next == SPAY_CALL_DONE || now < one->deadline_ms,
         "nothing is asked for after the deadline");
    must(m, one->next != SPAY_CALL_WAIT || now + spay_call_wait_ms(one->call) <= one->deadline_ms,
         "no wait is longer than the deadline");
    if (one->next == SPAY_CALL_SEND)
        check_request(m, one);
    else if (one->next == SPAY_CALL_DONE && before != SPAY_CALL_DONE)
        check_done(m, one);
}

/* ---- what must hold of all of them ---- */

/* A call whose driver sleeps until it is woken waits for somebody who will wake it. */
static bool somebody_fetches(const machine *m, const machine_call *waiting)
{
    int i;

    for (i = 0; i < MACHINE_CALLS; i++)
        if (&m->calls[i] != waiting && m->calls[i].call &&
            m->calls[i].process == waiting->process && m->calls[i].call->ticket.fetching)
            return true;
    return false;
}

static bool somebody_has_taken(const machine *m, const spay__claim *claim)
{
    int i;

    for (i = 0; i < MACHINE_CALLS; i++) {
        const spay_call *call = m->calls[i].call;

        if (call && call->shared_session && call->shared_session->claim == claim &&
            call->shared_session->taken)
            return true;
    }
    return false;
}

/* Those that look by themselves, or are of a process that forked, are not woken. */
static void check_waiting(machine *m, const machine_call *one)
{
    const spay__shared_session *shared = one->call->shared_session;

    if (!one->call->waiter.wake || one->woken || one->inherited)
        return;
    if (one->call->state == SPAY__CALL_AWAITING_TOKEN)
        must(m, somebody_fetches(m, one), "who waits for a token waits for somebody");
    if (one->call->state == SPAY__CALL_AWAITING_STORE && shared && !shared->settled &&
        !shared->taken)
        must(m, somebody_has_taken(m, shared->claim), "who waits for a session waits for somebody");
}

static void check_fetchers(machine *m, int process)
{
    int fetchers = 0;
    int i;

    for (i = 0; i < MACHINE_CALLS; i++) {
        const machine_call *one = &m->calls[i];

        if (machine_is_live(one) && one->process == process && !one->inherited)
            fetchers += one->call->ticket.fetching;
    }
    must(m, fetchers <= 1, "at most one call of a process fetches");
}

void machine_check(machine *m)
{
    int i;

    check_fetchers(m, 0);
    check_fetchers(m, 1);
    for (i = 0; i < MACHINE_CALLS; i++)
        if (machine_is_live(&m->calls[i]))
            check_waiting(m, &m->calls[i]);
}

/* ---- events ---- */

static void on_wake(void *ctx)
{
    machine_call *one = ctx;

    one->woken = true;
}

static bool step(machine *m, machine_call *one)
{
    int32_t before = one->next;

    one->woken = false;
    one->next = spay_call_step(one->call);
    follow_operation(one);
    check_step(m, one, before);
    machine_check(m);
    return true;
}

static spay_status new_call(const machine *m, machine_call *one, const char *intent)
{
    const test_accounts *accounts = &m->accounts[one->process];
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    int who = (int)(one - m->calls);

    options.intent = intent;
    options.timeout_ms = m->setup.timeout_ms[who];
    options.max_attempts = m->setup.max_attempts[who];
    if (m->setup.apple_pay)
        return accounts_new_apple_pay_call(accounts, TEST_GATEWAY, &options, &one->call, NULL);
    return accounts_new_call(accounts, m->setup.kind, &options, &one->call, NULL);
}

bool machine_begin(machine *m, int who, const char *intent)
{
    machine_call *one = &m->calls[who];

    if (one->begun)
        return false;
    one->machine = m;
    one->process = m->setup.two_processes && who == MACHINE_CALLS - 1;
    m->random = (unsigned char)(who + 1);
    one->begun = new_call(m, one, intent) == SPAY_OK;
    m->random = MIDDLE;
    if (!one->begun)
        return false;
    if (m->setup.hooks[who]) {
        one->call->waiter.wake = on_wake;
        one->call->waiter.ctx = one;
    }
    one->began_ms = machine_now_ms(m);
    one->deadline_ms = one->began_ms + one->call->timeout_ms;
    follow_operation(one);
    return step(m, one);
}

bool machine_step(machine *m, int who)
{
    return m->calls[who].call && step(m, &m->calls[who]);
}

static void fill(machine *m, machine_call *one, const machine_answer *answer)
{
    spay_http_response *response = spay_call_response(one->call);
    bool token = machine_sends_token(one);
    account_kind kind = strstr(spay_http_request_url(spay_call_request(one->call)), "/client/")
                            ? ACCOUNT_CONNECT_CLIENT
                            : m->setup.kind;
    const char *body = answer->body;
    char made[128];

    if (!body && token) {
        (void)snprintf(made, sizeof(made), "{\"access_token\":\"token-%d\",\"expires_in\":3600}",
                       (int)++m->tokens_made);
        body = made;
    } else if (!body) {
        body = account_facts_of(kind)->reply;
        one->good = true;
    }
    (void)spay_http_response_set_status(response, answer->body ? answer->http_status
                                                  : token      ? 200
                                                               : account_facts_of(kind)->status);
    (void)spay_http_response_add_header(response, "Content-Type", "application/json");
    if (answer->retry_after)
        (void)spay_http_response_add_header(response, "Retry-After", answer->retry_after);
    if (answer->date)
        (void)spay_http_response_add_header(response, "Date", answer->date);
    (void)spay_http_response_append_body(response, body, strlen(body));
}

static void note_refusal(machine *m, machine_call *one, const machine_answer *answer)
{
    if (answer->http_status != 401)
        return;
    one->refused++;
    m->refused_tokens[one->process] |= token_of(spay_call_request(one->call));
}

bool machine_answer_call(machine *m, int who, const machine_answer *answer)
{
    machine_call *one = &m->calls[who];
    bool token = machine_sends_token(one);
    bool sent = answer->http_status || answer->sent;

    if (!one->call || one->next != SPAY_CALL_SEND)
        return false;
    if (answer->http_status)
        fill(m, one, answer);
    if (sent)
        spay_http_response_mark_sent(spay_call_response(one->call));
    if (!token) {
        one->sent += sent;
        note_refusal(m, one, answer);
        if (answer->truth > one->truth)
            one->truth = answer->truth;
    }
    must(m, spay_call_respond(one->call, answer->failure) == SPAY_OK, "an answer is taken");
    must(m, spay_call_respond(one->call, SPAY_OK) == SPAY_E_STATE, "an answer is taken once");
    one->next = 0;
    return step(m, one);
}

bool machine_cancel(machine *m, int who)
{
    if (!machine_is_live(&m->calls[who]))
        return false;
    m->calls[who].canceled = true;
    m->calls[who].woken = true; /* drivers look at their calls when one is canceled */
    spay_call_cancel(m->calls[who].call);
    return true;
}

bool machine_free(machine *m, int who)
{
    machine_call *one = &m->calls[who];

    if (!one->call)
        return false;
    spay_call_free(one->call);
    one->call = NULL;
    one->next = SPAY_CALL_DONE;
    machine_check(m);
    return true;
}

void machine_note_fork(machine *m, bool alone)
{
    int i;

    for (i = 0; i < MACHINE_CALLS; i++) {
        machine_call *one = &m->calls[i];

        one->inherited = one->begun;
        if (!alone || !one->call)
            continue;
        m->lost[i] = one->call;
        one->call = NULL;
        one->next = SPAY_CALL_DONE;
    }
}

#else

typedef int machine_not_built; /* ISO C forbids an empty translation unit */

#endif
