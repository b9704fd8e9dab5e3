# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""The programs of the README work, each as a module of its own, with the installed library; and the example.

usage: sessionpay-sandbox -- python3 readme.py GO DIRECTORY
"""

import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request

GO, WORK = sys.argv[1:]
PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(PACKAGE, "..", "..", "tests", "support"))
from tap import Tap  # noqa: E402

tap = Tap()
with open(os.path.join(PACKAGE, "README.md"), encoding="utf-8") as file:
    programs = re.findall(r"^```go\n(package.*?)^```", file.read(), flags=re.S | re.M)
shutil.rmtree(WORK, ignore_errors=True)


def module(name, program):
    """A program of somebody else's."""
    directory = os.path.join(WORK, name)
    os.makedirs(directory)
    with open(os.path.join(directory, "main.go" if "func main" in program else "main_test.go"), "w", encoding="utf-8") as file:
        file.write(program)
    for command in (["init", name], ["edit", "-require=sessionpay@v0.0.0", "-replace=sessionpay=" + PACKAGE]):
        subprocess.run([GO, "mod"] + command, cwd=directory, check=True, stderr=subprocess.DEVNULL)
    return directory


for number, (program, wanted) in enumerate(zip(programs, (r"session [0-9a-f-]{36}\n", r"ok .*\n"))):
    result = subprocess.run([GO] + (["run", "."] if "func main" in program else ["test", "."]),
                            cwd=module("program%d" % number, program), stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, universal_newlines=True, check=False)
    tap.ok(re.fullmatch(wanted, result.stdout), "prints " + wanted.strip(), result.stdout)
tap.equal(len(programs), 2, "there are two")


def asked(url, body=None):
    """(status, text)"""
    try:
        with urllib.request.urlopen(url, data=body, timeout=60) as answer:
            return answer.status, answer.read().decode().strip()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode().strip()


binary = os.path.join(WORK, "server")
subprocess.run([GO, "build", "-o", binary, "./examples/server"], cwd=PACKAGE, check=True)
server = subprocess.Popen([binary, "127.0.0.1:0"], stdout=subprocess.PIPE, universal_newlines=True)
base = server.stdout.readline().strip()
page = '{"validationURL": "%s"}' % os.environ["SPAY_APPLE_PAY_VALIDATION_URL"]
tap.ok(re.fullmatch(r'\(200, .\{"expiresAt":"[-0-9T:]+Z","token":".+"\}.\)', repr(asked(base + "/hosted-fields"))),
       "the example: a Hosted Fields session")
status, apple = asked(base + "/apple-pay", page.encode())
tap.ok(status == 200 and "merchantSessionIdentifier" in apple, "an Apple Pay session", apple)
tap.equal(asked(base + "/apple-pay", b'{"validationURL": "https://evil.example/"}'), (400, "{}"), "an address not Apple's")
tap.equal(asked(base + "/apple-pay", b"[]"), (400, "{}"), "a body that is none")
tap.equal(asked(base + "/hosted-fields", b"{}")[0], 405, "another method")
server.terminate()
server.communicate()
tap.done()
