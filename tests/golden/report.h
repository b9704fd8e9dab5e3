/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What is wrong with one case: collected while it is played, printed as TAP diagnostics.
 */
#ifndef GOLDEN_REPORT_H
#define GOLDEN_REPORT_H

#include <stdint.h>

typedef struct golden_report {
    char *text;     /* "# ..." lines */
    int faults;     /* how many */
    const char *by; /* the driver in use, named with each fault */
} golden_report;

/* Add a fault: one line. */
void golden_fault(golden_report *report, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;

/* Add a fault if two texts differ, showing both. NULL is a value of its own. */
void golden_same_text(golden_report *report, const char *what, const char *expected,
                      const char *got);

/* Add a fault if two numbers differ. */
void golden_same_number(golden_report *report, const char *what, int64_t expected, int64_t got);

/* Free what the report holds. */
void golden_report_clear(golden_report *report);

#endif
