/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Payroc Hosted Fields: one session for each load of the page that takes card details. The account
 * object fetches the bearer token before the first session and keeps it for the next, so a program
 * makes the account once.
 *
 *     build/bin/sessionpay-sandbox -- build/examples/hosted_fields
 *
 * Against Payroc's UAT environment, leave SPAY_HOSTED_FIELDS_BASE_URL,
 * SPAY_HOSTED_FIELDS_IDENTITY_URL and SPAY_CA_FILE unset and set
 *
 *     SPAY_HOSTED_FIELDS_API_KEY       the API key
 *     SPAY_HOSTED_FIELDS_TERMINAL_ID   the processing terminal
 *     SPAY_HOSTED_FIELDS_LIB_VERSION   the version of the Hosted Fields script that the page loads
 */
#include "example.h"

/* What a web server does for each page load. */
static spay_status load_page(spay_hosted_fields *hosted_fields, spay_error **error)
{
    spay_hosted_fields_session *session = NULL;

    spay_hosted_fields_session_request request = SPAY_HOSTED_FIELDS_SESSION_REQUEST_INIT;
    request.processing_terminal_id = getenv("SPAY_HOSTED_FIELDS_TERMINAL_ID");
    request.lib_version = getenv("SPAY_HOSTED_FIELDS_LIB_VERSION");
    request.scenario = "payment";

    spay_status status =
        spay_hosted_fields_session_create(hosted_fields, &request, NULL, &session, error);
    if (status == SPAY_OK) {
        printf("token            %.8s...  (a secret: write it into this one page)\n",
               session->token);
        printf("terminal         %s\n", session->processing_terminal_id);
        printf("expires          in %ld s\n", example_seconds_left(session->info));
        printf("Idempotency-Key  %s\n", session->info->idempotency_key);
        printf("bearer token     %s\n\n", session->info->token_requests ? "fetched" : "kept");
    }
    spay_hosted_fields_session_free(session);
    return status;
}

int main(void)
{
    spay_client *client = NULL;
    spay_hosted_fields *hosted_fields = NULL;
    spay_error *error = NULL;

    spay_client_options client_options = SPAY_CLIENT_OPTIONS_INIT;
    client_options.ca_file = getenv("SPAY_CA_FILE"); /* NULL: the system's authorities */

    spay_hosted_fields_options account = SPAY_HOSTED_FIELDS_OPTIONS_INIT;
    account.environment = SPAY_ENV_TEST;
    account.base_url = getenv("SPAY_HOSTED_FIELDS_BASE_URL"); /* wins over environment */
    account.identity_url = getenv("SPAY_HOSTED_FIELDS_IDENTITY_URL");
    account.api_key = example_need("SPAY_HOSTED_FIELDS_API_KEY");
    example_need("SPAY_HOSTED_FIELDS_TERMINAL_ID");
    example_need("SPAY_HOSTED_FIELDS_LIB_VERSION");

    spay_status status = spay_client_new(&client_options, &client, &error);
    if (status == SPAY_OK)
        status = spay_hosted_fields_new(client, &account, &hosted_fields, &error);
    if (status == SPAY_OK)
        status = load_page(hosted_fields, &error);
    if (status == SPAY_OK)
        status = load_page(hosted_fields, &error);

    if (status != SPAY_OK)
        example_complain(error);

    spay_hosted_fields_free(hosted_fields);
    spay_client_free(client);
    spay_error_free(error);
    return status == SPAY_OK ? 0 : 1;
}
