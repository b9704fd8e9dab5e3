/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What the library says went over the wire is what a server sees there: replies that end or stall
 * at every byte, requests that do, and odd replies one after the other over connections that are
 * kept. Plain and over TLS, in each driver. A sample, and all of it with SPAY_TORTURE=1.
 */
#include "integration.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "drive.h"
#include "server.h"

#define BODY "{\"id\":\"1\",\"session_token\":\"2\",\"expire_time\":4102444800}"
#define CREATED "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
#define LENGTH "Content-Length: 55\r\n"

enum {
    STALL_MS = 50,
    SEQUENCE = 12
};

static bool is_full(void)
{
    return getenv("SPAY_TORTURE") != NULL;
}

/* ---- replies ---- */

/* What comes of a reply, and whether another request may follow over its connection. */
typedef struct reply {
    const char *text;
    size_t length;
    spay_status status;
    bool keeps;
    bool by_close; /* the connection's end is the reply's end */
    size_t extra;  /* bytes after it, which were not asked for */
} reply;

#define BYTES(literal) literal, sizeof(literal) - 1

#define REPLY(text_, status_, keeps_, by_close_, extra_)                                           \
    {                                                                                              \
        .text = (text_), .length = sizeof(text_) - 1, .status = (status_), .keeps = (keeps_),      \
        .by_close = (by_close_), .extra = (extra_)                                                 \
    }

static const reply replies[] = {
    REPLY(CREATED LENGTH "\r\n" BODY, SPAY_OK, true, false, 0),
    REPLY(CREATED "X-A: b\r\n c\r\n\td\r\n" LENGTH "\r\n" BODY, SPAY_OK, true, false, 0),
    REPLY(CREATED "X-A:\r\n b\r\nContent-Length:\r\n 55\r\n\r\n" BODY, SPAY_OK, true, false, 0),
    REPLY("HTTP/1.1 201 Created\nContent-Type: application/json\nContent-Length: 55\n\n" BODY,
          SPAY_OK, true, false, 0),
    REPLY("HTTP/1.1 201\r\nContent-Type: application/json\r\n" LENGTH "\r\n" BODY, SPAY_OK, true,
          false, 0),
    REPLY(CREATED "Transfer-Encoding: chunked\r\n\r\n1;a=b\r\n{\r\n36\r\n"
                  "\"id\":\"1\",\"session_token\":\"2\",\"expire_time\":4102444800}\r\n"
                  "0\r\nX-Trailer: a\r\n\r\n",
          SPAY_OK, true, false, 0),
    REPLY(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" CREATED LENGTH
        "\r\n" BODY,
        SPAY_OK, true, false, 0),
    REPLY("HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: 31\r\n"
          "\r\n{\"error_code\":\"INVALID_PARAMS\"}",
          SPAY_E_REJECTED, true, false, 0),
    REPLY("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", SPAY_E_PROVIDER, true, false, 0),
    REPLY("HTTP/1.1 204 No Content\r\n\r\n", SPAY_E_PROTOCOL, true, false, 0),
    REPLY("HTTP/1.0 201 Created\r\nContent-Type: application/json\r\n" LENGTH "\r\n" BODY, SPAY_OK,
          false, false, 0),
    REPLY(CREATED LENGTH "Connection: close\r\n\r\n" BODY, SPAY_OK, false, false, 0),
    REPLY(CREATED "\r\n" BODY, SPAY_OK, false, true, 0),
    REPLY(CREATED LENGTH "\r\n" BODY "HTTP/1.1 200 OK\r\n", SPAY_OK, false, false, 17),
    REPLY(CREATED LENGTH "Content-Length: 54\r\n\r\n" BODY, SPAY_E_PROTOCOL, false, false, 0),
    REPLY(CREATED LENGTH "Transfer-Encoding: chunked\r\n\r\n" BODY, SPAY_E_PROTOCOL, false, false,
          0),
    REPLY(CREATED "Transfer-Encoding: gzip, chunked\r\n\r\n" BODY, SPAY_E_PROTOCOL, false, false,
          0),
    REPLY("HTTP/1.1 201 Created\r\n X-A: b\r\n" LENGTH "\r\n" BODY, SPAY_E_PROTOCOL, false, false,
          0),
    REPLY(CREATED "X-A: a\0b\r\n" LENGTH "\r\n" BODY, SPAY_E_PROTOCOL, false, false, 0),
    REPLY(CREATED "X-A: a\rb\r\n" LENGTH "\r\n" BODY, SPAY_E_PROTOCOL, false, false, 0),
    REPLY("SSH-2.0-OpenSSH_9.2\r\n", SPAY_E_PROTOCOL, false, false, 0),
    REPLY("HTTP/2 201\r\n\r\n", SPAY_E_PROTOCOL, false, false, 0),
};

/* ---- the server: exchange after exchange, as the test says ---- */

typedef enum finish {
    GO_ON,
    CLOSE,
    CUT,
    RESET,
    STALL,
    FINISHES
} finish;

static const char *const finish_names[] = {"goes on", "closes", "cuts", "resets", "stalls"};

/* One exchange. It is written by the test while no request is under way. */
typedef struct plan {
    const reply *reply;
    bool in_request; /* else in the reply */
    size_t at;       /* so many bytes of it, then it finishes */
    finish finish;
} plan;

static void finish_connection(server_connection *c, finish how)
{
    if (how == STALL)
        (void)server_await_gone(c, -1);
    else if (how == CUT)
        server_cut(c);
    else if (how == RESET)
        server_reset(c);
}

static bool serve_one(server_connection *c, const plan *p)
{
    size_t split = p->at / 2;

    if (p->in_request) {
        if (p->at && !server_read_bytes(c, p->at))
            return false;
        finish_connection(c, p->finish);
        return false;
    }
    if (!server_read_request(c) || !server_write(c, p->reply->text, split) ||
        !server_write(c, p->reply->text + split, p->at - split))
        return false;
    if (p->finish == GO_ON && !p->reply->by_close)
        return true;
    finish_connection(c, p->finish);
    return false;
}

/* ---- a client, and what it was told so far ---- */

typedef struct session {
    pthread_mutex_t lock; /* guards the plan */
    plan plan;
    server *server;
    drive drive;
    int64_t bytes_sent;
    int requests_sent;
} session;

static void serve(server_connection *c, void *ctx)
{
    session *s = ctx;
    bool stays = true;

    while (stays && server_await_bytes(c, -1)) {
        plan now;

        (void)pthread_mutex_lock(&s->lock);
        now = s->plan;
        (void)pthread_mutex_unlock(&s->lock);
        stays = serve_one(c, &now);
    }
}

static void open_session(session *opened, drive_kind kind, bool tls)
{
    server_options options = {0};
    char url[64];

    memset(opened, 0, sizeof(*opened));
    (void)pthread_mutex_init(&opened->lock, NULL);
    options.behave = serve;
    options.ctx = opened;
    options.tls_host = tls ? "IP:127.0.0.1" : NULL;
    opened->server = server_start(&options);
    drive_open(&opened->drive, kind, server_url(opened->server, NULL, url),
               server_authority(opened->server), NULL, NULL);
}

static drive_result call(session *s, const plan *p)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    server_counts counts;
    drive_result result;

    (void)pthread_mutex_lock(&s->lock);
    s->plan = *p;
    (void)pthread_mutex_unlock(&s->lock);
    options.max_attempts = 1;
    options.attempt_timeout_ms = p->finish == STALL ? STALL_MS : 0;
    result = drive_run(&s->drive, drive_make_call(&s->drive, &options, 0));
    if (p->finish != GO_ON) /* or the next call could meet a connection that is about to end */
        ck_assert(server_await_closed(s->server, &counts));
    s->requests_sent += result.requests_sent;
    s->bytes_sent += result.bytes_sent > 0 ? result.bytes_sent : 0;
    return result;
}

#define TOLD(holds)                                                                                \
    ck_assert_msg(holds,                                                                           \
                  "%s: %s%s, reply %d, %s byte %u, the server %s: %s (%s), outcome %s, %d "        \
                  "requests, %d bytes out, %d in",                                                 \
                  #holds, drive_name(s->drive.kind), server_authority(s->server) ? ", TLS" : "",   \
                  (int)(s->plan.reply - replies), s->plan.in_request ? "request" : "reply",        \
                  (unsigned)s->plan.at, finish_names[s->plan.finish],                              \
                  spay_status_name(result.status), result.reason,                                  \
                  spay_outcome_name(result.outcome), (int)result.requests_sent,                    \
                  (int)result.bytes_sent, (int)result.bytes_received)

/* Everything that was sent has arrived by now, unless connections were reset. */
static void close_session(session *s, bool resets)
{
    server_counts counts;

    drive_close(&s->drive);
    ck_assert(server_await_closed(s->server, &counts));
    ck_assert_int_eq(counts.extra, 0);
    ck_assert_int_le(counts.whole, s->requests_sent);
    ck_assert_int_le(counts.bytes_read, s->bytes_sent);
    if (!resets) {
        ck_assert_int_eq(counts.whole + counts.partial, s->requests_sent);
        ck_assert_int_eq(counts.bytes_read, s->bytes_sent);
    }
    server_stop(s->server);
    (void)pthread_mutex_destroy(&s->lock);
}

/* ---- replies that end or stall at every byte ---- */

/* Whether all of it was there. Without TLS, a connection that is cut has just ended. */
static bool is_complete(const session *s, const plan *p)
{
    bool ended = p->finish == CLOSE || (p->finish == CUT && !server_authority(s->server));

    return p->at >= p->reply->length - p->reply->extra && (!p->reply->by_close || ended);
}

/* The limit of a stall is short: on a busy machine nothing has been sent then. */
static bool is_too_slow(const plan *p, const drive_result *result)
{
    return p->finish == STALL && result->status == SPAY_E_TIMEOUT &&
           result->outcome == SPAY_OUTCOME_NOT_SENT && result->requests_sent == 0;
}

/* A part of a reply is none, and another one never. */
static void judge_reply(const session *s, const plan *p, const drive_result *told)
{
    drive_result result = *told;
    bool all_read = result.status != SPAY_E_PROTOCOL && p->finish < RESET && !p->reply->extra;

    if (is_too_slow(p, told))
        return;
    TOLD(result.requests_sent == 1);
    TOLD(result.bytes_received <= (int64_t)p->at);
    TOLD(result.bytes_received == (int64_t)p->at || !all_read);
    TOLD((result.first_byte_us >= 0) == (result.bytes_received > 0));
    if (is_complete(s, p))
        TOLD(result.status == p->reply->status);
    else
        TOLD(result.status < 0 && result.outcome == SPAY_OUTCOME_UNKNOWN);
}

/* The last one is the end. */
static size_t next_cut(size_t at, size_t step, size_t length)
{
    if (at < length && at + step > length)
        return length;
    return at + step;
}

static void cut_replies(drive_kind kind, bool tls, finish how, size_t step)
{
    session *s = calloc(1, sizeof(*s));
    size_t i;

    ck_assert_ptr_nonnull(s);
    open_session(s, kind, tls);
    for (i = 0; i < ROWS(replies); i++) {
        plan p = {.reply = &replies[i], .at = i % step, .finish = how};

        for (; p.at <= replies[i].length; p.at = next_cut(p.at, step, replies[i].length))
            if (how != STALL || !is_complete(s, &p)) {
                drive_result result = call(s, &p);

                judge_reply(s, &p, &result);
            }
    }
    close_session(s, how == RESET);
    free(s);
}

/* How far apart the cuts are, for each way to finish. Stalls take their time. */
static size_t step_of(finish how)
{
    static const size_t sample[] = {0, 7, 7, 7, 211};
    static const size_t full[] = {0, 1, 1, 1, 13};

    return is_full() ? full[how] : sample[how];
}

START_TEST(reply_that_ends_at_any_byte_is_told_as_it_was)
{
    finish how = (finish)(_i + 1);
    int kind;

    for (kind = 0; kind < DRIVE_KINDS; kind++) {
        cut_replies((drive_kind)kind, false, how, step_of(how));
        cut_replies((drive_kind)kind, true, how, step_of(how) * (is_full() ? 1 : 5));
    }
}
END_TEST

/* ---- requests of which a part is read ---- */

static void cut_requests(drive_kind kind, bool tls, finish how, size_t step)
{
    session *s = calloc(1, sizeof(*s));
    plan p = {.reply = &replies[0], .finish = GO_ON};
    drive_result result;
    int64_t length;

    ck_assert_ptr_nonnull(s);
    open_session(s, kind, tls);
    p.at = p.reply->length;
    result = call(s, &p);
    TOLD(result.status == SPAY_OK);
    length = result.bytes_sent;
    p.in_request = true;
    p.finish = how;
    for (p.at = 1; (int64_t)p.at < length; p.at += step) {
        result = call(s, &p);
        if (is_too_slow(&p, &result))
            continue;
        TOLD(result.status < 0 && result.outcome == SPAY_OUTCOME_UNKNOWN);
        TOLD(result.requests_sent == 1 && result.bytes_sent >= (int64_t)p.at);
        TOLD(result.bytes_received == 0);
    }
    close_session(s, how != STALL);
    free(s);
}

START_TEST(request_that_is_read_in_part_may_have_taken_effect)
{
    finish how = (finish)(_i + 1);
    int kind;

    for (kind = 0; kind < DRIVE_KINDS; kind++) {
        cut_requests((drive_kind)kind, false, how, step_of(how));
        cut_requests((drive_kind)kind, true, how, step_of(how) * (is_full() ? 1 : 2));
    }
}
END_TEST

/* ---- odd replies in sequence ---- */

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Each call is what its reply is, whatever came before it. */
static void play_sequence(session *s, uint32_t *random)
{
    bool kept = false;
    int connections = server_look(s->server).connections;
    int i;

    for (i = 0; i < SEQUENCE; i++) {
        plan chosen = {.reply = &replies[next_random(random) % ROWS(replies)], .finish = GO_ON};
        drive_result result;
        int now;

        chosen.at = chosen.reply->length;
        result = call(s, &chosen);
        TOLD(result.status == chosen.reply->status);
        TOLD(result.requests_sent == 1);
        TOLD(result.bytes_received == (int64_t)chosen.at || !chosen.reply->keeps);
        now = server_look(s->server).connections;
        if (i > 0)
            TOLD(now == connections + !kept);
        connections = now;
        kept = chosen.reply->keeps;
    }
}

START_TEST(odd_replies_in_sequence_do_not_mix)
{
    int count = is_full() ? 200 : 8;
    uint32_t random = 20230524;
    int kind;
    int tls;
    int i;

    for (kind = 0; kind < DRIVE_KINDS; kind++)
        for (tls = 0; tls < 2; tls++) {
            session *s = calloc(1, sizeof(*s));

            ck_assert_ptr_nonnull(s);
            open_session(s, (drive_kind)kind, tls);
            for (i = 0; i < count; i++)
                play_sequence(s, &random);
            close_session(s, false);
            free(s);
        }
}
END_TEST

Suite *bytes_suite(void)
{
    Suite *suite = suite_create("bytes");
    TCase *tests = tcase_create("bytes");

    tcase_set_timeout(tests, is_full() ? 3000 : 300);
    tcase_add_loop_test(tests, reply_that_ends_at_any_byte_is_told_as_it_was, 0, FINISHES - 1);
    tcase_add_loop_test(tests, request_that_is_read_in_part_may_have_taken_effect, 0, FINISHES - 1);
    tcase_add_test(tests, odd_replies_in_sequence_do_not_mix);
    suite_add_tcase(suite, tests);
    return suite;
}
