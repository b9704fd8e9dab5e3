/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * No memory in the whole process: every allocation of real calls fails in turn, also those of
 * libcurl, OpenSSL and the C library. Nothing crashes, what is told is true, and the next call
 * works.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <curl/curl.h>
#include <openssl/ssl.h>

#include "torture/kit/crash_site.h"
#include "torture/kit/peer.h"
#include "torture/kit/preload.h"
#include "torture/kit/sandbox.h"
#include "torture/kit/torture.h"

/* From the library that is preloaded. */
#pragma weak fail_heap_at
#pragma weak fail_heap_count
void fail_heap_at(long nth, int for_good);
long fail_heap_count(void);

#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS 0x20 /* not POSIX, but everywhere */
#endif

enum {
    MOST_ALLOCATIONS = 100000,
    MOST_OF_OPENSSL = 500, /* for the objects of a connection */
    STATUSES = 64,
    TRIAL_MS = 20000
};

static test_accounts accounts;
static peer server;
static char url[40];
static int *statuses; /* how often each was seen; shared between processes */

/* ---- what one trial is ---- */

/* Try it with the trap set. NULL, or what was wrong. */
typedef const char *(*trial)(void);

/*
 * libcurl and OpenSSL do not always say that it was for want of memory that they did not connect.
 */
static bool is_expected(spay_status status, const spay_error *error)
{
    if (status == SPAY_OK || status == SPAY_E_NO_MEMORY)
        return true;
    return (status == SPAY_E_CONNECT || status == SPAY_E_TLS || status == SPAY_E_NETWORK ||
            status == SPAY_E_TIMEOUT) &&
           spay_error_stage(error) != SPAY_STAGE_INPUT;
}

static const char *check(spay_status status, const spay_error *error, bool made)
{
    if (status > 0 || status <= -STATUSES)
        return "a status that does not exist";
    statuses[-status]++;
    if (!is_expected(status, error))
        return spay_status_name(status);
    if (made != (status == SPAY_OK))
        return "made by halves";
    if ((error != NULL) != (status != SPAY_OK) || spay_error_status(error) != status)
        return "an error that does not fit its status";
    return NULL;
}

static void forget_statuses(void)
{
    memset(statuses, 0, STATUSES * sizeof(*statuses));
}

static void tell_statuses(void)
{
    int i;

    for (i = 0; i < STATUSES; i++)
        if (statuses[i])
            tap_note("%d times %s", statuses[i], spay_status_name(-i));
    forget_statuses();
}

static const char *make_client(void)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    spay_client *client = NULL;
    spay_error *error = NULL;
    spay_status status;
    const char *wrong;

    options.user_agent = "Torture/1";
    options.key_secret = "sixteen bytes ok";
    options.key_secret_length = 16;
    options.ca_file = getenv("SPAY_CA_FILE");
    status = spay_client_new(&options, &client, &error);
    fail_heap_at(0, 0);
    wrong = check(status, error, client != NULL);
    spay_client_free(client);
    spay_error_free(error);
    return wrong;
}

static const char *pay(account_kind kind, bool watched)
{
    spay_call_options once = SPAY_CALL_OPTIONS_INIT;
    spay_error *error = NULL;
    void *session = NULL;
    spay_status status;
    const char *wrong;
    int32_t before = watched ? peer_get(&server.board->sessions) : 0;

    once.max_attempts = 1;
    status = accounts_create_session(&accounts, kind, &once, &session, &error);
    fail_heap_at(0, 0);
    wrong = check(status, error, session != NULL);
    if (!wrong && watched)
        wrong = peer_refutes(error, peer_get(&server.board->sessions) - before);
    accounts_free_session(kind, session);
    spay_error_free(error);
    return wrong;
}

static const char *pay_wepay(void)
{
    return pay(ACCOUNT_WEPAY, true);
}

static const char *pay_hosted_fields(void)
{
    return pay(ACCOUNT_HOSTED_FIELDS, true);
}

static const char *pay_over_tls(void)
{
    return pay(ACCOUNT_WEPAY, false);
}

/* ---- the first client of a process ---- */

/*
 * OpenSSL cannot be started again once that has failed, and 3.6 recurses without end if no memory
 * is left for it at all. So it is there when libcurl starts, by a client that does not use libcurl,
 * and with what libcurl asks of it.
 */
static bool start_openssl(void)
{
    spay_mock *mock = NULL;
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    spay_client *client = NULL;
    bool done;

    if (spay_mock_new(&mock, NULL) != SPAY_OK ||
        OPENSSL_init_ssl(OPENSSL_INIT_ENGINE_ALL_BUILTIN | OPENSSL_INIT_LOAD_CONFIG, NULL) != 1)
        return false;
    options.transport = spay_mock_transport(mock);
    options.platform = spay_mock_platform(mock);
    done = spay_client_new(&options, &client, NULL) == SPAY_OK;
    spay_client_free(client);
    spay_mock_free(mock);
    return done;
}

typedef struct beginning {
    long nth;
    int for_good;
    FILE *heard; /* what the process says */
} beginning;

enum {
    CHILD_GOOD,
    CHILD_REACHED, /* good, and the allocation was one of those that failed */
    CHILD_LIBCURL, /* libcurl cannot be started again by anybody */
    CHILD_BAD
};

/* In a new process. What failed for want of memory is done by the next client. */
static int begin(void *ctx)
{
    const beginning *b = ctx;
    const char *wrong;
    long reached;

    forget_statuses();
    (void)dup2(fileno(b->heard), STDERR_FILENO);
    crash_site_tell(b->heard);
    if (!start_openssl())
        return CHILD_BAD;
    fail_heap_at(b->nth, b->for_good);
    wrong = make_client();
    reached = fail_heap_count();
    fail_heap_at(0, 0);
    if (wrong || make_client() || statuses[0] == 0)
        return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? CHILD_BAD : CHILD_LIBCURL;
    return reached >= b->nth ? CHILD_REACHED : CHILD_GOOD;
}

/* The same without the library: libcurl is started with no memory at all. */
static bool start_libcurl_alone(long nth)
{
    if (!start_openssl())
        return false;
    fail_heap_at(nth, 1);
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
    fail_heap_at(0, 0);
    return true;
}

static void fail_one(long nth)
{
    fail_heap_at(nth, 0);
}

/* The objects of a TLS connection without the library, or libcurl. */
static bool use_openssl(long nth)
{
    crash_site_use_openssl(fail_one, nth);
    return fail_heap_count() >= nth;
}

/*
 * From 3.4 on OpenSSL ends the process if it cannot note that a thread reads one of its tables, the
 * first time that it does.
 */
static bool openssl_gave_up(int status, FILE *heard)
{
    char said[512] = "";

    if (WTERMSIG(status) != SIGABRT)
        return false;
    rewind(heard);
    said[fread(said, 1, sizeof(said) - 1, heard)] = '\0';
    return strstr(said, "OpenSSL internal error: assertion failed") != NULL;
}

/* Whether the end of a trial is not the library's. */
static bool is_of_others(const beginning *b, int status)
{
    char site[CRASH_SITE_SIZE];

    if (status == -1)
        return false;
    if (WIFEXITED(status))
        return WEXITSTATUS(status) == CHILD_LIBCURL;
    return openssl_gave_up(status, b->heard) ||
           (b->for_good && crash_site_read(b->heard, site) &&
            crash_site_is_of_others(site, start_libcurl_alone, 1));
}

/* Returns one of CHILD_...; what others cannot do counts as reached. */
static int begin_at(const beginning *at, int *of_others)
{
    beginning b = *at;
    int result = CHILD_BAD;
    int status;

    b.heard = tmpfile();
    if (!b.heard)
        return CHILD_BAD;
    status = torture_reap(torture_fork(begin, &b), TRIAL_MS);
    if (is_of_others(&b, status)) {
        ++*of_others;
        result = CHILD_REACHED;
    } else if (status != -1 && WIFEXITED(status)) {
        result = WEXITSTATUS(status);
    }
    if (result != CHILD_GOOD && result != CHILD_REACHED)
        tap_note("allocation %ld: %s", b.nth, torture_ending(status));
    (void)fclose(b.heard);
    return result;
}

static void torture_beginning(int for_good)
{
    beginning b = {0, for_good, NULL};
    int step = torture_pick(23, 1);
    int result = CHILD_REACHED;
    int faults = 0;
    int of_others = 0;

    for (b.nth = 1; result != CHILD_GOOD && b.nth < MOST_ALLOCATIONS && faults < 10;
         b.nth += step) {
        result = begin_at(&b, &of_others);
        faults += result != CHILD_GOOD && result != CHILD_REACHED;
    }
    if (of_others)
        tap_note("%d times OpenSSL or libcurl could not go on by itself", of_others);
    tap_ok(!faults, "the first client: %s: up to allocation %ld",
           for_good ? "one allocation and all after it fail" : "one allocation fails", b.nth);
    forget_statuses();
}

/* ---- all trials of one kind ---- */

typedef struct scenario {
    const char *name;
    trial run;
    bool tls;
    int sample; /* one in so many, in the sample */
} scenario;

static bool open_store(const scenario *s)
{
    const char *base = s->tls ? sandbox_url() : url;

    return s->run == make_client || (base && open_at(&accounts, base, NULL));
}

/* One trial on a store of its own. Whether the allocation that was to fail was reached. */
static bool try_at(const scenario *s, long nth, int for_good, const char **wrong)
{
    long reached;

    if (!open_store(s)) {
        *wrong = spay_error_message(accounts.error);
        return false;
    }
    fail_heap_at(nth, for_good);
    *wrong = s->run();
    reached = fail_heap_count();
    if (!*wrong && s->run != make_client)
        *wrong = s->run() ? "the next call does not work" : NULL;
    accounts_close(&accounts);
    memset(&accounts, 0, sizeof(accounts));
    return reached >= nth;
}

typedef struct attempt {
    const scenario *scenario;
    long nth;
    int for_good;
    FILE *heard;
} attempt;

static int try_in_child(void *ctx)
{
    const attempt *a = ctx;
    const char *wrong = NULL;
    bool reached;

    crash_site_tell(a->heard);
    reached = try_at(a->scenario, a->nth, a->for_good, &wrong);
    if (wrong)
        (void)fprintf(a->heard, "%s\n", wrong);
    (void)fflush(a->heard);
    if (wrong)
        return CHILD_BAD;
    return reached ? CHILD_REACHED : CHILD_GOOD;
}

/* What a child found wrong, or how it ended. */
static const char *tell_ending(FILE *heard, int status)
{
    static char said[CRASH_SITE_SIZE];
    size_t length = (size_t)snprintf(said, sizeof(said), "%s ", torture_ending(status));

    rewind(heard);
    if (fgets(said + length, (int)(sizeof(said) - length), heard))
        said[strcspn(said, "\n")] = '\0';
    return said;
}

static bool is_crash_of_openssl(const attempt *a, int status)
{
    char site[CRASH_SITE_SIZE];

    if (status == -1 || !WIFSIGNALED(status) || !crash_site_read(a->heard, site) ||
        !crash_site_is_of_others(site, use_openssl, MOST_OF_OPENSSL))
        return false;
    tap_note("allocation %ld: crashed in %s, as it does without the library, %s", a->nth, site,
             OpenSSL_version(OPENSSL_VERSION));
    return true;
}

/* In a process of its own: OpenSSL does not survive everything. */
static bool try_apart(const scenario *s, long nth, int for_good, const char **wrong)
{
    attempt a = {.scenario = s, .nth = nth, .for_good = for_good, .heard = tmpfile()};
    int status = a.heard ? torture_reap(torture_fork(try_in_child, &a), TRIAL_MS) : -1;
    bool ended = status != -1 && WIFEXITED(status);

    *wrong = NULL;
    if (!a.heard ||
        (!is_crash_of_openssl(&a, status) && (!ended || WEXITSTATUS(status) > CHILD_REACHED)))
        *wrong = a.heard ? tell_ending(a.heard, status) : "no file";
    if (a.heard)
        (void)fclose(a.heard);
    return !ended || WEXITSTATUS(status) != CHILD_GOOD;
}

static void torture(const scenario *s, int for_good)
{
    int step = torture_pick(s->sample, 1);
    const char *wrong = NULL;
    long faults = 0;
    long trials = 0;
    long nth;

    for (nth = 1; nth < MOST_ALLOCATIONS && faults < 10; nth += step, trials++) {
        bool reached = (s->tls ? try_apart : try_at)(s, nth, for_good, &wrong);

        faults += wrong != NULL;
        if (wrong)
            tap_note("allocation %ld: %s", nth, wrong);
        if (!reached)
            break;
    }
    tap_ok(!faults && trials > 1, "%s: %s: %ld trials up to allocation %ld", s->name,
           for_good ? "one allocation and all after it fail" : "one allocation fails", trials, nth);
    tell_statuses();
}

static const scenario scenarios[] = {
    {.name = "a client", .run = make_client, .sample = 1},
    {.name = "a call at wepay", .run = pay_wepay, .sample = 3},
    {.name = "a call at hosted_fields", .run = pay_hosted_fields, .sample = 3},
    {.name = "a call over TLS", .run = pay_over_tls, .tls = true, .sample = 29},
};

int main(int argc, char **argv)
{
    size_t i;

    (void)argc;
    if (!fail_heap_at)
        preload(argv, "fail_heap");
    if (!fail_heap_at) {
        tap_skip("no memory in the whole process", "the allocator cannot be replaced here");
        return tap_end();
    }
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    statuses = mmap(NULL, STATUSES * sizeof(*statuses), PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (!tap_ok(statuses != MAP_FAILED && peer_start(&server, 0), "a server stands ready"))
        return tap_end();
    (void)peer_url(&server, "http", url);
    torture_beginning(0);
    torture_beginning(1);
    tap_ok(start_openssl() && !make_client(), "what is started once in a process is started");
    for (i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
        torture(&scenarios[i], 0);
        torture(&scenarios[i], 1);
    }
    peer_stop(&server);
    return tap_end();
}
