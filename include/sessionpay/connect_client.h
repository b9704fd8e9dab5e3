/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Worldline Connect, client API: Apple Pay's merchant session for a page that shows the Apple Pay
 * button (`POST /client/v1/{customerId}/products/302/sessions`). Needed: a client session from
 * connect_server.h, and the validation URL that Apple gave to the page.
 */
#ifndef SESSIONPAY_CONNECT_CLIENT_H
#define SESSIONPAY_CONNECT_CLIENT_H

#include <sessionpay/connect_server.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A consumer's client session, valid for at most two hours. Any thread, any time. */
typedef struct spay_connect_client spay_connect_client;

/** The payment product of Apple Pay. @enum(connect_product) */
enum {
    SPAY_CONNECT_PRODUCT_APPLE_PAY = 302
};

/** Settings of a spay_connect_client: what the server session says. All text is copied. */
typedef struct spay_connect_client_options {
    /** Set by SPAY_CONNECT_CLIENT_OPTIONS_INIT or spay_connect_client_options_init(). */
    size_t struct_size;
    /**
     * Which of Apple's hosts a validation URL may name. SPAY_ENV_PRODUCTION, the default: Apple's
     * production gateways. SPAY_ENV_TEST: those of Apple's sandbox too.
     */
    int32_t environment;
    /**
     * JSON `clientSessionId` of the server session: visible ASCII, 1-255 bytes. @secret @required
     */
    const char *client_session_id;
    /** JSON `customerId` of the server session: 1-255 bytes, no control byte. @required */
    const char *customer_id;
    /**
     * JSON `clientApiUrl` of the server session: https on a host under .api-ingenico.com,
     * .api-worldline.com or .worldline-solutions.com, or one of allowed_hosts (then loopback http
     * too). Its path may be empty, "/client" or "/client/v1". @required
     */
    const char *client_api_url;
    /**
     * Further hosts for client_api_url, exactly, in lower case, without port: "127.0.0.1".
     * @count(allowed_host_count)
     */
    const char *const *allowed_hosts;
    /** How many allowed hosts; at most 64. */
    size_t allowed_host_count;
    /** SPAY_YES: a validation URL may also name the pod hosts of Apple's older list. Default no. */
    int32_t allow_apple_pods;
    /**
     * JSON `platformIdentifier` in the header `X-GCS-ClientMetaInfo`, which is always sent, such as
     * the consumer's user agent. Default: the library's platform. UTF-8, 1-1024 bytes.
     */
    const char *platform_identifier;
    /**
     * JSON `screenSize` in the header `X-GCS-ClientMetaInfo`, such as "1280x800". NULL leaves it
     * out; UTF-8, 1-64 bytes.
     */
    const char *screen_size;
    /**
     * A JSON object with further members for that header, such as `appIdentifier`, `deviceBrand`,
     * `deviceType` or `ipAddress`. A member that is set already, or occurs twice, is refused. NULL
     * for none; 1-4096 bytes.
     */
    const char *meta_info_json;
} spay_connect_client_options;

#define SPAY_CONNECT_CLIENT_OPTIONS_INIT SPAY_SIZED(spay_connect_client_options)

/** Initialize an options struct of the given size: all zero except struct_size. */
SPAY_API void spay_connect_client_options_init(void *options, size_t struct_size);

/**
 * Make an account object from the strings of a server session. Nothing is sent.
 *
 * @param client         the client, of which a reference is kept.
 * @param options        settings, required.
 * @param connect_client receives the object, to be freed with spay_connect_client_free(); NULL on
 *                       failure.
 * @param error          receives what is wrong; may be NULL.
 * @return SPAY_OK; SPAY_E_INVALID_ARGUMENT: fix the field that the error names; SPAY_E_NO_MEMORY.
 */
SPAY_API spay_status spay_connect_client_new(spay_client *client,
                                             const spay_connect_client_options *options,
                                             spay_connect_client **connect_client,
                                             spay_error **error);

/**
 * Make an account object from a server session. Client and environment are those of the server's
 * account, whose host is allowed for clientApiUrl too.
 *
 * @param server  the account that made the session.
 * @param session the session; it may be freed afterwards.
 * @return as spay_connect_client_new(); a clientApiUrl on an unknown host is
 *         SPAY_E_INVALID_ARGUMENT.
 */
SPAY_API spay_status spay_connect_client_from_session(spay_connect_server *server,
                                                      const spay_connect_server_session *session,
                                                      spay_connect_client **connect_client,
                                                      spay_error **error);

/** Release the account; it is freed when its calls are. Wipes the id. NULL is ignored. */
SPAY_API void spay_connect_client_free(spay_connect_client *connect_client);

/** What to create. Borrowed until the function that takes it returns. */
typedef struct spay_connect_client_session_request {
    /** Set by SPAY_CONNECT_CLIENT_SESSION_REQUEST_INIT or its init function. */
    size_t struct_size;
    /** Path `paymentProductId`. 0 means SPAY_CONNECT_PRODUCT_APPLE_PAY. */
    int32_t product_id;
    /**
     * JSON `displayName`: the company's name as the Apple Pay sheet shows it. NULL leaves it out;
     * 1-64 characters of UTF-8 without control characters.
     */
    const char *display_name;
    /**
     * JSON `domainName`: the domain of the page that shows the button. Letters, digits,
     * hyphens and at least one dot, IDN as punycode. @required
     */
    const char *domain_name;
    /**
     * JSON `validationUrl`: `event.validationURL` from the page, unchanged. It comes from
     * a browser, so it must be https, on one of Apple's own gateways, with one of Apple's two
     * paths. @required
     */
    const char *validation_url;
    /**
     * A JSON object with further members for the body that this struct does not have. A member
     * that is set already, or occurs twice, is refused. NULL for none.
     */
    const char *extra_json;
} spay_connect_client_session_request;

#define SPAY_CONNECT_CLIENT_SESSION_REQUEST_INIT SPAY_SIZED(spay_connect_client_session_request)

/** Initialize a request struct of the given size: all zero except struct_size. */
SPAY_API void spay_connect_client_session_request_init(void *request, size_t struct_size);

/** Apple's merchant session, as Worldline answered it. */
typedef struct spay_connect_client_session {
    /**
     * The provider-agnostic view; info->value is session_object. info->expires_at_ms is five
     * minutes after the request began, the lifetime that Apple documents. Never NULL.
     */
    const spay_session_info *info;
    /**
     * JSON `paymentProductSession302SpecificOutput.sessionObject`: the text of a JSON object, byte
     * for byte, NUL-terminated. Send it to the page as it is, with content type application/json;
     * there, give the parsed object to completeMerchantValidation(). Use it once.
     * @secret @count(session_object_length)
     */
    const char *session_object;
    /** Length of session_object without the NUL. */
    size_t session_object_length;
    /** The payment product that was asked for. */
    int32_t product_id;
} spay_connect_client_session;

/**
 * Create an Apple Pay merchant session. @blocks
 *
 * There is no idempotency key here. Apple's sheet waits only briefly, so unless the options say
 * otherwise the call makes at most 2 attempts within 15 s, and repeats only attempts that got no
 * reply, or that of a gateway (502, 503, 504).
 *
 * @param connect_client the account.
 * @param request        what to create, required.
 * @param options        settings of this call; NULL for the client's. @nullable
 * @param session        receives the session, to be freed with spay_connect_client_session_free();
 *                       NULL on failure.
 * @param error          receives what went wrong; may be NULL.
 * @return SPAY_OK, or
 *         SPAY_E_INVALID_ARGUMENT: fix the field that the error names; nothing was sent;
 *         SPAY_E_AUTH (401, or 403 with code 9002): the session id is not accepted; SPAY_E_EXPIRED
 *         (403 with code 9008): the client session has expired or belongs to another customer: make
 *         a new one with spay_connect_server_session_create(); SPAY_E_FORBIDDEN (403);
 *         SPAY_E_NOT_FOUND (404 with code 1426): Apple Pay is not set up for this merchant;
 *         SPAY_E_REJECTED (400 and other 4xx): fix the request, see the field errors;
 *         SPAY_E_CONFLICT, reason "intent_reused": the client's store has a session of this intent
 *         for another request, and nothing was sent: use another intent;
 *         SPAY_E_THROTTLED, SPAY_E_PROVIDER, SPAY_E_CONNECT, SPAY_E_NETWORK, SPAY_E_TIMEOUT: let
 *         the page begin a new Apple Pay session;
 *         SPAY_E_TLS, SPAY_E_PROXY, SPAY_E_PROTOCOL, SPAY_E_LIMIT, SPAY_E_NO_MEMORY,
 *         SPAY_E_INTERNAL: see error.h.
 */
SPAY_API spay_status spay_connect_client_session_create(
    spay_connect_client *connect_client, const spay_connect_client_session_request *request,
    const spay_call_options *options, spay_connect_client_session **session, spay_error **error);

/**
 * The same without blocking: make a call, to be run as call.h describes. The request is copied.
 *
 * @param options settings of this call; NULL for the client's. @nullable
 * @param call    receives the call, to be freed with spay_call_free(); NULL on failure.
 * @return SPAY_OK; SPAY_E_INVALID_ARGUMENT; SPAY_E_NO_MEMORY.
 */
SPAY_API spay_status spay_connect_client_session_call_new(
    spay_connect_client *connect_client, const spay_connect_client_session_request *request,
    const spay_call_options *options, spay_call **call, spay_error **error);

/**
 * Take the session out of a finished call; it can be taken once.
 *
 * @return SPAY_OK; the call's status with a copy of its error if it failed; SPAY_E_STATE if the
 *         call is not done or the session is taken; SPAY_E_INVALID_ARGUMENT if the call is NULL or
 *         another provider's.
 */
SPAY_API spay_status spay_connect_client_session_from_call(spay_call *call,
                                                           spay_connect_client_session **session,
                                                           spay_error **error);

/** Wipe and free a session. NULL is ignored. */
SPAY_API void spay_connect_client_session_free(spay_connect_client_session *session);

/**
 * Both steps in one call: a client session at the server API, then the Apple Pay merchant
 * session with it. One deadline covers both. @blocks
 *
 * @param server         the merchant's account.
 * @param server_request what the client session allows; NULL for no filters and tokens. @nullable
 * @param request        the Apple Pay part, required.
 * @param options        limits; a key or an intent belongs to the first step. NULL for
 *                       defaults. @nullable
 * @param server_session receives the client session too; may be NULL. It is
 *                       set whenever the first step succeeded, even if the second then fails, and
 *                       is freed with spay_connect_server_session_free(). @nullable
 * @param session        receives the merchant session; NULL on failure.
 * @param error          receives what went wrong; may be NULL. spay_error_provider() says which
 *                       step failed: SPAY_PROVIDER_CONNECT_SERVER or SPAY_PROVIDER_CONNECT_CLIENT.
 * @return as the two functions that it combines. Both requests are checked before anything is sent.
 */
SPAY_API spay_status spay_connect_apple_pay_session_create(
    spay_connect_server *server, const spay_connect_server_session_request *server_request,
    const spay_connect_client_session_request *request, const spay_call_options *options,
    spay_connect_server_session **server_session, spay_connect_client_session **session,
    spay_error **error);

/**
 * The same as one call to be driven without blocking: by spay_multi, or with spay_call_step(). It
 * has one deadline, is canceled as one, and is done after the second step, or when a step has
 * failed. spay_call_attempts() and spay_call_idempotency_key() tell those of the step that it is
 * in; the second has no key.
 *
 * @param server         the merchant's account.
 * @param server_request what the client session allows; NULL for no filters and tokens. @nullable
 * @param request        the Apple Pay part, required.
 * @param options        limits; a key or an intent belongs to the first step. NULL for
 *                       defaults. @nullable
 * @param call           receives the call, to be freed with spay_call_free(); NULL on failure.
 * @param error          receives what is wrong; may be NULL.
 * @return SPAY_OK; SPAY_E_INVALID_ARGUMENT for a fault of either request; SPAY_E_NO_MEMORY.
 */
SPAY_API spay_status spay_connect_apple_pay_session_call_new(
    spay_connect_server *server, const spay_connect_server_session_request *server_request,
    const spay_connect_client_session_request *request, const spay_call_options *options,
    spay_call **call, spay_error **error);

/**
 * Take both sessions out of a finished call; they can be taken once.
 *
 * @param call           a call of spay_connect_apple_pay_session_call_new().
 * @param server_session receives the client session; may be NULL. It is set whenever the call is
 *                       done and the first step has succeeded, even if the second failed, and is
 *                       freed with spay_connect_server_session_free(). @nullable
 * @param session        receives the merchant session; NULL on failure.
 * @param error          receives a copy of the call's error; may be NULL. spay_error_provider()
 *                       says which step failed.
 * @return SPAY_OK; the call's status if it failed; SPAY_E_STATE if the call is not done or the
 *         session is taken; SPAY_E_INVALID_ARGUMENT if the call is NULL or another one.
 */
SPAY_API spay_status spay_connect_apple_pay_session_from_call(
    spay_call *call, spay_connect_server_session **server_session,
    spay_connect_client_session **session, spay_error **error);

#ifdef __cplusplus
}
#endif

#endif
