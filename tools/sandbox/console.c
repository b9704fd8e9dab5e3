/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Files, one request in full, and the stream of changes.
 */
#include "console.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "apis.h"
#include "assets.h"
#include "entry.h"
#include "exchange.h"
#include "journal.h"
#include "json.h"
#include "mask.h"
#include "stream.h"
#include "url.h"
#include "v1hmac.h"

/* Nothing inline, nothing from elsewhere, and no text that becomes markup. */
static const char policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'";

static const char prefix[] = "/_sandbox/console/";

/* -- One request in full -- */

static void add_string_to_sign(cJSON *entry)
{
    struct request request = {.method = (char *)entry_text(entry, "method"),
                              .target = (char *)entry_text(entry, "path")};
    const char *authorization = entry_header(entry, "Authorization");
    struct buffer text = {0};
    const cJSON *header;

    if (!authorization || strncmp(authorization, "GCS v1HMAC:", 11) != 0)
        return;
    cJSON_ArrayForEach(header, json_member(entry, "headers"))
    {
        headers_add(&request.headers, cJSON_GetArrayItem(header, 0)->valuestring,
                    cJSON_GetArrayItem(header, 1)->valuestring);
    }
    v1hmac_string_to_sign(&text, &request);
    cJSON_AddItemToObject(entry, "string_to_sign", json_text(buffer_text(&text), text.length));
    buffer_free(&text);
    headers_free(&request.headers);
}

static void complete(cJSON *entry, uint64_t number)
{
    const struct api *api = api_find(entry_text(entry, "path"));
    const cJSON *answer = json_member(entry, "answer");

    cJSON_AddNumberToObject(entry, "number", (double)number);
    entry_add_text(entry, "call", api->name);
    entry_add_text(entry, "provider", api->object);
    entry_add_text(entry, "key_header", api->key_header);
    entry_add_text(entry, "hint",
                   cJSON_IsObject(answer) ? entry_header(answer, "X-Sandbox-Hint") : NULL);
    add_string_to_sign(entry);
}

static bool read_number(const char *text, uint64_t *number)
{
    char *end = NULL;

    errno = 0;
    *number = text && *text >= '0' && *text <= '9' ? strtoull(text, &end, 10) : 0;
    return end && !*end && errno == 0;
}

static void show_request(struct exchange *exchange)
{
    const char *target = exchange->request.target;
    char *number_text = query_value(target, "number");
    char *secrets = query_value(target, "secrets");
    uint64_t number;
    cJSON *entry = NULL;

    if (read_number(number_text, &number))
        entry = journal_find(exchange->sandbox->journal, number);
    if (entry) {
        complete(entry, number);
        bool reveal = secrets && strcmp(secrets, "shown") == 0;
        cJSON_AddNumberToObject(entry, "masked", reveal ? 0 : (double)mask_entry(entry));
        reply_json(&exchange->reply, 200, "application/json", entry);
    } else {
        reply_text(&exchange->reply, 404, "text/plain", "This request is no longer there.\n");
    }
    free(number_text);
    free(secrets);
}

/* -- Changes -- */

static void show_events(struct exchange *exchange)
{
    exchange->reply.status = 200;
    reply_header(&exchange->reply, "Content-Type", "text/event-stream");
    exchange->stream = stream_new(exchange->sandbox);
}

/* -- Files -- */

static bool show_asset(struct exchange *exchange, const char *name)
{
    for (const struct asset *asset = assets; asset->name; asset++) {
        if (strcmp(asset->name, name) != 0)
            continue;
        exchange->reply.status = 200;
        reply_header(&exchange->reply, "Content-Type", asset->type);
        reply_header(&exchange->reply, "Content-Security-Policy", policy);
        reply_set_body(&exchange->reply, (const char *)asset->bytes, asset->length);
        return true;
    }
    return false;
}

static bool wants_page(const struct request *request)
{
    const char *accept = request_header(request, "Accept");

    return target_path_is(request->target, "/") && accept && strstr(accept, "text/html");
}

bool console_answer(struct exchange *exchange)
{
    const struct request *request = &exchange->request;

    if (strcmp(request->method, "GET") != 0 && strcmp(request->method, "HEAD") != 0)
        return false;
    if (wants_page(request))
        return show_asset(exchange, "console.html");
    if (strncmp(request->target, prefix, sizeof(prefix) - 1) != 0)
        return false;
    if (target_path_is(request->target, "/_sandbox/console/request"))
        show_request(exchange);
    else if (target_path_is(request->target, "/_sandbox/console/events"))
        show_events(exchange);
    else
        return show_asset(exchange, request->target + sizeof(prefix) - 1);
    return true;
}
