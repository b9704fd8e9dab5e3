/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Signals are the host's: SIGPIPE never reaches it, its own signals may come at any time, and no
 * handler and no mask is touched. The program stands in front of sigaction() and its like, so that
 * it sees who calls them, for however short a time.
 */
#ifdef __linux__
#define _GNU_SOURCE /* RTLD_NEXT */
#endif

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "torture/kit/peer.h"
#include "torture/kit/sandbox.h"
#include "torture/kit/torture.h"

enum {
    LIMIT_MS = 120000,
    BODY_SIZE = 300000,
    LAST_SIGNAL = 64
};

/* ---- who touches signals? ---- */

static int32_t touches; /* changes of handlers and masks since watching began */
static int32_t watching;
static int32_t broken_pipes; /* writes that would have raised SIGPIPE */

static void note_touch(bool changes)
{
    if (changes && __atomic_load_n(&watching, __ATOMIC_ACQUIRE))
        (void)__atomic_add_fetch(&touches, 1, __ATOMIC_ACQ_REL);
}

#if defined(__linux__) && defined(RTLD_NEXT)
#define STANDS_IN_FRONT 1

typedef int (*action_function)(int, const struct sigaction *, struct sigaction *);
typedef int (*mask_function)(int, const sigset_t *, sigset_t *);
typedef ssize_t (*send_function)(int, const void *, size_t, int);

/* ISO C has no conversion between objects and functions. */
#define FIND(pointer, name)                                                                        \
    do {                                                                                           \
        void *found = dlsym(RTLD_NEXT, name);                                                      \
        memcpy(&(pointer), &found, sizeof(pointer));                                               \
    } while (0)

__attribute__((visibility("default"))) int sigaction(int number, const struct sigaction *action,
                                                     struct sigaction *old)
{
    action_function real;

    note_touch(action != NULL);
    FIND(real, "sigaction");
    return real(number, action, old);
}

__attribute__((visibility("default"))) int pthread_sigmask(int how, const sigset_t *set,
                                                           sigset_t *old)
{
    mask_function real;

    note_touch(set != NULL);
    FIND(real, "pthread_sigmask");
    return real(how, set, old);
}

__attribute__((visibility("default"))) ssize_t send(int fd, const void *bytes, size_t length,
                                                    int flags)
{
    send_function real;
    ssize_t sent;

    FIND(real, "send");
    sent = real(fd, bytes, length, flags);
    if (sent < 0 && errno == EPIPE)
        (void)__atomic_add_fetch(&broken_pipes, 1, __ATOMIC_ACQ_REL);
    return sent;
}

__attribute__((visibility("default"))) int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
    mask_function real;

    note_touch(set != NULL);
    FIND(real, "sigprocmask");
    return real(how, set, old);
}
#else
#define STANDS_IN_FRONT 0
#endif

/* ---- the process's handlers and the thread's mask ---- */

typedef struct signals {
    struct sigaction actions[LAST_SIGNAL + 1];
    sigset_t mask;
} signals;

static void take_signals(signals *taken)
{
    int i;

    memset(taken, 0, sizeof(*taken));
    for (i = 1; i <= LAST_SIGNAL; i++)
        (void)sigaction(i, NULL, &taken->actions[i]);
    (void)pthread_sigmask(SIG_SETMASK, NULL, &taken->mask);
}

static bool are_same(const signals *before, const signals *after)
{
    int i;

    for (i = 1; i <= LAST_SIGNAL; i++)
        if (before->actions[i].sa_handler != after->actions[i].sa_handler ||
            before->actions[i].sa_flags != after->actions[i].sa_flags ||
            sigismember(&before->mask, i) != sigismember(&after->mask, i))
            return false;
    return true;
}

/* ---- a scene ---- */

typedef struct scene {
    peer server;
    test_accounts accounts;
    const char *scheme;
    int runs;
} scene;

static bool open_scene(scene *s, const char *scheme)
{
    s->scheme = scheme;
    if (!peer_start(&s->server, 0))
        return false;
    if (scheme[4] == 's')
        s->server.board->relay_port = sandbox_port();
    return true;
}

/* In the child: the library begins there, with whatever signals the child has. */
static bool open_accounts(scene *s)
{
    char url[40];

    return open_at(&s->accounts, peer_url(&s->server, s->scheme, url), NULL);
}

/* ---- SIGPIPE ---- */

static char *make_large_member(void)
{
    char *text = malloc(BODY_SIZE + 32);
    int head = text ? snprintf(text, 16, "{\"note\":\"") : 0;

    if (text) {
        memset(text + head, 'x', BODY_SIZE);
        memcpy(text + head + BODY_SIZE, "\"}", 3);
    }
    return text;
}

static spay_status pay_large(const scene *s, const char *large)
{
    spay_wepay_session_request request = SPAY_WEPAY_SESSION_REQUEST_INIT;
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    spay_wepay_session *session = NULL;
    spay_status status;

    options.max_attempts = 1;
    request.type = "mobile_session";
    request.account_id = "2f8d6c1b-70e4-4a39-9b5d-e61c03a7f852";
    request.extra_json = large;
    status = spay_wepay_session_create(s->accounts.wepay, &request, &options, &session, NULL);
    spay_wepay_session_free(session);
    return status;
}

/* The peer resets while a large body is on its way, and between a close and the farewell to it. */
static bool meet_resets(scene *s, const char *large)
{
    peer_board *board = s->server.board;
    bool good = true;
    int i;

    for (i = 0; i < s->runs; i++) {
        peer_set(&board->reset_after, 1 + (i * 7919) % BODY_SIZE);
        good = pay_large(s, large) != SPAY_OK && good;
        peer_set(&board->reset_after, 0);
        good = create_session_with_key(&s->accounts, ACCOUNT_WEPAY, "whole") == SPAY_OK && good;
        good = peer_command(&s->server, PEER_RESET_ALL) && good;
        spay_client_drop_connections(s->accounts.client);
    }
    return good;
}

static int live_with_resets(void *ctx)
{
    scene *s = ctx;
    char *large = make_large_member();
    bool good;

    (void)signal(SIGPIPE, SIG_DFL);
    good = large && open_accounts(s) && meet_resets(s, large);
    accounts_close(&s->accounts);
    free(large);
    /* With no broken pipe there was nothing to survive; over TLS there always is one. */
    if (STANDS_IN_FRONT && s->scheme[4] == 's' && !broken_pipes)
        return 2;
    return good ? 0 : 1;
}

static void test_sigpipe(const char *scheme)
{
    scene s;
    int status;

    memset(&s, 0, sizeof(s));
    s.runs = torture_pick(30, 1000);
    if (!open_scene(&s, scheme))
        abort();
    status = torture_reap(torture_fork(live_with_resets, &s), LIMIT_MS);
    if (!tap_ok(status == 0, "%s: resets while writing raise no SIGPIPE", scheme))
        tap_note("%s", torture_ending(status));
    peer_stop(&s.server);
}

/* ---- a timer that goes off all the time ---- */

static volatile sig_atomic_t alarms;
static int alarm_flags;

static void on_alarm(int number)
{
    (void)number;
    alarms++;
}

static bool set_timer(long microseconds)
{
    struct itimerval timer = {{0, 0}, {0, 0}};

    timer.it_interval.tv_usec = timer.it_value.tv_usec = microseconds;
    return setitimer(ITIMER_REAL, &timer, NULL) == 0;
}

static bool start_alarms(int flags)
{
    struct sigaction action;

    memset(&action, 0, sizeof(action));
    action.sa_handler = on_alarm;
    action.sa_flags = flags;
    (void)sigemptyset(&action.sa_mask);
    return sigaction(SIGALRM, &action, NULL) == 0 && set_timer(1000);
}

/* Fresh connections, kept ones, ones that the peer has closed: all without an error. */
static bool call_under_alarms(scene *s)
{
    bool good = true;
    char key[40];
    int i;

    for (i = 0; i < s->runs; i++) {
        snprintf(key, sizeof(key), "alarm-%d", i);
        good = create_session_with_key(&s->accounts, ACCOUNT_WEPAY, key) == SPAY_OK && good;
        if (i % 10 == 3)
            spay_client_drop_connections(s->accounts.client);
        if (i % 10 == 7)
            good = peer_command(&s->server, PEER_CLOSE_ALL) && good;
    }
    return good;
}

/* What a call waits for comes at its time, not early and not never. */
static bool wait_under_alarms(scene *s)
{
    peer_board *board = s->server.board;
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    bool good;
    int64_t began = torture_now_ms();

    options.timeout_ms = 400;
    peer_set(&board->deaf, 1);
    good = create_session(&s->accounts, ACCOUNT_WEPAY, &options, NULL, NULL) == SPAY_E_TIMEOUT &&
           torture_now_ms() - began >= 399;
    peer_set(&board->deaf, 0);
    return good;
}

static int live_with_alarms(void *ctx)
{
    scene *s = ctx;
    bool good = start_alarms(alarm_flags) && open_accounts(s) && call_under_alarms(s) &&
                wait_under_alarms(s);

    accounts_close(&s->accounts);
    (void)set_timer(0);
    return good && alarms > 0 ? 0 : 1;
}

static void test_alarms(const char *scheme, int flags)
{
    scene s;
    int status;

    memset(&s, 0, sizeof(s));
    s.runs = torture_pick(100, 2000);
    alarm_flags = flags;
    if (!open_scene(&s, scheme))
        abort();
    status = torture_reap(torture_fork(live_with_alarms, &s), LIMIT_MS);
    if (!tap_ok(status == 0, "%s: a timer signal of 1 kHz %s SA_RESTART is harmless", scheme,
                flags ? "with" : "without"))
        tap_note("%s", torture_ending(status));
    peer_stop(&s.server);
}

/* ---- handlers and masks ---- */

static bool call_in_all_ways(scene *s)
{
    peer_board *board = s->server.board;
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    bool good;

    options.timeout_ms = 200;
    good = create_session(&s->accounts, ACCOUNT_WEPAY, NULL, NULL, NULL) == SPAY_OK &&
           create_session(&s->accounts, ACCOUNT_HOSTED_FIELDS, NULL, NULL, NULL) == SPAY_OK;
    peer_set(&board->deaf, 1);
    good =
        create_session(&s->accounts, ACCOUNT_WEPAY, &options, NULL, NULL) == SPAY_E_TIMEOUT && good;
    peer_set(&board->deaf, 0);
    return create_session(&s->accounts, ACCOUNT_WEPAY, NULL, NULL, NULL) == SPAY_OK && good;
}

enum {
    FAILED = 1,
    CHANGED = 2,
    TOUCHED = 4,
    TOUCHED_AT_CLOSE = 8
};

static int watch(void *ctx)
{
    scene *s = ctx;
    signals before;
    signals after;
    int found = 0;

    take_signals(&before);
    if (!open_accounts(s))
        return FAILED;
    __atomic_store_n(&watching, 1, __ATOMIC_RELEASE);
    found |= call_in_all_ways(s) ? 0 : FAILED;
    found |= touches ? TOUCHED : 0;
    touches = 0;
    accounts_close(&s->accounts);
    found |= touches ? TOUCHED_AT_CLOSE : 0;
    watching = 0;
    take_signals(&after);
    return found | (are_same(&before, &after) ? 0 : CHANGED);
}

static void test_handlers(const char *scheme)
{
    scene s;
    int status;
    int found;

    memset(&s, 0, sizeof(s));
    if (!open_scene(&s, scheme))
        abort();
    status = torture_reap(torture_fork(watch, &s), LIMIT_MS);
    found = status != -1 && WIFEXITED(status) ? WEXITSTATUS(status) : FAILED;
    tap_ok(!(found & (FAILED | CHANGED)), "%s: handlers and mask are as before", scheme);
    if (STANDS_IN_FRONT) {
        tap_ok(!(found & TOUCHED), "%s: nor did a call change them for a time", scheme);
        tap_ok(!(found & TOUCHED_AT_CLOSE), "%s: nor did closing connections", scheme);
    } else {
        tap_skip("changes for a time", "this system does not let a program look");
    }
    peer_stop(&s.server);
}

static void test_scheme(const char *scheme)
{
    test_handlers(scheme);
    test_sigpipe(scheme);
    test_alarms(scheme, 0);
    test_alarms(scheme, SA_RESTART);
}

int main(void)
{
    test_scheme("http");
    if (sandbox_url())
        test_scheme("https");
    else
        tap_skip("https", "no sandbox runs");
    return tap_end();
}
