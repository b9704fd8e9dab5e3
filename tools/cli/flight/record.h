/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * A flight record as a timeline. It comes from somebody's ticket, so nothing in it is trusted.
 */

#ifndef CLI_FLIGHT_RECORD_H
#define CLI_FLIGHT_RECORD_H

#include <cjson/cJSON.h>
#include <stddef.h>
#include <stdio.h>

enum {
    FLIGHT_ATTEMPTS = 1000, /* as many as a recorder keeps */
    FLIGHT_SEGMENTS = 7
};

/* A piece of time; milliseconds from the first attempt's start. */
struct flight_segment {
    const char *name;
    char symbol;       /* on the terminal */
    const char *color; /* in pictures */
    double from_ms;
    double to_ms;
};

struct flight_attempt {
    const cJSON *entry;
    double start_ms;
    double end_ms;
    struct flight_segment segments[FLIGHT_SEGMENTS];
    size_t segment_count;
};

struct flight {
    cJSON *record;
    struct flight_attempt attempts[FLIGHT_ATTEMPTS];
    size_t count;
    double span_ms; /* above 0 */
};

/* NULL and *problem if it is no flight record. */
struct flight *flight_parse(const char *text, const char **problem);

void flight_free(struct flight *flight);

/* A member's text, "" without it; a number, otherwise if it is missing. */
const char *flight_text(const struct flight_attempt *attempt, const char *name);
double flight_number(const struct flight_attempt *attempt, const char *name, double otherwise);

/* Whether the attempt succeeded. */
int flight_succeeded(const struct flight_attempt *attempt);

/* "token attempt 1 at wepay" */
void flight_title(const struct flight_attempt *attempt, char *title, size_t size);

/* All kinds of segments, in order, for a legend; ends with a NULL name. */
extern const struct flight_segment flight_kinds[];

cJSON *flight_to_json(const struct flight *flight);
void flight_print(const struct flight *flight, FILE *out);
void flight_print_svg(const struct flight *flight, FILE *out);
void flight_print_html(const struct flight *flight, FILE *out);

#endif
