/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * That something changed which the console shows. What it was, those who wait find out themselves.
 */
#ifndef SANDBOX_EVENTS_H
#define SANDBOX_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

struct events;

struct events *events_new(void);
/* Wakes everybody who waits. */
void events_notify(struct events *events);
/* Waits for the first change after *seen, and at most so long; then *seen is up to date. False when
 * the sandbox ends. */
bool events_wait(struct events *events, uint64_t *seen, long milliseconds);
/* Sleeps. False when the sandbox ends. */
bool events_pause(struct events *events, long milliseconds);
/* Nobody waits from now on. */
void events_close(struct events *events);
void events_free(struct events *events);

#endif
