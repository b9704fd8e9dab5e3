/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Accounts at the sandbox, whose URLs and credentials are in the environment; and what calls
 * return.
 */
#include "setup.h"

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

const spay_platform *setup_platform(void)
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

accounts_setup setup_of_sandbox(void)
{
    return accounts_setup_of_sandbox(from_environment);
}

/* Time is what a test says it is about, or no matter: the slowest machine gets through. */
static void open_with_limits(test_accounts *opened, const accounts_setup *setup,
                             spay_client_options *options)
{
    if (!options->timeout_ms)
        options->timeout_ms = 600000;
    if (!options->attempt_timeout_ms)
        options->attempt_timeout_ms = 120000;
    if (!options->connect_timeout_ms)
        options->connect_timeout_ms = 60000;
    ck_assert_msg(accounts_open_at(opened, setup, options), "%s",
                  spay_error_message(opened->error));
}

void setup_open(test_accounts *opened, const accounts_setup *setup,
                const spay_client_options *options)
{
    accounts_setup sandbox = setup_of_sandbox();
    spay_client_options caller_options = SPAY_CLIENT_OPTIONS_INIT;

    if (options)
        caller_options = *options;
    if (!caller_options.platform)
        caller_options.platform = setup_platform();
    if (!caller_options.ca_file && !caller_options.ca_pem)
        caller_options.ca_file = from_environment("SPAY_CA_FILE");
    open_with_limits(opened, setup ? setup : &sandbox, &caller_options);
}

void setup_open_at(test_accounts *opened, int port, const spay_client_options *options)
{
    accounts_setup setup = setup_of_sandbox();
    spay_client_options caller_options = SPAY_CLIENT_OPTIONS_INIT;
    char url[64];

    if (options)
        caller_options = *options;
    if (!caller_options.platform)
        caller_options.platform = setup_platform();
    snprintf(url, sizeof(url), "http://127.0.0.1:%d", port);
    setup.wepay_url = url;
    open_with_limits(opened, &setup, &caller_options);
}

void setup_open_client_account(test_accounts *opened)
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

/* ---- results ---- */

static void write_success(call_result *result, const spay_session_info *info)
{
    snprintf(result->value, sizeof(result->value), "%s", info->value);
    snprintf(result->key, sizeof(result->key), "%s", info->idempotency_key);
    result->attempts = info->attempts;
    result->requests_sent = info->requests_sent;
    result->token_requests = info->token_requests;
    result->http_status = info->http_status;
}

static void write_failure(call_result *result, const spay_error *error)
{
    snprintf(result->value, sizeof(result->value), "%s", spay_error_message(error));
    snprintf(result->key, sizeof(result->key), "%s", spay_error_idempotency_key(error));
    snprintf(result->reason, sizeof(result->reason), "%s", spay_error_reason(error));
    result->attempts = spay_error_attempts(error);
    result->requests_sent = spay_error_requests_sent(error);
    result->outcome = spay_error_outcome(error);
    result->http_status = spay_error_http_status(error);
    result->stage = spay_error_stage(error);
}

call_result blocking_call(const test_accounts *opened, account_kind kind,
                          const spay_call_options *options)
{
    call_result result;
    spay_error *error = NULL;
    void *session = NULL;

    memset(&result, 0, sizeof(result));
    result.status = accounts_create_session(opened, kind, options, &session, &error);
    if (session)
        write_success(&result, accounts_session_info(session));
    else
        write_failure(&result, error);
    accounts_free_session(kind, session);
    spay_error_free(error);
    return result;
}

void expect_call(const call_result *result, spay_status status)
{
    ck_assert_msg(result->status == status, "expected %s, got %s (%s): %s",
                  spay_status_name(status), spay_status_name(result->status), result->reason,
                  result->status == SPAY_OK ? "" : result->value);
}
