/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * The line is overwritten in place, and gone at the end.
 */

#include "progress.h"

#include "output.h"

#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

enum {
    WIDTH = 78
};

static bool shown;

static void show(const char *text)
{
    fprintf(stderr, "\r%-*.*s", WIDTH, WIDTH, text);
    fflush(stderr);
}

void progress_begin(const char *what)
{
    char text[WIDTH + 1];

    shown = isatty(fileno(stderr)) && !output_is_json();
    if (!shown)
        return;
    snprintf(text, sizeof text, "%s: waiting for the reply", what);
    show(text);
}

void progress_show(const char *text)
{
    if (shown)
        show(text);
}

void progress_event(void *ctx, const spay_event *event)
{
    char text[160];

    (void)ctx;
    if (!shown || event->type != SPAY_EVENT_ATTEMPT || event->decision == SPAY_DECISION_GIVE_UP)
        return;
    if (event->status == SPAY_OK)
        snprintf(text, sizeof text, "%s: %s done", spay_provider_name(event->provider),
                 event->operation);
    else
        snprintf(text, sizeof text, "%s: attempt %d: %s, HTTP %d; %s in %.1f s",
                 spay_provider_name(event->provider), (int)event->attempt,
                 *event->reason ? event->reason : spay_status_name(event->status),
                 (int)event->http_status, spay_decision_name(event->decision),
                 (double)event->delay_ms / 1000);
    show(text);
}

void progress_end(void)
{
    if (!shown)
        return;
    show("");
    fputs("\r", stderr);
    fflush(stderr);
    shown = false;
}
