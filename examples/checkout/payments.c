/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * One order is one intent: the idempotency key is derived from it, so that a crash, a second click or
 * another worker ask the provider for the same session again, not for another one. When a session has
 * expired the next try begins, which is another intent.
 */
#include "payments.h"

#include <string.h>

#include "../example.h"

enum {
    CALL_MS = 8000,    /* a shopper waits no longer */
    ATTEMPT_MS = 4000, /* so there is time for another one */
    MARGIN_MS = 60000, /* a session that expires so soon is not handed out */
    MOST_TRIES = 20,   /* of an order: whoever needs more is not a shopper */
    INTENT_SIZE = 64
};

static spay_client *client;
static spay_hosted_fields *hosted_fields;
static spay_connect_server *connect_server;
static spay_wepay *wepay;
static spay_hosted_fields_session_request card_request = SPAY_HOSTED_FIELDS_SESSION_REQUEST_INIT;
static spay_wepay_session_request reader_request = SPAY_WEPAY_SESSION_REQUEST_INIT;

/* -- Accounts -- */

/* Addresses are given for the sandbox alone; the environment has the others. */
static spay_status open_card_account(spay_error **error)
{
    spay_hosted_fields_options card = SPAY_HOSTED_FIELDS_OPTIONS_INIT;
    card.environment = SPAY_ENV_TEST;
    card.base_url = getenv("SPAY_HOSTED_FIELDS_BASE_URL");
    card.identity_url = getenv("SPAY_HOSTED_FIELDS_IDENTITY_URL");
    card.api_key = example_need("SPAY_HOSTED_FIELDS_API_KEY");

    card_request.processing_terminal_id = example_need("SPAY_HOSTED_FIELDS_TERMINAL_ID");
    card_request.lib_version = example_need("SPAY_HOSTED_FIELDS_LIB_VERSION");
    card_request.scenario = "payment";
    return spay_hosted_fields_new(client, &card, &hosted_fields, error);
}

static spay_status open_apple_account(spay_error **error)
{
    spay_connect_server_options apple = SPAY_CONNECT_SERVER_OPTIONS_INIT;
    apple.environment = SPAY_ENV_TEST;
    apple.base_url = getenv("SPAY_CONNECT_BASE_URL");
    apple.merchant_id = example_need("SPAY_CONNECT_MERCHANT_ID");
    apple.api_key_id = example_need("SPAY_CONNECT_API_KEY_ID");
    apple.secret_api_key = example_need("SPAY_CONNECT_SECRET_API_KEY");
    return spay_connect_server_new(client, &apple, &connect_server, error);
}

static spay_status open_reader_account(spay_error **error)
{
    spay_wepay_options reader = SPAY_WEPAY_OPTIONS_INIT;
    reader.environment = SPAY_ENV_TEST;
    reader.base_url = getenv("SPAY_WEPAY_BASE_URL");
    reader.app_id = example_need("SPAY_WEPAY_APP_ID");
    reader.app_token = example_need("SPAY_WEPAY_APP_TOKEN");

    reader_request.type = "mobile_session";
    reader_request.account_id = example_need("SPAY_WEPAY_ACCOUNT_ID");
    return spay_wepay_new(client, &reader, &wepay, error);
}

static spay_status open_accounts(spay_error **error)
{
    spay_status status = open_card_account(error);

    if (status == SPAY_OK)
        status = open_apple_account(error);
    return status == SPAY_OK ? open_reader_account(error) : status;
}

bool payments_start(void)
{
    const char *secret = example_need("CHECKOUT_KEY_SECRET");
    spay_error *error = NULL;

    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;
    options.ca_file = getenv("SPAY_CA_FILE"); /* the sandbox's; NULL: the system's authorities */
    options.timeout_ms = CALL_MS;
    options.attempt_timeout_ms = ATTEMPT_MS;
    options.key_secret = secret;
    options.key_secret_length = strlen(secret);

    spay_status status = spay_client_new(&options, &client, &error);
    if (status == SPAY_OK)
        status = open_accounts(&error);
    if (status != SPAY_OK)
        example_complain(error);
    spay_error_free(error);
    return status == SPAY_OK;
}

void payments_stop(void)
{
    spay_hosted_fields_free(hosted_fields);
    spay_connect_server_free(connect_server);
    spay_wepay_free(wepay);
    spay_client_free(client);
}

/* -- Words -- */

/* A session is not a payment: whatever went wrong here, nothing was charged. */
struct words {
    const char *code;
    const char *title;
    const char *text;
    bool again; /* trying again can help */
};

static const struct words slow = {
    .code = "slow",
    .title = "The payment service is slow",
    .text = "It has not answered in time. Nothing was charged, and your order is kept.",
    .again = true,
};
static const struct words busy = {
    .code = "busy",
    .title = "The payment service is busy",
    .text = "Many people are paying at this moment. Please wait a little, then try again.",
    .again = true,
};
static const struct words unreachable = {
    .code = "unreachable",
    .title = "The payment service does not answer",
    .text = "Nothing was charged, and your order is kept. Please try again in a few minutes.",
    .again = true,
};
static const struct words expired = {
    .code = "expired",
    .title = "This took too long",
    .text = "For your safety a payment has to be finished within some minutes. Please begin again.",
    .again = true,
};
static const struct words refused = {
    .code = "refused",
    .title = "This order cannot be paid in this way",
    .text = "Nothing was charged. Please choose another way to pay, or ask us.",
};
static const struct words closed = {
    .code = "closed",
    .title = "We cannot take payments at the moment",
    .text = "This is our fault, not yours, and we know about it. Nothing was charged.",
};
static const struct words fault = {
    .code = "fault",
    .title = "Something went wrong on our side",
    .text = "Nothing was charged. If it happens again, please tell us the number of your order.",
    .again = true,
};

static const struct words *words_for(spay_status status)
{
    switch (status) {
    case SPAY_E_TIMEOUT:
        return &slow;
    case SPAY_E_THROTTLED:
    case SPAY_E_BUSY:
        return &busy;
    case SPAY_E_EXPIRED:
        return &expired;
    default:
        break;
    }
    switch (spay_status_group(status)) {
    case SPAY_GROUP_LATER:
        return &unreachable;
    case SPAY_GROUP_SETUP:
        return &closed;
    case SPAY_GROUP_REQUEST:
        return &refused;
    default:
        return status == SPAY_E_INVALID_ARGUMENT ? &refused : &fault;
    }
}

static cJSON *tell(const struct words *words, int64_t retry_after_ms)
{
    cJSON *answer = cJSON_CreateObject();
    cJSON *problem = cJSON_AddObjectToObject(answer, "problem");
    int64_t after_s = retry_after_ms > 0 ? (retry_after_ms + 999) / 1000 : 0;

    cJSON_AddStringToObject(problem, "code", words->code);
    cJSON_AddStringToObject(problem, "title", words->title);
    cJSON_AddStringToObject(problem, "text", words->text);
    cJSON_AddBoolToObject(problem, "again", words->again);
    if (after_s > 0)
        cJSON_AddNumberToObject(problem, "afterSeconds", (double)after_s);
    return answer;
}

cJSON *payments_fault(void)
{
    return tell(&fault, 0);
}

/* The shopper reads words, the shop's log has the facts. No credential is in them. */
static cJSON *explain(const struct order *order, const spay_error *error)
{
    fprintf(stderr, "order %s: %s, %s: %s (request id %s)\n", order->id, spay_error_name(error),
            spay_outcome_name(spay_error_outcome(error)), spay_error_message(error),
            spay_error_request_id(error));
    return tell(words_for(spay_error_status(error)), spay_error_retry_after_ms(error));
}

static cJSON *say_paid(void)
{
    cJSON *answer = cJSON_CreateObject();

    cJSON_AddTrueToObject(answer, "paid");
    return answer;
}

/* -- Cards -- */

static spay_status make_card_session(struct order *order, spay_error **error)
{
    char intent[INTENT_SIZE];
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;

    snprintf(intent, sizeof(intent), "order %s, card, try %d", order->id, order->card_try);
    options.intent = intent;
    spay_hosted_fields_session_free(order->card);
    return spay_hosted_fields_session_create(hosted_fields, &card_request, &options, &order->card,
                                             error);
}

static bool is_usable(const spay_hosted_fields_session *session, const char *refused_token)
{
    return session && (!refused_token || strcmp(session->token, refused_token) != 0) &&
           spay_session_expires_in_ms(session->info, example_now_ms(), MARGIN_MS) > 0;
}

/* A session that cannot be used, or that a repeated key gave and has expired, ends its try. */
static spay_status renew_card_session(struct order *order, spay_error **error)
{
    spay_status status;

    if (order->card)
        order->card_try++;
    status = make_card_session(order, error);
    if (status == SPAY_E_EXPIRED) {
        spay_error_free(*error);
        order->card_try++;
        status = make_card_session(order, error);
    }
    return status;
}

static cJSON *describe(const char *token, const spay_session_info *info)
{
    cJSON *answer = cJSON_CreateObject();
    int64_t left_s = spay_session_expires_in_ms(info, example_now_ms(), 0) / 1000;

    cJSON_AddStringToObject(answer, "token", token);
    cJSON_AddNumberToObject(answer, "expiresIn", (double)left_s);
    return answer;
}

static cJSON *describe_card(const spay_hosted_fields_session *session)
{
    cJSON *answer = describe(session->token, session->info);

    cJSON_AddStringToObject(answer, "mode", card_request.scenario);
    return answer;
}

cJSON *payments_card(struct order *order, const char *refused_token)
{
    spay_error *error = NULL;
    spay_status status = SPAY_OK;
    cJSON *answer;

    pthread_mutex_lock(&order->lock);
    if (!order->paid && order->card_try < MOST_TRIES && !is_usable(order->card, refused_token))
        status = renew_card_session(order, &error);
    if (order->paid)
        answer = say_paid();
    else if (status != SPAY_OK)
        answer = explain(order, error);
    else
        answer = order->card_try < MOST_TRIES ? describe_card(order->card) : tell(&refused, 0);
    pthread_mutex_unlock(&order->lock);
    spay_error_free(error);
    return answer;
}

/* -- Apple Pay -- */

/* A merchant session is good for one sheet, so each sheet is a try of its own. */
static spay_status make_apple_session(struct order *order, const char *validation_url,
                                      spay_connect_client_session **session, spay_error **error)
{
    char intent[INTENT_SIZE];
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    spay_connect_client_session_request request = SPAY_CONNECT_CLIENT_SESSION_REQUEST_INIT;

    snprintf(intent, sizeof(intent), "order %s, Apple Pay, try %d", order->id, order->apple_try++);
    options.intent = intent;
    request.display_name = "Example Bikes";
    request.domain_name = example_need("SPAY_APPLE_PAY_DOMAIN_NAME");
    request.validation_url =
        validation_url; /* from a browser: the library checks that it is Apple's */
    return spay_connect_apple_pay_session_create(connect_server, NULL, &request, &options, NULL,
                                                 session, error);
}

cJSON *payments_apple(struct order *order, const char *validation_url)
{
    spay_connect_client_session *session = NULL;
    spay_error *error = NULL;
    cJSON *answer;

    pthread_mutex_lock(&order->lock);
    if (order->paid) {
        answer = say_paid();
    } else if (order->apple_try >= MOST_TRIES) {
        answer = tell(&refused, 0);
    } else {
        spay_status status = make_apple_session(order, validation_url, &session, &error);
        if (status == SPAY_E_EXPIRED) { /* the client session, between the two calls */
            spay_error_free(error);
            status = make_apple_session(order, validation_url, &session, &error);
        }
        /* To the page as it is, byte for byte. */
        answer =
            status == SPAY_OK ? cJSON_CreateRaw(session->session_object) : explain(order, error);
    }
    pthread_mutex_unlock(&order->lock);
    spay_connect_client_session_free(session);
    spay_error_free(error);
    return answer;
}

/* -- Card readers -- */

cJSON *payments_reader(struct order *order)
{
    char intent[INTENT_SIZE];
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    spay_wepay_session *session = NULL;
    spay_error *error = NULL;
    cJSON *answer;

    snprintf(intent, sizeof(intent), "order %s, reader", order->id);
    options.intent = intent;
    pthread_mutex_lock(&order->lock);
    if (order->paid)
        answer = say_paid();
    else if (spay_wepay_session_create(wepay, &reader_request, &options, &session, &error))
        answer = explain(order, error);
    else
        answer = describe(session->session_token, session->info);
    pthread_mutex_unlock(&order->lock);
    spay_wepay_session_free(session);
    spay_error_free(error);
    return answer;
}
