# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Another version, in the places that versions.py compares, and nothing else to change: the golden
cases hold with it."""

import os
import re
import shlex
import tempfile

from common import EMULATOR, SRCDIR, Tap, read, run, write

OTHER = "12.34.56"

tap = Tap()


def bump(work):
    """A tree of links to ours, in which the version is another one."""
    for name in "build-aux", "examples", "lib", "pkgconfig", "tests", "tools", "Makefile":
        os.symlink(os.path.abspath(os.path.join(SRCDIR, name)), os.path.join(work, name))
    headers = os.path.join(work, "include", "sessionpay")
    os.makedirs(headers)
    for name in os.listdir(os.path.join(SRCDIR, "include", "sessionpay")):
        text = read(os.path.join(SRCDIR, "include", "sessionpay", name))
        if name == "version.h":
            for part, number in zip(("MAJOR", "MINOR", "PATCH"), OTHER.split(".")):
                text = re.sub(r"(SPAY_VERSION_%s) \d+" % part, r"\1 " + number, text)
            text = re.sub(r'(SPAY_VERSION_STRING) "[^"]*"', r'\1 "%s"' % OTHER, text)
        write(os.path.join(headers, name), text)
    text = read(os.path.join(SRCDIR, "configure.ac"))
    write(os.path.join(work, "configure.ac"),
          re.sub(r"^(AC_INIT.*\[)[0-9.]+\]", r"\g<1>%s]" % OTHER, text, flags=re.M))


with tempfile.TemporaryDirectory() as work:
    bump(work)
    program = os.path.join(work, "build", "tests", "golden")
    status, output = run(shlex.split(os.environ.get("MAKE", "make")) + [
        "-C", work, "srcdir=.", "O=build", "NATIVE=build", "CFLAGS=-O0", "DISABLE_SHARED=1",
        "build/tests/golden"])
    if not tap.ok(status == 0, "the golden cases build with another version", output):
        tap.done()
    status, output = run(EMULATOR + [program, os.path.join(SRCDIR, "tests", "fixtures")])
    failed = [line for line in output.splitlines() if line.startswith("not ok")]
    tap.ok(status == 0 and not failed, "and hold", "%d fail" % len(failed), *failed[:5])
    with open(program, "rb") as file:
        tap.ok(OTHER.encode() in file.read(), "it is the other version")

tap.done()
