/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The growing buffer: its limit, its sticky failure, its numbers.
 */
#include "unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buffer.h"

static int allowed;

static int count_down(void)
{
    return allowed-- > 0;
}

START_TEST(new_buffer_holds_nothing)
{
    spay__buffer buffer;

    spay__buffer_init(&buffer, 10);
    ck_assert_ptr_null(buffer.data);
    ck_assert_uint_eq(buffer.length, 0);
    ck_assert_int_eq(buffer.state, SPAY__BUFFER_GOOD);
    spay__buffer_clear(&buffer);
}
END_TEST

START_TEST(content_is_nul_terminated)
{
    spay__buffer buffer;

    spay__buffer_init(&buffer, 10);
    ck_assert(spay__buffer_append(&buffer, "abc", 3));
    ck_assert_str_eq(buffer.data, "abc");
    ck_assert(spay__buffer_append(&buffer, "", 0));
    ck_assert_str_eq(buffer.data, "abc");
    spay__buffer_clear(&buffer);
}
END_TEST

START_TEST(appending_no_bytes_gives_empty_text)
{
    spay__buffer buffer;

    spay__buffer_init(&buffer, 10);
    ck_assert(spay__buffer_append(&buffer, NULL, 0));
    ck_assert_str_eq(buffer.data, "");
    spay__buffer_clear(&buffer);
}
END_TEST

START_TEST(nul_bytes_are_bytes)
{
    spay__buffer buffer;

    spay__buffer_init(&buffer, 10);
    ck_assert(spay__buffer_append(&buffer, "a\0b", 3));
    ck_assert(spay__buffer_byte(&buffer, '\0'));
    ck_assert_uint_eq(buffer.length, 4);
    ck_assert_mem_eq(buffer.data, "a\0b\0", 5);
    spay__buffer_clear(&buffer);
}
END_TEST

START_TEST(limit_is_the_last_length_that_fits)
{
    static const size_t limits[] = {0, 1, 255, 256, 257, 511, 512, 513, 70000};
    size_t limit = limits[_i];
    spay__buffer buffer;
    size_t i;

    spay__buffer_init(&buffer, limit);
    for (i = 0; i < limit; i++)
        ck_assert(spay__buffer_byte(&buffer, 'x'));
    ck_assert_uint_eq(buffer.length, limit);
    ck_assert(!spay__buffer_byte(&buffer, 'x'));
    ck_assert_int_eq(buffer.state, SPAY__BUFFER_FULL);
    ck_assert_uint_eq(buffer.length, limit);
    spay__buffer_clear(&buffer);
}
END_TEST

START_TEST(what_does_not_fit_changes_nothing)
{
    spay__buffer buffer;

    spay__buffer_init(&buffer, 4);
    ck_assert(spay__buffer_text(&buffer, "abc"));
    ck_assert(!spay__buffer_text(&buffer, "de"));
    ck_assert_uint_eq(buffer.length, 3);
    ck_assert_str_eq(buffer.data, "abc");
    spay__buffer_clear(&buffer);
}
END_TEST

START_TEST(absurd_length_is_full_not_overflow)
{
    spay__buffer buffer;
    volatile size_t absurd = SIZE_MAX; /* with -flto the compiler would look, and warn */

    spay__buffer_init(&buffer, 16);
    ck_assert(spay__buffer_text(&buffer, "abc"));
    ck_assert(!spay__buffer_append(&buffer, "x", absurd));
    ck_assert_int_eq(buffer.state, SPAY__BUFFER_FULL);
    spay__buffer_clear(&buffer);
}
END_TEST

START_TEST(failure_sticks)
{
    spay__buffer buffer;

    spay__buffer_init(&buffer, 4);
    ck_assert(!spay__buffer_text(&buffer, "too long"));
    ck_assert(!spay__buffer_text(&buffer, "a"));
    ck_assert(!spay__buffer_byte(&buffer, 'a'));
    ck_assert(!spay__buffer_integer(&buffer, 1));
    ck_assert(!spay__buffer_append(&buffer, "", 0));
    ck_assert_uint_eq(buffer.length, 0);
    ck_assert_ptr_null(spay__buffer_take(&buffer));
}
END_TEST

START_TEST(memory_failure_sticks_too)
{
    spay__buffer buffer;

    spay__buffer_init(&buffer, 1000);
    allowed = 0;
    spay__alloc_set_gate(count_down);
    ck_assert(!spay__buffer_text(&buffer, "a"));
    spay__alloc_set_gate(NULL);
    ck_assert_int_eq(buffer.state, SPAY__BUFFER_NO_MEMORY);
    ck_assert(!spay__buffer_text(&buffer, "a"));
    ck_assert_ptr_null(spay__buffer_take(&buffer));
}
END_TEST

START_TEST(failed_growth_keeps_what_was_there)
{
    spay__buffer buffer;
    char text[300];

    memset(text, 'x', sizeof(text));
    spay__buffer_init(&buffer, 1000);
    ck_assert(spay__buffer_text(&buffer, "abc"));
    allowed = 0;
    spay__alloc_set_gate(count_down);
    ck_assert(!spay__buffer_append(&buffer, text, sizeof(text)));
    spay__alloc_set_gate(NULL);
    ck_assert_str_eq(buffer.data, "abc");
    spay__buffer_clear(&buffer);
}
END_TEST

START_TEST(reset_empties_and_forgives)
{
    spay__buffer buffer;

    spay__buffer_init(&buffer, 4);
    ck_assert(spay__buffer_text(&buffer, "abc"));
    ck_assert(!spay__buffer_text(&buffer, "de"));
    spay__buffer_reset(&buffer);
    ck_assert_uint_eq(buffer.length, 0);
    ck_assert_int_eq(buffer.state, SPAY__BUFFER_GOOD);
    ck_assert(spay__buffer_text(&buffer, "defg"));
    ck_assert_str_eq(buffer.data, "defg");
    ck_assert(!spay__buffer_byte(&buffer, 'h'));
    spay__buffer_clear(&buffer);
}
END_TEST

START_TEST(reset_wipes_the_old_content)
{
    spay__buffer buffer;
    size_t i;

    spay__buffer_init(&buffer, 100);
    ck_assert(spay__buffer_text(&buffer, "secret"));
    spay__buffer_reset(&buffer);
    for (i = 0; i < 6; i++)
        ck_assert_int_eq(buffer.data[i], 0);
    spay__buffer_clear(&buffer);
}
END_TEST

START_TEST(clear_keeps_the_limit)
{
    spay__buffer buffer;

    spay__buffer_init(&buffer, 3);
    ck_assert(!spay__buffer_text(&buffer, "abcd"));
    spay__buffer_clear(&buffer);
    ck_assert(spay__buffer_text(&buffer, "abc"));
    ck_assert(!spay__buffer_byte(&buffer, 'd'));
    spay__buffer_clear(&buffer);
    spay__buffer_clear(&buffer);
}
END_TEST

START_TEST(take_hands_over_and_leaves_empty)
{
    spay__buffer buffer;
    char *text;

    spay__buffer_init(&buffer, 10);
    ck_assert(spay__buffer_text(&buffer, "abc"));
    text = spay__buffer_take(&buffer);
    ck_assert_str_eq(text, "abc");
    ck_assert_ptr_null(buffer.data);
    ck_assert_uint_eq(buffer.length, 0);
    spay__free(text);
}
END_TEST

START_TEST(take_of_nothing_is_empty_text)
{
    spay__buffer buffer;
    char *text;

    spay__buffer_init(&buffer, 10);
    text = spay__buffer_take(&buffer);
    ck_assert_str_eq(text, "");
    spay__free(text);
}
END_TEST

START_TEST(content_survives_growth)
{
    uint64_t random = (uint64_t)_i + 1;
    static unsigned char model[100000];
    spay__buffer buffer;
    size_t length = 0;

    spay__buffer_init(&buffer, sizeof(model));
    while (length < 90000) {
        size_t chunk = (size_t)(unit_random(&random) % 3000);
        size_t i;

        for (i = 0; i < chunk; i++)
            model[length + i] = (unsigned char)unit_random(&random);
        ck_assert(spay__buffer_append(&buffer, model + length, chunk));
        length += chunk;
    }
    ck_assert_uint_eq(buffer.length, length);
    ck_assert_mem_eq(buffer.data, model, length);
    spay__buffer_clear(&buffer);
}
END_TEST

static const int64_t integers[] = {0,
                                   1,
                                   -1,
                                   9,
                                   10,
                                   -10,
                                   99,
                                   100,
                                   2147483648,
                                   -2147483649,
                                   9007199254740993,
                                   1000000000000000,
                                   INT64_MAX,
                                   INT64_MAX - 1,
                                   INT64_MIN + 1,
                                   INT64_MIN};

START_TEST(integers_are_written_in_full)
{
    spay__buffer buffer;
    char expected[32];

    (void)snprintf(expected, sizeof(expected), "%" PRId64, integers[_i]);
    spay__buffer_init(&buffer, 32);
    ck_assert(spay__buffer_integer(&buffer, integers[_i]));
    ck_assert_str_eq(buffer.data, expected);
    spay__buffer_clear(&buffer);
}
END_TEST

Suite *buffer_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("buffer", &tests);

    tcase_add_test(tests, new_buffer_holds_nothing);
    tcase_add_test(tests, content_is_nul_terminated);
    tcase_add_test(tests, appending_no_bytes_gives_empty_text);
    tcase_add_test(tests, nul_bytes_are_bytes);
    tcase_add_loop_test(tests, limit_is_the_last_length_that_fits, 0, 9);
    tcase_add_test(tests, what_does_not_fit_changes_nothing);
    tcase_add_test(tests, absurd_length_is_full_not_overflow);
    tcase_add_test(tests, failure_sticks);
    tcase_add_test(tests, memory_failure_sticks_too);
    tcase_add_test(tests, failed_growth_keeps_what_was_there);
    tcase_add_test(tests, reset_empties_and_forgives);
    tcase_add_test(tests, reset_wipes_the_old_content);
    tcase_add_test(tests, clear_keeps_the_limit);
    tcase_add_test(tests, take_hands_over_and_leaves_empty);
    tcase_add_test(tests, take_of_nothing_is_empty_text);
    tcase_add_loop_test(tests, content_survives_growth, 0, 4);
    tcase_add_loop_test(tests, integers_are_written_in_full, 0, ROWS(integers));
    return suite;
}
