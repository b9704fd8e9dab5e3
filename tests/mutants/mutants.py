#!/usr/bin/env python3
# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Changes one operator, constant or statement of the library at a time, and looks whether a test fails.

usage: mutants.py SOURCES DIRECTORY SAMPLE SEED JOBS

Files in lib/transport and lib/drivers are tried with the integration tests too. A change that gives the
same object code is none. Those that no test can see are listed, with the reason, in survivors.txt beside
this file: "FILE: CHANGED LINE: REASON".
"""

import concurrent.futures
import filecmp
import glob
import os
import queue
import random
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))

# What stands for what. Each pattern is looked for outside of comments, texts and directives.
OPERATORS = [(r"(?<![-<>=])<(?![<=])", "<="), (r"<=", "<"), (r"(?<![-<>=])>(?![>=])", ">="), (r">=", ">"),
             (r"==", "!="), (r"!=", "=="), (r"&&", "||"), (r"\|\|", "&&"), (r"(?<=\w) \+ (?=\w)", " - "),
             (r"(?<=\w) - (?=\w)", " + "), (r" \* (?=\w)", " / "), (r"\+\+", "--"), (r"--", "++"), (r"\+=", "-="),
             (r"-=", "+="), (r"\btrue\b", "false"), (r"\bfalse\b", "true"), (r"!(?=[\w(])", ""),
             (r"(?<![\w.])\d+(?![\w.])", None)]
STATEMENT = re.compile(r"^ +(?!return|goto|break|continue|case|default|else|do\b|typedef|static|const|struct)"
                       r"(\(void\))?[a-z_>.\[\]*()-]+( [-+|&]?= .*|(\+\+|--)|\(.*\));$")
# Leaks are faults too.
MAKE = ["make", "-s", "DISABLE_SHARED=1", "DEBUG=1", "CFLAGS=-O1 -fsanitize=address,undefined"]
TIMEOUT = 300


def mask(text):
    """The text with blanks for comments, string literals and directives."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group())
    return re.sub(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|^#(?:[^\n]*\\\n)*[^\n]*$', blank, text,
                  flags=re.DOTALL | re.MULTILINE)


def changes_of(path):
    """(path, begin, end, new text) of all that can be changed in a file."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    masked = mask(text)
    for pattern, new in OPERATORS:
        for match in re.finditer(pattern, masked):
            yield path, match.start(), match.end(), new if new is not None else str(int(match.group()) + 1)
    at = 0
    for line in masked.splitlines(True):
        if STATEMENT.match(line.rstrip("\n")) and line.count("(") == line.count(")"):
            yield path, at, at + len(line) - 1, ""
        at += len(line)


class Tree:
    """A copy of the sources, which is built and changed by itself."""

    def __init__(self, sources, directory):
        self.path = os.path.abspath(directory)
        shutil.rmtree(self.path, ignore_errors=True)
        os.makedirs(self.path)
        listed = subprocess.run(["git", "-C", sources, "ls-files", "-z"], check=True, stdout=subprocess.PIPE)
        for name in listed.stdout.decode().split("\0"):
            if name and os.path.isfile(os.path.join(sources, name)):
                os.makedirs(os.path.dirname(os.path.join(self.path, name)), exist_ok=True)
                shutil.copy2(os.path.join(sources, name), os.path.join(self.path, name))
        self.make("build/tests/unit", "build/tests/golden", "build/tests/integration", "build/bin/sessionpay-sandbox")

    def make(self, *targets):
        return subprocess.run(MAKE + list(targets), cwd=self.path, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, check=False).returncode == 0

    def passes(self, suites):
        run = MAKE + ["check", "SUITES=" + suites]
        with subprocess.Popen(run, cwd=self.path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              env=dict(os.environ, CK_FORK="no", TAP_TIMEOUT="60")) as process:
            try:
                return process.wait(TIMEOUT) == 0
            except subprocess.TimeoutExpired:
                process.kill()
                return False

    def try_change(self, change):
        """("dead" or "alive" or "equivalent" or "invalid", the line as it became)"""
        path, begin, end, new = change
        full = os.path.join(self.path, path)
        made = os.path.join(self.path, "build", "obj", path[:-2] + ".o")
        before = made + ".before"
        shutil.copy2(made, before)
        with open(full, encoding="utf-8") as file:
            text = file.read()
        with open(full, "w", encoding="utf-8") as file:
            file.write(text[:begin] + new + text[end:])
        changed = text[:begin] + new + text[end:]
        line = changed[changed.rfind("\n", 0, begin) + 1:].split("\n")[0].strip() or \
            "without " + text[begin:end].strip()
        try:
            return self.judge(path, made, before), line
        finally:
            with open(full, "w", encoding="utf-8") as file:
                file.write(text)
            self.make(os.path.join("build", "obj", path[:-2] + ".o"))

    def judge(self, path, made, before):
        if not self.make(os.path.relpath(made, self.path)):
            return "invalid"
        if filecmp.cmp(made, before, shallow=False):
            return "equivalent"
        if not self.passes("unit golden"):
            return "dead"
        needs_network = path.startswith(("lib/transport", "lib/drivers", "lib/wire"))
        return "dead" if needs_network and not self.passes("integration") else "alive"


def known():
    path = os.path.join(HERE, "survivors.txt")
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as file:
        rows = [line.rstrip("\n").split(": ", 2) for line in file if line.strip() and line[0] != "#"]
    return {(row[0], row[1]): row[2] for row in rows}


def main():
    sources, directory, sample, seed, jobs = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])
    os.chdir(sources)
    trees = queue.Queue()
    for number in range(jobs):
        trees.put(Tree(sources, os.path.join(directory, str(number))))
    # What this build leaves out has no object.
    paths = [path for path in sorted(glob.glob("lib/*/*.c"))
             if os.path.exists(os.path.join(directory, "0", "build", "obj", path[:-2] + ".o"))]
    all_changes = [change for path in paths for change in changes_of(path)]
    chosen = random.Random(seed).sample(all_changes, min(sample, len(all_changes)))

    def run(change):
        tree = trees.get()
        try:
            return tree.try_change(change)
        finally:
            trees.put(tree)

    counts = dict.fromkeys(("dead", "alive", "equivalent", "invalid", "known"), 0)
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for change, (result, line) in zip(chosen, pool.map(run, chosen)):
            if result == "alive" and (change[0], line) in known():
                result = "known"
            counts[result] += 1
            if result == "alive":
                print("alive: %s: %s" % (change[0], line), flush=True)
    judged = counts["dead"] + counts["alive"]
    print("%d of %d changes tried: %d die, %d survive (%.1f %%); %d cannot be seen, %d change nothing, %d do not "
          "compile" % (len(chosen), len(all_changes), counts["dead"], counts["alive"],
                       100.0 * counts["dead"] / max(judged, 1), counts["known"], counts["equivalent"],
                       counts["invalid"]))
    sys.exit(counts["dead"] < 0.95 * judged)


main()
