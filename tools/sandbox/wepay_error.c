/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Building WePay errors, and the headers that every answer of WePay has.
 */
#include "wepay_error.h"

#include <stdlib.h>
#include <string.h>

#include "exchange.h"
#include "identifier.h"
#include "xalloc.h"

static const char invalid[] = "INVALID_PARAMS";

/* It names the exchange, not the session: every answer has another. */
static void add_correlation_id(struct exchange *exchange)
{
    char correlation[UUID_SIZE];

    identifier_uuid(correlation);
    reply_header(&exchange->reply, "X-Correlation-Id", correlation);
}

void wepay_send_again(struct exchange *exchange, const struct reply *earlier)
{
    reply_copy(&exchange->reply, earlier);
    add_correlation_id(exchange);
}

void wepay_send(struct exchange *exchange, int status, cJSON *document)
{
    add_correlation_id(exchange);
    reply_json(&exchange->reply, status, "application/json", document);
}

/* details may be NULL: WePay leaves them out of some errors. */
static void fail(struct exchange *exchange, int status, const char *code, const char *message,
                 cJSON *details)
{
    cJSON *error = cJSON_CreateObject();

    cJSON_AddStringToObject(error, "error_code", code);
    cJSON_AddStringToObject(error, "error_message", message);
    if (details)
        cJSON_AddItemToObject(error, "details", details);
    wepay_send(exchange, status, error);
}

void wepay_fail_invalid(struct exchange *exchange, cJSON *details)
{
    fail(exchange, 400, invalid, "The request has invalid parameters.", details);
}

void wepay_blame(cJSON *details, const char *reason, const char *type, const char *target)
{
    cJSON *detail = cJSON_CreateObject();
    cJSON *path = cJSON_AddArrayToObject(detail, "target");
    size_t length = strcspn(target, ".");
    char *message = xasprintf("%s: %s", *target ? target : "body", reason);

    if (length > 0) {
        char *first = xstrndup(target, length);
        cJSON_AddItemToArray(path, cJSON_CreateString(first));
        free(first);
    }
    if (target[length] == '.')
        cJSON_AddItemToArray(path, cJSON_CreateString(target + length + 1));
    cJSON_AddStringToObject(detail, "target_type", type);
    cJSON_AddStringToObject(detail, "reason_code", reason);
    cJSON_AddStringToObject(detail, "message", message);
    cJSON_AddItemToArray(details, detail);
    free(message);
}

void wepay_fail_one(struct exchange *exchange, const char *reason, const char *type,
                    const char *target)
{
    cJSON *details = cJSON_CreateArray();

    wepay_blame(details, reason, type, target);
    wepay_fail_invalid(exchange, details);
}

void wepay_fail_throttled(struct exchange *exchange)
{
    cJSON *details = cJSON_CreateArray();
    cJSON *detail = cJSON_CreateObject();

    cJSON_AddStringToObject(detail, "reason_code", "APPLICATION_REQUEST_THROTTLE_EXCEEDED");
    cJSON_AddStringToObject(detail, "message", "At most 30 requests in 10 seconds.");
    cJSON_AddItemToArray(details, detail);
    fail(exchange, 429, "THROTTLE_EXCEEDED", "Too many requests in a short time.", details);
}

void wepay_fail_not_authorized(struct exchange *exchange, int status)
{
    fail(exchange, status, "NOT_AUTHORIZED", "The application may not do this.", NULL);
}

void wepay_refuse(struct exchange *exchange, int status)
{
    if (status == 401 || status == 403)
        wepay_fail_not_authorized(exchange, status);
    else if (status == 404 || status == 405)
        fail(exchange, status, invalid, "There is no such operation.", NULL);
    else if (status == 409)
        fail(exchange, status, "RESOURCE_CONFLICT", "The resource is in use.", NULL);
    else if (status == 413)
        fail(exchange, status, invalid, "The request body is too large.", NULL);
    else if (status == 429)
        wepay_fail_throttled(exchange);
    else if (status == 503)
        fail(exchange, status, "SERVICE_TEMPORARILY_UNAVAILABLE",
             "The service cannot be reached right now.", NULL);
    else if (status >= 500)
        fail(exchange, status, "UNEXPECTED_ERROR", "Something went wrong.", NULL);
    else
        fail(exchange, status, invalid, "The request cannot be processed.", NULL);
}
