/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * One logical operation in flight, seen from inside, and what a provider has to supply for it.
 */
#ifndef SPAY__CALL_H
#define SPAY__CALL_H

#include <sessionpay/call.h>

#include "account.h"
#include "crypto.h"
#include "envelope.h"
#include "error.h"
#include "http.h"
#include "idempotency.h"
#include "json.h"
#include "retry.h"
#include "session.h"
#include "token_cache.h"

/* A success reply while a provider turns it into a session. */
typedef struct spay__reading {
    spay__json_reader *json; /* what came; faults are noted here; its texts go into the block */
    spay__block *block;      /* where the session's parts go */
    spay_session_info *info;
    const char *subject; /* the account, terminal or merchant that was asked for; NULL if none */
    int32_t number;      /* whatever number the provider noted with the request */
    int64_t began_ms;    /* wall clock of this machine when the attempt began */
    int64_t offset_ms;   /* how much the provider's clock is ahead of it */
    const spay_call *call;
} spay__reading;

/* Where an operation's bearer token comes from. */
typedef struct spay__token_source {
    spay__token_cache *(*cache)(spay__account *account);
    /* Build the token request. Failures show in request->failed. */
    void (*build)(spay__account *account, spay_http_request *request);
    const spay__rule *rules;
    const char *route; /* for logs and events */
} spay__token_source;

/* An operation of a provider: constant, and pure but for its account. */
typedef struct spay__operation {
    int32_t provider;
    const char *route; /* for logs: method and path, without ids */
    spay__envelope envelope;
    const spay__rule *rules;
    spay__key_rule key;
    int64_t longest_ms;    /* default deadline if shorter than the client's; 0 for no opinion */
    int32_t most_attempts; /* the same for attempts */
    const spay__token_source *token; /* NULL if the account has its credentials */
    /* Add the headers that belong to one attempt. Failures show in request->failed. */
    void (*sign)(spay__account *account, spay_http_request *request, const spay__secret *token,
                 int64_t wall_ms);
    size_t session_size;
    /*
     * Read a 2xx reply into the zeroed session. Sets the info's value, id, expires_at_ms and
     * warnings. Returns SPAY_OK, or SPAY_E_EXPIRED for a stale replay.
     */
    spay_status (*read)(const spay__reading *in, void *session);
} spay__operation;

typedef enum spay__call_state {
    SPAY__CALL_NEW,
    SPAY__CALL_READY,          /* for the next attempt */
    SPAY__CALL_SENDING,        /* the operation's request is out */
    SPAY__CALL_SENDING_TOKEN,  /* the token request is out */
    SPAY__CALL_BACKING_OFF,    /* until wake_ms */
    SPAY__CALL_AWAITING_TOKEN, /* another call fetches it */
    SPAY__CALL_FINISHED
} spay__call_state;

struct spay_call {
    const spay__operation *operation;
    spay__account *account;
    spay_client *client;
    spay__call_state state;
    int32_t canceled; /* the one member that other threads touch */

    char key[SPAY__KEY_SIZE]; /* "" if the call has none */
    char *subject;
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
    spay_http_request token_request;
    spay_http_response response;
    const char *request_id; /* the provider's, in the response; NULL if it has none */
    spay__token_ticket ticket;
    spay__secret token;
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
    spay_error *error;
    spay_error spare; /* used where there is no memory for an error, and the owner of this memory */
};

/*
 * Begin a call: read the options and settle the key. subject is the account, terminal or merchant
 * that the request is about, NULL for none. The provider then builds call->request and ends with
 * spay__call_seal(). with_key: make a key although the operation does not always have one.
 */
spay_status spay__call_new(spay__account *account, const spay__operation *operation,
                           const char *subject, const spay_call_options *options, bool with_key,
                           spay_call **call, spay_error **error);

/* The request is built, or status tells that it is not: hand the call out, or free it. */
spay_status spay__call_seal(spay_call *built, spay_status status, spay_call **call,
                            spay_error **error);

/*
 * Hand out why the arguments of an operation were refused, after a line and a record of it. Takes
 * the fault over. Returns its status.
 */
spay_status spay__refuse(spay_client *client, int32_t provider, const char *operation,
                         spay_error *fault, spay_error **error);

/* An error of this call, which can always be had. What was made before must be freed. */
spay_error *spay__call_error(spay_call *call, spay_status status, int32_t stage);

/* Start the deadline, unless it runs already. */
void spay__call_start(spay_call *call);

/*
 * Take the session out of a finished call of this operation. out is the caller's pointer, only to
 * be checked.
 */
spay_status spay__call_take(spay_call *call, const spay__operation *operation, const void *out,
                            void **session, spay_error **error);

/* Run a call to its end on this thread, take its session, and free it. */
spay_status spay__call_complete(spay_call *call, const spay__operation *operation, void **session,
                                spay_error **error);

#endif
