/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Wherever a call is, its limits end it, and so does canceling it; in each driver. How long that
 * takes is told, and bounded so that a slow machine does not matter.
 */
#include "integration.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drive.h"
#include "names.h"
#include "server.h"

enum {
    LIMIT_MS = 200,
    LATEST_MS = 25 * LIMIT_MS,
    HANGING_MS = 20000
};

/* ---- behaviours ---- */

static void be_silent(server_connection *c, void *ctx)
{
    (void)ctx;
    (void)server_await_gone(c, -1);
}

static void be_deaf(server_connection *c, void *ctx)
{
    (void)ctx;
    (void)server_read_bytes(c, 1);
    server_await_stop(c);
}

static void drip(server_connection *c, const char *bytes)
{
    while (*bytes && server_write(c, bytes, 1) && !server_await_gone(c, 10))
        bytes++;
    (void)server_await_gone(c, -1);
}

#define HEAD "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 55\r\n"
#define BODY "{\"id\":\"1\",\"session_token\":\"2\",\"expire_time\":4102444800}"
#define LONG_FIELD                                                                                 \
    "X-Long: 0123456789012345678901234567890123456789012345678901234567890123456789012345678901"

static void drip_head(server_connection *c, void *ctx)
{
    (void)ctx;
    if (server_read_request(c))
        drip(c, HEAD LONG_FIELD LONG_FIELD LONG_FIELD "\r\n\r\n" BODY);
}

static void drip_body(server_connection *c, void *ctx)
{
    (void)ctx;
    if (server_read_request(c) && server_write_text(c, HEAD "\r\n{"))
        drip(c, "                                                     ");
}

/* A proxy that opens the tunnel, to a peer that never says hello. */
static void open_tunnel(server_connection *c, void *ctx)
{
    if (server_read_request(c) && server_write_text(c, "HTTP/1.1 200 OK\r\n\r\n"))
        be_silent(c, ctx);
}

/* ---- states ---- */

/* What a call waits for. */
typedef struct state {
    const char *name;
    const char *host;   /* of the call; NULL: the server's */
    const char *scheme; /* NULL: as the server has it */
    const char *proxy;  /* the scheme of a proxy, which the server is then */
    void (*behave)(server_connection *c, void *ctx);
    size_t body;   /* of the request, beyond the usual */
    bool tls;      /* is spoken by the server */
    bool sent;     /* the request, or a part of it */
    bool hole;     /* takes the place of the server */
    int64_t bytes; /* that the server has written when the call is there */
    const char *phase;
    const char *told; /* the message begins with it */
} state;

static const state states[] = {
    {.name = "a name lookup",
     .host = "slow.test",
     .scheme = "https",
     .behave = be_silent,
     .phase = "name_lookup",
     .told = "name lookup of slow.test:"},
    {.name = "a connection",
     .behave = be_silent,
     .hole = true,
     .phase = "connect",
     .told = "TCP connection to 127.0.0.1:"},
    {.name = "a connection for TLS",
     .scheme = "https",
     .behave = be_silent,
     .hole = true,
     .phase = "connect",
     .told = "TCP connection to 127.0.0.1:"},
    {.name = "a handshake",
     .scheme = "https",
     .behave = be_silent,
     .phase = "tls",
     .told = "TLS with 127.0.0.1:"},
    {.name = "an HTTP proxy",
     .host = "127.0.0.1",
     .scheme = "https",
     .proxy = "http",
     .behave = be_silent,
     .phase = "proxy",
     .told = "tunnel to 127.0.0.1:"},
    {.name = "an HTTPS proxy",
     .host = "127.0.0.1",
     .scheme = "https",
     .proxy = "https",
     .behave = be_silent,
     .phase = "tls",
     .told = "TLS with the proxy https://127.0.0.1:"},
    {.name = "a SOCKS proxy",
     .host = "127.0.0.1",
     .scheme = "https",
     .proxy = "socks5h",
     .behave = be_silent,
     .phase = "proxy",
     .told = "tunnel to 127.0.0.1:"},
    {.name = "a connection to a proxy",
     .host = "127.0.0.1",
     .scheme = "https",
     .proxy = "http",
     .behave = be_silent,
     .hole = true,
     .phase = "connect",
     .told = "TCP connection to the proxy http://127.0.0.1:"},
    {.name = "a handshake in a tunnel",
     .host = "127.0.0.1",
     .scheme = "https",
     .proxy = "http",
     .behave = open_tunnel,
     .bytes = 1,
     .phase = "tls",
     .told = "TLS with 127.0.0.1:"},
    {.name = "room for its request", .behave = be_deaf, .body = 900000, .sent = true},
    {.name = "room for its request in TLS",
     .behave = be_deaf,
     .body = 900000,
     .tls = true,
     .sent = true},
    {.name = "a reply", .behave = be_silent, .sent = true},
    {.name = "a reply over TLS", .behave = be_silent, .tls = true, .sent = true},
    {.name = "the end of a head", .behave = drip_head, .sent = true, .bytes = 3},
    {.name = "the end of a body", .behave = drip_body, .sent = true, .bytes = 120},
    {.name = "the end of a body over TLS",
     .behave = drip_body,
     .tls = true,
     .sent = true,
     .bytes = 120},
};

/* The driver, and whom its call waits for. */
typedef struct scene {
    const state *state;
    server *server;
    black_hole hole;
    drive_worker worker;
    char url[64];
    char proxy[64];
    int32_t leaving; /* requests that are about to be sent */
} scene;

static spay_status note_leaving(void *ctx, const spay_send_record *record)
{
    (void)record;
    (void)__atomic_add_fetch(&((scene *)ctx)->leaving, 1, __ATOMIC_ACQ_REL);
    return SPAY_OK;
}

static void set_urls(scene *s)
{
    int port = s->state->hole ? black_hole_port(&s->hole) : server_port(s->server);
    const char *scheme = s->state->scheme ? s->state->scheme : s->state->tls ? "https" : "http";

    (void)snprintf(s->url, sizeof(s->url), "%s://%s:%d", scheme,
                   s->state->host ? s->state->host : "127.0.0.1", port);
    if (s->state->proxy)
        (void)snprintf(s->proxy, sizeof(s->proxy), "%s://127.0.0.1:%d", s->state->proxy, port);
}

static void open_scene(scene *s, const state *at, drive_kind kind, spay_client_options *options)
{
    server_options own = {0};

    memset(s, 0, sizeof(*s));
    s->state = at;
    own.behave = at->behave;
    own.tls_host = at->tls ? "IP:127.0.0.1" : NULL;
    own.small_buffers = at->body != 0;
    s->server = server_start(&own);
    if (at->hole)
        ck_assert(black_hole_open(&s->hole, "127.0.0.1", 0));
    set_urls(s);
    names_block("slow.test");
    options->proxy = at->proxy ? s->proxy : NULL;
    options->before_send = note_leaving;
    options->before_send_ctx = s;
    drive_open(&s->worker.drive, kind, s->url, server_authority(s->server), options, NULL);
    s->worker.call = drive_make_call(&s->worker.drive, NULL, at->body);
}

/* Closing must not wait for anybody, either. */
static int64_t close_scene(scene *s)
{
    int64_t began = drive_now_us();
    int64_t took;

    drive_close(&s->worker.drive);
    took = drive_now_us() - began;
    names_release();
    while (names_waiting())
        drive_pause();
    server_stop(s->server);
    if (s->state->hole)
        black_hole_close(&s->hole);
    return took;
}

static bool is_there(scene *s)
{
    server_counts counts = server_look(s->server);

    if (s->state->host && strcmp(s->state->host, "slow.test") == 0)
        return names_waiting() > 0;
    if (s->state->hole)
        return __atomic_load_n(&s->leaving, __ATOMIC_ACQUIRE) > 0;
    return counts.bytes_read > 0 && counts.bytes_written >= s->state->bytes;
}

static int32_t outcome_at(const state *at)
{
    return at->sent ? SPAY_OUTCOME_UNKNOWN : SPAY_OUTCOME_NOT_SENT;
}

static bool is_possible(const state *at)
{
    black_hole hole;
    bool possible = !at->hole || black_hole_open(&hole, "127.0.0.1", 0);

    if (at->hole)
        black_hole_close(&hole);
    return possible && (!at->host || strcmp(at->host, "slow.test") != 0 || names_work());
}

/* ---- limits ---- */

/* How far it had come, and what was not reached has no time. */
static void check_told(const state *at, const drive_result *result)
{
    const char *end = strstr(result->message, ": not ready in time");

    ck_assert_str_eq(result->phase, at->phase);
    ck_assert_msg(strncmp(result->message, at->told, strlen(at->told)) == 0, "%s", result->message);
    ck_assert_msg(end && strlen(end) == 19, "%s", result->message);
    ck_assert_int_eq(result->lookup_us > 0, strcmp(at->phase, "name_lookup") != 0);
    ck_assert_int_eq(result->connect_us > 0,
                     result->lookup_us > 0 && strcmp(at->phase, "connect") != 0);
    ck_assert_int_eq(result->tls_us, -1);
    ck_assert_int_ge(result->connect_us, -1);
    ck_assert_int_ge(result->lookup_us, -1);
}

static void check_limit(const scene *s, int64_t close_us)
{
    const drive_result *result = &s->worker.result;

    printf("# a limit of %d ms, %s, waiting for %s: ended after %d ms, closed in %d ms\n", LIMIT_MS,
           drive_name(s->worker.drive.kind), s->state->name, (int)(result->elapsed_us / 1000),
           (int)(close_us / 1000));
    drive_expect(&s->worker.drive, result, SPAY_E_TIMEOUT,
                 s->state->sent ? "reply_timeout" : "connect_timeout", outcome_at(s->state));
    ck_assert_int_eq(result->requests_sent, s->state->sent);
    if (!s->state->sent)
        check_told(s->state, result);
    ck_assert_int_ge(result->elapsed_us, (LIMIT_MS - 2) * 1000);
    ck_assert_int_le(result->elapsed_us, LATEST_MS * 1000);
    ck_assert_int_le(close_us, LATEST_MS * 1000);
}

/* All drivers at once, since each waits for its limit. */
static void try_limit(const state *at, int64_t connect_timeout_ms, int64_t attempt_timeout_ms)
{
    scene *scenes = calloc(DRIVE_KINDS, sizeof(*scenes));
    int64_t close_us[DRIVE_KINDS];
    int i;

    ck_assert_ptr_nonnull(scenes);
    for (i = 0; i < DRIVE_KINDS; i++) {
        spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;

        options.connect_timeout_ms = connect_timeout_ms;
        options.attempt_timeout_ms = attempt_timeout_ms;
        open_scene(&scenes[i], at, (drive_kind)i, &options);
    }
    for (i = 0; i < DRIVE_KINDS; i++)
        drive_start(&scenes[i].worker);
    for (i = 0; i < DRIVE_KINDS; i++)
        drive_join(&scenes[i].worker);
    for (i = 0; i < DRIVE_KINDS; i++)
        close_us[i] = close_scene(&scenes[i]);
    for (i = 0; i < DRIVE_KINDS; i++)
        check_limit(&scenes[i], close_us[i]);
    free(scenes);
}

START_TEST(limit_ends_a_call_in_any_state)
{
    const state *at = &states[_i];

    if (is_possible(at))
        try_limit(at, at->sent ? 0 : LIMIT_MS, at->sent ? LIMIT_MS : 0);
}
END_TEST

/* While it connects the attempt's limit holds too. */
START_TEST(limit_of_an_attempt_ends_connecting)
{
    const state *at = &states[_i];

    if (!at->sent && is_possible(at))
        try_limit(at, 0, LIMIT_MS);
}
END_TEST

/* ---- canceling ---- */

static void await_state(scene *s, drive *turned)
{
    int64_t end = drive_now_us() + HANGING_MS * 1000;

    while (!is_there(s)) {
        ck_assert_msg(drive_now_us() < end, "%s: not there", s->state->name);
        if (turned)
            drive_turn(turned, 1);
        else
            drive_pause();
    }
}

static void on_done(void *ctx, spay_call *call)
{
    drive_worker *w = ctx;

    drive_read_result(&w->result, call);
    spay_call_free(call);
    w->call = NULL;
}

/* The driver is on this thread, so the call is canceled between two turns. */
static void cancel_in_turn(scene *s)
{
    drive_worker *w = &s->worker;
    int64_t began;

    drive_add(&w->drive, w->call, on_done, w);
    await_state(s, &w->drive);
    began = drive_now_us();
    spay_call_cancel(w->call);
    if (w->drive.kind == DRIVE_FOREIGN_LOOP)
        (void)spay_multi_on_timer(w->drive.multi);
    while (w->call)
        drive_turn(&w->drive, 1000);
    w->result.elapsed_us = drive_now_us() - began;
}

static void cancel_from_here(scene *s)
{
    spay_call *call = s->worker.call;
    int64_t began;

    drive_start(&s->worker);
    await_state(s, NULL);
    began = drive_now_us();
    spay_call_cancel(call);
    drive_join(&s->worker);
    s->worker.result.elapsed_us = drive_now_us() - began;
}

static void try_cancel(const state *at, drive_kind kind)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    scene *s = calloc(1, sizeof(*s));
    int64_t close_us;

    ck_assert_ptr_nonnull(s);
    open_scene(s, at, kind, &options);
    if (kind == DRIVE_BLOCKING)
        cancel_from_here(s);
    else
        cancel_in_turn(s);
    close_us = close_scene(s);
    printf("# canceled, %s, waiting for %s: ended after %d ms, closed in %d ms\n", drive_name(kind),
           at->name, (int)(s->worker.result.elapsed_us / 1000), (int)(close_us / 1000));
    drive_expect(&s->worker.drive, &s->worker.result, SPAY_E_CANCELED, NULL, outcome_at(at));
    ck_assert_int_eq(s->worker.result.requests_sent, at->sent);
    ck_assert_int_le(s->worker.result.elapsed_us, LATEST_MS * 1000);
    ck_assert_int_le(close_us, LATEST_MS * 1000);
    free(s);
}

START_TEST(call_is_canceled_in_any_state)
{
    int kind;

    for (kind = 0; is_possible(&states[_i]) && kind < DRIVE_KINDS; kind++)
        try_cancel(&states[_i], (drive_kind)kind);
}
END_TEST

/* The driver is freed while a call is in that state. */
START_TEST(driver_is_freed_in_any_state)
{
    const state *at = &states[_i];
    int kind;

    for (kind = DRIVE_POLLED; is_possible(at) && kind < DRIVE_KINDS; kind++) {
        spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
        scene *s = calloc(1, sizeof(*s));

        ck_assert_ptr_nonnull(s);
        open_scene(s, at, (drive_kind)kind, &options);
        drive_add(&s->worker.drive, s->worker.call, on_done, &s->worker);
        await_state(s, &s->worker.drive);
        ck_assert_int_le(close_scene(s), LATEST_MS * 1000);
        drive_expect(&s->worker.drive, &s->worker.result, SPAY_E_CANCELED, NULL, outcome_at(at));
        free(s);
    }
}
END_TEST

Suite *limits_suite(void)
{
    Suite *suite = suite_create("limits");
    TCase *tests = tcase_create("limits");

    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, limit_ends_a_call_in_any_state, 0, ROWS(states));
    tcase_add_loop_test(tests, limit_of_an_attempt_ends_connecting, 0, ROWS(states));
    tcase_add_loop_test(tests, call_is_canceled_in_any_state, 0, ROWS(states));
    tcase_add_loop_test(tests, driver_is_freed_in_any_state, 0, ROWS(states));
    suite_add_tcase(suite, tests);
    return suite;
}
