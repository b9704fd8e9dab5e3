/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Slots: a call that runs, its connection, its timer, and what becomes of its result.
 */
#include "multi.h"

#include "base/alloc.h"
#include "core/client.h"
#include "transport/settings.h"

/* ---- beginning ---- */

/* Its queue; a call's second operation may be at another host. false: no memory. */
static bool find_host(spay_multi *multi, spay__job *job)
{
    const spay__budget *budget = job->call->account->budget;

    if (!job->host || job->host->budget != budget)
        job->host = spay__queue_host(&multi->queue, budget);
    return job->host != NULL;
}

bool spay__multi_find_place(spay_multi *multi, spay__job *job)
{
    multi->pending++;
    return find_host(multi, job) &&
           spay__heap_reserve(&multi->queue.timers, (size_t)multi->pending);
}

void spay__multi_queue(spay_multi *multi, spay__job *job,
                       void (*put)(spay__queue *queue, spay__job *job))
{
    if (find_host(multi, job)) {
        put(&multi->queue, job);
        return;
    }
    spay__call_give_up(job->call, SPAY_E_NO_MEMORY, "out of memory");
    spay__multi_complete(multi, job);
}

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

spay__slot *spay__multi_begin(spay_multi *multi, spay__job *job)
{
    const spay_http_request *request = spay_call_request(job->call);
    spay__origin *origin = spay__pool_origin(&multi->pool, spay_http_request_url(request));
    spay__slot *slot = origin ? take_slot(multi) : NULL;

    if (!slot)
        return NULL;
    slot->job = job;
    slot->origin = origin;
    slot->began_ms = spay__client_now_ms(multi->client);
    job->slot = slot;
    job->place = SPAY__RUNNING;
    job->host->running++;
    spay__jobs_append(&multi->running, job);
    spay__exchange_begin(&slot->x, request, spay_call_response(job->call));
    return slot;
}

static spay__connection *open_connection(spay_multi *multi, spay__slot *slot)
{
    spay__target target = {0};
    spay__connection *opened;

    target.settings = spay__curl_settings_of(&multi->client->transport);
    target.origin = slot->origin->name;
    target.timeout_ms = spay_http_request_connect_timeout_ms(slot->x.request);
    target.http2 = multi->options.http2 == SPAY_YES;
    target.watcher = &multi->watcher;
    opened = spay__connection_open(&target);
    if (!opened) {
        (void)spay__exchange_without(slot->x.response);
        return NULL;
    }
    multi->openings--;
    opened->origin = slot->origin;
    opened->undecided = target.http2;
    slot->origin->connecting += target.http2;
    slot->connecting_ms = spay__client_now_ms(multi->client);
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

/* ---- going on ---- */

/* Before it began to connect it may have waited for the connections of others. */
int64_t spay__multi_limit_ms(const spay__slot *slot)
{
    const spay__connection *c = slot->x.connection;
    int64_t limit = slot->began_ms + spay_http_request_timeout_ms(slot->x.request);
    int64_t connected;

    if (!c || c->connected)
        return limit;
    connected = slot->connecting_ms + spay_http_request_connect_timeout_ms(slot->x.request);
    return connected < limit ? connected : limit;
}

void spay__multi_arm(spay_multi *multi, spay__slot *slot)
{
    const spay__connection *c = slot->x.connection;
    int64_t at = spay__multi_limit_ms(slot);

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
    int32_t result = spay__exchange_advance(&slot->x);

    if (result == SPAY__AGAIN && c->connected &&
        !spay__connection_watch(c, spay__exchange_events(&slot->x)))
        result = spay__exchange_stop(&slot->x, SPAY_E_NO_MEMORY);
    if (result == SPAY__AGAIN)
        spay__multi_arm(multi, slot);
    else
        spay__multi_end(multi, slot, result);
}

/* ---- ending ---- */

void spay__multi_complete(spay_multi *multi, spay__job *finished)
{
    multi->pending--;
    spay__multi_delist(multi, finished);
    if (!finished->done) {
        finished->place = SPAY__FINISHED;
        spay__jobs_append(&multi->finished, finished);
        return;
    }
    finished->done(finished->ctx, finished->call);
    spay__free(finished);
}

int64_t spay__multi_end_of_wait(const spay_multi *multi, const spay__job *waiting)
{
    return spay__client_now_ms(multi->client) + spay_call_wait_ms(waiting->call);
}

/* Hand a result to the call. What comes next may need a slot again, so it is queued. */
void spay__multi_respond(spay_multi *multi, spay__job *answered, spay_status status)
{
    (void)spay_call_respond(answered->call, status);
    spay__multi_take_woken(multi);
    if (answered->call->state == SPAY__CALL_FINISHED)
        spay__multi_complete(multi, answered);
    else if (answered->call->state == SPAY__CALL_BACKING_OFF)
        spay__queue_back_off(&multi->queue, answered, spay__multi_end_of_wait(multi, answered));
    else
        spay__multi_queue(multi, answered, spay__queue_prepend);
}

void spay__multi_end(spay_multi *multi, spay__slot *slot, spay_status status)
{
    spay__connection *c = slot->x.connection;
    spay__job *job = slot->job;

    spay__heap_unset(&multi->queue.timers, &job->timer);
    if (c) {
        c->owner = NULL;
        c->origin->in_use--;
    }
    spay__exchange_end(&slot->x, &multi->pool);
    spay__jobs_remove(&multi->running, job);
    job->slot = NULL;
    job->host->running--;
    give_back_slot(multi, slot);
    spay__multi_respond(multi, job, status);
}
