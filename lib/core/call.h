/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * One logical operation in flight, seen from inside.
 */
#ifndef SPAY__CALL_H
#define SPAY__CALL_H

#include <sessionpay/call.h>

#include "account.h"
#include "api/error.h"
#include "base/crypto.h"
#include "base/secret.h"
#include "call_share.h"
#include "http/message.h"
#include "idempotency.h"
#include "providers/provider.h"
#include "token_cache.h"

typedef enum spay__call_state {
    SPAY__CALL_NEW,
    SPAY__CALL_READY,          /* for the next attempt */
    SPAY__CALL_SENDING,        /* the operation's request is out */
    SPAY__CALL_SENDING_TOKEN,  /* the token request is out */
    SPAY__CALL_BACKING_OFF,    /* until wake_ms */
    SPAY__CALL_AWAITING_TOKEN, /* another call fetches it */
    SPAY__CALL_AWAITING_STORE, /* or another call with the same intent, until wake_ms */
    SPAY__CALL_FINISHED
} spay__call_state;

/* A second operation, which a call goes on with when it has the first one's session. */
typedef struct spay__sequel {
    /* Takes the session, and makes the call another with the two functions at the end. */
    spay_status (*begin)(spay_call *call, spay_error **error);
    void (*free)(struct spay__sequel *sequel);
    bool begun;
} spay__sequel;

struct spay_call {
    const spay__operation *operation;
    spay__account *account;
    spay_client *client;
    spay__call_state state;
    int32_t canceled; /* the one member that other threads touch */

    char *key;           /* after the call; "" if it has none */
    void *ctx;           /* the caller's */
    const char *subject; /* after the call; NULL if it has none */
    int32_t number;
    int64_t timeout_ms;
    int64_t attempt_timeout_ms;
    int32_t max_attempts;

    int64_t started_ms;
    int64_t deadline_ms;
    int64_t wake_ms;
    int64_t attempt_began_ms;      /* monotonic */
    int64_t attempt_began_wall_ms; /* as signed */

    spay_http_request request;
    spay_http_request *token_request; /* after the call; NULL if the operation needs no token */
    spay_http_response response;
    const char *request_id; /* the provider's, in the response; NULL if it has none */
    spay__waiter waiter;    /* its hook is the driver's */
    spay__token_ticket ticket;
    spay__secret token;
    spay__shared_session *shared_session;        /* NULL: none */
    spay__share *shared_token;                   /* while this call fetches it; NULL: none */
    char body_sha256[2 * SPAY__SHA256_SIZE + 1]; /* "" until somebody wants it */

    int32_t attempts;
    int32_t free_attempts; /* those that the policy does not count */
    int32_t requests_sent;
    int32_t token_attempts;
    int32_t token_requests;
    int32_t outcome; /* the worst so far */
    bool resent;
    bool token_renewed;
    bool clock_corrected;    /* its attempts are signed with clock_offset_ms */
    int64_t clock_offset_ms; /* what the attempt in flight, or the last one, was signed with */

    void *session;
    spay__sequel *sequel; /* NULL: the call ends with its session */
    spay_error *error;
    spay_error spare; /* used where there is no memory for an error, and the owner of this memory */
};

/* An error of this call, which can always be had. What was made before must be freed. */
spay_error *spay__call_error(spay_call *call, spay_status status, int32_t stage);

/* Whether it waits for what no timer brings, so that its driver is to be woken. */
bool spay__call_is_awaiting(const spay_call *call);

/* A random byte, if renewals are to be spread over several processes; otherwise 0. */
uint8_t spay__call_random(const spay_call *call);

/* End a call that has not begun an attempt. */
void spay__call_give_up(spay_call *call, spay_status status, const char *message);

/* Start the deadline, unless it runs already. */
void spay__call_start(spay_call *call);

/* Forget the attempts of the first operation: what fails from here on is the second. */
void spay__call_restart(spay_call *call, const spay__operation *operation);

/* Make it ready for the second operation's first attempt. The deadline stays, or comes sooner. */
spay_status spay__call_rebuild(spay_call *call, spay__account *account, const void *request,
                               const spay_call_options *options, spay_error **error);

#endif
