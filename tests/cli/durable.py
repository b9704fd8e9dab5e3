# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""sessionpay create --journal: at the moment when a request arrives, what is needed to repeat it is on
the disk. The program is killed at that moment, and its journal is what a loss of power leaves.
"""

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
for place in ("support", "project"):
    sys.path.insert(0, os.path.join(HERE, "..", place))
from cli import ENV, PROGRAM, SRCDIR, run  # noqa: E402
from common import CC, CFLAGS, skip_all  # noqa: E402
from servers import Server, reply  # noqa: E402
from tap import Tap  # noqa: E402

if platform.system() != "Linux" or any("sanitize" in flag for flag in CFLAGS):
    skip_all("fsync() is replaced by preloading, which needs Linux and no sanitizer")

SESSIONS = {
    "wepay": ("SPAY_WEPAY_BASE_URL", "Unique-Key",
              b'{"id":"a","session_token":"b","expire_time":4102444800}'),
    "connect": ("SPAY_CONNECT_BASE_URL", "X-GCS-Idempotence-Key",
                b'{"clientSessionId":"a","customerId":"b","clientApiUrl":"https://c.invalid/client"}'),
}
tap = Tap()
work = tempfile.TemporaryDirectory()
shim = os.path.join(work.name, "synced.so")
subprocess.run(CC + ["-std=gnu99", "-O2", "-shared", "-fPIC", "-o", shim,
                     os.path.join(SRCDIR, "tests", "cli", "preload", "synced.c")], check=True)


def key_of(request, header):
    for line in request.split(b"\r\n"):
        if line.lower().startswith(header.lower().encode() + b":"):
            return line.split(b":", 1)[1].strip().decode()
    return None


def lines(path):
    try:
        with open(path, encoding="utf-8") as file:
            return [json.loads(line) for line in file]
    except FileNotFoundError:
        return []


for product, (variable, header, session) in SESSIONS.items():
    synced = os.path.join(work.name, product)
    os.mkdir(synced)
    survivors = []
    running = threading.Event()

    def power_fails(request):
        """What is on the disk now is all that survives."""
        survivors.append((key_of(request, header), lines(os.path.join(synced, "file")),
                          os.path.exists(os.path.join(synced, "directory"))))
        running.wait()
        process.kill()
        return b""

    server = Server(power_fails)
    journal = os.path.join(work.name, product + ".journal")
    environment = dict(ENV, LD_PRELOAD=shim, SYNCED=synced, **{variable: server.url})
    with subprocess.Popen([PROGRAM, "create", product, "--journal", journal], env=environment,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        running.set()
        process.communicate()
    tap.equal(process.returncode, -9, product + ": killed when the request arrives")
    key, saved, found = survivors[0]
    tap.ok(key and [entry["idempotency_key"] for entry in saved] == [key] and saved[0]["event"] == "send",
           product + ": the key of the request that arrives is on the disk", survivors)
    tap.ok(found, product + ": the journal's directory is, too")
    if not saved:
        server.close()
        continue

    first = server.requests[0].split(b"\r\n\r\n", 1)[1]
    server.answer = lambda request: reply("200 OK", "", session)
    shutil.copy(os.path.join(synced, "file"), journal)
    result = run("resume", key, "--journal", journal)
    again = server.requests[-1]
    tap.ok(result.status == 0 and len(server.requests) == 2, product + ": resumed from what the disk has", result)
    tap.equal((key_of(again, header), again.split(b"\r\n\r\n", 1)[1]), (key, first), product + ": the same key and body")
    server.close()
tap.done()
