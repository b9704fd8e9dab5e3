# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Thousands of replies, good ones and changed ones, to our HTTP/1.1 decoder and to the parsers of
libcurl, Node and Python. Where they differ, judged.py says who is right by RFC 9112; a difference
that it does not know is a failure.

usage: BUILD=build python3 tests/wire/differential.py [COUNT [SEED]]
"""

import collections
import http.client
import io
import os
import random
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "project"))

from common import BUILD, EMULATOR, Tap  # noqa: E402
from judged import JUDGED, judge  # noqa: E402
from reference import Reading  # noqa: E402
from replies import replies  # noqa: E402

COUNT = 100000 if os.environ.get("SPAY_TORTURE") else 8000
BATCH = 4000

Outcome = collections.namedtuple("Outcome", "verdict status fields body")

tap = Tap()


# ---- the parsers ---------------------------------------------------------------------------------

def is_good(outcome):
    return outcome.verdict in ("keep", "close")


def fields_of(text):
    """Names in lower case; a fold that is still there becomes a blank."""
    parts = text.split(b"\0")
    return [(name.lower(), re.sub(rb"(?:[ \t]*\r?\n[ \t]+)+", b" ", value).strip(b" \t\r\n"))
            for name, value in zip(parts[:-1:2], parts[1:-1:2])]


def outcome_of(line):
    """What a program printed: see frames.h."""
    verdict, status, fields, body = line.split()
    return Outcome(verdict, int(status), fields_of(b"" if fields == "-" else bytes.fromhex(fields)),
                   b"" if body == "-" else bytes.fromhex(body))


def ask(command, batch, numbers):
    frames = b"".join(b"%d %d\n" % (len(data), number) + data
                      for data, number in zip(batch, numbers))
    output = subprocess.run(command, input=frames, stdout=subprocess.PIPE, check=False).stdout
    outcomes = [outcome_of(line) for line in output.decode().splitlines()]
    if len(outcomes) != len(batch):
        raise RuntimeError("%s ended after %d of %d replies" % (command, len(outcomes), len(batch)))
    return outcomes


class Socket:
    def __init__(self, data):
        self.data = data

    def makefile(self, *_):
        return io.BytesIO(self.data)


def read_by_python(data):
    response = http.client.HTTPResponse(Socket(data), method="POST")
    try:
        response.begin()
        body = response.read()
    except Exception as error:  # many kinds
        return Outcome(type(error).__name__, 0, [], b"")
    text = "".join("%s\0%s\0" % (name, value.replace("\0", "?"))
                   for name, value in response.headers.raw_items())
    return Outcome("close" if response.will_close else "keep", response.status,
                   fields_of(text.encode("latin-1", "replace")), body)


def parsers():
    """What there is on this machine: a function from replies to outcomes by name."""
    found = {"python": lambda batch: [read_by_python(data) for data in batch]}
    curl = os.path.join(BUILD, "tests", "wire", "curl")
    if os.path.exists(curl):
        found["curl"] = lambda batch: ask(EMULATOR + [curl], batch, [0] * len(batch))
    else:
        tap.skip("libcurl", "this build has none")
    node = shutil.which("node") or shutil.which("nodejs")
    if node:
        found["node"] = lambda batch: ask([node, os.path.join(HERE, "node.js")], batch,
                                          [0] * len(batch))
    else:
        tap.skip("node", "not installed")
    return found


# ---- comparing -----------------------------------------------------------------------------------

def difference(ours, theirs):
    """The kind of the first difference, as in judged.py, or None."""
    if not is_good(ours) or not is_good(theirs):
        return "accepts" if is_good(theirs) else "refuses" if is_good(ours) else None
    for kind in "status", "fields", "body":
        if getattr(ours, kind) != getattr(theirs, kind):
            return kind
    return theirs.verdict if theirs.verdict != ours.verdict else None


def show(data, ours, theirs, reading):
    return "%r\n  ours   %s\n  theirs %s\n  facts  %s" % (
        data[:600], str(ours)[:300], str(theirs)[:300], ", ".join(sorted(reading.facts)))


class Comparison:
    def __init__(self):
        self.count = self.good = 0
        self.misread, self.unjudged = [], []
        self.judged = collections.Counter()
        self.reasons = collections.Counter()

    def add(self, data, ours, others):
        reading = Reading(data)
        self.count += 1
        self.good += is_good(ours)
        self.reasons[ours.verdict] += 1
        expected = Outcome(reading.verdict, reading.status, reading.fields, reading.body)
        if ours.verdict != reading.verdict or (is_good(ours) and ours != expected):
            self.misread.append(show(data, ours, expected, reading))
        for who, theirs in others:
            kind = difference(ours, theirs)
            if kind:
                self.judge(who, kind, data, ours, theirs, reading)

    def judge(self, who, kind, data, ours, theirs, reading):
        row = judge(kind, ours.verdict, reading.facts)
        if row:
            self.judged[who, JUDGED.index(row)] += 1
        else:
            self.unjudged.append("%s: %s\n%s" % (who, kind, show(data, ours, theirs, reading)))

    def report(self, names):
        for who in names:
            rows = {index: count for (name, index), count in self.judged.items() if name == who}
            tap.ok(not [text for text in self.unjudged if text.startswith(who)],
                   "%s differs in %d of %d replies, in ways that are known" %
                   (who, sum(rows.values()), self.count),
                   *[text for text in self.unjudged if text.startswith(who)][:5])
            for index, count in sorted(rows.items()):
                row = JUDGED[index]
                print("# %6d %-7s %-36s %s" % (count, row.kind, row.what, row.right))


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    others = parsers()
    seen = Comparison()
    ours = os.path.join(BUILD, "tests", "wire", "ours")
    for start in range(0, count, BATCH):
        batch = list(replies(min(BATCH, count - start), random.Random(seed + start)))
        outcomes = {name: read(batch) for name, read in others.items()}
        read = ask(EMULATOR + [ours], batch, range(start, start + len(batch)))
        for number, data in enumerate(batch):
            seen.add(data, read[number], [(name, outcomes[name][number]) for name in outcomes])
    tap.ok(not seen.misread, "%d replies are read as RFC 9112 says; %d are good" %
           (seen.count, seen.good), *seen.misread[:5])
    for reason, number in sorted(seen.reasons.items()):
        print("# %6d %s" % (number, reason))
    tap.ok(len(seen.reasons) == 12, "the replies meet every reason to refuse one", seen.reasons)
    seen.report(sorted(others))
    tap.done()


main()
