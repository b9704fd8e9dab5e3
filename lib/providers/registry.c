/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The providers, in the order of SPAY_PROVIDER_...
 */
#include <sessionpay/error.h>

#include "base/ascii.h"

static const char names[] = "none\0"
                            "wepay\0"
                            "hosted_fields\0"
                            "connect_server\0"
                            "connect_client\0";

const char *spay_provider_name(int32_t provider)
{
    const char *name = names;

    for (; provider > 0 && *name; provider--)
        name = spay__list_next(name);
    return provider == 0 && *name ? name : names;
}
