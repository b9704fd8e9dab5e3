/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Many sessions at once under an event loop of your own, here plain epoll: one thread makes
 * sessions of two providers while the shop's own timer ticks on. Nothing blocks.
 *
 *     build/bin/sessionpay-sandbox -- build/examples/epoll
 *
 * Against the providers' test environments, leave SPAY_WEPAY_BASE_URL, SPAY_CONNECT_BASE_URL and
 * SPAY_CA_FILE unset, and set what wepay.c and connect_server.c name.
 */
#include "example.h"

#ifdef __linux__

#include <sys/epoll.h>

enum {
    SESSIONS = 16,
    TICK_MS = 5
};

static int loop;              /* the epoll descriptor */
static int64_t alarm_ms = -1; /* when the driver wants to be called; -1: only for its sockets */
static spay_wepay *wepay;
static spay_connect_server *connect_server;
static int made;

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- The two hooks --------------------------------------------------------------------------- */

static void watch(void *ctx, int64_t socket, int32_t events)
{
    struct epoll_event wanted = {.data.fd = (int)socket};

    (void)ctx;
    wanted.events =
        (events & SPAY_SOCKET_READ ? EPOLLIN : 0u) | (events & SPAY_SOCKET_WRITE ? EPOLLOUT : 0u);
    if (!events)
        epoll_ctl(loop, EPOLL_CTL_DEL, (int)socket, NULL);
    else if (epoll_ctl(loop, EPOLL_CTL_MOD, (int)socket, &wanted) != 0)
        epoll_ctl(loop, EPOLL_CTL_ADD, (int)socket, &wanted);
}

static void wake_in(void *ctx, int64_t delay_ms)
{
    (void)ctx;
    alarm_ms = delay_ms < 0 ? -1 : now_ms() + delay_ms;
}

/* ---- The loop -------------------------------------------------------------------------------- */

static void report(spay_multi *multi, int socket, uint32_t what)
{
    spay_multi_on_socket(multi, socket,
                         (what & EPOLLIN ? SPAY_SOCKET_READ : 0) |
                             (what & EPOLLOUT ? SPAY_SOCKET_WRITE : 0) |
                             (what & (EPOLLERR | EPOLLHUP) ? SPAY_SOCKET_ERROR : 0));
}

static void run(spay_multi *multi)
{
    struct epoll_event ready[16];
    int64_t tick_ms = now_ms() + TICK_MS;
    int ticks = 0;

    while (spay_multi_pending(multi) > 0) {
        int64_t left = (alarm_ms >= 0 && alarm_ms < tick_ms ? alarm_ms : tick_ms) - now_ms();
        int count = epoll_wait(loop, ready, 16, left > 0 ? (int)left : 0);

        for (int i = 0; i < count; i++)
            report(multi, ready[i].data.fd, ready[i].events);
        if (alarm_ms >= 0 && now_ms() >= alarm_ms) {
            alarm_ms = -1; /* before the call, which may set it again */
            spay_multi_on_timer(multi);
        }
        for (; now_ms() >= tick_ms; tick_ms += TICK_MS)
            ticks++; /* the shop's other work */
    }
    printf("%d sessions; the shop's timer ticked %d time(s) meanwhile\n", made, ticks);
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

static spay_status add_call(spay_multi *multi, int i, spay_error **error)
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
    spay_client *client = NULL;
    spay_multi *multi = NULL;
    spay_error *error = NULL;

    spay_client_options settings = SPAY_CLIENT_OPTIONS_INIT;
    settings.ca_file = getenv("SPAY_CA_FILE"); /* NULL: the system's authorities */

    spay_multi_options options = SPAY_MULTI_OPTIONS_INIT;
    options.watch = watch;
    options.wake_in = wake_in;

    loop = epoll_create1(EPOLL_CLOEXEC);
    spay_status status = spay_client_new(&settings, &client, &error);
    if (status == SPAY_OK)
        status = open_accounts(client, &error);
    if (status == SPAY_OK)
        status = spay_multi_new(client, &options, &multi, &error);
    for (int i = 0; i < SESSIONS && status == SPAY_OK; i++)
        status = add_call(multi, i, &error);
    if (status == SPAY_OK)
        run(multi);
    else
        example_complain(error);

    spay_multi_free(multi);
    spay_wepay_free(wepay);
    spay_connect_server_free(connect_server);
    spay_client_free(client);
    spay_error_free(error);
    return made == SESSIONS ? 0 : 1;
}

#else

int main(void)
{
    puts("epoll is Linux's own; libuv.c and firmware.c run here too");
    return 0;
}

#endif
