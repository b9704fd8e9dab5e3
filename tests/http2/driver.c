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
 *   attempts=1    of each call at most
 *   timeout=0     ms for an attempt
 *   connections=0, requests=0   as in spay_multi_options
 *   loop=0        1: under a loop of its own rather than in spay_multi_poll()
 *
 * The environment is the sandbox's. A line for each call, those before included:
 * "STATUS OUTCOME ATTEMPTS REQUESTS TOKEN-REQUESTS", where the outcome of a success is "-".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <poll.h>
#include <time.h>

#include "support/accounts.h"

enum {
    SOCKETS = 256,
    LONGEST_WAIT_MS = 60000
};

/* ---- the command line ---- */

typedef struct setting {
    const char *name;
    int32_t value;
} setting;

static setting settings[] = {{"calls", 1},   {"wepay", 0},    {"warm", 0}, {"attempts", 1},
                             {"timeout", 0}, {"requests", 0}, {"loop", 0}, {"connections", 0}};

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

/* ---- a loop ---- */

static struct pollfd sockets[SOCKETS];
static int socket_count;
static int64_t alarm_ms = -1;

static int64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void watch(void *ctx, int64_t socket, int32_t events)
{
    int i = 0;

    (void)ctx;
    while (i < socket_count && sockets[i].fd != (int)socket)
        i++;
    if (i == socket_count && socket_count < SOCKETS)
        sockets[socket_count++].fd = (int)socket;
    if (events)
        sockets[i].events = (short)((events & SPAY_SOCKET_READ ? POLLIN : 0) |
                                    (events & SPAY_SOCKET_WRITE ? POLLOUT : 0));
    else
        sockets[i] = sockets[--socket_count];
}

static void wake_in(void *ctx, int64_t delay_ms)
{
    (void)ctx;
    alarm_ms = delay_ms < 0 ? -1 : now_ms() + delay_ms;
}

static void report(spay_multi *multi, const struct pollfd *ready)
{
    short what = ready->revents;

    if (what)
        (void)spay_multi_on_socket(multi, ready->fd,
                                   (what & POLLIN ? SPAY_SOCKET_READ : 0) |
                                       (what & POLLOUT ? SPAY_SOCKET_WRITE : 0) |
                                       (what & (POLLERR | POLLHUP) ? SPAY_SOCKET_ERROR : 0));
}

static void turn(spay_multi *multi)
{
    struct pollfd ready[SOCKETS];
    int64_t left = alarm_ms < 0 ? LONGEST_WAIT_MS : alarm_ms - now_ms();
    int count = socket_count;
    int i;

    memcpy(ready, sockets, sizeof(ready));
    (void)poll(ready, (nfds_t)count, left > 0 ? (int)left : 0);
    for (i = 0; i < count; i++)
        report(multi, &ready[i]);
    if (alarm_ms >= 0 && now_ms() >= alarm_ms) {
        alarm_ms = -1;
        (void)spay_multi_on_timer(multi);
    }
}

static void run(spay_multi *multi)
{
    while (spay_multi_pending(multi) > 0)
        if (get("loop"))
            turn(multi);
        else
            (void)spay_multi_poll(multi, LONGEST_WAIT_MS);
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
    options.connect_timeout_ms = LONGEST_WAIT_MS;
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
    if (get("loop")) {
        options.watch = watch;
        options.wake_in = wake_in;
    }
    demand(spay_multi_new(of->client, &options, &multi, &error), error);
    return multi;
}

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
    spay_call_free(call);
}

static void add(const test_accounts *at, spay_multi *multi, int number)
{
    const account_kind *kind = &kinds[get("wepay") ? 0 : number % 3];
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    spay_error *error = NULL;
    spay_call *call = NULL;

    options.max_attempts = get("attempts");
    options.attempt_timeout_ms = get("timeout");
    demand(accounts_new_call(at, *kind, &options, &call, &error), error);
    demand(spay_multi_add(multi, call, on_done, (void *)(uintptr_t)kind), NULL);
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
    for (i = 0; i < get("warm"); i++) {
        add(&at, multi, i);
        run(multi);
    }
    for (i = 0; i < get("calls"); i++)
        add(&at, multi, i);
    run(multi);
    spay_multi_free(multi);
    accounts_close(&at);
    return 0;
}
