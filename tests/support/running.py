# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""A Redis of one's own, and the sandbox that runs the test."""

import json
import os
import socket
import ssl
import subprocess
import time
import urllib.request

PATIENCE = 60


class Redis:
    """A server of our own on a Unix socket, and the little of its protocol that is needed."""

    def __init__(self, program, home):
        self.program = program
        self.path = os.path.join(home, "redis")
        self.url = "unix://" + self.path
        self.home = home
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [self.program, "--port", "0", "--unixsocket", self.path, "--dir", self.home,
             "--save", "", "--appendonly", "no", "--logfile", "log"], stdin=subprocess.DEVNULL)
        until(lambda: self.answers(), "redis-server answers")

    def answers(self):
        try:
            return self.ask("PING") == b"PONG"
        except OSError:
            return False

    def kill(self):
        self.process.kill()
        self.process.wait()

    def ask(self, *words):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(self.path)
            connection.sendall(b"*%d\r\n" % len(words) + b"".join(
                b"$%d\r\n%s\r\n" % (len(word), word) for word in map(to_bytes, words)))
            return self.read(connection.makefile("rb"))

    def read(self, replies):
        kind, rest = (lambda line: (line[:1], line[1:-2]))(replies.readline())
        if kind == b"$":
            return replies.read(int(rest) + 2)[:-2] if int(rest) >= 0 else None
        if kind == b"*":
            return [self.read(replies) for _ in range(int(rest))]
        return int(rest) if kind == b":" else rest

    def dump(self):
        """All that is there, names included."""
        return {name: self.ask("GET", name) or b"" for name in self.ask("KEYS", "*")}

    def values(self):
        return {name: value for name, value in self.dump().items() if name.endswith(b":value")}


def to_bytes(word):
    return word if isinstance(word, bytes) else word.encode()


def until(happened, what):
    """Waits for something that other processes do."""
    end = time.monotonic() + PATIENCE
    while not happened():
        if time.monotonic() > end:
            raise RuntimeError("in vain: until " + what)
        time.sleep(0.01)


class Sandbox:
    def __init__(self):
        self.url = os.environ["SPAY_SANDBOX_URL"]
        ca_file = os.environ.get("SPAY_CA_FILE")
        self.context = ssl.create_default_context(cafile=ca_file) if ca_file else None

    def ask(self, path, body=None, method=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + "/_sandbox/" + path, data, method=method)
        with urllib.request.urlopen(request, context=self.context) as reply:
            text = reply.read()
        return json.loads(text) if text else None

    def reset(self):
        self.ask("reset", {})

    def expire(self):
        self.ask("expire", {})

    def fault(self, **fault):
        self.ask("faults", fault)

    def faults(self, faults):
        """Replaces those that wait."""
        self.ask("faults", method="DELETE")
        self.ask("faults", faults)

    def release(self):
        self.ask("release", {})

    def requests(self, path=""):
        return self.ask("requests?path=" + path)["requests"]

    def tokens(self):
        return len(self.requests("/authorize"))
