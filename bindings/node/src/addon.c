/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/* The beginning and the end of an environment, and the table of functions. */
#include <stdlib.h>

#include "binding.h"

/* deliver(): whether there are more results */
static napi_value addon_take(napi_env env, napi_callback_info info)
{
    napi_value has_more = NULL;
    (void)info;
    napi_get_boolean(env, addon_deliver(addon_of(env)), &has_more);
    return has_more;
}

/* ---- Beginning and end of an environment ----------------------------------------------------- */

static void on_end(napi_async_cleanup_hook_handle cleanup, void *ctx)
{
    struct addon *addon = ctx;
    (void)cleanup;
    for (int i = 0; i < FUNCTIONS; i++)
        napi_delete_reference(addon->env, addon->functions[i]);
    for (size_t i = 0; layouts[i]; i++)
        if (addon->classes[i])
            napi_delete_reference(addon->env, addon->classes[i]);
    napi_async_destroy(addon->env, addon->context);
    loop_end(addon);
}

static void begin(struct addon *addon)
{
    napi_env env = addon->env;
    napi_value name;
    napi_create_string_utf8(env, "sessionpay", NAPI_AUTO_LENGTH, &name);
    if (loop_start(addon) && napi_async_init(env, NULL, name, &addon->context) == napi_ok)
        napi_add_async_cleanup_hook(env, on_end, addon, &addon->cleanup);
    else
        napi_throw_error(env, NULL, "out of memory");
}

/* setup(classes by the names of structs, functions in the order of FUNCTION_...) */
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
    for (int i = 0; i < FUNCTIONS; i++)
        napi_create_reference(env, arguments[1 + i], 1, &addon->functions[i]);
    begin(addon);
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
        {"deliver", addon_take},
        {"version", addon_version},
        {"clientNew", client_new},
        {"clientClose", client_close},
        {"clientFlightRecord", client_flight_record},
        {"accountNew", account_new},
        {"accountFromSession", account_from_session},
        {"accountSetBearerToken", account_set_bearer_token},
        {"callStart", call_start},
        {"callCancel", call_cancel},
        {"storeIsThere", store_is_there},
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
