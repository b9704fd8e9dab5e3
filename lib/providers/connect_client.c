/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Worldline Connect, client API: the Apple Pay session request and the merchant session.
 */
#include "connect_client.h"

#include <string.h>

#include "apple_pay.h"
#include "base/alloc.h"
#include "base/ascii.h"
#include "body.h"
#include "connect.h"
#include "connect_server.h"
#include "meta_info.h"
#include "json/scan.h"

enum {
    SESSION_LIFETIME_MS = 300000, /* Apple's, whatever expiresAt says */
    LONGEST_CALL_MS = 15000,      /* Apple's sheet waits only briefly */
    MOST_ATTEMPTS = 2,
    MOST_HOSTS = 64
};

/* Hosts under which Worldline's data centres live. */
static const char known_domains[] = "api-ingenico.com\0"
                                    "api-worldline.com\0"
                                    "worldline-solutions.com\0";

/* Only what got no answer, or a gateway's, may be repeated: the validation URL is for one use. */
static const spay__rule rules[] = {
    SPAY__RULE(401, 403, "9002", AUTH, REJECTED, NONE, NULL),
    SPAY__RULE(401, 403, "9008", EXPIRED, REJECTED, NONE, "client_session"),
    SPAY__RULE(408, 408, NULL, PROVIDER, REJECTED, NONE, NULL),
    SPAY__RULE(429, 429, NULL, THROTTLED, REJECTED, NONE, NULL),
    SPAY__RULE(500, 501, NULL, PROVIDER, UNKNOWN, NONE, NULL),
    SPAY__RULE(505, 599, NULL, PROVIDER, UNKNOWN, NONE, NULL),
    SPAY__RULES_END,
};

/* ---- reply ---- */

/* Opaque, but what is not a JSON object is of no use to Apple's script. */
static void check_object(spay__json_reader *json, const char *parent,
                         const spay_connect_client_session *session)
{
    spay__json_scan scan;

    if (!session->session_object ||
        spay__json_scan_object(&scan, session->session_object, session->session_object_length))
        return;
    spay__json_set_fault(json, strcmp(scan.fault, "not_an_object") == 0 ? "wrong_type" : scan.fault,
                         parent, "sessionObject");
}

static void read_object(spay__json_reader *json, spay_connect_client_session *session)
{
    static const char parent[] = "$.paymentProductSession302SpecificOutput";
    static const spay__json_field fields[] = {SPAY__JSON_FIELD(
        spay_connect_client_session, session_object, "sessionObject", TEXT, REQUIRED)};
    spay__json output =
        spay__json_object(json, spay__json_root(json), "$", parent + 2, SPAY__JSON_REQUIRED);

    if (output.node)
        SPAY__JSON_FILL(json, output, parent, fields, session);
    if (session->session_object)
        session->session_object_length = strlen(session->session_object);
    check_object(json, parent, session);
}

static spay_status read_session(const spay__reading *in, void *out)
{
    spay_connect_client_session *session = out;

    session->info = in->info;
    read_object(in->json, session);
    session->product_id = in->number;
    in->info->value = session->session_object;
    in->info->id = "";
    in->info->expires_at_ms = in->began_ms + SESSION_LIFETIME_MS;
    return SPAY_OK;
}

/* ---- account ---- */

static bool is_allowed_host(const char *host, const spay_connect_client_options *options)
{
    const char *domain;
    size_t i;

    for (domain = known_domains; *domain; domain = spay__list_next(domain))
        if (spay__host_is_under(host, domain))
            return true;
    for (i = 0; i < options->allowed_host_count; i++)
        if (options->allowed_hosts[i] && strcmp(host, options->allowed_hosts[i]) == 0)
            return true;
    return false;
}

/* The path may be empty, "/client" or "/client/v1"; slashes at its end do not count. */
static bool is_known_path(const char *path)
{
    size_t length = strlen(path);

    while (length && path[length - 1] == '/')
        length--;
    return length == 0 || (length == 7 && memcmp(path, "/client", 7) == 0) ||
           (length == 10 && memcmp(path, "/client/v1", 10) == 0);
}

static void check_client_api_url(spay__input *input, const spay_connect_client_options *options)
{
    spay__url url;

    if (!spay__input_base_url(input, "client_api_url", options->client_api_url, true, &url))
        return;
    if (!is_allowed_host(url.host, options))
        spay__input_fault(input, "client_api_url", "host_not_allowed",
                          "names a host that is neither Worldline's nor in allowed_hosts");
    if (!is_known_path(url.path))
        spay__input_fault(input, "client_api_url", "pattern",
                          "must have the path /client, /client/v1 or none");
}

static const char *check_account(spay__input *input, const void *caller_options)
{
    const spay_connect_client_options *options = caller_options;

    spay__input_text(input, "client_session_id", options->client_session_id, 1, 255,
                     SPAY__REQUIRED | SPAY__VISIBLE | SPAY__SECRET);
    spay__input_text(input, "customer_id", options->customer_id, 1, 255, SPAY__REQUIRED);
    if (options->customer_id &&
        (strcmp(options->customer_id, ".") == 0 || strcmp(options->customer_id, "..") == 0))
        spay__input_fault(input, "customer_id", "forbidden_character", "must not be a dot segment");
    spay__client_meta_info_check(input, options);
    spay__input_range(input, "allow_apple_pods", options->allow_apple_pods, SPAY_YES, SPAY_NO);
    if (options->environment && options->environment != SPAY_ENV_TEST &&
        options->environment != SPAY_ENV_PRODUCTION)
        spay__input_fault(input, "environment", "unknown_environment",
                          "must be SPAY_ENV_TEST or SPAY_ENV_PRODUCTION");
    if (options->allowed_host_count > MOST_HOSTS ||
        (options->allowed_host_count && !options->allowed_hosts))
        spay__input_fault(input, "allowed_hosts", "out_of_range", "must be 1 to 64 hosts");
    else
        check_client_api_url(input, options);
    return options->client_api_url;
}

static void add_authorization(spay_http_request *http, const char *client_session_id)
{
    spay__buffer *value = spay__http_request_begin_header(http, "Authorization", true);

    spay__buffer_text(value, "GCS v1Client:");
    spay__buffer_text(value, client_session_id);
    spay__http_request_end_header(http);
}

/* The URL of all calls as far as the product. The path is always the same. */
static void write_common_url(spay__account *account)
{
    const char *authority = strstr(account->base_url, "://") + 3;
    spay__buffer url;

    spay__buffer_init(&url, SPAY__MAX_URL);
    spay__buffer_append(&url, account->base_url,
                        (size_t)(authority - account->base_url) + strcspn(authority, "/"));
    spay__buffer_text(&url, "/client/v1/");
    spay__url_append_segment(&url, account->subject);
    spay__buffer_text(&url, "/products/");
    spay__http_request_take_url(&account->common, &url);
}

static bool fill(spay__account *account, const void *caller_options)
{
    spay_connect_client *connect_client = (spay_connect_client *)account;
    const spay_connect_client_options *options = caller_options;
    char *meta_info = spay__client_meta_info(options);

    account->subject = spay__copy_text(options->customer_id);
    if (account->subject)
        write_common_url(account);
    connect_client->environment = options->environment ? options->environment : SPAY_ENV_PRODUCTION;
    connect_client->allow_apple_pods = options->allow_apple_pods == SPAY_YES;
    spay__http_request_add(&account->common, "X-GCS-ClientMetaInfo", meta_info);
    add_authorization(&account->common, options->client_session_id);
    spay__free(meta_info);
    return account->subject && meta_info &&
           spay__account_share_by(account, options->client_session_id);
}

static const spay__provider provider = {
    SPAY__PROVIDER_NAMED(connect_client, CONNECT_CLIENT, platform_identifier),
    .accept = "application/json",
    .shown_headers = "",
    .envelope = SPAY__CONNECT_ENVELOPE,
    .check = check_account,
    .fill = fill,
};

/* ---- request ---- */

static int32_t product_of(const spay_connect_client_session_request *request)
{
    return request->product_id ? request->product_id : SPAY_CONNECT_PRODUCT_APPLE_PAY;
}

static void check_request(spay__input *input, const spay__account *account,
                          const void *caller_request)
{
    const spay_connect_client *connect_client = (const spay_connect_client *)account;
    const spay_connect_client_session_request *request = caller_request;

    spay__input_range(input, "product_id", request->product_id, 1, INT32_MAX);
    spay__input_text(input, "display_name", request->display_name, 1, 64, SPAY__CHARACTERS);
    spay__apple_pay_check_domain(input, request->domain_name);
    spay__apple_pay_check_url(input, request->validation_url, connect_client->environment,
                              connect_client->allow_apple_pods);
    spay__input_json_object(input, "extra_json", request->extra_json);
}

static void write_url(const spay__account *account, int32_t product_id, spay_http_request *http)
{
    spay__buffer url;

    spay__buffer_init(&url, SPAY__MAX_URL);
    spay__buffer_text(&url, account->common.url);
    spay__buffer_integer(&url, product_id);
    spay__buffer_text(&url, "/sessions");
    spay__http_request_take_url(http, &url);
}

static void build(spay__input *input, const spay__account *account, const void *caller_request,
                  spay__draft *draft)
{
    static const char product[] = "paymentProductSession302SpecificInput\0";
    const spay_connect_client_session_request *request = caller_request;
    spay__body body;

    spay__body_begin(&body);
    spay__json_open(&body.json, product, '{');
    spay__json_write_text(&body.json, "displayName", request->display_name);
    spay__json_write_text(&body.json, "domainName", request->domain_name);
    spay__json_write_text(&body.json, "validationUrl", request->validation_url);
    spay__json_close(&body.json, '}');
    spay__body_end(&body, input, request->extra_json, NULL, product, draft->http);
    draft->number = product_of(request);
    write_url(account, draft->number, draft->http);
}

const spay__operation spay__connect_client_session = {
    .provider = &provider,
    .route = "POST /client/v1/{customerId}/products/{id}/sessions",
    SPAY__OPERATION_SIZES(connect_client, extra_json),
    .check = check_request,
    .build = build,
    .rules = rules,
    .longest_ms = LONGEST_CALL_MS,
    .most_attempts = MOST_ATTEMPTS,
    .shares_sessions = true,
    .read = read_session,
};

SPAY__PUBLIC_FUNCTIONS(connect_client, provider, spay__connect_client_session)

/* ---- after the server API ---- */

#ifndef SPAY_DISABLE_CONNECT_SERVER

spay_status spay_connect_client_from_session(spay_connect_server *server,
                                             const spay_connect_server_session *session,
                                             spay_connect_client **connect_client,
                                             spay_error **error)
{
    const spay__argument arguments[] = {
        {"connect_client", connect_client}, {"server", server}, {"session", session}, {NULL, NULL}};
    spay_connect_client_options options = SPAY_CONNECT_CLIENT_OPTIONS_INIT;
    const char *hosts[1];
    spay__url url;
    spay_status status;

    if (connect_client)
        *connect_client = NULL;
    status = spay__require(SPAY_PROVIDER_CONNECT_CLIENT, arguments, error);
    if (status != SPAY_OK)
        return status;
    (void)spay__url_parse(server->account.base_url, &url);
    hosts[0] = url.host;
    options.environment = server->environment;
    options.client_session_id = session->client_session_id;
    options.customer_id = session->customer_id;
    options.client_api_url = session->client_api_url;
    options.allowed_hosts = hosts;
    options.allowed_host_count = 1;
    return spay_connect_client_new(server->account.client, &options, connect_client, error);
}

#endif
