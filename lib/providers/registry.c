/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The names of the providers.
 */
#include <sessionpay/error.h>

static const char names[][24] = {
    [SPAY_PROVIDER_NONE] = "none",
    [SPAY_PROVIDER_WEPAY] = "wepay",
    [SPAY_PROVIDER_HOSTED_FIELDS] = "hosted_fields",
    [SPAY_PROVIDER_CONNECT_SERVER] = "connect_server",
    [SPAY_PROVIDER_CONNECT_CLIENT] = "connect_client",
};

const char *spay_provider_name(int32_t provider)
{
    int32_t count = sizeof(names) / sizeof(*names);

    return names[provider > 0 && provider < count ? provider : SPAY_PROVIDER_NONE];
}
