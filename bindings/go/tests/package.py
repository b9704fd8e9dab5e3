# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""The package's own tests as TAP: "go test" with the race detector and the strict checks of cgo, "go vet",
gofmt; and generated.go is what generate.py makes.

usage: sessionpay-sandbox -- python3 package.py GO
"""

import os
import re
import shutil
import subprocess
import sys

GO = sys.argv[1]
HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGE = os.path.dirname(HERE)
ROOT = os.path.normpath(os.path.join(PACKAGE, "..", ".."))
sys.path.insert(0, os.path.join(ROOT, "tests", "support"))
from tap import Tap  # noqa: E402

tap = Tap()


def output(*command, **options):
    return subprocess.run(command, cwd=PACKAGE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          universal_newlines=True, check=False, **options).stdout


def environment():
    """With the strict checks of cgo, which Go 1.21 has made a property of the program."""
    minor = re.match(r"go1\.(\d+)", output(GO, "env", "GOVERSION"))
    strict = {"GODEBUG": "cgocheck=2"} if minor and int(minor.group(1)) < 21 else {"GOEXPERIMENT": "cgocheck2"}
    return dict(os.environ, **strict)


def check_tests():
    race = ["-race"] if output(GO, "env", "GOARCH").strip() in ("amd64", "arm64", "ppc64le", "s390x") else []
    printed = output(GO, "test", "-v", "-count=1", *race, "./...", env=environment())
    results = re.findall(r"^--- (PASS|FAIL|SKIP): (\S+)", printed, flags=re.M)
    failed = [name for result, name in results if result == "FAIL"]
    for result, name in results:
        if result == "SKIP":
            tap.skip(name, "see go test -v")
        else:
            tap.ok(result == "PASS", name)
    tap.ok(results and not failed and "\nFAIL" not in printed, "go test", printed)


def check_source():
    tap.equal(output(GO, "vet", "./..."), "", "go vet")
    gofmt = shutil.which("gofmt") or os.path.join(output(GO, "env", "GOROOT").strip(), "bin", "gofmt")
    tap.equal(output(gofmt, "-l", "."), "", "gofmt")
    made = output(sys.executable, "-B", "generate.py", os.path.join(ROOT, "share", "sessionpay.api.json"))
    with open(os.path.join(PACKAGE, "generated.go"), encoding="utf-8") as file:
        tap.ok(file.read() == output(gofmt, input=made), "generated.go is what generate.py makes")
    if shutil.which("staticcheck"):
        tap.equal(output("staticcheck", "./..."), "", "staticcheck")
    else:
        tap.skip("staticcheck", "it is not installed")


check_tests()
check_source()
tap.done()
