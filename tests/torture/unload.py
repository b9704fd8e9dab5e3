# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""A plug-in's life: the shared library is loaded, used and unloaded, again and again, in a process
that has no other use for it. Nothing remains that can crash, and nothing that grows.

usage: SPAY_LIBRARY=build/lib/libsessionpay.so sessionpay-sandbox -- python3 unload.py
"""

import _ctypes
import ctypes
import os
import sys

PATH = os.environ.pop("SPAY_LIBRARY", "")  # the module below would load it for good
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "python"))
import spay  # noqa: E402

FULL = bool(os.environ.get("SPAY_TORTURE"))
CYCLES = 100 if FULL else 10
SETTLED = CYCLES // 2  # by then, whatever is made once has been made
GROWTH_KIB = 1024  # in the other half of the cycles

if not PATH or "SPAY_SANDBOX_URL" not in os.environ:
    spay.skip_all("run it under sessionpay-sandbox, with SPAY_LIBRARY")
tap = spay.Tap()
NAME = os.path.basename(os.path.realpath(PATH))


def is_loaded():
    with open("/proc/self/maps", encoding="utf-8") as file:
        return NAME in file.read()


def memory_kib():
    with open("/proc/self/status", encoding="utf-8") as file:
        return int(next(line.split()[1] for line in file if line.startswith("VmRSS")))


def descriptors():
    return len(os.listdir("/proc/self/fd"))


def cycle(calls):
    """Load, call, unload. The status of the last call."""
    library = ctypes.CDLL(os.path.abspath(PATH))
    spay.declare(library)
    spay.LIB = library
    client = spay.Client(ca_file=os.environ["SPAY_CA_FILE"])
    status = "SPAY_OK"
    for _ in range(calls):
        status = client.call(os.environ["SPAY_SANDBOX_URL"]).status
    client.close()
    spay.LIB = None
    _ctypes.dlclose(library._handle)  # pylint: disable=protected-access
    return status


def survives_fork():
    """A handler that the library did not remove would run here, in code that is unmapped."""
    child = os.fork()
    if child == 0:
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def main():
    statuses, loaded, forked, sizes, files = set(), 0, True, [], []
    for number in range(CYCLES):
        statuses.add(cycle(number % 3))
        loaded += is_loaded()
        forked = survives_fork() and forked
        sizes.append(memory_kib())
        files.append(descriptors())
    tap.ok(statuses == {"SPAY_OK"}, "%d times loaded, used and unloaded" % CYCLES, statuses)
    tap.ok(not loaded, "each time it is gone from the process", "%d times it stayed" % loaded)
    tap.ok(forked, "a fork after that finds no handler of it")
    tap.ok(files[-1] <= files[SETTLED], "no descriptor stays open", files)
    growth = sizes[-1] - sizes[SETTLED]
    if "-fsanitize" in os.environ.get("CFLAGS", ""):
        tap.skip("memory does not grow by much", "a sanitizer keeps what is freed")
    else:
        tap.ok(growth <= GROWTH_KIB, "memory does not grow by much", "%d KiB" % growth)
    print("#   %d KiB more after %d cycles, %d in all" % (growth, CYCLES - SETTLED, sizes[-1]))
    tap.done()


if os.path.exists("/proc/self/maps"):
    main()
spay.skip_all("this system does not tell what is loaded")
