#!/bin/sh
# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
#
# usage: NPM=COMMAND sessionpay-sandbox -- installed.sh BUILD
#
# The package builds away from the source tree, with an installed library that pkg-config finds.

set -eu
build=$1
here=$(cd "$(dirname "$0")/.." && pwd)
work=$build/bindings/node-installed
prefix=$work/prefix

rm -rf "$work"
mkdir -p "$work/shop"
unset MAKEFLAGS MFLAGS SESSIONPAY_BUILD
"${MAKE:-make}" -s install-lib O="$build" prefix="$prefix"
PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name libsessionpay.pc)")
LD_LIBRARY_PATH=$prefix/lib
export PKG_CONFIG_PATH LD_LIBRARY_PATH
cd "$work/shop"
echo '{}' >package.json
${NPM:-npm} install --install-links --offline --no-audit --no-fund --loglevel=error "$here"
test ! -L node_modules/sessionpay
# the libraries of stores were not installed
node -e "const all = require('sessionpay'); try { new all.RedisStore('redis://h'); } catch (error) { process.exit(error instanceof all.UnsupportedError ? 0 : 1); } process.exit(1);"
node "$here/tests/readme.mjs" "$work/shop"
