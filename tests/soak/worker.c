/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * One process of the soak test, against the sandbox: threads that block, a thread with an event
 * loop, and a forked child, all with one client.
 *
 *     worker STORE
 *
 * STORE is a directory, the URL of a Redis, or "none". A line "round NUMBER CALLS" on the standard
 * input makes so many calls. What the library told of them is printed, a line for each:
 *
 *     event KEY SENT               a call has ended; KEY is "-" if it has none
 *     token                        a token request was sent
 *     result KEY STATUS OUTCOME SENT SHARED VALUE
 *                                  what the caller got; KEY begins with "client:" at the client API,
 *                                  which has no keys, and is then that of its client session
 *     fault WHAT                   what must not be
 *     end                          of the round
 */
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sessionpay/file.h>
#ifdef SOAK_REDIS
#include <sessionpay/redis.h>
#endif

#include "torture/kit/sandbox.h"
#include "torture/kit/torture.h"

enum {
    THREADS = 3,
    PARTS = THREADS + 2, /* the loop, and the child */
    AT_ONCE = 8,         /* calls of the loop */
    ORDERS = 4,          /* of a round, that calls share */
    CHILD_LIMIT_MS = 60000,
    APPLE_PAY = ACCOUNT_KINDS, /* both steps in one call */
    LINE_SIZE = 512            /* less than a pipe takes in one piece */
};

/* What a part of a round does its calls with. */
typedef struct part {
    const test_accounts *accounts;
    pthread_t thread;
    long round;
    long calls;
    uint64_t random;
} part;

typedef struct job {
    spay_call *call;
    int kind;
} job;

static void say(const char *format, ...) TAP_FORMAT(1);

/* In one piece, whichever process or thread it comes from. */
static void say(const char *format, ...)
{
    char line[LINE_SIZE];
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(line, sizeof(line) - 1, format, arguments);
    va_end(arguments);
    if (length >= (int)sizeof(line) - 1)
        length = (int)sizeof(line) - 2;
    line[length++] = '\n';
    if (write(STDOUT_FILENO, line, (size_t)length) != length)
        _exit(3);
}

static uint32_t roll(part *p, uint32_t sides)
{
    p->random ^= p->random << 13;
    p->random ^= p->random >> 7;
    p->random ^= p->random << 17;
    return (uint32_t)(p->random >> 33) % sides;
}

/* ---- calls ---- */

static int pick_kind(part *p)
{
    static const int kinds[] = {ACCOUNT_WEPAY, ACCOUNT_HOSTED_FIELDS, ACCOUNT_HOSTED_FIELDS,
                                ACCOUNT_CONNECT_SERVER, APPLE_PAY};

    return kinds[roll(p, 5)];
}

/* One in twenty has little time. Some sessions of Connect server are for an order that others have too. */
static job begin_job(part *p)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    spay_error *error = NULL;
    job made = {NULL, pick_kind(p)};
    char order[64];
    spay_status status;

    options.timeout_ms = roll(p, 20) ? 4000 : 30;
    options.attempt_timeout_ms = 600;
    if (made.kind == ACCOUNT_CONNECT_SERVER && roll(p, 3) == 0) {
        (void)snprintf(order, sizeof(order), "round %ld, order %u", p->round, roll(p, ORDERS));
        options.intent = order;
    }
    if (made.kind == APPLE_PAY)
        status =
            accounts_new_apple_pay_call(p->accounts, TEST_GATEWAY, &options, &made.call, &error);
    else
        status =
            accounts_new_call(p->accounts, (account_kind)made.kind, &options, &made.call, &error);
    if (status != SPAY_OK)
        say("fault no call: %s", spay_error_message(error));
    spay_error_free(error);
    return made;
}

static void tell_session(const char *key, const spay_session_info *info, const char *value)
{
    say("result %s %d 0 %d %d %s", key, (int)SPAY_OK, (int)info->requests_sent,
        info->shared == SPAY_YES, value);
}

static void tell_error(const char *key, const spay_error *error)
{
    say("result %s %d %d %d 0 -", key, (int)spay_error_status(error),
        (int)spay_error_outcome(error), (int)spay_error_requests_sent(error));
}

static void end_apple_pay(spay_call *call)
{
    spay_connect_server_session *server = NULL;
    spay_connect_client_session *client = NULL;
    spay_error *error = NULL;
    char key[128] = "";

    (void)spay_connect_apple_pay_session_from_call(call, &server, &client, &error);
    if (server) {
        (void)snprintf(key, sizeof(key), "client:%s", server->client_session_id);
        tell_session(server->info->idempotency_key, server->info, server->client_session_id);
    }
    if (client)
        tell_session(key, client->info, "-");
    else
        tell_error(server ? key : spay_error_idempotency_key(error), error);
    spay_connect_server_session_free(server);
    spay_connect_client_session_free(client);
    spay_error_free(error);
}

static void end_session(spay_call *call, account_kind kind)
{
    const spay_session_info *info;
    spay_error *error = NULL;
    void *session = NULL;

    (void)accounts_take_session(kind, call, &session, &error);
    info = accounts_session_info(session);
    if (info)
        tell_session(info->idempotency_key, info, info->value);
    else
        tell_error(spay_error_idempotency_key(error), error);
    accounts_free_session(kind, session);
    spay_error_free(error);
}

static void end_job(const job *ended)
{
    if (ended->kind == APPLE_PAY)
        end_apple_pay(ended->call);
    else
        end_session(ended->call, (account_kind)ended->kind);
    spay_call_free(ended->call);
}

/* ---- parts ---- */

static void *block(void *ctx)
{
    part *p = ctx;
    long i;

    for (i = 0; i < p->calls; i++) {
        job made = begin_job(p);

        (void)spay_call_perform(made.call, NULL);
        end_job(&made);
    }
    return NULL;
}

/* One in forty is canceled; which of them is at what, nobody knows. */
static void *loop(void *ctx)
{
    part *p = ctx;
    job jobs[AT_ONCE];
    spay_multi *multi = NULL;
    spay_call *done;
    long left = p->calls;
    int i;

    memset(jobs, 0, sizeof(jobs));
    if (spay_multi_new(p->accounts->client, NULL, &multi, NULL) != SPAY_OK)
        say("fault no multi");
    while (multi && (left > 0 || spay_multi_pending(multi) > 0)) {
        for (i = 0; i < AT_ONCE && left > 0; i++) {
            if (jobs[i].call)
                continue;
            jobs[i] = begin_job(p);
            (void)spay_multi_add(multi, jobs[i].call, NULL, NULL);
            left--;
        }
        i = (int)roll(p, AT_ONCE);
        if (jobs[i].call && roll(p, 40) == 0)
            spay_call_cancel(jobs[i].call);
        (void)spay_multi_poll(multi, 20);
        while ((done = spay_multi_next(multi)) != NULL)
            for (i = 0; i < AT_ONCE; i++)
                if (jobs[i].call == done) {
                    end_job(&jobs[i]);
                    jobs[i].call = NULL;
                }
    }
    spay_multi_free(multi);
    return NULL;
}

/* It leaves what it has to the system, as a program does that ends by _exit(). */
static int run_child(void *ctx)
{
    (void)block(ctx);
    return 0;
}

/* The child is forked while the others are in the middle of calls. */
static void run_round(const test_accounts *accounts, long round, long calls)
{
    part parts[PARTS];
    int status;
    int i;

    for (i = 0; i < PARTS; i++) {
        part p = {.accounts = accounts, .round = round, .calls = calls / PARTS};

        p.random =
            ((uint64_t)round * PARTS + (uint64_t)i + 1) * 0x9e3779b97f4a7c15u + (uint64_t)getpid();
        parts[i] = p;
    }
    for (i = 1; i < PARTS; i++)
        if (pthread_create(&parts[i].thread, NULL, i == 1 ? loop : block, &parts[i]) != 0)
            abort();
    status = torture_reap(torture_fork(run_child, &parts[0]), CHILD_LIMIT_MS);
    if (status != 0)
        say("fault a child: %s", torture_ending(status));
    for (i = 1; i < PARTS; i++)
        (void)pthread_join(parts[i].thread, NULL);
    say("end");
}

/* ---- the process ---- */

static void on_event(void *ctx, const spay_event *event)
{
    (void)ctx;
    if (event->type == SPAY_EVENT_CALL)
        say("event %s %d", *event->idempotency_key ? event->idempotency_key : "-",
            (int)event->requests_sent);
    else if (event->type == SPAY_EVENT_ATTEMPT && strcmp(event->operation, "token") == 0 &&
             event->bytes_sent > 0)
        say("token");
}

static spay_status open_store(const char *where, spay_store *store, spay_error **error)
{
    spay_file_options file = SPAY_FILE_OPTIONS_INIT;

#ifdef SOAK_REDIS
    if (strstr(where, "://")) {
        spay_redis_options redis = SPAY_REDIS_OPTIONS_INIT;

        redis.url = where;
        return spay_redis_store_new(&redis, store, error);
    }
#endif
    file.directory = where;
    return spay_file_store_new(&file, store, error);
}

static const char *need(const char *name)
{
    const char *value = getenv(name);

    if (value)
        return value;
    fprintf(stderr, "%s is not set: start this with sessionpay-sandbox --\n", name);
    exit(2);
}

static bool open_accounts(test_accounts *accounts, const char *where)
{
    static const char secret[] = "the same in all processes";
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    accounts_setup setup = accounts_setup_of_sandbox(need);
    spay_store store = SPAY_STORE_INIT;
    spay_error *error = NULL;

    memset(accounts, 0, sizeof(*accounts));
    options.ca_file = need("SPAY_CA_FILE");
    options.key_secret = secret;
    options.key_secret_length = sizeof(secret) - 1;
    options.event = on_event;
    if (strcmp(where, "none") != 0) {
        if (open_store(where, &store, &error) != SPAY_OK) {
            explain_error(error);
            return false;
        }
        options.store = &store;
    }
    if (accounts_open_at(accounts, &setup, &options))
        return true;
    explain_error(accounts->error);
    return false;
}

int main(int count, char **arguments)
{
    test_accounts accounts;
    char line[64];
    long round;
    long calls;

    if (count != 2 || !open_accounts(&accounts, arguments[1]))
        return 2;
    while (fgets(line, sizeof(line), stdin))
        if (sscanf(line, "round %ld %ld", &round, &calls) == 2)
            run_round(&accounts, round, calls);
    accounts_close(&accounts);
    return 0;
}
