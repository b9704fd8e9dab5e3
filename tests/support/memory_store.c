/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Records in a list. One lock: operations may be started by any thread.
 */
#include "support/memory_store.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    NAME_SIZE = 81
};

typedef struct record {
    struct record *next;
    char name[NAME_SIZE];
    char *value;
    size_t length;
    int64_t dead_at_ms;
    uint64_t fence; /* the last that was given out */
    int64_t leased_until_ms;
} record;

typedef enum verb {
    GET,
    PUT,
    ACQUIRE,
    RELEASE
} verb;

typedef struct pending {
    struct pending *next;
    verb verb;
    char name[NAME_SIZE];
    char *value;
    size_t length;
    int64_t ttl_ms;
    uint64_t fence;
    spay_store_operation *operation;
} pending;

struct memory_store {
    spay_store table;
    const spay_mock *mock;
    pthread_mutex_t lock;
    memory_store_mode mode;
    memory_store_counts counts;
    record *records;
    pending *first; /* deferred, or hanging */
    pending **end;
};

static int64_t now_ms(const memory_store *store)
{
    struct timespec now;

    if (store->mock)
        return spay_mock_now_ms(store->mock);
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void copy_name(char to[NAME_SIZE], const char *name)
{
    (void)snprintf(to, NAME_SIZE, "%s", name);
}

static record *find(memory_store *store, const char *name)
{
    record *at = store->records;

    while (at && strcmp(at->name, name) != 0)
        at = at->next;
    if (at)
        return at;
    at = calloc(1, sizeof(*at));
    if (!at)
        abort();
    copy_name(at->name, name);
    at->next = store->records;
    store->records = at;
    return at;
}

static void get(memory_store *store, const pending *asked, const record *found)
{
    int64_t left = found->dead_at_ms - now_ms(store);

    store->counts.gets++;
    if (found->value && left > 0 && store->mode == MEMORY_STORE_SPOILS)
        found->value[found->length / 2] ^= 1;
    if (found->value && left > 0 && store->mode != MEMORY_STORE_DENIES)
        spay_store_found(asked->operation, found->value, found->length,
                         store->mode == MEMORY_STORE_PROLONGS ? left + 86400000 : left);
    else
        spay_store_end(asked->operation, SPAY_STORE_MISS);
}

static void put(memory_store *store, const pending *asked, record *found)
{
    store->counts.puts++;
    if (found->fence != asked->fence) {
        store->counts.stale++;
        spay_store_end(asked->operation, SPAY_STORE_STALE);
        return;
    }
    free(found->value);
    found->value = malloc(asked->length + 1);
    if (!found->value)
        abort();
    memcpy(found->value, asked->value, asked->length);
    found->length = asked->length;
    found->dead_at_ms = now_ms(store) + asked->ttl_ms;
    spay_store_end(asked->operation, SPAY_STORE_DONE);
}

static void acquire(memory_store *store, const pending *asked, record *found)
{
    int64_t now = now_ms(store);

    store->counts.acquires++;
    if (now < found->leased_until_ms || store->mode == MEMORY_STORE_DENIES) {
        spay_store_end(asked->operation, SPAY_STORE_HELD);
        return;
    }
    found->leased_until_ms = now + asked->ttl_ms;
    spay_store_acquired(asked->operation, ++found->fence);
}

static void release(memory_store *store, const pending *asked, record *found)
{
    store->counts.releases++;
    if (found->fence != asked->fence) {
        store->counts.stale++;
        spay_store_end(asked->operation, SPAY_STORE_STALE);
        return;
    }
    found->leased_until_ms = 0;
    spay_store_end(asked->operation, SPAY_STORE_DONE);
}

static void answer(memory_store *store, const pending *asked)
{
    record *found = find(store, asked->name);

    if (store->mode == MEMORY_STORE_FAILS)
        spay_store_end(asked->operation, SPAY_STORE_ERROR);
    else if (asked->verb == GET)
        get(store, asked, found);
    else if (asked->verb == PUT)
        put(store, asked, found);
    else if (asked->verb == ACQUIRE)
        acquire(store, asked, found);
    else
        release(store, asked, found);
}

static void defer(memory_store *store, const pending *asked)
{
    pending *kept = malloc(sizeof(*kept));

    if (!kept)
        abort();
    *kept = *asked;
    kept->next = NULL;
    if (asked->value) {
        kept->value = malloc(asked->length + 1);
        if (!kept->value)
            abort();
        memcpy(kept->value, asked->value, asked->length);
    }
    *store->end = kept;
    store->end = &kept->next;
}

static void start(void *ctx, pending *asked, const char *name)
{
    memory_store *store = ctx;

    copy_name(asked->name, name);
    pthread_mutex_lock(&store->lock);
    if (store->mode == MEMORY_STORE_DEFERS || store->mode == MEMORY_STORE_HANGS)
        defer(store, asked);
    else
        answer(store, asked);
    pthread_mutex_unlock(&store->lock);
}

static void start_get(void *ctx, const char *name, spay_store_operation *operation)
{
    pending asked = {.verb = GET, .operation = operation};

    start(ctx, &asked, name);
}

static void start_put(void *ctx, const char *name, const void *value, size_t length, int64_t ttl_ms,
                      uint64_t fence, spay_store_operation *operation)
{
    pending asked = {
        .verb = PUT, .length = length, .ttl_ms = ttl_ms, .fence = fence, .operation = operation};

    memcpy(&asked.value, &value, sizeof(value));
    start(ctx, &asked, name);
}

static void start_acquire(void *ctx, const char *name, int64_t ttl_ms,
                          spay_store_operation *operation)
{
    pending asked = {.verb = ACQUIRE, .ttl_ms = ttl_ms, .operation = operation};

    start(ctx, &asked, name);
}

static void start_release(void *ctx, const char *name, uint64_t fence,
                          spay_store_operation *operation)
{
    pending asked = {.verb = RELEASE, .fence = fence, .operation = operation};

    start(ctx, &asked, name);
}

static int end_all(memory_store *store, bool with_error)
{
    pending *at = store->first;
    int count = 0;

    store->first = NULL;
    store->end = &store->first;
    while (at) {
        pending *ended = at;

        at = at->next;
        if (with_error)
            spay_store_end(ended->operation, SPAY_STORE_ERROR);
        else
            answer(store, ended);
        free(ended->value);
        free(ended);
        count++;
    }
    return count;
}

int memory_store_answer(memory_store *store)
{
    int count;

    pthread_mutex_lock(&store->lock);
    count = end_all(store, false);
    pthread_mutex_unlock(&store->lock);
    return count;
}

int memory_store_pending(const memory_store *store)
{
    const pending *at;
    int count = 0;

    for (at = store->first; at; at = at->next)
        count++;
    return count;
}

int memory_store_answer_first(memory_store *store, int done, int told)
{
    pending *first;
    spay_store_operation *operation;

    pthread_mutex_lock(&store->lock);
    first = store->first;
    if (first) {
        store->first = first->next;
        if (!store->first)
            store->end = &store->first;
        operation = first->operation;
        if (!told)
            first->operation = NULL;
        if (done)
            answer(store, first);
        if (!told)
            spay_store_end(operation, SPAY_STORE_ERROR);
        free(first->value);
        free(first);
    }
    pthread_mutex_unlock(&store->lock);
    return first != NULL;
}

static int64_t until(int64_t then_ms, int64_t now)
{
    return then_ms > now ? then_ms - now : 0;
}

void memory_store_describe(const memory_store *store,
                           void (*add)(void *ctx, const void *bytes, size_t length), void *ctx)
{
    int64_t now = now_ms(store);
    const record *at;
    const pending *asked;

    for (at = store->records; at; at = at->next) {
        int64_t lives = at->value ? until(at->dead_at_ms, now) : 0;
        int64_t leased = until(at->leased_until_ms, now);

        add(ctx, at->name, strlen(at->name));
        add(ctx, &lives, sizeof(lives));
        add(ctx, &leased, sizeof(leased));
        add(ctx, &at->fence, sizeof(at->fence));
        if (lives)
            add(ctx, at->value, at->length);
    }
    for (asked = store->first; asked; asked = asked->next) {
        add(ctx, &asked->verb, sizeof(asked->verb));
        add(ctx, asked->name, strlen(asked->name));
        add(ctx, &asked->fence, sizeof(asked->fence));
    }
}

static void on_destroy(void *ctx)
{
    memory_store *store = ctx;

    pthread_mutex_lock(&store->lock);
    (void)end_all(store, true);
    pthread_mutex_unlock(&store->lock);
}

memory_store *memory_store_new(const spay_mock *mock)
{
    memory_store *store = calloc(1, sizeof(*store));

    if (!store)
        return NULL;
    store->mock = mock;
    store->end = &store->first;
    pthread_mutex_init(&store->lock, NULL);
    spay_store_init(&store->table, sizeof(store->table));
    store->table.ctx = store;
    store->table.get = start_get;
    store->table.put = start_put;
    store->table.acquire = start_acquire;
    store->table.release = start_release;
    store->table.destroy = on_destroy;
    return store;
}

void memory_store_set_clock(memory_store *store, const spay_mock *mock)
{
    store->mock = mock;
}

void memory_store_free(memory_store *store)
{
    if (!store)
        return;
    while (store->records) {
        record *freed = store->records;

        store->records = freed->next;
        free(freed->value);
        free(freed);
    }
    pthread_mutex_destroy(&store->lock);
    free(store);
}

const spay_store *memory_store_table(memory_store *store)
{
    return &store->table;
}

void memory_store_set_mode(memory_store *store, memory_store_mode mode)
{
    store->mode = mode;
}

memory_store_counts memory_store_count(const memory_store *store)
{
    return store->counts;
}

static int has(const char *bytes, size_t length, const char *text)
{
    size_t size = strlen(text);
    size_t i;

    for (i = 0; i + size <= length; i++)
        if (memcmp(bytes + i, text, size) == 0)
            return 1;
    return 0;
}

int memory_store_holds(const memory_store *store, const char *text)
{
    const record *at;

    for (at = store->records; at; at = at->next)
        if (has(at->name, strlen(at->name), text) || has(at->value, at->length, text))
            return 1;
    return 0;
}

void memory_store_overwrite(memory_store *store, const void *value, size_t length)
{
    record *at;

    for (at = store->records; at; at = at->next) {
        free(at->value);
        at->value = malloc(length + 1);
        if (!at->value)
            abort();
        memcpy(at->value, value, length);
        at->length = length;
        at->dead_at_ms = INT64_MAX;
    }
}
