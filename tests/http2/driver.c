/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Sends calls over HTTP/2 and prints what became of each.
 *
 *   driver NAME=NUMBER...
 *
 *   calls=1       so many at once, over WePay, Hosted Fields and Connect in turn
 *   wepay=0       1: over WePay alone
 *   warm=0        and so many before them, one after the other
 *   interval=0    ms between these
 *   idle=0        1: then print "idle", and wait for a line
 *   held=0        so many before that, which go out over a connection there is, and nothing else
 *   attempts=1    of each call at most
 *   policies=0    1: 1, 2 and 3 attempts in turn
 *   timeout=0     ms for an attempt
 *   connect=0     ms to connect
 *   cancel=0      the first call: 1 before it is connected, 2 when another has come back
 *   connections=0, requests=0   as in spay_multi_options
 *   loop=0        a loop_kind
 *
 * The environment is the sandbox's. A line for each call, those before included:
 * "STATUS OUTCOME ATTEMPTS REQUESTS TOKEN-REQUESTS", where the outcome of a success is "-".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <poll.h>

#include "loops.h"
#include "support/accounts.h"

enum {
    LONGEST_WAIT_MS = 60000
};

/* ---- the command line ---- */

typedef struct setting {
    const char *name;
    int32_t value;
} setting;

static setting settings[] = {{"interval", 0}, {"held", 0},    {"calls", 1},    {"wepay", 0},
                             {"warm", 0},     {"idle", 0},    {"attempts", 1}, {"policies", 0},
                             {"timeout", 0},  {"connect", 0}, {"cancel", 0},   {"connections", 0},
                             {"requests", 0}, {"loop", 0}};

static setting *find(const char *name, size_t length)
{
    size_t i;

    for (i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
        if (strlen(settings[i].name) == length && strncmp(settings[i].name, name, length) == 0)
            return &settings[i];
    fprintf(stderr, "driver: what is %s?\n", name);
    exit(2);
}

static int32_t get(const char *name)
{
    return find(name, strlen(name))->value;
}

static void demand(spay_status status, const spay_error *error)
{
    if (status == SPAY_OK)
        return;
    fprintf(stderr, "driver: %s\n", error ? spay_error_message(error) : spay_status_name(status));
    exit(2);
}

/* ---- the calls ---- */

static const char *from_environment(const char *name)
{
    const char *value = getenv(name);

    if (!value)
        demand(SPAY_E_STATE, NULL);
    return value;
}

static void open_accounts(test_accounts *opened)
{
    accounts_setup setup = accounts_setup_of_sandbox(from_environment);
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;

    options.ca_file = from_environment("SPAY_CA_FILE");
    options.timeout_ms = 10 * LONGEST_WAIT_MS;
    options.attempt_timeout_ms = LONGEST_WAIT_MS;
    options.connect_timeout_ms = get("connect") ? get("connect") : LONGEST_WAIT_MS;
    if (!accounts_open_at(opened, &setup, &options))
        demand(SPAY_E_STATE, opened->error);
}

static spay_multi *open_multi(const test_accounts *of)
{
    spay_multi_options options = SPAY_MULTI_OPTIONS_INIT;
    spay_multi *multi = NULL;
    spay_error *error = NULL;

    options.http2 = SPAY_YES;
    options.max_connections = get("connections");
    options.max_requests = get("requests");
    loop_use((loop_kind)get("loop"), &options);
    demand(spay_multi_new(of->client, &options, &multi, &error), error);
    return multi;
}

static spay_call *first; /* of the calls, until it has come back */

/* The kind of a call is its callback's context. */
static const account_kind kinds[] = {ACCOUNT_WEPAY, ACCOUNT_HOSTED_FIELDS, ACCOUNT_CONNECT_SERVER};

static void on_done(void *ctx, spay_call *call)
{
    account_kind kind = *(const account_kind *)ctx;
    const spay_error *error = spay_call_error(call);
    const spay_session_info *info = NULL;
    void *session = NULL;
    spay_status status = accounts_take_session(kind, call, &session, NULL);

    if (session)
        info = accounts_session_info(session);
    printf("%s %s %d %d %d\n", spay_status_name(status),
           error ? spay_outcome_name(spay_error_outcome(error)) : "-",
           (int)spay_call_attempts(call),
           (int)(info ? info->requests_sent : spay_error_requests_sent(error)),
           (int)(info ? info->token_requests : 0));
    accounts_free_session(kind, session);
    if (call == first)
        first = NULL;
    else if (first && get("cancel") == 2)
        spay_call_cancel(first);
    spay_call_free(call);
}

static spay_call *add(const test_accounts *at, spay_multi *multi, int number)
{
    const account_kind *kind = &kinds[get("wepay") ? 0 : number % 3];
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    spay_error *error = NULL;
    spay_call *call = NULL;

    options.max_attempts = get("policies") ? 1 + number % 3 : get("attempts");
    options.attempt_timeout_ms = get("timeout");
    demand(accounts_new_call(at, *kind, &options, &call, &error), error);
    demand(spay_multi_add(multi, call, on_done, (void *)(uintptr_t)kind), NULL);
    return call;
}

static void run(spay_multi *multi)
{
    while (spay_multi_pending(multi) > 0)
        loop_turn(multi);
}

static void warm_up(const test_accounts *at, spay_multi *multi)
{
    int i;

    for (i = 0; i < get("warm"); i++) {
        if (i)
            (void)poll(NULL, 0, get("interval"));
        (void)add(at, multi, i);
        run(multi);
    }
    for (i = 0; i < get("held"); i++)
        (void)add(at, multi, i);
    if (get("held"))
        (void)spay_multi_poll(multi, 0); /* a loop of the caller's has sent them already */
    if (!get("idle"))
        return;
    puts("idle");
    (void)fflush(stdout);
    (void)getchar();
}

static void run_calls(const test_accounts *at, spay_multi *multi)
{
    int i;

    for (i = 0; i < get("calls"); i++) {
        spay_call *added = add(at, multi, i);

        if (i == 0 && get("cancel"))
            first = added;
    }
    if (get("cancel") == 1) {
        (void)spay_multi_poll(multi, 0); /* a loop of the caller's has begun already */
        spay_call_cancel(first);
    }
    run(multi);
}

int main(int argc, char **argv)
{
    test_accounts at;
    spay_multi *multi;
    int i;

    memset(&at, 0, sizeof(at));
    for (i = 1; i < argc; i++) {
        size_t length = strcspn(argv[i], "=");

        find(argv[i], length)->value = (int32_t)strtol(argv[i] + length + 1, NULL, 10);
    }
    open_accounts(&at);
    multi = open_multi(&at);
    warm_up(&at, multi);
    run_calls(&at, multi);
    spay_multi_free(multi);
    accounts_close(&at);
    return 0;
}
