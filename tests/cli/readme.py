# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""The request of sessionpay create is that of the program in the README.

With SPAY_FIRST=1 it measures how much later the first session is made.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
for place in ("support", "project"):
    sys.path.insert(0, os.path.join(HERE, "..", place))
from cli import ENV, PROGRAM, SRCDIR, Sandbox  # noqa: E402
from common import LIBRARIES, STATIC, link, read  # noqa: E402
from tap import Tap, skip_all  # noqa: E402

if not STATIC:
    skip_all("built without a static library")
OURS = [PROGRAM, "create", "wepay"]
RUNS = 20
tap = Tap()
sandbox = Sandbox()


def start(*command):
    """Runs it; how long it took and how much of the processor, in ms."""
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = status
    assert status == 0
    return (time.perf_counter() - began) * 1000, (used.ru_utime + used.ru_stime) * 1000


def without_random(request):
    """Method, path, headers and body, except what differs from call to call."""
    headers = [header for header in request["headers"] if header[0] not in ("Unique-Key", "User-Agent", "Date")]
    return request["method"], request["path"], headers, request["body"]


with tempfile.TemporaryDirectory() as directory:
    source = os.path.join(directory, "hello.c")
    with open(source, "w", encoding="utf-8") as file:
        file.write(re.search(r"^## A program\n\n```c\n(.*?)^```", read(os.path.join(SRCDIR, "README.md")),
                             flags=re.M | re.S).group(1))
    hello = os.path.join(directory, "hello")
    link(hello, source, STATIC, *LIBRARIES)
    sandbox.reset()
    start(hello)
    start(*OURS)
    theirs, ours = sandbox.requests()
    tap.equal(without_random(ours), without_random(theirs), "the same request")
    tap.equal(sorted(name for name, _ in ours["headers"]), sorted(name for name, _ in theirs["headers"]),
              "the same headers")
    if ENV.get("SPAY_FIRST"):
        pairs = [(start(hello), start(*OURS)) for _ in range(RUNS)]
        for i, what in enumerate(("first session", "processor")):
            c, cli = (statistics.median(times[i] for times in column) for column in zip(*pairs))
            print("# %s, median of %d: C %.2f ms, sessionpay create %.2f ms, %+.2f ms" % (what, RUNS, c, cli, cli - c))
tap.done()
