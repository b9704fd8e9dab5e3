/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Events and records: filled from what the call knows, without bodies, credentials or ids.
 */
#include "event.h"

#include <string.h>

#include "api/error.h"
#include "base/ascii.h"
#include "base/crypto.h"
#include "recorder.h"

static const char *request_id(const spay_call *call, const spay_error *error)
{
    if (error)
        return spay_error_request_id(error);
    return call->request_id ? call->request_id : "";
}

static bool begins(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* As the transport's reason tells, and where it does not, what went out and came in. */
const char *spay__event_phase(const spay_call *call, const spay_error *error)
{
    static const char reasons[] = "dns_\0name_lookup\0"
                                  "proxy_dns_\0name_lookup\0"
                                  "proxy_\0proxy\0"
                                  "connect_\0connect\0"
                                  "tls_\0tls\0";
    const spay_http_response *response = &call->response;
    const char *prefix;

    if (!error || (!call->attempts && !call->token_attempts))
        return "";
    if (response->phase)
        return response->phase;
    for (prefix = reasons; *prefix; prefix = spay__list_at(prefix, 2))
        if (begins(spay_error_reason(error), prefix))
            return spay__list_next(prefix);
    if (response->status)
        return error->stage == SPAY_STAGE_REQUEST ? "receive" : "reply";
    if (!response->sent)
        return spay_error_status(error) == SPAY_E_CONNECT ? "connect" : "send";
    return response->bytes_received ? "receive" : "wait";
}

void spay__event_host(const spay_http_request *request, char host[SPAY__HOST_SIZE])
{
    const char *url = request->url ? request->url : "";
    const char *scheme = strstr(url, "://");
    size_t length = scheme ? strcspn(scheme + 3, "/") : 0;

    if (length >= SPAY__HOST_SIZE)
        length = SPAY__HOST_SIZE - 1;
    if (length)
        memcpy(host, scheme + 3, length);
    host[length] = '\0';
}

static void fill_failure(spay_event *event, const spay_call *call, const spay_error *error)
{
    event->reason = spay_error_reason(error);
    event->stage = spay_error_stage(error);
    event->phase = spay__event_phase(call, error);
    event->provider_code = spay_error_provider_code(error);
    event->message = error ? spay_error_message(error) : "";
}

static const char *protocol_version(const spay_http_response *response)
{
    switch (response->http_version) {
    case 10:
        return "1.0";
    case 11:
        return "1.1";
    case 20:
        return "2";
    default:
        return "";
    }
}

static void fill(spay_event *event, const spay_call *call, const spay_error *error)
{
    memset(event, 0, sizeof(*event));
    fill_failure(event, call, error);
    event->provider = call->operation->provider->id;
    event->operation = "session_create";
    event->route = call->operation->route;
    event->attempt = call->attempts;
    event->requests_sent = call->requests_sent;
    event->status = spay_error_status(error);
    event->outcome = spay_error_outcome(error);
    event->http_status = call->response.status;
    event->at_ms = spay__client_wall_ms(call->client);
    event->name_lookup_us = call->response.timings_us[SPAY_TIMING_NAME_LOOKUP];
    event->connect_us = call->response.timings_us[SPAY_TIMING_CONNECT];
    event->tls_us = call->response.timings_us[SPAY_TIMING_TLS];
    event->first_byte_us = call->response.timings_us[SPAY_TIMING_FIRST_BYTE];
    event->total_us = call->response.timings_us[SPAY_TIMING_TOTAL];
    event->idempotency_key = call->key;
    event->request_id = request_id(call, error);
    event->call_ctx = call->ctx;
    event->server_host = "";
    event->protocol_version = protocol_version(&call->response);
    event->bytes_sent = call->response.bytes_sent;
    event->bytes_received = call->response.bytes_sent < 0 && !call->response.bytes_received
                                ? -1
                                : (int64_t)call->response.bytes_received;
}

/* Host and port apart, for as long as the hook runs. */
static void emit(const spay_call *call, const spay_http_request *request, spay_event *event)
{
    spay__url url;

    if (request && request->url && !spay__url_parse(request->url, &url)) {
        event->server_host = url.host;
        event->server_port = url.port;
        if (*url.host == '[') {
            url.host[strlen(url.host) - 1] = '\0';
            event->server_host++;
        }
    }
    call->client->event(call->client->event_ctx, event);
}

void spay__event_attempt(const spay_call *call, bool token, const spay_error *error,
                         int32_t decision, int64_t delay_ms)
{
    const spay_http_request *request = token ? call->token_request : &call->request;
    char host[SPAY__HOST_SIZE];
    spay_event event;

    fill(&event, call, error);
    spay__event_host(request, host);
    event.host = host;
    event.type = SPAY_EVENT_ATTEMPT;
    event.decision = decision;
    event.delay_ms = delay_ms;
    event.elapsed_ms = spay__client_now_ms(call->client) - call->attempt_began_ms;
    if (token) {
        event.operation = "token";
        event.route = call->operation->token->route;
        event.attempt = call->token_attempts;
        event.requests_sent = call->token_requests;
    }
    spay__recorder_add(call->client->recorder, &event);
    if (call->client->event)
        emit(call, request, &event);
}

void spay__event_call(const spay_call *call)
{
    char host[SPAY__HOST_SIZE];
    spay_event event;

    if (!call->client->event)
        return;
    fill(&event, call, call->error);
    spay__event_host(&call->request, host);
    event.host = host;
    event.type = SPAY_EVENT_CALL;
    event.decision = call->error ? SPAY_DECISION_GIVE_UP : SPAY_DECISION_SUCCEED;
    event.elapsed_ms = spay__client_now_ms(call->client) - call->started_ms;
    emit(call, &call->request, &event);
}

void spay__event_store(const spay_call *call, const char *operation, const char *result,
                       int64_t elapsed_ms)
{
    spay_event event;

    if (!call->client->event)
        return;
    fill(&event, call, NULL);
    event.type = SPAY_EVENT_STORE;
    event.host = "";
    event.operation = operation;
    event.reason = result;
    event.elapsed_ms = elapsed_ms;
    emit(call, NULL, &event);
}

void spay__event_refusal(spay_client *client, int32_t provider, const char *operation,
                         const spay_error *error)
{
    spay_event event;

    memset(&event, 0, sizeof(event));
    event.type = SPAY_EVENT_CALL;
    event.provider = provider;
    event.operation = operation;
    event.status = spay_error_status(error);
    event.outcome = spay_error_outcome(error);
    event.decision = SPAY_DECISION_GIVE_UP;
    event.at_ms = spay__client_wall_ms(client);
    event.name_lookup_us = event.connect_us = event.tls_us = -1;
    event.first_byte_us = event.total_us = event.bytes_sent = event.bytes_received = -1;
    event.route = event.idempotency_key = event.request_id = event.host = event.phase = "";
    event.server_host = event.protocol_version = "";
    event.reason = spay_error_reason(error);
    event.stage = spay_error_stage(error);
    event.provider_code = "";
    event.message = spay_error_message(error);
    spay__recorder_add(client->recorder, &event);
}

bool spay__event_before_send(spay_call *call)
{
    spay_client *client = call->client;
    spay_send_record record;

    if (!client->before_send)
        return true;
    if (!call->body_sha256[0])
        spay__sha256_hex(call->request.body, call->request.body_length, call->body_sha256);
    record.provider = call->operation->provider->id;
    record.attempt = call->attempts + 1;
    record.route = call->operation->route;
    record.idempotency_key = call->key;
    record.body_sha256 = call->body_sha256;
    record.body_length = call->request.body_length;
    record.at_ms = spay__client_wall_ms(client);
    record.call_ctx = call->ctx;
    return client->before_send(client->before_send_ctx, &record) == SPAY_OK;
}
