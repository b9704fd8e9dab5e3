# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""sessionpay sign tells what the library signs, as the sandbox got it and as Python computes it."""

import base64
import hashlib
import hmac
import os
import re
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from cli import ENV, Sandbox, leaks, run  # noqa: E402
from tap import Tap  # noqa: E402

tap = Tap()
sandbox = Sandbox()


def signature(text):
    digest = hmac.new(ENV["SPAY_CONNECT_SECRET_API_KEY"].encode(), text.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


for key in ([], ["--key", "a-key"]):
    sandbox.reset()
    run("create", "connect", *key)
    headers = dict(sandbox.requests()[0]["headers"])
    signed = run("sign", "--date", headers["Date"], *key, "--json")
    tap.equal(headers["Authorization"].split(":")[-1], signed.json["signature"],
              "the signature is that of create" + (", with a key" if key else ""))
    tap.equal(signature(signed.json["string_to_sign"]), signed.json["signature"], "it fits the string to sign")
tap.equal(len(sandbox.requests()), 1, "nothing was sent")

DATE = "Tue, 03 Mar 2026 09:15:42 GMT"
text = run("sign", "--date", DATE, "--key", "k", "--json").json["string_to_sign"]
lines = text.split("\n")
tap.ok(lines[:3] == ["POST", "application/json", DATE] and lines[3] == "x-gcs-idempotence-key:k" and
       lines[-2:] == ["/v1/4217/sessions", ""], "the lines are in order", text)
result = run("sign", "--date", DATE, "--key", "k")
dump = bytes.fromhex("".join(re.findall(r"^[0-9a-f]{4}  ((?:[0-9a-f]{2} )+)", result.out, flags=re.M)))
tap.ok(text in result.out and dump.decode() == text and signature(text) in result.out, "lines, bytes and signature",
       result)
tap.equal(leaks(result.all), [], "without the secret")
for date in ("Thu, 29 Feb 2024 23:59:59 GMT", "Wed, 01 Jan 2025 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"):
    tap.ok("\n%s\n" % date in run("sign", "--date", date).out, "the date " + date)
for date in ("yesterday", "Tue, 03 Mai 2026 09:15:42 GMT", "Tue, 03 Mar 2026 24:15:42 GMT", DATE + " "):
    tap.equal(run("sign", "--date", date).status, 2, "not a date: " + date)

with tempfile.TemporaryDirectory() as work:
    def compare(theirs):
        path = os.path.join(work, "theirs")
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(theirs)
        result = run("sign", "--date", DATE, "--key", "k", "--compare", path, "--json")
        return result.status, result.json.get("line"), result.json.get("column")

    tap.equal(compare(text), (0, None, None), "--compare: equal")
    for name, theirs, wanted in (
            ("another method", text.replace("POST", "PUT"), (2, 1, 2)),
            ("another content type", text.replace("json", "json; charset=utf-8"), (2, 2, 17)),
            ("another date", text.replace("03 Mar", "04 Mar"), (2, 3, 7)),
            ("capitals in a header's name", text.replace("x-gcs-idem", "X-GCS-Idem"), (2, 4, 1)),
            ("no LF at the end", text[:-1], (2, len(lines) - 1, 18)),
            ("one LF too many", text + "\n", (2, len(lines), 1)),
            ("CR LF", text.replace("\n", "\r\n"), (2, 1, 5)),
            ("nothing", "", (2, 1, 1))):
        tap.equal(compare(theirs), wanted, "--compare: " + name)
    tap.equal(run("sign", "--compare", os.path.join(work, "none")).status, 2, "--compare: no such file")
result = run("sign", drop=["SPAY_CONNECT_SECRET_API_KEY"])
tap.ok(result.status == 2 and "secret_api_key" in result.err, "a missing secret is named", result)
tap.done()
