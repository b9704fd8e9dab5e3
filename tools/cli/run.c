/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * The order matters: the journal is open before anything is sent.
 */

#include "run.h"

#include "command.h"
#include "dry_run.h"
#include "output.h"
#include "progress.h"
#include "report.h"
#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int run_take(struct run *run, int code, const char *value)
{
    switch (code) {
    case RUN_JOURNAL:
        run->journal = value;
        break;
    case RUN_FLIGHT:
        run->flight = value;
        break;
    case RUN_REVEAL:
        run->reveal = true;
        break;
    default:
        return settings_take(&run->settings, run->command, code, value);
    }
    return CLI_DONE;
}

int run_check(const struct run *run)
{
    return session_check(&run->settings, run->command);
}

static bool write_text(const char *path, const char *text)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FILE *file = descriptor >= 0 ? fdopen(descriptor, "w") : NULL;
    bool written = file && fputs(text, file) >= 0;

    return file && fclose(file) == 0 && written;
}

static void write_flight_record(const struct run *run, spay_client *client)
{
    char *record = run->flight ? spay_client_flight_record(client) : NULL;

    errno = record ? 0 : ENOMEM;
    if (run->flight && (!record || !write_text(run->flight, record)))
        fprintf(stderr, "sessionpay: the flight record %s cannot be written: %s\n", run->flight,
                strerror(errno));
    spay_free(record);
}

/* Tell it as it is; a hook of ours that refused is not a cancellation. */
static int tell(const struct run *run, const struct journal *journal, cJSON *made,
                spay_error *error)
{
    if (made)
        return output_object(made, stdout, CLI_DONE);
    if (journal->differs || journal->broken)
        spay_error_free(error);
    if (journal->differs)
        return output_fail(CLI_USAGE, run->command,
                           "the body differs from that of the journal; nothing was sent");
    if (journal->broken)
        return output_fail(CLI_SETUP, run->journal, "it cannot be written; nothing was sent");
    return report_error(error, &run->settings, run->journal);
}

static int call(const struct run *run, struct journal *journal)
{
    spay_client_options options = session_client_options(&run->settings);
    struct session_call session = {.settings = &run->settings, .reveal = run->reveal};
    spay_error *error = NULL;
    cJSON *made = NULL;

    options.event = progress_event;
    if (journal->path) {
        options.before_send = journal_before_send;
        options.before_send_ctx = journal;
    }
    spay_call_options_init(&session.options, sizeof session.options);
    session.options.idempotency_key = run->key;
    session.options.intent = run->intent;
    session.always_key = journal->path != NULL;
    progress_begin(product_name(run->settings.product));
    if (spay_client_new(&options, &session.client, &error) == SPAY_OK)
        made = session_create(&session, &error);
    progress_end();
    if (session.client)
        write_flight_record(run, session.client);
    if (journal->path && !journal->differs)
        journal_end(journal, made, error);
    spay_client_free(session.client);
    return tell(run, journal, made, error);
}

int run_session(struct run *run)
{
    struct journal journal = {
        .path = run->journal,
        .descriptor = -1,
        .settings = &run->settings,
        .expected_sha256 = run->expected_sha256,
        .key = run->key,
    };
    int status = run_check(run);

    if (status != CLI_DONE)
        return status;
    if (run->dry_run)
        return dry_run(run);
    if (journal.path && !journal_open(&journal))
        status = output_fail(CLI_SETUP, run->journal, "it cannot be opened for writing");
    else
        status = call(run, &journal);
    journal_close(&journal);
    return status;
}
