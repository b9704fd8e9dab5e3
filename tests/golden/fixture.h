/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * One golden case as it lies on disk:
 *
 *     input.json       what the case proves, the clock, account, request and call by member names
 *     request.http     what must be sent: method and URL, header lines, an empty line, the body
 *     response.http    what comes back: status line, header lines, an empty line, the body
 *     failure.json     or how the network fails: {"status": "SPAY_E_TIMEOUT", "sent": true}
 *     request-2.http   the second exchange, and so on; no request file: nothing may be sent
 *     expected.json    the session or the error
 *
 * One final newline is not part of a body. In a request ${key} stands for the UUIDv4 that the
 * library made, ${date} for the time of that request and ${signature} for any v1HMAC signature.
 * ${version} is the library's version, ${base64:TEXT}, up to the last brace of the line, a text
 * that has it inside, and ${v1hmac} the signature of the request as the file describes it.
 *
 * input.json: "about", "now_ms" (the wall clock), "latency_ms" (of every request; optional),
 * "account", "request", "call", "client"; a member that is null is not set. Constants go by name.
 *
 * expected.json: a "session" lists every member of the struct, where info.expires_at_ms may be
 * {"after_last_request_ms": N}; an "error" lists what matters. Beside them "elapsed_at_least_ms"
 * and "elapsed_at_most_ms" in virtual time. The runner itself adds what holds in every case: the
 * raw reply, the provider, the time that passed, and that no secret is in a log line or message.
 */
#ifndef GOLDEN_FIXTURE_H
#define GOLDEN_FIXTURE_H

#include <cjson/cJSON.h>
#include <sessionpay/sessionpay.h>

#include "golden/report.h"

enum {
    GOLDEN_EXCHANGES = 12
};

typedef struct golden_exchange {
    char *request;       /* first line, header lines, empty line, body */
    int32_t http_status; /* 0: the network fails instead */
    char *headers;       /* lines */
    char *body;
    spay_status failure;
    int32_t sent; /* SPAY_YES or SPAY_NO */
} golden_exchange;

typedef struct golden_fixture {
    cJSON *input;
    char *expected; /* JSON text with its placeholders */
    golden_exchange exchanges[GOLDEN_EXCHANGES];
    size_t count;
} golden_fixture;

/* Read the case in a directory. What is wrong with the files goes to the report. */
void golden_fixture_load(golden_fixture *fixture, golden_report *report, const char *directory);

void golden_fixture_free(golden_fixture *fixture);

#endif
