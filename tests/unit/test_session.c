/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Sessions: the one block of memory, and how long a session can still be used.
 */
#include "unit.h"

#include <string.h>

#include "base/alloc.h"
#include <sessionpay/session.h>

#include "base/arena.h"

typedef struct sample {
    const spay_session_info *info;
    const char *text;
    int64_t number;
} sample;

START_TEST(block_begins_with_a_zeroed_session)
{
    static const sample zero;
    spay__arena block;
    sample *session = spay__arena_new(&block, sizeof(sample), 100);

    ck_assert_ptr_nonnull(session);
    ck_assert_mem_eq(session, &zero, sizeof(zero));
    ck_assert(!block.failed);
    spay__arena_free(session);
}
END_TEST

/* Where malloc() puts things: 16 bytes apart on 64-bit machines, 8 on many others. */
typedef struct aligned {
    char byte;
    long double strictest;
} aligned;

START_TEST(pieces_are_aligned_zeroed_and_apart)
{
    static const unsigned char zero[8];
    unsigned char *pieces[8];
    spay__arena block;
    void *session = spay__arena_new(&block, sizeof(sample), 1000);
    size_t i;

    for (i = 0; i < 8; i++) {
        ck_assert_ptr_nonnull(spay__arena_copy(&block, "abcdefgh", i));
        pieces[i] = spay__arena_take(&block, 8);
        ck_assert_ptr_nonnull(pieces[i]);
        ck_assert_uint_eq((uintptr_t)pieces[i] % offsetof(aligned, strictest), 0);
        ck_assert_mem_eq(pieces[i], zero, 8);
        memset(pieces[i], (int)i + 1, 8);
    }
    for (i = 0; i < 8; i++)
        ck_assert_uint_eq(pieces[i][7], i + 1);
    spay__arena_free(session);
}
END_TEST

START_TEST(texts_are_copied_with_their_nul)
{
    char text[] = "text";
    spay__arena block;
    sample *session = spay__arena_new(&block, sizeof(sample), 100);

    session->text = spay__arena_text(&block, text);
    text[0] = 'n';
    ck_assert_str_eq(session->text, "text");
    ck_assert_mem_eq(spay__arena_copy(&block, "a\0b", 3), "a\0b", 4);
    ck_assert_str_eq(spay__arena_copy(&block, "", 0), "");
    spay__arena_free(session);
}
END_TEST

START_TEST(no_text_is_no_copy_and_no_failure)
{
    spay__arena block;
    sample *session = spay__arena_new(&block, sizeof(sample), 16);

    ck_assert_ptr_null(spay__arena_text(&block, NULL));
    ck_assert_ptr_null(spay__arena_copy(&block, NULL, 5));
    ck_assert(!block.failed);
    spay__arena_free(session);
}
END_TEST

START_TEST(capacity_is_what_fits_behind_the_session)
{
    static const char text[] = "0123456789abcdef0123456789abcdef";
    spay__arena block;
    void *session = spay__arena_new(&block, 16, 32);

    if (_i) {
        ck_assert_ptr_nonnull(spay__arena_copy(&block, text, 31));
        ck_assert(!block.failed);
        ck_assert_ptr_null(spay__arena_copy(&block, "", 0));
    } else {
        ck_assert_ptr_null(spay__arena_copy(&block, text, 32));
    }
    ck_assert(block.failed);
    spay__arena_free(session);
}
END_TEST

START_TEST(failed_block_stays_failed)
{
    spay__arena block;
    void *session = spay__arena_new(&block, 16, 32);

    ck_assert_ptr_null(spay__arena_take(&block, 33));
    ck_assert_ptr_null(spay__arena_take(&block, 1));
    ck_assert_ptr_null(spay__arena_text(&block, ""));
    ck_assert(block.failed);
    spay__arena_free(session);
}
END_TEST

START_TEST(absurd_piece_fails_and_does_not_overflow)
{
    spay__arena block;
    void *session = spay__arena_new(&block, 16, 32);

    ck_assert_ptr_null(spay__arena_take(&block, SIZE_MAX - 8));
    ck_assert(block.failed);
    spay__arena_free(session);
}
END_TEST

START_TEST(aligning_at_the_end_does_not_overflow)
{
    spay__arena block;
    void *session = spay__arena_new(&block, 16, 17);

    ck_assert_ptr_nonnull(spay__arena_copy(&block, "0123456789abcdef", 16));
    ck_assert_ptr_null(spay__arena_take(&block, 0));
    ck_assert(block.failed);
    spay__arena_free(session);
}
END_TEST

static int no_memory(void)
{
    return 0;
}

START_TEST(block_without_memory_is_failed)
{
    spay__arena block;
    void *session;

    spay__alloc_set_gate(no_memory);
    session = spay__arena_new(&block, 16, 32);
    spay__alloc_set_gate(NULL);
    ck_assert_ptr_null(session);
    ck_assert(block.failed);
    ck_assert_ptr_null(spay__arena_text(&block, "a"));
}
END_TEST

START_TEST(freeing_no_session_does_nothing)
{
    spay__arena_free(NULL);
}
END_TEST

/* ---- expiry ---- */

typedef struct expiry_row {
    int64_t expires_at_ms;
    int64_t now_ms;
    int64_t margin_ms;
    int64_t left;
} expiry_row;

static const expiry_row expiry_rows[] = {
    {.expires_at_ms = 1000, .left = 1000},
    {.expires_at_ms = 1000, .now_ms = 400, .left = 600},
    {.expires_at_ms = 1000, .now_ms = 999, .left = 1},
    {.expires_at_ms = 1000, .now_ms = 1000},
    {.expires_at_ms = 1000, .now_ms = 1001},
    {.expires_at_ms = 1000, .now_ms = 400, .margin_ms = 100, .left = 500},
    {.expires_at_ms = 1000, .now_ms = 899, .margin_ms = 100, .left = 1},
    {.expires_at_ms = 1000, .now_ms = 900, .margin_ms = 100},
    {.expires_at_ms = 1000, .now_ms = 950, .margin_ms = 100},
    {.expires_at_ms = 1000, .margin_ms = 1000},
    {.expires_at_ms = 1000, .margin_ms = 5000},
    {.expires_at_ms = 1000,
     .now_ms = 400,
     .margin_ms = -100,
     .left = 600}, /* no session lives longer than it does */
    {.expires_at_ms = 1000, .now_ms = 400, .margin_ms = INT64_MIN, .left = 600},
    {.expires_at_ms = 1000, .now_ms = 400, .margin_ms = INT64_MAX},
    {.expires_at_ms = 0},
    {.expires_at_ms = -1, .left = INT64_MAX},
    {.expires_at_ms = -1, .now_ms = INT64_MAX, .margin_ms = INT64_MAX, .left = INT64_MAX},
    {.expires_at_ms = 1000, .now_ms = INT64_MAX},
    {.expires_at_ms = INT64_MAX, .left = INT64_MAX},
    {.expires_at_ms = INT64_MAX, .now_ms = INT64_MAX},
    {.expires_at_ms = 1767225600000, .now_ms = 1767225000000, .margin_ms = 60000, .left = 540000},
};

START_TEST(time_left_is_never_negative_and_never_overflows)
{
    const expiry_row *row = &expiry_rows[_i];
    spay_session_info info;
    int64_t left;

    memset(&info, 0, sizeof(info));
    info.expires_at_ms = row->expires_at_ms;
    left = spay_session_expires_in_ms(&info, row->now_ms, row->margin_ms);
    ck_assert_msg(left == row->left, "%lld instead of %lld", (long long)left, (long long)row->left);
}
END_TEST

START_TEST(clock_before_1970_does_not_overflow)
{
    spay_session_info info;

    memset(&info, 0, sizeof(info));
    info.expires_at_ms = INT64_MAX;
    ck_assert_int_gt(spay_session_expires_in_ms(&info, INT64_MIN, 0), 0);
}
END_TEST

START_TEST(no_session_has_no_time_left)
{
    ck_assert_int_eq(spay_session_expires_in_ms(NULL, 0, 0), 0);
}
END_TEST

Suite *session_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("session", &tests);

    tcase_add_test(tests, block_begins_with_a_zeroed_session);
    tcase_add_test(tests, pieces_are_aligned_zeroed_and_apart);
    tcase_add_test(tests, texts_are_copied_with_their_nul);
    tcase_add_test(tests, no_text_is_no_copy_and_no_failure);
    tcase_add_loop_test(tests, capacity_is_what_fits_behind_the_session, 0, 2);
    tcase_add_test(tests, failed_block_stays_failed);
    tcase_add_test(tests, absurd_piece_fails_and_does_not_overflow);
    tcase_add_test(tests, aligning_at_the_end_does_not_overflow);
    tcase_add_test(tests, block_without_memory_is_failed);
    tcase_add_test(tests, freeing_no_session_does_nothing);
    tcase_add_loop_test(tests, time_left_is_never_negative_and_never_overflows, 0,
                        ROWS(expiry_rows));
    tcase_add_test(tests, clock_before_1970_does_not_overflow);
    tcase_add_test(tests, no_session_has_no_time_left);
    return suite;
}
