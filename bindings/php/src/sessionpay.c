/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The module, and its classes, which are made from the tables.
 */
#include "php_sessionpay.h"

#include <ext/spl/spl_exceptions.h>
#include <ext/standard/info.h>
#include <time.h>
#include <zend_attributes.h>
#include <zend_exceptions.h>

#include "objects.h"
#include "values.h"

ZEND_DECLARE_MODULE_GLOBALS(sessionpay)

zend_class_entry *sessionpay_classes[CLASS_COUNT];
static zend_object_handlers value_handlers, exception_handlers;
static zend_object *(*exception_create)(zend_class_entry *class_entry);

/* ---- Objects without state ------------------------------------------------------------------- */

static zend_object *value_create(zend_class_entry *class_entry)
{
    zend_object *made = zend_objects_new(class_entry);

    object_properties_init(made, class_entry);
    made->handlers = &value_handlers;
    return made;
}

static zend_object *failure_create(zend_class_entry *class_entry)
{
    zend_object *made = exception_create(class_entry);

    made->handlers = &exception_handlers;
    return made;
}

static void init_handlers(void)
{
    memcpy(&value_handlers, &std_object_handlers, sizeof(value_handlers));
    value_handlers.clone_obj = NULL;
    value_handlers.get_properties_for = sessionpay_properties_for;
    exception_handlers = value_handlers;
    exception_create = zend_ce_exception->create_object;
    sessionpay_client_init();
    sessionpay_account_init();
    sessionpay_mock_init();
    sessionpay_store_init();
}

ZEND_METHOD(SessionPay_ConnectServerFilter, __construct);

/* The arguments are the members, in their order; reading them checks their types. */
static void construct_input(zend_execute_data *execute_data, const struct reader *reader)
{
    zend_object *made = Z_OBJ_P(ZEND_THIS);
    struct arguments read;
    uint32_t i;

    if (Z_TYPE_P(OBJ_PROP_NUM(made, 0)) != IS_UNDEF) {
        zend_throw_error(NULL, "The object has been constructed already");
        return;
    }
    if (!sessionpay_read(execute_data, reader, &read))
        return;
    sessionpay_read_end(&read);
    for (i = 0; i < reader->count; i++)
        if (i < ZEND_NUM_ARGS())
            ZVAL_COPY_DEREF(OBJ_PROP_NUM(made, i), ZEND_CALL_ARG(execute_data, i + 1));
        else
            ZVAL_NULL(OBJ_PROP_NUM(made, i));
}

ZEND_METHOD(SessionPay_ConnectServerFilter, __construct)
{
    construct_input(execute_data, &reader_ConnectServerFilter___construct);
}

ZEND_METHOD(SessionPay_ConnectServerSessionRequest, __construct)
{
    construct_input(execute_data, &reader_ConnectServerSessionRequest___construct);
}

/* Those of values are private: only the library makes them. */
#define PRIVATE_CONSTRUCTOR(name)                                                                  \
    ZEND_METHOD(SessionPay_##name, __construct)                                                    \
    {                                                                                              \
        ZEND_PARSE_PARAMETERS_NONE();                                                              \
    }

PRIVATE_CONSTRUCTOR(Event)
PRIVATE_CONSTRUCTOR(SendRecord)
PRIVATE_CONSTRUCTOR(SessionInfo)
PRIVATE_CONSTRUCTOR(WePayOwner)
PRIVATE_CONSTRUCTOR(WePayMobileSession)
PRIVATE_CONSTRUCTOR(WePaySession)
PRIVATE_CONSTRUCTOR(HostedFieldsSession)
PRIVATE_CONSTRUCTOR(ConnectServerSession)
PRIVATE_CONSTRUCTOR(ConnectClientSession)
PRIVATE_CONSTRUCTOR(FieldError)
PRIVATE_CONSTRUCTOR(MockRequest)

ZEND_METHOD(SessionPay_SessionInfo, expiresInMs)
{
    zval rv, *expires = zend_read_property(Z_OBJCE_P(ZEND_THIS), Z_OBJ_P(ZEND_THIS),
                                           ZEND_STRL("expires_at_ms"), 0, &rv);
    zend_long margin = 0, left;
    struct timespec now;

    ZEND_PARSE_PARAMETERS_START(0, 1)
    Z_PARAM_OPTIONAL
    Z_PARAM_LONG(margin)
    ZEND_PARSE_PARAMETERS_END();
    if (Z_TYPE_P(expires) != IS_LONG || Z_LVAL_P(expires) == -1)
        RETURN_NULL();
    clock_gettime(CLOCK_REALTIME, &now);
    left = Z_LVAL_P(expires) - ((zend_long)now.tv_sec * 1000 + now.tv_nsec / 1000000) - margin;
    RETURN_LONG(left > 0 ? left : 0);
}

/* ---- Classes --------------------------------------------------------------------------------- */

static zend_class_entry *parent_of(const struct class_table *table)
{
    if (table->parent == CLASS_RUNTIME_EXCEPTION)
        return spl_ce_RuntimeException;
    return table->parent == CLASS_NONE ? NULL : sessionpay_classes[table->parent];
}

static void declare_property(zend_class_entry *made, const struct property *property)
{
    zend_string *name = zend_string_init(property->name, strlen(property->name), 1);
    zend_type type = ZEND_TYPE_INIT_MASK(property->type);
    zval none;

    if (property->class_name) {
        zend_string *class_name =
            zend_string_init(property->class_name, strlen(property->class_name), 1);
        type = (zend_type)ZEND_TYPE_INIT_CLASS(class_name, property->type != 0, 0);
    }
    ZVAL_UNDEF(&none);
    zend_declare_typed_property(made, name, &none, ZEND_ACC_PUBLIC | ZEND_ACC_READONLY, NULL, type);
    zend_string_release(name);
}

static uint32_t flags_of(enum class_kind kind)
{
    switch (kind) {
    case KIND_CONSTANTS:
        return ZEND_ACC_EXPLICIT_ABSTRACT_CLASS;
    case KIND_EXCEPTION:
        return ZEND_ACC_NOT_SERIALIZABLE;
    case KIND_OBJECT:
        return ZEND_ACC_FINAL | ZEND_ACC_NO_DYNAMIC_PROPERTIES | ZEND_ACC_NOT_SERIALIZABLE;
    default:
        return ZEND_ACC_FINAL | ZEND_ACC_NO_DYNAMIC_PROPERTIES | ZEND_ACC_NOT_SERIALIZABLE |
               ZEND_ACC_READONLY_CLASS;
    }
}

static void set_create(int number, zend_class_entry *made)
{
    switch (number) {
    case CLASS_Client:
        made->create_object = sessionpay_client_create;
        break;
    case CLASS_Mock:
        made->create_object = sessionpay_mock_create;
        break;
    case CLASS_Cancel:
        made->create_object = sessionpay_cancel_create;
        break;
    case CLASS_Store:
        made->create_object = sessionpay_store_create;
        break;
    case CLASS_ConnectServerSession:
        made->create_object = sessionpay_made_create;
        break;
    default:
        if (class_tables[number].kind == KIND_EXCEPTION)
            made->create_object = failure_create;
        else if (class_tables[number].kind == KIND_OBJECT)
            made->create_object = sessionpay_account_create;
        else if (class_tables[number].kind != KIND_CONSTANTS)
            made->create_object = value_create;
    }
}

/* Their values do not show in a trace. Classes that extend this one copy its functions as they are. */
static void mark_sensitive(int number)
{
    HashTable *functions = &sessionpay_classes[number]->function_table;
    const struct sensitive *each;

    for (each = sensitive_parameters; each->function; each++)
        if (each->class_number == number)
            zend_add_parameter_attribute(
                zend_hash_str_find_ptr(functions, each->function, strlen(each->function)),
                each->parameter - 1, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);
}

static void declare_constant(zend_class_entry *made, const struct constant *constant)
{
    size_t length = strlen(constant->name);
    zend_class_constant *inherited =
        zend_hash_str_find_ptr(&made->constants_table, constant->name, length);

    if (!inherited) {
        zend_declare_class_constant_long(made, constant->name, length, constant->value);
    } else { /* it is a copy of the parent's, and cannot be declared again */
        Z_LVAL(inherited->value) = constant->value;
        inherited->ce = made;
    }
}

static void register_class(int number)
{
    const struct class_table *table = &class_tables[number];
    const struct property *property;
    const struct constant *constant;
    zend_class_entry entry, *made;

    INIT_CLASS_ENTRY_EX(entry, table->name, strlen(table->name), table->functions);
    made = zend_register_internal_class_ex(&entry, parent_of(table));
    made->ce_flags |= flags_of(table->kind);
    for (property = table->properties; property && property->name; property++)
        declare_property(made, property);
    for (constant = table->constants; constant && constant->name; constant++)
        declare_constant(made, constant);
    set_create(number, made);
    sessionpay_classes[number] = made;
    mark_sensitive(number);
}

/* ---- The module ------------------------------------------------------------------------------ */

PHP_MINIT_FUNCTION(sessionpay)
{
    int i;

    (void)type;
    (void)module_number;
    init_handlers();
    for (i = 0; i < CLASS_COUNT; i++)
        register_class(i);
    return SUCCESS;
}

PHP_RINIT_FUNCTION(sessionpay)
{
    (void)type;
    (void)module_number;
#if defined(COMPILE_DL_SESSIONPAY) && defined(ZTS)
    ZEND_TSRMLS_CACHE_UPDATE();
#endif
    SESSIONPAY_G(current) = NULL;
    return SUCCESS;
}

PHP_MINFO_FUNCTION(sessionpay)
{
    php_info_print_table_start();
    php_info_print_table_row(2, "sessionpay", PHP_SESSIONPAY_VERSION);
    php_info_print_table_row(2, "libsessionpay", spay_version());
    php_info_print_table_end();
    (void)zend_module;
}

static PHP_GINIT_FUNCTION(sessionpay)
{
#if defined(COMPILE_DL_SESSIONPAY) && defined(ZTS)
    ZEND_TSRMLS_CACHE_UPDATE();
#endif
    sessionpay_globals->current = NULL;
    sessionpay_kept_init(&sessionpay_globals->kept);
}

static PHP_GSHUTDOWN_FUNCTION(sessionpay)
{
    zend_hash_destroy(&sessionpay_globals->kept);
}

ZEND_FUNCTION(SessionPay_libraryVersion)
{
    ZEND_PARSE_PARAMETERS_NONE();
    RETURN_STRING(spay_version());
}

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_libraryVersion, 0, 0, IS_STRING, 0)
ZEND_END_ARG_INFO()

static const zend_function_entry functions[] = {ZEND_NS_FALIAS(
    "SessionPay", libraryVersion, SessionPay_libraryVersion, arginfo_libraryVersion) ZEND_FE_END};

static const zend_module_dep dependencies[] = {ZEND_MOD_REQUIRED("hash") ZEND_MOD_REQUIRED("spl")
                                                   ZEND_MOD_END};

zend_module_entry sessionpay_module_entry = {STANDARD_MODULE_HEADER_EX,
                                             NULL,
                                             dependencies,
                                             "sessionpay",
                                             functions,
                                             PHP_MINIT(sessionpay),
                                             NULL,
                                             PHP_RINIT(sessionpay),
                                             NULL,
                                             PHP_MINFO(sessionpay),
                                             PHP_SESSIONPAY_VERSION,
                                             PHP_MODULE_GLOBALS(sessionpay),
                                             PHP_GINIT(sessionpay),
                                             PHP_GSHUTDOWN(sessionpay),
                                             NULL,
                                             STANDARD_MODULE_PROPERTIES_EX};

#ifdef COMPILE_DL_SESSIONPAY
#ifdef ZTS
ZEND_TSRMLS_CACHE_DEFINE()
#endif
ZEND_GET_MODULE(sessionpay)
#endif
