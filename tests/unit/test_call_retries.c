/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What is repeated and what is not, after how long, and what it comes to; then random faults.
 */
#include <stdlib.h>

#include "calls.h"
#include "support/schedule.h"

#if ALL_PROVIDERS

/* ---- outcomes and counts ---- */

typedef struct sequence {
    attempt attempts[4];
    spay_status status;
    int32_t outcome;
    int32_t made;
    int32_t sent;
} sequence;

static const sequence sequences[] = {
    {.attempts = {REFUSED_CONNECT, REFUSED_CONNECT, REFUSED_CONNECT},
     .status = SPAY_E_CONNECT,
     .outcome = SPAY_OUTCOME_NOT_SENT,
     .made = 3},
    {.attempts = {LATE_BEFORE, LATE_BEFORE, LATE_BEFORE},
     .status = SPAY_E_TIMEOUT,
     .outcome = SPAY_OUTCOME_NOT_SENT,
     .made = 3},
    {.attempts = {LATE_AFTER, LATE_BEFORE, REFUSED_CONNECT},
     .status = SPAY_E_CONNECT,
     .outcome = SPAY_OUTCOME_UNKNOWN,
     .made = 3,
     .sent = 1},
    {.attempts = {LOST_AFTER, REFUSED_CONNECT, REFUSED_CONNECT},
     .status = SPAY_E_CONNECT,
     .outcome = SPAY_OUTCOME_UNKNOWN,
     .made = 3,
     .sent = 1},
    {.attempts = {REFUSED_CONNECT, REFUSED_CONNECT, LOST_AFTER},
     .status = SPAY_E_NETWORK,
     .outcome = SPAY_OUTCOME_UNKNOWN,
     .made = 3,
     .sent = 1},
    {.attempts = {{429, 0, true}, {429, 0, true}, {429, 0, true}},
     .status = SPAY_E_THROTTLED,
     .outcome = SPAY_OUTCOME_REJECTED,
     .made = 3,
     .sent = 3},
    {.attempts = {{429, 0, true}, REFUSED_CONNECT, REFUSED_CONNECT},
     .status = SPAY_E_CONNECT,
     .outcome = SPAY_OUTCOME_REJECTED,
     .made = 3,
     .sent = 1},
    {.attempts = {{429, 0, true}, LOST_AFTER, {429, 0, true}},
     .status = SPAY_E_THROTTLED,
     .outcome = SPAY_OUTCOME_UNKNOWN,
     .made = 3,
     .sent = 3},
    {.attempts = {{503, 0, true}, {400, 0, true}},
     .status = SPAY_E_REJECTED,
     .outcome = SPAY_OUTCOME_UNKNOWN,
     .made = 2,
     .sent = 2},
    {.attempts = {{503, 0, true}, {403, 0, true}},
     .status = SPAY_E_FORBIDDEN,
     .outcome = SPAY_OUTCOME_UNKNOWN,
     .made = 2,
     .sent = 2},
    {.attempts = {{400, 0, true}},
     .status = SPAY_E_REJECTED,
     .outcome = SPAY_OUTCOME_REJECTED,
     .made = 1,
     .sent = 1},
    {.attempts = {{408, 0, true}, {404, 0, true}},
     .status = SPAY_E_NOT_FOUND,
     .outcome = SPAY_OUTCOME_REJECTED,
     .made = 2,
     .sent = 2},
    {.attempts = {{500, 0, true}, {502, 0, true}, {504, 0, true}},
     .status = SPAY_E_PROVIDER,
     .outcome = SPAY_OUTCOME_UNKNOWN,
     .made = 3,
     .sent = 3},
    {.attempts = {REFUSED_CONNECT, {401, 0, true}},
     .status = SPAY_E_AUTH,
     .outcome = SPAY_OUTCOME_REJECTED,
     .made = 2,
     .sent = 1},
    {.attempts = {{0, SPAY_E_TLS, false}},
     .status = SPAY_E_TLS,
     .outcome = SPAY_OUTCOME_NOT_SENT,
     .made = 1},
    {.attempts = {{503, 0, true}, {0, SPAY_E_TLS, false}},
     .status = SPAY_E_TLS,
     .outcome = SPAY_OUTCOME_UNKNOWN,
     .made = 2,
     .sent = 1},
    {.attempts = {{0, SPAY_E_LIMIT, true}},
     .status = SPAY_E_LIMIT,
     .outcome = SPAY_OUTCOME_UNKNOWN,
     .made = 1,
     .sent = 1},
    {.attempts = {{0, SPAY_E_PROTOCOL, true}},
     .status = SPAY_E_PROTOCOL,
     .outcome = SPAY_OUTCOME_UNKNOWN,
     .made = 1,
     .sent = 1},
    {.attempts = {{0, SPAY_E_NO_MEMORY, true}},
     .status = SPAY_E_NO_MEMORY,
     .outcome = SPAY_OUTCOME_UNKNOWN,
     .made = 1,
     .sent = 1},
    {.attempts = {{0, SPAY_E_NO_MEMORY, false}},
     .status = SPAY_E_NO_MEMORY,
     .outcome = SPAY_OUTCOME_NOT_SENT,
     .made = 1},
    {.attempts = {{0, SPAY_E_CANCELED, true}},
     .status = SPAY_E_CANCELED,
     .outcome = SPAY_OUTCOME_UNKNOWN,
     .made = 1,
     .sent = 1},
    {.attempts = {{200, 0, true}},
     .status = SPAY_E_PROTOCOL,
     .outcome = SPAY_OUTCOME_UNKNOWN,
     .made = 1,
     .sent = 1},
    {.attempts = {{429, 0, true}, {200, 0, true}},
     .status = SPAY_E_PROTOCOL,
     .outcome = SPAY_OUTCOME_UNKNOWN,
     .made = 2,
     .sent = 2},
    {.attempts = {{302, 0, true}},
     .status = SPAY_E_PROTOCOL,
     .outcome = SPAY_OUTCOME_REJECTED,
     .made = 1,
     .sent = 1},
    /* the one free repetition, of what had not been sent */
    {.attempts = {LOST_BEFORE, {400, 0, true}},
     .status = SPAY_E_REJECTED,
     .outcome = SPAY_OUTCOME_REJECTED,
     .made = 2,
     .sent = 1},
    {.attempts = {LOST_BEFORE, {503, 0, true}, {503, 0, true}, {503, 0, true}},
     .status = SPAY_E_PROVIDER,
     .outcome = SPAY_OUTCOME_UNKNOWN,
     .made = 4,
     .sent = 3},
    {.attempts = {LOST_BEFORE, LOST_BEFORE, LOST_BEFORE, LOST_BEFORE},
     .status = SPAY_E_NETWORK,
     .outcome = SPAY_OUTCOME_NOT_SENT,
     .made = 4},
};

START_TEST(the_outcome_is_the_worst_of_all_attempts)
{
    const sequence *expected = &sequences[_i];
    const spay_error *error;
    spay_call *call;
    size_t i;

    for (i = 0; i < 4; i++)
        script_attempt(&expected->attempts[i]);
    call = perform(ACCOUNT_WEPAY, NULL);
    expect_status(call, expected->status);
    error = spay_call_error(call);
    ck_assert_str_eq(spay_outcome_name(spay_error_outcome(error)),
                     spay_outcome_name(expected->outcome));
    ck_assert_int_eq(spay_error_attempts(error), expected->made);
    ck_assert_int_eq(spay_error_requests_sent(error), expected->sent);
    ck_assert_int_eq(spay_call_attempts(call), expected->made);
    ck_assert_uint_eq(request_count(), (size_t)expected->made);
    ck_assert_str_eq(spay_error_idempotency_key(error), spay_call_idempotency_key(call));
    ck_assert_int_eq(spay_error_provider(error), SPAY_PROVIDER_WEPAY);
    spay_call_free(call);
}
END_TEST

START_TEST(the_free_repetition_takes_no_time)
{
    (void)spay_mock_fail(accounts.mock, SPAY_E_NETWORK, SPAY_NO);
    accounts_reply_good(&accounts, ACCOUNT_WEPAY);
    succeed(ACCOUNT_WEPAY);
    ck_assert_int_eq(spay_mock_now_ms(accounts.mock), 0);
    ck_assert_uint_eq(request_count(), 2);
}
END_TEST

START_TEST(one_attempt_means_one_request)
{
    static const attempt once[] = {LOST_BEFORE, LOST_AFTER, {503, 0, true}, {429, 0, true}};
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    spay_call *call;

    options.max_attempts = 1;
    script_attempt(&once[_i]);
    accounts_reply_good(&accounts, ACCOUNT_WEPAY);
    call = perform(ACCOUNT_WEPAY, &options);
    ck_assert_int_lt(spay_call_status(call), 0);
    ck_assert_uint_eq(request_count(), 1);
    spay_call_free(call);
}
END_TEST

/* What is repeated at once does not count: of two attempts there is one left after it, and one more. */
START_TEST(what_is_repeated_at_once_is_not_counted)
{
    static const account_kind kinds[] = {ACCOUNT_WEPAY, ACCOUNT_HOSTED_FIELDS,
                                         ACCOUNT_CONNECT_SERVER};
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    spay_call *call;

    options.max_attempts = 2;
    script_token(kinds[_i]);
    if (kinds[_i] == ACCOUNT_WEPAY)
        (void)spay_mock_fail(accounts.mock, SPAY_E_NETWORK, SPAY_NO);
    else if (kinds[_i] == ACCOUNT_HOSTED_FIELDS)
        accounts_reply(&accounts, 401, "", "");
    else
        accounts_reply(&accounts, 403, "Date: " TEN_MINUTES_ON, CLOCK_REFUSAL);
    script_token(kinds[_i]);
    accounts_reply(&accounts, 429, "", "");
    accounts_reply_good(&accounts, kinds[_i]);
    call = perform(kinds[_i], &options);
    expect_status(call, SPAY_OK);
    spay_call_free(call);
}
END_TEST

/* ---- what is repeated, by provider ---- */

typedef struct refusal {
    account_kind kind;
    int32_t http;
    const char *body;
    spay_status status;
    int32_t outcome;
    bool repeats;
    const char *reason;
} refusal;

#define R SPAY_OUTCOME_REJECTED
#define U SPAY_OUTCOME_UNKNOWN
#define WEPAY_CODE(code) "{\"error_code\":\"" code "\",\"error_message\":\"m\"}"
#define WEPAY_REASON(code) "{\"error_code\":\"X\",\"details\":[{\"reason_code\":\"" code "\"}]}"
#define IN_USE "CONCURRENT_UNIQUE_KEY_REQUEST_IS_PROCESSING"

#define REFUSED(kind_, http_, body_, status_, outcome_, repeats_, reason_)                         \
    {                                                                                              \
        .kind = (kind_), .http = (http_), .body = (body_), .status = (status_),                    \
        .outcome = (outcome_), .repeats = (repeats_), .reason = (reason_)                          \
    }

static const refusal refusals[] = {
    REFUSED(ACCOUNT_WEPAY, 400, WEPAY_CODE("INVALID_PARAMS"), SPAY_E_REJECTED, R, false, ""),
    REFUSED(ACCOUNT_WEPAY, 400, WEPAY_CODE(IN_USE), SPAY_E_BUSY, U, true, "key_in_use"),
    REFUSED(ACCOUNT_WEPAY, 409, WEPAY_REASON(IN_USE), SPAY_E_BUSY, U, true, "key_in_use"),
    REFUSED(ACCOUNT_WEPAY, 400, WEPAY_CODE("THROTTLE_EXCEEDED"), SPAY_E_THROTTLED, R, true, ""),
    REFUSED(ACCOUNT_WEPAY, 400, WEPAY_CODE("RESOURCE_CONFLICT"), SPAY_E_BUSY, R, true,
            "resource_conflict"),
    REFUSED(ACCOUNT_WEPAY, 401, "", SPAY_E_AUTH, R, false, ""),
    REFUSED(ACCOUNT_WEPAY, 403, WEPAY_CODE("NOT_AUTHORIZED"), SPAY_E_FORBIDDEN, R, false, ""),
    REFUSED(ACCOUNT_WEPAY, 404, "", SPAY_E_NOT_FOUND, R, false, ""),
    REFUSED(ACCOUNT_WEPAY, 408, "", SPAY_E_PROVIDER, R, true, ""),
    REFUSED(ACCOUNT_WEPAY, 409, "", SPAY_E_BUSY, R, true, "resource_conflict"),
    REFUSED(ACCOUNT_WEPAY, 422, "", SPAY_E_REJECTED, R, false, ""),
    REFUSED(ACCOUNT_WEPAY, 429, "", SPAY_E_THROTTLED, R, true, ""),
    REFUSED(ACCOUNT_WEPAY, 500, WEPAY_CODE("UNEXPECTED_ERROR"), SPAY_E_PROVIDER, U, true, ""),
    REFUSED(ACCOUNT_WEPAY, 599, "", SPAY_E_PROVIDER, U, true, ""),
    REFUSED(ACCOUNT_WEPAY, 301, "", SPAY_E_PROTOCOL, R, false, "redirect"),
    REFUSED(ACCOUNT_HOSTED_BEARER, 400, "", SPAY_E_REJECTED, R, false, ""),
    REFUSED(ACCOUNT_HOSTED_BEARER, 401, "", SPAY_E_AUTH, R, false, ""),
    REFUSED(ACCOUNT_HOSTED_BEARER, 403, "", SPAY_E_FORBIDDEN, R, false, ""),
    REFUSED(ACCOUNT_HOSTED_BEARER, 404, "", SPAY_E_NOT_FOUND, R, false, ""),
    REFUSED(ACCOUNT_HOSTED_BEARER, 406, "", SPAY_E_REJECTED, R, false, ""),
    REFUSED(ACCOUNT_HOSTED_BEARER, 408, "", SPAY_E_PROVIDER, R, true, ""),
    REFUSED(ACCOUNT_HOSTED_BEARER, 409, "", SPAY_E_CONFLICT, R, false, "key_in_use"),
    REFUSED(ACCOUNT_HOSTED_BEARER, 413, "", SPAY_E_REJECTED, R, false, ""),
    REFUSED(ACCOUNT_HOSTED_BEARER, 429, "", SPAY_E_THROTTLED, R, true, ""),
    REFUSED(ACCOUNT_HOSTED_BEARER, 500, "", SPAY_E_PROVIDER, U, true, ""),
    REFUSED(ACCOUNT_HOSTED_BEARER, 503, "", SPAY_E_PROVIDER, U, true, ""),
    REFUSED(ACCOUNT_CONNECT_SERVER, 400, CONNECT_CODE("20000000"), SPAY_E_REJECTED, R, false, ""),
    REFUSED(ACCOUNT_CONNECT_SERVER, 401, "", SPAY_E_AUTH, R, false, ""),
    REFUSED(ACCOUNT_CONNECT_SERVER, 403, CONNECT_CODE("9002"), SPAY_E_AUTH, R, false, ""),
    REFUSED(ACCOUNT_CONNECT_SERVER, 403, CONNECT_CODE("9007"), SPAY_E_FORBIDDEN, R, false, ""),
    REFUSED(ACCOUNT_CONNECT_SERVER, 404, "", SPAY_E_NOT_FOUND, R, false, ""),
    REFUSED(ACCOUNT_CONNECT_SERVER, 409, CONNECT_CODE("1409"), SPAY_E_BUSY, U, true, "key_in_use"),
    REFUSED(ACCOUNT_CONNECT_SERVER, 409, "", SPAY_E_CONFLICT, R, false, ""),
    REFUSED(ACCOUNT_CONNECT_SERVER, 303, "", SPAY_E_PROTOCOL, U, false, "redirect"),
    REFUSED(ACCOUNT_WEPAY, 303, "", SPAY_E_PROTOCOL, U, false, "redirect"),
    REFUSED(ACCOUNT_CONNECT_SERVER, 429, "", SPAY_E_THROTTLED, R, true, ""),
    REFUSED(ACCOUNT_CONNECT_SERVER, 500, "", SPAY_E_PROVIDER, U, true, ""),
    REFUSED(ACCOUNT_CONNECT_SERVER, 502, "", SPAY_E_PROVIDER, U, true, ""),
    REFUSED(ACCOUNT_CONNECT_SERVER, 503, "", SPAY_E_PROVIDER, U, true, ""),
    REFUSED(ACCOUNT_CONNECT_CLIENT, 400, "", SPAY_E_REJECTED, R, false, ""),
    REFUSED(ACCOUNT_CONNECT_CLIENT, 401, "", SPAY_E_AUTH, R, false, ""),
    REFUSED(ACCOUNT_CONNECT_CLIENT, 403, CONNECT_CODE("9002"), SPAY_E_AUTH, R, false, ""),
    REFUSED(ACCOUNT_CONNECT_CLIENT, 403, CONNECT_CODE("9008"), SPAY_E_EXPIRED, R, false,
            "client_session"),
    REFUSED(ACCOUNT_CONNECT_CLIENT, 403, "", SPAY_E_FORBIDDEN, R, false, ""),
    REFUSED(ACCOUNT_CONNECT_CLIENT, 404, CONNECT_CODE("1426"), SPAY_E_NOT_FOUND, R, false, ""),
    REFUSED(ACCOUNT_CONNECT_CLIENT, 408, "", SPAY_E_PROVIDER, R, false, ""),
    REFUSED(ACCOUNT_CONNECT_CLIENT, 429, "", SPAY_E_THROTTLED, R, false, ""),
    REFUSED(ACCOUNT_CONNECT_CLIENT, 500, "", SPAY_E_PROVIDER, U, false, ""),
    REFUSED(ACCOUNT_CONNECT_CLIENT, 501, "", SPAY_E_PROVIDER, U, false, ""),
    REFUSED(ACCOUNT_CONNECT_CLIENT, 502, "", SPAY_E_PROVIDER, U, true, ""),
    REFUSED(ACCOUNT_CONNECT_CLIENT, 503, "", SPAY_E_PROVIDER, U, true, ""),
    REFUSED(ACCOUNT_CONNECT_CLIENT, 504, "", SPAY_E_PROVIDER, U, true, ""),
    REFUSED(ACCOUNT_CONNECT_CLIENT, 505, "", SPAY_E_PROVIDER, U, false, ""),
};

START_TEST(each_provider_says_what_may_be_repeated)
{
    const refusal *row = &refusals[_i];
    int32_t most = account_facts_of(row->kind)->most_attempts;
    const spay_error *error;
    spay_call *call;
    int32_t i;

    for (i = 0; i < most; i++)
        accounts_reply(&accounts, row->http, NULL, row->body);
    call = perform(row->kind, NULL);
    expect_status(call, row->status);
    error = spay_call_error(call);
    ck_assert_int_eq(spay_error_outcome(error), row->outcome);
    ck_assert_int_eq(spay_error_attempts(error), row->repeats ? most : 1);
    ck_assert_uint_eq(request_count(), row->repeats ? (size_t)most : 1);
    ck_assert_str_eq(spay_error_reason(error), row->reason);
    ck_assert_int_eq(spay_error_http_status(error), row->http);
    ck_assert_int_eq(spay_error_stage(error), SPAY_STAGE_REPLY);
    if (row->repeats)
        ck_assert_int_eq(spay_error_retryable(error), 1);
    spay_call_free(call);
}
END_TEST

/*
 * A key in use is another's request, unless an attempt of this very call got no answer: then that
 * one may still run, and is worth waiting for.
 */
START_TEST(a_key_in_use_by_this_very_call_is_waited_for)
{
    spay_call *call;

    if (_i)
        accounts_reply(&accounts, 503, "", "");
    accounts_reply(&accounts, 409, "", "");
    accounts_reply_good(&accounts, ACCOUNT_HOSTED_BEARER);
    call = perform(ACCOUNT_HOSTED_BEARER, NULL);
    expect_status(call, _i ? SPAY_OK : SPAY_E_CONFLICT);
    ck_assert_uint_eq(request_count(), _i ? 3 : 1);
    spay_call_free(call);
}
END_TEST

/* ---- Retry-After ---- */

typedef struct asked_wait {
    const char *headers;
    int64_t wait_ms; /* -1: not obeyed */
    int64_t told_ms;
} asked_wait;

static const asked_wait waits[] = {
    {"Retry-After: 2", 2000, 2000},
    {"retry-after: 2", 2000, 2000},
    {"retry-after-ms: 1500\nRetry-After: 9", 1500, 1500},
    {"x-ms-retry-after-ms: 1600\nRetry-After: 9", 1600, 1600},
    {"Retry-After: Thu, 01 Jan 2026 00:00:07 GMT", 7000, 7000},
    {"Date: Wed, 31 Dec 2025 23:59:58 GMT\nRetry-After: Thu, 01 Jan 2026 00:00:07 GMT", 9000, 9000},
    {"Retry-After: 24", 24000, 24000},
    {"Retry-After: 25", -1, 25000},
    {"Retry-After: 86400", -1, 86400000},
    {"Retry-After: 99999999999999999999", -1, 31622400000},
};

START_TEST(what_the_provider_asks_to_wait_is_obeyed_or_told)
{
    const asked_wait *row = &waits[_i];
    spay_call *call;

    accounts_reply(&accounts, 429, row->headers, "slow down");
    accounts_reply_good(&accounts, ACCOUNT_WEPAY);
    call = perform(ACCOUNT_WEPAY, NULL);
    if (row->wait_ms >= 0) {
        expect_status(call, SPAY_OK);
        ck_assert_int_eq(spay_mock_request_at_ms(accounts.mock, 1), row->wait_ms);
    } else {
        expect_status(call, SPAY_E_THROTTLED);
        ck_assert_int_eq(spay_mock_now_ms(accounts.mock), 0);
        ck_assert_int_eq(spay_error_retry_after_ms(spay_call_error(call)), row->told_ms);
        ck_assert_uint_eq(request_count(), 1);
    }
    spay_call_free(call);
}
END_TEST

START_TEST(more_than_a_minute_is_not_waited_for)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    spay_call *call;

    options.timeout_ms = 3600000;
    accounts_reply(&accounts, 429, _i ? "Retry-After: 61" : "Retry-After: 60", "slow down");
    accounts_reply_good(&accounts, ACCOUNT_WEPAY);
    call = perform(ACCOUNT_WEPAY, &options);
    expect_status(call, _i ? SPAY_E_THROTTLED : SPAY_OK);
    ck_assert_int_eq(spay_mock_now_ms(accounts.mock), _i ? 0 : 60000);
    spay_call_free(call);
}
END_TEST

START_TEST(backing_off_stays_within_its_bounds)
{
    bool slow = _i % 2;
    int64_t before;
    int64_t wait;

    accounts_reply(&accounts, slow ? 429 : 503, "", "");
    accounts_reply(&accounts, slow ? 429 : 503, "", "");
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    spay_mock_advance(accounts.mock, 1);
    before = spay_mock_now_ms(accounts.mock);
    succeed(ACCOUNT_CONNECT_SERVER);
    wait = spay_mock_request_at_ms(accounts.mock, 1) - before;
    ck_assert_int_ge(wait, slow ? 500 : 0);
    ck_assert_int_le(wait, slow ? 1000 : 100);
    wait = spay_mock_request_at_ms(accounts.mock, 2) - spay_mock_request_at_ms(accounts.mock, 1);
    ck_assert_int_ge(wait, slow ? 500 : 0);
    ck_assert_int_le(wait, slow ? 2000 : 200);
}
END_TEST

/* WePay counts the requests of any ten seconds: the last attempt must be later than that. */
START_TEST(the_throttle_of_wepay_is_waited_out)
{
    static const attempt throttled = {429, 0, true};

    if (_i) {
        accounts_reply(&accounts, 400, NULL, WEPAY_CODE("THROTTLE_EXCEEDED"));
        accounts_reply(&accounts, 400, NULL, WEPAY_CODE("THROTTLE_EXCEEDED"));
    } else {
        script_attempt(&throttled);
        script_attempt(&throttled);
    }
    accounts_reply_good(&accounts, ACCOUNT_WEPAY);
    succeed(ACCOUNT_WEPAY);
    ck_assert_int_ge(spay_mock_request_at_ms(accounts.mock, 1), 5000);
    ck_assert_int_ge(spay_mock_request_at_ms(accounts.mock, 2), 10000);
    ck_assert_int_le(spay_mock_request_at_ms(accounts.mock, 2), 15000);
}
END_TEST

/* ---- jitter ---- */

static int32_t no_random_bytes(void *ctx, void *buffer, size_t length)
{
    (void)ctx;
    (void)buffer;
    (void)length;
    return 0;
}

/* The longest that the first could be: rather late than all at once. */
START_TEST(without_random_numbers_a_wait_is_as_long_as_it_can_be)
{
    spay_mock *mock = NULL;
    spay_platform platform;
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;

    ck_assert_int_eq(spay_mock_new(&mock, NULL), SPAY_OK);
    platform = *spay_mock_platform(mock);
    platform.random_bytes = no_random_bytes;
    options.platform = &platform;
    reopen_accounts(&options);
    (void)spay_mock_fail(accounts.mock, SPAY_E_CONNECT, SPAY_NO);
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_CLIENT);
    succeed(ACCOUNT_CONNECT_CLIENT);
    ck_assert_int_eq(spay_mock_now_ms(mock), 100);
    accounts_close(&accounts);
    spay_mock_free(mock);
}
END_TEST

/* ---- the budget ---- */

static const attempt outages[] = {REFUSED_CONNECT, LOST_AFTER,     LATE_AFTER,
                                  {503, 0, true},  {429, 0, true}, {500, 0, true}};

/* A call of which every attempt fails in the same way. */
static void fail_call(account_kind kind, const attempt *outage)
{
    size_t before = request_count();
    spay_call *call = new_call(kind, NULL);
    int32_t next;

    while ((next = spay_call_step(call)) != SPAY_CALL_DONE) {
        if (next == SPAY_CALL_SEND) {
            script_attempt(outage);
            serve(call);
        } else {
            spay_mock_advance(accounts.mock, spay_call_wait_ms(call));
        }
    }
    ck_assert_int_eq(spay_error_attempts(spay_call_error(call)),
                     (int32_t)(request_count() - before));
    spay_call_free(call);
}

/* A provider that is down must not be hit harder than one that is up. */
START_TEST(a_total_failure_costs_at_most_a_tenth_more_requests)
{
    int i;

    for (i = 0; i < 1000; i++)
        fail_call(_i % 2 ? ACCOUNT_CONNECT_SERVER : ACCOUNT_WEPAY, &outages[_i / 2]);
    ck_assert_uint_ge(request_count(), 1001);
    ck_assert_uint_le(request_count(), 1100);
}
END_TEST

/* How many requests a call makes whose first attempt is answered with 503. */
static size_t requests_after_a_failure(account_kind kind)
{
    size_t before = request_count();

    accounts_reply(&accounts, 503, "", "");
    accounts_reply_good(&accounts, kind);
    spay_call_free(perform(kind, NULL));
    return request_count() - before;
}

/* Drop what is left of the script of a call that did not use it up. */
static void use_up_script(account_kind kind)
{
    succeed(kind);
}

/* Good calls fill it again, and another host has its own. */
START_TEST(the_budget_is_per_host_and_recovers)
{
    int i;

    ck_assert_uint_eq(requests_after_a_failure(ACCOUNT_WEPAY), 2);
    for (i = 0; i < 40; i++)
        fail_call(ACCOUNT_WEPAY, &outages[3]);
    ck_assert_uint_eq(requests_after_a_failure(ACCOUNT_WEPAY), 1);
    use_up_script(ACCOUNT_WEPAY);
    ck_assert_uint_eq(requests_after_a_failure(ACCOUNT_CONNECT_SERVER), 2);
    for (i = 0; i < 14; i++) {
        accounts_reply_good(&accounts, ACCOUNT_WEPAY);
        succeed(ACCOUNT_WEPAY);
    }
    ck_assert_uint_eq(requests_after_a_failure(ACCOUNT_WEPAY), 2);
}
END_TEST

/* ---- random fault schedules ---- */

/* Twenty slices, so that they can run side by side and a failure tells where. */
START_TEST(promises_hold_under_random_faults)
{
    uint64_t schedules = getenv("SPAY_TORTURE") ? 10000 : 2000;
    uint64_t seed;

    for (seed = (uint64_t)_i; seed < schedules; seed += 20) {
        const char *kind = "";
        const char *broken = schedule_play(seed, &kind);

        ck_assert_msg(!broken, "schedule %d, %s: not so: %s", (int)seed, kind, broken);
    }
}
END_TEST

/* ---- the suite ---- */

static void add_retries(Suite *suite)
{
    TCase *retries = new_case(suite, "retries");

    tcase_add_loop_test(retries, the_outcome_is_the_worst_of_all_attempts, 0, ROWS(sequences));
    tcase_add_test(retries, the_free_repetition_takes_no_time);
    tcase_add_loop_test(retries, one_attempt_means_one_request, 0, 4);
    tcase_add_loop_test(retries, what_is_repeated_at_once_is_not_counted, 0, 3);
    tcase_add_loop_test(retries, each_provider_says_what_may_be_repeated, 0, ROWS(refusals));
    tcase_add_loop_test(retries, a_key_in_use_by_this_very_call_is_waited_for, 0, 2);
    tcase_add_loop_test(retries, what_the_provider_asks_to_wait_is_obeyed_or_told, 0, ROWS(waits));
    tcase_add_loop_test(retries, more_than_a_minute_is_not_waited_for, 0, 2);
    tcase_add_loop_test(retries, backing_off_stays_within_its_bounds, 0, 2);
    tcase_add_loop_test(retries, the_throttle_of_wepay_is_waited_out, 0, 2);
    tcase_add_loop_test(retries, a_total_failure_costs_at_most_a_tenth_more_requests, 0,
                        2 * ROWS(outages));
    tcase_add_test(retries, without_random_numbers_a_wait_is_as_long_as_it_can_be);
    tcase_add_test(retries, the_budget_is_per_host_and_recovers);
}

Suite *call_retries_suite(void)
{
    Suite *suite = suite_create("call_retries");

    add_retries(suite);
    tcase_add_loop_test(new_case(suite, "random faults"), promises_hold_under_random_faults, 0, 20);
    return suite;
}

#else

Suite *call_retries_suite(void)
{
    return suite_create("call_retries");
}

#endif
