/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Retry budgets: how much a client may still repeat at each host. All calls to a host share one.
 */
#ifndef SPAY__BUDGET_H
#define SPAY__BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/thread.h"

enum {
    SPAY__BUDGET_FULL = 500
};

typedef struct spay__budget {
    struct spay__budget *next;
    int32_t left;
    char host[]; /* host and port */
} spay__budget;

typedef struct spay__budgets {
    spay__mutex lock; /* guards the list */
    spay__budget *first;
} spay__budgets;

/* Zero-initialized. false: the system has no more locks. */
bool spay__budgets_init(spay__budgets *budgets);
void spay__budgets_clear(spay__budgets *budgets);

/* The budget of the host that a URL names; NULL without memory. Lives as long as the others. */
spay__budget *spay__budgets_of(spay__budgets *budgets, const char *url);

int32_t spay__budget_left(const spay__budget *budget);

/* Take a cost, or give back with a negative one. */
void spay__budget_spend(spay__budget *budget, int32_t cost);

#endif
