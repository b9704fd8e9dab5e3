/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Worldline's v1HMAC: what is signed, and how.
 */
#ifndef SPAY__V1HMAC_H
#define SPAY__V1HMAC_H

#include "base/crypto.h"
#include "http/message.h"

/*
 * The string to sign of a request, as its headers and URL stand: method, Content-Type, Date, all
 * X-GCS headers, resource. false without memory.
 */
bool spay__v1hmac_string(const spay_http_request *request, spay__buffer *out);

/* Add the Authorization header, "GCS v1HMAC:{id}:{signature}". */
void spay__v1hmac_sign(spay_http_request *request, const char *key_id, const spay__hmac *key);

#endif
