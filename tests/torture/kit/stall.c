/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The places where a call can get stuck.
 */
#include "torture/kit/stall.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/call.h"
#include "torture/kit/private.h"
#include "torture/kit/sandbox.h"
#include "torture/kit/torture.h"

enum {
    LIMIT_MS = 10000
};

struct stall_thread {
    pthread_t id;
};

const char *stall_name(stall_place place)
{
    static const char *const names[STALL_PLACES] = {"a name server that does not answer",
                                                    "SYNs into a black hole",
                                                    "a silent TLS handshake",
                                                    "a request that is not answered",
                                                    "a header of a byte a second",
                                                    "a body of a byte a second",
                                                    "a long Retry-After",
                                                    "a token endpoint that does not answer",
                                                    "a token of a byte a second",
                                                    "another call's token"};

    return names[place];
}

/* ---- a listener whose queue is full ---- */

static void aim(struct sockaddr_in *address, uint16_t port)
{
    memset(address, 0, sizeof(*address));
    address->sin_family = AF_INET;
    address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address->sin_port = htons(port);
}

static int try_connect(uint16_t port)
{
    struct sockaddr_in address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    aim(&address, port);
    if (fd >= 0) {
        (void)fcntl(fd, F_SETFL, O_NONBLOCK);
        (void)connect(fd, (struct sockaddr *)&address, sizeof(address));
    }
    return fd;
}

/* On loopback a connection that is taken is there at once. */
static bool is_left_out(int fd)
{
    struct pollfd ready = {fd, POLLOUT, 0};

    return fd >= 0 && poll(&ready, 1, 20) == 0;
}

static const char *open_black_hole(stall *s)
{
    struct sockaddr_in address;
    socklen_t length = sizeof(address);
    size_t i;

    aim(&address, 0);
    s->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (s->listener < 0 || bind(s->listener, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(s->listener, 0) != 0 ||
        getsockname(s->listener, (struct sockaddr *)&address, &length) != 0)
        return "no listener";
    s->server.port = ntohs(address.sin_port);
    for (i = 0; i < sizeof(s->fillers) / sizeof(s->fillers[0]); i++)
        s->fillers[i] = try_connect(s->server.port);
    return is_left_out(s->fillers[3]) ? NULL : "a full queue does not drop SYNs here";
}

/* ---- setting up ---- */

static const char *open_peer(stall *s)
{
    peer_board *board;

    if (!peer_start(&s->server, 0))
        return "no peer";
    board = s->server.board;
    board->deaf = s->place == STALL_TLS;
    board->retry_after_s = 50;
    board->session_mode = s->place == STALL_HEADER        ? PEER_DRIP_HEADER
                          : s->place == STALL_BODY        ? PEER_DRIP_BODY
                          : s->place == STALL_BACKING_OFF ? PEER_BUSY
                                                          : PEER_SILENT;
    board->token_mode = s->place == STALL_TOKEN_BODY ? PEER_DRIP_BODY : PEER_SILENT;
    return NULL;
}

static void on_event(void *ctx, const spay_event *event)
{
    stall *s = ctx;

    if (event->type == SPAY_EVENT_ATTEMPT && event->decision == SPAY_DECISION_RETRY)
        (void)__atomic_add_fetch(&s->backing_off, 1, __ATOMIC_ACQ_REL);
}

static const char *open_accounts(stall *s)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    char url[64] = "https://payments.example.test";

    options.timeout_ms = 60000;
    options.attempt_timeout_ms = 60000;
    options.connect_timeout_ms = 60000;
    options.event = on_event;
    options.event_ctx = s;
    if (s->place != STALL_RESOLVING)
        (void)peer_url(&s->server, s->place == STALL_TLS ? "https" : "http", url);
    return open_at(&s->accounts, url, &options) ? NULL : "the accounts cannot be opened";
}

static void *perform_other(void *ctx)
{
    (void)spay_call_perform(ctx, NULL);
    return NULL;
}

static const char *start_other(stall *s)
{
    s->thread = calloc(1, sizeof(*s->thread));
    if (!s->thread || accounts_new_call(&s->accounts, s->kind, NULL, &s->other, NULL) != SPAY_OK ||
        pthread_create(&s->thread->id, NULL, perform_other, s->other) != 0) {
        free(s->thread);
        s->thread = NULL;
        return "no thread";
    }
    return torture_await_count(&s->server.board->tokens, 1, LIMIT_MS) ? NULL : "no token request";
}

const char *stall_open(stall *s, stall_place place)
{
    const char *why = NULL;

    memset(s, 0, sizeof(*s));
    s->place = place;
    s->resolver = s->listener = s->server.lifeline = -1;
    memset(s->fillers, -1, sizeof(s->fillers));
    s->kind = place >= STALL_TOKEN ? ACCOUNT_HOSTED_FIELDS : ACCOUNT_WEPAY;
    if (place == STALL_RESOLVING)
        why = (s->resolver = private_resolver()) < 0 ? "port 53 cannot be had" : NULL;
    else
        why = place == STALL_CONNECTING ? open_black_hole(s) : open_peer(s);
    if (!why)
        why = open_accounts(s);
    if (!why && place == STALL_OTHERS_TOKEN)
        why = start_other(s);
    return why;
}

spay_call *stall_call(stall *s, int64_t timeout_ms)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    spay_call *call = NULL;

    options.timeout_ms = timeout_ms;
    (void)accounts_new_call(&s->accounts, s->kind, &options, &call, &s->accounts.error);
    return call;
}

/* ---- is it there? ---- */

/* A line of /proc/net/tcp: "sl local remote state ..."; ours is in SYN_SENT beside the filler. */
static int count_syns(uint16_t port)
{
    FILE *file = fopen("/proc/net/tcp", "r");
    char line[256];
    int found = 0;

    while (file && fgets(line, sizeof(line), file)) {
        unsigned remote;
        unsigned state;

        if (sscanf(line, " %*d: %*x:%*x %*x:%x %x", &remote, &state) == 2 && remote == port &&
            state == 2)
            found++;
    }
    if (file)
        fclose(file);
    return found;
}

static bool is_asked(int resolver)
{
    struct pollfd ready = {resolver, POLLIN, 0};

    return poll(&ready, 1, 0) > 0;
}

static bool is_waiting_for_token(const spay_call *call)
{
    return __atomic_load_n(&call->state, __ATOMIC_ACQUIRE) == SPAY__CALL_AWAITING_TOKEN;
}

typedef struct look {
    stall *s;
    const spay_call *call;
    int syns;
} look;

static bool is_there(void *ctx)
{
    const look *now = ctx;
    stall *s = now->s;

    switch (s->place) {
    case STALL_RESOLVING:
        return is_asked(s->resolver);
    case STALL_CONNECTING:
        return count_syns(s->server.port) > now->syns;
    case STALL_TLS:
        return peer_get(&s->server.board->accepted) > 0;
    case STALL_BACKING_OFF:
        return peer_get(&s->backing_off) > 0;
    case STALL_TOKEN:
    case STALL_TOKEN_BODY:
        return peer_get(&s->server.board->tokens) > 0;
    case STALL_OTHERS_TOKEN:
        return is_waiting_for_token(now->call);
    case STALL_REPLY:
    case STALL_HEADER:
    case STALL_BODY:
        break;
    }
    return peer_get(&s->server.board->sessions) > 0;
}

bool stall_await(stall *s, const spay_call *call)
{
    look now = {s, call, 0};
    size_t i;

    for (i = 0; i < sizeof(s->fillers) / sizeof(s->fillers[0]); i++)
        now.syns += is_left_out(s->fillers[i]);
    return torture_await(is_there, &now, LIMIT_MS);
}

void stall_close(stall *s)
{
    size_t i;

    spay_call_cancel(s->other);
    if (s->thread)
        (void)pthread_join(s->thread->id, NULL);
    free(s->thread);
    spay_call_free(s->other);
    accounts_close(&s->accounts);
    for (i = 0; i < sizeof(s->fillers) / sizeof(s->fillers[0]); i++)
        if (s->fillers[i] >= 0)
            close(s->fillers[i]);
    if (s->listener >= 0)
        close(s->listener);
    if (s->resolver >= 0)
        close(s->resolver);
    peer_stop(&s->server);
}
