# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""The programs of the README work, and the example.

usage: sessionpay-sandbox -- python3 readme.py
"""

import os
import re
import subprocess
import sys
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "..", "tests", "support"))
from tap import Tap  # noqa: E402

tap = Tap()
with open(os.path.join(HERE, "..", "README.md"), encoding="utf-8") as file:
    programs = re.findall(r"^```python\n(.*?)^```", file.read(), flags=re.S | re.M)
for program, wanted in zip(programs, (r"session [0-9a-f-]{36}\n", r"sessions 10\n")):
    result = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            universal_newlines=True, check=False)
    tap.ok(re.fullmatch(wanted, result.stdout), "prints " + wanted.strip(), result.stdout)
tap.equal(len(programs), 2, "there are two")


def asked(url, body=None):
    """(status, text)"""
    try:
        with urllib.request.urlopen(url, data=body, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


server = subprocess.Popen([sys.executable, os.path.join(HERE, "..", "examples", "server.py"), "0"],
                          stdout=subprocess.PIPE, universal_newlines=True)
base = server.stdout.readline().strip()
page = '{"validationURL": "%s"}' % os.environ["SPAY_APPLE_PAY_VALIDATION_URL"]
tap.ok(re.fullmatch(r'\(200, .\{"token": ".+", "expiresAt": ".+"\}.\)', repr(asked(base + "/hosted-fields"))),
       "the example: a Hosted Fields session")
status, apple = asked(base + "/apple-pay", page.encode())
tap.ok(status == 200 and "merchantSessionIdentifier" in apple, "an Apple Pay session", apple)
tap.equal(asked(base + "/apple-pay", b'{"validationURL": "https://evil.example/"}'), (400, "{}"), "an address not Apple's")
tap.equal(asked(base + "/apple-pay", b"[]"), (400, "{}"), "a body that is none")
tap.equal(asked(base + "/other"), (404, "{}"), "another page")
server.terminate()
server.communicate()
tap.done()
