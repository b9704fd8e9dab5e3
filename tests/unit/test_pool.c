/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The pool of idle connections: which of them is used, which are closed, and what one that died
 * teaches. The connections never connect, and their times are what the tests say.
 */
#include "unit.h"

#include <string.h>

#ifndef SPAY_WITHOUT_CURL

#include "transport/monotonic.h"
#include "transport/pool.h"
#include "transport/settings.h"

#define MS ((int64_t)1000)
#define SECOND (1000 * MS)

enum {
    MOST = 8,
    LONGEST_S = 118 /* that an idle connection is trusted at all */
};

static spay__curl_settings settings;
static spay__pool pool;
static spay__origin *origin;

/* A connection, and what became of it. */
typedef struct probe {
    spay__connection *connection;
    bool dead; /* found to be, when it is looked at */
    bool closed;
} probe;

static bool look(spay__connection *idle)
{
    return !((const probe *)idle->owner)->dead;
}

static void note_close(spay__connection *closed)
{
    ((probe *)closed->owner)->closed = true;
}

static void open_pool(void)
{
    ck_assert(spay__pool_init(&pool, MOST));
    origin = spay__pool_origin(&pool, "http://127.0.0.1:9/v1/sessions");
    ck_assert_ptr_nonnull(origin);
}

static void close_pool(void)
{
    spay__pool_clear(&pool);
    memset(&pool, 0, sizeof(pool));
}

static void make(probe *made)
{
    spay__target target = {.settings = &settings, .origin = origin->name, .timeout_ms = 1000};

    memset(made, 0, sizeof(*made));
    made->connection = spay__connection_open(&target);
    ck_assert_ptr_nonnull(made->connection);
    made->connection->origin = origin;
    made->connection->owner = made;
    made->connection->keep_us = -1;
    made->connection->is_usable = look;
    made->connection->on_close = note_close;
}

static void rest(const probe *p, int64_t idle_us)
{
    p->connection->idle_since_us = spay__now_us() - idle_us;
}

/* A connection that has been idle for so long; later ones in a test for less. */
static void put(probe *made, int64_t idle_us)
{
    make(made);
    spay__pool_give(&pool, made->connection);
    if (!made->closed)
        rest(made, idle_us);
}

static bool is_taken(probe *p)
{
    spay__connection *taken = spay__pool_take(&pool, origin);
    bool same = taken && taken == p->connection;

    spay__connection_close(taken);
    return same;
}

/* Whether a connection is still used after so long. */
static bool is_kept_for(int64_t idle_us)
{
    probe p;

    put(&p, idle_us);
    return is_taken(&p);
}

static void let_die(int64_t idle_us)
{
    probe p;

    put(&p, idle_us);
    p.dead = true;
    ck_assert_ptr_null(spay__pool_take(&pool, origin));
    ck_assert(p.closed);
}

/* What was learned was learned so much earlier. */
static void pass(int64_t time_us)
{
    origin->learned_us -= time_us;
}

/* ---- taking and giving ---- */

START_TEST(origin_is_scheme_host_and_port)
{
    ck_assert_str_eq(origin->name, "http://127.0.0.1:9");
    ck_assert_ptr_eq(spay__pool_origin(&pool, "http://127.0.0.1:9"), origin);
    ck_assert_ptr_eq(spay__pool_origin(&pool, "http://127.0.0.1:9?query"), origin);
    ck_assert_ptr_ne(spay__pool_origin(&pool, "http://127.0.0.1:99/v1/sessions"), origin);
    ck_assert_ptr_ne(spay__pool_origin(&pool, "https://127.0.0.1:9/v1/sessions"), origin);
}
END_TEST

START_TEST(freshest_connection_is_taken_first)
{
    probe older;
    probe newer;

    put(&older, 2 * SECOND);
    put(&newer, SECOND);
    ck_assert(is_taken(&newer));
    ck_assert(is_taken(&older));
    ck_assert_ptr_null(spay__pool_take(&pool, origin));
}
END_TEST

START_TEST(connection_of_another_origin_is_not_taken)
{
    probe p;

    put(&p, 0);
    ck_assert_ptr_null(spay__pool_take(&pool, spay__pool_origin(&pool, "http://127.0.0.2:9")));
    ck_assert(is_taken(&p));
}
END_TEST

START_TEST(connections_beyond_the_most_are_closed)
{
    probe probes[MOST + 1];
    int i;

    for (i = 0; i <= MOST; i++)
        put(&probes[i], 0);
    for (i = 0; i <= MOST; i++)
        ck_assert_int_eq(probes[i].closed, i == MOST);
    spay__pool_drop(&pool);
    for (i = 0; i <= MOST; i++)
        ck_assert(probes[i].closed);
    put(&probes[0], 0);
    ck_assert(is_taken(&probes[0]));
}
END_TEST

START_TEST(dead_connection_is_closed_and_the_next_taken)
{
    probe live;
    probe dead;

    put(&live, 0);
    put(&dead, 0);
    dead.dead = true;
    rest(&live, -1 * MS); /* given back a moment later than the other one */
    ck_assert(is_taken(&live));
    ck_assert(dead.closed);
}
END_TEST

START_TEST(connections_that_are_as_old_as_a_dead_one_go_with_it)
{
    probe older;
    probe dead;
    probe fresh;

    put(&older, 3 * SECOND);
    put(&dead, 2 * SECOND);
    dead.dead = true;
    ck_assert_ptr_null(spay__pool_take(&pool, origin));
    ck_assert(dead.closed && older.closed);
    put(&fresh, 0);
    ck_assert(is_taken(&fresh));
}
END_TEST

/* ---- how long ---- */

START_TEST(connection_is_kept_for_two_minutes_at_most)
{
    ck_assert(is_kept_for((LONGEST_S - 1) * SECOND));
    ck_assert(!is_kept_for((LONGEST_S + 1) * SECOND));
}
END_TEST

START_TEST(old_connections_are_closed_when_another_comes_back)
{
    probe old;
    probe fresh;

    put(&old, (LONGEST_S + 1) * SECOND);
    put(&fresh, 0);
    ck_assert(old.closed);
    ck_assert(is_taken(&fresh));
}
END_TEST

START_TEST(peer_says_how_long_it_keeps_a_connection)
{
    static const int64_t idle_ms[] = {0, 4400, 4600, 6000};
    static const bool kept[] = {true, true, false, false};
    probe p;

    put(&p, idle_ms[_i] * MS);
    p.connection->keep_us = 5 * SECOND;
    ck_assert_int_eq(is_taken(&p), kept[_i]);
}
END_TEST

/* ---- what the dead teach ---- */

START_TEST(origin_is_kept_half_as_long_as_what_killed_one)
{
    let_die(800 * MS);
    ck_assert(is_kept_for(350 * MS));
    ck_assert(!is_kept_for(450 * MS));
    let_die(300 * MS);
    ck_assert(is_kept_for(100 * MS));
    ck_assert(!is_kept_for(200 * MS));
}
END_TEST

START_TEST(lesson_outlives_good_connections)
{
    let_die(800 * MS);
    ck_assert(is_kept_for(350 * MS));
    let_die(390 * MS);
    ck_assert(!is_kept_for(200 * MS));
    ck_assert_int_eq(origin->keep_us / MS, 195);
}
END_TEST

/* It ended for another reason: restarted servers would cost every connection. */
START_TEST(one_that_was_hardly_idle_teaches_nothing)
{
    let_die(50 * MS);
    ck_assert(is_kept_for(60 * SECOND));
}
END_TEST

START_TEST(one_that_got_no_reply_teaches_nothing)
{
    probe p;

    put(&p, 800 * MS);
    ck_assert_ptr_eq(spay__pool_take(&pool, origin), p.connection);
    spay__pool_suspect(&pool, p.connection, false);
    spay__connection_close(p.connection);
    ck_assert(is_kept_for(60 * SECOND));
}
END_TEST

START_TEST(origins_learn_for_themselves)
{
    spay__origin *other = spay__pool_origin(&pool, "http://127.0.0.2:9");

    let_die(800 * MS);
    origin = other;
    ck_assert(is_kept_for(60 * SECOND));
}
END_TEST

/* A minute, then twice as long each time, up to an hour. */
START_TEST(lesson_is_forgotten_after_some_time)
{
    int64_t remember_s = 60;
    int i;

    for (i = 0; i < 9; i++) {
        let_die(800 * MS);
        pass((remember_s - 1) * SECOND);
        ck_assert(!is_kept_for(SECOND));
        pass(2 * SECOND);
        ck_assert(is_kept_for(SECOND));
        remember_s = remember_s < 1800 ? 2 * remember_s : 3600;
    }
    let_die(800 * MS);
    pass(3 * 3600 * SECOND);
    ck_assert(is_kept_for(SECOND));
    let_die(800 * MS);
    pass(61 * SECOND);
    ck_assert(is_kept_for(SECOND));
}
END_TEST

Suite *pool_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("pool", &tests);

    tcase_add_checked_fixture(tests, open_pool, close_pool);
    tcase_add_test(tests, origin_is_scheme_host_and_port);
    tcase_add_test(tests, freshest_connection_is_taken_first);
    tcase_add_test(tests, connection_of_another_origin_is_not_taken);
    tcase_add_test(tests, connections_beyond_the_most_are_closed);
    tcase_add_test(tests, dead_connection_is_closed_and_the_next_taken);
    tcase_add_test(tests, connections_that_are_as_old_as_a_dead_one_go_with_it);
    tcase_add_test(tests, connection_is_kept_for_two_minutes_at_most);
    tcase_add_test(tests, old_connections_are_closed_when_another_comes_back);
    tcase_add_loop_test(tests, peer_says_how_long_it_keeps_a_connection, 0, 4);
    tcase_add_test(tests, origin_is_kept_half_as_long_as_what_killed_one);
    tcase_add_test(tests, lesson_outlives_good_connections);
    tcase_add_test(tests, one_that_was_hardly_idle_teaches_nothing);
    tcase_add_test(tests, one_that_got_no_reply_teaches_nothing);
    tcase_add_test(tests, origins_learn_for_themselves);
    tcase_add_test(tests, lesson_is_forgotten_after_some_time);
    suite_add_tcase(suite, tests);
    return suite;
}

#else

/* It belongs to the transport on libcurl. */
Suite *pool_suite(void)
{
    return suite_create("pool");
}

#endif
