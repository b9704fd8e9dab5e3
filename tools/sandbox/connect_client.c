/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Apple Pay merchant sessions, for the holder of a client session. Nobody asks Apple: the object
 * that comes back only looks like one of Apple's.
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
#include "url.h"
#include "validation_url.h"
#include "xalloc.h"

enum {
    SIGNATURE_DIGITS = 4800,
    SESSION_LIFETIME_S = 3600
};

static const char input_name[] = "paymentProductSession302SpecificInput";

/* -- Authorization -- */

static bool check_session(struct exchange *exchange, const char *customer)
{
    static const char scheme[] = "GCS v1Client:";
    struct connect_error not_yours = {403, "9008", "ACCESS_TO_CONSUMER_ID_NOT_ALLOWED"};
    const char *value = request_header(&exchange->request, "Authorization");
    struct connect_error malformed = connect_bad_authorization;

    if (!value || strncmp(value, scheme, sizeof(scheme) - 1) != 0) {
        hint_give(exchange, value
                                ? "Authorization is not of the form 'GCS v1Client:clientSessionId'"
                                : "there is no Authorization header");
        malformed.status = sandbox_auth_status(
            exchange->sandbox, deviation_enter(exchange, WHEN_apple_pay_bad_authorization));
        connect_fail(exchange, &malformed);
        return false;
    }
    enum grant grant =
        grants_check(exchange->sandbox->client_sessions, value + sizeof(scheme) - 1, customer);
    if (grant == GRANT_GOOD)
        return true;
    hint_give(exchange, grant == GRANT_OF_ANOTHER
                            ? "the client session belongs to another customerId than the path's"
                            : "the client session in Authorization is unknown, or has expired");
    not_yours.status =
        deviation_enter(exchange, grant == GRANT_OF_ANOTHER ? WHEN_apple_pay_other_customer
                                                            : WHEN_apple_pay_bad_session);
    connect_fail(exchange, &not_yours);
    return false;
}

/* The documented example of this error has nothing but code and message. */
static bool check_product(struct exchange *exchange, const char *product)
{
    if (strcmp(product, "302") == 0)
        return true;
    hint_give(exchange, "only product 302, Apple Pay, has sessions");
    cJSON *items = cJSON_CreateArray();
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "code", "1426");
    cJSON_AddStringToObject(item, "message", "CREATE_SESSION_NOT_AVAILABLE_FOR_PRODUCT");
    cJSON_AddItemToArray(items, item);
    connect_fail_with(exchange, deviation_enter(exchange, WHEN_apple_pay_other_product), items);
    return false;
}

/* -- Body -- */

static void blame(cJSON *faults, const char *member)
{
    char *property = xasprintf("%s%s%s", input_name, *member ? "." : "", member);

    cJSON_AddItemToArray(faults, connect_error_item(&connect_bad_parameter, property));
    free(property);
}

static void check_text(const cJSON *input, const char *name, bool required, cJSON *faults)
{
    const cJSON *value = json_member(input, name);

    if (!value ? required : !cJSON_IsString(value) || !*value->valuestring)
        blame(faults, name);
}

static void check_validation_url(struct exchange *exchange, const cJSON *input, cJSON *faults)
{
    static const char name[] = "validationUrl";
    const cJSON *url = json_member(input, name);

    if (!cJSON_IsString(url) || !*url->valuestring) {
        blame(faults, name);
        return;
    }
    const char *fault = validation_url_fault(url->valuestring);
    if (!fault)
        return;
    char *hint = xasprintf("validationUrl is not the one that Apple gave to the page: %s", fault);
    hint_give(exchange, hint);
    free(hint);
    blame(faults, name);
}

static cJSON *find_faults(struct exchange *exchange, const cJSON *input)
{
    cJSON *faults = cJSON_CreateArray();

    if (!cJSON_IsObject(input)) {
        blame(faults, "");
        return faults;
    }
    check_text(input, "displayName", false, faults);
    check_text(input, "domainName", true, faults);
    check_validation_url(exchange, input, faults);
    return faults;
}

/* Which faults there are, by the first. */
static enum situation situation_of(const cJSON *faults, const cJSON *input)
{
    const char *property = json_member(faults->child, "propertyName")->valuestring;

    if (!strstr(property, "validationUrl"))
        return WHEN_apple_pay_no_domain;
    return json_member(input, "validationUrl") ? WHEN_apple_pay_bad_url : WHEN_apple_pay_no_url;
}

static bool check_body(struct exchange *exchange, const cJSON *body)
{
    if (!body) {
        connect_fail_unreadable(exchange);
        return false;
    }
    const cJSON *input = json_member(body, input_name);
    cJSON *faults = find_faults(exchange, input);
    if (cJSON_GetArraySize(faults) > 0) {
        connect_fail_with(exchange, deviation_enter(exchange, situation_of(faults, input)), faults);
        return false;
    }
    cJSON_Delete(faults);
    return true;
}

/* -- The merchant session -- */

static void add_hex(cJSON *object, const char *name, size_t digits)
{
    char *text = xmalloc(digits + 1);

    identifier_hex(text, digits);
    cJSON_AddStringToObject(object, name, text);
    free(text);
}

static cJSON *new_merchant_session(const struct exchange *exchange, const cJSON *input)
{
    static const char merchant[] = "0F1E2D3C4B5A_SANDBOX";
    const cJSON *name = json_member(input, "displayName");
    double now = (double)sandbox_now_ms(exchange->sandbox);
    double lifetime = (double)sandbox_session_lifetime(exchange->sandbox, SESSION_LIFETIME_S);
    cJSON *session = cJSON_CreateObject();

    cJSON_AddNumberToObject(session, "epochTimestamp", now);
    cJSON_AddNumberToObject(session, "expiresAt", now + lifetime * 1000);
    add_hex(session, "merchantSessionIdentifier", 64);
    add_hex(session, "nonce", 8);
    cJSON_AddStringToObject(session, "merchantIdentifier", merchant);
    cJSON_AddStringToObject(session, "domainName", json_member(input, "domainName")->valuestring);
    cJSON_AddStringToObject(session, "displayName", name ? name->valuestring : "");
    add_hex(session, "signature", SIGNATURE_DIGITS);
    cJSON_AddNumberToObject(session, "retries", 0);
    cJSON_AddStringToObject(session, "pspId", merchant);
    return session;
}

static int status_of_success(struct exchange *exchange, const cJSON *body)
{
    static const char *const members[] = {"paymentProductSession302SpecificInput", NULL};
    enum situation situation = WHEN_apple_pay_created;

    if (deviation_has_others(body, members))
        situation = WHEN_apple_pay_unknown_member;
    else if (!request_header(&exchange->request, "X-GCS-ClientMetaInfo"))
        situation = WHEN_apple_pay_no_meta_info;
    return deviation_enter(exchange, situation);
}

/* The merchant session travels as a string with JSON inside. */
static void create(struct exchange *exchange, const cJSON *body)
{
    cJSON *merchant_session = new_merchant_session(exchange, json_member(body, input_name));
    char *text = cJSON_PrintUnformatted(merchant_session);
    cJSON *answer = cJSON_CreateObject();
    cJSON *output = cJSON_AddObjectToObject(answer, "paymentProductSession302SpecificOutput");

    cJSON_AddStringToObject(output, "sessionObject", text);
    reply_json(&exchange->reply, status_of_success(exchange, body), "application/json", answer);
    cJSON_free(text);
    cJSON_Delete(merchant_session);
}

static void answer_authorized(struct exchange *exchange)
{
    const struct request *request = &exchange->request;
    cJSON *body = NULL;

    if (request_says_json(request))
        body = json_parse_object(buffer_text(&request->body), request->body.length);
    if (check_body(exchange, body))
        create(exchange, body);
    cJSON_Delete(body);
}

/* /client/v1/{customerId}/products/{productId}/sessions */
static bool is_ours(const struct path *path)
{
    return path->count == 6 && strcmp(path->segments[1], "v1") == 0 &&
           strcmp(path->segments[3], "products") == 0 && strcmp(path->segments[5], "sessions") == 0;
}

static void answer(struct exchange *exchange)
{
    struct path path;

    path_split(&path, exchange->request.target);
    if (!is_ours(&path))
        connect_fail_html(exchange, deviation_enter(exchange, WHEN_apple_pay_path));
    else if (strcmp(exchange->request.method, "POST") != 0)
        connect_fail_html(exchange, deviation_enter(exchange, WHEN_apple_pay_method));
    else if (check_session(exchange, path.segments[2]) && check_product(exchange, path.segments[4]))
        answer_authorized(exchange);
    path_free(&path);
}

/* What the page and the merchant's server would say. */
static const struct fact facts[] = {
    {.name = "domain_name", .value = "checkout.example-bikes.test"},
    {.name = "validation_url",
     .value = "https://apple-pay-gateway-cert.apple.com/paymentservices/paymentSession"},
    {.name = NULL},
};

const struct api connect_client_api = {
    .prefix = "/client/",
    .answer = answer,
    .refuse = connect_refuse,
    .name = "Worldline Connect, Client API",
    .path = "/client/v1/{customerId}/products/{paymentProductId}/sessions",
    .words = {"/client", "product", "apple"},
    .object = "connect_client",
    .variables = "SPAY_APPLE_PAY_",
    .facts = facts,
};
