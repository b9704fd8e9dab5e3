/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What came back for a call: a session, a token, or an error that says what it means.
 */
#ifndef SPAY__REPLY_H
#define SPAY__REPLY_H

#include "call.h"

/*
 * Read the answer to the operation's request, or to the token request. status is the transport's.
 * NULL on success, and then the call has its session, or its token; otherwise a new error, and
 * *verdict says what it means.
 */
spay_error *spay__reply_read(spay_call *call, spay_status status, spay__verdict *verdict);
spay_error *spay__reply_read_token(spay_call *call, spay_status status, spay__verdict *verdict);

/*
 * Read a reply that another call has had, and shared; the session lives so long yet. true: the call
 * has its session.
 */
bool spay__reply_read_shared(spay_call *call, int32_t http_status, const char *request_id,
                             const char *body, size_t length, int64_t left_ms);

/* The intent is in use for another request: the call has its error. Returns true. */
bool spay__reply_refuse_shared(spay_call *call);

#endif
