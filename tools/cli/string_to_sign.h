/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * What v1HMAC signs, rebuilt from a request that the library has signed.
 */

#ifndef CLI_STRING_TO_SIGN_H
#define CLI_STRING_TO_SIGN_H

#include <sessionpay/http.h>

/* Method, Content-Type, Date, X-GCS headers by name, resource: a line each. To be freed. */
char *string_to_sign(const spay_http_request *request);

#endif
