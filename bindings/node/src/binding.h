/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The addon from inside. JavaScript checks types, and keeps objects alive that others need; what
 * comes here is what ../lib hands over: arrays of values in the order of a layout's members.
 *
 * There is one thread, that of the environment, which runs JavaScript. Node's own loop watches the
 * sockets of the clients' drivers, and has a timer for each.
 */
#ifndef SESSIONPAY_NODE_BINDING_H
#define SESSIONPAY_NODE_BINDING_H

#define NAPI_VERSION 8

#include <node_api.h>
#include <sessionpay/sessionpay.h>
#include <uv.h>

#include "layouts.h"

enum {
    MEMBERS_MAX = 40,    /* of one struct, and what an error has */
    ARGUMENTS_MAX = 8,   /* of a function of the addon */
    CLASSES_MAX = 32,    /* kinds of structs */
    RESULTS_AT_ONCE = 32 /* handed to JavaScript, before the loop has its turn */
};

/* Functions of ../lib/calls.js, in the order in which setup() gets them. */
enum function {
    FUNCTION_FINISH,      /* id of the operation, session, error */
    FUNCTION_SCHEDULE,    /* there are results */
    FUNCTION_LOG,         /* id of the client, level, line */
    FUNCTION_EVENT,       /* id of the client, event */
    FUNCTION_BEFORE_SEND, /* id of the client, record, id of the operation: whether to send */
    FUNCTIONS
};

/* One of each environment: a main thread, or a worker. */
struct addon {
    napi_env env;
    napi_async_context context;
    napi_async_cleanup_hook_handle cleanup;
    napi_ref functions[FUNCTIONS];
    napi_ref classes[CLASSES_MAX]; /* constructors, in the order of layouts */
    struct operation **operations; /* by id */
    size_t capacity;
    struct operation *first, **end; /* those that are done */
    struct client *clients;         /* those with a driver */
    struct handle *turn; /* called in each turn of the loop; it keeps the process alive */
    uint64_t turn_began; /* 0: nothing has been done in this turn */
    int32_t in_flight;
    int32_t handles; /* that the loop has */
    int is_ending;   /* no JavaScript may be called */
    int references;
};

/* Kept by the library's client: what its hooks need, and the mock that it sends through. */
struct hooks {
    struct addon *addon;
    struct mock *mock;
    int32_t id;
};

struct client {
    struct client *next;
    struct addon *addon;
    spay_client *client;
    spay_multi *multi; /* NULL: not used yet, or closed */
    spay_multi_options options;
    struct handle *timer;
    struct handle **sockets; /* by descriptor */
    size_t capacity;
    int32_t id;
    int has_mock;
    int is_inside;  /* the driver: hooks are called from there, and must not call it */
    int is_closing; /* as soon as it is not inside */
};

struct provider {
    const char *name;
    const struct layout *options, *request, *session;
    spay_status (*make)(spay_client *client, const void *options, void **account,
                        spay_error **error);
    spay_status (*begin)(void *account, const void *request, const spay_call_options *options,
                         spay_call **call, spay_error **error);
    spay_status (*take)(spay_call *call, void **session, spay_error **error);
    void (*free_account)(void *account);
    void (*free_session)(void *session);
};

struct account {
    const struct provider *provider;
    struct client *client; /* alive as long as JavaScript calls: its account keeps it */
    void *account;
};

/* A call in flight. */
struct operation {
    struct operation *next;
    struct client *client;
    const struct provider *provider;
    spay_call *call;
    int32_t id;
    int is_apple_pay; /* both steps */
};

/* Memory for what a struct points to; freed at once. */
struct arena {
    struct block *blocks;
    size_t used;
    char first[2048];
};

/* ---- values.c: between JavaScript and C ---- */

void arena_init(struct arena *arena);
void arena_clear(struct arena *arena);

/* A struct from an array of its members' values; NULL, with an exception, if they are none. */
void *fill(napi_env env, struct arena *arena, const struct layout *layout, napi_value values);

/* NULL if it is no text. */
char *text_of(napi_env env, struct arena *arena, napi_value value);
int64_t number_of(napi_env env, napi_value value);

napi_value make_number(napi_env env, int64_t number);
napi_value make_text(napi_env env, const char *text, size_t length);
napi_value make_bytes(napi_env env, const char *bytes, size_t length);

/* An object of the class that belongs to the struct. `last` is the constructor's last argument. */
napi_value show(struct addon *addon, const struct layout *layout, const void *made,
                napi_value last);

/* The values of an error, which is freed. */
napi_value show_error(napi_env env, spay_error *error);

/* ---- queue.c ---- */

struct addon *addon_of(napi_env env);
void addon_hold(struct addon *addon);
void addon_release(struct addon *addon);

/* An operation is done: JavaScript gets its result in this turn of the loop, or soon. */
void addon_append(struct addon *addon, struct operation *operation);

/* There is JavaScript on the stack, which is told of results later. */
void addon_schedule(struct addon *addon);

/* Hand out some results. Whether there are more. */
int addon_deliver(struct addon *addon);

/* Operations keep the process alive. */
void addon_begin(struct addon *addon);
void addon_end(struct addon *addon);

/* What the function returns, NULL if it has thrown. */
napi_value addon_call(struct addon *addon, enum function function, size_t count,
                      const napi_value *arguments);

/* An argument that ../lib made with make_external(). */
void *external_of(napi_env env, napi_value value);
napi_value make_external(napi_env env, void *data, napi_finalize finalize);

/* ---- loop.c: the loop of Node, and the drivers ---- */

/* Before the first call. false without memory. */
int loop_start(struct addon *addon);

/* No handle is left after this, once the loop has had its turn; then the environment goes. */
void loop_end(struct addon *addon);

/* A client's driver, which the loop runs from now on. */
spay_status loop_open(struct client *client);
void loop_close(struct client *client);

/* Around functions of the driver. */
void loop_enter(struct client *client);
void loop_leave(struct client *client);

/* Keep the loop, and with it the process, alive or not. */
void loop_keep(struct addon *addon, int is_kept);

/* ---- client.c ---- */

napi_value client_new(napi_env env, napi_callback_info info);
napi_value client_close(napi_env env, napi_callback_info info);
napi_value client_flight_record(napi_env env, napi_callback_info info);

/* Let its driver run a call. */
spay_status client_submit(struct client *client, struct operation *operation);
void client_cancel(struct client *client, struct operation *operation);

/* ---- call.c ---- */

napi_value account_new(napi_env env, napi_callback_info info);
napi_value account_from_session(napi_env env, napi_callback_info info);
napi_value account_set_bearer_token(napi_env env, napi_callback_info info);
napi_value call_start(napi_env env, napi_callback_info info);
napi_value call_cancel(napi_env env, napi_callback_info info);

/* What an operation has led to: (session, error); it is freed. */
void call_result(struct addon *addon, struct operation *operation, napi_value result[2]);
void call_free(struct operation *operation);

/* ---- store.c ---- */

napi_value store_is_there(napi_env env, napi_callback_info info);

/* From the name of an adapter and its options. false, with an exception: the values are none. */
int store_fill(napi_env env, struct arena *arena, napi_value values, spay_store *store,
               spay_error **error);

/* ---- mock.c ---- */

struct mock *mock_hold(napi_env env, napi_value value);
void mock_release(struct mock *mock);
const spay_transport *mock_transport(struct mock *mock);
const spay_platform *mock_platform(struct mock *mock);

napi_value mock_new(napi_env env, napi_callback_info info);
napi_value mock_reply(napi_env env, napi_callback_info info);
napi_value mock_fail(napi_env env, napi_callback_info info);
napi_value mock_set(napi_env env, napi_callback_info info);
napi_value mock_now_ms(napi_env env, napi_callback_info info);
napi_value mock_requests(napi_env env, napi_callback_info info);

#endif
