/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * redis://[user[:password]@]host[:port][/database], rediss:// for TLS, and
 * unix://[user[:password]@]/path[?db=database].
 */
#include "redis/url.h"

#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "adapter.h"

enum {
    DEFAULT_PORT = 6379,
    MAX_URL = 2048,
    MAX_DATABASE = 99999
};

/* The rule that a URL breaks, and what to say about it. */
typedef struct fault {
    const char *rule;
    const char *message;
} fault;

static const fault good = {NULL, NULL};

static fault broken(const char *rule, const char *message)
{
    fault found = {rule, message};

    return found;
}

static int hex_digit(char c)
{
    const char *digits = "0123456789abcdef";
    const char *place = c ? strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c) : NULL;

    return place ? (int)(place - digits) : -1;
}

/* Replace %XX in place. false: not two digits, or a NUL. */
static bool decode(char *text)
{
    char *out = text;

    for (; *text; text++) {
        if (*text == '%') {
            int high = hex_digit(text[1]);
            int low = high < 0 ? -1 : hex_digit(text[2]);

            if (low < 0 || high + low == 0)
                return false;
            *out++ = (char)(high * 16 + low);
            text += 2;
        } else {
            *out++ = *text;
        }
    }
    *out = '\0';
    return true;
}

/* A whole number, digits only, up to most; -1 if it is none. */
static int32_t read_number(const char *text, int32_t most)
{
    int32_t number = 0;

    if (!*text)
        return -1;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return -1;
        number = number * 10 + (*text - '0');
        if (number > most)
            return -1;
    }
    return number;
}

static fault read_database(spay__redis_url *url, const char *text)
{
    url->database = read_number(text, MAX_DATABASE);
    return url->database < 0 ? broken("database", "has a database that is no number") : good;
}

/* What comes after "?": "db=" and a number. */
static fault read_query(spay__redis_url *url, const char *query)
{
    if (strncmp(query, "db=", 3) != 0)
        return broken("query", "has a query other than db=NUMBER");
    return read_database(url, query + 3);
}

/* user[:password]; or only the password, after a colon. */
static fault read_credentials(spay__redis_url *url, char *text)
{
    char *colon = strchr(text, ':');

    if (!colon || !colon[1])
        return broken("credentials", "has a user without a password");
    *colon = '\0';
    url->user = *text ? text : NULL;
    url->password = colon + 1;
    if (!decode(text) || !decode(url->password))
        return broken("percent_encoding", "has a % without two hexadecimal digits after it");
    return good;
}

static fault read_host(spay__redis_url *url, char *text)
{
    char *end = text[0] == '[' ? strchr(text, ']') : text + strcspn(text, ":");
    char *port;

    if (!end || (text[0] == '[' && end[1] && end[1] != ':'))
        return broken("host", "has an address in brackets that does not end");
    port = text[0] == '[' ? end + 1 : end;
    url->port = *port ? read_number(port + 1, 65535) : DEFAULT_PORT;
    if (url->port <= 0)
        return broken("port", "has a port that is not 1 to 65535");
    *end = '\0';
    url->host = text[0] == '[' ? text + 1 : text;
    return url->host[0] ? good : broken("host", "has no host");
}

/* After the scheme: authority, path, query. */
static fault read_tcp(spay__redis_url *url, char *text)
{
    size_t length = strcspn(text, "/?");
    char *rest = text + length;
    char separator = *rest;
    char *at;
    fault found = good;

    *rest = '\0';
    at = strrchr(text, '@');
    if (at) {
        *at = '\0';
        found = read_credentials(url, text);
        text = at + 1;
    }
    if (!found.rule)
        found = read_host(url, text);
    if (found.rule || !separator)
        return found;
    if (separator == '?')
        return read_query(url, rest + 1);
    return rest[1] ? read_database(url, rest + 1) : good;
}

static fault read_unix(spay__redis_url *url, char *text)
{
    char *query = strchr(text, '?');
    char *at = text[0] == '/' ? NULL : strstr(text, "@/");
    fault found = good;

    if (query)
        *query++ = '\0';
    if (at) {
        *at = '\0';
        found = read_credentials(url, text);
        text = at + 1;
    }
    url->path = text;
    if (found.rule)
        return found;
    if (text[0] != '/')
        return broken("path", "has no absolute path");
    if (!decode(text))
        return broken("percent_encoding", "has a % without two hexadecimal digits after it");
    if (strlen(text) >= sizeof(((struct sockaddr_un *)NULL)->sun_path))
        return broken("path", "has a path that is too long for a socket");
    return query ? read_query(url, query) : good;
}

static bool is_visible(const char *text)
{
    for (; *text; text++)
        if (*text <= ' ' || *text > '~' || *text == '#')
            return false;
    return true;
}

static fault read_url(spay__redis_url *url, char *text)
{
    if (!is_visible(text))
        return broken("forbidden_character", "must be visible ASCII without blanks and \"#\"");
    if (strncmp(text, "redis://", 8) == 0)
        return read_tcp(url, text + 8);
    url->tls = strncmp(text, "rediss://", 9) == 0;
    if (url->tls)
        return read_tcp(url, text + 9);
    if (strncmp(text, "unix://", 7) == 0)
        return read_unix(url, text + 7);
    return broken("scheme", "must begin with redis://, rediss:// or unix://");
}

spay_status spay__redis_url_parse(spay__redis_url *url, const char *text, spay_error **error)
{
    size_t length = text ? strlen(text) : 0;
    fault found;

    memset(url, 0, sizeof(*url));
    if (!text)
        return spay__adapter_refuse(error, "url", "missing", "is required");
    if (length > MAX_URL)
        return spay__adapter_refuse(error, "url", "too_long", "must be 1 to 2048 bytes");
    url->memory = malloc(length + 1);
    if (!url->memory)
        return spay__adapter_no_memory(error);
    memcpy(url->memory, text, length + 1);
    url->memory_length = length;
    found = read_url(url, url->memory);
    if (!found.rule)
        return SPAY_OK;
    spay__redis_url_clear(url);
    return spay__adapter_refuse(error, "url", found.rule, found.message);
}

void spay__redis_url_clear(spay__redis_url *url)
{
    spay__adapter_wipe(url->memory, url->memory_length);
    free(url->memory);
    memset(url, 0, sizeof(*url));
}
