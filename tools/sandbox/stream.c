/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * An event holds what changed since the one before. The first one says that everything is new, so a
 * browser that connects again begins afresh.
 */
#include "stream.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "clock.h"
#include "entry.h"
#include "events.h"
#include "faults.h"
#include "grants.h"
#include "idempotency.h"
#include "journal.h"
#include "sandbox.h"
#include "xalloc.h"

enum {
    ENTRIES_MAX = 500,     /* in an event */
    GATHER_MS = 20,        /* what happens at the same time is sent together */
    KEEP_ALIVE_MS = 15000, /* how soon it is noticed that nobody listens any more */
    PIECE_MAX = 64 * 1024
};

struct stream {
    struct sandbox *sandbox;
    struct journal_place place;
    uint64_t seen; /* by events_wait() */
    char *state;   /* what was sent last, or NULL */
    bool started;
    bool more; /* entries than fit the last event */
    struct buffer text;
    size_t sent; /* bytes of it */
};

struct stream *stream_new(struct sandbox *sandbox)
{
    struct stream *stream = xcalloc(1, sizeof(*stream));

    stream->sandbox = sandbox;
    buffer_append_text(&stream->text, "retry: 1000\n\n"); /* how soon to connect again, in ms */
    return stream;
}

static void show(void *list, uint64_t number, const cJSON *entry)
{
    cJSON_AddItemToArray(list, entry_summary(number, entry));
}

static char *describe_state(const struct sandbox *sandbox)
{
    cJSON *state = cJSON_CreateObject();

    cJSON_AddItemToObject(state, "faults", faults_to_json(sandbox->faults));
    cJSON_AddNumberToObject(state, "keys", (double)idempotency_count(sandbox->keys));
    cJSON_AddNumberToObject(state, "bearer_tokens", (double)grants_count(sandbox->bearer_tokens));
    cJSON_AddNumberToObject(state, "client_sessions",
                            (double)grants_count(sandbox->client_sessions));
    char *text = cJSON_PrintUnformatted(state);
    cJSON_Delete(state);
    return text;
}

/* True if the state is another than the one sent last. */
static bool add_state(struct stream *stream, cJSON *event)
{
    char *text = describe_state(stream->sandbox);

    if (stream->state && strcmp(stream->state, text) == 0) {
        cJSON_free(text);
        return false;
    }
    cJSON_AddItemToObject(event, "state", cJSON_CreateRaw(text));
    cJSON_free(stream->state);
    stream->state = text;
    return true;
}

/* NULL if nothing changed. */
static cJSON *next_event(struct stream *stream)
{
    struct journal_place *place = &stream->place;
    cJSON *event = cJSON_CreateObject();
    cJSON *entries = cJSON_AddArrayToObject(event, "entries");
    size_t dropped = place->dropped;

    stream->more = journal_follow(stream->sandbox->journal, place, ENTRIES_MAX, show, entries);
    bool fresh = !stream->started || place->cleared;
    bool changed = add_state(stream, event) || fresh || place->dropped != dropped ||
                   cJSON_GetArraySize(entries) > 0;
    if (!changed) {
        cJSON_Delete(event);
        return NULL;
    }
    stream->started = true;
    cJSON_AddBoolToObject(event, "fresh", fresh);
    cJSON_AddBoolToObject(event, "more", stream->more);
    cJSON_AddNumberToObject(event, "oldest", (double)place->oldest);
    cJSON_AddNumberToObject(event, "dropped", (double)place->dropped);
    cJSON_AddNumberToObject(event, "clock_ms", (double)(clock_wall_ms() - clock_monotonic_ms()));
    return event;
}

/* Puts the next event into the text, if there is one. */
static void gather(struct stream *stream)
{
    cJSON *event = next_event(stream);

    if (!event)
        return;
    char *text = cJSON_PrintUnformatted(event);
    buffer_append_text(&stream->text, "data: ");
    buffer_append_text(&stream->text, text);
    buffer_append_text(&stream->text, "\n\n");
    cJSON_free(text);
    cJSON_Delete(event);
}

/* False at the end. */
static bool fill(struct stream *stream)
{
    buffer_free(&stream->text);
    stream->sent = 0;
    for (;;) {
        gather(stream);
        if (stream->text.length > 0)
            return true;
        uint64_t before = stream->seen;
        if (!events_wait(stream->sandbox->events, &stream->seen, KEEP_ALIVE_MS))
            return false;
        if (stream->seen == before)
            buffer_append_text(&stream->text, ":\n\n"); /* a comment */
        else if (!events_pause(stream->sandbox->events, GATHER_MS))
            return false;
    }
}

size_t stream_read(struct stream *stream, char *out, size_t room)
{
    if (stream->sent == stream->text.length && !fill(stream))
        return 0;
    size_t left = stream->text.length - stream->sent;
    size_t count = left < room ? left : room;
    memcpy(out, stream->text.data + stream->sent, count);
    stream->sent += count;
    return count;
}

void stream_free(struct stream *stream)
{
    if (!stream)
        return;
    buffer_free(&stream->text);
    cJSON_free(stream->state);
    free(stream);
}
