/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The event-loop driver: how calls come back, are canceled and refused, and how the driver ends.
 */
#include <pthread.h>
#include <string.h>

#include "base/alloc.h"
#include "core/call.h"
#include "multi_rig.h"

/* ---- coming back ---- */

START_TEST(callback_gets_the_call_once)
{
    rig *r = rig_with(0);
    record one;

    begin(r, &one, ACCOUNT_WEPAY, 1);
    ck_assert_int_eq(spay_multi_pending(r->multi), 1);
    serve_until_done(r, 1);
    ck_assert_int_eq(one.times, 1);
    ck_assert_int_eq(one.status, SPAY_OK);
    ck_assert_int_eq(spay_multi_pending(r->multi), 0);
    ck_assert_ptr_null(spay_multi_next(r->multi));
    rig_close(r);
}
END_TEST

START_TEST(calls_without_callback_are_handed_out_in_the_order_of_their_ends)
{
    rig *r = rig_with(1);
    spay_call *calls[3];
    int i;

    for (i = 0; i < 3; i++) {
        calls[i] = make_call(&r->accounts, ACCOUNT_CONNECT_SERVER, (unsigned)i + 1, 0);
        ck_assert_int_eq(spay_multi_add(r->multi, calls[i], NULL, NULL), SPAY_OK);
    }
    ck_assert_ptr_null(spay_multi_next(r->multi));
    for (i = 0; i < 3; i++) {
        UNTIL(r, r->peer.waiting == 1);
        ck_assert(peer_answer(&r->peer, "POST "));
    }
    UNTIL(r, spay_multi_pending(r->multi) == 0);
    for (i = 0; i < 3; i++) {
        ck_assert_ptr_eq(spay_multi_next(r->multi), calls[i]);
        ck_assert_int_eq(spay_call_status(calls[i]), SPAY_OK);
        spay_call_free(calls[i]);
    }
    ck_assert_ptr_null(spay_multi_next(r->multi));
    rig_close(r);
}
END_TEST

START_TEST(callback_may_add_the_next_call)
{
    enum {
        CHAIN = 40
    };
    rig *r = rig_with(1);
    record chain[CHAIN];
    int i;

    for (i = 0; i < CHAIN; i++)
        prepare(r, &chain[i], ACCOUNT_WEPAY, (unsigned)i + 1, 0);
    for (i = 0; i + 1 < CHAIN; i++)
        chain[i].then = &chain[i + 1];
    add(&chain[0]);
    serve_until_done(r, CHAIN);
    for (i = 0; i < CHAIN; i++)
        ck_assert_int_eq(chain[i].order, i + 1);
    ck_assert_int_eq(r->peer.connections, 1);
    rig_close(r);
}
END_TEST

START_TEST(poll_without_time_only_looks)
{
    rig *r = rig_with(0);
    record one;
    int i;

    ck_assert_int_eq(spay_multi_poll(r->multi, 0), 0);
    begin(r, &one, ACCOUNT_WEPAY, 1);
    for (i = 0; i < 100; i++)
        ck_assert_int_eq(spay_multi_poll(r->multi, i % 2 ? 0 : -1), 1);
    serve_until_done(r, 1);
    rig_close(r);
}
END_TEST

static int refuse_memory(void)
{
    return 0;
}

START_TEST(call_without_memory_for_a_handle_ends)
{
    rig *r = rig_with(0);
    record one;

    begin(r, &one, ACCOUNT_WEPAY, 1);
    spay__alloc_set_gate(refuse_memory);
    (void)spay_multi_poll(r->multi, 0);
    spay__alloc_set_gate(NULL);
    ck_assert_int_eq(one.times, 1);
    ck_assert_int_eq(one.status, SPAY_E_NO_MEMORY);
    begin(r, &one, ACCOUNT_WEPAY, 2);
    serve_until_done(r, 2);
    ck_assert_int_eq(one.status, SPAY_OK);
    rig_close(r);
}
END_TEST

/* ---- giving up ---- */

typedef struct canceler {
    spay_multi *multi;
    spay_call *call;
} canceler;

static void *cancel(void *ctx)
{
    const canceler *c = ctx;

    spay_call_cancel(c->call);
    spay_multi_wakeup(c->multi);
    return NULL;
}

START_TEST(another_thread_cancels_a_call_in_any_place)
{
    rig *r = rig_with(2);
    record one;
    record blockers[2];
    canceler c;
    pthread_t thread;

    bring_to(r, &one, blockers, (call_place)_i);
    c.multi = r->multi;
    c.call = one.call;
    ck_assert_int_eq(pthread_create(&thread, NULL, cancel, &c), 0);
    while (!one.times)
        (void)spay_multi_poll(r->multi, LIMIT_MS);
    (void)pthread_join(thread, NULL);
    check_canceled(&one, (call_place)_i);
    ck_assert_int_eq(r->done, 1);
    rig_close(r);
}
END_TEST

/* With a poll that ran its whole second each time, it would take longer. */
START_TEST(wakeup_ends_a_poll)
{
    enum {
        ROUNDS = 40
    };
    rig *r = rig_with(2);
    int64_t began = now_ms();
    int i;

    for (i = 0; i < ROUNDS; i++) {
        record one;
        record blockers[2];
        canceler c;
        pthread_t thread;

        r->done = 0;
        bring_to(r, &one, blockers, RUNNING);
        c.multi = r->multi;
        c.call = one.call;
        ck_assert_int_eq(pthread_create(&thread, NULL, cancel, &c), 0);
        while (!one.times)
            (void)spay_multi_poll(r->multi, LIMIT_MS);
        (void)pthread_join(thread, NULL);
        UNTIL(r, r->peer.waiting == 0); /* it has seen that the connection is gone */
    }
    ck_assert(now_ms() - began < ROUNDS * 1000);
    rig_close(r);
}
END_TEST

/* The callback of one call, which its deadline ends, cancels another. */
static void on_done_cancel(void *ctx, spay_call *call)
{
    record *ended = ctx;

    note_end(ended, call);
    spay_call_cancel(ended->then->call);
    spay_multi_wakeup(ended->rig->multi);
}

START_TEST(callback_cancels_another_call)
{
    rig *r = rig_with(2);
    record one;
    record other;
    record blockers[2];

    bring_to(r, &other, blockers, (call_place)_i);
    prepare(r, &one, ACCOUNT_WEPAY, 50, 20);
    one.then = &other;
    ck_assert_int_eq(spay_multi_add(r->multi, one.call, on_done_cancel, &one), SPAY_OK);
    UNTIL(r, other.times);
    ck_assert_int_eq(one.times, 1);
    check_canceled(&other, (call_place)_i);
    rig_close(r);
}
END_TEST

START_TEST(call_canceled_before_it_is_added_sends_nothing)
{
    rig *r = rig_with(0);
    record one;

    prepare(r, &one, ACCOUNT_WEPAY, 1, 0);
    spay_call_cancel(one.call);
    add(&one);
    UNTIL(r, one.times);
    check_canceled(&one, QUEUED);
    ck_assert_int_eq(r->peer.connections, 0);
    rig_close(r);
}
END_TEST

/* ---- the end of the driver ---- */

START_TEST(freeing_the_driver_completes_what_is_in_flight)
{
    rig *r = rig_with(2);
    record one;
    record blockers[2];

    memset(blockers, 0, sizeof(blockers));
    bring_to(r, &one, blockers, (call_place)_i);
    spay_multi_free(r->multi);
    r->multi = NULL;
    check_canceled(&one, (call_place)_i);
    ck_assert_int_eq(r->done, 1 + blockers[0].times + blockers[1].times);
    ck_assert_int_eq(blockers[0].times, _i == QUEUED || _i == AWAITING_TOKEN);
    rig_close(r);
}
END_TEST

START_TEST(freeing_the_driver_leaves_calls_without_callback_to_the_caller)
{
    rig *r = rig_with(1);
    spay_call *calls[3];
    int i;

    for (i = 0; i < 3; i++) {
        calls[i] = make_call(&r->accounts, ACCOUNT_WEPAY, (unsigned)i + 1, 0);
        ck_assert_int_eq(spay_multi_add(r->multi, calls[i], NULL, NULL), SPAY_OK);
    }
    UNTIL(r, r->peer.waiting == 1);
    ck_assert(peer_answer(&r->peer, "POST "));
    UNTIL(r, spay_multi_pending(r->multi) == 2);
    spay_multi_free(r->multi);
    r->multi = NULL;
    for (i = 0; i < 3; i++) {
        ck_assert_int_eq(spay_call_status(calls[i]), i ? SPAY_E_CANCELED : SPAY_OK);
        spay_call_free(calls[i]);
    }
    rig_close(r);
}
END_TEST

/* For ever, if the driver took it: each that is canceled then brings another. */
static void on_done_add_another(void *ctx, spay_call *call)
{
    record *ended = ctx;
    spay_call *another = make_call(&ended->rig->accounts, ACCOUNT_WEPAY, 2, 0);

    note_end(ended, call);
    ck_assert_int_eq(spay_multi_add(ended->rig->multi, another, on_done_add_another, ended),
                     SPAY_E_STATE);
    ck_assert_int_eq(spay_multi_pending(ended->rig->multi), 0);
    spay_call_free(another);
}

START_TEST(call_added_while_the_driver_is_freed_is_refused)
{
    rig *r = rig_with(1);
    record one;

    prepare(r, &one, ACCOUNT_WEPAY, 1, 0);
    ck_assert_int_eq(spay_multi_add(r->multi, one.call, on_done_add_another, &one), SPAY_OK);
    spay_multi_free(r->multi);
    r->multi = NULL;
    check_canceled(&one, QUEUED);
    rig_close(r);
}
END_TEST

/* ---- what is refused ---- */

START_TEST(call_that_was_stepped_is_refused)
{
    rig *r = rig_with(0);
    spay_call *call = make_call(&r->accounts, ACCOUNT_WEPAY, 1, 0);

    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_SEND);
    ck_assert_int_eq(spay_multi_add(r->multi, call, NULL, NULL), SPAY_E_STATE);
    ck_assert_int_eq(spay_multi_pending(r->multi), 0);
    spay_call_free(call);
    rig_close(r);
}
END_TEST

START_TEST(call_is_not_added_twice)
{
    rig *r = rig_with(0);
    record one;

    begin(r, &one, ACCOUNT_WEPAY, 1);
    ck_assert_int_eq(spay_multi_add(r->multi, one.call, NULL, NULL), SPAY_E_STATE);
    serve_until_done(r, 1);
    ck_assert_int_eq(one.times, 1);
    rig_close(r);
}
END_TEST

START_TEST(call_of_another_client_is_refused)
{
    rig *r = rig_with(0);
    rig *other = rig_with(0);
    spay_call *call = make_call(&other->accounts, ACCOUNT_WEPAY, 1, 0);

    ck_assert_int_eq(spay_multi_add(r->multi, call, NULL, NULL), SPAY_E_STATE);
    spay_call_free(call);
    rig_close(other);
    rig_close(r);
}
END_TEST

START_TEST(client_with_a_transport_of_its_own_is_refused)
{
    test_accounts mocked;
    spay_multi *multi = (spay_multi *)&mocked;
    spay_error *error = NULL;

    ck_assert(accounts_open(&mocked, NULL));
    ck_assert_int_eq(spay_multi_new(mocked.client, NULL, &multi, &error), SPAY_E_UNSUPPORTED);
    ck_assert_ptr_null(multi);
    ck_assert_int_eq(spay_error_status(error), SPAY_E_UNSUPPORTED);
    spay_error_free(error);
    accounts_close(&mocked);
}
END_TEST

static void ignore_socket(void *ctx, int64_t socket, int32_t events)
{
    (void)ctx;
    (void)socket;
    (void)events;
}

static void ignore_timer(void *ctx, int64_t delay_ms)
{
    (void)ctx;
    (void)delay_ms;
}

static void check_option(const spay_multi_options *options, const char *field)
{
    spay_client *client = NULL;
    spay_multi *multi = NULL;
    spay_error *error = NULL;

    ck_assert_int_eq(spay_client_new(NULL, &client, NULL), SPAY_OK);
    ck_assert_int_eq(spay_multi_new(client, options, &multi, &error), SPAY_E_INVALID_ARGUMENT);
    ck_assert_ptr_null(multi);
    ck_assert_ptr_nonnull(strstr(spay_error_field_path(error, 0), field));
    spay_error_free(error);
    spay_client_free(client);
}

START_TEST(options_are_checked)
{
    spay_multi_options options = SPAY_MULTI_OPTIONS_INIT;

    options.max_connections = 1025;
    check_option(&options, "max_connections");
    options.max_connections = -1;
    check_option(&options, "max_connections");
    options.max_connections = 0;
    options.http2 = 3;
    check_option(&options, "http2");
    options.http2 = SPAY_YES;
    options.max_requests = 1025;
    check_option(&options, "max_requests");
    options.max_requests = 1;
    options.http2 = 0;
    check_option(&options, "max_requests");
    options.max_requests = 0;
    options.watch = ignore_socket;
    check_option(&options, "wake_in");
    options.watch = NULL;
    options.wake_in = ignore_timer;
    check_option(&options, "watch");
    options.wake_in = NULL;
    options.struct_size = 1;
    check_option(&options, "options");
}
END_TEST

START_TEST(nothing_is_asked_of_no_driver)
{
    rig *r = rig_with(0);
    spay_call *call = make_call(&r->accounts, ACCOUNT_WEPAY, 1, 0);

    ck_assert_int_eq(spay_multi_new(NULL, NULL, NULL, NULL), SPAY_E_INVALID_ARGUMENT);
    ck_assert_int_eq(spay_multi_add(NULL, call, NULL, NULL), SPAY_E_INVALID_ARGUMENT);
    ck_assert_int_eq(spay_multi_add(r->multi, NULL, NULL, NULL), SPAY_E_INVALID_ARGUMENT);
    ck_assert_int_eq(spay_multi_poll(NULL, 0), -1);
    ck_assert_int_eq(spay_multi_on_timer(NULL), -1);
    ck_assert_int_eq(spay_multi_on_socket(NULL, 0, SPAY_SOCKET_READ), -1);
    ck_assert_int_eq(spay_multi_on_timer(r->multi), -1);
    ck_assert_int_eq(spay_multi_on_socket(r->multi, 0, SPAY_SOCKET_READ), -1);
    ck_assert_int_eq(spay_multi_pending(NULL), 0);
    ck_assert_ptr_null(spay_multi_next(NULL));
    spay_multi_wakeup(NULL);
    spay_multi_free(NULL);
    spay_call_free(call);
    rig_close(r);
}
END_TEST

/* ---- the suite ---- */

static void add_ends(Suite *suite)
{
    TCase *tests = tcase_create("ends");

    tcase_set_timeout(tests, 300);
    tcase_add_test(tests, callback_gets_the_call_once);
    tcase_add_test(tests, calls_without_callback_are_handed_out_in_the_order_of_their_ends);
    tcase_add_test(tests, callback_may_add_the_next_call);
    tcase_add_test(tests, poll_without_time_only_looks);
    tcase_add_test(tests, call_without_memory_for_a_handle_ends);
    tcase_add_loop_test(tests, another_thread_cancels_a_call_in_any_place, 0, PLACES);
    tcase_add_test(tests, wakeup_ends_a_poll);
    tcase_add_loop_test(tests, callback_cancels_another_call, 0, PLACES);
    tcase_add_test(tests, call_canceled_before_it_is_added_sends_nothing);
    tcase_add_loop_test(tests, freeing_the_driver_completes_what_is_in_flight, 0, PLACES);
    tcase_add_test(tests, freeing_the_driver_leaves_calls_without_callback_to_the_caller);
    tcase_add_test(tests, call_added_while_the_driver_is_freed_is_refused);
    suite_add_tcase(suite, tests);
}

static void add_refusals(Suite *suite)
{
    TCase *tests = tcase_create("refusals");

    tcase_add_test(tests, call_that_was_stepped_is_refused);
    tcase_add_test(tests, call_is_not_added_twice);
    tcase_add_test(tests, call_of_another_client_is_refused);
    tcase_add_test(tests, client_with_a_transport_of_its_own_is_refused);
    tcase_add_test(tests, options_are_checked);
    tcase_add_test(tests, nothing_is_asked_of_no_driver);
    suite_add_tcase(suite, tests);
}

Suite *multi_suite(void)
{
    Suite *suite = suite_create("multi");

    add_ends(suite);
    add_refusals(suite);
    return suite;
}
