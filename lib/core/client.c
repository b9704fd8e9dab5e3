/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The client: settings checked once, then shared by all threads without a lock.
 */
#include "client.h"

#include <string.h>

#include <sessionpay/version.h>

#include "api/error.h"
#include "api/input.h"
#include "api/options.h"
#include "base/alloc.h"
#include "base/crypto.h"
#include "base/platform.h"
#include "transport/curl.h"

enum {
    SLEEP_SLICE_MS = 50,
    RECORDED_ATTEMPTS = 32
};

static void check_numbers(spay__input *input, const spay_client_options *options)
{
    spay__input_range(input, "timeout_ms", options->timeout_ms, 1, SPAY__LONGEST_TIMEOUT_MS);
    spay__input_range(input, "attempt_timeout_ms", options->attempt_timeout_ms, 1,
                      SPAY__LONGEST_TIMEOUT_MS);
    spay__input_range(input, "connect_timeout_ms", options->connect_timeout_ms, 1,
                      SPAY__LONGEST_TIMEOUT_MS);
    spay__input_range(input, "max_attempts", options->max_attempts, 1, SPAY__MOST_ATTEMPTS);
    spay__input_range(input, "max_idle_connections", options->max_idle_connections, 1, 1024);
    spay__input_range(input, "recorded_attempts", options->recorded_attempts, 1, 1000);
    spay__input_range(input, "store_timeout_ms", options->store_timeout_ms, 1, 60000);
    spay__input_range(input, "log_level", options->log_level, SPAY_LOG_ERROR, SPAY_LOG_TRACE);
}

static void check_texts(spay__input *input, const spay_client_options *options)
{
    const char *c;

    spay__input_text(input, "user_agent", options->user_agent, 1, 256, 0);
    for (c = options->user_agent; c && *c; c++)
        if ((unsigned char)*c >= 0x80) {
            spay__input_fault(input, "user_agent", "forbidden_character", "must be ASCII");
            break;
        }
    if (options->key_secret && options->key_secret_length < 16)
        spay__input_fault(input, "key_secret", "too_short", "must be at least 16 bytes");
    if (!options->key_secret && options->key_secret_length)
        spay__input_fault(input, "key_secret", "missing", "is required with key_secret_length");
}

static spay_status check(const spay_client_options *options, spay_error **error)
{
    spay__input input = {SPAY_PROVIDER_NONE, NULL};

    check_numbers(&input, options);
    check_texts(&input, options);
    spay__curl_check(&input, options);
    return spay__input_end(&input, error);
}

static void set_numbers(spay_client *client, const spay_client_options *options)
{
    client->timeout_ms = options->timeout_ms ? options->timeout_ms : 25000;
    client->attempt_timeout_ms = options->attempt_timeout_ms ? options->attempt_timeout_ms : 10000;
    client->connect_timeout_ms = options->connect_timeout_ms ? options->connect_timeout_ms : 5000;
    client->max_attempts = options->max_attempts ? options->max_attempts : 3;
    client->log_level = options->log_level ? options->log_level : SPAY_LOG_INFO;
    if (!options->log)
        client->log_level = 0;
}

static bool set_parts(spay_client *client, const spay_client_options *options)
{
    spay__buffer agent;

    spay__buffer_init(&agent, 512);
    if (options->user_agent) {
        spay__buffer_text(&agent, options->user_agent);
        spay__buffer_byte(&agent, ' ');
    }
    spay__buffer_text(&agent, "libsessionpay/" SPAY_VERSION_STRING);
    client->user_agent = spay__buffer_take(&agent);
    client->recorder = spay__recorder_new(
        (size_t)(options->recorded_attempts ? options->recorded_attempts : RECORDED_ATTEMPTS));
    if (!client->user_agent || !client->recorder)
        return false;
    if (!options->key_secret)
        return true;
    client->key_secret = spay__hmac_new(options->key_secret, options->key_secret_length);
    return client->key_secret != NULL;
}

/* A half-filled table would fail later, in the middle of a payment. */
static spay_status load_transport(spay_transport *transport, const spay_client_options *options,
                                  spay_error **error)
{
    spay_status status;

    if (!options->transport)
        return spay__curl_transport(options, transport, error);
    status =
        spay__options_load(transport, sizeof(*transport), SPAY__SIZE_UP_TO(spay_transport, destroy),
                           options->transport, SPAY_PROVIDER_NONE, "transport", error);
    if (status == SPAY_OK && !transport->perform)
        status = spay__fail_field(error, SPAY_PROVIDER_NONE, "transport.perform", "missing",
                                  "is required");
    return status;
}

static spay_status load_platform(spay_client *client, const spay_client_options *options,
                                 spay_error **error)
{
    spay_platform *platform = &client->platform;
    const char *missing;
    spay_status status;

    status =
        spay__options_load(platform, sizeof(*platform), SPAY__SIZE_UP_TO(spay_platform, destroy),
                           options->platform, SPAY_PROVIDER_NONE, "platform", error);
    if (status != SPAY_OK)
        return status;
    client->own_sleep = !platform->sleep_ms;
    client->own_random = !platform->random_bytes;
    missing = spay__platform_complete(platform);
    if (!missing)
        return SPAY_OK;
    return spay__fail_field(error, SPAY_PROVIDER_NONE, missing, "missing",
                            "is required: the library was built without a platform of its own");
}

/* The hooks come last: the caller owns them until everything else has succeeded. */
static spay_status set_hooks(spay_client *client, const spay_client_options *options,
                             spay_error **error)
{
    spay_status status = load_platform(client, options, error);

    if (status == SPAY_OK)
        status = load_transport(&client->transport, options, error);
    if (status == SPAY_OK)
        status = spay__store_load(&client->store, options, error);
    if (status != SPAY_OK)
        return status;
    client->log = options->log;
    client->log_ctx = options->log_ctx;
    client->log_destroy = options->log_destroy;
    client->event = options->event;
    client->event_ctx = options->event_ctx;
    client->event_destroy = options->event_destroy;
    client->before_send = options->before_send;
    client->before_send_ctx = options->before_send_ctx;
    client->before_send_destroy = options->before_send_destroy;
    return SPAY_OK;
}

static void release(spay_client *client)
{
    spay__budgets_clear(&client->budgets);
    spay__store_clear(&client->store);
    spay__random_clear(&client->random);
    spay__recorder_free(client->recorder);
    spay__hmac_free(client->key_secret);
    spay__free(client->user_agent);
    spay__free(client);
}

static spay_status set_up(spay_client *client, const spay_client_options *options,
                          spay_error **error)
{
    set_numbers(client, options);
    if (!set_parts(client, options))
        return spay__fail(error, SPAY_E_NO_MEMORY, "out of memory");
    return set_hooks(client, options, error);
}

/* Each has a lock. If one cannot be made, those before it hold nothing yet. */
static bool init_parts(spay_client *client)
{
    return spay__random_init(&client->random) && spay__budgets_init(&client->budgets) &&
           spay__store_init(&client->store);
}

/* NULL without memory. */
static spay_client *new_client(void)
{
    spay_client *client =
        spay__threads_start() && spay__crypto_start() ? spay__alloc(sizeof(*client)) : NULL;

    if (!client)
        return NULL;
    client->references = 1;
    if (init_parts(client))
        return client;
    spay__free(client);
    return NULL;
}

spay_status spay_client_new(const spay_client_options *caller_options, spay_client **out,
                            spay_error **error)
{
    spay_client_options options;
    spay_client *client;
    spay_status status;

    if (error)
        *error = NULL;
    if (!out)
        return spay__fail_field(error, SPAY_PROVIDER_NONE, "client", "missing", "is required");
    *out = NULL;
    status = spay__options_load(&options, sizeof(options),
                                SPAY__SIZE_UP_TO(spay_client_options, store_timeout_ms),
                                caller_options, SPAY_PROVIDER_NONE, "options", error);
    if (status == SPAY_OK)
        status = check(&options, error);
    if (status != SPAY_OK)
        return status;
    client = new_client();
    if (!client)
        return spay__fail(error, SPAY_E_NO_MEMORY, "out of memory");
    status = set_up(client, &options, error);
    if (status == SPAY_OK)
        *out = client;
    else
        release(client);
    return status;
}

spay_client *spay__client_share(spay_client *client)
{
    (void)SPAY__ATOMIC_ADD(&client->references, 1);
    return client;
}

void spay_client_free(spay_client *client)
{
    if (!client || SPAY__ATOMIC_ADD(&client->references, -1) > 0)
        return;
    spay__store_close(&client->store);
    if (client->transport.destroy)
        client->transport.destroy(client->transport.ctx);
    if (client->platform.destroy)
        client->platform.destroy(client->platform.ctx);
    if (client->log_destroy)
        client->log_destroy(client->log_ctx);
    if (client->event_destroy)
        client->event_destroy(client->event_ctx);
    if (client->before_send_destroy)
        client->before_send_destroy(client->before_send_ctx);
    release(client);
}

void spay_client_drop_connections(spay_client *client)
{
    if (client && client->transport.drop_connections)
        client->transport.drop_connections(client->transport.ctx);
}

char *spay_client_flight_record(spay_client *client)
{
    return client ? spay__recorder_json(client->recorder) : NULL;
}

int64_t spay__client_now_ms(const spay_client *client)
{
    return client->platform.monotonic_ms(client->platform.ctx);
}

int64_t spay__client_wall_ms(const spay_client *client)
{
    return client->platform.wall_ms(client->platform.ctx);
}

bool spay__client_random(spay_client *client, void *buffer, size_t length)
{
    if (client->own_random)
        return spay__random_take(&client->random, buffer, length);
    return client->platform.random_bytes(client->platform.ctx, buffer, length) != 0;
}

void spay__client_sleep(const spay_client *client, int64_t duration_ms, const int32_t *canceled)
{
    int64_t until = spay__client_now_ms(client) + duration_ms;
    int64_t left = duration_ms;

    while (left > 0 && !SPAY__ATOMIC_GET(canceled)) {
        client->platform.sleep_ms(client->platform.ctx,
                                  left < SLEEP_SLICE_MS ? left : SLEEP_SLICE_MS);
        left = until - spay__client_now_ms(client);
    }
}
