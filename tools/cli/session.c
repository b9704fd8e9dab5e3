/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * From settings to the library's structs, for each product.
 */

#include "session.h"

#include "command.h"
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

int session_check(const struct settings *settings, const char *command)
{
    static const enum setting numbers[] = {TIMEOUT_MS, MAX_ATTEMPTS, WEPAY_TIME_TO_LIVE};
    static const enum setting lists[] = {CONNECT_RESTRICT_TO_GROUPS, CONNECT_EXCLUDE_GROUPS,
                                         CONNECT_TOKENS};
    int32_t list[SETTINGS_LIST];
    const char *wrong = NULL;
    char message[120];

    if (session_environment(settings) < 0)
        return output_refuse(command, "--env is none of the environments; see --help");
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        (void)settings_number(settings, numbers[i], &wrong);
    (void)settings_list(settings, CONNECT_RESTRICT_TO, list, &wrong);
    (void)settings_list(settings, CONNECT_EXCLUDE, list, &wrong);
    if (wrong) {
        snprintf(message, sizeof message, "--%s needs whole numbers above 0", wrong);
        return output_refuse(command, message);
    }
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        struct settings_words words;
        settings_words(settings, lists[i], &words, &wrong);
        settings_words_free(&words);
    }
    if (!wrong)
        return CLI_DONE;
    snprintf(message, sizeof message, "%s has an empty word, or more than 100", wrong);
    return output_refuse(command, message);
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

spay_client_options session_client_options(const struct settings *settings)
{
    const char *ignored = NULL;
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;

    options.timeout_ms = settings_number(settings, TIMEOUT_MS, &ignored);
    options.max_attempts = (int32_t)settings_number(settings, MAX_ATTEMPTS, &ignored);
    options.key_secret = settings_get(settings, KEY_SECRET);
    options.key_secret_length = options.key_secret ? strlen(options.key_secret) : 0;
    options.ca_file = settings_get(settings, CA_FILE);
    options.client_certificate_file = settings_get(settings, CLIENT_CERTIFICATE_FILE);
    options.client_key_file = settings_get(settings, CLIENT_KEY_FILE);
    options.client_key_password = settings_get(settings, CLIENT_KEY_PASSWORD);
    options.pinned_public_keys = settings_get(settings, PINNED_PUBLIC_KEYS);
    options.proxy = settings_get(settings, PROXY);
    options.proxy_credentials = settings_get(settings, PROXY_CREDENTIALS);
    return options;
}

spay_wepay_options session_wepay_account(const struct settings *settings)
{
    spay_wepay_options account = SPAY_WEPAY_OPTIONS_INIT;

    account.environment = session_environment(settings);
    account.base_url = settings_get(settings, WEPAY_BASE_URL);
    account.app_id = settings_get(settings, WEPAY_APP_ID);
    account.app_token = settings_get(settings, WEPAY_APP_TOKEN);
    account.api_version = settings_get(settings, WEPAY_API_VERSION);
    return account;
}

static cJSON *create_wepay(const struct session_call *call, spay_error **error)
{
    const struct settings *settings = call->settings;
    spay_wepay_options account = session_wepay_account(settings);
    const char *problem = NULL;
    spay_wepay *wepay = NULL;
    spay_wepay_session *session = NULL;
    cJSON *made = NULL;

    spay_wepay_session_request request = SPAY_WEPAY_SESSION_REQUEST_INIT;
    request.type = get_or(settings, WEPAY_TYPE, "mobile_session");
    request.account_id = settings_get(settings, WEPAY_ACCOUNT_ID);
    request.time_to_live = settings_number(settings, WEPAY_TIME_TO_LIVE, &problem);
    request.risk_token = settings_get(settings, WEPAY_RISK_TOKEN);
    request.client_ip = settings_get(settings, WEPAY_CLIENT_IP);
    request.extra_json = settings_get(settings, EXTRA_JSON);

    if (spay_wepay_new(call->client, &account, &wepay, error) == SPAY_OK &&
        spay_wepay_session_create(wepay, &request, &call->options, &session, error) == SPAY_OK)
        made = describe(call, session->info);
    spay_wepay_session_free(session);
    spay_wepay_free(wepay);
    return made;
}

/* A bearer token of one's own takes the place of the key, and of the identity host. */
spay_hosted_fields_options session_hosted_fields_account(const struct settings *settings)
{
    spay_hosted_fields_options account = SPAY_HOSTED_FIELDS_OPTIONS_INIT;

    account.environment = session_environment(settings);
    account.base_url = settings_get(settings, HOSTED_FIELDS_BASE_URL);
    account.bearer_token = settings_get(settings, HOSTED_FIELDS_BEARER_TOKEN);
    if (account.bearer_token)
        return account;
    account.identity_url = settings_get(settings, HOSTED_FIELDS_IDENTITY_URL);
    account.api_key = settings_get(settings, HOSTED_FIELDS_API_KEY);
    return account;
}

static cJSON *create_hosted_fields(const struct session_call *call, spay_error **error)
{
    const struct settings *settings = call->settings;
    spay_hosted_fields_options account = session_hosted_fields_account(settings);
    spay_hosted_fields *payroc = NULL;
    spay_hosted_fields_session *session = NULL;
    cJSON *made = NULL;

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

spay_connect_server_options session_connect_account(const struct settings *settings)
{
    spay_connect_server_options account = SPAY_CONNECT_SERVER_OPTIONS_INIT;

    account.environment = session_environment(settings);
    account.base_url = settings_get(settings, CONNECT_BASE_URL);
    account.merchant_id = settings_get(settings, CONNECT_MERCHANT_ID);
    account.api_key_id = settings_get(settings, CONNECT_API_KEY_ID);
    account.secret_api_key = settings_get(settings, CONNECT_SECRET_API_KEY);
    account.integrator = settings_get(settings, CONNECT_INTEGRATOR);
    account.platform_identifier = settings_get(settings, CONNECT_PLATFORM_IDENTIFIER);
    account.extension_creator = settings_get(settings, CONNECT_EXTENSION_CREATOR);
    account.extension_name = settings_get(settings, CONNECT_EXTENSION_NAME);
    account.extension_version = settings_get(settings, CONNECT_EXTENSION_VERSION);
    account.extension_id = settings_get(settings, CONNECT_EXTENSION_ID);
    return account;
}

static spay_connect_server *open_connect(const struct session_call *call, spay_error **error)
{
    spay_connect_server_options account = session_connect_account(call->settings);
    spay_connect_server *server = NULL;

    account.idempotence = call->always_key ? SPAY_YES : 0;
    (void)spay_connect_server_new(call->client, &account, &server, error);
    return server;
}

/* A filter of payment products; its numbers and words live as long as it. */
struct filter {
    spay_connect_server_filter filter;
    int32_t products[SETTINGS_LIST];
    struct settings_words groups;
};

static const spay_connect_server_filter *fill(struct filter *filter,
                                              const struct settings *settings,
                                              enum setting products, enum setting groups)
{
    const char *ignored = NULL;
    int count = settings_list(settings, products, filter->products, &ignored);

    spay_connect_server_filter_init(&filter->filter, sizeof filter->filter);
    filter->filter.products = filter->products;
    filter->filter.product_count = count > 0 ? (size_t)count : 0;
    settings_words(settings, groups, &filter->groups, &ignored);
    filter->filter.groups = filter->groups.words;
    filter->filter.group_count = filter->groups.count;
    return count > 0 || filter->groups.count > 0 ? &filter->filter : NULL;
}

static cJSON *create_connect(const struct session_call *call, spay_error **error)
{
    const struct settings *settings = call->settings;
    spay_connect_server *server = open_connect(call, error);
    spay_connect_server_session *session = NULL;
    struct filter restrict_to, exclude;
    struct settings_words tokens;
    const char *ignored = NULL;
    cJSON *made = NULL;

    spay_connect_server_session_request request = SPAY_CONNECT_SERVER_SESSION_REQUEST_INIT;
    request.restrict_to =
        fill(&restrict_to, settings, CONNECT_RESTRICT_TO, CONNECT_RESTRICT_TO_GROUPS);
    request.exclude = fill(&exclude, settings, CONNECT_EXCLUDE, CONNECT_EXCLUDE_GROUPS);
    settings_words(settings, CONNECT_TOKENS, &tokens, &ignored);
    request.tokens = tokens.words;
    request.token_count = tokens.count;
    request.client_meta_info = settings_get(settings, CONNECT_CLIENT_META_INFO);
    request.extra_json = settings_get(settings, EXTRA_JSON);

    if (server && spay_connect_server_session_create(server, &request, &call->options, &session,
                                                     error) == SPAY_OK) {
        made = describe(call, session->info);
        add_text(made, "customer_id", session->customer_id);
        add_text(made, "client_api_url", session->client_api_url);
        add_text(made, "asset_url", session->asset_url);
    }
    settings_words_free(&restrict_to.groups);
    settings_words_free(&exclude.groups);
    settings_words_free(&tokens);
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
