/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Payroc Hosted Fields: a session token for a web page that takes card details
 * (`POST /processing-terminals/{id}/hosted-fields-sessions`). Needed: an API key and a terminal.
 * The library fetches the bearer token (`POST /authorize`), caches and renews it.
 */
#ifndef SESSIONPAY_HOSTED_FIELDS_H
#define SESSIONPAY_HOSTED_FIELDS_H

#include <sessionpay/call.h>
#include <sessionpay/session.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A Payroc account: base URLs, credentials, and the bearer token. Any thread, any time. */
typedef struct spay_hosted_fields spay_hosted_fields;

/** Settings of a spay_hosted_fields. All text is copied. */
typedef struct spay_hosted_fields_options {
    /** Set by SPAY_HOSTED_FIELDS_OPTIONS_INIT or spay_hosted_fields_options_init(). */
    size_t struct_size;
    /**
     * SPAY_ENV_TEST (https://api.uat.payroc.com/v1, https://identity.uat.payroc.com) or
     * SPAY_ENV_PRODUCTION (https://api.payroc.com/v1, https://identity.payroc.com). Required unless
     * base_url is set.
     */
    int32_t environment;
    /** Another API base URL, its version included (".../v1"). https, or loopback http. */
    const char *base_url;
    /** Another identity base URL; required with base_url and api_key. https, or loopback http. */
    const char *identity_url;
    /**
     * The API key, header `x-api-key`, sent to the identity host alone. 1-4096 bytes without
     * control characters. Either this or bearer_token is required. @secret
     */
    const char *api_key;
    /**
     * A bearer token that the caller got elsewhere; it is used as it is and never renewed. 1-16384
     * bytes of visible ASCII. Not together with api_key. @secret
     */
    const char *bearer_token;
} spay_hosted_fields_options;

#define SPAY_HOSTED_FIELDS_OPTIONS_INIT SPAY_SIZED(spay_hosted_fields_options)

/** Initialize an options struct of the given size: all zero except struct_size. */
SPAY_API void spay_hosted_fields_options_init(void *options, size_t struct_size);

/**
 * Make an account object. Nothing is sent; the first call fetches the bearer token.
 *
 * @param client        the client, of which a reference is kept.
 * @param options       settings, required.
 * @param hosted_fields receives the object, to be freed with spay_hosted_fields_free(); NULL on
 *                      failure.
 * @param error         receives what is wrong; may be NULL.
 * @return SPAY_OK; SPAY_E_INVALID_ARGUMENT: fix the field that the error names; SPAY_E_NO_MEMORY.
 */
SPAY_API spay_status spay_hosted_fields_new(spay_client *client,
                                            const spay_hosted_fields_options *options,
                                            spay_hosted_fields **hosted_fields, spay_error **error);

/**
 * Release the account; it is freed when its calls are. Wipes key and token. NULL is ignored.
 */
SPAY_API void spay_hosted_fields_free(spay_hosted_fields *hosted_fields);

/**
 * Replace the bearer token of an account that was made with one. Running calls use
 * it from their next attempt on. Any thread.
 *
 * @return SPAY_OK; SPAY_E_STATE: the account fetches its own tokens; SPAY_E_INVALID_ARGUMENT;
 *         SPAY_E_NO_MEMORY.
 */
SPAY_API spay_status spay_hosted_fields_set_bearer_token(spay_hosted_fields *hosted_fields,
                                                         const char *bearer_token,
                                                         spay_error **error);

/** What to create. All text is borrowed until the function that takes it returns. */
typedef struct spay_hosted_fields_session_request {
    /** Set by SPAY_HOSTED_FIELDS_SESSION_REQUEST_INIT or its init function. */
    size_t struct_size;
    /** Path `processingTerminalId`: 4-50 characters, no "/", "?", "#" or control byte. @required */
    const char *processing_terminal_id;
    /**
     * JSON `libVersion`: the version of the Hosted Fields JavaScript library that the page loads.
     * Must match ^\d{1,2}.\d{1,2}.\d{1,2}(?:-beta)?.\d+$ as Payroc publishes it, where a
     * dot stands for any character. @required
     */
    const char *lib_version;
    /** JSON `scenario`: "payment" or "tokenization". @required */
    const char *scenario;
    /** JSON `secureTokenId`: saved details to update. NULL leaves it out; 1-200 characters. */
    const char *secure_token_id;
    /**
     * A JSON object with further members for the body that this struct does not have. A member
     * that is set already, or occurs twice, is refused. NULL for none.
     */
    const char *extra_json;
} spay_hosted_fields_session_request;

#define SPAY_HOSTED_FIELDS_SESSION_REQUEST_INIT SPAY_SIZED(spay_hosted_fields_session_request)

/** Initialize a request struct of the given size: all zero except struct_size. */
SPAY_API void spay_hosted_fields_session_request_init(void *request, size_t struct_size);

/** A session as Payroc answered it. Text that the reply lacks or has as null is NULL. */
typedef struct spay_hosted_fields_session {
    /** The provider-agnostic view; info->value is token. Never NULL. */
    const spay_session_info *info;
    /** JSON `token`: give it to the page, for one page load. Never NULL or empty. @secret */
    const char *token;
    /** JSON `processingTerminalId`. @nullable */
    const char *processing_terminal_id;
    /** JSON `expiresAt`, ISO 8601 text as received. @nullable */
    const char *expires_at;
    /**
     * When the token expires, UNIX time in milliseconds of this machine's clock, as
     * info->expires_at_ms: `expiresAt`, or 10 minutes after receipt if the reply has none that can
     * be read (then info->warnings says so).
     */
    int64_t expires_at_ms;
} spay_hosted_fields_session;

/**
 * Create a Hosted Fields session. @blocks
 *
 * Every attempt carries the same `Idempotency-Key`, the caller's or a new UUIDv4, and the same
 * bytes. A 401 renews a bearer token that the library fetched, once. Payroc remembers a key for 7
 * days but a session lives 10 minutes: a key that is repeated later gives SPAY_E_EXPIRED, not an
 * expired session.
 *
 * @param hosted_fields the account.
 * @param request       what to create, required.
 * @param options       settings of this call; NULL for the client's. @nullable
 * @param session       receives the session, to be freed with spay_hosted_fields_session_free();
 *                      NULL on failure.
 * @param error         receives what went wrong; may be NULL.
 * @return SPAY_OK, or
 *         SPAY_E_INVALID_ARGUMENT: fix the field that the error names; nothing was sent;
 *         SPAY_E_AUTH: check the API key (stage TOKEN) or the bearer token; SPAY_E_FORBIDDEN (403):
 *         check the terminal and what the key may do;
 *         SPAY_E_REJECTED (400 and other 4xx), SPAY_E_NOT_FOUND (404): fix the request, see the
 *         field errors;
 *         SPAY_E_CONFLICT (409): the key was used for another request; make a new call;
 *         SPAY_E_BUSY (409 after an attempt of unknown outcome): that attempt may still run; try
 *         later with the same key;
 *         SPAY_E_EXPIRED: the key was used before and its session has expired; make a new call;
 *         SPAY_E_THROTTLED, SPAY_E_PROVIDER, SPAY_E_CONNECT, SPAY_E_NETWORK, SPAY_E_TIMEOUT: try
 *         later, with the same key if the outcome is unknown;
 *         SPAY_E_TLS, SPAY_E_PROXY, SPAY_E_PROTOCOL, SPAY_E_LIMIT, SPAY_E_NO_MEMORY,
 *         SPAY_E_INTERNAL: see error.h.
 */
SPAY_API spay_status spay_hosted_fields_session_create(
    spay_hosted_fields *hosted_fields, const spay_hosted_fields_session_request *request,
    const spay_call_options *options, spay_hosted_fields_session **session, spay_error **error);

/**
 * The same without blocking: make a call, to be run as call.h describes. The request is copied.
 *
 * @param options settings of this call; NULL for the client's. @nullable
 * @param call    receives the call, to be freed with spay_call_free(); NULL on failure.
 * @return SPAY_OK; SPAY_E_INVALID_ARGUMENT; SPAY_E_NO_MEMORY; SPAY_E_INTERNAL: no random bytes.
 */
SPAY_API spay_status spay_hosted_fields_session_call_new(
    spay_hosted_fields *hosted_fields, const spay_hosted_fields_session_request *request,
    const spay_call_options *options, spay_call **call, spay_error **error);

/**
 * Take the session out of a finished call; it can be taken once.
 *
 * @return SPAY_OK; the call's status with a copy of its error if it failed; SPAY_E_STATE if the
 *         call is not done or the session is taken; SPAY_E_INVALID_ARGUMENT if the call is NULL or
 *         another provider's.
 */
SPAY_API spay_status spay_hosted_fields_session_from_call(spay_call *call,
                                                          spay_hosted_fields_session **session,
                                                          spay_error **error);

/** Wipe and free a session. NULL is ignored. */
SPAY_API void spay_hosted_fields_session_free(spay_hosted_fields_session *session);

#ifdef __cplusplus
}
#endif

#endif
