/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What clients share through a store, in virtual time: two of them stand for two machines. Whatever
 * the store does, a call ends as it would without one.
 */
#include <stdio.h>
#include <string.h>

#include "core/call.h"
#include "core/seal.h"
#include "core/store.h"
#include "support/accounts.h"
#include "support/leave.h"
#include "support/memory_store.h"
#include "unit.h"

#if ALL_PROVIDERS

enum {
    MACHINES = 2,
    HOUR_MS = 3600000,
    SESSION_MS = 300000 /* of the client API */
};

static spay_mock *mock;
static memory_store *store;
static test_accounts machines[MACHINES];
static int store_events;
static int32_t store_timeout_ms; /* of machines that are opened; 0: what it is without */
static char first_result[20];    /* of the operations that events told of */

static void on_event(void *ctx, const spay_event *event)
{
    (void)ctx;
    if (event->type == SPAY_EVENT_STORE && !store_events++)
        (void)snprintf(first_result, sizeof(first_result), "%s", event->reason);
}

static void open_machine_with(test_accounts *opened, const spay_store *table,
                              const spay_platform *platform)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;

    options.transport = spay_mock_transport(mock);
    options.platform = platform;
    options.store = table;
    options.event = on_event;
    options.store_timeout_ms = store_timeout_ms;
    memset(opened, 0, sizeof(*opened));
    opened->mock = mock;
    ck_assert_int_eq(spay_client_new(&options, &opened->client, &opened->error), SPAY_OK);
    ck_assert(accounts_make(opened, NULL));
}

static void open_machine(test_accounts *opened)
{
    open_machine_with(opened, memory_store_table(store), spay_mock_platform(mock));
}

static void close_machine(test_accounts *closed)
{
    closed->mock = NULL;
    accounts_close(closed);
}

static void set_up(void)
{
    int i;

    ck_assert_int_eq(spay_mock_new(&mock, NULL), SPAY_OK);
    store = memory_store_new(mock);
    ck_assert_ptr_nonnull(store);
    store_events = 0;
    store_timeout_ms = 0;
    for (i = 0; i < MACHINES; i++)
        open_machine(&machines[i]);
}

static void tear_down(void)
{
    int i;

    for (i = 0; i < MACHINES; i++)
        close_machine(&machines[i]);
    memory_store_free(store);
    spay_mock_free(mock);
}

static spay_call_options with_intent(const char *intent)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;

    options.intent = intent;
    return options;
}

/* Run a call to its end; it must succeed. The session's value must be the provider's. */
static void create(const test_accounts *machine, account_kind kind,
                   const spay_call_options *options, int32_t shared)
{
    void *session = NULL;
    spay_error *error = NULL;
    spay_status status = accounts_create_session(machine, kind, options, &session, &error);

    ck_assert_msg(status == SPAY_OK, "%s", spay_error_message(error));
    ck_assert_str_eq(accounts_session_info(session)->value, account_facts_of(kind)->value);
    ck_assert_int_eq(accounts_session_info(session)->shared, shared);
    ck_assert_int_eq(accounts_session_info(session)->requests_sent, shared ? 0 : 1);
    accounts_free_session(kind, session);
}

static size_t requests(void)
{
    return spay_mock_request_count(mock);
}

/* Send what the call wants to send. */
static void serve(spay_call *call)
{
    const spay_transport *transport = spay_mock_transport(mock);

    (void)spay_call_respond(call, transport->perform(transport->ctx, spay_call_request(call),
                                                     spay_call_response(call)));
}

/* The second machine, with these functions in place of the store's own. */
static void reopen_with(const spay_store *functions)
{
    spay_store table = *memory_store_table(store);

    if (functions->get)
        table.get = functions->get;
    if (functions->acquire)
        table.acquire = functions->acquire;
    close_machine(&machines[1]);
    open_machine_with(&machines[1], &table, spay_mock_platform(mock));
}

/* ---- tokens ---- */

START_TEST(a_token_is_fetched_once_for_all_machines)
{
    accounts_reply(&machines[0], 200, NULL, good_token_reply);
    accounts_reply_good(&machines[0], ACCOUNT_HOSTED_FIELDS);
    create(&machines[0], ACCOUNT_HOSTED_FIELDS, NULL, 0);
    ck_assert_uint_eq(requests(), 2);
    accounts_reply_good(&machines[1], ACCOUNT_HOSTED_FIELDS);
    create(&machines[1], ACCOUNT_HOSTED_FIELDS, NULL, 0);
    ck_assert_uint_eq(requests(), 3);
    ck_assert_str_eq(spay_mock_request_header(mock, 2, "Authorization"), "Bearer token-1");
    ck_assert_int_eq(memory_store_count(store).puts, 1);
    ck_assert_int_eq(memory_store_count(store).releases, 1);
    ck_assert_int_gt(store_events, 0);
}
END_TEST

START_TEST(a_warm_token_asks_the_store_nothing)
{
    memory_store_counts before;
    memory_store_counts after;

    accounts_reply(&machines[0], 200, NULL, good_token_reply);
    accounts_reply_good(&machines[0], ACCOUNT_HOSTED_FIELDS);
    create(&machines[0], ACCOUNT_HOSTED_FIELDS, NULL, 0);
    before = memory_store_count(store);
    accounts_reply_good(&machines[0], ACCOUNT_HOSTED_FIELDS);
    create(&machines[0], ACCOUNT_HOSTED_FIELDS, NULL, 0);
    after = memory_store_count(store);
    ck_assert_mem_eq(&before, &after, sizeof(before));
}
END_TEST

START_TEST(a_token_near_its_end_is_renewed_by_one_machine)
{
    accounts_reply(&machines[0], 200, NULL, good_token_reply);
    accounts_reply_good(&machines[0], ACCOUNT_HOSTED_FIELDS);
    create(&machines[0], ACCOUNT_HOSTED_FIELDS, NULL, 0);
    accounts_reply_good(&machines[1], ACCOUNT_HOSTED_FIELDS);
    create(&machines[1], ACCOUNT_HOSTED_FIELDS, NULL, 0);
    spay_mock_advance(mock, HOUR_MS - 100000);
    accounts_reply(&machines[1], 200, NULL, "{\"access_token\":\"token-2\",\"expires_in\":3600}");
    accounts_reply_good(&machines[1], ACCOUNT_HOSTED_FIELDS);
    create(&machines[1], ACCOUNT_HOSTED_FIELDS, NULL, 0);
    accounts_reply_good(&machines[0], ACCOUNT_HOSTED_FIELDS);
    create(&machines[0], ACCOUNT_HOSTED_FIELDS, NULL, 0);
    ck_assert_uint_eq(requests(), 6);
    ck_assert_str_eq(spay_mock_request_header(mock, 5, "Authorization"), "Bearer token-2");
}
END_TEST

/* The old one serves until then. */
START_TEST(a_token_that_another_machine_renews_is_not_waited_for)
{
    accounts_reply(&machines[0], 200, NULL, good_token_reply);
    accounts_reply_good(&machines[0], ACCOUNT_HOSTED_FIELDS);
    create(&machines[0], ACCOUNT_HOSTED_FIELDS, NULL, 0);
    spay_mock_advance(mock, HOUR_MS - 100000);
    memory_store_set_mode(store, MEMORY_STORE_DENIES);
    accounts_reply_good(&machines[0], ACCOUNT_HOSTED_FIELDS);
    create(&machines[0], ACCOUNT_HOSTED_FIELDS, NULL, 0);
    ck_assert_uint_eq(requests(), 3);
    ck_assert_str_eq(spay_mock_request_header(mock, 2, "Authorization"), "Bearer token-1");
    ck_assert_int_eq(spay_mock_now_ms(mock), HOUR_MS - 100000);
}
END_TEST

START_TEST(a_refused_token_is_replaced_for_all_machines)
{
    accounts_reply(&machines[0], 200, NULL, good_token_reply);
    accounts_reply_good(&machines[0], ACCOUNT_HOSTED_FIELDS);
    create(&machines[0], ACCOUNT_HOSTED_FIELDS, NULL, 0);
    accounts_reply(&machines[0], 401, NULL, "{}");
    accounts_reply(&machines[0], 200, NULL, "{\"access_token\":\"token-2\",\"expires_in\":3600}");
    accounts_reply_good(&machines[0], ACCOUNT_HOSTED_FIELDS);
    accounts_reply_good(&machines[1], ACCOUNT_HOSTED_FIELDS);
    {
        void *session = NULL;

        ck_assert_int_eq(
            accounts_create_session(&machines[0], ACCOUNT_HOSTED_FIELDS, NULL, &session, NULL),
            SPAY_OK);
        accounts_free_session(ACCOUNT_HOSTED_FIELDS, session);
    }
    create(&machines[1], ACCOUNT_HOSTED_FIELDS, NULL, 0);
    ck_assert_str_eq(spay_mock_request_header(mock, 5, "Authorization"), "Bearer token-2");
    ck_assert_uint_eq(requests(), 6);
}
END_TEST

/* The other machine's fetch is stopped in the middle: what it brings later changes nothing. */
START_TEST(a_late_answer_of_a_stopped_machine_is_kept_out)
{
    const spay_transport *transport = spay_mock_transport(mock);
    spay_call *stopped = NULL;

    accounts_reply(&machines[0], 200, NULL, "{\"access_token\":\"token-2\",\"expires_in\":3600}");
    accounts_reply_good(&machines[0], ACCOUNT_HOSTED_FIELDS);
    accounts_reply(&machines[0], 200, NULL, "{\"access_token\":\"late\",\"expires_in\":3600}");
    ck_assert_int_eq(accounts_new_call(&machines[1], ACCOUNT_HOSTED_FIELDS, NULL, &stopped, NULL),
                     SPAY_OK);
    ck_assert_int_eq(spay_call_step(stopped), SPAY_CALL_SEND);
    create(&machines[0], ACCOUNT_HOSTED_FIELDS, NULL, 0);
    ck_assert_int_ge(spay_mock_now_ms(mock), 10000);
    (void)spay_call_respond(stopped, transport->perform(transport->ctx, spay_call_request(stopped),
                                                        spay_call_response(stopped)));
    ck_assert_int_gt(memory_store_count(store).stale, 0);
    spay_call_free(stopped);
    close_machine(&machines[1]);
    open_machine(&machines[1]);
    accounts_reply_good(&machines[1], ACCOUNT_HOSTED_FIELDS);
    create(&machines[1], ACCOUNT_HOSTED_FIELDS, NULL, 0);
    ck_assert_str_eq(spay_mock_request_header(mock, requests() - 1, "Authorization"),
                     "Bearer token-2");
}
END_TEST

/* ---- sessions ---- */

static const account_kind sharing[] = {ACCOUNT_CONNECT_SERVER, ACCOUNT_CONNECT_CLIENT};

START_TEST(one_intent_makes_one_session_for_all_machines)
{
    spay_call_options options = with_intent("order 1");

    accounts_reply_good(&machines[0], sharing[_i]);
    create(&machines[0], sharing[_i], &options, 0);
    create(&machines[1], sharing[_i], &options, SPAY_YES);
    create(&machines[0], sharing[_i], &options, SPAY_YES);
    ck_assert_uint_eq(requests(), 1);
}
END_TEST

/* The call that waits for it has its turn when the session has lived its five minutes. */
START_TEST(a_session_that_is_over_is_made_anew)
{
    spay_call_options options = with_intent("order 1");
    spay_call *first = NULL;
    spay_call *late = NULL;

    options.timeout_ms = 2 * SESSION_MS + 60000;
    accounts_reply_good(&machines[0], ACCOUNT_CONNECT_CLIENT);
    ck_assert_int_eq(
        accounts_new_call(&machines[0], ACCOUNT_CONNECT_CLIENT, &options, &first, NULL), SPAY_OK);
    ck_assert_int_eq(accounts_new_call(&machines[0], ACCOUNT_CONNECT_CLIENT, &options, &late, NULL),
                     SPAY_OK);
    ck_assert_int_eq(spay_call_step(first), SPAY_CALL_SEND);
    ck_assert_int_eq(spay_call_step(late), SPAY_CALL_WAIT);
    serve(first);
    ck_assert_int_eq(spay_call_status(first), SPAY_OK);
    spay_mock_advance(mock, SESSION_MS + 1);
    ck_assert_int_eq(spay_call_step(late), SPAY_CALL_SEND);
    spay_call_free(first);
    spay_call_free(late);
}
END_TEST

/* It came when it was about to end. */
START_TEST(a_session_that_is_almost_over_is_not_stored)
{
    spay_call_options options = with_intent("order 1");

    options.timeout_ms = options.attempt_timeout_ms = 400000;
    spay_mock_set_latency(mock, 299500);
    accounts_reply_good(&machines[0], ACCOUNT_CONNECT_CLIENT);
    create(&machines[0], ACCOUNT_CONNECT_CLIENT, &options, 0);
    ck_assert_int_eq(memory_store_count(store).puts, 0);
}
END_TEST

START_TEST(another_intent_makes_another_session)
{
    spay_call_options first = with_intent("order 1");
    spay_call_options second = with_intent("order 2");

    accounts_reply_good(&machines[0], sharing[_i]);
    create(&machines[0], sharing[_i], &first, 0);
    accounts_reply_good(&machines[0], sharing[_i]);
    create(&machines[1], sharing[_i], &second, 0);
    ck_assert_uint_eq(requests(), 2);
}
END_TEST

START_TEST(a_session_is_shared_as_long_as_it_is_valid)
{
    static const int64_t lifetimes[] = {7200000, 300000};
    spay_call_options options = with_intent("order 1");
    void *session = NULL;

    accounts_reply_good(&machines[0], sharing[_i]);
    create(&machines[0], sharing[_i], &options, 0);
    spay_mock_advance(mock, lifetimes[_i] - 60000);
    ck_assert_int_eq(accounts_create_session(&machines[1], sharing[_i], &options, &session, NULL),
                     SPAY_OK);
    ck_assert_int_eq(spay_session_expires_in_ms(accounts_session_info(session),
                                                1767225600000 + lifetimes[_i] - 60000, 0),
                     60000);
    accounts_free_session(sharing[_i], session);
    spay_mock_advance(mock, 60001);
    accounts_reply_good(&machines[0], sharing[_i]);
    create(&machines[1], sharing[_i], &options, 0);
    ck_assert_uint_eq(requests(), 2);
}
END_TEST

START_TEST(a_store_cannot_prolong_a_session)
{
    static const int64_t lifetimes[] = {7200000, 300000};
    spay_call_options options = with_intent("order 1");
    void *session = NULL;

    accounts_reply_good(&machines[0], sharing[_i]);
    create(&machines[0], sharing[_i], &options, 0);
    memory_store_set_mode(store, MEMORY_STORE_PROLONGS);
    ck_assert_int_eq(accounts_create_session(&machines[1], sharing[_i], &options, &session, NULL),
                     SPAY_OK);
    ck_assert_int_le(accounts_session_info(session)->expires_at_ms,
                     INT64_C(1767225600000) + lifetimes[_i]);
    accounts_free_session(sharing[_i], session);
}
END_TEST

START_TEST(another_request_with_the_same_intent_is_refused)
{
    spay_connect_server_session_request request = SPAY_CONNECT_SERVER_SESSION_REQUEST_INIT;
    static const char *const tokens[] = {"token"};
    spay_call_options options = with_intent("order 1");
    spay_connect_server_session *session = NULL;
    spay_error *error = NULL;

    accounts_reply_good(&machines[0], ACCOUNT_CONNECT_SERVER);
    create(&machines[0], ACCOUNT_CONNECT_SERVER, &options, 0);
    request.tokens = tokens;
    request.token_count = 1;
    ck_assert_int_eq(spay_connect_server_session_create(machines[1].connect_server, &request,
                                                        &options, &session, &error),
                     SPAY_E_CONFLICT);
    ck_assert_str_eq(spay_error_reason(error), "intent_reused");
    ck_assert_int_eq(spay_error_outcome(error), SPAY_OUTCOME_NOT_SENT);
    ck_assert_uint_eq(requests(), 1);
    spay_error_free(error);
}
END_TEST

/* The second is told when to look again; in one process it waits for the first and asks no store. */
START_TEST(a_second_call_waits_for_the_first)
{
    spay_call_options options = with_intent("order 1");
    const spay_transport *transport = spay_mock_transport(mock);
    spay_call *first = NULL;
    spay_call *second = NULL;
    void *session = NULL;
    int i;

    for (i = 0; i < MACHINES; i++) {
        const test_accounts *other = &machines[i];

        options.intent = i ? "order 2" : "order 1";
        accounts_reply_good(&machines[0], sharing[_i]);
        ck_assert_int_eq(accounts_new_call(&machines[0], sharing[_i], &options, &first, NULL),
                         SPAY_OK);
        ck_assert_int_eq(accounts_new_call(other, sharing[_i], &options, &second, NULL), SPAY_OK);
        ck_assert_int_eq(spay_call_step(first), SPAY_CALL_SEND);
        ck_assert_int_eq(spay_call_step(second), SPAY_CALL_WAIT);
        ck_assert_int_eq(memory_store_count(store).acquires, i ? 3 : 1);
        ck_assert_int_gt(spay_call_wait_ms(second), 0);
        (void)spay_call_respond(first, transport->perform(transport->ctx, spay_call_request(first),
                                                          spay_call_response(first)));
        spay_mock_advance(mock, 1000);
        ck_assert_int_eq(spay_call_step(second), SPAY_CALL_DONE);
        ck_assert_int_eq(accounts_take_session(sharing[_i], second, &session, NULL), SPAY_OK);
        ck_assert_int_eq(accounts_session_info(session)->shared, SPAY_YES);
        accounts_free_session(sharing[_i], session);
        spay_call_free(first);
        spay_call_free(second);
    }
    ck_assert_uint_eq(requests(), 2);
}
END_TEST

/* It has waited for half of its time, and makes the session of its own account alone. */
START_TEST(a_second_call_that_cannot_wait_any_longer_stores_nothing)
{
    spay_call_options options = with_intent("order 1");
    spay_call *first = NULL;
    spay_call *second = NULL;

    ck_assert_int_eq(accounts_new_call(&machines[0], sharing[_i], &options, &first, NULL), SPAY_OK);
    ck_assert_int_eq(spay_call_step(first), SPAY_CALL_SEND);
    ck_assert_int_eq(accounts_new_call(&machines[0], sharing[_i], &options, &second, NULL),
                     SPAY_OK);
    while (spay_call_step(second) == SPAY_CALL_WAIT)
        spay_mock_advance(mock, spay_call_wait_ms(second));
    accounts_reply_good(&machines[0], sharing[_i]);
    serve(second);
    ck_assert_int_eq(spay_call_status(second), SPAY_OK);
    ck_assert_int_eq(memory_store_count(store).puts, 0);
    spay_call_free(first);
    spay_call_free(second);
}
END_TEST

/* Calls about something else in between do not make it forget who makes the session. */
START_TEST(a_process_knows_all_that_it_makes)
{
    static const char *const intents[] = {"order 1", "order 2", "order 3", "order 1", "order 3"};
    spay_call *calls[ROWS(intents)];
    int i;

    for (i = 0; i < ROWS(intents); i++) {
        spay_call_options options = with_intent(intents[i]);

        ck_assert_int_eq(
            accounts_new_call(&machines[0], ACCOUNT_CONNECT_SERVER, &options, &calls[i], NULL),
            SPAY_OK);
        ck_assert_int_eq(spay_call_step(calls[i]), i < 3 ? SPAY_CALL_SEND : SPAY_CALL_WAIT);
    }
    ck_assert_int_eq(memory_store_count(store).acquires, 3);
    for (i = 0; i < ROWS(intents); i++)
        spay_call_free(calls[i]);
}
END_TEST

/* A call of another machine looks again, after waits that grow. */
START_TEST(waits_for_another_machine_grow)
{
    static const int32_t waits[] = {20, 40, 80, 160, 160, 160};
    spay_call_options options = with_intent("order 1");
    spay_call *first = NULL;
    spay_call *second = NULL;
    int64_t wait_ms;
    int i;

    ck_assert_int_eq(
        accounts_new_call(&machines[0], ACCOUNT_CONNECT_SERVER, &options, &first, NULL), SPAY_OK);
    ck_assert_int_eq(
        accounts_new_call(&machines[1], ACCOUNT_CONNECT_SERVER, &options, &second, NULL), SPAY_OK);
    ck_assert_int_eq(spay_call_step(first), SPAY_CALL_SEND);
    for (i = 0; i < ROWS(waits); i++) {
        ck_assert_int_eq(spay_call_step(second), SPAY_CALL_WAIT);
        wait_ms = second->wake_ms - spay_mock_now_ms(mock);
        ck_assert_int_ge(wait_ms, waits[i]);
        ck_assert_int_lt(wait_ms, waits[i] + waits[i] / 2);
        spay_mock_advance(mock, wait_ms);
    }
    spay_call_free(first);
    spay_call_free(second);
}
END_TEST

START_TEST(if_the_first_fails_the_second_goes_on)
{
    spay_call_options options = with_intent("order 1");
    const spay_transport *transport = spay_mock_transport(mock);
    spay_call *first = NULL;

    accounts_reply(&machines[0], 400, NULL, "{}");
    ck_assert_int_eq(accounts_new_call(&machines[0], sharing[_i], &options, &first, NULL), SPAY_OK);
    ck_assert_int_eq(spay_call_step(first), SPAY_CALL_SEND);
    (void)spay_call_respond(first, transport->perform(transport->ctx, spay_call_request(first),
                                                      spay_call_response(first)));
    ck_assert_int_eq(spay_call_status(first), SPAY_E_REJECTED);
    accounts_reply_good(&machines[0], sharing[_i]);
    create(&machines[1], sharing[_i], &options, 0);
    spay_call_free(first);
}
END_TEST

START_TEST(both_steps_of_apple_pay_are_shared)
{
    spay_call_options options = with_intent("order 1");
    int i;

    accounts_reply_good(&machines[0], ACCOUNT_CONNECT_SERVER);
    accounts_reply_good(&machines[0], ACCOUNT_CONNECT_CLIENT);
    for (i = 0; i < 3; i++) {
        spay_connect_server_session *first = NULL;
        spay_connect_client_session *second = NULL;

        ck_assert_int_eq(accounts_apple_pay(&machines[i % MACHINES], TEST_GATEWAY, &options, &first,
                                            &second, NULL),
                         SPAY_OK);
        ck_assert_int_eq(first->info->shared, i ? SPAY_YES : 0);
        ck_assert_int_eq(second->info->shared, i ? SPAY_YES : 0);
        spay_connect_server_session_free(first);
        spay_connect_client_session_free(second);
    }
    ck_assert_uint_eq(requests(), 2);
}
END_TEST

START_TEST(without_a_store_an_intent_of_the_client_api_is_refused)
{
    spay_call_options options = with_intent("order 1");
    spay_error *error = NULL;
    test_accounts alone;
    void *session = NULL;

    ck_assert(accounts_open(&alone, NULL));
    ck_assert_int_eq(
        accounts_create_session(&alone, ACCOUNT_CONNECT_CLIENT, &options, &session, &error),
        SPAY_E_INVALID_ARGUMENT);
    ck_assert_str_eq(spay_error_field_path(error, 0), "intent");
    spay_error_free(error);
    accounts_close(&alone);
}
END_TEST

/* ---- a store that is no good ---- */

static const memory_store_mode bad_modes[] = {MEMORY_STORE_DEFERS, MEMORY_STORE_FAILS,
                                              MEMORY_STORE_HANGS, MEMORY_STORE_SPOILS,
                                              MEMORY_STORE_DENIES};

static void run_with_bad_store(account_kind kind, const spay_call_options *options)
{
    int i;

    for (i = 0; i < 20; i++) {
        char intent[20];
        spay_call_options changed = SPAY_CALL_OPTIONS_INIT;

        if (options) {
            changed = *options;
            (void)snprintf(intent, sizeof(intent), "order %d", i);
            changed.intent = intent;
            changed.timeout_ms = 5000;
        }
        if (kind == ACCOUNT_HOSTED_FIELDS && i == 0)
            accounts_reply(&machines[0], 200, NULL, good_token_reply);
        accounts_reply_good(&machines[0], kind);
        create(&machines[0], kind, options ? &changed : NULL, 0);
    }
}

START_TEST(a_bad_store_fails_no_token)
{
    memory_store_set_mode(store, bad_modes[_i]);
    run_with_bad_store(ACCOUNT_HOSTED_FIELDS, NULL);
}
END_TEST

/* Leases that are held for ever delay a session by half of its call's time. */
START_TEST(a_bad_store_fails_no_session)
{
    spay_call_options options = with_intent("order");

    memory_store_set_mode(store, bad_modes[_i]);
    run_with_bad_store(ACCOUNT_CONNECT_SERVER, &options);
}
END_TEST

static spay_call *start_call(account_kind kind, const spay_call_options *options)
{
    spay_call *call = NULL;

    ck_assert_int_eq(accounts_new_call(&machines[0], kind, options, &call, NULL), SPAY_OK);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_WAIT);
    return call;
}

/* Though the call that asks the store has more time, and would wait for longer. */
START_TEST(a_call_waits_for_another_for_half_of_its_time)
{
    spay_call_options options = with_intent("order 1");
    spay_call *first;
    spay_call *hasty;

    memory_store_set_mode(store, MEMORY_STORE_DENIES);
    first = start_call(sharing[_i], &options);
    options.timeout_ms = 3000;
    hasty = start_call(sharing[_i], &options);
    ck_assert_int_le(spay_call_wait_ms(hasty), 1500);
    spay_mock_advance(mock, 1500);
    ck_assert_int_eq(spay_call_step(first), SPAY_CALL_WAIT);
    ck_assert_int_eq(spay_call_step(hasty), SPAY_CALL_SEND);
    spay_call_free(hasty);
    spay_call_free(first);
}
END_TEST

START_TEST(a_token_is_awaited_as_long_as_the_hastiest_can)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    spay_call *first;
    spay_call *hasty;

    memory_store_set_mode(store, MEMORY_STORE_DENIES);
    first = start_call(ACCOUNT_HOSTED_FIELDS, &options);
    options.timeout_ms = 3000;
    hasty = start_call(ACCOUNT_HOSTED_FIELDS, &options);
    spay_mock_advance(mock, 1400);
    ck_assert_int_eq(spay_call_step(first), SPAY_CALL_WAIT);
    spay_mock_advance(mock, 100);
    ck_assert_int_eq(spay_call_step(first), SPAY_CALL_SEND);
    spay_call_free(hasty);
    spay_call_free(first);
}
END_TEST

START_TEST(a_dead_store_costs_its_timeout_a_few_times_only)
{
    spay_call_options options = with_intent("order");

    memory_store_set_mode(store, MEMORY_STORE_HANGS);
    run_with_bad_store(ACCOUNT_CONNECT_SERVER, &options);
    ck_assert_int_le(spay_mock_now_ms(mock), 3 * 500);
}
END_TEST

START_TEST(the_client_says_how_long_the_store_may_take)
{
    spay_call_options options = with_intent("order 1");

    store_timeout_ms = 100;
    reopen_with(memory_store_table(store));
    memory_store_set_mode(store, MEMORY_STORE_HANGS);
    accounts_reply_good(&machines[1], ACCOUNT_CONNECT_SERVER);
    create(&machines[1], ACCOUNT_CONNECT_SERVER, &options, 0);
    ck_assert_int_eq(spay_mock_now_ms(mock), 100);
}
END_TEST

START_TEST(a_store_that_is_back_is_used_again)
{
    spay_call_options options = with_intent("order");
    int before;

    memory_store_set_mode(store, MEMORY_STORE_FAILS);
    run_with_bad_store(ACCOUNT_CONNECT_SERVER, &options);
    memory_store_set_mode(store, MEMORY_STORE_ANSWERS);
    spay_mock_advance(mock, 60000);
    before = memory_store_count(store).puts;
    run_with_bad_store(ACCOUNT_CONNECT_SERVER, &options);
    ck_assert_int_eq(memory_store_count(store).puts, before + 20);
}
END_TEST

/* The third failure in a row closes the store, each after it for twice as long, at most half a minute. */
START_TEST(a_failing_store_is_left_alone_for_longer_and_longer)
{
    static const int32_t pauses[] = {1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000};
    spay__store closing;
    int64_t now = 5000;
    int i;

    memset(&closing, 0, sizeof(closing));
    ck_assert(spay__store_init(&closing));
    for (i = 0; i < 3; i++) {
        ck_assert(spay__store_is_usable(&closing, now));
        spay__store_note(&closing, false, now);
    }
    for (i = 0; i < ROWS(pauses); i++) {
        ck_assert(!spay__store_is_usable(&closing, now + pauses[i] - 1));
        now += pauses[i];
        ck_assert(spay__store_is_usable(&closing, now));
        ck_assert(!spay__store_is_usable(&closing, now)); /* one call tries */
        spay__store_note(&closing, false, now);
    }
    spay__store_note(&closing, true, now);
    ck_assert(spay__store_is_usable(&closing, now));
    spay__store_clear(&closing);
}
END_TEST

START_TEST(an_answer_may_come_later)
{
    spay_call_options options = with_intent("order 1");
    const spay_transport *transport = spay_mock_transport(mock);
    spay_call *call = NULL;
    int32_t next;

    memory_store_set_mode(store, MEMORY_STORE_DEFERS);
    accounts_reply_good(&machines[0], ACCOUNT_CONNECT_SERVER);
    ck_assert_int_eq(accounts_new_call(&machines[0], ACCOUNT_CONNECT_SERVER, &options, &call, NULL),
                     SPAY_OK);
    while ((next = spay_call_step(call)) == SPAY_CALL_WAIT)
        ck_assert_int_eq(memory_store_answer(store), 1);
    ck_assert_int_eq(next, SPAY_CALL_SEND);
    ck_assert_int_eq(memory_store_count(store).gets, 2);
    ck_assert_int_eq(memory_store_count(store).acquires, 1);
    (void)spay_call_respond(call, transport->perform(transport->ctx, spay_call_request(call),
                                                     spay_call_response(call)));
    ck_assert_int_eq(memory_store_answer(store), 2);
    ck_assert_int_eq(spay_call_status(call), SPAY_OK);
    spay_call_free(call);
}
END_TEST

static void call_and_drop(const char *intent)
{
    spay_call_options options = with_intent(intent);
    spay_call *call = NULL;

    ck_assert_int_eq(accounts_new_call(&machines[0], ACCOUNT_CONNECT_SERVER, &options, &call, NULL),
                     SPAY_OK);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_WAIT);
    spay_call_free(call);
}

START_TEST(a_call_may_go_before_its_answer)
{
    memory_store_set_mode(store, MEMORY_STORE_DEFERS);
    call_and_drop("order 1");
    ck_assert_int_eq(memory_store_answer(store), 1);
    call_and_drop("order 1");
}
END_TEST

static void put_for_ever(void *ctx, const char *name, const void *value, size_t length,
                         int64_t ttl_ms, uint64_t fence, spay_store_operation *operation)
{
    (void)ttl_ms;
    memory_store_table(store)->put(ctx, name, value, length, INT64_MAX, fence, operation);
}

START_TEST(a_lifetime_that_cannot_be_right_is_cut)
{
    spay_store table = *memory_store_table(store);
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    spay_call_options caller_options = with_intent("order 1");
    int64_t expires_at_ms[2];
    test_accounts alone;
    void *session = NULL;
    int i;

    table.put = put_for_ever;
    options.store = &table;
    ck_assert(accounts_open(&alone, &options));
    accounts_reply_good(&alone, ACCOUNT_CONNECT_SERVER);
    for (i = 0; i < 2; i++) {
        ck_assert_int_eq(accounts_create_session(&alone, ACCOUNT_CONNECT_SERVER, &caller_options,
                                                 &session, NULL),
                         SPAY_OK);
        expires_at_ms[i] = accounts_session_info(session)->expires_at_ms;
        accounts_free_session(ACCOUNT_CONNECT_SERVER, session);
    }
    ck_assert_int_ge(expires_at_ms[1], expires_at_ms[0]);
    ck_assert_int_le(expires_at_ms[1], expires_at_ms[0] + (int64_t)24 * HOUR_MS);
    accounts_close(&alone);
}
END_TEST

/* Its acquire is in flight when the call is freed, and then succeeds: nobody has to wait for that. */
START_TEST(a_lease_that_comes_too_late_is_given_back)
{
    spay_call_options options = with_intent("order 1");
    spay_call *call = NULL;
    int64_t before;

    memory_store_set_mode(store, MEMORY_STORE_DEFERS);
    ck_assert_int_eq(accounts_new_call(&machines[0], sharing[_i], &options, &call, NULL), SPAY_OK);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_WAIT);
    ck_assert_int_eq(memory_store_answer(store), 1); /* the get */
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_WAIT);
    spay_call_free(call);
    ck_assert_int_eq(memory_store_answer(store), 1); /* the acquire */
    memory_store_set_mode(store, MEMORY_STORE_ANSWERS);
    before = spay_mock_now_ms(mock);
    accounts_reply_good(&machines[0], sharing[_i]);
    create(&machines[0], sharing[_i], &options, 0);
    ck_assert_int_eq(spay_mock_now_ms(mock), before);
}
END_TEST

/* The same in a call that gave up waiting for the store: another machine goes on when it ends. */
START_TEST(a_lease_that_comes_after_the_timeout_is_given_back)
{
    spay_call_options options = with_intent("order 1");
    const spay_transport *transport = spay_mock_transport(mock);
    spay_call *call = NULL;
    int64_t before;

    memory_store_set_mode(store, MEMORY_STORE_DEFERS);
    accounts_reply_good(&machines[0], sharing[_i]);
    ck_assert_int_eq(accounts_new_call(&machines[0], sharing[_i], &options, &call, NULL), SPAY_OK);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_WAIT);
    ck_assert_int_eq(memory_store_answer(store), 1);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_WAIT);
    spay_mock_advance(mock, 600);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_SEND);
    ck_assert_int_eq(memory_store_answer(store), 1);
    memory_store_set_mode(store, MEMORY_STORE_ANSWERS);
    (void)spay_call_respond(call, transport->perform(transport->ctx, spay_call_request(call),
                                                     spay_call_response(call)));
    ck_assert_int_eq(spay_call_status(call), SPAY_OK);
    spay_call_free(call);
    before = spay_mock_now_ms(mock);
    accounts_reply_good(&machines[1], sharing[_i]);
    create(&machines[1], sharing[_i], &options, 0);
    ck_assert_int_eq(spay_mock_now_ms(mock), before);
}
END_TEST

/* A store that is not told of the client's end has threads of its own, which end what is left. */
START_TEST(an_operation_may_end_after_the_client)
{
    spay_store table = *memory_store_table(store);
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    spay_call_options caller_options = with_intent("order 1");
    test_accounts alone;
    void *session = NULL;

    table.destroy = NULL;
    options.store = &table;
    ck_assert(accounts_open(&alone, &options));
    memory_store_set_mode(store, MEMORY_STORE_DEFERS);
    accounts_reply_good(&alone, ACCOUNT_CONNECT_SERVER);
    ck_assert_int_eq(
        accounts_create_session(&alone, ACCOUNT_CONNECT_SERVER, &caller_options, &session, NULL),
        SPAY_OK);
    accounts_free_session(ACCOUNT_CONNECT_SERVER, session);
    accounts_close(&alone);
    ck_assert_int_gt(memory_store_answer(store), 0);
}
END_TEST

/* ---- answers that are none ---- */

static void found_too_long(void *ctx, const char *name, spay_store_operation *operation)
{
    static const char bytes[300 * 1024 + 1];

    (void)ctx;
    (void)name;
    spay_store_found(operation, bytes, sizeof(bytes), HOUR_MS);
}

static void found_nothing(void *ctx, const char *name, spay_store_operation *operation)
{
    (void)ctx;
    (void)name;
    spay_store_found(operation, NULL, 40, HOUR_MS);
}

static void found_dead(void *ctx, const char *name, spay_store_operation *operation)
{
    (void)ctx;
    (void)name;
    spay_store_found(operation, "value", 5, 0);
}

/* With each of these, and none of them is a result of a get. */
static const int32_t wrong_results[] = {INT32_MIN,        -1, 0,  SPAY_STORE_DONE, SPAY_STORE_HELD,
                                        SPAY_STORE_STALE, 6,  100};
static int32_t wrong_result;

static void end_wrongly(void *ctx, const char *name, spay_store_operation *operation)
{
    (void)ctx;
    (void)name;
    spay_store_end(operation, wrong_result);
}

static const struct bad_get {
    void (*get)(void *ctx, const char *name, spay_store_operation *operation);
    const char *result;
} bad_gets[] = {
    {found_too_long, "error"},
    {found_nothing, "error"},
    {found_dead, "miss"},
};

START_TEST(what_no_store_can_find_is_not_used)
{
    const spay_store functions = {.get = bad_gets[_i].get};
    spay_call_options options = with_intent("order 1");

    reopen_with(&functions);
    accounts_reply_good(&machines[1], ACCOUNT_CONNECT_SERVER);
    create(&machines[1], ACCOUNT_CONNECT_SERVER, &options, 0);
    ck_assert_str_eq(first_result, bad_gets[_i].result);
}
END_TEST

START_TEST(a_get_has_three_ends)
{
    const spay_store functions = {.get = end_wrongly};
    spay_call_options options = with_intent("order 1");

    wrong_result = wrong_results[_i];
    reopen_with(&functions);
    accounts_reply_good(&machines[1], ACCOUNT_CONNECT_SERVER);
    create(&machines[1], ACCOUNT_CONNECT_SERVER, &options, 0);
    ck_assert_str_eq(first_result, "error");
    ck_assert_int_eq(memory_store_count(store).acquires, 0);
}
END_TEST

/* No lease, but no long wait for one either. */
static void miss_a_lease(void *ctx, const char *name, int64_t ttl_ms,
                         spay_store_operation *operation)
{
    (void)ctx;
    (void)name;
    (void)ttl_ms;
    spay_store_end(operation, SPAY_STORE_MISS);
}

START_TEST(an_acquire_that_misses_has_failed)
{
    const spay_store functions = {.acquire = miss_a_lease};
    spay_call_options options = with_intent("order 1");

    reopen_with(&functions);
    accounts_reply_good(&machines[1], ACCOUNT_CONNECT_SERVER);
    create(&machines[1], ACCOUNT_CONNECT_SERVER, &options, 0);
    ck_assert_int_eq(spay_mock_now_ms(mock), 0);
    ck_assert_int_eq(memory_store_count(store).puts, 0);
}
END_TEST

START_TEST(no_operation_is_ended_without_effect)
{
    spay_store_found(NULL, "value", 5, HOUR_MS);
    spay_store_acquired(NULL, 1);
    spay_store_end(NULL, SPAY_STORE_DONE);
}
END_TEST

/* Records of other versions, or of a store that mixes them up: sealed well, and not what we write. */
static const char *record_text;
static const char *seal_provider;
static const char *seal_credential;

static void find_record(void *ctx, const char *name, spay_store_operation *operation)
{
    static const unsigned char nonce[SPAY__AEAD_NONCE_SIZE] = {1};
    spay__seal *seal = spay__seal_new(seal_provider, seal_credential);
    spay__buffer record;
    spay__buffer sealed;

    (void)ctx;
    spay__buffer_init(&record, 1000);
    spay__buffer_init(&sealed, 1000);
    spay__buffer_text(&record, record_text);
    (void)spay__seal_close(seal, nonce, name, &record, &sealed);
    spay_store_found(operation, sealed.data, sealed.length, HOUR_MS);
    spay__buffer_clear(&record);
    spay__buffer_clear(&sealed);
    spay__seal_free(seal);
}

static void reopen_to_find(const char *provider, const char *credential, const char *text)
{
    const spay_store functions = {.get = find_record};

    seal_provider = provider;
    seal_credential = credential;
    record_text = text;
    reopen_with(&functions);
}

static const char *const strange_sessions[] = {
    "x",
    "session 1\n",
    "session 2\nsha\n3600000\n201\nid\n{}",
    "session 1\nsha\n3600000\n201\n{}",
    "session 1\nsha\n\n201\nid\n{}",
    "session 1\nsha\n0\n201\nid\n{}",
    "session 1\nsha\n-1\n201\nid\n{}",
    "session 1\nsha\n36x\n201\nid\n{}",
    "session 1\nsha\n1000000000000000\n201\nid\n{}",
};

START_TEST(a_record_that_is_no_session_is_a_miss)
{
    spay_call_options options = with_intent("order 1");

    reopen_to_find("connect_server", "bm90LWEtcmVhbC1zZWNyZXQ=", strange_sessions[_i]);
    accounts_reply_good(&machines[1], ACCOUNT_CONNECT_SERVER);
    create(&machines[1], ACCOUNT_CONNECT_SERVER, &options, 0);
    ck_assert_str_eq(first_result, "found");
}
END_TEST

/* The record is whole, and of another request. */
START_TEST(a_record_of_another_request_is_a_conflict)
{
    spay_call_options options = with_intent("order 1");
    void *session = NULL;

    reopen_to_find("connect_server",
                   "bm90LWEtcmVhbC1zZWNyZXQ=", "session 1\nsha\n999999999999999\n201\nid\n{}");
    ck_assert_int_eq(
        accounts_create_session(&machines[1], ACCOUNT_CONNECT_SERVER, &options, &session, NULL),
        SPAY_E_CONFLICT);
    ck_assert_uint_eq(requests(), 0);
}
END_TEST

static const char *const strange_tokens[] = {
    "x",
    "token 1\nforged",
    "token 2\n3600000\nforged",
    "token 1\n3599999\nforged", /* the store says that an hour of it is left */
    "token 1\n3600000\n",
};

START_TEST(a_record_that_is_no_token_is_a_miss)
{
    reopen_to_find("hosted_fields", "not-a-real-key", strange_tokens[_i]);
    accounts_reply(&machines[1], 200, NULL, good_token_reply);
    accounts_reply_good(&machines[1], ACCOUNT_HOSTED_FIELDS);
    create(&machines[1], ACCOUNT_HOSTED_FIELDS, NULL, 0);
    ck_assert_str_eq(first_result, "found");
    ck_assert_str_eq(spay_mock_request_header(mock, 1, "Authorization"), "Bearer token-1");
}
END_TEST

START_TEST(a_token_of_less_than_a_second_is_not_stored)
{
    accounts_reply(&machines[0], 200, NULL, "{\"access_token\":\"token-1\",\"expires_in\":0}");
    accounts_reply_good(&machines[0], ACCOUNT_HOSTED_FIELDS);
    create(&machines[0], ACCOUNT_HOSTED_FIELDS, NULL, 0);
    ck_assert_int_eq(memory_store_count(store).puts, 0);
    ck_assert_int_eq(memory_store_count(store).releases, 1);
}
END_TEST

static int32_t no_random_bytes(void *ctx, void *buffer, size_t length)
{
    (void)ctx;
    (void)buffer;
    (void)length;
    return 0;
}

/* Two records under one nonce would betray each other. */
START_TEST(nothing_is_stored_without_random_bytes)
{
    spay_platform platform = *spay_mock_platform(mock);
    spay_call_options options = with_intent("order 1");

    platform.random_bytes = no_random_bytes;
    close_machine(&machines[1]);
    open_machine_with(&machines[1], memory_store_table(store), &platform);
    accounts_reply_good(&machines[1], ACCOUNT_CONNECT_CLIENT);
    create(&machines[1], ACCOUNT_CONNECT_CLIENT, &options, 0);
    ck_assert_int_eq(memory_store_count(store).acquires, 1);
    ck_assert_int_eq(memory_store_count(store).puts, 0);
}
END_TEST

/* ---- the breaker ---- */

START_TEST(a_store_that_fails_is_asked_ever_less_often)
{
    static const int64_t pauses_ms[] = {1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000};
    spay__store broken;
    int64_t now_ms = 0;
    int i;

    memset(&broken, 0, sizeof(broken));
    ck_assert(spay__store_init(&broken));
    for (i = 0; i < 2; i++) {
        spay__store_note(&broken, false, now_ms);
        ck_assert(spay__store_is_usable(&broken, now_ms));
    }
    for (i = 0; i < ROWS(pauses_ms); i++) {
        spay__store_note(&broken, false, now_ms);
        ck_assert(!spay__store_is_usable(&broken, now_ms + pauses_ms[i] - 1));
        now_ms += pauses_ms[i];
        ck_assert(spay__store_is_usable(&broken, now_ms));
        ck_assert(!spay__store_is_usable(&broken, now_ms)); /* one call tries */
    }
    spay__store_note(&broken, true, now_ms);
    ck_assert(spay__store_is_usable(&broken, now_ms));
    spay__store_clear(&broken);
}
END_TEST

/* ---- the end of the client, and forks ---- */

/* Of two calls, whose acquires have not ended: the store ends them when it is destroyed. */
START_TEST(leases_on_their_way_end_with_the_client)
{
    spay_call_options options = with_intent("order 1");
    spay_call *calls[2];
    int i;

    memory_store_set_mode(store, MEMORY_STORE_DEFERS);
    calls[0] = start_call(ACCOUNT_CONNECT_SERVER, &options);
    options.intent = "order 2";
    calls[1] = start_call(ACCOUNT_CONNECT_SERVER, &options);
    ck_assert_int_eq(memory_store_answer(store), 2); /* the gets */
    for (i = 0; i < 2; i++) {
        ck_assert_int_eq(spay_call_step(calls[i]), SPAY_CALL_WAIT);
        spay_call_free(calls[i]);
    }
    close_machine(&machines[0]);
    ck_assert_int_eq(memory_store_answer(store), 0);
    open_machine(&machines[0]);
}
END_TEST

#ifndef SPAY_DISABLE_THREADS

/* In a forked child: 0 if it makes its own session, while the parent's calls make theirs. */
static int make_own_session(void *ctx)
{
    spay_call_options options = with_intent("order 1");
    spay_call *parents = ctx;
    spay_call *call = NULL;
    int good;

    memory_store_set_mode(store, MEMORY_STORE_ANSWERS);
    accounts_reply_good(&machines[0], ACCOUNT_CONNECT_SERVER);
    good =
        accounts_new_call(&machines[0], ACCOUNT_CONNECT_SERVER, &options, &call, NULL) == SPAY_OK &&
        spay_call_step(call) == SPAY_CALL_SEND;
    spay_call_free(parents);
    serve(call);
    good = good && spay_call_status(call) == SPAY_OK;
    spay_call_free(call);
    return !good;
}

/* It does not wait for the parent's calls, and gives none of the parent's leases back. */
START_TEST(a_forked_child_shares_with_itself)
{
    spay_call_options options = with_intent("order 1");
    spay_call *call;

    memory_store_set_mode(store, MEMORY_STORE_DEFERS);
    options.intent = "order 2";
    call = start_call(ACCOUNT_CONNECT_SERVER, &options);
    ck_assert_int_eq(memory_store_answer(store), 1);
    ck_assert_int_eq(spay_call_step(call), SPAY_CALL_WAIT);
    spay_call_free(call);
    options.intent = "order 1";
    call = start_call(ACCOUNT_CONNECT_SERVER, &options);
    ck_assert_int_eq(run_in_child(make_own_session, call), 0);
    spay_call_free(call);
    ck_assert_int_eq(memory_store_answer(store), 2);
}
END_TEST

#endif

/* ---- what is stored ---- */

START_TEST(nothing_readable_is_stored)
{
    static const char *const texts[] = {"order 1",        "client-session",  "token-1",
                                        "4217",           "connect.example", "not-a-real",
                                        "connect_server", "hosted",          "session 1"};
    spay_call_options options = with_intent("order 1");
    size_t i;

    accounts_reply(&machines[0], 200, NULL, good_token_reply);
    accounts_reply_good(&machines[0], ACCOUNT_HOSTED_FIELDS);
    create(&machines[0], ACCOUNT_HOSTED_FIELDS, NULL, 0);
    accounts_reply_good(&machines[0], ACCOUNT_CONNECT_SERVER);
    create(&machines[0], ACCOUNT_CONNECT_SERVER, &options, 0);
    ck_assert_int_eq(memory_store_count(store).puts, 2);
    for (i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        ck_assert_msg(!memory_store_holds(store, texts[i]), "%s is readable", texts[i]);
}
END_TEST

static const struct forgery {
    const char *value;
    size_t length;
} forgeries[] = {
    {BYTES("")},
    {BYTES("x")},
    {BYTES("token 1\n3600000\nforged")},
    {BYTES("0123456789012345678901234567")},
    {BYTES("01234567890123456789012345678")},
    {BYTES("0123456789012345678901234567890123456789012345678901234567890123456789")},
};

START_TEST(a_forged_value_is_a_miss)
{
    spay_call_options options = with_intent("order 1");

    accounts_reply_good(&machines[0], ACCOUNT_CONNECT_SERVER);
    create(&machines[0], ACCOUNT_CONNECT_SERVER, &options, 0);
    memory_store_overwrite(store, forgeries[_i].value, forgeries[_i].length);
    accounts_reply_good(&machines[0], ACCOUNT_CONNECT_SERVER);
    create(&machines[1], ACCOUNT_CONNECT_SERVER, &options, 0);
    create(&machines[0], ACCOUNT_CONNECT_SERVER, &options, SPAY_YES);
}
END_TEST

START_TEST(a_seal_opens_under_its_own_name_and_key_alone)
{
    static const unsigned char nonce[SPAY__AEAD_NONCE_SIZE] = {1};
    spay__seal *one = spay__seal_new("provider", "credential");
    spay__seal *two = spay__seal_new("provider", "rotated");
    spay__buffer record;
    spay__buffer sealed;
    spay__buffer opened;
    size_t i;

    spay__buffer_init(&record, 1000);
    spay__buffer_init(&sealed, 1000);
    spay__buffer_init(&opened, 1000);
    spay__buffer_text(&record, "the record");
    ck_assert(spay__seal_close(one, nonce, "name", &record, &sealed));
    ck_assert(spay__seal_open(one, "name", sealed.data, sealed.length, &opened));
    ck_assert_str_eq(opened.data, "the record");
    spay__buffer_reset(&opened);
    ck_assert(!spay__seal_open(one, "other", sealed.data, sealed.length, &opened));
    ck_assert(!spay__seal_open(two, "name", sealed.data, sealed.length, &opened));
    for (i = 0; i < sealed.length; i++) {
        ck_assert(!spay__seal_open(one, "name", sealed.data, i, &opened));
        sealed.data[i] ^= 1;
        ck_assert(!spay__seal_open(one, "name", sealed.data, sealed.length, &opened));
        sealed.data[i] ^= 1;
    }
    ck_assert_uint_eq(opened.length, 0);
    spay__buffer_clear(&record);
    spay__buffer_clear(&sealed);
    spay__buffer_clear(&opened);
    spay__seal_free(one);
    spay__seal_free(two);
}
END_TEST

/*
 * Machines share what others have sealed, with this version of the library or another. Computed by
 * others: "openssl kdf ... -kdfopt salt:'libsessionpay store 1' -kdfopt info:names HKDF" (and
 * "info:records") of "hosted_fields", a NUL and the key; HMAC-SHA256; AES-256-GCM.
 */
START_TEST(names_and_records_are_those_of_the_vector)
{
    static const char name[] = "86e107fe770255f980af465c1d3560e9bb1e63da3c594e19105cc351e79d604d";
    static const unsigned char nonce[SPAY__AEAD_NONCE_SIZE] = {1};
    spay__seal *seal = spay__seal_new("hosted_fields", "EXAMPLE-KEY-not-real");
    char made[SPAY__STORE_NAME_SIZE];
    char hex[256] = "";
    spay__buffer record;
    spay__buffer sealed;

    spay__buffer_init(&record, 1000);
    spay__buffer_init(&sealed, 1000);
    spay__buffer_text(&record, "the record");
    ck_assert(spay__seal_name(seal, "token 1", "https://api.example.test", "detail", made));
    ck_assert_str_eq(made, name);
    ck_assert(spay__seal_close(seal, nonce, name, &record, &sealed));
    ck_assert_uint_lt(2 * sealed.length, sizeof(hex));
    spay__hex_encode(hex, (const unsigned char *)sealed.data, sealed.length);
    ck_assert_str_eq(hex, "010000000000000000000000cfcf9bb2d8c6f8152b69ecffc12ef968"
                          "36dd0f45606e0bf9f054");
    spay__buffer_clear(&record);
    spay__buffer_clear(&sealed);
    spay__seal_free(seal);
}
END_TEST

/* ---- input ---- */

START_TEST(a_store_without_all_of_its_functions_is_refused)
{
    static const char *const fields[] = {"store.get", "store.put", "store.acquire",
                                         "store.release"};
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    spay_store table = *memory_store_table(store);
    spay_client *client = NULL;
    spay_error *error = NULL;

    table.get = _i == 0 ? NULL : table.get;
    table.put = _i == 1 ? NULL : table.put;
    table.acquire = _i == 2 ? NULL : table.acquire;
    table.release = _i == 3 ? NULL : table.release;
    options.store = &table;
    options.transport = spay_mock_transport(mock);
    ck_assert_int_eq(spay_client_new(&options, &client, &error), SPAY_E_INVALID_ARGUMENT);
    ck_assert_str_eq(spay_error_field_path(error, 0), fields[_i]);
    spay_error_free(error);
}
END_TEST

START_TEST(a_store_of_no_size_is_refused)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    spay_store table = *memory_store_table(store);
    spay_client *client = NULL;
    spay_error *error = NULL;

    table.struct_size = 1;
    options.store = &table;
    options.transport = spay_mock_transport(mock);
    ck_assert_int_eq(spay_client_new(&options, &client, &error), SPAY_E_INVALID_ARGUMENT);
    ck_assert_str_eq(spay_error_field_path(error, 0), "store");
    spay_error_free(error);
}
END_TEST

Suite *store_suite(void)
{
    TCase *tests;
    Suite *suite = unit_suite("store", &tests);

    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_token_is_fetched_once_for_all_machines);
    tcase_add_test(tests, a_warm_token_asks_the_store_nothing);
    tcase_add_test(tests, a_token_near_its_end_is_renewed_by_one_machine);
    tcase_add_test(tests, a_token_that_another_machine_renews_is_not_waited_for);
    tcase_add_test(tests, a_refused_token_is_replaced_for_all_machines);
    tcase_add_test(tests, a_late_answer_of_a_stopped_machine_is_kept_out);
    tcase_add_loop_test(tests, one_intent_makes_one_session_for_all_machines, 0, ROWS(sharing));
    tcase_add_test(tests, a_session_that_is_over_is_made_anew);
    tcase_add_test(tests, a_session_that_is_almost_over_is_not_stored);
    tcase_add_loop_test(tests, another_intent_makes_another_session, 0, ROWS(sharing));
    tcase_add_loop_test(tests, a_session_is_shared_as_long_as_it_is_valid, 0, ROWS(sharing));
    tcase_add_loop_test(tests, a_store_cannot_prolong_a_session, 0, ROWS(sharing));
    tcase_add_test(tests, another_request_with_the_same_intent_is_refused);
    tcase_add_loop_test(tests, a_second_call_waits_for_the_first, 0, ROWS(sharing));
    tcase_add_loop_test(tests, a_second_call_that_cannot_wait_any_longer_stores_nothing, 0,
                        ROWS(sharing));
    tcase_add_test(tests, a_process_knows_all_that_it_makes);
    tcase_add_test(tests, waits_for_another_machine_grow);
    tcase_add_loop_test(tests, if_the_first_fails_the_second_goes_on, 0, ROWS(sharing));
    tcase_add_test(tests, both_steps_of_apple_pay_are_shared);
    tcase_add_test(tests, without_a_store_an_intent_of_the_client_api_is_refused);
    tcase_add_loop_test(tests, a_bad_store_fails_no_token, 0, ROWS(bad_modes));
    tcase_add_loop_test(tests, a_bad_store_fails_no_session, 0, ROWS(bad_modes));
    tcase_add_loop_test(tests, a_call_waits_for_another_for_half_of_its_time, 0, ROWS(sharing));
    tcase_add_test(tests, a_token_is_awaited_as_long_as_the_hastiest_can);
    tcase_add_test(tests, a_dead_store_costs_its_timeout_a_few_times_only);
    tcase_add_test(tests, a_failing_store_is_left_alone_for_longer_and_longer);
    tcase_add_test(tests, the_client_says_how_long_the_store_may_take);
    tcase_add_test(tests, a_store_that_is_back_is_used_again);
    tcase_add_test(tests, an_answer_may_come_later);
    tcase_add_test(tests, a_call_may_go_before_its_answer);
    tcase_add_test(tests, a_lifetime_that_cannot_be_right_is_cut);
    tcase_add_loop_test(tests, a_lease_that_comes_too_late_is_given_back, 0, ROWS(sharing));
    tcase_add_loop_test(tests, a_lease_that_comes_after_the_timeout_is_given_back, 0,
                        ROWS(sharing));
    tcase_add_test(tests, an_operation_may_end_after_the_client);
    tcase_add_loop_test(tests, what_no_store_can_find_is_not_used, 0, ROWS(bad_gets));
    tcase_add_loop_test(tests, a_get_has_three_ends, 0, ROWS(wrong_results));
    tcase_add_test(tests, an_acquire_that_misses_has_failed);
    tcase_add_test(tests, no_operation_is_ended_without_effect);
    tcase_add_loop_test(tests, a_record_that_is_no_session_is_a_miss, 0, ROWS(strange_sessions));
    tcase_add_test(tests, a_record_of_another_request_is_a_conflict);
    tcase_add_loop_test(tests, a_record_that_is_no_token_is_a_miss, 0, ROWS(strange_tokens));
    tcase_add_test(tests, a_token_of_less_than_a_second_is_not_stored);
    tcase_add_test(tests, nothing_is_stored_without_random_bytes);
    tcase_add_test(tests, a_store_that_fails_is_asked_ever_less_often);
    tcase_add_test(tests, leases_on_their_way_end_with_the_client);
#ifndef SPAY_DISABLE_THREADS
    tcase_add_test(tests, a_forked_child_shares_with_itself);
#endif
    tcase_add_test(tests, nothing_readable_is_stored);
    tcase_add_loop_test(tests, a_forged_value_is_a_miss, 0, ROWS(forgeries));
    tcase_add_test(tests, a_seal_opens_under_its_own_name_and_key_alone);
    tcase_add_test(tests, names_and_records_are_those_of_the_vector);
    tcase_add_loop_test(tests, a_store_without_all_of_its_functions_is_refused, 0, 4);
    tcase_add_test(tests, a_store_of_no_size_is_refused);
    return suite;
}

#else

Suite *store_suite(void)
{
    return suite_create("store");
}

#endif
