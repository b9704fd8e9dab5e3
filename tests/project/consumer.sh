#!/bin/sh
# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
#
# Installs the library into a temporary prefix and uses it from there as a new user would: the
# compiler flags come from pkg-config and from nowhere else.

set -u

make=${MAKE:-make}
cc=${CC:-cc}
pkg_config=${PKG_CONFIG:-pkg-config}
cxx=${CXX:-$(command -v c++ || command -v g++ || command -v clang++)}

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

count=0
failures=0
report() # status, name
{
    count=$((count + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $count - $2"
    else
        failures=$((failures + 1))
        echo "not ok $count - $2"
        sed 's/^/# /' "$work/log"
    fi
}
skip() # name, reason
{
    count=$((count + 1))
    echo "ok $count - $1 # SKIP $2"
}

cat >"$work/consumer.c" <<'END'
#include <sessionpay/sessionpay.h>
#include <stdio.h>

int main(void)
{
    spay_client_options options = SPAY_CLIENT_OPTIONS_INIT;

    return printf("%s\n", spay_version()) < 0 || options.struct_size != sizeof options;
}
END
cp "$work/consumer.c" "$work/consumer.cpp"

cat >"$work/adapter.c" <<'END'
#include <sessionpay/ADAPTER.h>
#include <sessionpay/version.h>
#include <stdio.h>

int main(void)
{
    spay_ADAPTER_options options = SPAY_ADAPTER_OPTIONS_INIT;
    spay_store store = SPAY_STORE_INIT;

    return spay_ADAPTER_store_new(&options, &store, NULL) != SPAY_E_INVALID_ARGUMENT ||
           printf("%s\n", spay_version()) < 0;
}
END

# install <name> <make variables...>: into its own prefix, with pkg-config looking there first
install()
{
    prefix=$work/$1
    PKG_CONFIG_PATH=$prefix/lib/pkgconfig${path:+:$path}
    export PKG_CONFIG_PATH
    shift
    $make install DESTDIR= prefix="$prefix" exec_prefix="$prefix" libdir="$prefix/lib" \
        includedir="$prefix/include" bindir="$prefix/bin" datarootdir="$prefix/share" docdir="$prefix/doc" "$@" \
        >"$work/log" 2>&1
}
path=${PKG_CONFIG_PATH:-}

# build <name> <source> <compiler words> <pkg-config options> [package]: compile, link, run, compare
build()
{
    # The words of the compiler and of pkg-config's answer have to be split.
    # shellcheck disable=SC2086,SC2046
    {
        $3 -o "$work/program" "$work/$2" ${CFLAGS:-} ${LDFLAGS:-} \
            $($pkg_config $4 --cflags --libs "${5:-libsessionpay}") &&
            [ "$(LD_LIBRARY_PATH=$prefix/lib "$work/program")" = "$VERSION" ]
    } >"$work/log" 2>&1
    report $? "$1"
}

build_both()
{
    build "$1, C99" consumer.c "$cc -std=c99 -pedantic -Wall -Werror" "$2"
    if [ -n "$cxx" ]; then
        build "$1, C++" consumer.cpp "$cxx -Wall -Werror" "$2"
    else
        skip "$1, C++" 'no C++ compiler'
    fi
}

# build_adapters <name> <pkg-config options>: a program with each that was installed
build_adapters()
{
    for adapter in file redis; do
        if [ ! -e "$prefix/include/sessionpay/$adapter.h" ]; then
            skip "$1, the $adapter adapter" 'not in this build'
            continue
        fi
        sed -e "s/SPAY_ADAPTER/SPAY_$(echo $adapter | tr a-z A-Z)/" -e "s/ADAPTER/$adapter/" \
            "$work/adapter.c" >"$work/$adapter.c"
        build "$1, the $adapter adapter" $adapter.c "$cc -std=c99 -pedantic -Wall -Werror" "$2" \
            libsessionpay-$adapter
    done
}

if [ -n "${SHARED:-}" ]; then
    install shared
    report $? 'install'
    build_both 'the shared library' ''
    build_adapters 'the shared library' ''

    # Somebody who links the shared library needs none of its dependencies.
    $pkg_config --libs libsessionpay >"$work/log"
    ! $pkg_config --exists libsessionpay-redis || $pkg_config --libs libsessionpay-redis >>"$work/log"
    ! grep -Eq 'curl|cjson|crypto|hiredis' "$work/log"
    report $? 'the shared library does not make its users link its dependencies'

    [ "$($pkg_config --modversion libsessionpay)" = "$VERSION" ]
    report $? 'pkg-config tells the version'

    [ -s "$($pkg_config --variable=apidir libsessionpay)/sessionpay.api.json" ]
    report $? 'and where the description of the interface is'
else
    skip 'the shared library' 'not in this build'
fi

if [ -n "${STATIC:-}" ]; then
    install static DISABLE_SHARED=1
    report $? 'install, static only'
    build_both 'a static-only installation' ''
    build_adapters 'a static-only installation' ''

    # pkg-config --static also asks for what libcurl is made of, which not every system installs.
    install any
    rm -f "$prefix"/lib/*.so* "$prefix"/lib/*.dylib
    echo 'int main(void) { return 0; }' >"$work/empty.c"
    # shellcheck disable=SC2046
    if $cc -o "$work/empty" "$work/empty.c" $($pkg_config --static --libs \
        $($pkg_config --print-requires --print-requires-private libsessionpay)) \
        >"$work/log" 2>&1; then
        build_both 'pkg-config --static' --static
    else
        skip 'pkg-config --static' "$(grep -o 'cannot find -l[^ :]*' "$work/log" | head -n 1)"
    fi
else
    skip 'the static library' 'not in this build'
fi

echo "1..$count"
[ "$failures" -eq 0 ]
