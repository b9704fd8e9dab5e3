/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A program that is killed between before_send and the answer. Its successor repeats the request,
 * with the key that the hook wrote down, or with the key that the order gives: one session, the
 * first.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "torture/kit/sandbox.h"
#include "torture/kit/torture.h"

enum {
    DELAY_MS = 400,
    LIMIT_MS = 10000
};

static const char secret[] = "a secret of 32 bytes, for tests!";

/* Where the first process is killed. */
typedef enum moment {
    IN_HOOK,      /* written down, and no byte has left */
    BEFORE_ANSWER /* the provider has made the session, and nobody has heard of it */
} moment;

typedef struct accident {
    account_kind kind;
    moment when;
    bool derived; /* the key comes from the order, not from the journal */
    char order[40];
    char journal[40]; /* path */
    int told[2];      /* the hook tells that it was there */
} accident;

/* What the hook wrote down. */
typedef struct record {
    char key[80];
    char digest[80];
    char id[80]; /* of the session, once there is one */
} record;

/* ---- the first process ---- */

static spay_status write_down(void *ctx, const spay_send_record *sent)
{
    const accident *a = ctx;
    FILE *file = fopen(a->journal, "w");
    bool done = file && fprintf(file, "%s %s\n", sent->idempotency_key, sent->body_sha256) > 0 &&
                fflush(file) == 0 && fsync(fileno(file)) == 0;

    if (file)
        done = fclose(file) == 0 && done;
    if (!done || write(a->told[1], "x", 1) != 1)
        return SPAY_E_INTERNAL;
    while (a->when == IN_HOOK)
        (void)pause();
    return SPAY_OK;
}

static void name_intent(const accident *a, spay_call_options *options)
{
    if (a->derived)
        options->intent = a->order;
}

static int be_killed(void *ctx)
{
    accident *a = ctx;
    spay_client_options client = SPAY_CLIENT_OPTIONS_INIT;
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    test_accounts accounts;

    client.key_secret = secret;
    client.key_secret_length = sizeof(secret) - 1;
    client.before_send = write_down;
    client.before_send_ctx = a;
    name_intent(a, &options);
    if (open_at(&accounts, sandbox_url(), &client))
        (void)create_session(&accounts, a->kind, &options, NULL, NULL);
    return 1;
}

/* ---- its successor: another process, which knows the journal, or nothing ---- */

static bool read_journal(const accident *a, record *found)
{
    FILE *file = fopen(a->journal, "r");
    bool good = file && fscanf(file, "%79s %79s", found->key, found->digest) == 2;

    if (file)
        fclose(file);
    return good;
}

/* The first request may still run at the provider; a program tries again later then. */
static spay_status repeat(const test_accounts *accounts, const accident *a, const record *known,
                          char id[80])
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    int64_t until = torture_now_ms() + LIMIT_MS;
    spay_status status;

    name_intent(a, &options);
    if (!a->derived)
        options.idempotency_key = known->key;
    do
        status = create_session(accounts, a->kind, &options, id, NULL);
    while ((status == SPAY_E_BUSY || status == SPAY_E_CONFLICT) && torture_now_ms() < until);
    return status;
}

/* The same key for other bytes would be refused, or worse. */
static spay_status compare(void *ctx, const spay_send_record *sent)
{
    const record *known = ctx;

    return strcmp(sent->body_sha256, known->digest) == 0 ? SPAY_OK : SPAY_E_CONFLICT;
}

static int succeed(void *ctx)
{
    accident *a = ctx;
    spay_client_options client = SPAY_CLIENT_OPTIONS_INIT;
    record known;
    char id[80];
    test_accounts accounts;

    client.key_secret = secret;
    client.key_secret_length = sizeof(secret) - 1;
    if (!a->derived) {
        client.before_send = compare;
        client.before_send_ctx = &known;
    }
    if ((!a->derived && !read_journal(a, &known)) || !open_at(&accounts, sandbox_url(), &client) ||
        repeat(&accounts, a, &known, id) != SPAY_OK)
        return 1;
    accounts_close(&accounts);
    return write(a->told[1], id, sizeof(id)) == sizeof(id) ? 0 : 1;
}

/* ---- what the sandbox has seen ---- */

static const char *path_of(account_kind kind)
{
    return kind == ACCOUNT_WEPAY ? "session_tokens" : "hosted-fields-sessions";
}

typedef struct tally {
    int requests;
    int answers;     /* of status 201 */
    int with_key;    /* requests that carry the key */
    int first_value; /* answers that hold the successor's session */
} tally;

static int count(const char *text, const char *word)
{
    int found = 0;

    while ((text = strstr(text, word)) != NULL) {
        found++;
        text += strlen(word);
    }
    return found;
}

static char *journal_of(account_kind kind)
{
    char path[80];

    snprintf(path, sizeof(path), "requests?path=%s", path_of(kind));
    return sandbox_ask("GET", path, NULL);
}

static bool look(const accident *a, const record *known, tally *seen)
{
    char *text = journal_of(a->kind);

    memset(seen, 0, sizeof(*seen));
    if (!text)
        return false;
    seen->requests = count(text, "\"index\":");
    seen->answers = count(text, "\"status\":201");
    seen->with_key = count(text, known->key);
    seen->first_value = *known->id ? count(text, known->id) : 0;
    free(text);
    return true;
}

static bool has_arrived(void *ctx)
{
    tally seen;
    const record nobody = {"-", "", ""};

    return look(ctx, &nobody, &seen) && seen.requests > 0;
}

static bool set_scene(const accident *a)
{
    char fault[120];
    char *done;
    bool good;

    done = sandbox_ask("POST", "reset", "");
    good = done != NULL;
    free(done);
    if (!good || a->when == IN_HOOK)
        return good;
    snprintf(fault, sizeof(fault), "{\"path\":\"%s\",\"delay_ms\":%d}", path_of(a->kind), DELAY_MS);
    done = sandbox_ask("POST", "faults", fault);
    good = done != NULL;
    free(done);
    return good;
}

/* ---- the accident ---- */

static bool is_written(const accident *a)
{
    struct pollfd ready = {a->told[0], POLLIN, 0};
    char x;

    return poll(&ready, 1, LIMIT_MS) > 0 && read(a->told[0], &x, 1) == 1;
}

static bool kill_first(accident *a)
{
    pid_t first = torture_fork(be_killed, a);
    bool good = first > 0 && is_written(a);
    int status;

    if (good && a->when == BEFORE_ANSWER)
        good = torture_await(has_arrived, a, LIMIT_MS);
    if (first > 0)
        (void)kill(first, SIGKILL);
    status = torture_reap(first, LIMIT_MS);
    return good && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

static bool let_second(accident *a, record *known)
{
    pid_t second = torture_fork(succeed, a);
    bool good = torture_reap(second, 2 * LIMIT_MS) == 0;

    return good && read(a->told[0], known->id, sizeof(known->id)) == sizeof(known->id);
}

/* Every request carries the key, and every answer holds the same session. */
static bool is_one_session(const accident *a, const record *known, const tally *seen)
{
    int sent = a->when == IN_HOOK ? 1 : 2;
    bool exact = a->when == IN_HOOK ? seen->requests == sent : seen->requests >= sent;

    return exact && seen->with_key == seen->requests && seen->answers == sent &&
           seen->first_value == sent && strlen(known->digest) == 64 && *known->id;
}

static void test_accident(account_kind kind, moment when, bool derived, int run)
{
    accident a = {.kind = kind,
                  .when = when,
                  .derived = derived,
                  .order = "",
                  .journal = "/tmp/torture-journal-XXXXXX",
                  .told = {-1, -1}};
    record known = {"", "", ""};
    tally seen = {.requests = 0};
    int fd = mkstemp(a.journal);
    bool good = fd >= 0 && pipe(a.told) == 0 && set_scene(&a);

    snprintf(a.order, sizeof(a.order), "order 2026-%d, try 1", run);
    good = good && kill_first(&a) && read_journal(&a, &known) && let_second(&a, &known) &&
           look(&a, &known, &seen) && is_one_session(&a, &known, &seen);
    tap_ok(good, "%s, killed %s, repeated with %s: one session", account_facts_of(kind)->name,
           when == IN_HOOK ? "in the hook" : "before the answer",
           derived ? "the order's key" : "the key of the journal");
    if (!good)
        tap_note("key '%s', session '%s', %d requests, %d with the key, %d answers, %d the same",
                 known.key, known.id, seen.requests, seen.with_key, seen.answers, seen.first_value);
    close(fd);
    close(a.told[0]);
    close(a.told[1]);
    unlink(a.journal);
}

int main(void)
{
    static const account_kind kinds[] = {ACCOUNT_WEPAY, ACCOUNT_HOSTED_FIELDS};
    int count_of_runs = torture_pick(1, 25);
    int i;

    if (!sandbox_url()) {
        tap_skip("a killed program", "no sandbox runs");
        return tap_end();
    }
    for (i = 0; i < count_of_runs * 8; i++)
        test_accident(kinds[i % 2], i & 2 ? BEFORE_ANSWER : IN_HOOK, (i & 4) != 0, i);
    return tap_end();
}
