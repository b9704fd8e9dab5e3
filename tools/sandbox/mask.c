/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Credentials are known by the names of their headers and members. Bodies are searched as text, since
 * faults make of them what is no longer JSON.
 */
#include "mask.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "buffer.h"
#include "json.h"
#include "xalloc.h"

/* Eight bullets. */
static const char dots[] = "\xE2\x80\xA2\xE2\x80\xA2\xE2\x80\xA2\xE2\x80\xA2"
                           "\xE2\x80\xA2\xE2\x80\xA2\xE2\x80\xA2\xE2\x80\xA2";

static const char *const members[] = {"access_token",    "session_token", "token",
                                      "clientSessionId", "sessionObject", "sessionToken"};

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);

    return length >= tail && strcasecmp(text + length - tail, end) == 0;
}

/* "App-Token", "WePay-Risk-Token", "x-api-key", but no idempotency key. */
static bool is_secret_header(const char *name)
{
    return ends_with(name, "authorization") || ends_with(name, "-token") ||
           ends_with(name, "api-key") || ends_with(name, "cookie") || ends_with(name, "secret");
}

/* What may be seen of a value: "Bearer ", "GCS v1Client:", "GCS v1HMAC:sandbox-key-id:". */
static size_t visible(const char *value)
{
    static const char *const schemes[] = {"Bearer ", "GCS v1Client:"};
    static const char hmac[] = "GCS v1HMAC:";

    for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
        if (strncmp(value, schemes[i], strlen(schemes[i])) == 0)
            return strlen(schemes[i]);
    }
    const char *colon = strrchr(value, ':');
    if (colon && strncmp(value, hmac, sizeof(hmac) - 1) == 0 && colon >= value + sizeof(hmac) - 1)
        return (size_t)(colon - value) + 1;
    return 0;
}

/* A header is ["Name", "value"]; one that is masked gets true as a third element. */
static size_t mask_headers(cJSON *headers)
{
    size_t masked = 0;
    cJSON *header;

    cJSON_ArrayForEach(header, headers)
    {
        cJSON *value = cJSON_GetArrayItem(header, 1);
        if (!is_secret_header(cJSON_GetArrayItem(header, 0)->valuestring) || !*value->valuestring)
            continue;
        char *text =
            xasprintf("%.*s%s", (int)visible(value->valuestring), value->valuestring, dots);
        cJSON_ReplaceItemInArray(header, 1, cJSON_CreateString(text));
        cJSON_AddItemToArray(header, cJSON_CreateTrue());
        free(text);
        masked++;
    }
    return masked;
}

/* The end of a string in JSON that begins here, after its quote. */
static const char *string_end(const char *text)
{
    for (; *text && *text != '"'; text++) {
        if (*text == '\\' && text[1])
            text++;
    }
    return text;
}

static bool is_secret_member(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
        if (strlen(members[i]) == length && strncmp(members[i], name, length) == 0)
            return true;
    }
    return false;
}

/* Where the string value of a member begins whose name ended just here, or NULL. */
static const char *value_after(const char *quote)
{
    static const char blanks[] = " \t\r\n";
    const char *at = quote + (*quote == '"');

    at += strspn(at, blanks);
    if (*at != ':')
        return NULL;
    at++;
    at += strspn(at, blanks);
    return *at == '"' ? at + 1 : NULL;
}

static size_t mask_text(struct buffer *out, const char *text)
{
    size_t masked = 0;
    const char *quote;

    while ((quote = strchr(text, '"'))) {
        const char *end = string_end(quote + 1);
        const char *value = value_after(end);
        if (!value || !is_secret_member(quote + 1, (size_t)(end - quote) - 1)) {
            end += *end == '"';
            buffer_append(out, text, (size_t)(end - text));
            text = end;
            continue;
        }
        buffer_append(out, text, (size_t)(value - text));
        buffer_append_text(out, dots);
        text = string_end(value);
        if (*text == '"') {
            buffer_append_text(out, "\"");
            text++;
        }
        masked++;
    }
    buffer_append_text(out, text);
    return masked;
}

static size_t mask_body(cJSON *message)
{
    const cJSON *body = json_member(message, "body");
    struct buffer text = {0};
    size_t masked = 0;

    if (cJSON_IsString(body)) {
        masked = mask_text(&text, body->valuestring);
        cJSON_ReplaceItemInObjectCaseSensitive(message, "body",
                                               cJSON_CreateString(buffer_text(&text)));
        buffer_free(&text);
    }
    return masked;
}

size_t mask_entry(cJSON *entry)
{
    cJSON *answer = cJSON_GetObjectItemCaseSensitive(entry, "answer");
    size_t masked = mask_headers(cJSON_GetObjectItemCaseSensitive(entry, "headers"));

    masked += mask_body(entry);
    if (cJSON_IsObject(answer)) {
        masked += mask_headers(cJSON_GetObjectItemCaseSensitive(answer, "headers"));
        masked += mask_body(answer);
    }
    return masked;
}
