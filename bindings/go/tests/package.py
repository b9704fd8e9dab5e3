# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""The package's tests as TAP, and what Go's tools say of its source.

usage: sessionpay-sandbox -- python3 package.py GO PROGRAM

PROGRAM is what "go test -c" has made.
"""

import os
import re
import shutil
import subprocess
import sys

GO, PROGRAM = sys.argv[1:]
HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGE = os.path.dirname(HERE)
ROOT = os.path.normpath(os.path.join(PACKAGE, "..", ".."))
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))
from tap import Tap  # noqa: E402

tap = Tap()


def output(*command, **options):
    return subprocess.run(command, cwd=PACKAGE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          universal_newlines=True, check=False, **options).stdout


def check_tests():
    # until Go 1.20 it is an option of the program that cgo checks strictly, later of the compiler
    minor = int(re.match(r"go1\.(\d+)", output(GO, "env", "GOVERSION")).group(1))
    printed = output(PROGRAM, "-test.v", env=dict(os.environ, GODEBUG="cgocheck=2" if minor < 21 else ""))
    results = re.findall(r"^--- (PASS|FAIL|SKIP): (\S+)", printed, flags=re.M)
    for result, name in results:
        tap.ok(result == "PASS", name)
    tap.ok(results and printed.endswith("PASS\n"), "all of them, without a race", printed)


def packages():
    """Without libhiredis there is no libsessionpay-redis."""
    has_redis = subprocess.call(["pkg-config", "--exists", "libsessionpay-redis"]) == 0
    return [name for name in output(GO, "list", "./...").split() if has_redis or not name.endswith("/redisstore")]


def check_source():
    tap.equal(output(GO, "vet", *packages()), "", "go vet")
    gofmt = shutil.which("gofmt") or os.path.join(output(GO, "env", "GOROOT").strip(), "bin", "gofmt")
    tap.equal(output(gofmt, "-l", "."), "", "gofmt")
    made = output(sys.executable, "-B", "generate.py", os.path.join(ROOT, "share", "sessionpay.api.json"))
    with open(os.path.join(PACKAGE, "generated.go"), encoding="utf-8") as file:
        tap.ok(file.read() == output(gofmt, input=made), "generated.go is what generate.py makes")
    linter = shutil.which("staticcheck") or shutil.which("go-staticcheck")
    if linter:
        tap.equal(output(linter, *packages()), "", "staticcheck")
    else:
        tap.skip("staticcheck", "it is not installed; ./bootstrap go installs it")


check_tests()
check_source()
tap.done()
