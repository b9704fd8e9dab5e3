/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Connecting, by TCP or to a Unix socket.
 */
#include "redis/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ms(void)
{
    struct timespec now = {0, 0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + (int64_t)now.tv_nsec / 1000000;
}

static bool set_blocking(int made, bool blocking)
{
    int flags = fcntl(made, F_GETFL);

    return flags >= 0 &&
           fcntl(made, F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK) == 0;
}

/* What a connection under way came to. */
static bool wait_until_connected(int made, int64_t deadline_ms)
{
    struct pollfd ready = {.fd = made, .events = POLLOUT};
    int fault = 0;
    socklen_t length = sizeof(fault);
    int64_t left;
    int found;

    do {
        left = deadline_ms - now_ms();
        found = poll(&ready, 1, left > 0 ? (int)left : 0);
    } while (found < 0 && errno == EINTR);
    return found > 0 && getsockopt(made, SOL_SOCKET, SO_ERROR, &fault, &length) == 0 && !fault;
}

static int connect_to(const struct sockaddr *address, socklen_t length, int64_t deadline_ms)
{
    int made = socket(address->sa_family, SOCK_STREAM, 0);

    if (made < 0)
        return -1;
    (void)fcntl(made, F_SETFD, FD_CLOEXEC);
    if (set_blocking(made, false) &&
        (connect(made, address, length) == 0 ||
         (errno == EINPROGRESS && wait_until_connected(made, deadline_ms))) &&
        set_blocking(made, true))
        return made;
    (void)close(made);
    return -1;
}

static int connect_by_path(const char *path, int64_t deadline_ms)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    memcpy(address.sun_path, path, strlen(path) + 1);
    return connect_to((const struct sockaddr *)&address, sizeof(address), deadline_ms);
}

/* Small commands go out at once, and a peer that vanished while nothing was said is noticed. */
static void tune(int made)
{
    const int yes = 1;

    (void)setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    (void)setsockopt(made, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof(yes));
}

/* The addresses of a host one after the other, each for a share of the time that is left. */
static int connect_by_name(const char *host, int32_t port, int32_t timeout_ms)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *all = NULL;
    const struct addrinfo *one;
    char service[12];
    int made = -1;
    int64_t end;

    (void)snprintf(service, sizeof(service), "%d", (int)port);
    if (getaddrinfo(host, service, &hints, &all) != 0)
        return -1;
    end = now_ms() + timeout_ms;
    for (one = all; one && made < 0; one = one->ai_next) {
        int64_t left = end - now_ms();

        made = connect_to(one->ai_addr, one->ai_addrlen, end - (one->ai_next ? left / 2 : 0));
    }
    freeaddrinfo(all);
    if (made >= 0)
        tune(made);
    return made;
}

int spay__redis_socket_open(const spay__redis_url *url, int32_t timeout_ms)
{
    if (url->host)
        return connect_by_name(url->host, url->port, timeout_ms);
    return connect_by_path(url->path, now_ms() + timeout_ms);
}
