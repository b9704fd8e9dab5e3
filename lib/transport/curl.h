/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The built-in transport, seen from the client. A build without libcurl has another definition of
 * the same two functions.
 */
#ifndef SPAY__TRANSPORT_CURL_H
#define SPAY__TRANSPORT_CURL_H

#include <sessionpay/client.h>

#include "api/input.h"

/* Check the options that belong to the built-in transport. */
void spay__curl_check(spay__input *input, const spay_client_options *options);

/* Make the built-in transport. */
spay_status spay__curl_transport(const spay_client_options *options, spay_transport *transport,
                                 spay_error **error);

#endif
