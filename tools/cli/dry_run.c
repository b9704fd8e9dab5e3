/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * Shows requests.
 */

#include "dry_run.h"

#include "command.h"
#include "offline.h"
#include "output.h"
#include "report.h"
#include "secrets.h"
#include "session.h"

#include <string.h>

static cJSON *describe_headers(const spay_http_request *request)
{
    cJSON *headers = cJSON_CreateArray();

    for (size_t i = 0; i < spay_http_request_header_count(request); i++) {
        const char *value = spay_http_request_header_is_secret(request, i)
                                ? "[hidden]"
                                : spay_http_request_header_value(request, i);
        const char *pair[] = {spay_http_request_header_name(request, i), value};
        cJSON_AddItemToArray(headers, cJSON_CreateStringArray(pair, 2));
    }
    return headers;
}

struct shown {
    cJSON *requests;
    const struct settings *settings;
};

/* The only secrets that are in a body: the consumer's tokens. */
static void mask_tokens(const struct settings *settings, char *body)
{
    struct settings_words tokens;
    const char *ignored = NULL;

    settings_words(settings, CONNECT_TOKENS, &tokens, &ignored);
    for (size_t i = 0; i < tokens.count; i++) {
        size_t length = strlen(tokens.words[i]);
        for (char *at = body; (at = strstr(at, tokens.words[i])) != NULL; at += length)
            memset(at, '*', length);
    }
    settings_words_free(&tokens);
}

static void show(void *ctx, const spay_http_request *request)
{
    const struct shown *all = ctx;
    cJSON *shown = cJSON_CreateObject();
    size_t length;
    const char *body = spay_http_request_body(request, &length);
    char *text = xmalloc(length + 1);

    memcpy(text, body, length);
    text[length] = '\0';
    mask_tokens(all->settings, text);
    cJSON_AddStringToObject(shown, "method", spay_http_request_method(request));
    cJSON_AddStringToObject(shown, "url", spay_http_request_url(request));
    cJSON_AddItemToObject(shown, "headers", describe_headers(request));
    cJSON_AddStringToObject(shown, "body", text);
    cJSON_AddItemToArray(all->requests, shown);
    secret_free(text);
}

static const char *text_of(const cJSON *object, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

static void print_request(const cJSON *request)
{
    const cJSON *header;
    size_t width = 0;

    printf("%s %s\n", text_of(request, "method"), text_of(request, "url"));
    const cJSON *headers = cJSON_GetObjectItemCaseSensitive(request, "headers");
    cJSON_ArrayForEach(header, headers)
    {
        size_t length = strlen(header->child->valuestring);
        width = length > width ? length : width;
    }
    cJSON_ArrayForEach(header, headers)
    {
        printf("  %-*s  ", (int)width, header->child->valuestring);
        output_text(stdout, header->child->next->valuestring);
        putchar('\n');
    }
    putchar('\n');
    output_text(stdout, text_of(request, "body"));
    puts(*text_of(request, "body") ? "\n" : "");
}

static int tell(cJSON *requests)
{
    cJSON *object;

    if (output_is_json()) {
        object = cJSON_CreateObject();
        cJSON_AddStringToObject(object, "result", "dry_run");
        cJSON_AddItemToObject(object, "requests", requests);
        return output_object(object, stdout, CLI_DONE);
    }
    for (const cJSON *request = requests->child; request; request = request->next)
        print_request(request);
    puts("Nothing was sent.");
    cJSON_Delete(requests);
    return output_end(CLI_DONE);
}

static int requests_of(const struct settings *settings)
{
    if (settings->product == HOSTED_FIELDS)
        return settings_get(settings, HOSTED_FIELDS_BEARER_TOKEN) ? 1 : 2;
    return settings->product == APPLE_PAY ? 2 : 1;
}

int dry_run(const struct run *run)
{
    struct shown shown = {cJSON_CreateArray(), &run->settings};
    struct offline offline = {.wanted = requests_of(&run->settings), .show = show, .ctx = &shown};
    struct session_call session = {.settings = &run->settings};
    spay_transport transport = offline_transport(&offline);
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    spay_error *error = NULL;

    options.key_secret = settings_get(&run->settings, KEY_SECRET);
    options.key_secret_length = options.key_secret ? strlen(options.key_secret) : 0;
    options.transport = &transport;
    options.max_attempts = 1;
    spay_call_options_init(&session.options, sizeof session.options);
    session.options.idempotency_key = run->key;
    session.options.intent = run->intent;
    session.always_key = run->journal != NULL;
    if (spay_client_new(&options, &session.client, &error) == SPAY_OK)
        cJSON_Delete(session_create(&session, &error));
    spay_client_free(session.client);
    if (offline.count < offline.wanted) {
        cJSON_Delete(shown.requests);
        return report_error(error, &run->settings, NULL);
    }
    spay_error_free(error);
    return tell(shown.requests);
}
