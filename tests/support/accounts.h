/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * One client and an account at each of the four providers: over the mock, or at a server. What the
 * tests do with each of them is the same call with another account_kind.
 */
#ifndef SUPPORT_ACCOUNTS_H
#define SUPPORT_ACCOUNTS_H

#include <stdbool.h>

#include <sessionpay/sessionpay.h>

/* A build that leaves a provider out has no use for it. */
#if !defined(SPAY_DISABLE_WEPAY) && !defined(SPAY_DISABLE_HOSTED_FIELDS) &&                        \
    !defined(SPAY_DISABLE_CONNECT_SERVER) && !defined(SPAY_DISABLE_CONNECT_CLIENT)
#define ALL_PROVIDERS 1
#else
#define ALL_PROVIDERS 0
#endif

#if ALL_PROVIDERS

#define TEST_TERMINAL "7702014"
#define TEST_GATEWAY "https://apple-pay-gateway-cert.apple.com/paymentservices/startSession"

/* Where the accounts are, and their credentials. */
typedef struct accounts_setup {
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
    const char *bearer_token; /* of hosted_bearer; NULL: "brought-token" */
} accounts_setup;

typedef struct test_accounts {
    spay_mock *mock;
    spay_client *client;
    spay_wepay *wepay;
    spay_hosted_fields *hosted_fields; /* fetches its own tokens */
    spay_hosted_fields *hosted_bearer; /* has the caller's token */
    spay_connect_server *connect_server;
    spay_connect_client *connect_client;
    spay_error *error; /* why it could not be opened */
} test_accounts;

/* Which account a call is made with. */
typedef enum account_kind {
    ACCOUNT_WEPAY,
    ACCOUNT_HOSTED_FIELDS,
    ACCOUNT_HOSTED_BEARER,
    ACCOUNT_CONNECT_SERVER,
    ACCOUNT_CONNECT_CLIENT,
    ACCOUNT_KINDS
} account_kind;

/* What the kinds have in common. */
typedef struct account_facts {
    const char *name;
    int32_t provider;
    const char *key_header; /* NULL if there are no keys */
    int32_t status;         /* of a good reply */
    const char *reply;      /* the body of one */
    const char *value;      /* what the front end gets from it */
    int32_t most_attempts;  /* without options */
} account_facts;

/* A good token reply: token "token-1", an hour. */
extern const char good_token_reply[];

const account_facts *account_facts_of(account_kind kind);

/* Room for a URL that accounts_setup_at() writes. */
enum {
    ACCOUNTS_URL_SIZE = 128
};

/* All accounts at one base URL, with credentials that nobody checks. */
accounts_setup accounts_setup_at(const char *url, char hosted_fields_url[ACCOUNTS_URL_SIZE]);

/*
 * Make a client and its accounts. options may be NULL; setup NULL is one that is good enough for
 * the mock. What they point to is needed until this returns. false if anything failed, with
 * opened->error. Close in any case.
 */
bool accounts_open_at(test_accounts *opened, const accounts_setup *setup,
                      const spay_client_options *options);

/*
 * The same over a new mock: a transport and a platform that the options do not set are the mock's.
 */
bool accounts_open(test_accounts *opened, const spay_client_options *options);
void accounts_close(test_accounts *opened);

/* Make the accounts alone, for the client that is there. setup may be NULL. */
bool accounts_make(test_accounts *opened, const accounts_setup *setup);

/* A call with a good request. */
spay_status accounts_new_call(const test_accounts *opened, account_kind kind,
                              const spay_call_options *options, spay_call **call,
                              spay_error **error);

/*
 * The blocking function with the same request. *session is to be freed with
 * accounts_free_session().
 */
spay_status accounts_create_session(const test_accounts *opened, account_kind kind,
                                    const spay_call_options *options, void **session,
                                    spay_error **error);

spay_status accounts_take_session(account_kind kind, spay_call *call, void **session,
                                  spay_error **error);
void accounts_free_session(account_kind kind, void *session);
const spay_session_info *accounts_session_info(const void *session);

/* Script the mock. */
void accounts_reply(const test_accounts *opened, int32_t status, const char *headers,
                    const char *body);
void accounts_reply_good(const test_accounts *opened, account_kind kind);

/* Both steps of Apple Pay in one. */
spay_status accounts_apple_pay(const test_accounts *opened, const char *validation_url,
                               const spay_call_options *options,
                               spay_connect_server_session **server_session,
                               spay_connect_client_session **session, spay_error **error);
spay_status accounts_new_apple_pay_call(const test_accounts *opened, const char *validation_url,
                                        const spay_call_options *options, spay_call **call,
                                        spay_error **error);

/* Where the sandbox is, and the accounts it has; need() gives a variable of the environment. */
accounts_setup accounts_setup_of_sandbox(const char *(*need)(const char *name));

#endif
#endif
