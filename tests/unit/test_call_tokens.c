/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The bearer token of Hosted Fields: fetched by one call, shared by others, renewed.
 */
#include <string.h>

#include "calls.h"
#include "core/call.h"
#include "support/leave.h"

#if ALL_PROVIDERS

/* ---- tokens ---- */

static bool is_token_request(size_t index)
{
    return strcmp(spay_mock_request_url(accounts.mock, index),
                  "https://identity.example/authorize") == 0;
}

START_TEST(the_first_call_fetches_a_token_and_the_second_has_it)
{
    reply_token("one", 3600);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    succeed(ACCOUNT_HOSTED_FIELDS);
    succeed(ACCOUNT_HOSTED_FIELDS);
    ck_assert_uint_eq(request_count(), 3);
    ck_assert(is_token_request(0));
    ck_assert_str_eq(header(0, "x-api-key"), "not-a-real-key");
    ck_assert_ptr_null(spay_mock_request_header(accounts.mock, 0, "Authorization"));
    ck_assert_str_eq(header(1, "Authorization"), "Bearer one");
    ck_assert_ptr_null(spay_mock_request_header(accounts.mock, 1, "x-api-key"));
    ck_assert_str_eq(header(2, "Authorization"), "Bearer one");
}
END_TEST

/* Lifetime, and how long the token serves: two minutes less, or half of a short one. More than a day
   cannot be right. */
static const int lifetimes[][2] = {{86401, 3480}, {86400, 86280}, {3600, 3480},
                                   {600, 480},    {100, 50},      {2, 1}};

START_TEST(a_token_is_renewed_before_it_expires)
{
    int64_t serves_ms = lifetimes[_i][1] * 1000;

    reply_token("one", lifetimes[_i][0]);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    succeed(ACCOUNT_HOSTED_FIELDS);
    spay_mock_advance(accounts.mock, serves_ms - 1);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    succeed(ACCOUNT_HOSTED_FIELDS);
    ck_assert_uint_eq(request_count(), 3);
    spay_mock_advance(accounts.mock, 1);
    reply_token("two", 3600);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    succeed(ACCOUNT_HOSTED_FIELDS);
    ck_assert_uint_eq(request_count(), 5);
    ck_assert(is_token_request(3));
    ck_assert_str_eq(header(4, "Authorization"), "Bearer two");
}
END_TEST

/* Its life is counted from when it was asked for, not from when the answer came. */
START_TEST(a_slow_token_is_not_older_than_it_is)
{
    spay_mock_set_latency(accounts.mock, 9000);
    reply_token("one", 3600);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    succeed(ACCOUNT_HOSTED_FIELDS);
    spay_mock_set_latency(accounts.mock, 0);
    spay_mock_advance(accounts.mock, 3480000 - 18000);
    reply_token("two", 3600);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    succeed(ACCOUNT_HOSTED_FIELDS);
    ck_assert_uint_eq(request_count(), 4);
    ck_assert(is_token_request(2));
}
END_TEST

static void expect_replay(size_t first, size_t second)
{
    expect_same_bytes(first, second);
    ck_assert_str_eq(header(first, "Idempotency-Key"), header(second, "Idempotency-Key"));
}

/* Whether the refused token was this call's own or from the cache. */
START_TEST(a_refused_token_is_renewed_once_and_the_request_replayed)
{
    size_t before = 0;
    spay_call *call;
    void *session;

    if (_i) {
        reply_token("old", 3600);
        accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
        succeed(ACCOUNT_HOSTED_FIELDS);
        before = request_count();
    } else {
        reply_token("one", 3600);
    }
    accounts_reply(&accounts, 401, "", "");
    reply_token("two", 3600);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    call = perform(ACCOUNT_HOSTED_FIELDS, NULL);
    expect_status(call, SPAY_OK);
    before += _i ? 0 : 1;
    ck_assert_uint_eq(request_count(), before + 3);
    ck_assert(is_token_request(before + 1));
    expect_replay(before, before + 2);
    ck_assert_str_eq(header(before + 2, "Authorization"), "Bearer two");
    ck_assert_int_eq(spay_mock_now_ms(accounts.mock), 0);
    ck_assert_int_eq(accounts_take_session(ACCOUNT_HOSTED_FIELDS, call, &session, NULL), SPAY_OK);
    ck_assert_int_eq(accounts_session_info(session)->attempts, 2);
    ck_assert_int_eq(accounts_session_info(session)->token_requests, _i ? 1 : 2);
    accounts_free_session(ACCOUNT_HOSTED_FIELDS, session);
    spay_call_free(call);
}
END_TEST

START_TEST(a_token_refused_twice_is_an_auth_error)
{
    spay_call *call;

    reply_token("one", 3600);
    accounts_reply(&accounts, 401, "", "");
    reply_token("two", 3600);
    accounts_reply(&accounts, 401, "", "");
    call = perform(ACCOUNT_HOSTED_FIELDS, NULL);
    expect_status(call, SPAY_E_AUTH);
    ck_assert_uint_eq(request_count(), 4);
    expect_replay(1, 3);
    ck_assert_int_eq(spay_error_outcome(spay_call_error(call)), SPAY_OUTCOME_REJECTED);
    ck_assert_int_eq(spay_error_attempts(spay_call_error(call)), 2);
    ck_assert_int_eq(spay_error_requests_sent(spay_call_error(call)), 2);
    ck_assert_int_eq(spay_error_stage(spay_call_error(call)), SPAY_STAGE_REPLY);
    spay_call_free(call);
}
END_TEST

static const struct token_failure {
    attempt attempt;
    spay_status status;
    size_t requests;
} token_failures[] = {
    {{503, 0, true}, SPAY_E_PROVIDER, 3}, {{401, 0, true}, SPAY_E_AUTH, 1},
    {{400, 0, true}, SPAY_E_AUTH, 1},     {{403, 0, true}, SPAY_E_AUTH, 1},
    {{200, 0, true}, SPAY_E_PROTOCOL, 1}, {{429, 0, true}, SPAY_E_THROTTLED, 3},
    {LOST_AFTER, SPAY_E_NETWORK, 3},      {REFUSED_CONNECT, SPAY_E_CONNECT, 3},
    {LATE_AFTER, SPAY_E_TIMEOUT, 3},      {{0, SPAY_E_TLS, false}, SPAY_E_TLS, 1},
};

/* Whatever became of the token request, the operation was not sent. */
START_TEST(a_failing_token_endpoint_leaves_the_operation_unsent)
{
    const struct token_failure *row = &token_failures[_i];
    const spay_error *error;
    spay_call *call;
    int i;

    for (i = 0; i < 3; i++)
        script_attempt(&row->attempt);
    call = perform(ACCOUNT_HOSTED_FIELDS, NULL);
    expect_status(call, row->status);
    error = spay_call_error(call);
    ck_assert_int_eq(spay_error_stage(error), SPAY_STAGE_TOKEN);
    ck_assert_int_eq(spay_error_outcome(error), SPAY_OUTCOME_NOT_SENT);
    ck_assert_int_eq(spay_error_attempts(error), 0);
    ck_assert_int_eq(spay_error_requests_sent(error), 0);
    ck_assert_uint_eq(request_count(), row->requests);
    spay_call_free(call);
}
END_TEST

START_TEST(a_token_that_cannot_be_renewed_keeps_the_worst_outcome)
{
    spay_call *call;

    reply_token("one", 3600);
    accounts_reply(&accounts, 503, "", "");
    accounts_reply(&accounts, 401, "", "");
    accounts_reply(&accounts, 403, "", "");
    call = perform(ACCOUNT_HOSTED_FIELDS, NULL);
    expect_status(call, SPAY_E_AUTH);
    ck_assert_int_eq(spay_error_stage(spay_call_error(call)), SPAY_STAGE_TOKEN);
    ck_assert_int_eq(spay_error_outcome(spay_call_error(call)), SPAY_OUTCOME_UNKNOWN);
    ck_assert_int_eq(spay_error_attempts(spay_call_error(call)), 2);
    spay_call_free(call);
}
END_TEST

START_TEST(two_calls_share_one_token_request)
{
    spay_call *first;
    spay_call *second;

    begin_pair(&first, &second);
    reply_token("shared", 3600);
    serve(first);
    ck_assert_int_eq(spay_call_step(second), SPAY_CALL_SEND);
    ck_assert_int_eq(spay_call_step(first), SPAY_CALL_SEND);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    serve(second);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    serve(first);
    expect_status(first, SPAY_OK);
    expect_status(second, SPAY_OK);
    ck_assert_uint_eq(request_count(), 3);
    ck_assert_str_eq(header(1, "Authorization"), "Bearer shared");
    ck_assert_str_eq(header(2, "Authorization"), "Bearer shared");
    spay_call_free(first);
    spay_call_free(second);
}
END_TEST

START_TEST(calls_that_wait_for_a_token_share_its_failure)
{
    spay_call *first;
    spay_call *second;

    begin_pair(&first, &second);
    accounts_reply(&accounts, 401, "", "");
    serve(first);
    ck_assert_int_eq(spay_call_step(first), SPAY_CALL_DONE);
    ck_assert_int_eq(spay_call_step(second), SPAY_CALL_DONE);
    expect_status(first, SPAY_E_AUTH);
    expect_status(second, SPAY_E_AUTH);
    ck_assert_uint_eq(request_count(), 1);
    ck_assert_int_eq(spay_error_stage(spay_call_error(second)), SPAY_STAGE_TOKEN);
    ck_assert_int_eq(spay_error_outcome(spay_call_error(second)), SPAY_OUTCOME_NOT_SENT);
    ck_assert_str_eq(spay_error_idempotency_key(spay_call_error(second)),
                     spay_call_idempotency_key(second));
    ck_assert_str_ne(spay_error_idempotency_key(spay_call_error(first)),
                     spay_error_idempotency_key(spay_call_error(second)));
    spay_call_free(first);
    spay_call_free(second);
}
END_TEST

/* ---- one call's limits are its own ---- */

/* Serve a call's next request with what its endpoint answers when all is well. */
static void serve_well(spay_call *call)
{
    if (strstr(spay_http_request_url(spay_call_request(call)), "/authorize"))
        reply_token("token", 3600);
    else
        accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    serve(call);
}

static spay_status drive_well(spay_call *call)
{
    int32_t next;

    while ((next = spay_call_step(call)) != SPAY_CALL_DONE)
        if (next == SPAY_CALL_SEND)
            serve_well(call);
        else
            spay_mock_advance(accounts.mock, spay_call_wait_ms(call));
    return spay_call_status(call);
}

typedef struct limited {
    spay_call_options options;
    attempt attempt; /* how its only token request ends */
    int64_t after_ms;
    spay_status status;
} limited;

static const limited limited_fetchers[] = {
    {.options = {.struct_size = sizeof(spay_call_options), .timeout_ms = 300},
     .attempt = LATE_AFTER,
     .after_ms = 300,
     .status = SPAY_E_TIMEOUT},
    {.options = {.struct_size = sizeof(spay_call_options), .timeout_ms = 300},
     .attempt = {503, 0, true},
     .after_ms = 299,
     .status = SPAY_E_PROVIDER},
    {.options = {.struct_size = sizeof(spay_call_options), .max_attempts = 1},
     .attempt = {503, 0, true},
     .after_ms = 5,
     .status = SPAY_E_PROVIDER},
    {.options = {.struct_size = sizeof(spay_call_options), .max_attempts = 1},
     .attempt = REFUSED_CONNECT,
     .after_ms = 5,
     .status = SPAY_E_CONNECT},
    {.options = {.struct_size = sizeof(spay_call_options),
                 .attempt_timeout_ms = 200,
                 .max_attempts = 1},
     .attempt = LATE_AFTER,
     .after_ms = 200,
     .status = SPAY_E_TIMEOUT},
    {.options = {.struct_size = sizeof(spay_call_options)},
     .attempt = {0, SPAY_E_NO_MEMORY, false},
     .after_ms = 5,
     .status = SPAY_E_NO_MEMORY},
};

/* What ends the call that fetches alone does not fail the others, who have the usual limits. */
START_TEST(a_fetchers_own_limits_do_not_fail_those_who_wait)
{
    const limited *row = &limited_fetchers[_i];
    spay_call *fetching = new_call(ACCOUNT_HOSTED_FIELDS, &row->options);
    spay_call *waiting[3];
    size_t i;

    ck_assert_int_eq(spay_call_step(fetching), SPAY_CALL_SEND);
    for (i = 0; i < 3; i++) {
        waiting[i] = new_call(ACCOUNT_HOSTED_FIELDS, NULL);
        ck_assert_int_eq(spay_call_step(waiting[i]), SPAY_CALL_WAIT);
    }
    spay_mock_advance(accounts.mock, row->after_ms);
    script_attempt(&row->attempt);
    serve(fetching);
    ck_assert_int_eq(spay_call_step(fetching), SPAY_CALL_DONE);
    expect_status(fetching, row->status);
    for (i = 0; i < 3; i++) {
        (void)drive_well(waiting[i]);
        expect_status(waiting[i], SPAY_OK);
        spay_call_free(waiting[i]);
    }
    ck_assert_uint_eq(request_count(), 5);
    spay_call_free(fetching);
}
END_TEST

/* All attempts of one call time out. If it gave the service less time than others would, those try. */
START_TEST(attempts_that_were_cut_short_do_not_count)
{
    spay_client_options client = SPAY_CLIENT_OPTIONS_INIT;
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    spay_call *fetching;
    spay_call *waiting;

    client.attempt_timeout_ms = 1000;
    reopen_accounts(&client);
    options.attempt_timeout_ms = _i ? 1000 : 999;
    fetching = new_call(ACCOUNT_HOSTED_FIELDS, &options);
    ck_assert_int_eq(spay_call_step(fetching), SPAY_CALL_SEND);
    waiting = new_call(ACCOUNT_HOSTED_FIELDS, NULL);
    ck_assert_int_eq(spay_call_step(waiting), SPAY_CALL_WAIT);
    while (spay_call_step(fetching) != SPAY_CALL_DONE) {
        spay_mock_advance(accounts.mock, spay_call_wait_ms(fetching));
        if (spay_call_step(fetching) == SPAY_CALL_SEND) {
            (void)spay_mock_fail(accounts.mock, SPAY_E_TIMEOUT, SPAY_YES);
            serve(fetching);
        }
    }
    expect_status(fetching, SPAY_E_TIMEOUT);
    ck_assert_int_eq(drive_well(waiting), _i ? SPAY_E_TIMEOUT : SPAY_OK);
    spay_call_free(fetching);
    spay_call_free(waiting);
}
END_TEST

/* All the fetchers together try as often as one call would: then the failure is everybody's. */
START_TEST(a_service_that_is_down_is_not_asked_again_by_each_who_waits)
{
    spay_call_options once = SPAY_CALL_OPTIONS_INIT;
    spay_call *fetching;
    spay_call *waiting[4];
    size_t i;

    once.max_attempts = 1;
    fetching = new_call(ACCOUNT_HOSTED_FIELDS, &once);
    ck_assert_int_eq(spay_call_step(fetching), SPAY_CALL_SEND);
    for (i = 0; i < 4; i++) {
        waiting[i] = new_call(ACCOUNT_HOSTED_FIELDS, NULL);
        ck_assert_int_eq(spay_call_step(waiting[i]), SPAY_CALL_WAIT);
    }
    accounts_reply(&accounts, 503, "", "");
    accounts_reply(&accounts, 503, "", "");
    accounts_reply(&accounts, 503, "", "");
    serve(fetching);
    expect_status(fetching, SPAY_E_PROVIDER);
    for (i = 0; i < 4; i++) {
        ck_assert_int_eq(drive(waiting[i]), SPAY_E_PROVIDER);
        spay_call_free(waiting[i]);
    }
    ck_assert_uint_eq(request_count(), 3);
    spay_call_free(fetching);
}
END_TEST

/* Whoever takes the fetch over keeps to what the service asked for. */
START_TEST(retry_after_binds_the_next_fetcher_too)
{
    spay_call_options once = SPAY_CALL_OPTIONS_INIT;
    spay_call_options hasty = SPAY_CALL_OPTIONS_INIT;
    spay_call *calls[3];

    once.max_attempts = 1;
    hasty.timeout_ms = 6000;
    calls[0] = new_call(ACCOUNT_HOSTED_FIELDS, &once);
    calls[1] = new_call(ACCOUNT_HOSTED_FIELDS, &hasty);
    calls[2] = new_call(ACCOUNT_HOSTED_FIELDS, NULL);
    ck_assert_int_eq(spay_call_step(calls[0]), SPAY_CALL_SEND);
    ck_assert_int_eq(spay_call_step(calls[1]), SPAY_CALL_WAIT);
    ck_assert_int_eq(spay_call_step(calls[2]), SPAY_CALL_WAIT);
    accounts_reply(&accounts, 429, "Retry-After: 7", "");
    serve(calls[0]);
    ck_assert_int_eq(spay_call_step(calls[1]), SPAY_CALL_DONE);
    expect_status(calls[1], SPAY_E_THROTTLED);
    ck_assert_int_eq(drive_well(calls[2]), SPAY_OK);
    ck_assert_int_eq(spay_mock_request_at_ms(accounts.mock, 1), 7000);
    spay_call_free(calls[0]);
    spay_call_free(calls[1]);
    spay_call_free(calls[2]);
}
END_TEST

START_TEST(a_token_without_lifetime_serves_all_who_waited)
{
    spay_call *first;
    spay_call *second;

    begin_pair(&first, &second);
    reply_token("brief", 0);
    serve(first);
    ck_assert_int_eq(spay_call_step(second), SPAY_CALL_SEND);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    serve(second);
    ck_assert_int_eq(spay_call_step(first), SPAY_CALL_SEND);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    serve(first);
    expect_status(first, SPAY_OK);
    expect_status(second, SPAY_OK);
    ck_assert_uint_eq(request_count(), 3);
    ck_assert_str_eq(header(1, "Authorization"), "Bearer brief");
    reply_token("next", 3600);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    succeed(ACCOUNT_HOSTED_FIELDS);
    ck_assert_str_eq(header(4, "Authorization"), "Bearer next");
    spay_call_free(first);
    spay_call_free(second);
}
END_TEST

/* Ways in which a call that fetches can go. */
enum {
    FREED_WHILE_SENDING,
    FREED_WHILE_BACKING_OFF,
    CANCELED_WHILE_SENDING,
    CANCELED_WHILE_BACKING_OFF,
    TIMED_OUT_WHILE_BACKING_OFF,
    WAYS_TO_GO
};

static void fail_once(spay_call *call)
{
    accounts_reply(&accounts, 503, "Retry-After: 20", "");
    serve(call);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_WAIT);
}

static void go(spay_call *call, int way)
{
    if (way == FREED_WHILE_BACKING_OFF || way == CANCELED_WHILE_BACKING_OFF ||
        way == TIMED_OUT_WHILE_BACKING_OFF)
        fail_once(call);
    if (way == FREED_WHILE_SENDING || way == FREED_WHILE_BACKING_OFF) {
        spay_call_free(call);
        return;
    }
    if (way == TIMED_OUT_WHILE_BACKING_OFF)
        spay_mock_advance(accounts.mock, 25000);
    else
        spay_call_cancel(call);
    if (way == CANCELED_WHILE_SENDING)
        ck_assert_int_eq(spay_call_respond(call, SPAY_E_CANCELED), SPAY_OK);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_DONE);
    expect_status(call, way == TIMED_OUT_WHILE_BACKING_OFF ? SPAY_E_TIMEOUT : SPAY_E_CANCELED);
    ck_assert_int_eq(spay_error_outcome(spay_call_error(call)), SPAY_OUTCOME_NOT_SENT);
}

START_TEST(a_fetching_call_that_goes_lets_another_fetch)
{
    spay_call *first;
    spay_call *second;
    spay_call *third;

    begin_pair(&first, &second);
    go(first, _i);
    third = new_call(ACCOUNT_HOSTED_FIELDS, NULL);
    ck_assert_int_eq(spay_call_step(third), SPAY_CALL_SEND);
    reply_token("fresh", 3600);
    serve(third);
    ck_assert_int_eq(spay_call_step(third), SPAY_CALL_SEND);
    if (_i != TIMED_OUT_WHILE_BACKING_OFF)
        ck_assert_int_eq(spay_call_step(second), SPAY_CALL_SEND);
    if (_i != FREED_WHILE_SENDING && _i != FREED_WHILE_BACKING_OFF)
        spay_call_free(first);
    spay_call_free(second);
    spay_call_free(third);
}
END_TEST

START_TEST(a_token_request_that_ends_with_the_deadline_says_so)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    spay_call *call;

    options.timeout_ms = 5000;
    call = new_call(ACCOUNT_HOSTED_FIELDS, &options);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_SEND);
    accounts_reply(&accounts, 503, "Retry-After: 4", "");
    serve(call);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_WAIT);
    spay_mock_advance(accounts.mock, 5000);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_DONE);
    expect_status(call, SPAY_E_TIMEOUT);
    ck_assert_int_eq(spay_error_stage(spay_call_error(call)), SPAY_STAGE_TOKEN);
    spay_call_free(call);
}
END_TEST

/* Without a key there is none in use: the request collides with another one. */
START_TEST(a_key_in_use_without_a_key_is_a_conflict)
{
    spay_connect_server_options options = SPAY_CONNECT_SERVER_OPTIONS_INIT;
    spay_connect_server *keyless = NULL;
    spay_connect_server_session *session = NULL;
    spay_error *error = NULL;

    options.base_url = "https://connect.example";
    options.merchant_id = "4217";
    options.api_key_id = "key-id";
    options.secret_api_key = "secret";
    ck_assert_int_eq(spay_connect_server_new(accounts.client, &options, &keyless, NULL), SPAY_OK);
    accounts_reply(&accounts, 409, "", CONNECT_CODE("1409"));
    ck_assert_int_eq(spay_connect_server_session_create(keyless, NULL, NULL, &session, &error),
                     SPAY_E_CONFLICT);
    ck_assert_int_eq(spay_error_outcome(error), SPAY_OUTCOME_REJECTED);
    ck_assert_uint_eq(request_count(), 1);
    spay_error_free(error);
    spay_connect_server_free(keyless);
}
END_TEST

static void ignore_wake(void *ctx)
{
    (void)ctx;
}

/* Who is woken need not look in between. */
START_TEST(who_is_woken_waits_until_its_deadline)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    spay_call *first = new_call(ACCOUNT_HOSTED_FIELDS, NULL);
    spay_call *second;

    options.timeout_ms = 700;
    second = new_call(ACCOUNT_HOSTED_FIELDS, &options);
    second->waiter.wake = ignore_wake;
    ck_assert_int_eq(spay_call_step(first), SPAY_CALL_SEND);
    ck_assert_int_eq(spay_call_step(second), SPAY_CALL_WAIT);
    ck_assert_int_eq(spay_call_wait_ms(second), 700);
    spay_mock_advance(accounts.mock, 100);
    ck_assert_int_eq(spay_call_wait_ms(second), 600);
    spay_call_free(second);
    spay_call_free(first);
}
END_TEST

START_TEST(waiting_for_a_token_ends_with_the_deadline)
{
    spay_call *first;
    spay_call *second;

    begin_pair(&first, &second);
    while (spay_call_step(second) == SPAY_CALL_WAIT) {
        ck_assert_int_lt(spay_mock_now_ms(accounts.mock), 25000);
        spay_mock_advance(accounts.mock, spay_call_wait_ms(second));
    }
    expect_status(second, SPAY_E_TIMEOUT);
    ck_assert_int_eq(spay_mock_now_ms(accounts.mock), 25000);
    ck_assert_int_eq(spay_error_stage(spay_call_error(second)), SPAY_STAGE_TOKEN);
    ck_assert_int_eq(spay_error_outcome(spay_call_error(second)), SPAY_OUTCOME_NOT_SENT);
    spay_call_free(first);
    spay_call_free(second);
}
END_TEST

/* An ageing token still serves the others while one of them renews it. */
START_TEST(nobody_waits_while_the_old_token_lives)
{
    spay_call *first;
    spay_call *second;

    reply_token("old", 3600);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    succeed(ACCOUNT_HOSTED_FIELDS);
    spay_mock_advance(accounts.mock, 3500000);
    first = new_call(ACCOUNT_HOSTED_FIELDS, NULL);
    second = new_call(ACCOUNT_HOSTED_FIELDS, NULL);
    ck_assert_int_eq(spay_call_step(first), SPAY_CALL_SEND);
    ck_assert_int_eq(spay_call_step(second), SPAY_CALL_SEND);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    serve(second);
    ck_assert(!is_token_request(2));
    ck_assert_str_eq(header(2, "Authorization"), "Bearer old");
    spay_call_free(first);
    spay_call_free(second);
}
END_TEST

/* Both saw the old token refused; the second to say so must not drop the new one. */
START_TEST(one_refused_token_is_renewed_once_for_all)
{
    spay_call *first = new_call(ACCOUNT_HOSTED_FIELDS, NULL);
    spay_call *second = new_call(ACCOUNT_HOSTED_FIELDS, NULL);

    reply_token("old", 3600);
    ck_assert_int_eq(spay_call_step(first), SPAY_CALL_SEND);
    serve(first);
    ck_assert_int_eq(spay_call_step(first), SPAY_CALL_SEND);
    ck_assert_int_eq(spay_call_step(second), SPAY_CALL_SEND);
    accounts_reply(&accounts, 401, "", "");
    serve(first);
    ck_assert_int_eq(spay_call_step(first), SPAY_CALL_SEND);
    reply_token("new", 3600);
    serve(first);
    accounts_reply(&accounts, 401, "", "");
    serve(second);
    ck_assert_int_eq(spay_call_step(second), SPAY_CALL_SEND);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    serve(second);
    expect_status(second, SPAY_OK);
    ck_assert_int_eq(spay_call_step(first), SPAY_CALL_SEND);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    serve(first);
    expect_status(first, SPAY_OK);
    ck_assert_uint_eq(request_count(), 6);
    spay_call_free(first);
    spay_call_free(second);
}
END_TEST

/* Both have sent it; the one whose connection broke hears of the refusal before it sends again. */
START_TEST(a_token_that_was_refused_to_another_call_is_not_sent_again)
{
    static const attempt lost = LOST_BEFORE;
    spay_call *refused;
    spay_call *resent;

    script_token(ACCOUNT_HOSTED_FIELDS);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    succeed(ACCOUNT_HOSTED_FIELDS);
    refused = new_call(ACCOUNT_HOSTED_FIELDS, NULL);
    resent = new_call(ACCOUNT_HOSTED_FIELDS, NULL);
    ck_assert_int_eq(spay_call_step(refused), SPAY_CALL_SEND);
    ck_assert_int_eq(spay_call_step(resent), SPAY_CALL_SEND);
    accounts_reply(&accounts, 401, NULL, "{}");
    serve(refused);
    script_attempt(&lost);
    serve(resent);
    ck_assert_int_eq(spay_call_step(resent), SPAY_CALL_SEND);
    ck_assert_ptr_nonnull(strstr(spay_http_request_url(spay_call_request(resent)), "/authorize"));
    spay_call_free(refused);
    spay_call_free(resent);
}
END_TEST

START_TEST(the_callers_own_token_is_never_renewed)
{
    spay_call *call;

    accounts_reply(&accounts, 401, "", "");
    call = perform(ACCOUNT_HOSTED_BEARER, NULL);
    expect_status(call, SPAY_E_AUTH);
    ck_assert_uint_eq(request_count(), 1);
    ck_assert_str_eq(header(0, "Authorization"), "Bearer brought-token");
    spay_call_free(call);
}
END_TEST

START_TEST(the_callers_own_token_can_be_replaced)
{
    spay_error *error = NULL;

    ck_assert_int_eq(spay_hosted_fields_set_bearer_token(accounts.hosted_bearer, "second", &error),
                     SPAY_OK);
    ck_assert_ptr_null(error);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_BEARER);
    succeed(ACCOUNT_HOSTED_BEARER);
    ck_assert_str_eq(header(0, "Authorization"), "Bearer second");

    ck_assert_int_eq(spay_hosted_fields_set_bearer_token(accounts.hosted_bearer, "a b", &error),
                     SPAY_E_INVALID_ARGUMENT);
    ck_assert_str_eq(spay_error_field_path(error, 0), "bearer_token");
    spay_error_free(error);
    ck_assert_int_eq(spay_hosted_fields_set_bearer_token(accounts.hosted_fields, "second", &error),
                     SPAY_E_STATE);
    spay_error_free(error);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_BEARER);
    succeed(ACCOUNT_HOSTED_BEARER);
    ck_assert_str_eq(header(1, "Authorization"), "Bearer second");
}
END_TEST

/* "Calls that run keep the old one for the attempt in flight": the next attempt has the new one. */
START_TEST(a_replaced_token_serves_the_next_attempt)
{
    spay_call *call = new_call(ACCOUNT_HOSTED_BEARER, NULL);

    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_SEND);
    ck_assert_int_eq(spay_hosted_fields_set_bearer_token(accounts.hosted_bearer, "second", NULL),
                     SPAY_OK);
    accounts_reply(&accounts, 503, "", "");
    serve(call);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_BEARER);
    ck_assert_int_eq(drive(call), SPAY_OK);
    ck_assert_str_eq(header(0, "Authorization"), "Bearer brought-token");
    ck_assert_str_eq(header(1, "Authorization"), "Bearer second");
    spay_call_free(call);
}
END_TEST

/* ---- the suite ---- */

static void add_tokens(Suite *suite)
{
    TCase *tokens = new_case(suite, "tokens");

    tcase_add_test(tokens, the_first_call_fetches_a_token_and_the_second_has_it);
    tcase_add_loop_test(tokens, attempts_that_were_cut_short_do_not_count, 0, 2);
    tcase_add_loop_test(tokens, a_token_is_renewed_before_it_expires, 0, ROWS(lifetimes));
    tcase_add_test(tokens, a_slow_token_is_not_older_than_it_is);
    tcase_add_loop_test(tokens, a_refused_token_is_renewed_once_and_the_request_replayed, 0, 2);
    tcase_add_test(tokens, a_token_refused_twice_is_an_auth_error);
    tcase_add_loop_test(tokens, a_failing_token_endpoint_leaves_the_operation_unsent, 0,
                        ROWS(token_failures));
    tcase_add_test(tokens, a_token_that_cannot_be_renewed_keeps_the_worst_outcome);
    tcase_add_test(tokens, two_calls_share_one_token_request);
    tcase_add_test(tokens, calls_that_wait_for_a_token_share_its_failure);
    tcase_add_loop_test(tokens, a_fetchers_own_limits_do_not_fail_those_who_wait, 0,
                        ROWS(limited_fetchers));
    tcase_add_test(tokens, a_service_that_is_down_is_not_asked_again_by_each_who_waits);
    tcase_add_test(tokens, retry_after_binds_the_next_fetcher_too);
    tcase_add_test(tokens, a_token_without_lifetime_serves_all_who_waited);
    tcase_add_loop_test(tokens, a_fetching_call_that_goes_lets_another_fetch, 0, WAYS_TO_GO);
    tcase_add_test(tokens, who_is_woken_waits_until_its_deadline);
    tcase_add_test(tokens, waiting_for_a_token_ends_with_the_deadline);
    tcase_add_test(tokens, a_token_request_that_ends_with_the_deadline_says_so);
    tcase_add_test(tokens, a_key_in_use_without_a_key_is_a_conflict);
    tcase_add_test(tokens, nobody_waits_while_the_old_token_lives);
    tcase_add_test(tokens, one_refused_token_is_renewed_once_for_all);
    tcase_add_test(tokens, a_token_that_was_refused_to_another_call_is_not_sent_again);
    tcase_add_test(tokens, the_callers_own_token_is_never_renewed);
    tcase_add_test(tokens, the_callers_own_token_can_be_replaced);
    tcase_add_test(tokens, a_replaced_token_serves_the_next_attempt);
}

/* ---- forks ---- */

#ifndef SPAY_DISABLE_THREADS

static pid_t forked;

static spay_status fork_once(void *ctx, const spay_send_record *record)
{
    (void)ctx;
    (void)record;
    if (forked < 0)
        forked = fork();
    return SPAY_OK;
}

/* What waits for another's token is made for the process that began the call. */
START_TEST(a_call_that_forks_ends_in_both_processes)
{
    const spay_platform own = SPAY_PLATFORM_INIT;
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    spay_call *call;
    int status = -1;

    forked = -1;
    options.platform = &own;
    options.before_send = fork_once;
    reopen_accounts(&options);
    reply_token("one", 3600);
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_FIELDS);
    call = perform(ACCOUNT_HOSTED_FIELDS, NULL);
    if (forked == 0)
        leave(spay_call_status(call) != SPAY_OK);
    ck_assert_int_eq(waitpid(forked, &status, 0), forked);
    ck_assert_int_eq(status, 0);
    expect_status(call, SPAY_OK);
    spay_call_free(call);
}
END_TEST

static void add_forks(TCase *tests)
{
    tcase_add_test(tests, a_call_that_forks_ends_in_both_processes);
}

#else

static void add_forks(TCase *tests)
{
    (void)tests;
}

#endif

Suite *call_tokens_suite(void)
{
    Suite *suite = suite_create("call_tokens");

    add_tokens(suite);
    add_forks(new_case(suite, "forks"));
    return suite;
}

#else

Suite *call_tokens_suite(void)
{
    return suite_create("call_tokens");
}

#endif
