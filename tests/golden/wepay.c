/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The structs of sessionpay/wepay.h by the names of their members.
 */
#include "golden/provider.h"

GOLDEN_PROVIDER_FUNCTIONS(wepay)

#define OPTION(member) offsetof(spay_wepay_options, member)
#define REQUEST(member) offsetof(spay_wepay_session_request, member)
#define SESSION(member) offsetof(spay_wepay_session, member)
#define OWNER(member) offsetof(spay_wepay_owner, member)
#define MOBILE(member) offsetof(spay_wepay_mobile_session, member)

static const golden_member options[] = {
    {.name = "environment",
     .kind = GOLDEN_INT32,
     .offset = OPTION(environment),
     .words = golden_environments},
    {.name = "base_url", .kind = GOLDEN_TEXT, .offset = OPTION(base_url)},
    {.name = "app_id", .kind = GOLDEN_TEXT, .offset = OPTION(app_id)},
    {.name = "app_token", .kind = GOLDEN_SECRET, .offset = OPTION(app_token)},
    {.name = "api_version", .kind = GOLDEN_TEXT, .offset = OPTION(api_version)},
    {.name = NULL},
};

static const golden_member request[] = {
    {.name = "type", .kind = GOLDEN_TEXT, .offset = REQUEST(type)},
    {.name = "account_id", .kind = GOLDEN_TEXT, .offset = REQUEST(account_id)},
    {.name = "time_to_live", .kind = GOLDEN_INT64, .offset = REQUEST(time_to_live)},
    {.name = "risk_token", .kind = GOLDEN_SECRET, .offset = REQUEST(risk_token)},
    {.name = "client_ip", .kind = GOLDEN_TEXT, .offset = REQUEST(client_ip)},
    {.name = "extra_json", .kind = GOLDEN_TEXT, .offset = REQUEST(extra_json)},
    {.name = NULL},
};

static const golden_member owner[] = {
    {.name = "id", .kind = GOLDEN_TEXT, .offset = OWNER(id)},
    {.name = "path", .kind = GOLDEN_TEXT, .offset = OWNER(path)},
    {.name = "resource", .kind = GOLDEN_TEXT, .offset = OWNER(resource)},
    {.name = NULL},
};

static const golden_shape owner_shape = {sizeof(spay_wepay_owner), owner, NULL};

static const golden_member mobile_session[] = {
    {.name = "time_to_live", .kind = GOLDEN_INT64, .offset = MOBILE(time_to_live)},
    {.name = "account_id", .kind = GOLDEN_TEXT, .offset = MOBILE(account_id)},
    {.name = NULL},
};

static const golden_shape mobile_session_shape = {sizeof(spay_wepay_mobile_session), mobile_session,
                                                  NULL};

static const golden_word states[] = {
    {"SPAY_WEPAY_STATE_UNKNOWN", SPAY_WEPAY_STATE_UNKNOWN},
    {"SPAY_WEPAY_STATE_ACTIVE", SPAY_WEPAY_STATE_ACTIVE},
    {"SPAY_WEPAY_STATE_DELETED", SPAY_WEPAY_STATE_DELETED},
    {NULL, 0},
};

static const golden_word types[] = {
    {"SPAY_WEPAY_TYPE_UNKNOWN", SPAY_WEPAY_TYPE_UNKNOWN},
    {"SPAY_WEPAY_TYPE_MOBILE_SESSION", SPAY_WEPAY_TYPE_MOBILE_SESSION},
    {NULL, 0},
};

static const golden_member session[] = {
    {.name = "info", .kind = GOLDEN_STRUCT, .offset = SESSION(info), .shape = &golden_session_info},
    {.name = "id", .kind = GOLDEN_TEXT, .offset = SESSION(id)},
    {.name = "session_token", .kind = GOLDEN_TEXT, .offset = SESSION(session_token)},
    {.name = "expire_time", .kind = GOLDEN_INT64, .offset = SESSION(expire_time)},
    {.name = "create_time", .kind = GOLDEN_INT64, .offset = SESSION(create_time)},
    {.name = "path", .kind = GOLDEN_TEXT, .offset = SESSION(path)},
    {.name = "resource", .kind = GOLDEN_TEXT, .offset = SESSION(resource)},
    {.name = "owner", .kind = GOLDEN_STRUCT, .offset = SESSION(owner), .shape = &owner_shape},
    {.name = "api_version", .kind = GOLDEN_TEXT, .offset = SESSION(api_version)},
    {.name = "state", .kind = GOLDEN_INT32, .offset = SESSION(state), .words = states},
    {.name = "type", .kind = GOLDEN_INT32, .offset = SESSION(type), .words = types},
    {.name = "state_text", .kind = GOLDEN_TEXT, .offset = SESSION(state_text)},
    {.name = "type_text", .kind = GOLDEN_TEXT, .offset = SESSION(type_text)},
    {.name = "mobile_session",
     .kind = GOLDEN_STRUCT,
     .offset = SESSION(mobile_session),
     .shape = &mobile_session_shape},
    {.name = NULL},
};

const golden_provider golden_wepay = {
    .name = "wepay",
    .options = {sizeof(spay_wepay_options), options, spay_wepay_options_init},
    .request = {sizeof(spay_wepay_session_request), request, spay_wepay_session_request_init},
    .session = {sizeof(spay_wepay_session), session, NULL},
    GOLDEN_PROVIDER_TABLE,
};
