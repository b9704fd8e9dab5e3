/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * What create and resume have in common: a client, a journal, a call, and what is told about it.
 */

#ifndef CLI_RUN_H
#define CLI_RUN_H

#include "journal.h"
#include "settings.h"

struct run {
    struct settings settings;
    const char *command; /* for complaints */
    const char *key;
    const char *intent;
    const char *journal; /* its path, or NULL */
    const char *flight;  /* path of the flight record, or NULL */
    const char *expected_sha256;
    bool reveal;
    bool dry_run;
};

/* Options of both commands, with their codes. */
enum {
    RUN_JOURNAL = SETTINGS_END,
    RUN_FLIGHT,
    RUN_REVEAL,
    RUN_END
};

#define RUN_OPTIONS                                                                                \
    {"journal", required_argument, NULL, RUN_JOURNAL},                                             \
        {"flight-record", required_argument, NULL, RUN_FLIGHT},                                    \
    {                                                                                              \
        "reveal", no_argument, NULL, RUN_REVEAL                                                    \
    }

enum {
    RUN_OPTION_COUNT = 3
};

/* Take an option or a setting's; returns CLI_DONE, or an exit status after a complaint. */
int run_take(struct run *run, int code, const char *value);

/* Tell what is wrong with settings that are no text. Returns CLI_DONE or CLI_USAGE. */
int run_check(const struct run *run);

/* Make the session, or show its requests; returns the exit status. */
int run_session(struct run *run);

#endif
