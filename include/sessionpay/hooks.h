/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What a program can observe: an event for each attempt and each call, for metrics, and a record
 * before each request leaves, for its own journal. Neither ever holds a secret.
 */
#ifndef SESSIONPAY_HOOKS_H
#define SESSIONPAY_HOOKS_H

#include <sessionpay/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What an event is about. */
enum {
    SPAY_EVENT_ATTEMPT = 1, /**< one request, and the decision after it */
    SPAY_EVENT_CALL = 2,    /**< the end of a call */
    /**
     * The answer of the store that a call waited for: operation is "store_get" or "store_acquire",
     * reason "found", "miss", "acquired", "held" or "error"
     */
    SPAY_EVENT_STORE = 3
};

/** What the library does after an attempt. */
enum {
    SPAY_DECISION_SUCCEED = 1,      /**< the call, or its token request, succeeded */
    SPAY_DECISION_GIVE_UP = 2,      /**< the call fails */
    SPAY_DECISION_RETRY = 3,        /**< again, after delay_ms */
    SPAY_DECISION_RESEND = 4,       /**< again at once: no byte of the request had been sent */
    SPAY_DECISION_RENEW_TOKEN = 5,  /**< again at once, with a new bearer token */
    SPAY_DECISION_CORRECT_CLOCK = 6 /**< again at once, signed with the provider's time */
};

/**
 * The stable name of a decision: "succeed", "give_up", "retry", "resend", "renew_token" or
 * "correct_clock".
 *
 * @return a constant string; "none" for any other value. @static
 */
SPAY_API const char *spay_decision_name(int32_t decision);

/**
 * An attempt or a call that has ended. Made by the library, valid only during the hook; new
 * members are added at the end. Times that are not known are -1.
 */
typedef struct spay_event {
    /** SPAY_EVENT_... */
    int32_t type;
    /** SPAY_PROVIDER_... */
    int32_t provider;
    /** "session_create", or "token" for a request to the token endpoint. */
    const char *operation;
    /** Method and path template, without ids: "POST /v1/{merchantId}/sessions". */
    const char *route;
    /** Which attempt of its call, from 1; in a call's event, how many there were. */
    int32_t attempt;
    /** How many attempts so far put bytes on the wire; for "token", how many token requests did. */
    int32_t requests_sent;
    /** SPAY_OK or why it failed. */
    spay_status status;
    /** SPAY_OUTCOME_...; 0 for a success. */
    int32_t outcome;
    /** SPAY_DECISION_...: what follows. */
    int32_t decision;
    /** The HTTP status; 0 if there was no reply. */
    int32_t http_status;
    /** How long the library waits before the next attempt, in ms. */
    int64_t delay_ms;
    /** The wall clock at the end, UNIX time in ms. */
    int64_t at_ms;
    /** How long the attempt, or the call, took, in ms. */
    int64_t elapsed_ms;
    /** Until the host's name was resolved, in microseconds from the attempt's start. */
    int64_t name_lookup_us;
    /** Until the connection was established; 0 if one was reused, -1 if it never stood. */
    int64_t connect_us;
    /** Until TLS was ready; 0 if a connection was reused or has no TLS, -1 if it never was. */
    int64_t tls_us;
    /** Until the first byte of the reply came. */
    int64_t first_byte_us;
    /** Until the end of the reply. */
    int64_t total_us;
    /** The idempotency key; "" if the call has none. */
    const char *idempotency_key;
    /** The provider's reference for support; "" if the reply had none. */
    const char *request_id;
    /**
     * How many bytes of the request were passed to the connection, before encryption; -1 if the
     * transport does not tell, or over HTTP/2, where requests share the connection.
     */
    int64_t bytes_sent;
    /** How many bytes of the reply came, its header and framing included; -1 as above. */
    int64_t bytes_received;
    /** What the error's reason says, see spay_error_reason(); "" for a success. */
    const char *reason;
    /** SPAY_STAGE_...; 0 for a success. */
    int32_t stage;
    /** Host and port of the request, as in its URL. */
    const char *host;
    /**
     * How far a failed attempt got: "name_lookup", "connect", "proxy", "tls", "send",
     * "wait" (for the reply), "receive" or "reply" (it is complete); "" for a success.
     */
    const char *phase;
    /** The provider's own code, see spay_error_provider_code(); "" if there is none. */
    const char *provider_code;
    /** One line about the failure, see spay_error_message(); "" for a success. */
    const char *message;
    /** call_ctx of the call's options; NULL if it is not set, or there is no call yet. @nullable */
    void *call_ctx;
    /** The host of `host` alone: a name, an IPv4 address, or an IPv6 address without brackets. */
    const char *server_host;
    /** The port, that of the scheme if the URL has none; 0 if there is no host. */
    int32_t server_port;
    /** The version of HTTP that the reply came in: "1.0", "1.1", "2"; "" if it is not known. */
    const char *protocol_version;
} spay_event;

/**
 * A request that is about to be sent. Made by the library, valid only during the hook; new members
 * are added at the end.
 */
typedef struct spay_send_record {
    /** SPAY_PROVIDER_... */
    int32_t provider;
    /** Which attempt of its call, from 1. */
    int32_t attempt;
    /** Method and path template, without ids. */
    const char *route;
    /** The idempotency key; "" if the call has none. */
    const char *idempotency_key;
    /** SHA-256 of the body, 64 lower-case hexadecimal digits: the same on every attempt. */
    const char *body_sha256;
    /** Length of the body in bytes. */
    size_t body_length;
    /** The wall clock, UNIX time in ms. */
    int64_t at_ms;
    /** call_ctx of the call's options; NULL if it is not set. @nullable */
    void *call_ctx;
} spay_send_record;

#ifdef __cplusplus
}
#endif

#endif
