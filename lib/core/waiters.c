/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Lists of calls that wait.
 */
#include "waiters.h"

#include <stdbool.h>
#include <stddef.h>

static bool is_on(const spay__waiters *waiters, const spay__waiter *waiter)
{
    return waiter->epoch == waiters->epoch + 1;
}

void spay__waiters_add(spay__waiters *waiters, spay__waiter *added)
{
    if (is_on(waiters, added))
        return;
    added->epoch = waiters->epoch + 1;
    added->next = NULL;
    added->previous = waiters->last;
    if (waiters->last)
        waiters->last->next = added;
    else
        waiters->first = added;
    waiters->last = added;
}

void spay__waiters_remove(spay__waiters *waiters, spay__waiter *removed)
{
    if (!is_on(waiters, removed))
        return;
    removed->epoch = 0;
    if (removed->previous)
        removed->previous->next = removed->next;
    else
        waiters->first = removed->next;
    if (removed->next)
        removed->next->previous = removed->previous;
    else
        waiters->last = removed->previous;
}

void spay__waiters_wake(spay__waiters *waiters)
{
    spay__waiter *woken;

    while ((woken = waiters->first) != NULL) {
        spay__waiters_remove(waiters, woken);
        spay__waiter_wake(woken);
    }
}

void spay__waiters_forget(spay__waiters *waiters)
{
    waiters->first = NULL;
    waiters->last = NULL;
    waiters->epoch++;
}

void spay__waiter_wake(const spay__waiter *waiter)
{
    if (waiter->wake)
        waiter->wake(waiter->ctx);
}
