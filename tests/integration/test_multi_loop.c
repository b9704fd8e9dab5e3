/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The event-loop driver in a loop of the caller, which is told of sockets and timers.
 */
#include <stdlib.h>
#include <string.h>

#include "foreign_loop.h"

/* ---- a foreign loop ---- */

START_TEST(foreign_loop_drives_a_call)
{
    loop l;
    rig *r = rig_in_loop(&l, 0);
    peer *p = &r->peer;
    record one;

    check_quiet(&l);
    ck_assert_int_eq(spay_multi_poll(r->multi, 0), -1);
    begin(r, &one, ACCOUNT_WEPAY, 1);
    ck_assert_int_ge(l.alarm_ms, 0);
    LOOP_UNTIL(&l, p, p->waiting == 1);
    ck_assert_int_eq(l.count, 1);
    ck_assert(peer_answer(p, "POST "));
    LOOP_UNTIL(&l, p, one.times);
    ck_assert_int_eq(one.status, SPAY_OK);
    check_quiet(&l);
    ck_assert_int_le(l.watched, 2); /* one while it connects */
    rig_close(r);
    ck_assert_int_eq(l.misuses, 0);
}
END_TEST

/* What a call waits for, while its deadline comes nearer. */
typedef struct wait_row {
    const char *name;
    account_kind kind;
    const char *refusal; /* headers of the first answer; NULL for none */
    int64_t attempt_timeout_ms;
    int most_turns;
} wait_row;

static const wait_row wait_rows[] = {
    {.name = "a reply", .kind = ACCOUNT_WEPAY, .attempt_timeout_ms = 400, .most_turns = 40},
    {.name = "a token",
     .kind = ACCOUNT_HOSTED_FIELDS,
     .attempt_timeout_ms = 400,
     .most_turns = 120},
    {.name = "a retry after a refusal",
     .kind = ACCOUNT_WEPAY,
     .refusal = "Retry-After-Ms: 300\r\n",
     .attempt_timeout_ms = 400,
     .most_turns = 60},
    {.name = "a retry after a timeout",
     .kind = ACCOUNT_WEPAY,
     .attempt_timeout_ms = 30,
     .most_turns = 250},
};

/* Two calls, of which the second stands in line, or waits for the first one's token. */
START_TEST(waiting_in_a_foreign_loop_takes_few_turns)
{
    const wait_row *row = &wait_rows[_i];
    loop l;
    rig *r = rig_in_loop(&l, row->kind == ACCOUNT_WEPAY ? 1 : 2);
    peer *p = &r->peer;
    record records[2];
    int i;

    for (i = 0; i < 2; i++) {
        memset(&records[i], 0, sizeof(records[i]));
        records[i].rig = r;
        records[i].kind = row->kind;
        records[i].call = make_limited_call(&r->accounts, row->kind, (unsigned)i + 1, 400,
                                            row->attempt_timeout_ms);
        add(&records[i]);
    }
    if (row->refusal) {
        LOOP_UNTIL(&l, p, p->waiting == 1);
        (void)peer_refuse(p, 503, row->refusal);
    }
    LOOP_UNTIL(&l, p, r->done == 2);
    for (i = 0; i < 2; i++)
        ck_assert_int_ne(records[i].status, SPAY_OK);
    ck_assert_msg(l.turns <= row->most_turns, "%s: %d turns", row->name, l.turns);
    check_quiet(&l);
    rig_close(r);
}
END_TEST

START_TEST(early_timer_finds_canceled_calls)
{
    loop l;
    rig *r = rig_in_loop(&l, 2);
    peer *p = &r->peer;
    record records[3];
    int i;

    for (i = 0; i < 3; i++)
        begin(r, &records[i], ACCOUNT_WEPAY, (unsigned)i + 1);
    LOOP_UNTIL(&l, p, p->waiting == 2);
    for (i = 0; i < 3; i++)
        spay_call_cancel(records[i].call);
    ck_assert_int_eq(spay_multi_on_timer(r->multi), 0);
    for (i = 0; i < 3; i++)
        check_canceled(&records[i], i < 2 ? RUNNING : QUEUED);
    ck_assert_int_eq(l.count, 0);
    ck_assert_int_eq(l.alarm_ms, -1); /* it was set, and would fire for nothing */
    rig_close(r);
    ck_assert_int_eq(l.misuses, 0);
}
END_TEST

/* Whether the loop has forgotten its timer before it reports an early one, or not. */
START_TEST(early_timer_is_set_again)
{
    loop l;
    rig *r = rig_in_loop(&l, 2);
    int64_t alarm_ms;
    record one;

    begin(r, &one, ACCOUNT_WEPAY, 1);
    LOOP_UNTIL(&l, &r->peer, r->peer.waiting == 1);
    ck_assert_int_ge(l.alarm_ms, 0);
    alarm_ms = l.alarm_ms;
    if (_i)
        l.alarm_ms = -1;
    ck_assert_int_eq(spay_multi_on_timer(r->multi), 1);
    ck_assert_int_ge(l.alarm_ms, 0);
    ck_assert_int_le(l.alarm_ms, alarm_ms + 1);
    ck_assert(peer_answer(&r->peer, "POST "));
    LOOP_UNTIL(&l, &r->peer, one.times);
    check_quiet(&l);
    rig_close(r);
}
END_TEST

/* A program that makes one call after another pays nothing for that. */
START_TEST(connection_used_again_at_once_is_not_watched_anew)
{
    loop l;
    rig *r = rig_in_loop(&l, 0);
    record records[3];
    int watched = 0;
    int i;

    for (i = 0; i < 3; i++) {
        begin(r, &records[i], ACCOUNT_WEPAY, (unsigned)i + 1);
        LOOP_UNTIL(&l, &r->peer, r->peer.waiting == 1);
        ck_assert(peer_answer(&r->peer, "POST "));
        LOOP_UNTIL(&l, &r->peer, records[i].times);
        watched = i ? watched : l.watched;
    }
    ck_assert_int_eq(l.watched, watched);
    check_quiet(&l);
    rig_close(r);
}
END_TEST

START_TEST(freeing_the_driver_unwatches_its_sockets)
{
    loop l;
    rig *r = rig_in_loop(&l, 2);
    peer *p = &r->peer;
    record records[4];
    int i;

    for (i = 0; i < 4; i++)
        begin(r, &records[i], ACCOUNT_WEPAY, (unsigned)i + 1);
    LOOP_UNTIL(&l, p, p->waiting == 2);
    ck_assert_int_eq(l.count, 2);
    spay_multi_free(r->multi);
    r->multi = NULL;
    ck_assert_int_eq(r->done, 4);
    ck_assert_int_eq(l.count, 0);
    ck_assert_int_eq(l.misuses, 0);
    rig_close(r);
}
END_TEST

/*
 * The hook refuses the first call as it is about to be sent, and its callback adds one at a host of
 * its own. Nothing else would make the driver look again before the deadline.
 */
START_TEST(call_added_by_a_callback_starts_at_any_host)
{
    loop l;
    rig *r = rig_in_loop(&l, 1);
    test_accounts other_accounts;
    peer *other = malloc(sizeof(*other));
    record first;
    record next;

    ck_assert_ptr_nonnull(other);
    open_other_accounts(r, &other_accounts, other);
    prepare_at(r, &other_accounts, &next, 2);
    prepare(r, &first, ACCOUNT_WEPAY, 1, 0);
    first.then = &next;
    r->refused = 1;
    add(&first);
    LOOP_UNTIL(&l, other, other->waiting == 1 || next.times);
    ck_assert_int_eq(first.status, SPAY_E_CANCELED);
    ck_assert_int_eq(next.times, 0);
    ck_assert(peer_answer(other, "POST "));
    LOOP_UNTIL(&l, other, next.times);
    ck_assert_int_eq(next.status, SPAY_OK);
    close_other_accounts(&other_accounts);
    rig_close(r);
    peer_close(other);
    free(other);
}
END_TEST

/* Many at once would hold up what else is in the loop. */
START_TEST(connections_are_opened_a_few_in_a_turn)
{
    enum {
        CALLS = 20,
        MOST = 2
    };
    loop l;
    rig *r = rig_in_loop(&l, CALLS);
    record records[CALLS];
    int i;

    for (i = 0; i < CALLS; i++)
        begin(r, &records[i], ACCOUNT_WEPAY, (unsigned)i + 1);
    for (i = MOST; i <= CALLS; i += MOST) {
        peer_turn(&r->peer);
        ck_assert_int_eq(r->peer.connections, i);
        ck_assert_int_ge(l.alarm_ms, 0);
        (void)spay_multi_on_timer(r->multi);
    }
    LOOP_UNTIL(&l, &r->peer, r->peer.waiting == CALLS);
    while (peer_answer(&r->peer, "POST "))
        continue;
    LOOP_UNTIL(&l, &r->peer, r->done == CALLS);
    check_quiet(&l);
    rig_close(r);
}
END_TEST

/* ---- the suite ---- */

static void add_loop(Suite *suite)
{
    TCase *tests = tcase_create("foreign loop");

    tcase_set_timeout(tests, 300);
    tcase_add_test(tests, foreign_loop_drives_a_call);
    tcase_add_loop_test(tests, waiting_in_a_foreign_loop_takes_few_turns, 0, ROWS(wait_rows));
    tcase_add_test(tests, early_timer_finds_canceled_calls);
    tcase_add_loop_test(tests, early_timer_is_set_again, 0, 2);
    tcase_add_test(tests, connection_used_again_at_once_is_not_watched_anew);
    tcase_add_test(tests, freeing_the_driver_unwatches_its_sockets);
    tcase_add_test(tests, call_added_by_a_callback_starts_at_any_host);
    tcase_add_test(tests, connections_are_opened_a_few_in_a_turn);
    suite_add_tcase(suite, tests);
}

Suite *multi_loop_suite(void)
{
    Suite *suite = suite_create("multi_loop");

    add_loop(suite);
    return suite;
}
