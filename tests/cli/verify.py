# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""sessionpay verify: against the sandbox, the sandbox that deviates, and servers of another kind."""

import http.server
import itertools
import json
import os
import pty
import re
import stat
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from cli import ENV, PROGRAM, SECRETS, Sandbox, run  # noqa: E402
from secret_forms import encodings  # noqa: E402
from tap import Tap  # noqa: E402

tap = Tap()
sandbox = Sandbox()
work = tempfile.TemporaryDirectory()
SANDBOX = os.path.join(ENV.get("NATIVE", ENV.get("BUILD", "build")), "bin", "sessionpay-sandbox")
PRODUCTS = {"wepay": "wepay_", "hosted-fields": "hosted_fields_", "connect": "connect_", "apple-pay": "apple_pay_"}
BASE_URLS = {"wepay": ["--base-url"], "hosted-fields": ["--base-url", "--identity-url"], "connect": ["--base-url"],
             "apple-pay": ["--base-url"]}
SECRET_MEMBERS = ("session_token", "token", "access_token", "clientSessionId", "customerId")
made_secrets = set()
output = []  # everything that was printed or written, to be searched for secrets


def call(*arguments, **options):
    result = run("verify", *arguments, **options)
    output.append(result.all)
    return result


def situation(name):
    return name.split(".")[0]


def results(told):
    return {belief["name"]: belief["result"] for belief in told["beliefs"]}


def read(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    output.append(text)
    return text


# -- The table

table = call("--list", "--json").json["beliefs"]
names = [belief["name"] for belief in table]
tap.ok(len(set(names)) == len(names) >= 40, "the table has at least 40 beliefs, each with a name of its own", len(names))
tap.equal({belief["mark"] for belief in table}, {"documented", "inferred", "unknown"}, "each has a mark")
listed = subprocess.run([SANDBOX, "--deviate", "list"], stdout=subprocess.PIPE, universal_newlines=True, check=True)
tap.equal([line.split()[0] for line in listed.stdout.splitlines()], names, "the sandbox has the same")
done = subprocess.run([SANDBOX, "--deviate", "wepay_created.nothing"], stderr=subprocess.PIPE, check=False)
tap.equal(done.returncode, 2, "a belief that it does not have is refused")
tap.equal([line.split()[0] for line in call("--list").out.splitlines()], names, "as has the list for a person")

# -- All is as believed

for product, prefix in PRODUCTS.items():
    sandbox.reset()
    report = os.path.join(work.name, product + ".md")
    result = call(product, "--json", "--report", report)
    told = result.json
    tap.equal((result.status, told["differs"], told["could_not_tell"]), (0, 0, 0), product + ": all is as believed")
    tap.equal(list(results(told)), [name for name in names if name.startswith(prefix)], product + ": every belief is tried")
    sent = [request for request in sandbox.requests() if request["answer"]]
    bodies = [json.loads(request["answer"]["body"]) for request in sent
              if request["answer"]["status"] in (200, 201) and "authorize" not in request["path"]]
    made = {str(body) for body in bodies}
    tap.equal((told["requests"], told["sessions"]), (len(sent), len(made)), product + ": what was sent is counted")
    tap.ok(told["requests"] < 30, product + ": by tens of requests", told["requests"])
    result = call(product)
    tap.ok("%d requests, %d of which" % (told["requests"], told["sessions"]) in result.err, product + ": and announced",
           result.err)
    tap.ok(len(re.findall("^as believed  ", result.out, flags=re.M)) == told["as_believed"], product + ": for a person",
           result)
    tap.ok(stat.S_IMODE(os.stat(report).st_mode) == 0o600 and "## as believed: %d" % told["as_believed"] in read(report),
           product + ": a report")
    made_secrets |= {body[member] for body in bodies + [json.loads(sent[0]["answer"]["body"])] for member in SECRET_MEMBERS
                     if member in body}

# -- Each deviation is found, and it alone

# These take others with them: a status makes what the reply means another, and what is inside of a value that is
# missing cannot be told.
FOLLOW = {
    "wepay_created.expire_time": {"wepay_created.expires", "wepay_replayed.expire_time"},
    "wepay_created.id": {"wepay_replayed.id"},
    "wepay_created.session_token": {"wepay_replayed.session_token"},
    "wepay_created.expires": {"wepay_replayed.expire_time"},
    "wepay_created.correlation_id": {"wepay_replayed.correlation_id"},
    "wepay_created.status": {"wepay_replayed.status"},
    "wepay_account_case.refused": {"wepay_account_case.status"},
    "hosted_fields_token.access_token": {name for name in names if name.startswith("hosted_fields_")},
    "hosted_fields_created.status": {"hosted_fields_replayed.status"},
    "hosted_fields_created.token": {"hosted_fields_replayed.token"},
    "hosted_fields_created.expires_at": {"hosted_fields_created.expires", "hosted_fields_replayed.expires_at"},
    "connect_created.status": {"connect_replayed.status", "connect_key_other.status"},
    "connect_created.client_session_id": {"connect_replayed.client_session_id", "connect_key_other.client_session_id"},
    "connect_created.customer_id": {"connect_created.customer_of_merchant"},
}
INSIDE = ["hosted_fields_empty.errors", "connect_bad_signature.errors", "apple_pay_created.session_object",
          "apple_pay_created.is_object"]
for name in INSIDE[2:] + ["apple_pay_created.nonce"]:
    FOLLOW[name] = {"apple_pay_again.nonce"}
# The library cannot read a session that lacks what it needs, or that is a repetition of an old one.
for name in ("wepay_created.id", "wepay_created.session_token", "wepay_created.expire_time", "hosted_fields_created.token",
             "connect_created.client_session_id", "connect_created.customer_id", "connect_created.not_repeated",
             "hosted_fields_token.token_type"):
    FOLLOW.setdefault(name, set()).add(situation(name) + ".read")
base = {belief["name"].split(".")[0]: belief.get("repeats") for belief in table}


def follows(name):
    """What may change together with a belief."""
    others = set(FOLLOW.get(name, ()))
    if name in INSIDE or name.endswith((".status", ".refused")):
        others |= {other for other in names if situation(other) == situation(name)}
    return others - {name}


def groups(prefix):
    """Beliefs that can be false at once, without a say in each other's situations."""
    found = []
    for name in [name for name in names if name.startswith(prefix)]:
        mine = {situation(name)} | {situation(other) for other in follows(name)} | {base[situation(name)]}
        for group, taken in found:
            if not mine & taken - {None}:
                group.append(name)
                taken |= mine
                break
        else:
            found.append(([name], set(mine)))
    return [group for group, _ in found]


def deviate(product, group):
    """What verify tells about a sandbox that deviates."""
    command = [SANDBOX, "--http"]
    for name in group:
        command += ["--deviate", name]
    done = subprocess.run(command + ["--", PROGRAM, "verify", product, "--json"], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, check=False)
    output.append(done.stdout + done.stderr)
    return done.returncode, json.loads(done.stdout)


alone = 0
for product, prefix in PRODUCTS.items():
    for group in groups(prefix):
        status, told = deviate(product, group)
        found = results(told)
        changed = {name for name, result in found.items() if result != "as believed"}
        allowed = set(group).union(*map(follows, group))
        alone += sum(not changed & follows(name) for name in group)
        for name in group:
            tap.equal(found[name], "differs", name + " is found")
        tap.equal((status, changed - allowed), (7, set()), "and nothing that has no part in it: " + " ".join(group))
tap.ok(alone >= len(names) * 3 // 4, "most change nothing but themselves", alone, len(names))

# -- What is refused

HERE = ENV["SPAY_WEPAY_BASE_URL"]
REFUSED = [["--env", "production"], ["--env", "production-europe"], ["--env", "hush-hush-7"],
           ["--base-url", "https://api.wepay.com"], ["--base-url", "https://example.com"],
           ["--base-url", "https://stage-api.wepay.com.example.com"], ["--base-url", "https://127.0.0.1.example.com"],
           ["--base-url", "https://127.0.0.1@example.com"], ["--pause-ms", "10"], ["--pause-ms", "x"], ["another"]]
sandbox.reset()
for arguments in REFUSED:
    result = call("wepay", *arguments)
    tap.ok(result.status == 2 and "hush" not in result.all, " ".join(arguments) + " is refused", result)
for url in ("https://eu.api-ingenico.com", "https://preprod.example.com", "https://api.payroc.com"):
    tap.equal(call("connect", "--base-url", url).status, 2, url + " is refused")
result = call("wepay", drop=["SPAY_WEPAY_BASE_URL"])
tap.ok(result.status == 2 and "--env test" in result.err, "an environment is needed", result)
for product, arguments, env in (("wepay", ["--time-to-live", "60"], {}), ("connect", [], {"SPAY_CONNECT_TOKENS": "hush-7"}),
                                ("apple-pay", ["--extra-json", "{}"], {})):
    result = call(product, *arguments, env=env)
    tap.ok(result.status == 2 and "leave" in result.err and "hush" not in result.err,
           product + ": what would change the requests is refused", result)
tap.equal(sandbox.requests(), [], "and nothing was sent")
tap.equal(call("--env", "test").status, 2, "a product is needed")
tap.equal(call("wepay", "--report", os.path.join(work.name, "no", "such")).status, 3, "a report that cannot be written")
for product, variable in zip(PRODUCTS, SECRETS + SECRETS[2:]):
    result = call(product, "--json", env={variable: "wrong"})
    tap.ok(result.status == 3 and result.json["as_believed"] == result.json["differs"] == 0,
           product + ": wrong credentials say nothing about the provider", result)
result = call("wepay", "--json", drop=["SPAY_WEPAY_APP_TOKEN"])
tap.ok(result.status == 2 and "app_token" in result.out, "a missing credential is named", result)

# -- Servers of another kind


class Odd(http.server.BaseHTTPRequestHandler):
    """Answers everything in the same odd way."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    status, type, body = 200, "application/json", b"{}"

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        told = self.body() if callable(self.body) else self.body
        if told is None:
            self.close_connection = True
            return
        self.send_response(self.status)
        self.send_header("Content-Type", self.type)
        self.send_header("Content-Length", str(len(told)))
        self.send_header("X-Correlation-Id", self.headers.get("App-Token", "none")[::-1])
        self.end_headers()
        self.wfile.write(told)

    do_POST = do_PUT = answer

    def log_message(self, *_):
        pass


class OddServer(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        """Connections that the client drops are none."""


FORMS = sorted(form.decode("latin-1") for name in set(SECRETS) for form in encodings(ENV[name]))
MEMBERS = ("type", "title", "detail", "status", "error_code", "error_message", "state", "resource", "api_version", "path",
           "id", "session_token", "expire_time", "create_time", "token_type", "expires_in", "scope", "expiresAt",
           "processingTerminalId", "clientSessionId", "customerId", "clientApiUrl", "region", "assetUrl")
DETAILS = ("reason_code", "target_type", "message", "code", "id", "category", "propertyName", "parameter", "detail")
told_forms = itertools.cycle(FORMS)


def repeat_secrets(*_):
    """A reply that has the credentials, in one form after the other, wherever something is looked for."""
    details = [{name: next(told_forms) for name in DETAILS}]
    return json.dumps(dict({name: next(told_forms) for name in MEMBERS}, details=details, errors=details,
                           access_token="t", mobile_session={"account_id": next(told_forms)})).encode()


def nested(depth):
    return b'{"id":' + b"[" * depth + b"]" * depth + b"}"


ODD = {
    "nonsense": (200, "application/json", bytes(range(256))), "HTML": (200, "text/html", b"<html>Welcome"),
    "an empty reply": (200, "application/json", b""), "no content": (204, "application/json", b""),
    "a list": (200, "application/json", b"[[1,2,3]]"), "null": (200, "application/json", b"null"),
    "an empty object": (201, "application/json", b"{}"), "deep JSON": (200, "application/json", nested(20)),
    "too deep JSON": (200, "application/json", nested(5000)), "much": (200, "application/json", b" " * 300000),
    "numbers": (200, "application/json", b'{"id":1e400,"session_token":-0,"expire_time":1e308,"create_time":9e99,'
                b'"owner":7,"token":{},"expiresAt":"9999-99-99T99:99:99Z","errors":[],"details":null}'),
    "nothing, and closes": (200, "", lambda: None), "a redirect": (302, "text/html", b""),
    "503": (503, "text/html", b"<html>"), "secrets": (200, "application/json", repeat_secrets),
    "more secrets": (200, "application/json", repeat_secrets), "403 and secrets": (403, "application/json", repeat_secrets),
}
for kind, (status, media_type, body) in ODD.items():
    handler = type("Handler", (Odd,), {"status": status, "type": media_type,
                                       "body": staticmethod(body) if callable(body) else body})
    with OddServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        for product in PRODUCTS:
            there = [word for option in BASE_URLS[product] for word in (option, "http://127.0.0.1:%d" % server.server_port)]
            report = os.path.join(work.name, "odd.md")
            result = call(product, *there, "--json", "--report", report, "--timeout-ms", "2000")
            read(report)
            told = result.json
            tap.ok(result.status > 0 and not result.err and told["as_believed"] + told["differs"] +
                   told["could_not_tell"] == len(told["beliefs"]), "%s answers with %s" % (product, kind), result)
            call(product, *there, "--timeout-ms", "2000")
        server.shutdown()
result = call("wepay", "--base-url", "https://127.0.0.1:1", "--json")
tap.ok(result.status == 5 and result.json["as_believed"] == 0 and
       "connect_failed" in result.json["beliefs"][0]["why"], "nobody answers", result)
sandbox.reset()
sandbox.fault(path="/session_tokens", skip=1, close="before", count=50)
result = call("wepay", "--json")
tap.ok(result.json["requests"] < 5 and "stopped answering" in result.out, "a host that stops answering is left alone",
       result)

sandbox.reset()
sandbox.fault(path="/session_tokens", skip=5, status=503)
sandbox.fault(path="/session_tokens", skip=4, status=429)
result = call("wepay", "--json")
told = result.json
tap.ok(result.status == 0 and told["could_not_tell"] > 1 and told["differs"] == 0 and
       {"the provider is busy: HTTP 429", "the provider is busy: HTTP 503"} ==
       {belief.get("why") for belief in told["beliefs"]} - {None}, "a busy provider is no difference", result)
sandbox.reset()
sandbox.fault(path="/v1/4217/sessions", patch={"clientApiUrl": "https://eu.api-ingenico.com/client"})
result = call("apple-pay", "--json")
tap.ok(result.status == 5 and result.json["requests"] == 1 and
       result.json["beliefs"][0]["why"] == "the host is no known test system",
       "a client session that leads to production is not used", result)

for product, path, member in (("hosted-fields", "hosted-fields-sessions", "processingTerminalId"),
                              ("connect", "/v1/4217/sessions", "customerId")):
    sandbox.reset()
    sandbox.fault(path=path, patch={member: "8765432"})
    result = call(product)
    tap.ok(result.status == 7 and "what was sent, seen something else" in result.out and "8765432" not in result.out,
           product + ": another account is not told", result)
sandbox.reset()
sandbox.fault(path="/v1/4217/sessions", patch={"clientApiUrl": "nowhere"})
tap.equal(call("apple-pay", "--json").status, 7, "nor is one that leads nowhere, which is not the user's mistake")

# -- A terminal, and secrets

sandbox.reset()
ours, theirs = pty.openpty()
with subprocess.Popen([PROGRAM, "verify", "wepay"], stdout=subprocess.PIPE, stderr=theirs,
                      env=dict(ENV, NO_COLOR="1")) as process:
    os.close(theirs)
    out = process.stdout.read().decode()
shown = ""
while not shown.endswith(" \r"):
    shown += os.read(ours, 4096).decode()  # fails at the end
os.close(ours)
output += [shown, out]
tap.ok("wepay: 1 of 17: a session token is asked for" in shown and re.search(r"\r +\r$", shown), "a terminal shows progress, gone at the end",
       repr(shown[-200:]))
tap.ok("\x1b" not in out + shown, "without escape sequences")
text = "\n".join(output).encode()
secrets = [ENV[name] for name in SECRETS] + sorted(made_secrets)
tap.equal([secret for secret in secrets for form in encodings(secret) if form in text], [],
          "no secret in any output or report, in 14 encodings")
tap.ok(len(made_secrets) >= 10, "and those of replies were looked for, too", made_secrets)
tap.done()
