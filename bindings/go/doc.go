// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT

// Package sessionpay creates payment sessions at WePay, Payroc Hosted Fields and Worldline Connect,
// Apple Pay included, with libsessionpay.
//
// A program makes one [Client], and an account for each merchant: [WePay], [HostedFields],
// [ConnectServer] or [ConnectClient]. Their CreateSession makes a session, with retries, one deadline
// over everything, and an idempotency key. Its error is an [*Error], which says whether the request may
// have taken effect.
//
// Zero values are what is not set, or not known. Text in credentials and sessions is a [Secret].
package sessionpay
