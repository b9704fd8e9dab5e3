/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The timer heap: whatever is done to it, the earliest timer is on top.
 */
#include "unit.h"

#include <stdlib.h>

#ifndef SPAY_WITHOUT_CURL

#include "drivers/heap.h"

enum {
    TIMERS = 200,
    ROUNDS = 10000
};

typedef struct stock {
    spay__heap heap;
    spay__timer timers[TIMERS];
} stock;

static stock *make_stock(void)
{
    stock *made = calloc(1, sizeof(*made));

    ck_assert_ptr_nonnull(made);
    ck_assert(spay__heap_reserve(&made->heap, TIMERS));
    return made;
}

static void free_stock(stock *done)
{
    spay__heap_clear(&done->heap);
    free(done);
}

/* Places are right, and no timer is earlier than its parent. */
static void check_order(const spay__heap *heap)
{
    size_t place;

    for (place = 1; place <= heap->count; place++) {
        ck_assert_uint_eq(heap->timers[place]->place, place);
        if (place > 1)
            ck_assert(heap->timers[place / 2]->at_ms <= heap->timers[place]->at_ms);
    }
}

static void check_first(const spay__heap *heap, int64_t at_ms)
{
    ck_assert_ptr_nonnull(spay__heap_first(heap));
    ck_assert_int_eq(spay__heap_first(heap)->at_ms, at_ms);
}

START_TEST(empty_heap_has_no_first)
{
    spay__heap heap = {NULL, 0, 0};

    ck_assert_ptr_null(spay__heap_first(&heap));
    spay__heap_rebuild(&heap);
    ck_assert_ptr_null(spay__heap_first(&heap));
    spay__heap_clear(&heap);
}
END_TEST

START_TEST(earliest_comes_first)
{
    static const int64_t times[] = {50, 20, 90, 20, INT64_MIN, 70, 0, INT64_MAX, -5, 20};
    static const int64_t sorted[] = {INT64_MIN, -5, 0, 20, 20, 20, 50, 70, 90, INT64_MAX};
    stock *s = make_stock();
    int i;

    for (i = 0; i < ROWS(times); i++)
        spay__heap_set(&s->heap, &s->timers[i], times[i]);
    for (i = 0; i < ROWS(sorted); i++) {
        check_first(&s->heap, sorted[i]);
        spay__heap_unset(&s->heap, spay__heap_first(&s->heap));
        check_order(&s->heap);
    }
    ck_assert_ptr_null(spay__heap_first(&s->heap));
    free_stock(s);
}
END_TEST

START_TEST(timer_that_is_set_again_moves)
{
    stock *s = make_stock();

    spay__heap_set(&s->heap, &s->timers[0], 10);
    spay__heap_set(&s->heap, &s->timers[1], 20);
    spay__heap_set(&s->heap, &s->timers[2], 30);
    spay__heap_set(&s->heap, &s->timers[0], 40);
    check_first(&s->heap, 20);
    spay__heap_set(&s->heap, &s->timers[2], 5);
    check_first(&s->heap, 5);
    spay__heap_set(&s->heap, &s->timers[2], 5);
    ck_assert_uint_eq(s->heap.count, 3);
    check_order(&s->heap);
    free_stock(s);
}
END_TEST

START_TEST(timer_that_is_not_set_is_not_unset)
{
    stock *s = make_stock();

    spay__heap_unset(&s->heap, &s->timers[0]);
    spay__heap_set(&s->heap, &s->timers[1], 10);
    spay__heap_unset(&s->heap, &s->timers[0]);
    ck_assert_uint_eq(s->heap.count, 1);
    spay__heap_unset(&s->heap, &s->timers[1]);
    spay__heap_unset(&s->heap, &s->timers[1]);
    ck_assert_uint_eq(s->heap.count, 0);
    ck_assert_uint_eq(s->timers[1].place, 0);
    free_stock(s);
}
END_TEST

START_TEST(rebuilding_puts_changed_times_in_order)
{
    stock *s = make_stock();
    int i;

    for (i = 0; i < TIMERS; i++)
        spay__heap_set(&s->heap, &s->timers[i], i);
    for (i = 0; i < TIMERS; i++)
        s->timers[i].at_ms = TIMERS - i;
    spay__heap_rebuild(&s->heap);
    check_order(&s->heap);
    check_first(&s->heap, 1);
    ck_assert_ptr_eq(spay__heap_first(&s->heap), &s->timers[TIMERS - 1]);
    free_stock(s);
}
END_TEST

/* Timers are set while the room for them grows. */
START_TEST(growing_keeps_what_is_set)
{
    spay__timer timers[TIMERS] = {{0, 0}};
    spay__heap heap = {NULL, 0, 0};
    size_t i;

    for (i = 0; i < TIMERS; i++) {
        ck_assert(spay__heap_reserve(&heap, heap.count + 1));
        spay__heap_set(&heap, &timers[i], (int64_t)(TIMERS - i));
        check_first(&heap, (int64_t)(TIMERS - i));
    }
    check_order(&heap);
    ck_assert_uint_eq(heap.count, TIMERS);
    spay__heap_clear(&heap);
    ck_assert_ptr_null(spay__heap_first(&heap));
}
END_TEST

/* ---- against a sorted array ---- */

typedef struct model {
    const spay__timer *timers[TIMERS];
    int64_t times[TIMERS];
    size_t count;
} model;

static void model_unset(model *m, const spay__timer *timer)
{
    size_t i = 0;

    while (i < m->count && m->timers[i] != timer)
        i++;
    if (i == m->count)
        return;
    for (m->count--; i < m->count; i++) {
        m->timers[i] = m->timers[i + 1];
        m->times[i] = m->times[i + 1];
    }
}

static void model_set(model *m, const spay__timer *timer, int64_t at_ms)
{
    size_t i;

    model_unset(m, timer);
    for (i = m->count++; i > 0 && m->times[i - 1] > at_ms; i--) {
        m->timers[i] = m->timers[i - 1];
        m->times[i] = m->times[i - 1];
    }
    m->timers[i] = timer;
    m->times[i] = at_ms;
}

/* Few different times, so that many are equal. */
static void operate(stock *s, model *m, uint64_t *random)
{
    spay__timer *timer = &s->timers[unit_random(random) % TIMERS];
    int64_t at_ms = (int64_t)(unit_random(random) % 64) - 32;

    switch (unit_random(random) % 8) {
    case 0:
    case 1:
    case 2:
        spay__heap_unset(&s->heap, timer);
        model_unset(m, timer);
        break;
    case 3:
        if (!timer->place)
            break;
        timer->at_ms = at_ms;
        spay__heap_rebuild(&s->heap);
        model_set(m, timer, at_ms);
        break;
    default:
        spay__heap_set(&s->heap, timer, at_ms);
        model_set(m, timer, at_ms);
    }
}

static void compare(const stock *s, const model *m)
{
    ck_assert_uint_eq(s->heap.count, m->count);
    if (m->count)
        check_first(&s->heap, m->times[0]);
    else
        ck_assert_ptr_null(spay__heap_first(&s->heap));
}

static void drain(stock *s, const model *m)
{
    size_t i;

    for (i = 0; i < m->count; i++) {
        check_first(&s->heap, m->times[i]);
        spay__heap_unset(&s->heap, spay__heap_first(&s->heap));
    }
    ck_assert_ptr_null(spay__heap_first(&s->heap));
}

START_TEST(random_operations_agree_with_a_sorted_array)
{
    uint64_t random = (uint64_t)_i + 1;
    model m = {{NULL}, {0}, 0};
    stock *s = make_stock();
    int round;

    for (round = 0; round < ROUNDS; round++) {
        operate(s, &m, &random);
        compare(s, &m);
        if (round % 100 == 0)
            check_order(&s->heap);
    }
    check_order(&s->heap);
    drain(s, &m);
    free_stock(s);
}
END_TEST

Suite *heap_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("heap", &tests);

    tcase_add_test(tests, empty_heap_has_no_first);
    tcase_add_test(tests, earliest_comes_first);
    tcase_add_test(tests, timer_that_is_set_again_moves);
    tcase_add_test(tests, timer_that_is_not_set_is_not_unset);
    tcase_add_test(tests, rebuilding_puts_changed_times_in_order);
    tcase_add_test(tests, growing_keeps_what_is_set);
    tcase_add_loop_test(tests, random_operations_agree_with_a_sorted_array, 0, 5);
    return suite;
}

#else

/* The heap belongs to the driver on libcurl. */
Suite *heap_suite(void)
{
    return suite_create("heap");
}

#endif
