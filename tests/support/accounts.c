/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Accounts, requests and replies that are good, so that a test has to say only what is not.
 */
#include "support/accounts.h"

#include <stdio.h>
#include <string.h>

#if ALL_PROVIDERS

#define CONNECT_URL "https://connect.example"
#define CUSTOMER "90a1cd6d5af74eb6bcdae1f1a5bca94e"

const char good_token_reply[] =
    "{\"access_token\":\"token-1\",\"expires_in\":3600,\"scope\":\"service\","
    "\"token_type\":\"Bearer\"}";

static const account_facts providers[ACCOUNT_KINDS] = {
    {.name = "wepay",
     .provider = SPAY_PROVIDER_WEPAY,
     .key_header = "Unique-Key",
     .status = 201,
     .reply = "{\"id\":\"0c2ef14b\",\"session_token\":\"stage_session\",\"expire_time\":4102444800,"
              "\"state\":\"active\",\"type\":\"mobile_session\"}",
     .value = "stage_session",
     .most_attempts = 3},
    {.name = "hosted_fields",
     .provider = SPAY_PROVIDER_HOSTED_FIELDS,
     .key_header = "Idempotency-Key",
     .status = 201,
     .reply = "{\"processingTerminalId\":\"" TEST_TERMINAL "\",\"token\":\"page-token\","
              "\"expiresAt\":\"2030-01-01T00:00:00Z\"}",
     .value = "page-token",
     .most_attempts = 3},
    {.name = "hosted_bearer",
     .provider = SPAY_PROVIDER_HOSTED_FIELDS,
     .key_header = "Idempotency-Key",
     .status = 201,
     .reply = "{\"processingTerminalId\":\"" TEST_TERMINAL "\",\"token\":\"page-token\","
              "\"expiresAt\":\"2030-01-01T00:00:00Z\"}",
     .value = "page-token",
     .most_attempts = 3},
    {.name = "connect_server",
     .provider = SPAY_PROVIDER_CONNECT_SERVER,
     .key_header = "X-GCS-Idempotence-Key",
     .status = 200,
     .reply =
         "{\"assetUrl\":\"https://assets.example\",\"clientApiUrl\":\"" CONNECT_URL "/client\","
         "\"clientSessionId\":\"client-session\",\"customerId\":\"" CUSTOMER "\"}",
     .value = "client-session",
     .most_attempts = 3},
    {.name = "connect_client",
     .provider = SPAY_PROVIDER_CONNECT_CLIENT,
     .status = 200,
     .reply = "{\"paymentProductSession302SpecificOutput\":"
              "{\"sessionObject\":\"{\\\"nonce\\\":\\\"70e2\\\"}\"}}",
     .value = "{\"nonce\":\"70e2\"}",
     .most_attempts = 2},
};

const account_facts *account_facts_of(account_kind kind)
{
    return &providers[kind];
}

/* ---- accounts ---- */

static const accounts_setup mock_setup = {
    .wepay_url = "https://wepay.example",
    .app_id = "700123",
    .app_token = "stage_not-a-real-token",
    .hosted_fields_url = "https://payroc.example/v1",
    .identity_url = "https://identity.example",
    .api_key = "not-a-real-key",
    .connect_url = CONNECT_URL,
    .merchant_id = "4217",
    .api_key_id = "key-id",
    .secret_api_key = "bm90LWEtcmVhbC1zZWNyZXQ=",
    .client_session_id = "client-session",
    .customer_id = CUSTOMER,
};

accounts_setup accounts_setup_at(const char *url, char hosted_fields_url[ACCOUNTS_URL_SIZE])
{
    accounts_setup setup = mock_setup;

    (void)snprintf(hosted_fields_url, ACCOUNTS_URL_SIZE, "%s/v1", url);
    setup.wepay_url = url;
    setup.hosted_fields_url = hosted_fields_url;
    setup.identity_url = url;
    setup.connect_url = url;
    return setup;
}

static bool open_wepay(test_accounts *opened, const accounts_setup *setup)
{
    spay_wepay_options options = SPAY_WEPAY_OPTIONS_INIT;

    options.base_url = setup->wepay_url;
    options.app_id = setup->app_id;
    options.app_token = setup->app_token;
    return spay_wepay_new(opened->client, &options, &opened->wepay, &opened->error) == SPAY_OK;
}

static bool open_hosted_fields(test_accounts *opened, const accounts_setup *setup)
{
    spay_hosted_fields_options own = SPAY_HOSTED_FIELDS_OPTIONS_INIT;
    spay_hosted_fields_options brought = SPAY_HOSTED_FIELDS_OPTIONS_INIT;

    own.base_url = setup->hosted_fields_url;
    own.identity_url = setup->identity_url;
    own.api_key = setup->api_key;
    brought.base_url = setup->hosted_fields_url;
    brought.bearer_token = setup->bearer_token ? setup->bearer_token : "brought-token";
    return spay_hosted_fields_new(opened->client, &own, &opened->hosted_fields, &opened->error) ==
               SPAY_OK &&
           spay_hosted_fields_new(opened->client, &brought, &opened->hosted_bearer,
                                  &opened->error) == SPAY_OK;
}

/* Keys on, so that tests can look at them. */
static bool open_connect_server(test_accounts *opened, const accounts_setup *setup)
{
    spay_connect_server_options options = SPAY_CONNECT_SERVER_OPTIONS_INIT;

    options.base_url = setup->connect_url;
    options.environment = SPAY_ENV_TEST;
    options.merchant_id = setup->merchant_id;
    options.api_key_id = setup->api_key_id;
    options.secret_api_key = setup->secret_api_key;
    options.idempotence = SPAY_YES;
    return spay_connect_server_new(opened->client, &options, &opened->connect_server,
                                   &opened->error) == SPAY_OK;
}

static bool open_connect_client(test_accounts *opened, const accounts_setup *setup)
{
    static const char *const hosts[] = {"connect.example", "127.0.0.1"};
    spay_connect_client_options options = SPAY_CONNECT_CLIENT_OPTIONS_INIT;
    char url[256];

    if (!setup->client_session_id)
        return true;
    (void)snprintf(url, sizeof(url), "%s/client", setup->connect_url);
    options.environment = SPAY_ENV_TEST;
    options.client_session_id = setup->client_session_id;
    options.customer_id = setup->customer_id;
    options.client_api_url = url;
    options.allowed_hosts = hosts;
    options.allowed_host_count = 2;
    return spay_connect_client_new(opened->client, &options, &opened->connect_client,
                                   &opened->error) == SPAY_OK;
}

bool accounts_make(test_accounts *opened, const accounts_setup *setup)
{
    if (!setup)
        setup = &mock_setup;
    return open_wepay(opened, setup) && open_hosted_fields(opened, setup) &&
           open_connect_server(opened, setup) && open_connect_client(opened, setup);
}

bool accounts_open_at(test_accounts *opened, const accounts_setup *setup,
                      const spay_client_options *options)
{
    memset(opened, 0, sizeof(*opened));
    return spay_client_new(options, &opened->client, &opened->error) == SPAY_OK &&
           accounts_make(opened, setup);
}

bool accounts_open(test_accounts *opened, const spay_client_options *options)
{
    spay_client_options caller_options = SPAY_CLIENT_OPTIONS_INIT;

    memset(opened, 0, sizeof(*opened));
    if (spay_mock_new(&opened->mock, &opened->error) != SPAY_OK)
        return false;
    if (options)
        caller_options = *options;
    if (!caller_options.transport)
        caller_options.transport = spay_mock_transport(opened->mock);
    if (!caller_options.platform)
        caller_options.platform = spay_mock_platform(opened->mock);
    return spay_client_new(&caller_options, &opened->client, &opened->error) == SPAY_OK &&
           accounts_make(opened, NULL);
}

void accounts_close(test_accounts *opened)
{
    spay_wepay_free(opened->wepay);
    spay_hosted_fields_free(opened->hosted_fields);
    spay_hosted_fields_free(opened->hosted_bearer);
    spay_connect_server_free(opened->connect_server);
    spay_connect_client_free(opened->connect_client);
    spay_client_free(opened->client);
    spay_mock_free(opened->mock);
    spay_error_free(opened->error);
    memset(opened, 0, sizeof(*opened));
}

/* ---- requests ---- */

static void fill_wepay(spay_wepay_session_request *request)
{
    request->type = "mobile_session";
    request->account_id = "2f8d6c1b-70e4-4a39-9b5d-e61c03a7f852";
}

static void fill_hosted_fields(spay_hosted_fields_session_request *request)
{
    request->processing_terminal_id = TEST_TERMINAL;
    request->lib_version = "1.7.0.261457";
    request->scenario = "payment";
}

static void fill_connect_client(spay_connect_client_session_request *request)
{
    request->display_name = "Example Bikes";
    request->domain_name = "checkout.example-bikes.test";
    request->validation_url = TEST_GATEWAY;
}

static spay_hosted_fields *hosted_of(const test_accounts *opened, account_kind kind)
{
    return kind == ACCOUNT_HOSTED_FIELDS ? opened->hosted_fields : opened->hosted_bearer;
}

spay_status accounts_new_call(const test_accounts *opened, account_kind kind,
                              const spay_call_options *options, spay_call **call,
                              spay_error **error)
{
    spay_wepay_session_request wepay = SPAY_WEPAY_SESSION_REQUEST_INIT;
    spay_hosted_fields_session_request hosted = SPAY_HOSTED_FIELDS_SESSION_REQUEST_INIT;
    spay_connect_client_session_request client = SPAY_CONNECT_CLIENT_SESSION_REQUEST_INIT;

    if (kind == ACCOUNT_WEPAY) {
        fill_wepay(&wepay);
        return spay_wepay_session_call_new(opened->wepay, &wepay, options, call, error);
    }
    if (kind == ACCOUNT_CONNECT_SERVER)
        return spay_connect_server_session_call_new(opened->connect_server, NULL, options, call,
                                                    error);
    if (kind == ACCOUNT_CONNECT_CLIENT) {
        fill_connect_client(&client);
        return spay_connect_client_session_call_new(opened->connect_client, &client, options, call,
                                                    error);
    }
    fill_hosted_fields(&hosted);
    return spay_hosted_fields_session_call_new(hosted_of(opened, kind), &hosted, options, call,
                                               error);
}

static spay_status create_wepay(const test_accounts *opened, const spay_call_options *options,
                                void **session, spay_error **error)
{
    spay_wepay_session_request request = SPAY_WEPAY_SESSION_REQUEST_INIT;
    spay_wepay_session *made = NULL;
    spay_status status;

    fill_wepay(&request);
    status = spay_wepay_session_create(opened->wepay, &request, options, &made, error);
    *session = made;
    return status;
}

static spay_status create_hosted_fields(const test_accounts *opened, account_kind kind,
                                        const spay_call_options *options, void **session,
                                        spay_error **error)
{
    spay_hosted_fields_session_request request = SPAY_HOSTED_FIELDS_SESSION_REQUEST_INIT;
    spay_hosted_fields_session *made = NULL;
    spay_status status;

    fill_hosted_fields(&request);
    status =
        spay_hosted_fields_session_create(hosted_of(opened, kind), &request, options, &made, error);
    *session = made;
    return status;
}

static spay_status create_connect_server(const test_accounts *opened,
                                         const spay_call_options *options, void **session,
                                         spay_error **error)
{
    spay_connect_server_session *made = NULL;
    spay_status status =
        spay_connect_server_session_create(opened->connect_server, NULL, options, &made, error);

    *session = made;
    return status;
}

static spay_status create_connect_client(const test_accounts *opened,
                                         const spay_call_options *options, void **session,
                                         spay_error **error)
{
    spay_connect_client_session_request request = SPAY_CONNECT_CLIENT_SESSION_REQUEST_INIT;
    spay_connect_client_session *made = NULL;
    spay_status status;

    fill_connect_client(&request);
    status =
        spay_connect_client_session_create(opened->connect_client, &request, options, &made, error);
    *session = made;
    return status;
}

spay_status accounts_create_session(const test_accounts *opened, account_kind kind,
                                    const spay_call_options *options, void **session,
                                    spay_error **error)
{
    switch (kind) {
    case ACCOUNT_WEPAY:
        return create_wepay(opened, options, session, error);
    case ACCOUNT_CONNECT_SERVER:
        return create_connect_server(opened, options, session, error);
    case ACCOUNT_CONNECT_CLIENT:
        return create_connect_client(opened, options, session, error);
    case ACCOUNT_HOSTED_FIELDS:
    case ACCOUNT_HOSTED_BEARER:
    case ACCOUNT_KINDS:
        break;
    }
    return create_hosted_fields(opened, kind, options, session, error);
}

/* ---- sessions ---- */

spay_status accounts_take_session(account_kind kind, spay_call *call, void **session,
                                  spay_error **error)
{
    spay_wepay_session *wepay = NULL;
    spay_hosted_fields_session *hosted = NULL;
    spay_connect_server_session *server = NULL;
    spay_connect_client_session *client = NULL;
    spay_status status;

    if (kind == ACCOUNT_WEPAY)
        status = spay_wepay_session_from_call(call, &wepay, error);
    else if (kind == ACCOUNT_CONNECT_SERVER)
        status = spay_connect_server_session_from_call(call, &server, error);
    else if (kind == ACCOUNT_CONNECT_CLIENT)
        status = spay_connect_client_session_from_call(call, &client, error);
    else
        status = spay_hosted_fields_session_from_call(call, &hosted, error);
    *session = wepay ? (void *)wepay : hosted ? (void *)hosted : server ? (void *)server : client;
    return status;
}

void accounts_free_session(account_kind kind, void *session)
{
    if (kind == ACCOUNT_WEPAY)
        spay_wepay_session_free(session);
    else if (kind == ACCOUNT_CONNECT_SERVER)
        spay_connect_server_session_free(session);
    else if (kind == ACCOUNT_CONNECT_CLIENT)
        spay_connect_client_session_free(session);
    else
        spay_hosted_fields_session_free(session);
}

/* Every session begins with it. */
const spay_session_info *accounts_session_info(const void *session)
{
    const spay_session_info *info = NULL;

    if (session)
        memcpy(&info, session, sizeof(info));
    return info;
}

/* ---- the script ---- */

void accounts_reply(const test_accounts *opened, int32_t status, const char *headers,
                    const char *body)
{
    (void)spay_mock_reply(opened->mock, status, headers, body, body ? strlen(body) : 0);
}

void accounts_reply_good(const test_accounts *opened, account_kind kind)
{
    accounts_reply(opened, providers[kind].status, NULL, providers[kind].reply);
}

spay_status accounts_apple_pay(const test_accounts *opened, const char *validation_url,
                               const spay_call_options *options,
                               spay_connect_server_session **server_session,
                               spay_connect_client_session **session, spay_error **error)
{
    spay_connect_client_session_request request = SPAY_CONNECT_CLIENT_SESSION_REQUEST_INIT;

    fill_connect_client(&request);
    request.validation_url = validation_url;
    return spay_connect_apple_pay_session_create(opened->connect_server, NULL, &request, options,
                                                 server_session, session, error);
}

spay_status accounts_new_apple_pay_call(const test_accounts *opened, const char *validation_url,
                                        const spay_call_options *options, spay_call **call,
                                        spay_error **error)
{
    spay_connect_client_session_request request = SPAY_CONNECT_CLIENT_SESSION_REQUEST_INIT;

    fill_connect_client(&request);
    request.validation_url = validation_url;
    return spay_connect_apple_pay_session_call_new(opened->connect_server, NULL, &request, options,
                                                   call, error);
}

accounts_setup accounts_setup_of_sandbox(const char *(*need)(const char *name))
{
    accounts_setup setup;

    memset(&setup, 0, sizeof(setup));
    setup.wepay_url = need("SPAY_WEPAY_BASE_URL");
    setup.app_id = need("SPAY_WEPAY_APP_ID");
    setup.app_token = need("SPAY_WEPAY_APP_TOKEN");
    setup.hosted_fields_url = need("SPAY_HOSTED_FIELDS_BASE_URL");
    setup.identity_url = need("SPAY_HOSTED_FIELDS_IDENTITY_URL");
    setup.api_key = need("SPAY_HOSTED_FIELDS_API_KEY");
    setup.connect_url = need("SPAY_CONNECT_BASE_URL");
    setup.merchant_id = need("SPAY_CONNECT_MERCHANT_ID");
    setup.api_key_id = need("SPAY_CONNECT_API_KEY_ID");
    setup.secret_api_key = need("SPAY_CONNECT_SECRET_API_KEY");
    return setup;
}

#else

typedef int accounts_not_built; /* ISO C forbids an empty translation unit */

#endif
