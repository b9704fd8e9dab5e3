# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Each library exports what its headers declare and its linker map lists, name by name."""

import os

from common import ADAPTERS, DEFINES, NM, SHARED, Tap, functions, map_names, run

tap = Tap()


def check_map(name, declared, listed):
    tap.ok(declared, name + ": the headers declare functions")
    tap.empty({one for one in declared if declared.count(one) > 1},
              name + ": no function is declared twice")
    tap.empty({one for one in listed if listed.count(one) > 1}, name + ": no name is in the map twice")
    tap.empty(set(declared) - set(listed), name + ": every declared function is in the map")
    tap.empty(set(listed) - set(declared), name + ": every name in the map is declared")


def check_library(name, path, listed, left_out):
    status, output = run(NM + ["-D", "--defined-only", path])
    rows = [line.split() for line in output.splitlines()]
    exported = {row[-1].split("@")[0] for row in rows if row[-2] != "A"}
    tap.ok(status == 0, name + ": nm reads the shared library", output)
    tap.empty({one for one in exported if not one.startswith("spay_")},
              name + ": no foreign name is exported")
    tap.empty({row[-1] for row in rows if row[-2] not in "TA"}, name + ": only functions are exported")
    tap.empty(exported - set(listed), name + ": nothing is exported that is not in the map")
    if left_out:
        tap.skip(name + ": everything in the map is exported", "built with " + " ".join(DEFINES))
    else:
        tap.empty(set(listed) - exported, name + ": everything in the map is exported")


def check(name, adapter, path, left_out=False):
    declared = [function["name"] for function in functions() if function["library"] == name]
    listed = map_names(adapter)
    check_map(name, declared, listed)
    if os.path.exists(path):
        check_library(name, path, listed, left_out)
    else:
        tap.skip(name + ": the shared library exports exactly these", "not in this build")


check("libsessionpay", None, SHARED, set(DEFINES) - {"-DSPAY_DISABLE_THREADS"})
for adapter in sorted(ADAPTERS.values()):
    name = "libsessionpay-" + adapter
    check(name, adapter, SHARED.replace("/libsessionpay.", "/%s." % name))

tap.done()
