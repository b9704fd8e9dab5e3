# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""What the project tests share: TAP output, commands, and the description of our headers."""

import functools
import json
import os
import re
import shlex
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "support"))
from tap import Tap, skip_all  # noqa: E402, F401

SRCDIR = os.environ.get("SRCDIR", ".")
BUILD = os.environ.get("BUILD", "build")
VERSION = os.environ.get("VERSION", "")
STATIC = os.environ.get("STATIC", "")
SHARED = os.environ.get("SHARED", "")
DEFINES = os.environ.get("DEFINES", "").split()
LIBRARIES = shlex.split(os.environ.get("LIBRARIES", ""))
CC = shlex.split(os.environ.get("CC", "cc"))
CFLAGS = shlex.split(os.environ.get("CFLAGS", ""))
LDFLAGS = shlex.split(os.environ.get("LDFLAGS", ""))
EMULATOR = shlex.split(os.environ.get("EMULATOR", ""))
NM = shlex.split(os.environ.get("NM", "nm"))
INCLUDE = os.path.join(SRCDIR, "include")
HEADERS = os.path.join(INCLUDE, "sessionpay")


# Headers of libraries other than libsessionpay, and the name of each.
ADAPTERS = {"file.h": "file", "redis.h": "redis"}


def run(command, **options):
    """Runs a command; returns (exit status, stdout and stderr)."""
    result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, universal_newlines=True, check=False,
                            **options)
    return result.returncode, result.stdout


def runs_here(program):
    """Whether the compiler's programs can be run: those of a cross compiler need EMULATOR."""
    try:
        return run(EMULATOR + [program])[0] == 0
    except OSError:
        return False


def link(program, source, *libraries):
    """Compiles and links a C file as C99, with the user's flags; raises what the compiler said."""
    status, output = run(CC + ["-std=c99", "-I" + INCLUDE, "-o", program, source] + CFLAGS +
                         LDFLAGS + list(libraries))
    if status:
        raise RuntimeError(output)


def cxx():
    """The C++ compiler that goes with CC, or None."""
    name = os.path.basename(CC[0])
    guess = CC[0][:len(CC[0]) - len(name)] + re.sub(
        r"(^|-)cc\b", r"\1c++", re.sub(r"clang", "clang++", re.sub(r"gcc", "g++", name)))
    for candidate in [os.environ.get("CXX", ""), guess, "c++", "g++", "clang++"]:
        words = shlex.split(candidate)
        if words and shutil.which(words[0]):
            return words
    return None


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def sources(*directories):
    """Every C source and header below these directories of the source tree, sorted."""
    found = []
    for directory in directories:
        for base, _, names in os.walk(os.path.join(SRCDIR, directory)):
            found += [os.path.relpath(os.path.join(base, name), SRCDIR)
                      for name in names if name.endswith((".c", ".h"))]
    return sorted(found)


def public_headers():
    return sorted(name for name in os.listdir(HEADERS) if name.endswith(".h"))


def without_comments(text):
    """The text with every comment blanked out, every line where it was."""
    return re.sub(r"/\*.*?\*/|//[^\n]*", lambda match: re.sub(r"[^\n]", " ", match.group()),
                  text, flags=re.S)


@functools.lru_cache(maxsize=None)
def description():
    """What make api has written of the public headers; api.py says if it is stale."""
    return json.loads(read(os.path.join(SRCDIR, "share", "sessionpay.api.json")))


def functions():
    return description()["functions"]


def structs():
    return description()["structs"]


def is_sized(struct):
    """Whether callers make it, of the size that they know."""
    return struct["filled_by"] == "caller"


def map_names(adapter=None):
    """The names listed in the linker map of the library, or of an adapter."""
    path = "adapters/%s/libsessionpay-%s.map" % (adapter, adapter) if adapter else "lib/libsessionpay.map"
    text = without_comments(read(os.path.join(SRCDIR, path)))
    return re.findall(r"^\s*(\w+);", re.sub(r"#[^\n]*", "", text), flags=re.M)
