/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * The ready line and the environment of a COMMAND.
 */

#include "description.h"

#include "credentials.h"
#include "sandbox.h"
#include "xalloc.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void add_wepay(cJSON *line, const struct sandbox *sandbox)
{
    cJSON *wepay = cJSON_AddObjectToObject(line, "wepay");

    cJSON_AddStringToObject(wepay, "base_url", sandbox->base_url);
    cJSON_AddStringToObject(wepay, "app_id", WEPAY_APP_ID);
    cJSON_AddStringToObject(wepay, "app_token", WEPAY_APP_TOKEN);
    cJSON_AddStringToObject(wepay, "account_id", WEPAY_ACCOUNT_ID);
}

static char *hosted_fields_url(const struct sandbox *sandbox)
{
    return xasprintf("%s/v1", sandbox->base_url);
}

static void add_hosted_fields(cJSON *line, const struct sandbox *sandbox)
{
    cJSON *hosted_fields = cJSON_AddObjectToObject(line, "hosted_fields");
    char *base_url = hosted_fields_url(sandbox);

    cJSON_AddStringToObject(hosted_fields, "base_url", base_url);
    cJSON_AddStringToObject(hosted_fields, "identity_url", sandbox->base_url);
    cJSON_AddStringToObject(hosted_fields, "api_key", HOSTED_FIELDS_API_KEY);
    cJSON_AddStringToObject(hosted_fields, "terminal_id", HOSTED_FIELDS_TERMINAL_ID);
    cJSON_AddStringToObject(hosted_fields, "lib_version", HOSTED_FIELDS_LIB_VERSION);
    free(base_url);
}

static void add_connect(cJSON *line, const struct sandbox *sandbox)
{
    cJSON *server = cJSON_AddObjectToObject(line, "connect_server");
    cJSON_AddStringToObject(server, "base_url", sandbox->base_url);
    cJSON_AddStringToObject(server, "merchant_id", CONNECT_MERCHANT_ID);
    cJSON_AddStringToObject(server, "api_key_id", CONNECT_API_KEY_ID);
    cJSON_AddStringToObject(server, "secret_api_key", CONNECT_SECRET_API_KEY);

    cJSON *client = cJSON_AddObjectToObject(line, "connect_client");
    cJSON_AddStringToObject(client, "domain_name", APPLE_PAY_DOMAIN_NAME);
    cJSON_AddStringToObject(client, "validation_url", APPLE_PAY_VALIDATION_URL);
}

bool description_print(const struct sandbox *sandbox)
{
    cJSON *line = cJSON_CreateObject();

    cJSON_AddStringToObject(line, "base_url", sandbox->base_url);
    cJSON_AddStringToObject(line, "identity_url", sandbox->base_url);
    if (sandbox->ca_file)
        cJSON_AddStringToObject(line, "ca_file", sandbox->ca_file);
    else
        cJSON_AddNullToObject(line, "ca_file");
    cJSON_AddNumberToObject(line, "pid", (double)getpid());
    add_wepay(line, sandbox);
    add_hosted_fields(line, sandbox);
    add_connect(line, sandbox);

    char *text = cJSON_PrintUnformatted(line);
    bool printed = puts(text) >= 0 && fflush(stdout) == 0;
    cJSON_free(text);
    cJSON_Delete(line);
    return printed;
}

void description_export(const struct sandbox *sandbox)
{
    char *api_url = hosted_fields_url(sandbox);
    const char *const variables[][2] = {
        {"SPAY_SANDBOX_URL", sandbox->base_url},
        {"SPAY_CA_FILE", sandbox->ca_file},
        {"SPAY_WEPAY_BASE_URL", sandbox->base_url},
        {"SPAY_WEPAY_APP_ID", WEPAY_APP_ID},
        {"SPAY_WEPAY_APP_TOKEN", WEPAY_APP_TOKEN},
        {"SPAY_WEPAY_ACCOUNT_ID", WEPAY_ACCOUNT_ID},
        {"SPAY_HOSTED_FIELDS_BASE_URL", api_url},
        {"SPAY_HOSTED_FIELDS_IDENTITY_URL", sandbox->base_url},
        {"SPAY_HOSTED_FIELDS_API_KEY", HOSTED_FIELDS_API_KEY},
        {"SPAY_HOSTED_FIELDS_TERMINAL_ID", HOSTED_FIELDS_TERMINAL_ID},
        {"SPAY_HOSTED_FIELDS_LIB_VERSION", HOSTED_FIELDS_LIB_VERSION},
        {"SPAY_CONNECT_BASE_URL", sandbox->base_url},
        {"SPAY_CONNECT_MERCHANT_ID", CONNECT_MERCHANT_ID},
        {"SPAY_CONNECT_API_KEY_ID", CONNECT_API_KEY_ID},
        {"SPAY_CONNECT_SECRET_API_KEY", CONNECT_SECRET_API_KEY},
        {"SPAY_APPLE_PAY_DOMAIN_NAME", APPLE_PAY_DOMAIN_NAME},
        {"SPAY_APPLE_PAY_VALIDATION_URL", APPLE_PAY_VALIDATION_URL},
    };

    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        if (variables[i][1])
            setenv(variables[i][0], variables[i][1], 1);
        else
            unsetenv(variables[i][0]);
    }
    free(api_url);
}
