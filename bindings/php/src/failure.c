/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

#include "failure.h"

#include <zend_exceptions.h>

#include "values.h"

zval *sessionpay_error_member(zend_object *exception, enum error_member member)
{
    return OBJ_PROP_NUM(exception, zend_ce_exception->default_properties_count + (int)member);
}

static void set_text(zend_object *made, enum error_member member, const char *text)
{
    ZVAL_STRING(sessionpay_error_member(made, member), text);
}

static void set_number(zend_object *made, enum error_member member, int64_t number)
{
    ZVAL_LONG(sessionpay_error_member(made, member), (zend_long)number);
}

static void set_fields(zval *list, const spay_error *error)
{
    size_t count = spay_error_field_count(error), i;
    zval field;

    array_init(list);
    for (i = 0; i < count; i++) {
        object_init_ex(&field, sessionpay_classes[CLASS_FieldError]);
        ZVAL_STRING(OBJ_PROP_NUM(Z_OBJ(field), 0), spay_error_field_path(error, i));
        ZVAL_STRING(OBJ_PROP_NUM(Z_OBJ(field), 1), spay_error_field_code(error, i));
        ZVAL_STRING(OBJ_PROP_NUM(Z_OBJ(field), 2), spay_error_field_message(error, i));
        add_next_index_zval(list, &field);
    }
}

static void set_members(zend_object *made, const spay_error *error)
{
    int64_t wait = spay_error_retry_after_ms(error);
    size_t length;
    const char *body = spay_error_body(error, &length);

    set_text(made, ERROR_NAME, spay_error_name(error));
    set_number(made, ERROR_STATUS, spay_error_status(error));
    set_text(made, ERROR_REASON, spay_error_reason(error));
    set_number(made, ERROR_STAGE, spay_error_stage(error));
    set_text(made, ERROR_PROVIDER, spay_provider_name(spay_error_provider(error)));
    set_text(made, ERROR_PROVIDER_CODE, spay_error_provider_code(error));
    set_number(made, ERROR_HTTP_STATUS, spay_error_http_status(error));
    set_text(made, ERROR_REQUEST_ID, spay_error_request_id(error));
    set_number(made, ERROR_ATTEMPTS, spay_error_attempts(error));
    set_number(made, ERROR_REQUESTS_SENT, spay_error_requests_sent(error));
    set_number(made, ERROR_ELAPSED_MS, spay_error_elapsed_ms(error));
    ZVAL_BOOL(sessionpay_error_member(made, ERROR_RETRYABLE), spay_error_retryable(error));
    set_number(made, ERROR_RETRY_AFTER_MS, wait);
    if (wait < 0)
        ZVAL_NULL(sessionpay_error_member(made, ERROR_RETRY_AFTER_MS));
    set_text(made, ERROR_OUTCOME, spay_outcome_name(spay_error_outcome(error)));
    set_text(made, ERROR_IDEMPOTENCY_KEY, spay_error_idempotency_key(error));
    set_fields(sessionpay_error_member(made, ERROR_FIELD_ERRORS), error);
    ZVAL_STRINGL(sessionpay_error_member(made, ERROR_BODY), body, length);
    ZVAL_NULL(sessionpay_error_member(made, ERROR_SERVER_SESSION));
}

/* The class of a status; a newer library may have one that is not known here. */
static zend_class_entry *class_of(spay_status status)
{
    int i;

    for (i = CLASS_COUNT - 1; i > CLASS_Exception; i--)
        if (class_tables[i].kind == KIND_EXCEPTION && class_tables[i].constants &&
            class_tables[i].constants->value == status)
            return sessionpay_classes[i];
    return sessionpay_classes[CLASS_Exception];
}

static void set_message(zend_object *made, const char *message, zend_long code)
{
    zval value;

    ZVAL_STRING(&value, message);
    zend_update_property_ex(zend_ce_exception, made, ZSTR_KNOWN(ZEND_STR_MESSAGE), &value);
    zval_ptr_dtor(&value);
    ZVAL_LONG(&value, code);
    zend_update_property_ex(zend_ce_exception, made, ZSTR_KNOWN(ZEND_STR_CODE), &value);
}

void sessionpay_throw(spay_error *error)
{
    spay_error *kept = error ? error : spay_error_new(SPAY_E_NO_MEMORY, SPAY_OUTCOME_NOT_SENT, "");
    zval made;

    object_init_ex(&made, class_of(spay_error_status(kept)));
    set_members(Z_OBJ(made), kept);
    set_message(Z_OBJ(made), spay_error_message(kept), spay_error_status(kept));
    spay_error_free(kept);
    zend_throw_exception_object(&made);
}

/* ---- new ThrottledException(...), for tests -------------------------------------------------- */

static void set_default(zend_object *made, enum error_member member, uint32_t type)
{
    zval *slot = sessionpay_error_member(made, member);

    if (type & MAY_BE_NULL)
        ZVAL_NULL(slot);
    else if (type & MAY_BE_STRING)
        ZVAL_STRING(slot, member == ERROR_PROVIDER  ? spay_provider_name(SPAY_PROVIDER_NONE)
                          : member == ERROR_OUTCOME ? spay_outcome_name(SPAY_OUTCOME_NOT_SENT)
                                                    : "");
    else if (type & MAY_BE_LONG)
        ZVAL_LONG(slot, 0);
    else if (type & MAY_BE_ARRAY)
        ZVAL_EMPTY_ARRAY(slot);
    else
        ZVAL_FALSE(slot);
}

/* Members that are arguments come after the message, and those that the class tells. */
static bool set_from_arguments(zend_execute_data *execute_data, zend_object *made)
{
    const struct property *properties = class_tables[CLASS_Exception].properties;
    uint32_t member, number;

    for (member = ERROR_REASON; member < ERROR_COUNT; member++) {
        zval *slot = sessionpay_error_member(made, member);
        number = member - ERROR_REASON + 2;
        zval_ptr_dtor(slot);
        ZVAL_UNDEF(slot);
        if (number > ZEND_NUM_ARGS())
            set_default(made, member, properties[member].type);
        else if (!sessionpay_set_property(slot, &properties[member],
                                          ZEND_CALL_ARG(execute_data, number), number))
            return false;
    }
    return true;
}

static zend_long status_of(const struct class_table *table)
{
    while (!table->constants)
        table = &class_tables[table->parent];
    return table->constants->value;
}

ZEND_METHOD(SessionPay_Exception, __construct)
{
    static const struct property text = {"message", NULL, MAY_BE_STRING, 0};
    zend_object *made = Z_OBJ_P(ZEND_THIS);
    spay_status status = (spay_status)status_of(sessionpay_table_of(made->ce));
    uint32_t count = ZEND_NUM_ARGS(), most = ERROR_COUNT - ERROR_REASON + 2;
    zval message, *previous = count == most ? ZEND_CALL_ARG(execute_data, most) : NULL;

    if (count > most) {
        zend_wrong_parameters_count_error(0, most);
        return;
    }
    ZVAL_EMPTY_STRING(&message);
    if (count && !sessionpay_set_property(&message, &text, ZEND_CALL_ARG(execute_data, 1), 1))
        return;
    if (previous && Z_TYPE_P(previous) != IS_NULL &&
        !instanceof_function(Z_TYPE_P(previous) == IS_OBJECT ? Z_OBJCE_P(previous) : NULL,
                             zend_ce_throwable))
        zend_wrong_parameter_class_or_null_error(most, "Throwable", previous);
    else if (set_from_arguments(execute_data, made)) {
        set_message(made, Z_STRVAL(message), status);
        zval_ptr_dtor(sessionpay_error_member(made, ERROR_NAME));
        set_text(made, ERROR_NAME, spay_status_name(status));
        set_number(made, ERROR_STATUS, status);
        if (previous && Z_TYPE_P(previous) == IS_OBJECT)
            zend_update_property_ex(zend_ce_exception, made, ZSTR_KNOWN(ZEND_STR_PREVIOUS),
                                    previous);
    }
    zval_ptr_dtor(&message);
}
