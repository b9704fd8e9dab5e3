# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""What developers ask make for: the list of targets, how files are compiled, what tests cover."""

import json
import os
import re
import shlex
import shutil
import sys
import tempfile

from common import CC, SRCDIR, Tap, read, run, runs_here, write

MAKE = shlex.split(os.environ.get("MAKE", "make"))
GCOV = os.environ.get("GCOV", "gcov")
HERE = os.path.abspath(SRCDIR)

tap = Tap()

makefile = read(os.path.join(SRCDIR, "Makefile"))
targets = " ".join(re.findall(r"^\.PHONY: (.*)$", makefile, flags=re.M)).split()
status, output = run(MAKE + ["--no-print-directory", "help"])
tap.ok(status == 0, "make help works", output)
tap.empty([name for name in targets if name not in ("all", "fuzzers", "http2-tests", "FORCE") and
           not re.search(r"\bmake %s(?![\w-])" % re.escape(name), output)],
          "make help lists every target")

with tempfile.TemporaryDirectory() as work:
    os.symlink(os.path.join(HERE, "Makefile"), os.path.join(work, "Makefile"))
    status, output = run(MAKE + ["--no-print-directory", "-C", work, "srcdir=" + HERE, "O=build",
                                 "NATIVE=build", "compile_commands.json"])
    if tap.ok(status == 0, "make compile_commands.json works", output):
        entries = json.loads(read(os.path.join(work, "compile_commands.json")))
        files = {os.path.relpath(os.path.join(entry["directory"], entry["file"]), HERE)
                 for entry in entries}
        tap.ok({"version.c", "client.c", "main.c"} <= {os.path.basename(path) for path in files},
               "it has library and programs", sorted(files))
        tap.empty({path for path in files if not os.path.exists(os.path.join(HERE, path))},
                  "every file in it exists")
        tap.empty({entry["file"] for entry in entries if "-c" not in entry["arguments"] or
                   entry["arguments"][-1] != entry["file"]}, "and comes with its compiler's command")

HALF = """
int half(int yes);
int half(int yes)
{
    if (yes)
        return 1;
    yes += 2;
    yes += 3;
    return yes;
}
"""


def coverage():
    with tempfile.TemporaryDirectory() as work:
        objects = os.path.join(work, "build", "obj", "lib")
        os.makedirs(objects)
        os.mkdir(os.path.join(work, "lib"))
        write(os.path.join(work, "lib", "half.c"), HALF)
        write(os.path.join(work, "main.c"),
              "int half(int yes);\nint main(void) { return half(1) != 1; }\n")
        status, output = run(CC + ["-O0", "--coverage", "-c", "-o", "build/obj/lib/half.o",
                                   "lib/half.c"], cwd=work)
        if status == 0:
            status, output = run(CC + ["-O0", "--coverage", "-o", "main", "main.c",
                                       "build/obj/lib/half.o"], cwd=work)
        if status != 0 or not runs_here(os.path.join(work, "main")):
            tap.skip("coverage prints a table", "the compiler counts nothing: " + output[:80])
            return
        tool = [sys.executable, os.path.join(HERE, "build-aux", "coverage"), GCOV, "build", "lib"]
        status, output = run(tool + ["50", "50"], cwd=work)
        tap.ok(status == 0 and re.search(r"^lib/half\.c +50\.0 % of +6 +50\.0 % of +2$", output,
                                         flags=re.M), "coverage prints a table", output)
        for bounds in (["51", "50"], ["50", "51"], ["50", "50", "lib/half.c"]):
            status, output = run(tool + bounds, cwd=work)
            tap.ok(status != 0 and "less than" in output, "and fails below " + " ".join(bounds), output)


if shutil.which(shlex.split(GCOV)[0]):
    coverage()
else:
    tap.skip("coverage prints a table", GCOV + " is not here")

tap.done()
