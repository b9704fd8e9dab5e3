/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The event-loop driver: which call gets a connection next, and which wait without one.
 */
#include <stdio.h>
#include <stdlib.h>

#include "multi_rig.h"

/* ---- the queue ---- */

START_TEST(no_more_requests_at_once_than_connections)
{
    enum {
        CALLS = 60,
        MOST = 5
    };
    rig *r = rig_with(MOST);
    record records[CALLS];
    int i;

    for (i = 0; i < CALLS; i++)
        begin(r, &records[i], i % 2 ? ACCOUNT_WEPAY : ACCOUNT_CONNECT_SERVER, (unsigned)i + 1);
    for (i = 0; i < CALLS; i += MOST) {
        UNTIL(r, r->peer.waiting == MOST);
        while (peer_answer(&r->peer, "POST "))
            continue;
    }
    serve_until_done(r, CALLS);
    ck_assert_int_eq(r->peer.most_waiting, MOST);
    ck_assert_int_eq(r->peer.connections, MOST);
    rig_close(r);
}
END_TEST

#ifdef SPAY_WITH_NGHTTP2

/* The others wait in the queue, where their time does not run. */
START_TEST(http2_that_the_host_does_not_speak_changes_nothing)
{
    spay_multi_options options = SPAY_MULTI_OPTIONS_INIT;
    record records[20];
    rig *r;
    int i;

    options.http2 = SPAY_YES;
    options.max_connections = 2;
    options.max_requests = 64;
    r = rig_open(&options);
    for (i = 0; i < 20; i++)
        begin(r, &records[i], ACCOUNT_WEPAY, (unsigned)i + 1);
    UNTIL(r, r->peer.waiting == 1);
    ck_assert(peer_answer(&r->peer, "POST "));
    for (i = 1; i <= 10; i++) {
        UNTIL(r, r->peer.waiting == 2);
        ck_assert_int_eq(r->start_count, i + 2);
        ck_assert(peer_answer(&r->peer, "POST "));
    }
    serve_until_done(r, 20);
    ck_assert_int_eq(r->peer.connections, 2);
    rig_close(r);
}
END_TEST

#endif

START_TEST(calls_start_in_the_order_in_which_they_were_added)
{
    static const int32_t most[] = {1, 3, 64};
    enum {
        CALLS = 90
    };
    rig *r = rig_with(most[_i]);
    record records[CALLS];
    int i;

    for (i = 0; i < CALLS; i++)
        begin(r, &records[i], i % 2 ? ACCOUNT_WEPAY : ACCOUNT_CONNECT_SERVER, (unsigned)i + 1);
    serve_until_done(r, CALLS);
    ck_assert_int_eq(r->start_count, CALLS);
    for (i = 0; i < CALLS; i++)
        ck_assert_uint_eq(r->starts[i], (unsigned)i + 1);
    rig_close(r);
}
END_TEST

/* Also the first, which fetched the token for all. */
START_TEST(calls_that_wait_for_a_token_keep_their_place)
{
    static const int32_t most[] = {1, 2, 64};
    enum {
        CALLS = 20
    };
    rig *r = rig_with(most[_i]);
    record records[CALLS];
    int i;

    for (i = 0; i < CALLS; i++)
        begin(r, &records[i], ACCOUNT_HOSTED_FIELDS, (unsigned)i + 1);
    UNTIL(r, r->peer.waiting == 1);
    for (i = 0; i < 20; i++)
        turn(r);
    ck_assert_int_eq(r->peer.requests, 1);
    serve_until_done(r, CALLS);
    ck_assert_int_eq(r->peer.requests, CALLS + 1);
    for (i = 0; i < CALLS; i++)
        ck_assert_uint_eq(r->starts[i], (unsigned)i + 1);
    rig_close(r);
}
END_TEST

START_TEST(calls_that_wait_for_a_token_hold_no_handle)
{
    rig *r = rig_with(2);
    record hosted[30];
    record others[5];
    int i;

    for (i = 0; i < 30; i++)
        begin(r, &hosted[i], ACCOUNT_HOSTED_FIELDS, (unsigned)i + 1);
    for (i = 0; i < 5; i++)
        begin(r, &others[i], ACCOUNT_WEPAY, (unsigned)i + 100);
    while (r->done < 5) {
        UNTIL(r, peer_oldest(&r->peer, "POST /session_tokens") || r->done == 5);
        (void)peer_answer(&r->peer, "POST /session_tokens");
    }
    for (i = 0; i < 5; i++)
        ck_assert_int_eq(others[i].status, SPAY_OK);
    serve_until_done(r, 35);
    for (i = 0; i < 30; i++)
        ck_assert_int_eq(hosted[i].token_requests, i == 0);
    rig_close(r);
}
END_TEST

START_TEST(token_that_cannot_be_had_fails_all_who_wait_for_it)
{
    rig *r = rig_with(0);
    record records[30];
    int i;

    for (i = 0; i < 30; i++)
        begin(r, &records[i], ACCOUNT_HOSTED_FIELDS, (unsigned)i + 1);
    UNTIL(r, r->peer.waiting == 1);
    ck_assert(peer_refuse(&r->peer, 401, ""));
    UNTIL(r, r->done == 30);
    for (i = 0; i < 30; i++) {
        ck_assert_int_eq(records[i].status, SPAY_E_AUTH);
        ck_assert_int_eq(records[i].outcome, SPAY_OUTCOME_NOT_SENT);
    }
    ck_assert_int_eq(r->peer.requests, 1);
    rig_close(r);
}
END_TEST

START_TEST(calls_that_wait_for_a_retry_hold_no_handle)
{
    enum {
        WAITING = 32,
        OTHERS = 8
    };
    rig *r = rig_with(1);
    record backing_off[WAITING];
    record others[OTHERS];
    int i;

    for (i = 0; i < WAITING; i++)
        begin(r, &backing_off[i], ACCOUNT_WEPAY, (unsigned)i + 1);
    for (i = 0; i < OTHERS; i++)
        begin(r, &others[i], ACCOUNT_CONNECT_SERVER, (unsigned)i + 100);
    for (i = 0; i < WAITING; i++) {
        UNTIL(r, r->peer.waiting == 1);
        ck_assert(peer_refuse(&r->peer, 503, "Retry-After: 20\r\n"));
    }
    serve_until_done(r, OTHERS);
    for (i = 0; i < OTHERS; i++)
        ck_assert_int_eq(others[i].status, SPAY_OK);
    ck_assert_int_eq(spay_multi_pending(r->multi), WAITING);
    ck_assert_int_eq(r->peer.waiting, 0);
    rig_close(r);
}
END_TEST

START_TEST(call_is_tried_again_after_the_wait)
{
    rig *r = rig_with(1);
    record one;

    begin(r, &one, ACCOUNT_WEPAY, 1);
    UNTIL(r, r->peer.waiting == 1);
    ck_assert(peer_refuse(&r->peer, 503, "Retry-After-Ms: 50\r\n"));
    serve_until_done(r, 1);
    ck_assert_int_eq(one.status, SPAY_OK);
    ck_assert_int_eq(one.requests_sent, 2);
    rig_close(r);
}
END_TEST

START_TEST(deadline_ends_a_queued_call)
{
    rig *r = rig_with(1);
    record blocker;
    record late[2];
    int i;

    begin(r, &blocker, ACCOUNT_WEPAY, 1);
    UNTIL(r, r->peer.waiting == 1);
    for (i = 0; i < 2; i++) {
        prepare(r, &late[i], ACCOUNT_WEPAY, (unsigned)i + 2, 50);
        add(&late[i]);
    }
    UNTIL(r, r->done == 2);
    for (i = 0; i < 2; i++) {
        ck_assert_int_eq(late[i].status, SPAY_E_TIMEOUT);
        ck_assert_int_eq(late[i].outcome, SPAY_OUTCOME_NOT_SENT);
        ck_assert_int_eq(late[i].requests_sent, 0);
    }
    ck_assert_int_eq(r->peer.requests, 1);
    serve_until_done(r, 3);
    ck_assert_int_eq(blocker.status, SPAY_OK);
    rig_close(r);
}
END_TEST

/* While all handles are taken, and while one is free. */
START_TEST(deadline_ends_a_call_that_waits_for_a_token)
{
    rig *r = rig_with(1 + _i);
    record fetcher;
    record late;

    begin(r, &fetcher, ACCOUNT_HOSTED_FIELDS, 1);
    prepare(r, &late, ACCOUNT_HOSTED_FIELDS, 2, 50);
    add(&late);
    UNTIL(r, r->done == 1);
    ck_assert_int_eq(late.status, SPAY_E_TIMEOUT);
    ck_assert_int_eq(late.outcome, SPAY_OUTCOME_NOT_SENT);
    serve_until_done(r, 2);
    ck_assert_int_eq(fetcher.status, SPAY_OK);
    rig_close(r);
}
END_TEST

/* ---- several hosts ---- */

START_TEST(busy_host_does_not_hold_up_another)
{
    rig *r = rig_with(1);
    test_accounts other_accounts;
    peer *other = malloc(sizeof(*other));
    record here[3];
    record there;
    int i;

    ck_assert_ptr_nonnull(other);
    open_other_accounts(r, &other_accounts, other);
    for (i = 0; i < 3; i++)
        begin(r, &here[i], ACCOUNT_WEPAY, (unsigned)i + 1);
    prepare_at(r, &other_accounts, &there, 9);
    add(&there);
    while (!there.times) {
        UNTIL(r, (peer_turn(other), other->waiting == 1 || there.times));
        (void)peer_answer(other, "POST ");
    }
    ck_assert_int_eq(there.status, SPAY_OK);
    ck_assert_int_eq(there.order, 1);
    serve_until_done(r, 4);
    close_other_accounts(&other_accounts);
    rig_close(r);
    peer_close(other);
    free(other);
}
END_TEST

enum {
    HOSTS = 12,
    EACH = 2 /* connections */
};

static int sum_waiting(peer *peers)
{
    int sum = 0;
    int i;

    for (i = 0; i < HOSTS; i++) {
        peer_turn(&peers[i]);
        sum += peers[i].waiting;
    }
    return sum;
}

static void use_all_connections(rig *r, const test_accounts *others, peer *peers)
{
    record records[HOSTS * EACH];
    int i;

    r->done = 0;
    for (i = 0; i < HOSTS * EACH; i++) {
        prepare_at(r, &others[i / EACH], &records[i], (unsigned)i + 1);
        add(&records[i]);
    }
    UNTIL(r, sum_waiting(peers) == HOSTS * EACH);
    for (i = 0; i < HOSTS; i++)
        while (peer_answer(&peers[i], "POST "))
            continue;
    UNTIL(r, r->done == HOSTS * EACH);
    for (i = 0; i < HOSTS * EACH; i++)
        ck_assert_int_eq(records[i].status, SPAY_OK);
}

/* All connections of all hosts in use at once, twice: the second time they are there already. */
START_TEST(connections_are_kept_at_every_host)
{
    rig *r = rig_with(EACH);
    test_accounts others[HOSTS];
    peer *peers = calloc(HOSTS, sizeof(*peers));
    int i;

    ck_assert_ptr_nonnull(peers);
    for (i = 0; i < HOSTS; i++)
        open_other_accounts(r, &others[i], &peers[i]);
    use_all_connections(r, others, peers);
    use_all_connections(r, others, peers);
    for (i = 0; i < HOSTS; i++)
        ck_assert_int_eq(peers[i].connections, EACH);
    for (i = 0; i < HOSTS; i++)
        close_other_accounts(&others[i]);
    rig_close(r);
    for (i = 0; i < HOSTS; i++)
        peer_close(&peers[i]);
    free(peers);
}
END_TEST

/* The second step of Apple Pay leaves the connections of the first one's host to others. */
START_TEST(second_step_goes_to_a_host_of_its_own)
{
    rig *r = rig_with(1);
    peer *other = malloc(sizeof(*other));
    record both = {.rig = r, .kind = ACCOUNT_CONNECT_CLIENT};
    record next;
    char reply[300];

    ck_assert_ptr_nonnull(other);
    peer_open(other);
    (void)snprintf(reply, sizeof(reply),
                   "{\"assetUrl\":\"https://assets.example\",\"clientApiUrl\":\"%s/client\","
                   "\"clientSessionId\":\"s\",\"customerId\":\"c\"}",
                   other->url);
    ck_assert_int_eq(
        accounts_new_apple_pay_call(&r->accounts, TEST_GATEWAY, NULL, &both.call, NULL), SPAY_OK);
    add(&both);
    begin(r, &next, ACCOUNT_WEPAY, 1);
    UNTIL(r, r->peer.waiting == 1);
    ck_assert(peer_answer_with(&r->peer, "POST /v1/", reply));
    UNTIL(r, (peer_turn(other), r->peer.waiting == 1 && other->waiting == 1));
    ck_assert(peer_answer(other, "POST /client/v1/c/products/302/sessions "));
    UNTIL(r, (peer_turn(other), both.times == 1));
    ck_assert_int_eq(both.status, SPAY_OK);
    serve_until_done(r, 2);
    ck_assert_int_eq(next.status, SPAY_OK);
    rig_close(r);
    peer_close(other);
    free(other);
}
END_TEST

/* ---- the suite ---- */

static void add_queue(Suite *suite)
{
    TCase *tests = tcase_create("queue");

    tcase_set_timeout(tests, 300);
    tcase_add_test(tests, no_more_requests_at_once_than_connections);
#ifdef SPAY_WITH_NGHTTP2
    tcase_add_test(tests, http2_that_the_host_does_not_speak_changes_nothing);
#endif
    tcase_add_loop_test(tests, calls_start_in_the_order_in_which_they_were_added, 0, 3);
    tcase_add_loop_test(tests, calls_that_wait_for_a_token_keep_their_place, 0, 3);
    tcase_add_test(tests, calls_that_wait_for_a_token_hold_no_handle);
    tcase_add_test(tests, token_that_cannot_be_had_fails_all_who_wait_for_it);
    tcase_add_test(tests, calls_that_wait_for_a_retry_hold_no_handle);
    tcase_add_test(tests, call_is_tried_again_after_the_wait);
    tcase_add_test(tests, deadline_ends_a_queued_call);
    tcase_add_loop_test(tests, deadline_ends_a_call_that_waits_for_a_token, 0, 2);
    tcase_add_test(tests, busy_host_does_not_hold_up_another);
    tcase_add_test(tests, connections_are_kept_at_every_host);
    tcase_add_test(tests, second_step_goes_to_a_host_of_its_own);
    suite_add_tcase(suite, tests);
}

Suite *multi_queue_suite(void)
{
    Suite *suite = suite_create("multi_queue");

    add_queue(suite);
    return suite;
}
