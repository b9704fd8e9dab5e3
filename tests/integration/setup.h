/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Accounts at the sandbox, or at a server of the test's own, over the built-in transport. Waiting
 * between attempts takes no time.
 */
#ifndef INTEGRATION_SETUP_H
#define INTEGRATION_SETUP_H

#include "support/accounts.h"
#include "support/raw_server.h"

/* The sandbox's URLs and credentials. */
accounts_setup setup_of_sandbox(void);

/*
 * Open the accounts of the sandbox, with the client's options, which may be NULL; ca_file is the
 * sandbox's unless a CA is set. setup may be NULL.
 */
void setup_open(test_accounts *opened, const accounts_setup *setup,
                const spay_client_options *options);

/* The same, except that WePay is a plain HTTP server on this port. */
void setup_open_at(test_accounts *opened, int port, const spay_client_options *options);

/* Add an account at the client API, with a session of its own. */
void setup_open_client_account(test_accounts *opened);

/* A platform whose waits are over at once, and whose clock knows. */
const spay_platform *setup_platform(void);

/* A blocking call that must succeed; the session's key, attempts and requests
 * are left there. */
typedef struct call_result {
    spay_status status;
    char value[1024];
    char key[256];
    char reason[64];
    int32_t attempts;
    int32_t requests_sent;
    int32_t token_requests;
    int32_t outcome; /* 0 if it succeeded */
    int32_t http_status;
    int32_t stage;
} call_result;

call_result blocking_call(const test_accounts *opened, account_kind kind,
                          const spay_call_options *options);

/* Fail the test unless the result has this status. */
void expect_call(const call_result *result, spay_status status);

#endif
