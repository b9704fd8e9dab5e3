/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * No memory while a process makes its first client and its first connection, which is when libcurl
 * and OpenSSL are started and the system's authorities are read: every allocation fails in turn, in
 * a process of its own. Nothing crashes, nobody is trusted who would not be, and what failed for
 * want of memory is done by the next client.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <curl/curl.h>
#include <openssl/ssl.h>

#include "torture/kit/crash_site.h"
#include "torture/kit/heap.h"
#include "torture/kit/sandbox.h"
#include "torture/kit/torture.h"

enum {
    MOST_ALLOCATIONS = 1000000,
    TRIAL_MS = 60000,
    CALL_MS = 10000,
    SLACK_MS = 3000 /* on a machine with other things to do */
};

/* ---- what is done without memory: NULL, or what was wrong ---- */

static const char *check(spay_status status, const spay_error *error, bool made)
{
    if (status != SPAY_OK && status != SPAY_E_NO_MEMORY)
        return spay_status_name(status);
    if (made != (status == SPAY_OK))
        return "made by halves";
    if ((error != NULL) != (status != SPAY_OK) || spay_error_status(error) != status)
        return "an error that does not fit its status";
    return NULL;
}

static spay_client *client;

/* The first client. */
static const char *make_client(void)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    spay_error *error = NULL;
    spay_status status;
    const char *wrong;

    options.user_agent = "Torture/1";
    options.key_secret = "sixteen bytes ok";
    options.key_secret_length = 16;
    options.ca_file = getenv("SPAY_CA_FILE");
    status = spay_client_new(&options, &client, &error);
    heap_fail_at(0, false);
    wrong = check(status, error, client != NULL);
    spay_error_free(error);
    return wrong;
}

static bool finish_client(void)
{
    const char *wrong = client ? NULL : make_client();

    spay_client_free(client);
    return !wrong;
}

static test_accounts accounts;

/* A client that knows the system's authorities alone; the sandbox's is not among them. */
static bool open_cold(void)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;

    options.timeout_ms = CALL_MS;
    options.max_attempts = 1;
    return open_at(&accounts, sandbox_url(), &options);
}

static spay_status call_cold(spay_error **error)
{
    spay_status status = create_session(&accounts, ACCOUNT_WEPAY, NULL, NULL, error);

    return spay_error_requests_sent(*error) ? SPAY_OK : status;
}

static const char trusted[] = "a request to a peer that is not to be trusted";

/* The first call, of a new client. */
static const char *make_call(void)
{
    int64_t began = torture_now_ms();
    spay_error *error = NULL;
    spay_status status = open_cold() ? call_cold(&error) : spay_error_status(accounts.error);

    heap_fail_at(0, false);
    spay_error_free(error);
    if (status == SPAY_OK)
        return trusted;
    if (status != SPAY_E_NO_MEMORY && status != SPAY_E_TLS && status != SPAY_E_CONNECT &&
        status != SPAY_E_NETWORK)
        return spay_status_name(status);
    return torture_now_ms() - began > CALL_MS + SLACK_MS ? "later than its deadline" : NULL;
}

static bool finish_call(void)
{
    spay_error *error = NULL;
    bool good = (accounts.connect_server || open_cold()) && call_cold(&error) == SPAY_E_TLS &&
                strcmp(spay_error_reason(error), "tls_authority_unknown") == 0;

    if (!good)
        (void)fprintf(stderr, "the next call: %s %s: %s\n", spay_error_name(error),
                      spay_error_reason(error), spay_error_message(error));
    spay_error_free(error);
    accounts_close(&accounts);
    return good;
}

/* What is tried, and what must work after it. */
typedef struct beginning {
    const char *name;
    const char *(*run)(void);
    bool (*finish)(void);
    long nth;
    bool for_good;
    FILE *heard; /* what the process says */
} beginning;

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
    spay_client *other = NULL;
    bool done;

    if (spay_mock_new(&mock, NULL) != SPAY_OK ||
        OPENSSL_init_ssl(OPENSSL_INIT_ENGINE_ALL_BUILTIN | OPENSSL_INIT_LOAD_CONFIG, NULL) != 1)
        return false;
    options.transport = spay_mock_transport(mock);
    options.platform = spay_mock_platform(mock);
    done = spay_client_new(&options, &other, NULL) == SPAY_OK;
    spay_client_free(other);
    spay_mock_free(mock);
    return done;
}

enum {
    CHILD_GOOD,
    CHILD_REACHED, /* good, and the allocation was one of those that failed */
    CHILD_OTHERS,  /* OpenSSL or libcurl cannot go on, whoever asks them */
    CHILD_BAD
};

static char ca_file[512]; /* of the sandbox, which the library is not told about */

/* In a new process. */
static int begin(void *ctx)
{
    const beginning *b = ctx;
    const char *wrong;
    long reached;

    (void)dup2(fileno(b->heard), STDERR_FILENO);
    crash_site_tell(b->heard);
    if (!start_openssl())
        return CHILD_BAD;
    heap_fail_at(b->nth, b->for_good);
    wrong = b->run();
    reached = heap_count();
    heap_fail_at(0, false);
    if (wrong)
        (void)fprintf(stderr, "%s\n", wrong);
    if (wrong || !b->finish())
        return wrong == trusted || sandbox_connects_libcurl(ca_file, CALL_MS) ? CHILD_BAD
                                                                              : CHILD_OTHERS;
    return reached >= b->nth ? CHILD_REACHED : CHILD_GOOD;
}

/* The same without the library: libcurl is started with no memory at all. */
static bool start_libcurl_alone(long nth)
{
    if (!start_openssl())
        return false;
    heap_fail_at(nth, true);
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
    heap_fail_at(0, false);
    return true;
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
        return WEXITSTATUS(status) == CHILD_OTHERS;
    return openssl_gave_up(status, b->heard) ||
           (b->for_good && crash_site_read(b->heard, site) &&
            crash_site_is_of_others(site, start_libcurl_alone, 1));
}

/* How a child ended, and what it said. */
static void tell_ending(const beginning *b, int status)
{
    char said[200] = "";

    rewind(b->heard);
    if (fgets(said, sizeof(said), b->heard))
        said[strcspn(said, "\n")] = '\0';
    tap_note("allocation %ld: %s %s", b->nth, torture_ending(status), said);
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
        tell_ending(&b, status);
    (void)fclose(b.heard);
    return result;
}

static void torture(beginning b, int step)
{
    int result = CHILD_REACHED;
    int faults = 0;
    int trials = 0;
    int of_others = 0;

    for (b.nth = 1; result != CHILD_GOOD && b.nth < MOST_ALLOCATIONS && faults < 10;
         b.nth += step, trials++) {
        result = begin_at(&b, &of_others);
        faults += result != CHILD_GOOD && result != CHILD_REACHED;
    }
    if (of_others)
        tap_note("%d times OpenSSL or libcurl could not go on by itself", of_others);
    tap_ok(!faults && trials > 1, "%s: %s: %d trials up to allocation %ld", b.name,
           b.for_good ? "one allocation and all after it fail" : "one allocation fails", trials,
           b.nth);
}

int main(int argc, char **argv)
{
    static const beginning new_client = {
        .name = "the first client", .run = make_client, .finish = finish_client};
    static const beginning new_call = {
        .name = "the first call, system's authorities", .run = make_call, .finish = finish_call};
    beginning b = new_client;

    (void)argc;
    if (!heap_can_fail(argv))
        return tap_skip_all("the allocator cannot be replaced here");
    if (!sandbox_url() || !getenv("SPAY_CA_FILE"))
        return tap_skip_all("needs the sandbox with TLS");
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    (void)snprintf(ca_file, sizeof(ca_file), "%s", getenv("SPAY_CA_FILE"));
    for (int i = 0; i < 2; i++) {
        b.for_good = i;
        torture(b, torture_pick(97, 1));
    }
    (void)unsetenv("SPAY_CA_FILE");
    b = new_call;
    for (int i = 0; i < 2; i++) {
        b.for_good = i;
        torture(b, torture_pick(15991, 97));
    }
    return tap_end();
}
