/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Retry: the tables and the decision. Nothing here knows a clock, a socket or a lock.
 */
#include "retry.h"

#include <sessionpay/hooks.h>

#include "base/ascii.h"
#include "base/date.h"
#include "http/message.h"

enum {
    WINDOW_MS = 10000,
    EARLIEST_RESET = 1000000000, /* UNIX time in 2001, */
    LATEST_RESET = INT32_MAX     /* and in 2038 */
};

/*
 * Where no provider says otherwise. A 408 tells that the server gave up before it had a request, a
 * 303 that the result of one that was accepted is elsewhere.
 */
static const spay__rule general_rules[] = {
    SPAY__RULE(303, 303, NULL, PROTOCOL, UNKNOWN, NONE, "redirect"),
    SPAY__RULE(300, 399, NULL, PROTOCOL, REJECTED, NONE, "redirect"),
    SPAY__RULE(401, 401, NULL, AUTH, REJECTED, NONE, NULL),
    SPAY__RULE(403, 403, NULL, FORBIDDEN, REJECTED, NONE, NULL),
    SPAY__RULE(404, 404, NULL, NOT_FOUND, REJECTED, NONE, NULL),
    SPAY__RULE(408, 408, NULL, PROVIDER, REJECTED, RETRY, NULL),
    SPAY__RULE(409, 409, NULL, CONFLICT, REJECTED, NONE, NULL),
    SPAY__RULE(429, 429, NULL, THROTTLED, REJECTED, SLOW_DOWN, NULL),
    SPAY__RULE(400, 499, NULL, REJECTED, REJECTED, NONE, NULL),
    SPAY__RULE(500, 599, NULL, PROVIDER, UNKNOWN, RETRY, NULL),
    SPAY__RULE(100, 199, NULL, PROTOCOL, UNKNOWN, NONE, NULL),
    SPAY__RULE(0, 0, NULL, PROTOCOL, UNKNOWN, NONE, NULL),
};

static const spay__rule *find_rule(const spay__rule *rule, int32_t http_status,
                                   spay__has_code has_code, void *reply)
{
    for (; rule->first; rule++)
        if (http_status >= rule->first && http_status <= rule->last &&
            (!rule->code || has_code(reply, rule->code)))
            break;
    return rule;
}

spay__verdict spay__judge_reply(const spay__rule *rules, int32_t http_status,
                                spay__has_code has_code, void *reply)
{
    const spay__rule *rule = find_rule(rules, http_status, has_code, reply);

    if (!rule->first)
        rule = find_rule(general_rules, http_status, has_code, reply);
    return rule->verdict;
}

spay__verdict spay__judge_failure(spay_status status, bool sent)
{
    spay__verdict verdict = {.status = (int8_t)status,
                             .outcome = sent ? SPAY_OUTCOME_UNKNOWN : SPAY_OUTCOME_NOT_SENT,
                             .remedy = SPAY__REMEDY_NONE};

    switch (status) {
    case SPAY_E_CONNECT:
    case SPAY_E_NETWORK:
    case SPAY_E_TIMEOUT:
        verdict.remedy = SPAY__REMEDY_RETRY;
        break;
    case SPAY_E_TLS:
    case SPAY_E_PROXY:
    case SPAY_E_CANCELED:
    case SPAY_E_LIMIT:
    case SPAY_E_PROTOCOL:
    case SPAY_E_NO_MEMORY:
    case SPAY_E_UNSUPPORTED:
        break;
    default:
        verdict.status = SPAY_E_INTERNAL;
    }
    return verdict;
}

/* Only decimal digits, as milliseconds per unit; more than a year counts as forever. */
static int64_t parse_amount(const char *text, int64_t unit_ms)
{
    const int64_t most = (int64_t)366 * 86400 * 1000;
    int64_t amount = 0;

    if (!*text)
        return -1;
    for (; *text; text++) {
        if (!spay__is_digit(*text))
            return -1;
        if (amount < most)
            amount = amount * 10 + (*text - '0');
    }
    return amount > most / unit_ms ? most : amount * unit_ms;
}

static int64_t parse_date(const char *text, const spay_http_response *response, int64_t wall_ms)
{
    const char *date = spay_http_response_header(response, "Date");
    int64_t now = wall_ms / 1000;
    int64_t then;

    if (date)
        (void)spay__http_date_parse(date, wall_ms / 1000, &now);
    if (!spay__http_date_parse(text, wall_ms / 1000, &then))
        return -1;
    return then > now ? (then - now) * 1000 : 0;
}

/* The longest wait that a header of this name asks for; -1 if none is sane. */
static int64_t longest(const spay_http_response *response, const char *name, int64_t unit_ms,
                       int64_t wall_ms)
{
    const char *value = NULL;
    int64_t wait = -1;

    while ((value = spay__http_response_next(response, name, value)) != NULL) {
        int64_t amount = parse_amount(value, unit_ms);

        if (amount < 0 && unit_ms == 1000)
            amount = parse_date(value, response, wall_ms);
        if (amount > wait)
            wait = amount;
    }
    return wait;
}

/*
 * When the rate limit ends: UNIX seconds or, if the number is too small for that, seconds from now.
 */
static int64_t rate_limit_reset(const spay_http_response *response, int64_t wall_ms)
{
    const char *date = spay_http_response_header(response, "Date");
    int64_t reset = -1;
    int64_t now = wall_ms / 1000;

    if (response->status == 429 || response->status == 503)
        reset = longest(response, "X-RateLimit-Reset", 1, wall_ms);
    if (reset < 0 || reset > LATEST_RESET)
        return -1;
    if (reset < EARLIEST_RESET)
        return reset * 1000;
    if (date)
        (void)spay__http_date_parse(date, wall_ms / 1000, &now);
    return reset > now ? (reset - now) * 1000 : 0;
}

int64_t spay__retry_after_ms(const spay_http_response *response, int64_t wall_ms)
{
    int64_t wait = longest(response, "retry-after-ms", 1, wall_ms);

    if (wait < 0)
        wait = longest(response, "x-ms-retry-after-ms", 1, wall_ms);
    if (wait < 0)
        wait = longest(response, "Retry-After", 1000, wall_ms);
    return wait >= 0 ? wait : rate_limit_reset(response, wall_ms);
}

/* Full jitter: anywhere between least and the cap that doubles with each attempt. */
static int64_t backoff_ms(int64_t least, int64_t first, int64_t most, int32_t attempts,
                          uint32_t random)
{
    int64_t cap = first;
    int32_t i;

    for (i = 1; i < attempts && cap < most; i++)
        cap *= 2;
    if (cap > most)
        cap = most;
    return least + (int64_t)(((uint64_t)random * (uint64_t)(cap - least + 1)) >> 32);
}

static int64_t usual_delay_ms(const spay__retry_situation *s)
{
    switch (s->verdict.remedy) {
    case SPAY__REMEDY_WINDOW: /* two such waits are longer than the window */
        return backoff_ms(WINDOW_MS / 2, WINDOW_MS * 3 / 4, WINDOW_MS * 3 / 4, 1, s->random);
    case SPAY__REMEDY_SLOW_DOWN:
        return backoff_ms(500, 1000, 8000, s->attempts, s->random);
    default:
        return backoff_ms(0, 100, 2000, s->attempts, s->random);
    }
}

static spay__decision repeat(const spay__retry_situation *s)
{
    spay__decision give_up = {SPAY__GIVE_UP, 0, 0};
    spay__decision repeat = {SPAY__REPEAT, usual_delay_ms(s),
                             s->verdict.remedy == SPAY__REMEDY_RETRY ? 14 : 5};

    if (s->retry_after_ms > 0)
        repeat.delay_ms = s->retry_after_ms;
    if (s->attempts >= s->max_attempts || s->budget < repeat.cost ||
        repeat.delay_ms >= s->time_left_ms || repeat.delay_ms > SPAY__MAX_RETRY_AFTER_MS)
        return give_up;
    return repeat;
}

spay__decision spay__retry_decide(const spay__retry_situation *s)
{
    spay__decision at_once = {SPAY__GIVE_UP, 0, 0};

    if (s->max_attempts == 1 || s->time_left_ms <= 0)
        return at_once;
    switch (s->verdict.remedy) { /* LCOV_EXCL_BR_LINE: each value has its case */
    case SPAY__REMEDY_RETRY:
        if (s->verdict.status == SPAY_E_NETWORK && s->verdict.outcome == SPAY_OUTCOME_NOT_SENT &&
            !s->resent) {
            at_once.action = SPAY__RESEND;
            return at_once;
        }
        return repeat(s);
    case SPAY__REMEDY_SLOW_DOWN:
    case SPAY__REMEDY_WINDOW:
        return repeat(s);
    case SPAY__REMEDY_TOKEN:
        if (s->can_renew && !s->token_renewed)
            at_once.action = SPAY__RENEW_TOKEN;
        return at_once;
    case SPAY__REMEDY_CLOCK:
        if (s->clock_off)
            at_once.action = SPAY__CORRECT_CLOCK;
        return at_once;
    case SPAY__REMEDY_NONE:
        break;
    }
    return at_once;
}

const char *spay_decision_name(int32_t decision)
{
    bool known = decision >= 0 && decision <= SPAY_DECISION_CORRECT_CLOCK;

    return spay__list_at("none\0succeed\0give_up\0retry\0resend\0renew_token\0correct_clock",
                         known ? (size_t)decision : 0);
}
