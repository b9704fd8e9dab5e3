/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Three questions: was the name of this machine used (if not, a name was rebound to it: DNS
 * rebinding), is the page that asks our own, and did the browser say so?
 */
#include "guard.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "reply.h"
#include "request.h"
#include "url.h"
#include "xalloc.h"

static bool is_loopback(const char *host)
{
    char *name = xstrdup(host);
    char *port = strrchr(name, ':');
    bool loopback;

    if (port && port[1 + strspn(port + 1, "0123456789")] == '\0')
        *port = '\0';
    loopback = strcasecmp(name, "localhost") == 0 || strcmp(name, "[::1]") == 0 ||
               (strncmp(name, "127.", 4) == 0 && !name[strspn(name, "0123456789.")]);
    free(name);
    return loopback;
}

static bool is_own_origin(const char *origin, const char *scheme, const char *host)
{
    char *own = xasprintf("%s://%s", scheme, host);
    bool same = strcasecmp(origin, own) == 0;

    free(own);
    return same;
}

/* The console may be opened from a link anywhere. */
static bool opens_console(const struct request *request)
{
    const char *mode = request_header(request, "Sec-Fetch-Mode");
    const char *destination = request_header(request, "Sec-Fetch-Dest");

    return strcmp(request->method, "GET") == 0 && target_path_is(request->target, "/") && mode &&
           strcmp(mode, "navigate") == 0 && destination && strcmp(destination, "document") == 0;
}

const char *guard_objection(const struct request *request, const char *scheme)
{
    const char *host = request_header(request, "Host");
    const char *origin = request_header(request, "Origin");
    const char *site = request_header(request, "Sec-Fetch-Site");

    if (host && !is_loopback(host))
        return "Host is not a name of this machine";
    if (origin && (!host || !is_own_origin(origin, scheme, host)))
        return "a page of another origin must not ask this";
    if (site && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0 &&
        !opens_console(request))
        return "a page of another site must not ask this";
    return NULL;
}

void guard_answer(struct reply *reply)
{
    reply_header(reply, "X-Content-Type-Options", "nosniff");
    reply_header(reply, "Cross-Origin-Resource-Policy", "same-origin");
    reply_header(reply, "Referrer-Policy", "no-referrer");
    reply_header(reply, "Cache-Control", "no-store");
}
