/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What Apple Pay asks of a web page's domain and of the validation URL, which comes from a browser
 * and is fetched by a server: it is hostile until proven Apple's.
 */
#ifndef SPAY__PROVIDERS_APPLE_PAY_H
#define SPAY__PROVIDERS_APPLE_PAY_H

#include "api/input.h"

/* Field "domain_name": a fully qualified domain name. */
void spay__apple_pay_check_domain(spay__input *input, const char *domain);

/* Field "validation_url": https, one of Apple's hosts for the environment, one of Apple's paths. */
void spay__apple_pay_check_url(spay__input *input, const char *url, int32_t environment,
                               bool allow_pods);

#endif
