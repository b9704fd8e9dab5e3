/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * No memory in the whole process: every allocation of real calls fails in turn, alone or with all
 * that follow, also those of libcurl, OpenSSL and the C library; in both drivers, for every way that
 * a call ends. Nothing crashes or leaks, no call outlasts its deadline, what is told is never better
 * than what the server did, and the next call ends as if nothing had happened.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "support/certificate.h"
#include "torture/kit/crash_site.h"
#include "torture/kit/heap.h"
#include "torture/kit/peer.h"
#include "torture/kit/sandbox.h"
#include "torture/kit/torture.h"

#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS 0x20 /* not POSIX, but everywhere */
#endif

enum {
    MOST_ALLOCATIONS = 100000,
    MOST_OF_OPENSSL = 500, /* for the objects of a connection */
    MOST_CALLS = 20,
    STATUSES = 64,
    LIMIT_MS = 2000, /* of a call */
    SLACK_MS = 3000, /* on a machine with other things to do */
    TRIAL_MS = 30000,
    THREAD_BYTES = 1024 /* the C library keeps what it has for a thread; libcurl may start one */
};

/* ---- what is tried ---- */

typedef enum place {
    PLAIN,           /* the peer */
    NOBODY,          /* a port where nobody listens */
    SANDBOX,         /* over TLS */
    OTHER_AUTHORITY, /* the sandbox, which the client does not trust */
    OTHER_KEY        /* the sandbox, whose key is not among those that are pinned */
} place;

/* How calls end that have all memory. */
typedef struct ending {
    const char *name;
    place where;
    int32_t mode;
    int32_t token_mode;
    int32_t mode_count;
    int32_t reset_after;
    int32_t attempts;
} ending;

typedef struct trial {
    const ending *end;
    account_kind account;
    bool multi;
    int calls;
    bool from_start; /* the client and all else is made without memory, too */
    bool for_good;
    long nth; /* 0: nothing fails */
    FILE *heard;
} trial;

/* What a call told. */
typedef struct told {
    spay_status status;
    int32_t outcome;
    int32_t sent;
    char key[PEER_KEY_SIZE];
} told;

/* What a trial found; shared between processes. */
typedef struct findings {
    bool reached; /* the allocation that was to fail */
    told first;
    char reason[40];
    int32_t next_sent;
    long left_of_others;
    char wrong[200];
    int statuses[STATUSES];
} findings;

static peer server;
static peer closed;
static findings *found;
static told normal; /* how the trial ends if nothing fails */
static char normal_reason[40];
static long normally_left; /* of others */

static const char *wrong(const char *what)
{
    if (!*found->wrong)
        (void)snprintf(found->wrong, sizeof(found->wrong), "%s", what);
    return what;
}

/* ---- calls, without memory ---- */

typedef struct setting {
    test_accounts accounts;
    spay_multi *multi;
} setting;

static const char *url_of(const trial *t, char url[40])
{
    if (t->end->where >= SANDBOX)
        return sandbox_url();
    return peer_url(t->end->where == NOBODY ? &closed : &server, "http", url);
}

static bool open_all(const trial *t, setting *s)
{
    char hosted_fields_url[ACCOUNTS_URL_SIZE];
    char url[40];
    accounts_setup setup = accounts_setup_at(url_of(t, url), hosted_fields_url);
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;

    memset(s, 0, sizeof(*s));
    options.timeout_ms = LIMIT_MS;
    options.max_attempts = t->end->attempts;
    options.key_secret = "sixteen bytes ok";
    options.key_secret_length = 16;
    if (t->end->where == OTHER_AUTHORITY)
        options.ca_pem = TEST_CERTIFICATE;
    else
        options.ca_file = getenv("SPAY_CA_FILE");
    if (t->end->where == OTHER_KEY)
        options.pinned_public_keys = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    if (t->end->where >= SANDBOX) {
        setup.app_id = getenv("SPAY_WEPAY_APP_ID");
        setup.app_token = getenv("SPAY_WEPAY_APP_TOKEN");
    }
    return accounts_open_at(&s->accounts, &setup, &options) &&
           (!t->multi ||
            spay_multi_new(s->accounts.client, NULL, &s->multi, &s->accounts.error) == SPAY_OK);
}

static void close_all(setting *s)
{
    spay_multi_free(s->multi);
    accounts_close(&s->accounts);
}

typedef struct result {
    spay_call *call;
    void *session;
    spay_error *error;
    spay_status status;
} result;

static void call_blocking(const trial *t, const setting *s, result *r)
{
    r->status = accounts_create_session(&s->accounts, t->account, NULL, &r->session, &r->error);
}

static void call_multi(const trial *t, const setting *s, result r[MOST_CALLS])
{
    bool added[MOST_CALLS] = {false};
    int i;

    for (i = 0; i < t->calls; i++) {
        r[i].status = accounts_new_call(&s->accounts, t->account, NULL, &r[i].call, &r[i].error);
        if (r[i].status == SPAY_OK)
            r[i].status = spay_multi_add(s->multi, r[i].call, NULL, NULL);
        added[i] = r[i].status == SPAY_OK;
    }
    while (spay_multi_pending(s->multi))
        (void)spay_multi_poll(s->multi, LIMIT_MS);
    for (i = 0; i < t->calls; i++)
        if (added[i])
            r[i].status = accounts_take_session(t->account, r[i].call, &r[i].session, &r[i].error);
}

static void run_calls(const trial *t, const setting *s, result r[MOST_CALLS])
{
    memset(r, 0, MOST_CALLS * sizeof(*r));
    if (t->multi)
        call_multi(t, s, r);
    else
        call_blocking(t, s, r);
}

/* ---- what they told ---- */

static bool is_expected(const trial *t, spay_status status)
{
    if (status == normal.status || status == SPAY_E_NO_MEMORY || t->nth == 0)
        return true;
    if (t->end->mode_count && status == SPAY_E_PROVIDER)
        return true; /* it could not be repeated */
    /* libcurl and OpenSSL do not always say that it was for want of memory. */
    return status == SPAY_E_CONNECT || status == SPAY_E_NETWORK ||
           (status == SPAY_E_TLS && t->end->where >= SANDBOX);
}

static void take_told(const trial *t, result *r, told *out)
{
    const spay_session_info *info = accounts_session_info(r->session);
    const char *key = info ? info->idempotency_key : spay_error_idempotency_key(r->error);

    if (r->status > 0 || r->status <= -STATUSES)
        (void)wrong("a status that does not exist");
    else if (!is_expected(t, r->status))
        (void)wrong(spay_status_name(r->status));
    else
        found->statuses[-r->status]++;
    if ((r->status == SPAY_OK) != (info != NULL))
        (void)wrong("made by halves");
    if (!info && r->error && spay_error_status(r->error) != r->status)
        (void)wrong("an error that does not fit its status");
    out->status = r->status;
    out->outcome = spay_error_outcome(r->error);
    out->sent = info ? info->requests_sent : spay_error_requests_sent(r->error);
    (void)snprintf(out->key, sizeof(out->key), "%s", key ? key : "");
}

static void drop(const trial *t, result r[MOST_CALLS])
{
    for (int i = 0; i < t->calls; i++) {
        accounts_free_session(t->account, r[i].session);
        spay_error_free(r[i].error);
        spay_call_free(r[i].call);
    }
}

/* ---- what the peer saw ---- */

/* Requests for sessions since then, with this key; NULL for any. */
static void count(int32_t since, const char *key, int32_t *seen, int32_t *made)
{
    int32_t i;

    *seen = *made = 0;
    for (i = since; i < peer_get(&server.board->requests); i++) {
        const peer_request *at = &server.board->log[i % PEER_MOST_REQUESTS];

        if (strcmp(at->key, "token") == 0 || (key && strcmp(at->key, key) != 0))
            continue;
        ++*seen;
        *made += at->made;
    }
}

/* A request that the connection broke under has left, but not arrived. */
static void judge(const told *one, int32_t seen, int32_t made, bool may_be_lost)
{
    if (seen > one->sent || (seen < one->sent && !may_be_lost))
        (void)wrong("requests that are not counted, or counted and not seen");
    if (one->sent && one->outcome == SPAY_OUTCOME_NOT_SENT)
        (void)wrong("sent, but told as not sent");
    if (made && one->status != SPAY_OK && one->outcome != SPAY_OUTCOME_UNKNOWN)
        (void)wrong("a session was made, but the outcome is not told as unknown");
    if (!made && one->status == SPAY_OK)
        (void)wrong("a session that nobody made");
}

/* How many requests were told; the peer has seen them, unless they were lost on the way. */
static int32_t await_peer(const trial *t, const told *all, int32_t sessions)
{
    int32_t sum = 0;

    for (int i = 0; i < t->calls; i++)
        sum += all[i].sent;
    if (!t->end->reset_after)
        (void)torture_await_count(&server.board->sessions, sessions + sum, SLACK_MS);
    return sum;
}

/* What the peer saw, key by key, and in all. */
static void judge_at_peer(const trial *t, const told *all, int32_t since, int32_t sessions)
{
    bool keyed = account_facts_of(t->account)->key_header;
    int32_t sum = await_peer(t, all, sessions);
    int32_t seen;
    int32_t made;
    int i;

    for (i = 0; i < t->calls; i++) {
        count(since, keyed ? all[i].key : NULL, &seen, &made);
        if (keyed && all[i].sent && !*all[i].key)
            (void)wrong("sent, and the key is not told");
        else if (keyed || t->calls == 1)
            judge(&all[i], seen, made, t->end->reset_after > 0);
    }
    count(since, NULL, &seen, &made);
    if (seen > sum)
        (void)wrong("requests that no call counts");
}

static int32_t count_at_sandbox(void)
{
    char *state = sandbox_ask("GET", "state", NULL);
    int64_t sum = json_number(state, "requests") + json_number(state, "dropped");

    free(state);
    return (int32_t)sum;
}

/* In the parent: how many came of one call, and of the next. */
static void judge_at_sandbox(const trial *t, int32_t seen)
{
    const told *one = &found->first;

    judge(one, seen, t->end->where == SANDBOX ? seen : 0, t->nth != 0);
    if (t->end->where != SANDBOX && (seen || one->sent))
        (void)wrong("a request to a peer that is not trusted");
}

/* ---- one trial, in a process of its own ---- */

static void set_peer(const ending *end)
{
    peer_board *board = server.board;

    peer_set(&board->session_mode, end ? end->mode : PEER_ANSWER);
    peer_set(&board->token_mode, end ? end->token_mode : PEER_ANSWER);
    peer_set(&board->reset_after, end ? end->reset_after : 0);
    peer_set(&board->mode_count, end ? end->mode_count : 0);
}

static void try_next(const trial *t, const setting *s)
{
    trial one = *t;
    result r[MOST_CALLS];
    told next;
    bool fine;

    one.calls = 1;
    one.nth = 0;
    set_peer(NULL);
    run_calls(&one, s, r);
    fine =
        t->end->where == PLAIN || t->end->where == SANDBOX
            ? r->status == SPAY_OK
            : r->status == normal.status && strcmp(spay_error_reason(r->error), normal_reason) == 0;
    if (!fine && t->nth)
        (void)snprintf(found->wrong, sizeof(found->wrong), "the next call: %s: %s",
                       spay_status_name(r->status), spay_error_message(r->error));
    take_told(&one, r, &next);
    found->next_sent = next.sent;
    drop(&one, r);
}

/* The calls, and what they told; without memory as far as it is meant. */
static void try_calls(const trial *t, const setting *s)
{
    int32_t since = peer_get(&server.board->requests);
    int32_t sessions = peer_get(&server.board->sessions);
    int64_t began = torture_now_ms();
    result r[MOST_CALLS];
    told all[MOST_CALLS];

    if (!t->from_start)
        heap_fail_at(t->nth, t->for_good);
    run_calls(t, s, r);
    heap_fail_at(0, false);
    if (torture_now_ms() - began > LIMIT_MS + SLACK_MS)
        (void)wrong("later than its deadline");
    for (int i = 0; i < t->calls; i++) {
        take_told(t, &r[i], &all[i]);
        if (!r[i].error && r[i].status != SPAY_OK && s->multi == NULL)
            (void)wrong("no error object");
    }
    found->first = *all;
    (void)snprintf(found->reason, sizeof(found->reason), "%s", spay_error_reason(r->error));
    if (t->end->where <= NOBODY)
        judge_at_peer(t, all, since, sessions);
    drop(t, r);
}

/* What cannot be made is not made by halves, and is made once there is memory. */
static void make_anew(const trial *t, setting *s)
{
    spay_status status = spay_error_status(s->accounts.error);

    heap_fail_at(0, false);
    if (status != SPAY_E_NO_MEMORY)
        (void)wrong(status == SPAY_OK ? "not set up, for no reason"
                                      : spay_error_message(s->accounts.error));
    found->statuses[-status]++;
    close_all(s);
    if (!open_all(t, s))
        (void)wrong("not set up with memory either");
}

/* What OpenSSL keeps for a thread is its errors, above all. */
static void judge_memory(void)
{
    OPENSSL_thread_stop();
    if (heap_left(&found->left_of_others))
        (void)wrong("memory of ours that is not freed");
    if (found->left_of_others > normally_left + THREAD_BYTES)
        (void)wrong("memory of others that is not freed");
}

static int try_in_child(void *ctx)
{
    const trial *t = ctx;
    setting s;
    bool open;

    crash_site_tell(t->heard);
    heap_watch();
    if (t->from_start)
        heap_fail_at(t->nth, t->for_good);
    open = open_all(t, &s);
    if (open)
        try_calls(t, &s);
    else
        make_anew(t, &s);
    found->reached = heap_count() >= t->nth;
    try_next(t, &s);
    close_all(&s);
    judge_memory();
    return 0;
}

/* ---- crashes that are not ours ---- */

static void fail_one(long nth)
{
    heap_fail_at(nth, false);
}

/* The objects of a TLS connection without the library, or libcurl. */
static bool use_openssl(long nth)
{
    crash_site_use_openssl(fail_one, nth);
    return heap_count() >= nth;
}

static bool is_crash_of_openssl(const trial *t, int status)
{
    char site[CRASH_SITE_SIZE];

    if (status == -1 || !WIFSIGNALED(status) || !crash_site_read(t->heard, site) ||
        !crash_site_is_of_others(site, use_openssl, MOST_OF_OPENSSL))
        return false;
    tap_note("allocation %ld: crashed in %s, as it does without the library, %s", t->nth, site,
             OpenSSL_version(OPENSSL_VERSION));
    return true;
}

static void tell_ending(const trial *t, int status)
{
    char site[CRASH_SITE_SIZE] = "";

    (void)crash_site_read(t->heard, site);
    (void)snprintf(found->wrong, sizeof(found->wrong), "%s %s", torture_ending(status), site);
}

/* ---- trial after trial ---- */

/* false: it was wrong. */
static bool try_at(trial *t)
{
    static int32_t before = -1; /* at the sandbox; to ask takes as long as a trial */
    int status;

    if (before < 0 && t->end->where >= SANDBOX)
        before = count_at_sandbox();

    memset(&found->first, 0, sizeof(found->first));
    found->reached = true;
    found->next_sent = 0;
    *found->wrong = '\0';
    set_peer(t->end);
    t->heard = tmpfile();
    if (!t->heard)
        return false;
    status = torture_reap(torture_fork(try_in_child, t), TRIAL_MS);
    if (status != 0 && !is_crash_of_openssl(t, status))
        tell_ending(t, status);
    if (status == 0 && t->end->where >= SANDBOX) {
        int32_t now = count_at_sandbox();

        judge_at_sandbox(t, now - before - found->next_sent);
        before = now;
    } else {
        before = -1;
    }
    (void)fclose(t->heard);
    if (*found->wrong)
        tap_note("allocation %ld: %s; %s, outcome %s, %d sent", t->nth, found->wrong,
                 spay_status_name(found->first.status), spay_outcome_name(found->first.outcome),
                 (int)found->first.sent);
    return !*found->wrong;
}

/* How it ends if nothing fails. */
static bool try_normally(trial *t)
{
    bool good;

    t->nth = 0;
    normally_left = LONG_MAX - THREAD_BYTES;
    good = try_at(t);
    normally_left = found->left_of_others;
    normal = found->first;
    (void)snprintf(normal_reason, sizeof(normal_reason), "%s", found->reason);
    return good;
}

static void name_trial(const trial *t, char name[120])
{
    (void)snprintf(name, 120, "%s, %s%s, %s%s", t->end->name, account_facts_of(t->account)->name,
                   t->multi ? ", multi" : "", t->calls > 1 ? "20 calls, " : "",
                   t->from_start ? "set-up and all, " : "");
}

/* A sample begins elsewhere each time, so that together they take all of the allocations of a call. */
static void torture(trial t, int step)
{
    static int before;
    bool good = try_normally(&t);
    long faults = 0;
    long trials = 0;
    char name[120];

    for (t.nth = 1 + before++ % step; good && t.nth < MOST_ALLOCATIONS && faults < 5;
         t.nth += step, trials++) {
        faults += !try_at(&t);
        if (!found->reached)
            break;
    }
    name_trial(&t, name);
    tap_ok(good && !faults && trials > 0, "%s%s: %s by itself, %ld trials up to allocation %ld",
           name, t.for_good ? "one fails and all after it" : "one fails",
           spay_status_name(normal.status), trials, t.nth);
}

static void torture_both(trial t, int sample)
{
    for (int i = 0; i < 2; i++) {
        t.for_good = i;
        torture(t, torture_pick(sample, 1));
    }
}

/* There are not many allocations without which a certificate might pass: the sample takes them. */
static void torture_tls(const ending *end, bool multi)
{
    trial t = {.end = end, .multi = multi, .calls = 1};

    if (end->where == OTHER_AUTHORITY && !multi && !torture_is_full())
        torture(t, 4);
    else
        torture_both(t, 397);
}

static const ending endings[] = {
    {.name = "a session", .attempts = 1},
    {.name = "declined", .mode = PEER_DECLINE, .attempts = 1},
    {.name = "throttled", .mode = PEER_THROTTLE, .attempts = 1},
    {.name = "conflict", .mode = PEER_CONFLICT, .attempts = 1},
    {.name = "a bad reply", .mode = PEER_BAD_REPLY, .attempts = 1},
    {.name = "lost after sending", .mode = PEER_RESET, .attempts = 1},
    {.name = "lost while sending", .reset_after = 100, .attempts = 1},
    {.name = "refused connection", .where = NOBODY, .attempts = 1},
    {.name = "repeated", .mode = PEER_BUSY, .mode_count = 1, .attempts = 2},
};

static const ending token_endings[] = {
    {.name = "token declined", .token_mode = PEER_DECLINE, .attempts = 1},
    {.name = "token unreadable", .token_mode = PEER_BAD_REPLY, .attempts = 1},
    {.name = "token lost", .token_mode = PEER_RESET, .attempts = 1},
    {.name = "token repeated", .token_mode = PEER_BUSY, .mode_count = 1, .attempts = 2},
};

static const ending tls_endings[] = {
    {.name = "a session over TLS", .where = SANDBOX, .attempts = 1},
    {.name = "an unknown authority", .where = OTHER_AUTHORITY, .attempts = 1},
    {.name = "another public key", .where = OTHER_KEY, .attempts = 1},
};

enum {
    ENDINGS = sizeof(endings) / sizeof(endings[0]),
    TOKEN_ENDINGS = sizeof(token_endings) / sizeof(token_endings[0]),
    TLS_ENDINGS = sizeof(tls_endings) / sizeof(tls_endings[0])
};

static void torture_endings(bool multi)
{
    static const account_kind accounts[] = {ACCOUNT_WEPAY, ACCOUNT_HOSTED_FIELDS,
                                            ACCOUNT_CONNECT_SERVER, ACCOUNT_CONNECT_CLIENT};
    size_t i;

    for (i = 0; i < 4 * ENDINGS; i++)
        torture_both(
            (trial){.end = &endings[i / 4], .account = accounts[i % 4], .multi = multi, .calls = 1},
            31);
    for (i = 0; i < TOKEN_ENDINGS; i++)
        torture_both((trial){.end = &token_endings[i],
                             .account = ACCOUNT_HOSTED_FIELDS,
                             .multi = multi,
                             .calls = 1},
                     29);
    for (i = 0; i < TLS_ENDINGS && sandbox_url(); i++)
        torture_tls(&tls_endings[i], multi);
    torture_both((trial){.end = endings, .multi = multi, .calls = 1, .from_start = true}, 151);
}

/* ---- the flight record ---- */

/* It is whole, or not there. */
static bool try_record(spay_client *client, const char *whole, long nth, bool *reached)
{
    char *record;
    bool good;

    heap_fail_at(nth, true);
    record = spay_client_flight_record(client);
    *reached = heap_count() >= nth;
    heap_fail_at(0, false);
    good = record ? strcmp(record, whole) == 0 : *reached;
    spay_free(record);
    return good;
}

static void torture_record(void)
{
    static const trial t = {.end = endings, .calls = 1};
    setting s;
    result r[MOST_CALLS];
    char *whole;
    bool reached = true;
    bool good;
    long nth;

    set_peer(NULL);
    good = open_all(&t, &s);
    if (good) {
        run_calls(&t, &s, r);
        drop(&t, r);
    }
    whole = good ? spay_client_flight_record(s.accounts.client) : NULL;
    for (nth = 1; whole && good && reached; nth++)
        good = try_record(s.accounts.client, whole, nth, &reached);
    tap_ok(whole && good && nth > 2, "the flight record, %ld trials", nth - 1);
    spay_free(whole);
    close_all(&s);
}

/* What OpenSSL and libcurl make once in a process is made before the first trial. */
static void warm_up(void)
{
    static const trial t = {.end = tls_endings, .calls = 1};
    setting s;
    result r[MOST_CALLS];

    if (sandbox_url() && open_all(&t, &s)) {
        run_calls(&t, &s, r);
        drop(&t, r);
        close_all(&s);
    }
}

static bool start(void)
{
    found = mmap(NULL, sizeof(*found), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (found == MAP_FAILED || !peer_start(&server, 0) || !peer_start(&closed, 0))
        return false;
    peer_kill(&closed);
    return true;
}

int main(int argc, char **argv)
{
    (void)argc;
    if (!heap_can_fail(argv))
        return tap_skip_all("the allocator cannot be replaced here");
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    if (!tap_ok(start(), "a server stands ready"))
        return tap_end();
    torture_record();
    warm_up();
    for (int multi = 0; multi < 2; multi++)
        torture_endings(multi);
    torture_both((trial){.end = endings, .multi = true, .calls = MOST_CALLS}, 199);
    torture_both((trial){.end = &token_endings[3],
                         .account = ACCOUNT_HOSTED_FIELDS,
                         .multi = true,
                         .calls = MOST_CALLS},
                 199);
    for (int i = 0; i < STATUSES; i++)
        if (found->statuses[i])
            tap_note("%d times %s", found->statuses[i], spay_status_name(-i));
    peer_stop(&closed);
    peer_stop(&server);
    return tap_end();
}
