/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The event-loop driver without memory: each allocation of the library fails in turn, alone or with
 * all that follow, while many calls run. They all end, none claims less than what the server saw,
 * and the driver goes on when there is memory again.
 */
#include "integration.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "drive.h"
#include "server.h"

#define BODY "{\"id\":\"1\",\"session_token\":\"2\",\"expire_time\":4102444800}"
#define GOOD                                                                                       \
    "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 55\r\n\r\n" BODY

enum {
    CALLS = 20,
    CONNECTIONS = 3,
    PATIENCE_MS = 20000
};

/* ---- the gate ---- */

static int asked;
static int failing; /* which allocation fails; 0 for none */
static bool for_good;

static int gate(void)
{
    asked++;
    return failing == 0 || asked < failing || (asked > failing && !for_good);
}

static void close_gate_at(int nth, bool and_after)
{
    asked = 0;
    failing = nth;
    for_good = and_after;
    spay__alloc_set_gate(gate);
}

/* Returns whether an allocation has failed. */
static bool open_gate(void)
{
    spay__alloc_set_gate(NULL);
    return failing && asked >= failing;
}

/* ---- a server that knows which calls it has seen ---- */

typedef struct witness {
    pthread_mutex_t lock;
    bool seen[CALLS];
} witness;

static void note_request(server_connection *c, void *ctx)
{
    witness *w = ctx;

    while (server_read_request(c)) {
        const char *key = strstr(server_request_head(c), "Unique-Key: ");
        unsigned long number = key ? strtoul(key + 12, NULL, 16) : CALLS;

        (void)pthread_mutex_lock(&w->lock);
        if (number < CALLS)
            w->seen[number] = true;
        (void)pthread_mutex_unlock(&w->lock);
        if (!server_write_text(c, GOOD))
            return;
    }
}

static bool is_seen(witness *w, int number)
{
    bool seen;

    (void)pthread_mutex_lock(&w->lock);
    seen = w->seen[number];
    (void)pthread_mutex_unlock(&w->lock);
    return seen;
}

/* ---- calls ---- */

typedef struct trial {
    witness witness;
    server *server;
    drive drive;
    spay_call *calls[CALLS];
    drive_result results[CALLS];
    bool added[CALLS];
    int done;
} trial;

/* Reading what became of a call takes memory: that comes later. */
static void on_done(void *ctx, spay_call *call)
{
    (void)call;
    ((trial *)ctx)->done++;
}

static spay_call *make_numbered_call(const trial *t, int number)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    char key[40];

    (void)snprintf(key, sizeof(key), "%08x-0000-4000-8000-000000000000", (unsigned)number);
    options.idempotency_key = key;
    options.max_attempts = 1;
    return drive_make_call(&t->drive, &options, 0);
}

static void open_trial(trial *t, drive_kind kind, bool tls)
{
    spay_multi_options multi = SPAY_MULTI_OPTIONS_INIT;
    server_options options = {0};
    char url[64];
    int i;

    memset(t, 0, sizeof(*t));
    (void)pthread_mutex_init(&t->witness.lock, NULL);
    options.behave = note_request;
    options.ctx = &t->witness;
    options.tls_host = tls ? "IP:127.0.0.1" : NULL;
    t->server = server_start(&options);
    multi.max_connections = CONNECTIONS;
    drive_open(&t->drive, kind, server_url(t->server, NULL, url), server_authority(t->server), NULL,
               &multi);
    for (i = 0; i < CALLS; i++)
        t->calls[i] = make_numbered_call(t, i);
}

static void run_trial(trial *t)
{
    int64_t end = drive_now_us() + PATIENCE_MS * 1000;
    int added = 0;
    int i;

    for (i = 0; i < CALLS; i++) {
        t->added[i] = spay_multi_add(t->drive.multi, t->calls[i], on_done, t) == SPAY_OK;
        added += t->added[i];
    }
    while (t->done < added && drive_now_us() < end)
        drive_turn(&t->drive, 100);
    ck_assert_msg(t->done == added, "%s, allocation %d: %d of %d calls came back",
                  drive_name(t->drive.kind), failing, t->done, added);
}

static void judge(trial *t, int number)
{
    drive_result *result = &t->results[number];

    drive_read_result(result, t->calls[number]);
    if (!t->added[number]) {
        ck_assert(!is_seen(&t->witness, number));
        return;
    }
    ck_assert_msg(result->status == SPAY_OK || result->status == SPAY_E_NO_MEMORY,
                  "allocation %d: call %d: %s (%s)", failing, number,
                  spay_status_name(result->status), result->reason);
    if (result->outcome == SPAY_OUTCOME_NOT_SENT)
        ck_assert_msg(!is_seen(&t->witness, number), "allocation %d: call %d was sent", failing,
                      number);
}

static void close_trial(trial *t)
{
    server_counts counts;
    drive_result result;
    int i;

    result = drive_call(&t->drive); /* there is memory again */
    drive_expect(&t->drive, &result, SPAY_OK, NULL, 0);
    drive_expect_quiet(&t->drive);
    drive_close(&t->drive);
    ck_assert(server_await_closed(t->server, &counts));
    for (i = 0; i < CALLS; i++) {
        judge(t, i);
        spay_call_free(t->calls[i]);
    }
    server_stop(t->server);
    (void)pthread_mutex_destroy(&t->witness.lock);
}

/* Returns whether there were so many allocations. */
static bool try_without(drive_kind kind, bool tls, int nth, bool and_after)
{
    trial *t = malloc(sizeof(*t));
    bool failed;

    ck_assert_ptr_nonnull(t);
    open_trial(t, kind, tls);
    close_gate_at(nth, and_after);
    run_trial(t);
    failed = open_gate();
    close_trial(t);
    free(t);
    return failed;
}

START_TEST(calls_end_whichever_allocation_fails)
{
    bool full = getenv("SPAY_TORTURE") != NULL;
    bool and_after = _i % 2;
    bool tls = _i / 2;
    int kind;
    int nth;

    for (kind = DRIVE_POLLED; kind < DRIVE_KINDS; kind++) {
        int step = tls && !full ? 7 : 1;

        for (nth = 1; try_without((drive_kind)kind, tls, nth, and_after);)
            nth += step;
        printf("# %s%s: %d allocations\n", drive_name((drive_kind)kind), tls ? ", TLS" : "", nth);
        ck_assert_int_gt(nth, CALLS);
    }
}
END_TEST

Suite *memory_suite(void)
{
    Suite *suite = suite_create("memory");
    TCase *tests = tcase_create("memory");

    tcase_set_timeout(tests, 1200);
    tcase_add_loop_test(tests, calls_end_whichever_allocation_fails, 0, 4);
    suite_add_tcase(suite, tests);
    return suite;
}
