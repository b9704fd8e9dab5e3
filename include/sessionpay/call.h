/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * One logical operation in flight, as a state machine that never blocks: for programs with their
 * own event loop or their own network stack. Programs with threads use the blocking
 * spay_..._session_create() functions, which run the same machine.
 *
 *     for (;;) {
 *         int32_t next = spay_call_step(call);
 *         if (next == SPAY_CALL_DONE)
 *             break;
 *         if (next == SPAY_CALL_WAIT)
 *             wait(spay_call_wait_ms(call));
 *         else
 *             spay_call_respond(call, exchange(spay_call_request(call), spay_call_response(call)));
 *     }
 */
#ifndef SESSIONPAY_CALL_H
#define SESSIONPAY_CALL_H

#include <sessionpay/client.h>
#include <sessionpay/http.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A call. One thread at a time, except for spay_call_cancel(). It keeps its account and client
 * alive.
 */
typedef struct spay_call spay_call;

/** What a call needs next. */
enum {
    SPAY_CALL_SEND = 1, /**< send spay_call_request() once, then spay_call_respond() */
    SPAY_CALL_WAIT = 2, /**< step again when spay_call_wait_ms() have passed */
    SPAY_CALL_DONE = 3  /**< take the session or the error */
};

/**
 * Settings of one call. All optional; zero means the client's setting.
 */
typedef struct spay_call_options {
    /** Set by SPAY_CALL_OPTIONS_INIT or spay_call_options_init(). */
    size_t struct_size;
    /**
     * The idempotency key, to repeat an earlier call whose outcome is unknown: the one in its
     * error. NULL: a new one is made. wepay: 1-255 visible ASCII bytes; hosted_fields: a UUIDv4;
     * connect_server: 1-40 visible ASCII bytes; connect_client has no keys and refuses one.
     */
    const char *idempotency_key;
    /**
     * What the call is for, such as an order number and a try number: 1-255 bytes of UTF-8. The
     * key is then derived from it, the account that the request names and the client's key_secret,
     * so that the same intent gives the same key after a crash, in another process, on another
     * machine. Not together with idempotency_key.
     *
     * connect_server and connect_client: if the client has a store, calls with the same intent
     * share one session as long as it is valid; the same intent with another request is
     * SPAY_E_CONFLICT, reason "intent_reused". key_secret is not needed for that, and
     * connect_client cannot do without a store.
     */
    const char *intent;
    /** Milliseconds for the whole call; at most 3600000. */
    int64_t timeout_ms;
    /** Milliseconds for one attempt; at most 3600000. */
    int64_t attempt_timeout_ms;
    /** How many attempts, 1 to 10; see spay_client_options::max_attempts. */
    int32_t max_attempts;
    /** Handed back in the events and records of this call, to know it by; not used otherwise. */
    void *call_ctx;
} spay_call_options;

#define SPAY_CALL_OPTIONS_INIT SPAY_SIZED(spay_call_options)

/**
 * Initialize an options struct: all zero except struct_size.
 *
 * @param options     the struct to fill.
 * @param struct_size sizeof(the struct) where the caller was compiled.
 */
SPAY_API void spay_call_options_init(void *options, size_t struct_size);

/**
 * Advance the call as far as it can go without I/O. The first step starts the deadline.
 *
 * @return SPAY_CALL_SEND, SPAY_CALL_WAIT or SPAY_CALL_DONE; DONE for NULL. Stepping again without
 *         having done what was asked gives the same answer.
 */
SPAY_API int32_t spay_call_step(spay_call *call);

/**
 * The request to send; NULL unless the last step said SPAY_CALL_SEND. Owned by the call. @nullable
 */
SPAY_API const spay_http_request *spay_call_request(const spay_call *call);

/**
 * The response to fill; NULL unless the last step said SPAY_CALL_SEND. Owned by the call.
 * @nullable @borrowed(call)
 */
SPAY_API spay_http_response *spay_call_response(spay_call *call);

/**
 * Report the result of sending.
 *
 * @param status SPAY_OK if spay_call_response() holds a complete response; otherwise why not, as
 *               documented for spay_transport::perform.
 * @return SPAY_OK: step on; SPAY_E_STATE: nothing had to be sent; SPAY_E_INVALID_ARGUMENT for NULL.
 */
SPAY_API spay_status spay_call_respond(spay_call *call, spay_status status);

/**
 * How long to wait before the next step, in milliseconds from now; 0 unless the last step said
 * SPAY_CALL_WAIT. It is short while another call fetches the bearer token that this one needs.
 */
SPAY_API int64_t spay_call_wait_ms(const spay_call *call);

/**
 * Run the call to its end through the client's transport and platform. @blocks
 *
 * @param error receives a copy of the call's error; may be NULL.
 * @return the call's status, see spay_call_status().
 */
SPAY_API spay_status spay_call_perform(spay_call *call, spay_error **error);

/**
 * Cancel the call: it ends with SPAY_E_CANCELED, and its outcome says whether it may have taken
 * effect. Any thread, while the call exists; a call that is done stays as it is. NULL is ignored.
 */
SPAY_API void spay_call_cancel(spay_call *call);

/** The call's result: SPAY_E_STATE while it is not done, then SPAY_OK or why it failed. */
SPAY_API spay_status spay_call_status(const spay_call *call);

/** The call's error, owned by the call; NULL while it is not done, or if it succeeded. @nullable */
SPAY_API const spay_error *spay_call_error(const spay_call *call);

/** The key that every attempt carries; "" if the call has none. Known before the first step. */
SPAY_API const char *spay_call_idempotency_key(const spay_call *call);

/** How many attempts have been made so far. */
SPAY_API int32_t spay_call_attempts(const spay_call *call);

/**
 * Free the call, in any state; one that is not done is abandoned. Its memory is wiped. NULL is
 * ignored.
 */
SPAY_API void spay_call_free(spay_call *call);

#ifdef __cplusplus
}
#endif

#endif
