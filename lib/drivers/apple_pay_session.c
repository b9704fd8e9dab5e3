/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Apple Pay at Worldline Connect in one go: a session of the server API, then one of the client
 * API.
 */
#include <string.h>

#include "api/error.h"
#include "core/client.h"
#include "providers/connect_client.h"
#include "providers/connect_server.h"

/* Refuse the second step's faults before the first step is sent. */
static spay_status check_ahead(const spay_connect_server *server,
                               const spay_connect_client_session_request *caller_request,
                               spay_error **error)
{
    const spay__argument arguments[] = {{"request", caller_request}, {NULL, NULL}};
    spay__input input = {SPAY_PROVIDER_CONNECT_CLIENT, NULL};
    spay_connect_client_session_request request;
    spay_connect_client account;
    spay_status status = spay__require(SPAY_PROVIDER_CONNECT_CLIENT, arguments, error);

    if (status == SPAY_OK)
        status =
            spay__options_load(&request, sizeof(request),
                               SPAY__SIZE_UP_TO(spay_connect_client_session_request, extra_json),
                               caller_request, SPAY_PROVIDER_CONNECT_CLIENT, "request", error);
    if (status != SPAY_OK)
        return status;
    memset(&account, 0, sizeof(account));
    account.environment = server->environment;
    spay__connect_client_session.check(&input, &account.account, &request);
    return spay__input_end(&input, error);
}

static spay_status second_step(spay_connect_server *server,
                               const spay_connect_server_session *server_session,
                               const spay_connect_client_session_request *request,
                               const spay_call_options *options,
                               spay_connect_client_session **session, spay_error **error)
{
    spay_connect_client *connect_client;
    spay_status status =
        spay_connect_client_from_session(server, server_session, &connect_client, error);

    if (status == SPAY_OK)
        status =
            spay_connect_client_session_create(connect_client, request, options, session, error);
    spay_connect_client_free(connect_client);
    return status;
}

/* What the first step left of the time. The key was the first step's. */
static spay_status load_limits(const spay_connect_server *server,
                               const spay_call_options *caller_options, spay_call_options *options,
                               spay_error **error)
{
    spay_status status =
        spay__options_load(options, sizeof(*options), SPAY__SIZE_UP_TO(spay_call_options, call_ctx),
                           caller_options, SPAY_PROVIDER_CONNECT_SERVER, "options", error);

    options->struct_size = sizeof(*options);
    if (!options->timeout_ms)
        options->timeout_ms = server->account.client->timeout_ms;
    return status;
}

static void leave_rest(spay_call_options *options, const spay_connect_server_session *session,
                       const spay_client *client, bool own_timeout)
{
    int64_t longest_ms = spay__connect_client_session.longest_ms;

    options->idempotency_key = NULL;
    if (!client->store.hook.get)
        options->intent = NULL;
    options->timeout_ms -= session->info->elapsed_ms;
    if (options->timeout_ms < 1)
        options->timeout_ms = 1;
    if (!own_timeout && options->timeout_ms > longest_ms)
        options->timeout_ms = longest_ms;
}

spay_status spay_connect_apple_pay_session_create(
    spay_connect_server *server, const spay_connect_server_session_request *server_request,
    const spay_connect_client_session_request *request, const spay_call_options *caller_options,
    spay_connect_server_session **server_session, spay_connect_client_session **session,
    spay_error **error)
{
    const spay__argument arguments[] = {{"session", session}, {"server", server}, {NULL, NULL}};
    spay_connect_server_session *first = NULL;
    spay_call_options options;
    spay_status status;

    if (session)
        *session = NULL;
    if (server_session)
        *server_session = NULL;
    status = spay__require(SPAY_PROVIDER_CONNECT_SERVER, arguments, error);
    if (status == SPAY_OK)
        status = load_limits(server, caller_options, &options, error);
    if (status == SPAY_OK)
        status = check_ahead(server, request, error);
    if (status == SPAY_OK)
        status =
            spay_connect_server_session_create(server, server_request, &options, &first, error);
    if (status == SPAY_OK) {
        leave_rest(&options, first, server->account.client,
                   caller_options && caller_options->timeout_ms);
        status = second_step(server, first, request, &options, session, error);
    }
    if (server_session)
        *server_session = first;
    else
        spay_connect_server_session_free(first);
    return status;
}
