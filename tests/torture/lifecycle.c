/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Beginnings and ends: the first use by 16 threads at once, exit() while another thread is in a
 * call, and a client that is freed while its calls live. Each in a process that has not used the
 * library before.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "torture/kit/peer.h"
#include "torture/kit/sandbox.h"
#include "torture/kit/torture.h"

enum {
    THREADS = 16,
    LIMIT_MS = 20000
};

typedef struct scene {
    peer server;
    char url[40];
    int run;
} scene;

static bool open_scene(scene *s, const char *scheme, int run)
{
    memset(s, 0, sizeof(*s));
    s->run = run;
    if (!peer_start(&s->server, 0))
        return false;
    if (scheme[4] == 's')
        s->server.board->relay_port = sandbox_port();
    (void)peer_url(&s->server, scheme, s->url);
    return true;
}

/* ---- the first use ---- */

typedef struct starter {
    const scene *s;
    pthread_mutex_t lock;
    pthread_cond_t go;
    bool gone;
} starter;

static void wait_for_start(starter *c)
{
    (void)pthread_mutex_lock(&c->lock);
    while (!c->gone)
        (void)pthread_cond_wait(&c->go, &c->lock);
    (void)pthread_mutex_unlock(&c->lock);
}

static void *begin(void *ctx)
{
    starter *c = ctx;
    test_accounts accounts;
    bool good;

    wait_for_start(c);
    good = open_at(&accounts, c->s->url, NULL) &&
           create_session(&accounts, ACCOUNT_WEPAY, NULL, NULL, NULL) == SPAY_OK &&
           create_session(&accounts, ACCOUNT_HOSTED_FIELDS, NULL, NULL, NULL) == SPAY_OK;
    accounts_close(&accounts);
    return good ? c : NULL;
}

static int begin_together(void *ctx)
{
    starter c = {.s = ctx, .lock = PTHREAD_MUTEX_INITIALIZER, .go = PTHREAD_COND_INITIALIZER};
    pthread_t threads[THREADS];
    int good = 0;
    int i;

    for (i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, begin, &c) != 0)
            return 2;
    (void)pthread_mutex_lock(&c.lock);
    c.gone = true;
    (void)pthread_cond_broadcast(&c.go);
    (void)pthread_mutex_unlock(&c.lock);
    for (i = 0; i < THREADS; i++) {
        void *done = NULL;

        (void)pthread_join(threads[i], &done);
        good += done != NULL;
    }
    return good == THREADS ? 0 : 1;
}

/* ---- exit() during a call ---- */

typedef struct hurry {
    const test_accounts *accounts;
    int32_t calls;
} hurry;

static void *call_for_ever(void *ctx)
{
    hurry *h = ctx;

    for (;;) {
        (void)__atomic_add_fetch(&h->calls, 1, __ATOMIC_ACQ_REL);
        (void)create_session(h->accounts, ACCOUNT_HOSTED_FIELDS, NULL, NULL, NULL);
        spay_client_drop_connections(h->accounts->client);
    }
    return NULL;
}

/* Handshakes and calls in four threads; then this one is done, as a program that had its fill. */
static int leave_in_the_middle(void *ctx)
{
    scene *s = ctx;
    static test_accounts accounts;
    static hurry h;
    pthread_t thread;
    int i;

    h.accounts = &accounts;
    if (!open_at(&accounts, s->url, NULL))
        return 2;
    for (i = 0; i < 4; i++)
        if (pthread_create(&thread, NULL, call_for_ever, &h) != 0)
            return 2;
    if (!torture_await_count(&h.calls, 4 + s->run % 40, LIMIT_MS))
        return 2;
    exit(0);
}

/* The same, while a call waits for an answer that does not come. */
static int leave_a_stuck_call(void *ctx)
{
    scene *s = ctx;
    static test_accounts accounts;
    static hurry h;
    pthread_t thread;

    h.accounts = &accounts;
    peer_set(&s->server.board->deaf, 1);
    if (!open_at(&accounts, s->url, NULL) ||
        pthread_create(&thread, NULL, call_for_ever, &h) != 0 ||
        !torture_await_count(&s->server.board->waiting, 1, LIMIT_MS))
        return 2;
    exit(0);
}

/* ---- a client that is freed while calls live ---- */

static int32_t destroyed;

static void on_destroy(void *ctx)
{
    (void)ctx;
    (void)__atomic_add_fetch(&destroyed, 1, __ATOMIC_ACQ_REL);
}

static void on_event(void *ctx, const spay_event *event)
{
    (void)ctx;
    (void)event;
}

static void *finish(void *ctx)
{
    return spay_call_perform(ctx, NULL) == SPAY_OK ? ctx : NULL;
}

/* The client and its accounts go while every call waits; the last call takes them with it. */
static int free_early(void *ctx)
{
    scene *s = ctx;
    peer_board *board = s->server.board;
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    spay_call *calls[THREADS];
    pthread_t threads[THREADS];
    test_accounts accounts;
    bool good = true;
    int i;

    options.event = on_event;
    options.event_destroy = on_destroy;
    if (!open_at(&accounts, s->url, &options))
        return 2;
    peer_set(&board->deaf, 1);
    for (i = 0; i < THREADS; i++)
        if (accounts_new_call(&accounts, i % 2 ? ACCOUNT_WEPAY : ACCOUNT_HOSTED_FIELDS, NULL,
                              &calls[i], NULL) ||
            pthread_create(&threads[i], NULL, finish, calls[i]) != 0)
            return 2;
    good = torture_await_count(&board->waiting, THREADS / 2, LIMIT_MS);
    accounts_close(&accounts);
    peer_set(&board->deaf, 0);
    for (i = 0; i < THREADS; i++) {
        void *done = NULL;

        (void)pthread_join(threads[i], &done);
        good = good && done && destroyed == 0;
    }
    for (i = 0; i < THREADS; i++)
        spay_call_free(calls[i]);
    return good && destroyed == 1 ? 0 : 1;
}

/* ---- all of it ---- */

typedef struct story {
    const char *name;
    int (*tell)(void *ctx);
    int sample;
} story;

static const story stories[] = {
    {"the first use, by 16 threads at once", begin_together, 5},
    {"exit() while four threads call", leave_in_the_middle, 10},
    {"exit() while a call waits", leave_a_stuck_call, 3},
    {"a client freed while 16 calls live", free_early, 3},
};

static void test_story(const story *told, const char *scheme)
{
    int runs = torture_pick(told->sample, 100);
    int status = 0;
    int bad = 0;
    int i;

    for (i = 0; i < runs; i++) {
        scene s;
        int ending;

        if (!open_scene(&s, scheme, i))
            abort();
        ending = torture_reap(torture_fork(told->tell, &s), LIMIT_MS);
        peer_stop(&s.server);
        bad += ending != 0;
        status = ending != 0 ? ending : status;
    }
    if (!tap_ok(bad == 0, "%s: %s, %d times", scheme, told->name, runs))
        tap_note("%d times: %s", bad, torture_ending(status));
}

int main(void)
{
    size_t i;

    for (i = 0; i < sizeof(stories) / sizeof(stories[0]); i++)
        test_story(&stories[i], "http");
    for (i = 0; i < sizeof(stories) / sizeof(stories[0]) && sandbox_url(); i++)
        test_story(&stories[i], "https");
    if (!sandbox_url())
        tap_skip("https", "no sandbox runs");
    return tap_end();
}
