#!/bin/sh
# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
#
# usage: sessionpay-sandbox -- valgrind.sh LOGS PHP... -- defaults.json cases.json...
#
# The tests of the extension under valgrind: no error, and nothing lost. Processes that a test kills do not count.

set -eu
here=$(dirname "$0")
logs=$1
shift
php=
while [ "$1" != -- ]; do
    php="$php $1"
    shift
done
shift
failed=0

rm -rf "$logs"
mkdir -p "$logs"
export USE_ZEND_ALLOC=0 ZEND_DONT_UNLOAD_MODULES=1
for test in binding conformance; do
    # shellcheck disable=SC2086 # a program and its options
    valgrind --leak-check=full --show-leak-kinds=definite,indirect --error-exitcode=9 --num-callers=25 \
        --log-file="$logs/$test.%p" $php "$here/$test.php" "$logs/journal" "$@" >"$logs/$test.out" 2>&1 &&
        echo "ok - $test" || { echo "not ok - $test: see $logs"; failed=1; }
done
echo "1..2"
exit $failed
