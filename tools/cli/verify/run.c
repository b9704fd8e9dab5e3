/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * One situation after the other, each with a client of its own that sends through ours.
 */

#include "findings.h"

#include "cli/command.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/report.h"
#include "cli/secrets.h"
#include "cli/session.h"
#include "request.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    USUAL_TIMEOUT_MS = 10000,
    POLITE_MS = 500,
    SILENT_MOST = 2 /* requests in a row without a reply, before giving up */
};

bool verify_includes(const struct verify *verify, enum belief_api api)
{
    switch (verify->settings.product) {
    case WEPAY:
        return api == BELIEF_WEPAY;
    case HOSTED_FIELDS:
        return api == BELIEF_IDENTITY || api == BELIEF_HOSTED_FIELDS;
    case CONNECT:
        return api == BELIEF_CONNECT;
    default:
        return api == BELIEF_APPLE_PAY;
    }
}

/* -- One situation -- */

static int64_t shifted_wall(void *ctx)
{
    const struct attempt *attempt = ctx;
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return ((int64_t)now.tv_sec + atol(attempt->facts->what)) * 1000 + now.tv_nsec / 1000000;
}

/* Settings of this situation alone; what was there before comes back. */
static char **change_settings(struct verify *verify, const struct situation_facts *facts,
                              char **before)
{
    char **slot = NULL;

    if (facts->change == CHANGE_ACCOUNT)
        slot = &verify->settings.given[verify_account(verify)];
    if (facts->change == CHANGE_EXTRA)
        slot = &verify->settings.given[EXTRA_JSON];
    if (slot) {
        char *changed = verify_expand(verify, facts->what);
        *before = *slot;
        *slot = changed;
    }
    return slot;
}

static spay_client *open_client(struct attempt *attempt, spay_transport *transport,
                                spay_error **error)
{
    const char *ignored = NULL;
    long timeout_ms = settings_number(&attempt->verify->settings, TIMEOUT_MS, &ignored);
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    spay_platform platform = SPAY_PLATFORM_INIT;
    spay_client *client = NULL;

    platform.ctx = attempt;
    platform.wall_ms = shifted_wall;
    options.transport = transport;
    options.timeout_ms = timeout_ms > 0 ? timeout_ms : USUAL_TIMEOUT_MS;
    options.max_attempts = 1;
    if (attempt->facts->change == CHANGE_CLOCK)
        options.platform = &platform;
    (void)spay_client_new(&options, &client, error);
    return client;
}

/* Why there is no reply, in words of the library alone. */
static void explain(struct trial *trial, const spay_error *error)
{
    const char *reason = spay_error_reason(error);

    if (trial->replied || *trial->why)
        return;
    if (spay_error_http_status(error))
        snprintf(trial->why, sizeof trial->why, "the request before it got HTTP %d: %s",
                 (int)spay_error_http_status(error), spay_error_name(error));
    else
        snprintf(trial->why, sizeof trial->why, "no reply: %s%s%s", spay_error_name(error),
                 *reason ? ", " : "", reason);
    for (size_t i = 0; i < spay_error_field_count(error); i++) {
        size_t length = strlen(trial->why);
        if (spay_error_stage(error) == SPAY_STAGE_INPUT)
            snprintf(trial->why + length, sizeof trial->why - length, "; %s: %s",
                     spay_error_field_path(error, i), spay_error_field_code(error, i));
    }
}

static spay_error *call(struct verify *verify, enum situation situation)
{
    const struct situation_facts *facts = &situations[situation];
    struct attempt attempt = {
        .verify = verify, .facts = facts, .trial = &verify->trials[situation]};
    struct session_call session = {.settings = &verify->settings,
                                   .always_key = facts->api == BELIEF_CONNECT};
    spay_transport transport = verify_transport(&attempt);
    spay_error *error = NULL;
    char *before = NULL;
    char **changed = change_settings(verify, facts, &before);

    spay_call_options_init(&session.options, sizeof session.options);
    if (facts->repeats)
        session.options.idempotency_key = verify->trials[facts->repeats].key;
    session.client = open_client(&attempt, &transport, &error);
    cJSON *made = session.client ? session_create(&session, &error) : NULL;
    attempt.trial->read = attempt.trial->read || made;
    cJSON_Delete(made);
    spay_client_free(session.client);
    if (changed) {
        secret_free(*changed);
        *changed = before;
    }
    return error;
}

/* -- All of them -- */

static void pause_politely(const struct verify *verify)
{
    bool here = strstr(verify->origin, "://127.") || strstr(verify->origin, "://[::1]") ||
                strstr(verify->origin, "://localhost");
    long pause_ms = verify->pause_ms >= 0 ? verify->pause_ms : here ? 0 : POLITE_MS;
    struct timespec pause = {pause_ms / 1000, pause_ms % 1000 * 1000000};

    nanosleep(&pause, NULL);
}

static bool makes_session(const struct situation_facts *facts, int status)
{
    return status / 100 == 2 && facts->api != BELIEF_IDENTITY &&
           (!facts->repeats || facts->api == BELIEF_APPLE_PAY);
}

/* Once something was sent, the input was in order. */
static int exit_status_of(const struct verify *verify, const spay_error *error)
{
    int status = report_exit_status(error);

    return status == CLI_DONE || (status == CLI_USAGE && verify->requests) ? CLI_SUPPORT : status;
}

/* Without an ordinary session, all other replies say nothing. */
static void judge(struct verify *verify, enum situation situation, const spay_error *error)
{
    const struct situation_facts *facts = &situations[situation];
    struct trial *trial = &verify->trials[situation];

    explain(trial, error);
    verify->sessions += makes_session(facts, trial->status);
    if (facts->change == CHANGE_NOTHING && !facts->repeats && trial->status / 100 != 2)
        verify->exit_status = exit_status_of(verify, error);
}

/* A reply to compare with is missing, or something that the change needs. */
static const char *obstacle(const struct verify *verify, const struct situation_facts *facts)
{
    const char *account = settings_get(&verify->settings, verify_account(verify));

    if (facts->repeats && verify->trials[facts->repeats].status / 100 != 2)
        return "there is no session to repeat";
    if (facts->change == CHANGE_ACCOUNT && !strcmp(facts->what, "$CAPITALS") &&
        (!account || !strpbrk(account, "abcdefghijklmnopqrstuvwxyz")))
        return "the account's id has no small letters";
    return NULL;
}

static void show_progress(const struct verify *verify, const struct situation_facts *facts)
{
    char text[WHY_MAX];

    snprintf(text, sizeof text, "%s: %d of %d: %s", product_name(verify->settings.product),
             verify->requests + 1, verify->planned, facts->sentence);
    progress_show(text);
}

static void try_one(struct verify *verify, enum situation situation, int *silent)
{
    const struct situation_facts *facts = &situations[situation];
    struct trial *trial = &verify->trials[situation];
    const char *why = obstacle(verify, facts);

    if (verify->exit_status != CLI_DONE)
        why = "no session was made";
    else if (*silent >= SILENT_MOST)
        why = "the host stopped answering";
    if (why) {
        snprintf(trial->why, sizeof trial->why, "%s", why);
        return;
    }
    if (verify->requests)
        pause_politely(verify);
    show_progress(verify, facts);
    spay_error *error = call(verify, situation);
    if (trial->tried)
        *silent = trial->replied ? 0 : *silent + 1;
    judge(verify, situation, error);
    spay_error_free(error);
}

/* Returns CLI_DONE, or an exit status after a complaint. */
static int open_network(struct verify *verify)
{
    spay_client_options options = session_client_options(&verify->settings);
    spay_error *error = NULL;

    if (spay_client_new(&options, &verify->client, &error) == SPAY_OK)
        return CLI_DONE;
    return report_error(error, &verify->settings, NULL);
}

static void announce(struct verify *verify)
{
    int requests = verify->settings.product == APPLE_PAY, made = requests;

    for (int i = 1; i < SITUATION_COUNT; i++) {
        if (!verify_includes(verify, situations[i].api))
            continue;
        requests++;
        made += makes_session(&situations[i], belief_status((enum situation)i));
    }
    verify->planned = requests;
    if (output_is_json())
        return;
    fprintf(stderr, "sessionpay: %s: %d requests, %d of which should make a session\n",
            product_name(verify->settings.product), requests, made);
}

int verify_run(struct verify *verify)
{
    int status = open_network(verify);
    int silent = 0;

    if (status != CLI_DONE)
        return status;
    announce(verify);
    progress_begin(product_name(verify->settings.product));
    for (int i = 1; i < SITUATION_COUNT; i++) {
        if (verify_includes(verify, situations[i].api))
            try_one(verify, (enum situation)i, &silent);
    }
    progress_end();
    return CLI_DONE;
}
