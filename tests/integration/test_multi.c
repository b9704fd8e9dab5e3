/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The event-loop driver. In great numbers it meets the sandbox, over HTTPS; where it matters who
 * comes when, a peer on the test's own thread, which answers only when it is told to.
 */
#include "integration.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "core/call.h"
#include "sandbox.h"
#include "setup.h"

enum {
    GUESTS = 64,
    LONGEST_REQUEST = 8192,
    PATIENCE_MS = 60000,
    LIFE_MS = 600000, /* for calls that are many: no machine is that slow */
    STARTS = 512
};

static int64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- the peer ---- */

/* A connection to it, and the request that came last. */
typedef struct guest {
    int fd;
    size_t length;
    int asked; /* which request of all this is; 0 while there is none to answer */
    char bytes[LONGEST_REQUEST];
} guest;

typedef struct peer {
    int listener;
    char url[40];
    int connections; /* taken so far */
    int requests;    /* read so far */
    int waiting;     /* for their answer now */
    int most_waiting;
    int count;
    guest guests[GUESTS];
} peer;

static void peer_open(peer *opened)
{
    struct sockaddr_in address;
    socklen_t length = sizeof(address);

    memset(opened, 0, sizeof(*opened));
    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    opened->listener = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_ge(opened->listener, 0);
    ck_assert_int_eq(bind(opened->listener, (struct sockaddr *)&address, sizeof(address)), 0);
    ck_assert_int_eq(listen(opened->listener, GUESTS), 0);
    ck_assert_int_eq(getsockname(opened->listener, (struct sockaddr *)&address, &length), 0);
    ck_assert_int_eq(fcntl(opened->listener, F_SETFL, O_NONBLOCK), 0);
    (void)snprintf(opened->url, sizeof(opened->url), "http://127.0.0.1:%d",
                   (int)ntohs(address.sin_port));
}

static void peer_close(peer *closed)
{
    int i;

    for (i = 0; i < closed->count; i++)
        if (closed->guests[i].fd >= 0)
            (void)close(closed->guests[i].fd);
    (void)close(closed->listener);
}

static bool is_whole(guest *g)
{
    const char *end;
    const char *field;

    g->bytes[g->length] = '\0';
    end = strstr(g->bytes, "\r\n\r\n");
    field = strstr(g->bytes, "Content-Length: ");
    return end && field &&
           g->length >= (size_t)(end + 4 - g->bytes) + strtoul(field + 16, NULL, 10);
}

static void peer_read(peer *p, guest *g)
{
    ssize_t got = recv(g->fd, g->bytes + g->length, sizeof(g->bytes) - 1 - g->length, MSG_DONTWAIT);

    if (got == 0) {
        (void)close(g->fd);
        g->fd = -1;
        p->waiting -= g->asked != 0;
        g->asked = 0;
    }
    if (got <= 0)
        return;
    g->length += (size_t)got;
    if (!is_whole(g))
        return;
    g->asked = ++p->requests;
    p->waiting++;
    if (p->waiting > p->most_waiting)
        p->most_waiting = p->waiting;
}

/* Take what has come, without waiting. */
static void peer_turn(peer *p)
{
    int fd;
    int i;

    while (p->count < GUESTS && (fd = accept(p->listener, NULL, NULL)) >= 0) {
        guest *g = &p->guests[p->count++];

        g->fd = fd;
        g->length = 0;
        g->asked = 0;
        p->connections++;
    }
    for (i = 0; i < p->count; i++)
        if (p->guests[i].fd >= 0)
            peer_read(p, &p->guests[i]);
}

/* The request that waits longest, of those that begin with this; NULL if none does. */
static guest *peer_oldest(peer *p, const char *start)
{
    guest *oldest = NULL;
    int i;

    for (i = 0; i < p->count; i++)
        if (p->guests[i].asked && strncmp(p->guests[i].bytes, start, strlen(start)) == 0 &&
            (!oldest || p->guests[i].asked < oldest->asked))
            oldest = &p->guests[i];
    return oldest;
}

static const char *good_reply(const char *request, int *status)
{
    account_kind kind = ACCOUNT_WEPAY;

    *status = 200;
    if (strncmp(request, "POST /authorize ", 16) == 0)
        return good_token_reply;
    if (strncmp(request, "POST /v1/processing", 19) == 0)
        kind = ACCOUNT_HOSTED_FIELDS;
    else if (strncmp(request, "POST /v1/", 9) == 0)
        kind = ACCOUNT_CONNECT_SERVER;
    *status = account_facts_of(kind)->status;
    return account_facts_of(kind)->reply;
}

static void send_reply(peer *p, guest *g, int status, const char *headers, const char *body)
{
    char text[2048];
    int length = snprintf(text, sizeof(text),
                          "HTTP/1.1 %d Reply\r\nContent-Type: application/json\r\n%s"
                          "Content-Length: %d\r\n\r\n%s",
                          status, headers, (int)strlen(body), body);

    ck_assert_int_eq((int)send(g->fd, text, (size_t)length, MSG_NOSIGNAL), length);
    g->asked = 0;
    g->length = 0;
    p->waiting--;
}

/* Answer the oldest request that begins so, well. */
static bool peer_answer(peer *p, const char *start)
{
    guest *g = peer_oldest(p, start);
    const char *body;
    int status;

    if (!g)
        return false;
    body = good_reply(g->bytes, &status);
    send_reply(p, g, status, "", body);
    return true;
}

static bool peer_refuse(peer *p, int status, const char *headers)
{
    guest *g = peer_oldest(p, "POST ");

    if (g)
        send_reply(p, g, status, headers, "");
    return g != NULL;
}

/* ---- a rig: accounts, a driver, and whom they talk to ---- */

typedef struct rig {
    test_accounts accounts;
    peer peer; /* unless it is the sandbox */
    bool has_peer;
    spay_multi *multi;
    int done;                /* calls that came back */
    unsigned starts[STARTS]; /* numbers of the calls, in the order in which they were sent */
    int start_count;
    unsigned refused; /* the number of a call that may not be sent; 0 for none */
} rig;

/* One call, and what became of it. */
typedef struct record {
    rig *rig;
    account_kind kind;
    spay_call *call;
    int times; /* that it came back */
    int place; /* it came back as the so-manieth */
    spay_status status;
    int32_t outcome;
    int32_t requests_sent;
    int32_t token_requests;
    struct record *then; /* to be added by the callback */
} record;

static spay_status note_start(void *ctx, const spay_send_record *sent)
{
    rig *r = ctx;
    unsigned number = (unsigned)strtoul(sent->idempotency_key, NULL, 16);

    if (r->refused && number == r->refused)
        return SPAY_E_CANCELED;
    if (r->start_count < STARTS)
        r->starts[r->start_count++] = number;
    return SPAY_OK;
}

/* Only what the rig does not set itself is taken from the options. */
static void open_client(rig *r, spay_client_options *options)
{
    options->ca_file = r->has_peer ? NULL : getenv("SPAY_CA_FILE");
    options->timeout_ms = 2 * PATIENCE_MS;
    options->attempt_timeout_ms = PATIENCE_MS;
    options->connect_timeout_ms = PATIENCE_MS;
    options->before_send = note_start;
    options->before_send_ctx = r;
    ck_assert_int_eq(spay_client_new(options, &r->accounts.client, NULL), SPAY_OK);
}

static void open_accounts(test_accounts *opened, const accounts_setup *setup)
{
    ck_assert_msg(accounts_make(opened, setup), "%s", spay_error_message(opened->error));
}

static void open_accounts_at(test_accounts *opened, const char *url)
{
    char hosted_url[ACCOUNTS_URL_SIZE];
    accounts_setup setup = accounts_setup_at(url, hosted_url);

    open_accounts(opened, &setup);
}

static rig *rig_open(const spay_multi_options *options)
{
    spay_client_options ours = SPAY_CLIENT_OPTIONS_INIT;
    rig *made = calloc(1, sizeof(*made));

    ck_assert_ptr_nonnull(made);
    made->has_peer = true;
    peer_open(&made->peer);
    open_client(made, &ours);
    open_accounts_at(&made->accounts, made->peer.url);
    ck_assert_int_eq(spay_multi_new(made->accounts.client, options, &made->multi, NULL), SPAY_OK);
    return made;
}

static rig *rig_with(int32_t max_connections)
{
    spay_multi_options options = SPAY_MULTI_OPTIONS_INIT;

    options.max_connections = max_connections;
    return rig_open(&options);
}

static void rig_close(rig *closed)
{
    spay_multi_free(closed->multi);
    accounts_close(&closed->accounts);
    if (closed->has_peer)
        peer_close(&closed->peer);
    free(closed);
}

/* Every key has the call's number in front. */
static spay_call *make_limited_call(const test_accounts *s, account_kind kind, unsigned number,
                                    int64_t timeout_ms, int64_t attempt_timeout_ms)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    spay_error *error = NULL;
    spay_call *call = NULL;
    char key[40];

    (void)snprintf(key, sizeof(key), "%08x-0000-4000-8000-000000000000", number);
    options.idempotency_key = number ? key : NULL;
    options.timeout_ms = timeout_ms;
    options.attempt_timeout_ms = attempt_timeout_ms;
    options.max_attempts = kind == ACCOUNT_CONNECT_CLIENT ? 1 : 10;
    ck_assert_msg(accounts_new_call(s, kind, &options, &call, &error) == SPAY_OK, "%s",
                  spay_error_message(error));
    return call;
}

static spay_call *make_call(const test_accounts *s, account_kind kind, unsigned number,
                            int64_t timeout_ms)
{
    return make_limited_call(s, kind, number, timeout_ms, timeout_ms);
}

/* The end of a call: note it, and free the call. */
static void note_end(record *ended, spay_call *call)
{
    const spay_error *error = spay_call_error(call);
    void *session = NULL;

    ended->times++;
    ended->place = ++ended->rig->done;
    ended->status = accounts_take_session(ended->kind, call, &session, NULL);
    ended->outcome = spay_error_outcome(error);
    ended->requests_sent =
        session ? accounts_session_info(session)->requests_sent : spay_error_requests_sent(error);
    ended->token_requests = session ? accounts_session_info(session)->token_requests : 0;
    accounts_free_session(ended->kind, session);
    spay_call_free(call);
    ended->call = NULL;
}

static void add(record *added);

static void on_done(void *ctx, spay_call *call)
{
    record *ended = ctx;

    if (ended->call == call)
        note_end(ended, call);
    if (ended->then)
        add(ended->then);
}

static void add(record *added)
{
    ck_assert_int_eq(spay_multi_add(added->rig->multi, added->call, on_done, added), SPAY_OK);
}

static void prepare(rig *r, record *made, account_kind kind, unsigned number, int64_t timeout_ms)
{
    memset(made, 0, sizeof(*made));
    made->rig = r;
    made->kind = kind;
    made->call = make_call(&r->accounts, kind, number, timeout_ms);
}

static void begin(rig *r, record *made, account_kind kind, unsigned number)
{
    prepare(r, made, kind, number, 0);
    add(made);
}

static void turn(rig *r)
{
    (void)spay_multi_poll(r->multi, 1);
    peer_turn(&r->peer);
}

/* Driver and peer take turns until it is so. */
#define UNTIL(r, condition)                                                                        \
    do {                                                                                           \
        int64_t end_ms_ = now_ms() + PATIENCE_MS;                                                  \
                                                                                                   \
        while (!(condition)) {                                                                     \
            ck_assert_msg(now_ms() < end_ms_, "in vain: %s", #condition);                          \
            turn(r);                                                                               \
        }                                                                                          \
    } while (0)

static void serve_until_done(rig *r, int done)
{
    int64_t end = now_ms() + PATIENCE_MS;

    while (r->done < done) {
        ck_assert_msg(now_ms() < end, "%d of %d calls are done", r->done, done);
        turn(r);
        (void)peer_answer(&r->peer, "POST ");
    }
}

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
        ck_assert_int_eq(chain[i].place, i + 1);
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

/* ---- the line ---- */

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
        RESTING = 32,
        OTHERS = 8
    };
    rig *r = rig_with(1);
    record resting[RESTING];
    record others[OTHERS];
    int i;

    for (i = 0; i < RESTING; i++)
        begin(r, &resting[i], ACCOUNT_WEPAY, (unsigned)i + 1);
    for (i = 0; i < OTHERS; i++)
        begin(r, &others[i], ACCOUNT_CONNECT_SERVER, (unsigned)i + 100);
    for (i = 0; i < RESTING; i++) {
        UNTIL(r, r->peer.waiting == 1);
        ck_assert(peer_refuse(&r->peer, 503, "Retry-After: 20\r\n"));
    }
    serve_until_done(r, OTHERS);
    for (i = 0; i < OTHERS; i++)
        ck_assert_int_eq(others[i].status, SPAY_OK);
    ck_assert_int_eq(spay_multi_pending(r->multi), RESTING);
    ck_assert_int_eq(r->peer.waiting, 0);
    rig_close(r);
}
END_TEST

START_TEST(call_is_tried_again_when_its_rest_is_over)
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

START_TEST(deadline_ends_a_call_in_line)
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

/* Accounts at another host, of the rig's client. */
static void open_branch(rig *r, test_accounts *branch, peer *where)
{
    memset(branch, 0, sizeof(*branch));
    peer_open(where);
    branch->client = r->accounts.client;
    open_accounts_at(branch, where->url);
}

static void close_branch(test_accounts *branch)
{
    branch->client = NULL;
    accounts_close(branch);
}

static void prepare_at(rig *r, const test_accounts *branch, record *made, unsigned number)
{
    memset(made, 0, sizeof(*made));
    made->rig = r;
    made->kind = ACCOUNT_WEPAY;
    made->call = make_call(branch, ACCOUNT_WEPAY, number, 0);
}

START_TEST(busy_host_does_not_hold_up_another)
{
    rig *r = rig_with(1);
    test_accounts branch;
    peer *other = malloc(sizeof(*other));
    record here[3];
    record there;
    int i;

    ck_assert_ptr_nonnull(other);
    open_branch(r, &branch, other);
    for (i = 0; i < 3; i++)
        begin(r, &here[i], ACCOUNT_WEPAY, (unsigned)i + 1);
    prepare_at(r, &branch, &there, 9);
    add(&there);
    while (!there.times) {
        UNTIL(r, (peer_turn(other), other->waiting == 1 || there.times));
        (void)peer_answer(other, "POST ");
    }
    ck_assert_int_eq(there.status, SPAY_OK);
    ck_assert_int_eq(there.place, 1);
    serve_until_done(r, 4);
    close_branch(&branch);
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

static void use_all_connections(rig *r, const test_accounts *branches, peer *peers)
{
    record records[HOSTS * EACH];
    int i;

    r->done = 0;
    for (i = 0; i < HOSTS * EACH; i++) {
        prepare_at(r, &branches[i / EACH], &records[i], (unsigned)i + 1);
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
    test_accounts branches[HOSTS];
    peer *peers = calloc(HOSTS, sizeof(*peers));
    int i;

    ck_assert_ptr_nonnull(peers);
    for (i = 0; i < HOSTS; i++)
        open_branch(r, &branches[i], &peers[i]);
    use_all_connections(r, branches, peers);
    use_all_connections(r, branches, peers);
    for (i = 0; i < HOSTS; i++)
        ck_assert_int_eq(peers[i].connections, EACH);
    for (i = 0; i < HOSTS; i++)
        close_branch(&branches[i]);
    rig_close(r);
    for (i = 0; i < HOSTS; i++)
        peer_close(&peers[i]);
    free(peers);
}
END_TEST

/* ---- giving up ---- */

/* Where a call may be. */
typedef enum where {
    IN_LINE,
    RUNNING,
    RESTING,
    PARKED,
    PLACES
} where;

static const char *const place_names[] = {"in line", "running", "resting", "parked"};

/* Bring a call to that place. blockers are two records for calls that it needs there. */
static void put(rig *r, record *made, record *blockers, where place)
{
    int i;

    for (i = 0; place == IN_LINE && i < 2; i++)
        begin(r, &blockers[i], ACCOUNT_WEPAY, (unsigned)i + 100);
    if (place == PARKED)
        begin(r, &blockers[0], ACCOUNT_HOSTED_FIELDS, 100);
    begin(r, made, place == PARKED ? ACCOUNT_HOSTED_FIELDS : ACCOUNT_WEPAY, 1);
    if (place == IN_LINE)
        UNTIL(r, r->peer.waiting == 2);
    else if (place == PARKED)
        UNTIL(r, made->call->state == SPAY__CALL_AWAITING_TOKEN && r->peer.waiting == 1);
    else
        UNTIL(r, r->peer.waiting == 1);
    if (place == RESTING) {
        ck_assert(peer_refuse(&r->peer, 503, "Retry-After: 20\r\n"));
        UNTIL(r, made->call->state == SPAY__CALL_BACKING_OFF);
    }
}

static int32_t outcome_at(where place)
{
    return place == RUNNING || place == RESTING ? SPAY_OUTCOME_UNKNOWN : SPAY_OUTCOME_NOT_SENT;
}

static void check_canceled(const record *ended, where place)
{
    ck_assert_msg(ended->times == 1, "%s: came back %d times", place_names[place], ended->times);
    ck_assert_msg(ended->status == SPAY_E_CANCELED, "%s: %s", place_names[place],
                  spay_status_name(ended->status));
    ck_assert_msg(ended->outcome == outcome_at(place), "%s: %s", place_names[place],
                  spay_outcome_name(ended->outcome));
}

typedef struct canceller {
    spay_multi *multi;
    spay_call *call;
} canceller;

static void *cancel(void *ctx)
{
    const canceller *c = ctx;

    spay_call_cancel(c->call);
    spay_multi_wakeup(c->multi);
    return NULL;
}

START_TEST(another_thread_cancels_a_call_in_any_place)
{
    rig *r = rig_with(2);
    record one;
    record blockers[2];
    canceller c;
    pthread_t thread;

    put(r, &one, blockers, (where)_i);
    c.multi = r->multi;
    c.call = one.call;
    ck_assert_int_eq(pthread_create(&thread, NULL, cancel, &c), 0);
    while (!one.times)
        (void)spay_multi_poll(r->multi, PATIENCE_MS);
    (void)pthread_join(thread, NULL);
    check_canceled(&one, (where)_i);
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
        canceller c;
        pthread_t thread;

        r->done = 0;
        put(r, &one, blockers, RUNNING);
        c.multi = r->multi;
        c.call = one.call;
        ck_assert_int_eq(pthread_create(&thread, NULL, cancel, &c), 0);
        while (!one.times)
            (void)spay_multi_poll(r->multi, PATIENCE_MS);
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

    put(r, &other, blockers, (where)_i);
    prepare(r, &one, ACCOUNT_WEPAY, 50, 20);
    one.then = &other;
    ck_assert_int_eq(spay_multi_add(r->multi, one.call, on_done_cancel, &one), SPAY_OK);
    UNTIL(r, other.times);
    ck_assert_int_eq(one.times, 1);
    check_canceled(&other, (where)_i);
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
    check_canceled(&one, IN_LINE);
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
    put(r, &one, blockers, (where)_i);
    spay_multi_free(r->multi);
    r->multi = NULL;
    check_canceled(&one, (where)_i);
    ck_assert_int_eq(r->done, 1 + blockers[0].times + blockers[1].times);
    ck_assert_int_eq(blockers[0].times, _i == IN_LINE || _i == PARKED);
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

/* For ever, if the driver took it: each that is cancelled then brings another. */
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
    check_canceled(&one, IN_LINE);
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

/* ---- a foreign loop ---- */

enum {
    SOCKETS = 128
};

/* poll(2), and what the driver has told it. */
typedef struct loop {
    spay_multi *multi;
    struct pollfd fds[SOCKETS];
    int count;
    int64_t alarm_ms; /* -1: none */
    int turns;        /* how often the driver was called */
    int watched;      /* sockets so far */
    int misuses;
} loop;

static struct pollfd *find_socket(loop *l, int fd)
{
    int i;

    for (i = 0; i < l->count; i++)
        if (l->fds[i].fd == fd)
            return &l->fds[i];
    return NULL;
}

static void watch(void *ctx, int64_t socket, int32_t events)
{
    loop *l = ctx;
    struct pollfd *found = find_socket(l, (int)socket);

    if (fcntl((int)socket, F_GETFD) < 0 || events < 0 || events > 3 || (!events && !found))
        l->misuses++;
    if (!events && found)
        *found = l->fds[--l->count];
    if (!events)
        return;
    if (!found && l->count < SOCKETS) {
        found = &l->fds[l->count++];
        found->fd = (int)socket;
        l->watched++;
    }
    if (found)
        found->events = (short)((events & SPAY_SOCKET_READ ? POLLIN : 0) |
                                (events & SPAY_SOCKET_WRITE ? POLLOUT : 0));
}

static void wake_in(void *ctx, int64_t delay_ms)
{
    loop *l = ctx;

    if (delay_ms < -1)
        l->misuses++;
    l->alarm_ms = delay_ms < 0 ? -1 : now_ms() + delay_ms;
}

/* Without a timer, nobody may be waiting for one: then only a socket ends the wait. */
static int wait_ms(const loop *l)
{
    int64_t left = l->alarm_ms - now_ms();

    if (l->alarm_ms < 0)
        return PATIENCE_MS;
    return left > 0 ? (int)left : 0;
}

static void report(loop *l, const struct pollfd *ready)
{
    int32_t events = (ready->revents & POLLIN ? SPAY_SOCKET_READ : 0) |
                     (ready->revents & POLLOUT ? SPAY_SOCKET_WRITE : 0) |
                     (ready->revents & (POLLERR | POLLHUP) ? SPAY_SOCKET_ERROR : 0);

    if (!ready->revents || !find_socket(l, ready->fd))
        return;
    l->turns++;
    (void)spay_multi_on_socket(l->multi, ready->fd, events);
}

static int add_peer(const peer *p, struct pollfd *fds)
{
    int count = 0;
    int i;

    fds[count].fd = p->listener;
    fds[count++].events = POLLIN;
    for (i = 0; i < p->count; i++)
        if (p->guests[i].fd >= 0) {
            fds[count].fd = p->guests[i].fd;
            fds[count++].events = POLLIN;
        }
    return count;
}

/* One round: wait for the driver's sockets, its timer, or the peer's sockets. */
static void loop_turn(loop *l, const peer *p)
{
    struct pollfd fds[SOCKETS + GUESTS + 1];
    int watched = l->count;
    int count = watched;
    int i;

    memset(fds, 0, sizeof(fds));
    memcpy(fds, l->fds, (size_t)watched * sizeof(*fds));
    if (p)
        count += add_peer(p, fds + watched);
    (void)poll(fds, (nfds_t)count, wait_ms(l));
    for (i = 0; i < watched; i++)
        report(l, &fds[i]);
    if (l->alarm_ms >= 0 && now_ms() >= l->alarm_ms) {
        l->alarm_ms = -1;
        l->turns++;
        (void)spay_multi_on_timer(l->multi);
    }
}

static void set_hooks(loop *l, spay_multi_options *options)
{
    memset(l, 0, sizeof(*l));
    l->alarm_ms = -1;
    spay_multi_options_init(options, sizeof(*options));
    options->watch = watch;
    options->wake_in = wake_in;
    options->loop_ctx = l;
}

static rig *rig_in_loop(loop *l, int32_t max_connections)
{
    spay_multi_options options;
    rig *r;

    set_hooks(l, &options);
    options.max_connections = max_connections;
    r = rig_open(&options);
    l->multi = r->multi;
    return r;
}

#define LOOP_UNTIL(l, p, condition)                                                                \
    do {                                                                                           \
        int64_t end_ms_ = now_ms() + PATIENCE_MS;                                                  \
                                                                                                   \
        while (!(condition)) {                                                                     \
            ck_assert_msg(now_ms() < end_ms_, "in vain: %s", #condition);                          \
            loop_turn(l, p);                                                                       \
            if (p)                                                                                 \
                peer_turn(p);                                                                      \
        }                                                                                          \
    } while (0)

/* Nothing is left to wait for, but perhaps for a timer that is of no use any more. */
static void check_quiet(loop *l)
{
    int i;

    for (i = 0; i < 3 && l->alarm_ms >= 0; i++)
        loop_turn(l, NULL);
    ck_assert_int_eq(l->count, 0);
    ck_assert_int_eq(l->alarm_ms, -1);
    ck_assert_int_eq(l->misuses, 0);
}

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
    {"a reply", ACCOUNT_WEPAY, NULL, 400, 40},
    {"a token", ACCOUNT_HOSTED_FIELDS, NULL, 400, 120},
    {"a retry after a refusal", ACCOUNT_WEPAY, "Retry-After-Ms: 300\r\n", 400, 60},
    {"a retry after a timeout", ACCOUNT_WEPAY, NULL, 30, 250},
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
        check_canceled(&records[i], i < 2 ? RUNNING : IN_LINE);
    ck_assert_int_eq(l.count, 0);
    ck_assert_int_eq(l.alarm_ms, -1); /* it was set, and would ring for nothing */
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
    test_accounts branch;
    peer *other = malloc(sizeof(*other));
    record first;
    record next;

    ck_assert_ptr_nonnull(other);
    open_branch(r, &branch, other);
    prepare_at(r, &branch, &next, 2);
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
    close_branch(&branch);
    rig_close(r);
    peer_close(other);
    free(other);
}
END_TEST

/* ---- the sandbox ---- */

/* How many requests of such a path arrived. */
static int journal_count(const char *path)
{
    sandbox_journal *journal = sandbox_read(path);
    int count = (int)sandbox_count(journal);

    sandbox_forget(journal);
    return count;
}

/* A client session at the server API opens the account at the client API. */
static void open_sandbox_accounts(rig *r)
{
    test_accounts first = r->accounts;
    accounts_setup setup = setup_of_sandbox();
    void *session = NULL;

    open_accounts(&first, &setup);
    ck_assert_int_eq(accounts_create_session(&first, ACCOUNT_CONNECT_SERVER, NULL, &session, NULL),
                     SPAY_OK);
    setup.client_session_id = accounts_session_info(session)->value;
    setup.customer_id = accounts_session_info(session)->id;
    open_accounts(&r->accounts, &setup);
    accounts_free_session(ACCOUNT_CONNECT_SERVER, session);
    close_branch(&first);
}

static rig *sandbox_rig(const spay_multi_options *options)
{
    spay_client_options ours = SPAY_CLIENT_OPTIONS_INIT;
    rig *made = calloc(1, sizeof(*made));

    ck_assert_ptr_nonnull(made);
    sandbox_reset();
    open_client(made, &ours);
    open_sandbox_accounts(made);
    made->start_count = STARTS; /* nobody looks */
    ck_assert_int_eq(spay_multi_new(made->accounts.client, options, &made->multi, NULL), SPAY_OK);
    return made;
}

static const account_kind four_kinds[] = {ACCOUNT_WEPAY, ACCOUNT_HOSTED_FIELDS,
                                          ACCOUNT_CONNECT_SERVER, ACCOUNT_CONNECT_CLIENT};

/* So many calls, over all four providers. */
static record *begin_many(rig *r, int count)
{
    record *made = calloc((size_t)count, sizeof(*made));
    int i;

    ck_assert_ptr_nonnull(made);
    for (i = 0; i < count; i++) {
        prepare(r, &made[i], four_kinds[i % 4], 0, LIFE_MS);
        add(&made[i]);
    }
    return made;
}

static int sum_sent(const record *records, int count, account_kind kind)
{
    int sum = 0;
    int i;

    for (i = 0; i < count; i++)
        if (records[i].kind == kind)
            sum += records[i].requests_sent;
    return sum;
}

/* Each answered once, and what was sent is what arrived. One session was made before. */
static void check_many(const record *records, int count)
{
    int tokens = 0;
    int i;

    for (i = 0; i < count; i++) {
        ck_assert_int_eq(records[i].times, 1);
        ck_assert_msg(records[i].status == SPAY_OK, "%s: %s",
                      account_facts_of(records[i].kind)->name, spay_status_name(records[i].status));
        tokens += records[i].token_requests;
    }
    ck_assert_int_eq(tokens, 1);
    ck_assert_int_eq(journal_count("/authorize"), 1);
    ck_assert_int_eq(journal_count("/session_tokens"), sum_sent(records, count, ACCOUNT_WEPAY));
    ck_assert_int_eq(journal_count("hosted-fields-sessions"),
                     sum_sent(records, count, ACCOUNT_HOSTED_FIELDS));
    ck_assert_int_eq(journal_count("/v1/4217/sessions"),
                     sum_sent(records, count, ACCOUNT_CONNECT_SERVER) + 1);
    ck_assert_int_eq(journal_count("/client/v1/"),
                     sum_sent(records, count, ACCOUNT_CONNECT_CLIENT));
}

static void poll_until_done(rig *r, int count)
{
    int64_t end = now_ms() + LIFE_MS;

    while (spay_multi_poll(r->multi, 1000) > 0)
        ck_assert_msg(now_ms() < end, "%d of %d calls are done", r->done, count);
    ck_assert_int_eq(r->done, count);
}

START_TEST(thousands_of_calls_are_answered_once)
{
    int count = getenv("SPAY_TORTURE") ? 10000 : 2000;
    rig *r = sandbox_rig(NULL);
    record *records = begin_many(r, count);

    poll_until_done(r, count);
    check_many(records, count);
    for (int i = 0; i < count; i++)
        ck_assert_int_eq(records[i].requests_sent, 1);
    rig_close(r);
    free(records);
}
END_TEST

START_TEST(trouble_at_the_provider_is_ridden_out)
{
    static const char faults[] =
        "[{\"path\":\"/session_tokens\",\"skip\":20,\"status\":503,\"count\":8},"
        "{\"path\":\"/session_tokens\",\"close\":\"after_processing\",\"count\":8},"
        "{\"path\":\"/session_tokens\",\"close\":\"middle\",\"count\":4},"
        "{\"path\":\"hosted-fields-sessions\",\"skip\":20,\"close\":\"after_processing\","
        "\"count\":8}]";
    enum {
        CALLS = 400
    };
    spay_multi_options options = SPAY_MULTI_OPTIONS_INIT;
    rig *r;
    record *records;

    options.max_connections = 8;
    r = sandbox_rig(&options);
    sandbox_fault(faults);
    records = begin_many(r, CALLS);
    poll_until_done(r, CALLS);
    check_many(records, CALLS);
    ck_assert_int_ge(sum_sent(records, CALLS, ACCOUNT_WEPAY), CALLS / 4 + 20);
    ck_assert_int_ge(sum_sent(records, CALLS, ACCOUNT_HOSTED_FIELDS), CALLS / 4 + 8);
    rig_close(r);
    free(records);
}
END_TEST

/* Half of the calls are told to come back in a second; no other waits for them. */
START_TEST(calls_go_on_while_others_rest)
{
    enum {
        CALLS = 48
    };
    static const char busy[] = "{\"path\":\"/session_tokens\",\"status\":503,"
                               "\"headers\":{\"Retry-After\":\"1\"},\"count\":24}";
    spay_multi_options options = SPAY_MULTI_OPTIONS_INIT;
    record records[CALLS];
    rig *r;
    int i;

    options.max_connections = 2;
    r = sandbox_rig(&options);
    sandbox_fault(busy);
    for (i = 0; i < CALLS; i++) {
        prepare(r, &records[i], i % 2 ? ACCOUNT_CONNECT_SERVER : ACCOUNT_WEPAY, 0, LIFE_MS);
        add(&records[i]);
    }
    poll_until_done(r, CALLS);
    for (i = 0; i < CALLS; i++) {
        ck_assert_int_eq(records[i].status, SPAY_OK);
        ck_assert_int_eq(records[i].requests_sent, i % 2 ? 1 : 2);
    }
    ck_assert_int_eq(journal_count("/session_tokens"), CALLS);
    rig_close(r);
}
END_TEST

#ifdef SPAY_WITH_NGHTTP2

START_TEST(http2_falls_back_to_what_the_host_speaks)
{
    spay_multi_options options = SPAY_MULTI_OPTIONS_INIT;
    record *records;
    rig *r;

    options.http2 = SPAY_YES;
    r = sandbox_rig(&options);
    records = begin_many(r, 40);
    poll_until_done(r, 40);
    check_many(records, 40);
    rig_close(r);
    free(records);
}
END_TEST

#else

START_TEST(http2_is_refused_by_a_build_without_it)
{
    spay_multi_options options = SPAY_MULTI_OPTIONS_INIT;
    spay_client *client = NULL;
    spay_multi *multi = NULL;

    options.http2 = SPAY_YES;
    ck_assert_int_eq(spay_client_new(NULL, &client, NULL), SPAY_OK);
    ck_assert_int_eq(spay_multi_new(client, &options, &multi, NULL), SPAY_E_UNSUPPORTED);
    ck_assert_ptr_null(multi);
    spay_client_free(client);
}
END_TEST

#endif

START_TEST(foreign_loop_drives_hundreds_of_calls)
{
    enum {
        CALLS = 400
    };
    spay_multi_options options;
    peer *none = NULL;
    record *records;
    loop l;
    rig *r;

    set_hooks(&l, &options);
    options.max_connections = 16;
    r = sandbox_rig(&options);
    l.multi = r->multi;
    records = begin_many(r, CALLS);
    LOOP_UNTIL(&l, none, r->done == CALLS);
    check_many(records, CALLS);
    check_quiet(&l);
    ck_assert_msg(l.turns < 20 * CALLS, "%d turns", l.turns);
    ck_assert_msg(l.watched <= 2 * CALLS, "%d sockets", l.watched);
    rig_close(r);
    ck_assert_int_eq(l.misuses, 0);
    free(records);
}
END_TEST

/* ---- threads ---- */

enum {
    PER_DRIVER = 200
};

/* A driver on a thread of its own, with the client and the accounts of the others. */
typedef struct worker {
    rig rig;
    record records[PER_DRIVER];
    pthread_t thread;
    bool added; /* each call, without trouble */
} worker;

static void *work(void *ctx)
{
    worker *w = ctx;
    int i;

    w->added = true;
    for (i = 0; i < PER_DRIVER; i++)
        if (spay_multi_add(w->rig.multi, w->records[i].call, on_done, &w->records[i]) != SPAY_OK)
            w->added = false;
    while (spay_multi_poll(w->rig.multi, 1000) > 0)
        continue;
    return NULL;
}

static void hire(worker *w, const rig *main)
{
    spay_multi_options options = SPAY_MULTI_OPTIONS_INIT;
    int i;

    options.max_connections = 8;
    w->rig.accounts = main->accounts;
    for (i = 0; i < PER_DRIVER; i++)
        prepare(&w->rig, &w->records[i], four_kinds[i % 4], 0, LIFE_MS);
    ck_assert_int_eq(spay_multi_new(main->accounts.client, &options, &w->rig.multi, NULL), SPAY_OK);
}

START_TEST(two_drivers_on_two_threads_share_a_token)
{
    rig *r = sandbox_rig(NULL);
    worker *workers = calloc(2, sizeof(*workers));
    record *all = calloc(2, sizeof(workers->records));
    int i;

    ck_assert_ptr_nonnull(workers);
    ck_assert_ptr_nonnull(all);
    r->start_count = STARTS;
    for (i = 0; i < 2; i++)
        hire(&workers[i], r);
    for (i = 0; i < 2; i++)
        ck_assert_int_eq(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    for (i = 0; i < 2; i++) {
        (void)pthread_join(workers[i].thread, NULL);
        spay_multi_free(workers[i].rig.multi);
        ck_assert(workers[i].added);
        memcpy(&all[i * PER_DRIVER], workers[i].records, sizeof(workers[i].records));
    }
    check_many(all, 2 * PER_DRIVER);
    rig_close(r);
    free(workers);
    free(all);
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

static void add_line(Suite *suite)
{
    TCase *tests = tcase_create("line");

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
    tcase_add_test(tests, call_is_tried_again_when_its_rest_is_over);
    tcase_add_test(tests, deadline_ends_a_call_in_line);
    tcase_add_loop_test(tests, deadline_ends_a_call_that_waits_for_a_token, 0, 2);
    tcase_add_test(tests, busy_host_does_not_hold_up_another);
    tcase_add_test(tests, connections_are_kept_at_every_host);
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

static void add_loop(Suite *suite)
{
    TCase *tests = tcase_create("foreign loop");

    tcase_set_timeout(tests, 300);
    tcase_add_test(tests, foreign_loop_drives_a_call);
    tcase_add_loop_test(tests, waiting_in_a_foreign_loop_takes_few_turns, 0, ROWS(wait_rows));
    tcase_add_test(tests, early_timer_finds_canceled_calls);
    tcase_add_loop_test(tests, early_timer_is_set_again, 0, 2);
    tcase_add_test(tests, freeing_the_driver_unwatches_its_sockets);
    tcase_add_test(tests, call_added_by_a_callback_starts_at_any_host);
    suite_add_tcase(suite, tests);
}

static void add_sandbox(Suite *suite)
{
    TCase *tests = tcase_create("sandbox");

    tcase_set_timeout(tests, 1200);
    tcase_add_test(tests, thousands_of_calls_are_answered_once);
    tcase_add_test(tests, trouble_at_the_provider_is_ridden_out);
    tcase_add_test(tests, calls_go_on_while_others_rest);
#ifdef SPAY_WITH_NGHTTP2
    tcase_add_test(tests, http2_falls_back_to_what_the_host_speaks);
#else
    tcase_add_test(tests, http2_is_refused_by_a_build_without_it);
#endif
    tcase_add_test(tests, foreign_loop_drives_hundreds_of_calls);
    tcase_add_test(tests, two_drivers_on_two_threads_share_a_token);
    suite_add_tcase(suite, tests);
}

Suite *multi_suite(void)
{
    Suite *suite = suite_create("multi");

    add_ends(suite);
    add_line(suite);
    add_refusals(suite);
    add_loop(suite);
    add_sandbox(suite);
    return suite;
}
