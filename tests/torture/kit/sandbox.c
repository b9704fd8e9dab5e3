/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Accounts at a server, calls with them, and the sandbox's controls.
 */
#include "torture/kit/sandbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "torture/kit/torture.h"

/* ---- accounts ---- */

static const char *setting(const char *name, const char *fallback)
{
    const char *value = getenv(name);

    return value && *value ? value : fallback;
}

bool open_at(test_accounts *opened, const char *base_url, const spay_client_options *options)
{
    char hosted_fields_url[ACCOUNTS_URL_SIZE];
    accounts_setup setup = accounts_setup_at(base_url, hosted_fields_url);
    spay_client_options caller_options = SPAY_CLIENT_OPTIONS_INIT;

    if (options)
        caller_options = *options;
    if (!caller_options.ca_file)
        caller_options.ca_file = getenv("SPAY_CA_FILE");
    setup.app_id = setting("SPAY_WEPAY_APP_ID", setup.app_id);
    setup.app_token = setting("SPAY_WEPAY_APP_TOKEN", setup.app_token);
    setup.client_session_id = NULL; /* the client API is on hosts of Worldline alone */
    setup.api_key = setting("SPAY_HOSTED_FIELDS_API_KEY", setup.api_key);
    return accounts_open_at(opened, &setup, &caller_options);
}

spay_status create_session(const test_accounts *opened, account_kind kind,
                           const spay_call_options *options, char id[80], spay_error **error)
{
    void *session = NULL;
    spay_error *own = NULL;
    spay_status status =
        accounts_create_session(opened, kind, options, &session, error ? error : &own);

    if (id)
        snprintf(id, 80, "%s", session ? accounts_session_info(session)->value : "");
    accounts_free_session(kind, session);
    spay_error_free(own);
    return status;
}

spay_status create_session_with_key(const test_accounts *opened, account_kind kind, const char *key)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;

    options.idempotency_key = key;
    return create_session(opened, kind, &options, NULL, NULL);
}

void explain_error(spay_error *error)
{
    if (error)
        tap_note("%s %s: %s (attempts %d, sent %d, outcome %s, %lld ms)", spay_error_name(error),
                 spay_error_reason(error), spay_error_message(error),
                 (int)spay_error_attempts(error), (int)spay_error_requests_sent(error),
                 spay_outcome_name(spay_error_outcome(error)),
                 (long long)spay_error_elapsed_ms(error));
    spay_error_free(error);
}

/* ---- the sandbox ---- */

const char *sandbox_url(void)
{
    const char *url = getenv("SPAY_SANDBOX_URL");

    return url && *url ? url : NULL;
}

uint16_t sandbox_port(void)
{
    const char *url = sandbox_url();
    const char *colon = url ? strrchr(url, ':') : NULL;

    return colon ? (uint16_t)strtoul(colon + 1, NULL, 10) : 0;
}

typedef struct text {
    char *bytes;
    size_t length;
} text;

static size_t collect(char *bytes, size_t size, size_t count, void *ctx)
{
    text *kept = ctx;
    char *longer = realloc(kept->bytes, kept->length + size * count + 1);

    if (!longer)
        return 0;
    memcpy(longer + kept->length, bytes, size * count);
    kept->bytes = longer;
    kept->length += size * count;
    longer[kept->length] = '\0';
    return size * count;
}

static void prepare(CURL *easy, const char *url, const char *method, const char *body, text *kept)
{
    (void)curl_easy_setopt(easy, CURLOPT_URL, url);
    (void)curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
    if (body)
        (void)curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
    (void)curl_easy_setopt(easy, CURLOPT_CAINFO, getenv("SPAY_CA_FILE"));
    (void)curl_easy_setopt(easy, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 20000L);
    (void)curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, collect);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, kept);
}

char *sandbox_ask(const char *method, const char *path, const char *body)
{
    text kept = {NULL, 0};
    char url[256];
    CURL *easy = curl_easy_init();
    CURLcode code = CURLE_OUT_OF_MEMORY;

    snprintf(url, sizeof(url), "%s/_sandbox/%s", sandbox_url(), path);
    if (easy) {
        prepare(easy, url, method, body, &kept);
        code = curl_easy_perform(easy);
    }
    curl_easy_cleanup(easy);
    if (code == CURLE_OK)
        return kept.bytes;
    free(kept.bytes);
    return NULL;
}

int64_t json_number(const char *json, const char *name)
{
    char quoted[64];
    const char *found;

    snprintf(quoted, sizeof(quoted), "\"%s\":", name);
    found = json ? strstr(json, quoted) : NULL;
    return found ? strtoll(found + strlen(quoted), NULL, 10) : -1;
}

bool sandbox_connects_libcurl(const char *ca_file, int64_t timeout_ms)
{
    CURL *easy = curl_easy_init();
    CURLcode code = CURLE_FAILED_INIT;

    if (easy && curl_easy_setopt(easy, CURLOPT_URL, sandbox_url()) == CURLE_OK) {
        (void)curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file);
        (void)curl_easy_setopt(easy, CURLOPT_PROXY, "");
        (void)curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
        (void)curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
        code = curl_easy_perform(easy);
    }
    curl_easy_cleanup(easy);
    return code == CURLE_OK;
}
