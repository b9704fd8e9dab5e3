/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * The extension: what its files have in common.
 */
#ifndef PHP_SESSIONPAY_H
#define PHP_SESSIONPAY_H

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <php.h>

#include <sessionpay/sessionpay.h>

#include "generated.h"

#define PHP_SESSIONPAY_VERSION SPAY_VERSION_STRING

struct frame;

ZEND_BEGIN_MODULE_GLOBALS(sessionpay)
HashTable kept;        /* engines that outlive requests, by a hash of their options */
struct frame *current; /* the call that is running */
ZEND_END_MODULE_GLOBALS(sessionpay)

ZEND_EXTERN_MODULE_GLOBALS(sessionpay)
#define SESSIONPAY_G(member) ZEND_MODULE_GLOBALS_ACCESSOR(sessionpay, member)

#if defined(COMPILE_DL_SESSIONPAY) && defined(ZTS)
ZEND_TSRMLS_CACHE_EXTERN()
#endif

extern zend_module_entry sessionpay_module_entry;
extern zend_class_entry *sessionpay_classes[CLASS_COUNT];

/* The struct around a zend_object that is its last member. */
#define OBJECT_OF(type, object) ((struct type *)((char *)(object)-XtOffsetOf(struct type, std)))

/* Allocates one for create_object. */
#define NEW_OBJECT(type, class_entry)                                                              \
    ((struct type *)zend_object_alloc(sizeof(struct type), class_entry))

#endif
