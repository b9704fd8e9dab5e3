# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""The library for a long time, under faults: processes with threads, an event loop, forked children and
stores, against the sandbox. After each round the sandbox's journal is compared with what the library
told, call by call; at the end, the last third of the samples of /proc with the first third.

usage: sessionpay-sandbox -- soak.py WORKER

SOAK_MINUTES says how long, SOAK_REQUESTS how many requests instead. Prints TAP, and figures as notes.
"""

import collections
import os
import queue
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

from running import Redis, Sandbox  # noqa: E402
from tap import Tap  # noqa: E402

CALLS = 50      # of a process in a round
RATE = 60       # calls a second of all processes, in a run by time
FAULTS = 0.06   # of the calls: with more, the budget of retries is empty all the time
ORDERS = 4      # keys that calls share in a round
PATIENCE = 120
GROWTH_KB = 1024  # that allocators take as they like
NOT_SENT, REJECTED, UNKNOWN = 1, 2, 3
KEYS = ("unique-key", "idempotency-key", "x-gcs-idempotence-key")

# What the sandbox does to a request; those whose name begins with "-" are not processed.
KINDS = [
    {"name": "-503", "status": 503},
    {"name": "-500", "status": 500},
    {"name": "-throttled", "status": 429, "headers": {"retry-after-ms": "40"}},
    {"name": "-408", "status": 408},
    {"name": "-404", "status": 404},
    {"name": "-a page", "status": 502, "body": "<html>Bad Gateway</html>"},
    {"name": "-a page as success", "status": 200, "body": "<html>Welcome</html>"},
    {"name": "-closed", "close": "before"},
    {"name": "lost", "close": "after_processing"},
    {"name": "torn", "close": "middle"},
    {"name": "garbage", "body": "{\"id\":"},
    {"name": "slow", "delay_ms": 150},
    {"name": "too slow", "delay_ms": 1500},
    {"name": "-401", "path": "hosted-fields", "status": 401},
    {"name": "-no token", "path": "/authorize", "status": 500},
    {"name": "token lost", "path": "/authorize", "close": "after_processing"},
    {"name": "token too slow", "path": "/authorize", "delay_ms": 900},
    {"name": "short token", "path": "/authorize", "patch": {"expires_in": 1}},
]


class Process:
    """A worker, the lines that it prints, and what the system says of it."""

    def __init__(self, program, store):
        self.store = store
        self.process = subprocess.Popen([program, store], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        universal_newlines=True,
                                        env=dict(os.environ, MALLOC_ARENA_MAX="2"))
        self.lines = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()
        self.samples = []

    def read(self):
        for line in self.process.stdout:
            self.lines.put(line.split())
        self.lines.put(["gone"])

    def begin(self, number):
        self.process.stdin.write("round %d %d\n" % (number, CALLS))
        self.process.stdin.flush()

    def end(self):
        """What it printed, until it has ended its round."""
        told = []
        while True:
            words = self.lines.get(timeout=PATIENCE)
            if words == ["end"]:
                return told
            if words == ["gone"]:
                raise RuntimeError("a worker is gone, with status %r" % self.process.wait())
            told.append(words)

    def sample(self):
        home = "/proc/%d/" % self.process.pid
        with open(home + "status", encoding="utf-8") as file:
            status = dict(line.split(":", 1) for line in file)
        self.samples.append((int(status["RssAnon"].split()[0]), len(os.listdir(home + "fd")),
                             int(status["Threads"])))

    def close(self):
        self.process.stdin.close()
        return self.process.wait(PATIENCE)


class Round:
    """What the library told of a round, and what the sandbox has received; problems() compares."""

    def __init__(self, told, journal):
        self.results = collections.defaultdict(list)
        self.sent = collections.Counter()    # by key, from the results
        self.events = collections.Counter()  # by key, from the events
        self.received = collections.defaultdict(list)
        self.bad = []
        self.tokens = self.tokens_received = self.anonymous = 0
        for words in told:
            self.take(words)
        for entry in journal:
            self.receive(entry)

    def take(self, words):
        if words[0] == "event":
            self.events[words[1]] += int(words[2])
        elif words[0] == "token":
            self.tokens += 1
        elif words[0] == "result":
            key, status, outcome, sent, shared, value = words[1], *map(int, words[2:6]), words[6]
            self.results[key].append((status, outcome, sent, shared, value))
            self.sent[key] += sent
        else:
            self.bad.append(" ".join(words))

    def receive(self, entry):
        headers = {name.lower(): value for name, value in entry["headers"]}
        key = next((headers[name] for name in KEYS if name in headers), None)
        if "/authorize" in entry["path"]:
            self.tokens_received += 1
        elif "/client/" in entry["path"]:
            self.received["client:" + headers["authorization"].rpartition(":")[2]].append(entry)
        else:
            self.received[key].append(entry)
        if entry["end"] is None:
            self.bad.append("a request has not ended: " + entry["path"])

    def problems(self):
        yield from self.bad
        if self.tokens != self.tokens_received:
            yield "%d token requests told, %d received" % (self.tokens, self.tokens_received)
        events = dict(self.events)
        nameless = sum(sent for key, sent in self.sent.items() if key.startswith("client:"))
        if nameless != events.pop("-", 0):
            yield "client API: the events tell other requests than the results"
        for key in sorted(set(events) | set(key for key in self.sent if not key.startswith("client:"))):
            if events.get(key, 0) != self.sent[key]:
                yield "%s: %d requests by events, %d by results" % (key, events.get(key, 0), self.sent[key])
        for key in sorted(set(self.sent) | set(self.received), key=str):
            if self.sent[key] != len(self.received[key]):
                yield "%s: %d requests told, %d received: %s" % (
                    key, self.sent[key], len(self.received[key]), self.results[key])
        if sum(len(results) > 1 for results in self.results.values()) > ORDERS:
            yield "keys were used twice"
        for key, results in self.results.items():
            if len(results) == 1:
                yield from self.too_mild(key, results[0])

    def too_mild(self, key, result):
        """A call that had its key for itself is held against what became of its requests."""
        status, outcome, _, shared, value = result
        entries = self.received[key]
        processed = [entry for entry in entries if was_processed(entry)]
        if status == 0 and not shared and not processed:
            yield "%s: a session that nobody made" % key
        if status == 0 and value != "-" and not any(
                entry["answer"] and value in (entry["answer"]["body"] or "") for entry in entries):
            yield "%s: not the session that was sent" % key
        if status != 0 and (outcome == NOT_SENT and entries or outcome == REJECTED and processed or
                            outcome not in (NOT_SENT, REJECTED, UNKNOWN)):
            yield "%s: outcome %d, but %d received, %d processed" % (
                key, outcome, len(entries), len(processed))


def was_processed(entry):
    if "/client/" not in entry["path"]:
        return entry["key"] == "new"
    if (entry["fault"] or "").startswith("-"):
        return False
    return entry["answer"] is None or entry["answer"]["status"] < 300


def random_faults(count):
    return [dict(random.choice(KINDS), skip=random.randrange(count)) for _ in range(int(count * FAULTS))]


class Soak:
    def __init__(self, program, home):
        self.sandbox = Sandbox()
        self.directory = os.path.join(home, "store")
        redis = shutil.which("redis-server") or shutil.which("valkey-server")
        self.redis = Redis(redis, home) if redis else None
        stores = [self.directory] + ([self.redis.url] if redis else [])
        self.processes = [Process(program, store) for store in stores for _ in range(2)]
        self.totals = collections.Counter()
        self.problems = []

    def disturb(self):
        """In the middle of a round, now and then: tokens end, the stores fail or lose what they have."""
        time.sleep(random.uniform(0, 0.5))
        what = random.randrange(10)
        if what < 2:
            self.sandbox.expire()
        elif what == 2:
            shutil.rmtree(self.directory, ignore_errors=True)
        elif what < 5 and self.redis:
            self.redis.kill()
            time.sleep(random.uniform(0, 0.3))
            self.redis.start()
        self.totals["disturbances"] += what < 3 or (what < 5 and self.redis is not None)

    def round(self, number):
        self.sandbox.faults(random_faults(CALLS * len(self.processes)))
        for process in self.processes:
            process.begin(number)
        self.disturb()
        told = [words for process in self.processes for words in process.end()]
        self.sandbox.release()
        journal = self.sandbox.requests()
        compared = Round(told, journal)
        self.problems += ["round %d: %s" % (number, text) for text in compared.problems()]
        self.count(compared, journal)
        for process in self.processes:
            process.sample()
        self.sandbox.reset()

    def count(self, compared, journal):
        self.totals["rounds"] += 1
        self.totals["requests"] += len(journal)
        self.totals["tokens"] += compared.tokens_received
        self.totals["faults"] += sum(entry["fault"] is not None for entry in journal)
        for results in compared.results.values():
            for status, outcome, _, shared, _ in results:
                self.totals["calls"] += 1
                self.totals["shared"] += shared
                self.totals["outcome %d" % outcome if status else "sessions"] += 1

    def run(self, minutes, requests):
        """By time the rate is held back; by requests it is not."""
        began = time.monotonic()
        while len(self.problems) < 20 and (self.totals["requests"] < requests if requests else
                                           time.monotonic() < began + 60 * minutes):
            self.round(self.totals["rounds"] + 1)
            if not requests:
                time.sleep(max(0, began + self.totals["calls"] / RATE - time.monotonic()))
        self.seconds = time.monotonic() - began

    def close(self):
        ends = [process.close() for process in self.processes]
        if self.redis:
            self.redis.kill()
        return ends


def thirds(samples):
    """The first and the last third of what comes after the warm-up."""
    warm = samples[max(3, len(samples) // 10):] or samples
    size = max(1, len(warm) // 3)
    return warm[:size], warm[-size:]


def flat(tap, soak):
    names = [("memory", " KB", statistics.median, GROWTH_KB), ("descriptors", "", statistics.median, 6),
             ("threads", "", max, 0)]
    for i, (name, unit, middle, most) in enumerate(names):
        grown = []
        for process in soak.processes:
            first, last = ([sample[i] for sample in part] for part in thirds(process.samples))
            grown.append("%d to %d%s" % (middle(first), middle(last), unit))
            if middle(last) > middle(first) + most:
                grown[-1] += " (too much)"
        tap.ok(not any("too much" in text for text in grown), "the processes do not grow: %s" % name, *grown)
        print("# %s, first and last third: %s" % (name, "; ".join(grown)))


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory(prefix="soak-") as home:
        soak = Soak(sys.argv[1], home)
        soak.run(float(os.environ.get("SOAK_MINUTES") or 1), int(os.environ.get("SOAK_REQUESTS") or 0))
        ends = soak.close()
    tap.ok(soak.totals["calls"] > 0 and not soak.problems,
           "the sandbox received what the library told, and no outcome was milder than the truth",
           *soak.problems)
    tap.ok(not any(ends), "the processes end well", ends)
    flat(tap, soak)
    totals = dict(soak.totals)
    print("# %d s, %d processes: %s" % (soak.seconds, len(soak.processes), ", ".join(
        "%d %s" % (totals[name], name) for name in sorted(totals))))
    tap.done()


main()
