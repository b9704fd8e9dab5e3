/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What a call shares with others through the client's store: the session of its intent, and its
 * account's bearer token.
 */
#ifndef SPAY__CALL_SHARE_H
#define SPAY__CALL_SHARE_H

#include "claims.h"
#include "share.h"

/* The session that calls with the same intent share. */
typedef struct spay__shared_session {
    spay__share share;
    spay__claim *claim;
    bool taken;   /* this call is the one of its process */
    bool settled; /* it makes the session */
    spay__secret record;
    int64_t dead_at_ms;
} spay__shared_session;

/* Whether calls of this one's operation share sessions. */
bool spay__call_shares_sessions(const struct spay_call *call);

/* Prepare for an intent, if the call shares sessions; its request is built. false: no memory. */
bool spay__call_share_session(struct spay_call *call, const char *intent);

/*
 * Look for the session of the call's intent. With FOUND the call has finished, with the session or
 * an error; with WAIT its wake_ms is set.
 */
spay__share_answer spay__call_find_session(struct spay_call *call);

/* The call has made the session: the others may have it. */
void spay__call_publish_session(struct spay_call *call);

/*
 * Look for a token, for the call that is to fetch one. With FOUND the call has it, or the one
 * before still serves; with WAIT its wake_ms is set.
 */
spay__share_answer spay__call_find_token(struct spay_call *call);

/* The call has fetched a token: the others may have it. */
void spay__call_publish_token(struct spay_call *call);

/* Neither shares nor waits any more. */
void spay__call_leave_shared(struct spay_call *call);

#endif
