# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""The programs of the README work.

usage: sessionpay-sandbox -- python3 readme.py
"""

import os
import re
import subprocess
import sys

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
tap.done()
