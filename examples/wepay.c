/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * WePay: a session token for a mobile card reader.
 *
 *     build/bin/sessionpay-sandbox -- build/examples/wepay
 *
 * Against WePay's stage environment, leave SPAY_WEPAY_BASE_URL and SPAY_CA_FILE unset and set
 *
 *     SPAY_WEPAY_APP_ID, SPAY_WEPAY_APP_TOKEN   the application, from the Partner Center
 *     SPAY_WEPAY_ACCOUNT_ID                     the merchant's account
 */
#include "example.h"

static void print_session(const spay_wepay_session *session)
{
    printf("session_token  %.12s...  (a secret: hand it to the Card Present SDK)\n",
           session->session_token);
    printf("id             %s\n", session->id);
    printf("state          %s\n", session->state_text ? session->state_text : "not told");
    printf("expires        in %ld s\n", example_seconds_left(session->info));
    printf("Unique-Key     %s\n", session->info->idempotency_key);
}

int main(void)
{
    spay_client *client = NULL;
    spay_wepay *wepay = NULL;
    spay_wepay_session *session = NULL;
    spay_error *error = NULL;

    spay_client_options client_options = SPAY_CLIENT_OPTIONS_INIT;
    client_options.ca_file = getenv("SPAY_CA_FILE"); /* NULL: the system's authorities */

    spay_wepay_options account = SPAY_WEPAY_OPTIONS_INIT;
    account.environment = SPAY_ENV_TEST;
    account.base_url = getenv("SPAY_WEPAY_BASE_URL"); /* wins over environment where it is set */
    account.app_id = example_need("SPAY_WEPAY_APP_ID");
    account.app_token = example_need("SPAY_WEPAY_APP_TOKEN");

    spay_wepay_session_request request = SPAY_WEPAY_SESSION_REQUEST_INIT;
    request.type = "mobile_session";
    request.account_id = example_need("SPAY_WEPAY_ACCOUNT_ID");

    spay_status status = spay_client_new(&client_options, &client, &error);
    if (status == SPAY_OK)
        status = spay_wepay_new(client, &account, &wepay, &error);
    if (status == SPAY_OK)
        status = spay_wepay_session_create(wepay, &request, NULL, &session, &error);
    if (status == SPAY_OK)
        print_session(session);
    else
        example_complain(error);

    spay_wepay_session_free(session);
    spay_wepay_free(wepay);
    spay_client_free(client);
    spay_error_free(error);
    return status == SPAY_OK ? 0 : 1;
}
