/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What a Redis server may say, and any URL of one: every operation ends once, or the connection is given up;
 * a value that is found was said, and a lease has a fence.
 *
 * input: a URL, how many operations, then the bytes of the server
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "redis/connection.h"
#include "redis/scripts.h"
#include "redis/socket.h"
#include "store/operation.h"
#include "support/input.h"

#define NAME "0123456789abcdef"

enum {
    MOST_JOBS = 8,
    TIMEOUT_MS = 10000
};

static int connected = -1;

int __wrap_spay__redis_socket_open(const spay__redis_url *url, int32_t timeout_ms);

int __wrap_spay__redis_socket_open(const spay__redis_url *url, int32_t timeout_ms)
{
    (void)url;
    (void)timeout_ms;
    return connected;
}

/* ---- the URL ---- */

static bool parse_url(fuzz_input *input, spay__redis_url *url)
{
    char *text = fuzz_text(input);
    spay_error *error = NULL;
    spay_status status = spay__redis_url_parse(url, text, &error);

    REQUIRE((status == SPAY_OK) == (error == NULL));
    if (status == SPAY_OK) {
        REQUIRE(!url->host != !url->path && url->database >= 0);
        REQUIRE(!url->host || (url->port > 0 && url->port <= 65535));
    } else {
        REQUIRE(spay_error_field_count(error) == 1);
    }
    spay_error_free(error);
    free(text);
    return status == SPAY_OK;
}

/* ---- operations ---- */

static spay__redis_job *new_job(int32_t script, uint32_t which)
{
    spay__redis_job *made = calloc(1, sizeof(*made) + 5);

    REQUIRE(made);
    made->script = script;
    made->operation = prepare();
    made->ttl_ms = 60000;
    made->fence = 7;
    strcpy(made->name, which & 4 ? NAME "0" : NAME);
    memcpy(made->value, "value", 5);
    made->length = script == SPAY__PUT ? 5 : 0;
    return made;
}

static bool contains(const fuzz_input *said, const answer *found)
{
    for (size_t at = 0; at + found->length <= said->size; at++)
        if (memcmp(said->data + at, found->value, found->length) == 0)
            return true;
    return false;
}

static void check_answer(int32_t script, answer *answered, const fuzz_input *said)
{
    REQUIRE(answered->result != ENDED_TWICE);
    if (answered->result == FOUND)
        REQUIRE(script == SPAY__GET && answered->ttl_left_ms > 0 && contains(said, answered));
    if (answered->result == ACQUIRED)
        REQUIRE(script == SPAY__ACQUIRE && answered->fence);
    drop(answered);
}

static void settle(spay__redis_job *job, spay_store_operation *operation, const fuzz_input *said)
{
    answer answered;

    if (job->operation) {
        forget(operation); /* it has not ended */
        return;
    }
    answered = finish(operation);
    check_answer(job->script, &answered, said);
}

static void run(spay__redis_connection *connection, uint32_t how, const fuzz_input *said)
{
    spay_store_operation *operations[MOST_JOBS] = {NULL};
    char reason[SPAY__REASON_SIZE] = "";
    spay__redis_job *jobs = NULL;
    bool good;

    for (uint32_t i = 0; i <= how % MOST_JOBS; i++) {
        spay__redis_job *made = new_job((int32_t)(how / 8 + i) % 4, how / 8 + i);

        operations[i] = made->operation;
        made->next = jobs;
        jobs = made;
    }
    good = spay__redis_run(connection, jobs, reason);
    REQUIRE((good || *reason) && !strpbrk(reason, "\r\n"));
    for (uint32_t i = how % MOST_JOBS; jobs; i--) {
        spay__redis_job *next = jobs->next;

        REQUIRE(!good || !jobs->operation);
        settle(jobs, operations[i], said);
        free(jobs);
        jobs = next;
    }
}

/* All that the server says is there from the beginning, and then its end. */
static int connect_to(const fuzz_input *said)
{
    int pair[2];

    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    if (said->size)
        REQUIRE(send(pair[1], said->data, said->size, MSG_NOSIGNAL) == (ssize_t)said->size);
    REQUIRE(shutdown(pair[1], SHUT_WR) == 0);
    connected = pair[0];
    return pair[1];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    spay__redis_settings settings = {
        .prefix = "fuzz:", .connect_timeout_ms = TIMEOUT_MS, .command_timeout_ms = TIMEOUT_MS};
    spay__redis_connection *connection;
    char reason[SPAY__REASON_SIZE] = "";
    uint32_t how;
    int peer;

    if (!parse_url(&input, &settings.url))
        return 0;
    how = fuzz_byte(&input);
    peer = connect_to(&input);
    connection = spay__redis_open(&settings, reason);
    REQUIRE(connection);
    if (spay__redis_greet(connection, reason)) {
        run(connection, how, &input);
        if (how & 128)
            run(connection, how / 2, &input);
    } else {
        REQUIRE(*reason);
    }
    spay__redis_close(connection);
    (void)close(peer);
    spay__redis_url_clear(&settings.url);
    return 0;
}
