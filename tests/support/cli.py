# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Running sessionpay, for the tests of the command line."""

import json
import os
import ssl
import subprocess
import sys
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from secret_forms import encodings  # noqa: E402

ENV = os.environ
SRCDIR = ENV.get("SRCDIR", ".")
PROGRAM = os.path.join(ENV.get("BUILD", "build"), "bin", "sessionpay")
COMMANDS = ["create", "doctor", "explain", "flight", "resume", "sign", "verify"]


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


class Sandbox:
    """A sandbox, by default that which runs the test: its faults, and what it was sent."""

    def __init__(self, env=ENV):
        self.url = env["SPAY_SANDBOX_URL"]
        self.context = ssl.create_default_context(cafile=env["SPAY_CA_FILE"])

    def ask(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data)
        with urllib.request.urlopen(request, context=self.context) as answer:
            return json.loads(answer.read() or "null")

    def fault(self, **fault):
        self.ask("/_sandbox/faults", fault)

    def reset(self):
        self.ask("/_sandbox/reset", {})

    def requests(self):
        return self.ask("/_sandbox/requests")["requests"]


# The sandbox's credentials, by the variables that hold them.
SECRETS = ["SPAY_WEPAY_APP_TOKEN", "SPAY_HOSTED_FIELDS_API_KEY", "SPAY_CONNECT_SECRET_API_KEY"]


def leaks(text, *more):
    """The secrets that show in a text or bytes, in any of 14 encodings."""
    data = text if isinstance(text, bytes) else text.encode()
    secrets = [ENV[name] for name in SECRETS] + list(more)
    return [form for secret in secrets for form in encodings(secret) if form in data]
