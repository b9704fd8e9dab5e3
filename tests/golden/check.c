/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Comparing what was sent, and the session or error, with the fixture.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "golden/expand.h"
#include "golden/play.h"
#include "golden/text.h"

/* ---- Placeholders ---------------------------------------------------------------------------- */

static const spay_session_info *info_of(const golden_play *play)
{
    const spay_session_info *info = NULL;

    if (play->session)
        memcpy(&info, play->session, sizeof(info));
    return info;
}

const char *golden_key(const golden_play *play)
{
    const spay_session_info *info = info_of(play);

    return info ? info->idempotency_key : spay_error_idempotency_key(play->error);
}

static int is_uuid4(const char *text)
{
    const char *model = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";

    for (; *model && *text; model++, text++) {
        if (*model == 'x'   ? !strchr("0123456789abcdef", *text)
            : *model == 'y' ? !strchr("89ab", *text)
                            : *model != *text)
            return 0;
    }
    return !*model && !*text;
}

/* Put the key that the library made in the place of ${key}. */
static char *with_key(const golden_play *play, char *text)
{
    const char *key = golden_key(play);

    if (!strstr(text, "${key}"))
        return text;
    if (!is_uuid4(key))
        golden_fault(play->report, "the key is no UUIDv4: \"%s\"", key);
    return golden_replace(text, "${key}", key);
}

/* The wall clock when request `index` was made. */
static int64_t request_time(const golden_play *play, size_t index)
{
    return play->now_ms + spay_mock_request_at_ms(play->mock, index);
}

/* Put the date of request `index` in the place of ${date}. */
static char *with_date(const golden_play *play, char *text, size_t index)
{
    time_t seconds = (time_t)(request_time(play, index) / 1000);
    struct tm parts;
    char date[64] = "";

    if (gmtime_r(&seconds, &parts))
        strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return golden_replace(text, "${date}", date);
}

/* The signature that request `index` bears, if it looks like one; "" otherwise. */
static const char *signature_of(const golden_play *play, size_t index)
{
    const char *base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *value = spay_mock_request_header(play->mock, index, "Authorization");
    const char *colon = value ? strrchr(value, ':') : NULL;

    if (!colon || strlen(colon + 1) != 44)
        return "";
    return strspn(colon + 1, base64) == 43 && colon[44] == '=' ? colon + 1 : "";
}

/* ---- Requests -------------------------------------------------------------------------------- */

/* The key of v1HMAC, as the case gives it. */
static const char *secret_of(const golden_play *play)
{
    const cJSON *account = cJSON_GetObjectItemCaseSensitive(play->fixture->input, "account");
    const char *secret =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(account, "secret_api_key"));

    return secret ? secret : "";
}

static char *expected_request(const golden_play *play, size_t index)
{
    const char *text = play->fixture->exchanges[index].request;
    char *expected = golden_copy(text, strlen(text));

    expected = with_key(play, expected);
    expected = with_date(play, expected, index);
    expected = golden_expand_version(expected);
    expected = golden_expand_signature(expected, secret_of(play));
    return golden_replace(expected, "${signature}", signature_of(play, index));
}

static char *sent_request(const golden_play *play, size_t index)
{
    size_t length = 0;
    const char *body = spay_mock_request_body(play->mock, index, &length);

    if (strlen(body) != length)
        golden_fault(play->report, "request %zu has a NUL in its body", index + 1);
    return golden_format("%s %s\n%s\n%s", spay_mock_request_method(play->mock, index),
                         spay_mock_request_url(play->mock, index),
                         spay_mock_request_headers(play->mock, index), body);
}

char *golden_request_text(const golden_play *play, size_t index)
{
    const char *old = play->fixture->exchanges[index].request;
    const char *signature = signature_of(play, index);
    const char *date = spay_mock_request_header(play->mock, index, "Date");
    char *text = sent_request(play, index);

    if (strstr(old, "${key}"))
        text = golden_replace(text, golden_key(play), "${key}");
    if (strstr(old, "${signature}"))
        text = golden_replace(text, signature, "${signature}");
    else if (*signature)
        text = golden_replace(text, signature, "${v1hmac}");
    if (date && strstr(old, "${date}"))
        text = golden_replace(text, date, "${date}");
    return golden_collapse_version(text);
}

static void check_requests(const golden_play *play)
{
    size_t made = spay_mock_request_count(play->mock);
    size_t count = made < play->fixture->count ? made : play->fixture->count;

    golden_same_number(play->report, "number of requests", (int64_t)play->fixture->count,
                       (int64_t)made);
    for (size_t i = 0; i < count; i++) {
        char *what = golden_format("request %zu", i + 1);
        char *expected = expected_request(play, i);
        char *sent = sent_request(play, i);
        golden_same_text(play->report, what, expected, sent);
        free(what);
        free(expected);
        free(sent);
    }
}

/* ---- Secrets --------------------------------------------------------------------------------- */

/* Complain about a secret that shows in a log line or message. Short ones prove nothing. */
static void check_secret(const void *ctx, const char *secret)
{
    const golden_play *play = ctx;

    if (strlen(secret) < 8)
        return;
    if (play->log && strstr(play->log, secret))
        golden_fault(play->report, "the log shows a secret: %s", secret);
    if (strstr(spay_error_message(play->error), secret))
        golden_fault(play->report, "the error message shows a secret: %s", secret);
}

/* The secrets that a reply brings. */
static void check_reply_secrets(const golden_play *play, const char *body)
{
    static const char *const names[] = {"access_token", "session_token", "token",
                                        "clientSessionId"};
    cJSON *json = cJSON_Parse(body ? body : "");

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, names[i]);
        if (cJSON_IsString(item))
            check_secret(play, item->valuestring);
    }
    cJSON_Delete(json);
}

static void check_secrets(const golden_play *play)
{
    if (play->options)
        golden_each_secret(&play->provider->options, play->options, check_secret, play);
    if (play->request)
        golden_each_secret(&play->provider->request, play->request, check_secret, play);
    if (play->client_options.key_secret)
        check_secret(play, play->client_options.key_secret);
    if (play->session)
        check_secret(play, info_of(play)->value);
    for (size_t i = 0; i < play->fixture->count; i++)
        check_reply_secrets(play, play->fixture->exchanges[i].body);
}

/* ---- Errors ---------------------------------------------------------------------------------- */

static const char *error_stage(const spay_error *error)
{
    static const char *const names[] = {"none", "input", "token", "request", "reply"};
    int32_t stage = spay_error_stage(error);

    return stage >= 0 && stage <= SPAY_STAGE_REPLY ? names[stage] : "?";
}

static const char *error_outcome(const spay_error *error)
{
    return spay_outcome_name(spay_error_outcome(error));
}

static const char *error_provider(const spay_error *error)
{
    return spay_provider_name(spay_error_provider(error));
}

static const char *error_body(const spay_error *error)
{
    return spay_error_body(error, NULL);
}

/* The members of "error": text, or a number. */
static const struct {
    const char *name;
    const char *(*text)(const spay_error *error);
    int32_t (*number)(const spay_error *error);
    int64_t (*wide)(const spay_error *error);
} error_members[] = {
    {.name = "status", .text = spay_error_name},
    {.name = "stage", .text = error_stage},
    {.name = "reason", .text = spay_error_reason},
    {.name = "provider", .text = error_provider},
    {.name = "provider_code", .text = spay_error_provider_code},
    {.name = "outcome", .text = error_outcome},
    {.name = "request_id", .text = spay_error_request_id},
    {.name = "idempotency_key", .text = spay_error_idempotency_key},
    {.name = "message", .text = spay_error_message},
    {.name = "body", .text = error_body},
    {.name = "http_status", .number = spay_error_http_status},
    {.name = "attempts", .number = spay_error_attempts},
    {.name = "requests_sent", .number = spay_error_requests_sent},
    {.name = "retryable", .number = spay_error_retryable},
    {.name = "retry_after_ms", .wide = spay_error_retry_after_ms},
};

/* Compare one member of "error"; false if there is no such member. */
static int check_error_member(const golden_play *play, const cJSON *json)
{
    const spay_error *error = play->error;

    for (size_t i = 0; i < sizeof(error_members) / sizeof(error_members[0]); i++) {
        if (strcmp(error_members[i].name, json->string) != 0)
            continue;
        if (error_members[i].text) {
            const char *text = cJSON_GetStringValue(json);
            golden_same_text(play->report, json->string, text, error_members[i].text(error));
        } else {
            int64_t number = golden_number(play->report, json->string, json);
            golden_same_number(play->report, json->string, number,
                               error_members[i].number ? error_members[i].number(error)
                                                       : error_members[i].wide(error));
        }
        return 1;
    }
    return 0;
}

/* One member of "error", as it is. */
static cJSON *describe_error_member(const golden_play *play, const char *name)
{
    const spay_error *error = play->error;

    for (size_t i = 0; i < sizeof(error_members) / sizeof(error_members[0]); i++) {
        if (strcmp(error_members[i].name, name) != 0)
            continue;
        if (error_members[i].text)
            return cJSON_CreateString(error_members[i].text(error));
        return cJSON_CreateNumber(error_members[i].number ? error_members[i].number(error)
                                                          : (double)error_members[i].wide(error));
    }
    return cJSON_CreateNull();
}

/* Compare what a field error lists of path, code and message. */
static void check_field(const golden_play *play, const cJSON *json, size_t index)
{
    static const struct {
        const char *name;
        const char *(*get)(const spay_error *error, size_t index);
    } parts[] = {
        {"path", spay_error_field_path},
        {"code", spay_error_field_code},
        {"message", spay_error_field_message},
    };

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        const cJSON *part = cJSON_GetObjectItemCaseSensitive(json, parts[i].name);
        char *what = golden_format("fields[%zu].%s", index, parts[i].name);
        if (part)
            golden_same_text(play->report, what, cJSON_GetStringValue(part),
                             parts[i].get(play->error, index));
        free(what);
    }
}

static cJSON *describe_fields(const golden_play *play, const cJSON *old)
{
    int messages = cJSON_HasObjectItem(cJSON_GetArrayItem(old, 0), "message");
    cJSON *list = cJSON_CreateArray();

    for (size_t i = 0; i < spay_error_field_count(play->error); i++) {
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "path", spay_error_field_path(play->error, i));
        cJSON_AddStringToObject(item, "code", spay_error_field_code(play->error, i));
        if (messages)
            cJSON_AddStringToObject(item, "message", spay_error_field_message(play->error, i));
        cJSON_AddItemToArray(list, item);
    }
    return list;
}

/* All of the field errors as one text, to show them side by side. */
static char *paths_of_error(const spay_error *error)
{
    char *paths = golden_copy("", 0);

    for (size_t i = 0; i < spay_error_field_count(error); i++) {
        char *longer = golden_format("%s%s %s\n", paths, spay_error_field_path(error, i),
                                     spay_error_field_code(error, i));
        free(paths);
        paths = longer;
    }
    return paths;
}

static void check_fields(const golden_play *play, const cJSON *json)
{
    const cJSON *item = NULL;
    size_t index = 0;

    if ((size_t)cJSON_GetArraySize(json) != spay_error_field_count(play->error)) {
        char *paths = paths_of_error(play->error);
        golden_fault(play->report, "expected %d field errors, got %zu: %s",
                     cJSON_GetArraySize(json), spay_error_field_count(play->error), paths);
        free(paths);
    }
    cJSON_ArrayForEach(item, json) check_field(play, item, index++);
}

static void check_error(const golden_play *play, const cJSON *json)
{
    const char *provider = play->client ? play->provider->name : "none";
    const cJSON *item = NULL;

    if (!cJSON_GetObjectItemCaseSensitive(json, "status"))
        golden_fault(play->report, "fixture: the error has no status");
    if (!cJSON_GetObjectItemCaseSensitive(json, "provider"))
        golden_same_text(play->report, "provider", provider, error_provider(play->error));
    cJSON_ArrayForEach(item, json)
    {
        if (strcmp(item->string, "fields") == 0)
            check_fields(play, item);
        else if (!check_error_member(play, item))
            golden_fault(play->report, "fixture: there is no member \"error.%s\"", item->string);
    }
    golden_same_number(play->report, "status of the function", spay_error_status(play->error),
                       play->status);
    golden_same_number(play->report, "elapsed_ms", spay_mock_now_ms(play->mock),
                       spay_error_elapsed_ms(play->error));
}

/* The members that the fixture lists, or those that most fixtures do. */
static cJSON *describe_error(const golden_play *play, const cJSON *old)
{
    static const char usual[] =
        "{\"status\":0,\"http_status\":0,\"stage\":0,\"provider_code\":0,\"outcome\":0,"
        "\"retryable\":0,\"attempts\":0,\"requests_sent\":0,\"fields\":[]}";
    cJSON *model = old ? cJSON_Duplicate(old, 1) : cJSON_Parse(usual);
    cJSON *json = cJSON_CreateObject();
    const cJSON *item = NULL;

    cJSON_ArrayForEach(item, model)
    {
        int fields = strcmp(item->string, "fields") == 0;
        cJSON_AddItemToObject(json, item->string,
                              fields ? describe_fields(play, item)
                                     : describe_error_member(play, item->string));
    }
    cJSON_Delete(model);
    return json;
}

/* ---- Sessions -------------------------------------------------------------------------------- */

/* {"after_last_request_ms": N} becomes a time. */
static void resolve_expiry(const golden_play *play, cJSON *session)
{
    cJSON *info = cJSON_GetObjectItemCaseSensitive(session, "info");
    const cJSON *after = cJSON_GetObjectItemCaseSensitive(
        cJSON_GetObjectItemCaseSensitive(info, "expires_at_ms"), "after_last_request_ms");
    size_t count = spay_mock_request_count(play->mock);

    if (after && count) {
        int64_t lifetime = golden_number(play->report, "after_last_request_ms", after);
        double expiry = (double)(request_time(play, count - 1) + lifetime);
        cJSON_ReplaceItemInObjectCaseSensitive(info, "expires_at_ms", cJSON_CreateNumber(expiry));
    }
}

static void check_session(const golden_play *play, cJSON *json)
{
    const spay_session_info *info = info_of(play);
    const golden_exchange *last = &play->fixture->exchanges[play->fixture->count - 1];

    resolve_expiry(play, json);
    golden_compare(play->report, "session", &play->provider->session, json, play->session);
    golden_same_text(play->report, "info.provider", play->provider->name,
                     spay_provider_name(info->provider));
    golden_same_text(play->report, "info.raw_json", last->body, info->raw_json);
    golden_same_number(play->report, "info.elapsed_ms", spay_mock_now_ms(play->mock),
                       info->elapsed_ms);
    golden_same_number(play->report, "status of the function", SPAY_OK, play->status);
    if (play->error)
        golden_fault(play->report, "there is a session and an error");
}

/* With the expiry counted as the fixture counts it. */
static cJSON *describe_session(const golden_play *play, const cJSON *old)
{
    cJSON *json = golden_describe(&play->provider->session, play->session);
    cJSON *info = cJSON_GetObjectItemCaseSensitive(json, "info");
    const cJSON *expiry = cJSON_GetObjectItemCaseSensitive(
        cJSON_GetObjectItemCaseSensitive(old, "info"), "expires_at_ms");
    size_t count = spay_mock_request_count(play->mock);

    if (cJSON_IsObject(expiry) && count) {
        int64_t lifetime = info_of(play)->expires_at_ms - request_time(play, count - 1);
        cJSON *after = cJSON_CreateObject();
        cJSON_AddNumberToObject(after, "after_last_request_ms", (double)lifetime);
        cJSON_ReplaceItemInObjectCaseSensitive(info, "expires_at_ms", after);
    }
    return json;
}

/* ---- The whole ------------------------------------------------------------------------------- */

static char *describe(const golden_play *play)
{
    char *paths = paths_of_error(play->error);
    char *text =
        golden_format("%s (%s): %s; %s", spay_error_name(play->error),
                      spay_error_reason(play->error), spay_error_message(play->error), paths);

    free(paths);
    return text;
}

static void check_result(const golden_play *play, cJSON *expected)
{
    cJSON *session = cJSON_GetObjectItemCaseSensitive(expected, "session");
    cJSON *error = cJSON_GetObjectItemCaseSensitive(expected, "error");

    if (!session == !error) {
        golden_fault(play->report, "fixture: expected.json needs a session or an error");
    } else if (session && !play->session) {
        char *text = describe(play);
        golden_fault(play->report, "expected a session, got %s", text);
        free(text);
    } else if (error && !play->error) {
        golden_fault(play->report, "expected an error, got none");
    } else if (error && play->session) {
        golden_fault(play->report, "there is an error and a session");
    } else if (session) {
        check_session(play, session);
    } else {
        check_error(play, error);
    }
}

static void check_elapsed(const golden_play *play, const cJSON *expected)
{
    const cJSON *least = cJSON_GetObjectItemCaseSensitive(expected, "elapsed_at_least_ms");
    const cJSON *most = cJSON_GetObjectItemCaseSensitive(expected, "elapsed_at_most_ms");
    int64_t now = spay_mock_now_ms(play->mock);

    if (least && now < golden_number(play->report, least->string, least))
        golden_fault(play->report, "the call took only %ld ms", (long)now);
    if (most && now > golden_number(play->report, most->string, most))
        golden_fault(play->report, "the call took %ld ms", (long)now);
}

cJSON *golden_result_json(const golden_play *play)
{
    cJSON *json = cJSON_Parse(play->fixture->expected);
    cJSON *result = cJSON_CreateObject();
    cJSON *item = NULL;

    if (play->session)
        cJSON_AddItemToObject(
            result, "session",
            describe_session(play, cJSON_GetObjectItemCaseSensitive(json, "session")));
    else
        cJSON_AddItemToObject(
            result, "error", describe_error(play, cJSON_GetObjectItemCaseSensitive(json, "error")));
    cJSON_DeleteItemFromObjectCaseSensitive(json, "session");
    cJSON_DeleteItemFromObjectCaseSensitive(json, "error");
    while (json && json->child) { /* the bounds of the time stay */
        item = cJSON_DetachItemViaPointer(json, json->child);
        cJSON_AddItemToObject(result, item->string, item);
    }
    cJSON_Delete(json);
    return result;
}

void golden_check(const golden_play *play)
{
    const char *text = play->fixture->expected;
    char *expected = with_key(play, golden_copy(text, strlen(text)));
    cJSON *json = cJSON_Parse(expected);

    if (!json)
        golden_fault(play->report, "fixture: expected.json is not JSON");
    check_requests(play);
    check_result(play, json);
    check_elapsed(play, json);
    check_secrets(play);
    cJSON_Delete(json);
    free(expected);
}
