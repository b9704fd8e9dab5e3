/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Many processes with many threads, as in a shop with pre-forked workers, that share one bearer token
 * and the session of each order through a store. docs/fleet.md explains it.
 *
 *     build/bin/sessionpay-sandbox -- build/examples/fleet
 *
 * uses a directory in /tmp as the store. With a Redis, and other sizes:
 *
 *     FLEET_STORE=unix:///run/redis/redis.sock FLEET_PROCESSES=4 FLEET_THREADS=16 FLEET_CALLS=100
 *
 * FLEET_STORE=none shows what it is like without. Each line of the table is a phase: "calls" makes
 * FLEET_CALLS sessions of Hosted Fields in each thread, "order" one session of Connect server for
 * the same order in all threads. Name the phases as arguments, or "-" to have them read from the
 * standard input.
 *
 * The columns: calls and failed calls; requests for tokens and for sessions; calls that received
 * another's session; different sessions for the order; answers of the store that a call waited for;
 * milliseconds.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "example.h"

#include <sessionpay/file.h>
#ifdef FLEET_REDIS
#include <sessionpay/redis.h>
#endif

enum {
    MOST_WORKERS = 1024,
    PHASE_SIZE = 64,
    ID_SIZE = 64
};

/* What all processes see. */
typedef struct board {
    pthread_barrier_t start; /* all threads, and the parent, begin and end a phase together */
    pthread_barrier_t end;
    char phase[PHASE_SIZE]; /* "" is the end */
    long calls;
    long failed;
    long token_requests;
    long requests; /* for sessions */
    long shared;
    long store_answers;
    char ids[MOST_WORKERS][ID_SIZE]; /* of the sessions for an order, one for each thread */
} board;

typedef struct worker {
    pthread_t thread;
    long number;
    spay_hosted_fields *hosted_fields;
    spay_connect_server *connect_server;
} worker;

static board *shared;
static long processes;
static long threads;
static long calls;

static void count(long *what)
{
    __atomic_add_fetch(what, 1, __ATOMIC_RELAXED);
}

static long setting(const char *name, long usual)
{
    const char *value = getenv(name);

    return value ? atol(value) : usual;
}

/* ---- what a worker does ---- */

static void finish_call(spay_status status, spay_error *error, const spay_session_info *info)
{
    count(&shared->calls);
    if (status != SPAY_OK) {
        count(&shared->failed);
        example_complain(error);
    } else if (info && info->shared == SPAY_YES) {
        count(&shared->shared);
    }
    spay_error_free(error);
}

static void load_page(spay_hosted_fields *account)
{
    spay_hosted_fields_session *session = NULL;
    spay_error *error = NULL;

    spay_hosted_fields_session_request request = SPAY_HOSTED_FIELDS_SESSION_REQUEST_INIT;
    request.processing_terminal_id = getenv("SPAY_HOSTED_FIELDS_TERMINAL_ID");
    request.lib_version = getenv("SPAY_HOSTED_FIELDS_LIB_VERSION");
    request.scenario = "payment";

    spay_status status =
        spay_hosted_fields_session_create(account, &request, NULL, &session, &error);
    finish_call(status, error, session ? session->info : NULL);
    spay_hosted_fields_session_free(session);
}

/* The intent names the order: the second to ask, on any machine, gets the same session. */
static void handle_order(const worker *self, const char *order)
{
    spay_connect_server_session *session = NULL;
    spay_error *error = NULL;

    spay_connect_server_session_request request = SPAY_CONNECT_SERVER_SESSION_REQUEST_INIT;
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    options.intent = order;

    spay_status status = spay_connect_server_session_create(self->connect_server, &request,
                                                            &options, &session, &error);
    finish_call(status, error, session ? session->info : NULL);
    if (session)
        snprintf(shared->ids[self->number], ID_SIZE, "%s", session->client_session_id);
    spay_connect_server_session_free(session);
}

static void *work(void *ctx)
{
    worker *self = ctx;

    for (;;) {
        pthread_barrier_wait(&shared->start);
        if (!shared->phase[0])
            return NULL;
        if (strncmp(shared->phase, "order", 5) == 0)
            handle_order(self, shared->phase);
        else
            for (long i = 0; i < calls; i++)
                load_page(self->hosted_fields);
        pthread_barrier_wait(&shared->end);
    }
}

/* ---- a process ---- */

static void on_event(void *ctx, const spay_event *event)
{
    (void)ctx;
    if (event->type == SPAY_EVENT_STORE)
        count(&shared->store_answers);
    else if (event->type == SPAY_EVENT_ATTEMPT)
        count(strcmp(event->operation, "token") == 0 ? &shared->token_requests : &shared->requests);
}

/* A directory, or the URL of a Redis. */
static spay_status open_store(const char *where, spay_store *store, spay_error **error)
{
#ifdef FLEET_REDIS
    if (strstr(where, "://")) {
        spay_redis_options redis = SPAY_REDIS_OPTIONS_INIT;

        redis.url = where;
        return spay_redis_store_new(&redis, store, error);
    }
#endif
    spay_file_options file = SPAY_FILE_OPTIONS_INIT;

    file.directory = where;
    return spay_file_store_new(&file, store, error);
}

static spay_status open_client(const char *where, spay_client **client, spay_error **error)
{
    spay_store store = SPAY_STORE_INIT;
    spay_status status = SPAY_OK;

    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    options.ca_file = getenv("SPAY_CA_FILE");
    options.key_secret = "any secret, as long as it is long"; /* calls with an intent want one */
    options.key_secret_length = strlen(options.key_secret);
    options.attempt_timeout_ms = setting("FLEET_ATTEMPT_MS", 0);
    options.event = on_event;
    if (strcmp(where, "none") != 0) {
        status = open_store(where, &store, error);
        options.store = &store;
    }
    if (status != SPAY_OK)
        return status;
    status = spay_client_new(&options, client, error);
    if (status != SPAY_OK && options.store)
        store.destroy(store.ctx); /* no client took it */
    return status;
}

static spay_status open_accounts(spay_client *client, worker *self, spay_error **error)
{
    spay_hosted_fields_options fields = SPAY_HOSTED_FIELDS_OPTIONS_INIT;
    fields.environment = SPAY_ENV_TEST;
    fields.base_url = getenv("SPAY_HOSTED_FIELDS_BASE_URL");
    fields.identity_url = getenv("SPAY_HOSTED_FIELDS_IDENTITY_URL");
    fields.api_key = getenv("SPAY_HOSTED_FIELDS_API_KEY");

    spay_connect_server_options server = SPAY_CONNECT_SERVER_OPTIONS_INIT;
    server.environment = SPAY_ENV_TEST;
    server.base_url = getenv("SPAY_CONNECT_BASE_URL");
    server.merchant_id = getenv("SPAY_CONNECT_MERCHANT_ID");
    server.api_key_id = getenv("SPAY_CONNECT_API_KEY_ID");
    server.secret_api_key = getenv("SPAY_CONNECT_SECRET_API_KEY");

    spay_status status = spay_hosted_fields_new(client, &fields, &self->hosted_fields, error);
    if (status == SPAY_OK)
        status = spay_connect_server_new(client, &server, &self->connect_server, error);
    return status;
}

/* Before there are processes that wait for each other. */
static int can_be_opened(const char *where)
{
    spay_client *client = NULL;
    spay_error *error = NULL;

    if (open_client(where, &client, &error) != SPAY_OK)
        example_complain(error);
    spay_error_free(error);
    spay_client_free(client);
    return client != NULL;
}

static void run_threads(const worker *first, long process)
{
    worker workers[MOST_WORKERS];

    for (long i = 0; i < threads; i++) {
        workers[i] = *first;
        workers[i].number = process * threads + i;
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
            abort();
    }
    for (long i = 0; i < threads; i++)
        pthread_join(workers[i].thread, NULL);
}

static int run_process(const char *where, long process)
{
    spay_client *client = NULL;
    spay_error *error = NULL;
    worker first = {.number = 0};

    spay_status status = open_client(where, &client, &error);
    if (status == SPAY_OK)
        status = open_accounts(client, &first, &error);
    if (status != SPAY_OK) {
        example_complain(error);
        kill(0, SIGTERM); /* the others would wait for this one */
    }
    run_threads(&first, process);
    spay_hosted_fields_free(first.hosted_fields);
    spay_connect_server_free(first.connect_server);
    spay_client_free(client);
    return 0;
}

/* ---- the table ---- */

static long now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* How many different sessions there are for an order. */
static long count_sessions(void)
{
    long different = 0;

    for (long i = 0; i < processes * threads; i++) {
        long same = 0;

        while (same < i && strcmp(shared->ids[i], shared->ids[same]) != 0)
            same++;
        different += same == i && shared->ids[i][0];
    }
    return different;
}

static void run_phase(const char *phase)
{
    long began = now_ms();

    shared->calls = shared->failed = shared->token_requests = shared->requests = 0;
    shared->shared = shared->store_answers = 0;
    memset(shared->ids, 0, sizeof(shared->ids));
    snprintf(shared->phase, PHASE_SIZE, "%s", phase);
    pthread_barrier_wait(&shared->start);
    if (!phase[0])
        return;
    pthread_barrier_wait(&shared->end);
    printf("%-16s %8ld %8ld %8ld %8ld %8ld %8ld %8ld %8ld\n", phase, shared->calls, shared->failed,
           shared->token_requests, shared->requests, shared->shared, count_sessions(),
           shared->store_answers, now_ms() - began);
    fflush(stdout);
}

static long run_phases(int argc, const char *const *argv)
{
    char line[PHASE_SIZE];
    long failed = 0;

    printf("%ld processes with %ld threads\n", processes, threads);
    printf("%-16s %8s %8s %8s %8s %8s %8s %8s %8s\n", "phase", "calls", "failed", "tokens",
           "requests", "shared", "distinct", "store", "ms");
    fflush(stdout);
    if (argc == 2 && strcmp(argv[1], "-") == 0) {
        while (fgets(line, sizeof(line), stdin)) {
            line[strcspn(line, "\n")] = '\0';
            run_phase(line[0] ? line : "calls");
            failed += shared->failed;
        }
    }
    for (int i = 1; i < argc && strcmp(argv[1], "-") != 0; i++) {
        run_phase(argv[i]);
        failed += shared->failed;
    }
    run_phase("");
    return failed;
}

static int make_board(void)
{
    pthread_barrierattr_t attributes;
    unsigned parties = (unsigned)(processes * threads) + 1;
    int zeros = open("/dev/zero", O_RDWR); /* memory that children share, with POSIX alone */

    if (zeros < 0)
        return 0;
    shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED, zeros, 0);
    close(zeros);
    if (shared == MAP_FAILED || pthread_barrierattr_init(&attributes) != 0)
        return 0;
    pthread_barrierattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    return pthread_barrier_init(&shared->start, &attributes, parties) == 0 &&
           pthread_barrier_init(&shared->end, &attributes, parties) == 0;
}

static void forget(const char *directory)
{
    char command[64];

    snprintf(command, sizeof(command), "rm -rf %s", directory);
    if (system(command) != 0)
        fprintf(stderr, "%s is left\n", directory);
}

int main(int argc, char **argv)
{
    static const char *const usual[] = {NULL, "calls", "calls again", "order 1", "order 2"};
    char directory[] = "/tmp/fleet-XXXXXX";
    const char *where = getenv("FLEET_STORE");
    long failed;
    int status;

    example_need("SPAY_HOSTED_FIELDS_API_KEY");
    example_need("SPAY_CONNECT_SECRET_API_KEY");
    processes = setting("FLEET_PROCESSES", 8);
    threads = setting("FLEET_THREADS", 8);
    calls = setting("FLEET_CALLS", 5);
    if (processes < 1 || threads < 1 || processes > MOST_WORKERS / threads || !make_board() ||
        (!where && !mkdtemp(directory)) || !can_be_opened(where ? where : directory))
        return 2;

    for (long i = 0; i < processes; i++) {
        pid_t child = fork();

        if (child < 0)
            return 2; /* those that are there wait for those that are not; the shell ends them */
        if (child == 0)
            return run_process(where ? where : directory, i);
    }
    failed = argc > 1 ? run_phases(argc, (const char *const *)argv) : run_phases(5, usual);
    while (wait(&status) > 0)
        failed += status != 0;
    if (!where)
        forget(directory);
    return failed ? 1 : 0;
}
