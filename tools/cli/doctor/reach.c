/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * Name lookup and TCP.
 */

#include "reach.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int64_t monotonic_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static const char *problem_of(int error)
{
    switch (error) {
    case 0:
        return NULL;
    case ECONNREFUSED:
        return "refused";
    case ENETUNREACH:
    case EHOSTUNREACH:
        return "unreachable";
    case ETIMEDOUT:
        return "no answer";
    default:
        return "failed";
    }
}

/* Returns the socket while it connects, -1 once that is settled. */
static int begin(struct reach_address *address, const struct addrinfo *info)
{
    int made = socket(info->ai_family, SOCK_STREAM, 0);

    if (getnameinfo(info->ai_addr, info->ai_addrlen, address->text, sizeof address->text, NULL, 0,
                    NI_NUMERICHOST) != 0)
        snprintf(address->text, sizeof address->text, "?");
    bool done = made >= 0 && fcntl(made, F_SETFL, O_NONBLOCK) == 0 &&
                connect(made, info->ai_addr, info->ai_addrlen) == 0;
    bool pending = !done && made >= 0 && errno == EINPROGRESS;
    address->problem = pending ? problem_of(ETIMEDOUT) : problem_of(done ? 0 : errno);
    if (made >= 0 && !pending)
        close(made);
    return pending ? made : -1;
}

static void settle(struct reach_address *address, struct pollfd *waiting, int64_t began_ms)
{
    int error = 0;
    socklen_t size = sizeof error;

    if (!waiting->revents)
        return;
    (void)getsockopt(waiting->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    address->problem = problem_of(error);
    address->elapsed_ms = (int)(monotonic_ms() - began_ms);
    close(waiting->fd);
    waiting->fd = -1;
}

static void wait_for_all(struct reach *reach, struct pollfd *waiting, int limit_ms)
{
    int64_t began_ms = monotonic_ms();

    for (;;) {
        int64_t left_ms = began_ms + limit_ms - monotonic_ms();
        int open = 0;
        for (int i = 0; i < reach->count; i++)
            open += waiting[i].fd >= 0;
        if (!open || left_ms <= 0)
            break;
        if (poll(waiting, (nfds_t)reach->count, (int)left_ms) <= 0 && errno != EINTR)
            break;
        for (int i = 0; i < reach->count; i++)
            settle(&reach->addresses[i], &waiting[i], began_ms);
    }
    for (int i = 0; i < reach->count; i++) {
        if (waiting[i].fd >= 0)
            close(waiting[i].fd);
    }
}

void reach_host(struct reach *reach, const char *host, int port, int limit_ms)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    struct pollfd waiting[REACH_MOST];
    char service[16];

    reach->count = 0;
    snprintf(service, sizeof service, "%d", port);
    if (getaddrinfo(host, service, &hints, &found) != 0)
        return;
    for (const struct addrinfo *info = found; info && reach->count < REACH_MOST;
         info = info->ai_next) {
        struct reach_address *address = &reach->addresses[reach->count];
        memset(address, 0, sizeof *address);
        waiting[reach->count] = (struct pollfd){.fd = begin(address, info), .events = POLLOUT};
        reach->count++;
    }
    freeaddrinfo(found);
    wait_for_all(reach, waiting, limit_ms);
}
