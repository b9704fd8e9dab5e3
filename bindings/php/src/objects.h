/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Objects of PHP that hold something of the library.
 */
#ifndef SESSIONPAY_OBJECTS_H
#define SESSIONPAY_OBJECTS_H

#include "frame.h"

struct client_object {
    struct engine *engine; /* NULL: not constructed, or closed */
    bool is_closed;
    zval hooks[HOOK_COUNT];
    zend_object std;
};

struct account_object {
    struct account *account;      /* NULL: not constructed */
    struct engine *engine;        /* stays until the account has gone */
    struct client_object *client; /* its hooks */
    zend_object std;
};

/* A client session, for ConnectClient::fromSession(). */
struct made_object {
    spay_connect_server_session *session;
    zend_object std;
};

struct mock_object {
    struct mock *mock; /* NULL: not constructed */
    zend_object std;
};

struct store_object {
    struct store store;
    zend_object std;
};

struct cancel_object {
    bool is_canceled;
    spay_call *call; /* that is running */
    zend_object std;
};

/* The object, ready for use; NULL: an exception. */
struct client_object *sessionpay_client_of(zend_object *object);
struct account_object *sessionpay_account_of(zend_object *object);

/* What create_object is for these classes; handlers are made by sessionpay_objects_init(). */
zend_object *sessionpay_client_create(zend_class_entry *class_entry);
zend_object *sessionpay_account_create(zend_class_entry *class_entry);
zend_object *sessionpay_made_create(zend_class_entry *class_entry);
zend_object *sessionpay_mock_create(zend_class_entry *class_entry);
zend_object *sessionpay_cancel_create(zend_class_entry *class_entry);
zend_object *sessionpay_store_create(zend_class_entry *class_entry);

void sessionpay_client_init(void);
void sessionpay_account_init(void);
void sessionpay_mock_init(void);
void sessionpay_store_init(void);

#endif
