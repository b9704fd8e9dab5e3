#!/usr/bin/env python3
# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Plays what the fuzzers begin with, and all that they once found, through harnesses built by any compiler.

usage: replay.py DIRECTORY HARNESS...

A harness NAME gets all of DIRECTORY/NAME, to which its seeds and tests/fuzz/fixtures/NAME/* are added. Its
program must play all of them and end with success.
"""

import glob
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))

import seeds  # noqa: E402
from tap import Tap  # noqa: E402


def inputs(name, directory):
    directory = os.path.join(directory, name)
    seeds.write(name, directory)
    return sorted(glob.glob(os.path.join(directory, "*")))


def main():
    directory, harnesses = sys.argv[1], sys.argv[2:]
    tap = Tap()
    for harness in harnesses:
        name = os.path.basename(harness)
        files = inputs(name, directory)
        done = subprocess.run([harness] + files, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        played = done.stdout.decode().splitlines()
        good = done.returncode == 0 and len(played) == len(files) > 0
        tap.ok(good, "%s: %d inputs" % (name, len(files)), "ended at %s" % (played or ["the beginning"])[-1],
               done.stderr.decode("utf-8", "replace"))
    tap.done()


main()
