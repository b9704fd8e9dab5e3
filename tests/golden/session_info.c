/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What the providers' structs have in common.
 */
#include "golden/provider.h"

static const golden_word warnings[] = {
    {"account_differs", SPAY_SESSION_WARNING_ACCOUNT_DIFFERS},
    {"state", SPAY_SESSION_WARNING_STATE},
    {"invalid_tokens", SPAY_SESSION_WARNING_INVALID_TOKENS},
    {"expiry_assumed", SPAY_SESSION_WARNING_EXPIRY_ASSUMED},
    {"member_ignored", SPAY_SESSION_WARNING_MEMBER_IGNORED},
    {"clock_corrected", SPAY_SESSION_WARNING_CLOCK_CORRECTED},
    {NULL, 0},
};

#define INFO(member) offsetof(spay_session_info, member)

static const golden_member info[] = {
    {.name = "value", .kind = GOLDEN_TEXT, .offset = INFO(value)},
    {.name = "id", .kind = GOLDEN_TEXT, .offset = INFO(id)},
    {.name = "expires_at_ms", .kind = GOLDEN_INT64, .offset = INFO(expires_at_ms)},
    {.name = "idempotency_key", .kind = GOLDEN_TEXT, .offset = INFO(idempotency_key)},
    {.name = "request_id", .kind = GOLDEN_TEXT, .offset = INFO(request_id)},
    {.name = "http_status", .kind = GOLDEN_INT32, .offset = INFO(http_status)},
    {.name = "attempts", .kind = GOLDEN_INT32, .offset = INFO(attempts)},
    {.name = "clock_offset_ms", .kind = GOLDEN_INT64, .offset = INFO(clock_offset_ms)},
    {.name = "requests_sent", .kind = GOLDEN_INT32, .offset = INFO(requests_sent)},
    {.name = "token_requests", .kind = GOLDEN_INT32, .offset = INFO(token_requests)},
    {.name = "warnings", .kind = GOLDEN_BITS, .offset = INFO(warnings), .words = warnings},
    {.name = "raw_json_length",
     .kind = GOLDEN_LENGTH,
     .offset = INFO(raw_json_length),
     .other = INFO(raw_json)},
    {.name = NULL},
};

const golden_shape golden_session_info = {sizeof(spay_session_info), info, NULL};

const golden_word golden_environments[] = {
    {"test", SPAY_ENV_TEST},
    {"production", SPAY_ENV_PRODUCTION},
    {"connect_production_world", SPAY_CONNECT_ENV_PRODUCTION_WORLD},
    {"connect_production_europe", SPAY_CONNECT_ENV_PRODUCTION_EUROPE},
    {"connect_production_india", SPAY_CONNECT_ENV_PRODUCTION_INDIA},
    {"connect_preprod_world", SPAY_CONNECT_ENV_PREPROD_WORLD},
    {"connect_preprod_europe", SPAY_CONNECT_ENV_PREPROD_EUROPE},
    {"connect_preprod_india", SPAY_CONNECT_ENV_PREPROD_INDIA},
    {"connect_sandbox", SPAY_CONNECT_ENV_SANDBOX},
    {NULL, 0},
};

const golden_word golden_yes_no[] = {
    {"default", SPAY_DEFAULT},
    {"yes", SPAY_YES},
    {"no", SPAY_NO},
    {NULL, 0},
};
