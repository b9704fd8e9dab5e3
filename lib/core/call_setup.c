/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Making calls: options, key, limits; and freeing them.
 */
#include "call.h"

#include <string.h>

#include "api/error.h"
#include "api/options.h"
#include "base/alloc.h"
#include "base/crypto.h"

static void check_key(spay__input *input, const spay__key_rule *rule, const char *key)
{
    if (spay__input_text(input, "idempotency_key", key, 1, rule->longest, SPAY__VISIBLE) &&
        rule->uuid && !spay__uuid_is_v4(key))
        spay__input_fault(input, "idempotency_key", "pattern", "must be a UUID of version 4");
}

/* At least one of its uses must be possible. */
static void check_intent(spay__input *input, const spay_call *call, const char *intent)
{
    bool has_keys = call->operation->key.longest > 0;

    spay__input_text(input, "intent", intent, 1, 255, 0);
    if (spay__call_shares_sessions(call))
        return;
    if (!has_keys)
        spay__input_fault(
            input, "intent", "not_supported",
            call->operation->shares_sessions
                ? "needs a store in the client: this operation has no idempotency keys"
                : "this operation has no idempotency keys");
    else if (!call->client->key_secret)
        spay__input_fault(input, "key_secret", "missing",
                          "is required in the client for an intent");
}

static spay_status check_options(const spay_call *call, const spay_call_options *options,
                                 spay_error **error)
{
    spay__input input = {call->operation->provider->id, NULL};
    const spay__key_rule *rule = &call->operation->key;

    spay__input_range(&input, "timeout_ms", options->timeout_ms, 1, SPAY__LONGEST_TIMEOUT_MS);
    spay__input_range(&input, "attempt_timeout_ms", options->attempt_timeout_ms, 1,
                      SPAY__LONGEST_TIMEOUT_MS);
    spay__input_range(&input, "max_attempts", options->max_attempts, 1, SPAY__MOST_ATTEMPTS);
    if (options->idempotency_key && options->intent)
        spay__input_fault(&input, "intent", "conflict", "must not be set with idempotency_key");
    if (options->idempotency_key && rule->longest == 0)
        spay__input_fault(&input, "idempotency_key", "not_supported",
                          "this operation has no idempotency keys");
    else if (options->idempotency_key)
        check_key(&input, rule, options->idempotency_key);
    else if (options->intent)
        check_intent(&input, call, options->intent);
    return spay__input_end(&input, error);
}

/* After a fork OpenSSL makes its generator anew, which takes memory. */
static spay_status make_random_key(spay_call *call, spay_error **error)
{
    unsigned char bytes[16];

    if (spay__client_random(call->client, bytes, sizeof(bytes))) {
        spay__uuid_format(bytes, call->key);
        return SPAY_OK;
    }
    if (call->client->own_random && spay__crypto_lacks_memory())
        return spay__fail(error, SPAY_E_NO_MEMORY, "out of memory");
    return spay__fail(error, SPAY_E_INTERNAL, "no random bytes for a key");
}

static spay_status settle_key(spay_call *call, const spay_call_options *options, spay_error **error)
{
    if (options->idempotency_key) {
        memcpy(call->key, options->idempotency_key, strlen(options->idempotency_key) + 1);
    } else if (options->intent && call->operation->key.longest && call->client->key_secret) {
        if (!spay__key_derive(call->client->key_secret, call->operation->provider->name,
                              call->subject ? call->subject : "", options->intent, call->key))
            return spay__fail(error, SPAY_E_NO_MEMORY, "out of memory");
    } else if (call->account->with_keys || call->operation->key.automatic) {
        return make_random_key(call, error);
    }
    return SPAY_OK;
}

static int64_t first_set(int64_t own, int64_t fallback, int64_t most)
{
    if (own)
        return own;
    return most && most < fallback ? most : fallback;
}

static void settle_limits(spay_call *call, const spay_call_options *options)
{
    call->timeout_ms =
        first_set(options->timeout_ms, call->client->timeout_ms, call->operation->longest_ms);
    call->attempt_timeout_ms =
        first_set(options->attempt_timeout_ms, call->client->attempt_timeout_ms, 0);
    call->max_attempts = (int32_t)first_set(options->max_attempts, call->client->max_attempts,
                                            call->operation->most_attempts);
}

static spay_status apply_options(spay_call *call, const spay_call_options *options,
                                 spay_error **error)
{
    spay_status status = check_options(call, options, error);

    if (status == SPAY_OK)
        status = settle_key(call, options, error);
    if (status == SPAY_OK) {
        settle_limits(call, options);
        call->ctx = options->call_ctx;
    }
    return status;
}

/* Of a key that is too long nothing is kept: it is refused. */
static size_t key_size(const spay_call_options *options)
{
    size_t size = options->idempotency_key ? strlen(options->idempotency_key) + 1 : 0;

    return size > SPAY__UUID_SIZE && size <= SPAY__KEY_SIZE ? size : SPAY__UUID_SIZE;
}

/* In one piece with its token request, if the operation has one, its key and its subject. */
static spay_call *alloc_call(const spay__operation *operation, size_t size_of_key,
                             const char *subject)
{
    size_t token_size = operation->token ? sizeof(spay_http_request) : 0;
    size_t length = subject ? strlen(subject) + 1 : 0;
    spay_call *call = spay__alloc(sizeof(*call) + token_size + size_of_key + length);
    void *after;

    if (!call)
        return NULL;
    after = call + 1;
    if (operation->token)
        call->token_request = after;
    call->key = (char *)after + token_size;
    if (subject)
        call->subject = memcpy(call->key + size_of_key, subject, length);
    return call;
}

static spay_call *new_call(const spay__operation *operation, spay__account *account,
                           const spay_call_options *options, const char *subject)
{
    spay_call *call = alloc_call(operation, key_size(options), subject);

    if (!call)
        return NULL;
    spay__error_init(&call->spare, call);
    call->operation = operation;
    call->account = spay__account_share(account);
    call->client = account->client;
    call->outcome = SPAY_OUTCOME_NOT_SENT;
    call->request.canceled = &call->canceled;
    if (call->token_request)
        call->token_request->canceled = &call->canceled;
    spay__http_response_init(&call->response);
    return call;
}

static const char *subject_of(const spay__operation *operation, const spay__account *account,
                              const void *request)
{
    const char *subject = account->subject;

    if (operation->subject_offset)
        memcpy(&subject, (const char *)request + operation->subject_offset, sizeof(subject));
    return subject;
}

/* What stopped the request from being built. */
static spay_status check_built(const spay_call *call, spay_error **error)
{
    if (call->request.too_long)
        return spay__fail_field(error, call->operation->provider->id, "request", "too_long",
                                "makes a body longer than 1 MiB");
    return call->request.failed ? spay__fail(error, SPAY_E_NO_MEMORY, "out of memory") : SPAY_OK;
}

/* Check the caller's request and build ours. */
static spay_status build_request(spay_call *call, const void *request, spay_error **error)
{
    const spay__operation *operation = call->operation;
    spay__input input = {operation->provider->id, NULL};
    spay__draft draft = {&call->request, call->key, 0};
    spay_status status;

    operation->check(&input, call->account, request);
    if (!input.error) {
        spay__http_request_begin(&call->request, &call->account->common, operation->header_bytes);
        operation->build(&input, call->account, request, &draft);
        call->number = draft.number;
    }
    status = spay__input_end(&input, error);
    return status == SPAY_OK ? check_built(call, error) : status;
}

static spay_status share_session(spay_call *call, const char *intent, spay_error **error)
{
    if (!intent || spay__call_share_session(call, intent))
        return SPAY_OK;
    return spay__fail(error, SPAY_E_NO_MEMORY, "out of memory");
}

static spay_status build(const spay__operation *operation, spay__account *account,
                         const void *request, const spay_call_options *options, spay_call **out,
                         spay_error **error)
{
    spay_call *call =
        new_call(operation, account, options, subject_of(operation, account, request));
    spay_status status = call ? apply_options(call, options, error)
                              : spay__fail(error, SPAY_E_NO_MEMORY, "out of memory");

    if (status == SPAY_OK)
        status = build_request(call, request, error);
    if (status == SPAY_OK)
        status = share_session(call, options->intent, error);
    if (status == SPAY_OK) {
        spay__http_request_fix_headers(&call->request);
        *out = call;
    } else {
        spay_call_free(call);
    }
    return status;
}

/* Read the caller's structs, then make a call of them. */
static spay_status make(const spay__operation *operation, spay__account *account,
                        const void *request, const spay_call_options *caller_options,
                        spay_call **out, spay_error **error)
{
    union {
        int64_t number;
        void *pointer;
        char bytes[SPAY__LONGEST_REQUEST];
    } loaded;
    spay_call_options options;
    int32_t provider = operation->provider->id;
    spay_status status =
        spay__options_load(&loaded, operation->request_size, operation->request_least, request,
                           provider, "request", error);

    if (status == SPAY_OK)
        status = spay__options_load(&options, sizeof(options),
                                    SPAY__SIZE_UP_TO(spay_call_options, call_ctx), caller_options,
                                    provider, "options", error);
    return status == SPAY_OK ? build(operation, account, &loaded, &options, out, error) : status;
}

spay_status spay__call_make(const spay__operation *operation, void *account, const void *request,
                            const spay_call_options *options, spay_call **out, spay_error **error)
{
    const spay__provider *provider = operation->provider;
    const spay__argument arguments[] = {{"call", out},
                                        {provider->name, account},
                                        {operation->request_optional ? NULL : "request", request},
                                        {NULL, NULL}};
    spay_error *fault = NULL;
    spay_status status;

    if (out)
        *out = NULL;
    status = spay__require(provider->id, arguments, error);
    if (status != SPAY_OK || !out)
        return status;
    status = make(operation, account, request, options, out, &fault);
    if (status != SPAY_OK)
        status = spay__refuse(((spay__account *)account)->client, provider->id, "session_create",
                              fault, error);
    return status;
}

void spay__call_restart(spay_call *call, const spay__operation *operation)
{
    call->operation = operation;
    call->key[0] = '\0';
    call->body_sha256[0] = '\0';
    call->attempts = call->free_attempts = call->requests_sent = 0;
    call->token_attempts = call->token_requests = 0;
    call->outcome = SPAY_OUTCOME_NOT_SENT;
    call->resent = call->token_renewed = call->clock_corrected = false;
    call->clock_offset_ms = 0;
    call->state = SPAY__CALL_NEW;
}

spay_status spay__call_rebuild(spay_call *call, spay__account *account, const void *request,
                               const spay_call_options *options, spay_error **error)
{
    int64_t deadline_ms = call->deadline_ms;
    spay_status status;

    spay__account_free(call->account);
    call->account = spay__account_share(account);
    call->subject = subject_of(call->operation, account, request);
    call->request.canceled = &call->canceled;
    status = apply_options(call, options, error);
    if (status == SPAY_OK)
        status = build_request(call, request, error);
    if (status == SPAY_OK)
        status = share_session(call, options->intent, error);
    spay__http_request_fix_headers(&call->request);
    spay__call_start(call);
    if (call->deadline_ms > deadline_ms)
        call->deadline_ms = deadline_ms;
    return status;
}

void spay_call_free(spay_call *call)
{
    if (!call)
        return;
    call->ticket.cut_short += call->state == SPAY__CALL_SENDING_TOKEN;
    if (call->operation->token)
        spay__token_cache_leave(call->account->tokens, &call->ticket);
    spay__call_leave_shared(call);
    spay__http_request_clear(&call->request);
    spay__http_request_clear(call->token_request);
    spay__http_response_clear(&call->response);
    spay__secret_clear(&call->token);
    spay__arena_free(call->session);
    if (call->sequel)
        call->sequel->free(call->sequel);
    spay_error_free(call->error);
    spay__account_free(call->account);
    spay_error_free(&call->spare);
}
