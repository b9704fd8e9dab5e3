/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * The timeline on a terminal: a bar for each attempt, all on one scale.
 */

#include "cli/output.h"
#include "record.h"

#include <string.h>

enum {
    WIDTH = 64
};

static size_t column(const struct flight *flight, double ms)
{
    double at = ms / flight->span_ms * (double)WIDTH;

    return at < 0 ? 0 : at > (double)WIDTH ? WIDTH : (size_t)at;
}

/* Each segment is seen, however short it is. */
static void print_bar(const struct flight *flight, const struct flight_attempt *attempt, FILE *out)
{
    char bar[WIDTH + 1];
    size_t next = 0;

    memset(bar, ' ', WIDTH);
    bar[WIDTH] = '\0';
    for (size_t i = 0; i < attempt->segment_count; i++) {
        const struct flight_segment *segment = &attempt->segments[i];
        size_t from = column(flight, segment->from_ms), to = column(flight, segment->to_ms);
        from = from > next ? from : next;
        to = to > from ? to : from + 1;
        for (; from < to && from < WIDTH; from++)
            bar[from] = segment->symbol;
        next = from;
    }
    fprintf(out, "  |%s|\n", bar);
}

static void print_times(const struct flight_attempt *attempt, FILE *out)
{
    fputs("  ", out);
    for (size_t i = 0; i < attempt->segment_count; i++) {
        const struct flight_segment *segment = &attempt->segments[i];
        fprintf(out, "%s%s %.1f", i ? ", " : "", segment->name, segment->to_ms - segment->from_ms);
    }
    fputs(attempt->segment_count ? " ms\n" : "no times\n", out);
}

static void print_failure(const struct flight_attempt *attempt, FILE *out)
{
    static const char *const names[] = {"reason", "phase", "host", "provider_code", "request_id"};

    fputs("  ", out);
    output_text(out, flight_text(attempt, "message"));
    putc('\n', out);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!*flight_text(attempt, names[i]))
            continue;
        fprintf(out, "  %s ", names[i]);
        output_text(out, flight_text(attempt, names[i]));
    }
    putc('\n', out);
}

static void print_attempt(const struct flight *flight, const struct flight_attempt *attempt,
                          FILE *out)
{
    const char *color = flight_succeeded(attempt) ? "\033[32m" : "\033[31m";
    char title[160];

    if (!output_has_color(out))
        color = "";
    flight_title(attempt, title, sizeof title);
    fprintf(out, "+%.0f ms  %s", attempt->start_ms, color);
    output_text(out, title);
    fputs(": ", out);
    output_text(out, flight_text(attempt, "status"));
    fprintf(out, "%s, HTTP %.0f, then ", *color ? "\033[0m" : "",
            flight_number(attempt, "http_status", 0));
    output_text(out, flight_text(attempt, "decision"));
    putc('\n', out);
    print_bar(flight, attempt, out);
    print_times(attempt, out);
    if (!flight_succeeded(attempt))
        print_failure(attempt, out);
}

void flight_print(const struct flight *flight, FILE *out)
{
    for (size_t i = 0; i < flight->count; i++) {
        print_attempt(flight, &flight->attempts[i], out);
        putc('\n', out);
    }
    fprintf(out, "attempts: %zu, in %.1f ms\n", flight->count,
            flight->count ? flight->span_ms : 0.0);
    for (const struct flight_segment *kind = flight_kinds; kind->name; kind++)
        fprintf(out, "%s%c %s", kind == flight_kinds ? "" : ", ", kind->symbol, kind->name);
    putc('\n', out);
}
