/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Calls that wait for what is none of the driver's sockets: a token that another call fetches, an
 * answer of the store. Whoever has it, on whatever thread, wakes them.
 */
#include "multi.h"

#include "core/client.h"

enum {
    LOOK_MS = 20 /* how soon to look by itself where there is no descriptor to be woken with */
};

bool spay__multi_woken_init(spay_multi *multi)
{
    multi->woken.sleeping = multi->options.watch != NULL; /* as if between two turns */
    return spay__mutex_init(&multi->woken.lock) == 0;
}

void spay__multi_woken_clear(spay_multi *multi)
{
    spay__mutex_destroy(&multi->woken.lock);
}

/* Any thread. */
static void wake(void *ctx)
{
    spay__job *job = ctx;
    spay__woken *woken = &job->multi->woken;

    spay__lock(&woken->lock);
    if (!job->is_woken) {
        job->is_woken = true;
        job->next_woken = woken->first;
        woken->first = job;
    }
    if (woken->sleeping)
        spay__sockets_wake(&job->multi->sockets);
    woken->sleeping = false;
    spay__unlock(&woken->lock);
}

void spay__multi_enlist(spay_multi *multi, spay__job *job)
{
    job->multi = multi;
    job->call->waiter.ctx = job;
    job->call->waiter.wake = wake;
}

void spay__multi_delist(spay_multi *multi, spay__job *job)
{
    spay__job **at = &multi->woken.first;

    job->call->waiter.wake = NULL;
    spay__lock(&multi->woken.lock);
    while (job->is_woken && *at != job)
        at = &(*at)->next_woken;
    if (job->is_woken)
        *at = job->next_woken;
    job->is_woken = false;
    spay__unlock(&multi->woken.lock);
}

void spay__multi_await(spay_multi *multi, spay__job *job)
{
    int64_t wait = spay_call_wait_ms(job->call);

    if (multi->awaiting++ == 0 && multi->options.submit != SPAY_YES &&
        !spay__sockets_listen(&multi->sockets, true) && wait > LOOK_MS)
        wait = LOOK_MS;
    spay__queue_await(&multi->queue, job, spay__client_now_ms(multi->client) + wait);
}

void spay__multi_end_await(spay_multi *multi)
{
    if (--multi->awaiting == 0 && multi->options.submit != SPAY_YES)
        (void)spay__sockets_listen(&multi->sockets, false);
}

static spay__job *pop(spay__woken *woken)
{
    spay__job *first;

    spay__lock(&woken->lock);
    first = woken->first;
    if (first) {
        woken->first = first->next_woken;
        first->is_woken = false;
    }
    spay__unlock(&woken->lock);
    return first;
}

/* The last woken comes first, and goes to the front before the others: so all keep their order. */
void spay__multi_take_woken(spay_multi *multi)
{
    spay__job *woken;

    while ((woken = pop(&multi->woken)) != NULL)
        if (woken->place == SPAY__AWAITING) {
            spay__multi_end_await(multi);
            spay__queue_requeue(&multi->queue, woken);
        }
}

bool spay__multi_fall_asleep(spay_multi *multi)
{
    bool none;

    spay__lock(&multi->woken.lock);
    none = !multi->woken.first && !multi->submitted.first;
    multi->woken.sleeping = none;
    spay__unlock(&multi->woken.lock);
    return none;
}

void spay__multi_awake(spay_multi *multi)
{
    spay__lock(&multi->woken.lock);
    multi->woken.sleeping = false;
    spay__unlock(&multi->woken.lock);
}
