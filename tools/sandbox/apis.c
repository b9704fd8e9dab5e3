/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Finds the API that a request is for.
 */
#include "apis.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "exchange.h"
#include "hint.h"
#include "xalloc.h"

static void nowhere_refuse(struct exchange *exchange, int status)
{
    static const char text[] = "No API of this sandbox lives at this path. GET / lists them.\n";

    reply_text(&exchange->reply, status, "text/plain", text);
}

static void nowhere_answer(struct exchange *exchange)
{
    nowhere_refuse(exchange, 404);
}

static const struct api nowhere_api = {
    .prefix = "",
    .answer = nowhere_answer,
    .refuse = nowhere_refuse,
};

#define DECLARED(name) extern const struct api name##_api;
#define POINTER(name) &name##_api,

EACH_API(DECLARED)

const struct api *const apis[] = {EACH_API(POINTER) NULL};

enum {
    APIS = sizeof(apis) / sizeof(*apis) - 1
};

const struct api *api_find(const char *target)
{
    for (size_t i = 0; i < APIS; i++) {
        if (strncmp(target, apis[i]->prefix, strlen(apis[i]->prefix)) == 0)
            return apis[i];
    }
    return &nowhere_api;
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

static const struct api *find_call(const char *target)
{
    for (size_t i = 0; i < APIS; i++) {
        if (path_fits(apis[i]->path, target))
            return apis[i];
    }
    return NULL;
}

static const struct api *find_meant(const char *target)
{
    char *path = xstrndup(target, strcspn(target, "?"));
    const struct api *meant = NULL;

    for (size_t i = 0; i < APIS && !meant; i++) {
        for (const char *const *word = apis[i]->words; *word && !meant; word++)
            meant = strstr(path, *word) ? apis[i] : NULL;
    }
    free(path);
    return meant;
}

/* "/v1/hosted-fields/sessions" has the shape of a merchant's sessions, and was not meant so. */
static bool is_call(const struct api *api, const struct api *meant, const char *method)
{
    const struct api *most_general = apis[APIS - 1];

    return api && strcmp(method, "POST") == 0 && (api != most_general || meant == api);
}

void apis_hint(struct exchange *exchange)
{
    const char *target = exchange->request.target;
    const struct api *api = find_call(target);
    const struct api *meant = find_meant(target);
    char *hint;

    if (is_call(api, meant, exchange->request.method))
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
    for (size_t i = 0; i < APIS; i++) {
        char *line = xasprintf("  %-30s POST %s\n", apis[i]->name, apis[i]->path);
        buffer_append_text(out, line);
        free(line);
    }
}
