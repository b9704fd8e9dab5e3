/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The flight recorder: a circular buffer of fixed size, so that recording never allocates.
 */
#include "recorder.h"

#include <string.h>

#include <sessionpay/version.h>

#include "api/error.h"
#include "base/alloc.h"
#include "base/ascii.h"
#include "base/thread.h"
#include "json/write.h"

enum {
    TEXT_SIZE = 64,
    MESSAGE_SIZE = 384,
    JSON_PER_ENTRY = 3072
};

typedef struct entry {
    spay_event event; /* its texts point to constants, or to those below */
    char key[TEXT_SIZE];
    char request_id[TEXT_SIZE];
    char reason[TEXT_SIZE];
    char host[TEXT_SIZE];
    char provider_code[TEXT_SIZE];
    char message[MESSAGE_SIZE];
} entry;

struct spay__recorder {
    spay__mutex lock;
    size_t capacity;
    uint64_t count; /* ever recorded */
    entry entries[];
};

spay__recorder *spay__recorder_new(size_t capacity)
{
    spay__recorder *recorder = spay__alloc(sizeof(*recorder) + capacity * sizeof(entry));

    if (!recorder)
        return NULL;
    recorder->capacity = capacity;
    if (!spay__mutex_init(&recorder->lock))
        return recorder;
    spay__free(recorder);
    return NULL;
}

void spay__recorder_free(spay__recorder *recorder)
{
    if (recorder)
        spay__mutex_destroy(&recorder->lock);
    spay__free(recorder);
}

/* The texts are lines of UTF-8 already, unless they are cut. */
static void copy_text(char *out, size_t size, const char *text)
{
    size_t length = strlen(text);
    bool cut = length >= size;

    if (cut)
        length = size - 1;
    memcpy(out, text, length);
    out[length] = '\0';
    if (cut)
        spay__make_line(out);
}

/* Written before the lock is taken, which all calls of a client share. */
void spay__recorder_add(spay__recorder *recorder, const spay_event *event)
{
    entry added;

    added.event = *event;
    copy_text(added.key, TEXT_SIZE, event->idempotency_key);
    copy_text(added.request_id, TEXT_SIZE, event->request_id);
    copy_text(added.reason, TEXT_SIZE, event->reason);
    copy_text(added.host, TEXT_SIZE, event->host);
    copy_text(added.provider_code, TEXT_SIZE, event->provider_code);
    copy_text(added.message, MESSAGE_SIZE, event->message);
    spay__lock(&recorder->lock);
    recorder->entries[recorder->count++ % recorder->capacity] = added;
    spay__unlock(&recorder->lock);
}

static void write_times(spay__json_writer *writer, const spay_event *event)
{
    spay__json_write_integer(writer, "name_lookup_us", event->name_lookup_us);
    spay__json_write_integer(writer, "connect_us", event->connect_us);
    spay__json_write_integer(writer, "tls_us", event->tls_us);
    spay__json_write_integer(writer, "first_byte_us", event->first_byte_us);
    spay__json_write_integer(writer, "total_us", event->total_us);
}

static void write_entry(spay__json_writer *writer, const entry *slot)
{
    const spay_event *event = &slot->event;

    spay__json_open(writer, NULL, '{');
    spay__json_write_integer(writer, "at_ms", event->at_ms);
    spay__json_write_text(writer, "provider", spay_provider_name(event->provider));
    spay__json_write_text(writer, "operation", event->operation);
    spay__json_write_text(writer, "route", event->route);
    spay__json_write_text(writer, "idempotency_key", slot->key);
    spay__json_write_integer(writer, "attempt", event->attempt);
    spay__json_write_text(writer, "status", spay_status_name(event->status));
    if (event->status != SPAY_OK) {
        spay__json_write_text(writer, "reason", slot->reason);
        spay__json_write_text(writer, "stage", spay__stage_name(event->stage));
        spay__json_write_text(writer, "phase", event->phase);
        spay__json_write_text(writer, "provider_code", slot->provider_code);
        spay__json_write_text(writer, "message", slot->message);
    }
    spay__json_write_text(writer, "host", slot->host);
    spay__json_write_text(writer, "outcome", spay_outcome_name(event->outcome));
    spay__json_write_text(writer, "decision", spay_decision_name(event->decision));
    spay__json_write_integer(writer, "delay_ms", event->delay_ms);
    spay__json_write_integer(writer, "http_status", event->http_status);
    spay__json_write_text(writer, "request_id", slot->request_id);
    spay__json_write_integer(writer, "elapsed_ms", event->elapsed_ms);
    write_times(writer, event);
    spay__json_close(writer, '}');
}

char *spay__recorder_json(spay__recorder *recorder)
{
    spay__json_writer writer = {NULL, false};
    spay__buffer out;
    uint64_t i;

    spay__buffer_init(&out, JSON_PER_ENTRY * (recorder->capacity + 1));
    writer.out = &out;
    spay__json_open(&writer, NULL, '{');
    spay__json_write_text(&writer, "library", "libsessionpay " SPAY_VERSION_STRING);
    spay__json_open(&writer, "attempts", '[');
    spay__lock(&recorder->lock);
    i = recorder->count > recorder->capacity ? recorder->count - recorder->capacity : 0;
    for (; i < recorder->count; i++)
        write_entry(&writer, &recorder->entries[i % recorder->capacity]);
    spay__unlock(&recorder->lock);
    spay__json_close(&writer, ']');
    spay__json_close(&writer, '}');
    return spay__buffer_take(&out);
}
