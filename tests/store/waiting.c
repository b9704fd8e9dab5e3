/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What it costs an event loop that many calls wait for one token, and how soon they go on when it is
 * there. Against the sandbox, whose token endpoint is slow:
 *
 *     waiting CALLS
 *
 * Prints milliseconds of CPU while they waited, milliseconds that they waited, and milliseconds from
 * the token's arrival until all were queued for their requests.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "support/accounts.h"

static double token_at_ms; /* 0 until it is there */
static double token_cpu_ms;

static double read_ms(clockid_t clock)
{
    struct timespec now;

    (void)clock_gettime(clock, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void on_event(void *ctx, const spay_event *event)
{
    (void)ctx;
    if (strcmp(event->operation, "token") != 0)
        return;
    token_cpu_ms = read_ms(CLOCK_PROCESS_CPUTIME_ID);
    token_at_ms = read_ms(CLOCK_MONOTONIC);
}

static void on_done(void *ctx, spay_call *call)
{
    (void)ctx;
    spay_call_free(call);
}

static void fail(const char *what)
{
    fprintf(stderr, "waiting: %s\n", what);
    exit(1);
}

static const char *need(const char *name)
{
    const char *value = getenv(name);

    if (!value)
        fail(name);
    return value;
}

static void add_calls(const test_accounts *accounts, spay_multi *multi, long count)
{
    for (; count > 0; count--) {
        spay_call *call = NULL;

        if (accounts_new_call(accounts, ACCOUNT_HOSTED_FIELDS, NULL, &call, NULL) != SPAY_OK ||
            spay_multi_add(multi, call, on_done, NULL) != SPAY_OK)
            fail("a call cannot be added");
    }
}

/* Until the token is there, and the turn in which it came is over. */
static void wait_for_token(spay_multi *multi)
{
    double began;
    double cpu;

    (void)spay_multi_poll(multi, 0);
    began = read_ms(CLOCK_MONOTONIC);
    cpu = read_ms(CLOCK_PROCESS_CPUTIME_ID);
    while (token_at_ms <= 0)
        (void)spay_multi_poll(multi, 1000);
    printf("%.3f %.3f %.3f\n", token_cpu_ms - cpu, token_at_ms - began,
           read_ms(CLOCK_MONOTONIC) - token_at_ms);
}

int main(int count, char **arguments)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    spay_multi_options multi_options = SPAY_MULTI_OPTIONS_INIT;
    accounts_setup setup = accounts_setup_of_sandbox(need);
    test_accounts accounts;
    spay_multi *multi = NULL;

    options.ca_file = need("SPAY_CA_FILE");
    options.event = on_event;
    multi_options.max_connections = 2; /* one for the token, and one for what follows */
    if (!accounts_open_at(&accounts, &setup, &options) ||
        spay_multi_new(accounts.client, &multi_options, &multi, NULL) != SPAY_OK)
        fail("no accounts");
    add_calls(&accounts, multi, count > 1 ? strtol(arguments[1], NULL, 10) : 10000);
    wait_for_token(multi);
    spay_multi_free(multi);
    accounts_close(&accounts);
    return 0;
}
