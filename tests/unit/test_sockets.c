/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The sockets that a driver watches: those that are ready come out once, whatever is watched and
 * let go of in between, each leads to its connection, and another thread can end a wait.
 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#ifndef SPAY_WITHOUT_CURL

#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "drivers/sockets.h"

enum {
    PAIRS = 100, /* more than the set has room for at first */
    PATIENCE_MS = 60000
};

/* Each pair: what is sent into the second can be read at the first, which is watched. */
typedef struct bench {
    spay_multi_options options; /* without hooks */
    spay__sockets set;
    spay__connection connections[PAIRS];
    int pairs[PAIRS][2];
    int seen[PAIRS];
} bench;

static void watch(bench *b, int pair, int end, int32_t events)
{
    ck_assert(spay__sockets_watch(&b->set, &b->connections[pair], b->pairs[pair][end], events));
}

static bench *open_bench(void)
{
    bench *made = calloc(1, sizeof(*made));
    int i;

    ck_assert_ptr_nonnull(made);
    ck_assert(spay__sockets_open(&made->set, &made->options));
    for (i = 0; i < PAIRS; i++) {
        ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, made->pairs[i]), 0);
        watch(made, i, 0, SPAY_SOCKET_READ);
    }
    return made;
}

static void close_bench(bench *closed)
{
    int i;

    for (i = 0; i < PAIRS; i++) {
        (void)close(closed->pairs[i][0]);
        (void)close(closed->pairs[i][1]);
    }
    spay__sockets_close(&closed->set);
    free(closed);
}

static void make_ready(const bench *b, int i)
{
    ck_assert_int_eq((int)send(b->pairs[i][1], "x", 1, 0), 1);
}

static int index_of(const bench *b, int fd)
{
    int i = 0;

    while (i < PAIRS && b->pairs[i][0] != fd)
        i++;
    ck_assert_int_lt(i, PAIRS);
    return i;
}

static int count_ready(bench *b)
{
    int32_t events;
    int count = 0;
    int fd;

    memset(b->seen, 0, sizeof(b->seen));
    for (; spay__sockets_next(&b->set, &fd, &events); count++)
        b->seen[index_of(b, fd)]++;
    return count;
}

START_TEST(those_that_are_ready_come_out_once)
{
    bench *b = open_bench();
    int i;

    spay__sockets_wait(&b->set, 0);
    ck_assert_int_eq(count_ready(b), 0);
    for (i = 0; i < PAIRS; i += 3)
        make_ready(b, i);
    spay__sockets_wait(&b->set, PATIENCE_MS);
    ck_assert_int_eq(count_ready(b), (PAIRS + 2) / 3);
    for (i = 0; i < PAIRS; i++)
        ck_assert_int_eq(b->seen[i], i % 3 == 0);
    ck_assert_int_eq(count_ready(b), 0);
    close_bench(b);
}
END_TEST

START_TEST(other_events_replace_the_ones_before)
{
    bench *b = open_bench();
    int32_t events;
    int fd;

    make_ready(b, 5);
    watch(b, 5, 0, SPAY_SOCKET_WRITE);
    spay__sockets_wait(&b->set, PATIENCE_MS);
    ck_assert(spay__sockets_next(&b->set, &fd, &events));
    ck_assert_int_eq(fd, b->pairs[5][0]);
    ck_assert_int_eq(events, SPAY_SOCKET_WRITE);
    ck_assert(!spay__sockets_next(&b->set, &fd, &events));
    close_bench(b);
}
END_TEST

/* Each that comes out lets go of itself, or of itself and another, or is watched anew. */
START_TEST(none_is_lost_while_others_go)
{
    bench *b = open_bench();
    int left = PAIRS;
    int32_t events;
    int fd;
    int i;

    for (i = 0; i < PAIRS; i++)
        make_ready(b, i);
    for (i = 0; left > 0; i++) {
        ck_assert_int_lt(i, PAIRS);
        spay__sockets_wait(&b->set, PATIENCE_MS);
        while (spay__sockets_next(&b->set, &fd, &events)) {
            int at = index_of(b, fd);

            ck_assert_int_eq(b->seen[at]++, 0);
            watch(b, at, 0, 0);
            left--;
            if (_i == 1 && at > 0 && !b->seen[at - 1]++) {
                watch(b, at - 1, 0, 0);
                left--;
            }
            if (_i == 2)
                watch(b, at, 1, SPAY_SOCKET_READ);
        }
    }
    close_bench(b);
}
END_TEST

START_TEST(socket_that_is_not_watched_is_not_let_go)
{
    bench *b = open_bench();
    size_t count = b->set.count;

    watch(b, 0, 1, 0);
    ck_assert_uint_eq(b->set.count, count);
    close_bench(b);
}
END_TEST

START_TEST(socket_leads_to_its_connection)
{
    bench *b = open_bench();
    int i;

    for (i = 0; i < PAIRS; i++) {
        ck_assert_ptr_eq(spay__sockets_connection(&b->set, b->pairs[i][0]), &b->connections[i]);
        ck_assert_ptr_null(spay__sockets_connection(&b->set, b->pairs[i][1]));
    }
    watch(b, 7, 0, 0);
    ck_assert_ptr_null(spay__sockets_connection(&b->set, b->pairs[7][0]));
    ck_assert_ptr_null(spay__sockets_connection(&b->set, -1));
    ck_assert_ptr_null(spay__sockets_connection(&b->set, INT64_MAX));
    close_bench(b);
}
END_TEST

static void *wake(void *ctx)
{
    spay__sockets_wake(ctx);
    return NULL;
}

START_TEST(another_thread_ends_a_wait)
{
    bench *b = open_bench();
    pthread_t thread;
    int i;

    for (i = 0; i < 20; i++) {
        ck_assert_int_eq(pthread_create(&thread, NULL, wake, &b->set), 0);
        spay__sockets_wait(&b->set, -1);
        ck_assert_int_eq(count_ready(b), 0);
        (void)pthread_join(thread, NULL);
    }
    close_bench(b);
}
END_TEST

/* However often: nobody waits for room, and one wait takes them all. */
START_TEST(many_wakes_end_one_wait)
{
    bench *b = open_bench();
    int i;

    for (i = 0; i < 100000; i++)
        spay__sockets_wake(&b->set);
    spay__sockets_wait(&b->set, -1);
    ck_assert_int_eq(poll(b->set.fds, 1, 0), 0);
    close_bench(b);
}
END_TEST

Suite *sockets_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("sockets", &tests);

    tcase_add_test(tests, those_that_are_ready_come_out_once);
    tcase_add_test(tests, other_events_replace_the_ones_before);
    tcase_add_loop_test(tests, none_is_lost_while_others_go, 0, 3);
    tcase_add_test(tests, socket_that_is_not_watched_is_not_let_go);
    tcase_add_test(tests, socket_leads_to_its_connection);
    tcase_add_test(tests, another_thread_ends_a_wait);
    tcase_add_test(tests, many_wakes_end_one_wait);
    return suite;
}

#else

/* They belong to the driver on libcurl. */
Suite *sockets_suite(void)
{
    return suite_create("sockets");
}

#endif
