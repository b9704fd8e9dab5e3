# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Runs the two drivers and the tools that count, and prints the lines."""

import os
import re
import resource
import shutil
import statistics
import subprocess
import typing

import server

ROUNDS = 5
PROVIDERS = ("wepay", "hosted_fields", "connect_server", "connect_client")
SHORT = ("Content-Type", "App-Token", "Authorization")
SHORT_LENGTH = 80


class Skip(Exception):
    """A figure cannot be taken here; the text says why."""


def printed(value):
    if value is None:
        return "-"
    return str(value) if isinstance(value, int) else "%.*f" % (0 if value >= 1000 else 2, value)


class Measured(typing.NamedTuple):
    """Medians of the drivers: ours, raw with short headers, raw with the same headers as ours."""
    ours: float
    raw: float = None
    same: float = None
    ratio: float = None


def reached(judged, target):
    """Whether a number, to two digits, is what a target such as "<=0.75" asks for."""
    limit = float(target.lstrip("<>="))
    return round(judged, 2) <= limit if target[0] == "<" else round(judged, 2) >= limit


def report(name, unit, seen, target, judged=None, **more):
    """The line of one figure. What is judged is the ratio, unless another number is given."""
    ratio = seen.ratio
    if ratio is None and seen.raw:
        ratio = seen.ours / seen.raw
    judged = ratio if judged is None else judged
    print("bench: %s %s %s raw=%s same=%s ratio=%s target=%s %s%s"
          % (name, printed(seen.ours), unit, printed(seen.raw), printed(seen.same),
             printed(ratio), target, "ok" if reached(judged, target) else "short",
             "".join(" %s=%s" % (key, printed(value)) for key, value in more.items())), flush=True)


def short(request):
    """The same request with no more headers than anybody's would have, and no long ones."""
    url, rest = request.split("\n", 1)
    headers, body = rest.split("\n\n", 1)
    kept = [line[:SHORT_LENGTH] for line in headers.split("\n") if line.split(":")[0] in SHORT]
    return "\n".join([url, *kept, "", body])


def numbers(text):
    return {name: int(value) for name, value in re.findall(r"(\w+)=(\d+)", text)}


class Kit:
    """The server, the drivers and their requests."""

    def __init__(self, build, running, directory):
        self.drivers = os.path.join(os.path.abspath(build), "tests", "bench")
        self.server = running
        self.directory = directory
        self.replies = self.write_replies()
        self.requests = {}
        self.kept = {}

    def write_replies(self):
        """The bodies that the server sends, for the driver that does without it."""
        directory = os.path.join(self.directory, "replies")
        os.mkdir(directory)
        for name, (_, _, body) in server.REPLIES.items():
            with open(os.path.join(directory, name), "w", encoding="utf-8") as out:
                out.write(body)
        return directory

    # -- commands --

    def environment(self, **more):
        chosen = dict(os.environ, BENCH_CA=self.server.ca, BENCH_REPLIES=self.replies, LC_ALL="C")
        chosen.update(more)
        return {name: value for name, value in chosen.items() if value is not None}

    def run(self, command, **more):
        done = subprocess.run(command, env=self.environment(**more), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=120, check=False)
        if done.returncode:
            raise RuntimeError("%s: %s" % (" ".join(command), done.stderr.strip()))
        return done.stdout + done.stderr

    def ours(self, mode, provider, count, width=1, base=None):
        return [os.path.join(self.drivers, "ours"), mode, base or self.server.base, provider,
                str(count), str(width)]

    def raw(self, mode, provider, count, width=1, base=None, same=False):
        base = base or self.server.base
        request = self.request(base, provider)
        name = "%s-%s-%s" % (provider, "same" if same else "short", re.sub(r"\W", "_", base))
        file = os.path.join(self.directory, name)
        with open(file, "w", encoding="utf-8") as out:
            out.write(request if same else short(request))
        return [os.path.join(self.drivers, "raw"), mode, file, str(count), str(width)]

    def drivers_of(self, mode, provider, count, width=1, base=None):
        """The commands in the order of Measured."""
        return (self.ours(mode, provider, count, width, base),
                self.raw(mode, provider, count, width, base),
                self.raw(mode, provider, count, width, base, same=True))

    def request(self, base, provider):
        """What the library sends."""
        if (base, provider) not in self.requests:
            self.requests[base, provider] = self.run(self.ours("dump", provider, 1, base=base))
        return self.requests[base, provider]

    def own_instructions(self, command):
        """Without those of the transport, which a function of the driver is then."""
        return self.instructions(command, "--toggle-collect=answer", "--collect-atstart=yes")

    # -- measuring --

    def interleaved(self, measure, commands, rounds=ROUNDS):
        """Medians, and that of the rounds' ratios: what disturbs a round disturbs all of it."""
        seen = []
        for turn in range(rounds):
            order = range(len(commands)) if turn % 2 == 0 else reversed(range(len(commands)))
            taken = {index: measure(commands[index]) for index in order}
            seen.append([taken[index] for index in sorted(taken)])
        medians = [statistics.median(column) for column in zip(*seen)]
        return Measured(*medians)._replace(ratio=statistics.median(row[0] / row[1] for row in seen))

    def numbers(self, command):
        """What a driver reports when no request failed."""
        seen = numbers(self.run(command))
        if seen.get("errors"):
            raise RuntimeError("%d requests failed: %s" % (seen["errors"], " ".join(command)))
        return seen

    def cpu(self, command):
        """CPU microseconds for each request, of the driver alone."""
        seen = self.numbers(command)
        return seen["cpu_us"] / seen["requests"]

    def speed(self, command):
        """Requests in a second."""
        seen = self.numbers(command)
        return seen["requests"] * 1e6 / seen["wall_us"]

    def process_cpu(self, command, **more):
        """CPU milliseconds of the process from its start to its end."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.run(command, **more)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e3

    def instructions(self, command, *options):
        """Callgrind takes a string instruction for as many as it moves bytes: do without them."""
        need("valgrind")
        out = os.path.join(self.directory, "callgrind.out")
        plain = ":".join("glibc.cpu.x86_rep_%s_threshold=1000000000" % which
                         for which in ("movsb", "stosb"))
        self.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=" + out, *options,
                  *command], GLIBC_TUNABLES=plain)
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
        if not self.kept["trust"]:
            raise Skip("no mount namespace can be made here; in a chroot, / has to be a mount")
        return [*self.kept["trust"], *command]

    def find_namespace(self, trust):
        """The words in front of a command that put this trust in the system's place, if any do."""
        script = 'mount --bind "$1" "$2" && shift 2 && exec "$@"'
        inside = ["--mount", "sh", "-c", script, "sh", trust, server.SYSTEM_TRUST]
        for words in (["unshare", *inside], ["unshare", "--user", "--map-root-user", *inside]):
            try:
                self.run([*words, "true"])
                return words
            except (OSError, RuntimeError):
                pass
        return None

    def once(self, name, command):
        """A long run that several figures look at."""
        if name not in self.kept:
            self.kept[name] = self.numbers(command)
        return self.kept[name]


def need(tool):
    if not shutil.which(tool):
        raise Skip(tool + " is not installed")
