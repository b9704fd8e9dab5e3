/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Calls that several threads hand in to a driver which waits, itself or in a foreign loop.
 */
#include <pthread.h>
#include <string.h>

#include "drive.h"
#include "integration.h"
#include "sandbox.h"

enum {
    SUBMITTERS = 8,
    CALLS = 25,
    TURN_MS = 1000
};

static const drive_kind kinds[] = {DRIVE_POLLED, DRIVE_FOREIGN_LOOP};

static drive driver;
static int done_count;

static void open_driver(drive_kind kind)
{
    spay_multi_options options = SPAY_MULTI_OPTIONS_INIT;
    accounts_setup setup = setup_of_sandbox();

    options.submit = SPAY_YES;
    done_count = 0;
    sandbox_reset();
    drive_open(&driver, kind, setup.wepay_url, NULL, NULL, &options);
}

typedef struct submitter {
    pthread_t thread;
    spay_call *calls[CALLS];
    spay_status statuses[CALLS];
} submitter;

static void on_done(void *ctx, spay_call *call)
{
    *(spay_status *)ctx = spay_call_status(call);
    done_count++;
    spay_call_free(call);
}

static void *submit_all(void *ctx)
{
    submitter *s = ctx;
    int i;

    for (i = 0; i < CALLS; i++) {
        s->statuses[i] = SPAY_E_STATE;
        if (spay_multi_submit(driver.multi, s->calls[i], on_done, &s->statuses[i]) != SPAY_OK)
            spay_call_free(s->calls[i]);
    }
    return NULL;
}

START_TEST(calls_of_many_threads_are_done_once)
{
    static submitter submitters[SUBMITTERS];
    int i;
    int j;

    open_driver(kinds[_i]);
    for (i = 0; i < SUBMITTERS; i++)
        for (j = 0; j < CALLS; j++)
            submitters[i].calls[j] = drive_make_call(&driver, NULL, 0);
    for (i = 0; i < SUBMITTERS; i++)
        ck_assert_int_eq(pthread_create(&submitters[i].thread, NULL, submit_all, &submitters[i]),
                         0);
    while (done_count < SUBMITTERS * CALLS)
        drive_turn(&driver, TURN_MS);
    for (i = 0; i < SUBMITTERS; i++) {
        (void)pthread_join(submitters[i].thread, NULL);
        for (j = 0; j < CALLS; j++)
            ck_assert_int_eq(submitters[i].statuses[j], SPAY_OK);
    }
    ck_assert_int_eq(spay_multi_pending(driver.multi), 0);
    drive_close(&driver);
}
END_TEST

static void *submit_one(void *ctx)
{
    submitter *s = ctx;

    s->statuses[0] = SPAY_E_STATE;
    (void)spay_multi_submit(driver.multi, s->calls[0], on_done, &s->statuses[0]);
    return NULL;
}

/* Each time the driver has nothing to wait for but this. */
START_TEST(an_idle_driver_is_woken)
{
    submitter one;
    int i;

    open_driver(kinds[_i]);
    for (i = 0; i < 20; i++) {
        one.calls[0] = drive_make_call(&driver, NULL, 0);
        done_count = 0;
        ck_assert_int_eq(pthread_create(&one.thread, NULL, submit_one, &one), 0);
        while (!done_count)
            drive_turn(&driver, TURN_MS);
        (void)pthread_join(one.thread, NULL);
        ck_assert_int_eq(one.statuses[0], SPAY_OK);
    }
    drive_close(&driver);
}
END_TEST

START_TEST(freeing_the_driver_ends_what_was_handed_in)
{
    submitter one;

    open_driver(kinds[_i]);
    one.calls[0] = drive_make_call(&driver, NULL, 0);
    (void)submit_one(&one);
    drive_close(&driver);
    ck_assert_int_eq(done_count, 1);
    ck_assert_int_eq(one.statuses[0], SPAY_E_CANCELED);
}
END_TEST

/* It is none of the driver's turns yet, but a program may go by the count. */
START_TEST(what_was_handed_in_counts_as_not_done)
{
    submitter one;

    open_driver(kinds[_i]);
    one.calls[0] = drive_make_call(&driver, NULL, 0);
    (void)submit_one(&one);
    ck_assert_int_eq(spay_multi_pending(driver.multi), 1);
    while (spay_multi_pending(driver.multi))
        drive_turn(&driver, TURN_MS);
    ck_assert_int_eq(done_count, 1);
    ck_assert_int_eq(one.statuses[0], SPAY_OK);
    drive_close(&driver);
}
END_TEST

static void hand_in_another(void *ctx, spay_call *call)
{
    submitter *s = ctx;

    s->statuses[0] = spay_multi_submit(driver.multi, s->calls[1], on_done, &s->statuses[1]);
    spay_call_free(call);
}

START_TEST(a_driver_that_is_being_freed_takes_no_more)
{
    submitter one;

    open_driver(kinds[_i]);
    one.calls[0] = drive_make_call(&driver, NULL, 0);
    one.calls[1] = drive_make_call(&driver, NULL, 0);
    ck_assert_int_eq(spay_multi_submit(driver.multi, one.calls[0], hand_in_another, &one), SPAY_OK);
    drive_close(&driver);
    ck_assert_int_eq(one.statuses[0], SPAY_E_STATE);
    ck_assert_int_eq(spay_call_step(one.calls[1]), SPAY_CALL_SEND);
    spay_call_free(one.calls[1]);
}
END_TEST

START_TEST(what_cannot_be_handed_in_is_refused)
{
    spay_multi_options options = SPAY_MULTI_OPTIONS_INIT;
    accounts_setup setup = setup_of_sandbox();
    spay_call *call;

    drive_open(&driver, DRIVE_FOREIGN_LOOP, setup.wepay_url, NULL, NULL, &options);
    call = drive_make_call(&driver, NULL, 0);
    ck_assert_int_eq(spay_multi_submit(driver.multi, call, NULL, NULL), SPAY_E_STATE);
    ck_assert_int_eq(spay_multi_submit(NULL, call, NULL, NULL), SPAY_E_INVALID_ARGUMENT);
    ck_assert_int_eq(spay_multi_submit(driver.multi, NULL, NULL, NULL), SPAY_E_INVALID_ARGUMENT);
    drive_close(&driver);
    open_driver(DRIVE_POLLED);
    ck_assert_int_eq(spay_multi_submit(driver.multi, call, NULL, NULL), SPAY_E_STATE);
    spay_call_free(call);
    call = drive_make_call(&driver, NULL, 0);
    (void)spay_call_step(call);
    ck_assert_int_eq(spay_multi_submit(driver.multi, call, NULL, NULL), SPAY_E_STATE);
    spay_call_free(call);
    drive_close(&driver);
}
END_TEST

Suite *submit_suite(void)
{
    Suite *suite = suite_create("submit");
    TCase *tests = tcase_create("submit");

    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, calls_of_many_threads_are_done_once, 0, ROWS(kinds));
    tcase_add_loop_test(tests, an_idle_driver_is_woken, 0, ROWS(kinds));
    tcase_add_loop_test(tests, freeing_the_driver_ends_what_was_handed_in, 0, ROWS(kinds));
    tcase_add_loop_test(tests, what_was_handed_in_counts_as_not_done, 0, ROWS(kinds));
    tcase_add_loop_test(tests, a_driver_that_is_being_freed_takes_no_more, 0, ROWS(kinds));
    tcase_add_test(tests, what_cannot_be_handed_in_is_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
