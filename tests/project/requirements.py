# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""make and configure look at the versions of what the library needs, and say which is too old or
missing, how old it may be, and what to do."""

import os
import re
import shlex
import shutil
import tempfile

from common import DEFINES, SRCDIR, Tap, read, run, write

MAKE = shlex.split(os.environ.get("MAKE", "make"))
PKG_CONFIG = os.environ.get("PKG_CONFIG", "pkg-config")
OLDEST = dict(re.findall(r"^OLDEST_(\w+) *:= *([0-9.]+)$", read(os.path.join(SRCDIR, "Makefile")),
                         flags=re.M))
MODULES = ["libcrypto"] + (
    [] if "-DSPAY_WITHOUT_CURL" in DEFINES else ["libcurl", "libssl"])

tap = Tap()


def describe(directory, module, version):
    """A .pc file of that version, and of those of the system for the others."""
    for name in MODULES:
        _, here = run(shlex.split(PKG_CONFIG) + ["--modversion", name])
        write(os.path.join(directory, name + ".pc"),
              "Name: %s\nDescription: %s\nVersion: %s\nLibs:\nCflags:\n"
              % (name, name, version if name == module else here.strip()))
    if version is None:
        os.remove(os.path.join(directory, module + ".pc"))


def one_less(version):
    """7.87.1 becomes 7.87.0, 3.0.0 becomes 2.99.99."""
    parts = [int(part) for part in version.split(".")]
    last = max(index for index, part in enumerate(parts) if part)
    parts[last] -= 1
    parts[last + 1:] = [99] * (len(parts) - last - 1)
    return ".".join(map(str, parts))


def make(work, pkg_config):
    return run(MAKE + ["-n", "O=" + os.path.join(work, "build"), "PKG_CONFIG=" + pkg_config, "lib"])


def configure(work, pkg_config):
    script = os.path.join(SRCDIR, "configure")
    if not os.path.exists(script):
        script = os.path.join(work, "configure")
        run(["autoconf", "-o", script, os.path.abspath(os.path.join(SRCDIR, "configure.ac"))],
            cwd=work)
    options = [] if "libcurl" in MODULES else ["--without-curl"]
    return run(["sh", os.path.abspath(script), "--srcdir=" + os.path.abspath(SRCDIR),
                "PKG_CONFIG=" + pkg_config] + options, cwd=work)


def check(name, tool):
    for module in MODULES:
        oldest = OLDEST.get(module, "")
        for version in [one_less(oldest), None] + [oldest] * (module == MODULES[-1]):
            with tempfile.TemporaryDirectory() as work:
                describe(work, module, version)
                script = os.path.join(work, "pkg-config")
                write(script, "#!/bin/sh\nPKG_CONFIG_LIBDIR=%s PKG_CONFIG_PATH= exec %s \"$@\"\n"
                      % (work, PKG_CONFIG))
                os.chmod(script, 0o755)
                status, output = tool(work, script)
            title = "%s: %s %s" % (name, module, version or "is missing")
            if version == oldest:
                tap.ok(status == 0, title + " is enough", output)
            else:
                told = [line for line in output.splitlines()
                        if module in line and oldest in line and (version or "none") in line
                        and ("PKG_CONFIG_PATH" if version else "./bootstrap") in line]
                tap.ok(status != 0 and told, title + (" is too old" if version else ""), output)


tap.empty([module for module in MODULES if module not in OLDEST],
          "the Makefile says how old each library may be")
check("make", make)
if os.path.exists(os.path.join(SRCDIR, "configure")) or shutil.which("autoconf"):
    check("configure", configure)
else:
    tap.skip("configure", "neither configure nor autoconf is here")

tap.done()
