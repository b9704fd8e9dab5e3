/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A store on Redis: options, and operations that become jobs.
 */
#include <sessionpay/redis.h>

#include <stdlib.h>
#include <string.h>

#include "redis/scripts.h"
#include "redis/worker.h"

enum {
    FIRST_OPTIONS = sizeof(spay_redis_options),
    DEFAULT_TIMEOUT_MS = 500,
    LONGEST_TIMEOUT_MS = 60000
};

#define DEFAULT_PREFIX "sessionpay:"

typedef struct redis_store {
    spay__redis_orders orders;
    spay__redis_worker *worker; /* atomic */
} redis_store;

/* The worker of this process. NULL without memory. */
static spay__redis_worker *find_worker(redis_store *store)
{
    spay__redis_worker *found = __atomic_load_n(&store->worker, __ATOMIC_ACQUIRE);
    spay__redis_worker *made;

    if (found && spay__redis_worker_is_ours(found))
        return found;
    made = spay__redis_worker_new(&store->orders);
    if (!made)
        return NULL;
    if (__atomic_compare_exchange_n(&store->worker, &found, made, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE)) {
        if (found)
            spay__redis_worker_abandon(found);
        return made;
    }
    (void)spay__redis_worker_stop(made, NULL, NULL);
    return found; /* another thread was faster */
}

static spay__redis_job *make_job(int32_t script, const char *name, size_t length,
                                 spay_store_operation *operation)
{
    spay__redis_job *job = NULL;

    if (spay__adapter_is_name(name) && length <= SPAY__MAX_VALUE)
        job = calloc(1, sizeof(*job) + length);
    if (!job)
        return NULL;
    job->operation = operation;
    job->script = script;
    job->length = length;
    memcpy(job->name, name, strlen(name) + 1);
    return job;
}

/* Hand a job over. NULL, or no worker: the operation ends here. */
static void push(redis_store *store, spay__redis_job *job, spay_store_operation *operation)
{
    spay__redis_worker *worker = job ? find_worker(store) : NULL;

    if (worker) {
        spay__redis_worker_push(worker, job);
        return;
    }
    free(job);
    spay_store_end(operation, SPAY_STORE_ERROR);
}

static void get(void *ctx, const char *name, spay_store_operation *operation)
{
    push(ctx, make_job(SPAY__GET, name, 0, operation), operation);
}

static void put(void *ctx, const char *name, const void *value, size_t length, int64_t ttl_ms,
                uint64_t fence, spay_store_operation *operation)
{
    spay__redis_job *job = make_job(SPAY__PUT, name, length, operation);

    if (job) {
        job->ttl_ms = ttl_ms;
        job->fence = fence;
        if (length)
            memcpy(job->value, value, length);
    }
    push(ctx, job, operation);
}

static void acquire(void *ctx, const char *name, int64_t ttl_ms, spay_store_operation *operation)
{
    spay__redis_job *job = make_job(SPAY__ACQUIRE, name, 0, operation);

    if (job)
        job->ttl_ms = ttl_ms;
    push(ctx, job, operation);
}

static void release(void *ctx, const char *name, uint64_t fence, spay_store_operation *operation)
{
    spay__redis_job *job = make_job(SPAY__RELEASE, name, 0, operation);

    if (job)
        job->fence = fence;
    push(ctx, job, operation);
}

static void free_store(void *ctx)
{
    redis_store *store = ctx;

    spay__redis_url_clear(&store->orders.settings.url);
    spay__redis_tls_free(store->orders.settings.tls);
    free(store);
}

static void destroy(void *ctx)
{
    redis_store *store = ctx;
    spay__redis_worker *worker = store->worker;

    if (worker && !spay__redis_worker_is_ours(worker))
        spay__redis_worker_abandon(worker);
    else if (worker && !spay__redis_worker_stop(worker, free_store, store))
        return;
    free_store(store);
}

/* ---- making one ---- */

static spay_status read_timeout(const char *member, int32_t given, int32_t *timeout_ms,
                                spay_error **error)
{
    if (given < 0 || given > LONGEST_TIMEOUT_MS)
        return spay__adapter_refuse(error, member, "out_of_range", "must be 1 to 60000");
    *timeout_ms = given ? given : DEFAULT_TIMEOUT_MS;
    return SPAY_OK;
}

static spay_status read_prefix(const char *given, char prefix[SPAY__MAX_PREFIX + 1],
                               spay_error **error)
{
    const char *place;

    if (!given)
        given = DEFAULT_PREFIX;
    for (place = given; *place; place++)
        if (*place <= ' ' || *place > '~' || *place == '{' || *place == '}')
            return spay__adapter_refuse(error, "key_prefix", "forbidden_character",
                                        "must be visible ASCII without blanks and braces");
    if (strlen(given) > SPAY__MAX_PREFIX)
        return spay__adapter_refuse(error, "key_prefix", "too_long", "must be 0 to 64 bytes");
    memcpy(prefix, given, strlen(given) + 1);
    return SPAY_OK;
}

static spay_status read_tls(const spay_redis_options *options, spay__redis_settings *settings,
                            spay_error **error)
{
    if (settings->url.tls)
        return spay__redis_tls_new(options->ca_file, &settings->tls, error);
    if (options->ca_file)
        return spay__adapter_refuse(error, "ca_file", "not_applicable",
                                    "is for a URL that begins with rediss://");
    return SPAY_OK;
}

static spay_status read_settings(const spay_redis_options *options, spay__redis_settings *settings,
                                 spay_error **error)
{
    spay_status status = spay__redis_url_parse(&settings->url, options->url, error);

    if (status == SPAY_OK)
        status = read_prefix(options->key_prefix, settings->prefix, error);
    if (status == SPAY_OK)
        status = read_timeout("connect_timeout_ms", options->connect_timeout_ms,
                              &settings->connect_timeout_ms, error);
    if (status == SPAY_OK)
        status = read_timeout("command_timeout_ms", options->command_timeout_ms,
                              &settings->command_timeout_ms, error);
    if (status == SPAY_OK)
        status = read_tls(options, settings, error);
    return status;
}

static spay_status make(const spay_redis_options *options, redis_store **made, spay_error **error)
{
    redis_store *store = spay__redis_watch_forks() ? calloc(1, sizeof(*store)) : NULL;
    spay_status status;

    if (!store)
        return spay__adapter_no_memory(error);
    store->orders.log = options->log;
    store->orders.log_ctx = options->log_ctx;
    status = read_settings(options, &store->orders.settings, error);
    if (status == SPAY_OK)
        *made = store;
    else
        free_store(store);
    return status;
}

spay_status spay_redis_store_new(const spay_redis_options *options, spay_store *store,
                                 spay_error **error)
{
    spay_redis_options own;
    spay_store table = SPAY_STORE_INIT;
    redis_store *made = NULL;
    spay_status status = spay__adapter_begin(store, error);

    if (status == SPAY_OK)
        status = spay__adapter_load(&own, sizeof(own), FIRST_OPTIONS, options, error);
    if (status == SPAY_OK)
        status = make(&own, &made, error);
    if (status != SPAY_OK)
        return status;
    table.ctx = made;
    table.get = get;
    table.put = put;
    table.acquire = acquire;
    table.release = release;
    table.destroy = destroy;
    spay__adapter_fill(store, &table);
    return SPAY_OK;
}

void spay_redis_options_init(void *options, size_t struct_size)
{
    spay__adapter_init(options, struct_size);
}
