/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What the accounts of all providers have in common.
 */
#ifndef SPAY__ACCOUNT_H
#define SPAY__ACCOUNT_H

#include "client.h"
#include "providers/provider.h"

/*
 * Hand out why the arguments of an operation were refused, after a line and a record of it. Takes
 * the fault over. Returns its status.
 */
spay_status spay__refuse(spay_client *client, int32_t provider, const char *operation,
                         spay_error *fault, spay_error **error);

spay__account *spay__account_share(spay__account *account);

#endif
