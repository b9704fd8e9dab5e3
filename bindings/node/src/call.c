/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/* Accounts, and calls from their beginning to their result. */
#include <stdlib.h>
#include <string.h>

#include "binding.h"

/* The typed functions of a provider, as ones that take void *. */
#define FUNCTIONS(name)                                                                            \
    static spay_status make_##name(spay_client *client, const void *options, void **account,       \
                                   spay_error **error)                                             \
    {                                                                                              \
        spay_##name *made;                                                                         \
        spay_status status = spay_##name##_new(client, options, &made, error);                     \
        *account = made;                                                                           \
        return status;                                                                             \
    }                                                                                              \
    static spay_status begin_##name(void *account, const void *request,                            \
                                    const spay_call_options *options, spay_call **call,            \
                                    spay_error **error)                                            \
    {                                                                                              \
        return spay_##name##_session_call_new(account, request, options, call, error);             \
    }                                                                                              \
    static spay_status take_##name(spay_call *call, void **session, spay_error **error)            \
    {                                                                                              \
        spay_##name##_session *made;                                                               \
        spay_status status = spay_##name##_session_from_call(call, &made, error);                  \
        *session = made;                                                                           \
        return status;                                                                             \
    }                                                                                              \
    static void free_##name(void *account)                                                         \
    {                                                                                              \
        spay_##name##_free(account);                                                               \
    }                                                                                              \
    static void free_session_##name(void *session)                                                 \
    {                                                                                              \
        spay_##name##_session_free(session);                                                       \
    }

#define ROW(called)                                                                                \
    {                                                                                              \
        .name = #called, .options = &layout_spay_##called##_options,                               \
        .request = &layout_spay_##called##_session_request,                                        \
        .session = &layout_spay_##called##_session, .make = make_##called,                         \
        .begin = begin_##called, .take = take_##called, .free_account = free_##called,             \
        .free_session = free_session_##called                                                      \
    }

FUNCTIONS(wepay)
FUNCTIONS(hosted_fields)
FUNCTIONS(connect_server)
FUNCTIONS(connect_client)

enum {
    WEPAY,
    HOSTED_FIELDS,
    CONNECT_SERVER,
    CONNECT_CLIENT,
    PROVIDERS
};

static const struct provider providers[PROVIDERS] = {ROW(wepay), ROW(hosted_fields),
                                                     ROW(connect_server), ROW(connect_client)};

/* ---- Accounts -------------------------------------------------------------------------------- */

static void free_account(napi_env env, void *data, void *hint)
{
    struct account *account = data;
    (void)env;
    (void)hint;
    account->provider->free_account(account->account);
    free(account);
}

/* An external with the account, or the values of an error. */
static napi_value opened(napi_env env, const struct provider *provider, struct client *client,
                         void *made, spay_error *error)
{
    struct account *account = error ? NULL : malloc(sizeof *account);
    if (!account) {
        provider->free_account(made);
        return show_error(
            env, error ? error : spay_error_new(SPAY_E_NO_MEMORY, SPAY_OUTCOME_NOT_SENT, NULL));
    }
    *account = (struct account){.provider = provider, .client = client, .account = made};
    return make_external(env, account, free_account);
}

static const struct provider *provider_of(napi_env env, struct arena *arena, napi_value name)
{
    const char *text = text_of(env, arena, name);
    for (int i = 0; text && i < PROVIDERS; i++)
        if (strcmp(providers[i].name, text) == 0)
            return &providers[i];
    napi_throw_type_error(env, NULL, "there is no such provider");
    return NULL;
}

/* accountNew(client, provider, options) */
napi_value account_new(napi_env env, napi_callback_info info)
{
    struct arena arena;
    napi_value arguments[ARGUMENTS_MAX], shown = NULL;
    size_t count = ARGUMENTS_MAX;
    napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
    arena_init(&arena);
    struct client *client = external_of(env, arguments[0]);
    const struct provider *provider = client ? provider_of(env, &arena, arguments[1]) : NULL;
    void *options = provider ? fill(env, &arena, provider->options, arguments[2]) : NULL;
    if (options) {
        void *made = NULL;
        spay_error *error = NULL;
        provider->make(client->client, options, &made, &error);
        shown = opened(env, provider, client, made, error);
    }
    arena_clear(&arena);
    return shown;
}

/* accountFromSession(account of connect_server, its session) */
napi_value account_from_session(napi_env env, napi_callback_info info)
{
    napi_value arguments[ARGUMENTS_MAX];
    size_t count = ARGUMENTS_MAX;
    napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
    struct account *server = external_of(env, arguments[0]);
    spay_connect_server_session *session = server ? external_of(env, arguments[1]) : NULL;
    if (!session)
        return NULL;
    spay_connect_client *made = NULL;
    spay_error *error = NULL;
    spay_connect_client_from_session(server->account, session, &made, &error);
    return opened(env, &providers[CONNECT_CLIENT], server->client, made, error);
}

/* accountSetBearerToken(account, token): undefined, or the values of an error */
napi_value account_set_bearer_token(napi_env env, napi_callback_info info)
{
    struct arena arena;
    napi_value arguments[ARGUMENTS_MAX];
    size_t count = ARGUMENTS_MAX;
    spay_error *error = NULL;
    napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
    arena_init(&arena);
    struct account *account = external_of(env, arguments[0]);
    if (account)
        spay_hosted_fields_set_bearer_token(account->account, text_of(env, &arena, arguments[1]),
                                            &error);
    arena_clear(&arena);
    return error ? show_error(env, error) : NULL;
}

/* ---- Calls ----------------------------------------------------------------------------------- */

void call_free(struct operation *operation)
{
    spay_call_free(operation->call);
    free(operation);
}

static int find_place(struct addon *addon, size_t id)
{
    if (id < addon->capacity)
        return 1;
    size_t capacity = 2 * id + 64;
    struct operation **grown = realloc(addon->operations, capacity * sizeof *grown);
    if (!grown)
        return 0;
    memset(grown + addon->capacity, 0, (capacity - addon->capacity) * sizeof *grown);
    addon->operations = grown;
    addon->capacity = capacity;
    return 1;
}

static struct operation *new_operation(struct addon *addon, const struct account *account,
                                       int32_t id)
{
    struct operation *operation =
        find_place(addon, (size_t)id) ? calloc(1, sizeof *operation) : NULL;
    if (!operation)
        return NULL;
    operation->id = id;
    operation->client = account->client;
    operation->provider = account->provider;
    addon->operations[id] = operation;
    addon_begin(addon);
    return operation;
}

/* With a mock, which never waits, the call is done at once. */
static spay_status run(struct addon *addon, struct operation *operation)
{
    if (!operation->client->has_mock)
        return client_submit(operation->client, operation);
    spay_call_perform(operation->call, NULL);
    addon_append(addon, operation);
    addon_schedule(addon);
    return SPAY_OK;
}

/* What a call is made of. */
struct input {
    const struct account *account;
    void *request, *server_request; /* the latter of both Apple Pay steps in one */
    spay_call_options *options;
    bool is_canceled;
};

static spay_error *begin(struct addon *addon, struct operation *operation,
                         const struct input *input)
{
    void *account = input->account->account;
    spay_error *error = NULL;
    input->options->call_ctx = operation;
    operation->is_apple_pay = input->server_request != NULL;
    if (input->server_request)
        spay_connect_apple_pay_session_call_new(account, input->server_request, input->request,
                                                input->options, &operation->call, &error);
    else
        input->account->provider->begin(account, input->request, input->options, &operation->call,
                                        &error);
    if (error)
        return error;
    if (input->is_canceled)
        spay_call_cancel(operation->call);
    spay_status status = run(addon, operation);
    return status == SPAY_OK ? NULL : spay_error_new(status, SPAY_OUTCOME_NOT_SENT, NULL);
}

/* undefined: a result will come. Or the values of an error. */
static napi_value start(struct addon *addon, int32_t id, const struct input *input)
{
    struct operation *operation = new_operation(addon, input->account, id);
    spay_error *error = operation ? begin(addon, operation, input)
                                  : spay_error_new(SPAY_E_NO_MEMORY, SPAY_OUTCOME_NOT_SENT, NULL);
    if (!error)
        return NULL;
    if (operation) {
        addon->operations[id] = NULL;
        call_free(operation);
        addon_end(addon);
    }
    return show_error(addon->env, error);
}

/* false, with an exception: the values are none. */
static int fill_input(napi_env env, struct arena *arena, const napi_value *arguments,
                      struct input *input)
{
    const struct layout *request = input->account->provider->request;
    napi_valuetype type = napi_undefined;
    napi_get_value_bool(env, arguments[2], &input->is_canceled);
    napi_typeof(env, arguments[5], &type);
    if (type != napi_undefined) {
        input->server_request = fill(env, arena, request, arguments[5]);
        request = &layout_spay_connect_client_session_request;
        if (!input->server_request)
            return 0;
    }
    input->request = fill(env, arena, request, arguments[3]);
    if (input->request)
        input->options = fill(env, arena, &layout_spay_call_options, arguments[4]);
    return input->options != NULL;
}

/* callStart(account, id, whether it is canceled, request, options, request to connect_server) */
napi_value call_start(napi_env env, napi_callback_info info)
{
    struct arena arena;
    napi_value arguments[ARGUMENTS_MAX], failure = NULL;
    size_t count = ARGUMENTS_MAX;
    napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
    arena_init(&arena);
    struct input input = {.account = external_of(env, arguments[0])};
    if (input.account && fill_input(env, &arena, arguments, &input))
        failure = start(addon_of(env), (int32_t)number_of(env, arguments[1]), &input);
    arena_clear(&arena);
    return failure;
}

static struct operation *operation_argument(napi_env env, napi_value id)
{
    struct addon *addon = addon_of(env);
    int64_t number = number_of(env, id);
    return number >= 0 && (size_t)number < addon->capacity ? addon->operations[number] : NULL;
}

/* callCancel(id) */
napi_value call_cancel(napi_env env, napi_callback_info info)
{
    napi_value id;
    size_t count = 1;
    napi_get_cb_info(env, info, &count, &id, NULL, NULL);
    struct operation *operation = operation_argument(env, id);
    if (operation)
        client_cancel(operation->client, operation);
    return NULL;
}

/* ---- Results --------------------------------------------------------------------------------- */

static void free_server_session(napi_env env, void *data, void *hint)
{
    (void)env;
    (void)hint;
    spay_connect_server_session_free(data);
}

/* The object keeps the session itself: accounts of connect_client are made from it. */
static napi_value show_server_session(struct addon *addon, spay_connect_server_session *session)
{
    napi_value native = session ? make_external(addon->env, session, free_server_session) : NULL;
    return show(addon, &layout_spay_connect_server_session, session, native);
}

static napi_value take_session(struct addon *addon, struct operation *operation, spay_error **error)
{
    const struct provider *provider = operation->provider;
    napi_value shown = NULL;
    void *session = NULL;
    if (provider->take(operation->call, &session, error) != SPAY_OK)
        return NULL;
    if (provider == &providers[CONNECT_SERVER])
        return show_server_session(addon, session);
    shown = show(addon, provider->session, session, NULL);
    provider->free_session(session);
    return shown;
}

/* An array of both; null is a session that was not made. */
static napi_value take_both(struct addon *addon, struct operation *operation, spay_error **error)
{
    spay_connect_server_session *server_session = NULL;
    spay_connect_client_session *session = NULL;
    napi_value both = NULL;
    spay_connect_apple_pay_session_from_call(operation->call, &server_session, &session, error);
    napi_create_array(addon->env, &both);
    napi_set_element(addon->env, both, 0, show_server_session(addon, server_session));
    napi_set_element(addon->env, both, 1,
                     show(addon, &layout_spay_connect_client_session, session, NULL));
    spay_connect_client_session_free(session);
    return both;
}

void call_result(struct addon *addon, struct operation *operation, napi_value result[2])
{
    spay_error *error = NULL;
    napi_value session = operation->is_apple_pay ? take_both(addon, operation, &error)
                                                 : take_session(addon, operation, &error);
    napi_get_undefined(addon->env, &result[0]);
    result[1] = result[0];
    if (session)
        result[0] = session;
    if (error)
        result[1] = show_error(addon->env, error);
    addon->operations[operation->id] = NULL;
    call_free(operation);
    addon_end(addon);
}
