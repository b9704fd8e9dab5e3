# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Running sessionpay, for the tests of the command line."""

import base64
import json
import os
import ssl
import subprocess
import urllib.parse
import urllib.request

ENV = os.environ
SRCDIR = ENV.get("SRCDIR", ".")
PROGRAM = os.path.join(ENV.get("BUILD", "build"), "bin", "sessionpay")
COMMANDS = ["create", "explain", "flight", "resume", "sign", "verify"]


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
    """The sandbox that runs the test: its faults, and what it was sent."""

    def __init__(self):
        self.context = ssl.create_default_context(cafile=ENV["SPAY_CA_FILE"])

    def ask(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(ENV["SPAY_SANDBOX_URL"] + path, data=data)
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


def encodings(secret):
    """How a secret may show, without saying so."""
    plain = secret.encode()
    return [secret, base64.b64encode(plain).decode().rstrip("="), plain.hex(), plain.hex().upper(),
            urllib.parse.quote(secret, safe=""), "".join("%%%02X" % byte for byte in plain),
            json.dumps(secret)[1:-1], secret[::-1]]


def leaks(text, *more):
    """The secrets that show in a text, in any of the encodings."""
    secrets = [ENV[name] for name in SECRETS] + list(more)
    return [form for secret in secrets for form in encodings(secret) if form in text]
