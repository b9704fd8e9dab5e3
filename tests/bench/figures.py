# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""The figures: each a function that measures and reports; NAMES lists them in order."""

import os
import statistics
import subprocess

from kit import PROVIDERS, ROUNDS, Measured, Skip, numbers, report
import server

CROWD = 10000
FIRMWARE = "connect_server"  # the largest of the four when built alone
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
    seen = kit.interleaved(kit.cpu, kit.drivers_of("seq", provider, 4000))
    report("cpu-" + provider, "us", seen, "<=0.75")


def difference(count, commands, few, many):
    """The cost of one more request, so that setting up cancels out."""
    return (count(commands(many)) - count(commands(few))) / (many - few)


def counted(kit, count, provider, few, many, times=1):
    """It is chance whether a poll finds the reply there already: some take the median of several."""
    return Measured(*(statistics.median(
        difference(count, lambda n, at=at: kit.drivers_of("seq", provider, n)[at], few, many)
        for _ in range(times)) for at in range(3)))


def instructions(kit, provider):
    limit = "<=0.60" if provider in ("wepay", "hosted_fields") else "<=0.70"
    report("instructions-" + provider, "1", counted(kit, kit.instructions, provider, 20, 120, 3),
           limit)


def heap(kit, provider):
    seen = counted(kit, kit.heap_calls, provider, 50, 250)
    report("heap-" + provider, "calls", seen, "<=16", round(seen.ours, 1))


def syscalls(kit, provider):
    seen = counted(kit, kit.system_calls, provider, 50, 550, 3)
    report("syscalls-" + provider, "calls", seen, "<=4", round(seen.ours, 1))


def own(kit, provider):
    """What the library adds to its transport, which takes the replies from memory here."""
    limit = {"connect_server": 30000, "connect_client": 35000}.get(provider, 20000)
    calls = Measured(difference(kit.own_instructions, lambda n: kit.ours("own", provider, n),
                                20, 120))
    report("own-" + provider, "1", calls, "<=%d" % limit, calls.ours)


def own_heap(kit, provider):
    calls = Measured(difference(kit.heap_calls, lambda n: kit.ours("own", provider, n), 50, 250))
    report("own-heap-" + provider, "calls", calls, "<=7", round(calls.ours, 1))


each_provider("cpu", cpu)
each_provider("instructions", instructions)
each_provider("heap", heap)
each_provider("syscalls", syscalls)
each_provider("own", own)
each_provider("own-heap", own_heap)


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
    report("first-session", "ms",
           Measured(*(statistics.median(column) - start for column in zip(*pairs))), "<=1.00")


@figure("new-connection")
def new_connection(kit):
    """Later connections; raw keeps its store (one bundle, no directory) and its TLS sessions."""
    bundle = os.path.join(server.SYSTEM_TRUST, server.BUNDLE)
    ours = kit.with_system_trust(kit.ours("fresh", "wepay", 60))
    raw = kit.with_system_trust(kit.raw("fresh", "wepay", 60))

    def measure(command):
        seen = numbers(kit.run(command, BENCH_CA=bundle if command is raw else None))
        return seen["cpu_us"] / seen["requests"] / 1e3

    report("new-connection", "ms", kit.interleaved(measure, (ours, raw)), "<=1.00")


# ---- many at once ----

@figure("throughput-32")
def throughput(kit):
    seen = kit.interleaved(kit.speed, kit.drivers_of("multi", "wepay", 15000, 32))
    report("throughput-32", "1/s", seen, ">=1.60")


@figure("threads-8")
def threads(kit):
    seen = kit.interleaved(kit.speed, kit.drivers_of("threads", "wepay", 40000, 8))
    report("threads-8", "1/s", seen, ">=1.30")


def http2_drivers(kit, base):
    """The server refuses another protocol."""
    try:
        kit.numbers(kit.ours("http2", "wepay", 1, base=base))
    except RuntimeError:
        raise Skip("the library does not speak HTTP/2") from None
    return kit.drivers_of("http2", "wepay", 15000, 32, base)


@figure("http2-32")
def http2(kit):
    seen = kit.interleaved(kit.speed, http2_drivers(kit, kit.server.http2))
    report("http2-32", "1/s", seen, ">=1.30")


@figure("http2-early")
def http2_early(kit):
    """A server that answers before it reads the body. Only successes count for the speed."""
    commands = http2_drivers(kit, kit.server.http2 + "/early")[:2]
    errors, slowest = {0: 0, 1: 0}, {0: [], 1: []}

    def measure(command):
        seen = numbers(kit.run(command))
        driver = commands.index(command)
        errors[driver] += seen["errors"]
        slowest[driver].append(seen["p99_us"] / 1e3)
        return (seen["requests"] - seen["errors"]) * 1e6 / seen["wall_us"]

    seen = kit.interleaved(measure, commands)
    report("http2-early", "1/s", seen, ">=1.30", 0 if errors[0] else None, errors=errors[0],
           raw_errors=errors[1], p99_ms=statistics.median(slowest[0]),
           raw_p99_ms=statistics.median(slowest[1]))


def crowd(kit):
    return kit.once("crowd", kit.ours("multi", "wepay", 4 * CROWD, CROWD))


def raw_crowd(kit):
    """Once only: it takes long, and nothing depends on its third digit."""
    return kit.once("raw-crowd", kit.raw("multi", "wepay", CROWD + 4000, CROWD))


@figure("crowd-cpu")
def crowd_cpu(kit):
    """CPU a request with 10,000 in flight, as a multiple of the same with 100."""
    ours = kit.interleaved(kit.cpu, [kit.ours("multi", "wepay", 4 * CROWD, width)
                                     for width in (CROWD, 100)], 3)
    many, few = raw_crowd(kit), kit.cpu(kit.raw("multi", "wepay", CROWD, 100))
    seen = Measured(ours.ratio, many["cpu_us"] / many["requests"] / few)
    report("crowd-cpu", "x", seen, "<=1.15", seen.ours)


@figure("crowd-memory")
def crowd_memory(kit):
    seen = Measured(crowd(kit)["peak_kb"] / 1024, raw_crowd(kit)["peak_kb"] / 1024)
    report("crowd-memory", "MiB", seen, "<=40", seen.ours)


@figure("crowd-fairness")
def crowd_fairness(kit):
    """How much longer than the median the slowest in a hundred waits."""
    seen = Measured(*(driver["p99_us"] / driver["p50_us"]
                      for driver in (crowd(kit), raw_crowd(kit))))
    report("crowd-fairness", "p99/p50", seen, "<=1.30", seen.ours)


@figure("waiting-memory")
def waiting_memory(kit):
    seen = kit.once("waiting", kit.ours("waiting", "wepay", CROWD))
    raw = kit.once("raw-waiting", kit.raw("multi", "wepay", 2000, 2000))["peak_kb"] / 2000
    each = seen["bytes"] / seen["requests"] / 1024
    report("waiting-memory", "KiB", Measured(each, raw), "<=3", each)


@figure("token-fetches")
def token_fetches(kit):
    before = kit.server.token_fetches()
    kit.numbers(kit.ours("multi", "hosted_fields", CROWD, CROWD))
    fetches = kit.server.token_fetches() - before
    report("token-fetches", "1", Measured(fetches), "<=1", fetches)


# ---- sizes ----

@figure("peak-memory")
def peak_memory(kit):
    """Beyond raw's, in MiB."""
    seen = kit.interleaved(lambda command: kit.numbers(command)["peak_kb"] / 1024,
                           kit.drivers_of("seq", "wepay", 1000)[:2])
    report("peak-memory", "MiB", seen, "<=0.5", seen.ours - seen.raw)


@figure("library-size")
def library_size(kit):
    shared = os.environ.get("SHARED")
    if not shared or not os.path.exists(shared):
        raise Skip("no shared library was built")
    stripped = os.path.join(kit.directory, "stripped.so")
    subprocess.run(["strip", "--strip-unneeded", "-o", stripped, shared], check=True)
    size = os.path.getsize(stripped) / 1024
    report("library-size", "KiB", Measured(size), "<=120", size)


def firmware_size(kit, *switches):
    build = os.path.join(kit.directory, "firmware")
    archive = os.path.join(build, "lib", "libsessionpay.a")
    done = subprocess.run([os.environ.get("MAKE", "make"), "-j2", "O=" + build, "WITHOUT_CURL=1",
                           "DISABLE_THREADS=1", "DISABLE_SHARED=1", *switches,
                           "CFLAGS=" + FIRMWARE_CFLAGS, "PROVIDERS=" + FIRMWARE, archive],
                          cwd=os.environ.get("SRCDIR", "."), stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True, check=False,
                          env={k: v for k, v in os.environ.items()
                               if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")})
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    table = subprocess.run(["size", "-t", archive], stdout=subprocess.PIPE, text=True, check=True)
    return int(table.stdout.splitlines()[-1].split()[0]) / 1024


@figure("firmware-text")
def firmware_text(kit):
    size = firmware_size(kit)
    report("firmware-text", "KiB", Measured(size), "<=48", size,
           without_store=firmware_size(kit, "WITHOUT_STORE=1"))
