/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Calls that other threads hand in. Their deadlines run from then on; all else is done on the
 * driver's thread, in its next turn.
 */
#include "multi.h"

#include "base/alloc.h"
#include "core/client.h"

spay_status spay_multi_submit(spay_multi *multi, spay_call *call,
                              void (*done)(void *ctx, spay_call *call), void *ctx)
{
    spay__job *submitted;

    if (!multi || !call)
        return SPAY_E_INVALID_ARGUMENT;
    if (multi->closing || call->state != SPAY__CALL_NEW || call->client != multi->client ||
        (multi->options.watch && multi->options.submit != SPAY_YES))
        return SPAY_E_STATE;
    submitted = spay__alloc(sizeof(*submitted));
    if (!submitted)
        return SPAY_E_NO_MEMORY;
    submitted->call = call;
    submitted->done = done;
    submitted->ctx = ctx;
    spay__call_start(call);
    spay__lock(&multi->woken.lock);
    spay__jobs_append(&multi->submitted, submitted);
    (void)SPAY__ATOMIC_ADD(&multi->submissions, 1);
    if (multi->woken.sleeping)
        spay__sockets_wake(&multi->sockets);
    multi->woken.sleeping = false;
    spay__unlock(&multi->woken.lock);
    return SPAY_OK;
}

static spay__job *take_first(spay_multi *multi)
{
    spay__job *first;

    spay__lock(&multi->woken.lock);
    first = multi->submitted.first;
    if (first) {
        spay__jobs_remove(&multi->submitted, first);
        (void)SPAY__ATOMIC_ADD(&multi->submissions, -1);
    }
    spay__unlock(&multi->woken.lock);
    return first;
}

void spay__multi_take_submitted(spay_multi *multi)
{
    spay__job *taken;

    while ((taken = take_first(multi)) != NULL) {
        bool placed = spay__multi_find_place(multi, taken);

        spay__multi_enlist(multi, taken);
        if (placed) {
            spay__queue_append(&multi->queue, taken);
        } else {
            spay__call_give_up(taken->call, SPAY_E_NO_MEMORY, "out of memory");
            spay__multi_complete(multi, taken);
        }
    }
}
