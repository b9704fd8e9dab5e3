# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Installing and uninstalling leave other packages' files alone, whatever their names."""

import os
import shlex
import shutil
import tempfile

from common import BUILD, SHARED, SRCDIR, STATIC, Tap, run, write

tap = Tap()
MAKE = shlex.split(os.environ.get("MAKE", "make"))


def files(root):
    """The files below a directory, relative, each with what is in it."""
    found = {}
    for base, _, names in os.walk(root):
        for name in names:
            path = os.path.join(base, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, root)] = file.read()
    return found


def neighbours(installed):
    """The installed paths, each with one of its directories left out: names that only the right
    directory keeps apart."""
    found = set()
    for path in installed:
        parts = path.split(os.sep)
        found |= {os.path.join(*parts[:i], *parts[i + 1:]) for i in range(len(parts) - 1)}
    names = found - set(installed)
    return {name for name in names if not any(other.startswith(name + os.sep)
                                              for other in names | set(installed))}


def check_library_alone():
    """make install-lib, where there is no libmicrohttpd and nothing has been built."""
    with tempfile.TemporaryDirectory() as work:
        pkg_config = os.path.join(work, "pkg-config")
        write(pkg_config, "#!/bin/sh\ncase \" $* \" in *microhttpd* | *libuv* | *check*) exit 1 ;; esac\n"
              "exec %s \"$@\"\n" % os.environ.get("PKG_CONFIG", "pkg-config"))
        os.chmod(pkg_config, 0o755)
        make = MAKE + ["-n", "O=" + os.path.join(work, "build"), "PKG_CONFIG=" + pkg_config]
        status, output = run(make + ["install-lib"])
        tap.ok(status == 0, "install-lib needs no libmicrohttpd", output)
        tap.empty([line for line in output.splitlines() if "tools/" in line or "examples/" in line],
                  "install-lib builds the library alone")
        prefix = os.path.join(work, "usr")
        status, output = run(MAKE + ["-o", "lib", "DESTDIR=", "prefix=" + prefix, "exec_prefix=" + prefix,
                                     "libdir=%s/lib" % prefix, "includedir=%s/include" % prefix,
                                     "datarootdir=%s/share" % prefix, "install-lib"])
        installed = sorted(files(prefix))
        tap.ok(status == 0 and installed, "install-lib installs it", output)
        tap.empty([path for path in installed if not path.startswith(("include/", "lib/", "share/sessionpay/"))],
                  "and nothing else")


def plant(root, names):
    for name in names:
        path = os.path.join(root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        write(path, "of another package\n")


def check(name, directory, prefix, others, *variables):
    """Installs what is built already, from a directory that has a Makefile, into a prefix, and once
    more beside the others, or else the neighbours. Returns what was there to be overwritten."""
    make = MAKE + ["-C", directory, "-o", "all", "-o", "lib", "-o", "adapters", "O=" + os.path.abspath(BUILD),
                   "DISABLE_SHARED=" + ("" if SHARED else "1"),
                   "DISABLE_STATIC=" + ("" if STATIC else "1")] + list(variables)
    status, output = run(make + ["install"])
    tap.ok(status == 0, name + ": install", output)
    installed = sorted(files(prefix))
    tap.ok(installed, name + ": something is installed there")
    documents = [path for path in installed if path.endswith("README.md")]
    tap.ok(documents == ["share/doc/libsessionpay/README.md"],
           name + ": documents are in the package's own directory", documents)
    status, output = run(make + ["uninstall"])
    tap.ok(status == 0, name + ": uninstall", output)
    tap.empty(files(prefix), name + ": nothing is left")

    others = others or neighbours(installed)
    plant(prefix, others)
    before = files(prefix)
    run(make + ["install"])
    after = files(prefix)
    tap.empty({path for path in before if after.get(path) != before[path]},
              name + ": install overwrites nobody's files")
    run(make + ["uninstall"])
    after = files(prefix)
    tap.empty(set(before) - set(after), name + ": uninstall removes nobody's files")
    tap.empty(set(after) - set(before), name + ": and all of ours")
    status, output = run(make + ["uninstall"])
    tap.ok(status == 0, name + ": uninstall once more finds nothing to do", output)
    return others


def configure(work):
    """Makes a configured directory without touching the source tree; None where that cannot be."""
    script = os.path.join(SRCDIR, "configure")
    if not os.path.exists(script):
        if not shutil.which("autoconf"):
            return None
        script = os.path.join(work, "configure")
        status, output = run(["autoconf", "-o", script, os.path.abspath(
            os.path.join(SRCDIR, "configure.ac"))], cwd=work)
        if not tap.ok(status == 0, "autoconf makes configure", output):
            return None
    build = os.path.join(work, "build")
    os.mkdir(build)
    status, output = run(["sh", os.path.abspath(script), "--prefix=" + os.path.join(work, "usr"),
                          "--srcdir=" + os.path.abspath(SRCDIR)], cwd=build)
    return build if tap.ok(status == 0, "configure runs", output) else None


check_library_alone()

with tempfile.TemporaryDirectory() as work:
    prefix = os.path.join(work, "usr")
    # The directory of the build may be configured for another place: all of them are given.
    others = check(
        "make", ".", prefix, None, "DESTDIR=", "prefix=" + prefix, "exec_prefix=" + prefix,
        "bindir=%s/bin" % prefix, "libdir=%s/lib" % prefix, "includedir=%s/include" % prefix,
        "datarootdir=%s/share" % prefix, "docdir=%s/share/doc/libsessionpay" % prefix)

with tempfile.TemporaryDirectory() as work:
    directory = configure(work)
    if directory:
        check("configure", directory, os.path.join(work, "usr"), others, "DESTDIR=")
    else:
        tap.skip("configure", "neither configure nor autoconf is here")

tap.done()
