/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What the parts of a call need of it, whichever they are.
 */
#include "call.h"

#include "api/error.h"

uint8_t spay__call_random(const spay_call *call)
{
    uint8_t random = 0;

    if (call->client->store.hook.get)
        (void)spay__client_random(call->client, &random, sizeof(random));
    return random;
}

spay_error *spay__call_error(spay_call *call, spay_status status, int32_t stage)
{
    spay_error *error = spay__error_create(status, stage);

    if (!error->constant)
        return error;
    spay__error_reset(&call->spare, status, stage);
    return spay__error_share(&call->spare);
}

bool spay__call_is_awaiting(const spay_call *call)
{
    return call->state == SPAY__CALL_AWAITING_TOKEN || call->state == SPAY__CALL_AWAITING_STORE;
}
