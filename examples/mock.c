/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Test your own shop without a network: replies come from a script, what was sent is on record, and
 * waiting takes no time. Here WePay is busy for a moment, and the shop must not notice.
 *
 *     build/examples/mock
 *
 * It needs no server and no credentials.
 */
#include <string.h>

#include "example.h"

/* ---- The shop, as it is in production --------------------------------------------------------- */

/* Open a card reader for an order: 1 and the token, or 0. */
static int open_reader(spay_wepay *wepay, const char *account_id, char *token, size_t size)
{
    spay_wepay_session *session = NULL;

    spay_wepay_session_request request = SPAY_WEPAY_SESSION_REQUEST_INIT;
    request.type = "mobile_session";
    request.account_id = account_id;

    if (spay_wepay_session_create(wepay, &request, NULL, &session, NULL) != SPAY_OK)
        return 0;
    snprintf(token, size, "%s", session->session_token);
    spay_wepay_session_free(session);
    return 1;
}

/* ---- The test --------------------------------------------------------------------------------- */

static int failures;

static void check(int good, const char *what)
{
    printf("%s - %s\n", good ? "ok" : "not ok", what);
    failures += !good;
}

static int same_header(const spay_mock *mock, const char *name)
{
    const char *first = spay_mock_request_header(mock, 0, name);
    const char *second = spay_mock_request_header(mock, 1, name);

    return first && second && !strcmp(first, second);
}

static void survives_a_busy_provider(spay_mock *mock, spay_wepay *wepay)
{
    static const char reply[] = "{\"id\":\"9c1d\",\"session_token\":\"stage_0123456789\","
                                "\"expire_time\":1767312000,\"state\":\"active\","
                                "\"type\":\"mobile_session\"}";
    char token[64] = "";

    spay_mock_reply(mock, 503, "Retry-After: 3", "busy", strlen("busy"));
    spay_mock_reply(mock, 201, NULL, reply, strlen(reply));

    check(open_reader(wepay, "c9536e75", token, sizeof token), "the reader opens");
    check(!strcmp(token, "stage_0123456789"), "it gets WePay's token");
    check(spay_mock_request_count(mock) == 2, "two requests went out");
    check(same_header(mock, "Unique-Key"), "with the same key");
    check(!strcmp(spay_mock_request_body(mock, 0, NULL), spay_mock_request_body(mock, 1, NULL)),
          "and the same body");
    check(spay_mock_request_at_ms(mock, 1) >= 3000, "the second three seconds later, as asked");
}

static void gives_up_on_a_refusal(spay_mock *mock, spay_wepay *wepay)
{
    static const char reply[] = "{\"error_code\":\"NOT_AUTHORIZED\",\"error_message\":\"No.\"}";
    size_t before = spay_mock_request_count(mock);
    char token[64] = "";

    spay_mock_reply(mock, 403, NULL, reply, strlen(reply));

    check(!open_reader(wepay, "c9536e75", token, sizeof token), "a refusal opens no reader");
    check(spay_mock_request_count(mock) == before + 1, "and is not asked for twice");
}

/* A client without network and without real time. */
static spay_status open_client(spay_mock *mock, spay_client **client, spay_error **error)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    options.transport = spay_mock_transport(mock);
    options.platform = spay_mock_platform(mock);
    return spay_client_new(&options, client, error);
}

int main(void)
{
    spay_mock *mock = NULL;
    spay_client *client = NULL;
    spay_wepay *wepay = NULL;
    spay_error *error = NULL;

    spay_status status = spay_mock_new(&mock, &error);

    spay_wepay_options account = SPAY_WEPAY_OPTIONS_INIT;
    account.environment = SPAY_ENV_TEST;
    account.app_id = "121212";
    account.app_token = "stage_not_a_real_token";

    if (status == SPAY_OK)
        status = open_client(mock, &client, &error);
    if (status == SPAY_OK)
        status = spay_wepay_new(client, &account, &wepay, &error);

    if (status == SPAY_OK) {
        survives_a_busy_provider(mock, wepay);
        gives_up_on_a_refusal(mock, wepay);
        printf("in %ld virtual ms\n", (long)spay_mock_now_ms(mock));
    } else {
        example_complain(error);
    }

    spay_wepay_free(wepay);
    spay_client_free(client);
    spay_mock_free(mock);
    spay_error_free(error);
    return status == SPAY_OK && !failures ? 0 : 1;
}
