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
#include <sessionpay/session.h>

#include "account.h"
#include "api/error.h"
#include "base/arena.h"
#include "base/crypto.h"
#include "envelope.h"
#include "http/message.h"
#include "idempotency.h"
#include "retry.h"
#include "token_cache.h"
#include "json/read.h"

/* A success reply while a provider turns it into a session. */
typedef struct spay__reading {
    spay__json_reader *json; /* what came; faults are noted here; its texts go into the block */
    spay__arena *arena;      /* where the session's parts go */
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
    const char *route;   /* for logs: method and path, without ids */
    const char *account; /* what faults call the account */
    /* The caller's request: its size here and in its first version, and where the account, terminal
     * or merchant stands that it is about; 0 if that is the account's subject. */
    size_t request_size;
    size_t request_least;
    size_t subject_offset;
    bool request_optional;
    /* Check the request and build call->request of it. */
    spay_status (*build)(spay__account *account, const void *request, spay_call *call,
                         spay_error **error);
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
    const char *subject;      /* behind the call; NULL if it has none */
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

/* A size that does not compile if a request of it is longer than spay__call_make() takes. */
enum {
    SPAY__LONGEST_REQUEST = 128
};

#define SPAY__REQUEST_SIZE(type)                                                                   \
    (sizeof(type) * sizeof(char[sizeof(type) <= SPAY__LONGEST_REQUEST]))

/* Make a call. The pointers are the caller's, unchecked; options may be NULL. */
spay_status spay__call_make(const spay__operation *operation, spay__account *account,
                            const void *request, const spay_call_options *options, spay_call **out,
                            spay_error **error);

/* An error of this call, which can always be had. What was made before must be freed. */
spay_error *spay__call_error(spay_call *call, spay_status status, int32_t stage);

/* Start the deadline, unless it runs already. */
void spay__call_start(spay_call *call);

/*
 * Take the session out of a finished call of this operation. session is the caller's pointer to a
 * pointer of its own type, unchecked, which becomes NULL on failure.
 */
spay_status spay__call_take(const spay__operation *operation, spay_call *call, void *session,
                            spay_error **error);

/* Make a call, run it to its end on this thread, and take its session. */
spay_status spay__call_run(const spay__operation *operation, spay__account *account,
                           const void *request, const spay_call_options *options, void *session,
                           spay_error **error);

#endif
