/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Accounts, and the sessions that they create.
 */
#include "failure.h"
#include "objects.h"
#include "provider.h"
#include "values.h"

static zend_object_handlers handlers, made_handlers;

/* ---- Objects --------------------------------------------------------------------------------- */

zend_object *sessionpay_account_create(zend_class_entry *class_entry)
{
    struct account_object *made = NEW_OBJECT(account_object, class_entry);

    made->account = NULL;
    made->engine = NULL;
    made->client = NULL;
    zend_object_std_init(&made->std, class_entry);
    made->std.handlers = &handlers;
    return &made->std;
}

static void free_account(zend_object *object)
{
    struct account_object *account = OBJECT_OF(account_object, object);

    sessionpay_account_release(account->account);
    sessionpay_engine_release(account->engine);
    if (account->client)
        OBJ_RELEASE(&account->client->std);
    zend_object_std_dtor(object);
}

static HashTable *account_gc(zend_object *object, zval **table, int *count)
{
    struct account_object *account = OBJECT_OF(account_object, object);
    zend_get_gc_buffer *buffer = zend_get_gc_buffer_create();

    if (account->client)
        zend_get_gc_buffer_add_obj(buffer, &account->client->std);
    zend_get_gc_buffer_use(buffer, table, count);
    return zend_std_get_properties(object);
}

zend_object *sessionpay_made_create(zend_class_entry *class_entry)
{
    struct made_object *made = NEW_OBJECT(made_object, class_entry);

    made->session = NULL;
    zend_object_std_init(&made->std, class_entry);
    object_properties_init(&made->std, class_entry);
    made->std.handlers = &made_handlers;
    return &made->std;
}

static void free_made(zend_object *object)
{
    spay_connect_server_session_free(OBJECT_OF(made_object, object)->session);
    zend_object_std_dtor(object);
}

void sessionpay_account_init(void)
{
    memcpy(&handlers, &std_object_handlers, sizeof(handlers));
    handlers.offset = XtOffsetOf(struct account_object, std);
    handlers.free_obj = free_account;
    handlers.get_gc = account_gc;
    handlers.clone_obj = NULL;
    memcpy(&made_handlers, &std_object_handlers, sizeof(made_handlers));
    made_handlers.offset = XtOffsetOf(struct made_object, std);
    made_handlers.free_obj = free_made;
    made_handlers.clone_obj = NULL;
    made_handlers.get_properties_for = sessionpay_properties_for;
}

struct account_object *sessionpay_account_of(zend_object *object)
{
    struct account_object *account = OBJECT_OF(account_object, object);

    if (!account->account) {
        zend_throw_error(NULL, "The account has not been constructed");
        return NULL;
    }
    return sessionpay_client_of(&account->client->std) ? account : NULL;
}

/* ---- Making them ----------------------------------------------------------------------------- */

static void own(struct account_object *made, struct account *account, struct client_object *client)
{
    made->account = account;
    made->client = client;
    made->engine = client->engine;
    made->engine->references++;
    GC_ADDREF(&client->std);
}

static void construct(zend_execute_data *execute_data, const struct provider *provider,
                      const struct reader *reader)
{
    struct account_object *made = OBJECT_OF(account_object, Z_OBJ_P(ZEND_THIS));
    struct client_object *client;
    struct account *account;
    struct arguments read;

    if (!sessionpay_read(execute_data, reader, &read))
        return;
    client = sessionpay_client_of(Z_OBJ_P(read.specials[SPECIAL_CLIENT]));
    if (client && made->account)
        zend_throw_error(NULL, "The account has been constructed already");
    else if (client && (account = sessionpay_account_new(client->engine, provider, read.parts[0])))
        own(made, account, client);
    sessionpay_read_end(&read);
}

ZEND_METHOD(SessionPay_WePay, __construct)
{
    construct(execute_data, &sessionpay_wepay, &reader_WePay___construct);
}

ZEND_METHOD(SessionPay_HostedFields, __construct)
{
    construct(execute_data, &sessionpay_hosted_fields, &reader_HostedFields___construct);
}

ZEND_METHOD(SessionPay_ConnectServer, __construct)
{
    construct(execute_data, &sessionpay_connect_server, &reader_ConnectServer___construct);
}

ZEND_METHOD(SessionPay_ConnectClient, __construct)
{
    construct(execute_data, &sessionpay_connect_client, &reader_ConnectClient___construct);
}

ZEND_METHOD(SessionPay_ConnectClient, fromSession)
{
    zval *given_server, *given_session;
    struct account_object *server;
    spay_connect_server_session *session;
    spay_connect_client *made;
    spay_error *error = NULL;
    struct account *account;

    ZEND_PARSE_PARAMETERS_START(2, 2)
    Z_PARAM_OBJECT_OF_CLASS(given_server, sessionpay_classes[CLASS_ConnectServer])
    Z_PARAM_OBJECT_OF_CLASS(given_session, sessionpay_classes[CLASS_ConnectServerSession])
    ZEND_PARSE_PARAMETERS_END();
    server = sessionpay_account_of(Z_OBJ_P(given_server));
    session = OBJECT_OF(made_object, Z_OBJ_P(given_session))->session;
    if (!server)
        return;
    if (spay_connect_client_from_session(server->account->made, session, &made, &error) !=
        SPAY_OK) {
        sessionpay_throw(error);
        return;
    }
    account = pemalloc(sizeof(*account), 1);
    *account = (struct account){made, &sessionpay_connect_client, 1};
    object_init_ex(return_value, sessionpay_classes[CLASS_ConnectClient]);
    own(OBJECT_OF(account_object, Z_OBJ_P(return_value)), account, server->client);
}

ZEND_METHOD(SessionPay_HostedFields, setBearerToken)
{
    struct account_object *account;
    spay_error *error = NULL;
    char *token;
    size_t length;

    ZEND_PARSE_PARAMETERS_START(1, 1)
    Z_PARAM_PATH(token, length)
    ZEND_PARSE_PARAMETERS_END();
    account = sessionpay_account_of(Z_OBJ_P(ZEND_THIS));
    if (account &&
        spay_hosted_fields_set_bearer_token(account->account->made, token, &error) != SPAY_OK)
        sessionpay_throw(error);
}

/* ---- Sessions -------------------------------------------------------------------------------- */

static void show_session(zval *shown, const struct provider *provider, void *session)
{
    sessionpay_show(shown, provider->session, session);
    if (provider == &sessionpay_connect_server)
        OBJECT_OF(made_object, Z_OBJ_P(shown))->session = session;
    else
        provider->session_free(session);
}

static void run(struct account_object *account, struct arguments *read, spay_call *call)
{
    zval *given = read->specials[SPECIAL_CANCEL];
    struct cancel_object *cancel = given ? OBJECT_OF(cancel_object, Z_OBJ_P(given)) : NULL;
    spay_multi *multi = cancel ? sessionpay_engine_multi(account->engine) : NULL;

    if (cancel) {
        cancel->call = call;
        if (cancel->is_canceled)
            spay_call_cancel(call);
    }
    sessionpay_frame_run(SESSIONPAY_G(current), multi, call);
    if (cancel)
        cancel->call = NULL;
}

static void create(INTERNAL_FUNCTION_PARAMETERS, const struct reader *reader)
{
    struct account_object *account = sessionpay_account_of(Z_OBJ_P(ZEND_THIS));
    const struct provider *provider;
    spay_error *error = NULL;
    spay_call *call = NULL;
    void *session = NULL;
    struct arguments read;
    struct frame frame;

    if (!account || !sessionpay_read(execute_data, reader, &read))
        return;
    provider = account->account->provider;
    sessionpay_frame_begin(&frame, account->client->hooks, read.specials[SPECIAL_CALL_CTX]);
    if (provider->call_new(account->account->made, read.parts[0],
                           (const spay_call_options *)read.parts[1], &call, &error) == SPAY_OK) {
        run(account, &read, call);
        (void)provider->from_call(call, &session, &error);
        spay_call_free(call);
    }
    sessionpay_frame_end(&frame);
    sessionpay_read_end(&read);
    if ((frame.thrown || frame.has_bailed_out) && session)
        provider->session_free(session);
    if (sessionpay_frame_throw(&frame, error))
        return;
    if (session)
        show_session(return_value, provider, session);
    else
        sessionpay_throw(error);
}

ZEND_METHOD(SessionPay_WePay, createSession)
{
    create(INTERNAL_FUNCTION_PARAM_PASSTHRU, &reader_WePay_createSession);
}

ZEND_METHOD(SessionPay_HostedFields, createSession)
{
    create(INTERNAL_FUNCTION_PARAM_PASSTHRU, &reader_HostedFields_createSession);
}

ZEND_METHOD(SessionPay_ConnectServer, createSession)
{
    create(INTERNAL_FUNCTION_PARAM_PASSTHRU, &reader_ConnectServer_createSession);
}

ZEND_METHOD(SessionPay_ConnectClient, createSession)
{
    create(INTERNAL_FUNCTION_PARAM_PASSTHRU, &reader_ConnectClient_createSession);
}

/* The second step failed: the session of the first is with the exception. */
static void throw_with_session(spay_error *error, spay_connect_server_session *session)
{
    zval shown;

    sessionpay_throw(error);
    if (session) {
        show_session(&shown, &sessionpay_connect_server, session);
        ZVAL_COPY_VALUE(sessionpay_error_member(EG(exception), ERROR_SERVER_SESSION), &shown);
    }
}

static void show_both(zval *pair, spay_connect_server_session *first,
                      spay_connect_client_session *second)
{
    zval shown;

    array_init_size(pair, 2);
    show_session(&shown, &sessionpay_connect_server, first);
    add_next_index_zval(pair, &shown);
    show_session(&shown, &sessionpay_connect_client, second);
    add_next_index_zval(pair, &shown);
}

/* Both sessions of a call, or what became of it. */
static void take_both(zval *return_value, struct frame *frame, spay_call *call, spay_error *error)
{
    spay_connect_server_session *first = NULL;
    spay_connect_client_session *second = NULL;

    if (call)
        (void)spay_connect_apple_pay_session_from_call(call, &first, &second, &error);
    spay_call_free(call);
    if (frame->thrown || frame->has_bailed_out) {
        spay_connect_server_session_free(first);
        spay_connect_client_session_free(second);
    }
    if (sessionpay_frame_throw(frame, error))
        return;
    if (second)
        show_both(return_value, first, second);
    else
        throw_with_session(error, first);
}

ZEND_METHOD(SessionPay_ConnectServer, createApplePaySession)
{
    struct account_object *account = sessionpay_account_of(Z_OBJ_P(ZEND_THIS));
    const void *server_request;
    spay_error *error = NULL;
    spay_call *call = NULL;
    struct arguments read;
    struct frame frame;

    if (!account ||
        !sessionpay_read(execute_data, &reader_ConnectServer_createApplePaySession, &read))
        return;
    server_request = sessionpay_fill(&read, &layout_spay_connect_server_session_request,
                                     read.specials[SPECIAL_SERVER_REQUEST], 0);
    sessionpay_frame_begin(&frame, account->client->hooks, read.specials[SPECIAL_CALL_CTX]);
    if (spay_connect_apple_pay_session_call_new(
            account->account->made, server_request, (const void *)read.parts[0],
            (const spay_call_options *)read.parts[1], &call, &error) == SPAY_OK)
        run(account, &read, call);
    sessionpay_frame_end(&frame);
    sessionpay_read_end(&read);
    take_both(return_value, &frame, call, error);
}
