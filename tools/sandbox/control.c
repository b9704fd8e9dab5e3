/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * Reading the journal, scripting faults, starting afresh.
 */

#include "control.h"

#include "exchange.h"
#include "faults.h"
#include "grants.h"
#include "journal.h"
#include "json.h"
#include "options.h"
#include "url.h"

#include <stdlib.h>
#include <string.h>

static void send(struct exchange *exchange, int status, cJSON *document)
{
    reply_json(&exchange->reply, status, "application/json", document);
}

static void complain(struct exchange *exchange, int status, const char *complaint)
{
    cJSON *document = cJSON_CreateObject();

    cJSON_AddStringToObject(document, "error", complaint);
    send(exchange, status, document);
}

static void show_state(struct exchange *exchange)
{
    struct sandbox *sandbox = exchange->sandbox;
    cJSON *state = cJSON_CreateObject();

    cJSON_AddStringToObject(state, "version", SANDBOX_VERSION);
    cJSON_AddItemToObject(state, "journal", journal_counts(sandbox->journal));
    cJSON_AddNumberToObject(state, "faults", (double)faults_pending(sandbox->faults));
    cJSON_AddNumberToObject(state, "keys", (double)idempotency_count(sandbox->keys));
    cJSON_AddNumberToObject(state, "bearer_tokens", (double)grants_count(sandbox->bearer_tokens));
    cJSON_AddNumberToObject(state, "client_sessions",
                            (double)grants_count(sandbox->client_sessions));
    send(exchange, 200, state);
}

static void show_requests(struct exchange *exchange)
{
    char *path = query_value(exchange->request.target, "path");

    send(exchange, 200, journal_to_json(exchange->sandbox->journal, path));
    free(path);
}

static void script_faults(struct exchange *exchange)
{
    const struct buffer *body = &exchange->request.body;
    cJSON *description = json_parse(buffer_text(body), body->length);

    if (!description || exchange->request.body_too_large) {
        complain(exchange, 400, "the body is not valid JSON");
    } else {
        char *complaint = faults_script(exchange->sandbox->faults, description);
        if (complaint)
            complain(exchange, 400, complaint);
        else
            show_state(exchange);
        free(complaint);
    }
    cJSON_Delete(description);
}

static void reset(struct exchange *exchange)
{
    sandbox_reset(exchange->sandbox);
    show_state(exchange);
}

static void expire(struct exchange *exchange)
{
    grants_clear(exchange->sandbox->bearer_tokens);
    grants_clear(exchange->sandbox->client_sessions);
    show_state(exchange);
}

static const struct endpoint {
    const char *path;
    const char *method;
    void (*answer)(struct exchange *exchange);
} endpoints[] = {
    {"/_sandbox/requests", "GET", show_requests}, {"/_sandbox/faults", "POST", script_faults},
    {"/_sandbox/reset", "POST", reset},           {"/_sandbox/expire", "POST", expire},
    {"/_sandbox/state", "GET", show_state},
};

bool control_owns(const char *target)
{
    static const char prefix[] = "/_sandbox/";

    return strncmp(target, prefix, sizeof prefix - 1) == 0;
}

void control_answer(struct exchange *exchange)
{
    for (size_t i = 0; i < sizeof endpoints / sizeof *endpoints; i++) {
        const struct endpoint *endpoint = &endpoints[i];
        if (!target_path_is(exchange->request.target, endpoint->path))
            continue;
        if (strcmp(exchange->request.method, endpoint->method) == 0) {
            endpoint->answer(exchange);
            return;
        }
        reply_header(&exchange->reply, "Allow", endpoint->method);
        complain(exchange, 405, "another method is needed here");
        return;
    }
    complain(exchange, 404, "there are /_sandbox/requests, faults, reset, expire and state");
}
