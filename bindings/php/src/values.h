/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Public structs from arguments of PHP, and objects of PHP from public structs.
 */
#ifndef SESSIONPAY_VALUES_H
#define SESSIONPAY_VALUES_H

#include "php_sessionpay.h"

enum {
    KEPT_BLOCKS = 24
};

/* The arguments of a call. Texts in the structs are borrowed from PHP's values. */
struct arguments {
    char *parts[ARGUMENT_PARTS];
    zval *specials[SPECIAL_COUNT]; /* NULL if it was not given */
    void *kept[KEPT_BLOCKS];
    uint32_t kept_count;
};

/* false: there is an exception, and nothing to free. */
bool sessionpay_read(zend_execute_data *execute_data, const struct reader *reader,
                     struct arguments *read);

void sessionpay_read_end(struct arguments *read);

/* The struct that an object of an input class stands for; an empty one for NULL. */
char *sessionpay_fill(struct arguments *read, const struct layout *layout, zval *object,
                      uint32_t number);

/* An argument as the value of a property. false: there is an exception. */
bool sessionpay_set_property(zval *slot, const struct property *property, zval *argument,
                             uint32_t number);

void sessionpay_show(zval *shown, const struct layout *layout, const void *made);

/* Shows what an object has, without its secrets. */
HashTable *sessionpay_properties_for(zend_object *object, zend_prop_purpose purpose);

/* The table of a class, or of the one of ours that it extends. */
const struct class_table *sessionpay_table_of(const zend_class_entry *class_entry);

#endif
