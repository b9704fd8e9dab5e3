/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A merchant at Worldline Connect, as its sister module sees it.
 */
#ifndef SPAY__PROVIDERS_CONNECT_SERVER_H
#define SPAY__PROVIDERS_CONNECT_SERVER_H

#include <sessionpay/connect_server.h>

#include "base/crypto.h"
#include "provider.h"

struct spay_connect_server {
    spay__account account;
    char *api_key_id;
    spay__hmac *secret_api_key; /* ready to sign */
    int32_t environment;        /* SPAY_ENV_TEST or SPAY_ENV_PRODUCTION */
};

#endif
