/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Accounts: base URLs and lifetime.
 */
#include "account.h"

#include <string.h>

#include "api/error.h"
#include "api/options.h"
#include "base/alloc.h"
#include "event.h"
#include "log.h"

static const char *environment_url(const spay__environment *environments, int32_t environment)
{
    for (; environments->environment; environments++)
        if (environments->environment == environment)
            return environments->base_url;
    return NULL;
}

int32_t spay__environment_of(const spay__environment *environments, const char *url)
{
    spay__url named;
    spay__url known;

    if (!url || spay__url_parse(url, &named))
        return 0;
    for (; environments->environment; environments++) {
        (void)spay__url_parse(environments->base_url, &known);
        if (strcmp(named.host, known.host) == 0)
            return environments->environment;
    }
    return 0;
}

/* A base URL that belongs to another of the provider's systems than the environment says. */
static bool contradicts(const spay__environment *environments, const char *environment_base,
                        const char *base_url)
{
    int32_t named = spay__environment_of(environments, base_url);

    return named && named != spay__environment_of(environments, environment_base);
}

const char *spay__choose_base_url(spay__input *input, const spay__environment *environments,
                                  int32_t environment, const char *base_url, bool with_path)
{
    const char *url = environment_url(environments, environment);
    spay__url parts;

    if (environment && !url)
        spay__input_fault(input, "environment", "unknown_environment",
                          "is none of the constants of this provider");
    else if (!environment && !base_url)
        spay__input_fault(input, "environment", "missing", "is required unless base_url is set");
    if (!base_url)
        return url;
    if (!spay__input_base_url(input, "base_url", base_url, with_path, &parts))
        return NULL;
    if (url && contradicts(environments, url, base_url))
        spay__input_fault(input, "base_url", "environment_mismatch",
                          "is the provider's other system than environment says");
    return base_url;
}

char *spay__copy_base_url(const char *url)
{
    size_t length = strlen(url);

    return spay__copy(url, length && url[length - 1] == '/' ? length - 1 : length);
}

static void add_headers(spay__account *account)
{
    spay__http_request_add(&account->common, "Content-Type", "application/json");
    spay__http_request_add(&account->common, "Accept", account->kind->accept);
    spay__http_request_add(&account->common, "User-Agent", account->client->user_agent);
}

/* NULL without memory. */
static spay__account *new_account(const spay__account_kind *kind, spay_client *client,
                                  const char *base_url, const void *options)
{
    spay__account *account = spay__alloc(kind->size);

    if (!account)
        return NULL;
    account->references = 1;
    account->kind = kind;
    account->client = spay__client_share(client);
    account->base_url = spay__copy_base_url(base_url);
    account->budget = account->base_url ? spay__client_budget(client, account->base_url) : NULL;
    add_headers(account);
    if (account->budget && kind->fill(account, options) && !account->common.failed)
        return account;
    spay__account_free(account);
    return NULL;
}

static spay_status make(const spay__account_kind *kind, spay_client *client, const void *theirs,
                        spay__account **made, spay_error **error)
{
    spay__input input = {kind->provider, NULL};
    union {
        int64_t number;
        void *pointer;
        char bytes[SPAY__LONGEST_OPTIONS];
    } options;
    const char *base_url;
    spay_status status = spay__options_load(&options, kind->options_size, kind->options_least,
                                            theirs, kind->provider, "options", error);

    if (status != SPAY_OK)
        return status;
    base_url = kind->check(&input, &options);
    status = spay__input_end(&input, error);
    if (status == SPAY_OK)
        *made = new_account(kind, client, base_url, &options);
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

spay_status spay__account_make(const spay__account_kind *kind, spay_client *client,
                               const void *options, void *out, spay_error **error)
{
    const spay__argument arguments[] = {
        {kind->name, out}, {"client", client}, {"options", options}, {NULL, NULL}};
    spay__account *made = NULL;
    spay_error *fault = NULL;
    spay_status status = spay__require(kind->provider, arguments, error);

    if (status == SPAY_OK) {
        status = make(kind, client, options, &made, &fault);
        if (status != SPAY_OK)
            status = spay__refuse(client, kind->provider, "account_new", fault, error);
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
    if (account->kind->destroy)
        account->kind->destroy(account);
    spay__free(account);
    spay_client_free(client);
}
