/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The structs of sessionpay/connect_server.h by the names of their members.
 */
#include "golden/provider.h"

GOLDEN_PROVIDER_FUNCTIONS(connect_server)

#define OPTION(member) offsetof(spay_connect_server_options, member)
#define FILTER(member) offsetof(spay_connect_server_filter, member)
#define REQUEST(member) offsetof(spay_connect_server_session_request, member)
#define SESSION(member) offsetof(spay_connect_server_session, member)

static const golden_member options[] = {
    {.name = "environment",
     .kind = GOLDEN_INT32,
     .offset = OPTION(environment),
     .words = golden_environments},
    {.name = "base_url", .kind = GOLDEN_TEXT, .offset = OPTION(base_url)},
    {.name = "merchant_id", .kind = GOLDEN_TEXT, .offset = OPTION(merchant_id)},
    {.name = "api_key_id", .kind = GOLDEN_TEXT, .offset = OPTION(api_key_id)},
    {.name = "secret_api_key", .kind = GOLDEN_SECRET, .offset = OPTION(secret_api_key)},
    {.name = "integrator", .kind = GOLDEN_TEXT, .offset = OPTION(integrator)},
    {.name = "platform_identifier", .kind = GOLDEN_TEXT, .offset = OPTION(platform_identifier)},
    {.name = "extension_creator", .kind = GOLDEN_TEXT, .offset = OPTION(extension_creator)},
    {.name = "extension_name", .kind = GOLDEN_TEXT, .offset = OPTION(extension_name)},
    {.name = "extension_version", .kind = GOLDEN_TEXT, .offset = OPTION(extension_version)},
    {.name = "extension_id", .kind = GOLDEN_TEXT, .offset = OPTION(extension_id)},
    {.name = "idempotence",
     .kind = GOLDEN_INT32,
     .offset = OPTION(idempotence),
     .words = golden_yes_no},
    {.name = NULL},
};

static const golden_member filter[] = {
    {.name = "groups",
     .kind = GOLDEN_TEXTS,
     .offset = FILTER(groups),
     .other = FILTER(group_count)},
    {.name = "products",
     .kind = GOLDEN_NUMBERS,
     .offset = FILTER(products),
     .other = FILTER(product_count)},
    {.name = NULL},
};

static const golden_shape filter_shape = {sizeof(spay_connect_server_filter), filter,
                                          spay_connect_server_filter_init};

static const golden_member request[] = {
    {.name = "exclude", .kind = GOLDEN_STRUCT, .offset = REQUEST(exclude), .shape = &filter_shape},
    {.name = "restrict_to",
     .kind = GOLDEN_STRUCT,
     .offset = REQUEST(restrict_to),
     .shape = &filter_shape},
    {.name = "tokens",
     .kind = GOLDEN_TEXTS,
     .offset = REQUEST(tokens),
     .other = REQUEST(token_count)},
    {.name = "client_meta_info", .kind = GOLDEN_TEXT, .offset = REQUEST(client_meta_info)},
    {.name = "extra_json", .kind = GOLDEN_TEXT, .offset = REQUEST(extra_json)},
    {.name = NULL},
};

static const golden_member session[] = {
    {.name = "info", .kind = GOLDEN_STRUCT, .offset = SESSION(info), .shape = &golden_session_info},
    {.name = "client_session_id", .kind = GOLDEN_TEXT, .offset = SESSION(client_session_id)},
    {.name = "customer_id", .kind = GOLDEN_TEXT, .offset = SESSION(customer_id)},
    {.name = "client_api_url", .kind = GOLDEN_TEXT, .offset = SESSION(client_api_url)},
    {.name = "asset_url", .kind = GOLDEN_TEXT, .offset = SESSION(asset_url)},
    {.name = "region", .kind = GOLDEN_TEXT, .offset = SESSION(region)},
    {.name = "invalid_tokens",
     .kind = GOLDEN_TEXTS,
     .offset = SESSION(invalid_tokens),
     .other = SESSION(invalid_token_count)},
    {.name = NULL},
};

const golden_provider golden_connect_server = {
    .name = "connect_server",
    .options = {sizeof(spay_connect_server_options), options, spay_connect_server_options_init},
    .request = {sizeof(spay_connect_server_session_request), request,
                spay_connect_server_session_request_init},
    .session = {sizeof(spay_connect_server_session), session, NULL},
    GOLDEN_PROVIDER_TABLE,
};
