/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Every call ends, and none has sent more than the server has read.
 */
#include "calls.h"

#include <stdio.h>
#include <string.h>

#include "support/accounts.h"
#include "support/server.h"
#include "transport/connecting.h"

enum {
    MOST_CALLS = 5,
    ATTEMPT_MS = 300,
    CALL_MS = 1000
};

/* How the calls are made: the first byte, then the second. */
enum {
    WEPAY = 1,
    MULTI = 2,
    RETRIES = 1,
    HTTP2 = 2,
    PLAIN_SERVER = 4 /* although the client expects TLS */
};

/* Without TLS nobody offers HTTP/2: it is taken for chosen. */
static bool without_offer;

void __real_spay__connecting_done(spay__connecting *c);
void __wrap_spay__connecting_done(spay__connecting *c);

void __wrap_spay__connecting_done(spay__connecting *c)
{
    __real_spay__connecting_done(c);
    c->tls.http2_chosen = c->tls.http2_chosen || without_offer;
}

static void check_call(const spay_call *call)
{
    spay_status status = spay_call_status(call);

    REQUIRE(status != SPAY_E_STATE);
    if (status != SPAY_OK)
        REQUIRE(spay_error_requests_sent(spay_call_error(call)) <= spay_call_attempts(call));
}

static int sent_by(const spay_call *call, account_kind kind)
{
    void *session = NULL;
    int sent;

    if (spay_call_status(call) != SPAY_OK)
        return spay_error_requests_sent(spay_call_error(call));
    REQUIRE(accounts_take_session(kind, (spay_call *)(uintptr_t)call, &session, NULL) == SPAY_OK);
    sent = accounts_session_info(session)->requests_sent;
    accounts_free_session(kind, session);
    return sent;
}

static void run_multi(spay_client *client, bool http2, spay_call **calls, int count)
{
    spay_multi_options options = SPAY_MULTI_OPTIONS_INIT;
    spay_multi *multi = NULL;

    options.http2 = http2 ? SPAY_YES : 0;
    REQUIRE(spay_multi_new(client, &options, &multi, NULL) == SPAY_OK);
    for (int i = 0; i < count; i++)
        REQUIRE(spay_multi_add(multi, calls[i], NULL, NULL) == SPAY_OK);
    while (spay_multi_pending(multi))
        (void)spay_multi_poll(multi, CALL_MS);
    spay_multi_free(multi);
}

/* One after the other, if not in a multi. Returns how many requests were sent. */
static int run_calls(const test_accounts *accounts, uint32_t how, bool http2)
{
    account_kind kind = how & WEPAY ? ACCOUNT_WEPAY : ACCOUNT_CONNECT_CLIENT;
    int count = 2 + (int)(how / 4 % (MOST_CALLS - 1));
    spay_call *calls[MOST_CALLS];
    int sent = 0;

    for (int i = 0; i < count; i++)
        REQUIRE(accounts_new_call(accounts, kind, NULL, &calls[i], NULL) == SPAY_OK);
    if (how & MULTI)
        run_multi(accounts->client, http2, calls, count);
    for (int i = 0; i < count; i++) {
        (void)spay_call_perform(calls[i], NULL);
        check_call(calls[i]);
        sent += sent_by(calls[i], kind);
        spay_call_free(calls[i]);
    }
    return sent;
}

static void open_accounts(test_accounts *accounts, const server *s, uint32_t speech, bool tls)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    char url[32], hosted_fields_url[ACCOUNTS_URL_SIZE];
    accounts_setup setup;

    (void)snprintf(url, sizeof(url), "http%s://127.0.0.1:%d", tls ? "s" : "", server_port(s));
    setup = accounts_setup_at(url, hosted_fields_url);
    options.attempt_timeout_ms = ATTEMPT_MS;
    options.timeout_ms = CALL_MS;
    options.max_attempts = speech & RETRIES ? 3 : 1;
    options.ca_pem = tls ? server_certificate(s) : NULL;
    REQUIRE(accounts_open_at(accounts, &setup, &options));
}

void make_calls(fuzz_input input, bool tls)
{
    uint32_t how = fuzz_byte(&input);
    uint32_t speech = fuzz_byte(&input);
    bool http2 = speech & HTTP2 && how & MULTI;
    server *s = server_get();
    test_accounts accounts;
    int sent;

#ifndef SPAY_WITH_NGHTTP2
    http2 = false;
#endif
    without_offer = http2 && !tls;
    server_begin(s, (server_speech){.tls = tls && !(speech & PLAIN_SERVER), .http2 = http2}, input);
    open_accounts(&accounts, s, speech, tls);
    sent = run_calls(&accounts, how, http2);
    accounts_close(&accounts);
    REQUIRE(server_end(s) <= sent);
}
