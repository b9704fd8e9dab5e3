/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * From settings to the library's structs, for each product.
 */

#include "session.h"

#include "output.h"

#include <string.h>
#include <time.h>

static const struct {
    const char *name;
    int32_t value;
} environments[] = {
    {"test", SPAY_ENV_TEST},
    {"production", SPAY_ENV_PRODUCTION},
    {"production-world", SPAY_CONNECT_ENV_PRODUCTION_WORLD},
    {"production-europe", SPAY_CONNECT_ENV_PRODUCTION_EUROPE},
    {"production-india", SPAY_CONNECT_ENV_PRODUCTION_INDIA},
    {"preprod-world", SPAY_CONNECT_ENV_PREPROD_WORLD},
    {"preprod-europe", SPAY_CONNECT_ENV_PREPROD_EUROPE},
    {"preprod-india", SPAY_CONNECT_ENV_PREPROD_INDIA},
    {"sandbox", SPAY_CONNECT_ENV_SANDBOX},
};

int32_t session_environment(const struct settings *settings)
{
    const char *name = settings_get(settings, ENVIRONMENT);

    if (!name)
        return 0;
    for (size_t i = 0; i < sizeof environments / sizeof *environments; i++) {
        if (!strcmp(environments[i].name, name))
            return environments[i].value;
    }
    return -1;
}

static void add_text(cJSON *object, const char *name, const char *text)
{
    if (text && *text)
        cJSON_AddStringToObject(object, name, text);
}

static void add_expiry(cJSON *object, int64_t at_ms)
{
    time_t at = (time_t)(at_ms / 1000);
    struct tm parts;
    char text[32];

    if (at_ms < 0 || !gmtime_r(&at, &parts))
        return;
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    cJSON_AddStringToObject(object, "expires_at", text);
    cJSON_AddNumberToObject(object, "expires_at_ms", (double)at_ms);
}

static void add_warnings(cJSON *object, uint32_t bits)
{
    static const char *const names[] = {"account_differs", "state",          "invalid_tokens",
                                        "expiry_assumed",  "member_ignored", "clock_corrected"};
    cJSON *list = cJSON_AddArrayToObject(object, "warnings");

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (bits >> i & 1)
            cJSON_AddItemToArray(list, cJSON_CreateString(names[i]));
    }
}

static cJSON *describe(const struct session_call *call, const spay_session_info *info)
{
    cJSON *object = cJSON_CreateObject();

    cJSON_AddStringToObject(object, "result", "created");
    cJSON_AddStringToObject(object, "provider", spay_provider_name(info->provider));
    add_text(object, "id", info->id);
    if (call->reveal)
        cJSON_AddStringToObject(object, "value", info->value);
    else if (output_is_json())
        cJSON_AddNullToObject(object, "value");
    else
        cJSON_AddStringToObject(object, "value", "[hidden; --reveal]");
    add_expiry(object, info->expires_at_ms);
    add_text(object, "idempotency_key", info->idempotency_key);
    add_text(object, "request_id", info->request_id);
    cJSON_AddNumberToObject(object, "http_status", info->http_status);
    cJSON_AddNumberToObject(object, "attempts", info->attempts);
    cJSON_AddNumberToObject(object, "requests_sent", info->requests_sent);
    cJSON_AddNumberToObject(object, "elapsed_ms", (double)info->elapsed_ms);
    if (info->clock_offset_ms)
        cJSON_AddNumberToObject(object, "clock_offset_ms", (double)info->clock_offset_ms);
    add_warnings(object, info->warnings);
    return object;
}

static const char *get_or(const struct settings *settings, enum setting setting,
                          const char *otherwise)
{
    const char *value = settings_get(settings, setting);

    return value ? value : otherwise;
}

static cJSON *create_wepay(const struct session_call *call, spay_error **error)
{
    const struct settings *settings = call->settings;
    const char *problem = NULL;
    spay_wepay *wepay = NULL;
    spay_wepay_session *session = NULL;
    cJSON *made = NULL;

    spay_wepay_options account = SPAY_WEPAY_OPTIONS_INIT;
    account.environment = session_environment(settings);
    account.base_url = settings_get(settings, WEPAY_BASE_URL);
    account.app_id = settings_get(settings, WEPAY_APP_ID);
    account.app_token = settings_get(settings, WEPAY_APP_TOKEN);

    spay_wepay_session_request request = SPAY_WEPAY_SESSION_REQUEST_INIT;
    request.type = get_or(settings, WEPAY_TYPE, "mobile_session");
    request.account_id = settings_get(settings, WEPAY_ACCOUNT_ID);
    request.time_to_live = settings_number(settings, WEPAY_TIME_TO_LIVE, &problem);
    request.extra_json = settings_get(settings, EXTRA_JSON);

    if (spay_wepay_new(call->client, &account, &wepay, error) == SPAY_OK &&
        spay_wepay_session_create(wepay, &request, &call->options, &session, error) == SPAY_OK)
        made = describe(call, session->info);
    spay_wepay_session_free(session);
    spay_wepay_free(wepay);
    return made;
}

static cJSON *create_hosted_fields(const struct session_call *call, spay_error **error)
{
    const struct settings *settings = call->settings;
    spay_hosted_fields *payroc = NULL;
    spay_hosted_fields_session *session = NULL;
    cJSON *made = NULL;

    spay_hosted_fields_options account = SPAY_HOSTED_FIELDS_OPTIONS_INIT;
    account.environment = session_environment(settings);
    account.base_url = settings_get(settings, HOSTED_FIELDS_BASE_URL);
    account.identity_url = settings_get(settings, HOSTED_FIELDS_IDENTITY_URL);
    account.api_key = settings_get(settings, HOSTED_FIELDS_API_KEY);

    spay_hosted_fields_session_request request = SPAY_HOSTED_FIELDS_SESSION_REQUEST_INIT;
    request.processing_terminal_id = settings_get(settings, HOSTED_FIELDS_TERMINAL_ID);
    request.lib_version = settings_get(settings, HOSTED_FIELDS_LIB_VERSION);
    request.scenario = get_or(settings, HOSTED_FIELDS_SCENARIO, "payment");
    request.secure_token_id = settings_get(settings, HOSTED_FIELDS_SECURE_TOKEN_ID);
    request.extra_json = settings_get(settings, EXTRA_JSON);

    if (spay_hosted_fields_new(call->client, &account, &payroc, error) == SPAY_OK &&
        spay_hosted_fields_session_create(payroc, &request, &call->options, &session, error) ==
            SPAY_OK)
        made = describe(call, session->info);
    spay_hosted_fields_session_free(session);
    spay_hosted_fields_free(payroc);
    return made;
}

static spay_connect_server *open_connect(const struct session_call *call, spay_error **error)
{
    const struct settings *settings = call->settings;
    spay_connect_server *server = NULL;

    spay_connect_server_options account = SPAY_CONNECT_SERVER_OPTIONS_INIT;
    account.environment = session_environment(settings);
    account.base_url = settings_get(settings, CONNECT_BASE_URL);
    account.merchant_id = settings_get(settings, CONNECT_MERCHANT_ID);
    account.api_key_id = settings_get(settings, CONNECT_API_KEY_ID);
    account.secret_api_key = settings_get(settings, CONNECT_SECRET_API_KEY);
    account.integrator = settings_get(settings, CONNECT_INTEGRATOR);
    account.idempotence = call->always_key ? SPAY_YES : 0;
    (void)spay_connect_server_new(call->client, &account, &server, error);
    return server;
}

/* A filter of payment products; its numbers live as long as both. */
struct filter {
    spay_connect_server_filter filter;
    int32_t products[SETTINGS_LIST];
};

static const spay_connect_server_filter *fill(struct filter *filter,
                                              const struct settings *settings, enum setting setting)
{
    const char *ignored = NULL;
    int count = settings_list(settings, setting, filter->products, &ignored);

    spay_connect_server_filter_init(&filter->filter, sizeof filter->filter);
    filter->filter.products = filter->products;
    filter->filter.product_count = count > 0 ? (size_t)count : 0;
    return count > 0 ? &filter->filter : NULL;
}

static cJSON *create_connect(const struct session_call *call, spay_error **error)
{
    spay_connect_server *server = open_connect(call, error);
    spay_connect_server_session *session = NULL;
    struct filter restrict_to, exclude;
    cJSON *made = NULL;

    spay_connect_server_session_request request = SPAY_CONNECT_SERVER_SESSION_REQUEST_INIT;
    request.restrict_to = fill(&restrict_to, call->settings, CONNECT_RESTRICT_TO);
    request.exclude = fill(&exclude, call->settings, CONNECT_EXCLUDE);
    request.extra_json = settings_get(call->settings, EXTRA_JSON);

    if (server && spay_connect_server_session_create(server, &request, &call->options, &session,
                                                     error) == SPAY_OK) {
        made = describe(call, session->info);
        add_text(made, "customer_id", session->customer_id);
        add_text(made, "client_api_url", session->client_api_url);
        add_text(made, "asset_url", session->asset_url);
    }
    spay_connect_server_session_free(session);
    spay_connect_server_free(server);
    return made;
}

static cJSON *create_apple_pay(const struct session_call *call, spay_error **error)
{
    const struct settings *settings = call->settings;
    spay_connect_server *server = open_connect(call, error);
    spay_connect_client_session *session = NULL;
    cJSON *made = NULL;

    spay_connect_client_session_request request = SPAY_CONNECT_CLIENT_SESSION_REQUEST_INIT;
    request.domain_name = settings_get(settings, APPLE_PAY_DOMAIN_NAME);
    request.validation_url = settings_get(settings, APPLE_PAY_VALIDATION_URL);
    request.display_name = settings_get(settings, APPLE_PAY_DISPLAY_NAME);
    request.extra_json = settings_get(settings, EXTRA_JSON);

    if (server && spay_connect_apple_pay_session_create(server, NULL, &request, &call->options,
                                                        NULL, &session, error) == SPAY_OK)
        made = describe(call, session->info);
    spay_connect_client_session_free(session);
    spay_connect_server_free(server);
    return made;
}

cJSON *session_create(const struct session_call *call, spay_error **error)
{
    switch (call->settings->product) {
    case WEPAY:
        return create_wepay(call, error);
    case HOSTED_FIELDS:
        return create_hosted_fields(call, error);
    case CONNECT:
        return create_connect(call, error);
    default:
        return create_apple_pay(call, error);
    }
}
