/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Client sessions, opened by signed requests.
 */
#include <stdlib.h>
#include <string.h>

#include "apis.h"
#include "connect_error.h"
#include "deviation.h"
#include "exchange.h"
#include "grants.h"
#include "hint.h"
#include "identifier.h"
#include "json.h"
#include "options.h"
#include "url.h"
#include "v1hmac.h"
#include "xalloc.h"

#define CONNECT_MERCHANT_ID "4217"
#define CONNECT_API_KEY_ID "sandbox-key-id"
#define CONNECT_SECRET_API_KEY "c2FuZGJveC1zZWNyZXQtbm90LXJlYWw="

enum {
    SESSION_LIFETIME_S = 7200,
    KEY_RETENTION = 86400
};

/* -- Authorization -- */

static const struct v1hmac_key key = {CONNECT_API_KEY_ID, CONNECT_SECRET_API_KEY};

static bool is_authentic_within(const struct exchange *exchange, long window)
{
    char *why;
    bool authentic = v1hmac_authentic(&exchange->request, &key,
                                      sandbox_now_ms(exchange->sandbox) / 1000, window, &why);

    free(why);
    return authentic;
}

/* What is wrong with a request that is not authentic. */
static enum situation situation_of_refusal(const struct exchange *exchange)
{
    const char *value = request_header(&exchange->request, "Authorization");

    if (is_authentic_within(exchange, 366L * 86400))
        return WHEN_connect_clock_off;
    return value && strstr(value, ":" CONNECT_API_KEY_ID ":") ? WHEN_connect_bad_signature
                                                              : WHEN_connect_bad_key_id;
}

static bool check_signature(struct exchange *exchange)
{
    struct sandbox *sandbox = exchange->sandbox;
    struct connect_error error = connect_bad_authorization;
    char *why;

    if (v1hmac_authentic(&exchange->request, &key, sandbox_now_ms(sandbox) / 1000,
                         sandbox->options->clock_window, &why))
        return true;
    hint_give(exchange, why);
    free(why);
    error.status =
        sandbox_auth_status(sandbox, deviation_enter(exchange, situation_of_refusal(exchange)));
    connect_fail(exchange, &error);
    return false;
}

static bool check_merchant(struct exchange *exchange, const char *merchant)
{
    struct connect_error error = {403, "9007", "ACCESS_TO_MERCHANT_NOT_ALLOWED"};

    if (strcmp(merchant, CONNECT_MERCHANT_ID) == 0)
        return true;
    error.status = deviation_enter(exchange, WHEN_connect_strange_merchant);
    hint_give(exchange,
              "the key belongs to merchant " CONNECT_MERCHANT_ID ", not to the one in the path");
    connect_fail(exchange, &error);
    return false;
}

/* -- Body: a list of faults is built, one for each property that is wrong -- */

static void blame(cJSON *faults, const char *property)
{
    cJSON_AddItemToArray(faults, connect_error_item(&connect_bad_parameter, property));
}

static bool is_product(const cJSON *item)
{
    return json_is_integer(item, 0, INT32_MAX);
}

static bool is_text(const cJSON *item)
{
    return cJSON_IsString(item) && *item->valuestring;
}

static bool appears_earlier(const cJSON *array, const cJSON *item)
{
    const cJSON *other;

    cJSON_ArrayForEach(other, array)
    {
        if (other == item)
            return false;
        if (cJSON_Compare(other, item, true))
            return true;
    }
    return false;
}

/* An optional array of such items. */
static void check_array(const cJSON *array, const char *property,
                        bool (*is_valid)(const cJSON *item), bool unique, cJSON *faults)
{
    const cJSON *item;
    int index = 0;

    if (array && !cJSON_IsArray(array))
        blame(faults, property);
    cJSON_ArrayForEach(item, array)
    {
        if (cJSON_IsArray(array) && (!is_valid(item) || (unique && appears_earlier(array, item)))) {
            char *name = xasprintf("%s[%d]", property, index);
            blame(faults, name);
            free(name);
        }
        index++;
    }
}

/* An optional filter: groups and products. */
static void check_filter(const cJSON *filter, const char *property, cJSON *faults)
{
    char *groups = xasprintf("%s.groups", property);
    char *products = xasprintf("%s.products", property);

    if (filter && !cJSON_IsObject(filter))
        blame(faults, property);
    check_array(json_member(filter, "groups"), groups, is_text, true, faults);
    check_array(json_member(filter, "products"), products, is_product, true, faults);
    free(groups);
    free(products);
}

static cJSON *find_faults(const cJSON *body)
{
    cJSON *faults = cJSON_CreateArray();
    const cJSON *filters = json_member(body, "paymentProductFilters");

    if (filters && !cJSON_IsObject(filters))
        blame(faults, "paymentProductFilters");
    check_filter(json_member(filters, "exclude"), "paymentProductFilters.exclude", faults);
    check_filter(json_member(filters, "restrictTo"), "paymentProductFilters.restrictTo", faults);
    check_array(json_member(body, "tokens"), "tokens", is_text, false, faults);
    return faults;
}

static bool check_body(struct exchange *exchange, const cJSON *body)
{
    if (!body) {
        deviation_enter(exchange, WHEN_connect_not_json);
        connect_fail_unreadable(exchange);
        return false;
    }
    cJSON *faults = find_faults(body);
    if (cJSON_GetArraySize(faults) > 0) {
        connect_fail_with(exchange, deviation_enter(exchange, WHEN_connect_wrong_type), faults);
        return false;
    }
    cJSON_Delete(faults);
    return true;
}

/* -- Idempotence -- */

static void answer_again(struct exchange *exchange, enum key_state state, struct earlier *earlier)
{
    int64_t first_ms = earlier->first_ms + sandbox_clock_offset_ms(exchange->sandbox);
    char *first = xasprintf("%lld", (long long)first_ms);

    if (state == KEY_RUNNING) {
        connect_refuse(exchange, 409);
    } else {
        deviation_enter(exchange,
                        earlier->differs ? WHEN_connect_key_other : WHEN_connect_replayed);
        reply_copy(&exchange->reply, &earlier->reply);
    }
    reply_header(&exchange->reply, "X-GCS-Idempotence-Request-Timestamp", first);
    earlier_free(earlier);
    free(first);
}

/* True if the request must be processed. All requests with a key are attempts of the same one,
 * whatever their body says. */
static bool claim_key(struct exchange *exchange)
{
    struct earlier earlier = {0};
    struct keyed_request keyed = {
        .provider = "connect",
        .key = request_header(&exchange->request, "X-GCS-Idempotence-Key"),
        .target = exchange->request.target,
        .content = &exchange->request.body,
        .lenient = true,
        .retention_s = KEY_RETENTION,
    };

    if (!keyed.key || !*keyed.key)
        return true;
    enum key_state state =
        idempotency_claim(exchange->sandbox->keys, &keyed, &exchange->claim, &earlier);
    if (state != KEY_NEW)
        answer_again(exchange, state, &earlier);
    return state == KEY_NEW;
}

/* -- The session -- */

static void add_invalid_tokens(cJSON *session, const cJSON *tokens)
{
    cJSON *list = cJSON_CreateArray();
    const cJSON *token;

    cJSON_ArrayForEach(token, tokens)
    {
        if (strncmp(token->valuestring, "invalid", 7) == 0)
            cJSON_AddItemToArray(list, cJSON_CreateString(token->valuestring));
    }
    if (cJSON_GetArraySize(list) > 0)
        cJSON_AddItemToObject(session, "invalidTokens", list);
    else
        cJSON_Delete(list);
}

static void add_url(cJSON *session, const char *name, const struct sandbox *sandbox,
                    const char *path)
{
    char *url = xasprintf("%s%s", sandbox->base_url, path);

    cJSON_AddStringToObject(session, name, url);
    free(url);
}

static int status_of_success(struct exchange *exchange, const cJSON *body, const cJSON *session)
{
    static const char *const members[] = {"paymentProductFilters", "tokens", NULL};
    enum situation situation = WHEN_connect_created;

    if (json_member(session, "invalidTokens"))
        situation = WHEN_connect_invalid_token;
    else if (deviation_has_others(body, members))
        situation = WHEN_connect_unknown_member;
    else if (!is_authentic_within(exchange, 30))
        situation = WHEN_connect_clock_near;
    return deviation_enter(exchange, situation);
}

static void create(struct exchange *exchange, const cJSON *body)
{
    struct sandbox *sandbox = exchange->sandbox;
    cJSON *session = cJSON_CreateObject();
    char id[33], customer[33];
    identifier_hex(id, 32);
    identifier_hex(customer, 32);
    char *customer_id = xasprintf("%s-%s", CONNECT_MERCHANT_ID, customer);

    grants_issue(sandbox->client_sessions, id, customer_id,
                 sandbox_session_lifetime(sandbox, SESSION_LIFETIME_S));
    add_url(session, "assetUrl", sandbox, "/assets/");
    add_url(session, "clientApiUrl", sandbox, "/client");
    cJSON_AddStringToObject(session, "clientSessionId", id);
    cJSON_AddStringToObject(session, "customerId", customer_id);
    add_invalid_tokens(session, json_member(body, "tokens"));
    cJSON_AddStringToObject(session, "region", "EU");
    reply_json(&exchange->reply, status_of_success(exchange, body, session), "application/json",
               session);
    free(customer_id);
}

static void answer_authentic(struct exchange *exchange)
{
    const struct request *request = &exchange->request;
    cJSON *body = NULL;

    if (request_says_json(request))
        body = json_parse_object(buffer_text(&request->body), request->body.length);
    if (check_body(exchange, body) && claim_key(exchange))
        create(exchange, body);
    cJSON_Delete(body);
}

static void answer(struct exchange *exchange)
{
    struct path path;

    path_split(&path, exchange->request.target);
    if (path.count != 3 || strcmp(path.segments[2], "sessions") != 0)
        connect_fail_html(exchange, deviation_enter(exchange, WHEN_connect_path));
    else if (strcmp(exchange->request.method, "POST") != 0)
        connect_fail_html(exchange, deviation_enter(exchange, WHEN_connect_method));
    else if (check_signature(exchange) && check_merchant(exchange, path.segments[1]))
        answer_authentic(exchange);
    path_free(&path);
}

static const struct fact facts[] = {
    {.name = "base_url", .path = ""},
    {.name = "merchant_id", .value = CONNECT_MERCHANT_ID},
    {.name = "api_key_id", .value = CONNECT_API_KEY_ID},
    {.name = "secret_api_key", .value = CONNECT_SECRET_API_KEY},
    {.name = NULL},
};

const struct api connect_server_api = {
    .prefix = "/v1/",
    .answer = answer,
    .refuse = connect_refuse,
    .name = "Worldline Connect, Server API",
    .path = "/v1/{merchantId}/sessions",
    .words = {"session", "/v1/"},
    .key_header = "X-GCS-Idempotence-Key",
    .object = "connect_server",
    .variables = "SPAY_CONNECT_",
    .facts = facts,
};
