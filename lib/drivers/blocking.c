/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The blocking driver: runs a call on the caller's thread, through the client's transport.
 */
#include <string.h>

#include "api/error.h"
#include "core/call.h"

enum {
    TOKEN_WAIT_MS = 50 /* how long to wait for another call's token before looking for a cancel */
};

static void send_blocking(spay_call *call)
{
    const spay_transport *transport = &call->client->transport;

    (void)spay_call_respond(call, transport->perform(transport->ctx, spay_call_request(call),
                                                     spay_call_response(call)));
}

static void wait_blocking(spay_call *call)
{
    int64_t wait = spay_call_wait_ms(call);

    if (call->state == SPAY__CALL_AWAITING_TOKEN && call->client->own_sleep)
        spay__token_cache_wait(call->account->tokens, TOKEN_WAIT_MS);
    else
        spay__client_sleep(call->client, wait, &call->canceled);
}

spay_status spay_call_perform(spay_call *call, spay_error **error)
{
    int32_t next;

    if (error)
        *error = NULL;
    if (!call)
        return spay__fail_field(error, SPAY_PROVIDER_NONE, "call", "missing", "is required");
    while ((next = spay_call_step(call)) != SPAY_CALL_DONE) {
        if (next == SPAY_CALL_SEND)
            send_blocking(call);
        else
            wait_blocking(call);
    }
    if (error)
        *error = spay__error_share(call->error);
    return spay_call_status(call);
}

spay_status spay__call_run(const spay__operation *operation, void *account, const void *request,
                           const spay_call_options *options, void *session, spay_error **error)
{
    const spay__argument arguments[] = {{"session", session}, {NULL, NULL}};
    spay_status status = spay__require(operation->provider->id, arguments, error);
    spay_call *call = NULL;
    void *none = NULL;

    if (session)
        memcpy(session, &none, sizeof(none));
    if (status == SPAY_OK)
        status = spay__call_make(operation, account, request, options, &call, error);
    if (status == SPAY_OK)
        status = spay_call_perform(call, error);
    if (status == SPAY_OK)
        status = spay__call_take(operation, call, session, error);
    spay_call_free(call);
    return status;
}
