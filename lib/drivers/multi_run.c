/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The way of a call through the driver: from its queue into a slot, and back, until it is done.
 */
#include "multi.h"

#include "core/client.h"

/* ---- a step at a time ---- */

/* Over HTTP/2 it may share a connection, or wait for one. */
static void find_connection(spay_multi *multi, spay__slot *slot)
{
    if (multi->options.http2 == SPAY_YES)
        spay__multi_place(multi, slot);
    else if (spay__multi_connect(multi, slot))
        spay__multi_go_on(multi, slot);
    else
        spay__multi_end(multi, slot, SPAY_E_NO_MEMORY);
}

static void run(spay_multi *multi, spay__job *started)
{
    spay__slot *slot = spay__multi_begin(multi, started);

    if (slot)
        find_connection(multi, slot);
    else
        spay__multi_respond(multi, started, SPAY_E_NO_MEMORY);
}

/* Let a call that is nowhere take its next step, and put it where that leads. */
static void advance(spay_multi *multi, spay__job *advanced)
{
    switch (spay_call_step(advanced->call)) {
    case SPAY_CALL_SEND:
        run(multi, advanced);
        break;
    case SPAY_CALL_WAIT:
        if (spay__call_is_awaiting(advanced->call))
            spay__multi_await(multi, advanced);
        else
            spay__queue_back_off(&multi->queue, advanced, spay__multi_end_of_wait(multi, advanced));
        break;
    default:
        spay__multi_complete(multi, advanced);
    }
}

/* ---- what happens to those that run ---- */

/* Its connection may have turned out to be one that others can share. */
static void go_on(spay_multi *multi, spay__slot *slot)
{
    spay__connection *c = slot->x.connection;

    if (c->undecided && (c->connected || c->status != SPAY_OK))
        spay__multi_on_connected(multi, slot);
    else
        spay__multi_go_on(multi, slot);
}

/* Before its response is complete. */
static void stop(spay_multi *multi, spay__slot *slot, spay_status why)
{
    spay_status status = spay__exchange_stop(&slot->x, why);

    spay__multi_leave(multi, slot);
    spay__multi_end(multi, slot, status);
}

void spay__multi_on_socket(spay_multi *multi, int64_t fd, int32_t events)
{
    spay__connection *c = spay__sockets_connection(&multi->sockets, fd);

    if (!c) {
        spay__sockets_drain(&multi->sockets, fd);
        return;
    }
    if (!c->connected)
        (void)spay__connection_on_socket(c, (int)fd, events);
    if (c->streams)
        spay__multi_on_shared(multi, c);
    else if (c->owner)
        go_on(multi, c->owner);
}

/* The timer of one that runs. */
static void check_limit(spay_multi *multi, spay__slot *slot, int64_t now_ms)
{
    spay__connection *c = slot->x.connection;

    if (c && !c->connected)
        (void)spay__connection_advance(c);
    if (now_ms >= spay__multi_limit_ms(slot))
        stop(multi, slot, SPAY_E_TIMEOUT);
    else if (c && !slot->on_stream)
        go_on(multi, slot);
    else
        spay__multi_arm(multi, slot);
}

static void stop_canceled(spay_multi *multi)
{
    spay__job *at = multi->running.first;

    while (at) {
        spay__job *next = at->next;

        if (SPAY__ATOMIC_GET(&at->call->canceled)) {
            stop(multi, at->slot, SPAY_E_CANCELED);
            next = multi->running.first; /* a callback may have changed the list */
        }
        at = next;
    }
}

static void look_for_canceled(spay_multi *multi)
{
    uint32_t cancels = SPAY__ATOMIC_GET(&multi->client->cancels);

    if (cancels == multi->cancels_seen)
        return;
    multi->cancels_seen = cancels;
    stop_canceled(multi);
    spay__queue_wake_canceled(&multi->queue);
}

/* In a queue, past its deadline or canceled: the step says so. Others are queued again. */
static void fire_timers(spay_multi *multi)
{
    int64_t now = spay__client_now_ms(multi->client);
    spay__job *due;

    while ((due = spay__queue_take_due(&multi->queue, now)) != NULL) {
        if (due->place == SPAY__AWAITING)
            spay__multi_end_await(multi);
        if (due->place == SPAY__RUNNING)
            check_limit(multi, due->slot, now);
        else if (due->place == SPAY__QUEUED || SPAY__ATOMIC_GET(&due->call->canceled))
            advance(multi, due);
        else
            spay__multi_queue(multi, due, spay__queue_append);
    }
}

/* Until the host has spoken HTTP/2, there may be no more requests than connections. */
static int32_t most_at(const spay_multi *multi, const spay__host_queue *host)
{
    return host->http_version == 2 ? multi->options.max_requests : multi->options.max_connections;
}

/*
 * A call that starts may need a new connection, and many of these would hold up the loop. A callback
 * may queue calls anywhere, hence the rounds.
 */
static void fill(spay_multi *multi)
{
    spay__host_queue *at;

    do {
        multi->queue.grew = false;
        for (at = multi->queue.hosts; at; at = at->next)
            while (at->queued.first && at->running < most_at(multi, at) && multi->openings > 0)
                advance(multi, spay__queue_take_first(&multi->queue, at));
    } while (multi->queue.grew);
}

void spay__multi_start(spay_multi *multi)
{
    do {
        fill(multi);
        spay__multi_flush(multi);
    } while (multi->queue.grew);
}

void spay__multi_settle(spay_multi *multi)
{
    spay__multi_take_submitted(multi);
    look_for_canceled(multi);
    spay__multi_take_woken(multi);
    fire_timers(multi);
    spay__multi_start(multi);
    multi->lingers = spay__pool_unwatch(&multi->pool);
}

/* A call may need more than one step to its end, if it was about to get a token. */
void spay__multi_cancel_all(spay_multi *multi)
{
    spay__multi_take_submitted(multi);
    while (multi->pending) {
        spay__job *at;

        for (at = multi->running.first; at; at = at->next)
            spay_call_cancel(at->call);
        spay__queue_cancel_all(&multi->queue);
        stop_canceled(multi);
        spay__queue_wake_canceled(&multi->queue);
        fire_timers(multi);
    }
    spay__multi_flush(multi);
}
