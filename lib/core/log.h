/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Log lines. They are made of only what is on the allow-list: names, numbers, statuses, keys,
 * request ids. Never a body, a credential or a URL with ids in it.
 */
#ifndef SPAY__LOG_H
#define SPAY__LOG_H

#include "api/error.h"
#include "client.h"
#include "http/message.h"

/* No formatting work is done at a level that nobody listens to. */
void spay__log(const spay_client *client, int32_t level, const char *format, ...)
    SPAY__PRINTF(3, 4);

/*
 * At SPAY_LOG_TRACE: the headers of a message, with the values of those that every provider has and
 * of those on the list `shown`. Those of a response that repeat a secret of its request are hidden.
 */
void spay__log_request(const spay_client *client, const spay_http_request *request,
                       const char *shown);
void spay__log_response(const spay_client *client, const spay_http_response *response,
                        const spay_http_request *request, const char *shown);

#endif
