/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/* The stores that are libraries of their own, if the addon was built with them. */
#include <string.h>

#include "binding.h"

static const struct adapter *adapter_of(napi_env env, struct arena *arena, napi_value name)
{
    const char *text = text_of(env, arena, name);
    for (const struct adapter *adapter = adapters; text && adapter->name; adapter++)
        if (strcmp(adapter->name, text) == 0)
            return adapter;
    return NULL;
}

/* storeIsThere(name) */
napi_value store_is_there(napi_env env, napi_callback_info info)
{
    struct arena arena;
    napi_value name, answer = NULL;
    size_t count = 1;
    napi_get_cb_info(env, info, &count, &name, NULL, NULL);
    arena_init(&arena);
    napi_get_boolean(env, adapter_of(env, &arena, name) != NULL, &answer);
    arena_clear(&arena);
    return answer;
}

int store_fill(napi_env env, struct arena *arena, napi_value values, spay_store *store,
               spay_error **error)
{
    napi_value name, options;
    napi_get_element(env, values, 0, &name);
    napi_get_element(env, values, 1, &options);
    const struct adapter *adapter = adapter_of(env, arena, name);
    void *filled = adapter ? fill(env, arena, adapter->options, options) : NULL;
    if (!filled)
        return 0;
    spay_store_init(store, sizeof *store);
    adapter->make(filled, store, error);
    return 1;
}
