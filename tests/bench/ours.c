/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The driver of the library: the same work as raw.c, by the public API.
 *
 *   ours seq|fresh|own|multi|http2|threads|waiting|dump BASE PROVIDER COUNT [WIDTH]
 *
 * BASE is the server's "https://127.0.0.1:PORT". BENCH_CA names a bundle; without it, the system's
 * trust holds. "own" is "seq" without a network: replies come from files in BENCH_REPLIES.
 */
#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sessionpay/sessionpay.h>

#include "meter.h"

static spay_client *client;
static spay_wepay *wepay;
static spay_hosted_fields *hosted_fields;
static spay_connect_server *connect_server;
static spay_connect_client *connect_client;
static const char *base;
static size_t per_thread;

/* The error is read when the status is known: arguments are evaluated in any order. */
static void demand(spay_status status, spay_error *const *error)
{
    if (status != SPAY_OK)
        bench_die(spay_status_name(status), error ? spay_error_message(*error) : "");
}

static const char *base_url(const char *path)
{
    static char urls[8][128];
    static int next;

    (void)snprintf(urls[next], sizeof(urls[next]), "%s%s", base, path);
    return urls[next++ % 8];
}

/* ---- the four providers ---- */

/* Every provider has the same three functions: create blocking, make a call, take its session. */
#define ENTRANCES(name)                                                                            \
    static spay_status create_##name(spay_error **error)                                           \
    {                                                                                              \
        spay_##name##_session *session = NULL;                                                     \
        spay_status status =                                                                       \
            spay_##name##_session_create(name, name##_request(), NULL, &session, error);           \
                                                                                                   \
        spay_##name##_session_free(session);                                                       \
        return status;                                                                             \
    }                                                                                              \
                                                                                                   \
    static spay_status call_##name(spay_call **call, spay_error **error)                           \
    {                                                                                              \
        return spay_##name##_session_call_new(name, name##_request(), NULL, call, error);          \
    }                                                                                              \
                                                                                                   \
    static spay_status take_##name(spay_call *call, spay_error **error)                            \
    {                                                                                              \
        spay_##name##_session *session = NULL;                                                     \
        spay_status status = spay_##name##_session_from_call(call, &session, error);               \
                                                                                                   \
        spay_##name##_session_free(session);                                                       \
        return status;                                                                             \
    }

static void open_wepay(void)
{
    spay_wepay_options options = SPAY_WEPAY_OPTIONS_INIT;
    spay_error *error = NULL;

    options.base_url = base_url("");
    options.app_id = "700123";
    options.app_token = "stage_EXAMPLE-NOT-A-REAL-TOKEN";
    demand(spay_wepay_new(client, &options, &wepay, &error), &error);
}

static const spay_wepay_session_request *wepay_request(void)
{
    static spay_wepay_session_request request = SPAY_WEPAY_SESSION_REQUEST_INIT;

    request.type = "mobile_session";
    request.account_id = "2f8d6c1b-70e4-4a39-9b5d-e61c03a7f852";
    return &request;
}

ENTRANCES(wepay)

static void open_hosted_fields(void)
{
    spay_hosted_fields_options options = SPAY_HOSTED_FIELDS_OPTIONS_INIT;
    spay_error *error = NULL;

    options.base_url = base_url("/v1");
    options.identity_url = base_url("");
    options.api_key = "EXAMPLE-KEY-not-real";
    demand(spay_hosted_fields_new(client, &options, &hosted_fields, &error), &error);
}

static const spay_hosted_fields_session_request *hosted_fields_request(void)
{
    static spay_hosted_fields_session_request request = SPAY_HOSTED_FIELDS_SESSION_REQUEST_INIT;

    request.processing_terminal_id = "7702014";
    request.lib_version = "1.7.0.261457";
    request.scenario = "payment";
    return &request;
}

ENTRANCES(hosted_fields)

static void open_connect_server(void)
{
    spay_connect_server_options options = SPAY_CONNECT_SERVER_OPTIONS_INIT;
    spay_error *error = NULL;

    options.base_url = base_url("");
    options.merchant_id = "4217";
    options.api_key_id = "lsp-key-7f31c2";
    options.secret_api_key = "c2Vzc2lvbnBheS1leGFtcGxlLXNlY3JldC0wMQ==";
    demand(spay_connect_server_new(client, &options, &connect_server, &error), &error);
}

static const spay_connect_server_session_request *connect_server_request(void)
{
    static const char *const groups[] = {"cards"};
    static const int32_t products[] = {302, 320};
    static spay_connect_server_filter only = SPAY_CONNECT_SERVER_FILTER_INIT;
    static spay_connect_server_session_request request = SPAY_CONNECT_SERVER_SESSION_REQUEST_INIT;

    only.groups = groups;
    only.group_count = 1;
    only.products = products;
    only.product_count = 2;
    request.restrict_to = &only;
    return &request;
}

ENTRANCES(connect_server)

static void open_connect_client(void)
{
    static const char *const hosts[] = {"127.0.0.1"};
    spay_connect_client_options options = SPAY_CONNECT_CLIENT_OPTIONS_INIT;
    spay_error *error = NULL;

    options.client_api_url = base_url("/client");
    options.client_session_id = "4be7a1c09d3f4826b5e1f7c2a90d6e38";
    options.customer_id = "4217-9c2ad0f1b7e84365a1d8c4f02b6e7395";
    options.allowed_hosts = hosts;
    options.allowed_host_count = 1;
    demand(spay_connect_client_new(client, &options, &connect_client, &error), &error);
}

static const spay_connect_client_session_request *connect_client_request(void)
{
    static spay_connect_client_session_request request = SPAY_CONNECT_CLIENT_SESSION_REQUEST_INIT;

    request.display_name = "Example Bikes";
    request.domain_name = "checkout.example-bikes.test";
    request.validation_url = "https://apple-pay-gateway.apple.com/paymentservices/paymentSession";
    return &request;
}

ENTRANCES(connect_client)

typedef struct provider {
    const char *name;
    void (*open)(void);
    spay_status (*create)(spay_error **error);
    spay_status (*call)(spay_call **call, spay_error **error);
    spay_status (*take)(spay_call *call, spay_error **error);
} provider;

#define PROVIDER(each)                                                                             \
    .name = #each, .open = open_##each, .create = create_##each, .call = call_##each,              \
    .take = take_##each

static const provider providers[] = {
    {PROVIDER(wepay)},
    {PROVIDER(hosted_fields)},
    {PROVIDER(connect_server)},
    {PROVIDER(connect_client)},
};

static const provider *used;

/* ---- a transport that costs next to nothing ---- */

typedef struct reply {
    char text[65536]; /* the body */
    size_t length;
} reply;

static reply answers[2]; /* the provider's, and that of the token endpoint */

static void read_reply(reply *out, const char *name)
{
    char path[512];
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/%s", getenv("BENCH_REPLIES"), name);
    file = fopen(path, "r");
    if (!file)
        bench_die(path, "cannot be read");
    out->length = fread(out->text, 1, sizeof(out->text), file);
    (void)fclose(file);
}

/* The headers are nginx's. */
static spay_status answer(void *ctx, const spay_http_request *request, spay_http_response *response)
{
    static const char *const headers[][2] = {
        {"Server", "nginx/1.22.1"},           {"Date", "Thu, 01 Jan 2026 00:00:00 GMT"},
        {"Content-Type", "application/json"}, {"Content-Length", "526"},
        {"Connection", "keep-alive"},         {"Cache-Control", "no-store"},
        {"X-Correlation-Id", "c0rr-0001"},    {"Strict-Transport-Security", "max-age=31536000"}};
    const reply *chosen = &answers[strstr(spay_http_request_url(request), "/authorize") != NULL];
    size_t i;

    (void)ctx;
    (void)spay_http_response_set_status(response, 200);
    for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
        (void)spay_http_response_add_header(response, headers[i][0], headers[i][1]);
    return spay_http_response_append_body(response, chosen->text, chosen->length);
}

static const spay_transport *open_own(const char *name)
{
    static spay_transport transport = SPAY_TRANSPORT_INIT;

    read_reply(&answers[0], name);
    read_reply(&answers[1], "authorize");
    transport.perform = answer;
    return &transport;
}

/* ---- the client ---- */

static void open_client(const char *name, bool own)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    spay_error *error = NULL;
    size_t i;

    options.transport = own ? open_own(name) : NULL;
    options.ca_file = own ? NULL : getenv("BENCH_CA");
    options.timeout_ms = 600000;
    options.max_attempts = 1; /* a failure is to be seen */
    demand(spay_client_new(&options, &client, &error), &error);
    for (i = 0; i < sizeof(providers) / sizeof(providers[0]); i++)
        if (strcmp(providers[i].name, name) == 0)
            used = &providers[i];
    if (!used)
        bench_die(name, "unknown provider");
    used->open();
}

static void close_client(void)
{
    spay_wepay_free(wepay);
    spay_hosted_fields_free(hosted_fields);
    spay_connect_server_free(connect_server);
    spay_connect_client_free(connect_client);
    spay_client_free(client);
}

static spay_call *new_call(void)
{
    spay_call *call = NULL;
    spay_error *error = NULL;

    demand(used->call(&call, &error), &error);
    return call;
}

/* ---- blocking ---- */

static void create(void)
{
    spay_error *error = NULL;

    demand(used->create(&error), &error);
}

static void sequential(size_t count, bool fresh)
{
    meter clock = {0};
    size_t i;

    create();
    meter_start(&clock);
    for (i = 1; i < count; i++) {
        if (fresh)
            spay_client_drop_connections(client);
        create();
    }
    meter_stop(&clock, count - 1);
    meter_report(&clock);
}

static void *thread_body(void *ctx)
{
    size_t i;

    (void)ctx;
    for (i = 0; i < per_thread; i++)
        create();
    return NULL;
}

static void threaded(size_t count, size_t threads)
{
    meter clock = {0};

    per_thread = count / threads;
    meter_start(&clock);
    bench_threads(threads, thread_body, NULL);
    meter_stop(&clock, per_thread * threads);
    meter_report(&clock);
}

/* ---- many at once ---- */

/* A place in the crowd. */
typedef struct seat {
    struct crowd *all;
    int64_t began_us;
    bool late; /* began when another was done: its latency counts */
} seat;

typedef struct crowd {
    spay_multi *multi;
    size_t width;
    size_t count;
    size_t begun;
    size_t done;
    meter clock;
} crowd;

static void on_done(void *ctx, spay_call *call);

static void begin(seat *taken)
{
    crowd *all = taken->all;

    taken->late = all->begun++ >= all->width;
    taken->began_us = meter_wall_us();
    demand(spay_multi_add(all->multi, new_call(), on_done, taken), NULL);
}

static void on_done(void *ctx, spay_call *call)
{
    seat *taken = ctx;
    crowd *all = taken->all;
    spay_error *error = NULL;

    if (used->take(call, &error) != SPAY_OK)
        meter_fail(&all->clock, spay_error_name(error), spay_error_message(error));
    spay_error_free(error);
    spay_call_free(call);
    if (taken->late)
        all->clock.latencies[all->clock.latency_count++] = meter_wall_us() - taken->began_us;
    if (++all->done == all->width)
        meter_start(&all->clock);
    if (all->begun < all->count)
        begin(taken);
}

static spay_multi *open_multi(size_t width, bool http2)
{
    spay_multi_options options = SPAY_MULTI_OPTIONS_INIT;
    spay_error *error = NULL;
    spay_multi *multi = NULL;

    options.max_connections = width < 64 ? (int32_t)width : 0;
    options.http2 = http2 ? SPAY_YES : SPAY_NO;
    demand(spay_multi_new(client, &options, &multi, &error), &error);
    return multi;
}

/* Always so many in flight; the clock starts when the first lot is through. */
static void crowded(size_t count, size_t width, bool http2)
{
    crowd all = {0};
    seat *seats = bench_alloc(width * sizeof(*seats));
    size_t i;

    all.multi = open_multi(width, http2);
    all.width = width;
    all.count = count;
    all.clock.latencies = bench_alloc(count * sizeof(int64_t));
    for (i = 0; i < width; i++) {
        seats[i].all = &all;
        begin(&seats[i]);
    }
    while (spay_multi_poll(all.multi, 1000) > 0)
        continue;
    meter_stop(&all.clock, count - width);
    meter_report(&all.clock);
    spay_multi_free(all.multi);
    free(all.clock.latencies);
    free(seats);
}

/* What a call costs in memory that stands in line. */
static void waiting(size_t count)
{
    spay_multi *multi = open_multi(64, false);
    spay_call **calls = bench_alloc(count * sizeof(*calls));
    size_t before = mallinfo2().uordblks;
    size_t i;

    for (i = 0; i < count; i++) {
        calls[i] = new_call();
        demand(spay_multi_add(multi, calls[i], NULL, NULL), NULL);
    }
    (void)printf("requests=%zu bytes=%zu\n", count, mallinfo2().uordblks - before);
    spay_multi_free(multi);
    for (i = 0; i < count; i++)
        spay_call_free(calls[i]);
    free(calls);
}

/* ---- for the raw driver ---- */

static void print(const spay_http_request *request)
{
    size_t i;

    (void)printf("%s\n", spay_http_request_url(request));
    for (i = 0; i < spay_http_request_header_count(request); i++)
        (void)printf("%s: %s\n", spay_http_request_header_name(request, i),
                     spay_http_request_header_value(request, i));
    (void)printf("\n%s", spay_http_request_body(request, NULL));
}

/* The request as it goes out; the token request in front of it goes out for true. */
static void dump(void)
{
    spay_call *call;

    if (used->create == create_hosted_fields)
        create();
    call = new_call();
    if (spay_call_step(call) != SPAY_CALL_SEND)
        bench_die("dump", "nothing to send");
    print(spay_call_request(call));
    spay_call_free(call);
}

int main(int argc, char **argv)
{
    size_t count = argc > 4 ? bench_count(argv[4]) : 0;
    size_t width = argc > 5 ? bench_count(argv[5]) : 1;

    if (argc < 5 || count < width)
        bench_die("usage", "ours MODE BASE PROVIDER COUNT [WIDTH]");
    base = argv[2];
    open_client(argv[3], strcmp(argv[1], "own") == 0);
    if (strcmp(argv[1], "seq") == 0 || strcmp(argv[1], "own") == 0)
        sequential(count, false);
    else if (strcmp(argv[1], "fresh") == 0)
        sequential(count, true);
    else if (strcmp(argv[1], "threads") == 0)
        threaded(count, width);
    else if (strcmp(argv[1], "multi") == 0)
        crowded(count, width, false);
    else if (strcmp(argv[1], "http2") == 0)
        crowded(count, width, true);
    else if (strcmp(argv[1], "waiting") == 0)
        waiting(count);
    else if (strcmp(argv[1], "dump") == 0)
        dump();
    else
        bench_die(argv[1], "unknown mode");
    close_client();
    return 0;
}
