/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Events and records: filled from what the call knows, without bodies, credentials or ids.
 */
#include "event.h"

#include <string.h>

#include "crypto.h"
#include "error.h"
#include "recorder.h"

static const char *request_id(const spay_call *call, const spay_error *error)
{
    if (error)
        return spay_error_request_id(error);
    return call->request_id ? call->request_id : "";
}

static void fill(spay_event *event, const spay_call *call, const spay_error *error)
{
    memset(event, 0, sizeof(*event));
    event->provider = call->operation->provider;
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
    event->bytes_sent = call->response.bytes_sent;
    event->bytes_received = call->response.bytes_sent < 0 && !call->response.bytes_received
                                ? -1
                                : (int64_t)call->response.bytes_received;
}

static void emit(const spay_call *call, const spay_event *event)
{
    call->client->event(call->client->event_ctx, event);
}

void spay__event_attempt(const spay_call *call, bool token, const spay_error *error,
                         int32_t decision, int64_t delay_ms)
{
    spay_event event;

    fill(&event, call, error);
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
        emit(call, &event);
}

void spay__event_call(const spay_call *call)
{
    spay_event event;

    if (!call->client->event)
        return;
    fill(&event, call, call->error);
    event.type = SPAY_EVENT_CALL;
    event.decision = call->error ? SPAY_DECISION_GIVE_UP : SPAY_DECISION_SUCCEED;
    event.elapsed_ms = spay__client_now_ms(call->client) - call->started_ms;
    emit(call, &event);
}

bool spay__event_before_send(spay_call *call)
{
    spay_client *client = call->client;
    spay_send_record record;

    if (!client->before_send)
        return true;
    if (!call->body_sha256[0] &&
        !spay__sha256_hex(call->request.body, call->request.body_length, call->body_sha256))
        return false;
    record.provider = call->operation->provider;
    record.attempt = call->attempts + 1;
    record.route = call->operation->route;
    record.idempotency_key = call->key;
    record.body_sha256 = call->body_sha256;
    record.body_length = call->request.body_length;
    record.at_ms = spay__client_wall_ms(client);
    return client->before_send(client->before_send_ctx, &record) == SPAY_OK;
}
