/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What went wrong, and what to do about it: a small stable status to branch on, and an object
 * with the details.
 */
#ifndef SESSIONPAY_ERROR_H
#define SESSIONPAY_ERROR_H

#include <stddef.h>
#include <stdint.h>

#include <sessionpay/abi.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The result of a function: SPAY_OK, or one of the negative values below. They are grouped by what
 * the caller does next. Values are never renumbered; new ones may be added, so treat a value that
 * you do not know as a member of its group (-1..-9, -10..-19, and so on).
 */
typedef int32_t spay_status;

/** The statuses. @enum(status) */
enum {
    SPAY_OK = 0,

    /* Fix the program or its input. Nothing was sent, unless the outcome says otherwise. */
    SPAY_E_INVALID_ARGUMENT = -1, /**< a field is missing or breaks its rule: see field errors */
    SPAY_E_STATE = -2,            /**< the object is not in a state that allows this function */
    SPAY_E_UNSUPPORTED = -3,      /**< this build of the library leaves the feature out */
    SPAY_E_NO_MEMORY = -4,        /**< an allocation failed */

    /* Fix the setup: credentials, clock, certificates. Trying again alone does not help. */
    SPAY_E_AUTH = -10,      /**< the provider does not accept the credentials */
    SPAY_E_FORBIDDEN = -11, /**< the credentials are good but may not do this */
    SPAY_E_CLOCK = -12,     /**< this machine's clock is wrong, and signatures depend on it */
    SPAY_E_TLS = -13,       /**< the peer's certificate, or ours, or the TLS setup is refused */
    SPAY_E_PROXY = -14,     /**< the proxy refuses the way: other credentials, or other rules */

    /* Fix the request, then make a new call with a new idempotency key. */
    SPAY_E_REJECTED = -20,  /**< the provider refused the request; see the field errors */
    SPAY_E_NOT_FOUND = -21, /**< the thing named in the request does not exist */
    SPAY_E_CONFLICT = -22,  /**< the idempotency key was used for another request */
    SPAY_E_EXPIRED = -23,   /**< a session that this needs, or that a replay gave, has expired */

    /* Try later. With the same idempotency key where the outcome is unknown. */
    SPAY_E_CONNECT = -30,   /**< the host could not be found or reached */
    SPAY_E_NETWORK = -31,   /**< the connection broke */
    SPAY_E_TIMEOUT = -32,   /**< the deadline passed */
    SPAY_E_THROTTLED = -33, /**< too many requests; see spay_error_retry_after_ms() */
    SPAY_E_PROVIDER = -34,  /**< the provider failed (HTTP 5xx) */
    SPAY_E_CANCELED = -35,  /**< spay_call_cancel() was called, or a hook refused */
    SPAY_E_BUSY = -36,      /**< an earlier request with this key or on this resource still runs */

    /* Ask for support: show spay_error_request_id() and spay_error_body(). */
    SPAY_E_PROTOCOL = -40, /**< the reply is not what the provider documents; names the JSON path */
    SPAY_E_LIMIT = -41,    /**< the reply is larger than the library accepts */
    SPAY_E_INTERNAL = -42  /**< a fault inside the library, the transport or the platform hooks */
};

/** What the caller does next: the groups of statuses above. */
enum {
    SPAY_GROUP_NONE = 0,    /**< success */
    SPAY_GROUP_PROGRAM = 1, /**< fix the program or its input */
    SPAY_GROUP_SETUP = 2,   /**< fix credentials, clock or certificates */
    SPAY_GROUP_REQUEST = 3, /**< fix the request; new call, new key */
    SPAY_GROUP_LATER = 4,   /**< try later; same key where the outcome is unknown */
    SPAY_GROUP_SUPPORT = 5  /**< ask for support */
};

/**
 * The group of a status, also of one that only a newer library knows.
 *
 * @return SPAY_GROUP_...
 */
SPAY_API int32_t spay_status_group(spay_status status);

/**
 * What a failed call means at the provider. It is about the whole call: if any attempt may have
 * taken effect, so may the call.
 */
enum {
    SPAY_OUTCOME_NOT_SENT =
        1, /**< nothing left, or the peer read none of it: nothing happened there */
    SPAY_OUTCOME_REJECTED = 2, /**< the provider answered that it did not do it */
    SPAY_OUTCOME_UNKNOWN = 3   /**< it may have taken effect: repeat with the same key */
};

/** The step in which a call failed. */
enum {
    SPAY_STAGE_INPUT = 1,   /**< reading the caller's arguments */
    SPAY_STAGE_TOKEN = 2,   /**< getting a bearer token (hosted_fields) */
    SPAY_STAGE_REQUEST = 3, /**< sending the request and waiting for the reply */
    SPAY_STAGE_REPLY = 4    /**< reading the reply */
};

/** The providers, as they appear in errors and sessions. */
enum {
    SPAY_PROVIDER_NONE = 0,
    SPAY_PROVIDER_WEPAY = 1,
    SPAY_PROVIDER_HOSTED_FIELDS = 2,
    SPAY_PROVIDER_CONNECT_SERVER = 3,
    SPAY_PROVIDER_CONNECT_CLIENT = 4
};

/**
 * What went wrong. Functions with a `spay_error **error` parameter set it to a new object on
 * failure and to NULL on success; pass NULL if the status is enough. The caller frees it, before
 * the variable is passed again: what it held is overwritten, not freed.
 * It is immutable, and may be read from any thread. It holds no secret except in
 * spay_error_body(): a credential of the call that the provider repeats in another text is replaced
 * with asterisks. Texts are one line of valid UTF-8.
 *
 * Every getter accepts NULL. Text getters return "" where nothing is known, never NULL, unless they
 * say otherwise; the text lives as long as the error. @nullable
 */
typedef struct spay_error spay_error;

/**
 * The stable name of a status, such as "SPAY_E_THROTTLED".
 *
 * @return a constant string; "SPAY_E_?" for a value that this version does not know. @static
 */
SPAY_API const char *spay_status_name(spay_status status);

/**
 * One sentence about a status, for a person.
 *
 * @return a constant string; never NULL. @static
 */
SPAY_API const char *spay_status_text(spay_status status);

/**
 * The stable name of an outcome: "not_sent", "rejected" or "unknown".
 *
 * @return a constant string; "none" for any other value. @static
 */
SPAY_API const char *spay_outcome_name(int32_t outcome);

/**
 * The name of a provider: "wepay", "hosted_fields", "connect_server" or "connect_client".
 *
 * @return a constant string; "none" for any other value. @static
 */
SPAY_API const char *spay_provider_name(int32_t provider);

/**
 * Make an error, so that applications can test their own error handling.
 *
 * @param status  a negative status.
 * @param outcome one of SPAY_OUTCOME_...
 * @param message one line, copied; NULL stands for spay_status_text(status). @nullable
 * @return a new error that the caller frees; without memory, a constant error that says so.
 */
SPAY_API spay_error *spay_error_new(spay_status status, int32_t outcome, const char *message);

/**
 * Make the error of an argument that breaks its rule, with one field error: for tests, and for
 * functions of your own that make what a client takes, such as stores. Status
 * SPAY_E_INVALID_ARGUMENT, nothing was sent.
 *
 * @param path    the name of the member, copied, as all three are.
 * @param code    the rule, one word in snake_case.
 * @param message the rest of a sentence that begins with the name, without any value; NULL stands
 *                for "is not valid". @nullable
 * @return as of spay_error_new().
 */
SPAY_API spay_error *spay_error_new_input(const char *path, const char *code, const char *message);

/** Free an error. NULL is ignored. */
SPAY_API void spay_error_free(spay_error *error);

/** The status; SPAY_OK for NULL. */
SPAY_API spay_status spay_error_status(const spay_error *error);

/** The status's name, see spay_status_name(). */
SPAY_API const char *spay_error_name(const spay_error *error);

/** One line for a log or a developer: what happened and, for bad input, which field and rule. */
SPAY_API const char *spay_error_message(const spay_error *error);

/**
 * A stable word in snake_case that narrows the status down, such as "tls_certificate_expired",
 * "dns_failed" or "key_in_use"; "" if the status says everything.
 */
SPAY_API const char *spay_error_reason(const spay_error *error);

/** The step that failed, SPAY_STAGE_...; 0 for NULL. */
SPAY_API int32_t spay_error_stage(const spay_error *error);

/** The provider, SPAY_PROVIDER_...; SPAY_PROVIDER_NONE if no provider is concerned. */
SPAY_API int32_t spay_error_provider(const spay_error *error);

/**
 * The provider's own code, verbatim: WePay's `error_code`, the fragment of Payroc's problem `type`,
 * Worldline's `errors[0].code`. "" if the reply had none.
 */
SPAY_API const char *spay_error_provider_code(const spay_error *error);

/** The HTTP status of the last reply; 0 if there was none. */
SPAY_API int32_t spay_error_http_status(const spay_error *error);

/**
 * The provider's reference for support: WePay's `X-Correlation-Id`, Worldline's `errorId`, Payroc's
 * `X-Request-Id` if it sends one. "" if the reply had none.
 */
SPAY_API const char *spay_error_request_id(const spay_error *error);

/** How many attempts the call made, retries included; 0 if none. */
SPAY_API int32_t spay_error_attempts(const spay_error *error);

/**
 * How many of the attempts put bytes on the wire. This is the number of requests for the session
 * that the provider may have seen; requests for a bearer token are not counted.
 */
SPAY_API int32_t spay_error_requests_sent(const spay_error *error);

/** Milliseconds from the start of the call to its failure. */
SPAY_API int64_t spay_error_elapsed_ms(const spay_error *error);

/**
 * Whether the same request with the same key can succeed later: 1 yes, 0 no. It looks at the
 * provider's rules, so prefer it to reading the HTTP status.
 */
SPAY_API int32_t spay_error_retryable(const spay_error *error);

/** How long the provider asked to wait, in milliseconds; -1 if it did not say. */
SPAY_API int64_t spay_error_retry_after_ms(const spay_error *error);

/** What happened at the provider, SPAY_OUTCOME_...; 0 for NULL. */
SPAY_API int32_t spay_error_outcome(const spay_error *error);

/** The idempotency key that every attempt carried; "" if the call had none. */
SPAY_API const char *spay_error_idempotency_key(const spay_error *error);

/**
 * How many field errors there are: parts of the request that the library or the provider refused,
 * or the part of a reply that could not be read.
 */
SPAY_API size_t spay_error_field_count(const spay_error *error);

/**
 * Where field error `index` is: the name of the struct member for input, a path such as
 * "mobile_session.account_id" or "$.expire_time" for JSON. "" if index is out of range.
 */
SPAY_API const char *spay_error_field_path(const spay_error *error, size_t index);

/**
 * The rule that field error `index` broke: the library's ("missing", "too_long", "pattern",
 * "control_character", ...) or the provider's own word, verbatim. "" if there is none.
 */
SPAY_API const char *spay_error_field_code(const spay_error *error, size_t index);

/** A sentence about field error `index`; "" if there is none. */
SPAY_API const char *spay_error_field_message(const spay_error *error, size_t index);

/**
 * The raw body of the last reply, as received: JSON, a gateway's HTML page, anything.
 *
 * It is what the provider said, so it may repeat parts of the request; do not show it to consumers.
 * With SPAY_E_PROTOCOL and SPAY_E_EXPIRED after a 2xx it can hold a session, so do not log it then.
 * A token endpoint's 2xx is never kept. Wiped when the error is freed.
 *
 * @param length receives the number of bytes, 0 if there was no body; may be NULL. @nullable
 * @return the bytes, followed by a NUL that is not counted; never NULL. @secret @count(length)
 */
SPAY_API const char *spay_error_body(const spay_error *error, size_t *length);

#ifdef __cplusplus
}
#endif

#endif
