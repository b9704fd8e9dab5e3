#!/usr/bin/env python3
# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""How much of the parsers the corpora run through.

usage: coverage.py SRCDIR BUILD CORPORA HARNESS...

BUILD has the harnesses, with clang's coverage and tests/fuzz/support/replay.c. Each plays its seeds, and
what it has in CORPORA, if there is any. Prints how many lines of what reads the bytes of others were run;
BUILD/missed.txt has the lines that were not.
"""

import glob
import os
import re
import subprocess
import sys

import seeds

READERS = r"read_\w+|state_of|type_of|differs|warnings_of|to_own_clock|fill_info|check_object"

# What reads: files, and functions where a file does more.
PARSERS = dict.fromkeys(
    ["lib/base/date.c", "lib/base/url.c", "lib/core/envelope.c", "lib/core/redact.c", "lib/core/reply.c",
     "lib/core/seal.c", "lib/json/read.c", "lib/json/scan.c", "lib/wire/http1_decode.c", "lib/wire/http2.c",
     "adapters/file/record.c", "adapters/redis/url.c"], r"\w+")
PARSERS.update(dict.fromkeys(
    ["lib/providers/%s.c" % name for name in ("connect_client", "connect_server", "hosted_fields", "wepay")], READERS))
PARSERS.update({
    "lib/core/call_share.c": r"next_word|number_of|take_\w+|is_token",
    "lib/core/retry.c": r"parse_\w+|longest|rate_limit_reset|spay__retry_after_ms",
    "lib/providers/apple_pay.c": r"\w+",
    "adapters/file/clock.c": r"spay__file_time_left",
    "adapters/redis/connection.c": r"receive|create_short_array|read_fence|end_\w+|has_code|is_lasting|settle|tell_error"})


def play(program, build, corpora):
    """The raw profile of a harness."""
    name = os.path.basename(program)
    inputs = os.path.join(build, "inputs", name)
    seeds.write(name, inputs)
    files = glob.glob(os.path.join(inputs, "*")) + glob.glob(os.path.join(corpora, name, "*"))
    profile = os.path.join(build, name + ".profraw")
    done = subprocess.run([program] + files, stdout=subprocess.PIPE, check=False,
                          env=dict(os.environ, LLVM_PROFILE_FILE=profile))
    if done.returncode:
        sys.exit("%s ended at %s" % (name, done.stdout.decode().splitlines()[-1]))
    return profile


def show(programs, profile, path):
    objects = [word for program in programs[1:] for word in ("-object", program)]
    return subprocess.run(["llvm-cov", "show", "-instr-profile=" + profile] + programs[:1] + objects + [path],
                          stdout=subprocess.PIPE, check=True).stdout.decode("utf-8", "replace")


def counted(shown, pattern):
    """(how often it was run, the line) of each line of the functions whose name matches."""
    wanted = False
    for line in shown.splitlines():
        _, count, text = (line.split("|", 2) + ["", ""])[:3]
        name = re.match(r"[a-z].*?(\w+)\(", text)
        if name:
            wanted = bool(re.fullmatch(pattern, name.group(1)))
        if wanted and count.strip():
            yield count.strip() != "0", line


def main():
    srcdir, build, corpora = sys.argv[1:4]
    programs = [os.path.join(build, "tests", "fuzz", name) for name in sys.argv[4:]]
    profile = os.path.join(build, "profile")
    subprocess.run(["llvm-profdata", "merge", "-o", profile]
                   + [play(program, build, corpora) for program in programs], check=True)
    every = []
    with open(os.path.join(build, "missed.txt"), "w", encoding="utf-8") as file:
        for name, pattern in sorted(PARSERS.items()):
            lines = list(counted(show(programs, profile, os.path.join(srcdir, name)), pattern))
            missed = [line for run, line in lines if not run]
            every += lines
            print("%-34s %6.1f %% of %4d lines" % (name, 100 - 100.0 * len(missed) / len(lines), len(lines)))
            file.write("".join("%s\n" % line for line in ([name] + missed if missed else [])))
    print("%-34s %6.1f %% of %4d lines" % ("total", 100.0 * sum(run for run, _ in every) / len(every), len(every)))


main()
