# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""No secret in arguments, output, journal, flight record or reports, in any of 14 encodings: each
command is run with all secrets that there are, also against a provider that repeats them.
"""

import json
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from authority import Authority  # noqa: E402
from cli import COMMANDS, ENV, PROGRAM, SECRETS, Sandbox  # noqa: E402
from secret_forms import encodings  # noqa: E402
from servers import Proxy  # noqa: E402
from tap import Tap  # noqa: E402

tap = Tap()
sandbox = Sandbox()
work = tempfile.TemporaryDirectory()
collected = {"arguments": b"", "output": b"", "files": b""}
covered = set()
PRODUCTS = ["wepay", "hosted-fields", "connect", "apple-pay"]


def path(name):
    return os.path.join(work.name, name)


def sessionpay(*arguments, env=None):
    """Runs it, and looks at its arguments, and those of its children, while it runs."""
    covered.add(arguments[0])
    with subprocess.Popen([PROGRAM, *arguments], env=dict(ENV, **(env or {})), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            with open("/proc/%d/cmdline" % process.pid, "rb") as file:
                collected["arguments"] += file.read()
            with open("/proc/%d/task/%d/children" % (process.pid, process.pid), encoding="ascii") as file:
                assert not file.read(), "no other program is started"
        except FileNotFoundError:
            pass
        printed = process.stdout.read()
    collected["output"] += printed
    return printed


def found(data):
    return [secret for secret in set(secrets) if any(form in data for form in encodings(secret))]


def read(name):
    with open(path(name), "rb") as file:
        collected["files"] += file.read()


authority = Authority(work.name)
authority.issue("client", "client")
authority.lock("client", "a password of a key")
proxy = Proxy("a-user:a-password-of-a-proxy")
SETTINGS = {
    "SPAY_KEY_SECRET": "a secret of 32 bytes, for intents",
    "SPAY_PROXY": proxy.url,
    "SPAY_PROXY_CREDENTIALS": "a-user:a-password-of-a-proxy",
    "SPAY_CLIENT_CERTIFICATE_FILE": path("client.pem"),
    "SPAY_CLIENT_KEY_FILE": path("client-locked.key"),
    "SPAY_CLIENT_KEY_PASSWORD": "a password of a key",
    "SPAY_WEPAY_RISK_TOKEN": "a-risk-token-of-a-consumer",
    "SPAY_CONNECT_TOKENS": "a-stored-token,another-stored-token",
}
secrets = [ENV[name] for name in SECRETS]
secrets += ["a secret of 32 bytes, for intents", "a-password-of-a-proxy", "a-user:a-password-of-a-proxy",
            "a password of a key", "a-risk-token-of-a-consumer", "a-stored-token", "another-stored-token"]
bearer = {"SPAY_HOSTED_FIELDS_BEARER_TOKEN": "a-bearer-token-of-ones-own"}
secrets += bearer.values()
# What a request gives a provider, which may repeat it; Worldline's secret is in none.
REPEATED = {"wepay": (ENV["SPAY_WEPAY_APP_TOKEN"], "session_tokens"),
            "hosted-fields": (ENV["SPAY_HOSTED_FIELDS_API_KEY"], "authorize")}
bearer = {"SPAY_HOSTED_FIELDS_BEARER_TOKEN": "a-bearer-token-of-ones-own"}
secrets += bearer.values()
# What a provider is given, and may repeat.
OWN = {"wepay": [ENV["SPAY_WEPAY_APP_TOKEN"], SETTINGS["SPAY_WEPAY_RISK_TOKEN"]],
       "hosted-fields": [ENV["SPAY_HOSTED_FIELDS_API_KEY"]], "connect": [ENV["SPAY_CONNECT_SECRET_API_KEY"]],
       "apple-pay": [ENV["SPAY_CONNECT_SECRET_API_KEY"]]}


def every_way(product, env):
    """All commands that take a product's settings, for a person and as JSON."""
    for json_too in ([], ["--json"]):
        sessionpay("create", product, *json_too, "--journal", path("journal"), "--flight-record", path("record"),
                   "--max-attempts", "1", env=env)
        read("record")
        for report in ([], ["--html"], ["--svg"]):
            sessionpay("flight", path("record"), *report, *json_too)
        sessionpay("create", product, *json_too, "--dry-run", env=env)
        sessionpay("doctor", product, *json_too, env=env)
    with open(path("journal"), encoding="utf-8") as file:
        keys = [json.loads(line)["idempotency_key"] for line in file]
    if keys:
        sessionpay("resume", keys[-1], "--journal", path("journal"), env=env)
    read("journal")


def verify(product):
    """Its requests are its own; stored tokens do not go with them."""
    for json_too in ([], ["--json"]):
        sessionpay("verify", product, *json_too, "--report", path("report"),
                   env={name: value for name, value in SETTINGS.items() if name != "SPAY_CONNECT_TOKENS"})
        read("report")


for product in PRODUCTS:
    sandbox.reset()
    every_way(product, SETTINGS)
    verify(product)
    sessionpay("create", product, "--intent", "order 7", env=SETTINGS)
    tap.ok(sandbox.requests(), product + ": requests were sent")
for product, (secret, route) in REPEATED.items():
    for body in ({"error_code": secret, "error_message": secret, "title": secret, "detail": secret,
                  "errors": [{"parameter": secret, "message": secret}]},
                 "<html><title>%s</title>%s</html>" % (secret, secret)):
        for status in (200, 302, 403):
            sandbox.reset()
            sandbox.fault(path=route, status=status, body=body, count=99,
                          headers={"Location": "https://x.invalid/" + secret, "X-Request-Id": secret})
            sessionpay("doctor", product, "--json", env=SETTINGS)
            sessionpay("create", product, "--json", "--flight-record", path("record"), env=SETTINGS)
            sessionpay("flight", path("record"), "--html")
            read("record")
            verify(product)
sandbox.reset()
every_way("hosted-fields", dict(SETTINGS, **bearer))
sessionpay("sign", env=SETTINGS)
sessionpay("sign", "--json", env=SETTINGS)
sessionpay("explain", "--list")
tap.equal(sorted(covered), sorted(COMMANDS), "every command")

# What providers gave is secret, too.
sandbox.reset()
for product in PRODUCTS:
    every_way(product, SETTINGS)
for request in sandbox.requests():
    answer = json.loads((request["answer"] or {}).get("body") or "{}")
    secrets += [answer[name] for name in ("access_token", "session_token", "token", "clientSessionId") if name in answer]
proxy.close()
tap.ok(len(secrets) > 20 and all(len(part) > 1000 for part in collected.values()), "there is something to look into",
       len(secrets), {name: len(part) for name, part in collected.items()})
for name, part in collected.items():
    tap.equal(found(part), [], "no secret in " + name)
tap.equal(found(collected["output"] + secrets[-1].encode("utf-16-le")), [secrets[-1]], "the search finds one")
tap.done()
