/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What every session has in common, whichever provider made it.
 */
#ifndef SESSIONPAY_SESSION_H
#define SESSIONPAY_SESSION_H

#include <stddef.h>
#include <stdint.h>

#include <sessionpay/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Remarks about a session that is valid nevertheless; bits of `warnings`. @bits */
enum {
    /** The reply names another account, terminal or merchant than the request. */
    SPAY_SESSION_WARNING_ACCOUNT_DIFFERS = 1,
    /** The session's `state` is not that of a new session. */
    SPAY_SESSION_WARNING_STATE = 2,
    /** Some of the tokens that were sent can no longer be used. */
    SPAY_SESSION_WARNING_INVALID_TOKENS = 4,
    /** hosted_fields: the reply has no expiry that can be read; 10 minutes were assumed. */
    SPAY_SESSION_WARNING_EXPIRY_ASSUMED = 8,
    /** An optional member of the reply had an unexpected type and was left out. */
    SPAY_SESSION_WARNING_MEMBER_IGNORED = 16,
    /**
     * This machine's clock and the provider's differ by more than a minute; clock_offset_ms tells
     * how much. Requests to connect_server are signed with the provider's time then. Set the clock.
     */
    SPAY_SESSION_WARNING_CLOCK_CORRECTED = 32
};

/**
 * The provider-agnostic view of a session: the first member of every typed session. Made by the
 * library alone, read-only, valid as long as its session. New members are added at the end.
 */
typedef struct spay_session_info {
    /** Who made the session: SPAY_PROVIDER_... */
    int32_t provider;
    /** SPAY_SESSION_WARNING_... bits; 0 for none. */
    uint32_t warnings;
    /**
     * What the front end needs: wepay `session_token`, hosted_fields `token`, connect_server
     * `clientSessionId`, connect_client the merchant session object. A secret: never log it.
     * @secret
     */
    const char *value;
    /**
     * The session's identifier at the provider: wepay `id`, connect_server `customerId`; else "".
     */
    const char *id;
    /**
     * When the session expires, UNIX time in milliseconds; -1 if unknown. Like all times that the
     * library computes, it is in this machine's clock, to be compared with it: what the provider
     * told is corrected by clock_offset_ms.
     */
    int64_t expires_at_ms;
    /** The idempotency key that every attempt carried; "" if none was sent. */
    const char *idempotency_key;
    /** The provider's reference for support; "" if the reply had none. */
    const char *request_id;
    /** The HTTP status of the reply. */
    int32_t http_status;
    /** How many attempts the call made, the successful one included. */
    int32_t attempts;
    /** How many of them put bytes on the wire. */
    int32_t requests_sent;
    /**
     * How many token requests the call made itself (hosted_fields); 0 if a cached token was used.
     */
    int32_t token_requests;
    /** Milliseconds from the start of the call to the session. */
    int64_t elapsed_ms;
    /**
     * The whole reply, byte for byte, NUL-terminated. It holds the secret.
     * @secret @count(raw_json_length)
     */
    const char *raw_json;
    /** Length of `raw_json` without the NUL. */
    size_t raw_json_length;
    /**
     * How much the provider's clock is ahead of this machine's, in milliseconds; negative if it is
     * behind. 0 if the difference is not known, or not more than a minute.
     */
    int64_t clock_offset_ms;
    /**
     * SPAY_YES if another call with the same intent made the session, in this process or another,
     * and this one sent nothing; otherwise 0. Needs a store, see spay_client_options.
     */
    int32_t shared;
} spay_session_info;

/**
 * How long a session can still be used.
 *
 * @param info      the session's `info`; NULL gives 0. @nullable
 * @param now_ms    the current time of this machine's clock, UNIX time in milliseconds.
 * @param margin_ms how much earlier to stop using it, so that it does not expire on the way.
 * @return milliseconds, never below 0; INT64_MAX if the expiry is unknown.
 */
SPAY_API int64_t spay_session_expires_in_ms(const spay_session_info *info, int64_t now_ms,
                                            int64_t margin_ms);

#ifdef __cplusplus
}
#endif

#endif
