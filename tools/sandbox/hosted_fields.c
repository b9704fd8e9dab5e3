/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Payroc's Hosted Fields sessions. The order of the checks, and what is answered where the
 * documentation is silent, are assumptions; docs/sandbox.md lists them.
 */
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "apis.h"
#include "clock.h"
#include "deviation.h"
#include "exchange.h"
#include "grants.h"
#include "hint.h"
#include "identifier.h"
#include "json.h"
#include "options.h"
#include "problem.h"
#include "url.h"
#include "utf8.h"
#include "xalloc.h"

#define HOSTED_FIELDS_API_KEY "sandbox-api-key-not-real"
#define HOSTED_FIELDS_TERMINAL_ID "7702014"
#define HOSTED_FIELDS_LIB_VERSION "1.7.0.261457"

enum {
    SESSION_LIFETIME_S = 600,
    KEY_RETENTION = 7 * 86400,
    TOKEN_ID_MAX = 200
};
enum {
    TERMINAL_MIN = 4,
    TERMINAL_MAX = 50
};

static void refuse(struct exchange *exchange, int status)
{
    struct problem problem = *problem_for_status(status);

    problem.status = status;
    problem_answer(exchange, &problem, NULL);
}

/* -- The identity service -- */

static void issue_bearer_token(struct exchange *exchange)
{
    cJSON *answer = cJSON_CreateObject();
    long lifetime = exchange->sandbox->options->token_lifetime;
    char hex[65];
    identifier_hex(hex, 64);
    char *token = xasprintf("sandbox-bearer.%s", hex);

    grants_issue(exchange->sandbox->bearer_tokens, token, "", lifetime);
    cJSON_AddStringToObject(answer, "access_token", token);
    cJSON_AddNumberToObject(answer, "expires_in", (double)lifetime);
    cJSON_AddStringToObject(answer, "scope", "hosted-fields payments");
    cJSON_AddStringToObject(answer, "token_type", "Bearer");
    reply_json(&exchange->reply, deviation_enter(exchange, WHEN_hosted_fields_token),
               "application/json", answer);
    free(token);
}

static bool check_api_key(struct exchange *exchange)
{
    const char *key = request_header(&exchange->request, "x-api-key");

    if (key && strcmp(key, HOSTED_FIELDS_API_KEY) == 0)
        return true;
    hint_give(exchange, key ? "x-api-key is not hosted_fields.api_key of the ready line"
                            : "there is no x-api-key header");
    int status = deviation_enter(exchange, WHEN_hosted_fields_bad_api_key);
    refuse(exchange, sandbox_auth_status(exchange->sandbox, status));
    return false;
}

static void answer_identity(struct exchange *exchange)
{
    if (!target_path_is(exchange->request.target, "/authorize") ||
        strcmp(exchange->request.method, "POST") != 0)
        refuse(exchange, 404);
    else if (check_api_key(exchange))
        issue_bearer_token(exchange);
}

const struct api identity_api = {
    .prefix = "/authorize",
    .answer = answer_identity,
    .refuse = refuse,
    .name = "Payroc identity",
    .path = "/authorize",
    .words = {"authori", "identity", "oauth", "/token"},
};

/* -- Headers -- */

/* NULL, or what is wrong with the bearer token. */
static const char *authorization_fault(const struct exchange *exchange)
{
    static const char scheme[] = "Bearer ";
    const char *value = request_header(&exchange->request, "Authorization");

    if (!value)
        return "there is no Authorization header";
    if (strncmp(value, scheme, sizeof(scheme) - 1) != 0)
        return "Authorization is not of the form 'Bearer token'";
    value += sizeof(scheme) - 1;
    if (strcmp(value, HOSTED_FIELDS_API_KEY) == 0)
        return "Authorization holds the API key; POST /authorize gives a bearer token for it";
    if (grants_check(exchange->sandbox->bearer_tokens, value, "") != GRANT_GOOD)
        return "the bearer token in Authorization is unknown, or has expired";
    return NULL;
}

/* Does this element of an Accept header start with a range that holds JSON? Weights are ignored:
 * nobody says "JSON, but with q=0". */
static bool admits_json(const char *element)
{
    static const char *const ranges[] = {"application/json", "application/*", "*/*"};

    for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++) {
        size_t length = strlen(ranges[i]);
        if (strncasecmp(element, ranges[i], length) == 0 && strchr(",; \t", element[length]))
            return true;
    }
    return false;
}

static bool accepts_json(const struct request *request)
{
    const char *at = request_header(request, "Accept");

    if (!at || !*at)
        return true;
    while (*at) {
        at += strspn(at, ", \t");
        if (admits_json(at))
            return true;
        at += strcspn(at, ",");
    }
    return false;
}

static bool check_key_shape(struct exchange *exchange)
{
    const char *key = request_header(&exchange->request, "Idempotency-Key");

    if (!key || !*key) {
        deviation_enter(exchange, WHEN_hosted_fields_no_key);
        hint_give(exchange, "there is no Idempotency-Key header");
        problem_answer(exchange, &problem_key_missing, NULL);
        return false;
    }
    if (identifier_is_uuid4(key))
        return true;
    deviation_enter(exchange, WHEN_hosted_fields_bad_key);
    hint_give(exchange, "Idempotency-Key is not a UUID of version 4");
    cJSON *errors = cJSON_CreateArray();
    problem_blame(errors, "Idempotency-Key", "Invalid format", "must be a UUID v4");
    problem_answer(exchange, problem_for_status(400), errors);
    return false;
}

static bool refuse_with_hint(struct exchange *exchange, enum situation situation, const char *hint)
{
    hint_give(exchange, hint);
    refuse(exchange, deviation_enter(exchange, situation));
    return false;
}

static bool check_headers(struct exchange *exchange, const char *terminal)
{
    const char *fault = authorization_fault(exchange);

    if (fault)
        return refuse_with_hint(exchange,
                                request_header(&exchange->request, "Authorization")
                                    ? WHEN_hosted_fields_bad_bearer
                                    : WHEN_hosted_fields_no_bearer,
                                fault);
    if (strncmp(terminal, "9999", 4) == 0)
        return refuse_with_hint(exchange, WHEN_hosted_fields_strange_terminal,
                                "terminals that begin with 9999 are not yours here");
    if (!accepts_json(&exchange->request))
        return refuse_with_hint(exchange, WHEN_hosted_fields_accept,
                                "Accept does not admit application/json");
    if (!request_says_json(&exchange->request))
        return refuse_with_hint(exchange, WHEN_hosted_fields_content_type,
                                "Content-Type is not application/json");
    return check_key_shape(exchange);
}

/* -- Idempotency -- */

static void answer_differs(struct exchange *exchange, const struct earlier *earlier)
{
    deviation_enter(exchange, WHEN_hosted_fields_key_other);
    bool same_path = strcmp(earlier->target, exchange->request.target) == 0;
    char when[CLOCK_TEXT_MAX];

    clock_format_iso(when, earlier->first_ms + sandbox_clock_offset_ms(exchange->sandbox));
    char *message = xasprintf("The Idempotency-Key was first used at %s with another %s.", when,
                              same_path ? "body" : "path");
    problem_conflict(exchange, earlier->target,
                     "The idempotency key was already used with a different request", message);
    free(message);
}

static void answer_running(struct exchange *exchange, const struct earlier *earlier)
{
    static const char detail[] = "The first request with this idempotency key has not been "
                                 "answered yet";

    problem_conflict(exchange, earlier->target, detail,
                     "A request with this Idempotency-Key is being processed.");
}

static void answer_again(struct exchange *exchange, const struct earlier *earlier)
{
    deviation_enter(exchange, WHEN_hosted_fields_replayed);
    reply_copy(&exchange->reply, &earlier->reply);
}

/* True if the request must be processed. */
static bool claim_key(struct exchange *exchange)
{
    const struct request *request = &exchange->request;
    struct buffer content = {0};
    struct earlier earlier = {0};

    buffer_append_text(&content, request->target);
    buffer_append_text(&content, "\n");
    buffer_append(&content, buffer_text(&request->body), request->body.length);
    struct keyed_request keyed = {
        .provider = "hosted-fields",
        .key = request_header(request, "Idempotency-Key"),
        .target = request->target,
        .content = &content,
        .retention_s = KEY_RETENTION,
    };
    enum key_state state =
        idempotency_claim(exchange->sandbox->keys, &keyed, &exchange->claim, &earlier);
    buffer_free(&content);

    if (state == KEY_DIFFERS)
        answer_differs(exchange, &earlier);
    else if (state == KEY_RUNNING)
        answer_running(exchange, &earlier);
    else if (state == KEY_REPLAY)
        answer_again(exchange, &earlier);
    earlier_free(&earlier);
    return state == KEY_NEW;
}

/* -- Fields -- */

static bool is_lib_version(const char *text)
{
    /* The dots match any character, as they do in the published pattern. */
    static const char pattern[] = "^[0-9]{1,2}.[0-9]{1,2}.[0-9]{1,2}(-beta)?.[0-9]+$";
    regex_t regex;

    if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0)
        return false;
    bool matches = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);
    return matches;
}

static bool is_scenario(const char *text)
{
    return strcmp(text, "payment") == 0 || strcmp(text, "tokenization") == 0;
}

static bool is_secure_token_id(const char *text)
{
    return *text && utf8_length(text) <= TOKEN_ID_MAX;
}

static const struct field {
    const char *name;
    bool required;
    bool (*is_valid)(const char *text);
    const char *detail;
    const char *rule;
} fields[] = {
    {.name = "scenario",
     .required = true,
     .is_valid = is_scenario,
     .detail = "Invalid value",
     .rule = "must be one of: payment, tokenization"},
    {.name = "libVersion",
     .required = true,
     .is_valid = is_lib_version,
     .detail = "Invalid format",
     .rule = "must look like 1.7.0.261457"},
    {.name = "secureTokenId",
     .is_valid = is_secure_token_id,
     .detail = "Invalid value",
     .rule = "must have 1 to 200 characters"},
};

static void check_field(const struct field *field, const cJSON *value, cJSON *errors)
{
    if (!value) {
        if (field->required)
            problem_blame(errors, field->name, "Required field not populated", "must not be empty");
    } else if (!cJSON_IsString(value)) {
        problem_blame(errors, field->name, "Invalid value", "must be a string");
    } else if (!field->is_valid(value->valuestring)) {
        problem_blame(errors, field->name, field->detail, field->rule);
    }
}

/* Every fault gets an item of its own. */
static cJSON *find_errors(const char *terminal, const cJSON *body)
{
    cJSON *errors = cJSON_CreateArray();
    size_t length = utf8_length(terminal);

    if (length < TERMINAL_MIN || length > TERMINAL_MAX)
        problem_blame(errors, "processingTerminalId", "Invalid value",
                      "must have 4 to 50 characters");
    if (!body)
        problem_blame(errors, "body", "Invalid format", "must be a JSON object");
    for (size_t i = 0; body && i < sizeof(fields) / sizeof(*fields); i++)
        check_field(&fields[i], json_member(body, fields[i].name), errors);
    return errors;
}

/* -- The session -- */

static int status_of_success(struct exchange *exchange, const cJSON *body)
{
    static const char *const members[] = {"libVersion", "scenario", "secureTokenId", NULL};

    return deviation_enter(exchange, deviation_has_others(body, members)
                                         ? WHEN_hosted_fields_unknown_member
                                         : WHEN_hosted_fields_created);
}

static void create(struct exchange *exchange, const char *terminal, const cJSON *body)
{
    cJSON *session = cJSON_CreateObject();
    long lifetime = sandbox_session_lifetime(exchange->sandbox, SESSION_LIFETIME_S);
    char token[33], expires_at[CLOCK_TEXT_MAX];

    identifier_hex(token, 32);
    grants_issue(exchange->sandbox->page_sessions, token, "", lifetime);
    clock_format_iso(expires_at, sandbox_now_ms(exchange->sandbox) + (int64_t)lifetime * 1000);
    cJSON_AddStringToObject(session, "processingTerminalId", terminal);
    cJSON_AddStringToObject(session, "token", token);
    cJSON_AddStringToObject(session, "expiresAt", expires_at);
    reply_json(&exchange->reply, status_of_success(exchange, body), "application/json", session);
}

/* Which faults there are, by their number and the first. */
static enum situation situation_of(const cJSON *errors)
{
    const char *parameter = json_member(errors->child, "parameter")->valuestring;

    if (strcmp(parameter, "body") == 0)
        return WHEN_hosted_fields_not_json;
    if (errors->child->next)
        return WHEN_hosted_fields_empty;
    if (strcmp(parameter, "libVersion") == 0)
        return WHEN_hosted_fields_bad_lib_version;
    return strcmp(parameter, "scenario") == 0 ? WHEN_hosted_fields_bad_scenario : WHEN_NONE;
}

static void process(struct exchange *exchange, const char *terminal)
{
    const struct buffer *text = &exchange->request.body;
    cJSON *body = json_parse_object(buffer_text(text), text->length);
    cJSON *errors = find_errors(terminal, body);

    if (cJSON_GetArraySize(errors) > 0) {
        deviation_enter(exchange, situation_of(errors));
        problem_answer(exchange, problem_for_status(400), errors);
    } else {
        cJSON_Delete(errors);
        create(exchange, terminal, body);
    }
    cJSON_Delete(body);
}

static bool is_ours(const struct path *path)
{
    return path->count == 4 && strcmp(path->segments[3], "hosted-fields-sessions") == 0;
}

static void answer(struct exchange *exchange)
{
    struct path path;

    path_split(&path, exchange->request.target);
    if (!is_ours(&path))
        refuse(exchange, deviation_enter(exchange, WHEN_hosted_fields_path));
    else if (strcmp(exchange->request.method, "POST") != 0)
        refuse(exchange, deviation_enter(exchange, WHEN_hosted_fields_method));
    else if (check_headers(exchange, path.segments[2]) && claim_key(exchange))
        process(exchange, path.segments[2]);
    path_free(&path);
}

static const struct fact facts[] = {
    {.name = "base_url", .path = "/v1"},
    {.name = "identity_url", .path = ""},
    {.name = "api_key", .value = HOSTED_FIELDS_API_KEY},
    {.name = "terminal_id", .value = HOSTED_FIELDS_TERMINAL_ID},
    {.name = "lib_version", .value = HOSTED_FIELDS_LIB_VERSION},
    {.name = NULL},
};

const struct api hosted_fields_api = {
    .prefix = "/v1/processing-terminals/",
    .answer = answer,
    .refuse = refuse,
    .name = "Payroc Hosted Fields",
    .path = "/v1/processing-terminals/{processingTerminalId}/hosted-fields-sessions",
    .words = {"hosted", "terminal", "fields"},
    .key_header = "Idempotency-Key",
    .object = "hosted_fields",
    .variables = "SPAY_HOSTED_FIELDS_",
    .facts = facts,
};
