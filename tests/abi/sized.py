# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Builds and runs sized.c, with the list of all sized structs taken from the headers."""

import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "project"))

from common import (ADAPTERS, DEFINES, EMULATOR, LIBRARIES, SHARED, STATIC, is_sized,  # noqa: E402
                    link, skip_all, structs, write)

if set(DEFINES) - {"-DSPAY_DISABLE_THREADS", "-DSPAY_WITHOUT_CURL"}:
    skip_all("built with " + " ".join(DEFINES))

with tempfile.TemporaryDirectory() as directory:
    absent = list(ADAPTERS) + (["multi.h"] if "-DSPAY_WITHOUT_CURL" in DEFINES else [])
    names = [struct["name"] for struct in structs()
             if is_sized(struct) and struct["header"] not in absent]
    write(os.path.join(directory, "sized_structs.h"), "".join(
        "SIZED(%s, %s_INIT)\n" % (name, name.upper()) for name in names))
    program = os.path.join(directory, "sized")
    link(program, os.path.join(HERE, "sized.c"), "-I" + directory, STATIC or SHARED, *LIBRARIES)
    os.environ["LD_LIBRARY_PATH"] = os.path.abspath(os.path.dirname(STATIC or SHARED))
    try:
        sys.exit(subprocess.call(EMULATOR + [program]))
    except OSError:
        skip_all("the compiler makes programs for another machine")
