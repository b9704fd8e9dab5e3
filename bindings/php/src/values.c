/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

#include "values.h"

#include <string.h>

/* ---- Into C ---------------------------------------------------------------------------------- */

static void *keep(struct arguments *read, size_t size)
{
    ZEND_ASSERT(read->kept_count < KEPT_BLOCKS);
    return read->kept[read->kept_count++] = ecalloc(1, size);
}

void sessionpay_read_end(struct arguments *read)
{
    while (read->kept_count)
        efree(read->kept[--read->kept_count]);
}

static bool text_of(const char **text, zval *given, uint32_t number, bool may_be_null,
                    size_t *length)
{
    zend_string *string;

    if (!zend_parse_arg_str(given, &string, may_be_null, number)) {
        zend_wrong_parameter_type_error(
            number, may_be_null ? Z_EXPECTED_STRING_OR_NULL : Z_EXPECTED_STRING, given);
        return false;
    }
    if (!string)
        return true;
    if (length)
        *length = ZSTR_LEN(string);
    else if (zend_str_has_nul_byte(string)) {
        zend_argument_value_error(number, "must not contain any null bytes");
        return false;
    }
    *text = ZSTR_VAL(string);
    return true;
}

static bool number_of(char *at, const struct member *member, zval *given, uint32_t number,
                      bool may_be_null)
{
    zend_long value;
    bool is_null = false;
    int32_t small;

    if (!zend_parse_arg_long(given, &value, &is_null, may_be_null, number)) {
        zend_wrong_parameter_type_error(
            number, may_be_null ? Z_EXPECTED_LONG_OR_NULL : Z_EXPECTED_LONG, given);
        return false;
    }
    if (is_null)
        return true;
    small = (int32_t)value;
    if (member->type == MEMBER_INT64) {
        int64_t large = value;
        memcpy(at, &large, sizeof(large));
    } else if (small == value) {
        memcpy(at, &small, sizeof(small));
    } else {
        zend_argument_value_error(number, "must be between %d and %d", INT32_MIN, INT32_MAX);
        return false;
    }
    return true;
}

static bool choice_of(char *at, zval *given, uint32_t number)
{
    bool value, is_null = false;
    int32_t choice;

    if (!zend_parse_arg_bool(given, &value, &is_null, true, number)) {
        zend_wrong_parameter_type_error(number, Z_EXPECTED_BOOL_OR_NULL, given);
        return false;
    }
    choice = is_null ? SPAY_DEFAULT : value ? SPAY_YES : SPAY_NO;
    memcpy(at, &choice, sizeof(choice));
    return true;
}

static bool element_of(char *array, size_t index, enum member_type type, zval *element,
                       uint32_t number)
{
    ZVAL_DEREF(element);
    if (type == MEMBER_TEXTS && Z_TYPE_P(element) == IS_STRING &&
        !zend_str_has_nul_byte(Z_STR_P(element))) {
        ((const char **)array)[index] = Z_STRVAL_P(element);
    } else if (type == MEMBER_INTS && Z_TYPE_P(element) == IS_LONG &&
               (int32_t)Z_LVAL_P(element) == Z_LVAL_P(element)) {
        ((int32_t *)array)[index] = (int32_t)Z_LVAL_P(element);
    } else {
        zend_argument_type_error(number, "must be an array of %s, there is %s in it",
                                 type == MEMBER_TEXTS ? "string without null bytes" : "32-bit int",
                                 zend_zval_type_name(element));
        return false;
    }
    return true;
}

static bool array_of(struct arguments *read, char *made, const struct member *member, zval *given,
                     uint32_t number)
{
    size_t count = 0;
    char *array;
    zval *element;

    if (Z_TYPE_P(given) != IS_ARRAY) {
        zend_wrong_parameter_type_error(number, Z_EXPECTED_ARRAY_OR_NULL, given);
        return false;
    }
    array = keep(read, (zend_hash_num_elements(Z_ARR_P(given)) + 1) * sizeof(char *));
    ZEND_HASH_FOREACH_VAL(Z_ARR_P(given), element)
    {
        if (!element_of(array, count++, member->type, element, number))
            return false;
    }
    ZEND_HASH_FOREACH_END();
    memcpy(made + member->offset, &array, sizeof(array));
    memcpy(made + member->count, &count, sizeof(count));
    return true;
}

static const struct class_table *table_with(const struct layout *layout)
{
    const struct class_table *table = class_tables;
    while (table->layout != layout)
        table++;
    return table;
}

static bool object_of(struct arguments *read, char *at, const struct member *member, zval *given,
                      uint32_t number)
{
    const struct class_table *table = table_with(member->points_to);
    char *made;

    if (Z_TYPE_P(given) != IS_OBJECT ||
        Z_OBJCE_P(given) != sessionpay_classes[table - class_tables]) {
        zend_wrong_parameter_class_or_null_error(number, table->name, given);
        return false;
    }
    made = sessionpay_fill(read, member->points_to, given, number);
    memcpy(at, &made, sizeof(made));
    return made != NULL;
}

static bool fill_member(struct arguments *read, char *made, const struct member *member,
                        zval *given, uint32_t number, bool may_be_null)
{
    char *at = made + member->offset;
    const char *text = NULL;
    size_t length = 0;

    ZVAL_DEREF(given);
    if (may_be_null && Z_TYPE_P(given) <= IS_NULL)
        return true;
    switch (member->type) {
    case MEMBER_TEXT:
    case MEMBER_BYTES:
        if (!text_of(&text, given, number, may_be_null, member->count ? &length : NULL))
            return false;
        memcpy(at, &text, sizeof(text));
        if (member->count)
            memcpy(made + member->count, &length, sizeof(length));
        return true;
    case MEMBER_CHOICE:
        return choice_of(at, given, number);
    case MEMBER_TEXTS:
    case MEMBER_INTS:
        return array_of(read, made, member, given, number);
    case MEMBER_STRUCT:
        return object_of(read, at, member, given, number);
    default:
        return number_of(at, member, given, number, may_be_null);
    }
}

static char *empty(struct arguments *read, const struct layout *layout)
{
    char *made = keep(read, layout->size);
    layout->init(made, layout->size);
    return made;
}

char *sessionpay_fill(struct arguments *read, const struct layout *layout, zval *object,
                      uint32_t number)
{
    char *made = empty(read, layout);
    uint32_t i;

    for (i = 0; object && layout->members[i].name; i++)
        if (!fill_member(read, made, &layout->members[i], OBJ_PROP_NUM(Z_OBJ_P(object), i), number,
                         true))
            return NULL;
    return made;
}

/* What an argument that is no member of a struct has to be; others are anything. */
static int special_class(uint32_t special)
{
    switch (special) {
    case SPECIAL_CANCEL:
        return CLASS_Cancel;
    case SPECIAL_CLIENT:
        return CLASS_Client;
    case SPECIAL_SERVER_REQUEST:
        return CLASS_ConnectServerSessionRequest;
    case SPECIAL_STORE:
        return CLASS_Store;
    case SPECIAL_TRANSPORT:
        return CLASS_Mock;
    default:
        return CLASS_NONE;
    }
}

static bool is_hook(uint32_t special)
{
    return special == SPECIAL_LOG || special == SPECIAL_EVENT || special == SPECIAL_BEFORE_SEND;
}

static bool special_of(struct arguments *read, uint32_t special, zval *given, uint32_t number,
                       bool may_be_null)
{
    int class_number = special_class(special);

    ZVAL_DEREF(given);
    if (may_be_null && Z_TYPE_P(given) <= IS_NULL)
        return true;
    if (class_number != CLASS_NONE &&
        (Z_TYPE_P(given) != IS_OBJECT || Z_OBJCE_P(given) != sessionpay_classes[class_number])) {
        if (may_be_null)
            zend_wrong_parameter_class_or_null_error(number, class_tables[class_number].name,
                                                     given);
        else
            zend_wrong_parameter_class_error(number, class_tables[class_number].name, given);
        return false;
    }
    if (is_hook(special) && !zend_is_callable(given, 0, NULL)) {
        zend_argument_type_error(number, "must be a valid callback or null, %s given",
                                 zend_zval_type_name(given));
        return false;
    }
    read->specials[special] = given;
    return true;
}

static bool read_argument(struct arguments *read, const struct reader *reader, uint32_t index,
                          zval *given)
{
    const struct argument *argument = &reader->arguments[index];
    bool may_be_null = index >= reader->required;

    if (argument->part == ARGUMENT_SPECIAL)
        return special_of(read, argument->place, given, index + 1, may_be_null);
    return fill_member(read, read->parts[argument->part],
                       &reader->parts[argument->part]->members[argument->place], given, index + 1,
                       may_be_null);
}

bool sessionpay_read(zend_execute_data *execute_data, const struct reader *reader,
                     struct arguments *read)
{
    uint32_t i, given = ZEND_NUM_ARGS();

    memset(read, 0, sizeof(*read));
    if (given < reader->required || given > reader->count) {
        zend_wrong_parameters_count_error(reader->required, reader->count);
        return false;
    }
    for (i = 0; i < ARGUMENT_PARTS && reader->parts[i]; i++)
        read->parts[i] = empty(read, reader->parts[i]);
    for (i = 0; i < given; i++)
        if (!read_argument(read, reader, i, ZEND_CALL_ARG(execute_data, i + 1))) {
            sessionpay_read_end(read);
            return false;
        }
    return true;
}

/* ---- Arguments that become properties -------------------------------------------------------- */

static bool is_of(const struct property *property, zval *argument, uint32_t number)
{
    const char *wanted = property->class_name;

    if (property->type & MAY_BE_ARRAY) {
        if (Z_TYPE_P(argument) == IS_ARRAY)
            return true;
        zend_wrong_parameter_type_error(number, Z_EXPECTED_ARRAY, argument);
        return false;
    }
    if (Z_TYPE_P(argument) == IS_OBJECT &&
        zend_string_equals_cstr(Z_OBJCE_P(argument)->name, wanted, strlen(wanted)))
        return true;
    zend_wrong_parameter_class_or_null_error(number, wanted, argument);
    return false;
}

static bool set_truth(zval *slot, zval *argument, uint32_t number)
{
    bool value, is_null;

    if (!zend_parse_arg_bool(argument, &value, &is_null, false, number)) {
        zend_wrong_parameter_type_error(number, Z_EXPECTED_BOOL, argument);
        return false;
    }
    ZVAL_BOOL(slot, value);
    return true;
}

bool sessionpay_set_property(zval *slot, const struct property *property, zval *argument,
                             uint32_t number)
{
    static const struct member large = {.type = MEMBER_INT64};
    bool may_be_null = property->type & MAY_BE_NULL;
    const char *text = NULL;
    int64_t value = 0;
    size_t length;

    ZVAL_DEREF(argument);
    if (may_be_null && Z_TYPE_P(argument) == IS_NULL) {
        ZVAL_NULL(slot);
        return true;
    }
    if ((property->type & MAY_BE_BOOL) == MAY_BE_BOOL)
        return set_truth(slot, argument, number);
    if (property->type & MAY_BE_LONG) {
        if (!number_of((char *)&value, &large, argument, number, may_be_null))
            return false;
        ZVAL_LONG(slot, value);
        return true;
    }
    if (property->type & MAY_BE_STRING ? !text_of(&text, argument, number, may_be_null, &length)
                                       : !is_of(property, argument, number))
        return false;
    ZVAL_COPY(slot, argument);
    return true;
}

/* ---- Out of C -------------------------------------------------------------------------------- */

static zend_long number_at(const char *at, enum member_type type)
{
    int64_t large;
    int32_t small;
    uint32_t bits;
    size_t size;

    switch (type) {
    case MEMBER_INT64:
        memcpy(&large, at, sizeof(large));
        return (zend_long)large;
    case MEMBER_SIZE:
        memcpy(&size, at, sizeof(size));
        return (zend_long)size;
    case MEMBER_UINT32:
        memcpy(&bits, at, sizeof(bits));
        return (zend_long)bits;
    default:
        memcpy(&small, at, sizeof(small));
        return small;
    }
}

static void show_texts(zval *shown, const char *const *texts, const char *count_at)
{
    zend_long count = number_at(count_at, MEMBER_SIZE), i;

    array_init(shown);
    for (i = 0; texts && i < count; i++)
        add_next_index_string(shown, texts[i]);
}

static void show_member(zval *shown, const char *made, const struct member *member)
{
    const char *at = made + member->offset;
    const void *pointer;

    if (member->type == MEMBER_CHOICE) {
        ZVAL_BOOL(shown, number_at(at, MEMBER_INT32) == SPAY_YES);
        return;
    }
    if (member->type >= MEMBER_INT32 && member->type <= MEMBER_SIZE) {
        ZVAL_LONG(shown, number_at(at, member->type));
        return;
    }
    memcpy(&pointer, at, sizeof(pointer));
    if (member->type == MEMBER_TEXTS)
        show_texts(shown, pointer, made + member->count);
    else if (!pointer)
        ZVAL_NULL(shown);
    else if (member->type == MEMBER_STRUCT)
        sessionpay_show(shown, member->points_to, pointer);
    else if (member->count)
        ZVAL_STRINGL(shown, pointer, (size_t)number_at(made + member->count, MEMBER_SIZE));
    else
        ZVAL_STRING(shown, pointer);
}

void sessionpay_show(zval *shown, const struct layout *layout, const void *made)
{
    uint32_t i;

    object_init_ex(shown, sessionpay_classes[table_with(layout) - class_tables]);
    for (i = 0; layout->members[i].name; i++)
        show_member(OBJ_PROP_NUM(Z_OBJ_P(shown), i), made, &layout->members[i]);
}

const struct class_table *sessionpay_table_of(const zend_class_entry *class_entry)
{
    int i;

    for (; class_entry; class_entry = class_entry->parent)
        for (i = 0; i < CLASS_COUNT; i++)
            if (sessionpay_classes[i] == class_entry)
                return &class_tables[i];
    return NULL;
}

HashTable *sessionpay_properties_for(zend_object *object, zend_prop_purpose purpose)
{
    HashTable *shown = zend_array_dup(zend_std_get_properties(object));
    const struct class_table *table = sessionpay_table_of(object->ce);
    const struct property *property;

    (void)purpose;
    for (; table; table = table->parent < 0 ? NULL : &class_tables[table->parent])
        for (property = table->properties; property && property->name; property++)
            if (property->is_secret)
                zend_hash_str_del(shown, property->name, strlen(property->name));
    return shown;
}
