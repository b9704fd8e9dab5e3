/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Redaction. In place, so that it cannot fail for want of memory.
 */
#include "redact.h"

#include <string.h>

enum {
    SHORTEST = 6 /* what is shorter is no credential, and would be found in ordinary words */
};

/* Behind the name of the scheme: "Bearer x", "GCS v1Client:x". */
static const char *last_word(const char *value)
{
    const char *mark = strrchr(value, ' ');
    const char *colon = strrchr(mark ? mark : value, ':');

    mark = colon ? colon : mark;
    return mark ? mark + 1 : value;
}

static void overwrite(char *text, const char *secret)
{
    size_t length = strlen(secret);
    char *at = text;

    if (length < SHORTEST)
        return;
    while ((at = strstr(at, secret)) != NULL) {
        memset(at, '*', length);
        at += length;
    }
}

/* Who has the whole value has its last word. */
static bool finds(const char *text, const char *value)
{
    const char *word = last_word(value);

    if (strlen(word) < SHORTEST)
        word = value;
    return strlen(word) >= SHORTEST && strstr(text, word);
}

bool spay__redact_finds(const spay_http_request *request, const char *text)
{
    size_t i;

    for (i = 0; request && i < request->header_count; i++)
        if (request->headers[i].secret && finds(text, spay_http_request_header_value(request, i)))
            return true;
    return false;
}

void spay__redact(const spay_http_request *request, char *text)
{
    size_t i;

    for (i = 0; request && text && i < request->header_count; i++) {
        const char *value = spay_http_request_header_value(request, i);

        if (!request->headers[i].secret)
            continue;
        overwrite(text, value);
        overwrite(text, last_word(value));
    }
}

void spay__redact_error(const spay_http_request *request, spay_error *error)
{
    size_t i;

    spay__redact(request, error->message);
    spay__redact(request, error->reason);
    spay__redact(request, error->provider_code);
    spay__redact(request, error->request_id);
    for (i = 0; i < error->field_count; i++) {
        spay__redact(request, error->fields[i].path);
        spay__redact(request, error->fields[i].code);
        spay__redact(request, error->fields[i].message);
    }
}
