dnl Copyright (c) 2026 the libsessionpay authors
dnl SPDX-License-Identifier: MIT

PHP_ARG_WITH([sessionpay],
  [for sessionpay support],
  [AS_HELP_STRING([--with-sessionpay], [Include payment sessions by libsessionpay])], [yes])

if test "$PHP_SESSIONPAY" != "no"; then
  PKG_CHECK_MODULES([SESSIONPAY], [libsessionpay >= 0.1.0])
  PHP_EVAL_INCLINE($SESSIONPAY_CFLAGS)
  PHP_EVAL_LIBLINE($SESSIONPAY_LIBS, SESSIONPAY_SHARED_LIBADD)
  PHP_SUBST(SESSIONPAY_SHARED_LIBADD)
  dnl Stores are built in if their libraries are there.
  PKG_CHECK_MODULES([SESSIONPAY_FILE], [libsessionpay-file], [SESSIONPAY_STORES="-DSESSIONPAY_WITH_FILE"], [:])
  PKG_CHECK_MODULES([SESSIONPAY_REDIS], [libsessionpay-redis],
    [SESSIONPAY_STORES="$SESSIONPAY_STORES -DSESSIONPAY_WITH_REDIS"], [:])
  PHP_EVAL_LIBLINE($SESSIONPAY_FILE_LIBS $SESSIONPAY_REDIS_LIBS, SESSIONPAY_SHARED_LIBADD)
  PHP_NEW_EXTENSION([sessionpay], [src/account.c src/client.c src/engine.c src/failure.c src/frame.c \
    src/generated.c src/layouts.c src/mock.c src/provider.c src/sessionpay.c src/store.c src/values.c],
    [$ext_shared], [], [-std=gnu99 -fvisibility=hidden $SESSIONPAY_STORES -DZEND_ENABLE_STATIC_TSRMLS_CACHE=1])
  PHP_ADD_BUILD_DIR($ext_builddir/src)
  PHP_ADD_EXTENSION_DEP(sessionpay, hash)
  PHP_ADD_EXTENSION_DEP(sessionpay, spl)
fi
