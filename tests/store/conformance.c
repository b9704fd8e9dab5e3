/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What every store must do.
 */
#include "conformance.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../support/leave.h"

enum {
    MOST_LENGTH = 300 * 1024,
    THREADS = 16,
    PROCESSES = 8,
    NAMES = 50
};

static const size_t lengths[] = {0, 1, 2, 255, 4095, 65536, MOST_LENGTH};

/* ThreadSanitizer does not know threads that a child starts which was forked from several threads. */
#ifdef __SANITIZE_THREAD__
static const bool untested_forks = true;
#else
static const bool untested_forks = false;
#endif

static spay_store store;

const char *fresh_name(void)
{
    static int32_t last;
    static char names[64][40];
    int32_t number = __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
    char *name = names[number % 64];

    (void)snprintf(name, sizeof(names[0]), "test-%ld-%ld", (long)getpid(), (long)number);
    return name;
}

uint64_t acquire_at_last(const spay_store *from, const char *name)
{
    int32_t result;
    uint64_t fence;

    do {
        fence = acquire(from, name, MINUTE_MS, &result);
        ck_assert(result == ACQUIRED || result == SPAY_STORE_HELD);
    } while (result != ACQUIRED);
    return fence;
}

/*
 * The lease, or HELD. A store may fail while many others use it; the library then goes on by itself,
 * but here it is asked again.
 */
static uint64_t acquire_patiently(const spay_store *from, const char *name, int32_t *result)
{
    uint64_t fence = 0;
    int tries;

    *result = SPAY_STORE_ERROR;
    for (tries = 0; tries < 100 && *result == SPAY_STORE_ERROR; tries++)
        fence = acquire(from, name, MINUTE_MS, result);
    return fence;
}

static bool release_patiently(const spay_store *from, const char *name, uint64_t fence)
{
    int32_t result;

    do
        result = release(from, name, fence);
    while (result == SPAY_STORE_ERROR);
    return result == SPAY_STORE_DONE;
}

static void before(void)
{
    store = open_store();
}

static void after(void)
{
    close_store(&store);
}

static void check_value(const char *name, const void *value, size_t length)
{
    answer found = get(&store, name);

    ck_assert_int_eq(found.result, FOUND);
    ck_assert_uint_eq(found.length, length);
    ck_assert_int_eq(memcmp(found.value, value, length), 0);
    drop(&found);
}

/* ---- values ---- */

START_TEST(nothing_is_there_at_first)
{
    ck_assert_int_eq(get(&store, fresh_name()).result, SPAY_STORE_MISS);
}
END_TEST

START_TEST(value_put_under_a_lease_is_found)
{
    const char *name = fresh_name();
    uint64_t fence = acquire(&store, name, MINUTE_MS, NULL);
    answer found;

    ck_assert_uint_ne(fence, 0);
    ck_assert_int_eq(put(&store, name, "value", 5, MINUTE_MS, fence), SPAY_STORE_DONE);
    found = get(&store, name);
    ck_assert_int_eq(found.result, FOUND);
    ck_assert_uint_eq(found.length, 5);
    ck_assert_mem_eq(found.value, "value", 5);
    ck_assert_int_gt(found.ttl_left_ms, 0);
    ck_assert_int_le(found.ttl_left_ms, MINUTE_MS);
    drop(&found);
    ck_assert_int_eq(get(&store, fresh_name()).result, SPAY_STORE_MISS);
}
END_TEST

START_TEST(values_are_bytes)
{
    const char *name = fresh_name();
    uint64_t fence = acquire(&store, name, MINUTE_MS, NULL);
    size_t length = lengths[_i];
    unsigned char *value = malloc(length + 1);
    size_t i;

    for (i = 0; i < length; i++)
        value[i] = (unsigned char)((i * 31 + i / 256) % 256);
    if (length > 4)
        memcpy(value + 1, "\r\n\0", 3);
    ck_assert_int_eq(put(&store, name, value, length, MINUTE_MS, fence), SPAY_STORE_DONE);
    check_value(name, value, length);
    free(value);
}
END_TEST

START_TEST(value_ends_with_its_life)
{
    const char *name = fresh_name();
    uint64_t fence = acquire(&store, name, MINUTE_MS, NULL);
    answer found;

    ck_assert_int_eq(put(&store, name, "value", 5, 20, fence), SPAY_STORE_DONE);
    do {
        found = get(&store, name);
        ck_assert(found.result == SPAY_STORE_MISS ||
                  (found.result == FOUND && found.ttl_left_ms <= 20));
        drop(&found);
    } while (found.result == FOUND);
}
END_TEST

START_TEST(value_is_replaced)
{
    const char *name = fresh_name();
    uint64_t fence = acquire(&store, name, MINUTE_MS, NULL);

    ck_assert_int_eq(put(&store, name, "a longer value", 14, MINUTE_MS, fence), SPAY_STORE_DONE);
    ck_assert_int_eq(put(&store, name, "second", 6, MINUTE_MS, fence), SPAY_STORE_DONE);
    check_value(name, "second", 6);
}
END_TEST

START_TEST(value_without_life_is_removed)
{
    const char *name = fresh_name();
    uint64_t fence = acquire(&store, name, MINUTE_MS, NULL);

    ck_assert_int_eq(put(&store, name, "value", 5, MINUTE_MS, fence), SPAY_STORE_DONE);
    ck_assert_int_eq(put(&store, name, "", 0, -_i, fence), SPAY_STORE_DONE);
    ck_assert_int_eq(get(&store, name).result, SPAY_STORE_MISS);
}
END_TEST

START_TEST(other_doors_see_the_same)
{
    const char *name = fresh_name();
    uint64_t fence = acquire(&store, name, MINUTE_MS, NULL);
    spay_store other = open_store();
    answer found;
    int32_t result;

    ck_assert_int_eq(put(&store, name, "value", 5, MINUTE_MS, fence), SPAY_STORE_DONE);
    found = get(&other, name);
    ck_assert_int_eq(found.result, FOUND);
    drop(&found);
    (void)acquire(&other, name, MINUTE_MS, &result);
    ck_assert_int_eq(result, SPAY_STORE_HELD);
    ck_assert_int_eq(release(&other, name, fence), SPAY_STORE_DONE);
    ck_assert_uint_gt(acquire(&store, name, MINUTE_MS, NULL), fence);
    close_store(&other);
}
END_TEST

static const char *const bad_names[] = {
    "", "a b", "a.b", "a/b", "../a", "a\nb", "a_b", "{a}", "a:b", "\xC3\xA4", "%s",
};

START_TEST(name_of_other_characters_is_an_error)
{
    const char *name = bad_names[_i];

    ck_assert_int_eq(get(&store, name).result, SPAY_STORE_ERROR);
    ck_assert_int_eq(put(&store, name, "value", 5, MINUTE_MS, 1), SPAY_STORE_ERROR);
    ck_assert_int_eq(finish(start_acquire(&store, name, MINUTE_MS)).result, SPAY_STORE_ERROR);
    ck_assert_int_eq(release(&store, name, 1), SPAY_STORE_ERROR);
}
END_TEST

START_TEST(names_have_80_characters_at_most)
{
    char name[82];

    (void)snprintf(name, sizeof(name), "%s-%080d", fresh_name(), 0);
    name[80] = '\0';
    ck_assert_uint_ne(acquire(&store, name, 1, NULL), 0);
    ck_assert_int_eq(get(&store, name).result, SPAY_STORE_MISS);
    memset(name, 'a', 81);
    name[81] = '\0';
    ck_assert_int_eq(get(&store, name).result, SPAY_STORE_ERROR);
    ck_assert_int_eq(finish(start_acquire(&store, name, 1)).result, SPAY_STORE_ERROR);
}
END_TEST

/* ---- leases ---- */

START_TEST(lease_is_given_to_one)
{
    const char *name = fresh_name();
    int32_t result;

    ck_assert_uint_ne(acquire(&store, name, MINUTE_MS, NULL), 0);
    (void)acquire(&store, name, MINUTE_MS, &result);
    ck_assert_int_eq(result, SPAY_STORE_HELD);
    ck_assert_uint_ne(acquire(&store, fresh_name(), MINUTE_MS, NULL), 0);
}
END_TEST

START_TEST(lease_given_back_can_be_had_with_a_larger_fence)
{
    const char *name = fresh_name();
    uint64_t last = 0;
    int i;

    for (i = 0; i < 5; i++) {
        uint64_t fence = acquire(&store, name, MINUTE_MS, NULL);

        ck_assert_uint_gt(fence, last);
        ck_assert_int_eq(release(&store, name, fence), SPAY_STORE_DONE);
        last = fence;
    }
}
END_TEST

START_TEST(lease_expires)
{
    const char *name = fresh_name();
    uint64_t first = acquire(&store, name, 20, NULL);

    ck_assert_uint_gt(acquire_at_last(&store, name), first);
}
END_TEST

START_TEST(late_holder_writes_nothing)
{
    const char *name = fresh_name();
    uint64_t first = acquire(&store, name, 1, NULL);
    uint64_t second = acquire_at_last(&store, name);

    ck_assert_int_eq(put(&store, name, "late", 4, MINUTE_MS, first), SPAY_STORE_STALE);
    ck_assert_int_eq(get(&store, name).result, SPAY_STORE_MISS);
    ck_assert_int_eq(put(&store, name, "good", 4, MINUTE_MS, second), SPAY_STORE_DONE);
    ck_assert_int_eq(put(&store, name, "late", 4, MINUTE_MS, first), SPAY_STORE_STALE);
    ck_assert_int_eq(put(&store, name, "", 0, 0, first), SPAY_STORE_STALE);
    check_value(name, "good", 4);
}
END_TEST

START_TEST(late_holder_takes_nobodys_lease_away)
{
    const char *name = fresh_name();
    uint64_t first = acquire(&store, name, 1, NULL);
    uint64_t second = acquire_at_last(&store, name);
    int32_t result;

    ck_assert_int_eq(release(&store, name, first), SPAY_STORE_STALE);
    (void)acquire(&store, name, MINUTE_MS, &result);
    ck_assert_int_eq(result, SPAY_STORE_HELD);
    ck_assert_int_eq(release(&store, name, second), SPAY_STORE_DONE);
}
END_TEST

START_TEST(holder_that_nobody_followed_may_still_write)
{
    const char *name = fresh_name();
    const char *clock = fresh_name();
    uint64_t fence = acquire(&store, name, 1, NULL);

    (void)acquire(&store, clock, 1, NULL);
    (void)acquire_at_last(&store, clock); /* so the other lease is over, too */
    ck_assert_int_eq(put(&store, name, "value", 5, MINUTE_MS, fence), SPAY_STORE_DONE);
    ck_assert_int_eq(release(&store, name, fence), SPAY_STORE_DONE);
    check_value(name, "value", 5);
}
END_TEST

START_TEST(fence_of_no_lease_is_stale)
{
    static const uint64_t fences[] = {0, 1, 7, UINT64_MAX};
    const char *name = fresh_name();

    ck_assert_int_eq(put(&store, name, "value", 5, MINUTE_MS, fences[_i]), SPAY_STORE_STALE);
    ck_assert_int_eq(release(&store, name, fences[_i]), SPAY_STORE_STALE);
    ck_assert_uint_ne(acquire(&store, name, MINUTE_MS, NULL), 0);
    ck_assert_int_eq(put(&store, name, "value", 5, MINUTE_MS, fences[_i]), SPAY_STORE_STALE);
    ck_assert_int_eq(release(&store, name, fences[_i]), SPAY_STORE_STALE);
    ck_assert_int_eq(get(&store, name).result, SPAY_STORE_MISS);
}
END_TEST

/* ---- threads and processes ---- */

typedef struct workers {
    const spay_store *store;
    const char *name;
    int32_t got;
    int32_t wrong;
} workers;

static void run_threads(void *(*run)(void *ctx), void *ctx)
{
    pthread_t threads[THREADS];
    int i;

    for (i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, run, ctx), 0);
    for (i = 0; i < THREADS; i++)
        (void)pthread_join(threads[i], NULL);
}

static void *try_to_acquire(void *ctx)
{
    workers *all = ctx;
    int32_t result;

    (void)acquire_patiently(all->store, all->name, &result);
    if (result == ACQUIRED)
        (void)__atomic_add_fetch(&all->got, 1, __ATOMIC_RELAXED);
    else if (result != SPAY_STORE_HELD)
        (void)__atomic_add_fetch(&all->wrong, 1, __ATOMIC_RELAXED);
    return NULL;
}

START_TEST(of_many_threads_one_gets_the_lease)
{
    workers all = {.store = &store};
    int i;

    for (i = 0; i < 20; i++) {
        all.name = fresh_name();
        all.got = 0;
        run_threads(try_to_acquire, &all);
        ck_assert_int_eq(all.got, 1);
        ck_assert_int_eq(all.wrong, 0);
    }
}
END_TEST

/* All bytes of a value are the same; so one made of two would show. */
static bool is_whole(const answer *found)
{
    size_t i;

    for (i = 1; i < found->length; i++)
        if (found->value[i] != found->value[0])
            return false;
    return found->length == 20000;
}

static void *write_and_read(void *ctx)
{
    workers *all = ctx;
    unsigned char value[20000];
    int i;

    for (i = 0; i < 40; i++) {
        int32_t result;
        uint64_t fence = acquire(all->store, all->name, MINUTE_MS, &result);
        answer found = get(all->store, all->name);

        if (found.result == FOUND ? !is_whole(&found) : found.result != SPAY_STORE_MISS)
            (void)__atomic_add_fetch(&all->wrong, 1, __ATOMIC_RELAXED);
        drop(&found);
        if (result != ACQUIRED)
            continue;
        memset(value, (int)(fence % 256), sizeof(value));
        do
            result = put(all->store, all->name, value, sizeof(value), MINUTE_MS, fence);
        while (result == SPAY_STORE_ERROR);
        if (result != SPAY_STORE_DONE || !release_patiently(all->store, all->name, fence))
            (void)__atomic_add_fetch(&all->wrong, 1, __ATOMIC_RELAXED);
        (void)__atomic_add_fetch(&all->got, 1, __ATOMIC_RELAXED);
    }
    return NULL;
}

START_TEST(threads_never_see_half_a_value)
{
    workers all = {.store = &store, .name = fresh_name()};

    run_threads(write_and_read, &all);
    ck_assert_int_gt(all.got, 0);
    ck_assert_int_eq(all.wrong, 0);
}
END_TEST

/* How many of the names it got, in a process of its own. */
static int acquire_names(void *ctx)
{
    char name[40];
    int got = 0;
    int i;

    for (i = 0; i < NAMES; i++) {
        int32_t result;

        (void)snprintf(name, sizeof(name), "%s-%d", (const char *)ctx, i);
        (void)acquire_patiently(&store, name, &result);
        if (result != ACQUIRED && result != SPAY_STORE_HELD)
            return 100;
        got += result == ACQUIRED;
    }
    return got;
}

START_TEST(of_many_processes_one_gets_each_lease)
{
    const char *names = fresh_name();
    pid_t children[PROCESSES];
    int got = 0;
    int i;

    ck_assert_int_eq(get(&store, names).result, SPAY_STORE_MISS); /* so it is in use at the fork */
    for (i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        if (children[i] == 0)
            leave(acquire_names((void *)(uintptr_t)names));
    }
    for (i = 0; i < PROCESSES; i++) {
        int status = 0;

        ck_assert_int_eq(waitpid(children[i], &status, 0), children[i]);
        ck_assert(WIFEXITED(status));
        got += WEXITSTATUS(status);
    }
    ck_assert_int_eq(got, NAMES);
}
END_TEST

typedef struct busy {
    workers all;
    int32_t stop;
} busy;

static void *keep_busy(void *ctx)
{
    busy *work = ctx;
    int32_t result;

    while (!__atomic_load_n(&work->stop, __ATOMIC_ACQUIRE)) {
        uint64_t fence = acquire(work->all.store, work->all.name, MINUTE_MS, &result);

        if (result == ACQUIRED)
            (void)release(work->all.store, work->all.name, fence);
    }
    return NULL;
}

static int use_in_child(void *ctx)
{
    const char *name = ctx;
    answer found = get(&store, name);
    int good = found.result == FOUND && found.length == 5;
    uint64_t fence = acquire(&store, "in-child", MINUTE_MS, NULL);

    drop(&found);
    good = good && (!fence || release_patiently(&store, "in-child", fence));
    close_store(&store);
    return good ? 0 : 1;
}

START_TEST(child_forked_in_the_middle_goes_on_by_itself)
{
    busy work = {.all = {.store = &store, .name = fresh_name()}};
    const char *name = fresh_name();
    uint64_t fence = acquire(&store, name, MINUTE_MS, NULL);
    pthread_t thread;
    int i;

    ck_assert_int_eq(put(&store, name, "value", 5, MINUTE_MS, fence), SPAY_STORE_DONE);
    ck_assert_int_eq(pthread_create(&thread, NULL, keep_busy, &work), 0);
    for (i = 0; i < 20; i++)
        ck_assert_int_eq(run_in_child(use_in_child, (void *)(uintptr_t)name), 0);
    __atomic_store_n(&work.stop, 1, __ATOMIC_RELEASE);
    (void)pthread_join(thread, NULL);
    check_value(name, "value", 5);
}
END_TEST

START_TEST(store_that_was_never_used_goes)
{
    spay_store other = open_store();

    close_store(&other);
    ck_assert_ptr_null(other.ctx);
}
END_TEST

/* ---- ---- */

static TCase *values(void)
{
    TCase *tests = tcase_create("values");

    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, before, after);
    tcase_add_test(tests, nothing_is_there_at_first);
    tcase_add_test(tests, value_put_under_a_lease_is_found);
    tcase_add_loop_test(tests, values_are_bytes, 0, (int)(sizeof(lengths) / sizeof(lengths[0])));
    tcase_add_test(tests, value_ends_with_its_life);
    tcase_add_test(tests, value_is_replaced);
    tcase_add_loop_test(tests, value_without_life_is_removed, 0, 2);
    tcase_add_test(tests, other_doors_see_the_same);
    tcase_add_loop_test(tests, name_of_other_characters_is_an_error, 0,
                        (int)(sizeof(bad_names) / sizeof(bad_names[0])));
    tcase_add_test(tests, names_have_80_characters_at_most);
    return tests;
}

static TCase *leases(void)
{
    TCase *tests = tcase_create("leases");

    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, before, after);
    tcase_add_test(tests, lease_is_given_to_one);
    tcase_add_test(tests, lease_given_back_can_be_had_with_a_larger_fence);
    tcase_add_test(tests, lease_expires);
    tcase_add_test(tests, late_holder_writes_nothing);
    tcase_add_test(tests, late_holder_takes_nobodys_lease_away);
    tcase_add_test(tests, holder_that_nobody_followed_may_still_write);
    tcase_add_loop_test(tests, fence_of_no_lease_is_stale, 0, 4);
    tcase_add_test(tests, of_many_threads_one_gets_the_lease);
    tcase_add_test(tests, threads_never_see_half_a_value);
    tcase_add_test(tests, of_many_processes_one_gets_each_lease);
    if (!untested_forks)
        tcase_add_test(tests, child_forked_in_the_middle_goes_on_by_itself);
    tcase_add_test(tests, store_that_was_never_used_goes);
    return tests;
}

Suite *conformance_suite(void)
{
    Suite *suite = suite_create("conformance");

    suite_add_tcase(suite, values());
    suite_add_tcase(suite, leases());
    suite_add_tcase(suite, no_memory_case());
    return suite;
}
