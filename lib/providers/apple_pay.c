/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Apple Pay's domain and validation URL. Hosts are compared whole, never by suffix.
 */
#include "apple_pay.h"

#include <string.h>

#include <sessionpay/client.h>

#include "base/ascii.h"

static const char production_hosts[] = "apple-pay-gateway.apple.com\0"
                                       "cn-apple-pay-gateway.apple.com\0";

static const char test_hosts[] = "apple-pay-gateway-cert.apple.com\0"
                                 "cn-apple-pay-gateway-cert.apple.com\0";

/* The last pods of each kind, of Apple's older list; some still answer. */
static const char pod_hosts[] = "apple-pay-gateway-nc-pod5.apple.com\0"
                                "apple-pay-gateway-pr-pod5.apple.com\0"
                                "cn-apple-pay-gateway-sh-pod3.apple.com\0"
                                "cn-apple-pay-gateway-tj-pod3.apple.com\0";

/* The same host, or one of a lower number. Only pods have one. */
static bool matches(const char *host, const char *last)
{
    for (; *host && *last; host++, last++)
        if (*host != *last && !(spay__is_digit(*last) && *host >= '1' && *host < *last))
            return false;
    return *host == *last;
}

static bool is_among(const char *host, const char *hosts)
{
    for (; *hosts; hosts = spay__list_next(hosts))
        if (strcmp(host, hosts) == 0 || matches(host, hosts))
            return true;
    return false;
}

/* Labels of letters, digits and hyphens, none at a label's edge; at least one dot. */
static bool is_domain(const char *domain)
{
    bool dot = false;
    size_t label = 0;

    for (; *domain; domain++) {
        if (*domain == '.') {
            if (label == 0)
                return false;
            dot = true;
            label = 0;
            continue;
        }
        if (!spay__is_alpha(*domain) && !spay__is_digit(*domain) &&
            (*domain != '-' || label == 0 || domain[1] == '.' || !domain[1]))
            return false;
        if (++label > 63)
            return false;
    }
    return dot && label > 0;
}

void spay__apple_pay_check_domain(spay__input *input, const char *domain)
{
    if (spay__input_text(input, "domain_name", domain, 1, 253, SPAY__REQUIRED) &&
        !is_domain(domain))
        spay__input_fault(input, "domain_name", "pattern",
                          "must be a domain name with a dot, in ASCII, without scheme and port");
}

void spay__apple_pay_check_url(spay__input *input, const char *text, int32_t environment,
                               bool allow_pods)
{
    static const char field[] = "validation_url";
    const char *rule;
    spay__url url;

    if (!spay__input_text(input, field, text, 1, 2048, SPAY__REQUIRED | SPAY__VISIBLE))
        return;
    rule = spay__url_parse(text, &url);
    if (!rule && !url.https)
        rule = "not_https";
    if (rule)
        spay__input_fault(input, field, rule, "must be Apple's https URL, unchanged");
    else if (!is_among(url.host, production_hosts) &&
             !(environment == SPAY_ENV_TEST && is_among(url.host, test_hosts)) &&
             !(allow_pods && is_among(url.host, pod_hosts)))
        spay__input_fault(input, field, "host_not_allowed",
                          "names a host that is not one of Apple's for this environment");
    else if (url.port != 443)
        spay__input_fault(input, field, "pattern", "must not have a port but 443");
    else if (strcmp(url.path, "/paymentservices/paymentSession") != 0 &&
             strcmp(url.path, "/paymentservices/startSession") != 0)
        spay__input_fault(input, field, "pattern", "does not have one of Apple's two paths");
}
