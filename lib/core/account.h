/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What the accounts of all providers have in common.
 */
#ifndef SPAY__ACCOUNT_H
#define SPAY__ACCOUNT_H

#include "api/input.h"
#include "client.h"
#include "http/message.h"

/* First member of every account. Calls hold references. */
typedef struct spay__account {
    int32_t references;
    const struct spay__account_kind *kind;
    spay_client *client;
    char *base_url; /* without a trailing slash */
    spay__budget *budget;
    spay_http_request common;   /* what all requests have in common */
    char *subject;              /* what all calls are about; NULL if each says so itself */
    bool with_keys;             /* make a key for every call */
    int64_t clock_offset_ms;    /* learned: what to add to the wall clock when signing */
    int64_t doubtful_offset_ms; /* told by one reply, and hard to believe; 0 for none */
} spay__account;

/* The accounts of a provider: constant. */
typedef struct spay__account_kind {
    int32_t provider;
    const char *name;   /* what faults call the account */
    const char *accept; /* what replies it takes */
    size_t size;
    size_t options_size; /* of the caller's options, here and in their first version */
    size_t options_least;
    /* Note the faults of the options; the base URL if there is none. */
    const char *(*check)(spay__input *input, const void *options);
    /* Take what the provider needs out of checked options. false: no memory. */
    bool (*fill)(spay__account *account, const void *options);
    void (*destroy)(spay__account *account); /* frees the provider's part; NULL for none */
} spay__account_kind;

/* A size that does not compile if options of it are longer than spay__account_make() takes. */
enum {
    SPAY__LONGEST_OPTIONS = 128
};

#define SPAY__OPTIONS_SIZE(type)                                                                   \
    (sizeof(type) * sizeof(char[sizeof(type) <= SPAY__LONGEST_OPTIONS]))

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
 * Make an account. The pointers are the caller's, unchecked; out is one to a pointer to an account
 * of this kind, which becomes NULL on failure.
 */
spay_status spay__account_make(const spay__account_kind *kind, spay_client *client,
                               const void *options, void *out, spay_error **error);

/*
 * Hand out why the arguments of an operation were refused, after a line and a record of it. Takes
 * the fault over. Returns its status.
 */
spay_status spay__refuse(spay_client *client, int32_t provider, const char *operation,
                         spay_error *fault, spay_error **error);

spay__account *spay__account_share(spay__account *account);

/* Drop a reference; the last one destroys. NULL is ignored. */
void spay__account_free(spay__account *account);

/* A copy of a checked base URL without its trailing slash; NULL without memory. */
char *spay__copy_base_url(const char *url);

#endif
