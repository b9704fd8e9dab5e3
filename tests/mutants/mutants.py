#!/usr/bin/env python3
# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Changes one operator, constant or statement of the library at a time, and looks whether a test fails.

usage: mutants.py DIRECTORY SAMPLE SEED JOBS [PATTERN]

Run it in the directory of the sources; it writes below DIRECTORY only. PATTERN chooses files: lib/json/*.c.
JOBS tests run at once, those first that saw most changes of the same file, and the first failure ends them.

A change that gives the same object code is none. Files of NETWORK are tried with the suites unit, golden and
integration, others with the first two. What passes them is tried again with the file under the address and
undefined behaviour sanitizers, by unit and golden: leaks are faults too. Changes that no test can see are listed, with the reason, in
survivors.txt beside this file: "FILE: CHANGED LINE: REASON".
"""

import collections
import concurrent.futures
import filecmp
import fnmatch
import glob
import hashlib
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
NETWORK = ("lib/drivers/", "lib/transport/", "lib/wire/", "lib/base/thread.c")
ENOUGH = 95  # percent
SANITIZE = ["-O1", "-UNDEBUG", "-U_FORTIFY_SOURCE", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
LIMITS = "ulimit -t 60; ulimit -f 200000; %s; exec \"$@\""
MEMORY = "ulimit -v 4000000"
SANITIZED_MEMORY = "export ASAN_OPTIONS=hard_rss_limit_mb=2000"

# What stands for what. Each pattern is looked for outside of comments, texts and directives.
OPERATORS = [(r"(?<![-<>=])<(?![<=])", "<="), (r"<=", "<"), (r"(?<![-<>=])>(?![>=])", ">="), (r">=", ">"),
             (r"==", "!="), (r"!=", "=="), (r"&&", "||"), (r"\|\|", "&&"), (r"(?<=\w) \+ (?=\w)", " - "),
             (r"(?<=\w) - (?=\w)", " + "), (r" \* (?=\w)", " / "), (r"\+\+", "--"), (r"--", "++"), (r"\+=", "-="),
             (r"-=", "+="), (r"\btrue\b", "false"), (r"\bfalse\b", "true"), (r"!(?=[\w(])", ""),
             (r"(?<![\w.])\d+(?![\w.])", None)]
STATEMENT = re.compile(r"^ +(?!return|goto|break|continue|case|default|else|do\b|typedef|static|const|struct)"
                       r"(\(void\))?[a-z_>.\[\]*()-]+( [-+|&]?= .*|(\+\+|--)|\(.*\));$")

Change = collections.namedtuple("Change", "path begin end new line number")
Test = collections.namedtuple("Test", "program suite")


def mask(text):
    """The text with blanks for comments, string literals and directives."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group())
    return re.sub(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|^#(?:[^\n]*\\\n)*[^\n]*$', blank, text,
                  flags=re.DOTALL | re.MULTILINE)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def changes_of(path):
    """All that can be changed in a file."""
    text = read(path)
    masked = mask(text)

    def change(begin, end, new):
        line = text[text.rfind("\n", 0, begin) + 1:begin] + new + text[end:].split("\n", 1)[0]
        return Change(path, begin, end, new, line.strip() or "without " + text[begin:end].strip(),
                      text.count("\n", 0, begin) + 1)

    for pattern, new in OPERATORS:
        for match in re.finditer(pattern, masked):
            yield change(match.start(), match.end(), new if new is not None else str(int(match.group()) + 1))
    at = 0
    for line in masked.splitlines(True):
        if STATEMENT.match(line.rstrip("\n")) and line.count("(") == line.count(")"):
            yield change(at, at + len(line) - 1, "")
        at += len(line)


def choose(changes, seed, sample):
    """Which ones does not depend on what else is in the sources: most stay the same from commit to commit."""
    seen = collections.Counter()

    def number(change):
        name = "%d: %s: %s" % (seed, change.path, change.line)
        seen[name] += 1
        return hashlib.sha256(("%s: %d" % (name, seen[name])).encode()).digest()
    return sorted(changes, key=number)[:sample]


def known():
    lines = read(os.path.join(HERE, "survivors.txt")).splitlines()
    rows = [line.rpartition(": ")[0].split(": ", 1) for line in lines if line and line[0] != "#"]
    return {tuple(row) for row in rows}


def suites():
    """Each by itself: a failure is seen sooner, and the others need not be run."""
    for program in ("unit", "integration"):
        for path in sorted(glob.glob("tests/%s/*.c" % program)):
            for name in sorted(set(re.findall(r'\b(?:unit_suite|suite_create)\("(\w+)"', read(path)))):
                yield Test(program, name)
    yield Test("golden", "golden")


class Runner:
    """Runs programs that may loop, crash, wait for ever or fill the memory."""

    def __init__(self):
        self.lock = threading.Lock()
        self.running = set()
        self.stopped = False

    def passes(self, argv, environment, seconds, memory):
        with self.lock:
            if self.stopped:
                return False
            process = subprocess.Popen(["sh", "-c", LIMITS % memory, "sh"] + argv, env=environment,
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL, start_new_session=True)
            self.running.add(process)
        timer = threading.Timer(seconds, self.kill, [process])
        timer.start()
        failed = any(line.startswith(b"not ok") for line in process.stdout)
        if not failed:
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        self.kill(process)
        timer.cancel()
        timer.join()
        with self.lock:
            self.running.remove(process)
        process.stdout.close()
        return process.wait() == 0 and not failed

    @staticmethod
    def kill(process):
        """With all that it started. Nobody has waited for it yet: the number is still its own."""
        os.killpg(process.pid, signal.SIGKILL)

    def stop(self):
        with self.lock:
            self.stopped = True
            for process in self.running:
                self.kill(process)


def in_parallel(jobs, function, tests):
    """Whether the function is true for one of them, which ends the others."""
    runner = Runner()
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        try:
            futures = [pool.submit(function, runner, test) for test in tests]
            return any(future.result() for future in concurrent.futures.as_completed(futures))
        finally:
            runner.stop()


class Build:
    """The library and its tests, and the commands that made them."""

    def __init__(self, directory):
        self.directory = directory
        self.sandbox = directory + "/bin/sessionpay-sandbox"
        make = ["make", "O=" + directory, "DISABLE_SHARED=1", "CFLAGS=-O2", self.sandbox]
        make += ["%s/tests/%s" % (directory, name) for name in ("unit", "golden", "integration")]
        subprocess.run(make + ["-s"], check=True, stdout=subprocess.DEVNULL)
        listed = subprocess.run(make + ["-B", "-n", "V=1"], check=True, stdout=subprocess.PIPE).stdout.decode()
        for made in glob.glob(directory + "/before-*.o"):
            os.unlink(made)
        self.commands = {}
        for line in listed.splitlines():
            words = shlex.split(line) if " -o " in line else []
            if "-o" in words:
                self.commands[words[words.index("-o") + 1]] = words

    def compile(self, path, text, made, flags):
        """From a pipe, so that the name of the file is the same in both objects."""
        words = self.commands["%s/obj/%so" % (self.directory, path[:-1])]
        words = [word for word in words[:-1] if not word.startswith(("-MMD", "-MP", "-MF", "-W"))
                 and not word.endswith(".o.d")]
        words[words.index("-o") + 1] = made
        done = subprocess.run(words + flags + ["-w", "-iquote", os.path.dirname(path), "-xc", "-"],
                              input=('#line 1 "%s"\n%s' % (path, text)).encode(), stderr=subprocess.DEVNULL,
                              check=False)
        return done.returncode == 0

    def link(self, made, flags, directory, programs):
        """The object comes before the archive, whose own is then not needed."""
        os.makedirs(directory, exist_ok=True)
        for program in ["%s/tests/%s" % (self.directory, name) for name in programs]:
            words = list(self.commands[program])
            at = words.index("-o") + 1
            words[at:at + 1] = [os.path.join(directory, os.path.basename(program)), made]
            subprocess.run(words + flags, check=True)

    def passes(self, runner, directory, test, seconds, memory=MEMORY):
        program = [os.path.join(directory, test.program)]
        argv = {"unit": program, "golden": program + ["tests/fixtures"],
                "integration": [self.sandbox, "--"] + program}[test.program]
        return runner.passes(argv, dict(os.environ, CK_FORK="no", CK_RUN_SUITE=test.suite), seconds,
                             memory)


class Trial:
    """Tries changes, one after the other."""

    def __init__(self, directory, jobs):
        self.directory = directory
        self.jobs = jobs
        self.build = Build(directory)
        self.kills = collections.Counter()
        self.seconds = {}

    def begin(self, tests):
        """How long they take without a change is their limit later. What fails on this machine is left out."""
        def measure(runner, test):
            for _ in range(2):
                begin = time.monotonic()
                if self.build.passes(runner, self.directory + "/tests", test, 120):
                    self.seconds[test] = time.monotonic() - begin
                    return
            print("%s/%s fails without a change" % test, flush=True)
        in_parallel(self.jobs, measure, tests)

    def note(self, line):
        with open(self.directory + "/log", "a", encoding="utf-8") as log:
            log.write(line + "\n")

    def in_order(self, path):
        """What is quick and saw changes of this file comes first."""
        def worth(test):
            named = set(re.findall("[a-z0-9]+", os.path.basename(path)[:-2])) & set(test.suite.split("_"))
            return (0.3 + 2 * len(named) + 10 * self.kills[path, test]) / (0.05 + self.seconds[test])
        return sorted((test for test in self.seconds if test.program != "integration" or path.startswith(NETWORK)),
                      key=worth, reverse=True)

    def fails(self, path, tests, flags):
        """Whether a test fails, and not by itself: over sockets, with much to do, or under the sanitizers."""
        def passes(runner, name, test):
            return self.build.passes(runner, os.path.join(self.directory, name), test,
                                     20 + 10 * self.seconds[test], SANITIZED_MEMORY if flags else MEMORY)

        def fails(runner, test):
            if passes(runner, "changed", test) or runner.stopped:
                return False
            if test.program == "integration" and passes(runner, "changed", test):
                return False
            if flags and not passes(runner, "unchanged", test):
                return False
            if not runner.stopped:
                self.kills[path, test] += 1
                self.note("%s/%s fails" % test)
            return True
        return in_parallel(self.jobs, fails, tests)

    def judge(self, change):
        text = read(change.path)
        changed = text[:change.begin] + change.new + text[change.end:]
        after = self.directory + "/after.o"
        for flags in [], SANITIZE:
            before = "%s/before-%s%so" % (self.directory, change.path.replace("/", "-")[:-1], "s." if flags else "")
            if not os.path.exists(before):
                self.build.compile(change.path, text, before, flags)
            if not self.build.compile(change.path, changed, after, flags):
                return "invalid"
            if filecmp.cmp(before, after, shallow=False):
                return "equivalent"
            tests = [test for test in self.in_order(change.path) if not flags or test.program != "integration"]
            programs = {test.program for test in tests}
            self.build.link(after, flags, self.directory + "/changed", programs)
            if flags:
                self.note("under the sanitizers: %s:%d: %s" % (change.path, change.number, change.line))
                self.build.link(before, flags, self.directory + "/unchanged", programs)
            if self.fails(change.path, tests, flags):
                return "dead"
            if (change.path, change.line) in known():
                return "known"
        return "alive"


def main():
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    directory, sample, seed, jobs = sys.argv[1], *map(int, sys.argv[2:5])
    pattern = sys.argv[5] if len(sys.argv) > 5 else "*"
    trial = Trial(directory, jobs)
    # What this build leaves out has no object.
    paths = [path for path in sorted(glob.glob("lib/*/*.c"))
             if "%s/obj/%so" % (directory, path[:-1]) in trial.build.commands
             and fnmatch.fnmatch(path, pattern)]
    changes = [change for path in paths for change in changes_of(path)]
    counts = dict.fromkeys(("dead", "alive", "equivalent", "invalid", "known"), 0)
    chosen = choose(changes, seed, sample)
    network = any(change.path.startswith(NETWORK) for change in chosen)
    trial.begin([test for test in suites() if network or test.program != "integration"])
    try:
        for change in chosen:
            begin = time.monotonic()
            result = trial.judge(change)
            counts[result] += 1
            place = "%s:%d: %s" % (change.path, change.number, change.line)
            trial.note("%-10s %5.1f s %s" % (result, time.monotonic() - begin, place))
            if result == "alive":
                print("alive: " + place, flush=True)
    except KeyboardInterrupt:
        print("interrupted")
    judged = counts["dead"] + counts["alive"]
    print("%d of %d changes tried: %d die, %d survive (%.1f %%); %d cannot be seen, %d change nothing, %d do not "
          "compile" % (sum(counts.values()), len(changes), counts["dead"], counts["alive"],
                       100.0 * counts["dead"] / max(judged, 1), counts["known"], counts["equivalent"],
                       counts["invalid"]))
    sys.exit(100 * counts["dead"] < ENOUGH * judged)


if __name__ == "__main__":
    main()
