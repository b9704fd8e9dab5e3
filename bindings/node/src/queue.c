/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The queue of an environment: what the clients' threads have for JavaScript. They wake the
 * environment's thread once, however much there is, and it takes some of it in each turn of its loop.
 */
#include <stdlib.h>

#include "binding.h"

struct addon *addon_of(napi_env env)
{
    void *addon = NULL;
    napi_get_instance_data(env, &addon);
    return addon;
}

void addon_hold(struct addon *addon)
{
    pthread_mutex_lock(&addon->lock);
    addon->references++;
    pthread_mutex_unlock(&addon->lock);
}

void addon_release(struct addon *addon)
{
    pthread_mutex_lock(&addon->lock);
    int is_last = --addon->references == 0;
    pthread_mutex_unlock(&addon->lock);
    if (!is_last)
        return;
    while (addon->first) {
        struct item *item = addon->first;
        addon->first = item->next;
        item->free(item);
    }
    pthread_mutex_destroy(&addon->lock);
    free(addon->operations);
    free(addon);
}

/* ---- The queue ------------------------------------------------------------------------------- */

void addon_append(struct addon *addon, struct item *item)
{
    item->next = NULL;
    pthread_mutex_lock(&addon->lock);
    *addon->end = item;
    addon->end = &item->next;
    pthread_mutex_unlock(&addon->lock);
}

void addon_notify(struct addon *addon)
{
    pthread_mutex_lock(&addon->lock);
    int is_new = addon->first && !addon->is_notified && !addon->is_closed;
    if (is_new)
        addon->is_notified = 1;
    pthread_mutex_unlock(&addon->lock);
    if (is_new)
        napi_call_threadsafe_function(addon->wake, NULL, napi_tsfn_nonblocking);
}

static void free_told(struct item *item)
{
    free(item->value);
    free(item);
}

void addon_tell(struct addon *addon, enum item_kind kind, int32_t id, int32_t number, void *value)
{
    struct item *item = malloc(sizeof *item);
    if (!item) {
        free(value);
        return;
    }
    *item =
        (struct item){.kind = kind, .id = id, .number = number, .value = value, .free = free_told};
    addon_append(addon, item);
    addon_notify(addon);
}

struct item *addon_next(struct addon *addon)
{
    pthread_mutex_lock(&addon->lock);
    struct item *item = addon->first;
    if (item)
        addon->first = item->next;
    if (!addon->first)
        addon->end = &addon->first;
    pthread_mutex_unlock(&addon->lock);
    return item;
}

void addon_begin(struct addon *addon)
{
    if (addon->in_flight++ == 0)
        napi_ref_threadsafe_function(addon->env, addon->wake);
}

void addon_end(struct addon *addon)
{
    if (--addon->in_flight == 0)
        napi_unref_threadsafe_function(addon->env, addon->wake);
}

/* ---- Handles --------------------------------------------------------------------------------- */

void *external_of(napi_env env, napi_value value)
{
    void *data = NULL;
    if (napi_get_value_external(env, value, &data) != napi_ok)
        napi_throw_type_error(env, NULL, "an object of this package is expected");
    return data;
}

napi_value make_external(napi_env env, void *data, napi_finalize finalize)
{
    napi_value value = NULL;
    if (napi_create_external(env, data, finalize, NULL, &value) != napi_ok)
        finalize(env, data, NULL);
    return value;
}
