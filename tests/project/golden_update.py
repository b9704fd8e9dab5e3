# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""golden --update writes the expectations that it found: spoilt ones become what they were."""

import glob
import json
import os
import re
import shutil
import tempfile

from common import BUILD, EMULATOR, SRCDIR, Tap, read, run, skip_all, write

FIXTURES = os.path.join(SRCDIR, "tests", "fixtures")
GOLDEN = os.path.join(BUILD, "tests", "golden")

if not os.path.exists(GOLDEN):
    skip_all("no golden cases in this build")

tap = Tap()


def copy(directory):
    """The fixtures, writable even if the source tree is not."""
    for base, _, names in os.walk(FIXTURES):
        target = os.path.join(directory, os.path.relpath(base, FIXTURES))
        os.makedirs(target)
        for name in names:
            shutil.copyfile(os.path.join(base, name), os.path.join(target, name))


def play(directory, *options):
    status, output = run(EMULATOR + [GOLDEN, *options, directory])
    return status, [line for line in output.splitlines() if line.startswith("not ok")]


def spoil_number(text):
    return re.sub(r'("attempts": )\d+', r"\g<1>9", text)


def spoil(directory):
    """Wrong headers and bodies in all requests, wrong numbers and texts in all results."""
    for path in glob.glob(os.path.join(directory, "*", "*", "request*.http")):
        write(path, read(path).replace("application/json", "text/plain").replace('{"', '{"x'))
    for path in glob.glob(os.path.join(directory, "*", "*", "expected.json")):
        write(path, spoil_number(read(path)).replace('"outcome": "', '"outcome": "not '))


def differences(directory):
    """The files that are not what they were. JSON may be laid out in another way."""
    for base, _, names in os.walk(directory):
        for name in names:
            path = os.path.join(base, name)
            ours = read(path)
            theirs = read(os.path.join(FIXTURES, os.path.relpath(path, directory)))
            same = json.loads(ours) == json.loads(theirs) if name.endswith(".json") else \
                ours.rstrip("\n") == theirs.rstrip("\n")
            if not same:
                yield os.path.relpath(path, directory)


with tempfile.TemporaryDirectory() as work:
    directory = os.path.join(work, "fixtures")
    copy(directory)
    before = {path: os.stat(path).st_mtime_ns
              for path in glob.glob(os.path.join(directory, "*", "*", "*"))}
    tap.ok(play(directory, "--update")[0] == 0, "where nothing is wrong all is well")
    tap.empty({path for path, time in before.items() if os.stat(path).st_mtime_ns != time},
              "and no file is written")
    spoil(directory)
    status, failed = play(directory)
    tap.ok(status != 0 and len(failed) > 400, "spoilt expectations fail", len(failed))
    status, failed = play(directory, "--update")
    tap.ok(status == 0, "and hold when they are updated", *failed)
    tap.empty(set(differences(directory)), "they are what they were, placeholders included")

tap.done()
