/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * Never the body of a reply, which may hold anything.
 */

#include "report.h"

#include "command.h"
#include "facts.h"
#include "output.h"

#include <stdio.h>
#include <string.h>

int report_exit_status(const spay_error *error)
{
    if (!error)
        return CLI_DONE;
    if (spay_error_status(error) == SPAY_E_EXPIRED)
        return CLI_REJECTED;
    if (spay_error_outcome(error) == SPAY_OUTCOME_UNKNOWN)
        return CLI_UNKNOWN;
    switch (spay_status_group(spay_error_status(error))) {
    case SPAY_GROUP_PROGRAM:
        return CLI_USAGE;
    case SPAY_GROUP_SETUP:
        return CLI_SETUP;
    case SPAY_GROUP_REQUEST:
        return CLI_REJECTED;
    case SPAY_GROUP_LATER:
        return CLI_LATER;
    default:
        return CLI_SUPPORT;
    }
}

/* The most exact advice that there is. */
static void add_next(cJSON *object, const spay_error *error, const char *journal)
{
    const char *key = spay_error_idempotency_key(error);
    const char *action = fact_action("reason", spay_error_reason(error));
    char text[640];

    if (!action)
        action = fact_action("status", spay_error_name(error));
    if (report_exit_status(error) != CLI_UNKNOWN)
        snprintf(text, sizeof text, "%s", action ? action : spay_status_text(SPAY_E_INTERNAL));
    else if (!*key)
        snprintf(text, sizeof text,
                 "no key was sent: make a new call, a session that nobody uses "
                 "expires");
    else if (journal)
        snprintf(text, sizeof text, "sessionpay resume %s --journal FILE", key);
    else
        snprintf(text, sizeof text, "repeat the same command with --key %s", key);
    cJSON_AddStringToObject(object, "do", text);
}

static void add_fields(cJSON *object, const spay_error *error, const struct settings *settings)
{
    char hint[120];

    cJSON *list = cJSON_AddArrayToObject(object, "fields");

    for (size_t i = 0; i < spay_error_field_count(error); i++) {
        cJSON *field = cJSON_CreateObject();
        cJSON_AddStringToObject(field, "path", spay_error_field_path(error, i));
        cJSON_AddStringToObject(field, "code", spay_error_field_code(error, i));
        cJSON_AddStringToObject(field, "message", spay_error_field_message(error, i));
        settings_hint(settings, spay_error_field_path(error, i), hint, sizeof hint);
        if (*hint && spay_error_stage(error) == SPAY_STAGE_INPUT)
            cJSON_AddStringToObject(field, "set_by", hint);
        cJSON_AddItemToArray(list, field);
    }
}

static void add_counts(cJSON *object, const spay_error *error)
{
    cJSON_AddNumberToObject(object, "attempts", spay_error_attempts(error));
    cJSON_AddNumberToObject(object, "requests_sent", spay_error_requests_sent(error));
    cJSON_AddNumberToObject(object, "elapsed_ms", (double)spay_error_elapsed_ms(error));
    cJSON_AddBoolToObject(object, "retryable", spay_error_retryable(error));
    if (spay_error_retry_after_ms(error) >= 0)
        cJSON_AddNumberToObject(object, "retry_after_ms", (double)spay_error_retry_after_ms(error));
}

int report_error(spay_error *error, const struct settings *settings, const char *journal)
{
    static const char *const stages[] = {"", "input", "token", "request", "reply"};
    cJSON *object = cJSON_CreateObject();
    int status = report_exit_status(error);
    int32_t stage = spay_error_stage(error);

    cJSON_AddStringToObject(object, "result", "failed");
    cJSON_AddNumberToObject(object, "exit", status);
    cJSON_AddStringToObject(object, "status", spay_error_name(error));
    cJSON_AddStringToObject(object, "message", spay_error_message(error));
    cJSON_AddStringToObject(object, "outcome", spay_outcome_name(spay_error_outcome(error)));
    cJSON_AddStringToObject(object, "reason", spay_error_reason(error));
    cJSON_AddStringToObject(object, "stage", stage > 0 && stage < 5 ? stages[stage] : "");
    cJSON_AddStringToObject(object, "provider", spay_provider_name(spay_error_provider(error)));
    cJSON_AddStringToObject(object, "provider_code", spay_error_provider_code(error));
    if (spay_error_http_status(error))
        cJSON_AddNumberToObject(object, "http_status", spay_error_http_status(error));
    cJSON_AddStringToObject(object, "request_id", spay_error_request_id(error));
    cJSON_AddStringToObject(object, "idempotency_key", spay_error_idempotency_key(error));
    add_fields(object, error, settings);
    add_counts(object, error);
    add_next(object, error, journal);
    spay_error_free(error);
    return output_object(object, stderr, status);
}
