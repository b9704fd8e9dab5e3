# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""sessionpay doctor: seeded faults, each of which it has to name first, without making a session.

With SPAY_DOCTOR=1 it prints how long each took.
"""

import contextlib
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import warnings

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from authority import Authority  # noqa: E402
from cli import ENV, SRCDIR, Sandbox, leaks, run  # noqa: E402
from servers import Proxy, Server, reply, unused_port  # noqa: E402
from tap import Tap  # noqa: E402

warnings.simplefilter("ignore", DeprecationWarning)  # old versions of TLS are among the faults

PRODUCTS = ["wepay", "hosted-fields", "connect", "apple-pay"]
VARIABLES = {"wepay": ["SPAY_WEPAY_BASE_URL"], "connect": ["SPAY_CONNECT_BASE_URL"],
             "hosted-fields": ["SPAY_HOSTED_FIELDS_BASE_URL", "SPAY_HOSTED_FIELDS_IDENTITY_URL"]}
tap = Tap()
output = []
found_faults = set()


class OtherSandbox:
    """A sandbox with options of its own."""

    def __init__(self, *options):
        program = os.path.join(ENV.get("BUILD", "build"), "bin", "sessionpay-sandbox")
        self.process = subprocess.Popen(
            [program, *options, "--", sys.executable, "-c",
             "import json, os, sys; print(json.dumps(dict(os.environ)), flush=True); sys.stdin.read()"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, universal_newlines=True)
        self.env = {name: value for name, value in json.loads(self.process.stdout.readline()).items()
                    if name.startswith("SPAY_")}
        self.sandbox = Sandbox(self.env)

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


def open_text(*path):
    with open(os.path.join(SRCDIR, *path), encoding="utf-8") as file:
        return file.read()


def sessions(*sandboxes):
    """Requests that made a session."""
    return [request["path"] for sandbox in sandboxes for request in sandbox.requests()
            if request["answer"] and request["answer"]["status"] in (200, 201) and
            not request["path"].endswith("/authorize")]


def doctor(*arguments, **options):
    result = run("doctor", *arguments, **options)
    output.append(result.all)
    return result


# -- All is well

ours = Sandbox()
ours.reset()
for product in PRODUCTS:
    result = doctor(product, "--json")
    states = {check["step"]: check["state"] for check in result.json["checks"]}
    tap.ok(result.status == 0 and result.json["do"] == [] and
           states == {"build": "ok", "configuration": "ok", "settings": "ok", "name lookup": "ok",
                      "connection": "ok", "proxy": "ok", "TLS": "ok", "reply": "ok", "clock": "ok",
                      "credentials": "ok", "session": "skipped"}, product + ": all is well", result)
    tls = [check for check in result.json["checks"] if check["step"] == "TLS"][0]
    tap.ok("sessionpay-sandbox" in tls["subject"] and "CA" in tls["issuer"] and tls["system_store"] is False and
           tls["not_before"] < tls["not_after"], product + ": the certificate is told", tls)
result = doctor()
tap.ok(result.status == 0 and all("\n%s\n" % product in result.out for product in PRODUCTS) and
       "libcurl" in result.out and "OpenSSL" in result.out, "without a product, each that has settings", result)
tap.equal(sessions(ours), [], "no session was made")
for product in PRODUCTS:
    ours.reset()
    result = doctor(product, "--create", "--json")
    tap.ok(result.status == 0 and result.json["checks"][-1]["state"] == "ok",
           product + ": --create makes a session", result)
    tap.equal(len(sessions(ours)), 2 if product == "apple-pay" else 1, product + ": one")
ours.reset()
result = doctor("wepay", "--create", env={"SPAY_WEPAY_APP_ID": "700124"})
tap.ok(result.status == 3 and not sessions(ours), "and none while something is wrong", result)
with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
    file.write("[till]\nwepay.app_token = %s\nwepay.app_id = 700124\n" % ENV["SPAY_WEPAY_APP_TOKEN"])
    file.flush()
    result = doctor("wepay", "--config", file.name, "--profile", "till", "--json", drop=["SPAY_WEPAY_APP_TOKEN"])
    origins = {item["name"]: item["from"] for item in result.json["checks"][2]["settings"]}
    tap.equal((result.json["checks"][1]["text"], origins["app_token"], origins["app_id"], origins["account_id"]),
              ("profile till, then the environment", "the profile", "the profile", "SPAY_WEPAY_ACCOUNT_ID"),
              "where settings are from")
everything = [name for name in ENV if name.startswith("SPAY_")]
result = doctor(drop=everything)
tap.ok(result.status == 3 and "do this: name a product" in result.out, "nothing to look at", result)
result = doctor("wepay", "hosted-fields")
tap.equal(result.status, 2, "two products")
result = doctor("--app-id", "7")
tap.ok(result.status == 2 and "product" in result.err, "whose option it is has to be said", result)

# -- Faults

FAULTS = []


def fault(name, wanted, status=3, product="wepay", arguments=(), drop=()):
    """A seeded fault: the generator yields the environment that has it."""
    def register(seed):
        FAULTS.append((name, wanted if isinstance(wanted, list) else [wanted], status, product, arguments, drop,
                       contextlib.contextmanager(seed)))
        return seed
    return register


def setting(name, wanted, env, **options):
    @fault(name, wanted, **options)
    def seed():
        yield env


@contextlib.contextmanager
def closing(*things):
    try:
        yield things
    finally:
        for thing in things:
            thing.close()


def answers(product, text, context="good"):
    """An environment in which a server of ours answers."""
    with closing(Server(lambda request: text, certificates.server(context))) as (server,):
        yield dict({name: server.url for name in VARIABLES[product]}, SPAY_CA_FILE=certificates.path("ca.pem"))


class Certificates(Authority):
    def __init__(self, directory):
        super().__init__(directory)
        self.issue("good")
        self.issue("expired", start="20200101000000Z", end="20210101000000Z")
        self.issue("other", "other")
        self.issue("company", by="other_ca")

    def server(self, name, highest=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if highest:
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = highest
        context.load_cert_chain(self.path(name + ".pem"), self.path(name + ".key"))
        return context


@fault("clock off", "clock_differs", product="connect")
def clock():
    with closing(OtherSandbox("--clock-offset", "3600")) as (other,):
        yield other.env


@fault("wrong secret and clock off", ["clock_differs", "credentials_refused"], product="connect")
def clock_and_secret():
    with closing(OtherSandbox("--clock-offset", "-7200")) as (other,):
        yield dict(other.env, SPAY_CONNECT_SECRET_API_KEY="another-secret-than-the-sandboxs")


setting("wrong token", "credentials_refused", {"SPAY_WEPAY_APP_TOKEN": "stage_another-token"})
setting("wrong API key", "credentials_refused", {"SPAY_HOSTED_FIELDS_API_KEY": "another-key"}, product="hosted-fields")
setting("wrong secret", "credentials_refused", {"SPAY_CONNECT_SECRET_API_KEY": "another-secret"}, product="connect")
setting("wrong key id", "credentials_refused", {"SPAY_CONNECT_API_KEY_ID": "another-id"}, product="connect")
setting("token of the other environment", "environment_mismatch", {"SPAY_WEPAY_APP_TOKEN": "prod_live-token-of-ours"})
setting("white space in a secret", "white_space", {"SPAY_HOSTED_FIELDS_API_KEY": "sandbox-api-key-not-real "},
        product="hosted-fields")
setting("white space in an id", "white_space", {"SPAY_CONNECT_API_KEY_ID": "\tsandbox-key-id"}, product="connect")
setting("PEM in place of a key", "pem_instead_of_key",
        {"SPAY_CONNECT_SECRET_API_KEY": "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n-----END PRIVATE KEY-----"},
        product="connect")
setting("quotes around a secret", "quotes", {"SPAY_WEPAY_APP_TOKEN": '"stage_SANDBOX-NOT-A-REAL-TOKEN"'})
setting("header in place of a key", "header_instead_of_key",
        {"SPAY_HOSTED_FIELDS_API_KEY": "x-api-key: sandbox-api-key-not-real"}, product="hosted-fields")
setting("id in place of the secret", "key_id_instead_of_key", {"SPAY_CONNECT_SECRET_API_KEY": "sandbox-key-id"},
        product="connect")
setting("no secret", "missing", {}, drop=["SPAY_WEPAY_APP_TOKEN"])
setting("no account, and white space", ["white_space", "missing"], {"SPAY_WEPAY_APP_TOKEN": " stage_x"},
        drop=["SPAY_WEPAY_ACCOUNT_ID"])
setting("http beyond this machine", "not_https", {"SPAY_WEPAY_BASE_URL": "http://stage-api.wepay.com"})
setting("no such host", "dns_failed", {"SPAY_WEPAY_BASE_URL": "https://nobody.invalid"}, status=5)
setting("no such proxy", "proxy_dns_failed", {"SPAY_PROXY": "http://proxy.invalid:3128"}, status=5)
setting("unreadable CA file", "not_readable", {"SPAY_CA_FILE": "/no/such/ca.pem"})
setting("missing /v1", "base_url", {"SPAY_HOSTED_FIELDS_BASE_URL": ENV["SPAY_SANDBOX_URL"]}, product="hosted-fields")
setting("another path", "base_url", {"SPAY_WEPAY_BASE_URL": ENV["SPAY_SANDBOX_URL"] + "/v3"})
setting("interception", "tls_authority_unknown", {}, drop=["SPAY_CA_FILE"])


@fault("CA file without certificate", "no_certificate")
def empty_ca_file():
    certificates.write("empty.pem", "This is no certificate\n")
    yield {"SPAY_CA_FILE": certificates.path("empty.pem")}


@fault("port that refuses", "connect_failed", status=5)
def refused():
    yield {"SPAY_WEPAY_BASE_URL": "https://127.0.0.1:%d" % unused_port()}


@fault("black hole", "connect_timeout", status=5, arguments=("--timeout-ms", "700"))
def black_hole():
    """A queue of connections that is full: packets are dropped."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        waiting = [socket.socket() for _ in range(4)]
        for client in waiting:
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
        yield {"SPAY_WEPAY_BASE_URL": "https://127.0.0.1:%d" % listener.getsockname()[1]}
        for client in waiting:
            client.close()


@fault("peer that says nothing", "connect_timeout", status=5, arguments=("--timeout-ms", "700"))
def mute():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield {"SPAY_WEPAY_BASE_URL": "https://127.0.0.1:%d" % listener.getsockname()[1]}


@contextlib.contextmanager
def intercepting(answer):
    """A proxy that opens a tunnel, but to a server of its own."""
    with closing(Server(lambda request: answer, certificates.server("company")), Proxy()) as (server, proxy):
        proxy.reach = lambda target: socket.create_connection(("127.0.0.1", server.port), 5)
        yield proxy.url


@fault("company's proxy intercepts", "tls_authority_unknown", product="connect")
def company():
    with intercepting(reply()) as url:
        yield {"SPAY_PROXY": url}


@fault("expired certificate", "tls_certificate_expired")
def expired():
    yield from answers("wepay", reply(), "expired")


@fault("certificate of another host", "tls_host_mismatch")
def other_host():
    yield from answers("wepay", reply(), "other")


@fault("plain HTTP port", "tls_plain_http")
def plain_http():
    """It takes the greeting for a request."""
    with closing(Server()) as (server,):
        server.serve = lambda connection: connection.recv(65536) and connection.sendall(reply("400 Bad Request"))
        yield {"SPAY_WEPAY_BASE_URL": server.url.replace("http:", "https:")}


@fault("TLS 1.1 at most", "tls_version")
def old_tls():
    with closing(Server(context=certificates.server("good", ssl.TLSVersion.TLSv1_1))) as (server,):
        yield {"SPAY_WEPAY_BASE_URL": server.url, "SPAY_CA_FILE": certificates.path("ca.pem")}


@fault("no TLS and no HTTP", ["tls_handshake_failed"])
def ssh():
    with closing(Server(lambda request: b"")) as (server,):
        server.serve = lambda connection: connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
        yield {"SPAY_WEPAY_BASE_URL": server.url.replace("http:", "https:")}


@fault("proxy wants credentials", "proxy_credentials")
def proxy_407():
    with closing(Proxy("user:password")) as (proxy,):
        yield {"SPAY_PROXY": proxy.url}


@fault("proxy refuses", "proxy_refused")
def proxy_403():
    with closing(Proxy(refuse="403 Forbidden")) as (proxy,):
        yield {"SPAY_PROXY": proxy.url}


@fault("proxy is down", "connect_failed", status=5)
def proxy_down():
    yield {"SPAY_PROXY": "http://127.0.0.1:%d" % unused_port()}


@fault("captive portal", "redirect")
def portal():
    yield from answers("wepay", reply("302 Found", "Location: https://login.hotel.example/?back=x\r\n", b""))


@fault("block page", "block_page")
def block_page():
    page = b"<html><head><title>Blocked by Example Firewall</title></head><body>No.</body></html>"
    yield from answers("wepay", reply("403 Forbidden", "", page).replace(b"application/json", b"text/html"))


@fault("refusal by something else", "foreign_reply")
def foreign():
    yield from answers("wepay", reply("403 Forbidden", "", b"Forbidden").replace(b"application/json", b"text/plain"))


@fault("page instead of an answer", "block_page", product="connect")
def page():
    yield from answers("connect", reply("200 OK", "", b"<html><title>Welcome to the hotel</title></html>"))


@fault("provider down", "provider_down", status=5)
def down():
    yield from answers("wepay", reply("503 Service Unavailable", "", b"{}"))


@fault("rate limited", "throttled", status=5, product="hosted-fields")
def throttled():
    yield from answers("hosted-fields", reply("429 Too Many Requests", "Retry-After: 90\r\n", b"{}"))


@fault("server that makes sessions of anything", "session_made", status=7)
def careless():
    yield from answers("wepay", reply())


@fault("reply that never comes", "reply_timeout", status=5, arguments=("--timeout-ms", "700"))
def no_reply():
    ours.fault(path="/session_tokens", delay_ms=3000)
    ours.fault(path="/session_tokens", delay_ms=3000)
    yield {}


@fault("wrong pin", "tls_pin_mismatch")
def pin():
    yield {"SPAY_PINNED_PUBLIC_KEYS": "sha256//" + "A" * 43 + "="}


TEXTS = {
    "clock off": ["3600 s behind"],
    "wrong secret and clock off": ["7200 s ahead", "secret_api_key"],
    "interception": ["sessionpay-sandbox throw-away CA", "CA file"],
    "company's proxy intercepts": ["issuer /CN=other_ca", " by the proxy http://127.0.0.1:"],
    "expired certificate": ["valid 2020-01-01 to 2021-01-01", time.strftime("machine has %Y-", time.gmtime())],
    "certificate of another host": ["subject /CN=localhost"],
    "plain HTTP port": ["plain HTTP"],
    "captive portal": ["https://login.hotel.example/"],
    "block page": ["Blocked by Example Firewall"],
    "page instead of an answer": ["Welcome to the hotel"],
    "missing /v1": ["/v1"],
    "white space in a secret": ["api_key", "SPAY_HOSTED_FIELDS_API_KEY"],
    "no such host": ["nobody.invalid"],
    "port that refuses": ["127.0.0.1"],
    "reply that never comes": ["no complete reply"],
    "proxy refuses": ["HTTP 403"],
}

# Then made-up credentials are sent.
LOOKS_WRONG = ["environment_mismatch", "white_space", "pem_instead_of_key", "quotes", "header_instead_of_key",
               "key_id_instead_of_key"]


def examine(name, wanted, status, product, arguments, drop, seed):
    ours.reset()
    with seed() as env:
        secrets = [value for variable, value in env.items() if "TOKEN" in variable or "KEY" in variable]
        began = time.monotonic()
        result = doctor(product, "--json", *arguments, env=env, drop=drop)
        took = time.monotonic() - began
        made = sessions(ours)
        sent = str([request["headers"] for request in ours.requests()])
        person = doctor(product, *arguments, env=env, drop=drop)
        if "SPAY_SANDBOX_URL" in env:
            made += sessions(Sandbox(env))
    found_faults.update(item["fault"] for item in result.json["do"])
    found = [item["fault"] for item in result.json["do"]]
    told = " ".join(item["text"] for item in result.json["do"])
    tap.ok(found == wanted and (result.status, result.json["exit"], person.status) == (status,) * 3,
           "%s: %s" % (name, ", ".join(wanted)), result)
    tap.ok(("do this: " in person.out and all(item["text"] in person.out for item in result.json["do"]) and
            "WRONG" in person.out and not person.err), name + ": told to a person", person)
    tap.empty([text for text in TEXTS.get(name, []) if text not in told], name + ": the details are told")
    tap.equal((made, took < 30), ([], True), name + ": no session is made")
    tap.empty([secret for secret in secrets if len(secret) > 8 and leaks(result.all + person.all, secret)],
              name + ": no secret is told")
    if found[0] in LOOKS_WRONG:
        tap.empty([secret for secret in secrets if secret in sent], name + ": it is not sent")
    if ENV.get("SPAY_DOCTOR"):
        print("# %-34s %-32s %5.2f s" % (name, ", ".join(found), took))
    return took


if shutil.which("openssl"):
    with tempfile.TemporaryDirectory() as directory:
        certificates = Certificates(directory)
        with intercepting(reply("503 Service Unavailable")) as url:
            result = doctor("wepay", "--json", "--proxy", url, "--ca-file", certificates.path("other_ca.pem"))
        tls = [check for check in result.json["checks"] if check["step"] == "TLS"][0]
        tap.equal((tls["state"], tls["issuer"], tls["root"], tls["system_store"]),
                  ("ok", "CN=other_ca", "CN=other_ca", False), "a proxy that intercepts, and is trusted, is named")
        slowest = max(examine(*each) for each in FAULTS)
    if ENV.get("SPAY_DOCTOR"):
        print("# %d faults, the slowest in %.2f s" % (len(FAULTS), slowest))
else:
    tap.skip("faults", "no openssl command")
documented = set(re.findall(r"`(\w+)`", open_text("docs", "cli.md") + open_text("docs", "errors.md")))
tap.empty(found_faults - documented, "each fault is in docs/cli.md or docs/errors.md")
tap.equal(leaks("\n".join(output)), [], "no secret of the sandbox in any output")
result = doctor("connect", drop=["SPAY_CA_FILE"],
                env={"SPAY_CONNECT_BASE_URL": "https://127.0.0.1:%d" % unused_port(), "HTTPS_PROXY": "http://127.0.0.1:1"})
tap.ok("HTTPS_PROXY is not used" in result.out, "a proxy that only the environment names", result)
tap.done()
