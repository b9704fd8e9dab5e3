/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Accounts: made of checked options, shared by calls.
 */
#include "account.h"

#include <string.h>

#include "api/error.h"
#include "api/options.h"
#include "base/alloc.h"
#include "event.h"
#include "log.h"
#include "seal.h"
#include "token_cache.h"

static void add_headers(spay__account *account)
{
    spay__http_request_add(&account->common, "Content-Type", "application/json");
    spay__http_request_add(&account->common, "Accept", account->provider->accept);
    spay__http_request_add(&account->common, "User-Agent", account->client->user_agent);
}

static bool add_token_cache(spay__account *account)
{
    if (account->provider->has_tokens)
        account->tokens = spay__token_cache_new();
    return !account->provider->has_tokens || account->tokens;
}

/* NULL without memory. */
static spay__account *new_account(const spay__provider *provider, spay_client *client,
                                  const char *base_url, const void *options)
{
    spay__account *account = spay__alloc(provider->account_size);

    if (!account)
        return NULL;
    account->references = 1;
    account->provider = provider;
    account->client = spay__client_share(client);
    account->base_url = spay__url_copy_base(base_url);
    account->budget =
        account->base_url ? spay__budgets_of(&client->budgets, account->base_url) : NULL;
    add_headers(account);
    if (account->budget && add_token_cache(account) && provider->fill(account, options) &&
        !account->common.failed)
        return account;
    spay__account_free(account);
    return NULL;
}

static spay_status make(const spay__provider *provider, spay_client *client,
                        const void *caller_options, spay__account **made, spay_error **error)
{
    spay__input input = {provider->id, NULL};
    union {
        int64_t number;
        void *pointer;
        char bytes[SPAY__LONGEST_OPTIONS];
    } options;
    const char *base_url;
    spay_status status =
        spay__options_load(&options, provider->options_size, provider->options_least,
                           caller_options, provider->id, "options", error);

    if (status != SPAY_OK)
        return status;
    base_url = provider->check(&input, &options);
    status = spay__input_end(&input, error);
    if (status == SPAY_OK)
        *made = new_account(provider, client, base_url, &options);
    return status != SPAY_OK || *made ? status
                                      : spay__fail(error, SPAY_E_NO_MEMORY, "out of memory");
}

spay_status spay__refuse(spay_client *client, int32_t provider, const char *operation,
                         spay_error *fault, spay_error **error)
{
    spay__log(client, SPAY_LOG_ERROR, "%s %s: %s, stage %s: %s", spay_provider_name(provider),
              operation, spay_error_name(fault), spay__stage_name(fault->stage),
              spay_error_message(fault));
    spay__event_refusal(client, provider, operation, fault);
    return spay__error_return(fault, error);
}

spay_status spay__account_make(const spay__provider *provider, spay_client *client,
                               const void *options, void *out, spay_error **error)
{
    const spay__argument arguments[] = {
        {provider->name, out}, {"client", client}, {"options", options}, {NULL, NULL}};
    spay__account *made = NULL;
    spay_error *fault = NULL;
    spay_status status = spay__require(provider->id, arguments, error);

    if (status == SPAY_OK) {
        status = make(provider, client, options, &made, &fault);
        if (status != SPAY_OK)
            status = spay__refuse(client, provider->id, "account_new", fault, error);
    }
    if (out)
        memcpy(out, &made, sizeof(made));
    return status;
}

spay__account *spay__account_share(spay__account *account)
{
    (void)SPAY__ATOMIC_ADD(&account->references, 1);
    return account;
}

void spay__account_free(spay__account *account)
{
    spay_client *client;

    if (!account || SPAY__ATOMIC_ADD(&account->references, -1) > 0)
        return;
    client = account->client;
    spay__http_request_clear(&account->common);
    spay__free(account->base_url);
    spay__free(account->subject);
    spay__token_cache_free(account->tokens);
    spay__seal_free(account->seal);
    if (account->provider->destroy)
        account->provider->destroy(account);
    spay__free(account);
    spay_client_free(client);
}

bool spay__account_fix_token(spay__account *account, const char *token)
{
    return spay__token_cache_fix(account->tokens, token);
}
