# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Runs the two drivers and the tools that count, and prints the lines."""

import os
import re
import resource
import shutil
import statistics
import subprocess

import server

ROUNDS = 5
PROVIDERS = ("wepay", "hosted_fields", "connect_server", "connect_client")


class Skip(Exception):
    """A figure cannot be taken here; the text says why."""


def printed(value):
    if value is None:
        return "-"
    return str(value) if isinstance(value, int) else "%.*f" % (0 if value >= 1000 else 2, value)


def report(name, value, unit, raw, target, reached, ratio=None):
    """The line of one figure; returns whether its target is reached."""
    if ratio is None and raw:
        ratio = value / raw
    print("bench: %s %s %s raw=%s ratio=%s target=%s %s"
          % (name, printed(value), unit, printed(raw), printed(ratio), target,
             "ok" if reached else "short"), flush=True)
    return reached


def numbers(text):
    return {name: int(value) for name, value in re.findall(r"(\w+)=(\d+)", text)}


class Kit:
    """The server, the drivers and their requests."""

    def __init__(self, build, running, directory):
        self.drivers = os.path.join(os.path.abspath(build), "tests", "bench")
        self.server = running
        self.directory = directory
        self.dumped = set()
        self.kept = {}

    # -- commands --

    def environment(self, **more):
        chosen = dict(os.environ, BENCH_BASE=self.server.base, BENCH_CA=self.server.ca, LC_ALL="C")
        chosen.update(more)
        return {name: value for name, value in chosen.items() if value is not None}

    def run(self, command, **more):
        done = subprocess.run(command, env=self.environment(**more), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=120, check=False)
        if done.returncode:
            raise RuntimeError("%s: %s" % (" ".join(command), done.stderr.strip()))
        return done.stdout + done.stderr

    def ours(self, mode, provider, count, width=1):
        return [os.path.join(self.drivers, "ours"), mode, provider, str(count), str(width)]

    def raw(self, mode, provider, count, width=1):
        file = os.path.join(self.directory, provider + ".request")
        if provider not in self.dumped:
            with open(file, "w", encoding="utf-8") as out:
                out.write(self.run(self.ours("dump", provider, 1)))
            self.dumped.add(provider)
        return [os.path.join(self.drivers, "raw"), mode, file, str(count), str(width)]

    # -- measuring --

    def interleaved(self, measure, ours, raw, rounds=ROUNDS):
        """Medians of both, and of the rounds' ratios: what disturbs a round disturbs both."""
        pairs = []
        for turn in range(rounds):
            if turn % 2:
                right = measure(raw)
                left = measure(ours)
            else:
                left = measure(ours)
                right = measure(raw)
            pairs.append((left, right))
        return (statistics.median(left for left, _ in pairs),
                statistics.median(right for _, right in pairs),
                statistics.median(left / right for left, right in pairs))

    def cpu(self, command):
        """CPU microseconds for each request, of the driver alone."""
        seen = numbers(self.run(command))
        return seen["cpu_us"] / seen["requests"]

    def speed(self, command):
        """Requests in a second."""
        seen = numbers(self.run(command))
        return seen["requests"] * 1e6 / seen["wall_us"]

    def process_cpu(self, command, **more):
        """CPU milliseconds of the process from its start to its end."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.run(command, **more)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e3

    def difference(self, count, command, few, many):
        """What one more request costs, so that setting up cancels out."""
        return (count(command(many)) - count(command(few))) / (many - few)

    def instructions(self, command):
        need("valgrind")
        out = os.path.join(self.directory, "callgrind.out")
        self.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=" + out, *command])
        with open(out, encoding="utf-8", errors="replace") as profile:
            found = re.search(r"^(?:summary|totals): (\d+)", profile.read(), re.M)
        return int(found.group(1))

    def heap_calls(self, command):
        counter = os.path.join(self.drivers, "count_heap.so")
        return numbers(self.run(command, LD_PRELOAD=counter))["heap_calls"]

    def system_calls(self, command):
        need("strace")
        out = os.path.join(self.directory, "strace.out")
        self.run(["strace", "-c", "-f", "-o", out, *command])
        with open(out, encoding="utf-8") as table:
            total = [line for line in table if line.rstrip().endswith(" total")][-1]
        return int(total.split()[3] if total.split()[3].isdigit() else total.split()[2])

    def with_system_trust(self, command):
        """The same where the system's trust knows our authority: in a mount namespace."""
        if "trust" not in self.kept:
            self.kept["trust"] = self.find_namespace(self.server.make_trust())
        return [*self.kept["trust"], *command]

    def find_namespace(self, trust):
        """The words in front of a command that put this trust in the system's place."""
        script = 'mount --bind "$1" "$2" && shift 2 && exec "$@"'
        inside = ["--mount", "sh", "-c", script, "sh", trust, server.SYSTEM_TRUST]
        for words in (["unshare", *inside], ["unshare", "--user", "--map-root-user", *inside]):
            try:
                self.run([*words, "true"])
                return words
            except (OSError, RuntimeError):
                pass
        raise Skip("no mount namespace can be made here")

    def once(self, name, command):
        """A long run that several figures look at."""
        if name not in self.kept:
            self.kept[name] = numbers(self.run(command))
        return self.kept[name]


def need(tool):
    if not shutil.which(tool):
        raise Skip(tool + " is not installed")
