/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * WePay: a session token that ties a mobile card reader to a merchant account
 * (`POST /session_tokens`). Needed: a WePay application's id and token, and the merchant's account
 * id.
 */
#ifndef SESSIONPAY_WEPAY_H
#define SESSIONPAY_WEPAY_H

#include <sessionpay/call.h>
#include <sessionpay/session.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A WePay application: base URL and credentials. Any thread, any time. */
typedef struct spay_wepay spay_wepay;

/** Settings of a spay_wepay. All text is copied. */
typedef struct spay_wepay_options {
    /** Set by SPAY_WEPAY_OPTIONS_INIT or spay_wepay_options_init(). */
    size_t struct_size;
    /**
     * SPAY_ENV_TEST (https://stage-api.wepay.com) or SPAY_ENV_PRODUCTION (https://api.wepay.com).
     * Required unless base_url is set.
     */
    int32_t environment;
    /** Another base URL, such as the sandbox's; wins over environment. https, or loopback http. */
    const char *base_url;
    /** The application's id, header `App-Id`: visible ASCII, 1-255 bytes. @required */
    const char *app_id;
    /**
     * The application's secret token, header `App-Token`: visible ASCII, 1-4096 bytes.
     * @secret @required
     */
    const char *app_token;
    /** Header `Api-Version`. Default "3.0"; any visible ASCII of 1-64 bytes is sent as it is. */
    const char *api_version;
} spay_wepay_options;

#define SPAY_WEPAY_OPTIONS_INIT SPAY_SIZED(spay_wepay_options)

/** Initialize an options struct of the given size: all zero except struct_size. */
SPAY_API void spay_wepay_options_init(void *options, size_t struct_size);

/**
 * Make an account object. Nothing is sent.
 *
 * @param client  the client, of which a reference is kept.
 * @param options settings, required.
 * @param wepay   receives the object, to be freed with spay_wepay_free(); NULL on failure.
 * @param error   receives what is wrong; may be NULL.
 * @return SPAY_OK; SPAY_E_INVALID_ARGUMENT: fix the field that the error names; SPAY_E_NO_MEMORY.
 */
SPAY_API spay_status spay_wepay_new(spay_client *client, const spay_wepay_options *options,
                                    spay_wepay **wepay, spay_error **error);

/**
 * Release the account; it is freed when its calls are. Wipes the token. NULL is ignored.
 */
SPAY_API void spay_wepay_free(spay_wepay *wepay);

/** What to create. All text is borrowed until the function that takes it returns. */
typedef struct spay_wepay_session_request {
    /** Set by SPAY_WEPAY_SESSION_REQUEST_INIT or spay_wepay_session_request_init(). */
    size_t struct_size;
    /**
     * JSON `type`. Required: "mobile_session", or any other type that WePay has given you; 1-64
     * bytes of visible ASCII. It is also the name of the JSON object that holds the members below.
     * @required
     */
    const char *type;
    /**
     * JSON `{type}.account_id`: the merchant's account, case-sensitive. 1-255 bytes of UTF-8
     * without control characters. Required for "mobile_session", otherwise optional.
     */
    const char *account_id;
    /**
     * JSON `{type}.time_to_live`, seconds. 1 to 2147483647; 0 leaves it out, which is what WePay
     * documents.
     */
    int64_t time_to_live;
    /**
     * Header `WePay-Risk-Token`; not needed for this call. NULL leaves it out; visible ASCII, 1-255
     * bytes. @secret
     */
    const char *risk_token;
    /**
     * Header `Client-IP`; not needed for this call. NULL leaves it out; an IPv4 or IPv6 address.
     */
    const char *client_ip;
    /**
     * A JSON object with further members for the body that this struct does not have. A member
     * named as `type` says must be an object; its members join those above. A member that
     * is set already is refused. NULL for none.
     */
    const char *extra_json;
} spay_wepay_session_request;

#define SPAY_WEPAY_SESSION_REQUEST_INIT SPAY_SIZED(spay_wepay_session_request)

/** Initialize a request struct of the given size: all zero except struct_size. */
SPAY_API void spay_wepay_session_request_init(void *request, size_t struct_size);

/** JSON `state`. */
enum {
    SPAY_WEPAY_STATE_UNKNOWN = 0, /**< absent, or a value that this version does not know */
    SPAY_WEPAY_STATE_ACTIVE = 1,  /**< "active"; says nothing about expiry */
    SPAY_WEPAY_STATE_DELETED = 2  /**< "deleted" */
};

/** JSON `type`. */
enum {
    SPAY_WEPAY_TYPE_UNKNOWN = 0,       /**< absent, or a value that this version does not know */
    SPAY_WEPAY_TYPE_MOBILE_SESSION = 1 /**< "mobile_session" */
};

/** JSON `owner`. A member that the reply lacks or has as null is NULL. */
typedef struct spay_wepay_owner {
    /** JSON `owner.id`: for a mobile session, the merchant account. @nullable */
    const char *id;
    /** JSON `owner.path`, such as "/accounts/{id}". @nullable */
    const char *path;
    /** JSON `owner.resource`, such as "accounts". @nullable */
    const char *resource;
} spay_wepay_owner;

/** JSON `mobile_session`. */
typedef struct spay_wepay_mobile_session {
    /**
     * JSON `mobile_session.time_to_live`, seconds; -1 if absent. Expiry is expire_time, not this.
     */
    int64_t time_to_live;
    /** JSON `mobile_session.account_id`; NULL if absent. @nullable */
    const char *account_id;
} spay_wepay_mobile_session;

/** A session token as WePay answered it. Text that the reply lacks or has as null is NULL. */
typedef struct spay_wepay_session {
    /** The provider-agnostic view; info->value is session_token. Never NULL. */
    const spay_session_info *info;
    /** JSON `id`: the session token's id as a resource. Never NULL or empty. */
    const char *id;
    /** JSON `session_token`: give it to the Card Present SDK. Never NULL or empty. @secret */
    const char *session_token;
    /** JSON `expire_time`: UNIX time in seconds, as received. */
    int64_t expire_time;
    /** JSON `create_time`: UNIX time in seconds, as received; -1 if absent. */
    int64_t create_time;
    /** JSON `path`, relative to the base URL. @nullable */
    const char *path;
    /** JSON `resource`, "session_tokens". @nullable */
    const char *resource;
    /** JSON `owner`; NULL if absent. @nullable */
    const spay_wepay_owner *owner;
    /** JSON `api_version`. @nullable */
    const char *api_version;
    /** JSON `state` as SPAY_WEPAY_STATE_... */
    int32_t state;
    /** JSON `type` as SPAY_WEPAY_TYPE_... */
    int32_t type;
    /** JSON `state`, verbatim. @nullable */
    const char *state_text;
    /** JSON `type`, verbatim. @nullable */
    const char *type_text;
    /** JSON `mobile_session`; NULL if absent. @nullable */
    const spay_wepay_mobile_session *mobile_session;
} spay_wepay_session;

/**
 * Create a session token. @blocks
 *
 * Every attempt carries the same `Unique-Key`, the caller's or a new UUIDv4, and the same bytes.
 *
 * @param wepay   the account.
 * @param request what to create, required.
 * @param options settings of this call; NULL for the client's. @nullable
 * @param session receives the session, to be freed with spay_wepay_session_free(); NULL on failure.
 * @param error   receives what went wrong; may be NULL.
 * @return SPAY_OK, or
 *         SPAY_E_INVALID_ARGUMENT: fix the field that the error names; nothing was sent;
 *         SPAY_E_AUTH (401), SPAY_E_FORBIDDEN (403 `NOT_AUTHORIZED`): check app id, app token,
 *         account;
 *         SPAY_E_REJECTED (400 `INVALID_PARAMS` and other 4xx), SPAY_E_NOT_FOUND (404): fix the
 *         request, see the field errors;
 *         SPAY_E_BUSY: a request with this key still runs, or `RESOURCE_CONFLICT`; no attempts
 *         are left, try later with the same key;
 *         SPAY_E_EXPIRED: the key was used before and its session has expired; make a new call;
 *         SPAY_E_THROTTLED, SPAY_E_PROVIDER, SPAY_E_CONNECT, SPAY_E_NETWORK, SPAY_E_TIMEOUT: try
 *         later, with the same key if the outcome is unknown;
 *         SPAY_E_TLS, SPAY_E_PROXY, SPAY_E_PROTOCOL, SPAY_E_LIMIT, SPAY_E_NO_MEMORY,
 *         SPAY_E_INTERNAL: see error.h.
 */
SPAY_API spay_status spay_wepay_session_create(spay_wepay *wepay,
                                               const spay_wepay_session_request *request,
                                               const spay_call_options *options,
                                               spay_wepay_session **session, spay_error **error);

/**
 * The same without blocking: make a call, to be run as call.h describes. The request is copied.
 *
 * @param options settings of this call; NULL for the client's. @nullable
 * @param call    receives the call, to be freed with spay_call_free(); NULL on failure.
 * @return SPAY_OK; SPAY_E_INVALID_ARGUMENT; SPAY_E_NO_MEMORY; SPAY_E_INTERNAL: no random bytes.
 */
SPAY_API spay_status spay_wepay_session_call_new(spay_wepay *wepay,
                                                 const spay_wepay_session_request *request,
                                                 const spay_call_options *options, spay_call **call,
                                                 spay_error **error);

/**
 * Take the session out of a finished call; it can be taken once.
 *
 * @return SPAY_OK; the call's status with a copy of its error if it failed; SPAY_E_STATE if the
 *         call is not done or the session is taken; SPAY_E_INVALID_ARGUMENT if the call is NULL or
 *         another provider's.
 */
SPAY_API spay_status spay_wepay_session_from_call(spay_call *call, spay_wepay_session **session,
                                                  spay_error **error);

/** Wipe and free a session. NULL is ignored. */
SPAY_API void spay_wepay_session_free(spay_wepay_session *session);

#ifdef __cplusplus
}
#endif

#endif
