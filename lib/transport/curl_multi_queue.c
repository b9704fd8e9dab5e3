/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A call that waits costs its own memory and a place in a list. All timers are in one heap.
 */
#include "curl_multi_queue.h"

#include "../alloc.h"

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
    while (queue->lanes) {
        spay__lane *closed = queue->lanes;

        queue->lanes = closed->next;
        spay__free(closed);
    }
    queue->lane_count = 0;
    spay__heap_clear(&queue->timers);
}

spay__lane *spay__queue_lane(spay__queue *queue, const spay__budget *host)
{
    spay__lane *at = queue->lanes;

    while (at && at->host != host)
        at = at->next;
    if (at)
        return at;
    at = spay__alloc(sizeof(*at));
    if (!at)
        return NULL;
    at->host = host;
    at->next = queue->lanes;
    queue->lanes = at;
    queue->lane_count++;
    return at;
}

void spay__queue_line_up(spay__queue *queue, spay__job *standing, bool in_front)
{
    standing->place = SPAY__IN_LINE;
    if (in_front)
        prepend(&standing->lane->line, standing);
    else
        spay__jobs_append(&standing->lane->line, standing);
    queue->grew = true;
    spay__heap_set(&queue->timers, &standing->timer, standing->call->deadline_ms);
}

void spay__queue_rest(spay__queue *queue, spay__job *resting, int64_t until_ms)
{
    resting->place = SPAY__RESTING;
    spay__heap_set(&queue->timers, &resting->timer, until_ms);
}

void spay__queue_park(spay__queue *queue, spay__job *parked, int64_t until_ms)
{
    parked->place = SPAY__PARKED;
    if (!queue->parked.first)
        queue->parked_until_ms = until_ms;
    spay__jobs_append(&queue->parked, parked);
}

void spay__queue_unpark(spay__queue *queue)
{
    while (queue->parked.last) {
        spay__job *last = queue->parked.last;

        spay__jobs_remove(&queue->parked, last);
        spay__queue_line_up(queue, last, true);
    }
}

static void take(spay__queue *queue, spay__job *taken)
{
    if (taken->place == SPAY__IN_LINE)
        spay__jobs_remove(&taken->lane->line, taken);
    spay__heap_unset(&queue->timers, &taken->timer);
}

spay__job *spay__queue_take_first(spay__queue *queue, spay__lane *lane)
{
    spay__job *first = lane->line.first;

    if (first)
        take(queue, first);
    return first;
}

spay__job *spay__queue_take_due(spay__queue *queue, int64_t now_ms)
{
    spay__job *first;

    if (queue->parked.first && now_ms >= queue->parked_until_ms)
        spay__queue_unpark(queue);
    first = (spay__job *)spay__heap_first(&queue->timers);
    if (!first || first->timer.at_ms > now_ms)
        return NULL;
    take(queue, first);
    return first;
}

int64_t spay__queue_next_ms(const spay__queue *queue)
{
    const spay__timer *first = spay__heap_first(&queue->timers);
    int64_t at = first ? first->at_ms : -1;

    if (queue->parked.first && (at < 0 || queue->parked_until_ms < at))
        return queue->parked_until_ms;
    return at;
}

static spay_call *call_at(const spay__queue *queue, size_t place)
{
    return ((spay__job *)queue->timers.timers[place])->call;
}

void spay__queue_wake_canceled(spay__queue *queue)
{
    size_t i;

    spay__queue_unpark(queue);
    for (i = 1; i <= queue->timers.count; i++)
        if (SPAY__ATOMIC_GET(&call_at(queue, i)->canceled))
            queue->timers.timers[i]->at_ms = INT64_MIN;
    spay__heap_rebuild(&queue->timers);
}

void spay__queue_cancel_all(spay__queue *queue)
{
    size_t i;

    spay__queue_unpark(queue);
    for (i = 1; i <= queue->timers.count; i++)
        spay_call_cancel(call_at(queue, i));
}
