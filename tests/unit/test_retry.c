/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Retry: what a reply means, what is done about it, and how long a provider asks to wait.
 */
#include "unit.h"

#include <string.h>

#include "api/error.h"
#include "base/date.h"
#include "core/retry.h"
#include "http/message.h"

/* ---- judging replies ---- */

static const spay__rule no_rules[] = {{.first = 0}};

typedef struct reply_row {
    int32_t http_status;
    spay_status status;
    int32_t outcome;
    spay__remedy remedy;
} reply_row;

static const reply_row reply_rows[] = {
    {.status = SPAY_E_PROTOCOL, .outcome = SPAY_OUTCOME_UNKNOWN, .remedy = SPAY__REMEDY_NONE},
    {.http_status = 100,
     .status = SPAY_E_PROTOCOL,
     .outcome = SPAY_OUTCOME_UNKNOWN,
     .remedy = SPAY__REMEDY_NONE},
    {.http_status = 199,
     .status = SPAY_E_PROTOCOL,
     .outcome = SPAY_OUTCOME_UNKNOWN,
     .remedy = SPAY__REMEDY_NONE},
    {.http_status = 200,
     .status = SPAY_E_PROTOCOL,
     .outcome = SPAY_OUTCOME_UNKNOWN,
     .remedy = SPAY__REMEDY_NONE},
    {.http_status = 204,
     .status = SPAY_E_PROTOCOL,
     .outcome = SPAY_OUTCOME_UNKNOWN,
     .remedy = SPAY__REMEDY_NONE},
    {.http_status = 299,
     .status = SPAY_E_PROTOCOL,
     .outcome = SPAY_OUTCOME_UNKNOWN,
     .remedy = SPAY__REMEDY_NONE},
    {.http_status = 300,
     .status = SPAY_E_PROTOCOL,
     .outcome = SPAY_OUTCOME_REJECTED,
     .remedy = SPAY__REMEDY_NONE},
    {.http_status = 302,
     .status = SPAY_E_PROTOCOL,
     .outcome = SPAY_OUTCOME_REJECTED,
     .remedy = SPAY__REMEDY_NONE},
    {.http_status = 303,
     .status = SPAY_E_PROTOCOL,
     .outcome = SPAY_OUTCOME_UNKNOWN,
     .remedy = SPAY__REMEDY_NONE},
    {.http_status = 307,
     .status = SPAY_E_PROTOCOL,
     .outcome = SPAY_OUTCOME_REJECTED,
     .remedy = SPAY__REMEDY_NONE},
    {.http_status = 399,
     .status = SPAY_E_PROTOCOL,
     .outcome = SPAY_OUTCOME_REJECTED,
     .remedy = SPAY__REMEDY_NONE},
    {.http_status = 400,
     .status = SPAY_E_REJECTED,
     .outcome = SPAY_OUTCOME_REJECTED,
     .remedy = SPAY__REMEDY_NONE},
    {.http_status = 401,
     .status = SPAY_E_AUTH,
     .outcome = SPAY_OUTCOME_REJECTED,
     .remedy = SPAY__REMEDY_NONE},
    {.http_status = 402,
     .status = SPAY_E_REJECTED,
     .outcome = SPAY_OUTCOME_REJECTED,
     .remedy = SPAY__REMEDY_NONE},
    {.http_status = 403,
     .status = SPAY_E_FORBIDDEN,
     .outcome = SPAY_OUTCOME_REJECTED,
     .remedy = SPAY__REMEDY_NONE},
    {.http_status = 404,
     .status = SPAY_E_NOT_FOUND,
     .outcome = SPAY_OUTCOME_REJECTED,
     .remedy = SPAY__REMEDY_NONE},
    {.http_status = 405,
     .status = SPAY_E_REJECTED,
     .outcome = SPAY_OUTCOME_REJECTED,
     .remedy = SPAY__REMEDY_NONE},
    {.http_status = 408,
     .status = SPAY_E_PROVIDER,
     .outcome = SPAY_OUTCOME_REJECTED,
     .remedy = SPAY__REMEDY_RETRY},
    {.http_status = 409,
     .status = SPAY_E_CONFLICT,
     .outcome = SPAY_OUTCOME_REJECTED,
     .remedy = SPAY__REMEDY_NONE},
    {.http_status = 413,
     .status = SPAY_E_REJECTED,
     .outcome = SPAY_OUTCOME_REJECTED,
     .remedy = SPAY__REMEDY_NONE},
    {.http_status = 415,
     .status = SPAY_E_REJECTED,
     .outcome = SPAY_OUTCOME_REJECTED,
     .remedy = SPAY__REMEDY_NONE},
    {.http_status = 422,
     .status = SPAY_E_REJECTED,
     .outcome = SPAY_OUTCOME_REJECTED,
     .remedy = SPAY__REMEDY_NONE},
    {.http_status = 429,
     .status = SPAY_E_THROTTLED,
     .outcome = SPAY_OUTCOME_REJECTED,
     .remedy = SPAY__REMEDY_SLOW_DOWN},
    {.http_status = 499,
     .status = SPAY_E_REJECTED,
     .outcome = SPAY_OUTCOME_REJECTED,
     .remedy = SPAY__REMEDY_NONE},
    {.http_status = 500,
     .status = SPAY_E_PROVIDER,
     .outcome = SPAY_OUTCOME_UNKNOWN,
     .remedy = SPAY__REMEDY_RETRY},
    {.http_status = 501,
     .status = SPAY_E_PROVIDER,
     .outcome = SPAY_OUTCOME_UNKNOWN,
     .remedy = SPAY__REMEDY_RETRY},
    {.http_status = 502,
     .status = SPAY_E_PROVIDER,
     .outcome = SPAY_OUTCOME_UNKNOWN,
     .remedy = SPAY__REMEDY_RETRY},
    {.http_status = 503,
     .status = SPAY_E_PROVIDER,
     .outcome = SPAY_OUTCOME_UNKNOWN,
     .remedy = SPAY__REMEDY_RETRY},
    {.http_status = 504,
     .status = SPAY_E_PROVIDER,
     .outcome = SPAY_OUTCOME_UNKNOWN,
     .remedy = SPAY__REMEDY_RETRY},
    {.http_status = 599,
     .status = SPAY_E_PROVIDER,
     .outcome = SPAY_OUTCOME_UNKNOWN,
     .remedy = SPAY__REMEDY_RETRY},
};

/* A reply that has one code or another. */
static bool has_code(void *reply, const char *code)
{
    const char *const *codes = reply;

    return (codes[0] && strcmp(codes[0], code) == 0) || (codes[1] && strcmp(codes[1], code) == 0);
}

static const char *no_codes[2];

static void check_verdict(spay__verdict verdict, const reply_row *row)
{
    ck_assert_msg(verdict.status == row->status, "HTTP %d: %s", (int)row->http_status,
                  spay_status_name(verdict.status));
    ck_assert_msg(verdict.outcome == row->outcome, "HTTP %d: %s", (int)row->http_status,
                  spay_outcome_name(verdict.outcome));
    ck_assert_msg(verdict.remedy == (int8_t)row->remedy, "HTTP %d: %d", (int)row->http_status,
                  (int)verdict.remedy);
}

START_TEST(http_status_has_a_general_meaning)
{
    check_verdict(spay__judge_reply(no_rules, reply_rows[_i].http_status, has_code, no_codes),
                  &reply_rows[_i]);
}
END_TEST

START_TEST(redirect_has_its_reason)
{
    ck_assert_str_eq(spay__judge_reply(no_rules, 307, has_code, no_codes).reason, "redirect");
}
END_TEST

static const spay__rule some_rules[] = {
    {.first = 409,
     .last = 409,
     .code = "BUSY",
     .verdict = {.status = SPAY_E_BUSY,
                 .outcome = SPAY_OUTCOME_REJECTED,
                 .remedy = SPAY__REMEDY_SLOW_DOWN,
                 .reason = "busy"}},
    {.first = 400,
     .last = 409,
     .code = "9007",
     .verdict = {.status = SPAY_E_CLOCK,
                 .outcome = SPAY_OUTCOME_REJECTED,
                 .remedy = SPAY__REMEDY_CLOCK,
                 .reason = "clock"}},
    {.first = 401,
     .last = 401,
     .verdict = {.status = SPAY_E_AUTH,
                 .outcome = SPAY_OUTCOME_REJECTED,
                 .remedy = SPAY__REMEDY_TOKEN,
                 .reason = "token"}},
    {.first = 400,
     .last = 401,
     .verdict = {.status = SPAY_E_EXPIRED,
                 .outcome = SPAY_OUTCOME_REJECTED,
                 .remedy = SPAY__REMEDY_NONE,
                 .reason = "second"}},
    {.first = 0},
};

typedef struct rule_row {
    int32_t http_status;
    const char *code;
    const char *field_code;
    spay_status status;
} rule_row;

static const rule_row rule_rows[] = {
    {.http_status = 409, .code = "BUSY", .status = SPAY_E_BUSY},
    {.http_status = 409, .field_code = "BUSY", .status = SPAY_E_BUSY},
    {.http_status = 409, .code = "busy", .status = SPAY_E_CONFLICT},
    {.http_status = 409, .code = "BUSYX", .status = SPAY_E_CONFLICT},
    {.http_status = 409, .status = SPAY_E_CONFLICT},
    {.http_status = 410, .code = "BUSY", .status = SPAY_E_REJECTED},
    {.http_status = 408, .code = "BUSY", .status = SPAY_E_PROVIDER},
    {.http_status = 401, .code = "9007", .status = SPAY_E_CLOCK},
    {.http_status = 401, .code = "1", .field_code = "9007", .status = SPAY_E_CLOCK},
    {.http_status = 401, .status = SPAY_E_AUTH},
    {.http_status = 400, .status = SPAY_E_EXPIRED},
    {.http_status = 399, .status = SPAY_E_PROTOCOL},
    {.http_status = 402, .status = SPAY_E_REJECTED},
};

START_TEST(first_rule_that_fits_decides)
{
    const rule_row *row = &rule_rows[_i];
    const char *codes[] = {row->code, row->field_code};
    spay__verdict verdict = spay__judge_reply(some_rules, row->http_status, has_code, codes);

    ck_assert_msg(verdict.status == row->status, "HTTP %d, code %s: %s", (int)row->http_status,
                  row->code ? row->code : "none", spay_status_name(verdict.status));
}
END_TEST

/* ---- judging failures ---- */

typedef struct failure_row {
    spay_status reported;
    spay_status status;
    spay__remedy remedy;
} failure_row;

static const failure_row failure_rows[] = {
    {SPAY_E_CONNECT, SPAY_E_CONNECT, SPAY__REMEDY_RETRY},
    {SPAY_E_NETWORK, SPAY_E_NETWORK, SPAY__REMEDY_RETRY},
    {SPAY_E_TIMEOUT, SPAY_E_TIMEOUT, SPAY__REMEDY_RETRY},
    {SPAY_E_TLS, SPAY_E_TLS, SPAY__REMEDY_NONE},
    {SPAY_E_PROXY, SPAY_E_PROXY, SPAY__REMEDY_NONE},
    {SPAY_E_CANCELED, SPAY_E_CANCELED, SPAY__REMEDY_NONE},
    {SPAY_E_LIMIT, SPAY_E_LIMIT, SPAY__REMEDY_NONE},
    {SPAY_E_PROTOCOL, SPAY_E_PROTOCOL, SPAY__REMEDY_NONE},
    {SPAY_E_NO_MEMORY, SPAY_E_NO_MEMORY, SPAY__REMEDY_NONE},
    {SPAY_E_UNSUPPORTED, SPAY_E_UNSUPPORTED, SPAY__REMEDY_NONE},
    {SPAY_E_INTERNAL, SPAY_E_INTERNAL, SPAY__REMEDY_NONE},
    {SPAY_E_REJECTED, SPAY_E_INTERNAL, SPAY__REMEDY_NONE},
    {SPAY_E_AUTH, SPAY_E_INTERNAL, SPAY__REMEDY_NONE},
    {SPAY_E_THROTTLED, SPAY_E_INTERNAL, SPAY__REMEDY_NONE},
    {SPAY_E_INVALID_ARGUMENT, SPAY_E_INTERNAL, SPAY__REMEDY_NONE},
    {7, SPAY_E_INTERNAL, SPAY__REMEDY_NONE},
    {-1000, SPAY_E_INTERNAL, SPAY__REMEDY_NONE},
};

START_TEST(failure_is_unknown_if_bytes_may_have_left)
{
    const failure_row *row = &failure_rows[_i / 2];
    bool sent = _i % 2;
    spay__verdict verdict = spay__judge_failure(row->reported, sent);

    ck_assert_msg(verdict.status == row->status, "%d: %s", (int)row->reported,
                  spay_status_name(verdict.status));
    ck_assert_msg(verdict.remedy == (int8_t)row->remedy, "%d: %d", (int)row->reported,
                  (int)verdict.remedy);
    ck_assert_int_eq(verdict.outcome, sent ? SPAY_OUTCOME_UNKNOWN : SPAY_OUTCOME_NOT_SENT);
}
END_TEST

/* ---- deciding ---- */

/* The members of a verdict. */
#define PROVIDER_FAILED                                                                            \
    .status = SPAY_E_PROVIDER, .outcome = SPAY_OUTCOME_UNKNOWN, .remedy = SPAY__REMEDY_RETRY
#define THROTTLED                                                                                  \
    .status = SPAY_E_THROTTLED, .outcome = SPAY_OUTCOME_REJECTED, .remedy = SPAY__REMEDY_SLOW_DOWN
#define UNAUTHORIZED                                                                               \
    .status = SPAY_E_AUTH, .outcome = SPAY_OUTCOME_REJECTED, .remedy = SPAY__REMEDY_TOKEN
#define CLOCK_WRONG                                                                                \
    .status = SPAY_E_CLOCK, .outcome = SPAY_OUTCOME_REJECTED, .remedy = SPAY__REMEDY_CLOCK
#define REJECTED                                                                                   \
    .status = SPAY_E_REJECTED, .outcome = SPAY_OUTCOME_REJECTED, .remedy = SPAY__REMEDY_NONE
#define NOT_CONNECTED                                                                              \
    .status = SPAY_E_CONNECT, .outcome = SPAY_OUTCOME_NOT_SENT, .remedy = SPAY__REMEDY_RETRY
#define UNSENT                                                                                     \
    .status = SPAY_E_NETWORK, .outcome = SPAY_OUTCOME_NOT_SENT, .remedy = SPAY__REMEDY_RETRY
#define TORN .status = SPAY_E_NETWORK, .outcome = SPAY_OUTCOME_UNKNOWN, .remedy = SPAY__REMEDY_RETRY

typedef struct decision_row {
    const char *name;
    spay__retry_situation situation;
    spay__decision decision;
} decision_row;

#define SITUATION(verdict_, attempts_, max_attempts_, retry_after_, time_left_, budget_, resent_,  \
                  token_renewed_, can_renew_, clock_off_, random_)                                 \
    {                                                                                              \
        .verdict = {verdict_}, .attempts = (attempts_), .max_attempts = (max_attempts_),           \
        .retry_after_ms = (retry_after_), .time_left_ms = (time_left_), .budget = (budget_),       \
        .resent = (resent_), .token_renewed = (token_renewed_), .can_renew = (can_renew_),         \
        .clock_off = (clock_off_), .random = (random_)                                             \
    }

static const decision_row decision_rows[] = {
    {"nothing helps",
     SITUATION(REJECTED, 1, 3, -1, 25000, 500, false, false, true, true, 0),
     {SPAY__GIVE_UP, 0, 0}},
    {"nothing helps, not even Retry-After",
     SITUATION(REJECTED, 1, 3, 1000, 25000, 500, false, false, true, true, 0),
     {SPAY__GIVE_UP, 0, 0}},
    {"transient",
     SITUATION(PROVIDER_FAILED, 1, 3, -1, 25000, 500, false, false, false, false, 0),
     {SPAY__REPEAT, 0, 14}},
    {"transient, longest first wait",
     SITUATION(PROVIDER_FAILED, 1, 3, -1, 25000, 500, false, false, false, false, UINT32_MAX),
     {SPAY__REPEAT, 100, 14}},
    {"transient, longest second wait",
     SITUATION(PROVIDER_FAILED, 2, 3, -1, 25000, 500, false, false, false, false, UINT32_MAX),
     {SPAY__REPEAT, 200, 14}},
    {"transient, the wait stops growing at 2 s",
     SITUATION(PROVIDER_FAILED, 9, 10, -1, 25000, 500, false, false, false, false, UINT32_MAX),
     {SPAY__REPEAT, 2000, 14}},
    {"throttled",
     SITUATION(THROTTLED, 1, 3, -1, 25000, 500, false, false, false, false, 0),
     {SPAY__REPEAT, 500, 5}},
    {"throttled, longest first wait",
     SITUATION(THROTTLED, 1, 3, -1, 25000, 500, false, false, false, false, UINT32_MAX),
     {SPAY__REPEAT, 1000, 5}},
    {"throttled, longest second wait",
     SITUATION(THROTTLED, 2, 3, -1, 25000, 500, false, false, false, false, UINT32_MAX),
     {SPAY__REPEAT, 2000, 5}},
    {"throttled, the wait stops growing at 8 s",
     SITUATION(THROTTLED, 9, 10, -1, 25000, 500, false, false, false, false, UINT32_MAX),
     {SPAY__REPEAT, 8000, 5}},
    {"last attempt",
     SITUATION(PROVIDER_FAILED, 3, 3, -1, 25000, 500, false, false, false, false, 0),
     {SPAY__GIVE_UP, 0, 0}},
    {"one before the last attempt",
     SITUATION(PROVIDER_FAILED, 2, 3, -1, 25000, 500, false, false, false, false, 0),
     {SPAY__REPEAT, 0, 14}},
    {"throttled at the last attempt",
     SITUATION(THROTTLED, 3, 3, -1, 25000, 500, false, false, false, false, 0),
     {SPAY__GIVE_UP, 0, 0}},
    {"budget is just enough",
     SITUATION(PROVIDER_FAILED, 1, 3, -1, 25000, 14, false, false, false, false, 0),
     {SPAY__REPEAT, 0, 14}},
    {"budget is one short",
     SITUATION(PROVIDER_FAILED, 1, 3, -1, 25000, 13, false, false, false, false, 0),
     {SPAY__GIVE_UP, 0, 0}},
    {"throttled, budget is just enough",
     SITUATION(THROTTLED, 1, 3, -1, 25000, 5, false, false, false, false, 0),
     {SPAY__REPEAT, 500, 5}},
    {"throttled, budget is one short",
     SITUATION(THROTTLED, 1, 3, -1, 25000, 4, false, false, false, false, 0),
     {SPAY__GIVE_UP, 0, 0}},
    {"budget is overdrawn",
     SITUATION(PROVIDER_FAILED, 1, 3, -1, 25000, -3, false, false, false, false, 0),
     {SPAY__GIVE_UP, 0, 0}},
    {"no time left",
     SITUATION(PROVIDER_FAILED, 1, 3, -1, 0, 500, false, false, false, false, 0),
     {SPAY__GIVE_UP, 0, 0}},
    {"deadline is past",
     SITUATION(PROVIDER_FAILED, 1, 3, -1, -5, 500, false, false, false, false, 0),
     {SPAY__GIVE_UP, 0, 0}},
    {"wait ends at the deadline",
     SITUATION(PROVIDER_FAILED, 1, 3, -1, 100, 500, false, false, false, false, UINT32_MAX),
     {SPAY__GIVE_UP, 0, 0}},
    {"wait ends just before the deadline",
     SITUATION(PROVIDER_FAILED, 1, 3, -1, 101, 500, false, false, false, false, UINT32_MAX),
     {SPAY__REPEAT, 100, 14}},
    {"Retry-After is obeyed",
     SITUATION(THROTTLED, 1, 3, 3000, 25000, 500, false, false, false, false, 77),
     {SPAY__REPEAT, 3000, 5}},
    {"Retry-After is obeyed after a transient failure",
     SITUATION(PROVIDER_FAILED, 1, 3, 7000, 25000, 500, false, false, false, false, 77),
     {SPAY__REPEAT, 7000, 14}},
    {"Retry-After may be shorter than the backoff",
     SITUATION(THROTTLED, 1, 3, 1, 25000, 500, false, false, false, false, UINT32_MAX),
     {SPAY__REPEAT, 1, 5}},
    {"Retry-After of nothing leaves the backoff",
     SITUATION(THROTTLED, 1, 3, 0, 25000, 500, false, false, false, false, 0),
     {SPAY__REPEAT, 500, 5}},
    {"Retry-After of 60 s",
     SITUATION(THROTTLED, 1, 3, 60000, 120000, 500, false, false, false, false, 0),
     {SPAY__REPEAT, 60000, 5}},
    {"Retry-After beyond 60 s",
     SITUATION(THROTTLED, 1, 3, 60001, 120000, 500, false, false, false, false, 0),
     {SPAY__GIVE_UP, 0, 0}},
    {"Retry-After of a year",
     SITUATION(THROTTLED, 1, 3, INT64_C(31622400000), 3600000, 500, false, false, false, false, 0),
     {SPAY__GIVE_UP, 0, 0}},
    {"Retry-After beyond the deadline",
     SITUATION(THROTTLED, 1, 3, 5000, 5000, 500, false, false, false, false, 0),
     {SPAY__GIVE_UP, 0, 0}},
    {"Retry-After just before the deadline",
     SITUATION(THROTTLED, 1, 3, 5000, 5001, 500, false, false, false, false, 0),
     {SPAY__REPEAT, 5000, 5}},
    {"not connected",
     SITUATION(NOT_CONNECTED, 1, 3, -1, 25000, 500, false, false, false, false, 0),
     {SPAY__REPEAT, 0, 14}},
    {"connection died before a byte left",
     SITUATION(UNSENT, 1, 3, -1, 25000, 500, false, false, false, false, UINT32_MAX),
     {SPAY__RESEND, 0, 0}},
    {"free resend at the last attempt",
     SITUATION(UNSENT, 3, 3, -1, 25000, 500, false, false, false, false, 0),
     {SPAY__RESEND, 0, 0}},
    {"free resend with no budget",
     SITUATION(UNSENT, 1, 3, -1, 25000, 0, false, false, false, false, 0),
     {SPAY__RESEND, 0, 0}},
    {"no second free resend",
     SITUATION(UNSENT, 1, 3, -1, 25000, 500, true, false, false, false, 0),
     {SPAY__REPEAT, 0, 14}},
    {"no second free resend at the last attempt",
     SITUATION(UNSENT, 3, 3, -1, 25000, 500, true, false, false, false, 0),
     {SPAY__GIVE_UP, 0, 0}},
    {"no free resend if a byte may have left",
     SITUATION(TORN, 1, 3, -1, 25000, 500, false, false, false, false, 0),
     {SPAY__REPEAT, 0, 14}},
    {"no free resend without time",
     SITUATION(UNSENT, 1, 3, -1, 0, 500, false, false, false, false, 0),
     {SPAY__GIVE_UP, 0, 0}},
    {"no free resend if nothing is ever repeated",
     SITUATION(UNSENT, 1, 1, -1, 25000, 500, false, false, false, false, 0),
     {SPAY__GIVE_UP, 0, 0}},
    {"token is renewed",
     SITUATION(UNAUTHORIZED, 1, 3, -1, 25000, 500, false, false, true, false, 0),
     {SPAY__RENEW_TOKEN, 0, 0}},
    {"token is renewed at the last attempt",
     SITUATION(UNAUTHORIZED, 3, 3, -1, 25000, 0, false, false, true, false, 0),
     {SPAY__RENEW_TOKEN, 0, 0}},
    {"token is renewed once",
     SITUATION(UNAUTHORIZED, 1, 3, -1, 25000, 500, false, true, true, false, 0),
     {SPAY__GIVE_UP, 0, 0}},
    {"the caller's token is not renewed",
     SITUATION(UNAUTHORIZED, 1, 3, -1, 25000, 500, false, false, false, false, 0),
     {SPAY__GIVE_UP, 0, 0}},
    {"token is not renewed if nothing is ever repeated",
     SITUATION(UNAUTHORIZED, 1, 1, -1, 25000, 500, false, false, true, false, 0),
     {SPAY__GIVE_UP, 0, 0}},
    {"token is not renewed without time",
     SITUATION(UNAUTHORIZED, 1, 3, -1, 0, 500, false, false, true, false, 0),
     {SPAY__GIVE_UP, 0, 0}},
    {"clock is corrected",
     SITUATION(CLOCK_WRONG, 1, 3, -1, 25000, 500, false, false, false, true, 0),
     {SPAY__CORRECT_CLOCK, 0, 0}},
    {"clock is corrected at the last attempt",
     SITUATION(CLOCK_WRONG, 3, 3, -1, 25000, 0, false, false, false, true, 0),
     {SPAY__CORRECT_CLOCK, 0, 0}},
    {"clock was right, or is corrected already",
     SITUATION(CLOCK_WRONG, 1, 3, -1, 25000, 500, false, false, false, false, 0),
     {SPAY__GIVE_UP, 0, 0}},
    {"clock is not corrected if nothing is ever repeated",
     SITUATION(CLOCK_WRONG, 1, 1, -1, 25000, 500, false, false, false, true, 0),
     {SPAY__GIVE_UP, 0, 0}},
    {"one attempt means one, transient",
     SITUATION(PROVIDER_FAILED, 1, 1, -1, 25000, 500, false, false, false, false, 0),
     {SPAY__GIVE_UP, 0, 0}},
    {"one attempt means one, throttled",
     SITUATION(THROTTLED, 1, 1, 1, 25000, 500, false, false, false, false, 0),
     {SPAY__GIVE_UP, 0, 0}},
    {"one attempt means one, even before it was counted",
     SITUATION(PROVIDER_FAILED, 0, 1, -1, 25000, 500, false, false, false, false, 0),
     {SPAY__GIVE_UP, 0, 0}},
};

START_TEST(situation_gives_one_decision)
{
    const decision_row *row = &decision_rows[_i];
    spay__decision decision = spay__retry_decide(&row->situation);

    ck_assert_msg(decision.action == row->decision.action, "%s: action %d", row->name,
                  (int)decision.action);
    ck_assert_msg(decision.delay_ms == row->decision.delay_ms, "%s: %lld ms", row->name,
                  (long long)decision.delay_ms);
    ck_assert_msg(decision.cost == row->decision.cost, "%s: cost %d", row->name,
                  (int)decision.cost);
}
END_TEST

/* ---- jitter ---- */

typedef struct jitter_row {
    spay__verdict verdict;
    int32_t attempts;
    int64_t least;
    int64_t most;
} jitter_row;

static const jitter_row jitter_rows[] = {
    {.verdict = {PROVIDER_FAILED}, .attempts = 1, .most = 100},
    {.verdict = {PROVIDER_FAILED}, .attempts = 2, .most = 200},
    {.verdict = {PROVIDER_FAILED}, .attempts = 3, .most = 400},
    {.verdict = {PROVIDER_FAILED}, .attempts = 4, .most = 800},
    {.verdict = {PROVIDER_FAILED}, .attempts = 5, .most = 1600},
    {.verdict = {PROVIDER_FAILED}, .attempts = 6, .most = 2000},
    {.verdict = {PROVIDER_FAILED}, .attempts = 50, .most = 2000},
    {.verdict = {THROTTLED}, .attempts = 1, .least = 500, .most = 1000},
    {.verdict = {THROTTLED}, .attempts = 2, .least = 500, .most = 2000},
    {.verdict = {THROTTLED}, .attempts = 3, .least = 500, .most = 4000},
    {.verdict = {THROTTLED}, .attempts = 4, .least = 500, .most = 8000},
    {.verdict = {THROTTLED}, .attempts = 40, .least = 500, .most = 8000},
};

static int64_t delay(const jitter_row *row, uint32_t random)
{
    spay__retry_situation situation = {.verdict = {REJECTED},
                                       .max_attempts = 100,
                                       .retry_after_ms = -1,
                                       .time_left_ms = 3600000,
                                       .budget = 500};
    spay__decision decision;

    situation.verdict = row->verdict;
    situation.attempts = row->attempts;
    situation.random = random;
    decision = spay__retry_decide(&situation);
    if (decision.action != SPAY__REPEAT)
        ck_abort_msg("decision %d", (int)decision.action);
    return decision.delay_ms;
}

START_TEST(jitter_reaches_both_bounds_and_no_further)
{
    const jitter_row *row = &jitter_rows[_i];
    uint64_t random = 12345;
    int i;

    ck_assert_int_eq(delay(row, 0), row->least);
    ck_assert_int_eq(delay(row, UINT32_MAX), row->most);
    for (i = 0; i < 10000; i++) {
        int64_t wait = delay(row, (uint32_t)(unit_random(&random) >> 32));

        ck_assert_int_ge(wait, row->least);
        ck_assert_int_le(wait, row->most);
    }
}
END_TEST

/* Random numbers in even steps fill ten bins evenly, whatever the range. */
START_TEST(jitter_is_uniform)
{
    const jitter_row *row = &jitter_rows[_i];
    int64_t span = row->most - row->least + 1;
    int bins[10] = {0};
    int i;

    for (i = 0; i < 100000; i++)
        bins[(delay(row, (uint32_t)i * 42949u) - row->least) * 10 / span]++;
    for (i = 0; i < 10; i++)
        ck_assert_msg(bins[i] > 8900 && bins[i] < 11100, "bin %d: %d", i, bins[i]);
}
END_TEST

START_TEST(jitter_grows_with_the_random_number)
{
    const jitter_row *row = &jitter_rows[_i];
    int64_t last = 0;
    uint32_t i;

    for (i = 0; i < 65536; i++) {
        int64_t wait = delay(row, i << 16);

        if (wait < last)
            ck_abort_msg("%d ms after %d", (int)wait, (int)last);
        last = wait;
    }
}
END_TEST

/* ---- Retry-After ---- */

typedef struct after_row {
    const char *name;
    const char *headers[4]; /* "Name: value" */
    int64_t wait_ms;
} after_row;

#define YEAR_MS INT64_C(31622400000)
#define WALL_MS INT64_C(1767225600000) /* Thu, 01 Jan 2026 00:00:00 GMT */

static const after_row after_rows[] = {
    {"no header", {NULL}, -1},
    {"another header", {"Retry: 5"}, -1},
    {"seconds", {"Retry-After: 5"}, 5000},
    {"zero", {"Retry-After: 0"}, 0},
    {"leading zeros", {"Retry-After: 007"}, 7000},
    {"other case", {"RETRY-AFTER: 5"}, 5000},
    {"an hour", {"Retry-After: 3600"}, 3600000},
    {"a day", {"Retry-After: 86400"}, 86400000},
    {"366 days", {"Retry-After: 31622400"}, YEAR_MS},
    {"more than a year is a year", {"Retry-After: 31622401"}, YEAR_MS},
    {"32 bits", {"Retry-After: 4294967296"}, YEAR_MS},
    {"64 bits", {"Retry-After: 18446744073709551616"}, YEAR_MS},
    {"very many digits", {"Retry-After: 99999999999999999999999999999999999999999999"}, YEAR_MS},
    {"very many zeros, then 1", {"Retry-After: 00000000000000000000000000000000000001"}, 1000},
    {"empty", {"Retry-After: "}, -1},
    {"negative", {"Retry-After: -5"}, -1},
    {"plus sign", {"Retry-After: +5"}, -1},
    {"fraction", {"Retry-After: 1.5"}, -1},
    {"exponent", {"Retry-After: 1e3"}, -1},
    {"hexadecimal", {"Retry-After: 0x10"}, -1},
    {"unit", {"Retry-After: 5s"}, -1},
    {"words", {"Retry-After: soon"}, -1},
    {"list", {"Retry-After: 5, 6"}, -1},
    {"blank inside", {"Retry-After: 5 6"}, -1},
    {"Arabic digits", {"Retry-After: \xd9\xa5"}, -1},

    {"milliseconds", {"retry-after-ms: 250"}, 250},
    {"milliseconds, zero", {"retry-after-ms: 0"}, 0},
    {"milliseconds, huge", {"retry-after-ms: 99999999999999999999"}, YEAR_MS},
    {"milliseconds are no date", {"retry-after-ms: Thu, 01 Jan 2026 00:00:05 GMT"}, -1},
    {"milliseconds, other name", {"x-ms-retry-after-ms: 350"}, 350},
    {"milliseconds before seconds", {"Retry-After: 9", "retry-after-ms: 250"}, 250},
    {"plain name before x-ms", {"x-ms-retry-after-ms: 9", "Retry-After-Ms: 250"}, 250},
    {"x-ms before seconds", {"Retry-After: 9", "X-MS-Retry-After-MS: 350"}, 350},
    {"bad milliseconds, good seconds", {"retry-after-ms: x", "Retry-After: 9"}, 9000},
    {"bad milliseconds, good x-ms", {"retry-after-ms: -1", "x-ms-retry-after-ms: 3"}, 3},

    {"date ahead", {"Retry-After: Thu, 01 Jan 2026 00:00:30 GMT"}, 30000},
    {"date now", {"Retry-After: Thu, 01 Jan 2026 00:00:00 GMT"}, 0},
    {"date past", {"Retry-After: Wed, 31 Dec 2025 23:59:59 GMT"}, 0},
    {"date long past", {"Retry-After: Sun, 06 Nov 1994 08:49:37 GMT"}, 0},
    {"date far ahead", {"Retry-After: Fri, 01 Jan 2027 00:00:00 GMT"}, INT64_C(31536000000)},
    {"date with two-digit year", {"Retry-After: Thursday, 01-Jan-26 00:00:30 GMT"}, 30000},
    {"date with two-digit year, 50 years ahead",
     {"Retry-After: Tuesday, 31-Dec-75 00:00:00 GMT"},
     INT64_C(1577750400000)},
    {"dates with two-digit years, 50 years ahead",
     {"Date: Tuesday, 31-Dec-75 00:00:00 GMT", "Retry-After: Tuesday, 31-Dec-75 00:00:30 GMT"},
     30000},
    {"asctime date", {"Retry-After: Thu Jan  1 00:00:30 2026"}, 30000},
    {"bad date", {"Retry-After: Thu, 32 Jan 2026 00:00:30 GMT"}, -1},
    {"date in another zone", {"Retry-After: Thu, 01 Jan 2026 00:00:30 CET"}, -1},
    {"relative to the reply's own clock, ahead of ours",
     {"Date: Fri, 02 Jan 2026 00:00:00 GMT", "Retry-After: Fri, 02 Jan 2026 00:00:20 GMT"},
     20000},
    {"relative to the reply's own clock, behind ours",
     {"Retry-After: Wed, 31 Dec 2025 00:00:20 GMT", "Date: Wed, 31 Dec 2025 00:00:00 GMT"},
     20000},
    {"past by the reply's own clock",
     {"Date: Fri, 02 Jan 2026 00:00:00 GMT", "Retry-After: Thu, 01 Jan 2026 12:00:00 GMT"},
     0},
    {"reply's Date is bad: ours counts",
     {"Date: yesterday", "Retry-After: Thu, 01 Jan 2026 00:00:30 GMT"},
     30000},
    {"seconds do not look at the Date",
     {"Date: Fri, 02 Jan 2026 00:00:00 GMT", "Retry-After: 3"},
     3000},

    {"two headers: the longer", {"Retry-After: 3", "Retry-After: 7"}, 7000},
    {"two headers: the longer is first", {"Retry-After: 7", "Retry-After: 3"}, 7000},
    {"two headers: one is bad", {"Retry-After: x", "Retry-After: 3"}, 3000},
    {"two headers: both are bad", {"Retry-After: x", "Retry-After: -3"}, -1},
    {"seconds and a date: the longer",
     {"Retry-After: 3", "Retry-After: Thu, 01 Jan 2026 00:00:30 GMT"},
     30000},
};

/* X-RateLimit-Reset, in UNIX seconds or, if that is too small, in seconds from now. */
static const struct reset_row {
    int32_t status;
    const char *headers[4];
    int64_t wait_ms;
} reset_rows[] = {
    {429, {"X-RateLimit-Reset: 1767225607"}, 7000},
    {503, {"x-ratelimit-reset: 1767225607"}, 7000},
    {429, {"X-RateLimit-Reset: 1767225600"}, 0},
    {429, {"X-RateLimit-Reset: 1767225000"}, 0},
    {429, {"X-RateLimit-Reset: 7"}, 7000},
    {429, {"X-RateLimit-Reset: 1767225607", "Retry-After: 3"}, 3000},
    {429, {"X-RateLimit-Reset: 1767225607", "Date: Thu, 01 Jan 2026 00:00:05 GMT"}, 2000},
    {429, {"X-RateLimit-Reset: 1767225607000"}, -1},
    {429, {"X-RateLimit-Reset: soon"}, -1},
    {429, {"X-RateLimit-Reset: -7"}, -1},
    {200, {"X-RateLimit-Reset: 1767225607"}, -1},
    {500, {"X-RateLimit-Reset: 1767225607"}, -1},
};

static void add_line(spay_http_response *response, const char *line)
{
    const char *colon = strchr(line, ':');
    char name[64];

    ck_assert_ptr_nonnull(colon);
    memcpy(name, line, (size_t)(colon - line));
    name[colon - line] = '\0';
    ck_assert_int_eq(spay_http_response_add_header(response, name, colon + 2), SPAY_OK);
}

START_TEST(retry_after_is_read_or_ignored)
{
    const after_row *row = &after_rows[_i];
    spay_http_response response;
    int64_t wait;
    int i;

    spay__http_response_init(&response);
    for (i = 0; i < 4 && row->headers[i]; i++)
        add_line(&response, row->headers[i]);
    wait = spay__retry_after_ms(&response, WALL_MS);
    spay__http_response_clear(&response);
    ck_assert_msg(wait == row->wait_ms, "%s: %lld ms", row->name, (long long)wait);
}
END_TEST

START_TEST(rate_limit_reset_counts_like_retry_after)
{
    const struct reset_row *row = &reset_rows[_i];
    spay_http_response response;
    int i;

    spay__http_response_init(&response);
    ck_assert_int_eq(spay_http_response_set_status(&response, row->status), SPAY_OK);
    for (i = 0; i < 4 && row->headers[i]; i++)
        add_line(&response, row->headers[i]);
    ck_assert_int_eq(spay__retry_after_ms(&response, WALL_MS), row->wait_ms);
    spay__http_response_clear(&response);
}
END_TEST

START_TEST(decision_has_its_name)
{
    static const struct {
        int32_t decision;
        const char *name;
    } names[] = {
        {0, "none"},
        {SPAY_DECISION_SUCCEED, "succeed"},
        {SPAY_DECISION_GIVE_UP, "give_up"},
        {SPAY_DECISION_RETRY, "retry"},
        {SPAY_DECISION_RESEND, "resend"},
        {SPAY_DECISION_RENEW_TOKEN, "renew_token"},
        {SPAY_DECISION_CORRECT_CLOCK, "correct_clock"},
        {-1, "none"},
        {SPAY_DECISION_CORRECT_CLOCK + 1, "none"},
    };
    int i;

    for (i = 0; i < ROWS(names); i++)
        ck_assert_str_eq(spay_decision_name(names[i].decision), names[i].name);
}
END_TEST

Suite *retry_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("retry", &tests);

    tcase_add_loop_test(tests, http_status_has_a_general_meaning, 0, ROWS(reply_rows));
    tcase_add_test(tests, redirect_has_its_reason);
    tcase_add_loop_test(tests, first_rule_that_fits_decides, 0, ROWS(rule_rows));
    tcase_add_loop_test(tests, failure_is_unknown_if_bytes_may_have_left, 0,
                        2 * ROWS(failure_rows));
    tcase_add_loop_test(tests, situation_gives_one_decision, 0, ROWS(decision_rows));
    tcase_add_loop_test(tests, jitter_reaches_both_bounds_and_no_further, 0, ROWS(jitter_rows));
    tcase_add_loop_test(tests, jitter_is_uniform, 0, ROWS(jitter_rows));
    tcase_add_loop_test(tests, jitter_grows_with_the_random_number, 0, ROWS(jitter_rows));
    tcase_add_loop_test(tests, rate_limit_reset_counts_like_retry_after, 0, ROWS(reset_rows));
    tcase_add_loop_test(tests, retry_after_is_read_or_ignored, 0, ROWS(after_rows));
    tcase_add_test(tests, decision_has_its_name);
    return suite;
}
