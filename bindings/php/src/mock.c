/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * class Mock and class Cancel
 */
#include <zend_smart_str.h>

#include "failure.h"
#include "objects.h"

static zend_object_handlers handlers, cancel_handlers;

zend_object *sessionpay_mock_create(zend_class_entry *class_entry)
{
    struct mock_object *made = NEW_OBJECT(mock_object, class_entry);

    made->mock = NULL;
    zend_object_std_init(&made->std, class_entry);
    made->std.handlers = &handlers;
    return &made->std;
}

static void free_mock(zend_object *object)
{
    sessionpay_mock_release(OBJECT_OF(mock_object, object)->mock);
    zend_object_std_dtor(object);
}

zend_object *sessionpay_cancel_create(zend_class_entry *class_entry)
{
    struct cancel_object *made = NEW_OBJECT(cancel_object, class_entry);

    made->is_canceled = false;
    made->call = NULL;
    zend_object_std_init(&made->std, class_entry);
    made->std.handlers = &cancel_handlers;
    return &made->std;
}

void sessionpay_mock_init(void)
{
    memcpy(&handlers, &std_object_handlers, sizeof(handlers));
    handlers.offset = XtOffsetOf(struct mock_object, std);
    handlers.free_obj = free_mock;
    handlers.clone_obj = NULL;
    memcpy(&cancel_handlers, &std_object_handlers, sizeof(cancel_handlers));
    cancel_handlers.offset = XtOffsetOf(struct cancel_object, std);
    cancel_handlers.clone_obj = NULL;
}

/* ---- Cancel ---------------------------------------------------------------------------------- */

ZEND_METHOD(SessionPay_Cancel, __construct)
{
    ZEND_PARSE_PARAMETERS_NONE();
}

ZEND_METHOD(SessionPay_Cancel, cancel)
{
    struct cancel_object *cancel = OBJECT_OF(cancel_object, Z_OBJ_P(ZEND_THIS));

    ZEND_PARSE_PARAMETERS_NONE();
    cancel->is_canceled = true;
    spay_call_cancel(cancel->call);
}

/* ---- Mock ------------------------------------------------------------------------------------ */

static spay_mock *mock_of(zend_object *object)
{
    struct mock *mock = OBJECT_OF(mock_object, object)->mock;

    if (!mock)
        zend_throw_error(NULL, "The mock has not been constructed");
    return mock ? mock->mock : NULL;
}

ZEND_METHOD(SessionPay_Mock, __construct)
{
    struct mock_object *object = OBJECT_OF(mock_object, Z_OBJ_P(ZEND_THIS));
    spay_error *error = NULL;
    spay_mock *mock;

    ZEND_PARSE_PARAMETERS_NONE();
    if (object->mock) {
        zend_throw_error(NULL, "The mock has been constructed already");
    } else if (spay_mock_new(&mock, &error) != SPAY_OK) {
        sessionpay_throw(error);
    } else {
        object->mock = pemalloc(sizeof(*object->mock), 1);
        *object->mock = (struct mock){mock, 1};
    }
}

static void check(spay_status status, const char *what)
{
    if (status != SPAY_OK)
        zend_value_error("%s is not accepted: %s", what, spay_status_text(status));
}

/* "Name: value" lines. NULL: an exception. */
static zend_string *lines_of(HashTable *headers)
{
    smart_str lines = {0};
    zend_string *name;
    zval *value;

    ZEND_HASH_FOREACH_STR_KEY_VAL(headers, name, value)
    {
        ZVAL_DEREF(value);
        if (!name || Z_TYPE_P(value) != IS_STRING) {
            smart_str_free(&lines);
            zend_argument_type_error(3, "must be an array of string by name");
            return NULL;
        }
        smart_str_append(&lines, name);
        smart_str_appends(&lines, ": ");
        smart_str_append(&lines, Z_STR_P(value));
        smart_str_appendc(&lines, '\n');
    }
    ZEND_HASH_FOREACH_END();
    return smart_str_extract(&lines);
}

ZEND_METHOD(SessionPay_Mock, reply)
{
    spay_mock *mock = mock_of(Z_OBJ_P(ZEND_THIS));
    zend_string *body = ZSTR_EMPTY_ALLOC(), *lines = NULL;
    HashTable *headers = NULL;
    zend_long status;

    ZEND_PARSE_PARAMETERS_START(1, 3)
    Z_PARAM_LONG(status)
    Z_PARAM_OPTIONAL
    Z_PARAM_STR(body)
    Z_PARAM_ARRAY_HT_OR_NULL(headers)
    ZEND_PARSE_PARAMETERS_END();
    if (!mock || (headers && !(lines = lines_of(headers))))
        return;
    check(spay_mock_reply(mock, (int32_t)status, lines ? ZSTR_VAL(lines) : NULL, ZSTR_VAL(body),
                          ZSTR_LEN(body)),
          "reply");
    if (lines)
        zend_string_release(lines);
}

ZEND_METHOD(SessionPay_Mock, fail)
{
    spay_mock *mock = mock_of(Z_OBJ_P(ZEND_THIS));
    zend_long status;
    bool sent;

    ZEND_PARSE_PARAMETERS_START(2, 2)
    Z_PARAM_LONG(status)
    Z_PARAM_BOOL(sent)
    ZEND_PARSE_PARAMETERS_END();
    if (mock)
        check(spay_mock_fail(mock, (spay_status)status, sent ? SPAY_YES : SPAY_NO), "failure");
}

static void with_number(zend_execute_data *execute_data, void (*function)(spay_mock *, int64_t))
{
    spay_mock *mock = mock_of(Z_OBJ_P(ZEND_THIS));
    zend_long number;

    ZEND_PARSE_PARAMETERS_START(1, 1)
    Z_PARAM_LONG(number)
    ZEND_PARSE_PARAMETERS_END();
    if (mock)
        function(mock, number);
}

ZEND_METHOD(SessionPay_Mock, setLatency)
{
    with_number(execute_data, spay_mock_set_latency);
}

ZEND_METHOD(SessionPay_Mock, advance)
{
    with_number(execute_data, spay_mock_advance);
}

ZEND_METHOD(SessionPay_Mock, setWall)
{
    with_number(execute_data, spay_mock_set_wall);
}

ZEND_METHOD(SessionPay_Mock, nowMs)
{
    spay_mock *mock = mock_of(Z_OBJ_P(ZEND_THIS));

    ZEND_PARSE_PARAMETERS_NONE();
    if (mock)
        RETURN_LONG((zend_long)spay_mock_now_ms(mock));
}

/* "Name: value\n" lines as pairs. */
static void show_headers(zval *list, const char *lines)
{
    const char *colon, *end;

    array_init(list);
    for (; (end = strchr(lines, '\n')) && (colon = strstr(lines, ": ")); lines = end + 1) {
        zval pair;
        array_init_size(&pair, 2);
        add_next_index_stringl(&pair, lines, (size_t)(colon - lines));
        add_next_index_stringl(&pair, colon + 2, (size_t)(end - colon - 2));
        add_next_index_zval(list, &pair);
    }
}

static void show_request(zval *shown, const spay_mock *mock, size_t index)
{
    size_t length;
    const char *body = spay_mock_request_body(mock, index, &length);

    object_init_ex(shown, sessionpay_classes[CLASS_MockRequest]);
    ZVAL_STRING(OBJ_PROP_NUM(Z_OBJ_P(shown), 0), spay_mock_request_method(mock, index));
    ZVAL_STRING(OBJ_PROP_NUM(Z_OBJ_P(shown), 1), spay_mock_request_url(mock, index));
    show_headers(OBJ_PROP_NUM(Z_OBJ_P(shown), 2), spay_mock_request_headers(mock, index));
    ZVAL_STRINGL(OBJ_PROP_NUM(Z_OBJ_P(shown), 3), body, length);
    ZVAL_LONG(OBJ_PROP_NUM(Z_OBJ_P(shown), 4), (zend_long)spay_mock_request_at_ms(mock, index));
}

ZEND_METHOD(SessionPay_Mock, requests)
{
    spay_mock *mock = mock_of(Z_OBJ_P(ZEND_THIS));
    size_t count, i;
    zval shown;

    ZEND_PARSE_PARAMETERS_NONE();
    if (!mock)
        return;
    array_init(return_value);
    for (i = 0, count = spay_mock_request_count(mock); i < count; i++) {
        show_request(&shown, mock, i);
        add_next_index_zval(return_value, &shown);
    }
}
