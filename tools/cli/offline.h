/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * A transport that sends nothing: it shows each request to somebody, and makes up the replies that
 * a call needs to get to its last request.
 */

#ifndef CLI_OFFLINE_H
#define CLI_OFFLINE_H

#include <sessionpay/sessionpay.h>

struct offline {
    int wanted; /* how many requests the call makes */
    int count;  /* how many were shown */
    void (*show)(void *ctx, const spay_http_request *request);
    void *ctx;
};

/* The call ends with SPAY_E_CANCELED after its last request. */
spay_transport offline_transport(struct offline *offline);

#endif
