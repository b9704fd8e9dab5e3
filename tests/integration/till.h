/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A shop that sells for real: the accounts of the sandbox, or of a server of
 * the test's own, over the built-in transport. Waiting between attempts takes
 * no time.
 */
#ifndef INTEGRATION_TILL_H
#define INTEGRATION_TILL_H

#include "support/raw_server.h"
#include "support/shop.h"

/* The sandbox's URLs and credentials. */
shop_setup till_sandbox_setup(void);

/*
 * Open a shop at the sandbox, with the client's options, which may be NULL;
 * ca_file is the sandbox's unless a CA is set. setup may be NULL.
 */
void till_open(shop *opened, const shop_setup *setup, const spay_client_options *options);

/* Open a shop whose WePay is a plain HTTP server on this port. */
void till_open_at(shop *opened, int port, const spay_client_options *options);

/* Give the shop an account at the client API, with a session of its own. */
void till_open_client_account(shop *opened);

/* A platform whose waits are over at once, and whose clock knows. */
const spay_platform *till_platform(void);

/* A blocking call that must succeed; the session's key, attempts and requests
 * are left there. */
typedef struct till_receipt {
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
} till_receipt;

till_receipt till_create(const shop *opened, shop_kind kind, const spay_call_options *options);

/* Fail the test unless the receipt has this status. */
void till_expect(const till_receipt *receipt, spay_status status);

#endif
