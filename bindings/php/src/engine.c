/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

#include "engine.h"

#include <ext/hash/php_hash.h>
#include <ext/hash/php_hash_sha.h>

#include "failure.h"
#include "provider.h"

/* Beyond that the oldest goes, as soon as no object uses it. */
enum {
    KEPT_ENGINES = 16,
    KEPT_ACCOUNTS = 1024
};

enum {
    DIGEST = 32
};

/* ---- What options are told apart by ---------------------------------------------------------- */

static void add_bytes(PHP_SHA256_CTX *hash, const void *bytes, size_t length)
{
    PHP_SHA256Update(hash, (const unsigned char *)&length, sizeof(length));
    PHP_SHA256Update(hash, bytes, length);
}

static void add_member(PHP_SHA256_CTX *hash, const char *made, const struct member *member)
{
    size_t count = 0, i;
    const void *pointer;

    if (member->count)
        memcpy(&count, made + member->count, sizeof(count));
    if (member->type >= MEMBER_INT32 && member->type <= MEMBER_CHOICE) {
        size_t size = member->type == MEMBER_INT64  ? sizeof(int64_t)
                      : member->type == MEMBER_SIZE ? sizeof(size_t)
                                                    : sizeof(int32_t);
        add_bytes(hash, made + member->offset, size);
        return;
    }
    memcpy(&pointer, made + member->offset, sizeof(pointer));
    if (!pointer)
        add_bytes(hash, NULL, 0);
    else if (member->type == MEMBER_TEXT)
        add_bytes(hash, pointer, strlen(pointer) + 1); /* so that "" is not NULL */
    else if (member->type == MEMBER_BYTES)
        add_bytes(hash, pointer, count);
    else
        for (i = 0, add_bytes(hash, &count, sizeof(count)); i < count; i++)
            add_bytes(hash, ((const char *const *)pointer)[i],
                      strlen(((const char *const *)pointer)[i]));
}

/* A struct that has neither structs nor numbers in arrays. */
static void digest(char *result, const struct layout *layout, const void *made, uint32_t more)
{
    PHP_SHA256_CTX hash;
    const struct member *member;

    PHP_SHA256InitArgs(&hash, NULL);
    add_bytes(&hash, layout->name, strlen(layout->name));
    add_bytes(&hash, &more, sizeof(more));
    for (member = layout->members; member->name; member++)
        add_member(&hash, made, member);
    PHP_SHA256Final((unsigned char *)result, &hash);
}

static void make_room(HashTable *table, uint32_t limit)
{
    zend_string *oldest;

    if (zend_hash_num_elements(table) < limit)
        return;
    ZEND_HASH_FOREACH_STR_KEY(table, oldest)
    {
        zend_hash_del(table, oldest);
        break;
    }
    ZEND_HASH_FOREACH_END();
}

/* ---- Accounts -------------------------------------------------------------------------------- */

void sessionpay_account_release(struct account *account)
{
    if (account && !--account->references) {
        account->provider->account_free(account->made);
        pefree(account, 1);
    }
}

static struct account *account_make(struct engine *engine, const struct provider *provider,
                                    const void *options)
{
    spay_error *error = NULL;
    struct account *account;
    void *made;

    if (provider->account_new(engine->client, options, &made, &error) != SPAY_OK) {
        sessionpay_throw(error);
        return NULL;
    }
    account = pemalloc(sizeof(*account), 1);
    account->made = made;
    account->provider = provider;
    account->references = 1;
    return account;
}

/* One with a bearer token of its own has nothing to keep. */
static bool is_kept(const struct engine *engine, const struct provider *provider,
                    const void *options)
{
    return engine->accounts && provider->is_kept &&
           !(provider == &sessionpay_hosted_fields &&
             ((const spay_hosted_fields_options *)options)->bearer_token);
}

struct account *sessionpay_account_new(struct engine *engine, const struct provider *provider,
                                       const void *options)
{
    struct account *account;
    char key[DIGEST];

    if (!is_kept(engine, provider, options))
        return account_make(engine, provider, options);
    digest(key, provider->options, options, 0);
    account = zend_hash_str_find_ptr(engine->accounts, key, DIGEST);
    if (!account) {
        account = account_make(engine, provider, options);
        if (!account)
            return NULL;
        make_room(engine->accounts, KEPT_ACCOUNTS);
        zend_hash_str_add_new_ptr(engine->accounts, key, DIGEST, account);
    }
    account->references++;
    return account;
}

static void drop_account(zval *kept)
{
    sessionpay_account_release(Z_PTR_P(kept));
}

/* ---- Engines --------------------------------------------------------------------------------- */

void sessionpay_mock_release(struct mock *mock)
{
    if (mock && !--mock->references) {
        spay_mock_free(mock->mock);
        pefree(mock, 1);
    }
}

/* NULL: there is an error. */
static spay_client *make_client(spay_client_options *options, const struct store *store,
                                spay_error **error)
{
    spay_store table = SPAY_STORE_INIT;
    spay_client *client = NULL;

    if (store && store->adapter->make(store->options, &table, error) != SPAY_OK)
        return NULL;
    options->store = store ? &table : NULL;
    if (spay_client_new(options, &client, error) != SPAY_OK && store)
        table.destroy(table.ctx);
    options->store = NULL;
    return client;
}

struct engine *sessionpay_engine_new(spay_client_options *options, const struct store *store,
                                     struct mock *mock)
{
    spay_error *error = NULL;
    spay_client *client = make_client(options, store, &error);
    struct engine *engine;

    if (!client) {
        sessionpay_throw(error);
        return NULL;
    }
    engine = pecalloc(1, sizeof(*engine), 1);
    engine->client = client;
    engine->mock = mock;
    engine->references = 1;
    if (mock)
        mock->references++;
    return engine;
}

void sessionpay_engine_release(struct engine *engine)
{
    if (!engine || --engine->references)
        return;
    if (engine->accounts) {
        zend_hash_destroy(engine->accounts);
        pefree(engine->accounts, 1);
    }
    if (engine->multi_owner == getpid())
        spay_multi_free(engine->multi);
    spay_client_free(engine->client);
    sessionpay_mock_release(engine->mock);
    pefree(engine, 1);
}

static void drop_engine(zval *kept)
{
    sessionpay_engine_release(Z_PTR_P(kept));
}

void sessionpay_kept_init(HashTable *kept)
{
    zend_hash_init(kept, 0, NULL, drop_engine, 1);
}

struct engine *sessionpay_engine_kept(spay_client_options *options, const struct store *store)
{
    HashTable *kept = &SESSIONPAY_G(kept);
    uint32_t hooks =
        (options->log ? 1u : 0) | (options->event ? 2u : 0) | (options->before_send ? 4u : 0);
    struct engine *engine;
    char key[2 * DIGEST] = {0};

    digest(key, &layout_spay_client_options, options, hooks);
    if (store)
        digest(key + DIGEST, store->adapter->options, store->options, 0);
    engine = zend_hash_str_find_ptr(kept, key, sizeof(key));
    if (!engine) {
        engine = sessionpay_engine_new(options, store, NULL);
        if (!engine)
            return NULL;
        engine->accounts = pemalloc(sizeof(*engine->accounts), 1);
        zend_hash_init(engine->accounts, 0, NULL, drop_account, 1);
        make_room(kept, KEPT_ENGINES);
        zend_hash_str_add_new_ptr(kept, key, sizeof(key), engine);
    }
    engine->references++;
    return engine;
}

spay_multi *sessionpay_engine_multi(struct engine *engine)
{
    if (engine->mock)
        return NULL;
    if (engine->multi_owner != getpid()) { /* the parent's stays as it is */
        engine->multi = NULL;
        engine->multi_owner = getpid();
    }
    if (!engine->multi)
        (void)spay_multi_new(engine->client, NULL, &engine->multi, NULL);
    return engine->multi;
}
