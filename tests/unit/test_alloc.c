/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Memory: zeroed blocks, copies, and the gate through which tests make allocations fail.
 */
#include "unit.h"

#include <string.h>

#include <sessionpay/client.h>

#include "base/alloc.h"
#include "base/thread.h"

START_TEST(memory_is_zeroed)
{
    unsigned char *memory = spay__alloc(4096);
    size_t i;

    ck_assert_ptr_nonnull(memory);
    for (i = 0; i < 4096; i++)
        ck_assert_uint_eq(memory[i], 0);
    spay__free(memory);
}
END_TEST

START_TEST(no_bytes_are_still_memory)
{
    char *memory = spay__alloc(0);

    ck_assert_ptr_nonnull(memory);
    ck_assert_int_eq(*memory, 0);
    spay__free(memory);
}
END_TEST

START_TEST(absurd_size_is_refused)
{
    ck_assert_ptr_null(spay__copy("", SIZE_MAX));
}
END_TEST

START_TEST(copy_keeps_nul_bytes_and_adds_one)
{
    char *copy = spay__copy("a\0b", 3);

    ck_assert_mem_eq(copy, "a\0b", 4);
    spay__free(copy);
}
END_TEST

START_TEST(copy_of_nothing_is_empty_text)
{
    char *copy = spay__copy(NULL, 0);

    ck_assert_str_eq(copy, "");
    spay__free(copy);
}
END_TEST

START_TEST(copy_of_no_text_is_null)
{
    ck_assert_ptr_null(spay__copy_text(NULL));
}
END_TEST

START_TEST(copy_of_text_is_another_block)
{
    const char text[] = "text";
    char *copy = spay__copy_text(text);

    ck_assert_str_eq(copy, text);
    ck_assert_ptr_ne(copy, text);
    spay__free(copy);
}
END_TEST

START_TEST(freeing_null_does_nothing)
{
    spay__free(NULL);
    spay_free(NULL);
}
END_TEST

START_TEST(public_free_takes_library_memory)
{
    spay_free(spay__copy_text("handed out"));
}
END_TEST

static int allowed;

static int count_down(void)
{
    return allowed-- > 0;
}

START_TEST(gate_fails_the_nth_allocation)
{
    void *first;
    void *second;

    allowed = 1;
    spay__alloc_set_gate(count_down);
    first = spay__alloc(8);
    second = spay__alloc(8);
    spay__alloc_set_gate(NULL);
    ck_assert_ptr_nonnull(first);
    ck_assert_ptr_null(second);
    spay__free(first);
}
END_TEST

START_TEST(gate_stands_before_copies_too)
{
    char *copy;
    char *text;

    allowed = 0;
    spay__alloc_set_gate(count_down);
    copy = spay__copy("a", 1);
    text = spay__copy_text("a");
    spay__alloc_set_gate(NULL);
    ck_assert_ptr_null(copy);
    ck_assert_ptr_null(text);
}
END_TEST

START_TEST(gate_can_be_taken_away)
{
    void *memory;

    allowed = 0;
    spay__alloc_set_gate(count_down);
    spay__alloc_set_gate(NULL);
    memory = spay__alloc(8);
    ck_assert_ptr_nonnull(memory);
    spay__free(memory);
}
END_TEST

static int starts;

static bool start_the_second_time(void)
{
    return ++starts == 2;
}

START_TEST(what_could_not_be_started_is_tried_again)
{
    static spay__once once = SPAY__ONCE_INIT;

    starts = 0;
    ck_assert(!spay__do_once(&once, start_the_second_time));
    ck_assert(spay__do_once(&once, start_the_second_time));
    ck_assert(spay__do_once(&once, start_the_second_time));
    ck_assert_int_eq(starts, 2);
}
END_TEST

Suite *alloc_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("alloc", &tests);

    tcase_add_test(tests, memory_is_zeroed);
    tcase_add_test(tests, no_bytes_are_still_memory);
    tcase_add_test(tests, absurd_size_is_refused);
    tcase_add_test(tests, copy_keeps_nul_bytes_and_adds_one);
    tcase_add_test(tests, copy_of_nothing_is_empty_text);
    tcase_add_test(tests, copy_of_no_text_is_null);
    tcase_add_test(tests, copy_of_text_is_another_block);
    tcase_add_test(tests, freeing_null_does_nothing);
    tcase_add_test(tests, public_free_takes_library_memory);
    tcase_add_test(tests, gate_fails_the_nth_allocation);
    tcase_add_test(tests, gate_stands_before_copies_too);
    tcase_add_test(tests, gate_can_be_taken_away);
    tcase_add_test(tests, what_could_not_be_started_is_tried_again);
    return suite;
}
