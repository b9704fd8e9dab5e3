#!/usr/bin/env python3
# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Runs fuzzers for some time each, a few at once, and says what they did.

usage: run.py SECONDS JOBS DIRECTORY NAME...

DIRECTORY has tests/fuzz/NAME. The corpus of each goes on in DIRECTORY/corpus/NAME from run to run;
what it finds is in DIRECTORY/NAME-crash-... .
"""

import concurrent.futures
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))

from tap import Tap  # noqa: E402


def run(name, seconds, directory):
    """(whether nothing was found, what it did)"""
    corpus = os.path.join(directory, "corpus", name)
    subprocess.run([sys.executable, "-B", os.path.join(HERE, "seeds.py"), name, corpus], check=True)
    done = subprocess.run(
        [os.path.join(directory, "tests", "fuzz", name), "-max_total_time=%s" % seconds, "-max_len=50000",
         "-timeout=10", "-print_final_stats=1", "-artifact_prefix=%s/%s-" % (directory, name), corpus],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    said = done.stderr.decode("utf-8", "replace")
    runs = re.findall(r"number_of_executed_units: *(\d+)", said)
    edges = re.findall(r"cov: (\d+)", said)
    if done.returncode:
        return False, "\n".join(line for line in said.splitlines() if not line[:1] != "#")[-3000:]
    return True, "{:,} executions, {} edges".format(int(runs[-1]), edges[-1] if edges else "?")


def main():
    seconds, jobs, directory, names = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4:]
    tap = Tap()
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for name, (good, what) in zip(names, pool.map(lambda one: run(one, seconds, directory), names)):
            tap.ok(good, "%s: %s" % (name, what if good else "found something"), what)
    tap.done()


main()
