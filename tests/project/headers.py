# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Each public header stands alone, in C99 and C++, and every language can bind what it declares."""

import os
import re
import tempfile

from common import (ADAPTERS, CC, HEADERS, INCLUDE, Tap, cxx, description, functions, is_sized,
                    public_headers, read, run, structs, write)

STRICT = ["-pedantic", "-Wall", "-Wextra", "-Wshadow", "-Werror", "-fsyntax-only", "-I" + INCLUDE]

STANDARD = {"limits.h", "stddef.h", "stdint.h"}

# What all compilers and language bindings agree on. Handing over a struct itself fixes its size
# forever, so structs are pointed to.
SHARED_TYPE = re.compile(r"(size_t|u?int(32|64)_t|spay_status)( \*)?|"
                         r"(const )?(void|char|int32_t|spay_\w+) \*+(const \*)?")

tap = Tap()


def uses(header):
    """A program that includes one header, twice, and makes use of every initialiser in it."""
    lines = ["#include <sessionpay/%s>" % header] * 2
    for struct in structs():
        if struct["header"] == header and is_sized(struct):
            name = struct["name"]
            lines += ["%s make_%s(void);" % (name, name), "%s make_%s(void)" % (name, name),
                      "{", "    %s made = %s;" % (name, struct["initializer"]), "    return made;", "}"]
    return "\n".join(lines + ["int main(void) { return 0; }", ""])


def compiles_alone(compiler, language, suffix):
    with tempfile.TemporaryDirectory() as directory:
        for header in public_headers():
            path = os.path.join(directory, "alone" + suffix)
            write(path, uses(header))
            status, output = run(compiler + ["-std=" + language] + STRICT + [path])
            tap.ok(status == 0, "%s compiles alone as %s" % (header, language), output)


compiles_alone(CC, "c99", ".c")
for language in "c++98", "c++17":
    if cxx():
        compiles_alone(cxx(), language, ".cpp")
    else:
        tap.skip("each header compiles alone as " + language, "no C++ compiler")

foreign = []
for header in public_headers():
    for name in re.findall(r"^\s*#\s*include\s*[<\"]([^>\"]+)", read(os.path.join(HEADERS, header)),
                           flags=re.M):
        directory, _, base = name.rpartition("/")
        ours = directory == "sessionpay" and base in public_headers()
        if not ours and name not in STANDARD:
            foreign.append("%s includes %s" % (header, name))
tap.empty(foreign, "public headers include standard headers and each other only")



def reached(header, seen):
    """The public headers that one brings in."""
    if header not in seen:
        seen.add(header)
        text = read(os.path.join(HEADERS, header))
        for name in re.findall(r"#include <sessionpay/(\w+\.h)>", text):
            reached(name, seen)
    return seen


tap.empty(set(public_headers()) - set(ADAPTERS) - reached("sessionpay.h", set()),
          "sessionpay.h brings in every other header")
tap.empty(set(ADAPTERS) & reached("sessionpay.h", set()),
          "and none of a library that may not be installed")

def values_of(entry):
    """(name, type) of what a function or a callback takes and returns."""
    yield "what it returns", entry["returns"]["type"]
    for parameter in entry.get("parameters", []):
        yield parameter["name"], parameter["type"]


tap.empty(["%s: %s: %s is %s" % (entry["header"], entry["name"], name, kind)
           for entry in functions() + description()["callbacks"] for name, kind in values_of(entry)
           if not SHARED_TYPE.fullmatch(kind) and kind != "void" and "(*)" not in kind],
          "functions and callbacks take pointers, size_t and fixed-width integers only")
tap.empty(["%s: %s::%s is %s" % (struct["header"], struct["name"], member["name"], member["type"])
           for struct in structs() for member in struct["members"]
           if not SHARED_TYPE.fullmatch(member["type"]) and "callback" not in member],
          "so have structs")
tap.empty({struct["name"] for struct in structs() if is_sized(struct) and "initializer" not in struct},
          "every sized struct has its initialiser macro")
tap.empty({struct["name"] for struct in structs() if is_sized(struct) and "init" not in struct},
          "every sized struct has its initialiser function")

tap.done()
