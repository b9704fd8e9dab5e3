/* Made by layouts.py from share/sessionpay.api.json. SPDX-License-Identifier: MIT */
/* clang-format off */

#include "layouts.h"

#include <sessionpay/sessionpay.h>

static const struct member members_spay_event[] = {
    {"type", MEMBER_INT32, 0, offsetof(spay_event, type), 0, NULL},
    {"provider", MEMBER_INT32, 0, offsetof(spay_event, provider), 0, NULL},
    {"operation", MEMBER_TEXT, 0, offsetof(spay_event, operation), 0, NULL},
    {"route", MEMBER_TEXT, 0, offsetof(spay_event, route), 0, NULL},
    {"attempt", MEMBER_INT32, 0, offsetof(spay_event, attempt), 0, NULL},
    {"requests_sent", MEMBER_INT32, 0, offsetof(spay_event, requests_sent), 0, NULL},
    {"status", MEMBER_INT32, 0, offsetof(spay_event, status), 0, NULL},
    {"outcome", MEMBER_INT32, 0, offsetof(spay_event, outcome), 0, NULL},
    {"decision", MEMBER_INT32, 0, offsetof(spay_event, decision), 0, NULL},
    {"http_status", MEMBER_INT32, 0, offsetof(spay_event, http_status), 0, NULL},
    {"delay_ms", MEMBER_INT64, 0, offsetof(spay_event, delay_ms), 0, NULL},
    {"at_ms", MEMBER_INT64, 0, offsetof(spay_event, at_ms), 0, NULL},
    {"elapsed_ms", MEMBER_INT64, 0, offsetof(spay_event, elapsed_ms), 0, NULL},
    {"name_lookup_us", MEMBER_INT64, 0, offsetof(spay_event, name_lookup_us), 0, NULL},
    {"connect_us", MEMBER_INT64, 0, offsetof(spay_event, connect_us), 0, NULL},
    {"tls_us", MEMBER_INT64, 0, offsetof(spay_event, tls_us), 0, NULL},
    {"first_byte_us", MEMBER_INT64, 0, offsetof(spay_event, first_byte_us), 0, NULL},
    {"total_us", MEMBER_INT64, 0, offsetof(spay_event, total_us), 0, NULL},
    {"idempotency_key", MEMBER_TEXT, 0, offsetof(spay_event, idempotency_key), 0, NULL},
    {"request_id", MEMBER_TEXT, 0, offsetof(spay_event, request_id), 0, NULL},
    {"bytes_sent", MEMBER_INT64, 0, offsetof(spay_event, bytes_sent), 0, NULL},
    {"bytes_received", MEMBER_INT64, 0, offsetof(spay_event, bytes_received), 0, NULL},
    {"reason", MEMBER_TEXT, 0, offsetof(spay_event, reason), 0, NULL},
    {"stage", MEMBER_INT32, 0, offsetof(spay_event, stage), 0, NULL},
    {"host", MEMBER_TEXT, 0, offsetof(spay_event, host), 0, NULL},
    {"phase", MEMBER_TEXT, 0, offsetof(spay_event, phase), 0, NULL},
    {"provider_code", MEMBER_TEXT, 0, offsetof(spay_event, provider_code), 0, NULL},
    {"message", MEMBER_TEXT, 0, offsetof(spay_event, message), 0, NULL},
    {"server_host", MEMBER_TEXT, 0, offsetof(spay_event, server_host), 0, NULL},
    {"server_port", MEMBER_INT32, 0, offsetof(spay_event, server_port), 0, NULL},
    {"protocol_version", MEMBER_TEXT, 0, offsetof(spay_event, protocol_version), 0, NULL},
    {0}};
const struct layout layout_spay_event = {"spay_event", members_spay_event, sizeof(spay_event), NULL};

static const struct member members_spay_send_record[] = {
    {"provider", MEMBER_INT32, 0, offsetof(spay_send_record, provider), 0, NULL},
    {"attempt", MEMBER_INT32, 0, offsetof(spay_send_record, attempt), 0, NULL},
    {"route", MEMBER_TEXT, 0, offsetof(spay_send_record, route), 0, NULL},
    {"idempotency_key", MEMBER_TEXT, 0, offsetof(spay_send_record, idempotency_key), 0, NULL},
    {"body_sha256", MEMBER_TEXT, 0, offsetof(spay_send_record, body_sha256), 0, NULL},
    {"body_length", MEMBER_SIZE, 0, offsetof(spay_send_record, body_length), 0, NULL},
    {"at_ms", MEMBER_INT64, 0, offsetof(spay_send_record, at_ms), 0, NULL},
    {0}};
const struct layout layout_spay_send_record = {"spay_send_record", members_spay_send_record, sizeof(spay_send_record), NULL};

static const struct member members_spay_client_options[] = {
    {"timeout_ms", MEMBER_INT64, 0, offsetof(spay_client_options, timeout_ms), 0, NULL},
    {"attempt_timeout_ms", MEMBER_INT64, 0, offsetof(spay_client_options, attempt_timeout_ms), 0, NULL},
    {"connect_timeout_ms", MEMBER_INT64, 0, offsetof(spay_client_options, connect_timeout_ms), 0, NULL},
    {"max_attempts", MEMBER_INT32, 0, offsetof(spay_client_options, max_attempts), 0, NULL},
    {"max_idle_connections", MEMBER_INT32, 0, offsetof(spay_client_options, max_idle_connections), 0, NULL},
    {"user_agent", MEMBER_TEXT, 0, offsetof(spay_client_options, user_agent), 0, NULL},
    {"key_secret", MEMBER_BYTES, 1, offsetof(spay_client_options, key_secret), offsetof(spay_client_options, key_secret_length), NULL},
    {"ca_file", MEMBER_TEXT, 0, offsetof(spay_client_options, ca_file), 0, NULL},
    {"ca_pem", MEMBER_TEXT, 0, offsetof(spay_client_options, ca_pem), 0, NULL},
    {"client_certificate_file", MEMBER_TEXT, 0, offsetof(spay_client_options, client_certificate_file), 0, NULL},
    {"client_key_file", MEMBER_TEXT, 0, offsetof(spay_client_options, client_key_file), 0, NULL},
    {"client_key_password", MEMBER_TEXT, 1, offsetof(spay_client_options, client_key_password), 0, NULL},
    {"pinned_public_keys", MEMBER_TEXT, 0, offsetof(spay_client_options, pinned_public_keys), 0, NULL},
    {"proxy", MEMBER_TEXT, 0, offsetof(spay_client_options, proxy), 0, NULL},
    {"proxy_credentials", MEMBER_TEXT, 1, offsetof(spay_client_options, proxy_credentials), 0, NULL},
    {"log_level", MEMBER_INT32, 0, offsetof(spay_client_options, log_level), 0, NULL},
    {"recorded_attempts", MEMBER_INT32, 0, offsetof(spay_client_options, recorded_attempts), 0, NULL},
    {"store_timeout_ms", MEMBER_INT64, 0, offsetof(spay_client_options, store_timeout_ms), 0, NULL},
    {0}};
const struct layout layout_spay_client_options = {"spay_client_options", members_spay_client_options, sizeof(spay_client_options), spay_client_options_init};

static const struct member members_spay_call_options[] = {
    {"idempotency_key", MEMBER_TEXT, 0, offsetof(spay_call_options, idempotency_key), 0, NULL},
    {"intent", MEMBER_TEXT, 0, offsetof(spay_call_options, intent), 0, NULL},
    {"timeout_ms", MEMBER_INT64, 0, offsetof(spay_call_options, timeout_ms), 0, NULL},
    {"attempt_timeout_ms", MEMBER_INT64, 0, offsetof(spay_call_options, attempt_timeout_ms), 0, NULL},
    {"max_attempts", MEMBER_INT32, 0, offsetof(spay_call_options, max_attempts), 0, NULL},
    {0}};
const struct layout layout_spay_call_options = {"spay_call_options", members_spay_call_options, sizeof(spay_call_options), spay_call_options_init};

static const struct member members_spay_session_info[] = {
    {"provider", MEMBER_INT32, 0, offsetof(spay_session_info, provider), 0, NULL},
    {"warnings", MEMBER_UINT32, 0, offsetof(spay_session_info, warnings), 0, NULL},
    {"value", MEMBER_TEXT, 1, offsetof(spay_session_info, value), 0, NULL},
    {"id", MEMBER_TEXT, 0, offsetof(spay_session_info, id), 0, NULL},
    {"expires_at_ms", MEMBER_INT64, 0, offsetof(spay_session_info, expires_at_ms), 0, NULL},
    {"idempotency_key", MEMBER_TEXT, 0, offsetof(spay_session_info, idempotency_key), 0, NULL},
    {"request_id", MEMBER_TEXT, 0, offsetof(spay_session_info, request_id), 0, NULL},
    {"http_status", MEMBER_INT32, 0, offsetof(spay_session_info, http_status), 0, NULL},
    {"attempts", MEMBER_INT32, 0, offsetof(spay_session_info, attempts), 0, NULL},
    {"requests_sent", MEMBER_INT32, 0, offsetof(spay_session_info, requests_sent), 0, NULL},
    {"token_requests", MEMBER_INT32, 0, offsetof(spay_session_info, token_requests), 0, NULL},
    {"elapsed_ms", MEMBER_INT64, 0, offsetof(spay_session_info, elapsed_ms), 0, NULL},
    {"raw_json", MEMBER_TEXT, 1, offsetof(spay_session_info, raw_json), offsetof(spay_session_info, raw_json_length), NULL},
    {"clock_offset_ms", MEMBER_INT64, 0, offsetof(spay_session_info, clock_offset_ms), 0, NULL},
    {"shared", MEMBER_CHOICE, 0, offsetof(spay_session_info, shared), 0, NULL},
    {0}};
const struct layout layout_spay_session_info = {"spay_session_info", members_spay_session_info, sizeof(spay_session_info), NULL};

static const struct member members_spay_connect_server_options[] = {
    {"environment", MEMBER_INT32, 0, offsetof(spay_connect_server_options, environment), 0, NULL},
    {"base_url", MEMBER_TEXT, 0, offsetof(spay_connect_server_options, base_url), 0, NULL},
    {"merchant_id", MEMBER_TEXT, 0, offsetof(spay_connect_server_options, merchant_id), 0, NULL},
    {"api_key_id", MEMBER_TEXT, 0, offsetof(spay_connect_server_options, api_key_id), 0, NULL},
    {"secret_api_key", MEMBER_TEXT, 1, offsetof(spay_connect_server_options, secret_api_key), 0, NULL},
    {"integrator", MEMBER_TEXT, 0, offsetof(spay_connect_server_options, integrator), 0, NULL},
    {"platform_identifier", MEMBER_TEXT, 0, offsetof(spay_connect_server_options, platform_identifier), 0, NULL},
    {"extension_creator", MEMBER_TEXT, 0, offsetof(spay_connect_server_options, extension_creator), 0, NULL},
    {"extension_name", MEMBER_TEXT, 0, offsetof(spay_connect_server_options, extension_name), 0, NULL},
    {"extension_version", MEMBER_TEXT, 0, offsetof(spay_connect_server_options, extension_version), 0, NULL},
    {"extension_id", MEMBER_TEXT, 0, offsetof(spay_connect_server_options, extension_id), 0, NULL},
    {"idempotence", MEMBER_CHOICE, 0, offsetof(spay_connect_server_options, idempotence), 0, NULL},
    {0}};
const struct layout layout_spay_connect_server_options = {"spay_connect_server_options", members_spay_connect_server_options, sizeof(spay_connect_server_options), spay_connect_server_options_init};

static const struct member members_spay_connect_server_filter[] = {
    {"groups", MEMBER_TEXTS, 0, offsetof(spay_connect_server_filter, groups), offsetof(spay_connect_server_filter, group_count), NULL},
    {"products", MEMBER_INTS, 0, offsetof(spay_connect_server_filter, products), offsetof(spay_connect_server_filter, product_count), NULL},
    {0}};
const struct layout layout_spay_connect_server_filter = {"spay_connect_server_filter", members_spay_connect_server_filter, sizeof(spay_connect_server_filter), spay_connect_server_filter_init};

static const struct member members_spay_connect_server_session_request[] = {
    {"exclude", MEMBER_STRUCT, 0, offsetof(spay_connect_server_session_request, exclude), 0, &layout_spay_connect_server_filter},
    {"restrict_to", MEMBER_STRUCT, 0, offsetof(spay_connect_server_session_request, restrict_to), 0, &layout_spay_connect_server_filter},
    {"tokens", MEMBER_TEXTS, 0, offsetof(spay_connect_server_session_request, tokens), offsetof(spay_connect_server_session_request, token_count), NULL},
    {"client_meta_info", MEMBER_TEXT, 0, offsetof(spay_connect_server_session_request, client_meta_info), 0, NULL},
    {"extra_json", MEMBER_TEXT, 0, offsetof(spay_connect_server_session_request, extra_json), 0, NULL},
    {0}};
const struct layout layout_spay_connect_server_session_request = {"spay_connect_server_session_request", members_spay_connect_server_session_request, sizeof(spay_connect_server_session_request), spay_connect_server_session_request_init};

static const struct member members_spay_connect_server_session[] = {
    {"info", MEMBER_STRUCT, 0, offsetof(spay_connect_server_session, info), 0, &layout_spay_session_info},
    {"client_session_id", MEMBER_TEXT, 1, offsetof(spay_connect_server_session, client_session_id), 0, NULL},
    {"customer_id", MEMBER_TEXT, 0, offsetof(spay_connect_server_session, customer_id), 0, NULL},
    {"client_api_url", MEMBER_TEXT, 0, offsetof(spay_connect_server_session, client_api_url), 0, NULL},
    {"asset_url", MEMBER_TEXT, 0, offsetof(spay_connect_server_session, asset_url), 0, NULL},
    {"region", MEMBER_TEXT, 0, offsetof(spay_connect_server_session, region), 0, NULL},
    {"invalid_tokens", MEMBER_TEXTS, 0, offsetof(spay_connect_server_session, invalid_tokens), offsetof(spay_connect_server_session, invalid_token_count), NULL},
    {0}};
const struct layout layout_spay_connect_server_session = {"spay_connect_server_session", members_spay_connect_server_session, sizeof(spay_connect_server_session), NULL};

static const struct member members_spay_connect_client_options[] = {
    {"environment", MEMBER_INT32, 0, offsetof(spay_connect_client_options, environment), 0, NULL},
    {"client_session_id", MEMBER_TEXT, 1, offsetof(spay_connect_client_options, client_session_id), 0, NULL},
    {"customer_id", MEMBER_TEXT, 0, offsetof(spay_connect_client_options, customer_id), 0, NULL},
    {"client_api_url", MEMBER_TEXT, 0, offsetof(spay_connect_client_options, client_api_url), 0, NULL},
    {"allowed_hosts", MEMBER_TEXTS, 0, offsetof(spay_connect_client_options, allowed_hosts), offsetof(spay_connect_client_options, allowed_host_count), NULL},
    {"allow_apple_pods", MEMBER_CHOICE, 0, offsetof(spay_connect_client_options, allow_apple_pods), 0, NULL},
    {"platform_identifier", MEMBER_TEXT, 0, offsetof(spay_connect_client_options, platform_identifier), 0, NULL},
    {"screen_size", MEMBER_TEXT, 0, offsetof(spay_connect_client_options, screen_size), 0, NULL},
    {"meta_info_json", MEMBER_TEXT, 0, offsetof(spay_connect_client_options, meta_info_json), 0, NULL},
    {0}};
const struct layout layout_spay_connect_client_options = {"spay_connect_client_options", members_spay_connect_client_options, sizeof(spay_connect_client_options), spay_connect_client_options_init};

static const struct member members_spay_connect_client_session_request[] = {
    {"product_id", MEMBER_INT32, 0, offsetof(spay_connect_client_session_request, product_id), 0, NULL},
    {"display_name", MEMBER_TEXT, 0, offsetof(spay_connect_client_session_request, display_name), 0, NULL},
    {"domain_name", MEMBER_TEXT, 0, offsetof(spay_connect_client_session_request, domain_name), 0, NULL},
    {"validation_url", MEMBER_TEXT, 0, offsetof(spay_connect_client_session_request, validation_url), 0, NULL},
    {"extra_json", MEMBER_TEXT, 0, offsetof(spay_connect_client_session_request, extra_json), 0, NULL},
    {0}};
const struct layout layout_spay_connect_client_session_request = {"spay_connect_client_session_request", members_spay_connect_client_session_request, sizeof(spay_connect_client_session_request), spay_connect_client_session_request_init};

static const struct member members_spay_connect_client_session[] = {
    {"info", MEMBER_STRUCT, 0, offsetof(spay_connect_client_session, info), 0, &layout_spay_session_info},
    {"session_object", MEMBER_TEXT, 1, offsetof(spay_connect_client_session, session_object), offsetof(spay_connect_client_session, session_object_length), NULL},
    {"product_id", MEMBER_INT32, 0, offsetof(spay_connect_client_session, product_id), 0, NULL},
    {0}};
const struct layout layout_spay_connect_client_session = {"spay_connect_client_session", members_spay_connect_client_session, sizeof(spay_connect_client_session), NULL};

static const struct member members_spay_hosted_fields_options[] = {
    {"environment", MEMBER_INT32, 0, offsetof(spay_hosted_fields_options, environment), 0, NULL},
    {"base_url", MEMBER_TEXT, 0, offsetof(spay_hosted_fields_options, base_url), 0, NULL},
    {"identity_url", MEMBER_TEXT, 0, offsetof(spay_hosted_fields_options, identity_url), 0, NULL},
    {"api_key", MEMBER_TEXT, 1, offsetof(spay_hosted_fields_options, api_key), 0, NULL},
    {"bearer_token", MEMBER_TEXT, 1, offsetof(spay_hosted_fields_options, bearer_token), 0, NULL},
    {0}};
const struct layout layout_spay_hosted_fields_options = {"spay_hosted_fields_options", members_spay_hosted_fields_options, sizeof(spay_hosted_fields_options), spay_hosted_fields_options_init};

static const struct member members_spay_hosted_fields_session_request[] = {
    {"processing_terminal_id", MEMBER_TEXT, 0, offsetof(spay_hosted_fields_session_request, processing_terminal_id), 0, NULL},
    {"lib_version", MEMBER_TEXT, 0, offsetof(spay_hosted_fields_session_request, lib_version), 0, NULL},
    {"scenario", MEMBER_TEXT, 0, offsetof(spay_hosted_fields_session_request, scenario), 0, NULL},
    {"secure_token_id", MEMBER_TEXT, 0, offsetof(spay_hosted_fields_session_request, secure_token_id), 0, NULL},
    {"extra_json", MEMBER_TEXT, 0, offsetof(spay_hosted_fields_session_request, extra_json), 0, NULL},
    {0}};
const struct layout layout_spay_hosted_fields_session_request = {"spay_hosted_fields_session_request", members_spay_hosted_fields_session_request, sizeof(spay_hosted_fields_session_request), spay_hosted_fields_session_request_init};

static const struct member members_spay_hosted_fields_session[] = {
    {"info", MEMBER_STRUCT, 0, offsetof(spay_hosted_fields_session, info), 0, &layout_spay_session_info},
    {"token", MEMBER_TEXT, 1, offsetof(spay_hosted_fields_session, token), 0, NULL},
    {"processing_terminal_id", MEMBER_TEXT, 0, offsetof(spay_hosted_fields_session, processing_terminal_id), 0, NULL},
    {"expires_at", MEMBER_TEXT, 0, offsetof(spay_hosted_fields_session, expires_at), 0, NULL},
    {"expires_at_ms", MEMBER_INT64, 0, offsetof(spay_hosted_fields_session, expires_at_ms), 0, NULL},
    {0}};
const struct layout layout_spay_hosted_fields_session = {"spay_hosted_fields_session", members_spay_hosted_fields_session, sizeof(spay_hosted_fields_session), NULL};

static const struct member members_spay_multi_options[] = {
    {"max_connections", MEMBER_INT32, 0, offsetof(spay_multi_options, max_connections), 0, NULL},
    {"http2", MEMBER_CHOICE, 0, offsetof(spay_multi_options, http2), 0, NULL},
    {"max_requests", MEMBER_INT32, 0, offsetof(spay_multi_options, max_requests), 0, NULL},
    {"submit", MEMBER_CHOICE, 0, offsetof(spay_multi_options, submit), 0, NULL},
    {0}};
const struct layout layout_spay_multi_options = {"spay_multi_options", members_spay_multi_options, sizeof(spay_multi_options), spay_multi_options_init};

static const struct member members_spay_wepay_options[] = {
    {"environment", MEMBER_INT32, 0, offsetof(spay_wepay_options, environment), 0, NULL},
    {"base_url", MEMBER_TEXT, 0, offsetof(spay_wepay_options, base_url), 0, NULL},
    {"app_id", MEMBER_TEXT, 0, offsetof(spay_wepay_options, app_id), 0, NULL},
    {"app_token", MEMBER_TEXT, 1, offsetof(spay_wepay_options, app_token), 0, NULL},
    {"api_version", MEMBER_TEXT, 0, offsetof(spay_wepay_options, api_version), 0, NULL},
    {0}};
const struct layout layout_spay_wepay_options = {"spay_wepay_options", members_spay_wepay_options, sizeof(spay_wepay_options), spay_wepay_options_init};

static const struct member members_spay_wepay_session_request[] = {
    {"type", MEMBER_TEXT, 0, offsetof(spay_wepay_session_request, type), 0, NULL},
    {"account_id", MEMBER_TEXT, 0, offsetof(spay_wepay_session_request, account_id), 0, NULL},
    {"time_to_live", MEMBER_INT64, 0, offsetof(spay_wepay_session_request, time_to_live), 0, NULL},
    {"risk_token", MEMBER_TEXT, 1, offsetof(spay_wepay_session_request, risk_token), 0, NULL},
    {"client_ip", MEMBER_TEXT, 0, offsetof(spay_wepay_session_request, client_ip), 0, NULL},
    {"extra_json", MEMBER_TEXT, 0, offsetof(spay_wepay_session_request, extra_json), 0, NULL},
    {0}};
const struct layout layout_spay_wepay_session_request = {"spay_wepay_session_request", members_spay_wepay_session_request, sizeof(spay_wepay_session_request), spay_wepay_session_request_init};

static const struct member members_spay_wepay_owner[] = {
    {"id", MEMBER_TEXT, 0, offsetof(spay_wepay_owner, id), 0, NULL},
    {"path", MEMBER_TEXT, 0, offsetof(spay_wepay_owner, path), 0, NULL},
    {"resource", MEMBER_TEXT, 0, offsetof(spay_wepay_owner, resource), 0, NULL},
    {0}};
const struct layout layout_spay_wepay_owner = {"spay_wepay_owner", members_spay_wepay_owner, sizeof(spay_wepay_owner), NULL};

static const struct member members_spay_wepay_mobile_session[] = {
    {"time_to_live", MEMBER_INT64, 0, offsetof(spay_wepay_mobile_session, time_to_live), 0, NULL},
    {"account_id", MEMBER_TEXT, 0, offsetof(spay_wepay_mobile_session, account_id), 0, NULL},
    {0}};
const struct layout layout_spay_wepay_mobile_session = {"spay_wepay_mobile_session", members_spay_wepay_mobile_session, sizeof(spay_wepay_mobile_session), NULL};

static const struct member members_spay_wepay_session[] = {
    {"info", MEMBER_STRUCT, 0, offsetof(spay_wepay_session, info), 0, &layout_spay_session_info},
    {"id", MEMBER_TEXT, 0, offsetof(spay_wepay_session, id), 0, NULL},
    {"session_token", MEMBER_TEXT, 1, offsetof(spay_wepay_session, session_token), 0, NULL},
    {"expire_time", MEMBER_INT64, 0, offsetof(spay_wepay_session, expire_time), 0, NULL},
    {"create_time", MEMBER_INT64, 0, offsetof(spay_wepay_session, create_time), 0, NULL},
    {"path", MEMBER_TEXT, 0, offsetof(spay_wepay_session, path), 0, NULL},
    {"resource", MEMBER_TEXT, 0, offsetof(spay_wepay_session, resource), 0, NULL},
    {"owner", MEMBER_STRUCT, 0, offsetof(spay_wepay_session, owner), 0, &layout_spay_wepay_owner},
    {"api_version", MEMBER_TEXT, 0, offsetof(spay_wepay_session, api_version), 0, NULL},
    {"state", MEMBER_INT32, 0, offsetof(spay_wepay_session, state), 0, NULL},
    {"type", MEMBER_INT32, 0, offsetof(spay_wepay_session, type), 0, NULL},
    {"state_text", MEMBER_TEXT, 0, offsetof(spay_wepay_session, state_text), 0, NULL},
    {"type_text", MEMBER_TEXT, 0, offsetof(spay_wepay_session, type_text), 0, NULL},
    {"mobile_session", MEMBER_STRUCT, 0, offsetof(spay_wepay_session, mobile_session), 0, &layout_spay_wepay_mobile_session},
    {0}};
const struct layout layout_spay_wepay_session = {"spay_wepay_session", members_spay_wepay_session, sizeof(spay_wepay_session), NULL};

const struct layout *const layouts[] = {
    &layout_spay_event,
    &layout_spay_send_record,
    &layout_spay_client_options,
    &layout_spay_call_options,
    &layout_spay_session_info,
    &layout_spay_connect_server_options,
    &layout_spay_connect_server_filter,
    &layout_spay_connect_server_session_request,
    &layout_spay_connect_server_session,
    &layout_spay_connect_client_options,
    &layout_spay_connect_client_session_request,
    &layout_spay_connect_client_session,
    &layout_spay_hosted_fields_options,
    &layout_spay_hosted_fields_session_request,
    &layout_spay_hosted_fields_session,
    &layout_spay_multi_options,
    &layout_spay_wepay_options,
    &layout_spay_wepay_session_request,
    &layout_spay_wepay_owner,
    &layout_spay_wepay_mobile_session,
    &layout_spay_wepay_session,
    NULL};

#ifdef SESSIONPAY_WITH_FILE
#include <sessionpay/file.h>

static const struct member members_spay_file_options[] = {
    {"directory", MEMBER_TEXT, 0, offsetof(spay_file_options, directory), 0, NULL},
    {0}};
static const struct layout layout_spay_file_options = {"spay_file_options", members_spay_file_options, sizeof(spay_file_options), spay_file_options_init};

static spay_status make_file(const void *options, spay_store *store, spay_error **error)
{
    return spay_file_store_new(options, store, error);
}
#endif

#ifdef SESSIONPAY_WITH_REDIS
#include <sessionpay/redis.h>

static const struct member members_spay_redis_options[] = {
    {"url", MEMBER_TEXT, 1, offsetof(spay_redis_options, url), 0, NULL},
    {"key_prefix", MEMBER_TEXT, 0, offsetof(spay_redis_options, key_prefix), 0, NULL},
    {"ca_file", MEMBER_TEXT, 0, offsetof(spay_redis_options, ca_file), 0, NULL},
    {"connect_timeout_ms", MEMBER_INT32, 0, offsetof(spay_redis_options, connect_timeout_ms), 0, NULL},
    {"command_timeout_ms", MEMBER_INT32, 0, offsetof(spay_redis_options, command_timeout_ms), 0, NULL},
    {0}};
static const struct layout layout_spay_redis_options = {"spay_redis_options", members_spay_redis_options, sizeof(spay_redis_options), spay_redis_options_init};

static spay_status make_redis(const void *options, spay_store *store, spay_error **error)
{
    return spay_redis_store_new(options, store, error);
}
#endif

const struct adapter adapters[] = {
#ifdef SESSIONPAY_WITH_FILE
    {"file", &layout_spay_file_options, make_file},
#endif
#ifdef SESSIONPAY_WITH_REDIS
    {"redis", &layout_spay_redis_options, make_redis},
#endif
    {NULL, NULL, NULL}};
