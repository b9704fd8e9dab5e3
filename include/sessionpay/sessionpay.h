/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * libsessionpay: one typed call creates a payment session at WePay, Payroc Hosted Fields or
 * Worldline Connect. This header includes all the others.
 */
#ifndef SESSIONPAY_SESSIONPAY_H
#define SESSIONPAY_SESSIONPAY_H

#include <sessionpay/call.h>
#include <sessionpay/client.h>
#include <sessionpay/connect_client.h>
#include <sessionpay/connect_server.h>
#include <sessionpay/error.h>
#include <sessionpay/hooks.h>
#include <sessionpay/hosted_fields.h>
#include <sessionpay/http.h>
#include <sessionpay/mock.h>
#include <sessionpay/multi.h>
#include <sessionpay/platform.h>
#include <sessionpay/session.h>
#include <sessionpay/store.h>
#include <sessionpay/transport.h>
#include <sessionpay/version.h>
#include <sessionpay/wepay.h>
#include <sessionpay/wire.h>

#endif
