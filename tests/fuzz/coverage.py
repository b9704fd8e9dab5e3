#!/usr/bin/env python3
# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""How much of the parsers the corpora run through.

usage: coverage.py SRCDIR BUILD CORPORA HARNESS...

BUILD has the harnesses, with clang's coverage and tests/fuzz/support/replay.c. Each plays its seeds, and
what it has in CORPORA, if there is any. Prints lines and branches of each file that reads what others
write; BUILD/missed.txt has the lines that none ran through.
"""

import glob
import json
import os
import re
import subprocess
import sys

import seeds

# Most of lib/core decides, rather than reads; the rest is here.
PARSERS = re.compile(r"(lib/(json|wire|providers)/.*"
                     r"|lib/base/(ascii|date|url)|lib/http/message"
                     r"|lib/core/(call_share|envelope|reply|redact|seal|share|store)"
                     r"|adapters/file/(record|shard|file)|adapters/redis/(connection|url))\.c")


def play(program, build, corpora):
    """The raw profile of a harness."""
    name = os.path.basename(program)
    inputs = os.path.join(build, "inputs", name)
    seeds.write(name, inputs)
    files = glob.glob(os.path.join(inputs, "*")) + glob.glob(os.path.join(corpora, name, "*"))
    profile = os.path.join(build, name + ".profraw")
    subprocess.run([program] + files, stdout=subprocess.DEVNULL, check=True,
                   env=dict(os.environ, LLVM_PROFILE_FILE=profile))
    return profile


def cover(verb, programs, profile, *options):
    objects = [word for program in programs[1:] for word in ("-object", program)]
    return subprocess.run(["llvm-cov", verb, "-instr-profile=" + profile] + list(options) + programs[:1] + objects,
                          stdout=subprocess.PIPE, check=True).stdout.decode("utf-8", "replace")


def missed(shown):
    """The lines that were never run, of what llvm-cov shows of a file."""
    return [line for line in shown.splitlines() if re.match(r" *\d+\| +0\|", line)]


def main():
    srcdir, build, corpora = sys.argv[1:4]
    programs = [os.path.join(build, "tests", "fuzz", name) for name in sys.argv[4:]]
    profile = os.path.join(build, "profile")
    subprocess.run(["llvm-profdata", "merge", "-o", profile]
                   + [play(program, build, corpora) for program in programs], check=True)
    said = json.loads(cover("export", programs, profile, "-summary-only"))["data"][0]["files"]
    found = {os.path.relpath(one["filename"], srcdir): one["summary"] for one in said}
    lines, covered = 0, 0
    print("%-34s %15s %19s" % ("file", "lines", "branches"))
    with open(os.path.join(build, "missed.txt"), "w", encoding="utf-8") as file:
        for name in sorted(name for name in found if PARSERS.fullmatch(name)):
            parts = found[name]
            lines += parts["lines"]["count"]
            covered += parts["lines"]["covered"]
            print("%-34s %6.1f %% of %4d %8.1f %% of %4d" % (
                name, parts["lines"]["percent"], parts["lines"]["count"],
                parts["branches"]["percent"], parts["branches"]["count"]))
            shown = missed(cover("show", programs, profile, os.path.join(srcdir, name)))
            file.write("".join("%s\n" % line for line in ([name] + shown if shown else [])))
    print("%-34s %6.1f %% of %4d" % ("total", 100 * covered / lines, lines))


main()
