/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Any bytes on the wire: a server that answers request after request with what the input says, on
 * kept connections, and calls over the real transport, blocking and in a multi. Every call ends, and
 * none has sent more than the server has read.
 *
 * input: driver and calls, then replies: how it ends, length, bytes
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/accounts.h"
#include "support/input.h"

enum {
    MOST_CALLS = 5,
    MOST_REQUEST = 8192,
    ATTEMPT_MS = 10,
    CALL_MS = 30
};

/* What the server says, and what it has seen. One input at a time. */
typedef struct server {
    int listener;
    int stop[2]; /* a byte in the pipe ends the connection that is served */
    int port;
    fuzz_input script;
    int requests; /* of which a byte was read */
} server;

static int wait_readable(const server *s, int peer)
{
    struct pollfd waits[2] = {{s->stop[0], POLLIN, 0}, {peer, POLLIN, 0}};

    return poll(waits, 2, -1) > 0 && !waits[0].revents;
}

static int is_whole(const char *request)
{
    const char *end = strstr(request, "\r\n\r\n");
    const char *length = strstr(request, "Content-Length: ");

    return end && (!length || strlen(end + 4) >= strtoul(length + 16, NULL, 10));
}

/* 1 if it is whole. */
static int read_request(server *s, int peer)
{
    char request[MOST_REQUEST + 1];
    size_t length = 0;

    while (length < MOST_REQUEST && wait_readable(s, peer)) {
        ssize_t got = recv(peer, request + length, MOST_REQUEST - length, 0);

        if (got <= 0)
            break;
        s->requests += !length;
        length += (size_t)got;
        request[length] = '\0';
        if (is_whole(request))
            return 1;
    }
    return 0;
}

/* The next piece of the script. Returns whether the connection goes on. */
static int write_reply(server *s, int peer)
{
    uint32_t how = fuzz_byte(&s->script);
    size_t length = (size_t)fuzz_byte(&s->script) * 4;

    length = length < s->script.size ? length : s->script.size;
    if (length)
        (void)send(peer, s->script.data, length, MSG_NOSIGNAL);
    s->script.data += length;
    s->script.size -= length;
    return s->script.size && how % 4;
}

static void *serve(void *ctx)
{
    server *s = ctx;

    while (wait_readable(s, s->listener)) {
        int peer = accept(s->listener, NULL, NULL);

        while (peer >= 0 && read_request(s, peer) && write_reply(s, peer))
            continue;
        (void)close(peer);
    }
    return NULL;
}

static void listen_anywhere(server *s)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(address);

    s->listener = socket(AF_INET, SOCK_STREAM, 0);
    REQUIRE(bind(s->listener, (struct sockaddr *)&address, length) == 0 &&
            listen(s->listener, 16) == 0);
    REQUIRE(getsockname(s->listener, (struct sockaddr *)&address, &length) == 0);
    s->port = ntohs(address.sin_port);
}

/* ---- the client ---- */

static void check_call(const spay_call *call)
{
    spay_status status = spay_call_status(call);

    REQUIRE(status != SPAY_E_STATE);
    if (status != SPAY_OK)
        REQUIRE(spay_error_requests_sent(spay_call_error(call)) <= spay_call_attempts(call));
}

static int sent_by(const spay_call *call, account_kind kind)
{
    void *session = NULL;
    int sent;

    if (spay_call_status(call) != SPAY_OK)
        return spay_error_requests_sent(spay_call_error(call));
    REQUIRE(accounts_take_session(kind, (spay_call *)(uintptr_t)call, &session, NULL) == SPAY_OK);
    sent = accounts_session_info(session)->requests_sent;
    accounts_free_session(kind, session);
    return sent;
}

static void run_multi(spay_client *client, spay_call **calls, int count)
{
    spay_multi *multi = NULL;

    REQUIRE(spay_multi_new(client, NULL, &multi, NULL) == SPAY_OK);
    for (int i = 0; i < count; i++)
        REQUIRE(spay_multi_add(multi, calls[i], NULL, NULL) == SPAY_OK);
    while (spay_multi_pending(multi))
        (void)spay_multi_poll(multi, 1000);
    spay_multi_free(multi);
}

static int run_calls(const test_accounts *accounts, uint32_t how)
{
    account_kind kind = how & 1 ? ACCOUNT_WEPAY : ACCOUNT_CONNECT_CLIENT;
    int count = 1 + (int)(how / 4 % MOST_CALLS);
    spay_call *calls[MOST_CALLS];
    int sent = 0;

    for (int i = 0; i < count; i++)
        REQUIRE(accounts_new_call(accounts, kind, NULL, &calls[i], NULL) == SPAY_OK);
    if (how & 2)
        run_multi(accounts->client, calls, count);
    for (int i = 0; i < count; i++) {
        (void)spay_call_perform(calls[i], NULL);
        check_call(calls[i]);
        sent += sent_by(calls[i], kind);
        spay_call_free(calls[i]);
    }
    return sent;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    uint32_t how = fuzz_byte(&input);
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    char url[32], hosted_fields_url[ACCOUNTS_URL_SIZE];
    server s = {.script = input};
    accounts_setup setup;
    test_accounts accounts;
    pthread_t thread;
    int sent;

    listen_anywhere(&s);
    REQUIRE(pipe(s.stop) == 0 && pthread_create(&thread, NULL, serve, &s) == 0);
    (void)snprintf(url, sizeof(url), "http://127.0.0.1:%d", s.port);
    setup = accounts_setup_at(url, hosted_fields_url);
    options.attempt_timeout_ms = ATTEMPT_MS;
    options.timeout_ms = CALL_MS;
    options.max_attempts = 1;
    REQUIRE(accounts_open_at(&accounts, &setup, &options));
    sent = run_calls(&accounts, how);
    accounts_close(&accounts);
    REQUIRE(write(s.stop[1], "", 1) == 1 && pthread_join(thread, NULL) == 0);
    REQUIRE(s.requests <= sent);
    (void)close(s.listener);
    (void)close(s.stop[0]);
    (void)close(s.stop[1]);
    return 0;
}
