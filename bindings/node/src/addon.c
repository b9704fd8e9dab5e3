/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The beginning and the end of an environment, what JavaScript takes from its queue, and the table of
 * functions.
 */
#include <stdlib.h>

#include "binding.h"

/* ---- What has been told ---------------------------------------------------------------------- */

/* The two values of an item; what it holds is freed. */
static void show_item(struct addon *addon, struct item *item, napi_value values[2])
{
    napi_env env = addon->env;
    napi_value number = make_number(env, item->number);
    values[1] = number;
    switch (item->kind) {
    case ITEM_RESULT:
        call_result(addon, item->value, values);
        return;
    case ITEM_LOG:
        values[0] = make_text(env, item->value, NAPI_AUTO_LENGTH);
        break;
    case ITEM_EVENT:
        values[0] = show(addon, &layout_spay_event, item->value, number);
        break;
    case ITEM_ASK:
        values[0] = show(addon, &layout_spay_send_record, item->value, number);
        break;
    case ITEM_CLOSED:
        client_closed(addon, item->id);
        values[0] = number;
        break;
    }
    item->free(item);
}

static void handle(struct addon *addon, struct item *item, napi_value function)
{
    napi_env env = addon->env;
    napi_value nothing, values[ITEM_VALUES] = {make_number(env, item->kind),
                                               make_number(env, item->id), NULL, NULL};
    napi_get_undefined(env, &nothing);
    show_item(addon, item, values + 2);
    napi_call_function(env, nothing, function, ITEM_VALUES, values, NULL);
}

/* Calls the function for some items. Whether there may be more: then JavaScript comes again. */
static int take(struct addon *addon, napi_value function)
{
    struct item *item;
    int taken = 0;
    while (taken < ITEMS_AT_ONCE && (item = addon_next(addon)) != NULL) {
        handle(addon, item, function);
        taken++;
    }
    if (taken == ITEMS_AT_ONCE)
        return 1;
    pthread_mutex_lock(&addon->lock);
    addon->is_notified = 0;
    pthread_mutex_unlock(&addon->lock);
    addon_notify(addon);
    return 0;
}

/* take(function of kind, id and two values) */
static napi_value addon_take(napi_env env, napi_callback_info info)
{
    napi_value function, has_more = NULL;
    size_t count = 1;
    napi_get_cb_info(env, info, &count, &function, NULL, NULL);
    napi_get_boolean(env, take(addon_of(env), function), &has_more);
    return has_more;
}

static void on_wake(napi_env env, napi_value deliver, void *ctx, void *data)
{
    napi_value nothing;
    (void)ctx;
    (void)data;
    if (!env)
        return;
    napi_get_undefined(env, &nothing);
    napi_call_function(env, nothing, deliver, 0, NULL, NULL);
}

/* ---- Beginning and end of an environment ----------------------------------------------------- */

static void on_end(void *ctx)
{
    struct addon *addon = ctx;
    client_end_all(addon);
    napi_delete_reference(addon->env, addon->ask);
    for (size_t i = 0; layouts[i]; i++)
        if (addon->classes[i])
            napi_delete_reference(addon->env, addon->classes[i]);
    pthread_mutex_lock(&addon->lock);
    addon->is_closed = 1;
    pthread_mutex_unlock(&addon->lock);
    addon_release(addon);
}

static void wait_for(struct addon *addon, napi_value deliver)
{
    napi_env env = addon->env;
    napi_value name;
    napi_create_string_utf8(env, "sessionpay", NAPI_AUTO_LENGTH, &name);
    napi_create_threadsafe_function(env, deliver, NULL, name, 0, 1, NULL, NULL, addon, on_wake,
                                    &addon->wake);
    napi_unref_threadsafe_function(env, addon->wake);
    addon_hold(addon);
    napi_add_env_cleanup_hook(env, on_end, addon);
}

/* setup(classes by the names of structs, deliver, ask, whether this is the main thread) */
static napi_value addon_setup(napi_env env, napi_callback_info info)
{
    struct addon *addon = addon_of(env);
    napi_value arguments[ARGUMENTS_MAX];
    size_t count = ARGUMENTS_MAX;
    napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
    for (size_t i = 0; layouts[i]; i++) {
        napi_value constructor;
        napi_valuetype type;
        napi_get_named_property(env, arguments[0], layouts[i]->name, &constructor);
        napi_typeof(env, constructor, &type);
        if (type == napi_function)
            napi_create_reference(env, constructor, 1, &addon->classes[i]);
    }
    napi_create_reference(env, arguments[2], 1, &addon->ask);
    addon->is_main = (int)number_of(env, arguments[3]);
    wait_for(addon, arguments[1]);
    return NULL;
}

/* The process, or the worker, ends. Cleanup hooks are not called on process.exit(). */
static napi_value addon_end_all(napi_env env, napi_callback_info info)
{
    (void)info;
    client_end_all(addon_of(env));
    return NULL;
}

static napi_value addon_version(napi_env env, napi_callback_info info)
{
    (void)info;
    return make_text(env, spay_version(), NAPI_AUTO_LENGTH);
}

static void on_freed(napi_env env, void *data, void *hint)
{
    (void)env;
    (void)hint;
    addon_release(data);
}

static struct addon *new_addon(napi_env env)
{
    struct addon *addon = calloc(1, sizeof *addon);
    if (!addon)
        return NULL;
    addon->env = env;
    addon->references = 1;
    addon->end = &addon->first;
    addon->thread = pthread_self();
    pthread_mutex_init(&addon->lock, NULL);
    napi_set_instance_data(env, addon, on_freed, NULL);
    return addon;
}

NAPI_MODULE_INIT()
{
    static const struct {
        const char *name;
        napi_callback function;
    } functions[] = {
        {"setup", addon_setup},
        {"take", addon_take},
        {"endAll", addon_end_all},
        {"version", addon_version},
        {"clientNew", client_new},
        {"clientClose", client_close},
        {"clientFlightRecord", client_flight_record},
        {"accountNew", account_new},
        {"accountFromSession", account_from_session},
        {"accountSetBearerToken", account_set_bearer_token},
        {"callStart", call_start},
        {"callCancel", call_cancel},
        {"callAnswer", call_answer},
        {"mockNew", mock_new},
        {"mockReply", mock_reply},
        {"mockFail", mock_fail},
        {"mockSet", mock_set},
        {"mockNowMs", mock_now_ms},
        {"mockRequests", mock_requests},
    };
    if (!new_addon(env))
        return NULL;
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        napi_value function;
        napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].function, NULL,
                             &function);
        napi_set_named_property(env, exports, functions[i].name, function);
    }
    return exports;
}
