/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The promises about sized structs, for every one of them: the initializer macro and the
 * initializer function agree, and programs compiled with an older or a newer header than the
 * library's are served or refused, never misread.
 */
#include <sessionpay/sessionpay.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MORE = 32 /* bytes that a newer header might have */
};

static int count;
static int failures;

static void ok(int passed, const char *name, const char *what)
{
    count++;
    failures += !passed;
    printf("%sok %d - %s: %s\n", passed ? "" : "not ", count, name, what);
}

static int all_are(const unsigned char *bytes, size_t length, unsigned char value)
{
    for (size_t i = 0; i < length; i++)
        if (bytes[i] != value)
            return 0;
    return 1;
}

/* The macro gives the same bytes as the function, which writes as much as it was told to. */
static void check_init(const char *name, void (*init)(void *, size_t), const void *made,
                       size_t size)
{
    size_t larger = size + MORE;
    size_t head = sizeof larger;
    unsigned char *bytes = malloc(larger);

    if (!bytes)
        abort();

    memset(bytes, 0xaa, larger);
    init(bytes, size);
    ok(memcmp(bytes, made, size) == 0, name, "macro and function make the same bytes");
    ok(all_are(bytes + size, MORE, 0xaa), name, "the function keeps to its size");

    memset(bytes, 0xaa, larger);
    init(bytes, larger);
    ok(memcmp(bytes, &larger, head) == 0 && all_are(bytes + head, larger - head, 0), name,
       "the function fills a struct that is longer than it knows");

    free(bytes);
}

/* Hand a struct of `size` bytes to the library as one that ends `more` bytes later. */
typedef spay_status take_fn(const void *taken);

static spay_status take(take_fn *function, const void *value, size_t size, size_t struct_size,
                        unsigned char tail)
{
    unsigned char *bytes = calloc(1, size + MORE);
    spay_status status;

    if (!bytes)
        abort();
    memcpy(bytes, value, size);
    memcpy(bytes, &struct_size, sizeof struct_size);
    bytes[size + MORE - 1] = tail;
    status = function(bytes);
    free(bytes);
    return status;
}

static void check_size(const char *name, take_fn *function, const void *value, size_t size)
{
    spay_status bad = SPAY_E_INVALID_ARGUMENT;

    ok(take(function, value, size, size, 0) == SPAY_OK, name, "taken at its own size");
    ok(take(function, value, size, size, 1) == SPAY_OK, name, "bytes after the end are not read");
    ok(take(function, value, size, size + MORE, 0) == SPAY_OK, name, "longer, all zero: taken");
    ok(take(function, value, size, size + MORE, 1) == bad, name, "longer, not zero: refused");
    ok(take(function, value, size, sizeof(size_t), 0) == bad, name, "too small: refused");
    ok(take(function, value, size, 0, 0) == bad, name, "no size: refused");
}

/* What the functions under test need around them. */
static spay_mock *mock;
static spay_client *client;
static spay_wepay *wepay;
static spay_hosted_fields *hosted_fields;
static spay_connect_server *connect_server;
static spay_connect_client *connect_client;

static spay_client_options client_options = SPAY_CLIENT_OPTIONS_INIT;
static spay_wepay_options wepay_options = SPAY_WEPAY_OPTIONS_INIT;
static spay_wepay_session_request wepay_request = SPAY_WEPAY_SESSION_REQUEST_INIT;
static spay_hosted_fields_options hosted_fields_options = SPAY_HOSTED_FIELDS_OPTIONS_INIT;
static spay_hosted_fields_session_request hosted_fields_request =
    SPAY_HOSTED_FIELDS_SESSION_REQUEST_INIT;
static spay_connect_server_filter filter = SPAY_CONNECT_SERVER_FILTER_INIT;
static spay_connect_server_options connect_server_options = SPAY_CONNECT_SERVER_OPTIONS_INIT;
static spay_connect_server_session_request connect_server_request =
    SPAY_CONNECT_SERVER_SESSION_REQUEST_INIT;
static spay_connect_client_options connect_client_options = SPAY_CONNECT_CLIENT_OPTIONS_INIT;
static spay_connect_client_session_request connect_client_request =
    SPAY_CONNECT_CLIENT_SESSION_REQUEST_INIT;
static spay_call_options call_options = SPAY_CALL_OPTIONS_INIT;

static spay_status take_client_options(const void *taken)
{
    spay_client *made = NULL;
    spay_status status = spay_client_new(taken, &made, NULL);

    spay_client_free(made);
    return status;
}

static spay_status take_transport(const void *taken)
{
    spay_client_options options = client_options;

    options.transport = taken;
    return take_client_options(&options);
}

static spay_status take_platform(const void *taken)
{
    spay_client_options options = client_options;

    options.platform = taken;
    return take_client_options(&options);
}

static spay_status take_call_options(const void *taken)
{
    spay_call *call = NULL;
    spay_status status = spay_wepay_session_call_new(wepay, &wepay_request, taken, &call, NULL);

    spay_call_free(call);
    return status;
}

#define TAKE_OPTIONS(provider)                                                                     \
    static spay_status take_##provider##_options(const void *taken)                                \
    {                                                                                              \
        spay_##provider *made = NULL;                                                              \
        spay_status status = spay_##provider##_new(client, taken, &made, NULL);                    \
                                                                                                   \
        spay_##provider##_free(made);                                                              \
        return status;                                                                             \
    }

#define TAKE_REQUEST(provider)                                                                     \
    static spay_status take_##provider##_request(const void *taken)                                \
    {                                                                                              \
        spay_call *call = NULL;                                                                    \
        spay_status status =                                                                       \
            spay_##provider##_session_call_new(provider, taken, NULL, &call, NULL);                \
                                                                                                   \
        spay_call_free(call);                                                                      \
        return status;                                                                             \
    }

TAKE_OPTIONS(wepay)
TAKE_OPTIONS(hosted_fields)
TAKE_OPTIONS(connect_server)
TAKE_OPTIONS(connect_client)
TAKE_REQUEST(wepay)
TAKE_REQUEST(hosted_fields)
TAKE_REQUEST(connect_server)
TAKE_REQUEST(connect_client)

static spay_status take_filter(const void *taken)
{
    spay_connect_server_session_request request = connect_server_request;

    request.exclude = taken;
    return take_connect_server_request(&request);
}

static void fill_options(void)
{
    client_options.transport = spay_mock_transport(mock);
    client_options.platform = spay_mock_platform(mock);

    wepay_options.environment = SPAY_ENV_TEST;
    wepay_options.app_id = "121212";
    wepay_options.app_token = "stage_token";
    wepay_request.type = "mobile_session";
    wepay_request.account_id = "c9536e75";

    hosted_fields_options.environment = SPAY_ENV_TEST;
    hosted_fields_options.api_key = "key";
    hosted_fields_request.processing_terminal_id = "1234001";
    hosted_fields_request.lib_version = "1.6.0.172429";
    hosted_fields_request.scenario = "payment";

    connect_server_options.environment = SPAY_ENV_TEST;
    connect_server_options.merchant_id = "merchant";
    connect_server_options.api_key_id = "id";
    connect_server_options.secret_api_key = "secret";

    connect_client_options.client_session_id = "session";
    connect_client_options.customer_id = "customer";
    connect_client_options.client_api_url = "https://eu.api-ingenico.com/client";
    connect_client_request.domain_name = "shop.example.com";
    connect_client_request.validation_url =
        "https://apple-pay-gateway.apple.com/paymentservices/startSession";
}

static void set_up(void)
{
    spay_status status = spay_mock_new(&mock, NULL);

    fill_options();
    if (!status)
        status = spay_client_new(&client_options, &client, NULL);
    if (!status)
        status = spay_wepay_new(client, &wepay_options, &wepay, NULL);
    if (!status)
        status = spay_hosted_fields_new(client, &hosted_fields_options, &hosted_fields, NULL);
    if (!status)
        status = spay_connect_server_new(client, &connect_server_options, &connect_server, NULL);
    if (!status)
        status = spay_connect_client_new(client, &connect_client_options, &connect_client, NULL);
    if (status) {
        printf("Bail out! the objects could not be made: %d\n", (int)status);
        exit(1);
    }
}

static void tear_down(void)
{
    spay_connect_client_free(connect_client);
    spay_connect_server_free(connect_server);
    spay_hosted_fields_free(hosted_fields);
    spay_wepay_free(wepay);
    spay_client_free(client);
    spay_mock_free(mock);
}

int main(void)
{
    set_up();

#define SIZED(type, macro)                                                                         \
    {                                                                                              \
        static const type made = macro;                                                            \
        check_init(#type, type##_init, &made, sizeof made);                                        \
    }
#include "sized_structs.h"

#define CHECK(what, function, value) check_size(what, function, value, sizeof *(value))
    CHECK("spay_client_options", take_client_options, &client_options);
    CHECK("spay_transport", take_transport, client_options.transport);
    CHECK("spay_platform", take_platform, client_options.platform);
    CHECK("spay_call_options", take_call_options, &call_options);
    CHECK("spay_wepay_options", take_wepay_options, &wepay_options);
    CHECK("spay_wepay_session_request", take_wepay_request, &wepay_request);
    CHECK("spay_hosted_fields_options", take_hosted_fields_options, &hosted_fields_options);
    CHECK("spay_hosted_fields_session_request", take_hosted_fields_request, &hosted_fields_request);
    CHECK("spay_connect_server_filter", take_filter, &filter);
    CHECK("spay_connect_server_options", take_connect_server_options, &connect_server_options);
    CHECK("spay_connect_server_session_request", take_connect_server_request,
          &connect_server_request);
    CHECK("spay_connect_client_options", take_connect_client_options, &connect_client_options);
    CHECK("spay_connect_client_session_request", take_connect_client_request,
          &connect_client_request);

    tear_down();
    printf("1..%d\n", count);
    return failures != 0;
}
