/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Requests of any text: either an error names the member, and nothing is sent, or the request is one
 * that JSON and HTTP allow and that says what was given.
 *
 * input: provider, then a text for each member
 */
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "support/accounts.h"
#include "support/input.h"

enum {
    TEXTS = 12
};

typedef struct texts {
    char *text[TEXTS];
    int taken;
} texts;

static const char *next(texts *given)
{
    return given->text[given->taken++];
}

static spay_status new_wepay(const test_accounts *accounts, texts *given,
                             const spay_call_options *options, spay_call **call, spay_error **error)
{
    spay_wepay_session_request request = SPAY_WEPAY_SESSION_REQUEST_INIT;

    request.type = next(given);
    request.account_id = next(given);
    request.client_ip = next(given);
    request.risk_token = next(given);
    request.extra_json = next(given);
    return spay_wepay_session_call_new(accounts->wepay, &request, options, call, error);
}

static spay_status new_hosted_fields(const test_accounts *accounts, texts *given,
                                     const spay_call_options *options, spay_call **call,
                                     spay_error **error)
{
    spay_hosted_fields_session_request request = SPAY_HOSTED_FIELDS_SESSION_REQUEST_INIT;

    request.processing_terminal_id = next(given);
    request.lib_version = next(given);
    request.scenario = next(given);
    request.secure_token_id = next(given);
    request.extra_json = next(given);
    return spay_hosted_fields_session_call_new(accounts->hosted_bearer, &request, options, call,
                                               error);
}

static spay_status new_connect_server(const test_accounts *accounts, texts *given,
                                      const spay_call_options *options, spay_call **call,
                                      spay_error **error)
{
    spay_connect_server_session_request request = SPAY_CONNECT_SERVER_SESSION_REQUEST_INIT;
    const char *tokens[2];

    tokens[0] = next(given);
    tokens[1] = next(given);
    request.tokens = tokens;
    request.token_count = tokens[0] && tokens[1] ? 2 : 0;
    request.client_meta_info = next(given);
    request.extra_json = next(given);
    return spay_connect_server_session_call_new(accounts->connect_server, &request, options, call,
                                                error);
}

static spay_status new_connect_client(const test_accounts *accounts, texts *given,
                                      const spay_call_options *options, spay_call **call,
                                      spay_error **error)
{
    spay_connect_client_session_request request = SPAY_CONNECT_CLIENT_SESSION_REQUEST_INIT;

    request.display_name = next(given);
    request.domain_name = next(given);
    request.validation_url = next(given);
    request.extra_json = next(given);
    return spay_connect_client_session_call_new(accounts->connect_client, &request, options, call,
                                                error);
}

/* ---- what must hold of a request ---- */

/* A text that is not set need not be there. */
static int contains(const cJSON *object, const char *text)
{
    const cJSON *member;

    if (!text)
        return 1;
    cJSON_ArrayForEach(member, object)
    {
        if (cJSON_IsString(member) && strcmp(member->valuestring, text) == 0)
            return 1;
        if (contains(member, text))
            return 1;
    }
    return 0;
}

static void check_headers(const spay_http_request *request)
{
    for (size_t i = 0; i < spay_http_request_header_count(request); i++) {
        REQUIRE(!strpbrk(spay_http_request_header_value(request, i), "\r\n"));
        REQUIRE(!strpbrk(spay_http_request_header_name(request, i), "\r\n: "));
    }
}

static void check_request(spay_call *call, const texts *given, account_kind kind)
{
    const spay_http_request *request;
    size_t length = 0;
    const char *body;
    cJSON *json;

    REQUIRE(spay_call_step(call) == SPAY_CALL_SEND);
    request = spay_call_request(call);
    check_headers(request);
    body = spay_http_request_body(request, &length);
    json = cJSON_ParseWithLengthOpts(body, length + 1, NULL, 1);
    REQUIRE(json && cJSON_IsObject(json));
    if (kind == ACCOUNT_WEPAY || kind == ACCOUNT_CONNECT_CLIENT)
        REQUIRE(contains(json, given->text[0]));
    if (kind == ACCOUNT_WEPAY)
        REQUIRE(contains(json, given->text[1]));
    cJSON_Delete(json);
}

static void check_error(const spay_error *error)
{
    REQUIRE(spay_error_outcome(error) == SPAY_OUTCOME_NOT_SENT);
    REQUIRE(!strpbrk(spay_error_message(error), "\r\n\x1b"));
    REQUIRE(spay_error_field_count(error) > 0);
    for (size_t i = 0; i < spay_error_field_count(error); i++)
        REQUIRE(*spay_error_field_path(error, i) && *spay_error_field_code(error, i));
}

static spay_status new_call(const test_accounts *accounts, account_kind kind, texts *given,
                            spay_call **call, spay_error **error)
{
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;

    options.idempotency_key = given->text[TEXTS - 1];
    switch (kind) {
    case ACCOUNT_WEPAY:
        return new_wepay(accounts, given, &options, call, error);
    case ACCOUNT_CONNECT_SERVER:
        return new_connect_server(accounts, given, &options, call, error);
    case ACCOUNT_CONNECT_CLIENT:
        return new_connect_client(accounts, given, &options, call, error);
    case ACCOUNT_HOSTED_FIELDS:
    case ACCOUNT_HOSTED_BEARER:
    case ACCOUNT_KINDS:
        break;
    }
    return new_hosted_fields(accounts, given, &options, call, error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static test_accounts accounts;
    fuzz_input input = {data, size};
    account_kind kind = fuzz_below(&input, ACCOUNT_KINDS);
    spay_error *error = NULL;
    spay_call *call = NULL;
    texts given = {.taken = 0};

    if (!accounts.client)
        REQUIRE(accounts_open(&accounts, NULL));
    for (int i = 0; i < TEXTS; i++)
        given.text[i] = input.size ? fuzz_optional_text(&input) : NULL;
    if (new_call(&accounts, kind, &given, &call, &error) == SPAY_OK)
        check_request(call, &given, kind);
    else
        check_error(error);
    spay_error_free(error);
    spay_call_free(call);
    for (int i = 0; i < TEXTS; i++)
        free(given.text[i]);
    return 0;
}
