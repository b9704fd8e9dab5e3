/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Clients, their threads and their hooks. A client that is used has one thread, which polls the
 * driver while there are calls, and else waits.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "binding.h"

enum {
    POLL_MS = 1000
};

/* ---- Waiting for the environment's thread ---------------------------------------------------- */

/* The client's thread; until something has changed, or by chance. */
static void sleep_unlocked(struct client *client)
{
    client->is_asleep = 1;
    pthread_mutex_unlock(&client->lock);
    while (sem_wait(&client->changed) != 0)
        continue;
    pthread_mutex_lock(&client->lock);
}

/* After a change, under the lock, which it releases first: who wakes up takes it. */
void client_unlock_changed(struct client *client)
{
    int was_asleep = client->is_asleep;
    client->is_asleep = 0;
    pthread_mutex_unlock(&client->lock);
    if (was_asleep)
        sem_post(&client->changed);
}

/* ---- Hooks: on the client's thread, or on the environment's ---------------------------------- */

static void on_log(void *ctx, int32_t level, const char *line)
{
    struct hooks *hooks = ctx;
    char *copied = strdup(line);
    if (copied)
        addon_tell(hooks->addon, ITEM_LOG, hooks->id, level, copied);
}

static int32_t operation_id(const struct operation *operation)
{
    return operation ? operation->item.id : -1;
}

static void on_event(void *ctx, const spay_event *event)
{
    struct hooks *hooks = ctx;
    void *copied = copy(&layout_spay_event, event);
    if (copied)
        addon_tell(hooks->addon, ITEM_EVENT, hooks->id, operation_id(event->call_ctx), copied);
}

/* The mock sends on the environment's thread. */
static spay_status ask_now(struct hooks *hooks, const spay_send_record *record)
{
    struct addon *addon = hooks->addon;
    napi_env env = addon->env;
    napi_value function, nothing, answer = NULL;
    napi_value operation = make_number(env, operation_id(record->call_ctx));
    napi_value arguments[] = {make_number(env, hooks->id),
                              show(addon, &layout_spay_send_record, record, operation), operation};
    bool may_go = false;
    napi_get_reference_value(env, addon->ask, &function);
    napi_get_undefined(env, &nothing);
    if (napi_call_function(env, nothing, function, 3, arguments, &answer) == napi_ok)
        napi_get_value_bool(env, answer, &may_go);
    return may_go ? SPAY_OK : SPAY_E_CANCELED;
}

static spay_status on_before_send(void *ctx, const spay_send_record *record)
{
    struct hooks *hooks = ctx;
    struct operation *operation = record->call_ctx;
    struct client *client = operation->client;
    if (pthread_equal(pthread_self(), hooks->addon->thread))
        return ask_now(hooks, record);
    void *copied = copy(&layout_spay_send_record, record);
    if (!copied)
        return SPAY_E_NO_MEMORY;
    operation->is_asking = 1;
    addon_tell(hooks->addon, ITEM_ASK, hooks->id, operation_id(operation), copied);
    pthread_mutex_lock(&client->lock);
    while (operation->is_asking && !client->ending)
        sleep_unlocked(client);
    int is_refused = operation->is_asking || operation->is_refused;
    pthread_mutex_unlock(&client->lock);
    return is_refused ? SPAY_E_CANCELED : SPAY_OK;
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

/* ---- The thread ------------------------------------------------------------------------------ */

/* Until there are calls, or the end. */
static enum ending wait_for_calls(struct client *client)
{
    pthread_mutex_lock(&client->lock);
    while (!client->ending && spay_multi_pending(client->multi) == 0)
        sleep_unlocked(client);
    enum ending ending = client->ending;
    pthread_mutex_unlock(&client->lock);
    return ending;
}

static void *poll_calls(void *ctx)
{
    struct client *client = ctx;
    enum ending ending;
    while ((ending = wait_for_calls(client)) == ENDING_NOT) {
        spay_multi_poll(client->multi, POLL_MS);
        addon_notify(client->addon);
    }
    if (ending == ENDING_CLOSE) {
        spay_multi_free(client->multi);
        addon_tell(client->addon, ITEM_CLOSED, client->id, 0, NULL);
    }
    return NULL;
}

/* Signals are for the threads of Node. */
static int start_thread(struct client *client)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failure = pthread_create(&client->thread, NULL, poll_calls, client);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failure;
}

static spay_status start(struct client *client)
{
    spay_status status = spay_multi_new(client->client, &client->options, &client->multi, NULL);
    if (status != SPAY_OK)
        return status;
    if (start_thread(client)) {
        spay_multi_free(client->multi);
        client->multi = NULL;
        return SPAY_E_NO_MEMORY;
    }
    client->next = client->addon->clients;
    client->addon->clients = client;
    return SPAY_OK;
}

static void on_done(void *ctx, spay_call *call)
{
    struct operation *operation = ctx;
    (void)call;
    addon_append(operation->client->addon, &operation->item);
}

spay_status client_submit(struct client *client, struct operation *operation)
{
    spay_status status = client->addon->is_ending ? SPAY_E_STATE : SPAY_OK;
    if (status == SPAY_OK && !client->multi)
        status = start(client);
    if (status == SPAY_OK)
        status = spay_multi_submit(client->multi, operation->call, on_done, operation);
    if (status != SPAY_OK)
        return status;
    pthread_mutex_lock(&client->lock);
    client_unlock_changed(client);
    return SPAY_OK;
}

void client_cancel(struct client *client, struct operation *operation)
{
    spay_call_cancel(operation->call);
    pthread_mutex_lock(&client->lock);
    if (client->multi && !client->ending)
        spay_multi_wakeup(client->multi);
    pthread_mutex_unlock(&client->lock);
}

/* ---- Its end --------------------------------------------------------------------------------- */

/* Its thread frees the driver only after it has seen this, under the same lock. */
static void end(struct client *client, enum ending ending)
{
    pthread_mutex_lock(&client->lock);
    if (!client->ending) {
        client->ending = ending;
        spay_multi_wakeup(client->multi);
    }
    client_unlock_changed(client);
}

static void join(struct client *client)
{
    struct client **at = &client->addon->clients;
    while (*at != client)
        at = &(*at)->next;
    *at = client->next;
    pthread_join(client->thread, NULL);
    client->multi = NULL;
}

void client_closed(struct addon *addon, int32_t id)
{
    struct client *client = addon->clients;
    while (client && client->id != id)
        client = client->next;
    if (client) {
        join(client);
        addon_end(addon);
    }
}

void client_end_all(struct addon *addon)
{
    addon->is_ending = 1;
    for (struct client *client = addon->clients; client; client = client->next)
        end(client, addon->is_main ? ENDING_LEAVE : ENDING_CLOSE);
    while (addon->clients)
        join(addon->clients);
}

static void free_client(napi_env env, void *data, void *hint)
{
    struct client *client = data;
    (void)env;
    (void)hint;
    if (client->multi) {
        end(client, ENDING_CLOSE);
        join(client);
    }
    spay_client_free(client->client);
    sem_destroy(&client->changed);
    pthread_mutex_destroy(&client->lock);
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
    pthread_mutex_init(&client->lock, NULL);
    sem_init(&client->changed, 0, 0);
    addon_hold(addon);
    return client;
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
        free_hooks(hooks);
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

/* clientNew(options, options of the driver, id, bits of hooks, mock or undefined) */
napi_value client_new(napi_env env, napi_callback_info info)
{
    struct addon *addon = addon_of(env);
    struct arena arena;
    napi_value arguments[ARGUMENTS_MAX], made = NULL;
    size_t count = ARGUMENTS_MAX;
    napi_get_cb_info(env, info, &count, arguments, NULL, NULL);
    arena_init(&arena);
    spay_client_options *options = fill(env, &arena, &layout_spay_client_options, arguments[0]);
    spay_multi_options *driver =
        options ? fill(env, &arena, &layout_spay_multi_options, arguments[1]) : NULL;
    struct hooks *hooks = driver ? new_hooks(addon, (int32_t)number_of(env, arguments[2]),
                                             mock_hold(env, arguments[4]))
                                 : NULL;
    if (hooks) {
        set_hooks(options, hooks, number_of(env, arguments[3]));
        made = open_client(addon, options, hooks, driver);
    }
    arena_clear(&arena);
    return made;
}

static struct client *client_argument(napi_env env, napi_callback_info info)
{
    napi_value argument;
    size_t count = 1;
    napi_get_cb_info(env, info, &count, &argument, NULL, NULL);
    return external_of(env, argument);
}

/* Whether an ITEM_CLOSED will follow. */
napi_value client_close(napi_env env, napi_callback_info info)
{
    struct client *client = client_argument(env, info);
    napi_value answer = NULL;
    int has_thread = client && client->multi;
    if (has_thread) {
        addon_begin(client->addon);
        end(client, ENDING_CLOSE);
    }
    napi_get_boolean(env, has_thread, &answer);
    return answer;
}

napi_value client_flight_record(napi_env env, napi_callback_info info)
{
    struct client *client = client_argument(env, info);
    char *record = client ? spay_client_flight_record(client->client) : NULL;
    napi_value shown = make_text(env, record, NAPI_AUTO_LENGTH);
    spay_free(record);
    return shown;
}
