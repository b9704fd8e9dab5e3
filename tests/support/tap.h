/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What a test program prints: the Test Anything Protocol.
 */
#ifndef SUPPORT_TAP_H
#define SUPPORT_TAP_H

#include <stdbool.h>

#if defined(__GNUC__)
#define TAP_FORMAT(n) __attribute__((format(printf, n, (n) + 1)))
#else
#define TAP_FORMAT(n)
#endif

/* One line of TAP. Returns passed. */
bool tap_ok(bool passed, const char *format, ...) TAP_FORMAT(2);

/* A line that explains the one before, or tells a figure. */
void tap_note(const char *format, ...) TAP_FORMAT(1);

/* A test that this machine or this build cannot run, and why. */
void tap_skip(const char *name, const char *why);

/* The plan. Returns the program's exit status: a program without a test has failed. */
int tap_end(void);

/* All of the program is skipped. Returns its exit status. */
int tap_skip_all(const char *why);

#endif
