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
    LONGEST_WAIT_MS = 50 /* before looking for a cancel */
};

/* A thread that waits for another, and how it is woken. */
typedef struct sleeper {
    spay__mutex lock;
    spay__condition woken;
    bool is_woken;
} sleeper;

static void wake(void *ctx)
{
    sleeper *woken = ctx;

    spay__lock(&woken->lock);
    woken->is_woken = true;
    spay__condition_broadcast(&woken->woken);
    spay__unlock(&woken->lock);
}

/* Only what waits by the machine's own means can be woken by it. false: it looks by itself. */
static bool sleeper_begin(sleeper *begun, spay_call *call)
{
    if (!call->client->own_sleep || !(call->operation->token || call->shared_session) ||
        spay__mutex_init(&begun->lock))
        return false;
    if (spay__condition_init(&begun->woken)) {
        spay__mutex_destroy(&begun->lock);
        return false;
    }
    begun->is_woken = false;
    call->waiter.ctx = begun;
    call->waiter.wake = wake;
    return true;
}

static void sleeper_end(sleeper *ended, spay_call *call)
{
    call->waiter.wake = NULL;
    spay__condition_destroy(&ended->woken);
    spay__mutex_destroy(&ended->lock);
}

static void sleeper_wait(sleeper *waiting, int64_t duration_ms)
{
    spay__lock(&waiting->lock);
    if (!waiting->is_woken)
        spay__condition_wait_ms(&waiting->woken, &waiting->lock,
                                duration_ms < LONGEST_WAIT_MS ? duration_ms : LONGEST_WAIT_MS);
    waiting->is_woken = false;
    spay__unlock(&waiting->lock);
}

static void send_blocking(spay_call *call)
{
    const spay_transport *transport = &call->client->transport;

    (void)spay_call_respond(call, transport->perform(transport->ctx, spay_call_request(call),
                                                     spay_call_response(call)));
}

spay_status spay_client_exchange(spay_client *client, const spay_http_request *request,
                                 spay_http_response *response)
{
    if (!client || !request || !response)
        return SPAY_E_INVALID_ARGUMENT;
    return client->transport.perform(client->transport.ctx, request, response);
}

static void wait_blocking(spay_call *call)
{
    int64_t wait = spay_call_wait_ms(call);

    if (spay__call_is_awaiting(call) && call->waiter.wake)
        sleeper_wait(call->waiter.ctx, wait);
    else
        spay__client_sleep(call->client, wait, &call->canceled);
}

static void run(spay_call *call)
{
    int32_t next;

    while ((next = spay_call_step(call)) != SPAY_CALL_DONE) {
        if (next == SPAY_CALL_SEND)
            send_blocking(call);
        else
            wait_blocking(call);
    }
}

spay_status spay_call_perform(spay_call *call, spay_error **error)
{
    sleeper waiting;

    if (error)
        *error = NULL;
    if (!call)
        return spay__fail_field(error, SPAY_PROVIDER_NONE, "call", "missing", "is required");
    if (sleeper_begin(&waiting, call)) {
        run(call);
        sleeper_end(&waiting, call);
    } else {
        run(call);
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
