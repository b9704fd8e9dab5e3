/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Operations that can be waited for.
 */
#include "operation.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct spay_store_operation {
    pthread_mutex_t lock;
    pthread_cond_t ended;
    int32_t ends;
    answer answer;
    void (*then)(void *ctx);
    void *then_ctx;
};

spay_store_operation *prepare(void)
{
    spay_store_operation *operation = calloc(1, sizeof(*operation));

    (void)pthread_mutex_init(&operation->lock, NULL);
    (void)pthread_cond_init(&operation->ended, NULL);
    return operation;
}

void forget(spay_store_operation *operation)
{
    (void)pthread_cond_destroy(&operation->ended);
    (void)pthread_mutex_destroy(&operation->lock);
    free(operation);
}

static void end(spay_store_operation *operation, answer *answered)
{
    if (operation->then) {
        drop(answered);
        operation->then(operation->then_ctx);
        free(operation);
        return;
    }
    (void)pthread_mutex_lock(&operation->lock);
    operation->answer = *answered;
    operation->ends++;
    (void)pthread_cond_broadcast(&operation->ended);
    (void)pthread_mutex_unlock(&operation->lock);
}

void spay_store_found(spay_store_operation *operation, const void *value, size_t length,
                      int64_t ttl_left_ms)
{
    answer answered = {.result = FOUND, .length = length, .ttl_left_ms = ttl_left_ms};

    if (ttl_left_ms <= 0) {
        answered.result = SPAY_STORE_MISS;
    } else {
        answered.value = malloc(length + 1);
        if (answered.value)
            memcpy(answered.value, value, length);
        else
            answered.result = SPAY_STORE_ERROR;
    }
    end(operation, &answered);
}

void spay_store_acquired(spay_store_operation *operation, uint64_t fence)
{
    answer answered = {.result = ACQUIRED, .fence = fence};

    end(operation, &answered);
}

void spay_store_end(spay_store_operation *operation, int32_t result)
{
    answer answered = {.result = result};

    end(operation, &answered);
}

answer finish(spay_store_operation *operation)
{
    struct timespec until;
    answer answered = {.result = NEVER_ENDED};
    int32_t ends;
    int late = 0;

    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 60;
    (void)pthread_mutex_lock(&operation->lock);
    while (!operation->ends && !late)
        late = pthread_cond_timedwait(&operation->ended, &operation->lock, &until);
    ends = operation->ends;
    if (ends)
        answered = operation->answer;
    (void)pthread_mutex_unlock(&operation->lock);
    if (!ends)
        return answered; /* and it stays, for whoever ends it yet */
    if (ends > 1)
        answered.result = ENDED_TWICE;
    forget(operation);
    return answered;
}

spay_store_operation *start_get(const spay_store *store, const char *name)
{
    spay_store_operation *operation = prepare();

    store->get(store->ctx, name, operation);
    return operation;
}

spay_store_operation *start_put(const spay_store *store, const char *name, const void *value,
                                size_t length, int64_t ttl_ms, uint64_t fence)
{
    spay_store_operation *operation = prepare();

    store->put(store->ctx, name, value, length, ttl_ms, fence, operation);
    return operation;
}

spay_store_operation *start_acquire(const spay_store *store, const char *name, int64_t ttl_ms)
{
    spay_store_operation *operation = prepare();

    store->acquire(store->ctx, name, ttl_ms, operation);
    return operation;
}

spay_store_operation *start_release(const spay_store *store, const char *name, uint64_t fence)
{
    spay_store_operation *operation = prepare();

    store->release(store->ctx, name, fence, operation);
    return operation;
}

answer get(const spay_store *store, const char *name)
{
    return finish(start_get(store, name));
}

int32_t put(const spay_store *store, const char *name, const void *value, size_t length,
            int64_t ttl_ms, uint64_t fence)
{
    return finish(start_put(store, name, value, length, ttl_ms, fence)).result;
}

uint64_t acquire(const spay_store *store, const char *name, int64_t ttl_ms, int32_t *result)
{
    answer answered = finish(start_acquire(store, name, ttl_ms));

    if (result)
        *result = answered.result;
    return answered.fence;
}

int32_t release(const spay_store *store, const char *name, uint64_t fence)
{
    return finish(start_release(store, name, fence)).result;
}

void drop(answer *done)
{
    free(done->value);
    done->value = NULL;
}

void start_get_then(const spay_store *store, const char *name, void (*then)(void *ctx), void *ctx)
{
    spay_store_operation *operation = prepare();

    operation->then = then;
    operation->then_ctx = ctx;
    store->get(store->ctx, name, operation);
}
