/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * The made-up replies: a bearer token, or a client session on the host that was asked.
 */

#include "offline.h"

#include <stdio.h>
#include <string.h>

static spay_status reply(spay_http_response *response, const char *body)
{
    spay_http_response_mark_sent(response);
    spay_status status = spay_http_response_set_status(response, 200);
    if (status == SPAY_OK)
        status = spay_http_response_add_header(response, "Content-Type", "application/json");
    if (status == SPAY_OK)
        status = spay_http_response_append_body(response, body, strlen(body));
    return status;
}

static spay_status reply_token(spay_http_response *response)
{
    return reply(response, "{\"access_token\":\"dry-run\",\"expires_in\":3600,"
                           "\"scope\":\"dry-run\",\"token_type\":\"Bearer\"}");
}

static spay_status reply_session(spay_http_response *response, const char *url)
{
    const char *authority = strstr(url, "://");
    size_t length = authority ? (size_t)(authority - url) + 3 : 0;
    char body[1024];

    length += strcspn(url + length, "/");
    snprintf(body, sizeof body,
             "{\"clientSessionId\":\"dry-run\",\"customerId\":\"customer-id-of-the-reply\","
             "\"clientApiUrl\":\"%.*s/client\"}",
             (int)length, url);
    return reply(response, body);
}

static spay_status perform(void *ctx, const spay_http_request *request,
                           spay_http_response *response)
{
    struct offline *offline = ctx;
    const char *url = spay_http_request_url(request);

    offline->show(offline->ctx, request);
    offline->count++;
    if (offline->count >= offline->wanted)
        return SPAY_E_CANCELED;
    return strstr(url, "/authorize") ? reply_token(response) : reply_session(response, url);
}

spay_transport offline_transport(struct offline *offline)
{
    spay_transport transport = SPAY_TRANSPORT_INIT;

    transport.ctx = offline;
    transport.perform = perform;
    return transport;
}
