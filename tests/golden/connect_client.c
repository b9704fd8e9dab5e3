/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The structs of sessionpay/connect_client.h by the names of their members.
 */
#include "golden/provider.h"

GOLDEN_PROVIDER_FUNCTIONS(connect_client)

#define OPTION(member) offsetof(spay_connect_client_options, member)
#define REQUEST(member) offsetof(spay_connect_client_session_request, member)
#define SESSION(member) offsetof(spay_connect_client_session, member)

static const golden_member options[] = {
    {.name = "environment",
     .kind = GOLDEN_INT32,
     .offset = OPTION(environment),
     .words = golden_environments},
    {.name = "client_session_id", .kind = GOLDEN_SECRET, .offset = OPTION(client_session_id)},
    {.name = "customer_id", .kind = GOLDEN_TEXT, .offset = OPTION(customer_id)},
    {.name = "client_api_url", .kind = GOLDEN_TEXT, .offset = OPTION(client_api_url)},
    {.name = "allowed_hosts",
     .kind = GOLDEN_TEXTS,
     .offset = OPTION(allowed_hosts),
     .other = OPTION(allowed_host_count)},
    {.name = "allow_apple_pods",
     .kind = GOLDEN_INT32,
     .offset = OPTION(allow_apple_pods),
     .words = golden_yes_no},
    {.name = "platform_identifier", .kind = GOLDEN_TEXT, .offset = OPTION(platform_identifier)},
    {.name = "screen_size", .kind = GOLDEN_TEXT, .offset = OPTION(screen_size)},
    {.name = "meta_info_json", .kind = GOLDEN_TEXT, .offset = OPTION(meta_info_json)},
    {.name = NULL},
};

static const golden_member request[] = {
    {.name = "product_id", .kind = GOLDEN_INT32, .offset = REQUEST(product_id)},
    {.name = "display_name", .kind = GOLDEN_TEXT, .offset = REQUEST(display_name)},
    {.name = "domain_name", .kind = GOLDEN_TEXT, .offset = REQUEST(domain_name)},
    {.name = "validation_url", .kind = GOLDEN_TEXT, .offset = REQUEST(validation_url)},
    {.name = "extra_json", .kind = GOLDEN_TEXT, .offset = REQUEST(extra_json)},
    {.name = NULL},
};

static const golden_member session[] = {
    {.name = "info", .kind = GOLDEN_STRUCT, .offset = SESSION(info), .shape = &golden_session_info},
    {.name = "session_object", .kind = GOLDEN_TEXT, .offset = SESSION(session_object)},
    {.name = "session_object_length",
     .kind = GOLDEN_LENGTH,
     .offset = SESSION(session_object_length),
     .other = SESSION(session_object)},
    {.name = "product_id", .kind = GOLDEN_INT32, .offset = SESSION(product_id)},
    {.name = NULL},
};

const golden_provider golden_connect_client = {
    .name = "connect_client",
    .options = {sizeof(spay_connect_client_options), options, spay_connect_client_options_init},
    .request = {sizeof(spay_connect_client_session_request), request,
                spay_connect_client_session_request_init},
    .session = {sizeof(spay_connect_client_session), session, NULL},
    GOLDEN_PROVIDER_TABLE,
};
