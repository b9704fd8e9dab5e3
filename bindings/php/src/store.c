/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * class Store: the library's own, if the extension was built with them.
 */
#include "objects.h"

static zend_object_handlers handlers;

zend_object *sessionpay_store_create(zend_class_entry *class_entry)
{
    struct store_object *made = NEW_OBJECT(store_object, class_entry);

    made->store = (struct store){NULL, NULL};
    zend_object_std_init(&made->std, class_entry);
    made->std.handlers = &handlers;
    return &made->std;
}

static void free_store(zend_object *object)
{
    struct store *store = &OBJECT_OF(store_object, object)->store;
    const struct member *member = store->adapter ? store->adapter->options->members : NULL;

    for (; member && member->name; member++) {
        char *text = NULL;
        if (member->type == MEMBER_TEXT)
            memcpy(&text, store->options + member->offset, sizeof(text));
        if (text) {
            ZEND_SECURE_ZERO(text, strlen(text));
            efree(text);
        }
    }
    if (store->options)
        efree(store->options);
    zend_object_std_dtor(object);
}

void sessionpay_store_init(void)
{
    memcpy(&handlers, &std_object_handlers, sizeof(handlers));
    handlers.offset = XtOffsetOf(struct store_object, std);
    handlers.free_obj = free_store;
    handlers.clone_obj = NULL;
}

ZEND_METHOD(SessionPay_Store, __construct)
{
    ZEND_PARSE_PARAMETERS_NONE();
}

/* An object without values yet; NULL: an exception. */
static struct store *make(zval *return_value, const char *name)
{
    const struct adapter *adapter = adapters;
    struct store *made;

    while (adapter->name && strcmp(adapter->name, name) != 0)
        adapter++;
    if (!adapter->name) {
        zend_throw_error(NULL, "The extension was built without libsessionpay-%s", name);
        return NULL;
    }
    object_init_ex(return_value, sessionpay_classes[CLASS_Store]);
    made = &OBJECT_OF(store_object, Z_OBJ_P(return_value))->store;
    made->adapter = adapter;
    made->options = ecalloc(1, adapter->options->size);
    adapter->options->init(made->options, adapter->options->size);
    return made;
}

/* NULL is not set. */
static void set_text(struct store *store, int member, const zend_string *value)
{
    char *text = value ? estrndup(ZSTR_VAL(value), ZSTR_LEN(value)) : NULL;

    memcpy(store->options + store->adapter->options->members[member].offset, &text, sizeof(text));
}

static void set_number(struct store *store, int member, zend_long value)
{
    int32_t number = value > INT32_MAX    ? INT32_MAX
                     : value < -INT32_MAX ? -INT32_MAX
                                          : (int32_t)value;

    memcpy(store->options + store->adapter->options->members[member].offset, &number,
           sizeof(number));
}

ZEND_METHOD(SessionPay_Store, file)
{
    zend_string *directory;
    struct store *store;

    ZEND_PARSE_PARAMETERS_START(1, 1)
    Z_PARAM_PATH_STR(directory)
    ZEND_PARSE_PARAMETERS_END();
    store = make(return_value, "file");
    if (store)
        set_text(store, 0, directory);
}

/* The parameters are the members, in their order. */
ZEND_METHOD(SessionPay_Store, redis)
{
    zend_string *texts[3] = {NULL, NULL, NULL};
    zend_long numbers[2] = {0, 0};
    bool is_null[2] = {true, true};
    struct store *store;
    int i;

    ZEND_PARSE_PARAMETERS_START(1, 5)
    Z_PARAM_PATH_STR(texts[0])
    Z_PARAM_OPTIONAL
    Z_PARAM_PATH_STR_OR_NULL(texts[1])
    Z_PARAM_PATH_STR_OR_NULL(texts[2])
    Z_PARAM_LONG_OR_NULL(numbers[0], is_null[0])
    Z_PARAM_LONG_OR_NULL(numbers[1], is_null[1])
    ZEND_PARSE_PARAMETERS_END();
    store = make(return_value, "redis");
    for (i = 0; store && i < 3; i++)
        set_text(store, i, texts[i]);
    for (i = 0; store && i < 2; i++)
        set_number(store, 3 + i, numbers[i]);
}
