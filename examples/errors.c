/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What a program does about a failure. Four of them are provoked: a field that the library
 * refuses, a request that the provider refuses, a host where nothing answers, and a reply that
 * never came, where only a repeat with the same key is safe.
 *
 *     build/bin/sessionpay-sandbox -- build/examples/errors
 *
 * Against WePay's stage environment, set what wepay.c asks for. The last failure is scripted with
 * the mock and needs no server.
 */
#include <string.h>

#include "example.h"

/*
 * The outcome comes first. Then the group of the status says what to do: tens, so that a status
 * that a later version adds falls into one too.
 */
static const char *next_step(const spay_error *error)
{
    if (spay_error_outcome(error) == SPAY_OUTCOME_UNKNOWN)
        return "it may have taken effect: repeat it with the same key";

    switch (spay_error_status(error) / 10) {
    case 0:
        return "fix the program or its input";
    case -1:
        return "fix the set-up: credentials, clock, certificates";
    case -2:
        return "fix the request, then make a new call with a new key";
    case -3:
        return "try later";
    default:
        return "ask the provider's support, and name the request id";
    }
}

static void report(const char *title, const spay_error *error)
{
    printf("%s\n", title);
    printf("  %s: %s\n", spay_error_name(error), spay_error_message(error));
    for (size_t i = 0; i < spay_error_field_count(error); i++) {
        printf("  field %s: %s\n", spay_error_field_path(error, i),
               spay_error_field_code(error, i));
    }
    if (*spay_error_provider_code(error))
        printf("  the provider's code: %s\n", spay_error_provider_code(error));
    printf("  outcome: %s, after %d attempt(s), %d of them on the wire\n",
           spay_outcome_name(spay_error_outcome(error)), (int)spay_error_attempts(error),
           (int)spay_error_requests_sent(error));
    if (spay_error_retry_after_ms(error) >= 0)
        printf("  not before %ld ms have passed\n", (long)spay_error_retry_after_ms(error));
    printf("  next: %s\n\n", next_step(error));
}

/* Make a session that must fail in the given way: 1 if it did. */
static int provoke(const char *title, spay_wepay *wepay, const char *type, const char *account_id,
                   spay_status expected)
{
    spay_wepay_session *session = NULL;
    spay_error *error = NULL;

    spay_wepay_session_request request = SPAY_WEPAY_SESSION_REQUEST_INIT;
    request.type = type;
    request.account_id = account_id;

    spay_status status = spay_wepay_session_create(wepay, &request, NULL, &session, &error);
    report(title, error);

    spay_wepay_session_free(session);
    spay_error_free(error);
    return status == expected;
}

static spay_wepay *open_account(spay_client *client, const char *base_url)
{
    spay_wepay *wepay = NULL;
    spay_error *error = NULL;

    spay_wepay_options options = SPAY_WEPAY_OPTIONS_INIT;
    options.environment = SPAY_ENV_TEST;
    options.base_url = base_url;
    options.app_id = example_need("SPAY_WEPAY_APP_ID");
    options.app_token = example_need("SPAY_WEPAY_APP_TOKEN");

    if (spay_wepay_new(client, &options, &wepay, &error) != SPAY_OK)
        example_complain(error);
    spay_error_free(error);
    return wepay;
}

static int provoke_three(void)
{
    const char *account_id = example_need("SPAY_WEPAY_ACCOUNT_ID");
    spay_client *client = NULL;
    spay_error *error = NULL;
    int good = 0;

    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    options.ca_file = getenv("SPAY_CA_FILE"); /* NULL: the system's authorities */
    if (spay_client_new(&options, &client, &error) != SPAY_OK)
        example_complain(error);

    spay_wepay *wepay = open_account(client, getenv("SPAY_WEPAY_BASE_URL"));
    spay_wepay *nobody = open_account(client, "https://127.0.0.1:1");
    if (wepay && nobody) {
        good += provoke("The account is missing", wepay, "mobile_session", NULL,
                        SPAY_E_INVALID_ARGUMENT);
        good += provoke("WePay does not know this type", wepay, "no_such_session", account_id,
                        SPAY_E_REJECTED);
        good += provoke("Nobody answers", nobody, "mobile_session", account_id, SPAY_E_CONNECT);
    }
    spay_wepay_free(nobody);
    spay_wepay_free(wepay);
    spay_client_free(client);
    spay_error_free(error);
    return good == 3;
}

/*
 * A shop's own second try. The first error tells the key; a shop that may crash in between stores
 * it with the order. WePay then answers with the session that the first request made, if it did.
 */
static spay_status create_with_second_try(spay_wepay *wepay, spay_wepay_session **session,
                                          spay_error **error)
{
    spay_error *first = NULL;

    spay_wepay_session_request request = SPAY_WEPAY_SESSION_REQUEST_INIT;
    request.type = "mobile_session";
    request.account_id = "c9536e75-0000-4000-8000-000000000001";

    spay_status status = spay_wepay_session_create(wepay, &request, NULL, session, &first);
    if (spay_error_outcome(first) == SPAY_OUTCOME_UNKNOWN) {
        spay_call_options options = SPAY_CALL_OPTIONS_INIT;
        options.idempotency_key = spay_error_idempotency_key(first);

        report("No reply came", first);
        status = spay_wepay_session_create(wepay, &request, &options, session, error);
        spay_error_free(first);
    } else {
        *error = first;
    }
    return status;
}

/* One timeout after the request went out, then the reply. */
static spay_status script(spay_mock *mock)
{
    static const char reply[] = "{\"id\":\"9c1d\",\"session_token\":\"stage_0123456789\","
                                "\"expire_time\":1767312000,\"state\":\"active\","
                                "\"type\":\"mobile_session\"}";

    spay_status status = spay_mock_fail(mock, SPAY_E_TIMEOUT, SPAY_YES);
    if (status == SPAY_OK)
        status = spay_mock_reply(mock, 201, NULL, reply, strlen(reply));
    return status;
}

static int same_key(const spay_mock *mock)
{
    return !strcmp(spay_mock_request_header(mock, 0, "Unique-Key"),
                   spay_mock_request_header(mock, 1, "Unique-Key"));
}

static int repeat_unknown(void)
{
    spay_mock *mock = NULL;
    spay_client *client = NULL;
    spay_wepay *wepay = NULL;
    spay_wepay_session *session = NULL;
    spay_error *error = NULL;

    spay_status status = spay_mock_new(&mock, &error);
    if (status == SPAY_OK)
        status = script(mock);

    /* With its usual 3 attempts the library would repeat by itself, with the same key. */
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    options.transport = spay_mock_transport(mock);
    options.platform = spay_mock_platform(mock);
    options.max_attempts = 1;
    if (status == SPAY_OK)
        status = spay_client_new(&options, &client, &error);
    if (status == SPAY_OK)
        wepay = open_account(client, NULL);
    if (wepay)
        (void)create_with_second_try(wepay, &session, &error);
    if (session)
        printf("Repeated with the same key, %s: one session, %s\n", session->info->idempotency_key,
               session->id);
    else
        example_complain(error);
    int good = session && same_key(mock);
    spay_wepay_session_free(session);
    spay_wepay_free(wepay);
    spay_client_free(client);
    spay_mock_free(mock);
    spay_error_free(error);
    return good;
}

int main(void)
{
    int provoked = provoke_three();
    int repeated = repeat_unknown();

    return provoked && repeated ? 0 : 1;
}
