/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The built-in transport: blocking exchanges over connections that are kept. It uses the public
 * transport interface, so it also shows how to write one.
 */
#include "curl.h"

#include "api/error.h"
#include "base/alloc.h"
#include "base/crypto.h"
#include "base/thread.h"
#include "exchange.h"
#include "monotonic.h"
#include "settings.h"

enum {
    POLL_MS = 25, /* how soon a canceled call is noticed */
    DEFAULT_IDLE_CONNECTIONS = 64
};

typedef struct transport {
    spay__curl_settings settings;
    spay__pool pool;
} transport;

/* ---- sending ---- */

static spay__connection *take_connection(transport *used, const spay_http_request *request)
{
    spay__origin *origin = spay__pool_origin(&used->pool, spay_http_request_url(request));
    spay__connection *taken = origin ? spay__pool_take(&used->pool, origin) : NULL;
    spay__target target = {.settings = &used->settings,
                           .timeout_ms = spay_http_request_connect_timeout_ms(request)};

    if (taken || !origin)
        return taken;
    target.origin = origin->name;
    taken = spay__connection_open(&target);
    if (taken)
        taken->origin = origin;
    return taken;
}

static spay_status drive(spay__exchange *x)
{
    spay__connection *c = x->connection;

    for (;;) {
        int64_t left = spay__exchange_limit_ms(x) - (spay__now_us() - x->began_us) / 1000;
        int32_t result;

        if (!c->connected)
            (void)spay__connection_advance(c);
        result = spay__exchange_advance(x);
        if (result != SPAY__AGAIN)
            return result;
        if (spay_http_request_is_canceled(x->request))
            return spay__exchange_stop(x, SPAY_E_CANCELED);
        if (left <= 0)
            return spay__exchange_stop(x, SPAY_E_TIMEOUT);
        spay__connection_wait(c, spay__exchange_events(x), left < POLL_MS ? left : POLL_MS);
    }
}

static spay_status perform(void *ctx, const spay_http_request *request,
                           spay_http_response *response)
{
    transport *used = ctx;
    spay__connection *taken = take_connection(used, request);
    spay__exchange x;
    spay_status status;

    if (!taken)
        return spay__exchange_without(response);
    spay__exchange_begin(&x, request, response);
    spay__exchange_use(&x, taken);
    status = drive(&x);
    spay__exchange_end(&x, &used->pool);
    return status;
}

static void drop_connections(void *ctx)
{
    spay__pool_drop(&((transport *)ctx)->pool);
}

/* ---- the transport ---- */

static void destroy(void *ctx)
{
    transport *closed = ctx;

    spay__pool_clear(&closed->pool);
    spay__curl_settings_clear(&closed->settings);
    spay__free(closed);
}

static bool start(void)
{
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

/*
 * libcurl wants to be started once, before any thread uses it; it is the program's to stop. Of what
 * starts OpenSSL for it, libcurl tells only that it failed.
 */
static spay_status start_libcurl(spay_error **error)
{
    static spay__once once = SPAY__ONCE_INIT;

    spay__crypto_forget_errors();
    if (spay__do_once(&once, start))
        return SPAY_OK;
    if (spay__crypto_lacks_memory())
        return spay__fail(error, SPAY_E_NO_MEMORY, "out of memory");
    return spay__fail(error, SPAY_E_INTERNAL, "libcurl could not be started");
}

const spay__curl_settings *spay__curl_settings_of(const spay_transport *used)
{
    return used->perform == perform ? &((const transport *)used->ctx)->settings : NULL;
}

spay_status spay__curl_transport(const spay_client_options *options, spay_transport *table,
                                 spay_error **error)
{
    int32_t most = options->max_idle_connections;
    spay_status status = start_libcurl(error);
    transport *made;

    if (status != SPAY_OK)
        return status;
    made = spay__alloc(sizeof(*made));
    if (!made || !spay__pool_init(&made->pool, most ? most : DEFAULT_IDLE_CONNECTIONS)) {
        spay__free(made);
        return spay__fail(error, SPAY_E_NO_MEMORY, "out of memory");
    }
    status = spay__curl_settings_keep(&made->settings, options, error);
    if (status != SPAY_OK) {
        destroy(made);
        return status;
    }
    spay_transport_init(table, sizeof(*table));
    table->ctx = made;
    table->perform = perform;
    table->drop_connections = drop_connections;
    table->destroy = destroy;
    return SPAY_OK;
}
