/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * The file that survives a crash: a line of JSON, on the disk before each request leaves, with key,
 * digest of the body, and all settings that are not secret; and one at the end of a call.
 */

#ifndef CLI_JOURNAL_H
#define CLI_JOURNAL_H

#include "settings.h"

#include <sessionpay/hooks.h>

struct journal {
    const char *path;
    int descriptor;
    const struct settings *settings;
    /* When a call is resumed: the digest that the body must have. */
    const char *expected_sha256;
    const char *key;
    /* What became of it. */
    bool differs;
    bool broken;
};

/* Open for appending, and make it (mode 0600) if it is not there. false if that fails. */
bool journal_open(struct journal *journal);

/* A before_send hook; ctx is the journal. It refuses unless the line is on the disk. */
spay_status journal_before_send(void *ctx, const spay_send_record *record);

/* The end of the call: what is told about the session, or NULL and the error. */
void journal_end(struct journal *journal, const cJSON *made, const spay_error *error);

void journal_close(struct journal *journal);

/* The last entry before a request with this key, to be deleted; NULL and *problem if none. */
cJSON *journal_find(const char *path, const char *key, const char **problem);

#endif
