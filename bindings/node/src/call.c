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
        return show_error(env, error ? error
                                     : spay_error_new(SPAY_E_NO_MEMORY, SPAY_OUTCOME_NOT_SENT,
                                                      NULL));
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
    const struct provider *provider =
        client ? provider_of(env, &arena, arguments[1]) : NULL;
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
    operation->item =
        (struct item){.kind = ITEM_RESULT, .id = id, .value = operation};
    operation->client = account->client;
    operation->provider = account->provider;
    addon->operations[id] = operation;
    return operation;
}

/* With a mock, which never waits, the call is done at once. */
static spay_status run(struct addon *addon, struct operation *operation)
{
    if (!operation->client->has_mock)
        return client_submit(operation->client, operation);
    spay_call_perform(operation->call, NULL);
    addon_append(addon, &operation->item);
    addon_notify(addon);
    return SPAY_OK;
}

static spay_error *begin(struct addon *addon, const struct account *account,
                         struct operation *operation, const void *request,
                         spay_call_options *options, int is_canceled)
{
    spay_error *error = NULL;
    options->call_ctx = operation;
    if (account->provider->begin(account->account, request, options, &operation->call, &error) !=
        SPAY_OK)
        return error;
    if (is_canceled)
        spay_call_cancel(operation->call);
    spay_status status = run(addon, operation);
    return status == SPAY_OK ? NULL : spay_error_new(status, SPAY_OUTCOME_NOT_SENT, NULL);
}

/* undefined: a result will come. Or the values of an error. */
static napi_value start(struct addon *addon, const struct account *account, int32_t id,
                        const void *request, spay_call_options *options, int is_canceled)
{
    struct operation *operation = new_operation(addon, account, id);
    spay_error *error =
        operation ? begin(addon, account, operation, request, options, is_canceled)
                  : spay_error_new(SPAY_E_NO_MEMORY, SPAY_OUTCOME_NOT_SENT, NULL);
    if (!error) {
        addon_begin(addon);
        return NULL;
    }
    if (operation) {
        addon->operations[id] = NULL;
        call_free(operation);
    }
    return show_error(addon->env, error);
}

/* callStart(account, id, request, options, whether it is canceled) */
napi_value call_start(napi_env env, napi_callback_info info)
{
    struct arena arena;
    napi_value arguments[ARGUMENTS_MAX], failure = NULL;
    size_t count = ARGUMENTS_MAX;
    napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
    arena_init(&arena);
    struct account *account = external_of(env, arguments[0]);
    void *request =
        account ? fill(env, &arena, account->provider->request, arguments[2]) : NULL;
    spay_call_options *options =
        request ? fill(env, &arena, &layout_spay_call_options, arguments[3]) : NULL;
    bool is_canceled = false;
    napi_get_value_bool(env, arguments[4], &is_canceled);
    if (options)
        failure = start(addon_of(env), account, (int32_t)number_of(env, arguments[1]), request,
                        options, is_canceled);
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

/* callAnswer(id, whether the request may be sent) */
napi_value call_answer(napi_env env, napi_callback_info info)
{
    napi_value arguments[ARGUMENTS_MAX];
    size_t count = ARGUMENTS_MAX;
    bool may_go = false;
    napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
    struct operation *operation = operation_argument(env, arguments[0]);
    napi_get_value_bool(env, arguments[1], &may_go);
    if (operation) {
        pthread_mutex_lock(&operation->client->lock);
        operation->is_asking = 0;
        operation->is_refused = !may_go;
        pthread_cond_broadcast(&operation->client->changed);
        pthread_mutex_unlock(&operation->client->lock);
    }
    return NULL;
}

/* ---- Results --------------------------------------------------------------------------------- */

static void free_server_session(napi_env env, void *data, void *hint)
{
    (void)env;
    (void)hint;
    spay_connect_server_session_free(data);
}

/* Accounts of connect_client are made from the session itself: its object keeps it. */
static napi_value show_session(struct addon *addon, const struct provider *provider, void *session)
{
    if (provider == &providers[CONNECT_SERVER])
        return show(addon, provider->session, session,
                    make_external(addon->env, session, free_server_session));
    napi_value shown = show(addon, provider->session, session, NULL);
    provider->free_session(session);
    return shown;
}

void call_result(struct addon *addon, struct operation *operation, napi_value result[2])
{
    void *session = NULL;
    spay_error *error = NULL;
    napi_get_undefined(addon->env, &result[0]);
    result[1] = result[0];
    if (operation->provider->take(operation->call, &session, &error) == SPAY_OK)
        result[0] = show_session(addon, operation->provider, session);
    else
        result[1] = show_error(addon->env, error);
    addon->operations[operation->item.id] = NULL;
    call_free(operation);
    addon_end(addon);
}
