/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The rules that Apple has for servers: https, one of its hosts, one of its two paths. Whether
 * Worldline checks them is not known; a client that sends anything else has forwarded what a
 * attacker typed.
 */
#include "validation_url.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

enum {
    LENGTH_MAX = 2048
};

static const char *const hosts[] = {
    "apple-pay-gateway.apple.com",
    "cn-apple-pay-gateway.apple.com",
    "apple-pay-gateway-cert.apple.com",
    "cn-apple-pay-gateway-cert.apple.com",
};

/* Of Apple's older list: a digit and ".apple.com" follow. A client may be set to allow them. */
static const struct {
    const char *prefix;
    char last;
} pods[] = {
    {"apple-pay-gateway-nc-pod", '5'},
    {"apple-pay-gateway-pr-pod", '5'},
    {"cn-apple-pay-gateway-sh-pod", '3'},
    {"cn-apple-pay-gateway-tj-pod", '3'},
};

static const char *const paths[] = {
    "/paymentservices/paymentSession",
    "/paymentservices/startSession",
};

static bool is_plain(const char *url)
{
    for (const char *c = url; *c; c++) {
        if (*c <= ' ' || *c > '~' || strchr("\\@?#", *c))
            return false;
    }
    return true;
}

static bool is_pod(const char *host, size_t length)
{
    static const char domain[] = ".apple.com";

    for (size_t i = 0; i < sizeof(pods) / sizeof(*pods); i++) {
        size_t start = strlen(pods[i].prefix);
        if (length == start + sizeof(domain) && strncasecmp(host, pods[i].prefix, start) == 0 &&
            host[start] >= '1' && host[start] <= pods[i].last &&
            strncasecmp(host + start + 1, domain, sizeof(domain) - 1) == 0)
            return true;
    }
    return false;
}

/* Whole and without regard to case: the end of a name is not enough. */
static bool is_host_of_apple(const char *host, size_t length)
{
    for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++) {
        if (strlen(hosts[i]) == length && strncasecmp(host, hosts[i], length) == 0)
            return true;
    }
    return is_pod(host, length);
}

static bool is_path_of_apple(const char *path)
{
    for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
        if (strcmp(path, paths[i]) == 0)
            return true;
    }
    return false;
}

const char *validation_url_fault(const char *url)
{
    static const char scheme[] = "https://";
    const char *host = url + sizeof(scheme) - 1;

    if (strlen(url) > LENGTH_MAX)
        return "it is longer than 2048 bytes";
    if (strncasecmp(url, scheme, sizeof(scheme) - 1) != 0)
        return "it does not begin with https://";
    if (!is_plain(url))
        return "it has a user, a query, a fragment, a blank, or bytes that do not belong there";
    size_t length = strcspn(host, ":/");
    if (!is_host_of_apple(host, length))
        return "its host is not one of Apple's";
    const char *path = host + length;
    if (*path == ':') {
        if (strncmp(path, ":443/", 5) != 0)
            return "it has another port than 443";
        path += 4;
    }
    return is_path_of_apple(path) ? NULL : "its path is not one of Apple's two";
}
