# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""What processes share through a real Redis: examples/fleet against the sandbox, whose journal tells
what was really sent. Redis is killed, a holder of the lease is stopped, tokens expire.

usage: sessionpay-sandbox -- fleet.py FLEET

Prints TAP; with SPAY_FLEET=1, the figures as a table, from longer runs.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "project"))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

from common import Tap, skip_all  # noqa: E402
from running import Redis, Sandbox, until  # noqa: E402
from secret_forms import encodings  # noqa: E402

FULL = bool(os.environ.get("SPAY_FLEET"))
PATIENCE = 60
COLUMNS = "calls failed tokens requests shared distinct store ms".split()


class Fleet:
    """Processes that wait for phases."""

    def __init__(self, store, processes=8, threads=8, calls=5, attempt_ms=0):
        environment = dict(os.environ, FLEET_STORE=store, FLEET_PROCESSES=str(processes),
                           FLEET_THREADS=str(threads), FLEET_CALLS=str(calls),
                           FLEET_ATTEMPT_MS=str(attempt_ms))
        self.process = subprocess.Popen([FLEET, "-"], env=environment, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, universal_newlines=True,
                                        start_new_session=True)
        self.process.stdout.readline()
        self.process.stdout.readline()

    def begin(self, phase="calls"):
        self.process.stdin.write(phase + "\n")
        self.process.stdin.flush()

    def end(self):
        words = self.process.stdout.readline().split()
        return dict(zip(COLUMNS, map(int, words[-len(COLUMNS):])))

    def phase(self, phase="calls"):
        self.begin(phase)
        return self.end()

    def signal(self, number):
        os.killpg(self.process.pid, number)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind:
            self.signal(signal.SIGKILL)
        self.process.stdin.close()
        self.process.stdout.read()
        self.process.wait(PATIENCE)


class Figures:
    """One row each: what, target, what came out."""

    def __init__(self):
        self.rows = []
        self.tap = Tap()

    def add(self, good, what, target, value):
        self.rows.append((what, target, value, "" if good else " **no**"))
        if FULL:
            self.tap.failed += not good
        else:
            self.tap.ok(good, "%s: %s" % (what, target), value)

    def done(self):
        if not FULL:
            self.tap.done()
        print("| figure | target | result |\n| --- | --- | --- |")
        for what, target, value, bad in self.rows:
            print("| %s | %s | %s%s |" % (what, target, value, bad))
        sys.exit(1 if self.tap.failed else 0)


def plainly(count, noun):
    return "%d %s%s" % (count, noun, "" if count == 1 else "s")


def cold_start_and_refusal():
    """Also: what the store holds then tells nothing."""
    with Fleet(redis.url) as fleet:
        row = fleet.phase()
        cold = sandbox.tokens()
        figures.add(cold == 1 and row["failed"] == 0,
                    "token fetches in one lifetime, 8 processes with 8 threads, cold start", "1",
                    "%d; %d calls, %d failed" % (cold, row["calls"], row["failed"]))
        warm = fleet.phase()
        figures.add(warm["store"] == 0, "operations of the store for calls with a warm token", "0",
                    "%d for %d calls" % (warm["store"], warm["calls"]))
        sandbox.expire()
        row = fleet.phase()
        more = sandbox.tokens() - cold
        figures.add(more == 1 and row["failed"] == 0,
                    "more token fetches after all of them got a 401", "1",
                    "%d; %d calls, %d failed" % (more, row["calls"], row["failed"]))


def one_order():
    with Fleet(redis.url) as fleet:
        row = fleet.phase("order A17")
    sent = len(sandbox.requests("/sessions"))
    good = sent == 1 and row["failed"] == 0 and row["shared"] == 63 and row["distinct"] == 1
    figures.add(good, "requests for one intent of 64 callers in 8 processes", "1, 64 equal sessions",
                "%s, %d calls, %s, %d of them shared" % (
                    plainly(sent, "request"), row["calls"], plainly(row["distinct"], "session"),
                    row["shared"]))


def expiry():
    """The first token lives for some seconds, the next one for an hour."""
    lifetime = 8 if FULL else 4
    sandbox.fault(path="/authorize", patch={"expires_in": lifetime})
    calls = failed = tokens = 0
    with Fleet(redis.url, calls=1) as fleet:
        end = time.monotonic() + lifetime + 2
        while time.monotonic() < end:
            row = fleet.phase()
            calls += row["calls"]
            failed += row["failed"]
            tokens += row["tokens"]
            time.sleep(0.02) # the journal is finite
    figures.add(tokens == 2 and failed == 0, "more token fetches across an expiry", "1",
                "%d; %d calls, %d failed" % (tokens - 1, calls, failed))


def away():
    redis.kill()
    with Fleet(redis.url) as fleet:
        row = fleet.phase()
    tokens = sandbox.tokens()
    redis.start()
    figures.add(tokens <= 8 and row["failed"] == 0, "token fetches while Redis is away",
                "1 for each process", "%d; %d calls, %d failed" % (tokens, row["calls"], row["failed"]))


def kill_and_start(stop, counter):
    while not stop.is_set():
        time.sleep(random.uniform(0, 0.05))
        redis.kill()
        time.sleep(random.uniform(0, 0.05))
        redis.start()
        counter.append(1)


def killed():
    """Tokens are refused all the time, so that the store is asked all the time."""
    stop = threading.Event()
    kills = []
    killer = threading.Thread(target=kill_and_start, args=(stop, kills))
    calls = failed = rounds = 0
    with Fleet(redis.url, calls=2) as fleet:
        killer.start()
        while calls < (5000 if FULL else 1000):
            sandbox.expire()
            for phase in "calls", "order K%d" % rounds:
                row = fleet.phase(phase)
                calls += row["calls"]
                failed += row["failed"]
            rounds += 1
        stop.set()
        killer.join()
    tokens = sandbox.tokens()
    figures.add(failed == 0 and tokens <= 8 * rounds and kills,
                "Redis killed with SIGKILL at any moment, and started again",
                "0 failed calls; at most 1 fetch for each process and lifetime",
                "%d of %d calls failed, %d kills; %d fetches in %d lifetimes" % (
                    failed, calls, len(kills), tokens, rounds))


def stopped_holder():
    """A has the lease, and is stopped before its token comes. B takes the lease when it has expired."""
    sandbox.fault(path="/authorize", delay_ms=700)
    with Fleet(redis.url, 1, 1, 1, 1000) as first, Fleet(redis.url, 1, 1, 1, 1000) as second:
        first.begin()
        until(lambda: sandbox.tokens() == 1, "the token is asked for")
        first.signal(signal.SIGSTOP)
        until(lambda: not any(name.endswith(b":lease") for name in redis.dump()), "the lease expires")
        row = second.phase()
        before = redis.values()
        first.signal(signal.SIGCONT)
        late = first.end()
        after = redis.values()
    failed = row["failed"] + late["failed"]
    figures.add(before == after and len(before) == 1 and failed == 0,
                "late answer of a holder that was stopped for longer than its lease",
                "changes nothing", "%s in the store, %s; %d calls failed" % (
                    plainly(len(after), "value"), "the same" if before == after else "another",
                    failed))


def secrets():
    """Credentials, and whatever a provider's answer had that is to be kept."""
    found = {os.environ["SPAY_HOSTED_FIELDS_API_KEY"], os.environ["SPAY_CONNECT_SECRET_API_KEY"],
             os.environ["SPAY_CONNECT_API_KEY_ID"], "order A18"}
    for request in sandbox.requests(""):
        answer = json.loads((request["answer"] or {}).get("body") or "{}")
        for member in "access_token", "token", "clientSessionId", "customerId", "clientApiUrl":
            if answer.get(member):
                found.add(answer[member])
    return found


def nothing_readable():
    with Fleet(redis.url) as fleet:
        fleet.phase()
        fleet.phase("order A18")
        known = secrets()
    dump = b"".join(name + b"\0" + value for name, value in redis.dump().items())
    hits = [secret for secret in known if any(form in dump for form in encodings(secret))]
    figures.add(not hits and len(dump) > 500, "secrets in a dump of the store, each in 14 encodings",
                "0", "%d of %d, in %d bytes" % (len(hits), len(known), len(dump)))


# ---- what a call costs that finds its token in memory ----

WARM_CALLS = 200


def count(command, store, phases, read):
    """Runs one process with one thread, from a cold start, under a command that counts."""
    redis.ask("FLUSHALL")
    environment = dict(os.environ, FLEET_STORE=store, FLEET_PROCESSES="1", FLEET_THREADS="1",
                       FLEET_CALLS=str(WARM_CALLS))
    result = subprocess.run(command + [FLEET] + ["calls"] * phases, env=environment, check=True,
                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, universal_newlines=True)
    return read(result.stderr)


def warm_cost(command, read):
    """Of one phase: what two more of them add, halved. With a store, and without."""
    return [(count(command, store, 4, read) - count(command, store, 2, read)) // 2
            for store in (redis.url, "none")]


def read_heap_calls(text):
    """Parent and child each tell theirs."""
    return sum(int(line.partition("=")[2]) for line in text.splitlines()
               if line.startswith("heap_calls="))


def read_system_calls(text):
    """The line of sums: percent, seconds, microseconds for each, calls, perhaps errors."""
    return next(int(line.split()[3]) for line in text.splitlines() if line.endswith(" total"))


def warm_calls():
    library = os.path.join(os.path.dirname(FLEET), "..", "tests", "bench", "count_heap.so")
    tools = [("heap calls", ["env", "LD_PRELOAD=" + os.path.abspath(library)], read_heap_calls,
              os.path.exists(library)),
             ("system calls", ["strace", "-f", "-c"], read_system_calls, shutil.which("strace"))]
    for what, command, read, here in tools:
        if not FULL or not here:
            continue
        with_store, without = warm_cost(command, read)
        figures.add(abs(with_store - without) * 100 < WARM_CALLS,
                    "%s that a store adds to a call with a warm token" % what, "0",
                    "%.2f: %d and %d for %d calls" % ((with_store - without) / WARM_CALLS, with_store,
                                                      without, WARM_CALLS))


def wait_for_token(calls):
    """One event loop in which so many calls wait for a token that takes its time."""
    sandbox.reset()
    sandbox.fault(path="/authorize", delay_ms=2000)
    program = os.path.join(os.path.dirname(FLEET), "..", "tests", "store", "waiting")
    result = subprocess.run([program, str(calls)], check=True, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, universal_newlines=True)
    cpu, waited, woken = map(float, result.stdout.split())
    return cpu / waited * 1000, woken


def waiting_calls():
    if not FULL:
        return
    runs = [(wait_for_token(100), wait_for_token(10000)) for _ in range(5)]
    few, many = (sorted(run[i][0] for run in runs)[2] for i in (0, 1))
    woken = sorted(run[1][1] for run in runs)[2]
    figures.add(woken <= 5, "10,000 calls in one event loop that wait for a token are woken within",
                "5 ms", "%.1f ms after it came; median of 5" % woken)
    figures.add(many < few + 5, "CPU of their waiting, with 10,000 and with 100 calls", "the same",
                "%.1f and %.1f ms a second" % (many, few))


FLEET = sys.argv[1]
program = shutil.which("redis-server") or shutil.which("valkey-server")
if not program:
    skip_all("no redis-server here; ./bootstrap redis installs it")

sandbox = Sandbox()
figures = Figures()
with tempfile.TemporaryDirectory(prefix="fleet-") as home:
    redis = Redis(program, home)
    try:
        for scenario in (cold_start_and_refusal, warm_calls, expiry, one_order, away, killed, stopped_holder, waiting_calls,
                         nothing_readable):
            sandbox.reset()
            redis.ask("FLUSHALL")
            scenario()
    finally:
        redis.kill()
figures.done()
