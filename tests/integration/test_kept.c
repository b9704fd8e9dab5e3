/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Kept connections to which something happened while they were idle: they are not used, nothing is
 * sent on them, and the caller notices nothing.
 */
#include "integration.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <openssl/ssl.h>

#include "drive.h"
#include "server.h"

#define BODY "{\"id\":\"1\",\"session_token\":\"2\",\"expire_time\":4102444800}"
#define HEAD "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 55\r\n"

enum {
    PATIENCE_MS = 20000
};

/* What happens to the first connection after its first reply. */
typedef struct idle_event {
    const char *name;
    void (*act)(server_connection *c);
    bool reused; /* all the same */
} idle_event;

static void close_it(server_connection *c)
{
    server_shut_down(c);
    server_cut(c);
}

static void write_timeout(server_connection *c)
{
    (void)server_write_text(c, "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
}

static void write_second_reply(server_connection *c)
{
    (void)server_write_text(c, HEAD "\r\n" BODY);
}

static void write_byte(server_connection *c)
{
    (void)server_write(c, "\0", 1);
}

static void write_and_close(server_connection *c)
{
    write_timeout(c);
    close_it(c);
}

static void do_nothing(server_connection *c)
{
    (void)c;
}

static const idle_event idle_events[] = {
    {"nothing", do_nothing, true},
    {"the peer closes it", close_it, false},
    {"the peer closes it without a farewell", server_cut, false},
    {"the peer resets it", server_reset, false},
    {"the peer closes its half", server_shut_down, false},
    {"a reply that nobody asked for", write_second_reply, false},
    {"a 408", write_timeout, false},
    {"a 408 and the end", write_and_close, false},
    {"a byte", write_byte, false},
    {"another session ticket", server_write_ticket, true},
};

typedef struct idle_plan {
    const idle_event *event;
    int32_t happened;
} idle_plan;

static void serve_with_event(server_connection *c, void *ctx)
{
    idle_plan *plan = ctx;

    while (server_read_request(c) && server_write_text(c, HEAD "\r\n" BODY)) {
        if (server_number(c) != 1 || __atomic_load_n(&plan->happened, __ATOMIC_ACQUIRE))
            continue;
        plan->event->act(c);
        __atomic_store_n(&plan->happened, 1, __ATOMIC_RELEASE);
    }
}

static server *start(void (*behave)(server_connection *c, void *ctx), void *ctx, int tls_version)
{
    server_options options = {0};

    options.behave = behave;
    options.ctx = ctx;
    options.tls_host = tls_version ? "IP:127.0.0.1" : NULL;
    options.tls_version = tls_version;
    return server_start(&options);
}

static void open_drive(drive *opened, drive_kind kind, const server *s)
{
    char url[64];

    drive_open(opened, kind, server_url(s, NULL, url), server_authority(s), NULL, NULL);
}

static void succeed(drive *d, int32_t requests_sent)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    drive_result result;

    options.max_attempts = 3;
    result = drive_run(d, drive_make_call(d, &options, 0));
    drive_expect(d, &result, SPAY_OK, NULL, 0);
    ck_assert_int_eq(result.requests_sent, requests_sent);
    ck_assert_int_eq(result.attempts, requests_sent);
}

static void await_flag(const int32_t *flag)
{
    int64_t end = drive_now_us() + PATIENCE_MS * 1000;

    while (!__atomic_load_n(flag, __ATOMIC_ACQUIRE)) {
        ck_assert(drive_now_us() < end);
        drive_pause();
    }
}

static void try_event(const idle_event *event, int tls_version, drive_kind kind)
{
    idle_plan plan = {event, 0};
    server *s = start(serve_with_event, &plan, tls_version);
    server_counts counts;
    drive d;

    open_drive(&d, kind, s);
    succeed(&d, 1);
    await_flag(&plan.happened);
    succeed(&d, 1);
    succeed(&d, 1);
    drive_close(&d);
    ck_assert(server_await_closed(s, &counts));
    ck_assert_msg(counts.connections == (event->reused ? 1 : 2) && counts.whole == 3 &&
                      !counts.partial && !counts.extra,
                  "%s, TLS %x, %s: %d connections, %d requests, %d in part, %d unexpected",
                  event->name, (unsigned)tls_version, drive_name(kind), counts.connections,
                  counts.whole, counts.partial, counts.extra);
    server_stop(s);
}

START_TEST(connection_is_used_again_only_if_it_is_quiet)
{
    static const int versions[] = {0, TLS1_2_VERSION, TLS1_3_VERSION};
    int kind;
    int i;

    for (i = 0; i < ROWS(versions); i++)
        for (kind = 0; kind < DRIVE_KINDS; kind++)
            if (versions[i] == TLS1_3_VERSION || idle_events[_i].act != server_write_ticket)
                try_event(&idle_events[_i], versions[i], (drive_kind)kind);
}
END_TEST

/* ---- Keep-Alive ---- */

static void serve_with_field(server_connection *c, void *ctx)
{
    while (server_read_request(c))
        if (!server_write_text(c, HEAD) || !server_write_text(c, ctx) ||
            !server_write_text(c, "\r\n\r\n" BODY))
            return;
}

/* How many connections three calls take, of which the last comes after some time. */
static int count_connections(const char *field, drive_kind kind, int pause_ms)
{
    char copy[64];
    server *s;
    server_counts counts;
    int64_t end;
    drive d;

    (void)snprintf(copy, sizeof(copy), "%s", field);
    s = start(serve_with_field, copy, 0);
    open_drive(&d, kind, s);
    succeed(&d, 1);
    succeed(&d, 1);
    for (end = drive_now_us() + pause_ms * 1000; drive_now_us() < end;)
        drive_pause();
    succeed(&d, 1);
    drive_close(&d);
    ck_assert(server_await_closed(s, &counts));
    ck_assert_int_eq(counts.whole, 3);
    server_stop(s);
    return counts.connections;
}

/* A tenth before the peer's time: it closes right then. */
START_TEST(connection_is_kept_no_longer_than_the_peer_says)
{
    drive_kind kind = (drive_kind)_i;

    ck_assert_int_eq(count_connections("Keep-Alive: timeout=1", kind, 920), 2);
    ck_assert_int_eq(count_connections("Keep-Alive: max=5, timeout=60", kind, 0), 1);
    ck_assert_int_eq(count_connections("Keep-Alive: timeout=0", kind, 0), 3);
    ck_assert_int_eq(count_connections("Keep-Alive: timeout=99999999999999999999", kind, 0), 1);
    ck_assert_int_eq(count_connections("Connection: close", kind, 0), 3);
}
END_TEST

/* ---- a peer that closes what is idle for some time, and calls that come right then ---- */

typedef struct pace {
    int idle_ms;
    int calls;
} pace;

/*
 * Says nothing of it beforehand, as HAProxy does not. What comes about when the time is over meets
 * a connection that has just been closed.
 */
static void serve_for_a_while(server_connection *c, void *ctx)
{
    const pace *p = ctx;

    while (server_read_request(c) && server_write_text(c, HEAD "\r\n" BODY)) {
        int64_t end = drive_now_us() + p->idle_ms * 900;

        if (!server_await_bytes(c, p->idle_ms * 2) || drive_now_us() >= end)
            return;
    }
}

typedef struct pacer {
    drive drive;
    const pace *pace;
    int requests;
    int failures;
    pthread_t thread;
} pacer;

static void sleep_until(int64_t at_us)
{
    int64_t left = at_us - drive_now_us();
    struct timespec rest;

    if (left <= 0)
        return;
    rest.tv_sec = (time_t)(left / 1000000);
    rest.tv_nsec = (long)(left % 1000000 * 1000);
    (void)nanosleep(&rest, NULL);
}

/* Each call begins so long after the end of the one before. */
static void *call_in_pace(void *ctx)
{
    pacer *p = ctx;
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    int i;

    options.max_attempts = 3;
    for (i = 0; i < p->pace->calls; i++) {
        drive_result result = drive_run(&p->drive, drive_make_call(&p->drive, &options, 0));

        p->requests += result.requests_sent;
        p->failures += result.status != SPAY_OK;
        sleep_until(drive_now_us() + p->pace->idle_ms * 1000);
    }
    return NULL;
}

START_TEST(few_calls_meet_a_connection_that_dies_of_idleness)
{
    static const pace sample = {150, 20};
    static const pace full = {800, 50};
    const pace *p = getenv("SPAY_TORTURE") ? &full : &sample;
    server *s = start(serve_for_a_while, (void *)(uintptr_t)p, 0);
    pacer *pacers = calloc(DRIVE_KINDS, sizeof(*pacers));
    int i;

    ck_assert_ptr_nonnull(pacers);
    for (i = 0; i < DRIVE_KINDS; i++) {
        pacers[i].pace = p;
        open_drive(&pacers[i].drive, (drive_kind)i, s);
    }
    for (i = 0; i < DRIVE_KINDS; i++)
        ck_assert_int_eq(pthread_create(&pacers[i].thread, NULL, call_in_pace, &pacers[i]), 0);
    for (i = 0; i < DRIVE_KINDS; i++)
        (void)pthread_join(pacers[i].thread, NULL);
    for (i = 0; i < DRIVE_KINDS; i++) {
        printf("# %s: a call every %d ms, which is when the peer closes: %d of %d calls needed a "
               "second request\n",
               drive_name((drive_kind)i), p->idle_ms, pacers[i].requests - p->calls, p->calls);
        ck_assert_int_eq(pacers[i].failures, 0);
        ck_assert_int_le(pacers[i].requests - p->calls, 3);
        drive_close(&pacers[i].drive);
    }
    server_stop(s);
    free(pacers);
}
END_TEST

Suite *kept_suite(void)
{
    Suite *suite = suite_create("kept");
    TCase *tests = tcase_create("kept");

    tcase_set_timeout(tests, 300);
    tcase_add_loop_test(tests, connection_is_used_again_only_if_it_is_quiet, 0, ROWS(idle_events));
    tcase_add_loop_test(tests, connection_is_kept_no_longer_than_the_peer_says, 0, DRIVE_KINDS);
    tcase_add_test(tests, few_calls_meet_a_connection_that_dies_of_idleness);
    suite_add_tcase(suite, tests);
    return suite;
}
