/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The catalogue of Payroc's problems. Titles and details marked (i) are inferred.
 */
#include "problem.h"

#include <stdlib.h>
#include <string.h>

#include "exchange.h"
#include "xalloc.h"

const struct problem problem_key_missing = {.status = 400,
                                            .fragment = "idempotency-key-missing",
                                            .title = "Idempotency key missing",
                                            .detail =
                                                "The Idempotency-Key header is required"}; /* (i) */

static const struct problem problems[] = {
    {.status = 400,
     .fragment = "bad-request",
     .title = "Bad request",
     .detail = "One or more validation errors occurred, see error section for more info"},
    {.status = 401,
     .fragment = "not-authorized",
     .title = "Not authorized",
     .detail = "Your identity could not be verified"}, /* (i) */
    {.status = 403,
     .fragment = "forbidden",
     .title = "Forbidden",
     .detail = "You do not have permission to perform this action"}, /* (i) */
    {.status = 404,
     .fragment = "not-found",
     .title = "Not found",
     .detail = "The resource does not exist"}, /* (i) */
    {.status = 406,
     .fragment = "not-acceptable",
     .title = "Not acceptable",
     .detail = "The response can only be JSON"}, /* (i) */
    {.status = 409,
     .fragment = "idempotency-key-in-use",
     .title = "Idempotency key in use",
     .detail = "The idempotency key was already used with a different request"}, /* (i) */
    {.status = 413,
     .fragment = "payload-too-large",
     .title = "Payload too large",
     .detail = "The request body is too large"}, /* (i) */
    {.status = 415,
     .fragment = "unsupported-media-type",
     .title = "Unsupported media type",
     .detail = "Send the request body as application/json"}, /* (i) */
    {.status = 429,
     .fragment = "too-many-requests",
     .title = "Too many requests",
     .detail = "Slow down"}, /* (i) */
    {.status = 500,
     .fragment = "api-error",
     .title = "Api error",
     .detail = "We are unable to process your request at this time"},
};

const struct problem *problem_for_status(int status)
{
    static const size_t last = sizeof(problems) / sizeof(*problems) - 1;

    for (size_t i = 0; i <= last; i++) {
        if (problems[i].status == status)
            return &problems[i];
    }
    return status < 500 ? &problems[0] : &problems[last];
}

/* The members that only some problems have. target is what the problem is about. */
static void add_context(cJSON *document, const struct exchange *exchange, int status,
                        const char *target)
{
    char *url = xasprintf("%s%s", exchange->sandbox->base_url, target);

    if (status == 400 || status == 409)
        cJSON_AddStringToObject(document, "instance", url);
    if (status == 403) {
        cJSON_AddStringToObject(document, "instance", target);
        cJSON_AddStringToObject(document, "resource", "hostedFieldsSession");
    }
    if (status == 409) {
        cJSON *link = cJSON_AddObjectToObject(document, "link");
        cJSON_AddStringToObject(link, "rel", "previous");
        cJSON_AddStringToObject(link, "method", "POST");
        cJSON_AddStringToObject(link, "href", url);
    }
    free(url);
}

static cJSON *server_errors(void)
{
    cJSON *errors = cJSON_CreateArray();
    cJSON *item = cJSON_CreateObject();

    cJSON_AddStringToObject(item, "message", "Service offline");
    cJSON_AddItemToArray(errors, item);
    return errors;
}

static void answer_about(struct exchange *exchange, const struct problem *problem,
                         const char *target, cJSON *errors)
{
    cJSON *document = cJSON_CreateObject();
    char *type = xasprintf("https://docs.payroc.com/api/errors#%s", problem->fragment);
    cJSON *listed = errors || problem->status < 500 ? errors : server_errors();

    cJSON_AddStringToObject(document, "type", type);
    cJSON_AddStringToObject(document, "title", problem->title);
    cJSON_AddNumberToObject(document, "status", problem->status);
    cJSON_AddStringToObject(document, "detail", problem->detail);
    add_context(document, exchange, problem->status, target);
    if (listed)
        cJSON_AddItemToObject(document, "errors", listed);
    reply_json(&exchange->reply, problem->status, "application/problem+json", document);
    free(type);
}

void problem_answer(struct exchange *exchange, const struct problem *problem, cJSON *errors)
{
    answer_about(exchange, problem, exchange->request.target, errors);
}

static void add_error(cJSON *errors, const char *parameter, const char *detail, const char *message)
{
    cJSON *item = cJSON_CreateObject();

    cJSON_AddStringToObject(item, "parameter", parameter);
    cJSON_AddStringToObject(item, "detail", detail);
    cJSON_AddStringToObject(item, "message", message);
    cJSON_AddItemToArray(errors, item);
}

void problem_conflict(struct exchange *exchange, const char *first_target, const char *detail,
                      const char *message)
{
    struct problem problem = *problem_for_status(409);
    cJSON *errors = cJSON_CreateArray();

    problem.detail = detail;
    add_error(errors, "Idempotency-Key", "Invalid value", message);
    answer_about(exchange, &problem, first_target, errors);
}

void problem_blame(cJSON *errors, const char *parameter, const char *detail, const char *rule)
{
    char *message = xasprintf("'%s' %s", parameter, rule);

    add_error(errors, parameter, detail, message);
    free(message);
}
