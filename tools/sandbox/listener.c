/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Binding to loopback and to nothing else: the credentials in here are public.
 */
#include "listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "xalloc.h"

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static bool parse(const char *text, int port, union address *address, socklen_t *size)
{
    *address = (union address){.v6 = {.sin6_family = AF_INET6}};
    if (inet_pton(AF_INET6, text, &address->v6.sin6_addr) == 1) {
        address->v6.sin6_port = htons((uint16_t)port);
        *size = sizeof(address->v6);
        return memcmp(&address->v6.sin6_addr, &in6addr_loopback, sizeof(in6addr_loopback)) == 0;
    }
    *address = (union address){.v4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)}};
    *size = sizeof(address->v4);
    if (inet_pton(AF_INET, strcmp(text, "localhost") == 0 ? "127.0.0.1" : text,
                  &address->v4.sin_addr) != 1)
        return false;
    return ntohl(address->v4.sin_addr.s_addr) >> 24 == 127;
}

static char *describe(int listener)
{
    union address address;
    socklen_t size = sizeof(address);
    char text[INET6_ADDRSTRLEN];

    getsockname(listener, &address.any, &size);
    if (address.any.sa_family == AF_INET6) {
        inet_ntop(AF_INET6, &address.v6.sin6_addr, text, sizeof(text));
        return xasprintf("[%s]:%d", text, ntohs(address.v6.sin6_port));
    }
    inet_ntop(AF_INET, &address.v4.sin_addr, text, sizeof(text));
    return xasprintf("%s:%d", text, ntohs(address.v4.sin_port));
}

static int open_socket(const union address *address, socklen_t size)
{
    int yes = 1;
    int listener = socket(address->any.sa_family, SOCK_STREAM, 0);

    if (listener < 0)
        return -1;
    /* A COMMAND must not inherit the socket, and a restart must not wait for old connections. */
    fcntl(listener, F_SETFD, FD_CLOEXEC);
    fcntl(listener, F_SETFL, fcntl(listener, F_GETFL) | O_NONBLOCK);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (bind(listener, &address->any, size) == 0 && listen(listener, SOMAXCONN) == 0)
        return listener;
    int reason = errno;
    close(listener);
    errno = reason;
    return -1;
}

int listener_open(const char *address_text, int port, char **host)
{
    union address address;
    socklen_t size;

    if (!parse(address_text, port, &address, &size)) {
        fprintf(stderr, "sessionpay-sandbox: --bind needs a loopback address, not '%s'\n",
                address_text);
        return -1;
    }
    int listener = open_socket(&address, size);
    if (listener < 0) {
        fprintf(stderr, "sessionpay-sandbox: cannot listen on %s port %d: %s\n", address_text, port,
                strerror(errno));
        return -1;
    }
    *host = describe(listener);
    return listener;
}
