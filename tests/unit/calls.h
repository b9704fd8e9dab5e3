/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What the tests of calls share: accounts over the mock, opened for each test, and calls with them.
 */
#ifndef UNIT_CALLS_H
#define UNIT_CALLS_H

#include "support/accounts.h"
#include "unit.h"

#if ALL_PROVIDERS

/* Of the test that runs. */
extern test_accounts accounts;

/* A test case whose tests find the accounts open. */
TCase *new_case(Suite *suite, const char *name);

/* Close the accounts, and open them with these options of the client. */
void reopen_accounts(const spay_client_options *options);

/* ---- what was sent ---- */

size_t request_count(void);

/* "(none)" if the request has no such header. */
const char *header(size_t index, const char *name);

/* Two requests have the same URL and body. */
void expect_same_bytes(size_t first, size_t second);

/* ---- what will be answered ---- */

#define CLOCK_REFUSAL "{\"errorId\":\"1\",\"errors\":[{\"code\":\"9002\",\"message\":\"MAC\"}]}"
#define TEN_MINUTES_ON "Thu, 01 Jan 2026 00:10:00 GMT"
#define CONNECT_CODE(code) "{\"errorId\":\"e\",\"errors\":[{\"code\":\"" code "\"}]}"
#define WEPAY_UNTIL(seconds) "{\"id\":\"a\",\"session_token\":\"b\",\"expire_time\":" seconds "}"

/* One attempt: an HTTP status, or a transport failure and whether it had sent. */
typedef struct attempt {
    int32_t http;
    spay_status failure;
    bool sent;
} attempt;

#define REFUSED_CONNECT                                                                            \
    {                                                                                              \
        0, SPAY_E_CONNECT, false                                                                   \
    }
#define LOST_AFTER                                                                                 \
    {                                                                                              \
        0, SPAY_E_NETWORK, true                                                                    \
    }
#define LOST_BEFORE                                                                                \
    {                                                                                              \
        0, SPAY_E_NETWORK, false                                                                   \
    }
#define LATE_AFTER                                                                                 \
    {                                                                                              \
        0, SPAY_E_TIMEOUT, true                                                                    \
    }
#define LATE_BEFORE                                                                                \
    {                                                                                              \
        0, SPAY_E_TIMEOUT, false                                                                   \
    }

void script_attempt(const attempt *scripted);

/* A token reply where the account asks for one: the good one, or any. */
void script_token(account_kind kind);
void reply_token(const char *token, int seconds);

/* ---- calls ---- */

spay_call *new_call(account_kind kind, const spay_call_options *options);

/* Send what the call wants to send, through the mock. */
void serve(spay_call *call);

/* Step until the call is done, as a loop of the caller would. */
spay_status drive(spay_call *call);

/* Run a new call to its end, by the blocking driver. */
spay_call *perform(account_kind kind, const spay_call_options *options);

void expect_status(const spay_call *call, spay_status expected);

/* Two calls at the same point: the first is to fetch a token, the second to wait for it. */
void begin_pair(spay_call **fetching, spay_call **waiting);

/* A whole call that succeeds. */
void succeed(account_kind kind);

#endif
#endif
