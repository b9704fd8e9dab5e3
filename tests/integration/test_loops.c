/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Many calls while connections die under them, and what an event loop is told meanwhile: it never
 * watches a descriptor that is closed, nor anything while no call is pending; and what it reports
 * of descriptors that are not the driver's does no harm.
 */
#include "integration.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drive.h"
#include "server.h"

#define BODY "{\"id\":\"1\",\"session_token\":\"2\",\"expire_time\":4102444800}"
#define HEAD "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 55\r\n"

enum {
    CALLS = 1000,
    OWN_FDS = 64,
    PATIENCE_MS = 120000
};

/* ---- a server whose connections die ---- */

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* A request that has been read whole is answered, or not, and then the connection may end. */
static bool answer(server_connection *c, uint32_t how)
{
    switch (how % 16) {
    case 0:
        return false;
    case 1:
        server_reset(c);
        return false;
    case 2:
        (void)server_write_text(c, HEAD "\r\n{\"id\"");
        return false;
    case 3:
        (void)server_write_text(c, "HTTP/1.1 201");
        server_reset(c);
        return false;
    case 4:
        (void)server_write_text(c, HEAD "Connection: close\r\n\r\n" BODY);
        return false;
    default:
        return server_write_text(c, HEAD "\r\n" BODY);
    }
}

static void die_at_random(server_connection *c, void *ctx)
{
    uint32_t random = (uint32_t)server_number(c) * 2654435761u;

    (void)ctx;
    while (server_read_request(c) && answer(c, next_random(&random)))
        continue;
}

/* As above, but now and then it ends a connection after a reply without having said so. */
static void close_with_reset(server_connection *c, void *ctx)
{
    uint32_t random = (uint32_t)server_number(c) * 2654435761u;

    (void)ctx;
    while (server_read_request(c) && answer(c, next_random(&random)) && next_random(&random) % 8)
        continue;
}

static server *start(void (*behave)(server_connection *c, void *ctx), bool tls)
{
    server_options options = {0};

    options.behave = behave;
    options.tls_host = tls ? "IP:127.0.0.1" : NULL;
    return server_start(&options);
}

/* ---- many calls ---- */

typedef struct batch {
    drive drive;
    int done;
    int good;
    int requests_sent;
    int milder; /* failures that claim that nothing was sent, though something was */
} batch;

static void on_done(void *ctx, spay_call *call)
{
    batch *c = ctx;
    drive_result result;

    memset(&result, 0, sizeof(result));
    drive_read_result(&result, call);
    spay_call_free(call);
    c->done++;
    c->good += result.status == SPAY_OK;
    c->requests_sent += result.requests_sent;
    c->milder += result.outcome == SPAY_OUTCOME_NOT_SENT && result.requests_sent > 0;
}

static void open_batch(batch *opened, drive_kind kind, const server *s, int32_t max_connections)
{
    spay_multi_options options = SPAY_MULTI_OPTIONS_INIT;
    char url[64];

    memset(opened, 0, sizeof(*opened));
    options.max_connections = max_connections;
    drive_open(&opened->drive, kind, server_url(s, NULL, url), server_authority(s), NULL, &options);
}

static void run_batch(batch *c, int calls)
{
    int64_t end = drive_now_us() + PATIENCE_MS * 1000;
    int i;

    for (i = 0; i < calls; i++)
        drive_add(&c->drive, drive_make_call(&c->drive, NULL, 0), on_done, c);
    while (c->done < calls) {
        ck_assert_msg(drive_now_us() < end, "%d of %d calls are done", c->done, calls);
        drive_turn(&c->drive, 1000);
    }
}

/* A loop that ends by itself when it has nothing to wait for ends now, or after one last timer. */
static void expect_idle(batch *c)
{
    drive *d = &c->drive;

    ck_assert_int_eq(spay_multi_pending(d->multi), 0);
    if (d->kind != DRIVE_FOREIGN_LOOP)
        return;
    drive_expect_quiet(d);
    if (d->timer_us >= 0)
        drive_turn(d, PATIENCE_MS);
    ck_assert_int_eq(d->timer_us, -1);
}

static const int32_t mosts[] = {1, 3, 64};

static void try_many(drive_kind kind, int32_t max_connections, bool tls, bool resets, int calls)
{
    server *s = start(resets ? close_with_reset : die_at_random, tls);
    batch *c = malloc(sizeof(*c));
    server_counts counts;

    ck_assert_ptr_nonnull(c);
    open_batch(c, kind, s, max_connections);
    run_batch(c, calls);
    expect_idle(c);
    drive_close(&c->drive);
    ck_assert(server_await_closed(s, &counts));
    printf("# %d calls, %s, %d connections at most%s: %d good, %d requests over %d connections\n",
           calls, drive_name(kind), (int)max_connections, tls ? ", TLS" : "", c->good,
           c->requests_sent, counts.connections);
    ck_assert_int_eq(c->milder, 0);
    ck_assert_int_gt(c->good, calls / 2);
    ck_assert_int_le(counts.whole, c->requests_sent);
    ck_assert_int_eq(counts.extra + counts.partial, 0);
    if (!resets)
        ck_assert_int_eq(counts.whole, c->requests_sent);
    server_stop(s);
    free(c);
}

START_TEST(calls_complete_while_connections_die)
{
    int kind;

    for (kind = DRIVE_POLLED; kind < DRIVE_KINDS; kind++) {
        try_many((drive_kind)kind, mosts[_i], false, false, CALLS);
        try_many((drive_kind)kind, mosts[_i], false, true, CALLS);
        try_many((drive_kind)kind, mosts[_i], true, false, CALLS / 5);
        try_many((drive_kind)kind, mosts[_i], true, true, CALLS / 5);
    }
}
END_TEST

/* ---- descriptors that are not the driver's ---- */

/* The program's own: pipes with something in them, which nobody else may read. */
typedef struct own_fds {
    int pipes[OWN_FDS][2];
    int flags[OWN_FDS];
} own_fds;

static void open_own(own_fds *own)
{
    int i;

    for (i = 0; i < OWN_FDS; i++) {
        ck_assert_int_eq(pipe(own->pipes[i]), 0);
        ck_assert_int_eq((int)write(own->pipes[i][1], "mine", 4), 4);
        own->flags[i] = fcntl(own->pipes[i][0], F_GETFL);
    }
}

static void close_own(own_fds *own)
{
    char bytes[8];
    int i;

    for (i = 0; i < OWN_FDS; i++) {
        ck_assert_int_eq(fcntl(own->pipes[i][0], F_GETFL), own->flags[i]);
        ck_assert_int_eq((int)read(own->pipes[i][0], bytes, sizeof(bytes)), 4);
        (void)close(own->pipes[i][0]);
        (void)close(own->pipes[i][1]);
    }
}

/* Events on everything that could be a descriptor, whoever's it is. */
static void report_everything(spay_multi *multi)
{
    static const int32_t events[] = {0,
                                     SPAY_SOCKET_READ,
                                     SPAY_SOCKET_WRITE,
                                     SPAY_SOCKET_ERROR,
                                     3,
                                     -1,
                                     SPAY_SOCKET_READ | SPAY_SOCKET_ERROR};
    static const int64_t odd[] = {-1, -2, INT64_MIN, INT64_MAX, INT32_MAX, 1 << 20};
    size_t i;
    int fd;

    for (i = 0; i < ROWS(events); i++)
        for (fd = 0; fd < 4 * OWN_FDS; fd++)
            (void)spay_multi_on_socket(multi, fd, events[i]);
    for (i = 0; i < ROWS(odd); i++)
        (void)spay_multi_on_socket(multi, odd[i], SPAY_SOCKET_READ);
}

/* The program's descriptors have numbers that the driver had before. */
START_TEST(events_on_other_descriptors_do_no_harm)
{
    server *s = start(die_at_random, _i);
    batch *c = malloc(sizeof(*c));
    own_fds own;
    int i;

    ck_assert_ptr_nonnull(c);
    open_batch(c, DRIVE_FOREIGN_LOOP, s, 8);
    run_batch(c, 50);
    open_own(&own);
    report_everything(c->drive.multi);
    for (i = 0; i < 50; i++)
        drive_add(&c->drive, drive_make_call(&c->drive, NULL, 0), on_done, c);
    while (c->done < 100) {
        report_everything(c->drive.multi);
        drive_turn(&c->drive, 1);
    }
    expect_idle(c);
    report_everything(c->drive.multi);
    ck_assert_int_eq(c->milder, 0);
    drive_close(&c->drive);
    close_own(&own);
    server_stop(s);
    free(c);
}
END_TEST

/* Events that were right when the loop collected them, and come when the call has gone. */
START_TEST(late_events_do_no_harm)
{
    server *s = start(die_at_random, _i);
    batch *c = malloc(sizeof(*c));
    struct pollfd old[DRIVE_SOCKETS];
    int round;

    ck_assert_ptr_nonnull(c);
    open_batch(c, DRIVE_FOREIGN_LOOP, s, 4);
    for (round = 0; round < 50; round++) {
        spay_call *calls[8];
        int count;
        int i;

        for (i = 0; i < 8; i++) {
            calls[i] = drive_make_call(&c->drive, NULL, 0);
            drive_add(&c->drive, calls[i], NULL, NULL);
        }
        for (i = 0; i < round % 10; i++)
            drive_turn(&c->drive, 0);
        count = c->drive.fd_count;
        memcpy(old, c->drive.fds, sizeof(old));
        for (i = 0; i < 8; i++)
            spay_call_cancel(calls[i]);
        (void)spay_multi_on_timer(c->drive.multi);
        for (i = 0; i < count; i++)
            (void)spay_multi_on_socket(c->drive.multi, old[i].fd,
                                       SPAY_SOCKET_READ | SPAY_SOCKET_WRITE);
        ck_assert_int_eq(spay_multi_pending(c->drive.multi), 0);
        for (i = 0; i < 8; i++)
            spay_call_free(spay_multi_next(c->drive.multi));
        expect_idle(c);
    }
    drive_close(&c->drive);
    server_stop(s);
    free(c);
}
END_TEST

Suite *loops_suite(void)
{
    Suite *suite = suite_create("loops");
    TCase *tests = tcase_create("loops");

    tcase_set_timeout(tests, 600);
    tcase_add_loop_test(tests, calls_complete_while_connections_die, 0, ROWS(mosts));
    tcase_add_loop_test(tests, events_on_other_descriptors_do_no_harm, 0, 2);
    tcase_add_loop_test(tests, late_events_do_no_harm, 0, 2);
    suite_add_tcase(suite, tests);
    return suite;
}
