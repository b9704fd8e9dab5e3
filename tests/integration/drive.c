/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Calls through any driver. This program's own close() sees to it that no descriptor is closed
 * while a foreign loop is told to watch it: such a loop could wait for somebody else's.
 */
#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* RTLD_NEXT */
#endif

#include "drive.h"

#include <check.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    LONG_MS = 600000,
    LONGEST_WAIT_MS = 1000
};

int64_t drive_now_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void drive_pause(void)
{
    const struct timespec moment = {0, 500000};

    (void)nanosleep(&moment, NULL);
}

const char *drive_name(drive_kind kind)
{
    static const char *const names[] = {"blocking", "polled", "foreign loop"};

    return names[kind];
}

/* ---- a loop that is not caller_options ---- */

static pthread_mutex_t loops_lock = PTHREAD_MUTEX_INITIALIZER;
static drive *loops;

static void misuse(drive *d, const char *what)
{
    d->misuses++;
    d->misuse = what;
}

static struct pollfd *find_socket(drive *d, int fd)
{
    int i;

    for (i = 0; i < d->fd_count; i++)
        if (d->fds[i].fd == fd)
            return &d->fds[i];
    return NULL;
}

static void on_watch(void *ctx, int64_t socket, int32_t events)
{
    drive *d = ctx;
    struct pollfd *found;

    (void)pthread_mutex_lock(&loops_lock);
    found = find_socket(d, (int)socket);
    if (fcntl((int)socket, F_GETFD) < 0)
        misuse(d, "told of a descriptor that is closed");
    if (events < 0 || events > 3 || (!events && !found))
        misuse(d, "told of what it does not watch");
    if (!events && found)
        *found = d->fds[--d->fd_count];
    if (events && !found && d->fd_count < DRIVE_SOCKETS) {
        found = &d->fds[d->fd_count++];
        found->fd = (int)socket;
        found->revents = 0;
    }
    if (events && found)
        found->events = (short)((events & SPAY_SOCKET_READ ? POLLIN : 0) |
                                (events & SPAY_SOCKET_WRITE ? POLLOUT : 0));
    (void)pthread_mutex_unlock(&loops_lock);
}

static void on_wake_in(void *ctx, int64_t delay_ms)
{
    drive *d = ctx;

    if (delay_ms < -1)
        misuse(d, "a timer in the past");
    d->timer_us = delay_ms < 0 ? -1 : drive_now_us() + delay_ms * 1000;
}

/* ISO C forbids the conversion, POSIX demands that it works. */
static int close_really(int fd)
{
    static int (*next)(int fd);

    if (!__atomic_load_n(&next, __ATOMIC_RELAXED)) {
        int (*found)(int fd);

        *(void **)&found = dlsym(RTLD_NEXT, "close");
        __atomic_store_n(&next, found, __ATOMIC_RELAXED);
    }
    return next(fd);
}

__attribute__((visibility("default"))) int close(int fd)
{
    drive *at;

    (void)pthread_mutex_lock(&loops_lock);
    for (at = loops; at; at = at->next)
        if (find_socket(at, fd))
            misuse(at, "a descriptor was closed while it was watched");
    (void)pthread_mutex_unlock(&loops_lock);
    return close_really(fd);
}

static void register_loop(drive *d)
{
    (void)pthread_mutex_lock(&loops_lock);
    d->next = loops;
    loops = d;
    (void)pthread_mutex_unlock(&loops_lock);
}

static void unregister_loop(const drive *d)
{
    drive **at = &loops;

    (void)pthread_mutex_lock(&loops_lock);
    while (*at && *at != d)
        at = &(*at)->next;
    if (*at)
        *at = d->next;
    (void)pthread_mutex_unlock(&loops_lock);
}

static void report(drive *d, const struct pollfd *ready)
{
    short what = ready->revents;

    if (what & POLLNVAL)
        misuse(d, "watches a descriptor that is closed");
    if (what && find_socket(d, ready->fd))
        (void)spay_multi_on_socket(d->multi, ready->fd,
                                   (what & POLLIN ? SPAY_SOCKET_READ : 0) |
                                       (what & POLLOUT ? SPAY_SOCKET_WRITE : 0) |
                                       (what & (POLLERR | POLLHUP) ? SPAY_SOCKET_ERROR : 0));
}

static int until_timer_ms(const drive *d, int64_t timeout_ms)
{
    int64_t left = (d->timer_us - drive_now_us() + 999) / 1000;

    if (d->timer_us < 0 || left > timeout_ms)
        return (int)timeout_ms;
    return left > 0 ? (int)left : 0;
}

static void turn_loop(drive *d, int64_t timeout_ms)
{
    struct pollfd fds[DRIVE_SOCKETS];
    int count = d->fd_count;
    int i;

    memcpy(fds, d->fds, (size_t)count * sizeof(*fds));
    (void)poll(fds, (nfds_t)count, until_timer_ms(d, timeout_ms));
    for (i = 0; i < count; i++)
        report(d, &fds[i]);
    if (d->timer_us >= 0 && drive_now_us() >= d->timer_us) {
        d->timer_us = -1;
        (void)spay_multi_on_timer(d->multi);
    }
}

void drive_turn(drive *d, int64_t timeout_ms)
{
    if (d->kind == DRIVE_FOREIGN_LOOP)
        turn_loop(d, timeout_ms);
    else
        (void)spay_multi_poll(d->multi, timeout_ms);
}

void drive_expect_quiet(drive *d)
{
    int turn;

    for (turn = 0; d->multi && d->fd_count && turn < 3; turn++)
        drive_turn(d, 1000);
    ck_assert_msg(!d->misuses, "%s", d->misuse);
    ck_assert_int_eq(d->fd_count, 0);
}

/* ---- opening ---- */

static void on_event(void *ctx, const spay_event *event)
{
    drive_result *noted = ((drive *)ctx)->noted;

    if (!noted || event->type != SPAY_EVENT_ATTEMPT)
        return;
    noted->events++;
    noted->bytes_sent += event->bytes_sent;
    noted->bytes_received += event->bytes_received;
    noted->first_byte_us = event->first_byte_us;
    noted->lookup_us = event->name_lookup_us;
    noted->connect_us = event->connect_us;
    noted->tls_us = event->tls_us;
    snprintf(noted->phase, sizeof(noted->phase), "%s", event->phase);
    snprintf(noted->message, sizeof(noted->message), "%s", event->message);
}

static void open_multi(drive *opened, const spay_multi_options *caller_options)
{
    spay_multi_options options = SPAY_MULTI_OPTIONS_INIT;

    if (caller_options)
        options = *caller_options;
    if (opened->kind == DRIVE_FOREIGN_LOOP) {
        options.watch = on_watch;
        options.wake_in = on_wake_in;
        options.loop_ctx = opened;
        register_loop(opened);
    }
    ck_assert_int_eq(spay_multi_new(opened->accounts.client, &options, &opened->multi, NULL),
                     SPAY_OK);
}

void drive_open(drive *opened, drive_kind kind, const char *url, const char *ca_pem,
                const spay_client_options *options, const spay_multi_options *multi_options)
{
    accounts_setup setup = setup_of_sandbox();
    spay_client_options caller_options = SPAY_CLIENT_OPTIONS_INIT;

    memset(opened, 0, sizeof(*opened));
    opened->kind = kind;
    opened->timer_us = -1;
    if (options)
        caller_options = *options;
    if (ca_pem)
        caller_options.ca_pem = ca_pem;
    caller_options.event = on_event;
    caller_options.event_ctx = opened;
    setup.wepay_url = url;
    setup_open(&opened->accounts, &setup, &caller_options);
    if (kind != DRIVE_BLOCKING)
        open_multi(opened, multi_options);
}

void drive_close(drive *closed)
{
    spay_multi_free(closed->multi);
    closed->multi = NULL;
    if (closed->kind == DRIVE_FOREIGN_LOOP) {
        drive_expect_quiet(closed);
        unregister_loop(closed);
    }
    accounts_close(&closed->accounts);
}

/* ---- calls ---- */

/* A JSON object of about so many bytes; NULL for none. */
static char *make_json(size_t length)
{
    static const char head[] = "{\"description\":\"";
    char *made = length ? malloc(length + sizeof(head) + 2) : NULL;

    if (!length)
        return NULL;
    ck_assert_ptr_nonnull(made);
    memcpy(made, head, sizeof(head) - 1);
    memset(made + sizeof(head) - 1, 'x', length);
    memcpy(made + sizeof(head) - 1 + length, "\"}", 3);
    return made;
}

spay_call *drive_make_call(const drive *d, const spay_call_options *options, size_t extra)
{
    spay_wepay_session_request request = SPAY_WEPAY_SESSION_REQUEST_INIT;
    spay_call_options once = SPAY_CALL_OPTIONS_INIT;
    char *json = make_json(extra);
    spay_error *error = NULL;
    spay_call *call = NULL;

    once.max_attempts = 1;
    request.type = "mobile_session";
    request.account_id = "c9536e75-0000-4000-8000-000000000000";
    request.extra_json = json;
    ck_assert_msg(spay_wepay_session_call_new(d->accounts.wepay, &request,
                                              options ? options : &once, &call, &error) == SPAY_OK,
                  "%s", spay_error_message(error));
    free(json);
    return call;
}

void drive_read_result(drive_result *result, spay_call *call)
{
    const spay_error *error = spay_call_error(call);
    spay_wepay_session *session = NULL;

    result->status = spay_wepay_session_from_call(call, &session, NULL);
    result->attempts = session ? session->info->attempts : spay_error_attempts(error);
    result->requests_sent =
        session ? session->info->requests_sent : spay_error_requests_sent(error);
    result->http_status = session ? session->info->http_status : spay_error_http_status(error);
    result->outcome = session ? 0 : spay_error_outcome(error);
    (void)snprintf(result->reason, sizeof(result->reason), "%s",
                   session ? "" : spay_error_reason(error));
    spay_wepay_session_free(session);
}

void drive_add(drive *d, spay_call *call, void (*done)(void *ctx, spay_call *call), void *ctx)
{
    ck_assert_int_eq(spay_multi_add(d->multi, call, done, ctx), SPAY_OK);
}

static void on_done(void *ctx, spay_call *call)
{
    (void)call;
    *(bool *)ctx = true;
}

static void run_call(drive *d, spay_call *call)
{
    bool done = false;

    if (d->kind == DRIVE_BLOCKING) {
        (void)spay_call_perform(call, NULL);
        return;
    }
    if (spay_multi_add(d->multi, call, on_done, &done) != SPAY_OK)
        return;
    while (!done)
        drive_turn(d, LONGEST_WAIT_MS);
}

static void run_noted(drive *d, spay_call *call, drive_result *result)
{
    int64_t began = drive_now_us();

    memset(result, 0, sizeof(*result));
    d->noted = result;
    run_call(d, call);
    d->noted = NULL;
    result->elapsed_us = drive_now_us() - began;
}

drive_result drive_run(drive *d, spay_call *call)
{
    drive_result result;

    run_noted(d, call, &result);
    drive_read_result(&result, call);
    spay_call_free(call);
    return result;
}

drive_result drive_call(drive *d)
{
    return drive_run(d, drive_make_call(d, NULL, 0));
}

static void *work(void *ctx)
{
    drive_worker *w = ctx;

    run_noted(&w->drive, w->call, &w->result);
    return NULL;
}

void drive_start(drive_worker *started)
{
    ck_assert_int_eq(pthread_create(&started->thread, NULL, work, started), 0);
}

void drive_join(drive_worker *joined)
{
    (void)pthread_join(joined->thread, NULL);
    drive_read_result(&joined->result, joined->call);
    spay_call_free(joined->call);
    joined->call = NULL;
}

void drive_expect(const drive *d, const drive_result *result, spay_status status,
                  const char *reason, int32_t outcome)
{
    ck_assert_msg(result->status == status && (!reason || strcmp(result->reason, reason) == 0) &&
                      result->outcome == outcome,
                  "%s: %s (%s), outcome %s, after %d ms; expected %s (%s), %s", drive_name(d->kind),
                  spay_status_name(result->status), result->reason,
                  spay_outcome_name(result->outcome), (int)(result->elapsed_us / 1000),
                  spay_status_name(status), reason ? reason : "any", spay_outcome_name(outcome));
}
