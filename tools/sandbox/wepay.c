/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * WePay's session tokens. Where the documentation is silent (order of checks, 403 for a strange
 * account, 429 for the throttle) this is an assumption; docs/sandbox.md lists them.
 */
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "apis.h"
#include "deviation.h"
#include "exchange.h"
#include "hint.h"
#include "identifier.h"
#include "json.h"
#include "options.h"
#include "throttle.h"
#include "url.h"
#include "utf8.h"
#include "wepay_error.h"
#include "xalloc.h"

#define WEPAY_APP_ID "700123"
#define WEPAY_APP_TOKEN "stage_SANDBOX-NOT-A-REAL-TOKEN"
#define WEPAY_ACCOUNT_ID "2f8d6c1b-70e4-4a39-9b5d-e61c03a7f852"

enum {
    TIME_TO_LIVE = 86400,
    KEY_RETENTION = 86400,
    ACCOUNT_ID_MAX = 255
};

static const char in_header[] = "HTTP_REQUEST_HEADER";
static const char in_body[] = "HTTP_REQUEST_BODY";

/* NULL, or which credential is wrong. */
static const char *credential_fault(const struct request *request)
{
    const char *id = request_header(request, "App-Id");
    const char *token = request_header(request, "App-Token");

    if (!id)
        return "there is no App-Id header";
    if (!token)
        return "there is no App-Token header";
    if (strcmp(id, WEPAY_APP_ID) != 0)
        return "App-Id is not wepay.app_id of the ready line";
    if (strncmp(token, "prod_", 5) == 0)
        return "App-Token looks like one for production, which must not be sent to a sandbox";
    if (strcmp(token, WEPAY_APP_TOKEN) != 0)
        return "App-Token is not wepay.app_token of the ready line";
    return NULL;
}

static bool is_known_version(const char *version)
{
    static const char *const versions[] = {"3.0", "3.0.rc.1.1", "3.0.rc.2.1", "3.0.rc.5.1",
                                           "3.1", "3.1.rc.1.1", "3.1.rc.1.3", "3.2"};

    for (size_t i = 0; i < sizeof(versions) / sizeof(*versions); i++) {
        if (strcmp(versions[i], version) == 0)
            return true;
    }
    return false;
}

static bool check_credentials(struct exchange *exchange)
{
    const char *fault = credential_fault(&exchange->request);

    if (!fault)
        return true;
    hint_give(exchange, fault);
    int status = deviation_enter(exchange, WHEN_wepay_bad_token);
    wepay_fail_not_authorized(exchange, sandbox_auth_status(exchange->sandbox, status));
    return false;
}

static bool refuse_header(struct exchange *exchange, const char *name, const char *wanted)
{
    bool missing = !request_header(&exchange->request, name);
    char *hint = xasprintf("%s %s", name, missing ? "is missing" : wanted);

    hint_give(exchange, hint);
    wepay_fail_one(exchange, missing ? "PARAM_IS_MISSING" : "PARAM_VALUE_IS_INVALID_ENUM",
                   in_header, name);
    free(hint);
    return false;
}

static bool check_headers(struct exchange *exchange)
{
    const struct request *request = &exchange->request;
    const char *version = request_header(request, "Api-Version");

    if (!check_credentials(exchange))
        return false;
    if (!version || !is_known_version(version)) {
        deviation_enter(exchange, version ? WHEN_wepay_strange_version : WHEN_wepay_no_version);
        return refuse_header(exchange, "Api-Version", "is not a version of WePay's API, as 3.0 is");
    }
    if (!request_says_json(request)) {
        deviation_enter(exchange, WHEN_wepay_content_type);
        return refuse_header(exchange, "Content-Type", "is not application/json");
    }
    if (!exchange->sandbox->options->throttle || throttle_admit(exchange->sandbox->throttle))
        return true;
    wepay_fail_throttled(exchange);
    return false;
}

static void check_account_id(const cJSON *id, cJSON *faults)
{
    static const char target[] = "mobile_session.account_id";

    if (!id)
        wepay_blame(faults, "PARAM_IS_MISSING", in_body, target);
    else if (!cJSON_IsString(id))
        wepay_blame(faults, "PARAM_VALUE_IS_WRONG_TYPE", in_body, target);
    else if (!*id->valuestring || utf8_length(id->valuestring) > ACCOUNT_ID_MAX)
        wepay_blame(faults, "PARAM_VALUE_IS_INVALID_PATTERN", in_body, target);
}

static void check_mobile_session(const cJSON *mobile, cJSON *faults)
{
    const cJSON *time_to_live = json_member(mobile, "time_to_live");

    if (!mobile) {
        wepay_blame(faults, "PARAM_IS_MISSING", in_body, "mobile_session");
        return;
    }
    if (!cJSON_IsObject(mobile)) {
        wepay_blame(faults, "PARAM_VALUE_IS_WRONG_TYPE", in_body, "mobile_session");
        return;
    }
    check_account_id(json_member(mobile, "account_id"), faults);
    if (time_to_live && !json_is_integer(time_to_live, 1, INT32_MAX))
        wepay_blame(faults, "PARAM_VALUE_IS_WRONG_TYPE", in_body, "mobile_session.time_to_live");
}

static void check_type(const cJSON *type, cJSON *faults)
{
    if (!type)
        wepay_blame(faults, "PARAM_IS_MISSING", in_body, "type");
    else if (!cJSON_IsString(type))
        wepay_blame(faults, "PARAM_VALUE_IS_WRONG_TYPE", in_body, "type");
    else if (strcmp(type->valuestring, "mobile_session") != 0)
        wepay_blame(faults, "PARAM_VALUE_IS_INVALID_ENUM", in_body, "type");
}

/* Which faults there are, by the first. */
static enum situation situation_of(const cJSON *faults)
{
    const char *reason = json_member(faults->child, "reason_code")->valuestring;

    if (strcmp(reason, "PARAM_IS_MISSING") == 0)
        return WHEN_wepay_empty;
    return strcmp(reason, "PARAM_VALUE_IS_INVALID_ENUM") == 0 ? WHEN_wepay_strange_type
                                                              : WHEN_wepay_wrong_type;
}

/* All faults of the body are reported at once. */
static bool check_body(struct exchange *exchange, const cJSON *body)
{
    if (!body) {
        deviation_enter(exchange, WHEN_wepay_not_json);
        hint_give(exchange, "the body is not a JSON object, or not strictly valid JSON");
        wepay_fail_one(exchange, "PARAM_VALUE_IS_WRONG_TYPE", in_body, "");
        return false;
    }
    cJSON *faults = cJSON_CreateArray();
    check_type(json_member(body, "type"), faults);
    check_mobile_session(json_member(body, "mobile_session"), faults);
    if (cJSON_GetArraySize(faults) > 0) {
        deviation_enter(exchange, situation_of(faults));
        wepay_fail_invalid(exchange, faults);
        return false;
    }
    cJSON_Delete(faults);
    return true;
}

/* Ids are case-sensitive, and ours are all lower case. */
static bool account_is_visible(const char *id)
{
    return strncmp(id, "ffffffff-", 9) != 0 && !strpbrk(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

/* What makes two requests identical: target, the headers that mean something, body. */
static void identity_of(struct buffer *out, const struct request *request)
{
    static const char *const names[] = {"App-Id", "Api-Version", "Content-Type", "WePay-Risk-Token",
                                        "Client-IP"};

    buffer_append_text(out, request->target);
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        const char *value = request_header(request, names[i]);
        buffer_append_text(out, "\n");
        buffer_append_text(out, value ? value : "");
    }
    buffer_append_text(out, "\n");
    buffer_append(out, buffer_text(&request->body), request->body.length);
}

/* The reason is our own: what WePay says is not known. */
static void refuse_other_use(struct exchange *exchange)
{
    hint_give(exchange, "Unique-Key was used with another body, or with other values of App-Id, "
                        "Api-Version, Content-Type, WePay-Risk-Token or Client-IP");
    wepay_fail_one(exchange, "SANDBOX_UNIQUE_KEY_USED_DIFFERENTLY", in_header, "Unique-Key");
}

static void answer_again(struct exchange *exchange, enum key_state state, struct earlier *earlier)
{
    if (state != KEY_RUNNING)
        deviation_enter(exchange, state == KEY_REPLAY ? WHEN_wepay_replayed : WHEN_wepay_key_other);
    if (state == KEY_RUNNING)
        wepay_fail_one(exchange, "CONCURRENT_UNIQUE_KEY_REQUEST_IS_PROCESSING", in_header,
                       "Unique-Key");
    else if (state == KEY_DIFFERS)
        refuse_other_use(exchange);
    else
        wepay_send_again(exchange, &earlier->reply);
    earlier_free(earlier);
}

/* True if the request must be processed. */
static bool claim_key(struct exchange *exchange)
{
    struct buffer content = {0};
    struct earlier earlier = {0};
    const char *key = request_header(&exchange->request, "Unique-Key");

    if (!key || !*key)
        return true;
    identity_of(&content, &exchange->request);
    struct keyed_request keyed = {
        .provider = "wepay",
        .key = key,
        .target = exchange->request.target,
        .content = &content,
        .retention_s = KEY_RETENTION,
    };
    enum key_state state =
        idempotency_claim(exchange->sandbox->keys, &keyed, &exchange->claim, &earlier);
    buffer_free(&content);
    if (state != KEY_NEW)
        answer_again(exchange, state, &earlier);
    return state == KEY_NEW;
}

/* "stage_" and unpadded base64 of a number and a UUID: the shape of WePay's examples. */
static char *new_session_token(void)
{
    char uuid[UUID_SIZE], base64[80];
    identifier_uuid(uuid);
    char *plain = xasprintf("%s_%s", WEPAY_APP_ID, uuid);

    EVP_EncodeBlock((unsigned char *)base64, (const unsigned char *)plain, (int)strlen(plain));
    base64[strcspn(base64, "=")] = '\0';
    free(plain);
    return xasprintf("stage_%s", base64);
}

static cJSON *new_owner(const char *account_id)
{
    cJSON *owner = cJSON_CreateObject();
    char *path = xasprintf("/accounts/%s", account_id);

    cJSON_AddStringToObject(owner, "id", account_id);
    cJSON_AddStringToObject(owner, "path", path);
    cJSON_AddStringToObject(owner, "resource", "accounts");
    free(path);
    return owner;
}

static long time_to_live_of(const struct exchange *exchange, const cJSON *mobile)
{
    const cJSON *asked = json_member(mobile, "time_to_live");
    long usual = sandbox_session_lifetime(exchange->sandbox, TIME_TO_LIVE);

    return asked ? (long)asked->valuedouble : usual;
}

static int status_of_success(struct exchange *exchange, const cJSON *body)
{
    static const char *const members[] = {"type", "mobile_session", NULL};

    if (deviation_has_others(body, members))
        return deviation_enter(exchange, WHEN_wepay_unknown_member);
    return deviation_enter(exchange, request_header(&exchange->request, "Unique-Key")
                                         ? WHEN_wepay_created
                                         : WHEN_wepay_no_key);
}

static void create(struct exchange *exchange, const cJSON *body)
{
    const cJSON *mobile = json_member(body, "mobile_session");
    const char *account_id = json_member(mobile, "account_id")->valuestring;
    int64_t now = sandbox_now_ms(exchange->sandbox) / 1000;
    long lifetime = time_to_live_of(exchange, mobile);
    cJSON *session = cJSON_CreateObject();
    char id[UUID_SIZE];
    identifier_uuid(id);
    char *token = new_session_token();
    char *path = xasprintf("/session_tokens/%s", id);

    cJSON_AddStringToObject(session, "id", id);
    cJSON_AddStringToObject(session, "session_token", token);
    cJSON_AddNumberToObject(session, "expire_time", (double)(now + lifetime));
    cJSON_AddStringToObject(session, "path", path);
    cJSON_AddStringToObject(session, "resource", "session_tokens");
    cJSON_AddItemToObject(session, "owner", new_owner(account_id));
    cJSON_AddNumberToObject(session, "create_time", (double)now);
    cJSON_AddStringToObject(session, "api_version",
                            request_header(&exchange->request, "Api-Version"));
    cJSON_AddStringToObject(session, "state", "active");
    cJSON_AddStringToObject(session, "type", "mobile_session");
    cJSON *echo = cJSON_AddObjectToObject(session, "mobile_session");
    cJSON_AddNumberToObject(echo, "time_to_live", (double)lifetime);
    cJSON_AddStringToObject(echo, "account_id", account_id);
    wepay_send(exchange, status_of_success(exchange, body), session);
    free(path);
    free(token);
}

static void refuse_account(struct exchange *exchange, const char *id)
{
    bool strange = strncmp(id, "ffffffff-", 9) == 0;

    hint_give(exchange, "accounts that begin with ffffffff-, or have a capital letter, are not "
                        "visible to the application here");
    wepay_fail_not_authorized(
        exchange,
        deviation_enter(exchange, strange ? WHEN_wepay_strange_account : WHEN_wepay_account_case));
}

static void answer_valid(struct exchange *exchange, const cJSON *body)
{
    const cJSON *mobile = json_member(body, "mobile_session");
    const char *account_id = json_member(mobile, "account_id")->valuestring;

    if (!account_is_visible(account_id))
        refuse_account(exchange, account_id);
    else if (claim_key(exchange))
        create(exchange, body);
}

static void answer(struct exchange *exchange)
{
    const struct request *request = &exchange->request;

    if (!target_path_is(request->target, "/session_tokens")) {
        wepay_refuse(exchange, deviation_enter(exchange, WHEN_wepay_path));
        return;
    }
    if (strcmp(request->method, "POST") != 0) {
        reply_header(&exchange->reply, "Allow", "POST");
        wepay_refuse(exchange, deviation_enter(exchange, WHEN_wepay_method));
        return;
    }
    if (!check_headers(exchange))
        return;
    cJSON *body = json_parse_object(buffer_text(&request->body), request->body.length);
    if (check_body(exchange, body))
        answer_valid(exchange, body);
    cJSON_Delete(body);
}

static const struct fact facts[] = {
    {.name = "base_url", .path = ""},
    {.name = "app_id", .value = WEPAY_APP_ID},
    {.name = "app_token", .value = WEPAY_APP_TOKEN},
    {.name = "account_id", .value = WEPAY_ACCOUNT_ID},
    {.name = NULL},
};

const struct api wepay_api = {
    .prefix = "/session_tokens",
    .answer = answer,
    .refuse = wepay_refuse,
    .name = "WePay v3",
    .path = "/session_tokens",
    .words = {"session_token", "session-token", "sessiontoken", "wepay"},
    .key_header = "Unique-Key",
    .object = "wepay",
    .variables = "SPAY_WEPAY_",
    .facts = facts,
};
