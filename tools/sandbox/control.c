/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Reading the journal, scripting faults, starting afresh.
 */
#include "control.h"

#include <stdlib.h>
#include <string.h>

#include "apis.h"
#include "console.h"
#include "events.h"
#include "exchange.h"
#include "faults.h"
#include "grants.h"
#include "guard.h"
#include "journal.h"
#include "json.h"
#include "options.h"
#include "stop.h"
#include "url.h"
#include "xalloc.h"

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
        events_notify(exchange->sandbox->events);
        free(complaint);
    }
    cJSON_Delete(description);
}

static void reset(struct exchange *exchange)
{
    sandbox_reset(exchange->sandbox);
    show_state(exchange);
}

static void show_faults(struct exchange *exchange)
{
    send(exchange, 200, faults_to_json(exchange->sandbox->faults));
}

static void clear_faults(struct exchange *exchange)
{
    faults_clear(exchange->sandbox->faults);
    events_notify(exchange->sandbox->events);
    show_state(exchange);
}

static void expire(struct exchange *exchange)
{
    grants_clear(exchange->sandbox->bearer_tokens);
    grants_clear(exchange->sandbox->client_sessions);
    grants_clear(exchange->sandbox->page_sessions);
    events_notify(exchange->sandbox->events);
    show_state(exchange);
}

static void release(struct exchange *exchange)
{
    stop_release(exchange->sandbox->stop);
    show_state(exchange);
}

static void show_overview(struct exchange *exchange);

static const struct endpoint {
    const char *path;
    const char *method;
    void (*answer)(struct exchange *exchange);
    const char *does;
} endpoints[] = {
    {.path = "/",
     .method = "GET",
     .answer = show_overview,
     .does = "this list; in a browser, the console"},
    {.path = "/_sandbox/requests",
     .method = "GET",
     .answer = show_requests,
     .does = "what was sent to the APIs, and answered"},
    {.path = "/_sandbox/state",
     .method = "GET",
     .answer = show_state,
     .does = "counts of requests, faults, keys, tokens, sessions"},
    {.path = "/_sandbox/faults",
     .method = "POST",
     .answer = script_faults,
     .does = "makes the next requests fail"},
    {.path = "/_sandbox/faults",
     .method = "GET",
     .answer = show_faults,
     .does = "the faults that wait"},
    {.path = "/_sandbox/faults",
     .method = "DELETE",
     .answer = clear_faults,
     .does = "forgets them"},
    {.path = "/_sandbox/expire",
     .method = "POST",
     .answer = expire,
     .does = "ends all bearer tokens and client sessions"},
    {.path = "/_sandbox/release", .method = "POST", .answer = release, .does = "ends all delays"},
    {.path = "/_sandbox/reset", .method = "POST", .answer = reset, .does = "forgets everything"},
};
enum {
    ENDPOINTS = sizeof(endpoints) / sizeof(*endpoints)
};

static void show_overview(struct exchange *exchange)
{
    struct buffer text = {0};

    buffer_append_text(&text, "sessionpay-sandbox " SANDBOX_VERSION "\n\nThe APIs\n");
    apis_list(&text);
    buffer_append_text(&text, "\nThe sandbox itself\n");
    for (size_t i = 0; i < ENDPOINTS; i++) {
        const struct endpoint *endpoint = &endpoints[i];
        char *line =
            xasprintf("  %-6s %-20s %s\n", endpoint->method, endpoint->path, endpoint->does);
        buffer_append_text(&text, line);
        free(line);
    }
    reply_text(&exchange->reply, 200, "text/plain; charset=utf-8", buffer_text(&text));
    buffer_free(&text);
}

static bool is_method(const struct request *request, const char *method)
{
    return strcmp(request->method, method) == 0 ||
           (strcmp(request->method, "HEAD") == 0 && strcmp(method, "GET") == 0);
}

bool control_owns(const struct request *request)
{
    static const char prefix[] = "/_sandbox/";

    return strncmp(request->target, prefix, sizeof(prefix) - 1) == 0 ||
           (target_path_is(request->target, "/") && is_method(request, "GET"));
}

static void answer_endpoint(struct exchange *exchange)
{
    struct buffer allowed = {0};

    for (size_t i = 0; i < ENDPOINTS; i++) {
        const struct endpoint *endpoint = &endpoints[i];
        if (!target_path_is(exchange->request.target, endpoint->path))
            continue;
        if (is_method(&exchange->request, endpoint->method)) {
            endpoint->answer(exchange);
            buffer_free(&allowed);
            return;
        }
        buffer_append_text(&allowed, allowed.length ? ", " : "");
        buffer_append_text(&allowed, endpoint->method);
    }
    if (allowed.length) {
        reply_header(&exchange->reply, "Allow", buffer_text(&allowed));
        complain(exchange, 405, "another method is needed here");
    } else {
        complain(exchange, 404,
                 "there are /_sandbox/requests, faults, reset, expire, release and state");
    }
    buffer_free(&allowed);
}

void control_answer(struct exchange *exchange)
{
    bool plain = exchange->sandbox->options->plain_http;
    const char *objection = guard_objection(&exchange->request, plain ? "http" : "https");

    if (objection)
        complain(exchange, 403, objection);
    else if (!console_answer(exchange))
        answer_endpoint(exchange);
    guard_answer(&exchange->reply);
}
