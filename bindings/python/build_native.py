# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Compiles sessionpay._native with cffi, and the modules of the stores that are there; setup.py runs it.

The library is the installed one, by pkg-config; without one, that of the source tree around this
directory, after "make lib". SESSIONPAY_BUILD=DIRECTORY names a tree's build directory to be used.
"""

import os
import subprocess
import sys

import cffi

HERE = os.path.dirname(os.path.abspath(__file__))
TREE = os.path.normpath(os.path.join(HERE, "..", ".."))
SUFFIX = ".dylib" if sys.platform == "darwin" else ".so"
HOOKS = """
extern "Python" {
    void sessionpay_py_log(void *, int32_t, const char *);
    void sessionpay_py_event(void *, const spay_event *);
    spay_status sessionpay_py_before_send(void *, const spay_send_record *);
    spay_status sessionpay_py_perform(void *, const spay_http_request *, spay_http_response *);
    void sessionpay_py_store_get(void *, const char *, spay_store_operation *);
    void sessionpay_py_store_put(void *, const char *, const void *, size_t, int64_t, uint64_t,
                                 spay_store_operation *);
    void sessionpay_py_store_acquire(void *, const char *, int64_t, spay_store_operation *);
    void sessionpay_py_store_release(void *, const char *, uint64_t, spay_store_operation *);
    void sessionpay_py_watch(void *, int64_t, int32_t);
    void sessionpay_py_wake_in(void *, int64_t);
}
"""


def pkg_config(library, *arguments):
    """What it prints, as words; None if it does not know the library."""
    try:
        return subprocess.run([os.environ.get("PKG_CONFIG", "pkg-config")] + list(arguments) +
                              [library], check=True, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, universal_newlines=True).stdout.split()
    except (OSError, subprocess.CalledProcessError):
        return None


def places(library="libsessionpay"):
    """Where the description is, and how to compile and link; None for a store that is not there."""
    build = os.environ.get("SESSIONPAY_BUILD")
    installed = None if build else pkg_config("libsessionpay", "--variable=apidir")
    if installed:
        flags = pkg_config(library, "--cflags")
        return None if flags is None else (installed[0], dict(
            extra_compile_args=flags, extra_link_args=pkg_config(library, "--libs")))
    libraries = os.path.join(os.path.abspath(build or os.path.join(TREE, "build")), "lib")
    if not os.path.isdir(libraries):
        raise SystemExit("sessionpay: libsessionpay is not installed: pkg-config does not find it, and "
                         "there is no %s" % libraries)
    if not os.path.exists(os.path.join(libraries, library + SUFFIX)):
        return None
    return os.path.join(TREE, "share"), dict(
        include_dirs=[os.path.join(TREE, "include")], library_dirs=[libraries],
        runtime_library_dirs=[libraries], libraries=[library[len("lib"):]])


def builder():
    share, how = places()
    ffi = cffi.FFI()
    with open(os.path.join(share, "sessionpay.cdef.h"), encoding="utf-8") as file:
        ffi.cdef(file.read() + HOOKS)
    ffi.set_source("sessionpay._native", "#include <sessionpay/sessionpay.h>", **how)
    return ffi


def store_builder(name):
    """The module of a store, sessionpay._file for example; None if its library is not there."""
    found = places("libsessionpay-" + name)
    if found is None:
        return None
    share, how = found
    ffi = cffi.FFI()
    ffi.include(ffibuilder)
    with open(os.path.join(share, "sessionpay-%s.cdef.h" % name), encoding="utf-8") as file:
        ffi.cdef(file.read())
    ffi.set_source("sessionpay._" + name, "#include <sessionpay/sessionpay.h>\n#include <sessionpay/%s.h>" % name, **how)
    return ffi


ffibuilder = builder()
file_builder = store_builder("file")
redis_builder = store_builder("redis")
