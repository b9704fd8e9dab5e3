/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

#include "wire/readers/host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>

#include <curl/curl.h>

enum {
    LONGEST = 512
};

typedef struct address {
    int family; /* 0: it is none */
    unsigned char bytes[16];
} address;

/* As the standard writes addresses. */
static address strict(const char *host)
{
    address found = {0, {0}};
    char bare[LONGEST];

    (void)snprintf(bare, sizeof(bare), "%.*s", (int)strcspn(host + (*host == '['), "]"),
                   host + (*host == '['));
    if (inet_pton(AF_INET, bare, found.bytes) == 1)
        found.family = AF_INET;
    else if (inet_pton(AF_INET6, bare, found.bytes) == 1)
        found.family = AF_INET6;
    return found;
}

/* As the system understands them, which takes more for an address. */
static address resolve(const char *host)
{
    struct addrinfo hints;
    struct addrinfo *list = NULL;
    address found = {0, {0}};
    char bare[LONGEST];

    memset(&hints, 0, sizeof(hints));
    hints.ai_flags = AI_NUMERICHOST;
    hints.ai_socktype = SOCK_STREAM;
    (void)snprintf(bare, sizeof(bare), "%.*s", (int)strcspn(host + (*host == '['), "]"),
                   host + (*host == '['));
    if (getaddrinfo(bare, NULL, &hints, &list) != 0)
        return found;
    found.family = list->ai_family;
    if (found.family == AF_INET)
        memcpy(found.bytes, &((struct sockaddr_in *)(void *)list->ai_addr)->sin_addr, 4);
    else
        memcpy(found.bytes, &((struct sockaddr_in6 *)(void *)list->ai_addr)->sin6_addr, 16);
    freeaddrinfo(list);
    return found;
}

static bool is_same(const address *a, const address *b)
{
    return a->family == b->family && memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

static bool is_same_host(const char *a, const char *b)
{
    address first = strict(a);
    address second = strict(b);

    return first.family ? is_same(&first, &second) : curl_strequal(a, b) != 0;
}

static bool is_this_machine(const char *host)
{
    address found = strict(host);
    static const unsigned char one[16] = {[15] = 1};

    return strcmp(host, "localhost") == 0 || (found.family == AF_INET && found.bytes[0] == 127) ||
           (found.family == AF_INET6 && memcmp(found.bytes, one, sizeof(one)) == 0);
}

/* What libcurl differs in, or NULL. */
static const char *compare_libcurl(const char *text, const spay__url *ours)
{
    CURLU *url = curl_url();
    const char *fault = NULL;
    char *host = NULL;
    char *port = NULL;

    if (curl_url_set(url, CURLUPART_URL, text, 0) || curl_url_get(url, CURLUPART_HOST, &host, 0) ||
        curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT))
        fault = "libcurl refuses it";
    else if (!is_same_host(ours->host, host))
        fault = "libcurl reads another host";
    else if (atoi(port) != ours->port)
        fault = "libcurl reads another port";
    curl_free(host);
    curl_free(port);
    curl_url_cleanup(url);
    return fault;
}

host_kind host_kind_of(const char *host)
{
    address found = strict(host);

    return found.family == AF_INET ? HOST_IPV4 : found.family == AF_INET6 ? HOST_IPV6 : HOST_NAME;
}

const char *host_readers_differ(const char *text, const spay__url *ours)
{
    address written = strict(ours->host);
    address resolved = resolve(ours->host);

    if (!ours->https && !is_this_machine(ours->host))
        return "http to another machine";
    if (!is_same(&written, &resolved))
        return "the resolver reads another address";
    return compare_libcurl(text, ours);
}
