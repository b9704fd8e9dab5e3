/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The environment guard: credentials of one system never go to another, as far as they can be told
 * apart, and an environment that does not exist is refused. Nothing is sent in either case.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/accounts.h"
#include "torture/kit/proof.h"

#if ALL_PROVIDERS

/* What came of making an account; a call is made with it if there is one. */
typedef struct result {
    spay_status status;
    const char *field;
    const char *code;
    size_t requests;
    char url[512]; /* of the first request */
} result;

typedef spay_status (*opener)(spay_client *client, const void *options, void **account,
                              spay_error **error);
typedef void (*user)(void *account);

static spay_status open_wepay(spay_client *client, const void *options, void **out,
                              spay_error **error)
{
    spay_wepay *made = NULL;
    spay_status status = spay_wepay_new(client, options, &made, error);

    *out = made;
    return status;
}

static void use_wepay(void *account)
{
    spay_wepay_session_request request = SPAY_WEPAY_SESSION_REQUEST_INIT;
    spay_wepay_session *session;

    request.type = "mobile_session";
    request.account_id = "2f8d6c1b";
    (void)spay_wepay_session_create(account, &request, NULL, &session, NULL);
    spay_wepay_free(account);
}

static spay_status open_hosted(spay_client *client, const void *options, void **out,
                               spay_error **error)
{
    spay_hosted_fields *made = NULL;
    spay_status status = spay_hosted_fields_new(client, options, &made, error);

    *out = made;
    return status;
}

static void use_hosted(void *account)
{
    spay_hosted_fields_session_request request = SPAY_HOSTED_FIELDS_SESSION_REQUEST_INIT;
    spay_hosted_fields_session *session;

    request.processing_terminal_id = "7702014";
    request.lib_version = "1.7.0.261457";
    request.scenario = "payment";
    (void)spay_hosted_fields_session_create(account, &request, NULL, &session, NULL);
    spay_hosted_fields_free(account);
}

static spay_status open_server(spay_client *client, const void *options, void **out,
                               spay_error **error)
{
    spay_connect_server *made = NULL;
    spay_status status = spay_connect_server_new(client, options, &made, error);

    *out = made;
    return status;
}

static void use_server(void *account)
{
    spay_connect_server_session *session;

    (void)spay_connect_server_session_create(account, NULL, NULL, &session, NULL);
    spay_connect_server_free(account);
}

static spay_status open_connect(spay_client *client, const void *options, void **out,
                                spay_error **error)
{
    spay_connect_client *made = NULL;
    spay_status status = spay_connect_client_new(client, options, &made, error);

    *out = made;
    return status;
}

static void use_connect(void *account)
{
    spay_connect_client_session_request request = SPAY_CONNECT_CLIENT_SESSION_REQUEST_INIT;
    spay_connect_client_session *session;

    request.domain_name = "checkout.example-bikes.test";
    request.validation_url = "https://apple-pay-gateway.apple.com/paymentservices/paymentSession";
    (void)spay_connect_client_session_create(account, &request, NULL, &session, NULL);
    spay_connect_client_free(account);
}

static void run(result *got, opener open, user use, const void *options)
{
    static char field[64];
    static char code[64];
    spay_client_options client_options = SPAY_CLIENT_OPTIONS_INIT;
    spay_client *client = NULL;
    spay_mock *mock = NULL;
    void *account = NULL;
    spay_error *error = NULL;

    if (spay_mock_new(&mock, NULL) != SPAY_OK)
        exit(1);
    client_options.transport = spay_mock_transport(mock);
    client_options.platform = spay_mock_platform(mock);
    if (spay_client_new(&client_options, &client, NULL) != SPAY_OK)
        exit(1);
    got->status = open(client, options, &account, &error);
    (void)snprintf(field, sizeof(field), "%s", spay_error_field_path(error, 0));
    (void)snprintf(code, sizeof(code), "%s", spay_error_field_code(error, 0));
    got->field = field;
    got->code = code;
    if (account)
        use(account);
    got->requests = spay_mock_request_count(mock);
    (void)snprintf(got->url, sizeof(got->url), "%s", spay_mock_request_url(mock, 0));
    spay_error_free(error);
    spay_client_free(client);
    spay_mock_free(mock);
}

/* `field` is what the refusal must name; NULL if there must be none. */
static void check(proof *p, const result *got, const char *what, const char *field,
                  const char *code)
{
    if (field)
        proof_case(p,
                   got->status == SPAY_E_INVALID_ARGUMENT && got->requests == 0 &&
                       strcmp(got->field, field) == 0 && strcmp(got->code, code) == 0,
                   "%s: %s %s %s, %zu requests, first to \"%s\"; wanted %s %s", what,
                   spay_status_name(got->status), got->field, got->code, got->requests, got->url,
                   field, code);
    else
        proof_case(p, got->status == SPAY_OK && got->requests > 0, "%s: %s %s %s", what,
                   spay_status_name(got->status), got->field, got->code);
}

#define MISMATCH "environment_mismatch"

/* ---- wepay: the token says where it belongs ---- */

#define WEPAY_ROW(environment_, base_url_, token_, field_)                                         \
    {                                                                                              \
        .environment = (environment_), .base_url = (base_url_), .token = (token_),                 \
        .field = (field_)                                                                          \
    }

static const struct {
    int32_t environment;
    const char *base_url;
    const char *token;
    const char *field;
} wepay_rows[] = {
    WEPAY_ROW(SPAY_ENV_TEST, NULL, "stage_abc", NULL),
    WEPAY_ROW(SPAY_ENV_PRODUCTION, NULL, "prod_abc", NULL),
    WEPAY_ROW(SPAY_ENV_TEST, NULL, "token-without-a-system", NULL),
    WEPAY_ROW(SPAY_ENV_PRODUCTION, NULL, "token-without-a-system", NULL),
    WEPAY_ROW(0, "https://stage-api.wepay.com", "stage_abc", NULL),
    WEPAY_ROW(0, "https://api.wepay.com", "prod_abc", NULL),
    WEPAY_ROW(0, "http://127.0.0.1:8080", "stage_abc", NULL),
    WEPAY_ROW(0, "http://127.0.0.1:8080", "prod_abc", NULL),
    WEPAY_ROW(SPAY_ENV_TEST, "http://127.0.0.1:8080", "stage_abc", NULL),
    WEPAY_ROW(SPAY_ENV_TEST, "https://stage-api.wepay.com", "stage_abc", NULL),
    WEPAY_ROW(SPAY_ENV_TEST, "https://gateway.example/wepay", "stage_abc", NULL),

    WEPAY_ROW(SPAY_ENV_PRODUCTION, NULL, "stage_abc", "app_token"),
    WEPAY_ROW(SPAY_ENV_TEST, NULL, "prod_abc", "app_token"),
    WEPAY_ROW(SPAY_ENV_PRODUCTION, NULL, "stage_", "app_token"),
    WEPAY_ROW(0, "https://api.wepay.com", "stage_abc", "app_token"),
    WEPAY_ROW(0, "https://api.wepay.com/", "stage_abc", "app_token"),
    WEPAY_ROW(0, "https://api.wepay.com/v3", "stage_abc", "app_token"),
    WEPAY_ROW(0, "https://api.wepay.com:443", "stage_abc", "app_token"),
    WEPAY_ROW(0, "https://api.wepay.com:8443", "stage_abc", "app_token"),
    WEPAY_ROW(0, "https://API.WePay.com", "stage_abc", "app_token"),
    WEPAY_ROW(0, "HTTPS://API.WEPAY.COM:443/", "stage_abc", "app_token"),
    WEPAY_ROW(0, "https://stage-api.wepay.com", "prod_abc", "app_token"),
    WEPAY_ROW(0, "https://STAGE-API.wepay.com/", "prod_abc", "app_token"),
    WEPAY_ROW(SPAY_ENV_TEST, "https://api.wepay.com", "token", "base_url"),
    WEPAY_ROW(SPAY_ENV_TEST, "https://API.WEPAY.COM:443/", "token", "base_url"),
    WEPAY_ROW(SPAY_ENV_PRODUCTION, "https://stage-api.wepay.com", "token", "base_url"),
    WEPAY_ROW(SPAY_ENV_PRODUCTION, "https://stage-api.wepay.com/v3", "prod_abc", "base_url"),
};

static void prove_wepay(void)
{
    size_t i;
    proof p;

    proof_begin(&p, "wepay: token, environment and host belong together");
    for (i = 0; i < sizeof(wepay_rows) / sizeof(wepay_rows[0]); i++) {
        spay_wepay_options options = SPAY_WEPAY_OPTIONS_INIT;
        char what[256];
        result got;

        options.environment = wepay_rows[i].environment;
        options.base_url = wepay_rows[i].base_url;
        options.app_token = wepay_rows[i].token;
        options.app_id = "700123";
        (void)snprintf(what, sizeof(what), "%s in %d at %s", options.app_token,
                       (int)options.environment, options.base_url ? options.base_url : "-");
        run(&got, open_wepay, use_wepay, &options);
        check(&p, &got, what, wepay_rows[i].field, MISMATCH);
    }
    proof_end(&p);
}

/* ---- hosted_fields: two hosts, and both belong to the environment ---- */

#define HOSTED_ROW(environment_, base_url_, identity_url_, field_)                                 \
    {                                                                                              \
        .environment = (environment_), .base_url = (base_url_), .identity_url = (identity_url_),   \
        .field = (field_)                                                                          \
    }

static const struct {
    int32_t environment;
    const char *base_url;
    const char *identity_url;
    const char *field;
} hosted_rows[] = {
    HOSTED_ROW(SPAY_ENV_TEST, NULL, NULL, NULL),
    HOSTED_ROW(SPAY_ENV_PRODUCTION, NULL, NULL, NULL),
    HOSTED_ROW(SPAY_ENV_TEST, "https://api.uat.payroc.com/v1", "https://identity.uat.payroc.com",
               NULL),
    HOSTED_ROW(SPAY_ENV_PRODUCTION, "https://api.payroc.com/v1", "https://identity.payroc.com",
               NULL),
    HOSTED_ROW(SPAY_ENV_TEST, "http://127.0.0.1:1/v1", "http://127.0.0.1:1", NULL),
    HOSTED_ROW(0, "http://127.0.0.1:1/v1", "http://127.0.0.1:1", NULL),
    HOSTED_ROW(0, "https://api.payroc.com/v1", "https://identity.payroc.com", NULL),

    HOSTED_ROW(SPAY_ENV_TEST, "https://api.payroc.com/v1", "https://identity.uat.payroc.com",
               "base_url"),
    HOSTED_ROW(SPAY_ENV_TEST, "https://API.Payroc.com:443/v1", "https://identity.uat.payroc.com",
               "base_url"),
    HOSTED_ROW(SPAY_ENV_PRODUCTION, "https://api.uat.payroc.com/v1", "https://identity.payroc.com",
               "base_url"),
    HOSTED_ROW(SPAY_ENV_TEST, NULL, "https://identity.payroc.com", "identity_url"),
    HOSTED_ROW(SPAY_ENV_PRODUCTION, NULL, "https://identity.uat.payroc.com", "identity_url"),
    HOSTED_ROW(SPAY_ENV_PRODUCTION, NULL, "https://IDENTITY.uat.payroc.com:443/", "identity_url"),
    HOSTED_ROW(0, "https://api.payroc.com/v1", "https://identity.uat.payroc.com", "identity_url"),
    HOSTED_ROW(0, "https://api.uat.payroc.com/v1", "https://identity.payroc.com", "identity_url"),
};

static void prove_hosted(void)
{
    size_t i;
    proof p;

    proof_begin(&p, "hosted_fields: environment and both hosts belong together");
    for (i = 0; i < sizeof(hosted_rows) / sizeof(hosted_rows[0]); i++) {
        spay_hosted_fields_options options = SPAY_HOSTED_FIELDS_OPTIONS_INIT;
        char what[256];
        result got;

        options.environment = hosted_rows[i].environment;
        options.base_url = hosted_rows[i].base_url;
        options.identity_url = hosted_rows[i].identity_url;
        options.api_key = "key";
        (void)snprintf(what, sizeof(what), "%d, %s, %s", (int)options.environment,
                       options.base_url ? options.base_url : "-",
                       options.identity_url ? options.identity_url : "-");
        run(&got, open_hosted, use_hosted, &options);
        check(&p, &got, what, hosted_rows[i].field, MISMATCH);
    }
    proof_end(&p);
}

/* ---- connect_server: every environment against every other's host ---- */

static const struct {
    int32_t environment;
    const char *host;
} systems[] = {
    {SPAY_ENV_TEST, "api.preprod.connect.worldline-solutions.com"},
    {SPAY_ENV_PRODUCTION, "api.connect.worldline-solutions.com"},
    {SPAY_CONNECT_ENV_PRODUCTION_WORLD, "api.connect.worldline-solutions.com"},
    {SPAY_CONNECT_ENV_PRODUCTION_EUROPE, "eu.api-ingenico.com"},
    {SPAY_CONNECT_ENV_PRODUCTION_INDIA, "mum.api-ingenico.com"},
    {SPAY_CONNECT_ENV_PREPROD_WORLD, "api.preprod.connect.worldline-solutions.com"},
    {SPAY_CONNECT_ENV_PREPROD_EUROPE, "eu.preprod.api-ingenico.com"},
    {SPAY_CONNECT_ENV_PREPROD_INDIA, "mum-preprod.api-ingenico.com"},
    {SPAY_CONNECT_ENV_SANDBOX, "eu.sandbox.api-ingenico.com"},
};

static void open_system(result *got, int32_t environment, const char *base_url)
{
    spay_connect_server_options options = SPAY_CONNECT_SERVER_OPTIONS_INIT;

    options.environment = environment;
    options.base_url = base_url;
    options.merchant_id = "4217";
    options.api_key_id = "key-id";
    options.secret_api_key = "secret";
    run(got, open_server, use_server, &options);
}

static void prove_server(void)
{
    static const char *const forms[] = {"https://%s", "https://%s/", "https://%s:443"};
    char url[256];
    char what[512];
    result got;
    size_t i;
    size_t j;
    size_t k;
    proof p;

    proof_begin(&p, "connect_server: environment and host belong together");
    for (i = 0; i < sizeof(systems) / sizeof(systems[0]); i++) {
        open_system(&got, systems[i].environment, NULL);
        check(&p, &got, systems[i].host, NULL, NULL);
        proof_case(&p, strstr(got.url, systems[i].host) == got.url + 8, "%d goes to %s",
                   (int)systems[i].environment, got.url);
        for (j = 0; j < sizeof(systems) / sizeof(systems[0]); j++)
            for (k = 0; k < sizeof(forms) / sizeof(forms[0]); k++) {
                bool same = strcmp(systems[i].host, systems[j].host) == 0;

                (void)snprintf(url, sizeof(url), forms[k], systems[j].host);
                (void)snprintf(what, sizeof(what), "%d at %s", (int)systems[i].environment, url);
                open_system(&got, systems[i].environment, url);
                check(&p, &got, what, same ? NULL : "base_url", MISMATCH);
            }
    }
    open_system(&got, SPAY_ENV_TEST, "http://127.0.0.1:1");
    check(&p, &got, "loopback", NULL, NULL);
    proof_end(&p);
}

/* ---- environments that do not exist ---- */

static bool is_known(int32_t environment, bool connect)
{
    size_t i;

    for (i = 0; i < (connect ? sizeof(systems) / sizeof(systems[0]) : 2); i++)
        if (systems[i].environment == environment)
            return true;
    return false;
}

static void try_unknown(proof *p, int32_t environment, const char *base_url)
{
    spay_wepay_options wepay = SPAY_WEPAY_OPTIONS_INIT;
    spay_hosted_fields_options hosted = SPAY_HOSTED_FIELDS_OPTIONS_INIT;
    spay_connect_client_options connect = SPAY_CONNECT_CLIENT_OPTIONS_INIT;
    const char *code = environment ? "unknown_environment" : "missing";
    char what[64];
    result got;

    (void)snprintf(what, sizeof(what), "environment %ld", (long)environment);
    wepay.environment = hosted.environment = connect.environment = environment;
    wepay.base_url = hosted.base_url = hosted.identity_url = base_url;
    wepay.app_id = "700123";
    wepay.app_token = "token";
    hosted.api_key = "key";
    connect.client_session_id = "client-session";
    connect.customer_id = "90a1";
    connect.client_api_url = "https://eu.api-ingenico.com/client";
    if (!is_known(environment, false)) {
        run(&got, open_wepay, use_wepay, &wepay);
        check(p, &got, what, "environment", code);
        run(&got, open_hosted, use_hosted, &hosted);
        check(p, &got, what, "environment", code);
    }
    if (!is_known(environment, false) && environment) { /* production is the default here */
        run(&got, open_connect, use_connect, &connect);
        check(p, &got, what, "environment", code);
    }
    if (!is_known(environment, true)) {
        open_system(&got, environment, base_url);
        check(p, &got, what, "environment", code);
    }
}

static void prove_unknown(void)
{
    static const int32_t far[] = {INT32_MIN,     INT32_MIN + 1, -101,    INT32_MAX,
                                  INT32_MAX - 1, 65537,         16777217};
    int32_t environment;
    size_t i;
    proof p;

    proof_begin(&p, "environments that do not exist are refused");
    for (environment = -20; environment <= 300; environment++)
        try_unknown(&p, environment, NULL);
    for (i = 0; i < sizeof(far) / sizeof(far[0]); i++)
        try_unknown(&p, far[i], NULL);
    for (environment = -20; environment <= 300; environment++)
        if (environment) /* without one, a base URL is enough */
            try_unknown(&p, environment, "https://gateway.example");
    proof_end(&p);
}

/* ---- connect_client: Apple's sandbox is not for production ---- */

/* A session for a page that Apple's sandbox validates, and how many requests went out for it. */
static spay_status try_apple_sandbox(int32_t environment, size_t *requests)
{
    spay_connect_client_session_request request = SPAY_CONNECT_CLIENT_SESSION_REQUEST_INIT;
    spay_connect_client_options options = SPAY_CONNECT_CLIENT_OPTIONS_INIT;
    spay_connect_client_session *session = NULL;
    spay_connect_client *account = NULL;
    spay_status status;
    test_accounts opened;

    if (!accounts_open(&opened, NULL))
        exit(1);
    options.environment = environment;
    options.client_session_id = "client-session";
    options.customer_id = "90a1";
    options.client_api_url = "https://eu.api-ingenico.com/client";
    request.domain_name = "checkout.example-bikes.test";
    request.validation_url =
        "https://apple-pay-gateway-cert.apple.com/paymentservices/paymentSession";
    (void)spay_connect_client_new(opened.client, &options, &account, NULL);
    status = spay_connect_client_session_create(account, &request, NULL, &session, NULL);
    *requests = spay_mock_request_count(opened.mock);
    spay_connect_client_session_free(session);
    spay_connect_client_free(account);
    accounts_close(&opened);
    return status;
}

static void prove_apple(void)
{
    static const int32_t environments[] = {0, SPAY_ENV_PRODUCTION, SPAY_ENV_TEST};
    size_t i;
    proof p;

    proof_begin(&p, "connect_client: Apple's sandbox only where it is a test");
    for (i = 0; i < sizeof(environments) / sizeof(environments[0]); i++) {
        size_t requests;
        spay_status status = try_apple_sandbox(environments[i], &requests);

        proof_case(&p,
                   environments[i] == SPAY_ENV_TEST
                       ? requests > 0
                       : status == SPAY_E_INVALID_ARGUMENT && requests == 0,
                   "environment %d: %s, %zu requests", (int)environments[i],
                   spay_status_name(status), requests);
    }
    proof_end(&p);
}

int main(void)
{
    prove_wepay();
    prove_hosted();
    prove_server();
    prove_unknown();
    prove_apple();
    return tap_end();
}

#else

int main(void)
{
    return tap_skip_all("built without a provider");
}

#endif
