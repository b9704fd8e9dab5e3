/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * Errors of the library as exceptions.
 */
#ifndef SESSIONPAY_FAILURE_H
#define SESSIONPAY_FAILURE_H

#include "php_sessionpay.h"

/* Throws the exception for an error, and frees that. NULL counts as lack of memory. */
void sessionpay_throw(spay_error *error);

/* The member of an exception. */
zval *sessionpay_error_member(zend_object *exception, enum error_member member);

#endif
