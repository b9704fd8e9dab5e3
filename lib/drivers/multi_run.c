/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The way of a call through the driver: from its queue into a slot, and back with a result, until
 * it is done.
 */
#include "multi.h"

#include "../alloc.h"
#include "../client.h"
#include "../transport/settings.h"

/* ---- slots ---- */

static spay__slot *take_slot(spay_multi *multi)
{
    spay__slot *taken = multi->free_slots;

    if (!taken)
        return spay__alloc(sizeof(*taken));
    multi->free_slots = taken->next;
    return taken;
}

static void give_back_slot(spay_multi *multi, spay__slot *given)
{
    given->job = NULL;
    given->next = multi->free_slots;
    multi->free_slots = given;
}

static spay__connection *open_connection(spay_multi *multi, const spay__slot *slot)
{
    spay__target target = {0};
    spay__connection *opened;

    target.settings = spay__curl_settings_of(&multi->client->transport);
    target.origin = slot->origin->name;
    target.timeout_ms = spay_http_request_connect_timeout_ms(slot->x.request);
    target.http2 = multi->options.http2 == SPAY_YES;
    target.watcher = &multi->watcher;
    opened = spay__connection_open(&target);
    if (!opened)
        return NULL;
    opened->origin = slot->origin;
    opened->undecided = target.http2;
    slot->origin->connecting += target.http2;
    return opened;
}

spay__connection *spay__multi_connect(spay_multi *multi, spay__slot *slot)
{
    spay__connection *c = spay__pool_take(&multi->pool, slot->origin);
    bool is_new = !c;

    if (is_new)
        c = open_connection(multi, slot);
    if (!c)
        return NULL;
    slot->origin->in_use++;
    c->owner = slot;
    spay__exchange_use(&slot->x, c);
    if (is_new)
        (void)spay__connection_advance(c);
    return c;
}

/* No longer one that may turn out to speak HTTP/2. Returns whether it was. */
static bool decide(spay__connection *c)
{
    bool undecided = c->undecided;

    c->origin->connecting -= undecided;
    c->undecided = false;
    return undecided;
}

/* ---- a step at a time ---- */

static void complete(spay_multi *multi, spay__job *finished)
{
    multi->pending--;
    if (!finished->done) {
        finished->place = SPAY__FINISHED;
        spay__jobs_append(&multi->finished, finished);
        return;
    }
    finished->done(finished->ctx, finished->call);
    spay__free(finished);
}

static int64_t end_of_wait(const spay_multi *multi, const spay__job *waiting)
{
    return spay__client_now_ms(multi->client) + spay_call_wait_ms(waiting->call);
}

/* Hand a result to the call. What comes next may need a slot again, so it is queued. */
static void respond(spay_multi *multi, spay__job *answered, spay_status status)
{
    bool token = answered->call->state == SPAY__CALL_SENDING_TOKEN;

    (void)spay_call_respond(answered->call, status);
    if (token)
        spay__queue_release(&multi->queue);
    if (answered->call->state == SPAY__CALL_FINISHED)
        complete(multi, answered);
    else if (answered->call->state == SPAY__CALL_BACKING_OFF)
        spay__queue_back_off(&multi->queue, answered, end_of_wait(multi, answered));
    else
        spay__queue_prepend(&multi->queue, answered);
}

/* Its connection goes, unless others share it. */
static void leave_connection(spay_multi *multi, spay__slot *slot)
{
    spay__connection *c;

    spay__multi_leave_stream(multi, slot);
    c = slot->x.connection;
    if (!c)
        return;
    (void)decide(c);
    c->owner = NULL;
    c->origin->in_use--;
    spay__exchange_end(&slot->x, &multi->pool);
}

void spay__multi_stop(spay_multi *multi, spay__slot *slot, spay_status status)
{
    spay__job *job = slot->job;

    spay__heap_unset(&multi->queue.timers, &job->timer);
    leave_connection(multi, slot);
    spay__jobs_remove(&multi->running, job);
    job->slot = NULL;
    job->host->running--;
    give_back_slot(multi, slot);
    respond(multi, job, status);
}

void spay__multi_arm(spay_multi *multi, spay__slot *slot)
{
    const spay__connection *c = slot->x.connection;
    int64_t at = slot->began_ms + spay__exchange_limit_ms(&slot->x);

    if (c && !c->connected) {
        int64_t due = spay__client_now_ms(multi->client) + spay__connection_due_ms(c);

        at = due < at ? due : at;
    }
    if (!slot->job->timer.place || slot->job->timer.at_ms != at)
        spay__heap_set(&multi->queue.timers, &slot->job->timer, at);
}

void spay__multi_go_on(spay_multi *multi, spay__slot *slot)
{
    spay__connection *c = slot->x.connection;
    int32_t result;

    if ((c->connected || c->status != SPAY_OK) && decide(c)) {
        spay__multi_on_connected(multi, c);
        return;
    }
    result = spay__exchange_advance(&slot->x);
    if (result == SPAY__AGAIN && c->connected &&
        !spay__connection_watch(c, spay__exchange_events(&slot->x)))
        result = spay__exchange_stop(&slot->x, SPAY_E_NO_MEMORY);
    if (result == SPAY__AGAIN)
        spay__multi_arm(multi, slot);
    else
        spay__multi_stop(multi, slot, result);
}

/* Over HTTP/2 it may share a connection, or wait for one. */
static void find_connection(spay_multi *multi, spay__slot *slot)
{
    if (multi->options.http2 == SPAY_YES)
        spay__multi_place(multi, slot);
    else if (spay__multi_connect(multi, slot))
        spay__multi_go_on(multi, slot);
    else
        spay__multi_stop(multi, slot, SPAY_E_NO_MEMORY);
}

static void run(spay_multi *multi, spay__job *started)
{
    const spay_http_request *request = spay_call_request(started->call);
    spay__origin *origin = spay__pool_origin(&multi->pool, spay_http_request_url(request));
    spay__slot *slot = origin ? take_slot(multi) : NULL;

    if (!slot) {
        respond(multi, started, SPAY_E_NO_MEMORY);
        return;
    }
    slot->job = started;
    slot->origin = origin;
    slot->began_ms = spay__client_now_ms(multi->client);
    started->slot = slot;
    started->place = SPAY__RUNNING;
    started->host->running++;
    spay__jobs_append(&multi->running, started);
    spay__exchange_begin(&slot->x, request, spay_call_response(started->call));
    find_connection(multi, slot);
}

/* Let a call that is nowhere take its next step, and put it where that leads. */
static void advance(spay_multi *multi, spay__job *advanced)
{
    switch (spay_call_step(advanced->call)) {
    case SPAY_CALL_SEND:
        run(multi, advanced);
        break;
    case SPAY_CALL_WAIT:
        if (advanced->call->state == SPAY__CALL_AWAITING_TOKEN)
            spay__queue_await_token(&multi->queue, advanced, end_of_wait(multi, advanced));
        else
            spay__queue_back_off(&multi->queue, advanced, end_of_wait(multi, advanced));
        break;
    default:
        complete(multi, advanced);
    }
}

/* ---- what happens to them ---- */

void spay__multi_on_socket(spay_multi *multi, int64_t fd, int32_t events)
{
    spay__connection *c = spay__sockets_connection(&multi->sockets, fd);

    if (!c)
        return;
    if (!c->connected)
        (void)spay__connection_on_socket(c, (int)fd, events);
    if (c->streams)
        spay__multi_on_shared(multi, c);
    else if (c->owner)
        spay__multi_go_on(multi, c->owner);
}

/* The timer of one that runs. */
static void check_limit(spay_multi *multi, spay__slot *slot, int64_t now_ms)
{
    spay__connection *c = slot->x.connection;

    if (c && !c->connected)
        (void)spay__connection_advance(c);
    if (now_ms >= slot->began_ms + spay__exchange_limit_ms(&slot->x))
        spay__multi_stop(multi, slot, spay__exchange_stop(&slot->x, SPAY_E_TIMEOUT));
    else if (c && !slot->on_stream)
        spay__multi_go_on(multi, slot);
    else
        spay__multi_arm(multi, slot);
}

static void stop_canceled(spay_multi *multi)
{
    spay__job *at = multi->running.first;

    while (at) {
        spay__job *next = at->next;

        if (SPAY__ATOMIC_GET(&at->call->canceled)) {
            spay__multi_stop(multi, at->slot, spay__exchange_stop(&at->slot->x, SPAY_E_CANCELED));
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

    while ((due = spay__queue_take_due(&multi->queue, now)) != NULL)
        if (due->place == SPAY__RUNNING)
            check_limit(multi, due->slot, now);
        else if (due->place == SPAY__QUEUED || SPAY__ATOMIC_GET(&due->call->canceled))
            advance(multi, due);
        else
            spay__queue_append(&multi->queue, due);
}

/* Until the host has spoken HTTP/2, there may be no more requests than connections. */
static int32_t most_at(const spay_multi *multi, const spay__host_queue *host)
{
    return host->http_version == 2 ? multi->options.max_requests : multi->options.max_connections;
}

/* A callback may queue calls anywhere, hence the rounds. */
static void fill(spay_multi *multi)
{
    spay__host_queue *at;

    do {
        multi->queue.grew = false;
        for (at = multi->queue.hosts; at; at = at->next)
            while (at->queued.first && at->running < most_at(multi, at))
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
    look_for_canceled(multi);
    fire_timers(multi);
    spay__multi_start(multi);
    spay__pool_unwatch(&multi->pool);
}

/* A call may need more than one step to its end, if it was about to get a token. */
void spay__multi_finish(spay_multi *multi)
{
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
