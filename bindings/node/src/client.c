/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/* Clients and their hooks. */
#include <stdlib.h>

#include "binding.h"

/* ---- Hooks: JavaScript is called at once, from within the driver ------------------------------ */

/* What a hook gets: the client's number, and two values of its own. */
static napi_value call_hook(const struct hooks *hooks, enum function function, napi_value first,
                            napi_value second)
{
    const napi_value arguments[] = {make_number(hooks->addon->env, hooks->id), first, second};
    return addon_call(hooks->addon, function, second ? 3 : 2, arguments);
}

static void on_log(void *ctx, int32_t level, const char *line)
{
    const struct hooks *hooks = ctx;
    struct addon *addon = hooks->addon;
    napi_handle_scope scope;
    if (addon->is_ending || napi_open_handle_scope(addon->env, &scope) != napi_ok)
        return;
    call_hook(hooks, FUNCTION_LOG, make_number(addon->env, level),
              make_text(addon->env, line, NAPI_AUTO_LENGTH));
    napi_close_handle_scope(addon->env, scope);
}

/* The operation's number is the last argument of the object's class: it finds `callCtx` by it. */
static napi_value number_of_operation(struct addon *addon, const struct operation *operation)
{
    return make_number(addon->env, operation ? operation->id : -1);
}

static void on_event(void *ctx, const spay_event *event)
{
    const struct hooks *hooks = ctx;
    struct addon *addon = hooks->addon;
    napi_handle_scope scope;
    if (addon->is_ending || napi_open_handle_scope(addon->env, &scope) != napi_ok)
        return;
    napi_value operation = number_of_operation(addon, event->call_ctx);
    call_hook(hooks, FUNCTION_EVENT, show(addon, &layout_spay_event, event, operation), NULL);
    napi_close_handle_scope(addon->env, scope);
}

static spay_status on_before_send(void *ctx, const spay_send_record *record)
{
    const struct hooks *hooks = ctx;
    struct addon *addon = hooks->addon;
    napi_handle_scope scope;
    bool may_go = false;
    if (addon->is_ending || napi_open_handle_scope(addon->env, &scope) != napi_ok)
        return SPAY_E_CANCELED;
    napi_value operation = number_of_operation(addon, record->call_ctx);
    napi_value answer =
        call_hook(hooks, FUNCTION_BEFORE_SEND,
                  show(addon, &layout_spay_send_record, record, operation), operation);
    if (answer)
        napi_get_value_bool(addon->env, answer, &may_go);
    napi_close_handle_scope(addon->env, scope);
    return may_go ? SPAY_OK : SPAY_E_CANCELED;
}

static void free_hooks(void *ctx)
{
    struct hooks *hooks = ctx;
    mock_release(hooks->mock);
    addon_release(hooks->addon);
    free(hooks);
}

static struct hooks *new_hooks(struct addon *addon, int32_t id, struct mock *mock)
{
    struct hooks *hooks = malloc(sizeof *hooks);
    if (!hooks) {
        mock_release(mock);
        return NULL;
    }
    *hooks = (struct hooks){.addon = addon, .mock = mock, .id = id};
    addon_hold(addon);
    return hooks;
}

/* Bits of what JavaScript wants to be told: log, event, before_send. */
static void set_hooks(spay_client_options *options, struct hooks *hooks, int64_t wanted)
{
    options->log = wanted & 1 ? on_log : NULL;
    options->event = wanted & 2 ? on_event : NULL;
    options->before_send = wanted & 4 ? on_before_send : NULL;
    options->log_ctx = options->event_ctx = options->before_send_ctx = hooks;
    options->log_destroy = free_hooks;
    if (hooks->mock) {
        options->transport = mock_transport(hooks->mock);
        options->platform = mock_platform(hooks->mock);
    }
}

/* ---- Calls ----------------------------------------------------------------------------------- */

static void on_done(void *ctx, spay_call *call)
{
    struct operation *operation = ctx;
    (void)call;
    addon_append(operation->client->addon, operation);
}

/* From within a hook, the driver gets it when it has come back from there. */
spay_status client_submit(struct client *client, struct operation *operation)
{
    if (!client->multi) {
        spay_status status = loop_open(client);
        if (status != SPAY_OK)
            return status;
    }
    if (client->is_inside)
        return spay_multi_submit(client->multi, operation->call, on_done, operation);
    loop_enter(client);
    spay_status status = spay_multi_add(client->multi, operation->call, on_done, operation);
    loop_leave(client);
    addon_schedule(client->addon);
    return status;
}

void client_cancel(struct client *client, struct operation *operation)
{
    spay_call_cancel(operation->call);
    if (!client->multi)
        return;
    if (client->is_inside) {
        spay_multi_wakeup(client->multi);
        return;
    }
    loop_enter(client);
    spay_multi_on_timer(client->multi);
    loop_leave(client);
    addon_schedule(client->addon);
}

static void free_client(napi_env env, void *data, void *hint)
{
    struct client *client = data;
    (void)env;
    (void)hint;
    loop_close(client);
    spay_client_free(client->client);
    addon_release(client->addon);
    free(client);
}

/* ---- For JavaScript -------------------------------------------------------------------------- */

static struct client *new_client(struct addon *addon, int32_t id)
{
    struct client *client = calloc(1, sizeof *client);
    if (!client)
        return NULL;
    client->addon = addon;
    client->id = id;
    addon_hold(addon);
    return client;
}

/* No client has taken them over. */
static void free_unused(const spay_client_options *options, struct hooks *hooks)
{
    free_hooks(hooks);
    if (options->store)
        options->store->destroy(options->store->ctx);
}

/* An external with the client, or the values of an error. */
static napi_value open_client(struct addon *addon, const spay_client_options *options,
                              struct hooks *hooks, const spay_multi_options *driver)
{
    spay_error *error = NULL;
    spay_multi *multi = NULL;
    struct client *client = new_client(addon, hooks->id);
    if (!client)
        error = spay_error_new(SPAY_E_NO_MEMORY, SPAY_OUTCOME_NOT_SENT, NULL);
    if (!client || spay_client_new(options, &client->client, &error) != SPAY_OK)
        free_unused(options, hooks);
    else if (!hooks->mock) /* so that what is wrong with its options is told here */
        spay_multi_new(client->client, driver, &multi, &error);
    spay_multi_free(multi);
    if (!error) {
        client->has_mock = options->transport != NULL;
        client->options = *driver;
        return make_external(addon->env, client, free_client);
    }
    if (client)
        free_client(addon->env, client, NULL);
    return show_error(addon->env, error);
}

/* What clientNew() is given: a client is made of it, which takes over the hooks and the store. */
struct input {
    spay_client_options *options;
    spay_multi_options *driver;
    struct hooks *hooks;
    spay_store store;
    spay_error *error; /* of the store */
};

/* false, with an exception: the values are none. */
static int fill_input(struct addon *addon, struct arena *arena, const napi_value *arguments,
                      struct input *input)
{
    napi_env env = addon->env;
    napi_valuetype type = napi_undefined;
    napi_typeof(env, arguments[5], &type);
    input->options = fill(env, arena, &layout_spay_client_options, arguments[0]);
    if (input->options)
        input->driver = fill(env, arena, &layout_spay_multi_options, arguments[1]);
    if (!input->driver)
        return 0;
    if (type == napi_undefined)
        return 1;
    input->options->store = &input->store;
    return store_fill(env, arena, arguments[5], &input->store, &input->error);
}

/* clientNew(options, options of the driver, id, bits of hooks, mock, store), the last two or undefined */
napi_value client_new(napi_env env, napi_callback_info info)
{
    struct addon *addon = addon_of(env);
    struct arena arena;
    struct input input = {.options = NULL};
    napi_value arguments[ARGUMENTS_MAX], made = NULL;
    size_t count = ARGUMENTS_MAX;
    napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
    arena_init(&arena);
    if (fill_input(addon, &arena, arguments, &input) && !input.error)
        input.hooks =
            new_hooks(addon, (int32_t)number_of(env, arguments[2]), mock_hold(env, arguments[4]));
    if (input.hooks) {
        set_hooks(input.options, input.hooks, number_of(env, arguments[3]));
        made = open_client(addon, input.options, input.hooks, input.driver);
    }
    arena_clear(&arena);
    return input.error ? show_error(env, input.error) : made;
}

static struct client *client_argument(napi_env env, napi_callback_info info)
{
    napi_value argument;
    size_t count = 1;
    napi_get_cb_info(env, info, &count, &argument, NULL, NULL);
    return external_of(env, argument);
}

/* The results of its calls follow. */
napi_value client_close(napi_env env, napi_callback_info info)
{
    struct client *client = client_argument(env, info);
    if (client) {
        loop_close(client);
        addon_schedule(client->addon);
    }
    return NULL;
}

napi_value client_flight_record(napi_env env, napi_callback_info info)
{
    struct client *client = client_argument(env, info);
    char *record = client ? spay_client_flight_record(client->client) : NULL;
    napi_value shown = make_text(env, record, NAPI_AUTO_LENGTH);
    spay_free(record);
    return shown;
}
