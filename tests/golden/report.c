/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Faults as TAP diagnostics; see report.h.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "golden/report.h"
#include "golden/text.h"

static void append(golden_report *report, const char *prefix, const char *text)
{
    char *longer = golden_format("%s# %s%s\n", report->text ? report->text : "", prefix, text);

    free(report->text);
    report->text = longer;
}

/* Append each line of a text. */
static void append_lines(golden_report *report, const char *title, const char *text)
{
    append(report, title, text ? "" : " NULL");
    while (text && *text) {
        size_t length = strcspn(text, "\n");
        char *line = golden_copy(text, length);
        append(report, "    |", line);
        free(line);
        text += length;
        text += *text == '\n';
    }
}

void golden_fault(golden_report *report, const char *format, ...)
{
    char line[1024];
    va_list values;
    va_start(values, format);
    vsnprintf(line, sizeof(line), format, values);
    va_end(values);

    char *prefix = golden_format("%s: ", report->by);
    append(report, prefix, line);
    free(prefix);
    report->faults++;
}

void golden_same_text(golden_report *report, const char *what, const char *expected,
                      const char *got)
{
    int same = expected && got ? strcmp(expected, got) == 0 : expected == got;

    if (same)
        return;
    golden_fault(report, "%s differs", what);
    append_lines(report, "  expected:", expected);
    append_lines(report, "  got:", got);
}

void golden_same_number(golden_report *report, const char *what, int64_t expected, int64_t got)
{
    if (expected != got)
        golden_fault(report, "%s: expected %" PRId64 ", got %" PRId64, what, expected, got);
}

void golden_report_clear(golden_report *report)
{
    free(report->text);
    report->text = NULL;
    report->faults = 0;
}
