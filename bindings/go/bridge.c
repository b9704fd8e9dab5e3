/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */
#include "bridge.h"

static void on_log(void *ctx, int32_t level, const char *line)
{
    sessionpayGoLog((uintptr_t)ctx, level, (char *)line);
}

static void on_event(void *ctx, const spay_event *event)
{
    sessionpayGoEvent((uintptr_t)ctx, (uintptr_t)event->call_ctx, (spay_event *)event);
}

static spay_status on_before_send(void *ctx, const spay_send_record *record)
{
    return sessionpayGoBeforeSend((uintptr_t)ctx, (uintptr_t)record->call_ctx,
                                  (spay_send_record *)record);
}

static void forget(void *ctx)
{
    sessionpayGoForget((uintptr_t)ctx);
}

void sessionpay_go_set_hooks(spay_client_options *options, uintptr_t number, int log, int event,
                             int before_send)
{
    options->log = log ? on_log : NULL;
    options->event = event ? on_event : NULL;
    options->before_send = before_send ? on_before_send : NULL;
    options->log_ctx = options->event_ctx = options->before_send_ctx = (void *)number;
    options->event_destroy = forget;
}

void sessionpay_go_set_call(spay_call_options *options, uintptr_t number)
{
    options->call_ctx = (void *)number;
}

static void on_get(void *ctx, const char *name, spay_store_operation *operation)
{
    sessionpayGoStoreGet((uintptr_t)ctx, (char *)name, operation);
}

static void on_put(void *ctx, const char *name, const void *value, size_t length, int64_t ttl_ms,
                   uint64_t fence, spay_store_operation *operation)
{
    sessionpayGoStorePut((uintptr_t)ctx, (char *)name, (void *)value, length, ttl_ms, fence,
                         operation);
}

static void on_acquire(void *ctx, const char *name, int64_t ttl_ms, spay_store_operation *operation)
{
    sessionpayGoStoreAcquire((uintptr_t)ctx, (char *)name, ttl_ms, operation);
}

static void on_release(void *ctx, const char *name, uint64_t fence, spay_store_operation *operation)
{
    sessionpayGoStoreRelease((uintptr_t)ctx, (char *)name, fence, operation);
}

void sessionpay_go_set_store(spay_store *store, uintptr_t number)
{
    spay_store_init(store, sizeof(*store));
    store->ctx = (void *)number;
    store->get = on_get;
    store->put = on_put;
    store->acquire = on_acquire;
    store->release = on_release;
    store->destroy = forget;
}

void sessionpay_go_free_store(const spay_store *store)
{
    if (store)
        store->destroy(store->ctx);
}

int32_t sessionpay_go_turn(spay_multi *multi, int64_t timeout_ms, spay_call **done, int32_t room)
{
    int32_t count = 0;
    spay_multi_poll(multi, timeout_ms);
    while (count < room && (done[count] = spay_multi_next(multi)) != NULL)
        count++;
    return count;
}

void sessionpay_go_cancel(spay_multi *multi, spay_call *call)
{
    spay_call_cancel(call);
    spay_multi_wakeup(multi);
}
