#!/usr/bin/env python3
# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Runs a command with a Redis server of its own, at SPAY_REDIS_URL; without it where there is no server.

usage: redis.py COMMAND [ARGUMENT...]
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time


def answers(path):
    with socket.socket(socket.AF_UNIX) as asked:
        try:
            asked.connect(path)
            asked.sendall(b"PING\r\n")
            return asked.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def main(command):
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if not program:
        return subprocess.call(command)
    with tempfile.TemporaryDirectory(prefix="sessionpay-redis-") as directory:
        path = os.path.join(directory, "socket")
        server = subprocess.Popen([program, "--port", "0", "--unixsocket", path, "--save", "", "--dir", directory],
                                  stdout=subprocess.DEVNULL)
        try:
            end = time.monotonic() + 60
            while not answers(path) and server.poll() is None and time.monotonic() < end:
                time.sleep(0.01)
            return subprocess.call(command, env=dict(os.environ, SPAY_REDIS_URL="unix://" + path))
        finally:
            server.kill()
            server.wait()


sys.exit(main(sys.argv[1:]))
