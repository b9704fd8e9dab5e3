/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The addon from inside. JavaScript checks types, and keeps objects alive that others need; what
 * comes here is what ../lib hands over: arrays of values in the order of a layout's members.
 *
 * Threads: that of the environment, which runs JavaScript, and one for each client that has been
 * used, which polls its driver. The two meet in the queue of an addon.
 */
#ifndef SESSIONPAY_NODE_BINDING_H
#define SESSIONPAY_NODE_BINDING_H

#define NAPI_VERSION 8

#include <node_api.h>
#include <pthread.h>
#include <semaphore.h>
#include <sessionpay/sessionpay.h>

#include "layouts.h"

enum {
    MEMBERS_MAX = 40,   /* of one struct, and what an error has */
    ARGUMENTS_MAX = 6,  /* of a function of the addon */
    CLASSES_MAX = 32,   /* kinds of structs */
    ITEMS_AT_ONCE = 32, /* handed to JavaScript, before the loop has its turn */
    ITEM_VALUES = 4     /* kind, id and two values */
};

/* What happens to a client's thread. */
enum ending {
    ENDING_NOT,
    ENDING_CLOSE, /* free the driver */
    ENDING_LEAVE  /* the process ends: nothing is waited for */
};

/* What JavaScript is told; the numbers are known to ../lib/core.js. */
enum item_kind {
    ITEM_RESULT,
    ITEM_LOG,
    ITEM_EVENT,
    ITEM_ASK, /* before_send: the client's thread waits for the answer */
    ITEM_CLOSED
};

struct item {
    struct item *next;
    enum item_kind kind;
    int32_t id; /* of the client, or of the operation for a result */
    int32_t number;
    void *value;
    void (*free)(struct item *item); /* and its value */
};

struct client;

/* One of each environment: a main thread, or a worker. */
struct addon {
    napi_env env;
    napi_threadsafe_function wake; /* lets JavaScript take items */
    napi_ref ask;                  /* the function for before_send on the environment's thread */
    napi_ref classes[CLASSES_MAX]; /* constructors, in the order of layouts */
    struct operation **operations; /* by id */
    size_t capacity;
    struct client *clients; /* those with a thread */
    int32_t in_flight;      /* operations and closings: the process does not end before them */
    int is_main;
    int is_ending; /* no thread may be started */
    pthread_t thread;
    pthread_mutex_t lock; /* of what follows */
    int references;
    int is_closed;
    int is_notified; /* JavaScript will take items */
    struct item *first, **end;
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
    spay_multi *multi; /* NULL: there is no thread yet */
    spay_multi_options options;
    int32_t id;
    int has_mock;
    pthread_t thread;
    pthread_mutex_t lock; /* of what follows, and of the thread's way to its end */
    sem_t changed;
    int is_asleep;
    enum ending ending;
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
    struct item item; /* its result */
    struct client *client;
    const struct provider *provider;
    spay_call *call;
    int is_apple_pay;          /* both steps */
    int is_asking, is_refused; /* before_send; under the client's lock */
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

/* A struct without pointers to others, with its texts, in one block; NULL without memory. */
void *copy(const struct layout *layout, const void *made);

/* ---- queue.c ---- */

struct addon *addon_of(napi_env env);
void addon_hold(struct addon *addon);
void addon_release(struct addon *addon);

/* Any thread. An item belongs to the queue then; one without memory is not told. */
void addon_tell(struct addon *addon, enum item_kind kind, int32_t id, int32_t number, void *value);
void addon_append(struct addon *addon, struct item *item);
void addon_notify(struct addon *addon);

/* The first item, which is the caller's; NULL if there is none. */
struct item *addon_next(struct addon *addon);

/* Operations and closings keep the process alive. */
void addon_begin(struct addon *addon);
void addon_end(struct addon *addon);

/* An argument that ../lib made with make_external(). */
void *external_of(napi_env env, napi_value value);
napi_value make_external(napi_env env, void *data, napi_finalize finalize);

/* ---- client.c ---- */

napi_value client_new(napi_env env, napi_callback_info info);
napi_value client_close(napi_env env, napi_callback_info info);
napi_value client_flight_record(napi_env env, napi_callback_info info);

/* Have its thread run a call. */
spay_status client_submit(struct client *client, struct operation *operation);
void client_cancel(struct client *client, struct operation *operation);

/* Under its lock, which is released: its thread looks at what has changed. */
void client_unlock_changed(struct client *client);

/* It has told that it is closed. */
void client_closed(struct addon *addon, int32_t id);

/* Let the threads of all clients end, and wait for them; no other will be started. */
void client_end_all(struct addon *addon);

/* ---- call.c ---- */

napi_value account_new(napi_env env, napi_callback_info info);
napi_value account_from_session(napi_env env, napi_callback_info info);
napi_value account_set_bearer_token(napi_env env, napi_callback_info info);
napi_value call_start(napi_env env, napi_callback_info info);
napi_value call_cancel(napi_env env, napi_callback_info info);
napi_value call_answer(napi_env env, napi_callback_info info);

/* What an operation has led to: (session, error); it is freed. */
void call_result(struct addon *addon, struct operation *operation, napi_value result[2]);

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
