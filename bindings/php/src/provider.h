/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The four providers, as tables of functions whose types do not differ.
 */
#ifndef SESSIONPAY_PROVIDER_H
#define SESSIONPAY_PROVIDER_H

#include "php_sessionpay.h"

struct provider {
    int class_number;
    const struct layout *options;
    const struct layout *session;
    bool is_kept; /* its accounts are, with a client that is */
    spay_status (*account_new)(spay_client *client, const void *options, void **made,
                               spay_error **error);
    void (*account_free)(void *account);
    spay_status (*call_new)(void *account, const void *request, const spay_call_options *options,
                            spay_call **call, spay_error **error);
    spay_status (*from_call)(spay_call *call, void **session, spay_error **error);
    void (*session_free)(void *session);
};

extern const struct provider sessionpay_wepay, sessionpay_hosted_fields, sessionpay_connect_server,
    sessionpay_connect_client;

#endif
