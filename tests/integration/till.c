/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The till: accounts from the environment, and receipts.
 */
#include "till.h"

#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- a clock that runs ahead instead of waiting ---- */

static pthread_mutex_t skip_lock = PTHREAD_MUTEX_INITIALIZER;
static int64_t skipped_ms;

static int64_t monotonic_ms(void *ctx)
{
    struct timespec now;
    int64_t skipped;

    (void)ctx;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    (void)pthread_mutex_lock(&skip_lock);
    skipped = skipped_ms;
    (void)pthread_mutex_unlock(&skip_lock);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + skipped;
}

static void sleep_ms(void *ctx, int64_t duration_ms)
{
    (void)ctx;
    (void)pthread_mutex_lock(&skip_lock);
    skipped_ms += duration_ms;
    (void)pthread_mutex_unlock(&skip_lock);
}

const spay_platform *till_platform(void)
{
    static spay_platform platform = SPAY_PLATFORM_INIT;

    platform.monotonic_ms = monotonic_ms;
    platform.sleep_ms = sleep_ms;
    return &platform;
}

/* ---- opening ---- */

static const char *from_environment(const char *name)
{
    const char *value = getenv(name);

    ck_assert_msg(value && *value, "%s is not set", name);
    return value;
}

shop_setup till_sandbox_setup(void)
{
    return shop_setup_of_sandbox(from_environment);
}

/* Time is what a test says it is about, or no matter: the slowest machine gets through. */
static void open_shop(shop *opened, const shop_setup *setup, spay_client_options *options)
{
    if (!options->timeout_ms)
        options->timeout_ms = 600000;
    if (!options->attempt_timeout_ms)
        options->attempt_timeout_ms = 120000;
    if (!options->connect_timeout_ms)
        options->connect_timeout_ms = 60000;
    memset(opened, 0, sizeof(*opened));
    opened->setup = setup;
    ck_assert_msg(spay_client_new(options, &opened->client, &opened->error) == SPAY_OK &&
                      shop_open_accounts(opened),
                  "%s", spay_error_message(opened->error));
    opened->setup = NULL;
}

void till_open(shop *opened, const shop_setup *setup, const spay_client_options *options)
{
    shop_setup sandbox = till_sandbox_setup();
    spay_client_options ours = SPAY_CLIENT_OPTIONS_INIT;

    if (options)
        ours = *options;
    if (!ours.platform)
        ours.platform = till_platform();
    if (!ours.ca_file && !ours.ca_pem)
        ours.ca_file = from_environment("SPAY_CA_FILE");
    open_shop(opened, setup ? setup : &sandbox, &ours);
}

void till_open_at(shop *opened, int port, const spay_client_options *options)
{
    shop_setup setup = till_sandbox_setup();
    spay_client_options ours = SPAY_CLIENT_OPTIONS_INIT;
    char url[64];

    if (options)
        ours = *options;
    if (!ours.platform)
        ours.platform = till_platform();
    snprintf(url, sizeof(url), "http://127.0.0.1:%d", port);
    setup.wepay_url = url;
    open_shop(opened, &setup, &ours);
}

void till_open_client_account(shop *opened)
{
    spay_connect_server_session *session = NULL;
    spay_error *error = NULL;

    ck_assert_msg(spay_connect_server_session_create(opened->connect_server, NULL, NULL, &session,
                                                     &error) == SPAY_OK,
                  "%s", spay_error_message(error));
    ck_assert_msg(spay_connect_client_from_session(opened->connect_server, session,
                                                   &opened->connect_client, &error) == SPAY_OK,
                  "%s", spay_error_message(error));
    spay_connect_server_session_free(session);
}

/* ---- receipts ---- */

static void write_success(till_receipt *receipt, const spay_session_info *info)
{
    snprintf(receipt->value, sizeof(receipt->value), "%s", info->value);
    snprintf(receipt->key, sizeof(receipt->key), "%s", info->idempotency_key);
    receipt->attempts = info->attempts;
    receipt->requests_sent = info->requests_sent;
    receipt->token_requests = info->token_requests;
    receipt->http_status = info->http_status;
}

static void write_failure(till_receipt *receipt, const spay_error *error)
{
    snprintf(receipt->value, sizeof(receipt->value), "%s", spay_error_message(error));
    snprintf(receipt->key, sizeof(receipt->key), "%s", spay_error_idempotency_key(error));
    snprintf(receipt->reason, sizeof(receipt->reason), "%s", spay_error_reason(error));
    receipt->attempts = spay_error_attempts(error);
    receipt->requests_sent = spay_error_requests_sent(error);
    receipt->outcome = spay_error_outcome(error);
    receipt->http_status = spay_error_http_status(error);
    receipt->stage = spay_error_stage(error);
}

till_receipt till_create(const shop *opened, shop_kind kind, const spay_call_options *options)
{
    till_receipt receipt;
    spay_error *error = NULL;
    void *session = NULL;

    memset(&receipt, 0, sizeof(receipt));
    receipt.status = shop_create(opened, kind, options, &session, &error);
    if (session)
        write_success(&receipt, shop_info(session));
    else
        write_failure(&receipt, error);
    shop_free_session(kind, session);
    spay_error_free(error);
    return receipt;
}

void till_expect(const till_receipt *receipt, spay_status status)
{
    ck_assert_msg(receipt->status == status, "expected %s, got %s (%s): %s",
                  spay_status_name(status), spay_status_name(receipt->status), receipt->reason,
                  receipt->status == SPAY_OK ? "" : receipt->value);
}
