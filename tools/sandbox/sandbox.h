/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Everything that the parts of a running sandbox share.
 */
#ifndef SANDBOX_SANDBOX_H
#define SANDBOX_SANDBOX_H

#include <stdint.h>

struct options;

struct sandbox {
    const struct options *options;
    char *base_url; /* "https://127.0.0.1:41234" */
    char *ca_file;  /* NULL with plain HTTP */
    struct journal *journal;
    struct faults *faults;
    struct idempotency *keys;
    struct grants *bearer_tokens;
    struct grants *client_sessions;
    struct grants *page_sessions; /* of Hosted Fields */
    struct throttle *throttle;
    struct stop *stop;
    struct events *events;
};

void sandbox_init(struct sandbox *sandbox, const struct options *options);
/* Forgets journal, faults, keys, tokens, sessions. */
void sandbox_reset(struct sandbox *sandbox);
void sandbox_free(struct sandbox *sandbox);

/* --clock-offset: how far the clock of the simulated providers is ahead of this machine's. */
int64_t sandbox_clock_offset_ms(const struct sandbox *sandbox);
/* The wall clock as the simulated providers see it. */
int64_t sandbox_now_ms(const struct sandbox *sandbox);
/* --session-lifetime, or the provider's own number of seconds. */
long sandbox_session_lifetime(const struct sandbox *sandbox, long providers_own);
/* --auth-status, or the provider's own. */
int sandbox_auth_status(const struct sandbox *sandbox, int providers_own);

#endif
