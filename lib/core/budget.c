/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Retry budgets.
 */
#include "budget.h"

#include <string.h>

#include "base/alloc.h"

bool spay__budgets_init(spay__budgets *budgets)
{
    return spay__mutex_init(&budgets->lock) == 0;
}

void spay__budgets_clear(spay__budgets *budgets)
{
    spay__budget *budget;

    while ((budget = budgets->first) != NULL) {
        budgets->first = budget->next;
        spay__free(budget);
    }
    spay__mutex_destroy(&budgets->lock);
}

static spay__budget *find(spay__budgets *budgets, const char *host, size_t length)
{
    spay__budget *budget = budgets->first;

    while (budget && (strncmp(budget->host, host, length) != 0 || budget->host[length]))
        budget = budget->next;
    return budget;
}

static spay__budget *add(spay__budgets *budgets, const char *host, size_t length)
{
    spay__budget *budget = spay__alloc(sizeof(*budget) + length + 1);

    if (!budget)
        return NULL;
    memcpy(budget->host, host, length);
    budget->left = SPAY__BUDGET_FULL;
    budget->next = budgets->first;
    budgets->first = budget;
    return budget;
}

spay__budget *spay__budgets_of(spay__budgets *budgets, const char *url)
{
    const char *scheme = strstr(url, "://");
    const char *host = scheme ? scheme + 3 : url;
    size_t length = strcspn(host, "/");
    spay__budget *budget;

    spay__lock(&budgets->lock);
    budget = find(budgets, host, length);
    if (!budget)
        budget = add(budgets, host, length);
    spay__unlock(&budgets->lock);
    return budget;
}

int32_t spay__budget_left(const spay__budget *budget)
{
    return SPAY__ATOMIC_GET(&budget->left);
}

/* Two calls that fill it at once may leave it one short of full: that is not worth a lock. */
void spay__budget_spend(spay__budget *budget, int32_t cost)
{
    int32_t left = SPAY__ATOMIC_ADD(&budget->left, -cost);

    if (left > SPAY__BUDGET_FULL)
        (void)SPAY__ATOMIC_ADD(&budget->left, SPAY__BUDGET_FULL - left);
}
