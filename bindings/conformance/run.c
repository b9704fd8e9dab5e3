/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * usage: sessionpay-sandbox -- run JOURNAL defaults.json cases.json...
 *
 * Plays conformance cases with the C library; README.md has their format. Prints TAP, and writes
 * the requests that each case caused to JOURNAL, a line of JSON per case.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sessionpay/sessionpay.h>

#include "layout.h"
#include "sandbox.h"

/* ---- Providers, all alike -------------------------------------------------------------------- */

struct provider {
    const char *name;
    const struct layout *options, *request, *session;
    spay_status (*make)(spay_client *client, const void *options, void **account,
                        spay_error **error);
    spay_status (*create)(void *account, const void *request, const spay_call_options *options,
                          void **session, spay_error **error);
    spay_status (*call_new)(void *account, const void *request, const spay_call_options *options,
                            spay_call **call, spay_error **error);
    spay_status (*from_call)(spay_call *call, void **session, spay_error **error);
    void (*free_account)(void *account);
    void (*free_session)(void *session);
};

#define FUNCTIONS(name)                                                                            \
    static spay_status make_##name(spay_client *client, const void *options, void **account,       \
                                   spay_error **error)                                             \
    {                                                                                              \
        spay_##name *made;                                                                         \
        spay_status status = spay_##name##_new(client, options, &made, error);                     \
        *account = made;                                                                           \
        return status;                                                                             \
    }                                                                                              \
    static spay_status create_##name(void *account, const void *request,                           \
                                     const spay_call_options *options, void **session,             \
                                     spay_error **error)                                           \
    {                                                                                              \
        spay_##name##_session *made;                                                               \
        spay_status status =                                                                       \
            spay_##name##_session_create(account, request, options, &made, error);                 \
        *session = made;                                                                           \
        return status;                                                                             \
    }                                                                                              \
    static spay_status call_new_##name(void *account, const void *request,                         \
                                       const spay_call_options *options, spay_call **call,         \
                                       spay_error **error)                                         \
    {                                                                                              \
        return spay_##name##_session_call_new(account, request, options, call, error);             \
    }                                                                                              \
    static spay_status from_call_##name(spay_call *call, void **session, spay_error **error)       \
    {                                                                                              \
        spay_##name##_session *made;                                                               \
        spay_status status = spay_##name##_session_from_call(call, &made, error);                  \
        *session = made;                                                                           \
        return status;                                                                             \
    }                                                                                              \
    static void free_##name(void *account)                                                         \
    {                                                                                              \
        spay_##name##_free(account);                                                               \
    }                                                                                              \
    static void free_session_##name(void *session)                                                 \
    {                                                                                              \
        spay_##name##_session_free(session);                                                       \
    }

#define ROW(name)                                                                                  \
    {                                                                                              \
#name, &layout_spay_##name##_options, &layout_spay_##name##_session_request,               \
            &layout_spay_##name##_session, make_##name, create_##name, call_new_##name,            \
            from_call_##name, free_##name, free_session_##name                                     \
    }

FUNCTIONS(wepay)
FUNCTIONS(hosted_fields)
FUNCTIONS(connect_server)
FUNCTIONS(connect_client)

enum {
    WEPAY,
    HOSTED_FIELDS,
    CONNECT_SERVER,
    CONNECT_CLIENT,
    PROVIDERS
};

static const struct provider providers[PROVIDERS] = {ROW(wepay), ROW(hosted_fields),
                                                     ROW(connect_server), ROW(connect_client)};

/* ---- A case ---------------------------------------------------------------------------------- */

struct play {
    const cJSON *defaults, *described;
    spay_client *client;
    void *accounts[PROVIDERS];
    void *server_session; /* the latest: accounts of connect_client are made of it */
    cJSON *result;        /* of the latest step: {"session": {...}} or {"error": {...}} */
};

static const cJSON *at(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

/* JSON Merge Patch: null removes a member. */
static void merge(cJSON *into, const cJSON *patch)
{
    const cJSON *value;
    cJSON_ArrayForEach(value, patch)
    {
        cJSON *present = cJSON_GetObjectItemCaseSensitive(into, value->string);
        if (cJSON_IsObject(present) && cJSON_IsObject(value)) {
            merge(present, value);
            continue;
        }
        cJSON_DeleteItemFromObjectCaseSensitive(into, value->string);
        if (!cJSON_IsNull(value))
            cJSON_AddItemToObject(into, value->string, cJSON_Duplicate(value, 1));
    }
}

static const cJSON *of_result(const struct play *play, const char *name)
{
    const cJSON *session = at(play->result, "session");
    const cJSON *found = at(session ? session : at(play->result, "error"), name);
    return found ? found : at(at(session, "info"), name);
}

/* "$SPAY_..." is a variable of the sandbox, "$name" a member of the latest session or error. */
static void resolve(const struct play *play, cJSON *value)
{
    const char *text = cJSON_GetStringValue(value);
    if (text && text[0] == '$') {
        const cJSON *found = of_result(play, text + 1);
        const char *resolved =
            strncmp(text, "$SPAY_", 6) == 0 ? getenv(text + 1) : cJSON_GetStringValue(found);
        if (!resolved) {
            fprintf(stderr, "conformance: nothing is known of %s\n", text);
            exit(2);
        }
        cJSON_SetValuestring(value, resolved);
    }
    cJSON *child;
    cJSON_ArrayForEach(child, value) resolve(play, child);
}

/* What defaults.json says of `kind` ("options", "request"), and over it what the case says. */
static cJSON *described(const struct play *play, const char *provider, const char *kind,
                        const cJSON *patch)
{
    const cJSON *base = at(at(play->defaults, provider), kind);
    cJSON *made = base ? cJSON_Duplicate(base, 1) : cJSON_CreateObject();
    merge(made, patch);
    resolve(play, made);
    return made;
}

/* ---- Errors and sessions as JSON ------------------------------------------------------------- */

static cJSON *show_fields(const spay_error *error)
{
    cJSON *fields = cJSON_CreateArray();
    for (size_t i = 0; i < spay_error_field_count(error); i++) {
        cJSON *field = cJSON_CreateObject();
        cJSON_AddStringToObject(field, "path", spay_error_field_path(error, i));
        cJSON_AddStringToObject(field, "code", spay_error_field_code(error, i));
        cJSON_AddStringToObject(field, "message", spay_error_field_message(error, i));
        cJSON_AddItemToArray(fields, field);
    }
    return fields;
}

static cJSON *show_error(const spay_error *error)
{
    cJSON *shown = cJSON_CreateObject();
#define SHOW_TEXT(name, text) cJSON_AddStringToObject(shown, name, text)
#define SHOW_NUMBER(name, number) cJSON_AddNumberToObject(shown, name, (double)(number))
    SHOW_TEXT("status", spay_error_name(error));
    SHOW_TEXT("message", spay_error_message(error));
    SHOW_TEXT("reason", spay_error_reason(error));
    SHOW_NUMBER("stage", spay_error_stage(error));
    SHOW_TEXT("provider", spay_provider_name(spay_error_provider(error)));
    SHOW_TEXT("provider_code", spay_error_provider_code(error));
    SHOW_NUMBER("http_status", spay_error_http_status(error));
    SHOW_TEXT("request_id", spay_error_request_id(error));
    SHOW_NUMBER("attempts", spay_error_attempts(error));
    SHOW_NUMBER("requests_sent", spay_error_requests_sent(error));
    cJSON_AddBoolToObject(shown, "retryable", spay_error_retryable(error));
    SHOW_NUMBER("retry_after_ms", spay_error_retry_after_ms(error));
    SHOW_TEXT("outcome", spay_outcome_name(spay_error_outcome(error)));
    SHOW_TEXT("idempotency_key", spay_error_idempotency_key(error));
    SHOW_TEXT("body", spay_error_body(error, NULL));
    cJSON_AddItemToObject(shown, "fields", show_fields(error));
    return shown;
}

static cJSON *result_of(spay_error *error, const struct layout *layout, const void *session)
{
    cJSON *result = cJSON_CreateObject();
    if (error)
        cJSON_AddItemToObject(result, "error", show_error(error));
    else
        cJSON_AddItemToObject(result, "session", layout_show(layout, session));
    spay_error_free(error);
    return result;
}

/* Whether `got` has all that is expected; prints what differs. */
static int matches(const cJSON *expected, const cJSON *got, const cJSON *before)
{
    const char *text = cJSON_GetStringValue(expected);
    if (text && strcmp(text, "$SAME") == 0)
        return matches(before, got, NULL);
    if (text && strcmp(text, "$SOME") == 0)
        return cJSON_GetStringValue(got) && *cJSON_GetStringValue(got);
    if (!cJSON_IsObject(expected) && !cJSON_IsArray(expected))
        return cJSON_Compare(expected, got, 1);
    if (cJSON_IsArray(expected) && cJSON_GetArraySize(expected) != cJSON_GetArraySize(got))
        return 0;
    const cJSON *child;
    int index = 0, same = got != NULL;
    cJSON_ArrayForEach(child, expected)
    {
        const cJSON *other =
            child->string ? at(got, child->string) : cJSON_GetArrayItem(got, index++);
        int fits = matches(child, other, child->string ? at(before, child->string) : NULL);
        if (!fits && child->string)
            printf("# %s is not as expected\n", child->string);
        same = same && fits;
    }
    return same;
}

/* ---- Steps ----------------------------------------------------------------------------------- */

static int provider_of(const char *name)
{
    for (int i = 0; i < PROVIDERS; i++)
        if (strcmp(providers[i].name, name) == 0)
            return i;
    fprintf(stderr, "conformance: there is no provider %s\n", name);
    exit(2);
}

static spay_error *make_account(struct play *play, int which)
{
    const cJSON *patch = at(at(play->described, "options"), providers[which].name);
    spay_error *error = NULL;
    if (which == CONNECT_CLIENT && !patch) {
        spay_connect_client *made;
        spay_connect_client_from_session(play->accounts[CONNECT_SERVER], play->server_session,
                                         &made, &error);
        play->accounts[which] = made;
        return error;
    }
    cJSON *options = described(play, providers[which].name, "options", patch);
    providers[which].make(play->client, layout_fill(providers[which].options, options),
                          &play->accounts[which], &error);
    cJSON_Delete(options);
    return error;
}

static void keep_session(struct play *play, int which, void *session)
{
    if (which == CONNECT_SERVER && session) {
        free_session_connect_server(play->server_session);
        play->server_session = session;
    } else {
        providers[which].free_session(session);
    }
}

/* Drives the call until it is done, and cancels it when the sandbox has received so many requests. */
static void run_canceled(const struct play *play, spay_call *call, int after)
{
    spay_multi *multi = NULL;
    if (after == 0)
        spay_call_cancel(call);
    spay_multi_new(play->client, NULL, &multi, NULL);
    spay_multi_add(multi, call, NULL, NULL);
    while (spay_multi_poll(multi, 10) > 0) {
        cJSON *requests = sandbox_requests();
        if (cJSON_GetArraySize(requests) >= after)
            spay_call_cancel(call);
        cJSON_Delete(requests);
    }
    spay_multi_free(multi);
}

static void create_canceled(struct play *play, int which, const void *request,
                            const spay_call_options *options, int after, void **session,
                            spay_error **error)
{
    spay_call *call = NULL;
    if (providers[which].call_new(play->accounts[which], request, options, &call, error) != SPAY_OK)
        return;
    run_canceled(play, call, after);
    providers[which].from_call(call, session, error);
    spay_call_free(call);
}

/* The Apple Pay convenience call, canceled or not. */
static void create_both(struct play *play, const cJSON *cancel,
                        const spay_connect_server_session_request *server_request,
                        const spay_connect_client_session_request *request,
                        const spay_call_options *options, spay_connect_server_session **first,
                        spay_connect_client_session **second, spay_error **error)
{
    spay_call *call = NULL;
    if (!cancel) {
        spay_connect_apple_pay_session_create(play->accounts[CONNECT_SERVER], server_request,
                                              request, options, first, second, error);
        return;
    }
    if (spay_connect_apple_pay_session_call_new(play->accounts[CONNECT_SERVER], server_request,
                                                request, options, &call, error) != SPAY_OK)
        return;
    run_canceled(play, call, cancel->valueint);
    spay_connect_apple_pay_session_from_call(call, first, second, error);
    spay_call_free(call);
}

static cJSON *create(struct play *play, int which, const cJSON *step)
{
    const struct provider *provider = &providers[which];
    void *session = NULL;
    spay_error *error = play->accounts[which] ? NULL : make_account(play, which);
    cJSON *request = described(play, provider->name, "request", at(step, "request"));
    cJSON *call = described(play, "call", "options", at(step, "call"));
    void *filled = layout_fill(provider->request, request);
    void *options = layout_fill(&layout_spay_call_options, call);
    if (!error && at(step, "cancel"))
        create_canceled(play, which, filled, options, at(step, "cancel")->valueint, &session,
                        &error);
    else if (!error)
        provider->create(play->accounts[which], filled, options, &session, &error);
    cJSON *result = result_of(error, provider->session, session);
    keep_session(play, which, session);
    cJSON_Delete(request);
    cJSON_Delete(call);
    return result;
}

/* The Apple Pay convenience call; its result is that of connect_client. */
static cJSON *create_apple_pay(struct play *play, const cJSON *step)
{
    spay_connect_server_session *server_session = NULL;
    spay_connect_client_session *session = NULL;
    spay_error *error = NULL;
    if (!play->accounts[CONNECT_SERVER])
        error = make_account(play, CONNECT_SERVER);
    cJSON *server_request =
        described(play, "connect_server", "request", at(step, "server_request"));
    cJSON *request = described(play, "connect_client", "request", at(step, "request"));
    cJSON *call = described(play, "call", "options", at(step, "call"));
    if (!error)
        create_both(play, at(step, "cancel"),
                    layout_fill(&layout_spay_connect_server_session_request, server_request),
                    layout_fill(&layout_spay_connect_client_session_request, request),
                    layout_fill(&layout_spay_call_options, call), &server_session, &session,
                    &error);
    cJSON *result = result_of(error, &layout_spay_connect_client_session, session);
    keep_session(play, CONNECT_SERVER, server_session);
    keep_session(play, CONNECT_CLIENT, session);
    cJSON_Delete(server_request);
    cJSON_Delete(request);
    cJSON_Delete(call);
    return result;
}

static int play_step(struct play *play, const cJSON *step)
{
    const cJSON *named =
        at(step, "provider") ? at(step, "provider") : at(play->described, "provider");
    cJSON *before = play->result;
    if (at(step, "faults"))
        sandbox_post("faults", at(step, "faults"));
    if (at(step, "expire"))
        sandbox_post("expire", NULL);
    if (at(step, "release"))
        sandbox_post("release", NULL);
    if (strcmp(named->valuestring, "apple_pay") == 0)
        play->result = create_apple_pay(play, step);
    else
        play->result = create(play, provider_of(named->valuestring), step);
    int passed = matches(at(step, "expect"), play->result, before);
    if (!passed) {
        char *text = cJSON_Print(play->result);
        for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
            printf("# %s\n", line);
        cJSON_free(text);
    }
    cJSON_Delete(before);
    layout_free_all();
    return passed;
}

/* ---- Cases ----------------------------------------------------------------------------------- */

static void write_journal(FILE *journal, const cJSON *name)
{
    cJSON *line = cJSON_CreateObject();
    cJSON_AddItemToObject(line, "case", cJSON_Duplicate(name, 0));
    cJSON_AddItemToObject(line, "requests", sandbox_requests());
    char *text = cJSON_PrintUnformatted(line);
    fprintf(journal, "%s\n", text);
    cJSON_free(text);
    cJSON_Delete(line);
}

static int make_client(struct play *play)
{
    cJSON *options = described(play, "client", "options", at(play->described, "client"));
    spay_client_new(layout_fill(&layout_spay_client_options, options), &play->client, NULL);
    cJSON_Delete(options);
    layout_free_all();
    return play->client != NULL;
}

static int play_case(const cJSON *defaults, const cJSON *described_case, FILE *journal)
{
    struct play play = {.defaults = defaults, .described = described_case};
    const cJSON *step;
    sandbox_post("reset", NULL);
    int passed = make_client(&play);
    cJSON_ArrayForEach(step, at(described_case, "steps")) passed = passed && play_step(&play, step);
    write_journal(journal, at(described_case, "name"));
    for (int i = 0; i < PROVIDERS; i++)
        providers[i].free_account(play.accounts[i]);
    free_session_connect_server(play.server_session);
    spay_client_free(play.client);
    cJSON_Delete(play.result);
    return passed;
}

static cJSON *read_json(const char *path)
{
    static char text[1 << 20];
    FILE *file = fopen(path, "rb");
    size_t length = file ? fread(text, 1, sizeof text - 1, file) : 0;
    text[length] = '\0';
    cJSON *json = cJSON_Parse(text);
    if (!json) {
        fprintf(stderr, "conformance: %s cannot be read as JSON\n", path);
        exit(2);
    }
    fclose(file);
    return json;
}

int main(int argc, char **argv)
{
    FILE *journal = argc > 3 ? fopen(argv[1], "wb") : NULL;
    int count = 0, failed = 0;
    if (!journal) {
        fprintf(stderr, "usage: sessionpay-sandbox -- run JOURNAL defaults.json cases.json...\n");
        return 2;
    }
    cJSON *defaults = read_json(argv[2]);
    for (int i = 3; i < argc; i++) {
        cJSON *cases = read_json(argv[i]), *one;
        cJSON_ArrayForEach(one, cases)
        {
            int passed = play_case(defaults, one, journal);
            failed += !passed;
            printf("%sok %d - %s\n", passed ? "" : "not ", ++count, at(one, "name")->valuestring);
        }
        cJSON_Delete(cases);
    }
    cJSON_Delete(defaults);
    printf("1..%d\n", count);
    return fclose(journal) != 0 || failed;
}
