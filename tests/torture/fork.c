/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * fork() at every bad moment: parent and child go on calling, on connections of their own, without
 * a deadlock; and a child that ends says nothing on its parent's connections. Over plain HTTP,
 * where the peer reads whose request came on which connection, and over TLS, where a shared stream
 * breaks.
 */
#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/call.h"
#include "core/client.h"
#include "torture/kit/peer.h"
#include "torture/kit/sandbox.h"
#include "torture/kit/torture.h"

enum {
    LIMIT_MS = 10000,
    CALLS = 3,
    HAMMERS = 4
};

typedef enum duty {
    ALONE,    /* the child calls while the parent waits */
    TOGETHER, /* both call at once */
    NOTHING,  /* the child frees what it has, and ends */
    DUTIES
} duty;

static const char *const duties[] = {"the child calls", "both call", "the child just ends"};

typedef struct scene {
    peer server;
    test_accounts accounts;
    duty what;
    int run;
    spay_call *call; /* the one that another thread is in */
    pthread_t thread;
    spay__token_cache *cache;
    int32_t locked;
    int32_t release;
    /* The hook that forks. */
    int fork_at; /* counts down */
    pid_t child;
    bool in_child;
    bool good;
    char why[120];
} scene;

static void blame(scene *s, const char *why)
{
    if (s->good)
        snprintf(s->why, sizeof(s->why), "%s", why);
    s->good = false;
}

/* ---- calls ---- */

static bool call_once(const scene *s, char who, int number)
{
    char wepay[40];
    char uuid[40];

    snprintf(wepay, sizeof(wepay), "%c-%d-%d", who, s->run, number);
    snprintf(uuid, sizeof(uuid), "%c%07d-0000-4000-8000-%012d", who, s->run, number);
    return create_session_with_key(&s->accounts, ACCOUNT_WEPAY, wepay) == SPAY_OK &&
           create_session_with_key(&s->accounts, ACCOUNT_HOSTED_FIELDS, uuid) == SPAY_OK;
}

static bool call_often(const scene *s, char who)
{
    bool good = true;
    int i;

    for (i = 0; i < CALLS; i++)
        good = call_once(s, who, i) && good;
    return good;
}

static int end_at_once(void *ctx)
{
    (void)ctx;
    return 0;
}

/* A child may fork too. It ends as any program does: by exit(), with or without freeing first. */
static void end_child(scene *s)
{
    bool good = s->what == NOTHING || call_often(s, 'c');

    good = torture_reap(torture_fork(end_at_once, NULL), LIMIT_MS) == 0 && good;
    if (s->run % 2 || s->what == NOTHING)
        accounts_close(&s->accounts);
    exit(good ? 0 : 1);
}

/* ---- the moments ---- */

static void warm_up(scene *s)
{
    if (!call_often(s, 'a'))
        blame(s, "the first calls fail");
}

static void *perform(void *ctx)
{
    return spay_call_perform(ctx, NULL) == SPAY_OK ? ctx : NULL;
}

/*
 * Whether all threads but ours sleep, where the system tells. One that is inside OpenSSL would take
 * OpenSSL's locks into the child; test_any_instant() is about that.
 */
static bool are_others_asleep(void *ctx)
{
    DIR *tasks = opendir("/proc/self/task");
    struct dirent *task;
    bool asleep = true;

    (void)ctx;
    while (tasks && (task = readdir(tasks)) != NULL) {
        char path[300];
        char state = 'S';
        FILE *file;

        snprintf(path, sizeof(path), "/proc/self/task/%s/stat", task->d_name);
        file = task->d_name[0] == '.' || atol(task->d_name) == (long)getpid() ? NULL
                                                                              : fopen(path, "r");
        if (file && fscanf(file, "%*d (%*[^)]) %c", &state) == 1)
            asleep = asleep && state == 'S';
        if (file)
            fclose(file);
    }
    if (tasks)
        closedir(tasks);
    return asleep;
}

/* Park a thread inside a call: on a connection from which the peer does not read. */
static void park(scene *s, account_kind kind)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    peer_board *board = s->server.board;
    int32_t accepted;

    options.idempotency_key = "a0000000-0000-4000-8000-000000000000";
    spay_client_drop_connections(s->accounts.client);
    accepted = peer_get(&board->accepted);
    peer_set(&board->deaf, 1);
    if (accounts_new_call(&s->accounts, kind, &options, &s->call, NULL) != SPAY_OK ||
        pthread_create(&s->thread, NULL, perform, s->call) != 0)
        abort();
    if (!torture_await_count(&board->waiting, accepted + 1, LIMIT_MS) ||
        !torture_await(are_others_asleep, NULL, LIMIT_MS))
        blame(s, "the other thread does not get there");
    peer_set(&board->deaf_until, accepted + 1);
    peer_set(&board->deaf, 0);
}

static void park_in_call(scene *s)
{
    warm_up(s);
    park(s, ACCOUNT_WEPAY);
}

static void park_in_token(scene *s)
{
    park(s, ACCOUNT_HOSTED_FIELDS);
}

static void unpark(scene *s)
{
    void *done = NULL;

    peer_set(&s->server.board->deaf_until, 0);
    (void)pthread_join(s->thread, &done);
    if (!done)
        blame(s, "the other thread's call fails");
    spay_call_free(s->call);
}

static void *hold_locks(void *ctx)
{
    scene *s = ctx;

    spay__lock(&s->cache->lock);
    spay__lock(&s->accounts.client->random.lock);
    __atomic_store_n(&s->locked, 1, __ATOMIC_RELEASE);
    (void)torture_await_count(&s->release, 1, LIMIT_MS);
    spay__unlock(&s->accounts.client->random.lock);
    spay__unlock(&s->cache->lock);
    return NULL;
}

static void hold(scene *s)
{
    warm_up(s);
    if (accounts_new_call(&s->accounts, ACCOUNT_HOSTED_FIELDS, NULL, &s->call, NULL) != SPAY_OK)
        abort();
    s->cache = s->call->account->tokens;
    if (pthread_create(&s->thread, NULL, hold_locks, s) != 0)
        abort();
    (void)torture_await_count(&s->locked, 1, LIMIT_MS);
}

static void let_go(scene *s)
{
    __atomic_store_n(&s->release, 1, __ATOMIC_RELEASE);
    (void)pthread_join(s->thread, NULL);
    spay_call_free(s->call);
}

static void do_nothing(scene *s)
{
    (void)s;
}

typedef struct moment {
    const char *name;
    void (*prepare)(scene *s);
    void (*finish)(scene *s);
    bool busy; /* the parent cannot call before finish() */
} moment;

static const moment moments[] = {
    {.name = "before the first call", .prepare = do_nothing, .finish = do_nothing},
    {.name = "with idle connections", .prepare = warm_up, .finish = do_nothing},
    {.name = "while another thread is in a call", .prepare = park_in_call, .finish = unpark},
    {.name = "while another thread fetches the token",
     .prepare = park_in_token,
     .finish = unpark,
     .busy = true},
    {.name = "while another thread holds the locks",
     .prepare = hold,
     .finish = let_go,
     .busy = true},
};

/* ---- what the peer has seen ---- */

/* No connection carries requests of both. */
static bool shares_connection(const peer_board *board)
{
    int32_t count = peer_get(&board->requests);
    int32_t i;
    int32_t j;

    for (i = 0; i < count; i++)
        for (j = i + 1; j < count; j++)
            if (board->log[i].connection == board->log[j].connection &&
                ((board->log[i].key[0] == 'a' && board->log[j].key[0] == 'c') ||
                 (board->log[i].key[0] == 'c' && board->log[j].key[0] == 'a')))
                return true;
    return false;
}

typedef struct sight {
    const peer_board *board;
    int32_t open;
    int32_t bytes;
} sight;

static sight look_at(const peer_board *board)
{
    sight seen = {board, peer_get(&board->open), peer_get(&board->bytes)};

    return seen;
}

static bool is_as_before(void *ctx)
{
    const sight *before = ctx;

    return peer_get(&before->board->open) <= before->open;
}

/* The child's connections have ended, the parent's have not, and no byte came on those. */
static void check_silence(scene *s, sight *before)
{
    if (!torture_await(is_as_before, before, LIMIT_MS))
        blame(s, "the child's connections stay open");
    if (peer_get(&before->board->open) != before->open)
        blame(s, "the child ended a connection of its parent");
    if (s->what == NOTHING && peer_get(&before->board->bytes) != before->bytes)
        blame(s, "the child that just ended sent something");
}

static void check_parent(scene *s)
{
    peer_board *board = s->server.board;
    int32_t accepted;

    if (!call_once(s, 'a', CALLS))
        blame(s, "the parent's call fails");
    accepted = peer_get(&board->accepted);
    if (!call_often(s, 'a'))
        blame(s, "the parent's later calls fail");
    if (peer_get(&board->accepted) != accepted)
        blame(s, "the parent lost its connection");
    if (shares_connection(board))
        blame(s, "a connection carried requests of both");
}

/* ---- the fork ---- */

static bool open_scene(scene *s, const char *scheme, int run, const spay_client_options *options)
{
    char url[40];

    memset(s, 0, sizeof(*s));
    s->run = run;
    s->what = (duty)(run % DUTIES);
    s->good = true;
    if (!peer_start(&s->server, 0))
        return false;
    if (scheme[4] == 's')
        s->server.board->relay_port = sandbox_port();
    return open_at(&s->accounts, peer_url(&s->server, scheme, url), options);
}

static void end_scene(scene *s, const char *name, const char *scheme)
{
    accounts_close(&s->accounts);
    peer_stop(&s->server);
    if (!tap_ok(s->good, "%s, forked %s: %s", scheme, name, duties[s->what]))
        tap_note("%s", s->why);
}

static pid_t fork_here(scene *s)
{
    pid_t child;

    fflush(NULL);
    child = fork();
    if (child == 0)
        end_child(s);
    return child;
}

static void await_child(scene *s, pid_t child)
{
    int status = torture_reap(child, LIMIT_MS);

    if (status != 0)
        blame(s, torture_ending(status));
}

static void test_moment(const moment *m, const char *scheme, int run)
{
    scene s;
    sight before;
    bool together;
    pid_t child;

    if (!open_scene(&s, scheme, run, NULL))
        abort();
    m->prepare(&s);
    together = s.what == TOGETHER && !m->busy;
    before = look_at(s.server.board);
    child = fork_here(&s);
    if (together && !call_often(&s, 'a'))
        blame(&s, "the parent's calls beside the child fail");
    await_child(&s, child);
    if (!together)
        check_silence(&s, &before);
    m->finish(&s);
    check_parent(&s);
    end_scene(&s, m->name, scheme);
}

/* ---- inside the hooks ---- */

/* The child comes back from the hook too, and goes on with the call that it finds itself in. */
static void fork_in_hook(scene *s)
{
    if (s->fork_at == 0 || --s->fork_at > 0)
        return;
    fflush(NULL);
    s->child = fork();
    s->in_child = s->child == 0;
}

static spay_status on_send(void *ctx, const spay_send_record *record)
{
    (void)record;
    fork_in_hook(ctx);
    return SPAY_OK;
}

static void on_event(void *ctx, const spay_event *event)
{
    (void)event;
    fork_in_hook(ctx);
}

static void on_log(void *ctx, int32_t level, const char *line)
{
    (void)level;
    (void)line;
    fork_in_hook(ctx);
}

static void set_hook(spay_client_options *options, scene *s, int hook)
{
    options->before_send_ctx = options->event_ctx = options->log_ctx = s;
    options->log_level = SPAY_LOG_TRACE;
    if (hook == 0)
        options->before_send = on_send;
    else if (hook == 1)
        options->event = on_event;
    else
        options->log = on_log;
}

static void test_hook(int hook, const char *scheme, int run)
{
    static const char *const names[] = {"in the before_send hook", "in the event hook",
                                        "in the log hook"};
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    bool good;
    scene s;

    set_hook(&options, &s, hook);
    if (!open_scene(&s, scheme, run, &options))
        abort();
    s.what = TOGETHER;
    warm_up(&s);
    s.fork_at = hook == 2 ? 1 + run % 20 : 1;
    good = create_session_with_key(&s.accounts, ACCOUNT_WEPAY, "both") == SPAY_OK;
    good = create_session_with_key(&s.accounts, ACCOUNT_WEPAY, "both-again") == SPAY_OK && good;
    if (s.in_child && !good)
        _exit(2);
    if (s.in_child)
        end_child(&s);
    if (!good)
        blame(&s, "the call that forked fails");
    await_child(&s, s.child);
    check_parent(&s);
    end_scene(&s, names[hook], scheme);
}

/* ---- at any instant ---- */

/* Handshake after handshake. */
static void *hammer(void *ctx)
{
    scene *s = ctx;

    while (!__atomic_load_n(&s->release, __ATOMIC_ACQUIRE)) {
        (void)create_session(&s->accounts, ACCOUNT_WEPAY, NULL, NULL, NULL);
        spay_client_drop_connections(s->accounts.client);
    }
    return NULL;
}

/* Another thread is somewhere in a call, perhaps inside libcurl or OpenSSL, with their locks. */
static void test_any_instant(const char *scheme, int run)
{
    int forks = torture_pick(4, 40);
    pthread_t threads[HAMMERS];
    scene s;
    int i;

    if (!open_scene(&s, scheme, run, NULL))
        abort();
    s.what = ALONE;
    warm_up(&s);
    for (i = 0; i < HAMMERS; i++)
        if (pthread_create(&threads[i], NULL, hammer, &s) != 0)
            abort();
    for (i = 0; i < forks && s.good; i++)
        await_child(&s, fork_here(&s));
    __atomic_store_n(&s.release, 1, __ATOMIC_RELEASE);
    for (i = 0; i < HAMMERS; i++)
        (void)pthread_join(threads[i], NULL);
    end_scene(&s, "at any instant of another thread's calls", scheme);
}

static void test_scheme(const char *scheme, int run)
{
    size_t i;
    int hook;

    for (i = 0; i < sizeof(moments) / sizeof(moments[0]); i++)
        test_moment(&moments[i], scheme, run);
    for (hook = 0; hook < 3; hook++)
        test_hook(hook, scheme, run);
    test_any_instant(scheme, run);
}

/*
 * LeakSanitizer asks this when a process ends. A child leaves alone what threads of its parent may have
 * been changing, and does not even free it: tokens, connections, calls. That is no leak of its own.
 */
static pid_t first_process;
__attribute__((visibility("default"))) int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
    return getpid() != first_process;
}

int main(void)
{
    int runs = torture_pick(3, 51);
    int i;

    first_process = getpid();
    for (i = 0; i < runs; i++) {
        test_scheme("http", i);
        if (sandbox_url())
            test_scheme("https", i);
        else
            tap_skip("https", "no sandbox runs");
    }
    return tap_end();
}
