/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The life of the shared state.
 */
#include "sandbox.h"

#include <stdlib.h>

#include "clock.h"
#include "events.h"
#include "faults.h"
#include "grants.h"
#include "idempotency.h"
#include "journal.h"
#include "options.h"
#include "stop.h"
#include "throttle.h"

void sandbox_init(struct sandbox *sandbox, const struct options *options)
{
    *sandbox = (struct sandbox){
        .options = options,
        .journal = journal_new(),
        .faults = faults_new(),
        .keys = idempotency_new(),
        .bearer_tokens = grants_new(),
        .client_sessions = grants_new(),
        .page_sessions = grants_new(),
        .throttle = throttle_new(),
        .stop = stop_new(),
        .events = events_new(),
    };
}

void sandbox_reset(struct sandbox *sandbox)
{
    journal_clear(sandbox->journal);
    faults_clear(sandbox->faults);
    idempotency_clear(sandbox->keys);
    grants_clear(sandbox->bearer_tokens);
    grants_clear(sandbox->client_sessions);
    grants_clear(sandbox->page_sessions);
    throttle_clear(sandbox->throttle);
    events_notify(sandbox->events);
}

void sandbox_free(struct sandbox *sandbox)
{
    journal_free(sandbox->journal);
    faults_free(sandbox->faults);
    idempotency_free(sandbox->keys);
    grants_free(sandbox->bearer_tokens);
    grants_free(sandbox->client_sessions);
    grants_free(sandbox->page_sessions);
    throttle_free(sandbox->throttle);
    stop_free(sandbox->stop);
    events_free(sandbox->events);
    free(sandbox->base_url);
    free(sandbox->ca_file);
}

int64_t sandbox_clock_offset_ms(const struct sandbox *sandbox)
{
    return (int64_t)sandbox->options->clock_offset * 1000;
}

int64_t sandbox_now_ms(const struct sandbox *sandbox)
{
    return clock_wall_ms() + sandbox_clock_offset_ms(sandbox);
}

long sandbox_session_lifetime(const struct sandbox *sandbox, long providers_own)
{
    long chosen = sandbox->options->session_lifetime;
    return chosen == PROVIDERS_OWN ? providers_own : chosen;
}

int sandbox_auth_status(const struct sandbox *sandbox, int providers_own)
{
    int chosen = sandbox->options->auth_status;
    return chosen == PROVIDERS_OWN ? providers_own : chosen;
}
