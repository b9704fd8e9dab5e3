/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Many sessions at once in a program that runs on libuv: one thread makes sessions of two providers
 * while the shop's own timer ticks on. Nothing blocks. epoll.c does the same without libuv.
 *
 *     build/bin/sessionpay-sandbox -- build/examples/libuv
 *
 * Against the providers' test environments, leave SPAY_WEPAY_BASE_URL, SPAY_CONNECT_BASE_URL and
 * SPAY_CA_FILE unset, and set what wepay.c and connect_server.c name.
 */
#include "example.h"

#ifdef __has_include
#if !__has_include(<uv.h>)
#define NO_LIBUV
#endif
#endif

#ifndef NO_LIBUV

#include <uv.h>

enum {
    SESSIONS = 16,
    TICK_MS = 5
};

/* A socket that the driver has us watch. */
struct watched {
    uv_poll_t poll;
    int64_t socket;
    struct watched *next;
};

static struct watched *all;
static uv_timer_t driver_timer;
static spay_multi *multi;
static spay_wepay *wepay;
static spay_connect_server *connect_server;
static int made;
static int ticks;

/* ---- What libuv reports ---------------------------------------------------------------------- */

static void on_socket(uv_poll_t *poll, int status, int events)
{
    spay_multi_on_socket(multi, ((struct watched *)poll->data)->socket,
                         (events & UV_READABLE ? SPAY_SOCKET_READ : 0) |
                             (events & UV_WRITABLE ? SPAY_SOCKET_WRITE : 0) |
                             (status < 0 ? SPAY_SOCKET_ERROR : 0));
}

static void on_driver_timer(uv_timer_t *timer)
{
    (void)timer;
    spay_multi_on_timer(multi);
}

/* The shop's other work. */
static void on_tick(uv_timer_t *timer)
{
    ticks++;
    if (spay_multi_pending(multi) == 0)
        uv_close((uv_handle_t *)timer, NULL);
}

static void on_closed(uv_handle_t *poll)
{
    free(poll->data);
}

/* ---- The two hooks --------------------------------------------------------------------------- */

static void forget(struct watched **at)
{
    struct watched *gone = *at;

    *at = gone->next;
    uv_close((uv_handle_t *)&gone->poll, on_closed);
}

static void watch(void *ctx, int64_t socket, int32_t events)
{
    struct watched **at = &all;

    while (*at && (*at)->socket != socket)
        at = &(*at)->next;
    if (!*at) {
        *at = calloc(1, sizeof **at);
        if (!*at)
            exit(1);
        (*at)->socket = socket;
        uv_poll_init_socket(ctx, &(*at)->poll, (uv_os_sock_t)socket);
        (*at)->poll.data = *at;
    }
    if (events)
        uv_poll_start(&(*at)->poll,
                      (events & SPAY_SOCKET_READ ? UV_READABLE : 0) |
                          (events & SPAY_SOCKET_WRITE ? UV_WRITABLE : 0),
                      on_socket);
    else
        forget(at);
}

static void wake_in(void *ctx, int64_t delay_ms)
{
    uv_update_time(ctx);
    if (delay_ms >= 0)
        uv_timer_start(&driver_timer, on_driver_timer, (uint64_t)delay_ms, 0);
    else
        uv_timer_stop(&driver_timer);
}

/* ---- The calls ------------------------------------------------------------------------------- */

/* A shop would take the session here, with spay_..._session_from_call(). */
static void on_done(void *ctx, spay_call *call)
{
    if (spay_call_status(call) == SPAY_OK)
        printf("session %d: %s\n", ++made, (const char *)ctx);
    else
        example_complain(spay_call_error(call));
    spay_call_free(call);
}

static spay_status open_driver(uv_loop_t *loop, spay_client *client, spay_error **error)
{
    spay_multi_options options = SPAY_MULTI_OPTIONS_INIT;
    options.watch = watch;
    options.wake_in = wake_in;
    options.loop_ctx = loop;
    return spay_multi_new(client, &options, &multi, error);
}

static spay_status open_accounts(spay_client *client, spay_error **error)
{
    spay_wepay_options one = SPAY_WEPAY_OPTIONS_INIT;
    one.environment = SPAY_ENV_TEST;
    one.base_url = getenv("SPAY_WEPAY_BASE_URL"); /* wins over environment */
    one.app_id = example_need("SPAY_WEPAY_APP_ID");
    one.app_token = example_need("SPAY_WEPAY_APP_TOKEN");

    spay_connect_server_options other = SPAY_CONNECT_SERVER_OPTIONS_INIT;
    other.environment = SPAY_ENV_TEST;
    other.base_url = getenv("SPAY_CONNECT_BASE_URL");
    other.merchant_id = example_need("SPAY_CONNECT_MERCHANT_ID");
    other.api_key_id = example_need("SPAY_CONNECT_API_KEY_ID");
    other.secret_api_key = example_need("SPAY_CONNECT_SECRET_API_KEY");

    spay_status status = spay_wepay_new(client, &one, &wepay, error);
    return status == SPAY_OK ? spay_connect_server_new(client, &other, &connect_server, error)
                             : status;
}

static spay_status add_call(int i, spay_error **error)
{
    static char names[][8] = {"Connect", "WePay"};
    spay_call *call = NULL;
    spay_status status;

    spay_wepay_session_request request = SPAY_WEPAY_SESSION_REQUEST_INIT;
    request.type = "mobile_session";
    request.account_id = example_need("SPAY_WEPAY_ACCOUNT_ID");
    if (i % 2)
        status = spay_wepay_session_call_new(wepay, &request, NULL, &call, error);
    else
        status = spay_connect_server_session_call_new(connect_server, NULL, NULL, &call, error);
    return status == SPAY_OK ? spay_multi_add(multi, call, on_done, names[i % 2]) : status;
}

int main(void)
{
    uv_loop_t *loop = uv_default_loop();
    uv_timer_t shop_timer;
    spay_client *client = NULL;
    spay_error *error = NULL;

    spay_client_options settings = SPAY_CLIENT_OPTIONS_INIT;
    settings.ca_file = getenv("SPAY_CA_FILE"); /* NULL: the system's authorities */

    uv_timer_init(loop, &driver_timer);
    uv_timer_init(loop, &shop_timer);
    spay_status status = spay_client_new(&settings, &client, &error);
    if (status == SPAY_OK)
        status = open_accounts(client, &error);
    if (status == SPAY_OK)
        status = open_driver(loop, client, &error);
    for (int i = 0; i < SESSIONS && status == SPAY_OK; i++)
        status = add_call(i, &error);

    uv_timer_start(&shop_timer, on_tick, TICK_MS, TICK_MS);
    if (status == SPAY_OK)
        uv_run(loop, UV_RUN_DEFAULT); /* until nothing is watched and no timer runs */
    else
        example_complain(error);
    printf("%d sessions; the shop's timer ticked %d time(s) meanwhile\n", made, ticks);

    spay_multi_free(multi);
    spay_wepay_free(wepay);
    spay_connect_server_free(connect_server);
    spay_client_free(client);
    spay_error_free(error);
    uv_run(loop, UV_RUN_NOWAIT); /* closes what was watched */
    uv_loop_close(loop);
    return made == SESSIONS ? 0 : 1;
}

#else

int main(void)
{
    puts("built without libuv; epoll.c and firmware.c do the same without it");
    return 0;
}

#endif
