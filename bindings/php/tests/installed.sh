#!/bin/sh
# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
#
# usage: sessionpay-sandbox -- installed.sh PHP BUILD
#
# Run in the build directory. The extension builds away from the source tree, with an installed library that pkg-config
# finds; and the classes for FFI work with what is installed.

set -eu
php=$1
build=$2
here=$(cd "$(dirname "$0")/.." && pwd)
work=$build/bindings/php-installed
prefix=$work/prefix

rm -rf "$work"
mkdir -p "$work"
unset MAKEFLAGS MFLAGS
"${MAKE:-make}" -s install-lib O="$build" prefix="$prefix"
cp -R "$here" "$work/source"
PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name libsessionpay.pc)")
export PKG_CONFIG_PATH
cd "$work/source"
{ phpize && ./configure && make && make install INSTALL_ROOT="$work/root"; } >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
"$php" tests/readme.php "$php" -d extension="$(find "$work/root" -name sessionpay.so)"
SESSIONPAY_LIBRARY=$(find "$prefix" -name libsessionpay.so.0) SESSIONPAY_CDEF=$(find "$prefix" -name sessionpay.cdef.h) \
    "$php" tests/readme.php "$php" -d auto_prepend_file="$work/source/ffi/autoload.php"
