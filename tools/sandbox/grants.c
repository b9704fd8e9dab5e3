/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A locked table of secrets and their holders.
 */
#include "grants.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "table.h"
#include "xalloc.h"

struct grants {
    pthread_mutex_t lock;
    struct table *holders;
};

struct grants *grants_new(void)
{
    struct grants *grants = xcalloc(1, sizeof(*grants));

    pthread_mutex_init(&grants->lock, NULL);
    grants->holders = table_new(free);
    return grants;
}

void grants_issue(struct grants *grants, const char *secret, const char *holder, long seconds)
{
    pthread_mutex_lock(&grants->lock);
    table_put(grants->holders, secret, xstrdup(holder),
              clock_monotonic_ms() + (int64_t)seconds * 1000);
    pthread_mutex_unlock(&grants->lock);
}

enum grant grants_check(struct grants *grants, const char *secret, const char *holder)
{
    enum grant grant = GRANT_UNKNOWN;

    pthread_mutex_lock(&grants->lock);
    const char *known = table_get(grants->holders, secret);
    if (known)
        grant = strcmp(known, holder) == 0 ? GRANT_GOOD : GRANT_OF_ANOTHER;
    pthread_mutex_unlock(&grants->lock);
    return grant;
}

bool grants_use(struct grants *grants, const char *secret)
{
    pthread_mutex_lock(&grants->lock);
    bool good = table_get(grants->holders, secret) != NULL;
    if (good)
        table_remove(grants->holders, secret);
    pthread_mutex_unlock(&grants->lock);
    return good;
}

size_t grants_count(struct grants *grants)
{
    pthread_mutex_lock(&grants->lock);
    size_t count = table_count(grants->holders);
    pthread_mutex_unlock(&grants->lock);
    return count;
}

void grants_clear(struct grants *grants)
{
    pthread_mutex_lock(&grants->lock);
    table_clear(grants->holders);
    pthread_mutex_unlock(&grants->lock);
}

void grants_free(struct grants *grants)
{
    table_free(grants->holders);
    pthread_mutex_destroy(&grants->lock);
    free(grants);
}
