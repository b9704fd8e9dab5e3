/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Wrong clocks: found, corrected, and told; and in whose clock times are given.
 */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "calls.h"

#if ALL_PROVIDERS

/* ---- clocks ---- */

START_TEST(a_wrong_clock_is_corrected_once)
{
    static const int32_t statuses[] = {403, 401};
    spay_call *call;
    void *session;

    accounts_reply(&accounts, statuses[_i], "Date: " TEN_MINUTES_ON, CLOCK_REFUSAL);
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    call = perform(ACCOUNT_CONNECT_SERVER, NULL);
    expect_status(call, SPAY_OK);
    ck_assert_uint_eq(request_count(), 2);
    ck_assert_str_eq(header(1, "Date"), TEN_MINUTES_ON);
    ck_assert_str_ne(header(0, "Authorization"), header(1, "Authorization"));
    ck_assert_str_eq(header(0, "X-GCS-Idempotence-Key"), header(1, "X-GCS-Idempotence-Key"));
    expect_same_bytes(0, 1);
    ck_assert_int_eq(spay_mock_now_ms(accounts.mock), 0);
    ck_assert_int_eq(accounts_take_session(ACCOUNT_CONNECT_SERVER, call, &session, NULL), SPAY_OK);
    ck_assert_int_eq(accounts_session_info(session)->attempts, 2);
    accounts_free_session(ACCOUNT_CONNECT_SERVER, session);
    spay_call_free(call);
}
END_TEST

START_TEST(the_account_remembers_the_offset)
{
    accounts_reply(&accounts, 403, "Date: " TEN_MINUTES_ON, CLOCK_REFUSAL);
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    succeed(ACCOUNT_CONNECT_SERVER);
    spay_mock_advance(accounts.mock, 5000);
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    succeed(ACCOUNT_CONNECT_SERVER);
    ck_assert_uint_eq(request_count(), 3);
    ck_assert_str_eq(header(2, "Date"), "Thu, 01 Jan 2026 00:10:05 GMT");
}
END_TEST

/*
 * How much this machine's clock is behind the provider's, in seconds; and one that was never set.
 */
static const int64_t skews[] = {61, 90, 300, 3600, 86400, -61, -300, -3600, -86400, 1767225600};

START_TEST(any_skew_costs_one_more_attempt_and_then_none)
{
    char date[SPAY__HTTP_DATE_SIZE];
    char field[SPAY__HTTP_DATE_SIZE + 8] = "Date: ";

    spay__http_date_format(1767225600, date);
    memcpy(field + 6, date, sizeof(date));
    spay_mock_set_wall(accounts.mock, (1767225600 - skews[_i]) * 1000);
    accounts_reply(&accounts, 403, field, CLOCK_REFUSAL);
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    succeed(ACCOUNT_CONNECT_SERVER);
    ck_assert_uint_eq(request_count(), 2);
    ck_assert_str_eq(header(1, "Date"), date);
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    succeed(ACCOUNT_CONNECT_SERVER);
    ck_assert_uint_eq(request_count(), 3);
    ck_assert_str_eq(header(2, "Date"), date);
}
END_TEST

/* A few seconds are no reason to distrust the clock: the key is what is wrong then. */
static const int64_t small_skews[] = {0, 5, 30, 59, -5, -59};

START_TEST(a_small_skew_is_not_the_clocks_fault)
{
    char date[SPAY__HTTP_DATE_SIZE];
    char field[SPAY__HTTP_DATE_SIZE + 8] = "Date: ";
    spay_call *call;

    spay__http_date_format(1767225600, date);
    memcpy(field + 6, date, sizeof(date));
    spay_mock_set_wall(accounts.mock, (1767225600 - small_skews[_i]) * 1000);
    accounts_reply(&accounts, 403, field, CLOCK_REFUSAL);
    call = perform(ACCOUNT_CONNECT_SERVER, NULL);
    expect_status(call, SPAY_E_AUTH);
    ck_assert_uint_eq(request_count(), 1);
    spay_call_free(call);
}
END_TEST

/* Refused at both times, it is not the clock: wrong secret and wrong clock, as on a new device. */
START_TEST(a_signature_refused_with_the_right_date_is_about_the_credentials)
{
    spay_call *call;
    int i;

    for (i = 0; i < 2; i++) {
        accounts_reply(&accounts, 403, "Date: " TEN_MINUTES_ON, CLOCK_REFUSAL);
        accounts_reply(&accounts, 403, "Date: " TEN_MINUTES_ON, CLOCK_REFUSAL);
        call = perform(ACCOUNT_CONNECT_SERVER, NULL);
        expect_status(call, SPAY_E_AUTH);
        ck_assert_uint_eq(request_count(), 2 * (size_t)(i + 1));
        ck_assert_ptr_null(strstr(spay_error_message(spay_call_error(call)), " 0 s "));
        ck_assert_ptr_nonnull(strstr(spay_error_message(spay_call_error(call)), "secret"));
        ck_assert_int_eq(spay_error_outcome(spay_call_error(call)), SPAY_OUTCOME_REJECTED);
        ck_assert_int_eq(spay_error_attempts(spay_call_error(call)), 2);
        spay_call_free(call);
    }
}
END_TEST

/* What was not accepted is not kept: the next call signs with this machine's time again. */
START_TEST(an_offset_that_did_not_help_is_dropped)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    spay_call *call;

    options.max_attempts = 2;
    accounts_reply(&accounts, 403, "Date: " TEN_MINUTES_ON, CLOCK_REFUSAL);
    accounts_reply(&accounts, 403, "Date: " TEN_MINUTES_ON, CLOCK_REFUSAL);
    call = perform(ACCOUNT_CONNECT_SERVER, &options);
    ck_assert_str_eq(header(1, "Date"), TEN_MINUTES_ON);
    spay_call_free(call);
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    succeed(ACCOUNT_CONNECT_SERVER);
    ck_assert_str_eq(header(2, "Date"), "Thu, 01 Jan 2026 00:00:00 GMT");
}
END_TEST

START_TEST(a_wrong_clock_that_may_not_be_corrected_is_a_clock_error)
{
    spay_call_options once = SPAY_CALL_OPTIONS_INIT;
    spay_call *call;

    once.max_attempts = 1;
    accounts_reply(&accounts, 403, "Date: " TEN_MINUTES_ON, CLOCK_REFUSAL);
    call = perform(ACCOUNT_CONNECT_SERVER, &once);
    expect_status(call, SPAY_E_CLOCK);
    ck_assert_ptr_nonnull(strstr(spay_error_message(spay_call_error(call)), "600 s slow"));
    spay_call_free(call);
}
END_TEST

static const struct doubtful_date {
    int64_t wall_ms;
    const char *date;
    spay_status status;
} doubtful_dates[] = {
    {1767225600000, "Date: Thu, 01 Jan 2015 00:00:00 GMT", SPAY_E_AUTH},
    {1767225600000, "Date: Thu, 01 Jan 1970 00:00:00 GMT", SPAY_E_AUTH},
    {1767225600000, "Date: Sat, 01 Jan 2028 00:00:00 GMT", SPAY_OK},
    {1767225600000, "Date: Mon, 01 Jan 2029 00:00:00 GMT", SPAY_E_AUTH},
    {1767225600000, "Date: Fri, 31 Dec 9999 00:00:00 GMT", SPAY_E_AUTH},
    {5000, "Date: Tue, 01 Jan 2030 00:00:00 GMT", SPAY_OK},
    {5000, "Date: Wed, 01 Jan 2070 00:00:00 GMT", SPAY_E_CLOCK},
    {1893456000000, "Date: Fri, 01 Jan 2027 00:00:00 GMT", SPAY_OK},
    /* the first and the last that can be right */
    {1893456000000, "Date: Wed, 31 Dec 2025 23:59:00 GMT", SPAY_OK},
    {1893456000000, "Date: Wed, 31 Dec 2025 23:58:59 GMT", SPAY_E_AUTH},
    {1767225600000, "Date: Mon, 03 Jan 2028 00:00:00 GMT", SPAY_OK},
    {1767225600000, "Date: Mon, 03 Jan 2028 00:00:01 GMT", SPAY_E_AUTH},
    {1767225599999, "Date: Wed, 09 Jan 2036 00:00:00 GMT", SPAY_OK},
    {1767225599999, "Date: Wed, 09 Jan 2036 00:00:01 GMT", SPAY_E_CLOCK},
};

/* A server whose clock is wrong must not make the library sign with it on its word alone. */
START_TEST(a_date_that_cannot_be_right_needs_a_second_witness)
{
    const struct doubtful_date *row = &doubtful_dates[_i];
    spay_call *call;

    spay_mock_set_wall(accounts.mock, row->wall_ms);
    accounts_reply(&accounts, 403, row->date, CLOCK_REFUSAL);
    if (row->status == SPAY_OK)
        accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    call = perform(ACCOUNT_CONNECT_SERVER, NULL);
    expect_status(call, row->status);
    ck_assert_uint_eq(request_count(), row->status == SPAY_OK ? 2 : 1);
    spay_call_free(call);
    if (row->status != SPAY_OK) {
        accounts_reply(&accounts, 403, row->date, CLOCK_REFUSAL);
        accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
        succeed(ACCOUNT_CONNECT_SERVER);
        ck_assert_uint_eq(request_count(), 3);
    }
    ck_assert_str_eq(header(request_count() - 1, "Date"), row->date + 6);
}
END_TEST

START_TEST(two_doubtful_dates_that_differ_are_no_witnesses)
{
    static const char *const dates[] = {"Date: Fri, 01 Jan 2100 00:00:00 GMT",
                                        "Date: Fri, 01 Jan 2100 00:02:00 GMT"};
    spay_call *call;
    int i;

    for (i = 0; i < 2; i++) {
        accounts_reply(&accounts, 403, dates[i], CLOCK_REFUSAL);
        call = perform(ACCOUNT_CONNECT_SERVER, NULL);
        expect_status(call, SPAY_E_AUTH);
        spay_call_free(call);
    }
    ck_assert_uint_eq(request_count(), 2);
}
END_TEST

static char info_line[512];

static void keep_info(void *ctx, int32_t level, const char *line)
{
    (void)ctx;
    if (level == SPAY_LOG_INFO && strstr(line, "clock"))
        (void)snprintf(info_line, sizeof(info_line), "%s", line);
}

START_TEST(a_correction_is_a_warning_and_a_line_in_the_log)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    int i;

    options.log = keep_info;
    reopen_accounts(&options);
    info_line[0] = '\0';
    accounts_reply(&accounts, 403, "Date: " TEN_MINUTES_ON, CLOCK_REFUSAL);
    for (i = 0; i < 2; i++) {
        spay_call *call;
        void *session;

        accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
        call = perform(ACCOUNT_CONNECT_SERVER, NULL);
        ck_assert_int_eq(accounts_take_session(ACCOUNT_CONNECT_SERVER, call, &session, NULL),
                         SPAY_OK);
        ck_assert_uint_eq(accounts_session_info(session)->warnings,
                          SPAY_SESSION_WARNING_CLOCK_CORRECTED);
        accounts_free_session(ACCOUNT_CONNECT_SERVER, session);
        spay_call_free(call);
        ck_assert_str_eq(info_line, i ? ""
                                      : "connect_server: this machine's clock is 600 s slow; "
                                        "requests are signed with the provider's time");
        info_line[0] = '\0';
    }
}
END_TEST

/* The clock was set right meanwhile: the old offset is one that is wrong, and goes. */
START_TEST(a_clock_that_was_set_right_ends_the_correction)
{
    spay_call *call;
    void *session;

    accounts_reply(&accounts, 403, "Date: " TEN_MINUTES_ON, CLOCK_REFUSAL);
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    succeed(ACCOUNT_CONNECT_SERVER);
    spay_mock_set_wall(accounts.mock, 1767226200000);
    accounts_reply(&accounts, 403, "Date: " TEN_MINUTES_ON, CLOCK_REFUSAL);
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    call = perform(ACCOUNT_CONNECT_SERVER, NULL);
    ck_assert_int_eq(accounts_take_session(ACCOUNT_CONNECT_SERVER, call, &session, NULL), SPAY_OK);
    ck_assert_uint_eq(accounts_session_info(session)->warnings, 0);
    ck_assert_str_eq(header(3, "Date"), TEN_MINUTES_ON);
    accounts_free_session(ACCOUNT_CONNECT_SERVER, session);
    spay_call_free(call);
}
END_TEST

static const char *const good_clocks[] = {"", "Date: Thu, 01 Jan 2026 00:01:00 GMT",
                                          "Date: Wed, 31 Dec 2025 23:59:00 GMT", "Date: yesterday"};

START_TEST(a_refused_signature_with_a_right_clock_is_an_auth_error)
{
    spay_call *call;

    accounts_reply(&accounts, 403, good_clocks[_i], CLOCK_REFUSAL);
    call = perform(ACCOUNT_CONNECT_SERVER, NULL);
    expect_status(call, SPAY_E_AUTH);
    ck_assert_uint_eq(request_count(), 1);
    spay_call_free(call);
}
END_TEST

/* Other refusals, and other accounts, do not touch the clock. */
START_TEST(only_a_refused_signature_corrects_the_clock)
{
    spay_call *call;

    accounts_reply(&accounts, 400, "Date: " TEN_MINUTES_ON, "{}");
    call = perform(ACCOUNT_CONNECT_SERVER, NULL);
    expect_status(call, SPAY_E_REJECTED);
    spay_call_free(call);
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    succeed(ACCOUNT_CONNECT_SERVER);
    ck_assert_str_eq(header(1, "Date"), "Thu, 01 Jan 2026 00:00:00 GMT");
}
END_TEST

/* The second was signed with the wrong time too, before the first had learned better. */
START_TEST(calls_in_flight_with_a_wrong_clock_all_recover)
{
    spay_call *first = new_call(ACCOUNT_CONNECT_SERVER, NULL);
    spay_call *second = new_call(ACCOUNT_CONNECT_SERVER, NULL);

    ck_assert_int_eq(spay_call_step(first), SPAY_CALL_SEND);
    ck_assert_int_eq(spay_call_step(second), SPAY_CALL_SEND);
    accounts_reply(&accounts, 403, "Date: " TEN_MINUTES_ON, CLOCK_REFUSAL);
    serve(first);
    accounts_reply(&accounts, 403, "Date: " TEN_MINUTES_ON, CLOCK_REFUSAL);
    serve(second);
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    ck_assert_int_eq(drive(first), SPAY_OK);
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    (void)drive(second);
    expect_status(second, SPAY_OK);
    ck_assert_str_eq(header(2, "Date"), TEN_MINUTES_ON);
    ck_assert_str_eq(header(3, "Date"), TEN_MINUTES_ON);
    spay_call_free(first);
    spay_call_free(second);
}
END_TEST

/* ---- whose clock ---- */

#define MOCK_START_MS INT64_C(1767225600000)
#define HOSTED_UNTIL(text) "{\"token\":\"page-token\",\"expiresAt\":\"" text "\"}"
#define FIRST_REQUEST "X-GCS-Idempotence-Request-Timestamp: "

#define TOLD(kind_, headers_, body_, from_now_ms_, offset_ms_)                                     \
    {                                                                                              \
        .kind = (kind_), .headers = (headers_), .body = (body_), .from_now_ms = (from_now_ms_),    \
        .offset_ms = (offset_ms_)                                                                  \
    }

/* The provider's clock is ten minutes ahead unless the row says otherwise. */
static const struct told_time {
    account_kind kind;
    const char *headers;
    const char *body; /* NULL: a good one */
    int64_t from_now_ms;
    int64_t offset_ms;
} told_times[] = {
    TOLD(ACCOUNT_WEPAY, "Date: " TEN_MINUTES_ON, WEPAY_UNTIL("1767226800"), 600000, 600000),
    TOLD(ACCOUNT_WEPAY, "", WEPAY_UNTIL("1767226800"), 1200000, 0),
    TOLD(ACCOUNT_WEPAY, "Date: Thu, 01 Jan 2026 00:00:59 GMT", WEPAY_UNTIL("1767226800"), 1200000,
         0),
    TOLD(ACCOUNT_WEPAY, "Date: Thu, 01 Jan 2015 00:00:00 GMT", WEPAY_UNTIL("1767226800"), 1200000,
         0),
    TOLD(ACCOUNT_WEPAY, "Date: Wed, 31 Dec 2025 23:50:00 GMT", WEPAY_UNTIL("1767225001"), 0, 0),
    TOLD(ACCOUNT_HOSTED_BEARER, "Date: " TEN_MINUTES_ON, HOSTED_UNTIL("2026-01-01T00:20:00Z"),
         600000, 600000),
    TOLD(ACCOUNT_HOSTED_BEARER, "Date: " TEN_MINUTES_ON, HOSTED_UNTIL("soon"), 600000, 600000),
    TOLD(ACCOUNT_CONNECT_SERVER, "Date: " TEN_MINUTES_ON, NULL, 7200000, 600000),
    TOLD(ACCOUNT_CONNECT_SERVER, "Date: " TEN_MINUTES_ON "\n" FIRST_REQUEST "1767225000000", NULL,
         6000000, 600000),
    TOLD(ACCOUNT_CONNECT_CLIENT, "Date: " TEN_MINUTES_ON, NULL, 300000, 600000),
};

/*
 * What comes out is for comparison with this machine's clock, and the difference stands beside it.
 */
START_TEST(times_are_told_in_the_callers_clock)
{
    const struct told_time *row = &told_times[_i];
    const account_facts *provider = account_facts_of(row->kind);
    const spay_session_info *info;
    spay_call *call;
    void *session;

    accounts_reply(&accounts, provider->status, row->headers,
                   row->body ? row->body : provider->reply);
    call = perform(row->kind, NULL);
    if (!row->from_now_ms) {
        expect_status(call, SPAY_E_EXPIRED);
        spay_call_free(call);
        return;
    }
    ck_assert_int_eq(accounts_take_session(row->kind, call, &session, NULL), SPAY_OK);
    info = accounts_session_info(session);
    ck_assert_int_eq(info->expires_at_ms - MOCK_START_MS, row->from_now_ms);
    ck_assert_int_eq(spay_session_expires_in_ms(info, MOCK_START_MS, 0), row->from_now_ms);
    ck_assert_int_eq(info->clock_offset_ms, row->offset_ms);
    ck_assert_int_eq((info->warnings & SPAY_SESSION_WARNING_CLOCK_CORRECTED) != 0,
                     row->offset_ms != 0);
    accounts_free_session(row->kind, session);
    spay_call_free(call);
}
END_TEST

START_TEST(a_corrected_signature_leaves_the_expiry_in_the_callers_clock)
{
    spay_call *call;
    void *session;

    accounts_reply(&accounts, 403, "Date: " TEN_MINUTES_ON, CLOCK_REFUSAL);
    accounts_reply_good(&accounts, ACCOUNT_CONNECT_SERVER);
    call = perform(ACCOUNT_CONNECT_SERVER, NULL);
    ck_assert_int_eq(accounts_take_session(ACCOUNT_CONNECT_SERVER, call, &session, NULL), SPAY_OK);
    ck_assert_int_eq(accounts_session_info(session)->expires_at_ms - MOCK_START_MS, 7200000);
    ck_assert_int_eq(accounts_session_info(session)->clock_offset_ms, 600000);
    accounts_free_session(ACCOUNT_CONNECT_SERVER, session);
    spay_call_free(call);
}
END_TEST

/* ---- the suite ---- */

static void add_clocks(Suite *suite)
{
    TCase *clocks = new_case(suite, "clocks");

    tcase_add_loop_test(clocks, a_wrong_clock_is_corrected_once, 0, 2);
    tcase_add_test(clocks, the_account_remembers_the_offset);
    tcase_add_loop_test(clocks, any_skew_costs_one_more_attempt_and_then_none, 0, ROWS(skews));
    tcase_add_loop_test(clocks, a_small_skew_is_not_the_clocks_fault, 0, ROWS(small_skews));
    tcase_add_test(clocks, a_signature_refused_with_the_right_date_is_about_the_credentials);
    tcase_add_test(clocks, an_offset_that_did_not_help_is_dropped);
    tcase_add_test(clocks, a_wrong_clock_that_may_not_be_corrected_is_a_clock_error);
    tcase_add_loop_test(clocks, a_date_that_cannot_be_right_needs_a_second_witness, 0,
                        ROWS(doubtful_dates));
    tcase_add_test(clocks, two_doubtful_dates_that_differ_are_no_witnesses);
    tcase_add_test(clocks, a_correction_is_a_warning_and_a_line_in_the_log);
    tcase_add_test(clocks, a_clock_that_was_set_right_ends_the_correction);
    tcase_add_loop_test(clocks, times_are_told_in_the_callers_clock, 0, ROWS(told_times));
    tcase_add_test(clocks, a_corrected_signature_leaves_the_expiry_in_the_callers_clock);
    tcase_add_loop_test(clocks, a_refused_signature_with_a_right_clock_is_an_auth_error, 0,
                        ROWS(good_clocks));
    tcase_add_test(clocks, only_a_refused_signature_corrects_the_clock);
    tcase_add_test(clocks, calls_in_flight_with_a_wrong_clock_all_recover);
}

Suite *call_clock_suite(void)
{
    Suite *suite = suite_create("call_clock");

    add_clocks(suite);
    return suite;
}

#else

Suite *call_clock_suite(void)
{
    return suite_create("call_clock");
}

#endif
