/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What the accounts of all providers have in common.
 */
#ifndef SPAY__ACCOUNT_H
#define SPAY__ACCOUNT_H

#include "client.h"
#include "http.h"
#include "input.h"

/* First member of every account. Calls hold references. */
typedef struct spay__account {
    int32_t references;
    int32_t provider;
    spay_client *client;
    char *base_url; /* without a trailing slash */
    spay__budget *budget;
    spay_http_request common; /* what all requests have in common */
    char *subject;            /* what all calls are about; NULL if each says so itself */
    bool with_keys;           /* make a key for every call */
    int64_t clock_offset_ms;  /* learned: what to add to the wall clock when signing */
    void (*destroy)(struct spay__account *account); /* frees the provider's part; NULL for none */
} spay__account;

/* A named environment and its base URL. Tables end with environment 0. */
typedef struct spay__environment {
    int32_t environment;
    const char *base_url;
} spay__environment;

/*
 * Which base URL an account uses: the caller's own, or that of the environment. Notes a fault and
 * returns NULL if there is neither.
 */
const char *spay__choose_base_url(spay__input *input, const spay__environment *environments,
                                  int32_t environment, const char *base_url, bool with_path);

/* Whose host a URL names: that environment's, or 0 if none's. NULL names none. */
int32_t spay__environment_of(const spay__environment *environments, const char *url);

/*
 * A new account object of a provider, whose first member is the common part; the rest is zeroed.
 * NULL without memory.
 */
void *spay__account_new(size_t size, int32_t provider, spay_client *client, const char *base_url,
                        void (*destroy)(spay__account *account));

spay__account *spay__account_share(spay__account *account);

/* Drop a reference; the last one destroys. NULL is ignored. */
void spay__account_free(spay__account *account);

/* A copy of a checked base URL without its trailing slash; NULL without memory. */
char *spay__copy_base_url(const char *url);

#endif
