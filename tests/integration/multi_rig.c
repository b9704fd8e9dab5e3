/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The peer and the rig for tests of the event-loop driver.
 */
#include "multi_rig.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "core/call.h"

int64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- the peer ---- */

void peer_open(peer *opened)
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
    ck_assert_int_eq(listen(opened->listener, MOST_CONNECTIONS), 0);
    ck_assert_int_eq(getsockname(opened->listener, (struct sockaddr *)&address, &length), 0);
    ck_assert_int_eq(fcntl(opened->listener, F_SETFL, O_NONBLOCK), 0);
    (void)snprintf(opened->url, sizeof(opened->url), "http://127.0.0.1:%d",
                   (int)ntohs(address.sin_port));
}

void peer_close(peer *closed)
{
    int i;

    for (i = 0; i < closed->count; i++)
        if (closed->clients[i].fd >= 0)
            (void)close(closed->clients[i].fd);
    (void)close(closed->listener);
}

static bool is_whole(peer_client *g)
{
    const char *end;
    const char *field;

    g->bytes[g->length] = '\0';
    end = strstr(g->bytes, "\r\n\r\n");
    field = strstr(g->bytes, "Content-Length: ");
    return end && field &&
           g->length >= (size_t)(end + 4 - g->bytes) + strtoul(field + 16, NULL, 10);
}

static void peer_read(peer *p, peer_client *g)
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
void peer_turn(peer *p)
{
    int fd;
    int i;

    while (p->count < MOST_CONNECTIONS && (fd = accept(p->listener, NULL, NULL)) >= 0) {
        peer_client *g = &p->clients[p->count++];

        g->fd = fd;
        g->length = 0;
        g->asked = 0;
        p->connections++;
    }
    for (i = 0; i < p->count; i++)
        if (p->clients[i].fd >= 0)
            peer_read(p, &p->clients[i]);
}

/* The request that waits longest, of those that begin with this; NULL if none does. */
peer_client *peer_oldest(peer *p, const char *start)
{
    peer_client *oldest = NULL;
    int i;

    for (i = 0; i < p->count; i++)
        if (p->clients[i].asked && strncmp(p->clients[i].bytes, start, strlen(start)) == 0 &&
            (!oldest || p->clients[i].asked < oldest->asked))
            oldest = &p->clients[i];
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
    else if (strncmp(request, "POST /client/", 13) == 0)
        kind = ACCOUNT_CONNECT_CLIENT;
    *status = account_facts_of(kind)->status;
    return account_facts_of(kind)->reply;
}

static void send_reply(peer *p, peer_client *g, int status, const char *headers, const char *body)
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
bool peer_answer(peer *p, const char *start)
{
    peer_client *g = peer_oldest(p, start);
    const char *body;
    int status;

    if (!g)
        return false;
    body = good_reply(g->bytes, &status);
    send_reply(p, g, status, "", body);
    return true;
}

bool peer_answer_with(peer *p, const char *start, const char *body)
{
    peer_client *g = peer_oldest(p, start);

    if (g)
        send_reply(p, g, 200, "", body);
    return g != NULL;
}

bool peer_refuse(peer *p, int status, const char *headers)
{
    peer_client *g = peer_oldest(p, "POST ");

    if (g)
        send_reply(p, g, status, headers, "");
    return g != NULL;
}

/* ---- a rig: accounts, a driver, and whom they talk to ---- */

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
void open_client(rig *r, spay_client_options *options)
{
    options->ca_file = r->has_peer ? NULL : getenv("SPAY_CA_FILE");
    options->timeout_ms = 2 * LIMIT_MS;
    options->attempt_timeout_ms = LIMIT_MS;
    options->connect_timeout_ms = LIMIT_MS;
    options->before_send = note_start;
    options->before_send_ctx = r;
    ck_assert_int_eq(spay_client_new(options, &r->accounts.client, NULL), SPAY_OK);
}

void open_accounts(test_accounts *opened, const accounts_setup *setup)
{
    ck_assert_msg(accounts_make(opened, setup), "%s", spay_error_message(opened->error));
}

void open_accounts_at(test_accounts *opened, const char *url)
{
    char hosted_url[ACCOUNTS_URL_SIZE];
    accounts_setup setup = accounts_setup_at(url, hosted_url);

    open_accounts(opened, &setup);
}

rig *rig_open(const spay_multi_options *options)
{
    spay_client_options client_options = SPAY_CLIENT_OPTIONS_INIT;
    rig *made = calloc(1, sizeof(*made));

    ck_assert_ptr_nonnull(made);
    made->has_peer = true;
    peer_open(&made->peer);
    open_client(made, &client_options);
    open_accounts_at(&made->accounts, made->peer.url);
    ck_assert_int_eq(spay_multi_new(made->accounts.client, options, &made->multi, NULL), SPAY_OK);
    return made;
}

rig *rig_with(int32_t max_connections)
{
    spay_multi_options options = SPAY_MULTI_OPTIONS_INIT;

    options.max_connections = max_connections;
    return rig_open(&options);
}

void rig_close(rig *closed)
{
    spay_multi_free(closed->multi);
    accounts_close(&closed->accounts);
    if (closed->has_peer)
        peer_close(&closed->peer);
    free(closed);
}

/* Every key has the call's number in front. */
spay_call *make_limited_call(const test_accounts *s, account_kind kind, unsigned number,
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

spay_call *make_call(const test_accounts *s, account_kind kind, unsigned number, int64_t timeout_ms)
{
    return make_limited_call(s, kind, number, timeout_ms, timeout_ms);
}

/* The end of a call: note it, and free the call. */
void note_end(record *ended, spay_call *call)
{
    const spay_error *error = spay_call_error(call);
    void *session = NULL;

    ended->times++;
    ended->order = ++ended->rig->done;
    ended->status = accounts_take_session(ended->kind, call, &session, NULL);
    ended->outcome = spay_error_outcome(error);
    ended->requests_sent =
        session ? accounts_session_info(session)->requests_sent : spay_error_requests_sent(error);
    ended->token_requests = session ? accounts_session_info(session)->token_requests : 0;
    accounts_free_session(ended->kind, session);
    spay_call_free(call);
    ended->call = NULL;
}

void on_done(void *ctx, spay_call *call)
{
    record *ended = ctx;

    if (ended->call == call)
        note_end(ended, call);
    if (ended->then)
        add(ended->then);
}

void add(record *added)
{
    ck_assert_int_eq(spay_multi_add(added->rig->multi, added->call, on_done, added), SPAY_OK);
}

void prepare(rig *r, record *made, account_kind kind, unsigned number, int64_t timeout_ms)
{
    memset(made, 0, sizeof(*made));
    made->rig = r;
    made->kind = kind;
    made->call = make_call(&r->accounts, kind, number, timeout_ms);
}

void begin(rig *r, record *made, account_kind kind, unsigned number)
{
    prepare(r, made, kind, number, 0);
    add(made);
}

void turn(rig *r)
{
    (void)spay_multi_poll(r->multi, 1);
    peer_turn(&r->peer);
}

void serve_until_done(rig *r, int done)
{
    int64_t end = now_ms() + LIMIT_MS;

    while (r->done < done) {
        ck_assert_msg(now_ms() < end, "%d of %d calls are done", r->done, done);
        turn(r);
        (void)peer_answer(&r->peer, "POST ");
    }
}

void open_other_accounts(rig *r, test_accounts *other_accounts, peer *where)
{
    memset(other_accounts, 0, sizeof(*other_accounts));
    peer_open(where);
    other_accounts->client = r->accounts.client;
    open_accounts_at(other_accounts, where->url);
}

void close_other_accounts(test_accounts *other_accounts)
{
    other_accounts->client = NULL;
    accounts_close(other_accounts);
}

static const char *const place_names[] = {"queued", "running", "backing off", "awaiting a token"};

void bring_to(rig *r, record *made, record *blockers, call_place at)
{
    int i;

    for (i = 0; at == QUEUED && i < 2; i++)
        begin(r, &blockers[i], ACCOUNT_WEPAY, (unsigned)i + 100);
    if (at == AWAITING_TOKEN)
        begin(r, &blockers[0], ACCOUNT_HOSTED_FIELDS, 100);
    begin(r, made, at == AWAITING_TOKEN ? ACCOUNT_HOSTED_FIELDS : ACCOUNT_WEPAY, 1);
    if (at == QUEUED)
        UNTIL(r, r->peer.waiting == 2);
    else if (at == AWAITING_TOKEN)
        UNTIL(r, made->call->state == SPAY__CALL_AWAITING_TOKEN && r->peer.waiting == 1);
    else
        UNTIL(r, r->peer.waiting == 1);
    if (at == BACKING_OFF) {
        ck_assert(peer_refuse(&r->peer, 503, "Retry-After: 20\r\n"));
        UNTIL(r, made->call->state == SPAY__CALL_BACKING_OFF);
    }
}

static int32_t outcome_at(call_place at)
{
    return at == RUNNING || at == BACKING_OFF ? SPAY_OUTCOME_UNKNOWN : SPAY_OUTCOME_NOT_SENT;
}

void check_canceled(const record *ended, call_place at)
{
    ck_assert_msg(ended->times == 1, "%s: came back %d times", place_names[at], ended->times);
    ck_assert_msg(ended->status == SPAY_E_CANCELED, "%s: %s", place_names[at],
                  spay_status_name(ended->status));
    ck_assert_msg(ended->outcome == outcome_at(at), "%s: %s", place_names[at],
                  spay_outcome_name(ended->outcome));
}

void prepare_at(rig *r, const test_accounts *other_accounts, record *made, unsigned number)
{
    memset(made, 0, sizeof(*made));
    made->rig = r;
    made->kind = ACCOUNT_WEPAY;
    made->call = make_call(other_accounts, ACCOUNT_WEPAY, number, 0);
}
