/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Building Worldline Connect errors.
 */
#include "connect_error.h"

#include <stddef.h>

#include "exchange.h"
#include "hint.h"
#include "identifier.h"

const struct connect_error connect_bad_authorization = {403, "9002",
                                                        "MISSING_OR_INVALID_AUTHORIZATION"};
const struct connect_error connect_bad_parameter = {400, "20000000",
                                                    "PARAMETER_NOT_FOUND_IN_REQUEST"};

cJSON *connect_error_item(const struct connect_error *error, const char *property)
{
    cJSON *item = cJSON_CreateObject();

    cJSON_AddStringToObject(item, "category", "CONNECT_PLATFORM_ERROR");
    cJSON_AddStringToObject(item, "code", error->code);
    cJSON_AddNumberToObject(item, "httpStatusCode", error->status);
    cJSON_AddStringToObject(item, "id", error->id);
    cJSON_AddStringToObject(item, "message", error->id);
    if (property)
        cJSON_AddStringToObject(item, "propertyName", property);
    return item;
}

void connect_fail_with(struct exchange *exchange, int status, cJSON *items)
{
    cJSON *document = cJSON_CreateObject();
    char id[UUID_SIZE];

    identifier_uuid(id);
    cJSON_AddStringToObject(document, "errorId", id);
    cJSON_AddItemToObject(document, "errors", items);
    reply_json(&exchange->reply, status, "application/json", document);
}

void connect_fail(struct exchange *exchange, const struct connect_error *error)
{
    cJSON *items = cJSON_CreateArray();

    cJSON_AddItemToArray(items, connect_error_item(error, NULL));
    connect_fail_with(exchange, error->status, items);
}

void connect_fail_unreadable(struct exchange *exchange)
{
    hint_give(exchange, request_says_json(&exchange->request)
                            ? "the body is not a JSON object, or not strictly valid JSON"
                            : "Content-Type is not application/json");
    connect_fail(exchange, &connect_bad_parameter);
}

void connect_fail_html(struct exchange *exchange, int status)
{
    static const char type[] = "text/html";

    if (status == 405)
        reply_text(&exchange->reply, status, type, "Method Not Allowed");
    else
        reply_text(&exchange->reply, status, type, "Not Found");
}

void connect_refuse(struct exchange *exchange, int status)
{
    static const struct connect_error known[] = {
        {401, "9002", "MISSING_OR_INVALID_AUTHORIZATION"},
        {403, "9002", "MISSING_OR_INVALID_AUTHORIZATION"},
        {409, "1409", "DUPLICATE REQUEST IN PROGRESS"},
        {413, "20000000", "REQUEST_BODY_TOO_LARGE"},
    };
    struct connect_error error = {status, "20000000", "PARAMETER_NOT_FOUND_IN_REQUEST"};

    if (status == 404 || status == 405) {
        connect_fail_html(exchange, status);
        return;
    }
    if (status >= 500)
        error = (struct connect_error){status, "9999", "UNKNOWN_SERVER_ERROR"};
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
        if (known[i].status == status)
            error = known[i];
    }
    connect_fail(exchange, &error);
}
