/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Talking to the sandbox about itself, over libcurl.
 */
#include "sandbox.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <cjson/cJSON.h>
#include <curl/curl.h>

struct sandbox_journal {
    cJSON *document;
    const cJSON *requests;
};

typedef struct text {
    char *bytes;
    size_t length;
} text;

static size_t collect(char *bytes, size_t size, size_t count, void *ctx)
{
    text *collected = ctx;
    size_t length = size * count;
    char *longer = realloc(collected->bytes, collected->length + length + 1);

    if (!longer)
        return 0;
    memcpy(longer + collected->length, bytes, length);
    collected->bytes = longer;
    collected->length += length;
    longer[collected->length] = '\0';
    return length;
}

/* GET, or POST if there is a body. The answer is to be freed. */
static char *ask(const char *path, const char *body)
{
    text answer = {NULL, 0};
    char url[512];
    long status = 0;
    CURL *easy = curl_easy_init();
    CURLcode code;

    ck_assert_ptr_nonnull(easy);
    snprintf(url, sizeof(url), "%s/_sandbox/%s", getenv("SPAY_SANDBOX_URL"), path);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_CAINFO, getenv("SPAY_CA_FILE"));
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, collect);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &answer);
    if (body)
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
    code = curl_easy_perform(easy);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_cleanup(easy);
    ck_assert_msg(code == CURLE_OK, "%s: %s", path, curl_easy_strerror(code));
    ck_assert_msg(status == 200, "%s: %ld %s", path, status, answer.bytes);
    return answer.bytes;
}

void sandbox_reset(void)
{
    free(ask("reset", ""));
}

void sandbox_expire(void)
{
    free(ask("expire", ""));
}

void sandbox_fault(const char *json)
{
    free(ask("faults", json));
}

sandbox_journal *sandbox_read(const char *path)
{
    sandbox_journal *journal = calloc(1, sizeof(*journal));
    char query[256];
    char *answer;

    ck_assert_ptr_nonnull(journal);
    snprintf(query, sizeof(query), "requests?path=%s", path);
    answer = ask(query, NULL);
    journal->document = cJSON_Parse(answer);
    free(answer);
    journal->requests = cJSON_GetObjectItemCaseSensitive(journal->document, "requests");
    ck_assert_ptr_nonnull(journal->requests);
    return journal;
}

void sandbox_forget(sandbox_journal *journal)
{
    cJSON_Delete(journal->document);
    free(journal);
}

size_t sandbox_count(const sandbox_journal *journal)
{
    return (size_t)cJSON_GetArraySize(journal->requests);
}

static const cJSON *member(const sandbox_journal *journal, size_t index, const char *name)
{
    const cJSON *request = cJSON_GetArrayItem(journal->requests, (int)index);

    ck_assert_ptr_nonnull(request);
    return cJSON_GetObjectItemCaseSensitive(request, name);
}

static const char *member_text(const sandbox_journal *journal, size_t index, const char *name)
{
    const char *found = cJSON_GetStringValue(member(journal, index, name));

    return found ? found : "";
}

const char *sandbox_header(const sandbox_journal *journal, size_t index, const char *name)
{
    const cJSON *header;

    cJSON_ArrayForEach(header, member(journal, index, "headers"))
    {
        const char *called = cJSON_GetStringValue(cJSON_GetArrayItem(header, 0));

        if (called && strcasecmp(called, name) == 0)
            return cJSON_GetStringValue(cJSON_GetArrayItem(header, 1));
    }
    return "";
}

const char *sandbox_path(const sandbox_journal *journal, size_t index)
{
    return member_text(journal, index, "path");
}

const char *sandbox_body(const sandbox_journal *journal, size_t index)
{
    return member_text(journal, index, "body");
}

int sandbox_status(const sandbox_journal *journal, size_t index)
{
    const cJSON *answer = member(journal, index, "answer");
    const cJSON *status = cJSON_GetObjectItemCaseSensitive(answer, "status");

    return cJSON_IsNumber(status) ? status->valueint : 0;
}

size_t sandbox_await(const char *path, size_t least)
{
    const struct timespec moment = {0, 10000000};
    size_t count = 0;
    int tries;

    for (tries = 0; tries < 1000; tries++) {
        sandbox_journal *journal = sandbox_read(path);

        count = sandbox_count(journal);
        sandbox_forget(journal);
        if (count >= least)
            break;
        (void)nanosleep(&moment, NULL);
    }
    return count;
}
