# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""sessionpay explain knows whatever the public headers and docs/errors.md name."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from cli import SRCDIR, run  # noqa: E402
from tap import Tap  # noqa: E402

tap = Tap()


def text(*path):
    with open(os.path.join(SRCDIR, *path), encoding="utf-8") as file:
        return file.read()


header = text("include", "sessionpay", "error.h")
facts = run("explain", "--list", "--json").json


def named(kind):
    return {fact["name"]: fact for fact in facts if fact["kind"] == kind}


statuses = dict(re.findall(r"^    (SPAY_OK|SPAY_E_\w+) = (-?\d+)", header, flags=re.M))
tap.ok(len(statuses) > 20, "error.h has statuses")
tap.empty(set(statuses) ^ set(named("status")), "every status of error.h is explained, and no other")
tap.empty([name for name, number in statuses.items()
           if int(number) != named("status").get(name, {}).get("number", 0)], "with its number")

outcomes = {name.lower() for name in re.findall(r"^    SPAY_OUTCOME_(\w+) =", header, flags=re.M)}
tap.equal(set(named("outcome")), outcomes, "every outcome is explained")

section = text("docs", "errors.md").split("## Reasons")[1].split("\n## ")[0]
reasons = set()
for row in re.findall(r"^\| (`.*?) \|", section, flags=re.M):
    reasons |= set(re.findall(r"`(\w+)`", row))
everything = "".join(text("include", "sessionpay", name)
                     for name in os.listdir(os.path.join(SRCDIR, "include", "sessionpay")))
reasons |= set(re.findall(r'SPAY_E_\w+, reason\s+(?:\* )?"(\w+)"', everything))
tap.ok(len(reasons) > 30 and "intent_reused" in reasons, "docs and headers name reasons")
tap.empty(reasons ^ set(named("reason")), "every reason is explained, and no other")

codes = {fact["name"] for fact in facts}
documented = ["INVALID_PARAMS", "NOT_AUTHORIZED", "UNEXPECTED_ERROR", "SERVICE_TEMPORARILY_UNAVAILABLE",
              "THROTTLE_EXCEEDED", "RESOURCE_CONFLICT", "CONCURRENT_UNIQUE_KEY_REQUEST_IS_PROCESSING",
              "bad-request", "idempotency-key-missing", "idempotency-key-in-use", "not-authorized", "forbidden",
              "not-acceptable", "unsupported-media-type", "api-error", "9002", "9007", "9008", "1409", "1426",
              "20000000", "9999"]
tap.empty(set(documented) - codes, "the providers' documented codes are explained")
tap.empty([fact["name"] for fact in facts if not (fact["meaning"] and fact["fault"] and fact["do"])],
          "each has a meaning, a fault and something to do")
tap.equal(len({(fact["kind"], fact["name"]) for fact in facts}), len(facts), "each is there once")

for word, name in [("SPAY_E_CLOCK", "SPAY_E_CLOCK"), ("clock", "SPAY_E_CLOCK"), ("-12", "SPAY_E_CLOCK"),
                   ("ok", "SPAY_OK"), ("Dns_Failed", "dns_failed"), ("9008", "9008")]:
    result = run("explain", word)
    tap.ok(result.status == 0 and re.search(r"^name +%s$" % name, result.out, flags=re.M),
           "explain %s finds %s" % (word, name), result)
result = run("explain", "rejected")
tap.ok(result.out.count("meaning") == 2, "explain rejected tells the status and the outcome", result)
result = run("explain", "hush-hush-7")
tap.ok(result.status == 2 and not result.out and "hush-hush" not in result.err,
       "an unknown word is a usage error, and not repeated", result)
result = run("explain", "--json", "hush-hush-7")
tap.ok(result.status == 2 and result.json["exit"] == 2, "also as JSON", result)
tap.done()
