/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Telling the program: events, the record before a request leaves, and the flight recorder.
 */
#ifndef SPAY__EVENT_H
#define SPAY__EVENT_H

#include "call.h"

/* The end of an attempt. error is NULL for a success; token tells which endpoint it was. */
void spay__event_attempt(const spay_call *call, bool token, const spay_error *error,
                         int32_t decision, int64_t delay_ms);

/* The store answered, or did not in time: "get" or "acquire", and how. */
void spay__event_store(const spay_call *call, const char *operation, const char *result,
                       int64_t elapsed_ms);

/* The end of a call. */
void spay__event_call(const spay_call *call);

/* How far an attempt had come, a word; "" for a success. */
const char *spay__event_phase(const spay_call *call, const spay_error *error);

/* Host and port of a request. */
void spay__event_host(const spay_http_request *request, char host[SPAY__HOST_SIZE]);

/* Record that the caller's arguments were refused. */
void spay__event_refusal(spay_client *client, int32_t provider, const char *operation,
                         const spay_error *error);

/* Ask the program before an attempt leaves. false: it refuses. */
bool spay__event_before_send(spay_call *call);

#endif
