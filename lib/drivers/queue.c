/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A call that waits costs its own memory and a place in a list. All timers are in one heap.
 */
#include "queue.h"

#include "base/alloc.h"

void spay__jobs_append(spay__jobs *to, spay__job *added)
{
    added->next = NULL;
    added->previous = to->last;
    if (to->last)
        to->last->next = added;
    else
        to->first = added;
    to->last = added;
}

static void prepend(spay__jobs *to, spay__job *added)
{
    added->previous = NULL;
    added->next = to->first;
    if (to->first)
        to->first->previous = added;
    else
        to->last = added;
    to->first = added;
}

void spay__jobs_remove(spay__jobs *from, spay__job *removed)
{
    if (removed->previous)
        removed->previous->next = removed->next;
    else
        from->first = removed->next;
    if (removed->next)
        removed->next->previous = removed->previous;
    else
        from->last = removed->previous;
    removed->next = NULL;
    removed->previous = NULL;
}

void spay__queue_clear(spay__queue *queue)
{
    while (queue->hosts) {
        spay__host_queue *freed = queue->hosts;

        queue->hosts = freed->next;
        spay__free(freed);
    }
    spay__heap_clear(&queue->timers);
}

spay__host_queue *spay__queue_host(spay__queue *queue, const spay__budget *budget)
{
    spay__host_queue *at = queue->hosts;

    while (at && at->budget != budget)
        at = at->next;
    if (at)
        return at;
    at = spay__alloc(sizeof(*at));
    if (!at)
        return NULL;
    at->budget = budget;
    at->next = queue->hosts;
    queue->hosts = at;
    return at;
}

/* ---- going in ---- */

static void enter(spay__queue *queue, spay__job *job)
{
    job->place = SPAY__QUEUED;
    queue->grew = true;
    spay__heap_set(&queue->timers, &job->timer, job->call->deadline_ms);
}

void spay__queue_append(spay__queue *queue, spay__job *job)
{
    spay__jobs_append(&job->host->queued, job);
    enter(queue, job);
}

void spay__queue_prepend(spay__queue *queue, spay__job *job)
{
    prepend(&job->host->queued, job);
    enter(queue, job);
}

void spay__queue_back_off(spay__queue *queue, spay__job *job, int64_t until_ms)
{
    job->place = SPAY__BACKING_OFF;
    spay__heap_set(&queue->timers, &job->timer, until_ms);
}

void spay__queue_await(spay__queue *queue, spay__job *job, int64_t until_ms)
{
    job->place = SPAY__AWAITING;
    spay__heap_set(&queue->timers, &job->timer, until_ms);
}

/* ---- going out ---- */

static void take(spay__queue *queue, spay__job *job)
{
    if (job->place == SPAY__QUEUED)
        spay__jobs_remove(&job->host->queued, job);
    spay__heap_unset(&queue->timers, &job->timer);
}

void spay__queue_requeue(spay__queue *queue, spay__job *job)
{
    take(queue, job);
    spay__queue_prepend(queue, job);
}

spay__job *spay__queue_take_first(spay__queue *queue, spay__host_queue *host)
{
    spay__job *first = host->queued.first;

    if (first)
        take(queue, first);
    return first;
}

spay__job *spay__queue_take_due(spay__queue *queue, int64_t now_ms)
{
    spay__job *first = (spay__job *)spay__heap_first(&queue->timers);

    if (!first || first->timer.at_ms > now_ms)
        return NULL;
    take(queue, first);
    return first;
}

int64_t spay__queue_next_ms(const spay__queue *queue)
{
    const spay__timer *first = spay__heap_first(&queue->timers);

    return first ? first->at_ms : -1;
}

/* ---- canceling ---- */

static spay__job *job_at(const spay__queue *queue, size_t place)
{
    return (spay__job *)queue->timers.timers[place];
}

void spay__queue_wake_canceled(spay__queue *queue)
{
    size_t i;

    for (i = 1; i <= queue->timers.count; i++)
        if (SPAY__ATOMIC_GET(&job_at(queue, i)->call->canceled))
            queue->timers.timers[i]->at_ms = INT64_MIN;
    spay__heap_rebuild(&queue->timers);
}

void spay__queue_cancel_all(spay__queue *queue)
{
    size_t i;

    for (i = 1; i <= queue->timers.count; i++)
        spay_call_cancel(job_at(queue, i)->call);
}
