# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""The commands in docs/firmware.md for a static build with musl, taken from the page and run."""

import os
import re
import shutil
import tempfile

from common import BUILD, SRCDIR, Tap, read, run, skip_all

LIBRARIES = os.path.abspath(os.path.join(BUILD, "cross", "musl"))

if not shutil.which("musl-gcc"):
    skip_all("musl-gcc is missing; ./bootstrap musl installs it")
if not os.path.exists(os.path.join(LIBRARIES, ".ready")):
    skip_all("its libraries are not built; make cross-check CROSS=musl does")

tap = Tap()


def commands():
    """All of the section's first block, except what installs packages."""
    page = read(os.path.join(SRCDIR, "docs", "firmware.md"))
    block = re.search(r"^## Static, with musl\n+```sh\n(.*?)^```", page, flags=re.M | re.S).group(1)
    return re.sub(r"^\./bootstrap.*\n", "", block, flags=re.M)


with tempfile.TemporaryDirectory() as work:
    for name in "build-aux", "configure.ac", "examples", "include", "lib", "Makefile":
        os.symlink(os.path.abspath(os.path.join(SRCDIR, name)), os.path.join(work, name))
    os.mkdir(os.path.join(work, "build"))
    os.symlink(LIBRARIES, os.path.join(work, "build", "musl")) # made already
    clean = {name: value for name, value in os.environ.items()
             if not re.match(r"MAKE|MFLAGS|CC$|CFLAGS|LDFLAGS|PKG_CONFIG|BUILD$|SRCDIR$", name)}
    status, output = run(["sh", "-ec", commands()], cwd=work, env=clean)
    tap.ok(status == 0, "the commands work as they are written", output)
    program = os.path.join(work, "build", "examples", "firmware")
    tap.ok(os.path.exists(os.path.join(work, "build", "lib", "libsessionpay.a")),
           "the library is there")
    status, output = run(["readelf", "-lW", program])
    tap.ok(status == 0 and "INTERP" not in output, "the example needs nothing on the device", output)

tap.done()
