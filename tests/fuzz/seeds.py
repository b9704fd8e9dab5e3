# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""What the fuzzers begin with. A harness NAME.c needs an entry below.

usage: python3 tests/fuzz/seeds.py NAME DIRECTORY
"""

import os
import random
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "wire"))

from replies import replies  # noqa: E402


def http1():
    """Replies, each with a first byte for its pieces. Only some are long: they take long."""
    found = list(replies(1000, random.Random(1)))
    chosen = [data for data in found if len(data) < 4000]
    chosen += [data for data in found if 30000 < len(data) < 50000][:5]
    return [bytes([number % 256]) + data for number, data in enumerate(chosen)]


SEEDS = {"http1": http1}

name, directory = sys.argv[1:]
os.makedirs(directory, exist_ok=True)
for number, seed in enumerate(SEEDS[name]()):
    with open(os.path.join(directory, "seed-%04d" % number), "wb") as file:
        file.write(seed)
