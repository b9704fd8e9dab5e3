/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The sandbox's control endpoints: scripting faults, and reading what arrived.
 * A failure ends the test. It is here and not with the support files because
 * those are linked where there is no libcurl.
 */
#ifndef INTEGRATION_SANDBOX_H
#define INTEGRATION_SANDBOX_H

#include <stddef.h>

/* Forget journal, faults, keys, tokens and sessions. */
void sandbox_reset(void);

/* End all bearer tokens and client sessions. */
void sandbox_expire(void);

/* Script one fault, or an array of them, as docs/sandbox.md describes it. */
void sandbox_fault(const char *json);

/* The requests whose path contains a text. */
typedef struct sandbox_journal sandbox_journal;

sandbox_journal *sandbox_read(const char *path);
void sandbox_forget(sandbox_journal *journal);
size_t sandbox_count(const sandbox_journal *journal);

/* A header of a request, by name; "" if it has none. */
const char *sandbox_header(const sandbox_journal *journal, size_t index, const char *name);
const char *sandbox_path(const sandbox_journal *journal, size_t index);
const char *sandbox_body(const sandbox_journal *journal, size_t index);

/* The status of the answer; 0 if no whole answer was sent. */
int sandbox_status(const sandbox_journal *journal, size_t index);

/* How many requests there are for a path, once there are at least so many;
 * waits ten seconds. */
size_t sandbox_await(const char *path, size_t least);

#endif
