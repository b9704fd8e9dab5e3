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

/* A store that leads to the Go value with this number, which is forgotten with the client. */
void sessionpay_go_set_store(spay_store *store, uintptr_t number);

/* One that no client has taken over; NULL is ignored. */
void sessionpay_go_free_store(const spay_store *store);

/* spay_multi_poll(), then what is done, at most `room` calls. */
int32_t sessionpay_go_turn(spay_multi *multi, int64_t timeout_ms, spay_call **done, int32_t room);

/* Any thread. */
void sessionpay_go_cancel(spay_multi *multi, spay_call *call);

/* In hooks.go and store.go; the C compiler compares these declarations with what cgo makes of the functions. */
void sessionpayGoLog(uintptr_t number, int32_t level, char *line);
void sessionpayGoEvent(uintptr_t number, uintptr_t called, spay_event *event);
spay_status sessionpayGoBeforeSend(uintptr_t number, uintptr_t called, spay_send_record *record);
void sessionpayGoForget(uintptr_t number);
void sessionpayGoStoreGet(uintptr_t number, char *name, spay_store_operation *operation);
void sessionpayGoStorePut(uintptr_t number, char *name, void *value, size_t length, int64_t ttl_ms,
                          uint64_t fence, spay_store_operation *operation);
void sessionpayGoStoreAcquire(uintptr_t number, char *name, int64_t ttl_ms,
                              spay_store_operation *operation);
void sessionpayGoStoreRelease(uintptr_t number, char *name, uint64_t fence,
                              spay_store_operation *operation);

#endif
