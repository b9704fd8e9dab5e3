/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * What belongs to an environment: the operations that are done, which JavaScript gets a few at a time,
 * and the functions that it has for us.
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
    addon->references++;
}

static struct operation *take_first(struct addon *addon)
{
    struct operation *operation = addon->first;
    if (operation)
        addon->first = operation->next;
    if (!addon->first)
        addon->end = &addon->first;
    return operation;
}

void addon_release(struct addon *addon)
{
    struct operation *operation;
    if (--addon->references)
        return;
    while ((operation = take_first(addon)) != NULL)
        call_free(operation);
    free(addon->operations);
    free(addon);
}

/* ---- Functions of JavaScript ----------------------------------------------------------------- */

/* They throw only if the program does so on purpose, by changing what it is given. */
static void tell_exception(napi_env env)
{
    bool is_pending = false;
    napi_value exception;
    napi_is_exception_pending(env, &is_pending);
    if (is_pending && napi_get_and_clear_last_exception(env, &exception) == napi_ok)
        napi_fatal_exception(env, exception);
}

napi_value addon_call(struct addon *addon, enum function function, size_t count,
                      const napi_value *arguments)
{
    napi_env env = addon->env;
    napi_value called, nothing, answer = NULL;
    napi_get_reference_value(env, addon->functions[function], &called);
    napi_get_undefined(env, &nothing);
    if (napi_call_function(env, nothing, called, count, arguments, &answer) == napi_ok)
        return answer;
    tell_exception(env);
    return NULL;
}

/* ---- Results --------------------------------------------------------------------------------- */

void addon_append(struct addon *addon, struct operation *operation)
{
    operation->next = NULL;
    *addon->end = operation;
    addon->end = &operation->next;
}

void addon_schedule(struct addon *addon)
{
    if (addon->first && !addon->is_ending)
        addon_call(addon, FUNCTION_SCHEDULE, 0, NULL);
}

static void finish(struct addon *addon, struct operation *operation)
{
    napi_handle_scope scope;
    napi_value values[3];
    napi_open_handle_scope(addon->env, &scope);
    values[0] = make_number(addon->env, operation->id);
    call_result(addon, operation, values + 1);
    addon_call(addon, FUNCTION_FINISH, 3, values);
    napi_close_handle_scope(addon->env, scope);
}

int addon_deliver(struct addon *addon)
{
    for (int i = 0; i < RESULTS_AT_ONCE && addon->first; i++)
        finish(addon, take_first(addon));
    return addon->first != NULL;
}

void addon_begin(struct addon *addon)
{
    if (addon->in_flight++ == 0)
        loop_keep(addon, 1);
}

void addon_end(struct addon *addon)
{
    if (--addon->in_flight == 0)
        loop_keep(addon, 0);
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
