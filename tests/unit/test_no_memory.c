/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * No memory: every allocation of whole operations fails in turn, alone or with all that follow. The
 * sanitizers watch for what is lost or used too long.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "base/alloc.h"
#include "support/accounts.h"
#include "support/certificate.h"
#include "support/memory_store.h"
#include "unit.h"

#if ALL_PROVIDERS

/* Which allocation fails, and whether all later ones do. */
static int allocations;
static int failing; /* counted from 1; 0 for none */
static int for_good;

static int gate(void)
{
    allocations++;
    return !(failing && (allocations == failing || (for_good && allocations > failing)));
}

/* Allocations of OpenSSL count as well, where a test wants that. */
static bool openssl_counts;
static bool gate_stands;

static void set_gate(int (*made)(void))
{
    gate_stands = made != NULL;
    spay__alloc_set_gate(made);
}

static bool is_refused(void)
{
    return openssl_counts && gate_stands && !gate();
}

static void *openssl_malloc(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return is_refused() ? NULL : malloc(size);
}

static void *openssl_realloc(void *memory, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return is_refused() ? NULL : realloc(memory, size);
}

static void openssl_free(void *memory, const char *file, int line)
{
    (void)file;
    (void)line;
    free(memory);
}

bool take_over_openssl(void)
{
    return CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free) == 1;
}

static void close_gate_at(int nth, int and_behind)
{
    allocations = 0;
    failing = nth;
    for_good = and_behind;
    set_gate(gate);
}

/* Whether the allocation that was to fail was reached. */
static bool open_gate(void)
{
    set_gate(NULL);
    return allocations >= failing;
}

/* What holds of every result: one of the two, and the status fits. */
static void expect_all_or_nothing(spay_status status, const void *out, const spay_error *error)
{
    ck_assert_msg(status == SPAY_OK || status == SPAY_E_NO_MEMORY, "allocation %d: %s: %s", failing,
                  spay_status_name(status), spay_error_message(error));
    ck_assert_int_eq(out != NULL, status == SPAY_OK);
    ck_assert_int_eq(error != NULL, status != SPAY_OK);
    ck_assert_int_eq(spay_error_status(error), status);
}

/*
 * One operation over and over, the Nth allocation failing, until it has no Nth. Returns how many
 * allocations it makes; it must have failed at least once on the way, and succeeded at the end.
 */
static int torture(void (*operation)(spay_status *status), int and_behind)
{
    spay_status status = SPAY_E_NO_MEMORY;
    int failures = 0;
    int nth;

    for (nth = 1;; nth++) {
        bool reached;

        close_gate_at(nth, and_behind);
        operation(&status);
        reached = open_gate();
        failures += status != SPAY_OK;
        if (!reached)
            break;
        ck_assert_int_lt(nth, 5000);
    }
    ck_assert_int_eq(status, SPAY_OK);
    ck_assert_int_gt(failures, 0);
    return nth - 1;
}

/* ---- making and freeing the parts ---- */

static void make_mock(spay_status *status)
{
    spay_mock *mock = NULL;
    spay_error *error = NULL;

    *status = spay_mock_new(&mock, &error);
    expect_all_or_nothing(*status, mock, error);
    spay_mock_free(mock);
    spay_error_free(error);
}

static test_accounts accounts;

static void make_client(spay_status *status)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    spay_client *client = NULL;
    spay_error *error = NULL;

    options.user_agent = "MyShop/1.2";
    options.key_secret = "sixteen bytes ok";
    options.key_secret_length = 16;
    options.transport = spay_mock_transport(accounts.mock);
    options.platform = spay_mock_platform(accounts.mock);
    *status = spay_client_new(&options, &client, &error);
    expect_all_or_nothing(*status, client, error);
    spay_client_free(client);
    spay_error_free(error);
}

#ifndef SPAY_WITHOUT_CURL
static void make_curl_client(spay_status *status)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    spay_client *client = NULL;
    spay_error *error = NULL;

    options.ca_pem = TEST_CERTIFICATE;
    options.proxy = "http://proxy.example:3128";
    options.proxy_credentials = "user:password";
    options.pinned_public_keys = "sha256//AAAA";
    *status = spay_client_new(&options, &client, &error);
    expect_all_or_nothing(*status, client, error);
    spay_client_free(client);
    spay_error_free(error);
}
#endif

/* The accounts alone, for the client that there is. */
static void make_accounts(spay_status *status)
{
    test_accounts trial;
    bool done;

    memset(&trial, 0, sizeof(trial));
    trial.client = accounts.client;
    done = accounts_make(&trial, NULL);
    *status = spay_error_status(trial.error);
    expect_all_or_nothing(*status, done ? trial.connect_client : NULL, trial.error);
    trial.client = NULL;
    accounts_close(&trial);
}

/* The same for a client that shares, which has keys for its records. */
static void make_sharing_accounts(spay_status *status)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    memory_store *shared;
    spay_client *alone = accounts.client;
    int nth = failing;
    int and_behind = for_good;

    set_gate(NULL);
    shared = memory_store_new(accounts.mock);
    ck_assert_ptr_nonnull(shared);
    options.store = memory_store_table(shared);
    options.transport = spay_mock_transport(accounts.mock);
    options.platform = spay_mock_platform(accounts.mock);
    ck_assert_int_eq(spay_client_new(&options, &accounts.client, NULL), SPAY_OK);
    close_gate_at(nth, and_behind);
    make_accounts(status);
    set_gate(NULL);
    spay_client_free(accounts.client);
    accounts.client = alone;
    memory_store_free(shared);
    set_gate(gate);
}

static void set_bearer_token(spay_status *status)
{
    spay_error *error = NULL;

    *status = spay_hosted_fields_set_bearer_token(accounts.hosted_bearer, "another-token", &error);
    expect_all_or_nothing(*status, *status == SPAY_OK ? accounts.hosted_bearer : NULL, error);
    spay_error_free(error);
}

static void make_error(spay_status *status)
{
    spay_error *error = spay_error_new(SPAY_E_TIMEOUT, SPAY_OUTCOME_UNKNOWN, "too late");

    ck_assert_ptr_nonnull(error);
    *status = spay_error_status(error) == SPAY_E_TIMEOUT ? SPAY_OK : SPAY_E_NO_MEMORY;
    spay_error_free(error);
}

typedef void (*part)(spay_status *status);

static const part parts[] = {
    make_mock,        make_client, make_accounts, make_sharing_accounts,
    set_bearer_token, make_error,
#ifndef SPAY_WITHOUT_CURL
    make_curl_client,
#endif
};

/* A mock of its own for each trial, made while there is memory: its script must be complete. */
static void open_accounts(void)
{
    ck_assert_msg(accounts_open(&accounts, NULL), "%s", spay_error_message(accounts.error));
}

static memory_store *store;

static void close_accounts(void)
{
    accounts_close(&accounts);
    memory_store_free(store);
    store = NULL;
}

START_TEST(what_cannot_be_made_is_not_made_by_halves)
{
    (void)torture(parts[_i / 2], _i % 2);
}
END_TEST

/* ---- whole calls ---- */

static account_kind kind_of_trial;
static spay_call_options options_of_trial;

/* A store that the client shares: none, an empty one, or one that has what the call wants. */
typedef enum sharing {
    ALONE,
    WITH_EMPTY_STORE,
    WITH_FILLED_STORE
} sharing;

static sharing sharing_of_trial;

/* As another machine, which has made what the call is to find. */
static void fill_store(void)
{
    void *session = NULL;

    if (kind_of_trial == ACCOUNT_HOSTED_FIELDS)
        accounts_reply(&accounts, 200, NULL, good_token_reply);
    accounts_reply_good(&accounts, kind_of_trial);
    ck_assert_int_eq(
        accounts_create_session(&accounts, kind_of_trial, &options_of_trial, &session, NULL),
        SPAY_OK);
    accounts_free_session(kind_of_trial, session);
}

static void open_accounts_of_trial(void)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;

    options.key_secret = "sixteen bytes ok";
    options.key_secret_length = 16;
    options.store = store ? memory_store_table(store) : NULL;
    accounts_close(&accounts);
    ck_assert(accounts_open(&accounts, &options));
}

/* A 503 first, so that the way through a failed attempt is trodden too. With a token to be found, what
 * is asked for shows in the trial. */
static void script_trial(void)
{
    if (kind_of_trial == ACCOUNT_HOSTED_FIELDS && sharing_of_trial == WITH_FILLED_STORE)
        return;
    if (kind_of_trial == ACCOUNT_HOSTED_FIELDS)
        accounts_reply(&accounts, 200, NULL, good_token_reply);
    accounts_reply(
        &accounts, 503, "Retry-After: 1\nContent-Type: application/json",
        "{\"error_code\":\"E\",\"details\":[{\"target\":[\"a\",\"b\"],\"message\":\"m\"}],"
        "\"type\":\"t#u\",\"errors\":[{\"code\":\"1\",\"parameter\":\"p\"}]}");
    accounts_reply_good(&accounts, kind_of_trial);
}

/* Opening the box is not on trial: the gate is shut once it stands. */
static void reopen_for_trial(void)
{
    int nth = failing;
    int and_behind = for_good;
    memory_store *old = store;

    set_gate(NULL);
    store = sharing_of_trial == ALONE ? NULL : memory_store_new(NULL);
    open_accounts_of_trial();
    memory_store_free(old);
    if (sharing_of_trial == WITH_FILLED_STORE) {
        fill_store();
        open_accounts_of_trial();
    }
    script_trial();
    close_gate_at(nth, and_behind);
}

/* The last request of a run in which nothing failed. */
static char good_body[1024];
static size_t good_header_count;

static size_t count_lines(const char *text)
{
    size_t lines = 0;

    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

static void learn_good_request(void)
{
    size_t last = spay_mock_request_count(accounts.mock) - 1;

    snprintf(good_body, sizeof(good_body), "%s", spay_mock_request_body(accounts.mock, last, NULL));
    good_header_count = count_lines(spay_mock_request_headers(accounts.mock, last));
}

/*
 * Who succeeds in spite of a failed allocation has sent all of the request, not what was left of
 * it.
 */
static void expect_good_request(spay_status status)
{
    size_t last = spay_mock_request_count(accounts.mock) - 1;

    if (status != SPAY_OK || sharing_of_trial == WITH_FILLED_STORE)
        return;
    ck_assert_str_eq(spay_mock_request_body(accounts.mock, last, NULL), good_body);
    ck_assert_uint_eq(count_lines(spay_mock_request_headers(accounts.mock, last)),
                      good_header_count);
}

static void create_blocking(spay_status *status)
{
    spay_error *error = NULL;
    void *session = NULL;

    reopen_for_trial();
    *status =
        accounts_create_session(&accounts, kind_of_trial, &options_of_trial, &session, &error);
    expect_all_or_nothing(*status, session, error);
    expect_good_request(*status);
    accounts_free_session(kind_of_trial, session);
    spay_error_free(error);
}

static void drive(spay_call *call)
{
    const spay_transport *transport = spay_mock_transport(accounts.mock);
    int32_t next;

    while ((next = spay_call_step(call)) != SPAY_CALL_DONE)
        if (next == SPAY_CALL_SEND)
            (void)spay_call_respond(call,
                                    transport->perform(transport->ctx, spay_call_request(call),
                                                       spay_call_response(call)));
        else
            spay_mock_advance(accounts.mock, spay_call_wait_ms(call));
}

static void create_by_steps(spay_status *status)
{
    spay_call *call = NULL;
    spay_error *error = NULL;
    void *session = NULL;

    reopen_for_trial();
    *status = accounts_new_call(&accounts, kind_of_trial, &options_of_trial, &call, &error);
    expect_all_or_nothing(*status, call, error);
    if (call) {
        drive(call);
        *status = accounts_take_session(kind_of_trial, call, &session, &error);
        expect_all_or_nothing(*status, session, error);
        expect_good_request(*status);
    }
    accounts_free_session(kind_of_trial, session);
    spay_call_free(call);
    spay_error_free(error);
}

/* What the call sends when nothing fails. */
static void run_without_trouble(void)
{
    void *session = NULL;

    close_gate_at(0, 0);
    reopen_for_trial();
    ck_assert_int_eq(
        accounts_create_session(&accounts, kind_of_trial, &options_of_trial, &session, NULL),
        SPAY_OK);
    (void)open_gate();
    accounts_free_session(kind_of_trial, session);
    learn_good_request();
}

/*
 * The mock is part of the library and fails too: a request that it could not record is one more
 * that was not sent.
 */
START_TEST(a_call_without_memory_fails_whole)
{
    int row = _i / 2;

    kind_of_trial = (account_kind)(row / 4);
    spay_call_options_init(&options_of_trial, sizeof(options_of_trial));
    if (row % 2 && account_facts_of(kind_of_trial)->key_header)
        options_of_trial.intent = "order 1, try 1";
    run_without_trouble();
    ck_assert_int_gt(torture(row / 2 % 2 ? create_by_steps : create_blocking, _i % 2), 20);
}
END_TEST

static const struct shared_trial {
    account_kind kind;
    sharing sharing;
} shared_trials[] = {
    {ACCOUNT_HOSTED_FIELDS, WITH_EMPTY_STORE},   {ACCOUNT_CONNECT_SERVER, WITH_EMPTY_STORE},
    {ACCOUNT_CONNECT_SERVER, WITH_FILLED_STORE}, {ACCOUNT_CONNECT_CLIENT, WITH_EMPTY_STORE},
    {ACCOUNT_CONNECT_CLIENT, WITH_FILLED_STORE},
};

START_TEST(a_call_that_shares_fails_whole_without_memory)
{
    kind_of_trial = shared_trials[_i / 4].kind;
    sharing_of_trial = shared_trials[_i / 4].sharing;
    spay_call_options_init(&options_of_trial, sizeof(options_of_trial));
    options_of_trial.intent = "order 1";
    run_without_trouble();
    openssl_counts = _i / 2 % 2;
    (void)torture(create_by_steps, _i % 2);
    openssl_counts = false;
    sharing_of_trial = ALONE;
}
END_TEST

/* Replies are made while there is memory, each when it is asked for. */
static void answer_as_asked(spay_call *call)
{
    const spay_transport *transport = spay_mock_transport(accounts.mock);

    set_gate(NULL);
    if (strstr(spay_http_request_url(spay_call_request(call)), "/authorize"))
        accounts_reply(&accounts, 200, NULL, good_token_reply);
    else
        accounts_reply_good(&accounts, kind_of_trial);
    set_gate(gate);
    (void)spay_call_respond(call, transport->perform(transport->ctx, spay_call_request(call),
                                                     spay_call_response(call)));
}

/* The token of another machine is in the store; what cannot be taken from there is fetched. */
static void create_with_token_of_another(spay_status *status)
{
    spay_call *call = NULL;
    spay_error *error = NULL;
    int32_t next;

    reopen_for_trial();
    *status = accounts_new_call(&accounts, kind_of_trial, &options_of_trial, &call, &error);
    expect_all_or_nothing(*status, call, error);
    while (call && (next = spay_call_step(call)) != SPAY_CALL_DONE)
        if (next == SPAY_CALL_SEND)
            answer_as_asked(call);
        else
            spay_mock_advance(accounts.mock, spay_call_wait_ms(call));
    if (call)
        *status = spay_call_status(call);
    ck_assert_msg(*status == SPAY_OK || *status == SPAY_E_NO_MEMORY, "%s",
                  spay_status_name(*status));
    spay_call_free(call);
    spay_error_free(error);
}

START_TEST(a_token_of_another_machine_is_taken_whole)
{
    kind_of_trial = ACCOUNT_HOSTED_FIELDS;
    sharing_of_trial = WITH_FILLED_STORE;
    spay_call_options_init(&options_of_trial, sizeof(options_of_trial));
    (void)torture(create_with_token_of_another, _i);
    sharing_of_trial = ALONE;
}
END_TEST

/* ---- failures on the way out of other failures ---- */

/* A refusal with all that an envelope can hold. */
static void be_refused(spay_status *status)
{
    spay_error *error = NULL;
    void *session = NULL;
    int nth = failing;
    int and_behind = for_good;

    set_gate(NULL);
    close_accounts();
    open_accounts();
    accounts_reply(&accounts, 400, "X-Correlation-Id: id",
                   "{\"error_code\":\"E\",\"error_message\":\"m\",\"details\":[{\"target\":[\"a\"],"
                   "\"reason_code\":\"R\",\"message\":\"m\"},{\"target\":\"b\"}]}");
    close_gate_at(nth, and_behind);
    *status = accounts_create_session(&accounts, ACCOUNT_WEPAY, NULL, &session, &error);
    ck_assert_msg(*status == SPAY_E_REJECTED || *status == SPAY_E_NO_MEMORY, "%s",
                  spay_status_name(*status));
    ck_assert_ptr_null(session);
    ck_assert_ptr_nonnull(error);
    ck_assert_int_eq(spay_error_status(error), *status);
    ck_assert_ptr_nonnull(spay_error_message(error));
    if (*status == SPAY_E_REJECTED)
        *status = SPAY_OK;
    spay_error_free(error);
}

/* What a provider can refuse with, and what it means. The texts have escapes: they take memory. */
typedef struct refusal {
    account_kind kind;
    int32_t http;
    const char *body;
    spay_status status;
    int32_t outcome;
} refusal;

#define IN_USE "CONCURRENT_UNIQUE_KEY_REQUEST_IS_PROCESSIN\\u0047"
#define MANY_FIELDS                                                                                \
    "{\"target\":[\"a\\u002fb\",\"c\\/d\"],\"reason_code\":\"R\\u0031\",\"message\":\"m\\n\"},"    \
    "{\"target\":\"e\\/f\",\"reason_code\":\"R2\"},{\"target\":[1,null,\"\\u0067\"]}"

#define REFUSED(kind_, http_, body_, status_, outcome_)                                            \
    {                                                                                              \
        .kind = (kind_), .http = (http_), .body = (body_), .status = (status_),                    \
        .outcome = (outcome_)                                                                      \
    }

static const refusal refusals[] = {
    REFUSED(ACCOUNT_WEPAY, 400, "{\"error_code\":\"INVALID_PARAMS\",\"details\":[" MANY_FIELDS "]}",
            SPAY_E_REJECTED, SPAY_OUTCOME_REJECTED),
    REFUSED(ACCOUNT_WEPAY, 400,
            "{\"error_code\":\"INVALID_PARAMS\",\"details\":[" MANY_FIELDS
            ",{\"target\":[\"Unique-Key\"],\"reason_code\":\"" IN_USE "\"}]}",
            SPAY_E_BUSY, SPAY_OUTCOME_UNKNOWN),
    REFUSED(ACCOUNT_WEPAY, 400,
            "{\"error\\u005fcode\":\"" IN_USE "\",\"details\":[" MANY_FIELDS "]}", SPAY_E_BUSY,
            SPAY_OUTCOME_UNKNOWN),
    REFUSED(
        ACCOUNT_WEPAY, 400,
        "{\"more\":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,"
        "32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50],\"error_code\":\"" IN_USE "\"}",
        SPAY_E_BUSY, SPAY_OUTCOME_UNKNOWN),
    REFUSED(ACCOUNT_WEPAY, 500, "{\"error_code\":\"UNEXPECTED_ERROR\"}", SPAY_E_PROVIDER,
            SPAY_OUTCOME_UNKNOWN),
    REFUSED(ACCOUNT_HOSTED_BEARER, 400,
            "{\"type\":\"https://p.example/errors#bad-request\",\"title\":\"t\\u0031\",\"errors\":"
            "[{\"parameter\":\"p\\/q\",\"detail\":\"d\",\"message\":\"m\\u0031\"}]}",
            SPAY_E_REJECTED, SPAY_OUTCOME_REJECTED),
    REFUSED(
        ACCOUNT_CONNECT_SERVER, 409,
        "{\"errorId\":\"e\\u0031\",\"errors\":[{\"code\":\"1\\u0034\\u0030\\u0039\",\"message\":\"m\\/n\"}]}",
        SPAY_E_BUSY, SPAY_OUTCOME_UNKNOWN),
    REFUSED(ACCOUNT_CONNECT_SERVER, 409,
            "{\"errorId\":\"e\",\"errors\":[{\"code\":1409,\"id\":\"m\\/n\"}]}", SPAY_E_BUSY,
            SPAY_OUTCOME_UNKNOWN),
    REFUSED(ACCOUNT_CONNECT_CLIENT, 403,
            "{\"errorId\":\"e\",\"errors\":[{\"code\":\"900\\u0038\"}]}", SPAY_E_EXPIRED,
            SPAY_OUTCOME_REJECTED),
};

static const refusal *refusal_of_trial;

/* Whatever is left out for want of memory, what happened at the provider is told, with its key. */
static void be_refused_with_a_meaning(spay_status *status)
{
    const refusal *row = refusal_of_trial;
    spay_call_options once = SPAY_CALL_OPTIONS_INIT;
    spay_call *call = NULL;
    const spay_error *error;
    int nth = failing;
    int and_behind = for_good;

    set_gate(NULL);
    once.max_attempts = 1;
    close_accounts();
    open_accounts();
    ck_assert_int_eq(accounts_new_call(&accounts, row->kind, &once, &call, NULL), SPAY_OK);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_SEND);
    ck_assert_int_eq(spay_http_response_set_status(spay_call_response(call), row->http), SPAY_OK);
    ck_assert_int_eq(
        spay_http_response_append_body(spay_call_response(call), row->body, strlen(row->body)),
        SPAY_OK);
    close_gate_at(nth, and_behind);
    (void)spay_call_respond(call, SPAY_OK);
    set_gate(NULL);
    *status = spay_call_status(call);
    ck_assert_msg(*status == row->status || *status == SPAY_E_NO_MEMORY, "allocation %d: %s", nth,
                  spay_status_name(*status));
    error = spay_call_error(call);
    ck_assert_msg(spay_error_outcome(error) == row->outcome ||
                      spay_error_outcome(error) == SPAY_OUTCOME_UNKNOWN,
                  "allocation %d: %s", nth, spay_outcome_name(spay_error_outcome(error)));
    ck_assert_str_eq(spay_error_idempotency_key(error), spay_call_idempotency_key(call));
    ck_assert_int_eq(spay_error_attempts(error), 1);
    ck_assert_int_eq(spay_error_requests_sent(error), 1);
    if (*status == row->status)
        *status = SPAY_OK;
    spay_call_free(call);
    set_gate(gate);
}

START_TEST(what_happened_is_told_without_memory)
{
    spay_status status;
    int nth;

    refusal_of_trial = &refusals[_i / 2];
    for (nth = 1;; nth++) {
        close_gate_at(nth, _i % 2);
        be_refused_with_a_meaning(&status);
        if (!open_gate())
            break;
        ck_assert_int_lt(nth, 1000);
    }
    ck_assert_int_gt(nth, 1);
    ck_assert_int_eq(status, SPAY_OK);
}
END_TEST

/* The caller keeps the error longer than the call, whose memory it may be in. */
START_TEST(an_error_without_memory_outlives_its_call)
{
    spay_call *call = NULL;
    spay_error *error = NULL;
    char key[256];

    ck_assert_int_eq(accounts_new_call(&accounts, ACCOUNT_WEPAY, NULL, &call, NULL), SPAY_OK);
    (void)snprintf(key, sizeof(key), "%s", spay_call_idempotency_key(call));
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_SEND);
    spay_http_response_mark_sent(spay_call_response(call));
    close_gate_at(1, 1);
    (void)spay_call_respond(call, SPAY_E_NO_MEMORY);
    ck_assert_int_eq(spay_call_perform(call, &error), SPAY_E_NO_MEMORY);
    (void)open_gate();
    spay_call_free(call);
    ck_assert_str_eq(spay_error_idempotency_key(error), key);
    ck_assert_int_eq(spay_error_outcome(error), SPAY_OUTCOME_UNKNOWN);
    ck_assert_int_eq(spay_error_attempts(error), 1);
    ck_assert_int_eq(spay_error_provider(error), SPAY_PROVIDER_WEPAY);
    ck_assert_int_eq(spay_error_stage(error), SPAY_STAGE_REQUEST);
    spay_error_free(error);
}
END_TEST

/* Bad input: many field errors. */
static void be_invalid(spay_status *status)
{
    spay_wepay_session_request request = SPAY_WEPAY_SESSION_REQUEST_INIT;
    spay_wepay_session *session = NULL;
    spay_error *error = NULL;

    request.time_to_live = -1;
    request.client_ip = "nowhere";
    request.extra_json = "[]";
    *status = spay_wepay_session_create(accounts.wepay, &request, NULL, &session, &error);
    ck_assert(*status == SPAY_E_INVALID_ARGUMENT || *status == SPAY_E_NO_MEMORY);
    ck_assert_ptr_null(session);
    ck_assert_ptr_nonnull(error);
    if (*status == SPAY_E_INVALID_ARGUMENT)
        *status = SPAY_OK;
    spay_error_free(error);
}

START_TEST(an_error_without_memory_is_still_an_error)
{
    (void)torture(_i / 2 ? be_refused : be_invalid, _i % 2);
}
END_TEST

static void pay_with_apple(spay_status *status)
{
    spay_connect_server_session *first = NULL;
    spay_connect_client_session *second = NULL;
    spay_error *error = NULL;

    kind_of_trial = ACCOUNT_CONNECT_SERVER;
    reopen_for_trial();
    set_gate(NULL);
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_CLIENT);
    close_gate_at(failing, for_good);
    *status = accounts_apple_pay(&accounts, TEST_GATEWAY, NULL, &first, &second, &error);
    expect_all_or_nothing(*status, second, error);
    spay_connect_server_session_free(first);
    spay_connect_client_session_free(second);
    spay_error_free(error);
}

START_TEST(both_steps_of_apple_pay_fail_whole)
{
    (void)torture(pay_with_apple, _i);
}
END_TEST

/* One who had no memory for the token must not keep the others from it. */
START_TEST(a_token_fetch_without_memory_is_left_to_another)
{
    int nth;

    kind_of_trial = ACCOUNT_HOSTED_FIELDS;
    spay_call_options_init(&options_of_trial, sizeof(options_of_trial));
    for (nth = 1; nth < 60; nth++) {
        spay_error *error = NULL;
        void *session = NULL;

        failing = nth;
        for_good = 0;
        reopen_for_trial();
        (void)accounts_create_session(&accounts, ACCOUNT_HOSTED_FIELDS, NULL, &session, NULL);
        accounts_free_session(ACCOUNT_HOSTED_FIELDS, session);
        set_gate(NULL);
        accounts_reply(&accounts, 200, NULL, good_token_reply);
        accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
        spay_mock_advance(accounts.mock, 4000000);
        (void)accounts_create_session(&accounts, ACCOUNT_HOSTED_FIELDS, NULL, &session, &error);
        ck_assert_int_ne(spay_error_status(error), SPAY_E_TIMEOUT);
        accounts_free_session(ACCOUNT_HOSTED_FIELDS, session);
        spay_error_free(error);
    }
}
END_TEST

static void answer(spay_call *call)
{
    const spay_transport *transport = spay_mock_transport(accounts.mock);

    (void)spay_call_respond(call, transport->perform(transport->ctx, spay_call_request(call),
                                                     spay_call_response(call)));
}

/* Scripts what is asked for, while there is memory for it. */
static void answer_well(spay_call *call)
{
    if (strstr(spay_http_request_url(spay_call_request(call)), "/authorize"))
        accounts_reply(&accounts, 200, NULL, good_token_reply);
    else
        accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    answer(call);
}

/* The call that fetches the token runs out of memory; the one that waits for it has enough. */
static void fetch_for_another(spay_status *status)
{
    spay_call *fetching = NULL;
    spay_call *waiting = NULL;
    int32_t next;
    int nth = failing;
    int and_behind = for_good;

    set_gate(NULL);
    close_accounts();
    open_accounts();
    ck_assert_int_eq(accounts_new_call(&accounts, ACCOUNT_HOSTED_FIELDS, NULL, &fetching, NULL),
                     SPAY_OK);
    ck_assert_int_eq(accounts_new_call(&accounts, ACCOUNT_HOSTED_FIELDS, NULL, &waiting, NULL),
                     SPAY_OK);
    ck_assert_int_eq(spay_call_step(fetching), SPAY_CALL_SEND);
    ck_assert_int_eq(spay_call_step(waiting), SPAY_CALL_WAIT);
    accounts_reply(&accounts, 200, NULL, good_token_reply);
    close_gate_at(nth, and_behind);
    answer(fetching);
    set_gate(NULL);
    *status = spay_call_status(fetching) == SPAY_E_STATE ? SPAY_OK : spay_call_status(fetching);
    spay_call_free(fetching);
    while ((next = spay_call_step(waiting)) != SPAY_CALL_DONE)
        if (next == SPAY_CALL_SEND)
            answer_well(waiting);
        else
            spay_mock_advance(accounts.mock, spay_call_wait_ms(waiting));
    ck_assert_int_eq(spay_call_status(waiting), SPAY_OK);
    spay_call_free(waiting);
    set_gate(gate);
}

START_TEST(a_fetcher_without_memory_does_not_fail_those_who_wait)
{
    (void)torture(fetch_for_another, _i);
}
END_TEST

Suite *no_memory_suite(void)
{
    Suite *suite = suite_create("no_memory");
    TCase *tests = tcase_create("no memory");

    tcase_add_checked_fixture(tests, open_accounts, close_accounts);
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, what_cannot_be_made_is_not_made_by_halves, 0, 2 * ROWS(parts));
    tcase_add_loop_test(tests, a_call_without_memory_fails_whole, 0, 2 * 4 * ACCOUNT_KINDS);
    tcase_add_loop_test(tests, a_call_that_shares_fails_whole_without_memory, 0,
                        4 * ROWS(shared_trials));
    tcase_add_loop_test(tests, a_token_of_another_machine_is_taken_whole, 0, 2);
    tcase_add_loop_test(tests, an_error_without_memory_is_still_an_error, 0, 4);
    tcase_add_loop_test(tests, what_happened_is_told_without_memory, 0, 2 * ROWS(refusals));
    tcase_add_test(tests, an_error_without_memory_outlives_its_call);
    tcase_add_loop_test(tests, both_steps_of_apple_pay_fail_whole, 0, 2);
    tcase_add_test(tests, a_token_fetch_without_memory_is_left_to_another);
    tcase_add_loop_test(tests, a_fetcher_without_memory_does_not_fail_those_who_wait, 0, 2);
    suite_add_tcase(suite, tests);
    return suite;
}

#else

bool take_over_openssl(void)
{
    return true;
}

Suite *no_memory_suite(void)
{
    return suite_create("no_memory");
}

#endif
