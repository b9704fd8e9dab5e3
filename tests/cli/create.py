# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""sessionpay create and resume, against the sandbox."""

import base64
import http.server
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
from cli import ENV, PROGRAM, SECRETS, Sandbox, leaks, run  # noqa: E402
from tap import Tap  # noqa: E402

tap = Tap()
sandbox = Sandbox()
work = tempfile.TemporaryDirectory()
PRODUCTS = {"wepay": "wepay", "hosted-fields": "hosted_fields", "connect": "connect_server",
            "apple-pay": "connect_client"}
output = []  # everything that was printed or written, to be searched for secrets


def call(*arguments, **options):
    result = run(*arguments, **options)
    output.append(result.all)
    return result


def path(name, text=None, mode=0o600):
    file = os.path.join(work.name, name)
    if text is not None:
        with open(file, "w", encoding="utf-8") as out:
            out.write(text)
        os.chmod(file, mode)
    return file


def read(name):
    with open(path(name), encoding="utf-8") as file:
        text = file.read()
    output.append(text)
    return text


def entries(name):
    return [json.loads(line) for line in read(name).splitlines()]


# -- Sessions

for product, provider in PRODUCTS.items():
    sandbox.reset()
    result = call("create", product)
    tap.ok(result.status == 0 and not result.err and re.search(r"^provider +%s$" % provider, result.out, flags=re.M),
           "create " + product, result)
    columns = {len(re.match(r".*? {2,}", line).group(0)) for line in result.out.splitlines()}
    tap.equal(len(columns), 1, product + ": lines are aligned")
    result = call("create", product, "--json")
    tap.ok(result.status == 0 and result.json["result"] == "created" and
           result.json["expires_at_ms"] > 0, product + ": as JSON", result)
    shown = run("create", product, "--json", "--reveal").json["value"]
    tap.ok(result.json["value"] is None and shown and "hidden" not in shown, product + ": --reveal alone shows the value")
    before = len(sandbox.requests())
    result = call("create", product, "--dry-run", "--json")
    tap.equal((result.status, len(sandbox.requests())), (0, before), product + ": --dry-run sends nothing")
    sent = sandbox.requests()
    wanted = [request for request in sent if not request["path"].endswith("authorize")][-1]
    dry = result.json["requests"][-1]
    tap.equal(dry["body"], wanted["body"], product + ": --dry-run shows the body that is sent")
    tap.equal([name for name, _ in dry["headers"]],
              [name for name, _ in wanted["headers"] if name not in ("Host", "Content-Length")],
              product + ": and the headers")
    tap.ok("[hidden; --reveal]" in call("create", product).out, product + ": a person is told how to see it")
    result = call("create", product, "--dry-run")
    tap.ok(result.status == 0 and "[hidden]" in result.out, product + ": --dry-run for a person", result)

# -- Settings

NO_TOKEN = ["SPAY_WEPAY_APP_TOKEN"]
token = ENV["SPAY_WEPAY_APP_TOKEN"]
result = call("create", "wepay", drop=NO_TOKEN)
tap.ok(result.status == 2 and "app_token" in result.err and "--app-token-file or SPAY_WEPAY_APP_TOKEN" in result.err,
       "a missing secret is named, and how to set it", result)
result = call("create", "hosted-fields", "--json", drop=["SPAY_HOSTED_FIELDS_TERMINAL_ID"])
tap.equal(result.json["fields"][0]["set_by"], "--terminal-id or SPAY_HOSTED_FIELDS_TERMINAL_ID", "another name there")
result = call("create", "wepay", "--help")
tap.ok("--app-id" in result.out and "--terminal-id" not in result.out, "create PRODUCT --help has its settings alone")
result = call("create", "wepay", "--terminal-id", "7702014")
tap.ok(result.status == 2 and "does not go with wepay" in result.err, "another product's setting is refused", result)
result = call("create", "wepay", "--app-token-file", path("token", token + "\n"), drop=NO_TOKEN)
tap.equal(result.status, 0, "a secret from a file")
result = call("create", "wepay", "--app-token-file", path("open", token, 0o640), drop=NO_TOKEN)
tap.ok(result.status == 3 and "600" in result.err, "a secret that others can read is refused", result)
reader, writer = os.pipe()
os.write(writer, token.encode())
os.close(writer)
result = call("create", "wepay", "--app-token-fd", str(reader), fds=[reader], drop=NO_TOKEN)
os.close(reader)
tap.equal(result.status, 0, "a secret from a descriptor")
for arguments in (["--app-token", token], ["--app-token=" + token], [token], ["--app-token-fd", token],
                  ["--time-to-live", token], ["--env", token]):
    for json_too in ([], ["--json"]):
        result = call("create", "wepay", *arguments, *json_too, drop=NO_TOKEN)
        tap.ok(result.status in (2, 3) and not leaks(result.all), "%s as an argument is refused and not repeated" %
               arguments[0].split("=")[0].replace(token, "a secret"), result.status)

profile = "# ours\n[shop]\nwepay.base_url = %s\nwepay.app_id = 700123\nwepay.app_token = %s\nca_file = %s\n" \
    "wepay.account_id = of-the-profile\n[other]\nenvironment = test\n" % (
        ENV["SPAY_WEPAY_BASE_URL"], token, ENV["SPAY_CA_FILE"])
everything = [name for name in ENV if name.startswith("SPAY_")]
shop = ["--config", path("config", profile), "--profile", "shop"]
result = call("create", "wepay", *shop, drop=everything)
tap.equal(result.status, 0, "a profile has all that is needed")
tap.ok("of-the-profile" in call("create", "wepay", *shop, "--dry-run").out, "it wins over the environment")
tap.ok("of-the-option" in call("create", "wepay", *shop, "--dry-run", "--account-id", "of-the-option").out,
       "an option wins over it")
for name, text, mode, why in (("open-config", profile, 0o644, "others may read"),
                              ("typo", "[shop]\nwepay.app_tokem = x\n", 0o600, "line 2"),
                              ("twice", "[shop]\nca_file = x\nca_file = y\n", 0o600, "line 3"),
                              ("none", "[another]\n", 0o600, "no such profile")):
    result = call("create", "wepay", "--config", path(name, text, mode), "--profile", "shop")
    tap.ok(result.status == 3 and why in result.err, "a configuration file is refused: " + why, result)
os.makedirs(path("home/.config/sessionpay"))
path("home/.config/sessionpay/config", profile)
result = call("create", "wepay", "--profile", "shop", drop=everything + ["XDG_CONFIG_HOME"], env={"HOME": path("home")})
tap.equal(result.status, 0, "the file in the home directory")

secret = {"SPAY_KEY_SECRET": "a secret of 32 bytes, for intents"}
keys = {call("create", "wepay", "--intent", "order 7", "--json", env=secret).json["idempotency_key"] for _ in range(2)}
tap.equal(len(keys), 1, "the same intent, the same key")
key = "5b1c4a52-7c1f-4f9a-9d0e-5a2f7c8e9b10"
tap.equal(call("create", "hosted-fields", "--key", key, "--json").json["idempotency_key"], key, "--key")

result = call("create", "connect", "--restrict-to", "302,320", "--exclude", "1", "--dry-run", "--json")
tap.equal(json.loads(result.json["requests"][0]["body"]),
          {"paymentProductFilters": {"exclude": {"products": [1]}, "restrictTo": {"products": [302, 320]}}},
          "payment products of Connect")
everything_of_connect = ["--restrict-to", "302", "--restrict-to-groups", "cards", "--exclude-groups", "cards",
                         "--client-meta-info", '{"userAgent":"till 7"}', "--platform-identifier", "till",
                         "--extension-creator", "us", "--extension-name", "cart", "--extension-version", "2",
                         "--extension-id", "c-2"]
stored = {"SPAY_CONNECT_TOKENS": "stored-token-1\nstored-token-2"}
sandbox.reset()
result = call("create", "connect", *everything_of_connect, env=stored)
sent = sandbox.requests()[-1]
headers = {name: value for name, value in sent["headers"]}
tap.equal(json.loads(sent["body"]), {"paymentProductFilters": {
    "exclude": {"groups": ["cards"]}, "restrictTo": {"groups": ["cards"], "products": [302]}},
    "tokens": ["stored-token-1", "stored-token-2"]}, "groups and stored tokens of Connect")
meta = json.loads(base64.b64decode(headers["X-GCS-ServerMetaInfo"]))
tap.equal((base64.b64decode(headers["X-GCS-ClientMetaInfo"]), meta["platformIdentifier"], meta["shoppingCartExtension"]),
          (b'{"userAgent":"till 7"}', "till", {"creator": "us", "name": "cart", "version": "2", "extensionId": "c-2"}),
          "and its meta info")
result = call("create", "connect", "--dry-run", env=stored)
tap.ok(result.status == 0 and '"tokens":["**************",' in result.out, "--dry-run masks stored tokens", result)
result = call("create", "connect", env={"SPAY_CONNECT_TOKENS": "a,,b"})
tap.ok(result.status == 2 and "tokens" in result.err, "no list of tokens", result)

sandbox.reset()
call("create", "wepay", "--client-ip", "192.0.2.7", "--api-version", "3.1", env={"SPAY_WEPAY_RISK_TOKEN": "a-risk-token"})
headers = dict(sandbox.requests()[-1]["headers"])
tap.equal([headers.get(name) for name in ("Client-IP", "Api-Version", "WePay-Risk-Token")],
          ["192.0.2.7", "3.1", "a-risk-token"], "WePay's headers about the consumer")
sandbox.reset()
result = call("create", "hosted-fields", env={"SPAY_HOSTED_FIELDS_BEARER_TOKEN": "not-a-real-bearer-token"})
sent = [(request["path"], dict(request["headers"])["Authorization"]) for request in sandbox.requests()]
tap.equal((result.status, [authorization for _, authorization in sent]), (3, ["Bearer not-a-real-bearer-token"]),
          "a bearer token of one's own takes the place of the API key")
result = call("create", "wepay", "--client-certificate-file", ENV["SPAY_CA_FILE"])
tap.ok(result.status == 2 and "client_key_file" in result.err, "a client certificate needs its key", result)
result = call("create", "wepay", "--pinned-public-keys", "sha256//" + "A" * 43 + "=", "--json")
tap.equal((result.status, result.json["reason"]), (3, "tls_pin_mismatch"), "pins")

for products in ("", "302,", "302;320", "0", "cards", "2147483648", ",".join(["1"] * 101)):
    result = call("create", "connect", "--restrict-to", products)
    tap.ok(result.status == 2 and "--restrict-to" in result.err, "no list of products: %.12s" % products, result)

# -- Failures

FAULTS = [({"status": 401}, 3), ({"status": 403}, 3), ({"status": 400}, 4), ({"status": 404}, 4),
          ({"status": 429, "count": 9}, 5), ({"status": 302, "headers": {"Location": "https://a.test/"}}, 7),
          ({"close": "after_processing", "count": 9}, 6), ({"patch": {"session_token": None}}, 6)]
for fault, wanted in FAULTS:
    sandbox.reset()
    sandbox.fault(path="/session_tokens", **fault)
    result = call("create", "wepay", "--json", "--max-attempts", "1")
    tap.ok(result.status == wanted == result.json["exit"] and result.json["do"] and not result.err,
           "%s ends with %d" % (" ".join(map(str, fault.items())), wanted), result)
sandbox.reset()
sandbox.fault(path="/session_tokens", status=400, body={"error_code": "INVALID_PARAMS", "error_message": token})
result = call("create", "wepay")
tap.ok(result.status == 4 and "INVALID_PARAMS" in result.err and not result.out, "a failure is told on standard error",
       result)
result = call("create", "wepay", "--base-url", "https://127.0.0.1:1", "--max-attempts", "1", "--json")
tap.ok(result.status == 5 and result.json["reason"] == "connect_failed", "nobody answers", result)
result = call("create", "wepay", drop=["SPAY_CA_FILE"])
tap.equal(result.status, 3, "an authority that is not trusted")

# -- Journal and resume

for product in PRODUCTS:
    sandbox.reset()
    journal = "journal-" + product
    sandbox.fault(path="session", close="after_processing", count=1)
    result = call("create", product, "--journal", path(journal), "--json", "--max-attempts", "1")
    tap.equal(result.status, 6, product + ": a reply that is lost leaves the outcome unknown")
    key = result.json["idempotency_key"]
    send, end = entries(journal)
    tap.ok(key and send["idempotency_key"] == key == end["idempotency_key"] and end["outcome"] == "unknown",
           product + ": the journal has the key", send, end)
    tap.equal(stat.S_IMODE(os.stat(path(journal)).st_mode), 0o600, product + ": and belongs to one user")
    result = call("resume", key, "--journal", path(journal), "--json", drop=["SPAY_WEPAY_ACCOUNT_ID"])
    tap.ok(result.status == 0, product + ": resume", result)
    sent = [request for request in sandbox.requests() if key in str(request["headers"])]
    tap.equal((len(sent), len({request["body"] for request in sent})), (2, 1), product + ": the same key and body")

key = entries("journal-wepay")[0]["idempotency_key"]
resume = ["resume", key, "--journal", path("journal-wepay")]
before = len(sandbox.requests())
size = os.path.getsize(path("journal-wepay"))
result = call(*resume, "--account-id", "another")
tap.ok(result.status == 2 and "body differs" in result.err, "another body is refused", result)
result = call(*resume, "--app-id", "1234")
tap.ok(result.status == 2 and "--app-id" in result.err, "another account is refused", result)
result = call(*resume, "--base-url", "https://stage-api.wepay.com")
tap.equal(result.status, 2, "another host is refused")
tap.equal(len(sandbox.requests()), before, "and nothing was sent")
result = call("resume", "no-such-key", "--journal", path("journal-wepay"), "--json")
tap.ok(result.status == 2 and result.json["exit"] == 2, "a key that the journal does not have", result)
tap.equal(os.path.getsize(path("journal-wepay")), size, "what is refused is not in the journal")
with open(path("journal-wepay"), "a", encoding="utf-8") as file:
    file.write('{"event":"send","idempo')
result = call(*resume)
tap.equal(result.status, 0, "a line that was cut off does no harm")
tap.ok(read("journal-wepay").splitlines()[-2].startswith('{"event":"send","at_ms"'), "and is followed by whole ones")
sandbox.reset()
result = call("create", "wepay", "--journal", os.path.join(work.name, "no", "such", "directory"))
tap.equal((result.status, sandbox.requests()), (3, []), "without its journal nothing is sent")
result = call("create", "wepay", "--journal", "/dev/full")
tap.equal((result.status, sandbox.requests()), (3, []), "nor if it cannot be written")
result = call("create", "wepay", "--flight-record", "/dev/full")
tap.ok(result.status == 0 and "/dev/full cannot be written: No space left" in result.err,
       "a flight record that does not fit costs nothing, and says so", result)



class Peer(http.server.BaseHTTPRequestHandler):
    """Looks into the journal when a request arrives."""

    seen = []

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.headers["Unique-Key"], entries("journal-first")))
        self.send_error(500)

    def log_message(self, *_):
        pass


with http.server.HTTPServer(("127.0.0.1", 0), Peer) as server:
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    call("create", "wepay", "--base-url", "http://127.0.0.1:%d" % server.server_port, "--journal",
         path("journal-first"), "--max-attempts", "2")
    server.shutdown()
    thread.join()
tap.equal([(key == lines[-1]["idempotency_key"], len(lines)) for key, lines in Peer.seen], [(True, 1), (True, 2)],
          "each attempt is in the journal before it arrives")

# -- Progress


def on_terminal(*arguments):
    """What appears on a terminal that is standard error."""
    ours, theirs = pty.openpty()
    with subprocess.Popen([PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=theirs) as process:
        os.close(theirs)
        process.stdout.read()
    text = b""
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:
            break
        if not piece:
            break
        text += piece
    os.close(ours)
    return text.decode()


sandbox.reset()
sandbox.fault(path="/session_tokens", status=503)
text = on_terminal("create", "wepay")
output.append(text)
tap.ok("waiting" in text and "HTTP 503" in text and "\x1b" not in text, "a terminal shows progress", repr(text))
tap.ok(re.search(r"\r +\r$", text), "the line is gone at the end", repr(text[-200:]))
tap.equal(on_terminal("create", "wepay", "--json"), "", "none with --json")

# -- Secrets

sandbox.reset()
for product in PRODUCTS:
    call("create", product, "--flight-record", path("flight-" + product))
    tap.ok(json.loads(read("flight-" + product))["attempts"], product + ": a flight record")
    for name in SECRETS:
        call("create", product, "--json", env={name: ENV[name] + "-wrong"})
tap.equal(leaks("\n".join(output), secret["SPAY_KEY_SECRET"], "stored-token", "a-risk-token", "not-a-real-bearer"), [], "no secret in any output, journal or record")
tap.ok(leaks(ENV["SPAY_WEPAY_APP_TOKEN"]), "the search finds one")
tap.done()
