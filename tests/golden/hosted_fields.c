/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The structs of sessionpay/hosted_fields.h by the names of their members.
 */
#include "golden/provider.h"

GOLDEN_PROVIDER_FUNCTIONS(hosted_fields)

#define OPTION(member) offsetof(spay_hosted_fields_options, member)
#define REQUEST(member) offsetof(spay_hosted_fields_session_request, member)
#define SESSION(member) offsetof(spay_hosted_fields_session, member)

static const golden_member options[] = {
    {.name = "environment",
     .kind = GOLDEN_INT32,
     .offset = OPTION(environment),
     .words = golden_environments},
    {.name = "base_url", .kind = GOLDEN_TEXT, .offset = OPTION(base_url)},
    {.name = "identity_url", .kind = GOLDEN_TEXT, .offset = OPTION(identity_url)},
    {.name = "api_key", .kind = GOLDEN_SECRET, .offset = OPTION(api_key)},
    {.name = "bearer_token", .kind = GOLDEN_SECRET, .offset = OPTION(bearer_token)},
    {.name = NULL},
};

static const golden_member request[] = {
    {.name = "processing_terminal_id",
     .kind = GOLDEN_TEXT,
     .offset = REQUEST(processing_terminal_id)},
    {.name = "lib_version", .kind = GOLDEN_TEXT, .offset = REQUEST(lib_version)},
    {.name = "scenario", .kind = GOLDEN_TEXT, .offset = REQUEST(scenario)},
    {.name = "secure_token_id", .kind = GOLDEN_TEXT, .offset = REQUEST(secure_token_id)},
    {.name = "extra_json", .kind = GOLDEN_TEXT, .offset = REQUEST(extra_json)},
    {.name = NULL},
};

static const golden_member session[] = {
    {.name = "info", .kind = GOLDEN_STRUCT, .offset = SESSION(info), .shape = &golden_session_info},
    {.name = "token", .kind = GOLDEN_TEXT, .offset = SESSION(token)},
    {.name = "processing_terminal_id",
     .kind = GOLDEN_TEXT,
     .offset = SESSION(processing_terminal_id)},
    {.name = "expires_at", .kind = GOLDEN_TEXT, .offset = SESSION(expires_at)},
    {.name = "expires_at_ms", .kind = GOLDEN_INT64, .offset = SESSION(expires_at_ms)},
    {.name = NULL},
};

const golden_provider golden_hosted_fields = {
    .name = "hosted_fields",
    .options = {sizeof(spay_hosted_fields_options), options, spay_hosted_fields_options_init},
    .request = {sizeof(spay_hosted_fields_session_request), request,
                spay_hosted_fields_session_request_init},
    .session = {sizeof(spay_hosted_fields_session), session, NULL},
    GOLDEN_PROVIDER_TABLE,
};
