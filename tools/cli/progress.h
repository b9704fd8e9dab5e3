/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * One line on standard error while a call runs, if that is a terminal. It has no escape sequences.
 */

#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <sessionpay/hooks.h>

void progress_begin(const char *what);

/* An event hook. */
void progress_event(void *ctx, const spay_event *event);

/* Show another text, which must be short. */
void progress_show(const char *text);

void progress_end(void);

#endif
