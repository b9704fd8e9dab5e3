# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Each public header stands alone, in C99 and C++, and every language can bind what it declares."""

import os
import re
import tempfile

from common import (ADAPTERS, CC, HEADERS, INCLUDE, Tap, cxx, functions, public_headers, read, run, structs,
                    without_comments, write)

STRICT = ["-pedantic", "-Wall", "-Wextra", "-Wshadow", "-Werror", "-fsyntax-only", "-I" + INCLUDE]

STANDARD = {"limits.h", "stddef.h", "stdint.h"}

# No two compilers, or no two language bindings, agree on these.
FORBIDDEN = re.compile(r"\b(enum|bool|_Bool|long|short|unsigned|signed|float|double|time_t|off_t|"
                       r"ssize_t|pid_t|wchar_t|FILE|union|va_list|struct timeval|struct timespec)\b"
                       r"|\.\.\.|\w\s*:\s*\d")
# Handing over a struct itself, or an array whose size is part of the type, fixes its size forever.
BY_VALUE = re.compile(r"^(const )?(struct )?spay_(?!status\b)\w+$")

tap = Tap()


def uses(header):
    """A program that includes one header, twice, and makes use of every initialiser in it."""
    text = read(os.path.join(HEADERS, header))
    lines = ["#include <sessionpay/%s>" % header] * 2
    for macro in re.findall(r"^#define (SPAY_\w+_INIT)\b", text, flags=re.M):
        name = macro[:-len("_INIT")].lower()
        lines += ["%s make_%s(void);" % (name, name), "%s make_%s(void)" % (name, name),
                  "{", "    %s made = %s;" % (name, macro), "    return made;", "}"]
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

bad = []
for function in functions():
    where = "%s:%d: %s()" % (function.header, function.line, function.name)
    bad += ["%s: %s" % (where, match.group())
            for match in FORBIDDEN.finditer(function.result + "; " + function.parameters)]
    if BY_VALUE.search(function.result):
        bad.append(where + " returns a struct by value")
    for parameter in function.parameters.split(","):
        if "*" not in parameter and BY_VALUE.search(" ".join(parameter.split()[:-1])):
            bad.append(where + " takes a struct by value: " + parameter.strip())
tap.empty(bad, "signatures use pointers, size_t and fixed-width integers only")

bad = []
for struct in structs():
    for member in struct.members:
        where = "%s:%d: %s.%s" % (struct.header, struct.line, struct.name, member.name)
        match = FORBIDDEN.search(member.type)
        if match:
            bad.append("%s: %s" % (where, match.group()))
        if BY_VALUE.search(member.type):
            bad.append(where + " embeds a struct")
        if re.search(r"\[\s*\]", member.type):
            bad.append(where + " is a flexible array")
tap.empty(bad, "structs have pointer, size_t and fixed-width integer members only")

bad = []
for header in public_headers():
    code = without_comments(read(os.path.join(HEADERS, header)))
    if re.search(r"^\s*(typedef\s+)?union\b", code, flags=re.M):
        bad.append(header + " has a union")
    if re.search(r"^extern (?!\"C\")", code, flags=re.M):
        bad.append(header + " declares a variable")
    if re.search(r"^SPAY_API[^;(]*;", code, flags=re.M):
        bad.append(header + " exports a variable")
    for body in re.findall(r"enum\s*\w*\s*\{([^}]*)\}", code):
        bad += ["%s: %s has no number" % (header, value.strip())
                for value in body.split(",") if value.strip() and "=" not in value]
tap.empty(bad, "no unions, no data symbols, and every constant has its number")

sized = {struct.name for struct in structs()
         if struct.members and struct.members[0].name == "struct_size"}
names = {function.name for function in functions()}
macros = set(re.findall(r"^#define (SPAY_\w+_INIT)\b", "\n".join(
    read(os.path.join(HEADERS, header)) for header in public_headers()), flags=re.M))
tap.empty({name for name in sized if name.upper() + "_INIT" not in macros},
          "every sized struct has its initialiser macro")
tap.empty({name for name in sized if name + "_init" not in names},
          "every sized struct has its initialiser function")

tap.done()
