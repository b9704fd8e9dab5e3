/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Worldline Connect, server API: a client session, limited to some payment products, with the
 * tokens of a consumer who has paid before.
 *
 *     build/bin/sessionpay-sandbox -- build/examples/connect_server
 *
 * Against Worldline's pre-production environment, leave SPAY_CONNECT_BASE_URL and SPAY_CA_FILE
 * unset and set
 *
 *     SPAY_CONNECT_MERCHANT_ID                              the merchant
 *     SPAY_CONNECT_API_KEY_ID, SPAY_CONNECT_SECRET_API_KEY  a key pair, from the Configuration Center
 *     SPAY_CONNECT_TOKEN                                    a stored token; optional
 */
#include "example.h"

static void print_session(const spay_connect_server_session *session)
{
    printf("clientSessionId  %.8s...  (a secret: give all four to the page or app)\n",
           session->client_session_id);
    printf("customerId       %.8s...\n", session->customer_id);
    printf("clientApiUrl     %s\n", session->client_api_url);
    printf("assetUrl         %s\n", session->asset_url ? session->asset_url : "not told");
    printf("expires          in %ld s\n", example_seconds_left(session->info));
    for (size_t i = 0; i < session->invalid_token_count; i++)
        printf("forget token     %s\n", session->invalid_tokens[i]);
}

static spay_status create(spay_connect_server *server, spay_connect_server_session **session,
                          spay_error **error)
{
    static const int32_t products[] = {1, 3, SPAY_CONNECT_PRODUCT_APPLE_PAY}; /* Visa, Mastercard */
    const char *token = getenv("SPAY_CONNECT_TOKEN");

    spay_connect_server_filter only = SPAY_CONNECT_SERVER_FILTER_INIT;
    only.products = products;
    only.product_count = sizeof products / sizeof *products;

    spay_connect_server_session_request request = SPAY_CONNECT_SERVER_SESSION_REQUEST_INIT;
    request.restrict_to = &only;
    request.tokens = &token;
    request.token_count = token ? 1 : 0;

    return spay_connect_server_session_create(server, &request, NULL, session, error);
}

int main(void)
{
    spay_client *client = NULL;
    spay_connect_server *server = NULL;
    spay_connect_server_session *session = NULL;
    spay_error *error = NULL;

    spay_client_options client_options = SPAY_CLIENT_OPTIONS_INIT;
    client_options.ca_file = getenv("SPAY_CA_FILE"); /* NULL: the system's authorities */

    spay_connect_server_options account = SPAY_CONNECT_SERVER_OPTIONS_INIT;
    account.environment = SPAY_ENV_TEST;
    account.base_url = getenv("SPAY_CONNECT_BASE_URL"); /* wins over environment where it is set */
    account.merchant_id = example_need("SPAY_CONNECT_MERCHANT_ID");
    account.api_key_id = example_need("SPAY_CONNECT_API_KEY_ID");
    account.secret_api_key = example_need("SPAY_CONNECT_SECRET_API_KEY");

    spay_status status = spay_client_new(&client_options, &client, &error);
    if (status == SPAY_OK)
        status = spay_connect_server_new(client, &account, &server, &error);
    if (status == SPAY_OK)
        status = create(server, &session, &error);

    if (status == SPAY_OK)
        print_session(session);
    else
        example_complain(error);

    spay_connect_server_session_free(session);
    spay_connect_server_free(server);
    spay_client_free(client);
    spay_error_free(error);
    return status == SPAY_OK ? 0 : 1;
}
