/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * From the recorder's JSON to segments of time.
 */

#include "record.h"

#include "cli/secrets.h"

#include <stdlib.h>
#include <string.h>

const struct flight_segment flight_kinds[] = {
    {.name = "name lookup", .symbol = 'N', .color = "#8e7cc3"},
    {.name = "connect", .symbol = 'C', .color = "#3d85c6"},
    {.name = "TLS", .symbol = 'T', .color = "#45a29e"},
    {.name = "wait for first byte", .symbol = 'W', .color = "#e69138"},
    {.name = "read reply", .symbol = 'R', .color = "#6aa84f"},
    {.name = "not known", .symbol = '?', .color = "#b7b7b7"},
    {.name = "pause before the next", .symbol = '.', .color = "#eeeeee"},
    {.name = NULL},
};

enum kind {
    READ_REPLY = 4,
    NOT_KNOWN = 5,
    PAUSE = 6
};

const char *flight_text(const struct flight_attempt *attempt, const char *name)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(attempt->entry, name));

    return text ? text : "";
}

/* Beyond 2^53 numbers are not exact, and no time is. */
double flight_number(const struct flight_attempt *attempt, const char *name, double otherwise)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(attempt->entry, name);

    if (!cJSON_IsNumber(item) || !(item->valuedouble > -1e15) || !(item->valuedouble < 1e15))
        return otherwise;
    return item->valuedouble;
}

int flight_succeeded(const struct flight_attempt *attempt)
{
    return !strcmp(flight_text(attempt, "status"), "SPAY_OK");
}

/* Names of the library are ASCII. Others may be cut in the middle of a character. */
void flight_title(const struct flight_attempt *attempt, char *title, size_t size)
{
    snprintf(title, size, "%.40s attempt %.0f at %.40s", flight_text(attempt, "operation"),
             flight_number(attempt, "attempt", 0), flight_text(attempt, "provider"));
    for (; *title; title++)
        *title = *title < 0x20 || *title > 0x7E ? '?' : *title;
}

static void add(struct flight_attempt *attempt, int kind, double from_ms, double to_ms)
{
    struct flight_segment *segment = &attempt->segments[attempt->segment_count];

    if (!(to_ms > from_ms))
        return;
    *segment = flight_kinds[kind];
    segment->from_ms = from_ms;
    segment->to_ms = to_ms;
    attempt->segment_count++;
}

/* Moments are microseconds from the start; 0 was not needed, -1 did not come. */
static void add_segments(struct flight_attempt *attempt)
{
    static const char *const moments[] = {"name_lookup_us", "connect_us", "tls_us", "first_byte_us",
                                          "total_us"};
    double at_ms = attempt->start_ms;

    for (int kind = 0; kind <= READ_REPLY; kind++) {
        double us = flight_number(attempt, moments[kind], -1);
        double end_ms = attempt->start_ms + us / 1000;
        if (us <= 0 || end_ms <= at_ms)
            continue;
        add(attempt, kind, at_ms, end_ms);
        at_ms = end_ms;
    }
    if (at_ms > attempt->end_ms)
        attempt->end_ms = at_ms;
    /* The elapsed time is in whole milliseconds. */
    if (attempt->end_ms > at_ms + 1)
        add(attempt, NOT_KNOWN, at_ms, attempt->end_ms);
    add(attempt, PAUSE, attempt->end_ms, attempt->end_ms + flight_number(attempt, "delay_ms", 0));
}

static double started_at(const struct flight_attempt *attempt)
{
    double elapsed = flight_number(attempt, "elapsed_ms", 0);

    return flight_number(attempt, "at_ms", 0) - (elapsed > 0 ? elapsed : 0);
}

static void measure(struct flight *flight)
{
    double origin = flight->count ? started_at(&flight->attempts[0]) : 0;

    for (size_t i = 1; i < flight->count; i++) {
        double at = started_at(&flight->attempts[i]);
        origin = at < origin ? at : origin;
    }
    for (size_t i = 0; i < flight->count; i++) {
        struct flight_attempt *attempt = &flight->attempts[i];
        double elapsed = flight_number(attempt, "elapsed_ms", 0);
        attempt->start_ms = started_at(attempt) - origin;
        attempt->end_ms = attempt->start_ms + (elapsed > 0 ? elapsed : 0);
        add_segments(attempt);
        double end = attempt->segment_count ? attempt->segments[attempt->segment_count - 1].to_ms
                                            : attempt->end_ms;
        flight->span_ms = end > flight->span_ms ? end : flight->span_ms;
    }
    if (!(flight->span_ms > 0))
        flight->span_ms = 1;
}

static const char *read_attempts(struct flight *flight, const cJSON *list)
{
    const cJSON *entry;

    if (!cJSON_IsArray(list))
        return "it is no flight record: it has no list of attempts";
    cJSON_ArrayForEach(entry, list)
    {
        if (!cJSON_IsObject(entry))
            return "it is no flight record: an attempt is no object";
        if (flight->count == FLIGHT_ATTEMPTS)
            return "it has more than 1000 attempts";
        flight->attempts[flight->count++].entry = entry;
    }
    return NULL;
}

struct flight *flight_parse(const char *text, const char **problem)
{
    struct flight *flight = xmalloc(sizeof *flight);

    memset(flight, 0, sizeof *flight);
    flight->record = cJSON_Parse(text);
    *problem = read_attempts(flight, cJSON_GetObjectItemCaseSensitive(flight->record, "attempts"));
    if (!*problem) {
        measure(flight);
        return flight;
    }
    flight_free(flight);
    return NULL;
}

void flight_free(struct flight *flight)
{
    if (flight)
        cJSON_Delete(flight->record);
    free(flight);
}

static cJSON *segments_to_json(const struct flight_attempt *attempt)
{
    cJSON *list = cJSON_CreateArray();

    for (size_t i = 0; i < attempt->segment_count; i++) {
        cJSON *segment = cJSON_CreateObject();
        cJSON_AddStringToObject(segment, "name", attempt->segments[i].name);
        cJSON_AddNumberToObject(segment, "from_ms", attempt->segments[i].from_ms);
        cJSON_AddNumberToObject(segment, "to_ms", attempt->segments[i].to_ms);
        cJSON_AddItemToArray(list, segment);
    }
    return list;
}

cJSON *flight_to_json(const struct flight *flight)
{
    cJSON *object = cJSON_CreateObject();
    cJSON *list = cJSON_AddArrayToObject(object, "attempts");

    cJSON_AddNumberToObject(object, "span_ms", flight->span_ms);
    for (size_t i = 0; i < flight->count; i++) {
        cJSON *entry = cJSON_Duplicate(flight->attempts[i].entry, 1);
        cJSON_AddNumberToObject(entry, "start_ms", flight->attempts[i].start_ms);
        cJSON_AddItemToObject(entry, "segments", segments_to_json(&flight->attempts[i]));
        cJSON_AddItemToArray(list, entry);
    }
    return object;
}
