/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Everything at a glance: one session at each of the four APIs, and one request that is declined.
 *
 *     make quickstart
 *
 * starts the sandbox, a stand-in for the four APIs on this machine, and runs this program against
 * it. Ends with 0 if all four sessions were made and the last request was declined.
 */
#include <string.h>

#include "example.h"

struct shop {
    spay_client *client;
    spay_wepay *wepay;
    spay_hosted_fields *hosted_fields;
    spay_connect_server *connect;
};

/* ---- What is printed: a name, a value, and a word about it ------------------------------------ */

static void heading(int32_t provider, const char *request)
{
    printf("\n%s: %s\n", spay_provider_name(provider), request);
}

static void row(const char *name, const char *value, const char *note)
{
    if (*note)
        printf("  %-16s %-37s %s\n", name, value, note);
    else
        printf("  %-16s %s\n", name, value);
}

/* The sandbox's secrets are worthless, but real ones must not be printed. */
static void secret_row(const char *name, const char *secret, const char *note)
{
    char shown[20];

    snprintf(shown, sizeof shown, "%.*s...", strlen(secret) < 24 ? 4 : 12, secret);
    row(name, shown, note);
}

static void expiry_row(const spay_session_info *info)
{
    time_t expiry = (time_t)(info->expires_at_ms / 1000);
    long left = example_seconds_left(info);
    char when[40] = "not told";
    char note[40] = "";

    if (info->expires_at_ms >= 0) {
        strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S UTC", gmtime(&expiry));
        if (left >= 5400)
            snprintf(note, sizeof note, "in %ld h", (left + 1800) / 3600);
        else
            snprintf(note, sizeof note, "in %ld min", (left + 30) / 60);
    }
    row("expires", when, note);
}

static void attempts_row(const spay_session_info *info)
{
    char reply[40];
    char note[64];
    long ms = (long)info->elapsed_ms;

    snprintf(reply, sizeof reply, "HTTP %d", (int)info->http_status);
    snprintf(note, sizeof note, "%d attempt%s%s, %s%ld ms", (int)info->attempts,
             info->attempts == 1 ? "" : "s", info->token_requests ? " + token" : "", ms ? "" : "<",
             ms ? ms : 1);
    row("reply", reply, note);
}

static void info_rows(const spay_session_info *info, const char *key_header)
{
    expiry_row(info);
    row("idempotency key", *info->idempotency_key ? info->idempotency_key : "none", key_header);
    attempts_row(info);
}

/* Say what went wrong, and count the step as failed. */
static int failed(spay_error *error)
{
    fflush(stdout);
    example_complain(error);
    spay_error_free(error);
    return 0;
}

/* ---- The four sessions ------------------------------------------------------------------------ */

static int make_wepay(const struct shop *shop)
{
    spay_wepay_session *session = NULL;
    spay_error *error = NULL;

    spay_wepay_session_request request = SPAY_WEPAY_SESSION_REQUEST_INIT;
    request.type = "mobile_session";
    request.account_id = example_need("SPAY_WEPAY_ACCOUNT_ID");

    heading(SPAY_PROVIDER_WEPAY, "POST /session_tokens");
    if (spay_wepay_session_create(shop->wepay, &request, NULL, &session, &error) != SPAY_OK)
        return failed(error);

    secret_row("session_token", session->session_token, "to the Card Present SDK");
    info_rows(session->info, "Unique-Key");
    spay_wepay_session_free(session);
    return 1;
}

static int make_hosted_fields(const struct shop *shop)
{
    spay_hosted_fields_session *session = NULL;
    spay_error *error = NULL;

    spay_hosted_fields_session_request request = SPAY_HOSTED_FIELDS_SESSION_REQUEST_INIT;
    request.processing_terminal_id = example_need("SPAY_HOSTED_FIELDS_TERMINAL_ID");
    request.lib_version = example_need("SPAY_HOSTED_FIELDS_LIB_VERSION");
    request.scenario = "payment";

    heading(SPAY_PROVIDER_HOSTED_FIELDS,
            "POST /v1/processing-terminals/{id}/hosted-fields-sessions");
    if (spay_hosted_fields_session_create(shop->hosted_fields, &request, NULL, &session, &error) !=
        SPAY_OK)
        return failed(error);

    secret_row("token", session->token, "to the Hosted Fields script");
    info_rows(session->info, "Idempotency-Key");
    spay_hosted_fields_session_free(session);
    return 1;
}

static int make_apple_pay(const struct shop *shop,
                          const spay_connect_server_session *server_session)
{
    spay_connect_client *consumer = NULL;
    spay_connect_client_session *session = NULL;
    spay_error *error = NULL;

    spay_connect_client_session_request request = SPAY_CONNECT_CLIENT_SESSION_REQUEST_INIT;
    request.display_name = "Corner Shop";
    request.domain_name = example_need("SPAY_APPLE_PAY_DOMAIN_NAME");
    request.validation_url = example_need("SPAY_APPLE_PAY_VALIDATION_URL");

    heading(SPAY_PROVIDER_CONNECT_CLIENT, "POST /client/v1/{customerId}/products/302/sessions");
    spay_status status =
        spay_connect_client_from_session(shop->connect, server_session, &consumer, &error);
    if (status == SPAY_OK)
        status = spay_connect_client_session_create(consumer, &request, NULL, &session, &error);
    spay_connect_client_free(consumer);
    if (status != SPAY_OK)
        return failed(error);

    secret_row("sessionObject", session->session_object, "to completeMerchantValidation()");
    info_rows(session->info, "this API has no keys");
    spay_connect_client_session_free(session);
    return 1;
}

/* The client API needs a session of the server API, so these two come together. */
static int make_connect(const struct shop *shop)
{
    spay_connect_server_session *session = NULL;
    spay_error *error = NULL;
    int made = 1;

    heading(SPAY_PROVIDER_CONNECT_SERVER, "POST /v1/{merchantId}/sessions");
    if (spay_connect_server_session_create(shop->connect, NULL, NULL, &session, &error) != SPAY_OK)
        return failed(error);

    secret_row("clientSessionId", session->client_session_id, "all four to the Connect SDK");
    secret_row("customerId", session->customer_id, "");
    row("clientApiUrl", session->client_api_url, "");
    row("assetUrl", session->asset_url ? session->asset_url : "not told", "");
    info_rows(session->info, "sent only if asked for");

    made += make_apple_pay(shop, session);
    spay_connect_server_session_free(session);
    return made;
}

/* ---- The request that is declined ------------------------------------------------------------- */

static const char *outcome_note(const spay_error *error)
{
    switch (spay_error_outcome(error)) {
    case SPAY_OUTCOME_NOT_SENT:
        return "no byte of it left this machine";
    case SPAY_OUTCOME_REJECTED:
        return "nothing was made there";
    default:
        return "it may have taken effect";
    }
}

static void print_error(const spay_error *error)
{
    char http[40];

    snprintf(http, sizeof http, "HTTP %d", (int)spay_error_http_status(error));
    row("status", spay_error_name(error), http);
    row("outcome", spay_outcome_name(spay_error_outcome(error)), outcome_note(error));
    row("provider's code", spay_error_provider_code(error), "");
    for (size_t i = 0; i < spay_error_field_count(error); i++) {
        row("field", spay_error_field_path(error, i), spay_error_field_code(error, i));
    }
    row("idempotency key", spay_error_idempotency_key(error), "Unique-Key");
    row("request id", spay_error_request_id(error), "for the provider's support");
    row("what to do", "correct the field, then make a new call", "");
}

static int decline_wepay(const struct shop *shop)
{
    spay_wepay_session *session = NULL;
    spay_error *error = NULL;

    spay_wepay_session_request request = SPAY_WEPAY_SESSION_REQUEST_INIT;
    request.type = "no_such_session";
    request.account_id = example_need("SPAY_WEPAY_ACCOUNT_ID");

    heading(SPAY_PROVIDER_WEPAY, "POST /session_tokens with a wrong type: declined");
    if (spay_wepay_session_create(shop->wepay, &request, NULL, &session, &error) !=
        SPAY_E_REJECTED) {
        spay_wepay_session_free(session);
        return failed(error);
    }
    print_error(error);
    spay_error_free(error);
    return 1;
}

/* ---- The accounts ----------------------------------------------------------------------------- */

static spay_status open_accounts(struct shop *shop, spay_error **error)
{
    spay_wepay_options wepay = SPAY_WEPAY_OPTIONS_INIT;
    wepay.base_url = example_need("SPAY_WEPAY_BASE_URL");
    wepay.app_id = example_need("SPAY_WEPAY_APP_ID");
    wepay.app_token = example_need("SPAY_WEPAY_APP_TOKEN");

    spay_hosted_fields_options hosted_fields = SPAY_HOSTED_FIELDS_OPTIONS_INIT;
    hosted_fields.base_url = example_need("SPAY_HOSTED_FIELDS_BASE_URL");
    hosted_fields.identity_url = example_need("SPAY_HOSTED_FIELDS_IDENTITY_URL");
    hosted_fields.api_key = example_need("SPAY_HOSTED_FIELDS_API_KEY");

    spay_connect_server_options connect = SPAY_CONNECT_SERVER_OPTIONS_INIT;
    connect.base_url = example_need("SPAY_CONNECT_BASE_URL");
    connect.merchant_id = example_need("SPAY_CONNECT_MERCHANT_ID");
    connect.api_key_id = example_need("SPAY_CONNECT_API_KEY_ID");
    connect.secret_api_key = example_need("SPAY_CONNECT_SECRET_API_KEY");

    spay_client_options client = SPAY_CLIENT_OPTIONS_INIT;
    client.ca_file = example_need("SPAY_CA_FILE");

    spay_status status = spay_client_new(&client, &shop->client, error);
    if (status == SPAY_OK)
        status = spay_wepay_new(shop->client, &wepay, &shop->wepay, error);
    if (status == SPAY_OK)
        status = spay_hosted_fields_new(shop->client, &hosted_fields, &shop->hosted_fields, error);
    if (status == SPAY_OK)
        status = spay_connect_server_new(shop->client, &connect, &shop->connect, error);
    return status;
}

static void close_accounts(struct shop *shop)
{
    spay_wepay_free(shop->wepay);
    spay_hosted_fields_free(shop->hosted_fields);
    spay_connect_server_free(shop->connect);
    spay_client_free(shop->client);
}

int main(void)
{
    struct shop shop = {.client = NULL};
    spay_error *error = NULL;
    int made = 0;
    int declined = 0;

    printf("libsessionpay %s: one session at each API of the sandbox, %s\n", spay_version(),
           example_need("SPAY_SANDBOX_URL"));

    if (open_accounts(&shop, &error) == SPAY_OK) {
        made = make_wepay(&shop) + make_hosted_fields(&shop) + make_connect(&shop);
        declined = decline_wepay(&shop);
    } else {
        failed(error);
    }
    close_accounts(&shop);

    printf("\n%d of 4 sessions made, %s.\n", made,
           declined ? "and the wrong request declined" : "but the wrong request NOT declined");
    printf("Next: examples/ has a short program for each idea, docs/ the guides.\n");
    return made == 4 && declined ? 0 : 1;
}
