# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""The layout of every public struct stays what it was: members may only be added at the end.

The table holds "struct.member offset size" and "struct size". Every line in it must stay true,
except that a struct may become larger, and what is new must begin where the struct ended before:
not in its padding, where a program compiled earlier may have left anything.
--update (make abi-update) adds what is new.
"""

import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "project"))

from common import (EMULATOR, SRCDIR, Tap, link, public_headers, read, run, runs_here,  # noqa: E402
                    skip_all, structs, write)


def layout(directory):
    """What the compiler says: a list of ("struct" or "struct.member", numbers)."""
    lines = ["#include <sessionpay/%s>" % header for header in public_headers()]
    lines += ["#include <stdio.h>",
             "typedef struct { char byte; int64_t number; } aligned;",
             '#define TELL(s, m) printf(#s "." #m " %zu %zu\\n", offsetof(s, m), sizeof((s *)0)->m)',
             "int main(void)",
             "{"]
    for struct in sorted(structs(), key=lambda struct: struct["header"]):
        name = struct["name"]
        lines += ["    TELL(%s, %s);" % (name, member["name"]) for member in struct["members"]]
        lines += ['    printf("%s %%zu\\n", sizeof(%s));' % (name, name)]
    lines += ['    printf("- %zu %zu ", sizeof(void *), sizeof(long));',
              '    printf("%zu\\n", offsetof(aligned, number));',
              "    return 0;", "}", ""]
    program = os.path.join(directory, "offsets")
    write(program + ".c", "\n".join(lines))
    link(program, program + ".c")
    if not runs_here(program):
        skip_all("the compiler makes programs for another machine")
    rows = [line.split() for line in run(EMULATOR + [program])[1].splitlines()]
    return [(row[0], [int(number) for number in row[1:]]) for row in rows]


with tempfile.TemporaryDirectory() as directory:
    now = layout(directory)

# Pointer, long, and where an int64_t goes after a byte: i386 differs from other 32-bit systems.
model = {(8, 8, 8): "lp64", (8, 4, 8): "llp64", (4, 4, 8): "ilp32", (4, 4, 4): "ilp32-align4"}[
    tuple(now.pop()[1])]
path = os.path.join(SRCDIR, "tests", "abi", "offsets-%s.txt" % model)

before = {}
if os.path.exists(path):
    for line in read(path).splitlines():
        words = line.split()
        before[words[0]] = [int(number) for number in words[1:]]
elif "--update" not in sys.argv:
    skip_all("there is no table for %s yet; make abi-update writes it" % model)

current = dict(now)
gone = sorted(set(before) - set(current))
moved = ["%s: was %s, is %s" % (name, old, current[name]) for name, old in before.items()
         if name in current and "." in name and current[name] != old]
shrunk = ["%s: was %s, is %s" % (name, old, current[name]) for name, old in before.items()
          if name in current and "." not in name and current[name] < old]
added = [name for name, _ in now if name not in before]
hidden = []
for name in added:
    struct = name.split(".")[0]
    if "." in name and struct in before and current[name][0] < before[struct][0]:
        hidden.append("%s begins at %d; the struct was %d bytes long: put padding in front" %
                      (name, current[name][0], before[struct][0]))

if "--update" in sys.argv:
    if gone or moved or shrunk or hidden:
        sys.exit("not an addition:\n  " + "\n  ".join(gone + moved + shrunk + hidden))
    write(path, "".join("%s %s\n" % (name, " ".join(map(str, numbers))) for name, numbers in now))
    print("%s: %d lines, %d new" % (path, len(now), len(added)))
    sys.exit(0)

tap = Tap()
tap.ok(now, "the headers have structs")
tap.empty(gone, "no struct or member has gone")
tap.empty(moved, "no member has moved or changed its size")
tap.empty(shrunk, "no struct has shrunk")
tap.empty(hidden, "new members begin after what there was before")
tap.ok(not added, "every member is in the table", "make abi-update adds:", *added)
tap.done()
