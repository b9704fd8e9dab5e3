/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The set of sockets: who is ready comes out once, whatever is watched and let go in between, and
 * the bell ends a wait.
 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#ifndef SPAY_WITHOUT_CURL

#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "transport/poll_set.h"

enum {
    PAIRS = 100, /* more than the set has room for at first */
    PATIENCE_MS = 60000
};

/* Each pair: what is sent into the second can be read at the first, which is watched. */
typedef struct bench {
    spay__poll_set set;
    int pairs[PAIRS][2];
    int seen[PAIRS];
} bench;

static bench *open_bench(void)
{
    bench *made = calloc(1, sizeof(*made));
    int i;

    ck_assert_ptr_nonnull(made);
    ck_assert(spay__poll_set_open(&made->set));
    for (i = 0; i < PAIRS; i++) {
        ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, made->pairs[i]), 0);
        spay__poll_set_watch(&made->set, made->pairs[i][0], POLLIN);
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
    spay__poll_set_close(&closed->set);
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
    short events;
    int count = 0;
    int fd;

    memset(b->seen, 0, sizeof(b->seen));
    for (; spay__poll_set_next(&b->set, &fd, &events); count++)
        b->seen[index_of(b, fd)]++;
    return count;
}

START_TEST(those_that_are_ready_come_out_once)
{
    bench *b = open_bench();
    int i;

    spay__poll_set_wait(&b->set, 0);
    ck_assert_int_eq(count_ready(b), 0);
    for (i = 0; i < PAIRS; i += 3)
        make_ready(b, i);
    spay__poll_set_wait(&b->set, PATIENCE_MS);
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
    short events;
    int fd;

    make_ready(b, 5);
    spay__poll_set_watch(&b->set, b->pairs[5][0], POLLOUT);
    spay__poll_set_wait(&b->set, PATIENCE_MS);
    ck_assert(spay__poll_set_next(&b->set, &fd, &events));
    ck_assert_int_eq(fd, b->pairs[5][0]);
    ck_assert_int_eq(events, POLLOUT);
    ck_assert(!spay__poll_set_next(&b->set, &fd, &events));
    close_bench(b);
}
END_TEST

/* Each that comes out lets go of itself, or of itself and another, or is watched anew. */
START_TEST(none_is_lost_while_others_go)
{
    bench *b = open_bench();
    int left = PAIRS;
    short events;
    int fd;
    int i;

    for (i = 0; i < PAIRS; i++)
        make_ready(b, i);
    for (i = 0; left > 0; i++) {
        ck_assert_int_lt(i, PAIRS);
        spay__poll_set_wait(&b->set, PATIENCE_MS);
        while (spay__poll_set_next(&b->set, &fd, &events)) {
            int at = index_of(b, fd);

            ck_assert_int_eq(b->seen[at]++, 0);
            spay__poll_set_watch(&b->set, fd, 0);
            left--;
            if (_i == 1 && at > 0 && !b->seen[at - 1]++) {
                spay__poll_set_watch(&b->set, b->pairs[at - 1][0], 0);
                left--;
            }
            if (_i == 2)
                spay__poll_set_watch(&b->set, b->pairs[at][1], POLLIN);
        }
    }
    close_bench(b);
}
END_TEST

START_TEST(socket_that_is_not_watched_is_not_let_go)
{
    bench *b = open_bench();
    size_t count = b->set.count;

    spay__poll_set_watch(&b->set, b->pairs[0][1], 0);
    ck_assert_uint_eq(b->set.count, count);
    close_bench(b);
}
END_TEST

static void *ring(void *ctx)
{
    spay__poll_set_ring(ctx);
    return NULL;
}

START_TEST(bell_ends_a_wait)
{
    bench *b = open_bench();
    pthread_t thread;
    int i;

    for (i = 0; i < 20; i++) {
        ck_assert_int_eq(pthread_create(&thread, NULL, ring, &b->set), 0);
        spay__poll_set_wait(&b->set, -1);
        ck_assert_int_eq(count_ready(b), 0);
        (void)pthread_join(thread, NULL);
    }
    close_bench(b);
}
END_TEST

/* However often it rings: nobody waits for room, and one wait has heard it all. */
START_TEST(bell_that_rang_often_has_rung_once)
{
    bench *b = open_bench();
    int i;

    for (i = 0; i < 100000; i++)
        spay__poll_set_ring(&b->set);
    spay__poll_set_wait(&b->set, -1);
    ck_assert_int_eq(poll(b->set.fds, 1, 0), 0);
    close_bench(b);
}
END_TEST

Suite *poll_set_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("poll_set", &tests);

    tcase_add_test(tests, those_that_are_ready_come_out_once);
    tcase_add_test(tests, other_events_replace_the_ones_before);
    tcase_add_loop_test(tests, none_is_lost_while_others_go, 0, 3);
    tcase_add_test(tests, socket_that_is_not_watched_is_not_let_go);
    tcase_add_test(tests, bell_ends_a_wait);
    tcase_add_test(tests, bell_that_rang_often_has_rung_once);
    return suite;
}

#else

/* The set belongs to the driver on libcurl. */
Suite *poll_set_suite(void)
{
    return suite_create("poll_set");
}

#endif
