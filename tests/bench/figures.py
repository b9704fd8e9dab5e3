# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""The figures: each a function that measures and reports; NAMES lists them in order."""

import os
import statistics
import subprocess

from kit import PROVIDERS, ROUNDS, Skip, need, report
import server

CROWD = 10000
FIRMWARE = "CONNECT_SERVER"  # the largest of the four when built alone
# As for a small device: the usual Arm targets have no unwind tables in C code to begin with.
FIRMWARE_CFLAGS = "-Os -fno-asynchronous-unwind-tables"

NAMES = {}


def figure(name):
    def add(function):
        NAMES[name] = function
        return function
    return add


# ---- the call itself ----

def each_provider(prefix, measure):
    for provider in PROVIDERS:
        NAMES["%s-%s" % (prefix, provider)] = lambda kit, p=provider: measure(kit, p)


def cpu(kit, provider):
    ours, raw, ratio = kit.interleaved(kit.cpu, kit.ours("seq", provider, 4000),
                                       kit.raw("seq", provider, 4000))
    return report("cpu-" + provider, ours, "us", raw, "<=1.20", ratio <= 1.20, ratio)


def counted(kit, count, provider, few, many, times=1):
    """Whether a poll finds the reply there already is chance, so some take the median of several."""
    pairs = [(kit.difference(count, lambda n: kit.ours("seq", provider, n), few, many),
              kit.difference(count, lambda n: kit.raw("seq", provider, n), few, many))
             for _ in range(times)]
    return (statistics.median(ours for ours, _ in pairs),
            statistics.median(raw for _, raw in pairs))


def instructions(kit, provider):
    limit = {"wepay": 1.30, "hosted_fields": 1.15, "connect_server": 1.30, "connect_client": 1.40}
    ours, raw = counted(kit, kit.instructions, provider, 20, 120, 3)
    return report("instructions-" + provider, int(ours), "1", int(raw),
                  "<=%.2f" % limit[provider], ours / raw <= limit[provider])


def heap(kit, provider):
    ours, raw = counted(kit, kit.heap_calls, provider, 50, 250)
    return report("heap-" + provider, ours - raw, "calls", raw, "<=24", ours - raw <= 24,
                  ours / raw)


def syscalls(kit, provider):
    ours, raw = counted(kit, kit.system_calls, provider, 50, 550, 3)
    return report("syscalls-" + provider, ours, "calls", raw, "<=1.00", round(ours / raw, 2) <= 1)


each_provider("cpu", cpu)
each_provider("instructions", instructions)
each_provider("heap", heap)
each_provider("syscalls", syscalls)


# ---- new connections ----

@figure("first-session")
def first_session(kit):
    """Start of the process to its end, one session in between; less what the bare start costs."""
    ours = kit.with_system_trust(kit.ours("seq", "wepay", 1))
    raw = kit.with_system_trust(kit.raw("seq", "wepay", 1))
    idle = kit.with_system_trust(["true"])
    pairs, bare = [], []
    for _ in range(3 * ROUNDS):
        bare.append(kit.process_cpu(idle))
        pairs.append((kit.process_cpu(ours, BENCH_CA=None),
                      kit.process_cpu(raw, BENCH_CA=None, BENCH_CA_DIR=server.SYSTEM_TRUST)))
    start = statistics.median(bare)
    mine = statistics.median(left for left, _ in pairs) - start
    theirs = statistics.median(right for _, right in pairs) - start
    return report("first-session", mine, "ms", theirs, "<=1.15", mine / theirs <= 1.15)


@figure("new-connection")
def new_connection(kit):
    """Later connections; raw keeps its store (one bundle, no directory) and its TLS sessions."""
    bundle = os.path.join(server.SYSTEM_TRUST, server.BUNDLE)
    ours = kit.with_system_trust(kit.ours("fresh", "wepay", 60))
    raw = kit.with_system_trust(kit.raw("fresh", "wepay", 60))

    def measure(command):
        seen = kit.run(command, BENCH_CA=bundle if command is raw else None)
        found = dict(pair.split("=") for pair in seen.split())
        return int(found["cpu_us"]) / int(found["requests"]) / 1e3

    mine, theirs, ratio = kit.interleaved(measure, ours, raw)
    return report("new-connection", mine, "ms", theirs, "<=1.15", ratio <= 1.15, ratio)


# ---- many at once ----

@figure("throughput-32")
def throughput(kit):
    ours, raw, ratio = kit.interleaved(kit.speed, kit.ours("multi", "wepay", 15000, 32),
                                       kit.raw("multi", "wepay", 15000, 32))
    return report("throughput-32", ours, "1/s", raw, ">=0.88", ratio >= 0.88, ratio)


@figure("threads-8")
def threads(kit):
    ours, raw, ratio = kit.interleaved(kit.speed, kit.ours("threads", "wepay", 40000, 8),
                                       kit.raw("threads", "wepay", 40000, 8))
    return report("threads-8", ours, "1/s", raw, ">=0.90", ratio >= 0.90, ratio)


def crowd(kit):
    return kit.once("crowd", kit.ours("multi", "wepay", 4 * CROWD, CROWD))


def raw_crowd(kit):
    """Once only: it takes long, and nothing depends on its third digit."""
    return kit.once("raw-crowd", kit.raw("multi", "wepay", CROWD + 4000, CROWD))


def cpu_of(seen):
    return seen["cpu_us"] / seen["requests"]


@figure("crowd-cpu")
def crowd_cpu(kit):
    """CPU a request with 10,000 in flight, as a multiple of the same with 32."""
    few, raw_few, _ = kit.interleaved(kit.cpu, kit.ours("multi", "wepay", 10000, 32),
                                      kit.raw("multi", "wepay", 10000, 32), 3)
    growth = statistics.median(kit.cpu(kit.ours("multi", "wepay", 4 * CROWD, CROWD))
                               for _ in range(3)) / few
    raw_growth = cpu_of(raw_crowd(kit)) / raw_few
    return report("crowd-cpu", growth, "x", raw_growth, "<=1.50", growth <= 1.5)


@figure("crowd-memory")
def crowd_memory(kit):
    ours = crowd(kit)["peak_kb"] / 1024
    return report("crowd-memory", ours, "MiB", raw_crowd(kit)["peak_kb"] / 1024, "<=60",
                  ours <= 60)


@figure("crowd-fairness")
def crowd_fairness(kit):
    """How much longer than the median the slowest in a hundred waits."""
    ours, raw = crowd(kit), raw_crowd(kit)
    spread = ours["p99_us"] / ours["p50_us"]
    return report("crowd-fairness", spread, "p99/p50", raw["p99_us"] / raw["p50_us"], "<=1.30",
                  spread <= 1.3)


@figure("waiting-memory")
def waiting_memory(kit):
    seen = kit.once("waiting", kit.ours("waiting", "wepay", CROWD))
    each = seen["bytes"] / seen["requests"] / 1024
    raw = kit.once("raw-waiting", kit.raw("multi", "wepay", 2000, 2000))["peak_kb"] / 2000
    return report("waiting-memory", each, "KiB", raw, "<=3", each <= 3)


@figure("token-fetches")
def token_fetches(kit):
    before = kit.server.token_fetches()
    kit.run(kit.ours("multi", "hosted_fields", CROWD, CROWD))
    fetches = kit.server.token_fetches() - before
    return report("token-fetches", fetches, "1", None, "1", fetches == 1)


# ---- sizes ----

@figure("peak-memory")
def peak_memory(kit):
    def peak(command):
        return kit.once(" ".join(command) + str(len(kit.kept)), command)["peak_kb"] / 1024

    ours, raw, _ = kit.interleaved(peak, kit.ours("seq", "wepay", 1000),
                                   kit.raw("seq", "wepay", 1000))
    return report("peak-memory", ours, "MiB", raw, "<=raw+0.50", ours <= raw + 0.5)


@figure("library-size")
def library_size(kit):
    shared = os.environ.get("SHARED")
    if not shared or not os.path.exists(shared):
        raise Skip("no shared library was built")
    stripped = os.path.join(kit.directory, "stripped.so")
    subprocess.run(["strip", "--strip-unneeded", "-o", stripped, shared], check=True)
    size = os.path.getsize(stripped) / 1024
    return report("library-size", size, "KiB", None, "<=112", size <= 112)


@figure("firmware-text")
def firmware_text(kit):
    build = os.path.join(kit.directory, "firmware")
    archive = os.path.join(build, "lib", "libsessionpay.a")
    others = ["DISABLE_%s=1" % name for name in
              ("WEPAY", "HOSTED_FIELDS", "CONNECT_SERVER", "CONNECT_CLIENT") if name != FIRMWARE]
    done = subprocess.run([os.environ.get("MAKE", "make"), "-j2", "O=" + build, "WITHOUT_CURL=1",
                           "DISABLE_THREADS=1", "DISABLE_SHARED=1",
                           "CFLAGS=" + FIRMWARE_CFLAGS, *others, archive],
                          cwd=os.environ.get("SRCDIR", "."), stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True, check=False,
                          env={k: v for k, v in os.environ.items()
                               if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")})
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    table = subprocess.run(["size", "-t", archive], stdout=subprocess.PIPE, text=True, check=True)
    size = int(table.stdout.splitlines()[-1].split()[0]) / 1024
    return report("firmware-text", size, "KiB", None, "<=48", size <= 48)
