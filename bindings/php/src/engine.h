/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A client of the library, with what belongs to it, shared by the objects of PHP that use it. One
 * that is kept lives on between requests, until the process ends.
 */
#ifndef SESSIONPAY_ENGINE_H
#define SESSIONPAY_ENGINE_H

#include <sys/types.h>

#include "php_sessionpay.h"

/* The parts of the mock and the engine that must not go before what uses them. */
struct mock {
    spay_mock *mock;
    uint32_t references;
};

struct engine {
    spay_client *client;
    struct mock *mock;   /* NULL for real connections */
    spay_multi *multi;   /* for calls that can be canceled; NULL until there is one */
    pid_t multi_owner;   /* the process that made it */
    HashTable *accounts; /* those that are kept with it; NULL if it is not kept */
    uint32_t references;
};

/* What a client's store is made of. */
struct store {
    const struct adapter *adapter;
    char *options; /* the struct that the adapter has for them */
};

struct provider;

struct account {
    void *made;
    const struct provider *provider;
    uint32_t references;
};

void sessionpay_mock_release(struct mock *mock);

/* NULL: an exception. Takes a reference of the mock, if there is one; `store` may be NULL too. */
struct engine *sessionpay_engine_new(spay_client_options *options, const struct store *store,
                                     struct mock *mock);

/* The same for all who ask with the same options, store and hooks. */
struct engine *sessionpay_engine_kept(spay_client_options *options, const struct store *store);

void sessionpay_engine_release(struct engine *engine);

/* Its driver; NULL if it cannot have one. */
spay_multi *sessionpay_engine_multi(struct engine *engine);

/* NULL: an exception. */
struct account *sessionpay_account_new(struct engine *engine, const struct provider *provider,
                                       const void *options);

void sessionpay_account_release(struct account *account);

/* The table of kept engines. */
void sessionpay_kept_init(HashTable *kept);

#endif
