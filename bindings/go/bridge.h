/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What cgo cannot express: function pointers, numbers in the place of pointers, and several
 * functions of the library in one step from Go to C.
 */
#ifndef SESSIONPAY_GO_BRIDGE_H
#define SESSIONPAY_GO_BRIDGE_H

#include <sessionpay/sessionpay.h>

/* Hooks that lead to the Go value with this number, which is forgotten with the client. */
void sessionpay_go_set_hooks(spay_client_options *options, uintptr_t number, int log, int event,
                             int before_send);

/* A number as call_ctx. */
void sessionpay_go_set_call(spay_call_options *options, uintptr_t number);

/* spay_multi_poll(), then what is done, at most `room` calls. */
int32_t sessionpay_go_turn(spay_multi *multi, int64_t timeout_ms, spay_call **done, int32_t room);

/* Any thread. */
void sessionpay_go_cancel(spay_multi *multi, spay_call *call);

#endif
