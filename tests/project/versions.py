# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""There is one version, in configure.ac, and everything that tells a version tells that one."""

import os
import re

from common import BUILD, HEADERS, SHARED, SRCDIR, Tap, read, run

tap = Tap()

version = re.search(r"^AC_INIT.*\[([0-9.]+)\]", read(os.path.join(SRCDIR, "configure.ac")),
                    flags=re.M).group(1)
header = read(os.path.join(HEADERS, "version.h"))
numbers = [re.search(r"^#define SPAY_VERSION_%s (\d+)$" % part, header, flags=re.M).group(1)
           for part in ("MAJOR", "MINOR", "PATCH")]
string = re.search(r"^#define SPAY_VERSION_STRING \"([^\"]*)\"", header, flags=re.M).group(1)

tap.ok(os.environ.get("VERSION") == version, "the Makefile reads the version from configure.ac",
       os.environ.get("VERSION"))
tap.ok(".".join(numbers) == version, "version.h has the same numbers", ".".join(numbers))
tap.ok(string == version, "version.h has the same string", string)
tap.ok("Version: @VERSION@" in read(os.path.join(SRCDIR, "pkgconfig", "libsessionpay.pc.in")),
       "the .pc file gets its version from the Makefile")

if SHARED:
    tap.ok(version in os.path.basename(SHARED), "the shared library bears the version", SHARED)
else:
    tap.skip("the shared library bears the version", "no shared library in this build")

sandbox = os.path.join(BUILD, "bin", "sessionpay-sandbox")
if os.path.exists(sandbox):
    status, output = run([sandbox, "--version"])
    tap.ok(status == 0 and version in output.split(), "the sandbox tells the same version", output)
else:
    tap.skip("the sandbox tells the same version", "no sandbox in this build")

changelog = os.path.join(SRCDIR, "CHANGELOG.md")
if os.path.exists(changelog):
    tap.ok(re.search(r"^## .*(Unreleased|%s)" % re.escape(version), read(changelog),
                     flags=re.M | re.I), "the changelog has a section for this version")

tap.done()
