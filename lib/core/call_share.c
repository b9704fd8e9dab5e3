/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Sessions and tokens as records in the store.
 */
#include "call_share.h"

#include <string.h>

#include "base/alloc.h"
#include "base/ascii.h"
#include "call.h"
#include "reply.h"
#include "store.h"

enum {
    LONGEST_LEASE_MS = 15000,
    SLACK_MS = 500,             /* of a lease, for the answer to arrive */
    POSTPONED_MS = 1000,        /* renewal, while another is about it */
    SHORTEST_LIFETIME_MS = 1000 /* that is worth a record */
};

/* ---- records: words, each ended by a line feed, then whatever is last ---- */

static void add_word(spay__buffer *record, const char *word)
{
    spay__buffer_text(record, word);
    spay__buffer_byte(record, '\n');
}

static void add_number(spay__buffer *record, int64_t number)
{
    spay__buffer_integer(record, number);
    spay__buffer_byte(record, '\n');
}

/* The next word, ended by a NUL from now on; NULL if there is none. */
static char *next_word(char **at, char *end)
{
    char *word = *at;
    char *feed = word ? memchr(word, '\n', (size_t)(end - word)) : NULL;

    if (!feed)
        return NULL;
    *feed = '\0';
    *at = feed + 1;
    return word;
}

/* -1 if it is no number. */
static int64_t number_of(const char *word)
{
    int64_t number = 0;

    if (!word || !*word || strlen(word) > 15)
        return -1;
    for (; *word; word++) {
        if (!spay__is_digit(*word))
            return -1;
        number = number * 10 + (*word - '0');
    }
    return number;
}

/* ---- sessions ---- */

static const char session_record[] = "session 1";

static spay__claims *claims_of(spay_call *call)
{
    return &call->client->store.claims;
}

bool spay__call_shares_sessions(const spay_call *call)
{
    return call->operation->shares_sessions && call->client->store.hook.get;
}

bool spay__call_share_session(spay_call *call, const char *intent)
{
    spay__shared_session *shared;

    if (!spay__call_shares_sessions(call))
        return true;
    shared = spay__alloc(sizeof(*shared));
    call->shared_session = shared;
    spay__sha256_hex(call->request.body, call->request.body_length, call->body_sha256);
    if (!shared || !spay__seal_name(call->account->seal, session_record, call->request.url, intent,
                                    shared->share.name))
        return false;
    shared->claim = spay__claims_join(claims_of(call), shared->share.name);
    return shared->claim != NULL;
}

static void begin_share(spay__share *share, spay_call *call)
{
    int64_t lease_ms = call->attempt_timeout_ms + SLACK_MS;

    share->call = call;
    share->lease_ms = lease_ms < LONGEST_LEASE_MS ? lease_ms : LONGEST_LEASE_MS;
}

static void hand_over(spay_call *call, const spay__buffer *record, int64_t dead_at_ms)
{
    spay__shared_session *shared = call->shared_session;

    shared->dead_at_ms = dead_at_ms;
    if (spay__secret_set(&shared->record, record->data, record->length))
        spay__claim_hand_over(claims_of(call), shared->claim, &shared->record, dead_at_ms);
}

/* Ask the other calls of this process first, then the store; for half of the time at most. */
static spay__share_answer find_session(spay_call *call, spay__shared_session *shared)
{
    int64_t now = spay__client_now_ms(call->client);
    spay__share_answer answer = SPAY__SHARE_WAIT;

    if (!shared->share.until_ms)
        shared->share.until_ms = now + (call->deadline_ms - now) / 2;
    call->wake_ms = shared->share.until_ms;
    if (!shared->taken) {
        spay__claim_answer claim = spay__claim_try(claims_of(call), shared->claim, &call->waiter,
                                                   now, &shared->record, &shared->dead_at_ms);

        if (claim == SPAY__CLAIM_FOUND)
            return SPAY__SHARE_FOUND;
        if (claim == SPAY__CLAIM_WAIT)
            return now < shared->share.until_ms ? SPAY__SHARE_WAIT : SPAY__SHARE_MAKE;
        shared->taken = true;
        begin_share(&shared->share, call);
    }
    answer = spay__share_step(&shared->share, now);
    if (answer == SPAY__SHARE_WAIT)
        call->wake_ms = shared->share.wake_ms;
    if (answer == SPAY__SHARE_FOUND)
        hand_over(call, &shared->share.record, now + shared->share.ttl_left_ms);
    return answer;
}

/* Make the call's session of the record that was found. false: it is not one, or no memory. */
static bool take_session(spay_call *call, spay__shared_session *shared)
{
    int64_t left = shared->dead_at_ms - spay__client_now_ms(call->client);
    char *at = shared->record.text ? spay__copy(shared->record.text, shared->record.length) : NULL;
    char *end = at ? at + shared->record.length : NULL;
    char *memory = at;
    const char *kind = next_word(&at, end);
    const char *sha256 = next_word(&at, end);
    int64_t lifetime = number_of(next_word(&at, end));
    int64_t status = number_of(next_word(&at, end));
    const char *request_id = next_word(&at, end);
    bool done = kind && request_id && strcmp(kind, session_record) == 0 && lifetime > 0;

    if (left > lifetime) /* a store may not prolong what it keeps */
        left = lifetime;
    if (done)
        done = strcmp(sha256, call->body_sha256) == 0
                   ? spay__reply_read_shared(call, (int32_t)status, request_id, at,
                                             (size_t)(end - at), left)
                   : spay__reply_refuse_shared(call);
    if (memory)
        spay__wipe(memory, shared->record.length);
    spay__free(memory);
    return done;
}

spay__share_answer spay__call_find_session(spay_call *call)
{
    spay__shared_session *shared = call->shared_session;
    spay__share_answer answer = SPAY__SHARE_MAKE;

    if (!shared || shared->settled)
        return SPAY__SHARE_MAKE;
    answer = find_session(call, shared);
    if (answer == SPAY__SHARE_FOUND && !take_session(call, shared))
        answer = SPAY__SHARE_MAKE;
    shared->settled = answer == SPAY__SHARE_MAKE;
    return answer;
}

void spay__call_publish_session(spay_call *call)
{
    spay__shared_session *shared = call->shared_session;
    const spay_session_info *info;
    spay__buffer record;
    int64_t left;

    if (!shared || !shared->taken)
        return;
    memcpy(&info, call->session, sizeof(info)); /* the first member of every session */
    left = info->expires_at_ms - spay__client_wall_ms(call->client);
    spay__buffer_init(&record, SPAY__LONGEST_RECORD);
    add_word(&record, session_record);
    add_word(&record, call->body_sha256);
    add_number(&record, left);
    add_number(&record, info->http_status);
    add_word(&record, info->request_id);
    if (left >= SHORTEST_LIFETIME_MS &&
        spay__buffer_append(&record, info->raw_json, info->raw_json_length)) {
        hand_over(call, &record, spay__client_now_ms(call->client) + left);
        spay__share_publish(&shared->share, &record, left);
    }
    spay__buffer_clear(&record);
}

static void leave_session(spay_call *call)
{
    spay__shared_session *shared = call->shared_session;

    if (!shared)
        return;
    call->shared_session = NULL;
    spay__share_end(&shared->share);
    if (shared->claim)
        spay__claim_leave(claims_of(call), shared->claim, &call->waiter, shared->taken);
    spay__secret_clear(&shared->record);
    spay__free(shared);
}

/* ---- tokens ---- */

static const char token_record[] = "token 1";

/* NULL without a store, or without memory: then the call fetches by itself. */
static spay__share *token_share(spay_call *call)
{
    int64_t now = spay__client_now_ms(call->client);
    int64_t patience = (call->deadline_ms - now) / 2;
    int64_t most;
    spay__share *share = call->shared_token;

    if (share || !call->account->seal)
        return share;
    share = spay__alloc(sizeof(*share));
    if (!share || !spay__seal_name(call->account->seal, token_record, call->account->base_url, "",
                                   share->name)) {
        spay__free(share);
        return NULL;
    }
    begin_share(share, call);
    most = share->lease_ms + SLACK_MS;
    share->until_ms = now + (patience < most ? patience : most);
    call->shared_token = share;
    return share;
}

/* As strict as with a reply of the provider: it will be part of a header. */
static bool is_token(const char *text, const char *end)
{
    return text < end && strlen(text) == (size_t)(end - text) && spay__is_visible_text(text);
}

/* false: it is no token, or none that this process could use. */
static bool take_token(spay_call *call, spay__share *share)
{
    char *at = share->record.data;
    char *end = at + share->record.length;
    const char *kind = next_word(&at, end);
    int64_t lifetime = number_of(next_word(&at, end));
    int64_t now = spay__client_now_ms(call->client);

    if (!kind || strcmp(kind, token_record) != 0 || lifetime < share->ttl_left_ms ||
        !is_token(at, end) ||
        !spay__token_cache_wants(call->account->tokens, at, lifetime, share->ttl_left_ms) ||
        !spay__secret_set(&call->token, at, (size_t)(end - at)))
        return false;
    spay__token_cache_store(call->account->tokens, &call->ticket, &call->token,
                            now + share->ttl_left_ms - lifetime, lifetime, spay__call_random(call));
    return true;
}

static void leave_token(spay_call *call)
{
    if (!call->shared_token)
        return;
    spay__share_end(call->shared_token);
    spay__free(call->shared_token);
    call->shared_token = NULL;
}

spay__share_answer spay__call_find_token(spay_call *call)
{
    spay__share *share = token_share(call);
    int64_t now = spay__client_now_ms(call->client);
    spay__share_answer answer = SPAY__SHARE_MAKE;

    if (share) {
        share->until_ms = spay__token_cache_patience(call->account->tokens, share->until_ms);
        answer = spay__share_step(share, now);
    }
    while (answer == SPAY__SHARE_FOUND && !take_token(call, share)) {
        spay__share_reject(share);
        answer = spay__share_step(share, now);
    }
    if (answer == SPAY__SHARE_WAIT && share->state == SPAY__SHARE_AWAITING &&
        spay__token_cache_postpone(call->account->tokens, &call->ticket, now, now + POSTPONED_MS))
        answer = SPAY__SHARE_FOUND;
    if (answer == SPAY__SHARE_WAIT)
        call->wake_ms = share->wake_ms;
    if (answer == SPAY__SHARE_FOUND)
        leave_token(call);
    return answer;
}

void spay__call_publish_token(spay_call *call)
{
    spay__buffer record;

    if (!call->shared_token)
        return;
    spay__buffer_init(&record, SPAY__LONGEST_RECORD);
    add_word(&record, token_record);
    add_number(&record, call->ticket.lifetime_ms);
    if (spay__buffer_text(&record, call->token.text) &&
        call->ticket.lifetime_ms >= SHORTEST_LIFETIME_MS)
        spay__share_publish(call->shared_token, &record, call->ticket.lifetime_ms);
    spay__buffer_clear(&record);
    leave_token(call);
}

void spay__call_leave_shared(spay_call *call)
{
    leave_session(call);
    leave_token(call);
}

/* ---- accounts ---- */

bool spay__account_share_by(spay__account *account, const char *credential)
{
    if (!account->client->store.hook.get)
        return true;
    account->seal = spay__seal_new(account->provider->name, credential);
    return account->seal != NULL;
}
