/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The token cache: one fetch for all, failures shared, renewal ahead of time, refusals that do not
 * hit a newer token. Threads meet at barriers and conditions; nothing here sleeps.
 */
#include "unit.h"

#include <semaphore.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "api/error.h"
#include "base/alloc.h"
#include "core/token_cache.h"
#include "support/leave.h"

enum {
    HOUR_MS = 3600000,
    MARGIN_MS = 120000
};

static spay__token_cache *cache;

/* The ticket of a call without limits of its own. */
static const spay__token_ticket fresh;

static void set_up(void)
{
    cache = spay__token_cache_new();
    ck_assert_ptr_nonnull(cache);
}

static void tear_down(void)
{
    spay__token_cache_free(cache);
}

/* What a call sees at a time; checks and frees the token. expected is NULL if there is none. */
static void expect(spay__token_ticket *ticket, int64_t now_ms, spay__token_state state,
                   const char *expected)
{
    spay__secret token = {NULL, 0};
    spay_error *error = NULL;
    spay__token_state actual = spay__token_cache_acquire(cache, ticket, now_ms, &token, &error);

    ck_assert_int_eq(actual, state);
    ck_assert_pstr_eq(token.text, expected);
    ck_assert_int_eq(error != NULL, state == SPAY__TOKEN_FAILED);
    spay__secret_clear(&token);
    spay_error_free(error);
}

/* No assertion: threads call it, too. */
static void store(spay__token_ticket *ticket, const char *token, int64_t began_ms,
                  int64_t lifetime_ms)
{
    spay__secret secret = {NULL, 0};

    (void)spay__secret_set(&secret, token, strlen(token));
    spay__token_cache_store(cache, ticket, &secret, began_ms, lifetime_ms, 0);
    spay__secret_clear(&secret);
}

/* A cache with a token that was asked for at 0 and lives for an hour. */
static void fill(const char *token)
{
    spay__token_ticket ticket = fresh;

    expect(&ticket, 0, SPAY__TOKEN_FETCH, NULL);
    store(&ticket, token, 0, HOUR_MS);
}

static void fail_fetch(spay__token_ticket *ticket, const char *message)
{
    spay_error *error = spay_error_new(SPAY_E_AUTH, SPAY_OUTCOME_REJECTED, message);

    spay__token_cache_fail(cache, ticket, error, true);
    spay_error_free(error);
}

/* A failure that one with other limits need not accept. */
static void fail_attempt(spay__token_ticket *ticket, int32_t attempts, int64_t retry_at_ms)
{
    spay_error *error = spay_error_new(SPAY_E_PROVIDER, SPAY_OUTCOME_UNKNOWN, "busy");

    ticket->attempts = attempts;
    ticket->retry_at_ms = retry_at_ms;
    spay__token_cache_fail(cache, ticket, error, false);
    spay_error_free(error);
}

static spay__token_ticket with_limits(int32_t max_attempts, int64_t deadline_ms)
{
    spay__token_ticket ticket = fresh;

    ticket.max_attempts = max_attempts;
    ticket.deadline_ms = deadline_ms;
    return ticket;
}

/* The first fetches at time 0, the others wait; the last may be NULL. */
static void fetch_for(spay__token_ticket *fetching, spay__token_ticket *waiting,
                      spay__token_ticket *also_waiting)
{
    expect(fetching, 0, SPAY__TOKEN_FETCH, NULL);
    expect(waiting, 0, SPAY__TOKEN_WAIT, NULL);
    if (also_waiting)
        expect(also_waiting, 0, SPAY__TOKEN_WAIT, NULL);
}

/* ---- one fetch ---- */

START_TEST(first_call_fetches_the_others_wait)
{
    spay__token_ticket one = fresh;
    spay__token_ticket two = one;
    spay__token_ticket three = one;

    expect(&one, 0, SPAY__TOKEN_FETCH, NULL);
    ck_assert(one.fetching);
    expect(&two, 0, SPAY__TOKEN_WAIT, NULL);
    expect(&three, 5, SPAY__TOKEN_WAIT, NULL);
    expect(&two, 10, SPAY__TOKEN_WAIT, NULL);
    store(&one, "token", 0, HOUR_MS);
    ck_assert(!one.fetching);
    expect(&two, 20, SPAY__TOKEN_READY, "token");
    expect(&three, 20, SPAY__TOKEN_READY, "token");
    expect(&one, 20, SPAY__TOKEN_READY, "token");
}
END_TEST

START_TEST(token_stays_what_it_is_when_there_is_a_newer_one)
{
    spay__token_ticket ticket = fresh;
    spay__secret token = {NULL, 0};
    spay_error *error = NULL;

    fill("token");
    ck_assert_int_eq(spay__token_cache_acquire(cache, &ticket, 1, &token, &error),
                     SPAY__TOKEN_READY);
    spay__token_cache_reject(cache, &ticket);
    fill("newer");
    ck_assert_str_eq(token.text, "token");
    spay__secret_clear(&token);
    expect(&ticket, 1, SPAY__TOKEN_READY, "newer");
}
END_TEST

/* ---- failure ---- */

START_TEST(failure_is_shared_by_those_who_waited)
{
    spay__token_ticket one = fresh;
    spay__token_ticket two = one;
    spay__token_ticket three = one;
    spay__secret token = {NULL, 0};
    spay_error *error = NULL;

    fetch_for(&one, &two, &three);
    fail_fetch(&one, "refused");
    expect(&two, 1, SPAY__TOKEN_FAILED, NULL);
    ck_assert_int_eq(spay__token_cache_acquire(cache, &three, 1, &token, &error),
                     SPAY__TOKEN_FAILED);
    ck_assert_int_eq(spay_error_status(error), SPAY_E_AUTH);
    ck_assert_str_eq(spay_error_message(error), "refused");
    spay_error_free(error);
}
END_TEST

START_TEST(newcomer_after_a_failure_fetches_anew)
{
    spay__token_ticket one = fresh;
    spay__token_ticket later = one;

    expect(&one, 0, SPAY__TOKEN_FETCH, NULL);
    fail_fetch(&one, "refused");
    expect(&later, 1, SPAY__TOKEN_FETCH, NULL);
    store(&later, "token", 1, HOUR_MS);
    expect(&one, 2, SPAY__TOKEN_READY, "token");
}
END_TEST

START_TEST(one_who_waited_fails_even_if_another_fetches_again)
{
    spay__token_ticket one = fresh;
    spay__token_ticket two = one;
    spay__token_ticket three = one;

    fetch_for(&one, &two, NULL);
    fail_fetch(&one, "refused");
    expect(&three, 1, SPAY__TOKEN_FETCH, NULL);
    expect(&two, 1, SPAY__TOKEN_FAILED, NULL);
    expect(&two, 1, SPAY__TOKEN_WAIT, NULL);
    store(&three, "token", 1, HOUR_MS);
    expect(&two, 2, SPAY__TOKEN_READY, "token");
}
END_TEST

START_TEST(one_who_waited_takes_the_token_that_came_meanwhile)
{
    spay__token_ticket one = fresh;
    spay__token_ticket two = one;
    spay__token_ticket three = one;

    fetch_for(&one, &two, NULL);
    fail_fetch(&one, "refused");
    expect(&three, 1, SPAY__TOKEN_FETCH, NULL);
    store(&three, "token", 1, HOUR_MS);
    expect(&two, 1, SPAY__TOKEN_READY, "token");
}
END_TEST

START_TEST(old_failure_does_not_hit_a_new_wait)
{
    spay__token_ticket one = fresh;
    spay__token_ticket two = one;

    expect(&one, 0, SPAY__TOKEN_FETCH, NULL);
    fail_fetch(&one, "refused");
    expect(&one, 1, SPAY__TOKEN_FETCH, NULL);
    expect(&two, 1, SPAY__TOKEN_WAIT, NULL);
    expect(&two, 2, SPAY__TOKEN_WAIT, NULL);
    fail_fetch(&one, "again");
    expect(&two, 3, SPAY__TOKEN_FAILED, NULL);
}
END_TEST

/* ---- limits of one call ---- */

START_TEST(who_may_try_more_often_continues_the_fetch)
{
    spay__token_ticket once = with_limits(1, HOUR_MS);
    spay__token_ticket three_times = with_limits(3, HOUR_MS);
    spay__token_ticket also_once = with_limits(1, HOUR_MS);

    fetch_for(&once, &three_times, &also_once);
    fail_attempt(&once, 1, 70);
    expect(&also_once, 1, SPAY__TOKEN_FAILED, NULL);
    expect(&three_times, 1, SPAY__TOKEN_FETCH, NULL);
    ck_assert_int_eq(three_times.attempts, 1);
    ck_assert_int_eq(three_times.retry_at_ms, 70);
}
END_TEST

/* The attempts of all fetchers count as one call's: no storm at a service that is down. */
START_TEST(attempts_add_up_over_the_fetchers)
{
    spay__token_ticket first = with_limits(1, HOUR_MS);
    spay__token_ticket second = with_limits(3, HOUR_MS);
    spay__token_ticket third = with_limits(3, HOUR_MS);

    fetch_for(&first, &second, &third);
    fail_attempt(&first, 1, 0);
    expect(&second, 1, SPAY__TOKEN_FETCH, NULL);
    expect(&third, 1, SPAY__TOKEN_WAIT, NULL);
    fail_attempt(&second, 3, 0);
    expect(&third, 2, SPAY__TOKEN_FAILED, NULL);
}
END_TEST

START_TEST(an_attempt_that_was_cut_short_does_not_count_for_others)
{
    spay__token_ticket hasty = with_limits(3, 300);
    spay__token_ticket patient = with_limits(1, HOUR_MS);

    fetch_for(&hasty, &patient, NULL);
    hasty.cut_short = 1;
    fail_attempt(&hasty, 1, 0);
    expect(&patient, 300, SPAY__TOKEN_FETCH, NULL);
    ck_assert_int_eq(patient.attempts, 0);
    ck_assert_int_eq(patient.cut_short, 0);
}
END_TEST

START_TEST(who_cannot_wait_for_the_next_attempt_shares_the_failure)
{
    spay__token_ticket first = with_limits(1, HOUR_MS);
    spay__token_ticket short_of_time = with_limits(3, 5000);
    spay__token_ticket patient = with_limits(3, 5001);

    fetch_for(&first, &short_of_time, &patient);
    fail_attempt(&first, 1, 5000);
    expect(&short_of_time, 1, SPAY__TOKEN_FAILED, NULL);
    expect(&patient, 1, SPAY__TOKEN_FETCH, NULL);
}
END_TEST

START_TEST(an_abandoned_fetch_is_continued_where_it_ended)
{
    spay__token_ticket first = with_limits(3, HOUR_MS);
    spay__token_ticket second = with_limits(3, HOUR_MS);
    spay__token_ticket newcomer = with_limits(3, HOUR_MS);

    fetch_for(&first, &second, NULL);
    first.attempts = 2;
    first.retry_at_ms = 90;
    spay__token_cache_leave(cache, &first);
    expect(&second, 1, SPAY__TOKEN_FETCH, NULL);
    ck_assert_int_eq(second.attempts, 2);
    ck_assert_int_eq(second.retry_at_ms, 90);
    spay__token_cache_leave(cache, &second);
    expect(&newcomer, 1, SPAY__TOKEN_FETCH, NULL);
    ck_assert_int_eq(newcomer.attempts, 0);
    ck_assert_int_lt(newcomer.retry_at_ms, 0);
}
END_TEST

/* ---- giving up ---- */

START_TEST(abandoned_fetch_passes_to_another)
{
    spay__token_ticket one = fresh;
    spay__token_ticket two = one;
    spay__token_ticket three = one;

    fetch_for(&one, &two, &three);
    spay__token_cache_leave(cache, &one);
    ck_assert(!one.fetching);
    expect(&three, 1, SPAY__TOKEN_FETCH, NULL);
    expect(&two, 1, SPAY__TOKEN_WAIT, NULL);
    store(&three, "token", 1, HOUR_MS);
    expect(&two, 2, SPAY__TOKEN_READY, "token");
}
END_TEST

START_TEST(one_who_only_waits_abandons_nothing)
{
    spay__token_ticket one = fresh;
    spay__token_ticket two = one;
    spay__token_ticket three = one;

    fetch_for(&one, &two, NULL);
    spay__token_cache_leave(cache, &two);
    expect(&three, 1, SPAY__TOKEN_WAIT, NULL);
}
END_TEST

/* ---- age ---- */

typedef struct age_row {
    int64_t began_ms;
    int64_t lifetime_ms;
    int64_t last_ms; /* the last moment at which it is given out without renewal */
} age_row;

static const age_row age_rows[] = {
    {0, HOUR_MS, HOUR_MS - MARGIN_MS - 1},
    {5000, HOUR_MS, 5000 + HOUR_MS - MARGIN_MS - 1},
    {0, 2 * MARGIN_MS + 2, MARGIN_MS + 1},
    {0, 2 * MARGIN_MS, MARGIN_MS - 1},
    {0, MARGIN_MS, MARGIN_MS / 2 - 1},
    {0, 10000, 4999},
    {0, 2, 0},
};

START_TEST(token_is_renewed_ahead_of_its_end)
{
    const age_row *row = &age_rows[_i];
    spay__token_ticket ticket = fresh;

    expect(&ticket, row->began_ms, SPAY__TOKEN_FETCH, NULL);
    store(&ticket, "token", row->began_ms, row->lifetime_ms);
    expect(&ticket, row->last_ms, SPAY__TOKEN_READY, "token");
    expect(&ticket, row->last_ms + 1, SPAY__TOKEN_FETCH, NULL);
}
END_TEST

START_TEST(token_without_lifetime_is_not_kept)
{
    spay__token_ticket ticket = fresh;
    spay__token_ticket newcomer = fresh;

    expect(&ticket, 0, SPAY__TOKEN_FETCH, NULL);
    store(&ticket, "token", 0, 0);
    expect(&newcomer, 0, SPAY__TOKEN_FETCH, NULL);
}
END_TEST

START_TEST(token_without_lifetime_serves_all_who_waited_for_it)
{
    spay__token_ticket one = fresh;
    spay__token_ticket two = fresh;
    spay__token_ticket three = fresh;

    fetch_for(&one, &two, &three);
    store(&one, "token", 0, 0);
    expect(&two, 5, SPAY__TOKEN_READY, "token");
    expect(&three, 5, SPAY__TOKEN_READY, "token");
    expect(&two, 5, SPAY__TOKEN_FETCH, NULL);
}
END_TEST

START_TEST(refused_token_does_not_serve_who_waited_for_it)
{
    spay__token_ticket one = fresh;
    spay__token_ticket two = fresh;

    fetch_for(&one, &two, NULL);
    store(&one, "bad", 0, HOUR_MS);
    spay__token_cache_reject(cache, &one);
    expect(&two, 1, SPAY__TOKEN_FETCH, NULL);
}
END_TEST

START_TEST(ageing_token_serves_while_one_renews_it)
{
    spay__token_ticket one = fresh;
    spay__token_ticket two = one;

    fill("old");
    expect(&one, HOUR_MS - MARGIN_MS, SPAY__TOKEN_FETCH, NULL);
    expect(&two, HOUR_MS - MARGIN_MS, SPAY__TOKEN_READY, "old");
    expect(&two, HOUR_MS - 1, SPAY__TOKEN_READY, "old");
    expect(&two, HOUR_MS, SPAY__TOKEN_WAIT, NULL);
    store(&one, "new", HOUR_MS - MARGIN_MS, HOUR_MS);
    expect(&two, HOUR_MS, SPAY__TOKEN_READY, "new");
}
END_TEST

/* ---- refusal ---- */

START_TEST(refused_token_is_dropped)
{
    spay__token_ticket ticket = fresh;

    fill("token");
    expect(&ticket, 1, SPAY__TOKEN_READY, "token");
    spay__token_cache_reject(cache, &ticket);
    expect(&ticket, 2, SPAY__TOKEN_FETCH, NULL);
}
END_TEST

START_TEST(refusal_of_an_old_token_leaves_the_new_one)
{
    spay__token_ticket slow = fresh;
    spay__token_ticket quick = slow;

    fill("old");
    expect(&slow, 1, SPAY__TOKEN_READY, "old");
    expect(&quick, 1, SPAY__TOKEN_READY, "old");
    spay__token_cache_reject(cache, &quick);
    expect(&quick, 2, SPAY__TOKEN_FETCH, NULL);
    store(&quick, "new", 2, HOUR_MS);
    spay__token_cache_reject(cache, &slow);
    expect(&slow, 3, SPAY__TOKEN_READY, "new");
}
END_TEST

START_TEST(refused_token_serves_nobody_while_it_is_renewed)
{
    spay__token_ticket one = fresh;
    spay__token_ticket two = one;

    fill("old");
    expect(&one, 1, SPAY__TOKEN_READY, "old");
    spay__token_cache_reject(cache, &one);
    expect(&one, 2, SPAY__TOKEN_FETCH, NULL);
    expect(&two, 2, SPAY__TOKEN_WAIT, NULL);
}
END_TEST

START_TEST(fetcher_may_refuse_what_it_fetched)
{
    spay__token_ticket ticket = fresh;

    expect(&ticket, 0, SPAY__TOKEN_FETCH, NULL);
    store(&ticket, "bad", 0, HOUR_MS);
    spay__token_cache_reject(cache, &ticket);
    expect(&ticket, 1, SPAY__TOKEN_FETCH, NULL);
}
END_TEST

/* ---- the caller's token ---- */

START_TEST(fixed_token_never_ages_and_is_never_dropped)
{
    spay__token_ticket ticket = fresh;

    ck_assert(spay__token_cache_fix(cache, "mine"));
    expect(&ticket, 0, SPAY__TOKEN_READY, "mine");
    expect(&ticket, INT64_MAX, SPAY__TOKEN_READY, "mine");
    spay__token_cache_reject(cache, &ticket);
    expect(&ticket, 1, SPAY__TOKEN_READY, "mine");
}
END_TEST

START_TEST(fixed_token_can_be_replaced)
{
    spay__token_ticket ticket = fresh;

    ck_assert(spay__token_cache_fix(cache, "mine"));
    ck_assert(spay__token_cache_fix(cache, "other"));
    expect(&ticket, 0, SPAY__TOKEN_READY, "other");
}
END_TEST

/* ---- memory ---- */

static int no_memory(void)
{
    return 0;
}

START_TEST(taking_a_token_needs_no_memory)
{
    spay__token_ticket ticket = fresh;

    fill("token");
    spay__alloc_set_gate(no_memory);
    expect(&ticket, 1, SPAY__TOKEN_READY, "token");
    spay__alloc_set_gate(NULL);
}
END_TEST

/* ---- waking ---- */

typedef struct sleeper {
    spay__waiter waiter;
    int woken;
} sleeper;

static void wake(void *ctx)
{
    ++*(int *)ctx;
}

/* The ticket of a call that is woken. */
static spay__token_ticket with_waiter(sleeper *woken)
{
    spay__token_ticket ticket = fresh;

    memset(woken, 0, sizeof(*woken));
    woken->waiter.wake = wake;
    woken->waiter.ctx = &woken->woken;
    ticket.waiter = &woken->waiter;
    return ticket;
}

START_TEST(all_who_wait_are_woken_once_when_the_fetch_ends)
{
    spay__token_ticket fetcher = fresh;
    sleeper one;
    sleeper two;
    spay__token_ticket first = with_waiter(&one);
    spay__token_ticket second = with_waiter(&two);

    fetch_for(&fetcher, &first, &second);
    expect(&first, 1, SPAY__TOKEN_WAIT, NULL);
    ck_assert_int_eq(one.woken, 0);
    store(&fetcher, "token", 0, HOUR_MS);
    ck_assert_int_eq(one.woken, 1);
    ck_assert_int_eq(two.woken, 1);
    expect(&first, 2, SPAY__TOKEN_READY, "token");
    spay__token_cache_leave(cache, &second);
}
END_TEST

START_TEST(one_who_has_left_is_not_woken)
{
    spay__token_ticket fetcher = fresh;
    sleeper one;
    sleeper two;
    spay__token_ticket first = with_waiter(&one);
    spay__token_ticket second = with_waiter(&two);

    fetch_for(&fetcher, &first, &second);
    spay__token_cache_leave(cache, _i ? &second : &first);
    spay__token_cache_leave(cache, &fetcher);
    ck_assert_int_eq(one.woken, _i);
    ck_assert_int_eq(two.woken, !_i);
}
END_TEST

/* ---- tokens that others have fetched, from a store ---- */

START_TEST(a_token_of_others_is_wanted_unless_it_was_refused)
{
    spay__token_ticket ticket = fresh;

    ck_assert(spay__token_cache_wants(cache, "token", HOUR_MS, HOUR_MS));
    ck_assert(!spay__token_cache_wants(cache, "token", HOUR_MS, MARGIN_MS + MARGIN_MS / 4));
    fill("token");
    expect(&ticket, 1, SPAY__TOKEN_READY, "token");
    spay__token_cache_reject(cache, &ticket);
    ck_assert(!spay__token_cache_wants(cache, "token", HOUR_MS, HOUR_MS));
    ck_assert(spay__token_cache_wants(cache, "other", HOUR_MS, HOUR_MS));
}
END_TEST

START_TEST(renewal_is_postponed_while_the_token_lives)
{
    spay__token_ticket one = fresh;

    fill("old");
    expect(&one, HOUR_MS - MARGIN_MS, SPAY__TOKEN_FETCH, NULL);
    ck_assert(spay__token_cache_postpone(cache, &one, HOUR_MS - 5000, HOUR_MS - 4000));
    expect(&one, HOUR_MS - 4001, SPAY__TOKEN_READY, "old");
    expect(&one, HOUR_MS - 4000, SPAY__TOKEN_FETCH, NULL);
    ck_assert(spay__token_cache_postpone(cache, &one, HOUR_MS - 500, HOUR_MS + 500));
    expect(&one, HOUR_MS - 1, SPAY__TOKEN_READY, "old");
    expect(&one, HOUR_MS, SPAY__TOKEN_FETCH, NULL);
    ck_assert(!spay__token_cache_postpone(cache, &one, HOUR_MS, HOUR_MS + 1000));
}
END_TEST

/* ---- threads ---- */

#ifndef SPAY_DISABLE_THREADS

enum {
    THREADS = 64
};

/* What a thread does when it is the one that fetches. */
typedef enum plan {
    PLAN_STORE,
    PLAN_FAIL,
    PLAN_ABANDON_FIRST /* the first fetcher gives up, the next one stores */
} plan;

typedef struct fetchers {
    plan plan;
    pthread_barrier_t start;
    pthread_mutex_t lock;
    pthread_cond_t all_wait;
    int waiting; /* threads that have been told to wait, guarded by lock */
    int fetches;
    int ready;
    int failed;
} fetchers;

static fetchers threads;

static void count(int *counter)
{
    pthread_mutex_lock(&threads.lock);
    ++*counter;
    pthread_cond_broadcast(&threads.all_wait);
    pthread_mutex_unlock(&threads.lock);
}

/* The first fetch lasts until everybody else has been told to wait: no luck with timing needed. */
static int begin_fetch(void)
{
    int number;

    pthread_mutex_lock(&threads.lock);
    number = ++threads.fetches;
    while (number == 1 && threads.waiting < THREADS - 1)
        pthread_cond_wait(&threads.all_wait, &threads.lock);
    pthread_mutex_unlock(&threads.lock);
    return number;
}

static void fetch(spay__token_ticket *ticket)
{
    int number = begin_fetch();
    spay_error *error;

    if (threads.plan == PLAN_ABANDON_FIRST && number == 1) {
        spay__token_cache_leave(cache, ticket);
    } else if (threads.plan == PLAN_FAIL) {
        error = spay_error_new(SPAY_E_AUTH, SPAY_OUTCOME_REJECTED, "refused");
        spay__token_cache_fail(cache, ticket, error, true);
        spay_error_free(error);
    } else {
        store(ticket, "token", 0, HOUR_MS);
    }
}

static spay__token_state ask(spay__token_ticket *ticket)
{
    spay__secret token = {NULL, 0};
    spay_error *error = NULL;
    spay__token_state state = spay__token_cache_acquire(cache, ticket, 0, &token, &error);

    spay__secret_clear(&token);
    spay_error_free(error);
    return state;
}

static void post(void *ctx)
{
    (void)sem_post(ctx);
}

/* No assertion here: it would jump across threads. */
static void *run(void *unused)
{
    spay__token_ticket ticket = fresh;
    spay__waiter waiter = {.wake = post};
    bool counted = false;
    sem_t woken;

    (void)sem_init(&woken, 0, 0);
    waiter.ctx = &woken;
    ticket.waiter = &waiter;

    pthread_barrier_wait(&threads.start);
    for (;;) {
        switch (ask(&ticket)) {
        case SPAY__TOKEN_READY:
            count(&threads.ready);
            return unused;
        case SPAY__TOKEN_FAILED:
            count(&threads.failed);
            return unused;
        case SPAY__TOKEN_WAIT:
            if (!counted)
                count(&threads.waiting);
            counted = true;
            (void)sem_wait(&woken);
            break;
        case SPAY__TOKEN_FETCH:
            fetch(&ticket);
            if (threads.plan == PLAN_STORE)
                break;
            return unused;
        }
    }
}

static void run_crowd(plan chosen)
{
    pthread_t ids[THREADS];
    int i;

    memset(&threads, 0, sizeof(threads));
    threads.plan = chosen;
    ck_assert_int_eq(pthread_barrier_init(&threads.start, NULL, THREADS), 0);
    ck_assert_int_eq(pthread_mutex_init(&threads.lock, NULL), 0);
    ck_assert_int_eq(pthread_cond_init(&threads.all_wait, NULL), 0);
    for (i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&ids[i], NULL, run, NULL), 0);
    for (i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_join(ids[i], NULL), 0);
    pthread_cond_destroy(&threads.all_wait);
    pthread_mutex_destroy(&threads.lock);
    pthread_barrier_destroy(&threads.start);
}

START_TEST(sixty_four_threads_make_one_fetch)
{
    run_crowd(PLAN_STORE);
    ck_assert_int_eq(threads.fetches, 1);
    ck_assert_int_eq(threads.ready, THREADS);
    ck_assert_int_eq(threads.failed, 0);
}
END_TEST

START_TEST(sixty_four_threads_share_one_failure)
{
    run_crowd(PLAN_FAIL);
    ck_assert_int_eq(threads.fetches, 1);
    ck_assert_int_eq(threads.failed, THREADS - 1);
    ck_assert_int_eq(threads.ready, 0);
}
END_TEST

START_TEST(one_of_sixty_three_takes_an_abandoned_fetch_over)
{
    run_crowd(PLAN_ABANDON_FIRST);
    ck_assert_int_eq(threads.fetches, 2);
    ck_assert_int_eq(threads.ready, THREADS - 2);
    ck_assert_int_eq(threads.failed, 0);
}
END_TEST

/* ---- forks ---- */

/* In a child: what a ticket gets there. The token is not freed: the child ends. */
static int state_in_child(void *ctx)
{
    spay__secret token = {NULL, 0};
    spay_error *error = NULL;

    return (int)spay__token_cache_acquire(cache, ctx, 1, &token, &error);
}

/* Which was not begun in the child, or brought a token that is the parent's. */
START_TEST(a_forked_child_fetches_its_own_token)
{
    spay__token_ticket one = fresh;
    spay__token_ticket two = fresh;
    spay__token_ticket three = fresh;

    ck_assert(spay__threads_start());
    fetch_for(&one, &two, NULL);
    ck_assert_int_eq(run_in_child(state_in_child, &two), SPAY__TOKEN_FETCH);
    store(&one, "token", 0, HOUR_MS);
    ck_assert_int_eq(run_in_child(state_in_child, &two), SPAY__TOKEN_FETCH);
    ck_assert_int_eq(run_in_child(state_in_child, &three), SPAY__TOKEN_FETCH);
    expect(&two, 1, SPAY__TOKEN_READY, "token");
}
END_TEST

static int want_in_child(void *ctx)
{
    return spay__token_cache_wants(cache, ctx, HOUR_MS, HOUR_MS);
}

START_TEST(a_forked_child_knows_no_refusal)
{
    static char token[] = "token";
    spay__token_ticket ticket = fresh;

    ck_assert(spay__threads_start());
    fill(token);
    expect(&ticket, 1, SPAY__TOKEN_READY, token);
    spay__token_cache_reject(cache, &ticket);
    ck_assert_int_eq(want_in_child(token), 0);
    ck_assert_int_eq(run_in_child(want_in_child, token), 1);
}
END_TEST

START_TEST(a_forked_child_keeps_the_callers_token)
{
    spay__token_ticket ticket = fresh;

    ck_assert(spay__threads_start());
    ck_assert(spay__token_cache_fix(cache, "mine"));
    ck_assert_int_eq(run_in_child(state_in_child, &ticket), SPAY__TOKEN_READY);
}
END_TEST

/* What a child sees that fetches by itself, while it ends a fetch of its parent in each way. */
static int end_inherited_fetch(spay__token_ticket *inherited, int how)
{
    spay__token_ticket own = with_limits(3, HOUR_MS);
    spay__token_ticket waiting = own;

    expect(&own, 0, SPAY__TOKEN_FETCH, NULL);
    expect(&waiting, 0, SPAY__TOKEN_WAIT, NULL);
    if (how == 0)
        spay__token_cache_leave(cache, inherited);
    else
        fail_fetch(inherited, "refused");
    expect(&waiting, 0, SPAY__TOKEN_WAIT, NULL);
    store(&own, "own", 0, HOUR_MS);
    expect(&waiting, 0, SPAY__TOKEN_READY, "own");
    return 0;
}

START_TEST(fetch_of_the_parent_ends_no_fetch_of_a_forked_child)
{
    spay__token_ticket inherited = fresh;
    int status = -1;
    pid_t child;

    ck_assert(spay__threads_start());
    expect(&inherited, 0, SPAY__TOKEN_FETCH, NULL);
    child = fork();
    if (child == 0)
        _exit(end_inherited_fetch(&inherited, _i));
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

static void add_threads(TCase *tests)
{
    tcase_add_test(tests, a_forked_child_fetches_its_own_token);
    tcase_add_test(tests, a_forked_child_knows_no_refusal);
    tcase_add_test(tests, a_forked_child_keeps_the_callers_token);
    tcase_add_loop_test(tests, fetch_of_the_parent_ends_no_fetch_of_a_forked_child, 0, 2);
    tcase_add_loop_test(tests, sixty_four_threads_make_one_fetch, 0, 5);
    tcase_add_loop_test(tests, sixty_four_threads_share_one_failure, 0, 5);
    tcase_add_loop_test(tests, one_of_sixty_three_takes_an_abandoned_fetch_over, 0, 5);
}

#else

static void add_threads(TCase *tests)
{
    (void)tests;
}

#endif

static void count_wake(void *ctx)
{
    ++*(int *)ctx;
}

/* In a forked child, a call that waited in the parent is on no list, and taking it off harms nobody. */
START_TEST(a_forgotten_waiter_is_on_no_list)
{
    int woken[2] = {0, 0};
    spay__waiter parents = {.wake = count_wake, .ctx = &woken[0]};
    spay__waiter own = {.wake = count_wake, .ctx = &woken[1]};
    spay__waiters waiters;

    memset(&waiters, 0, sizeof(waiters));
    spay__waiters_add(&waiters, &parents);
    spay__waiters_forget(&waiters);
    spay__waiters_add(&waiters, &own);
    spay__waiters_remove(&waiters, &parents);
    spay__waiters_wake(&waiters);
    ck_assert_int_eq(woken[0], 0);
    ck_assert_int_eq(woken[1], 1);
}
END_TEST

Suite *token_cache_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("token_cache", &tests);

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, first_call_fetches_the_others_wait);
    tcase_add_test(tests, token_stays_what_it_is_when_there_is_a_newer_one);
    tcase_add_test(tests, failure_is_shared_by_those_who_waited);
    tcase_add_test(tests, newcomer_after_a_failure_fetches_anew);
    tcase_add_test(tests, one_who_waited_fails_even_if_another_fetches_again);
    tcase_add_test(tests, one_who_waited_takes_the_token_that_came_meanwhile);
    tcase_add_test(tests, old_failure_does_not_hit_a_new_wait);
    tcase_add_test(tests, abandoned_fetch_passes_to_another);
    tcase_add_test(tests, one_who_only_waits_abandons_nothing);
    tcase_add_loop_test(tests, token_is_renewed_ahead_of_its_end, 0, ROWS(age_rows));
    tcase_add_test(tests, token_without_lifetime_is_not_kept);
    tcase_add_test(tests, token_without_lifetime_serves_all_who_waited_for_it);
    tcase_add_test(tests, refused_token_does_not_serve_who_waited_for_it);
    tcase_add_test(tests, who_may_try_more_often_continues_the_fetch);
    tcase_add_test(tests, attempts_add_up_over_the_fetchers);
    tcase_add_test(tests, an_attempt_that_was_cut_short_does_not_count_for_others);
    tcase_add_test(tests, who_cannot_wait_for_the_next_attempt_shares_the_failure);
    tcase_add_test(tests, an_abandoned_fetch_is_continued_where_it_ended);
    tcase_add_test(tests, ageing_token_serves_while_one_renews_it);
    tcase_add_test(tests, refused_token_is_dropped);
    tcase_add_test(tests, refusal_of_an_old_token_leaves_the_new_one);
    tcase_add_test(tests, refused_token_serves_nobody_while_it_is_renewed);
    tcase_add_test(tests, fetcher_may_refuse_what_it_fetched);
    tcase_add_test(tests, fixed_token_never_ages_and_is_never_dropped);
    tcase_add_test(tests, fixed_token_can_be_replaced);
    tcase_add_test(tests, taking_a_token_needs_no_memory);
    tcase_add_test(tests, all_who_wait_are_woken_once_when_the_fetch_ends);
    tcase_add_test(tests, a_forgotten_waiter_is_on_no_list);
    tcase_add_loop_test(tests, one_who_has_left_is_not_woken, 0, 2);
    tcase_add_test(tests, a_token_of_others_is_wanted_unless_it_was_refused);
    tcase_add_test(tests, renewal_is_postponed_while_the_token_lives);
    add_threads(tests);
    return suite;
}
