/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A build without stores, for firmware: no client has one, and no call shares anything.
 */
#include "api/error.h"
#include "call.h"
#include "store.h"

bool spay__store_init(spay__store *store)
{
    (void)store;
    return true;
}

spay_status spay__store_load(spay__store *store, const spay_client_options *options,
                             spay_error **error)
{
    (void)store;
    if (!options->store)
        return SPAY_OK;
    return spay__fail_field(error, SPAY_PROVIDER_NONE, "store", "not_supported",
                            "this build has no stores");
}

void spay__store_close(spay__store *store)
{
    (void)store;
}

void spay__store_clear(spay__store *store)
{
    (void)store;
}

void spay__seal_free(spay__seal *seal)
{
    (void)seal;
}

bool spay__account_share_by(spay__account *account, const char *credential)
{
    (void)account;
    (void)credential;
    return true;
}

bool spay__call_shares_sessions(const spay_call *call)
{
    (void)call;
    return false;
}

bool spay__call_share_session(spay_call *call, const char *intent)
{
    (void)call;
    (void)intent;
    return true;
}

spay__share_answer spay__call_find_session(spay_call *call)
{
    (void)call;
    return SPAY__SHARE_MAKE;
}

void spay__call_publish_session(spay_call *call)
{
    (void)call;
}

spay__share_answer spay__call_find_token(spay_call *call)
{
    (void)call;
    return SPAY__SHARE_MAKE;
}

void spay__call_publish_token(spay_call *call)
{
    (void)call;
}

void spay__call_leave_shared(spay_call *call)
{
    (void)call;
}
