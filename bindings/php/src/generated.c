/* Made by generate.py from share/sessionpay.api.json. SPDX-License-Identifier: MIT */
/* clang-format off */
#include "generated.h"

ZEND_BEGIN_ARG_INFO_EX(arginfo_Exception___construct, 0, 0, 0)
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, message, IS_STRING, 0, "''")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, reason, IS_STRING, 0, "''")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, stage, IS_LONG, 0, "0")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, provider, IS_STRING, 0, "'none'")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, provider_code, IS_STRING, 0, "''")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, http_status, IS_LONG, 0, "0")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, request_id, IS_STRING, 0, "''")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, attempts, IS_LONG, 0, "0")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, requests_sent, IS_LONG, 0, "0")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, elapsed_ms, IS_LONG, 0, "0")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, retryable, _IS_BOOL, 0, "false")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, retry_after_ms, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, outcome, IS_STRING, 0, "'not_sent'")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, idempotency_key, IS_STRING, 0, "''")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, field_errors, IS_ARRAY, 0, "[]")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, body, IS_STRING, 0, "''")
    ZEND_ARG_OBJ_INFO_WITH_DEFAULT_VALUE(0, server_session, SessionPay\\ConnectServerSession, 1, "null")
    ZEND_ARG_OBJ_INFO_WITH_DEFAULT_VALUE(0, previous, Throwable, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_ConnectServerFilter___construct, 0, 0, 0)
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, groups, IS_ARRAY, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, products, IS_ARRAY, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_ConnectServerSessionRequest___construct, 0, 0, 0)
    ZEND_ARG_OBJ_INFO_WITH_DEFAULT_VALUE(0, exclude, SessionPay\\ConnectServerFilter, 1, "null")
    ZEND_ARG_OBJ_INFO_WITH_DEFAULT_VALUE(0, restrict_to, SessionPay\\ConnectServerFilter, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, tokens, IS_ARRAY, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, client_meta_info, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, extra_json, IS_STRING, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_Event___construct, 0, 0, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_SendRecord___construct, 0, 0, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_SessionInfo___construct, 0, 0, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_SessionInfo_expiresInMs, 0, 0, IS_LONG, 1)
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, margin_ms, IS_LONG, 0, "0")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_WePayOwner___construct, 0, 0, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_WePaySession___construct, 0, 0, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_ConnectServerSession___construct, 0, 0, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_ConnectClientSession___construct, 0, 0, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_HostedFieldsSession___construct, 0, 0, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_WePayMobileSession___construct, 0, 0, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_FieldError___construct, 0, 0, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_MockRequest___construct, 0, 0, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_Client___construct, 0, 0, 0)
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeout_ms, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, attempt_timeout_ms, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, connect_timeout_ms, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, max_attempts, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, max_idle_connections, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, user_agent, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, key_secret, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, ca_file, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, ca_pem, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, client_certificate_file, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, client_key_file, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, client_key_password, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, pinned_public_keys, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, proxy, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, proxy_credentials, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, log_level, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, recorded_attempts, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, store_timeout_ms, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, log, IS_CALLABLE, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, event, IS_CALLABLE, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, before_send, IS_CALLABLE, 1, "null")
    ZEND_ARG_OBJ_INFO_WITH_DEFAULT_VALUE(0, transport, SessionPay\\Mock, 1, "null")
    ZEND_ARG_OBJ_INFO_WITH_DEFAULT_VALUE(0, store, SessionPay\\Store, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_Client_persistent, 0, 0, SessionPay\\Client, 0)
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeout_ms, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, attempt_timeout_ms, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, connect_timeout_ms, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, max_attempts, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, max_idle_connections, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, user_agent, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, key_secret, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, ca_file, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, ca_pem, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, client_certificate_file, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, client_key_file, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, client_key_password, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, pinned_public_keys, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, proxy, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, proxy_credentials, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, log_level, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, recorded_attempts, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, store_timeout_ms, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, log, IS_CALLABLE, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, event, IS_CALLABLE, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, before_send, IS_CALLABLE, 1, "null")
    ZEND_ARG_OBJ_INFO_WITH_DEFAULT_VALUE(0, store, SessionPay\\Store, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Client_flightRecord, 0, 0, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Client_dropConnections, 0, 0, IS_VOID, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Client_close, 0, 0, IS_VOID, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_WePay___construct, 0, 0, 3)
    ZEND_ARG_OBJ_INFO(0, client, SessionPay\\Client, 0)
    ZEND_ARG_TYPE_INFO(0, app_id, IS_STRING, 0)
    ZEND_ARG_TYPE_INFO(0, app_token, IS_STRING, 0)
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, environment, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, base_url, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, api_version, IS_STRING, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_WePay_createSession, 0, 1, SessionPay\\WePaySession, 0)
    ZEND_ARG_TYPE_INFO(0, type, IS_STRING, 0)
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, account_id, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, time_to_live, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, risk_token, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, client_ip, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, extra_json, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, idempotency_key, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, intent, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeout_ms, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, attempt_timeout_ms, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, max_attempts, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, call_ctx, IS_MIXED, 0, "null")
    ZEND_ARG_OBJ_INFO_WITH_DEFAULT_VALUE(0, cancel, SessionPay\\Cancel, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_HostedFields___construct, 0, 0, 1)
    ZEND_ARG_OBJ_INFO(0, client, SessionPay\\Client, 0)
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, environment, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, base_url, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, identity_url, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, api_key, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, bearer_token, IS_STRING, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_HostedFields_createSession, 0, 3, SessionPay\\HostedFieldsSession, 0)
    ZEND_ARG_TYPE_INFO(0, processing_terminal_id, IS_STRING, 0)
    ZEND_ARG_TYPE_INFO(0, lib_version, IS_STRING, 0)
    ZEND_ARG_TYPE_INFO(0, scenario, IS_STRING, 0)
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, secure_token_id, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, extra_json, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, idempotency_key, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, intent, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeout_ms, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, attempt_timeout_ms, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, max_attempts, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, call_ctx, IS_MIXED, 0, "null")
    ZEND_ARG_OBJ_INFO_WITH_DEFAULT_VALUE(0, cancel, SessionPay\\Cancel, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_HostedFields_setBearerToken, 0, 1, IS_VOID, 0)
    ZEND_ARG_TYPE_INFO(0, bearer_token, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_ConnectServer___construct, 0, 0, 4)
    ZEND_ARG_OBJ_INFO(0, client, SessionPay\\Client, 0)
    ZEND_ARG_TYPE_INFO(0, merchant_id, IS_STRING, 0)
    ZEND_ARG_TYPE_INFO(0, api_key_id, IS_STRING, 0)
    ZEND_ARG_TYPE_INFO(0, secret_api_key, IS_STRING, 0)
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, environment, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, base_url, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, integrator, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, platform_identifier, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, extension_creator, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, extension_name, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, extension_version, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, extension_id, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, idempotence, _IS_BOOL, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_ConnectServer_createSession, 0, 0, SessionPay\\ConnectServerSession, 0)
    ZEND_ARG_OBJ_INFO_WITH_DEFAULT_VALUE(0, exclude, SessionPay\\ConnectServerFilter, 1, "null")
    ZEND_ARG_OBJ_INFO_WITH_DEFAULT_VALUE(0, restrict_to, SessionPay\\ConnectServerFilter, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, tokens, IS_ARRAY, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, client_meta_info, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, extra_json, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, idempotency_key, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, intent, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeout_ms, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, attempt_timeout_ms, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, max_attempts, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, call_ctx, IS_MIXED, 0, "null")
    ZEND_ARG_OBJ_INFO_WITH_DEFAULT_VALUE(0, cancel, SessionPay\\Cancel, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_ConnectServer_createApplePaySession, 0, 2, IS_ARRAY, 0)
    ZEND_ARG_TYPE_INFO(0, domain_name, IS_STRING, 0)
    ZEND_ARG_TYPE_INFO(0, validation_url, IS_STRING, 0)
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, product_id, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, display_name, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, extra_json, IS_STRING, 1, "null")
    ZEND_ARG_OBJ_INFO_WITH_DEFAULT_VALUE(0, server_request, SessionPay\\ConnectServerSessionRequest, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, idempotency_key, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, intent, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeout_ms, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, attempt_timeout_ms, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, max_attempts, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, call_ctx, IS_MIXED, 0, "null")
    ZEND_ARG_OBJ_INFO_WITH_DEFAULT_VALUE(0, cancel, SessionPay\\Cancel, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_ConnectClient___construct, 0, 0, 4)
    ZEND_ARG_OBJ_INFO(0, client, SessionPay\\Client, 0)
    ZEND_ARG_TYPE_INFO(0, client_session_id, IS_STRING, 0)
    ZEND_ARG_TYPE_INFO(0, customer_id, IS_STRING, 0)
    ZEND_ARG_TYPE_INFO(0, client_api_url, IS_STRING, 0)
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, environment, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, allowed_hosts, IS_ARRAY, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, allow_apple_pods, _IS_BOOL, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, platform_identifier, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, screen_size, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, meta_info_json, IS_STRING, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_ConnectClient_createSession, 0, 2, SessionPay\\ConnectClientSession, 0)
    ZEND_ARG_TYPE_INFO(0, domain_name, IS_STRING, 0)
    ZEND_ARG_TYPE_INFO(0, validation_url, IS_STRING, 0)
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, product_id, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, display_name, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, extra_json, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, idempotency_key, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, intent, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeout_ms, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, attempt_timeout_ms, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, max_attempts, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, call_ctx, IS_MIXED, 0, "null")
    ZEND_ARG_OBJ_INFO_WITH_DEFAULT_VALUE(0, cancel, SessionPay\\Cancel, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_ConnectClient_fromSession, 0, 2, SessionPay\\ConnectClient, 0)
    ZEND_ARG_OBJ_INFO(0, server, SessionPay\\ConnectServer, 0)
    ZEND_ARG_OBJ_INFO(0, session, SessionPay\\ConnectServerSession, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_Cancel___construct, 0, 0, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Cancel_cancel, 0, 0, IS_VOID, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_Store___construct, 0, 0, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_Store_file, 0, 1, SessionPay\\Store, 0)
    ZEND_ARG_TYPE_INFO(0, directory, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_OBJ_INFO_EX(arginfo_Store_redis, 0, 1, SessionPay\\Store, 0)
    ZEND_ARG_TYPE_INFO(0, url, IS_STRING, 0)
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, key_prefix, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, ca_file, IS_STRING, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, connect_timeout_ms, IS_LONG, 1, "null")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, command_timeout_ms, IS_LONG, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_INFO_EX(arginfo_Mock___construct, 0, 0, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Mock_reply, 0, 1, IS_VOID, 0)
    ZEND_ARG_TYPE_INFO(0, http_status, IS_LONG, 0)
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, body, IS_STRING, 0, "''")
    ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, headers, IS_ARRAY, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Mock_fail, 0, 2, IS_VOID, 0)
    ZEND_ARG_TYPE_INFO(0, status, IS_LONG, 0)
    ZEND_ARG_TYPE_INFO(0, sent, _IS_BOOL, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Mock_setLatency, 0, 1, IS_VOID, 0)
    ZEND_ARG_TYPE_INFO(0, duration_ms, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Mock_advance, 0, 1, IS_VOID, 0)
    ZEND_ARG_TYPE_INFO(0, duration_ms, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Mock_setWall, 0, 1, IS_VOID, 0)
    ZEND_ARG_TYPE_INFO(0, unix_ms, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Mock_nowMs, 0, 0, IS_LONG, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_Mock_requests, 0, 0, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

static const struct constant constants_Status[] = {
    {"OK", 0},
    {"INVALID_ARGUMENT", -1},
    {"STATE", -2},
    {"UNSUPPORTED", -3},
    {"NO_MEMORY", -4},
    {"AUTH", -10},
    {"FORBIDDEN", -11},
    {"CLOCK", -12},
    {"TLS", -13},
    {"PROXY", -14},
    {"REJECTED", -20},
    {"NOT_FOUND", -21},
    {"CONFLICT", -22},
    {"EXPIRED", -23},
    {"CONNECT", -30},
    {"NETWORK", -31},
    {"TIMEOUT", -32},
    {"THROTTLED", -33},
    {"PROVIDER", -34},
    {"CANCELED", -35},
    {"BUSY", -36},
    {"PROTOCOL", -40},
    {"LIMIT", -41},
    {"INTERNAL", -42},
    {NULL, 0}};

static const struct constant constants_Group[] = {
    {"NONE", 0},
    {"PROGRAM", 1},
    {"SETUP", 2},
    {"REQUEST", 3},
    {"LATER", 4},
    {"SUPPORT", 5},
    {NULL, 0}};

static const struct constant constants_Outcome[] = {
    {"NOT_SENT", 1},
    {"REJECTED", 2},
    {"UNKNOWN", 3},
    {NULL, 0}};

static const struct constant constants_Stage[] = {
    {"INPUT", 1},
    {"TOKEN", 2},
    {"REQUEST", 3},
    {"REPLY", 4},
    {NULL, 0}};

static const struct constant constants_Provider[] = {
    {"NONE", 0},
    {"WEPAY", 1},
    {"HOSTED_FIELDS", 2},
    {"CONNECT_SERVER", 3},
    {"CONNECT_CLIENT", 4},
    {NULL, 0}};

static const struct constant constants_EventType[] = {
    {"ATTEMPT", 1},
    {"CALL", 2},
    {"STORE", 3},
    {NULL, 0}};

static const struct constant constants_Decision[] = {
    {"SUCCEED", 1},
    {"GIVE_UP", 2},
    {"RETRY", 3},
    {"RESEND", 4},
    {"RENEW_TOKEN", 5},
    {"CORRECT_CLOCK", 6},
    {NULL, 0}};

static const struct constant constants_Environment[] = {
    {"TEST", 1},
    {"PRODUCTION", 2},
    {NULL, 0}};

static const struct constant constants_LogLevel[] = {
    {"DEFAULT", 0},
    {"ERROR", 1},
    {"INFO", 2},
    {"DEBUG", 3},
    {"TRACE", 4},
    {NULL, 0}};

static const struct constant constants_SessionWarning[] = {
    {"ACCOUNT_DIFFERS", 1},
    {"STATE", 2},
    {"INVALID_TOKENS", 4},
    {"EXPIRY_ASSUMED", 8},
    {"MEMBER_IGNORED", 16},
    {"CLOCK_CORRECTED", 32},
    {NULL, 0}};

static const struct constant constants_ConnectEnvironment[] = {
    {"PRODUCTION_WORLD", 101},
    {"PRODUCTION_EUROPE", 102},
    {"PRODUCTION_INDIA", 103},
    {"PREPROD_WORLD", 111},
    {"PREPROD_EUROPE", 112},
    {"PREPROD_INDIA", 113},
    {"SANDBOX", 121},
    {NULL, 0}};

static const struct constant constants_ConnectProduct[] = {
    {"APPLE_PAY", 302},
    {NULL, 0}};

static const struct constant constants_WePayState[] = {
    {"UNKNOWN", 0},
    {"ACTIVE", 1},
    {"DELETED", 2},
    {NULL, 0}};

static const struct constant constants_WePayType[] = {
    {"UNKNOWN", 0},
    {"MOBILE_SESSION", 1},
    {NULL, 0}};

static const zend_function_entry functions_Exception[] = {
    ZEND_ME(SessionPay_Exception, __construct, arginfo_Exception___construct, ZEND_ACC_PUBLIC)
    ZEND_FE_END};

static const struct property properties_Exception[] = {
    {"name", NULL, MAY_BE_STRING, 0},
    {"status", NULL, MAY_BE_LONG, 0},
    {"reason", NULL, MAY_BE_STRING, 0},
    {"stage", NULL, MAY_BE_LONG, 0},
    {"provider", NULL, MAY_BE_STRING, 0},
    {"provider_code", NULL, MAY_BE_STRING, 0},
    {"http_status", NULL, MAY_BE_LONG, 0},
    {"request_id", NULL, MAY_BE_STRING, 0},
    {"attempts", NULL, MAY_BE_LONG, 0},
    {"requests_sent", NULL, MAY_BE_LONG, 0},
    {"elapsed_ms", NULL, MAY_BE_LONG, 0},
    {"retryable", NULL, MAY_BE_BOOL, 0},
    {"retry_after_ms", NULL, MAY_BE_LONG | MAY_BE_NULL, 0},
    {"outcome", NULL, MAY_BE_STRING, 0},
    {"idempotency_key", NULL, MAY_BE_STRING, 0},
    {"field_errors", NULL, MAY_BE_ARRAY, 0},
    {"body", NULL, MAY_BE_STRING, 1},
    {"server_session", "SessionPay\\ConnectServerSession", 0 | MAY_BE_NULL, 0},
    {NULL, NULL, 0, 0}};

static const struct constant constants_Exception[] = {
    {"STATUS", -42},
    {NULL, 0}};

static const struct constant constants_InvalidArgumentException[] = {
    {"STATUS", -1},
    {NULL, 0}};

static const struct constant constants_StateException[] = {
    {"STATUS", -2},
    {NULL, 0}};

static const struct constant constants_UnsupportedException[] = {
    {"STATUS", -3},
    {NULL, 0}};

static const struct constant constants_NoMemoryException[] = {
    {"STATUS", -4},
    {NULL, 0}};

static const struct constant constants_AuthException[] = {
    {"STATUS", -10},
    {NULL, 0}};

static const struct constant constants_ForbiddenException[] = {
    {"STATUS", -11},
    {NULL, 0}};

static const struct constant constants_ClockException[] = {
    {"STATUS", -12},
    {NULL, 0}};

static const struct constant constants_TlsException[] = {
    {"STATUS", -13},
    {NULL, 0}};

static const struct constant constants_ProxyException[] = {
    {"STATUS", -14},
    {NULL, 0}};

static const struct constant constants_RejectedException[] = {
    {"STATUS", -20},
    {NULL, 0}};

static const struct constant constants_NotFoundException[] = {
    {"STATUS", -21},
    {NULL, 0}};

static const struct constant constants_ConflictException[] = {
    {"STATUS", -22},
    {NULL, 0}};

static const struct constant constants_ExpiredException[] = {
    {"STATUS", -23},
    {NULL, 0}};

static const struct constant constants_ConnectException[] = {
    {"STATUS", -30},
    {NULL, 0}};

static const struct constant constants_NetworkException[] = {
    {"STATUS", -31},
    {NULL, 0}};

static const struct constant constants_TimeoutException[] = {
    {"STATUS", -32},
    {NULL, 0}};

static const struct constant constants_ThrottledException[] = {
    {"STATUS", -33},
    {NULL, 0}};

static const struct constant constants_ProviderException[] = {
    {"STATUS", -34},
    {NULL, 0}};

static const struct constant constants_CanceledException[] = {
    {"STATUS", -35},
    {NULL, 0}};

static const struct constant constants_BusyException[] = {
    {"STATUS", -36},
    {NULL, 0}};

static const struct constant constants_ProtocolException[] = {
    {"STATUS", -40},
    {NULL, 0}};

static const struct constant constants_LimitException[] = {
    {"STATUS", -41},
    {NULL, 0}};

static const struct constant constants_InternalException[] = {
    {"STATUS", -42},
    {NULL, 0}};

static const zend_function_entry functions_ConnectServerFilter[] = {
    ZEND_ME(SessionPay_ConnectServerFilter, __construct, arginfo_ConnectServerFilter___construct, ZEND_ACC_PUBLIC)
    ZEND_FE_END};

static const struct property properties_ConnectServerFilter[] = {
    {"groups", NULL, MAY_BE_ARRAY | MAY_BE_NULL, 0},
    {"products", NULL, MAY_BE_ARRAY | MAY_BE_NULL, 0},
    {NULL, NULL, 0, 0}};

static const struct argument arguments_ConnectServerFilter___construct[] = {{0, 0}, {0, 1}};
const struct reader reader_ConnectServerFilter___construct = {{&layout_spay_connect_server_filter}, arguments_ConnectServerFilter___construct, 2, 0};

static const zend_function_entry functions_ConnectServerSessionRequest[] = {
    ZEND_ME(SessionPay_ConnectServerSessionRequest, __construct, arginfo_ConnectServerSessionRequest___construct, ZEND_ACC_PUBLIC)
    ZEND_FE_END};

static const struct property properties_ConnectServerSessionRequest[] = {
    {"exclude", "SessionPay\\ConnectServerFilter", 0 | MAY_BE_NULL, 0},
    {"restrict_to", "SessionPay\\ConnectServerFilter", 0 | MAY_BE_NULL, 0},
    {"tokens", NULL, MAY_BE_ARRAY | MAY_BE_NULL, 0},
    {"client_meta_info", NULL, MAY_BE_STRING | MAY_BE_NULL, 0},
    {"extra_json", NULL, MAY_BE_STRING | MAY_BE_NULL, 0},
    {NULL, NULL, 0, 0}};

static const struct argument arguments_ConnectServerSessionRequest___construct[] = {{0, 0}, {0, 1}, {0, 2}, {0, 3}, {0, 4}};
const struct reader reader_ConnectServerSessionRequest___construct = {{&layout_spay_connect_server_session_request}, arguments_ConnectServerSessionRequest___construct, 5, 0};

static const zend_function_entry functions_Event[] = {
    ZEND_ME(SessionPay_Event, __construct, arginfo_Event___construct, ZEND_ACC_PRIVATE)
    ZEND_FE_END};

static const struct property properties_Event[] = {
    {"type", NULL, MAY_BE_LONG, 0},
    {"provider", NULL, MAY_BE_LONG, 0},
    {"operation", NULL, MAY_BE_STRING, 0},
    {"route", NULL, MAY_BE_STRING, 0},
    {"attempt", NULL, MAY_BE_LONG, 0},
    {"requests_sent", NULL, MAY_BE_LONG, 0},
    {"status", NULL, MAY_BE_LONG, 0},
    {"outcome", NULL, MAY_BE_LONG, 0},
    {"decision", NULL, MAY_BE_LONG, 0},
    {"http_status", NULL, MAY_BE_LONG, 0},
    {"delay_ms", NULL, MAY_BE_LONG, 0},
    {"at_ms", NULL, MAY_BE_LONG, 0},
    {"elapsed_ms", NULL, MAY_BE_LONG, 0},
    {"name_lookup_us", NULL, MAY_BE_LONG, 0},
    {"connect_us", NULL, MAY_BE_LONG, 0},
    {"tls_us", NULL, MAY_BE_LONG, 0},
    {"first_byte_us", NULL, MAY_BE_LONG, 0},
    {"total_us", NULL, MAY_BE_LONG, 0},
    {"idempotency_key", NULL, MAY_BE_STRING, 0},
    {"request_id", NULL, MAY_BE_STRING, 0},
    {"bytes_sent", NULL, MAY_BE_LONG, 0},
    {"bytes_received", NULL, MAY_BE_LONG, 0},
    {"reason", NULL, MAY_BE_STRING, 0},
    {"stage", NULL, MAY_BE_LONG, 0},
    {"host", NULL, MAY_BE_STRING, 0},
    {"phase", NULL, MAY_BE_STRING, 0},
    {"provider_code", NULL, MAY_BE_STRING, 0},
    {"message", NULL, MAY_BE_STRING, 0},
    {"server_host", NULL, MAY_BE_STRING, 0},
    {"server_port", NULL, MAY_BE_LONG, 0},
    {"protocol_version", NULL, MAY_BE_STRING, 0},
    {"call_ctx", NULL, MAY_BE_ANY, 0},
    {NULL, NULL, 0, 0}};

static const zend_function_entry functions_SendRecord[] = {
    ZEND_ME(SessionPay_SendRecord, __construct, arginfo_SendRecord___construct, ZEND_ACC_PRIVATE)
    ZEND_FE_END};

static const struct property properties_SendRecord[] = {
    {"provider", NULL, MAY_BE_LONG, 0},
    {"attempt", NULL, MAY_BE_LONG, 0},
    {"route", NULL, MAY_BE_STRING, 0},
    {"idempotency_key", NULL, MAY_BE_STRING, 0},
    {"body_sha256", NULL, MAY_BE_STRING, 0},
    {"body_length", NULL, MAY_BE_LONG, 0},
    {"at_ms", NULL, MAY_BE_LONG, 0},
    {"call_ctx", NULL, MAY_BE_ANY, 0},
    {NULL, NULL, 0, 0}};

static const zend_function_entry functions_SessionInfo[] = {
    ZEND_ME(SessionPay_SessionInfo, __construct, arginfo_SessionInfo___construct, ZEND_ACC_PRIVATE)
    ZEND_ME(SessionPay_SessionInfo, expiresInMs, arginfo_SessionInfo_expiresInMs, ZEND_ACC_PUBLIC)
    ZEND_FE_END};

static const struct property properties_SessionInfo[] = {
    {"provider", NULL, MAY_BE_LONG, 0},
    {"warnings", NULL, MAY_BE_LONG, 0},
    {"value", NULL, MAY_BE_STRING, 1},
    {"id", NULL, MAY_BE_STRING, 0},
    {"expires_at_ms", NULL, MAY_BE_LONG, 0},
    {"idempotency_key", NULL, MAY_BE_STRING, 0},
    {"request_id", NULL, MAY_BE_STRING, 0},
    {"http_status", NULL, MAY_BE_LONG, 0},
    {"attempts", NULL, MAY_BE_LONG, 0},
    {"requests_sent", NULL, MAY_BE_LONG, 0},
    {"token_requests", NULL, MAY_BE_LONG, 0},
    {"elapsed_ms", NULL, MAY_BE_LONG, 0},
    {"raw_json", NULL, MAY_BE_STRING, 1},
    {"clock_offset_ms", NULL, MAY_BE_LONG, 0},
    {"shared", NULL, MAY_BE_BOOL, 0},
    {NULL, NULL, 0, 0}};

static const zend_function_entry functions_WePayOwner[] = {
    ZEND_ME(SessionPay_WePayOwner, __construct, arginfo_WePayOwner___construct, ZEND_ACC_PRIVATE)
    ZEND_FE_END};

static const struct property properties_WePayOwner[] = {
    {"id", NULL, MAY_BE_STRING | MAY_BE_NULL, 0},
    {"path", NULL, MAY_BE_STRING | MAY_BE_NULL, 0},
    {"resource", NULL, MAY_BE_STRING | MAY_BE_NULL, 0},
    {NULL, NULL, 0, 0}};

static const zend_function_entry functions_WePaySession[] = {
    ZEND_ME(SessionPay_WePaySession, __construct, arginfo_WePaySession___construct, ZEND_ACC_PRIVATE)
    ZEND_FE_END};

static const struct property properties_WePaySession[] = {
    {"info", "SessionPay\\SessionInfo", 0, 0},
    {"id", NULL, MAY_BE_STRING, 0},
    {"session_token", NULL, MAY_BE_STRING, 1},
    {"expire_time", NULL, MAY_BE_LONG, 0},
    {"create_time", NULL, MAY_BE_LONG, 0},
    {"path", NULL, MAY_BE_STRING | MAY_BE_NULL, 0},
    {"resource", NULL, MAY_BE_STRING | MAY_BE_NULL, 0},
    {"owner", "SessionPay\\WePayOwner", 0 | MAY_BE_NULL, 0},
    {"api_version", NULL, MAY_BE_STRING | MAY_BE_NULL, 0},
    {"state", NULL, MAY_BE_LONG, 0},
    {"type", NULL, MAY_BE_LONG, 0},
    {"state_text", NULL, MAY_BE_STRING | MAY_BE_NULL, 0},
    {"type_text", NULL, MAY_BE_STRING | MAY_BE_NULL, 0},
    {"mobile_session", "SessionPay\\WePayMobileSession", 0 | MAY_BE_NULL, 0},
    {NULL, NULL, 0, 0}};

static const zend_function_entry functions_ConnectServerSession[] = {
    ZEND_ME(SessionPay_ConnectServerSession, __construct, arginfo_ConnectServerSession___construct, ZEND_ACC_PRIVATE)
    ZEND_FE_END};

static const struct property properties_ConnectServerSession[] = {
    {"info", "SessionPay\\SessionInfo", 0, 0},
    {"client_session_id", NULL, MAY_BE_STRING, 1},
    {"customer_id", NULL, MAY_BE_STRING, 0},
    {"client_api_url", NULL, MAY_BE_STRING, 0},
    {"asset_url", NULL, MAY_BE_STRING | MAY_BE_NULL, 0},
    {"region", NULL, MAY_BE_STRING | MAY_BE_NULL, 0},
    {"invalid_tokens", NULL, MAY_BE_ARRAY, 0},
    {NULL, NULL, 0, 0}};

static const zend_function_entry functions_ConnectClientSession[] = {
    ZEND_ME(SessionPay_ConnectClientSession, __construct, arginfo_ConnectClientSession___construct, ZEND_ACC_PRIVATE)
    ZEND_FE_END};

static const struct property properties_ConnectClientSession[] = {
    {"info", "SessionPay\\SessionInfo", 0, 0},
    {"session_object", NULL, MAY_BE_STRING, 1},
    {"product_id", NULL, MAY_BE_LONG, 0},
    {NULL, NULL, 0, 0}};

static const zend_function_entry functions_HostedFieldsSession[] = {
    ZEND_ME(SessionPay_HostedFieldsSession, __construct, arginfo_HostedFieldsSession___construct, ZEND_ACC_PRIVATE)
    ZEND_FE_END};

static const struct property properties_HostedFieldsSession[] = {
    {"info", "SessionPay\\SessionInfo", 0, 0},
    {"token", NULL, MAY_BE_STRING, 1},
    {"processing_terminal_id", NULL, MAY_BE_STRING | MAY_BE_NULL, 0},
    {"expires_at", NULL, MAY_BE_STRING | MAY_BE_NULL, 0},
    {"expires_at_ms", NULL, MAY_BE_LONG, 0},
    {NULL, NULL, 0, 0}};

static const zend_function_entry functions_WePayMobileSession[] = {
    ZEND_ME(SessionPay_WePayMobileSession, __construct, arginfo_WePayMobileSession___construct, ZEND_ACC_PRIVATE)
    ZEND_FE_END};

static const struct property properties_WePayMobileSession[] = {
    {"time_to_live", NULL, MAY_BE_LONG, 0},
    {"account_id", NULL, MAY_BE_STRING | MAY_BE_NULL, 0},
    {NULL, NULL, 0, 0}};

static const zend_function_entry functions_FieldError[] = {
    ZEND_ME(SessionPay_FieldError, __construct, arginfo_FieldError___construct, ZEND_ACC_PRIVATE)
    ZEND_FE_END};

static const struct property properties_FieldError[] = {
    {"path", NULL, MAY_BE_STRING, 0},
    {"code", NULL, MAY_BE_STRING, 0},
    {"message", NULL, MAY_BE_STRING, 0},
    {NULL, NULL, 0, 0}};

static const zend_function_entry functions_MockRequest[] = {
    ZEND_ME(SessionPay_MockRequest, __construct, arginfo_MockRequest___construct, ZEND_ACC_PRIVATE)
    ZEND_FE_END};

static const struct property properties_MockRequest[] = {
    {"method", NULL, MAY_BE_STRING, 0},
    {"url", NULL, MAY_BE_STRING, 0},
    {"headers", NULL, MAY_BE_ARRAY, 1},
    {"body", NULL, MAY_BE_STRING, 1},
    {"at_ms", NULL, MAY_BE_LONG, 0},
    {NULL, NULL, 0, 0}};

static const zend_function_entry functions_Client[] = {
    ZEND_ME(SessionPay_Client, __construct, arginfo_Client___construct, ZEND_ACC_PUBLIC)
    ZEND_ME(SessionPay_Client, persistent, arginfo_Client_persistent, ZEND_ACC_PUBLIC | ZEND_ACC_STATIC)
    ZEND_ME(SessionPay_Client, flightRecord, arginfo_Client_flightRecord, ZEND_ACC_PUBLIC)
    ZEND_ME(SessionPay_Client, dropConnections, arginfo_Client_dropConnections, ZEND_ACC_PUBLIC)
    ZEND_ME(SessionPay_Client, close, arginfo_Client_close, ZEND_ACC_PUBLIC)
    ZEND_FE_END};

static const struct argument arguments_Client___construct[] = {{0, 0}, {0, 1}, {0, 2}, {0, 3}, {0, 4}, {0, 5}, {0, 6}, {0, 7}, {0, 8}, {0, 9}, {0, 10}, {0, 11}, {0, 12}, {0, 13}, {0, 14}, {0, 15}, {0, 16}, {0, 17}, {ARGUMENT_SPECIAL, SPECIAL_LOG}, {ARGUMENT_SPECIAL, SPECIAL_EVENT}, {ARGUMENT_SPECIAL, SPECIAL_BEFORE_SEND}, {ARGUMENT_SPECIAL, SPECIAL_TRANSPORT}, {ARGUMENT_SPECIAL, SPECIAL_STORE}};
const struct reader reader_Client___construct = {{&layout_spay_client_options}, arguments_Client___construct, 23, 0};

static const struct argument arguments_Client_persistent[] = {{0, 0}, {0, 1}, {0, 2}, {0, 3}, {0, 4}, {0, 5}, {0, 6}, {0, 7}, {0, 8}, {0, 9}, {0, 10}, {0, 11}, {0, 12}, {0, 13}, {0, 14}, {0, 15}, {0, 16}, {0, 17}, {ARGUMENT_SPECIAL, SPECIAL_LOG}, {ARGUMENT_SPECIAL, SPECIAL_EVENT}, {ARGUMENT_SPECIAL, SPECIAL_BEFORE_SEND}, {ARGUMENT_SPECIAL, SPECIAL_STORE}};
const struct reader reader_Client_persistent = {{&layout_spay_client_options}, arguments_Client_persistent, 22, 0};

static const zend_function_entry functions_WePay[] = {
    ZEND_ME(SessionPay_WePay, __construct, arginfo_WePay___construct, ZEND_ACC_PUBLIC)
    ZEND_ME(SessionPay_WePay, createSession, arginfo_WePay_createSession, ZEND_ACC_PUBLIC)
    ZEND_FE_END};

static const struct argument arguments_WePay___construct[] = {{ARGUMENT_SPECIAL, SPECIAL_CLIENT}, {0, 2}, {0, 3}, {0, 0}, {0, 1}, {0, 4}};
const struct reader reader_WePay___construct = {{&layout_spay_wepay_options}, arguments_WePay___construct, 6, 3};

static const struct argument arguments_WePay_createSession[] = {{0, 0}, {0, 1}, {0, 2}, {0, 3}, {0, 4}, {0, 5}, {1, 0}, {1, 1}, {1, 2}, {1, 3}, {1, 4}, {ARGUMENT_SPECIAL, SPECIAL_CALL_CTX}, {ARGUMENT_SPECIAL, SPECIAL_CANCEL}};
const struct reader reader_WePay_createSession = {{&layout_spay_wepay_session_request, &layout_spay_call_options}, arguments_WePay_createSession, 13, 1};

static const zend_function_entry functions_HostedFields[] = {
    ZEND_ME(SessionPay_HostedFields, __construct, arginfo_HostedFields___construct, ZEND_ACC_PUBLIC)
    ZEND_ME(SessionPay_HostedFields, createSession, arginfo_HostedFields_createSession, ZEND_ACC_PUBLIC)
    ZEND_ME(SessionPay_HostedFields, setBearerToken, arginfo_HostedFields_setBearerToken, ZEND_ACC_PUBLIC)
    ZEND_FE_END};

static const struct argument arguments_HostedFields___construct[] = {{ARGUMENT_SPECIAL, SPECIAL_CLIENT}, {0, 0}, {0, 1}, {0, 2}, {0, 3}, {0, 4}};
const struct reader reader_HostedFields___construct = {{&layout_spay_hosted_fields_options}, arguments_HostedFields___construct, 6, 1};

static const struct argument arguments_HostedFields_createSession[] = {{0, 0}, {0, 1}, {0, 2}, {0, 3}, {0, 4}, {1, 0}, {1, 1}, {1, 2}, {1, 3}, {1, 4}, {ARGUMENT_SPECIAL, SPECIAL_CALL_CTX}, {ARGUMENT_SPECIAL, SPECIAL_CANCEL}};
const struct reader reader_HostedFields_createSession = {{&layout_spay_hosted_fields_session_request, &layout_spay_call_options}, arguments_HostedFields_createSession, 12, 3};

static const zend_function_entry functions_ConnectServer[] = {
    ZEND_ME(SessionPay_ConnectServer, __construct, arginfo_ConnectServer___construct, ZEND_ACC_PUBLIC)
    ZEND_ME(SessionPay_ConnectServer, createSession, arginfo_ConnectServer_createSession, ZEND_ACC_PUBLIC)
    ZEND_ME(SessionPay_ConnectServer, createApplePaySession, arginfo_ConnectServer_createApplePaySession, ZEND_ACC_PUBLIC)
    ZEND_FE_END};

static const struct argument arguments_ConnectServer___construct[] = {{ARGUMENT_SPECIAL, SPECIAL_CLIENT}, {0, 2}, {0, 3}, {0, 4}, {0, 0}, {0, 1}, {0, 5}, {0, 6}, {0, 7}, {0, 8}, {0, 9}, {0, 10}, {0, 11}};
const struct reader reader_ConnectServer___construct = {{&layout_spay_connect_server_options}, arguments_ConnectServer___construct, 13, 4};

static const struct argument arguments_ConnectServer_createSession[] = {{0, 0}, {0, 1}, {0, 2}, {0, 3}, {0, 4}, {1, 0}, {1, 1}, {1, 2}, {1, 3}, {1, 4}, {ARGUMENT_SPECIAL, SPECIAL_CALL_CTX}, {ARGUMENT_SPECIAL, SPECIAL_CANCEL}};
const struct reader reader_ConnectServer_createSession = {{&layout_spay_connect_server_session_request, &layout_spay_call_options}, arguments_ConnectServer_createSession, 12, 0};

static const struct argument arguments_ConnectServer_createApplePaySession[] = {{0, 2}, {0, 3}, {0, 0}, {0, 1}, {0, 4}, {ARGUMENT_SPECIAL, SPECIAL_SERVER_REQUEST}, {1, 0}, {1, 1}, {1, 2}, {1, 3}, {1, 4}, {ARGUMENT_SPECIAL, SPECIAL_CALL_CTX}, {ARGUMENT_SPECIAL, SPECIAL_CANCEL}};
const struct reader reader_ConnectServer_createApplePaySession = {{&layout_spay_connect_client_session_request, &layout_spay_call_options}, arguments_ConnectServer_createApplePaySession, 13, 2};

static const zend_function_entry functions_ConnectClient[] = {
    ZEND_ME(SessionPay_ConnectClient, __construct, arginfo_ConnectClient___construct, ZEND_ACC_PUBLIC)
    ZEND_ME(SessionPay_ConnectClient, createSession, arginfo_ConnectClient_createSession, ZEND_ACC_PUBLIC)
    ZEND_ME(SessionPay_ConnectClient, fromSession, arginfo_ConnectClient_fromSession, ZEND_ACC_PUBLIC | ZEND_ACC_STATIC)
    ZEND_FE_END};

static const struct argument arguments_ConnectClient___construct[] = {{ARGUMENT_SPECIAL, SPECIAL_CLIENT}, {0, 1}, {0, 2}, {0, 3}, {0, 0}, {0, 4}, {0, 5}, {0, 6}, {0, 7}, {0, 8}};
const struct reader reader_ConnectClient___construct = {{&layout_spay_connect_client_options}, arguments_ConnectClient___construct, 10, 4};

static const struct argument arguments_ConnectClient_createSession[] = {{0, 2}, {0, 3}, {0, 0}, {0, 1}, {0, 4}, {1, 0}, {1, 1}, {1, 2}, {1, 3}, {1, 4}, {ARGUMENT_SPECIAL, SPECIAL_CALL_CTX}, {ARGUMENT_SPECIAL, SPECIAL_CANCEL}};
const struct reader reader_ConnectClient_createSession = {{&layout_spay_connect_client_session_request, &layout_spay_call_options}, arguments_ConnectClient_createSession, 12, 2};

static const zend_function_entry functions_Cancel[] = {
    ZEND_ME(SessionPay_Cancel, __construct, arginfo_Cancel___construct, ZEND_ACC_PUBLIC)
    ZEND_ME(SessionPay_Cancel, cancel, arginfo_Cancel_cancel, ZEND_ACC_PUBLIC)
    ZEND_FE_END};

static const zend_function_entry functions_Store[] = {
    ZEND_ME(SessionPay_Store, __construct, arginfo_Store___construct, ZEND_ACC_PRIVATE)
    ZEND_ME(SessionPay_Store, file, arginfo_Store_file, ZEND_ACC_PUBLIC | ZEND_ACC_STATIC)
    ZEND_ME(SessionPay_Store, redis, arginfo_Store_redis, ZEND_ACC_PUBLIC | ZEND_ACC_STATIC)
    ZEND_FE_END};

static const zend_function_entry functions_Mock[] = {
    ZEND_ME(SessionPay_Mock, __construct, arginfo_Mock___construct, ZEND_ACC_PUBLIC)
    ZEND_ME(SessionPay_Mock, reply, arginfo_Mock_reply, ZEND_ACC_PUBLIC)
    ZEND_ME(SessionPay_Mock, fail, arginfo_Mock_fail, ZEND_ACC_PUBLIC)
    ZEND_ME(SessionPay_Mock, setLatency, arginfo_Mock_setLatency, ZEND_ACC_PUBLIC)
    ZEND_ME(SessionPay_Mock, advance, arginfo_Mock_advance, ZEND_ACC_PUBLIC)
    ZEND_ME(SessionPay_Mock, setWall, arginfo_Mock_setWall, ZEND_ACC_PUBLIC)
    ZEND_ME(SessionPay_Mock, nowMs, arginfo_Mock_nowMs, ZEND_ACC_PUBLIC)
    ZEND_ME(SessionPay_Mock, requests, arginfo_Mock_requests, ZEND_ACC_PUBLIC)
    ZEND_FE_END};

const struct class_table class_tables[CLASS_COUNT] = {
    {"SessionPay\\Status", KIND_CONSTANTS, -1, NULL, NULL, constants_Status, NULL},
    {"SessionPay\\Group", KIND_CONSTANTS, -1, NULL, NULL, constants_Group, NULL},
    {"SessionPay\\Outcome", KIND_CONSTANTS, -1, NULL, NULL, constants_Outcome, NULL},
    {"SessionPay\\Stage", KIND_CONSTANTS, -1, NULL, NULL, constants_Stage, NULL},
    {"SessionPay\\Provider", KIND_CONSTANTS, -1, NULL, NULL, constants_Provider, NULL},
    {"SessionPay\\EventType", KIND_CONSTANTS, -1, NULL, NULL, constants_EventType, NULL},
    {"SessionPay\\Decision", KIND_CONSTANTS, -1, NULL, NULL, constants_Decision, NULL},
    {"SessionPay\\Environment", KIND_CONSTANTS, -1, NULL, NULL, constants_Environment, NULL},
    {"SessionPay\\LogLevel", KIND_CONSTANTS, -1, NULL, NULL, constants_LogLevel, NULL},
    {"SessionPay\\SessionWarning", KIND_CONSTANTS, -1, NULL, NULL, constants_SessionWarning, NULL},
    {"SessionPay\\ConnectEnvironment", KIND_CONSTANTS, -1, NULL, NULL, constants_ConnectEnvironment, NULL},
    {"SessionPay\\ConnectProduct", KIND_CONSTANTS, -1, NULL, NULL, constants_ConnectProduct, NULL},
    {"SessionPay\\WePayState", KIND_CONSTANTS, -1, NULL, NULL, constants_WePayState, NULL},
    {"SessionPay\\WePayType", KIND_CONSTANTS, -1, NULL, NULL, constants_WePayType, NULL},
    {"SessionPay\\Exception", KIND_EXCEPTION, CLASS_RUNTIME_EXCEPTION, functions_Exception, properties_Exception, constants_Exception, NULL},
    {"SessionPay\\ProgramException", KIND_EXCEPTION, CLASS_Exception, NULL, NULL, NULL, NULL},
    {"SessionPay\\SetupException", KIND_EXCEPTION, CLASS_Exception, NULL, NULL, NULL, NULL},
    {"SessionPay\\RequestException", KIND_EXCEPTION, CLASS_Exception, NULL, NULL, NULL, NULL},
    {"SessionPay\\LaterException", KIND_EXCEPTION, CLASS_Exception, NULL, NULL, NULL, NULL},
    {"SessionPay\\SupportException", KIND_EXCEPTION, CLASS_Exception, NULL, NULL, NULL, NULL},
    {"SessionPay\\InvalidArgumentException", KIND_EXCEPTION, CLASS_ProgramException, NULL, NULL, constants_InvalidArgumentException, NULL},
    {"SessionPay\\StateException", KIND_EXCEPTION, CLASS_ProgramException, NULL, NULL, constants_StateException, NULL},
    {"SessionPay\\UnsupportedException", KIND_EXCEPTION, CLASS_ProgramException, NULL, NULL, constants_UnsupportedException, NULL},
    {"SessionPay\\NoMemoryException", KIND_EXCEPTION, CLASS_ProgramException, NULL, NULL, constants_NoMemoryException, NULL},
    {"SessionPay\\AuthException", KIND_EXCEPTION, CLASS_SetupException, NULL, NULL, constants_AuthException, NULL},
    {"SessionPay\\ForbiddenException", KIND_EXCEPTION, CLASS_SetupException, NULL, NULL, constants_ForbiddenException, NULL},
    {"SessionPay\\ClockException", KIND_EXCEPTION, CLASS_SetupException, NULL, NULL, constants_ClockException, NULL},
    {"SessionPay\\TlsException", KIND_EXCEPTION, CLASS_SetupException, NULL, NULL, constants_TlsException, NULL},
    {"SessionPay\\ProxyException", KIND_EXCEPTION, CLASS_SetupException, NULL, NULL, constants_ProxyException, NULL},
    {"SessionPay\\RejectedException", KIND_EXCEPTION, CLASS_RequestException, NULL, NULL, constants_RejectedException, NULL},
    {"SessionPay\\NotFoundException", KIND_EXCEPTION, CLASS_RequestException, NULL, NULL, constants_NotFoundException, NULL},
    {"SessionPay\\ConflictException", KIND_EXCEPTION, CLASS_RequestException, NULL, NULL, constants_ConflictException, NULL},
    {"SessionPay\\ExpiredException", KIND_EXCEPTION, CLASS_RequestException, NULL, NULL, constants_ExpiredException, NULL},
    {"SessionPay\\ConnectException", KIND_EXCEPTION, CLASS_LaterException, NULL, NULL, constants_ConnectException, NULL},
    {"SessionPay\\NetworkException", KIND_EXCEPTION, CLASS_LaterException, NULL, NULL, constants_NetworkException, NULL},
    {"SessionPay\\TimeoutException", KIND_EXCEPTION, CLASS_LaterException, NULL, NULL, constants_TimeoutException, NULL},
    {"SessionPay\\ThrottledException", KIND_EXCEPTION, CLASS_LaterException, NULL, NULL, constants_ThrottledException, NULL},
    {"SessionPay\\ProviderException", KIND_EXCEPTION, CLASS_LaterException, NULL, NULL, constants_ProviderException, NULL},
    {"SessionPay\\CanceledException", KIND_EXCEPTION, CLASS_LaterException, NULL, NULL, constants_CanceledException, NULL},
    {"SessionPay\\BusyException", KIND_EXCEPTION, CLASS_LaterException, NULL, NULL, constants_BusyException, NULL},
    {"SessionPay\\ProtocolException", KIND_EXCEPTION, CLASS_SupportException, NULL, NULL, constants_ProtocolException, NULL},
    {"SessionPay\\LimitException", KIND_EXCEPTION, CLASS_SupportException, NULL, NULL, constants_LimitException, NULL},
    {"SessionPay\\InternalException", KIND_EXCEPTION, CLASS_SupportException, NULL, NULL, constants_InternalException, NULL},
    {"SessionPay\\ConnectServerFilter", KIND_INPUT, -1, functions_ConnectServerFilter, properties_ConnectServerFilter, NULL, &layout_spay_connect_server_filter},
    {"SessionPay\\ConnectServerSessionRequest", KIND_INPUT, -1, functions_ConnectServerSessionRequest, properties_ConnectServerSessionRequest, NULL, &layout_spay_connect_server_session_request},
    {"SessionPay\\Event", KIND_VALUE, -1, functions_Event, properties_Event, NULL, &layout_spay_event},
    {"SessionPay\\SendRecord", KIND_VALUE, -1, functions_SendRecord, properties_SendRecord, NULL, &layout_spay_send_record},
    {"SessionPay\\SessionInfo", KIND_VALUE, -1, functions_SessionInfo, properties_SessionInfo, NULL, &layout_spay_session_info},
    {"SessionPay\\WePayOwner", KIND_VALUE, -1, functions_WePayOwner, properties_WePayOwner, NULL, &layout_spay_wepay_owner},
    {"SessionPay\\WePaySession", KIND_VALUE, -1, functions_WePaySession, properties_WePaySession, NULL, &layout_spay_wepay_session},
    {"SessionPay\\ConnectServerSession", KIND_VALUE, -1, functions_ConnectServerSession, properties_ConnectServerSession, NULL, &layout_spay_connect_server_session},
    {"SessionPay\\ConnectClientSession", KIND_VALUE, -1, functions_ConnectClientSession, properties_ConnectClientSession, NULL, &layout_spay_connect_client_session},
    {"SessionPay\\HostedFieldsSession", KIND_VALUE, -1, functions_HostedFieldsSession, properties_HostedFieldsSession, NULL, &layout_spay_hosted_fields_session},
    {"SessionPay\\WePayMobileSession", KIND_VALUE, -1, functions_WePayMobileSession, properties_WePayMobileSession, NULL, &layout_spay_wepay_mobile_session},
    {"SessionPay\\FieldError", KIND_VALUE, -1, functions_FieldError, properties_FieldError, NULL, NULL},
    {"SessionPay\\MockRequest", KIND_VALUE, -1, functions_MockRequest, properties_MockRequest, NULL, NULL},
    {"SessionPay\\Client", KIND_OBJECT, -1, functions_Client, NULL, NULL, NULL},
    {"SessionPay\\WePay", KIND_OBJECT, -1, functions_WePay, NULL, NULL, NULL},
    {"SessionPay\\HostedFields", KIND_OBJECT, -1, functions_HostedFields, NULL, NULL, NULL},
    {"SessionPay\\ConnectServer", KIND_OBJECT, -1, functions_ConnectServer, NULL, NULL, NULL},
    {"SessionPay\\ConnectClient", KIND_OBJECT, -1, functions_ConnectClient, NULL, NULL, NULL},
    {"SessionPay\\Cancel", KIND_OBJECT, -1, functions_Cancel, NULL, NULL, NULL},
    {"SessionPay\\Store", KIND_OBJECT, -1, functions_Store, NULL, NULL, NULL},
    {"SessionPay\\Mock", KIND_OBJECT, -1, functions_Mock, NULL, NULL, NULL},
};

const struct sensitive sensitive_parameters[] = {
    {CLASS_Exception, "__construct", 16},
    {CLASS_Client, "__construct", 7},
    {CLASS_Client, "__construct", 12},
    {CLASS_Client, "__construct", 15},
    {CLASS_Client, "persistent", 7},
    {CLASS_Client, "persistent", 12},
    {CLASS_Client, "persistent", 15},
    {CLASS_WePay, "__construct", 3},
    {CLASS_WePay, "createsession", 4},
    {CLASS_HostedFields, "__construct", 5},
    {CLASS_HostedFields, "__construct", 6},
    {CLASS_HostedFields, "setbearertoken", 1},
    {CLASS_ConnectServer, "__construct", 4},
    {CLASS_ConnectClient, "__construct", 2},
    {CLASS_Store, "redis", 1},
    {0, NULL, 0}};
