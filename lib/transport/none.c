/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A build without libcurl: the program brings its own transport.
 */
#include "curl.h"

#include "../error.h"

void spay__curl_check(spay__input *input, const spay_client_options *options)
{
    if (options->ca_file || options->ca_pem || options->client_certificate_file ||
        options->client_key_file || options->pinned_public_keys || options->proxy ||
        options->proxy_credentials || options->max_idle_connections)
        spay__input_fault(input, "transport", "not_supported",
                          "this build has no transport of its own, and so no settings for it");
}

spay_status spay__curl_transport(const spay_client_options *options, spay_transport *transport,
                                 spay_error **error)
{
    (void)options;
    (void)transport;
    return spay__fail(error, SPAY_E_UNSUPPORTED,
                      "this build has no transport of its own: set options.transport");
}
