# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Running sessionpay, for the tests of the command line."""

import json
import os
import subprocess

ENV = os.environ
SRCDIR = ENV.get("SRCDIR", ".")
PROGRAM = os.path.join(ENV.get("BUILD", "build"), "bin", "sessionpay")
COMMANDS = ["explain"]


class Result:
    def __init__(self, done):
        self.status = done.returncode
        self.out = done.stdout
        self.err = done.stderr
        self.all = done.stdout + done.stderr

    @property
    def json(self):
        return json.loads(self.out)

    def __repr__(self):
        return "status %d\n%s\n%s" % (self.status, self.out, self.err)


def run(*arguments, env=None, drop=(), fds=(), cwd=None):
    """Runs the program with the sandbox's environment, changed by env, without the names in drop."""
    variables = {name: value for name, value in ENV.items() if name not in drop}
    variables.update(env or {})
    return Result(subprocess.run([os.path.abspath(PROGRAM), *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, universal_newlines=True, check=False, env=variables,
                                 pass_fds=fds, cwd=cwd))
