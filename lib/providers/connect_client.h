/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A customer's session at Worldline Connect, as the flow of both steps sees it.
 */
#ifndef SPAY__PROVIDERS_CONNECT_CLIENT_H
#define SPAY__PROVIDERS_CONNECT_CLIENT_H

#include <sessionpay/connect_client.h>

#include "provider.h"

struct spay_connect_client {
    spay__account account;
    int32_t environment; /* SPAY_ENV_TEST or SPAY_ENV_PRODUCTION */
    bool allow_apple_pods;
};

extern const spay__operation spay__connect_client_session;

#endif
