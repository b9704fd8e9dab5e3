/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The sandbox's handling of requests, behind its HTTP server: up to six of them at one sandbox. It
 * answers each, with a body that is JSON if it says so, and lists them all in its journal.
 *
 * input: of each request: method and API, path, number of header fields, name and value of each, body
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exchange.h"
#include "options.h"
#include "stop.h"
#include "support/input.h"

static const struct options options = {
    .port = 0,
    .bind = "127.0.0.1",
    .auth_status = PROVIDERS_OWN,
    .token_lifetime = PROVIDERS_OWN,
    .session_lifetime = PROVIDERS_OWN,
    .clock_window = 300,
};

static void receive_headers(struct exchange *exchange, fuzz_input *input)
{
    static const char *const names[] = {
        "Content-Type", "Authorization",        "Unique-Key",           "App-Id",
        "App-Token",    "Api-Version",          "Idempotency-Key",      "x-api-key",
        "Date",         "X-GCS-ClientMetaInfo", "X-GCS-ServerMetaInfo", "X-GCS-Idempotence-Key",
        "Origin"};
    const uint32_t count = sizeof(names) / sizeof(*names);

    for (uint32_t left = fuzz_below(input, 10); left; left--) {
        uint32_t which = fuzz_below(input, count + 1);
        char *name = which == count ? fuzz_text(input) : strdup(names[which]);
        char *value = fuzz_text(input);

        REQUIRE(name);
        headers_add(&exchange->request.headers, name, value);
        free(name);
        free(value);
    }
}

static char *target_of(uint32_t api, const char *text)
{
    static const char *const targets[] = {"/session_tokens",
                                          "/authorize",
                                          "/v1/processing-terminals/7702014/hosted-fields-sessions",
                                          "/v1/4217/sessions",
                                          "/client/v1/c/products/302/sessions",
                                          "/_sandbox/faults",
                                          "/_sandbox/requests",
                                          "/"};
    const uint32_t count = sizeof(targets) / sizeof(*targets);
    const char *begin = targets[api % count];
    size_t size = strlen(begin) + strlen(text) + 1;
    char *target = malloc(size);

    REQUIRE(target);
    (void)snprintf(target, size, "%s%s", begin, text);
    return target;
}

/* A fault that was scripted can say anything. */
static void check_reply(const struct reply *reply, int is_scripted)
{
    const char *type = headers_get(&reply->headers, "Content-Type");
    cJSON *json;

    REQUIRE(reply->status >= 200 && reply->status <= 599);
    if (!type || !strstr(type, "json") || !reply->length || is_scripted)
        return;
    json = cJSON_ParseWithLength(reply->body, reply->length);
    REQUIRE(json);
    cJSON_Delete(json);
}

static void send_request(struct sandbox *sandbox, fuzz_input *input, int *is_scripted)
{
    static const char *const methods[] = {"POST", "POST",   "POST",    "GET",
                                          "PUT",  "DELETE", "OPTIONS", "HEAD"};
    uint32_t how = fuzz_byte(input);
    char *text = fuzz_text(input);
    char *target = target_of(how / 8, text);
    struct exchange *exchange = exchange_new(sandbox, target);
    char *body;

    exchange->request.method = strdup(methods[how % 8]);
    receive_headers(exchange, input);
    body = fuzz_text(input);
    request_receive(&exchange->request, body, strlen(body));
    exchange_run(exchange);
    *is_scripted |= strncmp(target, "/_sandbox/", 10) == 0;
    check_reply(&exchange->reply, *is_scripted);
    exchange_free(exchange);
    free(body);
    free(target);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    struct sandbox sandbox;
    int is_scripted = 0;

    sandbox_init(&sandbox, &options);
    sandbox.base_url = strdup("https://127.0.0.1:1");
    sandbox.ca_file = strdup("/nowhere/ca.pem");
    REQUIRE(sandbox.base_url && sandbox.ca_file);
    stop_request(sandbox.stop); /* nobody sleeps */
    for (int i = 0; i < 6 && input.size; i++)
        send_request(&sandbox, &input, &is_scripted);
    sandbox_free(&sandbox);
    return 0;
}
