# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""The library exports what the headers declare and the linker map lists, name by name."""

from common import DEFINES, NM, SHARED, Tap, functions, map_names, run

tap = Tap()

declared = [function.name for function in functions()]
listed = map_names()

tap.ok(declared, "the headers declare functions")
tap.empty({name for name in declared if declared.count(name) > 1}, "no function is declared twice")
tap.empty({name for name in listed if listed.count(name) > 1}, "no name is in the map twice")
tap.empty(set(declared) - set(listed), "every declared function is in the map")
tap.empty(set(listed) - set(declared), "every name in the map is declared")

if not SHARED:
    tap.skip("the shared library exports exactly these", "no shared library in this build")
else:
    status, output = run(NM + ["-D", "--defined-only", SHARED])
    rows = [line.split() for line in output.splitlines()]
    exported = {row[-1].split("@")[0] for row in rows if row[-2] != "A"}
    tap.ok(status == 0, "nm reads the shared library", output)
    tap.empty({name for name in exported if not name.startswith("spay_")},
              "no foreign name is exported")
    tap.empty({row[-1] for row in rows if row[-2] not in "TA"}, "only functions are exported")
    tap.empty(exported - set(listed), "nothing is exported that is not in the map")
    if set(DEFINES) - {"-DSPAY_DISABLE_THREADS"}:
        tap.skip("everything in the map is exported", "built with " + " ".join(DEFINES))
    else:
        tap.empty(set(listed) - exported, "everything in the map is exported")

tap.done()
