/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Worldline Connect, server API: a client session, with which a page or an app may use the client
 * API for one consumer (`POST /v1/{merchantId}/sessions`). Needed: a merchant id and a v1HMAC key
 * pair. The clock must be accurate to a few minutes, because each request is signed with its date.
 */
#ifndef SESSIONPAY_CONNECT_SERVER_H
#define SESSIONPAY_CONNECT_SERVER_H

#include <sessionpay/call.h>
#include <sessionpay/session.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A merchant account at Worldline Connect: base URL and key pair. Any thread, any time. */
typedef struct spay_connect_server spay_connect_server;

/**
 * Environments beyond SPAY_ENV_TEST, which is PREPROD_WORLD, and SPAY_ENV_PRODUCTION, which is
 * PRODUCTION_WORLD. {connect} stands for connect.worldline-solutions.com.
 */
enum {
    SPAY_CONNECT_ENV_PRODUCTION_WORLD = 101,  /**< https://api.{connect} */
    SPAY_CONNECT_ENV_PRODUCTION_EUROPE = 102, /**< https://eu.api-ingenico.com */
    SPAY_CONNECT_ENV_PRODUCTION_INDIA = 103,  /**< https://mum.api-ingenico.com */
    SPAY_CONNECT_ENV_PREPROD_WORLD = 111,     /**< https://api.preprod.{connect} */
    SPAY_CONNECT_ENV_PREPROD_EUROPE = 112,    /**< https://eu.preprod.api-ingenico.com */
    SPAY_CONNECT_ENV_PREPROD_INDIA = 113,     /**< https://mum-preprod.api-ingenico.com */
    SPAY_CONNECT_ENV_SANDBOX = 121            /**< https://eu.sandbox.api-ingenico.com */
};

/** Settings of a spay_connect_server. All text is copied. */
typedef struct spay_connect_server_options {
    /** Set by SPAY_CONNECT_SERVER_OPTIONS_INIT or spay_connect_server_options_init(). */
    size_t struct_size;
    /**
     * SPAY_ENV_... or SPAY_CONNECT_ENV_...; required unless base_url is set. It also decides which
     * of Apple's hosts Apple Pay may use; with base_url alone these are the production hosts, and
     * on loopback those of Apple's sandbox too.
     */
    int32_t environment;
    /** Another base URL, without a path; wins over environment. https, or loopback http. */
    const char *base_url;
    /** Path `merchantId`: 1-64 characters, no "/", "?", "#" or control byte, nor "..". @required */
    const char *merchant_id;
    /** The key pair's id: visible ASCII without ":", 1-255 bytes. @required */
    const char *api_key_id;
    /** The key pair's secret, as text, exactly as issued. 1-4096 bytes. @secret @required */
    const char *secret_api_key;
    /**
     * Who integrated: JSON `integrator` in the header `X-GCS-ServerMetaInfo`, which is always sent.
     * Default "libsessionpay user"; UTF-8, 1-255 bytes.
     */
    const char *integrator;
    /**
     * JSON `platformIdentifier` in the header `X-GCS-ServerMetaInfo`. Default: the system's name;
     * UTF-8, 1-255 bytes.
     */
    const char *platform_identifier;
    /**
     * JSON `shoppingCartExtension.creator` in the header `X-GCS-ServerMetaInfo`; needed if any of
     * the next three is set.
     */
    const char *extension_creator;
    /** JSON `shoppingCartExtension.name` in the header `X-GCS-ServerMetaInfo`. */
    const char *extension_name;
    /** JSON `shoppingCartExtension.version` in the header `X-GCS-ServerMetaInfo`. */
    const char *extension_version;
    /**
     * JSON `shoppingCartExtension.extensionId` in the header `X-GCS-ServerMetaInfo`; optional even
     * then.
     */
    const char *extension_id;
    /**
     * SPAY_YES: make an `X-GCS-Idempotence-Key` for every call. Default no, because Worldline does
     * not say whether sessions support it. A call that brings a key or an intent always sends it.
     */
    int32_t idempotence;
} spay_connect_server_options;

#define SPAY_CONNECT_SERVER_OPTIONS_INIT SPAY_SIZED(spay_connect_server_options)

/** Initialize an options struct of the given size: all zero except struct_size. */
SPAY_API void spay_connect_server_options_init(void *options, size_t struct_size);

/**
 * Make an account object. Nothing is sent.
 *
 * @param client  the client, of which a reference is kept.
 * @param options settings, required.
 * @param server  receives the object, to be freed with spay_connect_server_free(); NULL on failure.
 * @param error   receives what is wrong; may be NULL.
 * @return SPAY_OK; SPAY_E_INVALID_ARGUMENT: fix the field that the error names; SPAY_E_NO_MEMORY.
 */
SPAY_API spay_status spay_connect_server_new(spay_client *client,
                                             const spay_connect_server_options *options,
                                             spay_connect_server **server, spay_error **error);

/**
 * Release the account; it is freed when its calls are. Wipes the secret. NULL is ignored.
 */
SPAY_API void spay_connect_server_free(spay_connect_server *server);

/**
 * Payment products and groups. Borrowed, as is the request that points to it.
 */
typedef struct spay_connect_server_filter {
    /** Set by SPAY_CONNECT_SERVER_FILTER_INIT or spay_connect_server_filter_init(). */
    size_t struct_size;
    /** JSON `groups`: no duplicates; the only group today is "cards". @count(group_count) */
    const char *const *groups;
    /** How many groups; at most 1000. */
    size_t group_count;
    /**
     * JSON `products`: payment product ids, such as 302 for Apple Pay; > 0, no duplicates.
     * @count(product_count)
     */
    const int32_t *products;
    /** How many products; at most 1000. */
    size_t product_count;
} spay_connect_server_filter;

#define SPAY_CONNECT_SERVER_FILTER_INIT SPAY_SIZED(spay_connect_server_filter)

/** Initialize a filter struct of the given size: all zero except struct_size. */
SPAY_API void spay_connect_server_filter_init(void *filter, size_t struct_size);

/** What to create; everything is optional. Borrowed until the function that takes it returns. */
typedef struct spay_connect_server_session_request {
    /** Set by SPAY_CONNECT_SERVER_SESSION_REQUEST_INIT or its init function. */
    size_t struct_size;
    /** JSON `paymentProductFilters.exclude`: never offer these. NULL or empty leaves it out. */
    const spay_connect_server_filter *exclude;
    /**
     * JSON `paymentProductFilters.restrictTo`: offer at most these. NULL or empty leaves it out.
     */
    const spay_connect_server_filter *restrict_to;
    /**
     * JSON `tokens`: the consumer's stored tokens, each 1-255 bytes without control characters.
     * @count(token_count)
     */
    const char *const *tokens;
    /** How many tokens; at most 1000. */
    size_t token_count;
    /**
     * Header `X-GCS-ClientMetaInfo`: a JSON object about the consumer's device, as the page gave
     * it; the library encodes it. NULL leaves it out; at most 4096 bytes.
     */
    const char *client_meta_info;
    /**
     * A JSON object with further members for the body that this struct does not have. A member
     * that is set already, or occurs twice, is refused. NULL for none.
     */
    const char *extra_json;
} spay_connect_server_session_request;

#define SPAY_CONNECT_SERVER_SESSION_REQUEST_INIT SPAY_SIZED(spay_connect_server_session_request)

/** Initialize a request struct of the given size: all zero except struct_size. */
SPAY_API void spay_connect_server_session_request_init(void *request, size_t struct_size);

/** A client session as Worldline answered it. Text that the reply lacks or has as null is NULL. */
typedef struct spay_connect_server_session {
    /**
     * The provider-agnostic view; info->value is client_session_id. info->expires_at_ms is two
     * hours, the documented lifetime, after the request began; for a key that is repeated, after
     * the first request with it. Never NULL.
     */
    const spay_session_info *info;
    /** JSON `clientSessionId`: authorizes the client API. Never NULL or empty. @secret */
    const char *client_session_id;
    /** JSON `customerId`. Never NULL or empty. */
    const char *customer_id;
    /** JSON `clientApiUrl`: where the client API of this session lives. Never NULL or empty. */
    const char *client_api_url;
    /** JSON `assetUrl`: base of images and other assets. @nullable */
    const char *asset_url;
    /** JSON `region`, deprecated by Worldline. @nullable */
    const char *region;
    /**
     * JSON `invalidTokens`: those of the tokens that should be removed. NULL if there are none.
     * @nullable @count(invalid_token_count)
     */
    const char *const *invalid_tokens;
    /** How many invalid tokens. */
    size_t invalid_token_count;
} spay_connect_server_session;

/**
 * Create a client session. @blocks
 *
 * Each attempt is signed afresh and has the same body.
 *
 * @param server  the account.
 * @param request what to create; NULL for a session without filters and tokens. @nullable
 * @param options settings of this call; NULL for the client's. @nullable
 * @param session receives the session, to be freed with spay_connect_server_session_free(); NULL on
 *                failure.
 * @param error   receives what went wrong; may be NULL.
 * @return SPAY_OK, or
 *         SPAY_E_INVALID_ARGUMENT: fix the field that the error names; nothing was sent;
 *         SPAY_E_AUTH (401, or 403 with code 9002): check key id and secret; SPAY_E_CLOCK: set this
 *         machine's clock; SPAY_E_FORBIDDEN (403): the key may not use this merchant id;
 *         SPAY_E_REJECTED (400 and other 4xx), SPAY_E_NOT_FOUND (404): fix the request, see the
 *         field errors;
 *         SPAY_E_BUSY (409 with code 1409, to a call with a key): a request with this key still
 *         runs; try later with it;
 *         SPAY_E_CONFLICT (409), or with reason "intent_reused": the client's store has a session of
 *         this intent for another request, and nothing was sent: use another intent;
 *         SPAY_E_EXPIRED: the key was used before and its session has expired; make a new call;
 *         SPAY_E_THROTTLED, SPAY_E_PROVIDER, SPAY_E_CONNECT, SPAY_E_NETWORK, SPAY_E_TIMEOUT: try
 *         later; a session that was made meanwhile costs nothing;
 *         SPAY_E_TLS, SPAY_E_PROXY, SPAY_E_PROTOCOL, SPAY_E_LIMIT, SPAY_E_NO_MEMORY,
 *         SPAY_E_INTERNAL: see error.h.
 */
SPAY_API spay_status spay_connect_server_session_create(
    spay_connect_server *server, const spay_connect_server_session_request *request,
    const spay_call_options *options, spay_connect_server_session **session, spay_error **error);

/**
 * The same without blocking: make a call, to be run as call.h describes. The request is copied.
 *
 * @param request what to create; NULL for a session without filters and tokens. @nullable
 * @param options settings of this call; NULL for the client's. @nullable
 * @param call    receives the call, to be freed with spay_call_free(); NULL on failure.
 * @return SPAY_OK; SPAY_E_INVALID_ARGUMENT; SPAY_E_NO_MEMORY; SPAY_E_INTERNAL: no random bytes.
 */
SPAY_API spay_status spay_connect_server_session_call_new(
    spay_connect_server *server, const spay_connect_server_session_request *request,
    const spay_call_options *options, spay_call **call, spay_error **error);

/**
 * Take the session out of a finished call; it can be taken once.
 *
 * @return SPAY_OK; the call's status with a copy of its error if it failed; SPAY_E_STATE if the
 *         call is not done or the session is taken; SPAY_E_INVALID_ARGUMENT if the call is NULL or
 *         another provider's.
 */
SPAY_API spay_status spay_connect_server_session_from_call(spay_call *call,
                                                           spay_connect_server_session **session,
                                                           spay_error **error);

/** Wipe and free a session. NULL is ignored. */
SPAY_API void spay_connect_server_session_free(spay_connect_server_session *session);

#ifdef __cplusplus
}
#endif

#endif
