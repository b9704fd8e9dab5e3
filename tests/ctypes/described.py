# Copyright (c) 2026 the libsessionpay authors
# SPDX-License-Identifier: MIT
"""The library does what share/ says of it, and the examples of docs/api.md and docs/ffi.md work.

usage: SPAY_LIBRARY=build/lib/libsessionpay.so build/bin/sessionpay-sandbox -- python3 described.py
"""

import json
import os
import re
import subprocess
import sys
import tempfile

SRCDIR = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, os.path.join(SRCDIR, "tests", "support"))
from tap import Tap, skip_all  # noqa: E402

try:
    import cffi
except ImportError:
    skip_all("cffi is not installed; ./bootstrap installs it")
if "SPAY_SANDBOX_URL" not in os.environ or "SPAY_LIBRARY" not in os.environ:
    skip_all("run it under sessionpay-sandbox, with SPAY_LIBRARY")

API = os.path.join(SRCDIR, "share", "sessionpay.api.json")
CDEF = os.path.join(SRCDIR, "share", "sessionpay.cdef.h")
with open(API, encoding="utf-8") as file:
    DESCRIPTION = json.load(file)
STRUCTS = {struct["name"]: struct for struct in DESCRIPTION["structs"]}
FUNCTIONS = [function for function in DESCRIPTION["functions"] if function["library"] == "libsessionpay"]

tap = Tap()
ffi = cffi.FFI()
with open(CDEF, encoding="utf-8") as file:
    ffi.cdef(file.read())
lib = ffi.dlopen(os.environ["SPAY_LIBRARY"])
kept = []


# ---- The examples of the pages -------------------------------------------------------------------

def example(page, argument):
    with open(os.path.join(SRCDIR, "docs", page), encoding="utf-8") as text_of:
        code = re.search(r"^```python\n(.*?)^```", text_of.read(), flags=re.S | re.M).group(1)
    with tempfile.TemporaryDirectory() as work:
        path = os.path.join(work, "example.py")
        with open(path, "w", encoding="utf-8") as program:
            program.write(code)
        result = subprocess.run([sys.executable, path, argument], stdout=subprocess.PIPE, check=False,
                                stderr=subprocess.STDOUT, universal_newlines=True)
    return result.stdout


def check_examples():
    output = example("api.md", API)
    tap.ok("spay_client_new(in options, out client, out error)\n    free client with spay_client_free\n"
           in output, "docs/api.md: all functions", output)
    output = example("ffi.md", CDEF)
    tap.ok(re.fullmatch(r"session [0-9a-f-]{36}\n", output), "docs/ffi.md: a session with cffi", output)


# ---- What may be NULL ----------------------------------------------------------------------------

def is_pointer(value):
    return "nullable" in value


def check_null():
    """Functions all of whose pointers may be NULL are called with NULL."""
    called, wrong = 0, set()
    for function in FUNCTIONS:
        parameters = function["parameters"]
        if not all(parameter["nullable"] for parameter in parameters if is_pointer(parameter)):
            continue
        print("# " + function["name"])
        sys.stdout.flush()
        result = getattr(lib, function["name"])(
            *[ffi.NULL if is_pointer(parameter) else 0 for parameter in parameters])
        if is_pointer(function["returns"]) and not function["returns"]["nullable"] and result == ffi.NULL:
            wrong.add(function["name"])
        called += 1
    tap.ok(called > 40, "functions take NULL where they say so", called)
    tap.empty(wrong, "and return none where they say so")


# ---- What is required ----------------------------------------------------------------------------

def text(value):
    kept.append(ffi.new("char[]", value.encode()))
    return kept[-1]


def struct_of(name, **members):
    made = ffi.new(name + " *")
    getattr(lib, STRUCTS[name]["init"])(made, ffi.sizeof(name))
    for member, value in members.items():
        setattr(made, member, text(value) if isinstance(value, str) else value)
    return made


def call(function, kind, *arguments):
    """(what it makes, the members that it misses)"""
    made, error = ffi.new(kind + " **"), ffi.new("spay_error **")
    if getattr(lib, function)(*arguments, made, error) == lib.SPAY_OK:
        return ffi.gc(made[0], getattr(lib, kind + "_free")), set()
    failure = ffi.gc(error[0], lib.spay_error_free)
    fields = range(lib.spay_error_field_count(failure))
    return None, {ffi.string(lib.spay_error_field_path(failure, field)).decode() for field in fields
                  if ffi.string(lib.spay_error_field_code(failure, field)) == b"missing"}


# Accounts that the library takes, and members that are required in some cases only.
LOOPBACK = "http://127.0.0.1:1"
HOSTS = ffi.new("char *[]", [text("127.0.0.1")])
ACCOUNTS = {
    "wepay": dict(base_url=LOOPBACK, app_id="1", app_token="t"),
    "hosted_fields": dict(base_url=LOOPBACK, identity_url=LOOPBACK, api_key="k"),
    "connect_server": dict(base_url=LOOPBACK, merchant_id="1", api_key_id="k", secret_api_key="s"),
    "connect_client": dict(client_session_id="s", customer_id="c", client_api_url=LOOPBACK,
                           allowed_hosts=HOSTS, allowed_host_count=1),
}
AT_TIMES = {"environment", "api_key", "account_id"}


def required_of(name):
    return {member["name"] for member in STRUCTS[name]["members"] if member.get("required")}


def check_required():
    client, _ = call("spay_client_new", "spay_client", ffi.NULL)
    tap.equal({name for name in ACCOUNTS}, {struct["provider"] for struct in STRUCTS.values()
                                            if "provider" in struct}, "all providers are here")
    for name, members in ACCOUNTS.items():
        account, options = "spay_" + name, "spay_%s_options" % name
        request = "spay_%s_session_request" % name
        _, missing = call(account + "_new", account, client, struct_of(options))
        tap.equal(missing - AT_TIMES, required_of(options), options + ": what is required")
        made, missing = call(account + "_new", account, client, struct_of(options, **members))
        tap.ok(made, options + ": and nothing else", missing)
        _, missing = call(account + "_session_call_new", "spay_call", made, struct_of(request), ffi.NULL)
        tap.equal(missing - AT_TIMES, required_of(request), request + ": what is required")


check_examples()
check_null()
check_required()
tap.done()
