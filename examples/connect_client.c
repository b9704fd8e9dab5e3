/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Worldline Connect, client API: Apple Pay's merchant session. The page's onvalidatemerchant event
 * brings a validation URL; the merchant session goes back to the page as it is. First in two steps,
 * as a shop does that shows other payment products too, then in one call.
 *
 *     build/bin/sessionpay-sandbox -- build/examples/connect_client
 *
 * Against Worldline's pre-production environment, leave SPAY_CONNECT_BASE_URL and SPAY_CA_FILE
 * unset and set
 *
 *     SPAY_CONNECT_MERCHANT_ID, SPAY_CONNECT_API_KEY_ID, SPAY_CONNECT_SECRET_API_KEY
 *     SPAY_APPLE_PAY_DOMAIN_NAME      the domain that is registered with Apple
 *     SPAY_APPLE_PAY_VALIDATION_URL   event.validationURL, fresh from a page on that domain
 */
#include "example.h"

static void print_session(const char *title, const spay_connect_client_session *session)
{
    printf("%s\n", title);
    printf("  merchant session  %zu bytes of JSON  (for completeMerchantValidation(), once)\n",
           session->session_object_length);
    printf("  expires           in %ld s\n", example_seconds_left(session->info));
}

/* A client session first, then the merchant session with it. */
static spay_status in_two_steps(spay_connect_server *server,
                                const spay_connect_client_session_request *request,
                                spay_error **error)
{
    spay_connect_server_session *server_session = NULL;
    spay_connect_client *consumer = NULL;
    spay_connect_client_session *session = NULL;

    spay_status status =
        spay_connect_server_session_create(server, NULL, NULL, &server_session, error);
    if (status == SPAY_OK)
        status = spay_connect_client_from_session(server, server_session, &consumer, error);
    if (status == SPAY_OK)
        status = spay_connect_client_session_create(consumer, request, NULL, &session, error);
    if (status == SPAY_OK)
        print_session("in two steps", session);

    spay_connect_client_session_free(session);
    spay_connect_client_free(consumer);
    spay_connect_server_session_free(server_session);
    return status;
}

static spay_status in_one_call(spay_connect_server *server,
                               const spay_connect_client_session_request *request,
                               spay_error **error)
{
    spay_connect_client_session *session = NULL;

    spay_status status =
        spay_connect_apple_pay_session_create(server, NULL, request, NULL, NULL, &session, error);
    if (status == SPAY_OK)
        print_session("in one call", session);

    spay_connect_client_session_free(session);
    return status;
}

int main(void)
{
    spay_client *client = NULL;
    spay_connect_server *server = NULL;
    spay_error *error = NULL;

    spay_client_options client_options = SPAY_CLIENT_OPTIONS_INIT;
    client_options.ca_file = getenv("SPAY_CA_FILE"); /* NULL: the system's authorities */

    spay_connect_server_options account = SPAY_CONNECT_SERVER_OPTIONS_INIT;
    account.environment = SPAY_ENV_TEST;
    account.base_url = getenv("SPAY_CONNECT_BASE_URL"); /* wins over environment where it is set */
    account.merchant_id = example_need("SPAY_CONNECT_MERCHANT_ID");
    account.api_key_id = example_need("SPAY_CONNECT_API_KEY_ID");
    account.secret_api_key = example_need("SPAY_CONNECT_SECRET_API_KEY");

    spay_connect_client_session_request request = SPAY_CONNECT_CLIENT_SESSION_REQUEST_INIT;
    request.display_name = "Corner Shop";
    request.domain_name = example_need("SPAY_APPLE_PAY_DOMAIN_NAME");
    request.validation_url = example_need("SPAY_APPLE_PAY_VALIDATION_URL");

    spay_status status = spay_client_new(&client_options, &client, &error);
    if (status == SPAY_OK)
        status = spay_connect_server_new(client, &account, &server, &error);
    if (status == SPAY_OK)
        status = in_two_steps(server, &request, &error);
    if (status == SPAY_OK)
        status = in_one_call(server, &request, &error);
    if (status != SPAY_OK)
        example_complain(error);

    spay_connect_server_free(server);
    spay_client_free(client);
    spay_error_free(error);
    return status == SPAY_OK ? 0 : 1;
}
