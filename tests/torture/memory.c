/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * No memory inside libcurl and OpenSSL while a connection is made and a request sent: each of their
 * allocations fails in turn, alone or with all that follow, in a process of its own. The call ends
 * in both drivers, says that it was not sent only if it was not, and the next one succeeds.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <curl/curl.h>
#include <openssl/crypto.h>

#include "torture/kit/crash_site.h"
#include "torture/kit/peer.h"
#include "torture/kit/sandbox.h"
#include "torture/kit/torture.h"

#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS 0x20 /* not POSIX, but everywhere */
#endif

enum {
    LIMIT_MS = 3000, /* of a call */
    HANGING_MS = 20000,
    MOST_OF_OPENSSL = 500 /* allocations, for the objects of a connection */
};

/* ---- allocators that fail ---- */

static int32_t armed; /* counts while it is not 0 */
static int32_t asked;
static int32_t failing;
static int32_t for_good;

/* Threads of libcurl's allocate too. */
static bool is_refused(void)
{
    int32_t now;

    if (!__atomic_load_n(&armed, __ATOMIC_ACQUIRE))
        return false;
    now = __atomic_add_fetch(&asked, 1, __ATOMIC_ACQ_REL);
    return failing && (now == failing || (now > failing && for_good));
}

static void *curl_malloc(size_t size)
{
    return is_refused() ? NULL : malloc(size);
}

static void *curl_calloc(size_t count, size_t size)
{
    return is_refused() ? NULL : calloc(count, size);
}

static void *curl_realloc(void *memory, size_t size)
{
    return is_refused() ? NULL : realloc(memory, size);
}

static char *curl_strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = is_refused() ? NULL : malloc(size);

    return copy ? memcpy(copy, text, size) : NULL;
}

static void *ssl_malloc(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return is_refused() ? NULL : malloc(size);
}

static void *ssl_realloc(void *memory, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return is_refused() ? NULL : realloc(memory, size);
}

static void ssl_free(void *memory, const char *file, int line)
{
    (void)file;
    (void)line;
    free(memory);
}

/* Before anything has been allocated. */
static const char *take_over(void)
{
    if (!CRYPTO_set_mem_functions(ssl_malloc, ssl_realloc, ssl_free))
        return "OpenSSL has allocated something already";
    if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, curl_malloc, free, curl_realloc, curl_strdup,
                             curl_calloc) != CURLE_OK)
        return "libcurl does not start";
    return NULL;
}

/* ---- a trial, in a process of its own ---- */

typedef struct report {
    int32_t asked;
    spay_status status;
    int32_t outcome;
    int32_t requests_sent;
    spay_status next; /* of a call after that, with memory */
} report;

typedef struct trial {
    const char *url;
    bool multi;
    int32_t failing;
    bool for_good;
    report *report; /* shared between the processes */
    FILE *heard;    /* where it crashed */
} trial;

static void run_call(spay_multi *multi, spay_call *call)
{
    if (!multi) {
        (void)spay_call_perform(call, NULL);
        return;
    }
    if (spay_multi_add(multi, call, NULL, NULL) == SPAY_OK)
        while (spay_multi_poll(multi, 1000) > 0)
            continue;
}

static spay_call *make_call(const test_accounts *accounts)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    spay_call *call = NULL;

    options.max_attempts = 1;
    options.timeout_ms = LIMIT_MS;
    (void)accounts_new_call(accounts, ACCOUNT_WEPAY, &options, &call, NULL);
    return call;
}

static void note_call(report *told, spay_call *call)
{
    void *session = NULL;
    const spay_error *error = spay_call_error(call);

    told->status = accounts_take_session(ACCOUNT_WEPAY, call, &session, NULL);
    told->outcome = spay_error_outcome(error);
    told->requests_sent =
        session ? accounts_session_info(session)->requests_sent : spay_error_requests_sent(error);
    accounts_free_session(ACCOUNT_WEPAY, session);
}

static int run_trial(void *ctx)
{
    const trial *t = ctx;
    spay_multi *multi = NULL;
    spay_call *call;
    test_accounts accounts;

    crash_site_tell(t->heard);
    if (!open_at(&accounts, t->url, NULL) ||
        (t->multi && spay_multi_new(accounts.client, NULL, &multi, NULL) != SPAY_OK))
        return 2;
    call = make_call(&accounts);
    failing = t->failing;
    for_good = t->for_good;
    __atomic_store_n(&armed, 1, __ATOMIC_RELEASE);
    run_call(multi, call);
    __atomic_store_n(&armed, 0, __ATOMIC_RELEASE);
    t->report->asked = asked;
    note_call(t->report, call);
    spay_call_free(call);
    call = make_call(&accounts);
    run_call(multi, call);
    t->report->next = spay_call_status(call);
    spay_call_free(call);
    spay_multi_free(multi);
    accounts_close(&accounts);
    return 0;
}

/* ---- trial after trial ---- */

typedef struct tally {
    int trials;
    int succeeded; /* in spite of it */
    int crashes;
    int of_others; /* crashes that OpenSSL has without the library */
    int hangs;
    int bad;
    int sent;
} tally;

static bool is_allowed(const report *told)
{
    if (told->next != SPAY_OK)
        return false;
    if (told->outcome == SPAY_OUTCOME_NOT_SENT)
        return told->requests_sent == 0;
    return told->requests_sent == 1;
}

static void fail_at(long nth)
{
    failing = (int32_t)nth;
    for_good = 0;
    __atomic_store_n(&armed, nth != 0, __ATOMIC_RELEASE);
}

/* The objects of a TLS connection by themselves. */
static bool use_openssl(long nth)
{
    crash_site_use_openssl(fail_at, nth);
    return asked >= nth;
}

static bool is_of_others(const trial *t, int status)
{
    char site[CRASH_SITE_SIZE];

    if (!WIFSIGNALED(status) || !crash_site_read(t->heard, site) ||
        !crash_site_is_of_others(site, use_openssl, MOST_OF_OPENSSL))
        return false;
    tap_note("allocation %d: crashed in %s, as it does without the library, %s", (int)t->failing,
             site, OpenSSL_version(OPENSSL_VERSION));
    return true;
}

static void judge(tally *sum, const trial *t, int status)
{
    const report *told = t->report;

    sum->trials++;
    sum->sent += told->requests_sent + 1;
    if (is_of_others(t, status)) {
        sum->of_others++;
        return;
    }
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        sum->hangs++;
    else if (status != 0)
        sum->crashes++;
    else if (!is_allowed(told))
        sum->bad++;
    else {
        sum->succeeded += told->status == SPAY_OK;
        return;
    }
    tap_note("%s, %s, allocation %d%s: %s; %s, outcome %s, %d sent, next %s", t->url,
             t->multi ? "spay_multi" : "blocking", (int)t->failing,
             t->for_good ? " and all after it" : "", torture_ending(status),
             spay_status_name(told->status), spay_outcome_name(told->outcome),
             (int)told->requests_sent, spay_status_name(told->next));
}

static int64_t count_requests(const peer *server)
{
    char *answer;
    int64_t count = 0;
    const char *at;

    if (server)
        return peer_get(&server->board->sessions);
    answer = sandbox_ask("GET", "requests", NULL);
    for (at = answer; at && (at = strstr(at, "\"method\"")) != NULL; at++)
        count++;
    free(answer);
    return count;
}

static void test_allocations(const char *url, const peer *server, bool multi, bool and_after,
                             report *board)
{
    int step = torture_pick(server ? 11 : 101, 1);
    int64_t before = count_requests(server);
    tally sum = {0};
    trial t = {.url = url, .multi = multi, .failing = 1, .for_good = and_after, .report = board};
    int64_t seen;

    do {
        memset(board, 0, sizeof(*board));
        t.heard = tmpfile();
        if (!t.heard)
            break;
        judge(&sum, &t, torture_reap(torture_fork(run_trial, &t), HANGING_MS));
        (void)fclose(t.heard);
        t.failing += step;
    } while (board->asked == 0 || board->asked >= t.failing - step);
    seen = count_requests(server) - before;
    tap_ok(t.heard && sum.crashes + sum.hangs + sum.bad == 0 && seen <= sum.sent,
           "%s, %s: every allocation fails%s", server ? "http" : "https",
           multi ? "spay_multi" : "blocking", and_after ? ", and all after it" : "");
    tap_note("%d of about %d allocations, %d calls succeeded, %d crashes and %d of OpenSSL alone, "
             "%d hangs, %d requests seen, %d told",
             sum.trials, (int)t.failing, sum.succeeded, sum.crashes, sum.of_others, sum.hangs,
             (int)seen, sum.sent);
}

int main(void)
{
    const char *why = take_over();
    report *board =
        mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    char url[40];
    peer server;
    int i;

    if (why || board == MAP_FAILED) {
        tap_skip("allocations", why ? why : "no shared memory");
        return tap_end();
    }
    if (!peer_start(&server, 0))
        return 2;
    for (i = 0; i < 4; i++)
        test_allocations(peer_url(&server, "http", url), &server, i / 2, i % 2, board);
    if (sandbox_url())
        for (i = 0; i < 4; i++)
            test_allocations(sandbox_url(), NULL, i / 2, i % 2, board);
    peer_stop(&server);
    return tap_end();
}
