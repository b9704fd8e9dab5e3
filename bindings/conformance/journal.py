#!/usr/bin/env python3
# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""The journal of a conformance run as text in which runs of all languages are equal.

usage: journal.py JOURNAL                      prints it
       journal.py --equal JOURNAL JOURNAL...   TAP: each other one is the same as the first

What differs from run to run is replaced by its kind and, where it is of interest whether two are the
same, a number by order of appearance in the case: random keys, bearer tokens, client sessions.
"""

import difflib
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tests", "support"))
from tap import Tap  # noqa: E402

UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
MASKED = {"host": "<host>", "date": "<date>", "user-agent": "<user agent>"}
KEYS = ("unique-key", "idempotency-key", "x-gcs-idempotence-key")


class Names:
    """Numbers for values that are new in each run."""

    def __init__(self):
        self.known = {}

    def of(self, kind, value):
        names = self.known.setdefault(kind, {})
        return "<%s %d>" % (kind, names.setdefault(value, len(names) + 1))


def header(names, name, value):
    lower = name.lower()
    if lower in KEYS and UUID.fullmatch(value):
        value = names.of("key", value)
    elif lower == "authorization":
        value = re.sub(r"^(Bearer) (.*)", lambda found: "%s %s" % (
            found.group(1), names.of("token", found.group(2))), value)
        value = re.sub(r"^(GCS v1Client:)(.*)", lambda found: found.group(1) + names.of(
            "client session", found.group(2)), value)
        value = re.sub(r"^(GCS v1HMAC:[^:]*:).*", r"\1<signature>", value)
    return "%s: %s" % (name, MASKED.get(lower, value))


def show(names, request):
    path = re.sub(r"^(/client/v1/)([^/]+)", lambda found: found.group(1) + names.of(
        "customer", found.group(2)), request["path"])
    lines = ["%s %s" % (request["method"], path)]
    lines += [header(names, name, value) for name, value in request["headers"]]
    lines += ["", request["body"] if request["body"] is not None else request["body_base64"]]
    answer = request["answer"]
    return lines + ["-> %s%s" % (answer["status"] if answer else "no answer",
                                 ", " + request["fault"] if request["fault"] else "")]


def read(path):
    """Cases by name, each a list of lines."""
    with open(path, encoding="utf-8") as file:
        played = [json.loads(line) for line in file]
    cases = {}
    for case in played:
        names = Names()
        cases[case["case"]] = sum((show(names, request) for request in case["requests"]), [])
    return cases


def main():
    if sys.argv[1] != "--equal":
        sys.stdout.reconfigure(encoding="utf-8")
        for name, lines in read(sys.argv[1]).items():
            print("\n".join(["== " + name] + lines))
        return
    tap, first = Tap(), read(sys.argv[2])
    tap.ok(len(first) >= 60, "%d cases were played" % len(first))
    for path in sys.argv[3:]:
        name, other = os.path.basename(path), read(path)
        tap.equal(list(other), list(first), name + ": the same cases")
        different = [line for case in first for line in difflib.unified_diff(
            first[case], other.get(case, []), "C: " + case, name, lineterm="")]
        tap.ok(not different, name + ": the same requests", "\n".join(different))
    tap.done()


main()
