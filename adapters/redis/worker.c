/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The thread that talks to Redis.
 */
#include "redis/worker.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    MOST_JOBS = 1024,
    MOST_BYTES = 16 * 1024 * 1024, /* of values that wait */
    BATCH_JOBS = 64,
    BATCH_BYTES = 1024 * 1024,
    FIRST_PAUSE_MS = 100,
    LONGEST_PAUSE_MS = 5000,
    NO_SOCKET = -1
};

typedef struct queue {
    spay__redis_job *first;
    spay__redis_job **last;
    size_t jobs;
    size_t bytes;
} queue;

struct spay__redis_worker {
    const spay__redis_orders *orders;
    uint32_t generation;
    pthread_mutex_t lock; /* over what follows */
    pthread_cond_t wake;
    pthread_t thread;
    bool started;
    bool stopping;
    queue waiting;
    int descriptor;          /* of the connection; atomic, for children */
    void (*last)(void *ctx); /* what the thread does at its end, if nobody joins it */
    void *last_ctx;
    /* of the thread alone: */
    spay__redis_connection *connection;
    int64_t retry_at_ms; /* until then operations fail at once */
    int32_t pause_ms;    /* 0: it works */
    char reason[SPAY__REASON_SIZE];
};

/* ---- forks ---- */

static uint32_t generation = 1;
static pthread_once_t watching = PTHREAD_ONCE_INIT;
static bool watched;

static void after_fork_in_child(void)
{
    (void)__atomic_add_fetch(&generation, 1, __ATOMIC_RELEASE);
}

static void watch(void)
{
    watched = pthread_atfork(NULL, NULL, after_fork_in_child) == 0;
}

bool spay__redis_watch_forks(void)
{
    return pthread_once(&watching, watch) == 0 && watched;
}

bool spay__redis_worker_is_ours(const spay__redis_worker *worker)
{
    return worker->generation == __atomic_load_n(&generation, __ATOMIC_ACQUIRE);
}

void spay__redis_worker_abandon(spay__redis_worker *worker)
{
    int descriptor = __atomic_exchange_n(&worker->descriptor, NO_SOCKET, __ATOMIC_ACQ_REL);

    if (descriptor != NO_SOCKET)
        (void)close(descriptor);
}

/* ---- the queue ---- */

static void queue_clear(queue *jobs)
{
    memset(jobs, 0, sizeof(*jobs));
    jobs->last = &jobs->first;
}

static void queue_push(queue *jobs, spay__redis_job *job)
{
    job->next = NULL;
    *jobs->last = job;
    jobs->last = &job->next;
    jobs->jobs++;
    jobs->bytes += job->length;
}

/* The first jobs, as many as one batch may have. NULL: there are none. */
static spay__redis_job *queue_take(queue *jobs)
{
    spay__redis_job *first = jobs->first;
    spay__redis_job **end = &jobs->first;
    size_t count = 0;
    size_t bytes = 0;

    while (*end && count < BATCH_JOBS && (!count || bytes + (*end)->length <= BATCH_BYTES)) {
        count++;
        bytes += (*end)->length;
        end = &(*end)->next;
    }
    jobs->first = *end;
    *end = NULL;
    if (!jobs->first)
        jobs->last = &jobs->first;
    jobs->jobs -= count;
    jobs->bytes -= bytes;
    return count ? first : NULL;
}

/* The operations that have not ended yet have failed. */
static void free_jobs(spay__redis_job *job)
{
    while (job) {
        spay__redis_job *next = job->next;

        if (job->operation)
            spay_store_end(job->operation, SPAY_STORE_ERROR);
        spay__adapter_wipe(job, sizeof(*job) + job->length);
        free(job);
        job = next;
    }
}

/* ---- the connection ---- */

static int64_t read_clock_ns(void)
{
    struct timespec now = {0, 0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + (int64_t)now.tv_nsec;
}

static void report(spay__redis_worker *worker, const char *reason)
{
    if (strcmp(worker->reason, reason) == 0)
        return;
    memcpy(worker->reason, reason, strlen(reason) + 1);
    if (worker->orders->log)
        worker->orders->log(worker->orders->log_ctx, reason[0] ? reason : "works again");
}

/* A child must not close what may be another file by now: so it is forgotten first. */
static void disconnect(spay__redis_worker *worker)
{
    (void)pthread_mutex_lock(&worker->lock);
    __atomic_store_n(&worker->descriptor, NO_SOCKET, __ATOMIC_RELEASE);
    (void)pthread_mutex_unlock(&worker->lock);
    spay__redis_close(worker->connection);
    worker->connection = NULL;
}

/* Each failure in a row doubles the pause; processes that failed together do not return together. */
static void fail(spay__redis_worker *worker, const char *reason)
{
    int64_t now_ns = read_clock_ns();
    int32_t pause = worker->pause_ms ? worker->pause_ms * 2 : FIRST_PAUSE_MS;

    disconnect(worker);
    worker->pause_ms = pause < LONGEST_PAUSE_MS ? pause : LONGEST_PAUSE_MS;
    worker->retry_at_ms = now_ns / 1000000 + worker->pause_ms * (75 + now_ns / 1000 % 50) / 100;
    report(worker, reason);
}

static bool connect_now(spay__redis_worker *worker)
{
    char reason[SPAY__REASON_SIZE] = "";

    worker->connection = spay__redis_open(&worker->orders->settings, reason);
    if (worker->connection) {
        (void)pthread_mutex_lock(&worker->lock);
        __atomic_store_n(&worker->descriptor, spay__redis_descriptor(worker->connection),
                         __ATOMIC_RELEASE);
        (void)pthread_mutex_unlock(&worker->lock);
        if (spay__redis_greet(worker->connection, reason))
            return true;
    }
    fail(worker, reason);
    return false;
}

static bool is_connected(spay__redis_worker *worker)
{
    if (worker->connection && spay__redis_is_idle(worker->connection))
        return true;
    disconnect(worker);
    if (worker->pause_ms && read_clock_ns() / 1000000 < worker->retry_at_ms)
        return false;
    return connect_now(worker);
}

static void run(spay__redis_worker *worker, spay__redis_job *jobs)
{
    char reason[SPAY__REASON_SIZE] = "";

    if (is_connected(worker)) {
        if (spay__redis_run(worker->connection, jobs, reason)) {
            worker->pause_ms = 0;
            report(worker, reason);
        } else {
            fail(worker, reason);
        }
    }
    free_jobs(jobs);
}

/* ---- the thread ---- */

static void free_worker(spay__redis_worker *worker)
{
    (void)pthread_cond_destroy(&worker->wake);
    (void)pthread_mutex_destroy(&worker->lock);
    free(worker);
}

/* Jobs of a batch; NULL when the thread is to end. */
static spay__redis_job *wait_for_jobs(spay__redis_worker *worker)
{
    spay__redis_job *jobs;

    (void)pthread_mutex_lock(&worker->lock);
    while (!worker->waiting.first && !worker->stopping)
        (void)pthread_cond_wait(&worker->wake, &worker->lock);
    jobs = worker->stopping ? NULL : queue_take(&worker->waiting);
    (void)pthread_mutex_unlock(&worker->lock);
    return jobs;
}

static void *work(void *ctx)
{
    spay__redis_worker *worker = ctx;
    spay__redis_job *jobs;

    while ((jobs = wait_for_jobs(worker)) != NULL)
        run(worker, jobs);
    disconnect(worker);
    free_jobs(worker->waiting.first);
    queue_clear(&worker->waiting);
    if (worker->last) {
        void (*last)(void *ctx) = worker->last;
        void *last_ctx = worker->last_ctx;

        free_worker(worker);
        last(last_ctx);
    }
    return NULL;
}

/* With all signals blocked: the program handles its own, and must get no SIGPIPE from here. */
static bool start(spay__redis_worker *worker)
{
    sigset_t all;
    sigset_t before;

    if (worker->started)
        return true;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    worker->started = pthread_create(&worker->thread, NULL, work, worker) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return worker->started;
}

spay__redis_worker *spay__redis_worker_new(const spay__redis_orders *orders)
{
    spay__redis_worker *worker = calloc(1, sizeof(*worker));

    if (!worker)
        return NULL;
    if (pthread_mutex_init(&worker->lock, NULL) != 0) {
        free(worker);
        return NULL;
    }
    if (pthread_cond_init(&worker->wake, NULL) != 0) {
        (void)pthread_mutex_destroy(&worker->lock);
        free(worker);
        return NULL;
    }
    worker->orders = orders;
    worker->generation = __atomic_load_n(&generation, __ATOMIC_ACQUIRE);
    worker->descriptor = NO_SOCKET;
    queue_clear(&worker->waiting);
    return worker;
}

void spay__redis_worker_push(spay__redis_worker *worker, spay__redis_job *job)
{
    bool taken;

    (void)pthread_mutex_lock(&worker->lock);
    taken = !worker->stopping && worker->waiting.jobs < MOST_JOBS &&
            worker->waiting.bytes + job->length <= MOST_BYTES && start(worker);
    if (taken) {
        queue_push(&worker->waiting, job);
        (void)pthread_cond_signal(&worker->wake);
    }
    (void)pthread_mutex_unlock(&worker->lock);
    if (!taken)
        free_jobs(job);
}

bool spay__redis_worker_stop(spay__redis_worker *worker, void (*last)(void *ctx), void *ctx)
{
    bool started;
    bool own;

    (void)pthread_mutex_lock(&worker->lock);
    worker->stopping = true;
    started = worker->started;
    own = started && pthread_equal(worker->thread, pthread_self());
    if (own) {
        worker->last = last;
        worker->last_ctx = ctx;
        (void)pthread_detach(worker->thread);
    } else if (worker->descriptor != NO_SOCKET) {
        (void)shutdown(worker->descriptor, SHUT_RDWR); /* so that nobody waits for a reply */
    }
    (void)pthread_cond_signal(&worker->wake);
    (void)pthread_mutex_unlock(&worker->lock);
    if (own)
        return false;
    if (started)
        (void)pthread_join(worker->thread, NULL);
    free_worker(worker);
    return true;
}
