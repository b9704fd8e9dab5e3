/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A build without libcurl: the program brings its own transport, or drives its calls itself.
 */
#include "curl.h"

void spay__curl_check(spay__input *input, const spay_client_options *options)
{
    if (options->ca_file || options->ca_pem || options->client_certificate_file ||
        options->client_key_file || options->pinned_public_keys || options->proxy ||
        options->proxy_credentials || options->max_idle_connections)
        spay__input_fault(input, "transport", "not_supported",
                          "this build has no transport of its own, and so no settings for it");
}

static spay_status perform(void *ctx, const spay_http_request *request,
                           spay_http_response *response)
{
    (void)ctx;
    (void)request;
    spay_http_response_set_failure(response, "no_transport",
                                   "this build has no transport of its own");
    return SPAY_E_UNSUPPORTED;
}

/* Programs that drive their calls themselves never use it. */
spay_status spay__curl_transport(const spay_client_options *options, spay_transport *transport,
                                 spay_error **error)
{
    (void)options;
    (void)error;
    spay_transport_init(transport, sizeof(*transport));
    transport->perform = perform;
    return SPAY_OK;
}
