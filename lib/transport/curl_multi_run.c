/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The way of a call through the driver: from its line to a handle, and back with a result, until it
 * is done.
 */
#include "curl_multi.h"

#include "../alloc.h"
#include "../client.h"
#include "../thread.h"

/* ---- handles ---- */

static spay__slot *take_slot(spay_multi *multi)
{
    spay__slot *taken = multi->idle;

    if (taken) {
        multi->idle = taken->next;
        return taken;
    }
    taken = spay__alloc(sizeof(*taken));
    if (!taken)
        return NULL;
    if (spay__curl_loop_reserve(&multi->loop, multi->slot_count + 1)) {
        spay__hold_forks();
        taken->easy = spay__curl_open(spay__curl_settings_of(&multi->client->transport), &taken->x);
        spay__let_fork();
    }
    if (taken->easy) {
        multi->slot_count++;
        return taken;
    }
    spay__free(taken);
    return NULL;
}

static void give_back_slot(spay_multi *multi, spay__slot *given)
{
    given->job = NULL;
    given->next = multi->idle;
    multi->idle = given;
}

/*
 * Wait for a connection that is being made rather than make another, unless it is known that it
 * will not be shared.
 */
static void set_http2(spay__slot *slot, const spay__lane *lane)
{
    (void)curl_easy_setopt(slot->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    (void)curl_easy_setopt(slot->easy, CURLOPT_PIPEWAIT, lane->http_version == 1 ? 0L : 1L);
    slot->x.shared = true;
}

static spay_status start(spay_multi *multi, spay__job *started, spay__slot *taken)
{
    spay_status status = spay__curl_exchange_begin(&taken->x, spay_call_request(started->call),
                                                   spay_call_response(started->call));

    if (multi->options.http2 == SPAY_YES)
        set_http2(taken, started->lane);
    if (status == SPAY_OK && curl_multi_add_handle(multi->loop.curl, taken->easy) != CURLM_OK)
        status = SPAY_E_NO_MEMORY;
    if (status != SPAY_OK)
        spay__curl_exchange_end(&taken->x);
    return status;
}

/* Which version the host of a lane speaks; a token may come from another host. */
static void learn_version(const spay__job *stopped)
{
    long version = 0;

    (void)curl_easy_getinfo(stopped->slot->easy, CURLINFO_HTTP_VERSION, &version);
    if (stopped->call->state == SPAY__CALL_SENDING && version)
        stopped->lane->http_version = version < CURL_HTTP_VERSION_2_0 ? 1 : 2;
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

/* Hand a result to the call. What comes next may need a handle again, so it stands in line. */
static void respond(spay_multi *multi, spay__job *answered, spay_status status)
{
    bool token = answered->call->state == SPAY__CALL_SENDING_TOKEN;

    (void)spay_call_respond(answered->call, status);
    if (token)
        spay__queue_unpark(&multi->queue);
    if (answered->call->state == SPAY__CALL_FINISHED)
        complete(multi, answered);
    else if (answered->call->state == SPAY__CALL_BACKING_OFF)
        spay__queue_rest(&multi->queue, answered, end_of_wait(multi, answered));
    else
        spay__queue_line_up(&multi->queue, answered, true);
}

static void run(spay_multi *multi, spay__job *started)
{
    spay__slot *taken = take_slot(multi);
    spay_status status = taken ? start(multi, started, taken) : SPAY_E_NO_MEMORY;

    if (status != SPAY_OK) {
        if (taken)
            give_back_slot(multi, taken);
        respond(multi, started, status);
        return;
    }
    taken->job = started;
    started->slot = taken;
    started->place = SPAY__RUNNING;
    started->lane->running++;
    spay__jobs_append(&multi->running, started);
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
            spay__queue_park(&multi->queue, advanced, end_of_wait(multi, advanced));
        else
            spay__queue_rest(&multi->queue, advanced, end_of_wait(multi, advanced));
        break;
    default:
        complete(multi, advanced);
    }
}

static void stop(spay_multi *multi, spay__job *stopped, CURLcode code)
{
    spay__slot *used = stopped->slot;
    spay_status status = spay__curl_exchange_result(&used->x, code);

    learn_version(stopped);
    spay__hold_forks();
    (void)curl_multi_remove_handle(multi->loop.curl, used->easy);
    spay__let_fork();
    spay__curl_exchange_end(&used->x);
    spay__jobs_remove(&multi->running, stopped);
    stopped->slot = NULL;
    stopped->lane->running--;
    give_back_slot(multi, used);
    respond(multi, stopped, status);
}

/* ---- all of them ---- */

static void collect(spay_multi *multi)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(multi->loop.curl, &left)) != NULL) {
        spay__curl_exchange *x = NULL;

        (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&x);
        stop(multi, ((spay__slot *)((char *)x - offsetof(spay__slot, x)))->job,
             message->data.result);
    }
}

static void stop_canceled(spay_multi *multi)
{
    spay__job *at = multi->running.first;

    while (at) {
        spay__job *next = at->next;

        if (SPAY__ATOMIC_GET(&at->call->canceled)) {
            at->slot->x.refused = SPAY_E_CANCELED;
            stop(multi, at, CURLE_ABORTED_BY_CALLBACK);
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

/* In line, past its deadline or cancelled: the step says so. Others stand in line again. */
static void ring_timers(spay_multi *multi)
{
    int64_t now = spay__client_now_ms(multi->client);
    spay__job *woken;

    while ((woken = spay__queue_take_due(&multi->queue, now)) != NULL)
        if (woken->place == SPAY__IN_LINE || SPAY__ATOMIC_GET(&woken->call->canceled))
            advance(multi, woken);
        else
            spay__queue_line_up(&multi->queue, woken, false);
}

/* Until the host has spoken HTTP/2, there may be no more requests than connections. */
static int32_t most_at(const spay_multi *multi, const spay__lane *lane)
{
    return lane->http_version == 2 ? multi->options.max_requests : multi->options.max_connections;
}

/* A callback may add calls anywhere, hence the rounds. */
void spay__multi_fill(spay_multi *multi)
{
    spay__lane *at;

    do {
        multi->queue.grew = false;
        for (at = multi->queue.lanes; at; at = at->next)
            while (at->line.first && at->running < most_at(multi, at))
                advance(multi, spay__queue_take_first(&multi->queue, at));
    } while (multi->queue.grew);
}

void spay__multi_settle(spay_multi *multi)
{
    collect(multi);
    look_for_canceled(multi);
    ring_timers(multi);
    spay__multi_fill(multi);
}

/* A call may need more than one step to its end, if it was about to get a token. */
void spay__multi_finish(spay_multi *multi)
{
    collect(multi);
    while (multi->pending) {
        spay__job *at;

        for (at = multi->running.first; at; at = at->next)
            spay_call_cancel(at->call);
        spay__queue_cancel_all(&multi->queue);
        stop_canceled(multi);
        spay__queue_wake_canceled(&multi->queue);
        ring_timers(multi);
    }
}
