/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * One connection, by libhiredis, with its timeouts and its pipelining.
 */
#include "redis/connection.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <hiredis.h>

#include "redis/scripts.h"
#include "redis/socket.h"

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* the thread has all signals blocked anyway */
#endif

enum {
    NUMBER_SIZE = 24,
    KEY_SIZE = SPAY__MAX_PREFIX + SPAY__MAX_NAME + 16,
    MOST_ARGUMENTS = 8,
    MOST_STEP_WORDS = 3,
    KEPT_OUTPUT = 65536, /* what is larger is freed after it was sent */
    MOST_ELEMENTS = 8,   /* of an array in a reply */
    MOST_UNREAD = 2 * SPAY__MAX_VALUE
};

/* Ten years; more would not fit into Redis. And how much longer than its lease a fence is kept. */
static const int64_t longest_ms = INT64_C(10) * 365 * 24 * 3600 * 1000;
static const int64_t fence_kept_ms = INT64_C(24) * 3600 * 1000;

struct spay__redis_connection {
    const spay__redis_settings *settings;
    redisContext *context;
    redisReplyObjectFunctions functions;
    char *output; /* commands that are to be sent; wiped when they are */
    size_t length;
    size_t room;
    uint32_t known;      /* scripts that were sent, one bit each: the server has them by now */
    int64_t deadline_ms; /* of what runs now */
};

static int64_t now_ms(void)
{
    struct timespec now = {0, 0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + (int64_t)now.tv_nsec / 1000000;
}

static struct timeval duration(int32_t ms)
{
    struct timeval time = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};

    return time;
}

static void tell(char reason[SPAY__REASON_SIZE], const char *words)
{
    (void)snprintf(reason, SPAY__REASON_SIZE, "%s", words);
}

/* ---- reading replies ---- */

/* libhiredis believes any number of elements, and allocates for all of them. */
#if HIREDIS_MAJOR >= 1
typedef size_t element_count;
#else
typedef int element_count;
#endif

static void *(*create_array)(const redisReadTask *, element_count);

static void *create_short_array(const redisReadTask *task, element_count elements)
{
    return elements <= MOST_ELEMENTS ? create_array(task, elements) : NULL;
}

static void limit_arrays(spay__redis_connection *connection)
{
    connection->functions = *connection->context->reader->fn;
    __atomic_store_n(&create_array, connection->functions.createArray, __ATOMIC_RELAXED);
    connection->functions.createArray = create_short_array;
    connection->context->reader->fn = &connection->functions;
}

static bool is_late(const spay__redis_connection *connection)
{
    return now_ms() > connection->deadline_ms;
}

/* A read waits for one timeout at most, so a reply takes two of them at most. */
static redisReply *receive(spay__redis_connection *connection)
{
    redisContext *context = connection->context;
    void *reply = NULL;

    for (;;) {
        if (redisGetReplyFromReader(context, &reply) != REDIS_OK)
            return NULL;
        if (reply)
            return reply;
        if (is_late(connection) || context->reader->len > MOST_UNREAD ||
            redisBufferRead(context) != REDIS_OK)
            return NULL;
    }
}

/* ---- sending commands ---- */

static void drop_output(spay__redis_connection *connection)
{
    spay__adapter_wipe(connection->output, connection->length);
    connection->length = 0;
    if (connection->room <= KEPT_OUTPUT)
        return;
    free(connection->output);
    connection->output = NULL;
    connection->room = 0;
}

static bool make_room(spay__redis_connection *connection, size_t length)
{
    size_t room = 2 * (connection->length + length);
    char *larger;

    if (connection->room - connection->length >= length)
        return true;
    larger = malloc(room);
    if (!larger)
        return false;
    if (connection->length)
        memcpy(larger, connection->output, connection->length);
    spay__adapter_wipe(connection->output, connection->length);
    free(connection->output);
    connection->output = larger;
    connection->room = room;
    return true;
}

static bool append_bytes(spay__redis_connection *connection, const void *bytes, size_t length)
{
    if (!make_room(connection, length))
        return false;
    if (length)
        memcpy(connection->output + connection->length, bytes, length);
    connection->length += length;
    return true;
}

/* "*3" or "$5", and the end of a line. */
static bool append_count(spay__redis_connection *connection, char kind, size_t count)
{
    char line[NUMBER_SIZE];
    int length = snprintf(line, sizeof(line), "%c%d\r\n", kind, (int)count);

    return append_bytes(connection, line, (size_t)length);
}

/* A command. libhiredis could do that too, but 0.14 does not get over a lack of memory. */
static bool append_words(spay__redis_connection *connection, int count, const char *const *words,
                         const size_t *lengths)
{
    bool good = append_count(connection, '*', (size_t)count);
    int i;

    for (i = 0; i < count && good; i++)
        good = append_count(connection, '$', lengths[i]) &&
               append_bytes(connection, words[i], lengths[i]) &&
               append_bytes(connection, "\r\n", 2);
    return good;
}

static bool send_plainly(spay__redis_connection *connection)
{
    size_t sent = 0;

    while (sent < connection->length && !is_late(connection)) {
        ssize_t count = send(connection->context->fd, connection->output + sent,
                             connection->length - sent, MSG_NOSIGNAL);

        if (count > 0)
            sent += (size_t)count;
        else if (errno != EINTR)
            return false;
    }
    return sent == connection->length;
}

static bool send_by_tls(spay__redis_connection *connection)
{
    int done = 0;

    if (redisAppendFormattedCommand(connection->context, connection->output, connection->length) !=
        REDIS_OK)
        return false;
    while (!done)
        if (is_late(connection) || redisBufferWrite(connection->context, &done) != REDIS_OK)
            return false;
    return true;
}

static bool flush(spay__redis_connection *connection)
{
    bool sent = !connection->length ||
                (connection->settings->tls ? send_by_tls(connection) : send_plainly(connection));

    drop_output(connection);
    return sent;
}

/* The first word of an error reply: only that, since the rest may repeat what was sent. */
static void tell_error(char reason[SPAY__REASON_SIZE], const char *step, const redisReply *reply)
{
    size_t length = 0;

    if (reply && reply->type == REDIS_REPLY_ERROR)
        length = strspn(reply->str, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    if (length > 0 && length < 24)
        (void)snprintf(reason, SPAY__REASON_SIZE, "%s refused: %.*s", step, (int)length,
                       reply->str);
    else
        (void)snprintf(reason, SPAY__REASON_SIZE, "%s: no reply, or not Redis", step);
}

/* ---- opening ---- */

static redisContext *connect_to(const spay__redis_settings *settings)
{
    int connected = spay__redis_socket_open(&settings->url, settings->connect_timeout_ms);
    redisContext *context = connected >= 0 ? redisConnectFd(connected) : NULL;

    if (connected >= 0 && !context)
        (void)close(connected);
    return context;
}

spay__redis_connection *spay__redis_open(const spay__redis_settings *settings,
                                         char reason[SPAY__REASON_SIZE])
{
    spay__redis_connection *connection = calloc(1, sizeof(*connection));
    redisContext *context = connection ? connect_to(settings) : NULL;

    if (!context || context->err ||
        redisSetTimeout(context, duration(settings->command_timeout_ms)) != REDIS_OK) {
        tell(reason, "cannot connect");
        if (context)
            redisFree(context);
        free(connection);
        return NULL;
    }
    connection->settings = settings;
    connection->context = context;
    limit_arrays(connection);
    return connection;
}

static bool is_ok(const redisReply *reply)
{
    return reply && reply->type == REDIS_REPLY_STATUS && strcmp(reply->str, "OK") == 0;
}

/* Wait for +OK after a step. */
static bool expect_ok(spay__redis_connection *connection, const char *step,
                      char reason[SPAY__REASON_SIZE])
{
    redisReply *reply = receive(connection);
    bool good = is_ok(reply);

    if (!good)
        tell_error(reason, step, reply);
    if (reply)
        freeReplyObject(reply);
    return good;
}

/* Send a command that has to be answered with +OK. */
static bool do_step(spay__redis_connection *connection, int count, const char *const *words,
                    char reason[SPAY__REASON_SIZE])
{
    size_t lengths[MOST_STEP_WORDS];
    int i;

    for (i = 0; i < count; i++)
        lengths[i] = strlen(words[i]);
    if (append_words(connection, count, words, lengths) && flush(connection))
        return expect_ok(connection, words[0], reason);
    drop_output(connection);
    tell(reason, "cannot connect");
    return false;
}

static bool log_in(spay__redis_connection *connection, char reason[SPAY__REASON_SIZE])
{
    const spay__redis_url *url = &connection->settings->url;
    const char *const with_user[MOST_STEP_WORDS] = {"AUTH", url->user, url->password};
    const char *const alone[] = {"AUTH", url->password};

    return url->user ? do_step(connection, 3, with_user, reason)
                     : do_step(connection, 2, alone, reason);
}

static bool select_database(spay__redis_connection *connection, char reason[SPAY__REASON_SIZE])
{
    char number[NUMBER_SIZE];
    const char *const words[] = {"SELECT", number};

    (void)snprintf(number, sizeof(number), "%d", (int)connection->settings->url.database);
    return do_step(connection, 2, words, reason);
}

bool spay__redis_greet(spay__redis_connection *connection, char reason[SPAY__REASON_SIZE])
{
    const spay__redis_settings *settings = connection->settings;

    connection->deadline_ms = now_ms() + settings->command_timeout_ms;
    if (settings->tls &&
        !spay__redis_tls_start(settings->tls, connection->context, settings->url.host)) {
        tell(reason, "no safe connection by TLS");
        return false;
    }
    return (!settings->url.password || log_in(connection, reason)) &&
           (!settings->url.database || select_database(connection, reason));
}

bool spay__redis_is_idle(const spay__redis_connection *connection)
{
    struct pollfd socket = {.fd = connection->context->fd, .events = POLLIN};

    return poll(&socket, 1, 0) == 0;
}

int spay__redis_descriptor(const spay__redis_connection *connection)
{
    return connection->context->fd;
}

void spay__redis_close(spay__redis_connection *connection)
{
    if (!connection)
        return;
    redisFree(connection->context);
    drop_output(connection);
    free(connection->output);
    free(connection);
}

/* ---- operations ---- */

/* The words of one command, being put together. */
typedef struct command {
    const char *words[MOST_ARGUMENTS];
    size_t lengths[MOST_ARGUMENTS];
    int count;
    char keys[2][KEY_SIZE];
    char numbers[2][NUMBER_SIZE];
} command;

static void add(command *made, const void *word, size_t length)
{
    made->words[made->count] = word;
    made->lengths[made->count++] = length;
}

static void add_text(command *made, const char *text)
{
    add(made, text, strlen(text));
}

/* Names stand in braces: a cluster keeps what has the same name together. */
static void add_key(command *made, int index, const spay__redis_connection *connection,
                    const spay__redis_job *job, const char *kind)
{
    (void)snprintf(made->keys[index], KEY_SIZE, "%s{%s}:%s", connection->settings->prefix,
                   job->name, kind);
    add_text(made, made->keys[index]);
}

/* In digits: not every C library can print what is longer than an int. */
static void add_number(command *made, int index, uint64_t number)
{
    char *end = made->numbers[index] + NUMBER_SIZE - 1;
    char *start = end;

    *end = '\0';
    do
        *--start = (char)('0' + number % 10);
    while (number /= 10);
    add(made, start, (size_t)(end - start));
}

static uint64_t lifetime(int64_t ttl_ms, int64_t least_ms)
{
    if (ttl_ms < least_ms)
        return (uint64_t)least_ms;
    return (uint64_t)(ttl_ms < longest_ms ? ttl_ms : longest_ms);
}

static void add_operation(command *made, const spay__redis_connection *connection,
                          const spay__redis_job *job)
{
    bool value = job->script == SPAY__GET || job->script == SPAY__PUT;

    add_text(made, job->script == SPAY__GET ? "1" : "2");
    add_key(made, 0, connection, job, value ? "value" : "lease");
    if (job->script != SPAY__GET)
        add_key(made, 1, connection, job, "fence");
    if (job->script == SPAY__PUT) {
        add(made, job->value, job->length);
        add_number(made, 0, lifetime(job->ttl_ms, 0));
        add_number(made, 1, job->fence);
    } else if (job->script == SPAY__ACQUIRE) {
        add_number(made, 0, lifetime(job->ttl_ms, 1));
        add_number(made, 1, lifetime(job->ttl_ms, 1) + (uint64_t)fence_kept_ms);
    } else if (job->script == SPAY__RELEASE) {
        add_number(made, 0, job->fence);
    }
}

/*
 * By the script's digest; with its text when it is the first of its kind on this connection. So as a
 * rule nothing has to be sent twice, and operations take effect in the order in which they came.
 */
static bool append(spay__redis_connection *connection, const spay__redis_job *job)
{
    const spay__redis_script *script = &spay__redis_scripts[job->script];
    uint32_t bit = 1U << job->script;
    bool known = connection->known & bit;
    command made = {.count = 0};

    connection->known |= bit;
    add_text(&made, known ? "EVALSHA" : "EVAL");
    add_text(&made, known ? script->sha1 : script->text);
    add_operation(&made, connection, job);
    return append_words(connection, made.count, made.words, made.lengths);
}

/* The operation may belong to a call that goes with it: from here on the job has none. */
static void end(spay__redis_job *job, int32_t result)
{
    spay_store_operation *operation = job->operation;

    job->operation = NULL;
    spay_store_end(operation, result);
}

static uint64_t read_fence(const redisReply *reply)
{
    uint64_t fence = 0;
    size_t i;

    if (reply->type != REDIS_REPLY_STRING || reply->len > 19)
        return 0;
    for (i = 0; i < (size_t)reply->len; i++) {
        if (reply->str[i] < '0' || reply->str[i] > '9')
            return 0;
        fence = fence * 10 + (uint64_t)(reply->str[i] - '0');
    }
    return fence;
}

static void end_acquire(spay__redis_job *job, const redisReply *reply)
{
    spay_store_operation *operation = job->operation;
    uint64_t fence = read_fence(reply);

    if (!fence) {
        end(job, reply->type == REDIS_REPLY_NIL ? SPAY_STORE_HELD : SPAY_STORE_ERROR);
        return;
    }
    job->operation = NULL;
    spay_store_acquired(operation, fence);
}

static void end_get(spay__redis_job *job, const redisReply *reply)
{
    spay_store_operation *operation = job->operation;
    bool found = reply->type == REDIS_REPLY_ARRAY && reply->elements == 2 &&
                 reply->element[0]->type == REDIS_REPLY_STRING &&
                 reply->element[1]->type == REDIS_REPLY_INTEGER;

    if (!found) {
        end(job, reply->type == REDIS_REPLY_NIL ? SPAY_STORE_MISS : SPAY_STORE_ERROR);
        return;
    }
    job->operation = NULL;
    spay_store_found(operation, reply->element[0]->str, (size_t)reply->element[0]->len,
                     reply->element[1]->integer);
}

static void end_with(spay__redis_job *job, const redisReply *reply)
{
    if (job->script == SPAY__GET)
        end_get(job, reply);
    else if (job->script == SPAY__ACQUIRE)
        end_acquire(job, reply);
    else if (reply->type == REDIS_REPLY_INTEGER && reply->integer == 1)
        end(job, SPAY_STORE_DONE);
    else if (reply->type == REDIS_REPLY_INTEGER && reply->integer == 0)
        end(job, SPAY_STORE_STALE);
    else
        end(job, SPAY_STORE_ERROR);
}

static bool has_code(const redisReply *reply, const char *code)
{
    return reply->type == REDIS_REPLY_ERROR && strncmp(reply->str, code, strlen(code)) == 0;
}

/* Errors that another connection may not have: to another server, or after a new login. */
static bool is_lasting(const redisReply *reply)
{
    return has_code(reply, "READONLY") || has_code(reply, "MASTERDOWN") ||
           has_code(reply, "LOADING") || has_code(reply, "NOAUTH") || has_code(reply, "WRONGPASS");
}

/* One job's reply. false: nothing more can be read from this connection. */
static bool settle(spay__redis_connection *connection, spay__redis_job *job,
                   char reason[SPAY__REASON_SIZE])
{
    redisReply *reply = receive(connection);
    bool lasting;

    if (!reply) {
        tell(reason, is_late(connection) ? "no reply in time" : "the connection broke");
        return false;
    }
    lasting = is_lasting(reply);
    if (!job->unknown && has_code(reply, "NOSCRIPT")) {
        job->unknown = true;
        connection->known = 0;
    } else {
        if (reply->type == REDIS_REPLY_ERROR)
            tell_error(reason, "a command was", reply);
        job->unknown = false;
        end_with(job, reply);
    }
    if (reply->type == REDIS_REPLY_ARRAY && reply->elements && reply->element[0]->str)
        spay__adapter_wipe(reply->element[0]->str, (size_t)reply->element[0]->len);
    freeReplyObject(reply);
    return !lasting;
}

static bool is_overtaken(const spay__redis_job *job)
{
    const spay__redis_job *later;

    for (later = job->next; later; later = later->next)
        if (!later->unknown && strcmp(later->name, job->name) == 0)
            return true;
    return false;
}

/* Those jobs that are (not) unknown to the server, in one go. */
static bool run_some(spay__redis_connection *connection, spay__redis_job *jobs, bool unknown,
                     char reason[SPAY__REASON_SIZE])
{
    spay__redis_job *job;
    bool good = true;

    for (job = jobs; job && good; job = job->next)
        if (job->operation && job->unknown == unknown)
            good = append(connection, job);
    good = good && flush(connection);
    if (!good)
        tell(reason, "commands cannot be sent");
    for (job = jobs; job && good; job = job->next)
        if (job->operation && job->unknown == unknown)
            good = settle(connection, job, reason);
    return good;
}

/* Somebody has flushed the scripts: those jobs once more, unless a later one of their name ran. */
static bool run_unknown(spay__redis_connection *connection, spay__redis_job *jobs,
                        char reason[SPAY__REASON_SIZE])
{
    spay__redis_job *job;
    bool any = false;

    for (job = jobs; job; job = job->next) {
        if (job->unknown && is_overtaken(job)) {
            job->unknown = false;
            end(job, SPAY_STORE_ERROR);
        }
        any = any || job->unknown;
    }
    return !any || run_some(connection, jobs, true, reason);
}

bool spay__redis_run(spay__redis_connection *connection, spay__redis_job *jobs,
                     char reason[SPAY__REASON_SIZE])
{
    connection->deadline_ms = now_ms() + connection->settings->command_timeout_ms;
    return run_some(connection, jobs, false, reason) && run_unknown(connection, jobs, reason);
}
