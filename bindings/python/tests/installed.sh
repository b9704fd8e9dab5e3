#!/bin/sh
# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
#
# usage: sessionpay-sandbox -- installed.sh PYTHON BUILD
#
# Run in the build directory. The package builds away from the source tree, with an installed library that pkg-config finds.

set -eu
python=$1
build=$2
here=$(cd "$(dirname "$0")/.." && pwd)
work=$build/bindings/installed
prefix=$work/prefix

rm -rf "$work"
mkdir -p "$work"
unset MAKEFLAGS MFLAGS SESSIONPAY_BUILD
"${MAKE:-make}" -s install-lib O="$build" prefix="$prefix"
cp -R "$here" "$work/source"
PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name libsessionpay.pc)")
LD_LIBRARY_PATH=$prefix/lib
export PKG_CONFIG_PATH LD_LIBRARY_PATH
"$python" -m pip install --quiet --no-build-isolation --no-deps --no-index --root-user-action=ignore \
    --target "$work/package" "$work/source"
cd "$work"
PYTHONPATH=$work/package "$python" "$here/tests/readme.py"
