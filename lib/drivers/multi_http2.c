/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * HTTP/2 in the driver: which connection a call shares with others. Where a connection is being
 * made, or has not said yet how many streams it takes, calls wait for it rather than make another.
 */
#include "multi.h"

#include <stddef.h>

#include "core/client.h"
#include "transport/multiplex.h"

/* ---- calls without a connection ---- */

static void block(spay_multi *multi, spay__slot *slot)
{
    slot->next = NULL;
    *multi->blocked_end = slot;
    multi->blocked_end = &slot->next;
}

static void unblock(spay_multi *multi, spay__slot *slot)
{
    spay__slot **at = &multi->blocked;

    while (*at && *at != slot)
        at = &(*at)->next;
    if (!*at)
        return;
    *at = slot->next;
    if (!*at)
        multi->blocked_end = at;
}

/* ---- connections that are shared ---- */

static spay__connection *find_room(const spay_multi *multi, const spay__origin *origin)
{
    spay__connection *at = multi->shared;

    while (at && (at->origin != origin || spay__multiplex_room(at) <= 0))
        at = at->next;
    return at;
}

/* Whether one will have room, soon or not at all. */
static bool is_worth_waiting(const spay_multi *multi, const spay__slot *slot)
{
    const spay__origin *origin = slot->origin;
    const spay__connection *at = multi->shared;

    if (origin->connecting && slot->job->host->http_version != 1)
        return true;
    while (at && (at->origin != origin || spay__multiplex_is_ready(at) || at->status != SPAY_OK))
        at = at->next;
    return at || origin->in_use >= multi->options.max_connections;
}

static spay_status open_stream(spay__connection *c, spay__slot *slot)
{
    spay_status status = spay__multiplex_open(c, &slot->stream, slot->x.request, slot->x.response);

    if (status != SPAY_OK)
        return status;
    spay__exchange_use(&slot->x, c);
    slot->on_stream = true;
    c->used = true;
    c->streams++;
    return SPAY_OK;
}

static void share(spay_multi *multi, spay__connection *c)
{
    c->owner = NULL;
    c->answered = false;
    c->next = multi->shared;
    multi->shared = c;
}

/* One that was idle and has ended without an answer teaches something about the others. */
static void release(spay_multi *multi, spay__connection *c)
{
    c->origin->in_use--;
    if (spay__multiplex_is_alive(c)) {
        spay__pool_give(&multi->pool, c);
        return;
    }
    if (!c->answered && (c->status == SPAY_OK || c->status == SPAY_E_NETWORK))
        spay__pool_suspect(&multi->pool, c, !c->silent);
    spay__connection_close(c);
}

/* Without streams it is idle, or over. Returns whether there was one. */
static bool release_unused(spay_multi *multi)
{
    spay__connection **at = &multi->shared;
    bool released = false;

    while (*at) {
        spay__connection *c = *at;

        if (c->streams) {
            at = &c->next;
            continue;
        }
        *at = c->next;
        release(multi, c);
        released = true;
    }
    return released;
}

/* ---- placing calls ---- */

/* SPAY_OK; SPAY__AGAIN: no connection has room; or a failure. */
static int32_t place(spay_multi *multi, spay__slot *slot)
{
    spay__connection *c = find_room(multi, slot->origin);

    if (c)
        return open_stream(c, slot);
    if (is_worth_waiting(multi, slot))
        return SPAY__AGAIN;
    c = spay__multi_connect(multi, slot);
    if (!c)
        return SPAY_E_NO_MEMORY;
    if (!c->h2)
        return SPAY_OK;
    share(multi, c);
    return open_stream(c, slot);
}

/* No longer one that may turn out to speak HTTP/2. */
static void decide(spay__connection *c)
{
    c->origin->connecting -= c->undecided;
    c->undecided = false;
}

void spay__multi_place(spay_multi *multi, spay__slot *slot)
{
    int32_t result = place(multi, slot);
    const spay__connection *c = slot->x.connection;

    if (result == SPAY__AGAIN)
        block(multi, slot);
    if (result < 0)
        spay__multi_end(multi, slot, result);
    else if (result == SPAY__AGAIN || slot->on_stream)
        spay__multi_arm(multi, slot);
    else if (c->undecided && (c->connected || c->status != SPAY_OK))
        spay__multi_on_connected(multi, slot);
    else
        spay__multi_go_on(multi, slot);
}

/* Those that are still without room go back to the end of the list in the same order. */
static void place_blocked(spay_multi *multi)
{
    spay__slot *at = multi->blocked;

    multi->blocked = NULL;
    multi->blocked_end = &multi->blocked;
    while (at) {
        spay__slot *placed = at;

        at = placed->next;
        spay__multi_place(multi, placed);
    }
}

/* ---- what happens to connections ---- */

/* What they waited for is not coming, and would not for the next to try. */
static void fail_blocked(spay_multi *multi, const spay__connection *failed)
{
    spay__slot *at = multi->blocked;

    multi->blocked = NULL;
    multi->blocked_end = &multi->blocked;
    while (at) {
        spay__slot *next = at->next;

        if (at->origin == failed->origin)
            spay__multi_end(multi, at, spay__exchange_fail(&at->x, failed));
        else
            block(multi, at);
        at = next;
    }
}

static void share_own(spay_multi *multi, spay__slot *slot)
{
    spay__connection *c = slot->x.connection;

    if (!spay__multiplex_start(c)) {
        spay__multi_end(multi, slot, SPAY_E_NO_MEMORY);
        return;
    }
    share(multi, c);
    slot->x.connection = NULL;
    if (open_stream(c, slot) == SPAY_OK)
        spay__multi_arm(multi, slot);
    else
        spay__multi_end(multi, slot, SPAY_E_NO_MEMORY);
}

void spay__multi_on_connected(spay_multi *multi, spay__slot *slot)
{
    spay__connection *c = slot->x.connection;

    decide(c);
    if (c->connected && slot->job->call->state == SPAY__CALL_SENDING)
        slot->job->host->http_version = c->http2 ? 2 : 1;
    if (!c->connected)
        fail_blocked(multi, c);
    if (c->connected && c->http2)
        share_own(multi, slot);
    else
        spay__multi_go_on(multi, slot);
}

static void collect(spay_multi *multi, spay__connection *c)
{
    spay__http2_stream *ended;

    while ((ended = spay__multiplex_next_ended(c)) != NULL) {
        spay__slot *slot = (spay__slot *)((char *)ended - offsetof(spay__slot, stream));

        slot->on_stream = false;
        c->streams--;
        c->answered = c->answered || ended->first_byte_us;
        slot->x.response->bytes_received = ended->bytes_received;
        spay__exchange_tell(&slot->x, ended->first_byte_us);
        slot->x.connection = NULL;
        spay__multi_end(multi, slot, ended->status);
    }
}

void spay__multi_on_shared(spay_multi *multi, spay__connection *c)
{
    spay__multiplex_receive(c);
    spay__multiplex_flush(c);
    collect(multi, c);
}

void spay__multi_leave(spay_multi *multi, spay__slot *slot)
{
    spay__connection *c = slot->x.connection;

    if (slot->on_stream) {
        c->silent = c->silent || (slot->x.late && c->bytes_received == slot->x.received_at);
        spay__multiplex_cancel(c, &slot->stream);
        c->streams--;
        slot->on_stream = false;
        slot->x.connection = NULL;
    } else if (c) {
        decide(c);
    } else {
        unblock(multi, slot);
    }
}

static void flush_shared(spay_multi *multi)
{
    spay__connection *at;

    for (at = multi->shared; at; at = at->next) {
        spay__multiplex_flush(at);
        collect(multi, at);
        if (at->status == SPAY_OK)
            (void)spay__connection_watch(at, spay__multiplex_events(at));
    }
}

/* A connection that is released makes room for calls that wait for one. */
void spay__multi_flush(spay_multi *multi)
{
    do {
        place_blocked(multi);
        flush_shared(multi);
    } while (release_unused(multi) && multi->blocked);
}
