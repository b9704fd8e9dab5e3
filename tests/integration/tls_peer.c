/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The WePay over TLS: one connection after the other.
 */
#include "tls_peer.h"

#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "identity.h"

#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS 0x20 /* not POSIX, but everywhere */
#endif

enum {
    PATIENCE_S = 30,
    LONGEST_REQUEST = 16384
};

static const char reply[] = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
                            "Connection: close\r\nContent-Length: 55\r\n\r\n"
                            "{\"id\":\"1\",\"session_token\":\"2\",\"expire_time\":4102444800}";

/* Two peers' authorities have different names. */
static identity make_authority(tls_peer *told)
{
    char common_name[40];
    identity made;

    snprintf(common_name, sizeof(common_name), "authority of %d", told->port);
    made = identity_make_authority(common_name);
    identity_write(&made, told->authority, sizeof(told->authority));
    snprintf(told->authority_file, sizeof(told->authority_file), "%08lx.0",
             X509_NAME_hash(X509_get_subject_name(made.certificate)));
    return made;
}

/* ---- serving ---- */

static bool is_whole(const char *request, size_t length)
{
    const char *end = strstr(request, "\r\n\r\n");
    const char *field = strstr(request, "Content-Length: ");

    return end && field && length >= (size_t)(end + 4 - request) + strtoul(field + 16, NULL, 10);
}

static bool read_request(SSL *connection)
{
    char request[LONGEST_REQUEST];
    size_t length = 0;

    request[0] = '\0';
    while (!is_whole(request, length) && length < sizeof(request) - 1) {
        int got = SSL_read(connection, request + length, (int)(sizeof(request) - 1 - length));

        if (got <= 0)
            return false;
        length += (size_t)got;
        request[length] = '\0';
    }
    return true;
}

static void count(int32_t *counter)
{
    (void)__atomic_add_fetch(counter, 1, __ATOMIC_SEQ_CST);
}

static void serve(SSL *connection, tls_counts *board)
{
    if (SSL_accept(connection) != 1)
        return;
    if (SSL_session_reused(connection))
        count(&board->resumed);
    count(&board->handshakes);
    if (!read_request(connection))
        return;
    count(&board->replies);
    (void)SSL_write(connection, reply, (int)sizeof(reply) - 1);
    (void)SSL_shutdown(connection);
}

static void accept_one(int listener, SSL_CTX *context, tls_counts *board)
{
    struct timeval patience = {PATIENCE_S, 0};
    int peer = accept(listener, NULL, NULL);
    SSL *connection = SSL_new(context);

    if (peer >= 0 && connection) {
        (void)setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
        (void)SSL_set_fd(connection, peer);
        serve(connection, board);
    }
    SSL_free(connection);
    if (peer >= 0)
        (void)close(peer);
}

static void run(int listener, int lifeline, SSL_CTX *context, tls_counts *board)
{
    struct pollfd waits[2];

    (void)signal(SIGPIPE, SIG_IGN); /* a client that refuses the certificate may be gone already */
    waits[0].fd = lifeline;
    waits[0].events = POLLIN;
    waits[1].fd = listener;
    waits[1].events = POLLIN;
    while (poll(waits, 2, -1) > 0 && !waits[0].revents)
        accept_one(listener, context, board);
    _exit(0);
}

/* ---- starting and stopping ---- */

static int open_listener(int *port)
{
    struct sockaddr_in address;
    socklen_t length = sizeof(address);
    int made = socket(AF_INET, SOCK_STREAM, 0);

    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ck_assert_int_ge(made, 0);
    ck_assert_int_eq(bind(made, (struct sockaddr *)&address, sizeof(address)), 0);
    ck_assert_int_eq(listen(made, 128), 0);
    ck_assert_int_eq(getsockname(made, (struct sockaddr *)&address, &length), 0);
    *port = ntohs(address.sin_port);
    return made;
}

static void start_process(tls_peer *started, int listener, SSL_CTX *context)
{
    int lifeline[2];

    ck_assert_int_eq(pipe(lifeline), 0);
    started->process = fork();
    if (started->process == 0) { /* no assertions here: they are written down */
        (void)close(lifeline[1]);
        run(listener, lifeline[0], context, started->board);
    }
    ck_assert_int_gt(started->process, 0);
    (void)close(lifeline[0]);
    started->lifeline = lifeline[1];
}

void tls_peer_start(tls_peer *started, int version)
{
    identity authority;
    identity own;
    SSL_CTX *context;
    int listener;

    memset(started, 0, sizeof(*started));
    started->board = mmap(NULL, sizeof(*started->board), PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert(started->board != MAP_FAILED);
    listener = open_listener(&started->port);
    snprintf(started->url, sizeof(started->url), "https://127.0.0.1:%d", started->port);
    authority = make_authority(started);
    own = identity_make_host(&authority, "IP:127.0.0.1", 0);
    context = identity_context(&own, version);
    start_process(started, listener, context);
    (void)close(listener);
    SSL_CTX_free(context);
    identity_free(&own);
    identity_free(&authority);
}

void tls_peer_stop(tls_peer *stopped)
{
    int status;

    (void)close(stopped->lifeline);
    (void)kill(stopped->process, SIGKILL);
    (void)waitpid(stopped->process, &status, 0);
    (void)munmap(stopped->board, sizeof(*stopped->board));
}

tls_counts tls_peer_look(const tls_peer *seen)
{
    tls_counts counts;

    counts.handshakes = __atomic_load_n(&seen->board->handshakes, __ATOMIC_SEQ_CST);
    counts.resumed = __atomic_load_n(&seen->board->resumed, __ATOMIC_SEQ_CST);
    counts.replies = __atomic_load_n(&seen->board->replies, __ATOMIC_SEQ_CST);
    return counts;
}
