# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""What the project tests share: TAP output, commands, and a small parser for our own headers."""

import collections
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


Function = collections.namedtuple("Function", "name header line result parameters comment")
Struct = collections.namedtuple("Struct", "name header line members comment")
Member = collections.namedtuple("Member", "name type")


def comment_above(text, position):
    """The doc comment that ends on the line right above, or an empty string."""
    match = re.search(r"(/\*\*(?:(?!\*/).)*\*/)[ \t]*\n$", text[:position], flags=re.S)
    return match.group(1) if match else ""


def functions():
    """Every function that the public headers declare with SPAY_API."""
    found = []
    for header in public_headers():
        text = read(os.path.join(HEADERS, header))
        code = without_comments(text)
        for match in re.finditer(r"^SPAY_API\b([^;{]*?)\b(\w+)\s*\(([^;]*)\)\s*;", code,
                                 flags=re.M):
            result, name, parameters = match.groups()
            found.append(Function(name, header, code.count("\n", 0, match.start()) + 1,
                                  " ".join(result.split()), " ".join(parameters.split()),
                                  comment_above(text, match.start())))
    return found


def structs():
    """Every struct with members in the public headers."""
    found = []
    for header in public_headers():
        text = read(os.path.join(HEADERS, header))
        code = without_comments(text)
        for match in re.finditer(r"^(typedef )?struct (\w+)\s*\{([^}]*)\}", code, flags=re.M):
            members = [member(part) for part in match.group(3).split(";") if part.strip()]
            found.append(Struct(match.group(2), header, code.count("\n", 0, match.start()) + 1,
                                members, comment_above(text, match.start())))
    return found


def member(declaration):
    """Splits one member declaration into its name and its type."""
    declaration = " ".join(declaration.split())
    match = re.match(r"(.*)\(\s*\*\s*(\w+)\s*\)\s*\((.*)\)$", declaration)
    if match:
        return Member(match.group(2), "%s(*)(%s)" % (match.group(1), match.group(3)))
    match = re.match(r"(.*?)(\w+)((?:\[[^]]*\])*)$", declaration)
    return Member(match.group(2), (match.group(1) + match.group(3)).strip())


def map_names(adapter=None):
    """The names listed in the linker map of the library, or of an adapter."""
    path = "adapters/%s/libsessionpay-%s.map" % (adapter, adapter) if adapter else "lib/libsessionpay.map"
    text = without_comments(read(os.path.join(SRCDIR, path)))
    return re.findall(r"^\s*(\w+);", re.sub(r"#[^\n]*", "", text), flags=re.M)
