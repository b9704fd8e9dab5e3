/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * class Client
 */
#include "objects.h"
#include "values.h"

static zend_object_handlers handlers;

zend_object *sessionpay_client_create(zend_class_entry *class_entry)
{
    struct client_object *made = NEW_OBJECT(client_object, class_entry);
    int i;

    made->engine = NULL;
    made->is_closed = false;
    for (i = 0; i < HOOK_COUNT; i++)
        ZVAL_UNDEF(&made->hooks[i]);
    zend_object_std_init(&made->std, class_entry);
    made->std.handlers = &handlers;
    return &made->std;
}

static void close_client(struct client_object *client)
{
    struct engine *engine = client->engine;
    int i;

    client->engine = NULL;
    client->is_closed = true;
    sessionpay_engine_release(engine);
    for (i = 0; i < HOOK_COUNT; i++) {
        zval hook;
        ZVAL_COPY_VALUE(&hook, &client->hooks[i]);
        ZVAL_UNDEF(&client->hooks[i]);
        zval_ptr_dtor(&hook);
    }
}

static void free_client(zend_object *object)
{
    close_client(OBJECT_OF(client_object, object));
    zend_object_std_dtor(object);
}

static HashTable *client_gc(zend_object *object, zval **table, int *count)
{
    *table = OBJECT_OF(client_object, object)->hooks;
    *count = HOOK_COUNT;
    return zend_std_get_properties(object);
}

void sessionpay_client_init(void)
{
    memcpy(&handlers, &std_object_handlers, sizeof(handlers));
    handlers.offset = XtOffsetOf(struct client_object, std);
    handlers.free_obj = free_client;
    handlers.get_gc = client_gc;
    handlers.clone_obj = NULL;
}

struct client_object *sessionpay_client_of(zend_object *object)
{
    struct client_object *client = OBJECT_OF(client_object, object);

    if (SESSIONPAY_G(current)) {
        zend_throw_error(NULL, "A hook cannot use the client that calls it, nor another");
        return NULL;
    }
    if (!client->engine) {
        zend_throw_error(NULL, client->is_closed ? "The client is closed"
                                                 : "The client has not been constructed");
        return NULL;
    }
    return client;
}

static void set_hooks(struct client_object *client, const struct arguments *read)
{
    static const enum special places[] = {SPECIAL_LOG, SPECIAL_EVENT, SPECIAL_BEFORE_SEND};
    int i;

    for (i = 0; i < HOOK_COUNT; i++)
        if (read->specials[places[i]])
            ZVAL_COPY(&client->hooks[i], read->specials[places[i]]);
}

static struct engine *with_mock(spay_client_options *options, const struct store *store,
                                zval *given)
{
    struct mock *mock = OBJECT_OF(mock_object, Z_OBJ_P(given))->mock;

    if (!mock) {
        zend_throw_error(NULL, "The mock has not been constructed");
        return NULL;
    }
    options->transport = spay_mock_transport(mock->mock);
    options->platform = spay_mock_platform(mock->mock);
    return sessionpay_engine_new(options, store, mock);
}

static const struct store *store_of(zval *given)
{
    return given ? &OBJECT_OF(store_object, Z_OBJ_P(given))->store : NULL;
}

static void open_client(struct client_object *client, struct arguments *read, bool is_kept)
{
    spay_client_options *options = (spay_client_options *)read->parts[0];
    zval *transport = read->specials[SPECIAL_TRANSPORT];
    const struct store *store = store_of(read->specials[SPECIAL_STORE]);

    if (SESSIONPAY_G(current)) {
        zend_throw_error(NULL, "A hook cannot make a client");
    } else if (client->engine || client->is_closed) {
        zend_throw_error(NULL, "The client has been constructed already");
    } else {
        set_hooks(client, read);
        sessionpay_frame_set_hooks(options, client->hooks);
        client->engine = transport ? with_mock(options, store, transport)
                         : is_kept ? sessionpay_engine_kept(options, store)
                                   : sessionpay_engine_new(options, store, NULL);
    }
    sessionpay_read_end(read);
}

ZEND_METHOD(SessionPay_Client, __construct)
{
    struct arguments read;

    if (sessionpay_read(execute_data, &reader_Client___construct, &read))
        open_client(OBJECT_OF(client_object, Z_OBJ_P(ZEND_THIS)), &read, false);
}

ZEND_METHOD(SessionPay_Client, persistent)
{
    struct arguments read;

    if (!sessionpay_read(execute_data, &reader_Client_persistent, &read))
        return;
    object_init_ex(return_value, sessionpay_classes[CLASS_Client]);
    open_client(OBJECT_OF(client_object, Z_OBJ_P(return_value)), &read, true);
}

ZEND_METHOD(SessionPay_Client, flightRecord)
{
    struct client_object *client;
    char *record;

    ZEND_PARSE_PARAMETERS_NONE();
    client = sessionpay_client_of(Z_OBJ_P(ZEND_THIS));
    if (!client)
        return;
    record = spay_client_flight_record(client->engine->client);
    RETVAL_STRING(record ? record : "");
    spay_free(record);
}

ZEND_METHOD(SessionPay_Client, dropConnections)
{
    struct client_object *client;

    ZEND_PARSE_PARAMETERS_NONE();
    client = sessionpay_client_of(Z_OBJ_P(ZEND_THIS));
    if (client)
        spay_client_drop_connections(client->engine->client);
}

ZEND_METHOD(SessionPay_Client, close)
{
    struct client_object *client;

    ZEND_PARSE_PARAMETERS_NONE();
    client = OBJECT_OF(client_object, Z_OBJ_P(ZEND_THIS));
    if (client->is_closed)
        return;
    client = sessionpay_client_of(Z_OBJ_P(ZEND_THIS));
    if (client)
        close_client(client);
}
