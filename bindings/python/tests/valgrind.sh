#!/bin/sh
# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
#
# usage: sessionpay-sandbox -- valgrind.sh PYTHON LOGS defaults.json cases.json...
#
# The conformance cases under valgrind, in minutes. What it reports without a frame of the library is
# CPython's own, and cffi's. That cases with a deadline fail on a machine this slow does not matter.

set -eu
python=$1
logs=$2
shift 2
here=$(dirname "$0")
failed=0
count=0

mkdir -p "$logs"
for mode in blocking asyncio; do
    count=$((count + 1))
    option=
    [ $mode = blocking ] || option=--async
    PYTHONMALLOC=malloc valgrind --leak-check=full --show-leak-kinds=definite,indirect --num-callers=40 \
        --log-file="$logs/$mode.valgrind" "$python" "$here/conformance.py" $option "$logs/$mode.journal" "$@" \
        >"$logs/$mode.out" 2>&1 || :
    if grep -q 'ERROR SUMMARY' "$logs/$mode.valgrind" && grep -q '^1\.\.' "$logs/$mode.out" &&
        ! grep -q 'libsessionpay\|spay_' "$logs/$mode.valgrind"; then
        echo "ok $count - $mode"
    else
        echo "not ok $count - $mode: see $logs/$mode.valgrind"
        failed=1
    fi
done
echo "1..$count"
exit $failed
