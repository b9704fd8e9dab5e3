/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Credentials that a provider repeats: what came with a request as secret is not to be read in what
 * came back, wherever it is told.
 */
#ifndef SPAY__REDACT_H
#define SPAY__REDACT_H

#include "api/error.h"
#include "http/message.h"

/*
 * Whether the text has the value of a secret header of the request in it, or its last word. There
 * is no secret in a request that is NULL.
 */
bool spay__redact_finds(const spay_http_request *request, const char *text);

/* Write asterisks over it, each time. A text that is NULL is ignored. */
void spay__redact(const spay_http_request *request, char *text);

/* The same in all that an error tells, except for its body. */
void spay__redact_error(const spay_http_request *request, spay_error *error);

#endif
