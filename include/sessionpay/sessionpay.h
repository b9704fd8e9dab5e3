/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * libsessionpay: one typed call creates a payment session at WePay, Payroc Hosted Fields or
 * Worldline Connect. This header includes all the others.
 *
 * The comments are the reference. What C cannot say, they say in words that begin with @. "make
 * api" reads them too, see docs/api.md:
 *
 *     @nullable     the parameter may be NULL; the returned pointer or the member can be NULL
 *     @required     this member of a request or of options must be set; others may be left out
 *     @secret       a credential or a session: never log it
 *     @count(n)     points to n elements or bytes; n is another parameter or member
 *     @owned(f)     the caller frees what is returned, with f
 *     @borrowed(p)  what is returned lives as long as parameter p
 *     @static       what is returned is a constant
 *     @blocks       waits for the network
 *     @bits         the values of the enumeration can be combined
 *     @enum(name)   names an enumeration, or the one that a number belongs to
 *
 * Without such a word, a returned pointer to const lives as long as the first parameter. The caller
 * owns the objects that out parameters receive, and frees them with the _free function of their
 * type. `spay_error **error` may always be NULL. Functions that take no object can be called from
 * any thread. What has no @since is part of 0.1.0. JSON `name`, header `name` and path `name` tell
 * where the provider's request or reply has a member.
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
