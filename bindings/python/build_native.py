# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Compiles sessionpay._native with cffi; setup.py runs it.

The library is the installed one, by pkg-config; without one, that of the source tree around this
directory, after "make lib". SESSIONPAY_BUILD=DIRECTORY names a tree's build directory to be used.
"""

import os
import subprocess

import cffi

HERE = os.path.dirname(os.path.abspath(__file__))
TREE = os.path.normpath(os.path.join(HERE, "..", ".."))
HOOKS = """
extern "Python" {
    void sessionpay_py_log(void *, int32_t, const char *);
    void sessionpay_py_event(void *, const spay_event *);
    spay_status sessionpay_py_before_send(void *, const spay_send_record *);
    void sessionpay_py_watch(void *, int64_t, int32_t);
    void sessionpay_py_wake_in(void *, int64_t);
}
"""


def pkg_config(*arguments):
    """What it prints, as words; None if it does not know the library."""
    try:
        return subprocess.run([os.environ.get("PKG_CONFIG", "pkg-config")] + list(arguments) +
                              ["libsessionpay"], check=True, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, universal_newlines=True).stdout.split()
    except (OSError, subprocess.CalledProcessError):
        return None


def places():
    """Where the description is, and how to compile and link."""
    build = os.environ.get("SESSIONPAY_BUILD")
    installed = None if build else pkg_config("--variable=apidir")
    if installed:
        return installed[0], dict(extra_compile_args=pkg_config("--cflags"), extra_link_args=pkg_config("--libs"))
    libraries = os.path.join(os.path.abspath(build or os.path.join(TREE, "build")), "lib")
    if not os.path.isdir(libraries):
        raise SystemExit("sessionpay: libsessionpay is not installed: pkg-config does not find it, and "
                         "there is no %s" % libraries)
    return os.path.join(TREE, "share"), dict(
        include_dirs=[os.path.join(TREE, "include")], library_dirs=[libraries],
        runtime_library_dirs=[libraries], libraries=["sessionpay"])


def builder():
    share, how = places()
    ffi = cffi.FFI()
    with open(os.path.join(share, "sessionpay.cdef.h"), encoding="utf-8") as file:
        ffi.cdef(file.read() + HOOKS)
    ffi.set_source("sessionpay._native", "#include <sessionpay/sessionpay.h>", **how)
    return ffi


ffibuilder = builder()
