/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * The table of APIs and their calls.
 */

#include "apis.h"

#include "connect_client.h"
#include "connect_server.h"
#include "exchange.h"
#include "hint.h"
#include "hosted_fields.h"
#include "wepay.h"
#include "xalloc.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static void nowhere_refuse(struct exchange *exchange, int status)
{
    static const char text[] = "No API of this sandbox lives at this path. GET / lists them.\n";

    reply_text(&exchange->reply, status, "text/plain", text);
}

static void nowhere_answer(struct exchange *exchange)
{
    nowhere_refuse(exchange, 404);
}

/* The first prefix that fits wins, so the catch-all is last. */
static const struct api apis[] = {
    {"/session_tokens", wepay_answer, wepay_refuse},
    {"/authorize", identity_answer, hosted_fields_refuse},
    {"/v1/processing-terminals/", hosted_fields_answer, hosted_fields_refuse},
    {"/v1/", connect_server_answer, connect_server_refuse},
    {"/client/", connect_client_answer, connect_client_refuse},
    {"", nowhere_answer, nowhere_refuse},
};

/* The only call of each API, and words that tell which one was meant. The first that is found in a
 * target wins, so the most special comes first. */
static const struct call {
    const char *name;
    const char *path; /* a segment in braces stands for any */
    const char *words[5];
} calls[] = {
    {"WePay v3", "/session_tokens", {"session_token", "session-token", "sessiontoken", "wepay"}},
    {"Payroc identity", "/authorize", {"authori", "identity", "oauth", "/token"}},
    {"Payroc Hosted Fields",
     "/v1/processing-terminals/{processingTerminalId}/hosted-fields-sessions",
     {"hosted", "terminal", "fields"}},
    {"Worldline Connect, Client API",
     "/client/v1/{customerId}/products/{paymentProductId}/sessions",
     {"/client", "product", "apple"}},
    {"Worldline Connect, Server API", "/v1/{merchantId}/sessions", {"session", "/v1/"}},
};
enum {
    CALLS = sizeof calls / sizeof *calls
};

const struct api *api_find(const char *target)
{
    const struct api *api = apis;

    while (strncmp(target, api->prefix, strlen(api->prefix)) != 0)
        api++;
    return api;
}

static bool path_fits(const char *path, const char *target)
{
    while (*path == '/' && *target == '/') {
        size_t wanted = strcspn(++path, "/");
        size_t given = strcspn(++target, "/?");
        bool same = wanted == given && strncmp(path, target, wanted) == 0;
        if (!same && (*path != '{' || given == 0))
            return false;
        path += wanted;
        target += given;
    }
    return !*path && (!*target || *target == '?');
}

static const struct call *find_call(const char *target)
{
    for (size_t i = 0; i < CALLS; i++) {
        if (path_fits(calls[i].path, target))
            return &calls[i];
    }
    return NULL;
}

static const struct call *find_meant(const char *target)
{
    char *path = xstrndup(target, strcspn(target, "?"));
    const struct call *meant = NULL;

    for (size_t i = 0; i < CALLS && !meant; i++) {
        for (const char *const *word = calls[i].words; *word && !meant; word++)
            meant = strstr(path, *word) ? &calls[i] : NULL;
    }
    free(path);
    return meant;
}

/* "/v1/hosted-fields/sessions" has the shape of a merchant's sessions, and was not meant so. */
static bool is_call(const struct call *call, const struct call *meant, const char *method)
{
    static const struct call *const most_general = &calls[CALLS - 1];

    return call && strcmp(method, "POST") == 0 && (call != most_general || meant == call);
}

void apis_hint(struct exchange *exchange)
{
    const char *target = exchange->request.target;
    const struct call *call = find_call(target);
    const struct call *meant = find_meant(target);
    char *hint;

    if (is_call(call, meant, exchange->request.method))
        return;
    if (meant)
        hint = xasprintf("there is no such call; %s has POST %s", meant->name, meant->path);
    else
        hint = xstrdup("there is no such call; GET / lists all");
    hint_give(exchange, hint);
    free(hint);
}

void apis_list(struct buffer *out)
{
    for (size_t i = 0; i < CALLS; i++) {
        char *line = xasprintf("  %-30s POST %s\n", calls[i].name, calls[i].path);
        buffer_append_text(out, line);
        free(line);
    }
}
