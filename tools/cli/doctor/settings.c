/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * The library checks, without a network; what it cannot know of copied credentials is added.
 */

#include "settings.h"

#include "cli/command.h"
#include "cli/offline.h"
#include "cli/session.h"
#include "probe.h"
#include "shape.h"

#include <string.h>

enum {
    TEXT_SIZE = 640
};

struct examination {
    struct diagnosis *diagnosis;
    const struct settings *settings;
    enum settings_verdict verdict;
    bool is_wrong[SETTING_COUNT];
    char summary[TEXT_SIZE];
};

static bool is_credential(enum setting setting)
{
    return setting == WEPAY_APP_ID || setting == WEPAY_APP_TOKEN ||
           setting == HOSTED_FIELDS_API_KEY || setting == HOSTED_FIELDS_BEARER_TOKEN ||
           setting == CONNECT_API_KEY_ID || setting == CONNECT_SECRET_API_KEY;
}

/* What must be right before anything can be sent. */
static bool is_way(enum setting setting)
{
    return setting == ENVIRONMENT || setting == CA_FILE || setting == PROXY ||
           setting == PROXY_CREDENTIALS || setting == CLIENT_CERTIFICATE_FILE ||
           setting == CLIENT_KEY_FILE || setting == CLIENT_KEY_PASSWORD ||
           setting == PINNED_PUBLIC_KEYS || setting == WEPAY_BASE_URL ||
           setting == HOSTED_FIELDS_BASE_URL || setting == HOSTED_FIELDS_IDENTITY_URL ||
           setting == CONNECT_BASE_URL;
}

static bool concerns(const struct settings *settings, enum setting setting)
{
    return settings_is_own(setting, settings->product) ||
           (is_way(setting) && settings_is_of_all(setting));
}

static void worsen(struct examination *examination, enum settings_verdict verdict)
{
    if (verdict > examination->verdict)
        examination->verdict = verdict;
}

static void blame(struct examination *examination, int setting, const char *name, const char *fault,
                  const char *message)
{
    const char *origin =
        setting >= 0 ? settings_origin(examination->settings, (enum setting)setting) : NULL;
    size_t used = strlen(examination->summary);
    char hint[120] = "", text[TEXT_SIZE];

    if (setting >= 0 && examination->is_wrong[setting])
        return;
    if (setting >= 0) {
        examination->is_wrong[setting] = true;
        settings_hint(examination->settings, name, hint, sizeof hint);
    }
    snprintf(examination->summary + used, sizeof examination->summary - used, "%s%s %s",
             used ? "; " : "", name, message);
    snprintf(text, sizeof text, "correct %s: it %s%s%s%s%s%s", name, message,
             origin ? " (from " : "", origin ? origin : "", origin ? ")" : "",
             *hint ? "; it is set by " : "", hint);
    diagnosis_do(examination->diagnosis, fault, name, CLI_SETUP, text);
    if (setting < 0 || is_way((enum setting)setting))
        worsen(examination, SETTINGS_NO_HOST);
    else if (is_credential((enum setting)setting))
        worsen(examination, SETTINGS_NO_KEY);
}

/* The session's own members, such as its account, do not matter to a probe. */
static void blame_fields(struct examination *examination, spay_error *error)
{
    enum settings_verdict before = examination->verdict;

    for (size_t i = 0; i < spay_error_field_count(error); i++) {
        const char *path = spay_error_field_path(error, i);
        int setting = settings_find(examination->settings, path);
        blame(examination, setting, path, spay_error_field_code(error, i),
              spay_error_field_message(error, i));
    }
    if (error && !spay_error_field_count(error) && spay_error_status(error) != SPAY_E_CANCELED) {
        blame(examination, -1, "settings", spay_error_name(error), spay_error_message(error));
        examination->verdict = before > SETTINGS_NO_KEY ? before : SETTINGS_NO_HOST;
    }
    spay_error_free(error);
}

static void check_client(struct examination *examination)
{
    spay_client_options options = session_client_options(examination->settings);
    spay_client *client = NULL;
    spay_error *error = NULL;

    (void)spay_client_new(&options, &client, &error);
    spay_client_free(client);
    blame_fields(examination, error);
}

static void ignore(void *ctx, const spay_http_request *request)
{
    (void)ctx;
    (void)request;
}

/* Make the session as create does, but send nothing. */
static void check_session(struct examination *examination, const struct settings *settings)
{
    struct offline offline = {.wanted = 1, .show = ignore};
    struct session_call session = {.settings = settings};
    spay_transport transport = offline_transport(&offline);
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    spay_error *error = NULL;

    options.transport = &transport;
    options.max_attempts = 1;
    spay_call_options_init(&session.options, sizeof session.options);
    if (spay_client_new(&options, &session.client, &error) == SPAY_OK)
        cJSON_Delete(session_create(&session, &error));
    spay_client_free(session.client);
    blame_fields(examination, error);
}

/* Names, where they are from, and how long secrets are; never a value, which may be a secret. */
static void list_settings(const struct settings *settings, cJSON *list, char *text, size_t size)
{
    *text = '\0';
    for (int i = 0; i < SETTING_COUNT; i++) {
        const char *origin = settings_origin(settings, (enum setting)i);
        size_t used = strlen(text);
        if (!origin || !concerns(settings, (enum setting)i))
            continue;
        size_t length = strlen(settings_get(settings, (enum setting)i));
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "name", settings_name((enum setting)i));
        cJSON_AddStringToObject(item, "from", origin);
        if (settings_is_secret((enum setting)i))
            cJSON_AddNumberToObject(item, "characters", (double)length);
        cJSON_AddItemToArray(list, item);
        snprintf(text + used, size - used, "%s%s", used ? ", " : "",
                 settings_name((enum setting)i));
        used = strlen(text);
        if (settings_is_secret((enum setting)i))
            snprintf(text + used, size - used, " (%zu characters)", length);
    }
}

enum settings_verdict doctor_settings(struct diagnosis *diagnosis, const struct settings *settings)
{
    struct examination examination = {.diagnosis = diagnosis, .settings = settings};
    struct settings made_up = probe_made_up(settings);
    cJSON *list = cJSON_CreateArray();
    char names[TEXT_SIZE];

    list_settings(settings, list, names, sizeof names);
    for (int i = 0; i < SETTING_COUNT; i++) {
        struct shape_fault fault = shape_check(settings, (enum setting)i);
        if (fault.fault && concerns(settings, (enum setting)i))
            blame(&examination, i, settings_name((enum setting)i), fault.fault, fault.text);
    }
    check_client(&examination);
    check_session(&examination, settings);
    if (examination.verdict == SETTINGS_NO_KEY)
        check_session(&examination, &made_up);
    cJSON *check =
        diagnosis_check(diagnosis, "settings", *examination.summary ? CHECK_WRONG : CHECK_OK,
                        *examination.summary ? examination.summary : names);
    cJSON_AddItemToObject(check, "settings", list);
    return examination.verdict;
}
