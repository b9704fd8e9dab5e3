/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A shop in a box, for tests without a network: one client over the mock, an account at each of the
 * four providers, and what to do with each of them in a table.
 */
#ifndef SUPPORT_SHOP_H
#define SUPPORT_SHOP_H

#include <stdbool.h>

#include <sessionpay/sessionpay.h>

/* A build that leaves a provider out has no use for it. */
#if !defined(SPAY_DISABLE_WEPAY) && !defined(SPAY_DISABLE_HOSTED_FIELDS) &&                        \
    !defined(SPAY_DISABLE_CONNECT_SERVER) && !defined(SPAY_DISABLE_CONNECT_CLIENT)
#define SHOP_IS_COMPLETE 1
#else
#define SHOP_IS_COMPLETE 0
#endif

#if SHOP_IS_COMPLETE

#define SHOP_TERMINAL "7702014"
#define SHOP_GATEWAY "https://apple-pay-gateway-cert.apple.com/paymentservices/startSession"

/* Where the accounts are, and their credentials. */
typedef struct shop_setup {
    const char *wepay_url;
    const char *app_id;
    const char *app_token;
    const char *hosted_fields_url;
    const char *identity_url;
    const char *api_key;
    const char *connect_url;
    const char *merchant_id;
    const char *api_key_id;
    const char *secret_api_key;
    const char *client_session_id; /* NULL: no account at the client API yet */
    const char *customer_id;
} shop_setup;

typedef struct shop {
    const shop_setup *setup; /* NULL: one that is good enough for the mock */
    spay_mock *mock;
    spay_client *client;
    spay_wepay *wepay;
    spay_hosted_fields *hosted_fields; /* fetches its own tokens */
    spay_hosted_fields *hosted_bearer; /* has the caller's token */
    spay_connect_server *connect_server;
    spay_connect_client *connect_client;
    spay_error *error; /* why it could not be opened */
} shop;

/* Which account a call is made with. */
typedef enum shop_kind {
    SHOP_WEPAY,
    SHOP_HOSTED_FIELDS,
    SHOP_HOSTED_BEARER,
    SHOP_CONNECT_SERVER,
    SHOP_CONNECT_CLIENT,
    SHOP_KINDS
} shop_kind;

/* What the kinds have in common. */
typedef struct shop_provider {
    const char *name;
    int32_t provider;
    const char *key_header; /* NULL if there are no keys */
    int32_t status;         /* of a good reply */
    const char *reply;      /* the body of one */
    const char *value;      /* what the front end gets from it */
    int32_t most_attempts;  /* without options */
} shop_provider;

/* A good token reply: token "token-1", an hour. */
extern const char shop_token_reply[];

const shop_provider *shop_provider_of(shop_kind kind);

/*
 * Open the shop on a new mock. options may be NULL; a transport and a platform that it does not set
 * are the mock's. false if anything failed, with shop->error. Close it in any case.
 */
bool shop_open(shop *opened, const spay_client_options *options);
void shop_close(shop *opened);

/* Make the accounts of a shop whose mock and client are there. */
bool shop_open_accounts(shop *opened);

/* A call with a good request. */
spay_status shop_call(const shop *opened, shop_kind kind, const spay_call_options *options,
                      spay_call **call, spay_error **error);

/* The blocking function with the same request. *session is to be freed with shop_free_session(). */
spay_status shop_create(const shop *opened, shop_kind kind, const spay_call_options *options,
                        void **session, spay_error **error);

spay_status shop_take(shop_kind kind, spay_call *call, void **session, spay_error **error);
void shop_free_session(shop_kind kind, void *session);
const spay_session_info *shop_info(const void *session);

/* Script the mock. */
void shop_reply(const shop *opened, int32_t status, const char *headers, const char *body);
void shop_reply_good(const shop *opened, shop_kind kind);

/* Both steps of Apple Pay in one. */
spay_status shop_apple_pay(const shop *opened, const char *validation_url,
                           const spay_call_options *options,
                           spay_connect_server_session **server_session,
                           spay_connect_client_session **session, spay_error **error);

/* Where the sandbox is, and the accounts it has; need() gives a variable of the environment. */
shop_setup shop_setup_of_sandbox(const char *(*need)(const char *name));

#endif
#endif
