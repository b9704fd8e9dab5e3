/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A store that answers anything: bytes that nobody sealed, records that were changed, those of other names
 * and of another account, any lifetime and fence, or nothing. No call believes what is not its own; a
 * token that was fetched under a lease is put in the place of what was there.
 *
 * The same for a store that knows the key: what it says is read as strictly as a reply.
 *
 * input: account, then for each call: its intent, what its credentials are answered, and for each operation:
 * how it ends, lifetime, bytes
 */
#include <stdlib.h>
#include <string.h>

#include "core/seal.h"
#include "providers/provider.h"
#include "support/accounts.h"
#include "support/input.h"

enum {
    CALLS = 3,
    MOST_RECORDS = 8,
    MOST_PENDING = 64
};

/* How a get ends. */
enum {
    MISS,
    FAILURE,
    NOTHING,
    UNSEALED,
    SEALED, /* by somebody who has the key */
    CHANGED,
    OTHERS,
    STORED,
    ANSWERS
};

typedef struct record {
    char name[SPAY__STORE_NAME_SIZE];
    char *value;
    size_t length;
} record;

typedef struct any_store {
    spay_store table;
    fuzz_input *input; /* NULL: a good store */
    const spay__seal *seal;
    record records[MOST_RECORDS];
    int count;
    spay_store_operation *pending[MOST_PENDING];
    int pending_count;
    uint64_t fence; /* of the last lease */
    int gets;
    int puts;
    bool sealed;
} any_store;

static const char foreign_session[] =
    "{\"processingTerminalId\":\"" TEST_TERMINAL "\",\"token\":\"foreign-page\","
    "\"expiresAt\":\"2030-01-01T00:00:00Z\"}";
static const char foreign_token[] =
    "{\"access_token\":\"foreign-token\",\"expires_in\":3600,\"token_type\":\"Bearer\"}";

/* ---- answers ---- */

static int64_t lifetime(uint32_t which)
{
    static const int64_t lifetimes[] = {3600000, 1, 60000, INT64_MAX, 0, -1, INT64_MIN, 1500};

    return lifetimes[which % 8];
}

/* Ends with the client. */
static void let_hang(any_store *s, spay_store_operation *operation)
{
    REQUIRE(s->pending_count < MOST_PENDING);
    s->pending[s->pending_count++] = operation;
}

static record *find(any_store *s, const char *name)
{
    for (int i = 0; i < s->count; i++)
        if (strcmp(s->records[i].name, name) == 0)
            return &s->records[i];
    return NULL;
}

static void find_bytes(any_store *s, spay_store_operation *operation, int64_t ttl_ms)
{
    size_t length = fuzz_byte(s->input);

    length = length < s->input->size ? length : s->input->size;
    spay_store_found(operation, s->input->data, length, ttl_ms);
    s->input->data += length;
    s->input->size -= length;
}

static void find_sealed(any_store *s, const char *name, spay_store_operation *operation,
                        int64_t ttl_ms)
{
    static const unsigned char nonce[SPAY__AEAD_NONCE_SIZE] = {1};
    char *text = fuzz_text(s->input);
    spay__buffer plain;
    spay__buffer sealed;

    spay__buffer_init(&plain, SPAY__LONGEST_RECORD);
    spay__buffer_init(&sealed, SPAY__LONGEST_RECORD);
    REQUIRE(spay__buffer_text(&plain, text) && s->seal);
    REQUIRE(spay__seal_close(s->seal, nonce, name, &plain, &sealed));
    spay_store_found(operation, sealed.data, sealed.length, ttl_ms);
    spay__buffer_clear(&sealed);
    spay__buffer_clear(&plain);
    free(text);
    s->sealed = true;
}

static void find_changed(any_store *s, const record *found, spay_store_operation *operation,
                         int64_t ttl_ms)
{
    char *value = malloc(found->length);
    uint32_t at = fuzz_byte(s->input);

    REQUIRE(value && found->length);
    memcpy(value, found->value, found->length);
    value[at % found->length] = (char)(value[at % found->length] ^ (fuzz_byte(s->input) | 1));
    spay_store_found(operation, value, found->length - at / 128, ttl_ms);
    free(value);
}

/* What the input says, of what is there. */
static void get_any(any_store *s, const char *name, spay_store_operation *operation)
{
    uint32_t how = fuzz_below(s->input, ANSWERS);
    int64_t ttl_ms = lifetime(fuzz_byte(s->input));
    const record *own = find(s, name);
    const record *other = s->count ? &s->records[ttl_ms & 1 ? 0 : s->count - 1] : NULL;

    if (how == NOTHING)
        let_hang(s, operation);
    else if (how == UNSEALED)
        find_bytes(s, operation, ttl_ms);
    else if (how == SEALED && s->seal)
        find_sealed(s, name, operation, ttl_ms);
    else if (how == CHANGED && own)
        find_changed(s, own, operation, ttl_ms);
    else if (how == OTHERS && other && other != own)
        spay_store_found(operation, other->value, other->length, ttl_ms);
    else if (how == STORED && own)
        spay_store_found(operation, own->value, own->length, ttl_ms);
    else
        spay_store_end(operation, how == FAILURE ? SPAY_STORE_ERROR : SPAY_STORE_MISS);
}

static void get(void *ctx, const char *name, spay_store_operation *operation)
{
    any_store *s = ctx;

    s->gets++;
    if (s->input)
        get_any(s, name, operation);
    else
        spay_store_end(operation, SPAY_STORE_MISS);
}

static void put(void *ctx, const char *name, const void *value, size_t length, int64_t ttl_ms,
                uint64_t fence, spay_store_operation *operation)
{
    any_store *s = ctx;
    record *kept = find(s, name);

    REQUIRE(ttl_ms > 0 && fence && length > SPAY__AEAD_OVERHEAD);
    if (!kept && s->count < MOST_RECORDS)
        kept = &s->records[s->count++];
    if (kept) {
        free(kept->value);
        kept->value = malloc(length);
        REQUIRE(kept->value && strlen(name) < sizeof(kept->name));
        memcpy(kept->value, value, length);
        kept->length = length;
        strcpy(kept->name, name);
    }
    s->puts++;
    spay_store_end(operation, s->input ? (int32_t)fuzz_byte(s->input) - 3 : SPAY_STORE_DONE);
}

static void acquire(void *ctx, const char *name, int64_t ttl_ms, spay_store_operation *operation)
{
    static const uint64_t fences[] = {1, UINT64_MAX, 0, 7};
    any_store *s = ctx;
    uint32_t how = s->input ? fuzz_byte(s->input) : 0;

    REQUIRE(ttl_ms > 0 && name);
    if (how % 8 < 4) {
        s->fence = fences[how % 8];
        spay_store_acquired(operation, s->fence);
    } else if (how % 8 == 4) {
        let_hang(s, operation);
    } else {
        spay_store_end(operation, (int32_t)(how % 8) - 1);
    }
}

static void release(void *ctx, const char *name, uint64_t fence, spay_store_operation *operation)
{
    REQUIRE(ctx && name && fence);
    spay_store_end(operation, SPAY_STORE_DONE);
}

static void destroy(void *ctx)
{
    any_store *s = ctx;

    while (s->pending_count)
        spay_store_end(s->pending[--s->pending_count], SPAY_STORE_ERROR);
}

static void store_init(any_store *s)
{
    memset(s, 0, sizeof(*s));
    spay_store_init(&s->table, sizeof(s->table));
    s->table.ctx = s;
    s->table.get = get;
    s->table.put = put;
    s->table.acquire = acquire;
    s->table.release = release;
    s->table.destroy = destroy;
}

/* ---- calls ---- */

static void open_accounts(test_accounts *accounts, any_store *s)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;

    options.store = &s->table;
    options.timeout_ms = 10000;
    REQUIRE(accounts_open(accounts, &options));
}

/* Another merchant's token and session come to be in the store. */
static void store_foreign(any_store *s)
{
    spay_hosted_fields_options foreign = SPAY_HOSTED_FIELDS_OPTIONS_INIT;
    test_accounts accounts;
    void *session = NULL;

    open_accounts(&accounts, s);
    foreign.base_url = "https://payroc.example/v1";
    foreign.identity_url = "https://identity.example";
    foreign.api_key = "another-key";
    spay_hosted_fields_free(accounts.hosted_fields);
    REQUIRE(spay_hosted_fields_new(accounts.client, &foreign, &accounts.hosted_fields, NULL) ==
            SPAY_OK);
    accounts_reply(&accounts, 200, NULL, foreign_token);
    accounts_reply(&accounts, 201, NULL, foreign_session);
    REQUIRE(accounts_create_session(&accounts, ACCOUNT_HOSTED_FIELDS, NULL, &session, NULL) ==
            SPAY_OK);
    accounts_free_session(ACCOUNT_HOSTED_FIELDS, session);
    accounts_close(&accounts);
    REQUIRE(s->count);
}

static void check_session(const any_store *s, account_kind kind, const void *session)
{
    const char *value = accounts_session_info(session)->value;

    REQUIRE(*value);
    REQUIRE(s->sealed || strcmp(value, account_facts_of(kind)->value) == 0);
}

/* Nothing but what the credentials allow went out, and nothing that HTTP does not. */
static void check_requests(const any_store *s, const test_accounts *accounts)
{
    for (size_t i = 0; i < spay_mock_request_count(accounts->mock); i++) {
        const char *authorization = spay_mock_request_header(accounts->mock, i, "Authorization");

        if (authorization)
            REQUIRE((s->sealed || !strstr(authorization, "foreign")) &&
                    !strpbrk(authorization, "\r\n"));
    }
}

static bool has_fetched_token(const test_accounts *accounts)
{
    for (size_t i = 0; i < spay_mock_request_count(accounts->mock); i++)
        if (strstr(spay_mock_request_url(accounts->mock, i), "/authorize"))
            return true;
    return false;
}

/* Sometimes the token that is used first is refused. */
static void script(const test_accounts *accounts, account_kind kind, uint32_t how)
{
    if (how & 1)
        accounts_reply(accounts, 401, NULL, "");
    if (kind == ACCOUNT_HOSTED_FIELDS && !(how & 2))
        accounts_reply(accounts, 200, NULL, good_token_reply);
    if (how & 4)
        accounts_reply(accounts, 401, NULL, "");
    if (kind == ACCOUNT_HOSTED_FIELDS && how & 8)
        accounts_reply(accounts, 200, NULL, good_token_reply);
    accounts_reply_good(accounts, kind);
}

static void create(any_store *s, account_kind kind)
{
    static const char *const intents[] = {"order-1", "order-2", NULL, "order-1"};
    spay_call_options options = SPAY_CALL_OPTIONS_INIT;
    test_accounts accounts;
    void *session = NULL;
    spay_error *error = NULL;

    open_accounts(&accounts, s);
    s->seal = kind == ACCOUNT_CONNECT_CLIENT  ? ((spay__account *)accounts.connect_client)->seal
              : kind == ACCOUNT_HOSTED_FIELDS ? ((spay__account *)accounts.hosted_fields)->seal
                                              : ((spay__account *)accounts.connect_server)->seal;
    s->fence = 0;
    s->gets = 0;
    s->puts = 0;
    options.intent = intents[fuzz_below(s->input, 4)];
    if (kind == ACCOUNT_HOSTED_FIELDS) /* which shares tokens alone */
        options.intent = NULL;
    script(&accounts, kind, fuzz_byte(s->input));
    (void)accounts_create_session(&accounts, kind, &options, &session, &error);
    REQUIRE((session == NULL) == (error != NULL));
    if (session)
        check_session(s, kind, session);
    check_requests(s, &accounts);
    if (session && kind == ACCOUNT_HOSTED_FIELDS && has_fetched_token(&accounts))
        REQUIRE(s->puts > 0 || !s->fence || s->gets != 2); /* looked, leased, looked again */
    accounts_free_session(kind, session);
    spay_error_free(error);
    accounts_close(&accounts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const account_kind kinds[] = {ACCOUNT_HOSTED_FIELDS, ACCOUNT_CONNECT_SERVER,
                                         ACCOUNT_CONNECT_CLIENT};
    fuzz_input input = {data, size};
    uint32_t how = fuzz_byte(&input);
    any_store s;

    store_init(&s);
    if (how & 4)
        store_foreign(&s);
    s.input = &input;
    for (int i = 0; i < CALLS && input.size; i++)
        create(&s, kinds[(how & 3) % 3]);
    for (int i = 0; i < s.count; i++)
        free(s.records[i].value);
    return 0;
}
