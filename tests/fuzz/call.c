/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The call machine under any order of events: up to three calls of one client take turns, and what
 * must hold of every call holds after each step (DESIGN, "always knows what it sent").
 *
 * input: account, then an action in each byte
 */
#include <string.h>

#include "support/accounts.h"
#include "support/input.h"
#include "support/memory_store.h"

enum {
    CALLS = 3,
    TIMEOUT_MS = 10000,
    LATE_MS = 1 /* a call notices that its time is up in the step after */
};

typedef struct tried {
    spay_call *call;
    int32_t next; /* what it asked for */
    int sent;     /* requests that were marked as sent, of the operation alone */
    int64_t began_ms;
    char key[256];
    char body[1024]; /* of the first request */
} tried;

typedef struct rig {
    test_accounts accounts;
    memory_store *store;
    tried calls[CALLS];
    account_kind kind;
} rig;

static void open_rig(rig *r, account_kind kind, int with_store)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;

    memset(r, 0, sizeof(*r));
    r->kind = kind;
    options.timeout_ms = TIMEOUT_MS;
    if (with_store) {
        r->store = memory_store_new(NULL);
        REQUIRE(r->store);
        options.store = memory_store_table(r->store);
    }
    REQUIRE(accounts_open(&r->accounts, &options));
}

static void close_rig(rig *r)
{
    for (int i = 0; i < CALLS; i++)
        spay_call_free(r->calls[i].call);
    accounts_close(&r->accounts);
    memory_store_free(r->store);
}

/* ---- what must hold ---- */

static int is_token_request(const spay_http_request *request)
{
    return strstr(spay_http_request_url(request), "/authorize") != NULL;
}

/* Every attempt has the same body. */
static void check_body(tried *one, const spay_http_request *request)
{
    size_t length = 0;
    const char *body = spay_http_request_body(request, &length);

    REQUIRE(length && length < sizeof(one->body));
    if (!*one->body)
        memcpy(one->body, body, length);
    REQUIRE(strlen(one->body) == length && memcmp(one->body, body, length) == 0);
}

static void check_done(const rig *r, const tried *one)
{
    spay_status status = spay_call_status(one->call);
    const spay_error *error = spay_call_error(one->call);

    REQUIRE(status != SPAY_E_STATE && (status == SPAY_OK) == (error == NULL));
    if (error) {
        REQUIRE(strcmp(spay_error_idempotency_key(error), one->key) == 0);
        REQUIRE(one->sent || spay_error_outcome(error) == SPAY_OUTCOME_NOT_SENT);
        REQUIRE(spay_error_requests_sent(error) == one->sent);
    }
    REQUIRE(spay_call_attempts(one->call) <= account_facts_of(r->kind)->most_attempts + 3);
}

static void step(const rig *r, tried *one)
{
    int32_t before = one->next;

    one->next = spay_call_step(one->call);
    REQUIRE(one->next >= SPAY_CALL_SEND && one->next <= SPAY_CALL_DONE);
    REQUIRE(before != SPAY_CALL_DONE || one->next == SPAY_CALL_DONE);
    REQUIRE((spay_call_request(one->call) != NULL) == (one->next == SPAY_CALL_SEND));
    REQUIRE(strcmp(spay_call_idempotency_key(one->call), one->key) == 0);
    if (one->next == SPAY_CALL_SEND && !is_token_request(spay_call_request(one->call)))
        check_body(one, spay_call_request(one->call));
    if (one->next == SPAY_CALL_WAIT)
        REQUIRE(spay_call_wait_ms(one->call) >= 0 && spay_call_wait_ms(one->call) <= TIMEOUT_MS);
    if (one->next != SPAY_CALL_DONE)
        REQUIRE(spay_mock_now_ms(r->accounts.mock) <= one->began_ms + TIMEOUT_MS + LATE_MS);
    else
        check_done(r, one);
}

/* ---- actions ---- */

static void begin(rig *r, tried *one, uint32_t how)
{
    static const char *const intents[] = {NULL, "order-1", "order-2", "order-1"};
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;

    if (one->call)
        return;
    if (r->store)
        options.intent = intents[how % 4];
    if (accounts_new_call(&r->accounts, r->kind, &options, &one->call, NULL) != SPAY_OK)
        return;
    REQUIRE(strlen(spay_call_idempotency_key(one->call)) < sizeof(one->key));
    strcpy(one->key, spay_call_idempotency_key(one->call));
    one->began_ms = spay_mock_now_ms(r->accounts.mock);
    step(r, one);
}

static void fill(const rig *r, spay_http_response *response, int is_token, uint32_t how)
{
    static const int32_t statuses[] = {0, 400, 401, 403, 409, 429, 500, 503};
    const account_facts *facts = account_facts_of(r->kind);
    const char *body =
        how % 8    ? "{\"errorId\":\"e\",\"errors\":[{\"code\":\"9002\",\"message\":\"m\"}]}"
        : is_token ? good_token_reply
                   : facts->reply;

    spay_http_response_mark_sent(response);
    (void)spay_http_response_set_status(response, how % 8    ? statuses[how % 8]
                                                  : is_token ? 200
                                                             : facts->status);
    (void)spay_http_response_add_header(response, "Content-Type", "application/json");
    if (how & 8)
        (void)spay_http_response_add_header(response, "Date", "Thu, 01 Jan 2026 00:10:00 GMT");
    if (how & 16)
        (void)spay_http_response_add_header(response, "Retry-After", "2");
    (void)spay_http_response_append_body(response, body, strlen(body));
}

static void answer(const rig *r, tried *one, uint32_t how)
{
    int is_token;

    if (one->next != SPAY_CALL_SEND)
        return;
    is_token = is_token_request(spay_call_request(one->call));
    one->sent += !is_token;
    fill(r, spay_call_response(one->call), is_token, how);
    REQUIRE(spay_call_respond(one->call, SPAY_OK) == SPAY_OK);
    step(r, one);
}

static void lose(const rig *r, tried *one, uint32_t how)
{
    static const spay_status failures[] = {SPAY_E_CONNECT, SPAY_E_NETWORK, SPAY_E_TIMEOUT,
                                           SPAY_E_TLS};

    if (one->next != SPAY_CALL_SEND)
        return;
    if (how & 4) {
        one->sent += !is_token_request(spay_call_request(one->call));
        spay_http_response_mark_sent(spay_call_response(one->call));
    }
    REQUIRE(spay_call_respond(one->call, failures[how % 4]) == SPAY_OK);
    step(r, one);
}

/* Time passes, up to the moment at which one of the calls has to look again. */
static void pass(rig *r, uint32_t how)
{
    int64_t most = how ? 40 * (int64_t)how : 1;

    for (int i = 0; i < CALLS; i++) {
        const tried *one = &r->calls[i];
        int64_t now = spay_mock_now_ms(r->accounts.mock);

        if (one->call && one->next == SPAY_CALL_WAIT && spay_call_wait_ms(one->call) < most)
            most = spay_call_wait_ms(one->call);
        if (one->call && one->next != SPAY_CALL_DONE && one->began_ms + TIMEOUT_MS - now < most)
            most = one->began_ms + TIMEOUT_MS - now;
    }
    spay_mock_advance(r->accounts.mock, most > 0 ? most : 0);
    for (int i = 0; i < CALLS; i++)
        if (r->calls[i].call && r->calls[i].next == SPAY_CALL_WAIT)
            step(r, &r->calls[i]);
}

static void act(rig *r, fuzz_input *input)
{
    uint32_t action = fuzz_byte(input);
    tried *one = &r->calls[action / 32 % CALLS];
    uint32_t how = fuzz_byte(input);

    if (action % 8 == 0)
        begin(r, one, how);
    else if (action % 8 == 1)
        pass(r, how);
    else if (action % 8 == 2 && r->store)
        memory_store_set_mode(r->store, (memory_store_mode)(how % 6));
    else if (action % 8 == 3 && r->store)
        (void)memory_store_answer(r->store);
    else if (!one->call)
        return;
    else if (action % 8 == 4)
        spay_call_cancel(one->call);
    else if (action % 8 == 5)
        step(r, one);
    else if (action % 8 == 6)
        lose(r, one, how);
    else
        answer(r, one, how);
}

/* Nobody waits for ever: after its time every call is done. */
static void end(rig *r)
{
    spay_mock_advance(r->accounts.mock, TIMEOUT_MS);
    for (int i = 0; i < CALLS; i++) {
        tried *one = &r->calls[i];

        if (one->call && one->next == SPAY_CALL_SEND)
            lose(r, one, 6);
        else if (one->call)
            step(r, one);
        REQUIRE(!one->call || one->next == SPAY_CALL_DONE);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    uint32_t how = fuzz_byte(&input);
    rig r;

    open_rig(&r, how % ACCOUNT_KINDS, how & 128);
    begin(&r, &r.calls[0], 1);
    while (input.size)
        act(&r, &input);
    end(&r);
    close_rig(&r);
    return 0;
}
