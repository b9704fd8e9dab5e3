#!/usr/bin/env python3
# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Runs fuzzers, a few at once, and says what they did.

usage: run.py libfuzzer|afl SECONDS JOBS DIRECTORY NAME...

DIRECTORY has tests/fuzz/NAME. Each runs for so many seconds of CPU time, and ten times as long by the
clock at most: what waits uses little of the former. The corpus of each goes on in DIRECTORY/corpus/NAME
from run to run; what it finds is in DIRECTORY/NAME-crash-..., or with AFL++ in DIRECTORY/afl/NAME.
DIRECTORY/ledger.json adds up what all runs have done. With FUZZ_SEED in the environment libFuzzer
begins with that, and tries much the same each time.
"""

import concurrent.futures
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))

import seeds  # noqa: E402
from tap import Tap  # noqa: E402

MOST_WAITING = 10


def cpu_seconds(pid):
    """CPU time of a process so far, by its clock; of one that is gone, 0."""
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0


def measure(command, limit, **settings):
    """Run a command, and end it by SIGUSR1, to which libFuzzer listens, after so much CPU time, or ten times
    that by the clock. (exit status, CPU time of it and its children, what it printed)"""
    with tempfile.TemporaryFile() as output:
        until = time.monotonic() + MOST_WAITING * limit
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, **settings)
        ended, status, usage = 0, 0, None
        while not ended:
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            if not ended and (cpu_seconds(process.pid) >= limit or time.monotonic() >= until):
                os.kill(process.pid, signal.SIGUSR1)
                ended, status, usage = os.wait4(process.pid, 0)
            time.sleep(0 if ended else 0.1)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        return process.returncode, usage.ru_utime + usage.ru_stime, output.read().decode("utf-8", "replace")


def last(pattern, text):
    found = re.findall(pattern, text, re.MULTILINE)
    return int(found[-1]) if found else 0


def libfuzzer(name, seconds, directory, corpus):
    """(what it found, what it did)"""
    status, cpu, said = measure(
        [os.path.join(directory, "tests", "fuzz", name), "-max_len=%d" % seeds.LONGEST.get(name, 4096),
         "-timeout=20", "-print_final_stats=1", "-artifact_prefix=%s/%s-" % (directory, name)]
        + [corpus], seconds)
    found = "\n".join(line for line in said.splitlines() if line[:1] != "#")[-3000:] if status else ""
    return found, {"executions": last(r"number_of_executed_units: *(\d+)", said), "cpu": cpu,
                   "edges": last(r"cov: (\d+)", said)}


def afl(name, seconds, directory, corpus):
    """The same with AFL++, which counts by the clock. What is new in its queue joins the corpus."""
    out = os.path.join(directory, "afl", name)
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    _, _, said = measure(
        ["afl-fuzz", "-i", corpus, "-o", out, "-t", "5000", "-m", "none", "-V", str(seconds),
         "-G", str(seeds.LONGEST.get(name, 4096)), "--", os.path.join(directory, "tests", "fuzz", name)], 1000 + seconds,
        env=dict(os.environ, AFL_NO_UI="1", AFL_SKIP_CPUFREQ="1", AFL_NO_AFFINITY="1",
                 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES="1", AFL_FORKSRV_INIT_TMOUT="60000"))
    stats = ""
    for path in glob.glob(os.path.join(out, "default", "fuzzer_stats")):
        with open(path, encoding="ascii") as file:
            stats = file.read()
    crashes = glob.glob(os.path.join(out, "default", "crashes", "id:*"))
    crashes += glob.glob(os.path.join(out, "default", "hangs", "id:*"))
    for path in glob.glob(os.path.join(out, "default", "queue", "id:*+cov")):
        with open(path, "rb") as file:
            seeds.keep(corpus, file.read())
    found = "\n".join(sorted(crashes)) if stats else said[-3000:]
    return found, {"executions": last(r"^execs_done *: *(\d+)", stats), "cpu": last(r"^run_time *: *(\d+)", stats),
                   "edges": last(r"^edges_found *: *(\d+)", stats)}


def counted(did):
    return "{:,} executions in {:,.0f} s".format(did["executions"], did["cpu"])


def add_up(directory, name, did, found):
    """The sums of a harness over all runs so far."""
    path = os.path.join(directory, "ledger.json")
    ledger = {}
    if os.path.exists(path):
        with open(path, encoding="ascii") as file:
            ledger = json.load(file)
    sums = ledger.setdefault(name, {"executions": 0, "cpu": 0.0, "edges": 0, "found": 0})
    sums["executions"] += did["executions"]
    sums["cpu"] = round(sums["cpu"] + did["cpu"], 1)
    sums["edges"] = max(sums["edges"], did["edges"])
    sums["found"] += bool(found and did["executions"])
    with open(path + ".new", "w", encoding="ascii") as file:
        json.dump(ledger, file, indent=1, sort_keys=True)
    os.replace(path + ".new", path)
    return sums


def main():
    engine, seconds, jobs, directory = globals()[sys.argv[1]], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    names = sys.argv[5:]
    tap = Tap()

    def run(name):
        corpus = os.path.join(directory, "corpus", name)
        seeds.write(name, corpus)
        return engine(name, seconds, directory, corpus)

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for name, (found, did) in zip(names, pool.map(run, names)):
            sums = add_up(directory, name, did, found)
            tap.ok(not found and did["executions"] > 0, "%s: %s, %d edges; in all %s" % (
                name, counted(did), did["edges"], counted(sums)), found or "it did not run")
    tap.done()


main()
