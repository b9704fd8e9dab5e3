/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The server that cuts. Connections are taken in the order in which they were made, so one that the
 * test itself makes marks the end of all before it.
 */
#include "support/raw_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#if defined(MSG_NOSIGNAL)
#define SEND_FLAGS MSG_NOSIGNAL
#else
#define SEND_FLAGS 0
#endif

enum {
    LONGEST_REQUEST = 64 * 1024,
    PATIENCE_S = 10
};

struct raw_server {
    pthread_t thread;
    int listener;
    int stop[2]; /* a byte in the pipe ends the thread */
    int port;
    char *reply;
    size_t reply_length;
    pthread_mutex_t lock; /* guards what follows */
    raw_plan plan;
    raw_counts counts;
    int marker_port; /* of the connection that settles */
};

/* One connection's request, as far as it was read. */
typedef struct reading {
    char bytes[LONGEST_REQUEST];
    size_t length;
} reading;

/* What is to be done with the next exchange. */
typedef struct fate {
    bool cut;
    raw_plan plan;
} fate;

static fate next_fate(raw_server *server)
{
    fate decided = {false, {.end = RAW_CLOSE}};

    (void)pthread_mutex_lock(&server->lock);
    decided.plan = server->plan;
    decided.cut = server->plan.good == 0 && server->plan.cuts > 0;
    (void)pthread_mutex_unlock(&server->lock);
    return decided;
}

/* The exchange has begun: its place in the plan is taken. */
static void consume(raw_server *server, const fate *decided)
{
    (void)pthread_mutex_lock(&server->lock);
    if (decided->cut)
        server->plan.cuts--;
    else if (server->plan.good > 0)
        server->plan.good--;
    (void)pthread_mutex_unlock(&server->lock);
}

/* Called once for each request of which a byte was read. */
static void count_request(raw_server *server, const reading *request, bool whole)
{
    (void)pthread_mutex_lock(&server->lock);
    if (whole) {
        server->counts.whole++;
        server->counts.request_length = request->length;
    } else {
        server->counts.partial++;
    }
    (void)pthread_mutex_unlock(&server->lock);
}

/* Length of head and body as far as the head is there; 0 before. */
static size_t expected_length(reading *request)
{
    const char *end;
    const char *line;
    size_t body = 0;

    request->bytes[request->length] = '\0';
    end = strstr(request->bytes, "\r\n\r\n");
    if (!end)
        return 0;
    for (line = request->bytes; line < end; line = strstr(line, "\r\n") + 2)
        if (strncasecmp(line, "Content-Length:", 15) == 0)
            body = (size_t)strtoul(line + 15, NULL, 10);
    return (size_t)(end - request->bytes) + 4 + body;
}

static bool is_whole(reading *request)
{
    size_t expected = expected_length(request);

    return expected && request->length >= expected;
}

/* Wait until there is something to read. false if the server is to stop. */
static bool await_bytes(const raw_server *server, int peer)
{
    struct pollfd waits[2];

    waits[0].fd = server->stop[0];
    waits[0].events = POLLIN;
    waits[1].fd = peer;
    waits[1].events = POLLIN;
    return poll(waits, 2, -1) > 0 && !waits[0].revents;
}

/* Read until the request is whole or has `most` bytes. false if the client left before. */
static bool read_request(const raw_server *server, int peer, reading *request, size_t most)
{
    while (!is_whole(request) && request->length < most) {
        size_t room = sizeof(request->bytes) - 1 - request->length;
        size_t wanted = most - request->length < room ? most - request->length : room;
        ssize_t got = await_bytes(server, peer)
                          ? recv(peer, request->bytes + request->length, wanted, 0)
                          : -1;

        if (got <= 0)
            return false;
        request->length += (size_t)got;
    }
    return true;
}

static bool write_all(int peer, const char *bytes, size_t length)
{
    while (length) {
        ssize_t sent = send(peer, bytes, length, SEND_FLAGS);

        if (sent <= 0)
            return false;
        bytes += sent;
        length -= (size_t)sent;
    }
    return true;
}

static void end_connection(int peer, raw_end end)
{
    struct linger at_once = {1, 0};

    if (end == RAW_RESET)
        (void)setsockopt(peer, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    (void)close(peer);
}

static void read_until_the_client_leaves(const raw_server *server, int peer, reading *request)
{
    char ignored[4096];

    if (read_request(server, peer, request, sizeof(request->bytes) - 1))
        while (await_bytes(server, peer) && recv(peer, ignored, sizeof(ignored), 0) > 0)
            continue;
}

/* The exchange that the plan cuts. The connection is over afterwards. */
static void serve_cut(raw_server *server, int peer, reading *request, const raw_plan *plan)
{
    size_t most = plan->in_reply ? sizeof(request->bytes) - 1 : plan->at;
    bool whole;

    (void)read_request(server, peer, request, most);
    whole = is_whole(request);
    if (whole && plan->in_reply)
        (void)write_all(peer, server->reply, plan->at);
    if (plan->end == RAW_SILENCE) {
        read_until_the_client_leaves(server, peer, request);
        whole = is_whole(request);
    }
    if (request->length)
        count_request(server, request, whole);
    end_connection(peer, plan->end);
}

/* Returns whether the connection stays. */
static bool serve_good(raw_server *server, int peer, reading *request, const fate *decided)
{
    if (!read_request(server, peer, request, sizeof(request->bytes) - 1)) {
        if (request->length)
            count_request(server, request, false);
        (void)close(peer);
        return false;
    }
    consume(server, decided);
    count_request(server, request, true);
    if (write_all(peer, server->reply, server->reply_length) && !decided->plan.hang_up)
        return true;
    (void)close(peer);
    return false;
}

static void serve(raw_server *server, int peer)
{
    reading *request = malloc(sizeof(*request));
    bool stays = request != NULL;

    while (stays) {
        fate decided = next_fate(server);

        request->length = 0;
        stays = false;
        if (decided.cut) {
            consume(server, &decided);
            serve_cut(server, peer, request, &decided.plan);
        } else {
            stays = serve_good(server, peer, request, &decided);
        }
    }
    free(request);
}

static bool is_marker(raw_server *server, const struct sockaddr_in *from)
{
    bool is;

    (void)pthread_mutex_lock(&server->lock);
    is = ntohs(from->sin_port) == server->marker_port;
    if (is)
        server->marker_port = 0; /* the port may come back with a client */
    else
        server->counts.connections++;
    (void)pthread_mutex_unlock(&server->lock);
    return is;
}

static void *run(void *ctx)
{
    raw_server *server = ctx;
    int on = 1;

    while (await_bytes(server, server->listener)) {
        struct sockaddr_in from;
        socklen_t length = sizeof(from);
        int peer = accept(server->listener, (struct sockaddr *)&from, &length);

        if (peer < 0)
            continue;
        (void)setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        if (is_marker(server, &from))
            (void)close(peer);
        else
            serve(server, peer);
    }
    return NULL;
}

/* ---- starting and stopping ---- */

static struct sockaddr_in loopback(int port)
{
    struct sockaddr_in address;

    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((unsigned short)port);
    return address;
}

/* A socket bound to a free port. */
static int bound_socket(int *port)
{
    struct sockaddr_in address = loopback(0);
    socklen_t length = sizeof(address);
    int made = socket(AF_INET, SOCK_STREAM, 0);

    if (made < 0)
        return -1;
    if (bind(made, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        getsockname(made, (struct sockaddr *)&address, &length) != 0) {
        (void)close(made);
        return -1;
    }
    *port = ntohs(address.sin_port);
    return made;
}

static void free_server(raw_server *server)
{
    if (server->listener >= 0)
        (void)close(server->listener);
    if (server->stop[0] >= 0)
        (void)close(server->stop[0]);
    if (server->stop[1] >= 0)
        (void)close(server->stop[1]);
    (void)pthread_mutex_destroy(&server->lock);
    free(server->reply);
    free(server);
}

static bool set_up(raw_server *server, const char *reply, size_t length)
{
    server->reply = malloc(length + 1);
    if (!server->reply || pipe(server->stop) != 0)
        return false;
    memcpy(server->reply, reply, length);
    server->reply_length = length;
    server->listener = bound_socket(&server->port);
    return server->listener >= 0 && listen(server->listener, 128) == 0 &&
           pthread_create(&server->thread, NULL, run, server) == 0;
}

raw_server *raw_server_start(const char *reply, size_t length)
{
    raw_server *server = calloc(1, sizeof(*server));

    if (!server)
        return NULL;
    server->listener = -1;
    server->stop[0] = -1;
    server->stop[1] = -1;
    (void)pthread_mutex_init(&server->lock, NULL);
    if (set_up(server, reply, length))
        return server;
    free_server(server);
    return NULL;
}

void raw_server_stop(raw_server *server)
{
    if (!server)
        return;
    (void)!write(server->stop[1], "", 1);
    (void)pthread_join(server->thread, NULL);
    free_server(server);
}

int raw_server_port(const raw_server *server)
{
    return server->port;
}

void raw_server_plan(raw_server *server, const raw_plan *plan)
{
    (void)pthread_mutex_lock(&server->lock);
    server->plan = *plan;
    memset(&server->counts, 0, sizeof(server->counts));
    (void)pthread_mutex_unlock(&server->lock);
}

void raw_server_look(raw_server *server, raw_counts *counts)
{
    (void)pthread_mutex_lock(&server->lock);
    *counts = server->counts;
    (void)pthread_mutex_unlock(&server->lock);
}

/* Connect after everybody else; when the server hangs up, it has served them all. */
bool raw_server_settle(raw_server *server, raw_counts *counts)
{
    struct sockaddr_in address = loopback(server->port);
    struct timeval patience = {PATIENCE_S, 0};
    char ignored;
    int port = 0;
    int marker = bound_socket(&port);
    bool settled;

    if (marker < 0)
        return false;
    (void)pthread_mutex_lock(&server->lock);
    server->marker_port = port;
    (void)pthread_mutex_unlock(&server->lock);
    (void)setsockopt(marker, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    settled = connect(marker, (struct sockaddr *)&address, sizeof(address)) == 0 &&
              recv(marker, &ignored, 1, 0) == 0;
    (void)close(marker);
    raw_server_look(server, counts);
    return settled;
}
