/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The loop of Node runs the clients' drivers: it watches their sockets, and has a timer for each.
 *
 * They share it with what else the program does, so they leave some to its next turn when they have
 * taken their time: a socket is reported again.
 */
#include <stdlib.h>
#include <string.h>

#include "binding.h"

#define LONGEST_TURN_NS UINT64_C(500000)

/* What the loop has of ours; freed when it has let go of it. */
struct handle {
    union {
        uv_handle_t any;
        uv_poll_t socket;
        uv_timer_t timer;
        uv_prepare_t turn;
    } uv; /* first, so that callbacks find the rest */
    struct addon *addon;
    struct client *client;
    int fd;
};

/* ---- Handles --------------------------------------------------------------------------------- */

static void leave_environment(struct addon *addon)
{
    if (addon->handles == 0 && addon->is_ending)
        napi_remove_async_cleanup_hook(addon->cleanup);
}

static void on_closed(uv_handle_t *closed)
{
    struct addon *addon = ((struct handle *)closed)->addon;
    free(closed);
    addon->handles--;
    leave_environment(addon);
    addon_release(addon);
}

static void close_handle(struct handle *handle)
{
    if (handle)
        uv_close(&handle->uv.any, on_closed);
}

static uv_loop_t *loop_of(struct addon *addon)
{
    uv_loop_t *loop = NULL;
    napi_get_uv_event_loop(addon->env, &loop);
    return loop;
}

static struct handle *new_handle(struct addon *addon, struct client *client)
{
    struct handle *handle = calloc(1, sizeof *handle);
    if (handle)
        *handle = (struct handle){.addon = addon, .client = client, .fd = -1};
    return handle;
}

/* The loop knows it. Operations keep the process alive, not what they wait for. */
static struct handle *opened(struct handle *handle, int failure)
{
    if (failure) {
        free(handle);
        return NULL;
    }
    handle->addon->handles++;
    addon_hold(handle->addon);
    uv_unref(&handle->uv.any);
    return handle;
}

static struct handle *open_timer(struct client *client)
{
    struct handle *handle = new_handle(client->addon, client);
    return handle ? opened(handle, uv_timer_init(loop_of(client->addon), &handle->uv.timer)) : NULL;
}

static struct handle *open_socket(struct client *client, int fd)
{
    struct handle *handle = new_handle(client->addon, client);
    if (!handle)
        return NULL;
    handle->fd = fd;
    return opened(handle, uv_poll_init(loop_of(client->addon), &handle->uv.socket, fd));
}

/* ---- Turns ----------------------------------------------------------------------------------- */

static void on_turn(uv_prepare_t *turn)
{
    ((struct handle *)turn)->addon->turn_began = 0;
}

static int is_late(struct addon *addon)
{
    uint64_t now = uv_hrtime();
    if (!addon->turn_began)
        addon->turn_began = now;
    return now - addon->turn_began > LONGEST_TURN_NS;
}

void loop_enter(struct client *client)
{
    client->is_inside = 1;
}

void loop_leave(struct client *client)
{
    client->is_inside = 0;
    if (client->is_closing)
        loop_close(client);
}

/* fd -1 is the timer. */
static void run(struct client *client, int fd, int events)
{
    loop_enter(client);
    if (fd < 0)
        spay_multi_on_timer(client->multi);
    else
        spay_multi_on_socket(client->multi, fd, events);
    loop_leave(client);
}

/* Continuations of the promises that are resolved run when the callback scope ends. */
static void run_in_scope(struct client *client, int fd, int events)
{
    struct addon *addon = client->addon;
    napi_handle_scope handles;
    napi_callback_scope callback;
    if (napi_open_handle_scope(addon->env, &handles) != napi_ok)
        return;
    if (napi_open_callback_scope(addon->env, NULL, addon->context, &callback) == napi_ok) {
        run(client, fd, events);
        if (addon_deliver(addon))
            addon_schedule(addon);
        napi_close_callback_scope(addon->env, callback);
    }
    napi_close_handle_scope(addon->env, handles);
}

static void on_timer(uv_timer_t *timer)
{
    run_in_scope(((struct handle *)timer)->client, -1, 0);
}

static void on_socket(uv_poll_t *socket, int status, int events)
{
    struct handle *handle = (struct handle *)socket;
    int32_t happened = (events & UV_READABLE ? SPAY_SOCKET_READ : 0) |
                       (events & UV_WRITABLE ? SPAY_SOCKET_WRITE : 0) |
                       (status < 0 ? SPAY_SOCKET_ERROR : 0);
    if (!is_late(handle->addon))
        run_in_scope(handle->client, handle->fd, happened);
}

/* ---- What a driver asks for ------------------------------------------------------------------ */

static struct handle **socket_of(struct client *client, size_t fd)
{
    if (fd >= client->capacity) {
        size_t capacity = 2 * fd + 16;
        struct handle **grown = realloc(client->sockets, capacity * sizeof *grown);
        if (!grown)
            return NULL;
        memset(grown + client->capacity, 0, (capacity - client->capacity) * sizeof *grown);
        client->sockets = grown;
        client->capacity = capacity;
    }
    return &client->sockets[fd];
}

/* Without memory nothing is watched: the calls end with their deadlines. */
static void watch(void *ctx, int64_t fd, int32_t events)
{
    struct client *client = ctx;
    struct handle **socket = socket_of(client, (size_t)fd);
    int wanted = (events & SPAY_SOCKET_READ ? UV_READABLE : 0) |
                 (events & SPAY_SOCKET_WRITE ? UV_WRITABLE : 0);
    if (socket && !*socket && wanted)
        *socket = open_socket(client, (int)fd);
    if (!socket || !*socket)
        return;
    if (wanted) {
        uv_poll_start(&(*socket)->uv.socket, wanted, on_socket);
    } else {
        close_handle(*socket);
        *socket = NULL;
    }
}

/* At least 1: a timer of 0 ms may be called again within the same turn. */
static void wake_in(void *ctx, int64_t delay_ms)
{
    uv_timer_t *timer = &((struct client *)ctx)->timer->uv.timer;
    if (delay_ms < 0)
        uv_timer_stop(timer);
    else
        uv_timer_start(timer, on_timer, delay_ms ? (uint64_t)delay_ms : 1, 0);
}

/* ---- Drivers --------------------------------------------------------------------------------- */

/* Hooks hand calls in while they are called by the driver, hence `submit`. */
static spay_status open_multi(struct client *client)
{
    spay_multi_options options = client->options;
    options.watch = watch;
    options.wake_in = wake_in;
    options.loop_ctx = client;
    options.submit = SPAY_YES;
    return spay_multi_new(client->client, &options, &client->multi, NULL);
}

spay_status loop_open(struct client *client)
{
    client->timer = open_timer(client);
    if (!client->timer)
        return SPAY_E_NO_MEMORY;
    spay_status status = open_multi(client);
    if (status == SPAY_OK) {
        client->next = client->addon->clients;
        client->addon->clients = client;
    } else {
        close_handle(client->timer);
        client->timer = NULL;
    }
    return status;
}

static void remove_client(struct client *client)
{
    struct client **at = &client->addon->clients;
    while (*at != client)
        at = &(*at)->next;
    *at = client->next;
}

void loop_close(struct client *client)
{
    client->is_closing = 1;
    if (!client->multi || client->is_inside)
        return;
    client->is_inside = 1;
    spay_multi_free(client->multi);
    client->multi = NULL;
    remove_client(client);
    close_handle(client->timer);
    free(client->sockets);
    client->sockets = NULL;
    client->capacity = 0;
}

/* ---- Beginning and end ----------------------------------------------------------------------- */

int loop_start(struct addon *addon)
{
    struct handle *turn = new_handle(addon, NULL);
    addon->turn = turn ? opened(turn, uv_prepare_init(loop_of(addon), &turn->uv.turn)) : NULL;
    if (addon->turn)
        uv_prepare_start(&addon->turn->uv.turn, on_turn);
    return addon->turn != NULL;
}

void loop_keep(struct addon *addon, int is_kept)
{
    if (is_kept)
        uv_ref(&addon->turn->uv.any);
    else
        uv_unref(&addon->turn->uv.any);
}

void loop_end(struct addon *addon)
{
    addon->is_ending = 1;
    while (addon->clients) {
        addon->clients->is_inside = 0;
        loop_close(addon->clients);
    }
    close_handle(addon->turn);
    addon->turn = NULL;
    leave_environment(addon);
}
