/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

#include "sandbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

struct text {
    char *at;
    size_t length;
};

static size_t append(char *data, size_t size, size_t count, void *ctx)
{
    struct text *text = ctx;
    char *larger = realloc(text->at, text->length + size * count + 1);
    if (!larger)
        return 0;
    text->at = larger;
    memcpy(text->at + text->length, data, size * count);
    text->length += size * count;
    text->at[text->length] = '\0';
    return size * count;
}

static const char *setting(const char *name)
{
    const char *value = getenv(name);
    if (!value) {
        fprintf(stderr, "conformance: %s is not set; run under sessionpay-sandbox\n", name);
        exit(2);
    }
    return value;
}

/* The answer; the caller frees it. */
static char *exchange(const char *what, const char *body)
{
    CURL *curl = curl_easy_init();
    struct text answer = {NULL, 0};
    char url[512];
    if (!curl)
        abort();
    snprintf(url, sizeof url, "%s/_sandbox/%s", setting("SPAY_SANDBOX_URL"), what);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_CAINFO, setting("SPAY_CA_FILE"));
    curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
    if (body)
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK) {
        fprintf(stderr, "conformance: %s: %s\n", url, curl_easy_strerror(code));
        exit(2);
    }
    curl_easy_cleanup(curl);
    return answer.at;
}

void sandbox_post(const char *what, const cJSON *body)
{
    char *text = body ? cJSON_PrintUnformatted(body) : NULL;
    free(exchange(what, text ? text : ""));
    cJSON_free(text);
}

cJSON *sandbox_requests(void)
{
    char *text = exchange("requests", NULL);
    cJSON *answer = cJSON_Parse(text);
    cJSON *requests = cJSON_DetachItemFromObject(answer, "requests");
    free(text);
    cJSON_Delete(answer);
    return requests;
}
