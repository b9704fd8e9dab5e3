/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The last connection back goes out first: it is the freshest. Those that have been idle for too
 * long are at the end of their origin's list.
 */
#include "pool.h"

#include <string.h>

#include "base/alloc.h"
#include "monotonic.h"

#define SECOND_US ((int64_t)1000000)

/* As libcurl has it, too: less than most servers, and most address translators, keep one. */
#define KEEP_US (118 * SECOND_US)

/* A connection that was idle for less did not end for being idle. */
#define LEAST_IDLE_US (SECOND_US / 10)

/* What was learned holds for a minute, the next time for two, and so on up to an hour. */
#define FIRST_REMEMBER_US (60 * SECOND_US)
#define MOST_REMEMBER_US (3600 * SECOND_US)

bool spay__pool_init(spay__pool *pool, int32_t max_idle)
{
    pool->max_idle = max_idle;
    pool->fork_generation = spay__fork_generation();
    return spay__mutex_init(&pool->lock) == 0;
}

/*
 * A forked child must not touch its parent's connections: closing them would talk to the parent's
 * peers. So it forgets them.
 */
static void lock(spay__pool *pool)
{
    spay__origin *at;

    spay__lock(&pool->lock);
    if (!spay__forked(&pool->fork_generation))
        return;
    for (at = pool->origins; at; at = at->next)
        at->idle = NULL;
    pool->idle_count = 0;
}

static void close_all(spay__connection *first)
{
    while (first) {
        spay__connection *closed = first;

        first = closed->next;
        spay__connection_close(closed);
    }
}

/* Take a list of idle connections off its origin. */
static spay__connection *detach(spay__pool *pool, spay__connection **list)
{
    spay__connection *first = *list;
    const spay__connection *at;

    for (at = first; at; at = at->next)
        pool->idle_count--;
    *list = NULL;
    return first;
}

void spay__pool_drop(spay__pool *pool)
{
    spay__origin *at;

    lock(pool);
    at = pool->origins;
    spay__unlock(&pool->lock);
    for (; at; at = at->next) { /* none is ever removed */
        spay__connection *dropped;

        lock(pool);
        dropped = detach(pool, &at->idle);
        spay__unlock(&pool->lock);
        close_all(dropped);
    }
}

void spay__pool_clear(spay__pool *pool)
{
    spay__pool_drop(pool);
    while (pool->origins) {
        spay__origin *freed = pool->origins;

        pool->origins = freed->next;
        spay__free(freed);
    }
    spay__mutex_destroy(&pool->lock);
}

/* ---- origins ---- */

static size_t origin_length(const char *url)
{
    const char *host = strstr(url, "://") + 3;

    return (size_t)(host - url) + strcspn(host, "/?#");
}

static spay__origin *find_origin(const spay__pool *pool, const char *url, size_t length)
{
    spay__origin *at = pool->origins;

    while (at && (strncmp(at->name, url, length) != 0 || at->name[length]))
        at = at->next;
    return at;
}

static spay__origin *add_origin(spay__pool *pool, const char *url, size_t length)
{
    spay__origin *added = spay__alloc(sizeof(*added) + length + 1);

    if (!added)
        return NULL;
    memcpy(added->name, url, length);
    added->keep_us = KEEP_US;
    added->remember_us = FIRST_REMEMBER_US;
    added->next = pool->origins;
    pool->origins = added;
    return added;
}

spay__origin *spay__pool_origin(spay__pool *pool, const char *url)
{
    size_t length = origin_length(url);
    spay__origin *origin;

    lock(pool);
    origin = find_origin(pool, url, length);
    if (!origin)
        origin = add_origin(pool, url, length);
    spay__unlock(&pool->lock);
    return origin;
}

/* ---- how long ---- */

/* Half of the time after which it was dead: one that idle is not tried again. */
static void learn(spay__origin *origin, int64_t idle_us, int64_t now_us)
{
    int64_t ago_us = now_us - origin->learned_us;

    if (idle_us < LEAST_IDLE_US || idle_us / 2 >= origin->keep_us)
        return;
    if (origin->keep_us == KEEP_US && origin->learned_us)
        origin->remember_us =
            ago_us > 2 * MOST_REMEMBER_US ? FIRST_REMEMBER_US : 2 * origin->remember_us;
    if (origin->remember_us > MOST_REMEMBER_US)
        origin->remember_us = MOST_REMEMBER_US;
    origin->keep_us = idle_us / 2;
    origin->learned_us = now_us;
}

static void forget_old_lesson(spay__origin *origin, int64_t now_us)
{
    if (origin->keep_us < KEEP_US && now_us - origin->learned_us > origin->remember_us)
        origin->keep_us = KEEP_US;
}

/* A peer that says how long it keeps a connection closes it right then: leave a tenth. */
static bool is_fresh(const spay__connection *idle, const spay__origin *origin, int64_t now_us)
{
    int64_t idle_us = now_us - idle->idle_since_us;

    return idle_us < origin->keep_us && (idle->keep_us < 0 || idle_us < idle->keep_us * 9 / 10);
}

/* ---- taking and giving ---- */

static spay__connection *detach_older(spay__pool *pool, spay__origin *origin, int64_t since_us)
{
    spay__connection **at = &origin->idle;

    while (*at && (*at)->idle_since_us > since_us)
        at = &(*at)->next;
    return detach(pool, at);
}

/* The first in the list if it is fresh; if not, none is, and all come back in stale. */
static spay__connection *take_fresh(spay__pool *pool, spay__origin *origin, int64_t now_us,
                                    spay__connection **stale)
{
    spay__connection *taken;

    *stale = NULL;
    lock(pool);
    forget_old_lesson(origin, now_us);
    taken = origin->idle;
    if (taken && !is_fresh(taken, origin, now_us)) {
        *stale = detach(pool, &origin->idle);
        taken = NULL;
    }
    if (taken) {
        taken->idle_us = now_us - taken->idle_since_us;
        origin->idle = taken->next;
        pool->idle_count--;
    }
    spay__unlock(&pool->lock);
    return taken;
}

void spay__pool_suspect(spay__pool *pool, const spay__connection *dead, bool closed)
{
    int64_t now_us = spay__now_us();
    spay__connection *others;

    lock(pool);
    if (closed)
        learn(dead->origin, dead->idle_us, now_us);
    others = detach_older(pool, dead->origin, dead->idle_since_us);
    spay__unlock(&pool->lock);
    close_all(others);
}

spay__connection *spay__pool_take(spay__pool *pool, spay__origin *origin)
{
    spay__connection *stale;
    spay__connection *taken;

    while ((taken = take_fresh(pool, origin, spay__now_us(), &stale)) != NULL) {
        if (spay__connection_is_usable(taken))
            return taken;
        spay__pool_suspect(pool, taken, true);
        spay__connection_close(taken);
    }
    close_all(stale);
    return NULL;
}

/* From the first that has been idle for too long. */
static spay__connection *detach_stale(spay__pool *pool, spay__origin *origin, int64_t now_us)
{
    spay__connection **at = &origin->idle;

    while (*at && is_fresh(*at, origin, now_us))
        at = &(*at)->next;
    return detach(pool, at);
}

void spay__pool_give(spay__pool *pool, spay__connection *connection)
{
    spay__origin *origin = connection->origin;
    spay__connection *closed;
    bool kept;

    connection->idle_since_us = spay__now_us();
    connection->used = true;
    connection->lingers = false;
    lock(pool);
    closed = detach_stale(pool, origin, connection->idle_since_us);
    kept = pool->idle_count < pool->max_idle;
    if (kept) {
        connection->next = origin->idle;
        origin->idle = connection;
        pool->idle_count++;
    }
    spay__unlock(&pool->lock);
    close_all(closed);
    if (!kept)
        spay__connection_close(connection);
}

/* Those that have come back since are at the front of their lists. */
bool spay__pool_unwatch(spay__pool *pool)
{
    const spay__origin *origin;
    bool any = false;

    for (origin = pool->origins; origin; origin = origin->next) {
        spay__connection *at = origin->idle;

        for (; at && at->watched; at = at->next) {
            if (at->lingers)
                (void)spay__connection_watch(at, 0);
            any = any || at->watched;
            at->lingers = true;
        }
    }
    return any;
}
