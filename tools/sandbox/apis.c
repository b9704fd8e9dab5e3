/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * The table of APIs.
 */

#include "apis.h"

#include "connect_client.h"
#include "connect_server.h"
#include "exchange.h"
#include "hosted_fields.h"
#include "wepay.h"

#include <string.h>

static void nowhere_refuse(struct exchange *exchange, int status)
{
    static const char text[] = "No API of this sandbox lives at this path.\n";

    reply_text(&exchange->reply, status, "text/plain", text);
}

static void nowhere_answer(struct exchange *exchange)
{
    nowhere_refuse(exchange, 404);
}

/* The first prefix that fits wins, so the catch-all is last. */
static const struct api apis[] = {
    {"/session_tokens", wepay_answer, wepay_refuse},
    {"/authorize", identity_answer, hosted_fields_refuse},
    {"/v1/processing-terminals/", hosted_fields_answer, hosted_fields_refuse},
    {"/v1/", connect_server_answer, connect_server_refuse},
    {"/client/", connect_client_answer, connect_client_refuse},
    {"", nowhere_answer, nowhere_refuse},
};

const struct api *api_find(const char *target)
{
    const struct api *api = apis;

    while (strncmp(target, api->prefix, strlen(api->prefix)) != 0)
        api++;
    return api;
}
