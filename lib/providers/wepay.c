/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * WePay: build the session token request, read the session token.
 */
#include <sessionpay/wepay.h>

#include <string.h>

#include "api/error.h"
#include "api/options.h"
#include "base/alloc.h"
#include "base/url.h"
#include "body.h"
#include "environment.h"
#include "provider.h"
#include "json/scan.h"

struct spay_wepay {
    spay__account account;
};

static const spay__environment environments[] = {
    {SPAY_ENV_TEST, "https://stage-api.wepay.com"},
    {SPAY_ENV_PRODUCTION, "https://api.wepay.com"},
    {0, NULL},
};

/*
 * WePay decides by code first; the numbers of some codes are not documented. Its limit is 30
 * requests within any ten seconds.
 */
static const spay__rule rules[] = {
    SPAY__RULE(400, 499, "CONCURRENT_UNIQUE_KEY_REQUEST_IS_PROCESSING", BUSY, UNKNOWN, SLOW_DOWN,
               "key_in_use"),
    SPAY__RULE(400, 499, "THROTTLE_EXCEEDED", THROTTLED, REJECTED, WINDOW, NULL),
    SPAY__RULE(429, 429, NULL, THROTTLED, REJECTED, WINDOW, NULL),
    SPAY__RULE(400, 499, "RESOURCE_CONFLICT", BUSY, REJECTED, SLOW_DOWN, "resource_conflict"),
    SPAY__RULE(409, 409, NULL, BUSY, REJECTED, SLOW_DOWN, "resource_conflict"),
    SPAY__RULES_END,
};

#define OWNER(member, name) SPAY__JSON_FIELD(spay_wepay_owner, member, name, TEXT, OPTIONAL)

static const spay_wepay_owner *read_owner(const spay__reading *in, spay__json root)
{
    static const spay__json_field fields[] = {OWNER(id, "id"), OWNER(path, "path"),
                                              OWNER(resource, "resource")};
    spay__json object = spay__json_object(in->json, root, "$", "owner", SPAY__JSON_OPTIONAL);
    spay_wepay_owner *owner = object.node ? spay__arena_take(in->arena, sizeof(*owner)) : NULL;

    if (owner)
        SPAY__JSON_FILL(in->json, object, "$.owner", fields, owner);
    return owner;
}

#define MOBILE(member, name, kind)                                                                 \
    SPAY__JSON_FIELD(spay_wepay_mobile_session, member, name, kind, OPTIONAL)

static const spay_wepay_mobile_session *read_mobile_session(const spay__reading *in,
                                                            spay__json root)
{
    static const char path[] = "$.mobile_session";
    static const spay__json_field fields[] = {MOBILE(time_to_live, "time_to_live", COUNT),
                                              MOBILE(account_id, "account_id", TEXT)};
    spay__json object = spay__json_object(in->json, root, "$", path + 2, SPAY__JSON_OPTIONAL);
    spay_wepay_mobile_session *mobile =
        object.node ? spay__arena_take(in->arena, sizeof(*mobile)) : NULL;

    if (mobile)
        SPAY__JSON_FILL(in->json, object, path, fields, mobile);
    return mobile;
}

static int32_t state_of(const char *text)
{
    if (text && strcmp(text, "active") == 0)
        return SPAY_WEPAY_STATE_ACTIVE;
    return text && strcmp(text, "deleted") == 0 ? SPAY_WEPAY_STATE_DELETED
                                                : SPAY_WEPAY_STATE_UNKNOWN;
}

static int32_t type_of(const char *text)
{
    return text && strcmp(text, "mobile_session") == 0 ? SPAY_WEPAY_TYPE_MOBILE_SESSION
                                                       : SPAY_WEPAY_TYPE_UNKNOWN;
}

static bool differs(const char *named, const char *asked)
{
    return named && asked && strcmp(named, asked) != 0;
}

static uint32_t warnings_of(const spay_wepay_session *session, const char *account_id)
{
    uint32_t warnings = 0;

    if ((session->mobile_session && differs(session->mobile_session->account_id, account_id)) ||
        (session->owner && differs(session->owner->id, account_id)))
        warnings |= SPAY_SESSION_WARNING_ACCOUNT_DIFFERS;
    if (session->state_text && session->state != SPAY_WEPAY_STATE_ACTIVE)
        warnings |= SPAY_SESSION_WARNING_STATE;
    return warnings;
}

#define FIELD(member, name, kind, presence)                                                        \
    SPAY__JSON_FIELD(spay_wepay_session, member, name, kind, presence)

static const spay__json_field session_fields[] = {
    FIELD(id, "id", TEXT, REQUIRED),
    FIELD(session_token, "session_token", TEXT, REQUIRED),
    FIELD(expire_time, "expire_time", COUNT, REQUIRED),
    FIELD(path, "path", TEXT, OPTIONAL),
    FIELD(resource, "resource", TEXT, OPTIONAL),
    FIELD(create_time, "create_time", COUNT, OPTIONAL),
    FIELD(api_version, "api_version", TEXT, OPTIONAL),
    FIELD(state_text, "state", TEXT, OPTIONAL),
    FIELD(type_text, "type", TEXT, OPTIONAL),
};

/*
 * The provider's time in this machine's clock; never negative, which would say that it is unknown.
 */
static int64_t to_own_clock(const spay__reading *in, int64_t provider_ms)
{
    return provider_ms > in->offset_ms ? provider_ms - in->offset_ms : 0;
}

static void fill_info(const spay__reading *in, const spay_wepay_session *session)
{
    in->info->value = session->session_token;
    in->info->id = session->id;
    in->info->expires_at_ms = session->expire_time >= 0 && session->expire_time < INT64_MAX / 1000
                                  ? to_own_clock(in, session->expire_time * 1000)
                                  : -1;
    in->info->warnings |= warnings_of(session, in->subject);
}

static spay_status read_session(const spay__reading *in, void *out)
{
    spay_wepay_session *session = out;
    spay__json root = spay__json_root(in->json);

    session->info = in->info;
    SPAY__JSON_FILL(in->json, root, "$", session_fields, session);
    session->owner = read_owner(in, root);
    session->mobile_session = read_mobile_session(in, root);
    session->state = state_of(session->state_text);
    session->type = type_of(session->type_text);
    fill_info(in, session);
    return in->info->expires_at_ms < 0 || in->info->expires_at_ms > in->now_ms ? SPAY_OK
                                                                               : SPAY_E_EXPIRED;
}

/* ---- account ---- */

/* App tokens begin with the name of their system; a live one must never reach the other. */
static void check_system(spay__input *input, const char *app_token, const char *base_url)
{
    spay__url url;

    if (!app_token || !base_url || spay__url_parse(base_url, &url))
        return;
    if ((strncmp(app_token, "stage_", 6) == 0 && strcmp(url.host, "api.wepay.com") == 0) ||
        (strncmp(app_token, "prod_", 5) == 0 && strcmp(url.host, "stage-api.wepay.com") == 0))
        spay__input_fault(input, "app_token", "environment_mismatch",
                          "belongs to WePay's other system");
}

static const char *check_account(spay__input *input, const void *caller_options)
{
    const spay_wepay_options *options = caller_options;
    const char *base_url;

    spay__input_text(input, "app_id", options->app_id, 1, 255, SPAY__REQUIRED | SPAY__VISIBLE);
    spay__input_text(input, "app_token", options->app_token, 1, 4096,
                     SPAY__REQUIRED | SPAY__VISIBLE | SPAY__SECRET);
    spay__input_text(input, "api_version", options->api_version, 1, 64, SPAY__VISIBLE);
    base_url =
        spay__choose_base_url(input, environments, options->environment, options->base_url, true);
    check_system(input, options->app_token, base_url);
    return base_url;
}

static bool fill(spay__account *account, const void *caller_options)
{
    const spay_wepay_options *options = caller_options;
    spay_http_request *common = &account->common;

    spay__http_request_set_url(common, account->base_url, "/session_tokens");
    spay__http_request_add(common, "App-Id", options->app_id);
    spay__http_request_add_secret(common, "App-Token", options->app_token);
    spay__http_request_add(common, "Api-Version",
                           options->api_version ? options->api_version : "3.0");
    return true;
}

static const spay__provider provider = {
    SPAY__PROVIDER_NAMED(wepay, WEPAY, api_version),
    .accept = "application/json",
    .shown_headers = "Api-Version\0X-Correlation-Id\0",
    .envelope =
        {
            .code = "error_code",
            .message = "error_message",
            .list = "details",
            .field_path = "target",
            .field_code = "reason_code",
            .field_message = "message",
            .request_id_header = "X-Correlation-Id",
        },
    .check = check_account,
    .fill = fill,
};

/* ---- request ---- */

static void check_address(spay__input *input, const char *address)
{
    if (spay__input_text(input, "client_ip", address, 2, 45, SPAY__VISIBLE) &&
        !spay__is_ip_address(address))
        spay__input_fault(input, "client_ip", "pattern", "must be an IPv4 or IPv6 address");
}

static void check_request(spay__input *input, const spay__account *account,
                          const void *caller_request)
{
    const spay_wepay_session_request *request = caller_request;
    bool mobile = request->type && strcmp(request->type, "mobile_session") == 0;

    (void)account;
    spay__input_text(input, "type", request->type, 1, 64, SPAY__REQUIRED | SPAY__VISIBLE);
    spay__input_text(input, "account_id", request->account_id, 1, 255, mobile ? SPAY__REQUIRED : 0);
    spay__input_range(input, "time_to_live", request->time_to_live, 1, INT32_MAX);
    spay__input_text(input, "risk_token", request->risk_token, 1, 255, SPAY__VISIBLE);
    check_address(input, request->client_ip);
    spay__input_json_object(input, "extra_json", request->extra_json);
}

/*
 * The member of the extra JSON that bears the name of the type: its members are added to those of
 * the request.
 */
static spay__json_member find_extra_session(spay__input *input,
                                            const spay_wepay_session_request *request)
{
    spay__json_member none = {.name = NULL};
    spay__json_member member;
    spay__json_scan scan;

    if (!request->extra_json)
        return none;
    spay__json_members(&scan, request->extra_json, strlen(request->extra_json));
    while (spay__json_next_member(&scan, &member))
        if (strlen(request->type) == member.name_length &&
            memcmp(member.name, request->type, member.name_length) == 0) {
            if (*member.value == '{')
                return member;
            spay__input_fault(input, "extra_json", "conflict",
                              "has a member named like type that is not an object");
        }
    return none;
}

static void write_session(spay__json_writer *writer, spay__input *input,
                          const spay_wepay_session_request *request)
{
    static const char taken[] = "account_id\0time_to_live\0";
    spay__json_member extra = find_extra_session(input, request);

    if (!request->account_id && !request->time_to_live && !extra.value)
        return;
    spay__json_open(writer, request->type, '{');
    spay__json_write_text(writer, "account_id", request->account_id);
    if (request->time_to_live)
        spay__json_write_integer(writer, "time_to_live", request->time_to_live);
    spay__body_add_extra(writer, input, extra.value, extra.value_length, NULL, taken);
    spay__json_close(writer, '}');
}

static void build(spay__input *input, const spay__account *account, const void *caller_request,
                  spay__draft *draft)
{
    const spay_wepay_session_request *request = caller_request;
    spay__body body;

    (void)account;
    spay__body_begin(&body);
    spay__json_write_text(&body.json, "type", request->type);
    write_session(&body.json, input, request);
    spay__body_end(&body, input, request->extra_json, request->type, "type\0", draft->http);
    spay__http_request_add(draft->http, "Unique-Key", draft->key);
    spay__http_request_add_secret(draft->http, "WePay-Risk-Token", request->risk_token);
    spay__http_request_add(draft->http, "Client-IP", request->client_ip);
}

static const spay__operation create_session = {
    .provider = &provider,
    .route = "POST /session_tokens",
    SPAY__OPERATION_SIZES(wepay, extra_json),
    .subject_offset = offsetof(spay_wepay_session_request, account_id),
    .header_bytes = 128, /* its key, mostly */
    .check = check_request,
    .build = build,
    .rules = rules,
    .key = {.longest = 255, .uuid = false, .automatic = true},
    .read = read_session,
};

SPAY__PUBLIC_FUNCTIONS(wepay, provider, create_session)
