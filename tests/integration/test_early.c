/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Answers that come before the request is out: the answer counts, and the connection, on which the
 * rest of the request is missing, carries nothing more.
 */
#include "integration.h"

#include <string.h>

#include "drive.h"
#include "server.h"

#define BODY "{\"id\":\"1\",\"session_token\":\"2\",\"expire_time\":4102444800}"
#define HEAD "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
#define GOOD HEAD "Content-Length: 55\r\n\r\n" BODY

enum {
    LARGE = 500 * 1024,
    LIMIT_MS = 300
};

/* What the server does on its first connection; it answers well on the others. */
typedef struct early {
    const char *reply;
    size_t read_first;                 /* bytes of the request */
    bool (*end)(server_connection *c); /* false: no request can follow */
} early;

static void be_early(server_connection *c, void *ctx)
{
    const early *plan = ctx;

    if (server_number(c) == 1) {
        if (plan->read_first && !server_read_bytes(c, plan->read_first))
            return;
        if (!server_write_text(c, plan->reply) || !plan->end(c))
            return;
    }
    while (server_read_request(c) && server_write_text(c, GOOD))
        continue;
}

static bool close_it(server_connection *c)
{
    (void)c;
    return false;
}

static bool cut(server_connection *c)
{
    server_cut(c);
    return false;
}

static bool reset(server_connection *c)
{
    server_reset(c);
    return false;
}

static bool read_on(server_connection *c)
{
    return server_read_request(c);
}

static bool close_half(server_connection *c)
{
    server_shut_down(c);
    (void)server_await_gone(c, -1);
    return false;
}

static bool read_no_more(server_connection *c)
{
    server_await_stop(c);
    return false;
}

typedef struct end {
    const char *name;
    bool (*end)(server_connection *c);
} end;

static const end ends[] = {
    {"closes", close_it},
    {"cuts", cut},
    {"resets", reset},
    {"reads on", read_on},
    {"closes its half", close_half},
    {"reads no more", read_no_more},
};

static const size_t read_firsts[] = {0, 1, 300, 20000};

static server *start(early *plan, bool tls)
{
    server_options options = {0};

    options.behave = be_early;
    options.ctx = plan;
    options.tls_host = tls ? "IP:127.0.0.1" : NULL;
    options.small_buffers = true;
    return server_start(&options);
}

static drive_result send_large(drive *d, int64_t attempt_timeout_ms)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;

    options.max_attempts = 1;
    options.attempt_timeout_ms = attempt_timeout_ms;
    return drive_run(d, drive_make_call(d, &options, LARGE));
}

/*
 * What the first call comes to. The second one shows that its connection is not used again, unless
 * all of the request was read at last.
 */
static drive_result try_plan(early *plan, bool tls, drive_kind kind, int64_t attempt_timeout_ms)
{
    server *s = start(plan, tls);
    drive_result first;
    drive_result second;
    server_counts counts;
    char url[64];
    drive d;

    drive_open(&d, kind, server_url(s, NULL, url), server_authority(s), NULL, NULL);
    first = send_large(&d, attempt_timeout_ms);
    second = send_large(&d, 0);
    drive_close(&d);
    counts = server_look(s);
    server_stop(s);
    drive_expect(&d, &second, SPAY_OK, NULL, 0);
    ck_assert_int_eq(first.attempts, 1);
    ck_assert(counts.connections == 2 || (counts.whole == 2 && plan->end == read_on));
    return first;
}

/* Where the server has read nothing, nothing may have been sent; then its answer is none. */
static bool is_not_sent(const early *plan, const drive_result *result)
{
    return plan->read_first == 0 && result->outcome == SPAY_OUTCOME_NOT_SENT &&
           result->requests_sent == 0;
}

#define TOLD(holds)                                                                                \
    ck_assert_msg(holds, "%s, %s, the server %s after %d bytes: %s (%s), %d bytes out, %d in",     \
                  drive_name((drive_kind)kind), tls ? "TLS" : "plain", ends[_i].name,              \
                  (int)plan.read_first, spay_status_name(result.status), result.reason,            \
                  (int)result.bytes_sent, (int)result.bytes_received)

START_TEST(answer_before_the_request_is_out_counts)
{
    size_t i;
    int kind;
    int tls;

    for (i = 0; i < ROWS(read_firsts); i++)
        for (tls = 0; tls < 2; tls++)
            for (kind = 0; kind < DRIVE_KINDS; kind++) {
                early plan = {GOOD, read_firsts[i], ends[_i].end};
                drive_result result = try_plan(&plan, tls, (drive_kind)kind, 0);

                if (is_not_sent(&plan, &result))
                    continue;
                TOLD(result.status == SPAY_OK);
                TOLD(result.requests_sent == 1);
                TOLD(result.bytes_sent >= (int64_t)plan.read_first);
                TOLD(result.bytes_received == (int64_t)strlen(GOOD));
            }
}
END_TEST

START_TEST(early_refusal_counts)
{
    int kind;
    int tls;

    for (tls = 0; tls < 2; tls++)
        for (kind = 0; kind < DRIVE_KINDS; kind++) {
            early plan = {"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\n"
                          "Content-Length: 0\r\n\r\n",
                          300, ends[_i].end};
            drive_result result = try_plan(&plan, tls, (drive_kind)kind, 0);

            TOLD(result.http_status == 413 && result.outcome == SPAY_OUTCOME_REJECTED);
            TOLD(result.requests_sent == 1);
        }
}
END_TEST

/* It ends with the connection, or by a chunk; interim responses go before it. */
START_TEST(early_answer_of_any_framing_counts)
{
    static const char *const replies[] = {
        "HTTP/1.1 100 Continue\r\n\r\n" GOOD,
        HEAD "Transfer-Encoding: chunked\r\n\r\n37\r\n" BODY "\r\n0\r\n\r\n",
        HEAD "\r\n" BODY,
    };
    size_t i;
    int kind;

    for (i = 0; i < ROWS(replies); i++)
        for (kind = 0; kind < DRIVE_KINDS; kind++) {
            early plan = {replies[i], 300, close_half};
            drive_result result = try_plan(&plan, _i, (drive_kind)kind, 0);

            drive_expect(&(drive){.kind = (drive_kind)kind}, &result, SPAY_OK, NULL, 0);
        }
}
END_TEST

/* Without its end it is none. */
START_TEST(early_answer_that_is_cut_is_unknown)
{
    static const char half[] = HEAD "Content-Length: 55\r\n\r\n{\"id\":";
    int kind;
    int tls;

    for (tls = 0; tls < 2; tls++)
        for (kind = 0; kind < DRIVE_KINDS; kind++) {
            early plan = {half, 300, ends[_i].end};
            drive_result result = try_plan(&plan, tls, (drive_kind)kind, LIMIT_MS);

            TOLD(result.status == SPAY_E_NETWORK || result.status == SPAY_E_TIMEOUT);
            TOLD(result.outcome == SPAY_OUTCOME_UNKNOWN && result.requests_sent == 1);
        }
}
END_TEST

/* ---- the reply of curl's issue 11103 ---- */

/* Good replies, except for the second one on the first connection. */
static void begin_with_a_blank(server_connection *c, void *ctx)
{
    int i;

    (void)ctx;
    for (i = 1; server_read_request(c); i++)
        if (!server_write_text(c, server_number(c) == 1 && i == 2
                                      ? "HTTP/1.1 201 Created\r\n Content-Length: 55\r\n"
                                        "Content-Length: 55\r\n\r\n" BODY
                                      : GOOD))
            return;
}

START_TEST(first_header_line_that_begins_with_a_blank_is_refused)
{
    server_options options = {0};
    int kind;

    options.behave = begin_with_a_blank;
    options.tls_host = _i ? "IP:127.0.0.1" : NULL;
    for (kind = 0; kind < DRIVE_KINDS; kind++) {
        server *s = server_start(&options);
        drive_result result;
        server_counts counts;
        char url[64];
        drive d;

        drive_open(&d, (drive_kind)kind, server_url(s, NULL, url), server_authority(s), NULL, NULL);
        result = drive_call(&d);
        drive_expect(&d, &result, SPAY_OK, NULL, 0);
        result = drive_call(&d);
        drive_expect(&d, &result, SPAY_E_PROTOCOL, NULL, SPAY_OUTCOME_UNKNOWN);
        result = drive_call(&d);
        drive_expect(&d, &result, SPAY_OK, NULL, 0);
        drive_close(&d);
        ck_assert(server_await_closed(s, &counts));
        ck_assert_int_eq(counts.connections, 2);
        ck_assert_int_eq(counts.whole, 3);
        server_stop(s);
    }
}
END_TEST

Suite *early_suite(void)
{
    Suite *suite = suite_create("early");
    TCase *tests = tcase_create("early");

    tcase_set_timeout(tests, 300);
    tcase_add_loop_test(tests, answer_before_the_request_is_out_counts, 0, ROWS(ends));
    tcase_add_loop_test(tests, early_refusal_counts, 0, ROWS(ends));
    tcase_add_loop_test(tests, early_answer_of_any_framing_counts, 0, 2);
    tcase_add_loop_test(tests, early_answer_that_is_cut_is_unknown, 0, ROWS(ends));
    tcase_add_loop_test(tests, first_header_line_that_begins_with_a_blank_is_refused, 0, 2);
    suite_add_tcase(suite, tests);
    return suite;
}
