#!/usr/bin/env python3
# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""Tests of the sandbox itself, printed as TAP.

Run as  sessionpay-sandbox -- python3 tests/sandbox/sandbox_test.py [PROGRAM] [test_NAME...]

Most checks talk to the sandbox that runs this script. Those of options and of starting and ending
need sandboxes of their own: PROGRAM, or where that is not given the program that runs this one.
Where tests are named only those are run.
"""

import base64
import concurrent.futures
import email.utils
import hashlib
import hmac
import http.client
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.parse
import uuid
import warnings

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from tap import Tap  # noqa: E402

ENV = os.environ


# -- TAP ----------------------------------------------------------------------------------------

tap = Tap()


def equal(actual, expected, name, *details):
    tap.ok(actual == expected, name, "got", repr(actual), "expected", repr(expected), *map(repr, details))


def true(condition, name, *details):
    tap.ok(bool(condition), name, *map(repr, details))


# -- HTTP ---------------------------------------------------------------------------------------

class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.text = response.read().decode()

    @property
    def json(self):
        return json.loads(self.text)

    @property
    def codes(self):
        """The codes of a Connect error."""
        return [error["code"] for error in self.json["errors"]]


class Server:
    """A running sandbox, seen from outside."""

    def __init__(self, base_url, ca_file):
        self.url = urllib.parse.urlsplit(base_url)
        self.tls = ssl.create_default_context(cafile=ca_file) if ca_file else None

    def connect(self):
        host, port = self.url.hostname, self.url.port
        if self.tls:
            return http.client.HTTPSConnection(host, port, context=self.tls, timeout=20)
        return http.client.HTTPConnection(host, port, timeout=20)

    def send(self, method, target, body=None, headers=(), connection=None):
        own = connection or self.connect()
        try:
            own.putrequest(method, target, skip_accept_encoding=True)
            for name, value in dict(headers).items():
                own.putheader(name, value)
            data = None if body is None else body if isinstance(body, bytes) else body.encode()
            if data is not None:
                own.putheader("Content-Length", str(len(data)))
            own.endheaders(data)
            return Answer(own.getresponse())
        finally:
            if not connection:
                own.close()

    def raw(self, data):
        """Sends bytes, returns all that comes back until the other side closes."""
        plain = socket.create_connection((self.url.hostname, self.url.port), timeout=20)
        with self.tls.wrap_socket(plain, server_hostname=self.url.hostname) if self.tls else plain \
                as stream:
            stream.sendall(data)
            received = b""
            while True:
                try:
                    piece = stream.recv(65536)
                except (ssl.SSLEOFError, ConnectionResetError):
                    return received
                if not piece:
                    return received
                received += piece

    def reset(self):
        self.send("POST", "/_sandbox/reset")

    def fault(self, description):
        answer = self.send("POST", "/_sandbox/faults", json.dumps(description))
        assert answer.status == 200, answer.text

    def journal(self, path=""):
        query = urllib.parse.urlencode({"path": path})
        return self.send("GET", "/_sandbox/requests?" + query).json["requests"]

    def state(self):
        return self.send("GET", "/_sandbox/state").json


HERE = Server(ENV["SPAY_SANDBOX_URL"], ENV.get("SPAY_CA_FILE"))
JSON = {"Content-Type": "application/json"}


def cut(action):
    """True if the connection closes before a whole answer is there."""
    try:
        action()
    except (http.client.HTTPException, ConnectionError, ssl.SSLError):
        return True
    return False


# -- One good request for each API ----------------------------------------------------------------

WEPAY_HEADERS = {"App-Id": ENV["SPAY_WEPAY_APP_ID"], "App-Token": ENV["SPAY_WEPAY_APP_TOKEN"],
                 "Api-Version": "3.0", **JSON}


def wepay_body(account=ENV["SPAY_WEPAY_ACCOUNT_ID"], **more):
    return json.dumps({"type": "mobile_session", "mobile_session": {"account_id": account, **more}})


def wepay(body=None, server=HERE, without=(), **headers):
    fields = {**WEPAY_HEADERS, **{name.replace("_", "-"): v for name, v in headers.items()}}
    for name in without:
        del fields[name]
    return server.send("POST", "/session_tokens", wepay_body() if body is None else body, fields)


def reasons(answer):
    return [(d["reason_code"], d.get("target_type"), d.get("target"))
            for d in answer.json["details"]]


def authorize(server=HERE, key=ENV["SPAY_HOSTED_FIELDS_API_KEY"]):
    return server.send("POST", "/authorize", b"", {"x-api-key": key} if key else {})


def bearer(server=HERE):
    return authorize(server).json["access_token"]


FIELDS_BODY = json.dumps({"libVersion": ENV["SPAY_HOSTED_FIELDS_LIB_VERSION"],
                          "scenario": "payment"})


def fields(token, body=FIELDS_BODY, terminal=ENV["SPAY_HOSTED_FIELDS_TERMINAL_ID"], server=HERE,
           without=(), **headers):
    default = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid.uuid4()), **JSON}
    default.update({name.replace("_", "-"): value for name, value in headers.items()})
    for name in without:
        del default[name]
    return server.send("POST", f"/v1/processing-terminals/{terminal}/hosted-fields-sessions", body,
                       default)


def problem(answer):
    return answer.status, answer.json["type"].rpartition("#")[2]


KEY_ID, SECRET = ENV["SPAY_CONNECT_API_KEY_ID"], ENV["SPAY_CONNECT_SECRET_API_KEY"]


def canonical(value):
    return re.sub(r"\r?\n[ \t\v\f]*", " ", value).strip(" \t\r\n\v\f")


def string_to_sign(method, target, headers):
    lower = {name.lower(): value for name, value in headers.items()}
    path, mark, query = target.partition("?")
    lines = [method, lower.get("content-type", ""), lower["date"]]
    lines += [f"{n}:{canonical(lower[n])}" for n in sorted(lower) if n.startswith("x-gcs")]
    lines.append(path + mark + urllib.parse.unquote(query))
    return "".join(line + "\n" for line in lines)


def signature(text, secret=SECRET):
    key = secret if isinstance(secret, bytes) else secret.encode()
    return base64.b64encode(hmac.new(key, text.encode(), hashlib.sha256).digest()).decode()


def now(offset=0):
    return email.utils.formatdate(time.time() + offset, usegmt=True)


def signed(method, target, headers, change=lambda text: text, key=KEY_ID, secret=SECRET):
    """The headers with an Authorization that fits, unless change makes it wrong."""
    text = change(string_to_sign(method, target, headers))
    return {**headers, "Authorization": f"GCS v1HMAC:{key}:{signature(text, secret)}"}


SESSIONS = f"/v1/{ENV['SPAY_CONNECT_MERCHANT_ID']}/sessions"


def connect(body="{}", target=SESSIONS, server=HERE, date=None, method="POST", headers=None,
            **sign):
    fields = {**JSON, "Date": date or now(), **(headers or {})}
    return server.send(method, target, body, signed(method, target, fields, **sign))


APPLE_BODY = {"paymentProductSession302SpecificInput": {
    "displayName": "Example Bikes", "domainName": ENV["SPAY_APPLE_PAY_DOMAIN_NAME"],
    "validationUrl": ENV["SPAY_APPLE_PAY_VALIDATION_URL"]}}


def apple(session, body=None, customer=None, product="302", server=HERE, **headers):
    fields = {"Authorization": f"GCS v1Client:{session['clientSessionId']}", **JSON, **headers}
    target = f"/client/v1/{customer or session['customerId']}/products/{product}/sessions"
    return server.send("POST", target, json.dumps(APPLE_BODY if body is None else body), fields)


def merchant_session(answer):
    return json.loads(answer.json["paymentProductSession302SpecificOutput"]["sessionObject"])


# -- WePay ----------------------------------------------------------------------------------------

def test_wepay_success():
    answer = wepay()
    session = answer.json
    equal(answer.status, 201, "wepay: a session token is created with 201")
    equal(set(session), {"id", "session_token", "expire_time", "path", "resource", "owner",
                         "create_time", "api_version", "state", "type", "mobile_session"},
          "wepay: the answer has all documented members")
    equal(session["expire_time"] - session["create_time"], 86400, "wepay: a token lives a day")
    true(re.fullmatch(r"stage_[A-Za-z0-9+/]+", session["session_token"]),
         "wepay: the token has the shape of WePay's examples")
    equal(session["owner"]["id"], ENV["SPAY_WEPAY_ACCOUNT_ID"], "wepay: the account owns it")
    true(answer.headers["X-Correlation-Id"], "wepay: there is a correlation id")
    true(answer.headers["Date"], "wepay: there is a Date")
    equal(wepay(wepay_body(time_to_live=60)).json["mobile_session"]["time_to_live"], 60,
          "wepay: a time to live can be asked for")


def test_wepay_headers():
    missing = ("PARAM_IS_MISSING", "HTTP_REQUEST_HEADER")
    for name, change in (("a wrong App-Token", {"App_Token": "stage_other"}),
                         ("a wrong App-Id", {"App_Id": "1"})):
        answer = wepay(**change)
        equal((answer.status, answer.json["error_code"]), (403, "NOT_AUTHORIZED"),
              f"wepay: {name} is not authorized")
    true(answer.headers["X-Correlation-Id"], "wepay: errors have a correlation id too")
    true("details" not in answer.json, "wepay: NOT_AUTHORIZED has no details")
    equal(wepay(without=["App-Token"]).status, 403, "wepay: App-Token is required")
    equal(reasons(wepay(without=["Api-Version"])), [(*missing, ["Api-Version"])],
          "wepay: Api-Version is required")
    equal(reasons(wepay(Api_Version="2.0"))[0][0], "PARAM_VALUE_IS_INVALID_ENUM",
          "wepay: Api-Version must be known")
    equal(reasons(wepay(without=["Content-Type"])), [(*missing, ["Content-Type"])],
          "wepay: Content-Type is required")
    equal(wepay(Content_Type="application/json; charset=utf-8").status, 201,
          "wepay: Content-Type may have a parameter")
    equal(wepay(Content_Type="application/jsonp").status, 400,
          "wepay: Content-Type must be JSON, not something longer")


def test_wepay_body():
    equal(reasons(wepay("[]")), [("PARAM_VALUE_IS_WRONG_TYPE", "HTTP_REQUEST_BODY", [])],
          "wepay: the body must be an object")
    body = "HTTP_REQUEST_BODY"
    equal(reasons(wepay('{"type":"other","mobile_session":{}}')),
          [("PARAM_VALUE_IS_INVALID_ENUM", body, ["type"]),
           ("PARAM_IS_MISSING", body, ["mobile_session", "account_id"])],
          "wepay: all faults of a body come at once")
    equal(reasons(wepay("{}")), [("PARAM_IS_MISSING", body, ["type"]),
                                 ("PARAM_IS_MISSING", body, ["mobile_session"])],
          "wepay: type and mobile_session are required")
    equal(reasons(wepay('{"type":"mobile_session","mobile_session":{"account_id":7}}')),
          [("PARAM_VALUE_IS_WRONG_TYPE", body, ["mobile_session", "account_id"])],
          "wepay: account_id must be a string")
    for name, account in (("a foreign", "ffffffff-0000-4000-8000-000000000000"),
                          ("a mixed-case", ENV["SPAY_WEPAY_ACCOUNT_ID"].upper())):
        answer = wepay(wepay_body(account))
        equal((answer.status, answer.json["error_code"]), (403, "NOT_AUTHORIZED"),
              f"wepay: {name} account is not visible")
    equal(HERE.send("GET", "/session_tokens", None, WEPAY_HEADERS).status, 405,
          "wepay: another method is 405")
    equal(HERE.send("POST", "/session_tokens/x", "{}", WEPAY_HEADERS).status, 404,
          "wepay: another path is 404")


def test_wepay_strict_json():
    for name, text in (("a leading zero", '{"a":01}'), ("a trailing comma", '{"a":1,}'),
                       ("a raw control character", '{"a":"\x01"}'), ("two values", "{} {}"),
                       ("an escaped NUL", '{"a":"\\u0000"}'),
                       ("a lone surrogate", '{"a":"\\ud800"}'),
                       ("bytes that are not UTF-8", b'{"a":"\xff"}'), ("no body", "")):
        equal(reasons(wepay(text))[0][2], [], f"json: {name} is refused")
    equal(reasons(wepay('{"type":"\\ud83d\\ude00é","mobile_session":{"account_id":"x"}}'))[0][2],
          ["type"], "json: pairs of surrogates and UTF-8 are understood")


def test_wepay_key():
    key = "TR-" + uuid.uuid4().hex
    first, second = wepay(Unique_Key=key), wepay(Unique_Key=key)
    equal((second.status, second.text), (first.status, first.text),
          "wepay: the same key and request give the same answer")
    true(second.headers["X-Correlation-Id"] != first.headers["X-Correlation-Id"],
         "wepay: with a correlation id of its own")
    equal(len(second.headers.get_all("X-Correlation-Id")), 1, "wepay: and with no other")
    equal(wepay(wepay_body("other"), Unique_Key=key).status, 400,
          "wepay: the same key with another body is refused")
    equal(wepay(Unique_Key=key, Client_IP="192.0.2.1").status, 400,
          "wepay: the same key with another header is refused")
    true(wepay(Unique_Key=key + "x").json["id"] != first.json["id"],
         "wepay: another key gives another session")
    true(wepay().json["id"] != wepay().json["id"], "wepay: without a key nothing is replayed")
    equal(wepay("{}", Unique_Key="failed").status, 400, "wepay: a failure with a key")
    equal(wepay(Unique_Key="failed").status, 201, "wepay: a failure does not use the key up")


def test_wepay_concurrent_key():
    HERE.fault({"path": "/session_tokens", "delay_ms": 600})
    key = uuid.uuid4().hex
    with concurrent.futures.ThreadPoolExecutor() as pool:
        slow = pool.submit(wepay, Unique_Key=key)
        time.sleep(0.2)
        during = wepay(Unique_Key=key)
        equal(reasons(during), [("CONCURRENT_UNIQUE_KEY_REQUEST_IS_PROCESSING",
                                 "HTTP_REQUEST_HEADER", ["Unique-Key"])],
              "wepay: a key in use is reported as such")
        equal(slow.result().status, 201, "wepay: the request that holds the key succeeds")
    equal(wepay(Unique_Key=key).text, slow.result().text, "wepay: and can be replayed then")


# -- Identity and Hosted Fields -------------------------------------------------------------------

def test_identity():
    answer = authorize()
    equal((answer.status, answer.json["token_type"], answer.json["expires_in"]),
          (200, "Bearer", 3600), "identity: a bearer token is issued")
    true(answer.json["access_token"] != authorize().json["access_token"],
         "identity: every token is new")
    equal(problem(authorize(key="wrong")), (401, "not-authorized"), "identity: a wrong key is 401")
    equal(problem(authorize(key=None)), (401, "not-authorized"), "identity: no key is 401")


def test_fields_success():
    token = bearer()
    answer = fields(token)
    equal(answer.status, 201, "fields: a session is created with 201")
    equal(answer.json["processingTerminalId"], ENV["SPAY_HOSTED_FIELDS_TERMINAL_ID"],
          "fields: the terminal is echoed")
    true(re.fullmatch("[0-9a-f]{32}", answer.json["token"]), "fields: there is a token")
    true(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+02:00", answer.json["expiresAt"]),
         "fields: expiresAt is ISO 8601 with an offset")
    equal(fields(token, '{"libVersion":"1a6b0c1","scenario":"tokenization","secureTokenId":"M"}')
          .status, 201, "fields: the published version pattern is taken by its letter")
    equal(fields(token, terminal="77%2002").json["processingTerminalId"], "77 02",
          "fields: percent escapes in the path are decoded")


def test_fields_headers():
    token = bearer()
    equal(problem(fields("unknown")), (401, "not-authorized"), "fields: an unknown bearer is 401")
    equal(problem(fields(token, Authorization=token)), (401, "not-authorized"),
          "fields: a token without its scheme is 401")
    forbidden = fields(token, terminal="99991234")
    equal(problem(forbidden), (403, "forbidden"), "fields: a foreign terminal is 403")
    true("resource" in forbidden.json and "instance" in forbidden.json,
         "fields: 403 names instance and resource")
    equal(problem(fields(token, Accept="text/html")), (406, "not-acceptable"),
          "fields: Accept must admit JSON")
    equal(fields(token, Accept="text/html, application/*;q=0.5").status, 201,
          "fields: Accept may admit it with a wildcard")
    equal(problem(fields(token, Content_Type="text/plain")), (415, "unsupported-media-type"),
          "fields: Content-Type must be JSON")
    missing = fields(token, without=["Idempotency-Key"])
    equal(problem(missing), (400, "idempotency-key-missing"), "fields: a key is required")
    equal(missing.headers["Content-Type"], "application/problem+json",
          "fields: errors are problem details")
    wrong = fields(token, Idempotency_Key="abc123")
    equal((problem(wrong), wrong.json["errors"][0]["parameter"]),
          ((400, "bad-request"), "Idempotency-Key"), "fields: the key must be a UUID v4")
    equal(fields(token, Idempotency_Key="3f0c2b7e-8a41-1d5f-9c63-1e7a5b20d4f8").status, 400,
          "fields: a UUID v1 is not enough")


def test_fields_body():
    token = bearer()
    answer = fields(token, '{"scenario":"Payment","secureTokenId":""}')
    equal(sorted(error["parameter"] for error in answer.json["errors"]),
          ["libVersion", "scenario", "secureTokenId"], "fields: all faults of a body come at once")
    true(all({"parameter", "detail", "message"} == set(e) for e in answer.json["errors"]),
         "fields: each with parameter, detail and message")
    for version in ("123456", "1.6.0", "v1.6.0.1", "1.6.0-rc.1", "100.1.1.1"):
        body = json.dumps({"libVersion": version, "scenario": "payment"})
        equal(fields(token, body).status, 400, f"fields: libVersion {version} is refused")
    equal(problem(fields(token, "[]")), (400, "bad-request"), "fields: the body must be an object")
    equal(fields(token, terminal="123").json["errors"][0]["parameter"], "processingTerminalId",
          "fields: a terminal has at least 4 characters")
    equal(problem(HERE.send("GET", "/v1/processing-terminals/7702014/hosted-fields-sessions")),
          (404, "not-found"), "fields: another method is 404")


def test_fields_key():
    token, key = bearer(), str(uuid.uuid4())
    first = fields(token, Idempotency_Key=key)
    equal(fields(token, Idempotency_Key=key).text, first.text,
          "fields: the same key and request give the saved answer")
    equal(fields(bearer(), Idempotency_Key=key).text, first.text,
          "fields: also with another bearer token")
    conflict = fields(token, FIELDS_BODY + " ", Idempotency_Key=key)
    equal(problem(conflict), (409, "idempotency-key-in-use"),
          "fields: the same key with another body is 409")
    here = ENV["SPAY_HOSTED_FIELDS_BASE_URL"] + "/processing-terminals/"
    where = here + ENV["SPAY_HOSTED_FIELDS_TERMINAL_ID"] + "/hosted-fields-sessions"
    other = fields(token, terminal="7702015", Idempotency_Key=key)
    equal(other.status, 409, "fields: the same key with another terminal is 409")
    for name, answer in (("another body", conflict), ("another terminal", other)):
        equal((answer.json["instance"], answer.json["link"]),
              (where, {"rel": "previous", "method": "POST", "href": where}),
              f"fields: 409 for {name} names the first request")
        message = answer.json["errors"][0]["message"]
        true(re.fullmatch(r"The Idempotency-Key was first used at \d{4}-\S+ with another "
                          r"(body|path)\.", message), f"fields: {name}: in a sentence", message)
    HERE.fault({"path": "hosted-fields-sessions", "delay_ms": 600})
    running = str(uuid.uuid4())
    with concurrent.futures.ThreadPoolExecutor() as pool:
        slow = pool.submit(fields, token, Idempotency_Key=running)
        time.sleep(0.2)
        during = fields(token, Idempotency_Key=running)
        equal(during.status, 409, "fields: a key in use is 409")
        true("not been answered yet" in during.json["detail"],
             "fields: whose detail says that it is in use", during.text)
        equal(slow.result().status, 201, "fields: the request that holds the key succeeds")


def test_expire():
    token = bearer()
    equal(fields(token).status, 201, "expire: a token works")
    HERE.send("POST", "/_sandbox/expire")
    equal(fields(token).status, 401, "expire: and no longer when it has been expired")
    equal(fields(bearer()).status, 201, "expire: a new one works")


# -- v1HMAC ---------------------------------------------------------------------------------------

SMI = ("eyJwbGF0Zm9ybUlkZW50aWZpZXIiOiJMaW51eC82LjEgQy9DMTEgKGdjYyAxMi4yOyBnbGliYyAyLjM2KSIsInNka0lk"
       "ZW50aWZpZXIiOiJMaWJTZXNzaW9uUGF5L3YwLjEuMCIsInNka0NyZWF0b3IiOiJTZXNzaW9uUGF5IiwiaW50ZWdyYXRv"
       "ciI6IkV4YW1wbGUgU2hvcCJ9")
CMI = "eyJ1c2VyQWdlbnQiOiJUZXN0QnJvd3Nlci8xLjAifQ=="
SECRET_A = "c2Vzc2lvbnBheS1leGFtcGxlLXNlY3JldC0wMQ=="
SECRET_B = "plain secret with spaces ü 42"
MARCH = "Tue, 03 Mar 2026 09:15:42 GMT"

VECTORS = (
    ("V1 no X-GCS header", SECRET_A, "POST", "/v1/4217/sessions",
     {**JSON, "Date": MARCH, "Accept": "application/json"},
     "6366QoQ02+iV03QQvAs7nCFQFAfsXPzJwLeWB6YKxGo="),
    ("V2 one X-GCS header", SECRET_A, "POST", "/v1/4217/sessions",
     {**JSON, "Date": MARCH, "X-GCS-ServerMetaInfo": SMI},
     "7is0jiaLi1gSJ8y2PqM80s5zT1Vtu1Qk6IB/l44tXz8="),
    ("V3 sorting and case", SECRET_A, "POST", "/v1/4217/sessions",
     {**JSON, "Date": "Sun, 01 Mar 2026 00:00:05 GMT", "X-GCS-ServerMetaInfo": SMI,
      "x-gcs-idempotence-key": "5b1f0c2e-8f44-4c0b-9a0d-6f3f6f0c7e11", "X-Gcs-ClientMetaInfo": CMI},
     "lkOt/dpGr1HkKawXTz81wr/ziRNKKwLgWAHdFh78L88="),
    ("V4 folding and trimming", SECRET_B, "POST", "/v1/4217/sessions",
     {**JSON, "Date": "Thu, 31 Dec 2026 23:59:59 GMT", "X-GCS-Empty": "",
      "X-GCS-Note": "  alpha \r\n\t beta\n\n gamma  delta\t "},
     "Yta4bHuHSRG8dC1NqgPEndHwjh+Y4cx0pPq8pydvM9w="),
    ("V5 decoded query", SECRET_B, "GET",
     "/v1/4217/products?countryCode=NL&currencyCode=EUR&label=caf%C3%A9%20noir",
     {"Date": "Mon, 20 Apr 2026 11:22:33 GMT"}, "tm895GX487DB7qAq9bZg7ZVEXAG/hHhvVZpTBlnx/f4="),
    ("V6 path stays encoded", SECRET_A, "POST", "/v1/shop%2042%2F%C3%A4/sessions",
     {**JSON, "Date": "Wed, 08 Jul 2026 06:07:08 GMT", "X-GCS-ServerMetaInfo": SMI},
     "HGjS60hXKxSh2fyO3QTEFnOUagHdZOIeNGboQ1i52RU="),
)


def test_v1hmac_vectors():
    """That the signer of this script is right; the checks below compare the sandbox with it."""
    for name, secret, method, target, headers, expected in VECTORS:
        equal(signature(string_to_sign(method, target, headers), secret), expected,
              f"v1hmac: {name}")


def test_v1hmac_accepted():
    equal(connect(headers={"X-GCS-ServerMetaInfo": SMI}).status, 200, "v1hmac: one X-GCS header")
    equal(connect(headers={"X-GCS-ServerMetaInfo": SMI, "x-gcs-b": "2", "X-Gcs-A": "1"}).status, 200,
          "v1hmac: several, in any order and case")
    equal(connect(headers={"X-GCS-Empty": "", "X-GCS-Note": "  a   b \t"}).status, 200,
          "v1hmac: empty values and blanks")
    equal(connect(target=SESSIONS + "?label=caf%C3%A9%20noir&x=1").status, 200,
          "v1hmac: a query is signed decoded")
    equal(connect(target="/v1/shop%2042%2F%C3%A4/sessions").codes, ["9007"],
          "v1hmac: a path is signed as it is, so this one fails for its merchant only")
    equal(connect(headers={"Content-Type": "application/json; charset=utf-8"}).status, 200,
          "v1hmac: Content-Type is signed as it is")


def test_v1hmac_refused():
    meta = {"X-GCS-ServerMetaInfo": SMI}
    decoded = base64.b64decode(SECRET)
    wrong = (
        ("last LF missing", {"change": lambda text: text[:-1]}),
        ("CR LF", {"change": lambda text: text.replace("\n", "\r\n")}),
        ("secret decoded", {"secret": decoded}),
        ("another Content-Type signed",
         {"change": lambda text: text.replace("json", "json; charset=utf-8")}),
        ("header name not in lower case",
         {"change": lambda text: text.replace("x-gcs-servermetainfo", "X-GCS-ServerMetaInfo")}),
        ("blank after the colon", {"change": lambda text: text.replace("info:", "info: ")}),
        ("whole URL signed",
         {"change": lambda text: text.replace("/v1/", "https://localhost/v1/")}),
        ("another method signed", {"change": lambda text: text.replace("POST", "PUT")}),
        ("X-GCS header not signed", {"change": lambda t: re.sub("x-gcs.*\n", "", t)}),
        ("another secret", {"secret": SECRET + "x"}),
        ("another key id", {"key": "other"}),
    )
    for name, how in wrong:
        answer = connect(headers=meta, **how)
        equal((answer.status, answer.codes), (403, ["9002"]), f"v1hmac refuses: {name}")
    equal(connect(headers={"X-GCS-B": "2", "X-GCS-A": "1"}, change=lambda text: text.replace(
        "x-gcs-a:1\nx-gcs-b:2", "x-gcs-b:2\nx-gcs-a:1")).status, 403, "v1hmac refuses: not sorted")
    equal(connect(target=SESSIONS + "?x=%20", change=lambda text: text.replace("x= ", "x=%20"))
          .status, 403, "v1hmac refuses: query not decoded")
    good = signed("POST", SESSIONS, {**JSON, "Date": now()})
    for name, value in (("no Authorization", None), ("another scheme", "Bearer x"),
                        ("no signature", "GCS v1HMAC:" + KEY_ID),
                        ("two blanks", good["Authorization"].replace("GCS ", "GCS  ")),
                        ("url-safe or cut base64", good["Authorization"][:-1] + "_")):
        headers = {**good, "Authorization": value} if value else {**JSON, "Date": now()}
        answer = HERE.send("POST", SESSIONS, "{}", headers)
        equal((answer.status, answer.codes), (403, ["9002"]), f"v1hmac refuses: {name}")
    equal(len(answer.json["errorId"]), 36, "v1hmac: errors have an id")
    true(answer.headers["X-Sandbox-Hint"], "v1hmac: the sandbox says what was wrong")


def test_v1hmac_date():
    for name, date, status in (
            ("4 minutes old", now(-240), 200), ("4 minutes ahead", now(240), 200),
            ("6 minutes old", now(-360), 403), ("6 minutes ahead", now(360), 403),
            ("not a date", "yesterday", 403), ("ISO 8601", "2026-03-03T09:15:42Z", 403),
            ("with an offset", now().replace("GMT", "+0000"), 403),
            ("with the wrong weekday", re.sub("^...", "Xyz", now()), 403)):
        equal(connect(date=date).status, status, f"v1hmac: a Date {name} gives {status}")
    headers = {**JSON, "Date": ""}
    fields = signed("POST", SESSIONS, headers)
    del fields["Date"]
    equal(HERE.send("POST", SESSIONS, "{}", fields).status, 403, "v1hmac: no Date gives 403")


# -- Connect, Server API --------------------------------------------------------------------------

def test_connect_success():
    answer = connect('{"paymentProductFilters":{"restrictTo":{"groups":["cards"],"products":[302]},'
                     '"exclude":{"products":[128]}},"tokens":["good","invalid-1","invalid-2"]}')
    session = answer.json
    equal(answer.status, 200, "connect: a session is created with 200")
    true(re.fullmatch("[0-9a-f]{32}", session["clientSessionId"]), "connect: with a session id")
    true(re.fullmatch("4217-[0-9a-f]{32}", session["customerId"]), "connect: and a customer id")
    equal(session["clientApiUrl"], ENV["SPAY_CONNECT_BASE_URL"] + "/client",
          "connect: clientApiUrl has no version")
    equal(session["assetUrl"], ENV["SPAY_CONNECT_BASE_URL"] + "/assets/", "connect: assetUrl")
    equal(session["invalidTokens"], ["invalid-1", "invalid-2"], "connect: invalid tokens come back")
    true("invalidTokens" not in connect('{"tokens":["good"]}').json,
         "connect: and are absent when there are none")


def test_connect_errors():
    equal(connect(target="/v1/9999/sessions").codes, ["9007"], "connect: a foreign merchant is 9007")
    for name, body in (("no body", ""), ("an array", "[]"), ("cut JSON", '{"tokens":')):
        answer = connect(body)
        equal((answer.status, answer.codes), (400, ["20000000"]), f"connect: {name} is refused")
    answer = connect('{"tokens":["a",1],"paymentProductFilters":{"exclude":{"products":["302"]},'
                     '"restrictTo":{"groups":["cards","cards"]}}}')
    equal(sorted(error["propertyName"] for error in answer.json["errors"]),
          ["paymentProductFilters.exclude.products[0]",
           "paymentProductFilters.restrictTo.groups[1]", "tokens[1]"],
          "connect: all faults of a body come at once, with their paths")
    equal(connect('{"paymentProductFilters":{"exclude":{"products":[1,2147483648]}}}').status, 400,
          "connect: product ids have an upper limit")
    equal(connect('{"tokens":null}').json["errors"][0]["propertyName"], "tokens",
          "connect: null is not an array")
    for method, target, status in (("GET", SESSIONS, 405), ("POST", "/v1/4217/nothing", 404)):
        answer = connect(method=method, target=target)
        equal((answer.status, answer.headers["Content-Type"]), (status, "text/html"),
              f"connect: {method} {target} is {status} in HTML")


def test_connect_key():
    stamp = "X-GCS-Idempotence-Request-Timestamp"
    key = {"X-GCS-Idempotence-Key": str(uuid.uuid4())}
    before = time.time() * 1000 - 1
    first, second = connect(headers=key), connect(headers=key)
    equal(second.text, first.text, "connect: the same key gives the same answer")
    true(stamp not in first.headers, "connect: the first answer has no timestamp")
    true(before <= float(second.headers[stamp]) <= time.time() * 1000,
         "connect: the second one has that of the first request")
    equal(connect('{"tokens":["x"]}', headers=key).text, first.text,
          "connect: the same key with another body still gives the first answer")
    HERE.fault({"path": "/sessions", "delay_ms": 600})
    key = {"X-GCS-Idempotence-Key": str(uuid.uuid4())}
    with concurrent.futures.ThreadPoolExecutor() as pool:
        slow = pool.submit(connect, headers=key)
        time.sleep(0.2)
        during = connect(headers=key)
        equal((during.status, during.codes), (409, ["1409"]), "connect: a key in use is 1409")
        true(during.headers[stamp], "connect: with the timestamp")
        equal(slow.result().status, 200, "connect: the request that holds the key succeeds")


# -- Connect, Client API --------------------------------------------------------------------------

def test_apple_success():
    session = connect().json
    answer = apple(session)
    equal(answer.status, 200, "apple: a merchant session is created with 200")
    text = answer.json["paymentProductSession302SpecificOutput"]["sessionObject"]
    true(isinstance(text, str), "apple: sessionObject is a string")
    merchant = json.loads(text)
    equal((merchant["domainName"], merchant["displayName"]),
          (ENV["SPAY_APPLE_PAY_DOMAIN_NAME"], "Example Bikes"), "apple: with JSON inside")
    true(4000 <= len(merchant["signature"]) <= 6000, "apple: and a long signature")
    true(apple(session).text != answer.text, "apple: no merchant session is given twice")


def test_apple_errors():
    session = connect().json
    other = connect().json
    for name, answer in (
            ("an unknown session", apple({**session, "clientSessionId": "0" * 32})),
            ("another customer's session", apple(session, customer=other["customerId"]))):
        equal((answer.status, answer.codes), (403, ["9008"]), f"apple: {name} is 9008")
    for name, value in (("v1HMAC", "GCS v1HMAC:a:b"), ("a blank after the colon",
                                                       "GCS v1Client: " + session["clientSessionId"])):
        equal(apple(session, Authorization=value).status, 403, f"apple: {name} is 403")
    equal(apple(session, Authorization="Bearer x").codes, ["9002"],
          "apple: another scheme is 9002")
    answer = apple(session, product="320")
    equal((answer.status, set(answer.json["errors"][0])), (404, {"code", "message"}),
          "apple: another product is 404 with code and message only")
    equal(answer.codes, ["1426"], "apple: and code 1426")
    answer = apple(session, {"paymentProductSession302SpecificInput": {"displayName": 1}})
    equal([error["propertyName"].rpartition(".")[2] for error in answer.json["errors"]],
          ["displayName", "domainName", "validationUrl"], "apple: all faults come at once")
    equal(apple(session, {}).json["errors"][0]["propertyName"],
          "paymentProductSession302SpecificInput", "apple: the input object is required")
    HERE.send("POST", "/_sandbox/expire")
    equal(apple(session).codes, ["9008"], "apple: an expired session is 9008")


def test_apple_validation_url():
    session = connect().json
    gateway, path = "apple-pay-gateway.apple.com", "/paymentservices/paymentSession"

    def send(url):
        return apple(session, {"paymentProductSession302SpecificInput": {
            "domainName": ENV["SPAY_APPLE_PAY_DOMAIN_NAME"], "validationUrl": url}})

    for url in (f"https://{gateway}{path}", f"https://cn-{gateway}/paymentservices/startSession",
                f"https://APPLE-PAY-GATEWAY.apple.com:443{path}",
                f"HTTPS://apple-pay-gateway-cert.apple.com{path}",
                f"https://cn-apple-pay-gateway-tj-pod3.apple.com{path}"):
        equal(send(url).status, 200, f"apple: {url} is accepted")
    for url in (f"http://{gateway}{path}", f"https://{gateway}.evil.test{path}",
                f"https://evil.test\\@{gateway}{path}", f"https://{gateway}@evil.test{path}",
                f"https://{gateway}.{path}", f"https://{gateway}:8443{path}",
                f"https://{gateway}:443", f"https://{gateway}/paymentservices/../admin",
                f"https://apple-pay-gateway-nc-pod6.apple.com{path}",
                f"https://17.171.78.7{path}", f"https://evil{gateway}{path}",
                f"https://{gateway}{path}?x=1", f"https://{gateway}{path}#x", f" https://{gateway}{path}",
                f"https://{gateway}{path}\n", f"https://{gateway}{path}" + "x" * 2048,
                "https://", gateway + path):
        answer = send(url)
        equal((answer.status, answer.json.get("errors", [{}])[0].get("propertyName")),
              (400, "paymentProductSession302SpecificInput.validationUrl"),
              f"apple: {url!r:.80} is refused")
        true("validationUrl" in hint(answer), f"apple: {url!r:.80}: with a hint", hint(answer))


# -- Browsers -------------------------------------------------------------------------------------

def test_cors():
    origin = {"Origin": "https://checkout.example-bikes.test"}
    ask = {**origin, "Access-Control-Request-Method": "POST",
           "Access-Control-Request-Headers": "authorization,content-type,x-gcs-clientmetainfo"}
    session = connect().json
    target = f"/client/v1/{session['customerId']}/products/302/sessions"

    def allowed(answer):
        return answer.headers.get("Access-Control-Allow-Origin")

    HERE.reset()
    HERE.fault({"status": 503})
    answer = HERE.send("OPTIONS", target, None, ask)
    equal((answer.status, allowed(answer)), (204, "*"), "cors: a preflight is answered")
    true("POST" in answer.headers.get("Access-Control-Allow-Methods", ""), "cors: with the method")
    equal(answer.headers.get("Access-Control-Allow-Headers"), ask["Access-Control-Request-Headers"],
          "cors: and the headers")
    equal((HERE.state()["faults"], [entry["method"] for entry in HERE.journal()]), (1, ["OPTIONS"]),
          "cors: it is in the journal, and no fault strikes it")
    refused = apple(session, **origin)
    equal((refused.status, allowed(refused)), (503, "*"), "cors: a page can read a scripted fault")
    refused = apple(session, **origin)
    equal((refused.status, allowed(refused)), (403, "*"), "cors: and a refusal")
    equal(refused.headers.get("Access-Control-Expose-Headers"), "X-Sandbox-Hint",
          "cors: with its hint")
    answer = apple(connect().json, **origin)
    equal((answer.status, allowed(answer)), (200, "*"), "cors: and the answer")
    equal(allowed(HERE.send("GET", "/assets/x.svg", None, origin)), "*", "cors: assets too")
    equal(allowed(apple(session)), None, "cors: nothing is said to who does not ask")
    for name, path in (("WePay", "/session_tokens"), ("identity", "/authorize"),
                       ("Connect's Server API", SESSIONS), ("the sandbox", "/_sandbox/reset"),
                       ("Hosted Fields", "/v1/processing-terminals/7702014/hosted-fields-sessions")):
        answer = HERE.send("OPTIONS", path, None, ask)
        true(answer.status >= 400 and not allowed(answer), f"cors: no page may use {name}")


# -- Hints ----------------------------------------------------------------------------------------

def hint(answer):
    return answer.headers.get("X-Sandbox-Hint", "")


def test_hints():
    token, session, other = bearer(), connect().json, connect().json
    api_key = ENV["SPAY_HOSTED_FIELDS_API_KEY"]
    for name, answer, words in (
            ("wepay: no App-Id", wepay(without=["App-Id"]), ("no App-Id",)),
            ("wepay: no App-Token", wepay(without=["App-Token"]), ("no App-Token",)),
            ("wepay: a wrong App-Id", wepay(App_Id="1"), ("App-Id", "wepay.app_id")),
            ("wepay: a wrong App-Token", wepay(App_Token="stage_x"), ("App-Token",)),
            ("wepay: a production token", wepay(App_Token="prod_x"), ("App-Token", "production")),
            ("wepay: an unknown version", wepay(Api_Version="2"), ("Api-Version", "3.0")),
            ("wepay: no version", wepay(without=["Api-Version"]), ("Api-Version", "missing")),
            ("wepay: not JSON", wepay(Content_Type="text/plain"), ("Content-Type",)),
            ("wepay: a body of no use", wepay("[1,]"), ("JSON object",)),
            ("wepay: a foreign account", wepay(wepay_body("FF")), ("capital",)),
            ("identity: no key", authorize(key=None), ("no x-api-key",)),
            ("identity: a wrong key", authorize(key="x"), ("x-api-key", "hosted_fields.api_key")),
            ("fields: no token", fields("x", without=["Authorization"]), ("no Authorization",)),
            ("fields: an unknown token", fields("x"), ("bearer token", "expired")),
            ("fields: the API key as token", fields(api_key), ("API key", "/authorize")),
            ("fields: no scheme", fields(token, Authorization=token), ("'Bearer ",)),
            ("fields: a foreign terminal", fields(token, terminal="9999"), ("9999",)),
            ("fields: Accept", fields(token, Accept="text/html"), ("Accept",)),
            ("fields: not JSON", fields(token, Content_Type="a/b"), ("Content-Type",)),
            ("fields: no key", fields(token, without=["Idempotency-Key"]), ("Idempotency-Key",)),
            ("fields: a bad key", fields(token, Idempotency_Key="1"), ("Idempotency-Key", "UUID")),
            ("connect: another key", connect(key="x"), ("API key id",)),
            ("connect: a foreign merchant", connect(target="/v1/1/sessions"), ("4217",)),
            ("connect: a body of no use", connect("x"), ("JSON object",)),
            ("apple: another scheme", apple(session, Authorization="x"), ("GCS v1Client:",)),
            ("apple: a dead session", apple({**session, "clientSessionId": "x"}), ("expired",)),
            ("apple: another customer", apple(session, customer=other["customerId"]),
             ("customerId",)),
            ("apple: another product", apple(session, product="1"), ("302",))):
        true(answer.status >= 400 and all(word in hint(answer) for word in words),
             f"hint: {name}", answer.status, hint(answer))
        true(not any(secret in hint(answer) for secret in (
            SECRET, api_key, token, session["clientSessionId"], ENV["SPAY_WEPAY_APP_TOKEN"])),
             f"hint: {name}: without a secret", hint(answer))
    equal([hint(answer) for answer in (wepay(), fields(token), connect(), apple(session))],
          [""] * 4, "hint: none where nothing is wrong")
    key = uuid.uuid4().hex
    wepay(Unique_Key=key)
    true("Unique-Key" in hint(wepay(wepay_body("x"), Unique_Key=key)), "hint: a key used before")


def test_hint_of_signature():
    headers = {**JSON, "Date": now(), "X-GCS-Note": 'a "b\\ \u00fc'}
    text = string_to_sign("POST", SESSIONS, headers).encode("latin-1")
    fields = {**headers, "Authorization": f"GCS v1HMAC:{KEY_ID}:{'A' * 44}"}
    fields["X-GCS-Note"] = fields["X-GCS-Note"].encode("latin-1")
    told = hint(HERE.send("POST", SESSIONS, "{}", fields))
    quoted = re.search(r'"(.*)"$', told)
    true(quoted, "hint: a wrong signature: the string to sign is there", told)
    true(quoted and quoted[1].encode().decode("unicode_escape").encode("latin-1") == text,
         "hint: it is what was signed, byte for byte", told)
    true(hashlib.sha256(text).hexdigest() in told and f" {len(text)} bytes" in told,
         "hint: with its length and digest", told)
    true("base64" in hint(connect(secret=base64.b64decode(SECRET))),
         "hint: a decoded secret is recognised")
    true("line feed" in hint(connect(change=lambda text: text[:-1])),
         "hint: a missing last line feed is recognised")
    long = hint(connect(headers={"X-GCS-Long": "x" * 20000}, secret="x"))
    true(long.endswith('"...') and len(long) < 8000, "hint: a very long one is cut", len(long))


def test_hint_of_path():
    wepay_call, identity_call = "POST /session_tokens", "POST /authorize"
    fields_call = "POST /v1/processing-terminals/{processingTerminalId}/hosted-fields-sessions"
    server_call = "POST /v1/{merchantId}/sessions"
    client_call = "POST /client/v1/{customerId}/products/{paymentProductId}/sessions"
    for target, right in (
            ("/v1/hosted-fields/sessions", fields_call),
            ("/processing-terminals/7702014/hosted-fields-sessions", fields_call),
            ("/v1/processing-terminals/7702014/hosted-fields-session", fields_call),
            ("/v1/processing-terminals//hosted-fields-sessions", fields_call),
            ("/v3/session_tokens", wepay_call), ("/session_tokens/", wepay_call),
            ("/session-tokens?x=1", wepay_call), ("/v1/authorize", identity_call),
            ("/oauth/token", identity_call), ("/4217/sessions", server_call),
            ("/v2/4217/sessions", server_call), ("/v1/4217/session", server_call),
            ("/client/4217-x/products/302/sessions", client_call),
            ("/v1/4217-x/products/302/sessions", client_call)):
        answer = HERE.send("POST", target, "{}", JSON)
        true(answer.status >= 400 and hint(answer).endswith("has " + right),
             f"hint: POST {target}", answer.status, hint(answer))
    for target, right in (("/session_tokens", wepay_call), (SESSIONS, server_call)):
        answer = HERE.send("GET", target)
        true(answer.status == 405 and right in hint(answer), f"hint: GET {target}", hint(answer))
    answer = HERE.send("POST", "/elsewhere", "{}", JSON)
    true("GET /" in hint(answer) and "GET /" in answer.text, "hint: a path like no other", hint(answer))
    for target in ("/session_tokens", SESSIONS, "/authorize", "/client/v1/x/products/1/sessions",
                   "/v1/processing-terminals/7702014/hosted-fields-sessions"):
        true("no such call" not in hint(HERE.send("POST", target, "{}", JSON)),
             f"hint: none about the path of POST {target}")


def test_overview():
    HERE.fault({"status": 500})
    answer = HERE.send("GET", "/")
    equal((answer.status, answer.headers["Content-Type"]), (200, "text/plain; charset=utf-8"),
          "overview: GET / answers in text")
    true(all(text in answer.text for text in (
        "/session_tokens", "/authorize", "/hosted-fields-sessions", "/v1/{merchantId}/sessions",
        "/client/v1/{customerId}", "/_sandbox/requests", "/_sandbox/faults")),
         "overview: with all APIs and endpoints", answer.text)
    equal(HERE.send("HEAD", "/").status, 200, "overview: HEAD / too")
    equal((HERE.journal(), HERE.state()["faults"]), ([], 1),
          "overview: no fault strikes it, and it is not in the journal")
    equal(HERE.send("POST", "/", "{}", JSON).status, 500, "overview: unlike POST /")
    equal(len(HERE.journal()), 1, "overview: which is")


# -- Limits ---------------------------------------------------------------------------------------

def test_limits():
    big = json.dumps({"x": "y" * (256 * 1024)})
    answer = wepay(big)
    equal((answer.status, answer.json["error_code"]), (413, "INVALID_PARAMS"),
          "limits: 256 KiB are too much for WePay")
    equal(problem(fields(bearer(), big)), (413, "payload-too-large"), "limits: for Hosted Fields")
    answer = connect(big)
    equal((answer.status, answer.codes), (413, ["20000000"]), "limits: for Connect")
    for name, answer in (("WePay", wepay(big)), ("Hosted Fields", fields(bearer(), big)),
                         ("Connect", connect(big)), ("none", HERE.send("POST", "/x", big))):
        true("262144 bytes" in hint(answer), f"limits: a hint has the number: {name}", hint(answer))
        true(name == "none" or "too large" in answer.text or "TOO_LARGE" in answer.text,
             f"limits: the answer says so: {name}", answer.text)
    fits = json.dumps({"x": "y" * (255 * 1024), **json.loads(wepay_body())})
    equal(wepay(fits).status, 201, "limits: a little less is not")
    equal(HERE.send("GET", "/elsewhere").status, 404, "limits: an unknown path is 404")


# -- Framing --------------------------------------------------------------------------------------

def test_framing():
    body = wepay_body().encode()
    head = "".join(f"{name}: {value}\r\n" for name, value in WEPAY_HEADERS.items()).encode()
    host, length = b"Host: x\r\n", b"Content-Length: %d\r\n" % len(body)
    chunks = b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"

    def send(lines, text=body, version=b"1.1"):
        wire = b"POST /session_tokens HTTP/" + version + b"\r\n" + head + lines + b"\r\n" + text
        received = HERE.raw(wire + b"GET /_sandbox/state HTTP/1.1\r\nHost: localhost\r\n"
                            b"Connection: close\r\n\r\n")
        return re.findall(rb"HTTP/1\.1 (\d+)", received), received

    for name, lines, text in (
            ("two lengths", host + length + b"Content-Length: 3\r\n", body),
            ("the same length twice", host + length + length, body),
            ("a length and chunks", host + length + b"Transfer-Encoding: chunked\r\n", chunks),
            ("chunks and a length", host + b"Transfer-Encoding: chunked\r\n" + length, chunks),
            ("another transfer coding", host + b"Transfer-Encoding: gzip\r\n", body),
            ("no Host", length, body), ("two Hosts", host + b"Host: y\r\n" + length, body),
            ("a blank before the colon", host + length.replace(b":", b" :"), body)):
        statuses, received = send(lines, text)
        # libmicrohttpd 1.0 refuses a transfer coding by itself, and with the status that is meant for it
        equal([statuses[0].replace(b"501", b"400") if "coding" in name else statuses[0]], [b"400"],
              f"framing: {name}: refused", received)
        true(len(statuses) == 1 or b"requests" not in received,
             f"framing: {name}: what follows is not read as a request", received)
    equal(HERE.journal(), [], "framing: nothing of it gets to the providers")
    equal(send(host + length)[0], [b"201", b"200"], "framing: one Host and one length are right")
    equal(send(host + b"Transfer-Encoding: chunked\r\n", chunks)[0], [b"201", b"200"],
          "framing: so are chunks")
    equal(send(length, version=b"1.0")[0][:1], [b"201"], "framing: HTTP/1.0 needs no Host")


def test_tls_versions():
    if not HERE.tls:
        return
    for version, accepted in ((ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True)):
        tls = ssl.create_default_context(cafile=ENV["SPAY_CA_FILE"])
        tls.set_ciphers("ALL:@SECLEVEL=0")  # or this side would refuse the old version itself
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tls.minimum_version = ssl.TLSVersion.TLSv1
            tls.maximum_version = version
        with socket.create_connection((HERE.url.hostname, HERE.url.port), 20) as plain:
            try:
                with tls.wrap_socket(plain, server_hostname=HERE.url.hostname) as secure:
                    spoken = secure.version()
            except (ssl.SSLError, ConnectionError):
                spoken = None
        equal(spoken is not None, accepted, f"tls: {version.name} at most", spoken)


# -- Faults ---------------------------------------------------------------------------------------

def test_fault_status():
    HERE.fault({"path": "/session_tokens", "status": 503, "headers": {"Retry-After": "2"},
                "body": "busy", "count": 2})
    answer = wepay()
    equal((answer.status, answer.headers["Retry-After"], answer.text), (503, "2", "busy"),
          "fault: status, headers and body are as scripted")
    equal(answer.headers["Content-Type"], "text/plain", "fault: with a type that fits the body")
    equal([authorize().status, wepay().status, wepay().status], [200, 503, 201],
          "fault: it strikes its path, as often as it should")
    HERE.fault([{"status": 500}, {"status": 502, "body": "<html></html>"}, {"status": 500}])
    answer = wepay()
    equal((answer.status, answer.json["error_code"]), (500, "UNEXPECTED_ERROR"),
          "fault: without a body the error is in the provider's style")
    answer = connect()
    equal((answer.status, answer.headers["Content-Type"]), (502, "text/html"), "fault: or HTML")
    equal(problem(authorize()), (500, "api-error"), "fault: an array is a sequence")
    HERE.fault({"status": 201, "body": {"id": 1}})
    equal(wepay().json, {"id": 1}, "fault: a body can be an object")


def test_fault_selection():
    HERE.fault({"status": 500, "skip": 1, "method": "POST"})
    equal([wepay().status, HERE.send("GET", "/authorize").status, wepay().status, wepay().status],
          [201, 404, 500, 201], "fault: skip and method are respected")
    HERE.fault({"status": 500, "count": 1000})
    equal(HERE.state()["faults"], 1000, "fault: the control endpoints are never struck")
    HERE.reset()
    equal(wepay().status, 201, "fault: reset removes faults")


def test_fault_close():
    key = uuid.uuid4().hex
    HERE.fault({"close": "before"})
    true(cut(lambda: wepay(Unique_Key=key)), "fault: close before gives no answer")
    equal(HERE.state()["keys"], 0, "fault: and nothing is processed")
    HERE.fault({"close": "after_processing"})
    true(cut(lambda: wepay(Unique_Key=key)), "fault: close after processing gives no answer")
    equal(HERE.state()["keys"], 1, "fault: but the key is saved")
    equal(wepay(Unique_Key=key).status, 201, "fault: and can be replayed")
    wire = (f"POST /authorize HTTP/1.1\r\nHost: x\r\nx-api-key: {ENV['SPAY_HOSTED_FIELDS_API_KEY']}"
            "\r\nContent-Length: 0\r\n\r\n").encode()
    HERE.fault({"close": "before"})
    equal(HERE.raw(wire), b"", "fault: close before sends not one byte")
    HERE.fault({"close": "middle"})
    head, _, body = HERE.raw(wire).partition(b"\r\n\r\n")
    length = int(re.search(rb"Content-Length: (\d+)", head)[1])
    equal(len(body), length // 2, "fault: close in the middle sends half of the body")
    HERE.fault({"close": "middle", "status": 200})
    true(cut(wepay), "fault: an empty body can be cut too")


def test_fault_delay():
    HERE.fault({"path": "/session_tokens", "delay_ms": 400})
    start = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor() as pool:
        slow = pool.submit(wepay)
        time.sleep(0.1)
        equal(authorize().status, 200, "fault: a delay holds up nobody else")
        true(time.monotonic() - start < 0.35, "fault: not at all")
        equal(slow.result().status, 201, "fault: the normal answer comes late")
    true(time.monotonic() - start >= 0.4, "fault: as late as scripted")


def test_release():
    HERE.fault({"path": "/session_tokens", "delay_ms": 600000})
    key = uuid.uuid4().hex
    with concurrent.futures.ThreadPoolExecutor() as pool:
        late = pool.submit(wepay, Unique_Key=key)
        while HERE.state()["keys"] == 0:
            pass
        equal(wepay(Unique_Key=key).status, 400, "release: a delayed request keeps its key busy")
        equal(HERE.send("POST", "/_sandbox/release").status, 200, "release: delays end")
        replayed = wepay(Unique_Key=key)
        equal((replayed.status, replayed.text), (201, late.result().text), "release: then the key is saved")
    HERE.fault({"path": "/session_tokens", "delay_ms": 1})
    equal(wepay().status, 201, "release: later delays are as before")


def test_fault_patch():
    HERE.fault({"patch": {"path": None, "state": "deleted", "new": [1], "expire_time": "soon"}})
    session = wepay().json
    true("path" not in session, "fault: a patch removes members")
    equal((session["state"], session["new"], session["expire_time"]), ("deleted", [1], "soon"),
          "fault: and sets them")
    HERE.fault({"patch": {"x": 1}})
    equal("x" in wepay("{}").json, False, "fault: errors are not patched")
    HERE.fault({"headers": {"Date": "Thu, 01 Jan 1970 00:00:00 GMT"}})
    answer = wepay()
    equal((answer.status, answer.headers.get_all("Date")),
          (201, ["Thu, 01 Jan 1970 00:00:00 GMT"]), "fault: headers alone change the normal answer")


def test_fault_complaints():
    for description, word in (
            ({}, "nothing to do"), ({"stauts": 503}, "stauts"), ({"status": "503"}, '"status"'),
            ({"status": 99}, '"status"'), ({"delay_ms": -1}, '"delay_ms"'), ({"count": 0}, '"count"'),
            ({"close": "later"}, '"close"'), ({"patch": 1}, '"patch"'), ({"skip": 1.5}, '"skip"'),
            ({"headers": {"a b": "c"}, "status": 500}, '"headers"'),
            ({"headers": {"Content-Length": "1"}}, '"headers"'),
            ({"body": 1, "status": 500}, '"body"'), ({"path": 1, "status": 500}, '"path"'),
            ({"close": "before", "status": 500}, '"before"'),
            ({"patch": {}, "status": 500}, '"patch"'), ([{"status": 500}, {"x": 1}], "fault 1"),
            ("text", "object")):
        answer = HERE.send("POST", "/_sandbox/faults", json.dumps(description))
        true(answer.status == 400 and word in answer.json["error"],
             f"fault: {json.dumps(description)} is refused", answer.status, answer.text)
    equal(HERE.send("POST", "/_sandbox/faults", "{").status, 400, "fault: so is broken JSON")
    equal(HERE.state()["faults"], 0, "fault: and an array with one mistake scripts nothing")


# -- Journal and control --------------------------------------------------------------------------

def test_journal():
    wepay()
    HERE.fault([{"close": "before", "name": "lost"}, {"status": 503}])
    cut(wepay)
    connect()
    HERE.send("POST", "/elsewhere?q=%41", b"\xff\x00", {"X-Twice": "é".encode("latin-1")})
    entries = HERE.journal()
    equal([entry["index"] for entry in entries], [0, 1, 2, 3], "journal: entries are numbered")
    equal([entry["fault"] for entry in entries], [None, "lost", "status:503", None],
          "journal: faults are named")
    equal([entry["answer"] and entry["answer"]["status"] for entry in entries],
          [201, None, 503, 404], "journal: answers are recorded, cut ones are null")
    equal((entries[0]["method"], entries[0]["path"], entries[0]["body"]),
          ("POST", "/session_tokens", wepay_body()), "journal: requests are recorded as sent")
    true(["App-Id", "700123"] in entries[0]["headers"], "journal: with their headers")
    equal(json.loads(entries[0]["answer"]["body"])["resource"], "session_tokens",
          "journal: answers have their bodies")
    true(any(name == "X-Correlation-Id" for name, _ in entries[0]["answer"]["headers"]),
         "journal: and headers")
    equal((entries[3]["path"], entries[3]["body"], entries[3]["body_base64"]),
          ("/elsewhere?q=%41", None, "/wA="), "journal: raw targets, and bodies that are not text")
    true(["X-Twice", "é"] in entries[3]["headers"], "journal: header bytes are read as Latin-1")
    true(entries[0]["at_ms"] <= entries[3]["at_ms"], "journal: times go up")
    equal([entry["index"] for entry in HERE.journal("/v1/42")], [2], "journal: filtered by path")
    HERE.reset()
    equal(HERE.journal(), [], "journal: reset empties it")


def test_journal_of_half_a_request():
    with socket.create_connection((HERE.url.hostname, HERE.url.port)) as plain:
        with HERE.tls.wrap_socket(plain, server_hostname=HERE.url.hostname) if HERE.tls else plain \
                as stream:
            stream.sendall(b"POST /half HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf")
            time.sleep(0.2)
    deadline = time.monotonic() + 10
    while not HERE.journal() and time.monotonic() < deadline:
        time.sleep(0.05)
    entry = HERE.journal()[0]
    equal((entry["path"], entry["body"], entry["answer"], entry["fault"]),
          ("/half", "half", None, None), "journal: half a request is recorded without an answer")


def test_control():
    wepay(Unique_Key="k")
    token, session = bearer(), connect().json
    HERE.fault({"status": 500, "path": "none"})
    state = HERE.state()
    equal((state["journal"], state["faults"], state["keys"], state["bearer_tokens"],
           state["client_sessions"]), ({"requests": 3, "dropped": 0}, 1, 1, 1, 1),
          "control: state counts everything")
    HERE.reset()
    state = HERE.state()
    equal((state["journal"]["requests"], state["faults"], state["keys"], state["bearer_tokens"],
           state["client_sessions"]), (0, 0, 0, 0, 0), "control: reset forgets everything")
    equal((fields(token).status, apple(session).codes), (401, ["9008"]),
          "control: tokens and sessions of before are void")
    equal(HERE.send("GET", "/_sandbox/reset").status, 405, "control: methods are checked")
    equal(HERE.send("GET", "/_sandbox/other").status, 404, "control: so are paths")


# -- Many clients ---------------------------------------------------------------------------------

def test_faults_listed_and_cleared():
    HERE.fault({"path": "/nowhere", "status": 503, "count": 2})
    HERE.fault({"delay_ms": 1, "name": "slow", "method": "PUT", "skip": 1})
    answer = HERE.send("GET", "/_sandbox/faults")
    equal(answer.json, [{"name": "status:503", "path": "/nowhere", "method": None, "count": 2, "skip": 0},
                        {"name": "slow", "path": None, "method": "PUT", "count": 1, "skip": 1}], "faults: those that wait")
    equal(HERE.send("DELETE", "/_sandbox/faults").json["faults"], 0, "faults: cleared")
    answer = HERE.send("PUT", "/_sandbox/faults")
    equal((answer.status, answer.headers["Allow"]), (405, "POST, GET, DELETE"), "faults: other methods are refused")


def test_guard():
    origin = HERE.url.geturl()
    port = ":%d" % HERE.url.port
    for name, method, target, headers, status in (
            ("its own origin", "POST", "/_sandbox/reset", {"Origin": origin}, 200),
            ("another origin", "POST", "/_sandbox/reset", {"Origin": "https://shop.example"}, 403),
            ("another port", "POST", "/_sandbox/faults", {"Origin": "https://127.0.0.1:1"}, 403),
            ("an opaque origin", "POST", "/_sandbox/expire", {"Origin": "null"}, 403),
            ("another scheme", "DELETE", "/_sandbox/faults", {"Origin": origin.replace("https", "http")}, 403),
            ("a page of another site", "POST", "/_sandbox/reset", {"Sec-Fetch-Site": "cross-site"}, 403),
            ("a page of the same site", "POST", "/_sandbox/reset", {"Sec-Fetch-Site": "same-site"}, 403),
            ("its own page", "POST", "/_sandbox/reset", {"Sec-Fetch-Site": "same-origin"}, 200),
            ("reading from another site", "GET", "/_sandbox/requests", {"Sec-Fetch-Site": "cross-site"}, 403),
            ("a link to the console", "GET", "/", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate",
                                                   "Sec-Fetch-Dest": "document"}, 200),
            ("a frame with the console", "GET", "/", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate",
                                                      "Sec-Fetch-Dest": "iframe"}, 403)):
        equal(HERE.send(method, target, headers=headers).status, status, "guard: " + name)
    for host, status in (("localhost" + port, b"200"), ("127.0.0.1", b"200"), ("[::1]" + port, b"200"),
                         ("shop.example" + port, b"403"), ("127.0.0.1.shop.example", b"403"),
                         ("127.0.0.1@shop.example" + port, b"403"), ("localhost.shop.example", b"403")):
        wire = "GET /_sandbox/state HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % host
        equal(HERE.raw(wire.encode()).split(b" ")[1], status, "guard: Host " + host.replace(port, ":PORT"))


def test_console_files():
    page = HERE.send("GET", "/", headers={"Accept": "text/html,application/xhtml+xml"})
    equal(page.headers["Content-Type"], "text/html; charset=utf-8", "console: a browser gets a page")
    policy = page.headers["Content-Security-Policy"]
    true("default-src 'none'" in policy and "unsafe" not in policy and "https:" not in policy, "console: a strict policy",
         policy)
    names = re.findall(r'(?:src|href)="(/_sandbox/console/[^"]+)"', page.text)
    names += ["/_sandbox/console/" + name for name in ("dom.js", "store.js", "list.js", "detail.js", "again.js")]
    for name in names:
        answer = HERE.send("GET", name)
        equal((answer.status, answer.headers["X-Content-Type-Options"]), (200, "nosniff"), "console: " + name)
    true(not re.search(r"<script(?![^>]*src=)|<style| on\w+=| style=", page.text), "console: nothing is inline")
    equal(HERE.send("GET", "/_sandbox/console/../main.c").status, 404, "console: no other files")


def events(server):
    """Yields the events of the console's stream."""
    connection = server.connect()
    connection.request("GET", "/_sandbox/console/events")
    answer = connection.getresponse()
    assert answer.headers["Content-Type"] == "text/event-stream"
    try:
        for line in answer:
            if line.startswith(b"data: "):
                yield json.loads(line[6:])
    finally:
        answer.close()
        connection.close()


def test_console_events():
    HERE.reset()
    wepay(Unique_Key="streamed")
    stream = events(HERE)
    first = next(stream)
    entry = first["entries"][0]
    true(first["fresh"], "events: the first one begins afresh")
    equal((entry["call"], entry["key"], entry["status"], entry["end"], entry["key_state"]),
          ("WePay v3", "streamed", 201, "answered", "new"), "events: what is there")
    HERE.fault({"path": "/session_tokens", "close": "before"})
    faults = next(event for event in stream if "state" in event)
    equal(faults["state"]["faults"][0]["name"], "close:before", "events: faults")
    try:
        wepay(Unique_Key="lost")
    except (http.client.HTTPException, OSError):
        pass
    entry = next(event["entries"][-1] for event in stream if event["entries"] and event["entries"][-1]["end"])
    equal((entry["key"], entry["end"], entry["fault"], "status" in entry), ("lost", "closed", "close:before", False),
          "events: a request without an answer")
    HERE.reset()
    equal(next(event["entries"] for event in stream if event["fresh"]), [], "events: a reset begins afresh")
    stream.close()


def test_console_request():
    HERE.reset()
    session = wepay(Unique_Key="seen").json["session_token"]
    number = next(events(HERE))["entries"][0]["number"]
    masked = HERE.send("GET", "/_sandbox/console/request?number=%d" % number)
    equal(masked.json["masked"], 2, "console: a credential in the request, one in the answer")
    true(ENV["SPAY_WEPAY_APP_TOKEN"] not in masked.text and session not in masked.text, "console: both are masked")
    shown = HERE.send("GET", "/_sandbox/console/request?number=%d&secrets=shown" % number)
    true(ENV["SPAY_WEPAY_APP_TOKEN"] in shown.text and session in shown.text, "console: and shown on request")
    for bad in ("", "?number=", "?number=-1", "?number=%d" % (number + 1), "?number=99999999999999999999999", "?number=1x"):
        equal(HERE.send("GET", "/_sandbox/console/request" + bad).status, 404, "console: no request " + bad)
    body = '{"token" : "a\\"b\\\\", "x": ["token", {"access_token":"cd"}], "tokens": ["e"], "token": 1, "session_token": "f'
    HERE.fault({"path": "/session_tokens", "body": body, "status": 200})
    wepay(Unique_Key="cut")
    number += 1
    answer = HERE.send("GET", "/_sandbox/console/request?number=%d" % number).json["answer"]["body"]
    dots = "\u2022" * 8
    equal(answer, '{"token" : "%s", "x": ["token", {"access_token":"%s"}], "tokens": ["e"], "token": 1, "session_token": "%s'
          % (dots, dots, dots), "console: escapes, nested members and what is cut are masked too")


def test_page_scripts():
    shop = {"Origin": "http://127.0.0.1:8080"}
    for name in ("hosted-fields/hosted-fields-1.7.0.261457.js", "hosted-fields/hosted-fields-2.0.0.1.js", "apple-pay.js"):
        answer = HERE.send("GET", "/js/" + name, headers=shop)
        equal((answer.status, answer.headers["Content-Type"], answer.headers["Access-Control-Allow-Origin"]),
              (200, "text/javascript; charset=utf-8", "*"), "pages: " + name)
    for method, target in (("GET", "/js/"), ("GET", "/js/other.js"), ("GET", "/js/hosted-fields"), ("POST", "/js/apple-pay.js"),
                           ("GET", "/js/hosted-fields/submissions")):
        equal(HERE.send(method, target).status, 404, "pages: no %s %s" % (method, target))


def test_page_submissions():
    def submit(token):
        return HERE.send("POST", "/js/hosted-fields/submissions", json.dumps({"sessionToken": token})).json

    HERE.reset()
    tokens = [fields(bearer()).json["token"] for _ in range(2)]
    true("token" in submit(tokens[0]), "pages: a session is good for a submission")
    equal(submit(tokens[0]), {"error": "sessionExpired"}, "pages: and for one only")
    HERE.send("POST", "/_sandbox/expire")
    equal([submit(token) for token in (tokens[1], "unknown", None)], [{"error": "sessionExpired"}] * 3,
          "pages: an expired or unknown session is not")
    equal(HERE.send("POST", "/js/hosted-fields/submissions", "nonsense").status, 400, "pages: nonsense is refused")


def test_keep_alive_is_fast():
    connection = HERE.connect()
    statuses, times = set(), []
    for _ in range(200):
        start = time.monotonic()
        statuses.add(HERE.send("POST", "/session_tokens", wepay_body(), WEPAY_HEADERS,
                               connection).status)
        times.append(time.monotonic() - start)
    connection.close()
    equal(statuses, {201}, "speed: 200 requests on one connection")
    # TCP that waits for an acknowledgement stalls nearly each for 40 ms; a busy machine, some.
    true(sorted(times)[100] < 0.03, "speed: and no stall between them", sorted(times)[100])


def test_parallel():
    gate = threading.Barrier(80)

    def one(_):
        gate.wait()
        return wepay(Unique_Key=uuid.uuid4().hex).json["id"]

    with concurrent.futures.ThreadPoolExecutor(80) as pool:
        ids = set(pool.map(one, range(80)))
    equal(len(ids), 80, "parallel: 80 clients at once")
    equal(len(HERE.journal()), 80, "parallel: all in the journal")
    same = uuid.uuid4().hex
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: wepay(Unique_Key=same), range(64)))
    equal(len({answer.text for answer in answers if answer.status == 201}), 1,
          "parallel: one key makes one session")


# -- Sandboxes of our own -------------------------------------------------------------------------

CHOSEN = [name for name in sys.argv[1:] if name.startswith("test_")]


def program():
    if len(sys.argv) > 1 + len(CHOSEN):
        return sys.argv[1]
    try:
        return os.readlink(f"/proc/{os.getppid()}/exe")
    except OSError:
        return None


PROGRAM = program()


class Own:
    """A sandbox started for one test."""

    def __init__(self, *options, **kwargs):
        self.process = subprocess.Popen([PROGRAM, *options], stdout=subprocess.PIPE, text=True,
                                        **kwargs)
        self.ready = json.loads(self.process.stdout.readline())
        self.server = Server(self.ready["base_url"], self.ready["ca_file"])

    def __enter__(self):
        return self

    def end(self, signal_number=signal.SIGTERM):
        self.process.send_signal(signal_number)
        return self.process.wait(20)

    def __exit__(self, *exception):
        if self.process.poll() is None:
            self.end()
        self.process.stdout.close()


def run(*arguments, **kwargs):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=30,
                          **kwargs)


def test_ready_line():
    with Own() as own:
        equal({"base_url", "identity_url", "ca_file", "pid", "wepay", "hosted_fields",
               "connect_server", "connect_client"} - set(own.ready), set(),
              "ready: the line has all members")
        equal((own.ready["pid"], own.ready["wepay"]["app_id"], own.ready["hosted_fields"]["base_url"]),
              (own.process.pid, "700123", own.ready["base_url"] + "/v1"), "ready: and good values")
        ca_file = own.ready["ca_file"]
        true(os.path.exists(ca_file) and os.stat(os.path.dirname(ca_file)).st_mode & 0o77 == 0,
             "ready: the CA file is in a private directory")
        equal(wepay(server=own.server).status, 201, "ready: it serves HTTPS")
        address = own.ready["base_url"].split("//")[1].split(":")
        tls = ssl.create_default_context(cafile=ca_file)
        with socket.create_connection((address[0], int(address[1])), 20) as plain:
            # The name is for the certificate alone: a bare system does not resolve it.
            with tls.wrap_socket(plain, server_hostname="localhost") as secure:
                true(secure.version(), "ready: as localhost too")
        untrusting = Server(own.ready["base_url"], None)
        untrusting.tls = ssl.create_default_context()
        true(cut(lambda: wepay(server=untrusting)), "ready: and nobody trusts it by accident")
        own.server.fault({"delay_ms": 60000})
        threading.Thread(target=cut, args=(lambda: wepay(server=own.server),), daemon=True).start()
        stream = events(own.server)
        next(stream)
        time.sleep(0.2)
        start = time.monotonic()
        equal(own.end(), 0, "end: SIGTERM ends it with 0")
        true(time.monotonic() - start < 5, "end: at once, whatever is delayed, whoever follows")
        equal([event for event in stream if "fresh" not in event], [], "end: of a stream too")
        true(not os.path.exists(os.path.dirname(ca_file)), "end: the CA file is gone")
    with Own("--http") as own:
        equal((own.ready["ca_file"], own.ready["base_url"][:7]), (None, "http://"),
              "http: no certificate")
        equal(wepay(server=own.server).status, 201, "http: it serves")
        equal(own.end(signal.SIGINT), 0, "end: SIGINT ends it with 0")
    with Own("--http", "--until-eof", stdin=subprocess.PIPE) as own:
        own.process.stdin.close()
        equal(own.process.wait(20), 0, "end: the end of standard input ends it")


def test_behaviour_options():
    with Own("--http", "--token-lifetime", "1", "--session-lifetime", "1", "--auth-status", "401",
             "--throttle", "--keep-failures") as own:
        server = own.server
        token, session = bearer(server), connect(server=server).json
        equal(fields(token, server=server).status, 201, "options: a short-lived token works")
        time.sleep(1.1)
        equal(fields(token, server=server).status, 401, "options: --token-lifetime ends it")
        equal(apple(session, server=server).codes, ["9008"], "options: --session-lifetime too")
        equal([connect(server=server, secret="x").status, authorize(server, "x").status,
               wepay(server=server, App_Token="x").status], [401, 401, 401],
              "options: --auth-status is used for bad credentials")
        equal([wepay("{}", server, Unique_Key="k").status, wepay(server=server, Unique_Key="k").status],
              [400, 201], "options: a refused body holds no key")
        statuses = [wepay(server=server) for _ in range(31)]
        equal((statuses[0].status, statuses[-1].status, statuses[-1].json["error_code"]),
              (201, 429, "THROTTLE_EXCEEDED"), "options: --throttle")
    with Own("--http", "--clock-offset", "3600", "--clock-window", "5") as own:
        answer = connect(server=own.server)
        equal(answer.status, 403, "options: --clock-offset shifts the clock")
        shifted = answer.headers["Date"]
        true(3590 < email.utils.parsedate_to_datetime(shifted).timestamp() - time.time() < 3610,
             "options: and shows it in Date")
        equal(connect(server=own.server, date=shifted).status, 200, "options: a client can follow")
        equal(connect(server=own.server, date=now(3580)).status, 403, "options: --clock-window")
        key = {"X-GCS-Idempotence-Key": "k"}
        connect(server=own.server, date=shifted, headers=key)
        stamp = connect(server=own.server, date=shifted, headers=key).headers[
            "X-GCS-Idempotence-Request-Timestamp"]
        true(3590 < float(stamp) / 1000 - time.time() < 3610,
             "options: --clock-offset is in the timestamp of a replay", stamp)
    with Own("--http", "--session-lifetime", "1") as own:
        key = {"X-GCS-Idempotence-Key": "k"}
        session = connect(server=own.server, headers=key).json
        merchant = merchant_session(apple(session, server=own.server))
        equal(merchant["expiresAt"] - merchant["epochTimestamp"], 1000,
              "options: --session-lifetime is in a merchant session too")
        time.sleep(1.1)
        replay = connect(server=own.server, headers=key)
        age = time.time() - float(replay.headers["X-GCS-Idempotence-Request-Timestamp"]) / 1000
        true(replay.json == session and age > 1, "options: a key outlives its session", age)
        equal(apple(replay.json, server=own.server).codes, ["9008"],
              "options: and what it gives back then is a dead one")
    with Own("--http", "--keep-failures") as own:
        token, key = bearer(own.server), str(uuid.uuid4())
        first = fields(token, "{}", server=own.server, Idempotency_Key=key)
        equal((first.status, fields(token, "{}", server=own.server, Idempotency_Key=key).text),
              (400, first.text), "options: --keep-failures replays an error")
    with Own("--bind", "127.0.0.5") as own:
        equal(wepay(server=own.server).status, 201, "options: --bind to another loopback address")


def test_mistakes():
    for name, arguments in (("--port x", ["--port", "x"]), ("--port 70000", ["--port", "70000"]),
                            ("--bind elsewhere", ["--bind", "192.0.2.1"]),
                            ("--bind 0.0.0.0", ["--bind", "0.0.0.0"]),
                            ("--auth-status 500", ["--auth-status", "500"]),
                            ("an unknown option", ["--nonsense"]),
                            ("--until-eof with a command", ["--until-eof", "--", "true"]),
                            ("a CA file that exists", ["--ca-file", os.path.abspath(__file__)]),
                            ("a CA file nowhere", ["--ca-file", "/nonexistent/ca.pem"])):
        done = run(*arguments)
        true(done.returncode == 2 and done.stderr and not done.stdout,
             f"mistake: {name} ends with 2 and a message", done)
    done = run("--port", str(HERE.url.port))
    true(done.returncode == 2 and done.stderr.count("\n") == 1,
         "mistake: a port in use ends with 2 and one line", done)
    true(re.fullmatch(r"sessionpay-sandbox \d+\.\d+\.\d+\n", run("--version").stdout),
         "options: --version")
    true("Usage:" in run("--help").stdout, "options: --help")


def test_command():
    for script, status in (("exit 0", 0), ("exit 7", 7), ("kill -KILL $$", 137), ("kill -TERM $$", 143)):
        equal(run("--", "sh", "-c", script).returncode, status, f"command: {script} gives {status}")
    equal(run("--", "/nonexistent/program").returncode, 127, "command: not found gives 127")
    equal(run("--", "/etc/passwd").returncode, 126, "command: not a program gives 126")
    done = run("--", "sh", "-c", "echo $SPAY_CONNECT_API_KEY_ID; cat", input="from stdin\n")
    equal(done.stdout, "sandbox-key-id\nfrom stdin\n",
          "command: has our input, our output, the variables, and no ready line")
    equal(run("--http", "--", "sh", "-c", "echo ${SPAY_CA_FILE-unset}").stdout, "unset\n",
          "command: with plain HTTP there is no CA file")
    child = subprocess.Popen([PROGRAM, "--", "sh", "-c", "trap 'exit 9' USR1; echo up; while :; do "
                              "sleep 0.05; done"], stdout=subprocess.PIPE, text=True)
    child.stdout.readline()
    child.send_signal(signal.SIGUSR1)
    equal(child.wait(20), 9, "command: signals are passed on")
    child.stdout.close()
    ignore = "import signal, os; signal.signal(signal.SIGHUP, signal.SIG_IGN); " \
             "os.execv(os.environ['P'], [os.environ['P'], '--', 'sh', '-c', " \
             "'kill -HUP $$; kill -HUP $PPID; echo alive'])"
    done = subprocess.run([sys.executable, "-c", ignore], env={**ENV, "P": PROGRAM},
                          capture_output=True, text=True, timeout=30)
    equal(done.stdout, "alive\n", "command: an ignored signal stays ignored")


# -- All of them ----------------------------------------------------------------------------------

def main():
    tests = [value for name, value in globals().items()
             if name.startswith("test_") and (not CHOSEN or name in CHOSEN)]
    needs_program = (test_ready_line, test_behaviour_options, test_mistakes, test_command)
    for test in tests:
        if test in needs_program and not PROGRAM:
            print(f"# skipped {test.__name__}: name the program as an argument")
            continue
        HERE.reset()
        try:
            test()
        except Exception as error:  # a crash of one test must not hide the others
            tap.ok(False, f"{test.__name__} runs to its end", repr(error))
    tap.done()


if __name__ == "__main__":
    main()
