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

/* This machine's wall clock, corrected by what the account has learned. */
int64_t spay__reply_wall_ms(const spay_call *call);

/* The provider's clock less the one that the attempt was signed with; 0 if the reply has none. */
int64_t spay__reply_clock_difference_ms(const spay_call *call);

/* The provider's clock now if the reply tells it, else this machine's. */
int64_t spay__reply_provider_ms(const spay_call *call);

/* Sign by the provider's clock from now on. */
void spay__reply_learn_clock(const spay_call *call);

/* Whether that difference explains a refused signature. */
bool spay__reply_clock_is_off(const spay_call *call);

/*
 * Read the answer to the operation's request, or to the token request. status is the transport's.
 * NULL on success, and then the call has its session, or its token; otherwise a new error, and
 * *verdict says what it means.
 */
spay_error *spay__reply_read(spay_call *call, spay_status status, spay__verdict *verdict);
spay_error *spay__reply_read_token(spay_call *call, spay_status status, spay__verdict *verdict);

#endif
