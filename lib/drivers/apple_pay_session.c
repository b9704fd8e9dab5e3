/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Apple Pay at Worldline Connect in one call: a session of the server API, then one of the client
 * API.
 */
#include <string.h>

#include "api/error.h"
#include "base/arena.h"
#include "core/call.h"
#include "core/client.h"
#include "providers/connect_client.h"
#include "providers/connect_server.h"

/* What the second step needs. In one piece with the texts. */
typedef struct second_step {
    spay__sequel sequel;
    spay_connect_client_session_request request;
    spay_call_options options;
    bool own_timeout;
    spay_connect_server_session *server_session; /* until the caller takes it */
} second_step;

/* ---- the second step ---- */

/* What the first step left of the time. The key was the first step's. */
static void leave_rest(const spay_call *call, second_step *step)
{
    int64_t left = call->deadline_ms - spay__client_now_ms(call->client);
    int64_t longest = spay__connect_client_session.longest_ms;

    step->options.timeout_ms = left > 1 ? left : 1;
    if (!step->own_timeout && left > longest)
        step->options.timeout_ms = longest;
}

static spay_status begin(spay_call *call, spay_error **error)
{
    second_step *step = (second_step *)call->sequel;
    spay_connect_client *account = NULL;
    spay_status status;

    step->server_session = call->session;
    call->session = NULL;
    leave_rest(call, step);
    spay__call_restart(call, &spay__connect_client_session);
    status = spay_connect_client_from_session((spay_connect_server *)call->account,
                                              step->server_session, &account, error);
    if (status == SPAY_OK)
        status = spay__call_rebuild(call, &account->account, &step->request, &step->options, error);
    spay_connect_client_free(account);
    return status;
}

static void free_step(spay__sequel *sequel)
{
    second_step *step = (second_step *)sequel;

    spay_connect_server_session_free(step->server_session);
    spay__arena_free(step);
}

static size_t size_of(const char *text)
{
    return text ? strlen(text) + 1 : 0;
}

/* NULL without memory. */
static second_step *keep_step(const spay_connect_client_session_request *request,
                              const spay_call_options *options)
{
    spay__arena arena;
    second_step *step =
        spay__arena_new(&arena, sizeof(*step),
                        size_of(request->display_name) + size_of(request->domain_name) +
                            size_of(request->validation_url) + size_of(request->extra_json) +
                            size_of(options->intent));

    if (!step)
        return NULL;
    step->sequel.begin = begin;
    step->sequel.free = free_step;
    step->request = *request;
    step->request.display_name = spay__arena_text(&arena, request->display_name);
    step->request.domain_name = spay__arena_text(&arena, request->domain_name);
    step->request.validation_url = spay__arena_text(&arena, request->validation_url);
    step->request.extra_json = spay__arena_text(&arena, request->extra_json);
    step->options = *options;
    step->options.idempotency_key = NULL;
    step->options.intent = spay__arena_text(&arena, options->intent);
    return step;
}

/* ---- making both ---- */

/* Refuse the second step's faults before the first step is sent. */
static spay_status load_request(const spay_connect_server *server,
                                const spay_connect_client_session_request *caller_request,
                                spay_connect_client_session_request *request, spay_error **error)
{
    const spay__argument arguments[] = {{"request", caller_request}, {NULL, NULL}};
    spay__input input = {SPAY_PROVIDER_CONNECT_CLIENT, NULL};
    spay_connect_client account;
    spay_status status = spay__require(SPAY_PROVIDER_CONNECT_CLIENT, arguments, error);

    if (status == SPAY_OK)
        status =
            spay__options_load(request, sizeof(*request),
                               SPAY__SIZE_UP_TO(spay_connect_client_session_request, extra_json),
                               caller_request, SPAY_PROVIDER_CONNECT_CLIENT, "request", error);
    if (status != SPAY_OK)
        return status;
    memset(&account, 0, sizeof(account));
    account.environment = server->environment;
    spay__connect_client_session.check(&input, &account.account, request);
    return spay__input_end(&input, error);
}

static spay_status load_options(const spay_connect_server *server,
                                const spay_call_options *caller_options, spay_call_options *options,
                                bool *own_timeout, spay_error **error)
{
    spay_status status =
        spay__options_load(options, sizeof(*options), SPAY__SIZE_UP_TO(spay_call_options, call_ctx),
                           caller_options, SPAY_PROVIDER_CONNECT_SERVER, "options", error);

    options->struct_size = sizeof(*options);
    *own_timeout = status == SPAY_OK && options->timeout_ms;
    if (!options->timeout_ms)
        options->timeout_ms = server->account.client->timeout_ms;
    return status;
}

static spay_status add_step(spay_call *call, const spay_connect_client_session_request *request,
                            const spay_call_options *options, bool own_timeout, spay_error **error)
{
    second_step *step = keep_step(request, options);

    if (!step)
        return spay__fail(error, SPAY_E_NO_MEMORY, "out of memory");
    step->own_timeout = own_timeout;
    if (!call->client->store.hook.get)
        step->options.intent = NULL;
    call->sequel = &step->sequel;
    return SPAY_OK;
}

spay_status spay_connect_apple_pay_session_call_new(
    spay_connect_server *server, const spay_connect_server_session_request *server_request,
    const spay_connect_client_session_request *caller_request,
    const spay_call_options *caller_options, spay_call **call, spay_error **error)
{
    const spay__argument arguments[] = {{"call", call}, {"server", server}, {NULL, NULL}};
    spay_connect_client_session_request request;
    spay_call_options options;
    bool own_timeout = false;
    spay_status status;

    if (call)
        *call = NULL;
    status = spay__require(SPAY_PROVIDER_CONNECT_SERVER, arguments, error);
    if (status == SPAY_OK)
        status = load_options(server, caller_options, &options, &own_timeout, error);
    if (status == SPAY_OK)
        status = load_request(server, caller_request, &request, error);
    if (status == SPAY_OK)
        status =
            spay_connect_server_session_call_new(server, server_request, &options, call, error);
    if (status != SPAY_OK)
        return status;
    status = add_step(*call, &request, &options, own_timeout, error);
    if (status != SPAY_OK) {
        spay_call_free(*call);
        *call = NULL;
    }
    return status;
}

/* ---- taking both ---- */

spay_status spay_connect_apple_pay_session_from_call(spay_call *call,
                                                     spay_connect_server_session **server_session,
                                                     spay_connect_client_session **session,
                                                     spay_error **error)
{
    const spay__argument arguments[] = {{"session", session}, {"call", call}, {NULL, NULL}};
    second_step *step;
    spay_status status;

    if (session)
        *session = NULL;
    if (server_session)
        *server_session = NULL;
    status = spay__require(SPAY_PROVIDER_CONNECT_SERVER, arguments, error);
    if (status != SPAY_OK)
        return status;
    if (!call->sequel || call->sequel->begin != begin)
        return spay__fail_field(error, SPAY_PROVIDER_CONNECT_SERVER, "call", "wrong_type",
                                "must be a call of both steps of Apple Pay");
    step = (second_step *)call->sequel;
    if (server_session && call->state == SPAY__CALL_FINISHED) {
        *server_session = step->server_session;
        step->server_session = NULL;
    }
    return spay__call_take(call->operation, call, session, error);
}

spay_status spay_connect_apple_pay_session_create(
    spay_connect_server *server, const spay_connect_server_session_request *server_request,
    const spay_connect_client_session_request *request, const spay_call_options *options,
    spay_connect_server_session **server_session, spay_connect_client_session **session,
    spay_error **error)
{
    const spay__argument arguments[] = {{"session", session}, {NULL, NULL}};
    spay_call *call = NULL;
    spay_status status;

    if (session)
        *session = NULL;
    if (server_session)
        *server_session = NULL;
    status = spay__require(SPAY_PROVIDER_CONNECT_SERVER, arguments, error);
    if (status == SPAY_OK)
        status = spay_connect_apple_pay_session_call_new(server, server_request, request, options,
                                                         &call, error);
    if (status != SPAY_OK)
        return status;
    (void)spay_call_perform(call, NULL);
    status = spay_connect_apple_pay_session_from_call(call, server_session, session, error);
    spay_call_free(call);
    return status;
}
