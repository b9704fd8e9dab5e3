/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * The harmless requests. The server's Date is read from the library's log.
 */

#include "probe.h"

#include "cli/session.h"

#include <curl/curl.h>
#include <string.h>
#include <time.h>

#define NOBODY "sessionpay-doctor"
#define NO_TYPE "sessionpay_doctor"

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Dates have whole seconds: half a second later is the best guess. */
static void on_log(void *ctx, int32_t level, const char *line)
{
    static const char name[] = "< date: ";
    struct probe *probe = ctx;

    (void)level;
    if (probe->has_clock || curl_strnequal(line, name, sizeof name - 1) == 0)
        return;
    time_t date = curl_getdate(line + sizeof name - 1, NULL);
    if (date == (time_t)-1)
        return;
    probe->has_clock = true;
    probe->clock_offset_ms = now_ms() - (int64_t)date * 1000 - 500;
}

static void on_event(void *ctx, const spay_event *event)
{
    struct probe *probe = ctx;

    if (event->type != SPAY_EVENT_ATTEMPT)
        return;
    probe->attempted = true;
    snprintf(probe->host, sizeof probe->host, "%s", event->server_host);
    snprintf(probe->phase, sizeof probe->phase, "%s", event->phase);
    probe->port = event->server_port;
    probe->http_status = event->http_status;
    probe->elapsed_ms = event->elapsed_ms;
}

static spay_status refuse_session(void *ctx, const spay_send_record *record)
{
    (void)ctx;
    (void)record;
    return SPAY_E_CANCELED;
}

static void probe_wepay(struct probe *probe, spay_client *client)
{
    spay_wepay_options account = session_wepay_account(probe->settings);
    spay_wepay *wepay = NULL;
    spay_wepay_session *session = NULL;

    spay_wepay_session_request request = SPAY_WEPAY_SESSION_REQUEST_INIT;
    request.type = NO_TYPE;
    if (spay_wepay_new(client, &account, &wepay, &probe->error) == SPAY_OK)
        probe->made =
            spay_wepay_session_create(wepay, &request, NULL, &session, &probe->error) == SPAY_OK;
    spay_wepay_session_free(session);
    spay_wepay_free(wepay);
}

static void probe_hosted_fields(struct probe *probe, spay_client *client)
{
    spay_hosted_fields_options account = session_hosted_fields_account(probe->settings);
    spay_hosted_fields *payroc = NULL;
    spay_hosted_fields_session *session = NULL;

    spay_hosted_fields_session_request request = SPAY_HOSTED_FIELDS_SESSION_REQUEST_INIT;
    request.processing_terminal_id = "0000";
    request.lib_version = "1.0.0.0";
    request.scenario = "payment";
    if (probe->target == PROBE_API) {
        account.api_key = account.identity_url = NULL;
        account.bearer_token = NOBODY;
    }
    if (spay_hosted_fields_new(client, &account, &payroc, &probe->error) == SPAY_OK)
        probe->made = spay_hosted_fields_session_create(payroc, &request, NULL, &session,
                                                        &probe->error) == SPAY_OK;
    /* The session's own request was refused by us: the token had come. */
    if (probe->target == PROBE_TOKEN && spay_error_status(probe->error) == SPAY_E_CANCELED) {
        spay_error_free(probe->error);
        probe->error = NULL;
    }
    spay_hosted_fields_session_free(session);
    spay_hosted_fields_free(payroc);
}

static void probe_connect(struct probe *probe, spay_client *client)
{
    spay_connect_server_options account = session_connect_account(probe->settings);
    spay_connect_server *server = NULL;
    spay_connect_server_session *session = NULL;

    account.merchant_id = NOBODY;
    if (spay_connect_server_new(client, &account, &server, &probe->error) == SPAY_OK)
        probe->made = spay_connect_server_session_create(server, NULL, NULL, &session,
                                                         &probe->error) == SPAY_OK;
    spay_connect_server_session_free(session);
    spay_connect_server_free(server);
}

static bool is_encrypted(const struct probe *probe)
{
    enum setting setting = CONNECT_BASE_URL;

    if (probe->settings->product == WEPAY)
        setting = WEPAY_BASE_URL;
    else if (probe->settings->product == HOSTED_FIELDS)
        setting =
            probe->target == PROBE_TOKEN ? HOSTED_FIELDS_IDENTITY_URL : HOSTED_FIELDS_BASE_URL;
    const char *url = settings_get(probe->settings, setting);
    return !url || !curl_strnequal(url, "http:", 5);
}

/* Two attempts: the second is for a signature with the server's time. */
void probe_run(struct probe *probe)
{
    spay_client_options options = session_client_options(probe->settings);
    spay_client *client = NULL;

    options.timeout_ms = options.timeout_ms ? options.timeout_ms : 10000;
    options.max_attempts = 2;
    options.log = on_log;
    options.log_level = SPAY_LOG_TRACE;
    options.event = on_event;
    options.log_ctx = options.event_ctx = probe;
    if (probe->target == PROBE_TOKEN)
        options.before_send = refuse_session;
    probe->encrypted = is_encrypted(probe);
    if (spay_client_new(&options, &client, &probe->error) != SPAY_OK)
        return;
    if (probe->settings->product == WEPAY)
        probe_wepay(probe, client);
    else if (probe->settings->product == HOSTED_FIELDS)
        probe_hosted_fields(probe, client);
    else
        probe_connect(probe, client);
    spay_client_free(client);
}

void probe_free(struct probe *probe)
{
    spay_error_free(probe->error);
}

struct settings probe_made_up(const struct settings *settings)
{
    static const enum setting credentials[] = {
        WEPAY_APP_ID,        WEPAY_APP_TOKEN,    HOSTED_FIELDS_API_KEY,
        CONNECT_MERCHANT_ID, CONNECT_API_KEY_ID, CONNECT_SECRET_API_KEY,
    };
    static char nobody[] = NOBODY;
    struct settings copy = *settings;

    for (size_t i = 0; i < sizeof credentials / sizeof *credentials; i++)
        copy.given[credentials[i]] = nobody;
    return copy;
}

const char *probe_message(const struct probe *probe)
{
    return probe->made ? "a session was made of a request that should not make one"
                       : spay_error_message(probe->error);
}

bool probe_is_page(const struct probe *probe)
{
    size_t length;
    const char *body = spay_error_body(probe->error, &length);

    return probe->http_status && body[strspn(body, " \t\r\n")] == '<';
}
